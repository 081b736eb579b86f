//! Archives, programs and pages of script that stand beside a document: the signatures they are told by.

use std::io::{Read, Seek};
use std::ops::Range;

use super::source::Source;
use super::{Refusal, Result};

/// Signatures long enough to be no accident, wherever they stand.
const ANYWHERE: [&[u8]; 25] = [
    b"PK\x03\x04",
    b"PK\x01\x02",
    b"PK\x05\x06",
    b"Rar!\x1a\x07",
    b"7z\xbc\xaf\x27\x1c",
    b"\xfd7zXZ\0",
    b"\x28\xb5\x2f\xfd",
    b"\x1f\x8b\x08",
    b"MSCF\0\0\0\0",
    b"\x7fELF",
    b"This program cannot be run in DOS mode",
    b"PE\0\0",
    b"\xfe\xed\xfa\xce",
    b"\xfe\xed\xfa\xcf",
    b"\xce\xfa\xed\xfe",
    b"\xcf\xfa\xed\xfe",
    b"\xca\xfe\xba\xbe",
    b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1",
    b"\0asm\x01\0\0\0",
    b"dex\n03",
    b"!<arch>\n",
    b"SQLite format 3\0",
    b"L\0\0\0\x01\x14\x02\0",
    b"ustar\0",
    b"ustar  \0",
];
/// Words of pages and scripts, in small letters, wherever they stand.
const WORDS: [&[u8]; 17] = [
    b"<html",
    b"<!doctype",
    b"<head",
    b"<body",
    b"<script",
    b"<iframe",
    b"<svg",
    b"<?php",
    b"<hta:",
    b"<object",
    b"<embed",
    b"<img",
    b"<meta",
    b"javascript:",
    b"vbscript:",
    b"#!/",
    b"@echo off",
];
/// What programs and archives begin with; too short to be looked for anywhere else.
const AT_THE_START: [&[u8]; 6] = [b"MZ", b"BZh", b"#!", b"LZIP", b"\x1f\x9d", b"\x1f\xa0"];
/// Longer than any signature.
const LONGEST: usize = 40;

/// Refuses the file where an archive, a program or a page stands in `range`.
pub(super) fn refuse<R: Read + Seek>(source: &mut Source<R>, range: Range<u64>) -> Result<()> {
    let mut held: Vec<u8> = Vec::new();
    let mut begun = false;
    source.seek(range.start)?;
    while source.position() < range.end {
        let most = usize::try_from(range.end - source.position()).unwrap_or(usize::MAX);
        let chunk = source.chunk()?;
        let taken = chunk.len().min(most);
        held.extend_from_slice(&chunk[..taken]);
        source.consume(taken);
        if !begun {
            // White space and a byte order mark hide no beginning.
            let first = held
                .iter()
                .position(|byte| !byte.is_ascii_whitespace() && !matches!(byte, 0 | 0xEF | 0xBB | 0xBF));
            if let Some(first) = first
                && (held.len() - first >= LONGEST || source.position() == range.end)
            {
                begun = true;
                if AT_THE_START.iter().any(|start| held[first..].starts_with(start)) {
                    return Err(Refusal::Foreign.into());
                }
            }
        }
        if is_foreign(&held) {
            return Err(Refusal::Foreign.into());
        }
        if begun || held.len() > 1 << 16 {
            held.drain(..held.len().saturating_sub(LONGEST));
        }
    }
    Ok(())
}

fn is_foreign(bytes: &[u8]) -> bool {
    let small = bytes.to_ascii_lowercase();
    ANYWHERE
        .iter()
        .any(|signature| memchr::memmem::find(bytes, signature).is_some())
        || WORDS.iter().any(|word| memchr::memmem::find(&small, word).is_some())
        || wide(&small)
}

/// Whether it holds a page's words in letters of two bytes.
fn wide(small: &[u8]) -> bool {
    [&b"<\0h\0t\0m\0l"[..], b"<\0s\0c\0r\0i\0p\0t"]
        .iter()
        .any(|word| memchr::memmem::find(small, word).is_some())
}
