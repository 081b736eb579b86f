//! Every page that someone may look at, looked at by them: as text that must be HTML as the standard has it, and in a
//! real browser. The pages are those of the table of doors, so that a page added there is looked at without a word here.

use super::{Berg, PEOPLE, pages};
use crate::kit::hidden::Hidden;
use crate::kit::{Browser, Chromium, Page, Town, id, samples, wishes};
use famn::home::Protection;
use reqwest::Method;
use scraper::{Html, Selector};
use serde_json::json;
use std::collections::BTreeSet;
use std::sync::LazyLock;

/// Text that would be more than text on a page that forgot to say that it is text.
const HOSTILE: &str = "</title>'\"><b class=hostile><img src=x onerror=hostile=1>";

/// A page to be looked at: what it is called, and where it is.
struct Place {
    name: String,
    path: String,
}

/// A home Berg with something of everything in it, told in `words`.
async fn furnished(town: &Town, words: impl Fn(&str) -> String) -> (Berg, Vec<String>) {
    let berg = Berg::of(town).await;
    let (anna, maria, stina) = (&berg.anna, town.maria().await, town.person("stina.drift").await);
    let assignment = &berg.assignment;
    let picture = id(&anna
        .uploads(&words("sovrum.jpg"), "image/jpeg", samples::photo(6))
        .await
        .expect(201));
    let message = anna.post(
        "/errands",
        json!({"kind": "message", "assignment_id": assignment, "file_ids": [picture],
        "subject": words("Sovrummet"), "body": words("Nu är tapeten uppe, se bilden.")}),
    );
    let message = id(&message.await.expect(201));
    maria
        .answers(&message, &words("Så fint det har blivit."))
        .await
        .expect(201);
    maria
        .notes(&message, &words("Stäm av med barnets socialsekreterare."))
        .await
        .expect(201);

    let purchase = json!({"item_category": "bicycle", "description": words("En begagnad cykel med växlar"),
        "estimated_ore": 150_000, "reasons": words("Den gamla är för liten"), "who_pays": "home",
        "covered_otherwise": ["none"], "childs_view": words("Alva vill ha en blå")});
    let wish = json!({"kind": "purchase_request", "assignment_id": assignment, "purchase": purchase});
    let wish = id(&anna.post("/errands", wish.clone()).await.expect(201));
    let decision = json!({"outcome": "partly_granted", "amount_ore": 120_000, "conditions": words("Spara kvittot"),
        "reasons": words("Det finns billigare")});
    maria
        .post(&format!("/errands/{wish}/decisions"), decision)
        .await
        .expect(201);
    let open = id(&anna.wishes(90_000).await);

    let receipt = id(&anna
        .uploads("kvitto.jpg", "image/jpeg", samples::photo(1))
        .await
        .expect(201));
    let today = famn::clock::Clock::system().now().day().to_string();
    let claim = json!({"kind": "receipt_claim", "assignment_id": assignment, "declaration": true, "receipts": [{
        "file_id": receipt, "purchased_on": today, "supplier": words("Sportboden"), "category": "leisure_equipment",
        "amount_ore": 124_950, "note": words("Cykelhjälm också")}], "trips": [{"driven_on": today,
        "purpose": words("Umgänge"), "from": words("Borlänge"), "to": words("Falun"), "distance_m": 24_000}]});
    let claim = id(&anna.post("/errands", claim).await.expect(201));

    stina
        .post("/units", json!({"name": words("Gruppen för jourhem")}))
        .await
        .expect(201);
    let settings = json!({"audience": words("För dig som är familjehem"), "hours": words("Vardagar 9–15"),
        "emergency": [{"title": words("Jouren"), "phone": "0243-660 00"}],
        "links": [{"title": words("Bli familjehem"), "url": "https://example.org/bli"}]});
    stina.patch("/board", json!({"settings": settings})).await.expect(200);
    let later = json!({"settings": {"hours": "Vardagar 8–16"}, "from": "2099-01-01"});
    stina.patch("/board", later).await.expect(200);
    for role in ["archivist", "data_protection_officer"] {
        let new = json!({"role": role, "reason": words("Vikarierar i höst")});
        stina
            .post(&format!("/persons/{}/roles", berg.jonas), new)
            .await
            .expect(201);
    }
    let draft = json!({"kind": "message", "content": {"body": words("Ett utkast")}});
    anna.put("/drafts", draft).await.expect(200);
    town.per().await.post("/audit/checks", json!(null)).await.expect(201);
    (berg, vec![message, wish, open, claim])
}

