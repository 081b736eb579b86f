//! Checkpoints: the size and root of a board's log, signed, in the C2SP formats tlog-checkpoint and
//! signed-note, so that any witness or Go's `sumdb/note` can read them.

use std::fmt;
use std::str::FromStr;

use aws_lc_rs::signature::{ED25519, Ed25519KeyPair, KeyPair, UnparsedPublicKey};
use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use zeroize::Zeroizing;

use super::Malformed;
use super::merkle::{self, Hash};

/// Signature type of plain Ed25519 signatures over the note's text.
const ED25519_KIND: u8 = 1;

/// Longer notes, and notes with more signatures, are refused unread (the limits of Go's reader).
const LONGEST_NOTE: usize = 1_000_000;
const MOST_SIGNATURES: usize = 100;

/// The name of one log: `<base>/<board>/<epoch>`, e.g. `famn.demo/audit/borlange/1`.
///
/// It is the first line of every checkpoint and the name of the key that signs it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Origin {
    text: String,
    epoch: u64,
}

impl Origin {
    /// Names the log of a board. `base` is configured, never taken from a request; epochs count from 1.
    ///
    /// # Errors
    /// When a piece is empty or holds a space, a plus or a control character, when the slug holds a
    /// slash, or when the epoch is 0.
    pub fn new(base: &str, board_slug: &str, epoch: u64) -> Result<Self, Malformed> {
        if !is_key_name(base) || base.ends_with('/') {
            return Err(Malformed("the origin's base has no spaces, plus signs or final slash"));
        }
        if !is_key_name(board_slug) || board_slug.contains('/') {
            return Err(Malformed("a board's slug has no spaces, plus signs or slashes"));
        }
        if epoch == 0 {
            return Err(Malformed("epochs count from 1"));
        }
        Ok(Self {
            text: format!("{base}/{board_slug}/{epoch}"),
            epoch,
        })
    }

    /// The name as it stands in checkpoints.
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// Which of the board's logs this is.
    pub fn epoch(&self) -> u64 {
        self.epoch
    }
}

impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

impl FromStr for Origin {
    type Err = Malformed;

    fn from_str(text: &str) -> Result<Self, Malformed> {
        let malformed = Malformed("an origin is <base>/<board>/<epoch>");
        let (rest, epoch) = text.rsplit_once('/').ok_or(malformed)?;
        let (base, board_slug) = rest.rsplit_once('/').ok_or(malformed)?;
        Self::new(base, board_slug, decimal(epoch).ok_or(malformed)?)
    }
}

/// Why a note is not accepted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NoteError {
    /// It does not have the form of a note, or its text not that of a checkpoint.
    Malformed(&'static str),
    /// No line is signed by the key (name and key id).
    NotSigned,
    /// The key signs more than once.
    SignedTwice,
    /// The signature is not the key's over this text.
    WrongSignature,
    /// The checkpoint is of another log than the key is for.
    OtherOrigin,
    /// The signature could not be made.
    CannotSign,
}

impl fmt::Display for NoteError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            NoteError::Malformed(what) => what,
            NoteError::NotSigned => "the note is not signed by this log's key",
            NoteError::SignedTwice => "the note bears two signatures of this log's key",
            NoteError::WrongSignature => "the signature does not fit the note",
            NoteError::OtherOrigin => "the checkpoint is of another log",
            NoteError::CannotSign => "the checkpoint could not be signed",
        })
    }
}

impl std::error::Error for NoteError {}

/// The key that signs the checkpoints of one log.
pub struct SigningKey {
    seed: Zeroizing<[u8; 32]>,
    pair: Ed25519KeyPair,
    verifier: VerifierKey,
}

impl SigningKey {
    /// Makes a new key for the log.
    ///
    /// # Errors
    /// When the system gives no random bytes.
    pub fn generate(origin: Origin) -> Result<Self, NoteError> {
        let mut seed = Zeroizing::new([0; 32]);
        aws_lc_rs::rand::fill(seed.as_mut()).map_err(|_| NoteError::CannotSign)?;
        Self::from_seed(origin, seed)
    }

