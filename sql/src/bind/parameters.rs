//! Types of bound parameters. A log of a server keeps their values and not their types: such a
//! parameter takes its type from the first place that wants one, as an unknown literal does and as
//! PostgreSQL does it itself
//! (<https://github.com/postgres/postgres/blob/REL_15_STABLE/src/backend/parser/parse_param.c>).
//! Every later use has that type.

use super::{Binder, Bound, literal::plain_digits};
use crate::{
    tree::{Expr, ExprKind},
    types::{DecimalShape, Type},
};
use model::{Bind, pg_oid};

/// Types and their oids in PostgreSQL's catalog
/// (<https://github.com/postgres/postgres/blob/REL_15_STABLE/src/include/catalog/pg_type.dat>).
const OIDS: [(u32, Type); 19] = [
    (16, Type::Bool),
    (17, Type::Bytea),
    (20, Type::Int8),
    (21, Type::Int2),
    (23, Type::Int4),
    (25, Type::Text),
    (114, Type::Json),
    (700, Type::Float4),
    (701, Type::Float8),
    (1042, Type::Char(1)),
    (1043, Type::Varchar(None)),
    (1082, Type::Date),
    (1083, Type::Time),
    (1114, Type::Timestamp),
    (1184, Type::TimestampTz),
    (1186, Type::Interval),
    (1700, Type::NUMERIC),
    (2950, Type::Uuid),
    (3802, Type::Jsonb),
];

/// What is known of a parameter.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Parameter {
    ty: Type,
    /// Was its type left open by who bound it?
    open: bool,
    /// The digits that its value has as a number.
    digits: Option<DecimalShape>,
}

/// The parameters that a statement comes with.
pub(super) fn of_binds(binds: &[Bind]) -> Vec<Parameter> {
    let of = |bind: &Bind| {
        let digits = digits_of(bind.value.as_deref());
        match bind.type_oid {
            // 705 is `unknown`.
            0 | 705 => Parameter { ty: Type::Unknown, open: true, digits },
            oid => Parameter { ty: with_digits(of_oid(oid), digits), open: false, digits },
        }
    };
    binds.iter().map(of).collect()
}

/// The shape of a numeric value in PostgreSQL's text form; absent where it is no number of so many
/// digits, such as `NaN`.
fn digits_of(value: Option<&str>) -> Option<DecimalShape> {
    let Some(text) = value.map(str::trim) else {
        // NULL fits everywhere.
        return Some(DecimalShape { precision: 1, scale: 0 });
    };
    let number = plain_digits(text.trim_start_matches(['+', '-']))?;
    let (whole, fraction) = number.split_once('.').unwrap_or((&number, ""));
    let length = |digits: &str| u32::try_from(digits.len()).ok();
    let scale = length(fraction)?;
    let precision = length(whole.trim_start_matches('0'))?.checked_add(scale)?.max(1);
    Some(DecimalShape { precision, scale })
}

/// A parameter of type `numeric` has the digits of its value: no engine has an exact number of any size.
fn with_digits(ty: Type, digits: Option<DecimalShape>) -> Type {
    if ty == Type::NUMERIC { Type::Numeric(digits) } else { ty }
}

/// The oids of what open parameters turned out to be; absent where nothing tells, and where the bind
/// says it.
pub(super) fn found(parameters: &[Parameter]) -> Vec<Option<u32>> {
    parameters.iter().map(|one| one.open.then(|| oid_of(&one.ty)).flatten()).collect()
}

fn of_oid(oid: u32) -> Type {
    let of = |oid| OIDS.iter().find(|(one, _)| *one == oid).map(|(_, ty)| ty.clone());
    // `name` is a text.
    let plain = of(if oid == 19 { 25 } else { oid });
    plain
        .or_else(|| Some(Type::Array(Box::new(of(pg_oid::element_of(oid)?)?))))
        .unwrap_or_else(|| Type::Other(format!("oid {oid}")))
}

fn oid_of(ty: &Type) -> Option<u32> {
    let of = |ty: &Type| OIDS.iter().find(|(_, one)| *one == ty.base()).map(|(oid, _)| *oid);
    match ty.element() {
        Some(element) => pg_oid::array_of(of(element)?),
        None => of(ty),
    }
}

