//! Old drafts: their authors are told by letter, and two weeks or so later what nobody has touched is removed;
//! the days are the board's.

use super::rows;
use crate::access::policy::Relation;
use crate::access::{Access, Actor, Happening};
use crate::app::App;
use crate::audit::Action;
use crate::error::Result;
use std::time::Duration;

/// The fewest days a board may set for the notice.
const LEAST: i64 = 1;
/// Drafts seen to in one act.
const BATCH: i64 = 200;

/// So many days.
pub(super) const fn days(count: i64) -> Duration {
    Duration::from_secs(count.unsigned_abs() * 24 * 60 * 60)
}

/// Tells authors of drafts that grow old, and removes those that have. Gives how many were removed.
///
/// # Errors
/// [`crate::error::Error::Unavailable`] when the database does not take it.
pub async fn sweep(app: &App) -> Result<usize> {
    let before = app.clock.now().minus(days(LEAST));
    let boards = app.store.survey(&rows::OLD, move |db| rows::boards(db, before)).await?;
    let mut gone = 0;
    for board in boards {
        let actor = Actor::operator(board);
        let due = app.door.write(actor, |access| access.sweep_drafts());
        gone += due.await?;
    }
    Ok(gone)
}

impl Access<'_> {
    fn sweep_drafts(self) -> Result<usize> {
        self.only_operator()?;
        let (board, now, rules) = (self.standing().board, self.now(), self.rules()?);
        let tell_before = now.minus(days(rules.draft_notice_days));
        let untold = self.db(|db| rows::untold(db, board, tell_before, BATCH))?;
        for (author, id) in untold {
            self.tell(&[author])?;
            self.db(|db| rows::told(db, (author, id), now))?;
        }
        // Nothing is removed that its author was not told of some days before.
        let grace = now.minus(days((rules.draft_days - rules.draft_notice_days).min(7)));
        let old = self.db(|db| rows::saved_before(db, board, now.minus(days(rules.draft_days)), BATCH))?;
        let mut gone = 0;
        for (author, id, told_at) in old {
            if told_at.is_some_and(|told| told <= grace) && self.db(|db| rows::remove(db, (author, id)))? {
                self.log(Happening::write(Action::DraftRemove, Relation::System).object("draft", id));
                gone += 1;
            }
        }
        // Notices alone change nothing of anyone's.
        self.goes_on();
        Ok(gone)
    }
}
