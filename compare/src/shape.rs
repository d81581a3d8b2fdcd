//! Do the columns of the two results go together, and as what is each compared?

use crate::{
    StatementRef,
    kind::{Kind, Meet},
    scope::{ScopedColumn, holds_for_statement},
    settings::Settings,
    table::Table,
    tolerances::{ColumnRules, Layout, Means, Rule},
    value::Value,
};
use arrow::datatypes::{Field, Schema};
use model::{Difference, TypeDrift};
use std::collections::BTreeSet;

/// How one column is compared.
#[derive(Debug, Clone)]
pub(crate) struct Column<'a> {
    /// 0-based output column.
    pub(crate) index: usize,
    /// Its name on the legacy side.
    pub(crate) name: String,
    pub(crate) meet: Meet,
    /// Tolerances that hold for it; a column with one is inexact.
    pub(crate) rules: ColumnRules<'a>,
    labels: [String; 2],
}

impl Column<'_> {
    /// Must values be equal?
    pub(crate) fn is_exact(&self) -> bool {
        self.rules.is_empty()
    }
}

/// What the two schemas say.
#[derive(Debug)]
pub(crate) struct Shape<'a> {
    pub(crate) columns: Vec<Column<'a>>,
    pub(crate) drifts: Vec<TypeDrift>,
    pub(crate) notes: Vec<String>,
    /// How the governed rows are laid out before they are read, where a tolerance asks for it.
    pub(crate) layout: Option<Layout>,
    /// Types of the columns before that, by column.
    pub(crate) labels: Vec<[String; 2]>,
    /// The places of all rules that hold for a column.
    pub(crate) in_scope: BTreeSet<usize>,
}

/// Lays the columns of the two sides on each other by position.
///
/// The outer error is a type that cannot be compared at all; the inner one a difference of shape.
pub(crate) fn plan<'a>(
    statement: &StatementRef<'_>,
    legacy: &Schema,
    governed: &Schema,
    settings: &'a Settings,
) -> Result<Result<Shape<'a>, Difference>, String> {
    if legacy.fields().len() != governed.fields().len() {
        let message = format!(
            "the legacy side has {}, the governed side {}",
            listed(legacy),
            listed(governed)
        );
        return Ok(Err(Difference::Shape { message }));
    }
    let fields = legacy.fields().iter().zip(governed.fields());
    let kinds = fields.clone().enumerate().map(|(index, (left, right))| {
        Ok([kind_of(left, index, "legacy")?, kind_of(right, index, "governed")?])
    });
    let kinds = kinds.collect::<Result<Vec<_>, String>>()?;
    let scoped = |index: usize, kinds: &'_ [Kind; 2]| -> Vec<(usize, &'a Rule)> {
        let [Some(left), Some(right)] = [legacy, governed].map(|s| s.fields().get(index)) else {
            return Vec::new();
        };
        let [a, b] = kinds;
        let origin = statement.facts.origins.get(index).and_then(Option::as_ref);
        let column = ScopedColumn { names: [left.name(), right.name()], kinds: [a, b], origin };
        let holds = |rule: &Rule| {
            let scope = &rule.tolerance.scope;
            holds_for_statement(scope, statement) && column.fits(scope)
        };
        settings.rules.iter().enumerate().filter(|(_, rule)| holds(rule)).collect()
    };
    let scoped: Vec<_> = kinds.iter().enumerate().map(|(i, kinds)| scoped(i, kinds)).collect();
    let by_name = |index: usize| {
        let rules = scoped.get(index)?;
        rules.iter().find(|(_, r)| matches!(r.means, Means::ByName)).map(|(place, _)| *place)
    };
    let layout = Layout::of(legacy, governed, by_name);
    let labels = kinds.iter().map(|[a, b]| [a.label(), b.label()]).collect();
    let mut shape = Shape {
        columns: Vec::new(),
        drifts: Vec::new(),
        notes: Vec::new(),
        layout,
        labels,
        in_scope: BTreeSet::new(),
    };
    for (index, ((left, right), [a, b])) in fields.zip(kinds).enumerate() {
        // By the new layout fields of structs stand where the legacy side has them.
        let laid_out = shape.layout.as_ref().and_then(|layout| layout.schema().fields().get(index));
        let b = match laid_out {
            Some(field) => kind_of(field, index, "governed")?,
            None => b,
        };
        let labels = [a.label(), b.label()];
        if a.drifts_from(&b) {
            let [legacy, governed] = labels.clone();
            shape.drifts.push(TypeDrift {
                column: index,
                name: left.name().clone(),
                legacy,
                governed,
            });
        }
        if left.name() != right.name() {
            let case = if left.name().to_lowercase() == right.name().to_lowercase() {
                ", which differs in case only"
            } else {
                ""
            };
            shape.notes.push(format!(
                "column {} is named `{}` on the legacy side and `{}` on the governed side{case}",
                index + 1,
                left.name(),
                right.name()
            ));
        }
        let meet = a.meet(&b);
        let scoped = scoped.get(index).into_iter().flatten().copied();
        shape.in_scope.extend(
            scoped.clone().filter(|(_, rule)| rule.touches(&a, &b)).map(|(place, _)| place),
        );
        let rules = ColumnRules::of(scoped, &meet);
        shape.columns.push(Column { index, name: left.name().clone(), meet, rules, labels });
    }
    Ok(Ok(shape))
}

fn kind_of(field: &Field, index: usize, side: &str) -> Result<Kind, String> {
    Kind::of(field).map_err(|what| {
        format!(
            "column {} of the {side} side is of a type that cannot be compared: {what}",
            index + 1
        )
    })
}

