//! The example of the README, as its reader runs it: the binary, a PostgreSQL server, a DuckDB
//! file.

// `cfg(test)` always holds here; it tells clippy that helpers may unwrap too.
#[cfg(test)]
mod capture;
#[cfg(test)]
mod fleet;
#[cfg(test)]
mod judge;
#[cfg(test)]
mod replay;
#[cfg(test)]
mod shop;
#[cfg(test)]
mod ties;
#[cfg(test)]
mod transactions;

#[cfg(test)]
mod tests {
    use crate::shop::Shop;
    use serde_json::Value;

    fn verdicts(report: &Value) -> Vec<(&str, &str)> {
        let items = report["items"].as_array().unwrap();
        items
            .iter()
            .map(|item| {
                let id = item["item"]["statement"].as_str().unwrap();
                (id, item["judgement"]["verdict"].as_str().unwrap())
            })
            .collect()
    }

    #[test]
    fn the_example_runs_as_its_readme_says() {
        let shop = Shop::open();

        let (code, out, err) = shop.gnomon(&["run", "-c", "gnomon.toml", "--dry-run"]);
        assert_eq!(code, 0, "{err}");
        assert!(out.starts_with("5 statements: 4 would run"), "{out}");
        assert!(out.contains("would write: UPDATE") && out.contains("05-write"), "{out}");
        assert!(!shop.path("runs").exists(), "a dry run executes and records nothing");

        let (code, out, err) = shop.gnomon(&["run", "-c", "gnomon.toml", "--format", "json"]);
        assert_eq!(code, 0, "{err}\n{out}");
        let report: Value = serde_json::from_str(&out).unwrap();
        let verdicts = verdicts(&report);
        assert_eq!(verdicts.len(), 5);
        assert!(verdicts.contains(&("01-half-quantities", "match")), "{verdicts:?}");
        assert!(verdicts.contains(&("02-cities", "match")), "{verdicts:?}");
        assert!(verdicts.contains(&("05-write", "skipped")), "{verdicts:?}");
        for file in ["report.html", "report.json", "junit.xml", "summary.md"] {
            assert!(shop.path("reports").join(file).is_file(), "{file}");
        }

        let (code, _, err) = shop.gnomon(&["run", "-c", "gnomon.toml"]);
        assert_eq!(code, 0, "{err}");
        assert!(err.contains("nothing was executed") && err.contains("--again"), "{err}");

        let id = report["run"]["run_id"].as_str().unwrap();
        let (code, out, err) = shop.gnomon(&["report", id, "--format", "junit"]);
        assert_eq!(code, 0, "{err}");
        assert!(out.starts_with("<?xml") && out.contains("05-write"), "{out}");

        let (code, out, err) = shop.gnomon(&["audit", "verify", "runs/audit.jsonl"]);
        assert_eq!(code, 0, "{err}");
        assert!(out.contains("4 audit records, unbroken"), "{out}");
    }

