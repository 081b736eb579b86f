//! Conflicts of interest (jäv, förvaltningslagen 16–18 §§): staff who are to have nothing to do with a home, whatever
//! their role. Whoever handles the home or an errand of it, or
//! works in its unit, says so of themselves at once; its team lead of anyone, and takes it back, saying why. While
//! one stands, the door keeps the two apart (`access::standing`, `access::circle`): this module only keeps the record.

pub mod api;
mod rows;

use crate::access::policy::Relation;
use crate::access::{Access, ErrandFacts, Happening, Once, Right};
use crate::audit::Action;
use crate::clock::Instant;
use crate::errand::required_line;
use crate::error::{Error, Faults, Result};
use crate::home::NamedPerson;
use crate::home::manage::rows::{self as homes, HomeRow};
use crate::id::{ConflictId, HomeId, PersonId};
use crate::secret::{Secret, SecretText};
use crate::web::{Listed, say};
use rows::ConflictRow;
use serde::{Deserialize, Serialize};

/// Characters of the reason.
const REASON_MAX: usize = 500;

/// Someone of the staff who is to have nothing to do with a home.
#[derive(Debug, Clone, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ConflictBody {
    /// Oneself, or to the home's team lead anyone of the staff.
    pub person_id: PersonId,
    /// 1–500 characters. The team lead alone reads it.
    #[schema(min_length = 1, max_length = 500)]
    pub reason: SecretText,
}

/// That a conflict of interest is over.
#[derive(Debug, Clone, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ConflictChange {
    /// `true`; there is nothing else to change.
    pub ended: bool,
    /// Why it is over, 1–500 characters: asked for. The team lead alone reads it.
    #[schema(min_length = 1, max_length = 500)]
    pub reason: Option<SecretText>,
}

/// Someone who has nothing to do with a home, or had.
#[derive(Debug, Clone, Serialize, utoipa::ToSchema)]
pub struct ConflictView {
    pub id: ConflictId,
    pub person: NamedPerson,
    /// Shown to the home's team lead alone.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    pub declared_by: NamedPerson,
    pub declared_at: Instant,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ended_by: Option<NamedPerson>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ended_at: Option<Instant>,
    /// Why it is over, to the home's team lead alone; left out of those that ended before anyone was asked.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub end_reason: Option<String>,
}

