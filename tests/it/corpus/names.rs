//! What senders call a file and say that it is: nothing of it decides what is taken.

use super::{Case, Right, any};
use crate::kit::samples;

/// What it is called, how it is made, what it is served as.
type Kind = (&'static str, fn() -> Vec<u8>, &'static str);

const KINDS: [Kind; 5] = [
    ("JPEG", samples::jpeg, "image/jpeg"),
    ("PNG", samples::png, "image/png"),
    ("WebP", samples::webp, "image/jpeg"),
    ("PDF", || samples::pdf(10), "application/pdf"),
    ("HEIC", samples::heic, "image/heic"),
];

const NAMES: [&str; 14] = [
    "bild.jpg",
    "IMG_2020.HEIC",
    "Screenshot.png",
    "shop.webp",
    "intyg.pdf",
    "kvitto.tmp",
    "Kvitto ICA 249.50kr",
    "kvitto.jpg.exe",
    "sida.html",
    "utan",
    "",
    "CON",
    "..",
    "kvitto.heic.pdf.png",
];

const TYPES: [&str; 14] = [
    "image/jpeg",
    "image/jpg",
    "image/pjpeg",
    "image/x-png",
    "image/heif",
    "application/pdf",
    "application/x-pdf",
    "application/x-download",
    "application/octet-stream",
    "application/force-download",
    "text/html",
    "image/*",
    "binary",
    "",
];

pub fn cases() -> Vec<Case> {
    let mut cases = Vec::new();
    for (at, (kind, bytes, shown)) in KINDS.into_iter().enumerate() {
        for (number, name) in NAMES.into_iter().enumerate() {
            // Each name with each kind, each type with each kind, not all with all.
            let declared = TYPES[(number + at) % TYPES.len()];
            cases.push(Case {
                what: format!("{kind} called {name:?} and declared {declared:?}"),
                name: name.into(),
                declared: declared.into(),
                bytes: bytes(),
                right: Right::Taken(shown, any()),
            });
        }
    }
    let others: [(&str, &[u8]); 14] = [
        ("zip", b"PK\x03\x04\x14\0"),
        ("a Windows program", b"MZ\x90\0\x03"),
        ("a Linux program", b"\x7fELF\x02\x01\x01"),
        ("a page", b"<!doctype html><script>alert(1)</script>"),
        ("SVG", b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>"),
        ("GIF", b"GIF89a\x01\0\x01\0"),
        ("TIFF", b"II*\0\x08\0\0\0"),
        ("BMP", b"BM\x46\0\0\0\0\0"),
        ("AVIF", b"\0\0\0\x20ftypavif\0\0\0\0avifmif1miaf\0\0\0\0"),
        ("MP4", b"\0\0\0\x18ftypmp42\0\0\0\0isommp42"),
        ("PostScript", b"%!PS-Adobe-3.0\n"),
        ("RTF", b"{\\rtf1 hej}"),
        ("a text", b"Hej, h\xc3\xa4r kommer kvittot"),
        ("JPEG XL", b"\xff\x0a\xfa\x7f"),
    ];
    for (what, start) in others {
        for (name, declared) in [("kvitto.jpg", "image/jpeg"), ("kvitto.pdf", "application/pdf")] {
            cases.push(Case {
                what: format!("{what} called {name}"),
                name: name.into(),
                declared: declared.into(),
                bytes: [start, &[b' '; 300]].concat(),
                right: Right::Refused("file-type"),
            });
        }
    }
    cases
}
