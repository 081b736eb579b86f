//! Who may do what: the whole policy as ticks, so that a change shows in the diff; and the two ways of asking whose
//! errands one reaches, by the list and one by one, against each other and against the rules read naively; so is what a
//! search finds, what the queues count, what pages and files show and whom letters reach.

mod apart;
mod counted;
mod everywhere;
mod rules;
mod world;

use crate::kit::{Person, Town};
use famn::access::policy::{Relation, allows};
use famn::access::{Right, Role};
use famn::clock::Clock;
use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::time::Duration;
use world::World;

#[test]
fn the_policy_is_the_one_agreed_on() {
    let mut page = String::new();
    let name = |right: &Right| format!("{right:?}");
    let heads: Vec<String> = Right::ALL.iter().map(name).collect();
    let _ = writeln!(page, "{:<25} {:<25} {}", "role", "relation", heads.join(" "));
    let (mut shown, mut all) = (0, 0);
    for role in Role::ALL {
        for relation in Relation::ALL.iter().copied() {
            all += 1;
            let ticks: Vec<bool> = Right::ALL.iter().map(|right| allows(role, relation, *right)).collect();
            if !ticks.contains(&true) {
                continue;
            }
            shown += 1;
            let cell = |(tick, head): (&bool, &String)| {
                format!("{:<width$}", if *tick { "✓" } else { "·" }, width = head.len())
            };
            let cells: Vec<String> = ticks.iter().zip(&heads).map(cell).collect();
            let line = format!("{:<25} {:<25} {}", role.as_str(), relation.as_str(), cells.join(" "));
            let _ = writeln!(page, "{}", line.trim_end());
        }
    }
    let _ = writeln!(
        page,
        "the other {} of {all} pairs of role and relation: nothing",
        all - shown
    );
    insta::assert_snapshot!(page);
}

/// The list of homes and the single homes agree too.
async fn homes_agree(who: &Person, world: &World, what: &str) {
    let list = who.get("/homes?limit=100").await;
    let listed: BTreeSet<String> = if list.status == 403 {
        BTreeSet::new()
    } else {
        let list = list.expect(200);
        list["items"]
            .as_array()
            .expect("items")
            .iter()
            .map(crate::kit::id)
            .collect()
    };
    let mut opened = BTreeSet::new();
    for (home, _) in &world.homes {
        let answer = who.get(&format!("/homes/{home}")).await;
        match answer.status.as_u16() {
            200 => drop(opened.insert(home.to_string())),
            403 | 404 => {}
            _ => panic!("{home}: {answer}, {what}"),
        }
    }
    assert_eq!(listed, opened, "the list and the single homes: {what}");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_list_and_the_single_errand_agree() {
    let clock = Clock::fixed(Clock::system().now().plus(Duration::from_secs(3600)));
    let town = Town::at(clock.clone()).await;
    let (mut reasons, mut alone) = (BTreeSet::new(), 0);
    for seed in 1..=8 {
        let mut world = World::found(&town, &clock, seed).await;
        world.grows_older(&town, &clock).await;
        alone += world
            .errands
            .iter()
            .filter(|errand| world.has_nothing_behind(errand))
            .count();
        for person in &world.people {
            let who = town
                .nobody()
                .signed_in("borlange", &person.email, world::PASSWORD)
                .await;
            let list = who.get("/errands?limit=100").await;
            let listed: BTreeSet<String> = if list.status == 403 {
                BTreeSet::new()
            } else {
                let list = list.expect(200);
                assert!(list["next_cursor"].is_null(), "one page holds the world");
                let items = list["items"].as_array().expect("items").iter();
                items.map(crate::kit::id).collect()
            };
            let by_change = who.get("/errands?limit=100&sort=updated").await;
            let by_change: BTreeSet<String> = match by_change.status.as_u16() {
                403 => BTreeSet::new(),
                _ => by_change.expect(200)["items"]
                    .as_array()
                    .expect("items")
                    .iter()
                    .map(crate::kit::id)
                    .collect(),
            };
            assert_eq!(by_change, listed, "the same in another order");
            let (mut opened, mut at_door) = (BTreeSet::new(), BTreeSet::new());
            for errand in world.errands.iter().map(|errand| errand.id.to_string()) {
                let answer = who.opens(&errand).await;
                match answer.status.as_u16() {
                    200 => drop(opened.insert(errand)),
                    403 => drop(at_door.insert(errand)),
                    404 => {}
                    _ => panic!("{} opens {errand}: {answer}", person.email),
                }
            }
            reasons.extend(world.errands.iter().map(|errand| world.reason(person, errand)));
            let met = world.met(person);
            let what = format!("world {seed}, {person:?} in {world:#?}");
            counted::search_agrees(&who, (&world, person), (&met.reached, &met.colleagues), &what).await;
            counted::queues_agree(&town, (&world, person), &met.reached, &what).await;
            assert_eq!(listed, met.listed, "the list and what the rules say: {what}");
            assert_eq!(opened, met.seen, "what is seen and what the rules say: {what}");
            assert_eq!(at_door, met.at_door, "what a reason would open: {what}");
            homes_agree(&who, &world, &what).await;
        }
    }
    assert!(alone > 0, "some home writes without an assignment");
    let met: Vec<_> = reasons.into_iter().flatten().collect();
    let every = [
        "assigned",
        "assignee",
        "deputy",
        "leads",
        "leads the home's unit",
        "manages",
        "manages the home's unit",
        "member",
        "of the child",
    ];
    assert_eq!(met, every, "the worlds have every way to an errand");
}
