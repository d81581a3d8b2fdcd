//! The binder: from the parser's tree and a catalog to the typed tree.
//!
//! It knows what a name means and which type an expression has, by PostgreSQL's rules, and refuses
//! whatever it does not know. It never fails silently: every refusal has a code and a place.

mod access;
mod adapt;
mod any_join;
mod array;
mod array_join;
mod arrow;
mod as_text;
mod asof;
mod body;
mod brackets;
mod by_tokens;
mod bytes;
mod call;
mod call_of_call;
mod cast;
mod char_lengths;
mod clauses;
mod clock;
mod coerce;
mod collation;
mod composites;
mod compound_interval;
mod core_text;
mod correlated;
mod count_rows;
mod date_beside_time;
mod date_number;
mod date_text;
mod datetime;
mod days;
mod declared;
mod decode;
mod decorate;
mod documents;
pub(crate) mod enumerated;
mod expr;
mod first_select;
mod flatten;
mod floating;
mod fold;
mod for_xml;
mod format;
mod formatted;
mod from;
mod generator;
mod generator_items;
mod grouped;
mod guard_digits;
mod hidden_outputs;
mod hierarchy;
mod hints;
mod in_frame;
mod in_query;
mod in_range;
mod interval_fields;
mod interval_range;
mod join;
mod joni;
mod json_elements;
mod json_field;
pub(crate) mod json_path;
mod json_rows;
mod julian;
mod keep;
mod keyed;
mod lambda;
mod levels;
mod like;
mod limit;
mod listed;
mod literal;
mod loose_date;
mod loose_pair;
mod lower;
mod marks;
mod membership;
mod moments;
mod named;
mod named_by_text;
mod nan;
mod national;
mod needs;
mod nested_aggregates;
mod net_format;
mod null_rules;
mod nullability;
mod nullif;
mod number_format;
mod open;
mod open_digits;
mod openjson;
mod operator;
mod outer_aggregate;
mod outputs;
mod padded;
mod parameters;
pub(crate) mod pattern;
mod percent_format;
mod phrased;
mod picture;
mod pivot;
pub(crate) mod plain_letters;
mod plus_join;
mod position;
mod printf;
pub(crate) mod probe;
mod product;
mod query;
mod raising;
mod read_tokens;
mod regex_texts;
mod resolve;
mod row;
mod rownum;
mod rows_by_key;
mod said;
mod sample;
mod saturated;
mod scope;
mod select;
mod semi_join;
mod set_operation;
mod shape;
mod siblings;
mod side_by_side;
mod small_integers;
mod sort_key;
mod stamp;
mod star;
mod statement;
mod table_name;
mod template;
mod text_decimal;
mod text_number;
mod text_order;
mod ticks;
mod ties;
mod totals;
mod tried;
mod truth;
mod twin_names;
mod unsettled;
mod variant;
mod whole_numbers;
mod whole_quotient;
mod window;
mod windows_zone;
mod zoned;

use crate::{
    catalog::Catalog,
    dialects::{self, Signatures, Spec},
    location,
    parse::Parsed,
    settings::SourceSettings,
    tree::{self, Query, Statement},
};
use model::{Bind, Diagnostic, NotComparable, Span};
use scope::{CteScope, Scope};
use sqlparser::ast::Spanned;
use std::{borrow::Cow, cell::RefCell, collections::BTreeMap};

pub use keyed::{Key, KeyUse};
pub(crate) use said::is_mark as is_collation_mark;

/// Codes of the binder's refusals.
pub mod codes {
    /// A clause, statement or expression form that is not known.
    pub const UNSUPPORTED: &str = "TR9002";
    /// A table that the catalog does not have.
    pub const UNKNOWN_TABLE: &str = "TR9003";
    /// A column that no table in scope has, or that several have.
    pub const UNKNOWN_COLUMN: &str = "TR9004";
    /// A function or operator that is not known for these types.
    pub const UNKNOWN_FUNCTION: &str = "TR9005";
    /// Types that are not known or do not go together.
    pub const TYPES: &str = "TR9006";
    /// A literal whose text is not understood for its type.
    pub const LITERAL: &str = "TR9007";
    /// The statement is too deeply nested.
    pub const DEPTH: &str = "TR9008";
    /// A note: something that changes no result was left out.
    pub const LEFT_OUT: &str = "TR9009";
}

