//! People's and homes' names in a text, however they stand there: surname first, with another name or an initial
//! between, over two lines, in the genitive, in capitals, grown together or with their letters apart. What is looked for
//! is a given name beside a surname: one of them alone is a word like any other, and holding back every text with a Sten
//! or a berg in it would teach people to say yes without reading.

use super::fold::{Folded, composed, words};
use crate::typed::is_unseen;
use zeroize::Zeroizing;

/// Letters of the shortest single word that is taken for a home's name.
const SHORTEST: usize = 3;
/// Letters of each word of a name that is looked for in lower case, too, where its words are not in order.
const PLAIN: usize = 4;
/// Letters of a name grown together.
const GROWN: usize = 6;
/// Words of names that are nobody's own.
const PARTICLES: &[&str] = &[
    "von", "van", "av", "af", "de", "den", "der", "da", "di", "la", "le", "el", "al", "bin", "ibn", "och", "and",
];
/// What homes are called beside their own name, as it is compared.
const HOMES: &[&str] = &[
    "familjen",
    "familj",
    "fam",
    "familjehemmet",
    "familjehem",
    "jourhemmet",
    "jourhem",
    "hemmet",
    "hem",
];

/// A name to be looked for.
pub struct Sought {
    words: Vec<Zeroizing<String>>,
    /// The words of a home's name without what all homes are called.
    own: Option<Zeroizing<String>>,
    /// Two words that are enough of a person's name, each by its place.
    pairs: Vec<(usize, usize)>,
}

impl PartialEq for Sought {
    fn eq(&self, other: &Sought) -> bool {
        self.words == other.words
    }
}

impl Sought {
    /// What a home is called: looked for as a whole, and without the word for a home.
    pub fn home(name: &str) -> Sought {
        let words = folded_words(name);
        let is_own = |word: &&Zeroizing<String>| {
            !HOMES
                .iter()
                .any(|home| Folded::of(home).words().any(|one| one == word.as_str()))
        };
        let own: Vec<&Zeroizing<String>> = words.iter().filter(is_own).collect();
        let own = match own[..] {
            [one] if words.len() > 1 => Some(one.clone()),
            _ => None,
        };
        Sought {
            words,
            own,
            pairs: Vec::new(),
        }
    }

    /// What a person is called, given names first.
    pub fn person(name: &str) -> Sought {
        let words = folded_words(name);
        let is_name = |at: &usize| !PARTICLES.contains(&words[*at].as_str()) && words[*at].chars().count() > 1;
        let names: Vec<usize> = (0..words.len()).filter(is_name).collect();
        let mut pairs = Vec::new();
        if let [first, .., last] = names[..] {
            pairs.extend(names.iter().filter(|at| **at != last).map(|at| (*at, last)));
            // Of two surnames either may stand alone; Anna-Lena is one given name.
            let hyphened = hyphened(name);
            let second = |at: &&usize| **at != first && **at != last && !hyphened.contains(at);
            pairs.extend(names.iter().filter(second).map(|at| (first, *at)));
        }
        Sought {
            words,
            own: None,
            pairs,
        }
    }
}

fn folded_words(name: &str) -> Vec<Zeroizing<String>> {
    Folded::of(name)
        .words()
        .map(|word| Zeroizing::new(word.to_owned()))
        .collect()
}

/// The places of the words that a hyphen joins to the first.
fn hyphened(name: &str) -> Vec<usize> {
    let composed = composed(name);
    let first = composed.split_whitespace().next().unwrap_or_default();
    (1..words(first).count()).collect()
}

/// A word of a text, as it stands there and as it is compared.
struct Word<'t> {
    typed: &'t str,
    folded: Zeroizing<String>,
    /// A point follows.
    is_cut: bool,
}

impl Word<'_> {
    fn is_capital(&self) -> bool {
        self.typed
            .chars()
            .find(|c| c.is_alphanumeric())
            .is_some_and(char::is_uppercase)
    }
    fn letters(&self) -> usize {
        self.typed.chars().count()
    }
}

/// A text that names are looked for in.
pub struct Looked<'t> {
    words: Vec<Word<'t>>,
    /// Each word as it is compared, also without the s of the genitive, with its place; in order.
    index: Vec<(Zeroizing<String>, usize)>,
}

