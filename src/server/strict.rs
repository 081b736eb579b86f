//! How strictly calls of the API are read before any handler sees them: a query parameter that the operation does not
//! know, or one that comes twice, is refused, and so is a header that comes twice where only one can count. Pages are
//! more patient: links from elsewhere bear parameters of their own.

use super::document::{OPENAPI, openapi};
use super::unmatched::fits;
use crate::error::{Error, Result};
use actix_web::HttpRequest;
use actix_web::http::header::{self, HeaderName};
use std::collections::BTreeSet;
use std::sync::OnceLock;
use url::form_urlencoded;
use utoipa::openapi::RefOr;
use utoipa::openapi::path::{Operation, ParameterIn};

/// Headers of which two would be two answers to one question.
const ONCE: [HeaderName; 4] = [
    header::AUTHORIZATION,
    header::CONTENT_TYPE,
    HeaderName::from_static("idempotency-key"),
    header::IF_MATCH,
];

/// An operation and the query parameters it knows.
struct Known {
    method: &'static str,
    template: String,
    parameters: Vec<String>,
}

/// Holds a call of the API to what its operation knows.
///
/// # Errors
/// [`Error::Malformed`], which repeats nothing of what was asked.
pub(super) fn check(request: &HttpRequest) -> Result<()> {
    let path = request.match_info().as_str();
    if !path.starts_with("/api/") {
        return Ok(());
    }
    if let Some(twice) = ONCE
        .iter()
        .find(|name| request.headers().get_all(*name).nth(1).is_some())
    {
        return Err(Error::Malformed(format!("{twice} comes twice")));
    }
    let query = request.query_string();
    if query.is_empty() {
        return Ok(());
    }
    let Some(known) = operation(request.method().as_str(), path) else {
        return Ok(());
    };
    let mut seen = BTreeSet::new();
    for (name, _) in form_urlencoded::parse(query.as_bytes()) {
        if !known.parameters.iter().any(|parameter| *parameter == name) {
            return Err(Error::Malformed(
                "a query parameter that is none of this operation".into(),
            ));
        }
        if !seen.insert(name) {
            return Err(Error::Malformed("a query parameter comes twice".into()));
        }
    }
    Ok(())
}

/// The operation of a call; of `/things/word` and `/things/{id}` the one that says it plainly.
fn operation(method: &str, path: &str) -> Option<&'static Known> {
    static KNOWN: OnceLock<Vec<Known>> = OnceLock::new();
    let known = KNOWN.get_or_init(known).iter();
    let fitting = known.filter(|one| one.method == method && fits(&one.template, path));
    fitting.min_by_key(|one| one.template.matches('{').count())
}

fn known() -> Vec<Known> {
    let mut found = vec![Known {
        method: "GET",
        template: OPENAPI.into(),
        parameters: Vec::new(),
    }];
    for (template, item) in &openapi().paths.paths {
        let operations = [
            ("GET", &item.get),
            ("POST", &item.post),
            ("PUT", &item.put),
            ("PATCH", &item.patch),
            ("DELETE", &item.delete),
        ];
        for (method, operation) in operations {
            found.extend(operation.as_ref().map(|operation| Known {
                method,
                template: template.clone(),
                parameters: in_query(operation),
            }));
        }
    }
    found
}

fn in_query(operation: &Operation) -> Vec<String> {
    let parameters = operation.parameters.iter().flatten();
    let named = parameters.filter_map(|parameter| match parameter {
        RefOr::T(parameter) if parameter.parameter_in == ParameterIn::Query => Some(parameter.name.clone()),
        _ => None,
    });
    named.collect()
}
