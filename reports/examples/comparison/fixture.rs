//! Made-up comparisons with every kind of verdict and difference, for the example and the tests.

use model::{
    Cause, CellChange, ColumnDifferences, ColumnInfo, Difference, Differences, Judgement,
    KeyOrigin, LedgerEntry, RowKey, Scope, Tolerance, ToleranceKind, TypeDrift, ValuePair, Verdict,
};
use reports::comparison::{Comparison, Input};

/// A comparison with all that it refers to.
pub(crate) struct Case {
    pub(crate) name: &'static str,
    pub(crate) legacy_label: String,
    pub(crate) governed_label: String,
    pub(crate) legacy_columns: Vec<ColumnInfo>,
    pub(crate) governed_columns: Vec<ColumnInfo>,
    pub(crate) judgement: Judgement,
    pub(crate) unused: Vec<Tolerance>,
    pub(crate) confidence: Option<String>,
    /// Were the rows counted?
    pub(crate) counted: bool,
}

impl Case {
    fn new(name: &'static str, columns: &[(&str, &str)], verdict: Verdict) -> Self {
        let columns: Vec<ColumnInfo> = columns
            .iter()
            .map(|(name, data_type)| ColumnInfo {
                name: (*name).to_owned(),
                data_type: (*data_type).to_owned(),
            })
            .collect();
        Self {
            name,
            legacy_label: "exports/orders.parquet".to_owned(),
            governed_label: "exports/orders-new.parquet".to_owned(),
            legacy_columns: columns.clone(),
            governed_columns: columns,
            judgement: Judgement { verdict, differences: Differences::default() },
            unused: Vec::new(),
            confidence: None,
            counted: true,
        }
    }

    fn found(&mut self) -> &mut Differences {
        &mut self.judgement.differences
    }

    fn rows(mut self, legacy: u64, governed: u64) -> Self {
        (self.found().legacy_rows, self.found().governed_rows) = (legacy, governed);
        self
    }

    /// Another column on the governed side.
    fn governed_column(&mut self, at: usize, name: &str, data_type: &str) {
        if let Some(column) = self.governed_columns.get_mut(at) {
            *column = ColumnInfo { name: name.to_owned(), data_type: data_type.to_owned() };
        }
    }

    /// The comparison as reports read it.
    pub(crate) fn comparison(&self) -> Comparison<'_> {
        let found = &self.judgement.differences;
        let counted = |rows: u64| self.counted.then_some(rows);
        Comparison {
            legacy: Input {
                label: &self.legacy_label,
                rows: counted(found.legacy_rows),
                columns: &self.legacy_columns,
            },
            governed: Input {
                label: &self.governed_label,
                rows: counted(found.governed_rows),
                columns: &self.governed_columns,
            },
            judgement: &self.judgement,
            unused_tolerances: &self.unused,
            confidence: self.confidence.clone(),
        }
    }
}

/// Every fixture.
pub(crate) fn all() -> Vec<Case> {
    vec![
        matching(),
        empty(),
        without_columns(),
        drift(),
        tolerated(),
        mismatch(),
        without_a_key(),
        order(),
        shape(),
        failure(),
        inconclusive(),
        wide(),
        unicode(),
        long(),
    ]
}

const ORDERS: [(&str, &str); 8] = [
    ("id", "int64"),
    ("customer", "int32"),
    ("net", "float64"),
    ("tax", "float64"),
    ("amount", "decimal(12, 2)"),
    ("day", "date"),
    ("paid_at", "timestamp"),
    ("note", "text"),
];

fn cell(text: &str) -> Option<String> {
    (text != "NULL").then(|| text.to_owned())
}

fn row(cells: &[&str]) -> Vec<Option<String>> {
    cells.iter().map(|text| cell(text)).collect()
}

fn change(column: usize, name: &str, legacy: &str, governed: &str) -> CellChange {
    CellChange { column, name: name.to_owned(), legacy: cell(legacy), governed: cell(governed) }
}

fn pair(legacy: &str, governed: &str, cells: u64) -> ValuePair {
    ValuePair { legacy: cell(legacy), governed: cell(governed), cells }
}

fn figures(column: usize, name: &str, changed_cells: u64, top: ValuePair) -> ColumnDifferences {
    ColumnDifferences {
        column,
        name: name.to_owned(),
        changed_cells,
        became_null: 0,
        was_null: 0,
        max_absolute: None,
        max_relative: None,
        max_ulps: None,
        top_pairs: vec![top],
    }
}

