//! Clauses that some dialects have and others do not. The parser reads most of them in every dialect;
//! where the vendor has none, it raises an error or reads something else, such as a name.

use super::SOURCES;
use model::Dialect;

/// A clause, or a form of one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Clause {
    AnyJoin,
    Apply,
    ArrayJoin,
    AsofJoin,
    ConnectBy,
    DistinctOn,
    DoubleColon,
    ExceptAll,
    Fetch,
    FetchPercent,
    FetchTies,
    Filter,
    FromFirst,
    GroupByAll,
    GroupByPosition,
    GroupingSets,
    Groups,
    IgnoreNulls,
    InUnnest,
    Lateral,
    LateralView,
    Limit,
    LimitBy,
    LimitComma,
    Minus,
    NaturalJoin,
    NullsFirst,
    OrderByAll,
    OrderInside,
    PlusJoin,
    Qualify,
    SemiJoin,
    Spaceship,
    StarExcept,
    StarExclude,
    StarIlike,
    StarRename,
    StarReplace,
    Top,
    TopPercent,
    TopTies,
    Unpivot,
    Using,
    Windows,
    WithCube,
    WithOffset,
    WithOrdinality,
    WithRollup,
    WithTotals,
}

impl Clause {
    /// How people write it.
    pub(crate) const fn shown(self) -> &'static str {
        match self {
            Self::AnyJoin => "ANY JOIN",
            Self::Apply => "CROSS APPLY",
            Self::ArrayJoin => "ARRAY JOIN",
            Self::AsofJoin => "ASOF JOIN",
            Self::ConnectBy => "CONNECT BY",
            Self::DistinctOn => "DISTINCT ON",
            Self::DoubleColon => "x::type",
            Self::ExceptAll => "EXCEPT ALL",
            Self::Fetch => "FETCH FIRST",
            Self::FetchPercent => "FETCH FIRST … PERCENT",
            Self::FetchTies => "FETCH FIRST … WITH TIES",
            Self::Filter => "FILTER (WHERE …)",
            Self::FromFirst => "FROM before SELECT",
            Self::GroupByAll => "GROUP BY ALL",
            Self::GroupByPosition => "GROUP BY 1",
            Self::GroupingSets => "GROUP BY ROLLUP (…)",
            Self::Groups => "GROUPS BETWEEN",
            Self::IgnoreNulls => "IGNORE NULLS",
            Self::InUnnest => "IN UNNEST (…)",
            Self::Lateral => "LATERAL",
            Self::LateralView => "LATERAL VIEW",
            Self::Limit => "LIMIT",
            Self::LimitBy => "LIMIT … BY",
            Self::LimitComma => "LIMIT m, n",
            Self::Minus => "MINUS",
            Self::NaturalJoin => "NATURAL JOIN",
            Self::NullsFirst => "NULLS FIRST",
            Self::OrderByAll => "ORDER BY ALL",
            Self::OrderInside => "agg(x ORDER BY y)",
            Self::PlusJoin => "(+)",
            Self::Qualify => "QUALIFY",
            Self::SemiJoin => "SEMI JOIN",
            Self::Spaceship => "<=>",
            Self::StarExcept => "* EXCEPT (…)",
            Self::StarExclude => "* EXCLUDE (…)",
            Self::StarIlike => "* ILIKE '…'",
            Self::StarRename => "* RENAME (…)",
            Self::StarReplace => "* REPLACE (…)",
            Self::Top => "TOP",
            Self::TopPercent => "TOP … PERCENT",
            Self::TopTies => "TOP … WITH TIES",
            Self::Unpivot => "UNPIVOT",
            Self::Using => "JOIN … USING",
            Self::Windows => "WINDOW",
            Self::WithCube => "WITH CUBE",
            Self::WithOffset => "WITH OFFSET",
            Self::WithOrdinality => "WITH ORDINALITY",
            Self::WithRollup => "WITH ROLLUP",
            Self::WithTotals => "WITH TOTALS",
        }
    }

    /// The dialects that have it.
    pub(crate) fn dialects(self) -> impl Iterator<Item = Dialect> {
        let having = SOURCES.iter().filter(move |source| source.traits.clauses.contains(&self));
        having.map(|source| source.dialect)
    }
}
