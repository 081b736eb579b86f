//! Places for work that is dear, given out fairly: few at a time, by turns between the networks that wait, and to those
//! who are known before strangers, so that a crowd of strangers shuts nobody out who belongs here.

use crate::error::{Error, Result};
use std::collections::{HashMap, VecDeque};
use std::net::IpAddr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use tokio::sync::oneshot;

/// One turn in so many is a stranger's, also while known ones wait.
const STRANGERS_TURN: u32 = 4;

/// Who asks for a place.
#[derive(Debug, Clone, Copy, Default)]
pub struct Asker {
    /// The network, if it is known.
    pub from: Option<IpAddr>,
    /// Whether they have been here before, from there.
    pub is_known: bool,
}

/// The places.
#[derive(Clone)]
pub struct Places(Arc<Mutex<Inner>>);

/// A place, for as long as it is held.
pub struct Place(Option<Places>);

struct Inner {
    free: usize,
    /// Those who wait, of strangers and of the known; of each so many at most.
    strangers: Line,
    known: Line,
    waiting_most: usize,
    turns: u32,
}

#[derive(Default)]
struct Line {
    of_network: HashMap<Option<IpAddr>, VecDeque<oneshot::Sender<Place>>>,
    /// The networks in the order of their turns.
    order: VecDeque<Option<IpAddr>>,
    waiting: usize,
}

impl Places {
    /// So many `at_once`; of strangers and of the known so many may wait.
    pub fn new(at_once: usize, waiting_most: usize) -> Places {
        Places(Arc::new(Mutex::new(Inner {
            free: at_once,
            strangers: Line::default(),
            known: Line::default(),
            waiting_most,
            turns: 0,
        })))
    }

    fn inner(&self) -> MutexGuard<'_, Inner> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Waits for a place.
    ///
    /// # Errors
    /// [`Error::Unavailable`] when too many wait, or one who came later had a better claim to wait.
    pub async fn take(&self, asker: Asker) -> Result<Place> {
        let full = || Error::unavailable("too many wait for a place");
        let granted = {
            let mut inner = self.inner();
            if inner.free > 0 {
                inner.free -= 1;
                return Ok(Place(Some(self.clone())));
            }
            let most = inner.waiting_most;
            let line = match asker.is_known {
                true => &mut inner.known,
                false => &mut inner.strangers,
            };
            if !line.has_room(asker.from, most) {
                return Err(full());
            }
            line.join(asker.from)
        };
        granted.await.map_err(|_| full())
    }

    /// Gives a place that has come free to whoever's turn it is.
    fn pass_on(&self) {
        let mut inner = self.inner();
        while let Some(next) = inner.next() {
            match next.send(Place(Some(self.clone()))) {
                Ok(()) => return,
                // They have gone; nothing comes back by this place.
                Err(mut place) => drop(place.0.take()),
            }
        }
        inner.free += 1;
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        if let Some(places) = self.0.take() {
            places.pass_on();
        }
    }
}

impl Inner {
    fn next(&mut self) -> Option<oneshot::Sender<Place>> {
        self.turns = self.turns.wrapping_add(1);
        let lines = match self.turns.is_multiple_of(STRANGERS_TURN) {
            true => [&mut self.strangers, &mut self.known],
            false => [&mut self.known, &mut self.strangers],
        };
        lines.into_iter().find_map(Line::next)
    }
}

impl Line {
    fn next(&mut self) -> Option<oneshot::Sender<Place>> {
        let network = self.order.pop_front()?;
        let queue = self.of_network.get_mut(&network)?;
        let next = queue.pop_front();
        if queue.is_empty() {
            self.of_network.remove(&network);
        } else {
            self.order.push_back(network);
        }
        self.waiting -= usize::from(next.is_some());
        next
    }

    fn join(&mut self, network: Option<IpAddr>) -> oneshot::Receiver<Place> {
        let (give, granted) = oneshot::channel();
        let queue = self.of_network.entry(network).or_default();
        if queue.is_empty() {
            self.order.push_back(network);
        }
        queue.push_back(give);
        self.waiting += 1;
        granted
    }

    /// Whether one more of a network may wait. Whoever has gone makes room; then the newest of a network that has more
    /// waiting than this one would.
    fn has_room(&mut self, network: Option<IpAddr>, most: usize) -> bool {
        if self.waiting < most {
            return true;
        }
        self.forget_gone();
        if self.waiting < most {
            return true;
        }
        let own = self.of_network.get(&network).map_or(0, VecDeque::len);
        let longest = self.of_network.iter_mut().max_by_key(|(_, queue)| queue.len());
        match longest.filter(|(_, queue)| queue.len() > own + 1) {
            Some((_, queue)) => {
                drop(queue.pop_back());
                self.waiting -= 1;
                true
            }
            None => false,
        }
    }

