//! Type names of a dialect, written as text: `number(p, s) = numeric(p, s)`.
//!
//! The left side is the vendor's spelling in lower case, its parameters as letters or as fixed
//! numbers, or as `...` where they can be any; the right side is a core type. The first line that fits wins. Settings under which it holds
//! may stand before it: `@timestamp_type_mapping=timestamp_ltz timestamp = timestamptz`.

use super::condition::Condition;
use crate::{settings::SourceSettings, types::Type};

/// The lines of a dialect.
#[derive(Debug, Clone, Default)]
pub(crate) struct TypeNames {
    lines: Vec<Line>,
}

#[derive(Debug, Clone)]
struct Line {
    /// The left side as it is written.
    spelling: &'static str,
    name: &'static str,
    /// What follows the parameters: ` with time zone`.
    behind: &'static str,
    parameters: Vec<&'static str>,
    core: &'static str,
    /// Settings under which the line holds.
    when: Condition,
}

/// The lines `left = right` of a table; `#` begins a comment.
pub(super) fn pairs(table: &'static str) -> impl Iterator<Item = (&'static str, &'static str)> {
    table
        .lines()
        .map(str::trim)
        .filter(|line| !line.is_empty() && !line.starts_with('#'))
        .filter_map(|line| line.split_once(" = "))
        .map(|(left, right)| (left.trim(), right.trim()))
}

impl TypeNames {
    pub(super) fn read(table: &'static str) -> Self {
        let mut lines = Vec::new();
        for (left, core) in pairs(table) {
            // The tests read every line.
            let Ok((when, left)) = Condition::read(left) else { continue };
            let (name, parameters, behind) = match left.split_once('(') {
                Some((name, rest)) => {
                    let (inside, behind) = rest.rsplit_once(')').unwrap_or((rest, ""));
                    (name.trim(), parts(inside), behind)
                }
                None => (left, Vec::new(), ""),
            };
            lines.push(Line { spelling: left, name, behind, parameters, core, when });
        }
        Self { lines }
    }

    /// The core type of a vendor's spelling under the settings, if a line fits.
    pub(crate) fn find(&self, text: &str, settings: &SourceSettings) -> Option<Type> {
        let lower = text.trim().to_ascii_lowercase();
        let lower = lower.split_whitespace().collect::<Vec<_>>().join(" ");
        // Wrappers that say nothing about the values. An array's elements are never NULL here.
        for wrapper in ["nullable(", "lowcardinality("] {
            if let Some(inside) = lower.strip_prefix(wrapper).and_then(|t| t.strip_suffix(')')) {
                return self.find(inside, settings);
            }
        }
        if lower.starts_with("array(nullable(") {
            return None;
        }
        if let Some(inside) = lower.strip_prefix("array<").and_then(|t| t.strip_suffix('>')) {
            return Some(Type::Array(Box::new(self.find(inside, settings)?)));
        }
        if let Some(inside) = lower.strip_prefix("array(").and_then(|t| t.strip_suffix(')')) {
            return Some(Type::Array(Box::new(self.find(inside, settings)?)));
        }
        if let Some(element) = lower.strip_suffix("[]") {
            return Some(Type::Array(Box::new(self.find(element, settings)?)));
        }
        // `timestamp(6) with time zone`: the arguments stand in the middle.
        let (name, behind, arguments) = match (lower.find('('), lower.rfind(')')) {
            (Some(open), Some(close)) if open < close => {
                let inside = lower.get(open + 1..close)?;
                (lower.get(..open)?.trim_end(), lower.get(close + 1..)?, parts(inside))
            }
            _ => (lower.as_str(), "", Vec::new()),
        };
        let line = self.lines.iter().find(|line| {
            line.name == name
                && line.behind == behind
                && line.when.holds(settings)
                && (line.parameters == ["..."] || line.parameters.len() == arguments.len())
                && line.parameters.iter().zip(&arguments).all(|(parameter, argument)| {
                    let letter =
                        parameter.len() == 1 && parameter.chars().all(|c| c.is_ascii_alphabetic());
                    *parameter == "..."
                        || (letter && argument.parse::<u32>().is_ok())
                        || parameter == argument
                })
        })?;
        let mut core = String::new();
        for part in line.core.split_inclusive(|c: char| !c.is_ascii_alphanumeric()) {
            let word = part.trim_end_matches(|c: char| !c.is_ascii_alphanumeric());
            let at = line.parameters.iter().position(|p| *p == word && word.len() == 1);
            match at.and_then(|at| arguments.get(at)) {
                Some(argument) => {
                    core.push_str(argument);
                    core.push_str(part.get(word.len()..).unwrap_or(""));
                }
                None => core.push_str(part),
            }
        }
        match Type::parse(&core) {
            Type::Other(_) => None,
            known => Some(known),
        }
    }

