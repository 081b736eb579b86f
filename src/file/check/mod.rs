//! What an uploaded file really is, judged by its content alone.
//!
//! Owns the list of accepted formats and one structural reader per format, which walks the whole file in constant
//! memory and says what is wrong with it. The readers run on hostile input: every length is checked before it is
//! followed, every loop eats bytes of the file, nothing recurses.
//! Never decodes a pixel, inflates no stream but a PDF's lists of objects (with a limit), never writes, and never trusts a
//! file name or a declared type.

mod foreign;
mod heic;
mod jpeg;
mod pdf;
mod plan;
mod png;
mod source;
#[cfg(test)]
pub(super) mod tests;
mod webp;

use std::io::{Read, Seek};
use std::ops::Range;

pub use plan::Plan;
use source::Source;

/// The most pixels a picture may have, width times height: what phones call 50 megapixels, and their panoramas. What it
/// takes to open one is reckoned besides ([`Plan`]).
pub const MAX_PIXELS: u64 = 66_000_000;
/// The longest side of a picture, in pixels: no browser opens a longer JPEG.
pub const MAX_SIDE: u32 = 65_500;

/// What it takes to tell a format.
pub const FIRST: usize = 64;
/// What it takes to tell that it is none of them.
pub const FIRST_MOST: usize = pdf::LEAD;

/// A kind of file that is taken in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Format {
    Jpeg,
    Png,
    Webp,
    Pdf,
    Heic,
}

impl Format {
    /// All of them.
    pub const ALL: [Format; 5] = [Format::Jpeg, Format::Png, Format::Webp, Format::Pdf, Format::Heic];

    /// The format whose magic bytes open the file. A PDF's may stand further in, up to [`FIRST_MOST`].
    pub fn sniff(start: &[u8]) -> Option<Format> {
        let first = &start[..start.len().min(FIRST)];
        if first.starts_with(jpeg::MAGIC) {
            Some(Format::Jpeg)
        } else if first.starts_with(png::MAGIC) {
            Some(Format::Png)
        } else if first.starts_with(b"RIFF") && first.get(8..12) == Some(b"WEBP") {
            Some(Format::Webp)
        } else if heic::is_heic(first) {
            Some(Format::Heic)
        } else if pdf::begins_in(start) {
            Some(Format::Pdf)
        } else {
            None
        }
    }

    /// The media type under which the format is stored and served.
    pub fn media_type(self) -> &'static str {
        match self {
            Format::Jpeg => "image/jpeg",
            Format::Png => "image/png",
            Format::Webp => "image/webp",
            Format::Pdf => "application/pdf",
            Format::Heic => "image/heic",
        }
    }

    /// The usual extension of a file's name.
    pub const fn extension(self) -> &'static str {
        match self {
            Format::Jpeg => "jpg",
            Format::Png => "png",
            Format::Webp => "webp",
            Format::Pdf => "pdf",
            Format::Heic => "heic",
        }
    }

    /// Whether a file's name ends as this format's names do.
    pub fn fits_name(self, name: &str) -> bool {
        let extension = name
            .trim_end()
            .rsplit_once('.')
            .map(|(_, extension)| extension.to_ascii_lowercase());
        let known: &[&str] = match self {
            Format::Jpeg => &["jpg", "jpeg", "jpe", "jfif"],
            Format::Png => &["png"],
            Format::Webp => &["webp"],
            Format::Pdf => &["pdf"],
            Format::Heic => &["heic", "heif"],
        };
        extension.is_some_and(|extension| known.contains(&extension.as_str()))
    }

    /// The format of a declared media type; parameters and letter case are ignored.
    pub fn from_media_type(declared: &str) -> Option<Format> {
        let essence = declared.split(';').next().unwrap_or_default().trim();
        match essence.to_ascii_lowercase().as_str() {
            "image/jpeg" => Some(Format::Jpeg),
            "image/png" => Some(Format::Png),
            "image/webp" => Some(Format::Webp),
            "application/pdf" => Some(Format::Pdf),
            // Phones name the container, not the codec.
            "image/heic" | "image/heif" => Some(Format::Heic),
            _ => None,
        }
    }
}

/// Why a file is not taken in. The first two are answered 415, the others 422.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Refusal {
    /// The content is another kind of file, or a rare kind of this format that browsers do not show either.
    NotThisType,
    /// More than one frame.
    Animated,
    /// The file ends before its content does.
    CutOff,
    /// The file is all there, but its structure is wrong.
    Damaged,
    /// A document that opens with a password alone.
    Password,
    /// Beside a document, an archive, a program or a page of script.
    Foreign,
    /// More than [`MAX_PIXELS`], or a side longer than [`MAX_SIDE`].
    TooManyPixels,
    /// A picture that would take too much memory or work to open, however few its pixels.
    TooHeavy,
    /// A whole file in which there is nothing to look at: no picture, no page.
    NothingToShow,
}

