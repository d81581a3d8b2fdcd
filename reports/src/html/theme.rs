//! Style and script of the page, and the policy that lets nothing else run.

use model::Digest;

const LIGHT: &str = include_str!("light.css");
const DARK: &str = include_str!("dark.css");
const STYLE: &str = include_str!("style.css");

/// The script of the page; every page works without it.
pub(super) const SCRIPT: &str = include_str!("script.js");

/// The style sheet: light, dark where the reader's system asks for it, and either where the
/// reader chose it.
pub(super) fn style() -> String {
    let dark_by_system = format!(
        "@media (prefers-color-scheme: dark) {{ :root:not([data-theme=light]) {{ {DARK} }} }}"
    );
    let chosen = format!(":root[data-theme=dark] {{ {DARK} }}");
    squeeze(&format!(":root {{ {LIGHT} }}\n{dark_by_system}\n{chosen}\n{STYLE}"))
}

/// The content security policy: no resource from anywhere, and no script but [`SCRIPT`].
pub(super) fn policy() -> String {
    format!(
        "default-src 'none'; img-src data:; style-src 'unsafe-inline'; \
         script-src 'sha256-{}'; base-uri 'none'; form-action 'none'",
        base64(&bytes(Digest::of_bytes(SCRIPT.as_bytes()).as_str()))
    )
}

/// Without indentation and empty lines.
fn squeeze(css: &str) -> String {
    css.lines().map(str::trim).filter(|line| !line.is_empty()).collect::<Vec<_>>().join("\n")
}

fn bytes(hex: &str) -> Vec<u8> {
    let digits: Vec<u8> = hex.chars().filter_map(|c| u8::try_from(c.to_digit(16)?).ok()).collect();
    digits.chunks(2).map(|pair| pair.iter().fold(0, |byte, digit| byte * 16 + digit)).collect()
}

/// RFC 4648, section 4.
fn base64(bytes: &[u8]) -> String {
    const ALPHABET: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut text = String::new();
    for chunk in bytes.chunks(3) {
        let padded = chunk.iter().chain(&[0, 0]).take(3);
        let bits = padded.fold(0_usize, |bits, byte| bits << 8 | usize::from(*byte));
        for (i, shift) in [18, 12, 6, 0].into_iter().enumerate() {
            let digit = ALPHABET.get(bits >> shift & 63).filter(|_| i <= chunk.len());
            text.push(digit.map_or('=', |digit| char::from(*digit)));
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn base64_follows_the_rfc() {
        for (input, output) in [
            ("", ""),
            ("f", "Zg=="),
            ("fo", "Zm8="),
            ("foo", "Zm9v"),
            ("foob", "Zm9vYg=="),
            ("fooba", "Zm9vYmE="),
            ("foobar", "Zm9vYmFy"),
        ] {
            assert_eq!(base64(input.as_bytes()), output);
        }
        assert_eq!(bytes("00ff1a"), [0, 255, 26]);
    }

    #[test]
    fn nothing_is_loaded_from_anywhere() {
        for text in [style().as_str(), SCRIPT] {
            for outside in ["http:", "https:", "//", "src=", "@import", "url(", "fetch(", "XMLHttp"]
            {
                assert!(!text.contains(outside), "{outside}");
            }
        }
    }

    /// Relative luminance of `#rrggbb`: WCAG 2.2, <https://www.w3.org/TR/WCAG22/#dfn-relative-luminance>.
    fn luminance(color: &str) -> f64 {
        let channel = |at: usize| {
            let c =
                f64::from(u8::from_str_radix(color.get(at..at + 2).unwrap(), 16).unwrap()) / 255.0;
            if c <= 0.040_45 { c / 12.92 } else { ((c + 0.055) / 1.055).powf(2.4) }
        };
        0.2126 * channel(1) + 0.7152 * channel(3) + 0.0722 * channel(5)
    }

    fn contrast(theme: &str, ink: &str, ground: &str) -> f64 {
        let color = |name: &str| {
            let start = theme.find(&format!("--{name}: ")).unwrap_or_else(|| panic!("no {name}"));
            luminance(theme.get(start + name.len() + 4..).unwrap())
        };
        let (a, b) = (color(ink), color(ground));
        (a.max(b) + 0.05) / (a.min(b) + 0.05)
    }

    #[test]
    fn text_has_the_contrast_of_wcag_aa() {
        let verdicts =
            ["match", "tolerated", "silent", "loud", "inconclusive", "skipped", "pending"];
        for (name, theme) in [("light", LIGHT), ("dark", DARK)] {
            let mut pairs: Vec<(String, String)> = Vec::new();
            for ground in ["bg", "panel", "soft"] {
                for ink in ["ink", "dim", "link"] {
                    pairs.push((ink.into(), ground.into()));
                }
            }
            for verdict in verdicts {
                pairs.push((verdict.into(), format!("{verdict}-bg")));
                pairs.push((verdict.into(), "panel".into()));
            }
            for ground in ["del", "ins", "del-soft", "ins-soft"] {
                pairs.push(("ink".into(), ground.into()));
            }
            for ground in ["del-soft", "ins-soft", "panel"] {
                pairs.push(("mark".into(), ground.into()));
            }
            for (ink, ground) in pairs {
                let found = contrast(theme, &ink, &ground);
                assert!(found >= 4.5, "{name}: {ink} on {ground} has {found:.2}");
            }
        }
    }
}
