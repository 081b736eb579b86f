//! What settings are taken and what is said of the others.

mod variables;

use super::*;

fn faults_of(toml: &str) -> Vec<String> {
    Config::from_provider(Toml::string(toml))
        .err()
        .map(|faults| faults.0)
        .unwrap_or_default()
}

#[test]
fn every_fault_is_told_at_once() {
    let faults = faults_of(
        "[server]\nlisten = \"nowhere\"\nworkers = 900\npublik_url = \"x\"\n[log]\nformat = \"xml\"\n[colour]\nred = 1\n",
    );
    for name in [
        "server.listen",
        "server.workers",
        "server.publik_url",
        "log.format",
        "audit.origin",
        "mail.from",
    ] {
        assert!(
            faults.iter().any(|fault| fault.starts_with(name)),
            "{name} in {faults:?}"
        );
    }
    assert!(faults.iter().any(|fault| fault.starts_with("colour.red")), "{faults:?}");
}

#[test]
fn another_address_than_a_loopback_one_needs_https() {
    let rest = "[audit]\norigin = \"famn.example/audit\"\n[mail]\nfrom = \"famn@example.org\"\n";
    let with = |server: &str| faults_of(&format!("[server]\n{server}\n{rest}"));
    assert!(with("").is_empty());
    assert!(with("listen = \"[::1]:8080\"").is_empty());
    assert!(with("listen = \"0.0.0.0:8080\"\npublic_url = \"https://famn.example.se/\"").is_empty());
    assert_eq!(with("listen = \"0.0.0.0:8080\"").len(), 1);
    assert_eq!(with("public_url = \"http://famn.example.se\"").len(), 1);
}

#[test]
fn letters_go_in_clear_to_this_machine_alone() {
    let rest = "[audit]\norigin = \"famn.example/audit\"\n[mail]\nfrom = \"famn@example.org\"\n";
    let with = |mail: &str| faults_of(&format!("{rest}{mail}\n"));
    let relay = |mail: &str| {
        let config = Config::from_provider(Toml::string(&format!("{rest}{mail}\n"))).expect("settings");
        config.mail.relay.map(|relay| (relay.host, relay.port, relay.tls))
    };
    assert_eq!(relay(""), None);
    let told = |host: &str, port, tls| Some((host.to_owned(), port, tls));
    assert_eq!(
        relay("server = \"smtp.example.se\""),
        told("smtp.example.se", 587, MailTls::StartTls)
    );
    assert_eq!(
        relay("server = \"smtp.example.se\"\ntls = \"implicit\""),
        told("smtp.example.se", 465, MailTls::Implicit)
    );
    assert_eq!(
        relay("server = \"[::1]:2525\"\ntls = \"none\""),
        told("::1", 2525, MailTls::None)
    );
    for server in ["smtp.example.se", "192.0.2.1:25", "localhost.example.se"] {
        let faults = with(&format!("server = \"{server}\"\ntls = \"none\""));
        assert!(faults.len() == 1 && faults[0].starts_with("mail.tls"), "{faults:?}");
    }
    assert_eq!(with("server = \"a b\"").len(), 1);
    assert_eq!(with("server = \"a:99999\"").len(), 1);
    assert_eq!(with("server = \"smtp.example.se\"\nuser = \"famn\"").len(), 1);
}

#[test]
fn proxies_are_addresses_and_networks() {
    let rest = "[audit]\norigin = \"famn.example/audit\"\n[mail]\nfrom = \"famn@example.org\"\n";
    let with = |server: &str| Config::from_provider(Toml::string(&format!("[server]\n{server}\n{rest}")));
    assert!(with("").expect("settings").server.trusted_proxies.is_empty());
    let taken = with("trusted_proxies = \"127.0.0.1, 10.0.0.0/8,2001:db8::/32\"\nforwarded_header = \"forwarded\"");
    let server = taken.expect("settings").server;
    assert_eq!(server.trusted_proxies.len(), 3);
    assert_eq!(server.forwarded_header, ForwardedHeader::Forwarded);
    for wrong in ["localhost", "10.0.0.0/33", "*", "127.0.0.1:80"] {
        let faults = with(&format!("trusted_proxies = \"{wrong}\"")).expect_err("no proxy").0;
        assert!(faults[0].starts_with("server.trusted_proxies"), "{faults:?}");
    }
}

#[test]
fn nobody_who_is_signed_in_can_be_limited_below_five_hundred_a_second() {
    for (name, wrong) in [("person", 499), ("address", 9)] {
        let faults = faults_of(&format!("[limits]\n{name} = {wrong}\n"));
        let name = format!("limits.{name}");
        assert!(faults.iter().any(|fault| fault.starts_with(&name)), "{faults:?}");
    }
}

#[test]
fn a_sender_is_an_address_that_letters_can_come_from() {
    let with = |from: &str| format!("[audit]\norigin = \"famn.example/audit\"\n[mail]\nfrom = {from:?}\n");
    for (typed, kept) in [
        ("Famn <famn@åkerlund.se>", "Famn <famn@xn--kerlund-dxa.se>"),
        ("famn@example.se", "famn@example.se"),
    ] {
        let config = Config::from_provider(Toml::string(&with(typed))).expect("settings");
        assert_eq!(config.mail.from, kept);
    }
    for not in [
        "nix",
        "Famn <famn@example..se>",
        "famn@localhost",
        "famn@example.se, a@example.se",
    ] {
        let told = faults_of(&with(not));
        assert!(told.len() == 1 && told[0].starts_with("mail.from"), "{not}: {told:?}");
    }
}
