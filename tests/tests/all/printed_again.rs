//! What is printed for PostgreSQL is read and printed again as it is, for the recorded statements of
//! every dialect: the printer says all that the tree means, and nothing twice.

use crate::coverage_page::sources;
use model::Dialect;
use tests::recorded;
use transpiler::Transpiler;

#[test]
fn printing_and_reading_again_is_the_identity() {
    let (mut same, mut others) = (0_u32, Vec::new());
    for from in sources() {
        let (tables, _) = recorded::tables(from).unwrap();
        let vendor: Vec<_> = tables.iter().map(|table| table.vendor.clone()).collect();
        let core: Vec<_> = tables.iter().map(|table| table.core.clone()).collect();
        for case in recorded::cases(from).unwrap() {
            let given = case.settings.iter().map(|(k, v)| (k.as_str(), v.as_str()));
            let settings = sql::SourceSettings::with(from, given).unwrap();
            let transpiler = Transpiler::under(settings, Dialect::Postgres, &vendor);
            let Ok(translation) = transpiler.translate(&case.sql, &[]) else { continue };
            let again = |text: &str| {
                let again = transpiler::reprint(text, &core).map(|again| again.sql);
                again.map_err(|refusal| format!("{}: {:?}", case.id, refusal.diagnostics.first()))
            };
            // A statement of PostgreSQL keeps its text: its first printing is the reprint.
            let printed = match from {
                Dialect::Postgres => again(&translation.sql),
                _ => Ok(translation.sql),
            };
            match printed.and_then(|printed| Ok((again(&printed)?, printed))) {
                Ok((once, printed)) if once == printed => same += 1,
                Ok((once, printed)) => others.push(format!("{}\n  {printed}\n  {once}", case.id)),
                Err(refusal) => others.push(refusal),
            }
        }
    }
    println!("{same} are printed as they are read");
    assert!(others.is_empty(), "{} are not:\n{}", others.len(), others.join("\n\n"));
    assert!(same >= 4_100, "only {same}");
}
