//! The texts of letters. Identical in kind for everyone, so that a letter on a screen tells nothing.

use super::LetterKind;
use crate::error::{Error, Result};
use crate::language::Language;
use crate::secret::Secret;
use lettre::Message;
use lettre::message::header::ContentType;
use lettre::message::{Mailbox, SinglePart};

/// What a letter says: by its kind and the receiver's language, with where to go and the token where there is one.
pub(super) struct Text<'a> {
    pub kind: LetterKind,
    pub language: Language,
    /// Where the service is reached.
    pub url: &'a str,
    pub token: Option<&'a Secret<String>>,
}

/// The keys of a letter's texts.
struct Words {
    subject: &'static str,
    says: &'static str,
    /// For a letter with a code to type.
    code: Option<CodeWords>,
}

/// What stands around a code.
struct CodeWords {
    /// The last part of the address where it is typed.
    page: &'static str,
    use_it: &'static str,
    last: &'static str,
}

/// A letter ready to be sent. `id` names the letter towards mail servers, so that one sent twice is known as one.
pub(super) fn compose(text: &Text<'_>, from: &str, to: &Secret<String>, id: &str) -> Result<Message> {
    let from: Mailbox = from.parse().map_err(Error::fault)?;
    let domain = from.email.domain().to_owned();
    // The address itself must not reach the log through the parser's error.
    let to: Mailbox = to
        .expose()
        .parse()
        .map_err(|_| Error::fault("an address cannot be written to"))?;
    let words = words(text.kind, text.token.is_some());
    let (subject, body) = (text.language.text(words.subject), body(text, &words)?);
    Message::builder()
        .from(from)
        .to(to)
        .subject(subject)
        .message_id(Some(format!("<{id}@{domain}>")))
        .header(AutoSubmitted)
        .header(SuppressResponses)
        .singlepart(SinglePart::builder().header(ContentType::TEXT_PLAIN).body(body))
        .map_err(Error::fault)
}

fn words(kind: LetterKind, bears_code: bool) -> Words {
    let plain = |subject, says| Words {
        subject,
        says,
        code: None,
    };
    let with_code = |subject, says, code| Words {
        subject,
        says,
        code: Some(code),
    };
    match kind {
        LetterKind::SomethingNew => plain("mail-new-subject", "mail-new"),
        LetterKind::Alarm => plain("mail-alarm-subject", "mail-alarm"),
        LetterKind::ErrandOpened => plain("mail-opened-subject", "mail-opened"),
        LetterKind::IncidentOpened => plain("mail-incident-subject", "mail-incident"),
        LetterKind::NoOfficer => plain("mail-no-officer-subject", "mail-no-officer"),
        LetterKind::Undelivered => plain("mail-undelivered-subject", "mail-undelivered"),
        LetterKind::ContactChanged if !bears_code => plain("mail-contact-subject", "mail-contact"),
        LetterKind::ContactChanged => with_code(
            "mail-address-subject",
            "mail-address",
            CodeWords {
                page: "ny-adress",
                use_it: "mail-address-go",
                last: "mail-address-last",
            },
        ),
        LetterKind::Invitation => with_code(
            "mail-invitation-subject",
            "mail-invitation",
            CodeWords {
                page: "inbjudan",
                use_it: "mail-go",
                last: "mail-invitation-last",
            },
        ),
        LetterKind::Recovery => with_code(
            "mail-recovery-subject",
            "mail-recovery",
            CodeWords {
                page: "nytt-losenord",
                use_it: "mail-go",
                last: "mail-recovery-last",
            },
        ),
    }
}

