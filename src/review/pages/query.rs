//! What the log is narrowed to, as it was typed and chosen, and as it stands in the address: every link within the log
//! keeps it.

use crate::audit::{Action, Outcome};
use crate::clock::Day;
use crate::error::{Error, Faults, Result};
use crate::id::{HomeId, PersonId};
use crate::review::{ErrandNamed, EventFilter};
use crate::web::page::encoded;
use serde::Deserialize;
use std::time::Duration;

/// The query of the log's page.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub struct LogQuery {
    pub from: String,
    pub to: String,
    pub person: String,
    pub errand: String,
    /// A home's id.
    pub home: String,
    pub action: String,
    pub outcome: String,
    pub cursor: Option<String>,
}

impl LogQuery {
    /// # Errors
    /// [`Error::Invalid`] with what cannot be read.
    pub fn filter(&self, today: Day) -> Result<EventFilter> {
        let typed = |text: &str| Some(text.trim().to_owned()).filter(|text| !text.is_empty());
        let day = |text: &str| typed(text).map(|text| crate::typed::day_past(&text, today));
        let errand = typed(&self.errand).map(|text| match text.parse() {
            Ok(number) => Some(ErrandNamed::Number(number)),
            Err(_) => text.parse().ok().map(ErrandNamed::Id),
        });
        let (from, to) = (day(&self.from), day(&self.to));
        let mut faults = Faults::default();
        faults.unless(from != Some(None), "from", "day");
        faults.unless(to != Some(None), "to", "day");
        faults.unless(!matches!(errand, Some(None)), "errand", "number");
        let ordered = from.flatten().zip(to.flatten()).is_none_or(|(from, to)| from <= to);
        faults.unless(ordered, "to", "order");
        faults.check()?;
        let none = |what: &str| Error::Malformed(what.to_owned());
        let person = typed(&self.person).map(|text| text.parse::<PersonId>().map_err(|_| none("person")));
        let home = typed(&self.home).map(|text| text.parse::<HomeId>().map_err(|_| none("home")));
        let action = typed(&self.action).map(|text| Action::parse(&text).ok_or_else(|| none("action")));
        let outcome = typed(&self.outcome).map(|text| Outcome::parse(&text).ok_or_else(|| none("outcome")));
        Ok(EventFilter {
            from: from.flatten().map(Day::begins),
            // The last day is meant whole.
            to: to
                .flatten()
                .map(|day| day.plus_days(1).begins().minus(Duration::from_micros(1))),
            person: person.transpose()?,
            errand: errand.flatten(),
            home: home.transpose()?,
            action: action.transpose()?,
            outcome: outcome.transpose()?,
            epoch: None,
        })
    }

    /// The address of this list from this place on.
    pub fn address(&self) -> String {
        format!("/logg{}", self.tail())
    }

    /// The address of all that the list is of, as a file.
    pub fn table(&self, ending: &str) -> String {
        format!("/logg/utdrag/{ending}{}", self.first().tail())
    }

    /// What stands behind an address that leads back to this list.
    pub fn tail(&self) -> String {
        let fields = [
            ("from", &self.from),
            ("to", &self.to),
            ("person", &self.person),
            ("errand", &self.errand),
            ("home", &self.home),
            ("action", &self.action),
            ("outcome", &self.outcome),
        ];
        let fields = fields.iter().filter(|(_, value)| !value.trim().is_empty());
        let mut parts: Vec<String> = fields
            .map(|(name, value)| format!("{name}={}", encoded(value)))
            .collect();
        parts.extend(self.cursor.iter().map(|cursor| format!("cursor={}", encoded(cursor))));
        match parts.is_empty() {
            true => String::new(),
            false => format!("?{}", parts.join("&")),
        }
    }

    /// The same list from its beginning.
    pub fn first(&self) -> LogQuery {
        LogQuery {
            cursor: None,
            ..self.clone()
        }
    }

    /// Whether it is less than the whole log.
    pub fn is_narrowed(&self) -> bool {
        !self.first().tail().is_empty()
    }
}
