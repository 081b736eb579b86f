//! The outermost layer: gives each request an id, writes the bodies of errors (problem JSON or a page), sets the
//! headers every answer bears, and leaves one line in the log, without anything of what was asked or answered.

use super::strict;
use super::unread::Unread;
use crate::account::{cookie_stands, sign_in_again};
use crate::app::App;
use crate::error::Error;
use crate::web::{Failure, Language, RequestId, arrive, origin_of, page, problem, squeezed};
use actix_web::body::{BoxBody, MessageBody};
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::http::header::{self, HeaderMap, HeaderName, HeaderValue};
use actix_web::http::{ConnectionType, StatusCode};
use actix_web::middleware::Next;
use actix_web::{HttpMessage, HttpRequest, HttpResponse, ResponseError as _, web};
use std::time::Duration;
use uuid::Uuid;

/// Headers of every answer, unless it has set them itself.
const HEADERS: [(HeaderName, &str); 8] = [
    (header::CACHE_CONTROL, "no-store"),
    (
        header::CONTENT_SECURITY_POLICY,
        "default-src 'none'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'",
    ),
    (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
    (header::X_FRAME_OPTIONS, "DENY"),
    (header::REFERRER_POLICY, "same-origin"),
    (header::STRICT_TRANSPORT_SECURITY, "max-age=31536000; includeSubDomains"),
    (HeaderName::from_static("cross-origin-opener-policy"), "same-origin"),
    (HeaderName::from_static("cross-origin-resource-policy"), "same-origin"),
];

/// Bytes of a request's address and headers; the longest honest one, with its token, is a tenth of it.
const HEAD_MAX: usize = 16 * 1024;

/// How long it is looked up at a request's arrival whether its session still stands; then it counts as standing.
const DOUBT_AT_MOST: Duration = Duration::from_millis(500);

/// Wraps every request, and answers it in one language: a page in the one that was chosen, the API in the one asked
/// for.
pub async fn outermost(
    request: ServiceRequest,
    next: Next<impl MessageBody + 'static>,
) -> Result<ServiceResponse<BoxBody>, actix_web::Error> {
    let language = if is_page(request.path()) {
        Language::chosen(request.request())
    } else {
        Language::of(request.request())
    };
    language.speak(answer(request, next)).await
}

async fn answer(
    mut request: ServiceRequest,
    next: Next<impl MessageBody + 'static>,
) -> Result<ServiceResponse<BoxBody>, actix_web::Error> {
    let app = request.app_data::<web::Data<App>>().cloned();
    let app = app.ok_or_else(|| Error::fault("no App"))?;
    let (id, begun) = (app.clock.fresh_id::<()>().uuid(), app.clock.now());
    request.extensions_mut().insert(RequestId(id));
    let unread = Unread::of(&mut request);
    let refused = if head_size(&request) > HEAD_MAX {
        Err(Error::HeadTooLarge)
    } else {
        arrives(&app, request.request())
            .await
            .and_then(|()| strict::check(request.request()))
    };
    let answered = match refused {
        Err(error) => request.into_response(error.error_response()),
        Ok(()) => next.call(request).await?.map_into_boxed_body(),
    };
    let (request, answer) = answered.into_parts();
    let mut answer = match failure(&answer) {
        Some(error @ (Error::SignIn | Error::StepUp)) => sign_in_first(&app, &request, (answer, &error), id).await,
        Some(error) => told(&request, answer, &error, id),
        None => answer,
    };
    set_headers(answer.headers_mut(), id);
    let answer = squeezed(&request, answer);
    let took = app.clock.now().since(begun);
    app.metrics.answered(
        request.match_pattern(),
        request.method().as_str(),
        answer.status().as_u16(),
        took,
    );
    if answer.status() == StatusCode::TOO_MANY_REQUESTS {
        app.metrics.too_many.inc();
    }
    let route = request.match_pattern().unwrap_or_else(|| "-".into());
    let (method, status) = (request.method().as_str(), answer.status().as_u16());
    tracing::info!(request_id = %id, method, route, status, ms = took.as_millis() as u64, "answered");
    Ok(unread.until_sent(ServiceResponse::new(request, answer)))
}

/// Counts the request, looking up where needed whose it is.
async fn arrives(app: &App, request: &HttpRequest) -> Result<(), Error> {
    match arrive(request)? {
        None => Ok(()),
        Some(doubt) => {
            // A database that does not answer is waited for once, by the request itself.
            let stands = cookie_stands(app, &doubt.cookie, origin_of(request));
            let stands = tokio::time::timeout(DOUBT_AT_MOST, stands).await.unwrap_or(Ok(()));
            doubt.settled(app, &stands)
        }
    }
}

/// Bytes of address and headers, without what stands between them.
fn head_size(request: &ServiceRequest) -> usize {
    let headers = request.headers().iter();
    let headers = headers.map(|(name, value)| name.as_str().len() + value.len());
    headers.sum::<usize>() + request.path().len() + request.query_string().len()
}

/// The error an answer stands for, also where the framework refused before any handler.
fn failure(answer: &HttpResponse) -> Option<Error> {
    if let Some(Failure(error)) = answer.extensions().get::<Failure>() {
        return Some(error.clone());
    }
    let framework = answer.error()?;
    Some(match answer.status() {
        StatusCode::PAYLOAD_TOO_LARGE => Error::BodyTooLarge,
        StatusCode::REQUEST_TIMEOUT => Error::TooSlow,
        status if status.is_client_error() => Error::Malformed(framework.to_string()),
        _ => Error::fault(framework),
    })
}

/// The answer to whoever is not signed in, or not freshly. What was typed into a form goes along with the sign-in.
async fn sign_in_first(
    app: &App,
    request: &HttpRequest,
    (bare, why): (HttpResponse, &Error),
    id: Uuid,
) -> HttpResponse {
    let held = match is_page(request.path()) {
        true => sign_in_again(app, request, why).await,
        false => Ok(None),
    };
    match held {
        Ok(Some(page)) => with_headers(page, bare.headers()),
        Ok(None) => told(request, bare, why, id),
        Err(error) => told(request, bare, &error, id),
    }
}

/// The same answer with a body that tells what is wrong; the inner cause goes to the log only.
fn told(request: &HttpRequest, bare: HttpResponse, error: &Error, id: Uuid) -> HttpResponse {
    match error {
        Error::Fault(cause) | Error::Unavailable(cause) => tracing::error!(request_id = %id, cause, "failed"),
        Error::Unaudited => tracing::error!(request_id = %id, "an act without an event was rolled back"),
        Error::Malformed(cause) => tracing::debug!(request_id = %id, cause, "malformed"),
        _ => {}
    }
    if is_page(request.path()) {
        let mut page = with_headers(page::wrong(request, error, id), bare.headers());
        if matches!(error, Error::HeadTooLarge) {
            page.head_mut().set_connection_type(ConnectionType::Close);
        }
        return page;
    }
    let language = Language::spoken();
    let mut answer = HttpResponse::build(bare.status());
    if matches!(error, Error::HeadTooLarge) {
        answer.force_close();
    }
    for (name, value) in bare.headers() {
        answer.append_header((name.clone(), value.clone()));
    }
    answer.insert_header((header::CONTENT_LANGUAGE, language.tag()));
    answer.content_type("application/problem+json; charset=utf-8");
    match serde_json::to_vec(&problem(error, id, language)) {
        Ok(body) => answer.body(body),
        Err(_) => answer.finish(),
    }
}

/// Whether people look there with a browser; other programs are told in JSON.
fn is_page(path: &str) -> bool {
    !(path == "/api" || path.starts_with("/api/") || path.starts_with("/health"))
}

/// The page, with what else the bare answer says. A browser is asked for no token.
fn with_headers(mut page: HttpResponse, bare: &HeaderMap) -> HttpResponse {
    for (name, value) in bare {
        if !page.headers().contains_key(name) && name != header::WWW_AUTHENTICATE {
            page.headers_mut().append(name.clone(), value.clone());
        }
    }
    page
}

fn set_headers(headers: &mut HeaderMap, id: Uuid) {
    for (name, value) in HEADERS {
        if !headers.contains_key(&name) {
            headers.insert(name, HeaderValue::from_static(value));
        }
    }
    if let Ok(value) = HeaderValue::from_str(&id.to_string()) {
        headers.insert(HeaderName::from_static("x-request-id"), value);
    }
}
