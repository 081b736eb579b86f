//! From a document's trailer to its first page.

use std::collections::{BTreeSet, HashMap};
use std::io::{Cursor, Read, Seek};
use std::ops::Range;

use flate2::read::ZlibDecoder;

use super::super::source::Source;
use super::super::{CheckError, Refusal, Result};
use super::lex::{Dict, Token, Value, token, value};
use super::scan::{Held, MAX_OBJECTS, Place, Scan, Trailer};
use super::unlock::Unlocked;

/// The most bytes of one stream of objects, as it lies in the file and as it is read.
const MAX_STREAM: u64 = 4 * 1024 * 1024;
/// The most bytes of all of them, as they are read.
const MAX_READ: u64 = 96 * 1024 * 1024;
/// The most nodes of a page tree looked at on the way to the first page.
const MAX_NODES: usize = 10_000;
/// How far references lead to references.
const MAX_STEPS: usize = 16;

/// What a trailer leads to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Found {
    /// To no page tree.
    Nothing,
    /// To a tree without a page.
    Tree,
    Page,
}

/// Whether the document has a page, from the newest trailer that leads to one.
///
/// # Errors
/// [`Refusal::Password`], and what is wrong with a document's key.
pub(super) fn first_page<R: Read + Seek>(source: &mut Source<R>, scan: Scan, start: u64) -> Result<Found> {
    let Scan {
        mut objects,
        streams,
        trailers,
        startxref,
        ..
    } = scan;
    // Of two with the same number the later counts.
    objects.sort_by_key(|place| place.object);
    let mut document = Document {
        source,
        objects,
        streams,
        within: None,
        held: None,
        left: MAX_READ,
        unlocked: None,
    };
    let mut best = Found::Nothing;
    if !document.is_led_to(&trailers, startxref, start)? {
        return Ok(best);
    }
    for trailer in trailers.iter().rev() {
        document.unlock(&trailer.dict)?;
        best = best.max(document.leads_to(&trailer.dict)?);
        if best == Found::Page {
            break;
        }
    }
    Ok(best)
}

struct Document<'a, 'b, R> {
    source: &'a mut Source<'b, R>,
    /// By number.
    objects: Vec<Place>,
    streams: Vec<Held>,
    /// Objects in streams: which of them, and where in it. Read when first asked for.
    within: Option<HashMap<u32, (usize, u32)>>,
    /// The stream that was read last.
    held: Option<(usize, Vec<u8>)>,
    /// Bytes of streams that may still be read.
    left: u64,
    unlocked: Option<Unlocked>,
}

impl<R: Read + Seek> Document<'_, '_, R> {
    /// Whether readers find a trailer: the word is looked for, but one in a stream is found by its place alone, and only
    /// if the stream can be read.
    fn is_led_to(&mut self, trailers: &[Trailer], told: Option<u64>, start: u64) -> Result<bool> {
        for trailer in trailers {
            let Some(held) = &trailer.stream else { return Ok(true) };
            let Some(told) = told else { continue };
            let mut right = false;
            for place in [told.saturating_add(start), told] {
                right = right || place <= held.place.at && self.only_space(place..held.place.at)?;
            }
            if right && !self.read(held, false)?.is_empty() {
                return Ok(true);
            }
        }
        Ok(false)
    }

    fn only_space(&mut self, range: Range<u64>) -> Result<bool> {
        if range.end - range.start > 16 {
            return Ok(false);
        }
        let mut between = vec![0; (range.end - range.start) as usize];
        self.source.seek(range.start)?;
        self.source.read(&mut between)?;
        Ok(between.iter().all(|byte| super::lex::is_space(*byte)))
    }

    /// Opens an encrypted document.
    fn unlock(&mut self, trailer: &Dict) -> Result<()> {
        let Some(encrypt) = self.dict_at(trailer, "Encrypt")? else {
            return Ok(());
        };
        let id = match self.at(trailer, "ID")? {
            Some(Value::Array(parts)) => match parts.into_iter().next() {
                Some(Value::Text(id)) => id,
                _ => Vec::new(),
            },
            _ => Vec::new(),
        };
        self.unlocked = Some(Unlocked::new(&encrypt, &id)?);
        (self.within, self.held) = (None, None);
        Ok(())
    }

    fn leads_to(&mut self, trailer: &Dict) -> Result<Found> {
        let Some(root) = self.dict_at(trailer, "Root")? else {
            return Ok(Found::Nothing);
        };
        let Some(tree) = self.dict_at(&root, "Pages")? else {
            return Ok(Found::Nothing);
        };
        if tree.number("Count").is_some_and(|count| count <= 0) {
            return Ok(Found::Tree);
        }
        // A document of one page may have that for its tree.
        let mut page = tree.is_name("Type", "Page");
        let (mut seen, mut waiting) = (BTreeSet::new(), vec![Value::Dict(tree)]);
        for _ in 0..MAX_NODES {
            let Some(node) = waiting.pop() else { break };
            let Some(Value::Dict(node)) = self.resolved(&node)? else {
                continue;
            };
            match self.at(&node, "Kids")? {
                Some(Value::Array(kids)) => {
                    for kid in kids.into_iter().rev().take(MAX_NODES) {
                        let new = match &kid {
                            Value::Ref(object) => seen.insert(*object),
                            _ => true,
                        };
                        if new && waiting.len() < 2 * MAX_NODES {
                            waiting.push(kid);
                        }
                    }
                }
                _ if page && !node.is_name("Type", "Pages") => return Ok(Found::Page),
                _ => {}
            }
            page = true;
        }
        Ok(Found::Tree)
    }

