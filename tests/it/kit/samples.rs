//! Files drawn and assembled by the tests themselves; nothing of anyone's.

use image::codecs::jpeg::JpegEncoder;
use image::{DynamicImage, ImageFormat, Rgb, RgbImage};
use std::io::Cursor;
use std::sync::atomic::{AtomicU64, Ordering};

/// Texts that stand only in metadata, and that no file shown may hold.
pub const PLANTED: [&str; 3] = ["Planterad Fotograf", "Hemlig gata 4", "59,3293N18,0686E"];

/// A picture of 24 by 16 pixels: red above, blue below.
fn picture() -> DynamicImage {
    let half = |_, y| if y < 8 { Rgb([220, 30, 30]) } else { Rgb([30, 30, 220]) };
    RgbImage::from_fn(24, 16, half).into()
}

fn encoded(format: ImageFormat) -> Vec<u8> {
    let mut out = Cursor::new(Vec::new());
    picture().write_to(&mut out, format).expect("an encoder");
    out.into_inner()
}

pub fn jpeg() -> Vec<u8> {
    let mut out = Vec::new();
    let mut encoder = JpegEncoder::new_with_quality(&mut out, 95);
    encoder.encode_image(&picture()).expect("an encoder");
    out
}
/// A picture like no other: the same file is handed in once in a home.
pub fn another_jpeg() -> Vec<u8> {
    static NUMBER: AtomicU64 = AtomicU64::new(0);
    let number = NUMBER.fetch_add(1, Ordering::SeqCst).to_be_bytes();
    let jpeg = jpeg();
    [&jpeg[..2], &segment(0xFE, &number), &jpeg[2..]].concat()
}
pub fn png() -> Vec<u8> {
    encoded(ImageFormat::Png)
}
pub fn webp() -> Vec<u8> {
    encoded(ImageFormat::WebP)
}

/// A TIFF block with an orientation, an artist and a place.
fn exif(orientation: u16) -> Vec<u8> {
    let (artist, place) = (PLANTED[0].as_bytes(), PLANTED[2].as_bytes());
    let mut tiff = b"II*\0\x08\0\0\0\x03\0".to_vec();
    let texts_at = 8 + 2 + 3 * 12 + 4;
    let gps_at = texts_at + artist.len() as u32;
    let mut entry = |tag: u16, kind: u16, count: u32, value: u32| {
        tiff.extend([tag.to_le_bytes(), kind.to_le_bytes()].concat());
        tiff.extend([count.to_le_bytes(), value.to_le_bytes()].concat());
    };
    entry(0x0112, 3, 1, orientation.into());
    entry(0x013B, 2, artist.len() as u32, texts_at);
    entry(0x8825, 4, 1, gps_at);
    tiff.extend([0; 4]);
    tiff.extend(artist);
    // GPSLatitude's neighbour, the area's name: a text where a phone writes a place.
    tiff.extend(b"\x01\0\x1D\0\x02\0");
    tiff.extend((place.len() as u32).to_le_bytes());
    tiff.extend((gps_at + 2 + 12 + 4).to_le_bytes());
    tiff.extend([0; 4]);
    tiff.extend(place);
    tiff
}

fn segment(code: u8, content: &[u8]) -> Vec<u8> {
    let length = (content.len() as u16 + 2).to_be_bytes();
    [&[0xFF, code][..], &length, content].concat()
}

/// A photo as a phone takes it: orientation, photographer, place, XMP and a comment.
pub fn photo(orientation: u16) -> Vec<u8> {
    let jpeg = jpeg();
    let exif = segment(0xE1, &[b"Exif\0\0", &exif(orientation)[..]].concat());
    let xmp = format!("http://ns.adobe.com/xap/1.0/\0<x>{}</x>", PLANTED[1]);
    let comment = segment(0xFE, PLANTED[1].as_bytes());
    [&jpeg[..2], &exif, &segment(0xE1, xmp.as_bytes()), &comment, &jpeg[2..]].concat()
}

/// A photo of exactly so many bytes; what follows a JPEG's end is usual on phones.
pub fn photo_of(size: usize) -> Vec<u8> {
    let mut bytes = jpeg();
    bytes.resize(size, 0);
    bytes
}

/// A PDF of one empty page, with `padding` bytes of comment.
pub fn pdf(padding: usize) -> Vec<u8> {
    let mut file = b"%PDF-1.7\n%".to_vec();
    file.resize(file.len() + padding, b' ');
    file.push(b'\n');
    let mut places = Vec::new();
    for object in [
        "<</Type/Catalog/Pages 2 0 R>>",
        "<</Type/Pages/Kids[3 0 R]/Count 1>>",
        "<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]>>",
    ] {
        places.push(file.len());
        file.extend(format!("{} 0 obj\n{object}\nendobj\n", places.len()).bytes());
    }
    let table = file.len();
    file.extend(b"xref\n0 4\n0000000000 65535 f \n");
    for place in places {
        file.extend(format!("{place:010} 00000 n \n").bytes());
    }
    file.extend(format!("trailer\n<</Size 4/Root 1 0 R>>\nstartxref\n{table}\n%%EOF").bytes());
    file
}

/// A PDF of exactly so many bytes.
pub fn pdf_of(size: usize) -> Vec<u8> {
    let bare = pdf(0).len();
    // Places further on are longer numbers only after `startxref`.
    let rough = pdf(size - bare);
    pdf(size - bare - (rough.len() - size))
}

fn boxed(kind: &[u8; 4], content: &[u8]) -> Vec<u8> {
    [&(content.len() as u32 + 8).to_be_bytes()[..], kind, content].concat()
}
fn full_box(kind: &[u8; 4], version: u8, content: &[u8]) -> Vec<u8> {
    boxed(kind, &[&[version, 0, 0, 0], content].concat())
}

/// A HEIC as a phone makes it: a picture of 64 by 48 pixels in 20 bytes, then Exif with a place. Nobody decodes it.
pub fn heic() -> Vec<u8> {
    let kind = boxed(b"ftyp", b"heic\0\0\0\0mif1heic");
    let exif = exif(1);
    let meta_of = |at: u32| {
        let items: [(&[u8; 4], u32, u32); 2] = [(b"hvc1", at, 20), (b"Exif", at + 20, exif.len() as u32)];
        let (mut entries, mut places) = (vec![0, 2], vec![0x44, 0x00, 0, 2]);
        for (number, (kind, offset, length)) in (1u16..).zip(items) {
            let number = number.to_be_bytes();
            entries.extend(full_box(b"infe", 2, &[&number[..], &[0, 0], kind, b"\0"].concat()));
            places.extend([&number[..], &[0, 0, 0, 0, 0, 1]].concat());
            places.extend([offset.to_be_bytes(), length.to_be_bytes()].concat());
        }
        let size = full_box(b"ispe", 0, &[64u32.to_be_bytes(), 48u32.to_be_bytes()].concat());
        let parts = [
            full_box(b"hdlr", 0, b"\0\0\0\0pict\0\0\0\0\0\0\0\0\0\0\0\0\0"),
            full_box(b"pitm", 0, &[0, 1]),
            full_box(b"iloc", 1, &places),
            full_box(b"iinf", 0, &entries),
            boxed(b"iprp", &boxed(b"ipco", &size)),
        ];
        full_box(b"meta", 0, &parts.concat())
    };
    let data_at = (kind.len() + meta_of(0).len() + 8) as u32;
    let data = [&[7; 20][..], &exif].concat();
    [kind, meta_of(data_at), boxed(b"mdat", &data)].concat()
}
