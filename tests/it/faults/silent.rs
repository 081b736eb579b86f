//! A database that says nothing any more: behind a network that has lost its way, where no connection is refused or
//! ended; or a file that another program holds and does not let go.

use super::{filled, is_unavailable, left, new_errand, sign_in, until_served};
use crate::kit::{Place, Running, id, on_postgres};
use diesel::connection::SimpleConnection as _;
use diesel::{Connection as _, SqliteConnection};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::tcp::{OwnedReadHalf, OwnedWriteHalf};
use tokio::net::{TcpListener, TcpStream};

/// What stands between the service and its database, and may fall silent.
struct Between {
    port: u16,
    silent: Arc<AtomicBool>,
}

impl Between {
    async fn start(database: String) -> Between {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let port = listener.local_addr().expect("an address").port();
        let silent: Arc<AtomicBool> = Arc::default();
        let quiet = silent.clone();
        tokio::spawn(async move {
            while let Ok((near, _)) = listener.accept().await {
                let far = TcpStream::connect(&database).await.expect("the database answers");
                let (near, far) = (near.into_split(), far.into_split());
                tokio::spawn(passes(near.0, far.1, quiet.clone()));
                tokio::spawn(passes(far.0, near.1, quiet.clone()));
            }
        });
        Between { port, silent }
    }
}

/// What is said while it is silent is lost, and with it what both sides had agreed on: that connection ends afterwards.
async fn passes(mut from: OwnedReadHalf, mut to: OwnedWriteHalf, silent: Arc<AtomicBool>) {
    let (mut buffer, mut lost) = ([0; 4096], false);
    while let Ok(read @ 1..) = from.read(&mut buffer).await {
        while silent.load(Ordering::SeqCst) {
            lost = true;
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        if lost || to.write_all(&buffer[..read]).await.is_err() {
            return;
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_database_that_falls_silent_holds_nobody_beyond_the_deadline() {
    let place = filled().await;
    let mut silence = Silence::before(&place).await;
    let settings = [
        ("FAMN_DATABASE__URL", silence.url.as_str()),
        ("FAMN_SERVER__DEADLINE", "2"),
    ];
    let server = Running::serving(&place, &settings);
    let anna = sign_in(&server.base).await;
    let new = new_errand(&anna).await;
    let errand = id(&anna.post("/errands", new.clone()).await.expect(201));
    let before = left(&place);
    silence.falls(&place);
    let begun = Instant::now();
    let asked = (0..20).map(|_| anna.opens(&errand));
    for answer in futures_util::future::join_all(asked).await {
        is_unavailable(answer);
    }
    is_unavailable(anna.post("/errands", new.clone()).await);
    // Twice the deadline is what two acts after each other may take; five times that for a busy machine.
    let waited = begun.elapsed();
    assert!(waited < Duration::from_secs(20), "{waited:?}");
    silence.ends();
    until_served(&anna, &errand).await;
    assert_eq!(left(&place), before);
    anna.post("/errands", new).await.expect(201);
    is_whole(server, &place).await;
}

/// What makes the database fall silent.
struct Silence {
    /// Where the service finds the database.
    url: String,
    between: Option<Between>,
    held: Option<SqliteConnection>,
}

impl Silence {
    async fn before(place: &Place) -> Silence {
        if !on_postgres() {
            let url = place.url.clone();
            return Silence {
                url,
                between: None,
                held: None,
            };
        }
        let (server_at, name) = place.url.rsplit_once('/').expect("an address");
        let database = server_at.rsplit('@').next().expect("a host").to_owned();
        let between = Between::start(database).await;
        let url = format!("postgres://postgres@127.0.0.1:{}/{name}", between.port);
        Silence {
            url,
            between: Some(between),
            held: None,
        }
    }

    fn falls(&mut self, place: &Place) {
        match &self.between {
            Some(between) => between.silent.store(true, Ordering::SeqCst),
            None => {
                let path = place.url.strip_prefix("sqlite:").expect("a file");
                let mut db = SqliteConnection::establish(path).expect("it opens");
                db.batch_execute("PRAGMA busy_timeout=10000; BEGIN IMMEDIATE")
                    .expect("it is held");
                self.held = Some(db);
            }
        }
    }

    fn ends(&mut self) {
        match &self.between {
            Some(between) => between.silent.store(false, Ordering::SeqCst),
            None => drop(self.held.take()),
        }
    }
}

async fn is_whole(mut server: Running, place: &Place) {
    server.gets("TERM");
    assert_eq!(server.ended().await, 0, "{}", server.log());
    crate::kit::assert_log_is_whole(place).await;
}
