#![no_main]

use libfuzzer_sys::fuzz_target;
use mizuhiki_confirm::{
    CiphertextsHeader, DocumentReader, EvaluationHeader, Header, Hex, Ledger, OpenedHeader, Policy, PublicHeader,
    RunHeader, SealedHeader, SecretHeader, Tickets,
};

fn read<H: Header>(bytes: &[u8]) {
    if let Ok(mut input) = DocumentReader::<_, H>::new(bytes) {
        let _ = input.read_body(1 << 16);
        let _ = input.finish();
    }
}

fuzz_target!(init: mizuhiki_fuzz::let_panics_be_caught(), |bytes: &[u8]| {
    let _ = Tickets::read(bytes);
    read::<PublicHeader>(bytes);
    read::<EvaluationHeader>(bytes);
    read::<SecretHeader>(bytes);
    read::<RunHeader>(bytes);
    read::<CiphertextsHeader>(bytes);
    read::<SealedHeader>(bytes);
    read::<OpenedHeader>(bytes);
    let _ = Ledger::read(bytes, Hex([0; 16]), Policy::default());
});
