//! Assignments: adding them with the person they are for, changing who answers for them, ending them.

use super::rows::{self, AssignmentRow};
use super::view::AssignmentDetail;
use crate::access::policy::{self, Relation, Right};
use crate::access::{Access, ErrandFacts, Happening, Once, Role};
use crate::audit::Action;
use crate::clock::Day;
use crate::errand::required_line;
use crate::error::{Error, Faults, Result};
use crate::home::verbs::{NewAssignment, NewServiceUser};
use crate::home::{HomeKind, LegalBasis, Protection};
use crate::id::{AssignmentId, HomeId, PersonId, ServiceUserId, UnitId};
use crate::secret::SecretText;
use crate::typed::{breaks_a_line, personal_number};
use crate::web::IfMatch;
use serde::{Deserialize, Deserializer};

/// Deputies of one assignment.
const DEPUTIES_MOST: usize = 20;
const COST_CODE_MAX: usize = 40;

/// An assignment to be added.
#[derive(Debug, Clone, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct AssignmentBody {
    pub home_id: HomeId,
    /// Whom it is for: someone new to the board, or known by this number and name.
    pub service_user: Option<ServiceUserBody>,
    /// Or someone whom one's unit has or had an assignment for.
    pub service_user_id: Option<ServiceUserId>,
    pub kind: HomeKind,
    pub legal_basis: LegalBasis,
    /// The first day.
    pub from: Day,
    /// The last day.
    pub to: Option<Day>,
    pub caseworker_id: PersonId,
    pub child_caseworker_id: Option<PersonId>,
    #[serde(default)]
    #[schema(max_items = 20)]
    pub deputies: Vec<DeputyBody>,
    pub unit_id: UnitId,
    #[schema(max_length = 40)]
    pub cost_code: Option<String>,
}

/// A child or other person the service is for.
#[derive(Debug, Clone, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ServiceUserBody {
    #[schema(min_length = 1, max_length = 80)]
    pub first_name: SecretText,
    #[schema(min_length = 1, max_length = 80)]
    pub last_name: SecretText,
    /// Personnummer or samordningsnummer, with its check digit.
    pub personal_number: Option<SecretText>,
    #[serde(default)]
    pub protected: Protection,
}

/// Who stands in for the caseworker.
#[derive(Debug, Clone, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct DeputyBody {
    pub person_id: PersonId,
    pub from: Day,
    /// The last day.
    pub to: Day,
}

/// What of an assignment is to be changed; what is left out stays.
#[derive(Debug, Clone, Default, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct AssignmentChange {
    /// The last day; `null`: it has none any more.
    #[serde(default, deserialize_with = "said")]
    #[schema(value_type = Option<Day>)]
    pub to: Option<Option<Day>>,
    pub caseworker_id: Option<PersonId>,
    pub child_caseworker_id: Option<PersonId>,
    pub unit_id: Option<UnitId>,
    pub legal_basis: Option<LegalBasis>,
    /// `null`: it has none any more.
    #[serde(default, deserialize_with = "said")]
    #[schema(value_type = Option<String>, max_length = 40)]
    pub cost_code: Option<Option<String>>,
    /// All who stand in from now on; whoever is left out does no longer.
    #[schema(max_items = 20)]
    pub deputies: Option<Vec<DeputyBody>>,
    /// Shut it to its home, or open it again. With `reason`.
    pub restricted: Option<bool>,
    /// 1–500 characters; why it is shut or opened. The unit's team lead alone reads it.
    #[schema(min_length = 1, max_length = 500)]
    pub reason: Option<SecretText>,
}

impl AssignmentChange {
    const fn is_empty(&self) -> bool {
        self.restricted.is_none() && self.keeps_all()
    }

    /// Whether it changes nothing of the assignment itself.
    const fn keeps_all(&self) -> bool {
        self.to.is_none()
            && self.caseworker_id.is_none()
            && self.child_caseworker_id.is_none()
            && self.unit_id.is_none()
            && self.legal_basis.is_none()
            && self.cost_code.is_none()
            && self.deputies.is_none()
    }
}

