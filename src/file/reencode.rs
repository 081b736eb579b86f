//! A picture decoded and written anew, so that nothing of the sender's file but its pixels is handed out.
//!
//! Owns the choice of the format served and its quality, and that colours are those of sRGB. Never sees PDF or HEIC,
//! never copies metadata, and never judges a file's structure: that is [`super::check`]'s, which comes first and says
//! what of the file is the picture.

mod colour;
mod jpeg;
mod parts;
mod png;
#[cfg(test)]
mod tests;
mod upright;
mod webp;

use std::io::{BufReader, BufWriter, Error, ErrorKind, Read, Seek, SeekFrom, Write};
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};

use image::ImageError;
use image::metadata::Orientation;

use super::check::{CheckError, Checked, Format, Plan, Refusal};
use parts::Parts;

/// Bytes of the file that a decoder gets at a time.
const BUFFER: usize = 1 << 16;
/// The most of a picture's Exif that is read: where it says which side is up is near its beginning.
const EXIF_MOST: u64 = 1 << 16;

type Result<T> = std::result::Result<T, CheckError>;

/// Reads a picture that [`super::check::check`] has let pass, and writes it again with the right side up, in sRGB and
/// without metadata. Returns the media type of what was written.
///
/// JPEG stays JPEG and PNG stays PNG, with eight bits a channel. WebP becomes JPEG, or PNG if any of it is transparent.
/// After an error `out` may hold part of a picture.
pub fn reencode<R: Read + Seek, W: Write>(checked: &Checked, file: R, out: W) -> Result<&'static str> {
    let mut file = Watched {
        inner: file,
        error: None,
        busy: false,
    };
    let (plan, mut out) = (&checked.plan, BufWriter::new(out));
    let written = guarded(&mut file, |file| match checked.format {
        Format::Jpeg => {
            jpeg::open(file, plan)?.write_jpeg(&mut out)?;
            Ok(Format::Jpeg)
        }
        Format::Png => {
            let orientation = orientation(&exif(file, plan)?);
            png::rewrite(buffered(file, plan), orientation, &mut out)?;
            Ok(Format::Png)
        }
        Format::Webp => {
            let picture = webp::open(buffered(file, plan))?;
            if picture.is_transparent() {
                picture.write_png(&mut out)?;
                return Ok(Format::Png);
            }
            picture.write_jpeg(&mut out)?;
            Ok(Format::Jpeg)
        }
        Format::Pdf | Format::Heic => Err(Error::from(ErrorKind::InvalidInput).into()),
    })?;
    out.flush()?;
    Ok(written.media_type())
}

fn buffered<'a, R: Read + Seek>(file: &'a mut Watched<R>, plan: &Plan) -> BufReader<Parts<&'a mut Watched<R>>> {
    BufReader::with_capacity(BUFFER, Parts::new(file, &plan.parts))
}

/// Decodes, and finds out whose fault a failure is. Decoders for rare features still index out of bounds on hostile
/// input; such a file is as damaged as one that they refuse.
fn guarded<R, T>(file: &mut Watched<R>, decode: impl FnOnce(&mut Watched<R>) -> Result<T>) -> Result<T> {
    match catch_unwind(AssertUnwindSafe(|| decode(file))) {
        Ok(Ok(decoded)) => Ok(decoded),
        Ok(Err(error)) => Err(file.error.take().map_or(error, CheckError::Io)),
        // Not the decoder but the reader under it.
        Err(panic) if file.busy => resume_unwind(panic),
        Err(_) => Err(Refusal::Damaged.into()),
    }
}

/// What is wrong with a file that was read without trouble but could not be decoded.
fn blame(error: ImageError) -> CheckError {
    let refusal = match error {
        ImageError::Limits(_) => Refusal::TooHeavy,
        ImageError::Unsupported(_) => Refusal::NotThisType,
        ImageError::IoError(error) if error.kind() == ErrorKind::UnexpectedEof => Refusal::CutOff,
        _ => Refusal::Damaged,
    };
    refusal.into()
}

/// A picture that could not be written.
fn unwritten(error: ImageError) -> CheckError {
    CheckError::Io(match error {
        ImageError::IoError(error) => error,
        other => Error::other(other),
    })
}

/// The picture's Exif, or as much of it as can matter.
fn exif<R: Read + Seek>(file: &mut R, plan: &Plan) -> Result<Vec<u8>> {
    let place = plan
        .exif
        .clone()
        .map(|place| place.start..place.end.min(place.start + EXIF_MOST));
    let mut bytes = Vec::new();
    Parts::new(file, place.as_slice()).read_to_end(&mut bytes)?;
    Ok(bytes)
}

/// The orientation in a picture's Exif, or none if that cannot be read: unreadable metadata is no reason to refuse.
fn orientation(exif: &[u8]) -> Orientation {
    // Some programs keep JPEG's prefix where it does not belong.
    let tiff = exif.strip_prefix(b"Exif\0\0").unwrap_or(exif);
    Orientation::from_exif_chunk(tiff).unwrap_or(Orientation::NoTransforms)
}

/// A reader that remembers its own failure, as decoders do not tell that from a file that ends early.
struct Watched<R> {
    inner: R,
    error: Option<Error>,
    /// Whether the reader underneath is at work.
    busy: bool,
}

/// Calls the reader of a [`Watched`] and keeps its error, whose kind is passed on. A place before the file's start, to
/// which a decoder can be led by the file, is not the reader's failure.
fn watch<'a, R, T>(
    watched: &'a mut Watched<R>,
    call: impl FnOnce(&'a mut R) -> std::io::Result<T>,
) -> std::io::Result<T> {
    watched.busy = true;
    let result = call(&mut watched.inner);
    watched.busy = false;
    result.map_err(|error| {
        let kind = error.kind();
        if !matches!(kind, ErrorKind::Interrupted | ErrorKind::InvalidInput) {
            watched.error = Some(error);
        }
        kind.into()
    })
}

impl<R: Read> Read for Watched<R> {
    fn read(&mut self, into: &mut [u8]) -> std::io::Result<usize> {
        watch(self, |inner| inner.read(into))
    }
}

impl<R: Seek> Seek for Watched<R> {
    fn seek(&mut self, to: SeekFrom) -> std::io::Result<u64> {
        watch(self, |inner| inner.seek(to))
    }
}
