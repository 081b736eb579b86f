//! What events say, and how they are stored and exported.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;
use uuid::Uuid;

use zeroize::Zeroizing;

use super::{bytes, entry, hash, id, read_errand, vectors};
use crate::audit::entry::Entry;
use crate::audit::event::{Action, ActorPart, Erased, MOST_SHOWN, Outcome, Relation, Subject};
use crate::audit::export::ExportLine;
use crate::audit::leaf::Part;
use crate::audit::merkle::sha256;
use crate::audit::stored::{Filters, salts_of};

#[test]
fn entries_commit_as_the_vectors_do() {
    for event in vectors().events {
        let parts = [&event.core, &event.actor, &event.subject];
        let texts = parts.map(|part| part.stored.clone());
        let salts = parts.map(|part| bytes(&part.salt)).concat();
        let salts = Zeroizing::new(salts.try_into().unwrap());
        let entry = Entry::with_salts(event.event_id, event.at_ms, texts, salts);
        let commitments = parts.map(|part| bytes(&part.commitment)).concat();
        assert_eq!(entry.commitments[..], commitments);
        assert_eq!(entry.leaf.hash(), hash(&event.leaf_hash));
    }
}

#[test]
fn every_entry_has_salts_of_its_own() {
    let (one, other) = (entry(4, 0), entry(4, 0));
    let salts = [one.salts.as_chunks::<32>().0, other.salts.as_chunks::<32>().0].concat();
    let different: BTreeSet<_> = salts.iter().collect();
    assert_eq!(different.len(), 6);
    assert_eq!(one.core, other.core);
    assert_ne!(one.leaf, other.leaf);
}

