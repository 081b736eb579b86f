//! The personnummer and samordningsnummer in a text, however they are parted or turned.

use super::personal_number;
use crate::clock::Day;
use crate::language::Language;
use std::collections::BTreeSet;

/// What may stand between two digits of one number: so many characters that are neither letters nor digits.
const GAP: usize = 3;
/// Bytes between a birth and the last four: words may stand between (`född 150310, sista fyra är 2384`).
const BEHIND: usize = 60;
/// The same where the last four come first.
const BEFORE: usize = 30;
/// Births and last fours that are tried together, at most: a text of nothing but digits is no letter to anyone.
const TRIED: usize = 20_000;

/// A digit and where it stands.
struct Digit {
    start: usize,
    end: usize,
    value: char,
}

/// Some digits of a text that may belong together.
struct Piece {
    start: usize,
    end: usize,
    digits: String,
}

/// Each number in a text: as it stands there, its spaces made one, and in its normal form. Found are those that
/// [`personal_number`] reads and those whose digits are parted by anything short, are written day first, or have words
/// between birth and last four, or these in front. Many are nobody's: whoever asks looks whose they are.
pub fn personal_numbers_in(text: &str, today: Day) -> BTreeSet<(String, String)> {
    let digits = digits(text);
    let mut found = BTreeSet::new();
    let mut note = |start: usize, end: usize, candidate: &str| {
        if let Some(number) = personal_number(candidate, today) {
            let typed: Vec<&str> = text[start..end].split_whitespace().collect();
            found.insert((typed.join(" "), number));
        }
    };
    for length in [12, 10] {
        for piece in pieces(text, &digits, length) {
            let (birth, tail) = piece.digits.split_at(length - 4);
            let is_old = text[piece.start..piece.end].contains('+');
            for birth in orders(birth) {
                note(piece.start, piece.end, &format!("{birth}{tail}"));
                if is_old {
                    note(piece.start, piece.end, &format!("{birth}+{tail}"));
                }
            }
        }
    }
    let mut births: Vec<Piece> = [8, 6]
        .into_iter()
        .flat_map(|length| pieces(text, &digits, length))
        .collect();
    births.extend(said_in_words(text));
    let is_run = |piece: &Piece| piece.end - piece.start == piece.digits.len();
    let tails: Vec<Piece> = pieces(text, &digits, 4).into_iter().filter(is_run).collect();
    let pairs = births
        .iter()
        .flat_map(|birth| tails.iter().map(move |tail| (birth, tail)));
    let near = |(birth, tail): &(&Piece, &Piece)| {
        (tail.start >= birth.end && tail.start - birth.end <= BEHIND)
            || (birth.start >= tail.end && birth.start - tail.end <= BEFORE)
    };
    for (birth, tail) in pairs.filter(near).take(TRIED) {
        let (start, end) = (birth.start.min(tail.start), birth.end.max(tail.end));
        for order in orders(&birth.digits) {
            note(start, end, &format!("{order}{}", tail.digits));
        }
    }
    found
}

/// A birth's digits as they stand, and read day first.
fn orders(birth: &str) -> Vec<String> {
    let turned = match (birth.get(..2), birth.get(2..4), birth.get(4..)) {
        (Some(day), Some(month), Some(year)) => Some(format!("{year}{month}{day}")),
        _ => None,
    };
    std::iter::once(birth.to_owned()).chain(turned).collect()
}

fn digits(text: &str) -> Vec<Digit> {
    let digit = |(start, c): (usize, char)| {
        let value = match c {
            '0'..='9' => c as u32 - 0x30,
            '\u{ff10}'..='\u{ff19}' => c as u32 - 0xff10,
            '\u{660}'..='\u{669}' => c as u32 - 0x660,
            '\u{6f0}'..='\u{6f9}' => c as u32 - 0x6f0,
            '\u{966}'..='\u{96f}' => c as u32 - 0x966,
            _ => return None,
        };
        Some(Digit {
            start,
            end: start + c.len_utf8(),
            value: char::from_digit(value, 10)?,
        })
    };
    text.char_indices().filter_map(digit).collect()
}

/// So many digits as stand together, beginning and ending where no digit touches them.
fn pieces(text: &str, digits: &[Digit], length: usize) -> Vec<Piece> {
    let touch = |at: usize| at > 0 && at < digits.len() && digits[at - 1].end == digits[at].start;
    let is_near = |pair: &[Digit]| {
        let between = &text[pair[0].end..pair[1].start];
        between.chars().count() <= GAP && !between.contains(char::is_alphanumeric)
    };
    let piece = |(at, window): (usize, &[Digit])| {
        let whole = !touch(at) && !touch(at + length) && window.windows(2).all(is_near);
        whole.then(|| Piece {
            start: window[0].start,
            end: window[length - 1].end,
            digits: window.iter().map(|digit| digit.value).collect(),
        })
    };
    digits.windows(length).enumerate().filter_map(piece).collect()
}

