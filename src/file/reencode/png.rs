//! Reading and writing PNG: row by row, so that even the largest costs next to no memory.

use std::io::{BufRead, Error, ErrorKind, Seek, Write};

use image::metadata::Orientation;
use png::{BitDepth, ColorType, DecodingError, DeflateCompression, Limits, Transformations};

use super::Result;
use super::colour::{Channels, Conversion};
use super::upright::Picture;
use crate::file::check::{CheckError, Refusal};

/// The most memory the decoder may use besides two rows: for the colour profile.
const DECODER_MOST: usize = 8 << 20;
/// Of the compression, from 1 to 9. Higher takes four times as long to save a tenth.
const LEVEL: u8 = 4;

/// Writes a PNG again.
pub(super) fn rewrite(file: impl BufRead + Seek, orientation: Orientation, out: &mut impl Write) -> Result<()> {
    let mut decoder = png::Decoder::new_with_limits(file, Limits { bytes: DECODER_MOST });
    decoder.set_transformations(Transformations::EXPAND);
    let mut reader = decoder.read_info().map_err(blame)?;
    let (colour, depth) = reader.output_color_type();
    let (channels, kind) = match colour {
        ColorType::Grayscale => (1, Channels::Grey),
        ColorType::GrayscaleAlpha => (2, Channels::GreyAlpha),
        ColorType::Rgba => (4, Channels::Rgba),
        ColorType::Rgb | ColorType::Indexed => (3, Channels::Rgb),
    };
    let info = reader.info();
    let (size, is_interlaced) = (info.size(), info.interlaced);
    let conversion = Conversion::by_png(info, kind);
    let settle = |samples: &mut Vec<u8>| {
        if depth == BitDepth::Sixteen {
            eight_bits(samples);
        }
        if let Some(conversion) = &conversion {
            conversion.turn(samples);
        }
    };
    if is_interlaced || orientation != Orientation::NoTransforms {
        let mut samples = vec![0; reader.output_buffer_size().ok_or(Refusal::TooHeavy)?];
        reader.next_frame(&mut samples).map_err(blame)?;
        drop(reader);
        settle(&mut samples);
        return Picture::new(size, channels, samples, orientation)?.write_png(out);
    }
    write(out, size, channels, || {
        let Some(row) = reader.next_row().map_err(blame)? else {
            return Ok(None);
        };
        let mut row = row.data().to_vec();
        settle(&mut row);
        Ok(Some(row))
    })
}

/// Writes a PNG of eight bits a channel, as `next` gives its rows.
pub(super) fn write(
    out: &mut impl Write,
    (width, height): (u32, u32),
    channels: usize,
    mut next: impl FnMut() -> Result<Option<Vec<u8>>>,
) -> Result<()> {
    let mut encoder = png::Encoder::new(out, width, height);
    encoder.set_color(match channels {
        1 => ColorType::Grayscale,
        2 => ColorType::GrayscaleAlpha,
        3 => ColorType::Rgb,
        _ => ColorType::Rgba,
    });
    encoder.set_depth(BitDepth::Eight);
    encoder.set_deflate_compression(DeflateCompression::Level(LEVEL));
    encoder.set_filter(png::Filter::Adaptive);
    let mut writer = encoder.write_header().map_err(Error::from)?;
    let mut rows = writer.stream_writer().map_err(Error::from)?;
    while let Some(row) = next()? {
        rows.write_all(&row)?;
    }
    rows.finish().map_err(Error::from)?;
    writer.finish().map_err(Error::from)?;
    Ok(())
}

/// Rounds samples of 16 bits to eight, in place.
fn eight_bits(samples: &mut Vec<u8>) {
    let count = samples.len() / 2;
    for index in 0..count {
        let wide = u16::from_be_bytes([samples[2 * index], samples[2 * index + 1]]);
        samples[index] = ((u32::from(wide) + 128) / 257) as u8;
    }
    samples.truncate(count);
}

fn blame(error: DecodingError) -> CheckError {
    let refusal = match error {
        DecodingError::LimitsExceeded => Refusal::TooHeavy,
        DecodingError::IoError(error) if error.kind() == ErrorKind::UnexpectedEof => Refusal::CutOff,
        _ => Refusal::Damaged,
    };
    refusal.into()
}
