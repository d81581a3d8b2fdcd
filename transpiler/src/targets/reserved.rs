//! Words that are quoted when they are names: reserved in at least one of the targets or in
//! standard SQL. Quoting a name that needs no quotes changes nothing.

use foldhash::HashSet;
use std::sync::LazyLock;

const RESERVED: &str = "\
all analyse analyze and anti any array as asc asof asymmetric at authorization between binary both \
by case cast check collate collation column concurrently constraint create cross cube \
current_catalog current_date current_role current_schema current_time current_timestamp \
current_user date day default deferrable desc describe distinct do else end except exists extract \
false fetch filter first for foreign freeze from full grant group grouping having hour ilike in \
initially inner insert intersect interval into is isnull join lambda last lateral leading left like \
limit localtime localtimestamp map minute month natural not notnull null nulls of offset on only or \
order outer over overlaps partition pivot placing position positional primary qualify range \
references replace returning right rollup row rows second select semi session_user sets show similar some struct \
summarize symmetric table tablesample then time timestamp to trailing true try_cast uncached union \
unique unnest unpivot update user using values variadic verbose when where window with year";

/// Must `name` be quoted because it is a word of the language?
pub(crate) fn is_reserved(name: &str) -> bool {
    // Asked for each name of each statement.
    static WORDS: LazyLock<HashSet<&str>> =
        LazyLock::new(|| RESERVED.split_ascii_whitespace().collect());
    WORDS.contains(name)
}
