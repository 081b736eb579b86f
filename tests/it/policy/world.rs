//! A small world of homes, staff and errands, made by chance from a number.

use crate::kit::{Town, id, picture};
use famn::access::{Access, Actor, Origin, Role, TeamSight};
use famn::account::{Attempt, NewPerson, open_page_session};
use famn::audit::Action;
use famn::clock::{Clock, Day};
use famn::home::{HomeKind, LegalBasis, NewAssignment, NewHome, NewServiceUser, Protection};
use famn::id::{AssignmentId, BoardId, ErrandId, HomeId, PersonId, UnitId};
use famn::secret::Secret;
use famn::web::Language;
use serde_json::json;
use std::collections::BTreeSet;
use std::time::Duration;

pub const PASSWORD: &str = famn::demo::PASSWORD;
const DAYS: u64 = 10;

#[derive(Debug)]
pub struct Person {
    pub id: PersonId,
    pub email: String,
    pub roles: Vec<(Role, Option<UnitId>)>,
    pub homes: Vec<HomeId>,
}

#[derive(Debug)]
pub(super) struct Assignment {
    pub(super) id: AssignmentId,
    pub(super) home: HomeId,
    pub(super) unit: UnitId,
    pub(super) caseworker: PersonId,
    pub(super) child_caseworker: Option<PersonId>,
    pub(super) from: Day,
    pub(super) to: Option<Day>,
    pub(super) deputies: Vec<(PersonId, Day, Day)>,
}

#[derive(Debug)]
pub struct Errand {
    pub id: ErrandId,
    pub number: String,
    /// What its one message says.
    pub body: String,
    /// The picture that came with it.
    pub file: String,
    pub(super) home: HomeId,
    pub(super) assignment: Option<AssignmentId>,
    pub(super) assignee: Option<PersonId>,
}

#[derive(Debug)]
pub struct World {
    pub(super) board: BoardId,
    /// What tells it from others.
    pub number: u64,
    pub(super) seed: u64,
    pub(super) units: Vec<UnitId>,
    pub homes: Vec<(HomeId, UnitId)>,
    pub(super) assignments: Vec<Assignment>,
    pub people: Vec<Person>,
    pub errands: Vec<Errand>,
    /// Homes that are protected, or have or had an assignment for someone who is.
    pub(super) protected: BTreeSet<HomeId>,
    /// Who is to have nothing to do with which home.
    pub(super) conflicts: Vec<(PersonId, HomeId)>,
    /// Who of the staff is named for which protected home.
    pub(super) named: BTreeSet<(PersonId, HomeId)>,
    /// Who has lived where someone is protected: they have no letters unless they ask for them.
    pub(super) quiet: BTreeSet<PersonId>,
    /// What colleagues see of each other's errands.
    pub sight: TeamSight,
    /// The day it is seen on.
    pub(super) today: Day,
}

/// Numbers by chance, the same for the same seed.
pub(super) fn chance(seed: &mut u64, below: usize) -> usize {
    *seed = seed
        .wrapping_mul(6_364_136_223_846_793_005)
        .wrapping_add(1_442_695_040_888_963_407);
    usize::try_from(*seed >> 33).expect("31 bits") % below
}

pub(super) fn text(plain: impl Into<String>) -> Secret<String> {
    Secret::new(plain.into())
}

