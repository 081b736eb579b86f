//! What is left of a picture after it was written anew.

use std::io::Cursor;

use image::{
    DynamicImage, GenericImageView, GrayImage, ImageBuffer, ImageFormat, Luma, Rgb, RgbImage, Rgba, RgbaImage,
};
use moxcms::ColorProfile;

use super::upright::Upright;
use super::*;
use crate::file::check::tests::samples::exif;
use crate::file::check::tests::samples::*;
use crate::file::check::{Shown, check};

/// What the check says of a file, or that all of it is the picture where it is refused.
fn checked(format: Format, file: &[u8]) -> Checked {
    let size = file.len() as u64;
    check(format, size, &mut Cursor::new(file)).unwrap_or(Checked {
        format,
        pixels: None,
        shown: Shown::default(),
        plan: Plan::whole(size),
    })
}

/// Re-encodes, and decodes the result once more after it passed the check.
fn again(format: Format, file: &[u8]) -> (Vec<u8>, &'static str, DynamicImage) {
    let mut out = Vec::new();
    let kind = reencode(&checked(format, file), Cursor::new(file), &mut out).unwrap();
    let written = Format::sniff(&out[..64]).unwrap();
    assert_eq!(written.media_type(), kind);
    check(written, out.len() as u64, &mut Cursor::new(&out)).unwrap();
    let picture = image::load_from_memory(&out).unwrap();
    (out, kind, picture)
}

fn refused(format: Format, file: &[u8]) -> Option<Refusal> {
    match reencode(&checked(format, file), Cursor::new(file), std::io::sink()) {
        Err(CheckError::Refused(refusal)) => Some(refusal),
        _ => None,
    }
}

fn holds(file: &[u8], text: &[u8]) -> bool {
    file.windows(text.len()).any(|window| window == text)
}

fn with_metadata(orientation: u16) -> [(Format, Vec<u8>); 3] {
    let text = png_chunk(b"tEXt", format!("Comment\0{}", PLANTED[1]).as_bytes());
    [
        (Format::Jpeg, jpeg_with_metadata(orientation)),
        (Format::Png, png_with(&[png_chunk(b"eXIf", &exif(orientation)), text])),
        (Format::Webp, webp_with_metadata(orientation)),
    ]
}

#[test]
fn metadata_is_gone() {
    for (format, file) in with_metadata(1) {
        let (out, _, _) = again(format, &file);
        for text in PLANTED {
            assert!(
                holds(&file, text.as_bytes()) && !holds(&out, text.as_bytes()),
                "{format:?}: {text}"
            );
        }
        for marker in [
            &b"Exif"[..],
            b"eXIf",
            b"EXIF",
            b"tEXt",
            b"xap",
            b"XMP",
            b"II*\0",
            &[0xFF, 0xE1],
        ] {
            assert!(!holds(&out, marker), "{format:?}: {marker:?}");
        }
    }
}

#[test]
fn what_follows_the_picture_is_gone() {
    let file = [&jpeg()[..], PLANTED[1].as_bytes()].concat();
    assert!(!holds(&again(Format::Jpeg, &file).0, PLANTED[1].as_bytes()));
}

#[test]
fn every_orientation_is_applied() {
    for number in 1..=8 {
        let orientation = Orientation::from_exif(number).unwrap();
        for (format, file) in with_metadata(number.into()) {
            let mut wanted = image::load_from_memory(&file).unwrap();
            wanted.apply_orientation(orientation);
            let (_, _, got) = again(format, &file);
            assert_eq!((got.width(), got.height()), (wanted.width(), wanted.height()));
            if format == Format::Png {
                assert_eq!(got.to_rgb8(), wanted.to_rgb8());
            }
        }
        let pixels = picture(7, 4);
        let upright = Upright {
            pixels: &pixels,
            orientation,
        };
        let mut wanted = DynamicImage::from(pixels.clone());
        wanted.apply_orientation(orientation);
        let wanted = wanted.to_rgb8();
        assert_eq!(upright.dimensions(), wanted.dimensions());
        assert!(
            wanted
                .enumerate_pixels()
                .all(|(x, y, pixel)| upright.get_pixel(x, y) == *pixel),
            "{number}"
        );
    }
}

