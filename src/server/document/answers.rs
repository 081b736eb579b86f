//! What operations answer besides what they are for: the refusals that follow from how each is called, as problem
//! documents, and a word for every status.

use crate::web::Problem;
use utoipa::ToSchema as _;
use utoipa::openapi::header::Header;
use utoipa::openapi::path::{Operation, ParameterIn};
use utoipa::openapi::schema::{Components, KnownFormat, Schema, SchemaFormat, Type};
use utoipa::openapi::{Content, Object, Ref, RefOr, Response};

/// Refusals: the status, the name among the components, what it says.
const REFUSALS: [(&str, &str, &str); 15] = [
    (
        "400",
        "Malformed",
        "Not the right shape: broken JSON, a field, value, parameter or repeated header that is unknown.",
    ),
    (
        "401",
        "SignIn",
        "Not signed in, or not freshly enough for this (`step-up`).",
    ),
    ("403", "Forbidden", "Seen, but not allowed."),
    ("404", "NotFound", "Not there for the one who asks."),
    ("408", "TooSlow", "The body did not come in time."),
    (
        "409",
        "Conflict",
        "Something else stands in the way; the type says what.",
    ),
    ("412", "Stale", "`If-Match` named an older version."),
    ("413", "TooLarge", "Too large a body."),
    ("415", "WrongType", "Content of a type that is not received here."),
    ("416", "BeyondEnd", "The part asked for lies beyond the end."),
    (
        "422",
        "Invalid",
        "Of the right shape and outside its limits; all faults at once.",
    ),
    ("429", "TooMany", "Too many calls; try again later."),
    (
        "431",
        "HeadTooLarge",
        "Too long an address, or too many or too long headers.",
    ),
    ("500", "Fault", "A fault of the program's own."),
    (
        "503",
        "Unavailable",
        "A part that is needed does not answer; nothing was done.",
    ),
];

/// What any operation may be answered.
const OF_ALL: [&str; 5] = ["400", "429", "431", "500", "503"];

/// Puts the refusals among the components.
pub(super) fn describe(components: &mut Components) {
    for (status, name, words) in REFUSALS {
        let schema = RefOr::<Schema>::Ref(Ref::from_schema_name(Problem::name()));
        let mut response = Response::new(words);
        let content = Content::new(Some(schema));
        response
            .content
            .insert("application/problem+json".into(), content.into());
        if ["429", "503"].contains(&status) {
            let mut seconds = Header::new(Object::with_type(Type::Integer));
            seconds.description = Some("Seconds to wait before the next try.".into());
            response.headers.insert("Retry-After".into(), seconds.into());
        }
        components.responses.insert(name.into(), response.into());
    }
}

/// Gives an operation the refusals that follow from how it is called, and a word to each answer that has none.
pub(super) fn complete(operation: &mut Operation) {
    let parameters = operation.parameters.iter().flatten();
    let parameters: Vec<_> = parameters
        .filter_map(|parameter| match parameter {
            RefOr::T(parameter) => Some((parameter.parameter_in.clone(), parameter.name.as_str())),
            RefOr::Ref(_) => None,
        })
        .collect();
    let takes = |place: ParameterIn, name: &str| parameters.contains(&(place, name));
    let follows = [
        (operation.security.is_some(), &["401", "403"][..]),
        (
            parameters.iter().any(|(place, _)| *place == ParameterIn::Path),
            &["404"],
        ),
        (takes(ParameterIn::Query, "limit"), &["422"]),
        (takes(ParameterIn::Query, "q"), &["422"]),
        (takes(ParameterIn::Header, "Idempotency-Key"), &["409"]),
        (takes(ParameterIn::Header, "If-Match"), &["412"]),
        (takes(ParameterIn::Header, "Range"), &["416"]),
        (operation.request_body.is_some(), &["408", "413", "415", "422"]),
    ];
    let mut refusals: Vec<&str> = OF_ALL.to_vec();
    for (_, statuses) in follows.iter().filter(|(holds, _)| *holds) {
        refusals.extend(*statuses);
    }
    let responses = &mut operation.responses.responses;
    let own: Vec<String> = responses.keys().cloned().collect();
    refusals.extend(
        own.iter()
            .map(String::as_str)
            .filter(|status| status.starts_with(['4', '5'])),
    );
    if let Some(RefOr::T(body)) = &mut operation.request_body {
        for (kind, content) in &mut body.content {
            if let ("application/octet-stream", RefOr::T(content)) = (kind.as_str(), content) {
                content.schema = Some(bytes());
            }
        }
    }
    for (status, name, _) in REFUSALS {
        if refusals.contains(&status) {
            responses.insert(status.into(), RefOr::Ref(Ref::from_response_name(name)));
        }
    }
    for (status, response) in responses {
        let RefOr::T(response) = response else { continue };
        for (kind, content) in &mut response.content {
            if let (true, RefOr::T(content)) = (kind.starts_with("image/") || kind == "application/pdf", content) {
                content.schema = Some(bytes());
            }
        }
        if response.description.is_empty() {
            response.description = word(status).into();
        }
    }
}

/// What is no text.
fn bytes() -> RefOr<Schema> {
    let mut schema = Object::with_type(Type::String);
    schema.format = Some(SchemaFormat::KnownFormat(KnownFormat::Binary));
    Schema::Object(schema).into()
}

fn word(status: &str) -> &'static str {
    match status {
        "201" => "What was made.",
        "202" => "Taken; nothing is said of what comes of it.",
        "204" => "Done; there is nothing to say.",
        _ => "What was asked for.",
    }
}
