//! Two hundred files that nobody should send, made up from one number: always the same ones.

use crate::kit::samples;
use flate2::Compression;
use flate2::write::ZlibEncoder;
use std::io::Write as _;

pub const SIZE: usize = 200;

/// A bad file and what it is.
pub struct Bad {
    pub what: String,
    pub bytes: Vec<u8>,
}

/// Repeatable chance (xorshift).
struct Chance(u64);

impl Chance {
    fn below(&mut self, end: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 >> 16) as usize % end
    }
    fn of<T: Copy>(&mut self, some: &[T]) -> T {
        some[self.below(some.len())]
    }
    fn bytes(&mut self, count: usize) -> Vec<u8> {
        (0..count).map(|_| self.below(256) as u8).collect()
    }
    fn place(&mut self, bytes: &[u8]) -> usize {
        self.below(bytes.len())
    }
}

type Make = fn(&mut Chance) -> Vec<u8>;

const KINDS: &[(&str, Make)] = &[
    ("cut off", cut_off),
    ("magic and noise", magic_and_noise),
    ("magic alone", magic_alone),
    ("head of one, body of another", head_of_another),
    ("bits turned", bits_turned),
    ("a piece taken out", piece_taken_out),
    ("a piece twice", piece_twice),
    ("polyglot", polyglot),
    ("another kind altogether", another_kind),
    ("PNG: a chunk's length is wrong", png_length),
    ("PNG: a checksum is wrong", png_checksum),
    ("PNG: huge sides", png_sides),
    ("PNG: text that inflates", png_text_bomb),
    ("PNG: rows that inflate", png_row_bomb),
    ("PNG: chunks out of order", png_order),
    ("JPEG: tables missing", jpeg_tables),
    ("JPEG: a segment's length is wrong", jpeg_length),
    ("JPEG: huge sides", jpeg_sides),
    ("JPEG: thousands of scans", jpeg_scans),
    ("WebP: a length is wrong", webp_length),
    ("WebP: endless", webp_endless),
    ("PDF: no table of objects", pdf_without_table),
    ("PDF: nested or endless", pdf_nested),
    ("PDF: a table that leads nowhere", pdf_misled),
    ("HEIC: a box's length is wrong", heic_length),
    ("HEIC: boxes within boxes", heic_nested),
];

/// All of them.
pub fn corpus() -> Vec<Bad> {
    let mut chance = Chance(0x00fa_f11e);
    let mut made = Vec::with_capacity(SIZE);
    for number in 0..SIZE {
        let (what, make) = KINDS[number % KINDS.len()];
        let bytes = make(&mut chance);
        made.push(Bad {
            what: format!("{number} ({what}, {} bytes)", bytes.len()),
            bytes,
        });
    }
    made
}

fn whole() -> [Vec<u8>; 6] {
    let (pdf, heic) = (samples::pdf(300), samples::heic());
    let pictures = [samples::jpeg(), samples::photo(6), samples::png(), samples::webp()];
    let [jpeg, photo, png, webp] = pictures;
    [jpeg, photo, png, webp, pdf, heic]
}

fn one(chance: &mut Chance) -> Vec<u8> {
    let number = chance.below(6);
    whole()[number].clone()
}

const MAGICS: &[&[u8]] = &[
    b"\xff\xd8\xff\xe0",
    b"\x89PNG\r\n\x1a\n",
    b"RIFF\x40\x00\x01\x00WEBPVP8 ",
    b"RIFF\xf0\xff\xff\xffWEBPVP8L",
    b"RIFF\x20\x00\x00\x00WEBPVP8X",
    b"%PDF-1.7\n",
    b"\x00\x00\x00\x18ftypheic\x00\x00\x00\x00mif1heic",
];

fn cut_off(chance: &mut Chance) -> Vec<u8> {
    let mut bytes = one(chance);
    bytes.truncate(chance.place(&bytes));
    bytes
}

fn magic_and_noise(chance: &mut Chance) -> Vec<u8> {
    let (magic, length) = (chance.of(MAGICS), chance.of(&[10, 500, 5_000, 90_000]));
    [magic, &chance.bytes(length)].concat()
}

fn magic_alone(chance: &mut Chance) -> Vec<u8> {
    let (magic, zeros) = (chance.of(MAGICS), chance.of(&[0, 1, 60, 70_000]));
    [magic, &vec![0; zeros]].concat()
}

