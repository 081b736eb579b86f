//! Deciding on a wish, in two steps: what was filled in is looked through before it is decided.

use super::act::{confirmed, done, renamed, to_confirm, version};
use super::check::{Check, Part, Row};
use super::pane::Wanted;
use super::query::ListQuery;
use super::thread::{Again, look, show, shown};
use super::typed::Reader;
use super::words;
use crate::access::{Access, Side};
use crate::account::Visitor;
use crate::app::App;
use crate::audit::Action;
use crate::clock::{Day, Instant};
use crate::errand::{ErrandView, Granted, NewDecision, Outcome};
use crate::error::{Error, Fault, Result};
use crate::id::{ErrandId, of};
use crate::web::page::{Fields, Form, Frame, Masthead, swedish};
use crate::web::{ObjectPath, Query, say};
use actix_web::{HttpResponse, post, web};

/// What the decision grants, by the errand it is made in.
type Looked = (Masthead, ErrandView, Result<Option<Granted>>);

#[post("/arenden/{id}/beslut")]
pub async fn post_decision(
    app: web::Data<App>,
    id: ObjectPath<of::Errand>,
    query: Query<ListQuery>,
    form: Form,
) -> Result<HttpResponse> {
    let visitor = Visitor::of(&app, &form.checked).await?;
    let once = form.fields.once(&format!("/arenden/{}/beslut", id.0), &[])?;
    let (if_match, button) = (version(&form.fields)?, form.fields.text("do").to_owned());
    if button == "edit" {
        return again(&app, &visitor, (id.0, &query.0), form.fields, &[]).await;
    }
    let new = match read(&form.fields, app.clock.now().day()) {
        Ok(new) => new,
        Err(faults) => return mended(&app, &visitor, (id.0, &query.0), form.fields, &faults).await,
    };
    if button == "send" {
        let decide = move |access: Access<'_>| access.decide(id.0, &new, if_match, Some(&once));
        return match app.door.write_foreseeing(visitor.actor, decide).await {
            Ok(_) => Ok(done(id.0, &query.0, "beslut")),
            Err(Error::Invalid(faults)) => {
                let faults: Vec<Fault> = faults.iter().map(own_field).collect();
                again(&app, &visitor, (id.0, &query.0), form.fields, &faults).await
            }
            Err(Error::OtherHome(found)) => {
                let mut fields = form.fields;
                let fault = to_confirm(&mut fields, found);
                again(&app, &visitor, (id.0, &query.0), fields, &[fault]).await
            }
            Err(Error::Stale) => stale(&app, &visitor, (id.0, &query.0), form.fields).await,
            Err(error) => Err(error),
        };
    }
    let asked = new.clone();
    let look = move |access: Access<'_>| -> Result<Looked> {
        let held = access
            .errand_for(id.0, Action::DecisionMake)?
            .would_decide(&asked, if_match);
        let held = match held {
            Err(Error::Invalid(_) | Error::Stale) | Ok(_) => held,
            Err(other) => return Err(other),
        };
        Ok((access.masthead()?, access.errand(id.0)?.show()?, held))
    };
    let (masthead, errand, held) = app.door.read(visitor.actor, look).await?;
    match held {
        Ok(grant) => to_check(
            Frame::of(say("decide-heading"), masthead, &visitor.guard),
            (&errand, &query.0),
            &form.fields,
            (&new, grant),
            app.clock.now(),
        ),
        Err(Error::Invalid(faults)) => {
            let faults: Vec<Fault> = faults.iter().map(own_field).collect();
            again(&app, &visitor, (id.0, &query.0), form.fields, &faults).await
        }
        Err(_) => stale(&app, &visitor, (id.0, &query.0), form.fields).await,
    }
}

fn own_field(fault: &Fault) -> Fault {
    Fault {
        field: format!("decision.{}", fault.field),
        code: fault.code,
    }
}

