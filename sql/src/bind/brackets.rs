//! LIKE of Transact-SQL: classes in brackets, and no escape character unless one is named.
//!
//! Source: <https://learn.microsoft.com/en-us/sql/t-sql/language-elements/like-transact-sql>

use super::{Binder, Bound, codes};
use crate::{
    tree::{Expr, ExprKind, Literal},
    types::Type,
};
use sqlparser::ast;

/// A piece of a pattern.
#[derive(Debug, PartialEq, Eq)]
enum Piece {
    Char(char),
    /// `%`
    Any,
    /// `_`
    One,
    /// `[a-c]`: the text between the brackets.
    Class(String),
}

/// Do blanks at the end of a text count where a pattern is held against it?
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Blanks {
    /// They do: one of the two is national text.
    Count,
    /// They do not.
    Ignored,
    /// It is not known which kind of text it is.
    Open,
}

impl Binder<'_> {
    /// What blanks at the end are to `text LIKE pattern`.
    pub(super) fn blanks_in(&self, text: &ast::Expr, pattern: &ast::Expr) -> Blanks {
        let national = |expr: &ast::Expr| {
            self.declared(expr).map(|ty| ["n", "sysname"].iter().any(|start| ty.starts_with(start)))
        };
        match (national(text), national(pattern)) {
            (Some(true), _) | (_, Some(true)) => Blanks::Count,
            (Some(false), Some(false)) => Blanks::Ignored,
            _ => Blanks::Open,
        }
    }

    /// `text [NOT] LIKE pattern`. Blanks at the end of the text count for national text and do not
    /// for other text: that makes a difference where the pattern does not end with `%`.
    pub(super) fn bracket_like(
        &mut self,
        negated: bool,
        mut args: Vec<Expr>,
        blanks: Blanks,
        span: super::Span,
    ) -> Bound<Expr> {
        let escape = if args.len() > 2 { args.pop() } else { None };
        let escape = match escape.as_ref().map(|e| e.text().map(|t| t.chars().collect::<Vec<_>>()))
        {
            None => None,
            Some(Some(one)) if one.len() == 1 => one.first().copied(),
            _ => return self.unsupported("this escape of LIKE", span),
        };
        let Some(pattern) = args.get(1).and_then(Expr::text).map(str::to_owned) else {
            return self.unsupported("LIKE with a pattern that is no constant", span);
        };
        let Some(pieces) = pieces(&pattern, escape) else {
            let what = format!("the pattern `{pattern}` is not understood");
            return self.refuse(codes::LITERAL, what, span);
        };
        args.truncate(1);
        let Some(text) = args.pop() else { return self.unsupported("this LIKE", span) };
        let text = match pieces.last() {
            Some(Piece::Any) => text,
            // A text that ends with that letter has no blanks behind it.
            Some(Piece::Char(last)) if *last != ' ' => self.without_blanks(text, blanks, span)?,
            _ if blanks == Blanks::Count => text,
            _ => {
                let what = "LIKE with a pattern that ends with neither `%` nor a letter";
                return self.unsupported(what, span);
            }
        };
        let (text, folds) = self.matched(text, span)?;
        let case = |text: String| if folds { text.to_lowercase() } else { text };
        let classes = pieces.iter().any(|piece| matches!(piece, Piece::Class(_)));
        let (name, written) = if classes {
            let Some(regex) = regex(&pieces) else {
                return self.unsupported("this class in a pattern", span);
            };
            (if negated { "!~" } else { "~" }, case(regex))
        } else {
            (if negated { "not like" } else { "like" }, case(like(&pieces)))
        };
        let pattern =
            Expr { kind: ExprKind::Literal(Literal::Text(written)), ty: Type::Text, span };
        self.resolve(name, vec![text, pattern], span)
    }
}

impl Binder<'_> {
    /// The text without blanks at its end where they do not count; an error for such a text where
    /// that is not known.
    fn without_blanks(&mut self, text: Expr, blanks: Blanks, span: super::Span) -> Bound<Expr> {
        let core = match blanks {
            Blanks::Count => return Ok(text),
            Blanks::Ignored => "rtrim($1)",
            Blanks::Open => "CASE WHEN right($1, 1) = ' ' THEN raise($1) ELSE $1 END",
        };
        let unknown = text.ty == Type::Unknown;
        let text = if unknown { self.coerce(text, &Type::Text)? } else { text };
        self.core_text(core, vec![text], span)
    }

    /// The text that a pattern is held against, in one case where case does not count.
    fn matched(&self, text: Expr, span: super::Span) -> Bound<(Expr, bool)> {
        let unknown = text.ty == Type::Unknown;
        let text = if unknown { self.coerce(text, &Type::Text)? } else { text };
        match self.keys().and_then(super::collation::Keys::folding) {
            Some(folding) => Ok((self.resolve(folding, vec![text], span)?, true)),
            None => Ok((text, false)),
        }
    }

    /// `PATINDEX('%pattern%', text)`: where the pattern first is found.
    pub(super) fn bracket_position(
        &mut self,
        mut args: Vec<Expr>,
        span: super::Span,
    ) -> Bound<Expr> {
        let inner = args.first().and_then(Expr::text).and_then(|pattern| {
            let mut pieces = pieces(pattern, None)?;
            if pieces.len() < 3 || pieces.first() != Some(&Piece::Any) {
                return None;
            }
            (pieces.pop() == Some(Piece::Any)).then(|| pieces.split_off(1))
        });
        let (Some(pieces), Some(text)) = (inner, args.pop()) else {
            return self.unsupported("PATINDEX with this pattern", span);
        };
        let (text, folds) = self.matched(text, span)?;
        let case = |text: String| if folds { text.to_lowercase() } else { text };
        let literal = |text: String| Expr {
            kind: ExprKind::Literal(Literal::Text(text)),
            ty: Type::Text,
            span,
        };
        let plain: Option<String> = pieces
            .iter()
            .map(|piece| if let Piece::Char(c) = piece { Some(*c) } else { None })
            .collect();
        if let Some(plain) = plain {
            return self.resolve("position", vec![text, literal(case(plain))], span);
        }
        let Some(regex) = expression(&pieces) else {
            return self.unsupported("this class in a pattern", span);
        };
        // What is found first stands nowhere before: it would have been found there.
        let found =
            self.resolve("regexp_substr", vec![text.clone(), literal(case(regex))], span)?;
        let place = self.resolve("position", vec![text.clone(), found], span)?;
        let missing = super::operator::predicate("is null", vec![text], span);
        let null = Expr { kind: ExprKind::Literal(Literal::Null), ty: Type::Int4, span };
        let zero = self.number("0", span);
        let mut call = super::operator::predicate("coalesce", vec![place, zero], span);
        call.ty = Type::Int4;
        let kind = ExprKind::Case {
            operand: None,
            branches: vec![(missing, null)],
            otherwise: Some(Box::new(call)),
        };
        Ok(Expr { kind, ty: Type::Int4, span })
    }
}

