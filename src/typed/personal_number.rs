//! Personnummer and samordningsnummer: one reader for field, file, search and guard.

use super::{are_digits, is_unseen, plain};
use crate::clock::Day;
use jiff::civil::Date;

/// The form in which personal and coordination numbers are compared, `YYYYMMDDNNNC`; `None` when it is not one.
///
/// Taken are twelve digits, or ten, with spaces anywhere, and with a hyphen, a point or a slash between year, month, day
/// and the last four, or a `+` before these. Of ten digits the century is the latest that gives no birth after `today`;
/// with `+`, which stands from the year of the hundredth birthday (Population Registration Act 1991:481, 18 §), the
/// latest that gives one a hundred years ago. A coordination number has 60 added to its day, and month 00 or day 60
/// where the birth is not known in full. The check digit must be right.
pub fn personal_number(text: &str, today: Day) -> Option<String> {
    let bare: String = plain(&text.replace(char::is_whitespace, " ")).replace(' ', "");
    let (birth, old, tail) = parted(&bare)?;
    let number = match birth.len() {
        6 => format!("{}{tail}", with_century(&birth, old, today.date())?),
        8 => format!("{birth}{tail}"),
        _ => return None,
    };
    (is_birth(&number[..8], today.date()) && has_check_digit(&number[2..])).then_some(number)
}

/// Whether a text is written as a number is, be it one or not: digits, and what may part them.
pub fn is_numeric(text: &str) -> bool {
    let is_part = |c: char| c.is_ascii_digit() || c.is_whitespace() || is_unseen(c) || "-+./".contains(c);
    plain(text).chars().all(is_part)
}

/// The digits of the birth, whether a `+` follows them, and the last four.
fn parted(bare: &str) -> Option<(String, bool, &str)> {
    let (head, tail) = bare.split_at_checked(bare.len().checked_sub(4)?)?;
    let (birth, old) = match head.strip_suffix('+') {
        Some(birth) => (birth, true),
        None => (head.strip_suffix(['-', '/', '.']).unwrap_or(head), false),
    };
    let parts: Vec<&str> = birth.split(['-', '/', '.']).collect();
    let whole = match parts[..] {
        [all] => all.to_owned(),
        // A year of two or four digits, month, day.
        [year, month, day] if matches!(year.len(), 2 | 4) && month.len() == 2 && day.len() == 2 => parts.concat(),
        _ => return None,
    };
    (are_digits(&whole) && are_digits(tail)).then_some((whole, old, tail))
}

/// Six digits of birth with the century before them.
fn with_century(birth: &str, old: bool, today: Date) -> Option<String> {
    let newest = if old { today.year() - 100 } else { today.year() };
    let year: i16 = birth.get(..2)?.parse().ok()?;
    let year = newest - (newest - year).rem_euclid(100);
    let whole = format!("{year:04}{}", birth.get(2..)?);
    // Said without a century, a day later this year is one of a hundred years ago.
    Some(if is_birth(&whole, today) {
        whole
    } else {
        format!("{:04}{}", year - 100, birth.get(2..)?)
    })
}

/// Whether eight digits are a day of birth that has been, or what a coordination number makes of one.
fn is_birth(digits: &str, today: Date) -> bool {
    let part = |range| {
        digits
            .get(range)
            .and_then(|part: &str| part.parse::<i16>().ok())
            .unwrap_or(-1)
    };
    let (year, month, day) = (part(0..4), part(4..6), part(6..8));
    let (coordination, day) = if day >= 60 { (true, day - 60) } else { (false, day) };
    // What is unknown counts as the first: January has room for any day that may be known without its month.
    let known = |part: i16| if coordination && part == 0 { 1 } else { part as i8 };
    year >= 1800 && Date::new(year, known(month), known(day)).is_ok_and(|date| date <= today)
}

/// The Luhn sum over ten digits.
fn has_check_digit(digits: &str) -> bool {
    let sum: u32 = digits
        .bytes()
        .enumerate()
        .map(|(at, digit)| luhn(at, u32::from(digit - b'0')))
        .sum();
    digits.len() == 10 && sum.is_multiple_of(10)
}

