//! An act that looks first: begun anew with what was found, as long as that does not hold any more.

use super::places::Place;
use crate::access::policy::Relation;
use crate::access::{Access, Actor, Happening};
use crate::audit::Action;
use crate::error::Result;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

/// Does an act that wants to know a number which changes so many times while it is looked up. Gives how often it was
/// begun and how often the number was looked up before it, and where it was known from in the end.
async fn acts(place: &Place, changes: usize) -> (usize, usize, &'static str) {
    let [begun, looked, number] = [(); 3].map(|()| Arc::new(AtomicUsize::new(0)));
    let (begins, looks) = (begun.clone(), looked.clone());
    let act = move |access: Access<'_>| -> Result<&'static str> {
        begins.fetch_add(1, Ordering::SeqCst);
        let from = match access.foreseen::<usize>() {
            Some(seen) if *seen == number.load(Ordering::SeqCst) => "before",
            _ => {
                let (looks, number) = (looks.clone(), number.clone());
                let look = move |_: Access<'_>| {
                    let seen = number.load(Ordering::SeqCst);
                    if looks.fetch_add(1, Ordering::SeqCst) < changes {
                        number.fetch_add(1, Ordering::SeqCst);
                    }
                    Ok(seen)
                };
                match access.look_first(look) {
                    Some(first) => return Err(first),
                    None => "here",
                }
            }
        };
        access.log(Happening::write(Action::BoardChange, Relation::System));
        Ok(from)
    };
    let done = place.app.door.write_foreseeing(Actor::operator(place.board), act).await;
    let count = |of: &AtomicUsize| of.load(Ordering::SeqCst);
    (count(&begun), count(&looked), done.expect("it is done"))
}

#[tokio::test(flavor = "multi_thread")]
async fn an_act_is_begun_anew_with_what_was_found_while_that_changes_and_then_looks_itself() {
    let place = Place::new().await;
    if !place.app.store.has_own_writer() {
        assert_eq!(acts(&place, 0).await, (1, 0, "here"), "it holds nobody up there");
        return;
    }
    assert_eq!(acts(&place, 0).await, (2, 1, "before"));
    assert_eq!(acts(&place, 1).await, (3, 2, "before"));
    assert_eq!(acts(&place, 9).await, (3, 2, "here"));
}
