//! Search without opening: a keyed hash of a value in its normal form stands beside the sealed value. It tells whoever
//! reads the table which rows are equal and how often, so it is for values that are nearly unique (personal numbers,
//! e-mail addresses) and never for those with few values (sex, town, surname) or for addresses.

use super::{Key, place};
use aws_lc_rs::hmac;

/// One board's key for search.
pub struct BlindIndex(Key);

impl BlindIndex {
    /// Takes a key that is used for nothing else.
    pub const fn new(key: Key) -> BlindIndex {
        BlindIndex(key)
    }

    /// What is stored and looked up for a value in its normal form: HMAC-SHA-256 over the column's name, behind its
    /// length, and the value; the first 16 bytes. Equal values in two columns or on two boards have nothing in common.
    pub fn token(&self, column: &'static str, normalised: &str) -> [u8; 16] {
        let mut mac = hmac::Context::with_key(&hmac::Key::new(hmac::HMAC_SHA256, self.0.bytes()));
        mac.update(&place::length(column.as_bytes()));
        mac.update(column.as_bytes());
        mac.update(normalised.as_bytes());
        let mut token = [0; 16];
        token.copy_from_slice(&mac.sign().as_ref()[..16]);
        token
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn equal_values_give_equal_tokens_in_one_column_of_one_board_only() {
        let (here, there) = (BlindIndex::new(Key::fresh()), BlindIndex::new(Key::fresh()));
        let token = here.token("email", "anna@example.se");
        assert_eq!(token, here.token("email", "anna@example.se"));
        assert_ne!(token, there.token("email", "anna@example.se"));
        assert_ne!(token, here.token("phone", "anna@example.se"));
        assert_ne!(token, here.token("emaila", "nna@example.se"));
    }

    #[test]
    fn the_token_is_the_hmac_of_column_and_value() {
        let index = BlindIndex::new(Key::from_bytes([7; 32]));
        // printf '\0\0\0\5emaila@b.se' | openssl dgst -sha256 -mac HMAC -macopt hexkey:0707…07
        assert_eq!(
            hex::encode(index.token("email", "a@b.se")),
            "97ba8fbd72d2219217b86d30aec43aba"
        );
    }
}
