//! Texts as they are kept: Unicode in one form (NFC), no control characters but line breaks, nothing around them.
//! Whatever breaks a line somewhere (in a chat, a word processor, a spreadsheet) breaks it here too: words never grow
//! together.

use unicode_normalization::UnicodeNormalization as _;

/// Line breaks of all kinds: those of Unicode, the soft ones of word processors, and the separators of old files.
const fn is_break(c: char) -> bool {
    matches!(
        c,
        '\n' | '\r' | '\u{b}' | '\u{c}' | '\u{1c}'..='\u{1e}' | '\u{85}' | '\u{2028}' | '\u{2029}'
    )
}

/// A text of several lines as it is kept.
pub fn clean(text: &str) -> String {
    let kept = |c: char| match c {
        c if is_break(c) => Some('\n'),
        '\t' => Some('\t'),
        '\u{1f}' => Some(' '),
        c if c.is_control() => None,
        c => Some(c),
    };
    // Taken out first: what stood between a letter and its accent kept the two apart.
    let whole: String = text.replace("\r\n", "\n").chars().filter_map(kept).nfc().collect();
    whole.trim().to_owned()
}

/// Whether a character has no place in a text of one line: line breaks and other control characters, and those that
/// turn the direction of writing, with which a name can be made to look like another's.
pub fn breaks_a_line(c: char) -> bool {
    let turns = matches!(c, '\u{61c}' | '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
    c.is_control() || turns || is_break(c)
}

/// A text made fit for one line: what broke it is a space, what cannot be seen is gone.
pub fn in_one_line(text: &str) -> String {
    let fit = |c: char| match c {
        '\t' | '\u{1f}' => Some(' '),
        c if is_break(c) => Some(' '),
        c if breaks_a_line(c) => None,
        c => Some(c),
    };
    text.replace("\r\n", "\n").chars().filter_map(fit).collect()
}

/// Soft hyphens, joiners, spaces without width and what only says in which direction one reads.
pub const fn is_unseen(c: char) -> bool {
    matches!(
        c,
        '\u{ad}'
            | '\u{61c}'
            | '\u{180e}'
            | '\u{200b}'..='\u{200f}'
            | '\u{202a}'..='\u{202e}'
            | '\u{2060}'..='\u{206f}'
            | '\u{feff}'
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// All that breaks a line in some program: Unicode's mandatory breaks, and what Python's `splitlines` parts at.
    const BREAKS: [&str; 11] = [
        "\n", "\r", "\r\n", "\u{b}", "\u{c}", "\u{1c}", "\u{1d}", "\u{1e}", "\u{85}", "\u{2028}", "\u{2029}",
    ];

    #[test]
    fn a_break_of_any_kind_is_one() {
        for sign in BREAKS {
            let typed = format!("Alva kom hem.{sign}Hon var glad.");
            assert_eq!(clean(&typed), "Alva kom hem.\nHon var glad.", "{sign:?}");
            assert_eq!(in_one_line(&typed), "Alva kom hem. Hon var glad.", "{sign:?}");
        }
        assert_eq!(clean("a\r\n\r\nb\u{2028}\u{2029}c"), "a\n\nb\n\nc");
        assert_eq!(clean("\u{c} a\tb\u{1f}c \u{b}"), "a\tb c");
        assert_eq!(clean("o\u{0}\u{308}\u{1b}"), "ö");
    }

    proptest! {
        #[test]
        fn words_never_grow_together(words in prop::collection::vec("[a-zåäö]{1,8}", 1..8), at in 0..BREAKS.len()) {
            let typed = words.join(BREAKS[at]);
            let read: Vec<String> = clean(&typed).split_whitespace().map(str::to_owned).collect();
            prop_assert_eq!(&read, &words);
            let line = in_one_line(&typed);
            prop_assert_eq!(line.split_whitespace().collect::<Vec<_>>(), words);
        }

        #[test]
        fn what_is_kept_stays_as_it_is(text in "\\PC{0,20}[\\x00-\\x20\u{85}\u{2028}]{0,4}\\PC{0,20}") {
            let once = clean(&text);
            prop_assert_eq!(clean(&once), once.as_str());
            prop_assert!(!once.contains(|c: char| c.is_control() && c != '\n' && c != '\t'));
            prop_assert!(!in_one_line(&text).contains(breaks_a_line));
        }
    }
}