fn pieces(pattern: &str, escape: Option<char>) -> Option<Vec<Piece>> {
    let mut all = Vec::new();
    let mut chars = pattern.chars();
    while let Some(c) = chars.next() {
        if Some(c) == escape {
            all.push(Piece::Char(chars.next()?));
            continue;
        }
        match c {
            '%' => all.push(Piece::Any),
            '_' => all.push(Piece::One),
            '[' => {
                let class: String = chars.by_ref().take_while(|c| *c != ']').collect();
                let mut inside = class.chars();
                match (inside.next(), inside.next()) {
                    // `[]` matches nothing, and a bracket may not have been closed.
                    (None, _) => return None,
                    (Some(one), None) if one != '^' => all.push(Piece::Char(one)),
                    _ => all.push(Piece::Class(class)),
                }
            }
            _ => all.push(Piece::Char(c)),
        }
    }
    Some(all)
}

/// A core pattern, escaped by a backslash.
fn like(pieces: &[Piece]) -> String {
    let mut text = String::new();
    for piece in pieces {
        match piece {
            Piece::Any => text.push('%'),
            Piece::One => text.push('_'),
            Piece::Char(c) => {
                if ['%', '_', '\\'].contains(c) {
                    text.push('\\');
                }
                text.push(*c);
            }
            Piece::Class(_) => {}
        }
    }
    text
}

/// The same as a regular expression for the whole text; a last `%` takes the rest anyway.
fn regex(pieces: &[Piece]) -> Option<String> {
    let text = format!("^{}", expression(pieces)?);
    Some(match pieces.last() {
        Some(Piece::Any) => text.strip_suffix(".*")?.to_owned(),
        _ => format!("{text}$"),
    })
}

/// The pieces as a regular expression.
fn expression(pieces: &[Piece]) -> Option<String> {
    let mut text = String::new();
    for piece in pieces {
        match piece {
            Piece::Any => text.push_str(".*"),
            Piece::One => text.push('.'),
            Piece::Char(c) => {
                if c.is_ascii_punctuation() {
                    text.push('\\');
                }
                text.push(*c);
            }
            Piece::Class(class) => {
                let (not, members) = match class.strip_prefix('^') {
                    Some(rest) => ("^", rest),
                    None => ("", class.as_str()),
                };
                text.push_str(&format!("[{not}{}]", members_of(members)?));
            }
        }
    }
    Some(text)
}

/// Letters and digits, and ranges of one kind: only they have one order in every collation.
fn members_of(members: &str) -> Option<&str> {
    let chars: Vec<char> = members.chars().collect();
    let mut at = 0;
    while let Some(first) = chars.get(at) {
        let kind = |c: &char| (c.is_ascii_digit(), c.is_ascii_lowercase(), c.is_ascii_uppercase());
        if !first.is_ascii_alphanumeric() {
            return None;
        }
        at += match (chars.get(at + 1), chars.get(at + 2)) {
            (Some('-'), Some(last)) if kind(first) == kind(last) => 3,
            (Some('-'), _) => return None,
            _ => 1,
        };
    }
    (!members.is_empty()).then_some(members)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn patterns_become_core_patterns() {
        let core = |text: &str, escape| pieces(text, escape).map(|p| like(&p));
        assert_eq!(core("50!%%", Some('!')).as_deref(), Some("50\\%%"));
        assert_eq!(core("%[_]%", None).as_deref(), Some("%\\_%"));
        assert_eq!(core("a\\%", None).as_deref(), Some("a\\\\%"));
        assert_eq!(core("[]%", None), None);
        assert_eq!(core("a!", Some('!')), None);
    }

    #[test]
    fn classes_become_regular_expressions() {
        let core = |text: &str| pieces(text, None).and_then(|p| regex(&p));
        assert_eq!(core("[a-c]x%").as_deref(), Some("^[a-c]x"));
        assert_eq!(core("[^a-b]_.%").as_deref(), Some("^[^a-b].\\."));
        assert_eq!(core("%[0-9]x").as_deref(), Some("^.*[0-9]x$"));
        assert_eq!(core("[A-z]%"), None);
        assert_eq!(core("[-a]%"), None);
    }
}