/// Whoever the demo does not have: the unit's manager, and a family with protected identity with the caseworker who is
/// named for it. They come to the town, and the family writes.
async fn comes(town: &Town, who: &str, family: &mut Option<Vec<String>>) -> Option<Vec<String>> {
    match who {
        MANAGER => {
            town.hires(MANAGER, famn::access::Role::UnitManager).await;
            None
        }
        FAMILY | NAMED if family.is_some() => family.clone(),
        FAMILY | NAMED => {
            let of = Hidden::of(town, (Protection::SecrecyMarking, Protection::None)).await;
            let file = of.vilgot.uploads("rum.jpg", "image/jpeg", samples::photo(1)).await;
            let file = id(&file.expect(201));
            let receipt = of
                .vilgot
                .uploads("kvitto.jpg", "image/jpeg", samples::another_jpeg())
                .await;
            let today = famn::clock::Clock::system().now().day().to_string();
            let message =
                json!({"kind": "message", "assignment_id": of.assignment, "body": "Se rummet", "file_ids": [file]});
            let claim = json!({"kind": "receipt_claim", "assignment_id": of.assignment, "declaration": true, "receipts": [{
                "file_id": id(&receipt.expect(201)), "purchased_on": today, "supplier": "Sportboden",
                "category": "medicine", "amount_ore": 24_900}]});
            let mut sent = Vec::new();
            for new in [
                message,
                wishes::travel(&of.assignment),
                wishes::purchase(&of.assignment, 90_000),
                claim,
            ] {
                sent.push(id(&of.vilgot.post("/errands", new).await.expect(201)));
            }
            *family = Some(sent);
            family.clone()
        }
        _ => None,
    }
}

const MANAGER: &str = "ulla.norr";
const FAMILY: &str = "vilgot.tornvik";
const NAMED: &str = "jonas.ahl";

/// The pages that `who` is shown, in the order of the table; of whoever has no column there, those that answer.
async fn places(berg: &Berg, errands: &[String], who: &str, reader: &Browser) -> Vec<Place> {
    let column = PEOPLE.iter().position(|name| *name == who && who != NAMED);
    let mut found = Vec::new();
    for row in pages::table() {
        // Assets and files are no pages.
        let is_page = !row.path.starts_with("/assets") && !row.path.starts_with("/filer");
        let is_shown = column.is_none_or(|column| row.statuses[column] == 200);
        // Choosing a language changes what is shown after it.
        let is_shown = is_shown && (column.is_some() || !row.path.starts_with("/sprak"));
        if row.method != Method::GET || !is_shown || !is_page {
            continue;
        }
        let ids = match row.path {
            "/arenden/{id}" => errands.to_vec(),
            "/arenden/{id}/granskning" => errands[3..].to_vec(),
            "/arenden/{id}/klart" => errands[..1].to_vec(),
            path => vec![pages::id_for(berg, path).await],
        };
        for (at, id) in ids.iter().enumerate() {
            let parts = row.path.split('/').filter(|part| !part.is_empty());
            let mut name = parts.collect::<Vec<_>>().join("-").replace(['{', '}'], "");
            if name.is_empty() {
                name = "start".into();
            }
            if ids.len() > 1 {
                name = format!("{name}-{}", at + 1);
            }
            let path = pages::at(row.path, id, super::people::part_for(berg, row.path));
            if column.is_none() && reader.get(&path).await.status != 200 {
                continue;
            }
            found.push(Place { name, path });
        }
    }
    found
}

async fn signed_in(town: &Town, who: &str) -> Browser {
    match who {
        "nobody" => Browser::new(&town.base),
        who => Browser::signed_in(&town.base, who).await,
    }
}

