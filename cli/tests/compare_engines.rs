//! `gnomon compare` on engines: real PostgreSQL and DuckDB, in all pairs with each other and files.

#[cfg(test)]
mod tests {
    use engines::{
        Engine, Request, SessionSettings,
        duckdb::DuckDb,
        postgres::{Postgres, ThrowawayCluster},
    };
    use model::Dialect;
    use serde_json::Value;
    use std::{
        fs,
        path::Path,
        process::{Child, Command, Stdio},
        time::{Duration, Instant},
    };
    use tempfile::TempDir;
    use tokio::runtime::Runtime;

    const PASSWORD: &str = "s3cret-of-orders";

    /// Cities repeat, so that they tie.
    const TABLE: &str = "\
        CREATE TABLE orders (id integer PRIMARY KEY, city text, amount numeric(12,2), made timestamp); \
        INSERT INTO orders SELECT i, CASE i % 3 WHEN 0 THEN 'Berlin' WHEN 1 THEN 'Paris' END, \
            i * 1.25, timestamp '2024-01-01 00:00:00' + i * interval '1 hour' \
        FROM generate_series(1, 300) AS g(i);";

    const ALL: &str = "SELECT id, city, amount, made FROM orders";

    /// A PostgreSQL and a DuckDB with the same orders.
    struct World {
        folder: TempDir,
        server: ThrowawayCluster,
        runtime: Runtime,
    }

    impl World {
        fn open() -> Self {
            let folder = tempfile::tempdir().unwrap();
            let server = ThrowawayCluster::start().unwrap();
            let world = Self { folder, server, runtime: Runtime::new().unwrap() };
            let login = format!(
                "{TABLE} CREATE ROLE reader LOGIN PASSWORD '{PASSWORD}'; \
                 GRANT SELECT ON ALL TABLES IN SCHEMA public TO reader;"
            );
            world.postgres(&login);
            world.duckdb(TABLE);
            world
        }

        fn postgres(&self, sql: &str) {
            self.runtime.block_on(run(&Postgres::new(self.server.config()), sql));
        }

        fn duckdb(&self, sql: &str) {
            let path = self.folder.path().join("o.duckdb");
            let duckdb = DuckDb::open(&path, false).unwrap();
            self.runtime.block_on(run(&duckdb, sql));
            drop(duckdb);
            until_closed(&path);
        }

        fn url(&self) -> String {
            let socket = self.server.folder().display().to_string().replace('/', "%2F");
            format!("postgres://reader:{PASSWORD}@{socket}:5432/gnomon")
        }

        fn file(&self, name: &str, text: &str) {
            fs::write(self.folder.path().join(name), text).unwrap();
        }

        fn command(&self, words: &[&str]) -> Command {
            let mut command = Command::new(env!("CARGO_BIN_EXE_gnomon"));
            command
                .arg("compare")
                .args(words)
                .current_dir(self.folder.path())
                .env("NO_COLOR", "1")
                .env_remove("LD_LIBRARY_PATH")
                .env_remove("PGPASSWORD")
                .stdin(Stdio::null())
                .stdout(Stdio::piped())
                .stderr(Stdio::piped());
            command
        }

        /// Exit code, stdout and stderr, in which the password never is.
        fn gnomon(&self, words: &[&str]) -> (i32, String, String) {
            finish(self.command(words).spawn().unwrap())
        }

        fn json(&self, words: &[&str]) -> (i32, Value) {
            let (code, out, err) = self.gnomon(&[words, &["--format", "json"]].concat());
            (code, serde_json::from_str(&out).unwrap_or_else(|_| panic!("{words:?}: {out}\n{err}")))
        }
    }

    async fn run(engine: &dyn Engine, script: &str) {
        let mut session = engine.open(&SessionSettings::default()).await.unwrap();
        session.run_script(script).await.unwrap();
    }

    fn finish(child: Child) -> (i32, String, String) {
        let output = child.wait_with_output().unwrap();
        let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
        let (out, err) = (text(output.stdout), text(output.stderr));
        assert!(!out.contains(PASSWORD) && !err.contains(PASSWORD), "{out}{err}");
        (output.status.code().unwrap(), out, err)
    }

    /// Waits until this process has let go of the file, and its lock with it.
    fn until_closed(path: &Path) {
        let file = fs::canonicalize(path).unwrap();
        let deadline = Instant::now() + Duration::from_secs(10);
        let held = || {
            let open = fs::read_dir("/proc/self/fd").into_iter().flatten().flatten();
            open.filter_map(|one| fs::read_link(one.path()).ok()).any(|target| target == file)
        };
        while held() {
            assert!(Instant::now() < deadline, "{} is not closed", file.display());
            std::thread::sleep(Duration::from_millis(5));
        }
    }

