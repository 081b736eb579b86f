//! Sums in whole öre. Nothing in Famn counts money in anything else, and nothing rounds on the way.

use serde::{Deserialize, Serialize};
use std::fmt;
use std::iter::Sum;

/// An amount in öre (1/100 krona).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(transparent)]
pub struct Ore(pub i64);

impl Ore {
    /// The largest sum one line of a claim may bear: 100 000 kr.
    pub const LINE_MAX: Ore = Ore(10_000_000);

    /// Reads what a person typed: `1 250,50`, `1250.5`, `1 250:-`, `249 kr`. `None` when it is no amount.
    pub fn typed(text: &str) -> Option<Ore> {
        let bare: String = text.chars().filter(|c| !c.is_whitespace()).collect();
        let bare = bare.strip_suffix("kr").unwrap_or(&bare);
        let bare = bare
            .strip_suffix(":-")
            .or_else(|| bare.strip_suffix(",-"))
            .unwrap_or(bare);
        let (kronor, cents) = bare.split_once([',', '.']).unwrap_or((bare, ""));
        let digits = |part: &str| part.bytes().all(|b| b.is_ascii_digit());
        if kronor.is_empty() || kronor.len() > 12 || cents.len() > 2 || !digits(kronor) || !digits(cents) {
            return None;
        }
        let kronor: i64 = kronor.parse().ok()?;
        let ore: i64 = format!("{cents:0<2}").parse().ok()?;
        Some(Ore(kronor * 100 + ore))
    }
}

impl fmt::Display for Ore {
    /// Swedish form: thousands apart by a hard space, a decimal comma only where there are öre, then `kr`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (kronor, ore) = (self.0.unsigned_abs() / 100, self.0.unsigned_abs() % 100);
        if self.0 < 0 {
            f.write_str("\u{2212}")?;
        }
        let digits = kronor.to_string();
        for (i, digit) in digits.chars().enumerate() {
            if i > 0 && (digits.len() - i).is_multiple_of(3) {
                f.write_str("\u{a0}")?;
            }
            write!(f, "{digit}")?;
        }
        if ore > 0 {
            write!(f, ",{ore:02}")?;
        }
        f.write_str("\u{a0}kr")
    }
}
impl Sum for Ore {
    fn sum<I: Iterator<Item = Ore>>(lines: I) -> Ore {
        Ore(lines.map(|line| line.0).fold(0, i64::saturating_add))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn amounts_are_read_as_people_write_them() {
        let read = |text| Ore::typed(text).map(|ore| ore.0);
        assert_eq!(read("1 250,50"), Some(125_050));
        assert_eq!(read("1250.5"), Some(125_050));
        assert_eq!(read("1\u{a0}250:-"), Some(125_000));
        assert_eq!(read("249 kr"), Some(24_900));
        for not in ["", "-5", "1,234", "12 kr 50", "1e9", "NaN", "9999999999999", "٣"] {
            assert_eq!(read(not), None, "{not}");
        }
    }

    proptest! {
        #[test]
        fn what_is_shown_is_read_back(ore in 0i64..=10_000_000_000) {
            prop_assert_eq!(Ore::typed(&Ore(ore).to_string()), Some(Ore(ore)));
        }
        #[test]
        fn no_text_makes_it_panic(text in ".{0,40}") {
            let _ = Ore::typed(&text);
        }
    }
}
