//! HEIC's `meta` box: which items the file has, where their bytes lie, and how large the picture is.

use std::collections::BTreeSet;
use std::io::{Read, Seek};
use std::ops::Range;

use super::heic::{Blanks, Found, each_box, next_box};
use super::source::Source;
use super::{Refusal, Result, pixels_within_limits};

/// The largest `meta` box, in bytes. Phones write a few KiB.
const MAX_META: u64 = 4 * 1024 * 1024;
/// The most items. The largest allowed picture in tiles of 512 pixels has under 600.
const MAX_ITEMS: u32 = 16 * 1024;
/// The most extents of all items together.
const MAX_EXTENTS: u32 = 64 * 1024;

/// Reads the box, notes what in it and of it is to be blanked, and returns the picture's size.
pub(super) fn check<R: Read + Seek>(source: &mut Source<R>, meta: &Found, blanks: &mut Blanks) -> Result<(u32, u32)> {
    if meta.content.end - meta.content.start > MAX_META {
        return Err(Refusal::Damaged.into());
    }
    let parts = Parts::read(source, meta, blanks)?;
    let primary = primary(source, &parts.primary)?;
    let items = Items::read(source, &parts.items)?;
    if !items.pictures.contains(&primary) {
        return Err(Refusal::Damaged.into());
    }
    locations(source, &parts.locations, parts.data, |item, extent| {
        if !items.metadata.contains(&item) {
            return Ok(());
        }
        // No length means all the rest, which cannot be told from the picture.
        if extent.is_empty() {
            Err(Refusal::Damaged.into())
        } else {
            blanks.add(extent)
        }
    })?;
    largest_picture(source, &parts.properties, blanks)
}

/// The boxes in `meta` that are needed; all but the last are mandatory.
struct Parts {
    primary: Found,
    items: Found,
    locations: Found,
    properties: Found,
    /// Content kept right here instead of in `mdat`.
    data: Option<Range<u64>>,
}

impl Parts {
    fn read<R: Read + Seek>(source: &mut Source<R>, meta: &Found, blanks: &mut Blanks) -> Result<Parts> {
        let (mut primary, mut items, mut locations, mut properties, mut data) = (None, None, None, None, None);
        version(source)?;
        each_box(source, meta.content.end, |_, found| {
            let part = match &found.kind {
                b"pitm" => &mut primary,
                b"iinf" => &mut items,
                b"iloc" => &mut locations,
                b"iprp" => &mut properties,
                b"idat" => &mut data,
                b"uuid" | b"udta" | b"xml " | b"bxml" | b"free" | b"skip" => {
                    return blanks.add(found.payload());
                }
                _ => return Ok(()),
            };
            // Twice the same part would leave open which of them counts.
            if part.replace(found).is_some() {
                Err(Refusal::Damaged.into())
            } else {
                Ok(())
            }
        })?;
        Ok(Parts {
            primary: primary.ok_or(Refusal::Damaged)?,
            items: items.ok_or(Refusal::Damaged)?,
            locations: locations.ok_or(Refusal::Damaged)?,
            properties: properties.ok_or(Refusal::Damaged)?,
            data: data.map(|found| found.content),
        })
    }
}

/// Passes over the version and flags of a box and returns the version.
fn version<R: Read + Seek>(source: &mut Source<R>) -> Result<u8> {
    let [version, _, _, _] = source.array()?;
    Ok(version)
}

/// A number of 16 bits, or of 32 in the later versions of a box.
fn number<R: Read + Seek>(source: &mut Source<R>, wide: bool) -> Result<u32> {
    if wide { source.u32() } else { Ok(source.u16()?.into()) }
}

/// The item that is the picture.
fn primary<R: Read + Seek>(source: &mut Source<R>, found: &Found) -> Result<u32> {
    source.seek(found.content.start)?;
    let version = version(source)?;
    let item = number(source, version > 0)?;
    within(source, found)?;
    Ok(item)
}

/// Refuses a box whose fields were longer than the box.
fn within<R: Read + Seek>(source: &Source<R>, found: &Found) -> Result<()> {
    if source.position() > found.content.end {
        Err(Refusal::Damaged.into())
    } else {
        Ok(())
    }
}

/// The numbers of the file's items, by what they are.
#[derive(Default)]
struct Items {
    pictures: BTreeSet<u32>,
    /// Exif, XMP and the like: no viewer needs them to show the picture.
    metadata: BTreeSet<u32>,
}

impl Items {
    fn read<R: Read + Seek>(source: &mut Source<R>, found: &Found) -> Result<Items> {
        source.seek(found.content.start)?;
        let version = version(source)?;
        let count = number(source, version > 0)?;
        if count > MAX_ITEMS {
            return Err(Refusal::Damaged.into());
        }
        let mut items = Items::default();
        for _ in 0..count {
            let entry = next_box(source, found.content.end)?;
            items.note(source, &entry)?;
            source.seek(entry.content.end)?;
        }
        Ok(items)
    }

