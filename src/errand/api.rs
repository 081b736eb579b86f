//! REST: errands, their messages, notes, assignee, read mark and state.

pub mod former;
pub mod openings;
pub mod papers;
pub mod wrong;

use super::claim::{NewReview, ReviewView};
use super::decision::{DecisionView, NewDecision};
use super::list::{Assignee, Filter, Part, Sort};
use super::start::{NewErrand, Started};
use super::thread::{Move, NewMessage, NewNote};
use super::view::{ErrandRow, ErrandView, MessageView, NoteView};
use super::{ErrandKind, ErrandState};
use crate::app::App;
use crate::audit::Action;
use crate::error::{Error, Result};
use crate::id::{HomeId, PersonId, of};
use crate::web::{
    Caller, Created, IfMatch, Json, Language, Listed, NoContent, ObjectPath, Query, Reply, Shown, Versioned, once,
};
use actix_web::{HttpRequest, get, post, put, web};
use serde::Deserialize;

/// What a list is narrowed to, how much of it, and from where.
#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
pub struct ErrandQuery {
    kind: Option<ErrandKind>,
    state: Option<ErrandState>,
    /// `me`, `none` or a person's id.
    #[param(pattern = "^(me|none|[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12})$")]
    assignee: Option<String>,
    /// `true`: only what has come since I looked.
    unread: Option<bool>,
    /// `true`: only what an answer is needed to within two working days; `false`: only what it is not.
    urgent: Option<bool>,
    /// Such as `FH-2026-000123-3`.
    number: Option<String>,
    /// A home's id: those of it within my circle.
    #[param(value_type = Option<String>, format = Uuid)]
    home: Option<HomeId>,
    /// 1–100, by default 25.
    #[param(minimum = 1, maximum = 100)]
    limit: Option<u32>,
    /// By default `received`: the newest first, and a page is what it was. `updated`: by last change as I see it; what
    /// is changed between two pages comes first on the next, again if I had it, so that nothing is passed by.
    #[param(inline)]
    sort: Option<Sort>,
    /// `next_cursor` of the page before, of the same order.
    #[param(max_length = 120)]
    cursor: Option<String>,
}

impl ErrandQuery {
    fn read(&self) -> Result<(Filter, Part)> {
        let assignee = match self.assignee.as_deref() {
            None => None,
            Some("me") => Some(Assignee::Me),
            Some("none") => Some(Assignee::None),
            Some(id) => Some(Assignee::Person(
                id.parse().map_err(|_| Error::Malformed("assignee".into()))?,
            )),
        };
        let number = self.number.as_deref().map(str::parse).transpose()?;
        let filter = Filter {
            kind: self.kind,
            state: self.state,
            assignee,
            unread: self.unread.unwrap_or(false),
            urgent: self.urgent,
            open: false,
            number,
            home: self.home,
        };
        let sort = self.sort.unwrap_or(Sort::Received);
        Ok((filter, Part::parse(self.limit, sort, self.cursor.as_deref())?))
    }
}

/// The one to whom an errand is given.
#[derive(Debug, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewAssignee {
    person_id: PersonId,
}

/// My own read mark.
#[derive(Debug, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ReadMark {
    read: bool,
}

/// Start an errand: a message, a wish, or receipts handed in. The number and the time of receipt are the server's.
#[utoipa::path(
    tag = "errands",
    operation_id = "create_errand",
    request_body = NewErrand,
    params(("Idempotency-Key" = Option<String>, Header, description = "1–64 printable ASCII characters")),
    security(("token" = [])),
    responses((status = 201, body = Started), (status = 404)),
)]
#[post("/errands")]
pub async fn post_errand(
    app: web::Data<App>,
    caller: Caller,
    request: HttpRequest,
    new: Json<NewErrand>,
) -> Reply<Created<Started>> {
    let once = once(&request, &new.hash)?;
    let started = app
        .door
        .write_foreseeing(caller.0, move |access| access.start(&new.value, once.as_ref()))
        .await?;
    let location = Some(format!("/api/v1/errands/{}", started.id));
    Ok(Created {
        body: started,
        location,
    })
}

/// The errands in my circle, the newest first or those changed last.
#[utoipa::path(
    tag = "errands",
    operation_id = "list_errands",
    params(ErrandQuery),
    security(("token" = [])),
    responses((status = 200, body = Listed<ErrandRow>)),
)]
#[get("/errands")]
pub async fn get_errands(
    app: web::Data<App>,
    caller: Caller,
    query: Query<ErrandQuery>,
) -> Reply<Shown<Listed<ErrandRow>>> {
    let (filter, part) = query.0.read()?;
    Ok(Shown(
        app.door
            .read(caller.0, move |access| access.errands(&filter, part))
            .await?,
    ))
}

