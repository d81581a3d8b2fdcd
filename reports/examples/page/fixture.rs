//! Made-up runs with every kind of verdict, for the example and for the tests. Ids, versions and
//! times are fixed, so that reports of them are the same every time.

#[path = "clusters.rs"]
mod clusters;

use model::report::{ItemReport, RunHeader, RunReport};
use model::{
    AppliedRule, Bind, CellChange, ColumnInfo, Diagnostic, Dialect, Difference, Differences,
    Digest, Disposition, EngineInfo, EngineKind, Failure, FailureClass, Fidelity, Judgement, Lag,
    LedgerEntry, Outcome, OutcomeResult, PlanItem, Scope, Side, SideStatement, SkipReason, Span,
    SqlState, Statement, TableCheck, TableData, Tolerance, ToleranceKind, TypeDrift, Verdict,
};

/// Every fixture.
#[cfg(test)]
pub(crate) fn all() -> [RunReport; 4] {
    [everything(), unchanged(), transpiled(), clustered()]
}

/// A run of so many statements in which few causes explain most differences.
pub(crate) fn many(statements: usize) -> RunReport {
    clusters::run(statements)
}

/// A small one of them.
pub(crate) fn clustered() -> RunReport {
    many(14)
}

/// Every kind of verdict and difference, hostile text, and a statement without a verdict.
pub(crate) fn everything() -> RunReport {
    let mut header = header("nightly: warehouse to DuckDB");
    header.finished = None;
    header.mismatches_allowed = 1;
    report(
        header,
        vec![
            match_tpch_01(),
            tolerated("tpch-03", 6, "4.1e-16 relative"),
            match_tpch_06(),
            tolerated("tpch-14", 1, "1.2e-16 relative"),
            division(),
            null_order(),
            padding(),
            missing_and_extra(),
            unknown_function(),
            shape(),
            legacy_fails(),
            volatile(),
            refused(),
            fails_alike(),
            unparsable(),
            write(),
            hostile(),
            direction(),
            session(),
            failed_alike_parameters(),
            pending(),
        ],
    )
    .with_data(data())
}

/// Checks of four tables, before and after: one of each kind that readers have to look at.
fn data() -> Vec<TableCheck> {
    let check = |table: &str, [legacy, governed]: [(u64, char); 2], note: Option<&str>| {
        let side = |(rows, digit): (u64, char)| TableData {
            rows,
            checksum: (digit != '-').then(|| digit.to_string().repeat(64)),
        };
        TableCheck {
            table: table.to_owned(),
            checked: "2026-03-01T02:00:00Z".parse().unwrap_or_default(),
            legacy: Some(side(legacy)),
            governed: note.is_none().then(|| side(governed)),
            note: note.map(str::to_owned),
        }
    };
    vec![
        check("public.customer", [(150_000, 'a'), (150_000, 'a')], None),
        check("public.orders", [(1_500_000, 'b'), (1_499_990, 'c')], None),
        check("public.lineitem", [(6_001_215, 'd'), (6_001_215, 'd')], None),
        check("public.events", [(12, '-'), (0, '-')], Some("no checksums: column 3 (`doc`) <b>")),
        check("public.lineitem", [(6_001_300, 'e'), (6_001_215, 'd')], None),
    ]
}

/// The demo's first pass: texts copied unchanged.
pub(crate) fn unchanged() -> RunReport {
    report(
        header("demo: unchanged"),
        vec![
            match_tpch_01().copied(),
            tolerated("tpch-03", 6, "4.1e-16 relative").copied(),
            match_tpch_06().copied(),
            tolerated("tpch-14", 1, "1.2e-16 relative").copied(),
            division().copied(),
            null_order().copied(),
            padding().copied(),
            missing_and_extra().copied(),
            unknown_function().copied(),
            shape().copied(),
            legacy_fails().copied(),
            volatile().copied(),
            Build::new("traps-09", "SELECT id, payload\nFROM events\nWHERE payload ~ '(?<=a)b'")
                .rows(Side::Legacy, 2, 410)
                .fails(Side::Governed, "22023", "Invalid Input Error: invalid perl operator: (?<")
                .judged(Verdict::Mismatch, Differences::default())
                .copied(),
        ],
    )
}

