//! A right body of every operation that takes one, with every field it has in one or another.

use crate::doors::{Berg, picture};
use crate::kit::wishes::{in_days, purchase, travel, trip};
use crate::kit::{Person, Town, id};
use reqwest::Method;
use serde_json::{Value, json};

/// What an operation takes, and from whom.
pub struct Body {
    pub who: Person,
    pub method: Method,
    /// With its ids.
    pub path: String,
    /// As the document names it.
    pub operation: String,
    pub value: Value,
    /// Fields that an empty text empties.
    pub takes_back: &'static [&'static str],
    /// It tells nobody whether what it was given is right.
    pub is_blind: bool,
}

/// Collects them.
struct Bodies(Vec<Body>);

impl Bodies {
    fn add(&mut self, who: &Person, operation: &str, (id, part): (&str, &str), value: Value) -> &mut Body {
        let (method, path) = operation.split_once(' ').expect("a method and a path");
        let body = Body {
            who: who.clone(),
            method: method.parse().expect("a method"),
            path: path.replace("{id}", id).replace("{part_id}", part),
            operation: operation.into(),
            value,
            takes_back: &[],
            is_blind: false,
        };
        self.0.push(body);
        self.0.last_mut().expect("the one just added")
    }
}

pub async fn of(town: &Town) -> Vec<Body> {
    let berg = Berg::of(town).await;
    let mut all = Bodies(Vec::new());
    of_errands(town, &berg, &mut all).await;
    of_homes(town, &berg, &mut all).await;
    of_people(town, &berg, &mut all).await;
    of_board(town, &mut all).await;
    all.0
}

/// Everything that starts an errand.
async fn starts(berg: &Berg) -> Vec<Value> {
    let anna = &berg.anna;
    let file = id(&anna.uploads("kvitto.png", "image/png", picture(77)).await.expect(201));
    let assignment = berg.assignment.as_str();
    let mut bicycle = purchase(assignment, 150_000);
    bicycle["purchase"]["childs_view"] = json!("Alva vill ha en röd cykel");
    bicycle["purchase"]["link"] = json!("https://example.org/cykel");
    bicycle["purchase"]["needed_by"] = json!(in_days(20).to_string());
    bicycle["purchase"]["own_contribution_ore"] = json!(10_000);
    let mut abroad = travel(assignment);
    abroad["travel"]["abroad"] =
        json!({"country": "Norge", "passport": true, "guardian_consent": "given", "insurance": true});
    let receipt = json!({"file_id": file, "purchased_on": in_days(0).to_string(), "supplier": "Apoteket", "category": "glasses",
        "amount_ore": 24_900, "vat_ore": 4_980, "note": "Efter synundersökningen"});
    let mut drive = trip(12_000);
    drive["odometer_start"] = json!(48_213);
    drive["odometer_end"] = json!(48_225);
    let message = json!({"kind": "message", "assignment_id": assignment, "subject": "Skolan", "body": "Kan någon ringa oss i veckan?",
        "urgent": false, "file_ids": [berg.file], "confirmed": ["Någon"], "category": "other"});
    let claim = |more: Value| {
        let mut claim = json!({"kind": "receipt_claim", "assignment_id": assignment, "declaration": true});
        claim
            .as_object_mut()
            .expect("an object")
            .extend(more.as_object().cloned().unwrap_or_default());
        claim
    };
    vec![
        message,
        json!({"kind": "message", "home_id": berg.ground.home, "body": "Kan någon ringa oss i veckan?"}),
        bicycle,
        abroad,
        claim(json!({"receipts": [receipt]})),
        claim(json!({"trips": [drive]})),
        claim(json!({"receipts": [receipt], "request_id": berg.file})),
    ]
}

