//! What must hold of every page, whatever it is about: it fits every width, axe has nothing against it, the browser
//! neither, it asks nobody else for anything, and nobody's text has become part of it. Here too how it looks and what it
//! weighs.

use super::{Chromium, setting};
use serde_json::{Value, json};
use std::path::{Path, PathBuf};
use std::sync::OnceLock;
use std::sync::atomic::Ordering;

/// Where `tests/run` keeps axe-core below the cache's folder: the rules by which accessibility is judged.
const AXE_AT: &str = "famn/axe-core-4.14.1/node_modules/axe-core/axe.min.js";
/// WCAG 2.2 AA and what is good practice beside it.
const AXE_RUN: &str = "const done = arguments[arguments.length - 1]; axe.run(document, {runOnly: ['wcag2a', 'wcag2aa', \
                       'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice']}).then(found => done(found.violations.map(\
                       one => one.id + ': ' + one.nodes.map(node => node.target.join(' ')).join(', '))))";
/// What reaches beyond the page's right edge, if the page can be scrolled there.
const TOO_WIDE: &str = "const page = document.documentElement; return page.scrollWidth <= page.clientWidth ? [] : \
                        [...document.querySelectorAll('body *')].filter(one => one.getBoundingClientRect().right > \
                        page.clientWidth + 0.5).map(one => one.tagName + '.' + one.className).slice(0, 9)";
/// What the page was made of, by address.
const LOADED: &str = "return performance.getEntriesByType('resource').map(one => one.name)";
/// Bytes that came over the wire for the page, pictures of receipts apart.
const WEIGHT: &str = "return ['navigation', 'resource'].flatMap(kind => performance.getEntriesByType(kind))\
                      .filter(one => !one.name.includes('/filer/')).reduce((sum, one) => sum + one.transferSize, 0)";
/// What hostile text would leave behind where it became part of a page, and what takes the keys out of their order.
const ASTRAY: &str = "return [...(window.hostile ? ['a script of a stranger ran'] : []), \
                      ...[...document.querySelectorAll('img[src=\"x\"], b.hostile, svg[onload], script:not([src])')]\
                      .map(one => 'of a stranger: ' + one.outerHTML), \
                      ...[...document.querySelectorAll('[tabindex]')].filter(one => one.tabIndex > 0)\
                      .map(one => 'out of order: ' + one.outerHTML)]";
/// Whether the links of a summary of faults lead to fields, and its words stand beside them.
const LED: &str = "const links = [...document.querySelectorAll('#fel a')]; return links.length > 0 && links.every(link => \
                   document.querySelector(link.getAttribute('href')) && [...document.querySelectorAll('.field__err')]\
                   .some(one => one.textContent.trim() === link.textContent.trim()))";
const HEIGHT: &str = "return document.documentElement.scrollHeight";
/// The narrowest phone, a usual one, a desk.
const WIDTHS: [u32; 3] = [320, 390, 1440];
/// Whether a page whose panes scroll by themselves can be scrolled away as a whole.
const SCROLLED_AWAY: &str = "const shell = document.querySelector('.shell--inbox'); return innerWidth < 1024 || !shell ? 0 : \
                             Math.max(0, document.scrollingElement.scrollHeight - innerHeight)";
/// A page may weigh this much with all it needs, and this much when the browser has been here before.
const FIRST: u64 = 60_000;
const AGAIN: u64 = 15_000;

/// axe-core, if it is there.
pub(super) fn axe() -> Option<&'static str> {
    static READ: OnceLock<Option<String>> = OnceLock::new();
    let read = || {
        let home = setting("HOME").map(|home| format!("{home}/.cache"));
        let kept = || Some(format!("{}/{AXE_AT}", setting("XDG_CACHE_HOME").or(home)?));
        std::fs::read_to_string(setting("FAMN_TEST_AXE").or_else(kept)?).ok()
    };
    READ.get_or_init(read).as_deref()
}

/// Where pictures of the pages go: never into the clone.
fn pictures() -> PathBuf {
    let usual = || concat!(env!("CARGO_TARGET_TMPDIR"), "/pages").to_owned();
    PathBuf::from(setting("FAMN_TEST_PICTURES").unwrap_or_else(usual))
}

impl Chromium {
    /// What must hold of every page. What does not is told when the browser is left, all of it.
    #[track_caller]
    pub fn is_well(&self) -> impl Future<Output = ()> {
        let asked = std::panic::Location::caller();
        async move {
            let path = self.path().await;
            let mut wrong = self.fits().await;
            self.wide(self.width.load(Ordering::SeqCst)).await;
            wrong.extend(self.is_clean(&path).await);
            if self.scripts {
                wrong.extend(self.breaches().await);
            }
            self.tell(&format!("{asked}: {path}"), wrong);
        }
    }

