//! The demo's two municipalities: their units, people, homes.
//! Names and numbers are made up; the password is no secret.

use crate::access::Role;
use crate::app::DemoPerson;
use crate::home::{HomeKind, Protection};

/// Everyone's password in the demo.
pub const PASSWORD: &str = "famn-demo-granskog-2026";

const fn person(email: &'static str, board: &'static str, is: &'static str) -> DemoPerson {
    DemoPerson {
        email,
        board,
        password: PASSWORD,
        is,
    }
}

/// Who signs in, as the sign-in page shows them.
pub const PEOPLE: &[DemoPerson] = &[
    person("anna.berg@example.org", "borlange", "familjehem Berg"),
    person("erik.berg@example.org", "borlange", "familjehem Berg"),
    person("sara.ohman@example.org", "borlange", "familjehem Öhman"),
    person("maria.lind@example.org", "borlange", "handläggare för båda hemmen"),
    person(
        "jonas.ahl@example.org",
        "borlange",
        "handläggare i samma team, utan egna uppdrag",
    ),
    person("eva.strand@example.org", "borlange", "teamledare"),
    person("ali.ek@example.org", "borlange", "ekonomi"),
    person("per.holm@example.org", "borlange", "loggranskare"),
    person("dora.sund@example.org", "borlange", "dataskyddsombud"),
    person("arvid.akt@example.org", "borlange", "arkivarie"),
    person("stina.drift@example.org", "borlange", "systemförvaltare"),
    person("lisa.vans@example.org", "vansbro", "familjehem Vans"),
    person(
        "moa.sund@example.org",
        "vansbro",
        "familjehem Sund, med skyddade personuppgifter",
    ),
    person(
        "karl.vans@example.org",
        "vansbro",
        "handläggare för båda hemmen, utsedd för det skyddade",
    ),
    person(
        "nils.vans@example.org",
        "vansbro",
        "handläggare i samma team, inte utsedd",
    ),
    person("greta.vans@example.org", "vansbro", "loggranskare"),
];

/// Someone to be added.
pub(super) struct Someone {
    pub email: &'static str,
    pub name: &'static str,
    pub role: Role,
    /// Whether the role is one in the board's unit.
    pub in_unit: bool,
    /// The home the person belongs to.
    pub home: Option<&'static str>,
}

/// A home to be added, with one assignment.
pub(super) struct SomeHome {
    pub name: &'static str,
    pub kind: HomeKind,
    /// What it is marked as: then its caseworker is named for it, and nobody else.
    pub protected: Protection,
    pub child: (&'static str, &'static str),
    pub label: &'static str,
    pub caseworker: &'static str,
}

/// A municipality to be added.
pub(super) struct Town {
    pub slug: &'static str,
    pub unit: &'static str,
    pub people: &'static [Someone],
    pub homes: &'static [SomeHome],
}

const fn staff(email: &'static str, name: &'static str, role: Role, in_unit: bool) -> Someone {
    Someone {
        email,
        name,
        role,
        in_unit,
        home: None,
    }
}
const fn parent(email: &'static str, name: &'static str, home: &'static str) -> Someone {
    Someone {
        email,
        name,
        role: Role::Contractor,
        in_unit: false,
        home: Some(home),
    }
}

pub(super) const TOWNS: &[Town] = &[
    Town {
        slug: "borlange",
        unit: "Familjehemsgruppen",
        people: &[
            parent("anna.berg@example.org", "Anna Berg", "Berg"),
            parent("erik.berg@example.org", "Erik Berg", "Berg"),
            parent("sara.ohman@example.org", "Sara Öhman", "Öhman"),
            staff("maria.lind@example.org", "Maria Lind", Role::Caseworker, true),
            staff("jonas.ahl@example.org", "Jonas Ahl", Role::Caseworker, true),
            staff("eva.strand@example.org", "Eva Strand", Role::TeamLead, true),
            staff("ali.ek@example.org", "Ali Ek", Role::Finance, false),
            staff("per.holm@example.org", "Per Holm", Role::Auditor, false),
            staff("dora.sund@example.org", "Dora Sund", Role::DataProtectionOfficer, false),
            staff("arvid.akt@example.org", "Arvid Akt", Role::Archivist, false),
            staff("stina.drift@example.org", "Stina Drift", Role::Steward, false),
        ],
        homes: &[
            SomeHome {
                name: "Berg",
                kind: HomeKind::Foster,
                protected: Protection::None,
                child: ("Alva", "Nyström"),
                label: "U-2041",
                caseworker: "maria.lind@example.org",
            },
            SomeHome {
                name: "Öhman",
                kind: HomeKind::Foster,
                protected: Protection::None,
                child: ("Noel", "Ahmadi"),
                label: "U-2042",
                caseworker: "maria.lind@example.org",
            },
        ],
    },
    Town {
        slug: "vansbro",
        unit: "Familjehemsteamet",
        people: &[
            parent("lisa.vans@example.org", "Lisa Vans", "Vans"),
            parent("moa.sund@example.org", "Moa Sund", "Sund"),
            staff("karl.vans@example.org", "Karl Vans", Role::Caseworker, true),
            staff("nils.vans@example.org", "Nils Vans", Role::Caseworker, true),
            staff("greta.vans@example.org", "Greta Vans", Role::Auditor, false),
        ],
        homes: &[
            SomeHome {
                name: "Vans",
                kind: HomeKind::Emergency,
                protected: Protection::None,
                child: ("Ebba", "Lund"),
                label: "U-107",
                caseworker: "karl.vans@example.org",
            },
            SomeHome {
                name: "Sund",
                kind: HomeKind::Foster,
                protected: Protection::SecrecyMarking,
                child: ("Tim", "Ros"),
                label: "U-108",
                caseworker: "karl.vans@example.org",
            },
        ],
    },
];
