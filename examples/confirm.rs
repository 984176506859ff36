//! Three parties confirm the weakest links under encryption, one bit per pair.
//!
//! `cargo run -p mizuhiki-tests --example confirm`

use std::error::Error;
use std::path::{Path, PathBuf};
use std::time::{SystemTime, UNIX_EPOCH};

use mizuhiki_authority::{KeygenJob, OpenJob, generate_keys, open_answers};
use mizuhiki_columnar::{Format, LinkRow, LinkWriter, ReadOptions, Source, read_links};
use mizuhiki_confirm::Policy;
use mizuhiki_custodian::{
    CheckJob, ConfirmJob, ConfirmTerms, EncodeJob, IdPolicy, LinkageKey, RecordSource, check_answers,
    encode_file, encrypt_tickets,
};
use mizuhiki_evaluate::{JapanSpec, Rates, make_japan};
use mizuhiki_exchange::{Classification, CustodianId, Run, compare_links};
use mizuhiki_files::Target;
use mizuhiki_linkage_unit::{
    ApplyJob, ApplySummary, AskJob, EvaluateJob, Files, LinkJob, apply, ask, evaluate, link_files,
};
use mizuhiki_schema::LinkageSchema;
use mizuhiki_tfhe::Tfhe;
use zeroize::Zeroizing;

type Result<T> = std::result::Result<T, Box<dyn Error>>;

const SCHEMA: &str = include_str!("../protocols/schema/examples/people-ja-kanji.json");

/// The links to confirm.
const WEAKEST: usize = 3;

fn main() -> Result<()> {
    let applied = confirm()?;
    println!("{} pairs asked about, {} accepted", applied.asked, applied.accepted);
    Ok(())
}

fn confirm() -> Result<ApplySummary> {
    let folder = tempfile::tempdir()?;
    let agreed = Agreed {
        folder: folder.path().to_owned(),
        schema: LinkageSchema::parse(SCHEMA)?,
        key: LinkageKey::random().ok_or("the system has no randomness")?,
        now: SystemTime::now().duration_since(UNIX_EPOCH)?.as_secs(),
    };
    agreed.link()?;

    // The authority makes keys, the linkage unit makes tickets.
    let seed = || -> Result<Zeroizing<[u8; 32]>> {
        let mut seed = Zeroizing::new([0; 32]);
        getrandom::fill(seed.as_mut_slice())?;
        Ok(seed)
    };
    generate_keys(&KeygenJob {
        output: agreed.path("keys"),
        policy: Policy::default(),
        backend: &Tfhe,
        seed: seed()?,
        now: agreed.now,
    })?;
    ask(&AskJob {
        links: agreed.source("links.csv"),
        left: agreed.source("insurer.parquet"),
        right: agreed.source("registry.parquet"),
        public: agreed.path("keys/public.key"),
        output: agreed.path("tickets"),
        expires: agreed.now + 3_600,
        backend: &Tfhe,
        seed: seed()?,
    })?;

    // Each custodian encrypts. The linkage unit and one custodian compute the answers.
    let pins = vec![agreed.encrypt("insurer", "left")?, agreed.encrypt("registry", "right")?];
    evaluate(
        &EvaluateJob {
            tickets: agreed.path("tickets"),
            evaluation: agreed.path("keys/evaluation.key"),
            left: agreed.path("insurer.ciphertexts"),
            right: agreed.path("registry.ciphertexts"),
            output: agreed.path("sealed"),
            masks: agreed.path("masks"),
            backend: &Tfhe,
            threads: 2,
        },
        &|_, _| (),
    )?;
    let check = CheckJob {
        terms: agreed.terms("insurer", "left")?,
        left: agreed.path("insurer.ciphertexts"),
        right: agreed.path("registry.ciphertexts"),
        masks: agreed.path("masks"),
        evaluation: agreed.path("keys/evaluation.key"),
        output: Target::Path(agreed.path("checked")),
    };
    check_answers(&check, &|_, _| ())?;

    // The authority opens masked bits if both agree; only the linkage unit can read them.
    open_answers(&OpenJob {
        tickets: agreed.path("tickets/authority.tickets"),
        secret: agreed.path("keys/secret.key"),
        sealed: agreed.path("sealed"),
        checked: agreed.path("checked"),
        output: agreed.path("opened"),
        pins,
        backend: &Tfhe,
        now: agreed.now,
    })?;
    Ok(apply(&ApplyJob {
        tickets: agreed.path("tickets"),
        opened: agreed.path("opened"),
        links: agreed.source("links.csv"),
        output: Target::Path(agreed.path("confirmed.csv")),
        backend: &Tfhe,
    })?)
}

