//! Fair turns at what only some can do at a time. A place that becomes free goes to the board that has waited longest for
//! one, and in it to the person who has: whoever asks for much waits behind themselves and holds nobody else up.

use crate::error::{Error, Result};
use crate::id::{BoardId, PersonId};
use std::collections::{HashMap, VecDeque};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use tokio::sync::oneshot;

/// How many may be at it, and how many may wait.
#[derive(Debug, Clone, Copy)]
pub struct Seats {
    /// Places in all.
    pub all: usize,
    /// Places of one person.
    pub each: usize,
    /// Of all, places that only someone gets who has none.
    pub spare: usize,
    /// How many may wait in all.
    pub waiting: usize,
    /// How many of one person may wait.
    pub waiting_each: usize,
}

/// A queue for such places.
#[derive(Clone)]
pub struct Turns(Arc<Inner>);

struct Inner {
    seats: Seats,
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    taken: usize,
    held: HashMap<PersonId, usize>,
    /// Who has waited longest first: boards, their people, and what each of these waits with.
    boards: VecDeque<(BoardId, People)>,
}
type People = VecDeque<(PersonId, VecDeque<oneshot::Sender<Place>>)>;

/// A place, held until it is dropped.
pub struct Place(Option<(Arc<Inner>, PersonId)>);

/// What to wait before another try, in seconds, when one's own places are all taken.
const LATER: u64 = 30;

impl Turns {
    pub fn new(seats: Seats) -> Turns {
        let state = Mutex::default();
        Turns(Arc::new(Inner { seats, state }))
    }

    /// Waits for a place. Whoever gives up waiting loses nothing but the turn.
    ///
    /// # Errors
    /// [`Error::TooMany`] where as much of the person's waits as may; [`Error::Unavailable`] where as much of all does.
    pub async fn place(&self, board: BoardId, person: PersonId) -> Result<Place> {
        let (give, got) = oneshot::channel();
        {
            let mut state = self.0.state();
            state.forget_the_gone();
            if state.waiting_of(|one| one == person) >= self.0.seats.waiting_each {
                return Err(Error::TooMany(LATER));
            }
            if state.waiting_of(|_| true) >= self.0.seats.waiting {
                return Err(Error::unavailable("too many wait for a place"));
            }
            state.wait(board, person, give);
            self.0.settle(&mut state);
        }
        got.await.map_err(Error::fault)
    }
}

impl Inner {
    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Gives what is free to those who wait.
    fn settle(self: &Arc<Self>, state: &mut State) {
        while let Some((person, give)) = state.next(self.seats) {
            state.taken += 1;
            *state.held.entry(person).or_default() += 1;
            if let Err(mut place) = give.send(Place(Some((self.clone(), person)))) {
                // Gone meanwhile; what is dropped here must not give the place back a second time.
                place.0 = None;
                state.leave(person);
            }
        }
    }
}

impl State {
    fn waiting_of(&self, is_asked: impl Fn(PersonId) -> bool) -> usize {
        let people = self.boards.iter().flat_map(|(_, people)| people);
        people
            .filter(|(person, _)| is_asked(*person))
            .map(|(_, waiting)| waiting.len())
            .sum()
    }

    fn forget_the_gone(&mut self) {
        for (_, people) in &mut self.boards {
            for (_, waiting) in people.iter_mut() {
                waiting.retain(|one| !one.is_closed());
            }
            people.retain(|(_, waiting)| !waiting.is_empty());
        }
        self.boards.retain(|(_, people)| !people.is_empty());
    }

    fn wait(&mut self, board: BoardId, person: PersonId, give: oneshot::Sender<Place>) {
        let board = match self.boards.iter().position(|(one, _)| *one == board) {
            Some(at) => at,
            None => {
                self.boards.push_back((board, VecDeque::new()));
                self.boards.len() - 1
            }
        };
        let people = &mut self.boards[board].1;
        match people.iter_mut().find(|(one, _)| *one == person) {
            Some((_, waiting)) => waiting.push_back(give),
            None => people.push_back((person, VecDeque::from([give]))),
        }
    }

    /// Whose turn it is, if anyone's; they and their board are the last to have another.
    fn next(&mut self, seats: Seats) -> Option<(PersonId, oneshot::Sender<Place>)> {
        if self.taken >= seats.all {
            return None;
        }
        let is_spare = self.taken + seats.spare >= seats.all;
        let held = &self.held;
        let may = |person: &PersonId| {
            let held = held.get(person).copied().unwrap_or(0);
            held == 0 || (held < seats.each && !is_spare)
        };
        let place = |people: &People| people.iter().position(|(person, _)| may(person));
        let (at, of) = (0..self.boards.len()).find_map(|at| Some((at, place(&self.boards[at].1)?)))?;
        let (board, mut people) = self.boards.remove(at)?;
        let (person, mut waiting) = people.remove(of)?;
        let give = waiting.pop_front();
        if !waiting.is_empty() {
            people.push_back((person, waiting));
        }
        if !people.is_empty() {
            self.boards.push_back((board, people));
        }
        Some((person, give?))
    }

