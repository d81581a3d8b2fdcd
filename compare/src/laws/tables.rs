//! Generated tables: columns of all types of [`samples`], rows with copies, the same rows in other
//! types, and edits whose number is known.

use super::{
    brute::{self, Plain},
    fixtures::batch,
    samples,
};
use arrow::{
    array::{ArrayRef, Int64Array, RecordBatch, UInt32Array},
    compute::take,
    datatypes::{Field, Schema},
};
use proptest::{prelude::*, sample::Index};
use std::{
    collections::BTreeMap,
    sync::{Arc, LazyLock},
};

/// A column of a sample, and its values by brute force.
struct Kind {
    field: Field,
    array: ArrayRef,
    values: Vec<Plain>,
}

static KINDS: LazyLock<Vec<Kind>> = LazyLock::new(|| {
    let kind = |sample: &RecordBatch| {
        let field = sample.schema().field(0).clone();
        let array = Arc::clone(sample.column(0));
        let values = (0..array.len()).map(|row| brute::plain(&field, &array, row)).collect();
        Kind { field, array, values }
    };
    samples::all().iter().map(kind).collect()
});

/// Types of both sides that can meet (legacy, governed), by families, so that the many kinds of
/// numbers do not crowd out the others.
static MEETING: LazyLock<Vec<Vec<[usize; 2]>>> = LazyLock::new(|| {
    let mut families: BTreeMap<[&str; 2], Vec<[usize; 2]>> = BTreeMap::new();
    for l in 0..KINDS.len() {
        for g in 0..KINDS.len() {
            let fields = [&KINDS[l].field, &KINDS[g].field];
            if brute::meets(fields[0], fields[1]) {
                let own = fields.map(brute::family);
                // The null type meets all.
                let family = if own.contains(&"null") { ["null", "null"] } else { own };
                families.entry(family).or_default().push([l, g]);
            }
        }
    }
    families.into_values().collect()
});

/// Most columns beside the key.
const COLUMNS_MAX: usize = 4;

/// A row: its number, and which value each column has.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Row {
    pub(crate) key: i64,
    pub(crate) cells: Vec<usize>,
}

/// Two tables: types of the columns of both sides, and the rows.
#[derive(Debug, Clone)]
pub(crate) struct Tables {
    kinds: Vec<[usize; 2]>,
    /// Of each side and column the values that the other side spells in another way.
    twins: [Vec<Vec<usize>>; 2],
    pub(crate) rows: [Vec<Row>; 2],
}

/// How a governed row comes about.
#[derive(Debug, Clone)]
enum Origin {
    /// As a legacy row, in the types and spellings of this side.
    Copy(Index, u8),
    /// With its key and another cell.
    Edited(Index, u8, Index),
    /// By itself.
    Fresh(i64, [u8; COLUMNS_MAX]),
}

/// A draw from here on is one of the twins, where a column has some.
const TWIN: u8 = 16;

impl Tables {
    fn new(kinds: Vec<[usize; 2]>) -> Self {
        let twins = [0, 1].map(|side| {
            let of = |kinds: &[usize; 2]| {
                let [own, other] = [side, 1 - side].map(|side| &KINDS[kinds[side]].values);
                // Where both sides are of one type, a value is one of its own spellings.
                let least = if kinds[0] == kinds[1] { 2 } else { 1 };
                let spellings = |value| other.iter().filter(|v| brute::same(v, value)).count();
                (0..own.len()).filter(|place| spellings(&own[*place]) >= least).collect()
            };
            kinds.iter().map(of).collect()
        });
        Self { kinds, twins, rows: [Vec::new(), Vec::new()] }
    }

