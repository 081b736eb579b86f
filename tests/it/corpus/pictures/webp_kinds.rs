//! Kinds of WebP.

use super::super::{Case, Right, STRAY};
use super::{case, cuts, measures, shows};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use image::{DynamicImage, ImageFormat, Rgb, RgbImage, Rgba, RgbaImage};
use moxcms::ColorProfile;
use std::io::Cursor;

const SIZE: (u32, u32) = (20, 12);
const GREEN: [u8; 3] = [60, 160, 70];
/// One pixel each, as the makers of browsers try them.
const LOSSY: &str = "UklGRiIAAABXRUJQVlA4IBYAAAAwAQCdASoBAAEADsD+JaQAA3AAAAAA";
const LOSSLESS: &str = "UklGRhoAAABXRUJQVlA4TA0AAAAvAAAAEAcQERGIiP4HAA==";
const LOSSY_ALPHA: &str =
    "UklGRkoAAABXRUJQVlA4WAoAAAAQAAAAAAAAAAAAQUxQSAwAAAARBxAR/Q9ERP8DAABWUDggGAAAABQBAJ0BKgEAAQAAAP4AAA3AAP7mtQAAAA==";
const ONE_FRAME: &str = "UklGRlIAAABXRUJQVlA4WAoAAAASAAAAAAAAAAAAQU5JTQYAAAD/////AABBTk1GJgAAAAAAAAAAAAAAAAAAAGQAAABWUDhMDQAAAC8AAAAQBxAREYiI/gcA";

fn chunk(kind: &[u8; 4], content: &[u8]) -> Vec<u8> {
    let padding = vec![0; content.len() % 2];
    [&kind[..], &(content.len() as u32).to_le_bytes(), content, &padding].concat()
}

fn riff(chunks: &[Vec<u8>]) -> Vec<u8> {
    let chunks = chunks.concat();
    [b"RIFF", &(chunks.len() as u32 + 4).to_le_bytes()[..], b"WEBP", &chunks].concat()
}

fn extended(flags: u8) -> Vec<u8> {
    chunk(b"VP8X", &[flags, 0, 0, 0, 19, 0, 0, 11, 0, 0])
}

fn encoded(picture: impl Into<DynamicImage>) -> Vec<u8> {
    let mut out = Cursor::new(Vec::new());
    picture
        .into()
        .write_to(&mut out, ImageFormat::WebP)
        .expect("an encoder");
    out.into_inner()
}

fn green() -> Vec<u8> {
    encoded(RgbImage::from_pixel(SIZE.0, SIZE.1, Rgb(GREEN)))
}

/// The picture's own chunk.
fn image() -> Vec<u8> {
    green()[12..].to_vec()
}

fn exif(orientation: u8) -> Vec<u8> {
    let entry = [0x12, 1, 3, 0, 1, 0, 0, 0, orientation, 0, 0, 0];
    chunk(b"EXIF", &[&b"II*\0\x08\0\0\0\x01\0"[..], &entry, &[0; 4]].concat())
}

fn frame(image: &[u8]) -> Vec<u8> {
    chunk(
        b"ANMF",
        &[&[0, 0, 0, 0, 0, 0, 19, 0, 0, 11, 0, 0, 0, 0, 0, 0][..], image].concat(),
    )
}

pub fn cases() -> Vec<Case> {
    let mut all = taken();
    all.extend(refused());
    all
}