    fn counts(found: &Value) -> [u64; 5] {
        ["legacy_rows", "governed_rows", "missing_rows", "extra_rows", "changed_rows"]
            .map(|name| found[name].as_u64().unwrap_or_else(|| panic!("{found}")))
    }

    #[test]
    fn two_engines_are_asked_the_same() {
        let world = World::open();
        let url = world.url();
        let (code, found) = world.json(&[&url, "duckdb:o.duckdb", "--query", ALL]);
        assert_eq!((code, found["verdict"].as_str()), (0, Some("match")), "{found}");
        assert_eq!(counts(&found), [300, 300, 0, 0, 0]);
        let label = found["legacy"].as_str().unwrap();
        assert!(label.starts_with("postgres://reader@") && label.ends_with(ALL), "{label}");

        world.duckdb(
            "UPDATE orders SET amount = amount + 0.01 WHERE id = 7; DELETE FROM orders WHERE id = 8; \
             INSERT INTO orders VALUES (999, 'Oslo', 1, NULL)",
        );
        let (code, found) = world.json(&[&url, "duckdb:o.duckdb", "--query", ALL]);
        assert_eq!((code, found["verdict"].as_str()), (1, Some("mismatch")));
        assert_eq!(counts(&found), [300, 300, 1, 1, 1]);
        // The primary key, which the catalog knows.
        assert_eq!(found["key"]["origin"], "declared", "{found}");
        assert_eq!(found["key"]["columns"][0], "id");

        // Tables of scopes are those of the query.
        let rule = |scope: &str| {
            format!(
                "[[tolerances]]\nkind = \"decimal_absolute\"\nmax = 0.01\nscope = {{ {scope} }}\n\
                 reason = \"cents are rounded late\"\n"
            )
        };
        let of_seven = "SELECT id, amount FROM orders WHERE id < 8";
        let compare = |scope: &str| {
            world.file("rules.toml", &rule(scope));
            let words =
                [&url, "duckdb:o.duckdb", "--query", of_seven, "--tolerances", "rules.toml"];
            let (code, _, err) = world.gnomon(&words);
            (code, err)
        };
        assert_eq!(compare("table = \"orders\", column = \"amount\"").0, 0);
        let (code, err) = compare("table = \"sales\", column = \"amount\"");
        assert!(code == 2 && err.contains("`orders.amount`"), "{err}");
        let fingerprint = sql::parse(of_seven, Dialect::Postgres).unwrap().fingerprint();
        assert_eq!(compare(&format!("fingerprint = \"{fingerprint}\"")).0, 0);
        let (code, err) = compare("fingerprint = \"0000\"");
        assert!(code == 2 && err.contains(&fingerprint), "{err}");

        // One database on both sides, with other queries, and the engines without a file.
        let (code, found) = world.json(&[
            "duckdb:o.duckdb",
            "duckdb:o.duckdb",
            "--left-query",
            "SELECT count(*) FROM orders",
            "--right-query",
            "SELECT sum(1) FROM orders",
        ]);
        assert_eq!((code, found["verdict"].as_str()), (0, Some("match")), "{found}");
        let (code, found) =
            world.json(&["datafusion:", "duckdb:", "--query", "SELECT 1 AS a, 'x' AS b"]);
        assert_eq!((code, found["verdict"].as_str()), (0, Some("match")), "{found}");
    }

