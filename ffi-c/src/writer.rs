//! Text into the caller's memory: measured first, and written only where the whole of it fits.

use core::fmt;
use core::mem::MaybeUninit;

use crate::types::{CORSAC_ERROR_BUFFER_TOO_SMALL, corsac_status};

/// Takes bytes, and counts them.
pub(crate) struct Writer<'m> {
    memory: &'m mut [MaybeUninit<u8>],
    length: usize,
}

impl Writer<'_> {
    /// Takes some bytes; what does not fit is counted only.
    pub(crate) fn put(&mut self, bytes: &[u8]) {
        let end = self.length.saturating_add(bytes.len());
        if let Some(place) = self.memory.get_mut(self.length..end) {
            for (to, byte) in place.iter_mut().zip(bytes) {
                to.write(*byte);
            }
        }
        self.length = end;
    }
}

impl fmt::Write for Writer<'_> {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        self.put(text.as_bytes());
        Ok(())
    }
}

/// Writes what `say` says, if it fits; without memory it is measured only. The length is told either way.
pub(crate) fn write(
    memory: Option<&mut [MaybeUninit<u8>]>,
    say: impl Fn(&mut Writer<'_>),
) -> (usize, Result<(), corsac_status>) {
    let mut measure = Writer { memory: &mut [], length: 0 };
    say(&mut measure);
    let length = measure.length;
    match memory {
        None => (length, Ok(())),
        Some(memory) if memory.len() < length => (length, Err(CORSAC_ERROR_BUFFER_TOO_SMALL)),
        Some(memory) => {
            say(&mut Writer { memory, length: 0 });
            (length, Ok(()))
        }
    }
}
