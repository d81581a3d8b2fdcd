//! A place in a JSON document: `doc -> 'a' ->> 0` as one path.

use crate::{
    emit::{Emitter, text_literal},
    fragment::{Fragment, Level},
    rule::Emit,
};
use sql::{
    Type,
    tree::{Expr, ExprKind},
};

/// A step of a path.
enum Step {
    Key(String),
    Index(u32),
    /// A position in an array, or a key of these digits in an object.
    Either(u32),
}

/// A place in a document.
pub(super) struct Place {
    document: String,
    /// Paths that can be meant; at most one of them is there.
    paths: Vec<String>,
    /// Conditions under which the engines differ: a key stands twice on the way, or a position is
    /// asked of a scalar, which `jsonb` takes for an array of one.
    unknown: Vec<String>,
    /// The key that the path ends with.
    key: Option<String>,
}

/// The place that a chain of `->` leads to; nothing where a step is no constant.
pub(super) fn of(emitter: &mut Emitter, expr: &Expr) -> Emit<Option<Place>> {
    let mut steps = Vec::new();
    let Some(root) = walk(expr, &mut steps) else { return Ok(None) };
    let document = emitter.expr(root)?.at(Level::Atom);
    let mut paths = vec!["$".to_owned()];
    let mut unknown = Vec::new();
    for step in steps.iter().rev() {
        if root.ty == Type::Json && matches!(step, Step::Key(_) | Step::Either(_)) {
            for path in &paths {
                let keys = format!("json_keys({document}, {})", text_literal(path));
                unknown.push(format!("len({keys}) > len(list_distinct({keys}))"));
            }
        }
        if root.ty == Type::Jsonb && matches!(step, Step::Index(0)) {
            for path in &paths {
                let kind = format!("json_type({document}, {})", text_literal(path));
                unknown.push(format!("{kind} NOT IN ('ARRAY', 'OBJECT', 'NULL')"));
            }
        }
        paths = paths
            .iter()
            .flat_map(|path| match step {
                Step::Key(key) => vec![format!("{path}.\"{key}\"")],
                Step::Index(index) => vec![format!("{path}[{index}]")],
                Step::Either(index) => {
                    vec![format!("{path}[{index}]"), format!("{path}.\"{index}\"")]
                }
            })
            .collect();
    }
    if paths.len() > 4 {
        return Ok(None);
    }
    let key = match steps.first() {
        Some(Step::Key(key)) => Some(key.clone()),
        _ => None,
    };
    Ok(Some(Place { document, paths, unknown, key }))
}

/// Collects the steps, last first, and gives the document.
fn walk<'e>(expr: &'e Expr, steps: &mut Vec<Step>) -> Option<&'e Expr> {
    match &expr.kind {
        ExprKind::Call(call) => {
            let [base, step] = call.args.as_slice() else { return None };
            match call.name {
                "->" | "->>" => match (step.text(), step.integer()) {
                    (Some(key), _) => steps.push(Step::Key(plain(key)?)),
                    (None, Some(index)) => steps.push(Step::Index(u32::try_from(index).ok()?)),
                    (None, None) => return None,
                },
                "#>" | "#>>" => {
                    let ExprKind::Array(keys) = &step.kind else { return None };
                    for key in keys.iter().rev() {
                        let key = plain(key.text()?)?;
                        let digits = key.bytes().all(|b| b.is_ascii_digit());
                        steps.push(match key.parse() {
                            Ok(index) if digits && (key == "0" || !key.starts_with('0')) => {
                                Step::Either(index)
                            }
                            _ if digits || key.starts_with('-') => return None,
                            _ => Step::Key(key),
                        });
                    }
                }
                _ => return None,
            }
            walk(base, steps)
        }
        // Both kinds of documents are one on DuckDB.
        ExprKind::Cast { expr: inner } if matches!(inner.ty, Type::Json | Type::Jsonb) => {
            walk(inner, steps)
        }
        ExprKind::Column { .. } if matches!(expr.ty, Type::Json | Type::Jsonb) => Some(expr),
        _ => None,
    }
}

/// A key that needs no escape in a path.
fn plain(key: &str) -> Option<String> {
    let fine = !key.is_empty() && !key.contains(['"', '\\', '*']);
    fine.then(|| key.to_owned())
}

impl Place {
    /// `name(document, path)`, of the path that is there.
    pub(super) fn applied(&self, name: &str) -> String {
        let one = |path: &String| format!("{name}({}, {})", self.document, text_literal(path));
        match self.paths.as_slice() {
            [path] if path == "$" => format!("{name}({})", self.document),
            [path] => one(path),
            paths => {
                let all: Vec<String> = paths.iter().map(one).collect();
                format!("coalesce({})", all.join(", "))
            }
        }
    }

    pub(super) fn kind(&self) -> String {
        self.applied("json_type")
    }

    pub(super) fn text(&self) -> String {
        self.applied("json_extract_string")
    }

    pub(super) fn document_text(&self) -> String {
        format!("CAST({} AS VARCHAR)", self.document)
    }

    /// The text of a number with a fraction, or of an array of numbers, as it stands in the
    /// document; raised where it cannot be told where that is.
    pub(super) fn as_written(&self) -> String {
        let unknown = "error('the text of such JSON is not known')";
        let plain = |key: &&String| key.chars().all(|c| c.is_ascii_alphanumeric() || c == '_');
        let Some(key) = self.key.as_ref().filter(plain) else { return unknown.to_owned() };
        let text = self.document_text();
        let once = format!("len(regexp_extract_all({text}, '\"{key}\"\\s*:')) = 1");
        let value = format!("'\"{key}\"\\s*:\\s*(-?[0-9][0-9.eE+-]*|\\[[^\\[\\]{{}}\"]*\\])'");
        format!(
            "CASE WHEN {once} AND regexp_matches({text}, {value}) THEN regexp_extract({text}, {value}, 1) ELSE {unknown} END"
        )
    }

    /// `value`, unless the engines differ or one of `cases` holds.
    pub(super) fn guarded(&self, cases: &str, value: &str) -> Fragment {
        let mut whens = Vec::new();
        if !self.unknown.is_empty() {
            let any = self.unknown.join(" OR ");
            whens.push(format!("WHEN {any} THEN error('the place in such JSON is not known')"));
        }
        if !cases.is_empty() {
            whens.push(cases.to_owned());
        }
        Fragment::atom(if whens.is_empty() {
            format!("({value})")
        } else {
            format!("CASE {} ELSE {value} END", whens.join(" "))
        })
    }
}