/// One errand with all that was sent and said in it, its decisions and warnings. Sets my read mark.
#[utoipa::path(
    tag = "errands",
    operation_id = "get_errand",
    params(("id" = String, Path, format = Uuid)),
    security(("token" = [])),
    responses((status = 200, body = ErrandView)),
)]
#[get("/errands/{id}")]
pub async fn get_errand(
    app: web::Data<App>,
    caller: Caller,
    id: ObjectPath<of::Errand>,
) -> Reply<Versioned<ErrandView>> {
    let body = app
        .door
        .read(caller.0, move |access| access.errand(id.0)?.show())
        .await?;
    Ok(Versioned {
        version: body.version,
        body: body.in_language(Language::spoken()),
    })
}

/// Answer in an errand, from either side.
#[utoipa::path(
    tag = "errands",
    operation_id = "send_message",
    params(
        ("id" = String, Path, format = Uuid),
        ("Idempotency-Key" = Option<String>, Header, description = "1–64 printable ASCII characters"),
        ("If-Match" = Option<String>, Header, description = "the ETag of the errand"),
    ),
    request_body = NewMessage,
    security(("token" = [])),
    responses((status = 201, body = MessageView)),
)]
#[post("/errands/{id}/messages")]
pub async fn post_message(
    app: web::Data<App>,
    caller: Caller,
    request: HttpRequest,
    id: ObjectPath<of::Errand>,
    if_match: IfMatch,
    new: Json<NewMessage>,
) -> Reply<Created<MessageView>> {
    let once = once(&request, &new.hash)?;
    let body = app
        .door
        .write_foreseeing(caller.0, move |access| {
            let sent = access.reply(id.0, &new.value, if_match, once.as_ref())?;
            access.errand(id.0)?.show_one_message(sent)
        })
        .await?;
    Ok(Created { body, location: None })
}

/// The team's internal notes, oldest first.
#[utoipa::path(
    tag = "errands",
    operation_id = "list_notes",
    params(("id" = String, Path, format = Uuid)),
    security(("token" = [])),
    responses((status = 200, body = Listed<NoteView>)),
)]
#[get("/errands/{id}/notes")]
pub async fn get_notes(
    app: web::Data<App>,
    caller: Caller,
    id: ObjectPath<of::Errand>,
) -> Reply<Shown<Listed<NoteView>>> {
    let look = Action::NoteRead;
    let notes = move |access: crate::access::Access<'_>| access.errand_for(id.0, look)?.to_notes(look)?.show_notes();
    Ok(Shown(Listed {
        items: app.door.read(caller.0, notes).await?,
        next_cursor: None,
    }))
}

/// Write an internal note; the home never sees it.
#[utoipa::path(
    tag = "errands",
    operation_id = "write_note",
    params(
        ("id" = String, Path, format = Uuid),
        ("Idempotency-Key" = Option<String>, Header, description = "1–64 printable ASCII characters"),
    ),
    request_body = NewNote,
    security(("token" = [])),
    responses((status = 201, body = NoteView)),
)]
#[post("/errands/{id}/notes")]
pub async fn post_note(
    app: web::Data<App>,
    caller: Caller,
    request: HttpRequest,
    id: ObjectPath<of::Errand>,
    new: Json<NewNote>,
) -> Reply<Created<NoteView>> {
    let once = once(&request, &new.hash)?;
    let body = app
        .door
        .write(caller.0, move |access| {
            let written = access.write_note(id.0, &new.value, once.as_ref())?;
            access.errand(id.0)?.to_notes(Action::NoteRead)?.show_one_note(written)
        })
        .await?;
    Ok(Created { body, location: None })
}

/// Give an errand to a colleague.
#[utoipa::path(
    tag = "errands",
    operation_id = "assign_errand",
    params(("id" = String, Path, format = Uuid)),
    request_body = NewAssignee,
    security(("token" = [])),
    responses((status = 204), (status = 409)),
)]
#[put("/errands/{id}/assignee")]
pub async fn put_assignee(
    app: web::Data<App>,
    caller: Caller,
    id: ObjectPath<of::Errand>,
    new: Json<NewAssignee>,
) -> Reply<NoContent> {
    let assign = move |access: crate::access::Access<'_>| {
        access
            .errand_for(id.0, Action::ErrandAssign)?
            .to_assign()?
            .assign(new.value.person_id)
    };
    app.door.write(caller.0, assign).await?;
    Ok(NoContent)
}

