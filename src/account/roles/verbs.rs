//! Listing people, giving and ending roles, the second person's word.

use super::rows::{self, GrantRow, ProposalRow};
use super::view::{Account, PersonRow, RoleState, RoleView};
use crate::access::policy::Relation;
use crate::access::{Access, Happening, Once, Right, Role};
use crate::account::verbs::roles_once;
use crate::audit::Action;
use crate::clock::{Day, Instant};
use crate::crypt::RowKey;
use crate::errand::required;
use crate::error::{Error, Faults, Result};
use crate::id::{GrantId, PersonId, UnitId, of};
use crate::secret::{Secret, SecretText};
use crate::web::{Listed, Listing};
use serde::Deserialize;

/// Characters of a reason.
const REASON_MAX: usize = 500;

/// A role to be given.
#[derive(Debug, Clone, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewRole {
    /// Of the staff; a contractor is one by belonging to a home.
    pub role: Role,
    /// For caseworker, team lead and unit manager, and for them only.
    pub unit_id: Option<UnitId>,
    /// The first day; today if not said.
    pub from: Option<Day>,
    /// The last day.
    pub to: Option<Day>,
    /// 1–500 characters.
    #[schema(min_length = 1, max_length = 500)]
    pub reason: SecretText,
}

/// Either the role's last day with the reason, or the second person's yes.
#[derive(Debug, Clone, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RoleChange {
    /// The last day; today's date ends it at once.
    pub to: Option<Day>,
    #[schema(min_length = 1, max_length = 500)]
    pub reason: Option<SecretText>,
    /// `true`, by another person than the one who proposed it and the one it is for.
    pub confirmed: Option<bool>,
}

/// A role to be given, its limits checked.
pub(in crate::account) struct Give {
    pub role: Role,
    pub unit: Option<UnitId>,
    pub from: Instant,
    pub to: Option<Instant>,
    pub reason: SecretText,
    pub by: PersonId,
}

/// Roles that reach further than any assignment given to them, and so take a second person: they see the log or the
/// settings, speak for everyone's data, read all of a unit (team lead) or any errand of it by saying why (caseworker),
/// or are second persons themselves (unit manager).
const fn is_sensitive(role: Role) -> bool {
    matches!(
        role,
        Role::Auditor
            | Role::Steward
            | Role::DataProtectionOfficer
            | Role::Caseworker
            | Role::TeamLead
            | Role::UnitManager
    )
}

/// Whether a role is held for a unit rather than for the whole board.
const fn is_in_unit(role: Role) -> bool {
    matches!(role, Role::Caseworker | Role::TeamLead | Role::UnitManager)
}

