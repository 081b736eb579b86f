//! What the machine itself can do, measured in the same run: an fsync, an argon2 hash, a seal, a bare read of diesel's
//! behind a bare handler of actix's.

use crate::client::{Timed, load};
use actix_web::{App, HttpResponse, HttpServer, web};
use aws_lc_rs::aead;
use diesel::prelude::*;
use diesel::r2d2::{ConnectionManager, Pool};
use std::io::{Seek as _, Write as _};
use std::path::Path;
use std::time::{Duration, Instant};

/// Appends of 4 KiB with fsync, a second.
pub fn fsyncs(folder: &Path) -> f64 {
    let path = folder.join("fsync.tmp");
    let mut file = std::fs::File::create(&path).expect("a file");
    let (begun, mut count) = (Instant::now(), 0);
    while begun.elapsed() < Duration::from_secs(2) {
        file.rewind().expect("the beginning");
        file.write_all(&[count as u8; 4096]).expect("written");
        file.sync_data().expect("synced");
        count += 1;
    }
    let _ = std::fs::remove_file(path);
    f64::from(count) / begun.elapsed().as_secs_f64()
}

/// Milliseconds of one argon2id hash with the parameters in use, the median of nine.
pub fn argon2_ms() -> f64 {
    let hasher = argon2::Argon2::default();
    let mut out = [0; 32];
    let mut took: Vec<f64> = (0..9)
        .map(|_| {
            let begun = Instant::now();
            hasher
                .hash_password_into(b"famn-demo-granskog-2026", b"saltsaltsaltsalt", &mut out)
                .expect("a hash");
            begun.elapsed().as_secs_f64() * 1000.0
        })
        .collect();
    took.sort_by(f64::total_cmp);
    took[4]
}

/// Milliseconds to seal and hash five megabytes, the least that receiving such a file costs.
pub fn seal_and_hash_ms(megabytes: usize) -> f64 {
    let key = aead::UnboundKey::new(&aead::CHACHA20_POLY1305, &[7; 32]).expect("a key");
    let key = aead::LessSafeKey::new(key);
    let mut data = vec![9; megabytes << 20];
    let begun = Instant::now();
    let _ = aws_lc_rs::digest::digest(&aws_lc_rs::digest::SHA256, &data);
    for (i, chunk) in data.chunks_mut(1 << 16).enumerate() {
        let mut nonce = [0; 12];
        nonce[..8].copy_from_slice(&(i as u64).to_be_bytes());
        let nonce = aead::Nonce::assume_unique_for_key(nonce);
        let _ = key
            .seal_in_place_separate_tag(nonce, aead::Aad::empty(), chunk)
            .expect("sealed");
    }
    begun.elapsed().as_secs_f64() * 1000.0
}

diesel::table! { thing (id) { id -> BigInt, text -> Text, } }

/// A bare handler that reads one row by its key, at 32 clients: no session, no rights, no log.
pub fn bare_read(folder: &Path) -> Timed {
    let path = folder.join("bare.db").display().to_string();
    let pool = Pool::builder()
        .max_size(4)
        .test_on_check_out(false)
        .build(ConnectionManager::<SqliteConnection>::new(&path));
    let pool = pool.expect("a pool");
    let fill = "CREATE TABLE IF NOT EXISTS thing (id INTEGER PRIMARY KEY, text TEXT NOT NULL); \
                DELETE FROM thing; INSERT INTO thing VALUES (1, 'ett');";
    diesel::connection::SimpleConnection::batch_execute(&mut pool.get().expect("a connection"), fill).expect("filled");
    let (tell, told) = std::sync::mpsc::channel();
    std::thread::spawn(move || {
        actix_web::rt::System::new().block_on(async move {
            let pool = web::Data::new(pool);
            let server = HttpServer::new(move || App::new().app_data(pool.clone()).route("/", web::get().to(read)));
            let server = server.workers(2).disable_signals().bind("127.0.0.1:0").expect("a port");
            tell.send((server.addrs()[0].to_string(), ())).expect("told");
            server.run().await.expect("it serves");
        });
    });
    let (address, ()) = told.recv().expect("the address");
    load(&address, 32, Duration::from_secs(3), |connection, _| {
        assert_eq!(connection.send("GET", "/", "", "text/plain", b"").0, 200);
    })
}

async fn read(pool: web::Data<Pool<ConnectionManager<SqliteConnection>>>) -> HttpResponse {
    let read = move || {
        let mut db = pool.get().expect("a connection");
        thing::table
            .find(1i64)
            .select(thing::text)
            .first::<String>(&mut db)
            .expect("a row")
    };
    HttpResponse::Ok().body(web::block(read).await.expect("read"))
}
