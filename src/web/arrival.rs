//! A request's arrival, before anything is looked up for it: from which address it comes, and whether it comes too
//! often. Behind proxies that the settings name, the address is the one they tell of; nobody else is believed.

use super::caller::{TokenRead, named_by_token};
use super::page::cookie;
use crate::access::{Bearer, Origin};
use crate::app::App;
use crate::config::ForwardedHeader;
use crate::error::{Error, Result};
use crate::id::PersonId;
use crate::secret::{Secret, sha256};
use actix_web::http::header::{self, HeaderMap};
use actix_web::{HttpMessage, HttpRequest, web};
use ipnet::IpNet;
use std::net::{IpAddr, SocketAddr};

/// The address a request comes from, once it is known.
#[derive(Debug, Clone, Copy)]
struct Address(Option<IpAddr>);

/// A request that bears a cookie whose session may have ended since it was seen last.
#[derive(Debug)]
pub struct Doubt {
    pub cookie: Secret<String>,
    person: PersonId,
    from: IpAddr,
}

impl Doubt {
    /// Counts the request, now that it was looked up whether the session `stands`.
    ///
    /// # Errors
    /// [`Error::TooMany`].
    pub fn settled(self, app: &App, stands: &Result<()>) -> Result<()> {
        let (cookie, now) = (sha256(self.cookie.expose().as_bytes()), app.clock.now());
        match stands {
            Err(Error::SignIn) => {
                app.pace.forget(&cookie);
                app.pace.stranger(self.from, now)
            }
            _ => {
                app.pace.prove(cookie, self.person, now);
                app.pace.person(self.person, now)
            }
        }
    }
}

/// Notes where a request comes from and counts it against the one who calls. Someone who is signed in is never held
/// up by others at the same address, nor this machine itself. Where it must be looked up first who that is, it is not
/// counted yet.
///
/// # Errors
/// [`Error::TooMany`].
pub fn arrive(request: &HttpRequest) -> Result<Option<Doubt>> {
    let app = request
        .app_data::<web::Data<App>>()
        .ok_or_else(|| Error::fault("no App"))?;
    let server = &app.config.server;
    let peer = request.peer_addr().map(|peer| peer.ip().to_canonical());
    let from = peer.map(|peer| {
        told(
            request.headers(),
            peer,
            &server.trusted_proxies,
            server.forwarded_header,
        )
    });
    request.extensions_mut().insert(Address(from));
    let Some(from) = from.filter(|from| !from.is_loopback()) else {
        return Ok(None);
    };
    let now = app.clock.now();
    if request.headers().contains_key(header::AUTHORIZATION) {
        let named = named_by_token(request);
        request.extensions_mut().insert(TokenRead(named.clone()));
        if let Ok(named) = named {
            return app.pace.person(named.person, now).map(|()| None);
        }
    }
    let cookie = cookie::value(request, cookie::SESSION).map(Secret::new);
    let bearer = |cookie: &Secret<String>| app.pace.bearer(&sha256(cookie.expose().as_bytes()), now);
    match cookie.as_ref().and_then(bearer).zip(cookie) {
        Some((Bearer::Certain(person), _)) => app.pace.person(person, now).map(|()| None),
        Some((Bearer::Doubtful(person), cookie)) => Ok(Some(Doubt { cookie, person, from })),
        None => app.pace.stranger(from, now).map(|()| None),
    }
}

/// Remembers whose session a page's cookie names: the next requests with it count as theirs when they arrive.
pub fn recognised(app: &App, cookie: &Secret<String>, person: PersonId, origin: Origin) {
    if origin.ip.is_some_and(|ip| !ip.is_loopback()) {
        let cookie = sha256(cookie.expose().as_bytes());
        app.pace.prove(cookie, person, app.clock.now());
    }
}

/// Forgets a page's cookie: its session has ended.
pub fn forgotten(app: &App, cookie: &Secret<String>) {
    app.pace.forget(&sha256(cookie.expose().as_bytes()));
}

/// The address a request comes from.
pub(super) fn address_of(request: &HttpRequest) -> Option<IpAddr> {
    match request.extensions().get::<Address>() {
        Some(Address(address)) => *address,
        None => request.peer_addr().map(|peer| peer.ip()),
    }
}

/// The nearest hop that no trusted proxy is: each hop has written down who came to it, the nearest last, so whatever
/// the one who asks has written stands before what is believed.
fn told(headers: &HeaderMap, peer: IpAddr, trusted: &[IpNet], by: ForwardedHeader) -> IpAddr {
    let is_trusted = |address: &IpAddr| trusted.iter().any(|network| network.contains(address));
    if !is_trusted(&peer) {
        return peer;
    }
    let (name, read): (_, fn(&str) -> Option<IpAddr>) = match by {
        ForwardedHeader::XForwardedFor => (header::X_FORWARDED_FOR, address),
        ForwardedHeader::Forwarded => (header::FORWARDED, of_element),
    };
    let lines: Vec<&str> = headers.get_all(name).map(|line| line.to_str().unwrap_or("?")).collect();
    let mut nearest = peer;
    for hop in lines.iter().rev().flat_map(|line| line.rsplit(',')) {
        // What cannot be read ends what is known.
        let Some(hop) = read(hop.trim()) else { break };
        nearest = hop;
        if !is_trusted(&hop) {
            break;
        }
    }
    nearest
}

