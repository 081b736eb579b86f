//! The stylesheet and the pictures every page uses: part of the program, served under a name that holds a hash of the
//! content, so that a browser may keep them for good and never shows an old one.

use super::colour::Colour;
use crate::error::{Error, Result};
use crate::secret::sha256;
use crate::web::{gzip, takes_gzip};
use actix_web::http::header;
use actix_web::{HttpRequest, HttpResponse, get, web};
use flate2::Compression;
use std::fmt;
use std::sync::LazyLock;

const STYLES: &str = concat!(
    include_str!("../assets/base.css"),
    include_str!("../assets/layout.css"),
    include_str!("../assets/components.css"),
    include_str!("../assets/team.css"),
);

struct Asset {
    path: String,
    media_type: &'static str,
    body: &'static str,
    /// The same, compressed once for all.
    small: Option<Vec<u8>>,
}

impl Asset {
    fn script(stem: &str, body: &'static str) -> Asset {
        Asset::of(stem, "js", "text/javascript; charset=utf-8", body)
    }

    fn of(stem: &str, extension: &str, media_type: &'static str, body: &'static str) -> Asset {
        let hash = hex::encode(&sha256(body.as_bytes())[..8]);
        Asset {
            path: format!("/assets/{stem}.{hash}.{extension}"),
            media_type,
            body,
            small: gzip(body.as_bytes(), Compression::best()),
        }
    }
}

static STYLESHEET: LazyLock<Asset> = LazyLock::new(|| Asset::of("app", "css", "text/css; charset=utf-8", STYLES));
static ICONS: LazyLock<Asset> =
    LazyLock::new(|| Asset::of("icons", "svg", "image/svg+xml", include_str!("../assets/icons.svg")));
static FAVICON: LazyLock<Asset> =
    LazyLock::new(|| Asset::of("favicon", "svg", "image/svg+xml", include_str!("../assets/favicon.svg")));

static UPLOAD: LazyLock<Asset> = LazyLock::new(|| Asset::script("upload", include_str!("../assets/upload.js")));
static GUARD: LazyLock<Asset> = LazyLock::new(|| Asset::script("guard", include_str!("../assets/guard.js")));
static LOOK: LazyLock<Asset> = LazyLock::new(|| Asset::script("look", include_str!("../assets/look.js")));
static KEYS: LazyLock<Asset> = LazyLock::new(|| Asset::script("keys", include_str!("../assets/keys.js")));

static SESSION: LazyLock<Asset> = LazyLock::new(|| Asset::script("session", include_str!("../assets/session.js")));
static RECEIPTS: LazyLock<Asset> = LazyLock::new(|| Asset::script("receipts", include_str!("../assets/receipts.js")));
static DRAFT: LazyLock<Asset> = LazyLock::new(|| Asset::script("draft", include_str!("../assets/draft.js")));

/// A script of ours. Everything works without.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Script {
    /// Sends files as soon as they are chosen, pictures made smaller.
    Upload,
    /// Asks before what was typed is left.
    Guard,
    /// A picture larger, smaller and turned.
    Look,
    /// Keys for those who handle errands.
    Keys,
    /// Warns before the session ends.
    Session,
    /// Saves what is typed as a draft.
    Draft,
    /// A card for each receipt; after [`Script::Upload`].
    Receipts,
}

impl Script {
    fn path(self) -> &'static str {
        match self {
            Script::Upload => &UPLOAD.path,
            Script::Guard => &GUARD.path,
            Script::Look => &LOOK.path,
            Script::Keys => &KEYS.path,
            Script::Session => &SESSION.path,
            Script::Draft => &DRAFT.path,
            Script::Receipts => &RECEIPTS.path,
        }
    }
}

impl fmt::Display for Script {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, r#"<script src="{}" defer></script>"#, self.path())
    }
}
// An address of ours and nothing else.
impl askama::filters::HtmlSafe for Script {}

/// Where the stylesheet is.
pub fn stylesheet() -> &'static str {
    &STYLESHEET.path
}

