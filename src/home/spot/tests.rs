use super::*;

fn found(text: &str, name: &Sought) -> Vec<String> {
    let mut all = Vec::new();
    for reading in readings(text) {
        all.extend(Looked::of(&reading).named(name));
    }
    all.sort();
    all.dedup();
    all
}

#[test]
fn a_name_is_found_where_it_stands() {
    for (text, name, expected) in [
        ("Hälsa Anna Berg så gott", "Anna Berg", &["Anna Berg"][..]),
        ("anna bergs telefon", "Anna Berg", &["anna bergs"]),
        ("Anna och Berg", "Anna Berg", &[]),
        ("Annas Berg", "Anna Berg", &[]),
        ("Karl Carlsson", "Carl Karlson", &["Karl Carlsson"]),
        ("anna_berg.pdf", "Anna Berg", &["anna berg"]),
        // Turned.
        ("Berg, Anna", "Anna Berg", &["Berg Anna"]),
        ("Berg Anna kommer", "Anna Berg", &["Berg Anna"]),
        ("öhman, sara", "Sara Öhman", &["öhman sara"]),
        ("ÖHMAN, SARA", "Sara Öhman", &["ÖHMAN SARA"]),
        ("Öhman\nSara", "Sara Öhman", &["Öhman Sara"]),
        ("Öhmans Sara", "Sara Öhman", &["Öhmans Sara"]),
        ("Berg; Anna", "Anna Berg", &["Berg Anna"]),
        // Over two lines, parted, with something between.
        ("Sara\r\nÖhman", "Sara Öhman", &["Sara Öhman"]),
        ("Sara Öh-\nman ringde", "Sara Öhman", &["Sara Öhman"]),
        ("Anna M. Berg", "Anna Berg", &["Anna M Berg"]),
        ("Anna Kristina Berg", "Anna Berg", &["Anna Kristina Berg"]),
        ("Berg, Anna-Lena", "Anna-Lena Berg", &["Berg Anna"]),
        ("Anna-Lena Berg", "Anna-Lena Berg", &["Anna Lena Berg", "Lena Berg"]),
        ("Lena Berg", "Anna-Lena Berg", &["Lena Berg"]),
        ("Anna-Lena", "Anna-Lena Berg", &[]),
        ("Anna Lind", "Anna Berg-Lind", &["Anna Lind"]),
        ("Anna Berg", "Anna Berg Lind", &["Anna Berg"]),
        ("Carl af Ugglas", "Carl af Ugglas", &["Carl af Ugglas"]),
        ("Ugglas, Carl af", "Carl af Ugglas", &["Ugglas Carl"]),
        // Grown together, or apart.
        ("SaraÖhman", "Sara Öhman", &["SaraÖhman"]),
        ("saraohman@example.org", "Sara Öhman", &["saraohman"]),
        ("sara.ohman@example.org", "Sara Öhman", &["sara ohman"]),
        ("Stenberg ringde", "Sten Berg", &[]),
        ("S a r a Ö h m a n", "Sara Öhman", &["SaraÖhman"]),
        ("S a r a  Ö h m a n", "Sara Öhman", &["Sara Öhman"]),
        // Shortened.
        ("S. Öhman", "Sara Öhman", &["S Öhman"]),
        ("s. öhman", "Sara Öhman", &[]),
        ("I Öhman", "Ida Öhman", &[]),
    ] {
        let found = found(text, &Sought::person(name));
        let is_there = expected.iter().all(|one| found.iter().any(|here| here == one));
        assert!(
            is_there && found.is_empty() == expected.is_empty(),
            "{name} in {text}: {found:?}"
        );
    }
}

#[test]
fn a_home_is_found_by_what_is_its_own() {
    for (text, name, expected) in [
        ("Öhmans bil", "Öhman", &["Öhmans"][..]),
        ("på ett berg, hos Berg", "Berg", &["Berg"]),
        ("Bergman ringde", "Berg", &[]),
        ("Ek", "Ek", &[]),
        ("hos familjen Berg", "Familjen Berg", &["familjen Berg", "Berg"]),
        ("hos Bergs", "Familjen Berg", &["Bergs"]),
        ("familjen på ett berg", "Familjen Berg", &[]),
        ("Fam. Berg", "Familjen Berg", &["Berg"]),
        ("Anna och Erik Berg", "Anna och Erik Berg", &["Anna och Erik Berg"]),
        ("Anna och jag", "Anna och Erik Berg", &[]),
    ] {
        let found = found(text, &Sought::home(name));
        let is_there = expected.iter().all(|one| found.iter().any(|here| here == one));
        assert!(
            is_there && found.is_empty() == expected.is_empty(),
            "{name} in {text}: {found:?}"
        );
    }
}

