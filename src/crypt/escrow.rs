//! The root key on paper: one sheet that gives it back, or several of which any so many do (Shamir's sharing over
//! GF(256), by the crate `blahaj`). Fewer say nothing about the key.
//!
//! ```text
//! famn root key escrow 1
//! sheet 2 of 5, any 3 give the key back
//! key 1f2e3d4c
//! AIDQ KRBX …                     base32 in groups of four
//! check 9a8b7c6d                  of the lines above: tells a slip of the pen
//! ```

use super::root;
use super::{Key, RootKey};
use crate::secret;
use blahaj::{Share, Sharks};
use data_encoding::BASE32_NOPAD;
use zeroize::{Zeroize as _, Zeroizing};

const VERSION: &str = "famn root key escrow 1";
const GROUP: usize = 4;

/// One sheet, to be printed and kept apart from the others.
#[derive(Clone, PartialEq, Eq)]
struct Sheet {
    number: u8,
    of: u8,
    needed: u8,
    /// The root key's own check.
    key: String,
    /// The share, in base32.
    share: Zeroizing<String>,
}

/// Splits the key over `of` sheets of which any `needed` give it back; the texts to print.
///
/// # Errors
/// In words when the numbers make no sense.
pub fn sheets(root: &RootKey, of: u8, needed: u8) -> Result<Vec<Zeroizing<String>>, String> {
    if needed == 0 || needed > of {
        return Err(format!(
            "{needed} of {of} sheets: at least one is needed, and at most as many as there are"
        ));
    }
    if needed == 1 && of > 1 {
        return Err("each sheet alone would give the key back: print one sheet and copy it instead".into());
    }
    let sheet = |(number, share): (u8, Share)| {
        let bytes = Zeroizing::new(Vec::from(&share));
        let sheet = Sheet {
            number,
            of,
            needed,
            key: root.check(),
            share: Zeroizing::new(BASE32_NOPAD.encode(&bytes)),
        };
        sheet.text()
    };
    let dealer = Sharks(needed).dealer(root.key().bytes());
    Ok((1..=of).zip(dealer).map(sheet).collect())
}

/// Puts the key together from the sheets that stand in `text`, in any order and with anything between them.
///
/// # Errors
/// In words, with the sheet meant: one mistyped, of another key, too few.
pub fn recover(text: &str) -> Result<RootKey, String> {
    let sheets = read(text)?;
    let first = sheets.first().ok_or("there is no sheet")?;
    if sheets
        .iter()
        .any(|sheet| (&sheet.key, sheet.of, sheet.needed) != (&first.key, first.of, first.needed))
    {
        return Err("these sheets are not of one key".into());
    }
    if sheets.len() < usize::from(first.needed) {
        return Err(format!(
            "{} sheets are needed, and these are {}",
            first.needed,
            sheets.len()
        ));
    }
    let mut shares = Vec::new();
    for sheet in &sheets {
        let bytes = BASE32_NOPAD.decode(sheet.share.as_bytes()).map(Zeroizing::new);
        let share = bytes.ok().and_then(|bytes| Share::try_from(&bytes[..]).ok());
        shares.push(share.ok_or_else(|| format!("sheet {} cannot be read", sheet.number))?);
    }
    let whole = Sharks(first.needed)
        .recover(&shares)
        .map_err(str::to_owned)
        .map(Zeroizing::new);
    let mut bytes: [u8; 32] = whole?.as_slice().try_into().map_err(|_| "these sheets give no key")?;
    let key = Key::from_bytes(bytes);
    bytes.zeroize();
    if root::check(&key) != first.key {
        return Err("the sheets do not give the key with that check: one is of another split".into());
    }
    Ok(RootKey::of(key))
}

/// The sheets in a text, each number once.
fn read(text: &str) -> Result<Vec<Sheet>, String> {
    let mut sheets: Vec<Sheet> = Vec::new();
    let mut lines = text.lines().map(str::trim);
    while lines.any(|line| line == VERSION) {
        let place = sheets.len() + 1;
        let lacking = || format!("the {place}. sheet is not whole");
        let mut next = || lines.by_ref().find(|line| !line.is_empty()).ok_or_else(lacking);
        let (head, key, share, check) = (next()?, next()?, next()?, next()?);
        let numbers: Vec<u8> = head.split([' ', ',']).filter_map(|word| word.parse().ok()).collect();
        let [number, of, needed] = numbers[..] else {
            return Err(lacking());
        };
        let sheet = Sheet {
            number,
            of,
            needed,
            key: key.strip_prefix("key ").ok_or_else(lacking)?.to_owned(),
            share: Zeroizing::new(share.chars().filter_map(letter).collect()),
        };
        if check.strip_prefix("check ") != Some(&sheet.check()) {
            return Err(format!("sheet {number}: the check does not fit: mistyped?"));
        }
        if !sheets.iter().any(|other| other.number == number) {
            sheets.push(sheet);
        }
    }
    Ok(sheets)
}