/// Where the small mark for a browser's tab is.
pub fn favicon() -> &'static str {
    &FAVICON.path
}

/// A picture of the sprite, in a template. It says nothing that the words beside it do not say.
#[derive(Debug, Clone, Copy)]
pub struct Icon {
    name: &'static str,
    class: &'static str,
}

/// The picture of that name, as large as the words beside it.
pub const fn icon(name: &'static str) -> Icon {
    Icon { name, class: "icon" }
}

/// The same in a colour of its own, or another size.
pub const fn icon_of(name: &'static str, class: &'static str) -> Icon {
    Icon { name, class }
}

impl fmt::Display for Icon {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (class, sprite, name) = (self.class, &ICONS.path, self.name);
        write!(
            f,
            r##"<svg class="{class}" aria-hidden="true" focusable="false"><use href="{sprite}#{name}"></use></svg>"##
        )
    }
}
// Nothing of it comes from outside the program.
impl askama::filters::HtmlSafe for Icon {}

/// One of the files above.
#[get("/assets/{name}")]
pub async fn get_asset(request: HttpRequest, name: web::Path<String>) -> Result<HttpResponse> {
    let path = format!("/assets/{name}");
    let all = [
        &*STYLESHEET,
        &*ICONS,
        &*FAVICON,
        &*UPLOAD,
        &*GUARD,
        &*LOOK,
        &*KEYS,
        &*SESSION,
        &*DRAFT,
        &*RECEIPTS,
    ];
    let mut answer = HttpResponse::Ok();
    answer
        .insert_header((header::CACHE_CONTROL, "public, max-age=31536000, immutable"))
        .insert_header((header::VARY, "Accept-Encoding"));
    let Some(asset) = all.into_iter().find(|asset| asset.path == path) else {
        let colour = Colour::of_sheet(&path).ok_or(Error::NotFound)?;
        let answer = answer.insert_header((header::CONTENT_TYPE, STYLESHEET.media_type));
        return Ok(answer.body(colour.style()));
    };
    answer.insert_header((header::CONTENT_TYPE, asset.media_type));
    Ok(match asset.small.as_deref().filter(|_| takes_gzip(&request)) {
        Some(small) => answer.insert_header((header::CONTENT_ENCODING, "gzip")).body(small),
        None => answer.body(asset.body),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_stylesheet_names_no_other_place() {
        for outside in ["url(", "@import", "//", "http"] {
            let left = STYLES.replace(r#"a[href^="http"]"#, "");
            assert!(!left.contains(outside), "{outside}");
        }
        assert_eq!(STYLES.matches('{').count(), STYLES.matches('}').count());
    }

    #[test]
    fn a_script_names_no_other_place_and_keeps_nothing() {
        for script in [&*UPLOAD, &*GUARD, &*LOOK, &*KEYS, &*SESSION, &*DRAFT, &*RECEIPTS] {
            for not in [
                "http",
                "//",
                "localStorage",
                "sessionStorage",
                "indexedDB",
                "document.cookie",
                "eval(",
                "innerHTML",
                ".style",
            ] {
                let code: Vec<&str> = script
                    .body
                    .lines()
                    .filter(|line| !line.trim().starts_with("//"))
                    .collect();
                assert!(!code.join("\n").contains(not), "{} {not}", script.path);
            }
            assert!(script.body.lines().count() < 150, "{}", script.path);
        }
    }

    #[test]
    fn every_icon_there_is_a_picture_of() {
        let sprite = ICONS.body;
        let templates = [
            "account", "board", "draft", "errand", "health", "home", "letter", "review", "web",
        ]
        .map(|folder| format!("src/{folder}"));
        let files = templates
            .iter()
            .flat_map(|folder| crate::web::page::tests::files_below(folder, "html"));
        for (file, text) in files {
            for used in text.split("icon(\"").skip(1).chain(text.split("icon_of(\"").skip(1)) {
                let name = used.split('"').next().unwrap();
                assert!(sprite.contains(&format!("id=\"{name}\"")), "{file}: {name}");
            }
        }
    }
}
