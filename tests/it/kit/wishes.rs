//! Wishes and claims as a home sends them, right in every field: a test changes the one it is about.

use famn::clock::{Clock, Day};
use serde_json::{Value, json};

/// So many days from today.
pub fn in_days(days: i32) -> Day {
    Clock::system().now().day().plus_days(days)
}

pub fn purchase(assignment: &str, estimated_ore: i64) -> Value {
    json!({"kind": "purchase_request", "assignment_id": assignment, "purchase": {
        "item_category": "bicycle", "description": "En cykel med växlar, 24 tum, begagnad",
        "estimated_ore": estimated_ore, "reasons": "Den gamla är för liten och ska ner i källaren",
        "who_pays": "home", "covered_otherwise": ["none"], "supplier": "Cykelhörnan"}})
}

pub fn travel(assignment: &str) -> Value {
    json!({"kind": "travel_request", "assignment_id": assignment, "travel": {
        "purpose": "contact_visit", "approval_mode": "advance", "from": "Borlänge", "to": "Falun, resecentrum",
        "starts_on": in_days(10).to_string(), "ends_on": in_days(11).to_string(), "adults": 1, "children": 2,
        "mode": "own_car", "distance_m": 24_000, "return_trip": true, "other_costs_ore": 6_000,
        "reasons": "Umgänge på lördagen, ingen buss går så tidigt"}})
}

pub fn trip(distance_m: i64) -> Value {
    json!({"driven_on": in_days(0).to_string(), "purpose": "Umgänge med syskonen", "from": "Borlänge",
        "to": "Falun, resecentrum", "distance_m": distance_m})
}

pub fn claim(assignment: &str, receipts: Vec<Value>, trips: Vec<Value>) -> Value {
    json!({"kind": "receipt_claim", "assignment_id": assignment, "declaration": true, "receipts": receipts,
        "trips": trips})
}
