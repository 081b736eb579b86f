//! The events that a filter lets through, whole, as a file: a table for a spreadsheet, or a line of JSON for each. It is
//! read and sent part after part, so that memory stays flat however many there are; one event tells of it, and is
//! durable before the first byte leaves.

use super::rows;
use super::verbs::EventFilter;
use super::view::EventView;
use crate::access::{Access, Actor, Happening, Right};
use crate::app::App;
use crate::audit::Action;
use crate::error::{Error, Result};
use crate::id::EventId;
use crate::web::say;
use actix_web::http::header::{self, Accept, Header as _};
use actix_web::{HttpRequest, HttpResponse};
use bytes::Bytes;
use futures_util::Stream;
use futures_util::stream::try_unfold;

/// Events read at a time; a part is some 200 kB.
const PART: usize = 500;

/// How the events are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TableForm {
    /// RFC 4180, with the names of its columns first, in the reader's language.
    Csv,
    /// One event a line, as the list shows it.
    Lines,
}

impl TableForm {
    /// The form by its ending.
    pub fn named(text: &str) -> Option<TableForm> {
        [TableForm::Csv, TableForm::Lines]
            .into_iter()
            .find(|form| form.ending() == text)
    }

    /// The form a call asks for; `None` where the list itself will do.
    pub fn asked_for(request: &HttpRequest) -> Option<TableForm> {
        let ranked = Accept::parse(request).ok()?.ranked();
        ranked.iter().find_map(|kind| match kind.essence_str() {
            "text/csv" => Some(Some(TableForm::Csv)),
            "application/x-ndjson" => Some(Some(TableForm::Lines)),
            "application/json" | "application/*" | "*/*" => Some(None),
            _ => None,
        })?
    }

    const fn ending(self) -> &'static str {
        match self {
            TableForm::Csv => "csv",
            TableForm::Lines => "ndjson",
        }
    }

    const fn media_type(self) -> &'static str {
        match self {
            TableForm::Csv => "text/csv; charset=utf-8; header=present",
            TableForm::Lines => "application/x-ndjson",
        }
    }

    /// What stands before the first event.
    fn head(self) -> Result<Vec<u8>> {
        match self {
            TableForm::Csv => record(&COLUMNS.map(say)),
            TableForm::Lines => Ok(Vec::new()),
        }
    }

    fn write(self, events: &[EventView], out: &mut Vec<u8>) -> Result<()> {
        for event in events {
            match self {
                TableForm::Csv => out.extend(record(&cells(event))?),
                TableForm::Lines => {
                    serde_json::to_writer(&mut *out, event).map_err(Error::fault)?;
                    out.push(b'\n');
                }
            }
        }
        Ok(())
    }
}

/// The names of the columns, in the order of [`cells`].
const COLUMNS: [&str; 15] = [
    "table-at",
    "table-name",
    "table-role",
    "table-unit",
    "table-action",
    "table-outcome",
    "table-errand",
    "table-relation",
    "table-reason",
    "table-object-type",
    "table-object",
    "table-home",
    "table-person",
    "table-index",
    "table-event",
];

fn cells(event: &EventView) -> [String; 15] {
    fn text<T: ToString>(value: Option<T>) -> String {
        value.map(|value| value.to_string()).unwrap_or_default()
    }
    let actor = &event.actor;
    [
        event.at.to_string(),
        text(actor.name.as_deref()),
        text(actor.role.as_deref()),
        text(actor.unit.as_deref()),
        text(event.action.map(|action| action.as_str())),
        text(event.outcome.map(|outcome| outcome.as_str())),
        text(event.errand_number),
        text(event.relation.map(|relation| relation.as_str())),
        text(event.reason_code.as_deref()),
        text(event.object_type.as_deref()),
        text(event.object_id),
        text(event.home_id),
        text(actor.person_id),
        text(event.index),
        event.event_id.to_string(),
    ]
}

/// A line of the table. A spreadsheet takes what begins as a formula for one, and a name may: such a text is told to be
/// a text, by the sign that spreadsheets know for it.
fn record(cells: &[impl AsRef<str>]) -> Result<Vec<u8>> {
    const FORMULAS: &[char] = &['=', '+', '-', '@', '\t', '\r', '\n', '＝', '＋', '－', '＠'];
    let safe = cells
        .iter()
        .map(AsRef::as_ref)
        .map(|text| match text.starts_with(FORMULAS) {
            true => format!("'{text}"),
            false => text.to_owned(),
        });
    let mut writer = csv::WriterBuilder::new()
        .terminator(csv::Terminator::CRLF)
        .from_writer(Vec::new());
    writer.write_record(safe).map_err(Error::fault)?;
    writer.into_inner().map_err(Error::fault)
}

