//! Some parts of a file, read as if they were all of it.

use std::io::{Error, ErrorKind, Read, Result, Seek, SeekFrom};
use std::ops::Range;

/// The parts one behind another.
pub(super) struct Parts<R> {
    inner: R,
    parts: Vec<Range<u64>>,
    /// Where each begins here, and in the end where all ends.
    starts: Vec<u64>,
    at: u64,
    /// Whether the file stands where the next byte is.
    aligned: bool,
}

impl<R: Read + Seek> Parts<R> {
    pub fn new(inner: R, parts: &[Range<u64>]) -> Parts<R> {
        let mut starts = vec![0];
        let mut end = 0;
        for part in parts {
            end += part.end.saturating_sub(part.start);
            starts.push(end);
        }
        Parts {
            inner,
            parts: parts.to_vec(),
            starts,
            at: 0,
            aligned: false,
        }
    }

    fn end(&self) -> u64 {
        self.starts.last().copied().unwrap_or(0)
    }
}

impl<R: Read + Seek> Read for Parts<R> {
    fn read(&mut self, into: &mut [u8]) -> Result<usize> {
        if self.at >= self.end() || into.is_empty() {
            return Ok(0);
        }
        // The last part that begins at or before the place; empty ones begin where the next does.
        let index = self.starts.partition_point(|start| *start <= self.at) - 1;
        let (part, start) = (&self.parts[index], self.starts[index]);
        let left = self.starts[index + 1] - self.at;
        if !self.aligned {
            self.inner.seek(SeekFrom::Start(part.start + self.at - start))?;
            self.aligned = true;
        }
        let most = into.len().min(usize::try_from(left).unwrap_or(usize::MAX));
        let read = self.inner.read(&mut into[..most])?;
        self.at += read as u64;
        self.aligned = (read as u64) < left;
        Ok(read)
    }
}

impl<R: Read + Seek> Seek for Parts<R> {
    fn seek(&mut self, to: SeekFrom) -> Result<u64> {
        let place = match to {
            SeekFrom::Start(place) => Some(place),
            SeekFrom::Current(by) => self.at.checked_add_signed(by),
            SeekFrom::End(by) => self.end().checked_add_signed(by),
        };
        self.at = place.ok_or_else(|| Error::from(ErrorKind::InvalidInput))?;
        self.aligned = false;
        Ok(self.at)
    }
}
