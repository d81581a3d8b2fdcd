//! Several inexact columns: a maximum matching by augmenting paths, with bounded work.

use std::{collections::VecDeque, ops::Range};

/// How many more pairs of rows may be checked.
#[derive(Debug)]
pub(crate) struct Checks {
    left: u64,
}

impl Checks {
    pub(crate) fn new(max: u64) -> Self {
        Self { left: max }
    }

    fn spend(&mut self) -> bool {
        let spent = self.left.checked_sub(1);
        self.left = spent.unwrap_or(0);
        spent.is_some()
    }
}

/// A matching of legacy to governed.
#[derive(Debug)]
pub(crate) struct Matching {
    /// The partner of each legacy row.
    pub(crate) partners: Vec<Option<usize>>,
    /// Is it certain that no matching has more pairs?
    pub(crate) complete: bool,
}

/// The largest matching between legacy rows `0..windows.len()` and governed rows `0..governed`,
/// where legacy row `l` can match only inside `windows[l]`.
pub(crate) fn maximum(
    windows: &[Range<usize>],
    governed: usize,
    checks: &mut Checks,
    compatible: impl Fn(usize, usize) -> bool,
) -> Matching {
    maximum_from(Vec::new(), windows, governed, checks, compatible)
}

/// The same, where pairs that are likely, no row twice, are tried before all others. They cost no
/// checks: there are no more of them than rows.
pub(super) fn maximum_from(
    likely: Vec<(usize, usize)>,
    windows: &[Range<usize>],
    governed: usize,
    checks: &mut Checks,
    compatible: impl Fn(usize, usize) -> bool,
) -> Matching {
    let mut search = Search {
        windows,
        partners: vec![None; windows.len()],
        owners: vec![None; governed],
        compatible,
    };
    for (l, g) in likely {
        if (search.compatible)(l, g) {
            search.join(l, g);
        }
    }
    let within_bound = search.greedy(checks).is_some() && search.augment(checks).is_some();
    let pairs = search.partners.iter().flatten().count();
    let complete = within_bound || pairs == governed.min(windows.len());
    Matching { partners: search.partners, complete }
}

struct Search<'w, F> {
    windows: &'w [Range<usize>],
    partners: Vec<Option<usize>>,
    owners: Vec<Option<usize>>,
    compatible: F,
}

impl<F: Fn(usize, usize) -> bool> Search<'_, F> {
    fn join(&mut self, l: usize, g: usize) {
        if let (Some(partner), Some(owner)) = (self.partners.get_mut(l), self.owners.get_mut(g)) {
            *partner = Some(g);
            *owner = Some(l);
        }
    }

    fn window(&self, l: usize) -> Range<usize> {
        self.windows.get(l).cloned().unwrap_or_default()
    }

    /// First the easy pairs: the window that closes first chooses first. `None`: out of checks.
    fn greedy(&mut self, checks: &mut Checks) -> Option<()> {
        let unmatched = |l: &usize| self.partners.get(*l) == Some(&None);
        let mut order: Vec<usize> = (0..self.windows.len()).filter(unmatched).collect();
        order.sort_by_key(|l| (self.window(*l).end, self.window(*l).start));
        // `next[g]` leads to the first free governed row at or after `g`.
        let taken = self.owners.iter().map(Option::is_some).enumerate();
        let mut next: Vec<usize> = taken.map(|(g, taken)| if taken { g + 1 } else { g }).collect();
        next.push(self.owners.len());
        for l in order {
            let window = self.window(l);
            let mut g = first_free(&mut next, window.start);
            while g < window.end {
                if !checks.spend() {
                    return None;
                }
                if (self.compatible)(l, g) {
                    self.join(l, g);
                    if let Some(slot) = next.get_mut(g) {
                        *slot = g + 1;
                    }
                    break;
                }
                g = first_free(&mut next, g + 1);
            }
        }
        Some(())
    }

    /// Then paths that change partners to make room. `None`: out of checks.
    fn augment(&mut self, checks: &mut Checks) -> Option<()> {
        // Who reached a governed row, and in which search. Rows reached by a search that failed lie
        // on no later path either (Berge), so they stay closed for good.
        let mut reached: Vec<Option<(usize, usize)>> = vec![None; self.owners.len()];
        let mut closed = vec![false; self.owners.len()];
        let mut room = self.owners.iter().filter(|owner| owner.is_none()).count();
        let free: Vec<usize> =
            (0..self.partners.len()).filter(|l| self.partners.get(*l) == Some(&None)).collect();
        for (search, start) in free.into_iter().enumerate() {
            if room == 0 {
                break;
            }
            let mut touched = Vec::new();
            let mut queue = VecDeque::from([start]);
            let mut end = None;
            'search: while let Some(l) = queue.pop_front() {
                for g in self.window(l) {
                    if !checks.spend() {
                        return None;
                    }
                    let seen = closed.get(g).copied().unwrap_or(true)
                        || matches!(reached.get(g), Some(Some((by, _))) if *by == search);
                    if seen || !(self.compatible)(l, g) {
                        continue;
                    }
                    if let Some(slot) = reached.get_mut(g) {
                        *slot = Some((search, l));
                    }
                    touched.push(g);
                    if let Some(owner) = self.owners.get(g).copied().flatten() {
                        queue.push_back(owner);
                    } else {
                        end = Some(g);
                        break 'search;
                    }
                }
            }
            match end {
                Some(end) => {
                    room -= 1;
                    self.flip(&reached, end);
                }
                None => {
                    for g in touched {
                        if let Some(mark) = closed.get_mut(g) {
                            *mark = true;
                        }
                    }
                }
            }
        }
        Some(())
    }

    /// Walks the path back from its free end, changing partners.
    fn flip(&mut self, reached: &[Option<(usize, usize)>], end: usize) {
        let mut next = Some(end);
        while let Some(g) = next {
            let Some((_, l)) = reached.get(g).copied().flatten() else { break };
            next = self.partners.get(l).copied().flatten();
            self.join(l, g);
        }
    }
}

