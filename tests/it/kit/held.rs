//! Every answer that a person of the tests gets from the API is held against the document: its status is one that the
//! operation has, its type too, and its JSON fits the schema, with nothing in it that the schema does not know.

use super::person::Answer;
use jsonschema::Validator;
use reqwest::Method;
use serde_json::{Map, Value, json};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, LazyLock, Mutex};

/// The document, with every object in it closed.
static DOCUMENT: LazyLock<Value> = LazyLock::new(|| {
    let mut document = serde_json::to_value(famn::server::openapi()).expect("a document");
    let (mut parts, mut all) = (BTreeSet::new(), vec![&document]);
    while let Some(value) = all.pop() {
        for part in value["allOf"].as_array().into_iter().flatten() {
            parts.extend(part["$ref"].as_str().map(str::to_owned));
        }
        all.extend(value.as_object().into_iter().flat_map(Map::values));
        all.extend(value.as_array().into_iter().flatten());
    }
    let schemas = document["components"]["schemas"].as_object_mut().expect("schemas");
    for (name, schema) in schemas {
        // What others are made of is closed where they are.
        if !parts.contains(&format!("#/components/schemas/{name}")) {
            close(schema);
        }
    }
    document
});

/// Says of a schema's objects that they have no field but those it names.
fn close(schema: &mut Value) {
    let Some(fields) = schema.as_object_mut() else { return };
    if fields.contains_key("allOf") || fields.contains_key("properties") {
        fields.insert("unevaluatedProperties".into(), json!(false));
    }
    for (name, inner) in fields {
        match (name.as_str(), inner) {
            ("properties", Value::Object(all)) => all.values_mut().for_each(close),
            ("items", one) => close(one),
            ("oneOf" | "anyOf", Value::Array(all)) => all.iter_mut().for_each(close),
            _ => {}
        }
    }
}

/// The operations that were answered with what they are for, by the server asked.
static MET: Mutex<BTreeMap<String, BTreeSet<String>>> = Mutex::new(BTreeMap::new());

/// The operations that a server has done what it was asked for, as `GET /errands`.
pub fn met(base: &str) -> BTreeSet<String> {
    let met = MET.lock().expect("not poisoned");
    met.get(base).cloned().unwrap_or_default()
}

/// All operations of the document.
pub fn all() -> BTreeSet<String> {
    let paths = DOCUMENT["paths"].as_object().expect("paths").iter();
    let each = paths.flat_map(|(path, item)| {
        let methods = item.as_object().expect("operations").keys();
        methods.map(move |method| named(&method.to_uppercase(), path))
    });
    each.collect()
}

fn named(method: &str, path: &str) -> String {
    format!("{method} {}", path.trim_start_matches("/api/v1"))
}

/// The path of the document that a call's path is of; `/things/word` goes before `/things/{id}`.
fn template(path: &str, method: &str) -> Option<&'static str> {
    let fits = |template: &str| {
        let (template, path) = (template.split('/'), path.split('/'));
        template.clone().count() == path.clone().count()
            && template
                .zip(path)
                .all(|(part, given)| part == given || (part.starts_with('{') && !given.is_empty()))
    };
    let paths = DOCUMENT["paths"].as_object().expect("paths").iter();
    let fitting = paths.filter(|(template, item)| item.get(method).is_some() && fits(template));
    fitting
        .map(|(template, _)| template.as_str())
        .min_by_key(|template| template.matches('{').count())
}

/// Holds an answer against the document.
#[track_caller]
pub fn hold(method: &Method, url: &reqwest::Url, answer: &Answer) {
    let lower = method.as_str().to_lowercase();
    let Some(path) = template(url.path(), &lower) else {
        return;
    };
    let (what, status) = (named(method.as_str(), path), answer.status.as_u16());
    let operation = &DOCUMENT["paths"][path][&lower];
    let mut response = &operation["responses"][status.to_string()];
    if let Some(place) = response["$ref"].as_str() {
        response = DOCUMENT.pointer(place.trim_start_matches('#')).expect("a response");
    }
    assert!(response.is_object(), "{what} is documented without {status}: {answer}");
    if (200..300).contains(&status) {
        let base = url.origin().ascii_serialization();
        MET.lock()
            .expect("not poisoned")
            .entry(base)
            .or_default()
            .insert(what.clone());
    }
    let Some(content) = response["content"].as_object() else {
        assert!(answer.bytes.is_empty(), "{what} is documented without a body: {answer}");
        return;
    };
    let kind = answer.header("content-type").split(';').next().unwrap_or_default();
    let media = content.get(kind);
    let media = media.unwrap_or_else(|| panic!("{what} is documented without {kind:?}: {answer}"));
    if kind == "application/json" || kind == "application/problem+json" {
        let fits = validator(&media["schema"]);
        let value = answer.json();
        let faults: Vec<String> = fits
            .iter_errors(&value)
            .map(|fault| format!("{}: {fault}", fault.instance_path()))
            .collect();
        assert!(
            faults.is_empty(),
            "{what} {status} is documented otherwise: {faults:#?}\n{value:#}"
        );
    }
}

fn validator(schema: &Value) -> Arc<Validator> {
    static MADE: Mutex<BTreeMap<String, Arc<Validator>>> = Mutex::new(BTreeMap::new());
    let mut made = MADE.lock().expect("not poisoned");
    let make = || {
        let mut whole = schema.clone();
        whole["components"] = DOCUMENT["components"].clone();
        let validator = jsonschema::draft202012::options()
            .should_validate_formats(true)
            .build(&whole);
        Arc::new(validator.expect("a schema"))
    };
    made.entry(schema.to_string()).or_insert_with(make).clone()
}
