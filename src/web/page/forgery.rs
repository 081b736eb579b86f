//! No form of ours is sent by another site. First the browser says where a form comes from, and only our own pages will
//! do; then the form must bear a token made from the secret of its session's cookie, which nobody else can make. Both
//! are asked before a byte of the form is looked at. (SES-04; the order is OWASP's.)

use super::cookie;
use crate::access::Origin;
use crate::app::App;
use crate::error::{Error, Result};
use crate::secret::{Secret, fresh_token, random};
use crate::web::origin_of;
use actix_web::http::header::{self, HeaderName};
use actix_web::{HttpRequest, web};
use aws_lc_rs::hmac;
use std::fmt;
use std::net::IpAddr;

/// The form field that bears the token.
pub const FIELD: &str = "csrf";
const SALT: usize = 16;
/// Told apart from anything else that is ever made from the same secret.
const PURPOSE: &[u8] = b"famn form v1";
const SEC_FETCH_SITE: HeaderName = HeaderName::from_static("sec-fetch-site");

/// The secret a page's forms are bound to: that of the session's cookie, before sign-in that of a cookie of its own.
#[derive(Debug, Clone)]
pub struct Guard {
    secret: Secret<String>,
    before: bool,
}

/// A form's token, as a hidden field.
#[derive(Debug, Clone, Default)]
pub struct Token(String);

/// A request whose form came from one of our own pages. There is no other way to one than [`super::Form`] and
/// [`super::Upload`], and no other way for a form's handler to an [`crate::access::Actor`] than this.
#[derive(Debug)]
pub struct Checked {
    guard: Guard,
    origin: Origin,
    agent: String,
}

impl Guard {
    /// Of the cookies a request bears.
    pub fn of(request: &HttpRequest) -> Option<Guard> {
        let of = |name, before| {
            cookie::value(request, name).map(|value| Guard {
                secret: Secret::new(value),
                before,
            })
        };
        of(cookie::SESSION, false).or_else(|| of(cookie::BEFORE, true))
    }

    /// Of a session that has just begun.
    pub const fn of_session(cookie: Secret<String>) -> Guard {
        Guard {
            secret: cookie,
            before: false,
        }
    }

    /// For a browser that bears no cookie of ours; it is to be set with the answer.
    pub fn fresh() -> Guard {
        Guard {
            secret: fresh_token().0,
            before: true,
        }
    }

    /// The cookie's value, where it is one of a session.
    pub fn session(&self) -> Option<&Secret<String>> {
        (!self.before).then_some(&self.secret)
    }

    /// The cookie that bears the secret.
    pub fn cookie(&self) -> actix_web::cookie::Cookie<'static> {
        cookie::set(
            if self.before { cookie::BEFORE } else { cookie::SESSION },
            self.secret.expose().clone(),
        )
    }

    /// A token for one page; no two are alike.
    pub fn token(&self) -> Token {
        let salt: [u8; SALT] = random();
        let tag = hmac::sign(&self.key(), &[PURPOSE, &salt].concat());
        Token(hex::encode([&salt[..], tag.as_ref()].concat()))
    }

    fn key(&self) -> hmac::Key {
        hmac::Key::new(hmac::HMAC_SHA256, self.secret.expose().as_bytes())
    }

    fn admits(&self, token: &str) -> bool {
        let Ok(bytes) = hex::decode(token) else { return false };
        let fits = |(salt, tag): (&[u8], &[u8])| hmac::verify(&self.key(), &[PURPOSE, salt].concat(), tag).is_ok();
        bytes.split_at_checked(SALT).is_some_and(fits)
    }
}

impl fmt::Display for Token {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, r#"<input type="hidden" name="{FIELD}" value="{}">"#, self.0)
    }
}
// Hexadecimal digits and nothing else.
impl askama::filters::HtmlSafe for Token {}