/// Someone of each kind, as the pages know kinds.
const WHO: &[&str] = &[
    "nobody",
    "anna.berg",
    "maria.lind",
    "eva.strand",
    "ali.ek",
    "per.holm",
    "dora.sund",
    "stina.drift",
    "arvid.akt",
    MANAGER,
    FAMILY,
    NAMED,
];

/// What is wrong with a page as HTML: what a parser has to mend, ids that stand twice, and what leads to none.
fn faults(page: &Page) -> Vec<String> {
    let parsed = Html::parse_document(&page.text);
    let mut wrong: Vec<String> = parsed.errors.iter().map(ToString::to_string).collect();
    let all = |selector: &str| -> Vec<_> {
        let selector = Selector::parse(selector).expect("a selector");
        parsed.select(&selector).map(|one| one.value().clone()).collect()
    };
    let mut ids = BTreeSet::new();
    for one in all("[id]") {
        let id = one.id().unwrap_or_default().to_owned();
        if !ids.insert(id.clone()) {
            wrong.push(format!("the id {id} stands twice"));
        }
    }
    for attribute in [
        "for",
        "aria-labelledby",
        "aria-describedby",
        "aria-controls",
        "list",
        "form",
    ] {
        for one in all(&format!("[{attribute}]")) {
            let named = one.attr(attribute).unwrap_or_default().split_whitespace();
            wrong.extend(
                named
                    .filter(|id| !ids.contains(*id))
                    .map(|id| format!("{attribute} names {id}, which is not there")),
            );
        }
    }
    for one in all("a[href^='#']") {
        let id = one.attr("href").unwrap_or_default().trim_start_matches('#').to_owned();
        if !ids.contains(&id) {
            wrong.push(format!("a link leads to {id}, which is not there"));
        }
    }
    for (what, count) in [("h1", 1), ("title", 1), ("main", 1), ("html[lang]", 1)] {
        let there = all(what).len();
        if there != count {
            wrong.push(format!("{there} of {what}"));
        }
    }
    wrong
}

