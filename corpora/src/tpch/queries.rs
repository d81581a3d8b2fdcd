//! The texts of the queries.

use crate::query::{Queries, texts};

macro_rules! numbered {
    ($folder:literal) => {
        texts!($folder:
            "01" "02" "03" "04" "05" "06" "07" "08" "09" "10" "11" "12" "13" "14" "15" "16" "17"
            "18" "19" "20" "21" "22"
        )
    };
}

pub(super) const QUERIES: Queries = Queries {
    corpus: super::NAME,
    benchmark: "TPC-H",
    postgres: numbered!("tpch/queries"),
    redshift: numbered!("tpch/dialects/redshift"),
    snowflake: numbered!("tpch/dialects/snowflake"),
    bigquery: numbered!("tpch/dialects/bigquery"),
    spark: numbered!("tpch/dialects/spark"),
};
