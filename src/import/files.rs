//! The six files and what their fields must be. What refers to something else is looked up when it is taken in.

use super::ImportFault;
use super::left_out::{LeftOut, keys_of};
use super::table::{Columns, Line, read as read_table};
use crate::access::Role;
use crate::clock::Day;
use crate::home::{HomeKind, LegalBasis, Protection};
use crate::secret::{Secret, SecretText};
use crate::typed::{personal_number, whole_day};
use crate::web::Language;
use std::collections::HashMap;
use std::path::Path;

pub(super) const UNITS: &str = "units.csv";
pub(super) const STAFF: &str = "staff.csv";
pub(super) const HOMES: &str = "homes.csv";
pub(super) const USERS: &str = "service_users.csv";

/// All the files, in the order in which they are taken in.
pub(super) const FILES: [Columns; 6] = [
    Columns {
        file: UNITS,
        needed: &["unit"],
        optional: &[],
    },
    Columns {
        file: STAFF,
        needed: &["email", "name", "role"],
        optional: &["unit", "phone", "language"],
    },
    Columns {
        file: HOMES,
        needed: &["home", "unit"],
        optional: &["kind", "protected"],
    },
    Columns {
        file: "members.csv",
        needed: &["home", "email", "name"],
        optional: &["phone", "personal_number", "language"],
    },
    Columns {
        file: USERS,
        needed: &["user", "first_name", "last_name"],
        optional: &["personal_number", "protected"],
    },
    Columns {
        file: "assignments.csv",
        needed: &["label", "user", "home", "unit", "from", "caseworker"],
        optional: &["to", "kind", "legal_basis", "child_caseworker", "cost_code"],
    },
];

/// A person of staff.csv or members.csv.
pub(super) struct Person {
    pub email: SecretText,
    pub name: SecretText,
    pub phone: Option<SecretText>,
    pub personal_number: Option<SecretText>,
    pub language: Language,
}

pub(super) struct Staff {
    pub line: Line,
    pub person: Person,
    pub role: Role,
    pub unit: Option<String>,
}
pub(super) struct Home {
    pub line: Line,
    pub name: SecretText,
    pub unit: String,
    pub kind: HomeKind,
    pub protected: Protection,
}
pub(super) struct Member {
    pub line: Line,
    pub home: SecretText,
    pub person: Person,
}
pub(super) struct User {
    pub line: Line,
    pub first_name: SecretText,
    pub last_name: SecretText,
    pub personal_number: Option<SecretText>,
    pub protected: Protection,
}
pub(super) struct Assignment {
    pub line: Line,
    pub label: String,
    /// Of service_users.csv.
    pub user: String,
    pub home: SecretText,
    pub unit: String,
    pub kind: HomeKind,
    pub legal_basis: LegalBasis,
    pub from: Day,
    pub to: Option<Day>,
    pub caseworker: SecretText,
    pub child_caseworker: Option<SecretText>,
    pub cost_code: Option<String>,
}

/// What stands in the files.
pub(super) struct Files {
    pub units: Vec<Line>,
    pub staff: Vec<Staff>,
    pub homes: Vec<Home>,
    pub members: Vec<Member>,
    /// By their key, which is these files' own.
    pub users: Vec<(String, User)>,
    pub assignments: Vec<Assignment>,
    /// What is wrong in lines that are not above.
    pub faults: Vec<ImportFault>,
    /// What those lines are about.
    pub left_out: LeftOut,
}

