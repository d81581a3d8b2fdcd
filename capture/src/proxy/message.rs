//! What stands in the messages that a recording needs. A body that was cut, or that does not follow the
//! protocol, gives nothing.

/// Reads a body from its beginning.
#[derive(Debug, Clone, Copy)]
pub(super) struct Body<'b>(pub(super) &'b [u8]);

impl<'b> Body<'b> {
    /// Bytes up to a zero, which ends every text of the protocol.
    pub(super) fn text(&mut self) -> Option<&'b [u8]> {
        let end = memchr::memchr(0, self.0)?;
        let text = self.0.get(..end)?;
        self.0 = self.0.get(end + 1..)?;
        Some(text)
    }

    pub(super) fn byte(&mut self) -> Option<u8> {
        let (first, rest) = self.0.split_first()?;
        self.0 = rest;
        Some(*first)
    }

    fn array<const N: usize>(&mut self) -> Option<[u8; N]> {
        let (first, rest) = self.0.split_first_chunk()?;
        self.0 = rest;
        Some(*first)
    }

    fn count(&mut self) -> Option<usize> {
        self.array().map(|bytes| usize::from(u16::from_be_bytes(bytes)))
    }

    pub(super) fn int(&mut self) -> Option<i32> {
        self.array().map(i32::from_be_bytes)
    }

    fn oid(&mut self) -> Option<u32> {
        self.array().map(u32::from_be_bytes)
    }

    fn bytes(&mut self, length: usize) -> Option<&'b [u8]> {
        let (bytes, rest) = self.0.split_at_checked(length)?;
        self.0 = rest;
        Some(bytes)
    }
}

/// `Parse`: a statement gets a name.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Parse<'b> {
    pub(super) name: &'b [u8],
    pub(super) sql: &'b [u8],
    /// Of the first parameters; 0 where the server is to tell.
    pub(super) types: Vec<u32>,
    /// Is the text all that was sent?
    pub(super) is_whole: bool,
}

pub(super) fn parse(body: &[u8]) -> Option<Parse<'_>> {
    let mut body = Body(body);
    let name = body.text()?;
    let Some(sql) = body.text() else {
        return Some(Parse { name, sql: body.0, types: Vec::new(), is_whole: false });
    };
    let count = body.count()?;
    let types = (0..count).map(|_| body.oid()).collect::<Option<_>>()?;
    Some(Parse { name, sql, types, is_whole: true })
}

/// A parameter as it was bound.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Value {
    pub(super) is_binary: bool,
    /// Absent for NULL.
    pub(super) bytes: Option<Vec<u8>>,
}

/// What parameters take, in bytes.
pub(super) fn bytes_of(values: Option<&[Value]>) -> usize {
    let values = values.unwrap_or_default().iter();
    values.map(|value| size_of::<Value>() + value.bytes.as_ref().map_or(0, Vec::len)).sum()
}

/// `Bind`: a statement gets parameters, and becomes a portal.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Bind<'b> {
    pub(super) portal: &'b [u8],
    pub(super) statement: &'b [u8],
    /// Absent where the message was cut.
    pub(super) values: Option<Vec<Value>>,
}

pub(super) fn bind(body: &[u8]) -> Option<Bind<'_>> {
    let mut body = Body(body);
    let (portal, statement) = (body.text()?, body.text()?);
    Some(Bind { portal, statement, values: values(body) })
}

fn values(mut body: Body<'_>) -> Option<Vec<Value>> {
    let count = body.count()?;
    let formats = (0..count).map(|_| body.count()).collect::<Option<Vec<_>>>()?;
    let count = body.count()?;
    // None: all are texts; one: all are of that format.
    let format = |index: usize| match formats.as_slice() {
        [] => 0,
        [all] => *all,
        each => each.get(index).copied().unwrap_or_default(),
    };
    (0..count)
        .map(|index| {
            let bytes = match usize::try_from(body.int()?) {
                Ok(length) => Some(body.bytes(length)?.to_vec()),
                Err(_) => None,
            };
            Some(Value { is_binary: format(index) == 1, bytes })
        })
        .collect()
}