    /// A spelling of exactly this core type under the settings, if there is one.
    pub(crate) fn spelling(&self, core: &Type, settings: &SourceSettings) -> Option<String> {
        let limit = match core {
            Type::Varchar(Some(limit)) | Type::Char(limit) => Some(limit.to_string()),
            _ => None,
        };
        self.lines.iter().filter(|line| line.when.holds(settings)).find_map(|line| {
            let spelled = match (line.parameters.as_slice(), &limit) {
                ([], _) => line.name.to_owned(),
                ([one], Some(limit)) if one.len() == 1 => {
                    format!("{}({limit}){}", line.name, line.behind)
                }
                _ => return None,
            };
            // Constants have types of their own, which no column has.
            let of_column = !line.name.starts_with("literal ");
            (of_column && self.find(&spelled, settings).as_ref() == Some(core)).then_some(spelled)
        })
    }

    /// Is a type one that trees do not know?
    pub(crate) fn tells_more_apart(&self) -> bool {
        self.lines.iter().any(|line| ["seconds", "currency", "zoned"].contains(&line.core))
    }

    /// Every vendor spelling, for tests and documentation.
    pub(crate) fn spellings(&self) -> impl Iterator<Item = (String, &'static str)> {
        self.lines.iter().map(|line| (line.spelling.to_owned(), line.core))
    }
}

/// The arguments of a type. The parser writes a comma between the two words of `10 CHAR`.
fn parts(inside: &str) -> Vec<&str> {
    inside.split([',', ' ']).filter(|part| !part.is_empty()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spellings_become_core_types() {
        let names = TypeNames::read(
            "# numbers\nnumber(p, 0) = bigint\nnumber(p, s) = numeric(p, s)\nstring = text\n\
             timestamp with time zone = timestamptz\nvarchar(n) = varchar(n)\n\
             timestamp(3) with time zone = timestamptz\ntimestamp(3) = timestamp\n\
             varchar2(n char) = varchar(n)",
        );
        for (text, expected) in [
            ("NUMBER(38, 0)", Some(Type::Int8)),
            ("number(12,2)", Some(Type::decimal(12, 2))),
            ("String", Some(Type::Text)),
            ("ARRAY<STRING>", Some(Type::Array(Box::new(Type::Text)))),
            ("timestamp  with time zone", Some(Type::TimestampTz)),
            ("varchar(7)", Some(Type::Varchar(Some(7)))),
            ("timestamp(3) with time zone", Some(Type::TimestampTz)),
            ("timestamp(3)", Some(Type::Timestamp)),
            ("timestamp(4) with time zone", None),
            ("VARCHAR2(10 CHAR)", Some(Type::Varchar(Some(10)))),
            ("VARCHAR2(10, CHAR)", Some(Type::Varchar(Some(10)))),
            ("varchar2(10 byte)", None),
            ("number", None),
            ("number(a, b)", None),
            ("blob", None),
        ] {
            assert_eq!(names.find(text, &SourceSettings::default()), expected, "{text}");
        }
    }
}
