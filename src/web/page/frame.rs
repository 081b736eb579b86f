//! What stands around a page's content: who is signed in, where one is, where one can go.

use super::assets::Script;
use super::colour::Colour;
use super::forgery::{Guard, Token};
use super::masthead::Masthead;
use crate::access::Role;
use crate::web::{Language, say, say_count, say_with};
use actix_web::http::StatusCode;

impl Masthead {
    /// What the menu of a home offers them.
    fn home_links(&self) -> Vec<Link> {
        let applies = |link: &&Link| match link.href {
            FORMER => self.former,
            // Of whoever has no home the old messages are the first page.
            "/" => !(self.without_home && self.former),
            "/arenden" | "/godkant" => !self.without_home,
            _ => true,
        };
        HOME.iter().filter(applies).copied().collect()
    }
}

/// A way to somewhere else.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Link {
    pub href: &'static str,
    /// The key of its text.
    pub label: &'static str,
    pub icon: &'static str,
}

const fn link(href: &'static str, label: &'static str, icon: &'static str) -> Link {
    Link { href, label, icon }
}

/// Of a home; what does not apply is left out ([`Masthead::home_links`]).
const HOME: &[Link] = &[
    link("/", "menu-start", "home"),
    link("/arenden", "menu-errands", "list"),
    link("/godkant", "menu-awards", "wallet"),
    link(FORMER, "menu-former", "msg"),
    link("/jag", "menu-me", "user"),
];
const FORMER: &str = "/mina-gamla-meddelanden";
const OWN: &[Link] = &[link("/jag", "menu-me", "user")];
const TEAM: &[Link] = &[
    link("/arenden", "menu-all", "inbox"),
    link("/arenden?state=received", "menu-new", "flag"),
    link("/arenden?urgent=true", "menu-urgent", "alert"),
    link("/arenden?unread=true", "menu-unread", "msg"),
    link(MINE, "menu-mine", "user"),
    link("/arenden?state=awaiting_home", "menu-waits", "clock"),
    link("/arenden?state=supplement_requested", "menu-supplement", "clock"),
    link("/arenden?state=closed", "menu-closed", "check"),
];
const MINE: &str = "/arenden?assignee=me";
const WRITE: &[Link] = &[link("/skriv", "menu-write", "msg")];
const HOMES: &[Link] = &[
    link("/hem", "menu-homes", "home"),
    link("/sok", "menu-search", "search"),
];
const REVIEW: &[Link] = &[
    link("/logg", "menu-log", "list"),
    link("/logg?outcome=denied", "menu-refused", "flag"),
    CHECK,
];
const CHECK: Link = link("/logg/kontroll", "menu-check", "shield");
const INCIDENTS: Link = link("/incidenter", "menu-incidents", "alert");
const RECERTIFY: Link = link("/behorigheter", "menu-recertify", "check");
const PROTECT: &[Link] = &[CHECK, PEOPLE, RECERTIFY, INCIDENTS, PROTECTED];
const UNIT: &[Link] = &[INCIDENTS, PROTECTED];
const PROTECTED: Link = link("/skyddade", "menu-protected", "lock");
const PEOPLE: Link = link("/personer", "menu-people", "users");
const MANAGE: &[Link] = &[PEOPLE, RECERTIFY, INCIDENTS, PROTECTED];
const GOVERN: &[Link] = &[
    link("/installningar", "menu-settings", "doc"),
    link("/enheter", "menu-units", "home"),
    PEOPLE,
    RECERTIFY,
    link("/brev", "menu-letters", "alert"),
    link("/halsa", "menu-health", "chart"),
];

