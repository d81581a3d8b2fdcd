//! The vendor's own type of an expression, where several of them are one type of the core: a
//! `datetime` is shown otherwise than a `datetime2`.

use super::{Binder, Bound, scope::ScopeRelation};
use crate::{tree::Expr, types::Type};
use sqlparser::ast::{self, BinaryOperator};

/// Money of four digits before the point less, as the vendor spells it.
pub(super) const SMALL_MONEY: &str = "smallmoney";

/// Is it a text, as the vendor spells types?
fn is_text(vendor: &str) -> bool {
    vendor.contains("char") || vendor.contains("text") || vendor == "sysname"
}

/// How lines name a vendor's type: with what stands in its brackets (`datetime64 3`), and without. What
/// is only said to be NULL at times, or stored in another way, is the type itself.
fn names_of(vendor: &str) -> [String; 2] {
    let mut inner = vendor.trim();
    while let Some(inside) = ["nullable(", "lowcardinality("]
        .iter()
        .find_map(|wrapper| inner.strip_prefix(wrapper)?.strip_suffix(')'))
    {
        inner = inside.trim();
    }
    let exact = inner.replace('(', " ").replace(')', "");
    let bare = inner.split('(').next().unwrap_or(inner);
    [exact.trim().to_owned(), bare.trim().to_owned()]
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
        if self.speaks_core() || !to.is_text() {
            return form;
        }
        let vendor = match from {
            Type::Ticks => Some("datetime".to_owned()),
            Type::Minutes => Some("smalldatetime".to_owned()),
            Type::Timestamp => self.declared(expr),
            _ => None,
        };
        let Some(vendor) = vendor else { return form };
        let named = names_of(&vendor).map(|name| format!("{form} from {name}"));
        let known = |form: &String| self.spec.knows(&format!("{form} {}", to.short()));
        named.into_iter().find(known).unwrap_or(form)
    }

    /// The type as the vendor spells it, where the text says it: of a column of a table, a cast, and
    /// the calls that the dialect lists.
    pub(super) fn declared(&self, expr: &ast::Expr) -> Option<String> {
        let text = match expr {
            ast::Expr::Nested(inner) => return self.declared(inner),
            ast::Expr::Identifier(name) => self.declared_column(None, &self.fold(name))?.to_owned(),
            ast::Expr::CompoundIdentifier(path) => {
                let [.., relation, name] = path.as_slice() else { return None };
                self.declared_column(Some(&self.fold(relation)), &self.fold(name))?.to_owned()
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
                match self.declared(right) {
                    Some(right) if *op == BinaryOperator::Plus && is_text(&left) => {
                        if right.starts_with('n') { right } else { left }
                    }
                    _ if left == "datetime" || left.starts_with("timestamp") => left,
                    _ => return None,
                }
            }
            ast::Expr::Function(call) => return self.declared_call(call),
            _ => return None,
        };
        Some(text.to_lowercase())
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
        let Some(at) = of.strip_prefix('#') else { return Some((*of).to_owned()) };
        let ast::FunctionArguments::List(list) = &call.args else { return None };
        match list.args.get(at.parse::<usize>().ok()?)? {
            ast::FunctionArg::Unnamed(ast::FunctionArgExpr::Expr(arg)) => self.declared(arg),
            _ => None,
        }
    }

    /// The type of a column of the catalog, where the name can mean no other one.
    fn declared_column(&self, relation: Option<&str>, name: &str) -> Option<&str> {
        for scope in self.scopes.iter().rev() {
            if scope.aliases.iter().any(|(alias, _)| alias == name) {
                return None;
            }
            let has = |one: &&ScopeRelation| {
                relation.is_none_or(|relation| one.name == relation)
                    && one.columns.iter().any(|column| column.name == name)
            };
            let found: Vec<&ScopeRelation> = scope.relations.iter().filter(has).collect();
            match found.as_slice() {
                [] => {}
                [one] => return self.catalog.spelling(&one.path, name),
                _ => return None,
            }
        }
        None
    }
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
