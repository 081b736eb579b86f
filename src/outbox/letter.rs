//! The texts of letters. Identical in kind for everyone, so that a letter on a screen tells nothing.

use super::LetterKind;
use crate::error::{Error, Result};
use crate::secret::Secret;
use lettre::Message;
use lettre::message::header::ContentType;
use lettre::message::{Mailbox, SinglePart};

/// What a letter says: by its kind and the receiver's language, with where to go and the token where there is one.
pub(super) struct Text<'a> {
    pub kind: LetterKind,
    /// `sv` or `en`.
    pub language: &'a str,
    /// Where the service is reached.
    pub url: &'a str,
    pub token: Option<&'a Secret<String>>,
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
    let (subject, body) = (subject(text), body(text)?);
    Message::builder()
        .from(from)
        .to(to)
        .subject(subject)
        .message_id(Some(format!("<{id}@{domain}>")))
        .header(AutoSubmitted)
        .singlepart(SinglePart::builder().header(ContentType::TEXT_PLAIN).body(body))
        .map_err(Error::fault)
}

fn subject(text: &Text<'_>) -> &'static str {
    let is_english = text.language == "en";
    match text.kind {
        LetterKind::SomethingNew if is_english => "You have something new in the e-service",
        LetterKind::SomethingNew => "Du har en ny händelse i e-tjänsten",
        LetterKind::Invitation if is_english => "You have an invitation",
        LetterKind::Invitation => "Du har en inbjudan",
        LetterKind::Recovery if is_english => "Choose a new password",
        LetterKind::Recovery => "Välj ett nytt lösenord",
        LetterKind::ContactChanged if text.token.is_some() && is_english => "Confirm your e-mail address",
        LetterKind::ContactChanged if text.token.is_some() => "Bekräfta din e-postadress",
        LetterKind::ContactChanged if is_english => "Your contact details are being changed",
        LetterKind::ContactChanged => "Dina kontaktuppgifter ändras",
        LetterKind::Alarm if is_english => "Important about your account",
        LetterKind::Alarm => "Viktigt om ditt konto",
        LetterKind::ErrandOpened if is_english => "A colleague has opened an errand",
        LetterKind::ErrandOpened => "En kollega har öppnat ett ärende",
    }
}

fn body(text: &Text<'_>) -> Result<String> {
    let is_english = text.language == "en";
    let fixed = match text.kind {
        LetterKind::SomethingNew if is_english => {
            "You have something new in the e-service. Sign in through the municipality's website."
        }
        LetterKind::SomethingNew => "Du har en ny händelse i e-tjänsten. Logga in via kommunens webbplats.",
        LetterKind::ContactChanged if text.token.is_some() => return with_code(text, is_english),
        LetterKind::ContactChanged if is_english => {
            "Your contact details in the e-service are being changed. If it was not you, call the municipality at once."
        }
        LetterKind::ContactChanged => {
            "Dina kontaktuppgifter i e-tjänsten ändras. Var det inte du, ring kommunen genast."
        }
        LetterKind::Alarm if is_english => {
            "Your password in the e-service has been changed. If it was not you, call the municipality at once."
        }
        LetterKind::Alarm => "Ditt lösenord i e-tjänsten har ändrats. Var det inte du, ring kommunen genast.",
        LetterKind::ErrandOpened if is_english => {
            "A colleague who does not handle it has opened an errand that you answer for. Sign in to see who, and why."
        }
        LetterKind::ErrandOpened => {
            "En kollega som inte handlägger det har öppnat ett ärende som du ansvarar för. Logga in för att se vem och \
             varför."
        }
        LetterKind::Invitation | LetterKind::Recovery => return with_code(text, is_english),
    };
    Ok(format!("{fixed}\r\n"))
}

/// A letter with a code to type: no link bears it, since addresses are kept by whoever passes them on.
fn with_code(text: &Text<'_>, is_english: bool) -> Result<String> {
    let code = text
        .token
        .ok_or_else(|| Error::fault("a letter lacks its code"))?
        .expose();
    let url = text.url;
    let (page, first, use_it, last) = match (text.kind, is_english) {
        (LetterKind::Invitation, true) => (
            "inbjudan",
            "You have an invitation to an e-service.",
            "Go there and type this code:",
            "The code works once, within three days. If you expected no invitation, leave this letter be.",
        ),
        (LetterKind::Invitation, false) => (
            "inbjudan",
            "Du har en inbjudan till en e-tjänst.",
            "Gå dit och skriv in koden:",
            "Koden fungerar en gång, inom tre dygn. Väntade du ingen inbjudan kan du låta brevet vara.",
        ),
        (LetterKind::ContactChanged, true) => (
            "ny-adress",
            "Someone wants their letters from an e-service at this address.",
            "If it was you, sign in, go there and type this code:",
            "The code works once, within a day. If it was not you, leave this letter be.",
        ),
        (LetterKind::ContactChanged, false) => (
            "ny-adress",
            "Någon vill få sina brev från en e-tjänst till den här adressen.",
            "Var det du, logga in, gå dit och skriv in koden:",
            "Koden fungerar en gång, inom ett dygn. Var det inte du kan du låta brevet vara.",
        ),
        (_, true) => (
            "nytt-losenord",
            "You can choose a new password.",
            "Go there and type this code:",
            "The code works once, within an hour. If you did not ask for it, leave this letter be.",
        ),
        (_, false) => (
            "nytt-losenord",
            "Du kan välja ett nytt lösenord.",
            "Gå dit och skriv in koden:",
            "Koden fungerar en gång, inom en timme. Bad du inte om den kan du låta brevet vara.",
        ),
    };
    Ok(format!(
        "{first}\r\n\r\n{url}/{page}\r\n\r\n{use_it}\r\n\r\n{code}\r\n\r\n{last}\r\n"
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

#[cfg(test)]
mod tests {
    use super::*;

    fn text(kind: LetterKind, token: Option<&Secret<String>>) -> Text<'_> {
        Text {
            kind,
            language: "sv",
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
