//! Fills the demo: boards, people, homes, and errands of all kinds, all through the same verbs and doors as everyone's.

use super::page::board;
use super::town::{PASSWORD, SomeHome, Someone, TOWNS, Town};
use crate::access::{Access, Actor, Origin};
use crate::account::{Attempt, NewPerson, open_page_session};
use crate::app::App;
use crate::board::find_board;
use crate::errand::{ErrandState, MessageCategory};
use crate::errand::{Move, NewClaim, NewErrand, NewMessage, NewMessageErrand, NewNote, NewReceipt, ReceiptCategory};
use crate::error::{Error, Result};
use crate::file::{Declared, receive};
use crate::home::{LegalBasis, NewAssignment, NewHome, NewServiceUser, Protection};
use crate::id::{AssignmentId, ErrandId, FileId};
use crate::money::Ore;
use crate::secret::{Secret, SecretText};
use crate::web::{IfMatch, Language};
use std::collections::HashMap;

/// How long ago the assignments began, in days.
const BEGAN: i32 = -200;

/// Adds what is missing.
pub(super) async fn fill(app: &App) -> Result<()> {
    let hash = app.passwords.hash(Secret::new(PASSWORD.to_owned())).await?;
    let mut new = false;
    for town in TOWNS {
        if find_board(app, town.slug).await?.is_none() {
            let (base, hash) = (app.config.audit.origin.clone(), hash.clone());
            let found = move |access: Access<'_>| found(access, town, &base, &hash);
            app.door.write(Actor::operator(app.clock.fresh_id()), found).await?;
            new = true;
        }
    }
    if !new {
        return Ok(());
    }
    errands(app).await?;
    super::protected::errands(app).await
}

fn found(access: Access<'_>, town: &Town, log_base: &str, hash: &str) -> Result<()> {
    access.found_board(&board(town, access.now().day()), log_base)?;
    let unit = access.add_unit(town.unit)?;
    let mut homes = HashMap::new();
    for home in town.homes {
        homes.insert(
            home.name,
            access.add_home(&NewHome {
                name: text(home.name),
                kind: home.kind,
                unit,
                protected: home.protected,
            })?,
        );
    }
    let mut people = HashMap::new();
    for someone in town.people {
        let id = access.add_person(&new_person(someone, unit, hash))?;
        people.insert(someone.email, id);
        if let Some(home) = someone.home.and_then(|name| homes.get(name)) {
            access.add_member(*home, id)?;
        }
    }
    for home in town.homes {
        let (Some(id), Some(caseworker)) = (homes.get(home.name), people.get(home.caseworker)) else {
            return Err(Error::fault("the demo's town does not fit together"));
        };
        add_assignment(access, home, (*id, unit, *caseworker))?;
    }
    Ok(())
}

fn new_person(someone: &Someone, unit: crate::id::UnitId, hash: &str) -> NewPerson {
    NewPerson {
        name: text(someone.name),
        email: text(someone.email),
        phone: None,
        personal_number: None,
        language: Language::Swedish,
        password: Some(text(hash)),
        roles: vec![(someone.role, someone.in_unit.then_some(unit))],
    }
}

fn add_assignment(
    access: Access<'_>,
    home: &SomeHome,
    (id, unit, caseworker): (crate::id::HomeId, crate::id::UnitId, crate::id::PersonId),
) -> Result<()> {
    let (first_name, last_name) = (text(home.child.0), text(home.child.1));
    let user = NewServiceUser {
        first_name,
        last_name,
        personal_number: None,
        protected: Protection::None,
    };
    access.add_assignment(&NewAssignment {
        home: id,
        service_user: access.add_service_user(&user)?,
        unit,
        label: home.label.into(),
        kind: home.kind,
        legal_basis: LegalBasis::SoL,
        from: access.now().day().plus_days(BEGAN),
        to: None,
        caseworker,
        child_caseworker: None,
        cost_code: None,
    })?;
    Ok(())
}

pub(super) fn text(plain: &str) -> SecretText {
    Secret::new(plain.to_owned())
}

