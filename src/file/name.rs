//! What senders call their files. A name decides nothing: it is cleaned first, and then made to end as the content does.

use super::check::Format;
use unicode_normalization::UnicodeNormalization as _;
use unicode_normalization::char::is_combining_mark;

/// The longest name kept, in characters, its extension included.
const LONGEST: usize = 200;
/// What a file is called that nobody gave a name.
const NAMELESS: &str = "fil";
/// What Windows takes for a device, whatever extension follows.
const DEVICES: [&str; 8] = ["con", "prn", "aux", "nul", "conin$", "conout$", "clock$", "config$"];

/// The name a file is kept under: what was given, without path and without what cannot be seen, ending as `format` does.
pub(super) fn file_name(given: Option<&str>, format: Format) -> String {
    let clean = cleaned(given.unwrap_or_default());
    let mut stem = clean.as_str();
    let mut extension = format.extension();
    if let Some((bare, own)) = extension_of(stem) {
        if format.fits_name(stem) {
            extension = own;
        }
        stem = bare;
    }
    // One that was mended before, or is called by two kinds.
    while let Some((bare, _)) = extension_of(stem) {
        stem = bare;
    }
    let stem = shortened(stem, LONGEST - 1 - extension.len());
    let stem = match stem {
        "" => NAMELESS.to_owned(),
        device if is_device(device) => format!("_{device}"),
        stem => stem.to_owned(),
    };
    format!("{stem}.{extension}")
}

/// What a sender calls a file, fit to be shown to the same.
pub(super) fn shown(given: &str) -> String {
    match shortened(&cleaned(given), LONGEST) {
        "" => NAMELESS.to_owned(),
        name => name.to_owned(),
    }
}

/// A name without its path, composed, on one line, without spaces and points around it.
fn cleaned(given: &str) -> String {
    let seen: String = given.nfc().filter_map(seen).collect();
    let words: Vec<&str> = seen.split_whitespace().collect();
    let parts = words.join(" ");
    let around = |c: char| c == ' ' || c == '.';
    let mut parts = parts.rsplit(['/', '\\']).map(|part| part.trim_matches(around));
    parts.find(|part| !part.is_empty()).unwrap_or_default().to_owned()
}

/// A character as it may stand in a name: a space for what parts words, nothing for what cannot be seen.
fn seen(c: char) -> Option<char> {
    match c {
        c if c.is_whitespace() => Some(' '),
        c if c.is_control() || is_unseen(c) => None,
        c => Some(c),
    }
}

/// Whether a character shows nothing by itself: it turns the direction of writing, joins, fills, tags, or is none.
fn is_unseen(c: char) -> bool {
    matches!(c,
        '\u{ad}' | '\u{34f}' | '\u{600}'..='\u{605}' | '\u{61c}' | '\u{6dd}' | '\u{70f}' | '\u{8e2}'
        | '\u{115f}' | '\u{1160}' | '\u{17b4}' | '\u{17b5}' | '\u{180b}'..='\u{180f}' | '\u{200b}'..='\u{200f}'
        | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{2800}' | '\u{3164}' | '\u{e000}'..='\u{f8ff}'
        | '\u{fdd0}'..='\u{fdef}' | '\u{fe00}'..='\u{fe0f}' | '\u{feff}' | '\u{ffa0}' | '\u{fff0}'..='\u{ffff}'
        | '\u{110bd}' | '\u{110cd}' | '\u{13430}'..='\u{1345f}' | '\u{1bca0}'..='\u{1bca3}'
        | '\u{1d173}'..='\u{1d17a}' | '\u{e0000}'..='\u{10ffff}')
        || u32::from(c) & 0xFFFE == 0xFFFE
}

/// The extension of a name, and what stands before it, where it is that of a kind that is taken in. Any other point is a
/// point: "Kvitto ICA 249.50kr".
fn extension_of(name: &str) -> Option<(&str, &str)> {
    let (stem, extension) = name.rsplit_once('.')?;
    Format::ALL
        .iter()
        .any(|format| format.fits_name(name))
        .then(|| (stem.trim_end_matches([' ', '.']), extension))
}

/// At most so many characters, none parted from its accents.
fn shortened(stem: &str, most: usize) -> &str {
    let Some((end, next)) = stem.char_indices().nth(most) else {
        return stem;
    };
    let mut kept = &stem[..end];
    if is_combining_mark(next) {
        kept = kept.trim_end_matches(is_combining_mark);
        let mut letters = kept.chars();
        letters.next_back();
        kept = letters.as_str();
    }
    kept.trim_end_matches([' ', '.'])
}

