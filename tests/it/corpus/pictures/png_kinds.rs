//! Kinds of PNG.

use super::super::{Case, Right, STRAY};
use super::{case, cuts, measures, shows};
use flate2::Compression;
use flate2::write::ZlibEncoder;
use moxcms::ColorProfile;
use std::io::Write as _;

const SIZE: (u32, u32) = (20, 12);

fn chunk(kind: &[u8; 4], content: &[u8]) -> Vec<u8> {
    let mut crc = flate2::Crc::new();
    crc.update(kind);
    crc.update(content);
    [
        &(content.len() as u32).to_be_bytes()[..],
        kind,
        content,
        &crc.sum().to_be_bytes(),
    ]
    .concat()
}

fn wrong(mut chunk: Vec<u8>) -> Vec<u8> {
    if let Some(last) = chunk.last_mut() {
        *last ^= 1;
    }
    chunk
}

fn packed(bytes: &[u8]) -> Vec<u8> {
    let mut packer = ZlibEncoder::new(Vec::new(), Compression::fast());
    packer.write_all(bytes).expect("memory takes it");
    packer.finish().expect("memory takes it")
}

/// How it is written: depth, colour, interlaced; every sample is this byte's.
#[derive(Clone, Copy)]
struct Png {
    size: (u32, u32),
    depth: u8,
    colour: u8,
    interlaced: bool,
    byte: u8,
}

const RGB: Png = Png {
    size: SIZE,
    depth: 8,
    colour: 2,
    interlaced: false,
    byte: 90,
};

impl Png {
    fn header(self) -> Vec<u8> {
        let sides = [self.size.0.to_be_bytes(), self.size.1.to_be_bytes()].concat();
        let rest = [self.depth, self.colour, 0, 0, self.interlaced.into()];
        [
            b"\x89PNG\r\n\x1a\n".to_vec(),
            chunk(b"IHDR", &[&sides[..], &rest].concat()),
        ]
        .concat()
    }

    fn rows(self) -> Vec<u8> {
        let samples = match self.colour {
            0 | 3 => 1,
            4 => 2,
            2 => 3,
            _ => 4,
        };
        let rows = |width: u32, height: u32| {
            let bytes = (width * samples * u32::from(self.depth)).div_ceil(8) as usize;
            let row = [&[0][..], &vec![self.byte; bytes]].concat();
            if bytes == 0 {
                Vec::new()
            } else {
                row.repeat(height as usize)
            }
        };
        let (w, h) = self.size;
        if !self.interlaced {
            return rows(w, h);
        }
        let passes = [
            (0, 0, 8, 8),
            (4, 0, 8, 8),
            (0, 4, 4, 8),
            (2, 0, 4, 4),
            (0, 2, 2, 4),
            (1, 0, 2, 2),
            (0, 1, 1, 2),
        ];
        let pass = |(x, y, dx, dy): (u32, u32, u32, u32)| {
            rows(w.saturating_sub(x).div_ceil(dx), h.saturating_sub(y).div_ceil(dy))
        };
        passes.into_iter().flat_map(pass).collect()
    }

    fn with(self, before: &[Vec<u8>], behind: &[Vec<u8>]) -> Vec<u8> {
        let data = chunk(b"IDAT", &packed(&self.rows()));
        [
            self.header(),
            before.concat(),
            data,
            behind.concat(),
            chunk(b"IEND", b""),
        ]
        .concat()
    }
}

pub fn cases() -> Vec<Case> {
    [every_kind(), with_more(), coloured(), refused()]
        .into_iter()
        .flatten()
        .collect()
}

fn every_kind() -> Vec<Case> {
    let mut all = Vec::new();
    let depths: [(u8, &[u8]); 5] = [
        (0, &[1, 2, 4, 8, 16]),
        (2, &[8, 16]),
        (3, &[1, 2, 4, 8]),
        (4, &[8, 16]),
        (6, &[8, 16]),
    ];
    let palette = chunk(b"PLTE", &[30, 60, 90].repeat(2));
    for (colour, depths) in depths {
        for depth in depths {
            for interlaced in [false, true] {
                // Of a palette the second colour, of greys the middle one, of fine samples one that rounds to itself.
                let byte = match (colour, depth) {
                    (3, 1) => 0xFF,
                    (3, 2) => 0x55,
                    (3, 4) => 0x11,
                    (3, _) => 1,
                    (0, 1) => 0xFF,
                    (0, 2) => 0x55,
                    _ => 0x88,
                };
                let wanted = match (colour, depth) {
                    (3, _) => Some([30, 60, 90]),
                    (0, 1) => Some([255; 3]),
                    (0, 2) => Some([85; 3]),
                    (4 | 6, _) => None,
                    _ => Some([0x88; 3]),
                };
                let png = Png {
                    size: SIZE,
                    depth: *depth,
                    colour,
                    interlaced,
                    byte,
                };
                let before = if colour == 3 { vec![palette.clone()] } else { Vec::new() };
                let right = wanted.map_or_else(
                    || measures("image/png", SIZE),
                    |colour| shows("image/png", SIZE, colour),
                );
                let what = format!("PNG of colour type {colour}, {depth} bits, interlaced: {interlaced}");
                all.push(case(what, "png", png.with(&before, &[]), right));
            }
        }
    }
    all
}

