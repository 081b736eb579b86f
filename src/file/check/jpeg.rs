//! JPEG: every marker segment and every entropy-coded byte up to the end of the image.

use std::io::{Read, Seek};
use std::ops::Range;

use super::plan::Plan;
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
const QUANTISATION: u8 = 0xDB;
const RESTART_INTERVAL: u8 = 0xDD;
const APP0: u8 = 0xE0;
const EXIF: u8 = 0xE1;
const PROFILE: u8 = 0xE2;
const ADOBE: u8 = 0xEE;

/// Walks the image and returns its size and what of it a decoder needs: the tables and the scans. What stands between the
/// segments, in those that do not matter, and behind the end of the image (phones append gain maps and motion clips) is
/// passed over, as browsers do.
pub(super) fn check<R: Read + Seek>(source: &mut Source<R>) -> Result<((u32, u32), Plan)> {
    source.magic(MAGIC)?;
    let mut found = Found::default();
    found.plan.keep(0..2);
    let mut marker = code(source)?;
    for _ in 0..MAX_SEGMENTS {
        let start = source.position() - 2;
        match marker {
            0xC0..=0xC2 if found.frame.is_none() => {
                found.frame = Some(frame_header(source, marker)?);
                found.plan.keep(start..source.position());
            }
            // Twelve bits, lossless, hierarchical or arithmetic coding, which browsers do not show.
            0xC3 | 0xC5..=0xC7 | 0xC9..=0xCF => return Err(Refusal::NotThisType.into()),
            DEFINE_HUFFMAN | QUANTISATION | RESTART_INTERVAL => {
                skip_segment(source)?;
                found.plan.keep(start..source.position());
            }
            APP0 | EXIF | PROFILE | ADOBE => found.application(source, marker, start)?,
            0xDC..=0xFE => skip_segment(source)?,
            // Markers without a segment, where they mean nothing.
            0x01 | 0xD0..=0xD7 => {}
            START_OF_SCAN => {
                let frame = found.frame.as_ref().ok_or(Refusal::Damaged)?;
                let samples = scan_header(source, frame)?;
                found.scans += 1;
                found.plan.is_parted |= !frame.is_progressive && samples < frame.samples() && frame.is_uneven();
                found.samples += samples;
                if found.scans > MAX_SCANS {
                    return Err(Refusal::TooHeavy.into());
                }
                // Before the scans are read: each is longer than what it costs to say it.
                found.cost()?;
                let end;
                (marker, end) = entropy_coded(source)?;
                found.plan.keep(start..end);
                continue;
            }
            END_OF_IMAGE => {
                found.plan.keep(start..source.position());
                return found.whole();
            }
            _ => return Err(Refusal::Damaged.into()),
        }
        marker = next_marker(source)?;
    }
    Err(Refusal::Damaged.into())
}

/// What the walk has come by.
#[derive(Default)]
struct Found {
    frame: Option<Frame>,
    scans: u32,
    /// Of all scans.
    samples: u64,
    /// Number, count and place of each piece of the colour profile.
    profile: Vec<(u8, u8, Range<u64>)>,
    plan: Plan,
}

impl Found {
    /// Looks into a segment whose beginning says what it is.
    fn application<R: Read + Seek>(&mut self, source: &mut Source<R>, marker: u8, start: u64) -> Result<()> {
        let length = u64::from(content_length(source)?);
        let content = source.position();
        let end = content + length;
        let mut first = [0; 14];
        let seen = length.min(14) as usize;
        source.read(&mut first[..seen])?;
        let first = &first[..seen];
        match marker {
            EXIF if first.starts_with(b"Exif\0") && length > 6 && self.plan.exif.is_none() => {
                self.plan.exif = Some(content + 6..end);
            }
            PROFILE if first.starts_with(b"ICC_PROFILE\0") && seen == 14 => {
                self.profile.push((first[12], first[13], content + 14..end));
            }
            // How the four channels, or the three, are meant.
            ADOBE if first.starts_with(b"Adobe") && seen >= 12 => self.plan.keep(start..end),
            // Huffman tables may be left out.
            APP0 if first.starts_with(b"AVI1") => self.plan.keep(start..end),
            _ => {}
        }
        source.seek(end)
    }

    /// Memory and work as far as they are known.
    fn cost(&mut self) -> Result<()> {
        let Some(frame) = &self.frame else { return Ok(()) };
        let (width, height) = frame.pixels;
        let (pixels, channels) = (u64::from(width) * u64::from(height), frame.components.len() as u64);
        // The decoder holds some rows of each component, with and without padding, before it writes them.
        let rows = 256 * (u64::from(width) + 64);
        let coefficients = match frame.is_progressive || self.scans > 1 || self.samples < frame.samples() {
            true => 2 * frame.samples(),
            false => 0,
        };
        self.plan.memory = self.plan.given() + pixels * channels + coefficients + rows;
        self.plan.work = self.samples + pixels * channels;
        self.plan.affordable()
    }

