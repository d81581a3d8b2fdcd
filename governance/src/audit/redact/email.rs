//! E-mail addresses: something on both sides of an `@`, without white space.

use std::ops::Range;

pub(super) fn find(text: &str) -> Vec<Range<usize>> {
    text.match_indices('@').filter_map(|(at, sign)| around(text, at, at + sign.len())).collect()
}

fn around(text: &str, at: usize, behind: usize) -> Option<Range<usize>> {
    let before = text.get(..at)?;
    let start = match before.strip_suffix('"') {
        // "a b"@c.org, with the quotes doubled where it stands in a quoted name.
        Some(quoted) if text.get(behind..)?.starts_with(in_domain) => quoted.rfind('"')?,
        _ => before.char_indices().rev().take_while(|(_, c)| in_local(*c)).last()?.0,
    };
    let domain: usize =
        text.get(behind..)?.chars().take_while(|c| in_domain(*c)).map(char::len_utf8).sum();
    (domain > 0).then_some(start..behind + domain)
}

fn in_local(c: char) -> bool {
    c.is_alphanumeric() || "._%+-~#!&".contains(c)
}

fn in_domain(c: char) -> bool {
    c.is_alphanumeric() || ".-_".contains(c)
}

#[cfg(test)]
mod tests {
    use super::super::personal;

    #[test]
    fn finds_addresses() {
        for address in ["ana@example.com", "a.b+c%d@x-y.co.uk", "ANA@EXAMPLE", "jörg@bücher.de"] {
            assert_eq!(personal(&format!("'{address}'")), "'[email]'", "{address}");
        }
        assert_eq!(personal("'\"ana maria\"@example.com'"), "'[email]'");
        assert_eq!(personal("a@b,c@d"), "[email],[email]");
    }

    #[test]
    fn operators_stay() {
        for text in ["a @> b", "a <@ b", "@ -5", "a @@ b", "@x"] {
            assert_eq!(personal(text), text);
        }
    }
}
