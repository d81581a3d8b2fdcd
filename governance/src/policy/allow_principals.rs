//! Only listed principals may do anything; nothing is hidden from them.

use super::{Decision, Hidden, Policy, Question};
use crate::{error::ErrorCode, pages::Page};
use model::Digest;
use std::collections::BTreeSet;

static UNLISTED: Page = Page {
    code: "GV0104",
    title: "principal is not listed",
    text: "The policy names the principals that may run statements, and the session's user is not \
           one of them; a session without a user never is. Names are compared byte by byte. Add \
           the user to the list, or replay the statement as a user who is on it.",
    error: ErrorCode::PolicyDenied,
};

pub(crate) static PAGES: &[Page] = &[UNLISTED];

/// The policy that allows everything to the principals of a list, and nothing to others.
#[derive(Debug, Clone, Default)]
pub struct AllowPrincipals {
    allowed: BTreeSet<String>,
}

impl AllowPrincipals {
    /// Only `allowed` may run anything. An empty list denies everybody.
    pub fn new(allowed: impl IntoIterator<Item = String>) -> Self {
        Self { allowed: allowed.into_iter().collect() }
    }
}

impl Policy for AllowPrincipals {
    fn name(&self) -> &'static str {
        "allow_principals"
    }

    fn digest(&self) -> Digest {
        let kind = b"gnomon.policy.allow_principals".as_slice();
        Digest::of(std::iter::once(kind).chain(self.allowed.iter().map(String::as_bytes)))
    }

    fn decide(&self, question: &Question<'_>) -> Decision {
        match question.principal {
            Some(principal) if self.allowed.contains(principal) => {
                Decision::Allow { by: "principal is listed".to_owned() }
            }
            Some(principal) => Decision::Deny {
                rule: UNLISTED.code,
                reason: format!(
                    "the policy does not list the principal `{principal}`; add it to the list or \
                     use a listed one"
                ),
            },
            None => Decision::Deny {
                rule: UNLISTED.code,
                reason: "the policy allows listed principals only and the session has none"
                    .to_owned(),
            },
        }
    }

    fn hidden(&self, _principal: Option<&str>, _tables: &[String]) -> Vec<Hidden> {
        Vec::new()
    }

    fn hides_nothing(&self) -> bool {
        true
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::policy::Action;

    fn allows(policy: &AllowPrincipals, principal: Option<&str>) -> bool {
        let question = Question { principal, action: Action::Query, kind: None, tables: &[] };
        matches!(policy.decide(&question), Decision::Allow { .. })
    }

    #[test]
    fn only_the_listed_may() {
        let policy = AllowPrincipals::new(["ana".to_owned()]);
        assert!(allows(&policy, Some("ana")));
        for other in [Some("Ana"), Some("ana "), Some("bob"), Some(""), None] {
            assert!(!allows(&policy, other), "{other:?}");
        }
        assert!(!allows(&AllowPrincipals::default(), Some("ana")));
    }

    #[test]
    fn the_digest_follows_the_list_and_not_its_order() {
        let digest =
            |names: &[&str]| AllowPrincipals::new(names.iter().map(|n| (*n).to_owned())).digest();
        assert_eq!(digest(&["a", "b"]), digest(&["b", "a"]));
        assert_ne!(digest(&["a", "b"]), digest(&["ab"]));
        assert_ne!(digest(&[]), super::super::AllowAll.digest());
    }
}
