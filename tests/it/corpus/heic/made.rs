//! A HEIC of many items, assembled box by box.

use super::super::STRAY;

/// A picture of 64 by 48 pixels that a common encoder made.
pub const PICTURE: &[u8] = include_bytes!("../../../fixtures/documents/picture.heic");

pub fn boxed(kind: &[u8; 4], content: &[u8]) -> Vec<u8> {
    [&(content.len() as u32 + 8).to_be_bytes()[..], kind, content].concat()
}
fn full(kind: &[u8; 4], version: u8, flags: u8, content: &[u8]) -> Vec<u8> {
    boxed(kind, &[&[version, 0, 0, flags], content].concat())
}
fn numbers(all: &[u16]) -> Vec<u8> {
    all.iter().flat_map(|number| number.to_be_bytes()).collect()
}

/// The content of a box of the picture, wherever it stands.
fn content_of(kind: &[u8; 4]) -> Vec<u8> {
    let at = memchr::memmem::find(PICTURE, kind).expect("the box") - 4;
    let size = u32::from_be_bytes(PICTURE[at..at + 4].try_into().expect("a size")) as usize;
    PICTURE[at + 8..at + size].to_vec()
}

/// A file of many items; what is to be changed is changed.
#[derive(Clone)]
pub struct Made {
    pub kinds: Vec<(u16, &'static [u8; 4], u8)>,
    pub primary: u16,
    pub references: Vec<(&'static [u8; 4], u16, Vec<u16>)>,
    pub file_type: Vec<u8>,
    /// Boxes before `meta`, in it, and behind the data.
    pub before: Vec<u8>,
    pub within: Vec<u8>,
    pub behind: Vec<u8>,
    pub auxiliary: &'static [u8],
    /// Whether the grid's description lies in `meta`.
    pub grid_in_meta: bool,
    pub data_first: bool,
    pub coded: Vec<u8>,
    pub sides: [u32; 2],
}

const GRID: &[u8] = &[0, 0, 1, 1, 0, 128, 0, 96];

impl Made {
    /// A grid of four tiles with a preview, a depth, Exif, XMP and something unknown.
    pub fn phone() -> Made {
        Made {
            kinds: vec![
                (1, b"grid", 0),
                (2, b"hvc1", 1),
                (3, b"hvc1", 1),
                (4, b"hvc1", 1),
                (5, b"hvc1", 1),
                (6, b"hvc1", 0),
                (7, b"hvc1", 1),
                (8, b"Exif", 1),
                (9, b"mime", 1),
                (10, b"zzzz", 0),
            ],
            primary: 1,
            references: vec![
                (b"dimg", 1, vec![2, 3, 4, 5]),
                (b"thmb", 6, vec![1]),
                (b"auxl", 7, vec![1]),
                (b"cdsc", 8, vec![1]),
                (b"cdsc", 9, vec![1]),
                (b"zref", 10, vec![1]),
            ],
            file_type: b"heic\0\0\0\0mif1heic".to_vec(),
            before: Vec::new(),
            within: Vec::new(),
            behind: Vec::new(),
            auxiliary: b"urn:mpeg:hevc:2015:auxid:2\0",
            grid_in_meta: true,
            data_first: false,
            coded: content_of(b"mdat"),
            sides: [128, 96],
        }
    }

    /// One picture and nothing else.
    pub fn single() -> Made {
        Made {
            kinds: vec![(1, b"hvc1", 0)],
            references: Vec::new(),
            sides: [64, 48],
            ..Made::phone()
        }
    }

    pub fn bytes(&self) -> Vec<u8> {
        let start = boxed(b"ftyp", &self.file_type).len() + self.before.len();
        let (_, data) = (self.places(0), self.data());
        let ahead = match self.data_first {
            true => start + 8,
            false => start + self.meta(0).len() + 8,
        };
        let (meta, data) = (self.meta(ahead), boxed(b"mdat", &data));
        let [first, second] = if self.data_first { [data, meta] } else { [meta, data] };
        [
            boxed(b"ftyp", &self.file_type),
            self.before.clone(),
            first,
            second,
            self.behind.clone(),
        ]
        .concat()
    }

    fn content(&self, kind: &[u8; 4]) -> Vec<u8> {
        match kind {
            b"hvc1" => self.coded.clone(),
            b"grid" => GRID.to_vec(),
            _ => [b"<x>", STRAY, b"</x>"].concat(),
        }
    }

    /// The data, with stray words before, between and behind the items.
    fn data(&self) -> Vec<u8> {
        let mut data = STRAY.to_vec();
        for (_, kind, _) in &self.kinds {
            data.extend(self.content(kind));
            data.extend(STRAY);
        }
        data
    }

    fn places(&self, ahead: usize) -> Vec<(u16, usize, usize)> {
        let (mut at, mut places) = (ahead + STRAY.len(), Vec::new());
        for (item, kind, _) in &self.kinds {
            let length = self.content(kind).len();
            places.push((*item, at, length));
            at += length + STRAY.len();
        }
        places
    }

    fn meta(&self, ahead: usize) -> Vec<u8> {
        let (mut entries, mut locations) = (numbers(&[self.kinds.len() as u16]), vec![0x44, 0]);
        locations.extend(numbers(&[self.kinds.len() as u16]));
        for ((item, kind, hidden), (_, at, length)) in self.kinds.iter().zip(self.places(ahead)) {
            let named = [&numbers(&[*item, 0])[..], *kind, STRAY, b"\0application/rdf+xml\0"].concat();
            entries.extend(full(b"infe", 2, *hidden, &named));
            let inside = self.grid_in_meta && *kind == b"grid";
            let at = if inside { STRAY.len() } else { at };
            locations.extend(numbers(&[*item, inside.into(), 0, 1]));
            locations.extend([(at as u32).to_be_bytes(), (length as u32).to_be_bytes()].concat());
        }
        let references: Vec<u8> = self
            .references
            .iter()
            .flat_map(|(kind, from, to)| boxed(kind, &numbers(&[&[*from, to.len() as u16], &to[..]].concat())))
            .collect();
        let sides = self.sides.map(u32::to_be_bytes).concat();
        let properties = [
            full(b"ispe", 0, 0, &[&sides[..], STRAY].concat()),
            full(b"ispe", 0, 0, &[0, 0, 0, 64, 0, 0, 0, 48]),
            boxed(b"hvcC", &[&content_of(b"hvcC")[..], STRAY].concat()),
            full(b"auxC", 0, 0, &[self.auxiliary, STRAY].concat()),
            full(b"udes", 0, 0, &[b"sv\0", STRAY, b"\0\0\0"].concat()),
            boxed(b"irot", &[0]),
            full(b"pixi", 0, 0, &[3, 8, 8, 8]),
            boxed(b"zzzz", STRAY),
            boxed(b"uuid", &[b"0123456789abcdef", STRAY].concat()),
            boxed(b"colr", &[b"zzzz", STRAY].concat()),
        ];
        let mut all = (self.kinds.len() as u32).to_be_bytes().to_vec();
        for (item, kind, _) in &self.kinds {
            let own: &[u8] = match (*kind, item) {
                (b"grid", _) => &[1, 6, 7, 5, 8],
                (_, 7) => &[2, 0x83, 4],
                _ => &[2, 0x83],
            };
            all.extend([&numbers(&[*item])[..], &[own.len() as u8], own].concat());
        }
        all.extend(STRAY);
        let parts = [
            full(
                b"hdlr",
                0,
                0,
                &[b"\0\0\0\0pict\0\0\0\0\0\0\0\0\0\0\0\0", STRAY, b"\0"].concat(),
            ),
            boxed(
                b"dinf",
                &full(
                    b"dref",
                    0,
                    0,
                    &[&[0, 0, 0, 1], &full(b"url ", 0, 0, STRAY)[..]].concat(),
                ),
            ),
            full(b"pitm", 0, 0, &numbers(&[self.primary])),
            full(b"iloc", 1, 0, &[&locations[..], STRAY].concat()),
            full(b"iinf", 0, 0, &entries),
            full(b"iref", 0, 0, &references),
            boxed(
                b"iprp",
                &[boxed(b"ipco", &properties.concat()), full(b"ipma", 0, 0, &all)].concat(),
            ),
            boxed(b"idat", &[STRAY, GRID, STRAY].concat()),
            self.within.clone(),
        ];
        full(b"meta", 0, 0, &parts.concat())
    }
}
