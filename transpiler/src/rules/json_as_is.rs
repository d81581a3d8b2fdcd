//! What DuckDB itself makes of a place in a document: plain calls, each said once.

use super::json_path::Place;
use crate::fragment::{Fragment, Level};

impl Place {
    /// The text of what is there, as DuckDB writes it.
    pub(super) fn plain_text(&self) -> Fragment {
        self.plain(|document, path| {
            let path = path.unwrap_or("'$'");
            Fragment::new(format!("{} ->> {path}", document.at(Level::Atom)), Level::Or)
        })
    }

    /// What is there, as DuckDB writes it.
    pub(super) fn plain_value(&self) -> Fragment {
        self.plain(|document, path| match path {
            Some(path) => Fragment::atom(format!("json_extract({}, {path})", document.text)),
            None if self.is_text => Fragment::atom(format!("CAST({} AS JSON)", document.text)),
            None => document.clone(),
        })
    }

    /// The text of a scalar, as DuckDB writes it; nothing of objects and arrays.
    pub(super) fn plain_scalar(&self) -> Fragment {
        self.plain(|document, path| {
            let path = path.unwrap_or("'$'");
            Fragment::new(format!("json_value({}, {path}) ->> '$'", document.text), Level::Or)
        })
    }

    /// What kind of value is there, by DuckDB's name.
    pub(super) fn plain_kind(&self) -> Fragment {
        self.plain(|document, path| {
            Fragment::atom(match path {
                Some(path) => format!("json_type({}, {path})", document.text),
                None => format!("json_type({})", document.text),
            })
        })
    }

    /// The names of the members; none of what is no object.
    pub(super) fn plain_keys(&self) -> Fragment {
        self.plain(|document, path| {
            Fragment::atom(match path {
                Some(path) => format!("json_keys({}, {path})", document.text),
                None => format!("json_keys({})", document.text),
            })
        })
    }

    /// The elements of the array as DuckDB writes them, as texts or as JSON, unless one of `cases`
    /// holds. Of what is no array there are none.
    pub(super) fn plain_elements(&self, cases: &str, texts: bool) -> Option<Fragment> {
        let [path] = self.paths.as_slice() else { return None };
        let all = match path {
            None => "'$[*]'".to_owned(),
            Some(path) => format!("{}[*]'", path.strip_suffix('\'')?),
        };
        let list = |document: &Fragment| {
            if texts {
                Fragment::new(format!("{} ->> {all}", document.at(Level::Atom)), Level::Or)
            } else {
                Fragment::atom(format!("json_extract({}, {all})", document.text))
            }
        };
        Some(if cases.is_empty() {
            self.plain(|document, _| list(document))
        } else {
            let column = Fragment::atom(self.document.as_str());
            self.guarded(cases, &list(&column).at(Level::Atom))
        })
    }

    /// What `one` makes of document and path, of the path that is there.
    fn plain(&self, one: impl Fn(&Fragment, Option<&str>) -> Fragment) -> Fragment {
        let column = Fragment::atom(self.document.as_str());
        match (self.paths.as_slice(), &self.value) {
            // Said once, a document needs no name.
            ([path], Some(value)) if self.unknown.is_empty() => one(value, path.as_deref()),
            ([path], None) if self.unknown.is_empty() => one(&column, path.as_deref()),
            (paths, _) => {
                let all: Vec<Fragment> =
                    paths.iter().map(|path| one(&column, path.as_deref())).collect();
                let value = match all.as_slice() {
                    [only] => only.at(Level::Atom),
                    _ => Fragment::call("coalesce", &all).text,
                };
                self.guarded("", &value)
            }
        }
    }
}
