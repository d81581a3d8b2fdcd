//! Stage: none; generators that the tests of the whole house share. Takes a seed, gives data and
//! well-typed queries. Never: knows what the right answer is; the real engines know.

pub mod canonical;
pub mod data;
pub mod queries;
pub mod recorded;
pub mod statements;