impl Binder<'_> {
    /// `$1`; of a type that is still open it is `unknown`, as a literal is.
    pub(super) fn parameter(&self, index: usize, span: super::Span) -> Bound<Expr> {
        let known = self.parameters.borrow().get(index).cloned();
        let known = known.unwrap_or(Parameter { ty: Type::Unknown, open: false, digits: None });
        match known.ty {
            Type::Unknown if known.open && self.spec.is_core() => {}
            ref ty @ (Type::Unknown | Type::Other(_)) => return self.needs_type(ty, span),
            _ => {}
        }
        Ok(Expr { kind: ExprKind::Parameter(index), ty: known.ty, span })
    }

    /// The parameter as a value of the type that its place wants, where it has none yet. Lengths and
    /// digits are no part of a parameter's type.
    pub(super) fn told_parameter(&self, expr: Expr, wanted: &Type) -> Bound<Expr> {
        let ExprKind::Parameter(index) = expr.kind else { return Ok(expr) };
        if expr.ty != Type::Unknown {
            return Ok(expr);
        }
        let mut ty = wanted.base();
        if oid_of(&ty).is_none() {
            return self.needs_type(&Type::Unknown, expr.span);
        }
        if let Some(known) = self.parameters.borrow_mut().get_mut(index)
            && known.ty == Type::Unknown
        {
            ty = with_digits(ty, known.digits);
            known.ty = ty.clone();
        }
        Ok(Expr { ty, ..expr })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Catalog, parse, tables_of_ddl};
    use model::Dialect;

    /// The types of open parameters, or what is said.
    fn types(sql: &str, count: usize) -> Result<Vec<Option<u32>>, String> {
        let ddl = "CREATE TABLE t (id int, big bigint, price numeric(12,2), name varchar(20), \
                   code char(3), day date, at timestamptz, tags text[])";
        let catalog = Catalog::new(&tables_of_ddl(ddl, Dialect::Postgres).unwrap());
        let binds = vec![Bind { type_oid: 0, value: None }; count];
        let parsed = parse(sql, Dialect::Postgres).unwrap();
        let settings = crate::SourceSettings::of(Dialect::Postgres);
        let bound = parsed.bind_under(&catalog, &binds, &settings);
        bound.map(|bound| bound.parameters).map_err(|diagnostic| diagnostic.message)
    }

    #[test]
    fn a_place_tells_the_type() {
        for (sql, expected) in [
            ("SELECT * FROM t WHERE id = $1", vec![23]),
            ("SELECT * FROM t WHERE $1 = big", vec![20]),
            ("SELECT * FROM t WHERE id IN ($1, $2)", vec![23, 23]),
            ("SELECT * FROM t WHERE day BETWEEN $1 AND $2", vec![1082, 1082]),
            ("SELECT * FROM t WHERE name LIKE $1", vec![25]),
            ("SELECT * FROM t WHERE code = $1", vec![1042]),
            ("SELECT * FROM t WHERE id = ANY($1)", vec![1007]),
            ("SELECT $1::numeric(10,2), $2::int[]", vec![1700, 1007]),
            ("SELECT $1", vec![25]),
            ("SELECT id FROM t LIMIT $1 OFFSET $2", vec![20, 20]),
            ("SELECT price * $1 FROM t", vec![1700]),
            ("SELECT coalesce(name, $1) FROM t", vec![1043]),
            ("SELECT * FROM t WHERE at >= $1 AND id = $2 AND $2 IS NOT NULL", vec![1184, 23]),
            ("INSERT INTO t (id, name, tags) VALUES ($1, $2, $3)", vec![23, 1043, 1009]),
            ("UPDATE t SET price = $1 WHERE id = $2", vec![1700, 23]),
        ] {
            let expected: Vec<Option<u32>> = expected.into_iter().map(Some).collect();
            assert_eq!(types(sql, expected.len()), Ok(expected), "{sql}");
        }
    }

    #[test]
    fn what_nothing_tells_is_refused() {
        assert_eq!(types("SELECT $1 = ANY($2)", 2), Err("needs type of `$2`".to_owned()));
        assert_eq!(types("SELECT $2::int", 1), Err("needs type of `$2`".to_owned()));
    }

    #[test]
    fn a_number_has_the_digits_of_its_value() {
        for (text, expected) in [
            (Some("1.25"), Some((3, 2))),
            (Some("-0.06"), Some((2, 2))),
            (Some("007"), Some((1, 0))),
            (Some(" 12 "), Some((2, 0))),
            (Some("1.5e3"), Some((5, 1))),
            (None, Some((1, 0))),
            (Some("NaN"), None),
            (Some("x"), None),
            (Some(""), None),
        ] {
            let shape = digits_of(text).map(|shape| (shape.precision, shape.scale));
            assert_eq!(shape, expected, "{text:?}");
        }
    }

    #[test]
    fn types_and_oids_are_told_by_each_other() {
        for (oid, _) in &OIDS {
            let array = pg_oid::array_of(*oid).unwrap();
            assert_eq!(oid_of(&of_oid(*oid)), Some(*oid));
            assert_eq!(oid_of(&of_oid(array)), Some(array));
        }
        assert_eq!(of_oid(600), Type::Other("oid 600".to_owned()));
    }
}
