//! The table of broken inputs. Token files are shuffled, so a case breaks every row in the same way.

use std::fs;
use std::path::Path;

use crate::Case;

const ENCODE: &str = "encode people.csv --schema schema.json --key linkage.key -o out.parquet --keep-ids";
/// The example schema for names in kanji.
pub(crate) const JA_SCHEMA: &str = include_str!("../../../../protocols/schema/examples/people-ja-kanji.json");

/// Values of which one is in Shift_JIS.
pub(crate) const MIXED_BATCH: &[u8] =
    b"kind\ta\tb\nkanji\t\xE9\xAB\x98\xE6\xA9\x8B\t\nkanji\t\x8D\x82\x8B\xB4\t\xE9\xAB\x98\xE6\xA9\x8B\n";

const PAIRS: &str = "encode people.csv --for audit --side right --run test --schema audit.json --key linkage.key --links links.csv --handle-column handle --link-column record --id-column rec_id --label batch -o out.arrow";

/// Links of a table's rows, with ids as handles.
const PAIRS_OF_FOUR: &str = "encode people.csv --for audit --side right --run test --schema audit.json --key linkage.key --handle-column rec_id -o out.arrow";

const AUDIT: &str = "audit --left left.pairs.arrow --right right.pairs.arrow -o out.csv";

const FEEDBACK: &str = "audit feedback findings.review.csv --findings findings.csv -o out.csv";

const LINK: &str = "link left.parquet right.parquet -o out.csv";

