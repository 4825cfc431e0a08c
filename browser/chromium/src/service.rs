//! chromedriver, as a child on a port of its own choice.

use std::env;
use std::io::{self, BufRead, BufReader, Read as _, Write as _};
use std::net::{Ipv4Addr, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdout, Command, Stdio};
use std::thread::sleep;
use std::time::{Duration, Instant};

use crate::error::Error;

/// Names that the browser goes by.
const BROWSERS: [&str; 2] = ["chromium", "chromium-browser"];

/// What to install where one of the two is missing.
const NEEDED: &str = "chromium and chromedriver (Debian's chromium and chromium-driver)";

/// What chromedriver says before the number of its port.
const STARTED: &str = "started successfully on port ";

/// How long it may take to end a browser.
const PATIENCE: Duration = Duration::from_secs(5);

/// A running chromedriver; it ends with this value.
#[derive(Debug)]
pub(crate) struct Service {
    child: Child,
    /// Kept open: a program whose output nobody takes may end by it.
    _output: BufReader<ChildStdout>,
    port: u16,
}

impl Service {
    /// Starts it and waits until it listens.
    pub(crate) fn start() -> Result<Self, Error> {
        let program = in_path("chromedriver").ok_or(Error::Needs(NEEDED))?;
        let mut command = Command::new(program);
        command.arg("--port=0").stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::null());
        let mut child = command.spawn()?;
        let mut output = BufReader::new(child.stdout.take().ok_or(Error::NoPort)?);
        let found = started(&mut output);
        let mut service = Self { child, _output: output, port: 0 };
        // Only now, so that a child that does not listen is ended as well.
        service.port = found.ok_or(Error::NoPort)?;
        Ok(service)
    }

    /// Asks it to end. The answer comes before the end, if at all.
    fn shut_down(&self) -> io::Result<()> {
        let mut connection = TcpStream::connect((Ipv4Addr::LOCALHOST, self.port))?;
        connection.set_read_timeout(Some(PATIENCE))?;
        let host = format!("127.0.0.1:{}", self.port);
        write!(connection, "GET /shutdown HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n")?;
        let _ = connection.read_to_end(&mut Vec::new());
        Ok(())
    }

    /// Where it takes commands.
    pub(crate) fn url(&self) -> String {
        format!("http://127.0.0.1:{}", self.port)
    }
}

impl Drop for Service {
    fn drop(&mut self) {
        // Asked to, it ends its browser as well; killed, it would leave it behind.
        if self.shut_down().is_ok() {
            let asked = Instant::now();
            while asked.elapsed() < PATIENCE {
                match self.child.try_wait() {
                    Ok(None) => sleep(Duration::from_millis(10)),
                    Ok(Some(_)) | Err(_) => return,
                }
            }
        }
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// The browser's program.
pub(crate) fn browser() -> Result<PathBuf, Error> {
    BROWSERS.into_iter().find_map(in_path).ok_or(Error::Needs(NEEDED))
}

/// Reads up to the line that names the port.
fn started(output: &mut impl BufRead) -> Option<u16> {
    output.lines().map_while(Result::ok).find_map(|line| {
        let (_, port) = line.split_once(STARTED)?;
        port.trim_end_matches('.').parse().ok()
    })
}

/// The program of that name, by its whole path.
fn in_path(name: &str) -> Option<PathBuf> {
    let path = env::var_os("PATH")?;
    env::split_paths(&path).map(|folder| folder.join(name)).find(|file| Path::is_file(file))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_port_is_found() {
        let said = "Starting ChromeDriver 156.0 on port 0\nOnly local connections are allowed.\n\
                    ChromeDriver was started successfully on port 40559.\n";
        assert_eq!(started(&mut said.as_bytes()), Some(40559));
        assert_eq!(started(&mut "ChromeDriver was not started\n".as_bytes()), None);
    }

    #[test]
    fn a_program_is_found_in_the_path() {
        assert!(in_path("sh").is_some_and(|file| file.is_absolute()));
        assert_eq!(in_path("no such program"), None);
    }
}
