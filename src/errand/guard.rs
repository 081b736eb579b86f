//! The wrong-home guard: before what staff writes reaches a home, the names and personnummer of the board's other
//! homes, their members and children are looked for in it. A hit stops it until the sender has seen what was found and
//! says that it is meant. It keeps nothing: names are opened for each look, and what was found is told to the sender
//! alone.

use crate::access::policy::Relation;
use crate::access::{Access, Happening};
use crate::audit::Action;
use crate::crypt::normal_personal_number;
use crate::error::{Error, Result, Words};
use crate::file::FreeFiles;
use crate::home::{self, Folded, composed, is_unseen};
use crate::id::{ErrandId, HomeId};
use crate::secret::SecretText;
use std::collections::BTreeSet;
use zeroize::Zeroizing;

/// Letters of the shortest single word that is taken for a home's name.
const SHORTEST: usize = 3;

/// Where something is to be sent.
pub(super) struct Recipient {
    pub home: HomeId,
    /// `None` for what starts one.
    pub errand: Option<ErrandId>,
    pub relation: Relation,
    /// What a refusal is logged as.
    pub action: Action,
}

/// A word of a text, as it stands there and as it is compared.
struct Word<'t> {
    typed: &'t str,
    folded: Folded,
}

impl Access<'_> {
    /// Lets a message of staff pass that names nobody of another home, or whose sender has said that it is meant.
    ///
    /// # Errors
    /// [`Error::OtherHome`] with what was found.
    pub(super) fn guard(
        self,
        to: &Recipient,
        (texts, files): (&[&SecretText], &FreeFiles),
        confirmed: &[SecretText],
    ) -> Result<()> {
        let names = self.file_names(files)?;
        let (found, homes) = self.found_of_others(to.home, texts.iter().copied().chain(&names))?;
        if found.is_empty() {
            return Ok(());
        }
        let at = |event: Happening| {
            // Whose names they are it does not say, but that someone of them is protected.
            let event = event.home(Some(to.home)).among(homes.iter().copied());
            let event = event.reason("other_home");
            match to.errand {
                Some(errand) => event.errand(errand),
                None => event,
            }
        };
        // What was not shown is not confirmed: a name that came in with the yes is asked for anew.
        let is_meant = |word: &String| confirmed.iter().any(|seen| seen.expose() == word);
        if !found.iter().all(is_meant) {
            self.log(at(Happening::denied(to.action)));
            return Err(Error::OtherHome(Words(found.into_iter().collect())));
        }
        self.log(at(Happening::write(Action::MessageConfirm, to.relation)).count(found.len() as u64));
        Ok(())
    }

    /// What of the texts is a name or number of someone who belongs to another home than this, and to which.
    fn found_of_others<'t>(
        self,
        home: HomeId,
        texts: impl Iterator<Item = &'t SecretText>,
    ) -> Result<(BTreeSet<String>, Vec<HomeId>)> {
        let names = self.names_elsewhere(home)?;
        let (mut found, mut homes) = (BTreeSet::new(), Vec::new());
        for text in texts {
            for text in readings(text.expose()) {
                let words = words(&text);
                for (of, name) in &names {
                    let here = named(&words, name);
                    homes.extend((!here.is_empty()).then_some(*of));
                    found.extend(here);
                }
                for (typed, number) in numbers(&text, self.now().day()) {
                    if let Some(of) = self.numbered_elsewhere(home, &number)? {
                        found.insert(typed);
                        homes.extend(of);
                    }
                }
            }
        }
        // Öhman is said already where Sara Öhman is.
        let is_part = |word: &String| found.iter().any(|other| other != word && other.contains(word.as_str()));
        Ok((found.iter().filter(|word| !is_part(word)).cloned().collect(), homes))
    }
}

/// A text as it is looked through. Something unseen may lie within a word (a soft hyphen) or between two (a space
/// without width): a text with such is read both ways.
fn readings(text: &str) -> Vec<Zeroizing<String>> {
    let mut readings = vec![composed(text)];
    if text.contains(is_unseen) {
        let parted = Zeroizing::new(text.replace(is_unseen, " "));
        readings.push(composed(&parted));
    }
    readings
}

fn words(composed: &str) -> Vec<Word<'_>> {
    home::words(composed)
        .map(|typed| Word {
            typed,
            folded: Folded::of(typed),
        })
        .collect()
}

