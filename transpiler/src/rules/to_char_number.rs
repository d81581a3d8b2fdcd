//! Rule `TR0223`, `numbers as text by a format`.

use crate::{
    emit::{Emitter, text_literal},
    fragment::{Fragment, fill},
    rule::{Emit, Fidelity, Rule, duckdb, refused},
    targets::Target,
};
use sql::{
    Type,
    tree::{Expr, ExprKind},
};

pub(crate) static RULE: Rule = Rule {
    code: "TR0223",
    name: "numbers as text by a format",
    fidelity: Fidelity::Exact,
    constructs: &["to_char"],
    page: "\
A format of digits, with commas each three and a point, perhaps behind `FM`, with a sign (`S`, `MI`) and with `$`, `%` or quoted text around it, is written out: the rounded digits, the groups, the sign and the padding. A number that does not fit gives `#`, as on PostgreSQL. Other tokens are refused, and floats of more than 15 digits raised.",
    emit,
    examples: &[
        duckdb(
            "SELECT to_char(n, 'FM999,990.00') AS c FROM t",
            "SELECT CASE WHEN length(split_part(CAST(abs(CAST(round(CAST(n AS DECIMAL(38, 2)), 2) AS DECIMAL(38, 2))) AS VARCHAR), '.', 1)) > 6 THEN CASE WHEN CAST(round(CAST(n AS DECIMAL(38, 2)), 2) AS DECIMAL(38, 2)) < 0 THEN '-' ELSE '' END || '###,###.##' ELSE CASE WHEN CAST(round(CAST(n AS DECIMAL(38, 2)), 2) AS DECIMAL(38, 2)) < 0 THEN '-' ELSE '' END || reverse(regexp_replace(regexp_replace(reverse(CASE WHEN length(split_part(CAST(abs(CAST(round(CAST(n AS DECIMAL(38, 2)), 2) AS DECIMAL(38, 2))) AS VARCHAR), '.', 1)) < 1 THEN lpad(split_part(CAST(abs(CAST(round(CAST(n AS DECIMAL(38, 2)), 2) AS DECIMAL(38, 2))) AS VARCHAR), '.', 1), 1, '0') ELSE split_part(CAST(abs(CAST(round(CAST(n AS DECIMAL(38, 2)), 2) AS DECIMAL(38, 2))) AS VARCHAR), '.', 1) END), '([0-9]{3})', '\\1,', 'g'), ',$', '')) || right(CAST(CAST(round(CAST(n AS DECIMAL(38, 2)), 2) AS DECIMAL(38, 2)) AS VARCHAR), 3) END AS c\nFROM t",
        ),
        duckdb(
            "SELECT to_char(i, '000') AS c FROM t",
            "SELECT CASE WHEN length(split_part(CAST(abs(CAST(round(CAST(i AS DECIMAL(38, 0)), 0) AS DECIMAL(38, 0))) AS VARCHAR), '.', 1)) > 3 THEN lpad(CASE WHEN CAST(round(CAST(i AS DECIMAL(38, 0)), 0) AS DECIMAL(38, 0)) < 0 THEN '-' ELSE '' END || '###', 4, ' ') ELSE lpad(CASE WHEN CAST(round(CAST(i AS DECIMAL(38, 0)), 0) AS DECIMAL(38, 0)) < 0 THEN '-' ELSE '' END || CASE WHEN length(split_part(CAST(abs(CAST(round(CAST(i AS DECIMAL(38, 0)), 0) AS DECIMAL(38, 0))) AS VARCHAR), '.', 1)) < 3 THEN lpad(split_part(CAST(abs(CAST(round(CAST(i AS DECIMAL(38, 0)), 0) AS DECIMAL(38, 0))) AS VARCHAR), '.', 1), 3, '0') ELSE split_part(CAST(abs(CAST(round(CAST(i AS DECIMAL(38, 0)), 0) AS DECIMAL(38, 0))) AS VARCHAR), '.', 1) END, 4, ' ') END AS c\nFROM t",
        ),
        refused(Target::DuckDb, "SELECT to_char(n, '9.99EEEE') AS c FROM t"),
        duckdb(
            "SELECT to_char(i, 'FMS9') AS c FROM t",
            "SELECT CASE WHEN length(split_part(CAST(abs(CAST(round(CAST(i AS DECIMAL(38, 0)), 0) AS DECIMAL(38, 0))) AS VARCHAR), '.', 1)) > 1 THEN CASE WHEN CAST(round(CAST(i AS DECIMAL(38, 0)), 0) AS DECIMAL(38, 0)) < 0 THEN '-' ELSE '+' END || '#' ELSE CASE WHEN CAST(round(CAST(i AS DECIMAL(38, 0)), 0) AS DECIMAL(38, 0)) < 0 THEN '-' ELSE '+' END || split_part(CAST(abs(CAST(round(CAST(i AS DECIMAL(38, 0)), 0) AS DECIMAL(38, 0))) AS VARCHAR), '.', 1) END AS c\nFROM t",
        ),
        refused(Target::DuckDb, "SELECT to_char(f, '9PR') AS c FROM t"),
    ],
};

