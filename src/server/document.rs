//! The OpenAPI document, put together from the handlers themselves.

use super::routes::api;
use std::sync::OnceLock;
use utoipa::OpenApi;
use utoipa::openapi::RefOr;
use utoipa::openapi::path::{Operation, ParameterIn};
use utoipa::openapi::schema::{Schema, Type};
use utoipa::openapi::security::{Http, HttpAuthScheme, SecurityScheme};

#[derive(OpenApi)]
#[openapi(
    info(
        title = "Famn",
        description = "The e-service between foster homes and the municipality's familjehemsteam. Times are UTC, sums are öre, ids are UUIDv7. Errors are problem documents (RFC 9457).",
        license(name = "EUPL-1.2"),
    ),
    tags(
        (name = "boards", description = "What municipalities say of themselves in public"),
        (name = "sessions", description = "Signing in and out"),
        (name = "people", description = "People, roles, invitations"),
        (name = "homes", description = "Homes, their members and assignments"),
        (name = "search", description = "Names, personnummer and errand numbers, within one's circle"),
        (name = "drafts", description = "What one has typed and not sent"),
        (name = "errands", description = "Messages, wishes and their decisions, receipts and their reviews"),
        (name = "incidents", description = "What lay in the wrong place and was taken out of view, for data protection officers"),
        (name = "files", description = "Pictures and documents"),
        (name = "audit", description = "The log, for auditors"),
        (name = "letters", description = "Letters that were not taken, for stewards"),
    ),
)]
struct Document;

/// The OpenAPI 3.1 document, from the handlers themselves.
pub fn openapi() -> &'static utoipa::openapi::OpenApi {
    static MADE: OnceLock<utoipa::openapi::OpenApi> = OnceLock::new();
    MADE.get_or_init(|| {
        use utoipa_actix_web::AppExt as _;
        let app = actix_web::App::new()
            .into_utoipa_app()
            .openapi(Document::openapi())
            .configure(api);
        let (_, mut document) = app.split_for_parts();
        let token = SecurityScheme::Http(
            Http::builder()
                .scheme(HttpAuthScheme::Bearer)
                .bearer_format("JWT")
                .build(),
        );
        document
            .components
            .get_or_insert_default()
            .add_security_scheme("token", token);
        for item in document.paths.paths.values_mut() {
            let operations = [
                &mut item.get,
                &mut item.post,
                &mut item.put,
                &mut item.patch,
                &mut item.delete,
            ];
            for operation in operations.into_iter().flatten() {
                problems_are_problems(operation);
                headers_are_texts(operation);
            }
        }
        document
    })
}

/// Errors are written by the outermost layer, which gives them a media type of their own.
fn problems_are_problems(operation: &mut Operation) {
    for (status, response) in &mut operation.responses.responses {
        if let (true, RefOr::T(response)) = (status.starts_with(['4', '5']), response) {
            let content = std::mem::take(&mut response.content);
            let problem = |(_, content)| ("application/problem+json".to_owned(), content);
            response.content = content.into_iter().map(problem).collect();
        }
    }
}

/// A header that may be left out is no null, and a key has its letters.
fn headers_are_texts(operation: &mut Operation) {
    for parameter in operation.parameters.iter_mut().flatten() {
        let RefOr::T(parameter) = parameter else { continue };
        let Some(RefOr::T(Schema::Object(schema))) = &mut parameter.schema else {
            continue;
        };
        if parameter.parameter_in == ParameterIn::Header {
            schema.schema_type = Type::String.into();
        }
        if parameter.name == "Idempotency-Key" {
            schema.pattern = Some("^[ -~]{1,64}$".into());
        }
    }
}
