//! Every person of a world asks for every object of it in every way there is, API and page; and letters reach only
//! those who would see what they tell of. All against the rules read naively.

use super::rules::{Met, handles};
use super::world::{Errand, PASSWORD, Person, World};
use crate::kit::{Browser, Person as Caller, Town, id, on_postgres, texts};
use famn::clock::Clock;
use reqwest::Method;
use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

/// One who asks, through both faces, and what they are to meet.
struct Asker<'a> {
    api: Caller,
    page: Browser,
    met: Met,
    /// The homes they live in: their own names are theirs to see.
    own: Vec<String>,
    /// Whether the log is theirs to read.
    reviews: bool,
    world: &'a World,
    what: String,
}

/// A page's status and text, without following where it sends one.
struct Seen {
    status: u16,
    text: String,
}

impl Asker<'_> {
    async fn of<'a>(town: &Town, world: &'a World, (email, met): (&str, Met), own: Vec<String>) -> Asker<'a> {
        let who = email.split('@').next().expect("a name");
        Asker {
            api: town.nobody().signed_in("borlange", email, PASSWORD).await,
            page: Browser::signed_in(&town.base, who).await,
            what: format!("{email}, who is to meet {met:#?} in {world:#?}"),
            met,
            own,
            reviews: who == REVIEWER,
            world,
        }
    }

    async fn page(&self, path: &str) -> Seen {
        let answer = self.page.send(self.page.request(Method::GET, path)).await;
        Seen {
            status: answer.status.as_u16(),
            text: String::from_utf8_lossy(&answer.bytes).into_owned(),
        }
    }

    /// Asks for all that there is of one errand.
    async fn asks_for(&self, errand: &Errand) {
        let (id, what) = (errand.id.to_string(), &self.what);
        let is_seen = self.met.seen.contains(&id);
        let opened = self.api.opens(&id).await;
        assert_eq!(opened.status == 200, is_seen, "{id}: {opened}, {what}");
        let file = &errand.file;
        let content = self.api.get(&format!("/files/{file}/content")).await;
        // Of a protected home's errand the team says why before it is given a file.
        let says_why = is_seen && !self.own.contains(&errand.home.to_string()) && self.world.is_protected(errand);
        assert_eq!(
            content.status == 200,
            is_seen && !says_why,
            "the file of {id}: {content}, {what}"
        );
        assert!(
            !says_why || content.status == 403,
            "the file of {id}: {content}, {what}"
        );
        for path in [format!("/errands/{id}/notes"), format!("/errands/{id}/openings")] {
            let answer = self.api.get(&path).await;
            assert!(answer.status != 200 || is_seen, "{path}: {answer}, {what}");
        }
        let original = self.api.get(&format!("/files/{file}/original")).await;
        let may_be = is_seen && !self.world.is_protected(errand);
        assert!(
            original.status != 200 || may_be,
            "the original of {id}: {original}, {what}"
        );

        let shown = self.page(&format!("/arenden/{id}")).await;
        assert_eq!(
            shown.status == 200,
            is_seen,
            "the page of {id}: {}, {what}",
            shown.status
        );
        assert_eq!(shown.text.contains(&errand.body), is_seen, "what {id} says: {what}");
        assert_eq!(
            shown.status == 403,
            self.met.at_door.contains(&id),
            "the door of {id}: {what}"
        );
        assert_eq!(
            self.page(&format!("/filer/{file}")).await.status == 200,
            is_seen && !says_why,
            "{what}"
        );
        for path in ["klart", "anmal", "isolera", "granskning"].map(|part| format!("/arenden/{id}/{part}")) {
            let page = self.page(&path).await;
            assert!(page.status != 200 || is_seen, "{path}: {what}");
            assert!(is_seen || !page.text.contains(&errand.body), "{path}: {what}");
        }
    }

    /// Looks at all pages that list what there is.
    async fn looks_at_lists(&self) {
        let what = &self.what;
        let ids: BTreeSet<String> = self.world.errands.iter().map(|one| one.id.to_string()).collect();
        let of_world = |page| &linked(page, "/arenden/") & &ids;
        let errands = self.page("/arenden").await;
        assert_eq!(of_world(&errands), self.met.listed, "the list's page: {what}");
        let home = self.page("/").await;
        assert!(of_world(&home).is_subset(&self.met.listed), "the first page: {what}");

        let homes = self.api.get("/homes?limit=100").await;
        let listed: BTreeSet<String> = match homes.status.as_u16() {
            200 => homes.json()["items"]
                .as_array()
                .expect("items")
                .iter()
                .map(id)
                .collect(),
            _ => BTreeSet::new(),
        };
        let page = self.page("/hem").await;
        assert_eq!(linked(&page, "/hem/"), listed, "the page of homes: {what}");
        for (home, _) in &self.world.homes {
            let home = home.to_string();
            let shown = self.page(&format!("/hem/{home}")).await.status == 200;
            assert_eq!(shown, listed.contains(&home), "the page of {home}: {what}");
            let members = self.api.get(&format!("/homes/{home}/members")).await;
            assert!(
                members.status != 200 || listed.contains(&home),
                "{home}: {members}, {what}"
            );
        }
        self.reads_no_hidden_name(&[errands, home, page], &listed);
        for path in ["/audit/events", "/audit/export"] {
            let answer = self.api.get(path).await;
            assert!(answer.status != 200 || self.reviews, "{path}: {what}");
            let log = String::from_utf8_lossy(&answer.bytes).into_owned();
            let mut bodies = self.world.errands.iter().map(|one| &one.body);
            assert!(
                !bodies.any(|body| log.contains(body)),
                "{path} holds what was written: {what}"
            );
        }
    }

    /// No page names a home that one neither lives in nor has to do with, and none a protected one to the staff.
    fn reads_no_hidden_name(&self, pages: &[Seen], listed: &BTreeSet<String>) {
        for (n, (home, _)) in self.world.homes.iter().enumerate() {
            let (id, name) = (home.to_string(), World::home_name(self.world.number, n));
            let of = self.world.errands.iter().filter(|errand| errand.home == *home);
            let met = listed.contains(&id) || of.into_iter().any(|one| self.met.listed.contains(&one.id.to_string()));
            let may_be = self.own.contains(&id) || met && !self.world.protected.contains(home);
            for page in pages {
                assert!(may_be || !page.text.contains(&name), "{name} is read by {}", self.what);
            }
        }
    }
}

