//! Query files of the benchmarks, and their forms in other dialects.
//!
//! A query file opens with `-- TPC-H Q1: Title` and `-- Parameters: …`; the SQL follows.

use crate::{
    CorpusError, CorpusForm, CorpusForms, forms,
    manifest::{self, malformed},
};
use model::Dialect;

/// Numbers and texts of query files.
pub(crate) type Texts = [(&'static str, &'static str)];

/// The files of a folder as [`Texts`]: `texts!("tpch/queries": "01" "02")`.
macro_rules! texts {
    ($folder:literal: $($number:literal)+) => {
        &[$((
            $number,
            include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/", $folder, "/", $number, ".sql")),
        )),+]
    };
}
pub(crate) use texts;

/// One benchmark's query files.
#[derive(Debug)]
pub(crate) struct Queries {
    /// `tpch`.
    pub(crate) corpus: &'static str,
    /// `TPC-H`.
    pub(crate) benchmark: &'static str,
    pub(crate) postgres: &'static Texts,
    pub(crate) redshift: &'static Texts,
    pub(crate) snowflake: &'static Texts,
    pub(crate) bigquery: &'static Texts,
    pub(crate) spark: &'static Texts,
}

impl Queries {
    /// Title and SQL of a query file.
    pub(crate) fn parse(
        &self,
        number: &str,
        text: &'static str,
    ) -> Result<(&'static str, &'static str), CorpusError> {
        let broken = |message| malformed(self.corpus, format!("{number}.sql"), message);
        let short = number.trim_start_matches('0');
        let title = text
            .strip_prefix(&format!("-- {} Q{short}: ", self.benchmark))
            .ok_or_else(|| broken("it does not open with its number and name"))?;
        let (title, rest) = title.split_once('\n').ok_or_else(|| broken("it has one line only"))?;
        let (_, sql) = rest
            .strip_prefix("-- Parameters: ")
            .and_then(|parameters| parameters.split_once('\n'))
            .ok_or_else(|| broken("its second line does not name the parameters"))?;
        Ok((title, sql.trim()))
    }

    /// The id of a statement.
    pub(crate) fn id(&self, number: &str) -> String {
        format!("{}-{number}", self.corpus)
    }

    /// Every statement in a dialect, and the tables of `schema.toml`.
    pub(crate) fn forms(&self, dialect: Dialect, schema: &str) -> Result<CorpusForms, CorpusError> {
        let texts = match dialect {
            Dialect::Postgres => self.postgres,
            Dialect::Redshift => self.redshift,
            Dialect::Snowflake => self.snowflake,
            Dialect::BigQuery => self.bigquery,
            Dialect::Spark => self.spark,
            _ => return Err(CorpusError::NoForm { corpus: self.corpus, dialect }),
        };
        let form = |(number, text): &(&str, &'static str)| {
            let (_, sql) = self.parse(number, text)?;
            Ok::<_, CorpusError>(CorpusForm { id: self.id(number), sql: sql.to_owned() })
        };
        let statements = texts.iter().map(form).collect::<Result<_, _>>()?;
        let tables = manifest::tables(self.corpus, schema)?;
        Ok(CorpusForms { tables: forms::tables(self.corpus, tables, dialect)?, statements })
    }
}

#[cfg(test)]
mod tests {
    use crate::{CorpusForm, CorpusForms, tpcds, tpcds_in, tpch, tpch_in};
    use model::{Dialect, catalog::CatalogTable};
    use std::fs;

    const DIALECTS: [Dialect; 4] =
        [Dialect::Redshift, Dialect::Snowflake, Dialect::BigQuery, Dialect::Spark];

    fn files(folder: &str) -> Vec<String> {
        let folder = format!("{}/{folder}", env!("CARGO_MANIFEST_DIR"));
        let mut files: Vec<_> = fs::read_dir(folder)
            .unwrap()
            .map(|entry| entry.unwrap().file_name().into_string().unwrap())
            .collect();
        files.sort();
        files
    }

