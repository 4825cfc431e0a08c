//! HTTP/1.1 over a buffer, for a firmware that has TCP and no server: bytes in, bytes out.

use core::fmt::Write as _;

use corsac::Screening;

use crate::api::{Answer, Request, answer};
use crate::cors::{Gate, Unsent, is_cors_field};
use crate::device::Device;

/// The most bytes of a request, its content included.
pub const MAX_REQUEST: usize = 1536;

/// The most bytes of a response.
pub const MAX_RESPONSE: usize = 2048;

/// A response as it is sent.
pub type Response = heapless::String<MAX_RESPONSE>;

/// More fields than a browser sends.
const MAX_FIELDS: usize = 48;

/// What has to happen next on a connection.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Step {
    /// The request is not all there.
    Wait,
    /// The response is written.
    Sent {
        /// Bytes of the request, which is done with.
        taken: usize,
        /// Whether another request may follow.
        keeps_alive: bool,
    },
}

/// Answers the request that `input` begins with, once it is all there.
pub fn serve(device: &Device, gate: &Gate<'_>, input: &[u8], out: &mut Response) -> Step {
    out.clear();
    let mut storage = [httparse::EMPTY_HEADER; MAX_FIELDS];
    let mut head = httparse::Request::new(&mut storage);
    let head_len = match head.parse(input) {
        Ok(httparse::Status::Complete(length)) => length,
        Ok(httparse::Status::Partial) if input.len() < MAX_REQUEST => return Step::Wait,
        Ok(httparse::Status::Partial) | Err(httparse::Error::TooManyHeaders) => {
            return refuse(out, &Answer::plain(431, "the head is too long\n"));
        }
        Err(_) => return refuse(out, &Answer::plain(400, "this is no request\n")),
    };
    let method = head.method.unwrap_or_default();
    let request = gate.receive(method, head.headers.iter().map(|field| (field.name.as_bytes(), field.value)));
    let screening = gate.screen(&request);
    let framing = Framing::of(&head, input.len() - head_len);
    let body_len = match framing.content {
        Content::Wait => return Step::Wait,
        Content::There(length) => length,
        Content::Refused(status, text) => {
            // A browser shows a page the reason only with the fields that let the page read it.
            return write(out, method, &Answer::plain(status, text), Some(&screening), Framing::LAST, 0);
        }
    };
    let taken = head_len + body_len;
    let answer = match screening.status() {
        Some(status) => Answer::plain(status, ""),
        None => {
            let path = head.path.unwrap_or_default().split('?').next().unwrap_or_default();
            answer(device, &Request { method, path, body: &input[head_len..taken] })
        }
    };
    write(out, method, &answer, Some(&screening), framing.keeps_alive, taken)
}

/// Where a request ends, and whether another may follow.
struct Framing {
    content: Content,
    keeps_alive: bool,
}

enum Content {
    There(usize),
    Wait,
    Refused(u16, &'static str),
}

impl Framing {
    /// After this response the connection is closed.
    const LAST: bool = false;

    fn of(head: &httparse::Request<'_, '_>, there: usize) -> Self {
        let values = |name: &'static str| {
            head.headers.iter().filter(move |field| field.name.eq_ignore_ascii_case(name)).map(|field| field.value)
        };
        let asks_to_close = values("connection").any(|value| {
            value.split(|byte| *byte == b',').any(|option| option.trim_ascii().eq_ignore_ascii_case(b"close"))
        });
        let keeps_alive = head.version == Some(1) && !asks_to_close;
        let mut lengths = values("content-length");
        let content = match (lengths.next(), lengths.next(), values("transfer-encoding").next()) {
            (_, _, Some(_)) => Content::Refused(411, "say how long the content is\n"),
            (None, _, None) => Content::There(0),
            (Some(length), None, None) => match core::str::from_utf8(length).ok().and_then(decimal) {
                Some(length) if length > MAX_REQUEST / 2 => Content::Refused(413, "the content is too long\n"),
                Some(length) if length > there => Content::Wait,
                Some(length) => Content::There(length),
                None => Content::Refused(400, "the length is no number\n"),
            },
            (Some(_), Some(_), None) => Content::Refused(400, "the content has two lengths\n"),
        };
        Self { content, keeps_alive }
    }
}

/// A number as HTTP writes it: `usize::from_str` takes a `+` too.
fn decimal(text: &str) -> Option<usize> {
    if text.bytes().all(|byte| byte.is_ascii_digit()) { text.parse().ok() } else { None }
}

/// Answers what is no request, about which nothing can be asked.
fn refuse(out: &mut Response, answer: &Answer) -> Step {
    write(out, "GET", answer, None, Framing::LAST, 0)
}

fn write(
    out: &mut Response,
    method: &str,
    answer: &Answer,
    screening: Option<&Screening<'_, '_>>,
    keeps_alive: bool,
    taken: usize,
) -> Step {
    match try_write(out, method, answer, screening, keeps_alive) {
        Ok(()) => Step::Sent { taken, keeps_alive },
        Err(Unsent) => {
            // What is half written is not sent: it could lack `Vary`.
            out.clear();
            let _ = out
                .push_str("HTTP/1.1 500 \r\nContent-Length: 0\r\nConnection: close\r\nCache-Control: no-store\r\n\r\n");
            Step::Sent { taken, keeps_alive: Framing::LAST }
        }
    }
}

