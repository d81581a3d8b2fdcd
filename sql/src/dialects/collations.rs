//! Collations of columns. Texts of one dialect are compared under one collation here, that of its
//! settings; a column with another one has a type that nothing but passing it on is known of.

use crate::{settings::SourceSettings, types::Type};

/// The word between a type and its collation in a catalog.
const COLLATE: &str = " collate ";

/// A type with the collation of its column, as a catalog spells them.
fn joined(data_type: &str, collation: &str) -> String {
    format!("{data_type}{COLLATE}{}", collation.trim_matches(['\'', '"', '[', ']', '`']))
}

/// The type of a column as a catalog spells it, with the collation of its texts.
pub fn collated_type(data_type: &str, collation: &str) -> String {
    if is_text(data_type) { joined(data_type, collation) } else { data_type.to_owned() }
}

/// Is it a type of texts, as far as its spelling tells?
fn is_text(data_type: &str) -> bool {
    let lower = data_type.to_ascii_lowercase();
    ["char", "text", "string", "clob", "enum"].iter().any(|word| lower.contains(word))
}

/// The spelling of a type without its collation, or the type of a column whose collation compares
/// texts in a way of its own.
pub(crate) fn read<'t>(settings: &SourceSettings, text: &'t str) -> Result<&'t str, Type> {
    let lower = text.to_ascii_lowercase();
    let Some((data_type, name)) = lower
        .find(COLLATE)
        .and_then(|at| Some((text.get(..at)?, lower.get(at + COLLATE.len()..)?)))
    else {
        return Ok(text);
    };
    let traits = super::traits(settings.dialect());
    let folds = traits.text.folds && !settings.is("collation", "binary");
    let usual = if folds { traits.folding_collations } else { traits.exact_collations };
    if is_one_of(name.trim(), usual) {
        return Ok(data_type);
    }
    Err(Type::Other(format!("text/{}", name.trim())))
}

/// Is the name of a collation among these, of which one may tell the end of a name alone?
pub(crate) fn is_one_of(name: &str, known: &[&str]) -> bool {
    // In Turkish and its kin `i` has another capital letter.
    let language = name.split(['_', '-', '.']).next().unwrap_or_default();
    if ["tr", "az", "lt"].contains(&language) {
        return false;
    }
    known.iter().any(|known| match known.strip_prefix('*') {
        Some(end) => name.ends_with(end),
        None if *known == "ll_cc" => is_locale(name),
        None => name == *known,
    })
}

/// `de_de`, `en_us.utf8`: a language and a country.
fn is_locale(name: &str) -> bool {
    let place = name.split_once('.').map_or(name, |(place, _)| place);
    let letters = |part: &str, most: usize| {
        (2..=most).contains(&part.len()) && part.bytes().all(|b| b.is_ascii_lowercase())
    };
    place
        .split_once('_')
        .is_some_and(|(language, country)| letters(language, 3) && letters(country, 2))
}

#[cfg(test)]
mod tests {
    use crate::{Catalog, SourceSettings, parse, tables_of_ddl};
    use model::Dialect;

    fn refusal(settings: &SourceSettings, ddl: &str, text: &str) -> Option<String> {
        let dialect = settings.dialect();
        let catalog = Catalog::under(settings, &tables_of_ddl(ddl, dialect).unwrap());
        let parsed = parse(text, dialect).unwrap();
        parsed.bind_under(&catalog, &[], settings).err().map(|refused| refused.message)
    }

    #[test]
    fn a_collation_of_its_own_makes_a_column_unknown() {
        for (dialect, column) in [
            (Dialect::Postgres, "varchar(9) COLLATE case_insensitive"),
            (Dialect::Postgres, "varchar(9) COLLATE \"tr_TR.utf8\""),
            (Dialect::Postgres, "varchar(9) COLLATE \"tr-x-icu\""),
            (Dialect::MySql, "varchar(9) COLLATE utf8mb4_bin"),
            (Dialect::MySql, "varchar(9) CHARACTER SET utf8mb4 COLLATE utf8mb4_0900_as_cs"),
            (Dialect::TSql, "varchar(9) COLLATE Latin1_General_BIN2"),
            (Dialect::TSql, "nvarchar(9) COLLATE Latin1_General_CS_AS"),
            (Dialect::TSql, "nvarchar(9) COLLATE Latin1_General_CI_AI"),
            (Dialect::Snowflake, "varchar(9) COLLATE 'en-ci'"),
            (Dialect::BigQuery, "STRING COLLATE 'und:ci'"),
            (Dialect::Redshift, "varchar(9) COLLATE CASE_INSENSITIVE"),
            (Dialect::Oracle, "varchar2(9) COLLATE BINARY_CI"),
        ] {
            let settings = SourceSettings::of(dialect);
            let ddl = format!("CREATE TABLE t (x {column}, i INT)");
            for text in ["SELECT i FROM t WHERE x = 'a'", "SELECT count(*) FROM t GROUP BY x"] {
                assert!(refusal(&settings, &ddl, text).is_some(), "{dialect}: {column}: {text}");
            }
            assert_eq!(
                refusal(&settings, &ddl, "SELECT x, i FROM t WHERE i = 1"),
                None,
                "{column}"
            );
        }
    }

    #[test]
    fn the_usual_collation_changes_nothing() {
        for (dialect, column) in [
            (Dialect::Postgres, "varchar(9) COLLATE \"de_DE\""),
            (Dialect::MySql, "varchar(9) COLLATE utf8mb4_0900_ai_ci"),
            (Dialect::MySql, "varchar(9) COLLATE utf8mb4_general_ci"),
            (Dialect::TSql, "varchar(9) COLLATE SQL_Latin1_General_CP1_CI_AS"),
            (Dialect::Redshift, "varchar(9) COLLATE CASE_SENSITIVE"),
            (Dialect::Snowflake, "varchar(9) COLLATE 'utf8'"),
        ] {
            let ddl = format!("CREATE TABLE t (x {column}, i INT)");
            let text = "SELECT i FROM t WHERE x = 'a'";
            assert_eq!(refusal(&SourceSettings::of(dialect), &ddl, text), None, "{column}");
        }
        let binary = SourceSettings::with(Dialect::MySql, [("collation", "binary")]).unwrap();
        let ddl = "CREATE TABLE t (x varchar(9) COLLATE utf8mb4_0900_bin)";
        assert_eq!(refusal(&binary, ddl, "SELECT x FROM t WHERE x = 'a'"), None);
        // The older ones pad with blanks.
        for other in ["utf8mb4_general_ci", "utf8mb4_bin"] {
            let ddl = format!("CREATE TABLE t (x varchar(9) COLLATE {other})");
            assert!(refusal(&binary, &ddl, "SELECT 1 FROM t WHERE x = 'a'").is_some());
        }
    }

    #[test]
    fn a_table_can_say_the_collation_of_its_columns() {
        let ddl = "CREATE TABLE t (x varchar(9), y varchar(9) COLLATE utf8mb4_0900_ai_ci, i int) \
                   ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin";
        let settings = SourceSettings::of(Dialect::MySql);
        assert!(refusal(&settings, ddl, "SELECT i FROM t WHERE x = 'a'").is_some());
        assert_eq!(refusal(&settings, ddl, "SELECT i FROM t WHERE y = 'a' AND i = 1"), None);
    }
}