async fn of_errands(town: &Town, berg: &Berg, all: &mut Bodies) {
    let (anna, maria, jonas) = (&berg.anna, town.maria().await, town.jonas().await);
    let none = ("", "");
    let starts = starts(berg).await;
    for start in &starts {
        all.add(anna, "POST /errands", none, start.clone());
        let paper = json!({"on_behalf_of": anna.id, "received_on": in_days(0).to_string(), "scan_id": berg.file, "errand": start});
        all.add(&maria, "POST /homes/{id}/paper-errands", (&berg.ground.home, ""), paper);
    }
    let errand = id(&anna.writes("När börjar umgänget i vår?").await);
    let here = (errand.as_str(), "");
    let message = berg.message_of(&errand).await;
    let answer = json!({"body": "Tack, då vet vi", "file_ids": [berg.file], "confirmed": ["Någon"]});
    all.add(anna, "POST /errands/{id}/messages", here, answer);
    all.add(
        &maria,
        "POST /errands/{id}/notes",
        here,
        json!({"body": "Ringde förvaltningens jurist"}),
    );
    all.add(
        &maria,
        "PUT /errands/{id}/assignee",
        here,
        json!({"person_id": berg.jonas}),
    );
    all.add(&maria, "PUT /errands/{id}/read", here, json!({"read": true}));
    let state =
        json!({"state": "closed", "message": "Nu är det klart", "reason": "Löst per telefon", "confirmed": ["Någon"]});
    all.add(&maria, "PUT /errands/{id}/state", here, state);
    all.add(
        &maria,
        "POST /errands/{id}/protected",
        here,
        json!({"reason": "Kontrollerar resans längd"}),
    );
    let opening = json!({"reason_code": "other", "reason": "Kollegan är sjuk"});
    all.add(&jonas, "POST /errands/{id}/openings", here, opening);
    let report = json!({"message_id": message, "words": "Det här är inte vårt"});
    all.add(anna, "POST /errands/{id}/reports", here, report);
    all.add(anna, "POST /errands/{id}/reports", here, json!({"file_id": berg.file}));
    let isolation = json!({"message_id": message, "reason": "Ett annat barns papper"});
    all.add(&maria, "POST /errands/{id}/isolations", here, isolation);
    let isolation = json!({"file_id": berg.file, "reason": "Ett annat barns papper"});
    all.add(&maria, "POST /errands/{id}/isolations", here, isolation);
    let wish = id(&anna.wishes(150_000).await);
    let decision = json!({"outcome": "partly_granted", "amount_ore": 100_000, "valid_until": in_days(30).to_string(),
        "conditions": "Spara kvittot", "reasons": "En begagnad räcker", "confirmed": ["Någon"]});
    all.add(&maria, "POST /errands/{id}/decisions", (&wish, ""), decision);
    let claim = id(&anna.drives(12_000).await);
    let trip = anna.opens(&claim).await.json()["trips"][0]["id"].clone();
    let line = json!({"trip_id": trip, "outcome": "partly_granted", "amount_ore": 100, "reason": "Kortare väg finns"});
    let review = json!({"lines": [line], "confirmed": ["Någon"]});
    all.add(&maria, "POST /errands/{id}/reviews", (&claim, ""), review);
    let of_receipt = json!({"lines": [{"receipt_id": berg.file, "outcome": "granted"}]});
    all.add(&maria, "POST /errands/{id}/reviews", (&claim, ""), of_receipt);
    let dora = town.person("dora.sund").await;
    let incident = (berg.ground.incident.as_str(), "");
    let record = json!({"what_happened": "Fel papper", "whose_data": "Ett barn", "consequences": "Inga", "measures": "Borttaget",
        "reported": true, "reported_on": in_days(0).to_string(), "reasons": "Sent upptäckt", "informed": true, "informed_by": "Maria Lind"});
    all.add(&dora, "PATCH /incidents/{id}", incident, json!({"record": record}));
    all.add(&dora, "PATCH /incidents/{id}", incident, json!({"state": "assessed"}));
    all.add(
        &dora,
        "POST /incidents/{id}/lift",
        incident,
        json!({"reason": "Det var rätt papper"}),
    );
    let draft = json!({"kind": "message", "content": {"body": "Ett eget utkast"}});
    let made = id(&anna.put("/drafts", draft.clone()).await.expect(200));
    all.add(anna, "PUT /drafts", none, draft.clone());
    all.add(anna, "PUT /drafts/{id}", (&made, ""), draft);
}

