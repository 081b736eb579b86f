//! E-mail addresses: one rule for all places where one is typed, and one form in which they are kept, sent to and
//! compared.

use super::is_unseen;
use unicode_normalization::UnicodeNormalization as _;

/// Bytes of the whole address, of what stands before the `@`, and of each part of the domain (RFC 5321, RFC 1035).
const LONGEST: usize = 254;
const LONGEST_USER: usize = 64;
const LONGEST_DOMAIN: usize = 253;

/// Reads an address: a name of the letters, digits and signs that every mail server takes, with single points within,
/// and a domain of two parts or more. Gives it as letters are sent to it, the domain in lower case and, where it has
/// letters such as å, as punycode. Whether it is anyone's shows when a letter arrives.
pub fn address(text: &str) -> Option<String> {
    let seen: String = text.trim().chars().filter(|c| !is_unseen(*c)).nfc().collect();
    let (user, domain) = seen.split_once('@')?;
    let is_sign = |c: char| c.is_ascii_alphanumeric() || "!#$%&'*+-/=?^_`{|}~".contains(c);
    let is_user = user.len() <= LONGEST_USER
        && user
            .split('.')
            .all(|part| !part.is_empty() && part.chars().all(is_sign));
    let domain = domain_of(domain)?;
    let whole = format!("{user}@{domain}");
    (is_user && whole.len() <= LONGEST).then_some(whole)
}

/// A domain as it stands in the net.
fn domain_of(text: &str) -> Option<String> {
    let is_plain = |c: char| !c.is_whitespace() && !c.is_control() && c != '@';
    let domain = idna::domain_to_ascii_strict(text)
        .ok()
        .filter(|_| text.chars().all(is_plain))?;
    let parts: Vec<&str> = domain.split('.').collect();
    let is_part = |part: &&str| !part.is_empty() && part.len() <= 63 && !part.starts_with('-') && !part.ends_with('-');
    let last = parts.last()?;
    // The last part is no number: that would be a machine's, not a domain.
    let is_top = last.len() >= 2 && !last.bytes().all(|byte| byte.is_ascii_digit());
    let fits = parts.len() >= 2 && parts.iter().all(is_part) && is_top && domain.len() <= LONGEST_DOMAIN;
    fits.then_some(domain)
}

/// The form in which addresses are compared: as letters are sent to it, in lower case. What is no address, which
/// someone may type where they sign in, is compared as it stands.
pub fn normal_address(text: &str) -> String {
    let composed: String = text.trim().nfc().collect();
    let kept = address(&composed).unwrap_or(composed);
    kept.to_lowercase().nfc().collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn addresses_that_reach_somebody_are_taken() {
        for (typed, kept) in [
            ("anna.berg@example.org", "anna.berg@example.org"),
            (" Anna.Berg@Example.ORG\n", "Anna.Berg@example.org"),
            ("anna@åkerlund.se", "anna@xn--kerlund-dxa.se"),
            ("anna@ÅKERLUND.se", "anna@xn--kerlund-dxa.se"),
            ("anna@a\u{30a}kerlund.se", "anna@xn--kerlund-dxa.se"),
            ("anna@xn--kerlund-dxa.se", "anna@xn--kerlund-dxa.se"),
            ("anna@ｅｘａｍｐｌｅ.org", "anna@example.org"),
            ("a+b_c'd@sub.example-two.museum", "a+b_c'd@sub.example-two.museum"),
            ("1@1.se", "1@1.se"),
            ("anna@\u{200b}example.org", "anna@example.org"),
            ("anna@example.xn--p1ai", "anna@example.xn--p1ai"),
            ("anna@пример.рф", "anna@xn--e1afmkfd.xn--p1ai"),
        ] {
            assert_eq!(address(typed).as_deref(), Some(kept), "{typed:?}");
        }
    }

    #[test]
    fn what_no_letter_reaches_is_none() {
        let long_user = format!("{}@example.org", "a".repeat(65));
        let long_part = format!("a@{}.org", "b".repeat(64));
        let long = format!("a@{}org", "bbbbbbbbb.".repeat(26));
        for not in [
            "",
            " ",
            "@",
            "anna",
            "anna@",
            "@example.org",
            "anna@example",
            "anna@localhost",
            "ny@example..org",
            "ny@.example.org",
            "ny@example.org.",
            "ny.@example.org",
            ".ny@example.org",
            "n..y@example.org",
            "anna berg@example.org",
            "anna@exam ple.org",
            "anna@exam\tple.org",
            "anna\u{a0}b@example.org",
            "\"anna b\"@example.org",
            "\"anna\"@example.org",
            "anna@example.org, b@example.org",
            "anna@b@example.org",
            "Anna <anna@example.org>",
            "<anna@example.org>",
            "mailto:anna@example.org",
            "anna@[192.0.2.1]",
            "anna@192.0.2.1",
            "anna@example.1",
            "anna@example.o",
            "anna@-example.org",
            "anna@example-.org",
            "anna@exa_mple.org",
            "anna@exa!mple.org",
            "anna@exa/mple.org",
            "åsa@example.org",
            "anna@example.org\r\nBcc: b@example.org",
            "an\u{0}na@example.org",
            "anna;b@example.org",
            "anna(b)@example.org",
            "anna@xn--a.se",
            "anna@example。",
            "anna@例え..jp",
            &long_user,
            &long_part,
            &long,
        ] {
            assert_eq!(address(not), None, "{not:?}");
        }
    }

    #[test]
    fn addresses_are_compared_in_one_form() {
        assert_eq!(normal_address("  Anna.Berg@Example.SE\n"), "anna.berg@example.se");
        assert_eq!(
            normal_address("Anna@Åkerlund.se"),
            normal_address("anna@XN--KERLUND-DXA.SE")
        );
        // What is no address is compared too: someone signing in may type anything.
        assert_eq!(normal_address("  Anna.Åberg@Example.SE\n"), "anna.åberg@example.se");
        assert_eq!(normal_address("A\u{30a}SA@example.se"), "åsa@example.se");
        assert_eq!(normal_address("Ny@Example..org"), "ny@example..org");
    }

    proptest! {
        #[test]
        fn one_form_stays_as_it_is(text in "\\PC{0,30}", user in "[a-zA-Z0-9.+-]{1,12}", domain in "[a-zåäö0-9-]{1,9}(\\.[a-zåäö0-9-]{1,9}){0,2}") {
            for typed in [text, format!("{user}@{domain}")] {
                let normal = normal_address(&typed);
                prop_assert_eq!(normal_address(&normal), normal.as_str());
                if let Some(kept) = address(&typed) {
                    prop_assert!(kept.is_ascii() && !kept.contains(".."));
                    prop_assert_eq!(address(&kept), Some(kept.clone()));
                    prop_assert_eq!(normal_address(&kept), normal);
                    prop_assert!(kept.parse::<lettre::Address>().is_ok(), "{}", kept);
                }
            }
        }
    }
}
