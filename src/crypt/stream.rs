//! Sealed files: STREAM (Hoang, Reyhanitabar, Rogaway, Vizár 2015) over ChaCha20-Poly1305, in chunks that open by
//! themselves, so that a file of any size is sealed, served and read at any offset in constant memory.
//!
//! A file is the header (version byte 1, 7 random bytes) and then its chunks: 65,536 bytes of clear text each, the last
//! one shorter or just as long, an empty file having one empty chunk; behind each its tag of 16 bytes. A chunk's nonce
//! is the header's 7 bytes, the chunk's number (4 bytes, big endian) and 1 for the last or 0: chunks can be neither
//! reordered nor left out, and a file cut off at a chunk's end lacks its last. Seven bytes are enough only because each
//! file has a key of its own. Which file it is stands in every chunk's additional data ([`Place`]) rather than in a
//! derived key: one file then has one key, the one that is wrapped, and every chunk is told from those of other files
//! even if a fault ever gave two the same key.
//!
//! The chunks are those of the `aead-stream` crate's `StreamBE32`, and a test holds them to it. They are sealed by
//! aws-lc, which is twice as fast, and as fast in a build that is not optimised, where that crate takes 100 ms a MiB.

use super::{Key, Place};
use crate::error::{Error, Result};
use crate::secret;
use aws_lc_rs::aead::{Aad, CHACHA20_POLY1305, LessSafeKey, Nonce, UnboundKey};
use aws_lc_rs::error::Unspecified;
use std::ops::Range;
use zeroize::Zeroizing;

/// Clear bytes in a chunk.
pub const CHUNK: usize = 65_536;
/// Bytes before the first chunk.
pub const HEADER: usize = 1 + NONCE;
/// The most bytes that a sealed chunk has.
pub const SEALED_CHUNK: usize = CHUNK + TAG;
const VERSION: u8 = 1;
const NONCE: usize = 7;
const TAG: usize = 16;

/// How many chunks a file of `clear` bytes has; at least one.
pub const fn chunks(clear: u64) -> u64 {
    if clear == 0 { 1 } else { clear.div_ceil(CHUNK as u64) }
}

/// How long a file of `clear` bytes is when sealed.
pub const fn sealed_size(clear: u64) -> u64 {
    let added = chunks(clear).saturating_mul(TAG as u64);
    clear.saturating_add(added).saturating_add(HEADER as u64)
}

/// The number of the chunk that holds the clear byte at `offset`.
pub const fn chunk_of(offset: u64) -> u64 {
    offset / CHUNK as u64
}

/// Where some chunks lie in the sealed form of a file of `clear` bytes.
pub fn sealed_range(chunks: Range<u64>, clear: u64) -> Range<u64> {
    let starts = |chunk: u64| chunk.saturating_mul(SEALED_CHUNK as u64).saturating_add(HEADER as u64);
    starts(chunks.start)..starts(chunks.end).min(sealed_size(clear))
}

/// What does not open: changed, cut off, moved, another file's, or sealed with another key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Broken;

/// Seals one file, in order. Holds back up to a chunk of clear text, as only the end tells which chunk is the last.
pub struct FileSealer {
    chunks: Chunks,
    next: u32,
    held: Zeroizing<Vec<u8>>,
}

impl FileSealer {
    /// Begins a file and writes its header to `out`. `key` is of this file alone, and of this one attempt to write it.
    pub fn new(key: &Key, place: Place, out: &mut Vec<u8>) -> FileSealer {
        let nonce = secret::random();
        out.push(VERSION);
        out.extend_from_slice(&nonce);
        FileSealer {
            chunks: Chunks::new(key, place, nonce),
            next: 0,
            held: Zeroizing::new(Vec::with_capacity(CHUNK)),
        }
    }

