//! What must not matter to the verdicts beside CORS.

use corsac::{Pass, Question, Refusal, RequestField};

use super::verdicts::Four;
use crate::shared::fault::{Checked, Fault};
use crate::shared::options::Valid;
use crate::shared::verdict_request::VerdictRequest;

/// Field order among different names, the case of names, and fields that none of them looks at: `respelled` is `request` but for
/// these.
pub(crate) fn spelling_does_not_matter_to_verdicts(
    valid: &Valid,
    request: &VerdictRequest,
    respelled: &VerdictRequest,
) -> Checked {
    let policy = valid.policy();
    let (mut first, mut second) = (Four::of(&policy, request), Four::of(&policy, respelled));
    for four in [&mut first, &mut second] {
        // Of a `Host` and an `:authority` that differ in case, any may be named.
        four.host.2.iter_mut().for_each(|subject| subject.make_ascii_lowercase());
    }
    if first == second {
        return Ok(());
    }
    let what = format!(
        "the order of fields, the case of their names or a field that does not matter changes a verdict\n\
         first: {first:?}\nthen:  {second:?}"
    );
    let fault = Fault::new(what).with_verdict(&valid.options, request, None, None);
    Err(fault.with_verdict(&valid.options, respelled, None, None))
}

const ORIGIN: (&str, RequestField) = ("Origin", RequestField::Origin);
const HOST: (&str, RequestField) = ("Host", RequestField::Host);
const AUTHORITY: (&str, RequestField) = (":authority", RequestField::Host);
const FETCH_SITE: (&str, RequestField) = ("Sec-Fetch-Site", RequestField::FetchSite);
const CONTENT_TYPE: (&str, RequestField) = ("Content-Type", RequestField::ContentType);

/// A field that a verdict does not look at may as well be absent: each in the order in which the guard decides.
pub(crate) fn unlooked_fields_do_not_matter(valid: &Valid, request: &VerdictRequest) -> Checked {
    let policy = valid.policy();
    let four = Four::of(&policy, request);
    let fault = |question: Question, other: &VerdictRequest| {
        let what = "a field that is not looked at changes the verdict";
        let fault = Fault::new(what).with_verdict(&valid.options, request, Some(question), None);
        Err(fault.with_verdict(&valid.options, other, Some(question), None))
    };

    let is_told = request.wire.values(FETCH_SITE.0).next().is_some();
    let unlooked = match four.guard.0 {
        Ok(Pass::SafeMethod) => &[FETCH_SITE, ORIGIN, HOST, AUTHORITY, CONTENT_TYPE][..],
        Ok(Pass::SameOrigin | Pass::UserInitiated) | Err(Refusal::FetchSiteRepeated | Refusal::FetchSiteTruncated) => {
            &[ORIGIN, HOST, AUTHORITY, CONTENT_TYPE]
        }
        Ok(Pass::Entry(_) | Pass::HostFunction) | Err(_) if is_told => &[HOST, AUTHORITY],
        Ok(Pass::OwnHost | Pass::NoOrigin) => &[CONTENT_TYPE],
        _ => &[],
    };
    let other = without(request, unlooked);
    if Four::of(&policy, &other).guard.0 != four.guard.0 {
        return fault(Question::Guard, &other);
    }

    let mut other = without(request, &[CONTENT_TYPE]);
    other.wire.method = b"POST".to_vec();
    if Four::of(&policy, &other).websocket != four.websocket {
        return fault(Question::WebSocket, &other);
    }

    let mut other = without(request, &[ORIGIN, FETCH_SITE, CONTENT_TYPE]);
    other.scheme = None;
    other.wire.method = b"GET".to_vec();
    if Four::of(&policy, &other).host != four.host {
        return fault(Question::Host, &other);
    }
    Ok(())
}

/// The request without these fields, and without what the server knows of them.
fn without(request: &VerdictRequest, fields: &[(&str, RequestField)]) -> VerdictRequest {
    let mut other = request.clone();
    for (name, field) in fields {
        other.wire.remove(name);
        other.wire.marks.retain(|(marked, _)| marked != field);
    }
    other
}
