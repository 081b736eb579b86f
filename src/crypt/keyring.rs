//! The keys as the program holds them: the root key from its file, each board's keys unwrapped and kept in memory for a
//! moment, so that keys that were rotated while the program runs are met soon ([`rotation`](super::rotation)).

use super::board_keys::{BoardKeys, Layers};
use super::field::does_not_open;
use super::root::{self, RootKey};
use super::{BlindIndex, Key, Place};
use crate::db::schema::{board_key, instance_key, root_mark};
use crate::db::{Db, insert_unless_there};
use crate::error::{Error, Result};
use crate::id::{BoardId, Id};
use diesel::prelude::*;
use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::{Arc, PoisonError, RwLock};
use std::time::{Duration, Instant};
use uuid::Uuid;
use zeroize::Zeroizing;

/// How long a board's keys are used before the database is asked again. A rotation waits for longer than this before it
/// puts the first row under a new key.
pub const REMEMBERED: Duration = Duration::from_secs(1);

/// The root key, and what has been unwrapped with it.
pub struct Keyring {
    file: Option<PathBuf>,
    /// The one in the file, and beside it the one that is to take its place while a rotation is on its way.
    roots: RwLock<Vec<Key>>,
    boards: RwLock<HashMap<BoardId, (Instant, Arc<BoardKeys>)>>,
}

/// What a rotation gives each board anew.
pub(super) const ROTATED: [&str; 2] = ["seal", "protect"];

impl Keyring {
    /// With a root key that is in no file, and so never rotates while this is used.
    pub fn new(root: Key) -> Keyring {
        Keyring {
            file: None,
            roots: RwLock::new(vec![root]),
            boards: RwLock::default(),
        }
    }

    /// With the root key of a file, read again when it no longer fits.
    ///
    /// # Errors
    /// As [`RootKey::load`].
    pub fn of_file(file: &Path) -> Result<Keyring> {
        let keyring = Keyring {
            file: Some(file.to_owned()),
            roots: RwLock::default(),
            boards: RwLock::default(),
        };
        keyring.read_file(file)?;
        Ok(keyring)
    }

    fn read_file(&self, file: &Path) -> Result<()> {
        // The next first: what is renamed in between is then met under its new name.
        let next = RootKey::load_next(file).ok().flatten();
        let roots = std::iter::once(RootKey::load(file)?).chain(next).map(RootKey::into_key);
        *self.roots.write().unwrap_or_else(PoisonError::into_inner) = roots.collect();
        Ok(())
    }

    /// Finds among the root keys the one that `fits`, reading the file again if none does.
    fn with_root<T>(&self, fits: impl Fn(&Key) -> Option<T>) -> Option<T> {
        let find = || {
            let roots = self.roots.read().unwrap_or_else(PoisonError::into_inner);
            roots.iter().find_map(&fits)
        };
        find().or_else(|| {
            self.read_file(self.file.as_deref()?).ok()?;
            find()
        })
    }

    /// The root key that the database is under, its mark locked, so that none is wrapped under a key that is on its way
    /// out. A database that has no mark yet gets this keyring's.
    ///
    /// # Errors
    /// [`Error::Unavailable`] when the file holds another.
    pub(super) fn current_root(&self, db: &mut Db) -> Result<Key> {
        diesel::update(root_mark::table.find(1))
            .set(root_mark::lock_no.eq(root_mark::lock_no + 1))
            .execute(db)?;
        let mark: Option<String> = root_mark::table.find(1).select(root_mark::root_check).first(db)?;
        let fits = |key: &Key| {
            mark.as_ref()
                .is_none_or(|mark| root::check(key) == *mark)
                .then(|| key.copy())
        };
        let file = self.file.as_deref().unwrap_or(Path::new("the root key"));
        let found = self
            .with_root(fits)
            .ok_or_else(|| root::other_key(file, mark.as_deref().unwrap_or_default()))?;
        if mark.is_none() {
            set_mark(db, &found)?;
        }
        Ok(found)
    }

