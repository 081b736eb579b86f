//! The operations on boards, people, homes, ways in and drafts: who is answered what, and with which bodies.

use super::Berg;
use crate::kit::{Person, Town, execute, id, sql_id};
use reqwest::Method;
use serde_json::{Value, json};

/// As [`super::TABLE`].
pub const TABLE: &str = "
                                                      nobody anna erik sara lisa karl maria jonas eva ali per dora arvid stina
GET    /board                         board.read        401  403  403  403  403  200  200  200  200  200  200  200  200  200
PATCH  /board                         board.change      401  403  403  403  403  403  403  403  403  403  403  403  403  200
GET    /units                         unit.list         401  403  403  403  403  200  200  200  200  200  200  200  200  200
POST   /units                         unit.add          401  403  403  403  403  403  403  403  403  403  403  403  403  201
GET    /units/{id}/recertification    recertification.read 401 403 403  403  403  403  403  403  403  403  403  200  403  200
POST   /units/{id}/recertification    recertification.decide 401 403 403 403 403  403  403  403  403  403  403  403  403  403
PATCH  /me                            me.change         401  200  200  200  200  200  200  200  200  200  200  200  200  200
GET    /me/messages                   message.list       401  200  200  200  200  403  403  403  403  403  403  403  403  403
POST   /me/email                      me.confirm        401  422  422  422  422  422  422  422  422  422  422  422  422  422
GET    /persons                       person.list       401  403  403  403  403  403  403  403  403  403  403  200  403  200
PATCH  /persons/{id}                  person.protect    401  403  403  403  403  403  403  403  403  403  403  403  403  200
GET    /persons/{id}/roles            role.list         401  403  403  403  403  403  403  403  403  403  403  200  403  200
GET    /role-proposals                role.list         401  403  403  403  403  403  403  403  403  403  403  200  403  200
POST   /persons/{id}/roles            role.grant        401  403  403  403  403  403  403  403  403  403  403  403  403  201
PATCH  /persons/{id}/roles/{part_id}  role.end          401  403  403  403  403  403  403  403  403  403  403  403  403  200
POST   /invitations                   invitation.send   401  403  403  404  404  404  201  404  201  404  404  404  404  404
DELETE /invitations/{id}              invitation.recall 401  403  403  404  404  404  204  404  204  404  404  404  404  404
POST   /invitations/accept            -                 401  401  401  401  401  401  401  401  401  401  401  401  401  401
POST   /recoveries                    -                 202  202  202  202  202  202  202  202  202  202  202  202  202  202
POST   /recoveries/accept             -                 401  401  401  401  401  401  401  401  401  401  401  401  401  401
POST   /assignments                   assignment.add    401  403  403  404  404  404  403  404  201  404  404  404  404  404
PATCH  /assignments/{id}              assignment.change 401  403  403  404  404  404  403  404  200  404  404  404  404  404
GET    /search                       search            401  403  403  403  403  200  200  200  200  403  403  403  403  403
GET    /homes                         home.list         401  403  403  403  403  200  200  200  200  403  403  403  403  403
POST   /homes                         home.add          401  403  403  403  403  403  403  403  201  403  403  403  403  403
GET    /homes/{id}                    home.read         401  403  403  404  404  404  200  404  200  404  404  404  404  404
PATCH  /homes/{id}                    home.change       401  403  403  404  404  404  403  404  200  404  404  404  404  404
GET    /homes/{id}/members            member.list       401  403  403  404  404  404  200  404  200  404  404  404  404  404
POST   /homes/{id}/members            member.add        401  403  403  404  404  404  403  404  201  404  404  404  404  404
PATCH  /homes/{id}/members/{part_id}  member.end        401  403  403  404  404  404  403  404  200  404  404  404  404  404
POST   /homes/{id}/paper-errands      errand.create     401  403  403  404  404  404  201  404  201  404  404  404  404  404
GET    /homes/{id}/conflicts          conflict.list     401  403  403  404  404  404  200  404  200  404  404  404  404  404
POST   /homes/{id}/conflicts          conflict.declare  401  403  403  404  404  404  403  404  201  404  404  404  404  404
PATCH  /homes/{id}/conflicts/{part_id} conflict.end     401  403  403  404  404  404  403  404  200  404  404  404  404  404
GET    /protected-homes               protected.list    401  403  403  403  403  403  403  403  200  403  403  200  403  403
POST   /protected-homes/{id}/named    protected.propose 401  404  404  404  404  404  404  404  201  404  404  403  404  404
PATCH  /protected-homes/{id}/named/{part_id} protected.grant 401  404  404  404  404  404  404  404  403  404  404  200  404  404
GET    /drafts                        draft.list        401  200  200  200  200  200  200  200  200  403  403  403  403  403
PUT    /drafts                        draft.save        401  200  200  200  200  200  200  200  200  403  403  403  403  403
GET    /drafts/{id}                   draft.read        401  200  404  404  404  404  404  404  404  403  403  403  403  403
PUT    /drafts/{id}                   draft.save        401  200  200  200  200  200  200  200  200  403  403  403  403  403
DELETE /drafts/{id}                   draft.remove      401  204  404  404  404  404  404  404  404  403  403  403  403  403
";

