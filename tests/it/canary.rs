//! Words of their own in everything that says where a protected family is, and then everyone else, who asks for everything
//! there is, through pages and API; its letters, its log and all that lies on disk are searched as well.

use crate::backup::kept::everything_copied;
use crate::kit::hidden::{self, Hidden};
use crate::kit::wishes::{claim, purchase, travel, trip};
use crate::kit::{Browser, Person, Town, everything_kept, id, samples};
use crate::planted::{Words, holds_none};
use famn::home::Protection;
use serde_json::json;
use std::collections::{BTreeSet, VecDeque};

/// Pages that one person looks at, at most.
const MOST: usize = 250;
/// Everyone but the one who answers for the family.
const OTHERS: [&str; 13] = [
    "anna.berg",
    "erik.berg",
    "sara.ohman",
    "maria.lind",
    "eva.strand",
    "ali.ek",
    "per.holm",
    "dora.sund",
    "arvid.akt",
    "stina.drift",
    "lisa.vans",
    "karl.vans",
    "greta.vans",
];

/// What the family has sent: the ids of its errands and files.
struct Sent {
    errands: Vec<String>,
    files: Vec<String>,
}

/// The family sends one of each kind, with a word in every field that says where it is.
async fn writes(town: &Town, of: &Hidden, words: &mut Words) -> Sent {
    let file = async |name: String| {
        let photo = [samples::photo(1), name.clone().into_bytes()].concat();
        let name = format!("{name}.jpg");
        id(&of.vilgot.uploads(&name, "image/jpeg", photo).await.expect(201))
    };
    let (receipt, along, quote) = (
        file(words.plant("a receipt's file name")).await,
        file(words.plant("a message's file name")).await,
        file(words.plant("a wish's file name")).await,
    );
    let mut wish = purchase(&of.assignment, 100_000);
    wish["purchase"]["supplier"] = json!(words.plant("a wish's shop"));
    wish["purchase"]["link"] = json!(format!("https://butik.example/{}", words.plant("a wish's link")));
    wish["file_ids"] = json!([quote]);
    let mut way = travel(&of.assignment);
    way["travel"]["from"] = json!(words.plant("from where"));
    way["travel"]["to"] = json!(words.plant("to where"));
    let mut drive = trip(12_000);
    drive["from"] = json!(words.plant("a trip's start"));
    drive["to"] = json!(words.plant("a trip's end"));
    let bought = json!({"file_id": receipt, "purchased_on": town.app.clock.now().day().to_string(),
        "supplier": words.plant("a receipt's shop"), "category": "bicycle", "amount_ore": 12_300});
    let message = json!({"kind": "message", "assignment_id": of.assignment, "subject": "En fråga", "body": "Hej",
        "file_ids": [along]});
    let mut errands = Vec::new();
    for new in [wish, way, claim(&of.assignment, vec![bought], vec![drive]), message] {
        errands.push(id(&of.vilgot.post("/errands", new).await.expect(201)));
    }
    Sent {
        errands,
        files: vec![receipt, along, quote],
    }
}

/// Every address of the API that shows something, with the ids of what the family has and its unit.
fn calls(of: &Hidden, sent: &Sent, unit: &str) -> Vec<String> {
    let mut calls: Vec<String> = [
        "/me",
        "/boards",
        "/board",
        "/units",
        "/persons",
        "/role-proposals",
        "/homes?limit=100",
        "/assignments?limit=100",
        "/errands?limit=100",
        "/drafts",
        "/letters?state=dead",
        "/health",
        "/audit/events?limit=100",
        "/audit/export",
        "/audit/checkpoint",
        "/protected-homes",
        "/search?q=Tindra",
        "/search?q=Tornvik",
        "/search?q=Granlids",
        "/incidents?limit=100",
        "/me/messages",
    ]
    .map(str::to_owned)
    .into();
    let home = &of.home;
    calls.push(format!("/search?q={}", hidden::NUMBERS[0]));
    calls.push(format!("/errands?home={home}"));
    calls.push(format!("/units/{unit}/recertification"));
    for part in ["", "/members", "/conflicts"] {
        calls.push(format!("/homes/{home}{part}"));
    }
    calls.push(format!("/persons/{}/roles", of.vilgot.id));
    for errand in &sent.errands {
        for part in ["", "/notes", "/openings"] {
            calls.push(format!("/errands/{errand}{part}"));
        }
    }
    for file in &sent.files {
        calls.extend([format!("/files/{file}/content"), format!("/files/{file}/original")]);
    }
    calls
}

async fn asks(who: &Person, name: &str, calls: &[String], words: &Words) {
    for call in calls {
        let answer = who.get(call).await;
        holds_none(&format!("{name}: GET {call}"), &answer.bytes, words.but(&[]));
        let heads = format!("{:?}", answer.headers);
        holds_none(&format!("{name}: heads of {call}"), heads.as_bytes(), words.but(&[]));
    }
}

