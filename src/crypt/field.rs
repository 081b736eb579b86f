//! Sealed fields and wrapped keys: version byte 1, 24 random bytes, ciphertext, 16-byte tag. XChaCha20-Poly1305,
//! because its nonces are long enough to be drawn at random for as long as a key lives.

use super::{Key, Place};
use crate::error::{Error, Result};
use crate::secret::{self, Secret};
use chacha20poly1305::aead::{Aead, Payload};
use chacha20poly1305::{KeyInit, XChaCha20Poly1305, XNonce};
use zeroize::Zeroizing;

const VERSION: u8 = 1;
const NONCE: usize = 24;

impl Key {
    /// Seals `clear` for one place; 41 bytes are added. Two seals of the same text differ.
    pub fn seal(&self, place: Place, clear: &[u8]) -> Vec<u8> {
        let nonce: [u8; NONCE] = secret::random();
        let payload = Payload {
            msg: clear,
            aad: &place.aad(),
        };
        #[expect(
            clippy::expect_used,
            reason = "sealing fails above 256 GiB alone, and half a seal must not be kept"
        )]
        let body = self
            .cipher()
            .encrypt(&XNonce::from(nonce), payload)
            .expect("a field fits in one seal");
        let mut sealed = Vec::with_capacity(1 + NONCE + body.len());
        sealed.push(VERSION);
        sealed.extend_from_slice(&nonce);
        sealed.extend_from_slice(&body);
        sealed
    }

    /// Opens what [`seal`](Key::seal) made for the same place with the same key.
    ///
    /// Fails with [`Error::Fault`] and an error in the log when it was changed, moved or rolled back, or sealed with
    /// another key: something has written to the database beside the program, so it is worth an alarm.
    pub fn open(&self, place: Place, sealed: &[u8]) -> Result<Zeroizing<Vec<u8>>> {
        self.try_open(place, sealed).ok_or_else(|| does_not_open(place))
    }

    /// As [`open`](Key::open), for text. Fails as it does, also when what was sealed is not UTF-8.
    pub fn open_text(&self, place: Place, sealed: &[u8]) -> Result<Secret<String>> {
        let clear = self.open(place, sealed)?;
        let text = std::str::from_utf8(&clear).map_err(|_| does_not_open(place))?;
        Ok(Secret::new(text.to_owned()))
    }

    /// Seals another key; 73 bytes.
    pub fn wrap(&self, place: Place, inner: &Key) -> Vec<u8> {
        self.seal(place, inner.bytes())
    }

    /// Opens what [`wrap`](Key::wrap) made. Fails as [`open`](Key::open) does, also when it is not of a key's length.
    pub fn unwrap(&self, place: Place, wrapped: &[u8]) -> Result<Key> {
        let clear = self.open(place, wrapped)?;
        let bytes: [u8; 32] = clear.as_slice().try_into().map_err(|_| does_not_open(place))?;
        Ok(Key::from_bytes(bytes))
    }

    /// As [`unwrap`](Key::unwrap), where it is no alarm that it does not open: another key may be the right one.
    pub(super) fn try_unwrap(&self, place: Place, wrapped: &[u8]) -> Option<Key> {
        let clear = self.try_open(place, wrapped)?;
        clear.as_slice().try_into().ok().map(Key::from_bytes)
    }

    pub(super) fn try_open(&self, place: Place, sealed: &[u8]) -> Option<Zeroizing<Vec<u8>>> {
        let (&version, rest) = sealed.split_first()?;
        let (nonce, body) = rest.split_first_chunk::<NONCE>()?;
        if version != VERSION {
            return None;
        }
        let payload = Payload {
            msg: body,
            aad: &place.aad(),
        };
        self.cipher()
            .decrypt(&XNonce::from(*nonce), payload)
            .ok()
            .map(Zeroizing::new)
    }

    fn cipher(&self) -> XChaCha20Poly1305 {
        XChaCha20Poly1305::new(self.bytes().into())
    }
}