/// With what stands beside the picture.
fn with_more() -> Vec<Case> {
    let good = |what: String, bytes| case(what, "png", bytes, shows("image/png", SIZE, [90; 3]));
    let text = [b"Comment\0", STRAY].concat();
    let mut all = Vec::new();
    for (what, behind) in [
        ("words", STRAY),
        ("3,000 zeros", &[0; 3000]),
        ("many zeros", &[0; 200_000]),
        ("a JPEG", b"\xff\xd8\xff\xe0"),
    ] {
        all.push(good(
            format!("PNG, {what} behind"),
            [&RGB.with(&[], &[])[..], behind].concat(),
        ));
    }
    let chunks: [(&[u8; 4], &[u8]); 12] = [
        (b"tEXt", &text),
        (b"zTXt", b"Comment\0\0nonsense"),
        (b"iTXt", b"Comment\0\0\0\0\0x"),
        (b"pHYs", &[0; 9]),
        (b"tIME", &[0; 7]),
        (b"gAMA", &[0, 0, 0xB1, 0x8F]),
        (b"sRGB", &[0]),
        (b"bKGD", &[0; 6]),
        (b"sBIT", &[8, 8, 8]),
        (b"eXIf", b"II*\0\x08\0\0\0\0\0"),
        (b"iCCP", b"p\0\0nonsense"),
        (b"prVt", STRAY),
    ];
    for (kind, content) in chunks {
        let name = String::from_utf8_lossy(kind).into_owned();
        let one = chunk(kind, content);
        all.push(good(
            format!("PNG with {name}"),
            RGB.with(std::slice::from_ref(&one), &[]),
        ));
        all.push(good(
            format!("PNG with {name} of a wrong checksum"),
            RGB.with(&[wrong(one.clone())], &[]),
        ));
        all.push(good(
            format!("PNG with {name} twice"),
            RGB.with(&[one.clone(), one.clone()], &[]),
        ));
        all.push(good(format!("PNG with {name} behind its data"), RGB.with(&[], &[one])));
    }
    let one_frame = chunk(b"acTL", &[0, 0, 0, 1, 0, 0, 0, 0]);
    let sides = [SIZE.0.to_be_bytes(), SIZE.1.to_be_bytes()].concat();
    let frame = chunk(b"fcTL", &[&[0; 4][..], &sides, &[0; 14]].concat());
    all.push(good(
        "PNG, an animation of one frame".into(),
        RGB.with(&[one_frame.clone(), frame], &[]),
    ));
    all.push(good("PNG, one frame announced".into(), RGB.with(&[one_frame], &[])));
    let data = packed(&RGB.rows());
    let pieces: Vec<u8> = data
        .chunks(1)
        .flat_map(|piece| [chunk(b"IDAT", piece), chunk(b"IDAT", b"")].concat())
        .collect();
    all.push(good(
        "PNG, its data in crumbs".into(),
        [RGB.header(), pieces, chunk(b"IEND", b"")].concat(),
    ));
    let see_through = RGB.with(&[chunk(b"tRNS", &[0, 1, 0, 1, 0, 1])], &[]);
    all.push(good("PNG with a colour that is none".into(), see_through));
    all
}

