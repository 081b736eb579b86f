//! Pages made smaller on their way to the browser.
//!
//! What is compressed tells by its length what is in it: whoever makes a browser ask for a page again and again, with a
//! guess of theirs in it, and sees the lengths, could find out what else the page holds (BREACH). So only what the
//! browser asked for by itself or from one of our own pages is compressed, which it says in `Sec-Fetch-Site`; a request
//! that another site caused is answered whole (and without a session: the cookie is not sent along). The token in a
//! form is another on each page.

use actix_web::body::{BoxBody, MessageBody as _};
use actix_web::http::header::{self, HeaderValue};
use actix_web::{HttpRequest, HttpResponse};
use flate2::Compression;
use flate2::write::GzEncoder;
use std::io::Write as _;

/// Bytes below which it is not worth it.
const LEAST: usize = 1_000;

/// The same answer, smaller if it is a page and the request lets it be.
pub fn squeezed(request: &HttpRequest, answer: HttpResponse) -> HttpResponse {
    if !is_page(&answer) || !is_own(request) || !takes_gzip(request) {
        return answer;
    }
    let (mut head, body) = answer.into_parts();
    let whole = match body.try_into_bytes() {
        Ok(whole) => whole,
        Err(stream) => return head.set_body(stream),
    };
    match gzip(&whole, Compression::fast()).filter(|_| whole.len() >= LEAST) {
        Some(small) => {
            head.headers_mut()
                .insert(header::CONTENT_ENCODING, HeaderValue::from_static("gzip"));
            head.set_body(BoxBody::new(small))
        }
        None => head.set_body(BoxBody::new(whole)),
    }
}

fn is_page(answer: &HttpResponse) -> bool {
    let kind = answer.headers().get(header::CONTENT_TYPE);
    kind.is_some_and(|kind| kind.as_bytes().starts_with(b"text/html"))
}

/// Whether the browser asked by itself, or from a page of ours; one that does not say so may have been made to ask.
fn is_own(request: &HttpRequest) -> bool {
    let site = request.headers().get("Sec-Fetch-Site");
    site.is_some_and(|site| matches!(site.as_bytes(), b"same-origin" | b"none"))
}

/// Whether a browser takes what is compressed so.
pub fn takes_gzip(request: &HttpRequest) -> bool {
    let accepted = request.headers().get(header::ACCEPT_ENCODING);
    let accepted = accepted.and_then(|value| value.to_str().ok()).unwrap_or_default();
    accepted
        .split(',')
        .any(|one| one.trim().split(';').next() == Some("gzip") && !one.contains("q=0"))
}

/// Compressed; nothing where that does not go.
pub fn gzip(whole: &[u8], how: Compression) -> Option<Vec<u8>> {
    let mut small = GzEncoder::new(Vec::with_capacity(whole.len() / 3), how);
    small.write_all(whole).ok()?;
    small.finish().ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use actix_web::test::TestRequest;

    fn squeezed_for(headers: &[(&str, &str)], kind: &str, size: usize) -> (Option<String>, usize) {
        let mut request = TestRequest::default();
        for (name, value) in headers {
            request = request.insert_header((*name, *value));
        }
        let answer = HttpResponse::Ok().content_type(kind).body("a".repeat(size));
        let answer = squeezed(&request.to_http_request(), answer);
        let encoding = answer.headers().get(header::CONTENT_ENCODING);
        let encoding = encoding.map(|value| value.to_str().unwrap().to_owned());
        (encoding, answer.into_body().try_into_bytes().unwrap().len())
    }

    #[test]
    fn a_page_is_squeezed_for_whoever_asked_by_themselves() {
        const GZIP: (&str, &str) = ("accept-encoding", "gzip, deflate");
        let html = "text/html; charset=utf-8";
        for site in ["same-origin", "none"] {
            let (encoding, size) = squeezed_for(&[GZIP, ("sec-fetch-site", site)], html, 5_000);
            assert_eq!(encoding.as_deref(), Some("gzip"));
            assert!(size < 200, "{size}");
        }
        let own = ("sec-fetch-site", "same-origin");
        for (headers, kind, size) in [
            (vec![GZIP], html, 5_000),
            (vec![GZIP, ("sec-fetch-site", "cross-site")], html, 5_000),
            (vec![GZIP, ("sec-fetch-site", "same-site")], html, 5_000),
            (vec![own], html, 5_000),
            (vec![own, ("accept-encoding", "br, gzip;q=0")], html, 5_000),
            (vec![own, GZIP], "application/json", 5_000),
            (vec![own, GZIP], html, 900),
        ] {
            assert_eq!(
                squeezed_for(&headers, kind, size),
                (None, size),
                "{headers:?} {kind} {size}"
            );
        }
    }
}
