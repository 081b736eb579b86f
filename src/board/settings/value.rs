//! How a setting's value stands in the OpenAPI document: any of what settings can be set to.

use super::SettingsChange;
use utoipa::openapi::RefOr;
use utoipa::openapi::schema::{AnyOfBuilder, Object, Schema, SchemaType, Type};
use utoipa::{PartialSchema, ToSchema};

/// The value of a setting, whichever it is.
pub struct SettingValue;

impl PartialSchema for SettingValue {
    fn schema() -> RefOr<Schema> {
        let mut any: Vec<RefOr<Schema>> = Vec::new();
        if let RefOr::T(Schema::Object(change)) = SettingsChange::schema() {
            for one in change.properties.into_values().filter_map(value) {
                if !any.contains(&one) {
                    any.push(one);
                }
            }
        }
        let any = any.into_iter().fold(AnyOfBuilder::new(), AnyOfBuilder::item);
        any.description(Some("What the setting was set to.")).into()
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
        RefOr::T(Schema::Array(mut list)) => {
            list.schema_type = bare(list.schema_type);
            list.description = None;
            Some(Schema::Array(list).into())
        }
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
