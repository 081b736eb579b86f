//! Days, times and sizes as they are written and read in Sweden; their words in the language of the page.

use crate::clock::{Day, Instant};
use crate::web::{Language, say};
use jiff::civil::{Date, DateTime};

const MONTHS: [&str; 12] = [
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

/// The name of a day's month, and its first three letters.
fn month(date: Date) -> (&'static str, &'static str) {
    let name = MONTHS.get(date.month() as usize - 1).map_or("", |key| say(key));
    (name, name.get(..3).unwrap_or(name))
}

/// `14 november`; with the year when it is not this one.
pub fn day(day: Day, now: Instant) -> String {
    let (date, this_year) = (day.date(), now.day().date().year());
    let (month, _) = month(date);
    if date.year() == this_year {
        format!("{}\u{a0}{month}", date.day())
    } else {
        format!("{}\u{a0}{month} {}", date.day(), date.year())
    }
}

/// `i dag 09:41`, `i går 17:20`, `14 november 09:41`.
pub fn time(at: Instant, now: Instant) -> String {
    let (when, today) = (at.in_sweden(), now.day());
    let day = match at.day() {
        that if that == today => say("day-today").to_owned(),
        that if that == today.plus_days(-1) => say("day-yesterday").to_owned(),
        that => day(that, now),
    };
    format!("{day} {:02}:{:02}", when.hour(), when.minute())
}

/// The same at the beginning of a line: `I dag 09:41`.
pub fn time_first(at: Instant, now: Instant) -> String {
    let text = time(at, now);
    let mut letters = text.chars();
    let first = letters.next().map(|letter| letter.to_uppercase());
    first.into_iter().flatten().chain(letters).collect()
}

/// `14:32`.
pub fn hour(at: Instant) -> String {
    let when = at.in_sweden();
    format!("{:02}:{:02}", when.hour(), when.minute())
}

/// Where there is little room: `09:41`, `I går`, `19 nov`, `2025-11-19`.
pub fn short(at: Instant, now: Instant) -> String {
    let (when, today): (DateTime, Day) = (at.in_sweden(), now.day());
    let (_, month) = month(when.date());
    match at.day() {
        that if that == today => format!("{:02}:{:02}", when.hour(), when.minute()),
        that if that == today.plus_days(-1) => say("day-yesterday-first").to_owned(),
        that if that.date().year() == today.date().year() => format!("{}\u{a0}{month}", when.day()),
        that => that.to_string(),
    }
}

/// To the second, as in the log: `21 nov 09:50:12`.
pub fn moment(at: Instant) -> String {
    let when = at.in_sweden();
    let (_, month) = month(when.date());
    let clock = format!("{:02}:{:02}:{:02}", when.hour(), when.minute(), when.second());
    format!("{}\u{a0}{month} {} {clock}", when.day(), when.year())
}

/// `312 kB`, `1,4 MB`.
pub fn size(bytes: u64) -> String {
    match bytes {
        ..1_000 => format!("{bytes}\u{a0}byte"),
        1_000..1_000_000 => format!("{}\u{a0}kB", bytes.div_ceil(1_000)),
        _ => format!("{},{}\u{a0}MB", bytes / 1_000_000, bytes % 1_000_000 / 100_000),
    }
}

/// `48 213`.
pub fn thousands(n: u64) -> String {
    let digits = n.to_string();
    let apart = |(at, digit): (usize, char)| {
        let gap = at > 0 && (digits.len() - at).is_multiple_of(3);
        gap.then_some('\u{a0}').into_iter().chain([digit])
    };
    digits.chars().enumerate().flat_map(apart).collect()
}

/// A telephone number as a link has it: its digits.
pub fn tel(number: &str) -> String {
    number.chars().filter(|c| c.is_ascii_digit() || *c == '+').collect()
}

/// Reads a day as people write it: `2026-11-14`, `14/11`, `14 nov`, `14 november 2025`. Without a year it is the last
/// such day, today at the latest.
pub fn day_typed(text: &str, today: Day) -> Option<Day> {
    typed_near(text, |of| {
        let this_year = today.date().year();
        of(this_year).filter(|day| *day <= today).or_else(|| of(this_year - 1))
    })
}

/// The same of a day that is to come: without a year it is the next such day, a month ago at the earliest.
pub fn day_ahead_typed(text: &str, today: Day) -> Option<Day> {
    typed_near(text, |of| {
        let (this_year, earliest) = (today.date().year(), today.plus_days(-31));
        of(this_year)
            .filter(|day| *day >= earliest)
            .or_else(|| of(this_year + 1))
    })
}

/// Reads a day; `without_year` chooses among those of the years there are.
fn typed_near(text: &str, without_year: impl Fn(&dyn Fn(i16) -> Option<Day>) -> Option<Day>) -> Option<Day> {
    let text = text.trim().to_lowercase().replace('\u{a0}', " ");
    if let Some(day) = Day::parse(&text) {
        return Some(day);
    }
    let parts: Vec<&str> = text.split([' ', '/', '.']).filter(|part| !part.is_empty()).collect();
    let (day, month, year) = match parts[..] {
        [day, month] => (day, month, None),
        [day, month, year] if year.len() == 4 => (day, month, Some(year.parse().ok()?)),
        _ => return None,
    };
    let (day, month) = (day.parse().ok()?, month_typed(month)?);
    let of = |year: i16| Date::new(year, month, day).ok().map(Day::of);
    match year {
        Some(year) => of(year),
        None => without_year(&of),
    }
}

/// Reads kilometres as people write them, in metres: `12`, `12,5`, `1 240 km`.
pub fn km_typed(text: &str) -> Option<i64> {
    let bare: String = text.to_lowercase().chars().filter(|c| !c.is_whitespace()).collect();
    let bare = bare.strip_suffix("km").unwrap_or(&bare);
    let (whole, part) = bare.split_once([',', '.']).unwrap_or((bare, ""));
    let digits = |part: &str| part.bytes().all(|b| b.is_ascii_digit());
    if whole.is_empty() || whole.len() > 9 || part.len() > 1 || !digits(whole) || !digits(part) {
        return None;
    }
    let metres: i64 = format!("{whole}{part:0<3}").parse().ok()?;
    Some(metres)
}

/// A month by its number or the beginning of its name, in any of the languages.
fn month_typed(text: &str) -> Option<i8> {
    let begins = |language: Language, key| text.len() >= 3 && language.text(key).to_lowercase().starts_with(text);
    let named = || {
        MONTHS
            .iter()
            .position(|key| Language::ALL.into_iter().any(|language| begins(language, key)))
    };
    text.parse().ok().or_else(|| named().map(|at| at as i8 + 1))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn at(text: &str) -> Instant {
        Instant::parse(text).unwrap()
    }

    #[test]
    fn times_are_told_from_now() {
        let now = at("2026-11-21T08:50:12Z");
        let plain = |text: String| text.replace('\u{a0}', " ");
        for (then, told, in_short) in [
            ("2026-11-21T08:41:00Z", "i dag 09:41", "09:41"),
            ("2026-11-20T23:00:00Z", "i dag 00:00", "00:00"),
            ("2026-11-20T22:59:00Z", "i går 23:59", "I går"),
            ("2026-11-14T16:04:00Z", "14 november 17:04", "14 nov"),
            ("2025-07-01T10:00:00Z", "1 juli 2025 12:00", "2025-07-01"),
        ] {
            assert_eq!(plain(time(at(then), now)), told);
            assert_eq!(plain(short(at(then), now)), in_short);
        }
        assert_eq!(plain(time_first(now, now)), "I dag 09:50");
        assert_eq!(plain(moment(now)), "21 nov 2026 09:50:12");
    }

    #[test]
    fn sizes_are_round() {
        let plain = |bytes| size(bytes).replace('\u{a0}', " ");
        assert_eq!(
            (thousands(213), thousands(48_213)),
            ("213".into(), "48\u{a0}213".into())
        );
        assert_eq!(
            (plain(999), plain(311_200), plain(1_449_000)),
            ("999 byte".into(), "312 kB".into(), "1,4 MB".into())
        );
    }

    #[test]
    fn days_are_read_as_people_write_them() {
        let today = Day::parse("2026-11-21").unwrap();
        let read = |text| day_typed(text, today).map(|day| day.to_string()).unwrap_or_default();
        for (text, day) in [
            ("2026-11-14", "2026-11-14"),
            (" 14/11 ", "2026-11-14"),
            ("14 nov", "2026-11-14"),
            ("14 november", "2026-11-14"),
            ("24 dec", "2025-12-24"),
            ("1 maj 2024", "2024-05-01"),
            ("1 may 2024", "2024-05-01"),
            ("29/2", ""),
            ("31/4", ""),
            ("14 no", ""),
            ("i går", ""),
            ("", ""),
        ] {
            assert_eq!(read(text), day, "{text}");
        }
    }

    #[test]
    fn days_to_come_are_read_too() {
        let today = Day::parse("2026-11-21").unwrap();
        let read = |text| {
            day_ahead_typed(text, today)
                .map(|day| day.to_string())
                .unwrap_or_default()
        };
        for (text, day) in [
            ("24 dec", "2026-12-24"),
            ("14 nov", "2026-11-14"),
            ("1/2", "2027-02-01"),
            ("2027-03-04", "2027-03-04"),
            ("i morgon", ""),
        ] {
            assert_eq!(read(text), day, "{text}");
        }
    }

    #[test]
    fn kilometres_are_read_as_people_write_them() {
        assert_eq!(
            ["12", "12,5", "1 240 km", "0.1"].map(km_typed),
            [12_000, 12_500, 1_240_000, 100].map(Some)
        );
        assert_eq!(["", "12,55", "-1", "tolv", "1e3"].map(km_typed), [None; 5]);
    }

    proptest! {
        #[test]
        fn no_text_makes_it_panic(text in ".{0,24}", far in -4_000_000_000_000_000i64..4_000_000_000_000_000) {
            let now = Instant::from_micros(far.abs());
            let _ = (day_typed(&text, now.day()), day_ahead_typed(&text, now.day()), km_typed(&text));
            let _ = (time(Instant::from_micros(far), now), short(now, now), moment(now));
        }
    }
}
