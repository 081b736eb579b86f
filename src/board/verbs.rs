//! Founding a board and its units; the public list; the rows that number errands.

use super::entrance;
use super::rows;
use super::settings::{Rules, rules};
use super::view::{BoardView, UnitView};
use crate::access::policy::Relation;
use crate::access::{Access, Happening};
use crate::app::App;
use crate::audit::{self, Action};
use crate::clock::Day;
use crate::db::Db;
use crate::error::{Error, Faults, Result};
use crate::id::{BoardId, Id, UnitId};
use crate::typed::{address, breaks_a_line};
use crate::web::Listed;

/// Labels begin after this: four digits are easy to say.
const FIRST_LABEL: i64 = 1_000;

/// What a board is founded with; all of it but `passwords_alone` is public.
#[derive(Debug, Clone)]
pub struct NewBoard {
    /// Lower-case letters, digits and hyphens: part of addresses and of the log's name, never changed.
    pub slug: String,
    pub name: String,
    pub administration: String,
    /// For whom the service is.
    pub audience: String,
    pub phone: String,
    pub email: String,
    pub address: Option<String>,
    pub hours: Option<String>,
    pub updated_on: Day,
    /// Whether the board has said that a password alone lets people in.
    pub passwords_alone: bool,
    pub entries: Vec<PublicEntry>,
}

/// What every page says of a board.
pub(crate) struct BoardHead {
    pub name: String,
    pub phone: String,
    /// As it was typed, if the board has one.
    pub colour: Option<String>,
    pub file_most_mb: i64,
    pub files_most: i64,
}

/// A line of a board's public page.
#[derive(Debug, Clone)]
pub struct PublicEntry {
    /// `kind`, `link` or `emergency`.
    pub section: &'static str,
    /// For a kind of support: its code, such as `foster`.
    pub code: String,
    pub title: String,
    /// A text, an address or a phone number.
    pub body: String,
}

impl Access<'_> {
    /// Founds the board this operator stands for: its row, keys, log and number series.
    ///
    /// # Errors
    /// [`Error::Conflict`] when the slug is taken; [`Error::Invalid`] when it is not one.
    pub fn found_board(self, new: &NewBoard, log_base: &str) -> Result<()> {
        self.only_operator()?;
        let mut faults = Faults::default();
        faults.unless(is_slug(&new.slug), "slug", "value");
        faults.unless(!new.name.trim().is_empty(), "name", "required");
        let email = address(&new.email);
        faults.unless(email.is_some(), "email", "email");
        entrance::stays_open(&mut faults, new.passwords_alone, "passwords_alone");
        faults.check()?;
        if self.db(|db| rows::by_slug(db, &new.slug))?.is_some() {
            return Err(Error::Conflict("exists"));
        }
        let (board, now) = (self.standing().board, self.now());
        let new = &NewBoard {
            email: email.unwrap_or_default(),
            ..new.clone()
        };
        self.db(|db| rows::insert(db, board, new, now))?;
        let keys = self.found_keys()?;
        let year = i64::from(now.day().date().year());
        self.db(|db| {
            audit::found_log(db, &keys, log_base, &new.slug)?;
            rows::insert_series(db, board, year)?;
            rows::insert_series(db, board, year + 1)
        })?;
        self.log(Happening::write(Action::BoardAdd, Relation::System).object("board", board));
        Ok(())
    }

    /// Adds a unit to the board.
    ///
    /// # Errors
    /// [`Error::Conflict`] when the board has one of that name.
    pub fn add_unit(self, name: &str) -> Result<UnitId> {
        self.only_operator()?;
        let (board, id) = (self.standing().board, self.fresh_id());
        if name.trim().is_empty() {
            return Err(Error::invalid("name", "required"));
        }
        if self.db(|db| rows::unit_exists(db, board, name))? {
            return Err(Error::Conflict("exists"));
        }
        self.db(|db| rows::insert_unit(db, id, (board, name), None))?;
        self.log(Happening::write(Action::UnitAdd, Relation::System).object("unit", id));
        Ok(id)
    }

    /// The number after the last one given to a label; holds the board's row, so that labels come one after the other.
    pub(crate) fn next_label_number(self) -> Result<i64> {
        let board = self.standing().board;
        self.db(|db| {
            rows::lock_board(db, board)?;
            Ok(rows::last_label(db, board)?.max(FIRST_LABEL) + 1)
        })
    }

    /// Notes the last number given to a label.
    pub(crate) fn keep_label_number(self, number: i64) -> Result<()> {
        let board = self.standing().board;
        self.db(|db| rows::set_last_label(db, board, number))
    }

    /// The unit of that name.
    ///
    /// # Errors
    /// [`Error::NotFound`].
    pub fn unit_named(self, name: &str) -> Result<UnitId> {
        let board = self.standing().board;
        self.db(|db| rows::unit_named(db, board, name))?.ok_or(Error::NotFound)
    }

    /// What every page says of the board one is at.
    pub(crate) fn board_head(self) -> Result<BoardHead> {
        let (board, today) = (self.standing().board, self.now().day());
        let ((name, phone), set) =
            self.db(|db| Ok::<_, Error>((rows::name_and_phone(db, board)?, rows::set_by(db, board, today)?)))?;
        let rules = rules(&Rules::usual(true), &set)?;
        let last = |name: &str| {
            let row = set.iter().rev().find(|row| row.name == name)?;
            serde_json::from_str::<String>(&row.value).ok()
        };
        Ok(BoardHead {
            name: last("name").unwrap_or(name),
            phone: last("phone").unwrap_or(phone),
            colour: last("colour"),
            file_most_mb: rules.file_most_mb,
            files_most: rules.files_most,
        })
    }

    /// The slug of the board one is at.
    pub(crate) fn board_slug(self) -> Result<String> {
        let board = self.standing().board;
        self.db(|db| rows::slug(db, board))
    }

    /// What units of the board are called, by name.
    pub(crate) fn units_by_id(self, ids: &[UnitId]) -> Result<Vec<UnitView>> {
        let board = self.standing().board;
        let units = self.db(|db| rows::units(db, board, ids))?;
        Ok(units.into_iter().map(|(id, name)| UnitView { id, name }).collect())
    }
}

