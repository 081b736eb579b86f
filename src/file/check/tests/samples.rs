//! Files drawn and assembled by the tests themselves.

use std::io::Cursor;

use image::codecs::jpeg::JpegEncoder;
use image::{DynamicImage, ImageFormat, Rgb, RgbImage};

use crate::file::check::png::Crc;

/// Texts that stand only in metadata, and that no re-encoded file may hold.
pub const PLANTED: [&str; 3] = ["Planterad Fotograf", "Hemlig gata 4", "59,3293N18,0686E"];

/// A picture whose corners and sides all differ.
pub fn picture(width: u32, height: u32) -> RgbImage {
    RgbImage::from_fn(width, height, |x, y| {
        Rgb([(x * 9) as u8, (y * 13) as u8, ((x * y) % 251) as u8])
    })
}

pub fn encoded(picture: impl Into<DynamicImage>, format: ImageFormat) -> Vec<u8> {
    let mut out = Cursor::new(Vec::new());
    picture.into().write_to(&mut out, format).unwrap();
    out.into_inner()
}

pub fn jpeg() -> Vec<u8> {
    let mut out = Vec::new();
    JpegEncoder::new_with_quality(&mut out, 95)
        .encode_image(&picture(24, 16))
        .unwrap();
    out
}

/// A TIFF block with an orientation, an artist and a place.
pub fn exif(orientation: u16) -> Vec<u8> {
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
    tiff.extend(b"\x01\0\x1D\0\x02\0");
    tiff.extend((place.len() as u32).to_le_bytes());
    tiff.extend((gps_at + 2 + 12 + 4).to_le_bytes());
    tiff.extend([0; 4]);
    tiff.extend(place);
    tiff
}

/// One marker segment of a JPEG.
pub fn segment(code: u8, content: &[u8]) -> Vec<u8> {
    let length = (content.len() as u16 + 2).to_be_bytes();
    [&[0xFF, code][..], &length, content].concat()
}

/// The sample with Exif, XMP and a comment in it.
pub fn jpeg_with_metadata(orientation: u16) -> Vec<u8> {
    let jpeg = jpeg();
    let exif = segment(0xE1, &[b"Exif\0\0", &exif(orientation)[..]].concat());
    let xmp = segment(
        0xE1,
        format!("http://ns.adobe.com/xap/1.0/\0<x>{}</x>", PLANTED[1]).as_bytes(),
    );
    let comment = segment(0xFE, PLANTED[1].as_bytes());
    [&jpeg[..2], &exif, &xmp, &comment, &jpeg[2..]].concat()
}

pub fn png() -> Vec<u8> {
    encoded(picture(20, 12), ImageFormat::Png)
}

/// One PNG chunk with its checksum.
pub fn png_chunk(kind: &[u8; 4], content: &[u8]) -> Vec<u8> {
    let crc = Crc::new().and(kind).and(content).value();
    [
        &(content.len() as u32).to_be_bytes()[..],
        kind,
        content,
        &crc.to_be_bytes(),
    ]
    .concat()
}

/// The sample with chunks put in after its header.
pub fn png_with(chunks: &[Vec<u8>]) -> Vec<u8> {
    let png = png();
    let header = 8 + 12 + 13;
    [&png[..header], &chunks.concat(), &png[header..]].concat()
}

/// A PNG header that claims a size, and nothing more.
pub fn png_header(width: u32, height: u32) -> Vec<u8> {
    let content = [&width.to_be_bytes()[..], &height.to_be_bytes(), &[8, 2, 0, 0, 0]].concat();
    [b"\x89PNG\r\n\x1a\n".to_vec(), png_chunk(b"IHDR", &content)].concat()
}

pub fn webp() -> Vec<u8> {
    encoded(picture(20, 12), ImageFormat::WebP)
}

pub fn webp_chunk(kind: &[u8; 4], content: &[u8]) -> Vec<u8> {
    let padding = vec![0; content.len() % 2];
    [&kind[..], &(content.len() as u32).to_le_bytes(), content, &padding].concat()
}

pub fn riff(chunks: &[Vec<u8>]) -> Vec<u8> {
    let chunks = chunks.concat();
    [b"RIFF", &(chunks.len() as u32 + 4).to_le_bytes()[..], b"WEBP", &chunks].concat()
}

/// A VP8X chunk for a picture of 20 by 12 pixels.
pub fn webp_extended(flags: u8) -> Vec<u8> {
    webp_chunk(b"VP8X", &[flags, 0, 0, 0, 19, 0, 0, 11, 0, 0])
}

pub fn webp_with_metadata(orientation: u16) -> Vec<u8> {
    let image = webp()[12..].to_vec();
    let xmp = webp_chunk(b"XMP ", PLANTED[1].as_bytes());
    riff(&[
        webp_extended(0b1100),
        image,
        webp_chunk(b"EXIF", &exif(orientation)),
        xmp,
    ])
}

/// Objects of a small document, with the place of each.
fn pdf_body() -> (Vec<u8>, Vec<usize>) {
    let mut file = b"%PDF-1.7\n%\xE5\xE4\xF6\xC5\n".to_vec();
    let mut places = Vec::new();
    for object in [
        "<</Type/Catalog/Pages 2 0 R>>",
        "<</Type/Pages/Kids[3 0 R]/Count 1>>",
        "<</Type/Page/Parent 2 0 R/MediaBox[0 0 9 9]>>",
    ] {
        places.push(file.len());
        file.extend(format!("{} 0 obj\n{object}\nendobj\n", places.len()).bytes());
    }
    (file, places)
}

