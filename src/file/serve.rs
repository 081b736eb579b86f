//! Serving a file, whole or in part. It is always a download, in a sandbox, never sniffed: nothing in it runs.

use super::verbs::OpenFile;
use crate::app::App;
use crate::error::{Error, Result};
use actix_web::http::{StatusCode, header};
use actix_web::{HttpRequest, HttpResponse, ResponseError as _};
use futures_util::{StreamExt as _, TryStreamExt as _, stream};
use std::ops::Range;

/// The CSP of files: no script, no style, nothing.
const SANDBOX: &str = "sandbox; default-src 'none'";

/// Answers with the file, or the part of it the request's `Range` asks for. Its first bytes are opened before anything is
/// said: a file that is missing or damaged is an error, not an answer that breaks off.
///
/// # Errors
/// [`Error::Fault`] when it is missing or not what was written; [`Error::Unavailable`] when the store does not answer.
pub async fn serve(app: &App, request: &HttpRequest, file: &OpenFile) -> Result<HttpResponse> {
    let asked = request
        .headers()
        .get(header::RANGE)
        .and_then(|value| value.to_str().ok());
    let (status, range) = match asked.map(|range| one_range(range, file.size)) {
        None | Some(Asked::Whole) => (StatusCode::OK, 0..file.size),
        Some(Asked::Part(range)) => (StatusCode::PARTIAL_CONTENT, range),
        Some(Asked::Nothing) => {
            return Ok(Error::BeyondEnd(file.size).error_response());
        }
    };
    let length = range.end - range.start;
    let mut stream = Box::pin(app.blobs.stream(file.blob, &file.key, file.size, range.clone()));
    let first = stream.try_next().await?;
    let mut answer = HttpResponse::build(status);
    answer
        .insert_header((header::CONTENT_TYPE, file.media_type.as_str()))
        .insert_header((header::CONTENT_DISPOSITION, disposition(&file.name)))
        .insert_header((header::CONTENT_SECURITY_POLICY, SANDBOX))
        .insert_header((header::ACCEPT_RANGES, "bytes"));
    if status == StatusCode::PARTIAL_CONTENT {
        let shown = format!("bytes {}-{}/{}", range.start, range.end - 1, file.size);
        answer.insert_header((header::CONTENT_RANGE, shown));
    }
    let stream = stream::iter(first.map(Ok)).chain(stream);
    Ok(answer.no_chunking(length).streaming(stream))
}

enum Asked {
    /// No range, or one that is not understood: RFC 9110 lets it be passed over.
    Whole,
    Part(Range<u64>),
    /// Beyond the end.
    Nothing,
}

fn one_range(header: &str, size: u64) -> Asked {
    let Some(spec) = header.trim().strip_prefix("bytes=").filter(|spec| !spec.contains(',')) else {
        return Asked::Whole;
    };
    let Some((from, to)) = spec.split_once('-') else {
        return Asked::Whole;
    };
    let range = match (from.trim(), to.trim()) {
        ("", last) => last.parse().ok().map(|last: u64| size.saturating_sub(last)..size),
        (from, "") => from.parse().ok().map(|from: u64| from..size),
        (from, to) => match (from.parse::<u64>(), to.parse::<u64>()) {
            (Ok(from), Ok(to)) if from <= to => Some(from..to.saturating_add(1).min(size)),
            _ => None,
        },
    };
    match range {
        None => Asked::Whole,
        Some(range) if range.start >= range.end => Asked::Nothing,
        Some(range) => Asked::Part(range),
    }
}

/// A download under its own name, in any letters (RFC 6266, RFC 5987).
fn disposition(name: &str) -> String {
    let plain = |c: char| {
        if c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | '_' | ' ') {
            c
        } else {
            '_'
        }
    };
    let ascii: String = name.chars().map(plain).collect();
    let kept = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'.' | b'-' | b'_');
    let encode = |b: u8| {
        if kept(b) {
            char::from(b).to_string()
        } else {
            format!("%{b:02X}")
        }
    };
    let encoded: String = name.bytes().map(encode).collect();
    format!("attachment; filename=\"{ascii}\"; filename*=UTF-8''{encoded}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_cannot_leave_its_header() {
        let header = disposition("kvitto\"\r\nSet-Cookie: a=b å.jpg");
        assert!(!header.contains(['\r', '\n']), "{header}");
        assert_eq!(header.matches('"').count(), 2, "{header}");
        assert!(header.contains("%C3%A5"), "{header}");
    }

    #[test]
    fn ranges_as_rfc_9110_has_them() {
        let read = |header| match one_range(header, 100) {
            Asked::Whole => "whole".to_owned(),
            Asked::Part(range) => format!("{}..{}", range.start, range.end),
            Asked::Nothing => "nothing".to_owned(),
        };
        for (header, means) in [
            ("bytes=0-9", "0..10"),
            ("bytes=90-", "90..100"),
            ("bytes=-10", "90..100"),
            ("bytes=-1000", "0..100"),
            ("bytes=50-1000", "50..100"),
            ("bytes=100-", "nothing"),
            ("bytes=-0", "nothing"),
            ("bytes=9-3", "whole"),
            ("bytes=0-1,5-6", "whole"),
            ("pages=1-2", "whole"),
            ("bytes=18446744073709551615-18446744073709551615", "nothing"),
        ] {
            assert_eq!(read(header), means, "{header}");
        }
    }
}
