//! What all targets write in the same form, around what each of them writes in its own way.

use crate::{
    fragment::{Fragment, Level},
    rule::Emit,
};
use model::Span;
use sql::tree::{
    Alias, Exclude, Expr, Frame, FrameBound, FrameUnits, GroupItem, GroupKey, JoinKind, SetOp,
    SortKey, SortTarget, Window,
};

/// Prints the tree for a target.
pub(crate) trait Print {
    /// An expression.
    fn piece(&mut self, expr: &Expr) -> Emit<Fragment>;

    /// An expression by which rows are sorted, grouped or compared.
    fn key_piece(&mut self, expr: &Expr) -> Emit<Fragment> {
        self.piece(expr)
    }

    fn written_name(&mut self, name: &str, span: Span) -> Emit<String>;

    fn group_key(&mut self, key: &GroupKey) -> Emit<String>;

    /// The offset of a frame.
    fn offset(&mut self, expr: &Expr) -> Emit<String>;

    /// A sort key with its direction and the place of its NULLs.
    fn directed(&mut self, key: &SortKey, text: &str) -> String;

    /// The texts of `exprs`, with commas between them.
    fn list(&mut self, exprs: &[Expr]) -> Emit<String> {
        let texts: Emit<Vec<String>> =
            exprs.iter().map(|expr| Ok(self.piece(expr)?.text)).collect();
        Ok(texts?.join(", "))
    }

    /// The same of keys.
    fn keys(&mut self, exprs: &[Expr]) -> Emit<String> {
        let texts: Emit<Vec<String>> =
            exprs.iter().map(|expr| Ok(self.key_piece(expr)?.text)).collect();
        Ok(texts?.join(", "))
    }

    fn case(
        &mut self,
        operand: Option<&Expr>,
        branches: &[(Expr, Expr)],
        otherwise: Option<&Expr>,
    ) -> Emit<Fragment> {
        let mut text = "CASE".to_owned();
        if let Some(operand) = operand {
            text.push_str(&format!(" {}", self.key_piece(operand)?.at(Level::Add)));
        }
        for (when, then) in branches {
            let when = if operand.is_some() { self.key_piece(when)? } else { self.piece(when)? };
            let then = self.piece(then)?;
            text.push_str(&format!(" WHEN {} THEN {}", when.text, then.text));
        }
        if let Some(otherwise) = otherwise {
            text.push_str(&format!(" ELSE {}", self.piece(otherwise)?.text));
        }
        text.push_str(" END");
        Ok(Fragment::atom(text))
    }

    fn window(&mut self, window: &Window) -> Emit<String> {
        let mut parts = Vec::new();
        if !window.partition_by.is_empty() {
            parts.push(format!("PARTITION BY {}", self.keys(&window.partition_by)?));
        }
        if !window.order_by.is_empty() {
            parts.push(format!("ORDER BY {}", self.inner_keys(&window.order_by)?));
        }
        if let Some(frame) = &window.frame {
            parts.push(self.frame(frame)?);
        }
        Ok(parts.join(" "))
    }

    fn frame(&mut self, frame: &Frame) -> Emit<String> {
        let units = match frame.units {
            FrameUnits::Rows => "ROWS",
            FrameUnits::Range => "RANGE",
            FrameUnits::Groups => "GROUPS",
        };
        let exclude = match frame.exclude {
            Exclude::NoOthers => "",
            Exclude::CurrentRow => " EXCLUDE CURRENT ROW",
            Exclude::Group => " EXCLUDE GROUP",
            Exclude::Ties => " EXCLUDE TIES",
        };
        let start = self.bound(&frame.start)?;
        Ok(match &frame.end {
            Some(end) => format!("{units} BETWEEN {start} AND {}{exclude}", self.bound(end)?),
            None => format!("{units} {start}{exclude}"),
        })
    }

    fn bound(&mut self, bound: &FrameBound) -> Emit<String> {
        Ok(match bound {
            FrameBound::UnboundedPreceding => "UNBOUNDED PRECEDING".to_owned(),
            FrameBound::UnboundedFollowing => "UNBOUNDED FOLLOWING".to_owned(),
            FrameBound::CurrentRow => "CURRENT ROW".to_owned(),
            FrameBound::Preceding(expr) => format!("{} PRECEDING", self.offset(expr)?),
            FrameBound::Following(expr) => format!("{} FOLLOWING", self.offset(expr)?),
        })
    }

    /// Keys inside a call or a window: always expressions.
    fn inner_keys(&mut self, keys: &[SortKey]) -> Emit<String> {
        let keys: Emit<Vec<String>> = keys
            .iter()
            .map(|key| {
                let text = match &key.target {
                    SortTarget::Expr(expr) => self.key_piece(expr)?.text,
                    SortTarget::Output(index) => (index + 1).to_string(),
                };
                Ok(self.directed(key, &text))
            })
            .collect();
        Ok(keys?.join(", "))
    }

