//! Swedish by default, English by choice. The texts lie in one file per language under `texts/`.

use actix_web::HttpRequest;
use actix_web::http::header::ACCEPT_LANGUAGE;
use fluent_templates::fluent_bundle::FluentValue;
use fluent_templates::{LanguageIdentifier, Loader, langid};
use std::borrow::Cow;
use std::collections::HashMap;

fluent_templates::static_loader! {
    static TEXTS = {
        locales: "./texts",
        fallback_language: "sv",
        // No invisible isolation marks around what is filled in.
        customise: |bundle| bundle.set_use_isolating(false),
    };
}

static SWEDISH: LanguageIdentifier = langid!("sv");
static ENGLISH: LanguageIdentifier = langid!("en");

/// A language the service speaks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, serde::Serialize, serde::Deserialize, utoipa::ToSchema)]
pub enum Language {
    #[default]
    #[serde(rename = "sv")]
    Swedish,
    #[serde(rename = "en")]
    English,
}

impl Language {
    /// The first of ours that the request's `Accept-Language` names, by its weights; else Swedish.
    pub fn of(request: &HttpRequest) -> Language {
        let header = request
            .headers()
            .get(ACCEPT_LANGUAGE)
            .and_then(|value| value.to_str().ok())
            .unwrap_or_default();
        Language::accepted(header)
    }

    fn accepted(header: &str) -> Language {
        let ours = |range: &str| match range.split('-').next().unwrap_or_default().trim() {
            tag if tag.eq_ignore_ascii_case("sv") => Some(Language::Swedish),
            tag if tag.eq_ignore_ascii_case("en") => Some(Language::English),
            _ => None,
        };
        let weighed = header.split(',').filter_map(|part| {
            let (range, weight) = part.split_once(";q=").unwrap_or((part, "1"));
            Some((
                ours(range)?,
                weight.trim().parse::<f32>().ok().filter(|weight| *weight > 0.0)?,
            ))
        });
        let best = weighed.reduce(|best, next| if next.1 > best.1 { next } else { best });
        best.map_or(Language::Swedish, |(language, _)| language)
    }

    /// The language of a tag as it is kept; Swedish for any other.
    pub fn tagged(tag: &str) -> Language {
        if tag == "en" {
            Language::English
        } else {
            Language::Swedish
        }
    }

    /// `sv` or `en`.
    pub const fn tag(self) -> &'static str {
        match self {
            Language::Swedish => "sv",
            Language::English => "en",
        }
    }

    /// The text of `key`; a key without a text is shown itself (a test finds those).
    pub fn text(self, key: &str) -> String {
        TEXTS.try_lookup(self.id(), key).unwrap_or_else(|| key.to_owned())
    }

    /// The text of `key` with `name` filled in.
    pub fn text_with(self, key: &str, name: &'static str, value: &str) -> String {
        self.find_with(key, name, value).unwrap_or_else(|| key.to_owned())
    }

    /// The text of `key` with `name` filled in, if there is one.
    pub fn find_with(self, key: &str, name: &'static str, value: &str) -> Option<String> {
        let filled = HashMap::from([(Cow::Borrowed(name), FluentValue::from(value))]);
        TEXTS.try_lookup_with_args(self.id(), key, &filled)
    }

    fn id(self) -> &'static LanguageIdentifier {
        match self {
            Language::Swedish => &SWEDISH,
            Language::English => &ENGLISH,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Language;

    #[test]
    fn every_language_says_the_same_things_once() {
        let keys = |text: &str| -> Vec<String> {
            let lines = text
                .lines()
                .filter(|line| line.starts_with(|c: char| c.is_ascii_lowercase()));
            let mut keys: Vec<String> = lines
                .map(|line| line.split(" =").next().unwrap_or_default().into())
                .collect();
            keys.sort();
            keys
        };
        let swedish = keys(include_str!("../../texts/sv.ftl"));
        assert_eq!(swedish, keys(include_str!("../../texts/en.ftl")));
        for pair in swedish.windows(2) {
            assert_ne!(pair[0], pair[1], "said twice");
        }
    }

    #[test]
    fn the_header_chooses() {
        for (header, language) in [
            ("", Language::Swedish),
            ("en", Language::English),
            ("de, en-GB;q=0.8, sv;q=0.7", Language::English),
            ("sv-SE,sv;q=0.9,en;q=0.8", Language::Swedish),
            ("en;q=0, fi", Language::Swedish),
            ("en;q=NaN, ;;;", Language::Swedish),
        ] {
            assert_eq!(Language::accepted(header), language, "{header}");
        }
        assert_eq!(Language::English.text("problem-not-found"), "Not found");
        assert_ne!(Language::Swedish.text("problem-not-found"), "problem-not-found");
    }
}
