//! Starting errands: what all kinds have in common, and messages, which either side starts.

use super::claim::NewClaim;
use super::guard::Recipient;
use super::paper::OnPaper;
use super::rows::{self, ErrandRow, MessageRow};
use super::typed::{BODY_MAX, SUBJECT_MAX, optional_line, required};
use super::wish::{NewPurchaseRequest, NewTravelRequest};
use super::{ErrandKind, ErrandNumber, ErrandState, MessageCategory};
use crate::access::policy::Relation;
use crate::access::{Access, ErrandFacts, Happening, Once, Right, Role, Shut, Side};
use crate::audit::Action;
use crate::clock::{Day, Instant};
use crate::crypt::RowKey;
use crate::error::{Error, Faults, Result};
use crate::file::Taker;
use crate::home::AssignmentFacts;
use crate::id::{AssignmentId, ErrandId, FileId, HomeId, Id};
use crate::secret::SecretText;
use serde::{Deserialize, Serialize};

/// An errand to be started.
#[derive(Debug, Clone, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum NewErrand {
    Message(NewMessageErrand),
    PurchaseRequest(Box<NewPurchaseRequest>),
    TravelRequest(Box<NewTravelRequest>),
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
    /// Of staff: what was `found` of people of another home, and is meant.
    #[serde(default)]
    #[schema(max_items = 100)]
    pub confirmed: Vec<SecretText>,
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
pub(super) struct Ground {
    pub home: HomeId,
    pub assignment: Option<AssignmentFacts>,
    pub relation: Relation,
    /// Registered from paper, in a member's name.
    pub paper: Option<OnPaper>,
    /// The day it counts as sent.
    pub day: Day,
}

impl Ground {
    /// Whose errand it is.
    fn side(&self) -> Side {
        match self.paper {
            Some(_) => Side::Home,
            None => Side::of(self.relation),
        }
    }

    /// Whether its assignment runs on a day; a whole home always does.
    pub fn runs_on(&self, day: Day) -> bool {
        self.assignment
            .as_ref()
            .is_none_or(|of| of.from <= day && of.to.is_none_or(|to| to >= day))
    }
}

/// What is to be written of a new errand, checked.
pub(super) struct Draft {
    kind: ErrandKind,
    category: Option<MessageCategory>,
    subject: Option<SecretText>,
    urgent: bool,
}

