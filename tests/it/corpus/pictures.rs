//! JPEG, PNG and WebP: small ones, by kind.

pub mod jpeg;
mod jpeg_kinds;
mod png_kinds;
mod webp_kinds;

use super::{Case, Look, Right};

/// Every picture with its answer.
pub fn cases() -> Vec<Case> {
    [jpeg_kinds::cases(), png_kinds::cases(), webp_kinds::cases()]
        .into_iter()
        .flatten()
        .collect()
}

fn case(what: impl Into<String>, kind: &str, bytes: Vec<u8>, right: Right) -> Case {
    Case {
        what: what.into(),
        name: format!("bild.{kind}"),
        declared: "application/octet-stream".into(),
        bytes,
        right,
    }
}

/// Taken, and shown as so many pixels, the one in the middle being about of this colour.
fn shows(kind: &'static str, size: (u32, u32), colour: [u8; 3]) -> Right {
    let look: Look = Box::new(move |bytes| {
        let picture = image::load_from_memory(bytes)
            .map_err(|cause| cause.to_string())?
            .to_rgb8();
        let got = picture.get_pixel(picture.width() / 2, picture.height() / 2).0;
        let is_far = got.iter().zip(colour).any(|(got, wanted)| got.abs_diff(wanted) > 4);
        if picture.dimensions() != size || is_far {
            return Err(format!(
                "{:?} {got:?} instead of {size:?} {colour:?}",
                picture.dimensions()
            ));
        }
        Ok(())
    });
    Right::Taken(kind, look)
}

/// Taken, and shown as so many pixels.
fn measures(kind: &'static str, size: (u32, u32)) -> Right {
    let look: Look = Box::new(move |bytes| {
        let picture = image::load_from_memory(bytes).map_err(|cause| cause.to_string())?;
        let got = (picture.width(), picture.height());
        if got == size {
            Ok(())
        } else {
            Err(format!("{got:?} instead of {size:?}"))
        }
    });
    Right::Taken(kind, look)
}

/// Several places to cut a file, from its first bytes to its last.
fn cuts(bytes: &[u8], first: usize) -> impl Iterator<Item = (usize, Vec<u8>)> {
    let (length, bytes) = (bytes.len(), bytes.to_vec());
    let places = [first, length / 4, length / 2, length * 3 / 4, length - 20, length - 1];
    places.into_iter().map(move |at| (at, bytes[..at].to_vec()))
}
