//! Opening WebP.

use std::io::{BufRead, Seek};

use image::ImageDecoder;
use image::codecs::webp::WebPDecoder;

use super::colour::{Channels, Conversion};
use super::upright::Picture;
use super::{Result, blame, orientation};

pub(super) fn open(file: impl BufRead + Seek) -> Result<Picture> {
    let mut decoder = WebPDecoder::new(file).map_err(blame)?;
    let exif = decoder.exif_metadata().ok().flatten().unwrap_or_default();
    let profile = decoder.icc_profile().ok().flatten().unwrap_or_default();
    let (size, channels) = (decoder.dimensions(), usize::from(decoder.color_type().channel_count()));
    let mut samples = vec![0; usize::try_from(decoder.total_bytes()).unwrap_or(0)];
    decoder.read_image(&mut samples).map_err(blame)?;
    let kind = if channels == 4 { Channels::Rgba } else { Channels::Rgb };
    if let Some(conversion) = Conversion::by_icc(&profile, kind) {
        conversion.turn(&mut samples);
    }
    Picture::new(size, channels, samples, orientation(&exif))
}
