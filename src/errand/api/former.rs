//! REST: what one wrote in homes one has left.

use crate::app::App;
use crate::errand::FormerMessageView;
use crate::id::of;
use crate::web::{Caller, Listed, Paging, Query, Reply, Shown};
use actix_web::{get, web};

/// The messages I wrote in homes that I have left, newest first, for as many days as the board's `former_member_days`
/// gives. No answers, no files, nothing of others; nothing where someone in the home is protected.
#[utoipa::path(
    tag = "errands",
    operation_id = "list_my_former_messages",
    params(Paging),
    security(("token" = [])),
    responses((status = 200, body = Listed<FormerMessageView>)),
)]
#[get("/me/messages")]
pub async fn get_former(
    app: web::Data<App>,
    caller: Caller,
    query: Query<Paging>,
) -> Reply<Shown<Listed<FormerMessageView>>> {
    let listing = query.0.listing::<of::Message>()?;
    let list = move |access: crate::access::Access<'_>| access.former_messages(listing);
    Ok(Shown(app.door.read(caller.0, list).await?))
}
