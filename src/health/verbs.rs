//! Looking at how the service is.

use super::view::{HealthView, LettersView, LogView, Part, PartView};
use crate::access::{Access, Actor, Happening, Right};
use crate::app::App;
use crate::audit::{Action, extract, keeper};
use crate::error::{Error, Result};
use crate::outbox;
use crate::web::page::Masthead;
use std::time::Duration;

/// Events that wait longer than this for their place are a fault.
const LAG_MOST: Duration = Duration::from_secs(60);

/// How the service is, and the top of the page of whoever asks. What does not answer at all is told by no page: then
/// there is none.
///
/// # Errors
/// [`Error::Forbidden`] for all but stewards.
pub async fn health(app: &App, actor: Actor) -> Result<(Masthead, HealthView)> {
    let look = |access: Access<'_>| Ok((access.masthead()?, access.health()?));
    let (masthead, view) = app.door.read(actor, look).await?;
    let failing = app.check().await.err().map(|(part, _)| part);
    let lag = keeper::lag(&app.store, &app.clock).await;
    let ok = |part| match part {
        Part::Audit => lag.as_ref().is_ok_and(|lag| *lag <= LAG_MOST) && app.watch.trouble().is_none(),
        Part::Database if app.watch.structure().is_some() => false,
        part => failing != Some(part.as_str()),
    };
    let parts = Part::ALL.iter().map(|part| PartView {
        part: *part,
        ok: ok(*part),
    });
    let view = HealthView {
        parts: parts.collect(),
        ..view
    };
    Ok((masthead, view))
}

impl Access<'_> {
    /// What the board's own rows tell of how the service is; the parts are still to be asked.
    fn health(self) -> Result<HealthView> {
        let relation = self.require(Right::SeeHealth, Action::HealthRead)?;
        let (board, now) = (self.standing().board, self.now());
        let (head, waiting, copied, letters) = self.db(|db| {
            Ok::<_, Error>((
                extract::head(db, board, None)?,
                extract::waiting(db, board)?,
                extract::last_done(db, board, Action::BackupTake)?,
                outbox::waits(db, board)?,
            ))
        })?;
        self.log(Happening::read(Action::HealthRead, relation));
        let count = |n: i64| u64::try_from(n).unwrap_or(0);
        Ok(HealthView {
            version: env!("CARGO_PKG_VERSION"),
            at: now,
            parts: Vec::new(),
            log: LogView {
                placed: head.as_ref().map_or(0, |head| head.size),
                waiting,
                signed: head.and_then(|head| head.checkpoint).map_or(0, |(size, _)| size),
                checked: self.newest_check()?,
            },
            letters: LettersView {
                waiting: count(letters.waiting),
                oldest: letters.oldest,
                dead: count(letters.dead),
            },
            last_backup: copied,
        })
    }
}