impl Checked {
    /// What the forms of the answer are bound to.
    pub fn guard(&self) -> &Guard {
        &self.guard
    }
    /// Where the request came from, for the log.
    pub const fn origin(&self) -> Origin {
        self.origin
    }
    /// What the browser says of itself; anything may stand there.
    pub fn agent(&self) -> &str {
        &self.agent
    }
}

/// A request that came from one of our own pages, whose form has yet to show its token.
pub(super) struct Own {
    guard: Guard,
    origin: Origin,
    agent: String,
}

impl Own {
    /// # Errors
    /// [`Error::Forged`] when it came from anywhere else, or does not say, or bears no cookie of ours.
    pub(super) fn from(request: &HttpRequest) -> Result<Own> {
        if !came_from_us(request) {
            return Err(Error::Forged);
        }
        Ok(Own {
            guard: Guard::of(request).ok_or(Error::Forged)?,
            origin: origin_of(request),
            agent: request
                .headers()
                .get(header::USER_AGENT)
                .and_then(|agent| agent.to_str().ok())
                .unwrap_or_default()
                .to_owned(),
        })
    }

    /// # Errors
    /// [`Error::Forged`] for a token that is none of this session's.
    pub(super) fn with(self, token: &str) -> Result<Checked> {
        if self.guard.admits(token) {
            Ok(Checked {
                guard: self.guard,
                origin: self.origin,
                agent: self.agent,
            })
        } else {
            Err(Error::Forged)
        }
    }
}

/// Whether the browser says that one of our own pages sent this. A browser that says nothing is not believed.
fn came_from_us(request: &HttpRequest) -> bool {
    let said = |name: HeaderName| -> Vec<&str> {
        let values = request.headers().get_all(name);
        values.map(|value| value.to_str().unwrap_or("?")).collect()
    };
    match said(SEC_FETCH_SITE)[..] {
        [] => matches!(said(header::ORIGIN)[..], [origin] if is_ours(request, origin)),
        [one] => one == "same-origin",
        _ => false,
    }
}

fn is_ours(request: &HttpRequest, origin: &str) -> bool {
    let Some(app) = request.app_data::<web::Data<App>>() else {
        return false;
    };
    origin == app.config.server.public_url || (app.is_demo() && is_loopback_itself(request, origin))
}

/// The demo answers on a loopback address by whatever name it is called.
fn is_loopback_itself(request: &HttpRequest, origin: &str) -> bool {
    let host = request
        .headers()
        .get(header::HOST)
        .and_then(|host| host.to_str().ok())
        .unwrap_or_default();
    let name = host
        .rsplit_once(':')
        .filter(|(_, port)| !port.contains(']'))
        .map_or(host, |(name, _)| name);
    let loopback = name == "localhost"
        || name
            .trim_matches(['[', ']'])
            .parse::<IpAddr>()
            .is_ok_and(|ip| ip.is_loopback());
    loopback && origin.strip_prefix("http://") == Some(host)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn value(token: &Token) -> &str {
        &token.0
    }

    #[test]
    fn a_token_holds_for_its_own_session_only() {
        let (mine, theirs) = (Guard::fresh(), Guard::fresh());
        let token = mine.token();
        assert!(mine.admits(value(&token)));
        assert!(!theirs.admits(value(&token)));
        assert_ne!(value(&token), value(&mine.token()), "no two are alike");
        for wrong in [
            "",
            "00",
            &"0".repeat(96),
            &value(&token)[1..],
            &format!("{}00", value(&token)),
            "åäö",
        ] {
            assert!(!mine.admits(wrong), "{wrong}");
        }
    }

    #[test]
    fn the_cookie_is_for_this_host_alone() {
        let set = Guard::fresh().cookie().to_string();
        assert!(set.starts_with("__Host-pre="), "{set}");
        for flag in ["HttpOnly", "SameSite=Strict", "Secure", "Path=/"] {
            assert!(set.contains(flag), "{flag} in {set}");
        }
        assert!(!set.contains("Domain"));
        assert!(cookie::removed(cookie::SESSION).to_string().contains("Max-Age=0"));
    }
}
