use super::places::origin;
use super::{Answer, Place};
use crate::access::{Access, Actor, Role};
use crate::account::session::{Bearing, Proven};
use crate::account::{Tokens, guess};
use crate::db::Db;
use crate::db::schema::{credential, refresh_token};
use crate::error::Error;
use crate::id::PersonId;
use crate::secret::{Secret, fresh_token, sha256};
use diesel::prelude::*;
use futures_util::future::join_all;

const ANNA: &str = "anna@example.org";

impl Place {
    /// Refresh tokens that would still work.
    async fn unused_refresh_tokens(&self) -> Vec<Vec<u8>> {
        let live = refresh_token::table.filter(refresh_token::used_at.is_null().and(refresh_token::dead_at.is_null()));
        self.look(move |db| live.select(refresh_token::hash).load(db).expect("tokens"))
            .await
    }

    /// What a right password of `person`, typed in a network, amounts to.
    pub(super) async fn proven(&self, person: PersonId, network: Option<&str>) -> Proven {
        let kept = move |db: &mut Db| credential::table.find(person).select(credential::phc).first(db);
        let network = network.and_then(|ip| ip.parse().ok());
        Proven {
            person,
            kept: Secret::new(self.look(kept).await.expect("a hash")),
            stronger: None,
            counters: guess::Counters::of(&self.app.strangers(), "borlange", ANNA, network),
        }
    }

    /// Begins a session, without the work of a hash.
    pub(super) async fn begin_as(&self, proven: Proven) -> Result<Tokens, Error> {
        let ((refresh, hash), token) = (fresh_token(), self.app.clock.fresh_id());
        let begin = move |access: Access<'_>| access.begin_session(&proven, Bearing::Refresh(token, hash));
        let stranger = Actor::stranger(self.board, origin());
        self.app
            .door
            .write(stranger, begin)
            .await?
            .tokens(&self.app, token, refresh)
    }

    async fn begin(&self, person: PersonId) -> Tokens {
        let proven = self.proven(person, None).await;
        self.begin_as(proven).await.expect("begun")
    }

    async fn exchange(&self, refresh: &Secret<String>) -> Result<Tokens, Error> {
        crate::account::refresh(&self.app, refresh, origin()).await
    }

    async fn uses(&self, access: &Secret<String>) -> Result<(), Error> {
        let named = self.app.tokens.verify(access.expose(), self.app.clock.now())?;
        let bearer = Actor::bearer(named.session, Some(named.token), origin());
        self.app.door.read(bearer, |access| access.me()).await.map(|_| ())
    }
}

fn pair(answer: &Answer) -> (String, String) {
    assert_eq!(answer.status, 201, "{answer:?}");
    (answer.text("access_token"), answer.text("refresh_token"))
}

#[actix_web::test]
async fn each_refresh_token_works_once() {
    let place = Place::new().await;
    let anna = place.person(ANNA, Role::Contractor).await;
    let signed_in = place.sign_in(ANNA).await;
    let (_, mut refresh) = pair(&signed_in);
    for _ in 0..3 {
        place.forward(60);
        let answer = place.refresh(&refresh).await;
        assert_eq!(answer.body["person"], signed_in.body["person"]);
        let (access, next) = pair(&answer);
        assert_ne!(next, refresh);
        assert_eq!(place.me(&access).await.status, 200);
        refresh = next;
    }
    let events = place.events("session.refresh").await;
    assert_eq!(
        events.iter().map(|event| event.person).collect::<Vec<_>>(),
        [Some(anna); 3]
    );
    for none in ["", "x", &"A".repeat(43), "\0"] {
        assert_eq!(place.refresh(none).await.status, 401);
    }
}

#[actix_web::test]
async fn used_again_it_ends_the_session_for_whoever_bears_it() {
    let place = Place::new().await;
    let anna = place.person(ANNA, Role::Contractor).await;
    let other = pair(&place.sign_in(ANNA).await);
    let (first_access, first) = pair(&place.sign_in(ANNA).await);
    let (access, next) = pair(&place.refresh(&first).await);
    place.forward(31);
    assert_eq!(place.refresh(&first).await.status, 401);
    for access in [&first_access, &access] {
        assert_eq!(place.me(access).await.status, 401);
    }
    assert_eq!(place.refresh(&next).await.status, 401);
    let revoked = place.events("session.revoke").await;
    assert_eq!(
        revoked
            .iter()
            .map(|event| (event.person, event.outcome.as_deref()))
            .collect::<Vec<_>>(),
        [(Some(anna), Some("ok"))]
    );
    assert_eq!(
        place.me(&other.0).await.status,
        200,
        "another session of the same person is another matter"
    );
}

