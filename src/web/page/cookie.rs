//! The three cookies there are. Two are random and opaque, the third is a choice of language; all are for this host
//! alone (`__Host-`), for HTTPS (or a loopback address) alone, out of reach of scripts, and sent with requests from our
//! own pages alone.

use crate::web::Language;
use actix_web::HttpRequest;
use actix_web::cookie::time::Duration;
use actix_web::cookie::{Cookie, SameSite};

/// Names a session; kept of it is a hash.
pub const SESSION: &str = "__Host-sid";
/// Binds the sign-in form to a browser that nobody has signed in from yet.
pub const BEFORE: &str = "__Host-pre";
/// The language of the pages: `sv` or `en`.
pub const LANGUAGE: &str = "__Host-lang";

/// A cookie that lasts until the browser is closed.
pub fn set(name: &'static str, value: String) -> Cookie<'static> {
    Cookie::build(name, value)
        .path("/")
        .secure(true)
        .http_only(true)
        .same_site(SameSite::Strict)
        .finish()
}

/// Remembers a choice of language for a year.
pub fn spoken(language: Language) -> Cookie<'static> {
    let mut kept = set(LANGUAGE, language.tag().to_owned());
    kept.set_max_age(Duration::days(365));
    kept
}

/// Takes a cookie away.
pub fn removed(name: &'static str) -> Cookie<'static> {
    let mut gone = set(name, String::new());
    gone.make_removal();
    gone
}

/// A cookie's value as it was sent.
pub fn value(request: &HttpRequest, name: &str) -> Option<String> {
    request
        .cookie(name)
        .map(|cookie| cookie.value().to_owned())
        .filter(|value| !value.is_empty())
}
