//! What is done in an errand from its page: answering, noting, moving it on, taking it.

use super::query::ListQuery;
use super::thread::{Again, show};
use super::write::{file_ids, kept, own_field};
use crate::access::Access;
use crate::account::Visitor;
use crate::app::App;
use crate::audit::Action;
use crate::errand::{ErrandState, Move, NewMessage, NewNote};
use crate::error::{Error, Fault, Result, Words};
use crate::file::{Handed, take_in};
use crate::id::{ErrandId, PersonId, of};
use crate::secret::{Secret, SecretText};
use crate::web::page::{Fields, Form, FormFaults, Upload, see_other};
use crate::web::{IfMatch, ObjectPath, Query};
use actix_web::{HttpResponse, post, web};

/// The form's field of what was found of people of another home.
const FOUND: &str = "found";

/// Answers, from either side.
#[post("/arenden/{id}/svar")]
pub async fn post_reply(
    app: web::Data<App>,
    id: ObjectPath<of::Errand>,
    query: Query<ListQuery>,
    upload: Upload,
) -> Result<HttpResponse> {
    let (visitor, parts) = Visitor::sending(&app, upload).await?;
    let handed = take_in(&app, visitor.actor, parts).await?;
    let once = handed
        .fields
        .once(&format!("/arenden/{}/svar", id.0), &handed.hashes())?;
    if handed.fields.is_to_be_shown() {
        return show(&app, &visitor, (id.0, &query.0), mend(handed, &[])).await;
    }
    let if_match = version(&handed.fields)?;
    let new = NewMessage {
        body: text(&handed.fields, "body"),
        file_ids: file_ids(&handed),
        confirmed: confirmed(&handed.fields),
    };
    let refused = handed.faults();
    let sent = match refused.is_empty() {
        true => {
            app.door
                .write_foreseeing(visitor.actor, move |access| {
                    access.reply(id.0, &new, if_match, Some(&once))
                })
                .await
        }
        false => Err(Error::Invalid(refused)),
    };
    match sent {
        Ok(_) => Ok(done(id.0, &query.0, "svar")),
        Err(Error::Invalid(faults)) => show(&app, &visitor, (id.0, &query.0), mend(handed, &faults)).await,
        Err(Error::OtherHome(found)) => {
            let mut handed = handed;
            let fault = to_confirm(&mut handed.fields, found);
            show(&app, &visitor, (id.0, &query.0), mend(handed, &[fault])).await
        }
        Err(Error::Stale) => {
            show(
                &app,
                &visitor,
                (id.0, &query.0),
                Again {
                    stale: true,
                    ..mend(handed, &[])
                },
            )
            .await
        }
        Err(error) => Err(error),
    }
}

/// Writes an internal note.
#[post("/arenden/{id}/anteckning")]
pub async fn post_note(
    app: web::Data<App>,
    id: ObjectPath<of::Errand>,
    query: Query<ListQuery>,
    form: Form,
) -> Result<HttpResponse> {
    let visitor = Visitor::of(&app, &form.checked).await?;
    let once = form.fields.once(&format!("/arenden/{}/anteckning", id.0), &[])?;
    if form.fields.is_to_be_shown() {
        let again = Again {
            fields: form.fields,
            ..Again::default()
        };
        return show(&app, &visitor, (id.0, &query.0), again).await;
    }
    let new = NewNote {
        body: text(&form.fields, "note"),
    };
    match app
        .door
        .write(visitor.actor, move |access| access.write_note(id.0, &new, Some(&once)))
        .await
    {
        Ok(_) => Ok(done(id.0, &query.0, "anteckning")),
        Err(Error::Invalid(faults)) => {
            let faults = renamed(&faults, |field| if field == "body" { "note" } else { field });
            show(
                &app,
                &visitor,
                (id.0, &query.0),
                Again {
                    faults,
                    fields: form.fields,
                    ..Again::default()
                },
            )
            .await
        }
        Err(error) => Err(error),
    }
}

