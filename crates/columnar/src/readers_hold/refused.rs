//! Damaged, hostile and ambiguous files are refused, or read without a panic.

use super::*;

proptest! {
    #![proptest_config(cases(150))]

    #[test]
    fn arbitrary_bytes_are_refused_or_read(
        bytes in vec(any::<u8>(), 0..300),
        text in "(\\PC|[\",;\t\r\n{}\\[\\]:#]){0,80}",
    ) {
        for extension in ["csv", "tsv", "parquet", "arrow", "json"] {
            read_all(extension, &bytes);
            read_all(extension, text.as_bytes());
            // The part that decoders read first.
            read_all(extension, &[b"PAR1", &bytes[..], &(bytes.len() as u32).to_le_bytes(), b"PAR1"].concat());
            read_all(extension, &[b"ARROW1\0\0", &bytes[..], &(bytes.len() as u32).to_le_bytes(), b"ARROW1"].concat());
        }
        for encoding in ["utf-16le", "utf-16be", "cp932", "euc-jp", "windows-1252", "utf-8", "none"] {
            with_file("csv", &bytes, |source| drop(read_table(source, Some(encoding), None)));
        }
    }
}

proptest! {
    #![proptest_config(cases(4000))]

    #[test]
    fn damaged_files_are_refused_or_read(which in any::<Index>(), all in damage()) {
        thread_local!(static FILES: Vec<(&'static str, Vec<u8>)> = valid_files());
        FILES.with(|files| {
            let (extension, bytes) = which.get(files);
            read_all(extension, &damaged(bytes.clone(), &all));
        });
    }
}

#[test]
fn cut_token_files_are_refused() {
    for (extension, bytes) in valid_files().iter().skip(5).take(5) {
        with_file(extension, bytes, read_tokens).unwrap();
        // A text file without its last line break is still complete.
        let last = bytes.len() - usize::from(bytes.ends_with(b"\n"));
        for cut in (0..last).rev().step_by(if last > 2000 { 7 } else { 1 }) {
            assert!(
                with_file(extension, &bytes[..cut], read_tokens).is_err(),
                "{extension} cut at {cut} of {last}"
            );
        }
    }
}

#[test]
fn long_tables_come_in_chunks() {
    let people = people_batch(10_000);
    let text = |row: usize| {
        let name = if row.is_multiple_of(5) { String::new() } else { format!("佐藤 {row}") };
        let year = if row.is_multiple_of(3) { String::new() } else { (1900 + row % 100).to_string() };
        vec![year, name]
    };
    let expected: Rows = (0..10_000).map(text).collect();
    let csv = csv_bytes(&["year".to_owned(), "name".to_owned()], &expected, b',');
    let arrow = arrow_bytes(&people.schema(), std::slice::from_ref(&people));
    for (extension, bytes, wanted) in
        [("csv", csv, [0, 1]), ("parquet", parquet_bytes(&people), [1, 0]), ("arrow", arrow, [1, 0])]
    {
        let read = with_file(extension, &bytes, |source| read_table(source, None, Some(&wanted)));
        assert_eq!(read.unwrap().1, expected, "{extension}");
    }
}

/// Writes huge lengths at every position of a file.
#[test]
fn stated_lengths_are_not_believed() {
    let people = people_batch(20);
    let arrow = arrow_bytes(&people.schema(), std::slice::from_ref(&people));
    for at in 0..arrow.len() - 8 {
        let lengths: [&[u8]; 3] =
            [&0x7fff_fff0_u32.to_le_bytes(), &(1_u64 << 45).to_le_bytes(), &(1_u64 << 62).to_le_bytes()];
        for length in lengths.into_iter().take(if at % 4 == 0 { 3 } else { 0 }) {
            let mut bytes = arrow.clone();
            bytes[at..at + length.len()].copy_from_slice(length);
            with_file("arrow", &bytes, |source| drop(read_table(source, None, None)));
        }
    }
    let parquet = parquet_bytes(&people);
    for at in 4..parquet.len() - 8 {
        // A list of 2^31 - 1 structures, and a number of that size.
        for length in [&[0xfc, 0xff, 0xff, 0xff, 0xff, 0x07][..], &[0xfe, 0xff, 0xff, 0xff, 0x0f]] {
            let mut bytes = parquet.clone();
            let end = bytes.len().min(at + length.len());
            bytes[at..end].copy_from_slice(&length[..end - at]);
            with_file("parquet", &bytes, |source| drop(read_table(source, None, None)));
        }
    }
}

fn parquet_with_footer(footer: &[u8]) -> Vec<u8> {
    [b"PAR1", footer, &(footer.len() as u32).to_le_bytes(), b"PAR1"].concat()
}

#[test]
fn hostile_parquet_footers_are_refused() {
    // version: 1, then the schema as a list of structures.
    let element = |children: u8| [0x35, 0, 0x18, 1, b'a', 0x15, 2 * children, 0];
    let deep = {
        let count: u32 = 200_000;
        let varint = [(count & 0x7f) as u8 | 0x80, (count >> 7 & 0x7f) as u8 | 0x80, (count >> 14) as u8];
        [&[0x15, 2, 0x19, 0xfc], &varint[..], &element(1).repeat(count as usize), &[0x16, 0, 0x19, 0x0c, 0]]
            .concat()
    };
    // One column, and 2^31 - 1 row groups.
    let leaf = [0x15, 4, 0x25, 2, 0x18, 1, b'a', 0];
    let groups = [
        &[0x15, 2, 0x19, 0x2c][..],
        &element(1),
        &leaf,
        &[0x16, 0, 0x19, 0xfc, 0xff, 0xff, 0xff, 0xff, 0x07, 0],
    ]
    .concat();
    // A value of 2 GiB in each of 4,096 rows.
    let wide = [0x15, 14, 0x15, 0xfe, 0xff, 0xff, 0xff, 0x0f, 0x15, 2, 0x18, 1, b'a', 0];
    let wide = [&[0x15, 2, 0x19, 0x2c][..], &element(1), &wide, &[0x16, 0, 0x19, 0x0c, 0]].concat();
    for footer in [deep, groups, wide] {
        let read =
            with_file("parquet", &parquet_with_footer(&footer), |source| read_table(source, None, None));
        let error = read.unwrap_err().to_string();
        assert!(error.contains("its Parquet footer is missing or invalid"), "{error}");
    }
}

#[test]
fn rows_without_bytes_are_not_believed() {
    let null: ArrayRef = Arc::new(NullArray::new(1 << 40));
    let ends = arrow_array::PrimitiveArray::<arrow_array::types::Int64Type>::from(vec![1_i64 << 40]);
    let run: ArrayRef = Arc::new(RunArray::try_new(&ends, &StringArray::from(vec!["x"])).unwrap());
    for column in [null, run] {
        let batch = RecordBatch::try_from_iter_with_nullable([("a", column, true)]).unwrap();
        let bytes = arrow_bytes(&batch.schema(), &[batch]);
        let error =
            with_file("arrow", &bytes, |source| read_table(source, None, None)).unwrap_err().to_string();
        assert!(error.contains("more rows than it can contain"), "{error}");
    }
    // A column without values can be read if its row count is plausible.
    let columns: [(&str, ArrayRef); 2] =
        [("a", Arc::new(NullArray::new(5000))), ("b", Arc::new(Int64Array::from_iter_values(0..5000)))];
    let batch =
        RecordBatch::try_from_iter_with_nullable(columns.map(|(name, column)| (name, column, true))).unwrap();
    let bytes = arrow_bytes(&batch.schema(), &[batch]);
    let (_, rows) = with_file("arrow", &bytes, |source| read_table(source, None, None)).unwrap();
    assert_eq!((rows.len(), &rows[4999]), (5000, &vec![String::new(), "4999".to_owned()]));
}

#[test]
fn a_token_file_has_no_more_rows_than_bytes() {
    let meta = meta(NATIVE);
    let valid = token_file("parquet", NATIVE, &[("x".to_owned(), vec![None, None])]);
    let schema = with_file("parquet", &valid, |source| {
        let Source::Path(path) = source else { unreachable!() };
        let file = std::fs::File::open(path).unwrap();
        parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder::try_new(file).unwrap().schema().clone()
    });
    assert_eq!(schema.fields().len(), 1 + meta.schema.view_names().len() + meta.schema.pass_names().len());
    // One id, a hundred thousand times, in a few bytes.
    let rows = 100_000;
    let ids: ArrayRef = Arc::new(StringArray::from(vec!["x"; rows]));
    let none = arrow_array::new_null_array(&DataType::FixedSizeBinary(8), rows);
    let batch = RecordBatch::try_new(schema, vec![ids, Arc::clone(&none), Arc::clone(&none), none]).unwrap();
    let bytes = parquet_bytes(&batch);
    assert!(bytes.len() < rows / 2);
    let error = with_file("parquet", &bytes, read_tokens).unwrap_err().to_string();
    assert!(error.contains("more rows than it can contain"), "{error}");
}

#[test]
fn empty_batches_are_passed_over() {
    let schema = Arc::new(Schema::new(vec![Field::new("a", DataType::Utf8, true)]));
    let empty = RecordBatch::new_empty(Arc::clone(&schema));
    let full =
        RecordBatch::try_new(Arc::clone(&schema), vec![Arc::new(StringArray::from(vec!["x"]))]).unwrap();
    let mut batches = vec![empty; 30_000];
    batches.push(full);
    let read = with_file("arrow", &arrow_bytes(&schema, &batches), |source| read_table(source, None, None));
    assert_eq!(read.unwrap().1, [["x"]]);
}

#[test]
fn ambiguous_files_are_refused() {
    let twice = br#"{"clks": ["AAAA"], "other": [1], "clks": ["/////w=="]}"#;
    assert!(with_file("json", twice, read_tokens).is_err());
    // Text after a carriage return inside a line would be lost.
    let file = token_file("csv", NATIVE, &[("x".to_owned(), vec![Some([1; 8]), None])]);
    let text = String::from_utf8(file).unwrap();
    let bent = text.replace("\nx,", "\nx,,\rx,");
    assert_ne!(text, bent);
    assert!(with_file("csv", bent.as_bytes(), read_tokens).is_err());
    // Line ends of another system are not damage.
    with_file("csv", text.replace('\n', "\r\n").as_bytes(), read_tokens).unwrap();
    let mut ids = RecordIds::default();
    assert!(ids.push("a\rb").is_err());
}
