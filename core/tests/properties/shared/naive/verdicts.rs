//! The verdicts beside CORS: section 5 of the design. Written from what is promised of them, field by field and entry by entry.

use corsac::{AbsentOrigin, FieldFault, Pass, Refusal, RequestField};

use super::headers::{is_token, trim};
use super::origin::{is_serialized_host, is_serialized_origin, takes};
use super::single::Single;
use crate::shared::options::Options;
use crate::shared::verdict_request::{VerdictRequest, slug};
use crate::shared::wire::WireRequest;

/// What a verdict comes to. Where several entries or names take something, the first one stands for all.
pub(crate) type Judged = Result<Pass, Refusal>;

/// The guard against cross-site requests, `ask` being the host's function for origins that no entry takes.
pub(crate) fn guard(options: &Options, request: &VerdictRequest, ask: impl FnMut(&[u8]) -> bool) -> Judged {
    let wire = &request.wire;
    if [&b"GET"[..], b"HEAD", b"OPTIONS", b"TRACE"].contains(&wire.method.as_slice()) {
        return Ok(Pass::SafeMethod);
    }
    let not_trusted = match browsers_word(wire)? {
        Some(Ok(pass)) => return Ok(pass),
        Some(Err(refusal)) => Some(refusal),
        None => None,
    };
    let pass = judge_origin(options, request, not_trusted, ask)?;
    if matches!(pass, Pass::Entry(_) | Pass::HostFunction) {
        check_content_type(options, wire)?;
    }
    Ok(pass)
}

/// What `Sec-Fetch-Site` says, if it is there: that the server's own page or the user asks, or that another page does.
fn browsers_word(wire: &WireRequest) -> Result<Option<Judged>, Refusal> {
    Ok(match Single::of(wire, "Sec-Fetch-Site", RequestField::FetchSite) {
        Single::Repeated => return Err(Refusal::FetchSiteRepeated),
        Single::Truncated => return Err(Refusal::FetchSiteTruncated),
        Single::Value(b"same-origin") => Some(Ok(Pass::SameOrigin)),
        Single::Value(b"none") => Some(Ok(Pass::UserInitiated)),
        Single::Value(b"cross-site") => Some(Err(Refusal::CrossSite)),
        Single::Value(b"same-site") => Some(Err(Refusal::SameSite)),
        Single::Value(_) => Some(Err(Refusal::FetchSiteUnknown)),
        Single::Absent => None,
    })
}

/// The origin of a WebSocket handshake; the browser's own word can only speak against it.
pub(crate) fn check_websocket(options: &Options, request: &VerdictRequest, ask: impl FnMut(&[u8]) -> bool) -> Judged {
    let not_trusted = browsers_word(&request.wire)?.and_then(Result::err);
    judge_origin(options, request, not_trusted, ask)
}

/// `not_trusted` is the reason for which an origin is refused that is not trusted, where `Sec-Fetch-Site` gives one.
fn judge_origin(
    options: &Options,
    request: &VerdictRequest,
    not_trusted: Option<Refusal>,
    mut ask: impl FnMut(&[u8]) -> bool,
) -> Judged {
    let origin = match Single::of(&request.wire, "Origin", RequestField::Origin) {
        Single::Repeated => return Err(Refusal::OriginRepeated),
        Single::Truncated => return Err(Refusal::OriginTruncated),
        Single::Value(origin) if origin.len() > 326 => return Err(Refusal::OriginTooLong),
        Single::Value(b"null") => return Err(Refusal::NullOriginNotTrusted),
        Single::Value(origin) => origin,
        Single::Absent => {
            return match not_trusted {
                Some(refusal) => Err(refusal),
                None if request.absent_origin == AbsentOrigin::Refuse => Err(Refusal::OriginMissing),
                None => Ok(Pass::NoOrigin),
            };
        }
    };
    let own_scheme = if not_trusted.is_some() { None } else { scheme_of_own_host(origin, &request.wire) };
    let is_by_scheme = |own: &String| request.scheme.is_none_or(|scheme| slug(scheme) == own.as_str());
    if own_scheme.as_ref().is_some_and(is_by_scheme) {
        return Ok(Pass::OwnHost);
    }
    // `*` trusts nobody.
    let any_origin = options.allow_origins == ["*"];
    if let Some(entry) = options.allow_origins.iter().position(|entry| !any_origin && takes(entry, origin)) {
        return Ok(Pass::Entry(entry));
    }
    if !options.static_origin && is_serialized_origin(origin) && ask(origin) {
        return Ok(Pass::HostFunction);
    }
    let of_own_host = if own_scheme.is_some() { Refusal::SchemeDiffers } else { Refusal::OriginNotTrusted };
    Err(not_trusted.unwrap_or(of_own_host))
}

/// The scheme of an http or https origin whose host and port are those of `Host`, where a proxy may have written the default port.
fn scheme_of_own_host(origin: &[u8], request: &WireRequest) -> Option<String> {
    let Single::Value(host) = Single::host(request) else {
        return None;
    };
    let [origin, host] = [origin, host].map(text);
    let (scheme, own) = origin.split_once("://")?;
    let default_port = match scheme {
        "http" => 80,
        "https" => 443,
        _ => return None,
    };
    let has_host = !own.is_empty() && !own.starts_with(':');
    let has_port = own.contains(':') && !own.ends_with(']');
    let is_own =
        host.eq_ignore_ascii_case(own) || !has_port && host.eq_ignore_ascii_case(&format!("{own}:{default_port}"));
    (is_own && has_host).then(|| scheme.to_owned())
}

