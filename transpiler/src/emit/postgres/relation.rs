//! FROM.

use super::{super::sample, Printer, quoted};
use crate::rule::Emit;
use sql::tree::{Alias, JoinCondition, JoinKind, Relation, SampleSize};

impl Printer<'_> {
    pub(in crate::emit) fn relation(&mut self, relation: &Relation) -> Emit<String> {
        Ok(match relation {
            Relation::Table { path, alias, .. } => {
                let path: Vec<String> = path.iter().map(|part| quoted(part)).collect();
                match alias {
                    Some(alias) => format!("{} AS {}", path.join("."), aliased(alias)),
                    None => path.join("."),
                }
            }
            Relation::Derived { query, alias, lateral } => {
                let word = if *lateral { "LATERAL " } else { "" };
                format!("{word}({}) AS {}", self.query(query)?, aliased(alias))
            }
            Relation::Function { call, alias, ordinality } => {
                let ordinality = if *ordinality { " WITH ORDINALITY" } else { "" };
                format!("{}{ordinality} AS {}", self.expr(call)?.text, aliased(alias))
            }
            Relation::Sample { input, name, stored, method, size, seed } => {
                let input = self.relation(input)?;
                match size {
                    // Of tables PostgreSQL takes a part itself.
                    SampleSize::Percent(percent) if *stored => {
                        sample::of_table(&input, *method, percent, *seed)
                    }
                    _ => sample::query(&input, &quoted(name), size),
                }
            }
            Relation::Join { left, right, kind, condition } => {
                let nested = matches!(**right, Relation::Join { .. });
                let (left, right) = (self.relation(left)?, self.relation(right)?);
                let right = if nested { format!("({right})") } else { right };
                let word = match kind {
                    JoinKind::Inner => "JOIN",
                    JoinKind::Left => "LEFT JOIN",
                    JoinKind::Right => "RIGHT JOIN",
                    JoinKind::Full => "FULL JOIN",
                    JoinKind::Cross => "CROSS JOIN",
                };
                let condition = match condition {
                    JoinCondition::None => String::new(),
                    JoinCondition::On(condition) => format!(" ON {}", self.expr(condition)?.text),
                    JoinCondition::Using(names) => {
                        let names: Vec<String> = names.iter().map(|n| quoted(n)).collect();
                        format!(" USING ({})", names.join(", "))
                    }
                };
                format!("{left} {word} {right}{condition}")
            }
        })
    }
}

fn aliased(alias: &Alias) -> String {
    let name = quoted(&alias.name);
    if alias.columns.is_empty() {
        return name;
    }
    let columns: Vec<String> = alias.columns.iter().map(|c| quoted(c)).collect();
    format!("{name}({})", columns.join(", "))
}
