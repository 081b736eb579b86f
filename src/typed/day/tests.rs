use super::*;
use proptest::prelude::*;

fn today() -> Day {
    Day::parse("2026-11-21").unwrap()
}
fn past(text: &str) -> String {
    day_past(text, today()).map(|day| day.to_string()).unwrap_or_default()
}
fn ahead(text: &str) -> String {
    day_ahead(text, today()).map(|day| day.to_string()).unwrap_or_default()
}

#[test]
fn days_are_read_as_people_write_them() {
    for (day, texts) in [
        (
            "2026-02-09",
            &[
                "2026-02-09",
                "2026-2-9",
                "2026-02-9",
                "20260209",
                "2026/2/9",
                "2026.02.09",
                "2026 02 09",
                "9/2 2026",
                "9/2/2026",
                "9/2",
                "09/02",
                "9.2",
                "9.2.2026",
                "09.02.2026",
                "9-2-2026",
                "9 feb",
                "9 febr",
                "9 feb.",
                "9 feb. 2026",
                "9 februari",
                "9 Februari 2026",
                "9 February 2026",
                "den 9 februari",
                "9:e februari 2026",
                "9e feb",
                "den 9:e feb",
                "9th February",
                "February 9, 2026",
                "Feb 9",
                "9 feb -26",
                "9 feb 26",
                "9 feb '26",
                "mån 9 feb",
                "måndag 9/2",
                "Monday, 9 February 2026",
                "måndagen",
                "９/２",
                "9\u{a0}feb",
                "2026‑02‑09",
                "2026–02–09",
                "2026−2−9",
                "9/2-26",
                "9/2 -26",
                "9/2 26",
                "9.2.26",
                " 2026-02-09 ",
                "2026-02-09 00:00:00",
                "9feb",
                "9feb2026",
                "260209",
            ][..],
        ),
        (
            "2026-11-14",
            &[
                "14/11",
                "14 nov",
                "14 november",
                "2026-11-14",
                "14 11",
                "lör 14 nov",
                "14.11.",
            ],
        ),
        ("2025-12-24", &["24 dec", "24/12", "24/12-25", "24 december 2025"]),
        ("2024-05-01", &["1 maj 2024", "1 may 2024", "1:a maj 2024"]),
        ("2026-11-21", &["i dag", "I dag", "idag", "today", "i\u{a0}dag"]),
        ("2026-11-20", &["i går", "igår", "I GÅR", "yesterday"]),
        ("2026-11-19", &["i förrgår", "förrgår"]),
    ] {
        for text in texts {
            if *text == "måndagen" {
                assert_eq!(past(text), "", "a weekday alone may be several");
                continue;
            }
            assert_eq!(past(text), day, "{text:?}");
        }
    }
}

#[test]
fn what_may_be_another_day_is_none() {
    for not in [
        "",
        " ",
        "14",
        "2026",
        "1114",
        "31/4",
        "29/2",
        "2026-02-29",
        "2026-02-30",
        "20260230",
        "2026-13-01",
        "0/1",
        "1/0",
        "32/1",
        "13/13",
        "2/13/2026",
        "14 no",
        "14 ju",
        "nov",
        "måndag",
        "på måndag",
        "förra veckan",
        "vecka 9",
        "2026-W07",
        "9 feb 202",
        "9 feb 20266",
        "02-09",
        "9-2",
        "26-02-09 25",
        "110211",
        "251126",
        "25-11-26",
        "25/11/26",
        "26.02.0",
        "tis 9 feb",
        "9//2",
        "9/2/",
        "/9/2",
        "-9/2",
        "9_2",
        "9/2 - 10/2",
        "9–10 feb",
        "1 maj 9999",
        "9999-12-31",
        "1899-01-01",
        "9 feb 2026 kl 10",
        "2026-02-09T10:00",
        "2026-02-09 10:00:00",
        "2026-02",
        "feb 2026",
        "٩/٢",
        "i våras",
        "9 2 9 2",
        "9a9",
        "2026-0209",
        "202602091",
    ] {
        let day = past(not);
        // A month and a year are no day; the twentieth of February is none that was meant.
        assert_eq!(day, "", "{not:?}");
    }
}

#[test]
fn days_to_come_are_read_too() {
    for (text, day) in [
        ("24 dec", "2026-12-24"),
        ("14 nov", "2026-11-14"),
        ("1/2", "2027-02-01"),
        ("2027-03-04", "2027-03-04"),
        ("2027-3-4", "2027-03-04"),
        ("i morgon", "2026-11-22"),
        ("imorgon", "2026-11-22"),
        ("tomorrow", "2026-11-22"),
        ("i övermorgon", "2026-11-23"),
        ("9/2 -27", "2027-02-09"),
    ] {
        assert_eq!(ahead(text), day, "{text}");
    }
}

#[test]
fn in_a_file_a_day_says_all_of_itself() {
    for text in [
        "2026-02-09",
        "2026-2-9",
        "20260209",
        "9/2 2026",
        "9 februari 2026",
        "2026-02-09 00:00:00",
    ] {
        assert_eq!(
            whole_day(text).map(|day| day.to_string()).as_deref(),
            Some("2026-02-09"),
            "{text}"
        );
    }
    for not in ["9/2", "9 feb", "260209", "9/2-26", "i dag", "2026-02-30", ""] {
        assert_eq!(whole_day(not), None, "{not}");
    }
}

proptest! {
    /// Whichever way a day is written, it is read as that day.
    #[test]
    fn no_day_is_read_as_another(year in 1950i16..2150, month in 1i8..=12, day in 1i8..=31, way in 0usize..10) {
        let date = Date::new(year, month, day).ok();
        let name = Language::Swedish.text(MONTHS[month as usize - 1]);
        let text = match way {
            0 => format!("{year}-{month:02}-{day:02}"),
            1 => format!("{year}-{month}-{day}"),
            2 => format!("{year}{month:02}{day:02}"),
            3 => format!("{day}/{month} {year}"),
            4 => format!("{day}.{month}.{year}"),
            5 => format!("{day:02}/{month:02}/{year}"),
            6 => format!("{day} {name} {year}"),
            7 => format!("den {day}:e {} {year}", name.chars().take(3).collect::<String>()),
            8 => format!("{year}/{month:02}/{day:02}"),
            _ => format!("{name} {day}, {year}"),
        };
        prop_assert_eq!(day_past(&text, today()), date.map(Day::of), "{}", text);
        prop_assert_eq!(whole_day(&text), date.map(Day::of), "{}", text);
    }

    #[test]
    fn no_text_makes_it_panic(text in "\\PC{0,24}", near in "[0-9a-eå /.,:'-]{0,14}") {
        for text in [text, near] {
            let _ = (day_past(&text, today()), day_ahead(&text, today()), whole_day(&text));
        }
    }
}
