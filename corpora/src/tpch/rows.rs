//! Rows of TPC-H as Arrow columns. The crate `tpchgen` makes the rows, a port of the TPC's dbgen
//! that gives the same rows byte for byte.

use crate::{
    batches::{Batches, Chunks},
    corpus::Rows,
};
use arrow::{
    array::{
        ArrayRef, Date32Array, Decimal128Array, Int32Array, Int64Array, StringArray, StringBuilder,
    },
    datatypes::SchemaRef,
    error::ArrowError,
};
use std::{
    fmt::{Display, Write as _},
    sync::Arc,
};
use tpchgen::{
    dates::TPCHDate,
    decimal::TPCHDecimal,
    generators::{
        Customer, CustomerGenerator, LineItem, LineItemGenerator, Nation, NationGenerator, Order,
        OrderGenerator, Part, PartGenerator, PartSupp, PartSuppGenerator, Region, RegionGenerator,
        Supplier, SupplierGenerator,
    },
};

type Columns = Result<Vec<ArrayRef>, ArrowError>;

/// A generator's rows, made into columns a batch at a time.
struct Generated<I, F> {
    rows: I,
    columns: F,
}

impl<I, F> Chunks for Generated<I, F>
where
    I: Iterator,
    F: Fn(&[I::Item]) -> Columns,
{
    fn next_chunk(&mut self, rows_max: usize) -> Option<Columns> {
        let rows: Vec<_> = self.rows.by_ref().take(rows_max).collect();
        (!rows.is_empty()).then(|| (self.columns)(&rows))
    }
}

/// The rows of `table` at `scale`; [`None`] where TPC-H has no such table.
pub(super) fn generate(table: &str, schema: SchemaRef, scale: f64) -> Option<Rows> {
    fn rows<I, F>(schema: SchemaRef, rows: I, columns: F) -> Rows
    where
        I: Iterator + Send + 'static,
        F: Fn(&[I::Item]) -> Columns + Send + 'static,
    {
        Box::new(Batches::new(schema, Generated { rows, columns }))
    }
    // One part of one: the whole table from a single generator, always in the same order.
    Some(match table {
        "region" => rows(schema, RegionGenerator::new(scale, 1, 1).iter(), region),
        "nation" => rows(schema, NationGenerator::new(scale, 1, 1).iter(), nation),
        "supplier" => rows(schema, SupplierGenerator::new(scale, 1, 1).iter(), supplier),
        "part" => rows(schema, PartGenerator::new(scale, 1, 1).iter(), part),
        "partsupp" => rows(schema, PartSuppGenerator::new(scale, 1, 1).iter(), partsupp),
        "customer" => rows(schema, CustomerGenerator::new(scale, 1, 1).iter(), customer),
        "orders" => rows(schema, OrderGenerator::new(scale, 1, 1).iter(), orders),
        "lineitem" => rows(schema, LineItemGenerator::new(scale, 1, 1).iter(), lineitem),
        _ => return None,
    })
}

