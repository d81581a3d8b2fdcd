//! Rule `TR0711`, `JSON by patterns`.

use super::json_path::{self, Step};
use crate::{
    emit::{Emitter, text_literal},
    fragment::{Fragment, fill},
    rule::{Emit, Fidelity, Rule, refused},
    targets::Target,
};
use sql::{
    Type,
    json::Constant,
    tree::{Expr, ExprKind, Literal},
};

pub(crate) static RULE: Rule = Rule {
    code: "TR0711",
    name: "JSON by patterns",
    fidelity: Fidelity::Exact,
    constructs: &[
        "->",
        "#>",
        "json_at",
        "->>",
        "#>>",
        "json_scalar",
        "json_typeof",
        "jsonb_typeof",
        "json_array_length",
        "jsonb_array_length",
        "json_valid",
    ],
    page: "\
DataFusion has no functions of JSON: a value is found by a pattern that knows objects, arrays and strings, nested up to seven times. Deeper documents, keys with escapes, and strings with `\\u` are raised.",
    emit,
    examples: &[refused(Target::DataFusion, "SELECT jb ->> x AS v FROM t")],
};

const BLANK: &str = r"[ \t\n\r]*";
const STRING: &str = r#""(?:[^"\\]|\\.)*""#;
const SCALAR: &str = r#"[^\[\]\x7b\x7d", \t\n\r]+"#;

/// How deep arrays and objects stand in each other.
const DEPTH: usize = 7;

fn emit(emitter: &mut Emitter, expr: &Expr) -> Emit<Option<Fragment>> {
    let Some(call) = expr.call().filter(|_| emitter.target() == Target::DataFusion) else {
        return Ok(None);
    };
    match (call.name, call.args.as_slice()) {
        ("json_valid", [text]) => {
            let reduced = reduced();
            let template = emitter.raise_if_of(
                std::slice::from_ref(text),
                &format!("regexp_like({reduced}, '{INNERMOST}')"),
                &format!(
                    r"CASE WHEN regexp_like({{0}}, '[\x02\x03]') THEN FALSE ELSE regexp_like({reduced}, '^[\x02\x03]$') END"
                ),
            );
            Ok(Some(fill(&template, &[emitter.expr(text)?])))
        }
        ("->" | "#>" | "json_at" | "->>" | "#>>" | "json_scalar", [_, _]) => {
            let Some(place) = Place::find(expr) else { return Ok(None) };
            place.read(emitter, call.name).map(Some)
        }
        (name, [value]) => {
            let Some(place) = Place::find(value) else { return Ok(None) };
            place.about(emitter, name.trim_start_matches("jsonb_").trim_start_matches("json_"))
        }
        _ => Ok(None),
    }
}

/// A text read as a document: the text itself, an error where it is none or too deep to be known.
pub(crate) fn read(emitter: &mut Emitter, text: &Expr) -> Emit<Fragment> {
    let reduced = reduced();
    let condition =
        format!(r"regexp_like({{0}}, '[\x02\x03]') OR NOT regexp_like({reduced}, '^[\x02\x03]$')");
    let template = emitter.raise_if_of(std::slice::from_ref(text), &condition, "{0}");
    let shown = emitter.expr(text)?;
    let read = fill(&template, &[shown]);
    Ok(Fragment::atom(emitter.made_by(&RULE, text.span, &read.text)))
}

/// A place in a document that is JSON for sure, or a text that is read as such.
struct Place<'e> {
    root: &'e Expr,
    /// Last first.
    steps: Vec<Step<'e>>,
    /// Is it `jsonb`, which writes numbers in its own way?
    canonical: bool,
    /// Steps at the end that are taken as one: `#>>` of `json` goes back to an equal key before, where
    /// what follows is not in the last one.
    joined: usize,
}

impl<'e> Place<'e> {
    fn find(expr: &'e Expr) -> Option<Self> {
        let (steps, root, taken) = json_path::way(expr)?;
        let known = steps.iter().all(|step| {
            matches!(
                step,
                Step::Key(_) | Step::Member(_) | Step::Item(0..=50) | Step::Either(0..=50)
            ) || matches!(step, Step::ItemOrMember(0..=50) | Step::Index(0..=50))
        });
        // A position in a scalar is one of its own for `jsonb`.
        let canonical = taken || root.ty == Type::Jsonb;
        let fine = !canonical || !steps.iter().any(|step| matches!(step, Step::Index(_)));
        let (joined, alone) = joined(expr);
        let joined = if canonical { steps.len().min(1) } else { joined };
        (known && fine && (canonical || alone)).then_some(Self { root, steps, canonical, joined })
    }

