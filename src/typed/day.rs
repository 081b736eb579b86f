//! Days as people write them.

use super::plain;
use crate::clock::Day;
use crate::language::Language;
use jiff::civil::{Date, Weekday};

/// The keys of the months' names.
pub const MONTHS: [&str; 12] = [
    "month-january",
    "month-february",
    "month-march",
    "month-april",
    "month-may",
    "month-june",
    "month-july",
    "month-august",
    "month-september",
    "month-october",
    "month-november",
    "month-december",
];
/// Days that are called by where they lie from today.
const NEAR: [(&str, i32); 13] = [
    ("i dag", 0),
    ("idag", 0),
    ("today", 0),
    ("i går", -1),
    ("igår", -1),
    ("yesterday", -1),
    ("i förrgår", -2),
    ("förrgår", -2),
    ("i morgon", 1),
    ("imorgon", 1),
    ("tomorrow", 1),
    ("i övermorgon", 2),
    ("övermorgon", 2),
];
const WEEK: [(Weekday, [&str; 2]); 7] = [
    (Weekday::Monday, ["måndag", "monday"]),
    (Weekday::Tuesday, ["tisdag", "tuesday"]),
    (Weekday::Wednesday, ["onsdag", "wednesday"]),
    (Weekday::Thursday, ["torsdag", "thursday"]),
    (Weekday::Friday, ["fredag", "friday"]),
    (Weekday::Saturday, ["lördag", "saturday"]),
    (Weekday::Sunday, ["söndag", "sunday"]),
];
/// What stands behind a day's number: `9:e`, `1:a`, `9th`.
const ORDINALS: [&str; 6] = ["e", "a", "st", "nd", "rd", "th"];
/// How far from today, in years, a day with two digits of its year may lie.
const NEAR_YEARS: i16 = 9;

/// Reads a day that has been: `2026-11-14`, `20261114`, `14/11`, `14.11.2026`, `14 nov`, `fre 14 november 2025`,
/// `i går`. Without a year it is the last such day, today at the latest.
pub fn day_past(text: &str, today: Day) -> Option<Day> {
    read(text)?.near(today, |of| {
        let this_year = today.date().year();
        of(this_year).filter(|day| *day <= today).or_else(|| of(this_year - 1))
    })
}

/// The same of a day that is to come: without a year it is the next such day, a month ago at the earliest.
pub fn day_ahead(text: &str, today: Day) -> Option<Day> {
    read(text)?.near(today, |of| {
        let (this_year, earliest) = (today.date().year(), today.plus_days(-31));
        of(this_year)
            .filter(|day| *day >= earliest)
            .or_else(|| of(this_year + 1))
    })
}

/// Reads a day that says all of itself, wherever and whenever it is read: in a file, on a command line.
pub fn whole_day(text: &str) -> Option<Day> {
    match read(text)? {
        Read {
            said: Said::Whole(day),
            weekday,
        } => Some(day).filter(|day| fits(weekday, *day)),
        _ => None,
    }
}

/// What a text says of a day.
struct Read {
    said: Said,
    weekday: Option<Weekday>,
}

enum Said {
    Whole(Day),
    /// Days from today.
    Near(i32),
    /// Month and day.
    OfSomeYear(i8, i8),
    /// With two digits of the year: each day it may be.
    OneOf(Vec<Day>),
}

impl Read {
    fn near(self, today: Day, choose: impl Fn(&dyn Fn(i16) -> Option<Day>) -> Option<Day>) -> Option<Day> {
        let day = match self.said {
            Said::Whole(day) => day,
            Said::Near(days) => today.plus_days(days),
            Said::OfSomeYear(month, day) => choose(&|year| of(year, month, day))?,
            Said::OneOf(days) => {
                let is_near = |day: &Day| (day.date().year() - today.date().year()).abs() <= NEAR_YEARS;
                let mut near = days.into_iter().filter(is_near);
                let day = near.next()?;
                // Two days that both may be meant: neither is taken.
                near.all(|other| other == day).then_some(day)?
            }
        };
        fits(self.weekday, day).then_some(day)
    }
}

fn fits(weekday: Option<Weekday>, day: Day) -> bool {
    weekday.is_none_or(|named| named == day.date().weekday())
}

fn of(year: i16, month: i8, day: i8) -> Option<Day> {
    let date = Date::new(year, month, day).ok()?;
    (1900..2200).contains(&date.year()).then_some(Day::of(date))
}

fn read(text: &str) -> Option<Read> {
    let text = plain(text);
    let text = text.strip_suffix(" 00:00:00").unwrap_or(&text);
    if let Some((_, days)) = NEAR.iter().find(|(word, _)| *word == text) {
        return Some(Read {
            said: Said::Near(*days),
            weekday: None,
        });
    }
    let (weekday, rest) = without_weekday(text);
    let rest = rest
        .strip_prefix("den ")
        .or_else(|| rest.strip_prefix("the "))
        .unwrap_or(rest);
    let said = said(&parts(rest)?)?;
    Some(Read { said, weekday })
}

/// A weekday at the beginning, by its name or the first letters of it.
fn without_weekday(text: &str) -> (Option<Weekday>, &str) {
    let (word, rest) = text.split_once([' ', ',', '.']).unwrap_or((text, ""));
    let is_it = |names: &[&str; 2]| word.chars().count() >= 3 && names.iter().any(|name| name.starts_with(word));
    match WEEK.iter().find(|(_, names)| is_it(names)) {
        Some((day, _)) => (Some(*day), rest.trim_start_matches([' ', ',', '.'])),
        None => (None, text),
    }
}

