//! What no route takes: an address that is none, or one that is used in a way it cannot be.

use super::document::openapi;
use crate::error::Error;
use actix_web::http::{Method, header};
use actix_web::{HttpRequest, HttpResponse, ResponseError as _};

/// The pages and what they are for; a test holds them to the routes.
const PAGES: &[(&str, &[&str])] = &[
    ("/", &["GET"]),
    ("/assets/{name}", &["GET"]),
    ("/kommun/{slug}", &["GET"]),
    ("/tillganglighet", &["GET"]),
    ("/personuppgifter", &["GET"]),
    ("/kakor", &["GET"]),
    ("/sprak/{language}", &["GET"]),
    ("/logga-in", &["GET", "POST"]),
    ("/inloggad", &["GET"]),
    ("/jag", &["GET", "POST"]),
    ("/jag/logga-ut", &["POST"]),
    ("/logga-ut", &["POST"]),
    ("/inbjudan", &["GET", "POST"]),
    ("/nytt-losenord", &["GET", "POST"]),
    ("/glomt-losenord", &["GET", "POST"]),
    ("/utkast", &["POST"]),
    ("/ny-adress", &["GET", "POST"]),
    ("/skriv", &["GET", "POST"]),
    ("/kvitton", &["GET", "POST"]),
    ("/onska/inkop", &["GET", "POST"]),
    ("/onska/resa", &["GET", "POST"]),
    ("/godkant", &["GET"]),
    ("/mina-gamla-meddelanden", &["GET"]),
    ("/arenden", &["GET"]),
    ("/arenden/{id}", &["GET"]),
    ("/arenden/{id}/klart", &["GET"]),
    ("/arenden/{id}/svar", &["POST"]),
    ("/arenden/{id}/anteckning", &["POST"]),
    ("/arenden/{id}/lage", &["POST"]),
    ("/arenden/{id}/ansvarig", &["POST"]),
    ("/arenden/{id}/oppna", &["POST"]),
    ("/arenden/{id}/anmal", &["GET", "POST"]),
    ("/arenden/{id}/isolera", &["GET", "POST"]),
    ("/arenden/{id}/beslut", &["POST"]),
    ("/arenden/{id}/granskning", &["GET", "POST"]),
    ("/bjud-in", &["GET", "POST"]),
    ("/hem", &["GET"]),
    ("/sok", &["GET", "POST"]),
    ("/hem/nytt", &["GET", "POST"]),
    ("/hem/{id}", &["GET"]),
    ("/hem/{id}/andra", &["GET", "POST"]),
    ("/hem/{id}/medlemmar", &["GET", "POST"]),
    ("/hem/{id}/medlemmar/{part_id}/slut", &["POST"]),
    ("/hem/{id}/inbjudningar/{part_id}/aterkalla", &["POST"]),
    ("/hem/{id}/jav", &["POST"]),
    ("/hem/{id}/jav/{part_id}/slut", &["POST"]),
    ("/uppdrag/{id}/begransning", &["POST"]),
    ("/hem/{id}/uppdrag", &["GET", "POST"]),
    ("/uppdrag/{id}", &["GET", "POST"]),
    ("/filer", &["POST"]),
    ("/filer/{id}", &["GET"]),
    ("/filer/{id}/original", &["GET"]),
    ("/logg", &["GET"]),
    ("/logg/kontroll", &["GET", "POST"]),
    ("/logg/export", &["GET"]),
    ("/logg/utdrag/{form}", &["GET"]),
    ("/logg/kontrollpunkt", &["GET"]),
    ("/logg/nyckel", &["GET"]),
    ("/logg/{id}", &["GET"]),
    ("/installningar", &["GET"]),
    ("/installningar/{grupp}", &["GET", "POST"]),
    ("/enheter", &["GET", "POST"]),
    ("/personer", &["GET"]),
    ("/personer/{id}", &["GET"]),
    ("/skyddade", &["GET"]),
    ("/skyddade/{id}", &["GET", "POST"]),
    ("/skyddade/{id}/utsedda/{part_id}", &["POST"]),
    ("/arenden/{id}/skyddat", &["POST"]),
    ("/personer/{id}/skydd", &["POST"]),
    ("/personer/{id}/roller", &["POST"]),
    ("/personer/{id}/roller/{part_id}", &["POST"]),
    ("/incidenter", &["GET"]),
    ("/incidenter/{id}", &["GET", "POST"]),
    ("/incidenter/{id}/visa-igen", &["POST"]),
    ("/behorigheter", &["GET"]),
    ("/behorigheter/{id}", &["POST"]),
    ("/brev", &["GET"]),
    ("/brev/{id}", &["POST"]),
    ("/halsa", &["GET"]),
];

pub async fn unmatched(request: HttpRequest) -> HttpResponse {
    let path = request.path();
    let page = PAGES.iter().find(|(template, _)| fits(template, path));
    let allowed = page.map_or_else(|| methods_at(path), |(_, methods)| methods.to_vec());
    if allowed.is_empty() || allowed.contains(&request.method().as_str()) {
        return Error::NotFound.error_response();
    }
    let mut answer = Error::Method.error_response();
    if let Ok(allow) = allowed.join(", ").parse() {
        answer.headers_mut().insert(header::ALLOW, allow);
    }
    answer
}

/// Whether a path is one of a template's.
pub(super) fn fits(template: &str, path: &str) -> bool {
    let (template, path) = (template.split('/'), path.split('/'));
    template.clone().count() == path.clone().count()
        && template
            .zip(path)
            .all(|(part, given)| part == given || (part.starts_with('{') && !given.is_empty()))
}

/// The methods the API knows at a path.
fn methods_at(path: &str) -> Vec<&'static str> {
    let at = openapi().paths.paths.iter().find(|(template, _)| fits(template, path));
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
