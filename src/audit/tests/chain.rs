//! Whole logs: clean ones raise no alarm, and each way of tampering is found.

use super::log::{Line, Log};
use super::{entry, id};
use crate::audit::chain::Verifier;
use crate::audit::event::Outcome;
use crate::audit::export::ExportLine;
use crate::audit::finding::FindingKind as Kind;
use crate::audit::leaf::Part;
use crate::audit::note::NoteError;

#[test]
fn a_thousand_clean_histories_raise_no_alarm() {
    let mut state = 1u64;
    let mut below = |limit: u64| {
        state = state
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        (state >> 33) % limit
    };
    for _ in 0..1000 {
        let mut log = Log::new(1);
        let mut at_ms = 1_767_225_600_000;
        for number in 0..below(24) {
            at_ms += below(60_000);
            // Events may be sequenced half a minute out of the order of their clocks.
            log.add(&entry(number.into(), at_ms - below(30_000)));
            if below(4) == 0 {
                log.sign();
            }
        }
        let verdict = log.verify();
        assert_eq!(verdict.findings, []);
        assert_eq!(verdict.root, Some(log.tree.root()));
        assert_eq!(verdict.checkpoint, log.notes.last().map(|(size, _)| *size));
    }
}

/// Tampers with the log of eight and expects these findings at index 3, event 4.
fn found_at_three(tamper: impl FnOnce(&mut Line), expected: &[Kind]) {
    let mut log = Log::of_eight();
    tamper(&mut log.lines[3]);
    let findings = log.verify().findings;
    assert!(
        findings
            .iter()
            .all(|found| (found.event_id, found.index) == (Some(id(4)), Some(3))),
        "{findings:?}"
    );
    assert_eq!(
        findings.into_iter().map(|found| found.what).collect::<Vec<_>>(),
        expected
    );
}

#[test]
fn a_changed_row_is_named_and_nothing_else() {
    use Part::{Actor, Core, Subject};
    for part in Part::ALL {
        let swap_byte = |line: &mut Line| {
            let text = line.texts[part as usize].as_mut().unwrap();
            *text = text.replace("\"v\":1", "\"v\": 1");
        };
        found_at_three(swap_byte, &[Kind::PartChanged(part)]);
        let commitments = |line: &mut Line| line.commitments[part as usize * 32] ^= 1;
        found_at_three(
            commitments,
            &[Kind::PartChanged(part), Kind::CommitmentsChanged, Kind::LeafHashChanged],
        );
    }
    found_at_three(
        |line| line.salts.swap(0, 2),
        &[Kind::PartChanged(Core), Kind::PartChanged(Subject)],
    );
    found_at_three(|line| line.salts[1] = None, &[Kind::HalfErased(Actor)]);
    found_at_three(|line| line.erase_actor(), &[Kind::ErasedUnordered(Actor)]);
    found_at_three(|line| line.person = Some(id(99)), &[Kind::Column("person")]);
    found_at_three(|line| line.person = None, &[Kind::Column("person")]);
    found_at_three(
        |line| line.filters.role = Some("auditor".into()),
        &[Kind::Column("role")],
    );
    found_at_three(
        |line| line.filters.outcome = Some(Outcome::Denied),
        &[Kind::Column("outcome")],
    );
    found_at_three(|line| line.filters.errand = None, &[Kind::Column("errand")]);
    found_at_three(|line| line.filters.home = Some(id(1)), &[Kind::Column("home")]);
    found_at_three(
        |line| line.action = Some("errand.list".into()),
        &[Kind::Column("action")],
    );
    found_at_three(|line| line.at_ms += 1, &[Kind::TimeChanged, Kind::LeafHashChanged]);
    found_at_three(|line| line.leaf[0] = b'f', &[Kind::LeafMalformed]);
    found_at_three(|line| line.leaf[59] ^= 1, &[Kind::CommitmentsChanged]);
    found_at_three(
        |line| line.commitments.truncate(95),
        &[Kind::PartChanged(Subject), Kind::CommitmentsLost],
    );
    found_at_three(|line| line.lost = true, &[Kind::EventLost]);
    let other = entry(5, 0);
    found_at_three(
        |line| line.leaf = other.leaf.as_bytes().to_vec(),
        &[Kind::LeafOfOther(id(5))],
    );
}

