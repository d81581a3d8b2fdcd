//! Parquet: one part for each row group.
//!
//! Pages are read and decoded one after the other, so memory is a page for each asked column (and
//! its dictionary) and not a row group. The page index is not read: all rows of a group are asked
//! for, and none can be skipped. Where pages have checksums they are verified (feature `crc` of the
//! decoder).

mod chunks;
mod footer;
mod int96;
mod interval;
mod schema;

use crate::{
    contain::contained,
    reading::{Decoder, reading},
    source::{Opened, Source},
};
use arrow::{
    datatypes::{SchemaRef, TimeUnit},
    record_batch::RecordBatch,
};
use chunks::Chunks;
use model::{Batches, Rows, RowsError};
use parquet::{
    arrow::{
        ProjectionMask,
        arrow_reader::{
            ArrowReaderMetadata, ArrowReaderOptions, ParquetRecordBatchReader,
            ParquetRecordBatchReaderBuilder,
        },
    },
    file::metadata::{PageIndexPolicy, ParquetMetaData, ParquetStatisticsPolicy},
    schema::types::SchemaDescriptor,
};
use std::{path::Path, sync::Arc};

/// A Parquet file.
#[derive(Debug)]
pub struct ParquetFile {
    source: Source,
    table: Table,
}

/// What is known of a file's table.
#[derive(Debug)]
struct Table {
    metadata: ArrowReaderMetadata,
    /// Columns that are read as bytes, see `interval`.
    intervals: Vec<usize>,
    schema: SchemaRef,
}

impl ParquetFile {
    /// Reads the footer, and where there are INT96 columns their values, to find their unit.
    ///
    /// # Errors
    /// A file that cannot be opened, is truncated or damaged, or holds timestamps (INT96) that no
    /// 64-bit timestamp holds.
    pub fn open(path: &Path) -> Result<Self, RowsError> {
        let (source, opened) = Source::open(path)?;
        Self::from_source(source, &opened)
    }

    pub(crate) fn from_source(source: Source, opened: &Opened) -> Result<Self, RowsError> {
        let table = contained(|| load(opened))
            .and_then(|table| table)
            .map_err(|error| source.blame(opened, error))?;
        Ok(Self { source, table })
    }

    fn decoder(
        &self,
        opened: &Opened,
        part: usize,
        columns: &[usize],
        batch_rows: usize,
    ) -> Result<ParquetDecoder, String> {
        let metadata = &self.table.metadata;
        let mask = ProjectionMask::roots(metadata.parquet_schema(), columns.iter().copied());
        let chunks = Chunks(opened.clone());
        let decoder = contained(|| {
            ParquetRecordBatchReaderBuilder::new_with_metadata(chunks, metadata.clone())
                .with_row_groups(vec![part])
                .with_projection(mask)
                .with_batch_size(batch_rows)
                .build()
        })?
        .map_err(|error| error.to_string())?;
        let intervals = columns.iter().enumerate();
        let intervals = intervals.filter(|(_, column)| self.table.intervals.contains(column));
        Ok(ParquetDecoder { decoder, intervals: intervals.map(|(position, _)| position).collect() })
    }
}

impl Rows for ParquetFile {
    fn schema(&self) -> &SchemaRef {
        &self.table.schema
    }

    fn parts(&self) -> usize {
        self.table.metadata.metadata().num_row_groups()
    }

    fn part_rows(&self, part: usize) -> Option<u64> {
        let Some(group) = self.table.metadata.metadata().row_groups().get(part) else {
            return Some(0);
        };
        u64::try_from(group.num_rows()).ok()
    }

    fn read(
        &self,
        part: usize,
        columns: &[usize],
        batch_rows: usize,
    ) -> Result<Batches<'_>, RowsError> {
        if part >= self.parts() {
            return Ok(Box::new(std::iter::empty()));
        }
        let opened = self.source.reopen()?;
        // A decoder takes memory for as many rows as it may give at once.
        let part_rows = self.part_rows(part).and_then(|rows| usize::try_from(rows).ok());
        let batch_rows = batch_rows.min(part_rows.unwrap_or(usize::MAX)).max(1);
        let decoder = self
            .decoder(&opened, part, columns, batch_rows)
            .map_err(|error| self.source.blame(&opened, error))?;
        Ok(reading(&self.source, opened, self.part_rows(part), decoder))
    }
}

