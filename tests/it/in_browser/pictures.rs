//! What the page's script makes of a picture before it is sent: smaller, never unreadable, and known again.

use super::{PHONE, signs_in};
use crate::kit::{Chromium, Person, Town, id};
use image::{DynamicImage, ImageFormat, Rgb, RgbImage, Rgba, RgbaImage};
use reqwest::Method;
use std::io::Cursor;

fn encoded(picture: impl Into<DynamicImage>, format: ImageFormat) -> Vec<u8> {
    let mut out = Cursor::new(Vec::new());
    picture.into().write_to(&mut out, format).expect("an encoder");
    out.into_inner()
}

/// Something that JPEG packs better than PNG.
fn grain(x: u32, y: u32) -> u8 {
    let mixed = (x.wrapping_mul(2_654_435_761) ^ y.wrapping_mul(40_503)).wrapping_mul(2_246_822_519);
    200 + (mixed >> 27) as u8
}

/// Sends a picture from the page that a message is written on; gives the very bytes that are kept.
async fn kept(at: &Chromium, anna: &Person, name: &str, bytes: &[u8]) -> Vec<u8> {
    at.goto("/skriv").await;
    at.ticks("Alva").await;
    at.types("subject", name).await;
    at.types("body", "Se bilden").await;
    at.attaches("files", name, bytes).await;
    at.meets("//input[@name='file_ids']").await;
    at.presses("Fortsätt").await;
    at.presses("Skicka meddelandet").await;
    at.sees("Meddelandet är skickat").await;
    let path = at.path().await;
    let errand = path.trim_end_matches("/klart").rsplit('/').next().expect("an id");
    let view = anna.opens(errand).await.expect(200);
    let file = id(&view["messages"][0]["files"][0]);
    let request = anna.request(Method::GET, &format!("/files/{file}/original"));
    anna.send(request).await.bytes.to_vec()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_picture_is_made_smaller_and_stays_readable() {
    let town = Town::new().await;
    let Some(at) = Chromium::open(&town.base, PHONE, true).await else {
        return;
    };
    let anna = town.anna().await;
    signs_in(&at, "anna.berg").await;
    let grey = |width, height| RgbImage::from_fn(width, height, |x, y| Rgb([grain(x, y); 3]));
    for (name, size, wanted) in [
        // A receipt as a phone photographs it, a long screenshot, one that is narrow already.
        ("foto.png", (2400, 1600), (2000, 1333)),
        ("lang.png", (1179, 3500), (1000, 2969)),
        ("smal.png", (700, 3000), (700, 3000)),
    ] {
        let sent = encoded(grey(size.0, size.1), ImageFormat::Png);
        let bytes = kept(&at, &anna, name, &sent).await;
        let picture = image::load_from_memory(&bytes).expect("a picture");
        assert_eq!((picture.width(), picture.height()), wanted, "{name}");
        assert_eq!(bytes == sent, wanted == size, "{name}");
    }
    // What shines through lies on white; nothing of it turns black.
    let glass = |x, y| Rgba([0, 0, 0, if x % 7 == 0 { grain(x, y) } else { grain(x, y) - 200 }]);
    let sent = encoded(RgbaImage::from_fn(2200, 1500, glass), ImageFormat::Png);
    let bytes = kept(&at, &anna, "glas.png", &sent).await;
    let picture = image::load_from_memory(&bytes).expect("a picture").to_rgb8();
    assert_eq!(picture.width(), 2000);
    let light: u64 = picture.pixels().map(|pixel| u64::from(pixel[0])).sum();
    let mean = light / u64::from(picture.width() * picture.height());
    assert!(mean > 180, "{mean}");
}

/// The same picture first as it was chosen, then as the script makes it.
#[tokio::test(flavor = "multi_thread")]
async fn a_picture_made_smaller_is_known_again() {
    let town = Town::new().await;
    let Some(at) = Chromium::open(&town.base, PHONE, true).await else {
        return;
    };
    let anna = town.anna().await;
    let photo = RgbImage::from_fn(2400, 1600, |x, y| Rgb([grain(x, y); 3]));
    let photo = encoded(photo, ImageFormat::Png);
    let file = id(&anna.uploads("kvitto.png", "image/png", photo.clone()).await.expect(201));
    anna.hands_in(&file, 12_500, "Lekia Borlänge").await.expect(201);
    signs_in(&at, "anna.berg").await;
    at.follows("Lämna in kvitton").await;
    at.attaches("kamera", "samma.png", &photo).await;
    at.meets("//input[@name='receipts.0.file_id']").await;
    at.types("receipts-0-supplier", "Lekia Borlänge").await;
    at.types("receipts-0-amount_ore", "125").await;
    let today = famn::clock::Clock::system().now().day().to_string();
    at.types("receipts-0-purchased_on", &today).await;
    at.chooses("receipts-0-category", "leisure_equipment").await;
    at.ticks("Alva").await;
    at.ticks("Jag intygar").await;
    at.presses("Fortsätt").await;
    at.presses("Lämna in").await;
    at.sees("är redan inlämnat").await;
}
