//! What auditors take out of the log: which home each event was about, and all that a filter lets through as a file.

use crate::kit::{Answer, Browser, Person, Town, id, texts};
use reqwest::Method;
use serde_json::{Value, json};
use std::collections::BTreeSet;

/// All rows of a filter, page after page.
async fn all(per: &Person, filter: &str) -> Vec<Value> {
    let (mut found, mut cursor) = (Vec::new(), String::new());
    loop {
        let page = per
            .get(&format!("/audit/events?limit=100{filter}{cursor}"))
            .await
            .expect(200);
        found.extend(page["items"].as_array().expect("items").clone());
        match page["next_cursor"].as_str() {
            Some(next) => cursor = format!("&cursor={next}"),
            None => return found,
        }
    }
}

async fn table(who: &Person, filter: &str, accept: &str, language: &str) -> Answer {
    let request = who.request(Method::GET, &format!("/audit/events{filter}"));
    let request = request.header("Accept", accept).header("Accept-Language", language);
    who.send(request).await
}

fn records(answer: &Answer) -> (Vec<String>, Vec<Vec<String>>) {
    let mut reader = csv::Reader::from_reader(&answer.bytes[..]);
    let line = |record: &csv::StringRecord| record.iter().map(str::to_owned).collect::<Vec<_>>();
    let head = line(reader.headers().expect("a head"));
    (
        head,
        reader
            .records()
            .map(|record| line(&record.expect("a record")))
            .collect(),
    )
}

