//! A policy and requests as text, which a fuzzer can cut and join without losing all meaning.
//!
//! ```text
//! origin https://*.example.com
//! method PUT
//! header x-a
//! expose etag
//! host printer.local
//! content_type application/json
//! on allow_credentials
//! max_age 600
//! status 204
//!
//! OPTIONS
//! Origin: https://a.example.com
//! Access-Control-Request-Method: PUT
//!
//! GET
//! Origin: https://a.example.com
//! Paired: https://a.example.com
//!
//! POST
//! Host: printer-2.local
//! Origin: http://printer-2.local
//! Own-Name: printer-2.local
//! Scheme: http
//! Absent-Origin: refuse
//! ```
//!
//! What stands before the first empty line is the policy. Each block after it is a request, in which six names are not
//! fields: `Paired` is an origin for which the host's function vouches, `Credentials` the mode of the call that a request
//! stands for, and `Later` the seconds since the call before; to the verdicts beside CORS `Own-Name` is one of the names that
//! the device got at run time, `Scheme` the server's, and `Absent-Origin` what becomes of a request without `Origin`. A line
//! that is none of these is passed over.

use corsac::{AbsentOrigin, Scheme};
use corsac_browser::{Credentials, FetchCall};

use crate::shared::checks::Visit;
use crate::shared::options::Options;
use crate::shared::verdict_request::{VerdictRequest, slug};
use crate::shared::wire::WireRequest;

/// A case, read.
#[derive(Debug)]
pub struct Case {
    pub(crate) options: Options,
    pub(crate) requests: Vec<Block>,
}

/// A request and what stands beside it.
#[derive(Debug)]
pub(crate) struct Block {
    /// The request, with what the server says of itself to the verdicts beside CORS.
    pub(crate) verdict: VerdictRequest,
    pub(crate) paired: Option<Vec<u8>>,
    credentials: Credentials,
    later: u64,
}

/// Most entries of all lists together, and most requests: a case is to take no time.
const MOST_ENTRIES: usize = 64;
const MOST_REQUESTS: usize = 6;

impl Case {
    /// Reads any bytes.
    pub fn read(data: &[u8]) -> Self {
        let mut lines = data.split(|&byte| byte == b'\n');
        let mut options = Options::default();
        let policy = lines.by_ref().take_while(|line| !line.is_empty());
        policy.enumerate().for_each(|(i, line)| read_option(&mut options, line, i < MOST_ENTRIES));
        let rest: Vec<&[u8]> = lines.collect();
        let blocks = rest.split(|line| line.is_empty()).filter(|block| !block.is_empty());
        Self { options, requests: blocks.take(MOST_REQUESTS).map(Block::read).collect() }
    }

    /// Writes what `read` reads. A line feed within a value cannot be written and becomes a blank.
    pub(crate) fn write(options: &Options, requests: &[VerdictRequest]) -> Vec<u8> {
        let mut data = Vec::new();
        let mut line = |parts: &[&[u8]]| {
            let joined = parts.concat();
            data.extend(joined.iter().map(|&byte| if byte == b'\n' { b' ' } else { byte }));
            data.push(b'\n');
        };
        for (word, list) in [
            (&b"origin "[..], &options.allow_origins),
            (b"method ", &options.allow_methods),
            (b"header ", &options.allow_headers),
            (b"expose ", &options.expose_headers),
            (b"host ", &options.allow_hosts),
            (b"content_type ", &options.allow_content_types),
        ] {
            list.iter().for_each(|entry| line(&[word, entry.as_bytes()]));
        }
        if let Some(seconds) = options.max_age {
            line(&[b"max_age ", seconds.to_string().as_bytes()]);
        }
        line(&[b"status ", options.preflight_status.to_string().as_bytes()]);
        for (name, is_on) in options.switches() {
            if is_on {
                line(&[b"on ", name.as_bytes()]);
            }
        }
        for request in requests {
            line(&[]);
            line(&[&request.wire.method]);
            request.wire.fields.iter().for_each(|(name, value)| line(&[name, b": ", value]));
            request.own_names.iter().for_each(|name| line(&[b"Own-Name: ", name.as_bytes()]));
            if let Some(scheme) = request.scheme {
                line(&[b"Scheme: ", slug(scheme).as_bytes()]);
            }
            if request.absent_origin == AbsentOrigin::Refuse {
                line(&[b"Absent-Origin: refuse"]);
            }
        }
        data
    }