fn luhn(at: usize, digit: u32) -> u32 {
    let product = digit * if at.is_multiple_of(2) { 2 } else { 1 };
    product / 10 + product % 10
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn normal(text: &str) -> Option<String> {
        normal_on("2026-11-22", text)
    }
    fn normal_on(today: &str, text: &str) -> Option<String> {
        personal_number(text, Day::parse(today).expect("a day"))
    }

    #[test]
    fn personal_numbers_are_taken_in_all_their_forms() {
        for text in [
            "811228-9874",
            "8112289874",
            "19811228-9874",
            "198112289874",
            " 19811228-9874\n",
            "19811228 9874",
            "19811228\u{a0}9874",
            "811228\u{2009}9874",
            "811228 - 9874",
            "811228\u{2010}9874",
            "811228\u{2011}9874",
            "811228–9874",
            "811228—9874",
            "811228−9874",
            "19 811228-9874",
            "1981 12 28 98 74",
            "1 9 8 1 1 2 2 8 9 8 7 4",
            "81122898 74",
            "1981-12-28-9874",
            "1981-12-28 9874",
            "1981.12.28-9874",
            "1981/12/28-9874",
            "81-12-28-9874",
            "811228/9874",
            "811228.9874",
            "811228\t9874",
            "811228\n9874",
            "８１１２２８－９８７４",
            "\u{feff}811228\u{ad}-\u{200b}9874",
        ] {
            assert_eq!(normal(text).as_deref(), Some("198112289874"), "{text}");
        }
        for text in [
            "121212+1212",
            "191212121212",
            "19121212-1212",
            "19121212+1212",
            "121212 + 1212",
            "12-12-12+1212",
        ] {
            assert_eq!(normal(text).as_deref(), Some("191212121212"), "{text}");
        }
        assert_eq!(normal("121212-1212").as_deref(), Some("201212121212"));
    }

    #[test]
    fn the_century_turns_on_the_day_and_the_plus_in_the_year() {
        assert_eq!(normal_on("2012-12-11", "121212-1212").as_deref(), Some("191212121212"));
        assert_eq!(normal_on("2012-12-12", "121212-1212").as_deref(), Some("201212121212"));
        assert_eq!(normal_on("2012-01-01", "121212+1212").as_deref(), Some("191212121212"));
        assert_eq!(normal_on("2011-12-31", "121212+1212").as_deref(), Some("181212121212"));
        assert_eq!(normal_on("2012-12-11", "201212121212"), None, "not born yet");
    }

    #[test]
    fn coordination_numbers_may_leave_the_birth_open() {
        assert_eq!(normal("701063-2391").as_deref(), Some("197010632391"));
        assert_eq!(normal("19150072-2390").as_deref(), Some("191500722390"));
        assert_eq!(normal("191500882392").as_deref(), Some("191500882392"));
    }

    #[test]
    fn what_is_no_number_is_refused() {
        for text in [
            "",
            "1234",
            "åäö",
            "811228-9875",
            "8112-289874",
            "811228-98-74",
            "811228-987+4",
            "811228++9874",
            "811228,9874",
            "811228-T001",
            "811228-987A",
            "8-11228-9874",
            "1981-1228-9874",
            "19811228-9874-",
            "nr 811228-9874",
            "198112289874 1",
            "811328-9873",
            "19811231987",
            "0198112289874",
            "811228--9874",
            "-8112289874",
            "19811228-98٧4",
            "810229-0007",
            "175001010007",
        ] {
            assert_eq!(normal(text), None, "{text}");
        }
    }

    #[test]
    fn what_is_written_as_a_number_is_told_from_a_name() {
        for text in ["811228-9874", "811228 98", "1981.12.28", "12+1", "8112 28–9874"] {
            assert!(is_numeric(text), "{text}");
        }
        for text in ["Oo", "U-2041", "Anna 2"] {
            assert!(!is_numeric(text), "{text}");
        }
    }

    proptest! {
        #[test]
        fn a_normal_form_stays_as_it_is(text in "\\PC{0,20}", number in "[0-9]{6}([0-9]{2})?[-+ ]?[0-9]{4}") {
            if let Some(normal_number) = normal(&number) {
                prop_assert_eq!(normal(&normal_number), Some(normal_number));
            }
            let _ = normal(&text);
        }
    }
}
