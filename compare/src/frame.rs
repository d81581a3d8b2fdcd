//! Lengths in front of what has one, so that canonical bytes end by themselves.

/// A tag, the length of `bytes` and the bytes.
pub(crate) fn framed(tag: u8, bytes: &[u8], out: &mut Vec<u8>) {
    out.push(tag);
    length(bytes.len(), out);
    out.extend_from_slice(bytes);
}

/// A length as eight bytes, the lowest first.
pub(crate) fn length(length: usize, out: &mut Vec<u8>) {
    // No platform has a usize wider than 64 bits.
    out.extend_from_slice(&u64::try_from(length).unwrap_or(u64::MAX).to_le_bytes());
}