    #[test]
    fn a_live_engine_is_a_catalog_and_binds_translations() {
        let shop = Shop::open();
        let sql =
            "SELECT sold_at, sum(quantity) / 2 AS half FROM sales GROUP BY sold_at ORDER BY 1";
        std::fs::write(shop.path("q.sql"), sql).unwrap();
        let url = shop.url();
        let transpile = |words: &[&str]| {
            let mut all = vec!["transpile", "--from", "postgres"];
            all.extend(words);
            all.push("q.sql");
            shop.gnomon(&all)
        };
        let (code, expected, err) =
            transpile(&["--to", "duckdb", "--catalog", &url, "--engine", "duckdb:shop.duckdb"]);
        assert_eq!(code, 0, "{err}");
        assert!(expected.contains("// 2"), "{expected}");

        let (code, out, err) = transpile(&["--to", "duckdb", "--catalog", "duckdb:shop.duckdb"]);
        assert_eq!((code, &out), (0, &expected), "{err}");
        assert!(err.contains("character(n)"), "{err}");

        let (code, _, err) =
            transpile(&["--to", "datafusion", "--catalog", &url, "--engine", "datafusion:"]);
        assert_eq!(code, 0, "{err}");
        let (code, out, err) =
            transpile(&["--to", "postgres", "--catalog", &url, "--engine", &url]);
        assert_eq!(code, 0, "{err}");
        assert_eq!(out.trim_end(), format!("{sql};"));

        let (code, _, err) = transpile(&["--to", "duckdb"]);
        assert_eq!(code, 1, "no table is known: {err}");
        for wrong in ["postgres://nobody@%2Fnowhere:5432/d", "duckdb:none.duckdb", "datafusion:"] {
            let (code, out, err) = transpile(&["--to", "duckdb", "--catalog", wrong]);
            assert!(code > 1 && out.is_empty() && err.contains("--catalog"), "{code} {err}");
        }
        let words = ["transpile", "--from", "spark", "--to", "duckdb", "--catalog", &url, "q.sql"];
        let (code, out, err) = shop.gnomon(&words);
        assert!(code == 0 && out.contains("GROUP BY"), "{code} {err}");
        assert!(err.contains("taken for one of the type of Spark SQL"), "{err}");
    }

    #[test]
    fn a_copy_of_the_sql_fails_the_gate() {
        let shop = Shop::open();
        shop.edit("transpile = \"auto\"", "transpile = \"unchanged\"");
        let (code, out, err) = shop.gnomon(&["run", "-c", "gnomon.toml", "--format", "json"]);
        assert_eq!(code, 1, "{err}\n{out}");
        let report: Value = serde_json::from_str(&out).unwrap();
        let verdicts = verdicts(&report);
        assert!(verdicts.contains(&("01-half-quantities", "mismatch")), "{verdicts:?}");
        assert!(verdicts.contains(&("02-cities", "mismatch")), "{verdicts:?}");
    }

    #[test]
    fn a_dry_run_says_what_the_governed_engine_does_not_bind() {
        let shop = Shop::open();
        shop.duckdb("ALTER TABLE sales RENAME TO elsewhere");
        let (code, out, err) = shop.gnomon(&["run", "-c", "gnomon.toml", "--dry-run"]);
        assert_eq!(code, 0, "{err}");
        assert!(out.contains("TR9013") && !out.starts_with("5 statements: 4"), "{out}");
    }

    #[test]
    fn one_fingerprint_alone_can_be_replayed() {
        let shop = Shop::open();
        let (_, out, _) =
            shop.gnomon(&["run", "-c", "gnomon.toml", "--dry-run", "--format", "json"]);
        let plan: Value = serde_json::from_str(&out).unwrap();
        assert_eq!(plan["bound"], true);
        let item = &plan["plan"]["items"][1];
        assert_eq!(item["statement"], "02-cities");
        let fingerprint = item["fingerprint"].as_str().unwrap();
        let words = ["run", "-c", "gnomon.toml", "--format", "json", "--only"];
        let (code, out, err) = shop.gnomon(&[&words[..], &[fingerprint]].concat());
        assert_eq!(code, 0, "{err}");
        let report: Value = serde_json::from_str(&out).unwrap();
        let totals = &report["totals"];
        assert_eq!((totals["matched"].as_u64(), totals["skipped"].as_u64()), (Some(1), Some(4)));
        let (code, _, err) = shop.gnomon(&[&words[..], &["0000"]].concat());
        assert_eq!(code, 2);
        assert!(err.contains("`0000`"), "{err}");
    }