    /// How many values column `column` of a side has.
    fn values(&self, side: usize, column: usize) -> &'static [Plain] {
        &KINDS[self.kinds[column][side]].values
    }

    fn fresh(&self, side: usize, key: i64, draws: [u8; COLUMNS_MAX]) -> Row {
        let cell = |column: usize| {
            let (draw, twins) = (draws[column], &self.twins[side][column]);
            if draw >= TWIN && !twins.is_empty() {
                return twins[usize::from(draw - TWIN) % twins.len()];
            }
            usize::from(draw) % self.values(side, column).len()
        };
        Row { key, cells: (0..self.kinds.len()).map(cell).collect() }
    }

    /// The legacy value in a governed spelling, where it has one.
    fn across(&self, column: usize, value: usize, draw: u8) -> usize {
        let (wanted, own) = (&self.values(0, column)[value], self.values(1, column));
        let same: Vec<_> = (0..own.len()).filter(|v| brute::same(wanted, &own[*v])).collect();
        if same.is_empty() { value % own.len() } else { same[usize::from(draw) % same.len()] }
    }

    /// A legacy row in governed spellings.
    fn copied(&self, row: &Row, draw: u8) -> Row {
        let cells = row.cells.iter().enumerate().map(|(c, value)| self.across(c, *value, draw));
        Row { key: row.key, cells: cells.collect() }
    }

    fn governed(&self, origin: &Origin) -> Row {
        let legacy = &self.rows[0];
        let like = |index: &Index, draw| {
            (!legacy.is_empty()).then(|| self.copied(index.get(legacy), draw))
        };
        match origin {
            Origin::Copy(index, draw) => like(index, *draw),
            Origin::Edited(index, draw, column) => like(index, *draw).map(|mut row| {
                let column = column.index(row.cells.len());
                row.cells[column] = usize::from(*draw) % self.values(1, column).len();
                row
            }),
            Origin::Fresh(key, draws) => Some(self.fresh(1, *key, *draws)),
        }
        .unwrap_or_else(|| self.fresh(1, 0, [0; COLUMNS_MAX]))
    }

    /// A side as a batch: the key first if there is to be one, then `c0`, `c1`, ….
    pub(crate) fn batch(&self, side: usize, with_key: bool) -> RecordBatch {
        let rows = &self.rows[side];
        let keys: ArrayRef = Arc::new(rows.iter().map(|row| Some(row.key)).collect::<Int64Array>());
        let (mut fields, mut arrays) = (Vec::new(), Vec::new());
        if with_key {
            fields.push(batch(vec![Arc::clone(&keys)]).schema().field(0).clone().with_name("key"));
            arrays.push(keys);
        }
        for (column, kinds) in self.kinds.iter().enumerate() {
            let kind = &KINDS[kinds[side]];
            let places: UInt32Array =
                rows.iter().map(|row| Some(u32::try_from(row.cells[column]).unwrap())).collect();
            fields.push(kind.field.clone().with_name(format!("c{column}")).with_nullable(true));
            arrays.push(take(&kind.array, &places, None).unwrap());
        }
        RecordBatch::try_new(Arc::new(Schema::new(fields)), arrays).unwrap()
    }

    /// The other way round.
    pub(crate) fn swapped(&self) -> Self {
        let [legacy, governed] = self.rows.clone();
        let kinds = self.kinds.iter().map(|[l, g]| [*g, *l]).collect();
        Self { rows: [governed, legacy], ..Self::new(kinds) }
    }

    /// A value of this column that is another one.
    fn other(&self, column: usize, value: usize, draw: usize) -> Option<usize> {
        let values = self.values(1, column);
        let others: Vec<usize> =
            (0..values.len()).filter(|v| !brute::same(&values[*v], &values[value])).collect();
        (!others.is_empty()).then(|| others[draw % others.len()])
    }
}

fn draws() -> impl Strategy<Value = [u8; COLUMNS_MAX]> {
    // Few values, so that rows come several times.
    let often = proptest::array::uniform4(0..2_u8);
    let any = proptest::array::uniform4(0..2 * TWIN);
    prop_oneof![often, any]
}

