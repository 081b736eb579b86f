//! Search without opening: a keyed hash of a value in its normal form stands beside the sealed value. It tells whoever
//! reads the table which rows are equal and how often, so it is for values that are nearly unique (personal numbers,
//! e-mail addresses) and never for those with few values (sex, town, surname) or for addresses.

use super::{Key, place};
use crate::clock::Day;
use aws_lc_rs::hmac;
use jiff::civil::Date;
use unicode_normalization::UnicodeNormalization as _;

/// One board's key for search.
pub struct BlindIndex(Key);

impl BlindIndex {
    /// Takes a key that is used for nothing else.
    pub const fn new(key: Key) -> BlindIndex {
        BlindIndex(key)
    }

    /// What is stored and looked up for a value in its normal form: HMAC-SHA-256 over the column's name, behind its
    /// length, and the value; the first 16 bytes. Equal values in two columns or on two boards have nothing in common.
    pub fn token(&self, column: &'static str, normalised: &str) -> [u8; 16] {
        let mut mac = hmac::Context::with_key(&hmac::Key::new(hmac::HMAC_SHA256, self.0.bytes()));
        mac.update(&place::length(column.as_bytes()));
        mac.update(column.as_bytes());
        mac.update(normalised.as_bytes());
        let mut token = [0; 16];
        token.copy_from_slice(&mac.sign().as_ref()[..16]);
        token
    }
}

/// The form in which e-mail addresses are compared: no space around, composed (NFC), lower case. Whether it is an
/// address at all is not looked at.
pub fn normal_email(text: &str) -> String {
    let composed: String = text.trim().nfc().collect();
    composed.to_lowercase().nfc().collect()
}

/// The form in which personal and coordination numbers are compared, `YYYYMMDDNNNC`; `None` when it is not one.
///
/// Taken are twelve digits, or ten, with `-` or `+` before the last four, or without. Of ten digits the century is the
/// latest that gives no birth after `today`; with `+`, which stands from the year of the hundredth birthday
/// (Population Registration Act 1991:481, 18 §), the latest that gives one a hundred years ago. A coordination number
/// has 60 added to its day, and month 00 or day 60 where the birth is not known in full. The check digit must be right.
pub fn normal_personal_number(text: &str, today: Day) -> Option<String> {
    let text = text.trim();
    let (head, tail) = text.split_at_checked(text.len().checked_sub(4)?)?;
    let (birth, old) = match head.strip_suffix('+') {
        Some(birth) => (birth, true),
        None => (head.strip_suffix('-').unwrap_or(head), false),
    };
    if ![birth, tail]
        .iter()
        .all(|part| part.bytes().all(|digit| digit.is_ascii_digit()))
    {
        return None;
    }
    let number = match birth.len() {
        6 => format!("{}{tail}", with_century(birth, old, today.date())?),
        8 => format!("{birth}{tail}"),
        _ => return None,
    };
    (is_birth(&number[..8], today.date()) && has_check_digit(&number[2..])).then_some(number)
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
        normal_personal_number(text, Day::parse(today).expect("a day"))
    }

    #[test]
    fn equal_values_give_equal_tokens_in_one_column_of_one_board_only() {
        let (here, there) = (BlindIndex::new(Key::fresh()), BlindIndex::new(Key::fresh()));
        let token = here.token("email", "anna@example.se");
        assert_eq!(token, here.token("email", "anna@example.se"));
        assert_ne!(token, there.token("email", "anna@example.se"));
        assert_ne!(token, here.token("phone", "anna@example.se"));
        assert_ne!(token, here.token("emaila", "nna@example.se"));
    }

    #[test]
    fn the_token_is_the_hmac_of_column_and_value() {
        let index = BlindIndex::new(Key::from_bytes([7; 32]));
        // printf '\0\0\0\5emaila@b.se' | openssl dgst -sha256 -mac HMAC -macopt hexkey:0707…07
        assert_eq!(
            hex::encode(index.token("email", "a@b.se")),
            "97ba8fbd72d2219217b86d30aec43aba"
        );
    }

    #[test]
    fn addresses_are_compared_without_case_space_or_composition() {
        assert_eq!(normal_email("  Anna.Åberg@Example.SE\n"), "anna.åberg@example.se");
        assert_eq!(normal_email("A\u{30a}SA@example.se"), "åsa@example.se");
    }

    #[test]
    fn personal_numbers_are_taken_in_all_their_forms() {
        for text in [
            "811228-9874",
            "8112289874",
            "19811228-9874",
            "198112289874",
            " 19811228-9874\n",
        ] {
            assert_eq!(normal(text).as_deref(), Some("198112289874"), "{text}");
        }
        for text in ["121212+1212", "191212121212", "19121212-1212", "19121212+1212"] {
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
            "81122898 74",
            "811228-9875",
            "811328-9873",
            "19811231987",
            "0198112289874",
            "811228/9874",
            "811228--9874",
            "-8112289874",
            "19811228-98７4",
            "810229-0007",
            "175001010007",
        ] {
            assert_eq!(normal(text), None, "{text}");
        }
    }

    proptest! {
        #[test]
        fn normal_forms_stay_as_they_are(text: String, number in "[0-9]{6}([0-9]{2})?[-+]?[0-9]{4}") {
            let email = normal_email(&text);
            prop_assert_eq!(normal_email(&email), email);
            if let Some(normal_number) = normal(&number) {
                prop_assert_eq!(normal(&normal_number), Some(normal_number));
            }
            let _ = normal(&text);
        }
    }
}
