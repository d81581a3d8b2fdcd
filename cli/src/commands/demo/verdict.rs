//! Does the transpiled pass show what the demo promises?

use model::{
    Disposition, SkipReason, Verdict,
    report::{ItemReport, RunReport},
};

/// Statements that break the promise, each with what happened: all of TPC-H must match, or be
/// tolerated; every trap must match, be tolerated, or be refused with a reason. What cannot be
/// parsed is refused too, with the parser's reason.
pub(super) fn faults(transpiled: &RunReport) -> Vec<String> {
    transpiled.items.iter().filter(|item| !keeps(item)).map(describe).collect()
}

fn keeps(item: &ItemReport) -> bool {
    match item.judgement.as_ref().map(|judgement| &judgement.verdict) {
        Some(Verdict::Match | Verdict::Tolerated) => true,
        Some(Verdict::Skipped { .. }) => {
            is_refused(&item.item.disposition) && !item.item.statement.starts_with("tpch-")
        }
        Some(Verdict::Mismatch | Verdict::Inconclusive { .. }) | None => false,
    }
}

fn is_refused(disposition: &Disposition) -> bool {
    use SkipReason::{Refused, Unparsable};
    matches!(disposition, Disposition::Skip { reason: Refused { .. } | Unparsable { .. } })
}

fn describe(item: &ItemReport) -> String {
    let found = item.judgement.as_ref().map(|judgement| match &judgement.verdict {
        Verdict::Mismatch => format!("mismatch: {}", reports::summary::mismatch_reason(item)),
        other => other.to_string(),
    });
    // Engines' messages run over several lines.
    let found = found.as_deref().unwrap_or("no verdict");
    let words: Vec<&str> = found.split_whitespace().collect();
    format!("{}: {}", item.item.statement, words.join(" "))
}

#[cfg(test)]
mod tests {
    use super::*;
    use chrono::DateTime;
    use model::{
        Diagnostic, Dialect, Differences, Digest, EngineInfo, EngineKind, Fidelity, Judgement,
        PlanItem, SideStatement, Statement, report::RunHeader,
    };

    fn item(statement: &str, verdict: Verdict, reason: Option<SkipReason>) -> ItemReport {
        let side = SideStatement { dialect: Dialect::Postgres, sql: "SELECT 1".to_owned() };
        let disposition = match reason {
            Some(reason) => Disposition::Skip { reason },
            None => Disposition::Run {
                legacy: side.clone(),
                governed: side.clone(),
                translated: side.sql,
                rules: vec![],
                fidelity: Fidelity::Exact,
            },
        };
        let statement = Statement::new(statement, ("s", 1), Dialect::Postgres, "SELECT 1");
        ItemReport {
            item: PlanItem::of(0, &statement, "f", None, disposition),
            legacy: None,
            governed: None,
            judgement: Some(Judgement { verdict, differences: Differences::default() }),
            lag: None,
        }
    }

    fn report(items: Vec<ItemReport>) -> RunReport {
        let engine = EngineInfo {
            kind: EngineKind::Simulated,
            version: "1".to_owned(),
            dialect: Dialect::Postgres,
            settings: [].into(),
        };
        let workload = Digest::of_bytes(b"w");
        let header = RunHeader::new("r", DateTime::UNIX_EPOCH, workload, [engine.clone(), engine]);
        RunReport::new(header, items)
    }

    #[test]
    fn traps_may_be_refused_and_tpch_may_not() {
        let refused =
            || SkipReason::Refused { diagnostics: vec![Diagnostic::error("TR9010", "no", None)] };
        let unparsable =
            SkipReason::Unparsable { diagnostic: Diagnostic::error("TR9001", "no", None) };
        let skipped = || Verdict::Skipped { reason: "refused".to_owned() };
        let inconclusive = || Verdict::Inconclusive { reason: "why".to_owned() };
        let report = report(vec![
            item("tpch-01", Verdict::Match, None),
            item("tpch-02", Verdict::Tolerated, None),
            item("traps-1", skipped(), Some(refused())),
            item("tpch-03", skipped(), Some(refused())),
            item("traps-5", skipped(), Some(unparsable)),
            item("traps-2", skipped(), Some(SkipReason::Write { by: "x".to_owned() })),
            item("traps-3", Verdict::Mismatch, None),
            item("traps-4", inconclusive(), None),
        ]);
        let faults = faults(&report);
        let names: Vec<&str> = faults.iter().map(|f| f.split(':').next().unwrap()).collect();
        assert_eq!(names, ["tpch-03", "traps-2", "traps-3", "traps-4"]);
    }
}