impl Draft {
    /// Of a kind that has neither category nor subject.
    pub const fn of(kind: ErrandKind) -> Draft {
        Draft {
            kind,
            category: None,
            subject: None,
            urgent: false,
        }
    }
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
        let started = self.start_new(new, None)?;
        self.remember(once, started.id)?;
        Ok(started)
    }

    /// The same, of which nothing is remembered; in a member's name where it came on `paper`.
    pub(super) fn start_new(self, new: &NewErrand, paper: Option<&OnPaper>) -> Result<Started> {
        match new {
            NewErrand::Message(message) => self.start_message(message, paper),
            NewErrand::PurchaseRequest(wish) => self.wish_for_purchase(wish, paper),
            NewErrand::TravelRequest(wish) => self.wish_for_trip(wish, paper),
            NewErrand::ReceiptClaim(claim) => self.hand_in(claim, paper),
        }
    }

    /// Asks whether the role of the one who asks starts such errands at all: a form is shown to those only who can send
    /// it.
    ///
    /// # Errors
    /// [`Error::Forbidden`], [`Error::NoHome`], and it stands in the log as the start it would have been.
    pub fn may_start(self, kind: ErrandKind) -> Result<()> {
        let writes = kind == ErrandKind::Message && self.may(Relation::Assigned, Right::WriteToHome);
        let own = self.may(Relation::OwnHome, Right::StartErrand);
        if writes || (own && self.standing().sends()) {
            Ok(())
        } else {
            Err(self.sends_nothing(Happening::denied(Action::ErrandCreate)))
        }
    }

    /// Holds an errand to all limits but those of its files, and writes nothing: what its sender is to look through
    /// before it is sent.
    ///
    /// # Errors
    /// As [`Access::start`].
    pub(super) fn would_start(self, new: &NewErrand, paper: Option<&OnPaper>) -> Result<()> {
        let mut faults = Faults::default();
        match new {
            NewErrand::Message(message) => drop(self.message_held(message, paper, &mut faults)?),
            NewErrand::PurchaseRequest(wish) => {
                drop(self.purchase_held((wish, paper), &self.limits()?, &mut faults)?)
            }
            NewErrand::TravelRequest(wish) => drop(self.travel_held((wish, paper), &self.limits()?, &mut faults)?),
            NewErrand::ReceiptClaim(claim) => drop(self.claim_held((claim, paper), &mut faults)?),
        }
        faults.check()
    }

    fn message_held(
        self,
        new: &NewMessageErrand,
        paper: Option<&OnPaper>,
        faults: &mut Faults,
    ) -> Result<(Ground, Option<SecretText>, SecretText)> {
        let ground = self.ground((new.home_id, new.assignment_id), paper)?;
        faults.unless(ground.runs_on(ground.day), "assignment_id", "assignment");
        let subject = optional_line(faults, "subject", new.subject.as_ref(), SUBJECT_MAX);
        let body = required(faults, "body", &new.body, 1, BODY_MAX);
        Ok((ground, subject, body))
    }

    fn start_message(self, new: &NewMessageErrand, paper: Option<&OnPaper>) -> Result<Started> {
        let mut faults = Faults::default();
        let (ground, subject, body) = self.message_held(new, paper, &mut faults)?;
        let files = self.free_files(&new.file_ids, Taker::Message, &mut faults)?;
        faults.check()?;
        if Side::of(ground.relation) == Side::Team {
            let to = Recipient {
                home: ground.home,
                errand: None,
                relation: ground.relation,
                action: Action::ErrandCreate,
            };
            let texts: Vec<&SecretText> = subject.iter().chain([&body]).collect();
            self.guard(&to, (&texts, &files), &new.confirmed)?;
        }
        let category = Some(new.category.unwrap_or(MessageCategory::Other));
        let draft = Draft {
            kind: ErrandKind::Message,
            category,
            subject,
            urgent: new.urgent,
        };
        let (row, key) = self.write_errand(&ground, draft)?;
        let message = self.first_message(&row, &key, ground.side(), &body)?;
        self.claim_files(&files, (row.id, Some(message)), &key)?;
        self.started(&row, &ground)
    }

    /// The home and assignment of a wish or claim, which a home alone sends.
    ///
    /// # Errors
    /// As [`Access::start`].
    pub(super) fn own_ground(self, assignment: AssignmentId, paper: Option<&OnPaper>) -> Result<Ground> {
        let ground = self.ground((None, Some(assignment)), paper)?;
        if ground.side() == Side::Team {
            return Err(self.deny(Happening::denied(Action::ErrandCreate).home(Some(ground.home))));
        }
        Ok(ground)
    }

    /// The home and assignment an errand is to lie in, if the one who asks may start one there.
    fn ground(
        self,
        (home, assignment): (Option<HomeId>, Option<AssignmentId>),
        paper: Option<&OnPaper>,
    ) -> Result<Ground> {
        let standing = self.standing();
        if !standing.sends() {
            return Err(self.sends_nothing(Happening::denied(Action::ErrandCreate)));
        }
        let outside = || {
            self.log(Happening::denied(Action::ErrandCreate).home(home));
            Error::NotFound
        };
        let assignment = match assignment {
            Some(id) => match self.assignment_facts(id)? {
                Some(known) => Some(known),
                None => {
                    self.homes_by_id(&[Id::of_none()])?;
                    return Err(outside());
                }
            },
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
        let right = match (relation, paper) {
            (Relation::OwnHome, None) => Right::StartErrand,
            _ => Right::WriteToHome,
        };
        let shut = assignment.as_ref().and_then(|of| standing.shut(Some(of.id)));
        if relation == Relation::OwnHome && matches!(shut, Some(Shut::Restricted(..))) {
            self.log(Happening::denied(Action::ErrandCreate).home(Some(home)));
            return Err(Error::CallTeam);
        }
        // What a home sent on paper is about that home.
        let elsewhere = paper.is_some_and(|paper| paper.home != home);
        if self.may(relation, right) && !elsewhere {
            Ok(Ground {
                home,
                assignment,
                relation,
                paper: paper.copied(),
                day: paper.map_or_else(|| self.now().day(), |paper| paper.received_on),
            })
        } else {
            Err(outside())
        }
    }

    /// Numbers and writes the errand's row under a key of its own.
    pub(super) fn write_errand(self, ground: &Ground, draft: Draft) -> Result<(ErrandRow, RowKey)> {
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
            created_by: match ground.paper {
                Some(paper) => paper.member,
                None => self.person()?,
            },
            assignee_id: None,
            received_at: now,
            updated_at: now,
            version: 1,
            lock_no: 0,
            wrapped_key,
            team_updated_at: now,
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
    pub(super) fn started(self, row: &ErrandRow, ground: &Ground) -> Result<Started> {
        let event = Happening::write(Action::ErrandCreate, ground.relation)
            .errand(row.id)
            .home(Some(row.home_id));
        self.log(match ground.paper {
            Some(_) => event.reason("paper"),
            None => event,
        });
        let me = self.person()?;
        self.db(|db| rows::set_mark(db, row.id, me, row.updated_at))?;
        if ground.paper.is_some() {
            let mut told = self.who_takes(row.facts())?;
            told.retain(|one| *one != me);
            self.tell(&told)?;
            self.tell_other_side(row.facts(), Side::Team)?;
        } else {
            self.tell_other_side(row.facts(), ground.side())?;
        }
        Ok(Started {
            id: row.id,
            number: ErrandNumber::new(row.number_year, row.number_serial)?,
            state: ErrandState::Received,
            received_at: row.received_at,
        })
    }
}
