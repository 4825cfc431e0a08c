//! The ports of the playground, and the origins that they give.

use std::io;
use std::net::{Ipv4Addr, Ipv6Addr, TcpListener};

use serde::Serialize;

/// How often a free port is sought that is free for both versions of IP.
const MOST_TRIES: usize = 16;

/// The ports that browsers do not call: <https://fetch.spec.whatwg.org/#port-blocking>.
const BLOCKED_PORTS: [u16; 83] = [
    0, 1, 7, 9, 11, 13, 15, 17, 19, 20, 21, 22, 23, 25, 37, 42, 43, 53, 69, 77, 79, 87, 95, 101, 102, 103, 104, 109,
    110, 111, 113, 115, 117, 119, 123, 135, 137, 139, 143, 161, 179, 389, 427, 465, 512, 513, 514, 515, 526, 530, 531,
    532, 540, 548, 554, 556, 563, 587, 601, 636, 989, 990, 993, 995, 1719, 1720, 1723, 2049, 3659, 4045, 4190, 5060,
    5061, 6000, 6566, 6665, 6666, 6667, 6668, 6669, 6679, 6697, 10080,
];

/// Why no page can be served on a port, if so.
pub(crate) fn unfitness(port: u16) -> Option<&'static str> {
    match port {
        0 => Some("leave --port out for a free one"),
        80 => Some("browsers leave the default port of http out of Host and Origin"),
        _ if BLOCKED_PORTS.contains(&port) => {
            Some("browsers block it, see https://fetch.spec.whatwg.org/#port-blocking")
        }
        _ => None,
    }
}

/// A port of the loopback addresses.
#[derive(Debug)]
pub(crate) struct Listeners {
    pub(crate) port: u16,
    pub(crate) sockets: Vec<TcpListener>,
}

impl Listeners {
    /// Takes that port, or a free one.
    ///
    /// Browsers may try `localhost` as `::1` first: a port on which another program listens there would be that program's.
    pub(crate) fn bind(port: Option<u16>) -> io::Result<Self> {
        let mut tries = 0;
        loop {
            let v4 = TcpListener::bind((Ipv4Addr::LOCALHOST, port.unwrap_or(0)))?;
            let bound = v4.local_addr()?.port();
            tries += 1;
            if port.is_none() && tries < MOST_TRIES && unfitness(bound).is_some() {
                continue;
            }
            let sockets = match TcpListener::bind((Ipv6Addr::LOCALHOST, bound)) {
                Ok(v6) => vec![v4, v6],
                Err(error) if error.kind() == io::ErrorKind::AddrInUse => {
                    if port.is_some() || tries == MOST_TRIES {
                        return Err(error);
                    }
                    continue;
                }
                // A machine without version 6.
                Err(_) => vec![v4],
            };
            for socket in &sockets {
                socket.set_nonblocking(true)?;
            }
            return Ok(Self { port: bound, sockets });
        }
    }
}

/// The three ports.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Addresses {
    /// That of the page.
    pub(crate) page: u16,
    /// A second one, which makes pages of another port.
    pub(crate) other: u16,
    /// That of the API.
    pub(crate) api: u16,
}

/// An origin from which the page can make a call for real.
#[derive(Debug, Serialize)]
pub(crate) struct PageOrigin {
    /// As browsers send it.
    pub(crate) origin: String,
    /// What it is, for people.
    pub(crate) what: &'static str,
    /// The page in a frame that calls from there.
    pub(crate) frame: String,
    /// Whether that frame is sandboxed, which is what makes its origin `null`.
    pub(crate) is_sandboxed: bool,
}

impl Addresses {
    /// Where people find the page.
    pub(crate) fn page_url(&self) -> String {
        format!("{}/", self.main())
    }

    /// The origin of the page.
    pub(crate) fn main(&self) -> String {
        format!("http://{}", self.main_host())
    }

    /// The origin of the API.
    pub(crate) fn api_origin(&self) -> String {
        format!("http://localhost:{}", self.api)
    }

    /// All origins of which there are pages, the main one first.
    pub(crate) fn page_origins(&self) -> Vec<PageOrigin> {
        let named = |origin: String, what| {
            let frame = format!("{origin}/caller");
            PageOrigin { origin, what, frame, is_sandboxed: false }
        };
        vec![
            named(self.main(), "this page"),
            named(self.by_address(), "by its address"),
            named(self.subdomain(), "a subdomain"),
            named(self.other_port(), "another port"),
            PageOrigin {
                origin: "null".to_owned(),
                what: "a sandboxed frame",
                frame: format!("{}/caller", self.main()),
                is_sandboxed: true,
            },
        ]
    }

    /// The name under which the page itself is reached.
    pub(crate) fn main_host(&self) -> String {
        format!("localhost:{}", self.page)
    }

    /// The names under which the page's server is reached, most of them for the frames that call.
    pub(crate) fn page_hosts(&self) -> Vec<String> {
        let origins = [self.main(), self.by_address(), self.subdomain(), self.other_port()];
        origins.iter().map(|origin| origin.trim_start_matches("http://").to_owned()).collect()
    }

    /// The names under which the API is reached.
    pub(crate) fn api_hosts(&self) -> Vec<String> {
        vec![format!("localhost:{}", self.api), format!("127.0.0.1:{}", self.api)]
    }

    /// Puts the ports into a text of the presets.
    pub(crate) fn fill(&self, text: &str) -> String {
        text.replace("{page}", &self.main())
            .replace("{address}", &self.by_address())
            .replace("{subdomain}", &self.subdomain())
            .replace("{other}", &self.other_port())
            .replace("{port}", &self.page.to_string())
    }

    fn by_address(&self) -> String {
        format!("http://127.0.0.1:{}", self.page)
    }

    /// Browsers take names under `localhost` for this machine.
    fn subdomain(&self) -> String {
        format!("http://app.localhost:{}", self.page)
    }

    fn other_port(&self) -> String {
        format!("http://localhost:{}", self.other)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_port_that_is_taken_is_an_error() {
        let taken = Listeners::bind(None).unwrap();
        assert_eq!(Listeners::bind(Some(taken.port)).unwrap_err().kind(), io::ErrorKind::AddrInUse);
    }

    #[test]
    fn some_ports_are_no_use_to_browsers() {
        assert!(BLOCKED_PORTS.is_sorted());
        for port in BLOCKED_PORTS.into_iter().chain([80]) {
            assert!(unfitness(port).is_some(), "{port}");
        }
        for port in [443, 1024, 3000, 5173, 6001, 8000, 8080, 10081, u16::MAX] {
            assert_eq!(unfitness(port), None, "{port}");
        }
    }

    #[test]
    fn presets_get_the_ports() {
        let addresses = Addresses { page: 1, other: 2, api: 3 };
        assert_eq!(
            addresses.fill("{page} {address} {subdomain} {other} {port} {else}"),
            "http://localhost:1 http://127.0.0.1:1 http://app.localhost:1 http://localhost:2 1 {else}"
        );
        assert_eq!(addresses.page_hosts(), ["localhost:1", "127.0.0.1:1", "app.localhost:1", "localhost:2"]);
    }
}