/// Moves the errand on.
#[post("/arenden/{id}/lage")]
pub async fn post_state(
    app: web::Data<App>,
    id: ObjectPath<of::Errand>,
    query: Query<ListQuery>,
    form: Form,
) -> Result<HttpResponse> {
    let visitor = Visitor::of(&app, &form.checked).await?;
    if form.fields.is_to_be_shown() {
        return again(&app, &visitor, (id.0, &query.0), form.fields, &[]).await;
    }
    let state = ErrandState::parse(form.fields.text("state")).ok_or_else(|| Error::Malformed("state".into()))?;
    let (to, if_match) = (
        Move {
            state,
            message: form.fields.secret("message"),
            reason: form.fields.secret("reason"),
            confirmed: confirmed(&form.fields),
        },
        version(&form.fields)?,
    );
    let go = move |access: Access<'_>| {
        access
            .errand_for(id.0, Action::ErrandState)?
            .to_move(to.state)?
            .go(&to, if_match)
    };
    match app.door.write_foreseeing(visitor.actor, go).await {
        Ok(()) => Ok(done(id.0, &query.0, "lage")),
        Err(Error::Invalid(faults)) => again(&app, &visitor, (id.0, &query.0), form.fields, &faults).await,
        Err(Error::OtherHome(found)) => {
            let mut fields = form.fields;
            let fault = to_confirm(&mut fields, found);
            again(&app, &visitor, (id.0, &query.0), fields, &[fault]).await
        }
        Err(error) => Err(error),
    }
}

/// Takes the errand as one's own, or gives it to a colleague.
#[post("/arenden/{id}/ansvarig")]
pub async fn post_assignee(
    app: web::Data<App>,
    id: ObjectPath<of::Errand>,
    query: Query<ListQuery>,
    form: Form,
) -> Result<HttpResponse> {
    let visitor = Visitor::of(&app, &form.checked).await?;
    let chosen = form.fields.all("person_id").next().map(str::parse::<PersonId>);
    let Ok(chosen) = chosen.transpose() else {
        let nobody = Fault {
            field: "person_id".into(),
            code: "required",
        };
        return again(&app, &visitor, (id.0, &query.0), form.fields, &[nobody]).await;
    };
    let give = move |access: Access<'_>| {
        let errand = access.errand_for(id.0, Action::ErrandAssign)?.to_assign()?;
        errand.assign(match chosen {
            Some(person) => person,
            None => access.person()?,
        })
    };
    match app.door.write(visitor.actor, give).await {
        Ok(()) => {
            let what = if chosen.is_some() { "tilldelat" } else { "ansvarig" };
            Ok(done(id.0, &query.0, what))
        }
        Err(Error::Invalid(faults)) => again(&app, &visitor, (id.0, &query.0), form.fields, &faults).await,
        Err(error) => Err(error),
    }
}

/// The errand again, with what is to be mended in a form beside it.
async fn again(
    app: &App,
    visitor: &Visitor,
    at: (ErrandId, &ListQuery),
    fields: Fields,
    faults: &[Fault],
) -> Result<HttpResponse> {
    let again = Again {
        faults: FormFaults::told(faults),
        fields,
        ..Again::default()
    };
    show(app, visitor, at, again).await
}

/// Back to the errand, which tells what was done; the list beside it stays as it was.
pub fn done(id: ErrandId, query: &ListQuery, what: &str) -> HttpResponse {
    let tail = query.tail();
    let joint = if tail.is_empty() { '?' } else { '&' };
    see_other(&format!("/arenden/{id}{tail}{joint}klart={what}"))
}

/// What the sender was shown of people of another home, and has said is meant.
pub fn confirmed(fields: &Fields) -> Vec<SecretText> {
    let shown = fields.all(FOUND).map(|word| Secret::new(word.to_owned()));
    shown.filter(|_| !fields.text("confirmed").is_empty()).collect()
}

/// Puts what was found into the form, to be shown and confirmed.
pub fn to_confirm(fields: &mut Fields, found: Words) -> Fault {
    fields.set_all(FOUND, found.0);
    fields.set_all("confirmed", Vec::new());
    Fault {
        field: "confirmed".into(),
        code: "other-home",
    }
}

fn text(fields: &Fields, name: &str) -> Secret<String> {
    Secret::new(fields.text(name).to_owned())
}

/// The version the page was made from.
pub fn version(fields: &Fields) -> Result<IfMatch> {
    let version = fields
        .text("version")
        .parse()
        .map_err(|_| Error::Malformed("version".into()))?;
    Ok(IfMatch(Some(version)))
}

/// The answer again, with the files that arrived.
fn mend(handed: Handed, faults: &[Fault]) -> Again {
    let kept = kept(&handed);
    Again {
        faults: handed.naming(renamed(faults, own_field)),
        fields: handed.fields,
        kept,
        ..Again::default()
    }
}

/// Faults in words, at the page's own fields.
pub fn renamed(faults: &[Fault], field: impl Fn(&str) -> &str) -> FormFaults {
    let faults: Vec<Fault> = faults
        .iter()
        .map(|fault| Fault {
            field: field(&fault.field).to_owned(),
            code: fault.code,
        })
        .collect();
    FormFaults::told(&faults)
}