    /// The requests as calls of pages.
    pub(crate) fn visit(&self) -> Visit {
        let calls = self.requests.iter().map(|block| (block.later, block.call())).collect();
        let paired = self.requests.iter().find_map(|block| block.paired.clone());
        Visit { calls, paired: paired.map(|origin| String::from_utf8_lossy(&origin).into_owned()) }
    }
}

fn read_option(options: &mut Options, line: &[u8], has_room: bool) {
    let text = String::from_utf8_lossy(line);
    let Some((word, value)) = text.split_once(' ') else {
        return;
    };
    match word {
        "origin" if has_room => options.allow_origins.push(value.to_owned()),
        "method" if has_room => options.allow_methods.push(value.to_owned()),
        "header" if has_room => options.allow_headers.push(value.to_owned()),
        "host" if has_room => options.allow_hosts.push(value.to_owned()),
        "content_type" if has_room => options.allow_content_types.push(value.to_owned()),
        "expose" if has_room => options.expose_headers.push(value.to_owned()),
        "max_age" => options.max_age = value.parse().ok(),
        "status" => options.preflight_status = value.parse().unwrap_or(204),
        "on" => switch_on(options, value),
        _ => {}
    }
}

fn switch_on(options: &mut Options, name: &str) {
    let switch = match name {
        "allow_credentials" => &mut options.allow_credentials,
        "allow_null_origin" => &mut options.allow_null_origin,
        "allow_private_network" => &mut options.allow_private_network,
        "static_origin" => &mut options.static_origin,
        "minimal_answers" => &mut options.minimal_answers,
        "timing_allow_origin" => &mut options.timing_allow_origin,
        "dangerously_allow_insecure_origins" => &mut options.dangerously_allow_insecure_origins,
        "dangerously_allow_public_suffixes" => &mut options.dangerously_allow_public_suffixes,
        "dangerously_allow_any_port" => &mut options.dangerously_allow_any_port,
        _ => return,
    };
    *switch = true;
}

impl Block {
    fn read(lines: &[&[u8]]) -> Self {
        let (method, fields) = lines.split_first().map_or((&b""[..], &[][..]), |(method, fields)| (*method, fields));
        let verdict = VerdictRequest::new(WireRequest::new(method));
        let mut block = Self { verdict, paired: None, credentials: Credentials::Omit, later: 0 };
        for line in fields {
            let colon = line.iter().position(|&byte| byte == b':').unwrap_or(line.len());
            let (name, value) = line.split_at(colon);
            let value = value.strip_prefix(b": ").or(value.strip_prefix(b":")).unwrap_or(value);
            match name {
                b"Paired" => block.paired = Some(value.to_vec()),
                b"Credentials" if value == b"include" => block.credentials = Credentials::Include,
                b"Later" => {
                    block.later =
                        str::from_utf8(value).ok().and_then(|text| text.parse::<u32>().ok()).map_or(0, u64::from)
                }
                b"Own-Name" => block.verdict.own_names.push(String::from_utf8_lossy(value).into_owned()),
                b"Scheme" => {
                    let is_said = |scheme: &Scheme| slug(*scheme).as_bytes() == value;
                    block.verdict.scheme = [Scheme::Http, Scheme::Https].into_iter().find(is_said);
                }
                b"Absent-Origin" if value == b"refuse" => block.verdict.absent_origin = AbsentOrigin::Refuse,
                _ => block.verdict.wire.fields.push((name.to_vec(), value.to_vec())),
            }
        }
        block
    }

    pub(crate) fn wire(&self) -> &WireRequest {
        &self.verdict.wire
    }

    /// The call behind the request: a preflight stands for the call that would cause it.
    fn call(&self) -> FetchCall {
        const FIELDS: [&str; 3] = ["Origin", "Access-Control-Request-Method", "Access-Control-Request-Headers"];
        let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
        let origin = self.wire().values(FIELDS[0]).next().unwrap_or_default();
        let origin: Vec<u8> = origin.iter().copied().filter(u8::is_ascii_graphic).take(326).collect();
        let page = if origin.is_empty() { "null".to_owned() } else { text(&origin) };
        let method = self.wire().values(FIELDS[1]).next().unwrap_or(&self.wire().method);
        let mut call = FetchCall::new(&page, "https://api.corsac.example:4443", "/")
            .method(&text(method))
            .credentials(self.credentials);
        for line in self.wire().values(FIELDS[2]) {
            for name in line.split(|&byte| byte == b',') {
                call = call.header(&text(name.trim_ascii()), "1");
            }
        }
        for (name, value) in &self.wire().fields {
            if !FIELDS.iter().any(|field| name.eq_ignore_ascii_case(field.as_bytes())) {
                call = call.header(&text(name), value.clone());
            }
        }
        call
    }
}