    fn leave(&mut self, person: PersonId) {
        self.taken = self.taken.saturating_sub(1);
        if let Some(held) = self.held.get_mut(&person) {
            *held -= 1;
            if *held == 0 {
                self.held.remove(&person);
            }
        }
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        let Some((inner, person)) = self.0.take() else { return };
        let mut state = inner.state();
        state.leave(person);
        inner.settle(&mut state);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::clock::Clock;
    use futures_util::FutureExt as _;
    use std::time::Duration;

    fn seats(all: usize, each: usize, spare: usize) -> Turns {
        Turns::new(Seats {
            all,
            each,
            spare,
            waiting: 40,
            waiting_each: 20,
        })
    }

    fn ids<const N: usize>() -> ([BoardId; N], [PersonId; N]) {
        let clock = Clock::system();
        (
            std::array::from_fn(|_| clock.fresh_id()),
            std::array::from_fn(|_| clock.fresh_id()),
        )
    }

    /// In which order those that wait get the one place.
    async fn order(turns: &Turns, asked: &[(BoardId, PersonId)]) -> Vec<usize> {
        let first = turns.place(asked[0].0, asked[0].1).await.unwrap();
        let (tell, mut told) = tokio::sync::mpsc::unbounded_channel();
        for (number, (board, person)) in asked.iter().copied().enumerate() {
            let (turns, tell) = (turns.clone(), tell.clone());
            let mut waiting = Box::pin(async move {
                let place = turns.place(board, person).await.unwrap();
                tell.send(number).unwrap();
                drop(place);
            });
            assert!((&mut waiting).now_or_never().is_none());
            tokio::spawn(waiting);
        }
        drop((tell, first));
        let mut order = Vec::new();
        while let Some(number) = told.recv().await {
            order.push(number);
        }
        order
    }

    #[tokio::test]
    async fn boards_take_turns_and_in_each_its_people() {
        let ([a, b], [anna, bo]) = ids::<2>();
        let [sara, _] = ids::<2>().1;
        let asked = [(a, anna), (a, anna), (a, anna), (a, bo), (b, sara), (b, sara)];
        assert_eq!(order(&seats(1, 1, 0), &asked).await, [0, 4, 3, 5, 1, 2]);
    }

    #[tokio::test]
    async fn one_person_has_so_many_and_the_last_are_for_who_has_none() {
        let ([a], [anna]) = ids::<1>();
        let ([b], [bo]) = ids::<1>();
        let turns = seats(4, 3, 1);
        let mut held = Vec::new();
        for _ in 0..3 {
            held.push(turns.place(a, anna).await.unwrap());
        }
        let mut fourth = Box::pin(turns.place(a, anna));
        assert!((&mut fourth).now_or_never().is_none());
        let other = turns.place(b, bo).await.unwrap();
        let mut second = Box::pin(turns.place(b, bo));
        assert!((&mut second).now_or_never().is_none());
        held.pop();
        // Three are taken: the fourth is spare, and both have one.
        assert!((&mut fourth).now_or_never().is_none());
        held.pop();
        assert!(matches!((&mut fourth).now_or_never(), Some(Ok(_))));
        drop((other, second));
    }

    #[tokio::test]
    async fn who_gives_up_keeps_nobody_waiting() {
        let ([a], [anna]) = ids::<1>();
        let ([b], [bo]) = ids::<1>();
        let turns = seats(1, 1, 0);
        let first = turns.place(a, anna).await.unwrap();
        let mut gone = Box::pin(turns.place(b, bo));
        assert!((&mut gone).now_or_never().is_none());
        let mut next = Box::pin(turns.place(a, anna));
        assert!((&mut next).now_or_never().is_none());
        drop(gone);
        drop(first);
        let next = tokio::time::timeout(Duration::from_secs(5), next).await;
        assert!(next.unwrap().is_ok());
        // One that had its place and never took it up.
        let held = turns.place(a, anna).await.unwrap();
        let mut unheard = Box::pin(turns.place(b, bo));
        assert!((&mut unheard).now_or_never().is_none());
        drop(held);
        drop(unheard);
        let last = tokio::time::timeout(Duration::from_secs(5), turns.place(a, anna)).await;
        assert!(last.unwrap().is_ok());
    }

    #[tokio::test]
    async fn only_so_many_wait() {
        let ([a], [anna]) = ids::<1>();
        let turns = seats(1, 1, 0);
        let _held = turns.place(a, anna).await.unwrap();
        let mut waiting = Vec::new();
        for _ in 0..20 {
            let mut one = Box::pin(turns.place(a, anna));
            assert!((&mut one).now_or_never().is_none());
            waiting.push(one);
        }
        assert!(matches!(turns.place(a, anna).await, Err(Error::TooMany(LATER))));
        let [other] = ids::<1>().1;
        for _ in 0..20 {
            let mut one = Box::pin(turns.place(a, other));
            assert!((&mut one).now_or_never().is_none());
            waiting.push(one);
        }
        let [third] = ids::<1>().1;
        assert!(matches!(turns.place(a, third).await, Err(Error::Unavailable(_))));
        waiting.truncate(3);
        let mut one = Box::pin(turns.place(a, anna));
        assert!((&mut one).now_or_never().is_none(), "who has gone waits no more");
    }
}