fn key(columns: &[&str], origin: KeyOrigin) -> RowKey {
    RowKey { columns: columns.iter().map(|name| (*name).to_owned()).collect(), origin }
}

fn tolerance(kind: ToleranceKind, column: &str, reason: &str) -> Tolerance {
    let scope = Scope { column: Some(column.to_owned()), ..Scope::default() };
    Tolerance { kind, scope, reason: reason.to_owned() }
}

fn matching() -> Case {
    let mut case = Case::new("match", &ORDERS, Verdict::Match).rows(10_000_000, 10_000_000);
    case.confidence =
        Some("two different inputs pass for equal with a chance below 2^-80".to_owned());
    case
}

fn empty() -> Case {
    Case::new("empty", &ORDERS, Verdict::Match)
}

fn without_columns() -> Case {
    Case::new("without_columns", &[], Verdict::Match).rows(5, 5)
}

fn drift() -> Case {
    let mut case = Case::new("drift", &ORDERS, Verdict::Match).rows(1, 1);
    case.governed_column(1, "customer", "int64");
    case.found().type_drifts = vec![TypeDrift {
        column: 1,
        name: "customer".to_owned(),
        legacy: "int32".to_owned(),
        governed: "int64".to_owned(),
    }];
    case
}

fn ledger() -> LedgerEntry {
    LedgerEntry {
        code: "TL0002".to_owned(),
        reason: "sums of floats depend on the order of the rows".to_owned(),
        place: Some(0),
        cells: 1_204,
        worst: "4.1e-16 relative".to_owned(),
        examples: vec![change(2, "net", "0.30000000000000004", "0.3")],
    }
}

fn tolerated() -> Case {
    let mut case = Case::new("tolerated", &ORDERS, Verdict::Tolerated).rows(50_000, 50_000);
    case.found().ledger = vec![ledger()];
    case.unused = vec![tolerance(
        ToleranceKind::TimePrecision { micros: 1_000 },
        "paid_at",
        "the old system kept milliseconds",
    )];
    case.confidence =
        Some("two different inputs pass for equal with a chance below 2^-80".to_owned());
    case
}

/// A cause with a tolerance to copy.
pub(crate) fn rounding() -> Cause {
    Cause {
        code: "DC0101".to_owned(),
        name: "rounding".to_owned(),
        parameter: "governed: nearest, 2 digits".to_owned(),
        columns: vec!["amount".to_owned()],
        cells: 988,
        of_cells: 990,
        looked_at_cells: None,
        rows: 0,
        sentence: "988 of 990 changed cells of `amount` are rounded to 2 digits on the governed side"
            .to_owned(),
        remedy: "cast `amount` to a decimal before it is rounded; or accept it:\n\n[[tolerances]]\nkind = \"decimal_scale\"\ndigits = 1\nscope = { column = \"amount\" }\nreason = \"the governed side rounds to 2 digits\"\n"
            .to_owned(),
        examples: vec![change(4, "amount", "12.34", "12.35")],
    }
}

