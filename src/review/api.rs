//! REST: the log for auditors, its checkpoint and key, its export.

use super::check::check_log;
use super::table::{TableForm, table_of};
use super::verbs::{ErrandNamed, EventFilter, Places, download_of};
use super::view::{CheckView, EventView, EventWhole};
use crate::app::App;
use crate::audit::{Action, Outcome};
use crate::clock::Instant;
use crate::error::{Error, Faults, Result};
use crate::id::{HomeId, PersonId, of};
use crate::web::{Caller, Created, Listed, Listing, ObjectPath, Paging, Plain, Query, Reply, Shown, once};
use actix_web::{HttpRequest, HttpResponse, Responder as _, get, post, web};
use serde::Deserialize;

/// What the list of events is narrowed to, how much of it, and from where.
#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
pub struct EventQuery {
    /// Events of this instant and later, RFC 3339.
    #[param(format = DateTime)]
    from: Option<String>,
    /// Events of this instant and earlier, RFC 3339.
    #[param(format = DateTime)]
    to: Option<String>,
    /// Who did it.
    person: Option<PersonId>,
    /// The errand's id, or its number such as `FH-2026-000123-3`.
    errand: Option<String>,
    home: Option<HomeId>,
    /// Such as `errand.read`.
    #[param(value_type = Option<Action>)]
    action: Option<String>,
    #[param(value_type = Option<Outcome>)]
    outcome: Option<String>,
    /// Only events that have their place in this epoch's log.
    #[param(minimum = 1)]
    epoch: Option<u64>,
    /// 1–100, by default 25.
    #[param(minimum = 1, maximum = 100)]
    limit: Option<u32>,
    /// `next_cursor` of the page before.
    #[param(format = Uuid)]
    cursor: Option<String>,
}

impl EventQuery {
    /// # Errors
    /// [`Error::Malformed`] for an action, outcome or cursor that is none; [`Error::Invalid`] with all other faults.
    fn read(&self) -> Result<(EventFilter, Listing<of::Event>)> {
        let unknown = |what: &str| Error::Malformed(format!("unknown {what}"));
        let action = self
            .action
            .as_deref()
            .map(|text| Action::parse(text).ok_or_else(|| unknown("action")));
        let outcome = self
            .outcome
            .as_deref()
            .map(|text| Outcome::parse(text).ok_or_else(|| unknown("outcome")));
        let instant = |text: &Option<String>| text.as_deref().map(Instant::parse);
        let (from, to, errand) = (
            instant(&self.from),
            instant(&self.to),
            self.errand.as_deref().map(named),
        );
        let filter = EventFilter {
            from: from.flatten(),
            to: to.flatten(),
            person: self.person,
            errand: errand.flatten(),
            home: self.home,
            action: action.transpose()?,
            outcome: outcome.transpose()?,
            epoch: self.epoch,
        };
        let mut faults = Faults::default();
        faults.unless(from != Some(None), "from", "time");
        faults.unless(to != Some(None), "to", "time");
        let ordered = filter.from.zip(filter.to).is_none_or(|(from, to)| from <= to);
        faults.unless(ordered, "to", "time-order");
        faults.unless(errand.is_none_or(|errand| errand.is_some()), "errand", "errand-number");
        faults.unless(
            self.limit.is_none_or(|limit| (1..=100).contains(&limit)),
            "limit",
            "limit-range",
        );
        let listing = Listing::parse(None, self.cursor.as_deref())?;
        faults.check()?;
        let limit = Listing::<of::Event>::parse(self.limit, None)?.limit;
        Ok((filter, Listing { limit, ..listing }))
    }
}

fn named(text: &str) -> Option<ErrandNamed> {
    let id = text.parse().map(ErrandNamed::Id).ok();
    id.or_else(|| text.parse().map(ErrandNamed::Number).ok())
}

/// Which of the board's logs.
#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
pub struct EpochQuery {
    /// By default the newest.
    #[param(minimum = 1)]
    epoch: Option<u64>,
}

/// Which events to export.
#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
pub struct ExportQuery {
    /// The index of the first; by default 0.
    from_index: Option<u64>,
    /// The index of the last, which is exported too; by default that of the last there is.
    to_index: Option<u64>,
    /// By default the newest.
    #[param(minimum = 1)]
    epoch: Option<u64>,
}

/// The board's events, newest first, for auditors. Looking is itself an event, with the ids that were shown. With
/// `Accept: text/csv` or `application/x-ndjson` all that the filter lets through comes as one file, and one event tells
/// how many they were; `limit` and `cursor` have no place there.
#[utoipa::path(
    tag = "audit",
    operation_id = "list_events",
    params(EventQuery),
    security(("token" = [])),
    responses((status = 200, content(
        (Listed<EventView> = "application/json"),
        (String = "text/csv"),
        (String = "application/x-ndjson"),
    ))),
)]
#[get("/audit/events")]
pub async fn get_events(
    app: web::Data<App>,
    caller: Caller,
    request: HttpRequest,
    query: Query<EventQuery>,
) -> Reply<HttpResponse> {
    let (filter, listing) = query.0.read()?;
    if let Some(form) = TableForm::asked_for(&request) {
        if query.0.limit.is_some() || query.0.cursor.is_some() {
            return Err(Error::Malformed("a table is whole".into()));
        }
        return table_of(&app, caller.0, filter, form).await;
    }
    let list = app
        .door
        .read(caller.0, move |access| access.audit_events(&filter, listing));
    Ok(Shown(list.await?).respond_to(&request))
}

