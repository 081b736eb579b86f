//! What comes in, strictly: one JSON value of the right type and nothing unknown in it, in time and within its size;
//! ids that name something; lists with their limits.

use crate::access::{IdempotencyKey, Once};
use crate::error::{Error, Fault, Result};
use crate::id::Id;
use crate::secret::sha256;
use actix_web::dev::Payload;
use actix_web::http::header;
use actix_web::{FromRequest, HttpRequest, web};
use futures_util::StreamExt as _;
use futures_util::future::LocalBoxFuture;
use serde::Deserialize;
use serde::de::DeserializeOwned;
use std::future::{Ready, ready};
use std::time::Duration;

/// The largest JSON body; the longest message with fifty receipts is far below it.
pub const JSON_MAX: usize = 256 * 1024;
/// How long a body other than a file may take to arrive.
pub const BODY_DEADLINE: Duration = Duration::from_secs(10);

/// A JSON body, with a hash of its bytes for idempotency keys.
pub struct Json<T> {
    pub value: T,
    pub hash: [u8; 32],
}

impl<T: DeserializeOwned> FromRequest for Json<T> {
    type Error = Error;
    type Future = LocalBoxFuture<'static, Result<Json<T>>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let is_json = request
            .headers()
            .get(header::CONTENT_TYPE)
            .and_then(|value| value.to_str().ok())
            .is_some_and(|kind| {
                kind.split(';')
                    .next()
                    .is_some_and(|bare| bare.trim().eq_ignore_ascii_case("application/json"))
            });
        let (declared, payload) = (declared_length(request), payload.take());
        Box::pin(async move {
            if !is_json {
                return Err(Error::WrongType("json-only"));
            }
            let body = whole_body(payload, declared, JSON_MAX).await?;
            let mut reader = serde_json::Deserializer::from_slice(&body);
            let value = serde_path_to_error::deserialize(&mut reader).map_err(misshapen)?;
            reader.end().map_err(|cause| malformed(&cause))?;
            Ok(Json {
                value,
                hash: sha256(&body),
            })
        })
    }
}

/// The field whose value is of another kind than it takes, by its name in the interface; what is none of its names may
/// be anything.
fn misshapen(cause: serde_path_to_error::Error<serde_json::Error>) -> Error {
    let field = cause.path().to_string().replace('[', ".").replace(']', "");
    let is_name = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_' || c == '.';
    let is_one = (1..=80).contains(&field.len()) && field != "." && field.chars().all(is_name);
    match cause.inner().classify() {
        serde_json::error::Category::Data if is_one => Error::Misshapen(Fault { field, code: "shape" }),
        _ => malformed(cause.inner()),
    }
}

/// Where JSON went wrong, in words that repeat nothing of it: what stands there may be a password, and goes to the log.
fn malformed(cause: &serde_json::Error) -> Error {
    let (kind, line, column) = (cause.classify(), cause.line(), cause.column());
    Error::Malformed(format!("{kind:?} error in JSON at line {line}, column {column}"))
}

/// The declared length of the body, if there is one.
pub fn declared_length(request: &HttpRequest) -> Option<u64> {
    request
        .headers()
        .get(header::CONTENT_LENGTH)?
        .to_str()
        .ok()?
        .parse()
        .ok()
}

/// Reads a body of at most `most` bytes within ten seconds.
///
/// # Errors
/// [`Error::BodyTooLarge`] before it is read to the end, [`Error::TooSlow`], [`Error::Malformed`] when it breaks off.
pub async fn whole_body(mut payload: Payload, declared: Option<u64>, most: usize) -> Result<Vec<u8>> {
    if declared.is_some_and(|length| length > most as u64) {
        return Err(Error::BodyTooLarge);
    }
    let read = async {
        let mut body = Vec::with_capacity(declared.unwrap_or(0) as usize);
        while let Some(chunk) = payload.next().await {
            let chunk = chunk.map_err(|cause| Error::Malformed(cause.to_string()))?;
            if body.len() + chunk.len() > most {
                return Err(Error::BodyTooLarge);
            }
            body.extend_from_slice(&chunk);
        }
        Ok(body)
    };
    tokio::time::timeout(BODY_DEADLINE, read)
        .await
        .unwrap_or(Err(Error::TooSlow))
}

/// An id in the path. What is no id names nothing, so it is not found.
pub struct ObjectPath<T>(pub Id<T>);

impl<T> FromRequest for ObjectPath<T> {
    type Error = Error;
    type Future = Ready<Result<Self>>;
    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let id = request.match_info().get("id").and_then(|text| text.parse().ok());
        ready(id.map(ObjectPath).ok_or(Error::NotFound))
    }
}

