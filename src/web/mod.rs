//! What both faces need: extractors that turn a request into an [`crate::access::Actor`] and checked input, replies,
//! problem documents and error pages, the language, forms that cannot be forged. It owns no rule and knows no feature.

mod arrival;
mod caller;
mod failure;
mod input;
mod language;
pub mod page;
mod reply;
mod squeeze;

pub use crate::language::{Language, say, say_count, say_with};
pub use arrival::{Doubt, arrive, forgotten, recognised};
pub use caller::{Caller, origin_of};
pub use failure::{Failure, Problem, problem};
pub use input::{
    IfMatch, Json, Listing, ObjectPath, Paging, PartPath, Query, body_hash, declared_length, once, whole_body,
};
pub use reply::{Accepted, Created, Listed, NoContent, Plain, Reply, Shown, Versioned};
pub use squeeze::{gzip, squeezed, takes_gzip};

use uuid::Uuid;

/// A request's id, put on it by the outermost layer; the answer, the log and the events bear it.
#[derive(Debug, Clone, Copy)]
pub struct RequestId(pub Uuid);
