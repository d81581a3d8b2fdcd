//! Every definition of a dialect applied to columns of its argument types: what the coverage page
//! and the checks of the definitions look at.

use super::{
    Binder, Bound,
    decorate::{OF_FRAMES, is_framed},
    json_path::Mode,
    lower::Decoration,
};
use crate::{
    catalog::Catalog,
    dialects::{self, ArgType, Definition, Spec},
    parse::{Parsed, parse},
    settings::SourceSettings,
    tree::{
        Alias, Exclude, Expr, ExprKind, Frame, FrameBound, FrameUnits, FunctionKind, Item, Literal,
        Query, Relation, Select, SortKey, SortTarget, Window,
    },
    types::Type,
};
use model::{Diagnostic, Dialect, Span};

/// What a constant can be.
const CONSTANTS: [&str; 16] = [
    "YYYY-MM-DD",
    "a",
    "1",
    "day",
    "2024-02-29",
    "10:00:00",
    "+01:00",
    "%Y",
    "999",
    "0.00",
    "Pacific Standard Time",
    "12345678-1234-1234-1234-123456789012",
    "$.a",
    "%t%t",
    "{}",
    "{} {}",
];

/// One line of a dialect's definitions, applied.
#[derive(Debug, Clone)]
pub struct Probe {
    /// The construct and its argument types: `datediff(day, date, date)`.
    pub construct: String,
    /// The line that defines it.
    pub line: &'static str,
    /// Is it the core's own function of the same name?
    pub same: bool,
    /// A query of one column with the construct, or why it cannot be made.
    pub query: Result<Query, Diagnostic>,
}

/// Applies every definition of a dialect, its parents' included, under the vendor's settings.
pub fn probes(dialect: Dialect) -> Vec<Probe> {
    let Some(spec) = dialects::spec(dialect) else { return Vec::new() };
    let Ok(parsed) = parse("SELECT 1", dialect) else { return Vec::new() };
    let catalog = Catalog::default();
    let settings = SourceSettings::of(dialect);
    if dialect == Dialect::Postgres {
        return core_probes(&parsed, &catalog, spec, &settings);
    }
    let lines = spec
        .all_definitions()
        .filter(|definition| !definition.refused && definition.when.holds(&settings));
    lines
        .map(|definition| {
            let mut binder = Binder::new(&parsed, &catalog, spec, &settings, Vec::new());
            Probe {
                construct: shown(definition),
                line: definition.line,
                same: definition.body.is_none(),
                query: binder.probe(definition),
            }
        })
        .collect()
}

/// The core's own functions and operators.
fn core_probes(
    parsed: &Parsed,
    catalog: &Catalog,
    spec: &'static Spec,
    settings: &SourceSettings,
) -> Vec<Probe> {
    let mut signatures: Vec<_> = dialects::core().values().flatten().collect();
    signatures.sort_by_key(|signature| signature.name);
    signatures
        .into_iter()
        .map(|signature| {
            let mut binder = Binder::new(parsed, catalog, spec, settings, Vec::new());
            let args: Vec<Expr> = signature
                .args
                .iter()
                .enumerate()
                .map(|(index, arg)| match arg {
                    ArgType::Is(ty) => column(index, sized(ty)),
                    ArgType::AnyArray => column(index, Type::Array(Box::new(Type::Int4))),
                    _ => column(index, Type::Int4),
                })
                .collect();
            let span = Span::new(0, 0);
            let sorted = args.last().cloned();
            let query = binder
                .resolve(signature.name, args, span)
                .and_then(|expr| binder.probed(expr, signature.kind, sorted));
            let repeated = if signature.variadic { ", …" } else { "" };
            Probe {
                construct: format!("{}({}{repeated})", signature.name, shown_args(&signature.args)),
                line: signature.name,
                same: true,
                query,
            }
        })
        .collect()
}

fn shown(definition: &Definition) -> String {
    let repeated = if definition.variadic { ", …" } else { "" };
    format!("{}({}{repeated})", definition.name, shown_args(&definition.args))
}