/// A part of a date, with what stands before it.
struct Part<'t> {
    before: &'t str,
    text: &'t str,
}

impl Part<'_> {
    fn is_number(&self) -> bool {
        super::are_digits(self.text)
    }
}

/// The numbers and words of a date; `None` where anything else stands between them than what parts a date.
fn parts(text: &str) -> Option<Vec<Part<'_>>> {
    let (mut parts, mut rest): (Vec<Part<'_>>, &str) = (Vec::new(), text);
    while !rest.is_empty() {
        let start = rest.find(char::is_alphanumeric).unwrap_or(rest.len());
        let (before, from) = rest.split_at(start);
        let digits = from.starts_with(|c: char| c.is_ascii_digit());
        let is_other = |c: char| {
            if digits {
                !c.is_ascii_digit()
            } else {
                !c.is_alphabetic()
            }
        };
        let (word, behind) = from.split_at(from.find(is_other).unwrap_or(from.len()));
        if word.is_empty() {
            // A point at the end ends a sentence or a shortened month.
            return (matches!(before.trim(), "" | ".") && behind.is_empty()).then_some(parts);
        }
        let after_number = parts.last().is_some_and(Part::is_number);
        if after_number && matches!(before, "" | ":") && ORDINALS.contains(&word) {
            rest = behind;
            continue;
        }
        let parted = match before.trim() {
            "" => !before.is_empty() || parts.is_empty() || !digits || !after_number,
            "." | "/" | "-" | "," | "'" => !parts.is_empty(),
            _ => false,
        };
        if !parted || parts.len() == 3 {
            return None;
        }
        parts.push(Part {
            before: before.trim(),
            text: word,
        });
        rest = behind;
    }
    Some(parts)
}

fn said(parts: &[Part<'_>]) -> Option<Said> {
    let number = |part: &Part<'_>| part.text.parse::<i16>().ok().filter(|_| part.is_number());
    let small = |part: &Part<'_>| (part.text.len() <= 2).then(|| part.text.parse::<i8>().ok()).flatten();
    let length = |part: &Part<'_>| part.text.len();
    match parts {
        [one] if one.is_number() => unparted(one.text),
        [day, month] if month_named(month.text).is_some() => {
            Some(Said::OfSomeYear(month_named(month.text)?, small(day)?))
        }
        [month, day] if month_named(month.text).is_some() => {
            Some(Said::OfSomeYear(month_named(month.text)?, small(day)?))
        }
        // 02-09 may be the ninth of February or the second of September.
        [day, month] if month.before != "-" => Some(Said::OfSomeYear(small(month)?, small(day)?)),
        [day, month, year] if month_named(month.text).is_some() => whole(year, month_named(month.text)?, small(day)?),
        [month, day, year] if month_named(month.text).is_some() => whole(year, month_named(month.text)?, small(day)?),
        [year, month, day] if length(year) == 4 => Some(Said::Whole(of(number(year)?, small(month)?, small(day)?)?)),
        [day, month, year] if length(year) == 4 => Some(Said::Whole(of(number(year)?, small(month)?, small(day)?)?)),
        [first, month, last] if length(last) == 2 => {
            let day_first = of(2000 + number(last)?, small(month)?, small(first)?);
            let is_day_first = length(first) == 1 || (month.before == "/" && last.before != "/");
            let year_first = of(2000 + number(first)?, small(month)?, small(last)?).filter(|_| !is_day_first);
            Some(Said::OneOf(day_first.into_iter().chain(year_first).collect()))
        }
        _ => None,
    }
}

/// With the month in words there is no doubt which number is the year.
fn whole(year: &Part<'_>, month: i8, day: i8) -> Option<Said> {
    let digits = year.text.parse::<i16>().ok().filter(|_| year.is_number())?;
    let year = match year.text.len() {
        4 => digits,
        2 => 2000 + digits,
        _ => return None,
    };
    Some(Said::Whole(of(year, month, day)?))
}

/// `20261114`, `261114`.
fn unparted(digits: &str) -> Option<Said> {
    let part = |range| digits.get(range).and_then(|part: &str| part.parse::<i16>().ok());
    let of = |year: i16, month: i16, day: i16| of(year, i8::try_from(month).ok()?, i8::try_from(day).ok()?);
    match digits.len() {
        8 => Some(Said::Whole(of(part(0..4)?, part(4..6)?, part(6..8)?)?)),
        6 => {
            let (first, month, last) = (part(0..2)?, part(2..4)?, part(4..6)?);
            let either = [of(2000 + first, month, last), of(2000 + last, month, first)];
            Some(Said::OneOf(either.into_iter().flatten().collect()))
        }
        _ => None,
    }
}

/// A month by its name or the beginning of it, in any of the languages.
fn month_named(text: &str) -> Option<i8> {
    let is_it = |key: &'static str| {
        let begins = |language: Language| language.text(key).to_lowercase().starts_with(text);
        Language::ALL.into_iter().any(begins)
    };
    let is_word = text.chars().all(char::is_alphabetic) && text.chars().count() >= 3;
    let at = is_word.then(|| MONTHS.iter().copied().position(is_it)).flatten()?;
    i8::try_from(at + 1).ok()
}

#[cfg(test)]
mod tests;