fn kinds(of_one_type: bool) -> impl Strategy<Value = Vec<[usize; 2]>> {
    let own = (0..KINDS.len()).prop_map(|kind| [kind, kind]);
    let any = (any::<Index>(), any::<Index>())
        .prop_map(|(family, pair)| *pair.get(family.get::<Vec<_>>(&MEETING)));
    let one = if of_one_type { own.boxed() } else { prop_oneof![own, any].boxed() };
    proptest::collection::vec(one, 1..=COLUMNS_MAX)
}

/// Tables of up to ten rows a side; most governed rows are legacy rows, in types that meet theirs.
pub(crate) fn tables() -> impl Strategy<Value = Tables> {
    let fresh = || proptest::collection::vec((0..12_i64, draws()), 0..10);
    let origin = prop_oneof![
        3 => (any::<Index>(), 0..16_u8).prop_map(|(row, draw)| Origin::Copy(row, draw)),
        2 => (any::<Index>(), 0..16_u8, any::<Index>())
            .prop_map(|(row, draw, column)| Origin::Edited(row, draw, column)),
        1 => (0..12_i64, draws()).prop_map(|(key, draws)| Origin::Fresh(key, draws)),
    ];
    (kinds(false), fresh(), proptest::collection::vec(origin, 0..10)).prop_map(
        |(kinds, legacy, origins)| {
            let mut tables = Tables::new(kinds);
            tables.rows[0] =
                legacy.into_iter().map(|(key, draws)| tables.fresh(0, key, draws)).collect();
            tables.rows[1] = origins.iter().map(|origin| tables.governed(origin)).collect();
            tables
        },
    )
}

/// What was done to a table.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Planted {
    pub(crate) missing: u64,
    pub(crate) extra: u64,
    pub(crate) changed: u64,
    /// Changed cells of each column, the key first.
    pub(crate) cells: Vec<u64>,
}

/// One edit of a row.
#[derive(Debug, Clone, Copy)]
enum Edit {
    Keep,
    Drop,
    Double,
    /// Of so many cells, to other values.
    Change(usize, usize),
}

/// A table with a unique key, and itself in another order with at most one edit a row.
pub(crate) fn planted() -> impl Strategy<Value = (Tables, Planted)> {
    let edit = prop_oneof![
        3 => Just(Edit::Keep),
        1 => Just(Edit::Drop),
        1 => Just(Edit::Double),
        2 => (1..=COLUMNS_MAX, 0..64_usize).prop_map(|(cells, draw)| Edit::Change(cells, draw)),
    ];
    let rows = proptest::collection::vec((draws(), edit, 0..16_u8), 0..12);
    let added = proptest::collection::vec(draws(), 0..3);
    (kinds(true), rows, added, any::<u64>()).prop_map(|(kinds, rows, added, order)| {
        let mut tables = Tables::new(kinds);
        let cells = vec![0; tables.kinds.len() + 1];
        let mut done = Planted { cells, ..Planted::default() };
        for (key, (draws, edit, spelling)) in (0..).zip(rows) {
            let row = tables.fresh(0, key, draws);
            let mut edited = vec![tables.copied(&row, spelling)];
            match edit {
                Edit::Keep => {}
                Edit::Drop => {
                    edited.clear();
                    done.missing += 1;
                }
                Edit::Double => {
                    edited.push(row.clone());
                    done.extra += 1;
                }
                Edit::Change(cells, draw) => {
                    let mut any = false;
                    for column in 0..cells.min(row.cells.len()) {
                        if let Some(other) = tables.other(column, row.cells[column], draw) {
                            edited[0].cells[column] = other;
                            done.cells[column + 1] += 1;
                            any = true;
                        }
                    }
                    done.changed += u64::from(any);
                }
            }
            tables.rows[0].push(row);
            tables.rows[1].extend(edited);
        }
        for (key, draws) in (1_000..).zip(added) {
            let row = tables.fresh(1, key, draws);
            tables.rows[1].push(row);
            done.extra += 1;
        }
        let governed = &mut tables.rows[1];
        let length = governed.len().max(1);
        governed.rotate_left(usize::try_from(order).unwrap_or(0) % length % length);
        governed.reverse();
        (tables, done)
    })
}
