//! The receipts of a form: one card each, as typed so far; and, when all is there, as the verb takes them.

use crate::clock::Day;
use crate::errand::{NewReceipt, ReceiptCategory};
use crate::error::Fault;
use crate::file::Handed;
use crate::id::FileId;
use crate::money::Ore;
use crate::secret::{Secret, SecretText};
use crate::typed::{day_past, sum};

/// Receipts of one claim.
const MOST: usize = 50;

/// One receipt as it was typed.
#[derive(Debug, Clone, Default)]
pub struct Card {
    /// The file, once it has arrived.
    pub file: Option<FileId>,
    pub file_name: String,
    pub amount: String,
    pub day: String,
    pub supplier: String,
    pub category: String,
    pub note: String,
}

impl Card {
    /// Whether browsers show the file as a picture.
    pub fn is_picture(&self) -> bool {
        let extension = self.file_name.rsplit('.').next().unwrap_or_default().to_lowercase();
        self.file.is_some() && matches!(extension.as_str(), "jpg" | "jpeg" | "png" | "webp")
    }

    /// Whether nothing has been put into it yet.
    pub fn is_blank(&self) -> bool {
        let typed = [&self.amount, &self.day, &self.supplier, &self.category, &self.note];
        self.file.is_none() && typed.iter().all(|text| text.trim().is_empty())
    }

    /// Its fields, as a form has them.
    pub fn fields(&self, at: usize) -> Vec<(String, String)> {
        let file = self
            .file
            .map(|id| [("file_id", id.to_string()), ("file_name", self.file_name.clone())]);
        let typed = [
            ("amount_ore", &self.amount),
            ("purchased_on", &self.day),
            ("supplier", &self.supplier),
            ("category", &self.category),
            ("note", &self.note),
        ];
        let typed = typed.map(|(field, text)| (field, text.clone()));
        let all = file.into_iter().flatten().chain(typed);
        all.map(|(field, text)| (field_of(at, field), text)).collect()
    }

    /// Its amount, where one can be read.
    pub fn amount(&self) -> Option<Ore> {
        sum(&self.amount)
    }

    /// The receipt as the verb takes it; what is missing or cannot be read goes to `faults`.
    fn read(&self, at: usize, today: Day, faults: &mut Vec<Fault>) -> Option<NewReceipt> {
        let before = faults.len();
        let mut fault = |field: &str, code| {
            faults.push(Fault {
                field: field_of(at, field),
                code,
            })
        };
        let blank = |text: &str| text.trim().is_empty();
        let (amount, day) = (self.amount(), day_past(&self.day, today));
        let category = ReceiptCategory::parse(&self.category);
        if self.file.is_none() {
            fault("file", "required");
        }
        if amount.is_none() {
            fault("amount_ore", if blank(&self.amount) { "required" } else { "typed" });
        }
        if day.is_none() {
            fault("purchased_on", if blank(&self.day) { "required" } else { "typed" });
        }
        if blank(&self.supplier) {
            fault("supplier", "required");
        }
        if category.is_none() {
            fault("category", "required");
        }
        let text = |text: &String| -> SecretText { Secret::new(text.clone()) };
        let (file_id, amount_ore, purchased_on, category) = (self.file?, amount?, day?, category?);
        (faults.len() == before).then(|| NewReceipt {
            file_id,
            purchased_on,
            supplier: text(&self.supplier),
            category,
            amount_ore,
            vat_ore: None,
            note: Some(text(&self.note)),
        })
    }
}

/// The name of a card's field.
pub fn field_of(at: usize, field: &str) -> String {
    format!("receipts.{at}.{field}")
}

/// The cards of a form, with the files that came with it in their places.
pub fn cards(handed: &Handed) -> Vec<Card> {
    let fields = &handed.fields;
    let count = fields.text("count").parse().unwrap_or(1).min(MOST);
    let card = |at: usize| {
        let text = |field: &str| fields.text(&field_of(at, field)).to_owned();
        let new = handed.kept().filter(|(field, _)| *field == field_of(at, "file")).last();
        Card {
            file: new.map_or_else(|| text("file_id").parse().ok(), |(_, file)| Some(file.id)),
            file_name: new.map_or_else(|| text("file_name"), |(_, file)| file.name.clone()),
            amount: text("amount_ore"),
            day: text("purchased_on"),
            supplier: text("supplier"),
            category: text("category"),
            note: text("note"),
        }
    };
    (0..count).map(card).collect()
}

/// What the form's buttons do besides sending it.
pub fn changed(mut cards: Vec<Card>, button: &str) -> Vec<Card> {
    if button == "add" && cards.len() < MOST {
        cards.push(Card::default());
    }
    let gone = button.strip_prefix("remove.").and_then(|at| at.parse::<usize>().ok());
    if let Some(at) = gone.filter(|at| *at < cards.len()) {
        cards.remove(at);
    }
    cards
}

/// All receipts as the verb takes them, or all that is missing.
pub fn read_all(cards: &[Card], today: Day, faults: &mut Vec<Fault>) -> Vec<NewReceipt> {
    cards
        .iter()
        .enumerate()
        .filter_map(|(at, card)| card.read(at, today, faults))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn today() -> Day {
        Day::parse("2026-11-21").unwrap()
    }

    fn whole() -> Card {
        Card {
            file: Some(crate::clock::Clock::system().fresh_id()),
            file_name: "kvitto.JPG".into(),
            amount: "1 250,50".into(),
            day: "14 nov".into(),
            supplier: "Sportboden".into(),
            category: "other".into(),
            note: String::new(),
        }
    }

    #[test]
    fn a_whole_card_is_read() {
        let mut faults = Vec::new();
        let read = read_all(&[whole()], today(), &mut faults);
        assert_eq!(
            (read[0].amount_ore, read[0].purchased_on.to_string()),
            (Ore(125_050), "2026-11-14".to_owned())
        );
        assert!(faults.is_empty() && whole().is_picture());
    }

    #[test]
    fn all_that_is_missing_is_told_at_once_and_in_order() {
        let mut faults = Vec::new();
        let cards = [
            whole(),
            Card {
                amount: "tolv".into(),
                day: "häromdagen".into(),
                ..Card::default()
            },
        ];
        assert_eq!(read_all(&cards, today(), &mut faults).len(), 1);
        let told: Vec<String> = faults
            .iter()
            .map(|fault| format!("{} {}", fault.field, fault.code))
            .collect();
        let fields = [
            "file required",
            "amount_ore typed",
            "purchased_on typed",
            "supplier required",
            "category required",
        ];
        assert_eq!(told, fields.map(|field| format!("receipts.1.{field}")));
    }

    #[test]
    fn cards_come_and_go() {
        let two = changed(vec![whole()], "add");
        assert_eq!(two.len(), 2);
        let left = changed(two, "remove.0");
        assert!(left.len() == 1 && left[0].supplier.is_empty());
        assert!(left[0].is_blank() && !whole().is_blank());
        assert!(changed(left, "remove.0").is_empty(), "trips alone may be handed in");
        assert_eq!(changed(vec![whole(); 50], "add").len(), 50);
        assert_eq!(changed(vec![whole()], "remove.7").len(), 1);
    }
}
