//! The choice of a language, by a link on every page without a form to be lost.

use super::cookie;
use super::reply::{own_path, see_other};
use crate::error::{Error, Result};
use crate::web::Language;
use actix_web::http::{Uri, header};
use actix_web::{HttpRequest, HttpResponse, get, web};

/// Remembers the language in this browser, and leads back to the page one comes from. What a signed-in person prefers
/// everywhere is kept with the person.
#[get("/sprak/{language}")]
pub async fn get_language(request: HttpRequest, language: web::Path<String>) -> Result<HttpResponse> {
    let chosen = Language::ALL.into_iter().find(|one| one.tag() == *language);
    let chosen = chosen.ok_or(Error::NotFound)?;
    let mut answer = see_other(&came_from(&request));
    let kept = cookie::spoken(chosen);
    answer.add_cookie(&kept).map_err(Error::fault)?;
    Ok(answer)
}

/// The page of ours that a link was followed on; the start where the browser does not say.
fn came_from(request: &HttpRequest) -> String {
    let header = request
        .headers()
        .get(header::REFERER)
        .and_then(|value| value.to_str().ok());
    let from = header.and_then(|text| text.parse::<Uri>().ok());
    let ours = from.filter(|uri| {
        uri.authority()
            .is_some_and(|host| host.as_str() == request.connection_info().host())
    });
    let path = ours.and_then(|uri| uri.path_and_query().map(|path| path.as_str().to_owned()));
    own_path(path.as_deref().unwrap_or("/")).to_owned()
}