#[tokio::test(flavor = "multi_thread")]
async fn every_page_is_html_as_the_standard_has_it() {
    let town = Town::new().await;
    let (berg, errands) = furnished(&town, str::to_owned).await;
    let (mut wrong, mut family) = (Vec::new(), None);
    for who in WHO {
        let own = comes(&town, who, &mut family).await;
        let errands = own.as_ref().unwrap_or(&errands);
        let browser = signed_in(&town, who).await;
        for language in ["sv", "en"] {
            browser.get(&format!("/sprak/{language}")).await;
            for place in places(&berg, errands, who, &browser).await {
                let page = browser.get(&place.path).await;
                if page.answer.header("content-type").starts_with("text/html") {
                    let mut found = faults(&page);
                    if !page.shows(&format!("<html lang=\"{language}\"")) {
                        found.push(format!("it is not in {language}"));
                    }
                    if language == "en" {
                        found.extend(untranslated(&page));
                    }
                    wrong.extend(found.iter().map(|what| format!("{who}: {}: {what}", place.name)));
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// What stands in the texts of one language and not in the other's: sentences, or what lies between what is filled in.
fn telling(of: &'static str, other: &'static str) -> Vec<&'static str> {
    let texts = of.lines().filter_map(|line| line.split_once(" = "));
    let parts = texts.flat_map(|(_, text)| text.split(['{', '}'])).map(str::trim);
    let tells = |part: &&str| part.contains(' ') && part.chars().count() >= 10 && !part.starts_with('$');
    parts.filter(tells).filter(|part| !other.contains(part)).collect()
}

/// Swedish on an English page: what the program says, for what people have written stays as it is.
fn untranslated(page: &Page) -> Vec<String> {
    static SWEDISH: LazyLock<Vec<&str>> = LazyLock::new(|| {
        telling(
            include_str!("../../../texts/sv.ftl"),
            include_str!("../../../texts/en.ftl"),
        )
    });
    let left = SWEDISH.iter().filter(|text| page.text.contains(**text));
    left.map(|text| format!("it says in Swedish: {text}")).collect()
}

/// Looks at every page of `who` in a real browser.
async fn looks_at_all(who: &str) {
    let town = Town::new().await;
    let Some(at) = Chromium::open(&town.base, 390, true).await else {
        return;
    };
    let (berg, errands) = furnished(&town, str::to_owned).await;
    let errands = comes(&town, who, &mut None).await.unwrap_or(errands);
    let reader = signed_in(&town, who).await;
    if who != "nobody" {
        crate::in_browser::signs_in(&at, who).await;
    }
    let mut looked = Vec::new();
    for place in places(&berg, &errands, who, &reader).await {
        let page = reader.get(&place.path).await;
        if !page.answer.header("content-type").starts_with("text/html") {
            continue;
        }
        at.is_light(&place.path).await;
        at.is_well_in_every_light(who, &place.name).await;
        assert!(
            at.tabs_to().await.starts_with("Hoppa till"),
            "{}: the first key leads past the menu",
            place.path
        );
        looked.push(place);
    }
    at.goto("/sprak/en").await;
    for place in looked {
        at.goto(&place.path).await;
        at.is_well_in_the_dark(who, &format!("{}-en", place.name)).await;
        assert!(at.tabs_to().await.starts_with("Skip to"), "{}: in English", place.path);
    }
}

macro_rules! each_looks_at_all {
    ($($name:ident: $who:expr),+ $(,)?) => {$(
        #[tokio::test(flavor = "multi_thread")]
        async fn $name() {
            looks_at_all($who).await;
        }
    )+};
}
each_looks_at_all! {
    every_page_of_anyone_is_well: "nobody",
    every_page_of_a_home_is_well: "anna.berg",
    every_page_of_a_caseworker_is_well: "maria.lind",
    every_page_of_a_team_lead_is_well: "eva.strand",
    every_page_of_finance_is_well: "ali.ek",
    every_page_of_an_auditor_is_well: "per.holm",
    every_page_of_the_data_protection_officer_is_well: "dora.sund",
    every_page_of_a_steward_is_well: "stina.drift",
    every_page_of_an_archivist_is_well: "arvid.akt",
    every_page_of_a_unit_manager_is_well: MANAGER,
    every_page_of_a_protected_family_is_well: FAMILY,
    every_page_of_whoever_is_named_for_it_is_well: NAMED,
}

/// What people write is text, wherever it is shown: in the page, in its title, in a field that it is typed into again.
#[tokio::test(flavor = "multi_thread")]
async fn hostile_text_is_text_on_every_page() {
    let town = Town::new().await;
    let (berg, errands) = furnished(&town, |words| format!("{words} {HOSTILE}")).await;
    let letters = town.letters_to("anna.berg@example.org").await;
    assert!(!letters.is_empty(), "she has had letters");
    assert!(letters.iter().all(|letter| !letter.contains("hostile")), "{letters:?}");
    let window = Chromium::open(&town.base, 390, true).await;
    let (mut shown, mut wrong, mut family) = (0, Vec::new(), None);
    for who in WHO {
        let own = comes(&town, who, &mut family).await;
        let errands = own.as_ref().unwrap_or(&errands);
        let browser = signed_in(&town, who).await;
        if let (Some(at), true) = (&window, *who != "nobody") {
            crate::in_browser::signs_in(at, who).await;
        }
        for place in places(&berg, errands, who, &browser).await {
            let page = browser.get(&place.path).await;
            if !page.answer.header("content-type").starts_with("text/html") {
                continue;
            }
            shown += page.text.matches("class=hostile").count();
            for raw in ["<b class=hostile", "<img src=x", "</title>'"] {
                if page.text.contains(raw) {
                    wrong.push(format!("{who}: {}: {raw}", place.path));
                }
            }
            if let Some(at) = &window {
                at.goto(&place.path).await;
                at.is_clean_of_strangers().await;
            }
        }
        if let (Some(at), true) = (&window, *who != "nobody") {
            at.goto("/").await;
            crate::in_browser::signs_out(at).await;
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert!(shown > 30, "it is shown: {shown} times");
}