/// The demo's second pass: the same statements, transpiled.
pub(crate) fn transpiled() -> RunReport {
    let fixed = |build: Build| {
        let rows = build.item.legacy.as_ref().map_or(0, Outcome::rows);
        build.rows(Side::Governed, rows, 640).judged(Verdict::Match, Differences::default())
    };
    report(
        header("demo: transpiled"),
        vec![
            match_tpch_01(),
            tolerated("tpch-03", 6, "4.1e-16 relative"),
            match_tpch_06(),
            tolerated("tpch-14", 1, "1.2e-16 relative"),
            fixed(division()).governed("SELECT id, amount // parts AS share FROM payments ORDER BY id")
                .rule("TR0104", "integer division", 1, Fidelity::Exact),
            fixed(null_order()).rule("TR0201", "order of NULLs", 1, Fidelity::Exact),
            fixed(padding())
                .governed("SELECT code, rtrim(label) AS label FROM items ORDER BY code")
                .rule("TR0310", "blank-padded text", 1, Fidelity::Exact),
            fixed(missing_and_extra())
                .governed("SELECT region, note, ceil(total) AS total FROM sales WHERE note LIKE '50\\%' ESCAPE '\\'")
                .rule("TR0117", "LIKE escape", 1, Fidelity::Exact),
            fixed(unknown_function())
                .governed("SELECT strftime(day, '%Y-%m-%d') AS d FROM calendar ORDER BY 1")
                .rule("TR0420", "date format model", 1, Fidelity::Exact),
            fixed(shape())
                .governed("SELECT CAST(date_trunc('month', day) AS TIMESTAMPTZ) AS m, count(*) AS n FROM calendar GROUP BY 1")
                .rule("TR0405", "date_trunc of a date", 1, Fidelity::Exact),
            legacy_fails()
                .governed("SELECT id, CASE WHEN parts = 0 THEN error('division by zero') ELSE amount / parts END AS share FROM payments")
                .rule("TR0105", "division by zero is an error", 1, Fidelity::Exact)
                .fails(Side::Governed, "22012", "Invalid Input Error: division by zero")
                .judged(Verdict::Match, Differences::default()),
            volatile(),
            refused(),
        ],
    )
}

fn report(header: RunHeader, builds: Vec<Build>) -> RunReport {
    let items = builds
        .into_iter()
        .zip(0..)
        .map(|(build, index)| {
            let mut item = build.item;
            item.item.index = index;
            item
        })
        .collect();
    RunReport::new(header, items)
}

fn header(title: &str) -> RunHeader {
    RunHeader {
        run_id: "7d4b0f3ce1a98b52".to_owned(),
        title: title.to_owned(),
        gnomon_version: "0.1.0".to_owned(),
        started: "2026-03-01T02:00:00Z".parse().unwrap_or_default(),
        finished: "2026-03-01T02:00:41.250Z".parse().ok(),
        workload_source: "corpus:tpch+traps".to_owned(),
        source_settings: std::collections::BTreeMap::new(),
        workload: Digest::of_bytes(b"workload"),
        legacy: EngineInfo {
            kind: EngineKind::Postgres,
            version: "PostgreSQL 15.14 (Debian 15.14-0+deb12u1) on x86_64-pc-linux-gnu".to_owned(),
            dialect: Dialect::Postgres,
            settings: settings(&[
                ("TimeZone", "UTC"),
                ("search_path", "public"),
                ("extra_float_digits", "3"),
                ("statement_timeout", "30s"),
            ]),
        },
        governed: EngineInfo {
            kind: EngineKind::DuckDb,
            version: "v1.5.5".to_owned(),
            dialect: Dialect::DuckDb,
            settings: settings(&[
                ("TimeZone", "UTC"),
                ("enable_external_access", "false"),
                ("lock_configuration", "true"),
            ]),
        },
        tolerances: vec![
            Tolerance {
                kind: ToleranceKind::FloatRelative { max: 1e-9 },
                scope: Scope::default(),
                reason: "sums of floats depend on the order of addition".to_owned(),
            },
            Tolerance {
                kind: ToleranceKind::TimePrecision { micros: 1_000 },
                scope: Scope { column: Some("loaded_at".to_owned()), ..Scope::default() },
                reason: "the old loader kept milliseconds".to_owned(),
            },
        ],
        mismatches_allowed: 0,
        drift_allowed: false,
        judged_from: None,
    }
}

