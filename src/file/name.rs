//! What senders call their files: whether name and declared type agree with the content, and the name that is kept.

use super::check::Format;
use super::receive::Declared;
use crate::error::{Error, Result};
use crate::typed::in_one_line;

/// Whether what the sender said agrees with what the bytes say. Saying nothing is no lie.
pub(super) fn fits(format: Format, declared: &Declared) -> bool {
    let type_fits = match declared
        .media_type
        .as_deref()
        .map(|kind| kind.split(';').next().unwrap_or_default().trim())
    {
        None | Some("" | "application/octet-stream") => true,
        Some(kind) => Format::from_media_type(kind).is_some_and(|said| said == format),
    };
    type_fits
        && declared
            .name
            .as_deref()
            .is_none_or(|name| extension(name).is_none() || format.fits_name(name))
}

/// The extension of a name, if it has one: a few letters and digits after the last dot, not digits alone ("Kvitto
/// 2026.11.22") nor with a space before them ("Kvitto nr. 3").
fn extension(name: &str) -> Option<&str> {
    let (_, last) = name.trim_end().rsplit_once('.')?;
    let fits = (1..=8).contains(&last.len())
        && last.bytes().all(|b| b.is_ascii_alphanumeric())
        && last.bytes().any(|b| b.is_ascii_alphabetic());
    fits.then_some(last)
}

/// The name a file is kept under: what was given, without path and control characters.
pub(super) fn file_name(given: Option<&str>, format: Format) -> Result<String> {
    let bare = given.unwrap_or_default().rsplit(['/', '\\']).next().unwrap_or_default();
    let clean = in_one_line(bare);
    let clean = clean.trim().trim_start_matches('.');
    if clean.chars().count() > 200 {
        return Err(Error::invalid("file", "file-name"));
    }
    let stem = if clean.is_empty() { "fil" } else { clean };
    Ok(if extension(stem).is_some() {
        stem.to_owned()
    } else {
        format!("{stem}.{}", format.extension())
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_extension_is_a_few_letters_behind_the_last_dot() {
        for (name, found) in [
            ("kvitto.jpg", Some("jpg")),
            ("kvitto.JPEG ", Some("JPEG")),
            ("film.mp4", Some("mp4")),
            ("kvitto.jpg.exe", Some("exe")),
            ("Kvitto 2026.11.22", None),
            ("Kvitto nr. 3", None),
            ("Mötet kl. tio", None),
            ("v1.0", None),
            ("slut.", None),
            ("utan", None),
            ("inköp.på Ica", None),
        ] {
            assert_eq!(extension(name), found, "{name}");
        }
    }
}