/// The text. A code is there to be typed: no link bears it, since addresses are kept by whoever passes them on.
fn body(text: &Text<'_>, words: &Words) -> Result<String> {
    let say = |key| text.language.text(key);
    let Some(code) = &words.code else {
        return Ok(format!("{}\r\n", say(words.says)));
    };
    let token = text.token.ok_or_else(|| Error::fault("a letter lacks its code"))?;
    let (first, url, page) = (say(words.says), text.url, code.page);
    let (use_it, token, last) = (say(code.use_it), token.expose(), say(code.last));
    Ok(format!(
        "{first}\r\n\r\n{url}/{page}\r\n\r\n{use_it}\r\n\r\n{token}\r\n\r\n{last}\r\n"
    ))
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

/// `X-Auto-Response-Suppress: All`, the same said to Exchange and Outlook, which do not look at `Auto-Submitted`.
#[derive(Debug, Clone)]
struct SuppressResponses;

impl lettre::message::header::Header for SuppressResponses {
    fn name() -> lettre::message::header::HeaderName {
        lettre::message::header::HeaderName::new_from_ascii_str("X-Auto-Response-Suppress")
    }
    fn parse(_: &str) -> Result<Self, Box<dyn std::error::Error + Send + Sync>> {
        Ok(SuppressResponses)
    }
    fn display(&self) -> lettre::message::header::HeaderValue {
        lettre::message::header::HeaderValue::new(Self::name(), "All".into())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(kind: LetterKind, token: Option<&Secret<String>>) -> Text<'_> {
        Text {
            kind,
            language: Language::Swedish,
            url: "https://famn.example.se",
            token,
        }
    }

    #[test]
    fn only_letters_with_a_code_bear_one_and_no_link_holds_it() {
        let (code, hash) = crate::secret::fresh_token();
        let to = Secret::new(String::from("anna.berg@example.org"));
        for kind in LetterKind::ALL.iter().copied() {
            let letter = compose(&text(kind, Some(&code)), "Famn <famn@example.se>", &to, "0197").unwrap();
            let letter = String::from_utf8(letter.formatted()).unwrap();
            let bears = matches!(
                kind,
                LetterKind::Invitation | LetterKind::Recovery | LetterKind::ContactChanged
            );
            assert_eq!(
                letter.lines().any(|line| line == code.expose()),
                bears,
                "{kind:?}: {letter}"
            );
            assert_eq!(letter.matches(code.expose().as_str()).count(), usize::from(bears));
            assert!(!letter.contains(&hex::encode(hash)));
        }
        assert!(compose(&text(LetterKind::Recovery, None), "Famn <famn@example.se>", &to, "1").is_err());
    }

    #[test]
    fn every_letter_has_its_words_in_every_language() {
        for language in Language::ALL {
            for (kind, bears_code) in LetterKind::ALL.iter().flat_map(|kind| [(*kind, true), (*kind, false)]) {
                let words = words(kind, bears_code);
                let code = words.code.iter().flat_map(|code| [code.use_it, code.last]);
                for key in [words.subject, words.says].into_iter().chain(code) {
                    assert!(language.find(key).is_some(), "{} lacks {key}", language.tag());
                }
            }
        }
        let subject = |language: Language| language.text(words(LetterKind::Invitation, true).subject);
        assert_ne!(subject(Language::Swedish), subject(Language::English));
    }

    #[test]
    fn a_letter_says_nothing_but_that_there_is_something() {
        let to = Secret::new(String::from("anna.berg@example.org"));
        let letter = compose(
            &text(LetterKind::SomethingNew, None),
            "Famn <famn@example.se>",
            &to,
            "0197",
        );
        let letter = String::from_utf8(letter.unwrap().formatted()).unwrap();
        assert!(letter.contains("To: anna.berg@example.org\r\n"), "{letter}");
        assert!(letter.contains("Message-ID: <0197@example.se>"), "{letter}");
        for head in [
            "Auto-Submitted: auto-generated",
            "X-Auto-Response-Suppress: All",
            "From: Famn <famn@example.se>",
        ] {
            assert!(letter.lines().any(|line| line == head), "{letter}");
        }
        assert_eq!(
            letter.lines().filter(|line| line.starts_with("Date: ")).count(),
            1,
            "{letter}"
        );
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
            let letter = compose(
                &text(LetterKind::SomethingNew, None),
                "Famn <famn@example.se>",
                &to,
                "1",
            );
            assert!(letter.is_err(), "{hostile:?}");
        }
    }
}
