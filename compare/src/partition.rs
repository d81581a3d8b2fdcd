//! Judges the rows of one partition: what matches within tolerances, what is one row with other
//! values, what is missing and extra.

use crate::{
    causes,
    hash::HashKey,
    matching::{Checks, match_residue},
    pairing::{self, Key},
    report::Findings,
    residue::{self, Copies, Input, KnownKey, Residue},
    scan::threads,
    settings::Settings,
    shape,
    store::Pile,
    table::Table,
    watch::STOPPED,
};
use model::{Difference, RowKey};
use rayon::iter::{IntoParallelIterator as _, ParallelIterator as _};

/// What all partitions together show.
pub(crate) struct Judged<'a> {
    pub(crate) findings: Findings<'a>,
    /// Columns whose types cannot meet, where a value is in the way.
    pub(crate) strangers: Vec<Difference>,
    pub(crate) key: Option<RowKey>,
}

/// Judges all partitions, as many at the same time as there are threads.
pub(crate) fn judge<'a>(
    input: Input<'a, 'a>,
    residue: Residue,
    settings: &'a Settings,
    with_places: bool,
) -> Result<Judged<'a>, String> {
    let key = HashKey::random();
    let count = residue.partitions.len();
    let nothing = || Judged {
        findings: Findings::new(settings, input.columns, (with_places, count), &key),
        strangers: Vec::new(),
        key: None,
    };
    let Residue { partitions, split, key: known, copies, rows } = residue;
    // Causes of rows look at all that one side alone has.
    let is_whole = partitions.len() == 1;
    let checks_max = settings
        .match_checks_max
        .checked_div(u64::try_from(partitions.len()).unwrap_or(1))
        .unwrap_or(settings.match_checks_max);
    let one = |tables: [Table; 2]| -> Result<Judged<'a>, String> {
        let mut judged = nothing();
        let [legacy, governed] = &tables;
        judged.strangers = shape::strangers(input.columns, legacy, governed)?;
        if judged.strangers.is_empty() {
            let checks = &mut Checks::new(checks_max);
            judged.key = partition(
                &mut judged.findings,
                input,
                &tables,
                (&known, copies.as_ref(), rows, is_whole),
                settings,
                checks,
            )?;
        }
        Ok(judged)
    };
    let both = |a: Judged<'a>, b: Judged<'a>| {
        let mut strangers = a.strangers;
        strangers.extend(b.strangers);
        strangers.dedup();
        let findings = a.findings.merge(b.findings, settings.examples_max);
        Judged { findings, strangers, key: a.key.or(b.key) }
    };
    let of_partition = |piles: [Pile; 2]| {
        if input.watch.is_stopped() {
            return Err(STOPPED.to_owned());
        }
        let mut all: Option<Judged<'a>> = None;
        residue::each_piece(input, split.as_ref(), piles, |tables| {
            let more = one(tables)?;
            all = Some(match all.take() {
                Some(all) => both(all, more),
                None => more,
            });
            Ok(())
        })?;
        Ok(all.unwrap_or_else(nothing))
    };
    if partitions.len() <= 1 || threads() == 1 {
        let mut partitions = partitions.into_iter();
        return partitions.try_fold(nothing(), |all, piles| Ok(both(all, of_partition(piles)?)));
    }
    let judged = partitions.into_par_iter().map(of_partition);
    judged.try_reduce(nothing, |a, b| Ok(both(a, b)))
}

fn partition(
    findings: &mut Findings<'_>,
    input: Input<'_, '_>,
    tables: &[Table; 2],
    (known, copies, whole, is_whole): (&KnownKey, Option<&Copies>, [u64; 2], bool),
    settings: &Settings,
    checks: &mut Checks,
) -> Result<Option<RowKey>, String> {
    let columns = input.columns;
    let [legacy, governed] = tables;
    let both = [legacy, governed];
    let matched = match_residue(
        (legacy, legacy.all_rows()),
        (governed, governed.all_rows()),
        columns,
        checks,
        &mut |column, verdict, cells| {
            let place = legacy.number(cells.rows.0);
            findings.ledger.record(verdict, (column, place), || cells.values())
        },
    )?;
    findings.unproven = matched.unproven;
    let key = match known {
        KnownKey::Given(key) => Some(Key::of(both, columns, key, true)?),
        KnownKey::Sampled(Some(key)) => Some(Key::of(both, columns, key, false)?),
        KnownKey::Sampled(None) => None,
        KnownKey::Open => {
            pairing::find_key(both, (input.sides, input.whole), columns, input.watch)?
        }
    };
    let pairing = pairing::pair(
        (legacy, matched.legacy),
        (governed, matched.governed),
        columns,
        (key.as_ref(), whole),
        settings.pair_rows_max,
    )?;
    if !matches!(known, KnownKey::Sampled(_)) && is_whole {
        findings.row_causes = causes::of_rows(&causes::Unpaired {
            tables: both,
            columns,
            pairing: &pairing,
            rows: input.sides,
            counts: whole,
            copies,
            limited: input.limited,
            is_keyed: *known == KnownKey::Open && key.is_some(),
            has_given_key: matches!(known, KnownKey::Given(_)),
            watch: input.watch,
        })?;
    }
    findings.differ(both, &pairing, columns, settings)?;
    Ok(key.map(|key| key.told(columns)))
}
