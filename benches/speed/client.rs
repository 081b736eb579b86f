//! A client that costs little beside the server: plain sockets, kept open, one thread each.

use std::io::{Read, Write};
use std::net::TcpStream;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::{Duration, Instant};

/// One connection.
pub struct Connection {
    stream: TcpStream,
    address: String,
    buffer: Vec<u8>,
    /// The head of the last answer.
    pub head: String,
}

impl Connection {
    pub fn open(address: &str) -> Connection {
        let stream = TcpStream::connect(address).expect("the server answers");
        stream.set_nodelay(true).expect("no delay");
        Connection {
            stream,
            address: address.into(),
            buffer: Vec::with_capacity(1 << 16),
            head: String::new(),
        }
    }

    /// Sends a request and reads its whole answer: the status and the body.
    pub fn send(&mut self, method: &str, path: &str, token: &str, kind: &str, body: &[u8]) -> (u16, Vec<u8>) {
        let head = format!(
            "{method} {path} HTTP/1.1\r\nHost: {}\r\nAuthorization: Bearer {token}\r\nContent-Type: {kind}\r\nContent-Length: {}\r\n\r\n",
            self.address,
            body.len()
        );
        let mut request = head.into_bytes();
        request.extend_from_slice(body);
        self.stream.write_all(&request).expect("it is sent");
        self.answer()
    }

    /// A page, as the browser with this cookie asks for it; `form`: what it sends.
    pub fn page(&mut self, path: &str, cookie: &str, form: Option<&str>) -> (u16, Vec<u8>) {
        let (method, body) = form.map_or(("GET", ""), |form| ("POST", form));
        let request = format!(
            "{method} {path} HTTP/1.1\r\nHost: {}\r\nCookie: {cookie}\r\nSec-Fetch-Site: same-origin\r\n\
             Content-Type: application/x-www-form-urlencoded\r\nContent-Length: {}\r\n\r\n{body}",
            self.address,
            body.len()
        );
        self.stream.write_all(request.as_bytes()).expect("it is sent");
        self.answer()
    }

    /// A cookie that the last answer set, as it is sent back.
    pub fn cookie(&self, name: &str) -> String {
        let set = self.head.split(&format!("{name}=")).nth(1).expect("a cookie");
        format!("{name}={}", set.split(';').next().unwrap_or_default())
    }

    fn answer(&mut self) -> (u16, Vec<u8>) {
        self.buffer.clear();
        let mut chunk = [0; 1 << 14];
        loop {
            if let Some(end) = self.buffer.windows(4).position(|four| four == b"\r\n\r\n") {
                self.head = String::from_utf8_lossy(&self.buffer[..end]).into_owned();
                let head = self.head.to_ascii_lowercase();
                let status = head[9..12].parse().expect("a status");
                let length = head.lines().find_map(|line| line.strip_prefix("content-length: "));
                let length: usize = length.map_or(0, |text| text.trim().parse().expect("a length"));
                while self.buffer.len() < end + 4 + length {
                    let read = self.stream.read(&mut chunk).expect("the rest");
                    self.buffer.extend_from_slice(&chunk[..read]);
                }
                return (status, self.buffer[end + 4..end + 4 + length].to_vec());
            }
            let read = self.stream.read(&mut chunk).expect("an answer");
            assert!(read > 0, "the server hung up");
            self.buffer.extend_from_slice(&chunk[..read]);
        }
    }
}

/// How long calls took, all of them.
pub struct Timed {
    pub calls: usize,
    pub seconds: f64,
    sorted: Vec<Duration>,
}

impl Timed {
    pub fn rate(&self) -> f64 {
        self.calls as f64 / self.seconds
    }
    /// The time that `share` (0–1) of the calls stayed within, in milliseconds.
    pub fn at(&self, share: f64) -> f64 {
        let place = ((self.sorted.len() - 1) as f64 * share) as usize;
        self.sorted[place].as_secs_f64() * 1000.0
    }
}

/// Lets `clients` call at once for `time`; `call` gets a connection and a number that no other call has.
pub fn load(address: &str, clients: usize, time: Duration, call: impl Fn(&mut Connection, usize) + Sync) -> Timed {
    let (number, over) = (AtomicUsize::new(0), AtomicBool::new(false));
    let begun = Instant::now();
    let mut sorted: Vec<Duration> = std::thread::scope(|threads| {
        let run = || {
            let mut connection = Connection::open(address);
            let mut took = Vec::new();
            while !over.load(Ordering::Relaxed) {
                let start = Instant::now();
                call(&mut connection, number.fetch_add(1, Ordering::Relaxed));
                took.push(start.elapsed());
            }
            took
        };
        let hands: Vec<_> = (0..clients).map(|_| threads.spawn(run)).collect();
        std::thread::sleep(time);
        over.store(true, Ordering::Relaxed);
        hands
            .into_iter()
            .flat_map(|hand| hand.join().expect("a client ends"))
            .collect()
    });
    let seconds = begun.elapsed().as_secs_f64();
    sorted.sort();
    Timed {
        calls: sorted.len(),
        seconds,
        sorted,
    }
}
