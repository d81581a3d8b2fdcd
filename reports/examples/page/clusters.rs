//! A run whose differences have causes: moved times, rounded amounts, padded texts, copied rows.

use super::{Build, change, changed, header, report};
use model::report::RunReport;
use model::{
    Cause, CollisionBound, ColumnDifferences, Difference, Differences, KeyOrigin, OrderKey, RowKey,
    Side, StatementFacts, ValuePair, Verdict,
};

/// Columns of every statement of the run.
const COLUMNS: [(&str, &str); 4] =
    [("id", "int64"), ("paid_at", "timestamp"), ("amount", "decimal(12, 2)"), ("note", "text")];
const TABLES: [&str; 4] = ["sales.payments", "sales.orders", "crm.customers", "log.events"];

pub(super) fn run(statements: usize) -> RunReport {
    report(header("nightly: causes over statements"), (0..statements).map(build).collect())
}

fn build(at: usize) -> Build {
    let table = TABLES.get(at % TABLES.len()).copied().unwrap_or_default();
    let sql =
        format!("SELECT id, paid_at, amount, note FROM {table} WHERE batch = {at} ORDER BY id");
    let rows = 1_000 + at as u64;
    let (verdict, found) = match at % 7 {
        0 => (Verdict::Match, Differences::default()),
        1 | 2 => (Verdict::Mismatch, shifted(at)),
        3 => (Verdict::Mismatch, rounded(at)),
        4 => (Verdict::Mismatch, padded(at)),
        5 => (Verdict::Mismatch, copied()),
        _ => (Verdict::Mismatch, unexplained()),
    };
    let mut build = Build::new(&format!("log-{at:04}"), &sql).columns(&COLUMNS);
    build = build.rows(Side::Legacy, rows, 900 + at as u64).rows(Side::Governed, rows, 300);
    build.item.item.facts = Some(facts(table));
    let bound = CollisionBound::of_chance(1e-32);
    build.judged(verdict, Differences { collision_bound: Some(bound), ..found })
}

fn facts(table: &str) -> StatementFacts {
    StatementFacts {
        order_by: vec![OrderKey { column: Some(0), descending: false, nulls_first: false }],
        tables: vec![table.to_owned()],
        ..StatementFacts::plain_read()
    }
}

/// A cause of the cells of a column, with a tolerance of these lines where there are some.
fn cause(
    (code, name, parameter): (&str, &str, &str),
    column: &str,
    cells: u64,
    (says, advice, lines): (&str, &str, &str),
) -> Cause {
    let remedy = match lines {
        "" => advice.to_owned(),
        lines => format!(
            "{advice}; or accept it:\n\n[[tolerances]]\n{lines}\nscope = {{ column = \"{column}\" }}\nreason = \"agreed with the team\"\n"
        ),
    };
    Cause {
        code: code.to_owned(),
        name: name.to_owned(),
        parameter: parameter.to_owned(),
        columns: vec![column.to_owned()],
        cells,
        of_cells: cells,
        looked_at_cells: None,
        rows: 0,
        sentence: format!("{cells} of {cells} changed cells of `{column}` are {says}"),
        remedy,
        examples: Vec::new(),
    }
}

fn column(
    (place, name): (usize, &str),
    cells: u64,
    pairs: &[(Option<&str>, Option<&str>, u64)],
) -> ColumnDifferences {
    let text = |text: Option<&str>| text.map(str::to_owned);
    let pair = |(legacy, governed, cells): &(Option<&str>, Option<&str>, u64)| ValuePair {
        legacy: text(*legacy),
        governed: text(*governed),
        cells: *cells,
    };
    ColumnDifferences {
        column: place,
        name: name.to_owned(),
        changed_cells: cells,
        became_null: 0,
        was_null: 0,
        max_absolute: None,
        max_relative: None,
        max_ulps: None,
        top_pairs: pairs.iter().map(pair).collect(),
    }
}

fn keyed(cells: u64) -> Differences {
    Differences {
        changed_rows: cells,
        changed_cells: cells,
        key: Some(RowKey { columns: vec!["id".to_owned()], origin: KeyOrigin::Inferred }),
        unused: vec![0, 1],
        ..Differences::default()
    }
}

