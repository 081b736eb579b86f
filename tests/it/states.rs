//! Who may move what: the table of the design, held against the program's own table line by line, and against what the
//! service answers, from every state, to either side.

use crate::kit::{Person, Town, id, wishes};
use famn::access::Side;
use famn::clock::Clock;
use famn::errand::state::{Act, STEPS};
use famn::errand::{ErrandKind, ErrandState};
use serde_json::{Value, json};
use std::collections::HashSet;
use std::sync::atomic::{AtomicU8, Ordering};
use std::time::Duration;

/// kind | from | verb | who | to. Moves that come with paying are not here yet.
const TABLE: &str = "
message       | –                                         | POST errands                               | home, staff | received
message       | received                                  | POST messages, PUT in_progress             | staff       | in_progress
message       | received, in_progress                     | PUT awaiting_home (with a message)         | staff       | awaiting_home
message       | awaiting_home                             | POST messages                              | home        | in_progress
message       | received, in_progress, awaiting_home      | PUT closed                                 | staff       | closed
message       | closed                                    | PUT in_progress, POST messages             | home, staff | in_progress
purchase_request, travel_request | –                      | POST errands                               | home        | received
purchase_request, travel_request | received               | PUT under_review, POST messages            | staff       | under_review
purchase_request, travel_request | received, under_review | PUT supplement_requested (with a message)  | staff       | supplement_requested
purchase_request, travel_request | supplement_requested   | POST messages                              | home        | under_review
purchase_request, travel_request | received, under_review, supplement_requested | PUT withdrawn        | home        | withdrawn
purchase_request, travel_request | received, under_review, supplement_requested | POST decisions       | staff       | decided
purchase_request, travel_request | decided                | POST decisions                             | staff       | decided
purchase_request, travel_request | decided                | PUT completed                              | staff       | completed
purchase_request, travel_request | received, under_review | PUT closed_without_decision (with a reason) | staff      | closed_without_decision
receipt_claim | –                                         | POST errands                               | home        | received
receipt_claim | received                                  | PUT under_review, POST messages            | staff       | under_review
receipt_claim | received, under_review                    | PUT supplement_requested (with a message)  | staff       | supplement_requested
receipt_claim | supplement_requested                      | POST messages                              | home        | under_review
receipt_claim | received, under_review, supplement_requested | PUT withdrawn                           | home        | withdrawn
receipt_claim | received, under_review                    | POST reviews                               | staff       | reviewed
receipt_claim | reviewed                                  | nothing granted                            | staff       | closed
";

/// What goes with a move: nothing, a message, a reason.
const WITH: [&str; 3] = ["", " (with a message)", " (with a reason)"];

/// One move: kind, from, act, by, to, and which of [`WITH`] goes with it.
type Move = (ErrandKind, Option<ErrandState>, Act, Side, ErrandState, usize);

fn state(text: &str) -> ErrandState {
    ErrandState::parse(text).unwrap_or_else(|| panic!("no state {text:?}"))
}

fn table() -> Vec<Move> {
    let mut moves = Vec::new();
    for line in TABLE.lines().filter(|line| !line.is_empty()) {
        let cells: Vec<&str> = line.split('|').map(str::trim).collect();
        let [kinds, from, verbs, who, to] = cells[..] else {
            panic!("a line of five cells: {line}");
        };
        for kind in kinds.split(", ").map(|kind| ErrandKind::parse(kind).expect("a kind")) {
            for from in from.split(", ").map(|text| (text != "–").then(|| state(text))) {
                for verb in verbs.split(", ") {
                    let with = (1..WITH.len()).find(|with| verb.ends_with(WITH[*with])).unwrap_or(0);
                    let act = match verb.trim_end_matches(WITH[with]) {
                        "POST errands" => Act::Start,
                        "POST messages" => Act::Reply,
                        "POST decisions" => Act::Decide,
                        "POST reviews" => Act::Review,
                        "nothing granted" => Act::NothingGranted,
                        other => Act::To(state(other.strip_prefix("PUT ").expect("a verb"))),
                    };
                    for by in who.split(", ") {
                        let by = if by == "home" { Side::Home } else { Side::Team };
                        moves.push((kind, from, act, by, state(to), with));
                    }
                }
            }
        }
    }
    moves
}