/// Operations that anyone may try without having signed in.
pub const PUBLIC: &[&str] = &[
    "/boards",
    "/sessions",
    "/sessions/refresh",
    "/invitations/accept",
    "/recoveries",
    "/recoveries/accept",
];

/// What the new operations are tried on, beside what the errands' are: all of it the home Berg's.
pub struct Ground {
    pub home: String,
    pub unit: String,
    pub maria: String,
    pub membership: String,
    pub role: String,
    event: String,
    /// Letters that were not taken: one to be tried again, one to be cleared away, one for the page.
    letters: [String; 3],
    /// Someone who has a conflict of interest with the home, by its id, and someone who might.
    conflict: String,
    pub auditor: String,
    /// A home where someone is protected, and that Maria is to be named for it.
    sheltered: (String, String),
    pub incident: String,
    /// An invitation into the home that waits.
    invitation: String,
    /// Eva, who leads the unit.
    eva: String,
    /// Maria, who sends invitations.
    sender: Person,
}

/// Leaves a letter that was given up, behind the program's back.
fn dead_letter(town: &Town, to: &str) -> String {
    let id = town.app.clock.fresh_id::<()>().to_string();
    let (row, person) = (sql_id(&town.place, &id), sql_id(&town.place, to));
    let columns = "id, board_id, person_id, kind, state, tries, next_try_at, made_at, died_at, failure";
    let insert = format!(
        "INSERT INTO outbox ({columns}) SELECT {row}, board_id, id, 'something_new', 'dead', 3, created_at, created_at, \
         created_at, 'refused' FROM person WHERE id = {person}"
    );
    assert_eq!(execute(&town.place, &insert), 1);
    id
}

impl Ground {
    pub async fn of(town: &Town) -> Ground {
        let (eva, stina, maria) = (town.eva().await, town.person("stina.drift").await, town.maria().await);
        let jonas = town.jonas().await.id;
        let homes = eva.get("/homes").await.expect(200);
        let mut homes = homes["items"].as_array().expect("homes").iter();
        let berg = homes.find(|home| home["name"] == "Berg").expect("the home Berg");
        let home = id(berg);
        let members = eva.get(&format!("/homes/{home}/members")).await.expect(200);
        let dora = json!({"person_id": town.person("dora.sund").await.id, "reason": "Granne till hemmet"});
        let conflict = eva.post(&format!("/homes/{home}/conflicts"), dora).await.expect(201);
        let invitation = json!({"email": "kusin.berg@example.org", "name": "Kusin Berg", "home_id": home});
        let invitation = maria.post("/invitations", invitation).await.expect(201);
        let anna = town.anna().await;
        let wrong = anna
            .opens(&id(&anna.writes("Fel barns papper").await))
            .await
            .expect(200);
        let isolation = json!({"message_id": wrong["messages"][0]["id"], "reason": "Ett annat barns papper"});
        let isolation = maria
            .post(&format!("/errands/{}/isolations", id(&wrong)), isolation)
            .await
            .expect(201);
        let events = town.per().await.get("/audit/events?limit=1").await.expect(200);
        let letters = [(); 3].map(|()| dead_letter(town, &maria.id));
        let roles = stina.get(&format!("/persons/{jonas}/roles")).await.expect(200);
        let sheltered =
            json!({"kind": "foster", "name": "Dold", "unit_id": berg["unit"]["id"], "protected": "secrecy_marking"});
        let sheltered = id(&eva.post("/homes", sheltered).await.expect(201));
        let naming = json!({"person_id": maria.id, "reason": "Ska följa familjen"});
        let naming = eva
            .post(&format!("/protected-homes/{sheltered}/named"), naming)
            .await
            .expect(201);
        Ground {
            unit: id(&berg["unit"]),
            membership: id(&members["items"][0]),
            role: id(&roles["items"][0]),
            maria: maria.id.clone(),
            event: events["items"][0]["event_id"].as_str().expect("an event").to_owned(),
            letters,
            conflict: id(&conflict),
            invitation: id(&invitation),
            eva: eva.id.clone(),
            incident: isolation["incident_id"].as_str().expect("an incident").to_owned(),
            auditor: town.per().await.id,
            sheltered: (sheltered, id(&naming)),
            sender: maria,
            home,
        }
    }
}

impl Ground {
    /// Whether someone registers what comes on paper from the home.
    pub fn registers(&self, who: &Person) -> bool {
        [&self.maria, &self.eva].contains(&&who.id)
    }
}