/// Result of a binding step.
pub(crate) type Bound<T> = Result<T, Diagnostic>;

/// Deepest nesting of expressions and queries that is bound: a bound on the stack.
const DEPTH_MAX: u32 = 100;

impl Parsed {
    /// Resolves every name and type of a query.
    ///
    /// # Errors
    /// The first thing that is not known, with its place. A dialect without signatures is refused,
    /// and a statement that is no query.
    pub fn bind(&self, catalog: &Catalog, binds: &[Bind]) -> Result<Query, Diagnostic> {
        match self.bind_under(catalog, binds, &SourceSettings::of(self.dialect))?.statement {
            Statement::Query(query) => Ok(*query),
            _ => Err(Diagnostic::error(codes::UNSUPPORTED, "the statement is no query", None)),
        }
    }

    /// Resolves every name and type of a statement, under settings of the source system.
    ///
    /// # Errors
    /// The first thing that is not known, with its place. A dialect without definitions is refused.
    pub fn bind_under(
        &self,
        catalog: &Catalog,
        binds: &[Bind],
        settings: &SourceSettings,
    ) -> Result<BoundStatement, Diagnostic> {
        let spec = dialects::spec(self.dialect).ok_or_else(|| {
            Diagnostic::error(
                codes::UNSUPPORTED,
                format!("statements of dialect `{}` cannot be read yet", self.dialect),
                None,
            )
        })?;
        let parameters = parameters::of_binds(binds);
        let mut binder = Binder::new(self, catalog, spec, settings, parameters);
        binder.own_clauses(&self.statement)?;
        let statement = binder.statement(&self.statement)?;
        binder.hints();
        binder.storage_words();
        let (not_comparable, open_columns) = binder.opened(&statement);
        let lowered = binder.lowered();
        let mut keys = binder.keys.into_inner();
        let mut statement = statement;
        if spec.types.tells_more_apart() {
            statement.with_core_types();
            for key in &mut keys {
                key.ty = key.ty.clone().core();
            }
        }
        let parameters = parameters::found(&binder.parameters.into_inner());
        let notes = binder.notes;
        Ok(BoundStatement {
            statement,
            notes,
            not_comparable,
            open_columns,
            lowered,
            keys,
            parameters,
        })
    }
}

/// A statement with every name and type resolved.
#[derive(Debug, Clone, PartialEq)]
pub struct BoundStatement {
    /// The statement.
    pub statement: Statement,
    /// What was left out because it changes no result, such as a hint.
    pub notes: Vec<Diagnostic>,
    /// Constructs whose value the statement leaves open, in the order of the text.
    pub not_comparable: Vec<NotComparable>,
    /// The 0-based output columns that open values reach; absent where they may reach any, or decide
    /// which rows there are.
    pub open_columns: Option<Vec<usize>>,
    /// Constructs of the dialect that were written out by their definitions, in the order of the
    /// text; each place is there once.
    pub lowered: Vec<Lowered>,
    /// Values by which rows are told apart or sorted; each use is there once.
    pub keys: Vec<Key>,
    /// PostgreSQL's type oid of each parameter that came without one, by the place that it stands at.
    pub parameters: Vec<Option<u32>>,
}

/// A construct of the dialect that is another one in the core language.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Lowered {
    /// Where it stands. What was made of it has the same place in the tree.
    pub span: Span,
    /// The definition: `zeroifnull(numeric) = coalesce($1, 0)`.
    pub definition: &'static str,
}

