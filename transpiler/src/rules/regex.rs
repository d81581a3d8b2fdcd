//! Reads a regular expression that PostgreSQL and RE2 understand alike, and tells where they could
//! still find different matches.
//!
//! PostgreSQL finds the longest match at a place, RE2 the first one by its order of trying. They
//! are the same where each repeated character set shares nothing with what may follow it.

use crate::{emit::Emitter, targets::Target};

/// A pattern that both understand.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Regex {
    /// The pattern for RE2.
    pub(super) text: String,
    /// Groups that capture.
    pub(super) groups: u32,
    /// The match at a place is the same for both.
    pub(super) one_match: bool,
    /// It can match no text at all.
    pub(super) empty: bool,
    /// It holds `\w`: the engines differ about some characters, which the text must not have.
    pub(super) words: bool,
}

/// Characters that are letters for one engine and not for the other: marks, digits and letters of
/// other kinds than plain ones, and what stands beyond the basic plane.
pub(super) const AMBIGUOUS: &str = r"[\pM\x{24B6}-\x{24E9}\x{10000}-\x{10FFFF}]|[^\PN0-9]";

/// What PostgreSQL takes for space, inside brackets.
const SPACE: &str =
    r"\t-\r \x{1680}\x{2000}-\x{2006}\x{2008}-\x{200A}\x{2028}\x{2029}\x{205F}\x{3000}";

/// Characters that fold to ASCII letters for RE2 and not for PostgreSQL, or the other way round.
const COUSINS: &str = r"[\x{130}\x{131}\x{17F}\x{212A}]";

/// `template` over the text `{0}` under a pattern of ASCII that folds case, raised where the text
/// has letters that fold in other ways.
pub(super) fn folded(emitter: &Emitter, template: &str) -> String {
    let test = match emitter.target() {
        Target::DuckDb => "regexp_matches",
        Target::DataFusion | Target::Postgres => "regexp_like",
    };
    let condition = format!("{test}({{0}}, '{COUSINS}')");
    emitter.raise_if(&condition, "case of such a letter is not known", template)
}

/// `template` over the text `{0}`, raised where the engines see other words in it.
pub(super) fn guarded(emitter: &Emitter, template: &str) -> String {
    let test = match emitter.target() {
        Target::DuckDb => "regexp_matches",
        Target::DataFusion | Target::Postgres => "regexp_like",
    };
    let condition = format!("{test}({{0}}, '{AMBIGUOUS}')");
    emitter.raise_if(&condition, "a word with such a character is not known", template)
}

/// A set of characters: ASCII one by one, the rest as one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Set {
    ascii: u128,
    other: bool,
}

impl Set {
    const NONE: Self = Self { ascii: 0, other: false };
    const ALL: Self = Self { ascii: u128::MAX, other: true };

    fn of(c: char) -> Self {
        match u32::from(c) {
            n @ 0..=127 => Self { ascii: 1 << n, other: false },
            _ => Self { ascii: 0, other: true },
        }
    }

    fn range(from: char, to: char) -> Self {
        let ascii = (from..=to).take_while(char::is_ascii);
        let set = ascii.fold(Self::NONE, |set, c| set.with(Self::of(c)));
        Self { other: !to.is_ascii(), ..set }
    }

    const fn with(self, more: Self) -> Self {
        Self { ascii: self.ascii | more.ascii, other: self.other || more.other }
    }

    const fn meets(self, other: Self) -> bool {
        self.ascii & other.ascii != 0 || (self.other && other.other)
    }
}

/// One character set of the pattern.
struct Item {
    set: Set,
    needed: bool,
    repeats: bool,
}

