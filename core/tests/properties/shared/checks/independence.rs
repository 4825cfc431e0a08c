//! What must not matter to a decision.

use corsac::FieldName;

use crate::shared::fault::{Checked, Fault};
use crate::shared::naive::is_token;
use crate::shared::options::Valid;
use crate::shared::wire::{Answer, WireRequest};

/// Field order, the case of field names, and fields that are none of corsac's: `respelled` is `request` but for these.
pub(crate) fn spelling_does_not_matter(valid: &Valid, request: &WireRequest, respelled: &WireRequest) -> Checked {
    let policy = valid.policy();
    let (first, second) = (request.decide(&policy), respelled.decide(&policy));
    if first == second {
        return Ok(());
    }
    let what = "the order of fields, the case of their names or a field that does not matter changes the answer";
    Err(Fault::new(what).with(&valid.options, request, Some(&first)).with(&valid.options, respelled, Some(&second)))
}

/// Blanks, empty elements, the case of names, the order of names and the number of lines in
/// `Access-Control-Request-Headers`: the list gets the verdict of its tidiest spelling, in which each name comes once.
///
/// Says nothing of a list that is past a cap or malformed.
pub(crate) fn blanks_do_not_matter(valid: &Valid, request: &WireRequest) -> Checked {
    const NAME: &str = "Access-Control-Request-Headers";
    let names: Vec<Vec<u8>> = request
        .values(NAME)
        .flat_map(|line| line.split(|&byte| byte == b','))
        .map(|element| element.trim_ascii().to_ascii_lowercase())
        .filter(|name| !name.is_empty())
        .collect();
    if !names.iter().all(|name| is_token(name)) {
        return Ok(());
    }
    let mut sorted = names;
    sorted.sort_unstable();
    sorted.dedup();
    let mut tidy = request.clone();
    tidy.remove(NAME);
    if !sorted.is_empty() {
        tidy = tidy.with(NAME, &sorted.join(&b','));
    }
    let policy = valid.policy();
    let (first, second) = (request.decide(&policy), tidy.decide(&policy));
    let is_past_a_cap = |answer: &Answer| answer.refusal.is_some_and(|refusal| refusal.slug().starts_with("headers-"));
    if is_past_a_cap(&first) || is_past_a_cap(&second) || same_but_for_echo(&first, &second) {
        return Ok(());
    }
    let what = "blanks, empty elements, case or order in the requested list change the answer";
    Err(Fault::new(what).with(&valid.options, request, Some(&first)).with(&valid.options, &tidy, Some(&second)))
}

/// Equal, where a list that is echoed counts by its names.
fn same_but_for_echo(first: &Answer, second: &Answer) -> bool {
    let others = |answer: &Answer| {
        let fields = answer.fields.iter().filter(|(name, ..)| *name != FieldName::AllowHeaders).cloned();
        (answer.kind, answer.refusal, answer.status, fields.collect::<Vec<_>>())
    };
    let names = |answer: &Answer| {
        let elements = answer.values(FieldName::AllowHeaders).flat_map(|line| line.split(|&byte| byte == b','));
        let mut names: Vec<_> = elements.map(|name| name.trim_ascii().to_ascii_lowercase()).collect();
        names.retain(|name| !name.is_empty());
        names.sort_unstable();
        names.dedup();
        names
    };
    others(first) == others(second) && names(first) == names(second)
}
