//! Enums whose values have one fixed text each: in JSON, in columns, in the reference tables.

/// Defines such an enum. A text once used never changes its meaning. (`tt`: the OpenAPI document would not see through
/// a `literal`, and name the values as Rust does.)
#[macro_export]
macro_rules! closed_list {
    ($(#[$doc:meta])* $name:ident { $($(#[$value_doc:meta])* $value:ident = $text:tt),+ $(,)? }) => {
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize, utoipa::ToSchema)]
        $(#[$doc])*
        pub enum $name {
            $($(#[$value_doc])* #[serde(rename = $text)] $value),+
        }

        impl $name {
            /// Every value, in the order of their definition.
            pub const ALL: &[$name] = &[$($name::$value),+];

            /// The value's text.
            pub const fn as_str(self) -> &'static str {
                match self { $($name::$value => $text),+ }
            }

            /// The value of a text.
            pub fn parse(text: &str) -> Option<Self> {
                match text { $($text => Some($name::$value),)+ _ => None }
            }

            /// The value a column holds; the reference table allows no other text.
            pub fn stored(text: &str) -> $crate::error::Result<Self> {
                let fault = || $crate::error::Error::fault(format!("{} is no {}", text, stringify!($name)));
                Self::parse(text).ok_or_else(fault)
            }
        }
    };
}
