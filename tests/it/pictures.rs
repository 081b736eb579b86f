//! Pictures that are dear to open, many at once, and who waits for whom.

use crate::corpus::pictures::jpeg::Jpeg;
use crate::kit::{Browser, Filled, Person, Place, Running, Town, id, samples};
use futures_util::StreamExt as _;
use futures_util::stream::FuturesUnordered;

use std::sync::Arc;

/// The most memory that the whole program takes, in kB: docs/OPERATIONS.md promises it.
#[cfg(target_os = "linux")]
const MEMORY_MOST: u64 = 400_000;

/// A progressive picture that is not small: so many scans over a million pixels and more.
fn dear() -> Vec<u8> {
    let jpeg = Jpeg {
        size: (1000, 1000),
        frame: 0xC2,
        ..Jpeg::new()
    };
    let scan = jpeg.scan(&jpeg.components[..1], (1, 63));
    let first = jpeg.scan(&jpeg.components, (0, 0));
    [&jpeg.head()[..], &first, &scan.repeat(60), &[0xFF, 0xD9]].concat()
}

async fn serving() -> (Place, Running, Person, Person) {
    let place = tokio::task::spawn_blocking(Place::filled).await.expect("a place");
    let server = Running::serving(&place, &[]);
    let nobody = Person::nobody(&server.base, Arc::default());
    let of = async |who: &str| {
        let email = format!("{who}@example.org");
        nobody.signed_in("borlange", &email, famn::demo::PASSWORD).await
    };
    let (anna, sara) = (of("anna.berg").await, of("sara.ohman").await);
    (place, server, anna, sara)
}

/// Over five seconds: pictures must be large, for small ones are open before the next is sent.
#[tokio::test(flavor = "multi_thread")]
async fn dear_pictures_of_one_hold_up_nobody_elses_and_take_no_more_memory_than_is_promised() {
    let (_place, server, anna, sara) = serving().await;
    let dear = dear();
    let mut sent: FuturesUnordered<_> = (0..8)
        .map(|_| anna.uploads("dyr.jpg", "image/jpeg", dear.clone()))
        .collect();
    sent.next().await.expect("one").expect(201);
    // The next of them is being opened, and six more wait for it.
    let small = sara.uploads("liten.jpg", "image/jpeg", samples::jpeg());
    tokio::pin!(small);
    let mut before = 0;
    loop {
        tokio::select! {
            biased;
            answer = &mut small => {
                answer.expect(201);
                break;
            }
            Some(answer) = sent.next() => {
                answer.expect(201);
                before += 1;
            }
        }
    }
    assert!(before <= 2, "{before} dear ones came before the small one");
    while let Some(answer) = sent.next().await {
        answer.expect(201);
    }
    let large = Jpeg {
        size: (1200, 800),
        ..Jpeg::new()
    }
    .bytes();
    let mut photos: FuturesUnordered<_> = (0..16)
        .map(|_| anna.uploads("foto.jpg", "image/jpeg", large.clone()))
        .collect();
    while let Some(answer) = photos.next().await {
        answer.expect(201);
    }
    #[cfg(target_os = "linux")]
    {
        let most = server.memory("VmHWM");
        assert!(most < MEMORY_MOST, "{most} kB");
    }
    drop(server);
}

