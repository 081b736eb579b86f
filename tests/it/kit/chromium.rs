//! A real browser, headless, driven over WebDriver: what a person does in it, and what must hold of every page they
//! meet. Without Chromium and its driver a test says that it is skipped, or fails where `FAMN_REQUIRE` is set.

mod more;
mod well;

use super::database::setting;
use fantoccini::elements::Element;
use fantoccini::wd::{WebDriverCompatibleCommand, WindowHandle};
use fantoccini::{Client, ClientBuilder, Locator};
use hyper_util::client::legacy::connect::HttpConnector;
use reqwest::{Method, Url};
use serde_json::{Value, json};
use std::io::{BufRead, BufReader};
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::sync::Mutex;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

/// Which pictures have come; a browser fetches one when it is brought into view.
const PICTURES: &str = "return [...document.querySelectorAll('main img')].filter(one => one.checkVisibility()).map(one => \
                        { one.scrollIntoView(); return one.complete && one.naturalWidth > 0 })";

/// One browser with a profile of its own.
pub struct Chromium {
    driver: Child,
    client: Option<Client>,
    folder: PathBuf,
    base: String,
    width: AtomicU32,
    /// Pages may run scripts.
    scripts: bool,
    /// What was wrong with pages; told when the browser is left.
    wrong: Mutex<Vec<String>>,
}

/// A tab to come back to.
pub struct Tab(WindowHandle);