    /// What must hold of every page in the other language: on a phone, in the dark, with a picture of it.
    pub async fn is_well_in_the_dark(&self, who: &str, name: &str) {
        let path = self.path().await;
        let mut wrong = self.fits().await;
        self.in_colours("dark").await;
        self.wide(390).await;
        wrong.extend(self.breaches().await);
        self.keeps_picture(&pictures().join(who), name, (390, "dark")).await;
        self.in_colours("light").await;
        self.wide(self.width.load(Ordering::SeqCst)).await;
        wrong.extend(self.is_clean(&path).await);
        self.tell(&path, wrong);
    }

    /// The same in light and dark, on a phone and at a desk, with a picture of each called `name` in the folder `who`.
    pub async fn is_well_in_every_light(&self, who: &str, name: &str) {
        let path = self.path().await;
        let mut wrong = self.fits().await;
        for scheme in ["light", "dark"] {
            self.in_colours(scheme).await;
            for width in [390, 1440] {
                self.wide(width).await;
                // The dark phone is judged in the other language.
                if (scheme, width) != ("dark", 390) {
                    let found = self.breaches().await.into_iter();
                    wrong.extend(found.map(|what| format!("{scheme}, {width} px: {what}")));
                }
                self.keeps_picture(&pictures().join(who), name, (width, scheme)).await;
            }
        }
        self.in_colours("light").await;
        self.wide(self.width.load(Ordering::SeqCst)).await;
        wrong.extend(self.is_clean(&path).await);
        self.tell(&path, wrong);
    }

    /// A page is light: on the first visit with all it needs, and more so after that.
    pub async fn is_light(&self, path: &str) {
        let clear = json!({"cmd": "Network.clearBrowserCache", "params": {}});
        self.command("goog/cdp/execute", clear).await;
        let mut wrong = Vec::new();
        for (visit, most) in [("first", FIRST), ("second", AGAIN)] {
            self.goto(path).await;
            let weight = self.finds(WEIGHT).await.as_u64().unwrap_or(u64::MAX);
            if weight > most {
                wrong.push(format!("{weight} bytes on the {visit} visit, {most} at most"));
            }
        }
        self.tell(path, wrong);
    }

    /// Nothing that someone wrote has become part of the page.
    pub async fn is_clean_of_strangers(&self) {
        let path = self.path().await;
        let wrong = self.is_clean(&path).await;
        self.tell(&path, wrong);
    }

    /// Whether each fault of the summary leads to a field of the page and stands there in the same words.
    pub async fn leads_to_fields(&self) -> bool {
        self.finds(LED).await == true
    }

    fn tell(&self, place: &str, wrong: Vec<String>) {
        let wrong = wrong.into_iter().map(|what| format!("{place}: {what}"));
        self.wrong.lock().expect("not poisoned").extend(wrong);
    }

    async fn fits(&self) -> Vec<String> {
        let mut wrong = Vec::new();
        for width in WIDTHS {
            self.wide(width).await;
            let over = self.finds(TOO_WIDE).await;
            if over != json!([]) {
                wrong.push(format!("scrolls sideways at {width} px: {over}"));
            }
            let away = self.finds(SCROLLED_AWAY).await;
            if away != json!(0) {
                wrong.push(format!("can be scrolled away by {away} px at {width} px"));
            }
        }
        wrong
    }

    /// What axe finds.
    async fn breaches(&self) -> Vec<String> {
        self.finds(axe().expect("axe-core")).await;
        let found = self.client().execute_async(AXE_RUN, Vec::new()).await;
        serde_json::from_value(found.expect("axe runs")).expect("a list")
    }

    /// The browser has nothing to complain of, nobody else was asked, nothing of a stranger is part of the page.
    async fn is_clean(&self, path: &str) -> Vec<String> {
        let mut wrong = self.complaints(path).await;
        let list = |found: Value| serde_json::from_value::<Vec<String>>(found).expect("a list");
        let own = |name: &String| name.starts_with(&self.base) || name.starts_with("blob:");
        let loaded = list(self.finds(LOADED).await).into_iter();
        wrong.extend(
            loaded
                .filter(|name| !own(name))
                .map(|name| format!("asked elsewhere: {name}")),
        );
        wrong.extend(list(self.finds(ASTRAY).await));
        wrong
    }

    async fn keeps_picture(&self, folder: &Path, name: &str, (width, scheme): (u32, &str)) {
        let height = self.finds(HEIGHT).await;
        let clip = json!({"x": 0, "y": 0, "width": width, "height": height, "scale": 1});
        let params = json!({"format": "png", "captureBeyondViewport": true, "clip": clip});
        let taken = json!({"cmd": "Page.captureScreenshot", "params": params});
        let taken = self.command("goog/cdp/execute", taken).await;
        let taken = taken["data"].as_str().expect("a picture");
        let picture = data_encoding::BASE64.decode(taken.as_bytes()).expect("a picture");
        std::fs::create_dir_all(folder).expect("a folder");
        std::fs::write(folder.join(format!("{name}-{width}-{scheme}.png")), picture).expect("a picture is kept");
    }
}