impl<'t> Looked<'t> {
    /// Takes a text in one of its [`readings`].
    pub fn of(text: &'t str) -> Looked<'t> {
        let word = |typed: &'t str| {
            let end = typed.as_ptr() as usize - text.as_ptr() as usize + typed.len();
            let folded = Folded::of(typed).words().next().unwrap_or_default().to_owned();
            Word {
                typed,
                folded: Zeroizing::new(folded),
                is_cut: text[end..].starts_with('.'),
            }
        };
        let words: Vec<Word<'t>> = words(text).map(word).collect();
        let mut index = Vec::new();
        for (at, word) in words.iter().enumerate() {
            index.push((word.folded.clone(), at));
            if let Some(plain) = word.folded.strip_suffix('s') {
                index.push((Zeroizing::new(plain.to_owned()), at));
            }
        }
        index.sort_by(|a, b| (a.0.as_str(), a.1).cmp(&(b.0.as_str(), b.1)));
        Looked { words, index }
    }

    /// The places in the text where a name stands.
    pub fn named(&self, name: &Sought) -> Vec<String> {
        let places: Vec<Vec<usize>> = name.words.iter().map(|word| self.places(word)).collect();
        let mut spots = self.whole(name, &places);
        spots.extend(self.alone(name));
        for (one, other) in &name.pairs {
            spots.extend(self.pair(name, &places, (*one, *other)));
        }
        spots.extend(self.grown(name));
        spots.extend(self.shortened(name, &places));
        spots.sort_unstable();
        spots.dedup();
        let typed = |(from, to): (usize, usize)| {
            let words: Vec<&str> = self.words[from..=to].iter().map(|word| word.typed).collect();
            words.join(" ")
        };
        spots.into_iter().map(typed).collect()
    }

    fn places(&self, word: &str) -> Vec<usize> {
        let from = self.index.partition_point(|(one, _)| one.as_str() < word);
        let same = self.index[from..].iter().take_while(|(one, _)| one.as_str() == word);
        same.map(|(_, at)| *at).collect()
    }

    /// Whether a word is that of the name itself, not its genitive.
    fn is_exact(&self, name: &Sought, word: usize, at: usize) -> bool {
        self.words[at].folded == name.words[word]
    }

    /// All its words one after the other, the last perhaps in the genitive. A name of one word counts where it is written
    /// with a capital: Berg is a home, a berg is none.
    fn whole(&self, name: &Sought, places: &[Vec<usize>]) -> Vec<(usize, usize)> {
        let length = name.words.len();
        let Some(first) = places.first() else {
            return Vec::new();
        };
        let is_whole = |at: &&usize| {
            let follows = |word: usize| {
                let there = *at + word;
                places[word].contains(&there) && (word + 1 == length || self.is_exact(name, word, there))
            };
            let is_name = length > 1 || (name.words[0].len() >= SHORTEST && self.words[**at].is_capital());
            is_name && (0..length).all(follows)
        };
        first
            .iter()
            .filter(is_whole)
            .map(|at| (*at, *at + length - 1))
            .collect()
    }

    /// A home's own name.
    fn alone(&self, name: &Sought) -> Vec<(usize, usize)> {
        let Some(own) = name.own.as_ref().filter(|own| own.chars().count() >= SHORTEST) else {
            return Vec::new();
        };
        let capital = self.places(own).into_iter().filter(|at| self.words[*at].is_capital());
        capital.map(|at| (at, at)).collect()
    }

    /// Two of a person's words beside each other, in either order, or with another name or an initial between.
    fn pair(&self, name: &Sought, places: &[Vec<usize>], (one, other): (usize, usize)) -> Vec<(usize, usize)> {
        let mut spots = Vec::new();
        for (a, b) in places[one]
            .iter()
            .flat_map(|a| places[other].iter().map(move |b| (*a, *b)))
        {
            let (from, to) = (a.min(b), a.max(b));
            let (first, last) = (&self.words[from], &self.words[to]);
            let is_capital = first.is_capital() && last.is_capital();
            let is_long = first.letters() >= PLAIN && last.letters() >= PLAIN;
            let is_turned = a > b;
            // Sara Öhmans and Öhmans Sara; but Saras Öhman is somebody's own.
            let is_genitive = !is_turned && !self.is_exact(name, one, a);
            let fits = match to - from {
                1 => is_capital || is_long,
                2 => is_capital && self.words[from + 1].is_capital(),
                _ => false,
            };
            if fits && !is_genitive {
                spots.push((from, to));
            }
        }
        spots
    }

