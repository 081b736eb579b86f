//! What is particular to PDF: what its readers mend is taken, and nobody is led in circles. All kinds with their answers
//! stand in the suite's corpus.

use super::samples::*;
use super::*;

fn of(file: &[u8]) -> Option<Refusal> {
    refusal(Format::Pdf, file)
}

/// The part that is shown.
fn part(file: &[u8]) -> Range<u64> {
    run(Format::Pdf, file).unwrap().shown.part
}

#[test]
fn what_is_not_believed_is_not_needed() {
    for (from, to) in [
        (&b"%PDF-1.7\n"[..], &b"%PDF-9.9\r"[..]),
        (b"65535 f \n", b"65535 f\n"),
        (b"xref\n0 4", b"xref\n0 9999999999999999"),
        (b"xref\n0 4", b"yref\n0 4"),
        (b"0000000000 65535 f", b"0000000000 65535 x"),
        (b"0000000015 00000 n", b"9999999999 00000 n"),
        (b"/Root 1 0 R", b"/Prev 99999/Root 1 0 R"),
        (b"/Root 1 0 R", b"/A[/Root]/B/Root/Root 1 0 R"),
        (b"%%EOF", b""),
        (b"%%EOF", b"%%EOF\n%%EOF"),
    ] {
        assert_eq!(of(&replaced(&pdf(), from, to)), None, "{}", to.escape_ascii());
    }
    for (from, to) in [(&b"/Length 16"[..], &b"/Length 15"[..]), (b"/Length 16", b"")] {
        assert_eq!(of(&replaced(&pdf_with_stream(), from, to)), None);
    }
}

#[test]
fn a_trailer_leads_to_a_page() {
    for (from, to) in [
        (&b"/Root 1 0 R"[..], &b""[..]),
        (b"/Root 1 0 R", b"/Root 8 0 R"),
        (b"/Root 1 0 R", b"/Info<</Root 1 0 R>>"),
        (b"trailer\n<<", b"trailer\n>>"),
    ] {
        assert_eq!(of(&replaced(&pdf(), from, to)), Some(Refusal::Damaged));
    }
    let moved = replaced(&pdf_with_stream(), b"4 0 obj", b"           4 0 obj");
    assert_eq!(of(&moved), None, "white space before");
    let stream = pdf_with_stream();
    let mut elsewhere = stream[..stream.len() - 9].to_vec();
    elsewhere.extend(b"7\n%%EOF");
    assert_eq!(of(&elsewhere), Some(Refusal::Damaged), "nothing else finds it");
    for none in ["[]", "[9 0 R]", "[2 0 R]", "3 0 R", "null"] {
        let kids = format!("/Kids{none}");
        let file = replaced(&pdf(), b"/Kids[3 0 R]", kids.as_bytes());
        assert_eq!(of(&file), Some(Refusal::NothingToShow), "{none}");
    }
}

#[test]
fn a_revision_that_breaks_off_is_not_taken_for_the_one_before() {
    let first = pdf();
    let second = pdf_updated(&first, "/Root 1 0 R /Prev 9");
    assert_eq!(of(&second), None);
    for length in first.len() + 8..document_end(&second) {
        assert_eq!(of(&second[..length]), Some(Refusal::CutOff), "at {length}");
    }
}

#[test]
fn what_stands_around_is_not_shown() {
    let file = [&b"\xEF\xBB\xBF"[..], &pdf(), b"\r\n\0\0\0"].concat();
    assert_eq!(part(&file), 3..file.len() as u64 - 3);
    let lead = [&b"To: Anna\n".repeat(2000)[..], &pdf()].concat();
    assert_eq!(part(&lead), 18_000..lead.len() as u64);
    let beyond = [&b"To: Anna\n".repeat(9000)[..], &pdf()].concat();
    assert_eq!(of(&beyond), Some(Refusal::NotThisType));
    let behind = [&pdf()[..], b"\n more \n%%EOF"].concat();
    assert_eq!(part(&behind), 0..pdf().len() as u64 + 1);
}

#[test]
fn an_archive_or_a_program_beside_a_document_is_refused() {
    let end = pdf().len() - "startxref\n999\n%%EOF".len();
    for other in [
        &b"PK\x03\x04"[..],
        b"MZ\x90\0",
        b"\x7fELF\x02",
        b"#!/bin/sh\n",
        b"<script>",
        b"\x1f\x8b\x08\0",
    ] {
        let other = [other, &[b'Z'; 5000]].concat();
        for file in [
            [&other[..], &pdf()].concat(),
            [&pdf()[..], &other].concat(),
            [&pdf()[..], b"\n\n", &other, b"\n%%EOF"].concat(),
            [&pdf()[..], b"\n", &other, b"\nstartxref\n9\n%%EOF"].concat(),
            [&pdf()[..end], &other].concat(),
        ] {
            assert_eq!(of(&file), Some(Refusal::Foreign), "{}", other[..8].escape_ascii());
        }
    }
}

#[test]
fn nobody_is_led_in_circles() {
    let (head, tail) = (&pdf()[..document_end(&pdf())], &b"\nstartxref\n9\n%%EOF"[..]);
    for piece in [
        "1 0 obj 5 (",
        "1 0 obj (",
        "1 0 obj<<",
        "1 0 obj[",
        "1 0 obj<</Length 99999>>stream\n",
        "1 0 obj<</Type/ObjStm/N 99999/First 0>>stream\n1 1 endstream",
        "startxref (",
        "trailer (",
        "trailer<</Root 2 0 R>>",
        "7 0 obj<</Kids 8 0 R>>endobj 8 0 obj[7 0 R 7 0 R]endobj ",
        "% (",
        "(",
        "<</A ",
        "0 0 ",
        "endstrea",
    ] {
        let file = [head, piece.repeat(300_000 / piece.len()).as_bytes(), tail].concat();
        let size = file.len();
        let mut counting = Counting {
            inner: Cursor::new(file),
            most: usize::MAX,
            calls: 0,
            bytes: 0,
        };
        let _ = check(Format::Pdf, size as u64, &mut counting);
        assert!(
            counting.bytes < 40 * size,
            "{piece}: {} bytes of {size}",
            counting.bytes
        );
    }
}
