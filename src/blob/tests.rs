//! Tests of the store.

mod unfinished;

use super::*;
use crate::clock::Instant;
use crate::crypt::Key;
use crate::crypt::stream::{CHUNK, HEADER, SEALED_CHUNK, sealed_size};
use crate::error::{Error, Result};
use crate::secret;
use futures_util::{StreamExt as _, TryStreamExt as _};
use proptest::prelude::*;
use std::cell::RefCell;
use std::fs;
use std::io::{self, ErrorKind, Read as _, Seek as _, SeekFrom, Write as _};
use std::path::PathBuf;
use std::time::Duration;
use tokio::runtime::Runtime;
use tokio::task::spawn_blocking;
use uuid::Uuid;

const SIZES: [usize; 8] = [
    0,
    1,
    CHUNK - 1,
    CHUNK,
    CHUNK + 1,
    2 * CHUNK,
    5 * CHUNK,
    3 * (1 << 20) + 1,
];
const LATER: Instant = Instant::from_micros(i64::MAX);

/// A store in a folder that goes with the test.
struct Shelf {
    folder: PathBuf,
    blobs: Blobs,
}
impl Shelf {
    fn fresh() -> Shelf {
        let folder = std::env::temp_dir().join(format!("famn-blob-{}", hex::encode(secret::random::<8>())));
        let blobs = Blobs::local(&folder).expect("a new folder");
        Shelf { folder, blobs }
    }
    /// Everything on the disk, whole or begun.
    fn files(&self) -> Vec<PathBuf> {
        let folders = fs::read_dir(&self.folder)
            .expect("there")
            .map(|folder| folder.expect("read").path());
        let files = folders
            .filter(|path| path.is_dir())
            .flat_map(|folder| fs::read_dir(folder).expect("there"));
        files.map(|file| file.expect("read").path()).collect()
    }
    fn path(&self, name: BlobName) -> PathBuf {
        self.blobs.file(name)
    }
    async fn put(&self, clear: &[u8]) -> (BlobName, Key) {
        let (name, key) = (name(), Key::fresh());
        let mut writer = self.blobs.create(name, &key).await.expect("begun");
        for piece in clear.chunks(100_000) {
            writer.push(piece).await.expect("written");
        }
        let facts = writer.finish().await.expect("finished");
        assert_eq!(
            facts,
            BlobFacts {
                size: clear.len() as u64,
                sha256: secret::sha256(clear)
            }
        );
        (name, key)
    }
    /// Reads a whole blob both ways, which must agree.
    async fn get(&self, name: BlobName, key: &Key, size: usize) -> (io::Result<Vec<u8>>, Result<Vec<u8>>) {
        let mut reader = self.blobs.reader(name, key, size as u64);
        let read = spawn_blocking(move || {
            let mut clear = Vec::new();
            reader.read_to_end(&mut clear).map(|_| clear)
        });
        (
            read.await.expect("no panic"),
            self.range(name, key, size, 0..size as u64).await,
        )
    }
    async fn range(&self, name: BlobName, key: &Key, size: usize, range: std::ops::Range<u64>) -> Result<Vec<u8>> {
        let pieces: Vec<_> = self.blobs.stream(name, key, size as u64, range).try_collect().await?;
        assert!(pieces.iter().all(|piece| !piece.is_empty() && piece.len() <= CHUNK));
        Ok(pieces.concat())
    }
    async fn assert_broken(&self, name: BlobName, key: &Key, size: usize, why: &str) {
        let (read, streamed) = self.get(name, key, size).await;
        assert_eq!(read.expect_err(why).kind(), ErrorKind::InvalidData, "{why}");
        assert!(matches!(streamed, Err(Error::Fault(_))), "{why}");
    }
}
impl Drop for Shelf {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.folder);
    }
}

fn name() -> BlobName {
    BlobName {
        board: Uuid::from_u128(1),
        blob: Uuid::from_bytes(secret::random()),
    }
}

fn text(size: usize) -> Vec<u8> {
    (0..size).map(|at| (at / 7 % 251) as u8).collect()
}

