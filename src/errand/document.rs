//! How a new errand stands in the OpenAPI document: each form with its `kind` as a field of its own. What is derived
//! would let a form have no field that it does not name, and then ask for `kind` beside it: nothing fits that.

use super::{ErrandKind, NewClaim, NewErrand, NewMessageErrand, NewPurchaseRequest, NewTravelRequest};
use utoipa::openapi::schema::{Object, ObjectBuilder, OneOfBuilder, Schema, Type};
use utoipa::openapi::{Discriminator, RefOr};
use utoipa::{PartialSchema, ToSchema};

impl PartialSchema for NewErrand {
    fn schema() -> RefOr<Schema> {
        OneOfBuilder::new()
            .item(form::<NewMessageErrand>(ErrandKind::Message))
            .item(form::<NewPurchaseRequest>(ErrandKind::PurchaseRequest))
            .item(form::<NewTravelRequest>(ErrandKind::TravelRequest))
            .item(form::<NewClaim>(ErrandKind::ReceiptClaim))
            .description(Some("An errand to be started."))
            .discriminator(Some(Discriminator::new("kind")))
            .into()
    }
}

impl ToSchema for NewErrand {
    fn schemas(schemas: &mut Vec<(String, RefOr<Schema>)>) {
        NewMessageErrand::schemas(schemas);
        NewPurchaseRequest::schemas(schemas);
        NewTravelRequest::schemas(schemas);
        NewClaim::schemas(schemas);
    }
}

/// A form's own schema, and in it which form it is.
fn form<T: PartialSchema>(kind: ErrandKind) -> Schema {
    let mut form = match T::schema() {
        RefOr::T(Schema::Object(form)) => form,
        _ => Object::new(),
    };
    let only = ObjectBuilder::new()
        .schema_type(Type::String)
        .enum_values(Some([kind.as_str()]));
    form.properties.insert("kind".into(), only.into());
    form.required.insert(0, "kind".into());
    Schema::Object(form)
}
