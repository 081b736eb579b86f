//! The command line as an operator uses it: a new installation from nothing, without anyone who serves meanwhile.

use crate::kit::{Place, Server, famn, on_postgres};
use famn::audit::verify::{Asked, verify};
use famn::clock::Clock;
use famn::crypt::token::{Bearer, Named};
use famn::crypt::{Keyring, RootKey};
use famn::db::Store;
use famn::id::Id;
use std::sync::Arc;
use std::time::Duration;

const PASSWORD: &str = "en ganska lång mening";

/// A board, a home, two people and an assignment, each by its command.
fn set_up(place: &Place) {
    famn(place, &["keys", "init"], "").done();
    famn(place, &["migrate"], "").done();
    let board = [
        "board",
        "add",
        "exempel",
        "--name",
        "Socialnämnden i Exempel",
        "--phone",
        "0123-45 67 89",
        "--email",
        "socialnamnden@example.se",
        "--unit",
        "Gruppen",
        "--passwords-alone",
    ];
    famn(place, &board, "").done();
    let at = ["--board", "exempel", "--unit", "Gruppen"];
    let home = famn(place, &[&["home", "add"], &at[..]].concat(), "Lindgren\n").done();
    let staff = [&["person", "add", "--role", "caseworker"], &at[..]].concat();
    famn(
        place,
        &staff,
        &format!("Mia Alm\nmia.alm@example.se\n{PASSWORD} till\n"),
    )
    .done();
    let parent = [
        "person",
        "add",
        "--board",
        "exempel",
        "--role",
        "contractor",
        "--home",
        &home,
    ];
    famn(
        place,
        &parent,
        &format!("Astrid Lindgren\r\nastrid@example.org\r\n{PASSWORD}\r\n"),
    )
    .done();
    let assignment = [
        &[
            "assignment",
            "add",
            "--home",
            &home,
            "--label",
            "U-1",
            "--from",
            "2026-01-01",
        ],
        &at[..],
    ];
    famn(place, &assignment.concat(), "Emil\nSvensson\n\nmia.alm@example.se\n").done();
}

async fn empty() -> Place {
    tokio::task::spawn_blocking(Place::empty).await.expect("a place")
}

#[tokio::test(flavor = "multi_thread")]
async fn what_commands_add_stands_in_a_whole_log_with_nobody_serving() {
    let place = empty().await;
    set_up(&place);
    famn(&place, &["audit", "verify"], "").done();
    // Nor later, when what waits for its place would be told.
    let store = Store::open(&place.url, 1).expect("the database opens");
    let root = RootKey::load(&place.folder.join("root.key")).expect("the key");
    let later = Clock::system().now().plus(Duration::from_secs(120));
    let report = verify(&store, Some(Arc::new(Keyring::new(root.into_key()))), Asked::all(later)).await;
    let report = report.expect("the log can be verified");
    assert_eq!(report.exit_code(), 0, "{report}");

    let server = Server::start(&place);
    let nobody = crate::kit::Person::nobody(&server.base, Arc::default());
    let astrid = nobody.signed_in("exempel", "astrid@example.org", PASSWORD).await;
    let me = astrid.get("/me").await.expect(200);
    assert_eq!(
        (&me["name"], &me["homes"][0]["name"]),
        (&"Astrid Lindgren".into(), &"Lindgren".into())
    );
    let assignments = astrid.get("/assignments").await.expect(200);
    assert_eq!(assignments["items"][0]["label"], "U-1");
}

