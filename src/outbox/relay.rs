//! The mail server: a connection with a deadline on each step, and what went wrong told apart by whose fault it is, the
//! server's or the letter's. Nothing of an address or a text reaches an error: servers repeat them in their answers.

use crate::config::{MailTls, Relay};
use crate::error::{Error, Result};
use crate::secret::Secret;
use lettre::Message;
use lettre::transport::smtp::authentication::{Credentials, Mechanism};
use lettre::transport::smtp::client::{AsyncSmtpConnection, Certificate, TlsParameters};
use lettre::transport::smtp::commands::{Data, Mail, Rcpt, Rset};
use lettre::transport::smtp::extension::{ClientId, Extension, MailParameter};
use std::path::Path;
use std::time::Duration;
use tokio::time::timeout;

/// The whole text may take longer to be answered for than a command (RFC 5321, 4.5.3.2.6).
const FOR_THE_WHOLE: u32 = 4;

/// Why a letter was not taken.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Trouble {
    /// It lies with the server or the way to it; every other letter would fare alike.
    Server(String),
    /// The server puts this letter off, with this code.
    Later(String),
    /// The server refuses this letter for good, with this code.
    Refused(String),
    /// The address cannot be written to through this server.
    Address,
}

/// The mail server's password: the first line of its file.
///
/// # Errors
/// In words, without the file's content.
pub fn password(file: &Path) -> Result<Secret<String>, String> {
    let text = std::fs::read_to_string(file).map_err(|cause| format!("{}: {cause}", file.display()))?;
    match text.lines().next() {
        Some(line) if !line.is_empty() => Ok(Secret::new(line.to_owned())),
        _ => Err(format!("{}: its first line is empty", file.display())),
    }
}

/// The certificates of a file.
///
/// # Errors
/// In words.
pub fn certificate(file: &Path) -> Result<Certificate, String> {
    let cannot = |cause: &dyn std::fmt::Display| format!("{}: {cause}", file.display());
    let pem = std::fs::read(file).map_err(|cause| cannot(&cause))?;
    let has_one = pem.windows(27).any(|part| part == b"-----BEGIN CERTIFICATE-----");
    match has_one {
        true => Certificate::from_pem(&pem).map_err(|cause| cannot(&cause)),
        false => Err(cannot(&"no certificate (PEM) is in it")),
    }
}

/// The server, and all that is needed to be let in.
#[derive(Clone)]
pub(super) struct Server {
    relay: Relay,
    tls: Option<TlsParameters>,
    password: Option<Secret<String>>,
    hello: ClientId,
}

impl Server {
    /// Reads password and certificates.
    ///
    /// # Errors
    /// [`Error::Unavailable`] with the setting whose file cannot be read.
    pub(super) fn of(relay: &Relay, from: &str) -> Result<Server> {
        let cannot = |setting: &str, cause: &dyn std::fmt::Display| Error::unavailable(format!("{setting}: {cause}"));
        let mut tls = TlsParameters::builder(relay.host.clone());
        if let Some(path) = &relay.ca_file {
            tls = tls.add_root_certificate(certificate(path).map_err(|cause| cannot("mail.ca_file", &cause))?);
        }
        let tls = (relay.tls != MailTls::None).then(|| tls.build_rustls());
        let password = relay.user.as_ref().map(|(_, file)| password(file));
        let password = password
            .transpose()
            .map_err(|cause| cannot("mail.password_file", &cause))?;
        let domain = from
            .rsplit_once('@')
            .map_or("localhost", |(_, domain)| domain.trim_end_matches('>'));
        Ok(Server {
            tls: tls.transpose().map_err(|cause| cannot("mail.tls", &cause))?,
            password,
            hello: ClientId::Domain(domain.to_owned()),
            relay: relay.clone(),
        })
    }

    /// How long a letter may be in the server's hands before its outcome must be known.
    pub(super) fn longest_answer(&self) -> Duration {
        self.relay.deadline * FOR_THE_WHOLE
    }