/// Follows the links to the first free row, shortening them on the way.
fn first_free(next: &mut [usize], from: usize) -> usize {
    let mut at = from;
    while let Some(&step) = next.get(at) {
        if step == at {
            break;
        }
        let further = next.get(step).copied().unwrap_or(step);
        if let Some(slot) = next.get_mut(at) {
            *slot = further;
        }
        at = step;
    }
    at
}

/// The size of the best matching, by trying all of them.
#[cfg(test)]
pub(super) fn brute_force(
    legacy: usize,
    governed: usize,
    compatible: &dyn Fn(usize, usize) -> bool,
) -> usize {
    fn best(
        l: usize,
        taken: u32,
        n: usize,
        m: usize,
        fits: &dyn Fn(usize, usize) -> bool,
    ) -> usize {
        if l == n {
            return 0;
        }
        let skip = best(l + 1, taken, n, m, fits);
        (0..m)
            .filter(|g| taken & (1 << g) == 0 && fits(l, *g))
            .map(|g| 1 + best(l + 1, taken | (1 << g), n, m, fits))
            .fold(skip, usize::max)
    }
    best(0, 0, legacy, governed, compatible)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn run(edges: &[Vec<bool>], m: usize, max: u64) -> Matching {
        let windows = vec![0..m; edges.len()];
        maximum(&windows, m, &mut Checks::new(max), |l, g| edges[l][g])
    }

    #[test]
    fn partners_change_to_make_room() {
        // Greedy takes 0-0 and leaves row 1 alone; the path 1-0-1 frees it.
        let found = run(&[vec![true, true], vec![true, false]], 2, 100);
        assert_eq!(found.partners, [Some(1), Some(0)]);
        assert!(found.complete);
    }

    #[test]
    fn the_bound_is_kept_and_told() {
        let edges = vec![vec![false; 50]; 50];
        let found = run(&edges, 50, 100);
        assert!(!found.complete);
        assert!(run(&edges, 50, 10_000).complete);
        // Everything fits: no bound is near.
        let found = run(&vec![vec![true; 50]; 50], 50, 60);
        assert!(found.complete && found.partners.iter().all(Option::is_some));
    }

    proptest! {
        #[test]
        fn as_good_as_brute_force(
            edges in proptest::collection::vec(proptest::collection::vec(any::<bool>(), 6), 0..7),
            m in 0_usize..=6,
            max in 0_u64..80,
        ) {
            let fits = |l: usize, g: usize| edges[l][g];
            let best = brute_force(edges.len(), m, &fits);
            let windows = vec![0..m; edges.len()];
            let likely: Vec<_> = (0..edges.len().min(m)).map(|i| (i, m - 1 - i)).collect();
            let from = |likely: &[_], max| {
                maximum_from(likely.to_vec(), &windows, m, &mut Checks::new(max), fits)
            };
            for (likely, max) in [(&[][..], max), (&likely, max), (&[], u64::MAX), (&likely, u64::MAX)] {
                let found = from(likely, max);
                let pairs: Vec<_> = found.partners.iter().flatten().copied().collect();
                let mut distinct = pairs.clone();
                distinct.sort_unstable();
                distinct.dedup();
                prop_assert_eq!(distinct.len(), pairs.len());
                for (l, g) in found.partners.iter().enumerate() {
                    prop_assert!(g.is_none_or(|g| fits(l, g)));
                }
                prop_assert!(pairs.len() == best || (!found.complete && pairs.len() < best));
            }
            prop_assert!(run(&edges, m, u64::MAX).complete);
        }
    }
}
