//! The board's settings: as they are, as they will be and as they were; and the form of a group.

use super::groups::{Empty, GROUPS, Group, KINDS, Kind, Setting, find, group, sight};
use super::typed::{filled, on, own_field, read, rows_in};
use crate::access::{Access, Right, TeamSight};
use crate::account::Visitor;
use crate::app::App;
use crate::board::{BoardChange, BoardSettings, SettingsChange};
use crate::clock::{Day, Instant};
use crate::errand::{ReceiptCategory, receipt_category};
use crate::error::{Error, Fault, Result};
use crate::web::page::{Fields, Form, FormFaults, Frame, Masthead, filters, page, see_other, swedish};
use crate::web::{IfMatch, Query, say};
use actix_web::http::StatusCode;
use actix_web::{HttpResponse, get, post, web};
use askama::Template;
use serde::Deserialize;
use serde_json::Value;

/// What stands in the address after something was saved.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct SettingsQuery {
    klart: String,
}

/// A setting with what holds today.
struct SettingLine {
    label: &'static str,
    lines: Vec<String>,
    /// What comes, with its first day.
    coming: Vec<(String, Vec<String>)>,
}

/// A group as it is shown.
struct Panel {
    slug: &'static str,
    title: &'static str,
    icon: &'static str,
    settings: Vec<SettingLine>,
}

/// A line of the history.
struct Past {
    label: &'static str,
    lines: Vec<String>,
    from: String,
    set: String,
    by: String,
    is_current: bool,
    is_coming: bool,
}

#[derive(Template)]
#[template(path = "board/control/pages/settings.html")]
struct Settings {
    frame: Frame,
    panels: Vec<Panel>,
    history: Vec<Past>,
    changes: bool,
    saved: bool,
}

#[derive(Template)]
#[template(path = "board/control/pages/group.html")]
struct GroupForm {
    frame: Frame,
    group: &'static Group,
    fields: Fields,
    faults: FormFaults,
    version: i64,
    stale: bool,
}

impl GroupForm {
    fn yes_or_no(&self) -> Vec<(&'static str, &'static str)> {
        vec![("ja", say("set-yes")), ("nej", say("set-no"))]
    }
    fn sights(&self) -> Vec<(&'static str, &'static str)> {
        TeamSight::ALL.iter().map(|one| (one.as_str(), sight(*one))).collect()
    }
    fn kinds(&self) -> Vec<(&'static str, &'static str)> {
        KINDS.iter().map(|(kind, label)| (*kind, say(label))).collect()
    }
    fn categories(&self) -> Vec<(&'static str, &'static str)> {
        let all = ReceiptCategory::ALL.iter();
        all.map(|one| (one.as_str(), receipt_category(*one))).collect()
    }
    /// The places of the rows of a list.
    fn rows(&self, setting: &Setting, most: &usize) -> std::ops::Range<usize> {
        0..rows_in(&self.fields, setting.name, *most)
    }
    fn hint(&self, setting: &Setting) -> &'static str {
        if setting.hint.is_empty() { "" } else { say(setting.hint) }
    }
    fn is_free(&self, empty: &Empty) -> bool {
        *empty == Empty::TakesAway
    }
    fn second(&self, part: &str) -> &'static str {
        if part == "url" {
            say("set-link-url")
        } else {
            say("set-phone")
        }
    }
}

#[get("/installningar")]
pub async fn get_settings(app: web::Data<App>, visitor: Visitor, query: Query<SettingsQuery>) -> Result<HttpResponse> {
    let look = |access: Access<'_>| Ok((access.board_settings()?, access.masthead()?));
    let (board, masthead) = app.door.read(visitor.actor, look).await?;
    let now = app.clock.now();
    let today = on(&board, now.day())?;
    let panel = |group: &Group| Panel {
        slug: group.slug,
        title: say(group.title),
        icon: group.icon,
        settings: group
            .settings
            .iter()
            .map(|setting| shown(setting, today.get(setting.name).unwrap_or(&Value::Null), &board, now))
            .collect(),
    };
    page(
        StatusCode::OK,
        &Settings {
            panels: GROUPS.iter().map(panel).collect(),
            history: history(&board, now),
            changes: masthead.may(Right::ChangeSettings),
            frame: Frame::of(say("set-title"), masthead, &visitor.guard).at("/installningar"),
            saved: query.0.klart == "sparat",
        },
    )
}

