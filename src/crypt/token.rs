//! Access tokens: JWT signed with Ed25519, five minutes, for the REST API. A token names a session and nothing else
//! counts: the session's row is read again with the data. By RFC 8725: one algorithm, one key for one purpose, an
//! explicit type, every claim checked, and nothing in the header but what is ours.

use crate::clock::Instant;
use crate::error::{Error, Result};
use crate::id::{BoardId, Id, PersonId, SessionId, of};
use crate::secret::Secret;
use aws_lc_rs::signature::{Ed25519KeyPair, KeyPair as _};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jsonwebtoken::{Algorithm, DecodingKey, EncodingKey, Header, Validation};
use serde::{Deserialize, Serialize};
use std::sync::{Arc, PoisonError, RwLock};
use std::time::Duration;
use uuid::Uuid;
use zeroize::Zeroizing;

/// How long an access token works.
pub const LIFETIME: Duration = Duration::from_secs(5 * 60);
/// What clocks of instances may differ by.
const LEEWAY: i64 = 5;
const TYPE: &str = "at+jwt";
const AUDIENCE: &str = "famn-api";

/// What a valid token names.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Named {
    pub session: SessionId,
    /// Whose it was when the token was made. Only the session's row says who may do what.
    pub person: PersonId,
    /// The token's own id: that of the refresh token it was made with.
    pub token: Id<of::RefreshToken>,
}

/// Whose token is to be made.
#[derive(Debug, Clone, Copy)]
pub struct Bearer<'a> {
    pub board: BoardId,
    pub named: Named,
    pub acr: &'a str,
    pub amr: &'a str,
    pub signed_in_at: Instant,
}

/// Makes and checks access tokens.
pub struct AccessTokens {
    issuer: String,
    rules: Validation,
    pair: RwLock<Arc<Pair>>,
}

/// The key of the moment, and its other half.
struct Pair {
    kid: String,
    sign: EncodingKey,
    verify: DecodingKey,
}

impl Pair {
    fn of(kid: Uuid, pkcs8: &[u8]) -> Result<RwLock<Arc<Pair>>> {
        let pair = Ed25519KeyPair::from_pkcs8(pkcs8).map_err(Error::fault)?;
        Ok(RwLock::new(Arc::new(Pair {
            kid: kid.to_string(),
            sign: EncodingKey::from_ed_der(pkcs8),
            verify: DecodingKey::from_ed_der(pair.public_key().as_ref()),
        })))
    }
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Claims {
    iss: String,
    aud: String,
    sub: Uuid,
    sid: Uuid,
    iat: i64,
    nbf: i64,
    exp: i64,
    jti: Uuid,
    tenant: Uuid,
    amr: Vec<String>,
    acr: String,
    auth_time: i64,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct OurHeader {
    alg: String,
    typ: String,
    kid: String,
}

impl AccessTokens {
    /// A new signing key, to be kept sealed.
    pub fn fresh_key() -> Result<Zeroizing<Vec<u8>>> {
        let key = Ed25519KeyPair::generate().map_err(Error::fault)?;
        Ok(Zeroizing::new(key.to_pkcs8().map_err(Error::fault)?.as_ref().to_vec()))
    }

    /// From a key made by [`AccessTokens::fresh_key`]; `issuer` is the service's public address.
    pub fn new(kid: Uuid, pkcs8: &[u8], issuer: &str) -> Result<AccessTokens> {
        let mut rules = Validation::new(Algorithm::EdDSA);
        rules.set_issuer(&[issuer]);
        rules.set_audience(&[AUDIENCE]);
        rules.set_required_spec_claims(&["exp", "iss", "aud", "sub", "nbf"]);
        // The times are checked here, against the clock handed in.
        rules.validate_exp = false;
        rules.validate_nbf = false;
        Ok(AccessTokens {
            issuer: issuer.to_owned(),
            rules,
            pair: Pair::of(kid, pkcs8)?,
        })
    }

    /// Signs with another key from now on; tokens of the one before are worth nothing any more.
    ///
    /// # Errors
    /// [`Error::Fault`] when it is no key.
    pub fn renew(&self, kid: Uuid, pkcs8: &[u8]) -> Result<()> {
        let next = Pair::of(kid, pkcs8)?
            .into_inner()
            .unwrap_or_else(PoisonError::into_inner);
        *self.pair.write().unwrap_or_else(PoisonError::into_inner) = next;
        Ok(())
    }

    fn pair(&self) -> Arc<Pair> {
        self.pair.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    pub fn make(&self, bearer: Bearer<'_>, now: Instant) -> Result<Secret<String>> {
        let seconds = |at: Instant| at.micros() / 1_000_000;
        let (mut header, pair) = (Header::new(Algorithm::EdDSA), self.pair());
        header.typ = Some(TYPE.into());
        header.kid = Some(pair.kid.clone());
        let claims = Claims {
            iss: self.issuer.clone(),
            aud: AUDIENCE.into(),
            sub: bearer.named.person.uuid(),
            sid: bearer.named.session.uuid(),
            iat: seconds(now),
            nbf: seconds(now),
            exp: seconds(now.plus(LIFETIME)),
            jti: bearer.named.token.uuid(),
            tenant: bearer.board.uuid(),
            amr: bearer.amr.split(' ').map(str::to_owned).collect(),
            acr: bearer.acr.into(),
            auth_time: seconds(bearer.signed_in_at),
        };
        jsonwebtoken::encode(&header, &claims, &pair.sign)
            .map(Secret::new)
            .map_err(Error::fault)
    }

    /// What a token names, if it is ours, whole and in its time.
    ///
    /// # Errors
    /// [`Error::SignIn`] for anything else, without saying what.
    pub fn verify(&self, token: &str, now: Instant) -> Result<Named> {
        let header = token
            .split('.')
            .next()
            .and_then(|part| URL_SAFE_NO_PAD.decode(part).ok())
            .ok_or(Error::SignIn)?;
        let pair = self.pair();
        let header: OurHeader = serde_json::from_slice(&header).map_err(|_| Error::SignIn)?;
        if header.alg != "EdDSA" || header.typ != TYPE || header.kid != pair.kid {
            return Err(Error::SignIn);
        }
        let claims = jsonwebtoken::decode::<Claims>(token, &pair.verify, &self.rules)
            .map_err(|_| Error::SignIn)?
            .claims;
        let seconds = now.micros() / 1_000_000;
        if seconds >= claims.exp + LEEWAY || seconds < claims.nbf - LEEWAY {
            return Err(Error::SignIn);
        }
        Ok(Named {
            session: Id::of(claims.sid),
            person: Id::of(claims.sub),
            token: Id::of(claims.jti),
        })
    }
}
