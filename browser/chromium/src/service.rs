//! chromedriver, as a child on a port of its own choice.

use std::env;
use std::io::{self, BufRead, BufReader, Read as _, Write as _, copy, sink};
use std::net::{Ipv4Addr, TcpStream};
use std::os::unix::process::CommandExt as _;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::mpsc;
use std::thread::{self, sleep};
use std::time::{Duration, Instant};

use rustix::process::{Pid, Signal, kill_process_group};

use crate::error::Error;

/// Names that the browser goes by.
const BROWSERS: [&str; 2] = ["chromium", "chromium-browser"];

/// What to install where one of the two is missing.
const NEEDED: &str = "chromium and chromedriver (Debian's chromium and chromium-driver)";

/// What chromedriver says before the number of its port.
const STARTED: &str = "started successfully on port ";

/// How long it may take to start, and to end a browser.
const PATIENCE: Duration = Duration::from_secs(30);

/// A running chromedriver; it ends with this value.
#[derive(Debug)]
pub(crate) struct Service {
    child: Child,
    port: u16,
}

impl Service {
    /// Starts it and waits until it listens.
    pub(crate) fn start() -> Result<Self, Error> {
        let program = in_path("chromedriver").ok_or(Error::Needs(NEEDED))?;
        let mut command = Command::new(program);
        command.arg("--port=0").stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::null());
        // The browser is in the same group, which can so be ended as a whole.
        let child = command.process_group(0).spawn()?;
        let mut service = Self { child, port: 0 };
        let output = service.child.stdout.take().ok_or(Error::NoPort)?;
        let (tell, told) = mpsc::channel();
        // A program whose output nobody takes may wait for it, or end by it.
        thread::spawn(move || {
            let mut output = BufReader::new(output);
            let _ = tell.send(started(&mut output));
            copy(&mut output, &mut sink())
        });
        service.port = told.recv_timeout(PATIENCE).ok().flatten().ok_or(Error::NoPort)?;
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
        if self.port != 0 && self.shut_down().is_ok() {
            let asked = Instant::now();
            while asked.elapsed() < PATIENCE {
                match self.child.try_wait() {
                    Ok(None) => sleep(Duration::from_millis(10)),
                    Ok(Some(_)) | Err(_) => return,
                }
            }
        }
        // It has not been waited for, so that the number is still its own.
        if let Some(group) = i32::try_from(self.child.id()).ok().and_then(Pid::from_raw) {
            let _ = kill_process_group(group, Signal::KILL);
        }
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
