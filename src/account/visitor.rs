//! Who looks at a page: the one whose session the browser's cookie names. What that session is worth is read inside the
//! transaction, as for a token.

use super::own::ended_session;
use super::session::session_of_cookie;
use super::verbs::roles_once;
use crate::access::{Access, Actor, Origin};
use crate::app::App;
use crate::error::{Error, Result};
use crate::web::page::{Checked, Colour, Guard, Masthead, Parts, Upload};
use crate::web::{origin_of, recognised};
use actix_web::dev::Payload;
use actix_web::{FromRequest, HttpRequest, web};
use futures_util::future::LocalBoxFuture;

/// Someone with a session, at a page.
#[derive(Debug)]
pub struct Visitor {
    pub actor: Actor,
    /// What the page's forms are bound to.
    pub guard: Guard,
}

impl Visitor {
    /// Who has sent a form.
    ///
    /// # Errors
    /// [`Error::SignIn`] when there is no session, or it has ended.
    pub async fn of(app: &App, checked: &Checked) -> Result<Visitor> {
        Visitor::with(app, checked.guard().clone(), checked.origin()).await
    }

    /// Who sends a form with files, and what is yet to come of it. Where the session has ended, all that was typed is
    /// read nevertheless, to be held for them until they have signed in again.
    ///
    /// # Errors
    /// As [`Visitor::of`].
    pub async fn sending(app: &App, upload: Upload) -> Result<(Visitor, Parts)> {
        let Upload { checked, mut parts } = upload;
        let stands = match Visitor::of(app, &checked).await {
            Ok(visitor) => app.door.standing(visitor.actor).await.map(|_| visitor),
            Err(error) => Err(error),
        };
        if stands.as_ref().is_err_and(|error| *error == Error::SignIn)
            && ended_session(app, checked.guard()).await?.is_some()
        {
            parts.rest().await?;
        }
        Ok((stands?, parts))
    }

    /// Whoever a guard's cookie names.
    pub(super) async fn with(app: &App, guard: Guard, origin: Origin) -> Result<Visitor> {
        let cookie = guard.session().ok_or(Error::SignIn)?;
        let (session, person) = session_of_cookie(app, cookie).await?;
        recognised(app, cookie, person, origin);
        Ok(Visitor {
            actor: Actor::bearer(session, None, origin),
            guard,
        })
    }
}

/// For looking only. Whoever changes something is known by the form they send ([`Visitor::of`]), so that no handler of
/// a change can do without its check.
impl FromRequest for Visitor {
    type Error = Error;
    type Future = LocalBoxFuture<'static, Result<Visitor>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let (guard, origin) = (Guard::of(request), origin_of(request));
        let (looks, app) = (
            request.method().is_safe(),
            request.app_data::<web::Data<App>>().cloned(),
        );
        Box::pin(async move {
            let app = app.ok_or_else(|| Error::fault("no App"))?;
            if !looks {
                return Err(Error::Forged);
            }
            Visitor::with(&app, guard.ok_or(Error::SignIn)?, origin).await
        })
    }
}

impl Access<'_> {
    /// What the top of a page says of the one who asks. It is nobody else's, and no event of its own.
    pub fn masthead(self) -> Result<Masthead> {
        let me = self.person()?;
        let board = self.board_head()?;
        Ok(Masthead {
            name: self.name_of(me)?.expose().clone(),
            files: (board.files_most, board.file_most_mb),
            colour: board.colour.as_deref().and_then(Colour::parse),
            board: board.name,
            phone: board.phone,
            slug: self.board_slug()?,
            ends_at: self.session_ends_at()?,
            now: self.now(),
            roles: roles_once(&self.standing().roles),
            shortcuts: self.has_shortcuts(me)?,
            former: self.has_former_messages()?,
            without_home: self.standing().is_without_home(),
            namings: self.namings_to_confirm()?,
        })
    }
}
