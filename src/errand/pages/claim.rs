//! Handing in receipts and trips: a card each, as many as there are, all of it without a script.

use super::cards::{Card, cards, changed, field_of, read_all};
use super::check::{self, Looked};
use super::drafts::{self, DROP, SAVE};
use super::drives::{self, Drive};
use super::paper;
use super::without::Without;
use super::words;
use crate::account::Visitor;
use crate::app::App;
use crate::clock::Day;
use crate::draft::{Drafted, VERSION};
use crate::errand::decision::OwnAward;
use crate::errand::limits::Limits;
use crate::errand::{ErrandKind, NewClaim, NewErrand, ReceiptCategory};
use crate::error::{Fault, Result};
use crate::file::{Handed, take_in};
use crate::home::AssignmentView;
use crate::id::{AssignmentId, ErrandId};
use crate::money::Ore;
use crate::web::page::{Fields, FormFaults, Frame, Script, Upload, filters, scripted, swedish};
use crate::web::{Query, say, say_count, say_with};
use actix_web::{HttpResponse, get, post, web};
use askama::Template;
use serde::Deserialize;

pub const PATH: &str = "/kvitton";
const CLAIM: ErrandKind = ErrandKind::ReceiptClaim;

/// The form as typed so far.
pub struct Typed {
    pub cards: Vec<Card>,
    pub drives: Vec<Drive>,
    /// All of it as the form has it: also what the cards and trips say, in their places.
    pub fields: Fields,
}

impl Typed {
    fn of(cards: Vec<Card>, drives: Vec<Drive>, before: &Fields) -> Typed {
        let mut fields = Fields::default();
        let carried = ["assignment_id", "declaration", VERSION]
            .into_iter()
            .chain(paper::FIELDS);
        for name in carried {
            fields.set(name, before.text(name).to_owned());
        }
        fields.set("once", before.once_again());
        fields.set("count", cards.len().to_string());
        fields.set("trip_count", drives.len().to_string());
        let of_cards = cards.iter().enumerate().flat_map(|(at, card)| card.fields(at));
        let of_drives = drives.iter().enumerate().flat_map(|(at, drive)| drive.fields(at));
        of_cards
            .chain(of_drives)
            .for_each(|(name, text)| fields.push(name, text));
        Typed { cards, drives, fields }
    }

    /// What receipts and trips come to, as far as it can be read, and whether that is all of it.
    pub fn sum(&self, (limits, today): (&Limits, Day)) -> (Ore, bool) {
        let bought = self.cards.iter().map(Card::amount);
        let driven = self.drives.iter().map(|drive| drive.amount(limits, today));
        let amounts: Vec<Option<Ore>> = bought.chain(driven).collect();
        let all = amounts.iter().all(Option::is_some);
        (amounts.into_iter().flatten().sum(), all)
    }

    /// "2 kvitton och 1 resa".
    pub fn count(&self) -> String {
        let receipts = say_count("count-receipts", self.cards.len());
        let trips = say_count("count-trips", self.drives.len());
        match (self.cards.len(), self.drives.len()) {
            (_, 0) => receipts,
            (0, _) => trips,
            _ => format!("{receipts} {} {trips}", say("claim-and")),
        }
    }
}

/// What a claim belongs to, as its field has it: an assignment, or a wish of one that granted it.
pub fn belongs(chosen: &str) -> Option<(AssignmentId, Option<ErrandId>)> {
    match chosen.strip_prefix("onskemal:").map(|rest| rest.split_once(':')) {
        Some(both) => {
            let (request, assignment) = both?;
            Some((assignment.parse().ok()?, Some(request.parse().ok()?)))
        }
        None => Some((chosen.parse().ok()?, None)),
    }
}

/// Something a claim can belong to.
pub struct Place {
    pub value: String,
    pub label: String,
    pub hint: String,
}

/// The awards that stand, then each assignment by itself.
pub fn places(looked: &Looked, today: Day, now: crate::clock::Instant) -> Vec<Place> {
    let person = |id: AssignmentId| looked.assignments.iter().find(|one| one.id == id);
    let name = |of: &AssignmentView| format!("{} · {}", of.service_user.first_name, of.label);
    let of_award = |award: &OwnAward| Place {
        value: format!("onskemal:{}:{}", award.request, award.assignment),
        label: format!(
            "{}, {}",
            words::wish(&award.wish),
            person(award.assignment).map(name).unwrap_or_default()
        ),
        hint: format!(
            "{}, {}",
            say_with("claim-left", "sum", &award.left().to_string()),
            say_with("claim-until", "day", &swedish::day(award.valid_until, now))
        ),
    };
    let standing = looked
        .awards
        .iter()
        .filter(|award| award.takes_claims(today, &looked.limits));
    let mut places: Vec<Place> = standing.map(of_award).collect();
    let other = !places.is_empty();
    let begun = looked.assignments.iter().filter(|of| of.from <= today);
    places.extend(begun.map(|of| Place {
        value: of.id.to_string(),
        label: if other {
            say_with("claim-other", "whom", &name(of))
        } else {
            name(of)
        },
        hint: if other {
            say("claim-other-hint").into()
        } else {
            String::new()
        },
    }));
    places
}