fn settings(pairs: &[(&str, &str)]) -> std::collections::BTreeMap<String, String> {
    pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
}

fn match_tpch_01() -> Build {
    Build::new(
        "tpch-01",
        "select\n\tl_returnflag,\n\tl_linestatus,\n\tsum(l_quantity) as sum_qty,\n\tavg(l_discount) as avg_disc,\n\tcount(*) as count_order\nfrom\n\tlineitem\nwhere\n\tl_shipdate <= date '1998-12-01' - interval '90' day\ngroup by\n\tl_returnflag,\n\tl_linestatus\norder by\n\tl_returnflag,\n\tl_linestatus;",
    )
    .governed("SELECT l_returnflag, l_linestatus, sum(l_quantity) AS sum_qty, avg(l_discount) AS avg_disc, count(*) AS count_order FROM lineitem WHERE l_shipdate <= CAST(DATE '1998-12-01' - INTERVAL '90' DAY AS DATE) GROUP BY l_returnflag, l_linestatus ORDER BY l_returnflag NULLS LAST, l_linestatus NULLS LAST")
    .rule("TR0201", "order of NULLs", 2, Fidelity::Exact)
    .rule("TR0401", "date and interval", 1, Fidelity::Exact)
    .rows(Side::Legacy, 4, 182_400)
    .rows(Side::Governed, 4, 11_730)
    .judged(Verdict::Match, Differences::default())
}

fn match_tpch_06() -> Build {
    let sql =
        "SELECT sum(l_extendedprice * l_discount) AS revenue FROM lineitem WHERE l_quantity < 24";
    Build::new("tpch-06", sql)
        .rows(Side::Legacy, 1, 61_020)
        .rows(Side::Governed, 1, 2_904)
        .judged(Verdict::Match, Differences::default())
}

fn tolerated(id: &str, cells: u64, worst: &str) -> Build {
    let example = change(1, "revenue", Some("17.300000000000004"), Some("17.3"));
    let differences = Differences {
        ledger: vec![LedgerEntry {
            code: "TL0002".to_owned(),
            reason: "sums of floats depend on the order of addition".to_owned(),
            place: Some(0),
            cells,
            worst: worst.to_owned(),
            examples: vec![example],
        }],
        type_drifts: vec![TypeDrift {
            column: 1,
            name: "revenue".to_owned(),
            legacy: "numeric".to_owned(),
            governed: "Float64".to_owned(),
        }],
        unused: vec![1],
        ..Differences::default()
    };
    Build::new(id, "SELECT l_orderkey, sum(l_extendedprice * (1 - l_discount)) AS revenue FROM lineitem GROUP BY l_orderkey ORDER BY revenue DESC LIMIT 10")
        .governed("SELECT l_orderkey, sum(l_extendedprice * (1 - l_discount)) AS revenue FROM lineitem GROUP BY l_orderkey ORDER BY revenue DESC NULLS FIRST LIMIT 10")
        .rule("TR0201", "order of NULLs", 1, Fidelity::Exact)
        .rows(Side::Legacy, 10, 204_115)
        .rows(Side::Governed, 10, 15_871)
        .judged(Verdict::Tolerated, differences)
}