    #[test]
    fn engines_sum_up_their_rows() {
        let world = World::open();
        let url = world.url();
        world.duckdb(
            "UPDATE orders SET amount = amount + 0.01 WHERE id = 7; DELETE FROM orders WHERE id = 8; \
             INSERT INTO orders VALUES (999, 'Oslo', 1, NULL)",
        );
        let asked = [&*url, "duckdb:o.duckdb", "--query", ALL];
        let (_, full) = world.json(&asked);
        let (code, found) = world.json(&[&asked[..], &["--push-down"]].concat());
        assert_eq!((code, counts(&found)), (1, [300, 300, 1, 1, 1]), "{found}");
        for part in ["key", "columns", "type_drifts", "causes"] {
            assert_eq!(found[part], full[part], "{part}");
        }
        assert!(found["confidence"].as_str().unwrap().contains("MD5"), "{found}");
        let (code, found) = world.json(&[&url, &url, "--query", ALL, "--push-down"]);
        assert_eq!((code, counts(&found)), (0, [300, 300, 0, 0, 0]), "{found}");

        // Beside a file, with a key.
        world.file("o.csv", "id,amount\n1,1.25\n2,2.50\n3,9\n");
        let few = "SELECT id, amount FROM orders WHERE id < 4;";
        let words = [&*url, "o.csv", "--query", few, "--key", "id", "--push-down"];
        let (code, found) = world.json(&words);
        assert_eq!((code, counts(&found)), (1, [3, 3, 0, 0, 1]), "{found}");

        let refused = |words: &[&str], exit: i32, said: &str| {
            let (code, out, err) = world.gnomon(&[words, &["--push-down"]].concat());
            assert_eq!(code, exit, "{out}{err}");
            assert!(out.contains(said) || err.contains(said), "{said}: {out}{err}");
        };
        let sorted = "SELECT id FROM orders ORDER BY id";
        refused(&[&url, "duckdb:o.duckdb", "--query", sorted], 4, "the order of rows");
        refused(&["o.csv", "o.csv"], 2, "LEFT and RIGHT are files");
        refused(&[&url, "datafusion:", "--query", "SELECT 1 AS a"], 2, "not on datafusion");
        refused(&[&url, "duckdb:o.duckdb", "--query", "SELECT nope FROM orders"], 2, "nope");
    }

    #[test]
    fn a_file_stands_for_one_side() {
        let world = World::open();
        let url = world.url();
        let mut text = "id,amount\n".to_owned();
        for id in 1..=300 {
            text.push_str(&format!("{id},{:.2}\n", f64::from(id) * 1.25));
        }
        world.file("orders.csv", &text);
        world.file("wrong.csv", &text.replace("\n40,50.00\n", "\n40,50.01\n"));
        world.file("select.sql", "-- all orders\nSELECT id, amount\nFROM orders;\n");
        for engine in [url.as_str(), "duckdb:o.duckdb"] {
            for sides in [["orders.csv", engine], [engine, "orders.csv"]] {
                let (code, found) =
                    world.json(&[sides[0], sides[1], "--query", "@select.sql", "--key", "id"]);
                assert_eq!((code, found["verdict"].as_str()), (0, Some("match")), "{found}");
                // The text has the types of the answer.
                assert_eq!(found["type_drifts"].as_array().map(Vec::len), Some(0), "{found}");
            }
        }
        let (code, text, _) =
            world.gnomon(&["wrong.csv", &url, "--query", "@select.sql", "--key", "id"]);
        assert_eq!(code, 1);
        assert!(text.contains("50.01") && text.contains("@select.sql"), "{text}");
        // What stands between the sides is asked with pinned settings.
        world.file("zone.csv", "tz\nAsia/Tokyo\n");
        let zone = ["zone.csv", &url, "--query", "SELECT current_setting('TimeZone') AS tz"];
        assert_eq!(world.gnomon(&[&zone[..], &["--time-zone", "Asia/Tokyo"]].concat()).0, 0);
        assert_ne!(world.gnomon(&zone).0, 0);
    }

    #[test]
    fn order_and_what_a_query_leaves_open_count_as_in_a_replay() {
        let world = World::open();
        let url = world.url();
        let ask = |left: &str, right: &str| {
            world.json(&[&url, "duckdb:o.duckdb", "--left-query", left, "--right-query", right])
        };
        let (code, found) =
            ask("SELECT id FROM orders ORDER BY id", "SELECT id FROM orders ORDER BY id DESC");
        assert_eq!((code, found["order_broken"].as_bool()), (1, Some(true)), "{found}");
        let (code, _) = ask("SELECT id FROM orders", "SELECT id FROM orders ORDER BY id DESC");
        assert_eq!(code, 0, "without an order of the legacy side rows are a bag");
        // The order of a star is known from the catalog.
        let (code, found) =
            ask("SELECT * FROM orders ORDER BY made", "SELECT * FROM orders ORDER BY made DESC");
        assert_eq!((code, found["order_broken"].as_bool()), (1, Some(true)), "{found}");

        let (code, found) = ask("SELECT random() AS r", "SELECT 2.5 AS r");
        assert_eq!((code, found["verdict"].as_str()), (4, Some("inconclusive")), "{found}");
        assert!(found["reason"].as_str().unwrap().contains("random"), "{found}");
    }

