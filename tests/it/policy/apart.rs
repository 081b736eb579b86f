//! Who of a world's staff is kept from which of its homes: by a conflict of interest, and by not being named.

use super::world::{PASSWORD, World, chance, signed_in, text};
use crate::kit::Town;
use famn::access::Access;
use famn::home::ConflictBody;

impl World {
    /// Team leads propose some of the staff for protected homes and take others away; the data protection officer says yes
    /// to some of those. Then it is asked who is named.
    pub(super) async fn name_some(&mut self, town: &Town) {
        let lead = town
            .nobody()
            .signed_in("borlange", &self.people[12].email, PASSWORD)
            .await;
        let officer = town.person("dora.sund").await;
        for home in self.protected.clone() {
            for _ in 0..4 {
                let person = &self.people[4 + chance(&mut self.seed, self.people.len() - 4)];
                let new = serde_json::json!({"person_id": person.id, "reason": "Ska följa familjen"});
                let path = format!("/protected-homes/{home}/named");
                let proposed = lead.post(&path, new).await;
                // Refused for whoever lives there, is no staff, is named already, and for the lead themselves.
                if proposed.status == 201 && chance(&mut self.seed, 3) > 0 {
                    let path = format!("{path}/{}", crate::kit::id(&proposed.json()));
                    officer
                        .patch(&path, serde_json::json!({"confirmed": true}))
                        .await
                        .expect(200);
                }
            }
        }
        for home in officer.get("/protected-homes?limit=100").await.expect(200)["items"]
            .as_array()
            .expect("items")
        {
            let of = crate::kit::id(home).parse().expect("an id");
            for one in home["named"]
                .as_array()
                .expect("named")
                .iter()
                .filter(|one| one["state"] == "held")
            {
                let path = format!("/protected-homes/{of}/named/{}", crate::kit::id(one));
                let is_ended = chance(&mut self.seed, 4) == 0
                    && lead.patch(&path, serde_json::json!({"ended": true})).await.status == 200;
                if !is_ended {
                    let person = crate::kit::id(&one["person"]).parse().expect("an id");
                    self.named.insert((person, of));
                }
            }
        }
    }

    /// Team leads keep some of the staff from some homes.
    pub(super) async fn keep_some_apart(&mut self, town: &Town) {
        let lead = signed_in(town, &self.people[12].email).await;
        for _ in 0..6 {
            let (home, _) = self.homes[chance(&mut self.seed, self.homes.len())];
            let person = self.people[4 + chance(&mut self.seed, self.people.len() - 4)].id;
            let new = ConflictBody {
                person_id: person,
                reason: text("Grannar"),
            };
            let declare = move |access: Access<'_>| access.declare_conflict(home, &new, None);
            // Refused for whoever lives there or is no staff, and for what stands already.
            if town.app.door.write(lead, declare).await.is_ok() {
                self.conflicts.push((person, home));
            }
        }
    }
}