    #[test]
    fn what_cannot_be_reached_is_said_without_the_password() {
        let shop = Shop::open();
        let (code, out, err) = shop.gnomon_with("wr0ng-secret", &["run", "-c", "gnomon.toml"]);
        assert_eq!((code, out.as_str()), (3, ""), "{err}");
        assert!(err.contains("legacy") && err.contains("28P01"), "{err}");
        assert!(!err.contains("wr0ng-secret"), "{err}");

        shop.edit("path = \"shop.duckdb\"", "path = \"none.duckdb\"");
        let (code, _, err) = shop.gnomon(&["run", "-c", "gnomon.toml"]);
        assert_eq!(code, 3, "{err}");
        assert!(err.contains("none.duckdb"), "{err}");
        // A dry run does without the governed engine, and says so.
        let (code, out, err) =
            shop.gnomon(&["run", "-c", "gnomon.toml", "--dry-run", "--format", "json"]);
        assert_eq!(code, 0, "{err}");
        assert!(err.contains("no translation was bound") && err.contains("none.duckdb"), "{err}");
        let plan: Value = serde_json::from_str(&out).unwrap();
        assert_eq!(plan["bound"], false);
    }

    #[test]
    fn a_run_that_is_not_there_or_was_another_is_not_resumed() {
        let shop = Shop::open();
        let resume = |id: &str| shop.gnomon(&["run", "-c", "gnomon.toml", "--resume", id]);
        let (code, _, err) = resume("0123456789abcdef");
        assert_eq!(code, 2, "{err}");
        assert!(err.contains("there is no run"), "{err}");
        assert_eq!(resume("../runs").0, 2);

        let (_, out, _) = shop.gnomon(&["run", "-c", "gnomon.toml", "--format", "json"]);
        let report: Value = serde_json::from_str(&out).unwrap();
        let id = report["run"]["run_id"].as_str().unwrap();
        assert_eq!(resume(id).0, 0);
        shop.edit("1e-9", "1e-8");
        let (code, _, err) = resume(id);
        assert_eq!(code, 2, "{err}");
        assert!(err.contains("another set of tolerances"), "{err}");
    }

    #[test]
    fn an_interrupted_run_loses_nothing_and_goes_on() {
        let shop = Shop::open();
        let tables: Vec<String> = (0..14).map(|number| format!("sales s{number}")).collect();
        let slow = format!("SELECT count(*) AS n FROM {}", tables.join(", "));
        std::fs::write(shop.path("queries/06-slow.sql"), slow).unwrap();
        shop.edit("sessions_max = 4", "sessions_max = 4\nstop_grace_seconds = 1");
        shop.edit("statement_timeout_seconds = 60", "statement_timeout_seconds = 6");

        let audit = shop.path("runs/audit.jsonl");
        let recorded =
            || std::fs::read_to_string(&audit).is_ok_and(|text| text.lines().count() >= 3);
        let (code, _, err) = shop.interrupt(&["run", "-c", "gnomon.toml"], recorded);
        assert_eq!(code, 4, "{err}");
        assert!(err.contains("of 6 statements judged"), "{err}");
        let (_, id) = err.split_once("--resume ").unwrap();
        let id = id.trim();

        let words = ["run", "-c", "gnomon.toml", "--format", "json", "--resume", id];
        let (code, out, err) = shop.gnomon(&words);
        assert_eq!(code, 0, "{err}");
        assert!(err.contains("verdicts were there from before"), "{err}");
        let report: Value = serde_json::from_str(&out).unwrap();
        assert_eq!(report["run"]["run_id"], id);
        let verdicts = verdicts(&report);
        assert_eq!(verdicts.len(), 6);
        assert!(verdicts.contains(&("06-slow", "inconclusive")), "{verdicts:?}");
        assert_eq!(report["totals"]["pending"], 0);
    }

    #[test]
    fn what_stays_in_memory_changes_no_verdict() {
        let shop = Shop::open();
        let run = || {
            let words = ["run", "-c", "gnomon.toml", "--again", "--format", "json"];
            let (code, out, err) = shop.gnomon(&words);
            assert_eq!(code, 0, "{err}");
            serde_json::from_str::<Value>(&out).unwrap()
        };
        let in_memory = run();
        shop.edit(
            "result_bytes_max =",
            "result_memory_bytes_max = 0\ncomparison_memory_bytes_max = 1_000_000\nresult_bytes_max =",
        );
        let on_disk = run();
        assert_ne!(in_memory["run"]["run_id"], on_disk["run"]["run_id"]);
        assert_eq!(verdicts(&in_memory), verdicts(&on_disk));
    }
}