struct ParquetDecoder {
    decoder: ParquetRecordBatchReader,
    /// Positions among the asked columns.
    intervals: Vec<usize>,
}

impl Decoder for ParquetDecoder {
    fn decode(&mut self) -> Result<Option<RecordBatch>, String> {
        let Some(batch) = self.decoder.next() else { return Ok(None) };
        let batch = batch.map_err(|error| error.to_string())?;
        interval::batch(batch, &self.intervals).map(Some)
    }
}

/// The metadata, checked, with the types that its columns shall have.
fn load(opened: &Opened) -> Result<Table, String> {
    footer::check(opened)?;
    let mut loaded = load_metadata(opened, None)?;
    let intervals = interval::columns(loaded.parquet_schema())?;
    if !intervals.is_empty() {
        let bytes = interval::as_bytes(loaded.parquet_schema(), &intervals)?;
        loaded = load_metadata(opened, Some(bytes))?;
    }
    let metadata = Arc::clone(loaded.metadata());
    check_ranges(&metadata, opened.len())?;
    let units = int96::units(opened, &metadata)?;
    let unit = |leaf: usize| units.get(leaf).copied().flatten().unwrap_or(TimeUnit::Nanosecond);
    if let Some(refined) = schema::refined(loaded.schema(), loaded.parquet_schema(), unit) {
        let options = ArrowReaderOptions::new().with_schema(refined);
        match ArrowReaderMetadata::try_new(metadata, options) {
            Ok(refined) => loaded = refined,
            // Without its unit an INT96 column would be read wrongly. The rest is only better so.
            Err(error) if units.iter().any(Option::is_some) => return Err(error.to_string()),
            Err(_) => {}
        }
    }
    let schema = interval::restored(loaded.schema(), &intervals);
    Ok(Table { metadata: loaded, intervals, schema })
}

/// The metadata; with another schema than the file's own, where one is given.
fn load_metadata(
    opened: &Opened,
    schema: Option<SchemaDescriptor>,
) -> Result<ArrowReaderMetadata, String> {
    let mut options = ArrowReaderOptions::new()
        .with_page_index_policy(PageIndexPolicy::Skip)
        .with_column_stats_policy(ParquetStatisticsPolicy::SkipAll)
        .with_size_stats_policy(ParquetStatisticsPolicy::SkipAll)
        .with_encoding_stats_policy(ParquetStatisticsPolicy::SkipAll);
    if let Some(schema) = schema {
        options = options.with_parquet_schema(Arc::new(schema));
    }
    ArrowReaderMetadata::load(&Chunks(opened.clone()), options).map_err(|error| error.to_string())
}

/// Column chunks that lie outside of the file, or counts below zero, which the decoder asserts.
fn check_ranges(metadata: &ParquetMetaData, len: u64) -> Result<(), String> {
    let columns = metadata.file_metadata().schema_descr().num_columns();
    for (part, group) in metadata.row_groups().iter().enumerate() {
        let damaged = |what: &str| {
            Err(format!("the file is damaged: row group {part} {what}; copy or write it again"))
        };
        if group.num_rows() < 0 {
            return damaged("has fewer than no rows");
        }
        if group.num_columns() != columns {
            return damaged("has other columns than the schema");
        }
        for column in group.columns() {
            let start = column.dictionary_page_offset().unwrap_or(column.data_page_offset());
            let inside =
                u64::try_from(start).ok().zip(u64::try_from(column.compressed_size()).ok());
            let end = inside.and_then(|(start, length)| start.checked_add(length));
            if end.is_none_or(|end| end > len) {
                return damaged("lies in part outside of the file, which may be truncated");
            }
            // Without repetition each row has one value or one NULL.
            let flat = column.column_descr().max_rep_level() == 0;
            if column.num_values() < 0 || (flat && column.num_values() != group.num_rows()) {
                return damaged("has columns of different lengths");
            }
        }
    }
    Ok(())
}
