//! The settings of letters.

use super::reader::Reader;
use crate::typed::address;
use lettre::message::Mailbox;
use std::net::IpAddr;
use std::path::PathBuf;
use std::time::Duration;

#[derive(Debug, Clone)]
pub struct Mail {
    /// The sender of letters.
    pub from: String,
    /// The server that takes them; `None`: they are put into a folder.
    pub relay: Option<Relay>,
}

/// A mail server and how to speak with it.
#[derive(Debug, Clone)]
pub struct Relay {
    pub host: String,
    pub port: u16,
    pub tls: MailTls,
    /// Who to sign in as, and the file with the password.
    pub user: Option<(String, PathBuf)>,
    /// Certificates to trust beside the system's.
    pub ca_file: Option<PathBuf>,
    /// How long connecting and each answer may take.
    pub deadline: Duration,
}

/// What a connection is sealed with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MailTls {
    /// Begun in clear and sealed before anything is said; a server that does not offer it gets nothing.
    StartTls,
    /// From the first byte.
    Implicit,
    /// Not at all: on this machine only.
    None,
}

impl MailTls {
    /// The port that is usual for it (RFC 8314, RFC 6409).
    const fn usual_port(self) -> u16 {
        match self {
            MailTls::StartTls => 587,
            MailTls::Implicit => 465,
            MailTls::None => 25,
        }
    }
}

impl Reader<'_> {
    pub(super) fn mail(&mut self) -> Mail {
        Mail {
            from: self.sender(),
            relay: self.relay(),
        }
    }

    /// The sender, its address as letters bear it.
    fn sender(&mut self) -> String {
        let from = self.needed("mail.from");
        let kept = |mailbox: Mailbox| {
            let email = address(mailbox.email.as_ref())?.parse().ok()?;
            Some(Mailbox::new(mailbox.name, email).to_string())
        };
        let sender = from.parse().ok().and_then(kept);
        if sender.is_none() && !from.is_empty() {
            self.fault(&format!(
                "mail.from: {from:?} is no sender, such as Famn <famn@example.se>"
            ));
        }
        sender.unwrap_or(from)
    }

    fn relay(&mut self) -> Option<Relay> {
        let tls = match self.one_of("mail.tls", &["starttls", "implicit", "none"]) {
            "implicit" => MailTls::Implicit,
            "none" => MailTls::None,
            _ => MailTls::StartTls,
        };
        let deadline = Duration::from_secs(self.number("mail.deadline", 1, 300));
        let server = self.text("mail.server");
        let (user, password) = (self.text("mail.user"), self.text("mail.password_file"));
        let ca_file = Some(self.text("mail.ca_file")).filter(|path| !path.is_empty());
        let told = self.has_fault("mail.user") || self.has_fault("mail.password_file");
        if !told && user.is_empty() != password.is_empty() {
            self.fault("mail.user and mail.password_file: both or neither must be set");
        }
        if server.is_empty() {
            return None;
        }
        let (host, port) = match split(&server) {
            Some((host, port)) => (host, port.unwrap_or_else(|| tls.usual_port())),
            None => {
                self.fault("mail.server: must be a host, or a host and a port such as smtp.example.se:587");
                return None;
            }
        };
        if tls == MailTls::None && !is_loopback(&host) {
            self.fault("mail.tls: `none` is for a server on a loopback address alone");
        }
        Some(Relay {
            host,
            port,
            tls,
            user: Some((user, password.into())).filter(|(user, _)| !user.is_empty()),
            ca_file: ca_file.map(PathBuf::from),
            deadline,
        })
    }
}

/// `HOST`, `HOST:PORT` or `[IPv6]:PORT`; an IPv6 address without a port may stand bare.
fn split(server: &str) -> Option<(String, Option<u16>)> {
    if let Ok(address) = server.parse::<IpAddr>() {
        return Some((address.to_string(), None));
    }
    let (host, port) = match server.rsplit_once(':') {
        Some((host, port)) => (host, Some(port.parse().ok()?)),
        None => (server, None),
    };
    let host = host.trim_matches(['[', ']']);
    let fits = |c: char| c.is_ascii_alphanumeric() || ".-:_".contains(c);
    (!host.is_empty() && host.chars().all(fits)).then(|| (host.to_owned(), port))
}

fn is_loopback(host: &str) -> bool {
    host == "localhost" || host.parse::<IpAddr>().is_ok_and(|ip| ip.is_loopback())
}
