//! The demo's wishes: one that is granted and bought for, two that wait.

use super::seed::{own_assignment, text};
use crate::access::{Access, Actor};
use crate::app::App;
use crate::errand::{
    ApprovalMode, ItemCategory, NewDecision, NewErrand, NewPurchase, NewPurchaseRequest, NewTravel, NewTravelRequest,
    OtherCover, Outcome, Payer, TravelMode, TravelPurpose,
};
use crate::error::Result;
use crate::id::ErrandId;
use crate::money::Ore;
use crate::web::IfMatch;

/// A bicycle, granted: the only award of that child.
pub(super) async fn granted(app: &App, home: Actor, team: Actor) -> Result<ErrandId> {
    let bicycle = NewPurchase {
        supplier: Some(text("Cykelhörnan")),
        ..purchase(
            ItemCategory::Bicycle,
            "En begagnad cykel med växlar, 24 tum",
            "Den gamla cykeln är för liten och Alva cyklar till skolan.",
            150_000,
        )
    };
    let wish = wish(app, home, bicycle).await?;
    let decision = NewDecision {
        outcome: Outcome::Granted,
        amount_ore: None,
        valid_until: None,
        conditions: Some(text("Cykeln är barnets och följer med vid en flytt.")),
        reasons: None,
        confirmed: vec![],
    };
    let decide = move |access: Access<'_>| access.decide(wish, &decision, IfMatch(None), None);
    app.door.write(team, decide).await?;
    Ok(wish)
}

/// A trip of one home and a purchase of the other, not decided yet.
pub(super) async fn waiting(app: &App, (travels, buys): (Actor, Actor)) -> Result<()> {
    let trip = move |access: Access<'_>| {
        let today = access.now().day();
        let travel = NewTravel {
            purpose: TravelPurpose::ContactVisit,
            approval_mode: ApprovalMode::Advance,
            from: text("Borlänge"),
            to: text("Falun, resecentrum"),
            starts_on: today.plus_days(14),
            ends_on: today.plus_days(14),
            adults: 1,
            children: 1,
            mode: TravelMode::OwnCar,
            distance_m: Some(24_000),
            return_trip: true,
            other_costs_ore: Some(Ore(6_000)),
            reasons: text("Umgänge på lördagen. Bussen går inte så tidigt."),
            abroad: None,
        };
        let new = NewTravelRequest {
            assignment_id: own_assignment(access)?,
            travel,
            file_ids: vec![],
        };
        access.start(&NewErrand::TravelRequest(Box::new(new)), None)
    };
    app.door.write(travels, trip).await?;
    let glasses = purchase(
        ItemCategory::Glasses,
        "Nya glasögon efter synundersökningen",
        "Synen har ändrats sedan förra året.",
        180_000,
    );
    wish(app, buys, glasses).await?;
    Ok(())
}

fn purchase(item_category: ItemCategory, description: &str, reasons: &str, estimated_ore: i64) -> NewPurchase {
    NewPurchase {
        item_category,
        description: text(description),
        estimated_ore: Ore(estimated_ore),
        reasons: text(reasons),
        who_pays: Payer::Home,
        covered_otherwise: vec![OtherCover::None],
        supplier: None,
        link: None,
        needed_by: None,
        childs_view: None,
        own_contribution_ore: None,
    }
}

async fn wish(app: &App, by: Actor, purchase: NewPurchase) -> Result<ErrandId> {
    let send = move |access: Access<'_>| {
        let new = NewPurchaseRequest {
            assignment_id: own_assignment(access)?,
            purchase,
            file_ids: vec![],
        };
        access.start(&NewErrand::PurchaseRequest(Box::new(new)), None)
    };
    Ok(app.door.write(by, send).await?.id)
}
