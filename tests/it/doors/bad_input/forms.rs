//! The same through the pages: every field that is typed into, of every form, as the page has it.

use crate::doors::Berg;
use crate::kit::{Browser, Filled, Page, Town, id};

/// A field that is typed into, by its name and whether what it takes is read: a sum, a day, a number.
struct Typed {
    name: String,
    is_read: bool,
}

/// The fields of a form that are typed into, as they stand in the page.
fn typed(page: &Page, action: &str) -> (Vec<Typed>, bool) {
    let at = page.text.find(&format!("action=\"{action}\"")).expect("the form");
    let start = page.text[..at].rfind("<form").expect("a form begins");
    let form = page.text[start..].split("</form>").next().expect("a form ends");
    let is_multipart = form
        .split('>')
        .next()
        .is_some_and(|tag| tag.contains("multipart/form-data"));
    let mut found = Vec::new();
    for tag in form.split('<').skip(1) {
        let attribute = |name: &str| Some(tag.split_once(&format!(" {name}=\""))?.1.split('"').next()?.to_owned());
        let Some(name) = attribute("name") else { continue };
        let kind = attribute("type").unwrap_or_else(|| "text".into());
        let is_typed = match tag.split([' ', '>']).next() {
            Some("textarea") => true,
            Some("input") => ["text", "email", "tel", "url", "search", "date", "number"].contains(&kind.as_str()),
            _ => false,
        };
        let last = name.rsplit('.').next().unwrap_or_default();
        let is_read = last.ends_with("_ore")
            || last.ends_with("_on")
            || [
                "distance_m",
                "odometer_start",
                "odometer_end",
                "adults",
                "children",
                "needed_by",
                "valid_until",
            ]
            .contains(&last);
        // The row that a script makes others of is no field yet.
        if is_typed && !name.contains("7777") {
            found.push(Typed { name, is_read });
        }
    }
    (found, is_multipart)
}

/// Values of every class; none is a sum, a day, a number or an address.
fn values() -> Vec<String> {
    let long = "långt ".repeat(2_000);
    [
        "   ",
        "Здравствуйте, что нового?",
        "مرحبا بكم",
        "漢字かな",
        "🚲🚲",
        "249 50",
        "2026-02-30",
        "-5",
        "12 tusen",
        "9 feb 20266",
        "249 EUR",
        "1e9",
        "٢٤٩",
        "\u{0}\u{7}\u{1b}",
        "a\u{2028}b\u{b}c",
        "<script>alert(1)</script>",
        "ny@example..org",
        "\u{202e}x",
    ]
    .into_iter()
    .map(str::to_owned)
    .chain([long])
    .collect()
}

/// What the list of faults on a page says, each with the field it leads to.
fn told(page: &Page) -> Vec<(String, String)> {
    let links = page.text.split("<a href=\"#").skip(1);
    let link = |rest: &str| {
        let (id, rest) = rest.split_once('"')?;
        let said = rest.split_once('>')?.1.split("</a>").next()?;
        Some((id.to_owned(), said.to_owned()))
    };
    links.filter_map(link).collect()
}

async fn breaches_of(
    browser: &Browser,
    (path, action, chosen): (&str, &str, &[(&str, &str)]),
    values: &[String],
) -> (usize, Vec<String>) {
    let page = browser.get(path).await;
    assert_eq!(page.status, 200, "{path}: {}", page.text);
    let (fields, is_multipart) = typed(&page, action);
    let (mut tried, mut breaches) = (0, Vec::new());
    for field in &fields {
        for value in values {
            tried += 1;
            // As it stands, but for the one: what else must be there is missing, so that nothing is kept.
            let chosen = chosen
                .iter()
                .fold(page.form(action), |form, (name, value)| form.but(name, value));
            let filled: Filled = chosen.but(&field.name, value);
            let answer = browser.submit(action, &filled, is_multipart).await;
            let short: String = value.chars().take(30).collect();
            let place = format!("{action} {} {short:?}", field.name);
            if answer.status >= 500 || (400..500).contains(&answer.status) && ![409, 412, 422].contains(&answer.status)
            {
                breaches.push(format!("{place}: {}", answer.status));
                continue;
            }
            let told = told(&answer);
            let is_here = told.iter().any(|(at, _)| *at == field.name.replace('.', "-"));
            if field.is_read && !value.trim().is_empty() && (answer.status != 422 || !is_here) {
                breaches.push(format!("{place}: {} and nothing at the field: {told:?}", answer.status));
            }
            // A code stands in no list of faults: a sentence does.
            let bare = told
                .iter()
                .filter(|(_, said)| answer.status == 422 && !said.contains(' ') && said.contains('-'));
            breaches.extend(bare.map(|(at, said)| format!("{place}: {at} says {said}")));
        }
    }
    (tried, breaches)
}

