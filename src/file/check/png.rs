//! PNG: every chunk with its checksum, from the signature to IEND.

use std::io::{Read, Seek};

use super::plan::Plan;
use super::source::Source;
use super::{Refusal, Result, pixels_within_limits};

pub(super) const MAGIC: &[u8] = b"\x89PNG\r\n\x1a\n";

/// The most memory for the rest: two rows, a window of the packed data, a colour profile.
const BESIDES: u64 = 12 << 20;

/// How far the walk has come; chunks are in their place only in some of these.
#[derive(PartialEq)]
enum Stage {
    BeforeData,
    Data,
    AfterData,
}

/// Walks the chunks and returns the image's size and what of it a decoder needs.
pub(super) fn check<R: Read + Seek>(source: &mut Source<R>) -> Result<((u32, u32), Plan)> {
    source.magic(MAGIC)?;
    let mut header = header(source)?;
    let mut plan = Plan::default();
    plan.keep(0..source.position());
    let mut stage = Stage::BeforeData;
    let mut palette = false;
    // Frames that are announced, that have a header, and whether one has data of its own.
    let (mut announced, mut frames, mut other_data) = (1, 0, false);
    let mut seen = Vec::new();
    loop {
        let start = source.position();
        let length = source.u32()?;
        let kind: [u8; 4] = source.array()?;
        if length > i32::MAX as u32 || !kind.iter().all(u8::is_ascii_alphabetic) {
            return Err(Refusal::Damaged.into());
        }
        stage = match (&kind, stage) {
            (b"IDAT", Stage::BeforeData | Stage::Data) => Stage::Data,
            (b"IDAT", Stage::AfterData) => return Err(Refusal::Damaged.into()),
            (_, Stage::BeforeData) => Stage::BeforeData,
            _ => Stage::AfterData,
        };
        let in_place = match &kind {
            b"IDAT" => palette || !header.needs_palette,
            b"PLTE" => stage == Stage::BeforeData && !std::mem::replace(&mut palette, true),
            b"IEND" => length == 0,
            // A small first letter marks a chunk that need not be understood.
            _ => kind[0].is_ascii_lowercase(),
        };
        if !in_place {
            return Err(Refusal::Damaged.into());
        }
        match &kind {
            b"acTL" if length >= 4 && source.left() >= 4 => {
                announced = source.u32()?;
                source.seek(start + 8)?;
            }
            b"fcTL" => frames += 1,
            b"fdAT" => other_data = true,
            _ => {}
        }
        if announced > 1 || frames > 1 || other_data {
            return Err(Refusal::Animated.into());
        }
        let content_at = source.position();
        let is_intact = content(source, &kind, length)?;
        let end = source.position();
        match &kind {
            b"IHDR" | b"PLTE" | b"IDAT" | b"IEND" if !is_intact => return Err(Refusal::Damaged.into()),
            b"PLTE" | b"IDAT" => plan.keep(start..end),
            b"IEND" if stage == Stage::BeforeData => return Err(Refusal::NothingToShow.into()),
            b"IEND" => {
                plan.keep(start..end);
                return Ok((header.pixels, plan));
            }
            b"eXIf" if is_intact && plan.exif.is_none() => plan.exif = Some(content_at..end - 4),
            // What changes how the pixels look, once each; whatever else there may be is nothing to a decoder.
            b"tRNS" | b"iCCP" | b"sRGB" | b"gAMA" | b"cHRM" | b"cICP"
                if is_intact && stage == Stage::BeforeData && !seen.contains(&kind) =>
            {
                seen.push(kind);
                plan.keep(start..end);
            }
            _ => {}
        }
        header.is_transparent |= seen.contains(b"tRNS");
        header.cost(&mut plan);
        plan.affordable()?;
    }
}

struct Header {
    pixels: (u32, u32),
    needs_palette: bool,
    colour: u8,
    depth: u8,
    is_interlaced: bool,
    is_transparent: bool,
}

