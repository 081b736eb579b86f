//! Forms with files, part by part as they arrive: a file is never held whole, and never written down in clear. The
//! token is the first part, so that a form of another site's is refused before anything else of it is read.

use super::forgery::{Checked, FIELD, Own};
use super::form::{Brought, FORM_MAX};
use crate::error::{Error, Result};
use crate::web::declared_length;
use crate::web::input::BODY_DEADLINE;
use actix_multipart::{Field, Multipart, MultipartError};
use actix_web::dev::Payload;
use actix_web::error::PayloadError;
use actix_web::http::header::{self, HeaderMap};
use actix_web::{FromRequest, HttpRequest};
use futures_util::future::LocalBoxFuture;
use futures_util::{StreamExt as _, TryStreamExt as _};
use std::time::Duration;
use tokio::time::{Instant, timeout, timeout_at};

/// The largest form with its files: more than ten photos as phones take them.
pub const UPLOAD_MAX: usize = 128 * 1024 * 1024;
/// How long all of it may take to arrive.
const DEADLINE: Duration = Duration::from_secs(15 * 60);
/// Parts of a form: fifty receipts with all their fields.
const PARTS_MOST: usize = 500;

/// A form with files, from one of our own pages.
pub struct Upload {
    pub checked: Checked,
    pub parts: Parts,
}

/// What is yet to come of a form.
pub struct Parts {
    body: Multipart,
    until: Instant,
    /// Bytes of text and parts that may still come.
    text_left: usize,
    parts_left: usize,
    brought: Brought,
}

/// One part of a form.
pub enum Part {
    Text(String, String),
    File(Box<FilePart>),
}

/// A file that was chosen. What follows it comes once it has been read or let go.
pub struct FilePart {
    /// The form's field.
    pub field: String,
    /// As its sender calls it.
    pub name: String,
    pub bytes: Field,
}

impl FromRequest for Upload {
    type Error = Error;
    type Future = LocalBoxFuture<'static, Result<Upload>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let (own, declared, payload) = (Own::from(request), declared_length(request), payload.take());
        let (headers, brought) = (request.headers().clone(), Brought::beside(request, true));
        Box::pin(async move {
            let own = own?;
            if declared.is_some_and(|length| length > UPLOAD_MAX as u64) {
                return Err(Error::TooLarge);
            }
            let mut parts = Parts::new(&headers, payload, brought)?;
            let first = timeout(BODY_DEADLINE, parts.next())
                .await
                .map_err(|_| Error::TooSlow)??;
            let Some(Part::Text(name, token)) = first else {
                return Err(Error::Forged);
            };
            let checked = own.with(if name == FIELD { &token } else { "" })?;
            Ok(Upload { checked, parts })
        })
    }
}

impl Parts {
    fn new(headers: &HeaderMap, payload: Payload, brought: Brought) -> Result<Parts> {
        let kind = headers
            .get(header::CONTENT_TYPE)
            .and_then(|value| value.to_str().ok())
            .unwrap_or_default();
        if !kind.to_ascii_lowercase().starts_with("multipart/form-data;") {
            return Err(Error::WrongType("form-only"));
        }
        let mut left = UPLOAD_MAX;
        let limited = payload.map(move |chunk| {
            let chunk = chunk?;
            left = left.checked_sub(chunk.len()).ok_or(PayloadError::Overflow)?;
            Ok(chunk)
        });
        Ok(Parts {
            body: Multipart::new(headers, limited),
            until: Instant::now() + DEADLINE,
            text_left: FORM_MAX,
            parts_left: PARTS_MOST,
            brought,
        })
    }

    /// The next part. A file field in which nothing was chosen is passed over.
    ///
    /// # Errors
    /// [`Error::TooLarge`], [`Error::BodyTooLarge`], [`Error::TooSlow`], [`Error::Malformed`] when it is no form or
    /// breaks off.
    pub async fn next(&mut self) -> Result<Option<Part>> {
        loop {
            let next = timeout_at(self.until, self.body.try_next())
                .await
                .map_err(|_| Error::TooSlow)?;
            let Some(field) = next.map_err(told)? else {
                return Ok(None);
            };
            self.parts_left = self.parts_left.checked_sub(1).ok_or(Error::BodyTooLarge)?;
            let disposition = field.content_disposition();
            let file = disposition.and_then(|disposition| disposition.get_filename().map(str::to_owned));
            let name = field.name().unwrap_or_default().to_owned();
            match file {
                None => return self.text(name, field).await.map(Some),
                Some(file) if file.is_empty() => {}
                Some(file) => {
                    self.brought.chose();
                    let part = FilePart {
                        field: name,
                        name: file,
                        bytes: field,
                    };
                    return Ok(Some(Part::File(Box::new(part))));
                }
            }
        }
    }

    /// Reads what is left, so that what was typed lies beside the request; files are let go.
    ///
    /// # Errors
    /// As [`Parts::next`].
    pub async fn rest(&mut self) -> Result<()> {
        while self.next().await?.is_some() {}
        Ok(())
    }

    async fn text(&mut self, name: String, mut field: Field) -> Result<Part> {
        let read = timeout(BODY_DEADLINE, field.bytes(self.text_left))
            .await
            .map_err(|_| Error::TooSlow)?;
        let bytes = read.map_err(|_| Error::BodyTooLarge)?.map_err(told)?;
        self.text_left -= bytes.len();
        let text = String::from_utf8(bytes.to_vec()).map_err(|cause| Error::Malformed(cause.to_string()))?;
        self.brought.push(&name, &text);
        Ok(Part::Text(name, text))
    }
}

fn told(cause: MultipartError) -> Error {
    match cause {
        MultipartError::Payload(PayloadError::Overflow) => Error::TooLarge,
        other => Error::Malformed(other.to_string()),
    }
}
