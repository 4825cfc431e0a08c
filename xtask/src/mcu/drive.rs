//! Requests to a booted firmware, as browsers and `curl` send them, and what has to come back.

use std::io::{self, Read as _, Write as _};
use std::net::{Ipv4Addr, TcpStream};
use std::thread::{self, sleep};
use std::time::{Duration, Instant};

use crate::report::Stop;

/// How long a board may take to boot.
const BOOT: Duration = Duration::from_secs(60);

/// How long an answer may take. QEMU's network answers some connections a second late.
const ANSWER: Duration = Duration::from_secs(20);

/// How many requests a connection that is kept alive gets.
const KEPT: usize = 12;

/// Connections at the same time, as a browser opens them, and how often.
const PARALLEL: usize = 6;
const ROUNDS: usize = 8;

const PANEL: &str = "https://panel.example.com";
const PREVIEW: &str = "https://pr-7.preview.example.com";
const LOCAL: &str = "http://localhost:5173";
const EVIL: &str = "https://evil.example";

/// A request, and what has to come back.
#[derive(Debug)]
struct Case {
    name: &'static str,
    method: &'static str,
    path: &'static str,
    /// Fields beside `Host`, which is the device's name where none is given.
    fields: &'static [(&'static str, &'static str)],
    body: &'static str,
    status: u16,
    /// The value of `Access-Control-Allow-Origin`.
    allowed: Option<&'static str>,
    /// A field that has to be there.
    field: Option<(&'static str, &'static str)>,
    /// What the content has in it.
    content: &'static str,
}

const PREFLIGHT_VARY: &str = "Origin, Access-Control-Request-Method, Access-Control-Request-Headers";

const METHOD: &str = "Access-Control-Request-Method";
const HEADERS: &str = "Access-Control-Request-Headers";

/// A request that is refused nothing: the others differ from it.
const READ: Case = Case {
    name: "a program reads",
    method: "GET",
    path: "/api/lamp",
    fields: &[],
    body: "",
    status: 200,
    allowed: None,
    field: Some(("Vary", "Origin")),
    content: "{\"on\":",
};

const PUT: Case = Case { method: "PUT", ..READ };

/// A preflight that is refused.
const PREFLIGHT: Case =
    Case { name: "", method: "OPTIONS", status: 403, field: Some(("Vary", PREFLIGHT_VARY)), content: "", ..READ };

const CASES: [Case; 21] = [
    READ,
    Case { name: "a listed page reads", fields: &[("Origin", PANEL)], allowed: Some(PANEL), ..READ },
    Case {
        name: "a page of a pattern reads the sensor",
        path: "/api/sensor",
        fields: &[("Origin", PREVIEW)],
        allowed: Some(PREVIEW),
        field: Some(("Access-Control-Expose-Headers", "x-readings")),
        content: "{\"celsius\":2",
        ..READ
    },
    Case { name: "another page does not read", fields: &[("Origin", EVIL)], ..READ },
    Case { name: "the opaque origin does not read", fields: &[("Origin", "null")], ..READ },
    Case { name: "two origins", fields: &[("Origin", PANEL), ("Origin", PANEL)], ..READ },
    Case {
        name: "a preflight",
        fields: &[("Origin", PANEL), (METHOD, "PUT"), (HEADERS, "content-type,x-request-id")],
        status: 204,
        allowed: Some(PANEL),
        field: Some(("Access-Control-Allow-Methods", "PUT")),
        ..PREFLIGHT
    },
    Case {
        name: "a preflight of a developer",
        fields: &[("Origin", LOCAL), (METHOD, "PUT")],
        status: 204,
        allowed: Some(LOCAL),
        field: Some(("Access-Control-Max-Age", "600")),
        ..PREFLIGHT
    },
    Case { name: "a preflight of another page", fields: &[("Origin", EVIL), (METHOD, "PUT")], ..PREFLIGHT },
    Case { name: "a preflight for DELETE", fields: &[("Origin", PANEL), (METHOD, "DELETE")], ..PREFLIGHT },
    Case {
        name: "a preflight for a name that is not listed",
        fields: &[("Origin", PANEL), (METHOD, "PUT"), (HEADERS, "x-evil")],
        ..PREFLIGHT
    },
    Case {
        name: "a listed page switches on",
        fields: &[("Origin", PANEL)],
        body: "on",
        allowed: Some(PANEL),
        content: "{\"on\":true}",
        ..PUT
    },
    Case { name: "it is on", content: "{\"on\":true}", ..READ },
    Case { name: "a forged switch", fields: &[("Origin", EVIL)], body: "off", status: 403, content: "", ..PUT },
    Case { name: "it is still on", content: "{\"on\":true}", ..READ },
    Case {
        name: "the device's own page toggles",
        method: "POST",
        path: "/api/lamp/toggle",
        fields: &[("Origin", "http://lamp.local"), ("Sec-Fetch-Site", "same-origin")],
        content: "{\"on\":false}",
        ..READ
    },
    Case {
        name: "an error that a listed page can read",
        fields: &[("Origin", PANEL)],
        body: "dim",
        status: 422,
        allowed: Some(PANEL),
        content: "neither on nor off",
        ..PUT
    },
    Case {
        name: "nothing there, which a listed page can read",
        path: "/nothing",
        fields: &[("Origin", PANEL)],
        status: 404,
        allowed: Some(PANEL),
        content: "not found",
        ..READ
    },
    Case { name: "a rebound name", fields: &[("Host", "rebound.evil.example")], status: 421, content: "", ..READ },
    Case { name: "the address as the name", fields: &[("Host", "10.0.2.15")], ..READ },
    Case { name: "the page", path: "/", content: "<title>Lamp</title>", ..READ },
];

