//! Who belongs to a home, from when to when.

use super::homes::whole;
use super::rows::{self, MemberRow};
use super::view::{MemberState, MemberView, NamedPerson};
use crate::access::policy::Relation;
use crate::access::{Access, Happening, Once, Right};
use crate::audit::Action;
use crate::clock::{Day, Instant};
use crate::error::{Error, Faults, Result};
use crate::id::{HomeId, Id, PersonId, of};
use crate::secret::SecretText;
use crate::web::Listed;
use serde::Deserialize;

/// Someone to become a member: a person of the board, or someone to be invited.
#[derive(Debug, Clone, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct MemberBody {
    pub person_id: Option<PersonId>,
    pub invitation: Option<Invited>,
    /// The first day: today or one to come.
    pub from: Day,
    /// The last day.
    pub to: Option<Day>,
}

/// Someone to be invited into the home.
#[derive(Debug, Clone, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Invited {
    pub email: SecretText,
    #[schema(min_length = 1, max_length = 120)]
    pub name: SecretText,
}

/// A membership's last day.
#[derive(Debug, Clone, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct MemberChange {
    /// Today's date takes the person's sight and sessions at once.
    pub to: Day,
}

impl Access<'_> {
    /// All who belong to a home, did or will, newest first.
    ///
    /// # Errors
    /// As `home_for`.
    pub fn list_members(self, home: HomeId) -> Result<Listed<MemberView>> {
        let relation = self.home_for(home, Right::SeeHome, Action::MemberList)?;
        let found = self.db(|db| rows::members(db, home))?;
        let shown = found.iter().map(|row| row.person_id.uuid()).collect();
        self.log(
            Happening::read(Action::MemberList, relation)
                .home(Some(home))
                .shown("person", shown),
        );
        Ok(Listed {
            items: self.show_members(found)?,
            next_cursor: None,
        })
    }

    /// Makes someone a member of a home, or invites them.
    ///
    /// # Errors
    /// As `home_for`; [`Error::Forbidden`] for oneself; [`Error::Invalid`]; [`Error::Conflict`] for a member;
    /// [`Error::StepUp`] where someone is protected, without a fresh sign-in.
    pub fn new_member(self, home: HomeId, new: &MemberBody, once: Option<&Once>) -> Result<MemberView> {
        let relation = self.home_for(home, Right::ManageHome, Action::MemberAdd)?;
        let (me, now) = (self.person()?, self.now());
        if let Some(made) = self.made_before::<of::Member>(once)? {
            return self.made_member((home, relation), made, new);
        }
        let mut faults = Faults::default();
        faults.unless(new.from >= now.day(), "from", "date-past");
        faults.unless(new.to.is_none_or(|to| to >= new.from), "to", "time-order");
        faults.unless(
            new.person_id.is_some() != new.invitation.is_some(),
            "person_id",
            "required",
        );
        if let Some(person) = new.person_id {
            // Nobody answers for the home they live in (förvaltningslagen 16 §), and nobody moves into one they answer
            // for.
            let answers = self.who_answers_for(whole(home))?.contains(&person);
            faults.unless(self.is_open_here(person)? && !answers, "person_id", "person");
        }
        faults.check()?;
        if new.person_id == Some(me) {
            return Err(self.deny(Happening::denied(Action::MemberAdd).home(Some(home))));
        }
        if self.is_protected(home) {
            // Whoever belongs to it is shown everything: a session left open is not enough.
            self.require_fresh(Happening::denied(Action::MemberAdd).home(Some(home)))?;
        }
        if let Some(invited) = &new.invitation {
            let (email, name) = (invited.email.clone(), invited.name.clone());
            let invitation = self.invite_member((home, relation), (email, name), (new.from, new.to))?;
            let made = Id::of(invitation.uuid());
            self.remember(once, made)?;
            return Ok(invited_view(made, new));
        }
        let person = new.person_id.ok_or_else(|| Error::invalid("person_id", "required"))?;
        // Held first: of two who add the same person at once the second is told.
        self.make_contractor(person, relation)?;
        let times = (new.from.begins_from(now), new.to.map(Day::ends));
        let Some(made) = self.join_home((home, person), times, relation)? else {
            return Err(Error::Conflict("exists"));
        };
        self.remember(once, made)?;
        self.made_member((home, relation), made, new)
    }

    fn made_member(
        self,
        (home, relation): (HomeId, Relation),
        id: Id<of::Member>,
        new: &MemberBody,
    ) -> Result<MemberView> {
        self.log(
            Happening::read(Action::MemberList, relation)
                .home(Some(home))
                .object("member", id),
        );
        let all = self.db(|db| rows::members(db, home))?;
        let found = all.into_iter().filter(|row| row.id == id).collect();
        Ok(self.show_members(found)?.pop().unwrap_or_else(|| invited_view(id, new)))
    }

    /// Writes a membership unless the person belongs to the home already; the caller holds the person's row.
    pub(crate) fn join_home(
        self,
        (home, person): (HomeId, PersonId),
        (from, to): (Instant, Option<Instant>),
        relation: Relation,
    ) -> Result<Option<Id<of::Member>>> {
        let (board, id, now) = (self.standing().board, self.fresh_id(), self.now());
        if self.db(|db| rows::belongs(db, home, person, now))? {
            return Ok(None);
        }
        self.db(|db| rows::insert_member(db, id, (board, home, person), (from, to)))?;
        let joined = Happening::write(Action::MemberAdd, relation).home(Some(home));
        self.log(joined.object("person", person));
        // Whoever lives there is no staff to it any more.
        self.end_openings(home, Some(person))?;
        self.shelter_member(home, person, relation)?;
        Ok(Some(id))
    }

    /// Sets a membership's last day. Today's takes the person's sight and sessions at once.
    ///
    /// # Errors
    /// As `home_for`; [`Error::NotFound`]; [`Error::Invalid`] for a day that has passed or lies before the
    /// first; [`Error::Conflict`] when it has ended.
    pub fn change_member(self, home: HomeId, id: Id<of::Member>, change: &MemberChange) -> Result<MemberView> {
        let relation = self.home_for(home, Right::ManageHome, Action::MemberEnd)?;
        let now = self.now();
        let all = self.db(|db| rows::members(db, home))?;
        let Some(row) = all.into_iter().find(|row| row.id == id) else {
            self.log(
                Happening::denied(Action::MemberEnd)
                    .home(Some(home))
                    .object("member", id),
            );
            return Err(Error::NotFound);
        };
        let mut faults = Faults::default();
        faults.unless(change.to >= now.day(), "to", "date-past");
        faults.unless(change.to >= row.from_at.day(), "to", "time-order");
        faults.check()?;
        let ends = change.to.ends_from(now);
        if !self.db(|db| rows::end_member(db, id, ends, now))? {
            return Err(Error::Conflict("ended"));
        }
        let is_now = ends <= now;
        let action = if is_now {
            Action::MemberEnd
        } else {
            Action::MemberChange
        };
        self.log(
            Happening::write(action, relation)
                .home(Some(home))
                .object("person", row.person_id),
        );
        if is_now {
            self.end_sessions_of(row.person_id, relation)?;
        }
        let row = MemberRow {
            to_at: Some(ends),
            ..row
        };
        self.show_members(vec![row])?.pop().ok_or(Error::NotFound)
    }

    fn show_members(self, found: Vec<MemberRow>) -> Result<Vec<MemberView>> {
        let ids: Vec<PersonId> = found.iter().map(|row| row.person_id).collect();
        let (names, now) = (self.names_of(&ids)?, self.now());
        let show = |row: MemberRow| {
            let name = names.get(&row.person_id).ok_or(Error::NotFound)?.expose().clone();
            Ok(MemberView {
                id: row.id,
                person: Some(NamedPerson {
                    id: row.person_id,
                    name,
                }),
                from: row.from_at.day(),
                to: row.to_at.map(Instant::last_day),
                state: match row.to_at {
                    Some(to) if to <= now => MemberState::Ended,
                    _ if row.from_at > now => MemberState::Coming,
                    _ => MemberState::Current,
                },
            })
        };
        found.into_iter().map(show).collect()
    }
}

fn invited_view(id: Id<of::Member>, new: &MemberBody) -> MemberView {
    MemberView {
        id,
        person: None,
        from: new.from,
        to: new.to,
        state: MemberState::Invited,
    }
}
