//! Reading: fetch only the chunks that are asked for, a few at a time, and open them where they lie.

use super::store::{BlobName, Blobs};
use crate::crypt::Key;
use crate::crypt::stream::{self, Broken, CHUNK, FileOpener, HEADER, SEALED_CHUNK};
use crate::error::{Error, Result};
use bytes::{Bytes, BytesMut};
use futures_util::Stream;
use futures_util::stream::try_unfold;
use object_store::{ObjectStore, ObjectStoreExt as _};
use std::collections::VecDeque;
use std::io;
use std::ops::Range;
use std::sync::Arc;
use tokio::runtime::Handle;

/// Chunks that are fetched and held at a time: 256 KiB.
const GROUP: u64 = 4;

impl Blobs {
    /// Reads a blob of `size` clear bytes from a thread that may block, at any place in it. Nothing is fetched yet.
    pub fn reader(&self, name: BlobName, key: &Key, size: u64) -> BlobReader {
        BlobReader {
            source: self.source(name, key, size),
            first: 0,
            held: VecDeque::new(),
            at: 0,
        }
    }

    /// Serves `range` of a blob of `size` clear bytes, chunk by chunk; what goes beyond the end is left out. Only the
    /// chunks that hold the range are fetched, and each is checked before any byte of it is given.
    ///
    /// An item is [`Error::Fault`] when the blob is missing or is not what was written, [`Error::Unavailable`] when the
    /// store does not answer; there are none after it.
    pub fn stream(
        &self,
        name: BlobName,
        key: &Key,
        size: u64,
        range: Range<u64>,
    ) -> impl Stream<Item = Result<Bytes>> + Send + use<> {
        let source = self.source(name, key, size);
        let range = range.start.min(size)..range.end.min(size);
        let end = match range.is_empty() {
            // The one chunk of an empty blob is looked at too: it may be missing.
            true => u64::from(size == 0),
            false => stream::chunk_of(range.end - 1) + 1,
        };
        let next = stream::chunk_of(range.start).min(end);
        let flow = Flow {
            source,
            range,
            next,
            end,
            held: VecDeque::new(),
        };
        try_unfold(flow, async |mut flow| {
            Ok(flow.piece().await?.map(|piece| (piece, flow)))
        })
    }

    fn source(&self, name: BlobName, key: &Key, size: u64) -> Source {
        Source {
            store: self.store.clone(),
            name,
            key: key.copy(),
            size,
            opener: None,
        }
    }
}

/// Why a blob could not be read.
#[derive(Debug)]
enum Trouble {
    /// Not what was written under this name and key with this size.
    Broken(BlobName),
    Missing(BlobName),
    Store(object_store::Error),
}

impl From<Trouble> for Error {
    fn from(trouble: Trouble) -> Error {
        match trouble {
            Trouble::Broken(name) => Error::Fault(format!("sealed file does not open: blob {}", name.blob)),
            Trouble::Missing(name) => Error::Fault(format!("blob {} is missing", name.blob)),
            Trouble::Store(cause) => Error::unavailable(cause),
        }
    }
}
impl From<Trouble> for io::Error {
    fn from(trouble: Trouble) -> io::Error {
        let kind = match trouble {
            Trouble::Broken(_) => io::ErrorKind::InvalidData,
            Trouble::Missing(_) => io::ErrorKind::NotFound,
            Trouble::Store(_) => io::ErrorKind::Other,
        };
        io::Error::new(kind, Error::from(trouble))
    }
}

/// A blob that chunks are fetched from.
struct Source {
    store: Arc<dyn ObjectStore>,
    name: BlobName,
    key: Key,
    /// Clear bytes.
    size: u64,
    opener: Option<FileOpener>,
}

impl Source {
    /// Fetches some chunks in one go and opens them.
    async fn chunks(&mut self, wanted: Range<u64>) -> Result<VecDeque<Bytes>, Trouble> {
        let opener = match self.opener.take() {
            Some(opener) => opener,
            None => self.open().await?,
        };
        let opener = self.opener.insert(opener);
        let sealed = fetch(&*self.store, self.name, stream::sealed_range(wanted.clone(), self.size)).await?;
        let mut sealed = BytesMut::from(sealed);
        let last = stream::chunks(self.size) - 1;
        let open = |index| {
            let mut chunk = sealed.split_to(sealed.len().min(SEALED_CHUNK));
            let clear = opener
                .open_chunk(index, index == last, &mut chunk)
                .map(|clear| clear.len());
            chunk.truncate(clear.map_err(|Broken| broken(self.name))?);
            Ok(chunk.freeze())
        };
        wanted.map(open).collect()
    }

