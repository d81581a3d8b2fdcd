//! Reads a regular expression of the core that PostgreSQL and RE2 understand alike, and tells where they
//! could still find different matches.
//!
//! PostgreSQL finds the longest match at a place, RE2 (and most others) the first one by its order of
//! trying. They are the same where only one way leads through the pattern for any text, or where every
//! match that begins at a place ends at the same place.

mod set;
mod tree;

use set::Set;
use tree::Node;

/// A pattern that both understand.
#[derive(Debug, Clone, PartialEq, Eq)]
#[expect(clippy::struct_excessive_bools, reason = "each says something of its own")]
pub struct Regex {
    /// The pattern for RE2.
    pub text: String,
    /// Groups that capture.
    pub groups: u32,
    /// The match at a place is the same for both.
    pub one_match: bool,
    /// And what its groups match.
    pub one_parse: bool,
    /// Does each group take part in every match?
    pub groups_match: bool,
    /// It can match no text at all.
    pub empty: bool,
    /// It holds `\w`: the engines differ about some characters, which the text must not have.
    pub words: bool,
}

/// What PostgreSQL takes for space, inside brackets.
const SPACE: &str =
    r"\t-\r \x{1680}\x{2000}-\x{2006}\x{2008}-\x{200A}\x{2028}\x{2029}\x{205F}\x{3000}";

/// Deepest groups.
const DEPTH_MAX: usize = 30;

/// Reads a pattern; nothing for one that is not known to mean the same.
pub fn read(pattern: &str) -> Option<Regex> {
    let mut reader =
        Reader { rest: pattern, text: String::new(), sets: Vec::new(), groups: 0, words: false };
    let starts = reader.take("^");
    if starts {
        reader.text.push('^');
    }
    let node = reader.alternatives(0)?;
    let ends = reader.take("$");
    // Anchors hold for the whole pattern, not for its first or last alternative.
    let split = matches!(node, Node::Either(_));
    if !reader.rest.is_empty() || reader.sets.is_empty() || (split && (starts || ends)) {
        return None;
    }
    if ends {
        reader.text.push('$');
    }
    let about = tree::analyze(&node, &reader.sets);
    // Every match that begins at a place ends at the same one.
    let one_end = ends || about.width.is_some() || tree::runs_to_an_end(&node, &reader.sets);
    // Greedy repeats of single characters one after the other: earlier ones take what they can on
    // both. With one varying count more is longer, and tried first.
    let chain = tree::is_chain(&node);
    let one_parse = about.determined || (chain && (one_end || tree::varying(&node) < 2));
    Some(Regex {
        groups: reader.groups,
        one_match: one_parse || one_end,
        one_parse,
        groups_match: about.groups_match,
        empty: about.nullable,
        words: reader.words,
        text: reader.text,
    })
}

struct Reader<'p> {
    rest: &'p str,
    text: String,
    sets: Vec<Set>,
    groups: u32,
    words: bool,
}

