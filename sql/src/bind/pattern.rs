//! Regular expressions: a dialect's pattern becomes a core one, or is refused.
//!
//! Only what all engines read alike passes: characters, `.`, classes, groups, alternatives, greedy
//! repeats, anchors at the ends. Shorthands become classes (`\d` is `[0-9]`), `.` is anything but a
//! line feed, counted repeats are written out, and a pattern that ignores case has both cases of each
//! ASCII letter. So the core pattern needs no flag and no escape that engines differ in.

use super::joni;

/// What a pattern is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Use {
    /// Does it match somewhere?
    Test,
    /// Does it match the whole text?
    Whole,
    /// What does it match? Then engines may differ in alternatives, empty matches and lazy repeats.
    Found,
    /// What does it match as a whole? What its groups match does not count.
    Span,
    /// Which plain text does it stand for? Not a pattern in the core, but that text.
    Plain,
    /// The same, of its only group where it has one: a pattern of several groups is refused.
    Group,
}

impl Use {
    /// Does it matter what is matched?
    const fn finds(self) -> bool {
        matches!(self, Self::Found | Self::Span | Self::Group)
    }
}

/// What differs between vendors in the patterns that are read here.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Flavor {
    /// `.` is anything but a line feed, `$` the end of the text.
    Plain,
    /// As plain, but how a replacement names groups is not documented.
    Unnamed,
    /// RE2: as plain, and `\s` is no vertical tab.
    Re2,
    /// POSIX with the shorthands of Perl (Oracle): as plain, but a backslash in brackets is itself, there are no
    /// escapes for characters, and letters are those of every language.
    Posix,
    /// `java.util.regex`: `.` is none of the characters that end a line, and `$` also stands before
    /// such an end of the last line.
    Java,
    /// Joni with the syntax of Java: a line ends with a line feed alone, and classes are Unicode's; see
    /// [`super::joni`].
    Joni,
}

/// What ends a line in `java.util.regex`, beside `\r\n`.
const LINE_ENDS: &str = "\n\r\u{85}\u{2028}\u{2029}";

/// Longest core pattern, in characters.
const LENGTH_MAX: usize = 2000;
/// Deepest groups.
const DEPTH_MAX: usize = 20;
const WORD: &str = "A-Za-z0-9_";
const SPACE: &str = " \t\n\r\u{c}\u{b}";

/// The core pattern, or what in it is not known.
pub(crate) fn to_core(
    pattern: &str,
    purpose: Use,
    ignore_case: bool,
    flavor: Flavor,
) -> Result<String, String> {
    if purpose == Use::Plain {
        return plain(pattern).ok_or_else(|| "more than a plain text".to_owned());
    }
    let mut body = pattern;
    let (mut start, mut end) = (false, false);
    if !has_alternatives(pattern) {
        if let Some(rest) = body.strip_prefix('^') {
            (body, start) = (rest, true);
        }
        if body.ends_with('$') && !ends_escaped(body) {
            (body, end) = (body.strip_suffix('$').unwrap_or(body), true);
        }
    }
    let chars: Vec<char> = body.chars().collect();
    if purpose == Use::Group && groups(&chars) > 1 {
        return Err("it has several groups".to_owned());
    }
    let mut reader = Reader { chars: &chars, at: 0, purpose, ignore_case, flavor, depth: 0 };
    let read = reader.alternatives()?;
    if reader.at < chars.len() {
        return Err("a `)` without its `(`".to_owned());
    }
    if purpose.finds() && read.empty {
        return Err("it can match nothing".to_owned());
    }
    let core = match (purpose, start, end) {
        (Use::Whole, ..) => format!("^({})$", read.text),
        (_, start, end) => {
            let end = match (end, flavor, purpose) {
                (false, _, _) => String::new(),
                (true, Flavor::Plain | Flavor::Unnamed | Flavor::Re2 | Flavor::Posix, _) => {
                    "$".to_owned()
                }
                // See `ends_before_line_end`.
                (true, Flavor::Java | Flavor::Joni, Use::Found | Use::Span) => "$".to_owned(),
                (true, Flavor::Java, _) => format!("(\r\n|[{LINE_ENDS}])?$"),
                (true, Flavor::Joni, _) => "\n?$".to_owned(),
            };
            format!("{}{}{end}", if start { "^" } else { "" }, read.text)
        }
    };
    // Vendors find the first match by their order of trying, the core the longest one.
    if purpose.finds()
        && !crate::regex::read(&core).is_some_and(|regex| match (purpose, regex.groups) {
            (_, 0) | (Use::Span, _) => regex.one_match,
            (Use::Group, _) => regex.one_parse && regex.groups_match,
            _ => regex.one_parse,
        })
    {
        return Err("engines could find different matches".to_owned());
    }
    if core.chars().count() > LENGTH_MAX {
        return Err("it is too long".to_owned());
    }
    Ok(core)
}

