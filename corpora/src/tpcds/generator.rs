//! Rows of TPC-DS as dsdgen writes them. The crate `tpcdsgen` makes the rows, a port of the TPC's
//! dsdgen that gives the same rows byte for byte.

use super::source_rows::SourceRows;
use std::fmt::Display;
use tpcdsgen::{
    config::{Session, Table},
    row::{
        CallCenterRowGenerator, CatalogPageRowGenerator, CatalogReturnsRowGenerator,
        CatalogSalesRowGenerator, CustomerAddressRowGenerator, CustomerDemographicsRowGenerator,
        CustomerRowGenerator, DateDimRowGenerator, DbgenVersionRowGenerator,
        HouseholdDemographicsRowGenerator, IncomeBandRowGenerator, InventoryRowGenerator,
        ItemRowGenerator, PromotionRowGenerator, ReasonRowGenerator, ShipModeRowGenerator,
        StoreReturnsRowGenerator, StoreRowGenerator, StoreSalesRowGenerator, TimeDimRowGenerator,
        WarehouseRowGenerator, WebPageRowGenerator, WebReturnsRowGenerator, WebSalesRowGenerator,
        WebSiteRowGenerator,
    },
};

/// Rows in dsdgen's text format, one an item.
pub(super) type Lines = Box<dyn Iterator<Item = String> + Send>;

/// The rows of `table` that come from `source`.
pub(super) fn lines(session: &Session, table: Table, source: SourceRows) -> Lines {
    let count = session.get_scaling().get_row_count(table);
    let session = session.clone();
    // Every range gets a generator of its own: one that has stopped within an order would go on
    // with that order after a jump.
    macro_rules! generated {
        ($generator:ident) => {
            text(source, move |first, last| {
                let mut generator = $generator::new(session.clone(), count);
                generator.set_source_row_range(first, last);
                generator
            })
        };
    }
    match table {
        Table::CallCenter => generated!(CallCenterRowGenerator),
        Table::CatalogPage => generated!(CatalogPageRowGenerator),
        Table::CatalogReturns => generated!(CatalogReturnsRowGenerator),
        Table::CatalogSales => generated!(CatalogSalesRowGenerator),
        Table::Customer => generated!(CustomerRowGenerator),
        Table::CustomerAddress => generated!(CustomerAddressRowGenerator),
        Table::CustomerDemographics => generated!(CustomerDemographicsRowGenerator),
        Table::DateDim => generated!(DateDimRowGenerator),
        Table::DbgenVersion => generated!(DbgenVersionRowGenerator),
        Table::HouseholdDemographics => generated!(HouseholdDemographicsRowGenerator),
        Table::IncomeBand => generated!(IncomeBandRowGenerator),
        Table::Inventory => generated!(InventoryRowGenerator),
        Table::Item => generated!(ItemRowGenerator),
        Table::Promotion => generated!(PromotionRowGenerator),
        Table::Reason => generated!(ReasonRowGenerator),
        Table::ShipMode => generated!(ShipModeRowGenerator),
        Table::Store => generated!(StoreRowGenerator),
        Table::StoreReturns => generated!(StoreReturnsRowGenerator),
        Table::StoreSales => generated!(StoreSalesRowGenerator),
        Table::TimeDim => generated!(TimeDimRowGenerator),
        Table::Warehouse => generated!(WarehouseRowGenerator),
        Table::WebPage => generated!(WebPageRowGenerator),
        Table::WebReturns => generated!(WebReturnsRowGenerator),
        Table::WebSales => generated!(WebSalesRowGenerator),
        Table::WebSite => generated!(WebSiteRowGenerator),
    }
}

fn text<G>(source: SourceRows, generator: impl Fn(u64, u64) -> G + Send + 'static) -> Lines
where
    G: Iterator<Item: Display> + Send + 'static,
{
    Box::new(
        source
            .into_ranges()
            .flat_map(move |range| generator(*range.start(), *range.end()))
            .map(|row| row.to_string()),
    )
}