    /// Takes the next clear bytes, and writes to `out` what can be sealed of them. Fails above 256 TiB.
    pub fn push(&mut self, mut clear: &[u8], out: &mut Vec<u8>) -> Result<()> {
        while !clear.is_empty() {
            if self.held.len() == CHUNK {
                self.next = self.chunks.seal(self.next, false, &self.held, out)?;
                self.held.clear();
            }
            if self.held.is_empty() && clear.len() > CHUNK {
                let (chunk, rest) = clear.split_at(CHUNK);
                self.next = self.chunks.seal(self.next, false, chunk, out)?;
                clear = rest;
            } else {
                let (more, rest) = clear.split_at(clear.len().min(CHUNK - self.held.len()));
                self.held.extend_from_slice(more);
                clear = rest;
            }
        }
        Ok(())
    }

    /// Seals what is held as the last chunk and writes it to `out`. Without this, what was written opens nowhere.
    pub fn finish(self, out: &mut Vec<u8>) -> Result<()> {
        self.chunks.seal(self.next, true, &self.held, out).map(|_| ())
    }
}

/// Opens the chunks of one file, in any order.
pub struct FileOpener(Chunks);

impl FileOpener {
    /// Takes the first [`HEADER`] bytes of the sealed file. Fails if they are not of a version that is known.
    pub fn new(key: &Key, place: Place, header: &[u8]) -> Result<FileOpener, Broken> {
        let (&version, nonce) = header.split_first().ok_or(Broken)?;
        let nonce: [u8; NONCE] = nonce.try_into().map_err(|_| Broken)?;
        if version != VERSION {
            return Err(Broken);
        }
        Ok(FileOpener(Chunks::new(key, place, nonce)))
    }

    /// Opens one chunk where it lies, and gives its clear bytes. `last` is whether the file has none after it, as
    /// told by a size that is kept elsewhere ([`chunks`]): a shorter file, made up of true chunks, then does not open.
    pub fn open_chunk<'a>(&self, index: u64, last: bool, sealed: &'a mut [u8]) -> Result<&'a mut [u8], Broken> {
        let index = u32::try_from(index).map_err(|_| Broken)?;
        let FileOpener(Chunks { cipher, nonce, aad }) = self;
        cipher
            .open_in_place(chunk_nonce(*nonce, index, last), Aad::from(aad), sealed)
            .map_err(|Unspecified| Broken)
    }
}

/// What all chunks of a file have in common.
struct Chunks {
    cipher: LessSafeKey,
    nonce: [u8; NONCE],
    aad: Vec<u8>,
}

impl Chunks {
    fn new(key: &Key, place: Place, nonce: [u8; NONCE]) -> Chunks {
        #[expect(clippy::expect_used, reason = "fails for a key of another length alone")]
        let key = UnboundKey::new(&CHACHA20_POLY1305, key.bytes()).expect("a key of 32 bytes");
        Chunks {
            cipher: LessSafeKey::new(key),
            nonce,
            aad: place.aad(),
        }
    }

    /// Seals a chunk at the end of `out`, and gives the number of the one after it. Fails at the last number there is,
    /// as a second chunk of one number would be sealed under the same nonce.
    fn seal(&self, index: u32, last: bool, clear: &[u8], out: &mut Vec<u8>) -> Result<u32> {
        let after = index.checked_add(1).ok_or(Error::TooLarge)?;
        let start = out.len();
        out.reserve(clear.len() + TAG);
        out.extend_from_slice(clear);
        let nonce = chunk_nonce(self.nonce, index, last);
        match self
            .cipher
            .seal_in_place_separate_tag(nonce, Aad::from(&self.aad), &mut out[start..])
        {
            Ok(tag) => out.extend_from_slice(tag.as_ref()),
            Err(Unspecified) => {
                // What was not sealed must not be taken for what was.
                out.truncate(start);
                return Err(Error::fault("a chunk could not be sealed"));
            }
        }
        Ok(after)
    }
}

