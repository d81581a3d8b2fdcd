//! What CREATE TABLE says beside columns: how and where rows are stored, who may see them. What
//! changes no result is left out with a note; anything else is refused.

use crate::{
    bind::{Binder, Bound, Span, codes},
    ddl::has_key,
    dialects::Identity,
    tree::Numbers,
    types::Type,
};
use sqlparser::ast::{
    self, ColumnOption, CreateTableOptions, HiveDistributionStyle, IdentityPropertyFormatKind,
    IdentityPropertyKind, SequenceOptions, SqlOption,
};

/// Names of options that say nothing of the rows.
const HARMLESS: &[&str] = &[
    "auto_increment",
    "bucket_count",
    "bucketed_by",
    "delta.autooptimize.autocompact",
    "delta.autooptimize.optimizewrite",
    "description",
    "format",
    "format_version",
    "friendly_name",
    "labels",
    "orc.compress",
    "parquet.compression",
    "partitioned_by",
    "partitioning",
    "row_format",
    "sorted_by",
];

impl Binder<'_> {
    /// Looks at everything beside columns and constraints.
    pub(super) fn table_options(&mut self, table: &ast::CreateTable, span: Span) -> Bound<()> {
        // MULTISET was read as TRANSIENT.
        let sets = self.spec.traits().writing.tables_are_sets;
        let foreign = [
            (table.external || table.dynamic || table.iceberg || table.snapshot, "such a table"),
            // Its rows would go with the transaction, which is not known here.
            (
                table.global == Some(true) && table.on_commit != Some(ast::OnCommit::PreserveRows),
                "a global temporary table that is emptied at the end of a transaction",
            ),
            (table.without_rowid || table.strict, "this option of CREATE TABLE"),
            (table.like.is_some() || table.clone.is_some(), "a table made like another one"),
            (table.version.is_some(), "a version of a table"),
            (!matches!(table.on_commit, None | Some(ast::OnCommit::PreserveRows)), "ON COMMIT"),
            (
                sets && table.temporary && table.on_commit.is_none(),
                "a table that is emptied at the end of a transaction",
            ),
            (table.inherits.is_some() || table.partition_of.is_some(), "a table of a table"),
            (table.for_values.is_some(), "a table of a table"),
            (table.location.is_some() || table.base_location.is_some(), "a table of files"),
            (table.default_ddl_collation.is_some(), "a collation"),
            (table.with_row_access_policy.is_some(), "a policy of a table"),
            (table.target_lag.is_some(), "such a table"),
            (
                sets && !table.transient && table.query.is_none() && !has_key(table),
                "a table whose rows may not repeat",
            ),
        ];
        self.has_none(&foreign, span)?;
        if table.global == Some(true) {
            let note = "GLOBAL is left out: each session makes the table for itself";
            self.notes.push(model::Diagnostic::note(codes::LEFT_OUT, note, Some(span)));
        }
        let physical = [
            (table.cluster_by.is_some() || table.clustered_by.is_some(), "CLUSTER BY"),
            (table.partition_by.is_some(), "PARTITION BY"),
            (table.order_by.is_some(), "ORDER BY of the table"),
            (table.primary_key.is_some(), "PRIMARY KEY, which only sorts,"),
            (table.diststyle.is_some() || table.distkey.is_some(), "the distribution"),
            (table.sortkey.is_some(), "SORTKEY"),
            (table.backup.is_some(), "BACKUP"),
            (table.comment.is_some(), "a comment"),
            (table.copy_grants || table.with_tags.is_some(), "who may see the table"),
            (table.change_tracking.is_some(), "CHANGE_TRACKING"),
            (table.data_retention_time_in_days.is_some(), "how long old versions are kept"),
            (table.max_data_extension_time_in_days.is_some(), "how long old versions are kept"),
            (table.enable_schema_evolution.is_some(), "ENABLE_SCHEMA_EVOLUTION"),
            (table.on_cluster.is_some(), "ON CLUSTER"),
            (table.file_format.is_some(), "the file format"),
        ];
        for (_, what) in physical.iter().filter(|(found, _)| *found) {
            self.left_out(what, span);
        }
        if let Some(formats) = &table.hive_formats {
            if formats.location.is_some() || formats.serde_properties.is_some() {
                return self.unsupported("a table of files", span);
            }
            if formats.row_format.is_some() || formats.storage.is_some() {
                self.left_out("the file format", span);
            }
        }
        self.partitions(table, span)?;
        match &table.table_options {
            CreateTableOptions::None => Ok(()),
            CreateTableOptions::With(options)
            | CreateTableOptions::Options(options)
            | CreateTableOptions::Plain(options)
            | CreateTableOptions::TableProperties(options) => self.harmless(options, span),
        }
    }

    /// `PARTITIONED BY (b)` puts `b` behind the other columns.
    fn partitions(&mut self, table: &ast::CreateTable, span: Span) -> Bound<()> {
        let columns = match &table.hive_distribution {
            HiveDistributionStyle::NONE => return Ok(()),
            HiveDistributionStyle::PARTITIONED { columns } => columns,
            HiveDistributionStyle::SKEWED { .. } => return self.unsupported("SKEWED BY", span),
        };
        let named = |column: &ast::ColumnDef| self.fold(&column.name);
        let last: Vec<String> = columns.iter().map(named).collect();
        let all: Vec<String> = table.columns.iter().map(named).collect();
        let bare = columns.iter().all(|c| c.data_type == ast::DataType::Unspecified);
        if !bare || (table.query.is_none() && !all.ends_with(&last)) || table.query.is_some() {
            return self.unsupported("PARTITIONED BY that moves columns", span);
        }
        self.left_out("PARTITIONED BY", span);
        Ok(())
    }

    /// Options by name: known to change nothing, or refused.
    pub(super) fn harmless(&mut self, options: &[SqlOption], span: Span) -> Bound<()> {
        for option in options {
            let name = match option {
                SqlOption::KeyValue { key, .. } => key.value.to_ascii_lowercase(),
                SqlOption::Comment(_) => "comment".to_owned(),
                SqlOption::Clustered(_) => "the distribution".to_owned(),
                SqlOption::NamedParenthesizedList(list) => list.key.value.to_ascii_lowercase(),
                other => other.to_string().to_ascii_lowercase(),
            };
            let engine = matches!(option, SqlOption::NamedParenthesizedList(list)
            if name == "engine" && list.name.as_ref().is_some_and(|name| {
                ["innodb", "mergetree", "memory", "log", "tinylog", "stripelog"]
                    .contains(&name.value.to_ascii_lowercase().as_str())
            }));
            let known = engine
                || HARMLESS.contains(&name.as_str())
                || ["comment", "the distribution"].contains(&name.as_str());
            if !known {
                return self.unsupported(&format!("the option `{name}` of a table"), span);
            }
            self.left_out(&format!("the option `{name}`"), span);
        }
        Ok(())
    }

    /// What a column says beside its type that is left out, or refused.
    pub(super) fn column_option(&mut self, option: &ColumnOption, span: Span) -> Bound<()> {
        match option {
            ColumnOption::DialectSpecific(tokens) => {
                let text: Vec<String> = tokens.iter().map(ToString::to_string).collect();
                self.unsupported(&format!("`{}` of a column", text.join(" ")), span)
            }
            ColumnOption::Generated { .. } => self.unsupported("a computed column", span),
            ColumnOption::Tags(_) => {
                self.left_out("a tag", span);
                Ok(())
            }
            other => self.unsupported(&format!("`{other}` of a column"), span),
        }
    }

    /// How a column counts by itself, where each row gets the next number.
    pub(super) fn identity(
        &mut self,
        kind: &IdentityPropertyKind,
        ty: &Type,
        span: Span,
    ) -> Bound<Numbers> {
        let counts = self.spec.traits().writing.identity;
        let property = match kind {
            IdentityPropertyKind::Identity(property) => property,
            IdentityPropertyKind::Autoincrement(property) if counts == Identity::Default => {
                property
            }
            IdentityPropertyKind::Autoincrement(_) => {
                return self.unsupported("a column that counts by itself", span);
            }
        };
        if matches!(counts, Identity::Unknown | Identity::Unique) || !ty.is_integer() {
            return self.unsupported("a column that counts by itself", span);
        }
        let number = |expr: &ast::Expr| expr.to_string().parse::<i64>().ok();
        let both = match &property.parameters {
            None => Some((1, 1)),
            Some(
                IdentityPropertyFormatKind::FunctionCall(given)
                | IdentityPropertyFormatKind::StartAndIncrement(given),
            ) => number(&given.seed).zip(number(&given.increment)),
        };
        let always = counts == Identity::Always;
        match both.filter(|(_, step)| *step != 0) {
            Some((first, step)) if property.order.is_none() || !always => {
                // Without gaps and in order is one of the ways that NOORDER allows.
                if property.order.is_some() {
                    self.left_out("the order of the numbers", span);
                }
                Ok(Numbers { first, step, always })
            }
            _ => self.unsupported("a column that counts by itself in this way", span),
        }
    }

    /// The same of `GENERATED ALWAYS AS IDENTITY`, where any number will do that no other row has: the next
    /// one is such a number.
    ///
    /// Source: <https://docs.aws.amazon.com/redshift/latest/dg/r_CREATE_TABLE_NEW.html> (`IDENTITY`)
    pub(super) fn generated(
        &mut self,
        always: bool,
        options: &[SequenceOptions],
        ty: &Type,
        span: Span,
    ) -> Bound<Numbers> {
        if self.spec.traits().writing.identity != Identity::Unique || !ty.is_integer() {
            return self.unsupported("a column that counts by itself", span);
        }
        let mut numbers = Numbers { first: 1, step: 1, always };
        for option in options {
            let (place, expr) = match option {
                SequenceOptions::StartWith(expr, _) => (&mut numbers.first, expr),
                SequenceOptions::IncrementBy(expr, _) => (&mut numbers.step, expr),
                _ => return self.unsupported("a column that counts by itself in this way", span),
            };
            match expr.to_string().parse() {
                Ok(number) => *place = number,
                Err(_) => {
                    return self.unsupported("a column that counts by itself in this way", span);
                }
            }
        }
        if numbers.step == 0 {
            return self.unsupported("a column that counts by itself in this way", span);
        }
        Ok(numbers)
    }
}
