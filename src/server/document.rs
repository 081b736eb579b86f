//! The OpenAPI document, put together from the handlers themselves. A handler says what it takes, what it gives, and
//! which refusals are its own; what is true of all operations alike is said here, once.

mod answers;
mod lists;
mod nulls;

use super::routes::api;
use crate::web::Problem;
use std::sync::OnceLock;
use utoipa::OpenApi;
use utoipa::openapi::RefOr;
use utoipa::openapi::path::{Operation, ParameterIn, PathItem};
use utoipa::openapi::schema::{KnownFormat, Schema, SchemaFormat};
use utoipa::openapi::security::{Http, HttpAuthScheme, SecurityScheme};

#[derive(OpenApi)]
#[openapi(
    info(
        title = "Famn",
        description = "The e-service between foster homes and the municipality's familjehemsteam. Times are UTC, sums are öre, ids are UUIDv7. Errors are problem documents (RFC 9457).",
        license(name = "EUPL-1.2"),
    ),
    components(schemas(Problem)),
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

/// Where the document itself is; it is no operation of its own.
pub(super) const OPENAPI: &str = "/api/v1/openapi.json";

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
        let components = document.components.get_or_insert_default();
        components.add_security_scheme("token", token);
        answers::describe(components);
        for item in document.paths.paths.values_mut() {
            for operation in operations_of(item) {
                parameters_have_limits(operation);
                answers::complete(operation);
            }
        }
        lists::name_their_items(&mut document);
        nulls::only_where_sent(&mut document);
        document
    })
}

fn operations_of(item: &mut PathItem) -> impl Iterator<Item = &mut Operation> {
    let all = [
        &mut item.get,
        &mut item.post,
        &mut item.put,
        &mut item.patch,
        &mut item.delete,
    ];
    all.into_iter().flatten()
}

/// Ids in paths are ids, a header that may be left out is no null, and a key has its letters.
fn parameters_have_limits(operation: &mut Operation) {
    for parameter in operation.parameters.iter_mut().flatten() {
        let RefOr::T(parameter) = parameter else { continue };
        let Some(schema) = &mut parameter.schema else { continue };
        nulls::take_away(schema);
        let RefOr::T(Schema::Object(schema)) = schema else {
            continue;
        };
        match (&parameter.parameter_in, parameter.name.as_str()) {
            (ParameterIn::Path, _) => schema.format = Some(SchemaFormat::KnownFormat(KnownFormat::Uuid)),
            (ParameterIn::Header, "Idempotency-Key") => {
                (schema.min_length, schema.max_length) = (Some(1), Some(64));
                schema.pattern = Some("^[ -~]{1,64}$".into());
            }
            _ => {}
        }
    }
}
