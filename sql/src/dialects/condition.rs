//! Settings under which a line of a table holds: `@week_start=0 @ansi=on …`, `@week_start!=0 …`.

use crate::settings::SourceSettings;

/// All settings that a line asks for.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Condition {
    parts: Vec<Part>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
struct Part {
    name: &'static str,
    value: &'static str,
    /// Has the setting this value, or has it any other?
    equal: bool,
}

impl Condition {
    /// The conditions before a line, and the line.
    ///
    /// # Errors
    /// What is missing.
    pub(super) fn read(line: &'static str) -> Result<(Self, &'static str), String> {
        let mut rest = line;
        let mut parts = Vec::new();
        while let Some(after) = rest.strip_prefix('@') {
            let (condition, tail) = after.split_once(' ').ok_or("nothing after the setting")?;
            let (name, value) = condition.split_once('=').ok_or("a setting has no value")?;
            let (name, equal) = name.strip_suffix('!').map_or((name, true), |name| (name, false));
            parts.push(Part { name, value, equal });
            rest = tail.trim_start();
        }
        Ok((Self { parts }, rest))
    }

    /// Does the line hold under the settings?
    pub(crate) fn holds(&self, settings: &SourceSettings) -> bool {
        self.parts.iter().all(|part| settings.is(part.name, part.value) == part.equal)
    }

    /// The settings and values that it names.
    #[cfg(test)]
    pub(super) fn named(&self) -> impl Iterator<Item = (&'static str, &'static str)> {
        self.parts.iter().map(|part| (part.name, part.value))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use model::Dialect;

    #[test]
    fn conditions_stand_before_the_line() {
        let (condition, rest) = Condition::read("@ansi=on @time_zone!=UTC now() = 1").unwrap();
        assert_eq!(rest, "now() = 1");
        let with = |given: &[(&'static str, &'static str)]| {
            SourceSettings::with(Dialect::Spark, given.iter().copied()).unwrap()
        };
        assert!(!condition.holds(&with(&[])));
        assert!(condition.holds(&with(&[("time_zone", "Europe/Berlin")])));
        assert!(!condition.holds(&with(&[("time_zone", "Europe/Berlin"), ("ansi", "off")])));
        assert!(Condition::read("@ansi now()").is_err() && Condition::read("@ansi=on").is_err());
    }
}
