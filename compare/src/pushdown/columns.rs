//! Which encoding the values of a column have on both sides, and which columns have none.

use crate::{kind::Meet, shape::Column};
use model::Encoding;

/// The encodings of all columns; an error names one that has none, and why.
pub(super) fn encodings(columns: &[Column<'_>]) -> Result<Vec<Encoding>, String> {
    let encoding = |column: &Column<'_>| {
        of(&column.meet).map_err(|reason| {
            format!(
                "column {} (`{}`) cannot be pushed down: {reason}; compare without push-down, or leave it out of the query",
                column.index + 1,
                column.name
            )
        })
    };
    columns.iter().map(encoding).collect()
}

fn of(meet: &Meet) -> Result<Encoding, &'static str> {
    Ok(match meet {
        Meet::Null => Encoding::Null,
        Meet::Bool => Encoding::Bool,
        Meet::Int | Meet::Exact => Encoding::Exact,
        Meet::Float => Encoding::Float,
        Meet::Text => Encoding::Text,
        Meet::Bytes => Encoding::Bytes,
        Meet::Uuid => Encoding::Uuid,
        Meet::Date => Encoding::Date,
        Meet::Time => Encoding::Time,
        Meet::Instant => Encoding::Instant,
        Meet::Interval => Encoding::Interval,
        Meet::Number => {
            return Err(
                "it is an exact number on one side and a float on the other, which are equal by the exact value of the float, and no engine writes that",
            );
        }
        Meet::Json => {
            return Err("documents are equal by value, and engines hash their text");
        }
        Meet::List(_) | Meet::Struct(_) | Meet::Map(..) => {
            return Err("lists, structs and maps are not summed up");
        }
        Meet::Disjoint => return Err("its types cannot be compared with each other"),
    })
}
