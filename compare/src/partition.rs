//! Judges the rows of one partition: what matches within tolerances, what is one row with other
//! values, what is missing and extra.

use crate::{
    causes::{self, Hashers},
    hash::{HashKey, length},
    matching::{Checks, match_residue},
    pairing::{self, Horizon, Key, Pairing, Waited, Waiting},
    report::{Findings, Shown},
    residue::{self, Input, KnownKey, Residue},
    scan::threads,
    settings::Settings,
    shape,
    store::Pile,
    table::Table,
    watch::{Pass, STOPPED},
};
use arrow::datatypes::SchemaRef;
use model::{Difference, KeyOrigin, RowKey, Rows, Side};
use rayon::iter::{IntoParallelIterator as _, ParallelIterator as _};
use std::mem;

/// What all partitions together show.
pub(crate) struct Judged<'a> {
    pub(crate) findings: Findings<'a>,
    /// Columns whose types cannot meet, where a value is in the way.
    pub(crate) strangers: Vec<Difference>,
    pub(crate) key: Option<RowKey>,
    /// Rows without a key, until all partitions are judged.
    waiting: Waiting,
}

/// Judges all partitions, as many at the same time as there are threads.
pub(crate) fn judge<'a>(
    input: Input<'a, 'a>,
    residue: Residue,
    settings: &'a Settings,
    with_places: bool,
) -> Result<Judged<'a>, String> {
    let Residue { partitions, split, key: known, copies, rows } = residue;
    let schemas = input.sides.map(|rows| rows.schema().as_ref());
    let by_copies = copies.as_ref().map(|copies| copies.hashers.clone());
    let is_given = matches!(known, KnownKey::Given(_));
    let judging = Judging {
        input,
        settings,
        with_places,
        secret: HashKey::random(),
        partitions: partitions.len(),
        known,
        hashers: Hashers::new(input.columns, schemas, by_copies, input.key),
        rows,
        horizon: (split.is_some() && !is_given).then(|| Horizon::new(settings.pair_rows_max)),
    };
    let of_partition = |piles: [Pile; 2]| {
        if input.watch.is_stopped() {
            return Err(STOPPED.to_owned());
        }
        let mut all: Option<Judged<'a>> = None;
        residue::each_piece(input, split.as_ref(), piles, |tables| {
            judging.tell_judging();
            let more = judging.piece(&tables)?;
            for table in &tables {
                input.watch.read(Pass::Judge, table.side(), length(table.rows()));
            }
            all = Some(match all.take() {
                Some(all) => judging.both(all, more)?,
                None => more,
            });
            Ok(())
        })?;
        Ok(all.unwrap_or_else(|| judging.nothing()))
    };
    let judged = if partitions.len() <= 1 || threads() == 1 {
        let mut partitions = partitions.into_iter();
        partitions.try_fold(judging.nothing(), |all, piles| judging.both(all, of_partition(piles)?))
    } else {
        let partitions = partitions.into_par_iter().map(of_partition);
        partitions.try_reduce(|| judging.nothing(), |a, b| judging.both(a, b))
    }?;
    let mut judged = judging.finish(judged)?;
    // Causes of rows look at all that one side alone has.
    judged.findings.row_causes = causes::of_rows(&causes::Unpaired {
        lone: &judged.findings.lone,
        changed_rows: judged.findings.changed_rows(),
        columns: input.columns,
        rows: input.sides,
        counts: rows,
        hashers: &judging.hashers,
        copies: copies.as_ref(),
        limited: input.limited,
        is_keyed: judged.key.is_some() && input.key.is_none(),
        watch: input.watch,
    })?;
    Ok(judged)
}

/// What is the same for all partitions.
struct Judging<'a> {
    input: Input<'a, 'a>,
    settings: &'a Settings,
    with_places: bool,
    /// For the hashes of cells.
    secret: HashKey,
    partitions: usize,
    known: KnownKey,
    hashers: Hashers,
    /// Of each side, differing or not.
    rows: [u64; 2],
    /// Where rows that no key pairs wait for those of other pieces.
    horizon: Option<Horizon>,
}

