//! Who asks, as far as the request itself can tell: a token or cookie names a session, nothing more. What that
//! session is worth is read inside the transaction ([`super::Standing`]).

use crate::id::{BoardId, Id, SessionId, of};
use std::net::IpAddr;
use uuid::Uuid;

/// An access token's own id (`jti`): that of the refresh token it was made with.
pub type TokenId = Id<of::RefreshToken>;

/// Where a request came from; goes into the log's actor part.
#[derive(Debug, Clone, Copy)]
pub struct Origin {
    /// The request's id, as the answer bears it.
    pub request: Uuid,
    pub ip: Option<IpAddr>,
}

impl Origin {
    /// The network it came from, as its lowest address: /24 of IPv4, /48 of IPv6. That is what one household or one
    /// attacker easily has all of.
    pub fn network(&self) -> Option<IpAddr> {
        self.ip.map(|ip| match ip.to_canonical() {
            IpAddr::V4(ip) => IpAddr::from((ip.to_bits() & 0xffff_ff00).to_be_bytes()),
            IpAddr::V6(ip) => IpAddr::from((ip.to_bits() >> 80 << 80).to_be_bytes()),
        })
    }
}

/// The one who asks.
#[derive(Debug, Clone, Copy)]
pub struct Actor {
    pub(super) who: Who,
    pub(super) origin: Option<Origin>,
}

#[derive(Debug, Clone, Copy)]
pub(super) enum Who {
    /// Bears a session; through the REST API also an access token.
    Bearer { session: SessionId, token: Option<TokenId> },
    /// Stands at a board's sign-in, without a session yet.
    Stranger(BoardId),
    /// The program itself, by its command line: founding boards, adding people.
    Operator(BoardId),
}

impl Actor {
    pub const fn bearer(session: SessionId, token: Option<TokenId>, origin: Origin) -> Actor {
        Actor {
            who: Who::Bearer { session, token },
            origin: Some(origin),
        }
    }
    pub const fn stranger(board: BoardId, origin: Origin) -> Actor {
        Actor {
            who: Who::Stranger(board),
            origin: Some(origin),
        }
    }
    pub const fn operator(board: BoardId) -> Actor {
        Actor {
            who: Who::Operator(board),
            origin: None,
        }
    }
}
