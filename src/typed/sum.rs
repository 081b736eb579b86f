//! Sums in kronor as people write them.

use super::{are_digits, grouped, plain};
use crate::money::Ore;

/// What says that it is kronor, before or behind the digits; the longest first.
const UNITS: [&str; 6] = ["kronor", "krona", "skr", "sek", "kr.", "kr"];
/// What stands for "and no öre".
const EVEN: [&str; 5] = [":--", ",--", ":-", ",-", ".-"];
/// Signs that part thousands.
const GROUPS: [char; 4] = [' ', '.', ',', '\''];
/// Kronor of more digits are no sum.
const LONGEST: usize = 12;

/// Reads a sum: `1 250,50`, `1.250,50`, `249:50`, `250:-`, `249 Kr`, `SEK 249`. A comma, point or colon before two
/// digits parts kronor from öre (before one, comma or point); before three, comma and point part thousands, since no sum
/// has a third decimal. A space parts nothing but thousands: `249 50` is no sum. Negative ones are none either.
pub fn sum(text: &str) -> Option<Ore> {
    let text = plain(text);
    let bare = without_unit(&text);
    let even = EVEN.iter().find_map(|end| bare.strip_suffix(end));
    let bare = even.map_or(bare, |bare| without_unit(bare.trim_end()));
    let (kronor, ore) = parted(bare);
    let kronor = grouped(kronor, &GROUPS)?;
    if kronor.len() > LONGEST {
        return None;
    }
    let ore: i64 = match ore {
        "" => 0,
        ore => format!("{ore:0<2}").parse().ok()?,
    };
    Some(Ore(kronor.parse::<i64>().ok()? * 100 + ore))
}

/// Without the currency, which stands once, before or behind.
fn without_unit(text: &str) -> &str {
    let behind = UNITS.iter().find_map(|unit| text.strip_suffix(unit));
    let before = || UNITS.iter().find_map(|unit| text.strip_prefix(unit));
    behind.or_else(before).unwrap_or(text).trim()
}

/// Kronor and öre, `""` where there are none. The sign before the öre is none that parts the thousands.
fn parted(text: &str) -> (&str, &str) {
    let Some((kronor, ore)) = text.rsplit_once([',', '.', ':']) else {
        return (text, "");
    };
    let sign = text[kronor.len()..].chars().next().unwrap_or(',');
    let fits = match sign {
        ':' => ore.len() == 2,
        _ => (1..=2).contains(&ore.len()),
    };
    if fits && are_digits(ore) && !kronor.contains(sign) {
        (kronor, ore)
    } else {
        (text, "")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn sums_are_read_as_people_write_them() {
        for (kronor, texts) in [
            (
                24_950,
                &[
                    "249,50",
                    "249.50",
                    "249:50",
                    "249,5",
                    "249,50 kr",
                    "249:50 Kr",
                    "249,50:-",
                    "SEK 249,50",
                    "249,50kr.",
                    "２４９，５０",
                    " 249,50\u{a0}KR ",
                    "kr 249,50",
                    "0249,50",
                    "\u{200b}249,50\u{ad}",
                ][..],
            ),
            (
                24_900,
                &[
                    "249",
                    "249 Kr",
                    "249kr",
                    "249 kronor",
                    "249 SEK",
                    "249:-",
                    "249,-",
                    "249.-",
                    "249:- kr",
                    "249 kr:-",
                    "249 :-",
                    "249,--",
                    "249,—",
                    "249:−",
                    "249,00",
                    "249.00",
                    "249:00",
                    "249,0",
                ],
            ),
            (
                125_050,
                &[
                    "1250,50",
                    "1 250,50",
                    "1.250,50",
                    "1,250.50",
                    "1\u{a0}250,50",
                    "1\u{202f}250,50 kr",
                    "1\u{2009}250:50",
                    "1'250.50",
                    "1’250,50",
                    "1 250.5",
                    "1.250:50",
                ],
            ),
            (
                125_000,
                &[
                    "1250",
                    "1 250",
                    "1\u{3000}250:-",
                    "1.250",
                    "1,250",
                    "1.250:-",
                    "1,250 kr",
                    "1 250 kronor",
                ],
            ),
            (
                100_000_000,
                &["1 000 000", "1.000.000", "1,000,000", "1000000", "1 000 000,00"],
            ),
            (0, &["0", "0,00", "0 kr"]),
            (5, &["0,05", "0:05"]),
        ] {
            for text in texts {
                assert_eq!(sum(text), Some(Ore(kronor)), "{text:?}");
            }
        }
    }

    #[test]
    fn what_could_be_another_sum_is_none() {
        for not in [
            "",
            " ",
            "kr",
            ":-",
            "249 50",
            "249\u{a0}50",
            "24 950 0",
            "2 49",
            "12 50",
            "1250 500",
            "1 2500",
            "1  250 5",
            "1 250 50",
            "1.250.50",
            "1,250,50",
            "1 250 500,5 0",
            "1.250 500",
            "1,250 500",
            "0,250",
            "0 250",
            "00.250",
            "249,",
            "249.",
            "249:",
            "249:5",
            "249:500",
            ",50",
            ".50",
            "249,505,0",
            "249.5050",
            "249,,50",
            "249..",
            "-5",
            "−5",
            "- 5",
            "249-",
            "+249",
            "249⁵⁰",
            "½",
            "٣",
            "12 kr 50",
            "12 kr 50 öre",
            "50 öre",
            "12 tusen",
            "12 tkr",
            "1e9",
            "NaN",
            "inf",
            "0x10",
            "ca 250",
            "249 EUR",
            "$249",
            "249 €",
            "249 kr kr",
            "kr 249 kr sek",
            "9999999999999",
            "9 999 999 999 999",
            "249/st",
            "2*5",
            "250 - 300",
            "250-300",
            "två",
            "1_000",
            "249\n250",
        ] {
            assert_eq!(sum(not), None, "{not:?}");
        }
    }

    proptest! {
        #[test]
        fn what_is_shown_is_read_back(ore in 0i64..=10_000_000_000) {
            prop_assert_eq!(sum(&Ore(ore).to_string()), Some(Ore(ore)));
        }

        /// However a sum is written, it is read as that sum or not at all.
        #[test]
        fn no_sum_is_read_as_another(kronor in 0i64..2_000_000, ore in 0i64..100, group in "[ .,'\u{a0}]?", sign in "[,.:]", unit in "( ?kr|:-| SEK)?") {
            let digits = kronor.to_string();
            let mut written = String::new();
            for (at, digit) in digits.chars().enumerate() {
                if at > 0 && (digits.len() - at).is_multiple_of(3) {
                    written.push_str(&group);
                }
                written.push(digit);
            }
            let text = format!("{written}{sign}{ore:02}{unit}");
            let is_same_sign = kronor >= 1000 && group == sign;
            prop_assert_eq!(sum(&text), (!is_same_sign).then_some(Ore(kronor * 100 + ore)), "{}", text);
            prop_assert_eq!(sum(&format!("{written}{unit}")), Some(Ore(kronor * 100)));
        }

        #[test]
        fn no_text_makes_it_panic(text in "\\PC{0,40}", near in "[0-9 .,:kr-]{0,12}") {
            let _ = (sum(&text), sum(&near));
        }
    }
}
