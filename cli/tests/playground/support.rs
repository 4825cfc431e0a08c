//! The command, started; and plain HTTP.

use std::io::{BufReader, Read, Write};
use std::net::TcpStream;
use std::process::{Child, ChildStdout, Command, Stdio};
use std::time::Duration;

use serde_json::{Value, json};

/// The command, without what the tester's own terminal says about colour.
pub(crate) fn corsac(arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_corsac"));
    for variable in ["NO_COLOR", "CLICOLOR", "CLICOLOR_FORCE", "RUST_BACKTRACE"] {
        command.env_remove(variable);
    }
    command.args(arguments);
    command
}

/// A running playground; it ends with this value.
#[derive(Debug)]
pub(crate) struct Playground {
    pub(crate) child: Child,
    pub(crate) output: BufReader<ChildStdout>,
    /// What it says of itself.
    pub(crate) document: Value,
}

impl Playground {
    /// Starts it and waits until it serves.
    #[track_caller]
    pub(crate) fn start(arguments: &[&str]) -> Self {
        let mut command = corsac(&["playground", "--no-open", "--json"]);
        let mut child = command.args(arguments).stdout(Stdio::piped()).spawn().unwrap();
        let mut output = BufReader::new(child.stdout.take().unwrap());
        let document = serde_json::Deserializer::from_reader(&mut output).into_iter().next().unwrap().unwrap();
        Self { child, output, document }
    }

    /// Where the page is.
    pub(crate) fn url(&self) -> &str {
        self.document["url"].as_str().unwrap()
    }

    /// The origins from which calls can be made.
    pub(crate) fn pages(&self) -> Vec<&str> {
        self.document["page_origins"].as_array().unwrap().iter().map(|origin| origin.as_str().unwrap()).collect()
    }

    /// The API's origin.
    pub(crate) fn api(&self) -> &str {
        self.document["api_origin"].as_str().unwrap()
    }

    /// The ports of the page, of the other page, and of the API.
    pub(crate) fn ports(&self) -> [u16; 3] {
        [self.pages()[0], self.pages()[3], self.api()].map(port_of)
    }

    /// Asks the page's server as the page does.
    #[track_caller]
    pub(crate) fn ask(&self, path: &str, question: &Value) -> Answer {
        let body = question.to_string();
        let [port, ..] = self.ports();
        let fields = "Sec-Fetch-Site: same-origin\r\nContent-Type: application/json\r\n";
        send(port, &format!("POST {path}"), fields, &body)
    }
}

impl Drop for Playground {
    fn drop(&mut self) {
        // One that has ended by itself is waited for, and no more.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// The port of an origin.
pub(crate) fn port_of(origin: &str) -> u16 {
    origin.trim_end_matches('/').rsplit(':').next().unwrap().parse().unwrap()
}

/// A response.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    /// Names in lower case.
    pub(crate) fields: Vec<(String, String)>,
    pub(crate) body: String,
}

impl Answer {
    pub(crate) fn field(&self, name: &str) -> Option<&str> {
        self.fields.iter().find(|(field, _)| field == name).map(|(_, value)| value.as_str())
    }

    #[track_caller]
    pub(crate) fn json(&self) -> Value {
        serde_json::from_str(&self.body).unwrap_or_else(|error| panic!("{error}: {self:?}"))
    }
}

/// Sends a request to a port under the name by which a browser has it.
#[track_caller]
pub(crate) fn send(port: u16, line: &str, fields: &str, body: &str) -> Answer {
    let fields = format!("Host: localhost:{port}\r\n{fields}Content-Length: {}\r\n", body.len());
    send_bare(port, line, &fields, body)
}

/// The same, without `Host`.
#[track_caller]
pub(crate) fn send_bare(port: u16, line: &str, fields: &str, body: &str) -> Answer {
    let mut stream = TcpStream::connect(("127.0.0.1", port)).unwrap();
    stream.set_read_timeout(Some(Duration::from_secs(20))).unwrap();
    let request = format!("{line} HTTP/1.1\r\nConnection: close\r\n{fields}\r\n{body}");
    // A server that refuses a long body may close before all of it is sent.
    let _ = stream.write_all(request.as_bytes());
    let mut bytes = Vec::new();
    let _ = stream.read_to_end(&mut bytes);
    let end = bytes.windows(4).position(|bytes| bytes == b"\r\n\r\n");
    let end = end.unwrap_or_else(|| panic!("no response: {}", bytes.escape_ascii()));
    // A byte each, as a page has it.
    let head: String = bytes[..end].iter().copied().map(char::from).collect();
    let body = String::from_utf8(bytes.split_off(end + 4)).unwrap();
    let mut lines = head.lines();
    let status = lines.next().unwrap().split(' ').nth(1).unwrap().parse().unwrap();
    let field = |line: &str| line.split_once(": ").map(|(name, value)| (name.to_ascii_lowercase(), value.to_owned()));
    Answer { status, fields: lines.filter_map(field).collect(), body }
}

/// A call as the page's form has it.
pub(crate) fn call(from: &str, method: &str, url: &str, headers: &[&str]) -> Value {
    json!({ "from": from, "method": method, "url": url, "headers": headers, "credentials": true, "response": ["ETag: \"7\""] })
}
