//! What was typed into the forms about homes, read as the verbs take it; all that is missing is told at once.

use crate::clock::Day;
use crate::error::{Error, Fault, Result};
use crate::secret::{Secret, SecretText};
use crate::typed::day_ahead;
use crate::web::IfMatch;
use crate::web::page::Fields;
use std::str::FromStr;

/// A reader of a form's fields.
pub struct Reader<'a> {
    fields: &'a Fields,
    today: Day,
    pub faults: Vec<Fault>,
}

impl<'a> Reader<'a> {
    pub const fn of(fields: &'a Fields, today: Day) -> Reader<'a> {
        Reader {
            fields,
            today,
            faults: Vec::new(),
        }
    }

    fn fault(&mut self, field: &str, code: &'static str) {
        self.faults.push(Fault {
            field: field.to_owned(),
            code,
        });
    }

    /// A text that must be there.
    pub fn text(&mut self, field: &str) -> SecretText {
        let typed = self.fields.text(field).trim();
        if typed.is_empty() {
            self.fault(field, "required");
        }
        Secret::new(typed.to_owned())
    }

    pub fn text_if_any(&self, field: &str) -> Option<SecretText> {
        self.fields.secret(field)
    }

    /// One of a closed list.
    pub fn choice<T>(&mut self, field: &str, parse: impl Fn(&str) -> Option<T>) -> Option<T> {
        let chosen = parse(self.fields.text(field));
        if chosen.is_none() {
            self.fault(field, "required");
        }
        chosen
    }

    /// Someone or something chosen by its id.
    pub fn id<T: FromStr>(&mut self, field: &str) -> Option<T> {
        self.choice(field, |text| text.parse().ok())
    }

    /// A day that must be there.
    pub fn day(&mut self, field: &str) -> Option<Day> {
        if self.fields.text(field).trim().is_empty() {
            self.fault(field, "required");
            return None;
        }
        self.day_if_any(field)
    }

    pub fn day_if_any(&mut self, field: &str) -> Option<Day> {
        let typed = self.fields.text(field).trim();
        if typed.is_empty() {
            return None;
        }
        let day = day_ahead(typed, self.today);
        if day.is_none() {
            self.fault(field, "typed");
        }
        day
    }
}

/// The version the page was made from.
pub fn version(fields: &Fields) -> Result<IfMatch> {
    let version = fields.text("version").parse();
    Ok(IfMatch(Some(version.map_err(|_| Error::Malformed("version".into()))?)))
}
