//! How names are stored.

use super::Names;
use sqlparser::ast::Ident;

/// The name as it is compared here: the unquoted spelling is in lower case for every dialect but
/// those where case always counts.
pub(crate) fn fold(ident: &Ident, names: Names) -> String {
    stored(&ident.value, ident.quote_style.is_some(), names)
}

/// The same for a name that a catalog lists, as the engine stores it.
pub(crate) fn stored(name: &str, quoted: bool, names: Names) -> String {
    let keep = match names {
        Names::FoldLower => quoted,
        // Written in upper case it is the same object as unquoted.
        Names::FoldUpper => quoted && name.chars().any(char::is_lowercase),
        Names::Insensitive | Names::AlwaysLower => false,
        Names::Exact => true,
    };
    // Letters beyond ASCII are lowered by `to_lowercase` alone, which is slower.
    if keep || name.bytes().all(|b| b.is_ascii_lowercase() || b == b'_' || b.is_ascii_digit()) {
        return name.to_owned();
    }
    if name.is_ascii() { name.to_ascii_lowercase() } else { name.to_lowercase() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_meet() {
        let fold = |ident: Ident, names| fold(&ident, names);
        let quoted = |text: &str| Ident::with_quote('"', text);
        assert_eq!(fold(Ident::new("Ab"), Names::FoldLower), "ab");
        assert_eq!(fold(quoted("Ab"), Names::FoldLower), "Ab");
        assert_eq!(fold(quoted("AB"), Names::FoldUpper), "ab");
        assert_eq!(fold(quoted("Ab"), Names::FoldUpper), "Ab");
        assert_eq!(fold(quoted("Ab"), Names::Insensitive), "ab");
        assert_eq!(fold(quoted("Ab"), Names::AlwaysLower), "ab");
        assert_eq!(fold(Ident::new("Ab"), Names::Exact), "Ab");
    }
}
