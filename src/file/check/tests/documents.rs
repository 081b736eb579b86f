//! What is particular to the structure of PDF.

use super::samples::*;
use super::*;

fn of(file: &[u8]) -> Option<Refusal> {
    refusal(Format::Pdf, file)
}

/// Where the only cross-reference of a sample begins.
fn start(file: &[u8]) -> usize {
    let text = String::from_utf8_lossy(&file[file.len() - 16..]).into_owned();
    text.trim_start_matches(|c: char| !c.is_ascii_digit())
        .lines()
        .next()
        .unwrap()
        .parse()
        .unwrap()
}

#[test]
fn versions_and_line_ends_vary() {
    for magic in ["%PDF-1.4\n", "%PDF-2.0\r"] {
        assert_eq!(of(&replaced(&pdf(), b"%PDF-1.7\n", magic.as_bytes())), None);
    }
    assert_eq!(
        of(&replaced(&pdf(), b"%PDF-1.7\n", b"%PDF-3.0\n")),
        Some(Refusal::NotThisType)
    );
    assert_eq!(of(&replaced(&pdf(), b"65535 f \n", b"65535 f\n")), None);
    assert_eq!(of(&replaced(&pdf(), b"xref\n0 3\n", b"xref\r\n0 3\r\n")), None);
    assert_eq!(of(&[pdf(), b"\r\n".to_vec()].concat()), None);
}

#[test]
fn revisions_are_followed_back() {
    let first = pdf();
    let prev = format!("/Root 1 0 R /Prev {}", start(&first));
    let second = pdf_updated(&first, &prev);
    assert_eq!(of(&second), None);
    assert_eq!(of(&pdf_updated(&first, "/Root 1 0 R /Prev 9")), Some(Refusal::Damaged));
    assert_eq!(
        of(&pdf_updated(&first, "/Root 1 0 R /Prev 99999")),
        Some(Refusal::Damaged)
    );
    // A file that ends in the middle of its second revision is not taken for its first.
    for length in first.len() + 2..second.len() {
        assert_eq!(of(&second[..length]), Some(Refusal::CutOff), "at {length}");
    }
    let hybrid = pdf_updated(
        &pdf_with_stream(),
        &format!("/Root 1 0 R /XRefStm {}", start(&pdf_with_stream())),
    );
    assert_eq!(of(&hybrid), None);
}

#[test]
fn loops_and_long_chains_end() {
    let base = pdf();
    let own_place = base.len() + 1 + "2 0 obj\n<</Type/Pages/Kids[]/Count 0>>\nendobj\n".len();
    let own = format!("/Root 1 0 R /Prev {own_place}");
    assert_eq!(of(&pdf_updated(&base, &own)), Some(Refusal::Damaged));
    let mut file = base.clone();
    let mut place = start(&base);
    for _ in 0..1023 {
        file = pdf_updated(&file, &format!("/Root 1 0 R /Prev {place}"));
        place = start(&file);
    }
    assert_eq!(of(&file), None);
    file = pdf_updated(&file, &format!("/Root 1 0 R /Prev {place}"));
    assert_eq!(of(&file), Some(Refusal::Damaged));
}

#[test]
fn the_first_half_of_a_linearised_file_is_cut_off() {
    let place = start(&pdf());
    let half = replaced(&pdf(), pdf_end(place).as_bytes(), pdf_end(0).as_bytes());
    assert_eq!(of(&half), Some(Refusal::CutOff));
    let rest = pdf_updated(&half, &format!("/Root 1 0 R /Prev {place}"));
    assert_eq!(of(&rest), None);
}

#[test]
fn the_newest_trailer_names_a_root() {
    assert_eq!(of(&replaced(&pdf(), b"/Root 1 0 R", b"")), Some(Refusal::Damaged));
    assert_eq!(
        of(&replaced(&pdf(), b"/Root 1 0 R", b"/Info<</Root 1 0 R>>")),
        Some(Refusal::Damaged)
    );
    assert_eq!(
        of(&replaced(&pdf(), b"/Root 1 0 R", b"/A[/Root]/B/Root/Root 1 0 R")),
        None
    );
}

#[test]
fn broken_cross_references_are_damaged() {
    let table: [(&[u8], &[u8]); 6] = [
        (b"xref\n0 3", b"xref\n0 4"),
        (b"xref\n0 3", b"xref\n0 9999999999999999"),
        (b"xref\n0 3", b"yref\n0 3"),
        (b"0000000000 65535 f", b"0000000000 65535 x"),
        (b"0000000015 00000 n", b"9999999999 00000 n"),
        (b"trailer\n<<", b"trailer\n>>"),
    ];
    for (from, to) in table {
        assert_eq!(of(&replaced(&pdf(), from, to)), Some(Refusal::Damaged));
    }
    let stream: [(&[u8], &[u8]); 5] = [
        (b"/Type /XRef", b"/Type /Page"),
        (b"/W [1 2 1]", b""),
        (b"/Length 16", b"/Length 15"),
        (b"/Length 16", b""),
        (b"3 0 obj", b"3 0 job"),
    ];
    for (from, to) in stream {
        assert_eq!(of(&replaced(&pdf_with_stream(), from, to)), Some(Refusal::Damaged));
    }
    let far = replaced(&pdf(), pdf_end(start(&pdf())).as_bytes(), pdf_end(123_456).as_bytes());
    assert_eq!(of(&far), Some(Refusal::CutOff));
    let deep = replaced(&pdf(), b"/Root 1 0 R", "[".repeat(100_000).as_bytes());
    assert!(of(&deep).is_some());
}

#[test]
fn an_archive_behind_a_document_is_refused() {
    let archive = [&b"PK\x03\x04"[..], &[0x5A; 5000]].concat();
    assert_eq!(of(&[pdf(), archive].concat()), Some(Refusal::TrailingData));
}