    /// The document, and where nothing is known of it.
    fn document(&self, emitter: &mut Emitter) -> Emit<Option<(Fragment, String)>> {
        let escaped = r#"regexp_like({0}, '\\[^"]*"[ \t\n\r]*:')"#;
        let nested = format!("NOT regexp_like({{0}}, '^{BLANK}{}{BLANK}$') OR {escaped}", value());
        Ok(match &self.root.kind {
            ExprKind::Column { .. } => Some((emitter.expr(self.root)?, nested)),
            ExprKind::Literal(Literal::Typed(text)) => match sql::json::read(text) {
                Constant::Value(canonical) => {
                    let text = if self.canonical { &canonical } else { text };
                    Some((Fragment::atom(text_literal(text)), nested))
                }
                _ => None,
            },
            ExprKind::Cast { expr: text } if text.ty.is_text() => {
                let reduced = reduced();
                let condition = format!(
                    r"regexp_like({{0}}, '[\x02\x03]') OR NOT regexp_like({reduced}, '^[\x02\x03]$') OR {escaped}"
                );
                Some((emitter.expr(text)?, condition))
            }
            _ => None,
        })
    }

    /// The value at the place, as it is written.
    fn raw(&self, capture: &str) -> String {
        let (before, last) = self.last();
        taken(&before, &last, capture)
    }

    /// What stands before the last steps, and the pattern up to their value.
    fn last(&self) -> (String, String) {
        let (last, before) = self.steps.split_at_checked(self.joined).unwrap_or_default();
        let document = before
            .iter()
            .rev()
            .fold("{0}".to_owned(), |text, step| taken(&text, &pattern(&[step]), &value()));
        (document, pattern(&last.iter().rev().collect::<Vec<_>>()))
    }

    fn read(&self, emitter: &mut Emitter, name: &str) -> Emit<Fragment> {
        let span = self.root.span;
        let Some((document, condition)) = self.document(emitter)? else {
            return emitter.refuse("this document has no known translation", span);
        };
        let is_text = !matches!(name, "->" | "#>" | "json_at");
        if !is_text {
            if self.canonical && !matches!(self.root.kind, ExprKind::Column { .. }) {
                return emitter.refuse("a value of such a document is not known", span);
            }
            let template = emitter.raise_if_of(
                std::slice::from_ref(self.root),
                &condition,
                &self.raw(&value()),
            );
            return Ok(fill(&template, &[document]));
        }
        // Without the quote at its end.
        let inside = r#""(?:[^"\\]|\\.)*"#;
        let capture = format!("(?:{inside}|{}|{SCALAR})", nested());
        let found = self.raw(&capture);
        let found = if name == "json_scalar" {
            format!(r"regexp_replace({found}, '(?s)^[\[\x7b].*$', 'null')")
        } else {
            found
        };
        let text = [
            (r"\\", "chr(1)"),
            ("\\\"", "'\"'"),
            (r"\/", "'/'"),
            (r"\n", "chr(10)"),
            (r"\t", "chr(9)"),
            (r"\r", "chr(13)"),
            (r"\b", "chr(8)"),
            (r"\f", "chr(12)"),
        ]
        .iter()
        .fold(format!("ltrim(nullif({found}, 'null'), '\"')"), |text, (escape, letter)| {
            format!("replace({text}, '{escape}', {letter})")
        });
        let text = format!(r"replace({text}, chr(1), '\')");
        // What is not known of a value: its letters by number, the escapes in what is nested, and how
        // `jsonb` writes it.
        let mut odd = vec![format!(r#""(?:[^"\\]|\\.)*\\u"#)];
        let own = emitter.is_postgres() && matches!(self.root.kind, ExprKind::Column { .. });
        if name != "json_scalar" {
            odd.push(if self.canonical && !own {
                r"[\[\x7b]".to_owned()
            } else {
                r"[\[\x7b][^\\]*\\".to_owned()
            });
        }
        if self.canonical && !own {
            odd.push(r"-?[0-9.]+[eE]".to_owned());
            odd.push(r"-0[.]?0*(?:[^0-9.]|$)".to_owned());
        }
        let (before, last) = self.last();
        let condition =
            format!("{condition} OR regexp_like({before}, '{last}(?:{})')", odd.join("|"));
        let template = emitter.raise_if_of(std::slice::from_ref(self.root), &condition, &text);
        Ok(fill(&template, &[document]))
    }

    fn about(&self, emitter: &mut Emitter, what: &str) -> Emit<Option<Fragment>> {
        let Some((document, condition)) = self.document(emitter)? else { return Ok(None) };
        let (condition, text) = match what {
            // What else is done with it may raise in rows that another condition leaves out.
            "typeof" if self.canonical && !emitter.is_postgres() && emitter.is_filtering() => {
                return Ok(None);
            }
            "typeof" => (
                condition,
                format!(
                    r#"CASE strpos(concat(chr(123), '["tfn'), left({}, 1)) WHEN 0 THEN 'number' WHEN 1 THEN 'object' WHEN 2 THEN 'array' WHEN 3 THEN 'string' WHEN 4 THEN 'boolean' WHEN 5 THEN 'boolean' WHEN 6 THEN 'null' END"#,
                    self.raw(&value())
                ),
            ),
            "array_length" => {
                let array = self.raw(&value());
                let inside = format!(r"regexp_replace({array}, '^\[|\]$', '', 'g')");
                let plain = format!("regexp_replace({inside}, '{STRING}|{}', 'v', 'g')", nested());
                (
                    format!("{condition} OR left({array}, 1) <> '['"),
                    format!(
                        r"CASE WHEN {array} IS NOT NULL THEN CAST(regexp_count({plain}, '[^, \t\n\r]+') AS INT) END"
                    ),
                )
            }
            _ => return Ok(None),
        };
        let template = emitter.raise_if_of(std::slice::from_ref(self.root), &condition, &text);
        Ok(Some(fill(&template, &[document])))
    }
}

/// What is listed of a document.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Listed {
    /// The elements of an array, or the values of an object.
    Values,
    /// The keys of an object.
    Keys,
    /// The positions of the elements of an array, from 1.
    Places,
}

/// Which documents have something listed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Of {
    /// Arrays; of others there is none.
    Arrays,
    /// Arrays; others are an error.
    ArraysAlone,
    /// Objects.
    Objects,
    /// Both.
    Both,
}