#[test]
fn a_name_is_found_whatever_is_not_seen_in_it() {
    let home = Sought::home("Öhman");
    for unseen in ["", "\u{ad}", "\u{200b}", "\u{200c}", "\u{200d}", "\u{2060}", "\u{feff}"] {
        for text in [
            format!("Vid O{unseen}\u{308}hman ikväll"),
            format!("Ö{unseen}hman.png"),
            format!("{unseen}Öhman{unseen}s bil"),
            format!("hos{unseen} Öhman"),
            format!("\u{301}Öh{unseen}man"),
        ] {
            assert!(!found(&text, &home).is_empty(), "{text:?}");
        }
    }
    assert!(found("Sara\u{200b}Öhman", &Sought::person("Sara Öhman")).contains(&"Sara Öhman".to_owned()));
}

/// Names that are common words, and ordinary texts without anyone's name in them.
const NAMES: &[&str] = &[
    "Sten Berg",
    "Björn Ström",
    "Bo Dal",
    "My Lind",
    "Li Ek",
    "Per Ås",
    "Kristina Bäck",
    "Sol Vik",
    "Tor Modig",
    "Stig Stark",
    "Dag Frisk",
    "Hans Glad",
    "Siv Sjö",
    "Ulf Lund",
    "Gun Holm",
    "Mark Rask",
    "Viola Flod",
    "Linnea Blom",
    "Vera Kvist",
    "Tage Hem",
    "Sven Hall",
    "Rut Mark",
    "Maj Sund",
    "Britt Marie Gren",
    "Anna-Lena Kall",
    "Alva By",
    "Jan Sten",
    "Lo Ny",
    "Ann Stor",
    "Carl von Heland",
    "Mikael Lång",
    "Eva Nord",
    "Ali Hassan",
    "Nora Al Amin",
    "Kim Vest",
    "Ted Wu",
    "Oo Aa",
    "Tim Åker",
    "Emil Skog",
    "Ida Sommar",
];
const TEXTS: &[&str] = &[
    "Hej! Vi har haft en fin vecka. På måndag åker vi till ett berg av sten och på tisdag badar vi i sjön.",
    "Kan ni ordna en resa till sjukhuset den 9 februari? Bussen går från Borlänge kl 08.15.",
    "Björn och varg är spännande djur, tycker barnen. Vi såg en ström av vatten under bron.",
    "Per person blir det 250 kr. Hon är stark och glad, frisk som en nötkärna, och har en lång sommar framför sig.",
    "I dag är det kallt. Ta med en mark att betala med, en holm att sitta på och ett lund att gå i.",
    "Hans skor är för små. Hans glada skratt hörs i hela huset. Den stora hallen är ny.",
    "Vi behöver ett kvitto på vinterskor, en overall och ett par stövlar. Gren och kvist låg på marken.",
    "Skolan ringde om mötet i maj. Sundet var fruset och vi gick på isen.",
    "Tack för svaret! Vi återkommer när vi vet mer om tandläkaren och ögonläkaren.",
    "Beslutet gäller från och med den 1 maj till och med den 31 december 2026.",
    "Umgänget blev bra. Mamma hade med sig en kaka. Nu vill hon sova över på lördag.",
    "Hej Anna! Kan du ringa mig på 070-123 45 67 eller skriva här? Hälsningar Maria",
    "Vi har en ny åker bakom huset, och ett nordligt ljus när det är mörkt. Li är kinesiska.",
    "Den dag hon mår bra går vi ut. Modigt av henne! Rask promenad runt dalen.",
    "Kim och Emil är kompisar i skogen. Vest och mössa behövs. Tim är hans bästa vän.",
    "Ali spelar fotboll på torsdagar. Hassans mamma skjutsar.",
    "Ansökan avser arvodet enligt SKR:s rekommendation, 9 kap. 1 § SoL, och omkostnaden.",
    "Det var en solig vik, och en by bortom. Vi bor hemma hos oss.",
];

#[test]
fn ordinary_texts_are_held_back_for_nobody() {
    let mut hits = Vec::new();
    for name in NAMES {
        for text in TEXTS {
            hits.extend(
                found(text, &Sought::person(name))
                    .into_iter()
                    .map(|hit| format!("{name}: {hit}")),
            );
        }
    }
    // Measured: 40 names that are common words in 18 texts, 720 looks.
    assert_eq!(hits, [""; 0]);
}
