//! Pages: files shown and fetched, and the files of a form on their way in.

use super::name::shown as file_name_shown;
use super::receive::{Declared, Received, receive};
use super::serve::serve;
use super::verbs::Form as Shape;
use crate::access::Actor;
use crate::account::Visitor;
use crate::app::App;
use crate::error::{Error, Fault, Result};
use crate::id::{FileId, of};
use crate::web::page::{Fields, FormFaults, Part, Parts, Upload};
use crate::web::{Language, ObjectPath};
use actix_web::{HttpRequest, HttpResponse, get, post, web};
use futures_util::TryStreamExt as _;
use serde::Serialize;

/// A file for viewing.
#[get("/filer/{id}")]
pub async fn get_file(
    app: web::Data<App>,
    visitor: Visitor,
    request: HttpRequest,
    id: ObjectPath<of::File>,
) -> Result<HttpResponse> {
    let open = move |access: crate::access::Access<'_>| access.open_file(id.0, Shape::Content);
    serve(&app, &request, &app.door.read(visitor.actor, open).await?).await
}

/// The very bytes, for staff and the one who sent them.
#[get("/filer/{id}/original")]
pub async fn get_original(
    app: web::Data<App>,
    visitor: Visitor,
    request: HttpRequest,
    id: ObjectPath<of::File>,
) -> Result<HttpResponse> {
    let open = move |access: crate::access::Access<'_>| access.open_file(id.0, Shape::Original);
    serve(&app, &request, &app.door.read(visitor.actor, open).await?).await
}

/// What a script is told of the file it sent.
#[derive(Serialize)]
#[serde(untagged)]
enum Told {
    Kept { id: FileId, name: String },
    Refused { text: String },
}

/// Takes in one file as soon as it is chosen; the form it was chosen in names it later.
#[post("/filer")]
pub async fn post_file(app: web::Data<App>, upload: Upload) -> Result<HttpResponse> {
    let visitor = Visitor::of(&app, &upload.checked).await?;
    let handed = take_in(&app, visitor.actor, upload.parts).await?;
    let file = handed
        .files
        .into_iter()
        .next()
        .ok_or_else(|| Error::invalid("file", "required"))?;
    Ok(match file.outcome {
        Ok(file) => HttpResponse::Ok().json(Told::Kept {
            id: file.id,
            name: file.name,
        }),
        Err(code) => HttpResponse::UnprocessableEntity().json(Told::Refused {
            text: sentence(code).to_owned(),
        }),
    })
}

/// The field that takes several files.
const SEVERAL: &str = "files";

/// Why a file was refused, and what to do.
fn sentence(code: &'static str) -> &'static str {
    Language::spoken().find(&format!("fault-{code}")).unwrap_or(code)
}

/// What a form with files brought.
pub struct Handed {
    pub fields: Fields,
    pub files: Vec<HandedFile>,
}

/// A file that was chosen in a form: kept, or refused.
pub struct HandedFile {
    /// The form's field.
    pub field: String,
    /// What its sender calls it, fit to be shown.
    pub name: String,
    pub outcome: Result<Received, &'static str>,
}

impl Handed {
    /// The faults of files that were refused, at their fields.
    pub fn faults(&self) -> Vec<Fault> {
        let refused = |file: &HandedFile| {
            let code = file.outcome.as_ref().err()?;
            let field = file.field.clone();
            Some(Fault { field, code })
        };
        self.files.iter().filter_map(refused).collect()
    }

    /// The faults of a form in words, each file of several that was refused by its name.
    pub fn naming(&self, faults: FormFaults) -> FormFaults {
        let refused = |file: &HandedFile| {
            let code = file.outcome.as_ref().err()?;
            (file.field == SEVERAL).then(|| format!("{}: {}", file.name, sentence(code)))
        };
        let told: Vec<String> = self.files.iter().filter_map(refused).collect();
        faults.saying(SEVERAL, told)
    }

    /// The files that were kept, with their fields.
    pub fn kept(&self) -> impl Iterator<Item = (&str, &Received)> {
        self.files
            .iter()
            .filter_map(|file| Some((file.field.as_str(), file.outcome.as_ref().ok()?)))
    }

    /// Hashes of the files that came with the form.
    pub fn hashes(&self) -> Vec<String> {
        self.kept()
            .map(|(field, file)| format!("{field} {}", file.sha256))
            .collect()
    }
}

/// The field that says, before a file that the page made smaller, which file was chosen: by its SHA-256 in hex.
const CHOSEN: &str = "chosen";

/// Takes in a form with its files: each is received, checked and sealed as it arrives. One that is refused does not
/// keep the others from arriving.
///
/// # Errors
/// What stops the whole form: it breaks off, is too large, or the one who sends it may hand in nothing.
pub async fn take_in(app: &App, actor: Actor, mut parts: Parts) -> Result<Handed> {
    let mut handed = Handed {
        fields: Fields::default(),
        files: Vec::new(),
    };
    while let Some(part) = parts.next().await? {
        match part {
            Part::Text(name, value) => handed.fields.push(name, value),
            Part::File(file) => {
                let file = *file;
                let name = file_name_shown(&file.name);
                let declared = Declared {
                    name: Some(file.name),
                    length: None,
                    chosen: Some(handed.fields.text(CHOSEN).to_owned()),
                };
                let bytes = file.bytes.map_err(|cause| cause.to_string());
                let outcome = match receive(app, actor, declared, bytes).await {
                    Ok(received) => Ok(received),
                    Err(refused) => Err(code(refused)?),
                };
                handed.files.push(HandedFile {
                    field: file.field,
                    name,
                    outcome,
                });
            }
        }
    }
    Ok(handed)
}

/// What is wrong with a refused file; anything else that went wrong stops the form.
fn code(refused: Error) -> Result<&'static str> {
    match refused {
        Error::TooLarge => Ok("file-too-large"),
        Error::WrongType(kind) => Ok(kind),
        Error::Invalid(faults) => Ok(faults.first().map_or("file-damaged", |fault| fault.code)),
        other => Err(other),
    }
}