fn shown_args(args: &[ArgType]) -> String {
    let args: Vec<String> = args
        .iter()
        .map(|arg| match arg {
            ArgType::Is(ty) => ty.short(),
            ArgType::Any => "any".to_owned(),
            ArgType::Unsigned => "uint8".to_owned(),
            ArgType::Moment => Type::Timestamp.short(),
            ArgType::AnyArray => "array".to_owned(),
            ArgType::AnyElement => "element".to_owned(),
            ArgType::Word(words) => words.first().map_or_else(String::new, |w| (*w).to_owned()),
            ArgType::Format => "format".to_owned(),
            ArgType::Constant | ArgType::Ascii => "constant".to_owned(),
            ArgType::Regex(..) => "pattern".to_owned(),
            ArgType::Path(_) => "path".to_owned(),
            ArgType::Step => "step".to_owned(),
            ArgType::Replacement => "replacement".to_owned(),
            ArgType::Zone => "zone".to_owned(),
            ArgType::Lambda(_) => "lambda".to_owned(),
        })
        .collect();
    args.join(", ")
}

impl Binder<'_> {
    fn probe(&mut self, definition: &'static Definition) -> Bound<Query> {
        // Types that `any` stands for, and constants that a constant can be, tried in order.
        let mut first = None;
        for any in [Type::Int8, Type::Text, Type::Bool, Type::Date] {
            // A constant in the format that the line reads.
            let format = definition.line.split("read_timestamp($1, '").nth(1);
            let stamp = format.and_then(|rest| rest.split('\'').next()).map(|format| {
                let parts =
                    [("MON", "FEB"), ("YYYY", "2024"), ("MM", "02"), ("DD", "29"), ("HH24", "10")];
                let parts = parts.into_iter().chain([("MI", "15"), ("SS", "30")]);
                parts.fold(format.replace('"', ""), |text, (token, digits)| {
                    text.replace(token, digits)
                })
            });
            for constant in CONSTANTS.into_iter().chain(stamp.as_deref()) {
                for digits in [None, Some("2")] {
                    match self.probe_with(definition, &any, constant, digits) {
                        Ok(query) => return Ok(query),
                        Err(why) => first = first.or(Some(why)),
                    }
                }
            }
        }
        first.map_or_else(|| self.unsupported("this definition", self.place), Err)
    }

    fn probe_with(
        &mut self,
        definition: &'static Definition,
        any: &Type,
        constant: &str,
        digits: Option<&str>,
    ) -> Bound<Query> {
        let span = Span::new(0, 0);
        self.lowering.clear();
        let repeated = usize::from(definition.variadic);
        let args: Vec<Expr> = (0..definition.args.len() + repeated)
            .filter_map(|index| definition.arg(index).map(|arg| (index, arg)))
            .map(|(index, arg)| match arg {
                // Behind the first one, digits of a result: `to_number(x, 12, 2)`.
                ArgType::Is(ty) if ty.is_integer() && index > 0 && digits.is_some() => {
                    let literal =
                        ExprKind::Literal(Literal::Number(digits.unwrap_or("").to_owned()));
                    Expr { kind: literal, ty: ty.clone(), span }
                }
                ArgType::Is(ty) => column(index, sized(ty)),
                ArgType::Moment => column(index, Type::Timestamp),
                ArgType::Unsigned => column(index, Type::UNSIGNED),
                ArgType::Any | ArgType::AnyElement => column(index, any.clone()),
                ArgType::AnyArray => column(index, Type::Array(Box::new(any.clone()))),
                ArgType::Word(words) => text(words.first().copied().unwrap_or_default()),
                ArgType::Format => text("YYYY-MM-DD"),
                ArgType::Zone => text("Europe/Berlin"),
                ArgType::Lambda(params) => {
                    self.lambda(super::lambda::probe(*params, digits.is_some()), span)
                }
                ArgType::Path(Mode::Member) | ArgType::Step => text("a"),
                ArgType::Path(_) => text("$.a[1]"),
                ArgType::Constant
                    if index == 1 && definition.line.contains("read_timestamp($1, $2)") =>
                {
                    text("YYYY-MM-DD")
                }
                ArgType::Constant | ArgType::Ascii | ArgType::Regex(..) | ArgType::Replacement => {
                    text(constant)
                }
            })
            .collect();
        let sorted = args.last().cloned();
        // `cast int4`, `try_cast date`: the name says the target.
        let target = ["cast ", "try_cast "]
            .iter()
            .find_map(|form| definition.name.strip_prefix(form))
            .map(|name| sized(&Type::parse(name.rsplit(' ').next().unwrap_or(name))));
        let expr = self.expand(definition, args, target, span)?;
        self.probed(expr, definition.kind, sorted)
    }

    /// A query of the one column.
    fn probed(&mut self, mut expr: Expr, kind: FunctionKind, sorted: Option<Expr>) -> Bound<Query> {
        let span = Span::new(0, 0);
        if let Some(call) = expr.call()
            && call.kind == FunctionKind::Set
            && call.over.is_none()
        {
            let alias = Alias { name: "s".to_owned(), columns: vec!["v".to_owned()] };
            let item = Item { expr: column_named("v", expr.ty.clone()), name: "v".to_owned() };
            let function = Relation::Function { call: expr, alias, ordinality: false };
            return Ok(Select::of(vec![item], Some(function)).into_query(span));
        }
        let window = kind == FunctionKind::Window || expr.any_call(&is_framed);
        let key = sorted.map(|sorted| SortKey {
            ty: sorted.ty.clone(),
            target: SortTarget::Expr(sorted),
            descending: false,
            nulls_first: false,
            nulls_explicit: false,
            span,
        });
        let key = key.unwrap_or_else(|| SortKey {
            ty: Type::Int8,
            target: SortTarget::Expr(column(0, Type::Int8)),
            descending: false,
            nulls_first: false,
            nulls_explicit: false,
            span,
        });
        let ordered = kind == FunctionKind::OrderedSet;
        let framed = self.spec.traits().last_value_needs_frame
            && expr.any_call(&|call| OF_FRAMES.contains(&call.name));
        let frame = framed.then_some(Frame {
            units: FrameUnits::Rows,
            start: FrameBound::UnboundedPreceding,
            end: None,
            exclude: Exclude::NoOthers,
        });
        let decoration = Decoration {
            order_by: if ordered { vec![key.clone()] } else { Vec::new() },
            over: window.then(|| Window { partition_by: Vec::new(), order_by: vec![key], frame }),
            ..Decoration::default()
        };
        self.decorate_lowered(&mut expr, &decoration, span)?;
        let table = Relation::Table { path: vec!["t".to_owned()], alias: None, span };
        let item = Item { expr, name: "v".to_owned() };
        Ok(Select::of(vec![item], Some(table)).into_query(span))
    }
}