fn taken() -> Vec<Case> {
    let good = |what: String, bytes, right| case(format!("WebP {what}"), "webp", bytes, right);
    let shown = || shows("image/jpeg", SIZE, GREEN);
    let mut all = Vec::new();
    for (what, text, kind) in [
        ("lossy", LOSSY, "image/jpeg"),
        ("lossless, of one pixel", LOSSLESS, "image/png"),
        ("lossy and transparent", LOSSY_ALPHA, "image/png"),
        ("of one frame", ONE_FRAME, "image/png"),
    ] {
        let bytes = STANDARD.decode(text).expect("base64");
        all.push(good(what.into(), bytes, measures(kind, (1, 1))));
    }
    all.push(good("lossless".into(), green(), shown()));
    let glass = |alpha| encoded(RgbaImage::from_pixel(SIZE.0, SIZE.1, Rgba([60, 160, 70, alpha])));
    all.push(good("transparent".into(), glass(99), shows("image/png", SIZE, GREEN)));
    all.push(good("that could be transparent".into(), glass(255), shown()));
    for orientation in 1..=8 {
        let size = if orientation > 4 { (SIZE.1, SIZE.0) } else { SIZE };
        let bytes = riff(&[extended(0b1000), image(), exif(orientation)]);
        all.push(good(
            format!("of orientation {orientation}"),
            bytes,
            shows("image/jpeg", size, GREEN),
        ));
    }
    for (what, behind) in [
        ("words", STRAY),
        ("3,000 zeros", &[0; 3000]),
        ("many zeros", &[0; 200_000]),
    ] {
        all.push(good(
            format!("with {what} behind"),
            [&green()[..], behind].concat(),
            shown(),
        ));
    }
    all.push(good(
        "with words as XMP".into(),
        riff(&[extended(0b100), image(), chunk(b"XMP ", STRAY)]),
        shown(),
    ));
    all.push(good(
        "with an unknown chunk".into(),
        riff(&[extended(0), image(), chunk(b"WORD", STRAY)]),
        shown(),
    ));
    all.push(good(
        "with a chunk of odd length".into(),
        riff(&[extended(0), chunk(b"WORD", b"odd"), image()]),
        shown(),
    ));
    let adobe = ColorProfile::new_adobe_rgb().encode().expect("a profile");
    let in_adobe = |profile: &[u8]| riff(&[extended(0b10_0000), chunk(b"ICCP", profile), image()]);
    all.push(good(
        "in Adobe RGB".into(),
        in_adobe(&adobe),
        shows("image/jpeg", SIZE, [0, 161, 60]),
    ));
    all.push(good("in a broken profile".into(), in_adobe(&adobe[..150]), shown()));
    let control = chunk(b"ANIM", &[0; 6]);
    all.push(good(
        "of one green frame".into(),
        riff(&[extended(0b10), control, frame(&image())]),
        shown(),
    ));
    all
}

fn refused() -> Vec<Case> {
    let bad = |what: &str, bytes: Vec<u8>, code| case(format!("WebP {what}"), "webp", bytes, Right::Refused(code));
    let mut all: Vec<Case> = cuts(&green(), 16)
        .map(|(at, bytes)| bad(&format!("cut at {at}"), bytes, "file-cut-off"))
        .collect();
    let control = chunk(b"ANIM", &[0; 6]);
    let two = riff(&[extended(0b10), control.clone(), frame(&image()), frame(&image())]);
    all.push(bad("of two frames", two, "file-animated"));
    all.push(bad("of no frame", riff(&[extended(0b10), control]), "file-animated"));
    all.push(bad(
        "of a frame that nobody announced",
        riff(&[extended(0), frame(&image())]),
        "file-animated",
    ));
    all.push(bad("of nothing", riff(&[]), "file-nothing"));
    all.push(bad(
        "of metadata alone",
        riff(&[extended(0b1000), exif(1)]),
        "file-nothing",
    ));
    let other = chunk(b"VP8X", &[0, 0, 0, 0, 9, 0, 0, 9, 0, 0]);
    all.push(bad("on another canvas", riff(&[other, image()]), "file-damaged"));
    all.push(bad("with two pictures", riff(&[image(), image()]), "file-damaged"));
    all.push(bad(
        "of noise",
        riff(&[chunk(b"VP8L", &[&image()[8..13], &[0xA5; 80][..]].concat())]),
        "file-damaged",
    ));
    let vast = chunk(b"VP8X", &[0, 0, 0, 0, 0xFF, 0xFF, 0, 0xFF, 0xFF, 0]);
    all.push(bad("of a vast canvas", riff(&[vast]), "file-pixels"));
    let (w, h) = (7_999_u32, 4_999_u32);
    let head = [&[0x2F][..], &(w | h << 14).to_le_bytes(), &[0; 40]].concat();
    all.push(bad(
        "lossless, of 40 megapixels",
        riff(&[chunk(b"VP8L", &head)]),
        "file-memory",
    ));
    all
}