fn mismatch() -> Case {
    let mut case = Case::new("mismatch", &ORDERS, Verdict::Mismatch).rows(10_000_000, 9_999_800);
    case.governed_column(4, "amount", "float64");
    case.unused = tolerated().unused;
    case.confidence = matching().confidence;
    let found = case.found();
    found.missing_rows = 500;
    found.extra_rows = 300;
    found.changed_rows = 1_000;
    found.changed_cells = 1_002;
    found.key = Some(key(&["id"], KeyOrigin::Inferred));
    found.type_drifts = vec![TypeDrift {
        column: 4,
        name: "amount".to_owned(),
        legacy: "decimal(12, 2)".to_owned(),
        governed: "float64".to_owned(),
    }];
    found.ledger = vec![ledger()];
    found.notes = vec![
        "column 8 is named `note` on the legacy side and `NOTE` on the governed side, which differs in case only"
            .to_owned(),
    ];
    let cut = Cause {
        code: "DC0502".to_owned(),
        name: "cut by LIMIT".to_owned(),
        parameter: String::new(),
        columns: Vec::new(),
        cells: 0,
        of_cells: 0,
        rows: 500,
        sentence: "500 rows are missing: the governed side ends after 9,999,800 rows".to_owned(),
        remedy: "look on the governed side for `LIMIT`, `TOP` or `FETCH`".to_owned(),
        examples: Vec::new(),
        ..rounding()
    };
    found.causes = vec![rounding(), cut];
    let mut note = figures(7, "note", 7, pair("ab ", "ab", 5));
    note.became_null = 2;
    let mut amount = figures(4, "amount", 990, pair("12.34", "12.35", 212));
    (amount.max_absolute, amount.max_relative) = (Some("0.01".to_owned()), Some(0.000_811_688));
    let mut net = figures(2, "net", 4, pair("0.1", "0.10000000000000002", 1));
    (net.max_absolute, net.max_relative, net.max_ulps) =
        (Some("0.0000000000000000138".to_owned()), Some(1.4e-16), Some(1));
    let mut paid = figures(6, "paid_at", 1, pair("NULL", "2024-03-31 02:30:00", 1));
    paid.was_null = 1;
    found.columns = vec![net, amount, paid, note];
    let base = ["42", "7", "0.1", "0.02", "12.34", "2024-03-31", "NULL", "ab "];
    let first = row(&base);
    found.examples = vec![
        Difference::Changed {
            row: first.clone(),
            cells: vec![
                change(4, "amount", "12.34", "12.35"),
                change(6, "paid_at", "NULL", "2024-03-31 02:30:00"),
                change(7, "note", "ab ", "ab"),
            ],
        },
        Difference::Missing {
            row: row(&[
                "17",
                "3",
                "1.5",
                "0.25",
                "1204.50",
                "2024-01-01",
                "2024-01-02 10:00:00",
                "NULL",
            ]),
            times: 1,
        },
        Difference::Extra {
            row: row(&[
                "90001",
                "3",
                "1.5",
                "0.25",
                "1204.50",
                "2024-01-01",
                "2024-01-02 10:00:00",
                "NULL",
            ]),
            times: 3,
        },
        Difference::Changed {
            row: row(&["43", "7", "0.1", "0.02", "7.00", "2024-03-31", "NULL", "NULL"]),
            cells: vec![
                change(2, "net", "0.1", "0.10000000000000002"),
                change(7, "note", "NULL", "null"),
            ],
        },
        Difference::Missing {
            row: row(&[
                "18",
                "1204",
                "-3",
                "0",
                "0.05",
                "2023-12-31",
                "NULL",
                "paid by cheque, 2nd reminder",
            ]),
            times: 1,
        },
        Difference::Changed {
            row: row(&["44", "7", "0.1", "0.02", "7.00", "2024-03-31", "NULL", "Anna"]),
            cells: vec![change(7, "note", "Anna Müller, Straße 12 a", "Anna Müller, Strasse 12a")],
        },
    ];
    case
}

fn without_a_key() -> Case {
    let columns = [("region", "text"), ("kind", "text"), ("total", "decimal(10, 2)")];
    let mut case = Case::new("without_a_key", &columns, Verdict::Mismatch).rows(4, 4);
    let found = case.found();
    found.changed_rows = 2;
    found.changed_cells = 2;
    let mut total = figures(2, "total", 2, pair("10.00", "NULL", 1));
    total.became_null = 1;
    found.columns = vec![total];
    found.examples = vec![
        Difference::Changed {
            row: row(&["north", "book", "10.00"]),
            cells: vec![change(2, "total", "10.00", "NULL")],
        },
        Difference::Changed {
            row: row(&["north", "NULL", "1"]),
            cells: vec![change(2, "total", "10.00", "1000.00")],
        },
    ];
    case
}

fn order() -> Case {
    let columns = [("id", "int64")];
    let mut case = Case::new("order", &columns, Verdict::Mismatch).rows(1_500, 1_500);
    case.found().order_broken = true;
    case.found().examples = vec![Difference::Order {
        row: 1_203,
        message: "`id` goes from 9 to 7, which ORDER BY id does not allow".to_owned(),
    }];
    case
}

fn shape() -> Case {
    let mut case = Case::new("shape", &ORDERS, Verdict::Mismatch);
    case.governed_columns.pop();
    case.governed_column(1, "customer_id", "int32");
    case.counted = false;
    case.found().examples = vec![Difference::Shape {
        message: "the legacy side has 8 columns, the governed side 7".to_owned(),
    }];
    case
}

fn failure() -> Case {
    let mut case = Case::new("failure", &ORDERS, Verdict::Mismatch).rows(12, 0);
    "duckdb:lake.db SELECT * FROM orders ORDER BY id".clone_into(&mut case.governed_label);
    case.governed_columns.clear();
    case.found().examples = vec![Difference::Failure {
        legacy: None,
        governed: Some("42P01: table `orders` does not exist".to_owned()),
    }];
    case
}

