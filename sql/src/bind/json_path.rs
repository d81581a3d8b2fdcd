//! Paths into JSON: `$.a.b[1]` becomes the text array `{a,b,1}` of the core's `#>` and `#>>`.

/// The steps of a path as a text array: names of letters, digits and `_`, after `.` or quoted in
/// brackets, and positions from zero. Wildcards, filters and modes are nothing.
pub(super) fn to_core(path: &str) -> Option<String> {
    let mut rest = path.trim().strip_prefix('$')?;
    let mut steps: Vec<&str> = Vec::new();
    while !rest.is_empty() {
        let (step, after) = if let Some(tail) = rest.strip_prefix('[') {
            let (inside, after) = tail.split_once(']')?;
            let quoted = ['"', '\''].iter().find_map(|quote| {
                inside.strip_prefix(*quote).and_then(|text| text.strip_suffix(*quote))
            });
            match quoted {
                // A number would be a position to the core.
                Some(name) => {
                    (name.starts_with(|c: char| !c.is_ascii_digit()).then_some(name)?, after)
                }
                None => (inside.parse::<u16>().is_ok().then_some(inside)?, after),
            }
        } else {
            let tail = rest.strip_prefix('.')?;
            let (name, after) = match tail.strip_prefix('"') {
                Some(quoted) => quoted.split_once('"')?,
                None => tail.split_at(tail.find(['.', '[']).unwrap_or(tail.len())),
            };
            (name.starts_with(|c: char| !c.is_ascii_digit()).then_some(name)?, after)
        };
        if step.is_empty() || !step.chars().all(|c| c.is_ascii_alphanumeric() || c == '_') {
            return None;
        }
        steps.push(step);
        rest = after;
    }
    // The core takes a `null` without quotes for no text.
    let null = steps.iter().any(|step| step.eq_ignore_ascii_case("null"));
    (!steps.is_empty() && !null).then(|| format!("{{{}}}", steps.join(",")))
}

#[cfg(test)]
mod tests {
    use super::to_core;

    #[test]
    fn steps_or_nothing() {
        for (path, expected) in [
            ("$.a", Some("{a}")),
            ("$.a.b[0].c_1", Some("{a,b,0,c_1}")),
            ("$[2]", Some("{2}")),
            ("$['a'][\"b\"]", Some("{a,b}")),
            ("$.\"a\"", Some("{a}")),
            ("$", None),
            ("a", None),
            ("$.*", None),
            ("$.a[*]", None),
            ("$.a[last]", None),
            ("$..a", None),
            ("lax $.a", None),
            ("$.1", None),
            ("$['1']", None),
            ("$.null", None),
            ("$.a b", None),
            ("$[-1]", None),
            ("$[", None),
        ] {
            assert_eq!(to_core(path).as_deref(), expected, "{path}");
        }
    }
}