pub(super) fn does_not_open(place: Place) -> Error {
    tracing::error!(board = %place.board, table = place.table, column = place.column, row = %place.row,
        version = place.version, "sealed field does not open");
    Error::Fault(format!("sealed field does not open: {place}"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use uuid::Uuid;

    const PLACE: Place = Place {
        board: Uuid::from_u128(1),
        table: "message",
        column: "text",
        row: Uuid::from_u128(2),
        version: 3,
    };

    #[test]
    fn a_moved_or_rolled_back_ciphertext_does_not_open() {
        let key = Key::fresh();
        let places = [
            PLACE,
            Place {
                board: Uuid::from_u128(9),
                ..PLACE
            },
            Place { table: "note", ..PLACE },
            Place {
                column: "subject",
                ..PLACE
            },
            Place {
                row: Uuid::from_u128(9),
                ..PLACE
            },
            Place { version: 2, ..PLACE },
        ];
        let sealed = places.map(|place| key.seal(place, b"Hej"));
        for (from, text) in sealed.iter().enumerate() {
            for (to, place) in places.iter().enumerate() {
                assert_eq!(key.open(*place, text).is_ok(), from == to, "{from} in {to}");
            }
        }
    }

    #[test]
    fn a_change_of_any_byte_shows() {
        let key = Key::fresh();
        let sealed = key.seal(PLACE, b"Hej");
        for at in 0..sealed.len() {
            let mut bad = sealed.clone();
            bad[at] ^= 1;
            assert!(key.open(PLACE, &bad).is_err(), "byte {at}");
            assert!(key.open(PLACE, &sealed[..at]).is_err(), "cut at {at}");
        }
        assert!(key.open(PLACE, &[&sealed[..], b"\0"].concat()).is_err());
        assert!(Key::fresh().open(PLACE, &sealed).is_err());
    }

    #[test]
    fn the_error_names_the_place_and_nothing_else() {
        let row = PLACE.row;
        let said = Key::fresh().open(PLACE, b"rubbish").expect_err("rubbish");
        assert_eq!(
            said,
            Error::Fault(format!("sealed field does not open: message.text {row}"))
        );
    }

    #[test]
    fn text_must_be_text_and_a_key_a_key() {
        let key = Key::fresh();
        let text = key
            .open_text(PLACE, &key.seal(PLACE, "Ärende".as_bytes()))
            .expect("opens");
        assert_eq!(text.expose(), "Ärende");
        assert!(key.open_text(PLACE, &key.seal(PLACE, &[0xff])).is_err());

        let inner = Key::fresh();
        let wrapped = key.wrap(PLACE, &inner);
        assert_eq!(wrapped.len(), 73);
        assert_eq!(key.unwrap(PLACE, &wrapped).expect("opens").bytes(), inner.bytes());
        assert!(
            key.unwrap(
                Place {
                    row: Uuid::from_u128(9),
                    ..PLACE
                },
                &wrapped
            )
            .is_err()
        );
        assert!(key.unwrap(PLACE, &key.seal(PLACE, b"short")).is_err());
    }

    #[test]
    fn a_field_of_this_version_opens_for_ever() {
        let key = Key::from_bytes([7; 32]);
        let sealed =
            hex::decode("01000102030405060708090a0b0c0d0e0f1011121314151617e072c14ac3769a3335b912d249fcad641d02a2")
                .expect("hex");
        assert_eq!(&**key.open(PLACE, &sealed).expect("opens"), b"Hej");
    }

    proptest! {
        #[test]
        fn what_is_sealed_opens_and_never_looks_the_same(clear: Vec<u8>) {
            let key = Key::fresh();
            let (one, other) = (key.seal(PLACE, &clear), key.seal(PLACE, &clear));
            prop_assert_ne!(&one, &other);
            prop_assert_eq!(one.len(), clear.len() + 41);
            prop_assert_eq!(&**key.open(PLACE, &one).expect("opens"), &clear);
        }
    }
}