fn division() -> Build {
    let cell = |legacy, governed| vec![change(1, "share", Some(legacy), Some(governed))];
    let differences = Differences {
        changed_rows: 3,
        changed_cells: 3,
        examples: vec![
            changed(&[Some("1"), Some("3")], cell("3", "3.5")),
            changed(&[Some("2"), Some("-3")], cell("-3", "-3.5")),
            changed(&[Some("3"), Some("33333")], cell("33333", "33333.333333333336")),
        ],
        type_drifts: vec![TypeDrift {
            column: 1,
            name: "share".to_owned(),
            legacy: "Int32".to_owned(),
            governed: "Float64".to_owned(),
        }],
        ..Differences::default()
    };
    Build::new("traps-01", "SELECT id, amount / parts AS share FROM payments ORDER BY id")
        .columns(&[("id", "Int32"), ("share", "Int32")])
        .rows(Side::Legacy, 5, 402)
        .rows(Side::Governed, 5, 611)
        .judged(Verdict::Mismatch, differences)
}

fn null_order() -> Build {
    let differences = Differences {
        order_broken: true,
        examples: vec![Difference::Order {
            row: 0,
            message: "`score` is NULL first on the legacy and last on the governed side".to_owned(),
        }],
        notes: vec!["the rows agree as a multiset; only their order was judged".to_owned()],
        ..Differences::default()
    };
    Build::new("traps-02", "SELECT name, score\nFROM players\nORDER BY score DESC")
        .governed("SELECT name, score FROM players ORDER BY score DESC NULLS FIRST")
        .columns(&[("name", "Utf8"), ("score", "Int32")])
        .rows(Side::Legacy, 6, 388)
        .rows(Side::Governed, 6, 590)
        .judged(Verdict::Mismatch, differences)
}

fn padding() -> Build {
    let row = |code, label| vec![Some(code), Some(label)];
    let differences = Differences {
        changed_rows: 2,
        changed_cells: 2,
        examples: vec![
            changed(
                &row("A1", "bolt      "),
                vec![change(1, "label", Some("bolt      "), Some("bolt"))],
            ),
            changed(&row("A2", "\tnut"), vec![change(1, "label", Some("\tnut"), Some("nut\n"))]),
        ],
        ..Differences::default()
    };
    Build::new("traps-03", "SELECT code, label FROM items ORDER BY code")
        .columns(&[("code", "Utf8"), ("label", "Utf8")])
        .rows(Side::Legacy, 3, 351)
        .rows(Side::Governed, 3, 566)
        .judged(Verdict::Mismatch, differences)
}

fn missing_and_extra() -> Build {
    let row = |cells: &[Option<&str>]| cells.iter().map(|c| c.map(str::to_owned)).collect();
    let differences = Differences {
        missing_rows: 3,
        extra_rows: 2,
        changed_rows: 1,
        changed_cells: 2,
        examples: vec![
            Difference::Missing { row: row(&[Some("north"), None, Some("120.50")]), times: 2 },
            Difference::Missing { row: row(&[Some("south"), Some(""), Some("7.00")]), times: 1 },
            Difference::Extra {
                row: row(&[Some("north"), Some("NULL"), Some("120.50")]),
                times: 2,
            },
            changed(
                &[Some("west"), Some("50% off"), Some("41.00")],
                vec![
                    change(1, "note", Some("50% off"), None),
                    change(2, "total", Some("41.00"), Some("40.999999")),
                ],
            ),
        ],
        notes: vec!["3 more differences of this statement are not shown".to_owned()],
        ..Differences::default()
    };
    Build::new(
        "traps-04",
        "SELECT region, note, ceil(total) AS total FROM sales WHERE note LIKE '50\\%'",
    )
    .columns(&[("region", "Utf8"), ("note", "Utf8"), ("total", "Decimal128(12, 2)")])
    .rows(Side::Legacy, 9, 512)
    .rows(Side::Governed, 8, 700)
    .judged(Verdict::Mismatch, differences)
}

