//! The settings of what stands around the service: proxies, limits, metrics.

use super::reader::Reader;
use ipnet::IpNet;
use std::net::{IpAddr, SocketAddr};

/// The header in which a proxy says who asks. One alone is believed: a proxy passes on what it does not set itself, and
/// whoever asks could write anything into it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum ForwardedHeader {
    #[default]
    XForwardedFor,
    /// RFC 7239.
    Forwarded,
}

/// How often may be called, a second.
#[derive(Debug, Clone, Copy)]
pub struct Limits {
    /// By one person who is signed in.
    pub person: u32,
    /// From one address, by whoever is not.
    pub address: u32,
}

impl Default for Limits {
    fn default() -> Limits {
        Limits {
            person: 500,
            address: 100,
        }
    }
}

#[derive(Debug, Clone, Copy, Default)]
pub struct Metrics {
    /// `None`: they are told nowhere.
    pub listen: Option<SocketAddr>,
}

impl Reader<'_> {
    pub(super) fn forwarded_header(&mut self) -> ForwardedHeader {
        match self.one_of("server.forwarded_header", &["x-forwarded-for", "forwarded"]) {
            "forwarded" => ForwardedHeader::Forwarded,
            _ => ForwardedHeader::XForwardedFor,
        }
    }

    pub(super) fn limits(&mut self) -> Limits {
        Limits {
            person: self.number("limits.person", 500, 100_000) as u32,
            address: self.number("limits.address", 10, 100_000) as u32,
        }
    }

    pub(super) fn metrics(&mut self, serves: SocketAddr) -> Metrics {
        let listen = match self.text("metrics.listen").is_empty() {
            true => None,
            false => self.parsed("metrics.listen", "an address and port, such as 127.0.0.1:9464"),
        };
        if listen == Some(serves) && serves.port() != 0 {
            self.fault("metrics.listen: must be another address or port than server.listen");
        }
        Metrics { listen }
    }

    pub(super) fn networks(&mut self, name: &str) -> Vec<IpNet> {
        let text = self.text(name);
        let mut found = Vec::new();
        for part in text.split(',').map(str::trim).filter(|part| !part.is_empty()) {
            match part.parse().or_else(|_| part.parse::<IpAddr>().map(IpNet::from)) {
                Ok(network) => found.push(network),
                Err(_) => self.fault(&format!("{name}: {part:?} is neither an address nor a network")),
            }
        }
        found
    }
}
