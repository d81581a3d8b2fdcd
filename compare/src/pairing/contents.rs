//! The contents among which likeness is looked for: the first ones of a result, each with its copies.

use std::collections::BTreeMap;

/// Rows of one content.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Copies {
    /// The first ones, ascending: as many as can find a partner.
    pub(super) rows: Vec<usize>,
    /// Further ones.
    pub(super) more: Vec<usize>,
}

/// The contents in the order of their first rows, until they have `rows_max` rows or more; of each,
/// `rows_max` rows at most can find a partner.
///
/// `rows` are the rows with their hashes, ascending; a content is looked at if its first row is one of
/// the first `near`.
pub(super) fn first_contents(rows: &[(usize, u128)], near: usize, rows_max: usize) -> Vec<Copies> {
    let mut contents: Vec<Copies> = Vec::new();
    let mut places = BTreeMap::new();
    for (at, (row, hash)) in rows.iter().enumerate() {
        let is_open = at < near && contents.len() < rows_max;
        let place = match places.get(hash) {
            Some(place) => *place,
            None if is_open => {
                places.insert(*hash, contents.len());
                contents.push(Copies { rows: Vec::new(), more: Vec::new() });
                contents.len() - 1
            }
            None => continue,
        };
        if let Some(content) = contents.get_mut(place) {
            let is_full = content.rows.len() >= rows_max;
            if is_full { content.more.push(*row) } else { content.rows.push(*row) }
        }
    }
    contents.truncate(enough(contents.iter().map(|content| content.rows.len()), rows_max));
    contents
}

/// How many of them it takes to have `rows_max` rows; all where they have not so many.
pub(super) fn enough(rows: impl Iterator<Item = usize>, rows_max: usize) -> usize {
    let (mut sum, mut count) = (0, 0);
    for rows in rows {
        if sum >= rows_max {
            break;
        }
        sum += rows;
        count += 1;
    }
    count
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(hashes: &[u128], near: usize, rows_max: usize) -> Vec<Vec<usize>> {
        let rows: Vec<_> = hashes.iter().copied().enumerate().collect();
        let contents = first_contents(&rows, near, rows_max);
        contents.into_iter().map(|content| content.rows).collect()
    }

    #[test]
    fn of_many_copies_only_some_can_find_a_partner() {
        let rows: Vec<_> = [1, 2, 1, 1, 1].into_iter().enumerate().collect();
        let contents = first_contents(&rows, 5, 3);
        assert_eq!(contents, [Copies { rows: vec![0, 2, 3], more: vec![4] }]);
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