impl<'a> Judging<'a> {
    /// Nothing yet, of one of so many parts.
    fn findings(&self, parts: usize) -> Findings<'a> {
        let Self { settings, with_places, .. } = *self;
        Findings::new(settings, self.input.columns, (with_places, parts), &self.secret)
    }

    fn nothing(&self) -> Judged<'a> {
        Judged {
            findings: self.findings(self.partitions),
            strangers: Vec::new(),
            key: None,
            waiting: Waiting::default(),
        }
    }

    fn both(&self, a: Judged<'a>, b: Judged<'a>) -> Result<Judged<'a>, String> {
        let mut strangers = a.strangers;
        strangers.extend(b.strangers);
        strangers.dedup();
        let mut findings = a.findings.merge(b.findings, self.settings.examples_max);
        let mut waiting = a.waiting;
        waiting.merge(b.waiting);
        if let Some(horizon) = &self.horizon
            && let Some(alone) = waiting.let_go(self.schemas(), horizon)?
        {
            findings = self.with_lone(findings, alone)?;
        }
        Ok(Judged { findings, strangers, key: a.key.or(b.key), waiting })
    }

    /// Rows are judged from now on.
    fn tell_judging(&self) {
        self.input.watch.read(Pass::Judge, Side::Legacy, 0);
    }

    fn schemas(&self) -> [&SchemaRef; 2] {
        self.input.sides.map(Rows::schema)
    }

    /// Judges the rows of a partition, or of a piece of one.
    fn piece(&self, tables: &[Table; 2]) -> Result<Judged<'a>, String> {
        let (input, settings, mut judged) = (self.input, self.settings, self.nothing());
        let (columns, [legacy, governed]) = (input.columns, tables);
        judged.strangers = shape::strangers(columns, legacy, governed)?;
        if !judged.strangers.is_empty() {
            return Ok(judged);
        }
        let findings = &mut judged.findings;
        let matched = match_residue(
            (legacy, legacy.all_rows()),
            (governed, governed.all_rows()),
            columns,
            &mut Checks::new(self.checks_max()),
            &mut |column, verdict, cells| {
                let place = legacy.number(cells.rows.0);
                findings.ledger.record(verdict, (column, place), || cells.values())
            },
        )?;
        findings.unproven = matched.unproven;
        let key = self.key([legacy, governed])?;
        // To look for a key is a pass of its own.
        self.tell_judging();
        let (left, right) = ((legacy, matched.legacy), (governed, matched.governed));
        let pairs_max = settings.pair_rows_max;
        let pairing = match &self.horizon {
            Some(_) => pairing::pair_piece(left, right, columns, key.as_ref(), pairs_max),
            None => pairing::pair(left, right, columns, (key.as_ref(), self.rows), pairs_max),
        }?;
        let shown = Default::default();
        self.note(findings, Some(&mut judged.waiting), [legacy, governed], pairing, shown)?;
        judged.key = key.map(|key| key.told(columns));
        Ok(judged)
    }

    fn checks_max(&self) -> u64 {
        let all = self.settings.match_checks_max;
        u64::try_from(self.partitions).ok().and_then(|count| all.checked_div(count)).unwrap_or(all)
    }

    fn key(&self, tables: [&Table; 2]) -> Result<Option<Key>, String> {
        let Input { sides, columns, whole, watch, .. } = self.input;
        let of = |key: &[usize], origin| Key::of(tables, columns, key, origin).map(Some);
        match &self.known {
            KnownKey::Given(key) => of(key, KeyOrigin::Given),
            KnownKey::Sampled(Some(key)) => of(key, KeyOrigin::Sampled),
            KnownKey::Sampled(None) => Ok(None),
            KnownKey::Open => pairing::find_key(tables, (sides, whole), columns, watch),
        }
    }

    /// Counts what differs. In a piece, rows without a partner may have to wait; of rows that have
    /// waited there may be `more` copies.
    fn note(
        &self,
        findings: &mut Findings<'a>,
        mut waiting: Option<&mut Waiting>,
        tables: [&Table; 2],
        mut pairing: Pairing,
        mut shown: [Shown; 2],
    ) -> Result<(), String> {
        let columns = self.input.columns;
        let alone = [&mut pairing.missing, &mut pairing.extra];
        let sides = Side::BOTH.into_iter().zip(&mut findings.lone).zip(alone).zip(&mut shown);
        for (((side, lone), rows), shown) in sides {
            let table = side.of(tables);
            let mut hashed = self.hashers.hashed(side, table, rows)?;
            if let (Some(horizon), Some(waiting)) = (&self.horizon, &mut waiting) {
                let behind = waiting.take((side, table), hashed, horizon)?;
                (hashed, shown.elsewhere) = (behind.rows, behind.copies);
                *rows = hashed.iter().map(|(row, _)| *row).collect();
            }
            lone.note(side, (table, &hashed), columns, &self.hashers)?;
        }
        findings.differ(tables, &pairing, &shown, (columns, self.settings))
    }

    /// Adds rows that nothing can pair.
    fn with_lone(
        &self,
        findings: Findings<'a>,
        [legacy, governed]: [Waited; 2],
    ) -> Result<Findings<'a>, String> {
        let (missing, extra) = (legacy.table.all_rows(), governed.table.all_rows());
        let pairing = Pairing { missing, extra, ..Pairing::default() };
        let mut more = self.findings(self.partitions);
        let shown = [legacy.more, governed.more].map(Shown::with_more);
        self.note(&mut more, None, [&legacy.table, &governed.table], pairing, shown)?;
        Ok(findings.merge(more, self.settings.examples_max))
    }

    /// Pairs what has waited.
    fn finish(&self, judged: Judged<'a>) -> Result<Judged<'a>, String> {
        let Some(horizon) = &self.horizon else { return Ok(judged) };
        self.tell_judging();
        let ([legacy, governed], rest, is_beyond) =
            judged.waiting.finish(self.schemas(), horizon)?;
        let mut findings = self.with_lone(judged.findings, rest)?;
        let pairing = pairing::pair(
            (&legacy.table, legacy.table.all_rows()),
            (&governed.table, governed.table.all_rows()),
            self.input.columns,
            (None, self.rows),
            self.settings.pair_rows_max,
        )?;
        let mut more = self.findings(1);
        // A pair that is found equal within tolerances makes up for one that was not found.
        more.unproven = mem::take(&mut findings.unproven);
        let shown = [legacy.more, governed.more].map(Shown::with_more);
        self.note(&mut more, None, [&legacy.table, &governed.table], pairing, shown)?;
        let mut findings = findings.merge(more, self.settings.examples_max);
        if is_beyond {
            findings.note_bounded();
        }
        Ok(Judged { findings, waiting: Waiting::default(), ..judged })
    }
}