/// An array of what is in a document, NULL where nothing is; nothing where the document is not known.
/// No document holds the character that what is listed is parted by.
pub(crate) fn listed(
    emitter: &mut Emitter,
    document: &Expr,
    what: Listed,
    of: Of,
) -> Emit<Option<Fragment>> {
    let Some(place) = Place::find(document) else { return Ok(None) };
    let column = matches!(place.root.kind, ExprKind::Column { .. });
    let Some((text, condition)) = place.document(emitter)?.filter(|_| column) else {
        return Ok(None);
    };
    let all = place.raw(&value());
    let inside = format!(r"regexp_replace({all}, '^[\[\x7b]{BLANK}|{BLANK}[\]\x7d]$', '', 'g')");
    let parted = |before: &str, part: &str, behind: &str| {
        let each = format!("{before}({part}){behind}{BLANK}(?:,{BLANK}|$)");
        let marked = format!(r"regexp_replace({inside}, '{each}', concat('\1', chr(1)), 'g')");
        format!(r"string_to_array(regexp_replace({marked}, '\x01$', ''), chr(1))")
    };
    let elements = parted("", &value(), "");
    let key = r#"(?:[^"\\]|\\.)*"#;
    let behind_key = format!("\"{BLANK}:{BLANK}");
    let keys = parted("\"", key, &format!("{behind_key}{}", value()));
    let values = parted(&format!("\"{key}{behind_key}"), &value(), "");
    let array = match what {
        Listed::Values => Some(elements.clone()),
        Listed::Keys => None,
        Listed::Places => Some(format!("range(1, CAST(cardinality({elements}) AS BIGINT) + 1)")),
    };
    let object = match what {
        Listed::Values => Some(values),
        Listed::Keys => Some(keys.clone()),
        Listed::Places => None,
    };
    let mut condition = condition;
    let mut cases = Vec::new();
    if let Some(array) = array.filter(|_| of != Of::Objects) {
        cases.push(format!("WHEN '[' THEN {array}"));
    }
    if let Some(object) = object.filter(|_| matches!(of, Of::Objects | Of::Both)) {
        cases.push(format!("WHEN chr(123) THEN {object}"));
        // Which of equal keys counts is not the same everywhere.
        condition = format!(
            "{condition} OR CASE left({all}, 1) WHEN chr(123) THEN cardinality(array_distinct({keys})) < cardinality({keys}) ELSE FALSE END"
        );
    }
    if of == Of::ArraysAlone {
        condition = format!("{condition} OR left({all}, 1) <> '['");
    }
    if cases.is_empty() {
        return Ok(None);
    }
    let list = format!("CASE left({all}, 1) {} END", cases.join(" "));
    let template = emitter.raise_if_of(std::slice::from_ref(place.root), &condition, &list);
    let made = fill(&template, &[text]);
    Ok(Some(Fragment::atom(emitter.made_by(&RULE, document.span, &made.text))))
}

