//! What no errand took goes after a day, and with it what a crash left without a row.

use super::rows::{self, BlobId};
use super::verbs::blob_name;
use crate::app::App;
use crate::blob::BlobName;
use crate::db::Store;
use crate::db::housekeeping::Chore;
use crate::error::Result;
use crate::id::Id;
use futures_util::TryStreamExt as _;
use std::time::Duration;

/// How long a file waits for an errand to take it.
pub const UNCLAIMED_KEPT: Duration = Duration::from_secs(24 * 60 * 60);
/// Files and blobs looked at in one question.
const BATCH: i64 = 100;

static SWEEP: Chore = Chore {
    name: "sweep unclaimed files",
    tables: &["file"],
};

/// Removes unclaimed files older than a day that no draft names, and blobs as old that no row names. Gives how many
/// blobs went.
pub async fn sweep(app: &App) -> Result<usize> {
    let now = app.clock.now();
    let before = now.minus(UNCLAIMED_KEPT);
    let mut gone = 0;
    loop {
        // The row first: once it is gone nobody can claim the file any more.
        let freed = app.store.chore(&SWEEP, move |db| {
            let mut freed: Vec<BlobName> = Vec::new();
            for (id, board, original, content) in rows::unclaimed(db, (before, now), BATCH)? {
                if rows::remove_unclaimed(db, id)? {
                    freed.push(blob_name(board, original));
                    freed.push(blob_name(board, content));
                }
            }
            Ok(freed)
        });
        let freed = freed.await?;
        for name in &freed {
            app.blobs.delete(*name).await?;
        }
        gone += freed.len();
        if freed.is_empty() {
            break;
        }
    }
    Ok(gone + sweep_nameless(app, before).await?)
}

/// Every blob that a row names.
pub async fn blobs_of_rows(store: &Store) -> Result<Vec<BlobName>> {
    let named = store.survey(&SWEEP, rows::blobs_of_rows).await?;
    let both = |(board, original, content)| [blob_name(board, original), blob_name(board, content)];
    Ok(named.into_iter().flat_map(both).collect())
}

async fn sweep_nameless(app: &App, before: crate::clock::Instant) -> Result<usize> {
    let mut gone = 0;
    let mut old = std::pin::pin!(app.blobs.list(before).try_chunks(BATCH as usize));
    while let Some(some) = old.try_next().await.map_err(|cut| cut.1)? {
        let ids: Vec<BlobId> = some.iter().map(|(name, _)| Id::of(name.blob)).collect();
        let named = app.store.survey(&SWEEP, move |db| rows::named_blobs(db, &ids)).await?;
        for (name, _) in some {
            if !named.contains(&Id::of(name.blob)) {
                app.blobs.delete(name).await?;
                gone += 1;
            }
        }
    }
    Ok(gone)
}
