//! The contents among which likeness is looked for: the first ones of a result, each with all of its
//! copies.

use std::collections::BTreeMap;

/// Rows of one content each, in the order of their first rows, until they are `rows_max` rows or more.
///
/// `rows` are the rows with their hashes, ascending; a content is looked at if its first row is one of
/// the first `near`.
pub(super) fn first_contents(
    rows: &[(usize, u128)],
    near: usize,
    rows_max: usize,
) -> Vec<Vec<usize>> {
    let mut contents: Vec<Vec<usize>> = Vec::new();
    let mut places = BTreeMap::new();
    for (at, (row, hash)) in rows.iter().enumerate() {
        let is_open = at < near && contents.len() < rows_max;
        let place = match places.get(hash) {
            Some(place) => *place,
            None if is_open => {
                places.insert(*hash, contents.len());
                contents.push(Vec::new());
                contents.len() - 1
            }
            None => continue,
        };
        if let Some(content) = contents.get_mut(place) {
            content.push(*row);
        }
    }
    let mut sum = 0;
    let most = contents.iter().position(|content| {
        let is_enough = sum >= rows_max;
        sum += content.len();
        is_enough
    });
    contents.truncate(most.unwrap_or(contents.len()));
    contents
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(hashes: &[u128], near: usize, rows_max: usize) -> Vec<Vec<usize>> {
        let rows: Vec<_> = hashes.iter().copied().enumerate().collect();
        first_contents(&rows, near, rows_max)
    }

    #[test]
    fn copies_come_with_their_content() {
        assert_eq!(of(&[1, 2, 1, 3, 2], 5, 5), [vec![0, 2], vec![1, 4], vec![3]]);
        assert_eq!(of(&[], 5, 5), Vec::<Vec<usize>>::new());
    }

    #[test]
    fn there_are_no_more_once_there_are_enough_rows() {
        assert_eq!(of(&[1, 2, 1, 3, 2], 5, 3), [vec![0, 2], vec![1, 4]]);
        assert_eq!(of(&[1, 2, 1, 3, 2], 5, 2), [vec![0, 2]]);
        assert_eq!(of(&[1, 2, 1, 3, 2], 5, 0), Vec::<Vec<usize>>::new());
    }

    #[test]
    fn a_content_that_begins_too_late_is_none() {
        assert_eq!(of(&[1, 2, 1, 3, 2], 1, 5), [vec![0, 2]]);
        assert_eq!(of(&[1, 2, 1, 3, 2], 0, 5), Vec::<Vec<usize>>::new());
    }
}
