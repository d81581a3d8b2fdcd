//! Date formats: a dialect's tokens become the core's, or the format is refused.

/// `format` with each token of `table` (longest first, in the table's own case) replaced. Letters
/// that are no token are refused; text in double quotes is text. Where every token begins with `%`,
/// as those of `strftime`, all else is text.
pub(super) fn to_core(format: &str, table: &[(&'static str, &'static str)]) -> Option<String> {
    let marked = table.iter().all(|(token, _)| token.starts_with('%'));
    let mut core = String::new();
    let mut rest = format;
    while let Some(first) = rest.chars().next() {
        if let Some((token, becomes)) = table.iter().find(|(token, _)| rest.starts_with(token)) {
            if becomes.starts_with('{') {
                // More than a token of `to_char`.
                return None;
            }
            core.push_str(becomes);
            rest = rest.get(token.len()..)?;
        } else if marked && first.is_alphanumeric() {
            let end = rest.find(|c: char| !c.is_alphanumeric()).unwrap_or(rest.len());
            core.push('"');
            core.push_str(rest.get(..end)?);
            core.push('"');
            rest = rest.get(end..)?;
        } else if first == '"' && !marked {
            let end = rest.get(1..)?.find('"')? + 2;
            core.push_str(rest.get(..end)?);
            rest = rest.get(end..)?;
        } else if first.is_alphanumeric() || first == '%' || first == '\\' || first == '"' {
            return None;
        } else {
            core.push(first);
            rest = rest.get(first.len_utf8()..)?;
        }
    }
    Some(core)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tokens_or_nothing() {
        let table = [("yyyy", "YYYY"), ("MM", "MM"), ("dd", "DD"), ("%Y", "YYYY")];
        assert_eq!(to_core("yyyy-MM-dd", &table).as_deref(), Some("YYYY-MM-DD"));
        assert_eq!(to_core("%Y/x", &table), None);
        assert_eq!(to_core("yyyy \"at\" MM", &table).as_deref(), Some("YYYY \"at\" MM"));
        assert_eq!(to_core("YYYY", &table), None);
        assert_eq!(to_core("\"open", &table), None);
        let marked = [("%Y", "YYYY"), ("%%", "%"), ("%H", "HH24")];
        assert_eq!(to_core("%YT%HZ 1%%", &marked).as_deref(), Some("YYYY\"T\"HH24\"Z\" \"1\"%"));
        assert_eq!(to_core("%q", &marked), None);
        assert_eq!(to_core("\"%Y", &marked), None);
    }
}
