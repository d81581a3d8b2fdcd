//! What the shape of a pattern says about its matches.
//!
//! The positions of a pattern are its character sets. Where no two positions that can follow one
//! another's place share a character, a text leads through the pattern in one way only (Brüggemann-Klein
//! and Wood, "One-unambiguous regular languages", 1998).

use super::set::Set;

/// A part of a pattern.
#[derive(Debug, Clone)]
pub(super) enum Node {
    /// The character set of this position.
    Set(usize),
    /// One after the other.
    Chain(Vec<Node>),
    /// One of these.
    Either(Vec<Node>),
    /// In parentheses; does it capture?
    Group(Box<Node>, bool),
    /// As often as can be, within bounds.
    Repeat { inner: Box<Node>, least: u8, most: Option<u8> },
}

/// What is known of a pattern.
#[derive(Debug)]
pub(super) struct About {
    /// Can it match nothing?
    pub(super) nullable: bool,
    /// Is there one way through it for any text?
    pub(super) determined: bool,
    /// Does each group that captures take part in every match?
    pub(super) groups_match: bool,
    /// How many characters it matches, if always so many.
    pub(super) width: Option<usize>,
}

/// Most positions that are looked at: the time is quadratic.
const POSITIONS_MAX: usize = 300;

struct Walk<'s> {
    sets: &'s [Set],
    /// Positions that can come right behind each position.
    follow: Vec<Vec<usize>>,
    fine: bool,
    groups_match: bool,
}

struct Ends {
    nullable: bool,
    first: Vec<usize>,
    last: Vec<usize>,
    width: Option<usize>,
}

pub(super) fn analyze(node: &Node, sets: &[Set]) -> About {
    let mut walk = Walk {
        sets,
        follow: vec![Vec::new(); sets.len()],
        fine: sets.len() <= POSITIONS_MAX,
        groups_match: true,
    };
    let ends = walk.node(node, true);
    let determined = walk.fine
        && walk.are_apart(&ends.first)
        && walk.follow.iter().all(|next| walk.are_apart(next));
    About {
        nullable: ends.nullable,
        determined,
        groups_match: walk.groups_match,
        width: ends.width,
    }
}

impl Walk<'_> {
    fn are_apart(&self, positions: &[usize]) -> bool {
        positions.iter().enumerate().all(|(index, one)| {
            positions.iter().skip(index + 1).all(|two| {
                one != two
                    && self
                        .sets
                        .get(*one)
                        .zip(self.sets.get(*two))
                        .is_some_and(|(one, two)| !one.meets(two))
            })
        })
    }

    fn link(&mut self, last: &[usize], first: &[usize]) {
        for from in last {
            if let Some(next) = self.follow.get_mut(*from) {
                for to in first {
                    if !next.contains(to) {
                        next.push(*to);
                    }
                }
            }
        }
    }

    /// `sure`: does every match pass here?
    fn node(&mut self, node: &Node, sure: bool) -> Ends {
        match node {
            Node::Set(at) => {
                Ends { nullable: false, first: vec![*at], last: vec![*at], width: Some(1) }
            }
            Node::Group(inner, captures) => {
                self.groups_match &= sure || !captures;
                self.node(inner, sure)
            }
            Node::Chain(items) => {
                let nothing =
                    Ends { nullable: true, first: Vec::new(), last: Vec::new(), width: Some(0) };
                items.iter().fold(nothing, |mut before, item| {
                    let next = self.node(item, sure);
                    self.link(&before.last, &next.first);
                    if before.nullable {
                        before.first.extend(&next.first);
                    }
                    let mut last = next.last;
                    if next.nullable {
                        last.extend(&before.last);
                    }
                    Ends {
                        nullable: before.nullable && next.nullable,
                        first: before.first,
                        last,
                        width: before.width.zip(next.width).map(|(a, b)| a + b),
                    }
                })
            }
            Node::Either(all) => {
                let mut ends =
                    Ends { nullable: false, first: Vec::new(), last: Vec::new(), width: None };
                for (index, one) in all.iter().enumerate() {
                    let one = self.node(one, false);
                    // Nothing before something would be taken at once.
                    self.fine &= !one.nullable;
                    ends.nullable |= one.nullable;
                    ends.width = match index {
                        0 => one.width,
                        _ => ends.width.filter(|width| one.width == Some(*width)),
                    };
                    ends.first.extend(one.first);
                    ends.last.extend(one.last);
                }
                ends
            }
            Node::Repeat { inner, least, most } => {
                let inner = self.node(inner, sure && *least > 0);
                // A repeated nothing is another matter for each engine.
                self.fine &= !inner.nullable;
                if *most != Some(1) {
                    self.link(&inner.last, &inner.first);
                }
                let fixed = *most == Some(*least);
                Ends {
                    nullable: inner.nullable || *least == 0,
                    width: inner.width.filter(|_| fixed).map(|width| width * usize::from(*least)),
                    ..inner
                }
            }
        }
    }
}

/// Is it made of repeated characters one after the other, perhaps in groups, without a choice?
pub(super) fn is_chain(node: &Node) -> bool {
    match node {
        Node::Set(_) => true,
        Node::Chain(items) => items.iter().all(is_chain),
        Node::Group(inner, _) => is_chain(inner),
        Node::Repeat { inner, .. } => matches!(**inner, Node::Set(_)),
        Node::Either(_) => false,
    }
}

/// How many counts may vary.
pub(super) fn varying(node: &Node) -> usize {
    match node {
        Node::Set(_) => 0,
        Node::Chain(items) | Node::Either(items) => items.iter().map(varying).sum(),
        Node::Group(inner, _) => varying(inner),
        Node::Repeat { inner, least, most } => varying(inner) + usize::from(*most != Some(*least)),
    }
}

/// Does it end with as many as can be of a set that holds all others? Then a match ends where the
/// first character comes that is not in it.
pub(super) fn runs_to_an_end(node: &Node, sets: &[Set]) -> bool {
    last_run(node)
        .and_then(|at| sets.get(at))
        .is_some_and(|run| sets.iter().all(|set| set.is_in(run)))
}

/// The set of an unbounded repeat at the end.
fn last_run(node: &Node) -> Option<usize> {
    match node {
        Node::Chain(items) => last_run(items.last()?),
        Node::Group(inner, _) => last_run(inner),
        Node::Repeat { inner, most: None, .. } => match &**inner {
            Node::Set(at) => Some(*at),
            _ => None,
        },
        _ => None,
    }
}
