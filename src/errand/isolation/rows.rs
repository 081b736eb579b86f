//! The tables `wrong_report` and `isolation`.

use crate::clock::Instant;
use crate::db::schema::{isolation, wrong_report};
use crate::db::{Db, Keep};
use crate::error::Result;
use crate::id::{BoardId, ErrandId, Id, IncidentId, IsolationId, PersonId, WrongReportId};
use diesel::prelude::*;

#[derive(Queryable, Insertable)]
#[diesel(table_name = wrong_report, treat_none_as_default_value = false)]
pub(super) struct ReportRow {
    pub id: WrongReportId,
    pub board_id: BoardId,
    pub errand_id: ErrandId,
    pub item_kind: String,
    /// Of a file or message, by `item_kind`.
    pub item_id: Id<()>,
    pub side: String,
    pub words: Option<Vec<u8>>,
    pub reported_by: PersonId,
    pub reported_at: Instant,
}

#[derive(Queryable, Insertable)]
#[diesel(table_name = isolation, treat_none_as_default_value = false)]
pub(super) struct IsolationRow {
    pub id: IsolationId,
    pub board_id: BoardId,
    pub errand_id: ErrandId,
    pub incident_id: IncidentId,
    pub item_kind: String,
    /// Of a file or message, by `item_kind`.
    pub item_id: Id<()>,
    pub with_subject: bool,
    pub reason: Vec<u8>,
    pub reported_at: Instant,
    pub isolated_by: PersonId,
    pub isolated_at: Instant,
    pub lifted_by: Option<PersonId>,
    pub lift_reason: Option<Vec<u8>>,
    pub lifted_at: Option<Instant>,
}

pub(super) fn insert_report(db: &mut Db, row: &ReportRow) -> Result<()> {
    diesel::insert_into(wrong_report::table).values(row).execute(db)?;
    Ok(())
}

/// What was reported in an errand, oldest first.
pub(super) fn reports(db: &mut Db, of: ErrandId) -> Result<Vec<ReportRow>> {
    Ok(wrong_report::table
        .filter(wrong_report::errand_id.eq(of))
        .order(wrong_report::id)
        .load(db)?)
}

pub(super) fn insert(db: &mut Db, row: &IsolationRow) -> Result<()> {
    diesel::insert_into(isolation::table).values(row).execute(db)?;
    Ok(())
}

/// What is or was out of view in an errand, oldest first.
pub(super) fn all(db: &mut Db, of: ErrandId) -> Result<Vec<IsolationRow>> {
    Ok(isolation::table
        .filter(isolation::errand_id.eq(of))
        .order(isolation::id)
        .kept()
        .load(db)?)
}

/// Those of these errands whose subject is or was out of view: since when, and until when.
pub(super) fn with_subject(db: &mut Db, of: &[ErrandId]) -> Result<Vec<(ErrandId, Instant, Option<Instant>)>> {
    Ok(isolation::table
        .filter(isolation::errand_id.eq_any(of.to_vec()))
        .filter(isolation::with_subject.eq(true))
        .select((isolation::errand_id, isolation::isolated_at, isolation::lifted_at))
        .load(db)?)
}

/// What an incident took out of view, if it still is.
pub(super) fn of_incident(db: &mut Db, of: IncidentId) -> Result<Option<IsolationId>> {
    Ok(isolation::table
        .filter(isolation::incident_id.eq(of).and(isolation::lifted_at.is_null()))
        .select(isolation::id)
        .first(db)
        .optional()?)
}

pub(super) fn lift(db: &mut Db, id: IsolationId, (by, reason): (PersonId, Vec<u8>), at: Instant) -> Result<()> {
    diesel::update(isolation::table.find(id))
        .set((
            isolation::lifted_by.eq(by),
            isolation::lift_reason.eq(reason),
            isolation::lifted_at.eq(at),
        ))
        .execute(db)?;
    Ok(())
}
