//! What is particular to the structure of JPEG, PNG and WebP.

use super::samples::*;
use super::*;

#[test]
fn jpeg_structure() {
    let jpeg = jpeg();
    let frame = (0..jpeg.len())
        .find(|at| jpeg[*at..].starts_with(&[0xFF, 0xC0]))
        .unwrap();
    let scan = (0..jpeg.len())
        .find(|at| jpeg[*at..].starts_with(&[0xFF, 0xDA]))
        .unwrap();
    let end = jpeg.len() - 2;
    let of = |parts: &[&[u8]]| refusal(Format::Jpeg, &parts.concat());
    // Fill bytes before a marker are allowed, other bytes between segments are not.
    assert_eq!(of(&[&jpeg[..frame], &[0xFF; 9], &jpeg[frame..]]), None);
    assert_eq!(of(&[&jpeg[..frame], &[0x00], &jpeg[frame..]]), Some(Refusal::Damaged));
    assert_eq!(of(&[&jpeg[..scan], &jpeg[end..]]), Some(Refusal::Damaged));
    assert_eq!(of(&[&jpeg[..frame], &jpeg[scan..]]), Some(Refusal::Damaged));
    assert_eq!(of(&[&jpeg[..scan], &jpeg[frame..]]), Some(Refusal::Damaged));
    assert_eq!(of(&[&jpeg[..end], &jpeg[scan..end].repeat(63), &jpeg[end..]]), None);
    assert_eq!(
        of(&[&jpeg[..end], &jpeg[scan..end].repeat(64), &jpeg[end..]]),
        Some(Refusal::Damaged)
    );
    assert_eq!(
        of(&[&jpeg[..2], &segment(0xFE, b"").repeat(5000), &jpeg[2..]]),
        Some(Refusal::Damaged)
    );
    for rare in [0xC3, 0xC5, 0xC9, 0xCC] {
        assert_eq!(
            of(&[&jpeg[..frame + 1], &[rare], &jpeg[frame + 2..]]),
            Some(Refusal::NotThisType)
        );
    }
    assert_eq!(
        of(&[&jpeg[..frame + 4], &[12], &jpeg[frame + 5..]]),
        Some(Refusal::NotThisType)
    );
    // A motion clip after the picture.
    assert_eq!(of(&[&jpeg, &boxed(b"ftyp", b"mp42"), &[0xFF; 50_000]]), None);
}

#[test]
fn png_structure() {
    let bad = |file: Vec<u8>| assert_eq!(refusal(Format::Png, &file), Some(Refusal::Damaged));
    let png = png();
    let (signature, chunks) = png.split_at(8);
    let end = png_chunk(b"IEND", b"");
    bad([signature, &end].concat());
    bad([signature, &chunks[..25], &end].concat());
    bad([&png[..png.len() - 12], &png_chunk(b"IEND", b"x")].concat());
    bad([
        &png[..png.len() - 12],
        &png_chunk(b"tEXt", b"a\0b"),
        &png_chunk(b"IDAT", b"x"),
        &end,
    ]
    .concat());
    bad(png_with(&[png_chunk(b"BOOM", b"")]));
    bad(png_with(&[png_chunk(b"a\0bc", b"")]));
    bad(png_with(&[png_chunk(b"PLTE", &[0; 3]), png_chunk(b"PLTE", &[0; 3])]));
    let mut checksum = png.clone();
    checksum[50] ^= 1;
    bad(checksum);
}

#[test]
fn webp_structure() {
    let image = webp()[12..].to_vec();
    let lossy = |partition: u32, start: &[u8]| {
        let tag = (partition << 5).to_le_bytes();
        webp_chunk(b"VP8 ", &[&tag[..3], start, &[20, 0, 12, 0], &[0; 40]].concat())
    };
    let of = |chunks: &[Vec<u8>]| refusal(Format::Webp, &riff(chunks));
    assert_eq!(of(&[lossy(40, &[0x9D, 1, 0x2A])]), None);
    assert_eq!(of(&[webp_extended(0), lossy(40, &[0x9D, 1, 0x2A])]), None);
    let bad: [&[Vec<u8>]; 8] = [
        &[lossy(41, &[0x9D, 1, 0x2A])],
        &[lossy(40, &[0x9D, 1, 0x2B])],
        &[],
        &[webp_extended(0)],
        &[webp_chunk(b"EXIF", b"early"), image.clone()],
        &[image.clone(), image.clone()],
        &[image.clone(), webp_extended(0)],
        &[webp_chunk(b"VP8X", &[0; 10]), image.clone()],
    ];
    for chunks in bad {
        assert_eq!(of(chunks), Some(Refusal::Damaged));
    }
    let mut long = riff(&[image, webp_chunk(b"XMP ", b"abcd")]);
    let length_at = long.len() - 8;
    long[length_at] = 5;
    assert_eq!(refusal(Format::Webp, &long), Some(Refusal::Damaged));
}
