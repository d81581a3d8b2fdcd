//! Function signatures, written as text: `round(numeric, int4) -> numeric`.
//!
//! A line is `[open] [kind] name(argument, …) -> type`; `open` says why its value is open (see
//! [`super::open`]). Kinds: none for scalar functions, `agg`, `ordered`
//! (ordered-set aggregate), `window`, `set`. An argument is a type, `any`, `anyarray` or `anyelement`; `type...` takes
//! one or more. The result is a type, `#n` (the type of argument n), `#n[]` or `#n.element`.

use super::{Signatures, open};
use crate::{bind::json_path::Mode, bind::pattern::Use, tree::FunctionKind, types::Type};
use model::NotComparableKind;

/// One overload of a function or operator.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Signature {
    pub(crate) name: &'static str,
    pub(crate) kind: FunctionKind,
    pub(crate) args: Vec<ArgType>,
    /// The last argument repeats.
    pub(crate) variadic: bool,
    pub(crate) returns: Returns,
    /// Why its value is open, if it is.
    pub(crate) open: Option<NotComparableKind>,
}

/// Type of an argument.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum ArgType {
    Is(Type),
    /// Any type, taken as it is.
    Any,
    /// Any array.
    AnyArray,
    /// The element type of the `anyarray` argument.
    AnyElement,
    /// One of these words, bare or as a text constant; only in definitions.
    Word(Vec<&'static str>),
    /// A constant date format; only in definitions.
    Format,
    /// A constant text of ASCII characters; only in definitions.
    Ascii,
    /// A constant without a type of its own; only in definitions.
    Constant,
    /// A timestamp, with the thirds of a millisecond of one that has them; only in definitions.
    Moment,
    /// An unsigned integer, [`Type::UNSIGNED`]; only in definitions.
    Unsigned,
    /// A constant regular expression, for this use, with or without regard to case; only in
    /// definitions.
    Regex(Use, bool),
    /// A constant name of a time zone: `UTC`, or a region such as `Europe/Berlin`; only in
    /// definitions. The signs of plain offsets differ between engines.
    Zone,
    /// A constant path into JSON, `$.a.b[1]`; only in definitions.
    Path(Mode),
    /// A step of such a path, a constant key or position; only in definitions.
    Step,
    /// A lambda of so many parameters; only in definitions.
    Lambda(usize),
    /// A constant replacement of what a regular expression finds; only in definitions.
    Replacement,
}

/// Type of the result.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Returns {
    Is(Type),
    SameAs(usize),
    ArrayOf(usize),
    ElementOf(usize),
}

impl Signature {
    /// The type wanted for argument `index` of a call with `count` arguments.
    pub(crate) fn arg(&self, index: usize) -> Option<&ArgType> {
        if self.variadic && index >= self.args.len() {
            self.args.last()
        } else {
            self.args.get(index)
        }
    }

    pub(crate) fn takes(&self, count: usize) -> bool {
        if self.variadic { count >= self.args.len() } else { count == self.args.len() }
    }
}

/// Reads the table; `#` begins a comment line. A line that cannot be read is left out, which a test
/// forbids.
pub(super) fn parse_all(table: &'static str) -> Signatures {
    let mut all = Signatures::default();
    for signature in lines(table).filter_map(parse_line) {
        all.entry(signature.name).or_default().push(signature);
    }
    all
}