#[tokio::test]
async fn what_is_written_is_read_and_is_not_seen_on_the_disk() {
    let shelf = Shelf::fresh();
    for size in SIZES {
        let clear = text(size);
        let (name, key) = shelf.put(&clear).await;
        let (read, streamed) = shelf.get(name, &key, size).await;
        assert_eq!(
            (read.expect("read"), streamed.expect("streamed")),
            (clear.clone(), clear.clone()),
            "{size}"
        );

        let sealed = fs::read(shelf.path(name)).expect("there");
        assert_eq!(sealed.len() as u64, sealed_size(size as u64));
        if size > 40 {
            assert!(!sealed.windows(40).any(|window| window == &clear[..40]));
        }
    }
    assert_eq!(shelf.files().len(), SIZES.len());
}

#[test]
fn ranges_and_seeks_give_what_stands_there() {
    let runtime = Runtime::new().expect("a runtime");
    let shelf = Shelf::fresh();
    let size = 6 * CHUNK + 5;
    let clear = text(size);
    let (name, key) = runtime.block_on(shelf.put(&clear));
    let _inside = runtime.enter();
    let reader = RefCell::new(shelf.blobs.reader(name, &key, size as u64));
    proptest!(|(from in 0..size + 10, length in prop_oneof![0usize..10, 0..size])| {
        let wanted = &clear[from.min(size)..(from + length).min(size)];
        let range = from as u64..(from + length) as u64;
        prop_assert_eq!(&runtime.block_on(shelf.range(name, &key, size, range)).expect("streamed"), wanted);

        let (mut reader, mut read) = (reader.borrow_mut(), Vec::new());
        prop_assert_eq!(reader.seek(SeekFrom::Start(from as u64)).expect("sought"), from as u64);
        reader.by_ref().take(length as u64).read_to_end(&mut read).expect("read");
        prop_assert_eq!(&read, wanted);
    });
    let mut reader = reader.into_inner();
    assert_eq!(reader.seek(SeekFrom::End(-5)).expect("sought"), 6 * CHUNK as u64);
    assert_eq!(
        reader.seek(SeekFrom::Current(-1)).expect("sought"),
        6 * CHUNK as u64 - 1
    );
    assert_eq!(
        reader
            .seek(SeekFrom::End(-(size as i64) - 1))
            .expect_err("before")
            .kind(),
        ErrorKind::InvalidInput
    );
}

#[tokio::test]
async fn a_range_needs_no_other_chunks() {
    let shelf = Shelf::fresh();
    let size = 5 * CHUNK;
    let (name, key) = shelf.put(&text(size)).await;
    let mut sealed = fs::read(shelf.path(name)).expect("there");
    for chunk in [0, 1, 4] {
        sealed[HEADER + chunk * SEALED_CHUNK] ^= 1;
    }
    fs::write(shelf.path(name), sealed).expect("written");
    let range = 2 * CHUNK as u64..4 * CHUNK as u64;
    assert_eq!(
        shelf.range(name, &key, size, range.clone()).await.expect("whole"),
        text(size)[2 * CHUNK..4 * CHUNK]
    );
    assert!(shelf.range(name, &key, size, range.start - 1..range.end).await.is_err());
    assert!(shelf.range(name, &key, size, range.start..range.end + 1).await.is_err());
    shelf.assert_broken(name, &key, size, "first chunk").await;
}

#[tokio::test]
async fn a_blob_that_was_tampered_with_does_not_open() {
    let shelf = Shelf::fresh();
    let size = 3 * CHUNK;
    let (name, key) = shelf.put(&text(size)).await;
    let path = shelf.path(name);
    let sealed = fs::read(&path).expect("there");
    for kept in [
        0,
        1,
        HEADER,
        HEADER + SEALED_CHUNK,
        HEADER + 2 * SEALED_CHUNK,
        sealed.len() - 1,
    ] {
        fs::write(&path, &sealed[..kept]).expect("written");
        shelf.assert_broken(name, &key, size, "cut off").await;
        shelf
            .assert_broken(
                name,
                &key,
                kept.saturating_sub(HEADER) / SEALED_CHUNK * CHUNK,
                "and said to be so",
            )
            .await;
    }
    fs::write(&path, [&sealed[..], b"\0"].concat()).expect("written");
    shelf.assert_broken(name, &key, size, "appended").await;
    let (head, chunks) = sealed.split_at(HEADER);
    let (one, rest) = chunks.split_at(SEALED_CHUNK);
    let (two, three) = rest.split_at(SEALED_CHUNK);
    fs::write(&path, [head, two, one, three].concat()).expect("written");
    shelf.assert_broken(name, &key, size, "swapped").await;
    fs::write(&path, &sealed).expect("written");
    assert!(shelf.get(name, &key, size).await.0.is_ok());
    shelf.assert_broken(name, &Key::fresh(), size, "another key").await;
    shelf.assert_broken(name, &key, size - 1, "another size").await;
    let other = self::name();
    fs::rename(path, shelf.path(other)).expect("renamed");
    shelf.assert_broken(other, &key, size, "another blob's").await;
}