/// A table that is in the log already and may be sent.
#[derive(Debug, Clone)]
pub struct Table {
    filter: EventFilter,
    /// What happens from now on is not in it.
    newest: Option<EventId>,
}

impl Access<'_> {
    /// Notes in the log that all events of a filter are taken out, with their number.
    ///
    /// # Errors
    /// [`Error::Forbidden`] for all but auditors.
    pub fn audit_table(self, filter: &EventFilter) -> Result<Table> {
        let relation = self.require(Right::ReadLog, Action::AuditExport)?;
        let (board, errand) = (self.standing().board, self.errand_meant(filter)?);
        let newest = self.db(|db| rows::page(db, board, (filter, errand), (None, 1)))?;
        let count = self.db(|db| rows::count(db, board, (filter, errand)))?;
        self.log(Happening::read(Action::AuditExport, relation).count(count));
        Ok(Table {
            filter: filter.clone(),
            newest: newest.first().map(|row| row.id),
        })
    }

    /// The events of a table after `after`, and where to go on. Whoever may not see the log any more gets no more of it.
    fn part_of(self, table: &Table, after: Option<EventId>) -> Result<(Vec<EventView>, Option<EventId>)> {
        self.require(Right::ReadLog, Action::AuditExport)?;
        self.goes_on();
        let Some(newest) = table.newest else {
            return Ok((Vec::new(), None));
        };
        let (board, filter) = (self.standing().board, &table.filter);
        let errand = self.errand_meant(filter)?;
        let mut found = self.db(|db| rows::page(db, board, (filter, errand), (after, PART)))?;
        let next = found.last().map(|row| row.id).filter(|_| found.len() == PART);
        found.retain(|row| row.id <= newest);
        Ok((self.show_events(found)?, next))
    }
}

/// Whose table it is, and how it is written.
struct Sending {
    app: App,
    actor: Actor,
    table: Table,
    form: TableForm,
}

/// A table as the file that both faces give out.
///
/// # Errors
/// As [`Access::audit_table`].
pub async fn table_of(app: &App, actor: Actor, filter: EventFilter, form: TableForm) -> Result<HttpResponse> {
    let table = app.door.read(actor, move |access| access.audit_table(&filter)).await?;
    let name = format!("{}-{}.{}", say("table-file"), app.clock.now().day(), form.ending());
    let sending = Sending {
        app: App::clone(app),
        actor,
        table,
        form,
    };
    Ok(HttpResponse::Ok()
        .content_type(form.media_type())
        .insert_header((header::CONTENT_DISPOSITION, format!("attachment; filename=\"{name}\"")))
        .streaming(Box::pin(parts(sending, form.head()?))))
}

/// When a part cannot be read the answer breaks off, and is told from a whole one by that.
fn parts(sending: Sending, head: Vec<u8>) -> impl Stream<Item = Result<Bytes>> {
    try_unfold((sending, Some((head, None))), |(sending, next)| async move {
        let Some((mut out, mut after)) = next else {
            return Ok(None);
        };
        let next = loop {
            let table = sending.table.clone();
            let read = move |access: Access<'_>| access.part_of(&table, after);
            let read = sending.app.door.read(sending.actor, read).await;
            let (events, next) = read.inspect_err(|cause| tracing::error!(%cause, "a table of the log broke off"))?;
            sending.form.write(&events, &mut out)?;
            // An empty part would be taken for the end.
            if next.is_none() || !out.is_empty() {
                break next;
            }
            after = next;
        };
        if out.is_empty() {
            return Ok(None);
        }
        let next = next.map(|after| (Vec::new(), Some(after)));
        Ok(Some((Bytes::from(out), (sending, next))))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_cell_is_a_formula() {
        let cells = [
            "=1+1",
            "+46",
            "-1",
            "@SUM(A1)",
            "\tx",
            "\rx",
            "\nx",
            "＝1",
            "Åsa, \"A\"",
            "1-2",
            "",
        ];
        let line = String::from_utf8(record(&cells).unwrap()).unwrap();
        let mut reader = csv::ReaderBuilder::new()
            .has_headers(false)
            .from_reader(line.as_bytes());
        let read = reader.records().next().unwrap().unwrap();
        let expected = [
            "'=1+1",
            "'+46",
            "'-1",
            "'@SUM(A1)",
            "'\tx",
            "'\rx",
            "'\nx",
            "'＝1",
            "Åsa, \"A\"",
            "1-2",
            "",
        ];
        assert_eq!(read.iter().collect::<Vec<_>>(), expected);
    }
}
