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
