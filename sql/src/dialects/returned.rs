//! The result type of a definition: a type, or `numeric(…)` with digits computed from those of the
//! arguments: `numeric(38, max(s1, min(s1 + 6, 12)))`, or given as constants: `numeric(v2, v3)`.
//! `first(v2, s1)` is the first of several that is known, `stored(p1)` the digits of an integer that stores so many.

use crate::types::{DecimalShape, Type};

/// A result type as its line writes it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Returned {
    Is(Type),
    /// `numeric` with computed precision and scale.
    Digits(Digits, Digits),
}

/// A number computed from the digits of the arguments.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Digits {
    Number(i64),
    /// Precision of argument n, 0-based.
    Precision(usize),
    /// Scale of argument n, 0-based.
    Scale(usize),
    /// Value of the constant argument n, 0-based.
    Value(usize),
    Add(Box<Self>, Box<Self>),
    Subtract(Box<Self>, Box<Self>),
    Max(Vec<Self>),
    Min(Vec<Self>),
    /// The first that is known.
    First(Vec<Self>),
    /// How many digits an integer of 4, 8 or 16 bytes has that stores so many.
    Stored(Box<Self>),
}

impl Returned {
    pub(super) fn read(text: &str) -> Option<Self> {
        match Type::parse(text) {
            Type::Other(_) => {}
            known => return Some(Self::Is(known)),
        }
        let mut reader = Reader { rest: text.strip_prefix("numeric")?.trim() };
        reader.symbol('(')?;
        let precision = reader.sum()?;
        reader.symbol(',')?;
        let scale = reader.sum()?;
        reader.symbol(')')?;
        reader.rest.is_empty().then_some(Self::Digits(precision, scale))
    }

    /// The type for arguments of these types; nothing where their digits are not known. `values` are
    /// those of constant integers.
    pub(crate) fn of(&self, args: &[Type], values: &[Option<i64>]) -> Option<Type> {
        match self {
            Self::Is(ty) => Some(ty.clone()),
            Self::Digits(precision, scale) => {
                let precision = u32::try_from(precision.of(args, values)?).ok()?;
                let scale = u32::try_from(scale.of(args, values)?).ok()?;
                Some(Type::Numeric(Some(DecimalShape { precision, scale })))
            }
        }
    }
}

impl Digits {
    fn of(&self, args: &[Type], values: &[Option<i64>]) -> Option<i64> {
        let shape = |index: &usize| args.get(*index).and_then(Type::decimal_shape);
        Some(match self {
            Self::Number(n) => *n,
            Self::Precision(index) => i64::from(shape(index)?.precision),
            Self::Scale(index) => i64::from(shape(index)?.scale),
            Self::Value(index) => values.get(*index).copied().flatten()?,
            Self::Add(a, b) => a.of(args, values)?.checked_add(b.of(args, values)?)?,
            Self::Subtract(a, b) => a.of(args, values)?.checked_sub(b.of(args, values)?)?,
            Self::Max(all) => Self::each(all, args, values)?.into_iter().max()?,
            Self::Min(all) => Self::each(all, args, values)?.into_iter().min()?,
            Self::Stored(digits) => match digits.of(args, values)? {
                ..=9 => 9,
                10..=18 => 18,
                _ => 38,
            },
            Self::First(all) => all.iter().find_map(|one| one.of(args, values))?,
        })
    }

    fn each(all: &[Self], args: &[Type], values: &[Option<i64>]) -> Option<Vec<i64>> {
        all.iter().map(|one| one.of(args, values)).collect()
    }
}

struct Reader<'a> {
    rest: &'a str,
}

impl Reader<'_> {
    fn symbol(&mut self, symbol: char) -> Option<()> {
        self.rest = self.rest.trim_start().strip_prefix(symbol)?.trim_start();
        Some(())
    }

    fn sum(&mut self) -> Option<Digits> {
        let mut left = self.atom()?;
        loop {
            if self.symbol('+').is_some() {
                left = Digits::Add(Box::new(left), Box::new(self.atom()?));
            } else if self.symbol('-').is_some() {
                left = Digits::Subtract(Box::new(left), Box::new(self.atom()?));
            } else {
                return Some(left);
            }
        }
    }

    fn atom(&mut self) -> Option<Digits> {
        let rest = self.rest.trim_start();
        let end = rest.find(|c: char| !c.is_ascii_alphanumeric()).unwrap_or(rest.len());
        let word = rest.get(..end)?;
        self.rest = rest.get(end..)?;
        if let Ok(number) = word.parse::<i64>() {
            return Some(Digits::Number(number));
        }
        if ["max", "min", "first"].contains(&word) {
            self.symbol('(')?;
            let mut all = vec![self.sum()?];
            while self.symbol(',').is_some() {
                all.push(self.sum()?);
            }
            self.symbol(')')?;
            return Some(match word {
                "max" => Digits::Max(all),
                "min" => Digits::Min(all),
                _ => Digits::First(all),
            });
        }
        if word == "stored" {
            self.symbol('(')?;
            let digits = self.sum()?;
            self.symbol(')')?;
            return Some(Digits::Stored(Box::new(digits)));
        }
        let index = word.get(1..)?.parse::<usize>().ok()?.checked_sub(1)?;
        match word.get(..1)? {
            "p" => Some(Digits::Precision(index)),
            "s" => Some(Digits::Scale(index)),
            "v" => Some(Digits::Value(index)),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn digits_are_computed() {
        let quotient = Returned::read("numeric(38, max(s1, min(s1 + 6, 12)))").unwrap();
        let args = |scale| [Type::decimal(20, scale), Type::Int8];
        assert_eq!(quotient.of(&args(2), &[]), Some(Type::decimal(38, 8)));
        assert_eq!(quotient.of(&args(14), &[]), Some(Type::decimal(38, 14)));
        assert_eq!(quotient.of(&[Type::NUMERIC, Type::Int8], &[]), None);
        let difference = Returned::read("numeric(p1 - s1 + s2, 0)").unwrap();
        assert_eq!(
            difference.of(&[Type::decimal(9, 4), Type::decimal(3, 2)], &[]),
            Some(Type::decimal(7, 0))
        );
        let asked = Returned::read("numeric(v2, v3)").unwrap();
        let types = [Type::Text, Type::Int8, Type::Int8];
        assert_eq!(asked.of(&types, &[None, Some(10), Some(2)]), Some(Type::decimal(10, 2)));
        assert_eq!(asked.of(&types, &[None, None, Some(2)]), None);
        let either = Returned::read("numeric(38, first(max(0, min(s1, v2)), s1))").unwrap();
        assert_eq!(either.of(&args(4), &[None, Some(1)]), Some(Type::decimal(38, 1)));
        assert_eq!(either.of(&args(4), &[None, Some(-1)]), Some(Type::decimal(38, 0)));
        assert_eq!(either.of(&args(4), &[None, None]), Some(Type::decimal(38, 4)));
        let stored = Returned::read("numeric(stored(max(p1, 4)), s1)").unwrap();
        for (digits, wanted) in [(3, 9), (9, 9), (10, 18), (18, 18), (19, 38), (38, 38)] {
            assert_eq!(stored.of(&[Type::decimal(digits, 2)], &[]), Some(Type::decimal(wanted, 2)));
        }
        for wrong in ["numeric(38)x", "numeric(", "numeric(q1, 2)", "numeric(max(), 2)", "nonsense"]
        {
            assert_eq!(Returned::read(wrong), None, "{wrong}");
        }
    }
}
