//! Decisions as both sides are shown them.

use super::Outcome;
use super::rows;
use crate::access::Side;
use crate::clock::{Day, Instant};
use crate::errand::capability::Errand;
use crate::errand::view::AuthorView;
use crate::error::Result;
use crate::id::{DecisionId, PersonId};
use crate::money::Ore;
use serde::Serialize;

/// A decision: its day, its content and who made it (förvaltningslagen 31 §).
#[derive(Debug, Clone, Serialize, utoipa::ToSchema)]
pub struct DecisionView {
    pub id: DecisionId,
    pub outcome: Outcome,
    /// `null` where nothing is granted.
    #[schema(value_type = Option<i64>)]
    #[schema(required = true)]
    pub amount_ore: Option<Ore>,
    #[schema(required = true)]
    pub conditions: Option<String>,
    /// The last day for which it counts.
    #[schema(required = true)]
    pub valid_until: Option<Day>,
    #[schema(required = true)]
    pub reasons: Option<String>,
    pub decided_at: Instant,
    pub decided_by: AuthorView,
    /// A later decision has taken its place.
    pub superseded: bool,
}

impl<Grant> Errand<'_, Grant> {
    /// The errand's decisions, oldest first; the one that none supersedes stands.
    pub(in crate::errand) fn decisions(&self) -> Result<Vec<DecisionView>> {
        let (access, id) = (self.access, self.row.id);
        let mut rows = access.db(|db| rows::decisions(db, id))?;
        rows.retain(|row| self.is_shown(row.id));
        if rows.is_empty() {
            return Ok(Vec::new());
        }
        let people: Vec<PersonId> = rows.iter().map(|row| row.decided_by).collect();
        let names = self.names(&people)?;
        let superseded: Vec<DecisionId> = rows.iter().filter_map(|row| row.supersedes).collect();
        let show = |row: rows::DecisionRow| {
            let open = |column, sealed: Option<&[u8]>| {
                let open = |sealed| self.key.open("decision", column, row.id, 1, sealed);
                let text = sealed.map(open).transpose()?;
                Ok::<_, crate::error::Error>(text.map(|text| text.expose().clone()))
            };
            Ok(DecisionView {
                id: row.id,
                outcome: Outcome::stored(&row.outcome)?,
                amount_ore: row.amount_ore.map(Ore),
                conditions: open("conditions", row.conditions.as_deref())?,
                valid_until: row.valid_until,
                reasons: open("reasons", row.reasons.as_deref())?,
                decided_at: row.decided_at,
                decided_by: AuthorView {
                    name: names
                        .get(&row.decided_by)
                        .map(|name| name.expose().clone())
                        .unwrap_or_default(),
                    side: Side::Team,
                },
                superseded: superseded.contains(&row.id),
            })
        };
        rows.into_iter().map(show).collect()
    }
}