/// Does the pattern end with a `$` that also stands before an end of the last line, which the core's
/// does not? What is found in a text without such ends is the same.
fn ends_before_line_end(pattern: &str, purpose: Use, flavor: Flavor) -> bool {
    matches!(flavor, Flavor::Java | Flavor::Joni)
        && matches!(purpose, Use::Found | Use::Span)
        && pattern.ends_with('$')
        && !ends_escaped(pattern)
        && !has_alternatives(pattern)
}

/// Are letters beyond ASCII among those that a part of the pattern stands for, or left out by it?
fn names_letters(pattern: &str) -> bool {
    let named = ["\\w", "\\W", "[:alpha:]", "[:alnum:]", "[:upper:]", "[:lower:]"];
    named.iter().any(|name| pattern.contains(name))
}

/// A class, as the core writes it, of characters with which a text could be read otherwise than by the
/// core pattern.
pub(crate) fn unlike(
    written: &str,
    purpose: Use,
    ignore_case: bool,
    flavor: Flavor,
) -> Option<String> {
    let (pattern, ignore_case) = without_flag(written, ignore_case, flavor);
    let ends = ends_before_line_end(pattern, purpose, flavor);
    let class = match flavor {
        Flavor::Java if ends => LINE_ENDS.to_owned(),
        Flavor::Joni => {
            format!("{}{}", if ends { "\n" } else { "" }, joni::unlike(pattern, ignore_case))
        }
        // Letters of every language there, those of ASCII in the core.
        Flavor::Posix if names_letters(pattern) => joni::OTHERS.to_owned(),
        _ => String::new(),
    };
    (!class.is_empty()).then(|| format!("[{class}]"))
}

/// `(?i)` in front: case does not count.
pub(crate) fn without_flag(written: &str, ignore_case: bool, flavor: Flavor) -> (&str, bool) {
    match written.strip_prefix("(?i)") {
        Some(rest) if flavor != Flavor::Posix => (rest, true),
        _ => (written, ignore_case),
    }
}

/// The text that a pattern stands for, if it matches that text alone: `,`, `\\|`, `[.]`.
fn plain(pattern: &str) -> Option<String> {
    let mut text = String::new();
    let mut chars = pattern.chars();
    while let Some(c) = chars.next() {
        match c {
            '\\' => text.push(chars.next().filter(char::is_ascii_punctuation)?),
            '[' => {
                text.push(chars.next().filter(|c| !"^]\\[".contains(*c))?);
                if chars.next() != Some(']') {
                    return None;
                }
            }
            '.' | '^' | '$' | '*' | '+' | '?' | '(' | ')' | '{' | '}' | '|' | ']' => return None,
            other => text.push(other),
        }
    }
    (!text.is_empty()).then_some(text)
}