/// The ids that a page links to below `path`.
fn linked(page: &Seen, path: &str) -> BTreeSet<String> {
    let start = format!("href=\"{path}");
    let found = page.text.split(&start).skip(1).filter_map(|rest| rest.get(..36));
    found
        .filter(|id| id.parse::<uuid::Uuid>().is_ok())
        .map(str::to_owned)
        .collect()
}

/// Those of the board's own people who have nothing to do with any world.
const STRANGERS: [&str; 8] = [
    "anna.berg",
    "maria.lind",
    "eva.strand",
    "ali.ek",
    REVIEWER,
    "dora.sund",
    "arvid.akt",
    "stina.drift",
];
const REVIEWER: &str = "per.holm";

#[tokio::test(flavor = "multi_thread")]
async fn every_person_asks_for_every_object_in_every_way() {
    let clock = Clock::fixed(Clock::system().now().plus(Duration::from_secs(3600)));
    let town = Town::at(clock.clone()).await;
    let mut told = BTreeMap::new();
    for seed in 21..=23 {
        let mut world = World::found(&town, &clock, seed).await;
        world.grows_older(&town, &clock).await;
        for person in &world.people {
            let own = person.homes.iter().map(ToString::to_string).collect();
            let asker = Asker::of(&town, &world, (&person.email, world.met(person)), own).await;
            asker.looks_at_lists().await;
            for errand in &world.errands {
                asker.asks_for(errand).await;
            }
        }
        for who in STRANGERS {
            let email = format!("{who}@example.org");
            let asker = Asker::of(&town, &world, (&email, Met::default()), vec![]).await;
            asker.looks_at_lists().await;
            for errand in &world.errands {
                asker.asks_for(errand).await;
            }
        }
        letters_agree(&town, &clock, &mut world, &mut told).await;
    }
    let count = |side: bool| told.get(&side).copied().unwrap_or(0);
    assert!(
        count(true) > 10 && count(false) > 10,
        "letters went both ways: {told:?}"
    );
}

/// Both sides of each errand write once more, an hour apart, and exactly those are told who are to be.
async fn letters_agree(town: &Town, clock: &Clock, world: &mut World, told: &mut BTreeMap<bool, usize>) {
    for at in 0..world.errands.len() {
        for by_home in [true, false] {
            clock.forward(Duration::from_secs(60 * 60 + 1));
            world.today = clock.now().day();
            let (world, errand) = (&*world, &world.errands[at]);
            let Some(writer) = world.people.iter().find(|one| writes(world, one, (errand, by_home))) else {
                continue;
            };
            let who = town.nobody().signed_in("borlange", &writer.email, PASSWORD).await;
            let before = letters(town);
            if who.answers(&errand.id.to_string(), "Ett ord till om det").await.status != 201 {
                continue;
            }
            let after = letters(town);
            let receivers: BTreeSet<&str> = after.difference(&before).map(|(_, who)| who.as_str()).collect();
            let ids: Vec<_> = world
                .told(errand, by_home)
                .into_iter()
                .map(|id| id.uuid().simple().to_string())
                .collect();
            let expected: BTreeSet<&str> = ids.iter().map(String::as_str).collect();
            let what = format!("{} wrote in {errand:?} of {world:#?}", writer.email);
            assert_eq!(receivers, expected, "who is told: {what}");
            *told.entry(by_home).or_default() += receivers.len();
        }
    }
}

/// Whether someone writes in an errand on that side.
fn writes(world: &World, person: &Person, (errand, by_home): (&Errand, bool)) -> bool {
    let Some(reason) = world.reason(person, errand) else {
        return false;
    };
    (reason == "member") == by_home && (by_home || person.roles.iter().any(|(role, _)| handles(*role)))
}

/// The letters there are that something is new, each with its receiver.
fn letters(town: &Town) -> BTreeSet<(String, String)> {
    let hex = |column: &str| match on_postgres() {
        true => format!("replace({column}::text, '-', '')"),
        false => format!("lower(hex({column}))"),
    };
    let query = format!(
        "SELECT {} || ' ' || {} AS text FROM outbox WHERE kind = 'something_new'",
        hex("id"),
        hex("person_id")
    );
    let found = texts(&town.place, &query).into_iter();
    found
        .filter_map(|row| row.split_once(' ').map(|(id, who)| (id.to_owned(), who.to_owned())))
        .collect()
}
