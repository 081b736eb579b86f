//! Blobs as they lie, for a backup and its restoring: sealed, and not opened here.

use super::store::{BlobName, Blobs};
use crate::error::{Error, Result};
use object_store::ObjectStoreExt as _;

impl Blobs {
    /// A blob's sealed bytes, whole; `None` when it is not there. A file's limit keeps this small.
    pub async fn sealed(&self, name: BlobName) -> Result<Option<Vec<u8>>> {
        let got = match self.store.get(&name.path()).await {
            Ok(got) => got,
            Err(object_store::Error::NotFound { .. }) => return Ok(None),
            Err(cause) => return Err(Error::unavailable(cause)),
        };
        let bytes = got.bytes().await.map_err(Error::unavailable)?;
        Ok(Some(bytes.to_vec()))
    }

    /// Puts a blob's sealed bytes back under its name; on the disk when this returns.
    pub async fn put_sealed(&self, name: BlobName, sealed: Vec<u8>) -> Result<()> {
        let put = self.store.put(&name.path(), sealed.into()).await;
        put.map(|_| ()).map_err(Error::unavailable)
    }
}

impl BlobName {
    /// Its path within the store.
    pub fn within_store(self) -> String {
        self.path().to_string()
    }

    /// The name that such a path is of, if it is one.
    pub fn of_path(path: &str) -> Option<BlobName> {
        BlobName::parse(&path.into())
    }
}