#[test]
fn an_exif_prefix_does_not_hide_the_orientation() {
    let exif = webp_chunk(b"EXIF", &[b"Exif\0\0", &exif(6)[..]].concat());
    let file = riff(&[webp_extended(0b1000), webp()[12..].to_vec(), exif]);
    let (_, _, got) = again(Format::Webp, &file);
    assert_eq!((got.width(), got.height()), (12, 20));
}

#[test]
fn formats_are_kept_or_become_common_ones() {
    let glass = RgbaImage::from_pixel(9, 9, Rgba([200, 10, 10, 100]));
    let opaque = RgbaImage::from_pixel(9, 9, Rgba([200, 10, 10, 255]));
    let (_, kind, got) = again(Format::Webp, &encoded(glass.clone(), ImageFormat::WebP));
    assert_eq!((kind, got.to_rgba8()), ("image/png", glass.clone()));
    assert_eq!(again(Format::Webp, &encoded(opaque, ImageFormat::WebP)).1, "image/jpeg");
    assert_eq!(again(Format::Webp, &webp()).1, "image/jpeg");
    assert_eq!(again(Format::Png, &encoded(glass, ImageFormat::Png)).1, "image/png");
    let gray = GrayImage::from_fn(9, 9, |x, y| Luma([(x * y) as u8]));
    for format in [ImageFormat::Jpeg, ImageFormat::Png] {
        let file = encoded(gray.clone(), format);
        let (_, _, got) = again(Format::sniff(&file).unwrap(), &file);
        assert_eq!(got.color(), image::ColorType::L8);
    }
}

#[test]
fn sixteen_bits_become_eight() {
    let wide = ImageBuffer::from_fn(16, 16, |x, y| Rgba([(x * 4369) as u16, (y * 4369) as u16, 127, 0xFF00]));
    let (_, _, got) = again(Format::Png, &encoded(DynamicImage::ImageRgba16(wide), ImageFormat::Png));
    let got = got.as_rgba8().unwrap();
    assert!(
        got.enumerate_pixels()
            .all(|(x, y, pixel)| pixel.0 == [(x * 17) as u8, (y * 17) as u8, 0, 254])
    );
}

#[test]
fn what_cannot_be_decoded_is_refused() {
    let noise = [
        png_header(20, 12),
        png_chunk(b"IDAT", &[9; 50]),
        png_chunk(b"IEND", b""),
    ]
    .concat();
    assert_eq!(refused(Format::Png, &noise), Some(Refusal::Damaged));
    for (format, file) in with_metadata(6) {
        assert_eq!(refused(format, b"neither one nor the other"), Some(Refusal::Damaged));
        for length in 0..file.len() {
            // JPEG may be shown in part; nothing may panic.
            let refusal = refused(format, &file[..length]);
            assert!(
                refusal.is_some() || format != Format::Png || length + 12 >= file.len(),
                "{length}"
            );
        }
    }
}

#[test]
fn documents_are_not_for_here() {
    for format in [Format::Pdf, Format::Heic] {
        let result = reencode(&checked(format, &pdf()), Cursor::new(pdf()), std::io::sink());
        assert!(matches!(result, Err(CheckError::Io(_))));
    }
}

/// A file on a disk that fails after some bytes, and a place that takes none.
struct Broken(Cursor<Vec<u8>>);

impl Read for Broken {
    fn read(&mut self, into: &mut [u8]) -> std::io::Result<usize> {
        let Some(rest) = 60_u64.checked_sub(self.0.position()).filter(|rest| *rest > 0) else {
            return Err(Error::new(ErrorKind::UnexpectedEof, "the disk is gone"));
        };
        let most = into.len().min(rest as usize);
        self.0.read(&mut into[..most])
    }
}

impl Seek for Broken {
    fn seek(&mut self, to: SeekFrom) -> std::io::Result<u64> {
        self.0.seek(to)
    }
}

