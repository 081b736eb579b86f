//! Inviting someone: into a home by its caseworker or team lead, onto the staff by the steward. Never oneself.

use super::rows::{self, InvitationRow};
use super::{INVITED, InvitationView};
use crate::access::policy::Relation;
use crate::access::{Access, Happening, Once, Right, Role};
use crate::account::verbs::email_token;
use crate::account::{NewPerson, rows as people};
use crate::audit::Action;
use crate::clock::{Day, Instant};
use crate::errand::required_line;
use crate::error::{Error, Faults, Result};
use crate::id::{HomeId, Id, PersonId, UnitId, of};
use crate::outbox::{self, LetterKind};
use crate::secret::{SecretText, fresh_token};
use crate::typed::address;
use crate::web::Language;
use serde::Deserialize;

/// Someone to be invited: with a role of the staff, or into a home.
#[derive(Debug, Clone, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewInvitation {
    pub email: SecretText,
    /// 1–120 characters. Someone known to the board keeps the name they have.
    #[schema(min_length = 1, max_length = 120)]
    pub name: SecretText,
    /// Of the staff; the steward's to give.
    pub role: Option<Role>,
    /// For a caseworker, team lead or unit manager.
    pub unit_id: Option<UnitId>,
    /// One of one's own homes.
    pub home_id: Option<HomeId>,
    #[serde(default)]
    pub language: Language,
}

/// What someone is invited to.
pub(in crate::account) struct InvitedTo {
    role: Role,
    unit: Option<UnitId>,
    home: Option<HomeId>,
    from: Instant,
    to: Option<Instant>,
    relation: Relation,
}

/// Invitations that one address gets within a day: a letter can be lost, and nobody is to be flooded.
const MOST: i64 = 10;