    fn note<R: Read + Seek>(&mut self, source: &mut Source<R>, entry: &Found) -> Result<()> {
        let version = version(source)?;
        if &entry.kind != b"infe" || !matches!(version, 2 | 3) {
            return Err(Refusal::Damaged.into());
        }
        let item = number(source, version == 3)?;
        let _protection = source.u16()?;
        let kind: [u8; 4] = source.array()?;
        within(source, entry)?;
        match &kind {
            b"Exif" | b"mime" | b"uri " => self.metadata.insert(item),
            _ => self.pictures.insert(item),
        };
        Ok(())
    }
}

/// Calls `visit` with every extent of every item. All of them lie inside the file.
fn locations<R: Read + Seek>(
    source: &mut Source<R>,
    found: &Found,
    data: Option<Range<u64>>,
    mut visit: impl FnMut(u32, Range<u64>) -> Result<()>,
) -> Result<()> {
    source.seek(found.content.start)?;
    let version = version(source)?;
    let widths = Widths::read(source, version)?;
    let count = number(source, version == 2)?;
    if version > 2 || count > MAX_ITEMS {
        return Err(Refusal::Damaged.into());
    }
    let file = 0..source.size();
    let mut extents = 0;
    for _ in 0..count {
        let item = number(source, version == 2)?;
        let method = if version > 0 { source.u16()? & 0xF } else { 0 };
        let holder = match (method, &data) {
            (0, _) => &file,
            (1, Some(data)) => data,
            _ => return Err(Refusal::Damaged.into()),
        };
        let _data_reference = source.u16()?;
        let base = widths.base.read(source)?;
        let own = source.u16()?;
        extents += u32::from(own);
        if extents > MAX_EXTENTS {
            return Err(Refusal::Damaged.into());
        }
        for _ in 0..own {
            visit(item, widths.extent(source, holder, base)?)?;
        }
    }
    within(source, found)
}

/// The width of a number in the location table.
#[derive(Clone, Copy)]
enum Width {
    Absent,
    Four,
    Eight,
}

impl Width {
    fn of(bytes: u8) -> Result<Width> {
        match bytes {
            0 => Ok(Width::Absent),
            4 => Ok(Width::Four),
            8 => Ok(Width::Eight),
            _ => Err(Refusal::Damaged.into()),
        }
    }

    fn read<R: Read + Seek>(self, source: &mut Source<R>) -> Result<u64> {
        match self {
            Width::Absent => Ok(0),
            Width::Four => Ok(source.u32()?.into()),
            Width::Eight => source.u64(),
        }
    }
}

/// How wide the numbers of one location table are.
struct Widths {
    offset: Width,
    length: Width,
    base: Width,
    index: Width,
}

impl Widths {
    fn read<R: Read + Seek>(source: &mut Source<R>, version: u8) -> Result<Widths> {
        let [first, second] = source.array()?;
        Ok(Widths {
            offset: Width::of(first >> 4)?,
            length: Width::of(first & 0xF)?,
            base: Width::of(second >> 4)?,
            index: if version > 0 {
                Width::of(second & 0xF)?
            } else {
                Width::Absent
            },
        })
    }

    /// Reads one extent and finds its place in the file.
    fn extent<R: Read + Seek>(&self, source: &mut Source<R>, holder: &Range<u64>, base: u64) -> Result<Range<u64>> {
        self.index.read(source)?;
        let offset = self.offset.read(source)?;
        let length = self.length.read(source)?;
        let start = holder
            .start
            .checked_add(base)
            .and_then(|start| start.checked_add(offset));
        let start = start.ok_or(Refusal::Damaged)?;
        let end = start.checked_add(length).ok_or(Refusal::Damaged)?;
        if end > source.size() {
            return Err(Refusal::CutOff.into());
        }
        if end > holder.end {
            Err(Refusal::Damaged.into())
        } else {
            Ok(start..end)
        }
    }
}

/// The size of the largest picture in the file: parts of the picture and previews are smaller.
fn largest_picture<R: Read + Seek>(source: &mut Source<R>, found: &Found, blanks: &mut Blanks) -> Result<(u32, u32)> {
    let mut largest = None;
    source.seek(found.content.start)?;
    each_box(source, found.content.end, |source, container| {
        if &container.kind != b"ipco" {
            return Ok(());
        }
        each_box(source, container.content.end, |source, property| match &property.kind {
            b"ispe" => {
                version(source)?;
                let (width, height) = pixels_within_limits(source.u32()?, source.u32()?)?;
                within(source, &property)?;
                largest = largest.max(Some((u64::from(width) * u64::from(height), width, height)));
                Ok(())
            }
            // A description that its author wrote.
            b"udes" | b"uuid" => blanks.add(property.payload()),
            _ => Ok(()),
        })
    })?;
    let (_, width, height) = largest.ok_or(Refusal::Damaged)?;
    Ok((width, height))
}
