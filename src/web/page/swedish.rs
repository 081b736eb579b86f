//! Days, times and sizes as they are written in Sweden, their words in the language of the page. Reading what people
//! write is `typed`'s.

use crate::clock::{Day, Instant};
use crate::typed::MONTHS;
use crate::web::say;
use jiff::civil::{Date, DateTime};

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

    proptest! {
        #[test]
        fn no_time_makes_it_panic(far in -4_000_000_000_000_000i64..4_000_000_000_000_000) {
            let now = Instant::from_micros(far.abs());
            let _ = (time(Instant::from_micros(far), now), short(now, now), moment(now));
        }
    }
}