/// A few errands, as the demo's people would have them.
async fn errands(app: &App) -> Result<()> {
    let anna = sign_in(app, "borlange", "anna.berg@example.org").await?;
    let sara = sign_in(app, "borlange", "sara.ohman@example.org").await?;
    let maria = sign_in(app, "borlange", "maria.lind@example.org").await?;
    let lisa = sign_in(app, "vansbro", "lisa.vans@example.org").await?;
    let school = message(
        MessageCategory::School,
        "Utvecklingssamtal",
        "Hej! Skolan vill ha ett samtal i nästa vecka. Följer någon av er med?",
    );
    let school = start(app, anna, school).await?;
    open(app, maria, school).await?;
    let answer = NewMessage {
        body: text("Hej Anna, jag kommer gärna med. Vilken dag blir det?"),
        file_ids: vec![],
        confirmed: vec![],
    };
    app.door
        .write(maria, move |access| access.reply(school, &answer, IfMatch(None), None))
        .await?;
    let note = NewNote {
        body: text("Bokat av tid för samtalet. Stäm av med barnets socialsekreterare."),
    };
    app.door
        .write(maria, move |access| access.write_note(school, &note, None))
        .await?;
    let relief = message(
        MessageCategory::Relief,
        "Avlastning i sommar",
        "Vi undrar hur vi gör med avlastning i juli.",
    );
    let relief = start(app, sara, relief).await?;
    open(app, maria, relief).await?;
    let asking = Move {
        state: ErrandState::AwaitingHome,
        message: Some(text("Vilka veckor gäller det?")),
        reason: None,
        confirmed: vec![],
    };
    let ask = move |access: Access<'_>| {
        access
            .errand(relief)?
            .to_move(ErrandState::AwaitingHome)?
            .go(&asking, IfMatch(None))
    };
    app.door.write(maria, ask).await?;
    let bicycle = super::wishes::granted(app, anna, maria).await?;
    super::wishes::waiting(app, (sara, lisa)).await?;
    hand_in(app, anna, bicycle).await?;
    let arrival = message(MessageCategory::Meeting, "Hembesök", "När kommer ni på hembesök?");
    start(app, lisa, arrival).await?;
    for person in [anna, sara, maria, lisa] {
        app.door.write(person, |access| access.sign_out()).await?;
    }
    Ok(())
}

pub(super) async fn sign_in(app: &App, board: &str, email: &str) -> Result<Actor> {
    let origin = Origin {
        request: app.clock.fresh_id::<()>().uuid(),
        ip: None,
    };
    let (board, email) = (board.to_owned(), text(email));
    let attempt = Attempt {
        board,
        email,
        password: text(PASSWORD),
        code: None,
    };
    let session = open_page_session(app, attempt, origin).await?.session;
    Ok(Actor::bearer(session, None, origin))
}

pub(super) fn message(category: MessageCategory, subject: &str, body: &str) -> NewMessageErrand {
    NewMessageErrand {
        assignment_id: None,
        home_id: None,
        category: Some(category),
        subject: Some(text(subject)),
        body: text(body),
        file_ids: vec![],
        urgent: false,
        confirmed: vec![],
    }
}

pub(super) async fn start(app: &App, by: Actor, new: NewMessageErrand) -> Result<ErrandId> {
    let of_child = move |access: Access<'_>| {
        let assignment_id = Some(own_assignment(access)?);
        access.start(&NewErrand::Message(NewMessageErrand { assignment_id, ..new }), None)
    };
    Ok(app.door.write(by, of_child).await?.id)
}

pub(super) async fn open(app: &App, by: Actor, errand: ErrandId) -> Result<()> {
    let seen = app.door.read(by, move |access| access.errand(errand)?.show());
    seen.await.map(drop)
}

pub(super) fn own_assignment(access: Access<'_>) -> Result<AssignmentId> {
    let own = access.assignments(crate::web::Listing { limit: 1, after: None })?;
    own.items.first().map(|assignment| assignment.id).ok_or(Error::NotFound)
}

async fn hand_in(app: &App, by: Actor, request: ErrandId) -> Result<()> {
    let declared = Declared {
        name: Some("kvitto-cykel.jpg".into()),
        length: None,
        chosen: None,
    };
    let photo = futures_util::stream::iter([Ok::<_, Error>(receipt()?.into())]);
    let file_id: FileId = receive(app, by, declared, photo).await?.id;
    let claim = move |access: Access<'_>| {
        let claim = NewClaim {
            assignment_id: own_assignment(access)?,
            declaration: true,
            request_id: Some(request),
            trips: vec![],
            receipts: vec![NewReceipt {
                file_id,
                purchased_on: access.now().day().plus_days(-3),
                supplier: text("Cykelhörnan"),
                category: ReceiptCategory::Bicycle,
                amount_ore: Ore(129_900),
                vat_ore: Some(Ore(25_980)),
                note: Some(text("Begagnad cykel med växlar")),
            }],
        };
        access.start(&NewErrand::ReceiptClaim(claim), None)
    };
    app.door.write(by, claim).await?;
    Ok(())
}

/// A drawn receipt: lines of grey where words would be.
fn receipt() -> Result<Vec<u8>> {
    use image::{ImageFormat, Rgb, RgbImage};
    let (width, height) = (600, 900);
    let ink = |x: u32, y: u32| {
        let (row, in_row) = (y / 36, y % 36);
        let length = [520, 300, 420, 180, 460, 240, 380][row as usize % 7];
        (60..60 + length / 2 * 2).contains(&x) && (10..24).contains(&in_row) && (2..22).contains(&row) && x % 14 < 11
    };
    let shade = |x, y| {
        if ink(x, y) && x < width - 60 {
            Rgb([70, 70, 74])
        } else {
            Rgb([250, 249, 245])
        }
    };
    let picture = RgbImage::from_fn(width, height, shade);
    let mut bytes = std::io::Cursor::new(Vec::new());
    picture.write_to(&mut bytes, ImageFormat::Jpeg).map_err(Error::fault)?;
    Ok(bytes.into_inner())
}
