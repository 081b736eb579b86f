//! What a search finds in a world, and how much its queues count, against the rules read naively.

use super::world::{Person, World, signed_in};
use crate::kit::{Answer, Person as Caller, Town, id};
use famn::access::{Access, Role};
use std::collections::BTreeSet;

fn sees_errands(person: &Person) -> bool {
    let sees = |role| matches!(role, Role::Caseworker | Role::TeamLead | Role::UnitManager);
    person.roles.iter().any(|(role, _)| sees(*role))
}

fn ids(list: &Answer, kind: &str) -> BTreeSet<String> {
    let list = list.json();
    let items = list["items"].as_array().expect("items").iter();
    items.filter(|one| one["type"] == kind).map(id).collect()
}

/// By its number one finds what one reaches, and what a reason would open; by name the homes one handles, never protected.
pub async fn search_agrees(
    who: &Caller,
    (world, person): (&World, &Person),
    (reached, colleague): (&BTreeSet<String>, &BTreeSet<String>),
    what: &str,
) {
    if !sees_errands(person) {
        assert_eq!(who.get("/search?q=Hem").await.problem(403), "forbidden", "{what}");
        return;
    }
    for errand in &world.errands {
        let list = who.get(&format!("/search?q={}", errand.number)).await;
        let found = ids(&list, "errand").contains(&errand.id.to_string());
        let id = errand.id.to_string();
        let is_to_find = reached.contains(&id) || colleague.contains(&id);
        assert_eq!(found, is_to_find, "searched by {}: {what}", errand.number);
    }
    let found = ids(&who.get("/search?q=Hem").await, "home");
    for (home, _) in &world.homes {
        let handles = who.get(&format!("/homes/{home}")).await.status == 200;
        let is_to_find = handles && !world.protected.contains(home);
        assert_eq!(found.contains(&home.to_string()), is_to_find, "{home} by name: {what}");
    }
}

/// All that has come is new, and one's own is what was given to one.
pub async fn queues_agree(town: &Town, (world, person): (&World, &Person), reached: &BTreeSet<String>, what: &str) {
    let count = |access: Access<'_>| {
        access.me()?;
        access.queues()
    };
    let by = signed_in(town, &person.email).await;
    let counted = town.app.door.read(by, count).await.expect("counts");
    let of = |errand: &&super::world::Errand| sees_errands(person) && reached.contains(&errand.id.to_string());
    let all = world.errands.iter().filter(of);
    let mine = all.clone().filter(|errand| errand.assignee == Some(person.id)).count();
    assert_eq!((counted.new, counted.mine), (all.count(), mine), "counted: {what}");
}
