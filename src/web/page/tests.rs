//! What holds for every page there is, read from the source itself.

use std::path::Path;

/// The files below a folder of the crate with that extension, and what stands in them.
pub(crate) fn files_below(folder: &str, extension: &str) -> Vec<(String, String)> {
    let mut found = Vec::new();
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join(folder);
    for entry in std::fs::read_dir(folder).into_iter().flatten().flatten() {
        let path = entry.path();
        let name = path
            .strip_prefix(env!("CARGO_MANIFEST_DIR"))
            .unwrap()
            .display()
            .to_string();
        if path.is_dir() {
            found.extend(files_below(&name, extension));
        } else if path.extension().is_some_and(|kind| kind == extension) {
            found.push((name, std::fs::read_to_string(&path).unwrap()));
        }
    }
    found
}

fn page_faces() -> Vec<(String, String)> {
    let of_pages = |name: &str| name.ends_with("pages.rs") || name.contains("/pages/");
    files_below("src", "rs")
        .into_iter()
        .filter(|(name, _)| of_pages(name))
        .collect()
}

/// A handler can get at a body only through `Form` and `Upload`, and at an `Actor` for a change only through what they
/// have checked.
#[test]
fn no_page_reads_a_body_unguarded() {
    let faces = page_faces();
    assert!(!faces.is_empty());
    for (file, text) in &faces {
        for way in [
            "web::Form",
            "web::Json",
            "web::Bytes",
            "web::Payload",
            "dev::Payload",
            "Multipart",
            "Either<",
            "Actor::",
            "Caller",
            "take_payload",
            "into_parts",
        ] {
            assert!(!text.contains(way), "{file} uses {way}");
        }
        for handler in text.split("#[post(").skip(1).chain(text.split("#[put(").skip(1)) {
            let head = handler.split(") ->").next().unwrap();
            assert!(head.contains(": Form") || head.contains(": Upload"), "{file}: {head}");
            assert!(!head.contains("String") && !head.contains("Vec<"), "{file}: {head}");
        }
    }
}

/// Forms into which nobody types a text while signed in: those of whoever is not, buttons, choices, a code of a letter,
/// what scripts send.
const WITHOUT_TEXT: [&str; 16] = [
    "/hem/{id}/inbjudningar/{part_id}/aterkalla",
    "/logga-in",
    "/logga-ut",
    "/inbjudan",
    "/nytt-losenord",
    "/glomt-losenord",
    "/ny-adress",
    "/jag/logga-ut",
    "/arenden/{id}/ansvarig",
    "/hem/{id}/medlemmar/{part_id}/slut",
    "/skyddade/{id}/utsedda/{part_id}",
    "/personer/{id}/skydd",
    "/brev/{id}",
    "/logg/kontroll",
    "/utkast",
    // What is sought is kept nowhere, least of all in a page for whoever signs in next.
    "/sok",
];

/// What was typed is held when the session has ended: every form is shown again, or is known to hold no text.
#[test]
fn every_form_with_a_text_is_shown_again() {
    for (file, text) in page_faces() {
        for handler in text.split("#[post(\"").skip(1) {
            let path = handler.split('"').next().unwrap();
            let filled = path
                .replace("{id}", "0199")
                .replace("{part_id}", "0199")
                .replace("{grupp}", "kontakt");
            let is_without = WITHOUT_TEXT.contains(&path) || path == "/filer";
            assert_ne!(super::is_shown_again(&filled), is_without, "{file}: {path}");
        }
    }
}

/// Routes are made by the attributes that the test above reads, and in no other way.
#[test]
fn no_route_is_made_on_the_side() {
    for (file, text) in files_below("src", "rs")
        .iter()
        .filter(|(file, _)| !file.ends_with("/tests.rs"))
    {
        for way in [
            "web::post(",
            "web::put(",
            "web::patch(",
            "web::delete(",
            "web::method(",
            "web::resource(",
        ] {
            assert!(!text.contains(way), "{file} uses {way}");
        }
    }
}

#[test]
fn a_page_holds_no_rule_and_no_query() {
    for (file, text) in page_faces() {
        for what in ["diesel", "crate::crypt", "crate::db"] {
            assert!(!text.contains(what), "{file} names {what}");
        }
    }
}

/// No script, no style and no address beside our own; text is escaped.
#[test]
fn templates_hold_nothing_foreign() {
    for (file, text) in files_below("src", "html") {
        for what in [
            "<script",
            "<style",
            "style=\"",
            " onclick",
            " onsubmit",
            "javascript:",
            "http://",
            "https://",
            "|safe",
            "| safe",
        ] {
            assert!(!text.contains(what), "{file} holds {what}");
        }
        for form in text.split("<form").skip(1) {
            let head = form.split('>').next().unwrap();
            let body = form.split("</form>").next().unwrap();
            if head.contains("method=\"post\"") {
                let after = body.split_once('>').map_or("", |(_, rest)| rest).trim_start();
                assert!(
                    after.starts_with("{{ frame.token }}"),
                    "{file}: the token comes first: {head}"
                );
            }
        }
    }
}
