//! The byte formats, held against the vectors that an independent program made.

mod chain;
mod epochs;
mod erase;
mod event;
mod log;
mod note;
mod tables;
mod tampering;
mod tree;

use std::collections::BTreeMap;

use serde::Deserialize;
use uuid::Uuid;

use super::entry::Entry;
use super::event::{Action, ActorPart, Core, Outcome, Relation, Subject};
use super::merkle::Hash;

#[derive(Deserialize)]
struct Vectors {
    events: Vec<EventVector>,
    roots: BTreeMap<usize, String>,
    log: KeyVector,
    witness: KeyVector,
    checkpoint_3: String,
    checkpoint_3_cosigned_at_1767225602: String,
    rfc6962: Rfc6962,
}

#[derive(Deserialize)]
struct EventVector {
    event_id: Uuid,
    at_ms: u64,
    core: PartVector,
    actor: PartVector,
    subject: PartVector,
    commit: String,
    leaf: String,
    leaf_hash: String,
}

#[derive(Deserialize)]
struct PartVector {
    stored: String,
    salt: String,
    commitment: String,
}

#[derive(Deserialize)]
struct KeyVector {
    seed: String,
    vkey: String,
}

#[derive(Deserialize)]
struct Rfc6962 {
    inputs: Vec<String>,
    roots: Vec<String>,
}

fn vectors() -> Vectors {
    serde_json::from_str(include_str!("../../tests/it/audit/vectors.json")).unwrap()
}

fn bytes(hex: &str) -> Vec<u8> {
    hex::decode(hex).unwrap()
}

fn hash(hex: &str) -> Hash {
    bytes(hex).try_into().unwrap()
}

fn id(number: u128) -> Uuid {
    Uuid::from_u128(0x0197_f0c0_4c00_7000_8000_0000_0000_0000 + number)
}

fn read_errand(number: u128) -> (Core, ActorPart, Subject<'static>) {
    let core = Core {
        action: Action::ErrandRead,
        outcome: Outcome::Ok,
        reason_code: None,
        relation: Relation::Assigned,
        request_id: Some(id(70)),
        unit: Some(id(71)),
    };
    let actor = ActorPart {
        acr: Some("pwd"),
        ip: Some("::ffff:203.0.113.7".parse().unwrap()),
        person: Some(id(72)),
        role: Some("caseworker"),
        session: Some([0xab; 32]),
    };
    let subject = Subject {
        errand: Some(id(number)),
        home: Some(id(73)),
        object: Some(id(number)),
        object_type: Some("errand"),
        protected: Some(false),
        ..Subject::default()
    };
    (core, actor, subject)
}

fn entry(number: u128, at_ms: u64) -> Entry {
    let (core, actor, subject) = read_errand(number);
    Entry::compose(id(number), at_ms, &core, &actor, &subject).unwrap()
}
