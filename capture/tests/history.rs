//! Every sample under `corpora/history`, imported: what came of each record.

#[cfg(test)]
mod tests {
    use capture::{
        Source, Values, folder,
        import::{Found, ImportError, Request, Unwatched, import},
    };
    use model::{Dialect, Incomplete, Manifest, Statement, Workload};
    use proptest::prelude::*;
    use std::{
        fmt::Write as _,
        fs,
        path::{Path, PathBuf},
    };

    fn samples(names: &[&str]) -> Vec<PathBuf> {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../corpora/history");
        names.iter().map(|name| root.join(name)).collect()
    }

    /// Where the source does not tell; a damaged dbt has no manifest.
    fn dialect(source: Source) -> Option<Dialect> {
        matches!(source, Source::SqlFiles).then_some(Dialect::Postgres)
    }

    fn imported(source: Source, files: &[PathBuf]) -> (Workload, Found) {
        let out = tempfile::tempdir().unwrap();
        let request = Request {
            source,
            files,
            out: out.path(),
            dialect: dialect(source),
            values: Values::Kept,
        };
        let (found, manifest) = import(request, &Unwatched).unwrap();
        assert!(found.is_balanced(), "{found:?}");
        let workload = folder::read(out.path()).unwrap();
        assert_eq!(workload.manifest, manifest);
        (workload, found)
    }

    /// What came of the records, for people.
    fn told((workload, mut found): (Workload, Found)) -> String {
        for example in &mut found.examples {
            example.file = example.file.file_name().map(PathBuf::from).unwrap_or_default();
        }
        let mut text = serde_json::to_string_pretty(&found).unwrap() + "\n";
        let Manifest { truncated, redacted, unbound, .. } = workload.manifest;
        writeln!(text, "{truncated} truncated, {redacted} redacted, {unbound} unbound").unwrap();
        for mut statement in workload.statements {
            if statement.sql.chars().count() > 300 {
                let all = statement.sql.chars().count();
                let end: String = statement.sql.chars().skip(all - 30).collect();
                let start: String = statement.sql.chars().take(30).collect();
                statement.sql = format!("{start} … {all} characters … {end}");
            }
            writeln!(text, "{}", serde_json::to_string(&statement).unwrap()).unwrap();
        }
        text
    }

    fn snapshot(source: Source, names: &[&str]) {
        let text = told(imported(source, &samples(names)));
        for secret in ["geheim", "Sesam"] {
            assert!(!text.contains(secret), "{secret}: {text}");
        }
        insta::assert_snapshot!(source.name(), text);
    }

    /// All samples, with the source that wrote them.
    const EXPORTS: [(Source, &[&str]); 12] = [
        (Source::PostgresCsvlog, &["postgres/server.csv"]),
        (Source::PostgresJsonlog, &["postgres/server.json"]),
        (Source::RedshiftSys, &["redshift/sys_query_history.csv", "redshift/sys_query_text.csv"]),
        (Source::RedshiftStl, &["redshift/stl_query.csv", "redshift/stl_querytext.csv"]),
        (Source::RedshiftActivity, &["redshift/useractivitylog.log"]),
        (Source::Snowflake, &["snowflake/query_history.csv"]),
        (Source::BigQuery, &["bigquery/jobs.jsonl"]),
        (Source::Databricks, &["databricks/history.json"]),
        (Source::MysqlSlow, &["mysql/slow.log"]),
        (Source::BigQueryAudit, &["bigquery/audit.jsonl"]),
        (Source::Dbt, &["dbt/run_results.json"]),
        (Source::SqlFiles, &["sql/plain.SQL", "sql/orders/by_region.sql"]),
    ];

    #[test]
    fn without_values_nothing_else_is_lost() {
        use sql::literals::{Literal, with_literals};
        let mut more = 0;
        for (source, names) in EXPORTS {
            let files = samples(names);
            let imported = |values| {
                let out = tempfile::tempdir().unwrap();
                let request = Request {
                    source,
                    files: &files,
                    dialect: dialect(source),
                    out: out.path(),
                    values,
                };
                import(request, &Unwatched).unwrap();
                folder::read(out.path()).unwrap()
            };
            let (whole, scrubbed) = (imported(Values::Kept), imported(Values::Redacted));
            assert_eq!(whole.statements.len(), scrubbed.statements.len(), "{source}");
            for (own, kept) in whole.statements.iter().zip(&scrubbed.statements) {
                let same = Statement {
                    sql: own.sql.clone(),
                    binds: own.binds.clone(),
                    incomplete: own.incomplete,
                    ..kept.clone()
                };
                assert_eq!(same, *own, "{source}");
                let read = with_literals(&kept.sql, kept.dialect, |literal| {
                    let is_gone =
                        matches!(literal, Literal::Text("'[redacted]'") | Literal::Number("0"));
                    assert!(is_gone, "{source}: {}", kept.sql);
                    String::new()
                });
                assert!(read.is_ok() || kept.sql == "[redacted]", "{source}: {}", kept.sql);
                let mut bound = kept.binds.iter().filter_map(|bind| bind.value.as_deref());
                assert!(bound.all(|value| value == "[redacted]"), "{source}");
            }
            assert!(scrubbed.manifest.redacted >= whole.manifest.redacted, "{source}");
            more += scrubbed.manifest.redacted - whole.manifest.redacted;
        }
        assert!(more > 20, "{more}");
    }

