//! `Vary` of the application's and of the policy's as one value.

use corsac_core::missing_vary;

use crate::writer::Writer;

/// The members of a line, without the blanks around them and without empty ones.
fn members(line: &[u8]) -> impl Iterator<Item = &[u8]> {
    line.split(|byte| *byte == b',').map(<[u8]>::trim_ascii).filter(|member| !member.is_empty())
}

/// Writes the application's members as they are, and then those of the policy's that are not among them. `*` stands for all of
/// them, and alone.
pub(crate) fn merge(application: &[u8], policy: &[u8], to: &mut Writer<'_>) {
    if members(application).chain(members(policy)).any(|member| member == b"*") {
        to.put(b"*");
        return;
    }
    let mut separator: &[u8] = b"";
    for member in members(application).chain(missing_vary([application], policy)) {
        to.put(separator);
        to.put(member);
        separator = b", ";
    }
}
