//! The registry of rules. A rule is a file and two lines here: its module and its place in [`all`].

mod age;
mod any_of_array;
mod array_concat;
mod array_concat_agg;
mod array_length;
mod array_parts;
mod average;
mod blank_padded;
pub(crate) mod branch_constants;
pub(crate) mod cast_left_out;
pub(crate) mod casts_named_alike;
pub(crate) mod choice_in_list;
mod chr;
mod clock;
mod concat;
pub(crate) mod conditions_below_groups;
mod count_nulls;
pub(crate) mod cut_text;
pub(crate) mod datafusion_arrays;
pub(crate) mod datafusion_casts;
pub(crate) mod datafusion_dates;
pub(crate) mod datafusion_numbers;
mod datafusion_statistics;
pub(crate) mod datafusion_text;
mod date_bin;
mod date_difference;
mod date_interval;
mod date_part;
mod date_plus_days;
mod date_trunc;
mod decimal_product;
pub(crate) mod default_of_row;
mod div;
mod divisors;
mod extract_fraction;
mod far_timestamps;
pub(crate) mod first_of_no_rows;
mod float_arithmetic;
mod float_arithmetic_long;
mod float_extremes;
mod float_text;
mod float_to_decimal;
pub(crate) mod float_zero;
mod fold_case;
pub(crate) mod fold_letters;
mod forgotten_condition;
mod format;
mod hex_bytes;
mod initcap;
mod integer_division;
mod integer_overflow;
mod interval_fields;
pub(crate) mod interval_length;
mod interval_multiple;
mod interval_text;
mod json_aggregates;
mod json_as_is;
mod json_as_text;
mod json_build;
pub(crate) mod json_by_pattern;
mod json_contains;
mod json_get;
mod json_known;
mod json_path;
pub(crate) mod json_plain;
mod json_read;
pub(crate) mod json_rows;
mod json_sql;
mod json_tests;
mod json_text;
mod json_value;
pub(crate) mod keys_left_out;
pub(crate) mod keys_of_sets;
pub(crate) mod left_open;
pub(crate) mod letter_case;
mod like_escape;
mod like_other_escape;
pub(crate) mod made_types;
mod make_date;
mod make_interval;
mod make_time;
pub(crate) mod merge_repeats;
mod mode;
mod moment_first;
pub(crate) mod null_order;
mod number_by_format;
mod numeric_division;
mod octet_length;
pub(crate) mod order_beside_value;
mod overlaps;
mod overlay;
mod pad;
mod percentile;
mod percentile_disc;
mod power;
mod quotient;
mod quotient_round;
mod quotient_to_integer;
pub(crate) mod raised;
pub(crate) mod re2;
pub(crate) mod read_by_format;
mod regex;
mod regex_extract;
mod regex_match;
mod regex_place;
mod regex_replace;
pub(crate) mod regex_rows;
mod regression;
mod remainder;
mod remainder_of_one;
mod replace_constant;
mod reverse;
mod right;
mod round_digits;
pub(crate) mod round_exact;
mod round_float;
mod round_shortest;
pub(crate) mod row_in_query;
mod scale_known;
mod session;
mod shift;
mod similar_to;
mod smallint;
mod some_row;
mod split_part;
mod statistics;
pub(crate) mod stored_digits;
mod string_agg;
mod string_to_array;
mod subscript;
mod substring;
mod sum_floats;
mod sum_integers;
mod text_limit;
mod text_to_any_number;
mod text_to_number;
mod text_to_time;
mod time_shift;
mod time_zone;
mod to_char_date;
mod to_char_number;
mod to_hex;
mod transcendental;
mod upper;
pub(crate) mod value_of_no_row;
pub(crate) mod values_in_insert;
mod varchar_cast;
pub(crate) mod written_out;
mod xor;
mod zoned_trunc;

use crate::rule::Rule;
use foldhash::HashMap;
use std::sync::LazyLock;

