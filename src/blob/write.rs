//! Writing: seal, hash and hand on, part by part.

use super::store::{BlobName, Blobs, staged};
use crate::crypt::Key;
use crate::crypt::stream::{CHUNK, FileSealer, SEALED_CHUNK};
use crate::error::{Error, Result};
use aws_lc_rs::digest;
use object_store::{MultipartUpload, ObjectStoreExt as _};
use std::fs;
use std::io;
use std::path::PathBuf;
use tokio::runtime::Handle;

/// Sealed bytes that are handed to the store at a time, and held by every file that is on its way in. A remote store wants
/// at least 5 MiB; a local one gains little above this.
const PART: usize = 1 << 18;

/// What there is to know of a finished blob's clear bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct BlobFacts {
    /// Bytes.
    pub size: u64,
    pub sha256: [u8; 32],
}

/// A blob being written. Dropped, or its runtime shut down, at any moment before [`finish`](BlobWriter::finish) has
/// answered, it leaves nothing; only a killed process leaves something ([`Blobs::sweep_at_start`]). Holds up to a part
/// and a chunk in memory.
pub struct BlobWriter {
    upload: Box<dyn MultipartUpload>,
    remains: Remains,
    sealer: FileSealer,
    /// Sealed, not yet handed on.
    part: Vec<u8>,
    digest: digest::Context,
    size: u64,
    /// A part was handed on and never came back as written: the call failed, or was dropped while it waited.
    lost: bool,
}

impl Blobs {
    /// Begins a blob. `key` must be fresh: of this blob, and of this one attempt to write it.
    ///
    /// Fails if the store does not answer, or if there is a blob of this name.
    pub async fn create(&self, name: BlobName, key: &Key) -> Result<BlobWriter> {
        let path = name.path();
        match self.store.head(&path).await {
            Err(object_store::Error::NotFound { .. }) => {}
            Err(cause) => return Err(Error::unavailable(cause)),
            Ok(_) => return Err(Error::Fault(format!("blob {} is there already", name.blob))),
        }
        let upload = self.store.put_multipart(&path).await.map_err(Error::unavailable)?;
        let mut part = Vec::with_capacity(PART + SEALED_CHUNK);
        Ok(BlobWriter {
            upload,
            remains: Remains(Some(self.file(name))),
            sealer: FileSealer::new(key, name.place(), &mut part),
            part,
            digest: digest::Context::new(&digest::SHA256),
            size: 0,
            lost: false,
        })
    }

    /// As [`create`](Blobs::create), for a thread that may block: of a runtime's blocking pool, as what the writer
    /// does in turn waits for a thread of that pool, so fewer than the pool has may do this at once.
    pub fn blocking_writer(&self, name: BlobName, key: &Key) -> Result<BlockingWriter> {
        let runtime = Handle::try_current().map_err(Error::fault)?;
        let writer = runtime.block_on(self.create(name, key))?;
        Ok(BlockingWriter {
            runtime,
            writer,
            held: Vec::with_capacity(CHUNK),
        })
    }
}

impl BlobWriter {
    /// Takes the next clear bytes. Fails if the store does; the blob can then only be given up, as after a call that
    /// was dropped before it answered.
    pub async fn push(&mut self, clear: &[u8]) -> Result<()> {
        self.nothing_lost()?;
        for piece in clear.chunks(CHUNK) {
            self.digest.update(piece);
            self.size += piece.len() as u64;
            self.sealer.push(piece, &mut self.part)?;
            if self.part.len() >= PART {
                self.hand_on().await?;
            }
        }
        Ok(())
    }

    /// Clear bytes taken so far, for limits.
    pub const fn size(&self) -> u64 {
        self.size
    }

    /// Seals the end and gives the blob its name. When this returns, the blob is on the disk under it; if it fails or
    /// is dropped, there is none.
    pub async fn finish(self) -> Result<BlobFacts> {
        self.nothing_lost()?;
        let BlobWriter {
            mut upload,
            remains,
            sealer,
            mut part,
            digest,
            size,
            ..
        } = self;
        sealer.finish(&mut part)?;
        upload.put_part(part.into()).await.map_err(Error::unavailable)?;
        upload.complete().await.map_err(Error::unavailable)?;
        remains.keep();
        let mut facts = BlobFacts { size, sha256: [0; 32] };
        facts.sha256.copy_from_slice(digest.finish().as_ref());
        Ok(facts)
    }

    /// Gives the blob up and waits until what was written is gone; dropping the writer does the same in passing.
    pub async fn abort(mut self) {
        if let Err(cause) = self.upload.abort().await {
            tracing::warn!(%cause, "an upload that was given up could not be removed");
        }
    }

    fn nothing_lost(&self) -> Result<()> {
        if self.lost {
            Err(Error::fault("a part of this blob was not written"))
        } else {
            Ok(())
        }
    }

    async fn hand_on(&mut self) -> Result<()> {
        let part = std::mem::replace(&mut self.part, Vec::with_capacity(PART + SEALED_CHUNK));
        self.lost = true;
        self.upload.put_part(part.into()).await.map_err(Error::unavailable)?;
        self.lost = false;
        Ok(())
    }
}

/// What a blob has on a local disk before it is finished; removed on drop. The store's own upload tries as much, but
/// on another thread, which a runtime that is shutting down may never start, and not once finishing has begun.
struct Remains(Option<PathBuf>);

impl Remains {
    /// The blob is finished: nothing is left to remove.
    fn keep(mut self) {
        self.0 = None;
    }
}

impl Drop for Remains {
    fn drop(&mut self) {
        let Some(file) = self.0.take() else { return };
        // The store may be renaming the one to the other at this moment. In this order either the staged file is gone
        // and the renaming fails, or it has been renamed and is removed under its name.
        let mut number = 1;
        while fs::remove_file(staged(&file, number)).is_ok() {
            number += 1;
        }
        let _ = fs::remove_file(&file);
    }
}

/// A [`BlobWriter`] as [`io::Write`], for code that knows no other.
pub struct BlockingWriter {
    runtime: Handle,
    writer: BlobWriter,
    /// Encoders write a byte at a time; the writer is called once for each chunk.
    held: Vec<u8>,
}

impl BlockingWriter {
    /// As [`BlobWriter::finish`].
    pub fn finish(mut self) -> Result<BlobFacts> {
        self.hand_on()?;
        self.runtime.block_on(self.writer.finish())
    }

    fn hand_on(&mut self) -> Result<()> {
        self.runtime.block_on(self.writer.push(&self.held))?;
        self.held.clear();
        Ok(())
    }
}

impl io::Write for BlockingWriter {
    fn write(&mut self, clear: &[u8]) -> io::Result<usize> {
        if self.held.len() == CHUNK {
            self.hand_on().map_err(io::Error::other)?;
        }
        let taken = clear.len().min(CHUNK - self.held.len());
        self.held.extend_from_slice(&clear[..taken]);
        Ok(taken)
    }

    /// Nothing: what is written counts only when it is finished.
    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
