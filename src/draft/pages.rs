//! Pages: a form's fields as a draft, saved by a script as they are typed, or by a button, and given back when the form
//! is opened again.

use super::{DraftBody, DraftKind, DraftView};
use crate::access::Access;
use crate::account::Visitor;
use crate::app::App;
use crate::clock::Instant;
use crate::error::{Error, Result};
use crate::web::IfMatch;
use crate::web::page::{FIELD, Fields, Part, Upload, swedish};
use crate::web::say_with;
use actix_web::http::StatusCode;
use actix_web::{HttpResponse, post, web};
use serde::Serialize;
use serde_json::{Map, Value};

/// The form's field that says which form it is.
pub const KIND: &str = "draft_kind";
/// The form's field with the version the page was made from; empty where there was no draft.
pub const VERSION: &str = "draft_version";
/// Fields that say nothing of what was typed.
const NOT_KEPT: [&str; 5] = [FIELD, KIND, VERSION, "once", "do"];

/// What a page knows of its form's draft.
#[derive(Debug, Clone, Default)]
pub struct Drafted {
    /// The form.
    pub kind: &'static str,
    /// Empty where there is no draft.
    pub version: String,
    /// When it was saved, where the form was filled in with it.
    pub restored: Option<String>,
    /// What is told of its saving.
    pub told: Option<String>,
    /// Files that it named and that are gone by now.
    pub lost_files: bool,
}

/// What a script is told.
#[derive(Serialize)]
struct Told {
    version: i64,
    text: String,
    /// How long one stays signed in.
    seconds: u64,
}

#[derive(Serialize)]
struct Refused {
    text: String,
}

/// Saves a form's fields as they are typed. Its files are sent by themselves.
#[post("/utkast")]
pub async fn post_draft(app: web::Data<App>, upload: Upload) -> Result<HttpResponse> {
    let visitor = Visitor::of(&app, &upload.checked).await?;
    let (mut parts, mut fields) = (upload.parts, Fields::default());
    while let Some(part) = parts.next().await? {
        if let Part::Text(name, value) = part {
            fields.push(name, value);
        }
    }
    let kind = DraftKind::parse(fields.text(KIND)).ok_or_else(|| Error::Malformed("no such form".into()))?;
    match keep(&app, &visitor, kind, &fields).await {
        Ok((saved, seconds)) => Ok(HttpResponse::Ok().json(Told {
            version: saved.version,
            text: told(saved.saved_at),
            seconds,
        })),
        Err(Error::Stale) => Ok(HttpResponse::build(StatusCode::PRECONDITION_FAILED).json(Refused {
            text: crate::web::say("draft-elsewhere").into(),
        })),
        Err(error) => Err(error),
    }
}

/// Saves a form's fields as its draft; gives it, and the seconds that one stays signed in.
///
/// # Errors
/// As [`Access::save_draft`]; [`Error::Stale`] when the same form has been typed into elsewhere since.
pub async fn keep(app: &App, visitor: &Visitor, kind: DraftKind, fields: &Fields) -> Result<(DraftView, u64)> {
    // Made from no draft: one that there is by now is another page's.
    let version = fields.text(VERSION).parse().unwrap_or(0);
    let new = DraftBody {
        kind,
        content: content(fields),
    };
    let save = move |access: Access<'_>| {
        let saved = access.save_draft(None, &new, IfMatch(Some(version)))?;
        Ok((saved, access.masthead()?.seconds_left()))
    };
    app.door.write(visitor.actor, save).await
}

/// What is told when a draft has been saved.
pub fn told(at: Instant) -> String {
    say_with("draft-saved", "time", &swedish::hour(at))
}

/// A form's fields as a draft keeps them: each by its name, more than one of a name as a list.
fn content(fields: &Fields) -> Value {
    let mut kept = Map::new();
    for (name, value) in fields.pairs().filter(|(name, _)| !NOT_KEPT.contains(name)) {
        let value = Value::from(value);
        match kept.get_mut(name) {
            None => drop(kept.insert(name.to_owned(), value)),
            Some(Value::Array(all)) => all.push(value),
            Some(one) => *one = Value::Array(vec![one.take(), value]),
        }
    }
    Value::Object(kept)
}

/// The fields of a draft, as its form has them.
pub fn fields_of(draft: &DraftView) -> Fields {
    let mut fields = Fields::default();
    for (name, value) in draft.content.as_object().into_iter().flatten() {
        let all = match value {
            Value::Array(all) => all.as_slice(),
            one => std::slice::from_ref(one),
        };
        for text in all.iter().filter_map(Value::as_str) {
            fields.push(name.clone(), text.to_owned());
        }
    }
    fields
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::clock::Clock;

    #[test]
    fn a_draft_gives_back_what_was_typed() {
        let mut typed = Fields::default();
        for (name, value) in [
            (FIELD, "hemligt"),
            ("once", "k"),
            (KIND, "message"),
            ("body", "Hej"),
            ("file_ids", "1"),
            ("file_ids", "2"),
            ("file_ids", "3"),
            ("subject", ""),
            ("do", "draft"),
        ] {
            typed.push(name.into(), value.into());
        }
        let clock = Clock::system();
        let draft = DraftView {
            id: clock.fresh_id(),
            kind: DraftKind::Message,
            content: content(&typed),
            saved_at: clock.now(),
            removed_at: clock.now(),
            version: 1,
        };
        let back = fields_of(&draft);
        let mut back: Vec<_> = back.pairs().collect();
        back.sort_unstable();
        let expected = [
            ("body", "Hej"),
            ("file_ids", "1"),
            ("file_ids", "2"),
            ("file_ids", "3"),
            ("subject", ""),
        ];
        assert_eq!(back, expected);
    }

    #[test]
    fn a_draft_of_another_making_harms_no_form() {
        let clock = Clock::system();
        for odd in [
            serde_json::json!("fritt"),
            serde_json::json!({"body": {"a": 1}, "n": 3, "list": [1, ["x"], null]}),
        ] {
            let draft = DraftView {
                id: clock.fresh_id(),
                kind: DraftKind::Message,
                content: odd,
                saved_at: clock.now(),
                removed_at: clock.now(),
                version: 1,
            };
            assert_eq!(fields_of(&draft).pairs().count(), 0);
        }
    }
}
