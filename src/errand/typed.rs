//! The texts of errands as they are kept, and the limits they are held to.

use crate::error::Faults;
use crate::secret::Secret;
use crate::typed::{clean, in_one_line, is_unseen};

/// Characters of a message or note.
pub const BODY_MAX: usize = 5_000;
/// Characters of a subject.
pub const SUBJECT_MAX: usize = 80;

/// A text that must be there, of at most `most` characters.
pub fn required(faults: &mut Faults, field: &str, text: &Secret<String>, least: usize, most: usize) -> Secret<String> {
    let text = Secret::new(clean(text.expose()));
    // What nobody sees says nothing.
    let says_nothing = text.expose().chars().all(|c| c.is_whitespace() || is_unseen(c));
    let length = if says_nothing { 0 } else { text.expose().chars().count() };
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
    let text = text
        .map(|text| Secret::new(clean(text.expose())))
        .filter(|text| !text.expose().is_empty())?;
    faults.unless(text.expose().chars().count() <= most, field, "too-long");
    Some(text)
}
