//! The vendor's own type of an expression, where several of them are one type of the core: a
//! `datetime` is shown otherwise than a `datetime2`.

use super::{
    Binder, Bound,
    scope::{Scope, ScopeRelation},
};
use crate::{dialects::Seen, tree::Expr, types::Type};
use sqlparser::ast::{self, BinaryOperator, visit_expressions};
use std::ops::ControlFlow;

/// Money of four digits before the point less, as the vendor spells it.
pub(super) const SMALL_MONEY: &str = "smallmoney";

/// Is it a text, as the vendor spells types?
fn is_text(vendor: &str) -> bool {
    vendor.contains("char") || vendor.contains("text") || vendor == "sysname"
}

/// How lines name a vendor's type: with what stands in its brackets (`datetime64 3`), and without. What
/// is only said to be NULL at times, or stored in another way, is the type itself.
pub(super) fn names_of(vendor: &str) -> [String; 2] {
    let inner = inside(vendor);
    let exact = inner.replace('(', " ").replace(')', "");
    let bare = inner.split('(').next().unwrap_or(inner);
    [exact.trim().to_owned(), bare.trim().to_owned()]
}

/// The type without what only says that it may be NULL or is stored in another way.
pub(super) fn inside(vendor: &str) -> &str {
    let mut inner = vendor.trim();
    while let Some(inside) = ["nullable(", "lowcardinality("]
        .iter()
        .find_map(|wrapper| inner.strip_prefix(wrapper)?.strip_suffix(')'))
    {
        inner = inside.trim();
    }
    inner
}

