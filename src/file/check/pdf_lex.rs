//! As much of PDF's syntax as cross-references and their dictionaries need.

use std::io::{Read, Seek};

use super::source::Source;
use super::{Refusal, Result};

/// The longest name or keyword kept; longer ones are none of those that are looked for.
const WORD: usize = 16;

/// One piece of PDF syntax.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Token {
    /// A whole number.
    Number(u64),
    /// A name without its slash.
    Name(Word),
    /// Any other run of regular characters: `obj`, `R`, `true`, `-0.5`.
    Keyword(Word),
    DictStart,
    DictEnd,
    ArrayStart,
    ArrayEnd,
    /// A literal or hexadecimal string, whose content is of no interest.
    Text,
}

/// The bytes of a name or keyword, cut at [`WORD`].
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Word {
    bytes: [u8; WORD],
    length: usize,
}

impl Word {
    pub fn is(&self, text: &str) -> bool {
        self.length <= WORD && &self.bytes[..self.length] == text.as_bytes()
    }
}

impl Token {
    pub fn is_keyword(&self, text: &str) -> bool {
        matches!(self, Token::Keyword(word) if word.is(text))
    }
}

/// The next token, after any white space and comments.
pub(super) fn token<R: Read + Seek>(source: &mut Source<R>) -> Result<Token> {
    let first = loop {
        match source.byte()? {
            byte if is_space(byte) => {}
            b'%' => skip_comment(source)?,
            byte => break byte,
        }
    };
    match first {
        b'<' if follows(source, b'<')? => Ok(Token::DictStart),
        b'>' if follows(source, b'>')? => Ok(Token::DictEnd),
        b'<' => skip_hex(source),
        b'(' => skip_literal(source),
        b'[' => Ok(Token::ArrayStart),
        b']' => Ok(Token::ArrayEnd),
        b'/' => Ok(Token::Name(word(source, None)?)),
        b'>' | b')' | b'{' | b'}' => Err(Refusal::Damaged.into()),
        _ => {
            let word = word(source, Some(first))?;
            Ok(number(&word).map_or(Token::Keyword(word), Token::Number))
        }
    }
}

/// Refuses the file unless the next token is this keyword.
pub(super) fn keyword<R: Read + Seek>(source: &mut Source<R>, text: &str) -> Result<()> {
    if token(source)?.is_keyword(text) {
        Ok(())
    } else {
        Err(Refusal::Damaged.into())
    }
}

/// Refuses the file unless the next token is a whole number.
pub(super) fn whole<R: Read + Seek>(source: &mut Source<R>) -> Result<u64> {
    match token(source)? {
        Token::Number(number) => Ok(number),
        _ => Err(Refusal::Damaged.into()),
    }
}

pub(super) fn is_space(byte: u8) -> bool {
    matches!(byte, 0 | b'\t' | b'\n' | 0x0C | b'\r' | b' ')
}

fn is_delimiter(byte: u8) -> bool {
    matches!(
        byte,
        b'(' | b')' | b'<' | b'>' | b'[' | b']' | b'{' | b'}' | b'/' | b'%'
    )
}

/// Whether the next byte is this one, which is then passed over.
fn follows<R: Read + Seek>(source: &mut Source<R>, byte: u8) -> Result<bool> {
    let same = source.chunk()?.first() == Some(&byte);
    if same {
        source.consume(1);
    }
    Ok(same)
}

fn skip_comment<R: Read + Seek>(source: &mut Source<R>) -> Result<()> {
    while !matches!(source.byte()?, b'\n' | b'\r') {}
    Ok(())
}

fn skip_hex<R: Read + Seek>(source: &mut Source<R>) -> Result<Token> {
    loop {
        match source.byte()? {
            b'>' => return Ok(Token::Text),
            byte if byte.is_ascii_hexdigit() || is_space(byte) => {}
            _ => return Err(Refusal::Damaged.into()),
        }
    }
}

/// Passes over a string in brackets; brackets in it are balanced or escaped.
fn skip_literal<R: Read + Seek>(source: &mut Source<R>) -> Result<Token> {
    let mut open = 1_u64;
    while open > 0 {
        match source.byte()? {
            b'(' => open += 1,
            b')' => open -= 1,
            b'\\' => drop(source.byte()?),
            _ => {}
        }
    }
    Ok(Token::Text)
}

/// Reads regular characters up to the next space or delimiter, which is left in place.
fn word<R: Read + Seek>(source: &mut Source<R>, first: Option<u8>) -> Result<Word> {
    let mut word = Word {
        bytes: [0; WORD],
        length: 0,
    };
    let mut next = first;
    loop {
        if let Some(byte) = next {
            if let Some(place) = word.bytes.get_mut(word.length) {
                *place = byte;
            }
            word.length += 1;
        }
        match source.chunk()?.first() {
            Some(byte) if !is_space(*byte) && !is_delimiter(*byte) => {
                next = Some(*byte);
                source.consume(1);
            }
            _ => return Ok(word),
        }
    }
}

fn number(word: &Word) -> Option<u64> {
    let digits = word.bytes.get(..word.length)?;
    if digits.is_empty() || !digits.iter().all(u8::is_ascii_digit) {
        return None;
    }
    Some(
        digits
            .iter()
            .fold(0, |value, digit| value * 10 + u64::from(digit - b'0')),
    )
}

/// What a cross-reference's dictionary says.
#[derive(Debug, Default)]
pub(super) struct Dict {
    /// Whether its type is that of a cross-reference stream.
    pub is_xref: bool,
    pub has_root: bool,
    pub has_size: bool,
    /// Whether the widths of a cross-reference stream's fields are there.
    pub has_widths: bool,
    /// The place of the cross-reference before this one.
    pub prev: Option<u64>,
    /// The place of a cross-reference stream, for readers that know them.
    pub xref_stream: Option<u64>,
    /// Bytes in the stream after the dictionary.
    pub length: Option<u64>,
}

impl Dict {
    /// Notes a value, or its first token when it has several.
    fn note(&mut self, key: &Word, value: &Token) {
        let number = if let Token::Number(number) = value {
            Some(*number)
        } else {
            None
        };
        if key.is("Type") {
            self.is_xref = matches!(value, Token::Name(name) if name.is("XRef"));
        } else if key.is("Root") {
            self.has_root = number.is_some();
        } else if key.is("Size") {
            self.has_size = number.is_some();
        } else if key.is("W") {
            self.has_widths = *value == Token::ArrayStart;
        } else if key.is("Prev") {
            self.prev = number;
        } else if key.is("XRefStm") {
            self.xref_stream = number;
        } else if key.is("Length") {
            self.length = number;
        }
    }
}

/// Reads a dictionary from `<<` to its `>>`.
pub(super) fn dict<R: Read + Seek>(source: &mut Source<R>) -> Result<Dict> {
    if token(source)? != Token::DictStart {
        return Err(Refusal::Damaged.into());
    }
    let mut dict = Dict::default();
    // The key whose value has not begun yet.
    let mut waiting: Option<Word> = None;
    let mut depth = 1_u64;
    while depth > 0 {
        let key = if depth == 1 { waiting.take() } else { None };
        match token(source)? {
            Token::Name(name) if depth == 1 && key.is_none() => waiting = Some(name),
            Token::DictEnd | Token::ArrayEnd => depth -= 1,
            value => {
                if let Some(key) = key {
                    dict.note(&key, &value);
                }
                depth += u64::from(matches!(value, Token::DictStart | Token::ArrayStart));
            }
        }
    }
    Ok(dict)
}
