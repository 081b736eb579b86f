//! Errors on their way out. An [`Error`] becomes a bare answer that carries it; the outermost layer, which knows the
//! language, the request's id and the face, writes the body: problem JSON (RFC 9457) or a page.

use super::Language;
use crate::error::{Error, Fault, Words};
use actix_web::http::{StatusCode, header};
use actix_web::{HttpResponse, ResponseError};
use serde::Serialize;
use uuid::Uuid;

/// The error an answer stands for, put into its extensions.
#[derive(Debug, Clone)]
pub struct Failure(pub Error);

impl ResponseError for Error {
    fn status_code(&self) -> StatusCode {
        match self {
            Error::SignIn | Error::StepUp => StatusCode::UNAUTHORIZED,
            Error::Forbidden
            | Error::ReasonRequired
            | Error::CallTeam
            | Error::NoHome
            | Error::PasswordsOff
            | Error::Forged => StatusCode::FORBIDDEN,
            Error::NotFound => StatusCode::NOT_FOUND,
            Error::Method => StatusCode::METHOD_NOT_ALLOWED,
            Error::Malformed(_) | Error::Misshapen(_) => StatusCode::BAD_REQUEST,
            Error::Invalid(_) => StatusCode::UNPROCESSABLE_ENTITY,
            Error::Conflict(_) | Error::DuplicateFile { .. } | Error::OtherHome(_) => StatusCode::CONFLICT,
            Error::Stale => StatusCode::PRECONDITION_FAILED,
            Error::TooLarge | Error::BodyTooLarge => StatusCode::PAYLOAD_TOO_LARGE,
            Error::BeyondEnd(_) => StatusCode::RANGE_NOT_SATISFIABLE,
            Error::HeadTooLarge => StatusCode::REQUEST_HEADER_FIELDS_TOO_LARGE,
            Error::WrongType(_) => StatusCode::UNSUPPORTED_MEDIA_TYPE,
            Error::TooSlow => StatusCode::REQUEST_TIMEOUT,
            Error::TooMany(_) => StatusCode::TOO_MANY_REQUESTS,
            Error::Unavailable(_) | Error::LogNotKept(_) => StatusCode::SERVICE_UNAVAILABLE,
            Error::Unaudited | Error::Fault(_) => StatusCode::INTERNAL_SERVER_ERROR,
        }
    }

    fn error_response(&self) -> HttpResponse {
        let mut answer = HttpResponse::build(self.status_code());
        match self {
            Error::SignIn => drop(answer.insert_header((header::WWW_AUTHENTICATE, "Bearer"))),
            // RFC 9470; the age is that of `access::fresh`.
            Error::StepUp => drop(answer.insert_header((
                header::WWW_AUTHENTICATE,
                "Bearer error=\"insufficient_user_authentication\", max_age=300",
            ))),
            Error::TooMany(seconds) => drop(answer.insert_header((header::RETRY_AFTER, *seconds))),
            Error::Unavailable(_) | Error::LogNotKept(_) => drop(answer.insert_header((header::RETRY_AFTER, 5))),
            Error::BeyondEnd(size) => drop(answer.insert_header((header::CONTENT_RANGE, format!("bytes */{size}")))),
            _ => {}
        }
        let mut answer = answer.finish();
        answer.extensions_mut().insert(Failure(self.clone()));
        answer
    }
}

/// A problem document. `type` is a stable URI reference; `title` and `message` are in the reader's language.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct Problem {
    pub r#type: String,
    pub title: String,
    pub status: u16,
    pub request_id: Uuid,
    /// Of `duplicate-file`: the errand that has the same file.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub errand_number: Option<String>,
    /// Of `other-home`: what in the text is a name or number of someone of another home.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub found: Vec<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub faults: Vec<ProblemFault>,
}

/// One field's fault.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct ProblemFault {
    /// Dotted, such as `receipts.0.amount_ore`.
    pub field: String,
    pub code: &'static str,
    pub message: String,
}

/// Writes an error as a problem document in `language`.
pub fn problem(error: &Error, request_id: Uuid, language: Language) -> Problem {
    let name = name(error);
    let tell = |fault: &Fault| ProblemFault {
        field: fault.field.clone(),
        code: fault.code,
        message: said(language, "fault", fault.code),
    };
    let (faults, errand_number) = match error {
        Error::Invalid(faults) => (faults.iter().map(tell).collect(), None),
        Error::Misshapen(fault) => (vec![tell(fault)], None),
        Error::DuplicateFile { field, errand_number } => {
            let fault = Fault {
                field: field.clone(),
                code: "file-duplicate",
            };
            (vec![tell(&fault)], Some(errand_number.clone()))
        }
        _ => (vec![], None),
    };
    Problem {
        r#type: format!("/problems/{name}"),
        title: said(language, "problem", name),
        status: error.status_code().as_u16(),
        request_id,
        errand_number,
        found: match error {
            Error::OtherHome(Words(found)) => found.clone(),
            _ => vec![],
        },
        faults,
    }
}

fn said(language: Language, family: &str, name: &str) -> String {
    language.find(&format!("{family}-{name}")).unwrap_or(name).to_owned()
}

/// The last part of the problem's type.
pub fn name(error: &Error) -> &'static str {
    match error {
        Error::SignIn => "sign-in",
        Error::StepUp => "step-up",
        Error::Forbidden => "forbidden",
        Error::ReasonRequired => "reason-required",
        Error::CallTeam => "call-team",
        Error::NoHome => "no-home",
        Error::PasswordsOff => "passwords-off",
        Error::Forged => "forged",
        Error::NotFound => "not-found",
        Error::Method => "method",
        Error::Malformed(_) | Error::Misshapen(_) => "malformed",
        Error::Invalid(_) => "invalid",
        Error::Conflict(kind) | Error::WrongType(kind) => kind,
        Error::DuplicateFile { .. } => "duplicate-file",
        Error::OtherHome(_) => "other-home",
        Error::Stale => "stale",
        Error::TooLarge => "too-large",
        Error::BodyTooLarge => "body-too-large",
        Error::BeyondEnd(_) => "beyond-end",
        Error::HeadTooLarge => "head-too-large",
        Error::TooSlow => "too-slow",
        Error::TooMany(_) => "too-many",
        Error::Unavailable(_) | Error::LogNotKept(_) => "unavailable",
        Error::Unaudited | Error::Fault(_) => "fault",
    }
}