impl Access<'_> {
    /// Adds an assignment to a home of a unit one leads.
    ///
    /// # Errors
    /// As `home_for`; [`Error::NotFound`] for a service user whom one's units do not know; [`Error::Invalid`];
    /// [`Error::Conflict`] when the number is another name's, or of someone whom one's units do not know.
    pub fn start_assignment(self, new: &AssignmentBody, once: Option<&Once>) -> Result<AssignmentDetail> {
        let relation = self.home_for(new.home_id, Right::ManageHome, Action::AssignmentAdd)?;
        if !self.standing().leads().any(|led| led == new.unit_id) {
            return Err(self.deny(Happening::denied(Action::AssignmentAdd).home(Some(new.home_id))));
        }
        if let Some(made) = self.made_before(once)? {
            let read = Happening::read(Action::AssignmentList, relation).home(Some(new.home_id));
            self.log(read.object("assignment", made));
            return self.assignment_detail(made);
        }
        let mut faults = Faults::default();
        faults.unless(new.to.is_none_or(|to| to >= new.from), "to", "time-order");
        let is_one = new.service_user.is_some() != new.service_user_id.is_some();
        faults.unless(is_one, "service_user", "service-user");
        let answers = Answering {
            home: new.home_id,
            unit: new.unit_id,
            caseworker: new.caseworker_id,
            child_caseworker: new.child_caseworker_id,
        };
        self.check_answering(&mut faults, &answers)?;
        self.check_deputies(&mut faults, (new.home_id, new.unit_id), &new.deputies)?;
        faults.unless(new.cost_code.as_deref().is_none_or(fits_cost_code), "cost_code", "text");
        let user = new
            .service_user
            .as_ref()
            .map(|user| self.checked_user(&mut faults, user));
        faults.check()?;
        let service_user = match (user, new.service_user_id) {
            (Some(user), None) => self.service_user_of(&user, relation)?,
            (_, Some(id)) => self.known_service_user(id)?,
            (None, None) => return Err(Error::invalid("service_user", "service-user")),
        };
        let id = self.write_assignment(
            &NewAssignment {
                home: new.home_id,
                service_user,
                unit: new.unit_id,
                label: self.next_label()?,
                kind: new.kind,
                legal_basis: new.legal_basis,
                from: new.from,
                to: new.to,
                caseworker: new.caseworker_id,
                child_caseworker: new.child_caseworker_id,
                cost_code: new.cost_code.as_deref().map(trimmed),
            },
            relation,
        )?;
        for one in &new.deputies {
            self.write_deputy((new.home_id, id), one.person_id, (one.from, one.to), relation)?;
        }
        self.remember(once, id)?;
        self.assignment_detail(id)
    }

    /// Changes an assignment; what it was is kept.
    ///
    /// # Errors
    /// [`Error::NotFound`] outside the circle; [`Error::Forbidden`] for all but the unit's team lead;
    /// [`Error::Invalid`]; [`Error::Stale`].
    pub fn change_assignment(
        self,
        id: AssignmentId,
        change: &AssignmentChange,
        if_match: IfMatch,
    ) -> Result<AssignmentDetail> {
        if change.is_empty() {
            return Err(Error::Malformed("nothing is to be changed".into()));
        }
        let (home, relation) = self.assignment_to_manage(id)?;
        let (board, me, now) = (self.standing().board, self.person()?, self.now());
        let was = self.db(|db| rows::lock_assignment(db, id))?;
        if_match.check(was.version)?;
        if let Some(restricted) = change.restricted {
            self.restrict((home, id), (restricted, change.reason.as_ref()), relation)?;
        }
        if change.keeps_all() {
            return self.assignment_detail(id);
        }
        let is = AssignmentRow {
            unit_id: change.unit_id.unwrap_or(was.unit_id),
            legal_basis: change
                .legal_basis
                .map_or(was.legal_basis.clone(), |one| one.as_str().into()),
            to_on: change.to.unwrap_or(was.to_on),
            caseworker_id: change.caseworker_id.unwrap_or(was.caseworker_id),
            child_caseworker_id: change.child_caseworker_id.or(was.child_caseworker_id),
            cost_code: match &change.cost_code {
                Some(code) => code.as_deref().map(trimmed),
                None => was.cost_code.clone(),
            },
            version: was.version + 1,
            ..was.clone()
        };
        let mut faults = Faults::default();
        faults.unless(is.to_on.is_none_or(|to| to >= is.from_on), "to", "time-order");
        faults.unless(is.cost_code.as_deref().is_none_or(fits_cost_code), "cost_code", "text");
        faults.unless(!self.units_by_id(&[is.unit_id])?.is_empty(), "unit_id", "unit");
        if change.caseworker_id.is_some() || change.unit_id.is_some() || change.child_caseworker_id.is_some() {
            let answers = Answering {
                home,
                unit: is.unit_id,
                caseworker: is.caseworker_id,
                child_caseworker: change.child_caseworker_id,
            };
            self.check_answering(&mut faults, &answers)?;
        }
        if let Some(deputies) = &change.deputies {
            self.check_deputies(&mut faults, (home, is.unit_id), deputies)?;
        }
        faults.check()?;
        self.db(|db| rows::change_assignment(db, (self.fresh_id(), board, id), (&was, &is), (me, now)))?;
        if is.unit_id != was.unit_id {
            self.end_openings(home, None)?;
        }
        self.log(
            Happening::write(Action::AssignmentChange, relation)
                .home(Some(home))
                .object("assignment", id),
        );
        if let Some(deputies) = &change.deputies {
            self.replace_deputies((home, id), deputies, relation)?;
        }
        self.assignment_detail(id)
    }

    /// An assignment through whoever asks, if they lead its unit.
    pub(super) fn assignment_to_manage(self, id: AssignmentId) -> Result<(HomeId, Relation)> {
        let tried = Happening::denied(Action::AssignmentChange).object("assignment", id);
        let found = self.assignment_facts(id)?;
        let relation = match &found {
            Some(facts) => self.relation_to(ErrandFacts {
                home: facts.home,
                assignment: Some(id),
                assignee: None,
            })?,
            None => Relation::None,
        };
        let home = found.as_ref().map(|facts| facts.home);
        let Some(facts) = found.filter(|_| relation != Relation::None) else {
            self.log(tried.home(home));
            return Err(Error::NotFound);
        };
        let leads = self.standing().leads().any(|led| led == facts.unit);
        let is_member = relation == Relation::OwnHome;
        if is_member || !leads || !policy::allows(Role::TeamLead, Relation::TeamLead, Right::ManageHome) {
            return Err(self.deny(tried.home(Some(facts.home))));
        }
        Ok((facts.home, Relation::TeamLead))
    }

    fn check_answering(self, faults: &mut Faults, who: &Answering) -> Result<()> {
        let kept = self.kept_to(who.home)?;
        let handles = self.handles_errands_of(who.caseworker, who.unit)? && kept.may_meet(who.caseworker);
        faults.unless(handles, "caseworker_id", "person");
        if let Some(one) = who.child_caseworker {
            let fits = self.is_staff_here(one)? && kept.may_meet(one);
            faults.unless(fits, "child_caseworker_id", "person");
        }
        Ok(())
    }

    fn check_deputies(
        self,
        faults: &mut Faults,
        (home, unit): (HomeId, UnitId),
        deputies: &[DeputyBody],
    ) -> Result<()> {
        let kept = self.kept_to(home)?;
        faults.unless(deputies.len() <= DEPUTIES_MOST, "deputies", "too-many");
        for (i, one) in deputies.iter().take(DEPUTIES_MOST).enumerate() {
            let handles = self.handles_errands_of(one.person_id, unit)?;
            faults.unless(
                handles && kept.may_meet(one.person_id),
                format!("deputies.{i}.person_id"),
                "person",
            );
            faults.unless(one.from <= one.to, format!("deputies.{i}.to"), "time-order");
        }
        Ok(())
    }

    fn checked_user(self, faults: &mut Faults, user: &ServiceUserBody) -> NewServiceUser {
        let number = user.personal_number.as_ref();
        let fits = number.is_none_or(|typed| personal_number(typed.expose(), self.now().day()).is_some());
        faults.unless(fits, "service_user.personal_number", "personal-number");
        NewServiceUser {
            first_name: required_line(faults, "service_user.first_name", &user.first_name, 1, 80),
            last_name: required_line(faults, "service_user.last_name", &user.last_name, 1, 80),
            personal_number: user.personal_number.clone(),
            protected: user.protected,
        }
    }

    /// The service user of that number, if the names fit and one's units know them; else a new one.
    fn service_user_of(self, user: &NewServiceUser, relation: Relation) -> Result<ServiceUserId> {
        let (keys, today) = (self.keys()?, self.now().day());
        let typed = user.personal_number.as_ref();
        let number = typed.and_then(|typed| personal_number(typed.expose(), today));
        let Some(number) = number else {
            return self.write_service_user(user, relation);
        };
        let token = keys.index().token("service_user.personal_number", &number);
        let Some((id, first, last, version, wrapped)) = self.db(|db| rows::by_number(db, keys.board(), &token))? else {
            return self.write_service_user(user, relation);
        };
        let key = keys.row_key("service_user", id.uuid(), &wrapped)?;
        let open = |column, sealed: &[u8]| key.open("service_user", column, id, version, sealed);
        let same = |kept: SecretText, typed: &SecretText| kept.expose().to_lowercase() == typed.expose().to_lowercase();
        let is_same =
            same(open("first_name", &first)?, &user.first_name) && same(open("last_name", &last)?, &user.last_name);
        let units = self.standing().leads().collect();
        if is_same && self.db(|db| rows::known_to(db, keys.board(), id, units))? {
            // Whoever is protected now was known before; a mark is raised and never lowered on the way.
            if self.db(|db| rows::protect(db, id, user.protected))? {
                self.log(Happening::write(Action::ServiceUserProtect, relation).object("service_user", id));
                self.shelter_homes_of(id, relation)?;
            }
            Ok(id)
        } else {
            // That the number is known is something learnt of another's child; a child of another unit stays there
            // until the assignment is moved by those who answer for it.
            self.log(Happening::denied(Action::AssignmentAdd).object("service_user", id));
            Err(Error::Conflict("exists"))
        }
    }

    /// A service user whom the units one leads have or had an assignment for.
    fn known_service_user(self, id: ServiceUserId) -> Result<ServiceUserId> {
        let standing = self.standing();
        let units = standing.leads().collect();
        if self.db(|db| rows::known_to(db, standing.board, id, units))? {
            return Ok(id);
        }
        self.log(Happening::denied(Action::AssignmentAdd).object("service_user", id));
        Err(Error::NotFound)
    }

    fn replace_deputies(
        self,
        (home, id): (HomeId, AssignmentId),
        wanted: &[DeputyBody],
        relation: Relation,
    ) -> Result<()> {
        let (me, now) = (self.person()?, self.now());
        let there = self.db(|db| rows::deputies(db, id, now.day()))?;
        let is = |row: &rows::DeputyRow, one: &DeputyBody| {
            (row.person_id, row.from_on, row.to_on) == (one.person_id, one.from, one.to)
        };
        for row in there.iter().filter(|row| !wanted.iter().any(|one| is(row, one))) {
            self.db(|db| rows::end_deputy(db, row.id, now, me))?;
            let ended = Happening::write(Action::DeputyEnd, relation).home(Some(home));
            self.log(ended.object("assignment", id));
        }
        for one in wanted.iter().filter(|one| !there.iter().any(|row| is(row, one))) {
            self.write_deputy((home, id), one.person_id, (one.from, one.to), relation)?;
        }
        Ok(())
    }
}

/// Who is to answer for an assignment.
struct Answering {
    home: HomeId,
    unit: UnitId,
    caseworker: PersonId,
    child_caseworker: Option<PersonId>,
}

/// A field that was said, if only to be empty.
fn said<'de, D: Deserializer<'de>, T: Deserialize<'de>>(from: D) -> Result<Option<Option<T>>, D::Error> {
    Option::deserialize(from).map(Some)
}

fn trimmed(code: &str) -> String {
    code.trim().to_owned()
}

fn fits_cost_code(code: &str) -> bool {
    (1..=COST_CODE_MAX).contains(&code.trim().chars().count()) && !code.contains(breaks_a_line)
}
