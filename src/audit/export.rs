//! The export: one line of JSON per event in index order, salts included, so that anyone given the
//! file, a checkpoint and the verifier key can check it with a program of their own.

use std::borrow::Cow;
use std::io::{self, Write};

use hex::FromHex;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::Malformed;
use super::chain::Row;
use super::entry::Entry;
use super::stored::{Salts, Stored};

/// One event of an export. The three parts stand in their usual order; `None` is erased.
#[derive(Clone, PartialEq, Eq)]
pub struct ExportLine<'a> {
    /// Its place in the log, counted from 0.
    pub index: u64,
    pub event_id: Uuid,
    /// Milliseconds since 1970 UTC.
    pub at_ms: u64,
    pub texts: [Option<Cow<'a, str>>; 3],
    pub salts: [Option<[u8; 32]>; 3],
    /// To core, actor and subject, one after another.
    pub commitments: [u8; 96],
}

/// The line as it is written: these names in this order, bytes in lower-case hex.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Wire<'a> {
    index: u64,
    event_id: Uuid,
    at_ms: u64,
    core: Option<Cow<'a, str>>,
    core_salt: Option<Hex>,
    core_commitment: Hex,
    actor: Option<Cow<'a, str>>,
    actor_salt: Option<Hex>,
    actor_commitment: Hex,
    subject: Option<Cow<'a, str>>,
    subject_salt: Option<Hex>,
    subject_commitment: Hex,
}

/// The line of a place whose event cannot be exported: what the tree knows of it, and why there is no more.
#[derive(Serialize)]
pub struct BadLine<'a> {
    pub index: u64,
    /// `None` where the row names none.
    pub event_id: Option<Uuid>,
    /// In lower-case hex, as it was sequenced.
    pub leaf_hash: Option<String>,
    pub fault: &'a str,
}

impl BadLine<'_> {
    /// Writes the line with its newline.
    ///
    /// # Errors
    /// When writing fails.
    pub fn write_line(&self, out: &mut impl Write) -> io::Result<()> {
        serde_json::to_writer(&mut *out, self)?;
        out.write_all(b"\n")
    }
}

#[derive(Clone, Copy, Serialize, Deserialize)]
#[serde(into = "String", try_from = "String")]
struct Hex([u8; 32]);

impl From<Hex> for String {
    fn from(Hex(bytes): Hex) -> String {
        hex::encode(bytes)
    }
}

impl TryFrom<String> for Hex {
    type Error = hex::FromHexError;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        <[u8; 32]>::from_hex(text).map(Hex)
    }
}

impl<'a> ExportLine<'a> {
    /// The line of an event that was just composed.
    pub fn of(index: u64, entry: &'a Entry) -> Self {
        let (salts, _) = entry.salts.as_chunks::<32>();
        Self {
            index,
            event_id: entry.id,
            at_ms: entry.at_ms,
            texts: [&entry.core, &entry.actor, &entry.subject].map(|text| Some(text.into())),
            salts: [0, 1, 2].map(|part| salts.get(part).copied()),
            commitments: entry.commitments,
        }
    }

    /// Writes the line with its newline.
    ///
    /// # Errors
    /// When writing fails.
    pub fn write_line(&self, out: &mut impl Write) -> io::Result<()> {
        let [core, actor, subject] = self.texts.each_ref().map(|text| text.as_deref().map(Cow::from));
        let [core_salt, actor_salt, subject_salt] = self.salts.map(|salt| salt.map(Hex));
        let [core_commitment, actor_commitment, subject_commitment] = [0, 32, 64].map(|from| {
            let mut commitment = [0; 32];
            commitment.copy_from_slice(&self.commitments[from..from + 32]);
            Hex(commitment)
        });
        let wire = Wire {
            index: self.index,
            event_id: self.event_id,
            at_ms: self.at_ms,
            core,
            core_salt,
            core_commitment,
            actor,
            actor_salt,
            actor_commitment,
            subject,
            subject_salt,
            subject_commitment,
        };
        serde_json::to_writer(&mut *out, &wire)?;
        out.write_all(b"\n")
    }

    /// Reads a line, with or without its newline.
    ///
    /// # Errors
    /// When it is not such a line.
    pub fn parse(line: &str) -> Result<ExportLine<'static>, Malformed> {
        let wire: Wire<'static> = serde_json::from_str(line).map_err(|_| Malformed("not a line of an audit export"))?;
        let commitments = [wire.core_commitment, wire.actor_commitment, wire.subject_commitment];
        let mut joined = [0; 96];
        for (at, Hex(commitment)) in joined.chunks_exact_mut(32).zip(commitments) {
            at.copy_from_slice(&commitment);
        }
        Ok(ExportLine {
            index: wire.index,
            event_id: wire.event_id,
            at_ms: wire.at_ms,
            texts: [wire.core, wire.actor, wire.subject],
            salts: [wire.core_salt, wire.actor_salt, wire.subject_salt].map(|salt| salt.map(|Hex(salt)| salt)),
            commitments: joined,
        })
    }

    /// The event as the verifier takes it.
    pub fn row(&self) -> Row<'_> {
        let salts: Salts<'_> = self.salts.each_ref().map(Option::as_ref);
        Row {
            index: self.index,
            event_id: self.event_id,
            leaf_hash: None,
            event: Some(Stored {
                at_ms: self.at_ms,
                leaf: None,
                commitments: &self.commitments,
                texts: self.texts.each_ref().map(Option::as_deref),
                salts: Some(salts),
                columns: None,
            }),
        }
    }
}