async fn of_homes(town: &Town, berg: &Berg, all: &mut Bodies) {
    let (eva, maria, dora) = (town.eva().await, town.maria().await, town.person("dora.sund").await);
    let none = ("", "");
    let (home, unit) = (berg.ground.home.as_str(), berg.ground.unit.as_str());
    let (today, later) = (in_days(0).to_string(), in_days(40).to_string());
    let new =
        json!({"kind": "foster", "name": "Lundgården", "unit_id": unit, "protected": "none", "named_ids": [maria.id]});
    all.add(&eva, "POST /homes", none, new.clone());
    all.add(&eva, "PATCH /homes/{id}", (home, ""), new);
    let member = json!({"from": today, "to": later, "invitation": {"email": "annan.person@example.org", "name": "Annan Person"}});
    all.add(&eva, "POST /homes/{id}/members", (home, ""), member);
    let known = json!({"from": today, "person_id": berg.jonas});
    all.add(&eva, "POST /homes/{id}/members", (home, ""), known);
    all.add(
        &eva,
        "PATCH /homes/{id}/members/{part_id}",
        (home, &berg.ground.membership),
        json!({"to": later}),
    );
    let conflict = json!({"person_id": berg.ground.auditor, "reason": "Släkt med hemmet"});
    all.add(&eva, "POST /homes/{id}/conflicts", (home, ""), conflict);
    let ended = (
        home,
        crate::doors::people::part_for(berg, "/homes/{id}/conflicts/{part_id}"),
    );
    all.add(
        &eva,
        "PATCH /homes/{id}/conflicts/{part_id}",
        ended,
        json!({"ended": true, "reason": "Flyttat härifrån"}),
    );
    let user =
        json!({"first_name": "Nils", "last_name": "Granskog", "personal_number": "20150310-2384", "protected": "none"});
    let deputy = json!({"person_id": berg.jonas, "from": today, "to": later});
    let assignment = json!({"home_id": home, "kind": "foster", "legal_basis": "SoL", "from": today, "to": later, "service_user": user,
        "caseworker_id": maria.id, "child_caseworker_id": maria.id, "deputies": [deputy], "unit_id": unit, "cost_code": "4711"});
    all.add(&eva, "POST /assignments", none, assignment.clone());
    let mut known = assignment;
    known.as_object_mut().expect("an object").remove("service_user");
    known["service_user_id"] = json!(berg.file);
    all.add(&eva, "POST /assignments", none, known);
    let here = (berg.assignment.as_str(), "");
    let change = json!({"to": later, "caseworker_id": maria.id, "child_caseworker_id": maria.id, "unit_id": unit, "legal_basis": "SoL",
        "cost_code": "4711", "deputies": [deputy]});
    all.add(&eva, "PATCH /assignments/{id}", here, change);
    all.add(
        &eva,
        "PATCH /assignments/{id}",
        here,
        json!({"restricted": true, "reason": "Pågående utredning"}),
    );
    let sheltered = crate::doors::people::id_for(berg, "/protected-homes/{id}/named")
        .await
        .expect("a home");
    let naming = json!({"person_id": berg.jonas, "reason": "Vikarierar", "to": later});
    all.add(&eva, "POST /protected-homes/{id}/named", (&sheltered, ""), naming);
    let part = crate::doors::people::part_for(berg, "/protected-homes/");
    let named = (sheltered.as_str(), part);
    all.add(
        &dora,
        "PATCH /protected-homes/{id}/named/{part_id}",
        named,
        json!({"confirmed": true}),
    );
    all.add(
        &dora,
        "PATCH /protected-homes/{id}/named/{part_id}",
        named,
        json!({"ended": true}),
    );
}

