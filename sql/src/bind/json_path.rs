//! Paths into JSON: `$.a['b c'][1]` becomes `$."a"."b c"[1]`, which the core's `json_at` takes.

use std::fmt::Write as _;

/// How a dialect reads its paths.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Mode {
    /// Names are members, positions are elements.
    Plain,
    /// The word `lax` may stand in front.
    Lax,
    /// Names without `$.` in front: `a.b[0]`.
    Member,
    /// A position is also a member of that name: `[=0]`.
    Either,
}

/// The path in its full form: names after `.` or quoted in brackets, and positions from zero.
/// Wildcards, filters and modes are nothing, and so are names with quotes in them.
pub(super) fn to_core(path: &str, mode: Mode) -> Option<String> {
    let path = path.trim();
    let path = match mode {
        Mode::Lax => path.strip_prefix("lax").map_or(path, str::trim_start),
        _ => path,
    };
    let sign = if mode == Mode::Either { "=" } else { "" };
    let dollar = match mode {
        Mode::Member if path.starts_with('[') => format!("${path}"),
        Mode::Member => format!("$.{path}"),
        _ => path.to_owned(),
    };
    let mut rest = dollar.strip_prefix('$')?;
    let mut core = String::from("$");
    while !rest.is_empty() {
        let (name, after) = if let Some(tail) = rest.strip_prefix('[') {
            let quote = tail.chars().next().filter(|c| matches!(c, '"' | '\''));
            if let Some(quote) = quote {
                let (name, after) = tail.strip_prefix(quote)?.split_once(quote)?;
                (name, after.strip_prefix(']')?)
            } else {
                let (position, after) = tail.split_once(']')?;
                let digits = position.bytes().all(|b| b.is_ascii_digit());
                let position = position.parse::<u16>().ok().filter(|_| digits)?;
                let _ = write!(core, "[{sign}{position}]");
                rest = after;
                continue;
            }
        } else {
            let tail = rest.strip_prefix('.')?;
            if let Some(quoted) = tail.strip_prefix('"') {
                quoted.split_once('"')?
            } else {
                let (name, after) = tail.split_at(tail.find(['.', '[']).unwrap_or(tail.len()));
                (is_bare(name).then_some(name)?, after)
            }
        };
        if name.is_empty() || name.contains(['"', '\'', '\\', '*']) {
            return None;
        }
        let _ = write!(core, ".\"{name}\"");
        rest = after;
    }
    Some(core)
}

/// A step of a path that is written as an argument of its own.
pub(super) enum Step<'a> {
    Key(&'a str),
    /// From one, or from the end where it is negative.
    Position(i64),
}

impl<'a> Step<'a> {
    pub(super) fn of(key: Option<&'a str>, position: Option<i64>) -> Option<Self> {
        match (key, position) {
            (Some(key), _) => {
                (!key.is_empty() && !key.contains(['"', '\\', '*'])).then_some(Self::Key(key))
            }
            (None, Some(position)) if position != 0 => Some(Self::Position(position)),
            _ => None,
        }
    }
}

/// The path of such steps; `[!0]` is a position that no object takes.
pub(super) fn of_steps(steps: &[Step<'_>]) -> String {
    let mut core = String::from("$");
    for step in steps {
        let _ = match step {
            Step::Key(key) => write!(core, ".\"{key}\""),
            Step::Position(position) if *position < 0 => write!(core, "[!{position}]"),
            Step::Position(position) => write!(core, "[!{}]", position - 1),
        };
    }
    core
}

/// Is it a name that needs no quotes anywhere?
fn is_bare(name: &str) -> bool {
    name.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_')
        && name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_')
}

#[cfg(test)]
mod tests {
    use super::{Mode, Step, of_steps, to_core};

    #[test]
    fn steps_or_nothing() {
        for (path, expected) in [
            ("$.a", Some(r#"$."a""#)),
            ("$.a.b[0].c_1", Some(r#"$."a"."b"[0]."c_1""#)),
            ("$[2]", Some("$[2]")),
            ("$['a'][\"b c\"]", Some(r#"$."a"."b c""#)),
            ("$.\"a.b\"", Some(r#"$."a.b""#)),
            ("$['1']", Some(r#"$."1""#)),
            ("$.null", Some(r#"$."null""#)),
            ("$", Some("$")),
            ("a", None),
            ("$.*", None),
            ("$.a[*]", None),
            ("$.a[last]", None),
            ("$..a", None),
            ("lax $.a", None),
            ("$.1", None),
            ("$.a b", None),
            ("$[-1]", None),
            ("$[+1]", None),
            ("$[", None),
            ("$['a\"b']", None),
            ("$['a'", None),
            ("$.", None),
        ] {
            assert_eq!(to_core(path, Mode::Plain).as_deref(), expected, "{path}");
        }
        assert_eq!(to_core("lax $.a", Mode::Lax).as_deref(), Some(r#"$."a""#));
        assert_eq!(to_core("strict $.a", Mode::Lax), None);
        assert_eq!(to_core("$[3].a", Mode::Either).as_deref(), Some(r#"$[=3]."a""#));
    }

    #[test]
    fn steps_of_arguments() {
        let steps = [Step::Key("a"), Step::Position(1), Step::Position(-2)];
        assert_eq!(of_steps(&steps), r#"$."a"[!0][!-2]"#);
        assert!(Step::of(Some("a\"b"), None).is_none());
        assert!(Step::of(None, Some(0)).is_none());
    }
}