#[actix_web::test]
async fn a_lost_answer_is_given_anew() {
    let place = Place::new().await;
    place.person(ANNA, Role::Contractor).await;
    let (access, first) = pair(&place.sign_in(ANNA).await);
    let (lost_access, lost) = pair(&place.refresh(&first).await);
    place.forward(15);
    // The old access token in the meantime says nothing of the new one.
    assert_eq!(place.me(&access).await.status, 200);
    let (again_access, again) = pair(&place.refresh(&first).await);
    assert_eq!(
        place.me(&lost_access).await.status,
        401,
        "the unused one died with its access token"
    );
    place.forward(15);
    let (last_access, last) = pair(&place.refresh(&first).await);
    assert_eq!(place.unused_refresh_tokens().await, [sha256(last.as_bytes()).to_vec()]);
    assert_eq!(place.me(&again_access).await.status, 401);
    assert_eq!(place.me(&last_access).await.status, 200);
    // The half minute counts from the first use; and what died does not come back.
    for dead in [&lost, &again] {
        let place = Place::new().await;
        assert_eq!(place.refresh(dead).await.status, 401);
    }
    assert_eq!(place.refresh(&again).await.status, 401);
    assert_eq!(place.me(&last_access).await.status, 401);
    assert_eq!(place.events("session.revoke").await.len(), 1);
}

#[actix_web::test]
async fn an_answer_that_was_used_was_not_lost() {
    // By its refresh token.
    let place = Place::new().await;
    place.person(ANNA, Role::Contractor).await;
    let (_, first) = pair(&place.sign_in(ANNA).await);
    let (_, next) = pair(&place.refresh(&first).await);
    pair(&place.refresh(&next).await);
    assert_eq!(place.refresh(&first).await.status, 401);
    assert_eq!(place.open_sessions().await, []);
    // By its access token, also where an older one was used after it.
    let (old_access, first) = pair(&place.sign_in(ANNA).await);
    let (access, _) = pair(&place.refresh(&first).await);
    assert_eq!(place.me(&access).await.status, 200);
    assert_eq!(place.me(&old_access).await.status, 200);
    assert_eq!(place.refresh(&first).await.status, 401);
    assert_eq!(place.open_sessions().await, []);
    // By its access token in a call that came to nothing.
    for denied in [Error::NotFound, Error::Forbidden] {
        let (_, first) = pair(&place.sign_in(ANNA).await);
        let (access, _) = pair(&place.refresh(&first).await);
        let named = place.app.tokens.verify(&access, place.clock.now()).expect("valid");
        let bearer = Actor::bearer(named.session, Some(named.token), origin());
        let refused = denied.clone();
        assert_eq!(
            place.app.door.read(bearer, move |_| Err::<(), _>(refused)).await,
            Err(denied)
        );
        assert_eq!(place.refresh(&first).await.status, 401);
        assert_eq!(place.open_sessions().await, []);
    }
}

#[actix_web::test]
async fn of_two_refreshes_at_once_one_successor_lives() {
    for place in Place::on_each().await {
        let anna = place.person(ANNA, Role::Contractor).await;
        for round in 0..25 {
            let first = place.begin(anna).await;
            let made = join_all((0..4).map(|_| place.exchange(&first.refresh))).await;
            let made: Vec<Tokens> = made.into_iter().map(|one| one.expect("nothing was used")).collect();
            let live = place.unused_refresh_tokens().await;
            let hashes = made.iter().map(|one| sha256(one.refresh.expose().as_bytes()).to_vec());
            assert_eq!(hashes.filter(|hash| live.contains(hash)).count(), 1, "{round}");
            let used = join_all(made.iter().map(|one| place.uses(&one.access))).await;
            assert_eq!(used.iter().filter(|done| done.is_ok()).count(), 1, "{round}: {used:?}");
        }
    }
}

#[actix_web::test]
async fn a_first_use_and_a_second_refresh_at_once_do_not_both_count() {
    for place in Place::on_each().await {
        let anna = place.person(ANNA, Role::Contractor).await;
        for round in 0..25 {
            let first = place.begin(anna).await;
            let next = place.exchange(&first.refresh).await.expect("made");
            let (used, again) =
                futures_util::future::join(place.uses(&next.access), place.exchange(&first.refresh)).await;
            // Either the answer was used, and the session is over; or it was lost, and its token is dead.
            assert!(used.is_ok() != again.is_ok(), "{round}: {used:?} {again:?}");
        }
    }
}