/// Every rule, tried in this order where several look at one construct.
const ALL: &[&Rule] = &[
    &integer_division::RULE,
    &remainder::RULE,
    &numeric_division::RULE,
    &float_arithmetic::RULE,
    &float_arithmetic_long::RULE,
    &smallint::RULE,
    &decimal_product::RULE,
    &integer_overflow::RULE,
    &power::RULE,
    &round_float::RULE,
    &round_digits::RULE,
    &xor::RULE,
    &div::RULE,
    &quotient_round::RULE,
    &float_to_decimal::RULE,
    &transcendental::RULE,
    &quotient::RULE,
    &shift::RULE,
    &divisors::RULE,
    &average::RULE,
    &sum_integers::RULE,
    &sum_floats::RULE,
    &statistics::RULE,
    &percentile::RULE,
    &string_agg::RULE,
    &percentile_disc::RULE,
    &regression::RULE,
    &mode::RULE,
    &scale_known::RULE,
    &left_open::RULE,
    &datafusion_numbers::RULE,
    &datafusion_statistics::RULE,
    &remainder_of_one::RULE,
    &like_escape::RULE,
    &similar_to::RULE,
    &regex_match::RULE,
    &substring::RULE,
    &upper::RULE,
    &octet_length::RULE,
    &concat::RULE,
    &split_part::RULE,
    &blank_padded::RULE,
    &varchar_cast::RULE,
    &to_hex::RULE,
    &regex_replace::RULE,
    &pad::RULE,
    &right::RULE,
    &like_other_escape::RULE,
    &overlay::RULE,
    &initcap::RULE,
    &string_to_array::RULE,
    &regex_extract::RULE,
    &chr::RULE,
    &reverse::RULE,
    &format::RULE,
    &to_char_number::RULE,
    &count_nulls::RULE,
    &fold_case::RULE,
    &fold_letters::RULE,
    &cut_text::RULE,
    &letter_case::RULE,
    &hex_bytes::RULE,
    &datafusion_text::RULE,
    &text_to_number::RULE,
    &quotient_to_integer::RULE,
    &text_to_time::RULE,
    &text_to_any_number::RULE,
    &float_text::RULE,
    &datafusion_casts::RULE,
    &default_of_row::RULE,
    &float_zero::RULE,
    &float_extremes::RULE,
    &keys_left_out::RULE,
    &order_beside_value::RULE,
    &value_of_no_row::RULE,
    &choice_in_list::RULE,
    &conditions_below_groups::RULE,
    &keys_of_sets::RULE,
    &cast_left_out::RULE,
    &casts_named_alike::RULE,
    &null_order::RULE,
    &row_in_query::RULE,
    &branch_constants::RULE,
    &date_interval::RULE,
    &extract_fraction::RULE,
    &date_trunc::RULE,
    &to_char_date::RULE,
    &time_zone::RULE,
    &date_difference::RULE,
    &date_part::RULE,
    &interval_multiple::RULE,
    &interval_text::RULE,
    &interval_fields::RULE,
    &age::RULE,
    &read_by_format::RULE,
    &clock::RULE,
    &overlaps::RULE,
    &zoned_trunc::RULE,
    &make_interval::RULE,
    &make_date::RULE,
    &make_time::RULE,
    &date_bin::RULE,
    &interval_length::RULE,
    &time_shift::RULE,
    &far_timestamps::RULE,
    &first_of_no_rows::RULE,
    &moment_first::RULE,
    &datafusion_dates::RULE,
    &date_plus_days::RULE,
    &subscript::RULE,
    &array_length::RULE,
    &any_of_array::RULE,
    &array_concat::RULE,
    &array_parts::RULE,
    &datafusion_arrays::RULE,
    &json_text::RULE,
    &json_value::RULE,
    &json_tests::RULE,
    &json_get::RULE,
    &json_read::RULE,
    &json_build::RULE,
    &json_aggregates::RULE,
    &json_contains::RULE,
    &json_plain::RULE,
    &json_known::RULE,
    &json_by_pattern::RULE,
    &written_out::RULE,
    &regex_rows::RULE,
    &number_by_format::RULE,
    &regex_place::RULE,
    &raised::RULE,
    &some_row::RULE,
    &session::RULE,
    &re2::RULE,
    &round_exact::RULE,
    &array_concat_agg::RULE,
    &replace_constant::RULE,
    &text_limit::RULE,
    &merge_repeats::RULE,
    &made_types::RULE,
    &forgotten_condition::RULE,
    &values_in_insert::RULE,
    &stored_digits::RULE,
    &round_shortest::RULE,
];