fn is_device(stem: &str) -> bool {
    let first = stem.split('.').next().unwrap_or_default().trim_end().to_lowercase();
    let port = first
        .strip_prefix("com")
        .or_else(|| first.strip_prefix("lpt"))
        .is_some_and(|number| {
            matches!(
                number,
                "0" | "1" | "2" | "3" | "4" | "5" | "6" | "7" | "8" | "9" | "¹" | "²" | "³"
            )
        });
    port || DEVICES.contains(&first.as_str())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_ends_as_its_content_does() {
        for (given, kept) in [
            ("kvitto.jpg", "kvitto.jpg"),
            ("kvitto.JPEG ", "kvitto.JPEG"),
            ("IMG_2020.HEIC", "IMG_2020.jpg"),
            ("Screenshot.png", "Screenshot.jpg"),
            ("IMG.heic.jpg", "IMG.jpg"),
            ("kvitto.jpg.pdf", "kvitto.jpg"),
            ("Kvitto ICA 249.50kr", "Kvitto ICA 249.50kr.jpg"),
            ("Kvitto 2026.11.22", "Kvitto 2026.11.22.jpg"),
            ("Kvitto nr. 3", "Kvitto nr. 3.jpg"),
            ("kvitto.tmp", "kvitto.tmp.jpg"),
            ("kvitto.jpg.exe", "kvitto.jpg.exe.jpg"),
            ("kvitto.hta\u{200e}", "kvitto.hta.jpg"),
            ("slut.", "slut.jpg"),
            ("utan", "utan.jpg"),
        ] {
            assert_eq!(file_name(Some(given), Format::Jpeg), kept, "{given}");
        }
        assert_eq!(file_name(Some("intyg.jpg"), Format::Pdf), "intyg.pdf");
        assert_eq!(file_name(Some("bild.HEIF"), Format::Heic), "bild.HEIF");
        assert_eq!(file_name(None, Format::Webp), "fil.webp");
    }

    #[test]
    fn a_name_is_cleaned_before_it_is_judged() {
        for (given, kept) in [
            ("kvitto\u{202e}gpj.exe", "kvittogpj.exe.jpg"),
            ("kvitto.j\u{200b}pg", "kvitto.jpg"),
            ("kvitto.jpg\u{200f}\u{feff}", "kvitto.jpg"),
            ("kvitto.jpg. . .", "kvitto.jpg"),
            (" . kvitto\t\r\n1 .jpg", "kvitto 1.jpg"),
            ("kv\u{0}it\u{7}to.jpg", "kvitto.jpg"),
            ("a\u{30a}terko\u{308}p.jpg", "återköp.jpg"),
            ("../../etc/passwd.jpg", "passwd.jpg"),
            ("C:\\Bilder\\kvitto.jpg", "kvitto.jpg"),
            ("kvitton/", "kvitton.jpg"),
            ("CON", "_CON.jpg"),
            ("nul.tar.jpg", "_nul.tar.jpg"),
            ("Lpt1 .jpg", "_Lpt1.jpg"),
            ("com¹", "_com¹.jpg"),
            ("Konto.jpg", "Konto.jpg"),
            ("....jpg", "jpg.jpg"),
            (".jpg", "jpg.jpg"),
            ("", "fil.jpg"),
            ("  ...  ", "fil.jpg"),
            ("\u{202e}\u{200b}", "fil.jpg"),
            ("///", "fil.jpg"),
        ] {
            assert_eq!(file_name(Some(given), Format::Jpeg), kept, "{given:?}");
        }
    }

    #[test]
    fn a_long_name_is_shortened_and_keeps_its_end() {
        let whole = format!("{}.jpg", "å".repeat(196));
        assert_eq!(file_name(Some(&whole), Format::Jpeg), whole);
        let long = format!("{}.jpeg", "å".repeat(300));
        assert_eq!(
            file_name(Some(&long), Format::Jpeg),
            format!("{}.jpeg", "å".repeat(195))
        );
        let accents = format!("{}q\u{323}\u{307}x.pdf", "a".repeat(195));
        assert_eq!(
            file_name(Some(&accents), Format::Pdf),
            format!("{}.pdf", "a".repeat(195))
        );
        assert_eq!(file_name(Some(&"x".repeat(9999)), Format::Pdf).chars().count(), 200);
    }
}
