//! Which errands a list shows, as its address says it: to be kept, sent on and gone back to.

use super::words;
use crate::access::Side;
use crate::errand::list::Assignee;
use crate::errand::{ErrandKind, ErrandState, Filter};
use crate::error::{Error, Result};
use crate::id::HomeId;
use crate::web::say;
use serde::de::IntoDeserializer as _;
use serde::{Deserialize, Deserializer};

/// What a list is narrowed to; the names and values are the API's.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub struct ListQuery {
    #[serde(deserialize_with = "if_any")]
    kind: Option<ErrandKind>,
    #[serde(deserialize_with = "if_any")]
    state: Option<ErrandState>,
    #[serde(deserialize_with = "if_any")]
    assignee: Option<String>,
    unread: Option<bool>,
    urgent: Option<bool>,
    #[serde(deserialize_with = "if_any")]
    home: Option<HomeId>,
    number: String,
    cursor: Option<String>,
    /// What has just been done to the errand that is open.
    klart: String,
}

impl ListQuery {
    /// # Errors
    /// [`Error::Malformed`] for a value that is none; [`Error::Invalid`] for a number that is none.
    pub fn filter(&self) -> Result<Filter> {
        let assignee = match self.assignee.as_deref() {
            None => None,
            Some("me") => Some(Assignee::Me),
            Some("none") => Some(Assignee::None),
            Some(_) => return Err(Error::Malformed("assignee".into())),
        };
        let number = Some(self.number.trim())
            .filter(|text| !text.is_empty())
            .map(str::parse)
            .transpose()?;
        Ok(Filter {
            kind: self.kind,
            state: self.state,
            assignee,
            unread: self.unread.unwrap_or(false),
            urgent: self.urgent.filter(|urgent| *urgent),
            // What is urgent waits for somebody, unless one asks for a state.
            open: self.is_urgent() && self.state.is_none(),
            number,
            home: self.home,
        })
    }

    /// The address of the list with another kind, from its beginning.
    pub fn with_kind(&self, kind: Option<ErrandKind>) -> String {
        ListQuery {
            kind,
            cursor: None,
            ..self.clone()
        }
        .address()
    }

    /// The address of the list of all homes alike, from its beginning.
    pub fn of_all_homes(&self) -> String {
        ListQuery {
            home: None,
            cursor: None,
            ..self.clone()
        }
        .address()
    }

    /// The same list from its beginning.
    pub fn beginning(&self) -> String {
        ListQuery {
            cursor: None,
            ..self.clone()
        }
        .address()
    }

    /// The same list without what was searched for.
    pub fn bare(&self) -> ListQuery {
        ListQuery {
            number: String::new(),
            ..self.clone()
        }
    }

    /// The next part of the same list.
    pub fn after(&self, cursor: String) -> ListQuery {
        ListQuery {
            cursor: Some(cursor),
            ..self.clone()
        }
    }

    pub fn number(&self) -> &str {
        &self.number
    }
    pub fn cursor(&self) -> Option<&str> {
        self.cursor.as_deref()
    }
    pub fn kind(&self) -> Option<ErrandKind> {
        self.kind
    }
    pub fn state(&self) -> Option<ErrandState> {
        self.state
    }
    pub fn assignee(&self) -> &str {
        self.assignee.as_deref().unwrap_or_default()
    }
    pub fn is_unread(&self) -> bool {
        self.unread.unwrap_or(false)
    }
    pub fn is_urgent(&self) -> bool {
        self.urgent.unwrap_or(false)
    }
    /// Whether anything but the kind and the home narrows it.
    pub fn has_filters(&self) -> bool {
        self.state.is_some() || self.assignee.is_some() || self.is_unread() || self.is_urgent()
    }
    pub fn home(&self) -> Option<HomeId> {
        self.home
    }
    pub fn done(&self) -> &str {
        &self.klart
    }

    pub fn address(&self) -> String {
        format!("/arenden{}", self.tail())
    }

    /// What follows an errand's address, so that the list beside it stays as it is.
    pub fn tail(&self) -> String {
        let mut parts = Vec::new();
        let mut add = |name: &str, value: Option<&str>| parts.extend(value.map(|value| format!("{name}={value}")));
        add("kind", self.kind.map(ErrandKind::as_str));
        add("state", self.state.map(ErrandState::as_str));
        add("assignee", self.assignee.as_deref());
        add("unread", self.unread.filter(|unread| *unread).map(|_| "true"));
        add("urgent", self.urgent.filter(|urgent| *urgent).map(|_| "true"));
        add("home", self.home.map(|home| home.to_string()).as_deref());
        add("cursor", self.cursor.as_deref().filter(|cursor| is_plain(cursor)));
        if parts.is_empty() {
            String::new()
        } else {
            format!("?{}", parts.join("&"))
        }
    }

    /// What the list is called, by the menu's words.
    pub fn heading(&self) -> &'static str {
        match (self.unread, self.assignee.as_deref(), self.state) {
            _ if self.is_urgent() => say("menu-urgent"),
            (Some(true), ..) => say("menu-unread"),
            (_, Some("me"), _) => say("menu-mine"),
            (_, _, Some(ErrandState::SupplementRequested)) => say("menu-supplement"),
            (_, _, Some(state)) => words::state(state, Side::Team).word,
            _ => say("menu-all"),
        }
    }

    /// The menu's link that leads here.
    pub fn here(&self) -> &'static str {
        if self.home.is_some() {
            return "";
        }
        match (self.unread, self.assignee.as_deref(), self.state) {
            (None, None, None) if self.is_urgent() => "/arenden?urgent=true",
            _ if self.is_urgent() => "",
            (Some(true), None, None) => "/arenden?unread=true",
            (None, Some("me"), None) => "/arenden?assignee=me",
            (None, None, Some(ErrandState::Received)) => "/arenden?state=received",
            (None, None, Some(ErrandState::AwaitingHome)) => "/arenden?state=awaiting_home",
            (None, None, Some(ErrandState::SupplementRequested)) => "/arenden?state=supplement_requested",
            (None, None, Some(ErrandState::Closed)) => "/arenden?state=closed",
            (None, None, None) => "/arenden",
            _ => "",
        }
    }
}

/// A value of the filters; a list without a choice is sent as an empty one.
fn if_any<'de, D: Deserializer<'de>, T: Deserialize<'de>>(from: D) -> Result<Option<T>, D::Error> {
    let text = String::deserialize(from)?;
    if text.is_empty() {
        return Ok(None);
    }
    T::deserialize(text.into_deserializer()).map(Some)
}

/// A cursor of ours: nothing that would end a value in an address.
fn is_plain(text: &str) -> bool {
    text.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-')
}
