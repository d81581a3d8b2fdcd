//! A place in a JSON document: `doc -> 'a' ->> 0` as one path.

use super::{json_contains::Here, json_sql as sql_text};
use crate::{
    emit::{Emitter, text_literal},
    fragment::{Fragment, Level},
    rule::Emit,
};
use sql::{
    Type,
    tree::{Expr, ExprKind},
};

/// The variable that stands for a document that is no column.
const VARIABLE: &str = "_json";

/// A step of a path.
pub(super) enum Step<'e> {
    Key(String),
    /// A key, of which the first counts where it stands twice, as on DuckDB.
    Member(String),
    /// A position; a negative one counts from the end. A scalar is taken for an array of one.
    Index(i64),
    /// A position in an array, and nothing elsewhere.
    Item(u32),
    /// A position in an array, from the end where it is negative; of an object it is not known.
    NotOfObjects(i64),
    /// A position in an array, or a key of these digits in an object.
    Either(u32),
    /// The same, with the first of equal keys.
    ItemOrMember(u32),
    /// A key that is no constant.
    Any(&'e Expr),
}

/// How the text of a document came to be.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Origin {
    /// As it was written.
    Json,
    /// As `jsonb` writes it.
    Jsonb,
    /// As it was written, and taken for `jsonb`.
    Taken,
}

/// A place in a document.
pub(super) struct Place {
    pub(super) document: String,
    /// Is the document a text that is read as JSON?
    pub(super) is_text: bool,
    /// What the document is, where it is no column.
    pub(super) value: Option<Fragment>,
    origin: Origin,
    /// Paths that can be meant, as SQL; at most one of them is there. Nothing is the document.
    pub(super) paths: Vec<Option<String>>,
    /// Conditions under which the engines differ: a key stands twice on the way, or a position is
    /// asked of a scalar, which `jsonb` takes for an array of one.
    pub(super) unknown: Vec<String>,
    /// The key that the path ends with.
    key: Option<String>,
}

/// The steps of a chain of `->`, the last one first, its document, and whether `json` was taken for
/// `jsonb` on the way.
pub(super) fn way(expr: &Expr) -> Option<(Vec<Step<'_>>, &Expr, bool)> {
    let mut walk = Walk { steps: Vec::new(), parts: true, taken: false };
    let root = walk.walk(expr, true)?;
    Some((walk.steps, root, walk.taken))
}

/// The place that a chain of `->` leads to; nothing where its last step is not known.
pub(super) fn of(emitter: &mut Emitter, expr: &Expr) -> Emit<Option<Place>> {
    place(emitter, expr, true)
}

/// As [`of`], where the whole value counts: `json` becomes `jsonb` before it is taken apart.
pub(super) fn of_value(emitter: &mut Emitter, expr: &Expr) -> Emit<Option<Place>> {
    place(emitter, expr, false)
}

