//! HEIC: the boxes of the file, and which of its bytes are something else than the picture.

use std::io::{Read, Seek};
use std::ops::Range;

use super::source::Source;
use super::{Refusal, Result, heic_meta, trailing_within_limit};

/// Brands of files whose pictures are coded in HEVC.
const HEVC_BRANDS: [&[u8; 4]; 6] = [b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx"];
/// Brands of files whose pictures are coded in AV1.
const AV1_BRANDS: [&[u8; 4]; 2] = [b"avif", b"avis"];
/// The longest list of brands read, in bytes with the box around it.
const MAX_FILE_TYPE: u32 = 1024;
/// The most separate ranges to blank. Photos have two or three.
const MAX_BLANKS: usize = 4096;

/// What the walk found.
pub(super) struct Heic {
    pub pixels: (u32, u32),
    pub blanks: Vec<Range<u64>>,
}

/// Whether a file type box opens the file and names HEVC, as far as its brands are within `first`.
pub(super) fn is_heic(first: &[u8]) -> bool {
    let (Some(size), Some(b"ftyp"), Some(major)) = (first.first_chunk(), first.get(4..8), first.get(8..12)) else {
        return false;
    };
    let end = first.len().min(u32::from_be_bytes(*size) as usize);
    let compatible = first.get(16..end).unwrap_or_default();
    let names = |list: &[&[u8; 4]]| compatible.as_chunks().0.iter().any(|brand| list.contains(&brand));
    let is = |list: &[&[u8; 4]]| list.iter().any(|brand| *brand == major);
    (is(&HEVC_BRANDS) || major == b"mif1" && names(&HEVC_BRANDS)) && !names(&AV1_BRANDS)
}

/// Walks the boxes to the end of the file.
pub(super) fn check<R: Read + Seek>(source: &mut Source<R>) -> Result<Heic> {
    file_type(source)?;
    let mut blanks = Blanks::default();
    let mut pixels = None;
    let mut has_data = false;
    while source.left() > 0 {
        if pixels.is_some() && has_data && !begins_box(source)? {
            trailing_within_limit(source.left())?;
            blanks.add(source.position()..source.size())?;
            break;
        }
        let found = next_box(source, source.size())?;
        match &found.kind {
            b"meta" if pixels.is_some() => return Err(Refusal::Damaged.into()),
            b"meta" => pixels = Some(heic_meta::check(source, &found, &mut blanks)?),
            b"mdat" => has_data = true,
            // A film or a sequence, whose own metadata could lie anywhere in the data.
            b"moov" | b"moof" => return Err(Refusal::Animated.into()),
            _ => blanks.add(found.payload())?,
        }
        source.seek(found.content.end)?;
    }
    match pixels {
        Some(pixels) if has_data => Ok(Heic {
            pixels,
            blanks: blanks.merged(),
        }),
        _ => Err(Refusal::CutOff.into()),
    }
}

/// Reads the file type box and compares its brands.
fn file_type<R: Read + Seek>(source: &mut Source<R>) -> Result<()> {
    let size = source.u32()?;
    source.magic(b"ftyp")?;
    if !(16..=MAX_FILE_TYPE).contains(&size) {
        return Err(Refusal::Damaged.into());
    }
    let mut whole = vec![0; size as usize];
    source.seek(0)?;
    source.read(&mut whole)?;
    if is_heic(&whole) {
        Ok(())
    } else {
        Err(Refusal::NotThisType.into())
    }
}

/// Whether what comes next looks like a box rather than like padding after the last one.
fn begins_box<R: Read + Seek>(source: &mut Source<R>) -> Result<bool> {
    if source.left() < 8 {
        return Ok(false);
    }
    let start = source.position();
    let size = source.u32()?;
    let kind: [u8; 4] = source.array()?;
    source.seek(start)?;
    Ok(!(2..8).contains(&size) && kind.iter().all(|byte| matches!(byte, b' '..=b'~')))
}

/// One box: a kind, and where in the file its content lies.
pub(super) struct Found {
    pub kind: [u8; 4],
    pub content: Range<u64>,
}

impl Found {
    /// The content without what tells its meaning: zeroing it leaves a box that still reads as its kind.
    pub fn payload(&self) -> Range<u64> {
        let keep = match &self.kind {
            b"uuid" => 16,
            b"udes" => 4,
            _ => 0,
        };
        self.content.end.min(self.content.start + keep)..self.content.end
    }
}

/// Reads the header of the box that begins here and must end at or before `limit`.
pub(super) fn next_box<R: Read + Seek>(source: &mut Source<R>, limit: u64) -> Result<Found> {
    let start = source.position();
    let top = limit == source.size();
    let size = source.u32()?;
    let kind = source.array()?;
    let size = match size {
        // Up to the end of the file.
        0 if top => limit.saturating_sub(start),
        1 => source.u64()?,
        size => u64::from(size),
    };
    let content = source.position();
    match start.checked_add(size) {
        Some(end) if end < content => Err(Refusal::Damaged.into()),
        Some(end) if end <= limit => Ok(Found {
            kind,
            content: content..end,
        }),
        _ if top => Err(Refusal::CutOff.into()),
        _ => Err(Refusal::Damaged.into()),
    }
}

/// Calls `visit` for every box between the source's position and `end`.
pub(super) fn each_box<R: Read + Seek>(
    source: &mut Source<R>,
    end: u64,
    mut visit: impl FnMut(&mut Source<R>, Found) -> Result<()>,
) -> Result<()> {
    while source.position() < end {
        let found = next_box(source, end)?;
        let next = found.content.end;
        visit(source, found)?;
        source.seek(next)?;
    }
    Ok(())
}

/// Ranges of the file to be served as zeros.
#[derive(Default)]
pub(super) struct Blanks(Vec<Range<u64>>);

impl Blanks {
    pub fn add(&mut self, range: Range<u64>) -> Result<()> {
        if self.0.len() == MAX_BLANKS {
            return Err(Refusal::Damaged.into());
        }
        if !range.is_empty() {
            self.0.push(range);
        }
        Ok(())
    }

    /// The ranges in order, those that touch made one.
    fn merged(mut self) -> Vec<Range<u64>> {
        self.0.sort_unstable_by_key(|range| range.start);
        self.0.dedup_by(|next, before| {
            let touch = next.start <= before.end;
            if touch {
                before.end = before.end.max(next.end);
            }
            touch
        });
        self.0
    }
}