fn shifted(at: usize) -> Differences {
    let cells = 200 + at as u64 % 50;
    let (before, after) = (Some("2024-07-01 08:30:00"), Some("2024-07-01 09:30:00"));
    let mut paid = column((1, "paid_at"), cells, &[(before, after, 3)]);
    paid.max_absolute = Some("1 hour".to_owned());
    let mut cause = cause(
        ("DC0301", "zone shift", "+1 h"),
        "paid_at",
        cells,
        (
            "1 h later on the governed side",
            "set `TimeZone` alike on both sides",
            "kind = \"time_zone\"\nlegacy = \"UTC\"\ngoverned = \"Europe/Berlin\"",
        ),
    );
    let cell = change(1, "paid_at", before, after);
    cause.examples = vec![cell.clone()];
    let row = [Some("17"), before, Some("12.50"), Some("paid by cheque")];
    Differences {
        examples: vec![changed(&row, vec![cell])],
        columns: vec![paid],
        causes: vec![cause],
        ..keyed(cells)
    }
}

fn rounded(at: usize) -> Differences {
    // Some teams call it otherwise: each name needs a tolerance of its own.
    let name = if at.is_multiple_of(2) { "amount" } else { "net_amount" };
    let pairs = [(Some("12.345"), Some("12.35"), 9), (Some("0.005"), Some("0.01"), 2)];
    let mut amount = column((2, name), 48, &pairs);
    (amount.max_absolute, amount.max_relative) = (Some("0.005".to_owned()), Some(0.5));
    let mut note = column((3, "note"), 6, &[(Some("x"), None, 6)]);
    note.became_null = 6;
    let causes = vec![
        cause(
            ("DC0101", "rounding", "governed: half up, 2 digits"),
            name,
            48,
            (
                "rounded half up to 2 digits on the governed side",
                "give the column the same scale on both sides",
                "kind = \"decimal_scale\"\ndigits = 2",
            ),
        ),
        cause(
            ("DC0403", "NULL for a value", "governed"),
            "note",
            6,
            (
                "NULL on the governed side alone",
                "look on the governed side for an outer join without a partner",
                "",
            ),
        ),
    ];
    let row = [Some("3"), Some("2024-07-01 08:30:00"), Some("12.345"), Some("x")];
    let cells =
        vec![change(2, name, Some("12.345"), Some("12.35")), change(3, "note", Some("x"), None)];
    Differences {
        changed_rows: 48,
        examples: vec![changed(&row, cells)],
        columns: vec![amount, note],
        causes,
        ..keyed(54)
    }
}

/// Padded texts in a column whose name would break out of wherever it stands.
fn padded(at: usize) -> Differences {
    let hostile = "</script><b onclick=x>\u{202e}|`note`";
    let long = format!("{}ab", "</script>\u{202e}\u{0}x".repeat(600));
    let name = if at.is_multiple_of(2) { "note" } else { hostile };
    let pairs = [(Some("ab   "), Some("ab"), 30), (Some(long.as_str()), Some("=1+1"), 1)];
    let cause = cause(
        ("DC0202", "padding", "legacy: trailing blanks"),
        name,
        31,
        (
            "equal but for trailing blanks on the legacy side",
            "trim the column on both sides",
            "kind = \"text_trim\"\nblanks = \"trailing\"",
        ),
    );
    let row = [Some("5"), None, Some("1.00"), Some("ab   ")];
    let cells = vec![change(3, name, Some("ab   "), Some("ab"))];
    Differences {
        examples: vec![changed(&row, cells)],
        columns: vec![column((3, name), 31, &pairs)],
        causes: vec![cause],
        ..keyed(31)
    }
}

fn copied() -> Differences {
    let mut cause = cause(
        ("DC0502", "copies of rows", "governed: × 2"),
        "id",
        0,
        ("", "look on the governed side for a join whose key stands several times", ""),
    );
    cause.columns.clear();
    cause.rows = 12;
    "all 12 extra rows are copies: the governed side has each row 2 times"
        .clone_into(&mut cause.sentence);
    let row = ["9", "2024-07-02 10:00:00", "7.00", "twice"].map(|text| Some(text.to_owned()));
    Differences {
        extra_rows: 12,
        examples: vec![Difference::Extra { row: row.to_vec(), times: 1 }],
        causes: vec![cause],
        unused: vec![0, 1],
        ..Differences::default()
    }
}

fn unexplained() -> Differences {
    let mut amount = column((2, "amount"), 2, &[(Some("1.00"), Some("4.20"), 1)]);
    amount.max_absolute = Some("3.20".to_owned());
    let cells = vec![change(2, "amount", Some("1.00"), Some("4.20"))];
    let row = [Some("8"), None, Some("1.00"), Some("-")];
    Differences {
        examples: vec![changed(&row, cells)],
        columns: vec![amount],
        key: None,
        ..keyed(2)
    }
}