    #[test]
    fn a_tie_at_a_limit_is_settled_by_asking_for_more_rows() {
        let world = World::open();
        let url = world.url();
        let ask = |left: &str, right: &str| {
            world.json(&[&url, "duckdb:o.duckdb", "--left-query", left, "--right-query", right])
        };
        // A hundred rows of one city, of which each side takes others.
        let cut = "SELECT city, id FROM orders WHERE city IS NOT NULL ORDER BY city";
        let (left, right) = (format!("{cut} LIMIT 5"), format!("{cut}, id DESC LIMIT 5"));
        let (code, found) = ask(&left, &right);
        assert_eq!((code, found["verdict"].as_str()), (0, Some("match")), "{found}");
        assert_eq!(counts(&found), [5, 5, 0, 0, 0]);
        assert_eq!(found["cut"]["asked"]["wider"]["asked"], 1_005, "{found}");
        assert_eq!(found["cut"]["asked"]["governed_tied"], 100);
        let (_, text, _) = world.gnomon(&[
            &url,
            "duckdb:o.duckdb",
            "--left-query",
            &left,
            "--right-query",
            &right,
        ]);
        assert!(text.contains("each side chose other rows of the same tie"), "{text}");

        // Another one of them, which neither answer shows.
        world.duckdb("UPDATE orders SET id = -150 WHERE id = 150");
        let (code, found) = ask(&left, &right);
        assert_eq!((code, found["verdict"].as_str()), (1, Some("mismatch")), "{found}");
        assert_eq!(counts(&found)[..2], [5, 5]);

        // A file cannot be asked for more.
        let rows: Vec<String> = (81..=85).map(|n| format!("Berlin,{}", n * 3)).collect();
        world.file("cut.csv", &format!("city,id\n{}\n", rows.join("\n")));
        let words = ["cut.csv", "duckdb:o.duckdb", "--query", &left];
        let (code, found) = world.json(&words);
        assert_eq!((code, found["verdict"].as_str()), (4, Some("inconclusive")), "{found}");
        let reason = found["reason"].as_str().unwrap();
        assert!(reason.ends_with("nobody was asked for more rows: one side is a file"), "{reason}");
    }

    #[test]
    fn failures_are_facts_and_errors_say_what_to_do() {
        let world = World::open();
        let url = world.url();
        let duck = "duckdb:o.duckdb";
        let (code, found) = world.json(&[&url, duck, "--query", "SELECT a FROM no_such_table"]);
        assert_eq!((code, found["verdict"].as_str()), (0, Some("match")), "{found}");
        assert!(found["confidence"].is_null(), "no rows were compared: {found}");
        let words = [&url, duck, "--left-query", "SELECT 1", "--right-query", "SELECT nope"];
        let (code, text, _) = world.gnomon(&words);
        assert!(code == 1 && text.contains("the governed side fails"), "{text}");
        world.file("l.csv", "a\n1\n");
        let (code, text, _) = world.gnomon(&["l.csv", &url, "--query", "SELECT 1/0 AS a"]);
        assert!(code == 1 && text.contains("division by zero"), "{text}");
        let slow = ["l.csv", &url, "--query", "SELECT pg_sleep(30) AS a", "--timeout", "1s"];
        let started = Instant::now();
        let (code, text, err) = world.gnomon(&slow);
        assert!(code == 4 && text.contains("57014"), "{text}{err}");
        assert!(started.elapsed() < Duration::from_secs(20));

        let other = url.replace(":5432", ":5433");
        let refused = url.replace("reader", "nobody");
        for (words, code, said) in [
            (vec!["l.csv", &other, "--query", "SELECT 1"], 3, "governed engine cannot be reached"),
            (vec![&refused, "l.csv", "--query", "SELECT 1"], 3, "legacy engine cannot be reached"),
            (vec!["duckdb:none.duckdb", "l.csv", "--query", "SELECT 1"], 3, "none.duckdb"),
            (vec!["none.csv", &url, "--query", "SELECT 1"], 3, "none.csv"),
            (vec!["l.csv", &url], 2, "`--right-query`"),
            (vec!["l.csv", &url, "--left-query", "SELECT 1"], 2, "LEFT is a file"),
            (vec!["l.csv", &url, "--query", "@none.sql"], 2, "none.sql"),
            (vec!["l.csv", &url, "--query", "SELECT 1", "--timeout", "soon"], 2, "90s"),
            (vec!["l.csv", &url, "--query", "DELETE FROM orders"], 2, "would write: DELETE"),
            (vec!["l.csv", duck, "--query", "SELECT 1; DROP TABLE orders"], 2, "2 statements"),
            (vec!["l.csv", duck, "--query", "DROP TABLE orders --\u{1b}[31m"], 2, "would write"),
            (vec!["l.csv", duck, "--query", "SELECT 'open"], 2, "--query:1:8"),
            (vec!["l.csv", duck, "--query", "SELECT 1", "--time-zone", "No/Where"], 3, "No/Where"),
        ] {
            let (found, out, err) = world.gnomon(&words);
            assert_eq!(found, code, "{words:?}: {out}{err}");
            assert!(err.contains(said), "{words:?}: {err}");
            assert!(!err.contains('\u{1b}'), "{err:?}");
        }
        // What the guard cannot know, the session of the engine refuses.
        world.postgres(
            "CREATE FUNCTION quiet() RETURNS int LANGUAGE sql AS \
             'DELETE FROM orders; SELECT 1'; GRANT ALL ON orders TO reader;",
        );
        let (code, text, _) = world.gnomon(&["l.csv", &url, "--query", "SELECT quiet() AS a"]);
        assert!(code == 1 && text.contains("25006"), "{text}");
        let (code, found) = world.json(&[&url, duck, "--query", ALL]);
        assert_eq!((code, counts(&found)), (0, [300, 300, 0, 0, 0]), "nothing was written");
        // Hostile text in a label is made visible.
        let words = ["l.csv", duck, "--query", "SELECT 1 AS a -- \u{1b}[31m \u{202e}"];
        let (code, text, _) = world.gnomon(&words);
        assert!(code == 0 && !text.contains('\u{1b}') && !text.contains('\u{202e}'), "{text:?}");
    }

