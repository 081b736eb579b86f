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
    // Fill bytes before a marker are allowed, and other bytes between segments are passed over.
    assert_eq!(of(&[&jpeg[..frame], &[0xFF; 9], &jpeg[frame..]]), None);
    assert_eq!(of(&[&jpeg[..frame], &[0x00, 0xFF, 0x00, 7], &jpeg[frame..]]), None);
    assert_eq!(of(&[&jpeg[..scan], &jpeg[end..]]), Some(Refusal::NothingToShow));
    assert_eq!(of(&[&jpeg[..frame], &jpeg[scan..]]), Some(Refusal::Damaged));
    assert_eq!(of(&[&jpeg[..scan], &jpeg[frame..]]), Some(Refusal::Damaged));
    assert_eq!(of(&[&jpeg[..end], &jpeg[scan..end].repeat(63), &jpeg[end..]]), None);
    assert_eq!(
        of(&[&jpeg[..end], &jpeg[scan..end].repeat(64), &jpeg[end..]]),
        Some(Refusal::TooHeavy)
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
    let empty = [signature, &chunks[..25], &end].concat();
    assert_eq!(refusal(Format::Png, &empty), Some(Refusal::NothingToShow));
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
    for chunks in [&[][..], &[webp_extended(0)]] {
        assert_eq!(of(chunks), Some(Refusal::NothingToShow));
    }
    let bad: [&[Vec<u8>]; 6] = [
        &[lossy(41, &[0x9D, 1, 0x2A])],
        &[lossy(40, &[0x9D, 1, 0x2B])],
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

/// A JPEG's head that claims a size: progressive or not, so many components, the first sampled so.
fn jpeg_head(kind: u8, (width, height): (u32, u32), components: u8, sampling: u8) -> Vec<u8> {
    let (w, h) = (width.to_be_bytes(), height.to_be_bytes());
    let mut frame = vec![8, h[2], h[3], w[2], w[3], components];
    let mut scan = vec![components];
    for number in 1..=components {
        frame.extend([number, if number == 1 { sampling } else { 0x11 }, 0]);
        scan.extend([number, 0]);
    }
    scan.extend([0, 0, 0]);
    let scan = [segment(0xDA, &scan), vec![0; 20]].concat();
    [&[0xFF, 0xD8][..], &segment(kind, &frame), &scan, &[0xFF, 0xD9]].concat()
}

#[test]
fn a_picture_is_budgeted_before_it_is_opened() {
    let jpeg = |kind, size, components, sampling| refusal(Format::Jpeg, &jpeg_head(kind, size, components, sampling));
    // What phones call 50 and 64 megapixels, a panorama, a long screenshot.
    for size in [
        (8160, 6144),
        (8192, 6144),
        (9248, 6936),
        (16_382, 3900),
        (1080, 16_000),
        (1080, 60_000),
    ] {
        assert_eq!(jpeg(0xC0, size, 3, 0x22), None, "{size:?}");
        assert_eq!(jpeg(0xC0, size, 3, 0x11), None, "{size:?}");
    }
    // Progressive ones keep two bytes for each sample until the last scan is read.
    assert_eq!(jpeg(0xC2, (8160, 6144), 3, 0x11), Some(Refusal::TooHeavy));
    assert_eq!(jpeg(0xC2, (4000, 3000), 3, 0x11), None);
    assert_eq!(jpeg(0xC2, (6000, 5000), 3, 0x22), None);
    assert_eq!(jpeg(0xC0, (9248, 6936), 4, 0x11), Some(Refusal::TooHeavy));
    // Scan after scan over the same pixels.
    let head = jpeg_head(0xC2, (4000, 3000), 3, 0x11);
    let end = head.len() - 2;
    let scan = head[2..].windows(2).position(|window| window == [0xFF, 0xDA]).unwrap() + 2;
    let many = |count| [&head[..end], &head[scan..end].repeat(count), &head[end..]].concat();
    assert_eq!(refusal(Format::Jpeg, &many(9)), None);
    assert_eq!(refusal(Format::Jpeg, &many(30)), Some(Refusal::TooHeavy));
}

#[test]
fn what_is_small_is_told_from_what_is_large() {
    let plan = |file: &[u8]| run(Format::Jpeg, file).unwrap().plan;
    assert!(plan(&jpeg_head(0xC0, (2000, 1500), 3, 0x22)).is_small());
    assert!(!plan(&jpeg_head(0xC0, (4032, 3024), 3, 0x22)).is_small());
    assert!(plan(&jpeg()).is_small());
    assert!(!plan(&jpeg_head(0xC0, (8160, 6144), 3, 0x22)).is_small());
    assert!(!plan(&jpeg_head(0xC2, (4032, 3024), 3, 0x22)).is_small());
}

#[test]
fn a_chunk_that_need_not_be_understood_may_be_broken() {
    let mut text = png_chunk(b"tEXt", b"Comment\0x");
    *text.last_mut().unwrap() ^= 1;
    let file = png_with(&[text]);
    assert_eq!(refusal(Format::Png, &file), None);
    let parts = run(Format::Png, &file).unwrap().plan.parts;
    assert_eq!(parts.len(), 2, "and is not handed on: {parts:?}");
}

#[test]
fn an_animation_of_one_frame_is_a_picture() {
    let control = png_chunk(b"acTL", &[0, 0, 0, 1, 0, 0, 0, 0]);
    let frame = png_chunk(b"fcTL", &[0; 26]);
    assert_eq!(refusal(Format::Png, &png_with(&[control.clone(), frame.clone()])), None);
    let two = png_with(&[control.clone(), frame.clone(), frame]);
    assert_eq!(refusal(Format::Png, &two), Some(Refusal::Animated));
    let own = [
        &png()[..png().len() - 12],
        &png_chunk(b"fdAT", &[0; 9]),
        &png_chunk(b"IEND", b""),
    ]
    .concat();
    assert_eq!(refusal(Format::Png, &own), Some(Refusal::Animated));
    let inner = [&[0, 0, 0, 0, 0, 0, 19, 0, 0, 11, 0, 0, 0, 0, 0, 0][..], &webp()[12..]].concat();
    let (head, all) = (webp_extended(0b10), webp_chunk(b"ANIM", &[0; 6]));
    let one = riff(&[head.clone(), all.clone(), webp_chunk(b"ANMF", &inner)]);
    assert_eq!(refusal(Format::Webp, &one), None);
    let two = riff(&[head, all, webp_chunk(b"ANMF", &inner), webp_chunk(b"ANMF", &inner)]);
    assert_eq!(refusal(Format::Webp, &two), Some(Refusal::Animated));
}
