//! What it takes to open a picture, reckoned from its structure before a pixel of it is decoded, and what of its file is
//! the picture.

use std::ops::Range;

use super::{Refusal, Result};

/// The most memory that opening one picture may take, in bytes: a baseline JPEG of [`super::MAX_PIXELS`] takes it.
pub const MEMORY_MOST: u64 = 216 << 20;
/// The most samples that are read, in all scans, and written.
const WORK_MOST: u64 = 800_000_000;
/// The most memory and samples of a small picture, as a page sends it: open in a moment, also where much else is to be done.
const SMALL_MEMORY_MOST: u64 = 40 << 20;
const SMALL_WORK_MOST: u64 = 30_000_000;

/// What is read of a picture's file, and what opening it costs.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Plan {
    /// Bytes of memory.
    pub memory: u64,
    /// Samples read and written.
    pub work: u64,
    /// What a decoder is given, in order, as if it were the whole file.
    pub parts: Vec<Range<u64>>,
    /// Where the picture's Exif stands, for what it says of its right side up.
    pub exif: Option<Range<u64>>,
    /// A JPEG that is not progressive, and whose components, some coarser than others, lie in scans of their own.
    pub is_parted: bool,
    /// The pieces of the picture's colour profile where the decoder does not find it, in order.
    pub profile: Vec<Range<u64>>,
}

impl Plan {
    /// Everything is the picture.
    #[cfg(test)]
    pub fn whole(size: u64) -> Plan {
        Plan {
            parts: std::iter::once(0..size).collect(),
            ..Plan::default()
        }
    }

    /// Gives a further part to the decoder.
    pub(super) fn keep(&mut self, part: Range<u64>) {
        match self.parts.last_mut() {
            Some(last) if last.end == part.start => last.end = part.end,
            _ => self.parts.push(part),
        }
    }

    /// How many bytes the decoder is given.
    pub fn given(&self) -> u64 {
        self.parts.iter().map(|part| part.end - part.start).sum()
    }

    /// Whether it is open in a moment and takes little memory.
    pub fn is_small(&self) -> bool {
        self.memory <= SMALL_MEMORY_MOST && self.work <= SMALL_WORK_MOST
    }

    /// Refuses a picture that takes more than one may.
    pub(super) fn affordable(&self) -> Result<()> {
        if self.memory > MEMORY_MOST || self.work > WORK_MOST {
            return Err(Refusal::TooHeavy.into());
        }
        Ok(())
    }
}
