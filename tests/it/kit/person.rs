//! A person of the town as a client of the REST API.

use reqwest::{Client, Method, StatusCode};
use serde_json::{Value, json};
use std::sync::{Arc, Mutex};

/// Someone who calls the service.
#[derive(Clone)]
pub struct Person {
    client: Client,
    base: String,
    token: Option<String>,
    pub refresh_token: Option<String>,
    pub id: String,
    sent: Arc<Mutex<Vec<String>>>,
}

/// What came back.
#[derive(Debug, Clone)]
pub struct Answer {
    pub status: StatusCode,
    pub headers: reqwest::header::HeaderMap,
    pub bytes: Vec<u8>,
}

impl Answer {
    pub fn json(&self) -> Value {
        serde_json::from_slice(&self.bytes).unwrap_or_else(|_| panic!("no JSON: {self}"))
    }
    /// The body, if the status is the one expected.
    #[track_caller]
    pub fn expect(self, status: u16) -> Value {
        assert_eq!(self.status.as_u16(), status, "{self}");
        if self.bytes.is_empty() {
            Value::Null
        } else {
            self.json()
        }
    }
    /// The last part of the problem's type, if the status is the one expected.
    #[track_caller]
    pub fn problem(self, status: u16) -> String {
        let body = self.expect(status);
        body["type"]
            .as_str()
            .and_then(|kind| kind.strip_prefix("/problems/"))
            .expect("a problem")
            .to_owned()
    }
    /// The codes of a 422's faults by field.
    #[track_caller]
    pub fn faults(self) -> Vec<(String, String)> {
        let body = self.expect(422);
        let text = |value: &Value| value.as_str().expect("a text").to_owned();
        let faults = body["faults"].as_array().expect("faults").iter();
        faults
            .map(|fault| (text(&fault["field"]), text(&fault["code"])))
            .collect()
    }
    pub fn header(&self, name: &str) -> &str {
        self.headers
            .get(name)
            .and_then(|value| value.to_str().ok())
            .unwrap_or_default()
    }
}

impl std::fmt::Display for Answer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(
            f,
            "{} {}",
            self.status,
            String::from_utf8_lossy(&self.bytes[..self.bytes.len().min(800)])
        )
    }
}

impl Person {
    pub fn nobody(base: &str, sent: Arc<Mutex<Vec<String>>>) -> Person {
        let client = Client::builder()
            .redirect(reqwest::redirect::Policy::none())
            .build()
            .expect("a client");
        Person {
            client,
            base: base.into(),
            token: None,
            refresh_token: None,
            id: String::new(),
            sent,
        }
    }

    /// The same client, signed in.
    #[track_caller]
    pub fn signed_in(&self, board: &str, email: &str, password: &str) -> impl Future<Output = Person> {
        let body = json!({"board": board, "email": email, "password": password});
        let mut person = self.clone();
        async move {
            let session = person.post("/sessions", body).await.expect(201);
            person.token = session["access_token"].as_str().map(str::to_owned);
            person.refresh_token = session["refresh_token"].as_str().map(str::to_owned);
            person.id = session["person"]["id"].as_str().expect("an id").to_owned();
            person
        }
    }

    /// The same person with another access token, or none.
    pub fn with_token(&self, token: Option<&str>) -> Person {
        Person {
            token: token.map(str::to_owned),
            ..self.clone()
        }
    }
    pub fn token(&self) -> &str {
        self.token.as_deref().unwrap_or_default()
    }

    /// Remembers a text that must not be found in clear when the town is left.
    pub fn plant(&self, text: &str) {
        if text.chars().count() >= 8 {
            self.sent.lock().expect("not poisoned").push(text.to_owned());
        }
    }

    /// A request to a path below `/api/v1`, to be finished by the caller.
    pub fn request(&self, method: Method, path: &str) -> reqwest::RequestBuilder {
        let request = self.client.request(method, format!("{}/api/v1{path}", self.base));
        match &self.token {
            Some(token) => request.bearer_auth(token),
            None => request,
        }
    }
    /// A request to any path, without a token.
    pub fn plain(&self, method: Method, path: &str) -> reqwest::RequestBuilder {
        self.client.request(method, format!("{}{path}", self.base))
    }
    pub async fn send(&self, request: reqwest::RequestBuilder) -> Answer {
        let (client, request) = request.build_split();
        let request = request.expect("a request");
        let (method, url) = (request.method().clone(), request.url().clone());
        let answer = client.execute(request).await.expect("an answer");
        let (status, headers) = (answer.status(), answer.headers().clone());
        let answer = Answer {
            status,
            headers,
            bytes: answer.bytes().await.expect("a body").to_vec(),
        };
        super::held::hold(&method, &url, &answer);
        answer
    }
    pub async fn get(&self, path: &str) -> Answer {
        self.send(self.request(Method::GET, path)).await
    }
    pub async fn post(&self, path: &str, body: Value) -> Answer {
        self.send(self.request(Method::POST, path).json(&body)).await
    }
    pub async fn put(&self, path: &str, body: Value) -> Answer {
        self.send(self.request(Method::PUT, path).json(&body)).await
    }
    pub async fn patch(&self, path: &str, body: Value) -> Answer {
        self.send(self.request(Method::PATCH, path).json(&body)).await
    }
    pub async fn delete(&self, path: &str) -> Answer {
        self.send(self.request(Method::DELETE, path)).await
    }

