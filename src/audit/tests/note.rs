//! Checkpoints, keys and names.

use base64::prelude::{BASE64_STANDARD, Engine};
use zeroize::Zeroizing;

use super::{bytes, hash, vectors};
use crate::audit::merkle::sha256;
use crate::audit::note::{Checkpoint, NoteError, Origin, SigningKey, VerifierKey};

fn log_key() -> SigningKey {
    let origin = Origin::new("famn.example/audit", "borlange", 1).unwrap();
    SigningKey::from_seed(origin, Zeroizing::new(hash(&vectors().log.seed))).unwrap()
}

#[test]
fn checkpoints_are_those_of_the_vectors() {
    let vectors = vectors();
    let key = log_key();
    assert_eq!(key.verifier_key().to_string(), vectors.log.vkey);
    assert_eq!(hex::encode(key.verifier_key().id()), "d462bcd3");
    assert_eq!(key.seed().as_ref(), bytes(&vectors.log.seed));
    let vkey: VerifierKey = vectors.log.vkey.parse().unwrap();
    assert_eq!(&vkey, key.verifier_key());

    let origin = vkey.origin().clone();
    let checkpoint = Checkpoint {
        origin,
        size: 3,
        root: hash(&vectors.roots[&3]),
    };
    assert_eq!(checkpoint.sign(&key).unwrap(), vectors.checkpoint_3);
    for note in [vectors.checkpoint_3, vectors.checkpoint_3_cosigned_at_1767225602] {
        assert_eq!(Checkpoint::parse_and_verify(&note, &vkey), Ok(checkpoint.clone()));
    }
}

#[test]
fn a_key_signs_for_its_own_log_only() {
    let later = Origin::new("famn.example/audit", "borlange", 2).unwrap();
    let other = SigningKey::generate(later.clone()).unwrap();
    let checkpoint = Checkpoint {
        origin: later,
        size: 0,
        root: sha256(&[]),
    };
    assert_eq!(checkpoint.sign(&log_key()), Err(NoteError::OtherOrigin));
    let note = checkpoint.sign(&other).unwrap();
    assert_eq!(
        Checkpoint::parse_and_verify(&note, other.verifier_key()),
        Ok(checkpoint)
    );
    assert_eq!(
        Checkpoint::parse_and_verify(&note, log_key().verifier_key()),
        Err(NoteError::NotSigned)
    );
    assert!(!format!("{other:?}").contains(&hex::encode(other.seed())));
}

#[test]
fn names_and_keys_are_read_strictly() {
    let vkey = vectors().log.vkey;
    let wrong_id = vkey.replace("+d462bcd3+", "+d462bcd4+");
    let capitals = vkey.replace("+d462bcd3+", "+D462BCD3+");
    for text in [
        &wrong_id,
        &capitals,
        &vkey[..vkey.len() - 1],
        "",
        "a+b",
        &vectors().witness.vkey,
    ] {
        assert!(text.parse::<VerifierKey>().is_err(), "{text}");
    }
    for (base, slug, epoch) in [
        ("", "b", 1),
        ("a b", "b", 1),
        ("a+", "b", 1),
        ("a/", "b", 1),
        ("a", "", 1),
        ("a", "b/c", 1),
        ("a", "b", 0),
    ] {
        assert!(Origin::new(base, slug, epoch).is_err(), "{base} {slug} {epoch}");
    }
    for text in ["a/b/01", "a/b/+1", "a/b/", "a/b", "a//1", "a/b/c"] {
        assert!(text.parse::<Origin>().is_err(), "{text}");
    }
}

#[test]
fn notes_that_are_not_exactly_right_are_refused() {
    let good = vectors().checkpoint_3;
    let key = log_key();
    let signature = good.split_once("\n\n").unwrap().1;
    let signed = |text: &str| {
        let signature = key_signature(&key, text);
        format!("{text}\n\u{2014} famn.example/audit/borlange/1 {signature}\n")
    };
    let origin = "famn.example/audit/borlange/1";
    let root = "kbTl7vPpJkJqHAkduZpceB0AcX3CYOTM3WFmP6NSiMM=";
    assert!(Checkpoint::parse_and_verify(&signed(&format!("{origin}\n3\n{root}\n")), key.verifier_key()).is_ok());

    let malformed = [
        String::new(),
        good.replace("\n\n", "\n"),
        good.trim_end().to_owned(),
        format!("{good}junk\n"),
        format!("{good}\n"),
        format!("{good}\u{2014} witness.example/w notbase64\n"),
        format!("{good}\u{2014} witness.example/w AAAAAA==\n"),
        good.replace(" 1GK8", "  1GK8"),
        good.replace("NBQY=", "NBQZ="),
        good.replace("NBQY=", "NBQY"),
        good.replace('\n', "\r\n"),
        signed(&format!("{origin}\n03\n{root}\n")),
        signed(&format!("{origin}\n+3\n{root}\n")),
        signed(&format!("{origin}\n18446744073709551616\n{root}\n")),
        signed(&format!("{origin}\n3\n{}\n", root.replace("M=", "N="))),
        signed(&format!("{origin}\n3\nAAAA\n")),
        signed(&format!("{origin}\n3\n{root}\nextension\n")),
        signed(&format!("{origin}\n3\n")),
        signed(&format!("{origin}/x\n3\n{root}\n")),
        format!("{good}{}", "\u{2014} w AAAAAAAA\n".repeat(100)),
    ];
    for note in malformed {
        let read = Checkpoint::parse_and_verify(&note, key.verifier_key());
        assert!(matches!(read, Err(NoteError::Malformed(_))), "{read:?} from {note}");
    }
    let refused = [
        (format!("{good}{signature}"), NoteError::SignedTwice),
        (good.replace("1GK8", "1GK9"), NoteError::NotSigned),
        (good.replace("\u{2014} famn.", "\u{2014} Famn."), NoteError::NotSigned),
        (good.replace("\n3\n", "\n4\n"), NoteError::WrongSignature),
        (
            signed(&format!("famn.example/audit/vansbro/1\n3\n{root}\n")),
            NoteError::OtherOrigin,
        ),
    ];
    for (note, why) in refused {
        assert_eq!(
            Checkpoint::parse_and_verify(&note, key.verifier_key()),
            Err(why),
            "{note}"
        );
    }
}

#[test]
fn every_byte_of_a_note_counts() {
    let good = vectors().checkpoint_3;
    let key = log_key();
    for at in 0..good.len() {
        for other in [b'\n', b' ', b'+', b'0', b'A', b'/', good.as_bytes()[at] ^ 1] {
            let mut bytes = good.clone().into_bytes();
            bytes[at] = other;
            if let Some(note) = String::from_utf8(bytes).ok().filter(|note| *note != good) {
                let read = Checkpoint::parse_and_verify(&note, key.verifier_key());
                assert!(read.is_err(), "{note}");
            }
        }
        if let Some(cut) = good.get(..at) {
            assert!(Checkpoint::parse_and_verify(cut, key.verifier_key()).is_err());
        }
    }
}

/// Signs any text at all, as the program itself never would.
fn key_signature(key: &SigningKey, text: &str) -> String {
    let pair = aws_lc_rs::signature::Ed25519KeyPair::from_seed_unchecked(key.seed().as_ref()).unwrap();
    let signature = pair.sign(text.as_bytes());
    BASE64_STANDARD.encode([&key.verifier_key().id(), signature.as_ref()].concat())
}
