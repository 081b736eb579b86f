//! What a handler answers with.

use crate::error::Error;
use actix_web::http::{StatusCode, header};
use actix_web::{HttpRequest, HttpResponse, Responder};
use serde::Serialize;

/// The result of every handler.
pub type Reply<T> = Result<T, Error>;

/// 200 with a JSON body.
pub struct Shown<T>(pub T);

/// 201 with a JSON body and where the new thing is.
pub struct Created<T> {
    pub body: T,
    /// A path, or nothing where the thing has no address of its own.
    pub location: Option<String>,
}

/// 202, and nothing said of what comes of it.
pub struct Accepted;

/// 200 with plain text.
pub struct Plain(pub String);

/// 204.
pub struct NoContent;

/// 200 with a JSON body and the version it is of.
pub struct Versioned<T> {
    pub body: T,
    pub version: i64,
}

/// A page of a list, newest first. `next_cursor` asks for the page after; null on the last.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct Listed<T> {
    pub items: Vec<T>,
    #[schema(required = true)]
    pub next_cursor: Option<String>,
}

impl<T: Serialize> Responder for Shown<T> {
    type Body = actix_web::body::BoxBody;
    fn respond_to(self, _: &HttpRequest) -> HttpResponse {
        HttpResponse::Ok().json(self.0)
    }
}
impl<T: Serialize> Responder for Created<T> {
    type Body = actix_web::body::BoxBody;
    fn respond_to(self, _: &HttpRequest) -> HttpResponse {
        let mut answer = HttpResponse::build(StatusCode::CREATED);
        if let Some(location) = self.location {
            answer.insert_header((header::LOCATION, location));
        }
        answer.json(self.body)
    }
}
impl Responder for Plain {
    type Body = actix_web::body::BoxBody;
    fn respond_to(self, _: &HttpRequest) -> HttpResponse {
        HttpResponse::Ok()
            .content_type("text/plain; charset=utf-8")
            .body(self.0)
    }
}
impl Responder for Accepted {
    type Body = actix_web::body::BoxBody;
    fn respond_to(self, _: &HttpRequest) -> HttpResponse {
        HttpResponse::Accepted().finish()
    }
}
impl Responder for NoContent {
    type Body = actix_web::body::BoxBody;
    fn respond_to(self, _: &HttpRequest) -> HttpResponse {
        HttpResponse::NoContent().finish()
    }
}
impl<T: Serialize> Responder for Versioned<T> {
    type Body = actix_web::body::BoxBody;
    fn respond_to(self, _: &HttpRequest) -> HttpResponse {
        HttpResponse::Ok()
            .insert_header((header::ETAG, format!("\"{}\"", self.version)))
            .json(self.body)
    }
}
