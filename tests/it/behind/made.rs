//! The database made otherwise than the migrations make it: triggers, views, rules, policies, columns, constraints,
//! functions, settings, what stands before the program's own. Each is told with what differs, and taken back it is not.

use super::{Attack, attack, run, verified};
use crate::kit::{Place, Running, Town, execute, famn, on_postgres};
use famn::audit::watch::look_at_structure;
use famn::db::Store;
use famn::db::structure::{Compared, look};

/// What differs from what the migrations make.
async fn differs(store: &Store) -> Vec<String> {
    match look(store).await.expect("it is compared") {
        Compared::With(differs) => differs,
        other => panic!("it cannot be compared: {other:?}"),
    }
}

const SQLITE: &[(&str, &[&str], &[&str])] = &[
    (
        "trigger t on audit_event",
        &["CREATE TRIGGER t BEFORE INSERT ON audit_event WHEN NEW.role = 'x' BEGIN SELECT RAISE(IGNORE); END"],
        &["DROP TRIGGER t"],
    ),
    (
        "trigger t on session",
        &["CREATE TRIGGER t AFTER UPDATE ON session BEGIN DELETE FROM audit_pending; END"],
        &["DROP TRIGGER t"],
    ),
    (
        "lacks trigger decision_is_not_changed",
        &["DROP TRIGGER decision_is_not_changed"],
        &[
            "CREATE TRIGGER decision_is_not_changed BEFORE UPDATE ON decision BEGIN SELECT RAISE(ABORT, 'a decision is not changed'); END",
        ],
    ),
    ("view more", &["CREATE VIEW more AS SELECT 1"], &["DROP VIEW more"]),
    (
        "view protected_home",
        &["CREATE VIEW protected_home AS SELECT id AS home_id, board_id FROM home WHERE 0"],
        &["DROP VIEW protected_home"],
    ),
    ("table more", &["CREATE TABLE more (one INTEGER)"], &["DROP TABLE more"]),
    (
        "table more",
        &["CREATE VIRTUAL TABLE more USING fts4 (a)"],
        &["DROP TABLE more"],
    ),
    (
        "home: more integer",
        &["ALTER TABLE home ADD COLUMN more INTEGER"],
        &["ALTER TABLE home DROP COLUMN more"],
    ),
    (
        "home: more integer generated",
        &["ALTER TABLE home ADD COLUMN more INTEGER GENERATED ALWAYS AS (1) VIRTUAL"],
        &["ALTER TABLE home DROP COLUMN more"],
    ),
    (
        "unique index more on audit_event",
        &["CREATE UNIQUE INDEX more ON audit_event (commitments)"],
        &["DROP INDEX more"],
    ),
    (
        "lacks index home_board",
        &["DROP INDEX home_board"],
        &["CREATE INDEX home_board ON home (board_id)"],
    ),
    (
        "audit_seq",
        &[
            "ALTER TABLE audit_seq RENAME TO s",
            "CREATE TABLE audit_seq AS SELECT * FROM s",
        ],
        &["DROP TABLE audit_seq", "ALTER TABLE s RENAME TO audit_seq"],
    ),
    (
        "view audit_pending",
        &[
            "ALTER TABLE audit_pending RENAME TO p",
            "CREATE VIEW audit_pending AS SELECT * FROM p",
        ],
        &["DROP VIEW audit_pending", "ALTER TABLE p RENAME TO audit_pending"],
    ),
];

