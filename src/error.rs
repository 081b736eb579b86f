//! What can go wrong, in one type for the whole program. The faces turn it into problem JSON or a page; the inner
//! cause goes to the log only, with the request id that the answer also bears.

use std::fmt;

/// The result of nearly everything.
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// One field that breaks its rule. `field` is dotted (`receipts.0.amount_ore`); `code` names the text to show.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fault {
    pub field: String,
    pub code: &'static str,
}

/// The asker's own words, given back to them and to nobody else: no log line has them.
#[derive(Clone, PartialEq, Eq)]
pub struct Words(pub Vec<String>);

impl fmt::Debug for Words {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} not shown", self.0.len())
    }
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Error {
    /// No valid session, or wrong anything at sign-in. 401.
    SignIn,
    /// Signed in too long ago for this: it takes a fresh proof. 401.
    StepUp,
    /// Inside the asker's circle, but not allowed. 403.
    Forbidden,
    /// A colleague of its unit may open it by giving a reason. 403.
    ReasonRequired,
    /// Shut to the home that asks, for now or for good: nothing can be sent there, and nobody is told why. 403.
    CallTeam,
    /// The asker belongs to no home any more, or not yet, and so has nothing to send. 403.
    NoHome,
    /// The board does not let a password alone in. 403.
    PasswordsOff,
    /// A form that did not come from one of our own pages, or bears another session's token. 403.
    Forged,
    /// Outside the asker's circle or not there at all; the two cannot be told apart. 404.
    NotFound,
    /// An address that is not used that way. 405.
    Method,
    /// Not even the right shape: broken JSON, an unknown field or value. 400. The text goes to the log only.
    Malformed(String),
    /// The same of one field whose value is of another kind than it takes. 400. Names the field.
    Misshapen(Fault),
    /// Of the right shape but outside its limits, all faults at once. 422.
    Invalid(Vec<Fault>),
    /// The object is in another state, or the key was used for something else. 409. Names the problem type.
    Conflict(&'static str),
    /// The home has handed in a file of the same content before. 409. Names the field, and the earlier errand's number.
    DuplicateFile { field: String, errand_number: String },
    /// What staff sends names people of another home. 409. Says what was found, to be looked at and confirmed.
    OtherHome(Words),
    /// `If-Match` named an older version. 412.
    Stale,
    /// Too large a file, or files that are too large together. 413.
    TooLarge,
    /// Too large a body that is no file. 413.
    BodyTooLarge,
    /// A part of a file of so many bytes was asked for that lies beyond its end. 416.
    BeyondEnd(u64),
    /// Too long an address, or too many or too long headers. 431.
    HeadTooLarge,
    /// A kind of content that is not received. 415. Names the problem type.
    WrongType(&'static str),
    /// The body did not come in time. 408.
    TooSlow,
    /// Try again after so many seconds. 429.
    TooMany(u64),
    /// A part that is needed does not answer (database, disk, log). 503, and nothing protected is shown.
    Unavailable(String),
    /// The log did not take an event as it was written, or has lost one that an answer was released on. 503, and nothing
    /// is shown. The text goes to the log only.
    LogNotKept(String),
    /// A write without an event; it was rolled back. A fault of the program, 500.
    Unaudited,
    /// Anything that should not happen. 500. The text goes to the log only.
    Fault(String),
}

impl Error {
    /// A single field's fault.
    pub fn invalid(field: impl Into<String>, code: &'static str) -> Error {
        Error::Invalid(vec![Fault {
            field: field.into(),
            code,
        }])
    }
    /// Something that should not happen, with its cause for the log.
    pub fn fault(cause: impl fmt::Display) -> Error {
        Error::Fault(cause.to_string())
    }
    /// A part that does not answer, with its cause for the log.
    pub fn unavailable(cause: impl fmt::Display) -> Error {
        Error::Unavailable(cause.to_string())
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Error::Malformed(why) | Error::Unavailable(why) | Error::LogNotKept(why) | Error::Fault(why) => {
                f.write_str(why)
            }
            other => write!(f, "{other:?}"),
        }
    }
}
impl std::error::Error for Error {}

impl From<diesel::result::Error> for Error {
    fn from(cause: diesel::result::Error) -> Self {
        use diesel::result::{DatabaseErrorKind as Kind, Error as Db};
        match cause {
            Db::NotFound => Error::NotFound,
            Db::DatabaseError(Kind::UniqueViolation, _) => Error::Conflict("exists"),
            // A constraint is the program's own fault; what remains (disk, connection, lock) is the database's.
            Db::DatabaseError(Kind::ForeignKeyViolation | Kind::NotNullViolation | Kind::CheckViolation, why) => {
                Error::Fault(why.message().to_owned())
            }
            Db::DatabaseError(_, why) => Error::Unavailable(why.message().to_owned()),
            Db::BrokenTransactionManager => Error::unavailable(cause),
            other => Error::fault(other),
        }
    }
}

/// Collects the faults of a form, so that all are told at once.
#[derive(Debug, Default)]
pub struct Faults(Vec<Fault>);

impl Faults {
    /// Notes `code` at `field` unless the rule holds.
    pub fn unless(&mut self, holds: bool, field: impl Into<String>, code: &'static str) {
        if !holds {
            self.0.push(Fault {
                field: field.into(),
                code,
            });
        }
    }
    /// Nothing noted: go on. Else all of it as one error.
    pub fn check(self) -> Result<()> {
        if self.0.is_empty() {
            Ok(())
        } else {
            Err(Error::Invalid(self.0))
        }
    }
}
