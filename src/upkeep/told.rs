//! What every board's log is told of an act upon the installation as a whole.

use crate::access::{Access, Actor, Happening};
use crate::app::App;
use crate::audit::{Action, Relation};
use crate::board::all_boards;
use crate::error::Result;

/// Notes an act of the operator in each board's log; it is durable there when this returns.
///
/// # Errors
/// [`crate::error::Error::Unavailable`] when a log does not take it: then the act is not to be done.
pub async fn tell_every_board(app: &App, action: Action) -> Result<()> {
    for (board, _) in all_boards(app).await? {
        let tell = move |access: Access<'_>| {
            access.log(Happening::write(action, Relation::System));
            Ok(())
        };
        app.door.write(Actor::operator(board), tell).await?;
    }
    Ok(())
}