#[tokio::test(flavor = "multi_thread")]
async fn whatever_is_done_to_a_home_says_which() {
    let town = Town::new().await;
    let (eva, per, dora) = (town.eva().await, town.per().await, town.person("dora.sund").await.id);
    let homes = eva.get("/homes").await.expect(200);
    let unit = homes["items"][0]["unit"]["id"].clone();
    let maria = town.maria().await.id;
    let today = town.app.clock.now().day().to_string();
    let home = json!({"kind": "foster", "name": "Lundgården", "unit_id": unit});
    let home = id(&eva.post("/homes", home).await.expect(201));
    let at = format!("/homes/{home}");
    eva.get(&at).await.expect(200);
    eva.patch(&at, json!({"name": "Lundgårda"})).await.expect(200);
    let member = json!({"from": today, "invitation": {"email": "ny.i.hemmet@example.org", "name": "Ny I Hemmet"}});
    let member = id(&eva.post(&format!("{at}/members"), member).await.expect(201));
    eva.get(&format!("{at}/members")).await.expect(200);
    eva.patch(&format!("{at}/members/{member}"), json!({"to": "2099-12-31"}))
        .await;
    let assignment = json!({"home_id": home, "kind": "foster", "legal_basis": "SoL", "from": today, "unit_id": unit,
        "service_user": {"first_name": "Nils", "last_name": "Granskog"}, "caseworker_id": maria});
    let assignment = id(&eva.post("/assignments", assignment).await.expect(201));
    eva.patch(&format!("/assignments/{assignment}"), json!({"cost_code": "4711"}))
        .await
        .expect(200);
    let conflict = json!({"person_id": dora, "reason": "Granne till hemmet"});
    let conflict = id(&eva.post(&format!("{at}/conflicts"), conflict).await.expect(201));
    eva.get(&format!("{at}/conflicts")).await.expect(200);
    eva.patch(
        &format!("{at}/conflicts/{conflict}"),
        json!({"ended": true, "reason": "Har flyttat"}),
    )
    .await;
    eva.patch(&at, json!({"protected": "secrecy_marking"}))
        .await
        .expect(200);
    let jonas = town.jonas().await.id;
    let naming = json!({"person_id": jonas, "reason": "Ska följa familjen"});
    eva.post(&format!("/protected-homes/{home}/named"), naming)
        .await
        .expect(201);

    let of_home = all(&per, &format!("&home={home}")).await;
    assert!(
        of_home.iter().all(|row| row["home_id"] == home.as_str()),
        "{of_home:#?}"
    );
    let done: BTreeSet<&str> = of_home.iter().filter_map(|row| row["action"].as_str()).collect();
    for action in [
        "home.add",
        "home.read",
        "home.change",
        "member.list",
        "assignment.add",
        "assignment.change",
        "conflict.declare",
        "conflict.list",
        "protected.propose",
        "invitation.send",
    ] {
        assert!(done.contains(action), "{action} says nothing of the home: {done:?}");
    }
    // An event that has no home for its object has none by accident: nothing else tells of this one.
    let others = all(&per, "").await;
    let others = others.iter().filter(|row| row["home_id"] != home.as_str());
    let beside = others.filter(|row| row["object_id"] == home.as_str()).count();
    assert_eq!(beside, 0);
    for who in [town.maria().await, town.anna().await] {
        assert_eq!(table(&who, "", "text/csv", "sv").await.problem(403), "forbidden");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_filter_is_taken_out_whole_and_one_event_tells_of_it() {
    let town = Town::new().await;
    let (maria, per) = (town.maria().await, town.per().await);
    // More than are read at a time.
    for _ in 0..520 {
        maria.get("/errands?limit=1").await.expect(200);
    }
    let filter = format!("person={}&action=errand.list", maria.id);
    let listed = all(&per, &format!("&{filter}")).await;
    assert!(listed.len() >= 520, "{}", listed.len());
    let exports = || {
        let query = "SELECT subject AS text FROM audit_event WHERE action = 'audit.export' ORDER BY id";
        texts(&town.place, query)
    };
    let answer = table(&per, &format!("?{filter}"), "application/x-ndjson", "sv").await;
    assert_eq!(answer.header("content-type"), "application/x-ndjson");
    let lines = String::from_utf8(answer.bytes).expect("text");
    let lines: Vec<Value> = lines
        .lines()
        .map(|line| serde_json::from_str(line).expect("JSON"))
        .collect();
    // Their places in the log they get meanwhile.
    let bare = |events: &[Value]| -> Vec<Value> {
        let mut events = events.to_vec();
        events.iter_mut().for_each(|event| event["index"] = Value::Null);
        events
    };
    assert_eq!(bare(&lines), bare(&listed));
    let count = format!("\"count\":{}", listed.len());
    assert!(
        matches!(&exports()[..], [one] if one.contains(&count)),
        "{:?}",
        exports()
    );

    let answer = table(&per, &format!("?{filter}"), "text/csv", "sv").await;
    assert_eq!(answer.header("content-type"), "text/csv; charset=utf-8; header=present");
    assert!(
        answer
            .header("content-disposition")
            .starts_with("attachment; filename=\"logg-")
    );
    let (head, rows) = records(&answer);
    assert_eq!(&head[..5], ["Tid (UTC)", "Namn", "Roll", "Enhet", "Händelse"]);
    assert_eq!(rows.len(), listed.len());
    for (row, event) in rows.iter().zip(&listed) {
        assert_eq!(Some(row[0].as_str()), event["at"].as_str());
        assert_eq!(row[1], "Maria Lind");
        assert_eq!(Some(row[14].as_str()), event["event_id"].as_str());
    }
    let (head, _) = records(&table(&per, &format!("?{filter}"), "text/csv", "en").await);
    assert_eq!(&head[..5], ["Time (UTC)", "Name", "Role", "Unit", "Event"]);
    assert_eq!(exports().len(), 3, "one event each");

    // What nothing fits is a table too, and what is asked for as JSON is a page of the list.
    let none = table(&per, "?action=audit.erase", "text/csv", "sv").await;
    assert_eq!(records(&none).1.len(), 0);
    let none = table(&per, "?action=audit.erase", "application/x-ndjson", "sv").await;
    assert_eq!((none.status.as_u16(), none.bytes.len()), (200, 0));
    for accept in [
        "application/json",
        "*/*",
        "text/html, */*;q=0.8",
        "application/json, text/csv;q=0.5",
    ] {
        let list = table(&per, "?limit=1", accept, "sv").await;
        assert_eq!(list.header("content-type"), "application/json", "{accept}");
    }
    for part in ["?limit=10", "?cursor=0197d2b4-0000-7000-8000-000000000000"] {
        assert_eq!(
            table(&per, part, "text/csv", "sv").await.problem(400),
            "malformed",
            "{part}"
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_logs_page_gives_its_list_as_a_file() {
    let town = Town::new().await;
    town.maria().await.get("/errands").await.expect(200);
    let per = Browser::signed_in(&town.base, "per.holm").await;
    let page = per.get("/logg?action=errand.list").await.text;
    for ending in ["csv", "ndjson"] {
        let at = format!("/logg/utdrag/{ending}?action=errand.list");
        assert!(page.contains(&format!("href=\"{at}\"")), "{page}");
        let file = per.get(&at).await;
        assert!(file.text.contains("errand.list"), "{at}");
    }
    let page = per.get("/logg").await.text;
    assert!(page.contains("href=\"/logg/utdrag/csv\""), "{page}");
}
