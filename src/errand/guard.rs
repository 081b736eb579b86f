//! The wrong-home guard: before what staff writes reaches a home, the names and personnummer of the board's other
//! homes, their members and children are looked for in it. A hit stops it until the sender has seen what was found and
//! says that it is meant. It keeps nothing: names are opened for each look, and what was found is told to the sender
//! alone.

use crate::access::policy::Relation;
use crate::access::{Access, Happening};
use crate::audit::Action;
use crate::error::{Error, Result, Words};
use crate::file::FreeFiles;
use crate::home::{Looked, NamesMark, readings};
use crate::id::{ErrandId, HomeId};
use crate::secret::SecretText;
use crate::typed::personal_numbers_in;
use std::collections::BTreeSet;
use std::sync::Arc;

/// Where something is to be sent.
pub(super) struct Recipient {
    pub home: HomeId,
    /// `None` for what starts one.
    pub errand: Option<ErrandId>,
    pub relation: Relation,
    /// What a refusal is logged as.
    pub action: Action,
}

/// What was found in some texts to a home, and as of when.
struct Finding {
    home: HomeId,
    texts: Vec<SecretText>,
    mark: NamesMark,
    found: BTreeSet<String>,
    /// Whose names they are.
    homes: Vec<HomeId>,
}

impl Finding {
    fn is_of(&self, home: HomeId, texts: &[SecretText]) -> bool {
        let alike = |(one, other): (&SecretText, &SecretText)| one.expose() == other.expose();
        self.home == home && self.texts.len() == texts.len() && self.texts.iter().zip(texts).all(alike)
    }
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
        let texts = texts.iter().copied().chain(&names).cloned().collect();
        let looked = self.looked(to.home, texts)?;
        let (found, homes) = (&looked.found, &looked.homes);
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
            return Err(Error::OtherHome(Words(found.iter().cloned().collect())));
        }
        self.log(at(Happening::write(Action::MessageConfirm, to.relation)).count(found.len() as u64));
        Ok(())
    }

    /// What is found in the texts: looked for before this act where it would hold others up, and anew if what the board's
    /// people are called has changed since.
    fn looked(self, home: HomeId, texts: Vec<SecretText>) -> Result<Arc<Finding>> {
        if let Some(before) = self.foreseen::<Finding>()
            && before.is_of(home, &texts)
            && before.mark == self.names_mark()?
        {
            return Ok(before);
        }
        let again = texts.clone();
        match self.look_first(move |access| access.look_for_others(home, again)) {
            Some(first) => Err(first),
            None => self.look_for_others(home, texts).map(Arc::new),
        }
    }

    fn look_for_others(self, home: HomeId, texts: Vec<SecretText>) -> Result<Finding> {
        let mark = self.names_mark()?;
        let (found, homes) = self.found_of_others(home, texts.iter())?;
        Ok(Finding {
            home,
            texts,
            mark,
            found,
            homes,
        })
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
                let looked = Looked::of(&text);
                for (of, name) in &names {
                    let here = looked.named(name);
                    homes.extend((!here.is_empty()).then_some(*of));
                    found.extend(here);
                }
                for (typed, number) in personal_numbers_in(&text, self.now().day()) {
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
