//! The two cookies there are. Both are random and opaque, for this host alone (`__Host-`), for HTTPS (or a loopback
//! address) alone, out of reach of scripts, and sent with requests from our own pages alone.

use actix_web::HttpRequest;
use actix_web::cookie::{Cookie, SameSite};

/// Names a session; kept of it is a hash.
pub const SESSION: &str = "__Host-sid";
/// Binds the sign-in form to a browser that nobody has signed in from yet.
pub const BEFORE: &str = "__Host-pre";

/// A cookie that lasts until the browser is closed.
pub fn set(name: &'static str, value: String) -> Cookie<'static> {
    Cookie::build(name, value)
        .path("/")
        .secure(true)
        .http_only(true)
        .same_site(SameSite::Strict)
        .finish()
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
