//! Pages that make a browser send something, in every way there is.

use corsac_browser::{BodyInit, Enctype, FetchMetadata, PageRequest, ReferrerPolicy, ReportType, Way};

use super::calls::page_origin;
use super::verdicts::{own_origin, stranger, unsafe_method};
use super::words::{flip_case, header_name};
use crate::shared::naive::is_serialized_origin;
use crate::shared::options::Options;
use crate::shared::source::Source;

/// A page of the very origin that it asks.
pub(crate) fn own_page(source: &mut Source<'_>, options: &Options) -> PageRequest {
    let own = own_origin(source, options);
    page_request(source, options, &own, &own)
}

/// A page of an origin that the policy may list, and most often does.
pub(crate) fn listed_page(source: &mut Source<'_>, options: &Options) -> PageRequest {
    let own = own_origin(source, options);
    let page = page_origin(source, options);
    page_request(source, options, &page, &own)
}

/// A page of an origin that is near the server's, opaque, or anything else.
pub(crate) fn strange_page(source: &mut Source<'_>, options: &Options) -> PageRequest {
    let own = own_origin(source, options);
    let page = match source.below(10) {
        0 => "null".to_owned(),
        1 => page_origin(source, options),
        _ => stranger(source, &own),
    };
    page_request(source, options, &page, &own)
}

fn page_request(source: &mut Source<'_>, options: &Options, page: &str, own: &str) -> PageRequest {
    // What no browser serializes is the origin of no page.
    let page = if is_serialized_origin(page.as_bytes()) { page } else { "null" };
    let way = way(source, options);
    let url = if way == Way::WebSocket && source.one_in(2) { own.replacen("http", "ws", 1) } else { own.to_owned() };
    let metadata = if source.percent(60) { FetchMetadata::Known } else { FetchMetadata::Unknown };
    PageRequest::new(page, &url, way).referrer_policy(referrer_policy(source)).fetch_metadata(metadata)
}

fn referrer_policy(source: &mut Source<'_>) -> ReferrerPolicy {
    let policies = [
        ReferrerPolicy::StrictOriginWhenCrossOrigin,
        ReferrerPolicy::NoReferrer,
        ReferrerPolicy::NoReferrerWhenDowngrade,
        ReferrerPolicy::SameOrigin,
        ReferrerPolicy::Origin,
        ReferrerPolicy::StrictOrigin,
        ReferrerPolicy::OriginWhenCrossOrigin,
        ReferrerPolicy::UnsafeUrl,
    ];
    policies[source.below(policies.len())]
}

fn way(source: &mut Source<'_>, options: &Options) -> Way {
    match source.below(16) {
        0..=1 => {
            let enctypes = [Enctype::UrlEncoded, Enctype::Multipart, Enctype::TextPlain];
            Way::FormPost(enctypes[source.below(3)])
        }
        2..=7 => Way::CorsFetch { method: page_method(source, options), headers: headers(source, options) },
        8..=9 => Way::NoCorsFetch { method: page_method(source, options), headers: headers(source, options) },
        10..=11 => Way::Beacon(body(source, options)),
        12 => Way::WebSocket,
        13 => Way::Report(ReportType::ALL[source.below(4)]),
        14 => Way::FormGet,
        _ => source.choose(&[Way::Link, Way::UserNavigation]).cloned().unwrap_or(Way::Link),
    }
}

fn page_method(source: &mut Source<'_>, options: &Options) -> String {
    match source.choose(&options.allow_methods) {
        Some(listed) if listed != "*" && source.percent(40) => listed.clone(),
        _ => unsafe_method(source),
    }
}

/// Headers that a page sets, among them those that a browser does not let it set.
fn headers(source: &mut Source<'_>, options: &Options) -> Vec<corsac_browser::Header> {
    let mut headers = Vec::new();
    if source.percent(70) {
        let value = content_type(source, options);
        headers.push(("Content-Type".to_owned(), value.into_bytes()));
    }
    for _ in 0..source.below(3) {
        let listed = source.choose(&options.allow_headers).filter(|listed| *listed != "*" && source.one_in(2));
        let name = listed.cloned().unwrap_or_else(|| header_name(source));
        headers.push((name, b"1".to_vec()));
    }
    if source.one_in(6) {
        let forged = source.pick(&["Origin", "Host", "Sec-Fetch-Site", "sec-fetch-site", "HOST", "Upgrade"]);
        let value = source.pick(&["same-origin", "none", "evil.example", "http://printer.local", "websocket"]);
        headers.push((forged.to_owned(), value.into()));
    }
    headers
}

fn content_type(source: &mut Source<'_>, options: &Options) -> String {
    let listed = source.choose(&options.allow_content_types).filter(|_| source.percent(50));
    let name = listed.cloned().unwrap_or_else(|| super::words::content_type(source));
    match source.below(4) {
        0 => flip_case(source, &name),
        1 => format!("{name};charset=utf-8"),
        _ => name,
    }
}

fn body(source: &mut Source<'_>, options: &Options) -> BodyInit {
    match source.below(7) {
        0 => BodyInit::None,
        1 => BodyInit::String,
        2 => BodyInit::UrlSearchParams,
        3 => BodyInit::FormData,
        4 => BodyInit::ArrayBuffer,
        _ => BodyInit::Blob(content_type(source, options)),
    }
}