fn place(emitter: &mut Emitter, expr: &Expr, parts: bool) -> Emit<Option<Place>> {
    let mut walk = Walk { steps: Vec::new(), parts, taken: false };
    let Some(root) = walk.walk(expr, true) else { return Ok(None) };
    let Walk { steps, taken, .. } = walk;
    let text = expr.call().is_some_and(|call| ["->>", "#>>"].contains(&call.name));
    let lax = expr.call().is_some_and(|call| call.name.starts_with("json_lax"));
    let keeps = emitter.keeps_json_text();
    let text_inside = text_of(root).filter(|_| !keeps);
    let shown = match text_inside {
        // DuckDB takes text for JSON where it looks into it.
        Some(inner) => {
            let inner = emitter.expr(inner)?;
            let text = emitter.made_by(&super::json_plain::RULE, root.span, &inner.text);
            Fragment::new(text, inner.level)
        }
        None => emitter.expr(root)?,
    };
    // A key that is no constant could not be seen from where the document has another name.
    let bound = !matches!(text_inside.unwrap_or(root).kind, ExprKind::Column { .. })
        && !matches!(steps.as_slice(), [Step::Any(_)]);
    let (document, value) =
        if bound { (VARIABLE.to_owned(), Some(shown)) } else { (shown.at(Level::Atom), None) };
    let mut plain = vec!["$".to_owned()];
    let mut unknown = Vec::new();
    let mut any = None;
    for step in steps.iter().rev() {
        if keeps
            && root.ty == Type::Json
            && matches!(step, Step::Key(_) | Step::Either(_) | Step::Any(_))
        {
            for path in &plain {
                let keys = format!("json_keys({document}, {})", text_literal(path));
                unknown.push(format!("len({keys}) > len(list_distinct({keys}))"));
            }
        }
        if root.ty == Type::Jsonb && matches!(step, Step::Index(0 | -1)) {
            for path in &plain {
                let kind = format!("json_type({document}, {})", text_literal(path));
                // The text of a null is none, of its only element too.
                let known = if text { "'ARRAY', 'OBJECT', 'NULL'" } else { "'ARRAY', 'OBJECT'" };
                unknown.push(format!("{kind} NOT IN ({known})"));
            }
        }
        if let Step::NotOfObjects(_) = step {
            for path in &plain {
                unknown.push(format!("json_type({document}, {}) = 'OBJECT'", text_literal(path)));
            }
        }
        if lax && !matches!(step, Step::Any(_)) {
            let wanted = if matches!(step, Step::Item(_)) { "<> 'ARRAY'" } else { "= 'ARRAY'" };
            for path in &plain {
                unknown.push(format!("json_type({document}, {}) {wanted}", text_literal(path)));
            }
        }
        if let Step::Any(key) = step {
            let key = emitter.expr(key)?.text;
            any = Some(format!(
                "CASE WHEN json_type({document}) = 'OBJECT' THEN '/' || replace(replace({key}, '~', '~0'), '/', '~1') END"
            ));
            continue;
        }
        plain = plain
            .iter()
            .flat_map(|path| match step {
                Step::Key(key) | Step::Member(key) => vec![member(path, key)],
                Step::Item(index) => vec![format!("{path}[{index}]")],
                Step::Index(index) | Step::NotOfObjects(index) if *index < 0 => {
                    vec![format!("{path}[#{index}]")]
                }
                Step::Index(index) | Step::NotOfObjects(index) => {
                    vec![format!("{path}[{index}]")]
                }
                Step::Either(index) | Step::ItemOrMember(index) => {
                    vec![format!("{path}[{index}]"), format!("{path}.\"{index}\"")]
                }
                Step::Any(_) => Vec::new(),
            })
            .collect();
    }
    if plain.len() > 4 {
        return Ok(None);
    }
    let paths = match any {
        Some(path) => vec![Some(path)],
        None if steps.is_empty() => vec![None],
        None => plain.iter().map(|path| Some(text_literal(path))).collect(),
    };
    let origin = match root.ty {
        Type::Json if taken => Origin::Taken,
        Type::Json => Origin::Json,
        _ => Origin::Jsonb,
    };
    let key = match steps.first() {
        Some(Step::Key(key)) => Some(key.clone()),
        _ => None,
    };
    let is_text = text_inside.is_some();
    Ok(Some(Place { document, is_text, value, origin, paths, unknown, key }))
}

/// The text that is read as JSON, where it is no constant.
fn text_of(expr: &Expr) -> Option<&Expr> {
    let ExprKind::Cast { expr: inner } = &expr.kind else { return None };
    (inner.ty.is_text() && inner.text().is_none()).then_some(inner)
}

/// Is the document at the end of a chain of `->` a constant?
pub(super) fn is_of_constant(expr: &Expr) -> bool {
    let mut walk = Walk { steps: Vec::new(), parts: true, taken: false };
    let root = walk.walk(expr, true);
    root.is_some_and(|root| {
        root.literal().is_some()
            || matches!(&root.kind, ExprKind::Cast { expr } if expr.text().is_some())
    })
}

/// The path of a member.
fn member(path: &str, key: &str) -> String {
    let starts = key.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_');
    if starts && key.chars().all(|c| c.is_ascii_alphanumeric() || c == '_') {
        format!("{path}.{key}")
    } else {
        format!("{path}.\"{key}\"")
    }
}

/// The way from an expression to its document.
struct Walk<'e> {
    /// Last first.
    steps: Vec<Step<'e>>,
    /// Is it asked for parts only, which `json` and `jsonb` share?
    parts: bool,
    /// Was `json` taken for `jsonb` on the way?
    taken: bool,
}