const POSTGRES: &[(&str, &[&str], &[&str])] = &[
    (
        "trigger t on audit_event",
        &[
            "CREATE FUNCTION f() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NULL; END'",
            "CREATE TRIGGER t BEFORE INSERT ON audit_event FOR EACH ROW EXECUTE FUNCTION f()",
        ],
        &["DROP FUNCTION f() CASCADE"],
    ),
    (
        "trigger t on session",
        &[
            "CREATE SCHEMA e",
            "CREATE FUNCTION e.f() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NULL; END'",
            "CREATE TRIGGER t AFTER UPDATE ON session EXECUTE FUNCTION e.f()",
        ],
        &["DROP SCHEMA e CASCADE"],
    ),
    (
        "enabled D",
        &["ALTER TABLE decision DISABLE TRIGGER decision_is_final"],
        &["ALTER TABLE decision ENABLE TRIGGER decision_is_final"],
    ),
    (
        "enabled R",
        &["ALTER TABLE decision ENABLE REPLICA TRIGGER decision_is_final"],
        &["ALTER TABLE decision ENABLE TRIGGER decision_is_final"],
    ),
    (
        "trigger of a constraint on session",
        &["ALTER TABLE session DISABLE TRIGGER ALL"],
        &["ALTER TABLE session ENABLE TRIGGER ALL"],
    ),
    (
        "function decision_is_final",
        &["ALTER FUNCTION decision_is_final() SECURITY DEFINER"],
        &["ALTER FUNCTION decision_is_final() SECURITY INVOKER"],
    ),
    (
        "function decision_is_final",
        &["ALTER FUNCTION decision_is_final() SET search_path = e"],
        &["ALTER FUNCTION decision_is_final() RESET ALL"],
    ),
    ("view more", &["CREATE VIEW more AS SELECT 1"], &["DROP VIEW more"]),
    (
        "materialized view more",
        &["CREATE MATERIALIZED VIEW more AS SELECT 1"],
        &["DROP MATERIALIZED VIEW more"],
    ),
    ("table more", &["CREATE TABLE more (one INTEGER)"], &["DROP TABLE more"]),
    (
        "rule r on audit_pending",
        &["CREATE RULE r AS ON INSERT TO audit_pending DO INSTEAD NOTHING"],
        &["DROP RULE r ON audit_pending"],
    ),
    (
        "row security",
        &["ALTER TABLE audit_event ENABLE ROW LEVEL SECURITY"],
        &["ALTER TABLE audit_event DISABLE ROW LEVEL SECURITY"],
    ),
    (
        "forced row security",
        &["ALTER TABLE home FORCE ROW LEVEL SECURITY"],
        &["ALTER TABLE home NO FORCE ROW LEVEL SECURITY"],
    ),
    (
        "policy p on home",
        &["CREATE POLICY p ON home USING (false)"],
        &["DROP POLICY p ON home"],
    ),
    (
        "column home.more",
        &["ALTER TABLE home ADD COLUMN more INTEGER"],
        &["ALTER TABLE home DROP COLUMN more"],
    ),
    (
        "column home.more integer generated",
        &["ALTER TABLE home ADD COLUMN more INTEGER GENERATED ALWAYS AS (1) STORED"],
        &["ALTER TABLE home DROP COLUMN more"],
    ),
    (
        "column audit_event.leaf bytea",
        &["ALTER TABLE audit_event ALTER COLUMN leaf DROP NOT NULL"],
        &["ALTER TABLE audit_event ALTER COLUMN leaf SET NOT NULL"],
    ),
    (
        "column home.protected text not null default 'none'",
        &["ALTER TABLE home ALTER COLUMN protected SET DEFAULT 'none'"],
        &["ALTER TABLE home ALTER COLUMN protected DROP DEFAULT"],
    ),
    (
        "column audit_pending.event_id text",
        &["ALTER TABLE audit_pending ALTER COLUMN event_id TYPE text USING event_id::text"],
        &["ALTER TABLE audit_pending ALTER COLUMN event_id TYPE uuid USING event_id::uuid"],
    ),
    (
        "lacks constraint",
        &["ALTER TABLE board_key DROP CONSTRAINT board_key_purpose_check"],
        &[
            "ALTER TABLE board_key ADD CONSTRAINT board_key_purpose_check CHECK (purpose IN ('seal', 'protect', 'index', 'log'))",
        ],
    ),
    (
        "constraint c on audit_event",
        &["ALTER TABLE audit_event ADD CONSTRAINT c CHECK (role <> 'x') NOT VALID"],
        &["ALTER TABLE audit_event DROP CONSTRAINT c"],
    ),
    (
        "constraint c on audit_pending",
        &[
            "ALTER TABLE audit_pending ADD CONSTRAINT c FOREIGN KEY (event_id) REFERENCES audit_event (id) ON DELETE CASCADE",
        ],
        &["ALTER TABLE audit_pending DROP CONSTRAINT c"],
    ),
    (
        "unique index more",
        &["CREATE UNIQUE INDEX more ON audit_event (commitments)"],
        &["DROP INDEX more"],
    ),
    (
        "calling index more",
        &[
            "CREATE SCHEMA e",
            "CREATE FUNCTION e.f(uuid) RETURNS uuid LANGUAGE sql IMMUTABLE AS 'SELECT $1'",
            "CREATE INDEX more ON audit_event (e.f(id))",
        ],
        &["DROP SCHEMA e CASCADE"],
    ),
    (
        "inherits from home",
        &["CREATE TABLE more () INHERITS (home)"],
        &["DROP TABLE more"],
    ),
    (
        "persistence u",
        &["ALTER TABLE audit_pending SET UNLOGGED"],
        &["ALTER TABLE audit_pending SET LOGGED"],
    ),
    (
        "function count",
        &["CREATE FUNCTION count(uuid) RETURNS bigint LANGUAGE sql AS 'SELECT 0::bigint'"],
        &["DROP FUNCTION count(uuid)"],
    ),
    (
        "operator =",
        &["CREATE OPERATOR public.= (LEFTARG = uuid, RIGHTARG = uuid, FUNCTION = uuid_ne)"],
        &["DROP OPERATOR public.= (uuid, uuid)"],
    ),
    (
        "cast from text to uuid",
        &["CREATE CAST (text AS uuid) WITH INOUT AS IMPLICIT"],
        &["DROP CAST (text AS uuid)"],
    ),
    (
        "type more",
        &["CREATE DOMAIN more AS text CHECK (VALUE <> 'x')"],
        &["DROP DOMAIN more"],
    ),
    (
        "event trigger t",
        &[
            "CREATE FUNCTION f() RETURNS event_trigger LANGUAGE plpgsql AS 'BEGIN END'",
            "CREATE EVENT TRIGGER t ON ddl_command_end EXECUTE FUNCTION f()",
        ],
        &["DROP FUNCTION f() CASCADE"],
    ),
    (
        "table postgres.audit_event",
        &["CREATE SCHEMA postgres", "CREATE TABLE postgres.audit_event (id uuid)"],
        &["DROP SCHEMA postgres CASCADE"],
    ),
    (
        "search_path",
        &["ALTER DATABASE $db SET search_path = e, public"],
        &["ALTER DATABASE $db RESET search_path"],
    ),
    (
        "session_replication_role=replica",
        &["ALTER DATABASE $db SET session_replication_role = replica"],
        &["ALTER DATABASE $db RESET session_replication_role"],
    ),
    (
        "synchronous_commit=off",
        &["ALTER ROLE postgres IN DATABASE $db SET synchronous_commit = off"],
        &["ALTER ROLE postgres IN DATABASE $db RESET synchronous_commit"],
    ),
];

