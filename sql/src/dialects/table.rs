//! All definitions of a dialect: those of its lines, and those that its `alias` lines give again under
//! other names.
//!
//! What an alias stands for has lines of its own, so aliases can form no circle; an alias has none, so
//! it shadows nothing.

use super::definition::{self, Definition};
use std::collections::BTreeMap;

/// Definitions by name.
#[derive(Debug, Default)]
pub(super) struct Table {
    pub(super) definitions: BTreeMap<&'static str, Vec<Definition>>,
    /// Lines that cannot be used and why, which the tests forbid.
    pub(super) faults: Vec<String>,
}

impl Table {
    pub(super) fn read(tables: &[&'static str]) -> Self {
        let mut table = Self::default();
        let mut aliases = Vec::new();
        for line in tables.iter().flat_map(|table| definition::lines(table)) {
            match line.strip_prefix("alias ") {
                Some(rest) => aliases.push((line, rest)),
                None => match definition::read(line) {
                    Ok(read) => table.definitions.entry(read.name).or_default().push(read),
                    Err(why) => table.faults.push(format!("`{line}`: {why}")),
                },
            }
        }
        let mut added = BTreeMap::new();
        for (line, rest) in aliases {
            if let Err(why) = table.alias(rest, &mut added) {
                table.faults.push(format!("`{line}`: {why}"));
            }
        }
        table.definitions.append(&mut added);
        table
    }

    /// Adds the definitions of an alias line: `name, … = name`.
    fn alias(
        &self,
        rest: &'static str,
        added: &mut BTreeMap<&'static str, Vec<Definition>>,
    ) -> Result<(), String> {
        let (names, known) = rest.split_once(" = ").ok_or("no ` = `")?;
        let known = known.trim();
        let lines = self.definitions.get(known).ok_or_else(|| format!("`{known}` has no lines"))?;
        for name in names.split(',').map(str::trim) {
            if self.definitions.contains_key(name) {
                return Err(format!("`{name}` has lines of its own"));
            }
            let again = |one: &Definition| Definition { name, ..one.clone() };
            if added.insert(name, lines.iter().map(again).collect()).is_some() {
                return Err(format!("`{name}` is an alias already"));
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_alias_has_every_line_under_its_own_name() {
        let table = Table::read(&[
            "alias ucase, to_upper = upper",
            "upper(text)\nalias pow = power\n@ansi=on power(float8, float8) = $1 ^ $2\n\
             power(int4, int4) = $1 * $2",
        ]);
        assert!(table.faults.is_empty(), "{:?}", table.faults);
        let names: Vec<&str> = table.definitions.keys().copied().collect();
        assert_eq!(names, ["pow", "power", "to_upper", "ucase", "upper"]);
        let ucase = &table.definitions["ucase"][0];
        assert_eq!((ucase.name, ucase.core), ("ucase", "upper"));
        let pow = &table.definitions["pow"];
        assert_eq!(pow.len(), 2);
        assert_eq!(pow[0].when, table.definitions["power"][0].when);
        assert_eq!(pow[0].body.as_ref().unwrap().to_string(), "$1 ^ $2");
    }

    #[test]
    fn an_alias_that_cannot_be_is_a_fault() {
        for (lines, why) in [
            ("alias a", "no ` = `"),
            ("alias a = b", "`b` has no lines"),
            ("alias a = b\nalias b = a", "`b` has no lines"),
            ("alias a = a", "`a` has no lines"),
            ("f(text)\nalias g = f\nalias h = g", "`g` has no lines"),
            ("f(text)\ng(int4)\nalias g = f", "`g` has lines of its own"),
            ("f(text)\nalias f = f", "`f` has lines of its own"),
            ("f(text)\nalias g, g = f", "`g` is an alias already"),
        ] {
            let faults = Table::read(&[lines]).faults;
            assert!(faults.iter().any(|fault| fault.ends_with(why)), "{lines}: {faults:?}");
        }
    }
}