/// The frame of one page.
#[derive(Debug, Clone, Default)]
pub struct Frame {
    pub title: String,
    /// What the page is said in.
    pub language: Language,
    /// Nobody: someone who is not signed in.
    pub masthead: Option<Masthead>,
    /// Hidden in every form.
    pub token: Token,
    /// Which of the menu's links leads here.
    pub here: &'static str,
    /// Pages with a form show a way back instead of the family's menu.
    pub menu: bool,
    /// Whose page it is, where nobody is signed in.
    board: Option<String>,
    /// That board's own.
    colour: Option<Colour>,
    /// Classes of the content.
    main: &'static str,
    /// What runs on the page; such a page is answered by [`super::scripted`].
    scripts: &'static [Script],
    /// Classes around rail and content, to staff.
    shell: &'static str,
    /// The home is to phone the team about something that cannot be sent just now.
    shut: bool,
    /// To staff: of what no home sees anything just now.
    kept: Option<String>,
    /// How much there is behind links of the menu.
    counts: Vec<(&'static str, String)>,
}

impl Frame {
    /// Of a page for someone who is signed in.
    pub fn of(title: impl Into<String>, masthead: Masthead, guard: &Guard) -> Frame {
        let staff = is_staff(&masthead.roles);
        let waiting = Some(masthead.namings).filter(|n| *n > 0);
        let counts = waiting.map(|n| (PROTECTED.href, n.to_string())).into_iter().collect();
        Frame {
            title: title.into(),
            language: Language::spoken(),
            masthead: Some(masthead),
            token: guard.token(),
            here: "",
            menu: true,
            main: if staff { "main-wide stack" } else { "page stack" },
            shell: "shell",
            scripts: &[],
            board: None,
            colour: None,
            counts,
            shut: false,
            kept: None,
        }
    }

    /// Of a page for anyone.
    pub fn open(title: impl Into<String>) -> Frame {
        Frame {
            title: title.into(),
            language: Language::spoken(),
            menu: true,
            main: "page stack",
            ..Frame::default()
        }
    }

    /// Of a board that has a page of its own.
    pub fn of_board(mut self, name: String, colour: Option<Colour>) -> Frame {
        (self.board, self.colour) = (Some(name), colour);
        self
    }

    /// Where the stylesheet of the board's own colour is.
    pub fn colour_sheet(&self) -> Option<String> {
        let own = self.masthead.as_ref().and_then(|masthead| masthead.colour);
        own.or(self.colour).map(Colour::sheet)
    }

    /// With forms, bound to this.
    pub fn guarded(mut self, guard: &Guard) -> Frame {
        self.token = guard.token();
        self
    }

    /// Reached by this link of the menu.
    pub fn at(mut self, href: &'static str) -> Frame {
        self.here = href;
        self
    }

    /// Without the family's menu: there is a form to be filled in.
    pub fn form(mut self) -> Frame {
        self.menu = false;
        self
    }

    /// With other classes for the content.
    pub fn laid_out(mut self, main: &'static str) -> Frame {
        self.main = main;
        self
    }

    /// Beside a list, each with its own scrolling; `open`: the content is an errand of it.
    pub fn in_panes(mut self, open: bool) -> Frame {
        self.shell = if open {
            "shell shell--inbox is-open"
        } else {
            "shell shell--inbox"
        };
        self
    }

    /// With how much there is behind links of the menu, as it is said.
    pub fn counted(mut self, counts: Vec<(&'static str, String)>) -> Frame {
        self.counts.extend(counts);
        self
    }

    /// With the word that there is something about which the home is to phone the team.
    pub fn partly_shut(mut self, shut: bool) -> Frame {
        self.shut = shut;
        self
    }

    pub fn is_partly_shut(&self) -> bool {
        self.shut
    }

    /// With the word to staff that a home will not see what is sent.
    pub fn kept_from_home(mut self, said: Option<String>) -> Frame {
        self.kept = said;
        self
    }

    pub fn said_of_kept(&self) -> Option<&str> {
        self.kept.as_deref()
    }

    /// How much there is behind a link; nothing where there is nothing.
    pub fn count(&self, link: &Link) -> &str {
        let found = self.counts.iter().find(|(href, _)| *href == link.href);
        found.map_or("", |(_, said)| said)
    }

    /// What was sent has faults: the title says so first.
    pub fn at_fault(mut self) -> Frame {
        self.title = say_with("frame-at-fault", "title", &self.title);
        self
    }

    /// The frame and status of a page: right, or shown again for what is wrong in it.
    pub fn judged(self, is_right: bool) -> (Frame, StatusCode) {
        match is_right {
            true => (self, StatusCode::OK),
            false => (self.at_fault(), StatusCode::UNPROCESSABLE_ENTITY),
        }
    }

    /// With scripts.
    pub fn with(mut self, scripts: &'static [Script]) -> Frame {
        self.scripts = scripts;
        self
    }

    pub fn scripts(&self) -> &'static [Script] {
        self.scripts
    }

    /// Who is to be warned before the session ends: whoever is signed in, at a page that runs scripts.
    pub fn warned(&self) -> Option<&Masthead> {
        self.masthead.as_ref().filter(|_| !self.scripts.is_empty())
    }