/// The places in a text where a name stands, also in the genitive. A name of one word counts where it is written with a
/// capital: Berg is a home, a berg is none.
fn named(words: &[Word<'_>], name: &Folded) -> Vec<String> {
    let length = name.words().count();
    if length == 0 || (length == 1 && name.words().all(|word| word.len() < SHORTEST)) {
        return Vec::new();
    }
    let is_name = |here: &&[Word<'_>]| {
        let alike = here.iter().zip(name.words()).enumerate().all(|(i, (word, part))| {
            let last = i + 1 == length;
            word.folded
                .words()
                .next()
                .is_some_and(|word| word == part || (last && word.strip_suffix('s') == Some(part)))
        });
        let is_capital = || {
            here[0]
                .typed
                .chars()
                .find(|c| c.is_alphanumeric())
                .is_some_and(char::is_uppercase)
        };
        alike && (length > 1 || is_capital())
    };
    let typed = |here: &[Word<'_>]| here.iter().map(|word| word.typed).collect::<Vec<_>>().join(" ");
    words.windows(length).filter(is_name).map(typed).collect()
}

/// The personnummer and samordningsnummer in a text, as typed and in their normal form; a space or hyphen may part
/// them.
fn numbers(text: &str, today: crate::clock::Day) -> Vec<(String, String)> {
    let parts: Vec<&str> = text
        .split(|c: char| !(c.is_ascii_digit() || c == '-' || c == '+'))
        .map(|part| part.trim_matches('-'))
        .filter(|part| !part.is_empty())
        .collect();
    let pairs = parts.windows(2).map(|pair| format!("{}-{}", pair[0], pair[1]));
    let alone = parts.iter().map(|part| (*part).to_owned());
    alone
        .chain(pairs)
        .filter_map(|typed| Some((typed.clone(), normal_personal_number(&typed, today)?)))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::{Folded, named, numbers, readings, words};
    use crate::clock::Clock;

    #[test]
    fn a_name_is_found_where_it_stands() {
        for (text, name, found) in [
            ("Hälsa Anna Berg så gott", "Anna Berg", &["Anna Berg"][..]),
            ("anna bergs telefon", "Anna Berg", &["anna bergs"]),
            ("Anna och Berg", "Anna Berg", &[]),
            ("Öhmans bil", "Öhman", &["Öhmans"]),
            ("på ett berg, hos Berg", "Berg", &["Berg"]),
            ("Bergman ringde", "Berg", &[]),
            ("Ek", "Ek", &[]),
            ("Karl Carlsson", "Carl Karlson", &["Karl Carlsson"]),
            ("anna_berg.pdf", "Anna Berg", &["anna berg"]),
        ] {
            assert_eq!(named(&words(text), &Folded::of(name)), found, "{name} in {text}");
        }
    }

    #[test]
    fn a_name_is_found_whatever_is_not_seen_in_it() {
        let unseen = ["", "\u{ad}", "\u{200b}", "\u{200c}", "\u{200d}", "\u{2060}", "\u{feff}"];
        for unseen in unseen {
            for text in [
                format!("Vid O{unseen}\u{308}hman ikväll"),
                format!("Ö{unseen}hman.png"),
                format!("{unseen}Öhman{unseen}s bil"),
                format!("hos{unseen} Öhman"),
                format!("\u{301}Öh{unseen}man"),
            ] {
                let found = readings(&text)
                    .iter()
                    .any(|text| !named(&words(text), &Folded::of("Öhman")).is_empty());
                assert!(found, "{text:?}");
            }
        }
        let apart = readings("Sara\u{200b}Öhman");
        assert!(
            apart
                .iter()
                .any(|text| named(&words(text), &Folded::of("Sara Öhman")) == ["Sara Öhman"])
        );
        let today = Clock::system().now().day();
        let within = readings("2015\u{200b}0310-2384");
        assert!(within.iter().any(|text| !numbers(text, today).is_empty()));
    }

    #[test]
    fn a_number_is_found_in_any_of_its_forms() {
        let today = Clock::system().now().day();
        for text in [
            "20150310-2384",
            "nr 201503102384.",
            "150310-2384",
            "20150310 2384",
            "(150310 2384)",
        ] {
            let found = numbers(text, today);
            assert!(
                found.iter().any(|(_, normal)| normal == "201503102384"),
                "{text}: {found:?}"
            );
        }
        assert!(numbers("kl 10-12 den 2015-03-10, 2 500 kr, 0243-660 00", today).is_empty());
    }
}
