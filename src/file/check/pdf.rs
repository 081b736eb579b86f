//! PDF: the header, the end marker and every cross-reference section that leads back from it.

use std::io::{Read, Seek};

use super::pdf_lex::{Dict, Token, dict, is_space, keyword, token, whole};
use super::source::Source;
use super::{CheckError, Refusal, Result, trailing_within_limit};

/// What a PDF begins with, up to the point in its version.
pub(super) const MAGICS: [&[u8]; 2] = [b"%PDF-1.", b"%PDF-2."];

const END_MARKER: &[u8] = b"%%EOF";
const START_XREF: &[u8] = b"startxref";
/// Bytes before the end marker in which the place of the newest cross-reference is looked for.
const START_XREF_WITHIN: u64 = 256;
/// Bytes searched at a time for the end marker, from the back.
const WINDOW: u64 = 8 * 1024;
/// The most cross-reference sections: each time a document is signed or filled in adds one.
const MAX_SECTIONS: usize = 1024;

/// Checks that the file is whole. What its streams hold is not looked at.
pub(super) fn check<R: Read + Seek>(source: &mut Source<R>) -> Result<()> {
    source.magic(b"%PDF-")?;
    if !matches!(source.array()?, [b'1' | b'2', b'.']) {
        return Err(Refusal::NotThisType.into());
    }
    let end = last_end_marker(source)?.ok_or(Refusal::CutOff)?;
    source.seek(end)?;
    if goes_on(source)? {
        return Err(Refusal::CutOff.into());
    }
    trailing_within_limit(source.size() - end)?;
    let newest = newest_section(source, end)?;
    sections(source, newest)
}

/// The place right after the last end marker in the file.
fn last_end_marker<R: Read + Seek>(source: &mut Source<R>) -> Result<Option<u64>> {
    let overlap = END_MARKER.len() as u64 - 1;
    let mut window = Vec::new();
    let mut end = source.size();
    while end > 0 {
        let start = end.saturating_sub(WINDOW);
        let stop = source.size().min(end + overlap);
        window.resize((stop - start) as usize, 0);
        source.seek(start)?;
        source.read(&mut window)?;
        if let Some(at) = last_place(&window, END_MARKER) {
            return Ok(Some(start + (at + END_MARKER.len()) as u64));
        }
        end = start;
    }
    Ok(None)
}

fn last_place(haystack: &[u8], needle: &[u8]) -> Option<usize> {
    haystack.windows(needle.len()).rposition(|window| window == needle)
}

/// Whether the document goes on after an end marker. Then that marker closed the first part of a linearised file, an
/// older revision or an attached PDF, and the end of this one is missing.
fn goes_on<R: Read + Seek>(source: &mut Source<R>) -> Result<bool> {
    match token(source) {
        Ok(Token::Number(_)) => Ok(true),
        Ok(token) => Ok(token.is_keyword("xref") || token.is_keyword("endstream")),
        Err(CheckError::Refused(_)) => Ok(false),
        Err(error) => Err(error),
    }
}

/// The place of the newest cross-reference section, as written before the end marker.
fn newest_section<R: Read + Seek>(source: &mut Source<R>, end: u64) -> Result<u64> {
    let marker = end - END_MARKER.len() as u64;
    let start = marker.saturating_sub(START_XREF_WITHIN);
    let mut before = vec![0; (marker - start) as usize];
    source.seek(start)?;
    source.read(&mut before)?;
    let at = last_place(&before, START_XREF).ok_or(Refusal::Damaged)?;
    let digits = before[at + START_XREF.len()..].trim_ascii();
    let place: u64 = std::str::from_utf8(digits)
        .ok()
        .and_then(|text| text.parse().ok())
        .ok_or(Refusal::Damaged)?;
    // The first part of a linearised file says zero; the real place stands at its end.
    if place == 0 || place >= start + at as u64 {
        return Err(Refusal::CutOff.into());
    }
    Ok(place)
}

/// Follows the chain of cross-reference sections from the newest to the oldest.
fn sections<R: Read + Seek>(source: &mut Source<R>, newest: u64) -> Result<()> {
    let mut seen = Vec::new();
    // Sections do not overlap, so together they are no longer than the file.
    let mut read = 0;
    let mut next = Some(newest);
    while let Some(place) = next {
        let section = section(source, place, &mut seen, &mut read)?;
        if place == newest && !section.has_root {
            return Err(Refusal::Damaged.into());
        }
        if let Some(stream) = section.xref_stream {
            self::section(source, stream, &mut seen, &mut read)?;
        }
        next = section.prev;
    }
    Ok(())
}

/// Reads one section, of either kind, that was not read before.
fn section<R: Read + Seek>(source: &mut Source<R>, place: u64, seen: &mut Vec<u64>, read: &mut u64) -> Result<Dict> {
    if seen.contains(&place) || seen.len() == MAX_SECTIONS || *read > source.size() || place >= source.size() {
        return Err(Refusal::Damaged.into());
    }
    seen.push(place);
    source.seek(place)?;
    let dict = match token(source)? {
        Token::Number(_) => xref_stream(source)?,
        Token::Keyword(word) if word.is("xref") => xref_table(source)?,
        _ => return Err(Refusal::Damaged.into()),
    };
    *read += source.position() - place;
    Ok(dict)
}

/// Reads a table after its keyword: runs of entries, each `offset generation n|f`, and the trailer dictionary.
fn xref_table<R: Read + Seek>(source: &mut Source<R>) -> Result<Dict> {
    loop {
        match token(source)? {
            Token::Number(_) => {}
            token if token.is_keyword("trailer") => return dict(source),
            _ => return Err(Refusal::Damaged.into()),
        }
        for _ in 0..whole(source)? {
            let offset = whole(source)?;
            whole(source)?;
            let state = token(source)?;
            if !(state.is_keyword("f") || state.is_keyword("n") && offset < source.size()) {
                return Err(Refusal::Damaged.into());
            }
        }
    }
}

/// Reads a cross-reference stream after its object number.
fn xref_stream<R: Read + Seek>(source: &mut Source<R>) -> Result<Dict> {
    whole(source)?;
    keyword(source, "obj")?;
    let dict = dict(source)?;
    if !(dict.is_xref && dict.has_size && dict.has_widths) {
        return Err(Refusal::Damaged.into());
    }
    keyword(source, "stream")?;
    while source.chunk()?.first().is_some_and(|byte| is_space(*byte)) && source.byte()? != b'\n' {}
    source.skip(dict.length.ok_or(Refusal::Damaged)?)?;
    keyword(source, "endstream")?;
    Ok(dict)
}
