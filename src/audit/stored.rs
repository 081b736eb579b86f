//! An event as it lies in a row of `audit_event`, and everything that can be checked of it alone.
//!
//! A row holds: the id · the instant · the leaf (60 bytes) · `commitments`, always written: those to
//! core, actor and subject one after another (96 bytes) · the three texts, each NULL once erased ·
//! one sealed blob with the salts of the parts that are left, in the same order (96, 64 or 32 bytes
//! before sealing; NULL when none is left) · the columns to filter by. So erasing a part is setting
//! its text and columns to NULL and sealing the other salts anew: commitments and leaf stay, the
//! tree stays verifiable, and without its salt nothing can be guessed from a commitment.

use std::fmt;

use serde::Deserialize;
use uuid::Uuid;

use super::Malformed;
use super::event::{Action, Outcome, Relation, VERSION};
use super::finding::FindingKind;
use super::leaf::{self, Leaf, Part};
use super::merkle::Hash;

/// The salts of the three parts; of an erased part there is none.
pub type Salts<'a> = [Option<&'a [u8; 32]>; 3];

/// Deals the opened salts out to the parts whose text is there.
///
/// # Errors
/// When there are more or fewer salts than texts.
pub fn salts_of<'a>(texts: [Option<&str>; 3], opened: &'a [u8]) -> Result<Salts<'a>, Malformed> {
    let (salts, rest) = opened.as_chunks::<32>();
    let left = texts.iter().flatten().count();
    if !rest.is_empty() || salts.len() != left {
        return Err(Malformed("the salts do not fit the parts that are left"));
    }
    let mut salts = salts.iter();
    Ok(texts.map(|text| text.and_then(|_| salts.next())))
}

/// The columns to filter by, as the stored parts themselves say them. What an erased part said is
/// `None`, as is what an event has nothing to say about.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Filters {
    pub action: Option<Action>,
    pub outcome: Option<Outcome>,
    pub person: Option<Uuid>,
    pub role: Option<String>,
    pub errand: Option<Uuid>,
    pub home: Option<Uuid>,
}

#[derive(Deserialize)]
struct CoreSays<'a> {
    action: &'a str,
    outcome: &'a str,
    v: u8,
}

#[derive(Deserialize)]
struct ActorSays {
    person: Option<Uuid>,
    role: Option<String>,
    v: u8,
}

#[derive(Deserialize)]
struct SubjectSays {
    errand: Option<Uuid>,
    home: Option<Uuid>,
    v: u8,
}

impl Filters {
    /// Reads them out of the stored texts, when writing an event and again when verifying it.
    ///
    /// # Errors
    /// When a text is not JSON of this version, or names an action or outcome not on the lists.
    pub fn of_stored(core: Option<&str>, actor: Option<&str>, subject: Option<&str>) -> Result<Self, Malformed> {
        let mut filters = Self::default();
        if let Some(core) = core {
            let says: CoreSays = read(core, Part::Core)?;
            version(says.v)?;
            filters.action = Some(Action::parse(says.action).ok_or(Malformed("unknown action"))?);
            filters.outcome = Some(Outcome::parse(says.outcome).ok_or(Malformed("unknown outcome"))?);
        }
        if let Some(actor) = actor {
            let says: ActorSays = read(actor, Part::Actor)?;
            version(says.v)?;
            (filters.person, filters.role) = (says.person, says.role);
        }
        if let Some(subject) = subject {
            let says: SubjectSays = read(subject, Part::Subject)?;
            version(says.v)?;
            (filters.errand, filters.home) = (says.errand, says.home);
        }
        Ok(filters)
    }

    /// The names of the columns that say something else.
    fn differing(&self, columns: &Columns) -> impl Iterator<Item = &'static str> {
        [
            ("action", self.action.map(Action::as_str) == columns.action),
            ("outcome", self.outcome.map(Outcome::as_str) == columns.outcome),
            ("person", self.person == columns.person),
            ("role", self.role.as_deref() == columns.role),
            ("errand", self.errand == columns.errand),
            ("home", self.home == columns.home),
        ]
        .into_iter()
        .filter_map(|(name, same)| (!same).then_some(name))
    }
}

pub(super) fn read<'a, T: Deserialize<'a>>(text: &'a str, part: Part) -> Result<T, Malformed> {
    serde_json::from_str(text).map_err(|_| {
        Malformed(match part {
            Part::Core => "the core is not what this program writes",
            Part::Actor => "the actor is not what this program writes",
            Part::Subject => "the subject is not what this program writes",
        })
    })
}

fn version(v: u8) -> Result<(), Malformed> {
    if v == VERSION {
        Ok(())
    } else {
        Err(Malformed("unknown version of a part"))
    }
}

/// What the first event of an epoch after the first says of the one before.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Opening {
    /// The last checkpoint seen of the epoch before, the whole note.
    pub checkpoint: String,
    /// This epoch's verifier key, where it is a new one.
    pub log_key: Option<String>,
}

#[derive(Deserialize)]
struct OpeningSays {
    checkpoint: String,
    log_key: Option<String>,
}

