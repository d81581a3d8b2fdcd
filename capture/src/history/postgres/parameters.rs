//! The values of parameters, as the log lists them: `$1 = '42', $2 = NULL`.
//!
//! Their types are not logged. A value that the server cut ends in `...`; one that really ends so looks
//! the same, and is taken for cut.

use model::Bind;

/// The list in a field of a record: the detail of an execution (`parameters: …`, with a capital letter
/// in later versions), the context of an error (`… with parameters: …`).
pub(super) fn listed(field: &str) -> Option<&str> {
    let word = "arameters: ";
    let start = field.find(word)? + word.len();
    let list = field.get(start..)?;
    list.starts_with('$').then_some(list)
}

/// Does the text have parameters at all? A dollar before a digit in a literal counts, too, which is
/// rather too much.
pub(super) fn has_some(text: &str) -> bool {
    let bytes = text.as_bytes();
    memchr::memchr_iter(b'$', bytes).any(|at| bytes.get(at + 1).is_some_and(u8::is_ascii_digit))
}

/// The values of a list, `$1` first, and whether one of them was cut.
///
/// # Errors
/// What is no list.
pub(super) fn read(list: &str) -> Result<(Vec<Bind>, bool), String> {
    let (mut binds, mut is_cut, mut rest) = (Vec::new(), false, list);
    loop {
        let number = binds.len() + 1;
        let wrong = || {
            let shown: String = rest.chars().take(20).collect();
            format!("`{shown}` is not the value of parameter {number}")
        };
        let value = rest.strip_prefix(&format!("${number} = ")).ok_or_else(wrong)?;
        let (value, behind) = match value.strip_prefix("NULL") {
            Some(behind) => (None, behind),
            None => quoted(value).map(|(value, behind)| (Some(value), behind)).ok_or_else(wrong)?,
        };
        is_cut |= value.as_ref().is_some_and(|value| value.ends_with("..."));
        binds.push(Bind { type_oid: 0, value });
        // The context of an error goes on behind the list, on a line of its own.
        match behind.strip_prefix(", ") {
            Some(next) => rest = next,
            None if behind.is_empty() || behind.starts_with('\n') => return Ok((binds, is_cut)),
            None => return Err(wrong()),
        }
    }
}

/// A value in quotes, and what is behind it.
fn quoted(text: &str) -> Option<(String, &str)> {
    let mut rest = text.strip_prefix('\'')?;
    let mut value = String::new();
    loop {
        let end = rest.find('\'')?;
        value.push_str(rest.get(..end)?);
        let behind = rest.get(end + 1..)?;
        match behind.strip_prefix('\'') {
            Some(more) => {
                value.push('\'');
                rest = more;
            }
            None => return Some((value, behind)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn values(list: &str) -> Result<(Vec<Option<String>>, bool), String> {
        read(list).map(|(binds, cut)| (binds.into_iter().map(|bind| bind.value).collect(), cut))
    }

    #[test]
    fn a_list_is_found_in_detail_and_context() {
        assert_eq!(listed("parameters: $1 = '1'"), Some("$1 = '1'"));
        assert_eq!(listed("Parameters: $1 = NULL"), Some("$1 = NULL"));
        assert_eq!(listed("unnamed portal with parameters: $1 = '1'"), Some("$1 = '1'"));
        assert_eq!(listed("the parameters: none"), None);
    }

    #[test]
    fn a_cut_value_is_noticed() {
        assert_eq!(values("$1 = 'abcde...'"), Ok((vec![Some("abcde...".to_owned())], true)));
        assert!(values("$1 = 'a").is_err() && values("$2 = 'a'").is_err() && values("").is_err());
        assert!(values("$1 = 'a' and more").is_err());
        let with_context = "$1 = 'a'\nPL/pgSQL function f() line 1";
        assert_eq!(values(with_context), Ok((vec![Some("a".to_owned())], false)));
    }

    #[test]
    fn a_text_with_parameters_is_known() {
        assert!(has_some("SELECT $1") && has_some("$$ $12"));
        assert!(!has_some("SELECT $$a$$") && !has_some("SELECT 1"));
    }

    proptest! {
        #[test]
        fn what_the_server_lists_is_read(values in proptest::collection::vec(
            proptest::option::of("(\\PC|'|\n|, |\\$2 = ){0,12}"), 1..12,
        )) {
            let list: Vec<String> = (1..).zip(&values).map(|(number, value)| match value {
                Some(value) => format!("${number} = '{}'", value.replace('\'', "''")),
                None => format!("${number} = NULL"),
            }).collect();
            let (found, _) = super::tests::values(&list.join(", ")).unwrap();
            prop_assert_eq!(found, values);
        }

        #[test]
        fn any_text_is_read(text in "(\\$1 = |'|NULL|, |\\PC){0,20}") {
            let _ = (read(&text), listed(&text), has_some(&text));
        }
    }
}
