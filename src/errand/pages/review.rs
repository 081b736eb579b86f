//! Reviewing a claim line by line, the picture beside; then all of it looked through before it is done.

use super::act::{confirmed, done, to_confirm, version};
use super::check::{Check, Part, Row};
use super::facts::km;
use super::protected::under_protected;
use super::query::ListQuery;
use super::said::Attached;
use super::typed::Reader;
use super::words;
use crate::access::Access;
use crate::account::Visitor;
use crate::app::App;
use crate::audit::Action;
use crate::clock::{Day, Instant};
use crate::errand::{ErrandView, NewReview, NewReviewLine, ProtectedLook, ReviewOutcome};
use crate::error::{Error, Fault, Result};
use crate::id::{ErrandId, of};
use crate::money::Ore;
use crate::web::page::filters;
use crate::web::page::{Fields, Form, FormFaults, Frame, Masthead, Script, scripted, swedish};
use crate::web::{IfMatch, Language, ObjectPath, Query, say, say_with};
use actix_web::http::StatusCode;
use actix_web::{HttpResponse, get, post, web};
use askama::Template;

/// A line of the claim, to be said something of.
struct Line {
    receipt: Option<crate::id::ReceiptId>,
    trip: Option<crate::id::TripId>,
    title: String,
    facts: Vec<(&'static str, String)>,
    amount: Ore,
    file: Option<Attached>,
    warnings: Vec<String>,
}

#[derive(Template)]
#[template(path = "errand/pages/review.html")]
struct Review {
    frame: Frame,
    faults: FormFaults,
    fields: Fields,
    id: ErrandId,
    number: String,
    home: String,
    tail: String,
    lines: Vec<Line>,
    sum: Ore,
    version: i64,
    once: String,
    outcomes: Vec<(&'static str, &'static str)>,
    stale: bool,
    /// Where people are is left out.
    hidden: bool,
    /// So are the pictures.
    files_hidden: bool,
    /// Whether the very bytes of files are given out.
    originals: bool,
}

impl Review {
    fn name(&self, at: &usize, field: &str) -> String {
        format!("lines.{at}.{field}")
    }
}

/// What is looked at, and what a review as filled in would grant.
type Looked = (Masthead, ErrandView, Result<Ore>);

#[get("/arenden/{id}/granskning")]
pub async fn get_review(
    app: web::Data<App>,
    visitor: Visitor,
    id: ObjectPath<of::Errand>,
    query: Query<ListQuery>,
) -> Result<HttpResponse> {
    let (masthead, errand, _) = look(&app, &visitor, id.0, None).await?;
    let frame = Frame::of(say("thread-review-go"), masthead, &visitor.guard);
    show(
        frame,
        (&errand, &query.0),
        Fields::default(),
        (&[], false),
        app.clock.now(),
    )
}

#[post("/arenden/{id}/granskning")]
pub async fn post_review(
    app: web::Data<App>,
    id: ObjectPath<of::Errand>,
    query: Query<ListQuery>,
    form: Form,
) -> Result<HttpResponse> {
    let visitor = Visitor::of(&app, &form.checked).await?;
    let once = form.fields.once(&format!("/arenden/{}/granskning", id.0), &[])?;
    let (if_match, button, mut fields) = (version(&form.fields)?, form.fields.text("do").to_owned(), form.fields);
    let (today, query) = (app.clock.now().day(), query.0);
    if button == "all" {
        for at in 0..count(&fields) {
            fields.set(&format!("lines.{at}.outcome"), ReviewOutcome::Granted.as_str().into());
        }
    }
    let (new, mut faults) = match read(&fields, today) {
        Ok(new) => (Some(new), Vec::new()),
        Err(faults) => (None, faults),
    };
    let mut stale = false;
    if let (Some(new), "send") = (&new, button.as_str()) {
        let new = new.clone();
        let review = move |access: Access<'_>| access.review(id.0, &new, if_match, Some(&once));
        match app.door.write_foreseeing(visitor.actor, review).await {
            Ok(_) => return Ok(done(id.0, &query, "granskat")),
            Err(Error::Invalid(told)) => faults = told,
            Err(Error::OtherHome(found)) => faults.push(to_confirm(&mut fields, found)),
            Err(Error::Stale) => stale = true,
            Err(error) => return Err(error),
        }
    }
    let only_shown = button == "edit" || button == "all";
    let held = new.clone().filter(|_| !only_shown && !stale && faults.is_empty());
    let is_held = held.is_some();
    let (masthead, errand, granted) = look(&app, &visitor, id.0, held.map(|new| (new, if_match))).await?;
    let frame = |title: &str| Frame::of(title, masthead.clone(), &visitor.guard);
    let now = app.clock.now();
    match granted {
        Ok(granted) if is_held => to_check(frame(say("review-check")), (&errand, &query), &fields, granted, now),
        _ if only_shown => show(
            frame(say("thread-review-go")),
            (&errand, &query),
            fields,
            (&[], false),
            now,
        ),
        Err(Error::Invalid(told)) => show(
            frame(say("thread-review-go")),
            (&errand, &query),
            fields,
            (&told, false),
            now,
        ),
        Err(_) => show(
            frame(say("thread-review-go")),
            (&errand, &query),
            fields,
            (&[], true),
            now,
        ),
        Ok(_) => show(
            frame(say("thread-review-go")),
            (&errand, &query),
            fields,
            (&faults, stale),
            now,
        ),
    }
}

/// The page with everything, for whoever has just said why.
pub(super) async fn unveil(
    app: &App,
    visitor: &Visitor,
    (id, query): (ErrandId, &ListQuery),
    reason: ProtectedLook,
    mut fields: Fields,
) -> Result<HttpResponse> {
    let unveil = move |access: Access<'_>| {
        let claim = access.errand_for(id, Action::ProtectedRead)?;
        claim.may_review()?;
        Ok((access.masthead()?, claim.unveiled(&reason)?.show()?))
    };
    let title = say("thread-review-go");
    let now = app.clock.now();
    match app.door.write(visitor.actor, unveil).await {
        Ok((masthead, errand)) => {
            let frame = Frame::of(title, masthead, &visitor.guard);
            show(frame, (&errand, query), Fields::default(), (&[], false), now)
        }
        Err(Error::Invalid(faults)) => {
            fields.set("once", String::new());
            let (masthead, errand, _) = look(app, visitor, id, None).await?;
            let frame = Frame::of(title, masthead, &visitor.guard);
            show(frame, (&errand, query), fields, (&under_protected(&faults), false), now)
        }
        // Nobody is protected there any more: then the page hides nothing.
        Err(Error::Conflict(_)) => {
            let (masthead, errand, _) = look(app, visitor, id, None).await?;
            let frame = Frame::of(title, masthead, &visitor.guard);
            show(frame, (&errand, query), Fields::default(), (&[], false), now)
        }
        Err(error) => Err(error),
    }
}

