//! What is written is read again.

use super::*;

proptest! {
    #![proptest_config(cases(24))]

    #[test]
    fn tokens_round_trip(rows in token_rows(3)) {
        let mut sorted = rows.clone();
        sorted.sort_by(|a, b| compare_ids(&a.0, &b.0));
        for format in TOKEN_FORMATS {
            let bytes = token_file(format, NATIVE, &rows);
            let set = with_file(format, &bytes, read_tokens).unwrap().set;
            assert_whole(&set);
            prop_assert_eq!(rows_of(&set), sorted.clone(), "{}", format);
            prop_assert_eq!(set.meta(), Some(&meta(NATIVE)));
        }
    }

    #[test]
    fn bare_clks_round_trip(tokens in vec(any::<[u8; 8]>(), 0..20)) {
        let rows: Vec<TokenRow> =
            (0..).zip(tokens).map(|(row, token): (u32, _)| (row.to_string(), vec![Some(token)])).collect();
        let set = with_file("json", &token_file("json", CLKHASH, &rows), read_tokens).unwrap().set;
        prop_assert_eq!(rows_of(&set), rows);
        prop_assert!(set.meta().is_none());
    }

    #[test]
    fn links_round_trip(links in links()) {
        for format in ["csv", "tsv", "json", "parquet", "arrow"] {
            let bytes = written(format, |target| write_links(target, &links));
            let read = with_file(format, &bytes, read_links).unwrap();
            prop_assert_eq!(read.len(), links.len());
            for (read, link) in read.iter().zip(&links) {
                prop_assert_eq!((&read.left, &read.right, read.class), (&link.left, &link.right, link.class));
                let exact = !matches!(format, "csv" | "tsv");
                let slack = if exact { 0.0 } else { 0.000_000_5 + f64::EPSILON };
                prop_assert!((read.similarity.get() - link.similarity.get()).abs() <= slack);
            }
            if format != "json" {
                let pairs = with_file(format, &bytes, read_pairs).unwrap();
                let expected = links.iter().map(|link| (link.left.clone(), link.right.clone()));
                prop_assert!(expected.eq(pairs));
            }
        }
    }
}

fn table() -> impl Strategy<Value = (Vec<String>, Rows, Vec<usize>)> {
    let name = "[a-zA-Zé佐_][a-zA-Z0-9é佐_ -]{0,6}[a-z]";
    btree_set(name, 1..5).prop_flat_map(|header| {
        let count = header.len();
        let value = prop_oneof![
            "[a-z]{0,4}",
            "([^\0]|[\",;\t\r\n|#]){0,10}",
            Just("\r\n".to_owned()),
            Just("\u{feff}".to_owned()),
        ];
        let wanted = subsequence((0..count).collect::<Vec<_>>(), 1..=count).prop_shuffle();
        (Just(header.into_iter().collect()), vec(vec(value, count), 0..20), wanted)
    })
}

fn in_columns(rows: &Rows, wanted: &[usize]) -> Rows {
    rows.iter().map(|row| wanted.iter().map(|&column| row[column].clone()).collect()).collect()
}

proptest! {
    /// Rows of bytes, some of them in another encoding: none is lost, readable ones are unchanged, and the
    /// others are masked and counted.
    #[test]
    fn unreadable_values_are_masked_and_counted(
        rows in vec((any::<bool>(), "[a-zé髙ソ表 ]{1,8}"), 1..40),
    ) {
        let mut bytes = "a,b\né髙,é\n".as_bytes().to_vec();
        // Most lines are UTF-8.
        bytes.extend("é,x\n".repeat(rows.len()).bytes());
        let before = rows.len() + 1;
        let mut expected = Vec::new();
        for (other, text) in &rows {
            let (shift_jis, _, unmappable) = encoding_rs::SHIFT_JIS.encode(text);
            let other = *other && !unmappable && std::str::from_utf8(&shift_jis).is_err();
            bytes.extend_from_slice(if other { &shift_jis } else { text.as_bytes() });
            bytes.extend_from_slice(b",x\n");
            expected.push(if other { UNREADABLE.to_owned() } else { text.clone() });
        }
        let masked = expected.iter().filter(|text| *text == UNREADABLE).count() as u64;
        let first = expected.iter().position(|text| text == UNREADABLE);
        with_file("csv", &bytes, |source| {
            let options = ReadOptions { encoding: None, mask_unreadable: true };
            let mut reader = TableReader::open(source, &options).unwrap();
            let mut found = Vec::new();
            while let Some(chunk) = reader.next_chunk(&[0]).unwrap() {
                found.extend((0..chunk.rows()).map(|row| chunk.get(row, 0).to_owned()));
            }
            assert_eq!(found[before..], expected);
            let unreadable = reader.unreadable();
            assert_eq!(unreadable.iter().map(|values| values.count).sum::<u64>(), masked);
            let first_row = first.map(|row| (before + row) as u64 + 1);
            assert_eq!(unreadable.first().map(|values| values.first_row), first_row);
        });
    }
}

