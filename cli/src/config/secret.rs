//! Passwords: never in the configuration, and never in a message about it.

use super::{password_command, spec::Secret};
use crate::error::CliError;

/// Does this connection string hold a password, as a URL or as `key=value` pairs?
pub(super) fn holds_password(text: &str) -> bool {
    !spans(text).is_empty()
}

/// The text with every password made unreadable; each byte stays where it is.
pub(super) fn masked(text: &str) -> String {
    let mut bytes = text.as_bytes().to_vec();
    let mut hidden = spans(text);
    of_commands(text, &mut hidden);
    for (start, end) in hidden {
        if let Some(password) = bytes.get_mut(start..end) {
            password.fill(b'*');
        }
    }
    String::from_utf8(bytes).unwrap_or_default()
}

/// Byte ranges that look like passwords, in any text, line by line.
fn spans(text: &str) -> Vec<(usize, usize)> {
    let mut found = Vec::new();
    let mut at = 0;
    for line in text.split_inclusive('\n') {
        of_urls(line, at, &mut found);
        of_pairs(line, at, &mut found);
        at += line.len();
    }
    found
}

/// The value of a key that names a program, whose words may hold a token, up to the end of its list.
fn of_commands(text: &str, found: &mut Vec<(usize, usize)>) {
    let (mut at, mut is_open) = (0, false);
    for line in text.split_inclusive('\n') {
        let end = at + line.trim_end().len();
        let value = match line.split_once('=') {
            _ if is_open => Some(at),
            Some((key, _)) if key.contains("command") => Some(at + key.len() + 1),
            _ => None,
        };
        if let Some(start) = value {
            found.push((start, end));
            is_open = (is_open || line.contains('[')) && !line.contains(']');
        }
        at += line.len();
    }
}

/// `scheme://user:password@host`. The last `@` before the query ends the password, so that an
/// unescaped one inside of it is hidden too.
fn of_urls(line: &str, at: usize, found: &mut Vec<(usize, usize)>) {
    let Some(scheme) = line.find("://") else { return };
    let start = scheme + 3;
    let rest = line.get(start..).unwrap_or("");
    // A `?` may stand unescaped in a password too; what follows an `@` then is not one.
    let end = rest.rfind('@').filter(|end| {
        let query = rest.find('?');
        query.is_none_or(|query| query > *end || !rest.get(..query).unwrap_or("").contains('@'))
    });
    let end = end.or_else(|| {
        let query = rest.find('?')?;
        rest.get(..query)?.rfind('@')
    });
    let Some(end) = end else { return };
    let login = rest.get(..end).unwrap_or("");
    if let Some(colon) = login.find(':')
        && colon + 1 < end
    {
        found.push((at + start + colon + 1, at + start + end));
    }
}

/// `password=…` inside of a string, in a query or as a pair; a quoted value to its quote.
fn of_pairs(line: &str, at: usize, found: &mut Vec<(usize, usize)>) {
    let lower = line.to_ascii_lowercase();
    for (key, _) in lower.match_indices("password") {
        let after = key + "password".len();
        let rest = line.get(after..).unwrap_or("");
        let value = rest.trim_start();
        let Some(value) = value.strip_prefix('=') else { continue };
        let value = value.trim_start();
        let opened = value.chars().next().filter(|c| matches!(c, '\'' | '"'));
        let body = opened.map_or(value, |quote| value.strip_prefix(quote).unwrap_or(value));
        let length = match opened {
            Some(quote) => body.find(quote).unwrap_or(body.trim_end().len()),
            None => body
                .find(|c: char| c.is_whitespace() || matches!(c, '&' | '"' | '\''))
                .unwrap_or(body.len()),
        };
        if length > 0 {
            let start = at + line.len() - body.len();
            found.push((start, start + length));
        }
    }
}

