//! Forms that other sites send in someone's name: refused, and nothing written.

use crate::kit::{Browser, Filled, Town, picture, rows_of};
use reqwest::RequestBuilder;

/// Every address that takes a form, and whether with files. A test holds this list to the source.
const FORMS: &[(&str, bool)] = &[
    ("/logga-in", false),
    ("/logga-ut", false),
    ("/inbjudan", false),
    ("/nytt-losenord", false),
    ("/glomt-losenord", false),
    ("/ny-adress", false),
    ("/jag", false),
    ("/jag/logga-ut", false),
    ("/utkast", true),
    ("/skriv", true),
    ("/filer", true),
    ("/kvitton", true),
    ("/onska/inkop", true),
    ("/onska/resa", true),
    ("/arenden/{id}/svar", true),
    ("/arenden/{id}/anteckning", false),
    ("/arenden/{id}/lage", false),
    ("/arenden/{id}/ansvarig", false),
    ("/arenden/{id}/beslut", false),
    ("/arenden/{id}/granskning", false),
    ("/arenden/{id}/oppna", false),
    ("/arenden/{id}/anmal", false),
    ("/arenden/{id}/isolera", false),
    ("/incidenter/{id}", false),
    ("/behorigheter/{id}", false),
    ("/incidenter/{id}/visa-igen", false),
    ("/brev/{id}", false),
    ("/sok", false),
    ("/bjud-in", false),
    ("/hem/nytt", false),
    ("/hem/{id}/andra", false),
    ("/hem/{id}/medlemmar", false),
    ("/hem/{id}/medlemmar/{part_id}/slut", false),
    ("/hem/{id}/inbjudningar/{part_id}/aterkalla", false),
    ("/hem/{id}/jav", false),
    ("/hem/{id}/jav/{part_id}/slut", false),
    ("/hem/{id}/uppdrag", false),
    ("/arenden/{id}/skyddat", false),
    ("/skyddade/{id}", false),
    ("/skyddade/{id}/utsedda/{part_id}", false),
    ("/personer/{id}/skydd", false),
    ("/uppdrag/{id}", false),
    ("/uppdrag/{id}/begransning", false),
    ("/enheter", false),
    ("/installningar/{grupp}", false),
    ("/logg/kontroll", false),
    ("/personer/{id}/roller", false),
    ("/personer/{id}/roller/{part_id}", false),
];

#[test]
fn every_form_is_attacked() {
    let mut found: Vec<String> = Vec::new();
    for file in crate::house::source::files("src")
        .iter()
        .filter(|file| file.contains("pages") && file.ends_with(".rs"))
    {
        let text = crate::house::source::text(file);
        let posts = text
            .split("#[post(\"")
            .skip(1)
            .filter_map(|rest| rest.split('"').next());
        found.extend(posts.map(str::to_owned));
        for other in ["#[put(", "#[delete(", "#[patch(", "#[route("] {
            assert!(!text.contains(other), "{file}: a form can only be posted");
        }
    }
    found.sort();
    let mut known: Vec<&str> = FORMS.iter().map(|(path, _)| *path).collect();
    known.sort_unstable();
    assert_eq!(found, known);
}