#[tokio::test(flavor = "multi_thread")]
async fn names_and_addresses_are_no_arguments() {
    let place = empty().await;
    let roles = ["person", "add", "--board", "exempel", "--role", "contractor"];
    for (option, value) in [("--name", "Astrid Lindgren"), ("--email", "astrid@example.org")] {
        let told = famn(&place, &[&roles, &[option, value][..]].concat(), "");
        assert_eq!(told.code, 2, "{told:?}");
    }
    set_up(&place);
    let told = famn(&place, &roles, &format!("\nastrid\n{PASSWORD}\n"));
    assert_eq!(told.code, 1, "{told:?}");
    assert!(
        told.words.contains("name:") && told.words.contains("email:"),
        "{told:?}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_lost_root_key_is_brought_back_and_no_other_is_made() {
    let place = empty().await;
    let root = place.folder.join("root.key");
    let none = famn(&place, &["serve"], "");
    assert!(none.code == 1 && none.words.contains("`famn keys init`"), "{none:?}");
    set_up(&place);
    let again = famn(&place, &["keys", "init"], "");
    assert!(again.code == 1 && !again.words.contains("made"), "{again:?}");

    let kept = std::fs::read(&root).expect("the key");
    std::fs::remove_file(&root).expect("it is lost");
    for command in [
        &["serve"][..],
        &["keys", "init"],
        &["audit", "export", "--board", "exempel", "--out", "x"],
    ] {
        let told = famn(&place, command, "");
        assert_eq!(told.code, 1, "{command:?}: {told:?}");
        assert!(told.words.contains("safe copy"), "{command:?}: {told:?}");
        assert!(!told.words.contains("keys init"), "{command:?}: {told:?}");
        assert!(!root.exists(), "{command:?} made a key");
    }
    // A key of another installation opens nothing, and nothing is written under it.
    RootKey::make(&root).expect("another key");
    let told = famn(&place, &["serve"], "");
    assert!(told.code == 1 && told.words.contains("is another"), "{told:?}");
    std::fs::write(&root, kept).expect("it is brought back");
    famn(&place, &["audit", "verify"], "").done();
}

#[cfg(unix)]
#[tokio::test(flavor = "multi_thread")]
async fn what_the_program_makes_is_its_own_users_alone() {
    use std::os::unix::fs::PermissionsExt as _;
    let place = empty().await;
    set_up(&place);
    let server = Server::start(&place);
    let nobody = crate::kit::Person::nobody(&server.base, Arc::default());
    let astrid = nobody.signed_in("exempel", "astrid@example.org", PASSWORD).await;
    let sent = astrid.uploads("k.jpg", "image/jpeg", crate::kit::samples::jpeg()).await;
    let file = crate::kit::id(&sent.expect(201));
    let new = serde_json::json!({"kind": "message", "body": "Se bilden", "file_ids": [file]});
    astrid.post("/errands", new).await.expect(201);
    let letters = place.folder.join("letters");
    let has_letter = || {
        std::fs::read_dir(&letters).is_ok_and(|mut folder| {
            folder.any(|one| one.is_ok_and(|one| one.path().extension().is_some_and(|end| end == "eml")))
        })
    };
    for _ in 0..1500 {
        if has_letter() {
            break;
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    assert!(has_letter(), "the letter is written");

    let mut folders = vec![place.folder.clone()];
    let mut files = 0;
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(&folder).expect("the folder is read").flatten() {
            let mode = entry.metadata().expect("it is there").permissions().mode() & 0o777;
            let is_folder = entry.path().is_dir();
            assert_eq!(
                mode,
                if is_folder { 0o700 } else { 0o600 },
                "{}: {mode:o}",
                entry.path().display()
            );
            if is_folder {
                folders.push(entry.path());
            } else {
                files += 1;
            }
        }
    }
    // The key, two forms of the photo, the letter; the database, where it is a file.
    assert!(files >= if on_postgres() { 4 } else { 5 }, "{files} files");
}

/// Several instances that start on a new database agree on its secrets: what one signs the others take.
#[tokio::test(flavor = "multi_thread", worker_threads = 8)]
async fn instances_that_start_at_once_share_their_secrets() {
    let place = empty().await;
    let mut config = famn::demo::config(&place.folder, std::net::SocketAddr::from(([127, 0, 0, 1], 0)));
    config.database.url = place.url.clone();
    config.database.connections = 2;
    RootKey::make(&config.keys.root_file).expect("a root key");
    famn::db::migrate::bring_up_to_date(&place.url).await.expect("migrated");
    let opening = (0..8).map(|_| {
        let config = config.clone();
        tokio::spawn(async move { famn::app::App::open(config, Clock::system(), &[]).await })
    });
    let mut tokens = Vec::new();
    let (clock, nobody) = (Clock::system(), uuid::Uuid::nil());
    let bearer = Bearer {
        board: Id::of(nobody),
        named: Named {
            session: Id::of(nobody),
            person: Id::of(nobody),
            token: Id::of(nobody),
        },
        acr: "",
        amr: "",
        signed_in_at: clock.now(),
    };
    for opened in futures_util::future::join_all(opening).await {
        let app = opened.expect("it ends").expect("it opens");
        // Ed25519 signs one text in one way.
        let token = app.tokens.make(bearer, bearer.signed_in_at).expect("a token");
        tokens.push((app.strangers().token("network", "192.0.2.1"), token.expose().clone()));
    }
    tokens.dedup();
    assert_eq!(tokens.len(), 1, "all have the same secrets");
    assert_eq!(crate::kit::count(&place, "instance_key"), 2);
}