/// Every rule in order of its code.
pub(crate) fn all() -> impl Iterator<Item = &'static Rule> {
    ALL.iter().copied()
}

/// The rules that look at a construct.
pub(crate) fn of(construct: &str) -> &'static [&'static Rule] {
    static BY_CONSTRUCT: LazyLock<HashMap<&'static str, Vec<&'static Rule>>> =
        LazyLock::new(|| {
            let mut map: HashMap<&'static str, Vec<&'static Rule>> = HashMap::default();
            for rule in all() {
                for construct in rule.constructs {
                    map.entry(construct).or_default().push(rule);
                }
            }
            map
        });
    BY_CONSTRUCT.get(construct).map_or(&[], Vec::as_slice)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Transpiler;
    use model::{
        Dialect,
        catalog::{CatalogColumn, CatalogTable},
    };

    /// The table of the examples: one column of each type.
    fn catalog() -> Vec<CatalogTable> {
        let columns = [
            ("s", "smallint"),
            ("i", "integer"),
            ("j", "integer"),
            ("b", "bigint"),
            ("n", "numeric(12,2)"),
            ("f", "double precision"),
            ("g", "double precision"),
            ("x", "text"),
            ("c", "character(5)"),
            ("d", "date"),
            ("ts", "timestamp"),
            ("a", "integer[]"),
            ("jb", "jsonb"),
        ];
        vec![CatalogTable {
            database: None,
            keys: Vec::new(),
            schema: None,
            name: "t".to_owned(),
            columns: columns
                .iter()
                .map(|(name, ty)| CatalogColumn {
                    name: (*name).to_owned(),
                    data_type: (*ty).to_owned(),
                    nullable: true,
                })
                .collect(),
        }]
    }

    #[test]
    fn examples_are_true() {
        let mut faults = Vec::new();
        for rule in all() {
            assert!(!rule.examples.is_empty(), "{} has no example", rule.code);
            for example in rule.examples {
                let to = example.target.dialect();
                let done =
                    Transpiler::new(example.from, to, &catalog()).translate(example.sql, &[]);
                match (example.becomes, done) {
                    (Some(text), Ok(done)) if done.sql == text => {}
                    (None, Err(_)) => {}
                    (_, Ok(done)) => {
                        faults.push(format!("{}: {} gave {:?}", rule.code, example.sql, done.sql));
                    }
                    (_, Err(refused)) => {
                        faults.push(format!("{}: {} gave {refused:?}", rule.code, example.sql));
                    }
                }
            }
        }
        assert!(faults.is_empty(), "{}", faults.join("\n"));
    }

    #[test]
    fn long_chains_take_bounded_time_and_text() {
        let transpiler = Transpiler::new(Dialect::Postgres, Dialect::DuckDb, &catalog());
        let chain = |op: &str, column: &str| {
            format!("SELECT {column}{} AS v FROM t", format!(" {op} {column}").repeat(60))
        };
        let joined = transpiler.translate(&chain("||", "x"), &[]).unwrap();
        assert!(joined.sql.len() < 2_000, "{} bytes", joined.sql.len());
        // Each division guards its dividend, so the text doubles: refused, not written.
        let divided = transpiler.translate(&chain("/", "i"), &[]).unwrap_err();
        assert!(divided.diagnostics[0].message.contains("this long"), "{divided:?}");
        assert!(transpiler.translate(&chain("-", "n"), &[]).is_ok());
        let to_datafusion = Transpiler::new(Dialect::Postgres, Dialect::DataFusion, &catalog());
        assert!(to_datafusion.translate(&chain("-", "n"), &[]).is_ok());
    }

    #[test]
    fn codes_ascend() {
        let codes: Vec<&str> = all().map(|rule| rule.code).collect();
        assert!(codes.windows(2).all(|pair| pair[0] < pair[1]), "{codes:?}");
    }
}
