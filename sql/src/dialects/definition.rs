//! Definitions of a dialect's functions, operators and casts, written as text:
//!
//! ```text
//! nvl(any, any) = coalesce($1, $2)
//! dateadd(<day|dd|d>, int4, date) -> date = $3 + $2
//! agg count_if(bool) = count(*) FILTER (WHERE $1)
//! upper(text)
//! cast int8(float8) = round_half_away($1)::target_type
//! @week_start=7 dayofweek(date) = extract(isodow FROM $1)::int4
//! alias timestampadd, timeadd = dateadd
//! ```
//!
//! A line is `[@setting=value …] [@setting!=value …] [open] [refuse] [kind] name(argument, …) [-> type] [= body]`,
//! or `alias name, … = name`: all lines of the dialect for the last name hold for the others too,
//! which have no lines of their own (see [`super::table`]). Kinds are those
//! of signatures (`agg`, `ordered`, `window`, `set`); `refuse` before the kind refuses what a line of wider types would take. `open` is
//! `clock`, `chance`, `session`, `estimate` or `choice` where the value is open (see
//! [`super::open`]); where the body calls such a function of the core, nothing needs to be said. An argument
//! is a core type, `any`, `anyarray`, `anyelement`, a keyword `<day|dd>`
//! (a bare word or a text constant, in any case), or `format` (a constant date format, which the
//! body gets as a core format), or `constant` (a constant without a type of its own, so no column),
//! or `uint8` (an unsigned integer, which is a `numeric(20, 0)` here),
//! or `moment` (a timestamp, which of a `datetime` of Transact-SQL has its thirds),
//! or `ascii` (such a constant in ASCII), or `zone` (a constant region name such as `Europe/Berlin`).
//! A constant regular expression is `regex` (does it match somewhere?), `regex_whole` (the whole
//! text?), `regex_found` (what does it match?), `regex_span` (the same, where its groups do not count) or `regex_group` (what does its only group match?),
//! each with `_i` where case does not count; the body
//! gets a core pattern. `path` is a constant path into JSON (`$.a[1]`), which the body gets as
//! `json_at` takes it; before a `lax_path` the word `lax` may stand, a position of an `either_path`
//! is also a key, and a `member_path` begins without `$.`. A `step`
//! is one constant key or position. `replacement` is what such a match is replaced by. `lambda1`,
//! `lambda2` is a lambda of so many parameters; `given($1, x)` is its value, `holds($1, x)` its truth.
//! `type...` takes none or more.
//!
//! The body is an expression of the core language over `$1`, `$2`, … (keywords count), `$all` (all
//! arguments, inside an argument list) and `$rest` (the repeated ones). `any_null($all)` is true
//! where one of them is NULL; `net_text($2)` and its kin read a number format of .NET; `raise($1)` is an error, but NULL for NULL. `path_of($rest)` is the path into JSON of constant keys, and of positions from
//! one, or from the end where they are negative. `their_text(x)` is a value as the dialect casts it to text,
//! `their_ticks(x)` and `their_minutes(x)` as it casts it to those types. In the body of a cast `target_type` is the type that is cast to.
//! `$s1` and `$p1` are the scale and the precision of argument 1 as numbers, `$d1` the scale or 99 for a column of any scale, `$scale` and `$precision` are
//! those of the result, `$texts` all arguments as the dialect turns them into text, `$rest_texts` the repeated
//! ones, `$values` all arguments as they are shown in a document, `$week_start` the value
//! of that setting, `$length` the length that a cast to `varchar(n)` gives. `agg avg over(int8)` is the
//! meaning of a call with OVER where that differs; a body may give its call a frame alone
//! (`OVER (ROWS …)`), which holds where the text has none.
//!
//! Without a body the core has a function of that name and means the same. `-> type` converts the
//! result (`-> varchar(30)` only says how long a text is at most); the digits of `numeric(…)` may be computed from those of the arguments:
//! `-> numeric(38, max(s1, min(s1 + 6, 12)))`.

use super::postgres::PostgresParser;
use super::{ArgType, condition::Condition, open, returned::Returned, signature};
use crate::tree::FunctionKind;
use model::NotComparableKind;
use sqlparser::{ast, parser::Parser};