impl World {
    /// Homes, people, assignments and errands, as they are ten days before they are looked at.
    pub async fn found(town: &Town, clock: &Clock, seed: u64) -> World {
        let (board, _) = famn::board::find_board(&town.app, "borlange")
            .await
            .expect("an answer")
            .expect("the board");
        let hash = famn::account::hash_new_password(&town.app, text(PASSWORD), ("x@example.org", "X"), &[]).await;
        let hash = hash.expect("a password").expose().clone();
        let mut world = World {
            board,
            number: seed,
            seed,
            units: Vec::new(),
            homes: Vec::new(),
            assignments: Vec::new(),
            people: Vec::new(),
            errands: Vec::new(),
            conflicts: Vec::new(),
            protected: BTreeSet::new(),
            named: BTreeSet::new(),
            quiet: BTreeSet::new(),
            sight: TeamSight::ALL[usize::try_from(seed).expect("small") % TeamSight::ALL.len()],
            today: clock.now().plus(Duration::from_secs(DAYS * 86_400)).day(),
        };
        let build = move |access: Access<'_>| {
            world.add_homes_and_people(access, &hash)?;
            world.add_assignments(access)?;
            Ok(world)
        };
        let built = town.app.door.write(Actor::operator(board), build).await;
        let mut world = built.expect("a world");
        let lives_hidden = |one: &&Person| one.homes.iter().any(|home| world.protected.contains(home));
        world.quiet = world.people.iter().filter(lives_hidden).map(|one| one.id).collect();
        world.add_errands(town).await;
        world.name_some(town).await;
        world.give_some_away(town).await;
        world.keep_some_apart(town).await;
        let steward = town.person("stina.drift").await;
        let sight = json!({"settings": {"team_sight": world.sight.as_str()}});
        steward.patch("/board", sight).await.expect(200);
        world
    }

    fn add_homes_and_people(&mut self, access: Access<'_>, hash: &str) -> famn::error::Result<()> {
        let world = self.seed;
        for name in ["Norr", "Söder"] {
            self.units.push(access.add_unit(&format!("{name} {world}"))?);
        }
        for n in 0..4 {
            let unit = self.units[n % 2];
            let name = text(World::home_name(world, n));
            let protected = match chance(&mut self.seed, 4) {
                0 => Protection::SecrecyMarking,
                _ => Protection::None,
            };
            let new = NewHome {
                name,
                kind: HomeKind::Foster,
                unit,
                protected,
            };
            let home = access.add_home(&new)?;
            if protected != Protection::None {
                self.protected.insert(home);
            }
            self.homes.push((home, unit));
        }
        let (first, second) = (Some(self.units[0]), Some(self.units[1]));
        let home = |n: usize| self.homes[n].0;
        use Role::{Caseworker, Contractor, Finance, TeamLead, UnitManager};
        let everyone = [
            (vec![(Contractor, None)], vec![home(0)]),
            (vec![(Contractor, None)], vec![home(1), home(2)]),
            (vec![(Contractor, None)], vec![home(2)]),
            (vec![(Contractor, None)], vec![home(3)]),
            // Colleagues who are a home as well.
            (vec![(Contractor, None), (Caseworker, first)], vec![home(3)]),
            (vec![(TeamLead, second), (Contractor, None)], vec![home(0)]),
            // A member who is no contractor, and a contractor without a home.
            (vec![(Finance, None)], vec![home(1)]),
            (vec![(Contractor, None)], vec![]),
            (vec![(Caseworker, first)], vec![]),
            (vec![(Caseworker, second)], vec![]),
            (vec![(Caseworker, first), (Caseworker, second)], vec![]),
            (vec![(TeamLead, first)], vec![]),
            (vec![(TeamLead, first), (TeamLead, second)], vec![]),
            (vec![(Caseworker, second), (TeamLead, first)], vec![]),
            // Managers: of one unit, of the other and a home as well, of one and a caseworker in the other, living in a home.
            (vec![(UnitManager, first)], vec![]),
            (vec![(UnitManager, second), (Contractor, None)], vec![home(1)]),
            (vec![(UnitManager, first), (Caseworker, second)], vec![]),
            (vec![(UnitManager, second)], vec![home(3)]),
        ];
        for (n, (roles, homes)) in everyone.into_iter().enumerate() {
            let email = format!("person{n}.world{world}@example.org");
            let new = NewPerson {
                name: text(format!("Person {n}")),
                email: text(email.clone()),
                phone: None,
                personal_number: None,
                language: Language::Swedish,
                password: Some(text(hash)),
                roles: roles.clone(),
            };
            let id = access.add_person(&new)?;
            for home in &homes {
                access.add_member(*home, id)?;
            }
            self.people.push(Person {
                id,
                email,
                roles,
                homes,
            });
        }
        Ok(())
    }

    /// Two for each home: one that runs when they begin, and one that may run, end, or not have begun when it is looked.
    fn add_assignments(&mut self, access: Access<'_>) -> famn::error::Result<()> {
        let (world, today) = (self.seed, self.today);
        let staff: Vec<PersonId> = self.people[8..]
            .iter()
            .chain(&self.people[4..6])
            .map(|one| one.id)
            .collect();
        for n in 0..8 {
            let home = self.homes[n / 2].0;
            let unit = self.units[chance(&mut self.seed, 2)];
            let began = today.plus_days(-40);
            let spans = [
                (began, None),
                (began, Some(today)),
                (began, Some(today.plus_days(-1))),
                (today, None),
                (today.plus_days(1), None),
            ];
            let most = if n % 2 == 0 { 3 } else { spans.len() };
            let (from, to) = spans[chance(&mut self.seed, most)];
            let protected = match chance(&mut self.seed, 6) {
                0 => Protection::Fictitious,
                _ => Protection::None,
            };
            if protected != Protection::None {
                self.protected.insert(home);
            }
            let user = NewServiceUser {
                first_name: text("Kim"),
                last_name: text("Ek"),
                personal_number: None,
                protected,
            };
            let caseworker = staff[chance(&mut self.seed, staff.len())];
            let child_caseworker = match chance(&mut self.seed, 3) {
                0 => None,
                _ => Some(staff[chance(&mut self.seed, staff.len())]),
            };
            let new = NewAssignment {
                home,
                service_user: access.add_service_user(&user)?,
                unit,
                label: format!("V-{world}-{n}"),
                kind: HomeKind::Foster,
                legal_basis: LegalBasis::SoL,
                from,
                to,
                caseworker,
                child_caseworker,
                cost_code: None,
            };
            let id = access.add_assignment(&new)?;
            let mut deputies = Vec::new();
            let days = [(-5, -1), (-5, 0), (0, 0), (0, 3), (1, 4)];
            for _ in 0..chance(&mut self.seed, 3) {
                let (first, last) = days[chance(&mut self.seed, days.len())];
                let (first, last) = (today.plus_days(first), today.plus_days(last));
                let deputy = staff[chance(&mut self.seed, staff.len())];
                match access.add_deputy(id, deputy, first, last) {
                    Ok(()) => deputies.push((deputy, first, last)),
                    // Nobody stands in at the home they live in; a caseworker who does is in the worlds all the same.
                    Err(famn::error::Error::Invalid(_)) => {}
                    Err(cause) => return Err(cause),
                }
            }
            self.assignments.push(Assignment {
                id,
                home,
                unit,
                caseworker,
                child_caseworker,
                from,
                to,
                deputies,
            });
        }
        Ok(())
    }

    /// One of each whole home, and one of each assignment that runs already, started by the home with a picture.
    async fn add_errands(&mut self, town: &Town) {
        let now = town.app.clock.now().day();
        let starters = [0, 1, 1, 3];
        for (n, (home, _)) in self.homes.clone().into_iter().enumerate() {
            let email = &self.people[starters[n]].email;
            let by = town.nobody().signed_in("borlange", email, PASSWORD).await;
            let running = self
                .assignments
                .iter()
                .filter(|one| one.home == home && one.from <= now);
            let about = std::iter::once(None).chain(running.map(|one| Some(one.id)));
            for assignment in about.collect::<Vec<_>>() {
                let (body, name) = (self.named("Fråga"), format!("{}.png", self.named("bild")));
                let file = id(&by.uploads(&name, "image/png", picture()).await.expect(201));
                let new = json!({"kind": "message", "assignment_id": assignment, "home_id": home, "body": body,
                    "file_ids": [file]});
                let started = by.post("/errands", new).await.expect(201);
                self.errands.push(Errand {
                    id: id(&started).parse().expect("an id"),
                    number: started["number"].as_str().expect("a number").to_owned(),
                    body,
                    file,
                    home,
                    assignment,
                    assignee: None,
                });
            }
        }
    }

    /// What the `n`th home of a world is called.
    pub fn home_name(world: u64, n: usize) -> String {
        format!("Hem {world} {n}")
    }

    /// A word with what makes it the next errand's own.
    fn named(&self, word: &str) -> String {
        format!("{word}-{}-{}-", self.number, self.errands.len())
    }

    /// Team leads give some of them to someone of the unit.
    async fn give_some_away(&mut self, town: &Town) {
        let lead = signed_in(town, &self.people[12].email).await;
        for at in 0..self.errands.len() {
            if chance(&mut self.seed, 2) == 0 {
                continue;
            }
            let id = self.errands[at].id;
            let to = self.people[8 + chance(&mut self.seed, self.people.len() - 8)].id;
            let assign = move |access: Access<'_>| access.errand_for(id, Action::ErrandAssign)?.to_assign()?.assign(to);
            // Refused for someone of another unit.
            if town.app.door.write(lead, assign).await.is_ok() {
                self.errands[at].assignee = Some(to);
            }
        }
    }

    /// Ten days go by, and some roles and memberships end.
    pub async fn grows_older(&mut self, town: &Town, clock: &Clock) {
        clock.forward(Duration::from_secs(DAYS * 86_400));
        self.today = clock.now().day();
        let mut ends: Vec<(PersonId, Option<HomeId>, Role)> = Vec::new();
        for person in &mut self.people {
            match chance(&mut self.seed, 5) {
                0 if !person.homes.is_empty() => ends.push((person.id, person.homes.pop(), Role::Contractor)),
                1 => {
                    let role = person.roles[0].0;
                    person.roles.retain(|(held, _)| *held != role);
                    ends.push((person.id, None, role));
                }
                _ => {}
            }
        }
        let name = format!("Tiden går {}", self.seed);
        let end = move |access: Access<'_>| {
            for (person, home, role) in ends {
                match home {
                    Some(home) => access.end_membership(home, person)?,
                    None => access.end_role(person, role)?,
                }
            }
            access.add_unit(&name)
        };
        let ended = town.app.door.write(Actor::operator(self.board), end).await;
        ended.expect("time goes by");
    }
}

pub(super) async fn signed_in(town: &Town, email: &str) -> Actor {
    let origin = Origin {
        request: town.app.clock.fresh_id::<()>().uuid(),
        ip: None,
    };
    let attempt = Attempt {
        board: "borlange".into(),
        email: text(email),
        password: text(PASSWORD),
        code: None,
    };
    let session = open_page_session(&town.app, attempt, origin).await.expect("a session");
    Actor::bearer(session.session, None, origin)
}
