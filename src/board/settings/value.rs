//! How a setting's value stands in the OpenAPI document: any of what settings can be set to.

use super::SettingsChange;
use utoipa::openapi::RefOr;
use utoipa::openapi::schema::{AnyOfBuilder, Array, ArrayItems, Object, Schema, SchemaType, Type};
use utoipa::{PartialSchema, ToSchema};

/// The value of a setting, whichever it is.
pub struct SettingValue;

impl PartialSchema for SettingValue {
    fn schema() -> RefOr<Schema> {
        let (mut any, mut in_lists) = (Vec::new(), Vec::new());
        if let RefOr::T(Schema::Object(change)) = SettingsChange::schema() {
            for field in change.properties.into_values() {
                match value(field) {
                    Some(RefOr::T(Schema::Array(list))) => {
                        if let ArrayItems::RefOrSchema(of) = list.items {
                            add(&mut in_lists, *of);
                        }
                    }
                    Some(one) => add(&mut any, one),
                    None => {}
                }
            }
        }
        // One list of anything rather than any of several lists: clients tell things apart better than lists.
        let of = in_lists.into_iter().fold(AnyOfBuilder::new(), AnyOfBuilder::item);
        any.push(RefOr::T(Schema::Array(Array::new(of))));
        let any = any.into_iter().fold(AnyOfBuilder::new(), AnyOfBuilder::item);
        any.description(Some("What the setting was set to.")).into()
    }
}

fn add(all: &mut Vec<RefOr<Schema>>, one: RefOr<Schema>) {
    if !all.contains(&one) {
        all.push(one);
    }
}

impl ToSchema for SettingValue {
    fn schemas(schemas: &mut Vec<(String, RefOr<Schema>)>) {
        SettingsChange::schemas(schemas);
    }
}

/// What a field of a change takes, without its words and limits, and without what means that nothing is changed.
fn value(field: RefOr<Schema>) -> Option<RefOr<Schema>> {
    match field {
        RefOr::T(Schema::Object(object)) => Some(Object::with_type(bare(object.schema_type)).into()),
        RefOr::T(Schema::Array(_)) => Some(field),
        RefOr::T(Schema::OneOf(one_of)) => one_of.items.into_iter().find(|item| matches!(item, RefOr::Ref(_))),
        RefOr::Ref(_) => Some(field),
        RefOr::T(_) => None,
    }
}

fn bare(kind: SchemaType) -> SchemaType {
    match kind {
        SchemaType::Array(types) => types
            .into_iter()
            .find(|one| *one != Type::Null)
            .map_or(SchemaType::AnyValue, SchemaType::Type),
        kind => kind,
    }
}
