//! The demo's home that must not be found: a trip with its places, and a message. Its caseworker is named for it and is
//! shown places when saying why; their colleague does not learn that it is there.

use super::seed::{message, open, own_assignment, sign_in, start, text};
use crate::access::Access;
use crate::app::App;
use crate::errand::{
    ApprovalMode, MessageCategory, NewErrand, NewMessage, NewTravel, NewTravelRequest, TravelMode, TravelPurpose,
};
use crate::error::Result;
use crate::web::IfMatch;

pub(super) async fn errands(app: &App) -> Result<()> {
    let moa = sign_in(app, "vansbro", "moa.sund@example.org").await?;
    let karl = sign_in(app, "vansbro", "karl.vans@example.org").await?;
    let trip = move |access: Access<'_>| {
        let day = access.now().day().plus_days(10);
        let travel = NewTravel {
            purpose: TravelPurpose::School,
            approval_mode: ApprovalMode::Advance,
            from: text("Ekbacken 4, Hemby"),
            to: text("Sjöängsskolan, Hemby"),
            starts_on: day,
            ends_on: day,
            adults: 1,
            children: 1,
            mode: TravelMode::OwnCar,
            distance_m: Some(18_000),
            return_trip: true,
            other_costs_ore: None,
            reasons: text("Första besöket på den nya skolan."),
            abroad: None,
        };
        let new = NewTravelRequest {
            assignment_id: own_assignment(access)?,
            travel,
            file_ids: vec![],
        };
        access.start(&NewErrand::TravelRequest(Box::new(new)), None)
    };
    app.door.write(moa, trip).await?;
    let question = message(
        MessageCategory::Contact,
        "Post från skolan",
        "Skolan vill skicka brev hem till oss. Hur gör vi med adressen?",
    );
    let question = start(app, moa, question).await?;
    open(app, karl, question).await?;
    let answer = NewMessage {
        body: text("Bra att ni frågar. Lämna inte ut adressen, breven går genom oss."),
        file_ids: vec![],
        confirmed: vec![],
    };
    app.door
        .write(karl, move |access| access.reply(question, &answer, IfMatch(None), None))
        .await?;
    for person in [moa, karl] {
        app.door.write(person, |access| access.sign_out()).await?;
    }
    Ok(())
}