    /// A board's keys, from memory or from its rows.
    pub fn of(&self, db: &mut Db, board: BoardId) -> Result<Arc<BoardKeys>> {
        if let Some((at, keys)) = self.boards.read().unwrap_or_else(PoisonError::into_inner).get(&board)
            && at.elapsed() < REMEMBERED
        {
            return Ok(keys.clone());
        }
        let mut keys = Vec::new();
        for (purpose, version, wrapped) in rows(db, board)? {
            let place = board_place(board, &purpose, version);
            let key = self.with_root(|root| root.try_unwrap(place, &wrapped));
            keys.push((purpose.clone(), key.ok_or_else(|| does_not_open(place))?));
        }
        let mut take = |purpose: &str| {
            let at = keys.iter().position(|(name, _)| name == purpose);
            at.map(|at| keys.remove(at).1)
        };
        let lacks = |purpose: &str| Error::fault(format!("board {board} has no key to {purpose}"));
        Ok(self.keep(BoardKeys {
            board,
            index: BlindIndex::new(take("index").ok_or_else(|| lacks("index"))?),
            log: take("log").ok_or_else(|| lacks("log"))?,
            seal: layers(&mut take, "seal").ok_or_else(|| lacks("seal"))?,
            protect: layers(&mut take, "protect"),
        }))
    }

    /// Makes a new board's keys.
    pub fn found(&self, db: &mut Db, board: BoardId) -> Result<Arc<BoardKeys>> {
        let root = self.current_root(db)?;
        for purpose in ["seal", "protect", "index", "log"] {
            add_key(db, (board, purpose, 1), &root)?;
        }
        self.of(db, board)
    }

    /// Gives boards that were there before it their key to protect.
    pub fn complete(&self, db: &mut Db) -> Result<()> {
        let of = |purpose| board_key::table.filter(board_key::purpose.eq(purpose));
        let there: Vec<BoardId> = of("protect").select(board_key::board_id).load(db)?;
        let mut lacking: Vec<BoardId> = of("index").select(board_key::board_id).load(db)?;
        lacking.retain(|board| !there.contains(board));
        if lacking.is_empty() {
            return Ok(());
        }
        // The mark's lock lets one instance at a time do it; whoever waited for it looks again.
        let root = self.current_root(db)?;
        let there: Vec<BoardId> = of("protect").select(board_key::board_id).load(db)?;
        for board in lacking.into_iter().filter(|board| !there.contains(board)) {
            add_key(db, (board, "protect", 1), &root)?;
        }
        self.forget();
        Ok(())
    }

    fn keep(&self, keys: BoardKeys) -> Arc<BoardKeys> {
        let keys = Arc::new(keys);
        self.boards
            .write()
            .unwrap_or_else(PoisonError::into_inner)
            .insert(keys.board, (Instant::now(), keys.clone()));
        keys
    }

    /// Forgets what was unwrapped.
    pub(super) fn forget(&self) {
        self.boards.write().unwrap_or_else(PoisonError::into_inner).clear();
    }

    /// The check of the root key that the database is under.
    pub fn mark(db: &mut Db) -> Result<Option<String>> {
        Ok(root_mark::table.find(1).select(root_mark::root_check).first(db)?)
    }

    /// Whether the root key's file can be read, and holds the key that a database bears the `mark` of, or the one that is
    /// to take its place.
    ///
    /// # Errors
    /// Why it cannot, or [`Error::Unavailable`] when it holds another.
    pub fn check_file(&self, mark: Option<&str>) -> Result<()> {
        let Some(file) = &self.file else { return Ok(()) };
        let next = RootKey::load_next(file).ok().flatten();
        let keys = std::iter::once(RootKey::load(file)?).chain(next);
        let checks: Vec<String> = keys.map(|key| key.check()).collect();
        match mark {
            Some(mark) if !checks.iter().any(|check| check == mark) => Err(root::other_key(file, mark)),
            _ => Ok(()),
        }
    }

    /// Whether the database holds a secret of the installation, under whatever root key.
    pub fn is_sealed(db: &mut Db) -> Result<bool> {
        let sealed: i64 = instance_key::table.count().get_result(db)?;
        Ok(sealed > 0)
    }

    /// Whether this is the root key that the database is under: by its mark, or since some key there opens with it. Who
    /// changes a mark or a key cannot make the right one pass for another as long as one of them is left.
    pub fn is_right(&self, db: &mut Db) -> Result<bool> {
        let mark: Option<Option<String>> = root_mark::table
            .find(1)
            .select(root_mark::root_check)
            .first(db)
            .optional()?;
        let fits = |key: &Key| {
            mark.iter()
                .flatten()
                .any(|mark| root::check(key) == *mark)
                .then_some(())
        };
        if self.with_root(fits).is_some() {
            return Ok(true);
        }
        let secrets: Vec<(Id<()>, String, Vec<u8>)> = instance_key::table
            .select((instance_key::id, instance_key::purpose, instance_key::sealed))
            .load(db)?;
        let opens = |root: &Key| {
            let mut all = secrets.iter();
            all.any(|(id, purpose, sealed)| root.open(instance_place(id.uuid(), purpose), sealed).is_ok())
                .then_some(())
        };
        if self.with_root(opens).is_some() {
            return Ok(true);
        }
        let boards: Vec<BoardId> = board_key::table.select(board_key::board_id).distinct().load(db)?;
        for board in boards {
            for (purpose, version, wrapped) in rows(db, board)? {
                let place = board_place(board, &purpose, version);
                if self.with_root(|root| root.try_unwrap(place, &wrapped)).is_some() {
                    return Ok(true);
                }
            }
        }
        Ok(false)
    }

