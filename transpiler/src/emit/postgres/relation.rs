//! FROM.

use super::{Printer, full_join, quoted};
use crate::{
    emit::{
        alike::{Print, join_word},
        sample,
    },
    rule::Emit,
};
use sql::tree::{JoinCondition, JoinKind, Relation, SampleSize};

impl Printer<'_> {
    pub(in crate::emit) fn relation(&mut self, relation: &Relation) -> Emit<String> {
        Ok(match relation {
            Relation::Table { path, alias, span } => {
                let path: Vec<String> = path.iter().map(|part| quoted(part)).collect();
                match alias {
                    Some(alias) => format!("{} AS {}", path.join("."), self.alias(alias, *span)?),
                    None => path.join("."),
                }
            }
            Relation::Derived { query, alias, lateral } => {
                let word = if *lateral { "LATERAL " } else { "" };
                format!("{word}({}) AS {}", self.query(query)?, self.alias(alias, query.span)?)
            }
            Relation::Function { call, alias, ordinality } => {
                let ordinality = if *ordinality { " WITH ORDINALITY" } else { "" };
                format!(
                    "{}{ordinality} AS {}",
                    self.expr(call)?.text,
                    self.alias(alias, call.span)?
                )
            }
            Relation::Sample { input, name, columns, stored, method, size, seed } => {
                let input = self.relation(input)?;
                match size {
                    // Of tables PostgreSQL takes a part itself.
                    SampleSize::Percent(percent) if *stored => {
                        sample::of_table(&input, *method, percent, *seed)
                    }
                    _ => {
                        let columns: Vec<String> = columns.iter().map(|c| quoted(c)).collect();
                        sample::query(&input, &quoted(name), &columns.join(", "), size)
                    }
                }
            }
            Relation::Join {
                left,
                right,
                kind: JoinKind::Full,
                condition: JoinCondition::On(on),
            } if !full_join::can_be_done(on, left, right) => {
                let what = "a full join on more than equalities of its sides is not done";
                return Self::refuse(what, on.span);
            }
            Relation::Join { left, right, kind, condition } => {
                let nested = matches!(**right, Relation::Join { .. });
                let (left, right) = (self.relation(left)?, self.relation(right)?);
                let right = if nested { format!("({right})") } else { right };
                let word = join_word(*kind);
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
