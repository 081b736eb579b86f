//! Someone who has left a home: what they still see of what they wrote, and that it is all they see.

use crate::kit::wishes::travel;
use crate::kit::{Browser, Person, Town, events, id, picture};
use famn::clock::{Clock, Day};
use serde_json::{Value, json};
use std::time::Duration;

const DAY: Duration = Duration::from_secs(24 * 60 * 60);
const HIS: [&str; 2] = ["Vi undrar om skolskjutsen", "Det gick bra hos tandläkaren"];
const OTHERS: [&str; 3] = ["Skolskjutsen är beställd", "Jag tog tåget i går", "Kommer ni på mötet"];

/// Noon of the day after the demo's errands.
fn noon() -> Clock {
    Clock::fixed(Clock::system().now().plus(DAY).day().begins().plus(DAY / 2))
}

fn day(clock: &Clock, days: i32) -> String {
    let today: Day = clock.now().day();
    today.plus_days(days).to_string()
}

pub async fn membership(eva: &Person, of: &Person) -> (String, String) {
    let homes = of.get("/me").await.expect(200)["homes"].clone();
    let home = id(&homes[0]);
    let members = eva.get(&format!("/homes/{home}/members")).await.expect(200);
    let mut all = members["items"].as_array().expect("members").iter();
    let member = all.find(|one| one["person"]["id"] == json!(of.id)).expect("a member");
    (format!("/homes/{home}/members/{}", id(member)), home)
}

async fn gives(town: &Town, days: i64) {
    let change = json!({"settings": {"former_member_days": days}});
    let stina = town.person("stina.drift").await;
    stina.patch("/board", change).await.expect(200);
}

async fn seen(who: &Person) -> Vec<String> {
    let found = who.get("/me/messages").await.expect(200);
    let items = found["items"].as_array().expect("messages").iter();
    items
        .map(|one| one["body"].as_str().expect("a text").to_owned())
        .collect()
}

/// Erik's errand with a subject and a file, one of Anna's in which he has written too, and what Anna and Maria wrote.
struct Scene {
    clock: Clock,
    town: Town,
    anna: Person,
    erik: Person,
    maria: Person,
    eva: Person,
    own: String,
    hers: String,
    file: String,
    assignment: String,
    membership: String,
    home: String,
}

impl Scene {
    async fn of() -> Scene {
        let clock = noon();
        let town = Town::at(clock.clone()).await;
        let (anna, erik, maria, eva) = (
            town.anna().await,
            town.erik().await,
            town.maria().await,
            town.eva().await,
        );
        let assignment = erik.assignment().await;
        let file = id(&erik.uploads("skola.png", "image/png", picture()).await.expect(201));
        let new = json!({"kind": "message", "assignment_id": assignment, "subject": "Skolskjuts", "body": HIS[0],
            "file_ids": [file]});
        let own = id(&erik.post("/errands", new).await.expect(201));
        maria.answers(&own, OTHERS[0]).await.expect(201);
        let new = json!({"kind": "message", "assignment_id": assignment, "subject": "Annas rubrik", "body": OTHERS[1]});
        let hers = id(&anna.post("/errands", new).await.expect(201));
        erik.answers(&hers, HIS[1]).await.expect(201);
        maria.answers(&hers, OTHERS[2]).await.expect(201);
        maria.notes(&own, "Pappan är orolig").await.expect(201);
        let (membership, home) = membership(&eva, &erik).await;
        Scene {
            clock,
            town,
            anna,
            erik,
            maria,
            eva,
            own,
            hers,
            file,
            assignment,
            membership,
            home,
        }
    }

