//! An errand as someone has reached it: first only seen, then, when the policy grants it, with what may be done.

use super::rows::{self, ErrandRow};
use super::shut::Frozen;
use super::state::{self, Act, Step};
use super::{ErrandKind, ErrandNumber, ErrandState};
use crate::access::policy::Relation;
use crate::access::{Access, ErrandFacts, Happening, Right, Side, TeamSight};
use crate::audit::Action;
use crate::clock::Instant;
use crate::crypt::RowKey;
use crate::error::{Error, Result};
use crate::id::{ErrandId, Id};
use crate::secret::Secret;
use crate::web::IfMatch;
use std::marker::PhantomData;
use std::time::Duration;

/// May be looked at.
pub struct Seen;
/// May be answered: a message with files.
pub struct Reply;
/// Notes may be read and written.
pub struct Notes;
/// May be moved to another state.
pub struct Moving;
/// May be given to a colleague.
pub struct Assigning;
/// A wish that may be decided on.
pub struct Deciding;
/// A claim that may be reviewed.
pub struct Reviewing;
/// What lies in it may be reported as wrong.
pub struct Reporting;
/// What lies in it may be taken out of view.
pub struct Isolating;

/// An errand within the circle of the one who asks, with a grant.
pub struct Errand<'tx, Grant> {
    pub(super) access: Access<'tx>,
    pub(super) row: ErrandRow,
    pub(super) relation: Relation,
    pub(super) key: RowKey,
    /// Whether the one who asks has said why they must see where protected people are.
    pub(super) unveiled: bool,
    grant: PhantomData<Grant>,
}

/// An errand that a colleague asks to see.
pub(super) struct ErrandAtDoor {
    pub row: ErrandRow,
    pub key: RowKey,
}

impl<'tx> Access<'tx> {
    /// Looks an errand up through the one who asks; `action` is what a refusal is logged as.
    ///
    /// # Errors
    /// [`Error::NotFound`] outside the circle, exactly as for an id that is none; [`Error::ReasonRequired`] for a
    /// colleague of its unit.
    pub fn errand_for(self, id: ErrandId, action: Action) -> Result<Errand<'tx, Seen>> {
        let Some((mut row, stood)) = self.look_up(id)? else {
            return Err(self.absent(action, (id, None)));
        };
        let relation = match self.relation_to(row.facts())? {
            Relation::None => self.at_the_door(&row, action)?,
            known => known,
        };
        if !self.may(relation, Right::SeeErrand) {
            return Err(self.absent(action, (id, Some(row.home_id))));
        }
        if relation == Relation::OwnHome {
            self.as_it_stood(&mut row, stood, action)?;
        }
        let key = self.keys()?.row_key("errand", id.uuid(), &row.wrapped_key)?;
        Ok(Errand {
            access: self,
            row,
            relation,
            key,
            unveiled: false,
            grant: PhantomData,
        })
    }

    /// An errand's row, with how it stood where it is shut to one's home. Asked alike of every id, so that what is not
    /// there takes the steps of what is there for others.
    fn look_up(self, id: ErrandId) -> Result<Option<(ErrandRow, Option<Frozen>)>> {
        let board = self.standing().board;
        let (row, stood) = (self.db(|db| rows::find(db, board, id))?, self.frozen_errand(id)?);
        Ok(row.map(|row| (row, stood)))
    }

    /// Looks for the errand of a file that is in none.
    pub(crate) fn look_for_none(self) -> Result<()> {
        self.look_up(Id::of_none()).map(drop)
    }

    /// What a colleague is to an errand they have nothing to do with: nothing, until they have said why, unless the
    /// board lets its teams see each other's.
    fn at_the_door(self, row: &ErrandRow, action: Action) -> Result<Relation> {
        if !self.is_colleague(row.facts())? {
            return Err(self.absent(action, (row.id, Some(row.home_id))));
        }
        if self.is_seen_by_team(row)? {
            return Ok(Relation::Team);
        }
        if self.has_opened(row.id, row.facts())? {
            return Ok(Relation::BreakGlass);
        }
        self.log(Happening::denied(action).errand(row.id).home(Some(row.home_id)));
        Err(Error::ReasonRequired)
    }

    /// Whether the board lets all of a unit see such an errand.
    fn is_seen_by_team(self, row: &ErrandRow) -> Result<bool> {
        Ok(self.team_sight()? == TeamSight::Full && !self.is_protected(row.home_id))
    }

    /// Looks an errand up in order to open it with a reason.
    ///
    /// # Errors
    /// [`Error::NotFound`] for whoever is no colleague; [`Error::Forbidden`] and [`Error::Conflict`] for those who see
    /// it without a reason, home and team.
    pub(super) fn errand_at_door(self, id: ErrandId) -> Result<ErrandAtDoor> {
        let (board, action) = (self.standing().board, Action::ErrandOpen);
        let Some(row) = self.db(|db| rows::find(db, board, id))? else {
            return Err(self.absent(action, (id, None)));
        };
        match self.relation_to(row.facts())? {
            Relation::None if self.is_colleague(row.facts())? => {
                if self.is_seen_by_team(&row)? {
                    return Err(Error::Conflict("open"));
                }
            }
            Relation::None => return Err(self.absent(action, (id, Some(row.home_id)))),
            Relation::OwnHome => return Err(self.deny(Happening::denied(action).errand(id))),
            _ => return Err(Error::Conflict("open")),
        }
        let key = self.keys()?.row_key("errand", id.uuid(), &row.wrapped_key)?;
        Ok(ErrandAtDoor { row, key })
    }

    /// Looks an errand up in order to read it.
    ///
    /// # Errors
    /// As [`Access::errand_for`].
    pub fn errand(self, id: ErrandId) -> Result<Errand<'tx, Seen>> {
        self.errand_for(id, Action::ErrandRead)
    }
}