type Attack = (&'static str, fn(RequestBuilder, &str) -> RequestBuilder);

const ATTACKS: &[Attack] = &[
    ("another site", |request, base| {
        request.header("Sec-Fetch-Site", "cross-site").header("Origin", base)
    }),
    ("a site beside ours", |request, base| {
        request.header("Sec-Fetch-Site", "same-site").header("Origin", base)
    }),
    ("nobody's page", |request, base| {
        request.header("Sec-Fetch-Site", "none").header("Origin", base)
    }),
    ("two answers", |request, _| {
        request
            .header("Sec-Fetch-Site", "same-origin")
            .header("Sec-Fetch-Site", "cross-site")
    }),
    ("another origin", |request, _| {
        request.header("Origin", "https://famn.example.org")
    }),
    ("an origin that begins like ours", |request, base| {
        request.header("Origin", format!("{base}.example.org"))
    }),
    ("another port", |request, _| {
        request.header("Origin", "http://127.0.0.1:1")
    }),
    ("no origin", |request, _| request.header("Origin", "null")),
    ("no word of where from", |request, _| request),
];

/// All that could have been written.
fn written(town: &Town) -> Vec<String> {
    let tables = [
        "errand",
        "message",
        "note",
        "file",
        "receipt",
        "audit_event",
        "session",
        "decision",
        "review",
    ];
    let count = |table: &&str| {
        rows_of(
            &town.place,
            &format!("SELECT CAST(COUNT(*) AS TEXT) AS text FROM {table}"),
        )
    };
    let mut all: Vec<String> = tables.iter().flat_map(count).collect();
    all.extend(rows_of(
        &town.place,
        "SELECT state || COALESCE(CAST(version AS TEXT), '') AS text FROM errand ORDER BY id",
    ));
    all
}

/// What a home alone sends.
fn of_homes(path: &str) -> bool {
    path == "/kvitton" || path.starts_with("/onska/")
}

/// A form for each address that would be taken if it came from our own page.
async fn right_form(maria: &Browser, path: &str, errand: &str) -> Filled {
    let place = |text: &str| {
        let rest = text.split("value=\"uppdrag:").nth(1).expect("an assignment");
        format!("uppdrag:{}", rest.split('"').next().expect("an id"))
    };
    let action = path.replace("/arenden/{id}", errand);
    match path {
        "/logga-in" => {
            // The form that stands there once one is signed in elsewhere: bound to the session's cookie.
            let token = maria.get("/arenden").await.form("/logga-ut");
            token
                .but("board", "borlange")
                .but("email", "maria.lind@example.org")
                .but("password", famn::demo::PASSWORD)
        }
        "/inbjudan" | "/nytt-losenord" => {
            let form = maria.get(path).await.form(path);
            form.but("token", "none").but("password", "en ganska lång mening")
        }
        "/glomt-losenord" => {
            let form = maria.get(path).await.form(path);
            form.but("board", "borlange").but("email", "maria.lind@example.org")
        }
        "/ny-adress" => maria.get(path).await.form(path).but("token", "none"),
        "/jag" => maria.get("/jag").await.form("/jag").but("language", "sv"),
        "/jag/logga-ut" => maria.get("/jag").await.form("/logga-ut"),
        "/utkast" => {
            let form = maria.get("/skriv").await.form("/skriv");
            form.but("draft_kind", "message").but("body", "Från en annan sida")
        }
        "/logga-ut" => maria.get("/arenden").await.form("/logga-ut"),
        "/skriv" => {
            let page = maria.get("/skriv").await;
            let form = page
                .form("/skriv")
                .but("where", &place(&page.text))
                .but("body", "Från en annan sida")
                .but("do", "send");
            form.file("files", "bild.png", "image/png", &picture())
        }
        "/arenden/{id}/svar" => maria.get(errand).await.form(&action).but("body", "Från en annan sida"),
        "/arenden/{id}/anteckning" => maria.get(errand).await.form(&action).but("note", "Från en annan sida"),
        "/arenden/{id}/lage" => maria.get(errand).await.form(&action).but("state", "closed"),
        "/filer" => {
            let form = maria.get("/skriv").await.form("/skriv");
            let token = form
                .fields
                .into_iter()
                .filter(|(name, _)| name == "csrf" || name == "once")
                .collect();
            let bare = Filled {
                fields: token,
                files: vec![],
            };
            bare.file("file", "bild.png", "image/png", &picture())
        }
        "/arenden/{id}/beslut" => {
            let form = maria.get(errand).await.form(&action);
            form.but("decision.outcome", "granted").but("do", "send")
        }
        "/arenden/{id}/granskning" => {
            let form = maria.get(&action).await.form(&action);
            form.but("lines.0.outcome", "granted").but("do", "send")
        }
        "/arenden/{id}/skyddat" => {
            let form = maria.get("/arenden").await.form("/logga-ut");
            form.but("protected.reason", "Från en annan sida")
        }
        "/arenden/{id}/oppna" => {
            let form = maria.get("/arenden").await.form("/logga-ut");
            form.but("reason_code", "on_call")
        }
        "/arenden/{id}/anmal" | "/arenden/{id}/isolera" => {
            let page = maria.get(&action).await;
            let item = page.text.split("value=\"message:").nth(1).expect("a message");
            let item = format!("message:{}", item.split('"').next().expect("an id"));
            page.form(&action).but("item", &item).but("reason", "Ett annat barns")
        }
        path if path.starts_with("/arenden/") => maria.get(errand).await.form(&action),
        // Of the steward's and the auditor's pages a caseworker has none; a form's token is good for all.
        _ => maria.get("/arenden").await.form("/logga-ut").but("do", "retry"),
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn no_form_is_taken_from_elsewhere() {
    let town = Town::new().await;
    let anna = Browser::signed_in(&town.base, "anna.berg").await;
    let maria = Browser::signed_in(&town.base, "maria.lind").await;
    let page = anna.get("/skriv").await;
    let home = page
        .text
        .split("value=\"hem:")
        .nth(1)
        .and_then(|rest| rest.split('"').next())
        .expect("a home");
    let form = page
        .form("/skriv")
        .but("where", &format!("hem:{home}"))
        .but("body", "Hej")
        .but("do", "send");
    let errand = anna
        .submit("/skriv", &form, true)
        .await
        .path
        .trim_end_matches("/klart")
        .to_owned();
    let foreign = anna.get(&errand).await.form("/logga-ut").fields.remove(0);
    let before = Browser::new(&town.base)
        .get("/logga-in")
        .await
        .form("/logga-in")
        .fields
        .remove(0);
    assert!(foreign.0 == "csrf" && before.0 == "csrf");

    let town_anna = town.anna().await;
    let wish = format!("/arenden/{}", crate::kit::id(&town_anna.wishes(150_000).await));
    let claim = format!("/arenden/{}", crate::kit::id(&town_anna.drives(12_000).await));
    let errand_of = |path: &str| match path {
        "/arenden/{id}/beslut" => wish.as_str(),
        "/arenden/{id}/granskning" => claim.as_str(),
        _ => errand.as_str(),
    };
    let anna_id = town_anna.id.clone();
    for (path, multipart) in FORMS {
        // Maria sends what a home sends too; receipts are Anna's.
        let (who, filled) = match *path {
            path if of_homes(path) => (&anna, anna.get(path).await.form(path).but("do", "send")),
            path => (&maria, right_form(&maria, path, errand_of(path)).await),
        };
        let foreign = if of_homes(path) {
            maria.get(&errand).await.form("/logga-ut").fields.remove(0)
        } else {
            foreign.clone()
        };
        let action = path.replace("/arenden/{id}", errand_of(path));
        let action = action
            .replace("{grupp}", "kontakt")
            .replace("{part_id}", &anna_id)
            .replace("{id}", &anna_id);
        let start = written(&town);
        let refused = |what: String, answer: crate::kit::Answer| {
            assert_eq!(answer.status.as_u16(), 403, "{path} from {what}: {answer}");
            assert!(answer.header("content-type").starts_with("text/html") && answer.header("set-cookie").is_empty());
            assert_eq!(written(&town), start, "{path} from {what} wrote something");
        };
        for (what, attack) in ATTACKS {
            let request = attack(who.sending(&action, &filled, *multipart), &town.base);
            refused((*what).to_owned(), who.send(request).await);
        }
        let mut none = filled.clone();
        none.fields.retain(|(name, _)| name != "csrf");
        let mut last = none.clone();
        last.fields.push(
            filled
                .fields
                .iter()
                .find(|(name, _)| name == "csrf")
                .expect("a token")
                .clone(),
        );
        let mut tokens = vec![
            ("no token", none.clone()),
            ("an empty token", filled.clone().but("csrf", "")),
        ];
        for (what, token) in [("another's token", &foreign), ("a stranger's token", &before)] {
            let mut wrong = none.clone();
            wrong.fields.insert(0, token.clone());
            tokens.push((what, wrong));
        }
        if *multipart {
            tokens.push(("a token that comes last", last));
        }
        for (what, wrong) in tokens {
            let request = who
                .sending(&action, &wrong, *multipart)
                .header("Sec-Fetch-Site", "same-origin");
            refused(what.to_owned(), who.send(request).await);
        }
        let bare = Browser::new(&town.base);
        let request = bare
            .sending(&action, &filled, *multipart)
            .header("Sec-Fetch-Site", "same-origin");
        refused("without a cookie".to_owned(), bare.send(request).await);
    }

    // Where the browser does not say, the origin does; and in the demo a loopback address is ours by any name.
    for (path, multipart) in FORMS.iter().filter(|(path, _)| path.starts_with("/arenden")) {
        let (filled, action) = (
            right_form(&maria, path, errand_of(path)).await,
            path.replace("/arenden/{id}", errand_of(path)),
        );
        let sent = maria
            .send(maria.sending(&action, &filled, *multipart).header("Origin", &town.base))
            .await;
        // What shows something for once answers itself.
        let taken = if path.ends_with("/skyddat") { 200 } else { 303 };
        assert_eq!(sent.status.as_u16(), taken, "{path}: {sent}");
    }
    let port = town.base.rsplit(':').next().expect("a port");
    let note = right_form(&maria, "/arenden/{id}/anteckning", &errand).await;
    let named = maria
        .sending(&format!("{errand}/anteckning"), &note, false)
        .header("Host", format!("localhost:{port}"));
    let sent = maria
        .send(named.header("Origin", format!("http://localhost:{port}")))
        .await;
    assert_eq!(sent.status.as_u16(), 303, "{sent}");
}

#[tokio::test(flavor = "multi_thread")]
async fn only_forms_are_taken_and_only_so_large() {
    let town = Town::new().await;
    let anna = Browser::signed_in(&town.base, "anna.berg").await;
    let form = anna.get("/skriv").await.form("/skriv").but("body", "Hej");
    let own = |request: RequestBuilder| request.header("Sec-Fetch-Site", "same-origin");
    let json = anna
        .sending("/skriv", &form, false)
        .header("Content-Type", "application/json");
    assert_eq!(anna.send(own(json)).await.status.as_u16(), 415);
    let urlencoded = anna.sending("/skriv", &form, false);
    assert_eq!(anna.send(own(urlencoded)).await.status.as_u16(), 415);
    let long = form.clone().but("body", &"å".repeat(200_000));
    assert_eq!(
        anna.send(own(anna.sending("/skriv", &long, true)))
            .await
            .status
            .as_u16(),
        413
    );
    let mut many = form.clone();
    many.fields.extend((0..600).map(|n| (format!("x{n}"), String::new())));
    assert_eq!(
        anna.send(own(anna.sending("/skriv", &many, true)))
            .await
            .status
            .as_u16(),
        413
    );
    let cut = anna
        .request(reqwest::Method::POST, "/skriv")
        .header("Content-Type", "multipart/form-data; boundary=grans");
    assert_eq!(
        anna.send(own(cut.body("--grans\r\nContent-Disp")))
            .await
            .status
            .as_u16(),
        400
    );
}
