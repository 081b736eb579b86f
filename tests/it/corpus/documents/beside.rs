//! PDF cut off, with something else beside it, or made by other programs.

use super::super::{Right, any};
use super::{Cases, plain, up_to};

/// Files that are not all there.
pub fn cut(cases: &mut Cases) {
    let whole = plain();
    for part in [9, 30, 60, 120, 200, 300] {
        cases.refused(&format!("cut at {part}"), whole[..part].to_vec(), "file-cut-off");
    }
    cases.refused("no trailer", up_to("trailer"), "file-cut-off");
    cases.refused("no table", up_to("xref\n0"), "file-cut-off");
    cases.refused("its head alone", b"%PDF-1.4\n".to_vec(), "file-cut-off");
    cases.refused(
        "its head and zeros",
        [&b"%PDF-1.4\n"[..], &[0; 2000]].concat(),
        "file-cut-off",
    );
    let change = "3 0 obj\n<</Type/Page/Parent 2 0 R/MediaBox[0 0 300 300]>>\nendobj\n";
    let second = format!(
        "{change}xref\n3 1\n0000000999 00000 n \ntrailer\n<</Size 5/Root 1 0 R/Prev 9>>\nstartxref\n1\n%%EOF\n"
    );
    let revised = [&whole[..], second.as_bytes()].concat();
    cases.taken("a second revision", revised.clone());
    for part in [30, change.len(), change.len() + 20] {
        let broken = revised[..whole.len() + part].to_vec();
        cases.refused(&format!("a second revision cut at {part}"), broken, "file-cut-off");
    }
}

/// Archives, programs and pages of script beside it.
pub fn foreign(cases: &mut Cases) {
    let others: [(&str, &[u8]); 16] = [
        ("zip", b"PK\x03\x04\x14\0\0\0"),
        ("an empty zip", b"PK\x05\x06\0\0\0\0"),
        ("rar", b"Rar!\x1a\x07\x01\0"),
        ("7z", b"7z\xbc\xaf\x27\x1c\0\x04"),
        ("gzip", b"\x1f\x8b\x08\0\0\0\0\0"),
        ("xz", b"\xfd7zXZ\0\0\x04"),
        ("bzip2", b"BZh91AY&SY"),
        ("a Windows program", b"MZ\x90\0\x03\0\0\0"),
        ("a Linux program", b"\x7fELF\x02\x01\x01\0"),
        ("a Mac program", b"\xcf\xfa\xed\xfe\x07\0\0\x01"),
        ("a Java class", b"\xca\xfe\xba\xbe\0\0\0\x34"),
        ("an Office document", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"),
        ("a shell script", b"#!/bin/sh\necho hej\n"),
        ("a page", b"<!DOCTYPE html><html><body>hej"),
        ("a script", b"<SCRIPT>alert(1)</SCRIPT>"),
        ("a PHP script", b"<?php system('x');"),
    ];
    for (what, other) in others {
        let other = [other, &[b'Z'; 600]].concat();
        let behind = [&b"\n"[..], &other, b"\n"].concat();
        for (where_, bytes) in [
            ("before", [&other[..], &plain()].concat()),
            ("behind", [plain(), behind.clone()].concat()),
            (
                "behind, with a second end",
                [&plain()[..], &behind, b"%%EOF\n"].concat(),
            ),
            (
                "behind, with a second startxref",
                [&plain()[..], &behind, b"startxref\n9\n%%EOF"].concat(),
            ),
            ("instead of an end", [up_to("%%EOF"), behind].concat()),
        ] {
            cases.refused(&format!("{what} {where_}"), bytes, "file-trailing");
        }
    }
}

macro_rules! fixture {
    ($name:literal) => {
        include_bytes!(concat!("../../../fixtures/documents/", $name, ".pdf")).to_vec()
    };
}

/// Documents that other programs made: with streams of objects, in another order, encrypted.
pub fn forms(cases: &mut Cases) {
    cases.taken("object streams", fixture!("object-streams"));
    cases.taken("linearised", fixture!("linearized"));
    cases.taken("linearised with object streams", fixture!("linearized-object-streams"));
    cases.shown(
        "object streams behind a mark",
        [b"\xEF\xBB\xBF".to_vec(), fixture!("object-streams")].concat(),
        fixture!("object-streams"),
    );
    cases.shown(
        "object streams before zeros",
        [fixture!("object-streams"), vec![0; 3000]].concat(),
        fixture!("object-streams"),
    );
    let half = |whole: Vec<u8>| whole[..whole.len() / 2].to_vec();
    cases.refused(
        "half of object streams",
        half(fixture!("object-streams")),
        "file-cut-off",
    );
    cases.refused("half of a linearised one", half(fixture!("linearized")), "file-cut-off");
    cases.refused(
        "no page in object streams",
        fixture!("no-page-object-streams"),
        "file-nothing",
    );
    cases.refused("no page, encrypted", fixture!("no-page-encrypted"), "file-nothing");
    for (how, owner, user) in [
        ("RC4, 40 bits", fixture!("rc4-40-owner"), fixture!("rc4-40-user")),
        ("RC4, 128 bits", fixture!("rc4-128-owner"), fixture!("rc4-128-user")),
        (
            "RC4 by filter",
            fixture!("rc4-crypt-filter-owner"),
            fixture!("rc4-crypt-filter-user"),
        ),
        ("AES-128", fixture!("aes-128-owner"), fixture!("aes-128-user")),
        (
            "AES-128, metadata open",
            fixture!("aes-128-metadata-open-owner"),
            fixture!("aes-128-metadata-open-user"),
        ),
        (
            "AES-256, early",
            fixture!("aes-256-early-owner"),
            fixture!("aes-256-early-user"),
        ),
        ("AES-256", fixture!("aes-256-owner"), fixture!("aes-256-user")),
    ] {
        cases.taken(&format!("{how}, an owner's password"), owner);
        cases.refused(&format!("{how}, a password to open"), user, "file-password");
    }
    let other = String::from_utf8_lossy(&fixture!("rc4-128-owner")).replace("/Standard", "/Adobe.PubSec");
    cases.refused("a certificate to open", other.into_bytes(), "file-password");
    cases.add(
        "named and declared as something else",
        plain(),
        Right::Taken("application/pdf", any()),
    );
}
