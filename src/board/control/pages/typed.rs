//! A group of settings as a form: its fields filled with what holds, and what was typed read back.

use super::groups::{Empty, Group, KINDS, Kind, Setting};
use crate::board::BoardSettings;
use crate::clock::Day;
use crate::errand::ReceiptCategory;
use crate::error::{Error, Fault, Result};
use crate::money::Ore;
use crate::typed;
use crate::web::page::Fields;
use serde_json::{Map, Value, json};

/// Rows left empty in a form, to be filled in.
const SPARE: usize = 2;

/// What holds on a day, by the settings' names.
pub fn on(board: &BoardSettings, day: Day) -> Result<Map<String, Value>> {
    let today = serde_json::to_value(&board.settings).map_err(Error::fault)?;
    let mut holds = today.as_object().cloned().unwrap_or_default();
    for name in board.history.iter().map(|row| &row.name) {
        // What takes effect last stands first.
        if let Some(row) = board.history.iter().find(|row| row.name == *name && row.from <= day) {
            holds.insert(name.clone(), row.value.clone());
        }
    }
    Ok(holds)
}

/// The form's fields with what holds.
pub fn filled(group: &Group, holds: &Map<String, Value>) -> Fields {
    let mut fields = Fields::default();
    for setting in group.settings {
        let value = holds.get(setting.name).unwrap_or(&Value::Null);
        for (name, text) in setting.typed(value) {
            fields.push(name, text);
        }
    }
    fields
}

/// How many rows a form shows of a list.
pub fn rows_in(fields: &Fields, name: &str, most: usize) -> usize {
    let there = |at: &usize| {
        let typed = |field: &str| !fields.text(&format!("settings.{name}.{at}.{field}")).trim().is_empty();
        typed("title") || typed("url") || typed("phone")
    };
    let last = (0..most).rev().find(there).map_or(0, |at| at + 1);
    (last + SPARE).min(most)
}

/// What was typed that is other than what holds, and the day from which it is to hold.
pub fn read(
    group: &Group,
    fields: &Fields,
    (board, today): (&BoardSettings, Day),
) -> Result<(Map<String, Value>, Day), Vec<Fault>> {
    let mut faults = Vec::new();
    let from = match fields.text("from").trim() {
        "" => Some(today),
        text => typed::day_ahead(text, today),
    };
    if from.is_none() {
        faults.push(fault("from", "typed"));
    }
    let from = from.unwrap_or(today);
    let holds = on(board, from).unwrap_or_default();
    let mut changed = Map::new();
    for setting in group.settings {
        match setting.read(fields) {
            Ok(value) => {
                let held = holds.get(setting.name).unwrap_or(&Value::Null);
                let is_same = *held == value || (held.is_null() && value == "");
                if !is_same {
                    changed.insert(setting.name.into(), value);
                }
            }
            Err(mut found) => faults.append(&mut found),
        }
    }
    if faults.is_empty() {
        Ok((changed, from))
    } else {
        Err(faults)
    }
}

fn fault(field: impl Into<String>, code: &'static str) -> Fault {
    Fault {
        field: field.into(),
        code,
    }
}

/// Where the form has the field that a fault of the verb names: a row is told at its title.
pub fn own_field(fault: &Fault) -> Fault {
    let mut parts = fault.field.split('.').skip(1);
    let row = (parts.next(), parts.next());
    let field = match row {
        (Some("kinds"), Some(at)) => {
            let code = at
                .parse()
                .ok()
                .and_then(|at: usize| KINDS.get(at))
                .map_or("foster", |(code, _)| code);
            format!("settings.kinds.{code}.title")
        }
        (Some(list), Some(at)) => format!("settings.{list}.{at}.title"),
        _ => fault.field.clone(),
    };
    Fault {
        field,
        code: fault.code,
    }
}

impl Setting {
    pub fn field(&self) -> String {
        format!("settings.{}", self.name)
    }

    /// A value as the fields of a form.
    fn typed(&self, value: &Value) -> Vec<(String, String)> {
        let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
        let one = |typed: String| vec![(self.field(), typed)];
        let rows = || value.as_array().into_iter().flatten();
        let part = |at: &str, part: &str, row: &Value| (format!("{}.{at}.{part}", self.field()), text(&row[part]));
        match self.kind {
            Kind::Line(..) | Kind::Text | Kind::Sight => one(text(value)),
            Kind::Days | Kind::Months | Kind::Minutes | Kind::Megabytes | Kind::Files => {
                one(value.as_i64().map(|n| n.to_string()).unwrap_or_default())
            }
            Kind::Sum => one(Ore(value.as_i64().unwrap_or_default())
                .to_string()
                .trim_end_matches("\u{a0}kr")
                .to_owned()),
            Kind::Categories => rows().map(|one| (self.field(), text(one))).collect(),
            Kind::YesOrNo => one(if value == true { "ja" } else { "nej" }.to_owned()),
            Kind::Kinds => rows()
                .flat_map(|row| {
                    let kind = text(&row["kind"]);
                    [part(&kind, "title", row), part(&kind, "text", row)]
                })
                .collect(),
            Kind::Rows(second, _) => rows()
                .enumerate()
                .flat_map(|(at, row)| {
                    let at = at.to_string();
                    [part(&at, "title", row), part(&at, second, row)]
                })
                .collect(),
        }
    }

    /// What was typed, as the verb takes it.
    fn read(&self, fields: &Fields) -> Result<Value, Vec<Fault>> {
        let field = self.field();
        let typed = fields.text(&field).trim().replace("\r\n", "\n");
        let number = |read: Option<i64>| {
            let code = if typed.is_empty() { "required" } else { "typed" };
            read.map(Value::from).ok_or_else(|| vec![fault(field.clone(), code)])
        };
        let part = |at: &str, part: &str| {
            fields
                .text(&format!("{field}.{at}.{part}"))
                .trim()
                .replace("\r\n", "\n")
        };
        match self.kind {
            Kind::Line(_, Empty::Never) | Kind::Text if typed.is_empty() => Err(vec![fault(field, "required")]),
            Kind::Line(..) | Kind::Text | Kind::Sight => Ok(typed.into()),
            Kind::Days | Kind::Months | Kind::Minutes | Kind::Megabytes | Kind::Files => number(typed::whole(&typed)),
            Kind::Categories => {
                let known = fields.all(&field).all(|one| ReceiptCategory::parse(one).is_some());
                match known {
                    true => Ok(fields.all(&field).collect()),
                    false => Err(vec![fault(field, "value")]),
                }
            }
            Kind::Sum => number(typed::sum(&typed).map(|sum| sum.0)),
            Kind::YesOrNo => Ok(Value::from(typed == "ja")),
            Kind::Kinds => {
                let chosen = KINDS
                    .iter()
                    .map(|(kind, _)| (kind, part(kind, "title"), part(kind, "text")));
                let chosen = chosen.filter(|(_, title, text)| !title.is_empty() || !text.is_empty());
                Ok(chosen
                    .map(|(kind, title, text)| json!({"kind": kind, "title": title, "text": text}))
                    .collect())
            }
            Kind::Rows(second, most) => {
                let rows = (0..most).map(|at| (part(&at.to_string(), "title"), part(&at.to_string(), second)));
                let rows = rows.filter(|(title, other)| !title.is_empty() || !other.is_empty());
                Ok(rows
                    .map(|(title, other)| json!({"title": title, second: other}))
                    .collect())
            }
        }
    }
}
