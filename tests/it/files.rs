//! Files over HTTP: what is taken in, what is shown of it and to whom, and what is refused.

use crate::kit::{Answer, Person, Town, count, events, id, samples};
use reqwest::{Method, header};
use serde_json::json;

const LARGEST: usize = 15 * 1024 * 1024;

async fn upload(person: &Person, media_type: &str, disposition: Option<&str>, bytes: Vec<u8>) -> Answer {
    let mut request = person
        .request(Method::POST, "/files")
        .header(header::CONTENT_TYPE, media_type);
    if let Some(disposition) = disposition {
        request = request.header(header::CONTENT_DISPOSITION, disposition);
    }
    person.send(request.body(bytes)).await
}

async fn fetch(person: &Person, file: &str, form: &str, range: Option<&str>) -> Answer {
    let mut request = person.request(Method::GET, &format!("/files/{file}/{form}"));
    if let Some(range) = range {
        request = request.header(header::RANGE, range);
    }
    person.send(request).await
}

fn holds(bytes: &[u8], text: &str) -> bool {
    memchr::memmem::find(bytes, text.as_bytes()).is_some()
}

/// A photo in a claim of Anna's: its id.
async fn handed_in(anna: &Person, bytes: Vec<u8>) -> String {
    let file = id(&anna.uploads("kvitto.jpg", "image/jpeg", bytes).await.expect(201));
    anna.hands_in(&file, 12_500, "Lekia Borlänge").await.expect(201);
    file
}