/// One definition.
#[derive(Debug, Clone)]
pub(crate) struct Definition {
    pub(crate) name: &'static str,
    /// The name of the core's function that it is where it has no body: the name in the line.
    pub(crate) core: &'static str,
    /// The line it comes from.
    pub(crate) line: &'static str,
    pub(crate) kind: FunctionKind,
    pub(crate) args: Vec<ArgType>,
    pub(crate) variadic: bool,
    pub(crate) returns: Option<Returned>,
    /// The core expression, absent where the core has the same function.
    pub(crate) body: Option<ast::Expr>,
    /// Settings under which the line holds.
    pub(crate) when: Condition,
    /// Is what the line names refused, where a looser line would take it?
    pub(crate) refused: bool,
    /// Why its value is open, if it is.
    pub(crate) open: Option<NotComparableKind>,
    /// Is it an aggregate whose value depends on the order of its input?
    pub(crate) unordered: bool,
}

impl Definition {
    /// The name that a call has in a text.
    pub(crate) fn called(&self) -> &'static str {
        open::called(self.name)
    }

    pub(crate) fn takes(&self, count: usize) -> bool {
        if self.variadic { count + 1 >= self.args.len() } else { count == self.args.len() }
    }

    /// The kind of argument `index`.
    pub(crate) fn arg(&self, index: usize) -> Option<&ArgType> {
        if self.variadic && index + 1 >= self.args.len() {
            self.args.last()
        } else {
            self.args.get(index)
        }
    }
}

/// The lines of a table that are not empty or comments.
pub(super) fn lines(table: &'static str) -> impl Iterator<Item = &'static str> {
    table.lines().map(str::trim).filter(|line| !line.is_empty() && !line.starts_with("# "))
}

/// Reads a line.
///
/// # Errors
/// What cannot be read of it, for the tests that forbid it.
pub(super) fn read(line: &'static str) -> Result<Definition, String> {
    let (when, rest) = Condition::read(line)?;
    let (open, rest) = open::word(rest);
    let (refused, rest) = match rest.strip_prefix("refuse ") {
        Some(signature) => (true, signature),
        None => (false, rest),
    };
    let (kind, rest) = signature::kind(rest);
    // The name of an operator may be `(`-free text with blanks: `not like`, `cast int8`.
    let (name, rest) = rest.split_once('(').ok_or("no `(`")?;
    let (args, rest) = rest.split_once(')').ok_or("no `)`")?;
    let (args, variadic) = signature::args(args).ok_or("an argument is of no known type")?;
    let rest = rest.trim();
    let (result, body) = match rest.strip_prefix("->") {
        Some(after) => match after.split_once(" = ") {
            Some((result, body)) => (Some(result.trim()), Some(body)),
            None => (Some(after.trim()), None),
        },
        None if rest.is_empty() => (None, None),
        None => (None, Some(rest.strip_prefix("= ").ok_or("no ` = ` before the body")?)),
    };
    let returns = match result {
        Some(text) => {
            let read = Returned::read(text);
            Some(read.ok_or_else(|| format!("the type `{text}` is not known"))?)
        }
        None => None,
    };
    let body = body.map(expression).transpose()?;
    let name = name.trim();
    let open = open.or_else(|| open::of_body(name, body.as_ref()));
    let unordered = kind == FunctionKind::Aggregate && open::unordered_body(name, body.as_ref());
    Ok(Definition {
        name,
        core: name,
        line,
        kind,
        args,
        variadic,
        returns,
        body,
        when,
        refused,
        open,
        unordered,
    })
}

/// A core expression.
fn expression(text: &str) -> Result<ast::Expr, String> {
    let mut parser = Parser::new(&PostgresParser).try_with_sql(text).map_err(|e| e.to_string())?;
    let parsed = parser.parse_expr().map_err(|e| e.to_string())?;
    match parser.peek_token().token {
        sqlparser::tokenizer::Token::EOF => Ok(parsed),
        other => Err(format!("`{other}` is left over")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_read() {
        let read = read("@ansi=off agg dateadd(<day|dd>, int4, any...) -> date = $3 + $2").unwrap();
        assert_eq!(read.name, "dateadd");
        assert_eq!(read.when.named().collect::<Vec<_>>(), [("ansi", "off")]);
        assert_eq!(read.kind, FunctionKind::Aggregate);
        assert!(read.variadic && read.takes(2) && read.takes(5) && !read.takes(1));
        assert_eq!(read.returns, Returned::read("date"));
        assert_eq!(read.body.unwrap().to_string(), "$3 + $2");
    }

    #[test]
    fn what_cannot_be_read_is_an_error() {
        for line in ["f", "f(", "f(nonsense)", "f(int4) -> nonsense", "f(int4) = $1 +", "f() x"] {
            assert!(read(line).is_err(), "{line}");
        }
    }
}
