//! REST: the assignments in one's circle.

pub use super::conflict::api::{get_conflicts, patch_conflict, post_conflict};
pub use super::manage::api::{
    get_home, get_homes, get_members, patch_assignment, patch_home, patch_member, post_assignment, post_home,
    post_member,
};
pub use super::protection::api::{get_protected_homes, patch_naming, post_naming};
use super::view::AssignmentView;
use crate::app::App;
use crate::web::{Caller, Listed, Paging, Query, Reply, Shown};
use actix_web::{get, web};

/// My assignments: a home's own, a caseworker's, those a deputy stands in for, a team lead's unit's. Newest first.
#[utoipa::path(
    tag = "homes",
    operation_id = "list_assignments",
    params(Paging),
    security(("token" = [])),
    responses((status = 200, body = Listed<AssignmentView>)),
)]
#[get("/assignments")]
pub async fn get_assignments(
    app: web::Data<App>,
    caller: Caller,
    query: Query<Paging>,
) -> Reply<Shown<Listed<AssignmentView>>> {
    let listing = query.0.listing()?;
    Ok(Shown(
        app.door
            .read(caller.0, move |access| access.assignments(listing))
            .await?,
    ))
}