/// The content type of a trusted request from another origin.
fn check_content_type(options: &Options, request: &WireRequest) -> Result<(), Refusal> {
    if options.allow_content_types.is_empty() {
        return Ok(());
    }
    let value = match Single::of(request, "Content-Type", RequestField::ContentType) {
        Single::Value(value) => value,
        Single::Absent => return Err(Refusal::ContentTypeMissing),
        Single::Repeated => return Err(Refusal::ContentTypeRepeated),
        Single::Truncated => return Err(Refusal::ContentTypeTruncated),
    };
    if value.len() > 8_192 {
        return Err(Refusal::ContentTypeTooLong);
    }
    let Some(essence) = essence(value) else {
        return Err(Refusal::ContentTypeMalformed);
    };
    let simple = [
        "text/plain",
        "application/x-www-form-urlencoded",
        "multipart/form-data",
        "application/csp-report",
        "application/expect-ct-report+json",
        "application/xss-auditor-report",
        "application/ocsp-request",
    ];
    if options.allow_content_types.iter().any(|listed| listed.to_ascii_lowercase() == essence) {
        Ok(())
    } else if simple.contains(&essence.as_str()) {
        Err(Refusal::ContentTypeSimple)
    } else {
        Err(Refusal::ContentTypeNotAllowed)
    }
}

/// Whether the list, which has entries, has the type in a value of `Content-Type`.
pub(crate) fn is_media_type_listed(options: &Options, value: &[u8]) -> bool {
    essence(value).is_some_and(|essence| options.allow_content_types.iter().any(|l| l.eq_ignore_ascii_case(&essence)))
}

/// <https://mimesniff.spec.whatwg.org/#parse-a-mime-type> as far as the essence, in lower case.
fn essence(value: &[u8]) -> Option<String> {
    let value = text(value);
    let blanks = [' ', '\t', '\r', '\n'];
    let essence = value.split(';').next().unwrap_or_default().trim_matches(blanks);
    let (kind, subtype) = essence.split_once('/')?;
    (is_token(kind.as_bytes()) && is_token(subtype.as_bytes())).then(|| essence.to_ascii_lowercase())
}

/// Whether the server is reached under the name in `Host`.
pub(crate) fn check_host(options: &Options, request: &VerdictRequest) -> Judged {
    let host = match Single::host(&request.wire) {
        Single::Value(host) => host,
        Single::Absent => return Err(Refusal::HostMissing),
        Single::Repeated => return Err(Refusal::HostRepeated),
        Single::Truncated => return Err(Refusal::HostTruncated),
    };
    if host.len() > 253 + ":65535".len() {
        return Err(Refusal::HostTooLong);
    }
    if let Some(entry) = options.allow_hosts.iter().position(|entry| host_takes(entry, host)) {
        return Ok(Pass::ListedHost(entry));
    }
    let takes = |name: &String| own_name_takes(name, host) && is_entry(&name.to_ascii_lowercase());
    if let Some(name) = request.own_names.iter().position(takes) {
        return Ok(Pass::OwnName(name));
    }
    Err(if is_host_and_port(host) { Refusal::HostNotAllowed } else { Refusal::HostMalformed })
}

/// Whether an entry of `allow_hosts`, which is valid, takes a value of `Host`.
pub(crate) fn host_takes(entry: &str, host: &[u8]) -> bool {
    let host = text(host).to_ascii_lowercase();
    let Some(name) = entry.strip_suffix(":*") else {
        return host == entry;
    };
    host == name
        || host
            .strip_prefix(name)
            .and_then(|port| port.strip_prefix(':'))
            .is_some_and(|digits| digits.parse::<u16>().is_ok_and(|number| number != 0 && number.to_string() == digits))
}

/// Whether a name that the device got at run time takes a value of `Host`: spelled as an entry, but in any case.
pub(crate) fn own_name_takes(name: &str, host: &[u8]) -> bool {
    host_takes(&name.to_ascii_lowercase(), host)
}

/// A name that the device got at run time counts where the operator could have written it.
fn is_entry(name: &str) -> bool {
    Options { allow_hosts: vec![name.to_owned()], ..Options::default() }.compile().is_ok()
}

/// A host that a browser can serialize, in any case and maybe with a dot behind it, and maybe a port.
fn is_host_and_port(value: &[u8]) -> bool {
    let value = text(value).to_ascii_lowercase();
    let end = value.find(']').filter(|_| value.starts_with('[')).unwrap_or(0);
    let (host, port) = match value[end..].find(':') {
        Some(colon) => value.split_at(end + colon),
        None => (value.as_str(), ":0"),
    };
    let digits = &port[1..];
    let is_port = (1..=5).contains(&digits.len())
        && digits.chars().all(|c| c.is_ascii_digit())
        && digits.parse::<u32>().is_ok_and(|number| number <= 65_535);
    is_port && is_serialized_host(host.strip_suffix('.').unwrap_or(host))
}

/// Whether the request opens a WebSocket, by HTTP/1.1 or by HTTP/2 and later.
pub(crate) fn is_websocket_handshake(request: &WireRequest) -> bool {
    let names_websocket = |value: &[u8]| {
        value.len() > 256
            || value.split(|&byte| byte == b',').any(|protocol| {
                let protocol = text(trim(protocol)).to_ascii_lowercase();
                protocol.split('/').next().is_some_and(|name| trim(name.as_bytes()) == b"websocket")
            })
    };
    match request.method.as_slice() {
        b"GET" => {
            request.values("Upgrade").any(names_websocket)
                || request.values("Sec-WebSocket-Key").next().is_some()
                || request.marks.contains(&(RequestField::Upgrade, FieldFault::Truncated))
        }
        b"CONNECT" => request.values(":protocol").any(|value| value.eq_ignore_ascii_case(b"websocket")),
        _ => false,
    }
}

/// One character for each byte.
fn text(bytes: &[u8]) -> String {
    bytes.iter().map(|&byte| char::from(byte)).collect()
}
