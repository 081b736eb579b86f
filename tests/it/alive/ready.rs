//! Readiness names what fails, each by its own name, and metrics tell of the tasks.

use crate::health::{asked, unavailable, until_ready};
use crate::kit::{Town, famn};
use famn::alive::Pulse;
use famn::clock::Clock;
use famn::crypt::RootKey;
use serde_json::json;
use std::os::unix::fs::PermissionsExt as _;
use std::time::Duration;

#[tokio::test(flavor = "multi_thread")]
async fn a_root_key_that_cannot_be_read_or_is_another_is_told_by_its_name() {
    let town = Town::new().await;
    until_ready(&town, 200).await;
    let (path, away) = (town.place.folder.join("root.key"), town.place.folder.join("borta.key"));
    let anna = town.anna().await;
    std::fs::rename(&path, &away).expect("it is moved away");
    assert_eq!(asked(&town, "/health/ready").await, (503, unavailable("root-key")));
    RootKey::make(&path).expect("another is made");
    assert_eq!(asked(&town, "/health/ready").await, (503, unavailable("root-key")));
    std::fs::write(&path, "famn root key 1\nnone\n").expect("it is damaged");
    assert_eq!(asked(&town, "/health/ready").await, (503, unavailable("root-key")));
    assert_eq!(asked(&town, "/health/live").await.0, 200, "it is up all the same");
    std::fs::rename(&away, &path).expect("it is moved back");
    let open = std::fs::Permissions::from_mode(0o644);
    std::fs::set_permissions(&path, open).expect("others may read it");
    assert_eq!(asked(&town, "/health/ready").await, (503, unavailable("root-key")));
    let own = std::fs::Permissions::from_mode(0o600);
    std::fs::set_permissions(&path, own).expect("its own again");
    assert_eq!(asked(&town, "/health/ready").await, (200, json!({"status": "ok"})));
    anna.get("/me").await.expect(200);
    // While a key passes to the next, nobody is told that it is another.
    let rotated = tokio::task::block_in_place(|| famn(&town.place, &["keys", "rotate", "--grace", "0"], ""));
    rotated.done();
    assert_eq!(asked(&town, "/health/ready").await, (200, json!({"status": "ok"})));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_task_that_is_dead_or_stuck_is_told_by_its_name_and_counted() {
    let listen = super::free_address();
    let town = Town::with(Clock::system(), |config| config.metrics.listen = Some(listen)).await;
    until_ready(&town, 200).await;
    let names: Vec<_> = town.app.tasks.standings().iter().map(|one| one.name).collect();
    for name in ["log", "letters", "sweep", "log-check", "secrets", "metrics"] {
        assert!(names.contains(&name), "{name} in {names:?}");
    }
    assert_eq!(names.contains(&"writer"), !crate::kit::on_postgres(), "{names:?}");
    let dead = town.app.tasks.add(Pulse::of("courier", Duration::from_secs(60)));
    let stuck = town.app.tasks.add(Pulse::of("clerk", Duration::ZERO));
    dead.end();
    assert_eq!(asked(&town, "/health/ready").await, (503, unavailable("courier")));
    assert_eq!(super::metric(listen, "task_well{task=\"courier\"}").await, 0.0);
    dead.begin_again();
    assert_eq!(asked(&town, "/health/ready").await, (503, unavailable("clerk")));
    stuck.rest();
    assert_eq!(asked(&town, "/health/ready").await, (200, json!({"status": "ok"})));
    assert_eq!(super::metric(listen, "task_restarts{task=\"courier\"}").await, 1.0);
    assert_eq!(super::metric(listen, "task_well{task=\"log\"}").await, 1.0);
    assert!(super::metric(listen, "task_quiet_seconds{task=\"log\"}").await < 30.0);
}