    /// What was made, or nothing when no answer or another than 201 came.
    pub async fn tries(&self, path: &str, body: Value) -> Option<Value> {
        Person::made(self.request(Method::POST, path).json(&body)).await
    }
    /// A PDF sent, or nothing when no answer or another than 201 came.
    pub async fn tries_upload(&self, name: &str, bytes: Vec<u8>) -> Option<Value> {
        let request = self
            .request(Method::POST, "/files")
            .header("Content-Type", "application/pdf")
            .header("Content-Disposition", format!("attachment; filename=\"{name}\""));
        Person::made(request.body(bytes)).await
    }
    async fn made(request: reqwest::RequestBuilder) -> Option<Value> {
        let answer = request.send().await.ok()?;
        if answer.status() != StatusCode::CREATED {
            return None;
        }
        // The status alone is an acknowledgement only when the whole answer came.
        answer.json().await.ok()
    }

    /// My first assignment's id.
    pub async fn assignment(&self) -> String {
        let list = self.get("/assignments").await.expect(200);
        list["items"][0]["id"].as_str().expect("an assignment").to_owned()
    }

    /// Writes to the team about my first assignment; gives the new errand.
    pub async fn writes(&self, body: &str) -> Value {
        self.plant(body);
        let assignment = self.assignment().await;
        let new = json!({"kind": "message", "assignment_id": assignment, "subject": "Fråga", "body": body});
        self.post("/errands", new).await.expect(201)
    }

    /// Sends a wish for a bicycle of that estimate; gives the new errand.
    pub async fn wishes(&self, estimated_ore: i64) -> Value {
        let new = super::wishes::purchase(&self.assignment().await, estimated_ore);
        for field in ["description", "reasons"] {
            self.plant(new["purchase"][field].as_str().expect("a text"));
        }
        self.post("/errands", new).await.expect(201)
    }

    /// Hands in one trip by car of that many metres, driven today; gives the new errand.
    pub async fn drives(&self, distance_m: i64) -> Value {
        let new = super::wishes::claim(&self.assignment().await, vec![], vec![super::wishes::trip(distance_m)]);
        self.post("/errands", new).await.expect(201)
    }

    /// Decides on a wish.
    pub async fn decides(&self, wish: &str, decision: Value) -> Answer {
        self.post(&format!("/errands/{wish}/decisions"), decision).await
    }

    /// Answers in an errand.
    pub async fn answers(&self, errand: &str, body: &str) -> Answer {
        self.plant(body);
        self.post(&format!("/errands/{errand}/messages"), json!({"body": body}))
            .await
    }

    /// Writes an internal note.
    pub async fn notes(&self, errand: &str, body: &str) -> Answer {
        self.plant(body);
        self.post(&format!("/errands/{errand}/notes"), json!({"body": body}))
            .await
    }

    /// Opens an errand.
    pub async fn opens(&self, errand: &str) -> Answer {
        self.get(&format!("/errands/{errand}")).await
    }

    /// Moves an errand.
    pub async fn moves(&self, errand: &str, state: &str, message: Option<&str>) -> Answer {
        let mut body = json!({"state": state});
        if let Some(message) = message {
            self.plant(message);
            body["message"] = message.into();
        }
        self.put(&format!("/errands/{errand}/state"), body).await
    }

    /// Sends a file.
    pub async fn uploads(&self, name: &str, media_type: &str, bytes: Vec<u8>) -> Answer {
        let request = self
            .request(Method::POST, "/files")
            .header("Content-Type", media_type)
            .header("Content-Disposition", format!("attachment; filename=\"{name}\""));
        self.send(request.body(bytes)).await
    }

    /// Hands in one receipt for a file already sent.
    pub async fn hands_in(&self, file: &str, amount_ore: i64, supplier: &str) -> Answer {
        self.plant(supplier);
        let assignment = self.assignment().await;
        let today = famn::clock::Clock::system().now().day().to_string();
        let receipt = json!({"file_id": file, "purchased_on": today, "supplier": supplier, "category": "glasses",
            "amount_ore": amount_ore, "note": "Efter synundersökningen"});
        let claim =
            json!({"kind": "receipt_claim", "assignment_id": assignment, "declaration": true, "receipts": [receipt]});
        self.post("/errands", claim).await
    }
}

/// The id of what was made.
pub fn id(made: &Value) -> String {
    made["id"].as_str().expect("an id").to_owned()
}