#[tokio::test]
async fn a_missing_blob_and_a_silent_store_are_told_from_a_broken_one() {
    let shelf = Shelf::fresh();
    for size in [0, 5] {
        let (name, key) = shelf.put(&text(size)).await;
        shelf.blobs.delete(name).await.expect("deleted");
        shelf.blobs.delete(name).await.expect("deleted already");
        let (read, streamed) = shelf.get(name, &key, size).await;
        assert_eq!(read.expect_err("missing").kind(), ErrorKind::NotFound);
        assert!(matches!(streamed, Err(Error::Fault(_))));
    }
    let (name, key) = shelf.put(&text(5)).await;
    let folder = shelf.path(name).parent().expect("a folder").to_owned();
    fs::remove_dir_all(&folder).expect("removed");
    fs::write(&folder, b"in the way").expect("written");
    let (read, streamed) = shelf.get(name, &key, 5).await;
    assert_eq!(read.expect_err("no store").kind(), ErrorKind::Other);
    assert!(matches!(streamed, Err(Error::Unavailable(_))));
    assert!(matches!(
        shelf.blobs.create(name, &key).await,
        Err(Error::Unavailable(_))
    ));
}

#[tokio::test]
async fn blobs_are_listed_by_age_and_nothing_else_is() {
    let shelf = Shelf::fresh();
    let mut names = Vec::new();
    for _ in 0..40 {
        names.push(shelf.put(b"Hej").await.0);
    }
    shelf.blobs.check().expect("writable");
    fs::write(shelf.folder.join("0/README"), b"not ours").expect("written");
    let stray = shelf.path(names[0]).file_name().expect("a name").to_owned();
    fs::write(shelf.folder.join(stray), b"not where it belongs").expect("written");
    let old = names[0];
    let file = fs::File::options().write(true).open(shelf.path(old)).expect("there");
    file.set_modified(std::time::UNIX_EPOCH + Duration::from_secs(60))
        .expect("set");

    let mut all: Vec<_> = shelf
        .blobs
        .list(LATER)
        .map(|entry| entry.expect("listed").0)
        .collect()
        .await;
    all.sort_by_key(|name| name.blob);
    names.sort_by_key(|name| name.blob);
    assert_eq!(all, names);
    let aged: Vec<_> = shelf
        .blobs
        .list(Instant::from_micros(61_000_000))
        .try_collect()
        .await
        .expect("listed");
    assert_eq!(aged, [(old, Instant::from_micros(60_000_000))]);
}

#[tokio::test]
async fn a_store_that_cannot_be_written_is_told() {
    let shelf = Shelf::fresh();
    shelf.blobs.check().expect("writable");
    fs::remove_dir_all(&shelf.folder).expect("removed");
    assert!(matches!(shelf.blobs.check(), Err(Error::Unavailable(_))));
}

#[tokio::test]
async fn an_encoder_writes_byte_by_byte_on_its_own_thread() {
    let shelf = Shelf::fresh();
    let (name, key, clear) = (name(), Key::fresh(), text(3 * CHUNK + 5));
    let (blobs, written, own) = (shelf.blobs.clone(), clear.clone(), key.copy());
    let facts = spawn_blocking(move || {
        drop(blobs.blocking_writer(self::name(), &Key::fresh()).expect("begun"));
        let mut writer = blobs.blocking_writer(name, &own).expect("begun");
        written[..9]
            .iter()
            .for_each(|byte| writer.write_all(&[*byte]).expect("written"));
        writer.write_all(&written[9..]).expect("written");
        writer.flush().expect("flushed");
        writer.finish().expect("finished")
    });
    let facts = facts.await.expect("no panic");
    assert_eq!(
        facts,
        BlobFacts {
            size: clear.len() as u64,
            sha256: secret::sha256(&clear)
        }
    );
    assert_eq!(shelf.get(name, &key, clear.len()).await.0.expect("read"), clear);
    assert_eq!(shelf.files().len(), 1);
}