fn head_of_another(chance: &mut Chance) -> Vec<u8> {
    let (head, body) = (one(chance), one(chance));
    let length = chance.of(&[12, 32, 64]);
    [&head[..length], &body[length..]].concat()
}

fn bits_turned(chance: &mut Chance) -> Vec<u8> {
    let mut bytes = one(chance);
    for _ in 0..chance.of(&[1, 3, 20, 200]) {
        let place = chance.place(&bytes);
        bytes[place] ^= 1 << chance.below(8);
    }
    bytes
}

fn piece_taken_out(chance: &mut Chance) -> Vec<u8> {
    let mut bytes = one(chance);
    let from = chance.place(&bytes);
    let to = (from + 1 + chance.below(40)).min(bytes.len());
    bytes.drain(from..to);
    bytes
}

fn piece_twice(chance: &mut Chance) -> Vec<u8> {
    let bytes = one(chance);
    let from = chance.place(&bytes);
    [&bytes[..], &bytes[from..]].concat()
}

/// A whole file with another one behind it, or one that two readers read differently.
fn polyglot(chance: &mut Chance) -> Vec<u8> {
    let (first, other) = (one(chance), another_kind(chance));
    let mut second = other.repeat(2_000 / other.len() + 1);
    if chance.below(2) == 0 {
        second = one(chance).repeat(3);
    }
    [first, second].concat()
}

fn another_kind(chance: &mut Chance) -> Vec<u8> {
    let kinds: [&[u8]; 10] = [
        b"GIF89a\x01\x00\x01\x00\x00\x00\x00;",
        b"II*\x00\x08\x00\x00\x00",
        b"BM\x46\x00\x00\x00",
        b"\x7fELF\x02\x01\x01",
        b"PK\x03\x04\x14\x00",
        b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>",
        b"<!doctype html><script>alert(1)</script>",
        b"MZ\x90\x00",
        b"\x00\x00\x00\x20ftypavif\x00\x00\x00\x00avifmif1",
        b"#!/bin/sh\nrm -rf /\n",
    ];
    [chance.of(&kinds), &vec![b' '; chance.below(300)]].concat()
}

// --- PNG ---

fn crc(bytes: &[u8]) -> u32 {
    let mut crc = flate2::Crc::new();
    crc.update(bytes);
    crc.sum()
}

fn chunk(kind: &[u8; 4], content: &[u8]) -> Vec<u8> {
    let body = [kind, content].concat();
    [
        &(content.len() as u32).to_be_bytes()[..],
        &body,
        &crc(&body).to_be_bytes(),
    ]
    .concat()
}

fn header(width: u32, height: u32) -> Vec<u8> {
    let sides = [width.to_be_bytes(), height.to_be_bytes()].concat();
    chunk(b"IHDR", &[&sides[..], &[8, 2, 0, 0, 0]].concat())
}

/// So many zeros, packed.
fn zeros(count: usize) -> Vec<u8> {
    let mut packer = ZlibEncoder::new(Vec::new(), Compression::best());
    let some = vec![0; 1 << 20];
    for _ in 0..count >> 20 {
        packer.write_all(&some).expect("memory takes it");
    }
    packer.finish().expect("memory takes it")
}

fn png_of(chunks: &[Vec<u8>]) -> Vec<u8> {
    [b"\x89PNG\r\n\x1a\n".to_vec(), chunks.concat(), chunk(b"IEND", b"")].concat()
}

fn png_length(chance: &mut Chance) -> Vec<u8> {
    let mut png = samples::png();
    let at = chance.of(&[8, 33]);
    let wrong = chance.of(&[0_u32, 1, 12, 14, 70_000, 0x7fff_ffff, 0x8000_0000, u32::MAX]);
    png[at..at + 4].copy_from_slice(&wrong.to_be_bytes());
    png
}

fn png_checksum(chance: &mut Chance) -> Vec<u8> {
    let mut png = samples::png();
    let end = png.len();
    let at = chance.of(&[29, end - 14, end - 2]);
    png[at] ^= 1 + chance.below(255) as u8;
    png
}