    /// The key of the log from its seed, the 32 bytes of RFC 8032.
    ///
    /// # Errors
    /// When the library refuses the seed.
    pub fn from_seed(origin: Origin, seed: Zeroizing<[u8; 32]>) -> Result<Self, NoteError> {
        let pair = Ed25519KeyPair::from_seed_unchecked(seed.as_ref()).map_err(|_| NoteError::CannotSign)?;
        let mut public = [0; 32];
        public.copy_from_slice(pair.public_key().as_ref());
        Ok(Self {
            seed,
            pair,
            verifier: VerifierKey::new(origin, public),
        })
    }

    /// The seed, to be sealed and stored.
    pub fn seed(&self) -> &Zeroizing<[u8; 32]> {
        &self.seed
    }

    /// The key that others check signatures with.
    pub fn verifier_key(&self) -> &VerifierKey {
        &self.verifier
    }
}

impl fmt::Debug for SigningKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "SigningKey({})", self.verifier)
    }
}

/// The public key of one log; as text `<origin>+<key id in hex>+<base64>` (C2SP "vkey").
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct VerifierKey {
    origin: Origin,
    id: [u8; 4],
    public: [u8; 32],
}

impl VerifierKey {
    fn new(origin: Origin, public: [u8; 32]) -> Self {
        let name = origin.as_str().as_bytes();
        let [a, b, c, d, ..] = merkle::sha256(&[name, b"\n", &[ED25519_KIND], &public]);
        Self {
            origin,
            id: [a, b, c, d],
            public,
        }
    }

    /// The log whose checkpoints this key checks.
    pub fn origin(&self) -> &Origin {
        &self.origin
    }

    /// The first four bytes of every signature by this key.
    pub fn id(&self) -> [u8; 4] {
        self.id
    }

    fn verify(&self, text: &str, signature: &[u8]) -> Result<(), NoteError> {
        UnparsedPublicKey::new(&ED25519, self.public)
            .verify(text.as_bytes(), signature)
            .map_err(|_| NoteError::WrongSignature)
    }
}

impl fmt::Display for VerifierKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let key = BASE64_STANDARD.encode([&[ED25519_KIND][..], &self.public].concat());
        write!(f, "{}+{}+{key}", self.origin, hex::encode(self.id))
    }
}

impl FromStr for VerifierKey {
    type Err = Malformed;

    fn from_str(text: &str) -> Result<Self, Malformed> {
        let malformed = Malformed("a verifier key is <origin>+<key id>+<base64 of an Ed25519 key>");
        let (name, rest) = text.split_once('+').ok_or(malformed)?;
        let (_, key) = rest.split_once('+').ok_or(malformed)?;
        let key = BASE64_STANDARD.decode(key).map_err(|_| malformed)?;
        let [ED25519_KIND, public @ ..] = key.as_slice() else {
            return Err(malformed);
        };
        let public: [u8; 32] = public.try_into().map_err(|_| malformed)?;
        let key = Self::new(name.parse()?, public);
        // One text for one key: this also compares the key id.
        if key.to_string() != text {
            return Err(Malformed("the verifier key's id does not fit its name and key"));
        }
        Ok(key)
    }
}

/// What a log stands for at one moment: so many events, with this root.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Checkpoint {
    /// The log.
    pub origin: Origin,
    /// How many events it has.
    pub size: u64,
    /// The root of the tree over them.
    pub root: Hash,
}

impl Checkpoint {
    /// The text that is signed: three lines, the last newline included.
    pub fn text(&self) -> String {
        format!(
            "{}\n{}\n{}\n",
            self.origin,
            self.size,
            BASE64_STANDARD.encode(self.root)
        )
    }

    /// The whole note: text, empty line, one signature line. Witnesses append theirs.
    ///
    /// # Errors
    /// When the key is another log's, or signing fails.
    pub fn sign(&self, key: &SigningKey) -> Result<String, NoteError> {
        if key.verifier.origin != self.origin {
            return Err(NoteError::OtherOrigin);
        }
        let text = self.text();
        let signature = key.pair.try_sign(text.as_bytes()).map_err(|_| NoteError::CannotSign)?;
        let signature = BASE64_STANDARD.encode([&key.verifier.id, signature.as_ref()].concat());
        Ok(format!("{text}\n\u{2014} {} {signature}\n", self.origin))
    }