/// A replacement as the core writes it: text, with `\\1` to `\\9` for groups.
pub(crate) fn replacement(text: &str, flavor: Flavor) -> Option<String> {
    match flavor {
        Flavor::Plain | Flavor::Re2 | Flavor::Posix => {
            is_plain_replacement(text).then(|| text.to_owned())
        }
        Flavor::Unnamed => (!text.contains(['$', '\\'])).then(|| text.to_owned()),
        // Groups are `$1`; a backslash takes the meaning of the next character away.
        Flavor::Java | Flavor::Joni => {
            let mut core = String::new();
            let mut chars = text.chars().peekable();
            while let Some(c) = chars.next() {
                match c {
                    '\\' => return None,
                    '$' => {
                        let group = chars.next().filter(|d| ('1'..='9').contains(d))?;
                        // `$12` may be group 12, or group 1 and a digit.
                        if chars.peek().is_some_and(char::is_ascii_digit) {
                            return None;
                        }
                        core.push('\\');
                        core.push(group);
                    }
                    other => core.push(other),
                }
            }
            Some(core)
        }
    }
}

/// How many groups a pattern opens, or more: brackets inside a class count.
fn groups(chars: &[char]) -> usize {
    let mut escaped = false;
    let opens = chars.iter().filter(|c| {
        let opens = **c == '(' && !escaped;
        escaped = **c == '\\' && !escaped;
        opens
    });
    opens.count()
}

/// May a replacement be passed on: text, with `\1` to `\9` for groups?
fn is_plain_replacement(text: &str) -> bool {
    let mut chars = text.chars();
    while let Some(c) = chars.next() {
        if c == '\\' && !chars.next().is_some_and(|d| ('1'..='9').contains(&d)) {
            return false;
        }
    }
    true
}

fn has_alternatives(pattern: &str) -> bool {
    let (mut depth, mut escaped, mut class) = (0_i32, false, false);
    for c in pattern.chars() {
        match c {
            _ if escaped => escaped = false,
            '\\' => escaped = true,
            '[' => class = true,
            ']' => class = false,
            '(' if !class => depth += 1,
            ')' if !class => depth -= 1,
            '|' if !class && depth == 0 => return true,
            _ => {}
        }
    }
    false
}

/// Is the last character escaped?
fn ends_escaped(pattern: &str) -> bool {
    pattern.chars().rev().skip(1).take_while(|c| *c == '\\').count() % 2 == 1
}

/// A part of a pattern.
#[derive(Debug, Clone)]
struct Part {
    text: String,
    /// Can it match the empty text?
    empty: bool,
}

struct Reader<'a> {
    chars: &'a [char],
    at: usize,
    purpose: Use,
    ignore_case: bool,
    flavor: Flavor,
    depth: usize,
}

type Read<T> = Result<T, String>;

