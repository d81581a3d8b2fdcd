//! The SHA-256 of a file, by whichever of the system's own tools is there.

use std::{path::Path, process::Command};

/// Each prints the digest as the first word of its output.
const TOOLS: &[(&str, &[&str])] =
    &[("sha256sum", &[]), ("shasum", &["-a", "256"]), ("openssl", &["dgst", "-sha256", "-r"])];

/// The digest of `file`: 64 hexadecimal digits in lower case.
pub(crate) fn of(file: &Path) -> Result<String, String> {
    for (tool, args) in TOOLS {
        let Ok(output) = Command::new(tool).args(*args).arg(file).output() else { continue };
        if !output.status.success() {
            continue;
        }
        if let Some(digest) = first_word(&String::from_utf8_lossy(&output.stdout)) {
            return Ok(digest);
        }
    }
    Err(format!(
        "cannot compute the SHA-256 of `{}`: none of `sha256sum`, `shasum` and `openssl` did it",
        file.display()
    ))
}

fn first_word(output: &str) -> Option<String> {
    // `sha256sum` puts a backslash in front when the file name holds one.
    let word = output.split_whitespace().next()?.trim_start_matches('\\').to_ascii_lowercase();
    (word.len() == 64 && word.bytes().all(|byte| byte.is_ascii_hexdigit())).then_some(word)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// FIPS 180-2, appendix B.1.
    const ABC: &str = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";

    #[test]
    fn the_digest_of_abc_is_the_one_of_the_standard() {
        let file = std::env::temp_dir().join(format!("xtask-sha256-{}", std::process::id()));
        std::fs::write(&file, "abc").unwrap();
        let digest = of(&file);
        std::fs::remove_file(&file).unwrap();
        assert_eq!(digest.unwrap(), ABC);
    }

    #[test]
    fn what_is_no_digest_is_refused() {
        assert_eq!(first_word(&format!("\\{ABC}  a\\\\b\n")).unwrap(), ABC);
        assert_eq!(first_word("sha256sum: no such file"), None);
        assert_eq!(first_word(""), None);
    }
}