/// Reads a pattern; nothing for one that is not known to mean the same.
pub(super) fn read(pattern: &str) -> Option<Regex> {
    let mut reader = Reader { rest: pattern, text: String::new(), items: Vec::new(), words: false };
    let (mut groups, mut open, mut branches, mut grouped) = (0, Vec::new(), false, false);
    // What a quantifier may repeat: the last character set or the last group.
    let mut last = Last::Nothing;
    if reader.take("^") {
        reader.text.push('^');
    }
    while let Some(c) = reader.next() {
        last = match c {
            '$' if reader.rest.is_empty() => {
                reader.text.push('$');
                Last::Nothing
            }
            '(' => {
                let captures = !reader.take("?:");
                groups += u32::from(captures);
                open.push(());
                reader.text.push_str(if captures { "(" } else { "(?:" });
                Last::Nothing
            }
            ')' => {
                open.pop()?;
                reader.text.push(')');
                Last::Group
            }
            '|' => {
                branches = true;
                reader.text.push('|');
                Last::Nothing
            }
            '*' | '+' | '?' | '{' => {
                let (needed, repeats) = reader.quantifier(c)?;
                match last {
                    Last::Nothing => return None,
                    Last::Group => grouped = true,
                    Last::Set => {
                        let item = reader.items.last_mut()?;
                        item.needed = needed;
                        item.repeats = repeats;
                    }
                }
                Last::Nothing
            }
            _ => {
                let set = reader.set(c)?;
                reader.items.push(Item { set, needed: true, repeats: false });
                Last::Set
            }
        };
    }
    if reader.items.is_empty() || !open.is_empty() {
        return None;
    }
    let plain = !branches && !grouped;
    Some(Regex {
        groups,
        // With one varying count more is longer, and tried first.
        one_match: plain
            && (reader.items.iter().filter(|item| item.repeats).count() < 2
                || is_determined(&reader.items)),
        empty: !plain || !reader.items.iter().any(|item| item.needed),
        words: reader.words,
        text: reader.text,
    })
}

/// Is it decided at each character whether a repetition goes on?
fn is_determined(items: &[Item]) -> bool {
    items.iter().enumerate().filter(|(_, item)| item.repeats).all(|(index, item)| {
        for next in items.iter().skip(index + 1) {
            if next.set.meets(item.set) {
                return false;
            }
            if next.needed {
                break;
            }
        }
        true
    })
}

enum Last {
    Nothing,
    Set,
    Group,
}

struct Reader<'p> {
    rest: &'p str,
    text: String,
    items: Vec<Item>,
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

    /// A quantifier: must what it repeats be there, and may its count vary?
    fn quantifier(&mut self, c: char) -> Option<(bool, bool)> {
        let read = match c {
            '*' => (false, true),
            '+' => (true, true),
            '?' => (false, true),
            _ => {
                let (counts, rest) = self.rest.split_once('}')?;
                let (least, most) = counts.split_once(',').unwrap_or((counts, counts));
                let count = |text: &str| text.parse::<u8>().ok().filter(|_| !text.contains('+'));
                let least_count = count(least)?;
                if !most.is_empty() && count(most)? < least_count {
                    return None;
                }
                self.text.push_str(&format!("{{{counts}}}"));
                self.rest = rest;
                (least_count > 0, least != most)
            }
        };
        if c != '{' {
            self.text.push(c);
        }
        // A second quantifier makes the first one lazy, or is an error.
        (!self.rest.starts_with(['*', '+', '?', '{'])).then_some(read)
    }

    /// One character, class or bracket.
    fn set(&mut self, c: char) -> Option<Set> {
        match c {
            '.' => {
                self.text.push('.');
                Some(Set::ALL)
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
                Set { other: true, ..letters.with(digits).with(Set::of('_')) }
            }
            's' => {
                self.text.push_str(SPACE);
                Set { other: true, ..Set::range('\t', '\r').with(Set::of(' ')) }
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
                    if !to.is_ascii_alphanumeric() || !from_c.is_ascii_alphanumeric() || to < from_c
                    {
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
        Some(if negated { Set { ascii: !set.ascii, other: true } } else { set })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn patterns_are_read() {
        for (pattern, text, one_match, empty) in [
            ("[0-9]+", "[0-9]+", true, false),
            ("([a-z]+)([0-9]+)", "([a-z]+)([0-9]+)", true, false),
            (r"^\d{3}-\d{4}$", "^[0-9]{3}-[0-9]{4}$", true, false),
            ("a*", "a*", true, true),
            ("a*ab", "a*ab", true, false),
            ("a*ab?", "a*ab?", false, false),
            ("a|ab", "a|ab", false, true),
            ("(ab)+c", "(ab)+c", false, true),
            ("[^@]+@.*", "[^@]+@.*", true, false),
            (r"[\d.-]+", r"[0-9.\-]+", true, false),
        ] {
            let read = read(pattern).unwrap();
            assert_eq!(
                (read.text.as_str(), read.one_match, read.empty),
                (text, one_match, empty),
                "{pattern}"
            );
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
            "(a",
            "a)",
            "{2}",
        ] {
            assert_eq!(read(pattern), None, "{pattern}");
        }
    }
}
