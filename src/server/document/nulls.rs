//! Where null is a value and where a field is left out. In a body sent to us both mean that nothing is said; in an
//! answer a field that may be missing is never null, and one that may be null is never missing.

use serde_json::Value;
use std::collections::BTreeSet;
use utoipa::openapi::schema::{Schema, SchemaType, Type};
use utoipa::openapi::{OpenApi, RefOr};

/// What of an answer one side never gets at all: to the other, null in it is a value.
const OF_THE_TEAM: &str = "TeamPart";

/// Takes null from the fields of answers that are left out instead.
pub(super) fn only_where_sent(document: &mut OpenApi) {
    let taken = in_bodies_taken(document);
    let Some(components) = &mut document.components else {
        return;
    };
    for (name, schema) in &mut components.schemas {
        let RefOr::T(schema) = schema else { continue };
        if !taken.contains(name) && name != OF_THE_TEAM {
            fields_left_out(schema);
        }
        no_default(schema);
    }
}

fn fields_left_out(schema: &mut Schema) {
    match schema {
        Schema::Object(object) => {
            for (name, field) in &mut object.properties {
                if !object.required.contains(name) {
                    take_away(field);
                }
            }
        }
        Schema::AllOf(all) => {
            for one in &mut all.items {
                take_away(one);
                if let RefOr::T(one) = one {
                    fields_left_out(one);
                }
            }
        }
        _ => {}
    }
}

/// A field that may be left out has no value by that, not the value null.
fn no_default(schema: &mut Schema) {
    let default = match schema {
        Schema::Object(object) => {
            let fields = object.properties.values_mut();
            fields.for_each(|field| {
                if let RefOr::T(field) = field {
                    no_default(field);
                }
            });
            &mut object.default
        }
        Schema::Array(array) => &mut array.default,
        Schema::OneOf(one_of) => &mut one_of.default,
        Schema::AllOf(all_of) => {
            all_of.items.iter_mut().for_each(|item| {
                if let RefOr::T(item) = item {
                    no_default(item);
                }
            });
            return;
        }
        Schema::AnyOf(any_of) => {
            any_of.items.iter_mut().for_each(|item| {
                if let RefOr::T(item) = item {
                    no_default(item);
                }
            });
            return;
        }
        _ => return,
    };
    if *default == Some(Value::Null) {
        *default = None;
    }
}

/// Takes null from what a value may be.
pub(super) fn take_away(field: &mut RefOr<Schema>) {
    let kind = match field {
        RefOr::T(Schema::Object(object)) => &mut object.schema_type,
        RefOr::T(Schema::Array(array)) => &mut array.schema_type,
        RefOr::T(Schema::OneOf(one_of)) => {
            one_of
                .items
                .retain(|item| !matches!(item, RefOr::T(schema) if is_null(schema)));
            if let [only] = &one_of.items[..] {
                let (mut only, words) = (only.clone(), one_of.description.take());
                if let RefOr::Ref(named) = &mut only {
                    named.description = words.unwrap_or_default();
                }
                *field = only;
            }
            return;
        }
        _ => return,
    };
    if let SchemaType::Array(types) = kind {
        types.retain(|one| *one != Type::Null);
        if let [only] = &types[..] {
            *kind = SchemaType::Type(only.clone());
        }
    }
}

fn is_null(schema: &Schema) -> bool {
    matches!(schema, Schema::Object(object) if object.schema_type == SchemaType::Type(Type::Null))
}

/// The names of the components that bodies sent to us are made of.
fn in_bodies_taken(document: &OpenApi) -> BTreeSet<String> {
    let all = serde_json::to_value(document).unwrap_or_default();
    let mut open = Vec::new();
    for operation in all["paths"].as_object().into_iter().flat_map(|paths| paths.values()) {
        for operation in operation.as_object().into_iter().flat_map(|item| item.values()) {
            names_in(&operation["requestBody"], &mut open);
        }
    }
    let mut found = BTreeSet::new();
    while let Some(name) = open.pop() {
        if found.insert(name.clone()) {
            names_in(&all["components"]["schemas"][&name], &mut open);
        }
    }
    found
}

fn names_in(value: &Value, found: &mut Vec<String>) {
    match value {
        Value::Object(fields) => {
            let named = fields.get("$ref").and_then(Value::as_str);
            let name = named.and_then(|place| place.strip_prefix("#/components/schemas/"));
            found.extend(name.map(str::to_owned));
            fields.values().for_each(|field| names_in(field, found));
        }
        Value::Array(items) => items.iter().for_each(|item| names_in(item, found)),
        _ => {}
    }
}
