//! The tables `purchase_request`, `purchase_cover` and `travel_request`.

use crate::clock::Day;
use crate::db::Db;
use crate::db::schema::{purchase_cover, purchase_request, travel_request};
use crate::error::Result;
use crate::id::{BoardId, ErrandId};
use diesel::prelude::*;

#[derive(Queryable, Insertable)]
#[diesel(table_name = purchase_request, treat_none_as_default_value = false)]
pub(super) struct PurchaseRow {
    pub errand_id: ErrandId,
    pub board_id: BoardId,
    pub item_category: String,
    pub description: Vec<u8>,
    pub estimated_ore: i64,
    pub reasons: Vec<u8>,
    pub who_pays: String,
    pub supplier: Option<Vec<u8>>,
    pub link: Option<Vec<u8>>,
    pub needed_by: Option<Day>,
    pub childs_view: Option<Vec<u8>>,
    pub own_contribution_ore: Option<i64>,
}

#[derive(Queryable, Insertable)]
#[diesel(table_name = travel_request, treat_none_as_default_value = false)]
pub(super) struct TravelRow {
    pub errand_id: ErrandId,
    pub board_id: BoardId,
    pub purpose: String,
    pub approval_mode: String,
    pub from_place: Vec<u8>,
    pub to_place: Vec<u8>,
    pub starts_on: Day,
    pub ends_on: Day,
    pub adults: i64,
    pub children: i64,
    pub mode: String,
    pub distance_m: Option<i64>,
    pub return_trip: bool,
    pub other_costs_ore: Option<i64>,
    pub reasons: Vec<u8>,
    pub country: Option<Vec<u8>>,
    pub passport: Option<bool>,
    pub guardian_consent: Option<String>,
    pub insurance: Option<bool>,
}

pub(super) fn insert_purchase(db: &mut Db, row: &PurchaseRow, covers: &[&'static str]) -> Result<()> {
    diesel::insert_into(purchase_request::table).values(row).execute(db)?;
    for cover in covers {
        diesel::insert_into(purchase_cover::table)
            .values((
                purchase_cover::errand_id.eq(row.errand_id),
                purchase_cover::cover.eq(*cover),
                purchase_cover::board_id.eq(row.board_id),
            ))
            .execute(db)?;
    }
    Ok(())
}

pub(super) fn insert_travel(db: &mut Db, row: &TravelRow) -> Result<()> {
    diesel::insert_into(travel_request::table).values(row).execute(db)?;
    Ok(())
}

pub(super) fn purchase(db: &mut Db, of: ErrandId) -> Result<PurchaseRow> {
    Ok(purchase_request::table.find(of).first(db)?)
}

pub(super) fn covers(db: &mut Db, of: ErrandId) -> Result<Vec<String>> {
    Ok(purchase_cover::table
        .filter(purchase_cover::errand_id.eq(of))
        .order(purchase_cover::cover)
        .select(purchase_cover::cover)
        .load(db)?)
}

pub(super) fn travel(db: &mut Db, of: ErrandId) -> Result<TravelRow> {
    Ok(travel_request::table.find(of).first(db)?)
}
