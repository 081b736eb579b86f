//! Reports and isolations as the team sees them; what a home is told of its own report.

use super::rows::{self, IsolationRow, ReportRow};
use super::{Item, ItemKind};
use crate::access::Side;
use crate::clock::Instant;
use crate::errand::capability::Errand;
use crate::errand::view::{AuthorView, FileView, StaffView};
use crate::error::{Error, Result};
use crate::id::{FileId, Id, IncidentId, IsolationId, MessageId, PersonId, WrongReportId};
use crate::secret::SecretText;
use serde::Serialize;
use std::collections::HashMap;

/// That something was reported.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct Reported {
    pub id: WrongReportId,
    pub reported_at: Instant,
}

/// What someone says lies in the wrong place, to the team.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct WrongReportView {
    pub id: WrongReportId,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub file_id: Option<FileId>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub message_id: Option<MessageId>,
    pub by: AuthorView,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub words: Option<String>,
    pub reported_at: Instant,
}

/// What is or was out of view, to the team.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct IsolationView {
    pub id: IsolationId,
    /// The incident that the data protection officer has of it.
    pub incident_id: IncidentId,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub file_id: Option<FileId>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub message_id: Option<MessageId>,
    pub by: StaffView,
    pub reason: String,
    pub isolated_at: Instant,
    /// Who let it be seen again.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub lifted_by: Option<StaffView>,
    /// Seen again since then.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub lifted_at: Option<Instant>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub lift_reason: Option<String>,
}

impl FileView {
    /// One that is out of view: nothing of it is told.
    pub(super) fn isolated(id: FileId, since: Instant) -> FileView {
        FileView {
            id,
            name: String::new(),
            media_type: String::new(),
            size: 0,
            isolated: Some(since),
            hidden: false,
        }
    }
}

type Names = HashMap<PersonId, SecretText>;

impl<Grant> Errand<'_, Grant> {
    /// What was reported in the errand, and what is or was out of view, oldest first.
    pub(in crate::errand) fn wrong(&self) -> Result<(Vec<WrongReportView>, Vec<IsolationView>)> {
        let id = self.row.id;
        let (reports, taken) = self
            .access
            .db(|db| Ok::<_, Error>((rows::reports(db, id)?, rows::all(db, id)?)))?;
        let people: Vec<PersonId> = reports.iter().map(|row| row.reported_by).collect();
        let acts = taken.iter().flat_map(|row| [Some(row.isolated_by), row.lifted_by]);
        let people = [people, acts.flatten().collect()].concat();
        let names = self.names(&people)?;
        let reports = reports.into_iter().map(|row| self.show_report(row, &names));
        let taken = taken.into_iter().map(|row| self.show_isolation(row, &names));
        Ok((reports.collect::<Result<_>>()?, taken.collect::<Result<_>>()?))
    }

    /// One isolation of the errand.
    pub(super) fn isolation(&self, id: IsolationId) -> Result<IsolationView> {
        let (_, taken) = self.wrong()?;
        taken.into_iter().find(|one| one.id == id).ok_or(Error::NotFound)
    }

    /// One report of the errand, to whoever made it.
    pub(super) fn reported(&self, id: WrongReportId) -> Result<Reported> {
        let errand = self.row.id;
        let all = self.access.db(|db| rows::reports(db, errand))?;
        let found = all.into_iter().find(|row| row.id == id).ok_or(Error::NotFound)?;
        Ok(Reported {
            id,
            reported_at: found.reported_at,
        })
    }

    fn show_report(&self, row: ReportRow, names: &Names) -> Result<WrongReportView> {
        let (file_id, message_id) = ids(&row.item_kind, row.item_id)?;
        let words = row.words.as_deref();
        let words = words.map(|sealed| self.key.open("wrong_report", "words", row.id, 1, sealed));
        Ok(WrongReportView {
            id: row.id,
            file_id,
            message_id,
            by: AuthorView {
                name: named(row.reported_by, names)?,
                side: Side::read(&row.side),
            },
            words: words.transpose()?.map(|text| text.expose().clone()),
            reported_at: row.reported_at,
        })
    }

    fn show_isolation(&self, row: IsolationRow, names: &Names) -> Result<IsolationView> {
        let (file_id, message_id) = ids(&row.item_kind, row.item_id)?;
        let open = |column, sealed: &[u8]| {
            let text = self.key.open("isolation", column, row.id, 1, sealed)?;
            Ok::<_, Error>(text.expose().clone())
        };
        let lifted = row.lift_reason.as_deref().map(|sealed| open("lift_reason", sealed));
        let staff = |id: PersonId| {
            Ok::<_, Error>(StaffView {
                id,
                name: named(id, names)?,
            })
        };
        Ok(IsolationView {
            id: row.id,
            incident_id: row.incident_id,
            file_id,
            message_id,
            by: staff(row.isolated_by)?,
            lifted_by: row.lifted_by.map(staff).transpose()?,
            reason: open("reason", &row.reason)?,
            isolated_at: row.isolated_at,
            lifted_at: row.lifted_at,
            lift_reason: lifted.transpose()?,
        })
    }
}

fn named(id: PersonId, names: &Names) -> Result<String> {
    Ok(names.get(&id).ok_or(Error::NotFound)?.expose().clone())
}

/// The item's id as a file's or a message's.
fn ids(kind: &str, id: Id<()>) -> Result<(Option<FileId>, Option<MessageId>)> {
    let item = match ItemKind::stored(kind)? {
        ItemKind::File => Item::File(Id::of(id.uuid())),
        ItemKind::Message => Item::Message(Id::of(id.uuid())),
    };
    Ok(match item {
        Item::File(id) => (Some(id), None),
        Item::Message(id) => (None, Some(id)),
    })
}