/// What a pattern with a value behind it takes out of a text.
fn taken(text: &str, before: &str, capture: &str) -> String {
    format!("array_element(regexp_match({text}, '{before}({capture})'), 1)")
}

/// How many steps at its end are taken as one, and are there no others like that inside?
fn joined(expr: &Expr) -> (usize, bool) {
    let several = |expr: &Expr| match expr.call().map(|call| (call.name, call.args.as_slice())) {
        Some(("#>" | "#>>", [_, keys])) => match &keys.kind {
            ExprKind::Array(keys) => keys.len(),
            _ => 1,
        },
        Some((name, _)) if name.starts_with("json") => 1,
        Some(("->" | "->>", _)) => 1,
        _ => 0,
    };
    let mut base = expr;
    let mut alone = true;
    while let Some([inner, _]) = base.call().map(|call| call.args.as_slice()) {
        base = inner;
        alone &= several(base) < 2;
    }
    (several(expr), alone)
}

/// The pattern of everything before the value that these steps lead to.
fn pattern(steps: &[&Step<'_>]) -> String {
    let steps: Vec<String> = steps.iter().map(|step| before(step)).collect();
    format!("^{BLANK}{}", steps.concat())
}

fn before(step: &Step<'_>) -> String {
    let inside = inside(DEPTH - 1);
    // The last of equal keys counts, or the first.
    let key = |key: &str, last: bool| {
        let before = if last { format!("(?:{inside},)?") } else { format!("(?:{inside}?,)??") };
        format!("\\x7b{before}{BLANK}\"{}\"{BLANK}:{BLANK}", escaped(key))
    };
    let item = |index: u32| {
        let element = format!("(?:[^\\[\\]\\x7b\\x7d\",]|{STRING}|{})*", nested());
        match index {
            0 => format!(r"\[{BLANK}"),
            index => format!(r"\[(?:{element},){{{index}}}{BLANK}"),
        }
    };
    match step {
        Step::Key(name) => key(name, true),
        Step::Member(name) => key(name, false),
        Step::Item(index) => item(*index),
        Step::Index(index) => item(u32::try_from(*index).unwrap_or_default()),
        Step::Either(index) => format!("(?:{}|{})", key(&index.to_string(), true), item(*index)),
        Step::ItemOrMember(index) => {
            format!("(?:{}|{})", key(&index.to_string(), false), item(*index))
        }
        Step::NotOfObjects(_) | Step::Any(_) => String::new(),
    }
}

/// Everything between braces or brackets that are closed inside.
fn inside(depth: usize) -> String {
    let nested = match depth.checked_sub(1) {
        Some(less) => format!(r"|[\[\x7b]{}[\]\x7d]", inside(less)),
        None => String::new(),
    };
    format!("(?:[^\\[\\]\\x7b\\x7d\"]|{STRING}{nested})*")
}

fn nested() -> String {
    format!(r"[\[\x7b]{}[\]\x7d]", inside(DEPTH - 1))
}

fn value() -> String {
    format!("(?:{STRING}|{}|{SCALAR})", nested())
}

/// A key in a pattern in a constant.
fn escaped(key: &str) -> String {
    let mut out = String::with_capacity(key.len());
    for c in key.chars() {
        if c.is_ascii_punctuation() && c != '_' {
            out.push('\\');
        }
        out.push(c);
        if c == '\'' {
            out.push(c);
        }
    }
    out
}

/// An array or an object of scalars, in which strings and other scalars are one letter each.
const INNERMOST: &str =
    r"\[(?:[\x02\x03](?:,[\x02\x03])*)?\]|\x7b(?:\x02:[\x02\x03](?:,\x02:[\x02\x03])*)?\x7d";

/// A text in which what is JSON has become one letter, from the inside.
fn reduced() -> String {
    let strings = r#"regexp_replace({0}, '"(?:[^"\\\x00-\x1f]|\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4}))*"', chr(2), 'g')"#;
    let scalars = format!(
        "regexp_replace({strings}, '-?(?:0|[1-9][0-9]*)(?:[.][0-9]+)?(?:[eE][+-]?[0-9]+)?|true|false|null', chr(3), 'g')"
    );
    let bare = format!(r"regexp_replace({scalars}, '[ \t\n\r]+', '', 'g')");
    (0..DEPTH).fold(bare, |text, _| format!("regexp_replace({text}, '{INNERMOST}', chr(3), 'g')"))
}
