//! Encryption at rest: the root key's file seals the boards' keys, a board's key seals those of its errands, homes,
//! persons and files, and these seal fields. [`Key::seal`] binds what it seals to its [`Place`] (board, table, column,
//! row and version), so that a ciphertext that is moved or rolled back does not open; [`stream`] does the same for
//! files, chunk by chunk; [`BlindIndex`] finds equal values without opening anything.
//!
//! Never here: where keys are kept and who may use them, rows, files on disk other than the root key's, or any
//! cleartext in an error or a log line. Every sealed thing begins with a version byte, so that the algorithm can
//! change.

mod board_keys;
pub mod escrow;
mod field;
mod index;
mod instance;
mod key;
mod keyfile;
pub mod keyring;
pub mod password;
mod place;
mod recovery;
mod root;
pub mod rotation;
mod row_key;
pub mod stream;
pub mod token;

pub use board_keys::BoardKeys;
pub use index::BlindIndex;
pub use instance::{Secrets, secret_ids};
pub use key::Key;
pub use keyfile::given_to_the_owner_of;
pub use keyring::Keyring;
pub use place::Place;
pub use recovery::{RecoveryKey, RecoveryPublic};
pub use root::RootKey;
pub use row_key::RowKey;
pub use token::AccessTokens;
