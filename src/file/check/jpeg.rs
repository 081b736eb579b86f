//! JPEG: every marker segment and every entropy-coded byte up to the end of the image.

use std::io::{Read, Seek};

use super::source::Source;
use super::{Refusal, Result, pixels_within_limits};

/// Start of image, and the first byte of the marker that must follow.
pub(super) const MAGIC: &[u8] = &[0xFF, 0xD8, 0xFF];

/// The most scans a progressive image may have. Encoders write about ten; each costs a decoder a pass over all pixels,
/// and an empty one is only some dozen bytes long.
const MAX_SCANS: u32 = 64;
/// The most segments before the end. A 15 MiB photo with the largest colour profile stays far below.
const MAX_SEGMENTS: u32 = 4096;

const DEFINE_HUFFMAN: u8 = 0xC4;
const START_OF_SCAN: u8 = 0xDA;
const END_OF_IMAGE: u8 = 0xD9;

/// Walks the image and returns its size. What follows the end of the image is not looked at: phones append gain maps
/// and motion clips there, and it is gone once the image is re-encoded.
pub(super) fn check<R: Read + Seek>(source: &mut Source<R>) -> Result<(u32, u32)> {
    source.magic(MAGIC)?;
    let mut marker = after_fill_bytes(source)?;
    let mut frame = None;
    let mut scans = 0;
    for _ in 0..MAX_SEGMENTS {
        match marker {
            0xC0..=0xC2 if frame.is_none() => frame = Some(frame_header(source)?),
            // Twelve bits, lossless, hierarchical or arithmetic coding, which browsers do not show.
            0xC3 | 0xC5..=0xC7 | 0xC9..=0xCF => return Err(Refusal::NotThisType.into()),
            DEFINE_HUFFMAN | 0xDB..=0xFE => skip_segment(source)?,
            START_OF_SCAN if frame.is_some() && scans < MAX_SCANS => {
                scans += 1;
                scan_header(source)?;
                marker = entropy_coded(source)?;
                continue;
            }
            END_OF_IMAGE if scans > 0 => return frame.ok_or_else(|| Refusal::Damaged.into()),
            _ => return Err(Refusal::Damaged.into()),
        }
        marker = next_marker(source)?;
    }
    Err(Refusal::Damaged.into())
}

/// The code of the marker that must begin here.
fn next_marker<R: Read + Seek>(source: &mut Source<R>) -> Result<u8> {
    if source.byte()? != 0xFF {
        return Err(Refusal::Damaged.into());
    }
    after_fill_bytes(source)
}

/// The code of a marker whose first byte is read; any number of 0xFF may stand before it.
fn after_fill_bytes<R: Read + Seek>(source: &mut Source<R>) -> Result<u8> {
    loop {
        match source.byte()? {
            0xFF => {}
            code => return Ok(code),
        }
    }
}

/// The length of a segment's content; the length field counts its own two bytes.
fn content_length<R: Read + Seek>(source: &mut Source<R>) -> Result<u16> {
    source.u16()?.checked_sub(2).ok_or_else(|| Refusal::Damaged.into())
}

fn skip_segment<R: Read + Seek>(source: &mut Source<R>) -> Result<()> {
    let length = content_length(source)?;
    source.skip(length.into())
}

/// Reads a start-of-frame segment and returns width and height.
fn frame_header<R: Read + Seek>(source: &mut Source<R>) -> Result<(u32, u32)> {
    let length = content_length(source)?;
    let [precision] = source.array()?;
    let height = source.u16()?;
    let width = source.u16()?;
    let [components] = source.array()?;
    if precision != 8 {
        return Err(Refusal::NotThisType.into());
    }
    if !matches!(components, 1 | 3 | 4) || length != 6 + 3 * u16::from(components) {
        return Err(Refusal::Damaged.into());
    }
    source.skip(3 * u64::from(components))?;
    pixels_within_limits(width.into(), height.into())
}

fn scan_header<R: Read + Seek>(source: &mut Source<R>) -> Result<()> {
    let length = content_length(source)?;
    let [components] = source.array()?;
    if !(1..=4).contains(&components) || length != 4 + 2 * u16::from(components) {
        return Err(Refusal::Damaged.into());
    }
    source.skip(u64::from(length) - 1)
}

/// Passes over compressed data and returns the code of the marker that ends it.
fn entropy_coded<R: Read + Seek>(source: &mut Source<R>) -> Result<u8> {
    loop {
        let chunk = source.chunk()?;
        if chunk.is_empty() {
            return Err(Refusal::CutOff.into());
        }
        let Some(at) = chunk.iter().position(|byte| *byte == 0xFF) else {
            let all = chunk.len();
            source.consume(all);
            continue;
        };
        source.consume(at + 1);
        match after_fill_bytes(source)? {
            // A stuffed zero makes 0xFF mean itself; restart markers belong to the data.
            0x00 | 0xD0..=0xD7 => {}
            code => return Ok(code),
        }
    }
}
