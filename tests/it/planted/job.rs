//! The main job from end to end, each field with a word of its own: people and homes, ways in, drafts, messages, notes,
//! files, wishes and their decisions, claims and their reviews.

use super::Words;
use crate::kit::{Person, Place, id, samples, wishes};
use serde_json::json;
use std::time::Duration;

/// All of it.
pub async fn is_done(nobody: &Person, place: &Place, words: &mut Words) {
    let password = famn::demo::PASSWORD;
    let who = async |name: &str| {
        nobody
            .signed_in("borlange", &format!("{name}@example.org"), password)
            .await
    };
    let (anna, maria, eva, stina) = (
        who("anna.berg").await,
        who("maria.lind").await,
        who("eva.strand").await,
        who("stina.drift").await,
    );
    words.remember("password", password.into());
    for person in [&anna, &maria] {
        words.remember("token", person.token().into());
        words.remember("refresh token", person.refresh_token.clone().expect("a token"));
    }
    homes_and_ways_in(nobody, (&eva, &maria, &stina), place, words).await;
    messages(&anna, &maria, words).await;
    wishes_and_decisions(&anna, &maria, words).await;
    claims(&anna, &maria, words).await;
    let address = words.remember("address", "annas.nya.adress.zq@example.org".into());
    let phone = words.remember("phone", "0243-71 99 371".into());
    anna.patch("/me", json!({"email": address, "phone": phone}))
        .await
        .expect(200);
    let wrong = words.remember("a wrong password", "fel-lösenord-som-någon-provar".into());
    let stranger = words.remember("a stranger's address", "någon.okänd.zq@example.org".into());
    let attempt = json!({"board": "borlange", "email": stranger, "password": wrong});
    nobody.post("/sessions", attempt).await.expect(401);
}

async fn homes_and_ways_in(
    nobody: &Person,
    (eva, maria, stina): (&Person, &Person, &Person),
    place: &Place,
    words: &mut Words,
) {
    let units = eva.get("/units").await.expect(200);
    let unit = id(&units["items"][0]);
    let name = words.plant("a home's name");
    let home = id(&eva
        .post("/homes", json!({"kind": "foster", "name": name, "unit_id": unit}))
        .await
        .expect(201));
    let number = words.remember("personnummer", "20120312-2385".into());
    words.remember("personnummer without a dash", number.replace('-', ""));
    let user = json!({"first_name": words.plant("a first name"), "last_name": words.plant("a last name"),
        "personal_number": number});
    let new = json!({"home_id": home, "unit_id": unit, "kind": "foster", "legal_basis": "SoL",
        "from": wishes::in_days(-10).to_string(), "caseworker_id": maria.id, "service_user": user});
    eva.post("/assignments", new).await.expect(201);

    let address = words.remember("address", "inbjuden.granne.zq@example.org".into());
    let person = words.plant("an invited person's name");
    maria
        .post(
            "/invitations",
            json!({"email": address, "name": person, "home_id": home}),
        )
        .await
        .expect(201);
    let code = words.remember("code", code_for(place, &address, None).await);
    let password = words.remember("a first password", "trekant-myrstack-zq-åskväder".into());
    nobody
        .post("/invitations/accept", json!({"token": code, "password": password}))
        .await
        .expect(201);
    nobody
        .post("/recoveries", json!({"board": "borlange", "email": address}))
        .await
        .expect(202);
    let code = words.remember("code", code_for(place, &address, Some(&code)).await);
    let password = words.remember("a second password", "gråsparv-kastrull-zq-höstlöv".into());
    nobody
        .post("/recoveries/accept", json!({"token": code, "password": password}))
        .await
        .expect(201);
    let invited = nobody.signed_in("borlange", &address, &password).await;
    let reason = words.plant("why a role is given");
    let role = json!({"role": "auditor", "from": "2099-01-01", "reason": reason});
    stina
        .post(&format!("/persons/{}/roles", invited.id), role)
        .await
        .expect(201);
}

async fn messages(anna: &Person, maria: &Person, words: &mut Words) {
    let draft = json!({"kind": "message", "content": {"body": words.plant("a draft")}});
    anna.put("/drafts", draft).await.expect(200);
    let name = format!("{}.jpg", words.plant("a file's name"));
    let name = percent_encoding::utf8_percent_encode(&name, percent_encoding::NON_ALPHANUMERIC).to_string();
    let photo = [samples::photo(6), words.plant("a file's bytes").into_bytes()].concat();
    let request = anna
        .request(reqwest::Method::POST, "/files")
        .header("Content-Type", "image/jpeg");
    let request = request.header("Content-Disposition", format!("attachment; filename*=UTF-8''{name}"));
    let file = id(&anna.send(request.body(photo)).await.expect(201));
    let new = json!({"kind": "message", "assignment_id": anna.assignment().await, "file_ids": [file],
        "subject": words.plant("a subject"), "body": words.plant("a message")});
    let errand = id(&anna.post("/errands", new).await.expect(201));
    maria.opens(&errand).await.expect(200);
    maria.get(&format!("/files/{file}/content")).await;
    maria.get(&format!("/files/{file}/original")).await;
    let answer = words.plant("an answer");
    maria
        .post(&format!("/errands/{errand}/messages"), json!({"body": answer}))
        .await
        .expect(201);
    let note = words.plant("a note");
    maria
        .post(&format!("/errands/{errand}/notes"), json!({"body": note}))
        .await
        .expect(201);
    let asked = json!({"state": "awaiting_home", "message": words.plant("what the home is asked")});
    maria.put(&format!("/errands/{errand}/state"), asked).await.expect(200);
    anna.opens(&errand).await.expect(200);
}

