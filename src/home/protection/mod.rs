//! Homes where someone is protected (skyddade personuppgifter; OSL 22 kap. 1 §, 26 kap. 1 §): who of the staff is named
//! for one, by two persons, and what follows when a home comes to be one. Owns the table of those named. Which homes
//! these are says the database's view; that nobody else meets them is the door's (`access::standing`): this module only
//! keeps the record, and never shows what a home is called to whoever is not named for it.

pub mod api;
mod mark;
mod naming;
mod rows;
mod shelter;

pub use naming::{AheadOfMark, NamingBody, NamingChange};

use crate::access::policy::{Relation, Right, allows};
use crate::access::{Access, Happening, Role};
use crate::audit::Action;
use crate::board::UnitView;
use crate::clock::{Day, Instant};
use crate::error::{Error, Result};
use crate::home::{HomeKind, NamedPerson};
use crate::id::{HomeId, Id, NamingId, PersonId, UnitId, of};
use crate::web::{Listed, Listing, say};
use rows::{HomeRow, NamingRow};
use serde::Serialize;

crate::closed_list! {
    /// Where it stands that someone is named for a home.
    NamingState {
        /// Waits for the second person.
        Proposed = "proposed",
        Held = "held",
        Ended = "ended",
    }
}

/// A home where someone is protected, to those who say who may have to do with it. Nothing of the home itself.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct ProtectedHomeView {
    pub id: HomeId,
    /// What it is called in every list.
    pub alias: String,
    pub kind: HomeKind,
    pub unit: UnitView,
    /// Those named for it, proposed and gone, newest first.
    pub named: Vec<NamingView>,
    /// Whether the one who asks may propose and end.
    #[serde(skip)]
    pub is_kept: bool,
}

/// That someone of the staff is named for a home, was or is to be.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct NamingView {
    pub id: NamingId,
    pub person: NamedPerson,
    pub state: NamingState,
    /// Left out for those who were there when it began.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// Left out where it was the program's own command line.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub proposed_by: Option<NamedPerson>,
    pub proposed_at: Instant,
    /// The second person.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub confirmed_by: Option<NamedPerson>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub confirmed_at: Option<Instant>,
    /// The last day.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub to: Option<Day>,
    /// Who ended it; left out where it ran out, or the program ended it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ended_by: Option<NamedPerson>,
    /// Whether the one who asks can be the second person: never who proposed it, never who is named.
    pub can_confirm: bool,
}

/// What lists call a home where someone is protected: the same everywhere, and nothing that says who lives there.
pub(crate) fn alias(home: HomeId) -> String {
    numbered(say("protection-alias-home"), home)
}

/// What someone who lives in such a home is called to those who may not know who it is.
pub(crate) fn alias_of_person(person: PersonId) -> String {
    numbered(say("protection-alias-person"), person)
}

/// The last digits of an id, which tell like things apart and say nothing.
fn numbered<T>(word: &str, id: Id<T>) -> String {
    let bytes = id.uuid().into_bytes();
    format!("{word} {:02X}{:02X}", bytes[14], bytes[15])
}