/// A letter as it was meant: base32 has no 0, 1 and 8.
fn letter(typed: char) -> Option<char> {
    match typed.to_ascii_uppercase() {
        ' ' => None,
        '0' => Some('O'),
        '1' => Some('I'),
        '8' => Some('B'),
        other => Some(other),
    }
}

impl Sheet {
    fn head(&self) -> String {
        format!(
            "sheet {} of {}, any {} give the key back",
            self.number, self.of, self.needed
        )
    }

    fn check(&self) -> String {
        let said = format!("{VERSION}\n{}\n{}\n{}", self.head(), self.key, *self.share);
        hex::encode(&secret::sha256(Zeroizing::new(said).as_bytes())[..4])
    }

    fn text(&self) -> Zeroizing<String> {
        let groups: Vec<&str> = (0..self.share.len())
            .step_by(GROUP)
            .filter_map(|at| self.share.get(at..self.share.len().min(at + GROUP)))
            .collect();
        Zeroizing::new(format!(
            "{VERSION}\n{}\nkey {}\n{}\ncheck {}\n",
            self.head(),
            self.key,
            groups.join(" "),
            self.check()
        ))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key() -> RootKey {
        RootKey::of(Key::fresh())
    }
    fn joined<'a>(sheets: impl IntoIterator<Item = &'a Zeroizing<String>>) -> String {
        sheets
            .into_iter()
            .map(|sheet| format!("\nprinted:\n{}\n", **sheet))
            .collect()
    }

    #[test]
    fn any_so_many_sheets_give_the_key_back_and_fewer_do_not() {
        let root = key();
        for (of, needed) in [(1, 1), (2, 2), (3, 2), (5, 3), (7, 7)] {
            let sheets = sheets(&root, of, needed).expect("sheets");
            assert_eq!(sheets.len(), usize::from(of));
            for start in 0..usize::from(of) {
                let some: Vec<_> = sheets.iter().cycle().skip(start).take(usize::from(needed)).collect();
                let back = recover(&joined(some.iter().rev().copied())).expect("the key");
                assert_eq!(back.key().bytes(), root.key().bytes());
                let few = recover(&joined(some.into_iter().skip(1))).err().expect("too few");
                assert!(few.contains("sheets are needed") || few.contains("no sheet"), "{few}");
            }
            let twice = joined([&sheets[0], &sheets[0]]);
            assert_eq!(recover(&twice).is_ok(), needed == 1);
        }
        assert!(sheets(&root, 3, 4).is_err() && sheets(&root, 3, 0).is_err() && sheets(&root, 3, 1).is_err());
    }

    #[test]
    fn a_slip_of_the_pen_is_told_and_a_misread_letter_forgiven() {
        let root = key();
        let sheets = sheets(&root, 3, 2).expect("sheets");
        let text = joined(&sheets[..2]);
        let misread = text.to_lowercase().replace("famn root key escrow 1", VERSION);
        let misread: String = misread
            .lines()
            .map(|line| {
                let is_share = line.len() > 40 && !line.starts_with("sheet");
                let line = if is_share {
                    line.replace('o', "0").replace('b', "8")
                } else {
                    line.to_owned()
                };
                format!("{line}\n")
            })
            .collect();
        assert_eq!(recover(&misread).expect("the key").key().bytes(), root.key().bytes());
        let share = sheets[1].lines().nth(3).expect("a share");
        let swapped = text.replace(
            share,
            &share.replacen(&share[..1], if share.starts_with('Z') { "Y" } else { "Z" }, 1),
        );
        let told = recover(&swapped).err().expect("a slip");
        assert!(told.contains("sheet 2: the check does not fit"), "{told}");
        let strange = joined([&sheets[0], &super::sheets(&key(), 3, 2).expect("sheets")[1]]);
        assert_eq!(
            recover(&strange).err().expect("another key"),
            "these sheets are not of one key"
        );
        let other_split = joined([&sheets[0], &super::sheets(&root, 3, 2).expect("sheets")[1]]);
        let told = recover(&other_split).err().expect("another split");
        assert!(told.contains("another split"), "{told}");
    }
}