fn unknown_function() -> Build {
    let message = "Catalog Error: Scalar Function with name to_char does not exist!";
    let differences = Differences {
        examples: vec![Difference::Failure { legacy: None, governed: Some(message.to_owned()) }],
        ..Differences::default()
    };
    Build::new("traps-05", "SELECT to_char(day, 'YYYY-MM-DD') AS d\nFROM calendar\nORDER BY 1")
        .rows(Side::Legacy, 3, 333)
        .fails(Side::Governed, "42883", message)
        .judged(Verdict::Mismatch, differences)
}

fn shape() -> Build {
    let differences = Differences {
        examples: vec![Difference::Shape {
            message: "column `m` is a time on the legacy and a date on the governed side"
                .to_owned(),
        }],
        type_drifts: vec![TypeDrift {
            column: 0,
            name: "m".to_owned(),
            legacy: "Timestamp(µs, \"UTC\")".to_owned(),
            governed: "Date32".to_owned(),
        }],
        ..Differences::default()
    };
    Build::new(
        "traps-06",
        "SELECT date_trunc('month', day) AS m, count(*) AS n FROM calendar GROUP BY 1",
    )
    .rows(Side::Legacy, 12, 398)
    .rows(Side::Governed, 12, 577)
    .judged(Verdict::Mismatch, differences)
}

fn legacy_fails() -> Build {
    Build::new("traps-07", "SELECT id, amount / parts AS share FROM payments")
        .fails(Side::Legacy, "22012", "division by zero")
        .rows(Side::Governed, 6, 498)
        .judged(Verdict::Mismatch, Differences::default())
}

fn volatile() -> Build {
    let reason = "the result depends on `random()`, which differs from run to run".to_owned();
    Build::new("traps-08", "SELECT id FROM items ORDER BY random() LIMIT 3")
        .rows(Side::Legacy, 3, 300)
        .rows(Side::Governed, 3, 480)
        .judged(Verdict::Inconclusive { reason }, Differences::default())
}

fn refused() -> Build {
    let sql = "SELECT id, payload\nFROM events\nWHERE payload ~ '(?<=a)b'";
    let start = sql.find("'(?<=a)b'").unwrap_or(0);
    let diagnostic = Diagnostic::error(
        "TR0901",
        "the pattern `(?<=a)b` looks behind, which the target's expressions cannot do",
        Some(Span::new(start, start + 9)),
    )
    .with_hint("write the pattern without looking behind, or test the two characters apart");
    Build::new("traps-09", sql).skipped(SkipReason::Refused { diagnostics: vec![diagnostic] })
}

fn fails_alike() -> Build {
    Build::new("traps-10", "SELECT CAST('x' AS integer)")
        .fails(Side::Legacy, "22P02", "invalid input syntax for type integer: \"x\"")
        .fails(Side::Governed, "22P02", "Conversion Error: Could not convert string 'x' to INT32")
        .judged(Verdict::Match, Differences::default())
}

fn unparsable() -> Build {
    let diagnostic = Diagnostic::error(
        "SQ0001",
        "expected an expression, found the end of the statement",
        Some(Span::new(14, 14)),
    );
    Build::new("traps-11", "SELECT 1 WHERE").skipped(SkipReason::Unparsable { diagnostic })
}

fn write() -> Build {
    Build::new("traps-12", "INSERT INTO audit VALUES (1, now())")
        .skipped(SkipReason::Write { by: "INSERT".to_owned() })
}

