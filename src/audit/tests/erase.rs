//! Events that speak about the log itself: orders to erase, and the opening of an epoch.

use uuid::Uuid;

use super::log::Log;
use super::{entry, id, read_errand};
use crate::audit::Malformed;
use crate::audit::entry::Entry;
use crate::audit::erase::EraseOrder;
use crate::audit::event::{Action, ActorPart, Core, Erased, Relation, Subject};
use crate::audit::finding::FindingKind as Kind;
use crate::audit::leaf::Part;
use crate::audit::note::Checkpoint;

fn erasing(number: u128, epoch: u64, approvers: [Uuid; 2]) -> Entry {
    erasing_at(1_767_225_700_000, number, epoch, approvers)
}

/// An order to erase the actors at the indexes 2 to 4.
pub(super) fn erasing_at(at_ms: u64, number: u128, epoch: u64, approvers: [Uuid; 2]) -> Entry {
    let core = Core {
        action: Action::AuditErase,
        reason_code: Some("retention"),
        relation: Relation::Archivist,
        ..read_errand(1).0
    };
    let erased = Erased {
        epoch,
        first: 2,
        last: 4,
        parts: &[Part::Actor],
    };
    let subject = Subject {
        approvers: Some(approvers),
        erased: Some(erased),
        ..Subject::default()
    };
    Entry::compose(id(number), at_ms, &core, &ActorPart::default(), &subject).unwrap()
}

fn order_of(entry: &Entry, epoch: u64, index: u64) -> Result<Option<EraseOrder>, Malformed> {
    EraseOrder::of_stored(entry.id, (epoch, index), Some(&entry.core), Some(&entry.subject))
}

#[test]
fn what_is_erased_needs_an_order_in_the_log() {
    let order = erasing(9, 1, [id(80), id(81)]);
    let mut log = Log::of_eight();
    (2..5).for_each(|index| log.lines[index].erase_actor());
    log.orders.extend(order_of(&order, 1, 8).unwrap());
    assert_eq!(log.findings(), [Kind::OrderNotInLog]);
    log.add(&order);
    log.sign();
    let verdict = log.verify();
    assert_eq!(verdict.findings, []);
    assert_eq!(verdict.orders, log.orders);

    log.lines[5].erase_actor();
    assert_eq!(log.findings(), [Kind::ErasedUnordered(Part::Actor)]);
}

#[test]
fn a_later_epoch_may_erase_too() {
    let order = erasing(1, 1, [id(80), id(81)]);
    let mut log = Log::of_eight();
    log.lines[4].erase_actor();
    log.orders.extend(order_of(&order, 2, 0).unwrap());
    assert_eq!(log.findings(), []);
    log.lines[5].erase_actor();
    assert_eq!(log.findings(), [Kind::ErasedUnordered(Part::Actor)]);
}

#[test]
fn orders_must_be_whole_and_look_back() {
    let good = erasing(9, 1, [id(80), id(81)]);
    assert!(order_of(&good, 1, 5).unwrap().is_some());
    assert!(order_of(&good, 1, 4).is_err());
    assert!(order_of(&erasing(9, 2, [id(80), id(81)]), 1, 8).is_err());
    assert!(order_of(&erasing(9, 1, [id(80), id(80)]), 1, 8).is_err());
    assert_eq!(order_of(&entry(9, 0), 1, 8), Ok(None));
    let mut log = Log::of_eight();
    log.add(&erasing(9, 1, [id(80), id(80)]));
    assert!(matches!(log.findings()[..], [Kind::OrderInvalid(_)]));
}

#[test]
fn a_later_epoch_begins_by_quoting_the_one_before() {
    let old = Log::of_eight();
    let (_, quoted) = old.notes.last().unwrap();
    let mut log = Log::new(2);
    let vkey = log.key.verifier_key().to_string();
    let (core, actor, _) = read_errand(1);
    let core = Core {
        action: Action::AuditEpoch,
        ..core
    };
    let subject = Subject {
        checkpoint: Some(quoted),
        log_key: Some(&vkey),
        ..Subject::default()
    };
    log.add(&Entry::compose(id(1), 0, &core, &actor, &subject).unwrap());
    let verdict = log.verify();
    assert_eq!(verdict.findings, []);
    let opening = verdict.opening.unwrap();
    assert!(Checkpoint::parse_and_verify(&opening.checkpoint, old.key.verifier_key()).is_ok());

    let mut log = Log::new(2);
    log.add(&entry(1, 0));
    assert_eq!(log.findings(), [Kind::NoOpening]);
    let mut log = Log::new(2);
    let subject = Subject {
        log_key: Some("other"),
        ..subject
    };
    log.add(&Entry::compose(id(1), 0, &core, &actor, &subject).unwrap());
    assert_eq!(log.findings(), [Kind::OpeningOfOtherKey]);
}