    /// A secret of the whole installation, kept under `purpose`; `make` is asked for it the first time. Of
    /// several instances that start at once, the first to keep one has made it for all.
    ///
    /// # Errors
    /// [`Error::Fault`] when it does not open: the root key is not the one this database was made with.
    pub(super) fn instance_secret(
        &self,
        db: &mut Db,
        purpose: &'static str,
        fresh: (Id<()>, crate::clock::Instant),
        make: impl FnOnce() -> Result<Zeroizing<Vec<u8>>>,
    ) -> Result<(Uuid, Zeroizing<Vec<u8>>)> {
        let root = self.current_root(db)?;
        let row = instance_key::table.filter(instance_key::purpose.eq(purpose));
        let columns = (instance_key::id, instance_key::sealed);
        let mut found: Option<(Id<()>, Vec<u8>)> = row.select(columns).first(db).optional()?;
        if found.is_none() {
            let (id, now) = fresh;
            let made = (
                instance_key::id.eq(id),
                instance_key::purpose.eq(purpose),
                instance_key::sealed.eq(root.seal(instance_place(id.uuid(), purpose), &make()?)),
                instance_key::created_at.eq(now),
            );
            insert_unless_there!(db, instance_key::table, made)?;
            // Not what was made here: another instance may have been first.
            found = row.select(columns).first(db).optional()?;
        }
        let (id, sealed) = found.ok_or_else(|| Error::fault(format!("no secret to {purpose} was kept")))?;
        let secret = root
            .open(instance_place(id.uuid(), purpose), &sealed)
            .map_err(|cause| {
                Error::Fault(format!(
                    "the root key is not the one this database was made with, which must be brought back: {cause}"
                ))
            })?;
        Ok((id.uuid(), secret))
    }
}

/// All keys of a purpose, the newest first; `None` where there is none.
fn layers(take: &mut impl FnMut(&str) -> Option<Key>, purpose: &str) -> Option<Layers> {
    Some(Layers {
        newest: take(purpose)?,
        older: std::iter::from_fn(|| take(purpose)).collect(),
    })
}

/// A board's keys as they lie in the table, the newest of each purpose first.
fn rows(db: &mut Db, board: BoardId) -> Result<Vec<(String, i64, Vec<u8>)>> {
    Ok(board_key::table
        .filter(board_key::board_id.eq(board))
        .select((board_key::purpose, board_key::version, board_key::wrapped))
        .order((board_key::purpose, board_key::version.desc()))
        .load(db)?)
}

/// Draws a board's key and puts it under the root key.
pub(super) fn add_key(db: &mut Db, (board, purpose, version): (BoardId, &str, i64), root: &Key) -> Result<()> {
    let wrapped = root.wrap(board_place(board, purpose, version), &Key::fresh());
    diesel::insert_into(board_key::table)
        .values((
            board_key::board_id.eq(board),
            board_key::purpose.eq(purpose),
            board_key::version.eq(version),
            board_key::wrapped.eq(wrapped),
        ))
        .execute(db)?;
    Ok(())
}

/// Writes under which root key the database is.
pub(super) fn set_mark(db: &mut Db, root: &Key) -> Result<()> {
    diesel::update(root_mark::table.find(1))
        .set(root_mark::root_check.eq(root::check(root)))
        .execute(db)?;
    Ok(())
}

pub(super) fn board_place(board: BoardId, purpose: &str, version: i64) -> Place<'_> {
    Place {
        board: board.uuid(),
        table: "board_key",
        column: purpose,
        row: board.uuid(),
        version,
    }
}

pub(super) fn instance_place(id: Uuid, purpose: &str) -> Place<'_> {
    Place {
        board: Uuid::nil(),
        table: "instance_key",
        column: purpose,
        row: id,
        version: 1,
    }
}