fn hostile() -> Build {
    let evil = "</script><img src=x onerror=alert(1)>";
    let differences = Differences {
        changed_rows: 1,
        changed_cells: 1,
        examples: vec![changed(
            &[Some(evil)],
            vec![change(0, evil, Some(evil), Some("]]><b onclick='x'>&amp;"))],
        )],
        notes: vec![format!("a note with {evil}")],
        ..Differences::default()
    };
    let sql = format!("SELECT '{evil}' AS \"{evil}\" -- ]]> --> <!--");
    Build::new("traps-13 <b>\"'&", &sql)
        .governed(&format!("SELECT '{evil}' AS x"))
        .rule("TR<i>", evil, 1, Fidelity::Approximate)
        .columns(&[(evil, evil)])
        .rows(Side::Legacy, 1, 210)
        .rows(Side::Governed, 1, 320)
        .judged(Verdict::Mismatch, differences)
}

fn direction() -> Build {
    let differences = Differences {
        changed_rows: 3,
        changed_cells: 3,
        examples: vec![
            changed(
                &[Some("user\u{202e}nimda")],
                vec![change(0, "who", Some("user\u{202e}nimda"), Some("useradmin"))],
            ),
            changed(
                &[Some("שלום עולם")],
                vec![change(0, "who", Some("שלום עולם"), Some("שלום\u{a0}עולם"))],
            ),
            changed(
                &[Some("e\u{301}\u{0}\u{1b}[31mred")],
                vec![change(0, "who", Some("e\u{301}\u{0}\u{1b}[31mred"), Some("é red 漢字"))],
            ),
        ],
        ..Differences::default()
    };
    Build::new("traps-14", "SELECT who FROM \"log\u{202e}gol\" WHERE x = '\u{1b}[31m'")
        .columns(&[("who", "Utf8")])
        .rows(Side::Legacy, 4, 222)
        .rows(Side::Governed, 4, 340)
        .judged(Verdict::Mismatch, differences)
}

fn session() -> Build {
    Build::new("17", "SET search_path TO reporting, public")
        .skipped(SkipReason::NotAQuery { statement: "SET".to_owned() })
}

fn failed_alike_parameters() -> Build {
    let mut build =
        Build::new("18", "SELECT name FROM players WHERE id = $1 AND note IS NOT DISTINCT FROM $2")
            .rows(Side::Legacy, 1, 190)
            .rows(Side::Governed, 1, 305)
            .judged(Verdict::Match, Differences::default());
    build.item.item.binds = vec![
        Bind { type_oid: 23, value: Some("7".to_owned()) },
        Bind { type_oid: 25, value: None },
    ];
    build
}

fn pending() -> Build {
    Build::new("traps-15", "SELECT count(*) FROM events")
}

fn changed(row: &[Option<&str>], cells: Vec<CellChange>) -> Difference {
    Difference::Changed { row: row.iter().map(|cell| cell.map(str::to_owned)).collect(), cells }
}

fn change(column: usize, name: &str, legacy: Option<&str>, governed: Option<&str>) -> CellChange {
    CellChange {
        column,
        name: name.to_owned(),
        legacy: legacy.map(str::to_owned),
        governed: governed.map(str::to_owned),
    }
}

/// Builds one item; what is not said is plain.
pub(crate) struct Build {
    item: ItemReport,
    columns: Vec<ColumnInfo>,
}

impl Build {
    /// A statement that runs with the same text on both sides, without an answer yet.
    pub(crate) fn new(id: &str, sql: &str) -> Self {
        let side = |dialect| SideStatement { dialect, sql: sql.to_owned() };
        let statement = Statement::new(id, ("s1", 1), Dialect::Postgres, sql);
        let fingerprint = Digest::of_bytes(sql.as_bytes()).short(16).to_owned();
        let disposition = Disposition::Run {
            legacy: side(Dialect::Postgres),
            governed: side(Dialect::Postgres),
            translated: sql.to_owned(),
            rules: Vec::new(),
            fidelity: Fidelity::Exact,
        };
        let item = PlanItem::of(0, &statement, fingerprint, None, disposition);
        let item = ItemReport { item, legacy: None, governed: None, judgement: None, lag: None };
        let columns = vec![ColumnInfo { name: "value".to_owned(), data_type: "Utf8".to_owned() }];
        Self { item, columns }
    }