/// What the parties agreed on. In one folder here; in life each party has its own.
struct Agreed {
    folder: PathBuf,
    schema: LinkageSchema,
    key: LinkageKey,
    now: u64,
}

impl Agreed {
    fn path(&self, name: &str) -> PathBuf {
        self.folder.join(name)
    }

    fn source(&self, name: &str) -> Source {
        Source::Path(self.path(name))
    }

    /// Links with the weakest marked as borderline.
    fn link(&self) -> Result<()> {
        let spec = JapanSpec {
            people: 500,
            seed: 1,
            rates: Rates::default(),
            municipality: Some("17201".to_owned()),
            format: Format::Csv,
        };
        make_japan(&spec, Path::new(&self.folder), &|_, _| ())?;
        for custodian in ["insurer", "registry"] {
            let job = EncodeJob {
                input: self.source(&format!("{custodian}.csv")),
                options: ReadOptions::default(),
                schema: &self.schema,
                key: &self.key,
                output: Target::Path(self.path(&format!("{custodian}.parquet"))),
                custodian: CustodianId::new(custodian)?,
                run: Run::default(),
                id_column: Some("record_id".to_owned()),
                ids: IdPolicy::Keep,
                threads: 1,
            };
            encode_file(job, &|_, _| ())?;
        }
        let files = Files::Between(self.source("insurer.parquet"), self.source("registry.parquet"));
        let job = LinkJob::new(files, Target::Path(self.path("found.csv")));
        link_files(&job, &|_, _, _, _| ())?;
        let mut links = read_links(&self.source("found.csv"))?;
        links.sort_by(compare_links);
        let certain = links.len().saturating_sub(WEAKEST);
        let mut writer = LinkWriter::create(&Target::Path(self.path("links.csv")), false)?;
        for (at, link) in links.iter().enumerate() {
            let class = if at < certain { link.class } else { Classification::Borderline };
            writer.push(&LinkRow { class, flag: None, ..link.into() })?;
        }
        Ok(writer.finish()?)
    }

    /// What a custodian needs in its steps.
    fn terms(&self, name: &str, side: &str) -> Result<ConfirmTerms<'_, Tfhe>> {
        Ok(ConfirmTerms {
            schema: &self.schema,
            key: &self.key,
            tickets: self.path(&format!("tickets/{side}.tickets")),
            public: self.path("keys/public.key"),
            tokens: self.path(&format!("{name}.parquet")),
            custodian: CustodianId::new(name)?,
            per_record: 4,
            backend: &Tfhe,
            now: self.now,
            threads: 1,
        })
    }

    /// A custodian's name and fingerprint, which it tells the authority.
    fn encrypt(&self, name: &str, side: &str) -> Result<(String, String)> {
        let job = ConfirmJob {
            terms: self.terms(name, side)?,
            input: self.source(&format!("{name}.csv")),
            options: ReadOptions::default(),
            records: RecordSource::Column(Some("record_id".to_owned())),
            ledger: self.path(&format!("{name}.ledger")),
            output: Target::Path(self.path(&format!("{name}.ciphertexts"))),
        };
        let made = encrypt_tickets(&job, &|_, _| ())?;
        Ok((made.custodian, made.fingerprint))
    }
}

#[test]
fn it_confirms() {
    let applied = confirm().unwrap();
    assert_eq!(applied.asked, WEAKEST as u64);
    assert!(applied.accepted > 0, "links that were matches are accepted");
}
