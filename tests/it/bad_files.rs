//! A corpus of bad files, made up anew from one number: each is refused by name or is a picture all the same; none costs
//! more memory than the largest picture does, none leaves anything behind, and everyone else is served meanwhile.

mod corpus;

use crate::kit::{Answer, Person, Place, Running, count, famn, id};
use corpus::{Bad, SIZE, corpus};
use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

/// What the largest pictures that are let in cost, some of them at once, in kB: docs/OPERATIONS.md says as much.
#[cfg(target_os = "linux")]
const MEMORY_MOST: u64 = 400_000;
/// Files that are sent at the same time.
const AT_ONCE: usize = 8;

#[tokio::test(flavor = "multi_thread")]
async fn no_bad_file_breaks_anything_or_leaves_anything() {
    let place = tokio::task::spawn_blocking(Place::filled).await.expect("a place");
    let server = Running::serving(&place, &[]);
    let nobody = Person::nobody(&server.base, Arc::default());
    let anna = nobody
        .signed_in("borlange", "anna.berg@example.org", famn::demo::PASSWORD)
        .await;
    let maria = nobody
        .signed_in("borlange", "maria.lind@example.org", famn::demo::PASSWORD)
        .await;
    let rows = count(&place, "file");
    let over = Arc::new(AtomicBool::new(false));
    let others = tokio::spawn(is_served(maria, over.clone()));

    let made = tokio::task::spawn_blocking(corpus).await.expect("a corpus");
    assert_eq!(made.len(), SIZE);
    let mut all = made.into_iter();
    let (mut statuses, mut taken) = (BTreeMap::<u16, usize>::new(), Vec::new());
    loop {
        let some: Vec<Bad> = all.by_ref().take(AT_ONCE).collect();
        if some.is_empty() {
            break;
        }
        for (what, answer) in futures_util::future::join_all(some.into_iter().map(|bad| sends(&anna, bad))).await {
            let status = answer.status.as_u16();
            *statuses.entry(status).or_default() += 1;
            match status {
                201 => taken.push((what, answer.json())),
                413 | 415 | 422 => is_told(&answer, &what),
                _ => panic!("{what}: {answer}"),
            }
        }
    }
    for (what, file) in &taken {
        is_shown(&anna, file, what).await;
    }
    over.store(true, Ordering::SeqCst);
    assert!(
        others.await.expect("they were served") > 10,
        "others were served meanwhile"
    );
    // More than some may be whole; most are not.
    assert!(taken.len() < SIZE / 4, "{statuses:?}, and taken: {taken:?}");
    assert!(statuses[&415] > 8 && statuses[&422] > 100, "{statuses:?}");

    assert_eq!(count(&place, "file"), rows + taken.len());
    let named = "(SELECT original_blob FROM file UNION SELECT content_blob FROM file) AS named";
    let named = count(&place, named);
    super::served::until("nothing is left of what was refused", || place.blobs().len() == named).await;
    #[cfg(target_os = "linux")]
    {
        let most = server.memory("VmHWM");
        println!("{statuses:?}, {most} kB");
        assert!(most < MEMORY_MOST, "{most} kB");
    }
    assert!(!server.log().contains("\"status\":500"), "{}", server.log());
    drop(server);
    famn(&place, &["audit", "verify"], "").done();
}

/// Hands a file in as a program would that knows nothing of it.
async fn sends(who: &Person, bad: Bad) -> (String, Answer) {
    let request = who.request(reqwest::Method::POST, "/files").body(bad.bytes);
    (bad.what, who.send(request).await)
}

/// Someone else's calls, for as long as it lasts; gives how many were answered.
async fn is_served(who: Person, over: Arc<AtomicBool>) -> usize {
    let mut answered = 0;
    while !over.load(Ordering::SeqCst) {
        who.get("/errands").await.expect(200);
        answered += 1;
    }
    answered
}

#[track_caller]
fn is_told(answer: &Answer, what: &str) {
    let body = answer.json();
    let kind = body["type"].as_str().unwrap_or_default();
    let known = [
        "/problems/too-large",
        "/problems/file-type",
        "/problems/file-animated",
        "/problems/invalid",
    ];
    assert!(known.contains(&kind), "{what}: {answer}");
    let told = answer.status != 422 || body["faults"][0]["field"] == "file";
    assert!(
        told && body["title"].as_str().is_some_and(|title| !title.is_empty()),
        "{what}: {answer}"
    );
}

/// What was taken is a document, or a picture that can be shown.
async fn is_shown(who: &Person, file: &serde_json::Value, what: &str) {
    let shown = who.get(&format!("/files/{}/content", id(file))).await;
    assert_eq!(shown.status, 200, "{what}: {shown}");
    if ["image/jpeg", "image/png"].contains(&shown.header("content-type")) {
        image::load_from_memory(&shown.bytes).unwrap_or_else(|cause| panic!("{what}: {cause}"));
    }
}