    #[test]
    fn postgres_csvlog() {
        snapshot(Source::PostgresCsvlog, &["postgres/server.csv"]);
    }

    #[test]
    fn postgres_jsonlog_says_the_same_as_the_csvlog() {
        let (csv, of_csv) = imported(Source::PostgresCsvlog, &samples(&["postgres/server.csv"]));
        let (json, of_json) =
            imported(Source::PostgresJsonlog, &samples(&["postgres/server.json"]));
        assert_eq!(csv.statements, json.statements);
        // The first records were written before the log had its places.
        assert!(of_csv.records >= of_json.records);
        assert_eq!(of_csv.statements, of_json.statements);
    }

    #[test]
    fn redshift_system_views_in_any_order() {
        let names = ["redshift/sys_query_history.csv", "redshift/sys_query_text.csv"];
        snapshot(Source::RedshiftSys, &names);
        let turned = [names[1], names[0]];
        let one = imported(Source::RedshiftSys, &samples(&names));
        assert_eq!(imported(Source::RedshiftSys, &samples(&turned)), one);
        let without = imported(Source::RedshiftSys, &samples(&names[..1])).0;
        let cut = without.statements.iter().filter(|s| s.incomplete == Some(Incomplete::Truncated));
        assert_eq!(cut.count(), 2, "without their texts they are cut");
    }

    #[test]
    fn redshift_stl_views() {
        snapshot(Source::RedshiftStl, &["redshift/stl_querytext.csv", "redshift/stl_query.csv"]);
    }

    #[test]
    fn redshift_activity_log() {
        snapshot(Source::RedshiftActivity, &["redshift/useractivitylog.log"]);
    }

    #[test]
    fn snowflake() {
        snapshot(Source::Snowflake, &["snowflake/query_history.csv"]);
    }

    #[test]
    fn bigquery() {
        snapshot(Source::BigQuery, &["bigquery/jobs.jsonl"]);
    }

    #[test]
    fn databricks() {
        snapshot(Source::Databricks, &["databricks/history.json"]);
    }

    #[test]
    fn mysql_slow_log() {
        snapshot(Source::MysqlSlow, &["mysql/slow.log"]);
    }

    /// The same records in each form that a file may have, packed or not.
    #[test]
    fn the_form_of_a_file_means_nothing() {
        use arrow::array::{ArrayRef, RecordBatch, StringArray};
        use std::sync::Arc;
        let rows = [
            ["q1", "SELECT 'a,\n\"b\"'", "2024-01-01 00:00:01", "7"],
            ["q2", "SELECT 2", "2024-01-01 00:00:02", "7"],
        ];
        let names = ["query_id", "query_text", "start_time", "session_id"];
        let folder = tempfile::tempdir().unwrap();
        let write = |name: &str, bytes: &[u8]| {
            let path = folder.path().join(name);
            fs::write(&path, bytes).unwrap();
            path
        };
        let quoted = |text: &str| format!("\"{}\"", text.replace('"', "\"\""));
        let mut csv = names.join(",") + "\n";
        let mut objects = Vec::new();
        for row in rows {
            csv += &(row.map(quoted).join(",") + "\n");
            let fields = names.iter().zip(row).map(|(n, v)| (n.to_string(), v.into()));
            objects.push(serde_json::Value::Object(fields.collect()));
        }
        let lines: Vec<String> = objects.iter().map(ToString::to_string).collect();
        let column = |at: usize| -> ArrayRef {
            Arc::new(rows.iter().map(|row| Some(row[at])).collect::<StringArray>())
        };
        let columns = names.iter().enumerate().map(|(at, name)| (*name, column(at)));
        let batch = RecordBatch::try_from_iter(columns).unwrap();
        let mut parquet = Vec::new();
        let mut writer =
            parquet::arrow::ArrowWriter::try_new(&mut parquet, batch.schema(), None).unwrap();
        writer.write(&batch).unwrap();
        writer.close().unwrap();
        let forms = [
            write("a.csv", csv.as_bytes()),
            write("a.csv.zst", &zstd::encode_all(csv.as_bytes(), 1).unwrap()),
            write("a.jsonl", lines.join("\n").as_bytes()),
            write("a.json", serde_json::Value::Array(objects).to_string().as_bytes()),
            write("a.parquet", &parquet),
        ];
        let of = |path: &PathBuf| imported(Source::Snowflake, std::slice::from_ref(path)).0;
        let expected = of(&forms[0]);
        let texts: Vec<&str> = expected.statements.iter().map(|s| s.sql.as_str()).collect();
        assert_eq!(texts, [rows[0][1], rows[1][1]]);
        for form in &forms {
            assert_eq!(of(form), expected, "{}", form.display());
        }
        // All of them together: each statement once.
        let (all, found) = imported(Source::Snowflake, &forms);
        assert_eq!(all.statements, expected.statements);
        assert_eq!(found.left_out.values().sum::<u64>(), 8);
    }