impl Binder<'_> {
    /// The name of a call whose meaning the vendor's type of its first argument decides, where lines
    /// say so (`datalength from nvarchar(text)`).
    pub(super) fn name_from(&self, name: &str, args: &[ast::FunctionArg]) -> Option<String> {
        if self.speaks_core() || !self.spec.knows(name) {
            return None;
        }
        let ast::FunctionArg::Unnamed(ast::FunctionArgExpr::Expr(first)) = args.first()? else {
            return None;
        };
        let vendor = self.declared(first)?;
        names_of(&vendor)
            .map(|bare| format!("{name} from {bare}"))
            .into_iter()
            .find(|from| self.spec.knows(from))
    }

    /// The form of a cast from a vendor's type, where a line defines it
    /// (`cast from datetime varchar(timestamp)`), else the form itself.
    pub(super) fn form_from(
        &self,
        form: String,
        expr: &ast::Expr,
        from: &Type,
        to: &Type,
    ) -> String {
        if self.speaks_core() || !(to.is_text() || *to == Type::Date) {
            return form;
        }
        let vendor = match from {
            Type::Ticks => Some("datetime".to_owned()),
            Type::Minutes => Some("smalldatetime".to_owned()),
            Type::Timestamp => self.declared(expr),
            _ => None,
        };
        let Some(vendor) = vendor else { return form };
        self.form_of_vendor(&form, &vendor, to).unwrap_or(form)
    }

    /// The form of a cast from this type of the vendor, where a line defines it.
    pub(super) fn form_of_vendor(&self, form: &str, vendor: &str, to: &Type) -> Option<String> {
        let named = names_of(vendor).map(|name| format!("{form} from {name}"));
        let known = |form: &String| self.spec.knows(&format!("{form} {}", to.short()));
        named.into_iter().find(known)
    }

    /// The type as the vendor spells it, where the text says it: of a column of a table, a cast, and
    /// the calls that the dialect lists.
    pub(super) fn declared(&self, expr: &ast::Expr) -> Option<String> {
        let text = match expr {
            ast::Expr::Nested(inner) => return self.declared(inner),
            ast::Expr::Identifier(name) => self.declared_column(None, &self.fold(name))?,
            ast::Expr::CompoundIdentifier(path) => {
                let [.., relation, name] = path.as_slice() else { return None };
                self.declared_column(Some(&self.fold(relation)), &self.fold(name))?
            }
            ast::Expr::Cast { data_type, .. }
            | ast::Expr::Convert { data_type: Some(data_type), .. } => data_type.to_string(),
            ast::Expr::Value(value) => match &value.value {
                ast::Value::SingleQuotedString(_) => "varchar".to_owned(),
                ast::Value::NationalStringLiteral(_) => "nvarchar".to_owned(),
                _ => return None,
            },
            ast::Expr::BinaryOp {
                left,
                op: BinaryOperator::Plus | BinaryOperator::Minus | BinaryOperator::Multiply,
                right,
            } if self.is_small_money([left, right]) => SMALL_MONEY.to_owned(),
            // Days more or less; or a text, which is national where one of the two is.
            ast::Expr::BinaryOp {
                left,
                op: op @ (BinaryOperator::Plus | BinaryOperator::Minus),
                right,
            } => {
                let left = self.declared(left)?;
                if is_finer(right) {
                    return None;
                }
                match self.declared(right) {
                    Some(right) if *op == BinaryOperator::Plus && is_text(&left) => {
                        if right.starts_with('n') { right } else { left }
                    }
                    _ if left == "datetime" || left.starts_with("timestamp") => left,
                    // A number or an interval is added to it.
                    None if left.starts_with("datetime64") => left,
                    _ => return None,
                }
            }
            ast::Expr::Function(call) => return self.declared_call(call),
            ast::Expr::Case { conditions, else_result, .. } if self.knows_moments() => {
                let results = conditions.iter().map(|when| &when.result);
                return self.all_declared(results.chain(else_result.as_deref()));
            }
            _ => return None,
        };
        Some(inside(&text.to_lowercase()).to_owned())
    }

    /// Refuses a product or quotient of a decimal and a SMALLMONEY, which has fewer digits than MONEY.
    pub(super) fn no_small_money(
        &self,
        name: &str,
        [left, right]: [&ast::Expr; 2],
        args: &[Expr],
        span: super::Span,
    ) -> Bound<()> {
        let small = |side: &ast::Expr| self.declared(side).is_some_and(|ty| ty == SMALL_MONEY);
        let decimal = args.iter().any(|arg| matches!(arg.ty, Type::Numeric(_)));
        let money = args.iter().any(|arg| arg.ty == Type::Money);
        let counted = matches!(name, "*" | "/") && decimal && money && !self.speaks_core();
        if counted && (small(left) || small(right)) {
            return self.unsupported("the digits of a smallmoney beside a decimal", span);
        }
        Ok(())
    }

    /// Are they two values of SMALLMONEY, or one and a whole number, which make another?
    pub(super) fn is_small_money(&self, [left, right]: [&ast::Expr; 2]) -> bool {
        let small = |ty: &Option<String>| ty.as_deref() == Some(SMALL_MONEY);
        let (one, two) = (self.declared(left), self.declared(right));
        (small(&one) && (small(&two) || is_whole(right, two.as_deref())))
            || (small(&two) && is_whole(left, one.as_deref()))
    }

    /// The type of a call: its own, or that of the argument at `#n`.
    fn declared_call(&self, call: &ast::Function) -> Option<String> {
        let name = call.name.to_string().to_lowercase();
        let calls = self.spec.traits().declared_calls;
        let (_, of) = calls.iter().find(|(known, _)| *known == name)?;
        let ast::FunctionArguments::List(list) = &call.args else {
            return (!of.contains('#')).then(|| (*of).to_owned());
        };
        let args = list.args.iter().map(|arg| match arg {
            ast::FunctionArg::Unnamed(ast::FunctionArgExpr::Expr(arg)) => Some(arg),
            _ => None,
        });
        let args: Vec<&ast::Expr> = args.collect::<Option<_>>()?;
        if args.iter().any(|arg| is_finer(arg)) {
            return None;
        }
        // `datetime64(#1)`: the argument is in the type.
        if let Some((name, at)) = of.strip_suffix(')').and_then(|of| of.split_once("(#")) {
            return Some(format!("{name}({})", args.get(at.parse::<usize>().ok()?)?));
        }
        let Some(at) = of.strip_prefix('#') else { return Some((*of).to_owned()) };
        match at.strip_suffix("..") {
            Some(first) => self.all_declared(args.into_iter().skip(first.parse::<usize>().ok()?)),
            None => self.declared(args.get(at.parse::<usize>().ok()?)?),
        }
    }

    /// The type that all of these are of, but for what is NULL.
    fn all_declared<'e>(&self, exprs: impl Iterator<Item = &'e ast::Expr>) -> Option<String> {
        let null = |expr: &ast::Expr| matches!(expr, ast::Expr::Value(value) if value.value == ast::Value::Null);
        let mut types = exprs.filter(|expr| !null(expr)).map(|expr| self.declared(expr));
        let first = types.next()??;
        types.all(|ty| ty.as_ref() == Some(&first)).then_some(first)
    }

    /// Does what an output stands for name another one, or itself?
    fn names_output(&self, expr: &ast::Expr, scope: &Scope) -> bool {
        let found = visit_expressions(expr, |part| match part {
            ast::Expr::Identifier(name) if scope.output(&self.fold(name)).is_some() => {
                ControlFlow::Break(())
            }
            _ => ControlFlow::Continue(()),
        });
        found.is_break()
    }

    /// The type of a column of the catalog, where the name can mean no other one.
    fn declared_column(&self, relation: Option<&str>, name: &str) -> Option<String> {
        for scope in self.scopes.iter().rev() {
            if let Some((_, expr)) = scope.aliases.iter().find(|(alias, _)| alias == name) {
                let innermost = self.scopes.last().is_some_and(|last| std::ptr::eq(last, scope));
                let first = innermost && relation.is_none() && scope.seen == Seen::First;
                return if first && !self.names_output(expr, scope) {
                    self.declared(expr)
                } else {
                    None
                };
            }
            let has = |one: &&ScopeRelation| {
                relation.is_none_or(|relation| one.name == relation)
                    && one.columns.iter().any(|column| column.name == name)
            };
            let found: Vec<&ScopeRelation> = scope.relations.iter().filter(has).collect();
            match found.as_slice() {
                [] => {}
                [one] => {
                    let spelled = self.catalog.spelling(&one.path, name).map(ToOwned::to_owned);
                    return spelled.or_else(|| self.type_of_derived(&one.name, name));
                }
                _ => return None,
            }
        }
        None
    }
}

/// Is it an interval of parts of a second? With such a one a time gets digits that its type has not.
fn is_finer(expr: &ast::Expr) -> bool {
    let ast::Expr::Interval(interval) = expr else { return false };
    let text = interval.to_string().to_uppercase();
    ["MILLI", "MICRO", "NANO"].iter().any(|word| text.contains(word))
}

/// Is it a whole number, of a type that is declared or as a constant?
fn is_whole(expr: &ast::Expr, vendor: Option<&str>) -> bool {
    match expr {
        ast::Expr::Nested(inner) | ast::Expr::UnaryOp { expr: inner, .. } => {
            is_whole(inner, vendor)
        }
        ast::Expr::Value(value) => matches!(&value.value,
            ast::Value::Number(digits, _) if digits.bytes().all(|b| b.is_ascii_digit())),
        _ => vendor.is_some_and(|ty| {
            ["int", "integer", "bigint", "smallint", "tinyint", "bit"].contains(&ty)
        }),
    }
}
