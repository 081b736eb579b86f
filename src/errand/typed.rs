//! What people typed, made fit to be kept: Unicode in one form (NFC), no control characters but line breaks, nothing
//! around it. And the limits it is held to.

use crate::error::Faults;
use crate::secret::Secret;
use crate::web::in_one_line;
use unicode_normalization::UnicodeNormalization as _;

/// Characters of a message or note.
pub const BODY_MAX: usize = 5_000;
/// Characters of a subject.
pub const SUBJECT_MAX: usize = 80;

/// The text as it is kept.
pub fn clean(text: &Secret<String>) -> Secret<String> {
    let kept = |c: &char| !c.is_control() || *c == '\n' || *c == '\t';
    let unified = text.expose().replace("\r\n", "\n");
    // Taken out first: what stood between a letter and its accent kept the two apart.
    let whole: String = unified.chars().filter(kept).nfc().collect();
    Secret::new(whole.trim().to_owned())
}

/// A text that must be there, of at most `most` characters.
pub fn required(faults: &mut Faults, field: &str, text: &Secret<String>, least: usize, most: usize) -> Secret<String> {
    let text = clean(text);
    let length = text.expose().chars().count();
    faults.unless(length > 0, field, "required");
    faults.unless(length == 0 || length >= least, field, "too-short");
    faults.unless(length <= most, field, "too-long");
    text
}

/// A text of one line that must be there.
pub fn required_line(
    faults: &mut Faults,
    field: &str,
    text: &Secret<String>,
    least: usize,
    most: usize,
) -> Secret<String> {
    required(faults, field, &Secret::new(in_one_line(text.expose())), least, most)
}

/// A text of one line that may be left out; an empty one counts as left out.
pub fn optional_line(
    faults: &mut Faults,
    field: &str,
    text: Option<&Secret<String>>,
    most: usize,
) -> Option<Secret<String>> {
    let text = text.map(|text| Secret::new(in_one_line(text.expose())));
    optional(faults, field, text.as_ref(), most)
}

/// A text that may be left out; an empty one counts as left out.
pub fn optional(
    faults: &mut Faults,
    field: &str,
    text: Option<&Secret<String>>,
    most: usize,
) -> Option<Secret<String>> {
    let text = text.map(clean).filter(|text| !text.expose().is_empty())?;
    faults.unless(text.expose().chars().count() <= most, field, "too-long");
    Some(text)
}
