//! A mail server that takes letters, and can refuse, put off, greylist, hang and drop.

use std::collections::BTreeSet;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};
use tokio::io::{AsyncBufReadExt as _, AsyncRead, AsyncWrite, AsyncWriteExt as _, BufReader};
use tokio::net::{TcpListener, TcpStream};
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::ServerConfig;
use tokio_rustls::rustls::pki_types::{PrivateKeyDer, PrivatePkcs8KeyDer};

/// Where in a conversation something goes wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stage {
    Greeting,
    Mail,
    Receiver,
    Data,
    /// The letter is whole, and not kept.
    Text,
    /// The letter is whole and kept, and only the answer is lacking.
    Answer,
}

/// How the server is just now.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mood {
    Takes,
    /// Answers this code at this stage.
    Says(Stage, u16),
    /// The first try of each letter is put off.
    Greylists,
    Hangs(Stage),
    Drops(Stage),
}

/// What sealing it offers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Seal {
    None,
    StartTls,
    Implicit,
}

/// A letter that the server took.
#[derive(Debug, Clone)]
pub struct Taken {
    pub to: String,
    pub message_id: String,
    pub text: String,
    /// Over a sealed connection.
    pub sealed: bool,
}

#[derive(Default)]
struct Seen {
    mood: Option<Mood>,
    taken: Vec<Taken>,
    tried: BTreeSet<String>,
    /// Commands, for what must never be said.
    said: Vec<String>,
    connections: usize,
}

pub struct MailServer {
    pub address: SocketAddr,
    seen: Arc<Mutex<Seen>>,
    seal: Seal,
    certificate: Option<PathBuf>,
    running: tokio::task::JoinHandle<()>,
}

impl MailServer {
    /// Starts it; with a seal, its certificate for `localhost` is put into `folder`.
    pub async fn start(seal: Seal, folder: &Path) -> MailServer {
        MailServer::at("127.0.0.1:0".parse().expect("an address"), seal, folder).await
    }

    pub async fn at(address: SocketAddr, seal: Seal, folder: &Path) -> MailServer {
        let listener = TcpListener::bind(address).await.expect("a port");
        let address = listener.local_addr().expect("an address");
        let seen: Arc<Mutex<Seen>> = Arc::default();
        let (acceptor, certificate) = match seal {
            Seal::None => (None, None),
            _ => {
                let (acceptor, pem) = identity();
                let path = folder.join(format!("famn-mail-{}-{}.pem", std::process::id(), address.port()));
                std::fs::write(&path, pem).expect("a certificate");
                (Some(acceptor), Some(path))
            }
        };
        let shared = seen.clone();
        let accept = async move {
            while let Ok((stream, _)) = listener.accept().await {
                shared.lock().expect("not poisoned").connections += 1;
                let (shared, acceptor) = (shared.clone(), acceptor.clone());
                tokio::spawn(async move {
                    let _ = converse(stream, seal, acceptor, shared).await;
                });
            }
        };
        MailServer {
            address,
            seen,
            seal,
            certificate,
            running: tokio::spawn(accept),
        }
    }

    /// The settings that lead to it.
    pub fn settings(&self) -> famn::config::Relay {
        famn::config::Relay {
            host: "localhost".into(),
            port: self.address.port(),
            tls: match self.seal {
                Seal::None => famn::config::MailTls::None,
                Seal::StartTls => famn::config::MailTls::StartTls,
                Seal::Implicit => famn::config::MailTls::Implicit,
            },
            user: None,
            ca_file: self.certificate.clone(),
            deadline: std::time::Duration::from_secs(1),
        }
    }

    pub fn is(&self, mood: Mood) {
        self.seen.lock().expect("not poisoned").mood = Some(mood);
    }
    pub fn taken(&self) -> Vec<Taken> {
        self.seen.lock().expect("not poisoned").taken.clone()
    }
    pub fn said(&self) -> Vec<String> {
        self.seen.lock().expect("not poisoned").said.clone()
    }
    pub fn connections(&self) -> usize {
        self.seen.lock().expect("not poisoned").connections
    }
    /// Stops listening; what is in progress goes on.
    pub fn stop(&self) {
        self.running.abort();
    }
}

impl Drop for MailServer {
    fn drop(&mut self) {
        self.stop();
    }
}

/// A certificate of its own for `localhost`, and what trusts it.
fn identity() -> (TlsAcceptor, String) {
    let made = rcgen::generate_simple_self_signed(vec!["localhost".to_owned()]).expect("a certificate");
    let key = PrivateKeyDer::Pkcs8(PrivatePkcs8KeyDer::from(made.signing_key.serialize_der()));
    let provider = Arc::new(tokio_rustls::rustls::crypto::aws_lc_rs::default_provider());
    let config = ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .expect("versions")
        .with_no_client_auth()
        .with_single_cert(vec![made.cert.der().clone()], key)
        .expect("a configuration");
    (TlsAcceptor::from(Arc::new(config)), made.cert.pem())
}

trait Wire: AsyncRead + AsyncWrite + Unpin + Send {}
impl<T: AsyncRead + AsyncWrite + Unpin + Send> Wire for T {}

struct Talk {
    wire: BufReader<Box<dyn Wire>>,
    seen: Arc<Mutex<Seen>>,
    sealed: bool,
}

