//! Showing where protected people are, once, to who says why. The answer to the form is the page itself: what it shows
//! has no address, and is gone with it.

use super::pane::Wanted;
use super::query::ListQuery;
use super::review;
use super::thread::{Again, look, show, shown};
use crate::access::Access;
use crate::account::Visitor;
use crate::app::App;
use crate::audit::Action;
use crate::errand::ProtectedLook;
use crate::error::{Error, Fault, Result};
use crate::id::of;
use crate::secret::Secret;
use crate::web::page::{Form, FormFaults};
use crate::web::{ObjectPath, Query};
use actix_web::{HttpResponse, post, web};

#[post("/arenden/{id}/skyddat")]
pub async fn post_protected(
    app: web::Data<App>,
    id: ObjectPath<of::Errand>,
    query: Query<ListQuery>,
    form: Form,
) -> Result<HttpResponse> {
    let (id, query) = (id.0, query.0);
    let visitor = Visitor::of(&app, &form.checked).await?;
    let mut again = Again {
        fields: form.fields,
        ..Again::default()
    };
    if again.fields.is_to_be_shown() {
        return show(&app, &visitor, (id, &query), again).await;
    }
    let reason = ProtectedLook {
        reason: again
            .fields
            .secret("protected.reason")
            .unwrap_or_else(|| Secret::new(String::new())),
    };
    if again.fields.is("to", "granskning") {
        return review::unveil(&app, &visitor, (id, &query), reason, again.fields).await;
    }
    let wanted = Wanted::by(&query)?;
    let unveil = move |access: Access<'_>| {
        let seen = access.errand_for(id, Action::ProtectedRead)?.unveiled(&reason)?;
        look(access, seen, wanted)
    };
    match app.door.write(visitor.actor, unveil).await {
        Ok(looked) => {
            let unveiled = Again {
                unveiled: true,
                ..Again::default()
            };
            shown(&visitor, (id, &query), looked, unveiled, app.clock.now())
        }
        Err(Error::Invalid(faults)) => {
            again.faults = FormFaults::told(&under_protected(&faults));
            show(&app, &visitor, (id, &query), again).await
        }
        // Nobody is protected there any more, or what was hidden is gone: then there is nothing to show.
        Err(Error::Conflict(_)) => show(&app, &visitor, (id, &query), Again::default()).await,
        Err(error) => Err(error),
    }
}

/// The faults of the reason, as the field is called on pages that have others.
pub(super) fn under_protected(faults: &[Fault]) -> Vec<Fault> {
    let named = |fault: &Fault| Fault {
        field: format!("protected.{}", fault.field),
        code: fault.code,
    };
    faults.iter().map(named).collect()
}
