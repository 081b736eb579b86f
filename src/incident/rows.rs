//! The table `incident`.

use crate::clock::{Day, Instant};
use crate::db::schema::incident;
use crate::db::{Db, Keep};
use crate::error::Result;
use crate::id::{BoardId, ErrandId, HomeId, IncidentId, PersonId, UnitId};
use diesel::prelude::*;

#[derive(Queryable, Insertable)]
#[diesel(table_name = incident, treat_none_as_default_value = false)]
pub(super) struct IncidentRow {
    pub id: IncidentId,
    pub board_id: BoardId,
    pub unit_id: UnitId,
    pub home_id: HomeId,
    pub errand_id: ErrandId,
    pub item_kind: String,
    pub state: String,
    pub discovered_at: Instant,
    pub discovered_by: PersonId,
    pub discovered_side: String,
    pub opened_by: PersonId,
    pub due_at: Instant,
    pub reported_on: Option<Day>,
    pub record: Option<Vec<u8>>,
    pub recorded_by: Option<PersonId>,
    pub recorded_at: Option<Instant>,
    pub closed_at: Option<Instant>,
    pub lifted_at: Option<Instant>,
    pub version: i64,
    pub lock_no: i64,
    pub wrapped_key: Vec<u8>,
}

/// Whose incidents: all of a board, or those of units; never those of `apart`.
pub(super) struct Whose {
    pub board: BoardId,
    /// `None`: all.
    pub units: Option<Vec<UnitId>>,
    pub apart: Vec<HomeId>,
}

impl Whose {
    fn query(&self) -> incident::BoxedQuery<'static, crate::db::MultiBackend> {
        let all = incident::table
            .filter(incident::board_id.eq(self.board))
            .filter(incident::home_id.ne_all(self.apart.clone()))
            .into_boxed();
        match &self.units {
            Some(units) => all.filter(incident::unit_id.eq_any(units.clone())),
            None => all,
        }
    }
}

pub(super) fn insert(db: &mut Db, row: &IncidentRow) -> Result<()> {
    diesel::insert_into(incident::table).values(row).execute(db)?;
    Ok(())
}

/// Newest first.
pub(super) fn page(db: &mut Db, whose: &Whose, after: Option<IncidentId>, most: usize) -> Result<Vec<IncidentRow>> {
    let mut query = whose.query();
    if let Some(after) = after {
        query = query.filter(incident::id.lt(after));
    }
    Ok(query.order(incident::id.desc()).limit(most as i64).load(db)?)
}

pub(super) fn find(db: &mut Db, whose: &Whose, id: IncidentId) -> Result<Option<IncidentRow>> {
    Ok(whose.query().filter(incident::id.eq(id)).first(db).optional()?)
}

/// Whose home an incident of a board is about, whoever asks.
pub(super) fn home_of(db: &mut Db, in_board: BoardId, id: IncidentId) -> Result<Option<HomeId>> {
    let one = incident::table.filter(incident::id.eq(id).and(incident::board_id.eq(in_board)));
    Ok(one.select(incident::home_id).first(db).optional()?)
}

/// Locks the row of an incident of a board.
pub(super) fn lock(db: &mut Db, in_board: BoardId, id: IncidentId) -> Result<()> {
    let one = incident::table.filter(incident::id.eq(id).and(incident::board_id.eq(in_board)));
    diesel::update(one)
        .set(incident::lock_no.eq(incident::lock_no + 1))
        .kept()
        .execute(db)?;
    Ok(())
}

/// Keeps what was written of one whose row is locked.
pub(super) fn keep(db: &mut Db, row: &IncidentRow) -> Result<()> {
    diesel::update(incident::table.find(row.id))
        .set((
            incident::state.eq(&row.state),
            incident::reported_on.eq(row.reported_on),
            incident::record.eq(&row.record),
            incident::recorded_by.eq(row.recorded_by),
            incident::recorded_at.eq(row.recorded_at),
            incident::closed_at.eq(row.closed_at),
            incident::lifted_at.eq(row.lifted_at),
            incident::version.eq(row.version),
        ))
        .execute(db)?;
    Ok(())
}