/// One event whole: what is stored of it, its commitments and leaf, its place in the tree with the events beside it,
/// the first checkpoint that counts it, and whether all that fits together. For auditors.
#[utoipa::path(
    tag = "audit",
    operation_id = "get_event",
    params(("id" = String, Path, description = "the event")),
    security(("token" = [])),
    responses((status = 200, body = EventWhole)),
)]
#[get("/audit/events/{id}")]
pub async fn get_event(app: web::Data<App>, caller: Caller, id: ObjectPath<of::Event>) -> Reply<Shown<EventWhole>> {
    let read = move |access: crate::access::Access<'_>| access.audit_event(id.0);
    Ok(Shown(app.door.read(caller.0, read).await?))
}

/// The checks of the board's logs, newest first: when the whole log was verified, and what was found. For auditors and
/// the data protection officer.
#[utoipa::path(
    tag = "audit",
    operation_id = "list_checks",
    params(Paging),
    security(("token" = [])),
    responses((status = 200, body = Listed<CheckView>)),
)]
#[get("/audit/checks")]
pub async fn get_checks(app: web::Data<App>, caller: Caller, query: Query<Paging>) -> Reply<Shown<Listed<CheckView>>> {
    let listing = query.0.listing()?;
    let list = app.door.read(caller.0, move |access| access.log_checks(listing));
    Ok(Shown(list.await?))
}

/// Have the whole log checked now, as `famn audit verify` does; the answer does not wait for the end. One that runs
/// already is not begun a second time. For auditors.
#[utoipa::path(
    tag = "audit",
    operation_id = "start_check",
    params(("Idempotency-Key" = Option<String>, Header, description = "1–64 printable ASCII characters")),
    security(("token" = [])),
    responses((status = 201, body = CheckView)),
)]
#[post("/audit/checks")]
pub async fn post_check(app: web::Data<App>, caller: Caller, request: HttpRequest) -> Reply<Created<CheckView>> {
    let once = once(&request, &[])?;
    Ok(Created {
        body: check_log(&app, caller.0, once).await?,
        location: None,
    })
}

/// The newest signed checkpoint of the board's log (C2SP tlog-checkpoint), for auditors and the data protection
/// officer.
#[utoipa::path(
    tag = "audit",
    operation_id = "get_checkpoint",
    params(EpochQuery),
    security(("token" = [])),
    responses(
        (status = 200, body = String, content_type = "text/plain"),
        (status = 404),
    ),
)]
#[get("/audit/checkpoint")]
pub async fn get_checkpoint(app: web::Data<App>, caller: Caller, query: Query<EpochQuery>) -> Reply<Plain> {
    let epoch = query.0.epoch;
    Ok(Plain(
        app.door
            .read(caller.0, move |access| access.log_checkpoint(epoch))
            .await?,
    ))
}

/// The key that checks the log's signatures (C2SP vkey), for auditors and the data protection officer.
#[utoipa::path(
    tag = "audit",
    operation_id = "get_log_key",
    params(EpochQuery),
    security(("token" = [])),
    responses(
        (status = 200, body = String, content_type = "text/plain"),
        (status = 404),
    ),
)]
#[get("/audit/vkey")]
pub async fn get_vkey(app: web::Data<App>, caller: Caller, query: Query<EpochQuery>) -> Reply<Plain> {
    let epoch = query.0.epoch;
    Ok(Plain(
        app.door.read(caller.0, move |access| access.log_key(epoch)).await?,
    ))
}

/// Events with their salts, one JSON object a line in the order of their indexes: all there is to check the log with a
/// program of one's own. For auditors; an event itself before the first byte leaves.
#[utoipa::path(
    tag = "audit",
    operation_id = "export_log",
    params(ExportQuery),
    security(("token" = [])),
    responses(
        (status = 200, body = String, content_type = "application/x-ndjson"),
        (status = 404),
        (status = 422),
    ),
)]
#[get("/audit/export")]
pub async fn get_export(app: web::Data<App>, caller: Caller, query: Query<ExportQuery>) -> Reply<HttpResponse> {
    let ExportQuery {
        from_index: from,
        to_index: to,
        epoch,
    } = query.0;
    let places = Places { epoch, from, to };
    let export = app.door.read(caller.0, move |access| access.export_log(places)).await?;
    Ok(download_of(&app, export))
}
