//! The tables `receipt`, `trip`, `claim_request`, `review`, `review_line`, `warning` and `receipt_content`.

use crate::clock::{Day, Instant};
use crate::db::schema::{claim_request, errand, receipt, receipt_content, review, review_line, trip, warning};
use crate::db::{Db, Keep};
use crate::error::Result;
use crate::id::{
    BoardId, ErrandId, FileId, HomeId, Id, PersonId, ReceiptId, ReviewId, ReviewLineId, TripId, WarningId,
};
use diesel::prelude::*;
use uuid::Uuid;

#[derive(Queryable, Insertable)]
#[diesel(table_name = receipt, treat_none_as_default_value = false)]
pub(super) struct ReceiptRow {
    pub id: ReceiptId,
    pub board_id: BoardId,
    pub errand_id: ErrandId,
    pub position: i64,
    pub file_id: FileId,
    pub purchased_on: Day,
    pub supplier: Vec<u8>,
    pub category: String,
    pub amount_ore: i64,
    pub vat_ore: Option<i64>,
    pub note: Option<Vec<u8>>,
    pub state: String,
    pub granted_ore: Option<i64>,
}

#[derive(Queryable, Insertable)]
#[diesel(table_name = trip, treat_none_as_default_value = false)]
pub(super) struct TripRow {
    pub id: TripId,
    pub board_id: BoardId,
    pub errand_id: ErrandId,
    pub position: i64,
    pub driven_on: Day,
    pub purpose: Vec<u8>,
    pub from_place: Vec<u8>,
    pub to_place: Vec<u8>,
    pub distance_m: i64,
    pub odometer_start: Option<i64>,
    pub odometer_end: Option<i64>,
    pub amount_ore: i64,
    pub state: String,
    pub granted_ore: Option<i64>,
}

#[derive(Queryable, Insertable)]
#[diesel(table_name = review)]
pub(super) struct ReviewRow {
    pub id: ReviewId,
    pub board_id: BoardId,
    pub errand_id: ErrandId,
    pub reviewed_by: PersonId,
    pub reviewed_at: Instant,
}

#[derive(Queryable, Insertable)]
#[diesel(table_name = review_line, treat_none_as_default_value = false)]
pub(super) struct ReviewLineRow {
    pub id: ReviewLineId,
    pub board_id: BoardId,
    pub review_id: ReviewId,
    pub receipt_id: Option<ReceiptId>,
    pub trip_id: Option<TripId>,
    pub outcome: String,
    pub granted_ore: i64,
    pub reason: Option<Vec<u8>>,
}

#[derive(Queryable, Insertable)]
#[diesel(table_name = warning, treat_none_as_default_value = false)]
pub(super) struct WarningRow {
    pub id: WarningId,
    pub board_id: BoardId,
    pub errand_id: ErrandId,
    pub code: String,
    pub receipt_id: Option<ReceiptId>,
    pub trip_id: Option<TripId>,
}

pub(super) fn insert_lines(db: &mut Db, receipts: &[ReceiptRow], trips: &[TripRow]) -> Result<()> {
    if !receipts.is_empty() {
        crate::insert_all!(db, receipt::table, receipts)?;
    }
    if !trips.is_empty() {
        crate::insert_all!(db, trip::table, trips)?;
    }
    Ok(())
}

pub(super) fn receipts(db: &mut Db, of: ErrandId) -> Result<Vec<ReceiptRow>> {
    Ok(receipt::table
        .filter(receipt::errand_id.eq(of))
        .order(receipt::position)
        .load(db)?)
}

pub(super) fn trips(db: &mut Db, of: ErrandId) -> Result<Vec<TripRow>> {
    Ok(trip::table
        .filter(trip::errand_id.eq(of))
        .order(trip::position)
        .load(db)?)
}

pub(super) fn insert_request(db: &mut Db, (claim, request): (ErrandId, ErrandId), board: BoardId) -> Result<()> {
    diesel::insert_into(claim_request::table)
        .values((
            claim_request::errand_id.eq(claim),
            claim_request::request_id.eq(request),
            claim_request::board_id.eq(board),
        ))
        .execute(db)?;
    Ok(())
}

pub(super) fn request(db: &mut Db, of: ErrandId) -> Result<Option<ErrandId>> {
    Ok(claim_request::table
        .find(of)
        .select(claim_request::request_id)
        .first(db)
        .optional()?)
}

/// What has been handed in for a wish, other than by `but`: each line's granted sum, or its own where none is granted
/// yet. Claims that were withdrawn or refused altogether do not count.
pub(super) fn handed_in_for(db: &mut Db, request: ErrandId, but: ErrandId) -> Result<Vec<i64>> {
    let named = claim_request::table
        .filter(
            claim_request::request_id
                .eq(request)
                .and(claim_request::errand_id.ne(but)),
        )
        .select(claim_request::errand_id);
    let claims: Vec<ErrandId> = errand::table
        .filter(errand::id.eq_any(named))
        .filter(errand::state.ne("withdrawn").and(errand::state.ne("closed")))
        .select(errand::id)
        .load(db)?;
    let receipts: Vec<(i64, Option<i64>)> = receipt::table
        .filter(receipt::errand_id.eq_any(claims.clone()))
        .select((receipt::amount_ore, receipt::granted_ore))
        .load(db)?;
    let trips: Vec<(i64, Option<i64>)> = trip::table
        .filter(trip::errand_id.eq_any(claims))
        .select((trip::amount_ore, trip::granted_ore))
        .load(db)?;
    let all = receipts.into_iter().chain(trips);
    Ok(all.map(|(amount, granted)| granted.unwrap_or(amount)).collect())
}