#[tokio::test(flavor = "multi_thread")]
async fn a_photo_is_shown_upright_and_without_its_place() {
    let town = Town::new().await;
    let (anna, erik, maria) = (town.anna().await, town.erik().await, town.maria().await);
    let sent = samples::photo(6);
    assert!(samples::PLANTED.iter().all(|text| holds(&sent, text)));
    let file = handed_in(&anna, sent.clone()).await;
    for one in [&anna, &erik, &maria] {
        let shown = fetch(one, &file, "content", None).await;
        assert_eq!(shown.status, 200);
        assert_eq!(shown.header("content-type"), "image/jpeg");
        for text in samples::PLANTED.iter().chain(&["Exif", "http://ns.adobe.com"]) {
            assert!(!holds(&shown.bytes, text), "{text} is shown");
        }
        let picture = image::load_from_memory(&shown.bytes).expect("a picture").to_rgb8();
        // Taken with the camera on its side: red was above and is to the right once the picture stands.
        assert_eq!(picture.dimensions(), (16, 24));
        assert!(picture.get_pixel(14, 12)[0] > 150 && picture.get_pixel(1, 12)[2] > 150);
    }
    for one in [&anna, &maria] {
        assert_eq!(fetch(one, &file, "original", None).await.bytes, sent, "byte for byte");
    }
    assert_eq!(fetch(&erik, &file, "original", None).await.problem(403), "forbidden");
    for stranger in [town.sara().await, town.per().await, town.lisa().await] {
        for form in ["content", "original"] {
            assert_eq!(fetch(&stranger, &file, form, None).await.problem(404), "not-found");
        }
    }
    let colleague = town.jonas().await;
    for form in ["content", "original"] {
        assert_eq!(
            fetch(&colleague, &file, form, None).await.problem(403),
            "reason-required"
        );
    }
    let nobody = town.nobody();
    assert_eq!(fetch(&nobody, &file, "content", None).await.problem(401), "sign-in");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_is_its_senders_alone_until_an_errand_takes_it() {
    let town = Town::new().await;
    let (anna, erik, maria) = (town.anna().await, town.erik().await, town.maria().await);
    let file = id(&anna.uploads("k.png", "image/png", samples::png()).await.expect(201));
    for form in ["content", "original"] {
        assert_eq!(fetch(&anna, &file, form, None).await.status, 200);
        for other in [&erik, &maria] {
            assert_eq!(fetch(other, &file, form, None).await.problem(404), "not-found");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn every_kind_taken_in_comes_back() {
    let town = Town::new().await;
    let (anna, maria) = (town.anna().await, town.maria().await);
    for (name, media_type, bytes, shown_as) in [
        ("Foto å.jpg", "image/jpeg", samples::jpeg(), "image/jpeg"),
        ("bild.png", "image/png", samples::png(), "image/png"),
        ("bild.webp", "image/webp", samples::webp(), ""),
        ("intyg.pdf", "application/pdf", samples::pdf(0), "application/pdf"),
        ("IMG_0001.HEIC", "image/heic", samples::heic(), "image/heic"),
    ] {
        let encoded: String = name.bytes().map(|byte| format!("%{byte:02X}")).collect();
        let disposition = format!("attachment; filename*=UTF-8''{encoded}");
        let made = upload(&anna, media_type, Some(&disposition), bytes.clone())
            .await
            .expect(201);
        assert_eq!((&made["name"], &made["media_type"]), (&json!(name), &json!(media_type)));
        assert_eq!(made["size"], bytes.len());
        assert_eq!(made["sha256"], hex::encode(famn::secret::sha256(&bytes)));
        anna.hands_in(&id(&made), 100, "Pressbyrån Borlänge").await.expect(201);
        let original = fetch(&maria, &id(&made), "original", None).await;
        assert_eq!(
            (original.header("content-type"), &original.bytes),
            (media_type, &bytes),
            "{name}"
        );
        let shown = fetch(&maria, &id(&made), "content", None).await;
        assert!(
            shown_as.is_empty() || shown.header("content-type") == shown_as,
            "{name}"
        );
        assert!(samples::PLANTED.iter().all(|text| !holds(&shown.bytes, text)), "{name}");
        if media_type == "application/pdf" {
            assert_eq!(shown.bytes, bytes);
        }
        if media_type == "image/heic" {
            assert!(
                holds(&bytes, samples::PLANTED[2]) && shown.bytes.len() == bytes.len(),
                "blanked out in place"
            );
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_largest_file_is_taken_and_one_byte_more_is_not() {
    let town = Town::new().await;
    let anna = town.anna().await;
    let blobs = town.blobs();
    for (name, kind, largest) in [
        ("stor.jpg", "image/jpeg", samples::photo_of(LARGEST)),
        ("stor.pdf", "application/pdf", samples::pdf_of(LARGEST)),
    ] {
        assert_eq!(largest.len(), LARGEST);
        let made = anna.uploads(name, kind, largest.clone()).await.expect(201);
        assert_eq!(made["size"], LARGEST);
        assert_eq!(fetch(&anna, &id(&made), "original", None).await.bytes, largest);
        let blobs = town.blobs();
        let mut larger = largest;
        larger.push(b'\n');
        assert_eq!(anna.uploads(name, kind, larger).await.problem(413), "too-large");
        assert_eq!(town.blobs(), blobs, "nothing is kept of it");
    }
    assert_eq!(
        town.blobs().len(),
        blobs.len() + 3,
        "an original and a picture shown, and a document"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_no_receipt_is_refused_whatever_it_calls_itself() {
    let town = Town::new().await;
    let anna = town.anna().await;
    let (rows, blobs) = (count(&town.place, "file"), town.blobs());
    let elf = [b"\x7fELF\x02\x01\x01".as_slice(), &[0; 200]].concat();
    let windows = [b"MZ\x90\0".as_slice(), &[0; 200]].concat();
    let zip = [b"PK\x03\x04".as_slice(), &[0; 200]].concat();
    let svg = b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>".to_vec();
    let html = b"<!doctype html><script>alert(1)</script>".to_vec();
    let gif = [b"GIF89a".as_slice(), &[0; 100]].concat();
    for (name, declared, bytes) in [
        ("kvitto.jpg", "image/jpeg", elf),
        ("kvitto.pdf", "application/pdf", windows),
        ("kvitto.pdf", "application/pdf", zip.clone()),
        (
            "kvitto.docx",
            "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
            zip,
        ),
        ("bild.svg", "image/svg+xml", svg.clone()),
        ("bild.jpg", "image/jpeg", svg),
        ("sida.html", "text/html", html.clone()),
        ("sida.png", "image/png", html),
        ("bild.gif", "image/gif", gif),
    ] {
        assert_eq!(
            anna.uploads(name, declared, bytes).await.problem(415),
            "file-type",
            "{name} as {declared}"
        );
    }
    for (name, declared, whole) in [
        ("kvitto.jpg", "image/jpeg", samples::jpeg()),
        ("kvitto.png", "image/png", samples::png()),
        ("kvitto.webp", "image/webp", samples::webp()),
        ("kvitto.pdf", "application/pdf", samples::pdf(100)),
        ("kvitto.heic", "image/heic", samples::heic()),
    ] {
        // A document whose end marker alone is missing is whole.
        let cut_off = whole.len() - if declared == "application/pdf" { 60 } else { 12 };
        for part in [whole.len() / 2, cut_off] {
            let cut = anna.uploads(name, declared, whole[..part].to_vec()).await;
            assert!(cut.status == 422 || cut.status == 415, "{name} cut at {part}: {cut}");
        }
        let faults = anna.uploads(name, declared, whole[..cut_off].to_vec()).await.faults();
        assert_eq!(faults[0].0, "file", "{name}: {faults:?}");
        let two = [whole.clone(), vec![b'#'; 4096]].concat();
        let trailing = anna.uploads(name, declared, two).await;
        assert_eq!(trailing.status.as_u16(), 201, "{name}: {trailing}");
    }
    assert_eq!(
        anna.uploads("tom.jpg", "image/jpeg", vec![]).await.faults(),
        [("file".into(), "file-empty".into())]
    );
    town.settles_to(blobs.len() + 5 * 2).await;
    assert_eq!(
        count(&town.place, "file"),
        rows + 5,
        "those with something after them, and nothing else"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn no_name_leads_anywhere() {
    let town = Town::new().await;
    let anna = town.anna().await;
    let name_of = |disposition: Option<String>| {
        let anna = anna.clone();
        async move { upload(&anna, "image/jpeg", disposition.as_deref(), samples::jpeg()).await }
    };
    for (given, kept) in [
        ("..%2F..%2Fetc%2Fpasswd.jpg", "passwd.jpg"),
        ("C%3A%5CUsers%5Canna%5Ckvitto.jpg", "kvitto.jpg"),
        ("%0D%0ASet-Cookie%3A%20a%3Db%0D%0A.jpg", "Set-Cookie: a=b.jpg"),
        ("kvitto%E2%80%AEgpj.jpg", "kvittogpj.jpg"),
        ("%00%01k.jpg", "k.jpg"),
        ("....jpg", "jpg.jpg"),
        ("%22%3E%3Cscript%3E.jpg", "\"><script>.jpg"),
        ("utan", "utan.jpg"),
        ("Kvitto%202026.11.22", "Kvitto 2026.11.22.jpg"),
        ("Kvitto%20nr.%203", "Kvitto nr. 3.jpg"),
        ("", "fil.jpg"),
    ] {
        let made = name_of(Some(format!("attachment; filename*=UTF-8''{given}")))
            .await
            .expect(201);
        assert_eq!(made["name"], kept, "{given}");
        let back = fetch(&anna, &id(&made), "content", None).await;
        let disposition = back.header("content-disposition");
        assert!(disposition.starts_with("attachment; filename=\"") && disposition.matches('"').count() == 2);
        assert!(back.header("set-cookie").is_empty());
    }
    for unsaid in [None, Some("attachment"), Some("inline; filename"), Some("\u{e5}\u{e4}")] {
        assert_eq!(
            name_of(unsaid.map(str::to_owned)).await.expect(201)["name"],
            "fil.jpg",
            "{unsaid:?}"
        );
    }
    let long = |letters: usize| format!("attachment; filename*=UTF-8''{}.jpg", "%C3%A5".repeat(letters));
    name_of(Some(long(196))).await.expect(201);
    for letters in [197, 300] {
        let kept = name_of(Some(long(letters))).await.expect(201);
        assert_eq!(kept["name"], format!("{}.jpg", "å".repeat(196)), "{letters}");
    }
    let latin = name_of(Some("attachment; filename*=ISO-8859-1''kvitt%F6.jpg".into())).await;
    assert_eq!(latin.expect(201)["name"], "kvittö.jpg");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_part_of_a_file_can_be_asked_for() {
    let town = Town::new().await;
    let anna = town.anna().await;
    let bytes = samples::pdf(200_000);
    let file = id(&anna
        .uploads("intyg.pdf", "application/pdf", bytes.clone())
        .await
        .expect(201));
    let size = bytes.len();
    for (range, from, to) in [
        ("bytes=0-9", 0, 10),
        ("bytes=65530-65550", 65_530, 65_551),
        ("bytes=-5", size - 5, size),
        ("bytes=131072-", 131_072, size),
        ("bytes=5-99999999999", 5, size),
    ] {
        let part = fetch(&anna, &file, "content", Some(range)).await;
        assert_eq!(part.status, 206, "{range}");
        assert_eq!(part.header("content-range"), format!("bytes {from}-{}/{size}", to - 1));
        assert_eq!(part.header("content-length"), (to - from).to_string());
        assert!(part.bytes == bytes[from..to], "{range}");
    }
    for beyond in [format!("bytes={size}-"), "bytes=-0".into(), "bytes=999999999-".into()] {
        let none = fetch(&anna, &file, "content", Some(&beyond)).await;
        assert_eq!(
            (none.status.as_u16(), none.header("content-range")),
            (416, &*format!("bytes */{size}"))
        );
        assert_eq!(none.problem(416), "beyond-end");
    }
    for whole in [
        "bytes=0-1,5-6",
        "bytes=9-3",
        "pages=1-2",
        "bytes=a-b",
        "bytes=-",
        "bytes=99999999999999999999-",
    ] {
        let all = fetch(&anna, &file, "content", Some(whole)).await;
        assert_eq!((all.status.as_u16(), all.bytes.len()), (200, size), "{whole}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_is_a_download_in_which_nothing_runs_and_its_reading_is_logged() {
    let town = Town::new().await;
    let (anna, maria) = (town.anna().await, town.maria().await);
    let file = handed_in(&anna, samples::photo(1)).await;
    for (form, action) in [("content", "file.read"), ("original", "file.original")] {
        let answer = fetch(&maria, &file, form, None).await;
        assert!(
            answer
                .header("content-disposition")
                .starts_with("attachment; filename=\"kvitto.jpg\"")
        );
        for (name, value) in [
            ("x-content-type-options", "nosniff"),
            ("content-security-policy", "sandbox; default-src 'none'"),
            ("cache-control", "no-store"),
            ("cross-origin-resource-policy", "same-origin"),
            ("accept-ranges", "bytes"),
        ] {
            assert_eq!(answer.header(name), value, "{form}");
        }
        let told = |event: &serde_json::Value| {
            event["action"] == action && event["object"] == file.as_str() && event["person"] == maria.id.as_str()
        };
        assert_eq!(
            events(&town.place).iter().filter(|event| told(event)).count(),
            1,
            "{action}"
        );
    }
}