fn is_slug(text: &str) -> bool {
    (1..=40).contains(&text.len())
        && text
            .bytes()
            .all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-')
        && !text.starts_with('-')
        && !text.ends_with('-')
}

/// Whether a text of so many characters stands there, and nothing but text.
pub(super) fn is_text(text: &str, least: usize, most: usize) -> bool {
    (least..=most).contains(&text.trim().chars().count()) && !text.contains(breaks_a_line)
}

/// The board of that slug, and whether it lets passwords alone in.
pub async fn find_board(app: &App, slug: &str) -> Result<Option<(BoardId, bool)>> {
    if !is_slug(slug) {
        // Anything may be typed here, also what no text column takes.
        return Ok(None);
    }
    let (slug, today) = (slug.to_owned(), app.clock.now().day());
    let find = move |db: &mut Db| {
        let Some((board, alone)) = rows::by_slug(db, &slug)? else {
            return Ok(None);
        };
        let rules = rules(&Rules::usual(alone), &rows::set_by(db, board, today)?)?;
        Ok(Some((board, rules.passwords_alone)))
    };
    app.store.survey(&rows::PUBLIC, find).await
}

/// What a board is called: what its people would think of first.
pub async fn board_words(app: &App, board: BoardId) -> Result<Vec<String>> {
    let today = app.clock.now().day();
    let look = move |db: &mut Db| {
        let found = rows::all(db)?.into_iter().find(|one| one.id == board);
        Ok((found, rows::entries(db)?, rows::set_by(db, board, today)?))
    };
    let (found, entries, set) = app.store.survey(&rows::PUBLIC, look).await?;
    let view = found.map(|row| BoardView::of(&row, &entries, &set)).transpose()?;
    Ok(view.map_or_else(Vec::new, |view| {
        vec![view.slug, view.page.name, view.page.administration]
    }))
}

/// Every board, with its slug.
pub async fn all_boards(app: &App) -> Result<Vec<(BoardId, String)>> {
    app.store.survey(&rows::PUBLIC, rows::slugs).await
}

/// A page of all boards by name, for everyone.
pub async fn public_boards(
    app: &App,
    limit: usize,
    after: Option<Id<crate::id::of::Board>>,
) -> Result<Listed<BoardView>> {
    let today = app.clock.now().day();
    let (boards, entries, set) = app
        .store
        .survey(&rows::PUBLIC, move |db| {
            Ok((rows::all(db)?, rows::entries(db)?, rows::set_by_all(db, today)?))
        })
        .await?;
    let start = after
        .and_then(|id| boards.iter().position(|board| board.id == id))
        .map_or(0, |at| at + 1);
    let more = boards.len() > start.saturating_add(limit);
    let shown: Vec<_> = boards.into_iter().skip(start).take(limit).collect();
    let ids: Vec<BoardId> = shown.iter().map(|board| board.id).collect();
    let of = |id| {
        set.iter()
            .filter(move |(board, _)| *board == id)
            .map(|(_, row)| row.clone())
            .collect::<Vec<_>>()
    };
    let items: Result<Vec<BoardView>> = shown
        .iter()
        .map(|board| BoardView::of(board, &entries, &of(board.id)))
        .collect();
    let next_cursor = if more {
        ids.last().map(ToString::to_string)
    } else {
        None
    };
    Ok(Listed {
        items: items?,
        next_cursor,
    })
}

/// What the board of that slug says of itself.
pub async fn public_board(app: &App, slug: &str) -> Result<Option<BoardView>> {
    let all = public_boards(app, usize::MAX, None).await?.items;
    Ok(all.into_iter().find(|board| board.slug == slug))
}

/// Sees to it that this year's and the next year's errands can be numbered, so that two first errands do not collide.
pub async fn number_series(app: &App) -> Result<()> {
    let year = app.clock.now().day().date().year();
    let ensure = move |db: &mut Db| {
        rows::ensure_series(db, year)?;
        rows::ensure_series(db, year + 1)
    };
    app.store.chore(&rows::NUMBERS, ensure).await
}
