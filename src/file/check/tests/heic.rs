//! What is particular to the structure of HEIC, and which of its bytes are blanked.

use super::samples::*;
use super::*;

fn of(parts: &[Vec<u8>]) -> Option<Refusal> {
    refusal(Format::Heic, &parts.concat())
}

fn kind() -> Vec<u8> {
    heic_type(b"heic", b"mif1heic")
}

fn data() -> Vec<u8> {
    boxed(b"mdat", &[7; 64])
}

/// A `meta` box whose first item's bytes are the first of the data that follows it.
fn meta_of(length: u32) -> Vec<u8> {
    let make = |at| heic_meta(&[Item::new(b"hvc1", at, length)], 64, 48, &[]);
    let at = kind().len() + make(0).len() + 8;
    make(at as u32)
}

/// What is shown of a file.
fn shown(mut file: Vec<u8>) -> Vec<u8> {
    run(Format::Heic, &file).unwrap().shown.change(0, &mut file).to_vec()
}

#[test]
fn exif_and_xmp_are_blanked() {
    let file = heic();
    let data = file.len() - 65;
    let shown = shown(file.clone());
    assert_eq!(shown.len(), file.len());
    assert_eq!(&shown[data..data + 20], &[7; 20], "the picture");
    assert_eq!(&shown[data + 20..], &[0; 45], "Exif, XMP and what is no item's");
    for gone in [b"Exif", b"mime", b"rdf+"] {
        assert!(file.windows(4).any(|four| four == gone) && !shown.windows(4).any(|four| four == gone));
    }
}

#[test]
fn what_is_shown_is_read_again_as_the_same() {
    let once = shown(heic());
    assert_eq!(shown(once.clone()), once);
}

#[test]
fn metadata_beside_the_data_is_blanked() {
    let mut picture = Item::new(b"hvc1", 0, 8);
    picture.in_meta = true;
    let mut xmp = Item::new(b"mime", 8, 6);
    xmp.in_meta = true;
    let start = [kind(), heic_meta(&[picture, xmp], 64, 48, &[5; 16])].concat();
    let clip = [boxed(b"uuid", &[1; 40]), boxed(b"mpvd", &[2; 9]), vec![9; 12]];
    let file = [start.clone(), data(), clip.concat()].concat();
    let shown = shown(file.clone());
    assert_eq!(shown.iter().filter(|byte| **byte == 5).count(), 8, "the picture's");
    let after = start.len() + data().len();
    assert_eq!(&shown[start.len() + 8..after], &[0; 64], "data of no item");
    let free = [boxed(b"free", &[0; 40]), boxed(b"free", &[0; 9])].concat();
    assert_eq!(&shown[after..], &free, "and what follows the last box is gone");
}

#[test]
fn extents_lie_inside_the_file() {
    let with = |length| of(&[kind(), meta_of(length), data()]);
    assert_eq!(with(64), None);
    assert_eq!(with(0), None, "to the end");
    assert_eq!(with(5000), Some(Refusal::CutOff));
    assert_eq!(with(u32::MAX), Some(Refusal::CutOff));
    let mut outside = Item::new(b"hvc1", 8, 9);
    outside.in_meta = true;
    let meta = heic_meta(&[outside], 64, 48, &[0; 16]);
    assert_eq!(of(&[kind(), meta, data()]), Some(Refusal::Damaged));
    // In the boxes that tell of it.
    for at in [0, 40] {
        let within = heic_meta(&[Item::new(b"hvc1", at, 8)], 64, 48, &[]);
        assert_eq!(of(&[kind(), within, data()]), Some(Refusal::Damaged));
    }
    // What is not shown may lie anywhere.
    let elsewhere = |at| heic_meta(&[Item::new(b"hvc1", at, 8), Item::new(b"Exif", 0, 0)], 64, 48, &[]);
    let at = kind().len() + elsewhere(0).len() + 8;
    assert_eq!(of(&[kind(), elsewhere(at as u32), data()]), None);
}

