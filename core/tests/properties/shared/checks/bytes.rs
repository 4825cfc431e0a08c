//! What a response may consist of.

use crate::shared::fault::{Checked, ensure};
use crate::shared::wire::{Answer, WireRequest};

/// Every value is a piece of the request, of the policy's image or one of three constants, and holds nothing but visible
/// ASCII and blanks, which do not stand at its ends.
pub(super) fn bytes_are_accounted_for(image: &[u8], request: &WireRequest, answer: &Answer) -> Checked {
    for (name, value, _) in &answer.fields {
        let name = name.as_str();
        let is_legal = |byte: &u8| matches!(byte, b' '..=b'~' | b'\t');
        ensure!(value.iter().all(is_legal), "{name} holds an illegal byte: {}", value.escape_ascii());
        ensure!(!value.is_empty() && value.trim_ascii() == value, "{name} is empty or has blanks around it");
        let is_constant = [&b"true"[..], b"*", b"Origin"].contains(&value.as_slice());
        let holds_it = |text: &[u8]| text.windows(value.len()).any(|window| window == value.as_slice());
        let is_of_the_request = request.fields.iter().any(|(_, sent)| holds_it(sent));
        let is_of_the_policy = holds_it(image);
        ensure!(
            is_constant || is_of_the_request || is_of_the_policy,
            "{name} comes from nowhere: {}",
            value.escape_ascii()
        );
    }
    Ok(())
}
