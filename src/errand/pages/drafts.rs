//! A form's draft: given back when the form is opened, saved by the form's button, removed when it is not wanted.

use super::check::{self, Looked, look_up};
use crate::access::Access;
use crate::account::Visitor;
use crate::app::App;
use crate::clock::Instant;
use crate::draft::{DraftKind, DraftView, Drafted, VERSION, fields_of, keep, told};
use crate::errand::ErrandKind;
use crate::error::{Error, Result};
use crate::file::Handed;
use crate::id::FileId;
use crate::web::page::{Fields, see_other, swedish};
use crate::web::say;
use actix_web::HttpResponse;

/// The form's button that saves its draft.
pub const SAVE: &str = "draft";
/// The form's button that removes it.
pub const DROP: &str = "drop";

/// A form as it is opened.
pub struct OpenedForm {
    pub looked: Looked,
    /// What the draft says; nothing where there is none.
    pub handed: Handed,
    pub draft: Drafted,
}

/// Looks what can be chosen from, and what was typed before and not sent.
///
/// # Errors
/// [`Error::Forbidden`] for one who starts no such errand.
pub async fn open(app: &App, visitor: &Visitor, kind: ErrandKind, fields: Fields) -> Result<OpenedForm> {
    // What came on paper is nobody's draft.
    if let Some(home) = super::paper::home(&fields)? {
        let looked = check::look(app, visitor, (kind, Some(home)), None).await?;
        let draft = of_form(kind, &fields);
        let files = Vec::new();
        return Ok(OpenedForm {
            looked,
            handed: Handed { fields, files },
            draft,
        });
    }
    let look = move |access: Access<'_>| {
        let looked = look_up(access, kind, None)?;
        let draft = access.draft_of(form(kind)?)?;
        let named: Vec<FileId> = draft.iter().flat_map(|draft| files(&fields_of(draft))).collect();
        let there = access.still_waiting(&named)?;
        Ok((looked, draft, there))
    };
    let (looked, draft, there) = app.door.read(visitor.actor, look).await?;
    let (fields, draft) = given_back(kind, draft, &there, app.clock.now());
    Ok(OpenedForm {
        looked,
        handed: Handed {
            fields,
            files: Vec::new(),
        },
        draft,
    })
}

/// The draft of a form; each kind of errand has one.
fn form(kind: ErrandKind) -> Result<DraftKind> {
    DraftKind::parse(kind.as_str()).ok_or_else(|| Error::fault("an errand without a form"))
}

/// The files that a form names.
fn files(fields: &Fields) -> Vec<FileId> {
    let named = fields.pairs().filter(|(name, _)| names_file(name));
    named.filter_map(|(_, value)| value.parse().ok()).collect()
}

fn names_file(field: &str) -> bool {
    field == "file_ids" || field.ends_with(".file_id")
}

/// What a draft says, without the files that are gone by now.
fn given_back(kind: ErrandKind, draft: Option<DraftView>, there: &[FileId], now: Instant) -> (Fields, Drafted) {
    let Some(draft) = draft else {
        return (Fields::default(), of_form(kind, &Fields::default()));
    };
    let (all, mut fields) = (fields_of(&draft), Fields::default());
    let is_gone =
        |name: &str, value: &str| names_file(name) && value.parse::<FileId>().is_ok_and(|id| !there.contains(&id));
    for (name, value) in all.pairs().filter(|(name, value)| !is_gone(name, value)) {
        fields.push(name.to_owned(), value.to_owned());
    }
    let drafted = Drafted {
        kind: kind.as_str(),
        version: draft.version.to_string(),
        restored: Some(swedish::time(draft.saved_at, now)),
        told: Some(told(draft.saved_at)),
        lost_files: fields.pairs().count() < all.pairs().count(),
    };
    (fields, drafted)
}

/// What the page of a form that was sent knows of its draft.
pub fn of_form(kind: ErrandKind, fields: &Fields) -> Drafted {
    Drafted {
        kind: kind.as_str(),
        version: fields.text(VERSION).to_owned(),
        ..Drafted::default()
    }
}

/// Saves a form's fields.
///
/// # Errors
/// As [`keep`]; that it has been typed into elsewhere is told on the page.
pub async fn save(app: &App, visitor: &Visitor, kind: ErrandKind, fields: &Fields) -> Result<Drafted> {
    let of_form = of_form(kind, fields);
    match keep(app, visitor, form(kind)?, fields).await {
        Ok((saved, _)) => Ok(Drafted {
            version: saved.version.to_string(),
            told: Some(told(saved.saved_at)),
            ..of_form
        }),
        Err(Error::Stale) => Ok(Drafted {
            told: Some(say("draft-elsewhere").into()),
            ..of_form
        }),
        Err(error) => Err(error),
    }
}

/// Removes the draft; the form is begun anew.
///
/// # Errors
/// As [`Access::drop_draft`].
pub async fn discard(app: &App, visitor: &Visitor, kind: ErrandKind, path: &str) -> Result<HttpResponse> {
    let form = form(kind)?;
    let discard = move |access: Access<'_>| {
        // One that is gone already has been removed elsewhere.
        if !access.drop_draft(form)? {
            access.goes_on();
        }
        Ok(())
    };
    app.door.write(visitor.actor, discard).await?;
    Ok(see_other(path))
}

/// Removes the draft of what is being sent, in the same transaction.
pub fn sent(access: Access<'_>, kind: ErrandKind) -> Result<()> {
    access.drop_draft(form(kind)?).map(drop)
}
