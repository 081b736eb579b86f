//! What anyone may see: a board's page, and what the law asks a service to say of itself.

use super::{Browser, Town};

#[tokio::test(flavor = "multi_thread")]
async fn a_board_says_what_it_is_there_for_and_how_it_is_reached() {
    let town = Town::new().await;
    let nobody = Browser::new(&town.base);
    let start = nobody.get("/").await;
    assert!(start.shows("href=\"/kommun/borlange\"") && start.shows("href=\"/kommun/vansbro\""));
    let board = nobody.get(&start.link("/kommun/borlange")).await;
    assert_eq!(board.status, 200);
    for said in [
        "Barn- och bildningsnämnden i Borlänge",
        "För dig som redan är familjehem",
        "Familjehem",
        "Jourhem",
        "Kontaktfamilj",
        "Kontaktperson",
        "Du kan ringa utan att säga vem du är.",
        "href=\"tel:024374000\"",
        "href=\"mailto:kommun@borlange.se\"",
        "href=\"https://www.familjehemsverige.se\" rel=\"noreferrer\"",
        "href=\"tel:112\"",
        "Sidan uppdaterades ",
    ] {
        assert!(board.shows(said), "{said}: {}", board.text);
    }
    // Two links from the start, and the board is chosen.
    let sign_in = nobody.get(&board.link("/logga-in?kommun=borlange")).await;
    assert!(sign_in.shows("value=\"borlange\" selected") && sign_in.shows("0243-740 00"));
    for none in ["/kommun/ingenstans", "/kommun/", "/kommun/BORLANGE", "/kommun/%00"] {
        assert_eq!(nobody.get(none).await.status, 404, "{none}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_service_tells_of_accessibility_personal_data_and_cookies() {
    let town = Town::new().await;
    let nobody = Browser::new(&town.base);
    for (path, said) in [
        (
            "/tillganglighet",
            vec![
                "2018:1937",
                "https://www.digg.se/tdosanmalan",
                "mailto:kommun@borlange.se",
                "delvis förenlig",
            ],
        ),
        (
            "/personuppgifter",
            vec![
                "personuppgiftsansvarig",
                "2001:454",
                "https://www.imy.se",
                "mailto:kommun@borlange.se",
            ],
        ),
        ("/kakor", vec!["__Host-sid", "__Host-pre", "__Host-lang"]),
    ] {
        let page = nobody.get(path).await;
        assert_eq!(page.status, 200, "{path}");
        for said in said {
            assert!(page.shows(said), "{path}: {said}");
        }
        for from in ["/", "/logga-in", "/kommun/borlange"] {
            assert!(
                nobody.get(from).await.shows(&format!("href=\"{path}\"")),
                "{path} from {from}"
            );
        }
    }
}
