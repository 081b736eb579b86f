//! PDF: what its readers mend is taken, what stands around it is not shown, and what shows nothing is told of.

mod beside;

use super::{Case, Look, Right, STRAY};
use beside::{cut, foreign, forms};

/// A small document, in parts that can be changed.
struct Made {
    header: &'static str,
    catalog: &'static str,
    pages: &'static str,
    page: &'static str,
    length: &'static str,
    end: &'static str,
    line: &'static str,
}

const PLAIN: Made = Made {
    header: "%PDF-1.4",
    catalog: "<</Type/Catalog/Pages 2 0 R>>",
    pages: "<</Type/Pages/Kids[3 0 R]/Count 1>>",
    page: "<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Contents 4 0 R>>",
    length: "26",
    end: "endobj",
    line: "\n",
};

impl Made {
    fn bytes(&self) -> Vec<u8> {
        let line = self.line;
        let content = format!(
            "<</Length {}>>{line}stream{line}0 0 595 842 re 0.9 g 0 f %{line}endstream",
            self.length
        );
        let (mut file, mut places) = (format!("{}{line}", self.header), Vec::new());
        for (at, object) in [self.catalog, self.pages, self.page, &content].into_iter().enumerate() {
            places.push(file.len());
            file += &format!("{} 0 obj{line}{object}{line}{}{line}", at + 1, self.end);
        }
        let table = file.len();
        file += &format!("xref{line}0 5{line}0000000000 65535 f {line}");
        for place in places {
            file += &format!("{place:010} 00000 n {line}");
        }
        file += &format!("trailer{line}<</Size 5/Root 1 0 R>>{line}startxref{line}{table}{line}%%EOF{line}");
        file.into_bytes()
    }
}

fn plain() -> Vec<u8> {
    PLAIN.bytes()
}

/// What is shown is exactly this.
fn exactly(bytes: Vec<u8>) -> Look {
    Box::new(move |shown| match shown == bytes {
        true => Ok(()),
        false => Err(format!("{} bytes are shown instead of {}", shown.len(), bytes.len())),
    })
}

#[derive(Default)]
struct Cases(Vec<Case>);

impl Cases {
    fn add(&mut self, what: &str, bytes: Vec<u8>, right: Right) {
        self.0.push(Case {
            what: format!("PDF, {what}"),
            name: "kvitto.pdf".into(),
            declared: "application/pdf".into(),
            bytes,
            right,
        });
    }
    fn taken(&mut self, what: &str, bytes: Vec<u8>) {
        let whole = exactly(bytes.clone());
        self.add(what, bytes, Right::Taken("application/pdf", whole));
    }
    /// Taken, and this of it is shown.
    fn shown(&mut self, what: &str, bytes: Vec<u8>, shown: Vec<u8>) {
        self.add(what, bytes, Right::Taken("application/pdf", exactly(shown)));
    }
    fn refused(&mut self, what: &str, bytes: Vec<u8>, code: &'static str) {
        self.add(what, bytes, Right::Refused(code));
    }
}

/// The plain document with a piece of it, which is there once, replaced.
fn with(from: &str, to: &str) -> Vec<u8> {
    let text = String::from_utf8(plain()).expect("text");
    assert_eq!(text.matches(from).count(), 1, "{from}");
    text.replace(from, to).into_bytes()
}

/// The plain document up to a word.
fn up_to(word: &str) -> Vec<u8> {
    let mut file = plain();
    let at = memchr::memmem::rfind(&file, word.as_bytes()).expect("the word");
    file.truncate(at);
    file
}

pub fn cases() -> Vec<Case> {
    let mut cases = Cases::default();
    cases.taken("plain", plain());
    around(&mut cases);
    ends(&mut cases);
    places(&mut cases);
    syntax(&mut cases);
    trees(&mut cases);
    cut(&mut cases);
    foreign(&mut cases);
    forms(&mut cases);
    cases.0
}

