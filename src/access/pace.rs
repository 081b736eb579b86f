//! How fast people and strangers may call: a bucket of tokens each, in memory, one map of limited size. What is in it
//! may be lost at any time; it guards the machine, not the data. (Guessing at passwords has its own brake, in the
//! database: `account`.) Kept by hand: the library for it, governor, lets its map of keys grow with every address that
//! comes, which is what this is to prevent.

use crate::clock::Instant;
use crate::config::Limits;
use crate::error::{Error, Result};
use crate::id::PersonId;
use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

/// Buckets and cookies remembered at a time.
const REMEMBERED: usize = 50_000;
/// How many seconds' worth may come at once: of a person, and of an address, behind which a whole office may sit.
const BURST_OF_PERSON: i64 = 2;
const BURST_OF_ADDRESS: i64 = 10;
const SECOND: i64 = 1_000_000;
/// How long a cookie that has named a session is taken for one that does.
const BELIEVED: Duration = Duration::from_secs(10);

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
enum Key {
    Person(PersonId),
    Address(IpAddr),
}

/// The buckets.
pub struct Pace {
    limits: Limits,
    /// When each bucket is full again: the later, the emptier it is now.
    full_at: Mutex<HashMap<Key, Instant>>,
    /// Hashes of cookies that have named a session, whose it was, and when: their bearers are no strangers.
    proven: Mutex<HashMap<[u8; 32], (PersonId, Instant)>>,
}

/// Whose session a cookie has named.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Bearer {
    /// A moment ago.
    Certain(PersonId),
    /// Some time ago: it may have ended since.
    Doubtful(PersonId),
}

impl Pace {
    pub fn new(limits: Limits) -> Pace {
        Pace {
            limits,
            full_at: Mutex::default(),
            proven: Mutex::default(),
        }
    }

    /// One call of someone who is signed in.
    ///
    /// # Errors
    /// [`Error::TooMany`] with the seconds to wait.
    pub fn person(&self, person: PersonId, now: Instant) -> Result<()> {
        self.take(Key::Person(person), (self.limits.person, BURST_OF_PERSON), now)
    }

    /// One call of someone who is not, from an address: of IPv6 its /64, which one household has all of.
    ///
    /// # Errors
    /// As [`Pace::person`].
    pub fn stranger(&self, from: IpAddr, now: Instant) -> Result<()> {
        let from = match from.to_canonical() {
            IpAddr::V6(ip) => IpAddr::from((ip.to_bits() >> 64 << 64).to_be_bytes()),
            v4 => v4,
        };
        self.take(Key::Address(from), (self.limits.address, BURST_OF_ADDRESS), now)
    }

    /// Remembers that a cookie, by its hash, names a session of someone.
    pub fn prove(&self, cookie: [u8; 32], person: PersonId, now: Instant) {
        let mut proven = locked(&self.proven);
        if proven.len() >= REMEMBERED && !proven.contains_key(&cookie) {
            proven.clear();
        }
        proven.insert(cookie, (person, now));
    }

    /// Forgets a cookie whose session has ended: whoever bears it is a stranger.
    pub fn forget(&self, cookie: &[u8; 32]) {
        locked(&self.proven).remove(cookie);
    }

    /// Whose session a cookie has named here, if it has.
    pub fn bearer(&self, cookie: &[u8; 32], now: Instant) -> Option<Bearer> {
        let (person, at) = *locked(&self.proven).get(cookie)?;
        Some(match now.since(at) <= BELIEVED {
            true => Bearer::Certain(person),
            false => Bearer::Doubtful(person),
        })
    }

    fn take(&self, key: Key, (per_second, burst): (u32, i64), now: Instant) -> Result<()> {
        let each = SECOND / i64::from(per_second.max(1));
        let mut full_at = locked(&self.full_at);
        if full_at.len() >= REMEMBERED && !full_at.contains_key(&key) {
            full_at.retain(|_, at| *at > now);
            if full_at.len() > REMEMBERED / 2 {
                // A flood from as many addresses is not held up by any of their buckets.
                full_at.clear();
            }
        }
        let before = full_at.get(&key).copied().unwrap_or(now).max(now);
        // A clock that was set back must not shut anyone out for longer than the bucket is deep.
        let before = before.min(Instant::from_micros(now.micros() + burst * SECOND));
        let after = before.micros() + each;
        let over = after - now.micros() - burst * SECOND;
        if over > 0 {
            full_at.insert(key, before);
            return Err(Error::TooMany(over.unsigned_abs().div_ceil(SECOND.unsigned_abs())));
        }
        full_at.insert(key, Instant::from_micros(after));
        Ok(())
    }
}

fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::clock::Clock;
    use std::time::Duration;

    const NOW: Instant = Instant::from_micros(1_795_000_000_000_000);

    fn pace() -> Pace {
        Pace::new(Limits {
            person: 500,
            address: 10,
        })
    }

    fn admitted(calls: usize, call: impl Fn() -> Result<()>) -> usize {
        (0..calls).filter(|_| call().is_ok()).count()
    }

    #[test]
    fn a_person_has_five_hundred_a_second_and_twice_as_many_at_once() {
        let (pace, clock) = (pace(), Clock::fixed(NOW));
        let (anna, erik) = (clock.fresh_id(), clock.fresh_id());
        assert_eq!(admitted(5000, || pace.person(anna, NOW)), 1000);
        assert_eq!(pace.person(anna, NOW), Err(Error::TooMany(1)));
        assert_eq!(
            admitted(10, || pace.person(erik, NOW)),
            10,
            "each has a bucket of their own"
        );
        for second in 1..10 {
            let now = NOW.plus(Duration::from_secs(second));
            assert_eq!(admitted(5000, || pace.person(anna, now)), 500);
        }
    }

    #[test]
    fn one_network_of_a_household_is_one_address() {
        let pace = pace();
        let from = |text: &str| text.parse::<IpAddr>().expect("an address");
        assert_eq!(admitted(500, || pace.stranger(from("2001:db8:1:2::1"), NOW)), 100);
        assert!(pace.stranger(from("2001:db8:1:2:ffff::9"), NOW).is_err());
        assert!(pace.stranger(from("2001:db8:1:3::1"), NOW).is_ok());
        assert_eq!(admitted(500, || pace.stranger(from("192.0.2.1"), NOW)), 100);
        assert!(
            pace.stranger(from("::ffff:192.0.2.1"), NOW).is_err(),
            "the same, written otherwise"
        );
        assert!(pace.stranger(from("192.0.2.2"), NOW).is_ok());
    }

    #[test]
    fn what_is_remembered_has_a_bound() {
        let (pace, person) = (pace(), Clock::fixed(NOW).fresh_id());
        for one in 0..120_000u32 {
            let _ = pace.stranger(IpAddr::from(one.to_be_bytes()), NOW);
            let mut cookie = [0; 32];
            cookie[..4].copy_from_slice(&one.to_be_bytes());
            pace.prove(cookie, person, NOW);
        }
        assert!(locked(&pace.full_at).len() <= REMEMBERED);
        assert!(locked(&pace.proven).len() <= REMEMBERED);
    }

    #[test]
    fn a_clock_that_went_back_shuts_nobody_out() {
        let pace = pace();
        let from = IpAddr::from([192, 0, 2, 1]);
        assert_eq!(admitted(500, || pace.stranger(from, NOW)), 100);
        let before = NOW.minus(Duration::from_secs(3600));
        assert_eq!(pace.stranger(from, before), Err(Error::TooMany(1)));
        assert!(pace.stranger(from, before.plus(Duration::from_secs(11))).is_ok());
    }
}