impl Header {
    /// Memory and work: row by row, but for an image that must be there whole before its first row is.
    fn cost(&self, plan: &mut Plan) {
        let (width, height) = (u64::from(self.pixels.0), u64::from(self.pixels.1));
        let channels = match self.colour {
            0 => 1,
            4 => 2,
            2 | 3 => 3,
            _ => 4,
        } + u64::from(self.is_transparent);
        let bytes = channels * if self.depth == 16 { 2 } else { 1 };
        let whole = match self.is_interlaced || plan.exif.is_some() {
            true => width * height * bytes,
            false => 0,
        };
        plan.memory = BESIDES + 8 * width * bytes + whole;
        // To pack is dearer than to unpack.
        plan.work = 3 * width * height * channels;
    }
}
/// Reads IHDR, which must be the first chunk.
fn header<R: Read + Seek>(source: &mut Source<R>) -> Result<Header> {
    let start: [u8; 8] = source.array()?;
    if &start != b"\0\0\0\x0dIHDR" {
        return Err(Refusal::Damaged.into());
    }
    let content: [u8; 13] = source.array()?;
    if Crc::new().and(b"IHDR").and(&content).value() != source.u32()? {
        return Err(Refusal::Damaged.into());
    }
    let [
        w0,
        w1,
        w2,
        w3,
        h0,
        h1,
        h2,
        h3,
        depth,
        colour,
        compression,
        filter,
        interlace,
    ] = content;
    let depth_fits = match colour {
        0 => matches!(depth, 1 | 2 | 4 | 8 | 16),
        3 => matches!(depth, 1 | 2 | 4 | 8),
        2 | 4 | 6 => matches!(depth, 8 | 16),
        _ => false,
    };
    if !depth_fits || compression != 0 || filter != 0 || interlace > 1 {
        return Err(Refusal::Damaged.into());
    }
    let pixels = pixels_within_limits(
        u32::from_be_bytes([w0, w1, w2, w3]),
        u32::from_be_bytes([h0, h1, h2, h3]),
    )?;
    Ok(Header {
        pixels,
        needs_palette: colour == 3,
        colour,
        depth,
        is_interlaced: interlace == 1,
        is_transparent: false,
    })
}

/// Passes over a chunk's content; gives whether its checksum is right.
fn content<R: Read + Seek>(source: &mut Source<R>, kind: &[u8; 4], length: u32) -> Result<bool> {
    if u64::from(length) > source.left() {
        return Err(Refusal::CutOff.into());
    }
    let mut crc = Crc::new().and(kind);
    let mut left = length as usize;
    while left > 0 {
        let chunk = source.chunk()?;
        let count = chunk.len().min(left);
        crc = crc.and(&chunk[..count]);
        source.consume(count);
        left -= count;
    }
    Ok(crc.value() == source.u32()?)
}

/// The CRC-32 of PNG, eight bytes at a time.
#[derive(Clone, Copy)]
pub(super) struct Crc(u32);

impl Crc {
    /// `TABLES[n][b]` is the effect of byte `b` after `n` further bytes.
    const TABLES: [[u32; 256]; 8] = {
        let mut tables = [[0; 256]; 8];
        let mut byte = 0;
        while byte < 256 {
            let mut value = byte as u32;
            let mut bit = 0;
            while bit < 8 {
                value = if value & 1 == 1 {
                    0xEDB8_8320 ^ (value >> 1)
                } else {
                    value >> 1
                };
                bit += 1;
            }
            tables[0][byte] = value;
            byte += 1;
        }
        let mut n = 1;
        while n < 8 {
            let mut byte = 0;
            while byte < 256 {
                let before = tables[n - 1][byte];
                tables[n][byte] = tables[0][(before & 0xFF) as usize] ^ (before >> 8);
                byte += 1;
            }
            n += 1;
        }
        tables
    };

    pub fn new() -> Self {
        Crc(u32::MAX)
    }

    /// The checksum with `bytes` added.
    pub fn and(self, bytes: &[u8]) -> Self {
        let t = &Self::TABLES;
        let (eights, rest) = bytes.as_chunks::<8>();
        let mut crc = self.0;
        for [a, b, c, d, e, f, g, h] in eights {
            let [a, b, c, d] = (crc ^ u32::from_le_bytes([*a, *b, *c, *d]))
                .to_le_bytes()
                .map(usize::from);
            let [e, f, g, h] = [*e, *f, *g, *h].map(usize::from);
            crc = t[7][a] ^ t[6][b] ^ t[5][c] ^ t[4][d] ^ t[3][e] ^ t[2][f] ^ t[1][g] ^ t[0][h];
        }
        for byte in rest {
            crc = t[0][usize::from(crc as u8 ^ byte)] ^ (crc >> 8);
        }
        Crc(crc)
    }

    pub fn value(self) -> u32 {
        !self.0
    }
}
