//! The whole main job with a word of its own in every field, and then a search for each of them, in every way that bytes
//! may be written, in all that the program leaves behind: its log, its metrics, its letters, its database, its files.

mod job;

use crate::kit::{Person, Place, Running, everything_kept};
use std::sync::Arc;

/// What was planted: in which field, and what.
#[derive(Default)]
pub struct Words(pub Vec<(&'static str, String)>);

impl Words {
    /// A word that stands in this field and nowhere else.
    pub fn plant(&mut self, field: &'static str) -> String {
        let number = self.0.len();
        self.remember(field, format!("Hemlög{number}zq{}wäx", number * 7919))
    }
    pub fn remember(&mut self, field: &'static str, word: String) -> String {
        self.0.push((field, word.clone()));
        word
    }
    /// All but what belongs there.
    pub fn but(&self, fields: &[&str]) -> impl Iterator<Item = &(&'static str, String)> {
        self.0.iter().filter(move |(field, _)| !fields.contains(field))
    }
}

/// A word as it may be written somewhere.
fn forms(word: &str) -> Vec<Vec<u8>> {
    let utf8 = word.as_bytes();
    let little: Vec<u8> = word.encode_utf16().flat_map(u16::to_le_bytes).collect();
    let big: Vec<u8> = word.encode_utf16().flat_map(u16::to_be_bytes).collect();
    let escape = |unit: u16| match char::from_u32(unit.into()) {
        Some(plain) if plain.is_ascii() => plain.to_string(),
        _ => format!("\\u{unit:04x}"),
    };
    let escaped: String = word.encode_utf16().map(escape).collect();
    let percent = percent_encoding::percent_encode(utf8, percent_encoding::NON_ALPHANUMERIC).to_string();
    let quote = |byte: &u8| match byte {
        byte if byte.is_ascii_alphanumeric() => char::from(*byte).to_string(),
        byte => format!("={byte:02X}"),
    };
    let quoted: String = utf8.iter().map(quote).collect();
    let mut forms = vec![
        utf8.to_vec(),
        word.to_lowercase().into_bytes(),
        hex::encode(utf8).into_bytes(),
        hex::encode_upper(utf8).into_bytes(),
        hex::encode(&little).into_bytes(),
        escaped.into_bytes(),
        percent.into_bytes(),
        quoted.into_bytes(),
    ];
    for bytes in [utf8, &little, &big] {
        forms.extend(in_base64(bytes));
    }
    forms.extend([little, big]);
    forms
}

/// Bytes in base64, wherever they stand in what was encoded: without the letters that their neighbours have a part in.
fn in_base64(bytes: &[u8]) -> Vec<Vec<u8>> {
    use base64::Engine as _;
    use base64::engine::general_purpose::{STANDARD_NO_PAD, URL_SAFE_NO_PAD};
    let shifted = |before: usize| {
        let padded = [&vec![0; before], bytes].concat();
        let (first, last) = ((before * 8).div_ceil(6), padded.len() * 8 / 6);
        [STANDARD_NO_PAD.encode(&padded), URL_SAFE_NO_PAD.encode(&padded)].map(|text| text[first..last].into())
    };
    (0..3).flat_map(shifted).collect()
}

/// Searches `bytes` for all that was planted.
#[track_caller]
pub fn holds_none<'a>(what: &str, bytes: &[u8], words: impl Iterator<Item = &'a (&'static str, String)>) {
    for (field, word) in words {
        for form in forms(word) {
            let found = memchr::memmem::find(bytes, &form);
            assert!(
                found.is_none(),
                "{field} ({word}, as {}) stands in {what}",
                String::from_utf8_lossy(&form)
            );
        }
    }
}

#[test]
fn every_way_of_writing_a_word_is_found() {
    use base64::Engine as _;
    let mut words = Words::default();
    let word = words.plant("field");
    let engine = base64::engine::general_purpose::STANDARD;
    let wide: Vec<u8> = word.encode_utf16().flat_map(u16::to_be_bytes).collect();
    for written in [
        format!("x{word}y").into_bytes(),
        format!("{{\"a\":\"{}\"}}", "Heml\\u00f6g0zq0w\\u00e4x").into_bytes(),
        hex::encode(format!("før{word}")).into_bytes(),
        engine.encode(format!("a{word}bc")).into_bytes(),
        engine.encode(format!("ab{word}c")).into_bytes(),
        engine.encode(format!("abc{word}")).into_bytes(),
        format!(
            "/?q={}",
            percent_encoding::utf8_percent_encode(&word, percent_encoding::NON_ALPHANUMERIC)
        )
        .into_bytes(),
        wide,
    ] {
        let found = forms(&word)
            .iter()
            .any(|form| memchr::memmem::find(&written, form).is_some());
        assert!(found, "{}", String::from_utf8_lossy(&written));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_that_people_write_stands_in_what_the_program_leaves_behind() {
    let place = tokio::task::spawn_blocking(Place::filled).await.expect("a place");
    let listener = std::net::TcpListener::bind("127.0.0.1:0").expect("a free port");
    let metrics = listener.local_addr().expect("an address").to_string();
    drop(listener);
    let settings = [("FAMN_LOG__LEVEL", "trace"), ("FAMN_METRICS__LISTEN", metrics.as_str())];
    let mut server = Running::serving(&place, &settings);
    let mut words = Words::default();
    let nobody = Person::nobody(&server.base, Arc::default());
    job::is_done(&nobody, &place, &mut words).await;
    assert!(words.0.len() > 40, "{:?}", words.0);

    let counted = reqwest::get(format!("http://{metrics}/metrics"))
        .await
        .expect("an answer");
    holds_none("the metrics", &counted.bytes().await.expect("a body"), words.but(&[]));
    server.gets("TERM");
    assert_eq!(server.ended().await, 0, "{}", server.log());
    assert!(server.log().lines().count() > 100, "it was told to say all it can");
    holds_none("the log", server.log().as_bytes(), words.but(&[]));
    holds_none("standard output", server.said.join("\n").as_bytes(), words.but(&[]));
    let letters = job::letters(&place);
    assert!(letters.len() >= 5, "{letters:?}");
    for letter in &letters {
        // An address stands on the envelope, and a code in the letter that was sent for its sake.
        holds_none(letter, letter.as_bytes(), words.but(&["code", "address"]));
    }
    tokio::task::spawn_blocking(move || {
        for (what, bytes) in everything_kept(&place) {
            holds_none(&what, &bytes, words.but(&[]));
        }
    })
    .await
    .expect("all of it is searched");
}