#[test]
fn the_programs_table_is_the_designs() {
    let design = table();
    let program: Vec<Move> = STEPS
        .iter()
        .map(|step| {
            let with = usize::from(step.with_message) + 2 * usize::from(step.with_reason);
            (step.kind, step.from, step.act, step.by, step.to, with)
        })
        .collect();
    for one in &design {
        assert!(program.contains(one), "the program lacks {one:?}");
    }
    for one in &program {
        assert!(design.contains(one), "the design does not know {one:?}");
    }
    assert_eq!(program.len(), design.len(), "each move stands once");
    for (kind, from, act, by, ..) in &design {
        let same = |one: &&Move| (&one.0, &one.1, &one.2, &one.3) == (kind, from, act, by);
        assert_eq!(design.iter().filter(same).count(), 1, "one move leads to one state");
    }
}

/// A home's member and the caseworker who answers for it.
struct Two {
    home: Person,
    team: Person,
}

impl Two {
    async fn of(town: &Town) -> Two {
        Two {
            home: town.anna().await,
            team: town.maria().await,
        }
    }

    fn of_side(&self, side: Side) -> &Person {
        if side == Side::Home { &self.home } else { &self.team }
    }

    /// A new errand, brought into a state by moves of the table.
    async fn errand_in(&self, kind: ErrandKind, wanted: ErrandState) -> String {
        let errand = match kind {
            ErrandKind::Message => id(&self.home.writes("Kan vi höras om skolskjutsen?").await),
            ErrandKind::ReceiptClaim => self.claim().await,
            ErrandKind::PurchaseRequest => id(&self.home.wishes(150_000).await),
            ErrandKind::TravelRequest => {
                let new = wishes::travel(&self.home.assignment().await);
                id(&self.home.post("/errands", new).await.expect(201))
            }
        };
        if (kind, wanted) == (ErrandKind::ReceiptClaim, ErrandState::Closed) {
            self.reviews(&errand, "refused").await.expect(201);
            return errand;
        }
        for (act, by) in way_to(kind, wanted) {
            let done = self.does(&errand, act, by, true).await;
            assert!(done.status.is_success(), "{done}");
        }
        assert_eq!(self.stands(&errand).await.0, wanted);
        errand
    }

    /// A claim with a picture that nobody sent before.
    async fn claim(&self) -> String {
        static SHADE: AtomicU8 = AtomicU8::new(0);
        let shade = SHADE.fetch_add(1, Ordering::SeqCst);
        let mut bytes = std::io::Cursor::new(Vec::new());
        image::RgbImage::from_pixel(8, 8, image::Rgb([shade, 9, 9]))
            .write_to(&mut bytes, image::ImageFormat::Png)
            .expect("a picture");
        let sent = self.home.uploads("kvitto.png", "image/png", bytes.into_inner()).await;
        let file = id(&sent.expect(201));
        id(&self
            .home
            .hands_in(&file, 45_000, "Optikern på torget")
            .await
            .expect(201))
    }

    async fn does(&self, errand: &str, act: Act, by: Side, with_message: bool) -> crate::kit::Answer {
        let person = self.of_side(by);
        match act {
            Act::Start => unreachable!("an errand is started once"),
            Act::Reply => person.answers(errand, "Vi återkommer så snart vi kan").await,
            Act::Decide => {
                let refusal = json!({"outcome": "refused", "reasons": "Ingår i omkostnadsersättningen"});
                person.decides(errand, refusal).await
            }
            Act::Review if by == Side::Team => self.reviews(errand, "granted").await,
            Act::Review => {
                let line = json!({"lines": [{"receipt_id": errand, "outcome": "granted"}]});
                person.post(&format!("/errands/{errand}/reviews"), line).await
            }
            Act::NothingGranted => unreachable!("it follows by itself"),
            Act::To(to) => {
                let mut body = json!({"state": to.as_str()});
                if with_message && to == ErrandState::ClosedWithoutDecision {
                    body["reason"] = "Behovet finns inte längre".into();
                } else if with_message {
                    body["message"] = "Vilken dag gäller det, och vem följer med?".into();
                }
                person.put(&format!("/errands/{errand}/state"), body).await
            }
        }
    }

