//! What is counted for those who run the service: how many of what, how long, never who or which. A label is a route's
//! template, a method or a class of status, all of them few and known beforehand. One registry for each `App`, so that
//! two in one process do not count together.

use crate::alive::Standing;
use prometheus_client::encoding::{EncodeLabelSet, text};
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::metrics::histogram::Histogram;
use prometheus_client::registry::Registry;
use std::sync::atomic::AtomicU64;
use std::time::Duration;

/// Bounds of the histogram of durations, in seconds.
const DURATIONS: [f64; 11] = [0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 10.0];
/// The methods told apart; a client may invent others.
const METHODS: [&str; 6] = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"];

/// A value that is read when it is asked for; NaN where it could not be.
pub type Measure = Gauge<f64, AtomicU64>;

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Answered {
    route: String,
    method: &'static str,
    status: &'static str,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct OfTask {
    task: &'static str,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Took {
    route: String,
}

/// All that is counted.
pub struct Metrics {
    registry: Registry,
    requests: Family<Answered, Counter>,
    durations: Family<Took, Histogram>,
    task_well: Family<OfTask, Measure>,
    task_quiet: Family<OfTask, Measure>,
    task_begun_again: Family<OfTask, Measure>,
    /// Requests told to come back later.
    pub too_many: Counter,
    /// Sign-ins that were refused, or came too early.
    pub sign_ins_failed: Counter,
    /// Files taken in.
    pub uploads: Counter,
    /// Bytes of files taken in.
    pub upload_bytes: Counter,
    pub measures: Measures,
}

macro_rules! measures {
    ($($(#[doc = $help:literal])+ $field:ident as $name:literal,)+) => {
        /// Values read when they are asked for.
        #[derive(Default)]
        pub struct Measures { $($(#[doc = $help])+ pub $field: Measure,)+ }
        impl Measures {
            fn register(&self, registry: &mut Registry) {
                $(registry.register($name, concat!($($help),+).trim().trim_end_matches('.'), self.$field.clone());)+
            }
        }
    };
}
measures! {
    /// Whether the database answered this time (1 or 0).
    database_answers as "database_answers",
    /// Connections to the database that are open.
    connections_open as "database_connections_open",
    /// Connections that are open and that nobody uses.
    connections_idle as "database_connections_idle",
    /// How many more may use the database at once.
    connections_free as "database_connections_free",
    /// Writes that wait for SQLite's one writer.
    writes_waiting as "database_writes_waiting",
    /// Events that wait for their place in a log.
    audit_pending as "audit_pending_events",
    /// How long the oldest of them has waited, in seconds.
    audit_lag as "audit_lag_seconds",
    /// Age of the newest event under a signed checkpoint, of the board where it is oldest, in seconds.
    checkpoint_age as "audit_checkpoint_age_seconds",
    /// Lines of the program's log that could not be written.
    journal_lost as "log_lines_lost",
    /// Letters to be sent.
    letters_waiting as "letters_waiting",
    /// How long the oldest of them has waited, in seconds.
    letters_oldest as "letters_oldest_seconds",
    /// Letters that could not be sent and are not tried again.
    letters_dead as "letters_dead",
}

impl Metrics {
    pub fn new() -> Metrics {
        let mut registry = Registry::with_prefix("famn");
        let requests = Family::<Answered, Counter>::default();
        let histogram: fn() -> Histogram = || Histogram::new(DURATIONS);
        let durations = Family::<Took, Histogram>::new_with_constructor(histogram);
        registry.register(
            "requests",
            "Requests answered, by route, method and class of status",
            requests.clone(),
        );
        registry.register(
            "request_seconds",
            "How long requests took to answer, in seconds",
            durations.clone(),
        );
        let mut of_tasks = |name, help| {
            let family = Family::<OfTask, Measure>::default();
            registry.register(name, help, family.clone());
            family
        };
        let task_well = of_tasks("task_well", "Whether a task is neither dead nor stuck (1 or 0)");
        let task_quiet = of_tasks("task_quiet_seconds", "How long ago a task came round last, in seconds");
        let task_begun_again = of_tasks("task_restarts", "How often a task was begun again");
        let mut counter = |name, help| {
            let counter = Counter::default();
            registry.register(name, help, counter.clone());
            counter
        };
        let too_many = counter("too_many", "Requests told to come back later");
        let sign_ins_failed = counter("sign_ins_failed", "Sign-ins that were refused, or came too early");
        let uploads = counter("uploads", "Files taken in");
        let upload_bytes = counter("upload_bytes", "Bytes of files taken in");
        let measures = Measures::default();
        measures.register(&mut registry);
        Metrics {
            registry,
            requests,
            durations,
            task_well,
            task_quiet,
            task_begun_again,
            too_many,
            sign_ins_failed,
            uploads,
            upload_bytes,
            measures,
        }
    }

    /// Counts a request that has been answered. `route` is its template; `None` where there is none such.
    pub fn answered(&self, route: Option<String>, method: &str, status: u16, took: Duration) {
        let route = route.unwrap_or_else(|| "-".into());
        let method = METHODS.into_iter().find(|known| *known == method).unwrap_or("other");
        let status = match status / 100 {
            1 => "1xx",
            2 => "2xx",
            3 => "3xx",
            4 => "4xx",
            _ => "5xx",
        };
        let took_by = Took { route: route.clone() };
        self.durations.get_or_create(&took_by).observe(took.as_secs_f64());
        self.requests.get_or_create(&Answered { route, method, status }).inc();
        // A 503 stands in `requests`; a 429 would be lost among the other 4xx.
    }

    /// Notes how the tasks stand.
    pub fn tasks(&self, standings: &[Standing]) {
        for one in standings {
            let of = OfTask { task: one.name };
            self.task_well.get_or_create(&of).set(f64::from(u8::from(one.is_well)));
            self.task_quiet.get_or_create(&of).set(one.quiet.as_secs_f64());
            self.task_begun_again.get_or_create(&of).set(one.begun_again as f64);
        }
    }

    /// All of it as text (OpenMetrics 1.0, which Prometheus reads).
    pub fn text(&self) -> Result<String, std::fmt::Error> {
        let mut text = String::new();
        text::encode(&mut text, &self.registry)?;
        Ok(text)
    }
}

impl Default for Metrics {
    fn default() -> Metrics {
        Metrics::new()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn labels_are_few_whatever_is_called() {
        let metrics = Metrics::new();
        for n in 0..1000 {
            metrics.answered(None, &format!("M{n}"), 404, Duration::from_millis(3));
        }
        let text = metrics.text().expect("text");
        assert!(
            text.contains(r#"famn_requests_total{route="-",method="other",status="4xx"} 1000"#),
            "{text}"
        );
        assert!(text.contains("famn_request_seconds_count{route=\"-\"} 1000"), "{text}");
        assert!(text.lines().count() < 100 && text.ends_with("# EOF\n"), "{text}");
    }
}
