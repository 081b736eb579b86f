//! In which language a request is answered.

use super::page::cookie;
use crate::language::Language;
use actix_web::HttpRequest;
use actix_web::http::header::ACCEPT_LANGUAGE;

impl Language {
    /// What someone who looks at pages has chosen; Swedish until then, whatever the browser would like.
    pub fn chosen(request: &HttpRequest) -> Language {
        cookie::value(request, cookie::LANGUAGE).map_or_else(Language::default, |tag| Language::tagged(&tag))
    }

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
        let ours = |range: &str| Language::known(range.split('-').next().unwrap_or_default().trim());
        let weighed = header.split(',').filter_map(|part| {
            let (range, weight) = part.split_once(";q=").unwrap_or((part, "1"));
            Some((
                ours(range)?,
                weight.trim().parse::<f32>().ok().filter(|weight| *weight > 0.0)?,
            ))
        });
        let best = weighed.reduce(|best, next| if next.1 > best.1 { next } else { best });
        best.map_or_else(Language::default, |(language, _)| language)
    }
}

#[cfg(test)]
mod tests {
    use crate::language::Language;

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