fn utf16(text: &str, to_bytes: fn(u16) -> [u8; 2]) -> Vec<u8> {
    "\u{feff}".encode_utf16().chain(text.encode_utf16()).flat_map(to_bytes).collect()
}

proptest! {
    #![proptest_config(cases(150))]

    #[test]
    fn tables_round_trip((header, rows, wanted) in table()) {
        let expected = in_columns(&rows, &wanted);
        let mut files: Vec<(&str, Vec<u8>)> = b",;\t|".iter().map(|&d| ("csv", csv_bytes(&header, &rows, d))).collect();
        if header.len() == 1 {
            // With one column no delimiter is found, and a comma is assumed.
            files.truncate(1);
        }
        files.push(("tsv", csv_bytes(&header, &rows, b'\t')));
        let columns = (0..header.len()).map(|column| {
            let values: StringArray = rows.iter().map(|row| Some(row[column].as_str())).collect();
            (header[column].as_str(), Arc::new(values) as ArrayRef, true)
        });
        let batch = RecordBatch::try_from_iter_with_nullable(columns).unwrap();
        files.push(("parquet", parquet_bytes(&batch)));
        files.push(("arrow", arrow_bytes(&batch.schema(), std::slice::from_ref(&batch))));
        for (extension, bytes) in files {
            let (columns, found) = with_file(extension, &bytes, |source| read_table(source, None, Some(&wanted))).unwrap();
            prop_assert_eq!(&columns, &header);
            prop_assert_eq!(&found, &expected, "{}", extension);
        }
    }

    #[test]
    fn encodings_read_alike(
        latin in vec("[a-zA-Z éüßñçØ'\",\n]{0,8}", 2..12),
        japanese in vec("[あいうえおがぱアイウ一山田佐藤鈴木高橋東京都々ー・a-z,\"\n]{0,8}", 2..12),
    ) {
        for (values, legacy) in [(latin, &["windows-1252"][..]), (japanese, &["cp932", "shift_jis", "euc-jp"])] {
            let header = vec!["姓".to_owned(), "given".to_owned()];
            let header = if legacy.len() == 1 { vec!["prénom".to_owned(), "given".to_owned()] } else { header };
            let rows: Rows = values.chunks_exact(2).map(<[String]>::to_vec).collect();
            let text = String::from_utf8(csv_bytes(&header, &rows, b',')).unwrap();
            let mut files = vec![
                (None, text.clone().into_bytes()),
                (Some("utf-8"), text.clone().into_bytes()),
                (None, format!("\u{feff}{text}").into_bytes()),
                (Some("utf-8"), format!("\u{feff}{text}").into_bytes()),
                (None, utf16(&text, u16::to_le_bytes)),
                (Some("utf-16le"), utf16(&text, u16::to_le_bytes)),
                (Some("utf-16le"), utf16(&text, u16::to_le_bytes)[2..].to_vec()),
                (None, utf16(&text, u16::to_be_bytes)),
                (Some("utf-16be"), utf16(&text, u16::to_be_bytes)),
            ];
            for &name in legacy {
                let label = if name == "cp932" { "shift_jis" } else { name };
                let (bytes, _, lost) = encoding_rs::Encoding::for_label(label.as_bytes()).unwrap().encode(&text);
                prop_assert!(!lost, "{} in {}", text, name);
                files.push((Some(name), bytes.into_owned()));
            }
            for (encoding, bytes) in files {
                let found = with_file("csv", &bytes, |source| read_table(source, encoding, None)).unwrap();
                prop_assert_eq!(found, (header.clone(), rows.clone()), "{:?}", encoding);
            }
        }
    }
}
