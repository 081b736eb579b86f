//! The settings in groups, as the steward's pages have them: what each is called, how it is typed and shown.

use crate::access::TeamSight;
use crate::errand::{ReceiptCategory, receipt_category};
use crate::money::Ore;
use crate::web::{say, say_with};
use serde_json::Value;

/// How a setting is typed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// One line of at most so many characters; may be left empty or not.
    Line(usize, Empty),
    /// A text of several lines.
    Text,
    Days,
    Months,
    Minutes,
    /// MB of a file.
    Megabytes,
    Files,
    /// Categories of receipts, as many as hold.
    Categories,
    /// Kronor, kept in öre.
    Sum,
    YesOrNo,
    Sight,
    /// Title and text for each kind of support.
    Kinds,
    /// Rows of two fields each: a title and what it leads to.
    Rows(&'static str, usize),
}

/// Whether a line may be left empty.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Empty {
    Never,
    TakesAway,
}

/// One setting.
#[derive(Debug)]
pub struct Setting {
    /// As the API names it.
    pub name: &'static str,
    /// The key of its name in words.
    pub label: &'static str,
    /// The key of a hint, or nothing.
    pub hint: &'static str,
    pub kind: Kind,
}

/// Settings that are changed together.
#[derive(Debug)]
pub struct Group {
    /// In the address.
    pub slug: &'static str,
    pub title: &'static str,
    pub icon: &'static str,
    pub settings: &'static [Setting],
}

const fn setting(name: &'static str, label: &'static str, hint: &'static str, kind: Kind) -> Setting {
    Setting {
        name,
        label,
        hint,
        kind,
    }
}

/// The kinds of support there are, in the order in which they are shown.
pub const KINDS: [(&str, &str); 4] = [
    ("foster", "set-kind-foster"),
    ("emergency", "set-kind-emergency"),
    ("contact_family", "set-kind-contact-family"),
    ("contact_person", "set-kind-contact-person"),
];

/// All groups; a test holds them to the settings there are.
pub const GROUPS: &[Group] = &[
    Group {
        slug: "namn",
        title: "set-group-name",
        icon: "home",
        settings: &[
            setting("name", "set-name", "", Kind::Line(120, Empty::Never)),
            setting(
                "administration",
                "set-administration",
                "",
                Kind::Line(120, Empty::Never),
            ),
            setting("audience", "set-audience", "set-audience-hint", Kind::Text),
            setting(
                "colour",
                "set-colour",
                "set-colour-hint",
                Kind::Line(7, Empty::TakesAway),
            ),
        ],
    },
    Group {
        slug: "kontakt",
        title: "set-group-contact",
        icon: "phone",
        settings: &[
            setting("phone", "set-phone", "", Kind::Line(40, Empty::Never)),
            setting("email", "set-email", "", Kind::Line(254, Empty::Never)),
            setting("address", "set-address", "", Kind::Line(200, Empty::TakesAway)),
            setting("hours", "set-hours", "", Kind::Line(100, Empty::TakesAway)),
            setting(
                "emergency",
                "set-emergency",
                "set-emergency-hint",
                Kind::Rows("phone", 10),
            ),
        ],
    },
    Group {
        slug: "stodformer",
        title: "set-group-kinds",
        icon: "users",
        settings: &[setting("kinds", "set-kinds", "set-kinds-hint", Kind::Kinds)],
    },
    Group {
        slug: "lankar",
        title: "set-group-links",
        icon: "next",
        settings: &[setting("links", "set-links", "set-links-hint", Kind::Rows("url", 20))],
    },
    Group {
        slug: "inloggning",
        title: "set-group-sign-in",
        icon: "lock",
        settings: &[
            setting(
                "passwords_alone",
                "set-passwords-alone",
                "set-passwords-alone-hint",
                Kind::YesOrNo,
            ),
            setting("team_sight", "set-team-sight", "set-team-sight-hint", Kind::Sight),
            setting("recertify_every", "set-recertify", "set-recertify-hint", Kind::Months),
            setting(
                "idle_staff_minutes",
                "set-idle-staff",
                "set-idle-staff-hint",
                Kind::Minutes,
            ),
            setting(
                "idle_home_minutes",
                "set-idle-home",
                "set-idle-home-hint",
                Kind::Minutes,
            ),
        ],
    },
    Group {
        slug: "kvitton",
        title: "set-group-receipts",
        icon: "wallet",
        settings: &[
            setting("wish_from_ore", "set-wish-from", "set-wish-from-hint", Kind::Sum),
            setting("source_from_ore", "set-source-from", "set-source-from-hint", Kind::Sum),
            setting("trip_late_days", "set-trip-late", "set-trip-late-hint", Kind::Days),
            setting(
                "abroad_ahead_days",
                "set-abroad-ahead",
                "set-abroad-ahead-hint",
                Kind::Days,
            ),
            setting(
                "old_receipt_months",
                "set-old-receipt",
                "set-old-receipt-hint",
                Kind::Months,
            ),
            setting(
                "receipts_after_end_days",
                "set-after-end",
                "set-after-end-hint",
                Kind::Days,
            ),
            setting("ended_assignment_days", "set-ended", "set-ended-hint", Kind::Days),
            setting("award_days", "set-award-days", "set-award-days-hint", Kind::Days),
            setting("mileage_ore_per_mil", "set-mileage", "set-mileage-hint", Kind::Sum),
            setting("base_costs", "set-base-costs", "set-base-costs-hint", Kind::Categories),
        ],
    },
    Group {
        slug: "meddelanden",
        title: "set-group-messages",
        icon: "msg",
        settings: &[
            setting("reopened_within_days", "set-reopened", "set-reopened-hint", Kind::Days),
            setting("former_member_days", "set-former", "set-former-hint", Kind::Days),
            setting("draft_days", "set-draft-days", "set-draft-days-hint", Kind::Days),
            setting(
                "draft_notice_days",
                "set-draft-notice",
                "set-draft-notice-hint",
                Kind::Days,
            ),
            setting("file_most_mb", "set-file-most", "set-file-most-hint", Kind::Megabytes),
            setting("files_most", "set-files-most", "set-files-most-hint", Kind::Files),
        ],
    },
];

