//! Which of a HEIC's items are its pictures, and which bytes of the file are theirs. All else is not shown.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;

use super::super::{Refusal, Result};
use super::meta::{Item, Meta};

/// Kinds of items that are pictures: coded ones, and those put together of others.
const PICTURES: [&[u8; 4]; 5] = [b"hvc1", b"hev1", b"grid", b"iovl", b"iden"];
/// What says that an auxiliary picture tells where the picture is transparent.
const ALPHA: [&[u8]; 2] = [
    b"urn:mpeg:hevc:2015:auxid:1\0",
    b"urn:mpeg:mpegB:cicp:systems:auxiliary:alpha\0",
];

/// The items kept, each with where its bytes lie.
#[derive(Debug)]
pub(super) struct Kept {
    /// By item: in the data of `meta`, and the extents.
    pub places: BTreeMap<u32, (bool, Vec<Range<u64>>)>,
}

impl Kept {
    /// # Errors
    /// [`Refusal::NotThisType`] for a picture coded in another way, [`Refusal::CutOff`] and [`Refusal::Damaged`] for one
    /// whose bytes are not all there.
    pub fn of(meta: &Meta, size: u64) -> Result<Kept> {
        let primary = meta.items.get(&meta.primary).ok_or(Refusal::Damaged)?;
        if !is_picture(&primary.kind) {
            let metadata = matches!(&primary.kind, b"Exif" | b"mime" | b"uri ");
            let refusal = if metadata {
                Refusal::Damaged
            } else {
                Refusal::NotThisType
            };
            return Err(refusal.into());
        }
        let items = pictures(meta);
        let data = meta.data.clone().unwrap_or(0..0);
        let mut places = BTreeMap::new();
        for item in items {
            let place = meta.places.get(&item);
            let is_made = meta.items.get(&item).is_some_and(|item| &item.kind == b"iden");
            let Some(place) = place.filter(|place| !place.extents.is_empty()) else {
                if is_made {
                    continue;
                }
                return Err(Refusal::Damaged.into());
            };
            let end = if place.in_meta { data.end - data.start } else { size };
            let mut extents = Vec::with_capacity(place.extents.len());
            for extent in &place.extents {
                let extent = if extent.end == u64::MAX {
                    extent.start..end
                } else {
                    extent.clone()
                };
                if extent.start > extent.end || extent.end > end {
                    let refusal = if place.in_meta {
                        Refusal::Damaged
                    } else {
                        Refusal::CutOff
                    };
                    return Err(refusal.into());
                }
                extents.push(extent);
            }
            places.insert(item, (place.in_meta, extents));
        }
        Ok(Kept { places })
    }

    /// The extents in the file itself, or in the data of `meta`, in order, those that touch made one.
    pub fn extents(&self, in_meta: bool) -> Vec<Range<u64>> {
        let mut extents: Vec<Range<u64>> = self
            .places
            .values()
            .filter(|(inside, _)| *inside == in_meta)
            .flat_map(|(_, extents)| extents.iter().cloned())
            .collect();
        extents.sort_by_key(|extent| extent.start);
        extents.dedup_by(|next, before| {
            let touch = next.start <= before.end;
            if touch {
                before.end = before.end.max(next.end);
            }
            touch
        });
        extents
    }
}

fn is_picture(kind: &[u8; 4]) -> bool {
    PICTURES.contains(&kind)
}

/// The primary picture and those shown beside it, what they are made of, and what makes them transparent; no previews, no
/// depths, no maps of gain.
fn pictures(meta: &Meta) -> BTreeSet<u32> {
    let is_known = |item: &u32| meta.items.get(item).is_some_and(|item| is_picture(&item.kind));
    let alphas = alphas(meta);
    let mut aside = BTreeSet::new();
    // What goes with each item: its parts, and what makes it transparent.
    let mut with: BTreeMap<u32, Vec<u32>> = BTreeMap::new();
    for reference in &meta.references {
        let from = reference.from;
        match &reference.kind {
            b"thmb" => drop(aside.insert(from)),
            b"dimg" => with
                .entry(from)
                .or_default()
                .extend(reference.to.iter().filter(|to| is_known(to))),
            b"auxl" => {
                aside.insert(from);
                for to in reference
                    .to
                    .iter()
                    .filter(|_| alphas.contains(&from) && is_known(&from))
                {
                    with.entry(*to).or_default().push(from);
                }
            }
            _ => {}
        }
    }
    let shown = |(number, item): (&u32, &Item)| {
        let shown = is_picture(&item.kind) && !item.hidden && !aside.contains(number);
        (shown || *number == meta.primary).then_some(*number)
    };
    let mut kept = BTreeSet::new();
    let mut waiting: Vec<u32> = meta.items.iter().filter_map(shown).collect();
    while let Some(item) = waiting.pop() {
        if kept.insert(item) {
            waiting.extend(with.remove(&item).unwrap_or_default());
        }
    }
    kept
}

/// The items that say where a picture is transparent.
fn alphas(meta: &Meta) -> BTreeSet<u32> {
    let says = |place: &u16| {
        let property = usize::from(*place)
            .checked_sub(1)
            .and_then(|at| meta.properties.get(at));
        property.is_some_and(|(kind, content)| kind == b"auxC" && alpha_length(content).is_some())
    };
    let all = meta.associations.iter().flat_map(|associations| &associations.of);
    all.filter(|(_, own)| own.iter().any(|(place, _)| says(place)))
        .map(|(item, _)| *item)
        .collect()
}

/// The length of a property that says so, without what may follow.
pub(super) fn alpha_length(content: &[u8]) -> Option<usize> {
    let says = ALPHA
        .iter()
        .find(|says| content.get(4..).is_some_and(|rest| rest.starts_with(says)))?;
    Some(4 + says.len())
}