/// Sends so many requests one after another, all cases in turn, and then some at the same time; how many were answered as they had to be.
pub(crate) fn drive(port: u16, requests: usize) -> Result<u64, Stop> {
    wait(port)?;
    let start = Instant::now();
    let mut connection = None;
    for (number, case) in CASES.iter().cycle().take(requests).enumerate() {
        // One connection for several requests, then one for each, in turn.
        let keeps = (number / KEPT).is_multiple_of(2);
        let last = !keeps || number % KEPT == KEPT - 1;
        let open = match connection.take() {
            Some(open) => Ok(open),
            None => connect(port),
        };
        let answered = open.and_then(|mut open| {
            let answer = ask(&mut open, case, last)?;
            Ok((open, answer))
        });
        let failed = |what: String| Stop::failed(format!("request {number}, {}: {what}", case.name));
        let (open, answer) = answered.map_err(|error| failed(error.to_string()))?;
        faults_of(case, &answer).map_err(failed)?;
        connection = (!last).then_some(open);
    }
    let seconds = start.elapsed().as_secs_f64();
    println!("{requests} requests one after another in {seconds:.1} s, each answered as it had to be");
    let parallel = at_once(port)?;
    println!("{parallel} requests on {PARALLEL} connections at a time, each answered as it had to be");
    Ok(u64::try_from(requests).unwrap_or(0) + parallel)
}

/// Waits until the board answers.
pub(crate) fn wait(port: u16) -> Result<(), Stop> {
    let start = Instant::now();
    loop {
        match connect(port).and_then(|mut connection| ask(&mut connection, &READ, true)) {
            Ok(_) => return Ok(()),
            Err(error) if start.elapsed() > BOOT => {
                return Err(Stop::failed(format!("the board does not answer: {error}")));
            }
            Err(_) => sleep(Duration::from_millis(50)),
        }
    }
}

/// Asks on several connections at the same time. What answers depend on is the lamp, so only those are asked that leave it as it is.
fn at_once(port: u16) -> Result<u64, Stop> {
    let mut answered = 0;
    let harmless: Vec<&Case> = CASES.iter().filter(|case| case.status != 200 || case.content == READ.content).collect();
    for case in harmless.iter().cycle().take(ROUNDS) {
        let asked = thread::scope(|scope| {
            let all = [(); PARALLEL]
                .map(|()| scope.spawn(|| connect(port).and_then(|mut connection| ask(&mut connection, case, true))));
            all.map(|one| one.join().map_err(|_| io::Error::other("a thread panicked")))
        });
        for answer in asked {
            let failed = |what: String| Stop::failed(format!("at the same time, {}: {what}", case.name));
            let answer = answer.and_then(|answer| answer).map_err(|error| failed(error.to_string()))?;
            faults_of(case, &answer).map_err(failed)?;
            answered += 1;
        }
    }
    Ok(answered)
}

/// What came back.
#[derive(Debug)]
struct Answer {
    status: u16,
    fields: Vec<(String, String)>,
    content: String,
}

impl Answer {
    fn values<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a str> {
        let named = self.fields.iter().filter(move |(field, _)| field.eq_ignore_ascii_case(name));
        named.map(|(_, value)| value.as_str())
    }
}

/// What of an answer is not as it has to be.
fn faults_of(case: &Case, answer: &Answer) -> Result<(), String> {
    if answer.status != case.status {
        return Err(format!("status {}, and not {}", answer.status, case.status));
    }
    let allowed: Vec<&str> = answer.values("access-control-allow-origin").collect();
    if allowed != Vec::from_iter(case.allowed) {
        return Err(format!("allows {allowed:?}, and not {:?}", case.allowed));
    }
    let others = answer.fields.iter().filter(|(name, _)| name.to_ascii_lowercase().starts_with("access-control-"));
    if case.allowed.is_none() && others.count() > 0 {
        return Err(format!("has fields of CORS: {:?}", answer.fields));
    }
    if let Some((name, value)) = case.field
        && answer.values(name).ne([value])
    {
        return Err(format!("{name} is {:?}, and not {value}", answer.values(name).collect::<Vec<_>>()));
    }
    // Whatever the answer is, a cache has to know what it depends on.
    if !answer.values("vary").any(|value| value.starts_with("Origin")) {
        return Err("without Vary: Origin".into());
    }
    if !answer.content.contains(case.content) || case.content.is_empty() && !answer.content.is_empty() {
        return Err(format!("the content is {:?}", answer.content));
    }
    Ok(())
}

