//! Homes as the team lead keeps them, and as those who handle their errands see them.

use super::browser;
use crate::kit::{Browser, Page, Town, count};
use famn::clock::Clock;

fn day(days: i32) -> String {
    Clock::system().now().day().plus_days(days).to_string()
}

/// The first home of that name in the list.
async fn home(who: &Browser, name: &str) -> String {
    let list = who.get("/hem").await;
    assert_eq!(list.status, 200, "{}", list.text);
    let items = list.text.split("<a class=\"item\" href=\"").skip(1);
    let mut found = items.filter(|item| item.contains(&format!("<span class=\"item__t\">{name}<")));
    let item = found.next().unwrap_or_else(|| panic!("no {name} in {}", list.text));
    item.split('"').next().expect("an address").to_owned()
}

/// Told on top, and again at its field.
#[track_caller]
fn twice(page: &Page, words: &str) {
    assert_eq!(page.status, 422, "{}", page.text);
    assert!(page.text.matches(words).count() >= 2, "{words} in {}", page.text);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_home_is_added_and_changed_and_what_it_was_is_kept() {
    let town = Town::new().await;
    town.nobody().plant("Tallbacken");
    let (eva, maria, jonas) = (
        browser(&town, "eva.strand").await,
        browser(&town, "maria.lind").await,
        browser(&town, "jonas.ahl").await,
    );
    let empty = eva.get("/hem/nytt").await.form("/hem/nytt");
    let told = eva.submit("/hem/nytt", &empty, false).await;
    twice(&told, "Fyll i namnet.");
    twice(&told, "Välj vilket stöd det är.");
    let unit = told.text.split("name=\"unit_id\"").nth(1).expect("units");
    let unit = unit
        .split("<option value=\"")
        .nth(2)
        .and_then(|rest| rest.split('"').next());
    let new = told
        .form("/hem/nytt")
        .but("name", "Tallbacken")
        .but("kind", "emergency")
        .but("unit_id", unit.expect("a unit"))
        .but("protected", "none");
    let made = eva.submit("/hem/nytt", &new, false).await;
    assert!(
        made.shows("Hemmet är tillagt") && made.shows("Tallbacken"),
        "{}",
        made.text
    );
    assert!(made.shows("Jourhem"));
    assert!(
        !made
            .text
            .split("</title>")
            .next()
            .unwrap_or_default()
            .contains("Tallbacken")
    );
    let again = eva.submit("/hem/nytt", &new, false).await;
    assert_eq!(again.path, made.path, "sent twice, made once");
    let form = eva.get("/hem/nytt").await.form("/hem/nytt");
    let form = new.fields.iter().fold(form, |form, (name, value)| match name.as_str() {
        "once" | "csrf" => form,
        _ => form.but(name, value),
    });
    let hidden = form.but("name", "Gömslet").but("protected", "secrecy_marking");
    let told = eva.submit("/hem/nytt", &hidden, false).await;
    assert!(
        told.shows("Kontrollera skyddet") && told.shows("Dora Sund"),
        "{}",
        told.text
    );
    let hidden = told.form("/hem/nytt");
    let first = eva.submit("/hem/nytt", &hidden, false).await;
    assert!(
        first.shows("Hemmet är nu skyddat") && !first.shows("Gömslet"),
        "whoever adds a protected home is led to who is named for it: {}",
        first.text
    );
    assert_eq!(eva.submit("/hem/nytt", &hidden, false).await.path, first.path);

    let at = made.path.split('?').next().expect("a path").to_owned();
    let edit = format!("{at}/andra");
    let (one, other) = (eva.get(&edit).await.form(&edit), eva.get(&edit).await.form(&edit));
    let unit = unit.expect("a unit");
    let (one, other) = (one.but("unit_id", unit), other.but("unit_id", unit));
    let changed = eva.submit(&edit, &one.but("name", "Tallbacka"), false).await;
    assert!(
        changed.shows("Hemmet är ändrat") && changed.shows("Tallbacka"),
        "{}",
        changed.text
    );
    assert!(changed.shows("Tidigare uppgifter") && changed.shows("Tallbacken, Jourhem"));
    let late = eva.submit(&edit, &other.but("name", "Granbacka"), false).await;
    assert_eq!(late.status, 412);
    assert!(late.shows("Någon annan har ändrat samtidigt") && late.shows("value=\"Granbacka\""));
    let now = late.form(&edit).but("unit_id", unit);
    assert!(eva.submit(&edit, &now, false).await.shows("Granbacka"));

    assert_eq!(maria.get(&at).await.status, 404, "no assignment, no relation");
    let berg = home(&maria, "Berg").await;
    let seen = maria.get(&berg).await;
    assert!(seen.shows("Anna Berg") && seen.shows("Alva · U-"), "{}", seen.text);
    assert!(!seen.shows("/andra\"") && !seen.shows("Bjud in") && !seen.shows("/slut\""));
    assert_eq!(maria.get(&format!("{berg}/andra")).await.status, 403);
    assert_eq!(jonas.get(&berg).await.status, 404);
    assert_eq!(browser(&town, "anna.berg").await.get("/hem").await.status, 403);
}

#[tokio::test(flavor = "multi_thread")]
async fn someone_is_invited_into_a_home_and_leaves_it() {
    let town = Town::new().await;
    town.nobody().plant("Kerstin Berg");
    let (eva, erik) = (browser(&town, "eva.strand").await, browser(&town, "erik.berg").await);
    let berg = home(&eva, "Berg").await;
    let at = format!("{berg}/medlemmar");
    let form = eva.get(&at).await.form(&at);
    let told = eva
        .submit(&at, &form.clone().but("from", &day(-1)).but("email", "x"), false)
        .await;
    twice(&told, "Fyll i namnet.");
    let told = eva
        .submit(
            &at,
            &form.clone().but("name", "Kerstin Berg").but("email", "kerstin"),
            false,
        )
        .await;
    assert_eq!(told.status, 422, "{}", told.text);
    let sent = form
        .but("name", "Kerstin Berg")
        .but("email", "kerstin.berg@example.org");
    let done = eva.submit(&at, &sent, false).await;
    assert!(
        done.shows("Inbjudan är skickad") && done.shows("kerstin.berg@example.org"),
        "{}",
        done.text
    );
    assert!(!done.shows("Kerstin Berg"), "whose address it is shows to nobody");
    town.code_for("kerstin.berg@example.org", 1).await;

    assert_eq!(erik.get("/arenden").await.path, "/arenden");
    let page = eva.get(&berg).await;
    let forms: Vec<&str> = page
        .text
        .split("action=\"")
        .skip(1)
        .filter_map(|rest| rest.split('"').next())
        .collect();
    let of_erik = page
        .text
        .split("<li class=\"item item--plain\">")
        .find(|item| item.contains("Erik Berg"));
    let end = of_erik
        .and_then(|item| item.split("action=\"").nth(1))
        .and_then(|rest| rest.split('"').next());
    let end = end.unwrap_or_else(|| panic!("no end in {forms:?}")).to_owned();
    let form = page.form(&end);
    let past = eva.submit(&end, &form.clone().but("to", &day(-2)), false).await;
    twice(&past, "Välj i dag eller en dag som kommer.");
    let ended = eva.submit(&end, &past.form(&end).but("to", &day(0)), false).await;
    assert!(
        ended.shows("Sista dagen är sparad") && ended.shows("Avslutad"),
        "{}",
        ended.text
    );
    assert!(erik.get("/arenden").await.path.starts_with("/logga-in"), "out at once");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_assignment_is_added_and_given_to_others() {
    let town = Town::new().await;
    let nobody = town.nobody();
    nobody.plant("Skogsberg");
    nobody.plant("20120312-2385");
    let eva = browser(&town, "eva.strand").await;
    let (maria, jonas) = (town.maria().await.id, town.jonas().await.id);
    let berg = home(&eva, "Berg").await;
    let at = format!("{berg}/uppdrag");
    let form = eva.get(&at).await.form(&at);
    let told = eva.submit(&at, &form.clone().but("from", ""), false).await;
    for words in [
        "Fyll i förnamnet.",
        "Välj handläggare.",
        "Välj lag.",
        "Välj första dagen.",
    ] {
        twice(&told, words);
    }
    let filled = form
        .but("from", &day(0))
        .but("service_user.first_name", "Tuva")
        .but("service_user.last_name", "Skogsberg")
        .but("service_user.personal_number", "20120312-2385")
        .but("service_user.protected", "none")
        .but("kind", "foster")
        .but("legal_basis", "LVU")
        .but("caseworker_id", &maria);
    let half = filled.clone().but("deputies.0.from", &day(1));
    twice(&eva.submit(&at, &half, false).await, "Välj vem som ska ersätta.");
    let made = eva.submit(&at, &filled, false).await;
    assert!(
        made.shows("Uppdraget är sparat") && made.shows("Tuva · U-"),
        "{}",
        made.text
    );
    let other = eva.get(&at).await.form(&at);
    let other = filled
        .clone()
        .but(
            "once",
            other
                .fields
                .iter()
                .find(|(name, _)| name == "once")
                .map_or("", |(_, once)| once),
        )
        .but("service_user.first_name", "Någon");
    twice(
        &eva.submit(&at, &other, false).await,
        "Numret finns redan med ett annat namn.",
    );

    let one = made.text.split("Tuva · ").nth(1).expect("the assignment");
    let one = one
        .split("href=\"")
        .nth(1)
        .and_then(|rest| rest.split('"').next())
        .expect("a link")
        .to_owned();
    let page = eva.get(&one).await;
    let wrong = page
        .form(&one)
        .but("caseworker_id", &maria)
        .but("legal_basis", "LVU")
        .but("deputies.0.person_id", &jonas)
        .but("deputies.0.from", &day(5))
        .but("deputies.0.to", &day(1));
    twice(
        &eva.submit(&one, &wrong, false).await,
        "Ersättarens sista dag ligger före den första.",
    );
    let right = wrong.clone().but("deputies.0.to", &day(9));
    let changed = eva.submit(&one, &right, false).await;
    assert!(changed.shows("Ersättare: Jonas Ahl"), "{}", changed.text);
    let late = eva.submit(&one, &right.but("cost_code", "4711"), false).await;
    assert!(
        late.status == 412 && late.shows("Någon annan har ändrat samtidigt"),
        "{}",
        late.text
    );
    let page = eva.get(&one).await;
    let kept = page.form(&one).but("caseworker_id", &jonas).but("legal_basis", "LVU");
    let kept = kept.but("deputies.1.person_id", "");
    let given = eva.submit(&one, &kept, false).await;
    assert!(
        given.status == 422 || given.shows("Handläggare: Jonas Ahl"),
        "{}",
        given.text
    );
    let page = eva.get(&one).await;
    assert!(
        page.shows("Tidigare uppgifter") && page.shows("Ändrat av Eva Strand."),
        "{}",
        page.text
    );
    assert!(count(&town.place, "assignment_past") >= 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn hostile_names_of_homes_stay_text() {
    let town = Town::new().await;
    let (eva, bad) = (
        browser(&town, "eva.strand").await,
        "<script>alert(1)</script>\"><img src=x onerror=alert(2)>",
    );
    let berg = home(&eva, "Berg").await;
    let edit = format!("{berg}/andra");
    let page = eva.get(&edit).await;
    let unit = page.text.split("name=\"unit_id\"").nth(1).expect("units");
    let unit = unit
        .split("<option value=\"")
        .nth(2)
        .and_then(|rest| rest.split('"').next())
        .expect("a unit");
    let form = page.form(&edit).but("unit_id", unit).but("name", bad);
    let changed = eva.submit(&edit, &form, false).await;
    let mut shown = vec![changed];
    town.anna().await.writes("Hej").await;
    let errand = eva.get("/arenden").await.link("/arenden/0");
    let invite = format!("{berg}/medlemmar");
    let form = eva.get(&invite).await.form(&invite).but("name", bad).but("email", bad);
    shown.push(eva.submit(&invite, &form, false).await);
    for path in [
        "/hem",
        "/arenden",
        errand.as_str(),
        edit.as_str(),
        invite.as_str(),
        &format!("{berg}/uppdrag"),
        &format!("/arenden?home={}", berg.trim_start_matches("/hem/")),
    ] {
        shown.push(eva.get(path).await);
    }
    for page in &shown {
        for raw in ["<script>", "<img src=x", "\"><img"] {
            assert!(!page.shows(raw), "{raw} on {}: {}", page.path, page.text);
        }
    }
    assert!(shown[1].shows("&#60;script&#62;"), "{}", shown[1].text);
}
