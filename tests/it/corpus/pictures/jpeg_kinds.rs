//! Kinds of JPEG.

use super::super::{Case, Right, STRAY};
use super::jpeg::{Jpeg, segment};
use super::{case, cuts, measures, shows};
use crate::kit::samples;
use moxcms::ColorProfile;

const SIZE: (u32, u32) = (40, 24);
const KINDS: [(u8, &str); 3] = [(0xC0, "baseline"), (0xC1, "extended"), (0xC2, "progressive")];
type Component = (u8, u8, u8, u8);

fn shown(colour: [u8; 3]) -> Right {
    shows("image/jpeg", SIZE, colour)
}

pub fn cases() -> Vec<Case> {
    let mut all = sampled();
    all.extend(coloured());
    all.extend(with_more());
    all.extend(profiled());
    all.extend(refused());
    all
}

/// However the colours are sampled and the scans parted.
fn sampled() -> Vec<Case> {
    let mut all = Vec::new();
    for (frame, kind) in KINDS {
        for (across, down) in [(1, 1), (2, 1), (1, 2), (2, 2), (4, 1)] {
            for restart in [0, 3] {
                for together in [true, false] {
                    let mut jpeg = Jpeg {
                        frame,
                        restart,
                        together,
                        ..Jpeg::new()
                    };
                    (jpeg.components[0].1, jpeg.components[0].2) = (across, down);
                    let what = format!("JPEG {kind}, {across}x{down}, restart {restart}, in one scan: {together}");
                    all.push(case(what, "jpg", jpeg.bytes(), shown(Jpeg::COLOUR)));
                }
            }
        }
    }
    all
}

