//! Starting errands: a message by either side, receipts handed in by a home.

use super::rows::{self, ErrandRow, MessageRow, ReceiptRow};
use super::typed::{BODY_MAX, SUBJECT_MAX, optional, required};
use super::{ErrandKind, ErrandNumber, ErrandState, MessageCategory, ReceiptCategory, ReceiptState};
use crate::access::policy::Relation;
use crate::access::{Access, ErrandFacts, Happening, Once, Right, Role, Side};
use crate::audit::Action;
use crate::clock::{Day, Instant};
use crate::crypt::RowKey;
use crate::error::{Error, Faults, Result};
use crate::file::Taker;
use crate::home::AssignmentFacts;
use crate::id::{AssignmentId, ErrandId, FileId, HomeId};
use crate::money::Ore;
use crate::secret::SecretText;
use serde::{Deserialize, Serialize};
use std::collections::HashSet;

/// An errand to be started.
#[derive(Debug, Clone, Deserialize, utoipa::ToSchema)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum NewErrand {
    Message(NewMessageErrand),
    ReceiptClaim(NewClaim),
}

/// Meddelande.
#[derive(Debug, Clone, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewMessageErrand {
    /// Null: it concerns the whole home.
    pub assignment_id: Option<AssignmentId>,
    /// Staff says to which home; a member of several homes may.
    pub home_id: Option<HomeId>,
    pub category: Option<MessageCategory>,
    /// At most 80 characters.
    #[schema(max_length = 80)]
    pub subject: Option<SecretText>,
    /// 1–5 000 characters of plain text.
    #[schema(min_length = 1, max_length = 5000)]
    pub body: SecretText,
    /// At most ten files, 50 MB together.
    #[serde(default)]
    #[schema(max_items = 10)]
    pub file_ids: Vec<FileId>,
    /// An answer is needed within two working days.
    #[serde(default)]
    pub urgent: bool,
}

/// Kvittoredovisning.
#[derive(Debug, Clone, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewClaim {
    pub assignment_id: AssignmentId,
    /// "Jag intygar att uppgifterna är riktiga och att utlägget inte ersatts på annat sätt": must be true.
    pub declaration: bool,
    #[schema(min_items = 1, max_items = 50)]
    pub receipts: Vec<NewReceipt>,
}

/// One receipt: a file and what it says.
#[derive(Debug, Clone, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewReceipt {
    pub file_id: FileId,
    /// Not in the future, and within the time of the assignment.
    pub purchased_on: Day,
    /// 2–80 characters.
    #[schema(min_length = 2, max_length = 80)]
    pub supplier: SecretText,
    pub category: ReceiptCategory,
    /// Öre, VAT included; 1–10 000 000.
    #[schema(value_type = i64, minimum = 1, maximum = 10000000)]
    pub amount_ore: Ore,
    #[schema(value_type = Option<i64>, minimum = 0)]
    pub vat_ore: Option<Ore>,
    /// At most 500 characters.
    #[schema(max_length = 500)]
    pub note: Option<SecretText>,
}

/// What the sender is told: the acknowledgement (förvaltningslagen 21 §) with the number and the time of receipt, which
/// the server sets (22 §).
#[derive(Debug, Clone, Serialize, utoipa::ToSchema)]
pub struct Started {
    pub id: ErrandId,
    pub number: ErrandNumber,
    pub state: ErrandState,
    pub received_at: Instant,
}

/// Where an errand is to lie, found through the one who asks.
struct Ground {
    home: HomeId,
    assignment: Option<AssignmentFacts>,
    relation: Relation,
}

/// What is to be written of a new errand, checked.
struct Draft {
    kind: ErrandKind,
    category: Option<MessageCategory>,
    subject: Option<SecretText>,
    urgent: bool,
}

