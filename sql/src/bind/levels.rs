//! `SELECT LEVEL FROM dual CONNECT BY LEVEL <= n`: the numbers from 1 to n.
//!
//! Source: <https://docs.oracle.com/en/database/oracle/oracle-database/19/sqlrf/Hierarchical-Queries.html>.
//! Over one row the condition alone decides how deep the hierarchy goes: one row for each level.

use super::{
    Binder, Bound,
    scope::{Scope, ScopeRelation},
};
use crate::{
    tree::{Alias, Column, Relation},
    types::Type,
};
use sqlparser::ast::{BinaryOperator, ConnectByKind, Expr, Select, TableFactor, Value};

impl Binder<'_> {
    /// The FROM clause of such a SELECT; nothing where the hierarchy is another one.
    pub(super) fn levels(
        &mut self,
        select: &Select,
        span: super::Span,
    ) -> Bound<Option<(Scope, Option<Relation>)>> {
        let ([clause], [from]) = (select.connect_by.as_slice(), select.from.as_slice()) else {
            return Ok(None);
        };
        let one_row = match &from.relation {
            TableFactor::Table { name, alias: None, args: None, .. } if from.joins.is_empty() => {
                let name = crate::facts::last_name(name);
                self.spec.traits().one_row_table == Some(name.as_str())
            }
            _ => false,
        };
        let ConnectByKind::ConnectBy { nocycle: false, relationships, .. } = clause else {
            return Ok(None);
        };
        let count = match relationships.as_slice() {
            [condition] => last_level(condition),
            _ => None,
        };
        let (true, Some(count)) = (one_row && select.selection.is_none(), count) else {
            return Ok(None);
        };
        let bounds = vec![self.number("1", span), self.number(&count.to_string(), span)];
        let call = self.resolve("generate_series", bounds, span)?;
        let alias = Alias { name: "levels".to_owned(), columns: vec!["level".to_owned()] };
        let column = Column { name: "level".to_owned(), ty: Type::Int4 };
        let mut scope = Scope::default();
        scope.relations.push(ScopeRelation::new(alias.name.clone(), vec![column]));
        Ok(Some((scope, Some(Relation::Function { call, alias, ordinality: false }))))
    }
}

/// n of `LEVEL <= n` and `LEVEL < n`; the first level is there whatever the condition says.
fn last_level(condition: &Expr) -> Option<i32> {
    let Expr::BinaryOp { left, op, right } = condition else { return None };
    let Expr::Identifier(name) = &**left else { return None };
    let Expr::Value(value) = &**right else { return None };
    let Value::Number(digits, _) = &value.value else { return None };
    let number: i32 = digits.parse().ok()?;
    let last = match op {
        BinaryOperator::LtEq => number,
        BinaryOperator::Lt => number.checked_sub(1)?,
        _ => return None,
    };
    let level = name.quote_style.is_none() && name.value.eq_ignore_ascii_case("level");
    level.then_some(last.max(1))
}

#[cfg(test)]
mod tests {
    use crate::{Catalog, parse};
    use model::Dialect;

    #[test]
    fn only_levels_over_one_row_are_read() {
        let is_read = |text: &str| {
            parse(text, Dialect::Oracle)
                .is_ok_and(|parsed| parsed.bind(&Catalog::default(), &[]).is_ok())
        };
        assert!(is_read("SELECT LEVEL AS n, LEVEL * 2 AS m FROM dual CONNECT BY LEVEL <= 4"));
        for other in [
            "SELECT LEVEL FROM dual CONNECT BY PRIOR 1 = 1",
            "SELECT LEVEL FROM dual CONNECT BY ROWNUM <= 4",
            "SELECT * FROM dual CONNECT BY LEVEL < 1 + 1",
        ] {
            assert!(!is_read(other), "{other}");
        }
    }
}