fn inconclusive() -> Case {
    let reason = "the bound of 4000000 pair checks was hit while matching rows within tolerances; up to 12 more pairs may match; raise `match_checks_max`, or narrow the tolerances";
    let verdict = Verdict::Inconclusive { reason: reason.to_owned() };
    let mut case = Case::new("inconclusive", &ORDERS, verdict).rows(100, 100);
    case.found().missing_rows = 12;
    case.found().extra_rows = 12;
    case.found().examples = vec![Difference::Missing {
        row: row(&["1", "2", "0.5", "0.5", "1.00", "2024-01-01", "NULL", ""]),
        times: 12,
    }];
    case
}

fn wide() -> Case {
    let mut case = Case::new("wide", &[], Verdict::Mismatch).rows(3, 2);
    let columns: Vec<ColumnInfo> = (0..2_000)
        .map(|at| ColumnInfo {
            name: format!("measure_{at:04}"),
            data_type: if at == 1_999 { "text" } else { "int64" }.to_owned(),
        })
        .collect();
    case.legacy_columns.clone_from(&columns);
    case.governed_columns = columns;
    let whole = |from: usize| (0..2_000).map(|at| Some((from + at).to_string())).collect();
    let found = case.found();
    (found.missing_rows, found.changed_rows, found.changed_cells) = (1, 2, 3_996);
    found.key = Some(key(&["measure_1999", "measure_0003"], KeyOrigin::Given));
    let changed = || (0..2_000).filter(|at| ![3, 1_999].contains(at));
    found.columns = changed()
        .map(|at| figures(at, &format!("measure_{at:04}"), 2, pair("1", "2", 2)))
        .collect();
    found.examples = vec![
        Difference::Changed {
            row: whole(1),
            cells: changed()
                .map(|at| {
                    change(at, &format!("measure_{at:04}"), &format!("{at}1"), &format!("{at}2"))
                })
                .collect(),
        },
        Difference::Missing { row: whole(7), times: 1 },
    ];
    case
}

fn unicode() -> Case {
    let columns = [("ключ", "text"), ("שם", "text"), ("名前\u{202e}", "text")];
    let mut case = Case::new("unicode", &columns, Verdict::Mismatch).rows(6, 5);
    "new\u{1b}[31m\nfile.csv".clone_into(&mut case.governed_label);
    let found = case.found();
    (found.missing_rows, found.changed_rows, found.changed_cells) = (1, 4, 5);
    found.key = Some(key(&["ключ"], KeyOrigin::Given));
    found.columns = vec![figures(2, "名前\u{202e}", 4, pair("漢字", "汉字", 1))];
    let changed = |id: &str, cells: Vec<CellChange>| Difference::Changed {
        row: row(&[id, "שלום", "漢字"]),
        cells,
    };
    found.examples = vec![
        changed("а", vec![change(2, "名前\u{202e}", "漢字かな", "汉字かな")]),
        changed(
            "b",
            vec![
                change(1, "שם", "שלום עולם", "שלום  עולם"),
                change(2, "名前\u{202e}", "a\u{200b}b", "ab"),
            ],
        ),
        changed("c", vec![change(2, "名前\u{202e}", "café", "cafe\u{301}")]),
        changed(
            "d\u{1b}[2J",
            vec![change(2, "名前\u{202e}", "one\ttwo\r\nthree", "one two\nthree")],
        ),
        Difference::Missing { row: row(&["'", "NULL", "👩\u{200d}👩❤\u{fe0f}"]), times: 1 },
    ];
    case
}

fn long() -> Case {
    let columns = [("id", "int64"), ("body", "text")];
    let mut case = Case::new("long", &columns, Verdict::Mismatch).rows(2, 1);
    let found = case.found();
    (found.missing_rows, found.changed_rows, found.changed_cells) = (1, 1, 1);
    found.key = Some(key(&["id"], KeyOrigin::Given));
    let text = |end: &str| format!("{}{end}{}", "lorem ipsum ".repeat(50_000), "x".repeat(400_000));
    let mut body = figures(1, "body", 1, pair("lorem", "ipsum", 1));
    body.max_absolute = Some(format!("1{}", "0".repeat(300)));
    found.columns = vec![body];
    found.examples = vec![
        Difference::Changed {
            row: row(&["1", &text("A")]),
            cells: vec![change(1, "body", &text("A 12:00"), &text("A 13:00"))],
        },
        Difference::Missing { row: row(&["2", &text("B")]), times: 1 },
    ];
    case
}
