//! `DC0209`: texts that are escaped.

use super::{
    cause::{About, CellCause, Level, PairKind, Parameter, Support, Words},
    pair::{Pair, views},
    traits::Traits,
};

pub(crate) static CAUSE: CellCause = CellCause {
    about: About {
        code: "DC0209",
        name: "escapes",
        page: "\
One side has the other's texts escaped: for HTML (`&amp;`), for a URL (`%20`, `+`), with backslashes
(`\\n` as two characters), or quoted as in CSV (`\"a\"\"b\"`). It is recognised by taking the
escapes away. It comes of an export that nobody read back by the same rules, of a literal whose
backslash means nothing to the other engine, or of texts that were escaped twice.

Correct the export or the load. In a query, backslashes are a matter of the dialect: write `E'…'` in
PostgreSQL where they escape. No tolerance speaks for it.",
    },
    kinds: &[PairKind::Text],
    level: Level::Specific,
    support: Support::Any,
    explain,
    words,
    join: None,
};

const NAMES: [&str; 4] = ["HTML", "URL", "backslashes", "quotes"];
/// Longer texts are not taken apart.
const BYTES_MAX: usize = 1 << 20;

fn explain(pair: &Pair<'_>, found: &mut Vec<Parameter>) {
    let Some(texts) = pair.texts() else { return };
    let [x, y] = pair.traits();
    if !x.or(y).has(Traits::ESCAPE) {
        return;
    }
    for (side, own, other) in views(texts) {
        if own.len() <= other.len() && !own.contains('+') || own.len() > BYTES_MAX {
            continue;
        }
        let plain = [
            own.contains('&').then(|| html(own)),
            own.contains(['%', '+']).then(|| url(own)).flatten(),
            own.contains('\\').then(|| backslashes(own)),
            own.starts_with('"').then(|| quotes(own)).flatten(),
        ];
        let form = plain.iter().position(|plain| plain.as_deref() == Some(other.as_bytes()));
        if let Some(form) = form.and_then(|form| u8::try_from(form).ok()) {
            found.push(Parameter::of_side(side).form(form));
            return;
        }
    }
}

fn html(text: &str) -> Vec<u8> {
    const NAMED: [(&str, char); 7] = [
        ("amp", '&'),
        ("lt", '<'),
        ("gt", '>'),
        ("quot", '"'),
        ("apos", '\''),
        ("nbsp", '\u{a0}'),
        ("euro", '€'),
    ];
    let numbered = |name: &str| {
        let digits = name.strip_prefix('#')?;
        let code = match digits.strip_prefix(['x', 'X']) {
            Some(hex) => u32::from_str_radix(hex, 16),
            None => digits.parse(),
        };
        char::from_u32(code.ok()?)
    };
    let mut out = String::with_capacity(text.len());
    let mut parts = text.split('&');
    out.push_str(parts.next().unwrap_or_default());
    for part in parts {
        let escaped = part.split_once(';').and_then(|(name, rest)| {
            let named = NAMED.iter().find(|(known, _)| *known == name).map(|(_, c)| *c);
            Some((named.or_else(|| numbered(name))?, rest))
        });
        if let Some((c, rest)) = escaped {
            out.push(c);
            out.push_str(rest);
        } else {
            out.push('&');
            out.push_str(part);
        }
    }
    out.into_bytes()
}

fn url(text: &str) -> Option<Vec<u8>> {
    let mut out = Vec::with_capacity(text.len());
    let mut bytes = text.bytes();
    let hex = |byte: u8| char::from(byte).to_digit(16);
    while let Some(byte) = bytes.next() {
        out.push(match byte {
            b'%' => u8::try_from(hex(bytes.next()?)? * 16 + hex(bytes.next()?)?).ok()?,
            b'+' => b' ',
            other => other,
        });
    }
    Some(out)
}

fn backslashes(text: &str) -> Vec<u8> {
    let mut out = Vec::with_capacity(text.len());
    let mut bytes = text.bytes();
    while let Some(byte) = bytes.next() {
        out.push(match byte {
            b'\\' => match bytes.next() {
                Some(b'n') => b'\n',
                Some(b'r') => b'\r',
                Some(b't') => b'\t',
                Some(b'0') => 0,
                Some(other) => other,
                None => b'\\',
            },
            other => other,
        });
    }
    out
}

fn quotes(text: &str) -> Option<Vec<u8>> {
    let inner = text.strip_prefix('"')?.strip_suffix('"')?;
    Some(inner.replace("\"\"", "\"").into_bytes())
}

fn words(parameter: Parameter, _: &str) -> Words {
    let name = NAMES.get(usize::from(parameter.form)).copied().unwrap_or_default();
    let side = parameter.the_side();
    let how = match parameter.form {
        0 | 1 => format!("escaped for {name}"),
        _ => format!("escaped with {name}"),
    };
    Words {
        parameter: parameter.told(name),
        says: format!("{how} on {side}"),
        remedy: format!("take the escapes away where the data of {side} is exported or loaded"),
    }
}

#[cfg(test)]
mod tests {
    use crate::causes::testing::{assert_silent, assert_told, texts};

    #[test]
    fn each_escape_is_told() {
        let cells = [("a &amp; b", "a & b"), ("&lt;p&gt; &#8364;&#x41;", "<p> €A")];
        assert_told(&texts(&cells), &[("DC0209", "legacy: HTML", 2)]);
        let cells = [("a b/é", "a%20b%2Fé"), ("a b", "a+b"), ("é", "%C3%A9")];
        assert_told(&texts(&cells), &[("DC0209", "governed: URL", 3)]);
        assert_told(&texts(&[("a\nb", "a\\nb")]), &[("DC0209", "governed: backslashes", 1)]);
        assert_told(&texts(&[("\"a\"\"b\"", "a\"b")]), &[("DC0209", "legacy: quotes", 1)]);
    }

    #[test]
    fn near_misses() {
        let cells =
            [("a &amp; b", "a & c"), ("100%", "100"), ("%zz", "z"), ("a\\", "a"), ("\"", "")];
        assert_silent("DC0209", &texts(&cells));
    }
}