/// The end of a document whose cross-reference is at `place`.
pub fn pdf_end(place: usize) -> String {
    format!("startxref\n{place}\n%%EOF")
}

/// A document with a cross-reference table.
pub fn pdf() -> Vec<u8> {
    let (mut file, places) = pdf_body();
    let table = file.len();
    file.extend(b"xref\n0 4\n0000000000 65535 f \n");
    for place in places {
        file.extend(format!("{place:010} 00000 n \n").bytes());
    }
    file.extend(b"trailer\n<</Size 4 /Root 1 0 R /ID[<00>(<)] /Info<</Title(a \\) (b))>>>>\n");
    file.extend(pdf_end(table).bytes());
    file
}

/// A document with a cross-reference stream.
pub fn pdf_with_stream() -> Vec<u8> {
    let (mut file, _) = pdf_body();
    let place = file.len();
    let rows = [[0, 0, 0, 255], [1, 0, 15, 0], [1, 0, 60, 0], [1, 0, 110, 255]].concat();
    file.extend(b"4 0 obj\n<</Type /XRef /Size 5 /W [1 2 1] /Root 1 0 R /Length 16>>\nstream\r\n");
    file.extend(rows);
    file.extend(b"\nendstream\nendobj\n");
    file.extend(pdf_end(place).bytes());
    file
}

/// A document with a further revision, whose trailer says `entries` besides.
pub fn pdf_updated(base: &[u8], entries: &str) -> Vec<u8> {
    let mut file = base.to_vec();
    file.extend(b"\n2 0 obj\n<</Type/Pages/Kids[3 0 R]/Count 1>>\nendobj\n");
    let table = file.len();
    file.extend(
        format!(
            "xref\n2 1\n{:010} 00000 n \ntrailer\n<</Size 4 {entries}>>\n",
            base.len()
        )
        .bytes(),
    );
    file.extend(pdf_end(table).bytes());
    file
}

/// A box of HEIC.
pub fn boxed(kind: &[u8; 4], content: &[u8]) -> Vec<u8> {
    [&(content.len() as u32 + 8).to_be_bytes()[..], kind, content].concat()
}

/// A box of HEIC with a version.
pub fn full_box(kind: &[u8; 4], version: u8, content: &[u8]) -> Vec<u8> {
    boxed(kind, &[&[version, 0, 0, 0], content].concat())
}

/// An item of HEIC: what it is, and where its bytes are.
pub struct Item {
    pub kind: &'static [u8; 4],
    pub in_meta: bool,
    pub offset: u32,
    pub length: u32,
}

impl Item {
    pub fn new(kind: &'static [u8; 4], offset: u32, length: u32) -> Item {
        Item {
            kind,
            in_meta: false,
            offset,
            length,
        }
    }
}

/// A `meta` box for these items, the first of which is the picture.
pub fn heic_meta(items: &[Item], width: u32, height: u32, data: &[u8]) -> Vec<u8> {
    let mut entries = (items.len() as u16).to_be_bytes().to_vec();
    let mut places = [&[0x44, 0x00][..], &(items.len() as u16).to_be_bytes()].concat();
    for (index, item) in items.iter().enumerate() {
        let number = (index as u16 + 1).to_be_bytes();
        entries.extend(full_box(
            b"infe",
            2,
            &[&number[..], &[0, 0], item.kind, b"\0application/rdf+xml\0"].concat(),
        ));
        places.extend([&number[..], &[0, item.in_meta.into(), 0, 0, 0, 1]].concat());
        places.extend([item.offset.to_be_bytes(), item.length.to_be_bytes()].concat());
    }
    let size = full_box(b"ispe", 0, &[width.to_be_bytes(), height.to_be_bytes()].concat());
    let parts = [
        full_box(b"hdlr", 0, b"\0\0\0\0pict\0\0\0\0\0\0\0\0\0\0\0\0\0"),
        full_box(b"pitm", 0, &[0, 1]),
        full_box(b"iloc", 1, &places),
        full_box(b"iinf", 0, &entries),
        boxed(b"iprp", &boxed(b"ipco", &size)),
        boxed(b"idat", data),
    ];
    full_box(b"meta", 0, &parts.concat())
}

pub fn heic_type(major: &[u8; 4], compatible: &[u8]) -> Vec<u8> {
    boxed(b"ftyp", &[&major[..], &[0; 4], compatible].concat())
}

/// A picture of 64 by 48 pixels in 20 bytes, then 30 bytes of Exif, 10 of XMP and 5 more.
pub fn heic() -> Vec<u8> {
    let kind = heic_type(b"heic", b"mif1heic");
    let meta_of = |at: u32| {
        let items = [
            Item::new(b"hvc1", at, 20),
            Item::new(b"mime", at + 50, 10),
            Item::new(b"Exif", at + 20, 30),
        ];
        heic_meta(&items, 64, 48, &[])
    };
    let data_at = (kind.len() + meta_of(0).len() + 8) as u32;
    [kind, meta_of(data_at), boxed(b"mdat", &[7; 65])].concat()
}
