//! Entries of a log of lines: each begins with a line that the source knows.

use super::record::{Fields, Record, Unreadable, Wanted, needed};
use std::io::{self, BufRead, Read as _};

/// The one field of an entry: all of its lines.
pub(crate) const WANTED: &[Wanted] = &[needed("entry")];

/// Its place.
pub(crate) const ENTRY: usize = 0;

/// The longest entry.
const ENTRY_BYTES_MAX: usize = 64 << 20;

/// Says whether a line opens an entry; it is given the line before, too.
pub(crate) type Opens = fn(&[u8], Option<&[u8]>) -> bool;

/// Gives every entry with its first line. What stands before the first entry is one, too, where it is not
/// blank.
///
/// # Errors
/// The file cannot be read on; what `each` fails with.
pub(crate) fn each_entry<E: From<io::Error>>(
    mut text: impl BufRead,
    opens: Opens,
    wanted: &[Wanted],
    mut each: impl FnMut(u64, Result<Record<'_>, Unreadable>) -> Result<(), E>,
) -> Result<(), E> {
    let (mut line, mut before) = (Vec::new(), Vec::new());
    let (mut entry, mut first, mut is_long) = (Vec::new(), 1_u64, false);
    let mut fields = Fields::default();
    let mut give = |entry: &[u8], first, is_long| -> Result<(), E> {
        if is_long {
            let why = format!("it is longer than {} MiB", ENTRY_BYTES_MAX >> 20);
            return each(first, Err(Unreadable(why)));
        }
        if entry.trim_ascii().is_empty() {
            return Ok(());
        }
        fields.clear(wanted.len());
        fields.set(ENTRY, entry);
        each(first, Ok(fields.record(wanted)))
    };
    for number in 1.. {
        line.clear();
        // A line of any length, in pieces.
        let most = u64::try_from(ENTRY_BYTES_MAX).unwrap_or(u64::MAX);
        if (&mut text).take(most).read_until(b'\n', &mut line)? == 0 {
            break;
        }
        if opens(&line, Some(before.as_slice()).filter(|before| !before.is_empty())) {
            give(&entry, first, is_long)?;
            entry.clear();
            (first, is_long) = (number, false);
        }
        is_long |= entry.len() + line.len() > ENTRY_BYTES_MAX;
        if is_long {
            entry.clear();
        } else {
            entry.extend_from_slice(&line);
        }
        std::mem::swap(&mut before, &mut line);
    }
    give(&entry, first, is_long)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn entries_are_cut_where_a_line_opens_one() {
        let opens: Opens = |line, before| line.starts_with(b"#") && before != Some(b"#\n");
        let mut found = Vec::new();
        each_entry(&b"\n\nhead\n#\n#x\na\n\n#b"[..], opens, WANTED, |line, entry| {
            found.push((line, entry.unwrap().need(0).unwrap().to_owned()));
            Ok::<_, io::Error>(())
        })
        .unwrap();
        let expected = [(1, "\n\nhead\n"), (4, "#\n#x\na\n\n"), (8, "#b")];
        assert_eq!(found, expected.map(|(line, text)| (line, text.to_owned())));
    }
}