fn try_write(
    out: &mut Response,
    method: &str,
    answer: &Answer,
    screening: Option<&Screening<'_, '_>>,
    keeps_alive: bool,
) -> Result<(), Unsent> {
    let body = answer.body.as_str();
    let mut line = |text: core::fmt::Arguments<'_>| out.write_fmt(text).map_err(|_| Unsent);
    line(format_args!("HTTP/1.1 {} {}\r\n", answer.status, reason(answer.status)))?;
    let own = answer.field.as_ref().filter(|(name, _)| !is_cors_field(name));
    if let Some((name, value)) = own {
        line(format_args!("{name}: {value}\r\n"))?;
    }
    // A 204 has neither content nor a length.
    if answer.status != 204 {
        line(format_args!("Content-Length: {}\r\n", body.len()))?;
    }
    if !body.is_empty() {
        line(format_args!("Content-Type: {}\r\n", answer.content_type))?;
    }
    if !keeps_alive {
        line(format_args!("Connection: close\r\n"))?;
    }
    if let Some(screening) = screening {
        let vary = own.filter(|(name, _)| name.eq_ignore_ascii_case("vary")).map(|(_, value)| value.as_str());
        Gate::write_fields(out, screening, vary)?;
    }
    out.push_str("\r\n").map_err(|_| Unsent)?;
    if method != "HEAD" {
        out.push_str(body).map_err(|_| Unsent)?;
    }
    Ok(())
}

/// The words beside a status, for people.
const fn reason(status: u16) -> &'static str {
    match status {
        200 => "OK",
        204 => "No Content",
        400 => "Bad Request",
        403 => "Forbidden",
        404 => "Not Found",
        405 => "Method Not Allowed",
        411 => "Length Required",
        413 => "Content Too Large",
        421 => "Misdirected Request",
        422 => "Unprocessable Content",
        431 => "Request Header Fields Too Large",
        _ => "",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{OWN_NAMES, POLICY};
    use std::string::String;

    fn ask(input: &str) -> (Step, String) {
        let mut out = Response::new();
        let device = Device::new();
        let step = serve(&device, &Gate::new(POLICY, &OWN_NAMES), input.as_bytes(), &mut out);
        (step, out.as_str().into())
    }

    #[test]
    fn a_request_is_waited_for() {
        let whole = "PUT /api/lamp HTTP/1.1\r\nHost: lamp.local\r\nContent-Length: 2\r\n\r\non";
        for end in 0..whole.len() {
            assert_eq!(ask(&whole[..end]).0, Step::Wait, "cut at {end}");
        }
        let (step, out) = ask(&[whole, "GET"].concat());
        assert_eq!(step, Step::Sent { taken: whole.len(), keeps_alive: true });
        assert!(out.starts_with("HTTP/1.1 200 OK\r\n") && out.ends_with("\r\n\r\n{\"on\":true}"), "{out}");
    }

    #[test]
    fn a_preflight_has_no_content_and_no_length() {
        let (_, out) = ask("OPTIONS /api/lamp HTTP/1.1\r\nHost: lamp.local\r\nOrigin: https://panel.example.com\r\n\
             Access-Control-Request-Method: PUT\r\n\r\n");
        assert!(out.starts_with("HTTP/1.1 204 No Content\r\n") && out.ends_with("\r\n\r\n"), "{out}");
        assert!(!out.contains("Content-Length"), "{out}");
        assert!(out.contains("\r\nAccess-Control-Max-Age: 600\r\n"), "{out}");
    }

    #[test]
    fn errors_can_be_read_by_an_allowed_page() {
        for (request, status) in [
            ("GET /nowhere HTTP/1.1\r\n", 404),
            ("DELETE /api/lamp HTTP/1.1\r\n", 405),
            ("PUT /api/lamp HTTP/1.1\r\nContent-Length: 99999\r\n", 413),
            ("PUT /api/lamp HTTP/1.1\r\nContent-Length: 1\r\nContent-Length: 2\r\n", 400),
            ("PUT /api/lamp HTTP/1.1\r\nContent-Length: +1\r\n", 400),
            ("PUT /api/lamp HTTP/1.1\r\nTransfer-Encoding: chunked\r\n", 411),
        ] {
            let (_, out) = ask(&std::format!("{request}Host: lamp.local\r\nOrigin: http://localhost:5173\r\n\r\n"));
            assert!(out.starts_with(&std::format!("HTTP/1.1 {status} ")), "{out}");
            assert!(out.contains("\r\nAccess-Control-Allow-Origin: http://localhost:5173\r\n"), "{out}");
        }
    }

    #[test]
    fn what_is_no_request_is_refused() {
        assert!(ask("NONSENSE\r\n\r\n").1.starts_with("HTTP/1.1 400 "));
        let long = std::format!("GET / HTTP/1.1\r\nX: {}", "x".repeat(MAX_REQUEST));
        assert!(ask(&long).1.starts_with("HTTP/1.1 431 "));
    }

    #[test]
    fn the_page_fits() {
        let (_, out) = ask("GET / HTTP/1.1\r\nHost: lamp.local\r\nConnection: close\r\n\r\n");
        assert!(out.starts_with("HTTP/1.1 200 OK\r\n") && out.ends_with("</script>\n"), "{out}");
        let (_, out) = ask("HEAD / HTTP/1.1\r\nHost: lamp.local\r\n\r\n");
        assert!(out.ends_with("\r\n\r\n"), "{out}");
    }
}
