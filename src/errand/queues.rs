//! How much waits in the team's queues, for the menu beside a list: of what one handles oneself or manages, and of what
//! is open alone, so that it costs little however much has been.

use super::ErrandState;
use super::list::{self, Filter};
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
    pub urgent: usize,
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
        let mut open: BTreeMap<ErrandId, (String, bool, bool)> = BTreeMap::new();
        let mut unseen: BTreeSet<ErrandId> = BTreeSet::new();
        let circle = self.circle()?;
        for within in circle.own_errands() {
            let found = self.db(|db| list::open(db, within.query))?;
            open.extend(
                found
                    .into_iter()
                    .map(|(id, state, whose, urgent)| (id, (state, whose == Some(me), urgent))),
            );
        }
        for within in circle.own_errands() {
            let query = list::narrowed(within, &unread, me).query;
            unseen.extend(self.db(|db| list::open_ids(db, query, MOST + 1))?);
        }
        let held = |state: ErrandState| open.values().filter(|(held, ..)| held == state.as_str()).count();
        Ok(Queues {
            new: held(ErrandState::Received),
            unread: unseen.len(),
            urgent: open.values().filter(|(_, _, urgent)| *urgent).count(),
            mine: open.values().filter(|(_, mine, _)| *mine).count(),
            awaiting_home: held(ErrandState::AwaitingHome),
            supplement_requested: held(ErrandState::SupplementRequested),
        })
    }
}