impl<'e> Walk<'e> {
    /// Collects the steps and gives the document.
    fn walk(&mut self, expr: &'e Expr, last: bool) -> Option<&'e Expr> {
        let is_json = matches!(expr.ty, Type::Json | Type::Jsonb);
        match &expr.kind {
            ExprKind::Call(call) if is_step(call.name) => {
                let [base, step] = call.args.as_slice() else { return None };
                let before = self.steps.len();
                if read(call.name, step, &mut self.steps).is_none() {
                    self.steps.truncate(before);
                    // What is asked of a step that is not known is asked of its value.
                    return (!last && is_json).then_some(expr);
                }
                if let [.., Step::Any(_)] = self.steps.as_slice() {
                    // Such a key is asked of a value, and is no part of a longer path.
                    if last {
                        return Some(base);
                    }
                    self.steps.truncate(before);
                    return is_json.then_some(expr);
                }
                self.walk(base, false)
            }
            // Both kinds of documents are one on DuckDB.
            ExprKind::Cast { expr: inner } if is_json => match inner.ty {
                Type::Jsonb => self.walk(inner, false),
                Type::Json if self.parts || expr.ty == Type::Json => {
                    self.taken |= expr.ty == Type::Jsonb;
                    self.walk(inner, false)
                }
                _ => Some(expr),
            },
            _ => is_json.then_some(expr),
        }
    }
}

fn is_step(name: &str) -> bool {
    ["->", "->>", "#>", "#>>", "json_at", "json_scalar", "json_lax", "json_lax_at"].contains(&name)
}

/// Reads the steps of one call, the last one first.
fn read<'e>(name: &str, step: &'e Expr, steps: &mut Vec<Step<'e>>) -> Option<()> {
    match name {
        "->" | "->>" => steps.push(match (step.text(), step.integer()) {
            (Some(key), _) => Step::Key(plain(key)?),
            (None, Some(index)) => Step::Index(index),
            (None, None) if step.ty.is_text() => Step::Any(step),
            (None, None) => return None,
        }),
        "json_at" | "json_scalar" | "json_lax" | "json_lax_at" => {
            let mut own = path(step.text()?)?;
            own.reverse();
            steps.extend(own);
        }
        _ => {
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
    }
    Some(())
}

/// The steps of `$."key"[0]`.
fn path<'e>(text: &str) -> Option<Vec<Step<'e>>> {
    let mut rest = text.strip_prefix('$')?;
    let mut steps = Vec::new();
    while !rest.is_empty() {
        if let Some(tail) = rest.strip_prefix('[') {
            let (index, after) = tail.split_once(']')?;
            steps.push(match (index.strip_prefix('='), index.strip_prefix('!')) {
                (Some(index), _) => Step::ItemOrMember(index.parse().ok()?),
                (_, Some(index)) => Step::NotOfObjects(index.parse().ok()?),
                (None, None) => Step::Item(index.parse().ok()?),
            });
            rest = after;
        } else {
            let (key, after) = rest.strip_prefix(".\"")?.split_once('"')?;
            steps.push(Step::Member(plain(key)?));
            rest = after;
        }
    }
    Some(steps)
}

/// A key that needs no escape in a path.
fn plain(key: &str) -> Option<String> {
    let fine = !key.is_empty() && !key.contains(['"', '\\', '*']);
    fine.then(|| key.to_owned())
}

impl Place {
    /// `name(document, path)`, of the path that is there.
    pub(super) fn applied(&self, name: &str) -> String {
        self.applied_to(&self.document, name)
    }

