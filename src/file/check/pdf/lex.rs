//! PDF's words and values, read as leniently as its readers do.

use std::io::{Read, Seek};

use super::super::Result;
use super::super::source::Source;

/// The longest name or keyword kept; longer ones are none of those that are looked for.
const WORD: usize = 20;
/// The longest text kept: what a password is checked against is shorter.
const TEXT: usize = 256;
/// How deep values are looked into; deeper ones are passed over.
const DEEP: usize = 24;
/// The most parts of one value that are kept; the rest is passed over.
const PARTS: usize = 20_000;

/// One piece of PDF syntax.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Token {
    Number(i64),
    /// A name without its slash.
    Name(Word),
    /// Any other run of regular characters: `obj`, `R`, `true`.
    Keyword(Word),
    DictStart,
    DictEnd,
    ArrayStart,
    ArrayEnd,
    /// The first [`TEXT`] bytes of a literal or hexadecimal string.
    Text(Vec<u8>),
    /// A bracket without its other half.
    Stray,
}

/// The bytes of a name or keyword, cut at [`WORD`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Word {
    bytes: [u8; WORD],
    length: usize,
}

impl Word {
    fn new() -> Word {
        Word {
            bytes: [0; WORD],
            length: 0,
        }
    }

    fn push(&mut self, byte: u8) {
        if let Some(place) = self.bytes.get_mut(self.length) {
            *place = byte;
        }
        self.length += 1;
    }

    fn known(&self) -> &[u8] {
        &self.bytes[..self.length.min(WORD)]
    }

    pub fn is(&self, text: &str) -> bool {
        self.length <= WORD && self.known() == text.as_bytes()
    }

    pub fn begins(&self, text: &str) -> bool {
        self.known().starts_with(text.as_bytes())
    }

    /// The name that this spells, `#` and two digits being one byte.
    fn unescaped(&self) -> Word {
        let mut name = Word::new();
        let mut rest = self.known();
        while let Some((&byte, after)) = rest.split_first() {
            let hex = |at: usize| after.get(at).and_then(|digit| char::from(*digit).to_digit(16));
            match (byte, hex(0), hex(1)) {
                (b'#', Some(high), Some(low)) => {
                    name.push((high * 16 + low) as u8);
                    rest = &after[2..];
                }
                _ => {
                    name.push(byte);
                    rest = after;
                }
            }
        }
        name.length += self.length.saturating_sub(WORD);
        name
    }

    /// The whole number that it spells.
    pub fn number(&self) -> Option<i64> {
        let text = std::str::from_utf8(self.known()).ok()?;
        let whole = text.split_once('.').map_or(text, |(whole, _)| whole);
        whole.parse().ok()
    }
}

/// A value: a token, or what is between brackets.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Value {
    Number(i64),
    Name(Word),
    /// The number of another object.
    Ref(u32),
    Text(Vec<u8>),
    Array(Vec<Value>),
    Dict(Dict),
    False,
    /// Nothing, or something of no interest.
    Other,
}

/// What stands between `<<` and `>>`: keys and values by turns.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Dict(Vec<Value>);

impl Dict {
    /// The value of a key; the first of two counts.
    pub fn get(&self, key: &str) -> Option<&Value> {
        let named = |pair: &&[Value; 2]| matches!(&pair[0], Value::Name(name) if name.is(key));
        self.0.as_chunks().0.iter().find(named).map(|[_, value]| value)
    }

    /// The value of a key that another value names.
    pub fn named(&self, key: &Word) -> Option<&Value> {
        let named = |pair: &&[Value; 2]| matches!(&pair[0], Value::Name(name) if name == key);
        self.0.as_chunks().0.iter().find(named).map(|[_, value]| value)
    }

    pub fn number(&self, key: &str) -> Option<i64> {
        match self.get(key)? {
            Value::Number(number) => Some(*number),
            _ => None,
        }
    }

    pub fn text(&self, key: &str) -> Option<&[u8]> {
        match self.get(key)? {
            Value::Text(text) => Some(text),
            _ => None,
        }
    }

    pub fn is_name(&self, key: &str, name: &str) -> bool {
        matches!(self.get(key), Some(Value::Name(word)) if word.is(name))
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
        b'<' => hexadecimal(source),
        b'(' => literal(source),
        b'[' => Ok(Token::ArrayStart),
        b']' => Ok(Token::ArrayEnd),
        b'/' => Ok(Token::Name(word(source, None)?.unescaped())),
        b'>' | b')' | b'{' | b'}' => Ok(Token::Stray),
        _ => {
            let word = word(source, Some(first))?;
            Ok(word.number().map_or(Token::Keyword(word), Token::Number))
        }
    }
}

/// The value that begins with the next token.
pub(super) fn value<R: Read + Seek>(source: &mut Source<R>) -> Result<Value> {
    let first = token(source)?;
    value_from(source, first, &mut { PARTS }, 0)
}