    /// Looks at the blob's length, which would tell of bytes put after its end, and reads its header.
    async fn open(&self) -> Result<FileOpener, Trouble> {
        let meta = self
            .store
            .head(&self.name.path())
            .await
            .map_err(|cause| trouble(self.name, cause))?;
        if meta.size != stream::sealed_size(self.size) {
            return Err(broken(self.name));
        }
        let header = fetch(&*self.store, self.name, 0..HEADER as u64).await?;
        FileOpener::new(&self.key, self.name.place(), &header).map_err(|Broken| broken(self.name))
    }
}

/// Some bytes of the sealed blob; fewer, if it has been cut off, which then do not open.
async fn fetch(store: &dyn ObjectStore, name: BlobName, range: Range<u64>) -> Result<Bytes, Trouble> {
    store
        .get_range(&name.path(), range)
        .await
        .map_err(|cause| trouble(name, cause))
}

fn broken(name: BlobName) -> Trouble {
    tracing::error!(board = %name.board, blob = %name.blob, "sealed file does not open");
    Trouble::Broken(name)
}

fn trouble(name: BlobName, cause: object_store::Error) -> Trouble {
    match cause {
        object_store::Error::NotFound { .. } => {
            tracing::error!(board = %name.board, blob = %name.blob, "a blob is missing");
            Trouble::Missing(name)
        }
        cause => Trouble::Store(cause),
    }
}

/// A range on its way out.
struct Flow {
    source: Source,
    range: Range<u64>,
    /// The next chunk to fetch, and the one not to fetch.
    next: u64,
    end: u64,
    /// Opened chunks; the last of them is the one before `next`.
    held: VecDeque<Bytes>,
}

impl Flow {
    /// The next chunk's part of the range; `None` at the end.
    async fn piece(&mut self) -> Result<Option<Bytes>> {
        if self.held.is_empty() && self.next < self.end {
            let upto = self.end.min(self.next + GROUP);
            self.held = self.source.chunks(self.next..upto).await?;
            self.next = upto;
        }
        let starts = (self.next - self.held.len() as u64) * CHUNK as u64;
        let chunk = self.held.pop_front().unwrap_or_default();
        let within = |offset: u64| offset.saturating_sub(starts).min(chunk.len() as u64) as usize;
        let piece = chunk.slice(within(self.range.start)..within(self.range.end));
        // Nothing held, or the one chunk of an empty blob: an answer's body would end at an empty piece.
        Ok((!piece.is_empty()).then_some(piece))
    }
}

/// A blob's clear bytes as [`io::Read`] and [`io::Seek`], for a thread of a runtime's blocking pool; called from async
/// code it panics. What it does waits for another thread of that pool, so fewer than the pool has may read at once.
///
/// Fails with [`io::ErrorKind::InvalidData`] if the blob is not what was written (cut off, appended to, reordered,
/// another's), [`io::ErrorKind::NotFound`] if it is missing, and another kind if the store does not answer.
pub struct BlobReader {
    source: Source,
    /// The number of the first chunk held.
    first: u64,
    held: VecDeque<Bytes>,
    /// Where to read next.
    at: u64,
}

impl io::Read for BlobReader {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        // An empty blob is looked at too: its one chunk may be missing.
        if buffer.is_empty() || self.at >= self.source.size.max(1) {
            return Ok(0);
        }
        let index = stream::chunk_of(self.at);
        if !(self.first..self.first + self.held.len() as u64).contains(&index) {
            let upto = stream::chunks(self.source.size).min(index + GROUP);
            self.held.clear();
            self.held = Handle::try_current()
                .map_err(io::Error::other)?
                .block_on(self.source.chunks(index..upto))?;
            self.first = index;
        }
        let chunk = self
            .held
            .get((index - self.first) as usize)
            .map_or(&[][..], |chunk| chunk);
        let rest = chunk
            .get((self.at - index * CHUNK as u64) as usize..)
            .unwrap_or_default();
        let given = rest.len().min(buffer.len());
        buffer[..given].copy_from_slice(&rest[..given]);
        self.at += given as u64;
        Ok(given)
    }
}

impl io::Seek for BlobReader {
    fn seek(&mut self, to: io::SeekFrom) -> io::Result<u64> {
        let at = match to {
            io::SeekFrom::Start(at) => Some(at),
            io::SeekFrom::End(by) => self.source.size.checked_add_signed(by),
            io::SeekFrom::Current(by) => self.at.checked_add_signed(by),
        };
        self.at = at.ok_or(io::ErrorKind::InvalidInput)?;
        Ok(self.at)
    }
}
