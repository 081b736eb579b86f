//! What a form brought. [`Form`] (and [`super::Upload`], for forms with files) is the only way to it, and it gives
//! nothing before the request has been found to come from one of our own pages.

use super::forgery::{Checked, FIELD, Own};
use crate::access::{IdempotencyKey, Once};
use crate::error::{Error, Result};
use crate::secret::{Secret, SecretText, random};
use crate::web::{body_hash, declared_length, whole_body};
use actix_web::HttpMessage as _;
use actix_web::dev::Payload;
use actix_web::http::header;
use actix_web::{FromRequest, HttpRequest, web};
use futures_util::future::LocalBoxFuture;
use std::cell::{Cell, RefCell};
use std::rc::Rc;

/// The largest form without its files; the longest message, its letters written as `%C3%A5`, is far below it.
pub const FORM_MAX: usize = 256 * 1024;
/// The hidden field that makes a form count once, however often it is sent.
const ONCE: &str = "once";
/// The one field of such forms that is typed again: nothing holds it.
const PASSWORD: &str = "password";

/// A form from one of our own pages.
#[derive(Debug)]
pub struct Form {
    pub checked: Checked,
    pub fields: Fields,
}

/// What was typed and chosen, by the fields' names.
#[derive(Debug, Clone, Default)]
pub struct Fields(Vec<(String, SecretText)>);

/// What the form of a request brought, as far as it has been read. It lies beside the request, so that nothing typed is
/// lost when the session turns out to have ended.
#[derive(Debug, Clone, Default)]
pub struct Brought {
    fields: Rc<RefCell<Fields>>,
    /// Sent as a form with files.
    pub with_files: bool,
    chosen: Rc<Cell<bool>>,
}

impl Brought {
    /// Laid beside `request`.
    pub(super) fn beside(request: &HttpRequest, with_files: bool) -> Brought {
        let brought = Brought {
            with_files,
            ..Brought::default()
        };
        request.extensions_mut().insert(brought.clone());
        brought
    }

    /// What lies beside `request`, if it came as a form.
    pub fn of(request: &HttpRequest) -> Option<Brought> {
        request.extensions().get::<Brought>().cloned()
    }

    /// There was a file in it.
    pub(super) fn chose(&self) {
        self.chosen.set(true);
    }

    /// Whether a file was chosen in it.
    pub fn has_chosen(&self) -> bool {
        self.chosen.get()
    }

    pub(super) fn push(&self, name: &str, value: &str) {
        self.fields.borrow_mut().push(name.to_owned(), value.to_owned());
    }

    /// The fields, without the form's token and what is secret.
    pub fn fields(&self) -> Fields {
        let all = self.fields.borrow();
        let is_held = |name: &str| name != FIELD && name != PASSWORD;
        Fields(all.0.iter().filter(|(name, _)| is_held(name)).cloned().collect())
    }
}

/// Forms that are shown again, filled in, for the button [`EDIT`]: all that someone signed in types a text into. `*`
/// stands for an id, or for a group of settings.
pub const SHOWN_AGAIN: [&str; 31] = [
    "/skriv",
    "/kvitton",
    "/onska/inkop",
    "/onska/resa",
    "/arenden/*/svar",
    "/arenden/*/anteckning",
    "/arenden/*/beslut",
    "/arenden/*/granskning",
    "/arenden/*/lage",
    "/arenden/*/oppna",
    "/arenden/*/skyddat",
    "/skyddade/*",
    "/arenden/*/anmal",
    "/arenden/*/isolera",
    "/incidenter/*",
    "/behorigheter/*",
    "/incidenter/*/visa-igen",
    "/bjud-in",
    "/hem/nytt",
    "/hem/*/andra",
    "/hem/*/medlemmar",
    "/hem/*/uppdrag",
    "/hem/*/jav",
    "/hem/*/jav/*/slut",
    "/uppdrag/*",
    "/uppdrag/*/begransning",
    "/enheter",
    "/installningar/*",
    "/personer/*/roller",
    "/personer/*/roller/*",
    "/jag",
];
/// Shows a form again and does nothing else.
const EDIT: &str = "edit";

/// Whether a form sent to `path` can be shown again with what was typed into it.
pub fn is_shown_again(path: &str) -> bool {
    let path = path.split_once('?').map_or(path, |(path, _)| path);
    let is_form = |form: &&str| {
        let (mut form, mut parts) = (form.split('/'), path.split('/'));
        loop {
            match (form.next(), parts.next()) {
                (None, None) => return true,
                (Some(one), Some(part)) if one == part || (one == "*" && !part.is_empty()) => {}
                _ => return false,
            }
        }
    };
    SHOWN_AGAIN.iter().any(is_form)
}

/// A key for the hidden field of a form that is to count once.
pub fn fresh_once() -> String {
    hex::encode(random::<16>())
}

impl Fields {
    /// The key that makes the form count once: the one it bears, or a new one.
    pub fn once_again(&self) -> String {
        match self.text(ONCE) {
            "" => fresh_once(),
            once => once.to_owned(),
        }
    }

    /// The field as it was typed; empty where it was left out.
    pub fn text(&self, name: &str) -> &str {
        self.0
            .iter()
            .find(|(field, _)| field == name)
            .map_or("", |(_, value)| value.expose())
    }

    /// Whether the form is to be shown as it was typed, and nothing else done.
    pub fn is_to_be_shown(&self) -> bool {
        self.text("do") == EDIT
    }

    /// The same as a value to be handed on; none where it is blank.
    pub fn secret(&self, name: &str) -> Option<SecretText> {
        Some(self.text(name))
            .filter(|text| !text.trim().is_empty())
            .map(|text| Secret::new(text.to_owned()))
    }