fn png_sides(chance: &mut Chance) -> Vec<u8> {
    let sides = [0, 1, 7_000, 12_000, 12_001, 65_535, 0x7fff_ffff, u32::MAX];
    let (width, height) = (chance.of(&sides), chance.of(&sides));
    png_of(&[header(width, height), chunk(b"IDAT", &zeros(1 << 20))])
}

fn png_text_bomb(chance: &mut Chance) -> Vec<u8> {
    let packed = zeros(chance.of(&[16, 32, 64]) << 20);
    let text = match chance.below(3) {
        0 => chunk(b"zTXt", &[b"Comment\0\0", &packed[..]].concat()),
        1 => chunk(b"iTXt", &[b"Comment\0\x01\0\0\0", &packed[..]].concat()),
        _ => chunk(b"iCCP", &[b"Profile\0\0", &packed[..]].concat()),
    };
    let png = samples::png();
    [&png[..33], &text, &png[33..]].concat()
}

fn png_row_bomb(chance: &mut Chance) -> Vec<u8> {
    let packed = zeros(chance.of(&[16, 32, 64]) << 20);
    let (width, height) = chance.of(&[(1, 1), (24, 16), (7_000, 7_000), (12_000, 4_000)]);
    png_of(&[header(width, height), chunk(b"IDAT", &packed)])
}

fn png_order(chance: &mut Chance) -> Vec<u8> {
    let (head, data) = (header(24, 16), chunk(b"IDAT", &zeros(1 << 20)));
    match chance.below(5) {
        0 => png_of(&[data, head]),
        1 => png_of(&[head.clone(), head, data]),
        2 => png_of(&[head]),
        3 => png_of(&[head, chunk(b"IEND", b""), data]),
        _ => png_of(&[head, chunk(b"IDAT", b"").repeat(20_000), data]),
    }
}

// --- JPEG ---

/// Where the first segment of such a code begins.
fn segment_at(jpeg: &[u8], codes: &[u8]) -> usize {
    let mut at = 2;
    while !codes.contains(&jpeg[at + 1]) {
        at += 2 + usize::from(u16::from_be_bytes([jpeg[at + 2], jpeg[at + 3]]));
    }
    at
}

fn without(jpeg: &[u8], code: u8) -> Vec<u8> {
    let at = segment_at(jpeg, &[code]);
    let length = 2 + usize::from(u16::from_be_bytes([jpeg[at + 2], jpeg[at + 3]]));
    [&jpeg[..at], &jpeg[at + length..]].concat()
}

const FRAMES: &[u8] = &[0xC0, 0xC1, 0xC2];

fn jpeg_tables(chance: &mut Chance) -> Vec<u8> {
    let jpeg = samples::jpeg();
    without(
        &jpeg,
        chance.of(&[0xDB, 0xC4, 0xDA, jpeg[segment_at(&jpeg, FRAMES) + 1]]),
    )
}

fn jpeg_length(chance: &mut Chance) -> Vec<u8> {
    let mut jpeg = samples::photo(6);
    let at = segment_at(&jpeg, &[chance.of(&[0xE1, 0xDB, 0xC4, 0xDA])]);
    let wrong = chance.of(&[0_u16, 1, 2, 3, 40, 5_000, u16::MAX]);
    jpeg[at + 2..at + 4].copy_from_slice(&wrong.to_be_bytes());
    jpeg
}

fn with_sides(mut jpeg: Vec<u8>, height: u16, width: u16) -> Vec<u8> {
    let at = segment_at(&jpeg, FRAMES);
    jpeg[at + 5..at + 7].copy_from_slice(&height.to_be_bytes());
    jpeg[at + 7..at + 9].copy_from_slice(&width.to_be_bytes());
    jpeg
}

fn jpeg_sides(chance: &mut Chance) -> Vec<u8> {
    let sides = [0, 1, 25, 7_000, 12_000, 12_001, u16::MAX];
    with_sides(samples::jpeg(), chance.of(&sides), chance.of(&sides))
}

/// The first scan again and again, in a progressive picture of many pixels.
fn jpeg_scans(chance: &mut Chance) -> Vec<u8> {
    let side = chance.of(&[16, 1_000, 3_000]);
    let mut jpeg = with_sides(samples::jpeg(), side, side);
    let at = segment_at(&jpeg, FRAMES);
    jpeg[at + 1] = 0xC2;
    let scan = jpeg[segment_at(&jpeg, &[0xDA])..jpeg.len() - 2].to_vec();
    let end = jpeg.split_off(jpeg.len() - 2);
    [jpeg, scan.repeat(chance.of(&[500, 3_000])), end].concat()
}

