//! A town: a whole Famn on a free port, with the demo's people. When it is left, its log must verify, and nothing that
//! was sent may stand in clear in any table or file.

use super::database::Place;
use super::person::Person;
use famn::access::{Access, Actor, Role};
use famn::account::NewPerson;
use famn::app::App;
use famn::clock::{Clock, Day};
use famn::config::Config;
use famn::demo;
use famn::id::BoardId;
use famn::secret::Secret;
use famn::web::Language;
use std::collections::BTreeSet;
use std::net::TcpListener;
use std::path::PathBuf;
use std::sync::{Arc, Mutex};
use std::thread::JoinHandle;
use std::time::Duration;
use tokio::sync::oneshot;

pub struct Town {
    pub app: App,
    pub base: String,
    pub place: Place,
    /// Whether its log is known not to be whole when it is left.
    pub spoiled: bool,
    /// What people sent, which must not be found in clear afterwards.
    sent: Arc<Mutex<Vec<String>>>,
    running: Option<(oneshot::Sender<()>, JoinHandle<()>)>,
}

impl Town {
    /// A town on the machine's own clock.
    pub async fn new() -> Town {
        Town::at(Clock::system()).await
    }

    /// A town on a clock that can be moved.
    pub async fn at(clock: Clock) -> Town {
        Town::with(clock, |_| {}).await
    }

    /// A town with other settings than the demo's.
    pub async fn with(clock: Clock, change: impl FnOnce(&mut Config)) -> Town {
        let place = tokio::task::spawn_blocking(Place::filled).await.expect("a place");
        Town::on(place, clock, change).await
    }

    /// A town on a folder and a database that are there already.
    pub async fn on(place: Place, clock: Clock, change: impl FnOnce(&mut Config)) -> Town {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
        let address = listener.local_addr().expect("an address");
        let mut config = demo::config(&place.folder, address);
        config.database.url = place.url.clone();
        change(&mut config);
        let app = demo::open(config, clock).await.expect("the town opens");
        let (stop, stopped) = oneshot::channel::<()>();
        let served = app.clone();
        let serve = move || {
            let stop = async { stopped.await.unwrap_or(()) };
            actix_web::rt::System::new()
                .block_on(famn::server::serve_until(served, listener, stop))
                .expect("it serves");
        };
        let running = Some((stop, std::thread::spawn(serve)));
        Town {
            app,
            base: format!("http://{address}"),
            place,
            spoiled: false,
            sent: Arc::default(),
            running,
        }
    }

    /// One of the demo's people, signed in. `who` is the first part of the address: `anna.berg`.
    pub async fn person(&self, who: &str) -> Person {
        let email = format!("{who}@example.org");
        let someone = demo::PEOPLE
            .iter()
            .find(|person| person.email == email)
            .expect("one of the demo's people");
        let nobody = self.nobody();
        nobody.signed_in(someone.board, &email, demo::PASSWORD).await
    }
    pub async fn anna(&self) -> Person {
        self.person("anna.berg").await
    }
    pub async fn erik(&self) -> Person {
        self.person("erik.berg").await
    }
    pub async fn sara(&self) -> Person {
        self.person("sara.ohman").await
    }
    pub async fn maria(&self) -> Person {
        self.person("maria.lind").await
    }
    pub async fn jonas(&self) -> Person {
        self.person("jonas.ahl").await
    }
    pub async fn eva(&self) -> Person {
        self.person("eva.strand").await
    }
    pub async fn per(&self) -> Person {
        self.person("per.holm").await
    }
    pub async fn lisa(&self) -> Person {
        self.person("lisa.vans").await
    }

