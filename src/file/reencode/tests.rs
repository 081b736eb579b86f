//! What is left of a picture after it was written anew.

use std::io::Cursor;

use image::{GrayImage, ImageBuffer, ImageFormat, Luma, Rgba, RgbaImage};

use super::*;
use crate::file::check::check;
use crate::file::check::tests::samples::*;

/// Re-encodes, and decodes the result once more after it passed the check.
fn again(format: Format, file: &[u8]) -> (Vec<u8>, &'static str, DynamicImage) {
    let mut out = Vec::new();
    let kind = reencode(format, Cursor::new(file), &mut out).unwrap();
    let written = Format::sniff(&out[..64]).unwrap();
    assert_eq!(written.media_type(), kind);
    check(written, out.len() as u64, &mut Cursor::new(&out)).unwrap();
    let picture = image::load_from_memory(&out).unwrap();
    (out, kind, picture)
}

fn refused(format: Format, file: &[u8]) -> Option<Refusal> {
    match reencode(format, Cursor::new(file), std::io::sink()) {
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
    assert_eq!(
        refused(Format::Png, &png_header(12_001, 5)),
        Some(Refusal::TooManyPixels)
    );
    let bomb = [png_header(12_000, 12_000), png_chunk(b"IDAT", &[0; 9])].concat();
    assert_eq!(refused(Format::Png, &bomb), Some(Refusal::TooManyPixels));
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
        let result = reencode(format, Cursor::new(pdf()), std::io::sink());
        assert!(matches!(result, Err(CheckError::Io(_))));
    }
}

/// A file on a disk that fails after some bytes, and a place that takes none.
struct Broken(Cursor<Vec<u8>>);

impl Read for Broken {
    fn read(&mut self, into: &mut [u8]) -> std::io::Result<usize> {
        let most = into.len().min(self.fill_buf()?.len());
        self.0.read(&mut into[..most])
    }
}

impl BufRead for Broken {
    fn fill_buf(&mut self) -> std::io::Result<&[u8]> {
        if self.0.position() >= 60 {
            return Err(Error::new(ErrorKind::UnexpectedEof, "the disk is gone"));
        }
        let rest = 60 - self.0.position() as usize;
        let buffer = self.0.fill_buf()?;
        Ok(&buffer[..buffer.len().min(rest)])
    }

    fn consume(&mut self, bytes: usize) {
        self.0.consume(bytes);
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
        let result = reencode(format, broken, std::io::sink());
        assert!(matches!(result, Err(CheckError::Io(_))), "{format:?}");
        let result = reencode(format, Cursor::new(file), Broken(Cursor::new(Vec::new())));
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
    let decoder = guarded(&mut file, |_| -> ImageResult<()> { panic!("a decoder's mistake") });
    assert!(matches!(decoder, Err(CheckError::Refused(Refusal::Damaged))));
    let reader = std::panic::catch_unwind(AssertUnwindSafe(|| {
        guarded(&mut file, |file| {
            let _: std::io::Result<()> = watch(file, |_| panic!("a reader's mistake"));
            Ok(())
        })
    }));
    assert!(reader.is_err());
}