pub(crate) const CASES: &[Case] = &[
    // Tables of people.
    Case {
        name: "input missing",
        prepare: |p| fs::remove_file(p.join("people.csv")).unwrap(),
        command: ENCODE,
    },
    Case { name: "input empty", prepare: |p| people(p, b""), command: ENCODE },
    Case {
        name: "input is a folder",
        prepare: |p| fs::create_dir(p.join("folder.csv")).unwrap(),
        command: "encode folder.csv --schema schema.json --key linkage.key -o out.parquet --keep-ids",
    },
    Case { name: "ragged row", prepare: |p| append(p, b"r4,Only,Four,19000101\n"), command: ENCODE },
    Case {
        name: "row with too many fields",
        prepare: |p| append(p, b"r4,a,b,19010203,c,1,extra\n"),
        command: ENCODE,
    },
    Case {
        name: "NUL byte in a value",
        prepare: |p| append(p, b"r4,A\0a,b,19010203,c,1\n"),
        command: ENCODE,
    },
    Case { name: "invalid UTF-8 late in the file", prepare: late_invalid_utf8, command: ENCODE },
    Case {
        name: "bytes that are not of the named encoding",
        prepare: |p| append(p, b"r4,A\x80\xFF,b,19010203,c,1\n"),
        command: "encode people.csv --schema schema.json --key linkage.key -o out.parquet --keep-ids --encoding cp932",
    },
    Case {
        name: "unknown encoding",
        prepare: |_| {},
        command: "encode people.csv --schema schema.json --key linkage.key -o out.parquet --keep-ids --encoding klingon",
    },
    Case {
        name: "unclosed quote that swallows the last rows",
        prepare: |p| append(p, b"r4,a,b,19010203,c,\"1\nr5,a,b,19010203,c,1\nr6,a,b,19010203,c,1\n"),
        command: ENCODE,
    },
    Case { name: "unclosed quote that swallows the file", prepare: unclosed_quote, command: ENCODE },
    Case {
        name: "a million columns",
        prepare: |p| people(p, "c,".repeat(1_000_000).as_bytes()),
        command: ENCODE,
    },
    Case {
        name: "two columns of one name",
        prepare: |p| people(p, b"rec_id,surname,surname\n1,a,b\n"),
        command: ENCODE,
    },
    Case {
        name: "column without a name",
        prepare: |p| people(p, b"rec_id,,surname\n1,a,b\n"),
        command: ENCODE,
    },
    Case {
        name: "column of the schema missing",
        prepare: |p| people(p, b"rec_id,given_name,surname,date_of_birth,suburb\n1,a,b,c,d\n"),
        command: ENCODE,
    },
    Case { name: "repeated id", prepare: |p| append(p, b"r1,a,b,19010203,c,1\n"), command: ENCODE },
    Case { name: "empty id", prepare: |p| append(p, b",a,b,19010203,c,1\n"), command: ENCODE },
    Case {
        name: "no id column to keep",
        prepare: |p| people(p, b"given_name,surname,date_of_birth,suburb,postcode\na,b,19010203,c,1\n"),
        command: ENCODE,
    },
    Case {
        name: "unknown id column",
        prepare: |_| {},
        command: "encode people.csv --schema schema.json --key linkage.key -o out.parquet --keep-ids --id-column patient",
    },
    Case {
        name: "My Number in a name field",
        prepare: |p| append(p, b"r4,123456789018,b,19010203,c,1\n"),
        command: ENCODE,
    },
    Case {
        name: "My Number with hyphens in a postcode",
        prepare: |p| append(p, b"r4,a,b,19010203,c,1234-5678-9018\n"),
        command: ENCODE,
    },
    Case { name: "household file: a view repeats", prepare: household, command: ENCODE },
    Case {
        name: "binary file named CSV",
        prepare: |p| fs::write(p.join("people.csv"), b"PAR1\x15\x04\x15\x00,\x15\x00\n\x00").unwrap(),
        command: ENCODE,
    },
    Case {
        name: "Parquet of people cut short",
        prepare: |p| cut(p, "left.parquet"),
        command: "encode left.parquet --schema schema.json --key linkage.key -o out.parquet",
    },
    Case {
        name: "unknown extension of the input",
        prepare: |p| fs::copy(p.join("people.csv"), p.join("people.xlsx")).map(drop).unwrap(),
        command: "encode people.xlsx --schema schema.json --key linkage.key -o out.parquet",
    },
    Case {
        name: "JSON people",
        prepare: |p| fs::write(p.join("people.json"), "[]").unwrap(),
        command: "encode people.json --schema schema.json --key linkage.key -o out.parquet",
    },
    Case {
        name: "row of another encoding in a file of UTF-8",
        prepare: japanese_mixed,
        command: "encode ja.csv --schema ja.json --key linkage.key -o out.parquet --keep-ids",
    },
    Case {
        name: "record id of another encoding, masked or not",
        prepare: |p| append(p, b"r\xFF\xFE,a,b,19010203,c,1\n"),
        command: "encode people.csv --schema schema.json --key linkage.key -o out.parquet --keep-ids --mask-unreadable",
    },
    Case {
        name: "name of 20 MB",
        prepare: |p| append(p, format!("r4,{},b,19010203,c,1\n", "a".repeat(20_000_000)).as_bytes()),
        command: ENCODE,
    },
    // Values to be normalized.
    Case {
        name: "unknown code book",
        prepare: |_| {},
        command: "normalize --pack ja --kind date --code-book lunar 3600401",
    },
    Case {
        name: "unknown kind of value",
        prepare: |_| {},
        command: "normalize --pack ja --kind planet Mars",
    },
    Case {
        name: "unknown locale pack",
        prepare: |_| {},
        command: "normalize --pack tlh --kind date 3600401",
    },
    Case {
        name: "table of values without a column of kinds",
        prepare: |_| {},
        command: "normalize --pack ja --batch people.csv -o out.tsv",
    },
    Case {
        name: "table of values of several encodings",
        prepare: |p| fs::write(p.join("batch.tsv"), MIXED_BATCH).unwrap(),
        command: "normalize --pack ja --batch batch.tsv -o out.tsv",
    },
    Case {
        name: "date of an unknown code book in a schema",
        prepare: |p| fs::write(p.join("ja.json"), JA_SCHEMA.replace("date_receipt", "date_lunar")).unwrap(),
        command: "schema check ja.json",
    },
    Case {
        name: "synth: unknown rate",
        prepare: |p| fs::write(p.join("rates.csv"), "rate,value\ntypos,0.5\n").unwrap(),
        command: "synth people --locale ja --people 10 --rates rates.csv -o made",
    },
    Case {
        name: "synth: rate above 1",
        prepare: |p| fs::write(p.join("rates.csv"), "rate,value\nhousehold.size_1,1.5\n").unwrap(),
        command: "synth people --locale ja --people 10 --rates rates.csv -o made",
    },
    Case {
        name: "synth: no such municipality",
        prepare: |_| {},
        command: "synth people --locale ja --people 10 --municipality 99999 -o made",
    },
    Case {
        name: "synth: somebody else's manifest",
        prepare: |p| fs::write(p.join("manifest.json"), "{}").unwrap(),
        command: "synth people --locale ja --people 10 -o .",
    },
    Case {
        name: "synth: a file of one's own has the name",
        prepare: |p| fs::write(p.join("registry.csv"), "a\n1\n").unwrap(),
        command: "synth people --locale ja --people 10 -o .",
    },
    // Schemas and keys.
    Case {
        name: "schema missing",
        prepare: |p| fs::remove_file(p.join("schema.json")).unwrap(),
        command: ENCODE,
    },
    Case {
        name: "schema is not JSON",
        prepare: |p| fs::write(p.join("schema.json"), "{\"format\": ").unwrap(),
        command: ENCODE,
    },
    Case { name: "schema with several faults", prepare: faulty_schema, command: "schema check schema.json" },
    Case {
        name: "schema with a repeated member",
        prepare: |p| {
            fs::write(p.join("schema.json"), r#"{"format":"mizuhiki-linkage-schema","format":"x"}"#).unwrap();
        },
        command: "schema check schema.json",
    },
    Case { name: "schema pins other tables", prepare: other_tables, command: "schema check schema.json" },
    Case {
        name: "schema of an unknown kind",
        prepare: |p| replace(p, "\"kind\": \"place\"", "\"kind\": \"planet\""),
        command: ENCODE,
    },
    Case {
        name: "schema nested too deep",
        prepare: |p| fs::write(p.join("schema.json"), "[".repeat(100_000)).unwrap(),
        command: "schema check schema.json",
    },
    Case {
        name: "nothing to propose a schema from",
        prepare: |p| people(p, b"rec_id,colour\n1,red\n"),
        command: "schema init people.csv -o new.json",
    },
    Case {
        name: "no header to propose a schema from",
        prepare: |p| {
            people(p, b"r1,Ada,Byron,1815-12-10,London,1815\nr2,Grace,Hopper,1906-12-09,New York,1906\n");
        },
        command: "schema init people.csv -o new.json",
    },
    Case {
        name: "key of the wrong size",
        prepare: |p| fs::write(p.join("linkage.key"), [7; 31]).unwrap(),
        command: ENCODE,
    },
    Case {
        name: "key missing",
        prepare: |p| fs::remove_file(p.join("linkage.key")).unwrap(),
        command: ENCODE,
    },
    Case { name: "new key over an old one", prepare: |_| {}, command: "key new -o linkage.key" },
    Case {
        name: "clkhash: date out of format",
        prepare: |p| clk_people(p, "name,born\nAda,1815-13-41\n"),
        command: "encode clk.csv --schema clk.json --key secret.txt -o out.json",
    },
    Case {
        name: "clkhash: header in another order",
        prepare: |p| clk_people(p, "born,name\n1815-12-10,Ada\n"),
        command: "encode clk.csv --schema clk.json --key secret.txt -o out.json",
    },
    Case {
        name: "clkhash: empty secret",
        prepare: |p| {
            clk_people(p, "name,born\nAda,1815-12-10\n");
            fs::write(p.join("secret.txt"), "\n").unwrap();
        },
        command: "encode clk.csv --schema clk.json --key secret.txt -o out.json",
    },
    // Outputs.
    Case {
        name: "hardened tokens as JSON",
        prepare: |_| {},
        command: "encode people.csv --schema schema.json --key linkage.key -o out.json --keep-ids",
    },
    Case {
        name: "output over the input",
        prepare: |_| {},
        command: "encode people.csv --schema schema.json --key linkage.key -o people.csv --keep-ids",
    },
    Case {
        name: "output folder missing",
        prepare: |_| {},
        command: "encode people.csv --schema schema.json --key linkage.key -o none/out.parquet --keep-ids",
    },
    Case {
        name: "disk full while writing tokens",
        prepare: |p| full(p, "full.parquet"),
        command: "encode people.csv --schema schema.json --key linkage.key -o full.parquet --keep-ids",
    },
    Case {
        name: "disk full while writing links",
        prepare: |p| full(p, "full.csv"),
        command: "link left.parquet right.parquet -o full.csv",
    },
    // Token files.
    Case { name: "token Parquet cut short", prepare: |p| cut(p, "left.parquet"), command: LINK },
    Case {
        name: "token Arrow cut short",
        prepare: |p| cut(p, "left.arrow"),
        command: "link left.arrow right.arrow -o out.csv",
    },
    Case {
        name: "token CSV without its end mark",
        prepare: |p| edit(p, "left.csv", |text| text.replace("#end 3\n", "")),
        command: "link left.csv right.csv -o out.csv",
    },
    Case {
        name: "token CSV that lost a row",
        prepare: lose_a_row,
        command: "link left.csv right.csv -o out.csv",
    },
    Case {
        name: "token CSV with a repeated id",
        prepare: |p| edit(p, "left.csv", |text| text.replace("\nr2,", "\nr1,").replace("\nr3,", "\nr1,")),
        command: "link left.csv right.csv -o out.csv",
    },
    Case {
        name: "token that is not base64",
        prepare: |p| {
            edit(p, "left.csv", |text| {
                text.replace("\nr1,", "\nr1,!").replace("\nr2,", "\nr2,!").replace("\nr3,", "\nr3,!")
            });
        },
        command: "link left.csv right.csv -o out.csv",
    },
    Case {
        name: "wrong digest",
        prepare: |p| {
            edit(p, "left.csv", |text| text.replace("\"schema_digest\":\"", "\"schema_digest\":\"00"));
        },
        command: "link left.csv right.csv -o out.csv",
    },
    Case {
        name: "token file of a later version",
        prepare: |p| edit(p, "left.csv", |text| text.replace("{\"version\":3,", "{\"version\":4,")),
        command: "link left.csv right.csv -o out.csv",
    },
    Case {
        name: "token file of before projects had names",
        prepare: |p| edit(p, "left.csv", |text| text.replace("{\"version\":3,", "{\"version\":2,")),
        command: "link left.csv right.csv -o out.csv",
    },
    Case {
        name: "symbols of another length",
        prepare: |p| edit(p, "left.csv", short_symbols),
        command: "link left.csv right.csv -o out.csv",
    },
    Case {
        name: "symbols that differ",
        prepare: |p| {
            replace(p, "\"positions\": 24", "\"positions\": 32");
            encode(p, "right");
        },
        command: LINK,
    },
    Case {
        name: "four thousand million rows claimed",
        prepare: |p| edit(p, "left.csv", |text| text.replace("#end 3\n", "#end 4294967296\n")),
        command: "link left.csv right.csv -o out.csv",
    },
    Case {
        name: "too little memory",
        prepare: |p| clks(p, r#"{"clks":["AAAA"]}"#),
        command: "link clks.json clks.json -o out.csv --memory 1M",
    },
    Case {
        name: "memory that is no size",
        prepare: |_| {},
        command: "link left.csv right.csv -o out.csv --memory plenty",
    },
    Case {
        name: "folder for checkpoints that is not there",
        prepare: |_| {},
        command: "link left.csv right.csv -o out.csv --work none",
    },
    Case {
        name: "unfinished run",
        prepare: |p| fs::create_dir(p.join("out.csv.work")).unwrap(),
        command: "link left.csv right.csv -o out.csv",
    },
    Case {
        name: "candidate pairs of other files",
        prepare: |p| {
            let header = [1, 8, 4, 4];
            let pair =
                [&0.9_f64.to_le_bytes()[..], &[0, 0, 0, 0, 1, 0, 0, 0, 7, 0, 0, 0, 0, 0, 0, 0]].concat();
            fs::write(p.join("pairs.bin"), [&header[..], &pair].concat()).unwrap();
        },
        command: "link left.csv right.csv -o out.csv --candidates pairs.bin",
    },
    Case {
        name: "candidate pairs cut short",
        prepare: |p| fs::write(p.join("pairs.bin"), [1, 8, 4, 4, 0, 0, 0]).unwrap(),
        command: "link left.csv right.csv -o out.csv --candidates pairs.bin",
    },
    Case {
        name: "no candidate pairs at all",
        prepare: |_| {},
        command: "link left.csv right.csv -o out.csv --candidates people.csv",
    },
    Case {
        name: "clusters with an option of links",
        prepare: |_| {},
        command: "link left.csv right.csv left.arrow -o out.csv --assign optimal",
    },
    Case {
        name: "a file twice among clusters",
        prepare: |_| {},
        command: "link left.csv right.csv left.csv -o out.csv",
    },
    Case { name: "mixed keys", prepare: |_| {}, command: "link left.parquet otherkey.parquet -o out.csv" },
    Case {
        name: "token file of another project",
        prepare: |p| {
            replace(p, "\"people-five-fields\"", "\"another\"");
            encode(p, "right");
        },
        command: LINK,
    },
    Case { name: "one custodian twice", prepare: |p| encode(p, "left"), command: LINK },
    Case {
        name: "plaintext in place of tokens",
        prepare: |_| {},
        command: "link people.csv right.csv -o out.csv",
    },
    Case {
        name: "CLKs of two lengths",
        prepare: |p| clks(p, r#"{"clks":["AAAA","AAAAAA=="]}"#),
        command: "link clks.json clks.json -o out.csv",
    },
    Case {
        name: "CLK that is not base64",
        prepare: |p| clks(p, r#"{"clks":["AAAA","?"]}"#),
        command: "link clks.json clks.json -o out.csv",
    },
    Case {
        name: "CLK list cut short",
        prepare: |p| clks(p, r#"{"clks":["AAAA","#),
        command: "link clks.json clks.json -o out.csv",
    },
    Case {
        name: "CLK list without clks",
        prepare: |p| clks(p, r#"{"tokens":[]}"#),
        command: "link clks.json clks.json -o out.csv",
    },
    Case {
        name: "CLKs against tokens",
        prepare: |p| clks(p, r#"{"clks":["AAAA"]}"#),
        command: "link clks.json right.parquet -o out.csv",
    },
    // Requests.
    Case {
        name: "borderline above accept",
        prepare: |_| {},
        command: "link left.parquet right.parquet -o out.csv --accept 0.8 --borderline 0.9",
    },
    Case {
        name: "threshold out of range",
        prepare: |_| {},
        command: "link left.parquet right.parquet -o out.csv --accept 1.5",
    },
    Case {
        name: "optimal assignment within one file",
        prepare: |_| {},
        command: "link left.parquet left.parquet -o out.csv --assign optimal",
    },
    Case {
        name: "too few records to calibrate",
        prepare: |_| {},
        command: "link left.parquet right.parquet -o out.csv --accept auto",
    },
    Case {
        name: "links that are no links",
        prepare: |p| {
            fs::write(p.join("links.csv"), "left_id,right_id,similarity,class\na,b,high,match\n").unwrap();
        },
        command: "evaluate accuracy links.csv --truth links.csv",
    },
    Case {
        name: "truth without its columns",
        prepare: |p| {
            fs::write(p.join("links.csv"), "left_id,right_id,similarity,class\na,b,0.9,match\n").unwrap();
        },
        command: "evaluate accuracy links.csv --truth people.csv",
    },
    // Audits.
    Case {
        name: "audit: no handle column named",
        prepare: |_| {},
        command: "encode people.csv --for audit --side right --run test --schema audit.json --key linkage.key -o out.arrow",
    },
    Case {
        name: "audit: handle column without an audit",
        prepare: |_| {},
        command: "encode people.csv --schema schema.json --key linkage.key -o out.parquet --handle-column handle",
    },
    Case {
        name: "audit: handle column missing",
        prepare: |p| links(p, "link,record,batch\nh1,r1,b1\n"),
        command: PAIRS,
    },
    Case {
        name: "audit: repeated handle",
        prepare: |p| links(p, "handle,record,batch\nh1,r1,b1\nh2,r2,b1\nh1,r3,b1\n"),
        command: PAIRS,
    },
    Case {
        name: "audit: empty handle",
        prepare: |p| links(p, "handle,record,batch\nh1,r1,b1\n,r2,b1\n"),
        command: PAIRS,
    },
    Case {
        name: "audit: two records of one id",
        prepare: |p| append(p, b"r1,Ada,Lovelace,18151210,London,1815\n"),
        command: PAIRS,
    },
    Case { name: "audit: labels that single people out", prepare: many_labels, command: PAIRS },
    Case {
        name: "audit: names as labels",
        prepare: |_| {},
        command: "encode people.csv --for audit --side right --run test --schema audit.json --key linkage.key --handle-column rec_id --label surname -o out.arrow",
    },
    Case {
        name: "audit: dates as handles",
        prepare: |_| {},
        command: "encode people.csv --for audit --side right --run test --schema audit.json --key linkage.key --handle-column date_of_birth -o out.arrow",
    },
    Case {
        name: "audit: a label twice",
        prepare: |_| {},
        command: "encode people.csv --for audit --side right --run test --schema audit.json --key linkage.key --links links.csv --handle-column handle --link-column record --id-column rec_id --label batch --label batch -o out.arrow",
    },
    Case {
        name: "audit: links of other records",
        prepare: |p| links(p, "handle,record,batch\nh1,x1,b1\nh2,x2,b1\n"),
        command: PAIRS,
    },
    Case {
        name: "audit: linkage schema for an audit",
        prepare: |p| copy(p, "schema.json", "audit.json"),
        command: PAIRS,
    },
    Case {
        name: "audit: audit schema for linking",
        prepare: |p| copy(p, "audit.json", "schema.json"),
        command: ENCODE,
    },
    Case {
        name: "audit: unknown role and level",
        prepare: |p| {
            edit(p, "audit.json", |text| text.replace("family_name", "clan").replace("\"day\"", "\"noon\""));
        },
        command: PAIRS,
    },
    Case {
        name: "audit: unknown level alone",
        prepare: |p| edit(p, "audit.json", |text| text.replace("\"nysiis\"", "\"runes\"")),
        command: PAIRS,
    },
    Case {
        name: "audit: pair tokens as a table",
        prepare: |_| {},
        command: "encode people.csv --for audit --side right --run test --schema audit.json --key linkage.key --links links.csv --handle-column handle --link-column record --id-column rec_id -o out.csv",
    },
    Case {
        name: "audit: links from standard input",
        prepare: |_| {},
        command: "encode people.csv --for audit --side right --run test --schema audit.json --key linkage.key --links - --handle-column handle --link-column record -o out.arrow",
    },
    Case {
        name: "audit: a My Number among the values",
        prepare: |p| append(p, b"r4,Ada,Lovelace,18151210,London,123456789018\n"),
        command: PAIRS_OF_FOUR,
    },
    Case {
        name: "audit: other key",
        prepare: |_| {},
        command: "audit --left left.pairs.arrow --right otherkey.pairs.arrow -o out.csv",
    },
    Case {
        name: "audit: other epoch",
        prepare: |p| {
            edit(p, "audit.json", |text| {
                text.replacen("\"version\": 2", "\"version\": 2,\n  \"epoch\": 2", 1)
            });
            pairs(p, "right");
        },
        command: AUDIT,
    },
    Case {
        name: "audit: other schema",
        prepare: |p| {
            edit(p, "audit.json", |text| text.replace("\"nysiis\"", "\"phonetic\""));
            pairs(p, "right");
        },
        command: AUDIT,
    },
    Case {
        name: "audit: schema of version 1",
        prepare: |p| edit(p, "audit.json", |text| text.replacen("\"version\": 2", "\"version\": 1", 1)),
        command: PAIRS,
    },
    Case {
        name: "audit: pair tokens of version 1",
        prepare: |p| bytes(p, "left.pairs.arrow", b"{\"version\":2,", b"{\"version\":1,"),
        command: AUDIT,
    },
    Case {
        name: "audit: no side",
        prepare: |_| {},
        command: "encode people.csv --for audit --schema audit.json --key linkage.key --handle-column rec_id -o out.arrow",
    },
    Case {
        name: "audit: sides exchanged",
        prepare: |_| {},
        command: "audit --left right.pairs.arrow --right left.pairs.arrow -o out.csv",
    },
    Case {
        name: "audit: other run",
        prepare: |p| pairs_of(p, "right", "--run test", "--run another"),
        command: AUDIT,
    },
    Case {
        name: "audit: other project",
        prepare: |p| pairs_of(p, "right", "--run test", "--run test --project another"),
        command: AUDIT,
    },
    Case {
        name: "audit: one custodian twice",
        prepare: |_| {},
        command: "audit --left left.pairs.arrow --right left.pairs.arrow -o out.csv",
    },
    Case { name: "audit: cut file", prepare: |p| cut(p, "right.pairs.arrow"), command: AUDIT },
    Case {
        name: "audit: search tokens in place of pair tokens",
        prepare: |_| {},
        command: "audit --left left.arrow --right right.pairs.arrow -o out.csv",
    },
    Case {
        name: "audit: a table in place of pair tokens",
        prepare: |_| {},
        command: "audit --left people.csv --right right.pairs.arrow -o out.csv",
    },
    Case {
        name: "audit: unknown label",
        prepare: |_| {},
        command: "audit --left left.pairs.arrow --right right.pairs.arrow -o out.csv --batches office",
    },
    Case {
        name: "audit: proposals that are no links",
        prepare: |_| {},
        command: "audit --left left.pairs.arrow --right right.pairs.arrow -o out.csv --proposals links.csv",
    },
    Case {
        name: "audit: output over an input",
        prepare: |_| {},
        command: "audit --left left.pairs.arrow --right right.pairs.arrow -o right.pairs.arrow",
    },
    Case {
        name: "audit: a list of nothing",
        prepare: |_| {},
        command: "audit --left left.pairs.arrow --right right.pairs.arrow -o out.csv --review 0",
    },
    Case {
        name: "feedback: no verdict",
        prepare: |p| {
            edit(p, "findings.review.csv", |text| {
                text.replacen(",\n", ",perhaps\n", 2).replacen("verdict,perhaps", "verdict", 1)
            });
        },
        command: FEEDBACK,
    },
    Case {
        name: "feedback: another list's handle",
        prepare: |p| {
            edit(p, "findings.review.csv", |text| {
                text.replace("h1", "h9").replace("h2", "h8").replace("h3", "h7")
            });
        },
        command: FEEDBACK,
    },
    Case {
        name: "feedback: no findings",
        prepare: |_| {},
        command: "audit feedback findings.review.csv --findings links.csv -o out.csv",
    },
    Case {
        name: "select: no such column",
        prepare: |_| {},
        command: "audit select findings.csv --people people.csv --handle-column handle --links links.csv --link-column nobody -o out.csv",
    },
];

fn people(folder: &Path, bytes: &[u8]) {
    fs::write(folder.join("people.csv"), bytes).unwrap();
}

fn append(folder: &Path, bytes: &[u8]) {
    let mut all = fs::read(folder.join("people.csv")).unwrap();
    all.extend_from_slice(bytes);
    people(folder, &all);
}

fn late_invalid_utf8(folder: &Path) {
    let row = |n: u32| format!("x{n},Ann,Lee,19010203,Perth,6000\n");
    let rows: String = (0..5_000).map(row).collect();
    append(folder, rows.as_bytes());
    append(folder, b"late,Ann\xFF,Lee,19010203,Perth,6000\n");
}

fn unclosed_quote(folder: &Path) {
    append(folder, b"r4,\"Ann,Lee,19010203,Perth,6000\n");
    append(folder, "x,Ann,Lee,19010203,Perth,6000\n".repeat(700_000).as_bytes());
}

fn household(folder: &Path) {
    let row = |n: u32| format!("h{n},Ann,Lee{},19010203,Perth,6000\n", char::from(b'a' + (n % 20) as u8));
    let rows: String = (0..1_200).map(row).collect();
    append(folder, rows.as_bytes());
}

fn edit(folder: &Path, name: &str, change: impl Fn(&str) -> String) {
    let text = fs::read_to_string(folder.join(name)).unwrap();
    let changed = change(&text);
    assert_ne!(text, changed, "the case must break something");
    fs::write(folder.join(name), changed).unwrap();
}

/// Changes bytes of a binary file.
fn bytes(folder: &Path, name: &str, from: &[u8], to: &[u8]) {
    let mut found = fs::read(folder.join(name)).unwrap();
    // JSON in Arrow's metadata.
    let places: Vec<usize> =
        (0..found.len() - from.len()).filter(|at| found[*at..].starts_with(from)).collect();
    assert!(!places.is_empty(), "the case must break something");
    for at in places {
        found[at..at + to.len()].copy_from_slice(to);
    }
    fs::write(folder.join(name), found).unwrap();
}

fn replace(folder: &Path, from: &str, to: &str) {
    edit(folder, "schema.json", |text| text.replacen(from, to, 1));
}

fn other_tables(folder: &Path) {
    edit(folder, "schema.json", |text| {
        let at = text.find("\"digest\": \"").unwrap() + 11;
        format!("{}00000000{}", &text[..at], &text[at + 8..])
    });
}

fn faulty_schema(folder: &Path) {
    edit(folder, "schema.json", |text| {
        text.replacen("\"weight\": 1,", "\"weight\": -1,", 1)
            .replace("\"bits\": 1024", "\"bits\": 1000")
            .replace("\"profile\": \"hardened\"", "\"profile\": \"soft\"")
            .replace("\"draw\"", "\"drawn\"")
    });
}

fn cut(folder: &Path, name: &str) {
    let bytes = fs::read(folder.join(name)).unwrap();
    fs::write(folder.join(name), &bytes[..bytes.len() / 2]).unwrap();
}

fn lose_a_row(folder: &Path) {
    edit(folder, "left.csv", |text| {
        text.lines().filter(|line| !line.starts_with("r2,")).map(|line| format!("{line}\n")).collect()
    });
}

fn clk_people(folder: &Path, text: &str) {
    fs::write(folder.join("clk.csv"), text).unwrap();
}

fn clks(folder: &Path, text: &str) {
    fs::write(folder.join("clks.json"), text).unwrap();
}

fn encode(folder: &Path, custodian: &str) {
    let arguments = format!(
        "encode people.csv --schema schema.json --key linkage.key -o right.parquet --custodian {custodian} --keep-ids"
    );
    assert_eq!(crate::fixture::run(folder, &arguments).0, Some(0));
}

/// A device that is always full, under a name with a known extension.
fn full(folder: &Path, name: &str) {
    #[cfg(unix)]
    std::os::unix::fs::symlink("/dev/full", folder.join(name)).unwrap();
    #[cfg(not(unix))]
    let _ = (folder, name);
}

/// The text of a token file whose records have half a symbol each.
fn short_symbols(text: &str) -> String {
    let set = |line: &str| match line.split_once(',') {
        Some((id, _)) if id.starts_with('r') && id.len() == 2 => format!("{id},AAAAAA==\n"),
        _ => format!("{line}\n"),
    };
    text.lines().map(set).collect()
}

/// Japanese people in UTF-8, with one row in Shift_JIS.
pub(crate) fn japanese_mixed(folder: &Path) {
    fs::write(folder.join("ja.json"), JA_SCHEMA).unwrap();
    let (utf8, shift_jis) =
        ("r1,高橋　太郎,S60.4.1,男,東京都千代田区一番町１\n", b"\x8D\x82\x8B\xB4\x81\x40\x89\xD4");
    let mut rows = b"record_id,name_kanji,birth_date,sex,address\n".to_vec();
    rows.extend_from_slice(utf8.as_bytes());
    rows.extend_from_slice(&[b"r2,".as_slice(), shift_jis, b",S61.5.2,2,\n"].concat());
    rows.extend_from_slice("r3,鈴木　花子,S62.6.3,2,東京都千代田区二番町２\n".as_bytes());
    fs::write(folder.join("ja.csv"), rows).unwrap();
}

fn copy(folder: &Path, from: &str, to: &str) {
    fs::copy(folder.join(from), folder.join(to)).unwrap();
}

fn links(folder: &Path, text: &str) {
    fs::write(folder.join("links.csv"), text).unwrap();
}

/// Links that all have different labels.
fn many_labels(folder: &Path) {
    let rows: String = (0..1_500).map(|number| format!("h{number},r{number},person {number}\n")).collect();
    links(folder, &format!("handle,record,batch\n{rows}"));
}

/// Encodes the people's links again.
fn pairs(folder: &Path, side: &str) {
    pairs_of(folder, side, "", "");
}

/// The same with other arguments.
fn pairs_of(folder: &Path, side: &str, from: &str, to: &str) {
    let arguments = PAIRS
        .replace(if from.is_empty() { "\0" } else { from }, to)
        .replace("out.arrow", &format!("{side}.pairs.arrow --custodian {side}"))
        .replace("--side right", &format!("--side {side}"));
    assert_eq!(crate::fixture::run(folder, &arguments).0, Some(0));
}
