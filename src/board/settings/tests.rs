//! The list of settings is whole, and the newest that has begun holds.

use super::rules::OF_RULES;
use super::*;
use std::collections::BTreeSet;

fn names(value: &Value) -> BTreeSet<&str> {
    value.as_object().unwrap().keys().map(String::as_str).collect()
}

#[test]
fn every_setting_is_listed_and_can_be_changed() {
    let rules = serde_json::to_value(Rules::usual(true)).unwrap();
    assert_eq!(names(&rules), OF_RULES.iter().copied().collect());
    let some = || Some(String::from("x"));
    let page = Page {
        name: String::new(),
        administration: String::new(),
        audience: String::new(),
        phone: String::new(),
        email: String::new(),
        address: some(),
        hours: some(),
        colour: some(),
        kinds: Vec::new(),
        links: Vec::new(),
        emergency: Vec::new(),
    };
    assert_eq!(
        names(&serde_json::to_value(page).unwrap()),
        OF_PAGE.iter().copied().collect()
    );
    for (name, value) in rules.as_object().unwrap() {
        let change: SettingsChange = serde_json::from_value(serde_json::json!({ name: value })).unwrap();
        assert_eq!(change.entries().unwrap(), [(name.clone(), value.to_string())]);
    }
    for name in OF_PAGE {
        assert!(serde_json::from_value::<SettingsChange>(serde_json::json!({ *name: null })).is_ok());
    }
    assert!(serde_json::from_str::<SettingsChange>(r#"{"mood": "red"}"#).is_err());
}

#[test]
fn what_was_set_last_holds_and_an_empty_text_takes_away() {
    let row = |name: &str, value: &str| SettingRow {
        name: name.into(),
        value: value.into(),
        from_on: Day::parse("2026-11-22").unwrap(),
        set_at: crate::clock::Instant::from_micros(0),
        set_by: None,
    };
    let set = [row("award_days", "30"), row("hours", "\"\""), row("award_days", "60")];
    assert_eq!(rules(&Rules::usual(false), &set).unwrap().award_days, 60);
    let page = serde_json::json!({"name": "N", "administration": "A", "audience": "F", "phone": "1", "email": "e",
        "hours": "8–16", "kinds": [], "links": [], "emergency": []});
    let page: Page = serde_json::from_value(page).unwrap();
    assert_eq!(overlaid(&page, &set, OF_PAGE).unwrap().hours, None);
}
