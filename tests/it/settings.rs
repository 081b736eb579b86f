//! The settings as whoever runs the service gives them: by variable and by file, and all that is wrong with them, and
//! with the machine, told at once and before anything is served.

use crate::kit::{Person, Place, Running, Told, famn_set, on_postgres};
use reqwest::Method;
use std::net::TcpListener;
use std::os::unix::fs::PermissionsExt as _;
use std::sync::Arc;

/// Something that each setting cannot be.
const BAD: &[(&str, &str)] = &[
    ("server.listen", "nowhere"),
    ("server.public_url", "http://famn.example"),
    ("server.workers", "900"),
    ("server.trusted_proxies", "localhost"),
    ("server.forwarded_header", "x-real-ip"),
    ("server.deadline", "0"),
    ("limits.person", "1"),
    ("limits.address", "9"),
    ("metrics.listen", "9464"),
    ("data.folder", ""),
    ("database.url", "2026"),
    ("database.connections", "0"),
    ("keys.root_file", ""),
    ("audit.origin", "famn.example.se/audit"),
    ("mail.from", "nix"),
    ("mail.server", "a b"),
    ("mail.tls", "ssl"),
    ("mail.user", "a\tb"),
    ("mail.password_file", "a\tb"),
    ("mail.ca_file", "a\tb"),
    ("mail.deadline", "half"),
    ("backup.recovery_key", "famn-recovery-1:..."),
    ("passwords.at_once", "65"),
    ("log.format", "xml"),
    ("log.level", "loud"),
];

fn variable(name: &str) -> String {
    format!("FAMN_{}", name.to_uppercase().replace('.', "__"))
}

fn serves(place: &Place, settings: &[(String, String)]) -> Told {
    let settings: Vec<_> = settings
        .iter()
        .map(|(name, value)| (name.as_str(), value.as_str()))
        .collect();
    famn_set(place, &settings, &["serve"])
}

/// That it ended, served nothing, and told of each of these once.
#[track_caller]
fn tells_of(told: &Told, names: &[&str]) {
    assert!(told.code == 1 && !told.output.contains("listening"), "{told:?}");
    for name in names {
        let line = format!("  - {name}: ");
        let times = told.words.lines().filter(|one| one.starts_with(&line)).count();
        assert_eq!(times, 1, "{name} in {}", told.words);
    }
    let all = told.words.lines().filter(|one| one.starts_with("  - ")).count();
    assert_eq!(all, names.len(), "{}", told.words);
}

#[test]
fn every_bad_variable_is_told_at_once_and_nothing_is_served() {
    let place = Place::empty();
    let mut named: Vec<&str> = BAD.iter().map(|(name, _)| *name).collect();
    let mut all: Vec<&str> = famn::config::SETTINGS.iter().map(|setting| setting.name).collect();
    named.sort_unstable();
    all.sort_unstable();
    assert_eq!(named, all, "every setting is tried");
    let mut settings: Vec<_> = BAD
        .iter()
        .map(|(name, value)| (variable(name), (*value).to_owned()))
        .collect();
    for unknown in ["FAMN_SERVER__WORKRES", "FAMN_COLOUR", "FAMN_SERVER_WORKERS"] {
        settings.push((unknown.into(), "2".into()));
        named.push(unknown);
    }
    tells_of(&serves(&place, &settings), &named);
}

#[test]
fn what_is_wrong_with_values_and_with_the_machine_is_told_together() {
    let place = Place::empty();
    let folder = &place.folder;
    std::fs::write(folder.join("file"), "no folder").expect("a file");
    std::fs::write(folder.join("root.key"), "no key").expect("a file");
    std::fs::set_permissions(folder.join("root.key"), std::fs::Permissions::from_mode(0o644)).expect("set");
    std::fs::write(folder.join("ca.pem"), "no certificate").expect("a file");
    let taken = [(); 2].map(|()| TcpListener::bind("127.0.0.1:0").expect("a free port"));
    let taken = taken
        .each_ref()
        .map(|taken| taken.local_addr().expect("an address").to_string());
    let within = |name: &str| folder.join(name).display().to_string();
    let mut settings = vec![
        ("mail.from", "nix".to_owned()),
        ("audit.origin", "famn.example.se/audit".into()),
        ("backup.recovery_key", "famn-recovery-1:...".into()),
        ("mail.server", "smtp.kommunen.example".into()),
        ("mail.user", "famn".into()),
        ("mail.password_file", within("mail.password")),
        ("mail.ca_file", within("ca.pem")),
        ("data.folder", within("file/data")),
        ("server.listen", taken[0].clone()),
        ("metrics.listen", taken[1].clone()),
    ];
    if !on_postgres() {
        settings.push(("database.url", format!("sqlite:{}", within("none.db"))));
    }
    let settings: Vec<_> = settings
        .into_iter()
        .map(|(name, value)| (variable(name), value))
        .collect();
    let names = [
        "mail.from",
        "audit.origin",
        "backup.recovery_key",
        "mail.password_file",
        "mail.ca_file",
        "data.folder",
        "server.listen",
        "metrics.listen",
        "keys.root_file",
        "database.url",
    ];
    tells_of(&serves(&place, &settings), &names);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_variable_wins_over_a_file_and_is_taken_as_it_stands() {
    let place = tokio::task::spawn_blocking(Place::filled).await.expect("a place");
    let config = place.folder.join("config");
    std::fs::create_dir(&config).expect("a folder");
    let file = "[server]\nworkers = 900\n[limits]\naddress = 100000\n[data]\nfolder = \"other\"\n";
    std::fs::write(config.join("famn.toml"), file).expect("a file");
    let settings = [
        ("FAMN_SERVER__WORKERS", "5"),
        ("FAMN_LIMITS__ADDRESS", "10"),
        ("FAMN_SERVER__TRUSTED_PROXIES", "127.0.0.1"),
        ("FAMN_DATA__FOLDER", "2026"),
    ];
    let server = Running::serving(&place, &settings);
    assert!(place.folder.join("2026/blobs").is_dir() && !place.folder.join("other").exists());
    let nobody = Person::nobody(&server.base, Arc::default());
    let mut turned_away = 0;
    for _ in 0..150 {
        let request = nobody
            .request(Method::GET, "/boards")
            .header("X-Forwarded-For", "192.0.2.9");
        turned_away += usize::from(nobody.send(request).await.status == 429);
    }
    assert!(turned_away > 0, "ten seconds' worth of ten at once, and no more");
}
