//! What a page's handler answers with.

use crate::error::{Error, Result};
use crate::web::Language;
use actix_web::HttpResponse;
use actix_web::http::{StatusCode, header};
use askama::Template;

/// What a page may load and do: our own stylesheet and pictures, and forms to ourselves. No script may run on it, nor
/// connect to anywhere.
const CONTENT: &str = "default-src 'none'; script-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'; \
                       base-uri 'none'; frame-ancestors 'none'";
/// The same of a page with a script of ours, which may send to ourselves and show what was chosen (`blob:`).
const SCRIPTED: &str = "default-src 'none'; script-src 'self'; connect-src 'self'; style-src 'self'; img-src 'self' \
                        blob:; form-action 'self'; base-uri 'none'; frame-ancestors 'none'";

/// A page.
///
/// # Errors
/// [`Error::Fault`] when it cannot be written.
pub fn page(status: StatusCode, content: &impl Template) -> Result<HttpResponse> {
    held_to(CONTENT, status, content)
}

/// A page whose frame has scripts.
///
/// # Errors
/// As [`page`].
pub fn scripted(status: StatusCode, content: &impl Template) -> Result<HttpResponse> {
    held_to(SCRIPTED, status, content)
}

fn held_to(policy: &'static str, status: StatusCode, content: &impl Template) -> Result<HttpResponse> {
    let body = content.render().map_err(Error::fault)?;
    Ok(HttpResponse::build(status)
        .insert_header((header::CONTENT_TYPE, "text/html; charset=utf-8"))
        .insert_header((header::CONTENT_LANGUAGE, Language::spoken().tag()))
        .insert_header((header::CONTENT_SECURITY_POLICY, policy))
        .insert_header((header::VARY, "Cookie, Origin, Sec-Fetch-Site"))
        .body(body))
}

/// It is done; the page to look at now is this one of ours. Going back or asking again does not do it twice.
pub fn see_other(path: &str) -> HttpResponse {
    HttpResponse::SeeOther()
        .insert_header((header::LOCATION, path))
        .finish()
}

/// A path within the service, as one is sent back to after sign-in; what could lead elsewhere leads to the start.
pub fn own_path(text: &str) -> &str {
    let plain = text.bytes().all(|b| (0x21..0x7f).contains(&b) && b != b'\\');
    let own = text.starts_with('/') && !text.starts_with("//") && plain && text.len() <= 500;
    if own && !text.starts_with("/logga-") { text } else { "/" }
}

/// A text as a value in a query.
pub fn encoded(text: &str) -> String {
    let plain = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'/' | b'-' | b'_' | b'.');
    text.bytes()
        .map(|b| {
            if plain(b) {
                char::from(b).to_string()
            } else {
                format!("%{b:02X}")
            }
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nobody_is_led_away() {
        for own in ["/", "/arenden?unread=true", "/arenden/0199#svar"] {
            assert_eq!(own_path(own), own);
        }
        for away in [
            "",
            "https://example.org/",
            "//example.org",
            "/\\example.org",
            "/a\r\nSet-Cookie: b=c",
            "/\t/example.org",
            "javascript:alert(1)",
            "/logga-ut",
            "/logga-in?tillbaka=/",
            "/å",
        ] {
            assert_eq!(own_path(away), "/", "{away}");
        }
    }
}
