//! What someone who has left a home still sees: the messages they wrote there themselves, for as many days as their
//! board gives. Never an answer, a file, another's words or the errand itself; never what lies in the wrong place or is
//! shut to the home. It changes nothing and owns no table.

mod rows;

use super::{Channel, ErrandNumber};
use crate::access::policy::Relation;
use crate::access::{Access, Happening, LeftHome, Right, StillSeen};
use crate::audit::Action;
use crate::clock::{Day, Instant};
use crate::error::{Error, Result};
use crate::id::{MessageId, of};
use crate::web::{Listed, Listing};
use serde::Serialize;
use uuid::Uuid;

/// A message that one wrote in a home one has left.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct FormerMessageView {
    pub id: MessageId,
    /// Of the errand it was written in, to name it by; the errand is not there any more.
    pub errand_number: ErrandNumber,
    /// How it came: `paper` for the message of a form that the team registered in one's name.
    pub channel: Channel,
    /// What one called the errand, in the message that began it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub subject: Option<String>,
    pub body: String,
    pub sent_at: Instant,
    /// The last day on which it is shown.
    pub shown_until: Day,
}

impl Access<'_> {
    /// What one wrote in homes one has left, the newest first.
    ///
    /// # Errors
    /// [`Error::Forbidden`] for whoever has no role of a home.
    pub fn former_messages(self, listing: Listing<of::Message>) -> Result<Listed<FormerMessageView>> {
        if !self.may(Relation::Myself, Right::SeeFormer) {
            return Err(self.deny(Happening::denied(Action::MessageList)));
        }
        let seen = self.homes_still_seen()?;
        let mut found = self.former_rows(&seen, listing.after, listing.limit + 1)?;
        let more = found.len() > listing.limit;
        found.truncate(listing.limit);
        for home in &seen.homes {
            let here = found.iter().filter(|row| row.home == home.home);
            let mut shown: Vec<Uuid> = here.map(|row| row.errand.uuid()).collect();
            shown.dedup();
            let looked = Happening::read(Action::MessageList, Relation::Myself);
            self.log(looked.home(Some(home.home)).shown("errand", shown));
        }
        if seen.homes.is_empty() {
            self.log(Happening::read(Action::MessageList, Relation::Myself).shown("errand", Vec::new()));
        }
        let next_cursor = found.last().filter(|_| more).map(|row| row.id.to_string());
        let show = |row| self.show_former(row, &seen.homes);
        Ok(Listed {
            items: found.into_iter().map(show).collect::<Result<_>>()?,
            next_cursor,
        })
    }

    /// Whether there is any such message: what the menu offers.
    ///
    /// # Errors
    /// [`Error::SignIn`] for nobody.
    pub(crate) fn has_former_messages(self) -> Result<bool> {
        if !self.may(Relation::Myself, Right::SeeFormer) {
            return Ok(false);
        }
        let seen = self.homes_still_seen()?;
        Ok(!self.former_rows(&seen, None, 1)?.is_empty())
    }

    /// The homes one has left in which one still sees what one wrote.
    fn homes_still_seen(self) -> Result<StillSeen> {
        match self.left_homes()? {
            left if left.is_empty() => Ok(StillSeen::default()),
            left => self.still_seen(left, self.rules()?.former_member_days),
        }
    }

    fn former_rows(self, seen: &StillSeen, after: Option<MessageId>, limit: usize) -> Result<Vec<rows::FormerRow>> {
        if seen.homes.is_empty() {
            return Ok(Vec::new());
        }
        let me = self.person()?;
        self.db(|db| rows::written_by(db, me, seen, (after, limit)))
    }

    fn show_former(self, row: rows::FormerRow, homes: &[LeftHome]) -> Result<FormerMessageView> {
        let keys = self.keys()?;
        let key = keys.row_key("errand", row.errand.uuid(), &row.wrapped_key)?;
        let subject = row.subject.as_deref().filter(|_| row.is_first);
        let subject = subject.map(|sealed| key.open("errand", "subject", row.errand, 1, sealed));
        let home = homes.iter().find(|home| home.home == row.home).ok_or(Error::NotFound)?;
        Ok(FormerMessageView {
            id: row.id,
            errand_number: ErrandNumber::new(row.number_year, row.number_serial)?,
            channel: match row.is_first && row.on_paper {
                true => Channel::Paper,
                false => Channel::Service,
            },
            subject: subject.transpose()?.map(|text| text.expose().clone()),
            body: key.open("message", "body", row.id, 1, &row.body)?.expose().clone(),
            sent_at: row.sent_at,
            shown_until: home.until,
        })
    }
}
