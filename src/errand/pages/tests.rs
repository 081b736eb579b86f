//! What both sides' pages are made of.

use super::said::Said;
use super::words;
use crate::access::Side;
use crate::errand::{ErrandState, MessageCategory, ReceiptCategory};

/// A home's page has nothing that could hold a note, whatever its handler is given.
#[test]
fn the_homes_template_cannot_name_a_note() {
    let source = include_str!("thread.rs");
    let home = source
        .split("struct HomeThread {")
        .nth(1)
        .and_then(|rest| rest.split('}').next())
        .unwrap();
    let core = source
        .split("struct Core {")
        .nth(1)
        .and_then(|rest| rest.split('}').next())
        .unwrap();
    for (name, fields) in [("HomeThread", home), ("Core", core)] {
        assert!(!fields.contains("Note") && !fields.contains("note"), "{name}: {fields}");
    }
    let shown = source
        .split("fn home(")
        .nth(1)
        .and_then(|rest| rest.split("\n}").next())
        .unwrap();
    assert!(!shown.contains("note") && shown.contains("Said::message"), "{shown}");
    assert!(!include_str!("thread_home.html").contains("note"));
}

#[test]
fn everything_has_a_word() {
    for state in ErrandState::ALL {
        for side in [Side::Home, Side::Team] {
            let tag = words::state(*state, side);
            assert!(!tag.word.is_empty() && tag.class.starts_with("tag"));
        }
    }
    let words = MessageCategory::ALL.iter().map(|one| words::message_category(*one));
    let words: Vec<&str> = words
        .chain(ReceiptCategory::ALL.iter().map(|one| words::receipt_category(*one)))
        .collect();
    assert!(
        words.iter().all(|word| word.chars().count() >= 5 || *word == "Annat"),
        "{words:?}"
    );
}

#[test]
fn a_message_is_read_by_the_other_side_or_not() {
    use crate::clock::Instant;
    use crate::errand::{AuthorView, MessageView};
    let now = Instant::parse("2026-11-21T08:50:12Z").unwrap();
    let message = MessageView {
        id: crate::clock::Clock::fixed(now).fresh_id(),
        from: AuthorView {
            name: "Anna Berg".into(),
            side: Side::Home,
        },
        body: "Hej".into(),
        sent_at: now,
        read_at: Some(now),
        files: Vec::new(),
        isolated: None,
    };
    let (to_home, to_team) = (
        Said::message(&message, Side::Home, now),
        Said::message(&message, Side::Team, now),
    );
    assert_eq!(
        (to_home.heading.as_str(), to_home.class),
        ("Anna Berg, familjehem", "msg")
    );
    assert_eq!(to_home.seen, Some("Läst av familjehemsteamet"));
    assert!(to_team.seen.is_none() && !to_team.is_note);
}
