//! Taking in a municipality from CSV files.

use crate::kit::{Place, Town, count, events};
use famn::import::{How, Outcome, import};
use serde_json::json;
use std::path::{Path, PathBuf};
use std::process::Command;

/// The files that the documentation shows.
fn example() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/import")
}

const TABLES: [&str; 8] = [
    "unit",
    "person",
    "role_grant",
    "home",
    "home_member",
    "service_user",
    "assignment",
    "audit_event",
];

fn counts(place: &Place) -> Vec<usize> {
    TABLES.iter().map(|table| count(place, table)).collect()
}

async fn take_in(town: &Town, folder: &Path, dry_run: bool) -> Outcome {
    let board = town.board("borlange").await;
    let how = How {
        dry_run,
        ..How::default()
    };
    import(&town.app, board, folder, how).await.expect("the import ends")
}

/// The example with some of its files written anew.
fn folder(town: &Town, files: &[(&str, &[u8])]) -> PathBuf {
    let folder = town.place.folder.join("to-import");
    let _ = std::fs::remove_dir_all(&folder);
    std::fs::create_dir_all(&folder).expect("a folder");
    for entry in std::fs::read_dir(example()).expect("the example").flatten() {
        std::fs::copy(entry.path(), folder.join(entry.file_name())).expect("a copy");
    }
    for (name, bytes) in files {
        std::fs::write(folder.join(name), bytes).expect("a file");
    }
    folder
}

fn told(outcome: &Outcome) -> Vec<String> {
    outcome.faults.iter().map(ToString::to_string).collect()
}

