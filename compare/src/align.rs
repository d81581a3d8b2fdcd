//! Lays two sorted lists on each other, group by group.

use std::cmp::Ordering;

/// The groups of equal elements of both lists, which are sorted by `order`, in that order: those of
/// the left and those of the right one, of which one may be empty.
pub(crate) fn groups<'l, T>(
    left: &'l [T],
    right: &'l [T],
    order: impl Fn(&T, &T) -> Ordering + Copy + 'l,
) -> impl Iterator<Item = (&'l [T], &'l [T])> {
    let is_same = move |a: &T, b: &T| order(a, b) == Ordering::Equal;
    let mut left = left.chunk_by(is_same).peekable();
    let mut right = right.chunk_by(is_same).peekable();
    std::iter::from_fn(move || {
        let first = match (left.peek(), right.peek()) {
            (Some([a, ..]), Some([b, ..])) => order(a, b),
            (Some(_), _) => Ordering::Less,
            (None, Some(_)) => Ordering::Greater,
            (None, None) => return None,
        };
        let a = if first == Ordering::Greater { None } else { left.next() };
        let b = if first == Ordering::Less { None } else { right.next() };
        Some((a.unwrap_or_default(), b.unwrap_or_default()))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_element_comes_once_with_its_equals() {
        let (left, right) = ([1, 1, 3, 4], [0, 1, 4, 4, 5]);
        let found: Vec<(&[i32], &[i32])> = groups(&left, &right, Ord::cmp).collect();
        let expected: [(&[i32], &[i32]); 5] =
            [(&[], &[0]), (&[1, 1], &[1]), (&[3], &[]), (&[4], &[4, 4]), (&[], &[5])];
        assert_eq!(found, expected);
        assert_eq!(groups::<i32>(&[], &[], Ord::cmp).count(), 0);
    }
}