/// The id of something and that of a part of it (`{id}`, `{part_id}`). What is no id names nothing.
pub struct PartPath<T, P> {
    pub of: Id<T>,
    pub part: Id<P>,
}

impl<T, P> FromRequest for PartPath<T, P> {
    type Error = Error;
    type Future = Ready<Result<Self>>;
    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let named = |name| request.match_info().get(name);
        let of = named("id").and_then(|text| text.parse().ok());
        let part = named("part_id").and_then(|text| text.parse().ok());
        ready(
            of.zip(part)
                .map(|(of, part)| PartPath { of, part })
                .ok_or(Error::NotFound),
        )
    }
}

/// A query string. What is unknown in it is nothing to a page; a call of the API does not come as far as here with it.
pub struct Query<T>(pub T);

impl<T: DeserializeOwned> FromRequest for Query<T> {
    type Error = Error;
    type Future = Ready<Result<Self>>;
    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let read = web::Query::<T>::from_query(request.query_string());
        // The cause repeats what was asked, a name perhaps, and would go to the log.
        let odd = |_| Error::Malformed("the query string is not one of this address".into());
        ready(read.map(|query| Query(query.into_inner())).map_err(odd))
    }
}

/// How much of a list, and from where.
#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
pub struct Paging {
    /// 1–100, by default 25.
    #[param(minimum = 1, maximum = 100)]
    limit: Option<u32>,
    /// `next_cursor` of the page before.
    #[param(format = Uuid)]
    cursor: Option<String>,
}

impl Paging {
    /// # Errors
    /// As [`Listing::parse`].
    pub fn listing<T>(&self) -> Result<Listing<T>> {
        Listing::parse(self.limit, self.cursor.as_deref())
    }
}

/// How much of a list is asked for, and from where.
#[derive(Debug, Clone, Copy)]
pub struct Listing<T> {
    /// 1–100.
    pub limit: usize,
    /// The last id of the page before.
    pub after: Option<Id<T>>,
}

impl<T> Listing<T> {
    /// # Errors
    /// [`Error::Invalid`] for a limit outside 1–100, [`Error::Malformed`] for a cursor that is none.
    pub fn parse(limit: Option<u32>, cursor: Option<&str>) -> Result<Listing<T>> {
        let limit = limit.unwrap_or(25);
        if !(1..=100).contains(&limit) {
            return Err(Error::invalid("limit", "limit-range"));
        }
        let read = |text: &str| text.parse().map_err(|_| Error::Malformed("cursor".into()));
        Ok(Listing {
            limit: limit as usize,
            after: cursor.map(read).transpose()?,
        })
    }
}

/// The version a change was made from, where the caller says so.
#[derive(Debug, Clone, Copy, Default)]
pub struct IfMatch(pub Option<i64>);

impl IfMatch {
    /// # Errors
    /// [`Error::Stale`] when the thing has another version by now.
    pub fn check(self, version: i64) -> Result<()> {
        if self.0.is_none_or(|named| named == version) {
            Ok(())
        } else {
            Err(Error::Stale)
        }
    }
}

impl FromRequest for IfMatch {
    type Error = Error;
    type Future = Ready<Result<Self>>;
    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let header = request
            .headers()
            .get(header::IF_MATCH)
            .map(|value| value.to_str().unwrap_or_default().trim());
        ready(Ok(IfMatch(match header {
            None | Some("*") => None,
            // A tag that is none of ours fits no version.
            Some(tag) => Some(tag.trim_matches('"').parse().unwrap_or(-1)),
        })))
    }
}

/// The hash an idempotency key is bound to: the operation and the body.
pub fn body_hash(operation: &str, body: &[u8]) -> [u8; 32] {
    sha256(&[operation.as_bytes(), &[0], body].concat())
}

/// The request's idempotency key with what it was sent with.
///
/// # Errors
/// [`Error::Malformed`] when the header is there and not 1–64 printable ASCII characters.
pub fn once(request: &HttpRequest, body_hash: &[u8]) -> Result<Option<Once>> {
    let Some(header) = request.headers().get("Idempotency-Key") else {
        return Ok(None);
    };
    let key = IdempotencyKey::parse(
        header
            .to_str()
            .map_err(|_| Error::Malformed("Idempotency-Key".into()))?,
    )?;
    Ok(Some(Once {
        key,
        body_hash: self::body_hash(request.path(), body_hash),
    }))
}