impl Access<'_> {
    /// A page of the board's people, newest first.
    ///
    /// # Errors
    /// [`Error::Forbidden`] for whoever manages no accounts.
    pub fn people(self, listing: Listing<of::Person>) -> Result<Listed<PersonRow>> {
        let relation = self.require(Right::SeePeople, Action::PersonList)?;
        let board = self.standing().board;
        let mut found = self.db(|db| rows::page(db, board, listing.after, listing.limit + 1))?;
        let more = found.len() > listing.limit;
        found.truncate(listing.limit);
        let ids: Vec<PersonId> = found.iter().map(|(id, ..)| *id).collect();
        let shown = ids.iter().map(|id| id.uuid()).collect();
        self.log(Happening::read(Action::PersonList, relation).shown("person", shown));
        let names = self.names_of(&ids)?;
        let show = |(id, closed, password): rows::PersonFound| {
            Ok(PersonRow {
                id,
                name: names.get(&id).ok_or(Error::NotFound)?.expose().clone(),
                roles: roles_once(&self.roles_of(id)?),
                account: match (closed, password) {
                    (Some(_), _) => Account::Closed,
                    (None, Some(_)) => Account::Open,
                    (None, None) => Account::Invited,
                },
            })
        };
        Ok(Listed {
            items: found.into_iter().map(show).collect::<Result<_>>()?,
            next_cursor: ids.last().map(ToString::to_string).filter(|_| more),
        })
    }

    /// All roles a person has, had, will have or is proposed for, newest first.
    ///
    /// # Errors
    /// [`Error::Forbidden`] for whoever manages no accounts; [`Error::NotFound`].
    pub fn roles(self, person: PersonId) -> Result<Listed<RoleView>> {
        let relation = self.require(Right::SeePeople, Action::RoleList)?;
        let board = self.standing().board;
        if self.db(|db| rows::key(db, board, person))?.is_none() {
            return Err(self.no_such_person(Action::RoleList, person));
        }
        self.log(Happening::read(Action::RoleList, relation).object("person", person));
        Ok(Listed {
            items: self.show_roles(person)?,
            next_cursor: None,
        })
    }

    /// Gives a role, or proposes one that takes a second person.
    ///
    /// # Errors
    /// [`Error::Forbidden`] for all but the steward, and to oneself; [`Error::NotFound`]; [`Error::Invalid`];
    /// [`Error::StepUp`] without a fresh sign-in; [`Error::Conflict`] when the person holds it, or it waits for the
    /// second person.
    pub fn give_role(self, person: PersonId, new: &NewRole, once: Option<&Once>) -> Result<RoleView> {
        let relation = self.require(Right::GrantRoles, Action::RoleGrant)?;
        let (board, me, now) = (self.standing().board, self.person()?, self.now());
        if person == me {
            return Err(self.deny(Happening::denied(Action::RoleGrant).object("person", person)));
        }
        let Some(wrapped) = self.db(|db| rows::lock_person(db, board, person))? else {
            return Err(self.no_such_person(Action::RoleGrant, person));
        };
        if let Some(made) = self.made_before(once)? {
            self.log(Happening::read(Action::RoleList, relation).object("person", person));
            return self.show_role(person, made);
        }
        let mut faults = Faults::default();
        faults.unless(new.role.is_staff(), "role", "value");
        self.check_unit(&mut faults, new.role, new.unit_id)?;
        let from = new.from.unwrap_or(now.day());
        faults.unless(from >= now.day(), "from", "date-past");
        faults.unless(new.to.is_none_or(|to| to >= from), "to", "time-order");
        let reason = required(&mut faults, "reason", &new.reason, 1, REASON_MAX);
        faults.check()?;
        let give = Give {
            role: new.role,
            unit: new.unit_id,
            from: from.begins_from(now),
            to: new.to.map(Day::ends),
            reason,
            by: me,
        };
        self.require_fresh(Happening::denied(Action::RoleGrant).object("person", person))?;
        let same = (give.role, give.unit);
        if self.db(|db| Ok::<_, Error>(rows::holds(db, person, same, now)? || rows::waits(db, person, same, now)?))? {
            return Err(Error::Conflict("exists"));
        }
        let key = self.keys()?.row_key("person", person.uuid(), &wrapped)?;
        let id = self.grant_or_propose(person, give, &key, relation)?;
        self.remember(once, id)?;
        self.show_role(person, id)
    }

    /// Asks whether one may give this person a role, before what was filled in is told of.
    ///
    /// # Errors
    /// [`Error::Forbidden`] for all but the steward, and to oneself.
    pub(super) fn may_give_roles(self, person: PersonId) -> Result<()> {
        let relation = self.require(Right::GrantRoles, Action::RoleGrant)?;
        if person == self.person()? {
            return Err(self.deny(Happening::denied(Action::RoleGrant).object("person", person)));
        }
        self.log(Happening::read(Action::RoleList, relation).object("person", person));
        Ok(())
    }

    /// Notes a fault unless the role is for a unit of the board, or for none, as it must be.
    pub(in crate::account) fn check_unit(self, faults: &mut Faults, role: Role, unit: Option<UnitId>) -> Result<()> {
        let fits = match unit {
            Some(unit) => is_in_unit(role) && !self.units_by_id(&[unit])?.is_empty(),
            None => !is_in_unit(role),
        };
        faults.unless(fits, "unit_id", "unit");
        Ok(())
    }

    /// Makes someone a contractor who is not one yet, since they belong to a home; holds the person's row.
    pub(crate) fn make_contractor(self, person: PersonId, relation: Relation) -> Result<()> {
        let (me, now) = (self.person()?, self.now());
        let key = self.locked_person_key(Action::RoleGrant, person)?;
        if self.db(|db| rows::holds(db, person, (Role::Contractor, None), now))? {
            return Ok(());
        }
        let give = Give {
            role: Role::Contractor,
            unit: None,
            from: now,
            to: None,
            reason: Secret::new("Medlem i ett hem".into()),
            by: me,
        };
        self.grant_or_propose(person, give, &key, relation).map(drop)
    }

    /// Writes a grant, or a proposal where the role takes a second person. The caller holds the person's row.
    pub(in crate::account) fn grant_or_propose(
        self,
        person: PersonId,
        give: Give,
        key: &RowKey,
        relation: Relation,
    ) -> Result<GrantId> {
        let (board, id, now) = (self.standing().board, self.fresh_id(), self.now());
        let seal = |table| key.seal(table, "reason", id, 1, give.reason.expose());
        if is_sensitive(give.role) {
            let row = ProposalRow {
                id,
                board_id: board,
                person_id: person,
                role: give.role.as_str().into(),
                unit_id: give.unit,
                from_at: give.from,
                to_at: give.to,
                reason: seal("role_proposal"),
                proposed_by: give.by,
                proposed_at: now,
                confirmed_by: None,
                confirmed_at: None,
            };
            self.db(|db| rows::insert_proposal(db, &row))?;
            self.log(Happening::write(Action::RolePropose, relation).object("role_grant", id));
            self.tell_second_persons(person, give.by)?;
            return Ok(id);
        }
        let row = GrantRow {
            id,
            board_id: board,
            person_id: person,
            role: give.role.as_str().into(),
            unit_id: give.unit,
            from_at: give.from,
            to_at: give.to,
            reason: Some(seal("role_grant")),
            granted_by: Some(give.by),
            ended_by: None,
            end_reason: None,
        };
        self.db(|db| rows::insert_grant(db, &row))?;
        self.log(Happening::write(Action::RoleGrant, relation).object("role_grant", id));
        Ok(id)
    }

    /// Ends a role, or gives the second person's yes to one.
    ///
    /// # Errors
    /// [`Error::Forbidden`] for whoever may not, for a role of one's own, and for a second yes by the first person;
    /// [`Error::NotFound`]; [`Error::Invalid`]; [`Error::StepUp`] for a yes without a fresh sign-in;
    /// [`Error::Conflict`] when it has ended or was confirmed before.
    pub fn change_role(self, person: PersonId, id: GrantId, change: &RoleChange) -> Result<RoleView> {
        match (change.to, &change.reason, change.confirmed) {
            (None, None, Some(true)) => self.confirm_role(person, id),
            (Some(to), Some(reason), None) => self.end_role_on(person, id, (to, reason)),
            _ => Err(Error::Malformed(
                "either an end with its reason or a confirmation".into(),
            )),
        }
    }

    fn confirm_role(self, person: PersonId, id: GrantId) -> Result<RoleView> {
        let relation = self.require(Right::ConfirmRoles, Action::RoleGrant)?;
        let (board, me, now) = (self.standing().board, self.person()?, self.now());
        let key = self.locked_person_key(Action::RoleGrant, person)?;
        let proposals = self.db(|db| rows::proposals(db, board, person))?;
        let Some(proposal) = proposals.into_iter().find(|one| one.id == id) else {
            return Err(self.no_such_person(Action::RoleGrant, person));
        };
        if me == person || me == proposal.proposed_by {
            return Err(self.deny(Happening::denied(Action::RoleGrant).object("role_grant", id)));
        }
        self.require_fresh(Happening::denied(Action::RoleGrant).object("role_grant", id))?;
        if !self.db(|db| rows::confirm(db, id, me, now))? {
            return Err(Error::Conflict("ended"));
        }
        // Given otherwise meanwhile: held twice it would outlive its end.
        let same = (Role::read(&proposal.role)?, proposal.unit_id);
        if self.db(|db| rows::holds(db, person, same, now))? {
            return Err(Error::Conflict("exists"));
        }
        let reason = key.open("role_proposal", "reason", id, 1, &proposal.reason)?;
        let row = GrantRow {
            id,
            board_id: board,
            person_id: person,
            role: proposal.role,
            unit_id: proposal.unit_id,
            from_at: proposal.from_at.max(now),
            to_at: proposal.to_at,
            reason: Some(key.seal("role_grant", "reason", id, 1, reason.expose())),
            granted_by: Some(proposal.proposed_by),
            ended_by: None,
            end_reason: None,
        };
        self.db(|db| rows::insert_grant(db, &row))?;
        self.log(Happening::write(Action::RoleGrant, relation).object("role_grant", id));
        self.show_role(person, id)
    }

    fn end_role_on(self, person: PersonId, id: GrantId, (to, reason): (Day, &SecretText)) -> Result<RoleView> {
        let relation = self.require(Right::GrantRoles, Action::RoleEnd)?;
        let (me, now) = (self.person()?, self.now());
        if person == me {
            return Err(self.deny(Happening::denied(Action::RoleEnd).object("role_grant", id)));
        }
        let key = self.locked_person_key(Action::RoleEnd, person)?;
        let Some(found) = self.show_roles(person)?.into_iter().find(|one| one.id == id) else {
            return Err(self.no_such_person(Action::RoleEnd, person));
        };
        let mut faults = Faults::default();
        faults.unless(to >= now.day(), "to", "date-past");
        let reason = required(&mut faults, "reason", reason, 1, REASON_MAX);
        faults.check()?;
        let ended = if found.state == RoleState::Proposed {
            self.db(|db| rows::withdraw(db, id, now))?
        } else {
            if found.role == Role::Steward && found.state == RoleState::Held && self.is_last_steward(person)? {
                return Err(Error::invalid("to", "last-steward"));
            }
            let why = key.seal("role_grant", "end_reason", id, 1, reason.expose());
            self.db(|db| rows::end_grant(db, id, to.ends_from(now), (me, why)))?
        };
        if !ended {
            return Err(Error::Conflict("ended"));
        }
        self.log(Happening::write(Action::RoleEnd, relation).object("role_grant", id));
        self.end_namings_without_role(person, relation)?;
        if to == now.day() {
            self.end_sessions_of(person, relation)?;
        }
        self.show_role(person, id)
    }

    /// Whether nobody but this person could go on giving roles and setting what the board sets; holds the board's row.
    pub(crate) fn is_last_steward(self, person: PersonId) -> Result<bool> {
        self.hold_board()?;
        let (board, now) = (self.standing().board, self.now());
        let stewards = self.db(|db| rows::holders_for_good(db, board, Role::Steward, now))?;
        Ok(!stewards.is_empty() && stewards.iter().all(|one| *one == person))
    }

    /// Holds a person's row and gives their key.
    fn locked_person_key(self, action: Action, person: PersonId) -> Result<RowKey> {
        let board = self.standing().board;
        match self.db(|db| rows::lock_person(db, board, person))? {
            Some(wrapped) => self.keys()?.row_key("person", person.uuid(), &wrapped),
            None => Err(self.no_such_person(action, person)),
        }
    }

    /// The key of the one who asks, for what is theirs alone.
    pub(crate) fn own_key(self) -> Result<RowKey> {
        let (board, me) = (self.standing().board, self.person()?);
        let wrapped = self.db(|db| rows::key(db, board, me))?.ok_or(Error::SignIn)?;
        self.keys()?.row_key("person", me.uuid(), &wrapped)
    }

    /// The same, and the person's row is held, so that what they do twice at once is done one after the other.
    pub(crate) fn own_key_held(self) -> Result<RowKey> {
        let (board, me) = (self.standing().board, self.person()?);
        let wrapped = self.db(|db| rows::lock_person(db, board, me))?.ok_or(Error::SignIn)?;
        self.keys()?.row_key("person", me.uuid(), &wrapped)
    }

    /// Notes an attempt at someone or something that is not there, and gives the error to answer with.
    fn no_such_person(self, action: Action, person: PersonId) -> Error {
        self.log(Happening::denied(action).object("person", person));
        Error::NotFound
    }
}