/// Numbers need digits for some results.
fn sized(ty: &Type) -> Type {
    match ty {
        Type::Numeric(None) => Type::decimal(12, 2),
        Type::Char(_) => Type::Char(5),
        Type::Varchar(None) => Type::Varchar(Some(30)),
        Type::Other(name) if name == "varchar" => Type::Varchar(Some(10)),
        other => other.clone(),
    }
}

fn column(index: usize, ty: Type) -> Expr {
    column_named(&format!("c{}", index + 1), ty)
}

fn column_named(name: &str, ty: Type) -> Expr {
    let kind = ExprKind::Column { relation: None, name: name.to_owned(), qualified: false };
    Expr { kind, ty, span: Span::new(0, 0) }
}

fn text(value: &str) -> Expr {
    let kind = ExprKind::Literal(Literal::Text(value.to_owned()));
    Expr { kind, ty: Type::Unknown, span: Span::new(0, 0) }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A definition that does not bind can never be used: a misspelt name or wrong types.
    #[test]
    fn every_definition_binds() {
        let mut broken = Vec::new();
        for dialect in Dialect::ALL {
            for probe in probes(dialect) {
                if let Err(why) = probe.query {
                    broken.push(format!("{dialect}: `{}`: {}", probe.line, why.message));
                }
            }
        }
        assert!(broken.is_empty(), "{} broken:\n{}", broken.len(), broken.join("\n"));
    }
}