fn region(rows: &[Region<'_>]) -> Columns {
    Ok(vec![int4(rows, |r| r.r_regionkey)?, text(rows, |r| r.r_name), text(rows, |r| r.r_comment)])
}

fn nation(rows: &[Nation<'_>]) -> Columns {
    Ok(vec![
        int4(rows, |n| n.n_nationkey)?,
        text(rows, |n| n.n_name),
        int4(rows, |n| n.n_regionkey)?,
        text(rows, |n| n.n_comment),
    ])
}

fn supplier(rows: &[Supplier]) -> Columns {
    Ok(vec![
        int8(rows, |s| s.s_suppkey),
        shown(rows, |s| &s.s_name)?,
        shown(rows, |s| &s.s_address)?,
        int4(rows, |s| s.s_nationkey)?,
        shown(rows, |s| &s.s_phone)?,
        money(rows, |s| s.s_acctbal)?,
        text(rows, |s| s.s_comment.as_str()),
    ])
}

fn part(rows: &[Part<'_>]) -> Columns {
    Ok(vec![
        int8(rows, |p| p.p_partkey),
        shown(rows, |p| &p.p_name)?,
        shown(rows, |p| &p.p_mfgr)?,
        shown(rows, |p| &p.p_brand)?,
        text(rows, |p| p.p_type),
        int4(rows, |p| p.p_size.into())?,
        text(rows, |p| p.p_container),
        money(rows, |p| p.p_retailprice)?,
        text(rows, |p| p.p_comment),
    ])
}

fn partsupp(rows: &[PartSupp<'_>]) -> Columns {
    Ok(vec![
        int8(rows, |p| p.ps_partkey),
        int8(rows, |p| p.ps_suppkey),
        int4(rows, |p| p.ps_availqty.into())?,
        money(rows, |p| p.ps_supplycost)?,
        text(rows, |p| p.ps_comment),
    ])
}

fn customer(rows: &[Customer<'_>]) -> Columns {
    Ok(vec![
        int8(rows, |c| c.c_custkey),
        shown(rows, |c| &c.c_name)?,
        shown(rows, |c| &c.c_address)?,
        int4(rows, |c| c.c_nationkey)?,
        shown(rows, |c| &c.c_phone)?,
        money(rows, |c| c.c_acctbal)?,
        text(rows, |c| c.c_mktsegment),
        text(rows, |c| c.c_comment),
    ])
}

fn orders(rows: &[Order<'_>]) -> Columns {
    Ok(vec![
        int8(rows, |o| o.o_orderkey),
        int8(rows, |o| o.o_custkey),
        text(rows, |o| o.o_orderstatus.as_str()),
        money(rows, |o| o.o_totalprice)?,
        date(rows, |o| o.o_orderdate),
        text(rows, |o| o.o_orderpriority),
        shown(rows, |o| &o.o_clerk)?,
        int4(rows, |o| o.o_shippriority.into())?,
        text(rows, |o| o.o_comment),
    ])
}

fn lineitem(rows: &[LineItem<'_>]) -> Columns {
    Ok(vec![
        int8(rows, |l| l.l_orderkey),
        int8(rows, |l| l.l_partkey),
        int8(rows, |l| l.l_suppkey),
        int4(rows, |l| l.l_linenumber.into())?,
        // The generator counts whole units, the specification has decimals.
        money(rows, |l| TPCHDecimal(l.l_quantity.saturating_mul(100)))?,
        money(rows, |l| l.l_extendedprice)?,
        money(rows, |l| l.l_discount)?,
        money(rows, |l| l.l_tax)?,
        text(rows, |l| l.l_returnflag),
        text(rows, |l| l.l_linestatus),
        date(rows, |l| l.l_shipdate),
        date(rows, |l| l.l_commitdate),
        date(rows, |l| l.l_receiptdate),
        text(rows, |l| l.l_shipinstruct),
        text(rows, |l| l.l_shipmode),
        text(rows, |l| l.l_comment),
    ])
}

fn int8<T>(rows: &[T], get: impl Fn(&T) -> i64) -> ArrayRef {
    Arc::new(Int64Array::from_iter_values(rows.iter().map(get)))
}

fn int4<T>(rows: &[T], get: impl Fn(&T) -> i64) -> Result<ArrayRef, ArrowError> {
    let values: Result<Vec<_>, _> = rows.iter().map(|row| i32::try_from(get(row))).collect();
    let values = values.map_err(|error| ArrowError::ComputeError(error.to_string()))?;
    Ok(Arc::new(Int32Array::from(values)))
}

/// `numeric(15,2)`; the generator counts cents.
fn money<T>(rows: &[T], get: impl Fn(&T) -> TPCHDecimal) -> Result<ArrayRef, ArrowError> {
    let cents = rows.iter().map(|row| i128::from(get(row).into_inner()));
    Ok(Arc::new(Decimal128Array::from_iter_values(cents).with_precision_and_scale(15, 2)?))
}

fn date<T>(rows: &[T], get: impl Fn(&T) -> TPCHDate) -> ArrayRef {
    Arc::new(Date32Array::from_iter_values(rows.iter().map(|row| get(row).to_unix_epoch())))
}

fn text<'a, T>(rows: &'a [T], get: impl Fn(&'a T) -> &'a str) -> ArrayRef {
    Arc::new(StringArray::from_iter_values(rows.iter().map(get)))
}

/// Text that the generator only spells when asked.
fn shown<'a, T, D: Display + 'a>(
    rows: &'a [T],
    get: impl Fn(&'a T) -> &'a D,
) -> Result<ArrayRef, ArrowError> {
    let mut texts = StringBuilder::new();
    for row in rows {
        write!(texts, "{}", get(row))
            .map_err(|error| ArrowError::ComputeError(error.to_string()))?;
        texts.append_value("");
    }
    Ok(Arc::new(texts.finish()))
}

#[cfg(test)]
mod tests {
    use crate::tpch;
    use arrow::{ipc::writer::StreamWriter, record_batch::RecordBatch};
    use model::Digest;

    /// Rows, and a digest of their bytes, after every batch was checked against the schema.
    fn read(table: &str) -> (usize, Digest) {
        let corpus = tpch(0.01).unwrap();
        let rows = corpus.rows(table).unwrap();
        let schema = rows.schema();
        assert_eq!(schema, corpus.schema(table).unwrap());
        let batches: Vec<RecordBatch> = rows.map(Result::unwrap).collect();
        assert!(batches.iter().all(|batch| batch.schema() == schema && batch.num_rows() <= 8192));
        let mut bytes = Vec::new();
        let mut writer = StreamWriter::try_new(&mut bytes, &schema).unwrap();
        for batch in &batches {
            writer.write(batch).unwrap();
        }
        writer.finish().unwrap();
        drop(writer);
        (batches.iter().map(RecordBatch::num_rows).sum(), Digest::of_bytes(&bytes))
    }

    /// Counts of clause 4.2.5 times 0.01, and dbgen's number of line items; twice the same bytes.
    /// One test for all tables, since the first row of a process costs a pool of text.
    #[test]
    fn row_counts_are_the_specifications_and_rows_repeat() {
        let tables = [
            ("region", 5),
            ("nation", 25),
            ("supplier", 100),
            ("part", 2_000),
            ("partsupp", 8_000),
            ("customer", 1_500),
            ("orders", 15_000),
            ("lineitem", 60_175),
        ];
        let corpus = tpch(0.01).unwrap();
        assert!(corpus.tables.iter().map(|t| t.name.as_str()).eq(tables.map(|(name, _)| name)));
        for (table, rows) in tables {
            let first = read(table);
            assert_eq!(first.0, rows, "{table}");
            assert_eq!(first, read(table), "{table}");
        }
        let message = corpus.rows("lineitems").err().unwrap().to_string();
        assert!(message.contains("`lineitems`") && message.contains("partsupp"), "{message}");
    }

    /// The first line item, as dbgen writes it at scale factor 1.
    #[test]
    fn rows_are_dbgens() {
        let mut rows = tpch(1.0).unwrap().rows("lineitem").unwrap();
        let batch = rows.next().unwrap().unwrap();
        let cell = |column: usize| {
            arrow::util::display::array_value_to_string(batch.column(column), 0).unwrap()
        };
        let row: Vec<_> = (0..batch.num_columns()).map(cell).collect();
        assert_eq!(
            row.join("|"),
            "1|155190|7706|1|17.00|21168.23|0.04|0.02|N|O|1996-03-13|1996-02-12|1996-03-22|\
             DELIVER IN PERSON|TRUCK|egular courts above the"
        );
    }
}