    fn applied_to(&self, document: &str, name: &str) -> String {
        let one = |path: &Option<String>| match path {
            Some(path) => format!("{name}({document}, {path})"),
            None if name == "json_extract" => format!("json({document})"),
            None if name == "json_extract_string" => format!("{name}({document}, '$')"),
            None => format!("{name}({document})"),
        };
        match self.paths.as_slice() {
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

    /// The text of the value without blanks, with its numbers as they are written.
    pub(super) fn compact(&self) -> String {
        sql_text::unmarked(&self.marked())
    }

    /// The value as JSON: `jsonb` with the blanks that it is shown with, so that its text is
    /// PostgreSQL's where it stands in a result.
    pub(super) fn value(&self) -> String {
        self.value_of(&self.compact())
    }

    /// As [`Place::value`], of a part of the document in its text without blanks.
    pub(super) fn value_of(&self, compact: &str) -> String {
        match self.origin {
            Origin::Json => format!("CAST({compact} AS JSON)"),
            Origin::Jsonb | Origin::Taken => {
                format!("CAST({} AS JSON)", sql_text::spaced(compact))
            }
        }
    }

    /// Would the text of the value, which `json` of PostgreSQL is, be another one? Its blanks and
    /// escapes are lost where it is taken out of a document.
    pub(super) fn loses_text(&self, emitter: &Emitter) -> bool {
        self.origin == Origin::Json && emitter.is_postgres()
    }

    /// The value with its numbers as marked texts.
    pub(super) fn marked(&self) -> String {
        self.applied_to(&sql_text::marked(&self.document), "json_extract")
    }

    /// Document and path, where it is one path.
    pub(super) fn one(&self) -> Option<Here> {
        let [path] = self.paths.as_slice() else { return None };
        let path = match path {
            None => "$",
            Some(path) => path.strip_prefix('\'')?.strip_suffix('\'')?,
        };
        // The path is a literal, whose quotes stand twice.
        let path = path.replace("\'\'", "\'");
        Some(Here { document: self.document.clone(), path })
    }

    /// The elements of the array, with their numbers as marked texts.
    pub(super) fn elements(&self) -> Option<String> {
        let [path] = self.paths.as_slice() else { return None };
        let path = match path {
            None => "'$[*]'".to_owned(),
            Some(path) => format!("{}[*]'", path.strip_suffix('\'')?),
        };
        Some(format!("json_extract({}, {path})", sql_text::marked(&self.document)))
    }

    /// The kinds of numbers whose text says more than their value: of `json` also `-0`, a whole number.
    pub(super) fn written_numbers(&self) -> &'static str {
        if self.origin == Origin::Json { "'DOUBLE', 'BIGINT'" } else { "'DOUBLE'" }
    }

    /// The value as it is shown as JSON; raised where that is not known.
    pub(super) fn shown(&self, emitter: &mut Emitter) -> String {
        let number = format!("{} IN ({})", self.kind(), self.written_numbers());
        self.shown_part(emitter, &self.compact(), &number, &self.as_written())
    }

    /// As [`Place::shown`], of a part of the document in its text without blanks.
    /// Where `number` holds, the value is a number; `otherwise` is what a part of `json` with blanks
    /// shows.
    pub(super) fn shown_part(
        &self,
        emitter: &mut Emitter,
        compact: &str,
        number: &str,
        otherwise: &str,
    ) -> String {
        let unknown = "error('the text of such JSON is not known')";
        if self.origin == Origin::Json {
            // A part of a document without blanks is written as the part itself.
            let whole = self.whole();
            return format!(
                "CASE WHEN {number} OR {whole} = {} THEN {compact} ELSE {otherwise} END",
                self.document_text(),
            );
        }
        let mut other = String::new();
        if self.origin == Origin::Taken {
            other.push_str(" OR contains(_text, '{') OR ");
            other.push_str(&sql_text::has_other_numbers("_text"));
        } else if emitter.shows_json() {
            other.push_str(" OR contains(_text, '{')");
        }
        sql_text::with(
            &sql_text::spaced(compact),
            "_text",
            &format!(r"CASE WHEN contains(_text, '\u00'){other} THEN {unknown} ELSE _text END"),
        )
    }

    /// The document without blanks.
    fn whole(&self) -> String {
        sql_text::unmarked(&format!("json({})", sql_text::marked(&self.document)))
    }

    /// The text of an array of scalars, as it stands in the document; raised where it cannot be told
    /// where that is.
    fn as_written(&self) -> String {
        let unknown = "error('the text of such JSON is not known')";
        let plain = |key: &&String| key.chars().all(|c| c.is_ascii_alphanumeric() || c == '_');
        let Some(key) = self.key.as_ref().filter(plain) else { return unknown.to_owned() };
        let text = self.document_text();
        let once = format!("len(regexp_extract_all({text}, '\"{key}\"\\s*:')) = 1");
        let value = format!("'\"{key}\"\\s*:\\s*(\\[[^\\[\\]{{}}\"]*\\])'");
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
        let body = if whens.is_empty() {
            format!("({value})")
        } else {
            format!("CASE {} ELSE {value} END", whens.join(" "))
        };
        Fragment::atom(match &self.value {
            Some(document) => sql_text::with(&document.text, VARIABLE, &body),
            None => body,
        })
    }
}