    fn whole(mut self) -> Result<((u32, u32), Plan)> {
        if self.scans == 0 {
            return Err(Refusal::NothingToShow.into());
        }
        self.cost()?;
        self.profile.sort_by_key(|(number, _, _)| *number);
        let count = self.profile.len();
        let in_order = |(place, (number, of, _)): (usize, &(u8, u8, Range<u64>))| {
            usize::from(*number) == place + 1 && usize::from(*of) == count
        };
        // A profile of which a piece is missing is none.
        if self.profile.iter().enumerate().all(in_order) {
            self.plan.profile = self.profile.into_iter().map(|(_, _, place)| place).collect();
        }
        let pixels = self.frame.ok_or(Refusal::NothingToShow)?.pixels;
        Ok((pixels, self.plan))
    }
}

/// What the frame's header says.
struct Frame {
    pixels: (u32, u32),
    is_progressive: bool,
    /// Number, and how many blocks of each lie in a unit, across and down.
    components: Vec<(u8, u64, u64)>,
}

impl Frame {
    /// The units that the image is parted into, across and down, in blocks of eight by eight.
    fn units(&self) -> (u64, u64) {
        let most = |of: fn(&(u8, u64, u64)) -> u64| self.components.iter().map(of).max().unwrap_or(1);
        let (across, down) = (most(|one| one.1), most(|one| one.2));
        (
            u64::from(self.pixels.0).div_ceil(8 * across),
            u64::from(self.pixels.1).div_ceil(8 * down),
        )
    }

    /// Whether some components are coarser than others.
    fn is_uneven(&self) -> bool {
        self.components
            .windows(2)
            .any(|two| (two[0].1, two[0].2) != (two[1].1, two[1].2))
    }

    /// The samples of some components, with what fills up the last units.
    fn samples_of<'a>(&self, components: impl Iterator<Item = &'a (u8, u64, u64)>) -> u64 {
        let (across, down) = self.units();
        components.map(|(_, h, v)| 64 * h * v * across * down).sum()
    }

    fn samples(&self) -> u64 {
        self.samples_of(self.components.iter())
    }
}

/// The code of the next marker; what stands before it is no part of the image.
fn next_marker<R: Read + Seek>(source: &mut Source<R>) -> Result<u8> {
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
        match code(source)? {
            0 => {}
            code => return Ok(code),
        }
    }
}

/// The code of a marker whose first byte is read; any number of 0xFF may stand before it.
fn code<R: Read + Seek>(source: &mut Source<R>) -> Result<u8> {
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

/// Reads a start-of-frame segment.
fn frame_header<R: Read + Seek>(source: &mut Source<R>, marker: u8) -> Result<Frame> {
    let length = content_length(source)?;
    let [precision] = source.array()?;
    let height = source.u16()?;
    let width = source.u16()?;
    let [count] = source.array()?;
    if precision != 8 {
        return Err(Refusal::NotThisType.into());
    }
    if !matches!(count, 1 | 3 | 4) || length != 6 + 3 * u16::from(count) {
        return Err(Refusal::Damaged.into());
    }
    let mut components = Vec::new();
    for _ in 0..count {
        let [number, sampling, _] = source.array()?;
        let (across, down) = (u64::from(sampling >> 4), u64::from(sampling & 15));
        if !(1..=4).contains(&across) || !(1..=4).contains(&down) {
            return Err(Refusal::Damaged.into());
        }
        components.push((number, across, down));
    }
    // One component has nothing to be sampled more coarsely than.
    if let [(_, across, down)] = components.as_mut_slice() {
        (*across, *down) = (1, 1);
    }
    Ok(Frame {
        pixels: pixels_within_limits(width.into(), height.into())?,
        is_progressive: marker == 0xC2,
        components,
    })
}

/// Reads the header of a scan; gives how many samples it goes through.
fn scan_header<R: Read + Seek>(source: &mut Source<R>, frame: &Frame) -> Result<u64> {
    let length = content_length(source)?;
    let [count] = source.array()?;
    if !(1..=4).contains(&count) || length != 4 + 2 * u16::from(count) {
        return Err(Refusal::Damaged.into());
    }
    let mut numbers = Vec::new();
    for _ in 0..count {
        let [number, _] = source.array()?;
        numbers.push(number);
    }
    source.skip(3)?;
    Ok(frame.samples_of(
        frame
            .components
            .iter()
            .filter(|(number, _, _)| numbers.contains(number)),
    ))
}

/// Passes over compressed data; gives the code of the marker that ends it, and where that begins.
fn entropy_coded<R: Read + Seek>(source: &mut Source<R>) -> Result<(u8, u64)> {
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
        let start = source.position() - 1;
        match code(source)? {
            // A stuffed zero makes 0xFF mean itself; restart markers belong to the data.
            0x00 | 0xD0..=0xD7 => {}
            code => return Ok((code, start)),
        }
    }
}