/// What stands before and behind.
fn around(cases: &mut Cases) {
    let stray = |times: usize| [STRAY, b"\r\n"].concat().repeat(times);
    let leads: [(&str, Vec<u8>); 11] = [
        ("a byte order mark", b"\xEF\xBB\xBF".to_vec()),
        ("a line end", b"\n".to_vec()),
        ("line ends of mail", b"\r\n\r\n\r\n".to_vec()),
        ("spaces", b" ".repeat(300)),
        ("zeros", vec![0; 512]),
        (
            "a mail's head",
            [b"Received: from a by b\r\nX-Note: ", STRAY, b"\r\n\r\n"].concat(),
        ),
        (
            "an answer's head",
            [
                b"HTTP/1.1 200 OK\r\nContent-Type: application/pdf\r\nX: ",
                STRAY,
                b"\r\n\r\n",
            ]
            .concat(),
        ),
        (
            "a printer's words",
            [b"\x1b%-12345X@PJL JOB\r\n@PJL SET X=", STRAY, b"\r\n"].concat(),
        ),
        (
            "a Mac's head",
            [&b"\0\x0akvitto.pdf"[..], STRAY, &[0; 100], b"PDF CARO", &[0; 9]].concat(),
        ),
        ("a kibibyte", stray(64)),
        ("thirty kibibytes", stray(1900)),
    ];
    for (what, lead) in leads {
        cases.shown(&format!("behind {what}"), [lead, plain()].concat(), plain());
    }
    let tails: [(&str, Vec<u8>); 10] = [
        ("zeros", vec![0; 3004]),
        ("spaces", b" ".repeat(4096)),
        ("line ends", b"\n".repeat(5000)),
        ("words", stray(2)),
        ("many words", stray(400)),
        ("a mail's boundary", [b"\r\n--=_", STRAY, b"--\r\n"].concat()),
        ("what old systems end with", b"\x1a".to_vec()),
        ("bytes of no meaning", (128..=255).cycle().take(9000).collect()),
        ("ones", vec![0xFF; 2000]),
        ("words and a second end", [&stray(3)[..], b"%%EOF\n"].concat()),
    ];
    for (what, tail) in tails {
        cases.shown(&format!("before {what}"), [plain(), tail].concat(), plain());
    }
    let both = [&stray(3)[..], &plain(), &stray(300)].concat();
    cases.shown("with words on both sides", both, plain());
    cases.refused(
        "behind more than is looked through",
        [&b"x\n".repeat(40_000)[..], &plain()].concat(),
        "file-type",
    );
}

/// End markers and what leads to the cross-reference.
fn ends(cases: &mut Cases) {
    cases.taken("two end markers", [&plain()[..], b"%%EOF\n"].concat());
    cases.taken("three end markers", [&plain()[..], b"\n%%EOF\n%%EOF\n"].concat());
    cases.taken("no end marker", up_to("%%EOF"));
    let half = [&up_to("%%EOF")[..], b"%%E"].concat();
    cases.shown("half an end marker", half, up_to("%%EOF"));
    cases.shown("no startxref", up_to("startxref"), up_to("startxref"));
    for told in ["0", "1", "99999999", "-1", "abc", "", "18446744073709551616"] {
        let bytes = [&up_to("startxref")[..], b"startxref\n", told.as_bytes(), b"\n%%EOF\n"].concat();
        cases.taken(&format!("startxref \"{told}\""), bytes);
    }
    let table = memchr::memmem::rfind(&plain(), b"xref\n0").expect("a table") as i64;
    for beside in [-100, -9, -4, -1, 1, 2, 3, 9, 50] {
        let told = format!("startxref\n{}\n%%EOF\n", table + beside);
        let bytes = [&up_to("startxref")[..], told.as_bytes()].concat();
        cases.taken(&format!("startxref {beside} beside"), bytes);
    }
}

/// What the cross-reference says.
fn places(cases: &mut Cases) {
    for (what, from, to) in [
        ("a place that is wrong", "0000000009", "0000000019"),
        ("a place beyond the end", "0000000009", "9999999999"),
        ("a table too short", "0 5\n", "0 3\n"),
        ("a table too long", "0 5\n", "0 9\n"),
        ("a table that begins at one", "0 5\n", "1 5\n"),
        ("an absurd count", "0 5\n", "0 999999999999\n"),
        ("no word for the table", "xref\n0 5", "0 5"),
        ("no size", "/Size 5", ""),
        ("a former table that is nowhere", "/Size 5", "/Size 5/Prev 99999"),
        ("a former table that is itself", "/Size 5", "/Size 5/Prev 375"),
        ("a stream of places that is none", "/Size 5", "/Size 5/XRefStm 9"),
    ] {
        cases.taken(what, with(from, to));
    }
    let text = String::from_utf8(plain()).expect("text");
    for (what, to) in [("garbled entries", " q \n"), ("entries of 19 bytes", " n\n")] {
        cases.taken(what, text.replace(" n \n", to).into_bytes());
    }
    cases.taken("line ends changed by mail", text.replace('\n', "\r\n").into_bytes());
    cases.taken("line ends lost to a Mac", text.replace('\n', "\r").into_bytes());
    cases.taken("lines with CRLF", Made { line: "\r\n", ..PLAIN }.bytes());
    cases.taken("lines with CR", Made { line: "\r", ..PLAIN }.bytes());
}

