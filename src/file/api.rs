//! REST: sending a file, fetching it for viewing, fetching the very bytes.

use super::receive::{Declared, Received, receive};
use super::serve::serve;
use super::verbs::Form;
use crate::app::App;
use crate::id::of;
use crate::web::{Caller, Created, ObjectPath, Reply, declared_length};
use actix_web::http::header::{self, ContentDisposition, DispositionParam};
use actix_web::{HttpRequest, HttpResponse, get, post, web};

/// What the request's headers say of the file in its body.
fn declared(request: &HttpRequest) -> Declared {
    let disposition = request
        .headers()
        .get(header::CONTENT_DISPOSITION)
        .and_then(|value| ContentDisposition::from_raw(value).ok());
    let name = disposition.and_then(|disposition| {
        let extended = disposition.parameters.iter().find_map(|parameter| match parameter {
            DispositionParam::FilenameExt(name) => match String::from_utf8(name.value.clone()) {
                Ok(name) => Some(name),
                // The other charset of RFC 5987: each byte is a letter.
                Err(_) => Some(name.value.iter().copied().map(char::from).collect()),
            },
            _ => None,
        });
        extended.or_else(|| disposition.get_filename().map(str::to_owned))
    });
    Declared {
        name,
        length: declared_length(request),
        chosen: None,
    }
}

/// Send a file: the bytes as body. It is mine alone until an errand or message takes it; unclaimed it goes after 24 h.
#[utoipa::path(
    tag = "files",
    operation_id = "upload_file",
    request_body(content = String, content_type = "application/octet-stream", description = "JPEG, PNG, WebP, PDF or HEIC, at most 15 × 1024² bytes; the content alone decides"),
    params(("Content-Disposition" = Option<String>, Header, description = "attachment; filename*=UTF-8''…")),
    security(("token" = [])),
    responses((status = 201, body = Received)),
)]
#[post("/files")]
pub async fn post_file(
    app: web::Data<App>,
    caller: Caller,
    request: HttpRequest,
    body: web::Payload,
) -> Reply<Created<Received>> {
    let received = receive(&app, caller.0, declared(&request), body).await?;
    let location = Some(format!("/api/v1/files/{}/content", received.id));
    Ok(Created {
        body: received,
        location,
    })
}

/// A file for viewing: pictures re-encoded without metadata, other files as they came.
#[utoipa::path(
    tag = "files",
    operation_id = "get_file_content",
    params(
        ("id" = String, Path, format = Uuid),
        ("Range" = Option<String>, Header, description = "such as `bytes=0-1023`"),
    ),
    security(("token" = [])),
    responses(
        (status = 200, description = "The file.", content(
            (String = "image/jpeg"), (String = "image/png"), (String = "image/webp"),
            (String = "image/heic"), (String = "application/pdf"),
        )),
        (status = 206, description = "The part asked for.", content(
            (String = "image/jpeg"), (String = "image/png"), (String = "image/webp"),
            (String = "image/heic"), (String = "application/pdf"),
        )),
    ),
)]
#[get("/files/{id}/content")]
pub async fn get_content(
    app: web::Data<App>,
    caller: Caller,
    request: HttpRequest,
    id: ObjectPath<of::File>,
) -> Reply<HttpResponse> {
    let file = app
        .door
        .read(caller.0, move |access| access.open_file(id.0, Form::Content))
        .await?;
    serve(&app, &request, &file).await
}

/// The very bytes that were sent, with what data of place they bear: for staff and the one who sent them.
#[utoipa::path(
    tag = "files",
    operation_id = "get_file_original",
    params(
        ("id" = String, Path, format = Uuid),
        ("Range" = Option<String>, Header, description = "such as `bytes=0-1023`"),
    ),
    security(("token" = [])),
    responses(
        (status = 200, description = "The file.", content(
            (String = "image/jpeg"), (String = "image/png"), (String = "image/webp"),
            (String = "image/heic"), (String = "application/pdf"),
        )),
        (status = 206, description = "The part asked for.", content(
            (String = "image/jpeg"), (String = "image/png"), (String = "image/webp"),
            (String = "image/heic"), (String = "application/pdf"),
        )),
    ),
)]
#[get("/files/{id}/original")]
pub async fn get_original(
    app: web::Data<App>,
    caller: Caller,
    request: HttpRequest,
    id: ObjectPath<of::File>,
) -> Reply<HttpResponse> {
    let file = app
        .door
        .read(caller.0, move |access| access.open_file(id.0, Form::Original))
        .await?;
    serve(&app, &request, &file).await
}
