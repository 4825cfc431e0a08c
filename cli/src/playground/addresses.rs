//! The ports of the playground, and the origins that they give.

use std::io;
use std::net::{Ipv4Addr, Ipv6Addr, TcpListener};

use serde::Serialize;

/// How often a free port is sought that is free for both versions of IP.
const MOST_TRIES: usize = 16;

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

    /// The origin of the API.
    pub(crate) fn api_origin(&self) -> String {
        format!("http://localhost:{}", self.api)
    }

    fn main(&self) -> String {
        format!("http://localhost:{}", self.page)
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

    /// The names under which the page's server is reached.
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
    fn presets_get_the_ports() {
        let addresses = Addresses { page: 1, other: 2, api: 3 };
        assert_eq!(
            addresses.fill("{page} {address} {subdomain} {other} {port} {else}"),
            "http://localhost:1 http://127.0.0.1:1 http://app.localhost:1 http://localhost:2 1 {else}"
        );
        assert_eq!(addresses.page_hosts(), ["localhost:1", "127.0.0.1:1", "app.localhost:1", "localhost:2"]);
    }
}