#[test]
fn parts_are_compact_json_with_sorted_keys() {
    let Entry {
        core, actor, subject, ..
    } = entry(4, 0);
    let [request, unit, person, errand, home] = [70, 71, 72, 4, 73].map(id);
    let session = "ab".repeat(32);
    assert_eq!(
        core,
        format!(
            r#"{{"action":"errand.read","outcome":"ok","relation":"assigned","request_id":"{request}","unit":"{unit}","v":1}}"#
        )
    );
    assert_eq!(
        actor,
        format!(
            r#"{{"acr":"pwd","ip":"203.0.113.7","person":"{person}","role":"caseworker","session":"{session}","v":1}}"#
        )
    );
    assert_eq!(
        subject,
        format!(
            r#"{{"errand":"{errand}","home":"{home}","object":"{errand}","object_type":"errand","protected":false,"v":1}}"#
        )
    );
    assert_eq!(ActorPart::default().stored().unwrap(), r#"{"v":1}"#);

    let ids = [id(1), id(2)];
    let erased = Erased {
        epoch: 1,
        first: 0,
        last: 9,
        parts: &Part::ALL,
    };
    let full = Subject {
        approvers: Some(ids),
        checkpoint: Some("a\n"),
        count: Some(1),
        erased: Some(erased),
        hash: Some([0; 32]),
        log_key: Some("k"),
        service_user: Some(id(3)),
        shown: Some(&ids),
        ..read_errand(4).2
    };
    let text = full.stored().unwrap();
    // Read into a sorted map and written again it is the same text only if it was sorted and compact.
    let sorted: Value = serde_json::from_str(&text).unwrap();
    assert_eq!(sorted.as_object().unwrap().len(), 14);
    let again: BTreeMap<String, Value> = serde_json::from_str(&text).unwrap();
    assert_eq!(serde_json::to_string(&again).unwrap(), text);
}

#[test]
fn long_lists_are_told_by_length_and_hash() {
    let ids: Vec<Uuid> = (0..=MOST_SHOWN as u128).map(id).collect();
    let stored = |shown| {
        Subject {
            shown: Some(shown),
            ..Subject::default()
        }
        .stored()
        .unwrap()
    };
    assert_eq!(stored(&ids[..0]), r#"{"shown":[],"v":1}"#);
    assert!(stored(&ids[..MOST_SHOWN]).starts_with(r#"{"shown":["0197f0c0-"#));
    let all: Vec<u8> = ids.iter().flat_map(|id| id.into_bytes()).collect();
    let hash = hex::encode(sha256(&[&all]));
    assert_eq!(stored(&ids), format!(r#"{{"count":201,"hash":"{hash}","v":1}}"#));
}

#[test]
fn closed_lists_read_back_what_they_write() {
    assert!(
        Action::ALL
            .iter()
            .all(|value| Action::parse(value.as_str()) == Some(*value))
    );
    assert!(
        Outcome::ALL
            .iter()
            .all(|value| Outcome::parse(value.as_str()) == Some(*value))
    );
    assert!(
        Relation::ALL
            .iter()
            .all(|value| Relation::parse(value.as_str()) == Some(*value))
    );
    assert_eq!(
        (Action::ALL.len(), Outcome::ALL.len(), Relation::ALL.len()),
        (97, 3, 16)
    );
    assert_eq!(Action::parse("errand.Read"), None);
    assert_eq!(serde_json::to_string(&Relation::Myself).unwrap(), r#""self""#);
}

#[test]
fn filters_say_what_the_parts_that_are_left_say() {
    let entry = entry(4, 0);
    let filters = entry.filters().unwrap();
    let expected = Filters {
        action: Some(Action::ErrandRead),
        outcome: Some(Outcome::Ok),
        person: Some(id(72)),
        role: Some("caseworker".into()),
        errand: Some(id(4)),
        home: Some(id(73)),
    };
    assert_eq!(filters, expected);
    let without_actor = Filters {
        person: None,
        role: None,
        ..expected
    };
    assert_eq!(
        Filters::of_stored(Some(&entry.core), None, Some(&entry.subject)),
        Ok(without_actor)
    );
    assert_eq!(Filters::of_stored(None, None, None), Ok(Filters::default()));
    for core in [
        "",
        "{}",
        r#"{"action":"errand.read","outcome":"ok","v":2}"#,
        r#"{"action":"x","outcome":"ok","v":1}"#,
    ] {
        assert!(Filters::of_stored(Some(core), None, None).is_err(), "{core}");
    }
}

#[test]
fn salts_go_to_the_parts_that_are_left() {
    let salts = [[1; 32], [3; 32]].concat();
    let texts = [Some("c"), None, Some("s")];
    assert_eq!(salts_of(texts, &salts), Ok([Some(&[1; 32]), None, Some(&[3; 32])]));
    assert_eq!(salts_of([None; 3], &[]), Ok([None; 3]));
    assert!(salts_of(texts, &salts[..32]).is_err());
    assert!(salts_of(texts, &salts[1..]).is_err());
    assert!(salts_of([Some("c"), None, None], &salts).is_err());
}

#[test]
fn an_export_line_has_the_fields_in_order_and_reads_back() {
    let entry = entry(4, 1_767_225_600_000);
    let mut line = ExportLine::of(7, &entry);
    let mut out = Vec::new();
    line.write_line(&mut out).unwrap();
    let text = String::from_utf8(out).unwrap();
    let (core, salt) = (
        serde_json::to_string(&entry.core).unwrap(),
        hex::encode(&entry.salts[..32]),
    );
    let commitment = hex::encode(&entry.commitments[..32]);
    let start = format!(
        r#"{{"index":7,"event_id":"{}","at_ms":1767225600000,"core":{core},"core_salt":"{salt}","core_commitment":"{commitment}","actor":"#,
        entry.id
    );
    assert!(text.starts_with(&start) && text.ends_with("\"}\n"), "{text}");
    assert!(ExportLine::parse(&text).unwrap() == line);

    (line.texts[1], line.salts[1]) = (None, None);
    let mut out = Vec::new();
    line.write_line(&mut out).unwrap();
    let erased = String::from_utf8(out).unwrap();
    assert!(erased.contains(r#""actor":null,"actor_salt":null,"actor_commitment":""#));
    assert!(ExportLine::parse(&erased).unwrap() == line);
    for bad in [
        "",
        "{}",
        &text.replace("\"index\"", "\"place\""),
        &text.replace(&salt, &salt[2..]),
    ] {
        assert!(ExportLine::parse(bad).is_err(), "{bad}");
    }
}