/// What is chosen in a form before it is sent: the button, or what a sum goes with.
fn chosen_in(action: &str) -> &'static [(&'static str, &'static str)] {
    match action {
        "/kvitton" => &[("do", "check")],
        _ if action.ends_with("/granskning") => &[("lines.0.outcome", "partly_granted")],
        _ => &[],
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_typed_into_a_form_is_told_at_its_field_or_taken() {
    let town = Town::new().await;
    let berg = Berg::of(&town).await;
    let wish = id(&berg.anna.wishes(150_000).await);
    let claim = id(&berg.anna.drives(12_000).await);
    let errand = id(&berg.anna.writes("När börjar umgänget i vår?").await);
    let home = &berg.ground.home;
    let in_words = |language: &'static str| {
        let base = town.base.clone();
        async move |who: &str| {
            let browser = Browser::signed_in(&base, who).await;
            browser.get(&format!("/sprak/{language}")).await;
            browser
        }
    };
    let (mut tried, mut breaches) = (0, Vec::new());
    // In English the same sentences are asked for with fewer values: what is read does not hang on the language.
    let few = ["   ", "249 50", "2026-02-30", "12 tusen"].map(str::to_owned).to_vec();
    for (language, values) in [("sv", values()), ("en", few)] {
        let browser = in_words(language);
        let (anna, maria, eva, stina) = (
            browser("anna.berg").await,
            browser("maria.lind").await,
            browser("eva.strand").await,
            browser("stina.drift").await,
        );
        let forms = [
            (&anna, "/skriv".to_owned(), "/skriv".to_owned()),
            (&anna, "/kvitton".into(), "/kvitton".into()),
            (&anna, "/onska/inkop".into(), "/onska/inkop".into()),
            (&anna, "/onska/resa".into(), "/onska/resa".into()),
            (&anna, format!("/arenden/{errand}"), format!("/arenden/{errand}/svar")),
            (
                &maria,
                format!("/arenden/{errand}"),
                format!("/arenden/{errand}/anteckning"),
            ),
            (&maria, format!("/arenden/{wish}"), format!("/arenden/{wish}/beslut")),
            (
                &maria,
                format!("/arenden/{claim}/granskning"),
                format!("/arenden/{claim}/granskning"),
            ),
            (&maria, "/sok".into(), "/sok".into()),
            (&eva, "/hem/nytt".into(), "/hem/nytt".into()),
            (&eva, format!("/hem/{home}/medlemmar"), format!("/hem/{home}/medlemmar")),
            (&eva, format!("/hem/{home}/uppdrag"), format!("/hem/{home}/uppdrag")),
            (&stina, "/bjud-in".into(), "/bjud-in".into()),
        ];
        for (browser, path, action) in forms {
            let (some, found) = breaches_of(browser, (&path, &action, chosen_in(&action)), &values).await;
            assert!(some > 0, "nothing is typed at {path}");
            tried += some;
            breaches.extend(found.into_iter().map(|breach| format!("{language} {breach}")));
        }
    }
    assert!(tried > 500, "{tried}");
    assert!(
        breaches.is_empty(),
        "{} of {tried}:\n{}",
        breaches.len(),
        breaches.join("\n")
    );
}
