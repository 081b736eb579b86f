//! Documents that are encrypted: whether they open without a password, and what lies in their streams then.
//! Owners' passwords forbid printing and the like; they keep nobody from opening.

use aws_lc_rs::cipher::{
    AES_128, AES_256, Algorithm, DecryptingKey, DecryptionContext, EncryptingKey, EncryptionContext, UnboundCipherKey,
};
use aws_lc_rs::digest::{self, SHA256, SHA384, SHA512};
use aws_lc_rs::iv::FixedLength;
use md5::{Digest as _, Md5};

use super::super::Refusal;
use super::lex::{Dict, Value};
use super::scan::Place;

/// What stands for no password.
const PAD: [u8; 32] = [
    0x28, 0xBF, 0x4E, 0x5E, 0x4E, 0x75, 0x8A, 0x41, 0x64, 0x00, 0x4E, 0x56, 0xFF, 0xFA, 0x01, 0x08, 0x2E, 0x2E, 0x00,
    0xB6, 0xD0, 0x68, 0x3E, 0x80, 0x2F, 0x0C, 0xA9, 0xFE, 0x64, 0x53, 0x69, 0x7A,
];
const IV: usize = 16;

/// How streams are encrypted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Method {
    None,
    Rc4,
    Aes128,
    Aes256,
}

/// The key of a document that opens without a password.
#[derive(Debug)]
pub(super) struct Unlocked {
    key: Vec<u8>,
    method: Method,
}

impl Unlocked {
    /// Opens a document with no password.
    ///
    /// # Errors
    /// [`Refusal::Password`], also where it takes a certificate; [`Refusal::Damaged`] where the entries are no key's.
    pub fn new(encrypt: &Dict, id: &[u8]) -> Result<Unlocked, Refusal> {
        let number = |key| encrypt.number(key);
        if !encrypt.is_name("Filter", "Standard") {
            return Err(Refusal::Password);
        }
        let (owner, user) = encrypt.text("O").zip(encrypt.text("U")).ok_or(Refusal::Damaged)?;
        let version = number("V").unwrap_or(0);
        let method = match version {
            1..=3 => Method::Rc4,
            4 | 5 => filter(encrypt, version),
            _ => return Err(Refusal::Password),
        };
        let key = match number("R").unwrap_or(0) {
            revision @ 2..=4 => {
                let bits = number("Length").unwrap_or(40);
                let length = match (version, revision) {
                    (1, _) | (_, 2) => 5,
                    (4, _) => 16,
                    _ => usize::try_from(bits / 8).unwrap_or(5).clamp(5, 16),
                };
                old_key(encrypt, (owner, user), id, (revision, length))?
            }
            revision @ 5..=6 => new_key(encrypt, user, revision)?,
            _ => return Err(Refusal::Password),
        };
        Ok(Unlocked { key, method })
    }

    /// The clear bytes of an object's stream.
    pub fn open(&self, place: Place, mut bytes: Vec<u8>) -> Vec<u8> {
        let mut own = self.key.clone();
        own.extend(&place.object.to_le_bytes()[..3]);
        own.extend(place.generation.to_le_bytes());
        if self.method == Method::Aes128 {
            own.extend(b"sAlT");
        }
        let most = (self.key.len() + 5).min(16);
        let own = &Md5::digest(&own)[..most];
        match self.method {
            Method::None => {}
            Method::Rc4 => rc4(own, &mut bytes),
            Method::Aes128 => bytes = without_iv(&AES_128, own, bytes),
            Method::Aes256 => bytes = without_iv(&AES_256, &self.key, bytes),
        }
        bytes
    }
}

/// The method of the filter for streams.
fn filter(encrypt: &Dict, version: i64) -> Method {
    let (Some(Value::Dict(filters)), Some(Value::Name(name))) = (encrypt.get("CF"), encrypt.get("StmF")) else {
        return Method::None;
    };
    let Some(Value::Dict(filter)) = filters.named(name) else {
        return Method::None;
    };
    let is = |method| filter.is_name("CFM", method);
    if is("AESV3") || version == 5 && is("AESV2") {
        Method::Aes256
    } else if is("AESV2") {
        Method::Aes128
    } else if is("V2") {
        Method::Rc4
    } else {
        Method::None
    }
}

/// The key of revisions 2 to 4, if no password is the user's.
fn old_key(
    encrypt: &Dict,
    (owner, user): (&[u8], &[u8]),
    id: &[u8],
    (revision, length): (i64, usize),
) -> Result<Vec<u8>, Refusal> {
    let rights = encrypt.number("P").ok_or(Refusal::Damaged)? as u32;
    let mut hash = Md5::new();
    hash.update(PAD);
    hash.update(owner.get(..32).ok_or(Refusal::Damaged)?);
    hash.update(rights.to_le_bytes());
    hash.update(id);
    if revision == 4 && encrypt.get("EncryptMetadata") == Some(&Value::False) {
        hash.update([0xFF; 4]);
    }
    let mut key = hash.finalize()[..length].to_vec();
    let (expected, compared) = if revision == 2 {
        let mut expected = PAD.to_vec();
        rc4(&key, &mut expected);
        (expected, 32)
    } else {
        for _ in 0..50 {
            key = Md5::digest(&key)[..length].to_vec();
        }
        let mut expected = Md5::new().chain_update(PAD).chain_update(id).finalize().to_vec();
        for round in 0..20 {
            let turned: Vec<u8> = key.iter().map(|byte| byte ^ round).collect();
            rc4(&turned, &mut expected);
        }
        (expected, 16)
    };
    if user.get(..compared) == expected.get(..compared) {
        Ok(key)
    } else {
        Err(Refusal::Password)
    }
}

