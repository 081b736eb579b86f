//! A wish as it was sent, to both sides.

use super::new::NewTravel;
use super::rows;
use super::{ApprovalMode, GuardianConsent, ItemCategory, OtherCover, Payer, TravelMode, TravelPurpose};
use crate::clock::Day;
use crate::crypt::RowKey;
use crate::errand::ErrandKind;
use crate::errand::capability::Errand;
use crate::errand::limits::Limits;
use crate::error::Result;
use crate::id::ErrandId;
use crate::money::Ore;
use serde::Serialize;

#[derive(Debug, Clone, Serialize, utoipa::ToSchema)]
pub struct PurchaseView {
    pub item_category: ItemCategory,
    pub description: String,
    #[schema(value_type = i64)]
    pub estimated_ore: Ore,
    pub reasons: String,
    pub who_pays: Payer,
    pub covered_otherwise: Vec<OtherCover>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub supplier: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub link: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub needed_by: Option<Day>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub childs_view: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<i64>)]
    pub own_contribution_ore: Option<Ore>,
}

#[derive(Debug, Clone, Serialize, utoipa::ToSchema)]
pub struct TravelView {
    pub purpose: TravelPurpose,
    pub approval_mode: ApprovalMode,
    /// Left out, like `to`, where the errand says `places_hidden`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub from: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub to: Option<String>,
    pub starts_on: Day,
    pub ends_on: Day,
    pub adults: i64,
    pub children: i64,
    pub mode: TravelMode,
    /// Metres one way.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub distance_m: Option<i64>,
    pub return_trip: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<i64>)]
    pub other_costs_ore: Option<Ore>,
    pub reasons: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub abroad: Option<AbroadView>,
}

#[derive(Debug, Clone, Serialize, utoipa::ToSchema)]
pub struct AbroadView {
    pub country: String,
    pub passport: bool,
    pub guardian_consent: GuardianConsent,
    pub insurance: bool,
}

/// What a wish says, whichever it is.
#[derive(Debug, Clone, Default)]
pub struct WishView {
    pub purchase: Option<PurchaseView>,
    pub travel: Option<TravelView>,
}

impl WishView {
    /// Whether there is one.
    pub(in crate::errand) const fn is_one(&self) -> bool {
        self.purchase.is_some() || self.travel.is_some()
    }

    /// What granting it in full comes to; nothing where the wish itself does not say (a standing approval, a fare that
    /// nobody knows).
    pub(in crate::errand) fn asked(&self, limits: &Limits) -> Option<Ore> {
        match (&self.purchase, &self.travel) {
            (Some(of), _) => Some(Ore(of.estimated_ore.0 - of.own_contribution_ore.map_or(0, |own| own.0))),
            (None, Some(of)) if of.approval_mode == ApprovalMode::Advance => {
                let driven = of.distance_m.filter(|_| of.mode == TravelMode::OwnCar);
                let sum = NewTravel::comes_to(driven, of.return_trip, of.other_costs_ore, (limits, of.starts_on));
                Some(sum).filter(|sum| sum.0 > 0)
            }
            _ => None,
        }
    }
}

impl<Grant> Errand<'_, Grant> {
    /// Whether the errand's wish for a purchase says where it is to be bought.
    pub(in crate::errand) fn tells_shop(&self) -> Result<bool> {
        let id = self.row.id;
        let row = self.access.db(|db| rows::purchase(db, id))?;
        Ok(row.supplier.is_some() || row.link.is_some())
    }

    /// What the errand's wish says; nothing of an errand that is none.
    pub(in crate::errand) fn wish(&self) -> Result<WishView> {
        let (access, id, key) = (self.access, self.row.id, &self.key);
        match self.kind()? {
            ErrandKind::PurchaseRequest => {
                let places = self.places_key()?;
                let (row, covers) =
                    access.db(|db| Ok::<_, crate::error::Error>((rows::purchase(db, id)?, rows::covers(db, id)?)))?;
                Ok(WishView {
                    purchase: Some(show_purchase(row, &covers, (key, places.as_ref()))?),
                    travel: None,
                })
            }
            ErrandKind::TravelRequest => {
                let places = self.places_key()?;
                let row = access.db(|db| rows::travel(db, id))?;
                Ok(WishView {
                    purchase: None,
                    travel: Some(show_travel(row, (key, places.as_ref()))?),
                })
            }
            ErrandKind::Message | ErrandKind::ReceiptClaim => Ok(WishView::default()),
        }
    }
}