    /// Reads a note and checks that the key signed it. Lines signed by other keys are witnesses' and
    /// need only be well formed. Extension lines, which Famn never writes, are refused.
    ///
    /// # Errors
    /// See [`NoteError`]; nothing of a refused note may be believed.
    pub fn parse_and_verify(note: &str, key: &VerifierKey) -> Result<Self, NoteError> {
        let (text, signatures) = split_note(note)?;
        let signature = signature_by(key, signatures)?;
        key.verify(text, &signature)?;
        let checkpoint = Self::parse_text(text)?;
        if checkpoint.origin != key.origin {
            return Err(NoteError::OtherOrigin);
        }
        Ok(checkpoint)
    }

    fn parse_text(text: &str) -> Result<Self, NoteError> {
        let lines: Vec<&str> = text.split_terminator('\n').collect();
        let [origin, size, root] = lines[..] else {
            return Err(NoteError::Malformed("a checkpoint has three lines"));
        };
        let origin = origin.parse().map_err(|Malformed(what)| NoteError::Malformed(what))?;
        let size = decimal(size).ok_or(NoteError::Malformed("the size is no plain number"))?;
        let root = BASE64_STANDARD.decode(root).ok().and_then(|root| root.try_into().ok());
        let root = root.ok_or(NoteError::Malformed("the root is not base64 of 32 bytes"))?;
        Ok(Self { origin, size, root })
    }
}

/// Parts a note at its last empty line into text and signature lines, each with its last newline.
fn split_note(note: &str) -> Result<(&str, &str), NoteError> {
    if note.len() > LONGEST_NOTE || note.contains(|c: char| c < ' ' && c != '\n') {
        return Err(NoteError::Malformed("the note is too long or holds control characters"));
    }
    let gap = note
        .rfind("\n\n")
        .ok_or(NoteError::Malformed("the note has no empty line"))?;
    let (text, signatures) = (&note[..gap + 1], &note[gap + 2..]);
    if !signatures.ends_with('\n') {
        return Err(NoteError::Malformed("the note does not end in a signature line"));
    }
    Ok((text, signatures))
}

/// The one signature that bears the key's name and id.
fn signature_by(key: &VerifierKey, lines: &str) -> Result<Vec<u8>, NoteError> {
    let mut found = None;
    for (number, line) in lines.split_terminator('\n').enumerate() {
        if number == MOST_SIGNATURES {
            return Err(NoteError::Malformed("the note has too many signatures"));
        }
        let (name, id, signature) = signature_line(line)?;
        if name != key.origin.as_str() || id != key.id {
            continue;
        }
        if found.replace(signature).is_some() {
            return Err(NoteError::SignedTwice);
        }
    }
    found.ok_or(NoteError::NotSigned)
}

/// Reads `— <name> <base64 of key id and signature>`.
fn signature_line(line: &str) -> Result<(&str, [u8; 4], Vec<u8>), NoteError> {
    let malformed = NoteError::Malformed("a signature line is malformed");
    let (name, signature) = line
        .strip_prefix("\u{2014} ")
        .and_then(|rest| rest.split_once(' '))
        .filter(|(name, _)| is_key_name(name))
        .ok_or(malformed)?;
    let signature = BASE64_STANDARD.decode(signature).map_err(|_| malformed)?;
    let (id, signature) = signature.split_first_chunk::<4>().ok_or(malformed)?;
    if signature.is_empty() {
        return Err(malformed);
    }
    Ok((name, *id, signature.to_vec()))
}

fn is_key_name(name: &str) -> bool {
    !name.is_empty() && !name.contains(|c: char| c.is_whitespace() || c.is_control() || c == '+')
}

/// A number in the only way it may be written: digits, no sign, no leading zeros.
fn decimal(text: &str) -> Option<u64> {
    let number: u64 = text.parse().ok()?;
    (number.to_string() == text).then_some(number)
}
