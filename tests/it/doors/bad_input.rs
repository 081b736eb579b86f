//! Bad input, for every field of every body and form: what is empty, blank, too long, in another script or unit, in
//! another country's form, full of control characters, half a character, or there twice. It is refused with a sentence
//! at the field, in both languages, or taken whole; it never breaks anything.

mod bodies;
mod forms;
mod values;

use super::operations;
use crate::kit::{Answer, Person, Town};
use bodies::Body;
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};
use values::{Kind, TEXTS, Values, values};

/// Fields that are not sent in any body here, each with why.
const LEFT_OUT: &[&str] = &[
    // A second factor that there is none of yet.
    "code",
];

fn kind_of(name: &str, schema: &Value) -> Option<Kind> {
    let is =
        |kind: &str| schema["type"] == kind || schema["type"].as_array().is_some_and(|all| all.contains(&json!(kind)));
    let format = schema["format"].as_str().unwrap_or_default();
    Some(match () {
        () if format == "uuid" => Kind::Id,
        () if format == "date" => Kind::Day,
        () if schema.get("enum").is_some() => Kind::Choice,
        () if is("boolean") => Kind::Yes,
        () if is("integer") => Kind::Whole,
        () => TEXTS.iter().find(|(text, _)| *text == name)?.1,
    })
}

/// Every field of a schema with its kind; one of a list is `receipts.0.note`.
fn fields_of(schema: &Value, document: &Value, at: &str, seen: &[&str], into: &mut BTreeMap<String, Option<Kind>>) {
    if let Some(name) = schema["$ref"].as_str().and_then(|path| path.rsplit('/').next()) {
        if !seen.contains(&name) {
            let seen: Vec<&str> = seen.iter().copied().chain([name]).collect();
            fields_of(&document["components"]["schemas"][name], document, at, &seen, into);
        }
        return;
    }
    let below = |name: &str| {
        if at.is_empty() {
            name.to_owned()
        } else {
            format!("{at}.{name}")
        }
    };
    let ways = ["oneOf", "anyOf", "allOf"]
        .iter()
        .filter_map(|way| schema[*way].as_array())
        .flatten();
    let mut is_leaf = true;
    for way in ways {
        is_leaf = false;
        fields_of(way, document, at, seen, into);
    }
    for (name, field) in schema["properties"].as_object().into_iter().flatten() {
        is_leaf = false;
        fields_of(field, document, &below(name), seen, into);
    }
    if schema.get("items").is_some() {
        is_leaf = false;
        fields_of(&schema["items"], document, &below("0"), seen, into);
    }
    if is_leaf && !at.is_empty() && schema["type"] != "null" && schema["type"] != "object" {
        let name = at.rsplit('.').find(|part| part.parse::<usize>().is_err()).unwrap_or(at);
        into.insert(at.to_owned(), kind_of(name, schema));
    }
}

/// The fields of every body, by operation.
fn described() -> BTreeMap<String, BTreeMap<String, Option<Kind>>> {
    let document = serde_json::to_value(famn::server::openapi()).expect("a document");
    let mut all = BTreeMap::new();
    for (method, path, operation) in operations() {
        let schema = &operation["requestBody"]["content"]["application/json"]["schema"];
        if schema.is_object() {
            let mut fields = BTreeMap::new();
            fields_of(schema, &document, "", &[], &mut fields);
            all.insert(format!("{method} {path}"), fields);
        }
    }
    assert!(all.len() > 20, "{all:?}");
    all
}

#[test]
fn every_field_of_every_body_has_a_row() {
    let lacking: BTreeSet<String> = described()
        .into_iter()
        .flat_map(|(operation, fields)| {
            fields
                .into_iter()
                .map(move |(field, kind)| (operation.clone(), field, kind))
        })
        .filter(|(_, _, kind)| kind.is_none())
        .map(|(operation, field, _)| format!("{operation}: {field}"))
        .collect();
    assert_eq!(lacking, BTreeSet::new(), "what does it take? A row in TEXTS says it");
}

/// The place of a field in a body, if it is there.
fn pointer(field: &str) -> String {
    format!("/{}", field.replace('.', "/"))
}

/// Where bodies name a file: one that was taken is not there for the next.
const FILES: [&str; 4] = ["/file_ids/0", "/scan_id", "/receipts/0/file_id", "/errand/file_ids/0"];

/// Puts files of one's own that nothing has taken where a body names some.
async fn with_new_files(who: &Person, value: &mut Value) {
    for place in FILES {
        if value.pointer(place).is_some() {
            static SHADE: std::sync::atomic::AtomicU8 = std::sync::atomic::AtomicU8::new(10);
            let shade = SHADE.fetch_add(1, std::sync::atomic::Ordering::SeqCst);
            let file = who
                .uploads("bild.png", "image/png", super::picture(shade))
                .await
                .expect(201);
            *value.pointer_mut(place).expect("the place") = file["id"].clone();
        }
    }
}

