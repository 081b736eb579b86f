//! What is said and noted in an errand, and the files with it, as the templates need it.

use crate::access::Side;
use crate::clock::Instant;
use crate::errand::{ErrandView, FileView, MessageView, NoteView, ReceiptView};
use crate::id::{FileId, MessageId};
use crate::money::Ore;
use crate::web::page::swedish;
use crate::web::{say, say_with};

/// A message or note.
pub struct Said {
    /// Of a message that can be said to be in the wrong place.
    pub message: Option<MessageId>,
    /// What stands in place of one that is out of view.
    pub gone: Option<String>,
    pub heading: String,
    pub class: &'static str,
    pub at: Instant,
    pub when: String,
    pub body: String,
    pub files: Vec<Attached>,
    /// To its author's side: whether the other has seen it.
    pub seen: Option<&'static str>,
    pub is_note: bool,
}

/// A file beside a message or receipt.
pub struct Attached {
    pub id: FileId,
    /// What stands in place of one that is out of view.
    pub gone: Option<String>,
    /// Not shown before the one who asks has said why.
    pub hidden: bool,
    pub name: String,
    pub size: String,
    /// Whether browsers show it as a picture.
    pub is_picture: bool,
}

/// A receipt as it was handed in.
pub struct Line {
    pub file: Option<Attached>,
    pub supplier: String,
    pub category: &'static str,
    pub day: String,
    pub amount: Ore,
    pub note: Option<String>,
    /// What the review says of it.
    pub said: Option<String>,
}

/// What stands in place of what is out of view.
fn gone(at: Instant, now: Instant) -> String {
    say_with("wrong-gone", "day", &swedish::day(at.day(), now))
}

impl Said {
    /// A message, to `reader`'s side.
    pub fn message(of: &MessageView, reader: Side, now: Instant) -> Said {
        let (role, class) = match of.from.side {
            Side::Home => (say("said-home"), "msg"),
            Side::Team => (say("said-team"), "msg msg--team"),
        };
        let seen = (of.from.side == reader && of.read_at.is_some()).then_some(match reader {
            Side::Home => say("said-read-by-team"),
            Side::Team => say("said-read-by-family"),
        });
        Said {
            message: of.isolated.is_none().then_some(of.id),
            gone: of.isolated.map(|at| gone(at, now)),
            heading: format!("{}, {role}", of.from.name),
            class,
            at: of.sent_at,
            when: swedish::time_first(of.sent_at, now),
            body: of.body.clone(),
            files: of.files.iter().map(|file| Attached::of(file, now)).collect(),
            seen,
            is_note: false,
        }
    }

    /// An internal note; only the team's page is made of these too.
    pub fn note(of: &NoteView, now: Instant) -> Said {
        Said {
            message: None,
            gone: None,
            heading: say_with("said-note-by", "name", &of.from.name),
            class: "msg msg--note",
            at: of.written_at,
            when: swedish::time_first(of.written_at, now),
            body: of.body.clone(),
            files: Vec::new(),
            seen: None,
            is_note: true,
        }
    }
}

impl Attached {
    pub fn of(file: &FileView, now: Instant) -> Attached {
        Attached {
            id: file.id,
            gone: file.isolated.map(|at| gone(at, now)),
            hidden: file.hidden,
            name: file.name.clone(),
            size: swedish::size(file.size),
            is_picture: matches!(file.media_type.as_str(), "image/jpeg" | "image/png" | "image/webp"),
        }
    }
}

impl Line {
    fn of(receipt: &ReceiptView, now: Instant) -> Line {
        Line {
            file: receipt.file.as_ref().map(|file| Attached::of(file, now)),
            supplier: super::words::place(receipt.supplier.as_deref()),
            category: super::words::receipt_category(receipt.category),
            day: swedish::day(receipt.purchased_on, now),
            amount: receipt.amount_ore,
            note: receipt.note.clone(),
            said: super::facts::reviewed(
                super::words::line(receipt.state),
                receipt.granted_ore,
                receipt.reason.as_deref(),
            ),
        }
    }

    /// An errand's receipts.
    pub fn all(errand: &ErrandView, now: Instant) -> Vec<Line> {
        errand
            .receipts
            .iter()
            .flatten()
            .map(|receipt| Line::of(receipt, now))
            .collect()
    }
}