#[test]
fn the_parts_must_be_there() {
    let meta = || meta_of(8);
    assert_eq!(of(&[kind(), meta(), data()]), None);
    let before = heic_meta(&[Item::new(b"hvc1", kind().len() as u32 + 8, 8)], 64, 48, &[]);
    assert_eq!(of(&[kind(), data(), before]), None);
    assert_eq!(of(&[kind(), meta()]), Some(Refusal::CutOff));
    assert_eq!(of(&[kind(), data()]), Some(Refusal::CutOff));
    assert_eq!(of(&[kind(), meta(), meta(), data()]), Some(Refusal::Damaged));
    let coded = |how| heic_meta(&[Item::new(how, 0, 8)], 64, 48, &[]);
    assert_eq!(of(&[kind(), coded(b"av01"), data()]), Some(Refusal::NotThisType));
    let only_exif = heic_meta(&[Item::new(b"Exif", 0, 8)], 64, 48, &[]);
    assert_eq!(of(&[kind(), only_exif, data()]), Some(Refusal::Damaged));
    for part in [b"hdlr", b"pict", b"pitm", b"iinf", b"iloc", b"iprp", b"ispe", b"infe"] {
        let meta = replaced(&meta(), part, b"none");
        assert_eq!(of(&[kind(), meta, data()]), Some(Refusal::Damaged));
    }
}

#[test]
fn sizes_of_boxes_are_believed_only_within_bounds() {
    let meta = meta_of(8);
    let to_the_end = [&[0; 4][..], b"mdat", &[7; 64]].concat();
    assert_eq!(of(&[kind(), meta.clone(), to_the_end]), None);
    let wide = |size: u64| [&[0, 0, 0, 1][..], b"mdat", &size.to_be_bytes(), &[7; 64]].concat();
    let further = heic_meta(
        &[Item::new(b"hvc1", (kind().len() + meta.len() + 16) as u32, 8)],
        64,
        48,
        &[],
    );
    assert_eq!(of(&[kind(), further, wide(80)]), None);
    assert_eq!(of(&[kind(), meta.clone(), wide(15)]), Some(Refusal::Damaged));
    assert_eq!(of(&[kind(), meta.clone(), wide(u64::MAX)]), Some(Refusal::CutOff));
    let inner = [&[0, 0, 0, 0][..], b"free"].concat();
    let spoilt = full_box(b"meta", 0, &inner);
    assert_eq!(of(&[kind(), spoilt, data()]), Some(Refusal::Damaged));
    let huge = full_box(b"meta", 0, &vec![0; 5 << 20]);
    assert_eq!(of(&[kind(), huge, data()]), Some(Refusal::Damaged));
    assert_eq!(
        of(&[heic_type(b"heic", &[b'x'; 2000]), meta, data()]),
        Some(Refusal::Damaged)
    );
}

#[test]
fn absurd_counts_end_soon() {
    let meta = heic_meta(&[Item::new(b"hvc1", 0, 8)], 64, 48, &[]);
    // A location table of version 2 with extents that take no room, and as many of them as can be said.
    let item = [0, 0, 0, 1, 0, 0, 0, 0, 0xFF, 0xFF];
    let places = [&[0, 0, 0xFF, 0xFF, 0xFF, 0xFF][..], &item.repeat(1000)].concat();
    let from = full_box(
        b"iloc",
        1,
        &[0x44, 0, 0, 1, 0, 1, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 8],
    );
    for count in [u32::MAX, 1000] {
        let mut places = places.clone();
        places[2..6].copy_from_slice(&count.to_be_bytes());
        let inner = replaced(&meta[8..], &from, &full_box(b"iloc", 2, &places));
        assert_eq!(of(&[kind(), boxed(b"meta", &inner), data()]), Some(Refusal::Damaged));
    }
    let boxes = boxed(b"free", b"x").repeat(5000);
    assert_eq!(of(&[kind(), meta, data(), boxes]), Some(Refusal::Damaged));
}
