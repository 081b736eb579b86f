//! The parts of a backup: sealed and hashed while they are written, held to size and hash before they are believed.

use super::folder;
use super::manifest::{Part, SealedPart, place};
use crate::crypt::Key;
use crate::crypt::stream::{FileOpener, FileSealer, HEADER, SEALED_CHUNK, chunks, sealed_size};
use crate::error::{Error, Result};
use aws_lc_rs::digest;
use std::fs::File;
use std::io::{BufReader, BufWriter, Read, Write};
use std::path::Path;
use uuid::Uuid;

const STEP: usize = 1 << 20;

/// Writes a part in the backup's folder, sealed with a key of its own under the backup's.
pub(super) fn seal(to: &Path, (backup, key): (Uuid, &Key), name: &str, mut clear: impl Read) -> Result<Part> {
    let path = to.join(name);
    let own = Key::fresh();
    let mut out = BufWriter::new(folder::create(&path)?);
    let (mut hash, mut sealed) = (digest::Context::new(&digest::SHA256), Vec::new());
    let (mut size, mut clear_size) = (0, 0);
    let mut sealer = FileSealer::new(&own, place(backup, name), &mut sealed);
    let mut step = vec![0; STEP];
    let mut put = |sealed: &mut Vec<u8>| {
        hash.update(sealed);
        size += sealed.len() as u64;
        out.write_all(sealed).map_err(|cause| folder::cannot(&path, cause))?;
        sealed.clear();
        Ok::<(), Error>(())
    };
    loop {
        let read = clear.read(&mut step).map_err(|cause| folder::cannot(&path, cause))?;
        if read == 0 {
            break;
        }
        clear_size += read as u64;
        sealer.push(&step[..read], &mut sealed)?;
        put(&mut sealed)?;
    }
    sealer.finish(&mut sealed)?;
    put(&mut sealed)?;
    let file = out
        .into_inner()
        .map_err(|cause| folder::cannot(&path, cause.into_error()))?;
    file.sync_all().map_err(|cause| folder::cannot(&path, cause))?;
    Ok(Part {
        name: name.to_owned(),
        size,
        sha256: hex::encode(hash.finish()),
        sealed: Some(SealedPart {
            clear: clear_size,
            key: hex::encode(key.wrap(place(backup, name), &own)),
        }),
    })
}

/// Opens a part into `out`.
///
/// # Errors
/// [`Error::Unavailable`] that names the part when it does not open.
pub(super) fn open(from: &Path, (backup, key): (Uuid, &Key), part: &Part, out: &mut impl Write) -> Result<()> {
    let changed = || Error::Unavailable(format!("{}: changed", part.name));
    let path = from.join(&part.name);
    let sealed = part.sealed.as_ref().ok_or_else(changed)?;
    let wrapped = hex::decode(&sealed.key).map_err(|_| changed())?;
    let own = key.unwrap(place(backup, &part.name), &wrapped).map_err(|_| changed())?;
    let file = File::open(&path).map_err(|cause| folder::cannot(&path, cause))?;
    if sealed_size(sealed.clear) != part.size {
        return Err(changed());
    }
    let mut file = BufReader::with_capacity(STEP, file);
    let mut header = [0; HEADER];
    file.read_exact(&mut header)
        .map_err(|cause| folder::cannot(&path, cause))?;
    let opener = FileOpener::new(&own, place(backup, &part.name), &header).map_err(|_| changed())?;
    let count = chunks(sealed.clear);
    let mut chunk = vec![0; SEALED_CHUNK];
    for index in 0..count {
        let rest = part.size - HEADER as u64 - index * SEALED_CHUNK as u64;
        let length = usize::try_from(rest).unwrap_or(usize::MAX).min(SEALED_CHUNK);
        file.read_exact(&mut chunk[..length])
            .map_err(|cause| folder::cannot(&path, cause))?;
        let clear = opener.open_chunk(index, index + 1 == count, &mut chunk[..length]);
        out.write_all(clear.map_err(|_| changed())?)
            .map_err(|cause| folder::cannot(&path, cause))?;
    }
    Ok(())
}

/// What is wrong with a part as it lies there, if anything.
pub(super) fn fault(from: &Path, part: &Part) -> Option<String> {
    let path = from.join(&part.name);
    let mut file = match File::open(&path) {
        Ok(file) => file,
        Err(cause) if cause.kind() == std::io::ErrorKind::NotFound => return Some(format!("{}: missing", part.name)),
        Err(cause) => return Some(format!("{}: {cause}", part.name)),
    };
    let (mut hash, mut size) = (digest::Context::new(&digest::SHA256), 0);
    let mut step = vec![0; STEP];
    loop {
        match file.read(&mut step) {
            Ok(0) => break,
            Ok(read) => {
                hash.update(&step[..read]);
                size += read as u64;
            }
            Err(cause) => return Some(format!("{}: {cause}", part.name)),
        }
    }
    let same = size == part.size && hex::encode(hash.finish()) == part.sha256;
    (!same).then(|| format!("{}: changed", part.name))
}
