//! Judges the rows of one partition: what matches within tolerances, what is one row with other
//! values, what is missing and extra.

use crate::{
    causes::{self, Hashers},
    hash::HashKey,
    matching::{Checks, match_residue},
    pairing::{self, Key},
    report::Findings,
    residue::{self, Input, KnownKey, Residue},
    scan::threads,
    settings::Settings,
    shape,
    store::Pile,
    table::Table,
    watch::STOPPED,
};
use model::{Difference, KeyOrigin, RowKey, Side};
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
    let schemas = input.sides.map(|rows| rows.schema().as_ref());
    let by_copies = copies.as_ref().map(|copies| copies.hashers.clone());
    let hashers = Hashers::new(input.columns, schemas, by_copies, input.key);
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
                (&known, &hashers, rows),
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
    let mut judged = if partitions.len() <= 1 || threads() == 1 {
        let mut partitions = partitions.into_iter();
        partitions
            .try_fold(nothing(), |all, piles| Ok::<_, String>(both(all, of_partition(piles)?)))
    } else {
        partitions.into_par_iter().map(of_partition).try_reduce(nothing, |a, b| Ok(both(a, b)))
    }?;
    // Causes of rows look at all that one side alone has.
    judged.findings.row_causes = causes::of_rows(&causes::Unpaired {
        lone: &judged.findings.lone,
        changed_rows: judged.findings.changed_rows(),
        columns: input.columns,
        rows: input.sides,
        counts: rows,
        hashers: &hashers,
        copies: copies.as_ref(),
        limited: input.limited,
        is_keyed: judged.key.is_some() && input.key.is_none(),
        watch: input.watch,
    })?;
    Ok(judged)
}

fn partition(
    findings: &mut Findings<'_>,
    input: Input<'_, '_>,
    tables: &[Table; 2],
    (known, hashers, whole): (&KnownKey, &Hashers, [u64; 2]),
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
        KnownKey::Given(key) => Some(Key::of(both, columns, key, KeyOrigin::Given)?),
        KnownKey::Sampled(Some(key)) => Some(Key::of(both, columns, key, KeyOrigin::Sampled)?),
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
    let alone = [&pairing.missing, &pairing.extra];
    for ((side, lone), rows) in Side::BOTH.into_iter().zip(&mut findings.lone).zip(alone) {
        lone.note(side, (side.of(both), rows), columns, hashers)?;
    }
    findings.differ(both, &pairing, columns, settings)?;
    Ok(key.map(|key| key.told(columns)))
}