impl Access<'_> {
    /// Who has nothing to do with a home, and who had, newest first.
    ///
    /// # Errors
    /// As `home_for`.
    pub fn conflicts(self, home: HomeId) -> Result<Listed<ConflictView>> {
        let relation = self.home_for(home, Right::SeeHome, Action::ConflictList)?;
        let found = self.db(|db| rows::of_home(db, home))?;
        let shown = found.iter().map(|row| row.person_id.uuid()).collect();
        let listed = Happening::read(Action::ConflictList, relation).home(Some(home));
        self.log(listed.shown("person", shown));
        let row = self.db(|db| homes::home(db, home))?;
        let leads = self.standing().leads().any(|led| led == row.unit_id);
        Ok(Listed {
            items: self.show_conflicts(&row, found, leads)?,
            next_cursor: None,
        })
    }

    /// Of whom it can be said on the home's page: oneself, and by its team lead whoever else handles errands in its
    /// unit.
    pub(in crate::home) fn may_be_apart(self, home: HomeId) -> Result<Vec<(String, String)>> {
        let me = self.person()?;
        let row = self.db(|db| homes::home(db, home))?;
        let mut found = vec![(me.to_string(), say("conflict-myself").to_owned())];
        if self.standing().leads().any(|led| led == row.unit_id) {
            let others = self.handlers_to_choose(home, row.unit_id)?.into_iter();
            found.extend(
                others
                    .filter(|one| one.id != me)
                    .map(|one| (one.id.to_string(), one.name)),
            );
        }
        Ok(found)
    }

    /// Says that someone is to have nothing to do with a home. It holds at once.
    ///
    /// # Errors
    /// As `home_for`: it takes [`Right::ManageHome`] for anyone but oneself; [`Error::Invalid`]; [`Error::Conflict`]
    /// where it stands already.
    pub fn declare_conflict(self, home: HomeId, new: &ConflictBody, once: Option<&Once>) -> Result<ConflictView> {
        let (me, now, action) = (self.person()?, self.now(), Action::ConflictDeclare);
        if let Some(made) = self.made_before(once)? {
            return self.declared_before(home, made, new.person_id);
        }
        let relation = match new.person_id == me {
            true => self.relation_of_mine(home)?,
            false => self.home_for(home, Right::ManageHome, action)?,
        };
        let at = self.db(|db| homes::lock_home(db, home))?;
        let mut faults = Faults::default();
        let reason = required_line(&mut faults, "reason", &new.reason, 1, REASON_MAX);
        let is_staff = self.is_staff_here(new.person_id)?;
        faults.unless(
            is_staff && !self.members_of(home)?.contains(&new.person_id),
            "person_id",
            "person",
        );
        faults.check()?;
        if self.apart_from(home)?.contains(&new.person_id) {
            return Err(Error::Conflict("exists"));
        }
        let (keys, id) = (self.keys()?, self.fresh_id());
        let key = keys.row_key("home", home.uuid(), &at.wrapped_key)?;
        let row = ConflictRow {
            id,
            board_id: keys.board(),
            home_id: home,
            person_id: new.person_id,
            reason: key.seal("conflict", "reason", id, 1, reason.expose()),
            declared_by: me,
            declared_at: now,
            ended_by: None,
            ended_at: None,
            end_reason: None,
        };
        self.db(|db| rows::insert(db, &row))?;
        // What they had opened with a reason does not come back when this is over.
        self.end_openings(home, Some(new.person_id))?;
        self.log(
            Happening::write(action, relation)
                .home(Some(home))
                .object("person", new.person_id),
        );
        self.remember(once, id)?;
        self.show_conflicts(&at, vec![row], true)?.pop().ok_or(Error::NotFound)
    }

    /// What was declared under the same key; of oneself it is shown though one reaches the home no more.
    fn declared_before(self, home: HomeId, made: ConflictId, of: PersonId) -> Result<ConflictView> {
        let relation = match of == self.person()? {
            true => Relation::Myself,
            false => self.home_for(home, Right::ManageHome, Action::ConflictDeclare)?,
        };
        let read = Happening::read(Action::ConflictList, relation).home(Some(home));
        self.log(read.object("person", of));
        let at = self.db(|db| homes::home(db, home))?;
        let mut found = self.db(|db| rows::of_home(db, home))?;
        found.retain(|row| row.id == made);
        self.show_conflicts(&at, found, true)?.pop().ok_or(Error::NotFound)
    }

    /// The relation by which one says it of oneself: that to the home, to an errand of it, or that of its unit's team.
    fn relation_of_mine(self, home: HomeId) -> Result<Relation> {
        let whole = ErrandFacts {
            home,
            assignment: None,
            assignee: None,
        };
        let board = self.standing().board;
        if self.relation_to(whole)? == Relation::None
            && self.db(|db| rows::is_of(db, home, board))?
            && (self.handles_an_errand_of(home)? || self.is_colleague(whole)?)
        {
            return Ok(Relation::Team);
        }
        self.home_for(home, Right::SeeHome, Action::ConflictDeclare)
    }

    /// Says that a conflict of interest is over. Whose it is never reaches the home, and so never ends it.
    ///
    /// # Errors
    /// As `home_for`; [`Error::NotFound`]; [`Error::Invalid`] without a reason; [`Error::Conflict`] once it has ended.
    pub fn end_conflict(self, home: HomeId, id: ConflictId, reason: Option<&SecretText>) -> Result<ConflictView> {
        let (me, now, action) = (self.person()?, self.now(), Action::ConflictEnd);
        let relation = self.home_for(home, Right::ManageHome, action)?;
        let at = self.db(|db| homes::lock_home(db, home))?;
        let found = self.db(|db| rows::of_home(db, home))?;
        let Some(mut row) = found.into_iter().find(|row| row.id == id) else {
            self.log(Happening::denied(action).home(Some(home)).object("conflict", id));
            return Err(Error::NotFound);
        };
        let (mut faults, nothing) = (Faults::default(), Secret::new(String::new()));
        let reason = required_line(&mut faults, "reason", reason.unwrap_or(&nothing), 1, REASON_MAX);
        if row.ended_at.is_none() {
            faults.check()?;
        }
        let key = self.keys()?.row_key("home", home.uuid(), &at.wrapped_key)?;
        let why = key.seal("conflict", "end_reason", id, 1, reason.expose());
        if !self.db(|db| rows::end(db, id, (me, why.clone()), now))? {
            return Err(Error::Conflict("ended"));
        }
        (row.ended_by, row.ended_at, row.end_reason) = (Some(me), Some(now), Some(why));
        self.log(
            Happening::write(action, relation)
                .home(Some(home))
                .object("person", row.person_id),
        );
        self.show_conflicts(&at, vec![row], true)?.pop().ok_or(Error::NotFound)
    }

    fn show_conflicts(self, home: &HomeRow, found: Vec<ConflictRow>, reasons: bool) -> Result<Vec<ConflictView>> {
        let key = self.keys()?.row_key("home", home.id.uuid(), &home.wrapped_key)?;
        let people = found
            .iter()
            .flat_map(|row| [Some(row.person_id), Some(row.declared_by), row.ended_by]);
        let people: Vec<PersonId> = people.flatten().collect();
        let names = self.names_of(&people)?;
        let named = |id: PersonId| {
            let name = names.get(&id).ok_or(Error::NotFound)?.expose().clone();
            Ok::<_, Error>(NamedPerson { id, name })
        };
        let show = |row: ConflictRow| {
            let open = |column, sealed: &[u8]| {
                let text = key.open("conflict", column, row.id, 1, sealed)?;
                Ok::<_, Error>(text.expose().clone())
            };
            let reason = reasons.then(|| open("reason", &row.reason));
            let over = row.end_reason.as_deref().filter(|_| reasons);
            Ok(ConflictView {
                id: row.id,
                person: named(row.person_id)?,
                reason: reason.transpose()?,
                declared_by: named(row.declared_by)?,
                declared_at: row.declared_at,
                ended_by: row.ended_by.map(named).transpose()?,
                ended_at: row.ended_at,
                end_reason: over.map(|sealed| open("end_reason", sealed)).transpose()?,
            })
        };
        found.into_iter().map(show).collect()
    }
}
