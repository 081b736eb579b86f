//! Counts and distances as people write them.

use super::{are_digits, grouped, plain};

/// Whole numbers of more digits are none.
const LONGEST: usize = 9;

/// Reads a whole number: `12`, `48 213`. Only a space parts thousands: `12.345` could be a decimal.
pub fn whole(text: &str) -> Option<i64> {
    let digits = grouped(&plain(text), &[' '])?;
    (digits.len() <= LONGEST).then(|| digits.parse().ok()).flatten()
}

/// Reads a distance, in metres: `12`, `12,5`, `1 240 km`, `2,5 mil`. One decimal at most: what stands before three
/// digits after a comma or point, kilometres or thousands of them, nobody knows.
pub fn metres(text: &str) -> Option<i64> {
    let text = plain(text);
    let units = [
        ("kilometer", 1_000),
        ("kilometres", 1_000),
        ("kilometers", 1_000),
        ("kilometre", 1_000),
        ("km", 1_000),
        ("mil", 10_000),
    ];
    let unit = units
        .into_iter()
        .find_map(|(unit, metres)| Some((text.strip_suffix(unit)?, metres)));
    let (bare, metres) = unit.unwrap_or((&text, 1_000));
    let bare = bare.trim_end();
    let (kilometres, tenths) = bare.split_once([',', '.']).map_or((bare, "0"), |parts| parts);
    let kilometres = grouped(kilometres, &[' '])?;
    if kilometres.len() > LONGEST || tenths.len() != 1 || !are_digits(tenths) {
        return None;
    }
    let tenths: i64 = format!("{kilometres}{tenths}").parse().ok()?;
    Some(tenths * (metres / 10))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn distances_are_read_as_people_write_them() {
        for (text, read) in [
            ("12", 12_000),
            ("12 km", 12_000),
            ("12,5", 12_500),
            ("12.5 KM", 12_500),
            ("1 240 km", 1_240_000),
            ("1\u{a0}240", 1_240_000),
            ("0.1", 100),
            ("１２，５", 12_500),
            ("2 mil", 20_000),
            ("2,5 mil", 25_000),
            ("14 kilometer", 14_000),
        ] {
            assert_eq!(metres(text), Some(read), "{text}");
        }
        for not in [
            "",
            "km",
            "12,55",
            "3,000",
            "3.000 km",
            "1,240",
            "1 24",
            "12 5",
            "-1",
            "−1",
            "tolv",
            "1e3",
            "12,",
            ",5",
            "500 m",
            "12 miles",
            "12 km 500",
            "10-12",
            "12½",
            "9999999999",
        ] {
            assert_eq!(metres(not), None, "{not}");
        }
    }

    #[test]
    fn whole_numbers_are_whole() {
        assert_eq!(
            ["0", "12", "48 213", "48\u{202f}213", "１２", " 7 "].map(whole),
            [0, 12, 48_213, 48_213, 12, 7].map(Some)
        );
        for not in [
            "",
            "-1",
            "1,5",
            "12.345",
            "12,345",
            "12 34",
            "1 2",
            "två",
            "1e3",
            "٣",
            "9999999999",
            "12 st",
            "+3",
        ] {
            assert_eq!(whole(not), None, "{not}");
        }
    }

    proptest! {
        #[test]
        fn no_text_makes_it_panic(text in "\\PC{0,24}", near in "[0-9 .,kmil-]{0,12}") {
            let _ = (metres(&text), metres(&near), whole(&text), whole(&near));
        }
    }
}
