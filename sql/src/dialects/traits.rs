//! What differs between dialects outside functions, operators and types. A dialect writes down where
//! it is not like the core language, which is PostgreSQL's.

use super::{
    clauses::Clause,
    quirks::{DocumentTexts, Sampling, ValuesNames},
    writing::Writing,
};
use crate::bind::pattern::Flavor;

/// When a common table expression that names itself is recursive without RECURSIVE.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Unmarked {
    /// It needs the word.
    Never,
    /// Where no table has its name; else it is that one.
    UnlessTable,
    /// Always.
    Always,
}

/// What a dialect is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[expect(clippy::struct_excessive_bools, reason = "each is a fact of its own")]
pub(crate) struct Traits {
    pub(crate) names: Names,
    pub(crate) nulls: Nulls,
    pub(crate) text: TextKeys,
    /// Collations of columns under which texts are equal as they are, where case counts; one with a
    /// star is the end of names.
    pub(crate) exact_collations: &'static [&'static str],
    /// The same where case does not count.
    pub(crate) folding_collations: &'static [&'static str],
    /// Are truth values numbers where they are compared?
    pub(crate) bits: bool,
    pub(crate) nan: Nan,
    /// The type of `1.5`.
    pub(crate) point: NumberLiteral,
    /// The type of `1e3`.
    pub(crate) exponent: NumberLiteral,
    /// Are integer literals `bigint` whatever their size?
    pub(crate) wide_integers: bool,
    /// Is an integer constant beyond 32 bits a decimal?
    pub(crate) long_integers_are_decimals: bool,
    /// Is `10L` a bigint? Elsewhere the letter would be a name.
    pub(crate) long_suffix: bool,
    /// Is `0x1F` a number and `1_000` one too?
    pub(crate) numbers_of_c: bool,
    /// Is `-3` a constant of the type that 3 has? Else it is an operator before one.
    pub(crate) signed_constants: bool,
    /// Is a constant of hexadecimal digits bytes?
    pub(crate) hex_bytes: bool,
    /// Are `true` and `false` constants of the type that conditions have? Else they are of one of
    /// their own, which is not known here.
    pub(crate) bool_constants: bool,
    /// Are the parts of `INTERVAL '1-2' YEAR TO MONTH` signed each for itself?
    pub(crate) signed_interval_parts: bool,
    /// How each clause sees the names of the SELECT list. A whole key of ORDER BY is not among them:
    /// there a name is an output before it is a column, but where `sorts_by_columns_first` says otherwise.
    pub(crate) aliases: Aliases,
    /// How an output without an alias is called.
    pub(crate) output_names: OutputNames,
    /// Is a whole key of ORDER BY a column, where one has that name, before it is an output?
    pub(crate) sorts_by_columns_first: bool,
    /// Can an output be named by a text constant, as in `SELECT x 'name'`?
    pub(crate) text_names: bool,
    /// Does a text constant before `=` name an output, as in `SELECT 'name' = x`?
    pub(crate) names_before: bool,
    /// Words that make something else of the text before them: `'41'XC`.
    pub(crate) text_suffixes: &'static [&'static str],
    /// Does `SELECT … INTO t` make a table? Elsewhere it fills a variable or a file.
    pub(crate) select_into: bool,
    /// Do ORDER BY and LIMIT behind a set operation belong to its last SELECT?
    pub(crate) last_select_sorted: bool,
    /// Are set operations read from left to right, so that INTERSECT binds no tighter than UNION?
    pub(crate) flat_sets: bool,
    /// Are `+`, `-`, `&`, `^` and `|` read from left to right, none tighter than the others?
    pub(crate) flat_sums: bool,
    /// Does `~` bind more tightly than `*`? In PostgreSQL it stands before whole sums.
    pub(crate) tight_prefixes: bool,
    /// Have the columns of a set operation the types of its first SELECT?
    pub(crate) first_select_types: bool,
    /// Is a subquery that counts the rows of another one NULL where there are none?
    pub(crate) no_rows_are_null: bool,
    /// Is `x IN (SELECT …)` FALSE as a value where it would be NULL, and NOT IN too?
    pub(crate) no_match_is_false: bool,
    /// Is the bare name of a table its row, before it is a column of that name?
    pub(crate) rows_by_name: bool,
    /// Is HAVING a condition on rows, where nothing is grouped? Else it makes one group of all rows.
    pub(crate) having_of_rows: bool,
    /// Are there full joins? Else FULL is the name of the table before it.
    pub(crate) full_joins: bool,
    /// Can IGNORE NULLS stand behind an aggregate without OVER? Else it belongs to the call around it.
    pub(crate) nulls_behind_aggregates: bool,
    /// Is a comma in FROM as strong as JOIN? `a, b FULL JOIN c ON …` fills `a` then, too, and the
    /// condition sees it.
    pub(crate) commas_join_first: bool,
    /// Does `a STRAIGHT_JOIN b ON …` join, in that order?
    pub(crate) straight_joins: bool,
    /// Does IGNORE NULLS change what a window function gives? Else only some ignore NULLs, always.
    pub(crate) ignores_nulls: bool,
    /// How PIVOT names its columns; none where the dialect has no PIVOT.
    pub(crate) pivot_names: Option<PivotNames>,
    /// Does UNPIVOT give the value before the name?
    pub(crate) unpivot_value_first: bool,
    /// Does text in double quotes name something, or is it text?
    pub(crate) double_quotes: DoubleQuotes,
    /// Can a quoted name in lower case be told apart from the same name unquoted?
    pub(crate) quoted_lower_names: bool,
    /// How `TABLESAMPLE` and `SAMPLE` are meant.
    pub(crate) sampling: Sampling,
    /// Functions that are called without parentheses, where no column has their name.
    pub(crate) bare_calls: &'static [&'static str],
    /// The schema of a table that is named without one.
    pub(crate) default_schema: Option<&'static str>,
    /// The table of one row that stands where a SELECT needs no table.
    pub(crate) one_row_table: Option<&'static str>,
    /// Is a common table expression recursive without the word?
    pub(crate) recursion_unmarked: Unmarked,
    /// Is `'20240229'` a date?
    pub(crate) compact_dates: bool,
    /// Is `TRIM('ab' FROM x)` an error, as it names no single character?
    pub(crate) trims_one_letter: bool,
    /// Is `TIMESTAMP '2024-02-29T10:00:00'` an error?
    pub(crate) blank_before_clock: bool,
    /// Is `'2024-02-29 10:00:00'` the date in it where a date is wanted?
    pub(crate) dates_drop_clocks: bool,
    /// Do dates and times hold less than here, and is a constant beyond them the nearest that they hold?
    pub(crate) dates_saturate: bool,
    /// Is a timestamp beside a date compared as the date in it?
    pub(crate) timestamps_beside_dates_are_dates: bool,
    /// Does the first value of DECODE say as what the others are compared and given, and is that a text
    /// where it is NULL?
    pub(crate) first_decodes: bool,
    /// Is an empty text 0 where a number is wanted, and the first day of 1900 where a date is?
    pub(crate) empty_text_is_zero: bool,
    /// Is `'epoch'` the beginning of 1970?
    pub(crate) names_the_epoch: bool,
    /// The type whose quotients keep all their digits, though it says how many a column stores.
    pub(crate) floating_decimals: Option<&'static str>,
    /// Do the digits of a quotient depend on how the server reads an integer constant, and on
    /// whether a decimal is money?
    pub(crate) open_quotients: bool,
    /// Does a text beside a decimal, or beside money, become one of that very type?
    pub(crate) texts_take_digits: bool,
    /// Does the length that a text can have show in what functions make of it?
    pub(crate) limits_count: bool,
    /// Is it open whether two arrays with a NULL in them are equal?
    pub(crate) arrays_with_null_open: bool,
    /// Is an element of an array a variant, which shows a text in quotes, unless it is cast?
    pub(crate) variant_elements: bool,
    /// What a text constant beside a document is.
    pub(crate) document_texts: DocumentTexts,
    /// Does `LAST_VALUE` over an ordered window need a frame?
    pub(crate) last_value_needs_frame: bool,
    /// Is a real beside a real or an exact number a real, which has fewer digits than a float?
    pub(crate) keeps_reals: bool,
    /// Does a real beside an exact number become a float of all digits?
    pub(crate) reals_widen: bool,
    /// Is a real compared with an exact number as a float of all digits?
    pub(crate) reals_compared_as_floats: bool,
    /// May an aggregate of a grouped query stand inside another one, over all groups?
    pub(crate) aggregates_nest: bool,
    /// Digits that a bigint counts for beside a decimal.
    pub(crate) bigint_digits: u32,
    /// Does a whole number that is written out count, beside a decimal, for the digits that it has?
    /// Else for those of its type.
    pub(crate) constants_have_their_digits: bool,
    /// Are days before 15 October 1582 those of the Julian calendar?
    pub(crate) julian_calendar: bool,
    /// Is the day of a month kept when months are added, even where the month has no such day?
    pub(crate) strict_months: bool,
    /// Are two text constants compared without the blanks at their ends?
    pub(crate) constants_are_padded: bool,
    /// Is a date format of one letter no token, but the name of another format?
    pub(crate) letters_name_formats: bool,
    /// Does `FM` in a date format hold for all that follows it?
    pub(crate) fill_mode_holds: bool,
    /// Do functions see the blanks at the end of padded text?
    pub(crate) keeps_blanks: bool,
    /// Does `a.*` beside a join with USING begin with the columns that it merges?
    pub(crate) merged_first: bool,
    /// Do names of outputs go before columns that USING merges, where they come after all others?
    pub(crate) merged_last: bool,
    /// Is a text without characters NULL?
    pub(crate) empty_text_is_null: bool,
    /// Has a type no NULL unless it says so, and what would be NULL a default value?
    pub(crate) types_lack_null: bool,
    /// Are EXCEPT and INTERSECT those of ALL where the text does not say, and UNION an error?
    pub(crate) sets_are_bags: bool,
    /// Does a cast that is tried give NULL for a constant that is no value of the type in any form?
    pub(crate) tries_constants: bool,
    /// Is a statement an error for a constant that is no value of the type it is converted to? Others
    /// give NULL, zero or a warning, or say nothing of it.
    pub(crate) raises_for_constants: bool,
    /// Can a table that has an alias still be named by its own name?
    pub(crate) tables_keep_names: bool,
    /// When are two rows of several values equal, where some of the values are NULL?
    pub(crate) rows: Rows,
    /// Which totals of no rows at all are a row?
    pub(crate) totals: Totals,
    /// Does a text constant among the branches of a value stay a text, and make one of all, or a variant?
    /// Elsewhere it takes their type.
    pub(crate) texts_stay: bool,
    /// Does a number or a date become a text wherever a text is wanted or stands beside it?
    pub(crate) values_become_texts: bool,
    /// Does `COUNT(t.*)` count the rows of a table that have no NULL?
    pub(crate) counts_whole_rows: bool,
    /// Functions and operators for which any value becomes its text, where they take texts alone and
    /// values do not become texts everywhere.
    pub(crate) text_functions: &'static [&'static str],
    /// Has a text constant among the branches of a decimal value as many digits as the value?
    pub(crate) constants_take_scale: bool,
    /// Is the text `4.5` an integer, rounded?
    pub(crate) rounds_constants: bool,
    /// The names of the columns that functions in FROM give, where they are not the functions' own.
    pub(crate) function_columns: &'static [(&'static str, &'static str)],
    /// Functions of FROM whose rows are worked out while they are bound.
    pub(crate) table_functions: &'static [&'static str],
    /// Functions whose arguments can be named or left out: their parameters with the numbers that
    /// they are then.
    pub(crate) parameters: &'static [(&'static str, &'static [(&'static str, &'static str)])],
    /// How the columns of VALUES are called.
    pub(crate) values_names: ValuesNames,
    /// Is a backslash in a pattern of LIKE itself where it escapes nothing?
    pub(crate) stray_backslashes: bool,
    /// Does `$1` name the first column of FROM?
    pub(crate) columns_by_place: bool,
    /// Is `ORDER BY -1` the last column of the list?
    pub(crate) places_from_the_end: bool,
    /// Are `tuple(…)` and `tupleElement(…)` about rows?
    pub(crate) tuples: bool,
    /// Do points behind a column of JSON name its members?
    pub(crate) points_into_json: bool,
    /// Is an array in a document, named in FROM behind its relation, the rows of its elements?
    pub(crate) unnests_json: bool,
    /// Is what stands behind `->` always a constant?
    pub(crate) arrows_take_constants: bool,
    /// How regular expressions are read.
    pub(crate) patterns: Flavor,
    /// Have patterns of LIKE classes in brackets?
    pub(crate) brackets: bool,
    /// Is `NOT LIKE ANY (…)` that one of the patterns is not matched?
    pub(crate) not_like_each: bool,
    /// Collations that, where a text says them, are the one that it would be compared under anyway.
    pub(crate) usual_collations: &'static [&'static str],
    /// Is a text behind `BINARY` compared with other texts by its code points?
    pub(crate) binary_texts: bool,
    /// Do functions that look for a text inside another one follow the collation?
    pub(crate) searches_fold: bool,
    /// Do table hints change no result?
    pub(crate) table_hints: bool,
    /// Words that begin a clause of hints: with parentheses behind, or in front of all.
    pub(crate) hint_clauses: &'static [&'static str],
    /// Calls with the vendor's type of their values, or with the argument that has it as `#n`, where
    /// several types are one of the core.
    pub(crate) declared_calls: &'static [(&'static str, &'static str)],
    /// Names of columns that hold the value of a call, where they are not its own name.
    pub(crate) column_names: &'static [(&'static str, &'static str)],
    /// Words in front of JOIN that are hints: `INNER HASH JOIN`.
    pub(crate) join_hints: &'static [&'static str],
    /// Is there a condition in front of WHERE that says no more than another one there?
    pub(crate) prewhere: bool,
    /// Words behind a table that are not its alias where `AS` is missing, though the parser takes them
    /// for one.
    pub(crate) not_aliases: &'static [&'static str],
    /// The clauses that it has of those that not all have.
    pub(crate) clauses: &'static [Clause],
    /// How values are stored.
    pub(crate) writing: Writing,
}