/// What is wrong with an answer to a value at a field; and whether the body was taken.
///
/// JSON of another shape than the document's is malformed as a whole (400). A value of the right shape that will not do
/// is told at its field, in words (422). What is in the way before it is looked at (a state, something that is gone) may
/// be told first: then nothing was taken either.
async fn breach(who: &Person, body: &Body, field: &str, text: &str, is_refused: bool) -> (Option<String>, bool) {
    let send = async |language: &str| {
        let request = who
            .request(body.method.clone(), &body.path)
            .header("Accept-Language", language);
        who.send(request.header("Content-Type", "application/json").body(text.to_owned()))
            .await
    };
    let answer = send("sv").await;
    let told = |why: &str, answer: &Answer| {
        let short: String = text.chars().take(160).collect();
        let told = format!("{} {field}: {why}: {answer} for {short}", body.operation);
        (Some(told), false)
    };
    let status = answer.status.as_u16();
    match status {
        500.. => return told("broken", &answer),
        400 | 422 => {}
        401 | 403 | 404 | 409 | 429 => return (None, false),
        // Whose value is looked up is told nothing of it.
        200..300 if !is_refused || body.is_blind => return (None, true),
        200..300 => return told("not refused", &answer),
        _ => return told("neither taken nor refused with a reason", &answer),
    }
    let swedish = answer.json();
    let english = send("en").await.json();
    let faults = swedish["faults"].as_array().cloned().unwrap_or_default();
    let is_here = |fault: &Value| {
        let named = fault["field"].as_str().unwrap_or_default();
        let parent = |one: &str, other: &str| one == other || one.starts_with(&format!("{other}."));
        parent(field, named) || parent(named, field)
    };
    if status == 422 && (faults.is_empty() || is_refused && !faults.iter().any(is_here)) {
        return told("no fault at the field", &answer);
    }
    for (fault, other) in faults.iter().zip(english["faults"].as_array().into_iter().flatten()) {
        let (code, said, in_english) = (&fault["code"], &fault["message"], &other["message"]);
        let is_sentence = |message: &Value| message != code && message.as_str().is_some_and(|text| text.contains(' '));
        if !is_sentence(said) || !is_sentence(in_english) || said == in_english {
            return told("no sentence", &answer);
        }
    }
    (None, false)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_bad_value_is_refused_with_a_sentence_or_taken_whole() {
    let town = Town::new().await;
    let all = bodies::of(&town).await;
    let (mut breaches, mut tried, mut met) = (Vec::new(), 0, BTreeSet::new());
    let described = described();
    for body in &all {
        let fields = &described[&body.operation];
        let mut base = body.value.clone();
        for (field, kind) in fields {
            let kind = kind.expect("a row");
            if body.value.pointer(&pointer(field)).is_none() {
                continue;
            }
            met.insert(format!("{} {field}", body.operation));
            let Values { refused, harmless } = values(kind);
            let takes_back = |value: &Value| {
                body.takes_back.contains(&field.as_str())
                    && (*value == "" || value.as_str().is_some_and(|text| text.trim().is_empty()))
            };
            for (value, is_refused) in refused
                .into_iter()
                .map(|one| (one, true))
                .chain(harmless.into_iter().map(|one| (one, false)))
            {
                if takes_back(&value) {
                    continue;
                }
                let mut sent = base.clone();
                *sent.pointer_mut(&pointer(field)).expect("the field") = value;
                tried += 1;
                let (wrong, taken) = breach(&body.who, body, field, &sent.to_string(), is_refused).await;
                breaches.extend(wrong);
                if taken {
                    with_new_files(&body.who, &mut base).await;
                }
            }
        }
        // Half a character, and the same field twice: neither is JSON that can be meant.
        let name = body
            .value
            .as_object()
            .and_then(|all| all.keys().next().cloned())
            .expect("a field");
        let whole = body.value.to_string();
        let half = format!("{{\"{name}\": \"\\ud83d\"}}");
        let twice = format!("{{\"{name}\":{},{}", body.value[&name], &whole[1..]);
        for text in [half, twice] {
            tried += 1;
            let request = body
                .who
                .request(body.method.clone(), &body.path)
                .header("Content-Type", "application/json");
            let answer = body.who.send(request.body(text.clone())).await;
            if answer.status != 400 {
                breaches.push(format!("{}: {answer} for {text}", body.operation));
            }
        }
    }
    let missing: Vec<String> = described
        .iter()
        .flat_map(|(operation, fields)| {
            fields
                .iter()
                .filter(|(field, _)| !LEFT_OUT.contains(&field.as_str()))
                .map(move |(field, _)| format!("{operation} {field}"))
        })
        .filter(|field| !met.contains(field))
        .collect();
    breaches.extend(missing.iter().map(|field| format!("{field} stands in no body")));
    assert!(tried > 1_500, "{tried}");
    assert!(
        breaches.is_empty(),
        "{} of {tried}:\n{}",
        breaches.len(),
        breaches.join("\n")
    );
}