    /// Erik leaves today; signed in again.
    async fn leaves(&self) -> Person {
        let to = json!({"to": day(&self.clock, 0)});
        self.eva.patch(&self.membership, to).await.expect(200);
        assert_eq!(self.erik.get("/me/messages").await.problem(401), "sign-in");
        self.town.erik().await
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_has_left_reads_their_own_words_for_the_days_the_board_gives() {
    let of = Scene::of().await;
    assert!(seen(&of.erik).await.is_empty(), "a member sees the errand itself");
    let erik = of.leaves().await;
    assert!(seen(&erik).await.is_empty(), "a board gives nothing unless it says so");
    gives(&of.town, 30).await;
    assert_eq!(seen(&erik).await, [HIS[1], HIS[0]]);
    let found = erik.get("/me/messages").await.expect(200);
    let (newer, older) = (&found["items"][0], &found["items"][1]);
    assert_eq!(newer.get("subject"), None, "Anna's words");
    assert_eq!(older["subject"], "Skolskjuts");
    assert_eq!(older["shown_until"], day(&of.clock, 30));
    let all = found.to_string();
    for other in OTHERS
        .iter()
        .chain(&["Annas rubrik", "Pappan", "skola.png", of.file.as_str()])
    {
        assert!(!all.contains(other), "{other}: {all}");
    }
    let number = of.anna.opens(&of.own).await.expect(200)["number"].clone();
    assert_eq!(older["errand_number"], number);
    // A page at a time.
    let first = erik.get("/me/messages?limit=1").await.expect(200);
    let cursor = first["next_cursor"].as_str().expect("more");
    let rest = erik
        .get(&format!("/me/messages?limit=1&cursor={cursor}"))
        .await
        .expect(200);
    assert_eq!(
        (&first["items"][0]["body"], &rest["items"][0]["body"]),
        (&json!(HIS[1]), &json!(HIS[0]))
    );
    assert_eq!(rest["next_cursor"], Value::Null);
    // The look names the errands.
    let looks: Vec<Value> = events(&of.town.place)
        .into_iter()
        .filter(|event| event["action"] == "message.list" && event["person"] == json!(erik.id))
        .collect();
    let whole = looks
        .iter()
        .find(|event| event["shown"].as_array().is_some_and(|ids| ids.len() == 2));
    let whole = whole.expect("a look at both");
    assert_eq!(whole["shown"], json!([of.hers, of.own]));
    assert_eq!((&whole["home"], &whole["relation"]), (&json!(of.home), &json!("self")));

    // To the end of the last day, and not a moment longer.
    let last = of.clock.now().day().plus_days(30).ends();
    of.clock.forward(last.since(of.clock.now()) - Duration::from_secs(1));
    let erik = of.town.erik().await;
    assert_eq!(seen(&erik).await.len(), 2);
    of.clock.forward(Duration::from_secs(1));
    assert!(seen(&erik).await.is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_has_left_reaches_nothing_else() {
    let of = Scene::of().await;
    gives(&of.town, 30).await;
    let loose = id(&of.erik.uploads("lös.png", "image/png", picture()).await.expect(201));
    let draft = json!({"kind": "message", "content": {"body": "Halva tanken"}});
    let draft = id(&of.erik.put("/drafts", draft).await.expect(200));
    let erik = of.leaves().await;
    assert_eq!(seen(&erik).await.len(), 2);
    for errand in [&of.own, &of.hers] {
        let at = format!("/errands/{errand}");
        erik.get(&at).await.problem(404);
        erik.get(&format!("{at}/notes")).await.problem(404);
        assert_eq!(erik.answers(errand, "Jag är ändå pappa").await.problem(403), "no-home");
        assert_eq!(erik.moves(errand, "withdrawn", None).await.problem(403), "no-home");
        let read = json!({"read": true});
        assert_eq!(erik.put(&format!("{at}/read"), read).await.status, 404);
        let report = json!({"file_id": of.file, "words": "Fel"});
        erik.post(&format!("{at}/reports"), report).await.problem(404);
    }
    for form in ["content", "original"] {
        erik.get(&format!("/files/{}/{form}", of.file)).await.problem(404);
        erik.get(&format!("/files/{loose}/{form}")).await.problem(404);
    }
    for list in ["/errands", "/assignments"] {
        assert_eq!(erik.get(list).await.expect(200)["items"], json!([]), "{list}");
    }
    let new = json!({"kind": "message", "assignment_id": of.assignment, "body": "Hej"});
    assert_eq!(erik.post("/errands", new).await.problem(403), "no-home");
    assert_eq!(erik.get("/drafts").await.problem(403), "no-home");
    assert_eq!(erik.get(&format!("/drafts/{draft}")).await.problem(403), "no-home");
    let upload = erik.uploads("mer.png", "image/png", picture()).await;
    assert_eq!(upload.problem(403), "no-home");
    erik.get(&format!("/homes/{}", of.home)).await.problem(404);
    // Who never was there sees nothing of it, and staff has no such list.
    let sara = of.town.sara().await;
    assert!(seen(&sara).await.is_empty());
    assert_eq!(of.maria.get("/me/messages").await.problem(403), "forbidden");
    assert_eq!(of.town.nobody().get("/me/messages").await.problem(401), "sign-in");

    let browser = Browser::signed_in(&of.town.base, "erik.berg").await;
    let page = browser.get("/").await;
    assert_eq!((page.status, page.path.as_str()), (200, "/mina-gamla-meddelanden"));
    assert!(
        page.shows(HIS[0]) && page.shows(HIS[1]) && page.shows("Skolskjuts"),
        "{}",
        page.text
    );
    assert!(
        !OTHERS.iter().any(|other| page.shows(other)) && !page.shows("/filer/"),
        "{}",
        page.text
    );
    for path in [format!("/arenden/{}", of.own), format!("/filer/{}", of.file)] {
        assert_eq!(browser.get(&path).await.status, 404, "{path}");
    }
    for path in ["/skriv", "/kvitton", "/onska/inkop", "/onska/resa"] {
        let page = browser.get(path).await;
        assert_eq!(page.status, 403, "{path}");
        assert!(page.shows("Du hör inte till något hem här just nu"), "{}", page.text);
    }
    // Nobody but them has the link.
    let anna = Browser::signed_in(&of.town.base, "anna.berg").await;
    assert!(!anna.get("/").await.shows("/mina-gamla-meddelanden"));
    assert!(!anna.get("/mina-gamla-meddelanden").await.shows(HIS[0]));
    assert!(browser.get("/jag").await.shows("href=\"/mina-gamla-meddelanden\""));
    gives(&of.town, 0).await;
    assert!(!browser.get("/jag").await.shows("href=\"/mina-gamla-meddelanden\""));
    let page = browser.get("/").await;
    assert_eq!((page.status, page.path.as_str()), (200, "/"));
    assert!(page.shows("Du hör inte till något hem här just nu"), "{}", page.text);
    assert!(page.shows("href=\"tel:"), "{}", page.text);
}

#[tokio::test(flavor = "multi_thread")]
async fn no_page_offers_whoever_has_left_what_is_refused_them() {
    let of = Scene::of().await;
    gives(&of.town, 30).await;
    of.leaves().await;
    let browser = Browser::signed_in(&of.town.base, "erik.berg").await;
    for path in ["/", "/jag", "/arenden", "/godkant"] {
        let page = browser.get(path).await;
        assert_eq!(page.status, 200, "{path}");
        for refused in [
            "/skriv",
            "/kvitton",
            "/onska/inkop",
            "/onska/resa",
            "/arenden",
            "/godkant",
        ] {
            assert!(!page.shows(&format!("href=\"{refused}\"")), "{path}: {}", page.text);
        }
    }
    let told = async |words: &str, start: bool| {
        for path in ["/arenden", "/godkant"] {
            let page = browser.get(path).await;
            assert!(page.shows(words), "{path}: {}", page.text);
            let tabs = page.text.split("<ul class=\"tabs__l\">").nth(1).expect("tabs");
            let tabs = tabs.split("</ul>").next().expect("they end");
            assert_eq!(tabs.contains("href=\"/\""), start, "one tab for one page: {tabs}");
        }
    };
    told("finns under Gamla meddelanden", false).await;
    gives(&of.town, 0).await;
    told("Därför finns det inget att se eller skicka", true).await;
    // Where a refusal says that the number is.
    let start = browser.get("/").await;
    assert!(start.shows("href=\"tel:"), "{}", start.text);
    let refused = browser.get("/skriv").await;
    assert!(
        refused.shows("Numret finns på startsidan") && !refused.shows("Inget har skickats"),
        "{}",
        refused.text
    );
    // Whoever still belongs to a home is offered all of it.
    let anna = Browser::signed_in(&of.town.base, "anna.berg").await;
    let page = anna.get("/arenden").await;
    for offered in ["/skriv", "/kvitton", "/arenden", "/godkant"] {
        assert!(page.shows(&format!("href=\"{offered}\"")), "{}", page.text);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_came_on_paper_in_ones_name_is_shown_as_such() {
    let of = Scene::of().await;
    gives(&of.town, 30).await;
    let at = format!("/homes/{}/paper-errands", of.home);
    let registers = async |errand: Value| {
        let scan = of.maria.uploads("blankett.png", "image/png", picture()).await;
        let new = json!({"on_behalf_of": of.erik.id, "received_on": day(&of.clock, 0), "scan_id": id(&scan.expect(201)),
            "errand": errand});
        id(&of.maria.post(&at, new).await.expect(201))
    };
    // A wish has no message of the form: what he wrote in it he wrote in the service.
    let wish = registers(travel(&of.assignment)).await;
    of.erik.answers(&wish, "Vi åker hellre tåg").await.expect(201);
    let message = json!({"kind": "message", "assignment_id": of.assignment, "body": "Det här skrev jag för hand"});
    let paper = registers(message).await;
    of.erik.answers(&paper, "Och det här i tjänsten").await.expect(201);
    let number = of.anna.opens(&paper).await.expect(200)["number"].clone();
    let number = number.as_str().expect("a number").to_owned();
    let erik = of.leaves().await;
    let found = erik.get("/me/messages").await.expect(200);
    let items = found["items"].as_array().expect("messages").iter();
    let channels: Vec<&str> = items.map(|one| one["channel"].as_str().expect("a channel")).collect();
    assert_eq!(channels, ["service", "paper", "service", "service", "service"]);
    let page = Browser::signed_in(&of.town.base, "erik.berg").await.get("/").await;
    let told = "Pappersblankett, registrerad av familjehemsteamet";
    assert_eq!(page.text.matches(told).count(), 1, "{}", page.text);
    // Of two messages without a subject each names its errand once.
    assert_eq!(page.text.matches(&number).count(), 2, "{}", page.text);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_shuts_a_home_shuts_it_to_whoever_has_left() {
    let of = Scene::of().await;
    gives(&of.town, 365).await;
    let erik = of.leaves().await;
    assert_eq!(seen(&erik).await.len(), 2);
    let restricts = async |restricted: bool| {
        let change = json!({"restricted": restricted, "reason": "Barnet har flyttats i hast"});
        let at = format!("/assignments/{}", of.assignment);
        of.eva.patch(&at, change).await.expect(200);
    };
    restricts(true).await;
    assert!(seen(&erik).await.is_empty(), "the home's side is closed");
    restricts(false).await;
    assert_eq!(seen(&erik).await.len(), 2);
    // What lies in the wrong place, with the subject that goes with it.
    let message = id(&of.maria.opens(&of.own).await.expect(200)["messages"][0]);
    let isolate = json!({"reason": "Hör till ett annat barn", "message_id": message});
    of.maria
        .post(&format!("/errands/{}/isolations", of.own), isolate)
        .await
        .expect(201);
    assert_eq!(seen(&erik).await, [HIS[1]]);
    // An assignment that ended so long ago that the home does not see it.
    let end = json!({"to": day(&of.clock, 0)});
    of.eva
        .patch(&format!("/assignments/{}", of.assignment), end)
        .await
        .expect(200);
    of.clock.forward(DAY * 150);
    assert_eq!(seen(&of.town.erik().await).await.len(), 1);
    of.clock.forward(DAY);
    assert!(seen(&of.town.erik().await).await.is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_comes_back_sees_the_errands_and_leaves_again_with_the_later_day() {
    let of = Scene::of().await;
    gives(&of.town, 10).await;
    let erik = of.leaves().await;
    assert_eq!(seen(&erik).await.len(), 2);
    let back = json!({"person_id": erik.id, "from": day(&of.clock, 1)});
    let members = format!("/homes/{}/members", of.home);
    let again = of.eva.post(&members, back).await.expect(201);
    assert_eq!(seen(&erik).await.len(), 2, "not yet back");
    of.clock.forward(DAY);
    let erik = of.town.erik().await;
    assert!(seen(&erik).await.is_empty(), "a member sees the errand itself");
    erik.opens(&of.own).await.expect(200);
    of.clock.forward(DAY * 20);
    let end = json!({"to": day(&of.clock, 0)});
    let eva = of.town.eva().await;
    eva.patch(&format!("{members}/{}", id(&again)), end).await.expect(200);
    let erik = of.town.erik().await;
    assert_eq!(seen(&erik).await.len(), 2);
    let found = erik.get("/me/messages").await.expect(200);
    assert_eq!(found["items"][0]["shown_until"], day(&of.clock, 10));
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_reads_anything_of_a_protected_home_they_have_left() {
    let of = Scene::of().await;
    gives(&of.town, 365).await;
    let erik = of.leaves().await;
    assert_eq!(seen(&erik).await.len(), 2);
    let change = json!({"protected": "secrecy_marking"});
    of.eva.patch(&format!("/homes/{}", of.home), change).await.expect(200);
    assert!(seen(&erik).await.is_empty());
    let browser = Browser::signed_in(&of.town.base, "erik.berg").await;
    let page = browser.get("/mina-gamla-meddelanden").await;
    assert!(page.status == 200 && !page.shows(HIS[0]) && !page.shows("href=\"/mina-gamla-meddelanden\""));
}
