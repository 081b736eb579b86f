//! Names in the form in which they are compared: without case, marks and the spellings that sound alike.

use crate::typed::is_unseen;
use unicode_normalization::UnicodeNormalization;
use zeroize::Zeroizing;

/// Letters that sound alike in Swedish names: Karlsson and Carlson, Filip and Philip, Kristina and Christina.
const ALIKE: &[(&str, &str)] = &[
    ("ch", "k"),
    ("ck", "k"),
    ("ph", "f"),
    ("th", "t"),
    ("qv", "kv"),
    ("ø", "o"),
    ("æ", "a"),
    ("ß", "s"),
    ("c", "k"),
    ("q", "k"),
    ("w", "v"),
    ("z", "s"),
    ("x", "ks"),
    ("y", "i"),
];

/// The words of a name as they are compared.
#[derive(PartialEq, Eq)]
pub struct Folded(Vec<Zeroizing<String>>);

impl Folded {
    pub fn of(text: &str) -> Folded {
        Folded(words(&composed(text)).map(folded).collect())
    }

    pub fn words(&self) -> impl ExactSizeIterator<Item = &str> {
        self.0.iter().map(|word| word.as_str())
    }

    /// Whether each of the words begins a word of a name.
    pub fn is_within(&self, name: &str) -> bool {
        let name = Folded::of(name);
        self.0
            .iter()
            .all(|sought| name.0.iter().any(|word| word.starts_with(&**sought)))
    }
}

/// Whether words such as Oo, of which one letter is left where names are compared, begin a word of a name as they are
/// typed: else they would find everyone whose name begins with that letter.
pub fn short_words_are_within(typed: &str, name: &str) -> bool {
    let lower = |text: &str| Zeroizing::new(composed(text).to_lowercase());
    let (typed, name) = (lower(typed), lower(name));
    let is_short = |word: &&str| word.chars().count() > 1 && folded(word).chars().count() == 1;
    let begins = |sought: &str| words(&name).any(|word| word.starts_with(sought));
    words(&typed).filter(is_short).all(begins)
}

/// A text in one form (NFC), without what is not seen: a file's name from a Mac has its letters and their marks apart,
/// and what is copied from a page or a document has soft hyphens and joiners within its words.
pub fn composed(text: &str) -> Zeroizing<String> {
    // Taken out first: what stands between a letter and its mark keeps the two apart.
    Zeroizing::new(text.chars().filter(|c| !is_unseen(*c)).nfc().collect())
}

/// The words of a composed text, as they stand there.
pub fn words(composed: &str) -> impl Iterator<Item = &str> {
    composed
        .split(|c: char| !c.is_alphanumeric() && !is_mark(c))
        .filter(|word| word.contains(char::is_alphanumeric))
}

/// Marks of combined letters, which are no letters themselves: `a` and a ring are one å.
fn is_mark(c: char) -> bool {
    unicode_normalization::char::is_combining_mark(c)
}

fn folded(word: &str) -> Zeroizing<String> {
    let plain = word.nfkd().filter(|c| !is_mark(*c)).flat_map(char::to_lowercase);
    let mut text = Zeroizing::new(plain.collect::<String>());
    for (from, to) in ALIKE {
        *text = text.replace(from, to);
    }
    let mut last = None;
    text.retain(|c| last.replace(c) != Some(c));
    text
}

#[cfg(test)]
mod tests {
    use super::{Folded, short_words_are_within};
    use proptest::prelude::*;

    #[test]
    fn spellings_that_sound_alike_are_one() {
        for (sought, name) in [
            ("asa", "Åsa Öberg"),
            ("ASA", "A\u{30a}sa"),
            ("oberg", "Åsa Öberg"),
            ("karlson", "Anna Carlsson"),
            ("Christina", "Kristina Ek"),
            ("filip", "Philip"),
            ("andre", "André Lind"),
            ("Viklund", "Wiklund"),
            ("ann berg", "Anna Berg"),
            ("berg ann", "Anna Berg"),
            ("Asa", "A\u{200b}\u{30a}\u{ad}sa"),
            ("lena", "Anna-Lena Berg"),
            ("d'arc", "Jeanne d’Arc"),
        ] {
            assert!(Folded::of(sought).is_within(name), "{sought} in {name}");
        }
        for (sought, name) in [
            ("nna", "Anna"),
            ("annab", "Anna Berg"),
            ("berg öhman", "Anna Berg"),
            ("ek", "Beck"),
        ] {
            assert!(!Folded::of(sought).is_within(name), "{sought} in {name}");
        }
        assert_eq!(Folded::of(" -- ").words().len(), 0);
    }

    #[test]
    fn a_short_word_is_looked_for_as_it_is_typed() {
        for (typed, name, is_within) in [
            ("Oo", "Oo Aa", true),
            ("aa", "Oo Aa", true),
            ("aa", "Aaron Ek", true),
            ("oo", "Olle Ek", false),
            ("aa", "Anna Berg", false),
            ("erik b", "Erik Berg", true),
        ] {
            assert_eq!(short_words_are_within(typed, name), is_within, "{typed} in {name}");
        }
    }

    proptest! {
        #[test]
        fn a_name_is_within_itself(name in "\\PC{1,40}") {
            prop_assert!(Folded::of(&name).is_within(&name));
        }
    }
}