/// Days with the month in words (`10 mars 2015`), as the digits of a birth.
fn said_in_words(text: &str) -> Vec<Piece> {
    let words: Vec<&str> = text
        .split(|c: char| !c.is_alphanumeric())
        .filter(|word| !word.is_empty())
        .collect();
    let place = |word: &str| word.as_ptr() as usize - text.as_ptr() as usize;
    let piece = |three: &[&str]| {
        let is_named = Language::ALL.into_iter().any(|language| {
            let is_month = |key: &'static str| language.text(key).to_lowercase().starts_with(&three[1].to_lowercase());
            three[1].chars().count() >= 3 && super::MONTHS.into_iter().any(is_month)
        });
        let day = is_named.then(|| super::whole_day(&three.join(" "))).flatten()?;
        Some(Piece {
            start: place(three[0]),
            end: place(three[2]) + three[2].len(),
            digits: day.to_string().replace('-', ""),
        })
    };
    words.windows(3).filter_map(piece).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn today() -> Day {
        Day::parse("2026-11-22").unwrap()
    }
    fn found(text: &str) -> Vec<String> {
        personal_numbers_in(text, today())
            .into_iter()
            .map(|(_, number)| number)
            .collect()
    }

    #[test]
    fn a_number_is_found_however_it_is_parted_or_turned() {
        for text in [
            "20150310-2384",
            "nr 201503102384.",
            "150310-2384",
            "20150310 2384",
            "(150310 2384)",
            "2015-03-10-2384",
            "2015-03-10 2384",
            "2015 03 10 2384",
            "2015.03.10.2384",
            "2015/03/10-2384",
            "15-03-10-2384",
            "15.03.10 2384",
            "150310–2384",
            "150310‑2384",
            "150310 - 2384",
            "150310  2384",
            "150310\n2384",
            "150310\u{a0}2384",
            "1 5 0 3 1 0 2 3 8 4",
            "2 0 1 5 0 3 1 0 - 2 3 8 4",
            "20150310_2384",
            "20150310:2384",
            "150310*2384",
            "pnr150310-2384",
            "Alva150310-2384kommer",
            "２０１５０３１０－２３８４",
            "٢٠١٥٠٣١٠-٢٣٨٤",
            "10-03-2015-2384",
            "10.03.2015 2384",
            "100315-2384",
            "150310, sista fyra är 2384",
            "född 2015-03-10 med de fyra sista siffrorna 2384",
            "2384 (150310)",
            "sista fyra 2384, född 20150310",
            "född 10 mars 2015, 2384",
            "10 March 2015 – 2384",
            "kl 10 den 150310-2384 1 st",
            "150310–\n2384",
        ] {
            assert!(
                found(text).contains(&"201503102384".to_owned()),
                "{text}: {:?}",
                found(text)
            );
        }
        assert!(found("121212+1212").contains(&"191212121212".to_owned()));
        assert!(found("121212 + 1212").contains(&"191212121212".to_owned()));
        assert!(
            found("701063-2391").contains(&"197010632391".to_owned()),
            "a samordningsnummer"
        );
        let typed = personal_numbers_in("nr 2015-03-10\r\n 2384, tack", today());
        assert!(typed.iter().any(|(typed, _)| typed == "2015-03-10 2384"), "{typed:?}");
    }

    #[test]
    fn what_else_has_digits_has_none() {
        for text in [
            "kl 10-12 den 2015-03-10, 2 500 kr, 0243-660 00",
            "FH-2026-000123-3",
            "Ring 070-123 45 67 före 2026-11-30",
            "1 250,50 kr den 14 november",
            "150310-2385",
            "9915031023849",
            "15031023845",
        ] {
            assert_eq!(found(text), [""; 0], "{text}");
        }
    }

    proptest! {
        #[test]
        fn however_it_is_parted_it_is_found(gaps in prop::collection::vec("[-. /:_\n]{0,2}", 11), before in "[a-zåäö ]{0,9}", after in "[a-zåäö .,]{0,9}") {
            let number = "201503102384";
            let parted: String = number.chars().zip(gaps.iter().map(String::as_str).chain([""])).flat_map(|(c, gap)| std::iter::once(c).chain(gap.chars()).collect::<Vec<_>>()).collect();
            let text = format!("{before} {parted} {after}");
            prop_assert!(found(&text).contains(&number.to_owned()), "{}", text);
        }

        #[test]
        fn no_text_makes_it_panic(text in "\\PC{0,60}", near in "[0-9 .+-]{0,80}") {
            let _ = (found(&text), found(&near));
        }
    }
}
