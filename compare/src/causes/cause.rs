//! What every cause has, whatever it explains.

use super::pair::Pair;
use model::Side;

/// What people read about a cause.
#[derive(Debug)]
pub(crate) struct About {
    /// `DC0101` and so on.
    pub(crate) code: &'static str,
    pub(crate) name: &'static str,
    /// What it is, how it is recognised, what settles it.
    pub(crate) page: &'static str,
}

/// Explains pairs of unequal values of one column.
#[derive(Debug)]
pub(crate) struct CellCause {
    pub(crate) about: About,
    /// The pairs that it is shown.
    pub(crate) kinds: &'static [PairKind],
    pub(crate) level: Level,
    pub(crate) support: Support,
    /// Adds every parameter with which it explains the pair. To be symmetric, it adds the mirrored
    /// parameters for the pair with its sides swapped, and of two readings of one pair only one.
    pub(crate) explain: fn(&Pair<'_>, &mut Vec<Parameter>),
    pub(crate) words: fn(Parameter, &str) -> Words,
    /// Puts parameters that are one cause together, the most frequent first; most are not.
    pub(crate) join: Option<Join>,
}

/// Several parameters and the name of the column, in words; nothing where they are several causes.
pub(crate) type Join = fn(&[Parameter], &str) -> Option<Words>;

/// What the two values of a pair are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum PairKind {
    /// One is NULL.
    Null,
    /// Two numbers.
    Number,
    /// Two texts.
    Text,
    /// Two dates, timestamps or times of day.
    Time,
    /// Anything else.
    Other,
}

impl PairKind {
    pub(crate) const ALL: [Self; 5] =
        [Self::Null, Self::Number, Self::Text, Self::Time, Self::Other];
}

/// Which causes go first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Level {
    /// Hardly ever true by chance.
    Specific,
    /// Says less; explains what no specific cause does.
    General,
    /// Says what everybody can see; better than nothing.
    Last,
}

/// How many of the cells that were looked at a parameter must explain to be told.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Support {
    /// A single cell is enough, as no chance makes such a pair.
    Any,
    /// At least so many cells, and so many of a hundred: chance makes such pairs now and then.
    Share { cells_min: u64, percent_min: u64 },
}

impl Support {
    /// Is it enough that `explained` of `looked_at` cells are explained?
    pub(crate) fn is_enough(self, explained: u64, looked_at: u64) -> bool {
        match self {
            Self::Any => explained > 0,
            Self::Share { cells_min, percent_min } => {
                explained >= cells_min.max(1)
                    && u128::from(explained) * 100
                        >= u128::from(looked_at) * u128::from(percent_min)
            }
        }
    }
}

/// With what a cause explains a pair. What the parts mean is the matter of each cause.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Parameter {
    /// The side that has the strange value, where one has.
    pub(crate) side: Option<Side>,
    /// Of two forms that explain the same cells, the lower is told.
    pub(crate) form: u8,
    /// Of two amounts that explain the same cells, the nearer to zero is told. A sign turns when the
    /// sides are swapped: it is always governed against legacy.
    pub(crate) amount: i64,
}

impl Parameter {
    /// Nothing to add.
    pub(crate) const NONE: Self = Self { side: None, form: 0, amount: 0 };

    /// The side that has the strange value.
    pub(crate) const fn of_side(side: Side) -> Self {
        Self { side: Some(side), ..Self::NONE }
    }

    pub(crate) const fn form(self, form: u8) -> Self {
        Self { form, ..self }
    }

    pub(crate) const fn amount(self, amount: i64) -> Self {
        Self { amount, ..self }
    }

    /// `the governed side`; both sides where it is neither alone.
    pub(crate) fn the_side(self) -> &'static str {
        match self.side {
            Some(side) => the_side(side),
            None => "both sides",
        }
    }

    /// `the legacy side` where the strange value is on the governed one.
    pub(crate) fn the_other_side(self) -> &'static str {
        match self.side {
            Some(side) => the_side(side.other()),
            None => "both sides",
        }
    }

    /// `governed: text`, or the text alone.
    pub(crate) fn told(self, text: &str) -> String {
        match self.side {
            Some(side) if text.is_empty() => side.to_string(),
            Some(side) => format!("{side}: {text}"),
            None => text.to_owned(),
        }
    }
}

/// `the governed side`.
pub(crate) const fn the_side(side: Side) -> &'static str {
    match side {
        Side::Legacy => "the legacy side",
        Side::Governed => "the governed side",
    }
}

/// A parameter in words.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Words {
    /// The parameter alone, the same in all columns and statements.
    pub(crate) parameter: String,
    /// What the cells are: `1 h later on the governed side`.
    pub(crate) says: String,
    /// What settles it.
    pub(crate) remedy: String,
}

/// The remedy `text`, and a tolerance for the column with these lines.
pub(crate) fn with_tolerance(text: &str, lines: &[&str], column: &str, reason: &str) -> String {
    let (lines, column) = (lines.join("\n"), toml_text(column));
    format!(
        "{text}; or accept it:\n\n[[tolerances]]\n{lines}\nscope = {{ column = {column} }}\nreason = \"{reason}\"\n"
    )
}

/// A basic string of TOML.
fn toml_text(text: &str) -> String {
    let escaped = text.chars().fold(String::from('"'), |mut out, c| {
        match c {
            '"' | '\\' => out.extend(['\\', c]),
            c if c.is_control() => out.push_str(&format!("\\u{:04X}", u32::from(c))),
            c => out.push(c),
        }
        out
    });
    escaped + "\""
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn support_counts_cells_and_shares() {
        assert!(Support::Any.is_enough(1, u64::MAX));
        assert!(!Support::Any.is_enough(0, 0));
        let share = Support::Share { cells_min: 2, percent_min: 5 };
        assert!(share.is_enough(5, 100) && !share.is_enough(4, 100));
        assert!(share.is_enough(2, 2) && !share.is_enough(1, 1));
        assert!(!share.is_enough(u64::MAX / 100, u64::MAX));
    }

    #[test]
    fn a_column_of_any_name_is_a_toml_string() {
        let remedy = with_tolerance("do", &["kind = \"text_case\""], "a\"\\\n\u{7f}é", "r");
        assert!(remedy.contains(r#"scope = { column = "a\"\\\u000A\u007Fé" }"#), "{remedy}");
    }
}