/// Columns whose types cannot meet, where a value is in the way: NULLs alone always meet.
pub(crate) fn strangers(
    columns: &[Column<'_>],
    legacy: &Table,
    governed: &Table,
) -> Result<Vec<Difference>, String> {
    let mut found = Vec::new();
    for column in columns.iter().filter(|column| column.meet.has_disjoint()) {
        if in_the_way(legacy, column)? || in_the_way(governed, column)? {
            let [legacy, governed] = &column.labels;
            found.push(Difference::Shape {
                message: format!(
                    "column {} (`{}`) is {legacy} on the legacy side and {governed} on the governed side, which cannot be compared",
                    column.index + 1,
                    column.name
                ),
            });
        }
    }
    Ok(found)
}

fn in_the_way(table: &Table, column: &Column<'_>) -> Result<bool, String> {
    for row in 0..table.rows() {
        if is_strange(&table.value(row, column.index)?, &column.meet) {
            return Ok(true);
        }
    }
    Ok(false)
}

/// Does the value hold a part that is not NULL where the types cannot meet?
fn is_strange(value: &Value<'_>, meet: &Meet) -> bool {
    match (value, meet) {
        (Value::Null, _) => false,
        (_, Meet::Disjoint) => true,
        (Value::List(items), Meet::List(meet)) => items.iter().any(|item| is_strange(item, meet)),
        (Value::Struct(fields), Meet::Struct(meets)) => {
            fields.iter().zip(meets).any(|((_, field), meet)| is_strange(field, meet))
        }
        (Value::Map(entries), Meet::Map(key, value)) => {
            entries.iter().any(|(k, v)| is_strange(k, key) || is_strange(v, value))
        }
        _ => false,
    }
}

fn listed(schema: &Schema) -> String {
    const SHOWN: usize = 20;
    let names: Vec<_> =
        schema.fields().iter().take(SHOWN).map(|field| format!("`{}`", field.name())).collect();
    let more = if schema.fields().len() > SHOWN { ", …" } else { "" };
    let plural = if schema.fields().len() == 1 { "" } else { "s" };
    format!("{} column{plural} ({}{more})", schema.fields().len(), names.join(", "))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::laws::fixtures::{facts, statement};
    use arrow::datatypes::{DataType, Field};
    use model::{Scope, Tolerance, ToleranceKind};

    fn schema(columns: &[(&str, DataType)]) -> Schema {
        Schema::new(
            columns.iter().map(|(n, t)| Field::new(*n, t.clone(), true)).collect::<Vec<_>>(),
        )
    }

    #[test]
    fn another_count_of_columns_is_a_difference_of_shape() {
        let (facts, settings) = (facts(), Settings::new(vec![]).unwrap());
        let one = schema(&[("a", DataType::Int32)]);
        let two = schema(&[("a", DataType::Int32), ("b", DataType::Int32)]);
        let found = plan(&statement(&facts), &one, &two, &settings).unwrap().unwrap_err();
        let message =
            "the legacy side has 1 column (`a`), the governed side 2 columns (`a`, `b`)".to_owned();
        assert_eq!(found, Difference::Shape { message });
    }

    #[test]
    fn names_and_types_that_differ_are_reported() {
        let (facts, settings) = (facts(), Settings::new(vec![]).unwrap());
        let legacy =
            schema(&[("a", DataType::Int32), ("b", DataType::Date32), ("c", DataType::Null)]);
        let governed =
            schema(&[("A", DataType::Int64), ("x", DataType::Date64), ("c", DataType::Utf8)]);
        let shape = plan(&statement(&facts), &legacy, &governed, &settings).unwrap().unwrap();
        assert_eq!(shape.drifts.len(), 1);
        assert_eq!(
            (shape.drifts[0].legacy.as_str(), shape.drifts[0].governed.as_str()),
            ("int32", "int64")
        );
        assert_eq!(shape.notes.len(), 2);
        assert!(shape.notes[0].contains("differs in case only"), "{:?}", shape.notes);
        assert_eq!(shape.columns[2].meet, Meet::Text);
    }

    #[test]
    fn a_tolerance_holds_in_its_scope_only() {
        let facts = facts();
        let scoped = |scope: Scope| {
            let kind = ToleranceKind::FloatAbsolute { max: 1.0 };
            let settings =
                Settings::new(vec![Tolerance { kind, scope, reason: "r".to_owned() }]).unwrap();
            let columns = schema(&[
                ("x", DataType::Float64),
                ("y", DataType::Float64),
                ("n", DataType::Int32),
            ]);
            let shape = plan(&statement(&facts), &columns, &columns, &settings).unwrap().unwrap();
            shape.columns.iter().map(|column| !column.is_exact()).collect::<Vec<_>>()
        };
        let column = |name: &str| Scope { column: Some(name.to_owned()), ..Scope::default() };
        assert_eq!(scoped(Scope::default()), [true, true, false]);
        assert_eq!(scoped(column("y")), [false, true, false]);
        assert_eq!(scoped(column("Y")), [false, false, false]);
        let of = |id: &str| Scope { statement: Some(id.to_owned()), ..Scope::default() };
        assert_eq!(scoped(of("s1")), [true, true, false]);
        assert_eq!(scoped(of("s2")), [false, false, false]);
        let typed = |name: &str| Scope { data_type: Some(name.to_owned()), ..Scope::default() };
        assert_eq!(scoped(typed("float64")), [true, true, false]);
        assert_eq!(scoped(typed("float32")), [false, false, false]);
        let of = |fp: &str| Scope { fingerprint: Some(fp.to_owned()), ..column("x") };
        assert_eq!(scoped(of("f1")), [true, false, false]);
        assert_eq!(scoped(of("f2")), [false, false, false]);
    }
}
