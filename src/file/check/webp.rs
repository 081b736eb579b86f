//! WebP: the RIFF chunks of a still picture.

use std::io::{Read, Seek};

use super::plan::Plan;
use super::source::Source;
use super::{Refusal, Result, pixels_within_limits};

/// The flag in VP8X that announces more than one frame.
const ANIMATION: u8 = 0b10;
/// The flag in VP8X that announces transparency.
const TRANSPARENCY: u8 = 0b1_0000;
/// Place, size, duration and how to lay it on the canvas.
const FRAME_HEADER: u64 = 16;
/// Signature, first partition size, start code, width and height of a lossy frame.
const LOSSY_HEADER: u64 = 10;

/// The most memory for tables and packed metadata.
const BESIDES: u64 = 16 << 20;

/// Walks the chunks and returns the picture's size and what opening it takes. What follows its end is not looked at.
pub(super) fn check<R: Read + Seek>(source: &mut Source<R>) -> Result<((u32, u32), Plan)> {
    source.magic(b"RIFF")?;
    let riff_size = u64::from(little_u32(source)?);
    source.magic(b"WEBP")?;
    let end = 8 + riff_size;
    if end > source.size() {
        return Err(Refusal::CutOff.into());
    }
    let mut found = Found::default();
    chunks(source, end, &mut found)?;
    let is_moving = found.is_animated || found.frames > 0;
    if is_moving && (!found.is_animated || found.frames != 1 || found.image.is_some()) {
        return Err(Refusal::Animated.into());
    }
    let pixels = match (found.canvas, found.image) {
        _ if is_moving => found.frame(source)?,
        (Some(canvas), Some(image)) if canvas != image => return Err(Refusal::Damaged.into()),
        (_, Some(image)) => image,
        (_, None) => return Err(Refusal::NothingToShow.into()),
    };
    let mut plan = Plan::default();
    plan.keep(0..end);
    let count = u64::from(pixels.0) * u64::from(pixels.1);
    // Half bytes a pixel: planes and pixels of a lossy picture, what it lets through, or pixels and tables of a lossless
    // one; a frame besides lies on a canvas.
    let halves = match (found.is_lossless, found.alpha) {
        (true, Alpha::None) => 16,
        (true, _) => 10,
        (false, Alpha::None) => 9,
        (false, Alpha::Plain) => 13,
        (false, Alpha::Packed) => 21,
    } + if is_moving { 16 } else { 0 };
    plan.memory = BESIDES + count * halves / 2 + 64 * u64::from(pixels.0);
    plan.work = 8 * count;
    plan.affordable()?;
    Ok((pixels, plan))
}

/// How it is said what lets something shine through.
#[derive(Clone, Copy, Default)]
enum Alpha {
    #[default]
    None,
    Plain,
    Packed,
}

/// What the walk has come by.
#[derive(Default)]
struct Found {
    canvas: Option<(u32, u32)>,
    image: Option<(u32, u32)>,
    is_lossless: bool,
    alpha: Alpha,
    is_animated: bool,
    /// Frames, and where the first one's content is.
    frames: u32,
    first_frame: std::ops::Range<u64>,
}

impl Found {
    /// The size of the picture whose one frame lies on its canvas.
    fn frame<R: Read + Seek>(&mut self, source: &mut Source<R>) -> Result<(u32, u32)> {
        let canvas = self.canvas.ok_or(Refusal::Damaged)?;
        let of = self.first_frame.clone();
        if of.end - of.start < FRAME_HEADER {
            return Err(Refusal::Damaged.into());
        }
        source.seek(of.start)?;
        let [x0, x1, x2, y0, y1, y2, w0, w1, w2, h0, h1, h2] = source.array()?;
        let number = |bytes: [u8; 3]| u64::from(u32::from_le_bytes([bytes[0], bytes[1], bytes[2], 0]));
        let right = 2 * number([x0, x1, x2]) + number([w0, w1, w2]) + 1;
        let below = 2 * number([y0, y1, y2]) + number([h0, h1, h2]) + 1;
        if right > canvas.0.into() || below > canvas.1.into() {
            return Err(Refusal::Damaged.into());
        }
        source.seek(of.start + FRAME_HEADER)?;
        let (is_animated, frames) = (self.is_animated, self.frames);
        chunks(source, of.end, self)?;
        if (self.is_animated, self.frames) != (is_animated, frames) || self.image.is_none() {
            return Err(Refusal::Damaged.into());
        }
        Ok(canvas)
    }
}

fn chunks<R: Read + Seek>(source: &mut Source<R>, end: u64, found: &mut Found) -> Result<()> {
    while source.position() < end {
        let first = found.canvas.is_none() && found.image.is_none();
        let kind: [u8; 4] = source.array()?;
        let length = u64::from(little_u32(source)?);
        let start = source.position();
        // The last chunk's padding byte is sometimes left out of the RIFF size.
        if start > end || length > end - start {
            return Err(Refusal::Damaged.into());
        }
        match &kind {
            b"ANMF" => {
                found.frames += 1;
                found.first_frame = start..start + length;
            }
            b"VP8X" if first => extended(source, length, found)?,
            b"VP8 " if found.image.is_none() => found.image = Some(lossy(source, length)?),
            b"VP8L" if found.image.is_none() => {
                let (pixels, is_transparent) = lossless(source, length)?;
                (found.image, found.is_lossless) = (Some(pixels), true);
                if is_transparent {
                    found.alpha = Alpha::Plain;
                }
            }
            b"VP8X" | b"VP8 " | b"VP8L" => return Err(Refusal::Damaged.into()),
            _ if first => return Err(Refusal::Damaged.into()),
            b"ALPH" if length > 0 => {
                let [how] = source.array()?;
                found.alpha = if how & 3 == 0 { Alpha::Plain } else { Alpha::Packed };
            }
            _ => {}
        }
        source.seek((start + length + length % 2).min(end))?;
    }
    Ok(())
}

/// The canvas size of a file that may hold more than the picture.
fn extended<R: Read + Seek>(source: &mut Source<R>, length: u64, found: &mut Found) -> Result<()> {
    if length < 10 {
        return Err(Refusal::Damaged.into());
    }
    let [flags, _, _, _, w0, w1, w2, h0, h1, h2] = source.array()?;
    found.is_animated = flags & ANIMATION != 0;
    if flags & TRANSPARENCY != 0 {
        found.alpha = Alpha::Plain;
    }
    found.canvas = Some(pixels_within_limits(
        1 + u32::from_le_bytes([w0, w1, w2, 0]),
        1 + u32::from_le_bytes([h0, h1, h2, 0]),
    )?);
    Ok(())
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

/// The size in the header of a lossless picture (14 bits each, one less than meant), and whether it is transparent.
fn lossless<R: Read + Seek>(source: &mut Source<R>, length: u64) -> Result<((u32, u32), bool)> {
    if length < 5 {
        return Err(Refusal::Damaged.into());
    }
    let [signature, b0, b1, b2, b3] = source.array()?;
    let bits = u32::from_le_bytes([b0, b1, b2, b3]);
    if signature != 0x2F || bits >> 29 != 0 {
        return Err(Refusal::Damaged.into());
    }
    let pixels = pixels_within_limits(1 + (bits & 0x3FFF), 1 + ((bits >> 14) & 0x3FFF))?;
    Ok((pixels, bits & (1 << 28) != 0))
}

fn little_u32<R: Read + Seek>(source: &mut Source<R>) -> Result<u32> {
    Ok(u32::from_le_bytes(source.array()?))
}