    #[test]
    fn logs_are_read_in_the_order_of_their_times() {
        let whole = fs::read_to_string(&samples(&["postgres/server.csv"])[0]).unwrap();
        let cut = whole.find("\n2026-11-23 16:17:30.245").unwrap() + 1;
        let folder = tempfile::tempdir().unwrap();
        let (first, second) = (folder.path().join("z.csv"), folder.path().join("a.csv"));
        let (before, behind) = whole.split_at(cut);
        fs::write(&first, before).unwrap();
        fs::write(&second, behind).unwrap();
        let expected =
            imported(Source::PostgresCsvlog, &samples(&["postgres/server.csv"])).0.statements;
        let found = imported(Source::PostgresCsvlog, &[second, first]).0.statements;
        let key = |s: &Statement| s.id.clone();
        assert_eq!(
            found.iter().map(key).collect::<Vec<_>>(),
            expected.iter().map(key).collect::<Vec<_>>()
        );
    }

    /// The samples one by one.
    fn all() -> impl Iterator<Item = (Source, &'static str)> {
        EXPORTS.iter().flat_map(|(source, names)| names.iter().map(|name| (*source, *name)))
    }

    #[test]
    fn bigquery_audit_log() {
        snapshot(Source::BigQueryAudit, &["bigquery/audit.jsonl"]);
    }

    #[test]
    fn dbt_by_its_folder_or_its_file() {
        snapshot(Source::Dbt, &["dbt"]);
        let of_file = imported(Source::Dbt, &samples(&["dbt/run_results.json"]));
        assert_eq!(of_file, imported(Source::Dbt, &samples(&["dbt"])));
    }

    #[test]
    fn sql_files_of_a_folder() {
        snapshot(Source::SqlFiles, &["sql"]);
    }

    #[test]
    fn files_that_are_hard_to_read_keep_no_others_from_being_read() {
        let folder = tempfile::tempdir().unwrap();
        let write = |name: &str, bytes: &[u8]| fs::write(folder.path().join(name), bytes).unwrap();
        let wide: Vec<String> = (0..5_000).map(|n| n.to_string()).collect();
        write("wide.sql", format!("SELECT 1 IN ({})", wide.join(",")).as_bytes());
        write("utf16.sql", &[0xff, 0xfe, b'S', 0]);
        write("client.sql", b"\\c postgres://ana:geheim@h/db\nSELECT 1;\n");
        write(".#lock.sql", b"SELECT 'hidden'");
        fs::create_dir(folder.path().join("b")).unwrap();
        write("b/x.sql", b"SELECT 2");
        write("b/x.SQL", b"SELECT 3");
        let (workload, found) = imported(Source::SqlFiles, &[folder.path().to_owned()]);
        let ids: Vec<&str> = workload.statements.iter().map(|s| s.id.as_str()).collect();
        assert_eq!(ids, ["b/x.SQL#1", "b/x#1", "client#1", "wide#1"]);
        assert_eq!((found.unreadable, found.left_out.values().sum::<u64>()), (1, 1), "{found:?}");
        assert!(!serde_json::to_string(&workload.statements).unwrap().contains("geheim"));
        // Of several folders the names tell.
        let folders = [folder.path().join("b"), folder.path().to_owned()];
        let (workload, _) = imported(Source::SqlFiles, &folders[..1]);
        assert_eq!(workload.statements[1].id, "x#1");
        let stem = folder.path().file_name().unwrap().to_string_lossy().into_owned();
        let (workload, _) = imported(Source::SqlFiles, &folders);
        assert!(
            workload.statements.iter().any(|s| s.id == format!("{stem}/wide#1")),
            "{workload:?}"
        );
    }