    /// The team reviews every line alike.
    async fn reviews(&self, errand: &str, outcome: &str) -> crate::kit::Answer {
        let seen = self.team.opens(errand).await.expect(200);
        let receipts = seen["receipts"].as_array().cloned().unwrap_or_default();
        let line = |one: &Value| json!({"receipt_id": one["id"], "outcome": outcome, "reason": "Se bilden"});
        let lines: Vec<Value> = receipts.iter().map(line).collect();
        self.team
            .post(&format!("/errands/{errand}/reviews"), json!({"lines": lines}))
            .await
    }

    /// Where it stands, and its version.
    async fn stands(&self, errand: &str) -> (ErrandState, Value) {
        let seen = self.team.opens(errand).await.expect(200);
        (state(seen["state"].as_str().expect("a state")), seen["version"].clone())
    }
}

/// The acts that lead from the start to `wanted`, by the table.
fn way_to(kind: ErrandKind, wanted: ErrandState) -> Vec<(Act, Side)> {
    let mut ways = vec![(ErrandState::Received, Vec::new())];
    let mut seen = HashSet::from([ErrandState::Received]);
    while let Some((at, way)) = (!ways.is_empty()).then(|| ways.remove(0)) {
        if at == wanted {
            return way;
        }
        for (of, from, act, by, to, _) in table() {
            if of == kind && from == Some(at) && seen.insert(to) {
                ways.push((to, [way.clone(), vec![(act, by)]].concat()));
            }
        }
    }
    panic!("no way leads to {wanted:?}");
}

/// The states an errand of a kind can be in.
fn states_of(kind: ErrandKind) -> Vec<ErrandState> {
    let reached = |state: &&ErrandState| table().iter().any(|one| one.0 == kind && one.4 == **state);
    ErrandState::ALL.iter().filter(reached).copied().collect()
}

fn find(kind: ErrandKind, from: ErrandState, act: Act, by: Side) -> Option<Move> {
    let fits = |one: &Move| (one.0, one.1, one.2, one.3) == (kind, Some(from), act, by);
    table().into_iter().find(fits)
}