/// The receipts of a home of any of these days, with day and sum; not of claims that were withdrawn.
pub(super) fn receipts_on(db: &mut Db, home: HomeId, days: Vec<Day>) -> Result<Vec<(ReceiptId, Day, i64)>> {
    let days: Vec<String> = days.iter().map(Day::to_string).collect();
    let of_home = errand::table
        .filter(errand::home_id.eq(home).and(errand::state.ne("withdrawn")))
        .select(errand::id);
    Ok(receipt::table
        .filter(receipt::purchased_on.eq_any(days))
        .filter(receipt::errand_id.eq_any(of_home))
        .select((receipt::id, receipt::purchased_on, receipt::amount_ore))
        .load(db)?)
}

/// The trips of a home of any of these days, with day and sum; not of claims that were withdrawn, nor of `but`: there
/// and back on one day are two alike.
pub(super) fn trips_on(db: &mut Db, home: HomeId, days: Vec<Day>, but: ErrandId) -> Result<Vec<(Day, i64)>> {
    let days: Vec<String> = days.iter().map(Day::to_string).collect();
    let of_home = errand::table
        .filter(errand::home_id.eq(home).and(errand::state.ne("withdrawn")))
        .select(errand::id);
    Ok(trip::table
        .filter(trip::driven_on.eq_any(days).and(trip::errand_id.ne(but)))
        .filter(trip::errand_id.eq_any(of_home))
        .select((trip::driven_on, trip::amount_ore))
        .load(db)?)
}

pub(super) fn insert_warnings(db: &mut Db, rows: &[WarningRow]) -> Result<()> {
    crate::insert_all!(db, warning::table, rows)?;
    Ok(())
}

pub(super) fn warnings(db: &mut Db, of: ErrandId) -> Result<Vec<WarningRow>> {
    Ok(warning::table
        .filter(warning::errand_id.eq(of))
        .order(warning::id)
        .load(db)?)
}

/// Notes that a home has handed in a file of this content; gives whether it had not before.
pub(super) fn take_content(
    db: &mut Db,
    (board, home): (BoardId, HomeId),
    token: &[u8],
    claim: ErrandId,
) -> Result<bool> {
    let new = crate::db::insert_unless_there!(
        db,
        receipt_content::table,
        (
            receipt_content::home_id.eq(home),
            receipt_content::token.eq(token),
            receipt_content::errand_id.eq(claim),
            receipt_content::board_id.eq(board),
        )
    )?;
    Ok(new == 1)
}

/// The claim in which a home has handed in a file of this content, by its number's year and serial.
pub(super) fn content_taken_by(db: &mut Db, home: HomeId, token: &[u8]) -> Result<Option<(i64, i64)>> {
    let held = receipt_content::table
        .find((home, token))
        .select(receipt_content::errand_id);
    Ok(errand::table
        .filter(errand::id.eq_any(held))
        .select((errand::number_year, errand::number_serial))
        .first(db)
        .optional()?)
}

/// Lets the files of a claim be handed in again.
pub(super) fn release_contents(db: &mut Db, claim: ErrandId) -> Result<()> {
    let held = receipt_content::table.filter(receipt_content::errand_id.eq(claim));
    diesel::delete(held).execute(db)?;
    Ok(())
}

pub(super) fn insert_review(db: &mut Db, row: &ReviewRow, lines: &[ReviewLineRow]) -> Result<()> {
    diesel::insert_into(review::table).values(row).execute(db)?;
    crate::insert_all!(db, review_line::table, lines)?;
    Ok(())
}

/// Sets what a review says on a line itself.
pub(super) fn set_line(db: &mut Db, line: &ReviewLineRow) -> Result<()> {
    if let Some(id) = line.receipt_id {
        diesel::update(receipt::table.find(id))
            .set((
                receipt::state.eq(&line.outcome),
                receipt::granted_ore.eq(line.granted_ore),
            ))
            .kept()
            .execute(db)?;
    }
    if let Some(id) = line.trip_id {
        diesel::update(trip::table.find(id))
            .set((trip::state.eq(&line.outcome), trip::granted_ore.eq(line.granted_ore)))
            .kept()
            .execute(db)?;
    }
    Ok(())
}

pub(super) fn review(db: &mut Db, id: ReviewId) -> Result<Option<ReviewRow>> {
    Ok(review::table.find(id).first(db).optional()?)
}

pub(super) fn review_lines(db: &mut Db, of: ReviewId) -> Result<Vec<ReviewLineRow>> {
    Ok(review_line::table
        .filter(review_line::review_id.eq(of))
        .order(review_line::id)
        .load(db)?)
}

/// The lines of an errand's newest review, of those with an id below `before`.
pub(super) fn newest_review_lines(db: &mut Db, of: ErrandId, before: Uuid) -> Result<Vec<ReviewLineRow>> {
    let before: ReviewId = Id::of(before);
    let newest: Option<ReviewId> = review::table
        .filter(review::errand_id.eq(of).and(review::id.lt(before)))
        .order(review::id.desc())
        .select(review::id)
        .first(db)
        .optional()?;
    newest.map_or(Ok(Vec::new()), |newest| review_lines(db, newest))
}