/// What NULL in a row such as `(a, b)` makes of a comparison with another one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Rows {
    /// It is decided column by column, so NULL may be the answer.
    Unknown,
    /// NULL is a value like others, equal to itself.
    Values,
    /// The same as the first, but such a row is in no list.
    NotListed,
    /// The same as the first, but an order that is decided by a NULL is an error.
    NotOrdered,
}

/// Which grand totals of no rows are a row, as `count(*)` alone is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Totals {
    /// Those of GROUPING SETS, ROLLUP and CUBE.
    All,
    /// Those of GROUPING SETS in a query with aggregates.
    Sets,
    /// None.
    None,
}

impl Traits {
    /// Those of the core language.
    pub(crate) const CORE: Self = Self {
        names: Names::FoldLower,
        nulls: Nulls::Largest,
        text: TextKeys::EXACT,
        exact_collations: &["default", "c", "posix", "ucs_basic", "*-x-icu", "ll_cc"],
        folding_collations: &[],
        usual_collations: &[],
        binary_texts: false,
        bits: false,
        nan: Nan::Largest,
        point: NumberLiteral::Decimal,
        exponent: NumberLiteral::Decimal,
        wide_integers: false,
        long_integers_are_decimals: false,
        long_suffix: false,
        numbers_of_c: false,
        signed_constants: false,
        hex_bytes: false,
        bool_constants: true,
        signed_interval_parts: false,
        aliases: Aliases { group: Seen::Last, ..Aliases::NONE },
        output_names: OutputNames::Core,
        sorts_by_columns_first: false,
        text_names: false,
        names_before: false,
        text_suffixes: &[],
        select_into: true,
        last_select_sorted: false,
        flat_sets: false,
        flat_sums: false,
        tight_prefixes: false,
        first_select_types: false,
        no_rows_are_null: false,
        no_match_is_false: false,
        rows_by_name: false,
        having_of_rows: false,
        full_joins: true,
        nulls_behind_aggregates: false,
        commas_join_first: false,
        straight_joins: false,
        ignores_nulls: true,
        pivot_names: None,
        unpivot_value_first: false,
        double_quotes: DoubleQuotes::Name,
        quoted_lower_names: true,
        sampling: Sampling::CORE,
        bare_calls: &[],
        default_schema: None,
        one_row_table: None,
        recursion_unmarked: Unmarked::Never,
        compact_dates: false,
        trims_one_letter: false,
        blank_before_clock: false,
        dates_drop_clocks: false,
        dates_saturate: false,
        timestamps_beside_dates_are_dates: false,
        first_decodes: false,
        empty_text_is_zero: false,
        names_the_epoch: false,
        floating_decimals: None,
        open_quotients: false,
        texts_take_digits: false,
        limits_count: false,
        arrays_with_null_open: false,
        variant_elements: false,
        document_texts: DocumentTexts::Read,
        last_value_needs_frame: false,
        keeps_reals: false,
        reals_widen: false,
        reals_compared_as_floats: false,
        aggregates_nest: false,
        bigint_digits: 19,
        constants_have_their_digits: false,
        julian_calendar: false,
        strict_months: false,
        constants_are_padded: false,
        letters_name_formats: false,
        fill_mode_holds: false,
        keeps_blanks: false,
        merged_first: false,
        merged_last: false,
        empty_text_is_null: false,
        types_lack_null: false,
        sets_are_bags: false,
        tries_constants: false,
        raises_for_constants: true,
        tables_keep_names: false,
        rows: Rows::Unknown,
        totals: Totals::All,
        texts_stay: false,
        values_become_texts: false,
        counts_whole_rows: false,
        text_functions: &[],
        constants_take_scale: false,
        rounds_constants: false,
        function_columns: &[],
        table_functions: &[],
        parameters: &[],
        values_names: ValuesNames::CORE,
        stray_backslashes: false,
        columns_by_place: false,
        places_from_the_end: false,
        tuples: false,
        points_into_json: false,
        unnests_json: false,
        arrows_take_constants: false,
        patterns: Flavor::Plain,
        brackets: false,
        not_like_each: false,
        searches_fold: false,
        table_hints: false,
        hint_clauses: &[],
        declared_calls: &[],
        column_names: &[],
        join_hints: &[],
        prewhere: false,
        not_aliases: &[],
        clauses: &[
            Clause::DistinctOn,
            Clause::DoubleColon,
            Clause::ExceptAll,
            Clause::Fetch,
            Clause::FetchTies,
            Clause::Filter,
            Clause::GroupByPosition,
            Clause::GroupingSets,
            Clause::Groups,
            Clause::Lateral,
            Clause::Limit,
            Clause::NaturalJoin,
            Clause::NullsFirst,
            Clause::OrderInside,
            Clause::Using,
            Clause::Windows,
            Clause::WithOrdinality,
        ],
        writing: Writing::CORE,
    };

