//! HEIC as phones make it, with words planted in every place that is no picture: none of them is shown.

mod made;

use super::{Case, Look, Right, STRAY};
use made::{Made, PICTURE, boxed};

/// As many pictures' bytes are shown as the file is to show, and no word of what is not.
fn holds(coded: Vec<u8>, times: usize) -> Look {
    Box::new(move |shown| {
        let found = memchr::memmem::find_iter(shown, &coded).count();
        for gone in [
            &b"zzzz"[..],
            b"zref",
            b"Exif",
            b"mime",
            b"rdf+xml",
            b"udes",
            b"uuid",
            b"auxid:2",
            b"dref",
        ] {
            if memchr::memmem::find(shown, gone).is_some() {
                return Err(format!("{} is shown", gone.escape_ascii()));
            }
        }
        match found == times {
            true => Ok(()),
            false => Err(format!("{found} pictures are shown instead of {times}")),
        }
    })
}

#[derive(Default)]
struct Cases(Vec<Case>);

impl Cases {
    fn add(&mut self, what: &str, bytes: Vec<u8>, right: Right) {
        self.0.push(Case {
            what: format!("HEIC, {what}"),
            name: "IMG_0001.HEIC".into(),
            declared: "image/heic".into(),
            bytes,
            right,
        });
    }
    fn taken(&mut self, what: &str, made: &Made, times: usize) {
        let look = holds(made.coded.clone(), times);
        self.add(what, made.bytes(), Right::Taken("image/heic", look));
    }
    fn refused(&mut self, what: &str, bytes: Vec<u8>, code: &'static str) {
        self.add(what, bytes, Right::Refused(code));
    }
}

pub fn cases() -> Vec<Case> {
    let mut cases = Cases::default();
    let (phone, single) = (Made::phone(), Made::single());
    let coded = phone.coded.clone();
    cases.add(
        "of an encoder",
        PICTURE.to_vec(),
        Right::Taken("image/heic", holds(coded.clone(), 1)),
    );
    cases.taken("a grid with all that phones add", &phone, 4);
    cases.taken("one picture", &single, 1);
    let stray = |kind: &[u8; 4]| boxed(kind, &[&[0; 16], STRAY].concat());
    for kind in [b"free", b"skip", b"uuid", b"zzzz", b"udta", b"mpvd", b"prfl"] {
        let before = stray(kind);
        cases.taken(
            &format!("{} before", kind.escape_ascii()),
            &Made {
                before,
                ..phone.clone()
            },
            4,
        );
        let within = stray(kind);
        cases.taken(
            &format!("{} within", kind.escape_ascii()),
            &Made {
                within,
                ..phone.clone()
            },
            4,
        );
        let behind = stray(kind);
        cases.taken(
            &format!("{} behind", kind.escape_ascii()),
            &Made {
                behind,
                ..phone.clone()
            },
            4,
        );
    }
    for kind in [b"xml ", b"bxml", b"ipro", b"grpl"] {
        let within = stray(kind);
        cases.taken(
            &format!("{} within", kind.escape_ascii()),
            &Made {
                within,
                ..single.clone()
            },
            1,
        );
    }
    for (what, behind) in [
        ("words", STRAY.repeat(200)),
        (
            "a phone's own trailer",
            [&[0, 0, 0, 1][..], b"SEFH", STRAY, b"SEFT"].concat(),
        ),
        ("zeros", vec![0; 5000]),
        ("one byte", vec![7]),
    ] {
        cases.taken(
            &format!("{what} behind the last box"),
            &Made {
                behind,
                ..single.clone()
            },
            1,
        );
    }
    let alpha = Made {
        auxiliary: b"urn:mpeg:hevc:2015:auxid:1\0",
        ..phone.clone()
    };
    cases.taken("a grid that is transparent", &alpha, 5);
    cases.taken(
        "a grid described beside the pictures",
        &Made {
            grid_in_meta: false,
            ..phone.clone()
        },
        4,
    );
    cases.taken(
        "the data first",
        &Made {
            data_first: true,
            ..phone.clone()
        },
        4,
    );
    let file_type = |brands: &[u8]| Made {
        file_type: brands.to_vec(),
        ..single.clone()
    };
    for brands in [
        &b"heix\0\0\0\0mif1heix"[..],
        b"mif1\0\0\0\0mif1heic",
        b"mif1\0\0\0\0miafMiHE",
        b"heic\0\0\0\0",
        b"heic\0\0\0\0mif1heictmap",
    ] {
        cases.taken(&format!("brands {}", brands.escape_ascii()), &file_type(brands), 1);
    }
    let named = [&b"heic"[..], STRAY[..4].as_ref(), b"mif1heic", &STRAY[4..12]].concat();
    cases.taken("a word among the brands", &file_type(&named), 1);
    for brands in [
        &b"avif\0\0\0\0mif1avif"[..],
        b"mp42\0\0\0\0isommp42",
        b"qt  \0\0\0\0qt  ",
    ] {
        cases.refused(
            &format!("brands {}", brands.escape_ascii()),
            file_type(brands).bytes(),
            "file-type",
        );
    }
    let two = Made {
        kinds: vec![(1, b"hvc1", 0), (2, b"hvc1", 0)],
        ..single.clone()
    };
    cases.taken("two pictures beside each other", &two, 2);
    for kind in [b"moov", b"moof"] {
        let film = Made {
            behind: boxed(kind, &[0; 8]),
            ..single.clone()
        };
        cases.refused(
            &format!("a film ({})", kind.escape_ascii()),
            film.bytes(),
            "file-animated",
        );
    }
    cases.refused(
        "coded in another way",
        Made {
            kinds: vec![(1, b"av01", 0)],
            ..single.clone()
        }
        .bytes(),
        "file-type",
    );
    cases.refused(
        "no picture",
        Made {
            kinds: vec![(1, b"Exif", 0)],
            ..single.clone()
        }
        .bytes(),
        "file-damaged",
    );
    cases.refused(
        "a primary that is not there",
        Made {
            primary: 9,
            ..single.clone()
        }
        .bytes(),
        "file-damaged",
    );
    for part in [b"hdlr", b"pitm", b"iinf", b"iloc", b"iprp", b"infe"] {
        let mut bytes = single.bytes();
        let at = memchr::memmem::find(&bytes, part).expect("the box");
        bytes[at..at + 4].copy_from_slice(b"none");
        cases.refused(&format!("no {}", part.escape_ascii()), bytes, "file-damaged");
    }
    let whole = single.bytes();
    for part in [20, 30, whole.len() / 3, whole.len() / 2, whole.len() - 40] {
        cases.refused(&format!("cut at {part}"), whole[..part].to_vec(), "file-cut-off");
    }
    cases.0
}
