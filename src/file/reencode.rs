//! A picture decoded and written anew, so that nothing of the sender's file but its pixels is handed out.
//!
//! Owns the choice of the format served and its quality. Never sees PDF or HEIC, never copies metadata, and never
//! judges a file's structure: that is [`super::check`]'s, which comes first.

use std::io::{BufRead, BufWriter, Error, ErrorKind, Read, Seek, SeekFrom, Write};
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};

use image::codecs::jpeg::{JpegDecoder, JpegEncoder};
use image::codecs::png::{CompressionType, FilterType, PngDecoder, PngEncoder};
use image::codecs::webp::WebPDecoder;
use image::error::{ParameterError, ParameterErrorKind};
use image::metadata::Orientation;
use image::{DynamicImage, GenericImageView, GrayAlphaImage, GrayImage, ImageDecoder, ImageError, ImageResult};
use image::{Limits, RgbImage, RgbaImage};

use super::check::{CheckError, Format, MAX_SIDE, Refusal};

#[cfg(test)]
mod tests;

/// The most memory for decoded pixels, in bytes. The largest allowed picture with transparency needs 200 million.
const MAX_PIXEL_BYTES: u64 = 224 * 1024 * 1024;
/// The most memory a PNG decoder may use besides, in bytes: two rows and the metadata, which is thrown away.
const MAX_DECODER_BYTES: u64 = 32 * 1024 * 1024;
/// Of JPEG, from 1 to 100. Text on a photographed receipt stays sharp.
const JPEG_QUALITY: u8 = 88;
/// Of PNG's compression, from 1 to 9. Higher takes four times as long to save a tenth.
const PNG_LEVEL: u8 = 4;

/// Reads a picture that [`super::check::check`] has let pass, and writes it again with the right side up and without
/// metadata. Returns the media type of what was written.
///
/// JPEG stays JPEG and PNG stays PNG, with eight bits a channel. WebP becomes JPEG, or PNG if any of it is transparent.
/// After an error `out` may hold part of a picture.
pub fn reencode<R: BufRead + Seek, W: Write>(format: Format, file: R, out: W) -> Result<&'static str, CheckError> {
    let mut file = Watched {
        inner: file,
        error: None,
        busy: false,
    };
    let picture = match format {
        Format::Jpeg => guarded(&mut file, |file| JpegDecoder::new(file).and_then(Picture::decode)),
        Format::Png => guarded(&mut file, |file| {
            PngDecoder::with_limits(file, limits(MAX_DECODER_BYTES)).and_then(Picture::decode)
        }),
        Format::Webp => guarded(&mut file, |file| WebPDecoder::new(file).and_then(Picture::decode)),
        Format::Pdf | Format::Heic => return Err(Error::from(ErrorKind::InvalidInput).into()),
    }?;
    let written = match format {
        Format::Png => Format::Png,
        Format::Webp if picture.is_transparent() => Format::Png,
        _ => Format::Jpeg,
    };
    let mut out = BufWriter::new(out);
    let encoded = if written == Format::Png {
        picture.write_png(&mut out)
    } else {
        picture.write_jpeg(&mut out)
    };
    encoded.map_err(|error| match error {
        ImageError::IoError(error) => error,
        other => Error::other(other),
    })?;
    out.flush()?;
    Ok(written.media_type())
}

fn limits(max_alloc: u64) -> Limits {
    let mut limits = Limits::default();
    limits.max_image_width = Some(MAX_SIDE);
    limits.max_image_height = Some(MAX_SIDE);
    limits.max_alloc = Some(max_alloc);
    limits
}

/// Decodes, and finds out whose fault a failure is. Decoders for rare features still index out of bounds on hostile
/// input; such a file is as damaged as one that they refuse.
fn guarded<R, T>(
    file: &mut Watched<R>,
    decode: impl FnOnce(&mut Watched<R>) -> ImageResult<T>,
) -> Result<T, CheckError> {
    match catch_unwind(AssertUnwindSafe(|| decode(file))) {
        Ok(Ok(decoded)) => Ok(decoded),
        Ok(Err(error)) => Err(file.error.take().map_or_else(|| blame(error), CheckError::Io)),
        // Not the decoder but the reader under it.
        Err(panic) if file.busy => resume_unwind(panic),
        Err(_) => Err(Refusal::Damaged.into()),
    }
}

/// What is wrong with a file that was read without trouble but could not be decoded.
fn blame(error: ImageError) -> CheckError {
    let refusal = match error {
        ImageError::Limits(_) => Refusal::TooManyPixels,
        ImageError::Unsupported(_) => Refusal::NotThisType,
        ImageError::IoError(error) if error.kind() == ErrorKind::UnexpectedEof => Refusal::CutOff,
        _ => Refusal::Damaged,
    };
    refusal.into()
}

/// Decoded pixels as they were stored, and how to turn them.
struct Picture {
    pixels: DynamicImage,
    orientation: Orientation,
}

impl Picture {
    fn decode(mut decoder: impl ImageDecoder) -> ImageResult<Picture> {
        let mut limits = limits(MAX_PIXEL_BYTES);
        decoder.set_limits(limits.clone())?;
        limits.reserve(decoder.total_bytes())?;
        let orientation = orientation(&mut decoder);
        let (width, height) = decoder.dimensions();
        let colour = decoder.color_type();
        let mut samples = vec![0; decoder.total_bytes() as usize];
        decoder.read_image(&mut samples)?;
        if colour.bytes_per_pixel() == 2 * colour.channel_count() {
            samples = eight_bits(samples);
        }
        let pixels = match colour.channel_count() {
            1 => GrayImage::from_raw(width, height, samples).map(DynamicImage::ImageLuma8),
            2 => GrayAlphaImage::from_raw(width, height, samples).map(DynamicImage::ImageLumaA8),
            3 => RgbImage::from_raw(width, height, samples).map(DynamicImage::ImageRgb8),
            _ => RgbaImage::from_raw(width, height, samples).map(DynamicImage::ImageRgba8),
        };
        let pixels = pixels
            .ok_or_else(|| ImageError::Parameter(ParameterError::from_kind(ParameterErrorKind::DimensionMismatch)))?;
        Ok(Picture { pixels, orientation })
    }