    /// The name of the column that a function in FROM gives, where it is not the function's own.
    pub(crate) fn column_of(&self, function: &str) -> Option<&'static str> {
        self.function_columns.iter().find(|(name, _)| *name == function).map(|(_, column)| *column)
    }

    /// The parameters of a function whose arguments can be named or left out.
    pub(crate) fn parameters(&self, function: &str) -> &'static [(&'static str, &'static str)] {
        self.parameters.iter().find(|(name, _)| *name == function).map_or(&[], |(_, all)| *all)
    }
}

/// How names are compared and stored.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Names {
    /// Unquoted names in lower case, quoted ones as written (PostgreSQL).
    FoldLower,
    /// All names in lower case, quoted or not (Redshift, unless a session asks for more).
    AlwaysLower,
    /// Unquoted names in upper case, quoted ones as written (Snowflake, Oracle). Kept in lower
    /// case here: a quoted name with lower-case letters and none in upper case would be another
    /// object than the same name unquoted, so it is told apart by the catalog alone.
    FoldUpper,
    /// Case never counts.
    Insensitive,
    /// Case always counts (`ClickHouse`).
    Exact,
}

/// Which texts are equal although they differ.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct TextKeys {
    /// Case does not count, unless the setting `collation` is `binary`.
    pub(crate) folds: bool,
    /// More letters are one than those of one case; which ones is the collation's own business.
    pub(crate) letters: bool,
    /// Blanks at the end do not count.
    pub(crate) pads: bool,
}

