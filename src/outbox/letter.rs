//! The texts of letters. Identical in kind for everyone, so that a letter on a screen tells nothing.

use super::LetterKind;
use crate::error::{Error, Result};
use crate::secret::Secret;
use lettre::Message;
use lettre::message::header::ContentType;
use lettre::message::{Mailbox, SinglePart};

/// A letter ready to be sent. `id` names the letter towards mail servers, so that one sent twice is known as one.
pub(super) fn compose(kind: LetterKind, language: &str, from: &str, to: &Secret<String>, id: &str) -> Result<Message> {
    let from: Mailbox = from.parse().map_err(Error::fault)?;
    let domain = from.email.domain().to_owned();
    // The address itself must not reach the log through the parser's error.
    let to: Mailbox = to
        .expose()
        .parse()
        .map_err(|_| Error::fault("an address cannot be written to"))?;
    let (subject, text) = texts(kind, language);
    Message::builder()
        .from(from)
        .to(to)
        .subject(subject)
        .message_id(Some(format!("<{id}@{domain}>")))
        .header(AutoSubmitted)
        .singlepart(
            SinglePart::builder()
                .header(ContentType::TEXT_PLAIN)
                .body(text.to_owned()),
        )
        .map_err(Error::fault)
}

fn texts(kind: LetterKind, language: &str) -> (&'static str, &'static str) {
    match (kind, language) {
        (LetterKind::SomethingNew, "en") => (
            "You have something new in the e-service",
            "You have something new in the e-service. Sign in through the municipality's website.\r\n",
        ),
        (LetterKind::SomethingNew, _) => (
            "Du har en ny händelse i e-tjänsten",
            "Du har en ny händelse i e-tjänsten. Logga in via kommunens webbplats.\r\n",
        ),
    }
}

/// `Auto-Submitted: auto-generated` (RFC 3834), so that no absence reply comes back.
#[derive(Debug, Clone)]
struct AutoSubmitted;

impl lettre::message::header::Header for AutoSubmitted {
    fn name() -> lettre::message::header::HeaderName {
        lettre::message::header::HeaderName::new_from_ascii_str("Auto-Submitted")
    }
    fn parse(_: &str) -> Result<Self, Box<dyn std::error::Error + Send + Sync>> {
        Ok(AutoSubmitted)
    }
    fn display(&self) -> lettre::message::header::HeaderValue {
        lettre::message::header::HeaderValue::new(Self::name(), "auto-generated".into())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_letter_says_nothing_but_that_there_is_something() {
        let to = Secret::new(String::from("anna.berg@example.org"));
        let letter = compose(LetterKind::SomethingNew, "sv", "Famn <famn@example.se>", &to, "0197");
        let letter = String::from_utf8(letter.unwrap().formatted()).unwrap();
        assert!(letter.contains("To: anna.berg@example.org\r\n"), "{letter}");
        assert!(letter.contains("Message-ID: <0197@example.se>"), "{letter}");
        assert!(!letter.contains("http"), "{letter}");
    }

    #[test]
    fn an_address_cannot_bring_headers_of_its_own() {
        for hostile in [
            "a@example.org\r\nBcc: b@example.org",
            "a@example.org, b@example.org",
            "a@example.org\n\nHi",
        ] {
            let to = Secret::new(hostile.to_owned());
            let letter = compose(LetterKind::SomethingNew, "sv", "Famn <famn@example.se>", &to, "1");
            assert!(letter.is_err(), "{hostile:?}");
        }
    }
}