    fn at(&mut self, dict: &Dict, key: &str) -> Result<Option<Value>> {
        dict.get(key).map_or(Ok(None), |value| self.resolved(value))
    }

    fn dict_at(&mut self, dict: &Dict, key: &str) -> Result<Option<Dict>> {
        Ok(match self.at(dict, key)? {
            Some(Value::Dict(dict)) => Some(dict),
            _ => None,
        })
    }

    /// What a value is, references followed.
    fn resolved(&mut self, value: &Value) -> Result<Option<Value>> {
        let mut value = value.clone();
        for _ in 0..MAX_STEPS {
            let Value::Ref(object) = value else {
                return Ok(Some(value));
            };
            match self.object(object)? {
                Some(found) => value = found,
                None => return Ok(None),
            }
        }
        Ok(None)
    }

    fn object(&mut self, object: u32) -> Result<Option<Value>> {
        let after = self.objects.partition_point(|place| place.object <= object);
        match after.checked_sub(1).map(|at| self.objects[at]) {
            Some(place) if place.object == object => self.object_at(place),
            _ => self.object_within(object),
        }
    }

    fn object_at(&mut self, place: Place) -> Result<Option<Value>> {
        self.source.seek(place.at)?;
        let mut read = || {
            for _ in 0..3 {
                token(self.source)?;
            }
            value(self.source)
        };
        let found = readable(read())?;
        self.pay(self.source.position() - place.at)?;
        Ok(found)
    }

    /// Counts what was read: nobody is led in circles through the whole file.
    fn pay(&mut self, bytes: u64) -> Result<()> {
        self.left = self.left.checked_sub(bytes).ok_or(Refusal::Damaged)?;
        Ok(())
    }

    /// An object that lies in a stream of them.
    fn object_within(&mut self, object: u32) -> Result<Option<Value>> {
        if self.within.is_none() {
            self.within = Some(self.all_within()?);
        }
        let Some(&(stream, at)) = self.within.as_ref().and_then(|within| within.get(&object)) else {
            return Ok(None);
        };
        if self.held.as_ref().is_none_or(|(held, _)| *held != stream) {
            let bytes = self.read(&self.streams[stream].clone(), true)?;
            self.held = Some((stream, bytes));
        }
        let bytes = self.held.as_ref().map_or(&[][..], |(_, bytes)| bytes);
        let mut cursor = Cursor::new(bytes);
        let mut source = Source::new(&mut cursor, bytes.len() as u64);
        let found = readable(source.seek(at.into()).and_then(|()| value(&mut source)))?;
        let read = source.position().saturating_sub(at.into());
        self.pay(read)?;
        Ok(found)
    }

    /// Where the objects in all streams lie.
    fn all_within(&mut self) -> Result<HashMap<u32, (usize, u32)>> {
        let mut within = HashMap::new();
        for stream in 0..self.streams.len() {
            let held = self.streams[stream].clone();
            let Some(Value::Dict(dict)) = self.object_at(held.place)? else {
                continue;
            };
            let (Some(count), Some(first)) = (dict.number("N"), dict.number("First")) else {
                continue;
            };
            let bytes = self.read(&held, true)?;
            let mut cursor = Cursor::new(&bytes);
            let mut source = Source::new(&mut cursor, bytes.len() as u64);
            for _ in 0..count {
                let (Ok(Token::Number(object)), Ok(Token::Number(at))) = (token(&mut source), token(&mut source))
                else {
                    break;
                };
                if let (Ok(object), Ok(at)) = (u32::try_from(object), u32::try_from(first.saturating_add(at)))
                    && within.len() < MAX_OBJECTS
                {
                    within.insert(object, (stream, at));
                }
            }
        }
        Ok(within)
    }

    /// The bytes of a stream, decrypted and inflated, as far as they can be read.
    fn read(&mut self, held: &Held, sealed: bool) -> Result<Vec<u8>> {
        let Some(Value::Dict(dict)) = self.object_at(held.place)? else {
            return Ok(Vec::new());
        };
        let length = (held.data.end - held.data.start).min(MAX_STREAM);
        self.pay(length)?;
        let mut bytes = vec![0; length as usize];
        self.source.seek(held.data.start)?;
        self.source.read(&mut bytes)?;
        if sealed && let Some(unlocked) = &self.unlocked {
            bytes = unlocked.open(held.place, bytes);
        }
        let inflated = match dict.get("Filter") {
            Some(Value::Array(filters)) => filters.iter().any(is_flate),
            Some(filter) => is_flate(filter),
            None => false,
        };
        if inflated {
            let mut read = Vec::new();
            // What comes before a fault is read all the same.
            let _ = ZlibDecoder::new(&bytes[..]).take(MAX_STREAM).read_to_end(&mut read);
            bytes = read;
        }
        self.pay(bytes.len() as u64)?;
        Ok(bytes)
    }
}

fn is_flate(filter: &Value) -> bool {
    matches!(filter, Value::Name(name) if name.is("FlateDecode") || name.is("Fl"))
}

/// What could be read; a fault of the file's is nothing.
fn readable(value: Result<Value>) -> Result<Option<Value>> {
    match value {
        Ok(value) => Ok(Some(value)),
        Err(CheckError::Refused(_)) => Ok(None),
        Err(error) => Err(error),
    }
}