impl Reader<'_> {
    fn peek(&self) -> Option<char> {
        self.chars.get(self.at).copied()
    }

    fn next(&mut self) -> Option<char> {
        let c = self.peek();
        self.at += usize::from(c.is_some());
        c
    }

    fn eat(&mut self, c: char) -> bool {
        let found = self.peek() == Some(c);
        self.at += usize::from(found);
        found
    }

    fn alternatives(&mut self) -> Read<Part> {
        let mut all = self.branch()?;
        while self.eat('|') {
            let next = self.branch()?;
            all = Part {
                text: format!("{}|{}", all.text, next.text),
                empty: all.empty || next.empty,
            };
        }
        Ok(all)
    }

    fn branch(&mut self) -> Read<Part> {
        let mut all = Part { text: String::new(), empty: true };
        while let Some(c) = self.peek() {
            if c == '|' || c == ')' {
                break;
            }
            let atom = self.atom()?;
            let piece = self.repeated(atom)?;
            all.text.push_str(&piece.text);
            all.empty &= piece.empty;
            if all.text.len() > LENGTH_MAX * 4 {
                return Err("it is too long".to_owned());
            }
        }
        Ok(all)
    }

    fn atom(&mut self) -> Read<Part> {
        let one = |text: String| Part { text, empty: false };
        match self.next() {
            Some('(') => self.group(),
            Some('[') => Ok(one(self.class()?)),
            Some('.') => Ok(one(match self.flavor {
                Flavor::Plain | Flavor::Unnamed | Flavor::Re2 | Flavor::Posix | Flavor::Joni => {
                    "[^\n]".to_owned()
                }
                Flavor::Java => format!("[^{LINE_ENDS}]"),
            })),
            Some('\\') => Ok(one(self.escape()?)),
            Some(c @ ('^' | '$')) => Err(format!("`{c}` inside it")),
            Some(c @ ('*' | '+' | '?' | '{' | '}' | ']')) => Err(format!("`{c}` here")),
            Some(c) => Ok(one(self.character(c)?)),
            None => Err("an end that is not known".to_owned()),
        }
    }

    fn group(&mut self) -> Read<Part> {
        if self.depth >= DEPTH_MAX {
            return Err("groups nest too deep".to_owned());
        }
        if self.eat('?') {
            // Groups are counted where they are taken out.
            if !self.eat(':') || self.purpose.finds() || self.flavor == Flavor::Posix {
                return Err("`(?`".to_owned());
            }
        }
        self.depth += 1;
        let inner = self.alternatives()?;
        self.depth -= 1;
        if !self.eat(')') {
            return Err("a `(` without its `)`".to_owned());
        }
        if inner.text.is_empty() {
            return Err("`()`".to_owned());
        }
        Ok(Part { text: format!("({})", inner.text), ..inner })
    }

    fn repeated(&mut self, atom: Part) -> Read<Part> {
        let optional = match self.peek() {
            Some('*' | '?') => true,
            Some('+') => false,
            Some('{') => {
                let (least, most) = self.count()?;
                self.lazy()?;
                if atom.text.starts_with('(') && self.purpose.finds() {
                    // Written out it would be several groups.
                    return counted(&atom, least, most);
                }
                return written_out(&atom, least, most);
            }
            _ => return Ok(atom),
        };
        let sign = self.next().unwrap_or('*');
        self.lazy()?;
        Ok(Part { text: format!("{}{sign}", atom.text), empty: atom.empty || optional })
    }

    /// A lazy repeat finds other text, but matches the same.
    fn lazy(&mut self) -> Read<()> {
        if self.peek() == Some('?') && self.purpose.finds() {
            return Err("a lazy repeat".to_owned());
        }
        self.eat('?');
        match self.peek() {
            Some('*' | '+' | '?' | '{') => Err("a repeat of a repeat".to_owned()),
            _ => Ok(()),
        }
    }

    /// `{2}`, `{2,}`, `{2,3}`
    fn count(&mut self) -> Read<(usize, Option<usize>)> {
        let unknown = || "`{`".to_owned();
        self.at += 1;
        let mut text = String::new();
        loop {
            match self.next() {
                Some('}') => break,
                Some(c) if c.is_ascii_digit() || c == ',' => text.push(c),
                _ => return Err(unknown()),
            }
        }
        let number = |text: &str| text.parse::<usize>().map_err(|_| unknown());
        match text.split_once(',') {
            None => number(&text).map(|n| (n, Some(n))),
            Some((least, "")) => Ok((number(least)?, None)),
            Some((least, most)) => {
                let (least, most) = (number(least)?, number(most)?);
                if least > most { Err(unknown()) } else { Ok((least, Some(most))) }
            }
        }
    }

    fn character(&self, c: char) -> Read<String> {
        if !self.ignore_case || !c.is_alphabetic() {
            return Ok(c.to_string());
        }
        if !c.is_ascii() {
            return Err(format!("`{c}` without regard to case"));
        }
        Ok(format!("[{}{}]", c.to_ascii_lowercase(), c.to_ascii_uppercase()))
    }

    /// What `\s` is.
    const fn space(&self) -> &'static str {
        match self.flavor {
            Flavor::Re2 => " \t\n\r\u{c}",
            Flavor::Joni => joni::SPACE,
            _ => SPACE,
        }
    }

    /// What `\w` is.
    const fn word(&self) -> &'static str {
        if matches!(self.flavor, Flavor::Joni) { joni::WORD } else { WORD }
    }

    fn escape(&mut self) -> Read<String> {
        Ok(match self.next() {
            Some('d') => "[0-9]".to_owned(),
            Some('D') => "[^0-9]".to_owned(),
            Some('w') => format!("[{}]", self.word()),
            Some('W') => format!("[^{}]", self.word()),
            Some('s') => format!("[{}]", self.space()),
            Some('S') => format!("[^{}]", self.space()),
            Some(c @ ('n' | 't' | 'r')) if self.flavor == Flavor::Posix => {
                return Err(format!("`\\{c}`"));
            }
            Some('n') => "\n".to_owned(),
            Some('t') => "\t".to_owned(),
            Some('r') => "\r".to_owned(),
            Some(c) if c.is_ascii_punctuation() => format!("\\{c}"),
            Some(c) => return Err(format!("`\\{c}`")),
            None => return Err("`\\` at the end".to_owned()),
        })
    }

    /// What follows a `[`.
    fn class(&mut self) -> Read<String> {
        let mut text = if self.eat('^') { "[^" } else { "[" }.to_owned();
        let mut first = true;
        loop {
            let c = self.next().ok_or("a `[` without its `]`")?;
            match c {
                ']' if first => return Err("`]` at the start of a class".to_owned()),
                ']' => break,
                '[' if self.eat(':') => text.push_str(self.named()?),
                '[' => return Err("`[` in a class".to_owned()),
                '\\' if self.flavor == Flavor::Posix => text.push_str("\\\\"),
                '\\' => match self.next() {
                    Some('d') => text.push_str("0-9"),
                    Some('w') => text.push_str(self.word()),
                    Some('s') => text.push_str(self.space()),
                    Some('n') => text.push('\n'),
                    Some('t') => text.push('\t'),
                    Some('r') => text.push('\r'),
                    Some(c) if c.is_ascii_punctuation() => {
                        text.push('\\');
                        text.push(c);
                    }
                    _ => return Err("an escape in a class".to_owned()),
                },
                // A `-` at an end is itself.
                '-' if first || self.peek() == Some(']') => text.push_str("\\-"),
                // Two of them have a meaning in Java.
                '&' if self.peek() != Some('&') => text.push(c),
                '-' | '&' => return Err(format!("`{c}` in a class")),
                c => self.range(c, &mut text)?,
            }
            first = false;
        }
        text.push(']');
        Ok(text)
    }

    /// A character of a class, or a range that begins with it.
    fn range(&mut self, from: char, text: &mut String) -> Read<()> {
        let ranges = self.peek() == Some('-')
            && self.chars.get(self.at + 1).is_some_and(|next| *next != ']');
        if !ranges {
            text.push(from);
            if self.ignore_case && from.is_alphabetic() {
                if !from.is_ascii() {
                    return Err(format!("`{from}` without regard to case"));
                }
                text.push(other_case(from));
            }
            return Ok(());
        }
        self.at += 1;
        let to = self.next().unwrap_or(from);
        let plain = |c: char| c.is_ascii_alphanumeric();
        let alike = (from.is_ascii_digit() && to.is_ascii_digit())
            || (from.is_ascii_lowercase() && to.is_ascii_lowercase())
            || (from.is_ascii_uppercase() && to.is_ascii_uppercase());
        if !plain(from) || !plain(to) || !alike || from > to {
            return Err(format!("the range `{from}-{to}`"));
        }
        text.push_str(&format!("{from}-{to}"));
        if self.ignore_case && from.is_ascii_alphabetic() {
            text.push_str(&format!("{}-{}", other_case(from), other_case(to)));
        }
        Ok(())
    }

    /// `alnum:]`
    fn named(&mut self) -> Read<&'static str> {
        let mut name = String::new();
        while let Some(c) = self.next() {
            if c == ':' {
                break;
            }
            name.push(c);
        }
        if !self.eat(']') {
            return Err("`[:`".to_owned());
        }
        Ok(match (name.as_str(), self.ignore_case) {
            ("alnum", _) => "A-Za-z0-9",
            ("alpha", _) | ("upper" | "lower", true) => "A-Za-z",
            ("digit", _) => "0-9",
            ("upper", false) => "A-Z",
            ("lower", false) => "a-z",
            ("space", _) if self.flavor == Flavor::Joni => joni::SPACE,
            ("space", _) => SPACE,
            _ => return Err(format!("`[:{name}:]`")),
        })
    }
}