/// The state of one binding.
struct Binder<'a> {
    parsed: &'a Parsed,
    catalog: &'a Catalog,
    spec: &'static Spec,
    core: &'static Signatures,
    settings: Cow<'a, SourceSettings>,
    /// The collation that a text has said itself, while what was made of it is bound.
    said: Option<said::Said>,
    /// Is every item of the statement's SELECT list evaluated for certain?
    evaluates: bool,
    /// Bodies of definitions that are being bound, innermost last.
    lowering: Vec<lower::Lowering>,
    /// Lambdas that arguments stand for.
    lambdas: Vec<lambda::Lambda>,
    /// Parameters of the lambdas that are being bound, innermost last, and what they stand for.
    lambda_params: Vec<(String, tree::Expr)>,
    /// So many lambdas are being bound, one inside the other.
    lambda_depth: u32,
    /// So many arguments that are bound for their type alone are being bound, one inside the other.
    bound_twice: u32,
    notes: Vec<Diagnostic>,
    /// Has the statement said `COLLATE "C"`?
    plain_letters: plain_letters::PlainLetters,
    /// Constructs whose value the statement leaves open.
    open: Vec<NotComparable>,
    /// Constructs that definitions were bound for, in the order of binding.
    expanded: Vec<Lowered>,
    /// Values by which rows are told apart or sorted.
    keys: RefCell<Vec<Key>>,
    /// Can what was written at a place be NULL, as its type says? Of calls whose definition does not
    /// tell.
    nullable_calls: BTreeMap<Span, Option<bool>>,
    /// Columns that queries take from around them and that may be NULL, with the place of their scope,
    /// where that makes a difference (`correlated.rs`).
    outside: Vec<(usize, crate::tree::Expr)>,
    /// The same of the columns of the query that was bound last.
    outputs: Vec<Option<bool>>,
    /// The columns that the source treats otherwise than others of their types.
    marked: marks::Marked,
    parameters: RefCell<Vec<parameters::Parameter>>,
    /// Relations in scope, innermost last.
    scopes: Vec<Scope>,
    /// The outermost scope in which a column was found since a subquery began.
    reached: usize,
    /// Common table expressions in scope, innermost last.
    ctes: Vec<CteScope>,
    /// The last known place, for nodes whose place the parser does not keep.
    place: Span,
    depth: u32,
    /// Is the expression an item of a SELECT list, which may give rows?
    sets_allowed: bool,
}

impl<'a> Binder<'a> {
    fn new(
        parsed: &'a Parsed,
        catalog: &'a Catalog,
        spec: &'static Spec,
        settings: &'a SourceSettings,
        parameters: Vec<parameters::Parameter>,
    ) -> Self {
        Self {
            parsed,
            catalog,
            spec,
            core: dialects::core(),
            settings: Cow::Borrowed(settings),
            said: None,
            evaluates: raising::is_evaluated(&parsed.statement),
            lowering: Vec::new(),
            lambdas: Vec::new(),
            lambda_params: Vec::new(),
            lambda_depth: 0,
            bound_twice: 0,
            notes: Vec::new(),
            plain_letters: plain_letters::PlainLetters::default(),
            open: Vec::new(),
            expanded: Vec::new(),
            keys: RefCell::default(),
            nullable_calls: BTreeMap::new(),
            outside: Vec::new(),
            outputs: Vec::new(),
            marked: marks::Marked::default(),
            parameters: RefCell::new(parameters),
            scopes: Vec::new(),
            reached: usize::MAX,
            ctes: Vec::new(),
            place: Span::new(0, parsed.text.len()),
            depth: 0,
            sets_allowed: false,
        }
    }
}

impl Binder<'_> {
    /// Place of a parser node, else of the nearest node around it.
    fn span(&mut self, node: &impl Spanned) -> Span {
        self.span_of(|| node.span())
    }

    /// Place of an expression, else of the nearest node around it.
    fn expr_span(&mut self, expr: &sqlparser::ast::Expr) -> Span {
        self.span_of(|| location::of_expr(expr))
    }

    fn span_of(&mut self, place: impl FnOnce() -> sqlparser::tokenizer::Span) -> Span {
        if !self.lowering.is_empty() {
            // A definition has no place in the text but the call's.
            return self.place;
        }
        let found = self.parsed.lines.span(&self.parsed.text, place());
        if let Some(span) = found {
            self.place = span;
        }
        found.unwrap_or(self.place)
    }

    /// The place of a call up to its last parenthesis, where the parser's ends before that.
    fn whole_call(&mut self, span: Span) -> Span {
        if self.lowering.is_empty() {
            self.place = location::with_parentheses(&self.parsed.text, span);
        }
        self.place
    }

    /// A name as the dialect compares it.
    fn fold(&self, ident: &sqlparser::ast::Ident) -> String {
        self.made_name(dialects::fold(ident, self.spec.traits().names))
    }

    fn refuse<T>(&self, code: &str, message: impl Into<String>, span: Span) -> Bound<T> {
        let _ = self;
        Err(Diagnostic::error(code, message, Some(span)))
    }

    fn unsupported<T>(&self, what: &str, span: Span) -> Bound<T> {
        self.refuse(codes::UNSUPPORTED, format!("{what} is not supported"), span)
    }

    /// Refuses a statement with one of these: is it there, and what it is called.
    fn has_none(&self, foreign: &[(bool, &str)], span: Span) -> Bound<()> {
        match foreign.iter().find(|(found, _)| *found) {
            Some((_, what)) => self.unsupported(what, span),
            None => Ok(()),
        }
    }

    /// Runs `work` one level deeper.
    fn deeper<T>(&mut self, work: impl FnOnce(&mut Self) -> Bound<T>) -> Bound<T> {
        if self.depth >= DEPTH_MAX {
            return self.refuse(
                codes::DEPTH,
                format!("the statement nests deeper than {DEPTH_MAX} levels"),
                self.place,
            );
        }
        self.depth += 1;
        let result = work(self);
        self.depth -= 1;
        result
    }
}