/// What only makes it faster, or changes nothing of what is found.
const NO_MATTER: &[(&str, &[&str], &[&str])] = &[
    (
        "an index",
        &["CREATE INDEX more ON audit_event (action, outcome)"],
        &["DROP INDEX more"],
    ),
    ("statistics", &["ANALYZE"], &[]),
];
const NO_MATTER_ON_POSTGRES: &[(&str, &[&str], &[&str])] = &[
    (
        "a setting",
        &["ALTER DATABASE $db SET statement_timeout = '60s'"],
        &["ALTER DATABASE $db RESET statement_timeout"],
    ),
    (
        "a right",
        &["GRANT SELECT ON audit_event TO PUBLIC"],
        &["REVOKE SELECT ON audit_event FROM PUBLIC"],
    ),
    (
        "another schema",
        &["CREATE SCHEMA other", "CREATE TABLE other.thing (one int)"],
        &["DROP SCHEMA other CASCADE"],
    ),
];

fn all(place: &Place, statements: &[String]) {
    for statement in statements {
        execute(place, statement);
    }
}

fn attacks(of: &[(&'static str, &[&str], &[&str])], place: &Place) -> Vec<Attack> {
    let database = place.url.rsplit('/').next().expect("a name");
    let named = |all: &[&str]| all.iter().map(|one| one.replace("$db", database)).collect::<Vec<_>>();
    let one = |(name, does, undoes): &(&'static str, &[&str], &[&str])| {
        let mut made = attack(name, &[], &[]);
        (made.does, made.undoes) = (named(does), named(undoes));
        made
    };
    of.iter().map(one).collect()
}

/// Takes long, for it looks at the whole database twice for each way.
#[tokio::test(flavor = "multi_thread")]
async fn whatever_is_made_otherwise_is_told_with_what_differs() {
    let place = tokio::task::spawn_blocking(Place::filled).await.expect("a place");
    // A connection each time: settings of a role or a database hold for those that come after.
    let look = async || differs(&Store::open(&place.url, 1).expect("it opens")).await;
    assert_eq!(look().await, [""; 0]);
    for Attack { name, does, undoes } in attacks(if on_postgres() { POSTGRES } else { SQLITE }, &place) {
        all(&place, &does);
        let found = look().await;
        assert!(found.iter().any(|line| line.contains(name)), "{name}: {found:#?}");
        all(&place, &undoes);
        assert_eq!(look().await, [""; 0], "{name}, taken back");
    }
    let more = if on_postgres() { NO_MATTER_ON_POSTGRES } else { &[] };
    for of in [NO_MATTER, more] {
        for Attack { name, does, undoes } in attacks(of, &place) {
            all(&place, &does);
            assert_eq!(look().await, [""; 0], "{name}");
            all(&place, &undoes);
        }
    }
}

/// One that does nothing, so that it is told by what it is and not by what it did.
fn trigger() -> Attack {
    if on_postgres() {
        return attack(
            "trigger quiet on note",
            &[
                "CREATE FUNCTION quiet() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END'",
                "CREATE TRIGGER quiet BEFORE INSERT ON note FOR EACH ROW EXECUTE FUNCTION quiet()",
            ],
            &["DROP FUNCTION quiet() CASCADE"],
        );
    }
    attack(
        "trigger quiet on note",
        &["CREATE TRIGGER quiet BEFORE INSERT ON note WHEN 0 BEGIN SELECT RAISE(IGNORE); END"],
        &["DROP TRIGGER quiet"],
    )
}

#[tokio::test(flavor = "multi_thread")]
async fn a_database_made_otherwise_is_not_served_and_the_verification_finds_it() {
    let place = tokio::task::spawn_blocking(Place::filled).await.expect("a place");
    let Attack { name, does, undoes } = trigger();
    all(&place, &does);
    let served = famn(&place, &["serve"], "");
    assert!(served.code == 1 && served.words.contains(name), "{served:?}");
    let found = famn(&place, &["audit", "verify"], "");
    assert!(found.code == 1 && found.output.contains(name), "{found:?}");
    all(&place, &undoes);
    famn(&place, &["audit", "verify"], "").done();
    let mut server = Running::serving(&place, &[]);
    server.gets("TERM");
    assert_eq!(server.ended().await, 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_running_service_says_so_until_it_is_taken_back() {
    let town = Town::new().await;
    let Attack { name, does, undoes } = trigger();
    let look = async || {
        look_at_structure(&town.app.store, &town.app.watch)
            .await
            .expect("it is compared")
    };
    look().await;
    assert_eq!(super::ready(&town).await.0, 200);
    run(&town, &does);
    look().await;
    let (status, said) = super::ready(&town).await;
    assert_eq!((status, &said["failing"]), (503, &serde_json::json!("structure")));
    assert!(town.app.watch.structure().is_some_and(|words| words.contains(name)));
    assert!(verified(&town).await.to_string().contains(name));
    run(&town, &undoes);
    look().await;
    assert_eq!(super::ready(&town).await.0, 200);
}
