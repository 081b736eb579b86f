//! One walk over a document from first byte to last, that believes no cross-reference: where its objects lie, what ends
//! it, and what stands between that is no part of it.

use std::io::{Read, Seek};
use std::ops::Range;

use super::super::source::Source;
use super::super::{CheckError, Refusal, Result};
use super::lex::{Dict, Token, Value, Word, is_delimiter, is_space, skip_comment, token, value, word};

/// The most objects remembered. The largest documents of 15 MB have a tenth of it.
pub(super) const MAX_OBJECTS: usize = 400_000;
/// The most streams remembered that hold objects or a cross-reference.
const MAX_STREAMS: usize = 20_000;
/// The most trailers remembered: the last ones count.
const MAX_TRAILERS: usize = 16;
/// The most separate places remembered where something stands between objects.
const MAX_ODD: usize = 1_000;

/// An object, and where its number begins.
#[derive(Debug, Clone, Copy)]
pub(super) struct Place {
    pub object: u32,
    pub generation: u16,
    pub at: u64,
}

/// A stream that holds objects or a cross-reference.
#[derive(Debug, Clone)]
pub(super) struct Held {
    pub place: Place,
    pub data: Range<u64>,
}

/// A dictionary that names the root of the document.
#[derive(Debug, Clone)]
pub(super) struct Trailer {
    pub dict: Dict,
    /// Of a cross-reference that is a stream.
    pub stream: Option<Held>,
}

#[derive(Debug, Default)]
pub(super) struct Scan {
    pub objects: Vec<Place>,
    /// Streams that hold objects.
    pub streams: Vec<Held>,
    pub trailers: Vec<Trailer>,
    /// What the last `startxref` says.
    pub startxref: Option<u64>,
    /// Where the document ends: behind its end marker, or behind what stands last in it.
    pub end: u64,
    /// Whether the file ends in the middle of an object, or with objects that no trailer follows.
    pub cut_off: bool,
    /// Where something stands that is no object, no cross-reference and no end marker.
    pub odd: Vec<Range<u64>>,
    /// Whether an end marker or a trailer closes what came so far.
    closed: bool,
    /// Whether an end marker came since.
    marked: bool,
    /// Bytes read for values that had no end.
    in_vain: u64,
}

impl Scan {
    /// Walks from `start` to the end of the file.
    pub fn read<R: Read + Seek>(source: &mut Source<R>, start: u64) -> Result<Scan> {
        let mut scan = Scan {
            end: start,
            ..Scan::default()
        };
        // The first object may stand on the same line.
        source.seek(start + 4)?;
        word(source, None)?;
        // The numbers that may begin an object, with the place of the first.
        let mut numbers: Vec<(i64, u64)> = Vec::new();
        while let Some(byte) = peek(source)? {
            let at = source.position();
            if is_space(byte) {
                skip_spaces(source)?;
                continue;
            }
            if byte == b'%' {
                scan.comment(source, at)?;
                continue;
            }
            if is_delimiter(byte) {
                source.consume(1);
                scan.note_odd(at..at + 1);
                numbers.clear();
                continue;
            }
            match token(source)? {
                Token::Number(number) => {
                    numbers.push((number, at));
                    if numbers.len() > 2 {
                        numbers.remove(0);
                    }
                    continue;
                }
                Token::Keyword(word) if word.begins("obj") && numbers.len() == 2 => {
                    source.seek(at + 3)?;
                    match place(&numbers) {
                        Some(place) => scan.object(source, place)?,
                        None => scan.note_odd(numbers[0].1..at + 3),
                    }
                }
                Token::Keyword(word) => scan.keyword(source, &word, at)?,
                _ => scan.note_odd(at..source.position()),
            }
            numbers.clear();
        }
        scan.cut_off |= !scan.closed && !scan.objects.is_empty();
        Ok(scan)
    }

    fn note_odd(&mut self, range: Range<u64>) {
        let full = self.odd.len() == MAX_ODD;
        match self.odd.last_mut() {
            Some(last) if full || range.start <= last.end + 64 => last.end = range.end,
            _ => self.odd.push(range),
        }
    }

    /// A comment, or one of the end markers.
    fn comment<R: Read + Seek>(&mut self, source: &mut Source<R>, at: u64) -> Result<()> {
        let mut first = [0; 5];
        if source.left() >= 5 {
            source.read(&mut first)?;
        }
        if &first == b"%%EOF" {
            // What stands between two markers is no part of the document, nor is the second.
            if !(self.marked && self.odd.last().is_some_and(|odd| odd.end > self.end)) {
                self.end = at + 5;
            }
            self.marked = true;
            self.closed |= self.startxref.is_some();
            return Ok(());
        }
        source.seek(at)?;
        skip_comment(source)?;
        self.note_odd(at..source.position());
        Ok(())
    }

    /// What stands up to here is part of the document.
    fn reaches(&mut self, end: u64, closed: bool) {
        self.end = end;
        self.closed = closed;
        self.marked = false;
    }

