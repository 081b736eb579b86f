//! What was typed into a form's fields, read as the verbs take it; what is missing or cannot be read is collected, so
//! that all of it is told at once.

use crate::clock::Day;
use crate::error::Fault;
use crate::money::Ore;
use crate::secret::{Secret, SecretText};
use crate::typed;
use crate::web::page::Fields;

/// A reader of the fields below one name: `purchase.description`.
pub struct Reader<'a> {
    fields: &'a Fields,
    below: String,
    today: Day,
    pub faults: Vec<Fault>,
}

impl<'a> Reader<'a> {
    pub fn of(fields: &'a Fields, below: impl Into<String>, today: Day) -> Reader<'a> {
        Reader {
            fields,
            below: below.into(),
            today,
            faults: Vec::new(),
        }
    }

    fn name(&self, field: &str) -> String {
        format!("{}.{field}", self.below)
    }

    fn typed(&self, field: &str) -> &'a str {
        self.fields.text(&self.name(field)).trim()
    }

    /// Notes what is wrong with a field.
    pub fn fault(&mut self, field: &str, code: &'static str) {
        let field = self.name(field);
        self.faults.push(Fault { field, code });
    }

    /// What `read` makes of a field that must be filled in.
    fn needed<T>(&mut self, field: &str, read: impl Fn(&str) -> Option<T>) -> Option<T> {
        let typed = self.typed(field);
        let value = read(typed);
        if value.is_none() {
            self.fault(field, if typed.is_empty() { "required" } else { "typed" });
        }
        value
    }

    /// The same of a field that may be left empty.
    fn free<T>(&mut self, field: &str, read: impl Fn(&str) -> Option<T>) -> Option<T> {
        let typed = self.typed(field);
        if typed.is_empty() {
            return None;
        }
        let value = read(typed);
        if value.is_none() {
            self.fault(field, "typed");
        }
        value
    }

    /// A text that must be there.
    pub fn text(&mut self, field: &str) -> SecretText {
        if self.typed(field).is_empty() {
            self.fault(field, "required");
        }
        Secret::new(self.typed(field).to_owned())
    }

    pub fn text_if_any(&self, field: &str) -> Option<SecretText> {
        self.fields.secret(&self.name(field))
    }

    /// One of a closed list.
    pub fn choice<T>(&mut self, field: &str, parse: impl Fn(&str) -> Option<T>) -> Option<T> {
        let chosen = parse(self.typed(field));
        if chosen.is_none() {
            self.fault(field, "required");
        }
        chosen
    }

    /// Any number of a closed list.
    pub fn choices<T>(&self, field: &str, parse: impl Fn(&str) -> Option<T>) -> Vec<T> {
        self.fields.all(&self.name(field)).filter_map(parse).collect()
    }

    pub fn yes_or_no(&mut self, field: &str) -> Option<bool> {
        self.choice(field, |said| match said {
            "ja" => Some(true),
            "nej" => Some(false),
            _ => None,
        })
    }

    pub fn ticked(&self, field: &str) -> bool {
        !self.typed(field).is_empty()
    }

    pub fn sum(&mut self, field: &str) -> Option<Ore> {
        self.needed(field, typed::sum)
    }
    pub fn sum_if_any(&mut self, field: &str) -> Option<Ore> {
        self.free(field, typed::sum)
    }

    /// A day that has been.
    pub fn day(&mut self, field: &str) -> Option<Day> {
        let today = self.today;
        self.needed(field, |text| typed::day_past(text, today))
    }
    /// A day to come.
    pub fn day_ahead(&mut self, field: &str) -> Option<Day> {
        let today = self.today;
        self.needed(field, |text| typed::day_ahead(text, today))
    }
    pub fn day_ahead_if_any(&mut self, field: &str) -> Option<Day> {
        let today = self.today;
        self.free(field, |text| typed::day_ahead(text, today))
    }

    /// A number of persons or kilometres on a meter.
    pub fn whole(&mut self, field: &str) -> Option<i64> {
        self.needed(field, typed::whole)
    }
    pub fn whole_if_any(&mut self, field: &str) -> Option<i64> {
        self.free(field, typed::whole)
    }

    /// A distance, in metres.
    pub fn distance(&mut self, field: &str) -> Option<i64> {
        self.needed(field, typed::metres)
    }
    pub fn distance_if_any(&mut self, field: &str) -> Option<i64> {
        self.free(field, typed::metres)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_that_is_wrong_is_told_in_order() {
        let mut fields = Fields::default();
        fields.push("travel.adults".into(), "två".into());
        fields.push("travel.children".into(), " 1 ".into());
        let mut reader = Reader::of(&fields, "travel", Day::parse("2026-11-21").unwrap());
        assert_eq!((reader.whole("adults"), reader.whole("children")), (None, Some(1)));
        assert!(reader.sum_if_any("other_costs_ore").is_none() && reader.yes_or_no("passport").is_none());
        let told: Vec<String> = reader
            .faults
            .iter()
            .map(|one| format!("{} {}", one.field, one.code))
            .collect();
        assert_eq!(told, ["travel.adults typed", "travel.passport required"]);
    }
}