impl Secret {
    /// The text itself. `key` is the key that it stands for, for example `legacy.url`.
    pub(crate) fn read(&self, key: &str) -> Result<String, CliError> {
        match self {
            Self::Plain(text) => Ok(text.clone()),
            Self::Env(name) => match std::env::var(name) {
                Ok(text) if !text.is_empty() => Ok(text),
                Ok(_) => Err(CliError::usage(format!(
                    "the environment variable `{name}`, named by `{key}_env`, is empty"
                ))),
                Err(std::env::VarError::NotPresent) => Err(CliError::usage(format!(
                    "the environment variable `{name}`, named by `{key}_env`, is not set"
                ))
                .hint(format!("set it, for example: read -rs {name} && export {name}"))),
                Err(std::env::VarError::NotUnicode(_)) => Err(CliError::usage(format!(
                    "the environment variable `{name}`, named by `{key}_env`, is not UTF-8"
                ))),
            },
            Self::Command(words) => password_command::ask(words, &format!("{key}_command")),
            Self::File(path) => match std::fs::read_to_string(path) {
                Ok(text) => Ok(text.trim_end_matches(['\r', '\n']).to_owned()),
                Err(error) => Err(CliError::usage(format!(
                    "the file `{}`, named by `{key}_file`, could not be read: {error}",
                    path.display()
                ))),
            },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn passwords_are_found_in_every_spelling() {
        for text in [
            "postgres://u:secret@h/d",
            "postgresql://u:se@cret@h:5432/d?sslmode=require",
            "postgres://u:se/cret@h/d",
            "postgres://u:se?cret@h/d",
            "postgres://u@h/d?password=secret",
            "host=h user=u password=secret",
            "host=h PASSWORD = 'secret word' user=u",
            "postgres://:secret@h",
        ] {
            assert!(holds_password(text), "{text}");
            assert!(!masked(text).contains("secret") && !masked(text).contains("cret"), "{text}");
            assert_eq!(masked(text).len(), text.len());
        }
    }

    #[test]
    fn what_holds_none_is_left_alone() {
        for text in [
            "postgres://u@h:5432/d?sslmode=verify-full",
            "postgres://h:5432/d",
            "postgres://u@h:5432/d?options=a@b:c",
            "host=h port=5432 user=u dbname=d",
            "postgres://u@[::1]:5432/d",
            "",
        ] {
            assert!(!holds_password(text), "{text}");
            assert_eq!(masked(text), text);
        }
    }

    #[test]
    fn a_file_is_masked_line_by_line() {
        let text =
            "password_env = \"GOOD\"\nurl = \"postgres://u:pw@h/d\" # x\npassword = \"pw\"\n";
        let shown = masked(text);
        assert_eq!(shown.len(), text.len());
        assert!(shown.contains("GOOD") && !shown.contains("pw"), "{shown}");
    }

    #[test]
    fn the_words_of_a_program_are_masked() {
        for text in [
            "pasword_command = [\"curl\", \"-H\", \"X-Token: s3cret\"]\npath = \"a\"\n",
            "password_command = \"curl s3cret\"\npath = \"a\"\n",
            "password_command = [\n  \"curl\",\n  \"s3cret\",\n]\npath = \"a\"\n",
        ] {
            let shown = masked(text);
            assert_eq!(shown.len(), text.len());
            assert!(!shown.contains("s3cret") && shown.contains("path = \"a\""), "{shown}");
        }
    }

    #[test]
    fn a_missing_variable_or_file_is_named_with_its_key() {
        let error = Secret::Env("GNOMON_NO_SUCH_VARIABLE".to_owned()).read("legacy.password");
        let text = error.unwrap_err().render(false);
        assert!(text.contains("GNOMON_NO_SUCH_VARIABLE") && text.contains("legacy.password_env"));
        let error = Secret::File("no/such/file".into()).read("legacy.password").unwrap_err();
        let text = error.render(false);
        assert!(text.contains("no/such/file") && text.contains("legacy.password_file"), "{text}");
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("pw");
        std::fs::write(&path, "s3 cret \r\n").unwrap();
        assert_eq!(Secret::File(path).read("k").unwrap(), "s3 cret ");
    }
}