/// Follows every link from the start and from the addresses given.
async fn walks(browser: &Browser, name: &str, from: &[String], words: &Words) -> usize {
    let mut ahead: VecDeque<String> = from.iter().cloned().collect();
    let mut seen: BTreeSet<String> = BTreeSet::new();
    while let Some(path) = ahead.pop_front() {
        if seen.len() == MOST || !seen.insert(path.clone()) {
            continue;
        }
        let page = browser.get(&path).await;
        holds_none(&format!("{name} at {path}"), page.text.as_bytes(), words.but(&[]));
        let heads = format!("{:?}", page.answer.headers);
        holds_none(&format!("{name}, heads of {path}"), heads.as_bytes(), words.but(&[]));
        for link in page.text.split("href=\"").skip(1) {
            let link = link.split(['"', '#']).next().unwrap_or_default().replace("&#38;", "&");
            if link.starts_with('/') && !link.starts_with("/assets") && !link.contains("cursor=") {
                ahead.push_back(link);
            }
        }
    }
    seen.len()
}

fn addresses(of: &Hidden, sent: &Sent) -> Vec<String> {
    let mut all = vec![
        "/".to_owned(),
        format!("/hem/{}", of.home),
        format!("/skyddade/{}", of.home),
    ];
    all.push(format!("/arenden?home={}", of.home));
    for errand in &sent.errands {
        all.extend(["", "/granskning", "/beslut"].map(|part| format!("/arenden/{errand}{part}")));
    }
    all.extend(sent.files.iter().map(|file| format!("/filer/{file}")));
    all
}

#[tokio::test(flavor = "multi_thread")]
async fn where_a_protected_family_is_comes_to_nobody_who_is_not_told() {
    let town = Town::new().await;
    let of = Hidden::of(&town, (Protection::None, Protection::SecrecyMarking)).await;
    let mut words = Words::default();
    let sent = writes(&town, &of, &mut words).await;
    for planted in [hidden::PHONE, samples::PLANTED[2]] {
        words.remember(
            "a telephone number or a photo's place",
            planted.trim_end_matches('\0').into(),
        );
    }
    let unit = id(&town.eva().await.get("/me").await.expect(200)["units"][0]);
    let (calls, pages) = (calls(&of, &sent, &unit), addresses(&of, &sent));

    // Who answers for the family has it before them, and is shown nothing of where it is.
    let (jonas, his) = (town.jonas().await, Browser::signed_in(&town.base, "jonas.ahl").await);
    asks(&jonas, "jonas", &calls, &words).await;
    let seen = walks(&his, "jonas", &pages, &words).await;
    assert!(seen > 15, "he walked {seen} pages");
    for list in ["/errands", "/homes", "/assignments", "/search?q=Tindra"] {
        let answer = jonas.get(list).await;
        holds_none(&format!("jonas: {list}"), &answer.bytes, names().but(&[]));
    }
    for list in ["/arenden", "/hem", "/sok"] {
        let page = his.get(list).await;
        holds_none(&format!("jonas at {list}"), page.text.as_bytes(), names().but(&[]));
    }

    // Everyone else does not even learn that it is there.
    let mut none = names();
    words
        .0
        .iter()
        .for_each(|(field, word)| drop(none.remember(field, word.clone())));
    for name in OTHERS {
        let browser = Browser::signed_in(&town.base, name).await;
        asks(&town.person(name).await, name, &calls, &none).await;
        walks(&browser, name, &pages, &none).await;
    }

    // The family itself has it all, and so has he, once he says why: but never what a photo says of its place.
    let own = of.vilgot.get(&format!("/errands/{}", sent.errands[1])).await;
    assert!(own.to_string().contains("Hemlög"), "{own}");
    let why = json!({"reason": "Kontrollerar att resan är rimlig"});
    let mut shown = String::new();
    for errand in &sent.errands {
        let look = jonas.post(&format!("/errands/{errand}/protected"), why.clone()).await;
        assert_eq!(look.status, 200, "{look}");
        shown.push_str(&String::from_utf8_lossy(&look.bytes));
    }
    for (field, word) in words.0.iter().take(9) {
        assert!(shown.contains(word.as_str()), "{field} is shown to who says why");
    }
    assert!(!shown.contains(hidden::PHONE));

    for letter in town.every_letter().await {
        let all = none
            .but(&[])
            .filter(|(_, word)| !hidden::EMAIL.contains(&word.to_lowercase()));
        holds_none("a letter", letter.as_bytes(), all);
    }
    tokio::task::spawn_blocking(move || {
        for (what, bytes) in everything_kept(&town.place)
            .into_iter()
            .chain(everything_copied(&town.place))
        {
            holds_none(&what, &bytes, none.but(&[]));
        }
        town
    })
    .await
    .expect("all of it is searched");
}

/// What the family is called, and the child's number.
fn names() -> Words {
    let mut words = Words::default();
    hidden::NAMES
        .iter()
        .for_each(|name| drop(words.remember("a name", (*name).to_owned())));
    hidden::NUMBERS
        .iter()
        .for_each(|number| drop(words.remember("a personnummer", (*number).to_owned())));
    words
}
