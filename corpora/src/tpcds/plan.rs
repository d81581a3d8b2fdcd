//! What is generated at a scale factor: everything from 1 on, a sample of scale factor 1 below.
//!
//! The sample keeps every n-th block of ten tickets or orders, every n-th product's inventory, and
//! the witnesses: few hundred tickets, orders, products and customers without which queries with narrow
//! conditions would find nothing. Returns follow their sales. Of customers, addresses, customer
//! demographics and times it keeps those that something kept refers to; all other tables are whole.

use super::{
    NAME,
    generator::{Lines, lines},
    source_rows::SourceRows,
};
use crate::{CorpusError, manifest};
use model::catalog::CatalogTable;
use serde::Deserialize;
use std::{collections::BTreeMap, sync::OnceLock};
use tpcdsgen::config::{Session, SessionBuilder, Table};

/// Tickets or orders of a block.
const BLOCK: u64 = 10;

const FACTS: [Table; 7] = [
    Table::StoreSales,
    Table::StoreReturns,
    Table::CatalogSales,
    Table::CatalogReturns,
    Table::WebSales,
    Table::WebReturns,
    Table::Inventory,
];

/// What is generated at a scale factor.
#[derive(Debug)]
pub(crate) struct Plan {
    session: Session,
    sample: Option<Sample>,
}

#[derive(Debug)]
struct Sample {
    /// One of so many blocks is kept.
    stride: u64,
    witnesses: Witnesses,
    /// Rows that something kept refers to; known once the sales were generated.
    referenced: OnceLock<BTreeMap<&'static str, SourceRows>>,
}

/// `witnesses.toml`: numbers of source rows; for the inventory, of products.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Witnesses {
    store: Vec<u64>,
    catalog: Vec<u64>,
    web: Vec<u64>,
    product: Vec<u64>,
    customer: Vec<u64>,
}

impl Plan {
    /// `scale` is within the bounds of the corpus.
    pub(super) fn new(scale: f64, witnesses: &str) -> Result<Self, CorpusError> {
        let sample = if scale < 1.0 {
            Some(Sample {
                stride: stride(scale),
                witnesses: manifest::parse(NAME, "witnesses.toml", witnesses)?,
                referenced: OnceLock::new(),
            })
        } else {
            None
        };
        let session = SessionBuilder::new().with_scale_factor(scale.max(1.0)).build();
        Ok(Self { session: session.map_err(|_| CorpusError::Scale(scale))?, sample })
    }

    /// The rows of the table called `name`; [`None`] where TPC-DS has no such table.
    pub(super) fn lines(&self, tables: &[CatalogTable], name: &str) -> Option<Lines> {
        let table = *Table::values().iter().find(|table| table.get_name() == name)?;
        let referenced =
            self.sample.as_ref().filter(|_| ReferencedTable::of(table).is_some()).and_then(
                |sample| {
                    let referenced = || self.referenced(&sample.witnesses, tables);
                    let referenced = sample.referenced.get_or_init(referenced);
                    referenced.get(name)
                },
            );
        let source = referenced.cloned().unwrap_or_else(|| self.source(table));
        Some(lines(&self.session, table, source))
    }

    fn rows(&self, table: Table) -> u64 {
        self.session.get_scaling().get_row_count(table)
    }

    /// The source rows of a table that nothing else decides on.
    fn source(&self, table: Table) -> SourceRows {
        let rows = self.rows(table);
        let Some(Sample { stride, witnesses, .. }) = &self.sample else {
            return SourceRows::all(rows);
        };
        let orders = |witnesses: &[u64]| {
            let regular = (1..=rows).filter(|row| ((row - 1) / BLOCK).is_multiple_of(*stride));
            regular.chain(witnesses.iter().copied()).collect()
        };
        match table {
            Table::StoreSales | Table::StoreReturns => orders(&witnesses.store),
            Table::CatalogSales | Table::CatalogReturns => orders(&witnesses.catalog),
            Table::WebSales | Table::WebReturns => orders(&witnesses.web),
            Table::Inventory => {
                // A row for each product within each warehouse within each week.
                let products = self.session.get_scaling().get_id_count(Table::Item);
                let kept: SourceRows = (1..=products)
                    .step_by(usize::try_from(2 * stride).unwrap_or(usize::MAX))
                    .chain(witnesses.product.iter().copied())
                    .collect();
                let kept: Vec<_> = kept.into_ranges().flatten().collect();
                let first = (0..rows).step_by(usize::try_from(products).unwrap_or(usize::MAX));
                first.flat_map(|before| kept.iter().map(move |row| before + row)).collect()
            }
            _ => SourceRows::all(rows),
        }
    }