impl Access<'_> {
    /// Starts an errand.
    ///
    /// # Errors
    /// [`Error::Invalid`] with all faults at once; [`Error::NotFound`] for a home or assignment outside the circle;
    /// [`Error::Forbidden`] for one who starts no such errands.
    pub fn start(self, new: &NewErrand, once: Option<&Once>) -> Result<Started> {
        if let Some(made) = self.made_before(once)? {
            return self.errand(made)?.acknowledged();
        }
        let started = match new {
            NewErrand::Message(message) => self.start_message(message)?,
            NewErrand::ReceiptClaim(claim) => self.hand_in(claim)?,
        };
        self.remember(once, started.id)?;
        Ok(started)
    }

    fn start_message(self, new: &NewMessageErrand) -> Result<Started> {
        let ground = self.ground(new.home_id, new.assignment_id)?;
        let mut faults = Faults::default();
        let today = self.now().day();
        let running = ground
            .assignment
            .as_ref()
            .is_none_or(|a| a.from <= today && a.to.is_none_or(|to| to >= today));
        faults.unless(running, "assignment_id", "assignment");
        let subject = optional(&mut faults, "subject", new.subject.as_ref(), SUBJECT_MAX);
        let body = required(&mut faults, "body", &new.body, 1, BODY_MAX);
        let files = self.free_files(&new.file_ids, Taker::Message, &mut faults)?;
        faults.check()?;
        let category = Some(new.category.unwrap_or(MessageCategory::Other));
        let draft = Draft {
            kind: ErrandKind::Message,
            category,
            subject,
            urgent: new.urgent,
        };
        let (row, key) = self.write_errand(&ground, draft)?;
        let message = self.first_message(&row, &key, Side::of(ground.relation), &body)?;
        self.claim_files(&files, (row.id, Some(message)), &key)?;
        self.started(&row, ground.relation)
    }

    fn hand_in(self, new: &NewClaim) -> Result<Started> {
        let ground = self.ground(None, Some(new.assignment_id))?;
        if Side::of(ground.relation) == Side::Team {
            return Err(self.deny(Happening::denied(Action::ErrandCreate).home(Some(ground.home))));
        }
        let mut faults = Faults::default();
        faults.unless(new.declaration, "declaration", "declaration");
        faults.unless((1..=50).contains(&new.receipts.len()), "receipts", "receipts-count");
        let today = self.now().day();
        let from = ground.assignment.as_ref().map_or(today, |assignment| assignment.from);
        let to = ground.assignment.as_ref().and_then(|assignment| assignment.to);
        let after_end = self.rules()?.receipts_after_end_days as i32;
        let open = from <= today && to.is_none_or(|to| to.plus_days(after_end) >= today);
        faults.unless(open, "assignment_id", "assignment");
        let mut files = HashSet::new();
        let mut checked = Vec::new();
        for (i, receipt) in new.receipts.iter().take(50).enumerate() {
            let at = |field: &str| format!("receipts.{i}.{field}");
            faults.unless(files.insert(receipt.file_id), at("file_id"), "file-twice");
            faults.unless(receipt.purchased_on <= today, at("purchased_on"), "date-future");
            faults.unless(
                receipt.purchased_on >= from,
                at("purchased_on"),
                "date-before-assignment",
            );
            let in_time = to.is_none_or(|to| receipt.purchased_on <= to);
            faults.unless(in_time, at("purchased_on"), "date-after-assignment");
            faults.unless(
                (1..=Ore::LINE_MAX.0).contains(&receipt.amount_ore.0),
                at("amount_ore"),
                "amount",
            );
            let vat_fits = receipt
                .vat_ore
                .is_none_or(|vat| vat.0 >= 0 && vat <= receipt.amount_ore);
            faults.unless(vat_fits, at("vat_ore"), "vat");
            let supplier = required(&mut faults, &at("supplier"), &receipt.supplier, 2, 80);
            let note = optional(&mut faults, &at("note"), receipt.note.as_ref(), 500);
            checked.push((receipt, supplier, note));
        }
        let file_ids: Vec<FileId> = new.receipts.iter().take(50).map(|receipt| receipt.file_id).collect();
        let files = self.free_files(&file_ids, Taker::Receipts, &mut faults)?;
        faults.check()?;
        let draft = Draft {
            kind: ErrandKind::ReceiptClaim,
            category: None,
            subject: None,
            urgent: false,
        };
        let (row, key) = self.write_errand(&ground, draft)?;
        self.claim_files(&files, (row.id, None), &key)?;
        let lines = checked.into_iter().enumerate();
        let lines: Vec<_> = lines.map(|(i, line)| self.receipt_row(&row, &key, i, line)).collect();
        self.db(|db| rows::insert_receipts(db, &lines))?;
        self.started(&row, ground.relation)
    }

    fn receipt_row(
        self,
        errand: &ErrandRow,
        key: &RowKey,
        position: usize,
        (receipt, supplier, note): (&NewReceipt, SecretText, Option<SecretText>),
    ) -> ReceiptRow {
        let id = self.fresh_id();
        ReceiptRow {
            id,
            board_id: errand.board_id,
            errand_id: errand.id,
            position: position as i64,
            file_id: receipt.file_id,
            purchased_on: receipt.purchased_on,
            supplier: key.seal("receipt", "supplier", id, 1, supplier.expose()),
            category: receipt.category.as_str().into(),
            amount_ore: receipt.amount_ore.0,
            vat_ore: receipt.vat_ore.map(|vat| vat.0),
            note: note.map(|note| key.seal("receipt", "note", id, 1, note.expose())),
            state: ReceiptState::Submitted.as_str().into(),
        }
    }

    /// The home and assignment an errand is to lie in, if the one who asks may start one there.
    fn ground(self, home: Option<HomeId>, assignment: Option<AssignmentId>) -> Result<Ground> {
        let standing = self.standing();
        let starts_any = [Role::Contractor, Role::Caseworker, Role::TeamLead].map(|role| standing.holds(role));
        if !starts_any.contains(&true) {
            return Err(self.deny(Happening::denied(Action::ErrandCreate)));
        }
        let outside = || {
            self.log(Happening::denied(Action::ErrandCreate).home(home));
            Error::NotFound
        };
        let assignment = match assignment {
            Some(id) => Some(self.assignment_facts(id)?.ok_or_else(outside)?),
            None => None,
        };
        let home = match (&assignment, home) {
            (Some(of), None) => of.home,
            (Some(of), Some(named)) if of.home == named => named,
            (Some(_), Some(_)) => return Err(outside()),
            (None, Some(named)) => named,
            (None, None) => match standing.homes[..] {
                [only] if standing.holds(Role::Contractor) => only,
                _ => return Err(Error::invalid("home_id", "home")),
            },
        };
        let facts = ErrandFacts {
            home,
            assignment: assignment.as_ref().map(|of| of.id),
            assignee: None,
        };
        // A home of another board has no name here either.
        let known = !self.homes_by_id(&[home])?.is_empty();
        let relation = if known {
            self.relation_to(facts)?
        } else {
            Relation::None
        };
        let right = if relation == Relation::OwnHome {
            Right::StartErrand
        } else {
            Right::WriteToHome
        };
        if self.may(relation, right) {
            Ok(Ground {
                home,
                assignment,
                relation,
            })
        } else {
            Err(outside())
        }
    }

    /// Numbers and writes the errand's row under a key of its own.
    fn write_errand(self, ground: &Ground, draft: Draft) -> Result<(ErrandRow, RowKey)> {
        let (keys, id, now) = (self.keys()?, self.fresh_id(), self.now());
        let year = i64::from(now.day().date().year());
        let serial = self.db(|db| rows::next_serial(db, keys.board(), year))?;
        let (key, wrapped_key) = keys.fresh_row_key("errand", id.uuid());
        let row = ErrandRow {
            id,
            board_id: keys.board(),
            home_id: ground.home,
            assignment_id: ground.assignment.as_ref().map(|of| of.id),
            kind: draft.kind.as_str().into(),
            category: draft.category.map(|category| category.as_str().into()),
            state: ErrandState::Received.as_str().into(),
            number_year: year,
            number_serial: serial,
            subject: draft
                .subject
                .map(|text| key.seal("errand", "subject", id, 1, text.expose())),
            urgent: draft.urgent,
            created_by: self.person()?,
            assignee_id: None,
            received_at: now,
            updated_at: now,
            version: 1,
            lock_no: 0,
            wrapped_key,
        };
        self.db(|db| rows::insert(db, &row))?;
        Ok((row, key))
    }

    fn first_message(
        self,
        errand: &ErrandRow,
        key: &RowKey,
        side: Side,
        body: &SecretText,
    ) -> Result<crate::id::MessageId> {
        let id = self.fresh_id();
        let row = MessageRow {
            id,
            board_id: errand.board_id,
            errand_id: errand.id,
            author_id: errand.created_by,
            side: side.as_str().into(),
            body: key.seal("message", "body", id, 1, body.expose()),
            sent_at: errand.received_at,
            read_at: None,
        };
        self.db(|db| rows::insert_message(db, &row))?;
        Ok(id)
    }

    /// Logs the start, marks it read by its starter and tells the other side that there is something new.
    fn started(self, row: &ErrandRow, relation: Relation) -> Result<Started> {
        self.log(
            Happening::write(Action::ErrandCreate, relation)
                .errand(row.id)
                .home(Some(row.home_id)),
        );
        self.db(|db| rows::set_mark(db, row.id, row.created_by, row.updated_at))?;
        self.tell_other_side(row.facts(), Side::of(relation))?;
        Ok(Started {
            id: row.id,
            number: ErrandNumber::new(row.number_year, row.number_serial)?,
            state: ErrandState::Received,
            received_at: row.received_at,
        })
    }

    /// Leaves a letter to those on the other side of an errand: the home's members, or who answers for it.
    pub(super) fn tell_other_side(self, errand: ErrandFacts, from: Side) -> Result<()> {
        let receivers = match from {
            Side::Team => self.members_of(errand.home)?,
            Side::Home => match errand.assignee {
                Some(assignee) => vec![assignee],
                None => self.caseworkers_of(errand.home, errand.assignment)?,
            },
        };
        self.tell(&receivers)
    }
}