/// The form again to whoever may decide, as the one look that it is; whoever may not is told that, and nothing of it.
async fn mended(
    app: &App,
    visitor: &Visitor,
    (id, query): (ErrandId, &ListQuery),
    fields: Fields,
    faults: &[Fault],
) -> Result<HttpResponse> {
    let wanted = Wanted::by(query)?;
    let look = move |access: Access<'_>| {
        access.errand_for(id, Action::DecisionMake)?.may_decide()?;
        look(access, access.errand(id)?, wanted)
    };
    let looked = app.door.read(visitor.actor, look).await?;
    shown(visitor, (id, query), looked, filled(fields, faults), app.clock.now())
}

async fn again(
    app: &App,
    visitor: &Visitor,
    (id, query): (ErrandId, &ListQuery),
    fields: Fields,
    faults: &[Fault],
) -> Result<HttpResponse> {
    show(app, visitor, (id, query), filled(fields, faults)).await
}

fn filled(fields: Fields, faults: &[Fault]) -> Again {
    Again {
        faults: renamed(faults, |field| field),
        fields,
        ..Again::default()
    }
}

async fn stale(
    app: &App,
    visitor: &Visitor,
    (id, query): (ErrandId, &ListQuery),
    fields: Fields,
) -> Result<HttpResponse> {
    let again = Again {
        fields,
        stale: true,
        ..Again::default()
    };
    show(app, visitor, (id, query), again).await
}

fn read(fields: &Fields, today: Day) -> Result<NewDecision, Vec<Fault>> {
    let mut of = Reader::of(fields, "decision", today);
    let outcome = of.choice("outcome", Outcome::parse);
    let amount_ore = of.sum_if_any("amount_ore");
    let valid_until = of.day_ahead_if_any("valid_until");
    let (conditions, reasons) = (of.text_if_any("conditions"), of.text_if_any("reasons"));
    match outcome.filter(|_| of.faults.is_empty()) {
        Some(outcome) => Ok(NewDecision {
            outcome,
            amount_ore,
            valid_until,
            conditions,
            reasons,
            confirmed: confirmed(fields),
        }),
        None => Err(of.faults),
    }
}

fn to_check(
    frame: Frame,
    (errand, query): (&ErrandView, &ListQuery),
    fields: &Fields,
    (new, grant): (&NewDecision, Option<Granted>),
    now: Instant,
) -> Result<HttpResponse> {
    let person = errand.assignment.as_ref();
    let person = person.map_or_else(String::new, |of| {
        format!("{} · {}", of.service_user.first_name, of.label)
    });
    let about = vec![
        Row::of(
            say("decide-errand"),
            format!("{} {}", words::kind(errand.kind), errand.number),
            "",
        ),
        Row::of(say("thread-home"), errand.home.name.clone(), ""),
        Row::of(say("thread-concerns"), person, ""),
    ];
    let mut made = vec![Row::of(
        say("thread-decision"),
        words::outcome(new.outcome, Side::Team),
        "decision.outcome",
    )];
    if let Some(grant) = &grant {
        made.push(Row::of(
            say("thread-decision-most"),
            grant.amount.to_string(),
            "decision.amount_ore",
        ));
        made.push(Row::of(
            say("thread-decision-until"),
            swedish::day(grant.valid_until, now),
            "decision.valid_until",
        ));
    }
    let texts = [
        (
            say("thread-decision-conditions"),
            &new.conditions,
            "decision.conditions",
        ),
        (say("thread-decision-reasons"), &new.reasons, "decision.reasons"),
    ];
    for (word, text, field) in texts {
        made.extend(text.as_ref().map(|text| Row::of(word, text.expose().clone(), field)));
    }
    let part = |heading: &str, rows| Part {
        heading: heading.into(),
        picture: None,
        rows,
    };
    Check {
        frame,
        heading: say("decide-heading"),
        action: format!("/arenden/{}/beslut{}", errand.id, query.tail()),
        parts: vec![part(say("thread-errand"), about), part(say("decide-decision"), made)],
        notes: {
            let over = grant.filter(|grant| grant.is_over).map(|_| say("decide-over"));
            over.into_iter().chain([say("decide-seen")]).map(Into::into).collect()
        },
        hidden: fields.carried(),
        send: say("decide-send").into(),
        change: say("decide-change"),
        multipart: false,
    }
    .answer()
}
