//! The `meta` box written anew: the pictures kept, their places and properties, and nothing else. It is as long as it was,
//! so that no place in the file moves.

use std::io::{Read, Seek};

use super::super::source::Source;
use super::super::{Refusal, Result};
use super::kept::{Kept, alpha_length};
use super::meta::Meta;

/// The content of the new box, as long as the old one was.
pub(super) fn rebuilt<R: Read + Seek>(
    source: &mut Source<R>,
    meta: &Meta,
    kept: &Kept,
    length: u64,
) -> Result<Vec<u8>> {
    let length = usize::try_from(length).map_err(|_| Refusal::Damaged)?;
    let mut parts = vec![0; 4];
    let rest = [
        primary(meta),
        items(meta, kept),
        references(meta, kept),
        boxed(b"iprp", &[properties(meta), associations(meta, kept)].concat()),
        data(source, meta, kept)?,
        locations(meta, kept),
    ]
    .concat();
    let handler = 8 + meta.handler as usize;
    let spare = length
        .checked_sub(parts.len() + handler + rest.len())
        .ok_or(Refusal::Damaged)?;
    // What is too short for a box of its own follows the handler's name.
    let (longer, free) = if spare < 8 { (spare, 0) } else { (0, spare) };
    let mut named = b"\0\0\0\0\0\0\0\0pict".to_vec();
    named.resize(meta.handler as usize + longer, 0);
    parts.extend(boxed(b"hdlr", &named));
    parts.extend(rest);
    if free > 0 {
        parts.extend(boxed(b"free", &vec![0; free - 8]));
    }
    Ok(parts)
}

fn boxed(kind: &[u8; 4], content: &[u8]) -> Vec<u8> {
    [&(content.len() as u32 + 8).to_be_bytes()[..], kind, content].concat()
}

fn full(kind: &[u8; 4], (version, flags): (u8, u8), content: &[u8]) -> Vec<u8> {
    boxed(kind, &[&[version, 0, 0, flags], content].concat())
}

/// A number in 16 bits, or in 32.
fn number(number: u32, wide: bool) -> Vec<u8> {
    if wide {
        number.to_be_bytes().to_vec()
    } else {
        (number as u16).to_be_bytes().to_vec()
    }
}

fn primary(meta: &Meta) -> Vec<u8> {
    let wide = meta.wide_primary;
    full(b"pitm", (wide.into(), 0), &number(meta.primary, wide))
}

fn items(meta: &Meta, kept: &Kept) -> Vec<u8> {
    let mut entries = Vec::new();
    let mut count = 0;
    for (id, item) in meta.items.iter().filter(|(id, _)| is_kept(kept, meta, **id)) {
        let name: &[u8] = if item.named { b"\0" } else { b"" };
        let content = [&number(*id, item.version == 3)[..], &[0, 0], &item.kind, name].concat();
        entries.extend(full(b"infe", (item.version, item.hidden.into()), &content));
        count += 1;
    }
    let wide = meta.wide_items;
    full(b"iinf", (wide.into(), 0), &[number(count, wide), entries].concat())
}

/// Whether an item is shown; one that is made without bytes has no place.
fn is_kept(kept: &Kept, meta: &Meta, item: u32) -> bool {
    kept.places.contains_key(&item) || item == meta.primary
}

fn references(meta: &Meta, kept: &Kept) -> Vec<u8> {
    let wide = meta.wide_references;
    let mut all = Vec::new();
    for reference in &meta.references {
        if !matches!(&reference.kind, b"dimg" | b"auxl" | b"prem") || !is_kept(kept, meta, reference.from) {
            continue;
        }
        let to: Vec<u32> = reference
            .to
            .iter()
            .copied()
            .filter(|to| is_kept(kept, meta, *to))
            .collect();
        if to.is_empty() {
            continue;
        }
        let mut content = number(reference.from, wide);
        content.extend((to.len() as u16).to_be_bytes());
        content.extend(to.iter().flat_map(|to| number(*to, wide)));
        all.extend(boxed(&reference.kind, &content));
    }
    if all.is_empty() {
        return Vec::new();
    }
    full(b"iref", (wide.into(), 0), &all)
}

