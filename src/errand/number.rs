//! Errand numbers, such as `FH-2026-000123-3`: gapless per board and year, with a check digit so that one can be read
//! over the phone. They carry no personal data.

use crate::error::{Error, Result};
use serde::{Serialize, Serializer};
use std::fmt;
use std::str::FromStr;

/// An errand's number within its board.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct ErrandNumber {
    /// Four digits.
    year: u16,
    /// From 1 to 999 999.
    serial: u32,
}

impl ErrandNumber {
    /// # Errors
    /// [`Error::Fault`] when the year's million is used up.
    pub fn new(year: i64, serial: i64) -> Result<ErrandNumber> {
        match (u16::try_from(year), u32::try_from(serial)) {
            (Ok(year @ 1000..=9999), Ok(serial @ 1..=999_999)) => Ok(ErrandNumber { year, serial }),
            _ => Err(Error::fault(format!("no errand number for {year}, {serial}"))),
        }
    }
    pub const fn year(self) -> i64 {
        self.year as i64
    }
    pub const fn serial(self) -> i64 {
        self.serial as i64
    }
    fn digits(self) -> String {
        format!("{:04}{:06}", self.year, self.serial)
    }
}

/// The Luhn digit that makes `digits` and itself a valid number.
fn luhn(digits: &str) -> u32 {
    let weigh = |(place, digit): (usize, u32)| match (place.is_multiple_of(2), digit * 2) {
        (true, doubled) if doubled > 9 => doubled - 9,
        (true, doubled) => doubled,
        (false, _) => digit,
    };
    let sum: u32 = digits
        .chars()
        .rev()
        .filter_map(|c| c.to_digit(10))
        .enumerate()
        .map(weigh)
        .sum();
    (10 - sum % 10) % 10
}

impl fmt::Display for ErrandNumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "FH-{:04}-{:06}-{}", self.year, self.serial, luhn(&self.digits()))
    }
}
impl Serialize for ErrandNumber {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        to.collect_str(self)
    }
}
impl FromStr for ErrandNumber {
    type Err = Error;
    /// Reads a number as it is shown; capitals or not. A wrong check digit is none.
    fn from_str(text: &str) -> Result<ErrandNumber> {
        let none = || Error::invalid("number", "value");
        let upper = text.trim().to_ascii_uppercase();
        let parts: Vec<&str> = upper.split('-').collect();
        let ["FH", year, serial, check] = parts[..] else {
            return Err(none());
        };
        let digits = |text: &str, count: usize| {
            (text.len() == count && text.bytes().all(|b| b.is_ascii_digit()))
                .then(|| text.parse().ok())
                .flatten()
        };
        let (Some(year), Some(serial)) = (digits(year, 4), digits(serial, 6)) else {
            return Err(none());
        };
        let number = ErrandNumber::new(year, serial).map_err(|_| none())?;
        if check == luhn(&number.digits()).to_string() {
            Ok(number)
        } else {
            Err(none())
        }
    }
}
impl utoipa::PartialSchema for ErrandNumber {
    fn schema() -> utoipa::openapi::RefOr<utoipa::openapi::schema::Schema> {
        utoipa::openapi::ObjectBuilder::new()
            .schema_type(utoipa::openapi::schema::Type::String)
            .pattern(Some("^FH-[0-9]{4}-[0-9]{6}-[0-9]$"))
            .examples([serde_json::json!("FH-2026-000123-3")])
            .into()
    }
}
impl utoipa::ToSchema for ErrandNumber {}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn the_example_of_the_contract() {
        assert_eq!(
            ErrandNumber::new(2026, 123).map(|n| n.to_string()),
            Ok("FH-2026-000123-3".into())
        );
    }

    proptest! {
        #[test]
        fn a_number_is_read_back(year in 1000i64..=9999, serial in 1i64..=999_999) {
            let number = ErrandNumber::new(year, serial).unwrap();
            prop_assert_eq!(number.to_string().parse(), Ok(number));
            prop_assert_eq!(number.to_string().to_lowercase().parse(), Ok(number));
        }
        #[test]
        fn one_wrong_digit_is_always_found(serial in 1i64..=999_999, place in 0usize..15, digit in 0u8..10) {
            let right = ErrandNumber::new(2026, serial).unwrap().to_string();
            let mut typed = right.clone().into_bytes();
            prop_assume!(typed.get(place).is_some_and(u8::is_ascii_digit) && typed[place] != b'0' + digit);
            typed[place] = b'0' + digit;
            let typed = String::from_utf8(typed).unwrap();
            prop_assert!(typed.parse::<ErrandNumber>().is_err(), "{} for {}", typed, right);
        }
        #[test]
        fn no_text_makes_it_panic(text in ".{0,24}") {
            let _ = text.parse::<ErrandNumber>();
        }
    }
}
