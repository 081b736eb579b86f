//! WebP: the RIFF chunks of a still picture.

use std::io::{Read, Seek};

use super::source::Source;
use super::{Refusal, Result, pixels_within_limits, trailing_within_limit};

/// The flag in VP8X that announces more than one frame.
const ANIMATION: u8 = 0b10;
/// Signature, first partition size, start code, width and height of a lossy frame.
const LOSSY_HEADER: u64 = 10;

/// Walks the chunks and returns the picture's size.
pub(super) fn check<R: Read + Seek>(source: &mut Source<R>) -> Result<(u32, u32)> {
    source.magic(b"RIFF")?;
    let riff_size = u64::from(little_u32(source)?);
    source.magic(b"WEBP")?;
    let end = 8 + riff_size;
    if end > source.size() {
        return Err(Refusal::CutOff.into());
    }
    let pixels = chunks(source, end)?;
    trailing_within_limit(source.size() - end)?;
    Ok(pixels)
}

fn chunks<R: Read + Seek>(source: &mut Source<R>, end: u64) -> Result<(u32, u32)> {
    let mut canvas = None;
    let mut image = None;
    while source.position() < end {
        let first = canvas.is_none() && image.is_none();
        let kind: [u8; 4] = source.array()?;
        let length = u64::from(little_u32(source)?);
        let start = source.position();
        // The last chunk's padding byte is sometimes left out of the RIFF size.
        if start > end || length > end - start {
            return Err(Refusal::Damaged.into());
        }
        match &kind {
            b"ANIM" | b"ANMF" => return Err(Refusal::Animated.into()),
            b"VP8X" if first => canvas = Some(extended(source, length)?),
            b"VP8 " if image.is_none() => image = Some(lossy(source, length)?),
            b"VP8L" if image.is_none() => image = Some(lossless(source, length)?),
            b"VP8X" | b"VP8 " | b"VP8L" => return Err(Refusal::Damaged.into()),
            _ if first => return Err(Refusal::Damaged.into()),
            _ => {}
        }
        source.seek((start + length + length % 2).min(end))?;
    }
    match (canvas, image) {
        (Some(canvas), Some(image)) if canvas != image => Err(Refusal::Damaged.into()),
        (_, Some(image)) => Ok(image),
        (_, None) => Err(Refusal::Damaged.into()),
    }
}

/// The canvas size of a file that may hold more than the picture.
fn extended<R: Read + Seek>(source: &mut Source<R>, length: u64) -> Result<(u32, u32)> {
    if length < 10 {
        return Err(Refusal::Damaged.into());
    }
    let [flags, _, _, _, w0, w1, w2, h0, h1, h2] = source.array()?;
    if flags & ANIMATION != 0 {
        return Err(Refusal::Animated.into());
    }
    pixels_within_limits(
        1 + u32::from_le_bytes([w0, w1, w2, 0]),
        1 + u32::from_le_bytes([h0, h1, h2, 0]),
    )
}

/// The size in the header of a VP8 key frame.
fn lossy<R: Read + Seek>(source: &mut Source<R>, length: u64) -> Result<(u32, u32)> {
    if length < LOSSY_HEADER {
        return Err(Refusal::Damaged.into());
    }
    let [t0, t1, t2, s0, s1, s2, w0, w1, h0, h1] = source.array()?;
    let tag = u32::from_le_bytes([t0, t1, t2, 0]);
    let first_partition = u64::from(tag >> 5);
    if tag & 1 != 0 || [s0, s1, s2] != [0x9D, 0x01, 0x2A] || first_partition > length - LOSSY_HEADER {
        return Err(Refusal::Damaged.into());
    }
    // The two highest bits ask for upscaling.
    pixels_within_limits(
        u32::from(u16::from_le_bytes([w0, w1]) & 0x3FFF),
        u32::from(u16::from_le_bytes([h0, h1]) & 0x3FFF),
    )
}

/// The size in the header of a lossless picture: 14 bits each, one less than meant.
fn lossless<R: Read + Seek>(source: &mut Source<R>, length: u64) -> Result<(u32, u32)> {
    if length < 5 {
        return Err(Refusal::Damaged.into());
    }
    let [signature, b0, b1, b2, b3] = source.array()?;
    let bits = u32::from_le_bytes([b0, b1, b2, b3]);
    if signature != 0x2F || bits >> 29 != 0 {
        return Err(Refusal::Damaged.into());
    }
    pixels_within_limits(1 + (bits & 0x3FFF), 1 + ((bits >> 14) & 0x3FFF))
}

fn little_u32<R: Read + Seek>(source: &mut Source<R>) -> Result<u32> {
    Ok(u32::from_le_bytes(source.array()?))
}
