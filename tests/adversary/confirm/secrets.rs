//! What each party can read: no file contains another's secrets, and the authority learns nothing about the
//! answers.

use std::fs;
use std::path::{Path, PathBuf};

use mizuhiki_authority::AuthorityError;
use mizuhiki_confirm::Backend;
use mizuhiki_tests::Clear;
use mizuhiki_tfhe::Tfhe;

use crate::kit::Kit;

fn files(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() { files(&path, found) } else { found.push(path) }
    }
}

/// The body of a document, without its signature.
fn body(path: &Path) -> Vec<u8> {
    let bytes = fs::read(path).unwrap();
    let length = u32::from_be_bytes(bytes[5..9].try_into().unwrap()) as usize;
    bytes[9 + length..bytes.len() - 64].to_vec()
}

fn look<B: Backend>(kit: &Kit<B>) {
    kit.links("links.csv", 2, 2);
    kit.run("links.csv", "t", 1);
    let secret = kit.path("keys/secret.key");
    let run = kit.path("t/linkage-unit.run");
    // Signing seeds, the decryption key in pieces, the masks' seed.
    let mut wanted: Vec<(PathBuf, Vec<u8>)> = Vec::new();
    for piece in body(&secret).chunks(16).filter(|piece| piece.len() == 16) {
        wanted.push((secret.clone(), piece.to_vec()));
    }
    wanted.push((run.clone(), body(&run)[..32].to_vec()));
    wanted.push((run.clone(), body(&run)[32..64].to_vec()));
    let mut all = Vec::new();
    files(kit.folder.path(), &mut all);
    assert!(all.len() > 12, "{all:?}");
    for path in &all {
        let bytes = fs::read(path).unwrap();
        for (own, piece) in wanted.iter().filter(|(own, _)| own != path) {
            let found = bytes.windows(piece.len()).any(|window| window == piece);
            assert!(!found, "{} holds a secret of {}", path.display(), own.display());
        }
    }
    #[cfg(unix)]
    for path in [&secret, &run] {
        let mode = std::os::unix::fs::PermissionsExt::mode(&fs::metadata(path).unwrap().permissions());
        assert_eq!(mode & 0o777, 0o600, "{}", path.display());
    }
    // The authority's files contain no record ids; only the custodians' and the linkage unit's do.
    let of_custodian = fs::read(kit.path("t/left.tickets")).unwrap();
    let names = |bytes: &[u8], id: &str| bytes.windows(id.len()).any(|window| window == id.as_bytes());
    assert!(kit.truth.iter().any(|(left, _)| names(&of_custodian, left)), "the search finds ids");
    for (left, right) in &kit.truth {
        for name in ["t/authority.tickets", "t.sealed", "t.opened", "keys/openings.log"] {
            let bytes = fs::read(kit.path(name)).unwrap();
            for id in [left, right] {
                assert!(!names(&bytes, id), "{name} names {id}");
            }
        }
    }
}

#[test]
fn secrets_are_in_their_own_files_alone() {
    look(&Kit::new(Clear));
    look(&Kit::new(Tfhe));
}

#[test]
fn an_authority_takes_no_tickets_with_ids_of_records() {
    let kit = Kit::new(Clear);
    kit.links("links.csv", 2, 2);
    kit.ask("links.csv", "t", 1).unwrap();
    kit.encrypt("t").unwrap();
    kit.evaluate("t").unwrap();
    let own = fs::read(kit.path("t/authority.tickets")).unwrap();
    for side in ["left", "right"] {
        fs::copy(kit.path(&format!("t/{side}.tickets")), kit.path("t/authority.tickets")).unwrap();
        assert!(matches!(kit.open("t"), Err(AuthorityError::NotForAuthority { .. })));
        assert!(!kit.path("t.opened").exists());
    }
    // Nothing is spent, and with its own tickets the same answers are opened.
    fs::write(kit.path("t/authority.tickets"), own).unwrap();
    kit.open("t").unwrap();
}

#[test]
fn a_secret_key_that_others_may_read_is_not_used() {
    let kit = Kit::new(Clear);
    kit.links("links.csv", 2, 2);
    kit.ask("links.csv", "t", 1).unwrap();
    kit.encrypt("t").unwrap();
    kit.evaluate("t").unwrap();
    #[cfg(unix)]
    {
        let open = std::os::unix::fs::PermissionsExt::from_mode(0o644);
        fs::set_permissions(kit.path("keys/secret.key"), open).unwrap();
        assert!(kit.open("t").unwrap_err().to_string().contains("chmod 600"));
    }
}

/// The bits of a run opened by the authority.
fn opened(kit: &Kit<Clear>, links: (usize, usize), seeds: std::ops::Range<u8>) -> (u64, u64) {
    kit.links("links.csv", links.0, links.1);
    let (mut ones, mut all) = (0, 0);
    for seed in seeds {
        let name = format!("{}-{seed}", links.0);
        fs::remove_dir_all(kit.path("keys")).unwrap();
        kit.keygen("keys", seed, mizuhiki_confirm::Policy::default());
        kit.run("links.csv", &name, seed);
        for entry in body(&kit.path(&format!("{name}.opened"))).chunks_exact(17) {
            ones += u64::from(entry[16]);
            all += 1;
        }
    }
    (ones, all)
}

#[test]
fn what_the_authority_opens_does_not_depend_on_the_answers() {
    let mut kit = Kit::new(Clear);
    kit.per_record = 1_000;
    // All pairs are accepted in one run, nearly none in the other; the authority sees random bits in both.
    let pairs = kit.truth.len() - 2;
    for links in [(pairs, 0), (0, pairs)] {
        let (ones, all) = opened(&kit, links, 10..35);
        let deviation = (ones as f64 - all as f64 / 2.0) / (all as f64 / 4.0).sqrt();
        assert!(all > 1_500 && deviation.abs() < 5.0, "{ones} of {all} for {links:?}");
    }
}
