//! Every operation that changes something, sixteen times the same at once, by whoever may: answered, and left behind, as if
//! one had come after the other. Like acts in any order are the same order, so sixteen in a row say what is right.
//!
//! Takes over five seconds: two towns, and some fifty operations thirty-two times.

use super::{Berg, PEOPLE, Row, table};
use crate::kit::{Answer, Person, Town, count};
use futures_util::future::join_all;
use reqwest::Method;
use std::collections::BTreeMap;

const TIMES: usize = 16;
/// What an act leaves, but for letters and events, whose number is no promise where a letter stands for several.
const TABLES: [&str; 20] = [
    "errand",
    "message",
    "note",
    "decision",
    "review",
    "file",
    "opening",
    "isolation",
    "wrong_report",
    "incident",
    "role_grant",
    "role_proposal",
    "home",
    "home_member",
    "unit",
    "assignment",
    "invitation",
    "conflict",
    "protected_grant",
    "session",
];

/// Someone who may.
fn who_may(row: &Row) -> Option<&'static str> {
    let may = |(_, status): &(usize, &u16)| (200..300).contains(*status);
    let signed_in = row.statuses.iter().enumerate().skip(1).find(may);
    signed_in.map(|(column, _)| PEOPLE[column])
}

fn statuses(answers: &[Answer]) -> Vec<u16> {
    let mut found: Vec<u16> = answers.iter().map(|answer| answer.status.as_u16()).collect();
    found.sort_unstable();
    found
}

struct Side {
    town: Town,
    berg: Berg,
}

impl Side {
    async fn new() -> Side {
        let town = Town::new().await;
        let berg = Berg::of(&town).await;
        Side { town, berg }
    }

    async fn person(&self, name: &str) -> Person {
        self.town.person(name).await
    }

    async fn tries(&self, row: &Row, name: &str, at_once: bool) -> Vec<u16> {
        let who = self.person(name).await;
        let there = match row.path.contains("{id}") {
            true => self.berg.id_for(row.path).await,
            false => String::new(),
        };
        if at_once {
            return statuses(&join_all((0..TIMES).map(|_| self.berg.tries(&who, row, &there))).await);
        }
        let mut answers = Vec::new();
        for _ in 0..TIMES {
            answers.push(self.berg.tries(&who, row, &there).await);
        }
        statuses(&answers)
    }

    fn left(&self) -> BTreeMap<&'static str, usize> {
        TABLES
            .iter()
            .map(|table| (*table, count(&self.town.place, table)))
            .collect()
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn every_operation_sixteenfold_at_once_ends_as_one_after_the_other() {
    let (in_a_row, at_once) = (Side::new().await, Side::new().await);
    let mut rows = table();
    rows.retain(|row| row.method != Method::GET && who_may(row).is_some());
    // Signing out comes last.
    rows.sort_by_key(|row| row.path == "/sessions/current");
    assert!(rows.len() >= 40, "{}", rows.len());
    let mut wrong = Vec::new();
    for row in &rows {
        let name = who_may(row).expect("someone");
        let (right, found) = (
            in_a_row.tries(row, name, false).await,
            at_once.tries(row, name, true).await,
        );
        let (right, found) = ((right, in_a_row.left()), (found, at_once.left()));
        if right != found {
            wrong.push(format!(
                "{} {} by {name}: {right:?} in a row, {found:?} at once",
                row.method, row.path
            ));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
