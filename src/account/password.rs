//! New passwords: long enough to stand alone, and not what anyone would try first (SES-16, NIST SP 800-63B-4). Nothing
//! is asked of their composition, and they never grow old.

use super::common::{bare, is_common};
use crate::app::App;
use crate::crypt::password::LONGEST;
use crate::error::{Error, Result};
use crate::secret::Secret;
use crate::typed::normal_address;
use unicode_normalization::UnicodeNormalization as _;

/// The fewest characters, where nothing but the password is asked for.
const SHORTEST: usize = 15;
/// What must remain, in letters and digits, when the person's own name and address are taken out.
const LEAST_OF_ITS_OWN: usize = 8;

/// Hashes a new password for someone of this address and name, at a board that is called by these words, if it may be
/// one.
///
/// # Errors
/// [`Error::Invalid`] at `password` with why not.
pub async fn hash_new_password(
    app: &App,
    password: Secret<String>,
    (email, name): (&str, &str),
    board: &[String],
) -> Result<Secret<String>> {
    check(&password, (email, name), board)?;
    app.passwords.hash(password).await.map(Secret::new)
}

pub(super) fn check(password: &Secret<String>, (email, name): (&str, &str), board: &[String]) -> Result<()> {
    let text = password.expose();
    let refuse = |code| Err(Error::invalid("password", code));
    if text.len() > LONGEST {
        return refuse("password-long");
    }
    if text.nfc().count() < SHORTEST {
        return refuse("password-short");
    }
    if is_own(text, email, name) {
        return refuse("password-own");
    }
    if is_common(text, board) {
        return refuse("password-common");
    }
    Ok(())
}

/// Whether a password is little more than its owner's name or address.
fn is_own(password: &str, email: &str, name: &str) -> bool {
    let (email, name) = (normal_address(email), name.to_owned());
    let user = email.split('@').next().unwrap_or_default().to_owned();
    let mut parts: Vec<String> = [&email, &user, &name].into_iter().map(|text| bare(text)).collect();
    let words = user
        .split(|c: char| !c.is_alphanumeric())
        .chain(name.split_whitespace());
    parts.extend(words.map(bare));
    parts.retain(|part| part.chars().count() >= 3);
    parts.sort_by_key(|part| std::cmp::Reverse(part.len()));
    let whole = bare(password);
    let rest = parts
        .iter()
        .fold(whole.clone(), |rest, part| rest.replace(part.as_str(), ""));
    rest != whole && rest.chars().count() < LEAST_OF_ITS_OWN
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fault(password: &str) -> Option<&'static str> {
        match check(
            &Secret::new(password.to_owned()),
            ("anna.berg@example.org", "Anna Berg"),
            &["Vansbro".into()],
        ) {
            Ok(()) => None,
            Err(Error::Invalid(faults)) => faults.first().map(|fault| fault.code),
            Err(other) => panic!("{other}"),
        }
    }

    #[test]
    fn what_everyone_tries_first_is_none() {
        for common in [
            "passwordpassword",
            "Lösenord123456!",
            "familjehem familjehem 1",
            "sunshinesunshine",
            "vansbro vansbro vansbro",
            "aaaaaaaaaaaaaaaaaaaa",
            "ababababababababab",
        ] {
            assert_eq!(fault(common), Some("password-common"), "{common}");
        }
    }

    #[test]
    fn of_its_composition_nothing_is_asked() {
        assert_eq!(fault("famn-demo-granskog-2026"), None);
        assert_eq!(fault("femton tecken ."), None);
        assert_eq!(fault("fjorton tecken"), Some("password-short"));
        // Fifteen characters, whether composed or not.
        assert_eq!(fault("åäöåäöéüåäöåäöå"), None);
        assert_eq!(
            fault("a\u{30a}a\u{30a}a\u{30a}a\u{30a}a\u{30a}a\u{30a}a\u{30a}"),
            Some("password-short")
        );
        assert_eq!(fault(&"lång mening om skog ".repeat(48)), None);
        assert_eq!(fault(&"lång mening om skog ".repeat(49)), Some("password-long"));
    }

    #[test]
    fn ones_own_name_is_none() {
        for own in [
            "anna.berg@example.org",
            "Anna Berg Anna Berg",
            "annaberg-annaberg-2026",
            "BERG anna BERG anna 1234",
        ] {
            assert_eq!(fault(own), Some("password-own"), "{own}");
        }
        assert_eq!(fault("anna plockar blåbär"), None);
    }
}
