//! Forms filled in, and written as browsers write them.

use crate::doors::{Berg, picture};
use std::sync::atomic::{AtomicU8, Ordering};

/// A page's address with its ids.
pub fn at(path: &str, id: &str, part: &str) -> String {
    let whole = path.replace("{id}", id).replace("{part_id}", part);
    whole
        .replace("{grupp}", "kontakt")
        .replace("{language}", "en")
        .replace("{form}", "csv")
        .replace("{slug}", "borlange")
}

/// What the `{id}` of a page is tried with.
pub async fn id_for(berg: &Berg, path: &str) -> String {
    match path {
        "/arenden/{id}/beslut" => berg.id_for("/errands/{id}/decisions").await,
        "/arenden/{id}/granskning" => berg.id_for("/errands/{id}/reviews").await,
        path if path.starts_with("/arenden/{id}") => berg.id_for("/errands/{id}").await,
        path if path.starts_with("/personer/{id}") => berg.id_for("/persons/{id}/roles").await,
        path if path.starts_with("/hem/") => berg.id_for("/homes/{id}").await,
        path if path.starts_with("/uppdrag/") => berg.id_for("/assignments/{id}").await,
        "/logg/{id}" => berg.id_for("/audit/events/{id}").await,
        _ => berg.id_for(path).await,
    }
}

pub fn urlencoded(fields: &[&(&str, String)]) -> Vec<u8> {
    let plain = |b: u8| b.is_ascii_alphanumeric();
    let encode = |text: &str| {
        let each = text.bytes().map(|b| {
            if plain(b) {
                char::from(b).to_string()
            } else {
                format!("%{b:02X}")
            }
        });
        each.collect::<String>()
    };
    let pairs = fields
        .iter()
        .map(|(name, value)| format!("{}={}", encode(name), encode(value)));
    pairs.collect::<Vec<_>>().join("&").into_bytes()
}

/// With a picture at the field `file`, if it has a name.
pub fn multipart(fields: &[&(&str, String)], file: &str) -> Vec<u8> {
    let mut body = Vec::new();
    for (name, value) in fields {
        let part = format!("--xyz\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n");
        body.extend_from_slice(part.as_bytes());
    }
    if !file.is_empty() {
        let head = format!(
            "--xyz\r\nContent-Disposition: form-data; name=\"{file}\"; filename=\"kvitto.png\"\r\nContent-Type: image/png\r\n\r\n"
        );
        body.extend_from_slice(head.as_bytes());
        static SHADE: AtomicU8 = AtomicU8::new(100);
        body.extend_from_slice(&picture(SHADE.fetch_add(1, Ordering::SeqCst)));
        body.extend_from_slice(b"\r\n");
    }
    body.extend_from_slice(b"--xyz--\r\n");
    body
}

/// A wish's fields, right in all that must be there.
pub const PURCHASE: &[(&str, &str)] = &[
    ("purchase.item_category", "bicycle"),
    ("purchase.description", "En begagnad cykel med växlar"),
    ("purchase.estimated_ore", "1 500"),
    ("purchase.reasons", "Den gamla är för liten"),
    ("purchase.who_pays", "home"),
    ("purchase.covered_otherwise", "none"),
];
pub const TRAVEL: &[(&str, &str)] = &[
    ("travel.purpose", "contact_visit"),
    ("travel.approval_mode", "advance"),
    ("travel.from", "Borlänge"),
    ("travel.to", "Falun, resecentrum"),
    ("travel.adults", "1"),
    ("travel.children", "2"),
    ("travel.mode", "train"),
    ("travel.reasons", "Umgänge på lördagen"),
];

pub fn wish<'a>(once: (&'a str, String), berg: &Berg, fields: &[(&'a str, &str)]) -> Vec<(&'a str, String)> {
    let fields = fields.iter().map(|(name, value)| (*name, (*value).to_owned()));
    let first = [
        once,
        ("do", "send".to_owned()),
        ("assignment_id", berg.assignment.clone()),
    ];
    first.into_iter().chain(fields).collect()
}

/// Contact details as they stand: nothing that takes a password.
pub fn me(page: &[u8]) -> Vec<(&'static str, String)> {
    let kept = |field| (field, standing(page, field));
    let chosen = [("language", "sv".to_owned()), ("notices", "ja".to_owned())];
    [kept("email"), kept("phone")].into_iter().chain(chosen).collect()
}

/// Someone who is invited onto the staff.
pub fn invited(once: (&'static str, String)) -> Vec<(&'static str, String)> {
    let fields = [
        ("name", "Ny Kollega"),
        ("email", "ny.kollega@example.org"),
        ("role", "archivist"),
    ];
    let fields = fields.map(|(name, value)| (name, value.to_owned()));
    [once].into_iter().chain(fields).collect()
}

/// A role that is to end far from now.
pub fn ending() -> Vec<(&'static str, String)> {
    let fields = [
        ("do", "end"),
        ("end_to", "2099-12-31"),
        ("end_reason", "Slutar längre fram"),
    ];
    fields.map(|(name, value)| (name, value.to_owned())).into()
}

/// What stands in a field of a page.
fn standing(page: &[u8], field: &str) -> String {
    let (page, mark) = (String::from_utf8_lossy(page), format!(" name=\"{field}\""));
    let tag = page.split(&mark).nth(1).and_then(|rest| rest.split_once("value=\""));
    tag.and_then(|(_, rest)| rest.split('"').next())
        .unwrap_or_default()
        .to_owned()
}

/// A form of the pages about homes, right in all that must be there.
pub fn home<'a>(path: &str, once: (&'a str, String), berg: &Berg, today: &str) -> Vec<(&'a str, String)> {
    let text = |text: &str| text.to_owned();
    let (unit, maria) = (
        ("unit_id", berg.ground.unit.clone()),
        ("caseworker_id", berg.ground.maria.clone()),
    );
    let (kind, protected, basis) = (
        ("kind", text("foster")),
        ("protected", text("none")),
        ("legal_basis", text("SoL")),
    );
    match path {
        "/sok" => vec![("q", text("Berg"))],
        "/hem/nytt" => vec![once, ("name", text("Ekbacken")), kind, protected, unit],
        "/hem/{id}/andra" => vec![("version", text("1")), ("name", text("Berg")), kind, protected, unit],
        "/hem/{id}/medlemmar" => vec![
            once,
            ("name", text("Tredje Person")),
            ("email", text("tredje.person@example.org")),
            ("from", text(today)),
        ],
        "/hem/{id}/medlemmar/{part_id}/slut" => vec![("to", text("2099-12-31"))],
        "/hem/{id}/jav" => vec![
            ("person_id", berg.ground.auditor.clone()),
            ("reason", text("Släkt med hemmet")),
        ],
        "/hem/{id}/inbjudningar/{part_id}/aterkalla" => vec![],
        "/hem/{id}/jav/{part_id}/slut" => vec![("end_reason", text("Det är över"))],
        // Without the reason, so that nothing is shut to those who come after.
        "/uppdrag/{id}/begransning" => vec![("restricted", text("ja"))],
        "/hem/{id}/uppdrag" => vec![
            once,
            ("service_user.first_name", text("Nils")),
            ("service_user.last_name", text("Granskog")),
            ("service_user.protected", text("none")),
            kind,
            basis,
            ("from", text(today)),
            maria,
        ],
        _ => vec![("version", text("1")), ("count", text("0")), basis, maria],
    }
}