    /// Collects the keys in the sales, returns and inventory that are kept, and then in the
    /// customers that they refer to.
    fn referenced(
        &self,
        witnesses: &Witnesses,
        tables: &[CatalogTable],
    ) -> BTreeMap<&'static str, SourceRows> {
        let customer = ReferencedTable::Customer.name();
        let mut keys = BTreeMap::from([(customer, witnesses.customer.clone())]);
        let mut collect = |table: Table, source: SourceRows| {
            let referring = referring_columns(tables, table);
            for line in lines(&self.session, table, source) {
                for (position, value) in line.split('|').enumerate() {
                    // An absent key is an empty value.
                    if let Some(to) = referring.get(&position)
                        && let Ok(key) = value.parse::<u64>()
                    {
                        keys.entry(to.name()).or_default().push(key + to.key_to_row());
                    }
                }
            }
            keys.get(customer).cloned().unwrap_or_default()
        };
        let mut customers = Vec::new();
        for table in FACTS {
            customers = collect(table, self.source(table));
        }
        collect(Table::Customer, customers.into_iter().collect());
        keys.into_iter().map(|(table, rows)| (table, rows.into_iter().collect())).collect()
    }
}

fn stride(scale: f64) -> u64 {
    // Between 1 and 1000, since the scale factor is between 0.001 and 1.
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "see above")]
    let stride = (1.0 / scale).round() as u64;
    stride.max(1)
}

/// A table of which a sample keeps what is referred to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum ReferencedTable {
    Customer,
    Address,
    Demographics,
    Time,
}

impl ReferencedTable {
    const ALL: [Self; 4] = [Self::Customer, Self::Address, Self::Demographics, Self::Time];

    const fn table(self) -> Table {
        match self {
            Self::Customer => Table::Customer,
            Self::Address => Table::CustomerAddress,
            Self::Demographics => Table::CustomerDemographics,
            Self::Time => Table::TimeDim,
        }
    }

    fn name(self) -> &'static str {
        self.table().get_name()
    }

    /// The end of the name of every column that refers to the table.
    const fn suffix(self) -> &'static str {
        match self {
            Self::Customer => "customer_sk",
            Self::Address => "addr_sk",
            Self::Demographics => "cdemo_sk",
            Self::Time => "time_sk",
        }
    }

    /// What is added to a key to have the number of its row: times are numbered from midnight.
    const fn key_to_row(self) -> u64 {
        match self {
            Self::Time => 1,
            _ => 0,
        }
    }

    fn of(table: Table) -> Option<Self> {
        Self::ALL.into_iter().find(|referenced| referenced.table() == table)
    }
}

/// Positions of the columns of `table` that refer to a table of which only a part is kept.
fn referring_columns(tables: &[CatalogTable], table: Table) -> BTreeMap<usize, ReferencedTable> {
    let columns = tables.iter().find(|known| known.name == table.get_name());
    let columns = columns.map(|table| table.columns.as_slice()).unwrap_or_default();
    let refers = |name: &str| {
        let own_key = table == Table::Customer && name == "c_customer_sk";
        ReferencedTable::ALL.into_iter().find(|to| !own_key && name.ends_with(to.suffix()))
    };
    let positions = columns.iter().enumerate();
    positions.filter_map(|(position, column)| Some((position, refers(&column.name)?))).collect()
}