async fn look(app: &App, visitor: &Visitor, id: ErrandId, new: Option<(NewReview, IfMatch)>) -> Result<Looked> {
    let look = move |access: Access<'_>| {
        let claim = access.errand_for(id, Action::ClaimReview)?;
        claim.may_review()?;
        let held = match new {
            Some((new, if_match)) => claim.would_review(&new, if_match),
            None => Ok(Ore(0)),
        };
        let held = match held {
            Err(Error::Invalid(_) | Error::Stale) | Ok(_) => held,
            Err(other) => return Err(other),
        };
        Ok((access.masthead()?, access.errand(id)?.show()?, held))
    };
    app.door.read(visitor.actor, look).await
}

fn count(fields: &Fields) -> usize {
    fields.text("count").parse().unwrap_or(0).min(100)
}

fn read(fields: &Fields, today: Day) -> Result<NewReview, Vec<Fault>> {
    let (mut lines, mut faults) = (Vec::new(), Vec::new());
    for at in 0..count(fields) {
        let id = |field: &str| fields.text(&format!("lines.{at}.{field}"));
        let mut of = Reader::of(fields, format!("lines.{at}"), today);
        let outcome = of.choice("outcome", ReviewOutcome::parse);
        // The sum stands for a part only: all of it and nothing of it are said already.
        let amount_ore = match outcome {
            Some(ReviewOutcome::PartlyGranted) => of.sum("amount_ore"),
            _ => None,
        };
        let reason = of.text_if_any("reason");
        faults.append(&mut of.faults);
        lines.extend(outcome.map(|outcome| NewReviewLine {
            receipt_id: id("receipt_id").parse().ok(),
            trip_id: id("trip_id").parse().ok(),
            outcome,
            amount_ore,
            reason,
        }));
    }
    if faults.is_empty() {
        let confirmed = confirmed(fields);
        Ok(NewReview { lines, confirmed })
    } else {
        Err(faults)
    }
}

