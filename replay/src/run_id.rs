//! The name of a run: the same input gives the same run, which is then resumed.

use model::{Digest, EngineInfo};

/// Hexadecimal digits of a run id: 64 bits, enough for the runs of a lifetime.
const DIGITS: usize = 16;

/// Digest of everything that decides what a run will find.
///
/// - `workload`: content digest of the workload.
/// - `config`: the settings that matter for the outcome, in any stable form.
/// - `gnomon_version`: the version of the program, since another one may judge differently.
/// - `legacy`, `governed`: kind, version and settings of both engines.
pub fn run_id(
    workload: &Digest,
    config: &[u8],
    gnomon_version: &str,
    legacy: &EngineInfo,
    governed: &EngineInfo,
) -> String {
    let engines = [legacy, governed].map(describe);
    let [legacy, governed] = engines.each_ref().map(String::as_bytes);
    let parts = [workload.as_str().as_bytes(), config, gnomon_version.as_bytes(), legacy, governed];
    Digest::of(parts).short(DIGITS).to_owned()
}

/// The name of the run that holds the verdicts of the run `judged_from` under other `rules`, in any
/// stable form, by this version of the program.
pub fn judged_id(judged_from: &str, rules: &[u8], gnomon_version: &str) -> String {
    let parts = [b"judged".as_slice(), judged_from.as_bytes(), rules, gnomon_version.as_bytes()];
    Digest::of(parts).short(DIGITS).to_owned()
}

/// One line for each fact, in a fixed order (the settings are a sorted map).
fn describe(engine: &EngineInfo) -> String {
    let head = format!("{} {:?} {}", engine.kind, engine.version, engine.dialect);
    engine.settings.iter().fold(head, |text, (name, value)| format!("{text}\n{name:?} {value:?}"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use model::{Dialect, EngineKind};

    fn engine(version: &str, settings: &[(&str, &str)]) -> EngineInfo {
        EngineInfo {
            kind: EngineKind::Simulated,
            version: version.to_owned(),
            dialect: Dialect::Postgres,
            settings: settings.iter().map(|(k, v)| ((*k).to_owned(), (*v).to_owned())).collect(),
        }
    }

    #[test]
    fn the_same_rules_are_the_same_judging() {
        let id = judged_id("r", b"rules", "0.1.0");
        assert_eq!(id, judged_id("r", b"rules", "0.1.0"));
        for other in [
            judged_id("s", b"rules", "0.1.0"),
            judged_id("r", b"others", "0.1.0"),
            judged_id("r", b"rules", "0.1.1"),
        ] {
            assert_ne!(id, other);
        }
    }

    #[test]
    fn every_part_counts_and_nothing_else() {
        let workload = Digest::of_bytes(b"w");
        let one = engine("1", &[("a", "b")]);
        let id = run_id(&workload, b"c", "0.1.0", &one, &one);
        assert_eq!(id, run_id(&workload, b"c", "0.1.0", &one.clone(), &one));
        assert_eq!(id.len(), DIGITS);
        let others = [
            run_id(&Digest::of_bytes(b"x"), b"c", "0.1.0", &one, &one),
            run_id(&workload, b"d", "0.1.0", &one, &one),
            run_id(&workload, b"c", "0.1.1", &one, &one),
            run_id(&workload, b"c", "0.1.0", &engine("2", &[("a", "b")]), &one),
            run_id(&workload, b"c", "0.1.0", &one, &engine("1", &[("a", "c")])),
            run_id(&workload, b"c", "0.1.0", &engine("1", &[("a", "b\" \"c")]), &one),
        ];
        for (index, other) in others.iter().enumerate() {
            assert_ne!(*other, id, "{index}");
        }
    }
}
