//! A family that must not be found: a third home of Borlänge where someone is protected, with a member who signs in and a
//! child, and a caseworker who answers for it.

use super::{Person, Town};
use famn::access::{Access, Actor, Role};
use famn::account::NewPerson;
use famn::demo;
use famn::home::{HomeKind, LegalBasis, NewAssignment, NewHome, NewServiceUser, Protection};
use famn::id::{HomeId, PersonId, UnitId};
use famn::secret::Secret;
use famn::web::Language;

/// What stands in it and nowhere else.
pub const NAMES: [&str; 3] = ["Granlidsgömman", "Vilgot Tornvik", "Tindra"];
pub const PHONE: &str = "070-9914 7731";
/// The child's personnummer, as it is typed and as it is kept; nobody's (the tax agency gives it for tests).
pub const NUMBERS: [&str; 2] = ["20121212-1212", "201212121212"];
pub const EMAIL: &str = "vilgot.tornvik@example.org";

pub struct Hidden {
    pub home: String,
    pub assignment: String,
    /// The member.
    pub vilgot: Person,
}

fn text(plain: &str) -> Secret<String> {
    Secret::new(plain.into())
}

impl Hidden {
    /// Taken in by the operator. `mark` says what the home and the child are marked as; Jonas answers for it.
    pub async fn of(town: &Town, (home_mark, child_mark): (Protection, Protection)) -> Hidden {
        let eva = town.eva().await;
        let unit: UnitId = eva.get("/me").await.expect(200)["units"][0]["id"]
            .as_str()
            .and_then(|id| id.parse().ok())
            .expect("a unit");
        let jonas: PersonId = town.jonas().await.id.parse().expect("an id");
        let hash = famn::account::hash_new_password(&town.app, text(demo::PASSWORD), (EMAIL, NAMES[1]), &[]).await;
        let hash = hash.expect("a password");
        let board = town.board("borlange").await;
        let from = town.app.clock.now().day().plus_days(-60);
        let take_in = move |access: Access<'_>| {
            let home: HomeId = access.add_home(&NewHome {
                name: text(NAMES[0]),
                kind: HomeKind::Foster,
                unit,
                protected: home_mark,
            })?;
            let member = access.add_person(&NewPerson {
                name: text(NAMES[1]),
                email: text(EMAIL),
                phone: Some(text(PHONE)),
                personal_number: None,
                language: Language::Swedish,
                password: Some(hash),
                roles: vec![(Role::Contractor, None)],
            })?;
            access.add_member(home, member)?;
            let child = access.add_service_user(&NewServiceUser {
                first_name: text(NAMES[2]),
                last_name: text("Tornvik"),
                personal_number: Some(text(NUMBERS[0])),
                protected: child_mark,
            })?;
            let assignment = access.add_assignment(&NewAssignment {
                home,
                service_user: child,
                unit,
                label: "U-9077".into(),
                kind: HomeKind::Foster,
                legal_basis: LegalBasis::SoL,
                from,
                to: None,
                caseworker: jonas,
                child_caseworker: None,
                cost_code: None,
            })?;
            Ok((home, assignment))
        };
        let taken = town.app.door.write(Actor::operator(board), take_in).await;
        let (home, assignment) = taken.expect("the family is taken in");
        let vilgot = town.nobody().signed_in("borlange", EMAIL, demo::PASSWORD).await;
        Hidden {
            home: home.to_string(),
            assignment: assignment.to_string(),
            vilgot,
        }
    }
}
