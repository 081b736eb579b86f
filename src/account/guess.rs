//! Guessing at passwords: after wrong sign-ins the next has to wait, longer the more there were, and never longer than
//! half a minute: nothing is ever shut. Counted are the account from this network (a pair), the account from anywhere,
//! the network over all accounts, and everyone together; all of it in the database, by keyed hashes.
//!
//! Where an account has signed in before, only the pair's own failures count, so that strangers elsewhere cannot slow
//! the owner. Anywhere else the account's and everyone's failures make a pair wait from its own last attempt, not from
//! anybody's: each network gets its turn, however many others crowd. A network's failures over many accounts are paced
//! together. (SES-09; the steps are Kanidm's.)

use crate::clock::Instant;
use crate::crypt::BlindIndex;
use std::net::IpAddr;
use std::time::Duration;

/// Failures over many accounts that slow nobody yet, within [`WINDOW`].
const FREE_OF_MANY: i64 = 30;
/// How long failures over many accounts are remembered, from the first of them.
const WINDOW: Duration = Duration::from_secs(10 * 60);
/// Half of an account's failures are forgotten in each such time without a new one.
const HALVED_EVERY: Duration = Duration::from_secs(60 * 60);
/// Counting ends here: the wait grows no more, and the account is itself again after eight quiet hours.
const MOST: i64 = 128;

/// The wait required after so many failures.
pub(super) const fn wait_after(failures: i64) -> Duration {
    Duration::from_secs(match failures {
        ..=0 => 0,
        1..=2 => 1,
        3..=8 => 3,
        9..=24 => 5,
        25..=99 => 10,
        _ => 30,
    })
}

/// What a bucket counts failures of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Over {
    OneAccount,
    ManyAccounts,
}

/// Failures as they are kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Bucket {
    pub failures: i64,
    /// When counting began.
    pub began_at: Instant,
    /// The last failure; in a pair without any, when it was first made to wait.
    pub last_at: Instant,
}

impl Bucket {
    /// The first of its kind, with nothing counted yet.
    pub(super) const fn empty(now: Instant) -> Bucket {
        Bucket {
            failures: 0,
            began_at: now,
            last_at: now,
        }
    }

    /// The failures that still count.
    fn remembered(&self, over: Over, now: Instant) -> i64 {
        match over {
            Over::OneAccount => {
                let hours = now.since(self.last_at).as_secs() / HALVED_EVERY.as_secs();
                self.failures >> hours.min(62)
            }
            Over::ManyAccounts if now.since(self.began_at) < WINDOW => self.failures,
            Over::ManyAccounts => 0,
        }
    }

    /// The wait these failures require.
    fn wait(&self, over: Over, now: Instant) -> Duration {
        let failures = self.remembered(over, now);
        wait_after(match over {
            Over::OneAccount => failures,
            Over::ManyAccounts => failures - (FREE_OF_MANY - 1),
        })
    }

    /// The bucket after one more failure.
    pub(super) fn with_failure(found: Option<Bucket>, over: Over, now: Instant) -> Bucket {
        let before = found.unwrap_or(Bucket::empty(now));
        let remembered = before.remembered(over, now);
        Bucket {
            failures: (remembered + 1).min(MOST + FREE_OF_MANY),
            began_at: if remembered == 0 { now } else { before.began_at },
            last_at: now,
        }
    }
}

/// The tokens a sign-in's buckets stand under.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Counters {
    pub pair: [u8; 16],
    pub account: [u8; 16],
    pub network: [u8; 16],
    pub everyone: [u8; 16],
}

impl Counters {
    /// For whoever tries `email` (in its normal form) at `board` from `network`, whether or not there is such a board
    /// or account.
    pub(super) fn of(index: &BlindIndex, board: &str, email: &str, network: Option<IpAddr>) -> Counters {
        let network = network.map_or_else(String::new, |ip| ip.to_string());
        let account = index.token("sign_in.account", &format!("{board}\0{email}"));
        Counters {
            pair: index.token("sign_in.pair", &format!("{} {network}", hex::encode(account))),
            account,
            network: index.token("sign_in.network", &network),
            everyone: index.token("sign_in.everyone", ""),
        }
    }

    /// All of them in the order in which their rows are locked.
    pub(super) fn all(&self) -> [([u8; 16], Over); 4] {
        [
            (self.pair, Over::OneAccount),
            (self.account, Over::OneAccount),
            (self.network, Over::ManyAccounts),
            (self.everyone, Over::ManyAccounts),
        ]
    }
}

/// What has been counted against a sign-in.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Counts {
    /// Whether the account has signed in from this network before.
    pub known: bool,
    pub pair: Option<Bucket>,
    pub account: Option<Bucket>,
    pub network: Option<Bucket>,
    pub everyone: Option<Bucket>,
}

/// How long a sign-in has still to wait.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Wait {
    pub left: Duration,
    /// The pair waits for the first time: it must be noted, since its wait counts from now.
    pub begins: bool,
}

impl Wait {
    pub(super) const fn is_over(&self) -> bool {
        self.left.is_zero()
    }

    /// Whole seconds, for `Retry-After`.
    pub(super) const fn seconds(&self) -> u64 {
        self.left.as_micros().div_ceil(1_000_000) as u64
    }
}

impl Counts {
    pub(super) fn wait(&self, now: Instant) -> Wait {
        let required = |bucket: Option<Bucket>, over| bucket.map_or(Duration::ZERO, |one| one.wait(over, now));
        let left_since = |last: Instant, required: Duration| required.saturating_sub(now.since(last));
        let own = required(self.pair, Over::OneAccount);
        if self.known {
            let left = self.pair.map_or(Duration::ZERO, |pair| left_since(pair.last_at, own));
            return Wait { left, begins: false };
        }
        let of_account = required(self.account, Over::OneAccount);
        let of_everyone = required(self.everyone, Over::ManyAccounts);
        let turn = own.max(of_account).max(of_everyone);
        let till_turn = self.pair.map_or(turn, |pair| left_since(pair.last_at, turn));
        let paced = |network: Bucket| left_since(network.last_at, network.wait(Over::ManyAccounts, now));
        Wait {
            left: till_turn.max(self.network.map_or(Duration::ZERO, paced)),
            begins: self.pair.is_none() && !turn.is_zero(),
        }
    }
}