    /// Whether files are sent as they are chosen.
    pub fn uploads(&self) -> bool {
        self.scripts.contains(&Script::Upload)
    }

    /// What the board takes of files, in words.
    pub fn files_hint(&self) -> String {
        let (most, mb) = self.files();
        let most = say_count("form-files-most", usize::try_from(most).unwrap_or_default());
        format!("{most}, {}", say_with("form-files-size", "mb", &mb.to_string()))
    }

    /// MB of the largest file it takes.
    pub fn file_most_mb(&self) -> i64 {
        self.files().1
    }

    fn files(&self) -> (i64, i64) {
        self.masthead.as_ref().map_or((0, 0), |masthead| masthead.files)
    }

    /// Whether there are keys to be told of.
    pub fn has_keys(&self) -> bool {
        self.scripts.contains(&Script::Keys)
    }

    /// Whether they do anything.
    pub fn keys_are_on(&self) -> bool {
        self.masthead.as_ref().is_some_and(|masthead| masthead.shortcuts)
    }

    /// Whether there is a foot with the way to another language: not below panes of their own, nor where what is typed
    /// would be lost.
    pub fn has_foot(&self) -> bool {
        self.menu && !self.shell.contains("shell--inbox")
    }

    pub fn shell(&self) -> &'static str {
        self.shell
    }

    pub fn main(&self) -> &'static str {
        self.main
    }

    /// Staff has a rail of links beside the content; homes have a line of them above it.
    pub fn is_staff(&self) -> bool {
        self.masthead.as_ref().is_some_and(|masthead| is_staff(&masthead.roles))
    }

    /// The menu, in groups with the key of a heading each.
    pub fn groups(&self) -> Vec<(&'static str, Vec<Link>)> {
        let roles = self.masthead.as_ref().map_or(&[][..], |masthead| &masthead.roles);
        let holds = |role| roles.contains(&role);
        let mut groups = Vec::new();
        if let Some(masthead) = self.masthead.as_ref().filter(|_| holds(Role::Contractor)) {
            groups.push(("menu-home", masthead.home_links()));
        }
        if roles.iter().any(|role| role.handles_errands()) {
            let all = [("menu-inbox", TEAM), ("menu-begin", WRITE), ("menu-homes", HOMES)];
            groups.extend(all.map(|(heading, links)| (heading, links.to_vec())));
        } else if holds(Role::UnitManager) {
            // Whoever looks on is assigned nothing.
            let looked_at = TEAM.iter().filter(|link| link.href != MINE).copied();
            groups.extend([("menu-inbox", looked_at.collect()), ("menu-homes", HOMES.to_vec())]);
        }
        if holds(Role::TeamLead) && !holds(Role::DataProtectionOfficer) && !holds(Role::UnitManager) {
            groups.push(("menu-unit", UNIT.to_vec()));
        }
        if holds(Role::Auditor) {
            groups.push(("menu-review", REVIEW.to_vec()));
        }
        if holds(Role::DataProtectionOfficer) {
            groups.push(("menu-protect", PROTECT.to_vec()));
        }
        if holds(Role::Steward) {
            groups.push(("menu-govern", GOVERN.to_vec()));
        } else if holds(Role::UnitManager) {
            groups.push(("menu-govern", MANAGE.to_vec()));
        }
        if !roles.is_empty() && !holds(Role::Contractor) {
            groups.push(("menu-own", OWN.to_vec()));
        }
        groups
    }

    /// The family's menu.
    pub fn tabs(&self) -> Vec<Link> {
        let masthead = self.masthead.as_ref().filter(|_| self.menu && !self.is_staff());
        masthead.map(Masthead::home_links).unwrap_or_default()
    }

    /// What is said to whoever has left their home and can send nothing; nothing to all others.
    pub fn without_home(&self) -> Option<&'static str> {
        let masthead = self.masthead.as_ref().filter(|masthead| masthead.without_home)?;
        match masthead.former {
            true => Some(say("start-left-former")),
            false => Some(say("start-left")),
        }
    }

    /// Whether the page holds what someone typed before they were signed out: no link leads away from it.
    pub fn holds(&self) -> bool {
        !self.menu && self.masthead.is_none()
    }

    /// Below the service's name: whose it is.
    pub fn organisation(&self) -> &str {
        self.masthead
            .as_ref()
            .map_or_else(|| say("frame-organisation"), |masthead| &masthead.board)
    }
}

fn is_staff(roles: &[Role]) -> bool {
    roles.iter().any(|role| role.is_staff())
}