    fn keyword<R: Read + Seek>(&mut self, source: &mut Source<R>, found: &Word, at: u64) -> Result<()> {
        for (ending, length) in [("endobj", 6), ("endstream", 9)] {
            // The next object's number may stand right behind it.
            if found.begins(ending) {
                if !self.closed {
                    self.reaches(at + length, false);
                }
                return source.seek(at + length);
            }
        }
        if found.is("trailer") {
            match value(source) {
                Ok(Value::Dict(dict)) => self.note_trailer(Trailer { dict, stream: None }, source.position()),
                Ok(_) => {}
                Err(CheckError::Refused(_)) => self.broken_value(source, at + 7)?,
                Err(error) => return Err(error),
            }
        } else if found.begins("startxref") {
            source.seek(at + 9)?;
            if skip_spaces(source)?.is_some_and(|byte| byte.is_ascii_digit())
                && let Some(place) = word(source, None)?.number()
            {
                self.startxref = u64::try_from(place).ok();
                self.reaches(source.position(), true);
            }
        } else if !(found.is("xref") || found.is("f") || found.is("n")) {
            self.note_odd(at..source.position());
        }
        Ok(())
    }

    fn note_trailer(&mut self, trailer: Trailer, end: u64) {
        self.reaches(end, true);
        if trailer.dict.get("Root").is_some() {
            if self.trailers.len() == MAX_TRAILERS {
                self.trailers.remove(0);
            }
            self.trailers.push(trailer);
        }
    }

    /// An object after its `obj`.
    fn object<R: Read + Seek>(&mut self, source: &mut Source<R>, place: Place) -> Result<()> {
        let begin = source.position();
        self.reaches(begin, false);
        let value = match value(source) {
            Ok(value) => value,
            Err(CheckError::Refused(_)) => return self.broken_value(source, begin),
            Err(error) => return Err(error),
        };
        if self.objects.len() < MAX_OBJECTS {
            self.objects.push(place);
        }
        self.end = source.position();
        if skip_spaces(source)?.is_none_or(is_delimiter) {
            return Ok(());
        }
        let at = source.position();
        let next = word(source, None)?;
        if next.begins("endobj") {
            source.seek(at + 6)?;
            self.end = source.position();
        } else if next.begins("stream") {
            source.seek(at + 6)?;
            self.stream(source, place, &value)?;
        } else {
            // The next object, or something odd: either is met again from above.
            source.seek(at)?;
        }
        Ok(())
    }

    /// The bytes of a stream, by its length if that is right, or else up to where it says that it ends.
    fn stream<R: Read + Seek>(&mut self, source: &mut Source<R>, place: Place, value: &Value) -> Result<()> {
        while peek(source)?.is_some_and(|byte| matches!(byte, b' ' | b'\t')) {
            source.consume(1);
        }
        if peek(source)? == Some(b'\r') {
            source.consume(1);
        }
        if peek(source)? == Some(b'\n') {
            source.consume(1);
        }
        let start = source.position();
        let none = Dict::default();
        let dict = if let Value::Dict(dict) = value { dict } else { &none };
        let length = dict.number("Length").and_then(|length| u64::try_from(length).ok());
        let end = match length {
            Some(length) if ends_at(source, start.saturating_add(length))? => start + length,
            _ => {
                source.seek(start)?;
                match source.find(b"endstream")? {
                    Some(end) => end,
                    None => return self.broken_value(source, start),
                }
            }
        };
        self.end = source.position();
        let held = Held {
            place,
            data: start..end,
        };
        if dict.is_name("Type", "XRef") {
            let dict = dict.clone();
            let stream = Some(held);
            self.note_trailer(Trailer { dict, stream }, self.end);
        } else if dict.is_name("Type", "ObjStm") && self.streams.len() < MAX_STREAMS {
            self.streams.push(held);
        }
        Ok(())
    }

    /// Goes on behind an object that has no readable end.
    fn broken_value<R: Read + Seek>(&mut self, source: &mut Source<R>, begin: u64) -> Result<()> {
        self.in_vain += source.position().saturating_sub(begin);
        for next in [&b"endobj"[..], b"trailer", b"startxref"] {
            if self.in_vain > 8 * source.size() {
                return Err(Refusal::Damaged.into());
            }
            source.seek(begin)?;
            if let Some(at) = source.find(next)? {
                return source.seek(at);
            }
            self.in_vain += source.size() - begin;
        }
        self.cut_off = true;
        Ok(())
    }
}

fn peek<R: Read + Seek>(source: &mut Source<R>) -> Result<Option<u8>> {
    Ok(source.chunk()?.first().copied())
}

/// Passes over white space, and gives the byte after it.
fn skip_spaces<R: Read + Seek>(source: &mut Source<R>) -> Result<Option<u8>> {
    loop {
        let chunk = source.chunk()?;
        let spaces = chunk.iter().take_while(|byte| is_space(**byte)).count();
        let next = chunk.get(spaces).copied();
        if spaces == 0 {
            return Ok(next);
        }
        source.consume(spaces);
    }
}

/// Whether a stream ends here, but for white space; the reader then stands behind that.
fn ends_at<R: Read + Seek>(source: &mut Source<R>, place: u64) -> Result<bool> {
    if place >= source.size() {
        return Ok(false);
    }
    source.seek(place)?;
    for _ in 0..4 {
        if peek(source)?.is_some_and(is_space) {
            source.consume(1);
        }
    }
    let mut word = [0; 9];
    if source.left() < 9 {
        return Ok(false);
    }
    source.read(&mut word)?;
    Ok(&word == b"endstream")
}

fn place(numbers: &[(i64, u64)]) -> Option<Place> {
    let [(object, at), (generation, _)] = numbers else {
        return None;
    };
    Some(Place {
        object: u32::try_from(*object).ok()?,
        generation: u16::try_from(*generation).ok()?,
        at: *at,
    })
}