/// Opens one wish's texts.
struct Opener<'a> {
    key: &'a RowKey,
    /// What opens where people are, unless that is hidden.
    places: Option<&'a RowKey>,
    table: &'static str,
    errand: ErrandId,
}

impl Opener<'_> {
    fn open(&self, column: &'static str, sealed: &[u8]) -> Result<String> {
        let text = self.key.open(self.table, column, self.errand, 1, sealed)?;
        Ok(text.expose().clone())
    }
    fn open_place(&self, column: &'static str, sealed: &[u8]) -> Result<Option<String>> {
        let open = |key: &RowKey| key.open(self.table, column, self.errand, 1, sealed);
        Ok(self.places.map(open).transpose()?.map(|text| text.expose().clone()))
    }
    fn open_any(&self, column: &'static str, sealed: Option<&[u8]>) -> Result<Option<String>> {
        sealed.map(|sealed| self.open(column, sealed)).transpose()
    }
}

fn show_purchase(
    row: rows::PurchaseRow,
    covers: &[String],
    (key, places): (&RowKey, Option<&RowKey>),
) -> Result<PurchaseView> {
    let opener = Opener {
        key,
        places,
        table: "purchase_request",
        errand: row.errand_id,
    };
    let place = |column, sealed: Option<&[u8]>| match sealed {
        Some(sealed) => opener.open_place(column, sealed),
        None => Ok(None),
    };
    Ok(PurchaseView {
        item_category: ItemCategory::stored(&row.item_category)?,
        description: opener.open("description", &row.description)?,
        estimated_ore: Ore(row.estimated_ore),
        reasons: opener.open("reasons", &row.reasons)?,
        who_pays: Payer::stored(&row.who_pays)?,
        covered_otherwise: covers
            .iter()
            .map(|one| OtherCover::stored(one))
            .collect::<Result<_>>()?,
        supplier: place("supplier", row.supplier.as_deref())?,
        link: place("link", row.link.as_deref())?,
        needed_by: row.needed_by,
        childs_view: opener.open_any("childs_view", row.childs_view.as_deref())?,
        own_contribution_ore: row.own_contribution_ore.map(Ore),
    })
}

fn show_travel(row: rows::TravelRow, (key, places): (&RowKey, Option<&RowKey>)) -> Result<TravelView> {
    let opener = Opener {
        key,
        places,
        table: "travel_request",
        errand: row.errand_id,
    };
    let country = opener.open_any("country", row.country.as_deref())?;
    let consent = row
        .guardian_consent
        .as_deref()
        .map(GuardianConsent::stored)
        .transpose()?;
    let abroad = match (country, row.passport, consent, row.insurance) {
        (Some(country), Some(passport), Some(guardian_consent), Some(insurance)) => Some(AbroadView {
            country,
            passport,
            guardian_consent,
            insurance,
        }),
        _ => None,
    };
    Ok(TravelView {
        purpose: TravelPurpose::stored(&row.purpose)?,
        approval_mode: ApprovalMode::stored(&row.approval_mode)?,
        from: opener.open_place("from_place", &row.from_place)?,
        to: opener.open_place("to_place", &row.to_place)?,
        starts_on: row.starts_on,
        ends_on: row.ends_on,
        adults: row.adults,
        children: row.children,
        mode: TravelMode::stored(&row.mode)?,
        distance_m: row.distance_m,
        return_trip: row.return_trip,
        other_costs_ore: row.other_costs_ore.map(Ore),
        reasons: opener.open("reasons", &row.reasons)?,
        abroad,
    })
}