async fn every_move_from(two: &Two, kind: ErrandKind, from: ErrandState) {
    let errand = two.errand_in(kind, from).await;
    let before = two.stands(&errand).await;
    for target in ErrandState::ALL.iter().copied() {
        for by in [Side::Home, Side::Team] {
            let act = Act::To(target);
            let what = format!("{kind:?}: {by:?} from {from:?} to {target:?}");
            if let Some((.., to, with)) = find(kind, from, act, by) {
                if with > 0 {
                    let faults = two.does(&errand, act, by, false).await.faults();
                    let told = [("message", "message-needed"), ("reason", "required")][with - 1];
                    assert_eq!(faults, [(told.0.to_owned(), told.1.to_owned())], "{what}");
                    assert_eq!(two.stands(&errand).await, before, "{what}, without a message");
                }
                let other = two.errand_in(kind, from).await;
                let version = two.stands(&other).await.1.as_i64().expect("a version");
                let moved = two.does(&other, act, by, with > 0).await.expect(200);
                assert_eq!(moved["state"], to.as_str(), "{what}");
                assert_eq!(two.stands(&other).await, (to, json!(version + 1)), "{what}");
                continue;
            }
            let ever = table().iter().any(|one| (one.0, one.2, one.3) == (kind, act, by));
            let refused = two.does(&errand, act, by, false).await;
            let (status, problem) = if ever { (409, "state") } else { (403, "forbidden") };
            assert_eq!(refused.status.as_u16(), status, "{what}: {refused}");
            assert_eq!(refused.problem(status), problem, "{what}");
            assert_eq!(two.stands(&errand).await, before, "{what}");
        }
    }
    for (act, by) in [Act::Decide, Act::Review]
        .into_iter()
        .flat_map(|act| [(act, Side::Home), (act, Side::Team)])
    {
        let what = format!("{kind:?}: {by:?} does {act:?} in {from:?}");
        let other = two.errand_in(kind, from).await;
        let (stood, version) = two.stands(&other).await;
        let done = two.does(&other, act, by, false).await;
        match (find(kind, from, act, by), by) {
            (Some((.., to, _)), _) => {
                done.expect(201);
                let version = version.as_i64().expect("a version") + 1;
                assert_eq!(two.stands(&other).await, (to, json!(version)), "{what}");
            }
            (None, by) => {
                let problem = if by == Side::Home {
                    (403, "forbidden")
                } else {
                    (409, "state")
                };
                assert_eq!(done.status, problem.0, "{what}: {done}");
                assert_eq!(done.problem(problem.0), problem.1, "{what}");
                assert_eq!(two.stands(&other).await, (stood, version), "{what}");
            }
        }
    }
    for by in [Side::Home, Side::Team] {
        let what = format!("{kind:?}: {by:?} answers in {from:?}");
        let other = two.errand_in(kind, from).await;
        let before = two.stands(&other).await;
        let answered = two.does(&other, Act::Reply, by, true).await;
        if famn::errand::state::has_ended(kind, from) {
            assert_eq!(answered.problem(409), "state", "{what}");
            assert_eq!(two.stands(&other).await, before, "{what}");
        } else {
            answered.expect(201);
            let to = find(kind, from, Act::Reply, by).map_or(from, |one| one.4);
            assert_eq!(two.stands(&other).await.0, to, "{what}");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_message_moves_as_the_table_says() {
    let town = Town::new().await;
    let two = Two::of(&town).await;
    for from in states_of(ErrandKind::Message) {
        every_move_from(&two, ErrandKind::Message, from).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_claim_moves_as_the_table_says() {
    let town = Town::new().await;
    let two = Two::of(&town).await;
    for from in states_of(ErrandKind::ReceiptClaim) {
        every_move_from(&two, ErrandKind::ReceiptClaim, from).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_wish_moves_as_the_table_says() {
    let town = Town::new().await;
    let two = Two::of(&town).await;
    for kind in [ErrandKind::PurchaseRequest, ErrandKind::TravelRequest] {
        for from in states_of(kind) {
            every_move_from(&two, kind, from).await;
        }
    }
}

#[test]
fn what_has_ended_is_what_no_message_reopens() {
    use ErrandState::{Closed, ClosedWithoutDecision, Completed, Withdrawn};
    let ended = |kind: ErrandKind| -> Vec<ErrandState> {
        let all = ErrandState::ALL.iter().copied();
        all.filter(|state| famn::errand::state::has_ended(kind, *state))
            .collect()
    };
    assert_eq!(
        ended(ErrandKind::Message),
        [Withdrawn, Completed, ClosedWithoutDecision]
    );
    let others = [Closed, Withdrawn, Completed, ClosedWithoutDecision];
    assert_eq!(ended(ErrandKind::ReceiptClaim), others);
    assert_eq!(ended(ErrandKind::PurchaseRequest), others);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_closed_message_is_taken_up_again_within_thirty_days() {
    // Later than the town was filled, whenever that was.
    let clock = Clock::fixed(Clock::system().now().plus(Duration::from_secs(3600)));
    let town = Town::at(clock.clone()).await;
    let two = Two::of(&town).await;
    let mut errands = Vec::new();
    for _ in 0..4 {
        errands.push(two.errand_in(ErrandKind::Message, ErrandState::Closed).await);
    }
    clock.forward(Duration::from_secs(30 * 24 * 60 * 60));
    let two = Two::of(&town).await;
    let reopen = Act::To(ErrandState::InProgress);
    two.does(&errands[0], reopen, Side::Home, false).await.expect(200);
    two.does(&errands[1], Act::Reply, Side::Home, true).await.expect(201);
    clock.forward(Duration::from_millis(1));
    for (errand, by) in [(&errands[2], Side::Home), (&errands[3], Side::Team)] {
        let before = two.stands(errand).await;
        assert_eq!(before.0, ErrandState::Closed);
        for act in [reopen, Act::Reply] {
            assert_eq!(two.does(errand, act, by, false).await.problem(409), "state");
            assert_eq!(two.stands(errand).await, before);
        }
    }
}