    fn forget_gone(&mut self) {
        for queue in self.of_network.values_mut() {
            queue.retain(|one| !one.is_closed());
        }
        self.of_network.retain(|_, queue| !queue.is_empty());
        let of_network = &self.of_network;
        self.order.retain(|network| of_network.contains_key(network));
        self.waiting = self.of_network.values().map(VecDeque::len).sum();
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use futures_util::FutureExt as _;

    fn network(n: u8) -> Option<IpAddr> {
        Some(IpAddr::from([192, 0, 2, n]))
    }
    fn stranger(n: u8) -> Asker {
        Asker {
            from: network(n),
            is_known: false,
        }
    }
    fn known(n: u8) -> Asker {
        Asker {
            from: network(n),
            is_known: true,
        }
    }

    /// Takes places until nobody waits; gives in which order.
    fn served(
        mut waiting: Vec<(&'static str, futures_util::future::BoxFuture<'_, Result<Place>>)>,
    ) -> Vec<&'static str> {
        let mut order = Vec::new();
        loop {
            let next = waiting
                .iter_mut()
                .enumerate()
                .find_map(|(at, (_, one))| Some((at, one.now_or_never()?)));
            let Some((at, place)) = next else { return order };
            let (name, _) = waiting.remove(at);
            if place.is_ok() {
                order.push(name);
            }
        }
    }

    #[test]
    fn a_crowd_from_one_network_waits_for_each_of_the_others_in_turn() {
        let places = Places::new(1, 10);
        let held = places.take(stranger(1)).now_or_never().expect("free").expect("a place");
        let mut waiting = Vec::new();
        for (name, asker) in [
            ("a1", stranger(1)),
            ("a2", stranger(1)),
            ("a3", stranger(1)),
            ("b", stranger(2)),
            ("c", stranger(3)),
        ] {
            let mut one = places.take(asker).boxed();
            assert!((&mut one).now_or_never().is_none());
            waiting.push((name, one));
        }
        drop(held);
        assert_eq!(served(waiting), ["a1", "b", "c", "a2", "a3"]);
    }

    #[test]
    fn who_is_known_comes_before_strangers_and_leaves_them_a_turn() {
        let places = Places::new(1, 3);
        let held = places.take(stranger(1)).now_or_never().expect("free").expect("a place");
        let mut waiting = Vec::new();
        for (name, asker) in [
            ("s1", stranger(1)),
            ("s2", stranger(2)),
            ("s3", stranger(3)),
            ("k1", known(4)),
            ("k2", known(5)),
            ("k3", known(6)),
        ] {
            let mut one = places.take(asker).boxed();
            assert!((&mut one).now_or_never().is_none(), "{name}");
            waiting.push((name, one));
        }
        assert!(
            places.take(stranger(9)).now_or_never().expect("at once").is_err(),
            "no more strangers may wait"
        );
        drop(held);
        assert_eq!(served(waiting), ["k1", "k2", "k3", "s1", "s2", "s3"]);
    }

    #[test]
    fn who_comes_alone_takes_the_place_of_a_crowds_newest_and_who_has_gone_holds_none() {
        let places = Places::new(1, 3);
        let held = places.take(stranger(1)).now_or_never().expect("free").expect("a place");
        let mut crowd: Vec<_> = (0..3).map(|_| places.take(stranger(1)).boxed()).collect();
        assert!(crowd.iter_mut().all(|one| one.now_or_never().is_none()));
        let mut alone = places.take(stranger(2)).boxed();
        assert!((&mut alone).now_or_never().is_none(), "it waits");
        assert!(
            crowd[2].as_mut().now_or_never().expect("told").is_err(),
            "the crowd's newest is told to come back"
        );
        assert!(places.take(stranger(1)).now_or_never().expect("at once").is_err());
        drop(crowd);
        let mut later = places.take(stranger(1)).boxed();
        assert!(
            (&mut later).now_or_never().is_none(),
            "those who have gone hold no place"
        );
        drop(held);
        assert!(alone.now_or_never().expect("its turn").is_ok());
        assert!(later.now_or_never().expect("and then").is_ok());
        assert_eq!(places.inner().free, 1);
    }
}