/// What a whole and acceptable file turned out to be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Checked {
    pub format: Format,
    /// Width and height as stored, before any rotation; `None` for PDF.
    pub pixels: Option<(u32, u32)>,
    /// What of the file is shown as it came; of a picture that is decoded nothing is.
    pub shown: Shown,
    /// How a picture that is decoded is opened; of no meaning for PDF and HEIC.
    pub plan: Plan,
}

/// How what is shown differs from what came: of PDF and HEIC.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Shown {
    /// The part of the file that is the document or the picture.
    pub part: Range<u64>,
    /// Byte ranges of the file to show as zeros: in HEIC whatever is not the picture itself (Exif, XMP, motion clips).
    pub blanks: Vec<Range<u64>>,
    /// Bytes that stand in the place of others, and where: after the blanks.
    pub written: Vec<(u64, Vec<u8>)>,
}

impl Shown {
    /// Whether it is the very file of `size` bytes.
    pub fn is_whole(&self, size: u64) -> bool {
        self.part == (0..size) && self.blanks.is_empty() && self.written.is_empty()
    }

    /// Makes a piece of the file that begins at `at` what is shown of it.
    pub fn change<'a>(&self, at: u64, piece: &'a mut [u8]) -> &'a [u8] {
        let end = at + piece.len() as u64;
        let within = |range: &Range<u64>| {
            let (from, to) = (range.start.clamp(at, end), range.end.clamp(at, end));
            ((from - at) as usize, (to - at) as usize)
        };
        for blank in &self.blanks {
            let (from, to) = within(blank);
            piece[from..to].fill(0);
        }
        for (place, bytes) in &self.written {
            let (from, to) = within(&(*place..place + bytes.len() as u64));
            if from < to {
                let skipped = (at + from as u64 - place) as usize;
                piece[from..to].copy_from_slice(&bytes[skipped..skipped + to - from]);
            }
        }
        let (from, to) = within(&self.part);
        &piece[from..to]
    }
}

/// A check or a re-encoding that did not succeed, and whose fault it is.
#[derive(Debug)]
pub enum CheckError {
    /// The file's fault: to be told to the one who sent it.
    Refused(Refusal),
    /// Our own fault: the file could not be read or the result not written.
    Io(std::io::Error),
}

impl From<std::io::Error> for CheckError {
    fn from(error: std::io::Error) -> Self {
        CheckError::Io(error)
    }
}

impl From<Refusal> for CheckError {
    fn from(refusal: Refusal) -> Self {
        CheckError::Refused(refusal)
    }
}

type Result<T> = std::result::Result<T, CheckError>;

/// Reads the `size` bytes of `file` as `format` from first to last.
///
/// A file that ends too early at `size` is [`Refusal::CutOff`]. A reader that ends before `size` is a
/// [`CheckError::Io`]: the file then changed under our hands.
pub fn check<R: Read + Seek>(format: Format, size: u64, file: &mut R) -> Result<Checked> {
    let mut source = Source::new(file, size);
    let mut shown = Shown {
        part: 0..size,
        ..Shown::default()
    };
    let mut plan = Plan::default();
    let mut planned = |(pixels, of): ((u32, u32), Plan)| {
        plan = of;
        Some(pixels)
    };
    let pixels = match format {
        Format::Jpeg => planned(jpeg::check(&mut source)?),
        Format::Png => planned(png::check(&mut source)?),
        Format::Webp => planned(webp::check(&mut source)?),
        Format::Pdf => {
            shown.part = pdf::check(&mut source)?;
            None
        }
        Format::Heic => {
            let heic = heic::check(&mut source)?;
            (shown.blanks, shown.written) = (heic.blanks, heic.written);
            shown.part = 0..heic.end;
            Some(heic.pixels)
        }
    };
    // Some content is passed over unread: make sure that it is there.
    source.seek(size.saturating_sub(1))?;
    source.byte()?;
    Ok(Checked {
        format,
        pixels,
        shown,
        plan,
    })
}

/// Refuses a picture too large to decode, from the dimensions in its header.
fn pixels_within_limits(width: u32, height: u32) -> Result<(u32, u32)> {
    if width == 0 || height == 0 {
        return Err(Refusal::Damaged.into());
    }
    if width > MAX_SIDE || height > MAX_SIDE || u64::from(width) * u64::from(height) > MAX_PIXELS {
        return Err(Refusal::TooManyPixels.into());
    }
    Ok((width, height))
}
