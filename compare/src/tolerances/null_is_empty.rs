//! `TL0012`: NULL for the empty text, as a warehouse has it that knows no empty text.
//!
//! Beside `text_trim` a text of blanks is empty too.

use super::{
    margin::Margin,
    normal::{Form, Leaf, Step},
};
use crate::kind::Meet;

#[derive(Debug)]
pub(super) struct NullIsEmpty;

impl Form for NullIsEmpty {
    fn step(&self) -> Step {
        Step::Null
    }

    fn applies(&self, meet: &Meet) -> bool {
        *meet == Meet::Text
    }

    fn bring<'v>(&self, leaf: Leaf<'v>) -> Leaf<'v> {
        match leaf {
            Leaf::Text(text) if text.is_empty() => Leaf::Null,
            other => other,
        }
    }

    fn margin(&self, _: &Leaf<'_>, _: &Leaf<'_>) -> Margin {
        Margin::Form("NULL or empty")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::value::Value;

    #[test]
    fn the_empty_text_and_nothing_else() {
        assert_eq!(NullIsEmpty.bring(Leaf::of(&Value::Text(""))), Leaf::Null);
        assert_eq!(NullIsEmpty.bring(Leaf::Null), Leaf::Null);
        for text in [" ", "NULL", "\0"] {
            assert_ne!(NullIsEmpty.bring(Leaf::of(&Value::Text(text))), Leaf::Null);
        }
        assert!(!NullIsEmpty.applies(&Meet::Bytes) && !NullIsEmpty.applies(&Meet::Json));
    }
}
