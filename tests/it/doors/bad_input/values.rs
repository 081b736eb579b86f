//! What fields take, and values of every class that they do not.

use serde_json::{Value, json};

/// What a field takes, by what its schema says and, of texts, by its name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Kind {
    Id,
    Day,
    Whole,
    Yes,
    Choice,
    /// A text that must be there.
    Text,
    /// A text that may be left out: an empty one is none.
    Free,
    Address,
    PersonalNumber,
    /// What is compared and never kept: any text is looked up, and told alike.
    Secret,
    /// What a draft holds may be anything.
    Anything,
}

/// The texts there are, by the last part of their names. A new one needs a row.
pub const TEXTS: &[(&str, Kind)] = &[
    ("address", Kind::Free),
    ("administration", Kind::Text),
    ("audience", Kind::Text),
    ("board", Kind::Secret),
    ("body", Kind::Text),
    ("childs_view", Kind::Free),
    ("code", Kind::Secret),
    ("colour", Kind::Free),
    ("conditions", Kind::Free),
    ("confirmed", Kind::Secret),
    ("consequences", Kind::Free),
    ("content", Kind::Anything),
    ("cost_code", Kind::Text),
    ("country", Kind::Text),
    ("description", Kind::Text),
    ("email", Kind::Address),
    ("first_name", Kind::Text),
    ("from", Kind::Text),
    ("hours", Kind::Free),
    ("informed_by", Kind::Free),
    ("kind", Kind::Text),
    ("last_name", Kind::Text),
    ("link", Kind::Free),
    ("measures", Kind::Free),
    ("message", Kind::Free),
    ("name", Kind::Text),
    ("note", Kind::Free),
    ("password", Kind::Secret),
    ("personal_number", Kind::PersonalNumber),
    ("phone", Kind::Free),
    ("purpose", Kind::Text),
    ("reason", Kind::Text),
    ("reasons", Kind::Text),
    ("refresh_token", Kind::Secret),
    ("subject", Kind::Free),
    ("supplier", Kind::Free),
    ("text", Kind::Text),
    ("title", Kind::Text),
    ("to", Kind::Text),
    ("token", Kind::Secret),
    ("url", Kind::Text),
    ("what_happened", Kind::Free),
    ("whose_data", Kind::Free),
    ("words", Kind::Free),
];

/// A value to be refused, and one that may be taken as long as nothing breaks.
pub struct Values {
    pub refused: Vec<Value>,
    pub harmless: Vec<Value>,
}

pub fn values(kind: Kind) -> Values {
    let long = "långt ".repeat(2_000);
    let texts = |all: &[&str]| all.iter().map(|text| json!(text)).collect::<Vec<_>>();
    // Another script, one that is read from the right, astral letters, control characters, NUL, soft breaks.
    let odd = texts(&[
        "Здравствуйте, что нового?",
        "مرحبا بكم في المدرسة",
        "漢字かな交じり文です",
        "𝒜𝓃𝓃𝒶 🚲🚲🚲🚲",
        "rad\u{0}ett\u{7}\u{1b}[31m två",
        "rad\u{2028}två\u{b}tre\u{85}fyra",
        "'; DROP TABLE person; --",
        "<script>alert(1)</script>",
        "\u{202e}txet",
        "%00%0a{{7*7}}",
    ]);
    let of = |refused: Vec<Value>, harmless: Vec<Value>| Values { refused, harmless };
    match kind {
        Kind::Id => of(
            [
                texts(&["", " ", "x", "../..", "00000000-0000-0000-0000-00000000000g", "\u{0}"]),
                vec![json!(7), json!([])],
            ]
            .concat(),
            vec![json!("00000000-0000-0000-0000-000000000000")],
        ),
        Kind::Day => of(
            [
                texts(&[
                    "",
                    " ",
                    "2026-02-30",
                    "2026-2-9",
                    "9 feb 2026",
                    "02/09/2026",
                    "20260209",
                    "２０２６-０２-０９",
                    "٢٠٢٦-٠٢-٠٩",
                    "9999-12-31",
                    "2026-02-09T00:00:00Z",
                    "\u{0}",
                ]),
                vec![json!(20_260_209), json!(true)],
            ]
            .concat(),
            vec![],
        ),
        Kind::Whole => of(
            [
                texts(&["", "12", "1 250", "1,250", "١٢"]),
                vec![
                    json!(-1),
                    json!(1.5),
                    json!(1e30),
                    json!(i64::MAX),
                    json!(i64::MIN),
                    json!(true),
                    json!([1]),
                ],
            ]
            .concat(),
            vec![],
        ),
        Kind::Yes => of([texts(&["", "ja", "true"]), vec![json!(1), json!([])]].concat(), vec![]),
        Kind::Choice => of(
            [texts(&["", " ", "x", "\u{0}", &long]), vec![json!(1)]].concat(),
            vec![],
        ),
        Kind::Text => of(
            [
                texts(&["", "   \n\t", "\u{200b}\u{0}\u{a0}", &long]),
                vec![json!(7), json!(["x"])],
            ]
            .concat(),
            odd,
        ),
        Kind::Free => of(
            [texts(&[&long]), vec![json!(7), json!(["x"])]].concat(),
            [texts(&["", "  \n"]), odd].concat(),
        ),
        Kind::Address => of(
            [
                texts(&[
                    "",
                    " ",
                    "anna",
                    "ny@example..org",
                    "ny.@example.org",
                    ".ny@example.org",
                    "a b@example.org",
                    "\"a\"@example.org",
                    "ny@example",
                    "ny@example.org.",
                    "ny@example.org\r\nBcc: b@example.org",
                    "пример",
                    &long,
                ]),
                vec![json!(7)],
            ]
            .concat(),
            vec![],
        ),
        Kind::PersonalNumber => of(
            [
                texts(&["20150310-2385", "abc", "123", "2015-13-10-2384", "1", &long]),
                vec![json!(7)],
            ]
            .concat(),
            vec![],
        ),
        Kind::Secret | Kind::Anything => of(vec![], odd),
    }
}
