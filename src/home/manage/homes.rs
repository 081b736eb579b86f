//! Homes: listing, showing, adding, changing.

use super::rows;
use super::view::HomeDetail;
use crate::access::policy::Relation;
use crate::access::{Access, ErrandFacts, Happening, Once, Right, Role, common_relation};
use crate::audit::Action;
use crate::errand::required_line;
use crate::error::{Error, Faults, Result};
use crate::home::verbs::NewHome;
use crate::home::{HomeKind, HomeView, Protection, alias};
use crate::id::{HomeId, PersonId, UnitId, of};
use crate::secret::SecretText;
use crate::web::{IfMatch, Listed, Listing};
use serde::Deserialize;

/// Characters of a home's name.
const NAME_MAX: usize = 80;
/// Homes one chooses from, at most: the newest.
const CHOSEN_FROM: usize = 100;

/// A home to be added.
#[derive(Debug, Clone, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct HomeBody {
    pub kind: HomeKind,
    /// 1–80 characters.
    #[schema(min_length = 1, max_length = 80)]
    pub name: SecretText,
    /// A unit one leads.
    pub unit_id: UnitId,
    #[serde(default)]
    pub protected: Protection,
    /// Who of the staff is proposed to be named for it in the same act, where it is marked as protected.
    #[serde(default)]
    pub named_ids: Vec<PersonId>,
}

/// What of a home is to be changed; what is left out stays.
#[derive(Debug, Clone, Default, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct HomeChange {
    pub kind: Option<HomeKind>,
    #[schema(min_length = 1, max_length = 80)]
    pub name: Option<SecretText>,
    /// Any unit of the board: with it goes who sees the home.
    pub unit_id: Option<UnitId>,
    pub protected: Option<Protection>,
    /// Who of the staff is proposed to be named for it in the same act, besides those who answer for it. Only with a mark.
    #[serde(default)]
    pub named_ids: Vec<PersonId>,
}