#[derive(Template)]
#[template(path = "errand/pages/claim.html")]
struct Claim {
    frame: Frame,
    faults: FormFaults,
    places: Vec<Place>,
    without: Option<Without>,
    typed: Typed,
    sum: (Ore, bool),
    today: Day,
    draft: Drafted,
    /// Of what came on paper: who can have signed it.
    members: Vec<(String, String)>,
    /// Öre for ten kilometres by day, for the sum as it is typed.
    rates: String,
    /// What a script makes more cards of.
    blank: Card,
    no_faults: FormFaults,
}

impl Claim {
    fn categories(&self) -> impl Iterator<Item = (&'static str, &'static str)> {
        ReceiptCategory::ALL
            .iter()
            .map(|one| (one.as_str(), words::receipt_category(*one)))
    }
    fn is_chosen(&self, place: &Place) -> bool {
        self.typed.fields.is("assignment_id", &place.value)
    }
    /// "Summa, 2 kvitton", or what can be read of it so far.
    fn total(&self) -> String {
        if self.sum.1 {
            say_with("claim-sum", "count", &self.typed.count())
        } else {
            say("claim-sum-so-far").into()
        }
    }
    /// Whether a card can be removed: there is something else to hand in.
    fn several(&self) -> bool {
        self.typed.cards.len() > 1 || !self.typed.drives.is_empty()
    }
    fn id(&self, card: &Card) -> String {
        card.file.map(|id| id.to_string()).unwrap_or_default()
    }
    fn name(&self, at: &usize, field: &str) -> String {
        field_of(*at, field)
    }
    fn trip(&self, at: &usize, field: &str) -> String {
        drives::name(*at, field)
    }
}

/// What the claim is to belong to, where a link says so.
#[derive(Default, Deserialize)]
#[serde(default)]
pub struct For {
    hor: String,
    /// Of which home it came on paper.
    hem: String,
}

#[get("/kvitton")]
pub async fn get_claim(app: web::Data<App>, visitor: Visitor, of: Query<For>) -> Result<HttpResponse> {
    let drafts::OpenedForm {
        looked,
        mut handed,
        draft,
    } = drafts::open(&app, &visitor, CLAIM, paper::of_home(of.0.hem.clone())).await?;
    if !of.0.hor.is_empty() {
        handed.fields.set("assignment_id", of.0.hor);
    }
    let typed = typed(&handed, "", false);
    show(&app, &visitor, looked, (typed, draft), &[])
}

#[post("/kvitton")]
pub async fn post_claim(app: web::Data<App>, upload: Upload) -> Result<HttpResponse> {
    let (visitor, parts) = Visitor::sending(&app, upload).await?;
    let mut handed = take_in(&app, visitor.actor, parts).await?;
    let once = handed.fields.once(PATH, &handed.hashes())?;
    paper::settle(&mut handed);
    let home = paper::home(&handed.fields)?;
    let (button, today) = (handed.fields.text("do"), app.clock.now().day());
    let goes_on = button == "send" || button == "check";
    let typed = typed(&handed, button, goes_on);
    let mut draft = drafts::of_form(CLAIM, &handed.fields);
    if button == DROP {
        return drafts::discard(&app, &visitor, CLAIM, PATH).await;
    }
    if button == SAVE {
        draft = drafts::save(&app, &visitor, CLAIM, &typed.fields).await?;
    }
    if !goes_on {
        let looked = check::look(&app, &visitor, (CLAIM, home), None).await?;
        return show(&app, &visitor, looked, (typed, draft), &handed.faults());
    }
    let read = read(&typed, handed.faults(), today);
    let (new, mut faults) = match (read, paper::read(&handed.fields, today)) {
        (Ok(new), Ok(paper)) => (Some((new, paper)), Vec::new()),
        (new, paper) => (None, [paper.err(), new.err()].into_iter().flatten().flatten().collect()),
    };
    if let (Some((new, paper)), "send") = (&new, button) {
        let sent = (NewErrand::ReceiptClaim(new.clone()), paper.clone());
        match check::send(&app, &visitor, sent, (CLAIM, once)).await? {
            Ok(sent) => return Ok(sent),
            Err(told) => faults = told,
        }
    }
    let held = new.clone().map(|(new, paper)| (NewErrand::ReceiptClaim(new), paper));
    let looked = check::look(&app, &visitor, (CLAIM, home), held).await?;
    faults.extend(looked.faults.iter().cloned());
    match new {
        Some((new, _)) if faults.is_empty() => {
            super::claim_check::show(&visitor, looked, &typed, &new, app.clock.now())
        }
        _ => show(&app, &visitor, looked, (typed, draft), &faults),
    }
}

