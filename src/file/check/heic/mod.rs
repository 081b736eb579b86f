//! HEIC: the boxes of the file, and which of its bytes are the picture. Of what is shown only that stays: boxes that are
//! known, the items that are pictures, their bytes and their properties. All else is written over, in place.

mod kept;
mod meta;
mod rebuild;

use std::io::{Read, Seek};
use std::ops::Range;

use super::source::Source;
use super::{Refusal, Result};
use kept::Kept;
use meta::Meta;

/// Brands of files whose pictures are coded in HEVC.
const HEVC_BRANDS: [&[u8; 4]; 6] = [b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx"];
/// Brands of files of pictures, however coded.
const PICTURE_BRANDS: [&[u8; 4]; 6] = [b"mif1", b"mif2", b"mif3", b"miaf", b"MiHE", b"MiHB"];
/// Brands of files whose pictures are coded in AV1.
const AV1_BRANDS: [&[u8; 4]; 2] = [b"avif", b"avis"];
/// Brands that stay where a file names them.
const KNOWN_BRANDS: [&[u8; 4]; 17] = [
    b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"mif1", b"mif2", b"mif3", b"miaf", b"MiHE", b"MiHB",
    b"MiHA", b"msf1", b"1pic", b"iso8", b"tmap",
];
/// The longest list of brands read, in bytes with the box around it.
const MAX_FILE_TYPE: u32 = 1024;
/// The most boxes beside each other. Photos have four or five.
const MAX_BOXES: usize = 1024;

/// What the walk found.
pub(super) struct Heic {
    pub pixels: (u32, u32),
    /// What is written over the file where it is shown, in order.
    pub blanks: Vec<Range<u64>>,
    pub written: Vec<(u64, Vec<u8>)>,
    /// Where the last box ends.
    pub end: u64,
}

/// Whether a file type box opens the file and names pictures in HEVC, as far as its brands are within `first`.
pub(super) fn is_heic(first: &[u8]) -> bool {
    let (Some(size), Some(b"ftyp"), Some(major)) = (first.first_chunk(), first.get(4..8), first.get(8..12)) else {
        return false;
    };
    let end = first.len().min(u32::from_be_bytes(*size) as usize);
    let compatible = first.get(16..end).unwrap_or_default();
    let names = |list: &[&[u8; 4]]| compatible.as_chunks().0.iter().any(|brand| list.contains(&brand));
    let is = |list: &[&[u8; 4]]| list.iter().any(|brand| *brand == major);
    (is(&HEVC_BRANDS) || is(&PICTURE_BRANDS)) && !names(&AV1_BRANDS)
}

/// Walks the boxes to the end of the file.
pub(super) fn check<R: Read + Seek>(source: &mut Source<R>) -> Result<Heic> {
    let brands = file_type(source)?;
    let mut found: Vec<Found> = Vec::new();
    let mut end = source.position();
    while source.left() > 0 {
        let begun = source.position();
        let has_meta = found.iter().any(|found| &found.kind == b"meta");
        if has_meta && !begins_box(source)? {
            break;
        }
        let next = match next_box(source, source.size()) {
            Ok(next) => next,
            // Something that only looks like a box, behind all that are needed.
            Err(_) if has_meta && !is_box_of_the_picture(source, begun)? => break,
            Err(cause) => return Err(cause),
        };
        // A film or a sequence, whose own metadata could lie anywhere in the data.
        if matches!(&next.kind, b"moov" | b"moof") {
            return Err(Refusal::Animated.into());
        }
        if found.len() == MAX_BOXES || has_meta && &next.kind == b"meta" {
            return Err(Refusal::Damaged.into());
        }
        end = next.content.end;
        source.seek(end)?;
        found.push(next);
    }
    let place = found.iter().find(|found| &found.kind == b"meta");
    let place = place.ok_or(Refusal::CutOff)?.content.clone();
    source.seek(place.start)?;
    let meta = Meta::read(source, &place)?;
    let kept = Kept::of(&meta, end)?;
    let extents = kept.extents(false);
    // A picture that lies in a box that tells of it would not stay what it is.
    let first = found.first().map_or(end, |found| found.content.start);
    if extents
        .iter()
        .any(|extent| extent.start < first || extent.start < place.end && extent.end > place.start)
    {
        return Err(Refusal::Damaged.into());
    }
    let mut heic = Heic {
        pixels: meta.pixels,
        blanks: Vec::new(),
        written: vec![brands],
        end,
    };
    for found in &found {
        if found.content == place {
            let content = rebuild::rebuilt(source, &meta, &kept, place.end - place.start)?;
            heic.written.push((place.start, content));
            continue;
        }
        heic.blanks.extend(without(&found.content, &extents));
        if &found.kind != b"mdat" {
            heic.written.push((found.kind_at, b"free".to_vec()));
        }
    }
    Ok(heic)
}

/// What of a range none of the others, in order, covers.
fn without(range: &Range<u64>, others: &[Range<u64>]) -> Vec<Range<u64>> {
    let (mut left, mut at) = (Vec::new(), range.start);
    for other in others
        .iter()
        .filter(|other| other.end > range.start && other.start < range.end)
    {
        left.push(at..other.start.max(at));
        at = at.max(other.end).min(range.end);
    }
    left.push(at..range.end);
    left.retain(|range| !range.is_empty());
    left
}

/// Whether the box that begins here is one of those that a picture needs.
fn is_box_of_the_picture<R: Read + Seek>(source: &mut Source<R>, begun: u64) -> Result<bool> {
    source.seek(begun + 4)?;
    let kind: [u8; 4] = source.array()?;
    source.seek(begun)?;
    Ok(matches!(&kind, b"mdat" | b"meta" | b"moov" | b"moof"))
}

/// Reads the file type box and compares its brands; gives what is shown of it, and where.
fn file_type<R: Read + Seek>(source: &mut Source<R>) -> Result<(u64, Vec<u8>)> {
    let size = source.u32()?;
    source.magic(b"ftyp")?;
    if !(16..=MAX_FILE_TYPE).contains(&size) {
        return Err(Refusal::Damaged.into());
    }
    let mut whole = vec![0; size as usize];
    source.seek(0)?;
    source.read(&mut whole)?;
    if !is_heic(&whole) {
        return Err(Refusal::NotThisType.into());
    }
    let mut brands = whole.split_off(8);
    brands[4..8].fill(0);
    let major: Vec<u8> = brands[..4].to_vec();
    let (known, rest) = brands[8..].as_chunks_mut::<4>();
    for brand in known {
        if !KNOWN_BRANDS.contains(&&*brand) {
            brand.copy_from_slice(&major);
        }
    }
    rest.fill(0);
    Ok((8, brands))
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
    /// Where the kind stands.
    pub kind_at: u64,
    pub content: Range<u64>,
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
            kind_at: start + 4,
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
