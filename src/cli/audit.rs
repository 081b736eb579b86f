//! `famn audit verify` and `famn audit export`.
