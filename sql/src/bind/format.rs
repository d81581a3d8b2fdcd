//! Date formats: a dialect's tokens become the core's, or the format is refused.

/// `format` with each token of `table` (longest first, in the table's own case) replaced. Letters
/// that are no token are refused; text in double quotes is text.
pub(super) fn to_core(format: &str, table: &[(&'static str, &'static str)]) -> Option<String> {
    let mut core = String::new();
    let mut rest = format;
    while let Some(first) = rest.chars().next() {
        if let Some((token, becomes)) = table.iter().find(|(token, _)| rest.starts_with(token)) {
            core.push_str(becomes);
            rest = rest.get(token.len()..)?;
        } else if first == '"' {
            let end = rest.get(1..)?.find('"')? + 2;
            core.push_str(rest.get(..end)?);
            rest = rest.get(end..)?;
        } else if first.is_alphanumeric() || first == '%' || first == '\\' {
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
    }
}
