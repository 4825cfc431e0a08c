//! Designs that were weighed against what the core does, each in its simplest form: how an origin is found among many, and how the names
//! that a preflight asks for are checked. What was taken stands among them, without the rest of `decide`.

pub mod names;
pub mod origins;

/// A hash as the core's is one: eight bytes at a time, the halves of a product folded.
fn hash(text: &[u8]) -> u64 {
    let fold = |state: u64, word: u64| {
        let product = u128::from(state ^ word).wrapping_mul(0x9e37_79b9_7f4a_7c15);
        (product as u64) ^ (product >> 64) as u64
    };
    let mut chunks = text.chunks_exact(8);
    let whole = chunks.by_ref().map(|chunk| u64::from_le_bytes(chunk.try_into().expect("eight bytes")));
    let state = whole.fold(text.len() as u64, fold);
    let mut last = [0; 8];
    last[..chunks.remainder().len()].copy_from_slice(chunks.remainder());
    fold(fold(state, u64::from_le_bytes(last)), 0xc2b2_ae3d_27d4_eb4f)
}