/// The id a path is tried with, if it is one of these.
pub async fn id_for(berg: &Berg, path: &str) -> Option<String> {
    Some(match path.split('/').nth(1) {
        Some("audit") => berg.ground.event.clone(),
        Some("letters") => berg.ground.letters[usize::from(!path.ends_with("/state"))].clone(),
        Some("brev") => berg.ground.letters[2].clone(),
        Some("units" | "behorigheter") => berg.ground.unit.clone(),
        Some("incidents" | "incidenter") => berg.ground.incident.clone(),
        Some("homes") => berg.ground.home.clone(),
        Some("protected-homes" | "skyddade") => berg.ground.sheltered.0.clone(),
        Some("assignments") => berg.assignment.clone(),
        Some("persons") => berg.jonas.clone(),
        Some("invitations") => {
            let email = format!("{}@example.org", famn::clock::Clock::system().fresh_id::<()>());
            let new = json!({"email": email, "name": "Ny Person", "home_id": berg.ground.home});
            id(&berg.ground.sender.post("/invitations", new).await.expect(201))
        }
        Some("drafts") => {
            // A new one each time: others have made the former id one of their own.
            let draft = json!({"kind": "message", "content": {"body": "Annas utkast om skolresan"}});
            let former = id(&berg.anna.put("/drafts", draft.clone()).await.expect(200));
            berg.anna.delete(&format!("/drafts/{former}")).await;
            id(&berg.anna.put("/drafts", draft).await.expect(200))
        }
        _ => return None,
    })
}

/// The second id of a path.
pub fn part_for<'a>(berg: &'a Berg, path: &str) -> &'a str {
    if path.contains("/inbjudningar/") {
        &berg.ground.invitation
    } else if path.contains("/conflicts/") || path.contains("/jav/") {
        &berg.ground.conflict
    } else if path.starts_with("/protected-homes/") || path.starts_with("/skyddade/") {
        &berg.ground.sheltered.1
    } else if path.starts_with("/homes/") || path.starts_with("/hem/") {
        &berg.ground.membership
    } else {
        &berg.ground.role
    }
}

/// A body that the operation takes, and that spoils nothing for the next.
pub fn body(berg: &Berg, method: &Method, path: &str) -> Option<Value> {
    let today = famn::clock::Clock::system().now().day().to_string();
    let Ground { home, unit, maria, .. } = &berg.ground;
    Some(match (method.as_str(), path) {
        ("PATCH", "/board") => json!({"settings": {"hours": "Vardagar 8–16"}}),
        ("POST", "/units/{id}/recertification") => json!({"grant_id": berg.ground.role, "keep": true}),
        ("POST", "/units") => json!({"name": "Jourhemsgruppen"}),
        ("POST", "/me/email") => json!({"token": "none"}),
        ("PATCH", "/me") => json!({"language": "sv"}),
        ("PATCH", "/persons/{id}") => json!({"protected": "secrecy_marking"}),
        ("POST", "/protected-homes/{id}/named") => json!({"person_id": berg.jonas, "reason": "Vikarierar"}),
        ("PATCH", "/protected-homes/{id}/named/{part_id}") => json!({"confirmed": true}),
        ("POST", "/persons/{id}/roles") => {
            json!({"role": "archivist", "from": "2099-01-01", "reason": "Vikarie längre fram"})
        }
        ("PATCH", "/persons/{id}/roles/{part_id}") => json!({"to": "2099-12-31", "reason": "Slutar längre fram"}),
        ("POST", "/invitations") => {
            json!({"email": "ny.person@example.org", "name": "Ny Person", "home_id": home})
        }
        ("POST", "/invitations/accept" | "/recoveries/accept") => {
            json!({"token": "none", "password": "en ganska lång mening"})
        }
        ("POST", "/recoveries") => json!({"board": "borlange", "email": "ingen@example.org"}),
        ("POST", "/assignments") => json!({"home_id": home, "kind": "foster", "legal_basis": "SoL", "from": today,
            "service_user": {"first_name": "Nils", "last_name": "Granskog"}, "caseworker_id": maria, "unit_id": unit}),
        ("PATCH", "/assignments/{id}") => json!({"cost_code": "4711"}),
        ("POST", "/homes") => json!({"kind": "foster", "name": "Lundgården", "unit_id": unit}),
        ("PATCH", "/homes/{id}") => json!({"protected": "none"}),
        ("POST", "/homes/{id}/members") => json!({"from": today,
            "invitation": {"email": "annan.person@example.org", "name": "Annan Person"}}),
        ("PATCH", "/homes/{id}/members/{part_id}") => json!({"to": "2099-12-31"}),
        ("POST", "/homes/{id}/conflicts") => json!({"person_id": berg.ground.auditor, "reason": "Släkt med hemmet"}),
        ("POST", "/homes/{id}/paper-errands") => json!({"on_behalf_of": berg.anna.id, "received_on": today,
            "scan_id": berg.file, "errand": {"kind": "message", "home_id": home, "body": "Vi vill ha ett möte"}}),
        ("PATCH", "/homes/{id}/conflicts/{part_id}") => json!({"ended": true, "reason": "Det är över"}),
        ("PUT", "/drafts" | "/drafts/{id}") => json!({"kind": "message", "content": {"body": "Ett eget utkast"}}),
        _ => return None,
    })
}

/// A path with the query that its operation cannot do without.
pub fn with_query(path: &str) -> String {
    match path {
        "/search" => "/search?q=Berg".into(),
        other => other.into(),
    }
}
