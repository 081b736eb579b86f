//! Lost passwords, changed addresses, and the pages that take a letter's code.

use super::{HOUR, NEW_PASSWORD, accepts, clock};
use crate::kit::{Answer, Browser, Person, Town, count, execute, sql_id};
use famn::demo::PASSWORD;
use serde_json::json;
use std::time::Duration;

async fn loses(town: &Town, email: &str) -> Answer {
    let body = json!({"board": "borlange", "email": email});
    town.nobody().post("/recoveries", body).await
}

/// All of an answer that whoever asks could compare.
fn face(answer: &Answer) -> (u16, Vec<u8>) {
    (answer.status.as_u16(), answer.bytes.clone())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_lost_password_is_replaced_and_every_session_ends() {
    let clock = clock();
    let town = Town::at(clock.clone()).await;
    let anna = town.anna().await;
    let answers = [
        loses(&town, "anna.berg@example.org").await,
        loses(&town, "ingen.alls@example.org").await,
        loses(&town, "inte ens en adress").await,
        town.nobody()
            .post(
                "/recoveries",
                json!({"board": "falun", "email": "anna.berg@example.org"}),
            )
            .await,
    ];
    let faces: Vec<_> = answers.iter().map(face).collect();
    assert!(faces.iter().all(|one| *one == (202, Vec::new())), "{faces:?}");
    let code = town.code_for("anna.berg@example.org", 1).await;
    anna.plant(&code);
    assert_eq!(
        accepts(&town, "recoveries", &code, "annaberg annaberg").await.faults()[0].1,
        "password-own"
    );
    accepts(&town, "recoveries", &code, NEW_PASSWORD).await.expect(201);
    assert_eq!(anna.get("/me").await.problem(401), "sign-in", "all sessions ended");
    let refresh = json!({"refresh_token": anna.refresh_token});
    assert_eq!(
        town.nobody().post("/sessions/refresh", refresh).await.problem(401),
        "sign-in"
    );
    let old = json!({"board": "borlange", "email": "anna.berg@example.org", "password": PASSWORD});
    assert_eq!(town.nobody().post("/sessions", old).await.problem(401), "sign-in");
    assert_eq!(
        accepts(&town, "recoveries", &code, NEW_PASSWORD).await.problem(401),
        "sign-in",
        "once"
    );
    clock.forward(Duration::from_secs(2));
    town.nobody()
        .signed_in("borlange", "anna.berg@example.org", NEW_PASSWORD)
        .await;
    let letters = town.letters_to("anna.berg@example.org").await;
    assert!(
        letters.iter().any(|letter| letter.contains("Viktigt om ditt konto")),
        "she is told: {letters:?}"
    );
    assert!(town.letters_to("ingen.alls@example.org").await.is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn recoveries_are_few_short_lived_and_not_for_the_closed() {
    let clock = clock();
    let town = Town::at(clock.clone()).await;
    let erik = "erik.berg@example.org";
    loses(&town, erik).await.expect(202);
    let first = town.code_for(erik, 1).await;
    loses(&town, erik).await.expect(202);
    clock.forward(HOUR);
    assert_eq!(
        accepts(&town, "recoveries", &first, NEW_PASSWORD).await.problem(401),
        "sign-in",
        "an hour is over"
    );
    for n in 2..=5 {
        loses(&town, erik).await.expect(202);
        town.code_for(erik, n).await;
        clock.forward(HOUR / 10);
    }
    loses(&town, erik).await.expect(202);
    let sara = town.sara().await;
    let close = format!(
        "UPDATE person SET disabled_at = created_at WHERE id = {}",
        sql_id(&town.place, &sara.id)
    );
    execute(&town.place, &close);
    loses(&town, "sara.ohman@example.org").await.expect(202);
    // What was asked before this one has been seen to by now.
    clock.forward(HOUR / 10);
    loses(&town, "jonas.ahl@example.org").await.expect(202);
    town.code_for("jonas.ahl@example.org", 1).await;
    assert_eq!(
        count(&town.place, "recovery"),
        6,
        "five a day for Erik, none for Sara, one for Jonas"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_changed_address_is_told_to_the_old_one_and_kills_its_tokens() {
    let clock = clock();
    let town = Town::at(clock.clone()).await;
    loses(&town, "erik.berg@example.org").await.expect(202);
    let code = town.code_for("erik.berg@example.org", 1).await;
    let erik = town.erik().await;
    let (new, phone) = ("erik.nyadress@example.org", "070-174 06 31");
    erik.plant(new);
    erik.plant(phone);
    let change = json!({"email": new, "phone": phone, "language": "en"});
    let changed = erik.patch("/me", change).await.expect(200);
    assert_eq!(
        (
            &changed["email"],
            &changed["new_email"],
            &changed["phone"],
            &changed["language"]
        ),
        (
            &json!("erik.berg@example.org"),
            &json!(new),
            &json!(phone),
            &json!("en")
        )
    );
    let told = town.letters_to("erik.berg@example.org").await;
    let notice = "Your contact details are being changed";
    assert!(told.last().expect("a letter").contains(notice), "{told:?}");
    let confirm = town.code_for(new, 1).await;
    erik.plant(&confirm);
    // Until it is confirmed, by him, nothing has changed.
    let anna = town.anna().await;
    assert_eq!(confirms(&anna, &confirm).await, CODE_WRONG, "of nobody else's use");
    erik.get("/me").await.expect(200);
    town.nobody()
        .signed_in("borlange", "erik.berg@example.org", PASSWORD)
        .await;
    let is = erik.post("/me/email", json!({"token": confirm})).await.expect(200);
    assert_eq!((&is["email"], &is["new_email"]), (&json!(new), &json!(null)));
    assert_eq!(confirms(&erik, &confirm).await, CODE_WRONG, "once");
    let told = town.letters_to("erik.berg@example.org").await;
    let notices = told.iter().filter(|letter| letter.contains(notice)).count();
    assert_eq!(notices, 2, "when it was asked for and when it was done: {told:?}");
    assert_eq!(
        count(&town.place, "outbox WHERE address IS NOT NULL OR token IS NOT NULL"),
        0
    );
    assert_eq!(
        accepts(&town, "recoveries", &code, NEW_PASSWORD).await.problem(401),
        "sign-in",
        "it lies at the old address"
    );
    let old = json!({"board": "borlange", "email": "erik.berg@example.org", "password": PASSWORD});
    assert_eq!(town.nobody().post("/sessions", old).await.problem(401), "sign-in");
    let erik = town.nobody().signed_in("borlange", new, PASSWORD).await;
    assert_eq!(
        erik.get("/me").await.expect(200)["name"],
        "Erik Berg",
        "all that was sealed is sealed anew"
    );
    let faults = erik
        .patch("/me", json!({"email": "ingen", "phone": "0".repeat(41)}))
        .await
        .faults();
    assert_eq!(faults.len(), 2);
    clock.forward(Duration::from_secs(5 * 60 + 1));
    let late = erik.patch("/me", json!({"email": "annan@example.org"})).await;
    assert!(
        late.header("www-authenticate")
            .contains("insufficient_user_authentication"),
        "{late}"
    );
    assert_eq!(late.problem(401), "step-up");
    erik.patch("/me", json!({"language": "sv"})).await.expect(200);
}

const CODE_WRONG: &str = "code-wrong";

async fn confirms(who: &Person, code: &str) -> String {
    let faults = who.post("/me/email", json!({"token": code})).await.faults();
    faults.into_iter().map(|(_, code)| code).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn asking_for_an_address_does_not_tell_whose_it_is() {
    let clock = clock();
    let town = Town::at(clock.clone()).await;
    let erik = town.erik().await;
    let asks = async |email: &str| {
        let answer = erik.patch("/me", json!({"email": email})).await;
        let mut shown = answer.json();
        assert_eq!(shown["new_email"], email);
        shown["new_email"] = json!(null);
        (answer.status, shown)
    };
    let taken = asks("ANNA.berg@example.org").await;
    let first = town.code_for("ANNA.berg@example.org", 1).await;
    let free = asks("ingen.alls@example.org").await;
    assert_eq!(taken, free);
    let rows = |what: &str| count(&town.place, what);
    assert_eq!(
        (rows("address_change"), rows("audit_event WHERE outcome = 'denied'")),
        (2, 0)
    );
    // Nor does a code that one has: another's address is answered as a code that is none.
    assert_eq!(confirms(&erik, &first).await, CODE_WRONG, "a newer one was sent");
    asks("anna.berg@example.org").await;
    let theirs = town.code_for("anna.berg@example.org", 1).await;
    assert_eq!(confirms(&erik, &theirs).await, CODE_WRONG);
    assert_eq!(confirms(&erik, "none").await, CODE_WRONG);
    assert_eq!(
        rows("audit_event WHERE action = 'me.confirm' AND outcome = 'denied'"),
        3
    );
    assert_eq!(erik.get("/me").await.expect(200)["name"], "Erik Berg");
    let late = "erik.sen@example.org";
    asks(late).await;
    let code = town.code_for(late, 1).await;
    asks("erik.sist@example.org").await;
    let sixth = erik.patch("/me", json!({"email": "erik.mer@example.org"})).await;
    assert_eq!(sixth.problem(429), "too-many");
    clock.forward(HOUR * 24);
    let erik = town.erik().await;
    assert_eq!(confirms(&erik, &code).await, CODE_WRONG, "a day is over");
    for email in ["ANNA.berg", "ingen.alls", "erik.sen", "erik.sist"] {
        erik.plant(&format!("{email}@example.org"));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_page_takes_the_code_of_a_new_address() {
    let town = Town::at(clock()).await;
    let sara = town.sara().await;
    let new = "sara.flyttar@example.org";
    sara.plant(new);
    sara.patch("/me", json!({"email": new})).await.expect(200);
    let code = town.code_for(new, 1).await;
    let nobody = Browser::new(&town.base).get("/ny-adress").await;
    assert!(nobody.shows("Logga in"), "{}", nobody.text);
    let browser = Browser::signed_in(&town.base, "sara.ohman").await;
    let form = browser.get("/ny-adress").await.form("/ny-adress");
    let wrong = browser
        .submit("/ny-adress", &form.clone().but("token", "fel"), false)
        .await;
    assert!(
        wrong.status == 422 && wrong.shows("Koden stämmer inte"),
        "{}",
        wrong.text
    );
    let spaced = format!(" {code}\n");
    let done = browser.submit("/ny-adress", &form.but("token", &spaced), false).await;
    assert!(done.shows("Adressen är bekräftad"), "{}", done.text);
    town.nobody().signed_in("borlange", new, PASSWORD).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_pages_take_the_code_and_opening_them_uses_nothing_up() {
    let town = Town::at(clock()).await;
    let browser = Browser::new(&town.base);
    let lost = browser.get("/glomt-losenord").await.form("/glomt-losenord");
    let lost = lost.but("board", "borlange").but("email", "sara.ohman@example.org");
    let sent = browser.submit("/glomt-losenord", &lost, false).await;
    assert!(sent.shows("Titta i din e-post"), "{}", sent.text);
    let code = town.code_for("sara.ohman@example.org", 1).await;
    // A mail scanner opens what it finds.
    for path in ["/nytt-losenord", "/inbjudan", "/nytt-losenord"] {
        Browser::new(&town.base).get(path).await;
    }
    let form = browser.get("/nytt-losenord").await.form("/nytt-losenord");
    let wrong = browser
        .submit(
            "/nytt-losenord",
            &form.clone().but("token", "fel").but("password", NEW_PASSWORD),
            false,
        )
        .await;
    assert_eq!(wrong.status, 401);
    assert!(wrong.shows("Koden stämmer inte"), "{}", wrong.text);
    let short = browser
        .submit(
            "/nytt-losenord",
            &form.clone().but("token", &code).but("password", "kort"),
            false,
        )
        .await;
    assert_eq!(short.status, 422);
    let spaced = format!(" {code}\n");
    let done = browser
        .submit(
            "/nytt-losenord",
            &form.but("token", &spaced).but("password", NEW_PASSWORD),
            false,
        )
        .await;
    assert_eq!(done.path, "/logga-in?nytt=ja&kommun=borlange", "{}", done.text);
    town.nobody()
        .signed_in("borlange", "sara.ohman@example.org", NEW_PASSWORD)
        .await;
}