fn lines(table: &'static str) -> impl Iterator<Item = &'static str> {
    table.lines().map(str::trim).filter(|line| !line.is_empty() && !line.starts_with("# "))
}

fn parse_line(line: &'static str) -> Option<Signature> {
    let (open, rest) = open::word(line);
    let (kind, rest) = self::kind(rest);
    let (head, result) = rest.rsplit_once(") -> ")?;
    let (name, args) = head.split_once('(')?;
    let (types, variadic) = self::args(args)?;
    let returns = match result.strip_prefix('#') {
        None => Returns::Is(known(result)?),
        Some(reference) => {
            if let Some(index) = reference.strip_suffix("[]") {
                Returns::ArrayOf(index.parse().ok()?)
            } else if let Some(index) = reference.strip_suffix(".element") {
                Returns::ElementOf(index.parse().ok()?)
            } else {
                Returns::SameAs(reference.parse().ok()?)
            }
        }
    };
    Some(Signature { name, kind, args: types, variadic, returns, open })
}

/// The kind that a line begins with, and the rest of the line.
pub(super) fn kind(line: &'static str) -> (FunctionKind, &'static str) {
    match line.split_once(' ') {
        Some(("agg", rest)) => (FunctionKind::Aggregate, rest),
        Some(("ordered", rest)) => (FunctionKind::OrderedSet, rest),
        Some(("window", rest)) => (FunctionKind::Window, rest),
        Some(("set", rest)) => (FunctionKind::Set, rest),
        _ => (FunctionKind::Scalar, line),
    }
}

/// The arguments between the parentheses, and whether the last one repeats.
pub(super) fn args(text: &'static str) -> Option<(Vec<ArgType>, bool)> {
    let mut variadic = false;
    let mut types = Vec::new();
    for arg in text.split(',').map(str::trim).filter(|arg| !arg.is_empty()) {
        let arg = match arg.strip_suffix("...") {
            Some(one) => {
                variadic = true;
                one
            }
            None => arg,
        };
        types.push(match arg {
            "any" => ArgType::Any,
            "anyarray" => ArgType::AnyArray,
            "anyelement" => ArgType::AnyElement,
            "format" => ArgType::Format,
            "ascii" => ArgType::Ascii,
            "constant" => ArgType::Constant,
            "uint8" => ArgType::Unsigned,
            "moment" => ArgType::Moment,
            "regex" => ArgType::Regex(Use::Test, false),
            "regex_i" => ArgType::Regex(Use::Test, true),
            "regex_whole" => ArgType::Regex(Use::Whole, false),
            "regex_whole_i" => ArgType::Regex(Use::Whole, true),
            "regex_found" => ArgType::Regex(Use::Found, false),
            "regex_span" => ArgType::Regex(Use::Span, false),
            "regex_group" => ArgType::Regex(Use::Group, false),
            "regex_span_i" => ArgType::Regex(Use::Span, true),
            "regex_found_i" => ArgType::Regex(Use::Found, true),
            "regex_plain" => ArgType::Regex(Use::Plain, false),
            "path" => ArgType::Path(Mode::Plain),
            "member_path" => ArgType::Path(Mode::Member),
            "step" => ArgType::Step,
            "lax_path" => ArgType::Path(Mode::Lax),
            "either_path" => ArgType::Path(Mode::Either),
            "replacement" => ArgType::Replacement,
            "zone" => ArgType::Zone,
            "lambda1" => ArgType::Lambda(1),
            "lambda2" => ArgType::Lambda(2),
            "lambda3" => ArgType::Lambda(3),
            name => match name.strip_prefix('<').and_then(|n| n.strip_suffix('>')) {
                Some(words) => ArgType::Word(words.split('|').collect()),
                None => ArgType::Is(known(name)?),
            },
        });
    }
    Some((types, variadic))
}

fn known(name: &str) -> Option<Type> {
    let ty = Type::parse(name);
    (!matches!(ty, Type::Other(_))).then(|| ty.base())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_line_of_every_dialect_is_read() {
        for table in [super::super::postgres::SIGNATURES] {
            for line in lines(table) {
                assert!(parse_line(line).is_some(), "cannot be read: {line}");
            }
        }
    }

    #[test]
    fn no_signature_stands_twice() {
        let all = parse_all(super::super::postgres::SIGNATURES);
        let repeated = all.values().find_map(|overloads| {
            let before = |i: usize| overloads.iter().take(i);
            let mut numbered = overloads.iter().enumerate();
            numbered.find(|(i, one)| before(*i).any(|other| other.args == one.args))
        });
        assert!(repeated.is_none(), "{repeated:?}");
    }
}
