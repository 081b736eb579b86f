//! The checks against whole, cut, damaged and hostile files.

use std::io::{Cursor, Error, Read, Result as IoResult, Seek, SeekFrom};

use super::*;
use samples::*;

mod documents;
mod heic;
mod pictures;
pub mod samples;

fn run(format: Format, file: &[u8]) -> Result<Checked> {
    check(format, file.len() as u64, &mut Cursor::new(file))
}

/// Why the file is refused, if it is.
fn refusal(format: Format, file: &[u8]) -> Option<Refusal> {
    match run(format, file) {
        Ok(_) => None,
        Err(CheckError::Refused(refusal)) => Some(refusal),
        Err(CheckError::Io(error)) => panic!("{error}"),
    }
}

fn all() -> Vec<(Format, Vec<u8>)> {
    vec![
        (Format::Jpeg, jpeg()),
        (Format::Jpeg, jpeg_with_metadata(6)),
        (Format::Png, png()),
        (Format::Png, png_with(&[png_chunk(b"tEXt", b"Comment\0hej")])),
        (Format::Webp, webp()),
        (Format::Webp, webp_with_metadata(6)),
        (Format::Pdf, pdf()),
        (Format::Pdf, pdf_with_stream()),
        (Format::Heic, heic()),
    ]
}

/// Where a document says where its cross-reference is.
fn document_end(file: &[u8]) -> usize {
    let at = memchr::memmem::rfind(file, b"startxref").unwrap();
    // One in a table is found without that.
    memchr::memmem::rfind(&file[..at], b"trailer").map_or(at + 9, |trailer| {
        trailer + memchr::memmem::rfind(&file[trailer..at], b">>").unwrap() + 2
    })
}

/// `file` with `from`, which is in it once, replaced.
fn replaced(file: &[u8], from: &[u8], to: &[u8]) -> Vec<u8> {
    let places: Vec<_> = (0..file.len()).filter(|at| file[*at..].starts_with(from)).collect();
    assert_eq!(places.len(), 1);
    [&file[..places[0]], to, &file[places[0] + from.len()..]].concat()
}

#[test]
fn whole_files_pass() {
    let pixels = [Some((24, 16)), Some((20, 12)), Some((20, 12)), None, Some((64, 48))];
    for (format, file) in all() {
        assert_eq!(Format::sniff(&file[..64]), Some(format));
        let checked = run(format, &file).unwrap();
        assert_eq!(checked.format, format);
        assert_eq!(checked.pixels, pixels[format as usize]);
        assert_eq!(checked.shown.is_whole(file.len() as u64), format != Format::Heic);
    }
}

#[test]
fn a_file_cut_anywhere_is_cut_off() {
    for (format, file) in all() {
        // A document is whole once its trailer is there; before its first word it is none.
        let (first, last) = match format {
            Format::Pdf => (4, document_end(&file)),
            _ => (0, file.len()),
        };
        for length in first..last {
            assert_eq!(
                refusal(format, &file[..length]),
                Some(Refusal::CutOff),
                "{format:?} at {length}"
            );
        }
    }
}

#[test]
fn changed_bytes_never_panic() {
    for (format, mut file) in all() {
        for at in 0..file.len() {
            let kept = file[at];
            for value in [0, 1, b'0', b'9', b'<', 0x7F, 0xD9, 0xFF, !kept] {
                file[at] = value;
                let _ = run(format, &file);
            }
            file[at] = kept;
        }
    }
}

#[test]
fn other_files_are_not_recognised() {
    let others: [&[u8]; 12] = [
        b"",
        b"\x7fELF\x02\x01\x01",
        b"MZ\x90\0\x03",
        b"PK\x03\x04\x14\0",
        b"<!DOCTYPE html><html>",
        b"<svg xmlns='http://www.w3.org/2000/svg'>",
        b"<?xml version='1.0'?>",
        b"GIF89a",
        b"BM\x36\x10",
        b"\n%PD-1.7",
        b"RIFF\x10\0\0\0WAVEfmt ",
        b"%!PS-Adobe-3.0",
    ];
    for other in others {
        assert_eq!(Format::sniff(other), None);
        for (format, _) in all() {
            let padded = [other, &[b' '; 64]].concat();
            assert_eq!(refusal(format, &padded), Some(Refusal::NotThisType));
        }
    }
    assert_eq!(Format::sniff(&heic_type(b"avif", b"mif1heic")), None);
    assert_eq!(Format::sniff(&heic_type(b"mif1", b"avifheic")), None);
    assert_eq!(Format::sniff(&heic_type(b"mif1", b"miafheic")), Some(Format::Heic));
    assert_eq!(Format::sniff(&heic_type(b"isom", b"mp42heic")), None);
}

#[test]
fn one_format_is_not_another() {
    for (format, file) in all() {
        for (claimed, _) in all().into_iter().filter(|(claimed, _)| *claimed != format) {
            assert_eq!(refusal(claimed, &file), Some(Refusal::NotThisType));
        }
    }
}

#[test]
fn media_types_go_both_ways() {
    for (format, _) in all() {
        assert_eq!(Format::from_media_type(format.media_type()), Some(format));
    }
    assert_eq!(Format::from_media_type("Image/JPEG; q=1"), Some(Format::Jpeg));
    assert_eq!(Format::from_media_type("image/svg+xml"), None);
}

