//! What is said in place of a form that needs an assignment, where there is none to choose: why, and whom to call.

use super::check::Looked;
use super::paper;
use crate::clock::{Day, Instant};
use crate::home::AssignmentView;
use crate::web::page::{Fields, swedish};
use crate::web::{say, say_with};

/// That there is no assignment to choose.
pub struct Without {
    pub heading: &'static str,
    pub text: String,
    /// Whom to call: nobody, where it is the team that is told.
    pub phone: String,
    /// Nothing has been typed that would be lost with the form.
    pub hides_form: bool,
}

impl Without {
    /// To whoever has none of `assignments` to choose; `typed`: the form as it was filled in so far.
    pub fn of(looked: &Looked, typed: &Fields, now: Instant) -> Without {
        let coming = looked
            .assignments
            .iter()
            .map(|one| one.from)
            .filter(|from| *from > now.day())
            .min();
        let phone = looked.masthead.phone.clone();
        let (heading, text, phone) = if paper::is_one(typed) {
            (
                say("without-paper"),
                say("without-paper-text").to_owned(),
                String::new(),
            )
        } else if looked.shut {
            (say("shut-heading"), say("without-shut-text").to_owned(), phone)
        } else if let Some(day) = coming {
            let text = say_with("without-coming-text", "day", &swedish::day(day, now));
            (say("without-coming"), text, phone)
        } else if looked.had {
            (say("without-ended"), say("without-ended-text").to_owned(), phone)
        } else {
            (say("without-none"), say("without-none-text").to_owned(), phone)
        };
        Without {
            heading,
            text,
            phone,
            hides_form: !typed
                .pairs()
                .any(|(name, value)| !value.is_empty() && !BEGINS_WITH.contains(&name)),
        }
    }
}

/// What a form has before anything is typed in it.
const BEGINS_WITH: [&str; 5] = ["paper.home_id", "once", "count", "trip_count", "assignment_id"];

/// Whether the form is left out.
pub fn hides_form(without: &Option<Without>) -> bool {
    without.as_ref().is_some_and(|without| without.hides_form)
}

/// The assignments that something can be sent for today.
pub fn running(assignments: Vec<AssignmentView>, today: Day) -> Vec<AssignmentView> {
    let runs = |one: &AssignmentView| one.from <= today && one.to.is_none_or(|to| to >= today);
    assignments.into_iter().filter(runs).collect()
}
