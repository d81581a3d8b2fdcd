//! Everybody may do everything, and nothing is hidden.

use super::{Decision, Hidden, Policy, Question};
use model::Digest;

/// The policy that allows everything. Cost, quota and audit still hold.
#[derive(Debug, Clone, Copy, Default)]
pub struct AllowAll;

impl Policy for AllowAll {
    fn name(&self) -> &'static str {
        "allow_all"
    }

    fn digest(&self) -> Digest {
        Digest::of([b"gnomon.policy.allow_all".as_slice()])
    }

    fn decide(&self, _question: &Question<'_>) -> Decision {
        Decision::Allow { by: "allow_all".to_owned() }
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

    #[test]
    fn allows_and_hides_nothing() {
        let tables = ["t".to_owned()];
        let question =
            Question { principal: None, action: Action::Query, kind: None, tables: &tables };
        assert!(matches!(AllowAll.decide(&question), Decision::Allow { .. }));
        assert!(AllowAll.hidden(Some("ana"), &tables).is_empty() && AllowAll.hides_nothing());
    }
}
