//! Passwords: argon2id, in a bounded pool so that a flood of sign-ins cannot starve the rest. Hashes bear their
//! parameters (PHC text), so that weaker ones are found and upgraded at sign-in. Text is NFC before hashing.

use crate::error::{Error, Result};
use crate::places::{Asker, Places};
use crate::secret::Secret;
use argon2::password_hash::phc::PasswordHash;
use argon2::password_hash::{PasswordHasher as _, PasswordVerifier as _};
use argon2::{Algorithm, Argon2, Params, Version};
use std::sync::Arc;
use unicode_normalization::UnicodeNormalization as _;

/// What OWASP asks for at least: 19 MiB, two passes, one lane.
const MEMORY_KIB: u32 = 19_456;
const PASSES: u32 = 2;
/// The longest password taken, in bytes; nothing is cut off.
pub const LONGEST: usize = 1024;
/// Of strangers, and of those who are known where they sign in, so many may wait for a place; more are told to come back
/// (503).
const WAITING_MOST: usize = 100;

/// The pool that computes hashes.
#[derive(Clone)]
pub struct Passwords {
    places: Places,
    /// A hash of nothing anyone types, verified for unknown people so that they take the same time.
    dummy: Arc<str>,
}

/// How a sign-in's password turned out.
#[derive(Debug, PartialEq, Eq)]
pub enum Verdict {
    Wrong,
    Right,
    /// Right, and here is a stronger hash to keep from now on.
    RightUpgraded(String),
}

fn hasher() -> Argon2<'static> {
    // The parameters are within the library's bounds; its own default is the same.
    let params = Params::new(MEMORY_KIB, PASSES, 1, None).unwrap_or_default();
    Argon2::new(Algorithm::Argon2id, Version::V0x13, params)
}

impl Passwords {
    /// `at_once`: hashes computed at the same time, 19 MiB each.
    pub fn new(at_once: usize) -> Result<Passwords> {
        let nobodys = hash(&Secret::new(
            uuid::Uuid::from_bytes(crate::secret::random()).to_string(),
        ))?;
        Ok(Passwords {
            places: Places::new(at_once, WAITING_MOST),
            dummy: nobodys.into(),
        })
    }

    /// Hashes a new password, of someone who was let in by other means.
    pub async fn hash(&self, password: Secret<String>) -> Result<String> {
        let asker = Asker {
            from: None,
            is_known: true,
        };
        self.in_pool(asker, move || hash(&password)).await
    }

    /// Checks a password against what is kept; `None` (no such person) takes the same time and is wrong.
    pub async fn verify(&self, password: Secret<String>, kept: Option<String>, asker: Asker) -> Result<Verdict> {
        let dummy = self.dummy.clone();
        self.in_pool(asker, move || {
            let right = matches(&password, kept.as_deref().unwrap_or(&dummy))?;
            match kept {
                Some(kept) if right && is_weaker(&kept) => Ok(Verdict::RightUpgraded(hash(&password)?)),
                Some(_) if right => Ok(Verdict::Right),
                _ => Ok(Verdict::Wrong),
            }
        })
        .await
    }

    async fn in_pool<T: Send + 'static>(
        &self,
        asker: Asker,
        work: impl FnOnce() -> Result<T> + Send + 'static,
    ) -> Result<T> {
        let place = self.places.take(asker).await?;
        let work = move || {
            let done = work();
            drop(place);
            done
        };
        tokio::task::spawn_blocking(work).await.map_err(Error::fault)?
    }
}

fn normal(password: &Secret<String>) -> Secret<String> {
    Secret::new(password.expose().nfc().collect())
}

fn hash(password: &Secret<String>) -> Result<String> {
    let hash = hasher()
        .hash_password(normal(password).expose().as_bytes())
        .map_err(Error::fault)?;
    Ok(hash.to_string())
}

fn matches(password: &Secret<String>, kept: &str) -> Result<bool> {
    if password.expose().len() > LONGEST {
        return Ok(false);
    }
    let kept = PasswordHash::new(kept).map_err(|_| Error::fault("a kept password hash cannot be read"))?;
    Ok(hasher()
        .verify_password(normal(password).expose().as_bytes(), &kept)
        .is_ok())
}

/// Whether a hash was made with less than is asked for now.
fn is_weaker(kept: &str) -> bool {
    let Ok(kept) = PasswordHash::new(kept) else { return true };
    let Ok(params) = Params::try_from(&kept) else {
        return true;
    };
    kept.algorithm.as_str() != "argon2id" || params.m_cost() < MEMORY_KIB || params.t_cost() < PASSES
}

#[cfg(test)]
mod tests {
    use super::*;

    /// With one place in all, a hash that panics would end all signing in if it kept its own.
    #[tokio::test]
    async fn a_hash_that_panics_gives_its_place_back() {
        let passwords = Passwords::new(1).expect("a pool");
        for _ in 0..3 {
            let broken: Result<()> = passwords.in_pool(Asker::default(), || panic!("it breaks")).await;
            assert!(matches!(broken, Err(Error::Fault(_))));
        }
        let hash = passwords.hash(Secret::new("en ganska lång mening".into())).await;
        assert!(hash.expect("a hash").starts_with("$argon2id$"));
    }
}
