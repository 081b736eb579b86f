//! What an account shows of itself.

use super::session::Tokens;
use crate::access::Role;
use crate::board::UnitView;
use crate::crypt::token::LIFETIME;
use crate::home::HomeView;
use crate::id::PersonId;
use serde::Serialize;

/// What a session of the REST API is borne by. No `Debug`: the tokens are in clear.
#[derive(Serialize, utoipa::ToSchema)]
pub struct SessionView {
    /// A JWT for `Authorization: Bearer`; nothing is to be read from it.
    pub access_token: String,
    /// `Bearer`.
    pub token_type: &'static str,
    /// Seconds the access token works.
    pub expires_in: u64,
    /// Works once, for the next access token.
    pub refresh_token: String,
    pub person: PersonView,
}

/// A person as others and the person see them named.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct PersonView {
    pub id: PersonId,
    pub name: String,
    pub roles: Vec<Role>,
}

/// Who one is here.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct MeView {
    pub id: PersonId,
    pub name: String,
    /// The board's slug.
    pub board: String,
    pub roles: Vec<Role>,
    /// The homes one is a member of now.
    pub homes: Vec<HomeView>,
    /// The units one holds a role in.
    pub units: Vec<UnitView>,
    /// How strongly one signed in.
    pub acr: &'static str,
}

impl From<Tokens> for SessionView {
    fn from(tokens: Tokens) -> SessionView {
        SessionView {
            access_token: tokens.access.expose().clone(),
            token_type: "Bearer",
            expires_in: LIFETIME.as_secs(),
            refresh_token: tokens.refresh.expose().clone(),
            person: PersonView {
                id: tokens.person,
                name: tokens.name.expose().clone(),
                roles: tokens.roles,
            },
        }
    }
}
