//! What people typed, read in one way wherever it is typed: texts, sums, days, numbers, e-mail addresses and
//! personnummer, by pages, API, import, commands, search and guard alike. What can be read in two ways is not read at
//! all: nothing is ever taken for another sum or day than was meant.

mod address;
mod day;
mod number;
mod numbers_in;
mod personal_number;
mod sum;
mod text;

pub use address::{address, normal_address};
pub use day::{MONTHS, day_ahead, day_past, whole_day};
pub use number::{metres, whole};
pub use numbers_in::personal_numbers_in;
pub use personal_number::{is_numeric, personal_number};
pub use sum::sum;
pub use text::{breaks_a_line, clean, in_one_line, is_unseen};

/// A short text as its reader looks at it: what is not seen gone, letters and digits of double width made plain, every
/// kind of space within a line a space, every kind of hyphen or minus a hyphen, and nothing around it. Digits written small (249⁵⁰)
/// stay what they are: made plain they would be another number.
fn plain(text: &str) -> String {
    let fold = |c: char| match c {
        c if is_unseen(c) => None,
        '\t' => Some('\t'),
        c if c.is_whitespace() && !breaks_a_line(c) => Some(' '),
        '\u{ff01}'..='\u{ff5e}' => char::from_u32(c as u32 - 0xfee0),
        '\u{2010}'..='\u{2015}' | '\u{2212}' | '\u{2043}' | '\u{fe58}' | '\u{fe63}' => Some('-'),
        '\u{2019}' | '\u{2bc}' | '\u{b4}' => Some('\''),
        c => Some(c),
    };
    let folded: String = text.chars().filter_map(fold).collect();
    folded.trim().to_lowercase()
}

/// ASCII digits and nothing else, at least one.
fn are_digits(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit())
}

/// The digits of a whole number, whose thousands may be parted by one of `signs`: the same one throughout, three digits
/// after each, one to three before the first.
fn grouped(text: &str, signs: &[char]) -> Option<String> {
    let Some(sign) = text.chars().find(|c| signs.contains(c)) else {
        return are_digits(text).then(|| text.to_owned());
    };
    let mut groups = text.split(sign);
    let first = groups.next()?;
    let is_first = are_digits(first) && first.len() <= 3 && !first.starts_with('0');
    let mut whole = first.to_owned();
    for group in groups {
        if !are_digits(group) || group.len() != 3 {
            return None;
        }
        whole.push_str(group);
    }
    is_first.then_some(whole)
}
