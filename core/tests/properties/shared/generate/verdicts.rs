//! Requests to the verdicts beside CORS: from what browsers send to what nobody does, most of them near the own host.

use corsac::{AbsentOrigin, FieldFault, RequestField, Scheme};

use super::origins::{near, origin};
use super::requests::{push, some};
use super::words::{any_bytes, flip_case, method};
use crate::shared::options::Options;
use crate::shared::source::Source;
use crate::shared::verdict_request::VerdictRequest;
use crate::shared::wire::WireRequest;

/// A request for the policy with these options.
pub(crate) fn verdict_request(source: &mut Source<'_>, options: &Options) -> VerdictRequest {
    let own = own_origin(source, options);
    let is_handshake = source.one_in(8);
    let method = if is_handshake { handshake_method(source) } else { acting_method(source) };
    let mut request = VerdictRequest::new(WireRequest::new(&method));
    let wire = &mut request.wire;

    for _ in 0..some(source, 4, 3) {
        let value = host_of(source, &own);
        push(source, wire, "Host", value);
    }
    if source.one_in(10) {
        let value = match wire.values("Host").next().map(<[u8]>::to_vec) {
            Some(host) if source.percent(60) => flip_case(source, &String::from_utf8_lossy(&host)).into_bytes(),
            _ => host_of(source, &own),
        };
        push(source, wire, ":authority", value);
    }
    for _ in 0..some(source, 10, 3) {
        let value = origin_near(source, options, &own);
        push(source, wire, "Origin", value);
    }
    if source.percent(55) {
        for _ in 0..some(source, 0, 4) {
            let value = fetch_site(source);
            push(source, wire, "Sec-Fetch-Site", value);
        }
    }
    for _ in 0..some(source, 12, 4) {
        let value = content_type_value(source, options);
        push(source, wire, "Content-Type", value);
    }
    if is_handshake || source.one_in(16) {
        let name = source.pick(&["Upgrade", "Upgrade", "Upgrade", ":protocol", "Sec-WebSocket-Key"]);
        let value = if source.one_in(16) {
            vec![b','; source.between(255, 258)]
        } else {
            source.pick(&UPGRADES).as_bytes().to_vec()
        };
        push(source, wire, name, value);
    }
    if method == b"OPTIONS" && source.percent(70) {
        let asked = self::method(source).into_bytes();
        push(source, wire, "Access-Control-Request-Method", asked);
    }
    if source.one_in(12) {
        let fields = [
            RequestField::Origin,
            RequestField::Host,
            RequestField::FetchSite,
            RequestField::ContentType,
            RequestField::Upgrade,
        ];
        let faults = [FieldFault::Repeated, FieldFault::Truncated];
        wire.marks.push((fields[source.below(5)], faults[source.below(2)]));
    }

    request.scheme = scheme(source);
    request.absent_origin = if source.one_in(4) { AbsentOrigin::Refuse } else { AbsentOrigin::Pass };
    if source.one_in(3) {
        request.own_names = own_names(source, &request.wire);
    }
    request
}

/// The scheme by which the server says that it is reached.
pub(crate) fn scheme(source: &mut Source<'_>) -> Option<Scheme> {
    *source.choose(&[None, None, Some(Scheme::Http), Some(Scheme::Https)]).unwrap_or(&None)
}

const UPGRADES: [&str; 12] = [
    "websocket",
    "websocket",
    "WebSocket",
    "h2c, websocket",
    "websocket/13",
    "h2c ,\tWebSocket/13, x",
    "websockets",
    "web socket",
    "h2c",
    "/websocket",
    "websocket;q=1",
    "",
];

const SITES: [&str; 16] = [
    "same-origin",
    "same-origin",
    "none",
    "same-site",
    "same-site",
    "cross-site",
    "cross-site",
    "cross-site",
    "Same-Origin",
    " same-origin",
    "same-origin ",
    "same-origin, cross-site",
    "same",
    "none\0",
    "null",
    "",
];

fn fetch_site(source: &mut Source<'_>) -> Vec<u8> {
    if source.one_in(24) { any_bytes(source, 12) } else { source.pick(&SITES).as_bytes().to_vec() }
}

