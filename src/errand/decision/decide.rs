//! Deciding on a wish.

use super::Outcome;
use super::rows::{self, AwardRow, DecisionRow};
use super::view::DecisionView;
use crate::access::{Access, Once, Right};
use crate::audit::Action;
use crate::clock::Day;
use crate::errand::capability::{Deciding, Errand, Seen};
use crate::errand::state::Act;
use crate::errand::typed::{optional, required};
use crate::errand::wish::WishView;
use crate::error::{Error, Faults, Result};
use crate::file::FreeFiles;
use crate::id::{DecisionId, ErrandId};
use crate::money::Ore;
use crate::secret::SecretText;
use crate::web::IfMatch;
use serde::Deserialize;

/// Characters of reasons.
const REASONS_MAX: usize = 5_000;
/// Characters of conditions.
const CONDITIONS_MAX: usize = 2_000;

/// A decision to be made.
#[derive(Debug, Clone, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewDecision {
    pub outcome: Outcome,
    /// Öre, 1–10 000 000. Granted without one it is what was asked for, where the wish says it; granted in part it is
    /// needed.
    #[schema(value_type = Option<i64>, minimum = 1, maximum = 10000000)]
    pub amount_ore: Option<Ore>,
    /// Today or later; without one 90 days from today. For what is granted.
    pub valid_until: Option<Day>,
    /// At most 2 000 characters. For what is granted.
    #[schema(max_length = 2000)]
    pub conditions: Option<SecretText>,
    /// 1–5 000 characters; needed unless the wish is granted in full, and where a decision before was better.
    #[schema(max_length = 5000)]
    pub reasons: Option<SecretText>,
    /// What was `found` of people of another home, and is meant.
    #[serde(default)]
    #[schema(max_items = 100)]
    pub confirmed: Vec<SecretText>,
}

/// What a decision grants.
pub struct Granted {
    pub amount: Ore,
    /// The last day for which it counts.
    pub valid_until: Day,
    /// More than the wish asks for, which nothing forbids: prices rise.
    pub is_over: bool,
}

/// A decision, checked.
struct Made {
    grant: Option<Granted>,
    conditions: Option<SecretText>,
    reasons: Option<SecretText>,
}

/// What a decision is held against.
struct Against<'a> {
    today: Day,
    /// How long an award stands where nothing is said.
    award_days: i32,
    /// What the wish asks for, where it says so.
    asked: Option<Ore>,
    /// The decision that stands.
    before: Option<&'a DecisionView>,
}

impl NewDecision {
    fn check(&self, against: &Against<'_>) -> Result<Made> {
        let mut faults = Faults::default();
        let reasons = self.reasons.as_ref();
        let reasons = reasons.map(|text| required(&mut faults, "reasons", text, 1, REASONS_MAX));
        let conditions = optional(&mut faults, "conditions", self.conditions.as_ref(), CONDITIONS_MAX);
        let grant = if self.outcome.grants() {
            self.grant(against, &mut faults)
        } else {
            faults.unless(self.amount_ore.is_none(), "amount_ore", "not-granted");
            faults.unless(self.valid_until.is_none(), "valid_until", "not-granted");
            faults.unless(conditions.is_none(), "conditions", "not-granted");
            None
        };
        let in_full = self.outcome == Outcome::Granted
            && grant
                .as_ref()
                .zip(against.asked)
                .is_none_or(|(grant, asked)| grant.amount >= asked);
        let worse = against
            .before
            .is_some_and(|before| is_worse(before, grant.as_ref(), conditions.as_ref()));
        faults.unless(reasons.is_some() || (in_full && !worse), "reasons", "reasons");
        faults.check()?;
        Ok(Made {
            grant,
            conditions,
            reasons,
        })
    }

    fn grant(&self, against: &Against<'_>, faults: &mut Faults) -> Option<Granted> {
        let valid_until = match self.valid_until {
            None => against.today.plus_days(against.award_days),
            Some(day) => {
                faults.unless(day >= against.today, "valid_until", "date-past");
                day
            }
        };
        let in_full = against.asked.filter(|_| self.outcome == Outcome::Granted);
        let Some(amount) = self.amount_ore.or(in_full) else {
            faults.unless(false, "amount_ore", "required");
            return None;
        };
        let fits = (1..=Ore::LINE_MAX.0).contains(&amount.0);
        faults.unless(fits, "amount_ore", "amount");
        let asked = against.asked.filter(|_| self.outcome == Outcome::PartlyGranted);
        let is_part = asked.is_none_or(|asked| amount < asked);
        faults.unless(!fits || is_part, "amount_ore", "amount-in-full");
        Some(Granted {
            amount,
            valid_until,
            is_over: against.asked.is_some_and(|asked| amount > asked),
        })
    }
}

/// Whether the home has less of it than of the decision before: a smaller sum, a shorter time, other conditions.
fn is_worse(before: &DecisionView, grant: Option<&Granted>, conditions: Option<&SecretText>) -> bool {
    let (Some(amount), Some(until)) = (before.amount_ore, before.valid_until) else {
        return false;
    };
    let Some(grant) = grant else { return true };
    let other = conditions.is_some_and(|text| Some(text.expose()) != before.conditions.as_ref());
    grant.amount < amount || grant.valid_until < until || other
}

