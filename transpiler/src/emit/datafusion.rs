//! What is written for `DataFusion` alone: its own faults are written around here, and what it plans no
//! query for is given another form or refused.

pub(super) mod branch_constants;
pub(super) mod constant_set;
pub(super) mod correlated;
pub(super) mod dependencies;
pub(super) mod each_array;
pub(super) mod filled;
pub(super) mod full_join;
pub(super) mod hosted;
pub(super) mod in_floats;
pub(super) mod in_query;
mod made_rows;
pub(super) mod named_alike;
pub(super) mod next_value;
pub(super) mod opaque_keys;
pub(super) mod partial_sums;
pub(super) mod query_value;
pub(super) mod recursive;
mod reversed_orders;
pub(super) mod row_of_nothing;
pub(super) mod rows;
pub(super) mod rows_of_each;
pub(super) mod sliding;
pub(super) mod written_out;