fn connect(port: u16) -> io::Result<TcpStream> {
    let connection = TcpStream::connect((Ipv4Addr::LOCALHOST, port))?;
    connection.set_read_timeout(Some(ANSWER))?;
    connection.set_write_timeout(Some(ANSWER))?;
    connection.set_nodelay(true)?;
    Ok(connection)
}

/// Sends a request and reads the answer.
fn ask(connection: &mut TcpStream, case: &Case, last: bool) -> io::Result<Answer> {
    let mut text = format!("{} {} HTTP/1.1\r\n", case.method, case.path);
    let mut line = |name: &str, value: &str| text.push_str(&format!("{name}: {value}\r\n"));
    if case.fields.iter().all(|(name, _)| *name != "Host") {
        line("Host", "lamp.local");
    }
    line("User-Agent", "Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0");
    line("Accept", "*/*");
    for (name, value) in case.fields {
        line(name, value);
    }
    if !case.body.is_empty() {
        line("Content-Length", &case.body.len().to_string());
    }
    if last {
        line("Connection", "close");
    }
    text.push_str("\r\n");
    text.push_str(case.body);
    connection.write_all(text.as_bytes())?;
    let mut bytes = Vec::new();
    loop {
        if let Some(answer) = parse(&bytes)? {
            // Who was told that it is the last has to close. To close before it would leave both sides waiting for the other.
            if last && connection.read(&mut [0])? > 0 {
                return Err(io::Error::other("more after the last answer"));
            }
            return Ok(answer);
        }
        let mut more = [0; 4096];
        let length = connection.read(&mut more)?;
        if length == 0 {
            let said = String::from_utf8_lossy(&bytes).into_owned();
            return Err(io::Error::other(format!("the connection ends after {said:?}")));
        }
        bytes.extend_from_slice(&more[..length]);
    }
}

/// Reads an answer that is all there; `None` where it is not.
fn parse(bytes: &[u8]) -> io::Result<Option<Answer>> {
    let mut storage = [httparse::EMPTY_HEADER; 32];
    let mut head = httparse::Response::new(&mut storage);
    let length = match head.parse(bytes).map_err(io::Error::other)? {
        httparse::Status::Complete(length) => length,
        httparse::Status::Partial => return Ok(None),
    };
    let status = head.code.unwrap_or(0);
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    let fields: Vec<_> = head.headers.iter().map(|field| (field.name.to_owned(), text(field.value))).collect();
    let mut answer = Answer { status, fields, content: String::new() };
    let lengths: Vec<&str> = answer.values("content-length").collect();
    let whole = match lengths[..] {
        [] if status == 204 => 0,
        [number] if status != 204 => number.parse().map_err(io::Error::other)?,
        _ => return Err(io::Error::other(format!("a {status} with the lengths {lengths:?}"))),
    };
    let rest = &bytes[length..];
    if rest.len() > whole {
        return Err(io::Error::other(format!("more than was announced: {:?}", text(rest))));
    }
    if rest.len() < whole {
        return Ok(None);
    }
    answer.content = text(rest);
    Ok(Some(answer))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn answer(text: &str) -> Answer {
        parse(text.as_bytes()).unwrap().unwrap()
    }

    #[test]
    fn an_answer_is_waited_for() {
        let whole = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi";
        for end in 0..whole.len() {
            assert!(parse(&whole.as_bytes()[..end]).unwrap().is_none(), "cut at {end}");
        }
        assert_eq!(answer(whole).content, "hi");
        assert!(parse(format!("{whole}!").as_bytes()).is_err(), "more than was announced");
        assert!(parse(b"HTTP/1.1 204 \r\nContent-Length: 0\r\n\r\n").is_err(), "a 204 has no length");
        assert!(parse(b"HTTP/1.1 403 \r\n\r\n").is_err(), "any other status has one");
    }

    #[test]
    fn a_wrong_answer_is_found() {
        let right = "HTTP/1.1 200 OK\r\nContent-Length: 12\r\nVary: Origin\r\n\r\n{\"on\":false}";
        assert_eq!(faults_of(&READ, &answer(right)), Ok(()));
        for (from, to) in [
            ("200", "403"),
            ("Vary: Origin", "Vary: Accept"),
            ("Vary: Origin", "Vary: Origin\r\nAccess-Control-Allow-Origin: *"),
            ("Vary: Origin", "Vary: Origin\r\nAccess-Control-Allow-Credentials: true"),
            ("{\"on\"", "{\"no\""),
        ] {
            assert!(faults_of(&READ, &answer(&right.replace(from, to))).is_err(), "{to}");
        }
        let page = &CASES[1];
        assert!(faults_of(page, &answer(right)).is_err(), "not allowed");
        let allowed = right.replace("Vary", "Access-Control-Allow-Origin: https://panel.example.com\r\nVary");
        assert_eq!(faults_of(page, &answer(&allowed)), Ok(()));
    }
}