impl<'tx> Errand<'tx, Seen> {
    /// # Errors
    /// [`Error::Conflict`] in a state that takes no more messages.
    pub fn to_reply(self) -> Result<Errand<'tx, Reply>> {
        let errand = self.grant(Right::Reply, Action::MessageSend)?.locked()?;
        if state::has_ended(errand.kind()?, errand.state()?) {
            Err(Error::Conflict("state"))
        } else {
            Ok(errand)
        }
    }

    /// # Errors
    /// [`Error::Forbidden`] for a home, always.
    pub fn to_notes(self, action: Action) -> Result<Errand<'tx, Notes>> {
        self.grant(Right::Note, action)
    }

    /// For a move to `target`; which right it takes depends on whose move it is.
    pub fn to_move(self, target: ErrandState) -> Result<Errand<'tx, Moving>> {
        let (kind, side) = (self.kind()?, self.side());
        let right = match side {
            // Whoever asks for a move that is never theirs is told so by the policy.
            Side::Home if !state::may_ever(kind, target, side) => Right::Handle,
            Side::Team if !state::may_ever(kind, target, side) => Right::Withdraw,
            Side::Home if target == ErrandState::Withdrawn => Right::Withdraw,
            Side::Home => Right::Reply,
            Side::Team => Right::Handle,
        };
        self.grant(right, Action::ErrandState)?.locked()
    }

    pub fn to_assign(self) -> Result<Errand<'tx, Assigning>> {
        self.grant(Right::Handle, Action::ErrandAssign)?.locked()
    }

    /// # Errors
    /// [`Error::Forbidden`] for a home, always.
    pub fn to_decide(self) -> Result<Errand<'tx, Deciding>> {
        self.grant(Right::Decide, Action::DecisionMake)?.locked()
    }

    /// # Errors
    /// [`Error::Forbidden`] for a home, always.
    pub fn to_review(self) -> Result<Errand<'tx, Reviewing>> {
        self.grant(Right::Review, Action::ClaimReview)?.locked()
    }

    /// Whoever sees an errand may say that something in it is in the wrong place.
    pub fn to_report(self) -> Result<Errand<'tx, Reporting>> {
        self.grant(Right::SeeErrand, Action::ItemReport)?.locked()
    }

    /// # Errors
    /// [`Error::Forbidden`] for a home, always.
    pub fn to_isolate(self) -> Result<Errand<'tx, Isolating>> {
        self.grant(Right::Isolate, Action::ItemIsolate)?.locked()
    }

    /// Asks for a right without a capability of its own.
    ///
    /// # Errors
    /// [`Error::Forbidden`], [`Error::CallTeam`]; the attempt stands in the log as `action`.
    pub(crate) fn require(&self, right: Right, action: Action) -> Result<()> {
        if self.access.may(self.relation, right) {
            return self.unless_shut(right, action);
        }
        Err(self.access.deny(self.refused(action)))
    }

    /// That something of this errand was looked at, ready to be logged.
    pub(crate) fn looked(&self, action: Action) -> Happening {
        self.happened(action, false)
    }

    /// A key taken under this errand's.
    pub(crate) fn unwrap_key<T>(
        &self,
        table: &'static str,
        column: &'static str,
        row: Id<T>,
        wrapped: &[u8],
    ) -> Result<RowKey> {
        self.key.unwrap(table, column, row, wrapped)
    }

    /// The errand with a grant, if the policy gives it.
    fn grant<Grant>(self, right: Right, action: Action) -> Result<Errand<'tx, Grant>> {
        self.require(right, action)?;
        let Errand {
            access,
            row,
            relation,
            key,
            unveiled,
            ..
        } = self;
        Ok(Errand {
            access,
            row,
            relation,
            key,
            unveiled,
            grant: PhantomData,
        })
    }
}

