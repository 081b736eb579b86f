//! What the demo's two boards say of themselves in public, after Borlänge's and Vansbro's own pages.

use super::town::Town;
use crate::board::{NewBoard, PublicEntry};
use crate::clock::Day;

/// A town's board as it is founded.
pub(super) fn board(town: &Town, updated_on: Day) -> NewBoard {
    if town.slug == "borlange" {
        borlange(updated_on)
    } else {
        vansbro(updated_on)
    }
}

fn borlange(updated_on: Day) -> NewBoard {
    NewBoard {
        slug: "borlange".into(),
        name: "Barn- och bildningsnämnden i Borlänge".into(),
        administration: "Barn- och ungdomsenheten".into(),
        audience:
            "För dig som redan är familjehem, jourhem, kontaktfamilj eller kontaktperson i Borlänge. Här skickar \
                   du meddelanden, önskemål om större inköp och resor, och lämnar in digitala kvitton."
                .into(),
        phone: "0243-740 00".into(),
        email: "kommun@borlange.se".into(),
        address: Some("Röda vägen 50, 781 81 Borlänge".into()),
        hours: Some("Vardagar 8–16".into()),
        updated_on,
        passwords_alone: true,
        entries: vec![
            entry(
                "kind",
                "foster",
                "Familjehem",
                "Ett barn eller en ung människa bor hemma hos er en längre tid. Familjehemsgruppen är ert stöd.",
            ),
            entry(
                "kind",
                "emergency",
                "Jourhem",
                "Ni tar emot barn som snabbt behöver någonstans att bo, medan vi utreder vad de behöver.",
            ),
            entry(
                "kind",
                "contact_family",
                "Kontaktfamilj",
                "Ett barn bor hos er några dagar i månaden och får fler vuxna omkring sig.",
            ),
            entry(
                "kind",
                "contact_person",
                "Kontaktperson",
                "Du träffar regelbundet ett barn, en ung eller en vuxen med psykisk ohälsa som behöver stöd.",
            ),
            entry("link", "", "Bli familjehem", "https://www.familjehemsverige.se"),
            entry(
                "link",
                "",
                "Sök hjälp och stöd",
                "https://www.borlange.se/stod-och-omsorg",
            ),
            entry("emergency", "", "Vid fara för liv", "112"),
            entry(
                "emergency",
                "",
                "Kommunens växel, som kopplar till socialjouren",
                "0243-740 00",
            ),
            entry("emergency", "", "Sjukvårdsrådgivning", "1177"),
        ],
    }
}

fn vansbro(updated_on: Day) -> NewBoard {
    NewBoard {
        slug: "vansbro".into(),
        name: "Socialnämnden i Vansbro".into(),
        administration: "Socialkontoret".into(),
        audience: "För dig som är familjehem, jourhem, kontaktfamilj eller kontaktperson i Vansbro. Använd tjänsten i \
                   stället för e-post, så når inget känsligt fel person."
            .into(),
        phone: "0281-750 00".into(),
        email: "socialkontor@vansbro.se".into(),
        address: Some("Medborgarhuset, 786 86 Vansbro".into()),
        hours: Some("Vardagar 8–16".into()),
        updated_on,
        passwords_alone: true,
        entries: vec![
            entry(
                "kind",
                "foster",
                "Familjehem",
                "Ni öppnar ert hem för ett barn som inte kan bo hemma.",
            ),
            entry(
                "kind",
                "emergency",
                "Jourhem",
                "Ni tar emot akuta placeringar, ofta med kort varsel och för en kortare tid.",
            ),
            entry(
                "kind",
                "contact_family",
                "Kontaktfamilj",
                "Ett barn är hos er en eller ett par helger i månaden.",
            ),
            entry(
                "kind",
                "contact_person",
                "Kontaktperson",
                "Du är ett stöd på fritiden för ett barn, en ung eller en vuxen.",
            ),
            entry("link", "", "Bli familjehem", "https://www.familjehemsverige.se"),
            entry(
                "link",
                "",
                "Sök hjälp och stöd",
                "https://www.vansbro.se/stod-och-omsorg",
            ),
            entry("emergency", "", "Vid fara för liv", "112"),
            entry("emergency", "", "Sjukvårdsrådgivning", "1177"),
        ],
    }
}

fn entry(section: &'static str, code: &str, title: &str, body: &str) -> PublicEntry {
    PublicEntry {
        section,
        code: code.into(),
        title: title.into(),
        body: body.into(),
    }
}