    /// All letters, once none waits any more.
    pub async fn every_letter(&self) -> Vec<String> {
        for _ in 0..1500 {
            if super::sql::count(&self.place, "outbox WHERE state = 'waiting'") == 0 {
                break;
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        let mut files: Vec<PathBuf> = std::fs::read_dir(self.place.folder.join("letters"))
            .into_iter()
            .flatten()
            .flatten()
            .map(|file| file.path())
            .filter(|path| path.extension().is_some_and(|end| end == "eml"))
            .collect();
        files.sort();
        let read = |path: &PathBuf| std::fs::read_to_string(path).expect("a letter");
        files.iter().map(read).collect()
    }

    /// The letters to an address, once none waits any more.
    pub async fn letters_to(&self, email: &str) -> Vec<String> {
        let to = format!("To: {email}\r\n");
        let mut letters = self.every_letter().await;
        letters.retain(|letter| letter.contains(&to));
        letters
    }

    /// The code in the newest letter to an address, once so many letters with one have come.
    pub async fn code_for(&self, email: &str, letters: usize) -> String {
        let is_code =
            |line: &&str| line.len() == 43 && line.chars().all(|c| c.is_ascii_alphanumeric() || c == '-' || c == '_');
        for _ in 0..1500 {
            let codes: Vec<String> = self
                .letters_to(email)
                .await
                .iter()
                .filter_map(|letter| letter.lines().find(is_code).map(str::to_owned))
                .collect();
            if codes.len() >= letters {
                return codes.last().expect("a code").clone();
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        panic!("no {letters}th letter with a code came to {email}");
    }

    /// The board of that slug.
    pub async fn board(&self, slug: &str) -> BoardId {
        let found = famn::board::find_board(&self.app, slug)
            .await
            .expect("the boards are read");
        found.expect("a board of the demo").0
    }

    /// Ends someone's membership of a home in Borlänge, as the command line does.
    pub async fn ends_membership(&self, home: &str, person: &str) {
        let operator = Actor::operator(self.board("borlange").await);
        let (home, person) = (home.parse().expect("an id"), person.parse().expect("an id"));
        let end = move |access: Access<'_>| access.end_membership(home, person);
        self.app.door.write(operator, end).await.expect("the membership ends");
    }

    /// Lets someone stand in for an assignment's caseworker, as the command line does.
    pub async fn deputises(&self, label: &str, person: &str, (from, to): (Day, Day)) {
        let operator = Actor::operator(self.board("borlange").await);
        let id = if super::database::on_postgres() {
            "id::text"
        } else {
            "lower(hex(id))"
        };
        let query = format!("SELECT {id} AS text FROM assignment WHERE label = '{label}'");
        let assignment = super::sql::texts(&self.place, &query)[0].parse().expect("an id");
        let person = person.parse().expect("an id");
        let add = move |access: Access<'_>| access.add_deputy(assignment, person, from, to);
        self.app.door.write(operator, add).await.expect("a deputy");
    }

    /// Someone new on Borlänge's staff, in the demo's own unit, signed in.
    pub async fn hires(&self, who: &str, role: Role) -> Person {
        let text = |plain: &str| Secret::new(plain.to_owned());
        let email = format!("{who}@example.org");
        let hash = famn::account::hash_new_password(&self.app, text(demo::PASSWORD), (&email, who), &[]).await;
        let unit = self.eva().await.get("/homes").await.expect(200)["items"][0]["unit"]["id"].clone();
        let unit = unit.as_str().expect("an id").parse().expect("an id");
        let new = NewPerson {
            name: text(who),
            email: text(&email),
            phone: None,
            personal_number: None,
            language: Language::Swedish,
            password: Some(hash.expect("a password")),
            roles: vec![(role, Some(unit))],
        };
        let operator = Actor::operator(self.board("borlange").await);
        let add = move |access: Access<'_>| access.add_person(&new);
        self.app.door.write(operator, add).await.expect("someone new");
        self.nobody().signed_in("borlange", &email, demo::PASSWORD).await
    }

    /// The files that the town keeps, sealed, whole or begun.
    pub fn blobs(&self) -> BTreeSet<PathBuf> {
        self.place.blobs()
    }

    /// Waits until exactly so many files are kept; what was cut off is cleared away behind the answer.
    pub async fn settles_to(&self, count: usize) {
        for _ in 0..1500 {
            if self.blobs().len() == count {
                return;
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        panic!("{count} files are to be kept, and these are: {:#?}", self.blobs());
    }

    /// Someone without a session.
    pub fn nobody(&self) -> Person {
        Person::nobody(&self.base, self.sent.clone())
    }

    /// Stops serving; what is pending is sequenced and signed.
    pub fn close(&mut self) {
        if let Some((stop, thread)) = self.running.take() {
            let _ = stop.send(());
            thread.join().expect("the server ends well");
        }
    }
}

impl Drop for Town {
    fn drop(&mut self) {
        if std::thread::panicking() {
            if let Some((stop, thread)) = self.running.take() {
                let _ = stop.send(());
                let _ = thread.join();
            }
            return;
        }
        self.close();
        if self.spoiled {
            return;
        }
        let sent = self.sent.lock().expect("not poisoned").clone();
        super::aftermath::check(&self.app, &self.place, &sent);
    }
}