fn emit(emitter: &mut Emitter, expr: &Expr) -> Emit<Option<Fragment>> {
    let Some(call) = expr.call() else { return Ok(None) };
    let [value, format] = call.args.as_slice() else { return Ok(None) };
    let Some(format) = format.text().and_then(read) else { return Ok(None) };
    let value = match &value.kind {
        ExprKind::Coerce { expr } if expr.ty.is_integer() => expr,
        _ => value,
    };
    let float = value.ty == Type::Float8;
    let engine = emitter.target();
    if float && engine == Target::DataFusion && format.fraction > 5 {
        return Ok(None);
    }
    // Rounded half away from zero, with exactly the digits of the format. Of a float the digits are
    // written out first, as the C library does.
    let (rounded, negative) = if float && engine == Target::DataFusion {
        (super::round_exact::decimal(format.fraction), "{0} < 0".to_owned())
    } else if float {
        let text = format!("format('{{:.{}f}}', {{0}})", format.fraction);
        (
            format!("CAST({text} AS DECIMAL(38, {}))", format.fraction),
            format!("starts_with({text}, '-')"),
        )
    } else {
        let Some(shape) = value.ty.decimal_shape().filter(|shape| shape.precision <= 38) else {
            return Ok(None);
        };
        let scale = format.fraction.min(shape.scale);
        let rounded = match engine {
            Target::DataFusion if scale == shape.scale => format!(
                "CAST(CAST({{0}} AS DECIMAL(38, {scale})) AS DECIMAL(38, {}))",
                format.fraction
            ),
            Target::DataFusion | Target::DuckDb | Target::Postgres => format!(
                "CAST(round(CAST({{0}} AS DECIMAL(38, {})), {scale}) AS DECIMAL(38, {}))",
                shape.scale, format.fraction
            ),
        };
        (rounded.clone(), format!("{rounded} < 0"))
    };
    let digits = format!("split_part(CAST(abs({rounded}) AS VARCHAR), '.', 1)");
    // Digits before the first `0` of the format are left out where they are zeros.
    let shown = match (format.needed, format.fraction) {
        (0, 0) => digits.clone(),
        // With all digits dropped one zero is left.
        (0, _) if format.kept == 0 => {
            format!("CASE WHEN {digits} = '0' AND {rounded} <> 0 THEN '' ELSE {digits} END")
        }
        (0, _) => format!("CASE WHEN {digits} = '0' THEN '' ELSE {digits} END"),
        (needed, _) => format!(
            "CASE WHEN length({digits}) < {needed} THEN lpad({digits}, {needed}, '0') ELSE {digits} END"
        ),
    };
    let grouped = if format.groups {
        format!(
            "reverse(regexp_replace(regexp_replace(reverse({shown}), '([0-9]{{3}})', '{}', 'g'), ',$', ''))",
            if engine == Target::DuckDb { "\\1," } else { "$1," }
        )
    } else {
        shown
    };
    let fraction = match format.fraction {
        0 => String::new(),
        count if format.kept < count => format!(
            " || left(right(CAST({rounded} AS VARCHAR), {0}), {1}) || rtrim(right(CAST({rounded} AS VARCHAR), {2}), '0')",
            count + 1,
            format.kept + 1,
            count - format.kept
        ),
        count => format!(" || right(CAST({rounded} AS VARCHAR), {})", count + 1),
    };
    let sign = format.sign.written(&negative, format.fill);
    let whole = |number: &str| format.around(number, &sign);
    let text = format!(
        "CASE WHEN length({digits}) > {} THEN {} ELSE {} END",
        format.whole,
        whole(&format!("'{}'", format.hashes)),
        whole(&format!("{grouped}{fraction}"))
    );
    // PostgreSQL writes 15 digits of a float.
    let text = if float && engine == Target::DataFusion {
        // Whether it is a half to the digit is not known.
        let digits = format!("abs({{0}}) * CAST('1e{}' AS DOUBLE)", format.fraction);
        let condition = format!(
            "NOT abs({{0}}) < CAST('1e{}' AS DOUBLE) OR {digits} - trunc({digits}) = CAST('0.5' AS DOUBLE)",
            15 - format.fraction
        );
        emitter.raise_if_of(std::slice::from_ref(value), &condition, &text)
    } else if float {
        format!(
            "CASE WHEN abs({{0}}) >= 1e{} THEN error('a float of more than 15 digits') ELSE {text} END",
            15 - format.fraction
        )
    } else {
        text
    };
    let value = emitter.expr(value)?;
    Ok(Some(fill(&text, &[value])))
}

/// Where the sign stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Sign {
    /// Before the number, where it is negative.
    Minus,
    /// `S` in front: always.
    Before,
    /// `S` behind: always.
    Behind,
    /// `MI` behind: where the number is negative, else a blank.
    MinusBehind,
}

