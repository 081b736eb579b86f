//! What is wrong with a form: told on top, with links to the fields, and in the same words at each.

use crate::error::Fault;
use crate::web::{Language, say_with};

/// The faults of a form in words; empty on a form nobody has sent yet.
#[derive(Debug, Clone, Default)]
pub struct FormFaults(Vec<FormFault>);

/// One field's fault.
#[derive(Debug, Clone)]
pub struct FormFault {
    field: String,
    pub text: String,
}

impl FormFault {
    /// The id of the field's input.
    pub fn id(&self) -> String {
        input_id(&self.field)
    }
}

/// The id of a field's input: its name, with hyphens.
pub fn input_id(field: &str) -> String {
    field.replace('.', "-")
}

impl FormFaults {
    /// The first fault of each field, in the order of `faults`.
    pub fn told(faults: &[Fault]) -> FormFaults {
        let mut told: Vec<FormFault> = Vec::new();
        for fault in faults {
            if told.iter().all(|one| one.field != fault.field) {
                told.push(FormFault {
                    field: fault.field.clone(),
                    text: words(fault),
                });
            }
        }
        FormFaults(told)
    }

    pub fn all(&self) -> &[FormFault] {
        &self.0
    }

    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// What is wrong with a field, if anything.
    pub fn at(&self, field: &str) -> Option<&str> {
        self.0
            .iter()
            .find(|fault| fault.field == field)
            .map(|fault| fault.text.as_str())
    }

    /// What is wrong with a field in these words instead of its own, where there are any.
    pub fn saying(mut self, field: &str, words: Vec<String>) -> FormFaults {
        if let (false, Some(fault)) = (words.is_empty(), self.0.iter_mut().find(|fault| fault.field == field)) {
            fault.text = words.join(" ");
        }
        self
    }

    /// The heading of the list on top.
    pub fn heading(&self) -> String {
        let n = self.0.len();
        say_with(
            if n == 1 { "page-faults-one" } else { "page-faults-many" },
            "n",
            &n.to_string(),
        )
    }
}

/// What a fault is called where there is a page around it: by field and code, else by the code alone. A field of a
/// list (`receipts.0.amount_ore`) is told with its place; one that several forms have, in the words of its form; one that
/// a page has once for each thing (`reason.<id>`), in the words of its head.
fn words(fault: &Fault) -> String {
    let head = fault.field.split('.').next().unwrap_or_default();
    let mut parts = fault.field.rsplit('.');
    let (last, place) = (
        parts.next().unwrap_or_default(),
        parts.next().and_then(|place| place.parse::<usize>().ok()),
    );
    let place = place.map(|place| (place + 1).to_string()).unwrap_or_default();
    let find = |name: &str| Language::spoken().find_with(&format!("page-fault-{name}-{}", fault.code), "n", &place);
    let own = find(&format!("{head}-{last}"))
        .or_else(|| find(last))
        .or_else(|| find(head));
    let plain = || {
        Language::spoken()
            .find(&format!("fault-{}", fault.code))
            .unwrap_or(fault.code)
            .to_owned()
    };
    own.unwrap_or_else(plain)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::error::Error;

    fn told(error: Error) -> FormFaults {
        let Error::Invalid(faults) = error else {
            panic!("{error}")
        };
        FormFaults::told(&faults)
    }

    #[test]
    fn a_fault_names_its_field_where_it_can() {
        let one = told(Error::invalid("receipts.1.amount_ore", "required"));
        assert_eq!(one.at("receipts.1.amount_ore"), Some("Fyll i beloppet för kvitto 2."));
        assert_eq!(one.all()[0].id(), "receipts-1-amount_ore");
        assert_eq!(one.heading(), "Rätta 1 sak för att fortsätta");
        let other = told(Error::invalid("elsewhere", "file-damaged"));
        assert_eq!(
            other.at("elsewhere"),
            Some(Language::Swedish.text("fault-file-damaged"))
        );
    }
}
