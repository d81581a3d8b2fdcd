//! What became of recorded cases on each target: shown, and held against the counts of `floor.json`.

use model::Dialect;
use std::{collections::BTreeMap, fmt::Write as _, path::Path};
use transpiler::TARGETS;

/// What became of one case on one target.
#[derive(Debug)]
pub(crate) enum Fate {
    Right,
    Refused(String),
    Wrong(String),
}

/// The cases of one dialect.
pub(crate) struct Tally {
    dialect: Dialect,
    wrong: usize,
    right: BTreeMap<&'static str, usize>,
    report: String,
}

impl Tally {
    pub(crate) fn of(dialect: Dialect) -> Self {
        Self { dialect, wrong: 0, right: BTreeMap::new(), report: String::new() }
    }

    /// Counts the cases on one target: id, text and fate of each.
    pub(crate) fn count(&mut self, to: Dialect, fates: &[(&str, &str, Fate)]) {
        let (mut fine, mut refused) = (0, 0);
        let mut lines = String::new();
        for (id, sql, fate) in fates {
            match fate {
                Fate::Right => fine += 1,
                Fate::Refused(why) => {
                    refused += 1;
                    let _ = writeln!(lines, "  refused {id}: {why}\n      {sql}");
                }
                Fate::Wrong(what) => {
                    self.wrong += 1;
                    let _ = writeln!(lines, "  WRONG {id}: {what}\n      {sql}");
                }
            }
        }
        self.right.insert(to.as_str(), fine);
        let (dialect, all) = (self.dialect, fine + refused);
        let _ = writeln!(
            self.report,
            "{dialect} to {to}: {fine} right, {refused} refused of {all}\n{lines}"
        );
    }

    /// No case may be wrong. Where all were counted, as many as `floor` says must be right on each
    /// target: what is translated today stays translated. `floor` is a file in the dialect's folder;
    /// with `GNOMON_WRITE_FLOORS` set, counts that have grown are written there. It is never lowered.
    pub(crate) fn settle(self, floor: Option<&str>) {
        let Self { dialect, wrong, right, report } = self;
        println!("{report}");
        assert_eq!(wrong, 0, "{wrong} wrong cases for {dialect}; see above");
        let Some(floor) = floor else { return };
        let path = Path::new(env!("CARGO_MANIFEST_DIR"))
            .join("../corpora/dialects")
            .join(dialect.as_str())
            .join(floor);
        let text =
            std::fs::read_to_string(&path).unwrap_or_else(|e| panic!("{}: {e}", path.display()));
        let floors: BTreeMap<String, usize> = serde_json::from_str(&text).unwrap();
        for to in TARGETS {
            let (least, found) = (floors[to.as_str()], right[to.as_str()]);
            assert!(
                found >= least,
                "{dialect} to {to}: {found} cases are right, {floor} says {least}"
            );
            if found > least {
                println!("{dialect} to {to}: {floor} can be raised from {least} to {found}");
            }
        }
        if std::env::var_os("GNOMON_WRITE_FLOORS").is_some() {
            let counts = TARGETS.map(|to| {
                let to = to.as_str();
                format!("\"{to}\": {}", right[to])
            });
            std::fs::write(&path, format!("{{{}}}\n", counts.join(", "))).unwrap();
        }
    }
}