#[test]
fn a_history_sequenced_anew_departs_from_its_checkpoints() {
    let departs = |tamper: fn(&mut Vec<Line>), more: Option<Kind>| {
        let mut log = Log::of_eight();
        tamper(&mut log.lines);
        log.rebuild();
        let findings = log.findings();
        let Kind::RootDiffers {
            agreed: 2,
            size: 4,
            suspects,
        } = &findings[0]
        else {
            panic!("{findings:?}");
        };
        assert_eq!(suspects.len(), 2);
        assert_eq!(findings.get(1), more.as_ref(), "{findings:?}");
    };
    departs(|lines| lines.swap(2, 3), None);
    departs(|lines| lines.insert(2, Line::of(0, &entry(9, 1_767_225_600_700))), None);
    departs(|lines| drop(lines.remove(2)), Some(Kind::TailCut { count: 1, size: 8 }));
    departs(|lines| lines[2].at_ms += 1, None);
}

#[test]
fn gaps_and_cut_ends_are_found() {
    let mut log = Log::of_eight();
    log.lines.drain(3..5);
    assert_eq!(log.findings(), [Kind::Gap { last: 4 }]);
    let mut log = Log::of_eight();
    log.lines.swap(3, 4);
    assert_eq!(log.findings(), [Kind::Gap { last: 3 }, Kind::OutOfPlace]);

    let mut log = Log::of_eight();
    log.lines.truncate(5);
    let differs = ["size", "root", "frontier"].map(Kind::TreeDiffers);
    assert_eq!(
        log.findings(),
        [&[Kind::TailCut { count: 2, size: 8 }], &differs[..]].concat()
    );
    log.rebuild();
    assert_eq!(log.findings(), [Kind::TailCut { count: 2, size: 8 }]);

    let mut log = Log::of_eight();
    log.tree.push([0; 32]);
    assert_eq!(log.findings(), differs);
}

#[test]
fn a_tree_rebuilt_with_the_stolen_key_is_found_by_an_older_checkpoint() {
    let mut log = Log::of_eight();
    let witnessed = log.notes[1].clone();
    log.lines[2].at_ms += 1;
    log.rebuild();
    log.notes.clear();
    log.sign();
    assert_eq!(log.findings(), []);
    log.notes.push(witnessed);
    assert!(matches!(
        log.findings()[..],
        [Kind::RootDiffers { agreed: 0, size: 4, .. }]
    ));
}

#[test]
fn back_dating_is_found_once() {
    let mut log = Log::of_eight();
    log.add(&entry(9, 1_767_225_600_000 - 3_600_001));
    log.add(&entry(10, 1_767_225_600_000));
    let found = log.verify().findings;
    assert_eq!(found.len(), 1);
    assert_eq!((found[0].index, &found[0].what), (Some(8), &Kind::BackDated));
}

#[test]
fn bad_checkpoints_and_keys_are_found() {
    let mut log = Log::of_eight();
    log.notes[1].0 = 5;
    log.notes[2].1.push('x');
    let found = log.findings();
    assert_eq!(found[0], Kind::CheckpointMisfiled { filed: 5, size: 4 });
    assert!(matches!(
        found[1..],
        [Kind::Checkpoint(Some(6), NoteError::Malformed(_))]
    ));

    let key = log.key.verifier_key().clone();
    let later = Log::new(2).key.verifier_key().origin().clone();
    let verdict = Verifier::new(&later, key).finish(None);
    assert_eq!(verdict.findings[0].what, Kind::KeyOfOtherLog);
}

#[test]
fn an_export_is_verified_by_the_same_rules() {
    let mut log = Log::of_eight();
    log.add(&entry(9, 1_767_225_610_000));
    let key = log.key.verifier_key();
    let mut verifier = Verifier::new(key.origin(), key.clone());
    verifier.checkpoint(None, &log.notes[3].1);
    for line in &log.lines {
        let export = ExportLine {
            index: line.index,
            event_id: line.event_id,
            at_ms: line.at_ms,
            texts: line.texts.each_ref().map(|text| text.as_deref().map(Into::into)),
            salts: line.salts,
            commitments: line.commitments.clone().try_into().unwrap(),
        };
        verifier.row(&export.row());
    }
    let verdict = verifier.finish(None);
    assert_eq!(
        (verdict.findings.len(), verdict.rows, verdict.checkpoint),
        (0, 9, Some(8))
    );
    assert_eq!(verdict.root, Some(log.tree.root()));
}

#[test]
fn findings_read_as_sentences() {
    let mut log = Log::of_eight();
    log.lines[3].lost = true;
    assert_eq!(
        log.verify().findings[0].to_string(),
        format!("event {} (index 3): the event was deleted", id(4))
    );
    let mut log = Log::of_eight();
    log.lines.swap(2, 3);
    log.rebuild();
    let sentence = log.verify().findings[0].to_string();
    let expected = format!(
        "the first 4 events are not those that were signed: changed, added or removed from index 2 on; among {}, {}",
        id(4),
        id(3)
    );
    assert_eq!(sentence, expected);
}