    /// Every value of a field that can be there more than once.
    pub fn all(&self, name: &str) -> impl Iterator<Item = &str> {
        self.0
            .iter()
            .filter(move |(field, _)| field == name)
            .map(|(_, value)| value.expose().as_str())
    }

    /// Whether a field was chosen with this value.
    pub fn is(&self, name: &str, value: impl AsRef<str>) -> bool {
        self.all(name).any(|one| one == value.as_ref())
    }

    /// Every field with its value, in the order of the form.
    pub fn pairs(&self) -> impl Iterator<Item = (&str, &str)> {
        self.0
            .iter()
            .map(|(name, value)| (name.as_str(), value.expose().as_str()))
    }

    /// The same as hidden fields of a page that comes between, but for token and button.
    pub fn carried(&self) -> Vec<(String, String)> {
        let pairs = self.pairs().filter(|(name, _)| *name != FIELD && *name != "do");
        pairs.map(|(name, value)| (name.to_owned(), value.to_owned())).collect()
    }

    /// Sets a field, in place of what it was.
    pub fn set(&mut self, name: &str, value: String) {
        self.0.retain(|(field, _)| field != name);
        self.push(name.to_owned(), value);
    }

    /// Sets a field to each of these, in place of what stood there.
    pub fn set_all(&mut self, name: &str, values: Vec<String>) {
        self.0.retain(|(field, _)| field != name);
        values.into_iter().for_each(|value| self.push(name.to_owned(), value));
    }

    pub fn push(&mut self, name: String, value: String) {
        self.0.push((name, Secret::new(value)));
    }

    /// The key that makes this form count once, bound to what it says and to `files`, by their hashes or ids.
    ///
    /// # Errors
    /// [`Error::Malformed`] when the form has lost it.
    pub fn once(&self, operation: &str, files: &[String]) -> Result<Once> {
        let mut said = Vec::new();
        for (name, value) in self.0.iter().filter(|(name, _)| name != FIELD) {
            said.extend_from_slice(name.as_bytes());
            said.push(0);
            said.extend_from_slice(value.expose().as_bytes());
            said.push(0);
        }
        files.iter().for_each(|file| said.extend_from_slice(file.as_bytes()));
        Ok(Once {
            key: IdempotencyKey::parse(self.text(ONCE))?,
            body_hash: body_hash(operation, &said),
        })
    }
}

impl FromRequest for Form {
    type Error = Error;
    type Future = LocalBoxFuture<'static, Result<Form>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let (own, declared, payload) = (Own::from(request), declared_length(request), payload.take());
        let kind = request
            .headers()
            .get(header::CONTENT_TYPE)
            .and_then(|value| value.to_str().ok());
        let bare = kind.and_then(|kind| kind.split(';').next()).unwrap_or_default().trim();
        let is_form = bare.eq_ignore_ascii_case("application/x-www-form-urlencoded");
        let brought = Brought::beside(request, false);
        Box::pin(async move {
            let own = own?;
            if !is_form {
                return Err(Error::WrongType("form-only"));
            }
            let body = whole_body(payload, declared, FORM_MAX).await?;
            let fields = read(&body)?;
            let checked = own.with(fields.text(FIELD))?;
            *brought.fields.borrow_mut() = fields.clone();
            Ok(Form { checked, fields })
        })
    }
}

fn read(body: &[u8]) -> Result<Fields> {
    let text = std::str::from_utf8(body).map_err(|cause| Error::Malformed(cause.to_string()))?;
    let pairs = web::Query::<Vec<(String, String)>>::from_query(text);
    let pairs = pairs.map_err(|cause| Error::Malformed(cause.to_string()))?.into_inner();
    let mut fields = Fields::default();
    pairs.into_iter().for_each(|(name, value)| fields.push(name, value));
    Ok(fields)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fields_are_read_as_browsers_write_them() {
        let fields = read(b"body=Hej%21%0D%0A%C3%A5%C3%A4%C3%B6+1&file_ids=a&file_ids=b&subject=++").unwrap();
        assert_eq!(fields.text("body"), "Hej!\r\nåäö 1");
        assert_eq!(fields.all("file_ids").collect::<Vec<_>>(), ["a", "b"]);
        assert!(fields.secret("subject").is_none() && fields.secret("nothing").is_none());
        assert!(read(b"\xff").is_err());
        assert!(!format!("{fields:?}").contains("Hej"));
    }

    #[test]
    fn only_forms_with_a_text_are_shown_again() {
        for form in [
            "/jag",
            "/arenden/0199/svar?state=closed",
            "/hem/nytt",
            "/installningar/kontakt",
        ] {
            assert!(is_shown_again(form), "{form}");
        }
        for other in [
            "/",
            "/logga-in",
            "/jag/logga-ut",
            "/arenden//svar",
            "/arenden/0199",
            "/jagaren",
            "/brev/0199",
        ] {
            assert!(!is_shown_again(other), "{other}");
        }
    }

    #[test]
    fn a_form_says_the_same_when_only_its_token_differs() {
        let once = |text: &str| read(text.as_bytes()).unwrap().once("/skriv", &["f".into()]).unwrap();
        assert_eq!(
            once("csrf=a&once=k&body=Hej").body_hash,
            once("csrf=b&once=k&body=Hej").body_hash
        );
        assert_ne!(
            once("csrf=a&once=k&body=Hej").body_hash,
            once("csrf=a&once=k&body=Nej").body_hash
        );
        assert!(read(b"body=Hej").unwrap().once("/skriv", &[]).is_err());
    }
}