/// All properties in their places; those that are not known are room.
fn properties(meta: &Meta) -> Vec<u8> {
    let mut all = Vec::new();
    for (kind, content) in &meta.properties {
        let known = known_length(kind, content);
        let mut content = content.clone();
        let blank = known.unwrap_or(0).min(content.len());
        content[blank..].fill(0);
        all.extend(boxed(if known.is_some() { kind } else { b"free" }, &content));
    }
    boxed(b"ipco", &all)
}

/// How long a property is that shows how a picture looks; none of one that tells something else.
fn known_length(kind: &[u8; 4], content: &[u8]) -> Option<usize> {
    let length = match kind {
        b"irot" | b"imir" => 1,
        b"ispe" | b"rloc" => 12,
        b"pasp" => 8,
        b"clap" => 32,
        b"clli" => 4,
        b"mdcv" => 24,
        b"lsel" => 2,
        b"pixi" => 5 + usize::from(*content.get(4)?),
        b"colr" => match content.get(..4)? {
            b"nclx" => 11,
            b"prof" | b"rICC" => content.len(),
            _ => return None,
        },
        b"hvcC" => hevc_length(content)?,
        b"auxC" => alpha_length(content)?,
        _ => return None,
    };
    (length <= content.len()).then_some(length)
}

/// The length of a decoder's configuration: what it counts, and no more.
fn hevc_length(content: &[u8]) -> Option<usize> {
    let two = |at: usize| {
        Some(usize::from(u16::from_be_bytes([
            *content.get(at)?,
            *content.get(at + 1)?,
        ])))
    };
    let mut at = 23;
    for _ in 0..*content.get(22)? {
        let units = two(at + 1)?;
        at += 3;
        for _ in 0..units {
            at += 2 + two(at)?;
        }
    }
    Some(at)
}

fn associations(meta: &Meta, kept: &Kept) -> Vec<u8> {
    let is_known = |place: u16| {
        let property = usize::from(place).checked_sub(1).and_then(|at| meta.properties.get(at));
        property.is_some_and(|(kind, content)| known_length(kind, content).is_some())
    };
    let mut all = Vec::new();
    for associations in &meta.associations {
        let (mut entries, mut count) = (Vec::new(), 0_u32);
        for (item, own) in associations.of.iter().filter(|(item, _)| is_kept(kept, meta, *item)) {
            let own: Vec<&(u16, bool)> = own.iter().filter(|(place, _)| is_known(*place)).collect();
            entries.extend(number(*item, associations.version > 0));
            entries.push(own.len() as u8);
            for (place, essential) in own {
                if associations.wide {
                    entries.extend((place | u16::from(*essential) << 15).to_be_bytes());
                } else {
                    entries.push(*place as u8 | u8::from(*essential) << 7);
                }
            }
            count += 1;
        }
        let content = [&count.to_be_bytes()[..], &entries].concat();
        all.extend(full(
            b"ipma",
            (associations.version, associations.wide.into()),
            &content,
        ));
    }
    all
}

/// The data kept in the box itself, as far as a picture uses it.
fn data<R: Read + Seek>(source: &mut Source<R>, meta: &Meta, kept: &Kept) -> Result<Vec<u8>> {
    let (Some(data), extents) = (&meta.data, kept.extents(true)) else {
        return Ok(Vec::new());
    };
    if extents.is_empty() {
        return Ok(Vec::new());
    }
    let mut content = vec![0; (data.end - data.start) as usize];
    for extent in extents {
        source.seek(data.start + extent.start)?;
        source.read(&mut content[extent.start as usize..extent.end as usize])?;
    }
    Ok(boxed(b"idat", &content))
}

/// Where the bytes lie, in numbers of the width that the old table had at least.
fn locations(meta: &Meta, kept: &Kept) -> Vec<u8> {
    let version = meta.locations;
    let mut entries = Vec::new();
    let all = kept.places.iter();
    for (item, (in_meta, extents)) in all.clone() {
        entries.extend(number(*item, version == 2));
        if version > 0 {
            entries.extend([0, u8::from(*in_meta)]);
        }
        entries.extend([0, 0]);
        entries.extend((extents.len() as u16).to_be_bytes());
        for extent in extents {
            entries.extend((extent.start as u32).to_be_bytes());
            entries.extend(((extent.end - extent.start) as u32).to_be_bytes());
        }
    }
    let count = number(all.len() as u32, version == 2);
    full(b"iloc", (version, 0), &[&[0x44, 0][..], &count, &entries].concat())
}