fn chunk_nonce(of_file: [u8; NONCE], index: u32, last: bool) -> Nonce {
    let mut nonce = [0; NONCE + 5];
    nonce[..NONCE].copy_from_slice(&of_file);
    nonce[NONCE..NONCE + 4].copy_from_slice(&index.to_be_bytes());
    nonce[NONCE + 4] = u8::from(last);
    Nonce::assume_unique_for_key(nonce)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use uuid::Uuid;

    const PLACE: Place = Place {
        board: Uuid::from_u128(1),
        table: "blob",
        column: "content",
        row: Uuid::from_u128(2),
        version: 0,
    };

    fn text(size: usize) -> Vec<u8> {
        (0..size).map(|at| (at % 251) as u8).collect()
    }

    fn seal(key: &Key, place: Place, clear: &[u8], step: usize) -> Vec<u8> {
        let mut out = Vec::new();
        let mut sealer = FileSealer::new(key, place, &mut out);
        clear
            .chunks(step)
            .for_each(|piece| sealer.push(piece, &mut out).expect("sealed"));
        sealer.finish(&mut out).expect("sealed");
        out
    }

    /// Opens all of a file that is said to hold `size` clear bytes.
    fn open(key: &Key, place: Place, sealed: &[u8], size: u64) -> Result<Vec<u8>, Broken> {
        if sealed.len() as u64 != sealed_size(size) {
            return Err(Broken);
        }
        let opener = FileOpener::new(key, place, &sealed[..HEADER])?;
        let mut clear = Vec::new();
        for index in 0..chunks(size) {
            let range = sealed_range(index..index + 1, size);
            let mut chunk = sealed[range.start as usize..range.end as usize].to_vec();
            clear.extend_from_slice(opener.open_chunk(index, index + 1 == chunks(size), &mut chunk)?);
        }
        Ok(clear)
    }

    #[test]
    fn every_size_around_a_chunk_opens_however_it_came_in() {
        let key = Key::fresh();
        for size in [0, 1, CHUNK - 1, CHUNK, CHUNK + 1, 2 * CHUNK, 2 * CHUNK + 1] {
            let clear = text(size);
            for step in [1000, CHUNK - 1, CHUNK, CHUNK + 1, 5 * CHUNK] {
                let sealed = seal(&key, PLACE, &clear, step);
                assert_eq!(sealed.len() as u64, sealed_size(size as u64), "{size}");
                assert_eq!(
                    open(&key, PLACE, &sealed, size as u64),
                    Ok(clear.clone()),
                    "{size} by {step}"
                );
            }
        }
    }

    #[test]
    fn a_file_cut_off_does_not_open_whatever_size_is_claimed() {
        let key = Key::fresh();
        let sealed = seal(&key, PLACE, &text(3 * CHUNK), CHUNK);
        for kept in 0..=3 {
            let cut = &sealed[..HEADER + kept * SEALED_CHUNK];
            for size in 0..=3 {
                let opens = open(&key, PLACE, cut, (size * CHUNK) as u64).is_ok();
                assert_eq!(opens, kept == 3 && size == 3, "{kept} chunks as {size}");
            }
        }
        assert_eq!(
            open(&key, PLACE, &sealed[..sealed.len() - 1], (3 * CHUNK - 1) as u64),
            Err(Broken)
        );
        assert!(FileOpener::new(&key, PLACE, &sealed[..HEADER - 1]).is_err());
    }

    #[test]
    fn appended_swapped_and_foreign_chunks_do_not_open() {
        let key = Key::fresh();
        let size = 2 * CHUNK as u64 + 5;
        let sealed = seal(&key, PLACE, &text(size as usize), CHUNK);
        assert!(open(&key, PLACE, &sealed, size).is_ok());

        let longer = [&sealed[..], &[0; 9]].concat();
        assert_eq!(open(&key, PLACE, &longer, size), Err(Broken));
        assert_eq!(open(&key, PLACE, &longer, size + 9), Err(Broken));

        let (head, rest) = sealed.split_at(HEADER);
        let (one, rest) = rest.split_at(SEALED_CHUNK);
        let (two, three) = rest.split_at(SEALED_CHUNK);
        assert_eq!(open(&key, PLACE, &[head, two, one, three].concat(), size), Err(Broken));
        assert_eq!(open(&key, PLACE, &[head, one, one, three].concat(), size), Err(Broken));
        let other = seal(&key, PLACE, &text(size as usize), CHUNK);
        assert_eq!(
            open(
                &key,
                PLACE,
                &[head, one, &other[HEADER + SEALED_CHUNK..]].concat(),
                size
            ),
            Err(Broken)
        );
    }

    #[test]
    fn another_file_board_key_or_version_does_not_open() {
        let key = Key::fresh();
        for size in [0, 5] {
            let sealed = seal(&key, PLACE, &text(size as usize), CHUNK);
            assert!(open(&key, PLACE, &sealed, size).is_ok());
            let row = Place {
                row: Uuid::from_u128(9),
                ..PLACE
            };
            let board = Place {
                board: Uuid::from_u128(9),
                ..PLACE
            };
            assert_eq!(open(&key, row, &sealed, size), Err(Broken));
            assert_eq!(open(&key, board, &sealed, size), Err(Broken));
            assert_eq!(open(&Key::fresh(), PLACE, &sealed, size), Err(Broken));
            let newer = [&[2], &sealed[1..]].concat();
            assert_eq!(open(&key, PLACE, &newer, size), Err(Broken));
        }
    }

    #[test]
    fn the_chunks_are_those_of_the_published_construction() {
        use aead_stream::{NewStream as _, StreamBE32, StreamPrimitive as _};
        use chacha20poly1305::{ChaCha20Poly1305, aead::Payload};

        let key = Key::fresh();
        let clear = text(2 * CHUNK + 5);
        let sealed = seal(&key, PLACE, &clear, CHUNK);
        let nonce: [u8; NONCE] = sealed[1..HEADER].try_into().expect("a header");
        let stream = StreamBE32::<ChaCha20Poly1305>::new(key.bytes().into(), &nonce.into());
        for (index, chunk) in sealed[HEADER..].chunks(SEALED_CHUNK).enumerate() {
            let payload = Payload {
                msg: chunk,
                aad: &PLACE.aad(),
            };
            let opened = stream
                .decrypt(index as u32, index == 2, payload)
                .expect("opens there too");
            assert_eq!(opened, clear.chunks(CHUNK).nth(index).expect("as many"));
        }
    }

    #[test]
    fn a_file_of_this_version_opens_for_ever() {
        let key = Key::from_bytes([7; 32]);
        let sealed = hex::decode("010001020304050606d50cf8a3389825f3711eb959ea3d2dd64029").expect("hex");
        assert_eq!(open(&key, PLACE, &sealed, 3), Ok(b"Hej".to_vec()));
    }

    #[test]
    fn no_chunk_is_sealed_beyond_the_last_number() {
        let mut out = Vec::new();
        let mut sealer = FileSealer::new(&Key::fresh(), PLACE, &mut out);
        sealer.next = u32::MAX;
        assert_eq!(sealer.push(&text(CHUNK + 1), &mut out), Err(Error::TooLarge));
        assert_eq!(out.len(), HEADER);
    }

    #[test]
    fn the_sums_hold_at_the_ends() {
        assert_eq!((sealed_size(0), sealed_size(1)), (24, 25));
        assert_eq!(sealed_size(CHUNK as u64), (HEADER + SEALED_CHUNK) as u64);
        assert_eq!(sealed_range(0..2, CHUNK as u64 + 1), 8..sealed_size(CHUNK as u64 + 1));
        assert_eq!(sealed_size(u64::MAX), u64::MAX);
        assert_eq!(chunk_of(CHUNK as u64 - 1), 0);
        assert_eq!(chunk_of(CHUNK as u64), 1);
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(32))]
        #[test]
        fn a_change_of_any_bit_shows(size in 0usize..3 * CHUNK, at: prop::sample::Index, bit in 0u8..8) {
            let key = Key::fresh();
            let mut sealed = seal(&key, PLACE, &text(size), 50_000);
            let at = at.index(sealed.len());
            sealed[at] ^= 1 << bit;
            prop_assert_eq!(open(&key, PLACE, &sealed, size as u64), Err(Broken));
        }
    }
}