    fn columns(mut self, columns: &[(&str, &str)]) -> Self {
        self.columns = columns
            .iter()
            .map(|(name, data_type)| ColumnInfo {
                name: (*name).to_owned(),
                data_type: (*data_type).to_owned(),
            })
            .collect();
        self
    }

    /// The text that reaches the governed engine.
    pub(crate) fn governed(mut self, text: &str) -> Self {
        if let Disposition::Run { translated, .. } = &mut self.item.item.disposition {
            text.clone_into(translated);
        }
        if let Some(outcome) = &mut self.item.governed {
            text.clone_into(&mut outcome.executed_sql);
        }
        self
    }

    fn rule(mut self, code: &str, name: &str, times: u32, fidelity: Fidelity) -> Self {
        if let Disposition::Run { rules, .. } = &mut self.item.item.disposition {
            rules.push(AppliedRule {
                code: code.to_owned(),
                name: name.to_owned(),
                times,
                fidelity,
                spans: Vec::new(),
                caveat: None,
                columns: None,
            });
        }
        self
    }

    /// As if the text had been copied: no rule, the captured text on both sides.
    fn copied(mut self) -> Self {
        let sql = self.item.item.sql.clone();
        if let Disposition::Run { rules, governed, .. } = &mut self.item.item.disposition {
            rules.clear();
            governed.dialect = Dialect::DuckDb;
        }
        self.governed(&sql)
    }

    /// Rows on one side, after `latency_us` microseconds.
    pub(crate) fn rows(self, side: Side, rows: u64, latency_us: u64) -> Self {
        let columns = self.columns.clone();
        let result = OutcomeResult::Rows { rows, columns, bytes: rows * 48 };
        self.outcome(side, latency_us, result)
    }

    fn fails(self, side: Side, sqlstate: &str, message: &str) -> Self {
        let failure = Failure {
            class: FailureClass::Statement,
            sqlstate: SqlState::parse(sqlstate).unwrap_or(SqlState::INTERNAL_ERROR),
            message: message.to_owned(),
            code: None,
            position: None,
        };
        self.outcome(side, 150, OutcomeResult::Failed(failure))
    }

    fn outcome(mut self, side: Side, latency_us: u64, result: OutcomeResult) -> Self {
        let executed_sql = match (&self.item.item.disposition, side) {
            (Disposition::Run { translated, .. }, Side::Governed) => translated.clone(),
            _ => self.item.item.sql.clone(),
        };
        let outcome = Outcome {
            side,
            executed_sql,
            latency_us,
            attempts: 1,
            result,
            retained: None,
            again: None,
            wide: None,
        };
        self.item.lag = Some(Lag { engine_us: 0, slot_us: latency_us / 10, driver_us: 12 });
        match side {
            Side::Legacy => self.item.legacy = Some(outcome),
            Side::Governed => self.item.governed = Some(outcome),
        }
        self
    }

    /// The judgement; rows are counted from the outcomes.
    pub(crate) fn judged(mut self, verdict: Verdict, mut differences: Differences) -> Self {
        differences.legacy_rows = self.item.legacy.as_ref().map_or(0, Outcome::rows);
        differences.governed_rows = self.item.governed.as_ref().map_or(0, Outcome::rows);
        self.item.judgement = Some(Judgement { verdict, differences });
        self
    }

    fn skipped(mut self, reason: SkipReason) -> Self {
        let verdict = Verdict::Skipped { reason: reason.to_string() };
        self.item.item.disposition = Disposition::Skip { reason };
        self.item.judgement = Some(Judgement { verdict, differences: Differences::default() });
        self
    }
}