fn acting_method(source: &mut Source<'_>) -> Vec<u8> {
    match source.below(20) {
        0 => any_bytes(source, 8),
        1 => source.pick(&["get", "head", "Options", "trace", "GET ", "GETS", ""]).as_bytes().to_vec(),
        2 => source.pick(&["GET", "HEAD", "TRACE"]).as_bytes().to_vec(),
        3 => b"OPTIONS".to_vec(),
        _ => unsafe_method(source).into_bytes(),
    }
}

/// A method that may change something.
pub(crate) fn unsafe_method(source: &mut Source<'_>) -> String {
    source.pick(&["POST", "POST", "POST", "PUT", "DELETE", "PATCH", "PURGE", "CONNECT", "get", "x"]).to_owned()
}

fn handshake_method(source: &mut Source<'_>) -> Vec<u8> {
    source.pick(&["GET", "GET", "GET", "CONNECT", "get", "POST"]).as_bytes().to_vec()
}

const SERVERS: [&str; 12] = [
    "printer.local",
    "printer",
    "192.168.1.7",
    "192.0.2.7",
    "[2001:db8::7]",
    "localhost",
    "127.0.0.1",
    "[::1]",
    "api.example.com",
    "app.example.com",
    "a.example",
    "xn--bcher-kva.example",
];

/// The origin under which a server is reached, as a browser serializes it: by plain http on a local network or by https.
pub(crate) fn own_origin(source: &mut Source<'_>, options: &Options) -> String {
    let scheme = source.pick(&["http", "https"]);
    let port = source.pick(&["", "", ":8080", ":4443", ":1", ":65535"]).to_owned();
    let (host, port) = match source.choose(&options.allow_hosts) {
        Some(entry) if source.percent(60) => match (entry.strip_suffix(":*"), entry.rsplit_once(':')) {
            (Some(host), _) => (host.to_owned(), port),
            (None, Some((host, digits))) if !digits.contains(']') => {
                let is_default =
                    format!("{scheme}:{digits}") == "http:80" || format!("{scheme}:{digits}") == "https:443";
                (host.to_owned(), if is_default { String::new() } else { format!(":{digits}") })
            }
            _ => (entry.clone(), String::new()),
        },
        _ => (source.pick(&SERVERS).to_owned(), port),
    };
    format!("{scheme}://{host}{port}")
}

/// The value of `Host` for that origin, as clients and proxies write it.
pub(crate) fn own_host(source: &mut Source<'_>, own: &str) -> Vec<u8> {
    let (scheme, host) = own.split_once("://").unwrap_or(("", own));
    let has_port = host.rfind(':').is_some_and(|colon| !host[colon..].contains(']'));
    let default = if scheme == "http" { ":80" } else { ":443" };
    let port = if !has_port && source.one_in(4) { default } else { "" };
    let host = if source.one_in(4) { flip_case(source, host) } else { host.to_owned() };
    (host + port).into_bytes()
}

/// The value of `Host` for that origin, or nearly.
fn host_of(source: &mut Source<'_>, own: &str) -> Vec<u8> {
    let host = own_host(source, own);
    let text = String::from_utf8_lossy(&host).into_owned();
    match source.below(16) {
        0..=8 => host,
        9 => near(source, host),
        10 => {
            let name = text.rsplit_once(':').map_or(text.as_str(), |(name, _)| name);
            let ports =
                ["", ":", ":0", ":80", ":443", ":080", ":8080", ":65536", ":99999", ":000080", ":+80", ":80:80"];
            format!("{name}{}", source.pick(&ports)).into_bytes()
        }
        11 => format!("{text}{}", source.pick(&[".", "..", ".evil.example", "evil", "/", " ", ", a.example"])).into(),
        12 => format!("{}{text}", source.pick(&["www.", "evil", ".", "user@", " ", "http://"])).into(),
        13 => "evil.example".into(),
        14 => {
            let mut long = vec![b'a'; source.between(250, 262)];
            (60..long.len()).step_by(60).for_each(|at| long[at] = b'.');
            long
        }
        _ => any_bytes(source, 12),
    }
}