/// The key of revisions 5 and 6, if no password is the user's, or the owner's.
fn new_key(encrypt: &Dict, user: &[u8], revision: i64) -> Result<Vec<u8>, Refusal> {
    let user = user.get(..48).ok_or(Refusal::Damaged)?;
    let owner = encrypt
        .text("O")
        .and_then(|owner| owner.get(..48))
        .ok_or(Refusal::Damaged)?;
    for (whose, sealed, beside) in [(user, "UE", &[][..]), (owner, "OE", user)] {
        if hash(&whose[32..40], beside, revision).as_deref() != Some(&whose[..32]) {
            continue;
        }
        let sealed = encrypt
            .text(sealed)
            .and_then(|sealed| sealed.get(..32))
            .ok_or(Refusal::Damaged)?;
        return hash(&whose[40..48], beside, revision)
            .and_then(|key| cbc_open(&AES_256, &key, [0; IV], sealed.to_vec()))
            .ok_or(Refusal::Damaged);
    }
    Err(Refusal::Password)
}

/// The hash over no password, a salt and what the user's entry is (ISO 32000-2, algorithm 2.B; revision 5 stops early).
fn hash(salt: &[u8], beside: &[u8], revision: i64) -> Option<Vec<u8>> {
    let mut key = digest::digest(&SHA256, &[salt, beside].concat()).as_ref().to_vec();
    key.truncate(32);
    if revision <= 5 {
        return Some(key);
    }
    let mut round = 0_u32;
    loop {
        let sealed = cbc_seal(
            &key[..16],
            key[16..32].try_into().ok()?,
            [&key, beside].concat().repeat(64),
        )?;
        // The first 16 bytes as one number, modulo three: 256 leaves one.
        let choice = sealed[..16].iter().map(|byte| u32::from(*byte)).sum::<u32>() % 3;
        let algorithm = [&SHA256, &SHA384, &SHA512][choice as usize];
        key = digest::digest(algorithm, &sealed).as_ref().to_vec();
        round += 1;
        if round >= 64 && u32::from(*sealed.last()?) <= round - 32 {
            break;
        }
    }
    key.truncate(32);
    Some(key)
}

fn cbc_seal(key: &[u8], iv: [u8; IV], mut bytes: Vec<u8>) -> Option<Vec<u8>> {
    let key = EncryptingKey::cbc(UnboundCipherKey::new(&AES_128, key).ok()?).ok()?;
    let iv = EncryptionContext::Iv128(FixedLength::from(iv));
    key.less_safe_encrypt(&mut bytes, iv).ok()?;
    Some(bytes)
}

fn cbc_open(algorithm: &'static Algorithm, key: &[u8], iv: [u8; IV], mut bytes: Vec<u8>) -> Option<Vec<u8>> {
    let key = DecryptingKey::cbc(UnboundCipherKey::new(algorithm, key).ok()?).ok()?;
    key.decrypt(&mut bytes, DecryptionContext::Iv128(FixedLength::from(iv)))
        .ok()?;
    Some(bytes)
}

/// Opens what begins with its own vector. Padding stays: whoever inflates it stops before.
fn without_iv(algorithm: &'static Algorithm, key: &[u8], bytes: Vec<u8>) -> Vec<u8> {
    let Some((iv, rest)) = bytes.split_first_chunk::<IV>() else {
        return Vec::new();
    };
    let whole = rest.len() / IV * IV;
    cbc_open(algorithm, key, *iv, rest[..whole].to_vec()).unwrap_or_default()
}

/// The cipher of old documents, which no library of ours has: RFC 6229 has its vectors.
fn rc4(key: &[u8], bytes: &mut [u8]) {
    let mut state: [u8; 256] = std::array::from_fn(|at| at as u8);
    let mut j = 0_u8;
    for i in 0..256 {
        j = j.wrapping_add(state[i]).wrapping_add(key[i % key.len()]);
        state.swap(i, usize::from(j));
    }
    let (mut i, mut j) = (0_u8, 0_u8);
    for byte in bytes {
        i = i.wrapping_add(1);
        j = j.wrapping_add(state[usize::from(i)]);
        state.swap(usize::from(i), usize::from(j));
        let at = state[usize::from(i)].wrapping_add(state[usize::from(j)]);
        *byte ^= state[usize::from(at)];
    }
}