/// Set or take away my own read mark.
#[utoipa::path(
    tag = "errands",
    operation_id = "mark_errand",
    params(("id" = String, Path, format = Uuid)),
    request_body = ReadMark,
    security(("token" = [])),
    responses((status = 204)),
)]
#[put("/errands/{id}/read")]
pub async fn put_read(
    app: web::Data<App>,
    caller: Caller,
    id: ObjectPath<of::Errand>,
    mark: Json<ReadMark>,
) -> Reply<NoContent> {
    let read = mark.value.read;
    app.door
        .write(caller.0, move |access| {
            access.errand_for(id.0, Action::ErrandMark)?.mark(read)
        })
        .await?;
    Ok(NoContent)
}

/// Move an errand: withdraw it, ask for a supplement, complete or close it, take it up again.
#[utoipa::path(
    tag = "errands",
    operation_id = "move_errand",
    params(
        ("id" = String, Path, format = Uuid),
        ("If-Match" = Option<String>, Header, description = "the ETag of the errand"),
    ),
    request_body = Move,
    security(("token" = [])),
    responses((status = 200, body = ErrandView), (status = 409)),
)]
#[put("/errands/{id}/state")]
pub async fn put_state(
    app: web::Data<App>,
    caller: Caller,
    id: ObjectPath<of::Errand>,
    if_match: IfMatch,
    to: Json<Move>,
) -> Reply<Versioned<ErrandView>> {
    let go = move |access: crate::access::Access<'_>| {
        access
            .errand_for(id.0, Action::ErrandState)?
            .to_move(to.value.state)?
            .go(&to.value, if_match)?;
        access.errand(id.0)?.show()
    };
    let body = app.door.write_foreseeing(caller.0, go).await?;
    Ok(Versioned {
        version: body.version,
        body: body.in_language(Language::spoken()),
    })
}

/// Decide on a wish. A decision is final: a later one supersedes it.
#[utoipa::path(
    tag = "errands",
    operation_id = "decide",
    params(
        ("id" = String, Path, format = Uuid),
        ("Idempotency-Key" = Option<String>, Header, description = "1–64 printable ASCII characters"),
        ("If-Match" = Option<String>, Header, description = "the ETag of the errand"),
    ),
    request_body = NewDecision,
    security(("token" = [])),
    responses((status = 201, body = DecisionView)),
)]
#[post("/errands/{id}/decisions")]
pub async fn post_decision(
    app: web::Data<App>,
    caller: Caller,
    request: HttpRequest,
    id: ObjectPath<of::Errand>,
    if_match: IfMatch,
    new: Json<NewDecision>,
) -> Reply<Created<DecisionView>> {
    let once = once(&request, &new.hash)?;
    let decide = move |access: crate::access::Access<'_>| {
        let made = access.decide(id.0, &new.value, if_match, once.as_ref())?;
        access.errand(id.0)?.show_one_decision(made)
    };
    let body = app.door.write_foreseeing(caller.0, decide).await?;
    Ok(Created { body, location: None })
}

/// Review a receipt claim: every line once, granted, granted in part or refused.
#[utoipa::path(
    tag = "errands",
    operation_id = "review_claim",
    params(
        ("id" = String, Path, format = Uuid),
        ("Idempotency-Key" = Option<String>, Header, description = "1–64 printable ASCII characters"),
        ("If-Match" = Option<String>, Header, description = "the ETag of the errand"),
    ),
    request_body = NewReview,
    security(("token" = [])),
    responses((status = 201, body = ReviewView)),
)]
#[post("/errands/{id}/reviews")]
pub async fn post_review(
    app: web::Data<App>,
    caller: Caller,
    request: HttpRequest,
    id: ObjectPath<of::Errand>,
    if_match: IfMatch,
    new: Json<NewReview>,
) -> Reply<Created<ReviewView>> {
    let once = once(&request, &new.hash)?;
    let review = move |access: crate::access::Access<'_>| {
        let made = access.review(id.0, &new.value, if_match, once.as_ref())?;
        access.errand(id.0)?.show_one_review(made)
    };
    let body = app.door.write_foreseeing(caller.0, review).await?;
    Ok(Created { body, location: None })
}