impl Access<'_> {
    /// A page of the homes where someone is protected in the units one heads, newest first; of all for the data
    /// protection officer.
    ///
    /// # Errors
    /// [`Error::Forbidden`] for whoever names nobody and confirms nothing.
    pub fn protected_homes(self, listing: Listing<of::Home>) -> Result<Listed<ProtectedHomeView>> {
        let standing = self.standing();
        if !self.heads_any() {
            return Err(self.deny(Happening::denied(Action::ProtectedList)));
        }
        let mut ids: Vec<HomeId> = standing.protected.clone();
        ids.retain(|id| listing.after.is_none_or(|after| *id < after));
        let mut found = self.db(|db| rows::homes(db, standing.board, &ids))?;
        found.retain(|home| self.head_of(home.unit) != Relation::None);
        let mut met = Vec::new();
        for home in found {
            if !self.apart_from(home.id)?.contains(&self.person()?) {
                met.push(home);
            }
        }
        let more = met.len() > listing.limit;
        met.truncate(listing.limit);
        let shown = met.iter().map(|home| home.id.uuid()).collect();
        let relation = met.first().map_or(Relation::None, |home| self.head_of(home.unit));
        let listed = Happening::read(Action::ProtectedList, relation).shown("home", shown);
        self.log(listed.among(met.iter().map(|home| home.id)));
        let next_cursor = met.last().map(|home| home.id.to_string()).filter(|_| more);
        let items = met.into_iter().map(|home| self.show_protected(home));
        Ok(Listed {
            items: items.collect::<Result<_>>()?,
            next_cursor,
        })
    }

    /// One home where someone is protected.
    ///
    /// # Errors
    /// As `protected_home_for`.
    pub fn protected_home(self, id: HomeId) -> Result<ProtectedHomeView> {
        let (home, relation) = self.protected_home_for(id, Right::ConfirmForProtected, Action::ProtectedList)?;
        self.log(Happening::read(Action::ProtectedList, relation).home(Some(id)));
        self.show_protected(home)
    }

    /// Which of these people belong to a home, or did, where someone is protected and that is not the asker's to know
    /// of.
    pub(crate) fn hidden_among(self, ids: &[PersonId]) -> Result<Vec<PersonId>> {
        let standing = self.standing();
        let mut homes = standing.protected.clone();
        homes.retain(|home| standing.apart.contains(home) && !standing.homes.contains(home));
        match homes[..] {
            [] => Ok(Vec::new()),
            _ => self.db(|db| rows::members_among(db, &homes, ids)),
        }
    }

    /// Whether one is someone to whom such homes are shown at all.
    pub(crate) fn heads_any(self) -> bool {
        let by = |role: Role| allows(role, role.to_board(), Right::ConfirmForProtected);
        self.standing().roles.iter().any(|held| by(held.role))
    }

    /// What one is to the homes of a unit, as who heads it or speaks for everyone's data.
    pub(crate) fn head_of(self, unit: UnitId) -> Relation {
        let standing = self.standing();
        let heads = |role| {
            let of_unit = |held: &&crate::access::Held| held.role == role && held.unit == Some(unit);
            standing.roles.iter().find(of_unit).map(|held| held.role.to_board())
        };
        let officer = || {
            standing
                .holds(Role::DataProtectionOfficer)
                .then(|| Role::DataProtectionOfficer.to_board())
        };
        let first = heads(Role::TeamLead).or_else(|| heads(Role::UnitManager));
        first.or_else(officer).unwrap_or(Relation::None)
    }

    /// A home where someone is protected, through whoever asks as who heads its unit.
    ///
    /// # Errors
    /// [`Error::NotFound`] for a home that is none such or of another's unit, and where one has a conflict of interest;
    /// [`Error::Forbidden`] without the right. Both leave their event.
    fn protected_home_for(self, id: HomeId, right: Right, action: Action) -> Result<(HomeRow, Relation)> {
        let (board, me) = (self.standing().board, self.person()?);
        let tried = Happening::denied(action).home(Some(id));
        let found = match self.is_protected(id) && !self.apart_from(id)?.contains(&me) {
            true => self.db(|db| rows::homes(db, board, &[id]))?.pop(),
            false => None,
        };
        let relation = found.as_ref().map_or(Relation::None, |home| self.head_of(home.unit));
        let Some(home) = found.filter(|_| relation != Relation::None) else {
            self.log(tried);
            return Err(Error::NotFound);
        };
        if !self.may(relation, right) {
            return Err(self.deny(tried));
        }
        Ok((home, relation))
    }

    fn show_protected(self, home: HomeRow) -> Result<ProtectedHomeView> {
        let found = self.db(|db| rows::named(db, home.id))?;
        Ok(ProtectedHomeView {
            id: home.id,
            alias: alias(home.id),
            kind: HomeKind::stored(&home.kind)?,
            unit: self.units_by_id(&[home.unit])?.pop().ok_or(Error::NotFound)?,
            is_kept: self.may(self.head_of(home.unit), Right::NameForProtected),
            named: self.show_namings(&home, found)?,
        })
    }

    fn show_namings(self, home: &HomeRow, found: Vec<NamingRow>) -> Result<Vec<NamingView>> {
        let (me, now) = (self.person()?, self.now());
        let key = self.keys()?.row_key("home", home.id.uuid(), &home.wrapped_key)?;
        let people = found
            .iter()
            .flat_map(|row| [Some(row.person_id), row.proposed_by, row.confirmed_by, row.ended_by]);
        let people: Vec<PersonId> = people.flatten().collect();
        let names = self.names_of(&people)?;
        let named = |id: PersonId| {
            let name = names.get(&id).ok_or(Error::NotFound)?.expose().clone();
            Ok::<_, Error>(NamedPerson { id, name })
        };
        let show = |row: NamingRow| {
            let sealed = row.reason.as_deref();
            let reason = sealed.map(|sealed| key.open("protected_grant", "reason", row.id, 1, sealed));
            let state = row.state(now);
            Ok(NamingView {
                id: row.id,
                person: named(row.person_id)?,
                reason: reason.transpose()?.map(|text| text.expose().clone()),
                proposed_by: row.proposed_by.map(named).transpose()?,
                proposed_at: row.proposed_at,
                confirmed_by: row.confirmed_by.map(named).transpose()?,
                confirmed_at: row.confirmed_at,
                to: row.to_at.map(Instant::last_day),
                ended_by: row.ended_by.map(named).transpose()?,
                can_confirm: state == NamingState::Proposed && row.person_id != me && row.proposed_by != Some(me),
                state,
            })
        };
        found.into_iter().map(show).collect()
    }
}
