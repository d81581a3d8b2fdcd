//! Texts under a collation that takes more letters for one than those of one case.

use crate::{
    emit::Emitter,
    fragment::Fragment,
    rule::{Emit, Fidelity, Rule, from},
    targets::Target,
};
use model::{Caveat, Dialect};
use sql::{
    Type,
    tree::{Expr, ExprKind},
};

pub(crate) static RULE: Rule = Rule {
    code: "TR0231",
    name: "letters that a collation takes for one",
    fidelity: Fidelity::Approximate(Caveat::Collation),
    constructs: &["fold_letters", "one_text"],
    page: "\
Under a collation that ignores case, texts are compared by a key in lower case, and of a group of texts with one key the least is shown. Collations take more for one: `ß` and `ss`, letters of full and half width, the kinds of kana, characters that they leave out. Which ones depends on the collation and its version, so the key says no more than case and, where those do not count, the accents of Latin letters. Which text of a group the source shows is open.",
    emit,
    examples: &[
        from(
            Dialect::TSql,
            Target::DuckDb,
            "SELECT i FROM t WHERE x = 'Ab '",
            "SELECT i\nFROM t\nWHERE lower(rtrim(x, ' ')) = 'ab'",
        ),
        from(
            Dialect::TSql,
            Target::DataFusion,
            "SELECT i FROM t WHERE x = 'Ab '",
            "SELECT i\nFROM t\nWHERE lower(rtrim(x)) = 'ab'",
        ),
        from(
            Dialect::TSql,
            Target::DuckDb,
            "SELECT x FROM t GROUP BY x",
            "SELECT min(x) AS x\nFROM t\nGROUP BY lower(rtrim(t.x, ' '))",
        ),
        from(
            Dialect::TSql,
            Target::Postgres,
            "SELECT x FROM t GROUP BY x",
            "SELECT min(x) AS x\nFROM t\nGROUP BY lower(rtrim(t.x))",
        ),
    ],
};

/// The function of every target that a call of this rule is written as.
pub(crate) fn written(name: &str) -> Option<&'static str> {
    match name {
        "fold_letters" => Some("lower"),
        "one_text" => Some("min"),
        _ => None,
    }
}

fn emit(emitter: &mut Emitter, expr: &Expr) -> Emit<Option<Fragment>> {
    let Some((call, name)) = expr.call().and_then(|call| Some((call, written(call.name)?))) else {
        return Ok(None);
    };
    if name == "lower" {
        let args = emitter.args(&call.args)?;
        return Ok(Some(Fragment::call(name, &args)));
    }
    let mut least = call.clone();
    least.name = name;
    // Of padded texts too any can be shown: their order is not asked.
    if emitter.target() != Target::Postgres {
        if let [arg] = call.args.as_slice()
            && matches!(arg.ty, Type::Char(_))
            && !matches!(arg.kind, ExprKind::Column { .. })
        {
            let padded = emitter.expr(arg)?;
            return Ok(Some(Fragment::call(name, &[padded])));
        }
        for arg in &mut least.args {
            if matches!(arg.ty, Type::Char(_)) {
                arg.ty = Type::Text;
            }
        }
    }
    let least = Expr { kind: ExprKind::Call(Box::new(least)), ..expr.clone() };
    let shown = emitter.expr(&least)?;
    Ok(Some(match call.args.first().map(|arg| &arg.ty) {
        // As the column itself is shown.
        Some(Type::Char(length)) if emitter.target() != Target::Postgres => {
            Fragment::atom(format!("rpad({}, {length}, ' ')", shown.text))
        }
        _ => shown,
    }))
}

#[cfg(test)]
mod tests {
    use crate::Transpiler;
    use model::Dialect;

    fn answer(sql: &str, to: Dialect) -> Result<String, String> {
        let sql = sql.replace("VALUES", "FROM (VALUES ('a', 'A')) AS t(s, q)");
        match Transpiler::new(Dialect::TSql, to, &[]).translate(&sql, &[]) {
            Ok(translation) => Ok(translation.sql),
            Err(refusal) => Err(format!("{refusal:?}")),
        }
    }

    #[test]
    fn a_collation_that_is_said_is_used_or_refused() {
        for to in [Dialect::DuckDb, Dialect::DataFusion, Dialect::Postgres] {
            for sql in [
                "SELECT x FROM (SELECT s COLLATE Latin1_General_BIN2 AS x VALUES) d WHERE x = 'a'",
                "SELECT s COLLATE Latin1_General_BIN2 AS x VALUES UNION SELECT q VALUES",
                "SELECT (SELECT MAX(s COLLATE Latin1_General_BIN2) VALUES) AS m",
                "SELECT s VALUES WHERE CASE WHEN s = q THEN s COLLATE Latin1_General_BIN2 ELSE q END = 'a'",
                "CREATE VIEW v AS SELECT s COLLATE Latin1_General_BIN2 AS x VALUES",
                "SELECT s VALUES WHERE CAST(s COLLATE Latin1_General_BIN2 AS VARCHAR(5)) = 'A'",
                "SELECT CHOOSE(1, s COLLATE Latin1_General_BIN2, q) AS x VALUES",
                "SELECT s VALUES WHERE s COLLATE Latin1_General_CI_AI = 'a'",
            ] {
                let refused = answer(sql, to).unwrap_err();
                assert!(refused.contains("COLLATE"), "{to}: {sql}: {refused}");
            }
            for sql in [
                "SELECT s VALUES WHERE s COLLATE Latin1_General_BIN2 IN ('A', 'b')",
                "SELECT s VALUES WHERE REPLACE(s COLLATE Latin1_General_BIN2, 'A', 'b') LIKE 'B%'",
                "SELECT COUNT(DISTINCT s COLLATE Latin1_General_BIN2) AS n VALUES",
                "SELECT MAX(s COLLATE Latin1_General_BIN2) AS m VALUES GROUP BY q COLLATE Latin1_General_BIN2",
            ] {
                let sql = answer(sql, to).unwrap();
                assert!(!sql.contains("lower("), "{to}: {sql}");
            }
        }
    }
}