impl<Grant> Errand<'_, Grant> {
    /// Locks the row and reads it anew: what was seen before the lock may have changed meanwhile.
    fn locked(mut self) -> Result<Self> {
        let (board, id) = (self.row.board_id, self.row.id);
        self.row = self.access.db(|db| rows::lock(db, board, id))?;
        Ok(self)
    }

    /// Whether the one who asks has a right to it: what a page offers. The verb asks again.
    pub(super) fn may(&self, right: Right) -> bool {
        self.access.may(self.relation, right)
    }

    /// Whether the one who asks handles it; a colleague who has opened it does not.
    pub(super) fn is_handled(&self) -> bool {
        self.may(Right::Handle)
    }

    pub(super) fn side(&self) -> Side {
        Side::of(self.relation)
    }
    pub(super) fn kind(&self) -> Result<ErrandKind> {
        ErrandKind::stored(&self.row.kind)
    }
    pub(super) fn state(&self) -> Result<ErrandState> {
        ErrandState::stored(&self.row.state)
    }
    pub(super) fn number(&self) -> Result<ErrandNumber> {
        ErrandNumber::new(self.row.number_year, self.row.number_serial)
    }
    pub(super) const fn id(&self) -> ErrandId {
        self.row.id
    }
    /// The version, for `ETag` and `If-Match`.
    pub const fn version(&self) -> i64 {
        self.row.version
    }

    /// What happened to this errand, ready to be logged.
    pub(super) fn happened(&self, action: Action, writes: bool) -> Happening {
        let make = if writes { Happening::write } else { Happening::read };
        make(action, self.relation)
            .errand(self.row.id)
            .home(Some(self.row.home_id))
    }

    /// That something of this errand was asked for and is not to be had, ready to be logged.
    pub(crate) fn refused(&self, action: Action) -> Happening {
        Happening::denied(action)
            .errand(self.row.id)
            .home(Some(self.row.home_id))
    }

    /// The move that `act` makes from here.
    ///
    /// # Errors
    /// [`Error::Conflict`] when there is none, or a closed message has been closed too long.
    pub(super) fn step(&self, act: Act) -> Result<&'static Step> {
        let from = self.state()?;
        // A closed message is taken up again for so long; after that a new one is started.
        let late = from == ErrandState::Closed && {
            let days = self.access.rules()?.reopened_within_days.unsigned_abs();
            self.access.now().since(self.row.updated_at) > Duration::from_secs(days * 24 * 60 * 60)
        };
        let step = state::find(self.kind()?, Some(from), act, self.side());
        step.filter(|_| !late).ok_or(Error::Conflict("state"))
    }

    /// The last change of it, as the one who asks sees it.
    pub(super) fn changed_at(&self) -> Instant {
        self.row.changed_to(self.side())
    }

    /// Sets the state, with the next version: both sides see it.
    pub(super) fn enter(&mut self, state: ErrandState) -> Result<()> {
        let (id, version, now) = (self.row.id, self.row.version + 1, self.access.now());
        self.access.db(|db| rows::moved(db, id, state.as_str(), version, now))?;
        (self.row.state, self.row.version) = (state.as_str().to_owned(), version);
        (self.row.updated_at, self.row.team_updated_at) = (now, now);
        Ok(())
    }

    /// Notes that something changed which the team alone sees. Its home's list, times, versions and marks stay as they
    /// are; to the team it is news, but to the one who acts, if they knew all that was before.
    pub(super) fn is_news_to_team(&mut self) -> Result<()> {
        let (id, now, caught_up) = (self.row.id, self.access.now(), self.caught_up(IfMatch(None))?);
        self.access.db(|db| rows::changed_to_team(db, id, now))?;
        self.row.team_updated_at = self.row.team_updated_at.max(now);
        self.keep_up(caught_up)
    }

    pub(super) fn open(
        &self,
        table: &'static str,
        column: &'static str,
        row: ErrandId,
        sealed: &[u8],
    ) -> Result<Secret<String>> {
        self.key.open(table, column, row, 1, sealed)
    }
}

impl ErrandRow {
    pub(super) fn facts(&self) -> ErrandFacts {
        ErrandFacts {
            home: self.home_id,
            assignment: self.assignment_id,
            assignee: self.assignee_id,
        }
    }
}
