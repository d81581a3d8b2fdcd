//! What is printed for PostgreSQL is read and printed again as it is, for the recorded statements of
//! every dialect: the printer says all that the tree means, and nothing twice.

use crate::coverage_page::sources;
use model::Dialect;
use tests::recorded;
use transpiler::Transpiler;

#[test]
fn printing_and_reading_again_is_the_identity() {
    let (mut same, mut unread) = (0_u32, Vec::new());
    let mut moving = Vec::new();
    for from in sources() {
        let (tables, _) = recorded::tables(from).unwrap();
        let vendor: Vec<_> = tables.iter().map(|table| table.vendor.clone()).collect();
        let core: Vec<_> = tables.iter().map(|table| table.core.clone()).collect();
        for case in recorded::cases(from).unwrap() {
            let given = case.settings.iter().map(|(k, v)| (k.as_str(), v.as_str()));
            let settings = sql::SourceSettings::with(from, given).unwrap();
            let transpiler = Transpiler::under(settings, Dialect::Postgres, &vendor);
            let Ok(translation) = transpiler.translate(&case.sql, &[]) else { continue };
            // What another dialect was lowered to may be PostgreSQL that is not read yet.
            let once = match transpiler::reprint(&translation.sql, &core) {
                Ok(once) => once.sql,
                Err(refusal) => {
                    unread.push(format!("{}: {:?}", case.id, refusal.diagnostics.first()));
                    continue;
                }
            };
            match transpiler::reprint(&once, &core) {
                Ok(twice) if twice.sql == once => same += 1,
                Ok(twice) => moving.push(format!("{}\n  {once}\n  {}", case.id, twice.sql)),
                Err(refusal) => moving.push(format!("{}\n  {once}\n  {refusal:?}", case.id)),
            }
        }
    }
    println!("{same} are printed as they are read, {} are not read", unread.len());
    assert!(moving.is_empty(), "{}", moving.join("\n\n"));
    assert!(same >= 2_500, "only {same}; not read:\n{}", unread.join("\n"));
}