/// Reads all files of a folder; `today` is for personal numbers with two digits of the year.
///
/// # Errors
/// Why the folder cannot be read. What is wrong in the files is in what is read.
pub(super) fn read(folder: &Path, today: Day) -> Result<Files, String> {
    let mut faults = strays(folder)?;
    let [units, staff, homes, members, users, assignments] =
        FILES.each_ref().map(|columns| read_table(folder, columns, &mut faults));
    let unread = faults.iter().map(|fault| fault.file).collect();
    let keyed = vec![
        keys_of(UNITS, &units, "unit"),
        keys_of(STAFF, &staff, "email"),
        keys_of(HOMES, &homes, "home"),
        keys_of(USERS, &users, "user"),
    ];
    let mut reader = Reader { faults, today };
    for (lines, key) in [
        (&units, "unit"),
        (&homes, "home"),
        (&users, "user"),
        (&assignments, "label"),
    ] {
        reader.once_each(lines, key);
    }
    let mut files = Files {
        units: units
            .into_iter()
            .filter(|line| reader.is_filled(line, "unit"))
            .collect(),
        staff: staff.into_iter().filter_map(|line| reader.staff(line)).collect(),
        homes: homes.into_iter().filter_map(|line| reader.home(line)).collect(),
        members: members.into_iter().filter_map(|line| reader.member(line)).collect(),
        users: users.into_iter().filter_map(|line| reader.user(line)).collect(),
        assignments: assignments
            .into_iter()
            .filter_map(|line| reader.assignment(line))
            .collect(),
        faults: Vec::new(),
        left_out: LeftOut::default(),
    };
    files.left_out = LeftOut::of(&reader.faults, unread, keyed);
    files.faults = reader.faults;
    Ok(files)
}

/// A folder that is none is an error; a CSV file that is none of ours may be one of ours with its name misspelt.
fn strays(folder: &Path) -> Result<Vec<ImportFault>, String> {
    let entries = std::fs::read_dir(folder).map_err(|cause| format!("{}: {cause}", folder.display()))?;
    let names = entries
        .flatten()
        .map(|entry| entry.file_name().to_string_lossy().into_owned());
    let csv: Vec<String> = names
        .filter(|name| name.to_ascii_lowercase().ends_with(".csv"))
        .collect();
    if csv.is_empty() {
        return Err(format!("{}: there are no CSV files", folder.display()));
    }
    let stray = csv
        .into_iter()
        .filter(|name| FILES.iter().all(|columns| columns.file != name));
    let fault = |name: String| ImportFault {
        file: "",
        line: 0,
        column: name,
        what: "is none of the files that are read".into(),
    };
    Ok(stray.map(fault).collect())
}

struct Reader {
    faults: Vec<ImportFault>,
    today: Day,
}

impl Reader {
    fn fault(&mut self, line: &Line, column: &'static str, what: impl Into<String>) {
        self.faults.push(line.fault(column, what));
    }

    /// Notes lines whose key an earlier line has.
    fn once_each(&mut self, lines: &[Line], key: &'static str) {
        let mut first: HashMap<&str, u64> = HashMap::new();
        for line in lines {
            let value = line.get(key);
            match first.get(value) {
                Some(before) if !value.is_empty() => {
                    self.fault(line, key, format!("is the same as in line {before}"));
                }
                _ => drop(first.insert(value, line.number)),
            }
        }
    }

    fn is_filled(&mut self, line: &Line, column: &'static str) -> bool {
        let filled = line.optional(column).is_some();
        if !filled {
            self.fault(line, column, "is empty");
        }
        filled
    }

    fn needed(&mut self, line: &Line, column: &'static str) -> Option<String> {
        self.is_filled(line, column).then(|| line.get(column).to_owned())
    }

    fn secret(&mut self, line: &Line, column: &'static str) -> Option<SecretText> {
        self.needed(line, column).map(Secret::new)
    }

    fn maybe_secret(line: &Line, column: &'static str) -> Option<SecretText> {
        line.optional(column).map(|text| Secret::new(text.to_owned()))
    }