impl TextKeys {
    /// None.
    pub(crate) const EXACT: Self = Self { folds: false, letters: false, pads: false };
}

/// Where NULL sorts when the text does not say.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Nulls {
    /// Above every value: last when ascending, first when descending.
    Largest,
    /// Below every value.
    Smallest,
    /// At the end in both directions.
    Last,
}

impl Nulls {
    /// Do they come first in a key without `NULLS FIRST` and `NULLS LAST`?
    pub(crate) const fn first(self, descending: bool) -> bool {
        match self {
            Self::Largest => descending,
            Self::Smallest => !descending,
            Self::Last => false,
        }
    }
}

/// What a float that is not a number is to comparisons and sorting.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Nan {
    /// Equal to itself and above every number, as in the core language.
    Largest,
    /// No comparison with it holds but `<>`; it sorts below every number.
    Unordered,
    /// No comparison with it holds but `<>`; it sorts beside NULL, at the end in both directions unless
    /// NULLS FIRST moves them.
    Last,
    /// No comparison with it holds but `<>`; it sorts above every number.
    UnorderedLargest,
}

/// The type of a number with a point or an exponent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum NumberLiteral {
    Decimal,
    Float,
    /// A float, or a `numeric` where it meets one. Integers beyond 64 bits are errors.
    Adapting,
}