/// Versions, lengths, words and spaces.
fn syntax(cases: &mut Cases) {
    for header in [
        "%PDF-1.0",
        "%PDF-1.7",
        "%PDF-1.9",
        "%PDF-2.0",
        "%PDF-3.0",
        "%PDF-0.9",
        "%PDF-1",
        "%PDF-",
        "%PDF-x",
        "%PDF1.4",
        "%PDF-1.4 more",
        "%PDF-1.4\n%\u{e5}\u{e4}\u{f6}",
    ] {
        cases.taken(&format!("header {header}"), Made { header, ..PLAIN }.bytes());
    }
    for length in ["0", "1", "25", "27", "9999", "-3", "99 0 R", "1 0 R", "null"] {
        cases.taken(&format!("length {length}"), Made { length, ..PLAIN }.bytes());
    }
    cases.taken("no endobj", Made { end: "", ..PLAIN }.bytes());
    for (what, from, to) in [
        ("names with escapes", "/Type/Catalog/Pages", "/T#79pe/Catalog/P#61ges"),
        ("a catalogue without type", "/Type/Catalog", ""),
        ("comments within", "/Type/Catalog", "% (<<[ \n/Type%\n/Catalog"),
        (
            "white space of all kinds",
            "/Type/Catalog",
            "\0\t\x0c /Type\r\n \0/Catalog",
        ),
        ("a string with brackets", "/Type/Catalog", "/X(a(b)\\)\\()/Type/Catalog"),
        ("a string in digits", "/Type/Catalog", "/X<0aF>/Type/Catalog"),
        ("an odd bracket between", "2 0 obj", ")\n2 0 obj"),
    ] {
        cases.taken(what, with(from, to));
    }
    cases.taken("a dictionary that is not closed", with("/Count 1>>", "/Count 1"));
    let open = with("/Root 1 0 R>>", "/Root 1 0 R");
    cases.refused("a trailer that is not closed", open, "file-damaged");
}

/// From trailer to page.
fn trees(cases: &mut Cases) {
    for (what, page) in [
        ("a page without type", "<</MediaBox[0 0 9 9]>>"),
        ("a page without sides", "<</Type/Page>>"),
        ("a page without parent", "<</Type/Page/MediaBox[0 0 9 9]>>"),
        ("a page of another type", "<</Type/Foo/MediaBox[0 0 9 9]>>"),
        (
            "a page a level down",
            "<</Type/Pages/Kids[<</Type/Page/MediaBox[0 0 9 9]>>]/Count 1>>",
        ),
    ] {
        cases.taken(what, Made { page, ..PLAIN }.bytes());
    }
    for (what, pages) in [
        (
            "a page within its tree",
            "<</Type/Pages/Kids[<</Type/Page/MediaBox[0 0 9 9]>>]/Count 1>>",
        ),
        (
            "a page behind one that is gone",
            "<</Type/Pages/Kids[99 0 R null 3 0 R]/Count 3>>",
        ),
    ] {
        cases.taken(what, Made { pages, ..PLAIN }.bytes());
    }
    for (what, pages) in [
        ("no page", "<</Type/Pages/Kids[]/Count 0>>"),
        ("no page, and none counted", "<</Type/Pages/Count 0>>"),
        ("a page that is not counted", "<</Type/Pages/Kids[3 0 R]/Count 0>>"),
        ("a page that is not there", "<</Type/Pages/Kids[33 0 R]/Count 1>>"),
        ("a tree that is its own page", "<</Type/Pages/Kids[2 0 R]/Count 1>>"),
        ("nothing for a page", "<</Type/Pages/Kids[null]/Count 1>>"),
        ("a word for pages", "<</Type/Pages/Kids/Page/Count 1>>"),
    ] {
        cases.refused(what, Made { pages, ..PLAIN }.bytes(), "file-nothing");
    }
    for (what, from, to) in [
        ("a tree that is not there", "/Pages 2 0 R", "/Pages 22 0 R"),
        ("no tree", "/Pages 2 0 R", ""),
        ("no root", "/Root 1 0 R", ""),
        ("a root that is not there", "/Root 1 0 R", "/Root 9 0 R"),
        ("a trailer of nothing", "trailer\n<<", "trailer\n>>"),
    ] {
        cases.refused(what, with(from, to), "file-damaged");
    }
    let nothing = b"%PDF-1.4\nhej\nxref\n0 1\n0000000000 65535 f \ntrailer\n<</Root 1 0 R>>\nstartxref\n13\n%%EOF";
    cases.refused("nothing in it", nothing.to_vec(), "file-nothing");
}