impl Errand<'_, Deciding> {
    /// Decides on the wish; makes an award of what is granted, and ends the one before.
    ///
    /// # Errors
    /// [`Error::Conflict`] in another state; [`Error::Invalid`] for a sum, day or conditions that do not go with the
    /// outcome, and where reasons are wanting.
    pub fn decide(mut self, new: &NewDecision, if_match: IfMatch) -> Result<DecisionId> {
        if_match.check(self.version())?;
        let step = self.step(Act::Decide)?;
        let (access, errand) = (self.access, self.row.id);
        let (before, made) = self.held(new)?;
        let told: Vec<&SecretText> = made.conditions.iter().chain(&made.reasons).collect();
        self.guard(&told, &FreeFiles::default(), (&new.confirmed, Action::DecisionMake))?;
        let moved = step.from != Some(step.to);
        let caught_up = self.caught_up(if_match)?;
        self.enter(step.to)?;
        let (id, now) = (access.fresh_id(), access.now());
        let seal = |column, text: &SecretText| self.key.seal("decision", column, id, 1, text.expose());
        let row = DecisionRow {
            id,
            board_id: self.row.board_id,
            errand_id: errand,
            outcome: new.outcome.as_str().into(),
            amount_ore: made.grant.as_ref().map(|grant| grant.amount.0),
            conditions: made.conditions.as_ref().map(|text| seal("conditions", text)),
            valid_until: made.grant.as_ref().map(|grant| grant.valid_until),
            reasons: made.reasons.as_ref().map(|text| seal("reasons", text)),
            decided_by: access.person()?,
            decided_at: now,
            supersedes: before,
        };
        let award = made.grant.map(|grant| self.award(id, &grant)).transpose()?;
        access.db(|db| {
            rows::end_award(db, errand, now)?;
            rows::insert(db, &row, award.as_ref())
        })?;
        access.log(self.happened(Action::DecisionMake, true).object("decision", id));
        if moved {
            access.log(self.happened(Action::ErrandState, true));
        }
        self.keep_up(caught_up)?;
        access.tell_all(&access.who_in_the_home(self.row.facts())?)?;
        Ok(id)
    }

    fn award(&self, decision: DecisionId, grant: &Granted) -> Result<AwardRow> {
        let assignment = self.row.assignment_id;
        Ok(AwardRow {
            id: self.access.fresh_id(),
            board_id: self.row.board_id,
            errand_id: self.row.id,
            decision_id: decision,
            assignment_id: assignment.ok_or_else(|| Error::fault("a wish without an assignment"))?,
            amount_ore: grant.amount.0,
            valid_until: grant.valid_until,
            made_at: self.access.now(),
            ended_at: None,
        })
    }
}

impl<Grant> Errand<'_, Grant> {
    /// The decision held to its limits, and the one that stands.
    fn held(&self, new: &NewDecision) -> Result<(Option<DecisionId>, Made)> {
        let (limits, decisions) = (self.access.limits()?, self.decisions()?);
        let before = decisions.iter().find(|one| !one.superseded);
        let against = Against {
            today: self.access.now().day(),
            award_days: limits.award_days,
            asked: self.wish()?.asked(&limits),
            before,
        };
        Ok((before.map(|before| before.id), new.check(&against)?))
    }

    /// Whether the decision that stands grants more than the wish asks for.
    pub(in crate::errand) fn is_over_request(&self, wish: &WishView, decisions: &[DecisionView]) -> Result<bool> {
        let stands = decisions.iter().find(|one| !one.superseded);
        let Some(granted) = stands.and_then(|one| one.amount_ore) else {
            return Ok(false);
        };
        let asked = wish.asked(&self.access.limits()?);
        Ok(asked.is_some_and(|asked| granted > asked))
    }
}

impl Errand<'_, Seen> {
    /// Asks whether a decision can be made at all.
    ///
    /// # Errors
    /// [`Error::Forbidden`] for one who may not; [`Error::Conflict`] in another state.
    pub fn may_decide(&self) -> Result<()> {
        self.require(Right::Decide, Action::DecisionMake)?;
        self.step(Act::Decide).map(drop)
    }

    /// What a decision would grant if it were made now; nothing is written.
    ///
    /// # Errors
    /// As [`Errand::decide`]; [`Error::Forbidden`] for one who may not decide.
    pub fn would_decide(&self, new: &NewDecision, if_match: IfMatch) -> Result<Option<Granted>> {
        self.may_decide()?;
        if_match.check(self.version())?;
        let (_, made) = self.held(new)?;
        Ok(made.grant)
    }

    /// One decision as it is shown after it was made.
    pub fn show_one_decision(self, id: DecisionId) -> Result<DecisionView> {
        self.access
            .log(self.happened(Action::ErrandRead, false).object("decision", id));
        let decisions = self.decisions()?;
        decisions.into_iter().find(|one| one.id == id).ok_or(Error::NotFound)
    }
}

impl Access<'_> {
    /// Decides on a wish.
    pub fn decide(
        self,
        wish: ErrandId,
        new: &NewDecision,
        if_match: IfMatch,
        once: Option<&Once>,
    ) -> Result<DecisionId> {
        if let Some(made) = self.made_before(once)? {
            self.errand(wish)?.acknowledged()?;
            return Ok(made);
        }
        let id = self
            .errand_for(wish, Action::DecisionMake)?
            .to_decide()?
            .decide(new, if_match)?;
        self.remember(once, id)?;
        Ok(id)
    }
}