    /// A value of a closed list; `default` for an empty field.
    fn one_of<T: Copy>(
        &mut self,
        line: &Line,
        column: &'static str,
        default: Option<T>,
        list: &[(T, &'static str)],
    ) -> Option<T> {
        let text = line.get(column);
        if let (true, Some(default)) = (text.is_empty(), default) {
            return Some(default);
        }
        let found = list.iter().find(|(_, name)| name.eq_ignore_ascii_case(text));
        if found.is_none() {
            let names: Vec<&str> = list.iter().map(|(_, name)| *name).collect();
            self.fault(line, column, format!("is none of {}", names.join(", ")));
        }
        found.map(|(value, _)| *value)
    }

    fn kind(&mut self, line: &Line) -> Option<HomeKind> {
        let list: Vec<_> = HomeKind::ALL.iter().map(|kind| (*kind, kind.as_str())).collect();
        self.one_of(line, "kind", Some(HomeKind::Foster), &list)
    }

    fn protected(&mut self, line: &Line) -> Option<Protection> {
        let list: Vec<_> = Protection::ALL.iter().map(|one| (*one, one.as_str())).collect();
        self.one_of(line, "protected", Some(Protection::None), &list)
    }

    fn day(&mut self, line: &Line, column: &'static str) -> Option<Day> {
        let day = whole_day(line.get(column));
        if day.is_none() {
            self.fault(line, column, "is no date, such as 2026-11-22");
        }
        day
    }

    /// `Some(None)`: there is none, and none is needed.
    fn personal_number(&mut self, line: &Line) -> Option<Option<SecretText>> {
        let Some(typed) = line.optional("personal_number") else {
            return Some(None);
        };
        let normal = personal_number(typed, self.today);
        if normal.is_none() {
            self.fault(line, "personal_number", "is no personal or coordination number");
        }
        normal.map(|normal| Some(Secret::new(normal)))
    }

    fn person(&mut self, line: &Line) -> Option<Person> {
        let languages = Language::ALL.map(|one| (one, one.tag()));
        let (email, name) = (self.secret(line, "email"), self.secret(line, "name"));
        let number = self.personal_number(line);
        let language = self.one_of(line, "language", Some(Language::Swedish), &languages);
        Some(Person {
            email: email?,
            name: name?,
            phone: Reader::maybe_secret(line, "phone"),
            personal_number: number?,
            language: language?,
        })
    }

    fn staff(&mut self, line: Line) -> Option<Staff> {
        let list: Vec<_> = Role::ALL
            .into_iter()
            .filter(|role| *role != Role::Contractor)
            .map(|role| (role, role.as_str()))
            .collect();
        let (person, role) = (self.person(&line), self.one_of(&line, "role", None, &list));
        Some(Staff {
            person: person?,
            role: role?,
            unit: line.optional("unit").map(str::to_owned),
            line,
        })
    }

    fn home(&mut self, line: Line) -> Option<Home> {
        let (name, unit) = (self.secret(&line, "home"), self.needed(&line, "unit"));
        let (kind, protected) = (self.kind(&line), self.protected(&line));
        Some(Home {
            name: name?,
            unit: unit?,
            kind: kind?,
            protected: protected?,
            line,
        })
    }

    fn member(&mut self, line: Line) -> Option<Member> {
        let (home, person) = (self.secret(&line, "home"), self.person(&line));
        Some(Member {
            home: home?,
            person: person?,
            line,
        })
    }

    fn user(&mut self, line: Line) -> Option<(String, User)> {
        let key = self.needed(&line, "user");
        let names = (self.secret(&line, "first_name"), self.secret(&line, "last_name"));
        let (number, protected) = (self.personal_number(&line), self.protected(&line));
        let user = User {
            first_name: names.0?,
            last_name: names.1?,
            personal_number: number?,
            protected: protected?,
            line,
        };
        Some((key?, user))
    }

    fn assignment(&mut self, line: Line) -> Option<Assignment> {
        let laws: Vec<_> = LegalBasis::ALL.iter().map(|law| (*law, law.as_str())).collect();
        let [label, user, unit] = ["label", "user", "unit"].map(|column| self.needed(&line, column));
        let [home, caseworker] = ["home", "caseworker"].map(|column| self.secret(&line, column));
        let (kind, from) = (self.kind(&line), self.day(&line, "from"));
        let legal_basis = self.one_of(&line, "legal_basis", Some(LegalBasis::SoL), &laws);
        let to = match line.optional("to") {
            Some(_) => self.day(&line, "to").map(Some),
            None => Some(None),
        };
        if let (Some(from), Some(Some(to))) = (from, to)
            && to < from
        {
            self.fault(&line, "to", "is before the first day");
        }
        Some(Assignment {
            label: label?,
            user: user?,
            home: home?,
            unit: unit?,
            kind: kind?,
            legal_basis: legal_basis?,
            from: from?,
            to: to?,
            caseworker: caseworker?,
            child_caseworker: Reader::maybe_secret(&line, "child_caseworker"),
            cost_code: line.optional("cost_code").map(str::to_owned),
            line,
        })
    }
}
