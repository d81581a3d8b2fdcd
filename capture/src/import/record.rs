//! One record of a source, by the columns that its importer asks for.

use std::str;

/// A column that an importer reads.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Wanted {
    /// As the source calls it; case does not count.
    pub(crate) name: &'static str,
    /// Is a file without it none of this source?
    pub(crate) is_needed: bool,
}

/// A column without which nothing can be read.
pub(crate) const fn needed(name: &'static str) -> Wanted {
    Wanted { name, is_needed: true }
}

/// A column that older versions, or shorter exports, do not have.
pub(crate) const fn optional(name: &'static str) -> Wanted {
    Wanted { name, is_needed: false }
}

/// Why a record cannot be read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Unreadable(pub(crate) String);

impl Unreadable {
    pub(crate) fn new(why: impl Into<String>) -> Self {
        Self(why.into())
    }
}

/// The fields of a record, in the order of the columns that were asked for.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Record<'r> {
    wanted: &'r [Wanted],
    bytes: &'r [u8],
    /// Where each field lies; nothing for NULL and for a column that is not there.
    places: &'r [Option<(usize, usize)>],
}

impl<'r> Record<'r> {
    pub(crate) fn new(
        wanted: &'r [Wanted],
        bytes: &'r [u8],
        places: &'r [Option<(usize, usize)>],
    ) -> Self {
        Self { wanted, bytes, places }
    }

    /// A field, by the place of its column; nothing where it is NULL or empty.
    ///
    /// # Errors
    /// It is no UTF-8.
    pub(crate) fn get(&self, column: usize) -> Result<Option<&'r str>, Unreadable> {
        let Some(&Some((start, end))) = self.places.get(column) else { return Ok(None) };
        let bytes = self.bytes.get(start..end).unwrap_or_default();
        if bytes.is_empty() {
            return Ok(None);
        }
        str::from_utf8(bytes).map(Some).map_err(|_| {
            let name = self.wanted.get(column).map_or("?", |wanted| wanted.name);
            Unreadable(format!("`{name}` is no UTF-8"))
        })
    }

    /// A field that each record has to have.
    ///
    /// # Errors
    /// It is not there, or no UTF-8.
    pub(crate) fn need(&self, column: usize) -> Result<&'r str, Unreadable> {
        self.get(column)?.ok_or_else(|| {
            let name = self.wanted.get(column).map_or("?", |wanted| wanted.name);
            Unreadable(format!("`{name}` is empty"))
        })
    }
}

/// Gathers the fields of a record that come one by one.
#[derive(Debug, Default)]
pub(crate) struct Fields {
    bytes: Vec<u8>,
    places: Vec<Option<(usize, usize)>>,
}

impl Fields {
    /// None yet, of so many.
    pub(crate) fn clear(&mut self, columns: usize) {
        self.bytes.clear();
        self.places.clear();
        self.places.resize(columns, None);
    }

    /// Sets a field.
    pub(crate) fn set(&mut self, column: usize, text: &[u8]) {
        let start = self.bytes.len();
        self.bytes.extend_from_slice(text);
        if let Some(place) = self.places.get_mut(column) {
            *place = Some((start, self.bytes.len()));
        }
    }

    /// All of them.
    pub(crate) fn record<'r>(&'r self, wanted: &'r [Wanted]) -> Record<'r> {
        Record::new(wanted, &self.bytes, &self.places)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const WANTED: [Wanted; 3] = [needed("a"), optional("b"), needed("c")];

    #[test]
    fn fields_are_found_by_the_place_of_their_column() {
        let mut fields = Fields::default();
        fields.clear(3);
        fields.set(2, b"see");
        fields.set(0, b"");
        let record = fields.record(&WANTED);
        assert_eq!(record.get(2), Ok(Some("see")));
        assert_eq!((record.get(0), record.get(1), record.get(7)), (Ok(None), Ok(None), Ok(None)));
        assert_eq!(record.need(0), Err(Unreadable::new("`a` is empty")));
        fields.clear(3);
        fields.set(1, &[0xff]);
        assert_eq!(fields.record(&WANTED).get(1), Err(Unreadable::new("`b` is no UTF-8")));
    }
}
