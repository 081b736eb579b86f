//! Writing, handing in receipts, answering and noting by the pages.

use super::{browser, writes};
use crate::kit::{Filled, Town, picture};

#[tokio::test(flavor = "multi_thread")]
async fn a_message_with_a_photo_is_answered_and_the_note_stays_with_the_team() {
    let town = Town::new().await;
    let (anna, erik, maria) = (
        browser(&town, "anna.berg").await,
        browser(&town, "erik.berg").await,
        browser(&town, "maria.lind").await,
    );
    let page = anna.get("/skriv").await;
    let place = page
        .text
        .split("value=\"hem:")
        .nth(1)
        .and_then(|rest| rest.split('"').next())
        .expect("the whole home");
    let form = page
        .form("/skriv")
        .but("where", &format!("hem:{place}"))
        .but("body", "Se bilden\r\nfrån i går");
    let photo = form.clone().file("files", "sovrum.png", "image/png", &picture());
    let done = anna.submit("/skriv", &photo, true).await;
    assert!(
        done.shows("Meddelandet är skickat") && done.shows("FH-"),
        "{}",
        done.text
    );
    let errand = done.path.trim_end_matches("/klart").to_owned();

    // Back, and send again: the same errand. With other words: not sent, and said so.
    let again = anna.submit("/skriv", &photo, true).await;
    assert_eq!(again.path, done.path);
    let other = anna.submit("/skriv", &photo.but("body", "Något annat"), true).await;
    assert!(
        other.status == 409 && other.shows("Det här är redan skickat"),
        "{}",
        other.text
    );

    let inbox = maria.get("/arenden?unread=true").await;
    assert!(inbox.shows(&errand) && inbox.shows("Oläst.") && !inbox.shows("Se bilden"));
    let seen = maria.get(&errand).await;
    let file = seen.link("/filer/");
    assert!(seen.shows("Se bilden\nfrån i går") && seen.shows("sovrum.png"));
    let shown = maria.get(&file).await;
    assert!(shown.status == 200 && shown.answer.header("content-disposition").starts_with("attachment"));
    assert_eq!(maria.get(&format!("{file}/original")).await.answer.bytes, picture());

    let reply = seen.form(&format!("{errand}/svar")).but("body", "Tack, det ser bra ut");
    assert!(
        maria
            .submit(&format!("{errand}/svar"), &reply, true)
            .await
            .shows("Svaret är skickat")
    );
    let note = maria
        .get(&errand)
        .await
        .form(&format!("{errand}/anteckning"))
        .but("note", "Stäm av med barnets socialsekreterare");
    let noted = maria.submit(&format!("{errand}/anteckning"), &note, false).await;
    assert!(noted.shows("Stäm av med barnets socialsekreterare") && noted.shows("Familjen ser inte anteckningen"));
    for parent in [&anna, &erik] {
        for path in [
            "/",
            "/arenden",
            errand.as_str(),
            &format!("{errand}/klart"),
            &format!("{errand}?klart=anteckning"),
        ] {
            let page = parent.get(path).await;
            assert!(
                page.status == 200 && !page.shows("socialsekreterare") && !page.shows("msg--note"),
                "{path}"
            );
        }
        assert!(parent.get(&errand).await.shows("Tack, det ser bra ut"));
        let taken = parent
            .get(&errand)
            .await
            .form(&format!("{errand}/svar"))
            .but("note", "Hej");
        assert_eq!(
            parent
                .submit(&format!("{errand}/anteckning"), &taken, false)
                .await
                .status,
            403
        );
    }
    for (who, path) in [
        ("sara.ohman", &errand),
        ("jonas.ahl", &errand),
        ("per.holm", &errand),
        ("lisa.vans", &errand),
        ("sara.ohman", &file),
    ] {
        assert_eq!(browser(&town, who).await.get(path).await.status, 404, "{who} {path}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn receipts_are_handed_in_card_by_card() {
    let town = Town::new().await;
    let (anna, maria) = (browser(&town, "anna.berg").await, browser(&town, "maria.lind").await);
    let page = anna.get("/kvitton").await;
    let first = page
        .form("/kvitton")
        .but("receipts.0.amount_ore", "1 250,50")
        .but("receipts.0.supplier", "Sportboden");
    let first = first.file("receipts.0.file", "kvitto.png", "image/png", &picture());
    let two = anna.submit("/kvitton", &first.but("do", "add"), true).await;
    assert!(
        two.status == 200
            && two.shows("Kvitto 2")
            && two.shows("Bilden är sparad")
            && two.shows("1\u{a0}250,50\u{a0}kr")
    );
    // What is missing is told at once, on top and at each field; what was typed and sent stays.
    let text_file =
        two.form("/kvitton")
            .but("do", "send")
            .file("receipts.1.file", "kvitto.png", "image/png", b"inte en bild");
    let wrong = anna
        .submit("/kvitton", &text_file.but("receipts.1.amount_ore", "tolv"), true)
        .await;
    assert_eq!(wrong.status, 422, "{}", wrong.text);
    for told in [
        "Välj en bild eller pdf till kvitto 2.",
        "Välj vilken dag du köpte det som står på kvitto 1.",
        "Fyll i beloppet för kvitto 2 med siffror, till exempel 249,50.",
        "Fyll i butiken för kvitto 2.",
        "Intyga att uppgifterna är riktiga.",
    ] {
        assert_eq!(wrong.text.matches(told).count(), 2, "{told}");
    }
    assert!(
        wrong.shows("<title>Fel: Lämna in kvitton") && wrong.shows("value=\"tolv\"") && wrong.shows("Bilden är sparad")
    );
    assert!(wrong.shows("href=\"#receipts-1-supplier\"") && wrong.shows("id=\"receipts-1-supplier\""));
    let one = anna
        .submit("/kvitton", &wrong.form("/kvitton").but("do", "remove.1"), true)
        .await;
    assert!(one.status == 200 && !one.shows("Kvitto 2"));
    let form = one
        .form("/kvitton")
        .but("do", "send")
        .but("receipts.0.purchased_on", "2026-11-14");
    let form = form
        .but("receipts.0.category", "leisure_equipment")
        .but("declaration", "ja");
    let done = anna.submit("/kvitton", &form, true).await;
    assert!(done.shows("Kvittona är inlämnade"), "{} {}", done.status, done.text);
    assert_eq!(anna.submit("/kvitton", &form, true).await.path, done.path, "not twice");

    let errand = done.path.trim_end_matches("/klart").to_owned();
    let seen = maria.get(&errand).await;
    assert!(seen.shows("Sportboden") && seen.shows("1\u{a0}250,50\u{a0}kr") && seen.shows("köpt 14\u{a0}november"));
    let ask = Filled {
        fields: seen.form(&format!("{errand}/svar")).fields,
        files: Vec::new(),
    };
    let ask = ask.but("state", "supplement_requested");
    let mute = maria.submit(&format!("{errand}/lage"), &ask, false).await;
    assert!(
        mute.status == 422 && mute.shows("Skriv vad familjen behöver komplettera med."),
        "{}",
        mute.text
    );
    let asked = maria
        .submit(&format!("{errand}/lage"), &ask.but("message", "Ta en ny bild"), false)
        .await;
    assert!(asked.status == 200 && asked.shows("Väntar på familjen"));
    assert!(anna.get("/").await.shows("Teamet väntar på ditt svar"));
    let take_back = anna.get(&errand).await.form(&format!("{errand}/lage"));
    let taken = anna.submit(&format!("{errand}/lage"), &take_back, false).await;
    assert!(
        taken.shows("Återtaget") && !taken.shows("Skicka svaret"),
        "{}",
        taken.text
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_typed_is_kept_when_something_new_has_come() {
    let town = Town::new().await;
    let (anna, maria) = (browser(&town, "anna.berg").await, browser(&town, "maria.lind").await);
    let errand = writes(&anna, "Rubrik", "Första").await;
    let answer = format!("{errand}/svar");
    let old = maria.get(&errand).await.form(&answer).but("body", "Mitt långa svar");
    let more = anna.get(&errand).await.form(&answer).but("body", "En sak till");
    // A reply of the home moves nothing here; the team's moves the errand on, so that it has another version.
    let moved = maria.get(&errand).await.form(&answer).but("state", "in_progress");
    assert_eq!(maria.submit(&format!("{errand}/lage"), &moved, false).await.status, 200);
    let stale = maria.submit(&answer, &old, true).await;
    assert!(stale.status == 412 && stale.shows("Något nytt har hänt") && stale.shows(">Mitt långa svar</textarea>"));
    assert!(
        maria
            .submit(&answer, &stale.form(&answer), true)
            .await
            .shows("Svaret är skickat")
    );
    assert_eq!(anna.submit(&answer, &more, true).await.status, 412);
}