impl Reader<'_> {
    fn next(&mut self) -> Option<char> {
        let c = self.rest.chars().next()?;
        self.rest = self.rest.strip_prefix(c)?;
        Some(c)
    }

    fn take(&mut self, text: &str) -> bool {
        let rest = self.rest.strip_prefix(text);
        self.rest = rest.unwrap_or(self.rest);
        rest.is_some()
    }

    fn alternatives(&mut self, depth: usize) -> Option<Node> {
        let mut all = vec![self.sequence(depth)?];
        while self.take("|") {
            self.text.push('|');
            all.push(self.sequence(depth)?);
        }
        match all.len() {
            1 => all.pop(),
            _ => Some(Node::Either(all)),
        }
    }

    fn sequence(&mut self, depth: usize) -> Option<Node> {
        let mut items = Vec::new();
        while let Some(c) = self.rest.chars().next() {
            if c == '|' || c == ')' || self.rest == "$" {
                break;
            }
            self.next()?;
            let item = match c {
                '(' if depth < DEPTH_MAX => {
                    let captures = !self.take("?:");
                    self.groups += u32::from(captures);
                    self.text.push_str(if captures { "(" } else { "(?:" });
                    let inner = self.alternatives(depth + 1)?;
                    if !self.take(")") {
                        return None;
                    }
                    self.text.push(')');
                    Node::Group(Box::new(inner), captures)
                }
                '(' | '*' | '+' | '?' | '{' => return None,
                c => {
                    let set = self.set(c)?;
                    self.sets.push(set);
                    Node::Set(self.sets.len() - 1)
                }
            };
            items.push(self.repeated(item)?);
        }
        // An empty alternative or group would be a choice of nothing.
        (!items.is_empty() || (depth == 0 && self.sets.is_empty())).then_some(Node::Chain(items))
    }

    fn repeated(&mut self, item: Node) -> Option<Node> {
        let (least, most) = match self.rest.chars().next() {
            Some('*') => (0, None),
            Some('+') => (1, None),
            Some('?') => (0, Some(1)),
            Some('{') => {
                let (counts, _) = self.rest.strip_prefix('{')?.split_once('}')?;
                let (least, most) = counts.split_once(',').unwrap_or((counts, counts));
                let count = |text: &str| text.parse::<u8>().ok().filter(|_| !text.contains('+'));
                let least = count(least)?;
                let most = if most.is_empty() { None } else { Some(count(most)?) };
                if most.is_some_and(|most| most < least || most == 0) {
                    return None;
                }
                self.text.push('{');
                self.text.push_str(counts);
                (least, most)
            }
            _ => return Some(item),
        };
        let closing = if self.rest.starts_with('{') {
            self.rest = self.rest.split_once('}')?.1;
            '}'
        } else {
            self.next()?
        };
        self.text.push(closing);
        // A second quantifier makes the first one lazy, or is an error.
        if self.rest.starts_with(['*', '+', '?', '{']) {
            return None;
        }
        Some(Node::Repeat { inner: Box::new(item), least, most })
    }

    /// One character, class or bracket.
    fn set(&mut self, c: char) -> Option<Set> {
        match c {
            '.' => {
                self.text.push('.');
                Some(Set::all())
            }
            '[' => self.bracket(),
            '\\' => {
                let escaped = self.next()?;
                let class = ['d', 'w', 's'].contains(&escaped);
                if class {
                    self.text.push('[');
                }
                let set = self.escape(escaped)?;
                if class {
                    self.text.push(']');
                }
                Some(set)
            }
            ']' | '}' | '^' | '$' => None,
            c if c.is_control() => None,
            c => {
                self.text.push(c);
                Some(Set::of(c))
            }
        }
    }

    /// `\d`, `\w`, `\s` as they stand inside brackets, or punctuation.
    fn escape(&mut self, escaped: char) -> Option<Set> {
        let digits = Set::range('0', '9');
        Some(match escaped {
            'd' => {
                self.text.push_str("0-9");
                digits
            }
            'w' => {
                self.words = true;
                self.text.push_str(r"\pL0-9_");
                let letters = Set::range('a', 'z').with(Set::range('A', 'Z'));
                letters.with(digits).with(Set::of('_')).with(Set::SOME_OTHERS)
            }
            's' => {
                self.text.push_str(SPACE);
                Set::range('\t', '\r').with(Set::of(' ')).with(Set::SOME_OTHERS)
            }
            c if c.is_ascii_punctuation() => {
                self.text.push('\\');
                self.text.push(c);
                Set::of(c)
            }
            _ => return None,
        })
    }

    fn bracket(&mut self) -> Option<Set> {
        self.text.push('[');
        let negated = self.take("^");
        if negated {
            self.text.push('^');
        }
        let mut set = Set::NONE;
        let mut from: Option<char> = None;
        loop {
            let c = self.next()?;
            match c {
                ']' if set == Set::NONE => return None,
                ']' => break,
                '[' => return None,
                '\\' => {
                    let escaped = self.next()?;
                    set = set.with(self.escape(escaped)?);
                    from = None;
                }
                '-' if !self.rest.starts_with(']') && from.is_some() => {
                    let (from_c, to) = (from.take()?, self.next()?);
                    // Beyond ASCII both go by code points.
                    let plain = |c: char| c.is_ascii_alphanumeric() || !c.is_ascii();
                    if !plain(to) || !plain(from_c) || to < from_c {
                        return None;
                    }
                    self.text.push('-');
                    self.text.push(to);
                    set = set.with(Set::range(from_c, to));
                }
                c => {
                    if c == '-' || c == '^' {
                        self.text.push('\\');
                    }
                    self.text.push(c);
                    set = set.with(Set::of(c));
                    from = Some(c);
                }
            }
        }
        self.text.push(']');
        Some(if negated { set.negated() } else { set })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn patterns_are_read() {
        for (pattern, text, one_match, one_parse, empty) in [
            ("[0-9]+", "[0-9]+", true, true, false),
            ("([a-z]+)([0-9]+)", "([a-z]+)([0-9]+)", true, true, false),
            (r"^\d{3}-\d{4}$", "^[0-9]{3}-[0-9]{4}$", true, true, false),
            ("a*", "a*", true, true, true),
            ("a*ab", "a*ab", true, true, false),
            ("a*ab?", "a*ab?", false, false, false),
            ("a*ab?$", "a*ab?$", true, true, false),
            ("a|ab", "a|ab", false, false, false),
            ("cat|dog", "cat|dog", true, true, false),
            ("ca|co", "ca|co", true, false, false),
            ("Ste(v|ph)en", "Ste(v|ph)en", true, true, false),
            ("(ab)+c", "(ab)+c", true, true, false),
            ("(ab)+a", "(ab)+a", false, false, false),
            ("(a|ab)(c|bcd)$", "(a|ab)(c|bcd)$", true, false, false),
            ("(a|b)*", "(a|b)*", true, true, true),
            ("[^@]+@.*", "[^@]+@.*", true, true, false),
            ("(.*) (.*) (.*)", "(.*) (.*) (.*)", true, true, false),
            ("( ){2,}", "( ){2,}", true, true, false),
            (r"[\d.-]+", r"[0-9.\-]+", true, true, false),
        ] {
            let read = read(pattern).unwrap();
            assert_eq!(
                (read.text.as_str(), read.one_match, read.one_parse, read.empty),
                (text, one_match, one_parse, empty),
                "{pattern}"
            );
        }
    }

    #[test]
    fn groups_that_may_not_match_are_told() {
        for (pattern, all) in
            [("(a)(b)", true), ("(a)?b", false), ("(a)|(b)", false), ("(a){2}", true)]
        {
            assert_eq!(read(pattern).unwrap().groups_match, all, "{pattern}");
        }
    }

    #[test]
    fn what_differs_is_not_read() {
        for pattern in [
            "",
            "^",
            "a^b",
            "a$b",
            "a**",
            "a+?",
            "(?i)a",
            "(?=a)",
            r"\y",
            r"\1",
            "[[:alpha:]]",
            "[]a]",
            "a{300}",
            "a{0}",
            "(a",
            "a)",
            "{2}",
            "a||b",
            "()a",
            "(|a)",
            "^a|b$",
            "(a$)",
        ] {
            assert_eq!(read(pattern), None, "{pattern}");
        }
    }
}
