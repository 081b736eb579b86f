//! Files of every kind, good and bad, made by code, each with the answer it must get: what people's devices make is
//! taken and shown, the rest is refused with the reason that is true.

mod documents;
mod heic;
mod names;
pub mod pictures;

use crate::kit::{Answer, Person, Town, id};
use futures_util::StreamExt as _;

/// Stands where no picture or document is: before, between, behind. What is shown never holds it.
pub const STRAY: &[u8] = b"kvarglomda ord";
/// Files on their way at the same time.
const AT_ONCE: usize = 8;

/// A file and its answer.
pub struct Case {
    /// What it is, for whoever reads a failure.
    pub what: String,
    /// What its sender calls it and says that it is.
    pub name: String,
    pub declared: String,
    pub bytes: Vec<u8>,
    pub right: Right,
}

/// What must be answered.
pub enum Right {
    /// Taken; its form for viewing has this type, and looks so.
    Taken(&'static str, Look),
    /// 415, or 422 at the file, with this code.
    Refused(&'static str),
}

/// Looks at the form for viewing; gives what is wrong with it.
pub type Look = Box<dyn Fn(&[u8]) -> Result<(), String> + Send + Sync>;

/// There is nothing more to see of it than its type.
pub fn any() -> Look {
    Box::new(|_| Ok(()))
}

/// Sends every file, and tells all that were answered wrongly at once.
pub async fn holds(cases: Vec<Case>) {
    let town = Town::new().await;
    let anna = town.anna().await;
    let wrong: Vec<String> = futures_util::stream::iter(cases.iter().map(|case| judged(&anna, case)))
        .buffer_unordered(AT_ONCE)
        .filter_map(async |wrong| wrong)
        .collect()
        .await;
    assert!(
        wrong.is_empty(),
        "{} of {}:\n{}",
        wrong.len(),
        cases.len(),
        wrong.join("\n")
    );
}

async fn judged(anna: &Person, case: &Case) -> Option<String> {
    let answer = anna.uploads(&case.name, &case.declared, case.bytes.clone()).await;
    let wrong = match &case.right {
        Right::Taken(kind, look) if answer.status == 201 => {
            let shown = anna.get(&format!("/files/{}/content", id(&answer.json()))).await;
            look_at(&shown, kind, look)
        }
        Right::Taken(..) => Err(format!("not taken: {answer}")),
        Right::Refused(code) => match refusal(&answer) {
            Some(told) if told == *code => Ok(()),
            _ => Err(format!("not {code}: {answer}")),
        },
    };
    wrong.err().map(|wrong| format!("{}: {wrong}", case.what))
}

fn look_at(shown: &Answer, kind: &str, look: &Look) -> Result<(), String> {
    if shown.status != 200 || shown.header("content-type") != kind {
        return Err(format!("shown as {} {}", shown.status, shown.header("content-type")));
    }
    if memchr::memmem::find(&shown.bytes, STRAY).is_some() {
        return Err("what is no part of it is shown with it".into());
    }
    look(&shown.bytes)
}

/// The reason in a 415 or a 422.
fn refusal(answer: &Answer) -> Option<String> {
    let body = answer.json();
    let code = match answer.status.as_u16() {
        415 => body["type"].as_str()?.rsplit('/').next(),
        422 if body["faults"][0]["field"] == "file" => body["faults"][0]["code"].as_str(),
        _ => None,
    };
    code.map(str::to_owned)
}

#[tokio::test(flavor = "multi_thread")]
async fn every_picture_has_its_answer() {
    holds(pictures::cases()).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn every_document_has_its_answer() {
    let cases = documents::cases();
    assert!(cases.len() > 200, "{}", cases.len());
    holds(cases).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn every_heic_has_its_answer_and_shows_its_picture_alone() {
    holds(heic::cases()).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn names_and_declared_types_decide_nothing() {
    holds(names::cases()).await;
}