fn lines(errand: &ErrandView, now: Instant) -> Vec<Line> {
    let receipts = errand.receipts.iter().flatten().enumerate().map(|(at, one)| {
        let mut facts = vec![
            (say("review-shop"), words::place(one.supplier.as_deref())),
            (say("review-what"), words::receipt_category(one.category).to_owned()),
            (say("review-bought"), swedish::day(one.purchased_on, now)),
        ];
        facts.extend(one.vat_ore.map(|vat| (say("review-vat"), vat.to_string())));
        facts.extend(one.note.clone().map(|note| (say("review-more"), note)));
        let file = one.file.as_ref().map(|file| Attached::of(file, now));
        let gone = file.as_ref().and_then(|file| file.gone.clone());
        facts.extend(gone.map(|gone| (say("wrong-file"), gone)));
        let own = errand
            .warnings
            .iter()
            .filter(|warning| warning.receipt_id == Some(one.id));
        Line {
            receipt: Some(one.id),
            trip: None,
            title: say_with("said-receipt", "n", &(at + 1).to_string()),
            facts,
            amount: one.amount_ore,
            file: file.filter(|file| file.gone.is_none()),
            warnings: own.map(|warning| warning.said(Language::spoken())).collect(),
        }
    });
    let trips = errand.trips.iter().flatten().enumerate().map(|(at, one)| {
        let mut facts = vec![
            (say("review-drove"), swedish::day(one.driven_on, now)),
            (say("review-purpose"), one.purpose.clone()),
            (say("review-way"), words::way(one.from.as_deref(), one.to.as_deref())),
            (say("review-distance"), km(one.distance_m)),
        ];
        let meter = one.odometer_start.zip(one.odometer_end);
        facts.extend(meter.map(|(start, end)| (say("review-meter"), format!("{start} – {end}"))));
        let own = errand.warnings.iter().filter(|warning| warning.trip_id == Some(one.id));
        Line {
            receipt: None,
            trip: Some(one.id),
            title: say_with("review-trip", "n", &(at + 1).to_string()),
            facts,
            amount: one.amount_ore,
            file: None,
            warnings: own.map(|warning| warning.said(Language::spoken())).collect(),
        }
    });
    receipts.chain(trips).collect()
}

fn show(
    frame: Frame,
    (errand, query): (&ErrandView, &ListQuery),
    fields: Fields,
    (faults, stale): (&[Fault], bool),
    now: Instant,
) -> Result<HttpResponse> {
    let (faults, lines) = (FormFaults::told(faults), lines(errand, now));
    let frame = frame.with(&[Script::Look, Script::Guard]);
    let status = match (faults.is_empty(), stale) {
        (true, false) => StatusCode::OK,
        (_, true) => StatusCode::PRECONDITION_FAILED,
        (false, false) => StatusCode::UNPROCESSABLE_ENTITY,
    };
    let content = Review {
        frame: if status == StatusCode::OK {
            frame
        } else {
            frame.at_fault()
        },
        faults,
        id: errand.id,
        number: errand.number.to_string(),
        home: errand.home.name.clone(),
        tail: query.tail(),
        sum: lines.iter().map(|line| line.amount).sum(),
        lines,
        version: errand.version,
        once: fields.once_again(),
        fields,
        outcomes: ReviewOutcome::ALL
            .iter()
            .map(|one| (one.as_str(), words::said_of_line(*one)))
            .collect(),
        stale,
        hidden: errand.places_hidden,
        files_hidden: errand.all_files().any(|file| file.hidden),
        originals: !errand.home.protected,
    };
    scripted(status, &content)
}

fn to_check(
    frame: Frame,
    (errand, query): (&ErrandView, &ListQuery),
    fields: &Fields,
    granted: Ore,
    now: Instant,
) -> Result<HttpResponse> {
    let part = |(at, line): (usize, Line)| {
        let name = |field: &str| format!("lines.{at}.{field}");
        let outcome = ReviewOutcome::parse(fields.text(&name("outcome")));
        let mut rows = vec![
            Row::of(say("review-handed"), line.amount.to_string(), ""),
            Row::of(
                say("thread-review"),
                outcome.map_or("", words::said_of_line),
                name("outcome"),
            ),
        ];
        if outcome == Some(ReviewOutcome::PartlyGranted) {
            let part = crate::typed::sum(fields.text(&name("amount_ore"))).unwrap_or(Ore(0));
            rows.push(Row::of(say("review-amount"), part.to_string(), name("amount_ore")));
        }
        let reason = fields.secret(&name("reason"));
        rows.extend(reason.map(|text| Row::of(say("review-reason"), text.expose().clone(), name("reason"))));
        Part {
            heading: line.title,
            picture: None,
            rows,
        }
    };
    let mut parts: Vec<Part> = lines(errand, now).into_iter().enumerate().map(part).collect();
    parts.push(Part {
        heading: say("review-all").into(),
        picture: None,
        rows: vec![Row::of(say("review-granted"), granted.to_string(), "")],
    });
    let nothing = (granted.0 == 0).then(|| say("review-nothing").to_owned());
    let seen = say("review-seen").to_owned();
    Check {
        frame,
        heading: say("review-check"),
        action: format!("/arenden/{}/granskning{}", errand.id, query.tail()),
        parts,
        notes: nothing.into_iter().chain([seen]).collect(),
        hidden: fields.carried(),
        send: say("review-send").into(),
        change: say("decide-change"),
        multipart: false,
    }
    .answer()
}