    #[test]
    fn a_dialect_is_given_where_the_source_does_not_tell() {
        let out = tempfile::tempdir().unwrap();
        let failed = |source, file: &Path, dialect| {
            let files = [file.to_owned()];
            let values = Values::Kept;
            let request = Request { source, files: &files, dialect, out: out.path(), values };
            import(request, &Unwatched).unwrap_err().to_string()
        };
        let sample = |name: &str| samples(&[name]).remove(0);
        let error = failed(Source::SqlFiles, &sample("sql"), None);
        assert!(error.contains("in which dialect"), "{error}");
        let error = failed(Source::MysqlSlow, &sample("mysql/slow.log"), Some(Dialect::MySql));
        assert!(error.contains("are in mysql"), "{error}");
        let error = failed(Source::Snowflake, &sample("snowflake"), None);
        assert!(error.contains("it is a folder"), "{error}");
        let error = failed(Source::SqlFiles, &sample("mysql"), Some(Dialect::MySql));
        assert!(error.contains("there are none in this folder"), "{error}");
        let error = failed(Source::Dbt, &sample("mysql"), None);
        assert!(error.contains("run_results.json"), "{error}");
        // Without its manifest nobody knows the adapter.
        let alone = tempfile::tempdir().unwrap();
        let results = alone.path().join("run_results.json");
        fs::copy(sample("dbt/run_results.json"), &results).unwrap();
        let error = failed(Source::Dbt, &results, None);
        assert!(error.contains("manifest.json") && error.contains("--dialect"), "{error}");
        let files = [alone.path().to_owned()];
        let request = Request {
            source: Source::Dbt,
            files: &files,
            dialect: Some(Dialect::Postgres),
            out: out.path(),
            values: Values::Kept,
        };
        let (found, _) = import(request, &Unwatched).unwrap();
        assert!(found.is_balanced() && found.statements == 3, "{found:?}");
        fs::write(alone.path().join("manifest.json"), "{\"nodes\": 7}").unwrap();
        let error = failed(Source::Dbt, &results, None);
        assert!(error.contains("`manifest.json` beside it"), "{error}");
    }

    #[test]
    fn every_source_has_a_sample() {
        for source in Source::ALL {
            assert!(all().any(|(sampled, _)| sampled == *source), "{source}");
        }
    }

    /// Bytes that are what parsers look at, or anything.
    fn byte() -> impl Strategy<Value = u8> {
        prop_oneof![Just(b'"'), Just(b'\n'), Just(b','), Just(b'\''), Just(b'}'), any::<u8>()]
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(300))]

        /// A sample with bytes changed and its end cut, under any source: an answer, nothing lost, and
        /// a workload that can be read.
        #[test]
        fn damages_do_no_harm(
            sample in 0..all().count(),
            source in proptest::option::of(0..Source::ALL.len()),
            edits in proptest::collection::vec((any::<proptest::sample::Index>(), byte()), 0..12),
            cut in proptest::option::of(any::<proptest::sample::Index>()),
        ) {
            let (own, name) = all().nth(sample).unwrap();
            let source = source.map_or(own, |other| Source::ALL[other]);
            let mut bytes = fs::read(&samples(&[name])[0]).unwrap();
            for (place, byte) in edits {
                let place = place.index(bytes.len());
                bytes[place] = byte;
            }
            if let Some(cut) = cut {
                bytes.truncate(cut.index(bytes.len()));
            }
            let folder = tempfile::tempdir().unwrap();
            let file = folder.path().join("damaged");
            fs::write(&file, bytes).unwrap();
            let out = folder.path().join("workload");
            let request = Request { source, files: std::slice::from_ref(&file), out: &out, dialect: dialect(source), values: Values::Kept };
            match import(request, &Unwatched) {
                Ok((found, manifest)) => {
                    prop_assert!(found.is_balanced(), "{:?}", found);
                    prop_assert_eq!(found.statements, manifest.statements);
                    prop_assert_eq!(folder::read(&out).unwrap().manifest, manifest);
                }
                Err(error) => {
                    let told = error.to_string();
                    prop_assert!(told.contains("damaged"), "{}", told);
                }
            }
        }
    }

    #[test]
    fn a_failed_import_leaves_the_workload_that_was_there() {
        let out = tempfile::tempdir().unwrap();
        let files = samples(&["snowflake/query_history.csv"]);
        let request = Request {
            source: Source::Snowflake,
            files: &files,
            out: out.path(),
            dialect: None,
            values: Values::Kept,
        };
        let (_, manifest) = import(request, &Unwatched).unwrap();
        let wrong = samples(&["snowflake/query_history.csv", "mysql/slow.log"]);
        let failed = import(Request { files: &wrong, ..request }, &Unwatched);
        assert!(matches!(failed, Err(ImportError::AnotherSource { .. })), "{failed:?}");
        assert_eq!(folder::read(out.path()).unwrap().manifest, manifest);
        assert_eq!(fs::read_dir(out.path()).unwrap().count(), 2, "no temporary file stays");
    }
}