/// Uploads that are begun and not ended take places; whoever has none gets one all the same, and too many are told so.
#[tokio::test(flavor = "multi_thread")]
async fn files_held_open_by_one_take_no_place_from_others() {
    let town = Town::new().await;
    let (anna, sara) = (town.anna().await, town.sara().await);
    let host = town.base.strip_prefix("http://").expect("an address").to_owned();
    let head = format!(
        "POST /api/v1/files HTTP/1.1\r\nHost: {host}\r\nAuthorization: Bearer {}\r\nContent-Type: image/jpeg\r\n\
         Content-Length: 1000000\r\n\r\n",
        anna.token()
    );
    let base = town.base.clone();
    let hold = move || {
        let begun = |_| {
            let mut stream = crate::kit::connect(&base);
            std::io::Write::write_all(&mut stream, head.as_bytes()).expect("the head is taken");
            std::io::Write::write_all(&mut stream, &samples::photo_of(2000)).expect("its beginning is taken");
            stream
        };
        (0..120).map(begun).collect::<Vec<_>>()
    };
    let held = tokio::task::spawn_blocking(hold).await.expect("they are held");
    // Eight are at it and a hundred wait, so that a further one is told to come back, sooner or later as these arrive.
    let told = async {
        loop {
            let more = anna.uploads("k.jpg", "image/jpeg", samples::jpeg());
            if let Ok(answer) = tokio::time::timeout(std::time::Duration::from_millis(500), more).await {
                return answer;
            }
        }
    };
    let told = tokio::time::timeout(std::time::Duration::from_secs(60), told)
        .await
        .expect("an answer");
    assert!(
        told.header("retry-after")
            .parse::<u64>()
            .is_ok_and(|seconds| seconds > 0)
    );
    assert_eq!(told.problem(429), "too-many");
    sara.uploads("k.jpg", "image/jpeg", samples::jpeg()).await.expect(201);
    drop(held);
    let again = async {
        while anna.uploads("k.jpg", "image/jpeg", samples::jpeg()).await.status != 201 {
            tokio::time::sleep(std::time::Duration::from_millis(100)).await;
        }
    };
    tokio::time::timeout(std::time::Duration::from_secs(60), again)
        .await
        .expect("a place again");
}

/// Without a browser: what its script sends beside a picture that it made smaller.
#[tokio::test(flavor = "multi_thread")]
async fn what_was_chosen_is_known_again_however_it_is_sent() {
    let town = Town::new().await;
    let (anna, erik) = (town.anna().await, town.erik().await);
    let at = Browser::signed_in(&town.base, "anna.berg").await;
    let token = at.get("/skriv").await.form("/skriv");
    let csrf = token
        .fields
        .iter()
        .find(|(name, _)| name == "csrf")
        .expect("a token")
        .1
        .clone();
    let sends = async |chosen: &str, bytes: Vec<u8>| {
        let filled = Filled::default().with("csrf", &csrf).with("chosen", chosen).file(
            "file",
            "kvitto.jpg",
            "image/jpeg",
            &bytes,
        );
        let request = at.sending("/filer", &filled, true);
        let request = request
            .header("Sec-Fetch-Site", "same-origin")
            .header("Origin", &town.base);
        let answer = at.send(request).await;
        id(&answer.expect(200))
    };
    let digest = |bytes: &[u8]| hex::encode(famn::secret::sha256(bytes));
    let photo = samples::another_jpeg();
    // As chosen, by a program; then smaller, by the page: of the same home.
    let whole = id(&erik.uploads("k.jpg", "image/jpeg", photo.clone()).await.expect(201));
    let first = erik.hands_in(&whole, 100, "Pressbyrån Borlänge").await.expect(201);
    let smaller = sends(&digest(&photo), samples::another_jpeg()).await;
    let refused = anna.hands_in(&smaller, 100, "Pressbyrån Borlänge").await;
    assert_eq!(refused.expect(409)["errand_number"], first["number"]);
    // The other way round, and twice smaller in other sizes.
    let other = samples::another_jpeg();
    let smaller = sends(&digest(&other), samples::another_jpeg()).await;
    let second = anna.hands_in(&smaller, 100, "Pressbyrån Borlänge").await.expect(201);
    let whole = id(&erik.uploads("k.jpg", "image/jpeg", other.clone()).await.expect(201));
    let refused = erik.hands_in(&whole, 100, "Pressbyrån Borlänge").await;
    assert_eq!(refused.expect(409)["errand_number"], second["number"]);
    let again = sends(&digest(&other), samples::another_jpeg()).await;
    assert_eq!(
        anna.hands_in(&again, 100, "Pressbyrån Borlänge").await.problem(409),
        "duplicate-file"
    );
    // What is no hash counts for nothing.
    for nonsense in ["", "abc", &"Z".repeat(64)] {
        let file = sends(nonsense, samples::another_jpeg()).await;
        anna.hands_in(&file, 100, "Pressbyrån Borlänge").await.expect(201);
    }
}