    /// Connects, seals the connection and signs in.
    pub(super) async fn connect(&self) -> Result<Line, Trouble> {
        let Relay { host, port, .. } = &self.relay;
        let implicit = self.tls.clone().filter(|_| self.relay.tls == MailTls::Implicit);
        let deadline = self.relay.deadline;
        let connect =
            AsyncSmtpConnection::connect_tokio1((host.as_str(), *port), Some(deadline), &self.hello, implicit, None);
        let mut line = Line {
            connection: within(deadline, "connecting", connect).await?,
            deadline,
        };
        if let (Some(tls), MailTls::StartTls) = (&self.tls, self.relay.tls) {
            let upgrade = line.connection.starttls(tls.clone(), &self.hello);
            within(deadline, "STARTTLS", upgrade).await?;
        }
        if let (Some((user, _)), Some(password)) = (&self.relay.user, &self.password) {
            let credentials = Credentials::new(user.clone(), password.expose().clone());
            let sign_in = line
                .connection
                .auth(&[Mechanism::Plain, Mechanism::Login], &credentials);
            within(deadline, "AUTH", sign_in).await?;
        }
        Ok(line)
    }
}

/// A connection over which letters are handed.
pub(super) struct Line {
    connection: AsyncSmtpConnection,
    deadline: Duration,
}

impl Line {
    /// Names sender and receiver; with `Ok` the server waits for the letter itself.
    pub(super) async fn offer(&mut self, letter: &Message) -> Result<(), Trouble> {
        let envelope = letter.envelope();
        let receiver = envelope.to().first().ok_or(Trouble::Address)?;
        let mut options = Vec::new();
        if !AsRef::<str>::as_ref(receiver).is_ascii() {
            if !self.connection.server_info().supports_feature(Extension::SmtpUtfEight) {
                return Err(Trouble::Address);
            }
            options.push(MailParameter::SmtpUtfEight);
        }
        self.say("MAIL", Mail::new(envelope.from().cloned(), options)).await?;
        self.say("RCPT", Rcpt::new(receiver.clone(), Vec::new())).await?;
        self.say("DATA", Data).await
    }

    /// Hands the letter over; with `Ok` the server has taken it.
    pub(super) async fn hand_over(&mut self, letter: &Message) -> Result<(), Trouble> {
        let text = letter.formatted();
        let answer = timeout(self.deadline * FOR_THE_WHOLE, self.connection.message(&text)).await;
        judge("the letter", answer)
    }

    /// After a letter that was not taken: ready for the next.
    pub(super) async fn reset(&mut self) -> Result<(), Trouble> {
        self.say("RSET", Rset).await
    }

    /// Takes leave, without waiting for long.
    pub(super) async fn quit(mut self) {
        let _ = timeout(Duration::from_secs(1), self.connection.quit()).await;
    }

    async fn say(&mut self, name: &'static str, command: impl std::fmt::Display) -> Result<(), Trouble> {
        let answer = timeout(self.deadline, self.connection.command(command)).await;
        judge(name, answer)
    }
}

type Answered<T> = Result<Result<T, lettre::transport::smtp::Error>, tokio::time::error::Elapsed>;

/// A step before any letter: whatever goes wrong lies with the server.
async fn within<T>(
    deadline: Duration,
    step: &'static str,
    work: impl Future<Output = Result<T, lettre::transport::smtp::Error>>,
) -> Result<T, Trouble> {
    match timeout(deadline, work).await {
        Ok(Ok(done)) => Ok(done),
        Ok(Err(cause)) => Err(Trouble::Server(format!("{step}: {}", told(&cause)))),
        Err(_) => Err(Trouble::Server(format!("{step}: no answer in time"))),
    }
}

/// A step of one letter: the code says for how long it is refused. 421 is the server taking its leave.
fn judge<T>(step: &'static str, answer: Answered<T>) -> Result<(), Trouble> {
    let cause = match answer {
        Ok(Ok(_)) => return Ok(()),
        Ok(Err(cause)) => cause,
        Err(_) => return Err(Trouble::Server(format!("{step}: no answer in time"))),
    };
    let told = format!("{step}: {}", told(&cause));
    let leaves = cause.status().is_some_and(|code| code.to_string() == "421");
    Err(if leaves {
        Trouble::Server(told)
    } else if cause.is_permanent() {
        Trouble::Refused(told)
    } else if cause.is_transient() {
        Trouble::Later(told)
    } else {
        Trouble::Server(told)
    })
}

/// What went wrong, without the server's words: they may repeat the address.
fn told(cause: &lettre::transport::smtp::Error) -> String {
    match cause.status() {
        Some(code) => format!("answered {code}"),
        None if cause.is_tls() => "no TLS that is trusted".into(),
        None if cause.is_client() => "does not offer what is needed (STARTTLS, a way to sign in)".into(),
        None => "the connection failed or broke off".into(),
    }
}