/// A refresh token as the rule in words has it, with the access token made with it.
struct Token {
    pair: Tokens,
    made_at: u64,
    first_used_at: Option<u64>,
    successor: Option<usize>,
    access_used: bool,
    dead: bool,
}

/// One session as the rule in words has it.
struct Model {
    now: u64,
    tokens: Vec<Token>,
    ended: bool,
}

impl Model {
    fn add(&mut self, pair: Tokens) -> usize {
        self.tokens.push(Token {
            pair,
            made_at: self.now,
            first_used_at: None,
            successor: None,
            access_used: false,
            dead: false,
        });
        self.tokens.len() - 1
    }

    /// Whether presenting the token gives another, and which unused one dies for it.
    fn refresh(&self, nth: usize) -> Option<Option<usize>> {
        let token = &self.tokens[nth];
        match (self.ended || token.dead, token.first_used_at, token.successor) {
            (true, ..) => None,
            (false, None, _) => Some(None),
            (false, Some(at), Some(next)) => {
                let unused = self.tokens[next].first_used_at.is_none() && !self.tokens[next].access_used;
                (unused && self.now - at <= 30).then_some(Some(next))
            }
            (false, Some(_), None) => unreachable!("a used token has a successor"),
        }
    }
}

/// Numbers that look random and are the same each time.
fn splitmix(state: &mut u64) -> u64 {
    *state = state.wrapping_add(0x9e37_79b9_7f4a_7c15);
    let mixed = (*state ^ (*state >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb) >> 16
}

async fn one_interleaving(place: &Place, anna: PersonId, seed: u64) {
    let mut state = seed;
    let mut model = Model {
        now: 0,
        tokens: vec![],
        ended: false,
    };
    model.add(place.begin(anna).await);
    for step in 0..8 {
        // The newest tokens are the interesting ones.
        let nth = model.tokens.len() - 1 - (splitmix(&mut state) as usize % model.tokens.len().min(3));
        match splitmix(&mut state) % 8 {
            0..=3 => {
                let (wanted, got) = (
                    model.refresh(nth),
                    place.exchange(&model.tokens[nth].pair.refresh).await,
                );
                assert_eq!(wanted.is_some(), got.is_ok(), "seed {seed}, step {step}: refresh {nth}");
                let (Some(dies), Ok(made)) = (wanted, got) else {
                    model.ended = true;
                    continue;
                };
                let next = model.add(made);
                if let Some(unused) = dies {
                    model.tokens[unused].dead = true;
                }
                model.tokens[nth].first_used_at.get_or_insert(model.now);
                model.tokens[nth].successor = Some(next);
            }
            4..=5 => {
                let token = &model.tokens[nth];
                let wanted = !model.ended && !token.dead && model.now < token.made_at + 305;
                let got = place.uses(&token.pair.access).await.is_ok();
                assert_eq!(wanted, got, "seed {seed}, step {step}: use {nth}");
                model.tokens[nth].access_used |= got;
            }
            _ => {
                let seconds = [1, 14, 30, 31][splitmix(&mut state) as usize % 4];
                place.forward(seconds);
                model.now += seconds;
            }
        }
    }
}

#[actix_web::test]
async fn any_interleaving_follows_the_rule() {
    for place in Place::on_each().await {
        let anna = place.person(ANNA, Role::Contractor).await;
        for seed in 0..500 {
            one_interleaving(&place, anna, seed).await;
        }
    }
}

#[actix_web::test]
async fn old_sessions_and_failures_are_swept() {
    let place = Place::new().await;
    place.person(ANNA, Role::Contractor).await;
    place.refresh(&pair(&place.sign_in(ANNA).await).1).await;
    place.try_from("192.0.9.1", "nobody@example.org", "wrong").await;
    assert_eq!(crate::account::sweep(&place.app).await, Ok(0));
    place.forward(25 * 3600);
    assert_eq!(crate::account::sweep(&place.app).await, Ok(4), "four buckets");
    place.forward(29 * 24 * 3600);
    assert_eq!(crate::account::sweep(&place.app).await, Ok(0));
    place.forward(24 * 3600);
    assert_eq!(
        crate::account::sweep(&place.app).await,
        Ok(1),
        "a session, with its tokens"
    );
    let left: i64 = place
        .look(|db| refresh_token::table.count().get_result(db).expect("a count"))
        .await;
    assert_eq!(left, 0);
}