    /// Whether any pixel lets something shine through; many pictures have an alpha channel without need.
    fn is_transparent(&self) -> bool {
        match &self.pixels {
            DynamicImage::ImageRgba8(pixels) => pixels.pixels().any(|pixel| pixel.0[3] != u8::MAX),
            other => other.color().has_alpha(),
        }
    }

    fn write_png(mut self, out: impl Write) -> ImageResult<()> {
        self.pixels.apply_orientation(self.orientation);
        let encoder = PngEncoder::new_with_quality(out, CompressionType::Level(PNG_LEVEL), FilterType::Adaptive);
        self.pixels.write_with_encoder(encoder)
    }

    fn write_jpeg(self, out: impl Write) -> ImageResult<()> {
        let mut encoder = JpegEncoder::new_with_quality(out, JPEG_QUALITY);
        let orientation = self.orientation;
        match &self.pixels {
            DynamicImage::ImageLuma8(pixels) => encoder.encode_image(&Upright { pixels, orientation }),
            DynamicImage::ImageRgb8(pixels) => encoder.encode_image(&Upright { pixels, orientation }),
            DynamicImage::ImageRgba8(pixels) => encoder.encode_image(&Upright { pixels, orientation }),
            other => encoder.encode_image(&Upright {
                pixels: &other.to_rgb8(),
                orientation,
            }),
        }
    }
}

/// The orientation in a picture's Exif, or none if that cannot be read: unreadable metadata is no reason to refuse.
fn orientation(decoder: &mut impl ImageDecoder) -> Orientation {
    let exif = decoder.exif_metadata().ok().flatten().unwrap_or_default();
    // Some programs keep JPEG's prefix where it does not belong.
    let tiff = exif.strip_prefix(b"Exif\0\0").unwrap_or(&exif);
    Orientation::from_exif_chunk(tiff).unwrap_or(Orientation::NoTransforms)
}

/// Rounds samples of 16 bits to eight, in place.
fn eight_bits(mut samples: Vec<u8>) -> Vec<u8> {
    let count = samples.len() / 2;
    for index in 0..count {
        let wide = u16::from_ne_bytes([samples[2 * index], samples[2 * index + 1]]);
        samples[index] = ((u32::from(wide) + 128) / 257) as u8;
    }
    samples.truncate(count);
    samples.shrink_to_fit();
    samples
}

/// A picture seen with the right side up, without a second copy of its pixels.
struct Upright<'a, P> {
    pixels: &'a P,
    orientation: Orientation,
}

impl<P: GenericImageView> GenericImageView for Upright<'_, P> {
    type Pixel = P::Pixel;

    fn dimensions(&self) -> (u32, u32) {
        let (width, height) = self.pixels.dimensions();
        match self.orientation {
            Orientation::NoTransforms
            | Orientation::Rotate180
            | Orientation::FlipHorizontal
            | Orientation::FlipVertical => (width, height),
            _ => (height, width),
        }
    }

    fn get_pixel(&self, x: u32, y: u32) -> P::Pixel {
        let (width, height) = self.pixels.dimensions();
        let (x, y) = match self.orientation {
            Orientation::NoTransforms => (x, y),
            Orientation::FlipHorizontal => (width - 1 - x, y),
            Orientation::FlipVertical => (x, height - 1 - y),
            Orientation::Rotate180 => (width - 1 - x, height - 1 - y),
            Orientation::Rotate90 => (y, height - 1 - x),
            Orientation::Rotate270 => (width - 1 - y, x),
            Orientation::Rotate90FlipH => (y, x),
            Orientation::Rotate270FlipH => (width - 1 - y, height - 1 - x),
        };
        self.pixels.get_pixel(x, y)
    }
}

/// A reader that remembers its own failure, as decoders do not tell that from a file that ends early.
struct Watched<R> {
    inner: R,
    error: Option<Error>,
    /// Whether the reader underneath is at work.
    busy: bool,
}

/// Calls the reader of a [`Watched`] and keeps its error, whose kind is passed on. A place before the file's start, to
/// which a decoder can be led by the file, is not the reader's failure.
fn watch<'a, R, T>(
    watched: &'a mut Watched<R>,
    call: impl FnOnce(&'a mut R) -> std::io::Result<T>,
) -> std::io::Result<T> {
    watched.busy = true;
    let result = call(&mut watched.inner);
    watched.busy = false;
    result.map_err(|error| {
        let kind = error.kind();
        if !matches!(kind, ErrorKind::Interrupted | ErrorKind::InvalidInput) {
            watched.error = Some(error);
        }
        kind.into()
    })
}

impl<R: Read> Read for Watched<R> {
    fn read(&mut self, into: &mut [u8]) -> std::io::Result<usize> {
        watch(self, |inner| inner.read(into))
    }
}

impl<R: BufRead> BufRead for Watched<R> {
    fn fill_buf(&mut self) -> std::io::Result<&[u8]> {
        watch(self, |inner| inner.fill_buf())
    }

    fn consume(&mut self, bytes: usize) {
        self.inner.consume(bytes);
    }
}

impl<R: Seek> Seek for Watched<R> {
    fn seek(&mut self, to: SeekFrom) -> std::io::Result<u64> {
        watch(self, |inner| inner.seek(to))
    }
}
