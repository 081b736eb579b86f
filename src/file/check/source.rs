//! A bounded, buffered view of the file under check.

use std::io::{Error, ErrorKind, Read, Seek, SeekFrom};

use super::{Refusal, Result};

/// Bytes read from the file at a time.
const BUFFER: usize = 16 * 1024;

/// Reads a file of a known size. Every attempt to read or jump past that size is [`Refusal::CutOff`].
pub(super) struct Source<'a, R> {
    reader: &'a mut R,
    size: u64,
    buffer: Vec<u8>,
    /// Where in the file the buffer begins.
    start: u64,
    /// Where in the buffer the next byte is; never beyond its end.
    next: usize,
    /// Whether the reader stands right after the buffer, so that no seek is needed to go on.
    aligned: bool,
}

impl<'a, R: Read + Seek> Source<'a, R> {
    /// A view of the first `size` bytes of `reader`.
    pub fn new(reader: &'a mut R, size: u64) -> Self {
        Source {
            reader,
            size,
            buffer: Vec::new(),
            start: 0,
            next: 0,
            aligned: false,
        }
    }

    pub fn size(&self) -> u64 {
        self.size
    }

    /// Where in the file the next byte is.
    pub fn position(&self) -> u64 {
        self.start + self.next as u64
    }

    /// Bytes from here to the end of the file.
    pub fn left(&self) -> u64 {
        self.size - self.position()
    }

    /// Goes to a place in the file; its very end is allowed.
    pub fn seek(&mut self, to: u64) -> Result<()> {
        if to > self.size {
            return Err(Refusal::CutOff.into());
        }
        match to.checked_sub(self.start).and_then(|ahead| usize::try_from(ahead).ok()) {
            Some(ahead) if ahead <= self.buffer.len() => self.next = ahead,
            _ => {
                self.buffer.clear();
                self.start = to;
                self.next = 0;
                self.aligned = false;
            }
        }
        Ok(())
    }

    /// Passes over `bytes` bytes, all of which must exist.
    pub fn skip(&mut self, bytes: u64) -> Result<()> {
        if bytes > self.left() {
            return Err(Refusal::CutOff.into());
        }
        self.seek(self.position() + bytes)
    }

    /// The bytes at hand without a further read: at least one, or none at the end of the file.
    pub fn chunk(&mut self) -> Result<&[u8]> {
        if self.next == self.buffer.len() && self.left() > 0 {
            self.refill()?;
        }
        Ok(&self.buffer[self.next..])
    }

    /// Marks bytes that [`Source::chunk`] showed as read.
    pub fn consume(&mut self, bytes: usize) {
        self.next = self.buffer.len().min(self.next + bytes);
    }

    fn refill(&mut self) -> Result<()> {
        let at = self.position();
        if !self.aligned {
            self.reader.seek(SeekFrom::Start(at))?;
        }
        self.aligned = false;
        self.start = at;
        self.next = 0;
        self.buffer.clear();
        let wanted = BUFFER.min(usize::try_from(self.left()).unwrap_or(BUFFER));
        self.buffer.resize(wanted, 0);
        let read = loop {
            match self.reader.read(&mut self.buffer) {
                Err(error) if error.kind() == ErrorKind::Interrupted => {}
                result => break result,
            }
        };
        // A failed read must not leave zeros behind that look like the file.
        self.buffer.truncate(*read.as_ref().unwrap_or(&0));
        if read? == 0 {
            return Err(Error::new(ErrorKind::UnexpectedEof, "the file is shorter than its known size").into());
        }
        self.aligned = true;
        Ok(())
    }

    /// Goes right after the next `needle` from here, and gives where it begins; to the end of the file if there is none.
    pub fn find(&mut self, needle: &[u8]) -> Result<Option<u64>> {
        let Some((first, rest)) = needle.split_first() else {
            return Ok(Some(self.position()));
        };
        'next: loop {
            let chunk = self.chunk()?;
            if chunk.is_empty() {
                return Ok(None);
            }
            let Some(at) = memchr::memchr(*first, chunk) else {
                let all = chunk.len();
                self.consume(all);
                continue;
            };
            self.consume(at + 1);
            let begin = self.position() - 1;
            for expected in rest {
                if self.next_byte()? != Some(*expected) {
                    self.seek(begin + 1)?;
                    continue 'next;
                }
            }
            return Ok(Some(begin));
        }
    }

    /// The next byte, or `None` at the end of the file.
    pub fn next_byte(&mut self) -> Result<Option<u8>> {
        let byte = self.chunk()?.first().copied();
        if byte.is_some() {
            self.next += 1;
        }
        Ok(byte)
    }

    pub fn byte(&mut self) -> Result<u8> {
        self.next_byte()?.ok_or_else(|| Refusal::CutOff.into())
    }

    /// Fills `into`, or refuses the file as cut off.
    pub fn read(&mut self, into: &mut [u8]) -> Result<()> {
        let mut filled = 0;
        while filled < into.len() {
            let chunk = self.chunk()?;
            if chunk.is_empty() {
                return Err(Refusal::CutOff.into());
            }
            let count = chunk.len().min(into.len() - filled);
            into[filled..filled + count].copy_from_slice(&chunk[..count]);
            filled += count;
            self.consume(count);
        }
        Ok(())
    }

    pub fn array<const N: usize>(&mut self) -> Result<[u8; N]> {
        let mut bytes = [0; N];
        self.read(&mut bytes)?;
        Ok(bytes)
    }

    /// A big-endian number of 16 bits.
    pub fn u16(&mut self) -> Result<u16> {
        Ok(u16::from_be_bytes(self.array()?))
    }

    /// A big-endian number of 32 bits.
    pub fn u32(&mut self) -> Result<u32> {
        Ok(u32::from_be_bytes(self.array()?))
    }

    /// A big-endian number of 64 bits.
    pub fn u64(&mut self) -> Result<u64> {
        Ok(u64::from_be_bytes(self.array()?))
    }

    /// Reads the bytes that every file of this kind holds here. Other bytes are another kind of file.
    pub fn magic(&mut self, magic: &[u8]) -> Result<()> {
        for expected in magic {
            if self.byte()? != *expected {
                return Err(Refusal::NotThisType.into());
            }
        }
        Ok(())
    }
}
