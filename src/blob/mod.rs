//! Sealed files on an object store, streamed: [`BlobWriter`] seals while it receives, [`BlobReader`] and
//! [`Blobs::stream`] open while they give, each in constant memory. A blob is written once, under a key of its own,
//! and is there whole or not at all: until it is finished it has no name, and what is given up leaves nothing behind.
//! A finished blob is on the disk, file and folder, before its writer is told so.
//!
//! Never here: what a file is called, whose it is or who may read it (rows say that), keys (handed in with each call),
//! and clear text on disk. A blob without a row is nobody's: [`Blobs::list`] finds it.

mod copy;
mod read;
mod store;
#[cfg(test)]
mod tests;
mod write;

pub use read::BlobReader;
pub use store::{BlobName, Blobs};
pub use write::{BlobFacts, BlobWriter, BlockingWriter};
