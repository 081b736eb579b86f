//! A browser without scripts: it keeps cookies, fills in forms as they stand on the page, and says where they come from.

use super::person::Answer;
use famn::demo;
use reqwest::{Client, Method, RequestBuilder};
use std::collections::BTreeMap;
use std::sync::Mutex;

pub struct Browser {
    client: Client,
    base: String,
    cookies: Mutex<BTreeMap<String, String>>,
}

/// A page as it came, after whatever redirects.
pub struct Page {
    pub status: u16,
    pub path: String,
    pub text: String,
    pub answer: Answer,
}

/// What is typed into a form, and the files chosen in it.
#[derive(Clone, Default)]
pub struct Filled {
    pub fields: Vec<(String, String)>,
    pub files: Vec<(String, String, &'static str, Vec<u8>)>,
}

impl Filled {
    pub fn with(mut self, name: &str, value: &str) -> Filled {
        self.fields.push((name.into(), value.into()));
        self
    }
    /// In place of what stands there.
    pub fn but(mut self, name: &str, value: &str) -> Filled {
        self.fields.retain(|(field, _)| field != name);
        self.with(name, value)
    }
    pub fn file(mut self, field: &str, name: &str, kind: &'static str, bytes: &[u8]) -> Filled {
        self.files.push((field.into(), name.into(), kind, bytes.to_vec()));
        self
    }

    /// As a browser writes it, in the order of the fields.
    fn body(&self, multipart: bool) -> (&'static str, Vec<u8>) {
        if !multipart {
            let pairs = self
                .fields
                .iter()
                .map(|(name, value)| format!("{}={}", encoded(name), encoded(value)));
            return (
                "application/x-www-form-urlencoded",
                pairs.collect::<Vec<_>>().join("&").into_bytes(),
            );
        }
        let mut body = Vec::new();
        for (name, value) in &self.fields {
            let head = format!("--grans\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n");
            body.extend_from_slice(head.as_bytes());
        }
        for (field, name, kind, bytes) in &self.files {
            let name = name.replace('"', "%22");
            let head = format!(
                "--grans\r\nContent-Disposition: form-data; name=\"{field}\"; filename=\"{name}\"\r\nContent-Type: {kind}\r\n\r\n"
            );
            body.extend_from_slice(head.as_bytes());
            body.extend_from_slice(bytes);
            body.extend_from_slice(b"\r\n");
        }
        body.extend_from_slice(b"--grans--\r\n");
        ("multipart/form-data; boundary=grans", body)
    }
}

fn encoded(text: &str) -> String {
    let plain = |b: u8| b.is_ascii_alphanumeric() || b"-_.".contains(&b);
    text.bytes()
        .map(|b| {
            if plain(b) {
                char::from(b).to_string()
            } else {
                format!("%{b:02X}")
            }
        })
        .collect()
}

impl Page {
    /// The form sent to `action` as it stands: its hidden fields, and what is typed and chosen in it.
    #[track_caller]
    pub fn form(&self, action: &str) -> Filled {
        let mark = format!("action=\"{action}\"");
        let at = self
            .text
            .find(&mark)
            .unwrap_or_else(|| panic!("no form to {action} on {}:\n{}", self.path, self.text));
        let form = self.text[at..].split("</form>").next().expect("a form ends");
        let mut filled = Filled::default();
        for tag in form.split('<').skip(1) {
            let attribute = |name: &str| {
                let value = tag.split_once(&format!(" {name}=\""))?.1;
                Some(unescaped(value.split('"').next()?))
            };
            let Some(name) = attribute("name") else { continue };
            let chosen = tag.contains(" checked");
            match (tag.split([' ', '>']).next(), attribute("type").as_deref()) {
                (Some("input"), Some("radio" | "checkbox")) if !chosen => {}
                (Some("input"), Some("file")) => {}
                (Some("input"), _) => filled = filled.with(&name, &attribute("value").unwrap_or_default()),
                (Some("textarea"), _) => {
                    let text = tag.split_once('>').map_or("", |(_, text)| text);
                    filled = filled.with(&name, &unescaped(text));
                }
                _ => {}
            }
        }
        filled
    }

    /// The path of the first link that begins like this.
    #[track_caller]
    pub fn link(&self, start: &str) -> String {
        let mark = format!("href=\"{start}");
        let at = self
            .text
            .find(&mark)
            .unwrap_or_else(|| panic!("no link to {start} on {}", self.path));
        unescaped(self.text[at + 6..].split('"').next().expect("an address ends"))
    }

    /// The address of the first picture of a receipt.
    #[track_caller]
    pub fn link_to_picture(&self) -> String {
        let at = self.text.split("src=\"/filer/").nth(1).expect("a picture");
        format!("/filer/{}", at.split('"').next().expect("an id"))
    }