/// What was imported lies in clear in a folder of the town's; it goes before the town is looked through.
fn tidy(folder: &Path) {
    std::fs::remove_dir_all(folder).expect("it goes");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_example_is_taken_in_once_however_often() {
    let town = Town::new().await;
    for name in ["Exempelsson", "Lönn-Svensson", "asa.bjork@hem.example", "201503152389"] {
        town.nobody().plant(name);
    }
    let before = counts(&town.place);
    let tried = take_in(&town, &example(), true).await;
    assert_eq!(told(&tried), [""; 0]);
    assert!(tried.has_changed());
    assert_eq!(counts(&town.place), before, "a dry run keeps nothing");

    let done = take_in(&town, &example(), false).await;
    assert_eq!((&done.added, done.people.len()), (&tried.added, 7));
    let added: Vec<usize> = done.added.iter().map(|(_, count)| *count).collect();
    assert_eq!(added, [2, 4, 3, 4, 3, 3]);
    let after = counts(&town.place);
    let grown: Vec<usize> = after
        .iter()
        .zip(&before)
        .map(|(after, before)| after - before)
        .collect();
    assert_eq!(
        grown,
        [2, 7, 8, 3, 4, 3, 3, 31],
        "each thing added is an event, and who is named for a protected home"
    );
    let import: Vec<_> = events(&town.place).split_off(before[7]);
    assert!(
        import
            .iter()
            .all(|event| event["relation"] == "system" && event["outcome"] == "ok")
    );

    let again = take_in(&town, &example(), false).await;
    assert_eq!((told(&again), again.has_changed()), (vec![], false));
    let there: Vec<usize> = again.there.iter().map(|(_, count)| *count).collect();
    assert_eq!(there, added);
    assert_eq!(counts(&town.place), after, "the second time changes nothing");
}

#[tokio::test(flavor = "multi_thread")]
async fn every_fault_is_told_with_its_place_and_nothing_is_taken_in() {
    let town = Town::new().await;
    let before = counts(&town.place);
    let members = "home;email;name;personal_number\nFamiljen Björk;no address;Åsa;\n;x@hem.example;;\n\
                   Familjen Björk;y@hem.example;Ylva;20150315-2380\n";
    let staff = "role,email,name,unit,colour\ncaseworker,a@exempel.example,A,,red\n";
    let assignments = "label;user;home;unit;from;to;caseworker;legal_basis\n\
                       U-1;1;Familjen Björk;Familjehemsgruppen Norr;2026-02-30;;mia.alm@exempel.example;SOL\n\
                       U-1;1;Familjen Björk;Familjehemsgruppen Norr;2026-03-01;2026-02-01;mia.alm@exempel.example;PBL\n\
                       U-2;2;short\n";
    let wrong = folder(
        &town,
        &[
            ("members.csv", members.as_bytes()),
            ("staff.csv", staff.as_bytes()),
            ("assignments.csv", assignments.as_bytes()),
            ("units.csv", b"unit\nNorr\nS\xf6der\n"),
            ("unit.csv", b"unit\nNorr\n"),
        ],
    );
    let outcome = take_in(&town, &wrong, false).await;
    let told = told(&outcome);
    for fault in [
        "unit.csv: is none of the files that are read",
        "units.csv:3: is not UTF-8: save the file as \"CSV UTF-8\"",
        "staff.csv:1: colour: there is no such column",
        "members.csv:3: home: is empty",
        "members.csv:3: name: is empty",
        "members.csv:4: personal_number: is no personal or coordination number",
        "assignments.csv:2: from: is no date, such as 2026-11-22",
        "assignments.csv:3: label: is the same as in line 2",
        "assignments.csv:3: to: is before the first day",
        "assignments.csv:3: legal_basis: is none of SoL, LVU, LSS, FB",
        "assignments.csv:4: has 3 fields, and the head has 8",
        "members.csv:2: home: there is none such, neither in the files nor at the board",
    ] {
        assert!(told.iter().any(|one| one == fault), "{fault} in\n{}", told.join("\n"));
    }
    assert!(!told.join("\n").contains("2380"), "nothing of the fields is repeated");
    assert_eq!(counts(&town.place), before);
    tidy(&wrong);
}

#[tokio::test(flavor = "multi_thread")]
async fn faults_of_both_kinds_are_told_at_once_and_none_that_only_follows() {
    let town = Town::new().await;
    let homes = "home;unit;kind\nHem Ett;Norr;slott\nHem Två;Ingenstans;foster\nHem Tre;Norr;foster\n";
    let members = "home;email;name\nHem Ett;a@hem.example;A\nHem Tre;b@hem.example;B\nHem Fyra;c@hem.example;C\n";
    let users = "user;first_name;last_name;personal_number\n1;;Ek;\n2;Bo;Ek;\n";
    let assignments = "label;user;home;unit;from;caseworker\n\
                       U-1;1;Hem Tre;Norr;2026-03-01;mia@e.example\n\
                       U-2;2;Hem Ett;Norr;2026-03-01;mia@e.example\n\
                       U-3;2;Hem Tre;Norr;2026-03-01;ingen@e.example\n";
    let staff = "email;name;role;unit\nmia@e.example;Mia;boss;Norr\n";
    let wrong = folder(
        &town,
        &[
            ("units.csv", b"unit\nNorr\n"),
            ("homes.csv", homes.as_bytes()),
            ("members.csv", members.as_bytes()),
            ("service_users.csv", users.as_bytes()),
            ("assignments.csv", assignments.as_bytes()),
            ("staff.csv", staff.as_bytes()),
        ],
    );
    let outcome = take_in(&town, &wrong, false).await;
    let none_such = "there is none such, neither in the files nor at the board";
    let told = told(&outcome);
    assert_eq!(told.len(), 6, "{}", told.join("\n"));
    let whole = told.join("\n");
    for fault in [
        "homes.csv:2: kind: is none of foster, emergency, contact_family, contact_person".to_owned(),
        format!("homes.csv:3: unit: {none_such}"),
        format!("members.csv:4: home: {none_such}"),
        "service_users.csv:2: first_name: is empty".to_owned(),
        format!("assignments.csv:4: caseworker: {none_such}"),
    ] {
        assert!(whole.contains(&fault), "{fault} in\n{whole}");
    }
    assert!(whole.contains("staff.csv:2: role: is none of"), "{whole}");
    tidy(&wrong);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_does_not_fit_together_is_told_and_rolled_back_whole() {
    let town = Town::new().await;
    let before = counts(&town.place);
    let members = "home,email,name\r\nFamiljen Ek,e@hem.example,E\r\nFamiljen Björk,not an address,F\r\n\
                   \"Familjen Björk\",\"asa.bjork@hem.example\",\"Åsa \"\"Ås\"\" Björk\"\r\n";
    let assignments = "label;user;home;unit;from;caseworker\n\
                       U-1;9;Familjen Björk;Familjehemsgruppen Norr;2026-03-01;mia.alm@exempel.example\n\
                       U-2;1;Familjen Björk;Ingenstans;2026-03-01;mia.alm@exempel.example\n\
                       U-3;2;Familjen Björk;Familjehemsgruppen Norr;2026-03-01;asa.bjork@hem.example\n";
    let bom = ["\u{feff}", members].concat();
    let wrong = folder(
        &town,
        &[
            ("members.csv", bom.as_bytes()),
            ("assignments.csv", assignments.as_bytes()),
        ],
    );
    let outcome = take_in(&town, &wrong, false).await;
    let none_such = "there is none such, neither in the files nor at the board";
    assert_eq!(
        told(&outcome),
        [
            "assignments.csv:2: user: is not in service_users.csv".to_owned(),
            format!("assignments.csv:3: unit: {none_such}"),
            "assignments.csv:4: caseworker: is no caseworker".to_owned(),
            format!("members.csv:2: home: {none_such}"),
            "members.csv:3: email: Write an e-mail address, such as name@example.com".to_owned(),
        ]
    );
    assert_eq!(counts(&town.place), before, "what fitted is not kept either");
    tidy(&wrong);
}

#[tokio::test(flavor = "multi_thread")]
async fn more_is_added_later_and_what_differs_is_told() {
    let town = Town::new().await;
    assert_eq!(told(&take_in(&town, &example(), false).await), [""; 0]);
    let before = counts(&town.place);
    let more =
        "home;email;name\nKontaktfamiljen Asp;ny@hem.example;Ny Asp\nFamiljen Björk;tove.asp@hem.example;Tove Asp\n";
    let later = folder(&town, &[("members.csv", more.as_bytes())]);
    let outcome = take_in(&town, &later, false).await;
    assert_eq!((told(&outcome), outcome.people.len()), (vec![], 1));
    let grown: Vec<usize> = counts(&town.place).iter().zip(&before).map(|(a, b)| a - b).collect();
    assert_eq!(grown[1..5], [1, 1, 0, 2], "one new person, and one in two homes");

    let other = "label;user;home;unit;from;caseworker\n\
                 U-3001;1;Familjen Lönn-Svensson;Familjehemsgruppen Norr;2026-02-01;mia.alm@exempel.example\n";
    let users = "user;first_name;last_name\n1;Alva;Exempelsson\n";
    let later = folder(
        &town,
        &[
            ("assignments.csv", other.as_bytes()),
            ("service_users.csv", users.as_bytes()),
        ],
    );
    assert_eq!(
        told(&take_in(&town, &later, false).await),
        ["assignments.csv:2: label: there is one of that label already, for another home, user or first day"]
    );
    tidy(&later);
}

/// Sixty homes with their people, as a municipality of the larger kind has them.
#[tokio::test(flavor = "multi_thread")]
async fn sixty_homes_are_taken_in_in_one_go() {
    let town = Town::new().await;
    let lines = |head: &str, line: &dyn Fn(usize) -> String| {
        let lines: String = (0..60).map(line).collect();
        format!("{head}\n{lines}")
    };
    let homes = lines("home;unit", &|n| format!("Hem {n:02};Familjehemsgruppen Norr\n"));
    let members = lines("home;email;name", &|n| {
        format!("Hem {n:02};a{n}@hem.example;Person {n} A\nHem {n:02};b{n}@hem.example;Person {n} B\n")
    });
    let users = lines("user;first_name;last_name", &|n| format!("{n};Barn {n};Exempelsson\n"));
    let assignments = lines("label;user;home;unit;from;caseworker", &|n| {
        format!("V-{n};{n};Hem {n:02};Familjehemsgruppen Norr;2026-01-01;mia.alm@exempel.example\n")
    });
    let whole = folder(
        &town,
        &[
            ("homes.csv", homes.as_bytes()),
            ("members.csv", members.as_bytes()),
            ("service_users.csv", users.as_bytes()),
            ("assignments.csv", assignments.as_bytes()),
        ],
    );
    let outcome = take_in(&town, &whole, false).await;
    assert_eq!((told(&outcome), outcome.people.len()), (vec![], 123));
    assert!(!take_in(&town, &whole, false).await.has_changed());
    tidy(&whole);
}

#[tokio::test(flavor = "multi_thread")]
async fn everyone_in_the_files_is_invited_once_and_comes_in() {
    let town = Town::new().await;
    let board = town.board("borlange").await;
    let run = async |dry_run, invite| {
        import(&town.app, board, &example(), How { dry_run, invite })
            .await
            .expect("the import ends")
    };
    assert_eq!(run(false, false).await.invited, 0);
    // Who was taken in without a letter gets it later, once; who signs in already gets none.
    let (tried, letters) = (run(true, true).await, count(&town.place, "outbox"));
    assert_eq!((tried.invited, count(&town.place, "invitation")), (7, 0));
    let done = run(false, true).await;
    assert_eq!((told(&done), done.invited), (vec![], 7));
    assert_eq!(count(&town.place, "outbox"), letters + 7);
    assert_eq!(run(false, true).await.invited, 0, "their invitations work still");
    for (email, home) in [
        ("asa.bjork@hem.example", "Familjen Björk"),
        ("petra.gran@exempel.example", ""),
    ] {
        town.nobody().plant(email);
        let code = town.code_for(email, 1).await;
        town.nobody().plant(&code);
        let accept = json!({"token": code, "password": "regn över tallmon i november"});
        town.nobody().post("/invitations/accept", accept).await.expect(201);
        let who = town
            .nobody()
            .signed_in("borlange", email, "regn över tallmon i november")
            .await;
        let me = who.get("/me").await.expect(200);
        assert_eq!(me["homes"][0]["name"].as_str().unwrap_or_default(), home, "{email}");
        assert_eq!(me["roles"].as_array().expect("roles").len(), 1);
    }
    // What the operator gave and somebody has ended is not given anew by the letter.
    let ended = "UPDATE home_member SET to_at = from_at WHERE person_id IN (SELECT person_id FROM invitation)";
    crate::kit::execute(&town.place, ended);
    crate::kit::execute(
        &town.place,
        "UPDATE role_grant SET to_at = from_at WHERE role = 'contractor'",
    );
    let code = town.code_for("ida.lonn@hem.example", 1).await;
    let accept = json!({"token": code, "password": "regn över tallmon i november"});
    town.nobody().post("/invitations/accept", accept).await.expect(201);
    let ida = town
        .nobody()
        .signed_in("borlange", "ida.lonn@hem.example", "regn över tallmon i november")
        .await;
    let me = ida.get("/me").await.expect(200);
    assert_eq!((&me["homes"], &me["roles"]), (&json!([]), &json!([])));
}

#[tokio::test(flavor = "multi_thread")]
async fn the_command_takes_in_and_says_so() {
    let town = Town::new().await;
    let folder = town.place.folder.display().to_string();
    let famn = |arguments: &[&str]| {
        let mut command = Command::new(env!("CARGO_BIN_EXE_famn"));
        command
            .args(["import", "--board", "borlange"])
            .args(arguments)
            .env("FAMN_DATA__FOLDER", &folder)
            .env("FAMN_DATABASE__URL", &town.place.url)
            .env("FAMN_KEYS__ROOT_FILE", format!("{folder}/root.key"))
            .env("FAMN_AUDIT__ORIGIN", "famn.demo/audit")
            .env("FAMN_MAIL__FROM", "Famn <famn@famn.demo>");
        let done = command.output().expect("the program starts");
        let text = |bytes: Vec<u8>| String::from_utf8(bytes).expect("text");
        (done.status.code(), text(done.stdout), text(done.stderr))
    };
    let example = example().display().to_string();
    let (code, out, err) = famn(&["--dry-run", &example]);
    assert_eq!((code, err.as_str()), (Some(0), ""));
    assert!(out.contains("homes.csv: 3 would be added, 0 there already"), "{out}");
    let (code, out, _) = famn(&[&example]);
    assert_eq!(code, Some(0));
    assert!(
        out.contains("staff.csv: 4 added") && out.contains("7 people have no password yet"),
        "{out}"
    );
    let (code, _, err) = famn(&[&format!("{example}/none")]);
    assert!(code == Some(1) && err.contains("No such file"), "{err}");
    assert_eq!(
        count(&town.place, "audit_pending"),
        0,
        "the command gives its events their places"
    );
}