impl Sign {
    fn written(self, negative: &str, fill: bool) -> String {
        let positive = match self {
            Self::Minus => "",
            Self::Before | Self::Behind => "+",
            Self::MinusBehind if fill => " ",
            Self::MinusBehind => "",
        };
        format!("CASE WHEN {negative} THEN '-' ELSE '{positive}' END")
    }
}

/// What a format asks for.
struct Format {
    /// Digits before the point, and those that are written even where they are zeros.
    whole: u32,
    needed: u32,
    /// Digits behind the point.
    fraction: u32,
    /// Digits behind the point that are written even where they are zeros.
    kept: u32,
    groups: bool,
    /// Padded with blanks to its whole length.
    fill: bool,
    /// The format with `#` for each digit.
    hashes: String,
    sign: Sign,
    /// Text before and behind it.
    before: String,
    behind: String,
}

impl Format {
    /// A number with its sign, its padding and the text around it.
    fn around(&self, number: &str, sign: &str) -> String {
        let in_front = matches!(self.sign, Sign::Minus | Sign::Before);
        let signed = if in_front { format!("{sign} || {number}") } else { number.to_owned() };
        let padded = if self.fill {
            format!("lpad({signed}, {}, ' ')", self.hashes.len() + usize::from(in_front))
        } else {
            signed
        };
        let signed = if in_front { padded } else { format!("{padded} || {sign}") };
        let mut parts = vec![signed];
        if !self.before.is_empty() {
            parts.insert(0, text_literal(&self.before));
        }
        if !self.behind.is_empty() {
            parts.push(text_literal(&self.behind));
        }
        parts.join(" || ")
    }
}

/// Takes text off an end of a format: `$`, `%` or text in quotes.
fn around_text(body: &str) -> Option<(String, &str, String)> {
    let mut before = String::new();
    let mut rest = body;
    while let Some(c) = rest.chars().next().filter(|c| "$%\"".contains(*c)) {
        rest = rest.get(1..)?;
        if c == '"' {
            let (text, after) = rest.split_once('"')?;
            before.push_str(text);
            rest = after;
        } else {
            before.push(c);
        }
    }
    let at = rest.find(['$', '%', '"']).unwrap_or(rest.len());
    let (number, mut tail) = rest.split_at_checked(at)?;
    let mut behind = String::new();
    while let Some(c) = tail.chars().next() {
        tail = tail.get(1..)?;
        match c {
            '$' | '%' => behind.push(c),
            '"' => {
                let (text, after) = tail.split_once('"')?;
                behind.push_str(text);
                tail = after;
            }
            _ => return None,
        }
    }
    let plain = |text: &str| !text.contains(['\\', '{', '}']);
    (plain(&before) && plain(&behind)).then_some((before, number, behind))
}

fn read(format: &str) -> Option<Format> {
    let (fill, body) = match format.strip_prefix("FM") {
        Some(body) => (false, body),
        None => (true, format),
    };
    let (text_before, body, text_behind) = around_text(body)?;
    let (sign, body) = if let Some(body) = body.strip_prefix('S') {
        (Sign::Before, body)
    } else if let Some(body) = body.strip_suffix('S') {
        (Sign::Behind, body)
    } else if let Some(body) = body.strip_suffix("MI") {
        (Sign::MinusBehind, body)
    } else {
        (Sign::Minus, body)
    };
    let body = body.replace('G', ",").replace('D', ".");
    let (before, behind) = body.split_once('.').unwrap_or((body.as_str(), ""));
    let digits: String = before.chars().filter(|c| *c != ',').collect();
    let is_digit = |c: char| c == '0' || c == '9';
    let groups = before.contains(',');
    // A comma stands before each three digits, or nowhere.
    let placed = before.rsplit(',').enumerate().all(|(index, group)| {
        let first = index == before.matches(',').count();
        group.len() == 3 || (first && (1..3).contains(&group.len())) || !groups
    });
    let fine = !digits.is_empty()
        && digits.len() <= 18
        && behind.len() <= 12
        && digits.chars().all(is_digit)
        && behind.chars().all(is_digit)
        && (!body.contains('.') || !behind.is_empty())
        && placed;
    if !fine {
        return None;
    }
    // `FM` drops the zeros that a `9` behind the point would show.
    let kept = if fill { behind.len() } else { behind.rfind('0').map_or(0, |at| at + 1) };
    let needed = digits.find('0').map_or(0, |at| digits.len() - at);
    Some(Format {
        whole: u32::try_from(digits.len()).ok()?,
        needed: u32::try_from(needed).ok()?,
        fraction: u32::try_from(behind.len()).ok()?,
        kept: u32::try_from(kept).ok()?,
        groups,
        fill,
        sign,
        before: text_before,
        behind: text_behind,
        hashes: body.chars().map(|c| if is_digit(c) { '#' } else { c }).collect(),
    })
}
