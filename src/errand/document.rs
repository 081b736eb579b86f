//! How a new errand stands in the OpenAPI document: each form with its `kind` as a field of its own. What is derived
//! would let a form have no field that it does not name, and then ask for `kind` beside it: nothing fits that.

use super::{ErrandKind, NewClaim, NewErrand, NewMessageErrand, NewPurchaseRequest, NewTravelRequest};
use utoipa::openapi::schema::{Object, ObjectBuilder, OneOfBuilder, Schema, Type};
use utoipa::openapi::{Discriminator, Ref, RefOr};
use utoipa::{PartialSchema, ToSchema};

impl PartialSchema for NewErrand {
    fn schema() -> RefOr<Schema> {
        let kinds = [
            (ErrandKind::Message, NewMessageErrand::name()),
            (ErrandKind::PurchaseRequest, NewPurchaseRequest::name()),
            (ErrandKind::TravelRequest, NewTravelRequest::name()),
            (ErrandKind::ReceiptClaim, NewClaim::name()),
        ];
        let places = kinds.map(|(kind, name)| (kind.as_str(), Ref::from_schema_name(name).ref_location));
        let forms = places.iter().map(|(_, place)| Ref::new(place.clone()));
        let forms = forms.fold(OneOfBuilder::new(), OneOfBuilder::item);
        forms
            .description(Some("An errand to be started."))
            .discriminator(Some(Discriminator::with_mapping("kind", places)))
            .into()
    }
}

impl ToSchema for NewErrand {
    fn schemas(schemas: &mut Vec<(String, RefOr<Schema>)>) {
        NewMessageErrand::schemas(schemas);
        NewPurchaseRequest::schemas(schemas);
        NewTravelRequest::schemas(schemas);
        NewClaim::schemas(schemas);
        schemas.extend([
            form::<NewMessageErrand>(ErrandKind::Message),
            form::<NewPurchaseRequest>(ErrandKind::PurchaseRequest),
            form::<NewTravelRequest>(ErrandKind::TravelRequest),
            form::<NewClaim>(ErrandKind::ReceiptClaim),
        ]);
    }
}

/// A form's own schema by its name, and in it which form it is.
fn form<T: ToSchema>(kind: ErrandKind) -> (String, RefOr<Schema>) {
    let mut form = match T::schema() {
        RefOr::T(Schema::Object(form)) => form,
        _ => Object::new(),
    };
    let only = ObjectBuilder::new()
        .schema_type(Type::String)
        .enum_values(Some([kind.as_str()]));
    form.properties.insert("kind".into(), only.into());
    form.required.insert(0, "kind".into());
    (T::name().into_owned(), Schema::Object(form).into())
}