// --- WebP ---

fn webp_length(chance: &mut Chance) -> Vec<u8> {
    let mut webp = samples::webp();
    let at = chance.of(&[4, 16]);
    let wrong = chance.of(&[0_u32, 1, 4, 100_000, 0x7fff_fffe, u32::MAX - 1, u32::MAX]);
    webp[at..at + 4].copy_from_slice(&wrong.to_le_bytes());
    webp
}

fn webp_endless(chance: &mut Chance) -> Vec<u8> {
    let kind = chance.of(&[b"VP8X", b"ANMF", b"ALPH", b"EXIF", b"VP8 "]);
    let chunks = [&kind[..], &[0; 4]].concat().repeat(chance.of(&[1_000, 200_000]));
    let length = chance.of(&[chunks.len() as u32 + 4, u32::MAX - 1, 4]);
    [b"RIFF", &length.to_le_bytes()[..], b"WEBP", &chunks].concat()
}

// --- PDF ---

fn pdf_without_table(chance: &mut Chance) -> Vec<u8> {
    let pdf = samples::pdf(chance.below(4_000));
    let text = pdf.windows(4).position(|four| four == b"xref").expect("a table");
    let tails: [&[u8]; 4] = [
        b"",
        b"%%EOF",
        b"startxref\n%%EOF",
        b"startxref\n99999999999999999999\n%%EOF",
    ];
    [&pdf[..text], chance.of(&tails)].concat()
}

fn pdf_nested(chance: &mut Chance) -> Vec<u8> {
    let open: [&[u8]; 4] = [b"[", b"<<", b"(", b"<</A "];
    let deep = chance.of(&open).repeat(chance.of(&[10_000, 400_000]));
    [b"%PDF-1.7\n1 0 obj\n", &deep[..], b"\nstartxref\n9\n%%EOF"].concat()
}

fn pdf_misled(chance: &mut Chance) -> Vec<u8> {
    let pdf = String::from_utf8(samples::pdf(50)).expect("text");
    let at = pdf.rfind("xref\n0").expect("a table");
    let wrong = [
        pdf.replace("/Pages 2 0 R", "/Pages 4000000000 0 R"),
        pdf.replace("/Root 1 0 R", &format!("/Prev {at}")),
        pdf.replace("/Root 1 0 R", "/Root 9 9 R"),
        pdf.replace("/Kids[3 0 R]", "/Kids[2 0 R]"),
        pdf.replace("/Pages 2 0 R", "/Pages 1 0 R"),
        pdf.replace("%PDF-1.7", "%PDF-9.9").replace("Root", "Toor"),
    ];
    wrong[chance.below(wrong.len())].clone().into_bytes()
}

// --- HEIC ---

fn heic_length(chance: &mut Chance) -> Vec<u8> {
    let mut heic = samples::heic();
    let kinds: [&[u8; 4]; 7] = [b"ftyp", b"meta", b"iloc", b"iinf", b"ipco", b"ispe", b"mdat"];
    let kind = chance.of(&kinds);
    let at = heic.windows(4).position(|four| four == kind).expect("a box") - 4;
    let wrong = chance.of(&[0_u32, 1, 4, 7, 8, 9, 100_000, 0x7fff_ffff, u32::MAX]);
    heic[at..at + 4].copy_from_slice(&wrong.to_be_bytes());
    heic
}

fn heic_nested(chance: &mut Chance) -> Vec<u8> {
    let kind = chance.of(&[b"meta", b"iprp", b"ipco", b"iinf"]);
    let mut boxes = Vec::new();
    for _ in 0..chance.of(&[50, 1_500]) {
        let content = if kind == b"meta" {
            [&[0; 4], &boxes[..]].concat()
        } else {
            boxes
        };
        boxes = [&(content.len() as u32 + 8).to_be_bytes()[..], kind, &content].concat();
    }
    [b"\x00\x00\x00\x18ftypheic\x00\x00\x00\x00mif1heic", &boxes[..]].concat()
}
