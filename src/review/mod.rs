//! Reviewing the log.
