//! Opening JPEG.

use std::io::{Read, Seek};

use image::metadata::Orientation;
use jpeg_decoder::PixelFormat;
use zune_core::bytestream::ZCursor;
use zune_core::colorspace::ColorSpace;
use zune_core::options::DecoderOptions;
use zune_jpeg::JpegDecoder;
use zune_jpeg::errors::DecodeErrors;

use super::colour::{Channels, Conversion, PROFILE_MOST};
use super::parts::Parts;
use super::upright::Picture;
use super::{Result, exif, orientation};
use crate::file::check::{CheckError, MAX_SIDE, Plan, Refusal};

pub(super) fn open<R: Read + Seek>(file: &mut R, plan: &Plan) -> Result<Picture> {
    let orientation = orientation(&exif(file, plan)?);
    let mut profile = Vec::new();
    Parts::new(&mut *file, &plan.profile)
        .take(PROFILE_MOST)
        .read_to_end(&mut profile)?;
    let mut input = Vec::with_capacity(usize::try_from(plan.given()).unwrap_or(0));
    Parts::new(file, &plan.parts).read_to_end(&mut input)?;
    if plan.is_parted {
        return open_parted(&input, &profile, orientation);
    }
    // A file that is broken in the middle is shown as far as it can be read, as browsers do.
    let options = DecoderOptions::default()
        .set_strict_mode(false)
        .set_max_width(MAX_SIDE as usize)
        .set_max_height(MAX_SIDE as usize);
    let mut decoder = JpegDecoder::new_with_options(ZCursor::new(input.as_slice()), options);
    decoder.decode_headers().map_err(blame)?;
    let stored = decoder.input_colorspace().ok_or(Refusal::Damaged)?;
    let (width, height) = decoder.dimensions().ok_or(Refusal::Damaged)?;
    let kind = match stored {
        ColorSpace::Luma => Channels::Grey,
        ColorSpace::CMYK | ColorSpace::YCCK => Channels::Ink,
        _ => Channels::Rgb,
    };
    let conversion = Conversion::by_icc(&profile, kind);
    // Inks without a profile are turned by the decoder, as browsers turn them.
    let (given, channels) = match kind {
        Channels::Grey => (ColorSpace::Luma, 1),
        Channels::Ink if conversion.is_some() => (stored, 4),
        _ => (ColorSpace::RGB, 3),
    };
    decoder.set_options(decoder.options().jpeg_set_out_colorspace(given));
    let mut samples = vec![0; width * height * channels];
    decoder.decode_into(&mut samples).map_err(blame)?;
    drop(decoder);
    drop(input);
    if channels == 4 {
        inks(&mut samples, stored);
    }
    if let Some(conversion) = conversion {
        let count = conversion.turn(&mut samples);
        samples.truncate(count);
    }
    let size = (u32::try_from(width).unwrap_or(0), u32::try_from(height).unwrap_or(0));
    Picture::new(size, channels.min(3), samples, orientation)
}

/// One whose components lie in scans of their own, which the other decoder mixes up where some are coarser.
fn open_parted(input: &[u8], profile: &[u8], orientation: Orientation) -> Result<Picture> {
    let mut decoder = jpeg_decoder::Decoder::new(input);
    let mut samples = decoder.decode().map_err(|_| Refusal::Damaged)?;
    let info = decoder.info().ok_or(Refusal::Damaged)?;
    if info.pixel_format != PixelFormat::RGB24 {
        return Err(Refusal::NotThisType.into());
    }
    if let Some(conversion) = Conversion::by_icc(profile, Channels::Rgb) {
        conversion.turn(&mut samples);
    }
    Picture::new((info.width.into(), info.height.into()), 3, samples, orientation)
}

/// What is stored is how little of each ink there is. Of the first three it may be stored as brightness and colour, which
/// turned into red, green and blue would be the ink itself.
fn inks(samples: &mut [u8], stored: ColorSpace) {
    for pixel in samples.chunks_exact_mut(4) {
        if stored == ColorSpace::YCCK {
            let [y, blue, red] = [pixel[0], pixel[1], pixel[2]].map(f32::from);
            let (blue, red) = (blue - 128.0, red - 128.0);
            // A cast holds a number within its limits.
            pixel[0] = (y + 1.402 * red).round() as u8;
            pixel[1] = (y - 0.344_136 * blue - 0.714_136 * red).round() as u8;
            pixel[2] = (y + 1.772 * blue).round() as u8;
        } else {
            pixel[..3].iter_mut().for_each(|sample| *sample = 255 - *sample);
        }
        pixel[3] = 255 - pixel[3];
    }
}

fn blame(error: DecodeErrors) -> CheckError {
    let refusal = match error {
        DecodeErrors::Unsupported(_) => Refusal::NotThisType,
        DecodeErrors::LargeDimensions(_) => Refusal::TooManyPixels,
        DecodeErrors::ExhaustedData => Refusal::CutOff,
        _ => Refusal::Damaged,
    };
    refusal.into()
}