/// The address in an element of `Forwarded`, such as `for="[2001:db8::1]:4711";proto=https` (RFC 7239, 4).
fn of_element(element: &str) -> Option<IpAddr> {
    let pairs = element.split(';').filter_map(|pair| pair.trim().split_once('='));
    let mut named = pairs.filter(|(name, _)| name.eq_ignore_ascii_case("for"));
    match (named.next(), named.next()) {
        (Some((_, value)), None) => address(value.trim_matches('"')),
        _ => None,
    }
}

/// An address, with or without a port.
fn address(text: &str) -> Option<IpAddr> {
    let bare = text
        .strip_prefix('[')
        .and_then(|rest| rest.strip_suffix(']'))
        .unwrap_or(text);
    let parsed = bare
        .parse()
        .or_else(|_| text.parse::<SocketAddr>().map(|with_port| with_port.ip()));
    parsed.ok().map(|ip: IpAddr| ip.to_canonical())
}

#[cfg(test)]
mod tests {
    use super::*;
    use actix_web::http::header::{HeaderName, HeaderValue};

    const TRUSTED: &str = "10.0.0.0/8";

    fn from(peer: &str, by: ForwardedHeader, lines: &[(&'static str, &str)]) -> String {
        let mut headers = HeaderMap::new();
        for (name, value) in lines {
            headers.append(
                HeaderName::from_static(name),
                HeaderValue::from_str(value).expect("a value"),
            );
        }
        let trusted = [
            TRUSTED.parse().expect("a network"),
            "127.0.0.1/32".parse().expect("a network"),
        ];
        told(&headers, peer.parse().expect("an address"), &trusted, by).to_string()
    }

    #[test]
    fn a_header_from_elsewhere_is_not_believed() {
        for by in [ForwardedHeader::XForwardedFor, ForwardedHeader::Forwarded] {
            let lines = [("x-forwarded-for", "192.0.2.9"), ("forwarded", "for=192.0.2.9")];
            assert_eq!(from("198.51.100.7", by, &lines), "198.51.100.7");
            assert_eq!(from("10.1.2.3", by, &lines), "192.0.2.9");
        }
    }

    #[test]
    fn only_what_trusted_proxies_wrote_counts() {
        let x = |peer, value: &str| from(peer, ForwardedHeader::XForwardedFor, &[("x-forwarded-for", value)]);
        assert_eq!(
            x("10.0.0.1", "6.6.6.6, 192.0.2.9"),
            "192.0.2.9",
            "what stands before was written by who asks"
        );
        assert_eq!(
            x("10.0.0.1", "6.6.6.6, 192.0.2.9, 10.0.0.2"),
            "192.0.2.9",
            "two proxies"
        );
        assert_eq!(x("10.0.0.1", "10.0.0.3, 10.0.0.2"), "10.0.0.3", "someone within");
        assert_eq!(x("10.0.0.1", "192.0.2.9:4711"), "192.0.2.9");
        assert_eq!(x("10.0.0.1", "[2001:db8::1]:4711"), "2001:db8::1");
        assert_eq!(x("10.0.0.1", "2001:db8::1"), "2001:db8::1");
        assert_eq!(x("10.0.0.1", "::ffff:192.0.2.9"), "192.0.2.9");
        for nothing in [
            "",
            "unknown",
            "192.0.2.9, unknown",
            "localhost",
            "1.2.3.4.5",
            "192.0.2.9,",
        ] {
            assert_eq!(x("10.0.0.1", nothing), "10.0.0.1", "{nothing:?}");
        }
        let twice = [("x-forwarded-for", "6.6.6.6"), ("x-forwarded-for", "192.0.2.9")];
        assert_eq!(from("10.0.0.1", ForwardedHeader::XForwardedFor, &twice), "192.0.2.9");
    }

    #[test]
    fn the_header_that_the_proxies_do_not_set_is_not_looked_at() {
        let lines = [("forwarded", "for=6.6.6.6"), ("x-forwarded-for", "192.0.2.9")];
        assert_eq!(from("10.0.0.1", ForwardedHeader::XForwardedFor, &lines), "192.0.2.9");
        assert_eq!(
            from("10.0.0.1", ForwardedHeader::XForwardedFor, &lines[..1]),
            "10.0.0.1"
        );
    }

    #[test]
    fn forwarded_is_read_as_rfc_7239_has_it() {
        let f = |value: &str| from("10.0.0.1", ForwardedHeader::Forwarded, &[("forwarded", value)]);
        assert_eq!(f("for=192.0.2.9;proto=https;by=10.0.0.1"), "192.0.2.9");
        assert_eq!(f("proto=https; For=\"[2001:db8::1]:4711\""), "2001:db8::1");
        assert_eq!(f("for=6.6.6.6, for=192.0.2.9"), "192.0.2.9");
        for nothing in [
            "for=_hidden",
            "for=unknown",
            "proto=https",
            "for=1.1.1.1;for=2.2.2.2",
            "for",
        ] {
            assert_eq!(f(nothing), "10.0.0.1", "{nothing}");
        }
    }
}
