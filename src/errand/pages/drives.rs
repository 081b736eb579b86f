//! Trips by one's own car in a claim, as typed so far.

use super::typed::Reader;
use crate::clock::Day;
use crate::errand::NewTrip;
use crate::errand::limits::{DISTANCE_M, Limits};
use crate::error::Fault;
use crate::money::Ore;
use crate::typed::{day_past, metres};
use crate::web::page::Fields;

/// Trips of one claim.
const MOST: usize = 50;
/// A trip's fields.
const FIELDS: [&str; 7] = [
    "driven_on",
    "purpose",
    "from",
    "to",
    "distance_m",
    "odometer_start",
    "odometer_end",
];

/// One trip as it was typed: what stands in each of its fields.
#[derive(Debug, Clone, Default)]
pub struct Drive([String; FIELDS.len()]);

impl Drive {
    pub fn text(&self, field: &str) -> &str {
        let at = FIELDS.iter().position(|known| *known == field);
        at.map_or("", |at| self.0[at].as_str())
    }

    /// Its fields, as a form has them.
    pub fn fields(&self, at: usize) -> impl Iterator<Item = (String, String)> {
        FIELDS
            .iter()
            .zip(&self.0)
            .map(move |(field, text)| (name(at, field), text.clone()))
    }

    /// What it comes to, where its distance can be read; by today's rate until its day can be.
    pub fn amount(&self, limits: &Limits, today: Day) -> Option<Ore> {
        let on = day_past(self.text("driven_on"), today).unwrap_or(today);
        metres(self.text("distance_m")).map(|far| limits.mileage(far.min(*DISTANCE_M.end()), on))
    }
}

/// The name of a trip's field.
pub fn name(at: usize, field: &str) -> String {
    format!("trips.{at}.{field}")
}

/// The trips of a form.
pub fn drives(fields: &Fields) -> Vec<Drive> {
    let count = fields.text("trip_count").parse().unwrap_or(0).min(MOST);
    let drive = |at| Drive(FIELDS.map(|field| fields.text(&name(at, field)).to_owned()));
    (0..count).map(drive).collect()
}

/// What the form's buttons do besides sending it.
pub fn changed(mut drives: Vec<Drive>, button: &str) -> Vec<Drive> {
    if button == "add_trip" && drives.len() < MOST {
        drives.push(Drive::default());
    }
    let gone = button
        .strip_prefix("remove_trip.")
        .and_then(|at| at.parse::<usize>().ok());
    if let Some(at) = gone.filter(|at| *at < drives.len()) {
        drives.remove(at);
    }
    drives
}

/// All trips as the verb takes them, or all that is missing.
pub fn read_all(count: usize, fields: &Fields, today: Day, faults: &mut Vec<Fault>) -> Vec<NewTrip> {
    (0..count).filter_map(|at| read(at, fields, today, faults)).collect()
}

fn read(at: usize, fields: &Fields, today: Day, faults: &mut Vec<Fault>) -> Option<NewTrip> {
    let mut of = Reader::of(fields, format!("trips.{at}"), today);
    let driven_on = of.day("driven_on");
    let (purpose, from, to) = (of.text("purpose"), of.text("from"), of.text("to"));
    let distance_m = of.distance("distance_m");
    let (odometer_start, odometer_end) = (of.whole_if_any("odometer_start"), of.whole_if_any("odometer_end"));
    let right = of.faults.is_empty();
    faults.append(&mut of.faults);
    Some(NewTrip {
        driven_on: driven_on?,
        purpose,
        from,
        to,
        distance_m: distance_m?,
        odometer_start,
        odometer_end,
    })
    .filter(|_| right)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn trips_come_and_go_and_are_read() {
        let mut fields = Fields::default();
        fields.push("trip_count".into(), "1".into());
        for (field, text) in [
            ("driven_on", "14 nov"),
            ("purpose", "Umgänge"),
            ("from", "Borlänge"),
            ("to", "Falun"),
            ("distance_m", "24,5"),
        ] {
            fields.push(name(0, field), text.into());
        }
        let (today, mut faults) = (Day::parse("2026-11-21").unwrap(), Vec::new());
        let read = read_all(1, &fields, today, &mut faults);
        assert!(faults.is_empty() && read[0].distance_m == 24_500);
        let two = changed(drives(&fields), "add_trip");
        assert_eq!(
            (two.len(), two[0].amount(&Limits::default(), today)),
            (2, Some(Ore(6_125)))
        );
        assert_eq!(changed(two, "remove_trip.0")[0].text("from"), "");
        assert!(read_all(2, &fields, today, &mut faults).len() == 1 && faults.len() == 5);
    }
}
