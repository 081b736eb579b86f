//! PDF: whatever a reader shows at least one page of. Readers build a wrong cross-reference anew from the objects; so
//! this one does it with all, and believes no place, no length and no version that it is told.

mod lex;
mod pages;
mod scan;
mod unlock;

use std::io::{Read, Seek};
use std::ops::Range;

use super::source::Source;
use super::{Refusal, Result, foreign};
use pages::Found;
use scan::Scan;

/// What a PDF begins with, behind whatever came before. No reader asks for a version.
const MAGIC: &[u8] = b"%PDF";
/// How far into a file its beginning may lie: mails have heads of that size.
pub(in super::super) const LEAD: usize = 64 * 1024;

/// Whether a document begins somewhere in the first bytes of a file.
pub(super) fn begins_in(first: &[u8]) -> bool {
    memchr::memmem::find(&first[..first.len().min(LEAD)], MAGIC).is_some()
}

/// Reads the file, and gives the part of it that is the document.
pub(super) fn check<R: Read + Seek>(source: &mut Source<R>) -> Result<Range<u64>> {
    let start = source.find(MAGIC)?.filter(|start| *start < LEAD as u64);
    let start = start.ok_or(Refusal::NotThisType)?;
    foreign::refuse(source, 0..start)?;
    let scan = Scan::read(source, start)?;
    for odd in &scan.odd {
        foreign::refuse(source, odd.clone())?;
    }
    foreign::refuse(source, scan.end..source.size())?;
    let end = with_line_end(source, scan.end)?;
    let (cut_off, objects, closed) = (scan.cut_off, scan.objects.len(), scan.startxref.is_some());
    let refusal = match pages::first_page(source, scan, start)? {
        // What would show is an older form of it than the one that was sent.
        _ if cut_off => Refusal::CutOff,
        Found::Page => return Ok(start..end),
        Found::Tree => Refusal::NothingToShow,
        Found::Nothing if !closed => Refusal::CutOff,
        Found::Nothing if objects > 0 => Refusal::Damaged,
        Found::Nothing => Refusal::NothingToShow,
    };
    Err(refusal.into())
}

/// The place behind one line end, where there is one.
fn with_line_end<R: Read + Seek>(source: &mut Source<R>, end: u64) -> Result<u64> {
    source.seek(end)?;
    Ok(match (source.next_byte()?, source.next_byte()?) {
        (Some(b'\r'), Some(b'\n')) => end + 2,
        (Some(b'\r' | b'\n'), _) => end + 1,
        _ => end,
    })
}