    fn group_item(&mut self, item: &GroupItem) -> Emit<String> {
        Ok(match item {
            GroupItem::Key(key) => self.group_key(key)?,
            GroupItem::Rollup(sets) => format!("ROLLUP ({})", self.group_sets(sets, false)?),
            GroupItem::Cube(sets) => format!("CUBE ({})", self.group_sets(sets, false)?),
            GroupItem::Sets(sets) => format!("GROUPING SETS ({})", self.group_sets(sets, true)?),
        })
    }

    fn group_sets(&mut self, sets: &[Vec<GroupKey>], always: bool) -> Emit<String> {
        let mut all = Vec::with_capacity(sets.len());
        for set in sets {
            let keys: Emit<Vec<String>> = set.iter().map(|key| self.group_key(key)).collect();
            let keys = keys?;
            all.push(match keys.as_slice() {
                [one] if !always => one.clone(),
                _ => format!("({})", keys.join(", ")),
            });
        }
        Ok(all.join(", "))
    }

    fn alias(&mut self, alias: &Alias, span: Span) -> Emit<String> {
        let name = self.written_name(&alias.name, span)?;
        if alias.columns.is_empty() {
            return Ok(name);
        }
        let columns: Emit<Vec<String>> =
            alias.columns.iter().map(|column| self.written_name(column, span)).collect();
        Ok(format!("{name}({})", columns?.join(", ")))
    }
}

/// The word between two inputs.
pub(super) const fn join_word(kind: JoinKind) -> &'static str {
    match kind {
        JoinKind::Inner => "JOIN",
        JoinKind::Left => "LEFT JOIN",
        JoinKind::Right => "RIGHT JOIN",
        JoinKind::Full => "FULL JOIN",
        JoinKind::Cross => "CROSS JOIN",
    }
}

/// The words between two queries.
pub(super) fn set_word(op: SetOp, all: bool) -> String {
    let word = match op {
        SetOp::Union => "UNION",
        SetOp::Intersect => "INTERSECT",
        SetOp::Except => "EXCEPT",
    };
    if all { format!("{word} ALL") } else { word.to_owned() }
}

pub(super) const fn not(negated: bool) -> &'static str {
    if negated { "NOT " } else { "" }
}

/// Operators between two operands.
pub(super) fn infix(name: &str) -> Option<(&'static str, Level)> {
    Some(match name {
        "or" => ("OR", Level::Or),
        "and" => ("AND", Level::And),
        "=" => ("=", Level::Compare),
        "<>" => ("<>", Level::Compare),
        "<" => ("<", Level::Compare),
        "<=" => ("<=", Level::Compare),
        ">" => (">", Level::Compare),
        ">=" => (">=", Level::Compare),
        "like" => ("LIKE", Level::Compare),
        "not like" => ("NOT LIKE", Level::Compare),
        "ilike" => ("ILIKE", Level::Compare),
        "not ilike" => ("NOT ILIKE", Level::Compare),
        "similar to" => ("SIMILAR TO", Level::Compare),
        "not similar to" => ("NOT SIMILAR TO", Level::Compare),
        "+" => ("+", Level::Add),
        "-" => ("-", Level::Add),
        "*" => ("*", Level::Multiply),
        "/" => ("/", Level::Multiply),
        "%" => ("%", Level::Multiply),
        "^" => ("^", Level::Other),
        "||" => ("||", Level::Other),
        "&" => ("&", Level::Other),
        "|" => ("|", Level::Other),
        "#" => ("#", Level::Other),
        "<<" => ("<<", Level::Other),
        ">>" => (">>", Level::Other),
        "~" => ("~", Level::Other),
        "~*" => ("~*", Level::Other),
        "!~" => ("!~", Level::Other),
        "!~*" => ("!~*", Level::Other),
        "^@" => ("^@", Level::Other),
        "->" => ("->", Level::Other),
        "->>" => ("->>", Level::Other),
        "#>" => ("#>", Level::Other),
        "#>>" => ("#>>", Level::Other),
        "@>" => ("@>", Level::Other),
        "<@" => ("<@", Level::Other),
        "?" => ("?", Level::Other),
        "&&" => ("&&", Level::Other),
        _ => return None,
    })
}

/// Tests behind their operand.
pub(super) fn postfix(name: &str) -> Option<&'static str> {
    Some(match name {
        "is null" => "IS NULL",
        "is not null" => "IS NOT NULL",
        "is true" => "IS TRUE",
        "is not true" => "IS NOT TRUE",
        "is false" => "IS FALSE",
        "is not false" => "IS NOT FALSE",
        "is unknown" => "IS UNKNOWN",
        "is not unknown" => "IS NOT UNKNOWN",
        _ => return None,
    })
}
