//! One direction of a connection, cut into the messages of PostgreSQL's protocol: a byte that tells the
//! kind, a length of four bytes that counts itself, and the body
//! (<https://www.postgresql.org/docs/17/protocol-message-formats.html>).

/// Longest body: what a length of 31 bits can say.
const HEAD_BYTES: usize = 5;

/// How much of a message is looked at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Want {
    /// Its kind and length alone.
    Head,
    /// Its body, up to so many bytes.
    Body(usize),
    /// All of its body, part by part.
    Parts,
}

/// A message. Of a longer body than was asked for there is the beginning.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Message<'m> {
    pub(super) kind: u8,
    pub(super) body: &'m [u8],
    /// Is the body more than that?
    pub(super) is_cut: bool,
}

/// Who is told of messages.
pub(super) trait Reader {
    /// A message of this kind begins, with so many bytes.
    fn begins(&mut self, kind: u8, length: usize) -> Want;
    /// More of a body that is wanted by parts.
    fn part(&mut self, bytes: &[u8]);
    /// A message was seen to its end.
    fn message(&mut self, message: Message<'_>);
}

/// The bytes are no messages of the protocol.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct NoFrame;

/// Where in the stream of messages the bytes are.
#[derive(Debug)]
pub(super) struct Frames {
    head: [u8; HEAD_BYTES],
    /// So many bytes of the head are there.
    headed: usize,
    /// So many bytes of the body are to come.
    rest: usize,
    length: usize,
    want: Want,
    /// The body, where it comes in more than one part.
    body: Vec<u8>,
}

impl Frames {
    pub(super) fn new() -> Self {
        Self {
            head: [0; HEAD_BYTES],
            headed: 0,
            rest: 0,
            length: 0,
            want: Want::Head,
            body: Vec::new(),
        }
    }

    /// Reads on. Bytes behind those that are no frame are not looked at.
    pub(super) fn feed(
        &mut self,
        mut bytes: &[u8],
        reader: &mut impl Reader,
    ) -> Result<(), NoFrame> {
        while !bytes.is_empty() {
            if self.headed < HEAD_BYTES {
                let missing = (HEAD_BYTES - self.headed).min(bytes.len());
                let (more, behind) = bytes.split_at(missing);
                if let Some(head) = self.head.get_mut(self.headed..self.headed + missing) {
                    head.copy_from_slice(more);
                }
                self.headed += missing;
                bytes = behind;
                if self.headed < HEAD_BYTES {
                    return Ok(());
                }
                let [kind, length @ ..] = self.head;
                let length = usize::try_from(i32::from_be_bytes(length)).map_err(|_| NoFrame)?;
                self.length = length.checked_sub(4).ok_or(NoFrame)?;
                self.rest = self.length;
                self.want = reader.begins(kind, self.length);
            }
            let here = self.rest.min(bytes.len());
            let (more, behind) = bytes.split_at(here);
            let is_first = self.rest == self.length;
            self.rest -= here;
            bytes = behind;
            match self.want {
                Want::Head => {}
                Want::Parts => reader.part(more),
                // Most messages lie in one piece.
                Want::Body(most) if is_first && self.rest == 0 => {
                    let kept = more.get(..most).unwrap_or(more);
                    self.ends(reader, kept);
                    continue;
                }
                Want::Body(most) => {
                    let kept = more.len().min(most.saturating_sub(self.body.len()));
                    self.body.extend_from_slice(more.get(..kept).unwrap_or_default());
                }
            }
            if self.rest == 0 {
                let mut body = std::mem::take(&mut self.body);
                self.ends(reader, &body);
                body.clear();
                // A long one would be kept by each connection.
                body.shrink_to(1 << 16);
                self.body = body;
            }
        }
        // A message without a body ends with its head.
        Ok(())
    }

    fn ends(&mut self, reader: &mut impl Reader, body: &[u8]) {
        let [kind, ..] = self.head;
        self.headed = 0;
        let is_cut = matches!(self.want, Want::Body(_)) && body.len() < self.length;
        reader.message(Message { kind, body, is_cut });
    }
}