/// `Describe` and `Close`: of a statement (`S`) or a portal (`P`), and its name.
pub(super) fn named(body: &[u8]) -> Option<(u8, &[u8])> {
    let mut body = Body(body);
    Some((body.byte()?, body.text()?))
}

/// `Execute`: the portal. How many rows it may give at most is for the server.
pub(super) fn execute(body: &[u8]) -> Option<&[u8]> {
    Body(body).text()
}

/// `ParameterDescription`: the types of a statement's parameters.
pub(super) fn parameter_types(body: &[u8]) -> Option<Vec<u32>> {
    let mut body = Body(body);
    let count = body.count()?;
    (0..count).map(|_| body.oid()).collect()
}

/// `ErrorResponse`: the SQLSTATE.
pub(super) fn sqlstate(body: &[u8]) -> Option<&[u8]> {
    let mut body = Body(body);
    loop {
        match body.byte()? {
            0 => return None,
            b'C' => return body.text(),
            _ => {
                body.text()?;
            }
        }
    }
}

/// `CommandComplete`: the rows that its tag counts (`SELECT 5`, `INSERT 0 2`); absent for commands that
/// count none.
pub(super) fn rows(body: &[u8]) -> Option<u64> {
    let tag = Body(body).text()?;
    let last = tag.rsplit(|byte| *byte == b' ').next()?;
    if !tag.contains(&b' ') || last.is_empty() || !last.iter().all(u8::is_ascii_digit) {
        return None;
    }
    std::str::from_utf8(last).ok()?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_parse_has_a_name_a_text_and_types() {
        let parsed = parse(b"s1\0SELECT $1\0\0\x02\0\0\0\x17\0\0\0\0").unwrap();
        assert_eq!((parsed.name, parsed.sql), (&b"s1"[..], &b"SELECT $1"[..]));
        assert_eq!((parsed.types, parsed.is_whole), (vec![23, 0], true));
        let cut = parse(b"\0SELECT").unwrap();
        assert_eq!((cut.sql, cut.is_whole), (&b"SELECT"[..], false));
        assert_eq!(parse(b"s1\0SELECT\0\0\x02\0"), None);
    }

    #[test]
    fn formats_hold_for_none_for_all_or_for_each() {
        let of = |formats: &[u8]| {
            let mut body = b"p\0s\0".to_vec();
            body.extend(formats);
            body.extend(b"\0\x02\0\0\0\x01x\xff\xff\xff\xff\0\0");
            bind(&body).unwrap().values.unwrap()
        };
        let value =
            |is_binary, bytes: Option<&[u8]>| Value { is_binary, bytes: bytes.map(<[u8]>::to_vec) };
        assert_eq!(of(b"\0\0"), [value(false, Some(b"x")), value(false, None)]);
        assert_eq!(of(b"\0\x01\0\x01"), [value(true, Some(b"x")), value(true, None)]);
        assert_eq!(of(b"\0\x02\0\0\0\x01"), [value(false, Some(b"x")), value(true, None)]);
        // A length beyond the message is no value.
        let cut = b"p\0s\0\0\0\0\x01\0\0\0\x09abc";
        assert_eq!(bind(cut).unwrap().values, None);
    }

    #[test]
    fn tags_count_rows_or_none() {
        for (tag, expected) in [
            (&b"SELECT 5\0"[..], Some(5)),
            (b"INSERT 0 2\0", Some(2)),
            (b"COPY 18446744073709551615\0", Some(u64::MAX)),
            (b"BEGIN\0", None),
            (b"CREATE TABLE\0", None),
            (b"SELECT \0", None),
            (b"SELECT 5", None),
        ] {
            assert_eq!(rows(tag), expected, "{tag:?}");
        }
    }

    #[test]
    fn an_error_has_a_state() {
        let body = b"SERROR\0VERROR\0C22012\0Mdivision by zero\0\0";
        assert_eq!(sqlstate(body), Some(&b"22012"[..]));
        assert_eq!(sqlstate(b"SERROR\0\0"), None);
        assert_eq!(sqlstate(b"SERR"), None);
    }
}