async fn converse(
    stream: TcpStream,
    seal: Seal,
    acceptor: Option<TlsAcceptor>,
    seen: Arc<Mutex<Seen>>,
) -> std::io::Result<()> {
    let wire: Box<dyn Wire> = match (&acceptor, seal) {
        (Some(acceptor), Seal::Implicit) => Box::new(acceptor.accept(stream).await?),
        _ => Box::new(stream),
    };
    let mut talk = Talk {
        wire: BufReader::new(wire),
        seen,
        sealed: seal == Seal::Implicit,
    };
    talk.at(Stage::Greeting, "", "220 mail.test").await?;
    let (mut to, mut upgraded) = (String::new(), talk.sealed);
    while let Some(line) = talk.line().await? {
        let verb = line.get(..4).unwrap_or_default().to_ascii_uppercase();
        match verb.as_str() {
            "EHLO" if seal == Seal::StartTls && !upgraded => {
                talk.say("250-mail.test\r\n250-8BITMIME\r\n250 STARTTLS").await?;
            }
            "EHLO" => {
                talk.say("250-mail.test\r\n250-8BITMIME\r\n250 AUTH PLAIN LOGIN")
                    .await?;
            }
            "STAR" => {
                let Some(acceptor) = acceptor.clone() else {
                    return Ok(());
                };
                talk.say("220 go on").await?;
                let sealed = acceptor.accept(talk.wire.into_inner()).await?;
                talk.wire = BufReader::new(Box::new(sealed));
                (upgraded, talk.sealed) = (true, true);
            }
            "AUTH" => talk.say("235 welcome").await?,
            "MAIL" => {
                talk.at(Stage::Mail, "", "250 ok").await?;
            }
            "RCPT" => {
                to = line.get(9..).unwrap_or_default().trim_matches(['<', '>']).to_owned();
                talk.at(Stage::Receiver, &to, "250 ok").await?;
            }
            "DATA" => {
                if talk.at(Stage::Data, &to, "354 go on").await? {
                    talk.text(&to).await?;
                }
            }
            "QUIT" => return talk.say("221 bye").await,
            _ => talk.say("250 ok").await?,
        }
    }
    Ok(())
}

impl Talk {
    async fn say(&mut self, line: &str) -> std::io::Result<()> {
        self.wire.get_mut().write_all(format!("{line}\r\n").as_bytes()).await?;
        self.wire.get_mut().flush().await
    }

    async fn line(&mut self) -> std::io::Result<Option<String>> {
        let mut line = String::new();
        if self.wire.read_line(&mut line).await? == 0 {
            return Ok(None);
        }
        let line = line.trim_end().to_owned();
        self.seen.lock().expect("not poisoned").said.push(line.clone());
        Ok(Some(line))
    }

    /// Answers as the mood is at this stage; gives whether it was the good answer.
    async fn at(&mut self, stage: Stage, letter: &str, good: &str) -> std::io::Result<bool> {
        let mood = self.seen.lock().expect("not poisoned").mood.unwrap_or(Mood::Takes);
        match mood {
            Mood::Says(at, code) if at == stage => self.say(&format!("{code} {letter} no")).await.map(|()| false),
            Mood::Hangs(at) if at == stage => std::future::pending().await,
            Mood::Drops(at) if at == stage => Err(std::io::ErrorKind::ConnectionReset.into()),
            Mood::Greylists if stage == Stage::Text => {
                let first = self.seen.lock().expect("not poisoned").tried.insert(letter.to_owned());
                let answer = if first { "451 come again" } else { good };
                self.say(answer).await.map(|()| !first)
            }
            _ => self.say(good).await.map(|()| true),
        }
    }

    async fn text(&mut self, to: &str) -> std::io::Result<()> {
        let mut text = String::new();
        loop {
            let mut line = String::new();
            if self.wire.read_line(&mut line).await? == 0 {
                return Ok(());
            }
            if line.trim_end() == "." {
                break;
            }
            text.push_str(&line);
        }
        let id = text.lines().find_map(|line| line.strip_prefix("Message-ID: "));
        let taken = Taken {
            to: to.to_owned(),
            message_id: id.unwrap_or_default().to_owned(),
            text,
            sealed: self.sealed,
        };
        let mood = self.seen.lock().expect("not poisoned").mood.unwrap_or(Mood::Takes);
        let keeps = |talk: &Talk| talk.seen.lock().expect("not poisoned").taken.push(taken.clone());
        match mood {
            Mood::Hangs(Stage::Answer) => {
                keeps(self);
                std::future::pending().await
            }
            Mood::Drops(Stage::Answer) => {
                keeps(self);
                Err(std::io::ErrorKind::ConnectionReset.into())
            }
            Mood::Hangs(Stage::Text) | Mood::Drops(Stage::Text) | Mood::Says(Stage::Text, _) => {
                self.at(Stage::Text, &taken.message_id, "").await.map(|_| ())
            }
            Mood::Greylists
                if !self
                    .seen
                    .lock()
                    .expect("not poisoned")
                    .tried
                    .contains(&taken.message_id) =>
            {
                self.at(Stage::Text, &taken.message_id, "").await.map(|_| ())
            }
            // Kept before the answer, as a server must.
            _ => {
                keeps(self);
                self.say("250 taken").await
            }
        }
    }
}
