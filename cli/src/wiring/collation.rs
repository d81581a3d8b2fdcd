//! Says when the legacy sorts text by other rules than the targets, which compare bytes.

use model::{EngineInfo, EngineKind};

/// Collations of PostgreSQL that compare text by its code points, as the targets do.
const BY_CODE_POINT: [&str; 5] = ["C", "POSIX", "C.UTF-8", "C.utf8", "ucs_basic"];

/// A warning for the run's beginning, if the legacy's collation asks for one.
pub(crate) fn warning(legacy: &EngineInfo, governed: &EngineInfo) -> Option<String> {
    let collation = legacy.settings.get("lc_collate")?;
    let differs = legacy.kind == EngineKind::Postgres
        && governed.kind != EngineKind::Postgres
        && !BY_CODE_POINT.contains(&collation.as_str());
    differs.then(|| {
        format!(
            "warning: the legacy database sorts text by `{collation}`, {} by its bytes: ORDER BY, \
             `<` and max() of text can differ and are then reported as mismatches",
            governed.kind
        )
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use model::Dialect;

    fn engine(kind: EngineKind, collation: &str) -> EngineInfo {
        EngineInfo {
            kind,
            version: "1".to_owned(),
            dialect: Dialect::Postgres,
            settings: [("lc_collate".to_owned(), collation.to_owned())].into(),
        }
    }

    #[test]
    fn only_a_collation_of_a_language_is_warned_of() {
        let duckdb = engine(EngineKind::DuckDb, "");
        let warned = |collation| warning(&engine(EngineKind::Postgres, collation), &duckdb);
        assert!(warned("en_US.UTF-8").is_some_and(|text| text.contains("`en_US.UTF-8`")));
        assert_eq!(warned("C.UTF-8"), None);
        assert_eq!(warned("C"), None);
        let postgres = engine(EngineKind::Postgres, "en_US.UTF-8");
        assert_eq!(warning(&postgres, &postgres), None);
    }
}