impl Write for Broken {
    fn write(&mut self, _: &[u8]) -> std::io::Result<usize> {
        Err(ErrorKind::StorageFull.into())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

#[test]
fn a_failing_disk_is_not_the_senders_fault() {
    for (format, file) in with_metadata(1) {
        let broken = Broken(Cursor::new(file.clone()));
        let result = reencode(&checked(format, &file), broken, std::io::sink());
        assert!(matches!(result, Err(CheckError::Io(_))), "{format:?}");
        let result = reencode(
            &checked(format, &file),
            Cursor::new(file),
            Broken(Cursor::new(Vec::new())),
        );
        assert!(matches!(result, Err(CheckError::Io(_))), "{format:?}");
    }
}

#[test]
fn a_panic_is_a_damaged_file_unless_it_is_the_readers() {
    let mut file = Watched {
        inner: Cursor::new(jpeg()),
        error: None,
        busy: false,
    };
    let decoder = guarded(&mut file, |_| -> Result<()> { panic!("a decoder's mistake") });
    assert!(matches!(decoder, Err(CheckError::Refused(Refusal::Damaged))));
    let reader = std::panic::catch_unwind(AssertUnwindSafe(|| {
        guarded(&mut file, |file| {
            let _: std::io::Result<()> = watch(file, |_| panic!("a reader's mistake"));
            Ok(())
        })
    }));
    assert!(reader.is_err());
}

/// The sample with a colour profile in pieces of so many bytes.
fn jpeg_of(picture: impl Into<DynamicImage>, profile: &[u8], piece: usize) -> Vec<u8> {
    let jpeg = encoded(picture, ImageFormat::Jpeg);
    let pieces = profile.chunks(piece);
    let count = pieces.len() as u8;
    let pieces: Vec<u8> = (1..)
        .zip(pieces)
        .flat_map(|(number, piece)| segment(0xE2, &[b"ICC_PROFILE\0", &[number, count][..], piece].concat()))
        .collect();
    [&jpeg[..2], &pieces, &jpeg[2..]].concat()
}

fn png_of(picture: impl Into<DynamicImage>, chunks: &[Vec<u8>]) -> Vec<u8> {
    let png = encoded(picture, ImageFormat::Png);
    [&png[..33], &chunks.concat(), &png[33..]].concat()
}

fn iccp(profile: &[u8]) -> Vec<u8> {
    let mut packer = flate2::write::ZlibEncoder::new(Vec::new(), flate2::Compression::fast());
    packer.write_all(profile).unwrap();
    png_chunk(b"iCCP", &[b"p\0\0", &packer.finish().unwrap()[..]].concat())
}

#[track_caller]
fn is_about(got: &DynamicImage, wanted: [u8; 3]) {
    let [r, g, b] = got.to_rgb8().get_pixel(8, 8).0;
    let far = [(r, wanted[0]), (g, wanted[1]), (b, wanted[2])]
        .iter()
        .any(|(got, wanted)| got.abs_diff(*wanted) > 3);
    assert!(!far, "{:?} instead of {wanted:?}", [r, g, b]);
}

#[test]
fn colours_are_those_that_were_meant() {
    let green = RgbImage::from_pixel(16, 16, Rgb([60, 160, 70]));
    let adobe = ColorProfile::new_adobe_rgb().encode().unwrap();
    let wanted = [0, 161, 60];
    for piece in [60_000, 100] {
        is_about(&again(Format::Jpeg, &jpeg_of(green.clone(), &adobe, piece)).2, wanted);
    }
    is_about(&again(Format::Png, &png_of(green.clone(), &[iccp(&adobe)])).2, wanted);
    let webp = riff(&[
        webp_chunk(b"VP8X", &[0b10_0000, 0, 0, 0, 15, 0, 0, 15, 0, 0]),
        webp_chunk(b"ICCP", &adobe),
        encoded(green.clone(), ImageFormat::WebP)[12..].to_vec(),
    ]);
    is_about(&again(Format::Webp, &webp).2, wanted);
    // What lets something shine through still does.
    let glass = RgbaImage::from_pixel(16, 16, Rgba([60, 160, 70, 99]));
    let (_, _, got) = again(Format::Png, &png_of(glass, &[iccp(&adobe)]));
    assert_eq!(got.to_rgba8().get_pixel(3, 3)[3], 99);
    is_about(&got, wanted);
    let red = RgbImage::from_pixel(16, 16, Rgb([200, 60, 60]));
    let p3 = ColorProfile::new_display_p3().encode().unwrap();
    is_about(&again(Format::Jpeg, &jpeg_of(red, &p3, 60_000)).2, [217, 42, 52]);
    let grey = GrayImage::from_pixel(16, 16, Luma([128]));
    let dark = ColorProfile::new_gray_with_gamma(1.0).encode().unwrap();
    is_about(&again(Format::Jpeg, &jpeg_of(grey, &dark, 60_000)).2, [188, 188, 188]);
}

#[test]
fn a_png_says_its_colours_in_several_ways() {
    let green = || RgbImage::from_pixel(16, 16, Rgb([60, 160, 70]));
    let number = |value: u32| value.to_be_bytes();
    let gamma = png_chunk(b"gAMA", &number(45_470));
    let adobe = [31_270, 32_900, 64_000, 33_000, 21_000, 71_000, 15_000, 6_000]
        .map(number)
        .concat();
    let primaries = png_chunk(b"cHRM", &adobe);
    let of = |chunks: &[Vec<u8>]| again(Format::Png, &png_of(green(), chunks)).2;
    is_about(&of(&[gamma.clone(), primaries.clone()]), [0, 161, 60]);
    // Either alone says too little, and sRGB says all.
    is_about(&of(std::slice::from_ref(&gamma)), [60, 160, 70]);
    is_about(&of(&[gamma, primaries, png_chunk(b"sRGB", &[0])]), [60, 160, 70]);
    // Display P3 by its code.
    is_about(&of(&[png_chunk(b"cICP", &[12, 13, 0, 1])]), [0, 163, 55]);
    is_about(&of(&[png_chunk(b"cICP", &[1, 13, 0, 1])]), [60, 160, 70]);
}

#[test]
fn a_profile_that_cannot_be_read_or_is_for_other_channels_counts_for_nothing() {
    let green = || RgbImage::from_pixel(16, 16, Rgb([60, 160, 70]));
    let adobe = ColorProfile::new_adobe_rgb().encode().unwrap();
    let grey = ColorProfile::new_gray_with_gamma(1.0).encode().unwrap();
    for profile in [&adobe[..200], b"nonsense", &[0xFF; 600], &grey[..]] {
        is_about(
            &again(Format::Jpeg, &jpeg_of(green(), profile, 60_000)).2,
            [60, 160, 70],
        );
        is_about(&again(Format::Png, &png_of(green(), &[iccp(profile)])).2, [60, 160, 70]);
    }
    let missing = jpeg_of(green(), &adobe, adobe.len() / 2 + 1);
    let at = missing
        .windows(14)
        .rposition(|window| window == b"ICC_PROFILE\0\x02\x02")
        .unwrap();
    let mut lone = missing.clone();
    lone[at + 12] = 3;
    is_about(&again(Format::Jpeg, &lone).2, [60, 160, 70]);
}

#[test]
fn a_picture_of_many_parts_is_read_as_one() {
    let file: Vec<u8> = (0..=255).collect();
    let mut parts = Parts::new(Cursor::new(&file), &[3..5, 9..9, 10..13, 250..256]);
    let mut all = Vec::new();
    parts.read_to_end(&mut all).unwrap();
    assert_eq!(all, [3, 4, 10, 11, 12, 250, 251, 252, 253, 254, 255]);
    for at in 0..=all.len() {
        parts.seek(SeekFrom::End(at as i64 - all.len() as i64)).unwrap();
        let mut rest = Vec::new();
        parts.read_to_end(&mut rest).unwrap();
        assert_eq!(rest, all[at..]);
    }
    assert!(parts.seek(SeekFrom::Current(-99)).is_err());
}