/// The group of that address.
pub fn group(slug: &str) -> Option<&'static Group> {
    GROUPS.iter().find(|group| group.slug == slug)
}

/// The setting of that name.
pub fn find(name: &str) -> Option<&'static Setting> {
    GROUPS
        .iter()
        .flat_map(|group| group.settings)
        .find(|setting| setting.name == name)
}

/// What caseworkers see of each other's errands, in words.
pub fn sight(sight: TeamSight) -> &'static str {
    match sight {
        TeamSight::Off => say("set-sight-off"),
        TeamSight::Metadata => say("set-sight-metadata"),
        TeamSight::Full => say("set-sight-full"),
    }
}

impl Setting {
    /// A value as it is read, a line each.
    pub fn shown(&self, value: &Value) -> Vec<String> {
        let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
        let number = || value.as_i64().unwrap_or_default();
        let rows = || value.as_array().into_iter().flatten();
        match self.kind {
            Kind::Line(..) | Kind::Text => Some(text(value)).filter(|text| !text.is_empty()).into_iter().collect(),
            Kind::Days => vec![say_with("set-days", "n", &number().to_string())],
            Kind::Months => vec![say_with("set-months", "n", &number().to_string())],
            Kind::Minutes => vec![say_with("set-minutes", "n", &number().to_string())],
            Kind::Megabytes => vec![say_with("set-megabytes", "n", &number().to_string())],
            Kind::Files => vec![number().to_string()],
            Kind::Categories => rows()
                .filter_map(|one| ReceiptCategory::parse(&text(one)))
                .map(|one| receipt_category(one).to_owned())
                .collect(),
            Kind::Sum => vec![Ore(number()).to_string()],
            Kind::YesOrNo => vec![if value == true { say("set-yes") } else { say("set-no") }.to_owned()],
            Kind::Sight => TeamSight::parse(&text(value))
                .map(|one| sight(one).to_owned())
                .into_iter()
                .collect(),
            Kind::Kinds => rows().map(|row| text(&row["title"])).collect(),
            Kind::Rows(second, _) => rows()
                .map(|row| format!("{}: {}", text(&row["title"]), text(&row[second])))
                .collect(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::board::SettingsChange;
    use std::collections::BTreeSet;

    #[test]
    fn every_setting_has_its_place() {
        let described = serde_json::to_value(<SettingsChange as utoipa::PartialSchema>::schema()).unwrap();
        let there: BTreeSet<&str> = described["properties"]
            .as_object()
            .unwrap()
            .keys()
            .map(String::as_str)
            .collect();
        let placed: Vec<&str> = GROUPS
            .iter()
            .flat_map(|group| group.settings)
            .map(|setting| setting.name)
            .collect();
        assert_eq!(placed.len(), there.len(), "once each");
        assert_eq!(placed.into_iter().collect::<BTreeSet<_>>(), there);
    }
}