/// A command that WebDriver has no name for.
#[derive(Debug)]
struct Extra(&'static str, Value);

impl WebDriverCompatibleCommand for Extra {
    fn endpoint(&self, base: &Url, session: Option<&str>) -> Result<Url, <Url as std::str::FromStr>::Err> {
        base.join(&format!("session/{}/{}", session.unwrap_or_default(), self.0))
    }
    fn method_and_body(&self, _: &Url) -> (Method, Option<String>) {
        (Method::POST, Some(self.1.to_string()))
    }
}

fn found(names: &[&str]) -> Option<PathBuf> {
    let path = setting("PATH")?;
    let places = std::env::split_paths(&path).flat_map(|folder| names.iter().map(move |name| folder.join(name)));
    places.into_iter().find(|place| place.is_file())
}

impl Chromium {
    /// Opens a browser of that width for the town at `base`; nothing where there is none to open.
    pub async fn open(base: &str, width: u32, scripts: bool) -> Option<Chromium> {
        let browser = found(&["chromium", "chromium-browser", "google-chrome"]);
        let (Some(browser), Some(driver), true) = (browser, found(&["chromedriver"]), well::axe().is_some()) else {
            let told = "SKIPPED: chromium or chromedriver is not on PATH, or axe-core is not at FAMN_TEST_AXE";
            assert!(setting("FAMN_REQUIRE").is_none(), "{told}");
            eprintln!("{told}");
            return None;
        };
        let (driver, port) = started(driver);
        static NEXT: AtomicU32 = AtomicU32::new(0);
        let name = format!(
            "famn_browser_{}_{}",
            std::process::id(),
            NEXT.fetch_add(1, Ordering::SeqCst)
        );
        let folder = std::env::temp_dir().join(name);
        std::fs::create_dir_all(&folder).expect("a folder");
        let mut opened = Chromium {
            driver,
            client: None,
            base: base.into(),
            width: AtomicU32::new(width),
            scripts,
            folder,
            wrong: Mutex::default(),
        };
        let arguments = [
            "--headless",
            // Colours are measured as they stand, not while they change.
            "--force-prefers-reduced-motion",
            "--no-sandbox",
            "--disable-gpu",
            "--disable-dev-shm-usage",
            "--disable-background-networking",
            "--disable-component-update",
            "--disable-sync",
            "--no-first-run",
            "--lang=sv-SE",
            &format!("--user-data-dir={}", opened.folder.join("profile").display()),
        ];
        let may_run = if scripts { 1 } else { 2 };
        let wanted = json!({
            "goog:loggingPrefs": {"browser": "ALL"},
            "goog:chromeOptions": {"binary": browser, "args": arguments, "prefs": {
                "intl.accept_languages": "sv-SE,sv",
                "profile.default_content_setting_values.javascript": may_run,
            }},
        });
        let client = ClientBuilder::new(HttpConnector::new())
            .capabilities(wanted.as_object().expect("an object").clone())
            .connect(&format!("http://127.0.0.1:{port}"))
            .await
            .expect("the browser opens");
        opened.client = Some(client);
        opened.wide(width).await;
        opened.runs_scripts_as_told().await;
        Some(opened)
    }

    fn client(&self) -> &Client {
        self.client.as_ref().expect("a browser")
    }

    async fn command(&self, name: &'static str, body: Value) -> Value {
        let done = self.client().issue_cmd(Extra(name, body)).await;
        done.expect("the browser does it")
    }

    /// Gives the window another width for good.
    pub async fn resizes(&self, width: u32) {
        self.width.store(width, Ordering::SeqCst);
        self.wide(width).await;
    }

    async fn wide(&self, width: u32) {
        let size = json!({"width": width, "height": 844, "deviceScaleFactor": 1, "mobile": false});
        let set = json!({"cmd": "Emulation.setDeviceMetricsOverride", "params": size});
        self.command("goog/cdp/execute", set).await;
    }

    /// Shows pages as people see them who have asked for dark colours.
    pub async fn dark(&self) {
        self.in_colours("dark").await;
    }

    async fn in_colours(&self, scheme: &str) {
        let asked = json!({"features": [{"name": "prefers-color-scheme", "value": scheme}]});
        let set = json!({"cmd": "Emulation.setEmulatedMedia", "params": asked});
        self.command("goog/cdp/execute", set).await;
    }

    /// What a script of ours finds on the page.
    async fn finds(&self, script: &str) -> Value {
        self.client().execute(script, Vec::new()).await.expect("a script runs")
    }

    /// A browser that has only been asked to leave scripts alone proves nothing.
    async fn runs_scripts_as_told(&self) {
        let page = "data:text/html,<title>nej</title><script>document.title='ja'</script>";
        self.client().goto(page).await.expect("a page");
        let title = self.client().title().await.expect("a title");
        assert_eq!(title, if self.scripts { "ja" } else { "nej" });
    }

    /// Whether pages may run scripts.
    pub fn runs_scripts(&self) -> bool {
        self.scripts
    }

    /// Goes to a page of the town, or to one that is an address of its own.
    pub async fn goto(&self, path: &str) {
        let base = if path.starts_with('/') { self.base.as_str() } else { "" };
        let gone = self.client().goto(&format!("{base}{path}")).await;
        gone.unwrap_or_else(|cause| panic!("{path}: {cause}"));
    }
    /// Where the browser is.
    pub async fn path(&self) -> String {
        let url = self.client().current_url().await.expect("an address");
        url.as_str().trim_start_matches(&self.base).to_owned()
    }
    /// The page as it came, all of it.
    pub async fn source(&self) -> String {
        self.client().source().await.expect("a page")
    }

    /// The page as a person reads it.
    async fn shown(&self) -> String {
        let body = self.client().find(Locator::Css("body")).await.expect("a page");
        body.text().await.expect("a text")
    }

    /// The first element at an XPath, waited for.
    #[track_caller]
    fn at(&self, path: String) -> impl Future<Output = Element> {
        let asked = std::panic::Location::caller();
        async move {
            let wait = self.client().wait().every(Duration::from_millis(20));
            match wait.for_element(Locator::XPath(&path)).await {
                Ok(element) => element,
                Err(cause) => panic!("{asked}: {path}: {cause}\n{}", self.shown().await),
            }
        }
    }
    #[track_caller]
    fn field(&self, id: &str) -> impl Future<Output = Element> {
        self.at(format!("//*[@id='{id}']"))
    }

    /// Opens another tab of the same browser, and works in it.
    pub async fn opens_tab(&self) -> Tab {
        let before = self.client().window().await.expect("a tab");
        let other = self.client().new_window(true).await.expect("another tab");
        self.client()
            .switch_to_window(other.handle.clone())
            .await
            .expect("the other tab");
        self.resizes(self.width.load(Ordering::SeqCst)).await;
        Tab(before)
    }
    /// Goes to the tab that was worked in before.
    pub async fn returns_to(&self, tab: &Tab) {
        self.client().switch_to_window(tab.0.clone()).await.expect("the tab");
    }
    pub async fn goes_back(&self) {
        self.client().back().await.expect("the page before");
    }

    /// Waits until the page shows `text`.
    #[track_caller]
    pub fn sees(&self, text: &str) -> impl Future<Output = ()> {
        let shown = self.at(format!("//body[contains(normalize-space(.), \"{text}\")]"));
        async move { drop(shown.await) }
    }
    /// Writes into a field, in place of what stands there.
    #[track_caller]
    pub fn types(&self, id: &str, text: &str) -> impl Future<Output = ()> {
        let (field, text) = (self.field(id), text.to_owned());
        async move {
            let field = field.await;
            if field.prop("type").await.expect("a kind").as_deref() == Some("date") {
                return types_day(&field, &text).await;
            }
            field.clear().await.expect("an empty field");
            field.send_keys(&text).await.expect("keys");
        }
    }
    /// Chooses from a list.
    #[track_caller]
    pub fn chooses(&self, id: &str, value: &str) -> impl Future<Output = ()> {
        let (field, value) = (self.field(id), value.to_owned());
        async move { field.await.select_by_value(&value).await.expect("a choice") }
    }
    /// Chooses a file; the browser gets one of that name.
    #[track_caller]
    pub fn attaches(&self, id: &str, name: &str, bytes: &[u8]) -> impl Future<Output = ()> {
        let (field, file) = (self.field(id), self.folder.join(name));
        std::fs::write(&file, bytes).expect("a file");
        async move {
            let path = file.to_str().expect("a path");
            field.await.send_keys(path).await.expect("a file");
        }
    }
    /// Ticks or picks what is labelled so.
    #[track_caller]
    pub fn ticks(&self, label: &str) -> impl Future<Output = ()> {
        self.clicked(format!("//label[contains(normalize-space(.), \"{label}\")]"))
    }
    #[track_caller]
    pub fn presses(&self, label: &str) -> impl Future<Output = ()> {
        self.clicked(format!("//button[contains(normalize-space(.), \"{label}\")]"))
    }
    #[track_caller]
    pub fn follows(&self, label: &str) -> impl Future<Output = ()> {
        self.clicked(format!("//a[contains(normalize-space(.), \"{label}\")]"))
    }
    #[track_caller]
    fn clicked(&self, path: String) -> impl Future<Output = ()> {
        let element = self.at(path.clone());
        async move {
            let clicked = element.await.click().await;
            clicked.unwrap_or_else(|cause| panic!("{path}: {cause}"));
        }
    }

    /// What the first press of the tab key leads to: its words.
    pub async fn tabs_to(&self) -> String {
        let page = self.client().find(Locator::Css("body")).await.expect("a page");
        page.send_keys("\u{E004}").await.expect("a key");
        let there = self.client().active_element().await.expect("something");
        there.text().await.expect("a text")
    }

    /// Presses keys where nothing is written into.
    pub async fn keys(&self, keys: &str) {
        let page = self.client().find(Locator::Css("body")).await.expect("a page");
        page.send_keys(keys).await.expect("keys");
    }
    /// The id or the words of what the keys lead to now.
    pub async fn focused(&self) -> String {
        let here = "const one = document.activeElement; return one.id || one.textContent";
        let found = self.client().execute(here, Vec::new()).await.expect("something");
        found.as_str().unwrap_or_default().to_owned()
    }

    pub async fn title(&self) -> String {
        self.client().title().await.expect("a title")
    }

    /// Waits until so many pictures, and all that are not folded away, have come and can be decoded.
    pub async fn sees_pictures(&self, least: usize) {
        let come = async {
            loop {
                let come = self.client().execute(PICTURES, Vec::new()).await.expect("pictures");
                let come: Vec<bool> = serde_json::from_value(come).expect("a list");
                if come.len() >= least && come.iter().all(|come| *come) {
                    return;
                }
                tokio::time::sleep(Duration::from_millis(20)).await;
            }
        };
        let in_time = tokio::time::timeout(Duration::from_secs(30), come).await;
        in_time.unwrap_or_else(|_| panic!("{least} pictures have not come"));
    }

    /// What was wrong with the pages so far, once.
    pub fn wrong(&self) -> Vec<String> {
        std::mem::take(&mut *self.wrong.lock().expect("not poisoned"))
    }

    /// What the browser's console says, but for the status of a page that is itself a refusal.
    async fn complaints(&self, path: &str) -> Vec<String> {
        let told = self.command("se/log", json!({"type": "browser"})).await;
        let told = told.as_array().expect("a list").clone();
        let own = format!(
            "{}{path} - Failed to load resource: the server responded with a status of 4",
            self.base
        );
        let grave = told
            .iter()
            .filter(|one| one["level"] == "SEVERE" || one["level"] == "WARNING");
        let words = grave.map(|one| one["message"].as_str().unwrap_or_default().to_owned());
        words.filter(|words| !words.starts_with(&own)).collect()
    }
}

/// A day such as 2026-11-22, typed in the order that the browser's language has for it.
async fn types_day(field: &Element, day: &str) {
    let (year, rest) = day.split_once('-').expect("a year");
    let american = format!("{}{year}", rest.replace('-', ""));
    for typed in [day, &american] {
        field.send_keys(typed).await.expect("keys");
        if field.prop("value").await.expect("a value").as_deref() == Some(day) {
            return;
        }
        field.clear().await.expect("an empty field");
    }
    panic!("{day} could not be typed");
}

/// The driver, on a free port of its own choosing.
fn started(driver: PathBuf) -> (Child, u16) {
    let mut driver = Command::new(driver)
        .arg("--port=0")
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .expect("the driver starts");
    let mut lines = BufReader::new(driver.stdout.take().expect("its output")).lines();
    let port = lines.by_ref().find_map(|line| {
        let line = line.ok()?;
        let (_, port) = line.split_once("started successfully on port ")?;
        port.trim_end_matches('.').parse().ok()
    });
    // Read on, or the driver would wait for a reader.
    std::thread::spawn(move || lines.for_each(drop));
    (driver, port.expect("the driver says its port"))
}

/// Also after a failed assertion no browser, driver or profile stays.
impl Drop for Chromium {
    fn drop(&mut self) {
        if let Some(client) = self.client.take() {
            let close = || tokio::runtime::Handle::current().block_on(client.close());
            let _ = tokio::task::block_in_place(close);
        }
        let _ = self.driver.kill();
        let _ = self.driver.wait();
        let _ = std::fs::remove_dir_all(&self.folder);
        let wrong = self.wrong();
        if !std::thread::panicking() {
            assert!(wrong.is_empty(), "{}", wrong.join("\n"));
        }
    }
}