    #[test]
    fn a_large_answer_goes_to_the_disk() {
        let world = World::open();
        let url = world.url();
        let rows = "SELECT i, md5(i::text) AS t FROM generate_series(1, 200000) AS g(i)";
        let other = format!("{rows} WHERE i % 1000 <> 7 UNION ALL SELECT 0, 'zero'");
        let compare = |limit: &str| {
            world.json(&[
                &url,
                "duckdb:o.duckdb",
                "--left-query",
                rows,
                "--right-query",
                &other,
                "--memory-limit",
                limit,
            ])
        };
        let [small, large] = ["1MB", "2GB"].map(compare);
        // Causes of rows are looked for only where all rows that differ are in one piece.
        for (code, found) in [&small, &large] {
            assert_eq!((*code, counts(found)), (1, [200_000, 199_801, 200, 1, 0]));
        }
        assert_eq!(small.1["examples"], large.1["examples"]);
        // Without a place on the disk only what memory holds can be compared.
        let words = [&url, "duckdb:o.duckdb", "--query", rows, "--format", "json"];
        let without_disk = |limit: &str| {
            let mut command = world.command(&[&words[..], &["--memory-limit", limit]].concat());
            finish(command.env("TMPDIR", "/no/such/folder").spawn().unwrap())
        };
        let (code, out, err) = without_disk("1MB");
        assert_eq!(code, 4, "{out}{err}");
        assert!(out.contains("/no/such/folder") && out.contains("inconclusive"), "{out}");
        assert_eq!(without_disk("2GB").0, 0);
    }

    #[test]
    fn an_interrupt_cancels_the_query() {
        let world = World::open();
        let url = world.url();
        world.file("l.csv", "a\n1\n");
        let words = ["l.csv", &url, "--query", "SELECT 1 AS a, pg_sleep(60)"];
        let child = world.command(&words).spawn().unwrap();
        let sleeping = || {
            let engine = Postgres::new(world.server.config());
            world.runtime.block_on(async {
                let mut session = engine.open(&SessionSettings::default()).await.unwrap();
                let text = "SELECT 1 FROM pg_stat_activity WHERE state = 'active' AND \
                            query LIKE 'SELECT 1 AS a, pg_sleep%'";
                let request = Request::new(text, Dialect::Postgres);
                session.execute(request).await.unwrap().collect(1 << 20).await.unwrap().rows() > 0
            })
        };
        let until = |there: bool| {
            let deadline = Instant::now() + Duration::from_secs(30);
            while sleeping() != there {
                assert!(Instant::now() < deadline, "the query should be there: {there}");
                std::thread::sleep(Duration::from_millis(50));
            }
        };
        until(true);
        let pid = child.id().to_string();
        assert!(Command::new("kill").args(["-INT", &pid]).status().unwrap().success());
        let (code, _, err) = finish(child);
        assert!(code == 4 && err.contains("stopped"), "{err}");
        until(false);
    }
}
