//! `FULL JOIN … USING`: `DataFusion` takes a merged column for the left one, which is NULL in the rows that
//! only the right side has. It is joined by ON, and the column is the first value of the two.

use crate::emit::{Emitter, names::quoted};
use sql::tree::{JoinCondition, JoinKind, Relation, Select};

/// A full join by names: its sides, and the columns that it merges.
#[derive(Debug, Clone)]
pub(in crate::emit) struct Merged {
    left: String,
    right: String,
    columns: Vec<String>,
}

impl Merged {
    /// The full joins by names in a FROM. Those are left out in which a side is a join, and all where
    /// another join merges columns too: which relation has a column of that name is not known then.
    pub(in crate::emit) fn of(select: &Select) -> Vec<Self> {
        let (mut found, mut others) = (Vec::new(), false);
        if let Some(from) = &select.from {
            look(from, &mut found, &mut others);
        }
        if others || found.len() > 1 { Vec::new() } else { found }
    }

    /// Is it the join of these?
    fn joins(&self, left: &Relation, right: &Relation) -> bool {
        left.name() == Some(&self.left) && right.name() == Some(&self.right)
    }

    fn condition(&self) -> String {
        let (left, right) = (quoted(&self.left), quoted(&self.right));
        let equal = self.columns.iter().map(|column| {
            let column = quoted(column);
            format!("{left}.{column} = {right}.{column}")
        });
        equal.collect::<Vec<_>>().join(" AND ")
    }
}

fn look(relation: &Relation, found: &mut Vec<Merged>, others: &mut bool) {
    let Relation::Join { left, right, kind, condition } = relation else { return };
    look(left, found, others);
    look(right, found, others);
    let JoinCondition::Using(columns) = condition else { return };
    match (kind, left.name(), right.name()) {
        (JoinKind::Full, Some(left), Some(right)) => found.push(Merged {
            left: left.to_owned(),
            right: right.to_owned(),
            columns: columns.clone(),
        }),
        _ => *others = true,
    }
}

impl Emitter {
    /// The condition of a full join by names.
    pub(in crate::emit) fn full_join_condition(
        &self,
        left: &Relation,
        right: &Relation,
    ) -> Option<String> {
        self.merged.iter().find(|join| join.joins(left, right)).map(Merged::condition)
    }

    /// What a column is that a full join merges.
    pub(in crate::emit) fn merged_column(&self, name: &str) -> Option<String> {
        let join = self.merged.iter().find(|join| join.columns.iter().any(|one| one == name))?;
        let (left, right, column) = (quoted(&join.left), quoted(&join.right), quoted(name));
        Some(format!("coalesce({left}.{column}, {right}.{column})"))
    }
}
