//! Swedish by default, English by choice. The texts lie in one file per language under `texts/`. What is being answered
//! is answered in one language, which the outermost layer chooses; [`say`] speaks it, wherever it is called. A letter
//! is written in its receiver's.

use fluent_templates::fluent_bundle::FluentValue;
use fluent_templates::{LanguageIdentifier, Loader, langid};
use std::borrow::Cow;
use std::collections::HashMap;
use std::sync::LazyLock;

fluent_templates::static_loader! {
    static TEXTS = {
        locales: "./texts",
        fallback_language: "sv",
        // No invisible isolation marks around what is filled in.
        customise: |bundle| bundle.set_use_isolating(false),
    };
}

/// Defines the languages, each by its tag, which names its file of texts, and by what it calls itself.
macro_rules! languages {
    ($($(#[$attribute:meta])* $name:ident = $tag:tt, $own_name:tt;)+) => {
        /// A language the service speaks.
        #[derive(
            Debug, Clone, Copy, PartialEq, Eq, Hash, Default, serde::Serialize, serde::Deserialize, utoipa::ToSchema,
        )]
        pub enum Language {
            $($(#[$attribute])* #[serde(rename = $tag)] $name,)+
        }

        impl Language {
            pub const ALL: [Language; [$($tag),+].len()] = [$(Language::$name),+];

            /// Its tag, such as `sv`.
            pub const fn tag(self) -> &'static str {
                match self { $(Language::$name => $tag),+ }
            }

            /// What it calls itself.
            pub const fn own_name(self) -> &'static str {
                match self { $(Language::$name => $own_name),+ }
            }

            /// All that is said in it.
            const fn source(self) -> &'static str {
                match self { $(Language::$name => include_str!(concat!("../texts/", $tag, ".ftl"))),+ }
            }

            const fn id(self) -> LanguageIdentifier {
                match self { $(Language::$name => langid!($tag)),+ }
            }
        }
    };
}

languages! {
    #[default]
    Swedish = "sv", "Svenska";
    English = "en", "English";
}

tokio::task_local! {
    static SPOKEN: Language;
}

/// How many: `1 kvitto`, `3 kvitton`.
pub fn say_count(key: &'static str, n: usize) -> String {
    let filled = HashMap::from([(Cow::Borrowed("n"), FluentValue::from(n))]);
    let said = TEXTS.try_lookup_with_args(&Language::spoken().id(), key, &filled);
    said.unwrap_or_else(|| key.to_owned())
}

/// Every text as it is said, written once for as long as the program runs: most have nothing to fill in.
static SAID: LazyLock<HashMap<Language, HashMap<&'static str, &'static str>>> = LazyLock::new(|| {
    let said = |language: Language| {
        let text = |key| Some((key, &*TEXTS.try_lookup(&language.id(), key)?.leak()));
        (language, keys(language.source()).filter_map(text).collect())
    };
    Language::ALL.into_iter().map(said).collect()
});

/// The keys of a file of texts.
fn keys(source: &'static str) -> impl Iterator<Item = &'static str> {
    let begun = source
        .lines()
        .filter(|line| line.starts_with(|c: char| c.is_ascii_lowercase()));
    begun.filter_map(|line| line.split_once(" =").map(|(key, _)| key))
}

/// The text of `key` in the language of what is being answered.
pub fn say(key: &'static str) -> &'static str {
    Language::spoken().text(key)
}

/// The same with `name` filled in.
pub fn say_with(key: &'static str, name: &'static str, value: &str) -> String {
    Language::spoken().text_with(key, name, value)
}

impl Language {
    /// The language of what is being answered; Swedish where nobody asked, as in a command.
    pub fn spoken() -> Language {
        SPOKEN.try_with(|language| *language).unwrap_or_default()
    }

    /// Answers in this language: what is said until `answer` is ready.
    pub async fn speak<T>(self, answer: impl Future<Output = T>) -> T {
        SPOKEN.scope(self, answer).await
    }

    /// The same of what is done at once, wherever it runs: a closure on its way to another thread takes its language
    /// along.
    pub fn speak_while<T>(self, answer: impl FnOnce() -> T) -> T {
        SPOKEN.sync_scope(self, answer)
    }

    /// The language of a tag, whatever its case.
    pub fn known(tag: &str) -> Option<Language> {
        Language::ALL
            .into_iter()
            .find(|one| tag.eq_ignore_ascii_case(one.tag()))
    }

    /// The language of a tag as it is kept; Swedish for any other.
    pub fn tagged(tag: &str) -> Language {
        Language::known(tag).unwrap_or_default()
    }

    /// The text of `key`; a key without a text is shown itself (a test finds those).
    pub fn text(self, key: &'static str) -> &'static str {
        self.find(key).unwrap_or(key)
    }

    /// The text of `key`, if there is one.
    pub fn find(self, key: &str) -> Option<&'static str> {
        SAID.get(&self)?.get(key).copied()
    }

    /// The text of `key` with `name` filled in.
    pub fn text_with(self, key: &'static str, name: &'static str, value: &str) -> String {
        self.find_with(key, name, value).unwrap_or_else(|| key.to_owned())
    }

    /// The text of `key` for so many, if there is one.
    pub fn find_count(self, key: &str, n: i64) -> Option<String> {
        let filled = HashMap::from([(Cow::Borrowed("n"), FluentValue::from(n))]);
        TEXTS.try_lookup_with_args(&self.id(), key, &filled)
    }

    /// The text of `key` with `name` filled in, if there is one.
    pub fn find_with(self, key: &str, name: &'static str, value: &str) -> Option<String> {
        let filled = HashMap::from([(Cow::Borrowed(name), FluentValue::from(value))]);
        TEXTS.try_lookup_with_args(&self.id(), key, &filled)
    }
}

#[cfg(test)]
mod tests {
    use super::{Language, keys, say};

    fn sorted(language: Language) -> Vec<&'static str> {
        let mut keys: Vec<&str> = keys(language.source()).collect();
        keys.sort_unstable();
        keys
    }

    #[test]
    fn every_language_says_the_same_things_once() {
        let swedish = sorted(Language::Swedish);
        for language in Language::ALL {
            assert_eq!(swedish, sorted(language), "{}", language.tag());
        }
        for pair in swedish.windows(2) {
            assert_ne!(pair[0], pair[1], "said twice");
        }
    }

    #[test]
    fn what_is_said_is_said_in_the_language_of_the_answer() {
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        let said = |language: Language| runtime.block_on(language.speak(async { say("problem-not-found") }));
        assert_eq!(
            (said(Language::English), say("problem-not-found")),
            ("Not found", said(Language::Swedish))
        );
    }
}