#[cfg(test)]
mod tests {
    use crate::{Catalog, parse};
    use model::{
        Dialect,
        catalog::{CatalogColumn, CatalogTable},
    };

    /// Output columns as `name type, …`, or the code of the refusal.
    fn columns(text: &str) -> String {
        let column = |name: &str, data_type: &str| CatalogColumn {
            name: name.to_owned(),
            data_type: data_type.to_owned(),
            nullable: true,
        };
        let catalog = Catalog::new(&[CatalogTable {
            database: None,
            schema: None,
            keys: Vec::new(),
            name: "t".to_owned(),
            columns: vec![
                column("i", "integer"),
                column("n", "numeric(12,2)"),
                column("d", "date"),
                column("x", "text"),
            ],
        }]);
        match parse(text, Dialect::Postgres).unwrap().bind(&catalog, &[]) {
            Ok(query) => {
                let shown: Vec<String> =
                    query.columns.iter().map(|c| format!("{} {}", c.name, c.ty)).collect();
                shown.join(", ")
            }
            Err(diagnostic) => diagnostic.code,
        }
    }

    #[test]
    fn types_are_those_of_postgres() {
        for (text, expected) in [
            (
                "SELECT i / 2, n / 2, avg(i), sum(i), count(*) FROM t GROUP BY i, n",
                "?column? integer, ?column? numeric, avg numeric, sum bigint, count bigint",
            ),
            (
                "SELECT d + 1, d - d, d + interval '1 day' FROM t",
                "?column? date, ?column? integer, ?column? timestamp without time zone",
            ),
            (
                "SELECT round(i), round(n, 1), 1 + 1.5, 'a' FROM t",
                "round double precision, round numeric(12,1), ?column? numeric(12,1), ?column? text",
            ),
            ("SELECT * FROM t AS u(a, b)", "a integer, b numeric(12,2), d date, x text"),
            ("SELECT nullif(i, 2.5) FROM t", "nullif numeric(11,1)"),
        ] {
            assert_eq!(columns(text), expected, "{text}");
        }
    }

    #[test]
    fn unknown_literals_meet_the_other_branch() {
        assert_eq!(columns("SELECT i FROM t UNION SELECT '5'"), "i integer");
        assert_eq!(columns("SELECT NULL AS a UNION ALL SELECT n FROM t"), "a numeric(12,2)");
        assert_eq!(columns("SELECT NULL AS a"), "a text");
    }

    #[test]
    fn what_is_not_known_has_a_code() {
        for (text, code) in [
            ("SELECT 1 FROM u", super::codes::UNKNOWN_TABLE),
            ("SELECT z FROM t", super::codes::UNKNOWN_COLUMN),
            ("SELECT t.i FROM t AS a", super::codes::UNKNOWN_COLUMN),
            ("SELECT f(i) FROM t", super::codes::UNKNOWN_FUNCTION),
            ("SELECT i FROM t WHERE x = 1", super::codes::TYPES),
            ("SELECT d = 'soon' FROM t", super::codes::LITERAL),
            ("SELECT i FROM t FOR UPDATE", super::codes::UNSUPPORTED),
        ] {
            assert_eq!(columns(text), code, "{text}");
        }
    }
}