impl Opening {
    /// Reads it out of the stored texts; `None` when they are of no such event, or erased.
    pub(super) fn of_stored(core: Option<&str>, subject: Option<&str>) -> Option<Self> {
        let core: CoreSays = read(core?, Part::Core).ok()?;
        if core.action != Action::AuditEpoch.as_str() {
            return None;
        }
        let OpeningSays { checkpoint, log_key } = read(subject?, Part::Subject).ok()?;
        Some(Self { checkpoint, log_key })
    }
}

/// What a reviewer is shown of an event beside the columns to filter by.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Told {
    pub relation: Option<Relation>,
    pub reason_code: Option<String>,
    pub unit: Option<Uuid>,
    pub object_type: Option<String>,
    pub object: Option<Uuid>,
}

#[derive(Deserialize, Default)]
struct CoreTells {
    relation: Option<String>,
    reason_code: Option<String>,
    unit: Option<Uuid>,
}

#[derive(Deserialize, Default)]
struct SubjectTells {
    object_type: Option<String>,
    object: Option<Uuid>,
}

impl Told {
    /// Reads it out of the stored texts. One that is erased tells nothing; that one cannot be read is for the
    /// verification to find.
    pub fn of_stored(core: Option<&str>, subject: Option<&str>) -> Told {
        let core: CoreTells = core.and_then(|text| read(text, Part::Core).ok()).unwrap_or_default();
        let subject: SubjectTells = subject
            .and_then(|text| read(text, Part::Subject).ok())
            .unwrap_or_default();
        Told {
            relation: core.relation.as_deref().and_then(Relation::parse),
            reason_code: core.reason_code,
            unit: core.unit,
            object_type: subject.object_type,
            object: subject.object,
        }
    }
}

/// The columns to filter by, as the row holds them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Columns<'a> {
    pub action: Option<&'a str>,
    pub outcome: Option<&'a str>,
    pub person: Option<Uuid>,
    pub role: Option<&'a str>,
    pub errand: Option<Uuid>,
    pub home: Option<Uuid>,
}

/// An event as a row or a line of an export holds it, its salts opened.
#[derive(Clone, Copy)]
pub struct Stored<'a> {
    /// Milliseconds since 1970 UTC.
    pub at_ms: u64,
    /// `None` in an export, which leaves it to be recomputed.
    pub leaf: Option<&'a [u8]>,
    /// 96 bytes.
    pub commitments: &'a [u8],
    /// The texts in the order of [`Part::ALL`]; `None` is erased.
    pub texts: [Option<&'a str>; 3],
    /// `None` when the salts cannot be opened here; the texts then go unchecked.
    pub salts: Option<Salts<'a>>,
    /// `None` in an export, which has none.
    pub columns: Option<Columns<'a>>,
}

impl fmt::Debug for Stored<'_> {
    /// Texts and salts have no place in a program's own messages.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Stored")
            .field("at_ms", &self.at_ms)
            .finish_non_exhaustive()
    }
}

impl Stored<'_> {
    /// Checks texts against commitments, commitments against the leaf, the columns against the texts.
    /// Gives the leaf's hash as it ought to be, or `None` when there are no commitments to tell it.
    pub(super) fn check(&self, event_id: Uuid, findings: &mut Vec<FindingKind>) -> Option<Hash> {
        if let Some(salts) = self.salts {
            self.check_texts(event_id, salts, findings);
        }
        if let Some(columns) = &self.columns {
            let [core, actor, subject] = self.texts;
            match Filters::of_stored(core, actor, subject) {
                Ok(says) => findings.extend(says.differing(columns).map(FindingKind::Column)),
                Err(Malformed(what)) => findings.push(FindingKind::Unreadable(what)),
            }
        }
        let ([core, actor, subject], []) = self.commitments.as_chunks::<32>() else {
            findings.push(FindingKind::CommitmentsLost);
            return None;
        };
        let leaf = Leaf::new(event_id, self.at_ms, leaf::commit([core, actor, subject]));
        if let Some(stored) = self.leaf {
            findings.extend(difference(stored, &leaf));
        }
        Some(leaf.hash())
    }

    fn check_texts(&self, event_id: Uuid, salts: Salts<'_>, findings: &mut Vec<FindingKind>) {
        let commitments = self.commitments.as_chunks::<32>().0;
        for (part, (text, salt)) in Part::ALL.into_iter().zip(self.texts.iter().zip(salts)) {
            match (text, salt) {
                (Some(text), Some(salt)) => {
                    let fits = leaf::commitment(part, salt, event_id, text.as_bytes());
                    if commitments.get(part as usize) != Some(&fits) {
                        findings.push(FindingKind::PartChanged(part));
                    }
                }
                (None, None) => {}
                _ => findings.push(FindingKind::HalfErased(part)),
            }
        }
    }
}

/// How the stored leaf departs from the one the rest of the row gives.
fn difference(stored: &[u8], leaf: &Leaf) -> Option<FindingKind> {
    let Ok(stored) = Leaf::try_from(stored) else {
        return Some(FindingKind::LeafMalformed);
    };
    if stored == *leaf {
        None
    } else if stored.event_id() != leaf.event_id() {
        Some(FindingKind::LeafOfOther(stored.event_id()))
    } else if stored.at_ms() != leaf.at_ms() {
        Some(FindingKind::TimeChanged)
    } else {
        Some(FindingKind::CommitmentsChanged)
    }
}
