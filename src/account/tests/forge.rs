//! Makes access tokens: genuine ones, and such as an attacker would like to be taken for genuine.

use super::Place;
use crate::access::Role;
use crate::crypt::token::AccessTokens;
use aws_lc_rs::hmac;
use aws_lc_rs::signature::Ed25519KeyPair;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD as B64;
use serde_json::{Value, json};
use std::sync::Arc;
use uuid::Uuid;

pub(super) const ANNA: &str = "anna@example.org";

/// Everything an attacker could hope to have, and our own key to show that it is not the signature alone that counts.
pub(super) struct Forge {
    pub key: Ed25519KeyPair,
    pub foreign: Ed25519KeyPair,
    pub header: Value,
    pub claims: Value,
    /// What the service itself made.
    pub genuine: String,
}

pub(super) fn part(text: impl AsRef<[u8]>) -> String {
    B64.encode(text)
}

pub(super) fn sign_with(key: &Ed25519KeyPair, header: &str, claims: &str) -> String {
    let text = format!("{}.{}", part(header), part(claims));
    let signature = part(key.sign(text.as_bytes()));
    format!("{text}.{signature}")
}

impl Forge {
    pub(super) async fn at(place: &mut Place) -> Forge {
        let pkcs8 = AccessTokens::fresh_key().expect("a key");
        let tokens = AccessTokens::new(Uuid::from_u128(7), &pkcs8, &place.app.config.server.public_url);
        place.app.tokens = Arc::new(tokens.expect("tokens"));
        place.person(ANNA, Role::Contractor).await;
        let genuine = place.sign_in(ANNA).await.text("access_token");
        let read = |nth: usize| {
            let part = B64
                .decode(genuine.split('.').nth(nth).expect("a part"))
                .expect("base64");
            serde_json::from_slice(&part).expect("JSON")
        };
        Forge {
            key: Ed25519KeyPair::from_pkcs8(&pkcs8).expect("a key"),
            foreign: Ed25519KeyPair::generate().expect("a key"),
            header: read(0),
            claims: read(1),
            genuine,
        }
    }

    /// Rightly signed, with another header.
    pub(super) fn header(&self, change: impl Fn(&mut Value)) -> String {
        let mut header = self.header.clone();
        change(&mut header);
        sign_with(&self.key, &header.to_string(), &self.claims.to_string())
    }

    /// Rightly signed, with other claims.
    pub(super) fn claims(&self, change: impl Fn(&mut Value)) -> String {
        let mut claims = self.claims.clone();
        change(&mut claims);
        sign_with(&self.key, &self.header.to_string(), &claims.to_string())
    }

    /// With an algorithm named in the header and a signature made by it.
    pub(super) fn by(&self, alg: &str, sign: impl Fn(&[u8]) -> Vec<u8>) -> String {
        let mut header = self.header.clone();
        header["alg"] = json!(alg);
        let text = format!("{}.{}", part(header.to_string()), part(self.claims.to_string()));
        let signature = part(sign(text.as_bytes()));
        format!("{text}.{signature}")
    }

    pub(super) fn hmac(&self, alg: &str, with: hmac::Algorithm, key: &[u8]) -> String {
        self.by(alg, |text| {
            hmac::sign(&hmac::Key::new(with, key), text).as_ref().to_vec()
        })
    }
}

pub(super) fn drop_field(name: &'static str) -> impl Fn(&mut Value) {
    move |value| {
        value.as_object_mut().expect("an object").remove(name);
    }
}

pub(super) fn set(name: &'static str, to: Value) -> impl Fn(&mut Value) {
    move |value| value[name] = to.clone()
}
