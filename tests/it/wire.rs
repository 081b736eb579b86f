//! Requests that no honest client sends: malformed, lying of their length, endless, silent, or hostile inside.

use crate::kit::{Person, RawAnswer, Town, connect, count, events, raw, rest};
use reqwest::Method;
use std::io::Write;

/// A request by hand, up to the end of its head.
fn head(town: &Town, person: &Person, call: &str, more: &str) -> String {
    let host = town.base.strip_prefix("http://").expect("an address");
    format!(
        "{call} HTTP/1.1\r\nHost: {host}\r\nAuthorization: Bearer {}\r\nContent-Type: application/json\r\n{more}\r\n",
        person.token()
    )
}

/// What comes back is one refusal, the connection is closed, and what was smuggled behind it was not looked at.
#[track_caller]
fn refused(answer: &RawAnswer, statuses: &[u16], what: &str) {
    assert!(statuses.contains(&answer.status()), "{what}: {answer:?}");
    assert_eq!(answer.answers(), 1, "{what}: {answer:?}");
    assert!(answer.closed, "{what}: {answer:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn malformed_requests_are_refused_and_the_connection_is_closed() {
    let town = Town::new().await;
    let anna = town.anna().await;
    let before = count(&town.place, "errand");
    let body = r#"{"kind":"message","body":"Hej"}"#;
    let smuggled = head(&town, &anna, "DELETE /api/v1/sessions/current", "");
    let post = |more: &str| head(&town, &anna, "POST /api/v1/errands", more);
    let length = format!("Content-Length: {}\r\n", body.len());
    let chunked = "Transfer-Encoding: chunked\r\n";
    let one_chunk = format!("{:x}\r\n{body}\r\n0\r\n\r\n", body.len());
    let host = town.base.strip_prefix("http://").expect("an address");
    for (what, request) in [
        (
            "two lengths",
            format!("{}{body}", post(&format!("{length}Content-Length: 0\r\n"))),
        ),
        (
            "the same length twice",
            format!("{}{body}", post(&format!("{length}{length}"))),
        ),
        (
            "chunked and a length",
            format!("{}{one_chunk}", post(&format!("{length}{chunked}"))),
        ),
        (
            "chunked twice",
            format!("{}{one_chunk}", post(&format!("{chunked}{chunked}"))),
        ),
        (
            "chunked with something before it",
            format!("{}{one_chunk}", post("Transfer-Encoding: gzip, chunked\r\n")),
        ),
        (
            "chunked misspelt",
            format!("{}{one_chunk}", post("Transfer-Encoding: xchunked\r\n")),
        ),
        (
            "a length with a sign",
            format!("{}{body}", post("Content-Length: +31\r\n")),
        ),
        ("a negative length", format!("{}{body}", post("Content-Length: -1\r\n"))),
        ("a length in hex", format!("{}{body}", post("Content-Length: 0x1f\r\n"))),
        (
            "a folded header",
            format!("{}{body}", post(&format!("X-Long: a\r\n  b\r\n{length}"))),
        ),
        (
            "a space before the colon",
            format!("{}{body}", post(&format!("Content-Length : {}\r\n", body.len()))),
        ),
        ("no name", format!("{}{body}", post(&format!(": x\r\n{length}")))),
        (
            "a zero byte",
            format!("{}{body}", post(&format!("X-Zero: a\0b\r\n{length}"))),
        ),
        (
            "two hosts",
            format!("{}{body}", post(&format!("Host: example.org\r\n{length}"))),
        ),
        ("no host", "GET /health/live HTTP/1.1\r\n\r\n".to_owned()),
        ("no HTTP", "HELO example.org\r\n\r\n".to_owned()),
        ("HTTP/9", format!("GET /health/live HTTP/9.9\r\nHost: {host}\r\n\r\n")),
    ] {
        let answer = raw(&town.base, format!("{request}{smuggled}")).await;
        refused(&answer, &[400, 413, 505], what);
    }
    assert_eq!(count(&town.place, "errand"), before, "nothing was written");
    anna.get("/me").await.expect(200);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_line_that_ends_short_hides_nothing() {
    let town = Town::new().await;
    let anna = town.anna().await;
    let before = count(&town.place, "errand");
    let body = r#"{"kind":"message","body":"Hej"}"#;
    let head = head(&town, &anna, "POST /api/v1/errands", "Transfer-Encoding: chunked\r\n");
    for chunks in [
        format!("{:x}\n{body}\n0\n\n", body.len()),
        format!("{:x}\r\n{body}\n0\r\n\r\n", body.len()),
        format!("{:x};a\nb\r\n{body}\r\n0\r\n\r\n", body.len()),
    ] {
        refused(&raw(&town.base, format!("{head}{chunks}")).await, &[400], &chunks);
    }
    assert_eq!(count(&town.place, "errand"), before);
    // In a head the end of a line may be short (RFC 9112, 2.2), but it ends the line there for everyone.
    let short = head
        .replace("\r\n", "\n")
        .replace("Transfer-Encoding: chunked", "Content-Length: 2\nConnection: close");
    let answer = raw(&town.base, format!("{short}{{}}")).await;
    refused(&answer, &[400], "bare LF");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_head_is_of_a_reasonable_length() {
    let town = Town::new().await;
    let host = town.base.strip_prefix("http://").expect("an address");
    let get = |path: &str, headers: &str| format!("GET /{path} HTTP/1.1\r\nHost: {host}\r\n{headers}\r\n");
    let long = |bytes: usize| format!("X-Long: {}\r\n", "a".repeat(bytes));
    for (what, request) in [
        ("a header of 17 kB", get("health/live", &long(17_000))),
        ("a header of 100 kB", get("health/live", &long(100_000))),
        ("a header of 200 kB", get("health/live", &long(200_000))),
        ("ninety of 1 kB", get("health/live", &long(1000).repeat(90))),
        ("a thousand headers", get("health/live", &"X-A: b\r\n".repeat(1000))),
        ("a long address", get(&"a".repeat(50_000), "")),
        (
            "a long question",
            get(&format!("api/v1/boards?cursor={}", "a".repeat(50_000)), ""),
        ),
    ] {
        refused(&raw(&town.base, request).await, &[400, 413, 414, 431], what);
    }
    let answer = raw(
        &town.base,
        get("health/live", &format!("Connection: close\r\n{}", long(8_000))),
    )
    .await;
    assert_eq!(answer.status(), 200);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_chunk_that_lies_is_no_body() {
    let town = Town::new().await;
    let anna = town.anna().await;
    let before = count(&town.place, "errand");
    for chunks in [
        "zz\r\nHej\r\n0\r\n\r\n",
        "-1\r\n\r\n",
        "ffffffffffffffffff\r\nHej",
        "5\r\nHejhejhej\r\n0\r\n\r\n",
    ] {
        let request = head(&town, &anna, "POST /api/v1/errands", "Transfer-Encoding: chunked\r\n");
        let answer = raw(&town.base, format!("{request}{chunks}")).await;
        refused(&answer, &[400, 413], chunks);
    }
    assert_eq!(count(&town.place, "errand"), before);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_sender_that_says_nothing_is_cut() {
    let town = Town::new().await;
    let anna = town.anna().await;
    let half = head(&town, &anna, "POST /api/v1/errands", "Content-Length: 500\r\n");
    let slow = |bytes: String| {
        let base = town.base.clone();
        move || {
            let mut stream = connect(&base);
            stream.write_all(bytes.as_bytes()).expect("it is taken");
            rest(&mut stream)
        }
    };
    let (nothing, in_head, in_body) = tokio::join!(
        tokio::task::spawn_blocking(slow(String::new())),
        tokio::task::spawn_blocking(slow(half[..half.len() / 2].to_owned())),
        tokio::task::spawn_blocking(slow(format!("{half}{{\"kind\""))),
    );
    assert!(nothing.expect("it ends").closed);
    let in_head = in_head.expect("it ends");
    assert!(
        in_head.closed && (in_head.text.is_empty() || in_head.status() == 408),
        "{in_head:?}"
    );
    let in_body = in_body.expect("it ends");
    assert!(in_body.closed && in_body.status() == 408, "{in_body:?}");
    assert!(in_body.text.contains("/problems/too-slow"));
    // Meanwhile and afterwards all others are served.
    anna.get("/me").await.expect(200);
}

#[tokio::test(flavor = "multi_thread")]
async fn hostile_json_is_malformed_and_nothing_worse() {
    let town = Town::new().await;
    let anna = town.anna().await;
    let before = (count(&town.place, "errand"), events(&town.place).len());
    let deep = |open: &str, close: &str| {
        format!(
            "{{\"kind\":\"message\",\"body\":{}1{}}}",
            open.repeat(10_000),
            close.repeat(10_000)
        )
    };
    let keys: String = (0..20_000).map(|i| format!("\"k{i}\":0,")).collect();
    let bodies: Vec<(&str, Vec<u8>)> = vec![
        ("deep lists", deep("[", "]").into_bytes()),
        ("deep objects", deep("{\"a\":", "}").into_bytes()),
        ("ten thousand lists and nothing", vec![b'['; 100_000]),
        (
            "many keys",
            format!("{{{keys}\"kind\":\"message\",\"body\":\"Hej\"}}").into_bytes(),
        ),
        (
            "a key twice",
            br#"{"kind":"message","body":"Hej","body":"Nej"}"#.to_vec(),
        ),
        (
            "the kind twice",
            br#"{"kind":"message","kind":"receipt_claim","body":"Hej"}"#.to_vec(),
        ),
        (
            "a byte order mark",
            [b"\xEF\xBB\xBF".as_slice(), br#"{"kind":"message","body":"Hej"}"#].concat(),
        ),
        ("no UTF-8", b"{\"kind\":\"message\",\"body\":\"\xFF\xFE\"}".to_vec()),
        (
            "overlong UTF-8",
            b"{\"kind\":\"message\",\"body\":\"\xC0\xAE\"}".to_vec(),
        ),
        ("half a pair", br#"{"kind":"message","body":"\ud800"}"#.to_vec()),
        (
            "UTF-16",
            r#"{"kind":"message","body":"Hej"}"#.encode_utf16().flat_map(u16::to_le_bytes).collect(),
        ),
        ("two values", br#"{"kind":"message","body":"Hej"}{}"#.to_vec()),
        ("a list", b"[]".to_vec()),
        ("null", b"null".to_vec()),
        ("a comment", br#"{"kind":"message",/**/"body":"Hej"}"#.to_vec()),
        ("not a number", br#"{"kind":"message","body":NaN}"#.to_vec()),
        ("nothing", vec![]),
        (
            "a prototype",
            br#"{"kind":"message","body":"Hej","__proto__":{"admin":true}}"#.to_vec(),
        ),
    ];
    for (what, body) in bodies {
        let request = anna
            .request(Method::POST, "/errands")
            .header("Content-Type", "application/json");
        let answer = anna.send(request.body(body)).await;
        assert!([400, 413].contains(&answer.status.as_u16()), "{what}: {answer}");
        assert!(
            !String::from_utf8_lossy(&answer.bytes).contains("line 1"),
            "{what}: the parser's words: {answer}"
        );
    }
    for kind in [
        "text/plain",
        "application/x-www-form-urlencoded",
        "multipart/form-data",
        "application/jsonp",
        "",
    ] {
        let request = anna.request(Method::POST, "/errands").header("Content-Type", kind);
        let answer = anna.send(request.body(r#"{"kind":"message","body":"Hej"}"#)).await;
        assert_eq!(answer.problem(415), "json-only", "{kind}");
    }
    assert_eq!(before, (count(&town.place, "errand"), events(&town.place).len()));
}

/// Chunks of 64 KiB that come after each other without an end.
const ENDLESS: usize = 2_000_000;

#[tokio::test(flavor = "multi_thread")]
async fn a_body_beyond_its_limit_is_refused_before_it_is_read() {
    let town = Town::new().await;
    let anna = town.anna().await;
    // A million keys are more than any body may have: they are declared, and not waited for.
    let declared = head(&town, &anna, "POST /api/v1/errands", "Content-Length: 12000000\r\n");
    let answer = raw(&town.base, format!("{declared}{{")).await;
    refused(&answer, &[413], "declared");
    assert!(answer.text.contains("/problems/body-too-large"));
    assert!(!answer.text.contains("fil"), "no word of files: {}", answer.text);
    // Nor does it matter where the sender comes from: nobody signed in either.
    let host = town.base.strip_prefix("http://").expect("an address");
    let call = format!("POST /api/v1/sessions HTTP/1.1\r\nHost: {host}\r\nContent-Type: application/json\r\n");
    let answer = raw(
        &town.base,
        format!("{call}Content-Length: 99999999999999999999\r\n\r\n{{"),
    )
    .await;
    refused(&answer, &[400, 413], "a length beyond 64 bits");
    let endless = format!("{call}Transfer-Encoding: chunked\r\n\r\n");
    let base = town.base.clone();
    let send = move || {
        let mut stream = connect(&base);
        let mut reader = stream.try_clone().expect("a second hand");
        let answer = std::thread::spawn(move || rest(&mut reader));
        stream.write_all(endless.as_bytes()).expect("it is taken");
        let chunk = [b"10000\r\n".as_slice(), &[b' '; 0x10000], b"\r\n"].concat();
        // Far more than any machine takes in while the server lingers.
        let sent = (0..ENDLESS).take_while(|_| stream.write_all(&chunk).is_ok()).count();
        (answer.join().expect("it was read"), sent)
    };
    let (answer, sent) = tokio::task::spawn_blocking(send).await.expect("it ends");
    assert_eq!(answer.status(), 413);
    assert!(sent < ENDLESS, "the server would go on reading");
}
