//! Time, handed in. [`Clock`] is the one home of "now" and of new ids (which carry it); everything else is given
//! one, so that retention, tokens and deadlines are tested by moving it.

use crate::id::Id;
use jiff::tz::TimeZone;
use jiff::{Timestamp, civil};
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, AtomicU64, Ordering};
use std::time::Duration;
use uuid::Uuid;

/// A moment in UTC, in microseconds since 1970. Shown as RFC 3339 with milliseconds.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Instant(i64);

impl Instant {
    /// From microseconds since 1970-01-01 00:00 UTC.
    pub const fn from_micros(micros: i64) -> Self {
        Instant(micros)
    }
    /// Microseconds since 1970-01-01 00:00 UTC.
    pub const fn micros(self) -> i64 {
        self.0
    }
    /// Whole milliseconds since 1970-01-01 00:00 UTC, as the log's leaf bears them; nothing here is older than that.
    pub const fn millis(self) -> u64 {
        (self.0 / 1000) as u64
    }
    pub fn plus(self, time: Duration) -> Self {
        Instant(self.0.saturating_add(time.as_micros() as i64))
    }
    pub fn minus(self, time: Duration) -> Self {
        Instant(self.0.saturating_sub(time.as_micros() as i64))
    }
    /// The time from `earlier` to this; nothing when `earlier` is later.
    pub fn since(self, earlier: Instant) -> Duration {
        Duration::from_micros(self.0.saturating_sub(earlier.0).max(0) as u64)
    }
    fn timestamp(self) -> Timestamp {
        Timestamp::from_microsecond(self.0).unwrap_or(Timestamp::UNIX_EPOCH)
    }
    /// The least id that can be made at this moment: ids made before are below it.
    pub const fn least_id<T>(self) -> Id<T> {
        Id::of(Uuid::from_u128(
            ((self.millis() as u128) << 80) | (0x7 << 76) | (0b10 << 62),
        ))
    }
    /// The date in Sweden at this moment: the day a document counts as received.
    pub fn day(self) -> Day {
        Day(self.in_sweden().date())
    }
    /// The last day of what ends at this moment.
    pub fn last_day(self) -> Day {
        self.minus(Duration::from_micros(1)).day()
    }
    /// Clock and calendar in Sweden at this moment, for pages.
    pub fn in_sweden(self) -> civil::DateTime {
        let zone = TimeZone::get("Europe/Stockholm").unwrap_or(TimeZone::UTC);
        zone.to_datetime(self.timestamp())
    }
    /// Reads RFC 3339 text, such as `2026-11-22T08:15:00.000Z`.
    pub fn parse(text: &str) -> Option<Instant> {
        text.parse::<Timestamp>().ok().map(|at| Instant(at.as_microsecond()))
    }
}

impl fmt::Display for Instant {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:.3}", self.timestamp())
    }
}
impl fmt::Debug for Instant {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}
impl Serialize for Instant {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        to.collect_str(self)
    }
}
impl<'de> Deserialize<'de> for Instant {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        let text = String::deserialize(from)?;
        Instant::parse(&text).ok_or_else(|| serde::de::Error::custom("not a time in RFC 3339"))
    }
}

/// A calendar day, without a clock: the day of a purchase, the first day of an assignment.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Day(civil::Date);

impl Day {
    pub const fn of(date: civil::Date) -> Self {
        Day(date)
    }
    pub const fn date(self) -> civil::Date {
        self.0
    }
    /// The moment the day begins in Sweden.
    pub fn begins(self) -> Instant {
        let zone = TimeZone::get("Europe/Stockholm").unwrap_or(TimeZone::UTC);
        let begun = self.0.to_zoned(zone).map(|zoned| zoned.timestamp());
        Instant(begun.unwrap_or(Timestamp::UNIX_EPOCH).as_microsecond())
    }
    /// When something begins that is said at `now` to begin this day: today means at once.
    pub fn begins_from(self, now: Instant) -> Instant {
        if self == now.day() { now } else { self.begins() }
    }
    /// The moment the day is over in Sweden.
    pub fn ends(self) -> Instant {
        self.plus_days(1).begins()
    }
    /// When something ends whose last day is said at `now` to be this: today means at once.
    pub fn ends_from(self, now: Instant) -> Instant {
        if self == now.day() { now } else { self.ends() }
    }
    /// Reads `2026-11-22`. Days that nobody lives to see are none: `9999-12-31` is what is typed for "until further
    /// notice", and has no instant.
    pub fn parse(text: &str) -> Option<Day> {
        let day: civil::Date = (text.len() == 10).then(|| text.parse().ok()).flatten()?;
        (1900..2200).contains(&day.year()).then_some(Day(day))
    }
    /// This day with `days` added (or, negative, taken away).
    pub fn plus_days(self, days: i32) -> Day {
        Day(self.0.saturating_add(jiff::Span::new().days(days)))
    }
    /// This day some calendar months later (or, negative, earlier); a month's last day where the other has no such day.
    pub fn plus_months(self, months: i32) -> Day {
        Day(self.0.saturating_add(jiff::Span::new().months(months)))
    }
}
impl fmt::Display for Day {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(&self.0, f)
    }
}
impl fmt::Debug for Day {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(&self.0, f)
    }
}
impl Serialize for Day {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        to.collect_str(self)
    }
}
impl<'de> Deserialize<'de> for Day {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        let text = String::deserialize(from)?;
        Day::parse(&text).ok_or_else(|| serde::de::Error::custom("not a date, such as 2026-11-22"))
    }
}

