//! SIGKILL at random moments under sixteen writers: everything that was acknowledged is there afterwards, byte for
//! byte, with its event, and the log is whole. What was not acknowledged is there whole or not at all.

use crate::kit::{Person, Place, Server, id, rows_of};
use serde_json::json;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

const ROUNDS: u32 = 50;
const WRITERS: usize = 16;

/// An act that the server said was done.
#[derive(Clone)]
struct Acknowledged {
    by: usize,
    errand: String,
    message: Option<String>,
    body: String,
    /// A file's id and its bytes.
    file: Option<(String, Vec<u8>)>,
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_acknowledged_survives_being_killed() {
    let place = tokio::task::spawn_blocking(Place::filled).await.expect("a place");
    let mut chance = Chance(0x5eed);
    let (mut all, mut errands) = (0, 0);
    for round in 0..ROUNDS {
        let mut server = Server::start(&place);
        let people = sign_in(&server).await;
        let ledger = write_until_killed(&mut server, &people, round, chance.between(20, 600)).await;
        let server = Server::start(&place);
        let people = sign_in(&server).await;
        for act in &ledger {
            is_there(&people[act.by % people.len()], act).await;
        }
        has_events(&place, &ledger);
        all += ledger.len();
        errands += ledger.iter().filter(|act| act.message.is_none()).count();
        if round % 10 == 9 {
            drop(server);
            crate::kit::assert_log_is_whole(&place).await;
        }
    }
    assert!(
        all > ROUNDS as usize * 4 && errands > ROUNDS as usize,
        "too little was written to prove anything: {all}"
    );
    numbers_are_gapless(&place);
}

async fn sign_in(server: &Server) -> Vec<Person> {
    let nobody = Person::nobody(&server.base, Arc::default());
    let mut people = Vec::new();
    for who in ["anna.berg", "erik.berg", "sara.ohman"] {
        let email = format!("{who}@example.org");
        people.push(nobody.signed_in("borlange", &email, famn::demo::PASSWORD).await);
    }
    people
}

async fn write_until_killed(server: &mut Server, people: &[Person], round: u32, after_ms: u64) -> Vec<Acknowledged> {
    let ledger: Arc<Mutex<Vec<Acknowledged>>> = Arc::default();
    let dead = Arc::new(AtomicBool::new(false));
    let mut writers = Vec::new();
    for number in 0..WRITERS {
        let person = people[number % people.len()].clone();
        let assignment = person.assignment().await;
        let (ledger, dead) = (ledger.clone(), dead.clone());
        let write = async move {
            let mut turn = 0;
            while !dead.load(Ordering::SeqCst) {
                turn += 1;
                let body = format!("omgång {round} skribent {number} tur {turn}");
                if act(&person, number, &assignment, &body, &ledger).await.is_none() {
                    break;
                }
            }
        };
        writers.push(tokio::spawn(write));
    }
    tokio::time::sleep(Duration::from_millis(after_ms)).await;
    server.kill();
    dead.store(true, Ordering::SeqCst);
    for writer in writers {
        writer.await.expect("a writer ends");
    }
    std::mem::take(&mut *ledger.lock().expect("not poisoned"))
}

/// A new errand, a file, and a message that takes it; each noted once it is acknowledged.
async fn act(who: &Person, by: usize, assignment: &str, body: &str, ledger: &Mutex<Vec<Acknowledged>>) -> Option<()> {
    let note = |act: Acknowledged| ledger.lock().expect("not poisoned").push(act);
    let new = json!({"kind": "message", "assignment_id": assignment, "body": body});
    let errand = id(&who.tries("/errands", new).await?);
    note(Acknowledged {
        by,
        errand: errand.clone(),
        message: None,
        body: body.into(),
        file: None,
    });
    let bytes = pdf(body);
    let file = id(&who.tries_upload("underlag.pdf", bytes.clone()).await?);
    let reply = format!("svar på {body}");
    let path = format!("/errands/{errand}/messages");
    let message = id(&who.tries(&path, json!({"body": reply, "file_ids": [file]})).await?);
    note(Acknowledged {
        by,
        errand,
        message: Some(message),
        body: reply,
        file: Some((file, bytes)),
    });
    Some(())
}

async fn is_there(who: &Person, act: &Acknowledged) {
    let errand = who.opens(&act.errand).await.expect(200);
    let messages = errand["messages"].as_array().expect("messages");
    let found = messages.iter().find(|message| match &act.message {
        Some(id) => message["id"] == id.as_str(),
        None => true,
    });
    assert_eq!(found.expect("the message is there")["body"], act.body.as_str());
    if let Some((file, bytes)) = &act.file {
        let original = who.get(&format!("/files/{file}/original")).await;
        assert_eq!(original.status.as_u16(), 200, "{original}");
        assert!(original.bytes == *bytes, "the file is another");
    }
}

/// Each acknowledged act left its event, in the act's own transaction.
fn has_events(place: &Place, ledger: &[Acknowledged]) {
    let logged = rows_of(
        place,
        "SELECT subject AS text FROM audit_event WHERE outcome = 'ok' AND action IN ('errand.create', 'message.send')",
    );
    for act in ledger {
        let named = match &act.message {
            Some(message) => format!("\"object\":\"{message}\""),
            None => format!("\"errand\":\"{}\"", act.errand),
        };
        assert!(
            logged.iter().any(|subject| subject.contains(&named)),
            "no event of {named}"
        );
    }
}

fn numbers_are_gapless(place: &Place) {
    let serials = "SELECT CAST(number_serial AS TEXT) AS text FROM errand JOIN board ON board.id = errand.board_id \
                   WHERE slug = 'borlange' ORDER BY number_serial";
    let serials: Vec<usize> = rows_of(place, serials)
        .iter()
        .map(|text| text.parse().expect("a number"))
        .collect();
    assert!(serials.iter().copied().eq(1..=serials.len()), "gaps in {serials:?}");
}

/// A small whole PDF that says `text`.
fn pdf(text: &str) -> Vec<u8> {
    let mut out = String::from("%PDF-1.4\n");
    let objects = [
        "<< /Type /Catalog /Pages 2 0 R >>".to_owned(),
        "<< /Type /Pages /Kids [3 0 R] /Count 1 >>".to_owned(),
        format!("<< /Type /Page /Parent 2 0 R /MediaBox [0 0 200 200] /Famn ({text}) >>"),
    ];
    let mut offsets = Vec::new();
    for (i, object) in objects.iter().enumerate() {
        offsets.push(out.len());
        out.push_str(&format!("{} 0 obj\n{object}\nendobj\n", i + 1));
    }
    let start = out.len();
    out.push_str("xref\n0 4\n0000000000 65535 f \n");
    for offset in offsets {
        out.push_str(&format!("{offset:010} 00000 n \n"));
    }
    out.push_str(&format!(
        "trailer\n<< /Size 4 /Root 1 0 R >>\nstartxref\n{start}\n%%EOF\n"
    ));
    out.into_bytes()
}

/// Repeatable chance (xorshift).
struct Chance(u64);

impl Chance {
    fn between(&mut self, least: u64, most: u64) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        least + self.0 % (most - least)
    }
}
