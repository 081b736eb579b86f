//! The tables `errand`, `message` and `paper_errand`, as far as one person wrote there.

use crate::access::{Side, StillSeen};
use crate::clock::Instant;
use crate::db::Db;
use crate::db::schema::{errand, isolation, message, paper_errand};
use crate::errand::{ErrandKind, ItemKind};
use crate::error::Result;
use crate::id::{ErrandId, HomeId, Id, MessageId, PersonId};
use diesel::dsl::{exists, not};
use diesel::prelude::*;
use uuid::Uuid;

#[derive(Queryable)]
pub(super) struct FormerRow {
    pub id: MessageId,
    pub body: Vec<u8>,
    pub sent_at: Instant,
    pub errand: ErrandId,
    pub home: HomeId,
    pub number_year: i64,
    pub number_serial: i64,
    pub subject: Option<Vec<u8>>,
    pub wrapped_key: Vec<u8>,
    /// Whether the message is the one that began the errand.
    pub is_first: bool,
    /// Whether the errand came on paper as a message: a wish or a claim that did has no message of the form.
    pub on_paper: bool,
}

/// What a person wrote for these homes, the newest first, below `after`: nothing of assignments that are hidden, and
/// nothing that is out of view.
pub(super) fn written_by(
    db: &mut Db,
    who: PersonId,
    seen: &StillSeen,
    (after, limit): (Option<MessageId>, usize),
) -> Result<Vec<FormerRow>> {
    let of: Vec<HomeId> = seen.homes.iter().map(|home| home.home).collect();
    let shown = errand::assignment_id
        .is_null()
        .nullable()
        .or(errand::assignment_id.ne_all(seen.hidden.clone()));
    let standing = isolation::table
        .filter(
            isolation::errand_id
                .eq(message::errand_id)
                .and(isolation::lifted_at.is_null()),
        )
        .filter(isolation::item_kind.eq(ItemKind::Message.as_str()));
    let out_of_view = standing.select(isolation::item_id);
    let earlier = diesel::alias!(message as earlier);
    let before = earlier
        .filter(earlier.field(message::errand_id).eq(message::errand_id))
        .filter(earlier.field(message::id).lt(message::id));
    let paper = paper_errand::table.filter(paper_errand::errand_id.eq(message::errand_id));
    Ok(message::table
        .inner_join(errand::table.on(errand::id.eq(message::errand_id)))
        .filter(errand::home_id.eq_any(of).and(shown))
        .filter(message::author_id.eq(who).and(message::side.eq(Side::Home.as_str())))
        .filter(message::id.lt(after.unwrap_or(Id::of(Uuid::max()))))
        .filter(message::id.ne_all(out_of_view))
        .order(message::id.desc())
        .limit(limit as i64)
        .select((
            message::id,
            message::body,
            message::sent_at,
            errand::id,
            errand::home_id,
            errand::number_year,
            errand::number_serial,
            errand::subject,
            errand::wrapped_key,
            not(exists(before)),
            exists(paper).and(errand::kind.eq(ErrandKind::Message.as_str())),
        ))
        .load(db)?)
}
