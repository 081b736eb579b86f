//! HEIC's `meta` box as it stands in the file: its items, where their bytes lie, what they refer to, and their properties.

use std::collections::BTreeMap;
use std::io::{Read, Seek};
use std::ops::Range;

use super::super::source::Source;
use super::super::{Refusal, Result, pixels_within_limits};
use super::{Found, each_box, next_box};

/// The largest `meta` box, in bytes. Phones write a few KiB.
const MAX_META: u64 = 4 * 1024 * 1024;
/// The most items. The largest allowed picture in tiles of 512 pixels has under 600.
const MAX_ITEMS: u32 = 16 * 1024;
/// The most extents of all items together, and the most of whatever else is counted.
const MAX_EXTENTS: u32 = 64 * 1024;

/// An item: what it is.
#[derive(Debug, Clone)]
pub(super) struct Item {
    pub kind: [u8; 4],
    /// The entry's version and flags.
    pub version: u8,
    pub hidden: bool,
    /// Whether the entry has room for a name.
    pub named: bool,
}

/// Where an item's bytes lie.
#[derive(Debug, Clone)]
pub(super) struct Place {
    /// Relative to the box of data in `meta`, not to the file.
    pub in_meta: bool,
    /// As they stand in the entry, base included.
    pub extents: Vec<Range<u64>>,
}

/// That one item is made of others, or belongs to them.
#[derive(Debug, Clone)]
pub(super) struct Reference {
    pub kind: [u8; 4],
    pub from: u32,
    pub to: Vec<u32>,
}

/// Which properties items have: `(item, properties)`, a property being its place and whether it is essential.
#[derive(Debug, Clone)]
pub(super) struct Associations {
    pub version: u8,
    pub wide: bool,
    pub of: Vec<(u32, Vec<(u16, bool)>)>,
}

/// All of it.
#[derive(Debug)]
pub(super) struct Meta {
    /// Bytes of the handler's box.
    pub handler: u64,
    pub primary: u32,
    pub wide_primary: bool,
    pub wide_items: bool,
    pub items: BTreeMap<u32, Item>,
    pub wide_references: bool,
    pub references: Vec<Reference>,
    /// Each with its whole content.
    pub properties: Vec<([u8; 4], Vec<u8>)>,
    pub associations: Vec<Associations>,
    pub locations: u8,
    pub places: BTreeMap<u32, Place>,
    /// Data that is kept right here.
    pub data: Option<Range<u64>>,
    pub pixels: (u32, u32),
}

impl Meta {
    pub fn read<R: Read + Seek>(source: &mut Source<R>, meta: &Range<u64>) -> Result<Meta> {
        if meta.end - meta.start > MAX_META {
            return Err(Refusal::Damaged.into());
        }
        let parts = Parts::read(source, meta)?;
        let handler = parts.handler.content.end - parts.handler.content.start;
        source.seek(parts.handler.content.start + 8)?;
        if handler < 24 || &source.array::<4>()? != b"pict" {
            return Err(Refusal::Damaged.into());
        }
        let (primary, wide_primary) = primary(source, &parts.primary)?;
        let (items, wide_items) = items(source, &parts.items)?;
        let mut read = Meta {
            handler,
            primary,
            wide_primary,
            wide_items,
            items,
            wide_references: false,
            references: Vec::new(),
            properties: Vec::new(),
            associations: Vec::new(),
            locations: 0,
            places: BTreeMap::new(),
            data: parts.data.map(|found| found.content),
            pixels: (0, 0),
        };
        if let Some(references) = &parts.references {
            read.read_references(source, references)?;
        }
        read.read_locations(source, &parts.locations)?;
        read.read_properties(source, &parts.properties)?;
        Ok(read)
    }

    fn read_references<R: Read + Seek>(&mut self, source: &mut Source<R>, found: &Found) -> Result<()> {
        source.seek(found.content.start)?;
        let wide = version(source)? > 0;
        let (mut all, mut references) = (0, Vec::new());
        each_box(source, found.content.end, |source, reference| {
            let from = number(source, wide)?;
            let count = source.u16()?;
            all += u32::from(count) + 1;
            if all > MAX_EXTENTS {
                return Err(Refusal::Damaged.into());
            }
            let to = (0..count).map(|_| number(source, wide)).collect::<Result<_>>()?;
            within(source, &reference)?;
            let kind = reference.kind;
            references.push(Reference { kind, from, to });
            Ok(())
        })?;
        (self.wide_references, self.references) = (wide, references);
        Ok(())
    }

    fn read_locations<R: Read + Seek>(&mut self, source: &mut Source<R>, found: &Found) -> Result<()> {
        source.seek(found.content.start)?;
        let version = version(source)?;
        let widths = Widths::read(source, version)?;
        let count = number(source, version == 2)?;
        if version > 2 || count > MAX_ITEMS {
            return Err(Refusal::Damaged.into());
        }
        let mut all = 0;
        for _ in 0..count {
            let item = number(source, version == 2)?;
            let method = if version > 0 { source.u16()? & 0xF } else { 0 };
            let _data_reference = source.u16()?;
            let base = widths.base.read(source)?;
            let own = source.u16()?;
            all += u32::from(own);
            if all > MAX_EXTENTS {
                return Err(Refusal::Damaged.into());
            }
            let extents = (0..own)
                .map(|_| widths.extent(source, base))
                .collect::<Result<Vec<_>>>()?;
            within(source, found)?;
            // Other ways to say where bytes lie are nobody's picture.
            if method <= 1 {
                let in_meta = method == 1;
                self.places.insert(item, Place { in_meta, extents });
            }
        }
        self.locations = version;
        Ok(())
    }

