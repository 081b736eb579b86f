//! Colours as they are meant: a picture's profile, and its samples turned into those of sRGB, which is what browsers take
//! a picture without a profile for. A profile that cannot be read, or that is for other channels, counts for nothing, as
//! in browsers.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;

use moxcms::{
    Chromaticity, CicpColorPrimaries, CicpProfile, ColorPrimaries, ColorProfile, DataColorSpace, Layout,
    MatrixCoefficients, ParsingOptions, ToneReprCurve, TransferCharacteristics, Transform8BitExecutor,
    TransformOptions,
};

/// The largest profile, in bytes; those of printing presses have about two million.
pub(super) const PROFILE_MOST: u64 = 4 << 20;
/// Pixels that are turned at a time.
const RUN: usize = 4096;

/// What the samples of a pixel are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Channels {
    Grey,
    GreyAlpha,
    Rgb,
    Rgba,
    /// Cyan, magenta, yellow and black, 255 being all of it; three colours come out.
    Ink,
}

/// Turns samples into those of sRGB.
pub(super) enum Conversion {
    /// For each grey another, every so many samples.
    Table(Box<[u8; 256]>, usize),
    /// For pixels of so many samples some of so many.
    Transform(Arc<Transform8BitExecutor>, usize, usize),
}

impl Conversion {
    /// By an ICC profile.
    pub fn by_icc(bytes: &[u8], channels: Channels) -> Option<Conversion> {
        if bytes.is_empty() {
            return None;
        }
        let options = ParsingOptions {
            max_profile_size: PROFILE_MOST as usize,
            max_allowed_clut_size: 1_000_000,
            ..ParsingOptions::default()
        };
        // What makes a reader of profiles stumble is a profile that cannot be read.
        catch_unwind(AssertUnwindSafe(|| {
            let profile = ColorProfile::new_from_slice_with_options(bytes, options).ok()?;
            Conversion::new(&profile, channels)
        }))
        .ok()
        .flatten()
    }

    /// By what a PNG says of itself: the code of a colour space, else a profile, else sRGB, else gamma and primaries.
    pub fn by_png(info: &png::Info, channels: Channels) -> Option<Conversion> {
        if let Some(code) = &info.coding_independent_code_points {
            return Conversion::by_code(*code, channels);
        }
        if let Some(profile) = &info.icc_profile {
            return Conversion::by_icc(profile, channels);
        }
        let (Some(gamma), Some(of), None) = (info.gama_chunk, info.chrm_chunk, info.srgb) else {
            return None;
        };
        let point = |(x, y): (png::ScaledFloat, png::ScaledFloat)| Chromaticity::new(x.into_value(), y.into_value());
        if gamma.into_scaled() == 0 {
            return None;
        }
        let mut profile = ColorProfile::new_srgb();
        let primaries = ColorPrimaries {
            red: point(of.red),
            green: point(of.green),
            blue: point(of.blue),
        };
        profile.update_rgb_colorimetry(point(of.white).to_xyyb(), primaries);
        let curve = Some(ToneReprCurve::Parametric(vec![1.0 / gamma.into_value()]));
        profile.red_trc.clone_from(&curve);
        profile.green_trc.clone_from(&curve);
        profile.blue_trc = curve;
        Conversion::new(&profile, channels)
    }

    /// By the code of a colour space, if that is one of ordinary brightness.
    fn by_code(code: png::CodingIndependentCodePoints, channels: Channels) -> Option<Conversion> {
        let transfer = TransferCharacteristics::try_from(code.transfer_function).ok()?;
        let is_bright = matches!(
            transfer,
            TransferCharacteristics::Smpte2084 | TransferCharacteristics::Hlg
        );
        if code.matrix_coefficients != 0 || !code.is_video_full_range_image || is_bright {
            return None;
        }
        let profile = CicpProfile {
            color_primaries: CicpColorPrimaries::try_from(code.color_primaries).ok()?,
            transfer_characteristics: transfer,
            matrix_coefficients: MatrixCoefficients::Identity,
            full_range: true,
        };
        let profile = catch_unwind(AssertUnwindSafe(|| ColorProfile::new_from_cicp(profile))).ok()?;
        Conversion::new(&profile, channels)
    }

    fn new(profile: &ColorProfile, channels: Channels) -> Option<Conversion> {
        let (srgb, options) = (ColorProfile::new_srgb(), TransformOptions::default());
        let make = |from, to| profile.create_transform_8bit(from, &srgb, to, options).ok();
        let (wanted, layouts) = match channels {
            Channels::Grey | Channels::GreyAlpha => {
                let (from, samples) = match profile.color_space {
                    DataColorSpace::Gray => (Layout::Gray, 1),
                    DataColorSpace::Rgb => (Layout::Rgb, 3),
                    _ => return None,
                };
                let greys: Vec<u8> = (0..=u8::MAX).flat_map(|grey| vec![grey; samples]).collect();
                let mut turned = vec![0; 3 * 256];
                make(from, Layout::Rgb)?.transform(&greys, &mut turned).ok()?;
                let mut table = Box::new([0; 256]);
                table
                    .iter_mut()
                    .zip(turned.chunks_exact(3))
                    .for_each(|(to, from)| *to = from[1]);
                return Some(Conversion::Table(table, if channels == Channels::Grey { 1 } else { 2 }));
            }
            Channels::Rgb => (DataColorSpace::Rgb, (Layout::Rgb, Layout::Rgb, 3, 3)),
            Channels::Rgba => (DataColorSpace::Rgb, (Layout::Rgba, Layout::Rgba, 4, 4)),
            Channels::Ink => (DataColorSpace::Cmyk, (Layout::Rgba, Layout::Rgb, 4, 3)),
        };
        if profile.color_space != wanted {
            return None;
        }
        let (from, to, read, written) = layouts;
        Some(Conversion::Transform(make(from, to)?, read, written))
    }

    /// Turns samples where they lie; gives how many of them there are then.
    pub fn turn(&self, samples: &mut [u8]) -> usize {
        match self {
            Conversion::Table(table, every) => {
                for grey in samples.iter_mut().step_by(*every) {
                    *grey = table[usize::from(*grey)];
                }
                samples.len()
            }
            Conversion::Transform(transform, read, written) => {
                let count = samples.len() / read;
                let mut turned = vec![0; RUN * written];
                for start in (0..count).step_by(RUN) {
                    let end = count.min(start + RUN);
                    let turned = &mut turned[..(end - start) * written];
                    if transform.transform(&samples[start * read..end * read], turned).is_ok() {
                        samples[start * written..end * written].copy_from_slice(turned);
                    }
                }
                count * written
            }
        }
    }
}