macro_rules! text_schema {
    ($type:ty, $format:expr, $example:expr) => {
        impl utoipa::PartialSchema for $type {
            fn schema() -> utoipa::openapi::RefOr<utoipa::openapi::schema::Schema> {
                utoipa::openapi::ObjectBuilder::new()
                    .schema_type(utoipa::openapi::schema::Type::String)
                    .format(Some(utoipa::openapi::SchemaFormat::KnownFormat($format)))
                    .examples([serde_json::json!($example)])
                    .into()
            }
        }
        impl utoipa::ToSchema for $type {}
    };
}
text_schema!(
    Instant,
    utoipa::openapi::KnownFormat::DateTime,
    "2026-11-22T08:15:00.000Z"
);
text_schema!(Day, utoipa::openapi::KnownFormat::Date, "2026-11-22");

/// Where "now" comes from, and new ids with it. Cheap to clone; clones share one time and one row of ids.
#[derive(Clone)]
pub struct Clock(Arc<Inner>);

struct Inner {
    /// `None`: the machine's own time.
    fixed: Option<AtomicI64>,
    /// Milliseconds and a counter of the newest id made, so that ids of one process always rise.
    newest: AtomicU64,
}

impl Clock {
    /// The machine's own clock.
    pub fn system() -> Clock {
        Clock(Arc::new(Inner {
            fixed: None,
            newest: AtomicU64::new(0),
        }))
    }

    /// A clock that stands still until it is moved.
    pub fn fixed(at: Instant) -> Clock {
        Clock(Arc::new(Inner {
            fixed: Some(AtomicI64::new(at.0)),
            newest: AtomicU64::new(0),
        }))
    }

    /// Moves a fixed clock forward; the machine's own cannot be moved.
    pub fn forward(&self, time: Duration) {
        if let Some(at) = &self.0.fixed {
            at.fetch_add(time.as_micros() as i64, Ordering::SeqCst);
        }
    }

    #[expect(clippy::disallowed_methods, reason = "the one home of now()")]
    pub fn now(&self) -> Instant {
        match &self.0.fixed {
            Some(at) => Instant(at.load(Ordering::SeqCst)),
            None => Instant(Timestamp::now().as_microsecond()),
        }
    }

    /// Waits. With a fixed clock nobody waits: whoever moves it decides how late it is.
    pub async fn wait(&self, time: Duration) {
        if self.0.fixed.is_none() {
            tokio::time::sleep(time).await;
        }
    }

    /// A new UUIDv7, later than every one made by this clock before: milliseconds, a 12-bit counter, 62 random bits.
    pub fn fresh_id<T>(&self) -> Id<T> {
        let now = self.now().millis() << 12;
        let bump = |newest: u64| Some(now.max(newest + 1));
        let newest = match self.0.newest.fetch_update(Ordering::SeqCst, Ordering::SeqCst, bump) {
            Ok(before) | Err(before) => now.max(before + 1),
        };
        let random = u128::from_be_bytes(crate::secret::random()) & ((1 << 62) - 1);
        let bits =
            (u128::from(newest >> 12) << 80) | (0x7 << 76) | (u128::from(newest & 0xfff) << 64) | (0b10 << 62) | random;
        Id::of(Uuid::from_u128(bits))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::id::of;

    #[test]
    fn ids_rise_even_while_the_clock_stands_still() {
        let clock = Clock::fixed(Instant::from_micros(1_795_000_000_000_000));
        let ids: Vec<Id<of::Errand>> = (0..10_000).map(|_| clock.fresh_id()).collect();
        assert!(ids.is_sorted_by(|a, b| a < b));
        assert_eq!(ids[0].uuid().get_version_num(), 7);
    }

    #[test]
    fn a_moment_is_shown_in_utc_with_milliseconds_and_read_back() {
        let at = Instant::from_micros(1_767_225_600_250_999);
        assert_eq!(at.to_string(), "2026-01-01T00:00:00.250Z");
        assert_eq!(
            Instant::parse("2026-01-01T00:00:00.250Z"),
            Some(Instant(1_767_225_600_250_000))
        );
    }

    #[test]
    fn the_day_is_the_swedish_one() {
        let late = Instant::parse("2026-06-30T22:30:00Z").expect("a time");
        assert_eq!(late.day().to_string(), "2026-07-01");
        assert_eq!(Day::parse("2026-02-30"), None);
        assert_eq!(late.day().begins().to_string(), "2026-06-30T22:00:00.000Z");
    }
}
