//! How templates say things: `{{ "form-choose"|say }}`, in the language of what is being answered.

use crate::language;
use askama::filters::Safe;
use askama::{Result, Values, filter_fn};

/// A text without anything to fill in.
///
/// # Errors
/// None; askama asks for a result.
#[filter_fn]
pub fn say(key: &'static str, _: &dyn Values) -> Result<&'static str> {
    Ok(language::say(key))
}

/// A text with `name` filled in; what is filled in is text, never markup.
///
/// # Errors
/// None; askama asks for a result.
#[filter_fn]
pub fn say_with<T: std::fmt::Display>(
    key: &'static str,
    _: &dyn Values,
    name: &'static str,
    value: T,
) -> Result<String> {
    Ok(language::say_with(key, name, &value.to_string()))
}

/// A text of ours that holds markup, as a link; nothing can be filled in.
///
/// # Errors
/// None; askama asks for a result.
#[filter_fn]
pub fn say_html(key: &'static str, _: &dyn Values) -> Result<Safe<&'static str>> {
    Ok(Safe(language::say(key)))
}