impl Access<'_> {
    /// A home of the board through whoever asks, for a right to it.
    ///
    /// # Errors
    /// [`Error::NotFound`] outside the circle, [`Error::Forbidden`] inside it without the right; both leave their
    /// event.
    pub(crate) fn home_for(self, home: HomeId, right: Right, action: Action) -> Result<Relation> {
        let standing = self.standing();
        let tried = Happening::denied(action).home(Some(home));
        let unit = self.db(|db| rows::unit_of(db, standing.board, home))?;
        let relation = match unit {
            Some(_) => self.relation_to(whole(home))?,
            None => Relation::None,
        };
        if relation == Relation::None {
            self.log(tried);
            return Err(Error::NotFound);
        }
        let leads = unit.is_some_and(|unit| standing.leads().any(|led| led == unit));
        // Who leads the unit manages its homes, whatever else they are to them; members of a home never do.
        let by = match (right, relation) {
            (Right::ManageHome, Relation::OwnHome) => relation,
            (Right::ManageHome, _) if leads => Relation::TeamLead,
            _ => relation,
        };
        let manages_elsewhere = right == Right::ManageHome && !leads;
        if manages_elsewhere || !self.may(by, right) {
            return Err(self.deny(tried));
        }
        Ok(by)
    }

    /// Whether the one who asks sees a home's page: what another page links to.
    pub(crate) fn sees_home(self, home: HomeId) -> Result<bool> {
        Ok(self.may(self.relation_to(whole(home))?, Right::SeeHome))
    }

    /// A page of the homes within one's circle, newest first.
    ///
    /// # Errors
    /// [`Error::Forbidden`] for whoever sees no errands.
    pub fn list_homes(self, listing: Listing<of::Home>) -> Result<Listed<HomeDetail>> {
        let standing = self.standing();
        if !standing.sees_errands() {
            return Err(self.deny(Happening::denied(Action::HomeList)));
        }
        let within = self.circle()?.homes();
        let mut found = self.db(|db| rows::page(db, within, listing.after, listing.limit + 1))?;
        let more = found.len() > listing.limit;
        found.truncate(listing.limit);
        let shown = found.iter().map(|row| row.id.uuid()).collect();
        let facts: Vec<ErrandFacts> = found.iter().map(|row| whole(row.id)).collect();
        let relation = self.relation_to_all(&facts)?;
        let listed = Happening::read(Action::HomeList, relation).shown("home", shown);
        self.log(listed.among(facts.iter().map(|one| one.home)));
        let next_cursor = found.last().map(|row| row.id.to_string()).filter(|_| more);
        let items = found
            .into_iter()
            .map(|row| Ok(self.show_home(row)?.listed()))
            .collect::<Result<_>>()?;
        Ok(Listed { items, next_cursor })
    }

    /// The homes that a message can be about as a whole: one's own, and those whose errands one handles. By their names.
    pub fn homes_to_start_for(self) -> Result<Vec<HomeView>> {
        let standing = self.standing();
        let mut homes = match standing.holds(Role::Contractor) {
            true => standing.homes.clone(),
            false => Vec::new(),
        };
        if standing.handles_errands() {
            let within = self.circle()?.homes();
            let found = self.db(|db| rows::page(db, within, None, CHOSEN_FROM))?;
            homes.extend(found.into_iter().map(|row| row.id));
        }
        let facts: Vec<ErrandFacts> = homes.iter().map(|home| whole(*home)).collect();
        let relations = self.relations_to(&facts)?;
        let may = |one: Relation| self.may(one, Right::StartErrand) || self.may(one, Right::WriteToHome);
        let (homes, by): (Vec<HomeId>, Vec<Relation>) =
            homes.into_iter().zip(relations).filter(|(_, one)| may(*one)).unzip();
        let shown = homes.iter().map(|home| home.uuid()).collect();
        let listed = Happening::read(Action::HomeList, common_relation(by)).shown("home", shown);
        self.log(listed.among(homes.iter().copied()));
        let mut named: Vec<HomeView> = self.homes_listed(&homes)?.into_values().collect();
        named.sort_by(|a, b| a.name.cmp(&b.name));
        Ok(named)
    }

    /// Whether some assignment of one's own homes has begun, also one that ended long ago.
    pub fn has_had_assignment(self) -> Result<bool> {
        let (homes, today) = (self.standing().homes.clone(), self.now().day());
        self.db(|db| rows::any_assignment(db, homes, today))
    }

    /// One home.
    ///
    /// # Errors
    /// As `home_for`.
    pub fn home_detail(self, id: HomeId) -> Result<HomeDetail> {
        let relation = self.home_for(id, Right::SeeHome, Action::HomeRead)?;
        self.log(Happening::read(Action::HomeRead, relation).home(Some(id)));
        let row = self.db(|db| rows::home(db, id))?;
        self.show_home(row)
    }

    /// Adds a home to a unit one leads.
    ///
    /// # Errors
    /// [`Error::Forbidden`] for whoever does not lead the unit; [`Error::Invalid`].
    pub fn start_home(self, new: &HomeBody, once: Option<&Once>) -> Result<HomeDetail> {
        let standing = self.standing();
        if !standing.leads().any(|led| led == new.unit_id) {
            return Err(self.deny(Happening::denied(Action::HomeAdd)));
        }
        if let Some(made) = self.made_before(once)? {
            // Not as any home: whoever has added a protected one does not see it, and is told the same again all the
            // same.
            self.log(Happening::read(Action::HomeRead, Relation::TeamLead).home(Some(made)));
            let row = self.db(|db| rows::home(db, made))?;
            let mut shown = self.show_home(row)?;
            if standing.apart.contains(&made) {
                // It may be called something else by now.
                shown.name = alias(made);
            }
            return Ok(shown);
        }
        let mut faults = Faults::default();
        let name = required_line(&mut faults, "name", &new.name, 1, NAME_MAX);
        faults.check()?;
        let home = NewHome {
            name,
            kind: new.kind,
            unit: new.unit_id,
            protected: new.protected,
        };
        let id = self.write_home(&home, Relation::TeamLead)?;
        self.name_with_mark(id, new.protected, &new.named_ids)?;
        self.remember(once, id)?;
        let row = self.db(|db| rows::home(db, id))?;
        self.show_home(row)
    }

    /// Changes a home; what it was is kept. A mark of protection is raised here, never lowered.
    ///
    /// # Errors
    /// As `home_for`; [`Error::Invalid`]; [`Error::Stale`]; [`Error::StepUp`] where someone is named without a fresh
    /// sign-in.
    pub fn change_home(self, id: HomeId, change: &HomeChange, if_match: IfMatch) -> Result<HomeDetail> {
        if change.kind.is_none() && change.name.is_none() && change.unit_id.is_none() && change.protected.is_none() {
            return Err(Error::Malformed("nothing is to be changed".into()));
        }
        let relation = self.home_for(id, Right::ManageHome, Action::HomeChange)?;
        let was = self.db(|db| rows::lock_home(db, id))?;
        if_match.check(was.version)?;
        let mut faults = Faults::default();
        let unit = change.unit_id.unwrap_or(was.unit_id);
        faults.unless(!self.units_by_id(&[unit])?.is_empty(), "unit_id", "unit");
        let name = change
            .name
            .as_ref()
            .map(|name| required_line(&mut faults, "name", name, 1, NAME_MAX));
        // What one could lower alone nobody would have to be named for by two.
        let stands = Protection::stored(&was.protected)?;
        let is_lowered = change.protected.is_some_and(|to| stands.is_above(to));
        faults.unless(!is_lowered, "protected", "mark-lowered");
        faults.check()?;
        let wanted = HomeChange { name, ..change.clone() };
        let is = self.keep_home_as(&was, &wanted)?;
        self.log(Happening::write(Action::HomeChange, relation).home(Some(id)));
        self.shelter(id, relation)?;
        self.name_with_mark(id, change.protected.unwrap_or_default(), &change.named_ids)?;
        self.show_home(is)
    }

    /// Keeps what a home was and writes what it is, without asking whether that may be; the caller holds its row.
    pub(in crate::home) fn keep_home_as(self, was: &rows::HomeRow, wanted: &HomeChange) -> Result<rows::HomeRow> {
        let (keys, by, version) = (self.keys()?, self.standing().person, was.version + 1);
        let key = keys.row_key("home", was.id.uuid(), &was.wrapped_key)?;
        let name = match &wanted.name {
            Some(name) => name.clone(),
            None => key.open("home", "name", was.id, was.version, &was.name)?,
        };
        let is = rows::HomeRow {
            id: was.id,
            unit_id: wanted.unit_id.unwrap_or(was.unit_id),
            kind: wanted.kind.map_or(was.kind.clone(), |kind| kind.as_str().into()),
            protected: wanted
                .protected
                .map_or(was.protected.clone(), |one| one.as_str().into()),
            name: key.seal("home", "name", was.id, version, name.expose()),
            version,
            wrapped_key: was.wrapped_key.clone(),
        };
        self.db(|db| rows::change_home(db, (self.fresh_id(), keys.board()), (was, &is), (by, self.now())))?;
        if is.unit_id != was.unit_id {
            self.end_openings(was.id, None)?;
        }
        Ok(is)
    }

    fn show_home(self, row: rows::HomeRow) -> Result<HomeDetail> {
        let key = self.keys()?.row_key("home", row.id.uuid(), &row.wrapped_key)?;
        let mut units = self.units_by_id(&[row.unit_id])?;
        let standing = self.standing();
        Ok(HomeDetail {
            is_kept: standing.leads().any(|led| led == row.unit_id) && !standing.homes.contains(&row.id),
            kind: HomeKind::stored(&row.kind)?,
            name: key
                .open("home", "name", row.id, row.version, &row.name)?
                .expose()
                .clone(),
            unit: units.pop().ok_or(Error::NotFound)?,
            protected: Protection::stored(&row.protected)?,
            is_protected: self.is_protected(row.id) || row.protected != Protection::None.as_str(),
            id: row.id,
            version: row.version,
        })
    }
}

/// A home as what one's relation is asked to.
pub(super) const fn whole(home: HomeId) -> ErrandFacts {
    ErrandFacts {
        home,
        assignment: None,
        assignee: None,
    }
}
