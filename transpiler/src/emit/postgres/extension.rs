//! Functions of the core language that PostgreSQL has no function for.

use super::Printer;
use crate::{fragment::Fragment, rule::Emit};
use sql::tree::Call;

impl Printer {
    /// `first_row(x)`: the first element of an array of all values.
    pub(super) fn row_value(&mut self, call: &Call, args: &[Fragment]) -> Emit<Fragment> {
        let gathered = Call { name: "array_agg", ..call.clone() };
        let all = self.function(&gathered, args)?.text;
        Ok(Fragment::atom(if call.name == "first_row" {
            format!("({all})[1]")
        } else {
            format!("({all})[array_upper({all}, 1)]")
        }))
    }

    /// `quotient(a, b, digits)`: PostgreSQL rounds a quotient itself, to a scale that depends on
    /// the values but is never below the dividend's. With as many digits as the divisor has beyond
    /// those asked for, rounding twice is rounding once.
    pub(super) fn quotient(call: &Call, args: &[Fragment]) -> Emit<Option<Fragment>> {
        let [one, two, digits] = call.args.as_slice() else { return Ok(None) };
        let shapes = one.ty.decimal_shape().zip(two.ty.decimal_shape());
        let (Some((first, second)), Some(digits)) = (shapes, digits.integer()) else {
            return Self::refuse("a quotient of numbers of unknown digits is not done", one.span);
        };
        let [dividend, divisor, ..] = args else { return Ok(None) };
        let wanted = digits + i64::from(second.precision) + 2;
        let scale = wanted.max(i64::from(first.scale));
        let name = if call.name == "quotient_trunc" { "trunc" } else { "round" };
        Ok(Some(Fragment::atom(format!(
            "{name}(CAST({} AS numeric(1000, {scale})) / {}, {digits})",
            dividend.text,
            divisor.at(crate::fragment::Level::Unary)
        ))))
    }

    /// A text that is stored in a limited column. PostgreSQL's own column does what `fit` says; where
    /// the source is stricter, or counts bytes, what is too long there becomes too long here.
    pub(super) fn limited(call: &Call, args: &[Fragment]) -> Option<Fragment> {
        let (text, most) = (args.first()?, call.args.last()?);
        let long = |n: i64| format!("repeat('!', {})", n + 1);
        let most = || most.integer();
        let x = &text.text;
        Some(match call.name {
            "fit" => text.clone(),
            "fit_strictly" => {
                let n = most()?;
                Fragment::atom(format!("CASE WHEN length({x}) > {n} THEN {} ELSE {x} END", long(n)))
            }
            "fit_bytes" => {
                let n = most()?;
                Fragment::atom(format!(
                    "CASE WHEN octet_length({x}) <= {n} THEN {x} WHEN octet_length(rtrim({x}, ' ')) \
                     <= {n} THEN rtrim({x}, ' ') || repeat(' ', {n} - octet_length(rtrim({x}, ' '))) \
                     ELSE {} END",
                    long(n)
                ))
            }
            "fit_bytes_strictly" => {
                let n = most()?;
                Fragment::atom(format!(
                    "CASE WHEN octet_length({x}) > {n} THEN {} ELSE {x} END",
                    long(n)
                ))
            }
            _ => return None,
        })
    }
}