/// An origin near the server's own, or near what the policy lists.
fn origin_near(source: &mut Source<'_>, options: &Options, own: &str) -> Vec<u8> {
    match source.below(16) {
        0..=3 => own.into(),
        4..=5 => stranger(source, own).into(),
        6 => near(source, own.into()),
        7 => b"null".to_vec(),
        8 => b"".to_vec(),
        _ => origin(source, &options.allow_origins),
    }
}

/// An origin that is taken for another's own by a careless comparison.
pub(crate) fn stranger(source: &mut Source<'_>, own: &str) -> String {
    let (scheme, rest) = own.split_once("://").unwrap_or(("http", own));
    let colon = rest.rfind(':').filter(|&colon| !rest[colon..].contains(']'));
    let (host, port) = rest.split_at(colon.unwrap_or(rest.len()));
    match source.below(9) {
        0 => format!("{}://{rest}", if scheme == "http" { "https" } else { "http" }),
        1 => format!("{scheme}://{host}:{}", source.between(2, 9_999)),
        2 => format!("{scheme}://{host}"),
        3 => format!("{scheme}://{host}.evil.example{port}"),
        4 => format!("{scheme}://evil{host}{port}"),
        5 => format!("{scheme}://www.{host}{port}"),
        6 => format!("{scheme}://{}{port}", host.split_once('.').map_or(host, |(_, parent)| parent)),
        7 => format!("{}://{rest}", source.pick(&["capacitor", "ws", "wss", "ftp"])),
        _ => format!("{scheme}://evil.example"),
    }
}

fn content_type_value(source: &mut Source<'_>, options: &Options) -> Vec<u8> {
    let listed = source.choose(&options.allow_content_types).filter(|_| source.percent(60));
    let name = listed.cloned().unwrap_or_else(|| super::words::content_type(source));
    let name = if source.one_in(4) { flip_case(source, &name) } else { name };
    match source.below(17) {
        0..=6 => name.into_bytes(),
        16 => format!("{name};{}", "a".repeat(source.between(8_170, 8_192))).into_bytes(),
        7 => format!("{name}; charset=utf-8").into_bytes(),
        8 => format!("\t{name} \r\n;a").into_bytes(),
        9 => format!(" {name}\n").into_bytes(),
        10 => format!("text/plain; {name}").into_bytes(),
        11 => format!("{name}{}", source.pick(&[", text/plain", "x", "/x", "\0", "\u{b}", " x", ";"])).into_bytes(),
        12 => format!("{}{name}", source.pick(&["x", "/", ";", "text/plain, ", "\u{b}"])).into_bytes(),
        13 => name.replace('/', source.pick(&["", " /", "/ ", "//", "\\"])).into_bytes(),
        14 => near(source, name.into_bytes()),
        _ => any_bytes(source, 10),
    }
}

/// Up to three names, of which some are the very host, and some are spelled as no entry is.
fn own_names(source: &mut Source<'_>, request: &WireRequest) -> Vec<String> {
    let host = request.values("Host").next().map(|host| String::from_utf8_lossy(host).into_owned());
    let host = host.unwrap_or_default();
    let name = |source: &mut Source<'_>| match source.below(6) {
        0 | 1 => host.to_ascii_lowercase(),
        2 => host.split(':').next().unwrap_or_default().to_ascii_lowercase() + ":*",
        3 => host.clone(),
        4 => source.pick(&["*", "", "*.local", ".", "evil.example:", "http://printer.local"]).to_owned(),
        _ => super::words::host_entry(source),
    };
    (0..source.below(4)).map(|_| name(source)).collect()
}

/// The same request, respelled: fields in another order, names in another case, fields that do not matter added.
pub(crate) fn respelled_verdict(source: &mut Source<'_>, request: &VerdictRequest) -> VerdictRequest {
    const OTHER_NAMES: [&str; 10] = [
        "Accept",
        "Cookie",
        "Hosts",
        "X-Forwarded-Host",
        "Forwarded",
        "Referer",
        "Sec-Fetch-Mode",
        "Sec-Fetch-Sites",
        "Content-Types",
        "Vary",
    ];
    VerdictRequest { wire: super::requests::respelled_among(source, &request.wire, &OTHER_NAMES), ..request.clone() }
}
