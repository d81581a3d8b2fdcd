//! Verdicts that hold under other tolerances, although the rows that they were found on are gone.

use crate::{settings::Settings, tolerances::Means};
use model::{ColumnInfo, Judgement, Verdict};

/// Does a recorded judgement hold under `settings` without its rows? `columns` are those of the two
/// answers, absent for a failure.
///
/// Tolerances reach no failure. What is equal without any stays equal: tolerances excuse what is
/// not equal, and take nothing away. The exception are structs: a rule that lays their fields on
/// each other by name reads them in another way.
pub fn stands(
    recorded: &Judgement,
    columns: [Option<&[ColumnInfo]>; 2],
    settings: &Settings,
) -> bool {
    let [Some(legacy), Some(governed)] = columns else { return true };
    let by_name = settings.rules.iter().any(|rule| matches!(rule.means, Means::ByName));
    let is_struct = |column: &ColumnInfo| column.data_type.to_lowercase().contains("struct");
    let turned = legacy
        .iter()
        .zip(governed)
        .any(|(a, b)| a.data_type != b.data_type && (is_struct(a) || is_struct(b)));
    recorded.verdict == Verdict::Match && !(by_name && turned)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::laws::fixtures::{batch, facts, judged, tolerating};
    use arrow::{
        array::{ArrayRef, Int32Array, StructArray},
        datatypes::{DataType, Field},
    };
    use model::{Differences, ToleranceKind, logical::type_label};
    use std::sync::Arc;

    fn judgement(verdict: Verdict) -> Judgement {
        Judgement { verdict, differences: Differences::default() }
    }

    #[test]
    fn a_match_and_a_failure_stand_and_nothing_else() {
        let settings = tolerating(&[ToleranceKind::TextCase]);
        let columns = [ColumnInfo { name: "a".to_owned(), data_type: "Utf8".to_owned() }];
        let both = [Some(&columns[..]), Some(&columns[..])];
        let inconclusive = Verdict::Inconclusive { reason: "why".to_owned() };
        for (verdict, expected) in [
            (Verdict::Match, true),
            (Verdict::Tolerated, false),
            (Verdict::Mismatch, false),
            (inconclusive, false),
        ] {
            let recorded = judgement(verdict);
            assert_eq!(stands(&recorded, both, &settings), expected, "{recorded:?}");
            assert!(stands(&recorded, [None, Some(&columns)], &settings));
        }
    }

    /// The exception is real: rows that match by position do not by name.
    #[test]
    fn structs_that_are_laid_by_name_are_read_again() {
        let of = |names: [&str; 2]| {
            let field = |name: &str, value: i32| {
                let values: ArrayRef = Arc::new(Int32Array::from(vec![value]));
                (Arc::new(Field::new(name, DataType::Int32, true)), values)
            };
            let [first, second] = names;
            let array: ArrayRef =
                Arc::new(StructArray::from(vec![field(first, 1), field(second, 2)]));
            batch(vec![array])
        };
        let (legacy, governed) = (of(["x", "y"]), of(["y", "x"]));
        let exact = judged(&facts(), &legacy, &governed, &tolerating(&[]));
        assert_eq!(exact.verdict, Verdict::Match);
        let by_name = tolerating(&[ToleranceKind::StructByName]);
        assert_eq!(judged(&facts(), &legacy, &governed, &by_name).verdict, Verdict::Mismatch);

        let columns = |batch: &arrow::record_batch::RecordBatch| {
            let schema = batch.schema();
            let column = |field: &Arc<Field>| ColumnInfo {
                name: field.name().clone(),
                data_type: type_label(field),
            };
            schema.fields().iter().map(column).collect::<Vec<_>>()
        };
        let (left, right) = (columns(&legacy), columns(&governed));
        assert!(stands(&exact, [Some(&left), Some(&right)], &tolerating(&[])));
        assert!(!stands(&exact, [Some(&left), Some(&right)], &by_name));
        assert!(stands(&exact, [Some(&left), Some(&left)], &by_name));
    }
}