/// How PIVOT names the column of a value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum PivotNames {
    /// `'Q1'`, quotes included; `'Q1'_total` with a named aggregate (Snowflake, Oracle). UNPIVOT
    /// gives names in upper case.
    Quoted,
    /// `Q1`; `total_Q1` with a named aggregate (BigQuery).
    AliasThenValue,
    /// `Q1`; `Q1_total` where there are several aggregates, NULL where no row matches (Spark).
    ValueThenAlias,
    /// `Q1`; `Q1_total` with a named aggregate (T-SQL, Redshift).
    Plain,
}

/// Meaning of `"text"`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum DoubleQuotes {
    Name,
    Text,
}

/// How an output without an alias is called that is no bare column.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum OutputNames {
    /// As PostgreSQL calls it: by the function, the type or the column in it.
    Core,
    /// By its text, or not at all: no clause can name it.
    Text,
    /// So, but a column that is cast keeps its name.
    Casts,
}

/// How a clause sees the output names of its SELECT.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) enum Seen {
    #[default]
    No,
    /// Where no column has that name.
    Last,
    /// They hide columns of that name.
    First,
    /// They hide columns of that name where the name is all there is; inside an expression it is the
    /// column.
    Whole,
    /// Where no column has that name: refused where one has, and means something else.
    Alone,
    /// They hide columns that are not grouped by, outside aggregates (HAVING).
    Ungrouped,
}

/// Where output names can be used in place of their expressions.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Aliases {
    /// Later in the SELECT list.
    pub(crate) items: Seen,
    /// In the windows of the SELECT list, where the list itself does not see them.
    pub(crate) windows: Seen,
    pub(crate) filter: Seen,
    pub(crate) group: Seen,
    pub(crate) having: Seen,
    pub(crate) qualify: Seen,
    /// In the expressions of ORDER BY. A name that is a whole sort key is an output name first.
    pub(crate) order: Seen,
}

impl Aliases {
    /// Standard SQL.
    pub(crate) const NONE: Self = Self {
        items: Seen::No,
        windows: Seen::No,
        filter: Seen::No,
        group: Seen::No,
        having: Seen::No,
        qualify: Seen::No,
        order: Seen::No,
    };
    /// Every clause, behind the columns.
    pub(crate) const LAST: Self = Self {
        items: Seen::Last,
        windows: Seen::No,
        filter: Seen::Last,
        group: Seen::Last,
        having: Seen::Last,
        qualify: Seen::Last,
        order: Seen::Last,
    };
}
