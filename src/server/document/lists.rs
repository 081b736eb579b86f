//! Pages of lists name what they are lists of. What is derived repeats it in each of them, and a client made of that
//! would have a type for a thing and another for the same thing in a list.

use utoipa::openapi::schema::{ArrayItems, Schema};
use utoipa::openapi::{OpenApi, Ref, RefOr};

pub(super) fn name_their_items(document: &mut OpenApi) {
    let Some(components) = &mut document.components else {
        return;
    };
    let mut things = Vec::new();
    for (name, list) in &mut components.schemas {
        let (Some(thing), RefOr::T(Schema::Object(list))) = (name.strip_prefix("Listed_"), list) else {
            continue;
        };
        if let Some(RefOr::T(Schema::Array(items))) = list.properties.get_mut("items") {
            let named = ArrayItems::RefOrSchema(Box::new(RefOr::Ref(Ref::from_schema_name(thing))));
            if let ArrayItems::RefOrSchema(of) = std::mem::replace(&mut items.items, named) {
                things.push((thing.to_owned(), *of));
            }
        }
    }
    for (name, thing) in things {
        components.schemas.entry(name).or_insert(thing);
    }
}
