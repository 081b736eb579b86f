//! Pages are patient with what links from elsewhere hang on to them.

use super::super::{Berg, PEOPLE};
use super::{Browser, at, id_for};
use crate::kit::Town;
use reqwest::Method;

#[tokio::test(flavor = "multi_thread")]
async fn a_page_takes_no_notice_of_parameters_that_are_not_its_own() {
    let town = Town::new().await;
    let berg = Berg::of(&town).await;
    let mut tried = 0;
    for row in super::table() {
        let seen = row.statuses.iter().position(|status| *status == 200);
        let (Some(column), true) = (seen, row.method == Method::GET && row.path != "/assets/{name}") else {
            continue;
        };
        let browser = Browser::of(&town, PEOPLE[column]).await;
        let there = id_for(&berg, row.path).await;
        let path = at(row.path, &there, super::super::people::part_for(&berg, row.path));
        let answer = browser
            .get(&format!("{path}?utm_source=brev&fbclid=x&utm_source=igen&colour"))
            .await;
        assert_eq!(answer.status, 200, "{path}: {answer}");
        tried += 1;
    }
    assert!(tried > 30, "{tried}");
}
