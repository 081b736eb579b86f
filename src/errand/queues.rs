//! How much waits in the team's queues, for the menu beside a list: of what one handles oneself or manages, and of what
//! is open alone, so that it costs little however much has been.

use super::list::Filter;
use super::{ErrandState, rows};
use crate::access::Access;
use crate::error::Result;
use crate::id::ErrandId;
use std::collections::{BTreeMap, BTreeSet};

/// What is counted no further.
const MOST: usize = 99;

/// How many open errands there are in each queue; 100 says that there are more.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Queues {
    pub new: usize,
    pub unread: usize,
    pub mine: usize,
    pub awaiting_home: usize,
    pub supplement_requested: usize,
}

impl Queues {
    /// As it is said beside a queue; nothing where nothing waits.
    pub fn said(n: usize) -> String {
        match n {
            0 => String::new(),
            n if n > MOST => format!("{MOST}+"),
            n => n.to_string(),
        }
    }
}

impl Access<'_> {
    /// How much waits for the one who asks. Numbers only: it is told of in no event.
    ///
    /// # Errors
    /// As the database.
    pub fn queues(self) -> Result<Queues> {
        let standing = self.standing();
        if !standing.sees_errands() {
            return Ok(Queues::default());
        }
        let me = standing.person()?;
        let unread = Filter {
            unread: true,
            ..Filter::default()
        };
        let mut open: BTreeMap<ErrandId, (String, bool)> = BTreeMap::new();
        let mut unseen: BTreeSet<ErrandId> = BTreeSet::new();
        let circle = self.circle()?;
        for query in circle.own_errands() {
            let found = self.db(|db| rows::open(db, query))?;
            open.extend(
                found
                    .into_iter()
                    .map(|(id, state, whose)| (id, (state, whose == Some(me)))),
            );
        }
        for query in circle.own_errands() {
            unseen.extend(self.db(|db| rows::open_ids(db, rows::narrowed(query, &unread, me), MOST + 1))?);
        }
        let held = |state: ErrandState| open.values().filter(|(held, _)| held == state.as_str()).count();
        Ok(Queues {
            new: held(ErrandState::Received),
            unread: unseen.len(),
            mine: open.values().filter(|(_, mine)| *mine).count(),
            awaiting_home: held(ErrandState::AwaitingHome),
            supplement_requested: held(ErrandState::SupplementRequested),
        })
    }
}