#[test]
fn anything_without_meaning_may_follow() {
    for (format, file) in all() {
        for count in [1, 1024, 1025, 100_000] {
            let longer = [&file[..], &vec![0xAA; count]].concat();
            assert_eq!(refusal(format, &longer), None, "{format:?}");
        }
    }
}

#[test]
fn headers_that_promise_too_much_are_refused_at_once() {
    for (width, height) in [(65_501, 1), (1, 65_501), (8_200, 8_100), (0xFFFF, 0xFFFF)] {
        let (w, h) = (u32::to_be_bytes(width), u32::to_be_bytes(height));
        let frame = segment(
            0xC0,
            &[&[8, h[2], h[3], w[2], w[3], 3][..], &[1, 0x11, 0].repeat(3)].concat(),
        );
        let canvas = [
            &[0; 4][..],
            &(width - 1).to_le_bytes()[..3],
            &(height - 1).to_le_bytes()[..3],
        ]
        .concat();
        let kind = heic_type(b"heic", b"heic");
        let meta = heic_meta(&[Item::new(b"hvc1", 0, 0)], width, height, &[]);
        let files = [
            (Format::Jpeg, [&[0xFF, 0xD8][..], &frame].concat()),
            (Format::Png, png_header(width, height)),
            (Format::Webp, riff(&[webp_chunk(b"VP8X", &canvas)])),
            (Format::Heic, [kind, meta, boxed(b"mdat", b"")].concat()),
        ];
        for (format, file) in files {
            assert_eq!(refusal(format, &file), Some(Refusal::TooManyPixels), "{format:?}");
        }
    }
    assert_eq!(refusal(Format::Png, &png_header(8_000, 6_250)), Some(Refusal::CutOff));
    assert_eq!(refusal(Format::Png, &png_header(0, 5)), Some(Refusal::Damaged));
}

#[test]
fn more_than_one_frame_is_animated() {
    let frames = png_with(&[png_chunk(b"acTL", &[0, 0, 0, 2, 0, 0, 0, 0])]);
    assert_eq!(refusal(Format::Png, &frames), Some(Refusal::Animated));
    let flagged = riff(&[webp_extended(0b10), webp()[12..].to_vec()]);
    assert_eq!(refusal(Format::Webp, &flagged), Some(Refusal::Animated));
    let unflagged = riff(&[webp_extended(0), webp_chunk(b"ANMF", &[0; 24])]);
    assert_eq!(refusal(Format::Webp, &unflagged), Some(Refusal::Animated));
    let sequence = [heic(), boxed(b"moov", &[0; 8])].concat();
    assert_eq!(refusal(Format::Heic, &sequence), Some(Refusal::Animated));
}

/// A reader that fails when it comes to a certain place.
struct Failing {
    inner: Cursor<Vec<u8>>,
    at: u64,
}

impl Read for Failing {
    fn read(&mut self, into: &mut [u8]) -> IoResult<usize> {
        if self.inner.position() + into.len() as u64 > self.at {
            return Err(Error::other("the disk is gone"));
        }
        self.inner.read(into)
    }
}

impl Seek for Failing {
    fn seek(&mut self, to: SeekFrom) -> IoResult<u64> {
        self.inner.seek(to)
    }
}

#[test]
fn a_failing_disk_is_not_the_senders_fault() {
    for (format, file) in all() {
        let size = file.len() as u64;
        let mut failing = Failing {
            inner: Cursor::new(file.clone()),
            at: size - 1,
        };
        assert!(
            matches!(check(format, size, &mut failing), Err(CheckError::Io(_))),
            "{format:?}"
        );
        let shorter = check(format, size, &mut Cursor::new(&file[..file.len() - 1]));
        assert!(matches!(shorter, Err(CheckError::Io(_))), "{format:?}");
    }
}

/// A reader that counts, gives one byte at a time when asked to, and is now and then interrupted.
struct Counting {
    inner: Cursor<Vec<u8>>,
    most: usize,
    calls: usize,
    bytes: usize,
}

impl Read for Counting {
    fn read(&mut self, into: &mut [u8]) -> IoResult<usize> {
        self.calls += 1;
        if self.calls.is_multiple_of(3) {
            return Err(std::io::ErrorKind::Interrupted.into());
        }
        let most = self.most.min(into.len());
        let read = self.inner.read(&mut into[..most])?;
        self.bytes += read;
        Ok(read)
    }
}

impl Seek for Counting {
    fn seek(&mut self, to: SeekFrom) -> IoResult<u64> {
        self.inner.seek(to)
    }
}

#[test]
fn short_reads_change_nothing() {
    for (format, file) in all() {
        let size = file.len() as u64;
        let mut slow = Counting {
            inner: Cursor::new(file.clone()),
            most: 1,
            calls: 0,
            bytes: 0,
        };
        assert_eq!(check(format, size, &mut slow).unwrap(), run(format, &file).unwrap());
    }
}

#[test]
fn a_large_pdf_is_read_once() {
    let filler = [
        &b"9 0 obj\n<<>>\nstream\n"[..],
        &vec![b'x'; 5 << 20],
        b"\nendstream\nendobj\n",
    ]
    .concat();
    let file = pdf_updated(&[pdf(), filler].concat(), "/Root 1 0 R");
    let size = file.len() as u64;
    let mut counting = Counting {
        inner: Cursor::new(file),
        most: usize::MAX,
        calls: 0,
        bytes: 0,
    };
    check(Format::Pdf, size, &mut counting).unwrap();
    let most = size as usize + 128 * 1024;
    assert!(counting.bytes < most, "{} bytes read", counting.bytes);
}
