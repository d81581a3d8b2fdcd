//! Pieces of SQL text that know how tightly they bind.

/// How tightly a piece binds, loosest first. Both targets agree on this order; where they do not
/// (`Other`), operands are always put in parentheses.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Level {
    Or,
    And,
    Not,
    Compare,
    /// `||`, `->`, `&` and their like.
    Other,
    Add,
    Multiply,
    Unary,
    Atom,
}

/// A piece of SQL text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Fragment {
    pub(crate) text: String,
    pub(crate) level: Level,
}

impl Fragment {
    pub(crate) fn atom(text: impl Into<String>) -> Self {
        Self { text: text.into(), level: Level::Atom }
    }

    pub(crate) fn new(text: impl Into<String>, level: Level) -> Self {
        Self { text: text.into(), level }
    }

    /// The text, in parentheses unless it binds at least as tightly as `level`.
    pub(crate) fn at(&self, level: Level) -> String {
        if self.level >= level { self.text.clone() } else { format!("({})", self.text) }
    }

    /// The same at the end of `out`.
    fn put(&self, level: Level, out: &mut String) {
        if self.level >= level {
            out.push_str(&self.text);
        } else {
            out.push('(');
            out.push_str(&self.text);
            out.push(')');
        }
    }

    /// `left op right`.
    pub(crate) fn infix(left: &Self, op: &str, right: &Self, level: Level) -> Self {
        let (l, r) = match level {
            Level::Or => (Level::Or, Level::And),
            Level::And => (Level::And, Level::Not),
            Level::Add => (Level::Add, Level::Multiply),
            Level::Multiply => (Level::Multiply, Level::Unary),
            Level::Compare => (Level::Add, Level::Add),
            _ => (Level::Atom, Level::Atom),
        };
        let mut text = String::with_capacity(left.text.len() + op.len() + right.text.len() + 6);
        left.put(l, &mut text);
        text.push(' ');
        text.push_str(op);
        text.push(' ');
        right.put(r, &mut text);
        Self::new(text, level)
    }

    /// `name(arg, …)`.
    pub(crate) fn call(name: &str, args: &[Self]) -> Self {
        let args: Vec<&str> = args.iter().map(|a| a.text.as_str()).collect();
        Self::atom(format!("{name}({})", args.join(", ")))
    }
}

/// Fills `{0}`, `{1}`, … of a template. A slot between `(` or `,` and `)` or `,` takes the text as
/// it is; any other slot puts it in parentheses unless it is an atom. The result is an atom when
/// the template is one call, `CASE … END` or in parentheses; else it binds as loosely as possible.
pub(crate) fn fill(template: &str, args: &[Fragment]) -> Fragment {
    let mut text = String::with_capacity(template.len() * 2);
    let mut rest = template;
    while let Some(open) = rest.find('{') {
        let (before, after) = rest.split_at(open);
        text.push_str(before);
        let Some((slot, tail)) = after.get(1..).and_then(|a| a.split_once('}')) else {
            rest = after;
            break;
        };
        if let Some(arg) = slot.parse::<usize>().ok().and_then(|index| args.get(index)) {
            let opened = text.trim_end().ends_with(['(', ',']);
            let closed = tail.trim_start().starts_with([')', ',']);
            text.push_str(&if opened && closed { arg.text.clone() } else { arg.at(Level::Atom) });
        } else {
            // Braces of another kind, as a pattern has them.
            text.push('{');
            text.push_str(slot);
            text.push('}');
        }
        rest = tail;
    }
    text.push_str(rest);
    let level = if is_atom(template) { Level::Atom } else { Level::Or };
    Fragment { text, level }
}

/// Is the template one call, one CASE or one pair of parentheses?
fn is_atom(template: &str) -> bool {
    if template.starts_with("CASE ") && template.ends_with(" END") {
        // One CASE from the first word to the last, with others inside it only.
        let mut depth = 0_i32;
        for (at, word) in template.split_inclusive([' ', '(', ')', ',']).scan(0, |at, part| {
            *at += part.len();
            Some((*at, part))
        }) {
            match word.trim_end_matches([' ', '(', ')', ',']) {
                "CASE" => depth += 1,
                "END" => depth -= 1,
                _ => {}
            }
            if depth == 0 {
                return at == template.len();
            }
        }
        return false;
    }
    let Some(open) = template.find('(') else { return false };
    let head = template.get(..open).unwrap_or("");
    if !head.chars().all(|c| c.is_ascii_alphanumeric() || c == '_') {
        return false;
    }
    let mut depth = 0_i32;
    for (at, c) in template.char_indices() {
        match c {
            '(' => depth += 1,
            ')' => depth -= 1,
            _ => {}
        }
        if depth == 0 && c == ')' {
            return at + 1 == template.len();
        }
    }
    false
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn slots_take_parentheses_where_they_need_them() {
        let sum = Fragment::new("a + b", Level::Add);
        assert_eq!(fill("f({0}, 1)", std::slice::from_ref(&sum)).text, "f(a + b, 1)");
        assert_eq!(fill("{0} // 2", std::slice::from_ref(&sum)).text, "(a + b) // 2");
        assert_eq!(fill("{0} // 2", &[sum]).level, Level::Or);
        assert_eq!(fill("f('[0-9]{1,3}')", &[]).text, "f('[0-9]{1,3}')");
    }

    #[test]
    fn atoms_are_seen() {
        for atom in [
            "f({0})",
            "CASE WHEN {0} THEN 1 END",
            "f(g({0}), {1})",
            "({0} + 1)",
            "CASE WHEN a THEN CASE WHEN b THEN 1 END END",
        ] {
            assert!(is_atom(atom), "{atom}");
        }
        for other in
            ["f({0}) + g({1})", "{0} + 1", "CASE WHEN a THEN 1 END + CASE WHEN b THEN 2 END"]
        {
            assert!(!is_atom(other), "{other}");
        }
    }

    #[test]
    fn infix_keeps_the_tree() {
        let leaf = |t: &str| Fragment::atom(t);
        let diff = Fragment::infix(&leaf("b"), "-", &leaf("c"), Level::Add);
        assert_eq!(Fragment::infix(&leaf("a"), "-", &diff, Level::Add).text, "a - (b - c)");
        assert_eq!(Fragment::infix(&diff, "-", &leaf("a"), Level::Add).text, "b - c - a");
    }
}
