//! Ways to have the log forget what it is given, at the moment it is given.

use super::{Attack, attack};
use crate::kit::on_postgres;

/// Ways to keep what one person does out of the log; `$who` is the person.
pub(super) fn forgetful() -> Vec<Attack> {
    if on_postgres() {
        return [
            ("an event is left out", "audit_event", "BEFORE INSERT", "RETURN NULL", "WHEN (NEW.person_id = $who)"),
            ("a waiting row is left out", "audit_pending", "BEFORE INSERT", "RETURN NULL", ""),
            (
                "an event is changed before",
                "audit_event",
                "BEFORE INSERT",
                "NEW.person_id := NULL; RETURN NEW",
                "WHEN (NEW.person_id = $who)",
            ),
            (
                "a byte is changed before",
                "audit_event",
                "BEFORE INSERT",
                "NEW.subject := NEW.subject || ' '; RETURN NEW",
                "",
            ),
            (
                "an event is taken away after",
                "audit_pending",
                "AFTER INSERT",
                "DELETE FROM audit_event WHERE id = NEW.event_id; RETURN NEW",
                "",
            ),
            (
                "both are taken away after",
                "audit_pending",
                "AFTER INSERT",
                "DELETE FROM audit_event WHERE id = NEW.event_id; DELETE FROM audit_pending WHERE event_id = NEW.event_id; \
                 RETURN NEW",
                "",
            ),
            (
                "a waiting row becomes another board's",
                "audit_pending",
                "BEFORE INSERT",
                "NEW.board_id := gen_random_uuid(); RETURN NEW",
                "",
            ),
        ]
        .into_iter()
        .map(|(name, table, when, body, only)| {
            let function =
                format!("CREATE FUNCTION forget() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN {body}; END $$");
            let trigger =
                format!("CREATE TRIGGER forget {when} ON {table} FOR EACH ROW {only} EXECUTE FUNCTION forget()");
            attack(name, &[&function, &trigger], &["DROP FUNCTION forget() CASCADE"])
        })
        .chain([
            attack(
                "a rule leaves it out",
                &["CREATE RULE forget AS ON INSERT TO audit_pending DO INSTEAD NOTHING"],
                &["DROP RULE forget ON audit_pending"],
            ),
            attack(
                "a rule takes it away",
                &["CREATE RULE forget AS ON INSERT TO audit_pending DO ALSO DELETE FROM audit_event WHERE id = NEW.event_id"],
                &["DROP RULE forget ON audit_pending"],
            ),
        ])
        .collect();
    }
    [
        ("an event is left out", "BEFORE INSERT ON audit_event WHEN NEW.person_id = $who", "SELECT RAISE(IGNORE)"),
        ("a waiting row is left out", "BEFORE INSERT ON audit_pending", "SELECT RAISE(IGNORE)"),
        (
            "an event is changed after",
            "AFTER INSERT ON audit_event WHEN NEW.person_id = $who",
            "UPDATE audit_event SET person_id = NULL WHERE id = NEW.id",
        ),
        (
            "a byte is changed after",
            "AFTER INSERT ON audit_pending",
            "UPDATE audit_event SET subject = subject || ' ' WHERE id = NEW.event_id",
        ),
        (
            "an event is taken away after",
            "AFTER INSERT ON audit_pending",
            "DELETE FROM audit_event WHERE id = NEW.event_id",
        ),
        (
            "both are taken away after",
            "AFTER INSERT ON audit_pending",
            "DELETE FROM audit_event WHERE id = NEW.event_id; DELETE FROM audit_pending WHERE event_id = NEW.event_id",
        ),
        (
            "a waiting row becomes another board's",
            "AFTER INSERT ON audit_pending",
            "UPDATE audit_pending SET board_id = randomblob(16) WHERE event_id = NEW.event_id",
        ),
    ]
    .into_iter()
    .map(|(name, when, body)| {
        let trigger = format!("CREATE TRIGGER forget {when} BEGIN {body}; END");
        attack(name, &[&trigger], &["DROP TRIGGER forget"])
    })
    .chain([attack(
        "a view takes its place",
        &[
            "ALTER TABLE audit_pending RENAME TO taken",
            "CREATE VIEW audit_pending AS SELECT event_id, board_id FROM taken WHERE 0",
            "CREATE TRIGGER forget INSTEAD OF INSERT ON audit_pending BEGIN INSERT INTO taken VALUES (NEW.event_id, NEW.board_id); END",
        ],
        &["DROP VIEW audit_pending", "ALTER TABLE taken RENAME TO audit_pending"],
    )])
    .collect()
}