fn shown(setting: &Setting, value: &Value, board: &BoardSettings, now: Instant) -> SettingLine {
    let coming = board
        .history
        .iter()
        .filter(|row| row.name == setting.name && row.from > now.day());
    SettingLine {
        label: say(setting.label),
        lines: setting.shown(value),
        coming: coming
            .rev()
            .map(|row| (swedish::day(row.from, now), setting.shown(&row.value)))
            .collect(),
    }
}

fn history(board: &BoardSettings, now: Instant) -> Vec<Past> {
    let known = board.history.iter().filter_map(|row| Some((row, find(&row.name)?)));
    known
        .map(|(row, setting)| Past {
            label: say(setting.label),
            lines: setting.shown(&row.value),
            from: swedish::day(row.from, now),
            set: swedish::time_first(row.set_at, now),
            by: row.set_by.clone().unwrap_or_else(|| say("log-system").into()),
            is_current: row.is_current,
            is_coming: row.from > now.day(),
        })
        .collect()
}

#[get("/installningar/{grupp}")]
pub async fn get_group(app: web::Data<App>, visitor: Visitor, slug: web::Path<String>) -> Result<HttpResponse> {
    let (board, masthead) = may_change(&app, &visitor).await?;
    let group = group(&slug).ok_or(Error::NotFound)?;
    let today = app.clock.now().day();
    let mut fields = filled(group, &on(&board, today)?);
    fields.set("from", today.to_string());
    answer(&visitor, (group, masthead), (fields, board.version), (&[], false))
}

/// The settings, to whoever may change them.
async fn may_change(app: &App, visitor: &Visitor) -> Result<(BoardSettings, Masthead)> {
    let look = |access: Access<'_>| {
        access.may_change_settings()?;
        Ok((access.board_settings()?, access.masthead()?))
    };
    app.door.read(visitor.actor, look).await
}

#[post("/installningar/{grupp}")]
pub async fn post_group(app: web::Data<App>, slug: web::Path<Slug>, form: Form) -> Result<HttpResponse> {
    let visitor = Visitor::of(&app, &form.checked).await?;
    let (board, masthead) = may_change(&app, &visitor).await?;
    let group = group(&slug.grupp).ok_or(Error::NotFound)?;
    let version: i64 = form
        .fields
        .text("version")
        .parse()
        .map_err(|_| Error::Malformed("version".into()))?;
    let about = (group, masthead);
    if form.fields.is_to_be_shown() {
        return answer(&visitor, about, (form.fields, version), (&[], false));
    }
    let (changed, from) = match read(group, &form.fields, (&board, app.clock.now().day())) {
        Ok(read) => read,
        Err(faults) => return answer(&visitor, about, (form.fields, version), (&faults, false)),
    };
    if changed.is_empty() {
        return Ok(see_other("/installningar"));
    }
    let change = change_of(changed, from)?;
    let save = move |access: Access<'_>| access.change_settings(&change, IfMatch(Some(version)));
    match app.door.write(visitor.actor, save).await {
        Ok(_) => Ok(see_other("/installningar?klart=sparat")),
        Err(Error::Invalid(faults)) => {
            let faults: Vec<Fault> = faults.iter().map(own_field).collect();
            answer(&visitor, about, (form.fields, version), (&faults, false))
        }
        Err(Error::Stale) => answer(&visitor, about, (form.fields, board.version), (&[], true)),
        Err(error) => Err(error),
    }
}

/// The last part of a form's address.
#[derive(Debug, Deserialize)]
pub struct Slug {
    grupp: String,
}

fn change_of(changed: serde_json::Map<String, Value>, from: Day) -> Result<BoardChange> {
    let settings: SettingsChange =
        serde_json::from_value(Value::Object(changed)).map_err(|cause| Error::Malformed(cause.to_string()))?;
    Ok(BoardChange {
        settings,
        from: Some(from),
    })
}

fn answer(
    visitor: &Visitor,
    (group, masthead): (&'static Group, Masthead),
    (fields, version): (Fields, i64),
    (faults, stale): (&[Fault], bool),
) -> Result<HttpResponse> {
    let frame = Frame::of(say(group.title), masthead, &visitor.guard).at("/installningar");
    let (frame, status) = match (faults.is_empty(), stale) {
        (true, false) => (frame, StatusCode::OK),
        (true, true) => (frame.at_fault(), StatusCode::PRECONDITION_FAILED),
        (false, _) => (frame.at_fault(), StatusCode::UNPROCESSABLE_ENTITY),
    };
    page(
        status,
        &GroupForm {
            frame,
            group,
            fields,
            faults: FormFaults::told(faults),
            version,
            stale,
        },
    )
}
