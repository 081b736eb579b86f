//! Marking a home on pages: what follows is told first, someone is named in the same act, and whoever can be the second
//! person sees that it waits.

use crate::kit::{Browser, Town, count, id};

#[tokio::test(flavor = "multi_thread")]
async fn a_mark_is_set_on_a_page_that_says_what_follows_and_names_someone() {
    let town = Town::new().await;
    let eva = Browser::signed_in(&town.base, "eva.strand").await;
    let homes = town.eva().await.get("/homes").await.expect(200);
    let mut homes = homes["items"].as_array().expect("homes").iter();
    let berg = id(homes.find(|one| one["name"] == "Berg").expect("the home"));
    let edit = format!("/hem/{berg}/andra");
    let unit = town.eva().await.get("/me").await.expect(200)["units"][0]["id"].clone();
    let unit = unit.as_str().expect("a unit").to_owned();
    let form = eva
        .get(&edit)
        .await
        .form(&edit)
        .but("protected", "fictitious")
        .but("unit_id", &unit);
    let told = eva.submit(&edit, &form, false).await;
    assert_eq!(
        (told.status, count(&town.place, "protected_grant")),
        (200.try_into().expect("ok"), 1)
    );
    for words in [
        "Kontrollera skyddet",
        "Du själv ser inte längre hemmet",
        "De som svarar för hemmet föreslås genast: Maria Lind",
        "Den andra personen kan vara: Dora Sund",
        "Jonas Ahl",
    ] {
        assert!(told.shows(words), "{words}: {}", told.text);
    }
    assert!(
        eva.get(&format!("/hem/{berg}")).await.shows("Anna Berg"),
        "nothing is done yet"
    );
    // Back to the form, with what was chosen.
    let back = eva.submit(&edit, &told.form(&edit).but("do", "edit"), false).await;
    assert!(
        back.shows("Spara") && back.text.contains("value=\"fictitious\" checked"),
        "{}",
        back.text
    );

    let jonas = town.jonas().await.id.clone();
    let anna = told.form(&edit).with("named_ids", &town.anna().await.id);
    let refused = eva.submit(&edit, &anna, false).await;
    assert!(
        refused.status == 422 && refused.shows("Kontrollera skyddet"),
        "{}",
        refused.text
    );
    let done = eva
        .submit(&edit, &told.form(&edit).with("named_ids", &jonas), false)
        .await;
    assert!(
        done.path.starts_with("/skyddade/") && done.shows("Jonas Ahl"),
        "{}",
        done.text
    );
    assert!(
        done.shows("Maria Lind") && done.shows("Föreslagen när skyddet lades in"),
        "{}",
        done.text
    );
    assert_eq!(eva.get(&format!("/hem/{berg}")).await.status, 404);

    // Both wait, and whoever can say yes sees it on the first page; whoever proposed it does not.
    let dora = Browser::signed_in(&town.base, "dora.sund").await;
    assert!(dora.get("/").await.shows("2 väntar på dig"));
    assert!(!eva.get("/skyddade").await.text.contains("railcount\">2"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_child_and_a_person_are_marked_on_such_a_page_too() {
    let town = Town::new().await;
    let (eva, stina) = (
        Browser::signed_in(&town.base, "eva.strand").await,
        Browser::signed_in(&town.base, "stina.drift").await,
    );
    let homes = town.eva().await.get("/homes").await.expect(200);
    let mut homes = homes["items"].as_array().expect("homes").iter();
    let berg = id(homes.find(|one| one["name"] == "Berg").expect("the home"));
    let path = format!("/hem/{berg}/uppdrag");
    let form = eva.get(&path).await.form(&path);
    let form = form
        .but("service_user.first_name", "Tindra")
        .but("service_user.last_name", "Åkerö")
        .but("service_user.protected", "secrecy_marking")
        .but("kind", "foster")
        .but("from", &town.app.clock.now().day().to_string())
        .but("legal_basis", "SoL")
        .but("caseworker_id", &town.maria().await.id);
    let before = count(&town.place, "assignment");
    let told = eva.submit(&path, &form, false).await;
    assert!(
        told.shows("Kontrollera skyddet") && !told.shows("Vem mer ska utses"),
        "{}",
        told.text
    );
    assert_eq!(count(&town.place, "assignment"), before);
    let done = eva.submit(&path, &told.form(&path), false).await;
    assert!(done.path.starts_with("/skyddade/"), "{}", done.text);
    assert_eq!(count(&town.place, "assignment"), before + 1);

    let anna = town.anna().await.id.clone();
    let (page, act) = (format!("/personer/{anna}"), format!("/personer/{anna}/skydd"));
    let form = stina.get(&page).await.form(&act).but("protected", "secrecy_marking");
    let told = stina.submit(&act, &form, false).await;
    assert!(told.shows("Bor personen i ett familjehem"), "{}", told.text);
    let marked = "person WHERE protected <> 'none'";
    let before = count(&town.place, marked);
    assert!(
        stina
            .submit(&act, &told.form(&act), false)
            .await
            .path
            .starts_with(&page)
    );
    assert_eq!(count(&town.place, marked), before + 1);
}
