//! What no route takes: an address that is none, or one that is used in a way it cannot be.

use super::routes::openapi;
use crate::error::Error;
use actix_web::http::{Method, header};
use actix_web::{HttpRequest, HttpResponse, ResponseError as _};

pub async fn unmatched(request: HttpRequest) -> HttpResponse {
    let allowed = methods_at(request.path());
    if allowed.is_empty() || allowed.contains(&request.method().as_str()) {
        return Error::NotFound.error_response();
    }
    let mut answer = Error::Method.error_response();
    if let Ok(allow) = allowed.join(", ").parse() {
        answer.headers_mut().insert(header::ALLOW, allow);
    }
    answer
}

/// The methods the API knows at a path.
fn methods_at(path: &str) -> Vec<&'static str> {
    let fits = |template: &str| {
        let (template, path) = (template.split('/'), path.split('/'));
        template.clone().count() == path.clone().count()
            && template
                .zip(path)
                .all(|(part, given)| part == given || (part.starts_with('{') && !given.is_empty()))
    };
    let at = openapi().paths.paths.iter().find(|(template, _)| fits(template));
    let Some((_, item)) = at else { return Vec::new() };
    let methods = [
        (item.get.is_some(), Method::GET),
        (item.post.is_some(), Method::POST),
        (item.put.is_some(), Method::PUT),
        (item.patch.is_some(), Method::PATCH),
        (item.delete.is_some(), Method::DELETE),
    ];
    let name = |method: Method| match method {
        Method::GET => "GET",
        Method::POST => "POST",
        Method::PUT => "PUT",
        Method::PATCH => "PATCH",
        _ => "DELETE",
    };
    methods
        .into_iter()
        .filter(|(there, _)| *there)
        .map(|(_, method)| name(method))
        .collect()
}
