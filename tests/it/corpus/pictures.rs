//! JPEG, PNG and WebP.

use super::{Case, Right, any};
use crate::kit::samples;

pub fn cases() -> Vec<Case> {
    let taken = |what: &str, name: &str, bytes, kind| Case {
        what: what.into(),
        name: name.into(),
        declared: "application/octet-stream".into(),
        bytes,
        right: Right::Taken(kind, any()),
    };
    vec![
        taken("JPEG", "a.jpg", samples::jpeg(), "image/jpeg"),
        taken("PNG", "a.png", samples::png(), "image/png"),
        taken("WebP", "a.webp", samples::webp(), "image/jpeg"),
    ]
}