async fn of_people(town: &Town, berg: &Berg, all: &mut Bodies) {
    let (stina, maria) = (town.person("stina.drift").await, town.maria().await);
    let none = ("", "");
    let (home, unit) = (berg.ground.home.as_str(), berg.ground.unit.as_str());
    let later = in_days(40).to_string();
    let into = json!({"email": "ny.person@example.org", "name": "Ny Person", "home_id": home, "language": "sv"});
    all.add(&maria, "POST /invitations", none, into);
    let staff = json!({"email": "ny.kollega@example.org", "name": "Ny Kollega", "role": "caseworker", "unit_id": unit, "language": "en"});
    all.add(&stina, "POST /invitations", none, staff);
    let me = json!({"email": "anna.ny@example.org", "phone": "070-123 45 67", "language": "sv", "notices": true, "shortcuts": true});
    all.add(&berg.anna, "PATCH /me", none, me);
    all.add(&berg.anna, "POST /me/email", none, json!({"token": "none"}))
        .is_blind = true;
    let role = json!({"role": "caseworker", "unit_id": unit, "from": later, "to": in_days(60).to_string(), "reason": "Vikarie längre fram"});
    all.add(&stina, "POST /persons/{id}/roles", (&berg.jonas, ""), role);
    let part = crate::doors::people::part_for(berg, "/persons/");
    let (jonas, held) = (berg.jonas.as_str(), (berg.jonas.as_str(), part));
    let ends = json!({"to": in_days(400).to_string(), "reason": "Slutar längre fram"});
    all.add(&stina, "PATCH /persons/{id}/roles/{part_id}", held, ends);
    all.add(
        &stina,
        "PATCH /persons/{id}/roles/{part_id}",
        held,
        json!({"confirmed": true}),
    )
    .is_blind = true;
    all.add(&stina, "PATCH /persons/{id}", (jonas, ""), json!({"protected": "none"}));
    let keep = json!({"grant_id": part, "keep": false, "reason": "Har slutat"});
    all.add(&stina, "POST /units/{id}/recertification", (unit, ""), keep)
        .is_blind = true;
    let nobody = berg.anna.with_token(None);
    for (operation, value) in [
        (
            "POST /sessions",
            json!({"board": "borlange", "email": "erik.berg@example.org", "password": "fel lösenord"}),
        ),
        ("POST /sessions/refresh", json!({"refresh_token": "none"})),
        (
            "POST /invitations/accept",
            json!({"token": "none", "password": "en ganska lång mening"}),
        ),
        (
            "POST /recoveries",
            json!({"board": "borlange", "email": "ingen@example.org"}),
        ),
        (
            "POST /recoveries/accept",
            json!({"token": "none", "password": "en ganska lång mening"}),
        ),
    ] {
        all.add(&nobody, operation, none, value).is_blind = true;
    }
    all.add(
        &stina,
        "PUT /letters/{id}/state",
        (&berg.file, ""),
        json!({"state": "waiting"}),
    );
}

async fn of_board(town: &Town, all: &mut Bodies) {
    let stina = town.person("stina.drift").await;
    let none = ("", "");
    let manager = json!({"name": "Jourhemsgruppen", "manager_id": stina.id});
    all.add(&stina, "POST /units", none, manager);
    let settings = json!({"name": "Socialnämnden", "administration": "Socialförvaltningen", "audience": "Familjehem", "phone": "0243-740 00",
        "email": "post@example.org", "address": "Röda vägen 50", "hours": "Vardagar 8–16", "colour": "#0e4f57",
        "kinds": [{"kind": "foster", "title": "Familjehem", "text": "Ett hem"}], "links": [{"title": "Kommunen", "url": "https://example.org"}],
        "emergency": [{"title": "Socialjouren", "phone": "0243-740 00"}], "passwords_alone": true, "team_sight": "off",
        "reopened_within_days": 30, "receipts_after_end_days": 30, "ended_assignment_days": 30, "former_member_days": 30,
        "old_receipt_months": 6, "wish_from_ore": 50_000, "source_from_ore": 200_000, "trip_late_days": 30, "abroad_ahead_days": 30,
        "award_days": 90, "draft_days": 30, "draft_notice_days": 7, "recertify_every": 2, "mileage_ore_per_mil": 2_500, "base_costs": ["glasses"], "idle_staff_minutes": 15,
        "idle_home_minutes": 30, "file_most_mb": 10, "files_most": 10});
    let board = all.add(
        &stina,
        "PATCH /board",
        none,
        json!({"settings": settings, "from": in_days(10).to_string()}),
    );
    board.takes_back = &["settings.address", "settings.hours", "settings.colour"];
}