fn value_from<R: Read + Seek>(source: &mut Source<R>, first: Token, left: &mut usize, depth: usize) -> Result<Value> {
    Ok(match first {
        Token::Number(number) => Value::Number(number),
        Token::Name(name) => Value::Name(name),
        Token::Text(text) => Value::Text(text),
        Token::Keyword(word) if word.is("false") => Value::False,
        Token::ArrayStart | Token::DictStart if depth == DEEP => {
            pass_over(source)?;
            Value::Other
        }
        Token::ArrayStart => Value::Array(values(source, left, depth)?),
        Token::DictStart => Value::Dict(Dict(values(source, left, depth)?)),
        Token::Keyword(_) | Token::DictEnd | Token::ArrayEnd | Token::Stray => Value::Other,
    })
}

/// The values up to the closing bracket. A keyword that ends an object ends them too.
fn values<R: Read + Seek>(source: &mut Source<R>, left: &mut usize, depth: usize) -> Result<Vec<Value>> {
    let mut values = Vec::new();
    loop {
        let before = source.position();
        match token(source)? {
            Token::ArrayEnd | Token::DictEnd => return Ok(values),
            Token::Keyword(word) if word.is("R") => {
                if let [.., Value::Number(object), Value::Number(_)] = values[..] {
                    values.truncate(values.len() - 2);
                    values.push(u32::try_from(object).map_or(Value::Other, Value::Ref));
                }
            }
            Token::Keyword(word) if word.is("endobj") || word.is("stream") => {
                source.seek(before)?;
                return Ok(values);
            }
            token => {
                let value = value_from(source, token, left, depth + 1)?;
                if *left > 0 {
                    *left -= 1;
                    values.push(value);
                }
            }
        }
    }
}

/// Passes over what is left up to the closing bracket of one that was opened.
fn pass_over<R: Read + Seek>(source: &mut Source<R>) -> Result<()> {
    let mut open = 1_u64;
    while open > 0 {
        match token(source)? {
            Token::ArrayStart | Token::DictStart => open += 1,
            Token::ArrayEnd | Token::DictEnd => open -= 1,
            _ => {}
        }
    }
    Ok(())
}

pub(super) fn is_space(byte: u8) -> bool {
    matches!(byte, 0 | b'\t' | b'\n' | 0x0C | b'\r' | b' ')
}

pub(super) fn is_delimiter(byte: u8) -> bool {
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

/// Passes over the rest of a line.
pub(super) fn skip_comment<R: Read + Seek>(source: &mut Source<R>) -> Result<()> {
    loop {
        let chunk = source.chunk()?;
        if chunk.is_empty() {
            return Ok(());
        }
        match memchr::memchr2(b'\n', b'\r', chunk) {
            Some(at) => {
                source.consume(at + 1);
                return Ok(());
            }
            None => {
                let all = chunk.len();
                source.consume(all);
            }
        }
    }
}

fn hexadecimal<R: Read + Seek>(source: &mut Source<R>) -> Result<Token> {
    let (mut text, mut half) = (Vec::new(), None);
    loop {
        let byte = source.byte()?;
        if byte == b'>' {
            text.extend(half.map(|high| high * 16));
            return Ok(Token::Text(text));
        }
        let Some(digit) = char::from(byte).to_digit(16).map(|digit| digit as u8) else {
            continue;
        };
        match half.take() {
            Some(high) if text.len() < TEXT => text.push(high * 16 + digit),
            Some(_) => {}
            None => half = Some(digit),
        }
    }
}

/// A string in brackets; brackets in it are balanced or escaped.
fn literal<R: Read + Seek>(source: &mut Source<R>) -> Result<Token> {
    let (mut text, mut open) = (Vec::new(), 1_u64);
    loop {
        let byte = match source.byte()? {
            b'\\' => escaped(source)?,
            byte => {
                open += u64::from(byte == b'(');
                open -= u64::from(byte == b')');
                Some(byte)
            }
        };
        if open == 0 {
            return Ok(Token::Text(text));
        }
        text.extend(byte.filter(|_| text.len() < TEXT));
    }
}

/// The byte that is meant by what follows a backslash; none at the end of a line.
fn escaped<R: Read + Seek>(source: &mut Source<R>) -> Result<Option<u8>> {
    Ok(Some(match source.byte()? {
        b'n' => b'\n',
        b'r' => b'\r',
        b't' => b'\t',
        b'b' => 8,
        b'f' => 12,
        b'\n' => return Ok(None),
        b'\r' => {
            follows(source, b'\n')?;
            return Ok(None);
        }
        digit @ b'0'..=b'7' => {
            let mut code = u32::from(digit - b'0');
            for _ in 0..2 {
                match source.chunk()?.first() {
                    Some(digit @ b'0'..=b'7') => {
                        code = code * 8 + u32::from(digit - b'0');
                        source.consume(1);
                    }
                    _ => break,
                }
            }
            code as u8
        }
        byte => byte,
    }))
}

/// Reads regular characters up to the next space or delimiter, which is left in place.
pub(super) fn word<R: Read + Seek>(source: &mut Source<R>, first: Option<u8>) -> Result<Word> {
    let mut word = Word::new();
    if let Some(byte) = first {
        word.push(byte);
    }
    loop {
        match source.chunk()?.first() {
            Some(byte) if !is_space(*byte) && !is_delimiter(*byte) => {
                word.push(*byte);
                source.consume(1);
            }
            _ => return Ok(word),
        }
    }
}