/// However the colours are meant.
fn coloured() -> Vec<Case> {
    let adobe = |transform: u8| segment(0xEE, &[b"Adobe\0\x64\0\0\0\0", &[transform][..]].concat());
    /// Its name, its components, what stands before them, the colour that is meant.
    type Kind = (&'static str, Vec<Component>, Vec<u8>, [u8; 3]);
    let kinds: [Kind; 6] = [
        ("grey", vec![(1, 1, 1, 77)], vec![], [77; 3]),
        ("grey, said to be sampled", vec![(1, 2, 2, 77)], vec![], [77; 3]),
        (
            "RGB by Adobe",
            vec![(1, 1, 1, 200), (2, 1, 1, 90), (3, 1, 1, 30)],
            adobe(0),
            [200, 90, 30],
        ),
        ("YCbCr by Adobe", Jpeg::new().components, adobe(1), Jpeg::COLOUR),
        // What stands there is how little of each ink there is.
        (
            "CMYK",
            vec![(1, 1, 1, 200), (2, 1, 1, 100), (3, 1, 1, 50), (4, 1, 1, 255)],
            adobe(0),
            [200, 100, 50],
        ),
        (
            "YCCK",
            vec![(1, 1, 1, 135), (2, 1, 1, 166), (3, 1, 1, 85), (4, 1, 1, 255)],
            adobe(2),
            [180, 103, 53],
        ),
    ];
    let mut all = Vec::new();
    for (frame, kind) in KINDS {
        for (what, components, applications, colour) in kinds.clone() {
            let jpeg = Jpeg {
                frame,
                components,
                applications,
                ..Jpeg::new()
            };
            all.push(case(format!("JPEG {kind}, {what}"), "jpg", jpeg.bytes(), shown(colour)));
        }
    }
    all
}

/// With what stands beside the picture.
fn with_more() -> Vec<Case> {
    let mut all = Vec::new();
    for orientation in 1..=8 {
        let size = if orientation > 4 { (16, 24) } else { (24, 16) };
        let what = format!("JPEG, orientation {orientation}");
        all.push(case(
            what,
            "jpg",
            samples::photo(orientation),
            measures("image/jpeg", size),
        ));
    }
    let jpeg = Jpeg::new().bytes();
    let at = |code: u8| memchr::memmem::find(&jpeg, &[0xFF, code]).expect("such a segment");
    for code in [0xDB, 0xC0, 0xC4, 0xDA, 0xD9] {
        for (what, stray) in [
            ("words", STRAY),
            ("two zeros", &[0, 0]),
            ("fill bytes", &[0xFF; 9]),
            ("FF 00", &[0xFF, 0, 7]),
        ] {
            let bytes = [&jpeg[..at(code)], stray, &jpeg[at(code)..]].concat();
            all.push(case(
                format!("JPEG, {what} before {code:X}"),
                "jpg",
                bytes,
                shown(Jpeg::COLOUR),
            ));
        }
    }
    let another = samples::jpeg();
    for (what, behind) in [
        ("words", STRAY),
        ("zeros", &[0; 100_000]),
        ("another JPEG", &another),
        ("an archive", b"PK\x03\x04"),
    ] {
        all.push(case(
            format!("JPEG, {what} behind"),
            "jpg",
            [&jpeg, behind].concat(),
            shown(Jpeg::COLOUR),
        ));
    }
    let segments: [(&str, u8, &[u8]); 12] = [
        ("an empty APP0", 0xE0, b""),
        ("an empty APP1", 0xE1, b""),
        ("Exif of nothing", 0xE1, b"Exif\0\0"),
        ("Exif of nonsense", 0xE1, b"Exif\0\0MM\0\x2a\xff\xff\xff\xff"),
        ("an empty XMP", 0xE1, b"http://ns.adobe.com/xap/1.0/\0"),
        ("half a profile", 0xE2, b"ICC_PROFILE\0\x01\x02half"),
        ("a profile's name alone", 0xE2, b"ICC_PROFILE\0"),
        ("Photoshop's", 0xED, b"Photoshop 3.0\08BIM\xff\xff"),
        ("a short Adobe", 0xEE, b"Adobe"),
        ("words as a comment", 0xFE, STRAY),
        ("words of an application", 0xE9, STRAY),
        ("an extension", 0xF7, STRAY),
    ];
    for (what, code, content) in segments {
        let jpeg = Jpeg {
            applications: segment(code, content),
            ..Jpeg::new()
        };
        all.push(case(
            format!("JPEG with {what}"),
            "jpg",
            jpeg.bytes(),
            shown(Jpeg::COLOUR),
        ));
    }
    all
}

/// With colour profiles.
fn profiled() -> Vec<Case> {
    let icc = |profile: &[u8]| segment(0xE2, &[b"ICC_PROFILE\0\x01\x01", profile].concat());
    let rgb = |[r, g, b]: [u8; 3]| vec![(b'R', 1, 1, r), (b'G', 1, 1, g), (b'B', 1, 1, b)];
    let of = |profile: ColorProfile| profile.encode().expect("a profile");
    let adobe = of(ColorProfile::new_adobe_rgb());
    let green = [60, 160, 70];
    [
        ("sRGB", of(ColorProfile::new_srgb()), rgb(green), green),
        ("Adobe RGB", adobe.clone(), rgb(green), [0, 161, 60]),
        (
            "Display P3",
            of(ColorProfile::new_display_p3()),
            rgb([200, 60, 60]),
            [217, 42, 52],
        ),
        (
            "ProPhoto RGB, grey",
            of(ColorProfile::new_pro_photo_rgb()),
            rgb([100, 100, 100]),
            [119, 119, 119],
        ),
        (
            "linear grey",
            of(ColorProfile::new_gray_with_gamma(1.0)),
            vec![(1, 1, 1, 128)],
            [188; 3],
        ),
        ("a broken profile", adobe[..adobe.len() / 2].to_vec(), rgb(green), green),
        (
            "a profile for grey",
            of(ColorProfile::new_gray_with_gamma(1.0)),
            rgb(green),
            green,
        ),
    ]
    .into_iter()
    .map(|(what, profile, components, colour)| {
        let mut jpeg = Jpeg {
            components,
            applications: icc(&profile),
            ..Jpeg::new()
        };
        if jpeg.components.len() == 3 {
            jpeg.applications.extend(segment(0xEE, b"Adobe\0\x64\0\0\0\0\0"));
        }
        case(format!("JPEG in {what}"), "jpg", jpeg.bytes(), shown(colour))
    })
    .collect()
}

fn refused() -> Vec<Case> {
    let bad = |what: String, bytes: Vec<u8>, code| case(what, "jpg", bytes, Right::Refused(code));
    let jpeg = Jpeg::new();
    let bytes = jpeg.bytes();
    let mut all: Vec<Case> = cuts(&bytes, 40)
        .map(|(at, bytes)| bad(format!("JPEG cut at {at}"), bytes, "file-cut-off"))
        .collect();
    for frame in [0xC3, 0xC5, 0xC6, 0xC7, 0xC9, 0xCA, 0xCB, 0xCD, 0xCE, 0xCF] {
        let bytes = Jpeg { frame, ..jpeg.clone() }.bytes();
        all.push(bad(format!("JPEG of the kind {frame:X}"), bytes, "file-type"));
    }
    let head = jpeg.head();
    let end = [0xFF, 0xD9];
    let scan = jpeg.scan(&jpeg.components, (0, 63));
    all.push(bad(
        "JPEG of tables alone".into(),
        [&head[..], &end].concat(),
        "file-nothing",
    ));
    let at = memchr::memmem::find(&head, &[0xFF, 0xC0]).expect("a frame");
    let frame = head[at..at + 19].to_vec();
    let twice = [&head[..], &frame, &scan, &end].concat();
    all.push(bad("JPEG with two frames' heads".into(), twice, "file-damaged"));
    let late = [&head[..at], &scan, &frame, &end].concat();
    all.push(bad("JPEG whose scan comes first".into(), late, "file-damaged"));
    let mut wide = bytes.clone();
    wide[at + 4] = 12;
    all.push(bad("JPEG of twelve bits".into(), wide, "file-type"));
    let flat = Jpeg {
        size: (40, 0),
        ..jpeg.clone()
    };
    all.push(bad("JPEG without height".into(), flat.bytes(), "file-damaged"));
    let scans = [&head[..], &scan.repeat(65), &end].concat();
    all.push(bad("JPEG of 65 scans".into(), scans, "file-memory"));
    for (what, frame, size, code) in [
        ("progressive, 50 megapixels", 0xC2, (8160, 6144), "file-memory"),
        ("of 70 megapixels", 0xC0, (10_000, 7_000), "file-pixels"),
        ("65,501 pixels wide", 0xC0, (65_501, 8), "file-pixels"),
    ] {
        let large = Jpeg {
            size,
            frame,
            ..jpeg.clone()
        };
        let bytes = [
            &large.head()[..],
            &segment(0xDA, &[3, 1, 0, 2, 0, 3, 0, 0, 0, 0]),
            &[0; 30],
            &end,
        ]
        .concat();
        all.push(bad(format!("JPEG {what}"), bytes, code));
    }
    all
}