impl Access<'_> {
    /// Asks whether one may invite onto the staff, before a form is shown.
    ///
    /// # Errors
    /// [`Error::Forbidden`] for all but the steward.
    pub(in crate::account) fn may_invite_staff(self) -> Result<()> {
        self.require(Right::GrantRoles, Action::InvitationSend).map(drop)
    }

    /// Invites someone by letter.
    ///
    /// # Errors
    /// [`Error::Forbidden`] for whoever may not, and for oneself; [`Error::NotFound`] for a home outside the circle;
    /// [`Error::Invalid`]; [`Error::StepUp`] for a role, or into a home where someone is protected, without a fresh
    /// sign-in; [`Error::TooMany`] for an address that has had ten within the day.
    pub fn invite(self, new: &NewInvitation, once: Option<&Once>) -> Result<InvitationView> {
        let now = self.now();
        let (role, relation) = match (new.role, new.home_id) {
            (None | Some(Role::Contractor), Some(home)) => {
                let relation = self.home_for(home, Right::InviteMember, Action::InvitationSend)?;
                (Role::Contractor, relation)
            }
            (None | Some(Role::Contractor), None) => return Err(Error::invalid("home_id", "required")),
            (Some(role), None) => (role, self.require(Right::GrantRoles, Action::InvitationSend)?),
            (Some(_), Some(_)) => return Err(Error::invalid("role", "not-here")),
        };
        let invited_to = InvitedTo {
            role,
            unit: new.unit_id,
            home: new.home_id,
            from: now,
            to: None,
            relation,
        };
        self.send_invitation(new, invited_to, once)
    }

    /// Invites someone into a home for a time; the caller has asked for the right to it.
    pub(crate) fn invite_member(
        self,
        (home, relation): (HomeId, Relation),
        (email, name): (SecretText, SecretText),
        (from, to): (Day, Option<Day>),
    ) -> Result<Id<of::Invitation>> {
        let new = NewInvitation {
            email,
            name,
            role: None,
            unit_id: None,
            home_id: Some(home),
            language: Language::Swedish,
        };
        let invited_to = InvitedTo {
            role: Role::Contractor,
            unit: None,
            home: Some(home),
            from: from.begins_from(self.now()),
            to: to.map(Day::ends),
            relation,
        };
        Ok(self.send_invitation(&new, invited_to, None)?.id)
    }

    fn send_invitation(
        self,
        new: &NewInvitation,
        invited_to: InvitedTo,
        once: Option<&Once>,
    ) -> Result<InvitationView> {
        let (keys, me, now) = (self.keys()?, self.person()?, self.now());
        if let Some(made) = self.made_before::<of::Invitation>(once)? {
            self.log(Happening::read(Action::InvitationSend, invited_to.relation).object("invitation", made));
            let expires_at = self.db(|db| rows::expiry(db, made))?;
            return Ok(InvitationView { id: made, expires_at });
        }
        let mut faults = Faults::default();
        faults.unless(address(new.email.expose()).is_some(), "email", "email");
        let name = required_line(&mut faults, "name", &new.name, 1, 120);
        self.check_unit(&mut faults, invited_to.role, invited_to.unit)?;
        faults.check()?;
        if invited_to.home.is_none_or(|home| self.is_protected(home)) {
            self.require_fresh(Happening::denied(Action::InvitationSend).home(invited_to.home))?;
        }
        // One after the other: of many at once each is counted, and the second finds whom the first has added.
        self.own_key_held()?;
        let token = email_token(keys.index(), new.email.expose());
        let known = self.db(|db| people::by_email(db, keys.board(), &token))?;
        if known == Some(me) {
            return Err(self.deny(Happening::denied(Action::InvitationSend).home(invited_to.home)));
        }
        let person = match known {
            Some(person) => {
                self.db(|db| rows::lock_open(db, keys.board(), person))?;
                person
            }
            None => self.insert_new_person(&invited(new, name), invited_to.relation)?,
        };
        if self.db(|db| rows::invited_today(db, person, now))? >= MOST {
            return Err(Error::TooMany(60 * 60));
        }
        let (id, (token, hash)) = (self.fresh_id(), fresh_token());
        let row = InvitationRow {
            id,
            board_id: keys.board(),
            person_id: person,
            role: invited_to.role.as_str().into(),
            unit_id: invited_to.unit,
            home_id: invited_to.home,
            from_at: invited_to.from,
            to_at: invited_to.to,
            hash: hash.to_vec(),
            invited_by: Some(me),
            made_at: now,
            expires_at: now.plus(INVITED),
        };
        self.db(|db| {
            rows::void_like(db, person, (invited_to.role, invited_to.unit, invited_to.home), now)?;
            rows::insert_invitation(db, &row)
        })?;
        self.send_token(person, LetterKind::Invitation, &token)?;
        let sent = Happening::write(Action::InvitationSend, invited_to.relation);
        self.log(sent.home(invited_to.home).object("invitation", id));
        self.remember(once, id)?;
        Ok(InvitationView {
            id,
            expires_at: row.expires_at,
        })
    }

    /// Invites someone whom the operator has added with role and home, and who has no password; tells whether a letter
    /// was left: none is while an earlier one works.
    ///
    /// # Errors
    /// [`Error::Forbidden`] for anyone else.
    pub fn invite_as_operator(
        self,
        person: PersonId,
        (role, unit, home): (Role, Option<UnitId>, Option<HomeId>),
    ) -> Result<bool> {
        self.only_operator()?;
        let (board, id, now) = (self.standing().board, self.fresh_id(), self.now());
        if self.db(|db| Ok::<_, Error>(rows::has_password(db, person)? || rows::is_invited(db, person, now)?))? {
            return Ok(false);
        }
        let (token, hash) = fresh_token();
        let row = InvitationRow {
            id,
            board_id: board,
            person_id: person,
            role: role.as_str().into(),
            unit_id: unit,
            home_id: home,
            from_at: now,
            to_at: None,
            hash: hash.to_vec(),
            invited_by: None,
            made_at: now,
            expires_at: now.plus(INVITED),
        };
        self.db(|db| rows::insert_invitation(db, &row))?;
        self.send_token(person, LetterKind::Invitation, &token)?;
        let sent = Happening::write(Action::InvitationSend, Relation::System);
        self.log(sent.home(home).object("invitation", id));
        Ok(true)
    }

    /// Leaves a person a letter with a token, sealed until it is sent.
    pub(super) fn send_token(self, person: PersonId, kind: LetterKind, token: &SecretText) -> Result<()> {
        let (keys, id, now) = (self.keys()?, self.fresh_id(), self.now());
        let wrapped = self.db(|db| rows::lock_open(db, keys.board(), person))?;
        // A closed account gets no letter.
        let Some(wrapped) = wrapped else { return Ok(()) };
        let key = keys.row_key("person", person.uuid(), &wrapped)?;
        let sealed = outbox::Enclosed {
            token: Some(key.seal("outbox", "token", id, 1, token.expose())),
            address: None,
        };
        self.db(|db| outbox::enclose(db, id, (keys.board(), person), (kind, sealed), now))
    }
}

fn invited(new: &NewInvitation, name: SecretText) -> NewPerson {
    NewPerson {
        name,
        email: new.email.clone(),
        phone: None,
        personal_number: None,
        language: new.language,
        password: None,
        roles: Vec::new(),
    }
}
