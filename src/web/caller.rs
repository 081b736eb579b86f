//! Who calls the REST API: the bearer of an access token. No cookie is ever looked at here.

use super::RequestId;
use super::arrival::address_of;
use crate::access::{Actor, Origin};
use crate::app::App;
use crate::crypt::token::Named;
use crate::error::{Error, Result};
use actix_web::dev::Payload;
use actix_web::http::header;
use actix_web::{FromRequest, HttpMessage, HttpRequest, web};
use std::future::{Ready, ready};
use uuid::Uuid;

/// A caller with a valid access token. What its session is worth is read inside the transaction.
#[derive(Debug, Clone, Copy)]
pub struct Caller(pub Actor);

impl FromRequest for Caller {
    type Error = Error;
    type Future = Ready<Result<Caller>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        ready(caller(request))
    }
}

fn caller(request: &HttpRequest) -> Result<Caller> {
    let named = match request.extensions().get::<TokenRead>() {
        Some(TokenRead(named)) => named.clone()?,
        None => named_by_token(request)?,
    };
    Ok(Caller(Actor::bearer(
        named.session,
        Some(named.token),
        origin_of(request),
    )))
}

/// What the access token that a request bears has named, so that its signature is checked once.
pub(super) struct TokenRead(pub Result<Named>);

/// What the access token of a request names.
///
/// # Errors
/// [`Error::SignIn`] when it bears none, or one that is worth nothing.
pub(super) fn named_by_token(request: &HttpRequest) -> Result<Named> {
    let app = request
        .app_data::<web::Data<App>>()
        .ok_or_else(|| Error::fault("no App"))?;
    let mut headers = request.headers().get_all(header::AUTHORIZATION);
    let (Some(value), None) = (headers.next(), headers.next()) else {
        return Err(Error::SignIn);
    };
    let value = value.to_str().map_err(|_| Error::SignIn)?;
    let (scheme, token) = value.split_once(' ').ok_or(Error::SignIn)?;
    if !scheme.eq_ignore_ascii_case("bearer") {
        return Err(Error::SignIn);
    }
    app.tokens.verify(token, app.clock.now())
}

/// Where a request came from, for the log.
pub fn origin_of(request: &HttpRequest) -> Origin {
    let id = request.extensions().get::<RequestId>().map_or(Uuid::nil(), |id| id.0);
    Origin {
        request: id,
        ip: address_of(request),
    }
}
