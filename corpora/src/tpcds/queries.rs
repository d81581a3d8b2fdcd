//! The texts of the statements; queries 14, 23, 24 and 39 have two.

use crate::query::{Queries, texts};

macro_rules! numbered {
    ($folder:literal) => {
        texts!($folder:
            "01" "02" "03" "04" "05" "06" "07" "08" "09" "10" "11" "12" "13" "14a" "14b" "15"
            "16" "17" "18" "19" "20" "21" "22" "23a" "23b" "24a" "24b" "25" "26" "27" "28" "29"
            "30" "31" "32" "33" "34" "35" "36" "37" "38" "39a" "39b" "40" "41" "42" "43" "44"
            "45" "46" "47" "48" "49" "50" "51" "52" "53" "54" "55" "56" "57" "58" "59" "60" "61"
            "62" "63" "64" "65" "66" "67" "68" "69" "70" "71" "72" "73" "74" "75" "76" "77" "78"
            "79" "80" "81" "82" "83" "84" "85" "86" "87" "88" "89" "90" "91" "92" "93" "94" "95"
            "96" "97" "98" "99"
        )
    };
}

pub(super) const QUERIES: Queries = Queries {
    corpus: super::NAME,
    benchmark: "TPC-DS",
    postgres: numbered!("tpcds/queries"),
    redshift: numbered!("tpcds/dialects/redshift"),
    snowflake: numbered!("tpcds/dialects/snowflake"),
    bigquery: numbered!("tpcds/dialects/bigquery"),
    spark: numbered!("tpcds/dialects/spark"),
};
