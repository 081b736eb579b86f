//! Bytes over a bare connection, for requests that no honest client sends.

use std::io::{Read, Write};
use std::net::TcpStream;
use std::time::Duration;

/// What came back before the connection was closed, or before nothing more came.
#[derive(Debug)]
pub struct RawAnswer {
    pub text: String,
    /// The server has closed the connection.
    pub closed: bool,
}

impl RawAnswer {
    pub fn status(&self) -> u16 {
        let status = self.text.split(' ').nth(1).and_then(|code| code.parse().ok());
        status.unwrap_or_else(|| panic!("no answer: {self:?}"))
    }
    /// How many answers came.
    pub fn answers(&self) -> usize {
        self.text.matches("HTTP/1.1 ").count()
    }
}

/// A connection to the town at `base`.
pub fn connect(base: &str) -> TcpStream {
    let address = base.strip_prefix("http://").expect("an address");
    let stream = TcpStream::connect(address).expect("a connection");
    stream
        .set_read_timeout(Some(Duration::from_secs(20)))
        .expect("a timeout");
    stream
}

/// Reads to the end of what the server sends.
pub fn rest(stream: &mut TcpStream) -> RawAnswer {
    let (mut bytes, mut buffer) = (Vec::new(), [0; 4096]);
    let closed = loop {
        match stream.read(&mut buffer) {
            Ok(0) => break true,
            Ok(read) => bytes.extend_from_slice(&buffer[..read]),
            Err(cause) => break cause.kind() == std::io::ErrorKind::ConnectionReset,
        }
    };
    let text = String::from_utf8_lossy(&bytes).into_owned();
    RawAnswer { text, closed }
}

/// Sends `bytes` as they are and takes what comes back until the server closes.
pub async fn raw(base: &str, bytes: impl Into<Vec<u8>>) -> RawAnswer {
    let (base, bytes) = (base.to_owned(), bytes.into());
    let talk = move || {
        let mut stream = connect(&base);
        // It may be closed on us in the middle, which is fine.
        let _ = stream.write_all(&bytes);
        rest(&mut stream)
    };
    tokio::task::spawn_blocking(talk).await.expect("the talk ends")
}
