//! What files are taken in, and what is said of the others.
