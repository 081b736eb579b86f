//! Rotation of the root key and the boards' keys, also while the installation serves. Broken off anywhere, it goes on
//! when it is called again.

use crate::audit::{Action, Subject, of_the_program, record};
use crate::clock::Clock;
use crate::crypt::{Keyring, RootKey, rotation};
use crate::db::housekeeping::Chore;
use crate::db::{Db, Store, wrapped};
use crate::error::Result;
use crate::id::BoardId;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

static ROTATE: Chore = Chore {
    name: "rotate keys",
    tables: &[
        "root_mark",
        "board_key",
        "instance_key",
        "audit_event",
        "audit_pending",
        "person",
        "home",
        "service_user",
        "errand",
        "file",
        "protected_key",
        "incident",
    ],
};

/// What rotating needs.
pub struct Rotation<'a> {
    pub store: &'a Store,
    pub root_file: &'a Path,
    pub clock: &'a Clock,
    /// How long is waited before the first row is put under a new key: until every instance that serves has met it, and
    /// what was begun before has ended.
    pub grace: Duration,
}

/// What was done.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rotated {
    /// Whether it went on with what was broken off.
    pub resumed: bool,
    /// Keys of rows that were put under a new one.
    pub rows: usize,
    /// The new root key's check.
    pub check: String,
}

impl Rotation<'_> {
    /// Does it, or the rest of it.
    ///
    /// # Errors
    /// When the database or the key's file cannot be reached; what was done stands, and the rest can be done later.
    pub async fn run(self) -> Result<Rotated> {
        let left = self.store.survey(&ROTATE, rotation::boards_left).await?;
        let has_next = RootKey::has_next(self.root_file);
        let resumed = has_next || !left.is_empty();
        if has_next || left.is_empty() {
            self.replace_root().await?;
        }
        let keyring = Arc::new(Keyring::of_file(self.root_file)?);
        let left = self.store.survey(&ROTATE, rotation::boards_left).await?;
        if !left.is_empty() {
            tokio::time::sleep(self.grace).await;
        }
        let mut rows = 0;
        for board in left {
            rows += self.rewrap(&keyring, board).await?;
            let (keyring, clock) = (keyring.clone(), self.clock.clone());
            let end = move |db: &mut Db| {
                rotation::end(db, &keyring, board)?;
                let event = of_the_program(&clock, (Action::KeysRotated, None), &Subject::default())?;
                let keys = keyring.of(db, board)?;
                record(db, &keys, &[event])
            };
            self.store.chore(&ROTATE, end).await?;
        }
        self.store.fold_log().await?;
        Ok(Rotated {
            resumed,
            rows,
            check: RootKey::load(self.root_file)?.check(),
        })
    }

    /// Puts what lies under the root key under a new one, and then the new file in the place of the old.
    async fn replace_root(&self) -> Result<()> {
        let next = RootKey::next(self.root_file)?;
        let keyring = Keyring::of_file(self.root_file)?;
        let clock = self.clock.clone();
        let begin = move |db: &mut Db| {
            for board in rotation::begin(db, &keyring, next.key(), &clock)? {
                let event = of_the_program(&clock, (Action::KeysRotate, None), &Subject::default())?;
                let keys = keyring.of(db, board)?;
                record(db, &keys, &[event])?;
            }
            Ok(())
        };
        self.store.chore(&ROTATE, begin).await?;
        RootKey::replace(self.root_file)
    }

    /// Goes through a board's rows until a whole round finds none under an older key.
    async fn rewrap(&self, keyring: &Arc<Keyring>, board: BoardId) -> Result<usize> {
        let mut all = 0;
        loop {
            let mut changed = 0;
            for table in wrapped::TABLES {
                let mut after = None;
                loop {
                    let keyring = keyring.clone();
                    let page = move |db: &mut Db| rotation::rewrap(db, &keyring, (board, table), after);
                    let (done, last) = self.store.chore(&ROTATE, page).await?;
                    changed += done;
                    after = last;
                    if after.is_none() {
                        break;
                    }
                }
            }
            all += changed;
            if changed == 0 {
                return Ok(all);
            }
        }
    }
}
