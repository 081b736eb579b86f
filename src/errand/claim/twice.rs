//! The same file is handed in once in a home. Found by a keyed hash of its content, so that the table tells nothing;
//! held by the table's key, so that of two at once one is told. Only receipts count: a picture may well go with a
//! message first. A claim that is withdrawn lets go of its files, for the home hands them in anew.

use super::lines::NewClaim;
use super::rows;
use crate::access::Access;
use crate::errand::ErrandNumber;
use crate::errand::rows::ErrandRow;
use crate::error::{Error, Faults, Result};
use crate::file::FreeFiles;
use crate::id::ErrandId;
use std::collections::HashMap;

/// The token of a content, and at which receipt it stands.
pub(super) type Content = ([u8; 16], usize);

/// How often it is looked who has a content, when whoever had it is just letting go.
const TRIES: usize = 3;

impl Access<'_> {
    /// The contents of a claim's files, in the order of their tokens, so that two claims at once wait for each other in
    /// one direction only. Two alike in one claim are a fault of the second.
    pub(super) fn different_contents(
        self,
        new: &NewClaim,
        files: &FreeFiles,
        faults: &mut Faults,
    ) -> Result<Vec<Content>> {
        let (keys, mut found) = (self.keys()?, HashMap::new());
        let digests: HashMap<_, _> = self.digests_of(files)?.into_iter().collect();
        for (place, file) in new.files().into_iter().enumerate() {
            let mut is_twice = false;
            // The very bytes, and those of the file that a page made them from: either way it is the same picture.
            for digest in digests.get(&file).into_iter().flatten() {
                let token = keys.index().token("receipt_content.token", digest.expose());
                match found.get(&token) {
                    None => drop(found.insert(token, (file, place))),
                    // The very same file twice is told already.
                    Some((first, _)) if *first == file => {}
                    Some(_) => is_twice = true,
                }
            }
            faults.unless(!is_twice, format!("receipts.{place}.file_id"), "file-twice");
        }
        let mut contents: Vec<Content> = found.into_iter().map(|(token, (_, place))| (token, place)).collect();
        contents.sort_unstable();
        Ok(contents)
    }

    /// Takes the contents for a new claim.
    pub(super) fn take_contents(self, claim: &ErrandRow, contents: Vec<Content>) -> Result<()> {
        let (board, home) = (claim.board_id, claim.home_id);
        for (token, place) in contents {
            for _ in 0..TRIES {
                if self.db(|db| rows::take_content(db, (board, home), &token, claim.id))? {
                    break;
                }
                if let Some((year, serial)) = self.db(|db| rows::content_taken_by(db, home, &token))? {
                    return Err(Error::DuplicateFile {
                        field: format!("receipts.{place}.file_id"),
                        errand_number: ErrandNumber::new(year, serial)?.to_string(),
                    });
                }
            }
        }
        Ok(())
    }

    /// Lets the files of a withdrawn claim be handed in again.
    pub(in crate::errand) fn release_contents(self, claim: ErrandId) -> Result<()> {
        self.db(|db| rows::release_contents(db, claim))
    }
}