fn coloured() -> Vec<Case> {
    let of = |profile: ColorProfile| profile.encode().expect("a profile");
    let icc = |profile: &[u8]| chunk(b"iCCP", &[b"p\0\0", &packed(profile)[..]].concat());
    let linear = icc(&of(ColorProfile::new_gray_with_gamma(1.0)));
    let grey = Png {
        colour: 0,
        byte: 128,
        ..RGB
    };
    let good = |what: &str, png: Png, before: &[Vec<u8>], colour| {
        case(
            format!("PNG {what}"),
            "png",
            png.with(before, &[]),
            shows("image/png", SIZE, colour),
        )
    };
    let prophoto = icc(&of(ColorProfile::new_pro_photo_rgb()));
    let number = |value: u32| value.to_be_bytes();
    let primaries = [31_270, 32_900, 64_000, 33_000, 30_000, 60_000, 15_000, 6_000]
        .map(number)
        .concat();
    let (gamma, primaries) = (chunk(b"gAMA", &number(100_000)), chunk(b"cHRM", &primaries));
    vec![
        good("in linear grey", grey, std::slice::from_ref(&linear), [188; 3]),
        good(
            "in linear grey, interlaced",
            Png {
                interlaced: true,
                ..grey
            },
            std::slice::from_ref(&linear),
            [188; 3],
        ),
        good("in a profile for other channels", RGB, &[linear], [90; 3]),
        good("in ProPhoto RGB", RGB, &[prophoto], [109; 3]),
        good("of linear light", RGB, &[gamma.clone(), primaries.clone()], [160; 3]),
        good("of gamma alone", RGB, std::slice::from_ref(&gamma), [90; 3]),
        good(
            "that says sRGB besides",
            RGB,
            &[gamma, primaries, chunk(b"sRGB", &[0])],
            [90; 3],
        ),
    ]
}

fn refused() -> Vec<Case> {
    let bad = |what: &str, bytes: Vec<u8>, code| case(format!("PNG {what}"), "png", bytes, Right::Refused(code));
    let whole = RGB.with(&[], &[]);
    let mut all: Vec<Case> = cuts(&whole, 12)
        .map(|(at, bytes)| bad(&format!("cut at {at}"), bytes, "file-cut-off"))
        .collect();
    let frames = |count: u8| chunk(b"acTL", &[0, 0, 0, count, 0, 0, 0, 0]);
    let frame = chunk(b"fcTL", &[0; 26]);
    let end = chunk(b"IEND", b"");
    let data = chunk(b"IDAT", &packed(&RGB.rows()));
    let of = |chunks: &[&[u8]]| [&RGB.header()[..], &chunks.concat(), &end].concat();
    all.push(bad(
        "of two frames",
        RGB.with(&[frames(2), frame.clone()], &[]),
        "file-animated",
    ));
    all.push(bad(
        "of two frames' heads",
        RGB.with(&[frames(1), frame.clone()], &[frame]),
        "file-animated",
    ));
    all.push(bad(
        "with another frame's data",
        RGB.with(&[], &[chunk(b"fdAT", &[0; 20])]),
        "file-animated",
    ));
    all.push(bad("without data", of(&[]), "file-nothing"));
    all.push(bad(
        "with a wrong checksum of its data",
        of(&[&wrong(data.clone())]),
        "file-damaged",
    ));
    all.push(bad(
        "whose data is noise",
        of(&[&chunk(b"IDAT", &[9; 50])]),
        "file-damaged",
    ));
    all.push(bad(
        "with a chunk that must be understood",
        RGB.with(&[chunk(b"ABCD", b"")], &[]),
        "file-damaged",
    ));
    all.push(bad(
        "whose data is parted",
        of(&[&data, &chunk(b"tEXt", b"a\0b"), &data]),
        "file-damaged",
    ));
    all.push(bad(
        "without its palette",
        Png { colour: 3, ..RGB }.with(&[], &[]),
        "file-damaged",
    ));
    all.push(bad(
        "without width",
        Png { size: (0, 5), ..RGB }.with(&[], &[]),
        "file-damaged",
    ));
    all.push(bad("of three bits", Png { depth: 3, ..RGB }.header(), "file-damaged"));
    let mut head = RGB.header();
    head[32] ^= 1;
    all.push(bad(
        "with a wrong checksum of its head",
        [head, data.clone(), end.clone()].concat(),
        "file-damaged",
    ));
    let large = |png: Png| [png.header(), data.clone(), end.clone()].concat();
    let fine = Png {
        size: (6000, 5000),
        depth: 16,
        colour: 6,
        interlaced: true,
        ..RGB
    };
    all.push(bad("of 30 megapixels, interlaced, 16 bits", large(fine), "file-memory"));
    all.push(bad(
        "of 70 megapixels",
        large(Png {
            size: (10_000, 7_000),
            ..RGB
        }),
        "file-pixels",
    ));
    all.push(bad(
        "70,000 pixels wide",
        large(Png {
            size: (70_000, 10),
            ..RGB
        }),
        "file-pixels",
    ));
    all
}