const fn other_case(c: char) -> char {
    if c.is_ascii_lowercase() { c.to_ascii_uppercase() } else { c.to_ascii_lowercase() }
}

/// A counted repeat of a group.
fn counted(atom: &Part, least: usize, most: Option<usize>) -> Read<Part> {
    if most == Some(0) || least.max(most.unwrap_or(0)) > 100 {
        return Err("this count".to_owned());
    }
    let most_text = most.map(|most| most.to_string()).unwrap_or_default();
    Ok(Part {
        text: format!("{}{{{least},{most_text}}}", atom.text),
        empty: atom.empty || least == 0,
    })
}

/// A counted repeat without its count.
fn written_out(atom: &Part, least: usize, most: Option<usize>) -> Read<Part> {
    let length = atom.text.chars().count();
    if most == Some(0) || least.max(most.unwrap_or(0)).saturating_mul(length) > LENGTH_MAX {
        return Err("this count".to_owned());
    }
    let mut text = atom.text.repeat(least);
    match most {
        None => text.push_str(&format!("{}*", atom.text)),
        Some(most) => text.push_str(&format!("{}?", atom.text).repeat(most - least)),
    }
    Ok(Part { text, empty: atom.empty || least == 0 })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn java_reads_lines_and_groups_in_its_own_way() {
        let java = |pattern: &str, purpose| to_core(pattern, purpose, false, Flavor::Java);
        assert_eq!(java("^a.c", Use::Test).as_deref(), Ok("^a[^\n\r\u{85}\u{2028}\u{2029}]c"));
        assert!(java("ab$", Use::Test).is_ok_and(|core| core.ends_with("])?$")));
        assert_eq!(java("ab$", Use::Found).as_deref(), Ok("ab$"));
        assert!(unlike("ab$", Use::Found, false, Flavor::Java).is_some());
        for pattern in ["ab", r"ab\$", "a$|b$"] {
            assert_eq!(unlike(pattern, Use::Found, false, Flavor::Java), None, "{pattern}");
        }
        assert_eq!(replacement("$2-$1", Flavor::Java).as_deref(), Some(r"\2-\1"));
        for other in [r"\$1", "$x", "$12", "$"] {
            assert_eq!(replacement(other, Flavor::Java), None, "{other}");
        }
    }

    #[test]
    fn posix_has_no_escapes_of_characters() {
        let posix = |pattern: &str| to_core(pattern, Use::Test, false, Flavor::Posix);
        assert_eq!(posix(r"[\d.]+\d").as_deref(), Ok(r"[\\d.]+[0-9]"));
        for other in [r"\t", r"a\n", "(?:a)b", r"\bword"] {
            assert!(posix(other).is_err(), "{other}");
        }
        assert!(names_letters(r"^\w+$") && names_letters("[^[:alnum:]]"));
        assert!(!names_letters("[a-z]"));
        let unlike = |flavor| unlike(r"\w", Use::Test, false, flavor);
        assert!(unlike(Flavor::Posix).is_some() && unlike(Flavor::Plain).is_none());
    }

    #[test]
    fn joni_knows_line_feeds_alone_and_words_of_all_scripts() {
        let joni = |pattern: &str, purpose| to_core(pattern, purpose, false, Flavor::Joni);
        assert_eq!(joni("a.c$", Use::Test).as_deref(), Ok("a[^\n]c\n?$"));
        assert!(joni(r"(\w+)\s+(\w+)", Use::Found).is_ok());
        assert!(joni(r"\w+\W+\w+", Use::Span).is_ok());
        assert!(joni(r"[\w.]{1,40}", Use::Test).is_ok());
        let unlike = |pattern: &str, fold| unlike(pattern, Use::Span, fold, Flavor::Joni);
        assert_eq!(unlike("[a-z]+,.", false), None);
        assert_eq!(unlike("b$", false).as_deref(), Some("[\n]"));
        assert!(unlike(r"\d\\w", false).is_some_and(|class| !class.contains('²')));
        assert!(unlike(r"\W", false).is_some_and(|class| class.contains('²')));
        assert!(unlike("(?i)abc", false).is_none());
        assert!(unlike("(?i)pass", false).is_some_and(|class| class.contains('ß')));
        assert!(unlike("[[:alpha:]]", false).is_some_and(|class| class.contains('\u{80}')));
    }

    #[test]
    fn plain_texts() {
        for (pattern, text) in [
            (",", Some(",")),
            (r"\|", Some("|")),
            ("[.]", Some(".")),
            (", ", Some(", ")),
            (".", None),
            ("a+", None),
            ("", None),
            ("[ab]", None),
            (r"\s", None),
        ] {
            assert_eq!(plain(pattern).as_deref(), text, "{pattern}");
        }
    }

    #[test]
    fn patterns_of_the_core() {
        for (pattern, purpose, ignore_case, expected) in [
            ("ab+c", Use::Test, false, "ab+c"),
            ("^a.c$", Use::Test, false, "^a[^\n]c$"),
            ("^a$", Use::Whole, false, "^(a)$"),
            ("a|bc", Use::Whole, false, "^(a|bc)$"),
            (r"\d{3}-\w?", Use::Found, false, "[0-9][0-9][0-9]-[A-Za-z0-9_]?"),
            (r"a\.b", Use::Found, false, r"a\.b"),
            ("[^a-c_-]x*", Use::Test, true, r"[^a-cA-C_\-][xX]*"),
            ("[[:alpha:]]+", Use::Found, false, "[A-Za-z]+"),
            (r"(?:ab){1,2}", Use::Test, false, "(ab)(ab)?"),
            (r"\(|\)", Use::Found, false, r"\(|\)"),
            ("a+?", Use::Test, false, "a+"),
            (r"\$", Use::Test, false, r"\$"),
        ] {
            assert_eq!(
                to_core(pattern, purpose, ignore_case, Flavor::Plain).as_deref(),
                Ok(expected),
                "{pattern}"
            );
        }
    }

    #[test]
    fn what_engines_differ_in_is_refused() {
        for (pattern, purpose) in [
            ("a|ab", Use::Found),
            ("x*", Use::Found),
            ("", Use::Found),
            ("a+?", Use::Found),
            (r"\bword", Use::Test),
            (r"(a)\1", Use::Test),
            ("(?i)a", Use::Test),
            ("a^b", Use::Test),
            ("^a|b$", Use::Test),
            ("a**", Use::Test),
            ("[a", Use::Test),
            ("[z-a]", Use::Test),
            ("(a", Use::Test),
            ("a)", Use::Test),
            ("()", Use::Test),
            ("a{9999}", Use::Test),
            ("a{", Use::Test),
            ("\\", Use::Test),
        ] {
            assert!(to_core(pattern, purpose, false, Flavor::Plain).is_err(), "{pattern}");
        }
        assert!(to_core("é", Use::Test, true, Flavor::Plain).is_err());
    }

    #[test]
    fn replacements() {
        assert!(is_plain_replacement(r"\2-\1") && is_plain_replacement(""));
        assert!(!is_plain_replacement(r"\0") && !is_plain_replacement("\\"));
    }
}