    /// A name whose words have grown together, as in an address, a file's name or after a lost space: `SaraÖhman`,
    /// `saraohman`. One that only begins with a capital is another name: Sten Berg is no Stenberg.
    fn grown(&self, name: &Sought) -> Vec<(usize, usize)> {
        let mut spots = Vec::new();
        for (one, other) in &name.pairs {
            for (first, second) in [(one, other), (other, one)] {
                let whole = format!("{}{}", name.words[*first].as_str(), name.words[*second].as_str());
                let whole = Zeroizing::new(whole);
                let Some(folded) = Folded::of(&whole)
                    .words()
                    .next()
                    .map(|word| Zeroizing::new(word.to_owned()))
                else {
                    continue;
                };
                if folded.chars().count() < GROWN {
                    continue;
                }
                let is_grown = |at: &usize| {
                    let typed = self.words[*at].typed;
                    let capitals = typed.chars().skip(1).filter(|c| c.is_uppercase()).count();
                    capitals > 0 || !self.words[*at].is_capital()
                };
                spots.extend(self.places(&folded).into_iter().filter(is_grown).map(|at| (at, at)));
            }
        }
        spots
    }

    /// The given name shortened to its first letter and a point: `S. Öhman`.
    fn shortened(&self, name: &Sought, places: &[Vec<usize>]) -> Vec<(usize, usize)> {
        let Some((given, surname)) = name.pairs.first() else {
            return Vec::new();
        };
        if name.words[*surname].chars().count() < SHORTEST {
            return Vec::new();
        }
        let initial = name.words[*given].chars().next();
        let is_initial = |at: &usize| {
            let Some(before) = at.checked_sub(1).map(|at| &self.words[at]) else {
                return false;
            };
            let is_letter = before.letters() == 1 && before.is_cut && before.is_capital();
            is_letter && before.folded.chars().next() == initial && self.words[*at].is_capital()
        };
        places[*surname]
            .iter()
            .copied()
            .filter(is_initial)
            .map(|at| (at - 1, at))
            .collect()
    }
}

/// A text as it is looked through. Something unseen may lie within a word (a soft hyphen) or between two (a space
/// without width); a word may be parted at the end of a line, or have its letters apart: a text with such is read both
/// ways.
pub fn readings(text: &str) -> Vec<Zeroizing<String>> {
    let mut readings = vec![composed(text)];
    if text.contains(is_unseen) {
        let parted = Zeroizing::new(text.replace(is_unseen, " "));
        readings.push(composed(&parted));
    }
    let joined = letters_joined(&lines_joined(&readings[0]));
    if *joined != *readings[0] {
        readings.push(joined);
    }
    readings
}

/// Words that a hyphen parts at the end of a line made whole.
fn lines_joined(text: &str) -> Zeroizing<String> {
    let mut lines = text.split('\n');
    let mut whole = Zeroizing::new(lines.next().unwrap_or_default().to_owned());
    for line in lines {
        match whole.trim_end().strip_suffix(['-', '\u{2010}']).map(str::len) {
            Some(length) => {
                whole.truncate(length);
                whole.push_str(line.trim_start());
            }
            None => {
                whole.push('\n');
                whole.push_str(line);
            }
        }
    }
    whole
}

/// Words whose letters stand apart (`S a r a`) made whole.
fn letters_joined(text: &str) -> Zeroizing<String> {
    let mut whole = Zeroizing::new(String::with_capacity(text.len()));
    let mut run: Vec<&str> = Vec::new();
    let end = |run: &mut Vec<&str>, whole: &mut String| {
        whole.push_str(&run.join(if run.len() >= SHORTEST { "" } else { " " }));
        run.clear();
    };
    for (at, part) in text.split(' ').enumerate() {
        let is_letter = part.chars().count() == 1 && part.chars().all(char::is_alphabetic);
        if is_letter && !run.is_empty() {
            run.push(part);
            continue;
        }
        end(&mut run, &mut whole);
        if at > 0 {
            whole.push(' ');
        }
        if is_letter {
            run.push(part);
        } else {
            whole.push_str(part);
        }
    }
    end(&mut run, &mut whole);
    whole
}

#[cfg(test)]
mod tests;