    fn check(corpus: &crate::Corpus, dialect: Dialect, forms: &CorpusForms) {
        let ids = |ids: Vec<&String>| ids.into_iter().cloned().collect::<Vec<_>>();
        let expected = ids(corpus.statements.iter().map(|statement| &statement.id).collect());
        assert_eq!(expected, ids(forms.statements.iter().map(|form| &form.id).collect()));
        let names = |tables: &[CatalogTable]| -> Vec<_> {
            tables.iter().map(|table| (table.name.clone(), table.columns.len())).collect()
        };
        assert_eq!(names(&corpus.tables), names(&forms.tables));
        let folder = format!("{}/dialects/{dialect}", corpus.name);
        let compiled = expected.iter().map(|id| id.strip_prefix(corpus.name).unwrap());
        assert!(
            compiled
                .map(|number| format!("{number}.sql"))
                .eq(files(&folder).iter().map(|file| format!("-{file}")))
        );
        for CorpusForm { id, sql } in &forms.statements {
            assert!(!sql.contains("--") && !sql.contains(';'), "{id} in {dialect}");
            let quotes = match dialect {
                Dialect::BigQuery | Dialect::Spark => '"',
                _ => '`',
            };
            assert!(!sql.contains(quotes), "{id} in {dialect}");
        }
    }

    #[test]
    fn every_statement_has_its_form_in_every_dialect() {
        for dialect in DIALECTS {
            check(&tpch(1.0).unwrap(), dialect, &tpch_in(dialect, 1.0).unwrap());
            check(&tpcds(1.0).unwrap(), dialect, &tpcds_in(dialect).unwrap());
        }
        for corpus in ["tpch", "tpcds"] {
            let expected = ["README.md", "bigquery", "redshift", "snowflake", "spark"];
            assert_eq!(files(&format!("{corpus}/dialects")), expected);
        }
    }

    #[test]
    fn dates_are_moved_as_the_dialect_does_it() {
        for (dialect, moved) in [
            (Dialect::Postgres, "date '1998-12-01' - interval '90' day"),
            (Dialect::Redshift, "dateadd(day, -90, '1998-12-01'::date)"),
            (Dialect::Snowflake, "dateadd(day, -90, to_date('1998-12-01'))"),
            (Dialect::BigQuery, "date_sub(date '1998-12-01', interval 90 day)"),
            (Dialect::Spark, "date '1998-12-01' - interval 90 days"),
        ] {
            let sql = &tpch_in(dialect, 1.0).unwrap().statements[0].sql;
            assert!(sql.contains(moved), "{sql}");
        }
    }

    #[test]
    fn forms_follow_the_scale() {
        for dialect in DIALECTS {
            let sql = &tpch_in(dialect, 0.05).unwrap().statements[10].sql;
            assert!(sql.contains("* 0.0020000000\n"), "{sql}");
        }
        assert!(tpch_in(Dialect::Spark, 0.0).is_err());
    }

    /// What Spark answered was asked in the texts that are here.
    #[test]
    fn recorded_answers_are_those_of_the_forms() {
        for (corpus, forms) in [
            ("tpch", tpch_in(Dialect::Spark, 0.01).unwrap()),
            ("tpcds", tpcds_in(Dialect::Spark).unwrap()),
        ] {
            let path = format!("{}/{corpus}/answers/spark.jsonl", env!("CARGO_MANIFEST_DIR"));
            let text = fs::read_to_string(path).unwrap();
            let answers = text.lines().map(|line| {
                let case: serde_json::Value = serde_json::from_str(line).unwrap();
                assert_ne!(case["rows"].as_array().unwrap().len(), 0, "{}", case["id"]);
                let of = |key: &str| case[key].as_str().unwrap().to_owned();
                CorpusForm { id: of("id"), sql: of("sql") }
            });
            assert_eq!(answers.collect::<Vec<_>>(), forms.statements);
        }
    }

    #[test]
    fn a_dialect_without_forms_is_named() {
        for error in [tpch_in(Dialect::Trino, 1.0), tpcds_in(Dialect::Trino)] {
            let error = error.unwrap_err().to_string();
            assert!(error.contains("`trino`") && error.contains("snowflake"), "{error}");
        }
    }
}