async fn wishes_and_decisions(anna: &Person, maria: &Person, words: &mut Words) {
    let assignment = anna.assignment().await;
    let purchase = async |words: &mut Words| {
        let mut new = wishes::purchase(&assignment, 150_000);
        for (field, what) in [
            ("description", "what is wished for"),
            ("reasons", "why it is wished for"),
            ("supplier", "where it is to be bought"),
            ("childs_view", "the child's view"),
        ] {
            new["purchase"][field] = words.plant(what).into();
        }
        id(&anna.post("/errands", new).await.expect(201))
    };
    let (partly, refused, closed) = (purchase(words).await, purchase(words).await, purchase(words).await);
    let decision = json!({"outcome": "partly_granted", "amount_ore": 100_000,
        "reasons": words.plant("why not all of it"), "conditions": words.plant("a condition")});
    maria.decides(&partly, decision).await.expect(201);
    let decision = json!({"outcome": "refused", "reasons": words.plant("why it is refused")});
    maria.decides(&refused, decision).await.expect(201);
    let close = json!({"state": "closed_without_decision", "reason": words.plant("why it is closed")});
    maria.put(&format!("/errands/{closed}/state"), close).await.expect(200);
    let mut travel = wishes::travel(&assignment);
    for (field, what) in [
        ("from", "from where"),
        ("to", "where to"),
        ("reasons", "why one travels"),
    ] {
        travel["travel"][field] = words.plant(what).into();
    }
    let travel = id(&anna.post("/errands", travel).await.expect(201));
    maria.decides(&travel, json!({"outcome": "granted"})).await.expect(201);
    anna.get("/errands").await.expect(200);
    maria.opens(&travel).await.expect(200);
}

async fn claims(anna: &Person, maria: &Person, words: &mut Words) {
    let assignment = anna.assignment().await;
    let file = id(&anna
        .uploads("k.jpg", "image/jpeg", samples::another_jpeg())
        .await
        .expect(201));
    let receipt = json!({"file_id": file, "purchased_on": wishes::in_days(-1).to_string(), "category": "glasses",
        "supplier": words.plant("a supplier"), "amount_ore": 90_000, "note": words.plant("a receipt's note")});
    let mut trip = wishes::trip(24_000);
    for (field, what) in [
        ("purpose", "a trip's purpose"),
        ("from", "a trip's start"),
        ("to", "a trip's end"),
    ] {
        trip[field] = words.plant(what).into();
    }
    let claim = wishes::claim(&assignment, vec![receipt], vec![trip]);
    let claim = id(&anna.post("/errands", claim).await.expect(201));
    let asked = json!({"state": "supplement_requested", "message": words.plant("what is lacking in a claim")});
    maria.put(&format!("/errands/{claim}/state"), asked).await.expect(200);
    let answer = words.plant("a supplement");
    anna.post(&format!("/errands/{claim}/messages"), json!({"body": answer}))
        .await
        .expect(201);
    let seen = maria.opens(&claim).await.expect(200);
    let review = json!({"lines": [
        {"receipt_id": seen["receipts"][0]["id"], "outcome": "partly_granted", "amount_ore": 50_000,
            "reason": words.plant("why not all of a receipt")},
        {"trip_id": seen["trips"][0]["id"], "outcome": "refused", "reason": words.plant("why a trip is refused")}]});
    maria
        .post(&format!("/errands/{claim}/reviews"), review)
        .await
        .expect(201);
}

/// The letters that were written.
pub fn letters(place: &Place) -> Vec<String> {
    let files = std::fs::read_dir(place.folder.join("letters"))
        .into_iter()
        .flatten()
        .flatten();
    let mut files: Vec<_> = files.map(|file| file.path()).collect();
    files.retain(|file| file.extension().is_some_and(|end| end == "eml"));
    files.sort();
    files
        .iter()
        .map(|file| std::fs::read_to_string(file).unwrap_or_default())
        .collect()
}

/// The code in a letter to an address, once one has come that bears another than a former one did.
async fn code_for(place: &Place, address: &str, former: Option<&str>) -> String {
    let is_code =
        |line: &&str| line.len() == 43 && line.bytes().all(|b| b.is_ascii_alphanumeric() || b"-_".contains(&b));
    for _ in 0..1500 {
        let all = letters(place);
        let mine = all.iter().filter(|letter| letter.contains(address));
        let mut codes = mine.filter_map(|letter| letter.lines().find(is_code));
        if let Some(code) = codes.find(|code| Some(*code) != former) {
            return code.to_owned();
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    panic!("no code came to {address}");
}
