//! A decoded picture, and how it is written with the right side up without a second copy of its pixels.

use std::io::Write;

use image::codecs::jpeg::JpegEncoder;
use image::metadata::Orientation;
use image::{DynamicImage, GenericImageView, GrayAlphaImage, GrayImage, Pixel, RgbImage, RgbaImage};

use super::{Result, png, unwritten};
use crate::file::check::Refusal;

/// Of JPEG, from 1 to 100. Text on a photographed receipt stays sharp.
const JPEG_QUALITY: u8 = 88;

/// Decoded pixels as they were stored, and how to turn them.
pub(super) struct Picture {
    pixels: DynamicImage,
    orientation: Orientation,
}

impl Picture {
    /// Of samples of eight bits, one to four a pixel: grey or three colours, each perhaps with transparency.
    pub fn new(
        (width, height): (u32, u32),
        channels: usize,
        samples: Vec<u8>,
        orientation: Orientation,
    ) -> Result<Picture> {
        let pixels = match channels {
            1 => GrayImage::from_raw(width, height, samples).map(DynamicImage::ImageLuma8),
            2 => GrayAlphaImage::from_raw(width, height, samples).map(DynamicImage::ImageLumaA8),
            3 => RgbImage::from_raw(width, height, samples).map(DynamicImage::ImageRgb8),
            _ => RgbaImage::from_raw(width, height, samples).map(DynamicImage::ImageRgba8),
        };
        let pixels = pixels.ok_or(Refusal::Damaged)?;
        Ok(Picture { pixels, orientation })
    }

    /// Whether any pixel lets something shine through; many pictures have an alpha channel without need.
    pub fn is_transparent(&self) -> bool {
        match &self.pixels {
            DynamicImage::ImageRgba8(pixels) => pixels.pixels().any(|pixel| pixel.0[3] != u8::MAX),
            other => other.color().has_alpha(),
        }
    }

    pub fn write_png(self, out: &mut impl Write) -> Result<()> {
        let orientation = self.orientation;
        match &self.pixels {
            DynamicImage::ImageLuma8(pixels) => Upright { pixels, orientation }.write_png(out),
            DynamicImage::ImageLumaA8(pixels) => Upright { pixels, orientation }.write_png(out),
            DynamicImage::ImageRgb8(pixels) => Upright { pixels, orientation }.write_png(out),
            DynamicImage::ImageRgba8(pixels) => Upright { pixels, orientation }.write_png(out),
            _ => Err(Refusal::Damaged.into()),
        }
    }

    pub fn write_jpeg(self, out: &mut impl Write) -> Result<()> {
        let mut encoder = JpegEncoder::new_with_quality(out, JPEG_QUALITY);
        let orientation = self.orientation;
        let written = match &self.pixels {
            DynamicImage::ImageLuma8(pixels) => encoder.encode_image(&Upright { pixels, orientation }),
            DynamicImage::ImageRgb8(pixels) => encoder.encode_image(&Upright { pixels, orientation }),
            DynamicImage::ImageRgba8(pixels) => encoder.encode_image(&Upright { pixels, orientation }),
            _ => return Err(Refusal::Damaged.into()),
        };
        written.map_err(unwritten)
    }
}

/// A picture seen with the right side up, without a second copy of its pixels.
pub(super) struct Upright<'a, P> {
    pub pixels: &'a P,
    pub orientation: Orientation,
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

impl<P: GenericImageView> Upright<'_, P>
where
    P::Pixel: Pixel<Subpixel = u8>,
{
    fn write_png(&self, out: &mut impl Write) -> Result<()> {
        let channels = usize::from(P::Pixel::CHANNEL_COUNT);
        let (width, height) = self.dimensions();
        let mut row = Vec::with_capacity(width as usize * channels);
        let mut y = 0;
        png::write(out, (width, height), channels, || {
            if y == height {
                return Ok(None);
            }
            row.clear();
            (0..width).for_each(|x| row.extend_from_slice(self.get_pixel(x, y).channels()));
            y += 1;
            Ok(Some(std::mem::take(&mut row)))
        })
    }
}