    fn read_properties<R: Read + Seek>(&mut self, source: &mut Source<R>, found: &Found) -> Result<()> {
        let mut largest = None;
        source.seek(found.content.start)?;
        each_box(source, found.content.end, |source, part| match &part.kind {
            b"ipco" if self.properties.is_empty() => each_box(source, part.content.end, |source, property| {
                let mut content = vec![0; (property.content.end - property.content.start) as usize];
                source.read(&mut content)?;
                if &property.kind == b"ispe" {
                    let [_, width, height, ..] = content.as_chunks::<4>().0 else {
                        return Err(Refusal::Damaged.into());
                    };
                    let (width, height) = (u32::from_be_bytes(*width), u32::from_be_bytes(*height));
                    let (width, height) = pixels_within_limits(width, height)?;
                    largest = largest.max(Some((u64::from(width) * u64::from(height), width, height)));
                }
                self.properties.push((property.kind, content));
                Ok(())
            }),
            b"ipma" => {
                self.associations.push(associations(source, &part)?);
                Ok(())
            }
            _ => Ok(()),
        })?;
        let (_, width, height) = largest.ok_or(Refusal::Damaged)?;
        self.pixels = (width, height);
        Ok(())
    }
}

/// The boxes in `meta` that are read.
struct Parts {
    handler: Found,
    primary: Found,
    items: Found,
    locations: Found,
    properties: Found,
    references: Option<Found>,
    data: Option<Found>,
}

impl Parts {
    fn read<R: Read + Seek>(source: &mut Source<R>, meta: &Range<u64>) -> Result<Parts> {
        let mut parts: [Option<Found>; 7] = Default::default();
        let kinds: [&[u8; 4]; 7] = [b"hdlr", b"pitm", b"iinf", b"iloc", b"iprp", b"iref", b"idat"];
        version(source)?;
        each_box(source, meta.end, |_, found| {
            let Some(part) = kinds.iter().position(|kind| **kind == found.kind) else {
                return Ok(());
            };
            // Twice the same part would leave open which of them counts.
            if parts[part].replace(found).is_some() {
                Err(Refusal::Damaged.into())
            } else {
                Ok(())
            }
        })?;
        let [handler, primary, items, locations, properties, references, data] = parts;
        Ok(Parts {
            handler: handler.ok_or(Refusal::Damaged)?,
            primary: primary.ok_or(Refusal::Damaged)?,
            items: items.ok_or(Refusal::Damaged)?,
            locations: locations.ok_or(Refusal::Damaged)?,
            properties: properties.ok_or(Refusal::Damaged)?,
            references,
            data,
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
fn primary<R: Read + Seek>(source: &mut Source<R>, found: &Found) -> Result<(u32, bool)> {
    source.seek(found.content.start)?;
    let wide = version(source)? > 0;
    let item = number(source, wide)?;
    within(source, found)?;
    Ok((item, wide))
}

/// Refuses a box whose fields were longer than the box.
fn within<R: Read + Seek>(source: &Source<R>, found: &Found) -> Result<()> {
    if source.position() > found.content.end {
        Err(Refusal::Damaged.into())
    } else {
        Ok(())
    }
}

fn items<R: Read + Seek>(source: &mut Source<R>, found: &Found) -> Result<(BTreeMap<u32, Item>, bool)> {
    source.seek(found.content.start)?;
    let wide = version(source)? > 0;
    let count = number(source, wide)?;
    if count > MAX_ITEMS {
        return Err(Refusal::Damaged.into());
    }
    let mut items = BTreeMap::new();
    for _ in 0..count {
        let entry = next_box(source, found.content.end)?;
        let [version, _, _, flags] = source.array()?;
        if &entry.kind != b"infe" || !matches!(version, 2 | 3) {
            return Err(Refusal::Damaged.into());
        }
        let number = number(source, version == 3)?;
        let _protection = source.u16()?;
        let kind: [u8; 4] = source.array()?;
        within(source, &entry)?;
        let item = Item {
            kind,
            version,
            hidden: flags & 1 == 1,
            named: source.position() < entry.content.end,
        };
        if items.insert(number, item).is_some() {
            return Err(Refusal::Damaged.into());
        }
        source.seek(entry.content.end)?;
    }
    Ok((items, wide))
}

fn associations<R: Read + Seek>(source: &mut Source<R>, found: &Found) -> Result<Associations> {
    let [version, _, _, flags] = source.array()?;
    let (wide, count) = (flags & 1 == 1, source.u32()?);
    if count > MAX_ITEMS {
        return Err(Refusal::Damaged.into());
    }
    let mut of = Vec::new();
    for _ in 0..count {
        let item = number(source, version > 0)?;
        let own = source.byte()?;
        let read = (0..own).map(|_| {
            if wide {
                let both = source.u16()?;
                Ok((both & 0x7FFF, both & 0x8000 != 0))
            } else {
                let both = source.byte()?;
                Ok((u16::from(both & 0x7F), both & 0x80 != 0))
            }
        });
        let read = read.collect::<Result<Vec<_>>>()?;
        within(source, found)?;
        of.push((item, read));
    }
    Ok(Associations { version, wide, of })
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

    /// Reads one extent; one without a length, which goes to the end, is as long as can be.
    fn extent<R: Read + Seek>(&self, source: &mut Source<R>, base: u64) -> Result<Range<u64>> {
        self.index.read(source)?;
        let offset = self.offset.read(source)?;
        let length = self.length.read(source)?;
        let start = base.checked_add(offset).ok_or(Refusal::Damaged)?;
        if length == 0 {
            return Ok(start..u64::MAX);
        }
        Ok(start..start.checked_add(length).ok_or(Refusal::Damaged)?)
    }
}