/// The form after its button: with a card more or less; what was left quite empty beside others is not gone on with.
fn typed(handed: &Handed, button: &str, goes_on: bool) -> Typed {
    let drives = drives::changed(drives::drives(&handed.fields), button);
    let mut cards = changed(cards(handed), button);
    if goes_on && (!drives.is_empty() || cards.len() > 1) {
        let filled = cards.iter().any(|card| !card.is_blank());
        cards.retain(|card| !card.is_blank());
        if !filled && drives.is_empty() {
            cards.push(Card::default());
        }
    }
    if cards.is_empty() && drives.is_empty() {
        cards.push(Card::default());
    }
    Typed::of(cards, drives, &handed.fields)
}

/// What was typed, as the verb takes it; or all that is missing. `faults` are those of files that were refused.
fn read(typed: &Typed, mut faults: Vec<Fault>, today: Day) -> Result<NewClaim, Vec<Fault>> {
    let receipts = read_all(&typed.cards, today, &mut faults);
    let trips = drives::read_all(typed.drives.len(), &typed.fields, today, &mut faults);
    let mut fault = |field: &str, code| {
        faults.push(Fault {
            field: field.into(),
            code,
        })
    };
    let (belongs, declaration) = (
        belongs(typed.fields.text("assignment_id")),
        !typed.fields.text("declaration").is_empty(),
    );
    if belongs.is_none() {
        fault("assignment_id", "required");
    }
    if !declaration {
        fault("declaration", "declaration");
    }
    match belongs {
        Some((assignment_id, request_id)) if faults.is_empty() => Ok(NewClaim {
            assignment_id,
            declaration,
            request_id,
            receipts,
            trips,
        }),
        _ => Err(faults),
    }
}

/// The verb's faults at the page's fields.
fn own_field(fault: &Fault) -> Fault {
    let field = match paper::own_field(&fault.field).unwrap_or(&fault.field) {
        "request_id" => "assignment_id".to_owned(),
        field if field.starts_with("paper.") => field.to_owned(),
        field => field
            .strip_suffix("file_id")
            .map_or_else(|| field.to_owned(), |place| format!("{place}file")),
    };
    Fault {
        field,
        code: fault.code,
    }
}

fn show(
    app: &App,
    visitor: &Visitor,
    looked: Looked,
    (mut typed, draft): (Typed, Drafted),
    faults: &[Fault],
) -> Result<HttpResponse> {
    let (now, today) = (app.clock.now(), app.clock.now().day());
    let places = places(&looked, today, now);
    if let ([only], "") = (&places[..], typed.fields.text("assignment_id")) {
        typed.fields.set("assignment_id", only.value.clone());
    }
    // A card is there before anything is typed in it; what says nothing of it is an empty form.
    let without = places.is_empty().then(|| Without::of(&looked, &typed.fields, now));
    let faults = FormFaults::told(&faults.iter().map(own_field).collect::<Vec<_>>());
    let kept = looked.kept_from_home(None);
    let (title, at) = paper::framed(&typed.fields, CLAIM, (say("claim-heading"), PATH));
    let frame = Frame::of(title, looked.masthead, &visitor.guard)
        .form()
        .at(at)
        .with(&[Script::Upload, Script::Receipts, Script::Draft, Script::Guard])
        .partly_shut(looked.shut && without.is_none())
        .kept_from_home(kept);
    let (frame, status) = frame.judged(faults.is_empty());
    let content = Claim {
        frame,
        faults,
        places,
        without,
        sum: typed.sum((&looked.limits, today)),
        typed,
        today,
        draft,
        members: looked.members,
        rates: looked.limits.mileage_over_time(),
        blank: Card::default(),
        no_faults: FormFaults::default(),
    };
    scripted(status, &content)
}