    pub fn shows(&self, text: &str) -> bool {
        self.text.contains(text)
    }
}

fn unescaped(text: &str) -> String {
    [
        ("&#60;", "<"),
        ("&#62;", ">"),
        ("&#34;", "\""),
        ("&#39;", "'"),
        ("&#38;", "&"),
    ]
    .iter()
    .fold(text.to_owned(), |text, (from, to)| text.replace(from, to))
}

impl Browser {
    pub fn new(base: &str) -> Browser {
        let client = Client::builder()
            .redirect(reqwest::redirect::Policy::none())
            .build()
            .expect("a client");
        Browser {
            client,
            base: base.into(),
            cookies: Mutex::default(),
        }
    }

    pub fn cookie(&self, name: &str) -> Option<String> {
        self.cookies.lock().expect("not poisoned").get(name).cloned()
    }

    /// A request with the cookies there are, and nothing that says where it comes from.
    pub fn request(&self, method: Method, path: &str) -> RequestBuilder {
        let cookies = self.cookies.lock().expect("not poisoned");
        let sent: Vec<String> = cookies.iter().map(|(name, value)| format!("{name}={value}")).collect();
        let request = self.client.request(method, format!("{}{path}", self.base));
        if sent.is_empty() {
            request
        } else {
            request.header("Cookie", sent.join("; "))
        }
    }

    /// Sends a request and keeps the cookies of its answer.
    pub async fn send(&self, request: RequestBuilder) -> Answer {
        let answer = request.send().await.expect("an answer");
        let (status, headers) = (answer.status(), answer.headers().clone());
        let bytes = answer.bytes().await.expect("a body").to_vec();
        let mut cookies = self.cookies.lock().expect("not poisoned");
        for set in headers.get_all("set-cookie") {
            let set = set.to_str().expect("a readable cookie");
            let (name, value) = set
                .split(';')
                .next()
                .and_then(|pair| pair.split_once('='))
                .expect("a cookie");
            if set.contains("Max-Age=0") {
                cookies.remove(name);
            } else {
                cookies.insert(name.into(), value.into());
            }
        }
        drop(cookies);
        Answer { status, headers, bytes }
    }

    pub async fn get(&self, path: &str) -> Page {
        let answer = self.send(self.request(Method::GET, path)).await;
        self.follow(path, answer).await
    }

    async fn follow(&self, path: &str, mut answer: Answer) -> Page {
        let mut path = path.to_owned();
        for _ in 0..5 {
            if answer.status.as_u16() != 303 {
                break;
            }
            path = answer.header("location").to_owned();
            answer = self.send(self.request(Method::GET, &path)).await;
        }
        let text = String::from_utf8_lossy(&answer.bytes).into_owned();
        Page {
            status: answer.status.as_u16(),
            path,
            text,
            answer,
        }
    }

    /// A form as it is sent, before it is said where it comes from.
    pub fn sending(&self, action: &str, filled: &Filled, multipart: bool) -> RequestBuilder {
        let (kind, body) = filled.body(multipart);
        self.request(Method::POST, action)
            .header("Content-Type", kind)
            .body(body)
    }

    /// Sends a form from one of our own pages.
    pub async fn submit(&self, action: &str, filled: &Filled, multipart: bool) -> Page {
        let request = self.sending(action, filled, multipart);
        let request = request
            .header("Sec-Fetch-Site", "same-origin")
            .header("Origin", &self.base);
        let answer = self.send(request).await;
        self.follow(action, answer).await
    }

    /// Signs in one of the town's people, as `anna.berg`.
    pub async fn signed_in(base: &str, who: &str) -> Browser {
        let browser = Browser::new(base);
        let email = format!("{who}@example.org");
        // Whoever has come since is on Borlänge's board.
        let board = demo::PEOPLE
            .iter()
            .find(|person| person.email == email)
            .map_or("borlange", |someone| someone.board);
        let form = browser.get("/logga-in").await.form("/logga-in");
        let form = form
            .but("board", board)
            .but("email", &email)
            .but("password", demo::PASSWORD);
        let page = browser.submit("/logga-in", &form, false).await;
        assert!(
            browser.cookie("__Host-sid").is_some(),
            "{who} signs in: {} {}",
            page.status,
            page.path
        );
        browser
    }
}

/// A small picture as a phone sends it.
pub fn picture() -> Vec<u8> {
    let mut bytes = std::io::Cursor::new(Vec::new());
    let picture = image::RgbImage::from_pixel(8, 8, image::Rgb([200, 120, 40]));
    picture
        .write_to(&mut bytes, image::ImageFormat::Png)
        .expect("a picture can be written");
    bytes.into_inner()
}
