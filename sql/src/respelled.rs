//! Tables of an engine, as the tables of another dialect.

use crate::{
    SourceSettings, Type, core_type,
    dialects::{self, TypeNames},
};
use model::{
    Dialect,
    catalog::{CatalogColumn, CatalogTable},
};

/// Tables whose types are spelled as PostgreSQL does, spelled as the dialect spells the types that hold
/// the same values. A type that it has none for is none that is known.
pub fn spelled_by(settings: &SourceSettings, tables: Vec<CatalogTable>) -> Vec<CatalogTable> {
    let Some(spec) = dialects::spec(settings.dialect()).filter(|spec| !spec.is_core()) else {
        return tables;
    };
    let postgres = SourceSettings::of(Dialect::Postgres);
    let lacks_null = spec.traits().types_lack_null;
    let respelled = |column: CatalogColumn| {
        let core = core_type(&postgres, &column.data_type);
        // Whether an element may be NULL is said by the type there, and by no engine.
        let open = lacks_null && matches!(core, Type::Array(_));
        let own = spelling(&spec.types, &core, settings).filter(|_| !open);
        let data_type = match own {
            Some(own) if lacks_null && column.nullable => format!("Nullable({own})"),
            Some(own) => own,
            None => format!("{} (of the engine)", column.data_type),
        };
        CatalogColumn { data_type, ..column }
    };
    tables
        .into_iter()
        .map(|table| CatalogTable {
            columns: table.columns.into_iter().map(respelled).collect(),
            ..table
        })
        .collect()
}

/// How the dialect spells a type that holds all values of this one and computes like it.
fn spelling(names: &TypeNames, core: &Type, settings: &SourceSettings) -> Option<String> {
    if let Type::Array(element) = core {
        return Some(format!("{}[]", spelling(names, element, settings)?));
    }
    if let Type::Numeric(Some(shape)) = core {
        // By its name first: an unsigned integer of MySQL is a decimal, too, and another type.
        let by_name = ["numeric", "decimal", "number"]
            .map(|name| format!("{name}({},{})", shape.precision, shape.scale));
        return by_name.into_iter().find(|name| {
            matches!(names.find(name, settings), Some(Type::Numeric(Some(read)))
                if read.scale == shape.scale && read.precision >= shape.precision)
        });
    }
    if let Some(own) = names.spelling(core, settings) {
        return Some(own);
    }
    match core {
        Type::Int2 => spelling(names, &Type::Int4, settings),
        Type::Int4 => spelling(names, &Type::Int8, settings),
        // Where integers are decimals.
        Type::Int8 => ["bigint", "integer"].into_iter().map(str::to_owned).find(|name| {
            let read = names.find(name, settings);
            matches!(read, Some(Type::Numeric(Some(shape))) if shape.scale == 0 && shape.precision > 18)
        }),
        Type::Float4 => spelling(names, &Type::Float8, settings),
        Type::Varchar(Some(_)) => spelling(names, &Type::Varchar(None), settings),
        Type::Varchar(None) | Type::Char(_) => spelling(names, &Type::Text, settings),
        // Where texts have limits.
        Type::Text => ["varchar(max)", "varchar(65535)", "varchar(64000)", "varchar(4000)"]
            .into_iter()
            .map(str::to_owned)
            .find(|name| matches!(names.find(name, settings), Some(Type::Varchar(_)))),
        Type::Json => names.spelling(&Type::Jsonb, settings),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn respelled(dialect: Dialect, data_type: &str) -> (String, Type) {
        let settings = SourceSettings::of(dialect);
        let column =
            CatalogColumn { name: "a".to_owned(), data_type: data_type.to_owned(), nullable: true };
        let table = CatalogTable {
            database: None,
            schema: None,
            name: "t".to_owned(),
            columns: vec![column],
            keys: Vec::new(),
        };
        let spelled = spelled_by(&settings, vec![table]).remove(0).columns.remove(0).data_type;
        let read = core_type(&settings, &spelled);
        (spelled, read)
    }

    #[test]
    fn a_type_is_one_that_holds_the_same_values() {
        for (dialect, engine, expected) in [
            (Dialect::BigQuery, "integer", Some(Type::Int8)),
            (Dialect::BigQuery, "character varying(10)", Some(Type::Varchar(Some(10)))),
            (Dialect::Spark, "character varying(10)", Some(Type::Text)),
            (Dialect::Snowflake, "integer", Some(Type::Int8)),
            (Dialect::Oracle, "integer", Some(Type::decimal(38, 0))),
            (Dialect::Oracle, "date", None),
            (Dialect::Redshift, "text", Some(Type::Varchar(Some(65535)))),
            (Dialect::MySql, "numeric(20,0)", Some(Type::decimal(21, 0))),
            (Dialect::Snowflake, "numeric(12,2)", Some(Type::decimal(12, 2))),
            (Dialect::TSql, "numeric(12,2)", Some(Type::decimal(12, 2))),
            (Dialect::TSql, "smallint", Some(Type::Int2)),
            (Dialect::Spark, "timestamp without time zone", Some(Type::Timestamp)),
            (Dialect::Spark, "integer[]", Some(Type::Array(Box::new(Type::Int4)))),
            (Dialect::ClickHouse, "bigint", Some(Type::Int8)),
            (Dialect::ClickHouse, "bigint[]", None),
            (Dialect::Redshift, "double precision", Some(Type::Float8)),
            (Dialect::MySql, "numeric", None),
            (Dialect::Trino, "STRUCT(a INTEGER)", None),
        ] {
            let (spelled, read) = respelled(dialect, engine);
            match expected {
                Some(expected) => assert_eq!(read, expected, "{dialect}: {engine}: {spelled}"),
                None => assert!(matches!(read, Type::Other(_)), "{dialect}: {engine}: {spelled}"),
            }
        }
        assert!(respelled(Dialect::ClickHouse, "date").0.starts_with("Nullable("));
    }
}
