//! The class for ASGI: one FastAPI application for each case, under uvicorn.

use std::fs;
use std::io::{BufRead as _, BufReader};
use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::mpsc;
use std::thread;

use serde_json::json;
use tempfile::TempDir;

use super::{PATIENCE, Running, started};
use crate::case::{APPLICATION_FIELDS, Case};
use crate::error::Error;

/// The methods that the applications take; to others FastAPI answers 405.
pub(super) const METHODS: [&str; 9] = ["GET", "HEAD", "POST", "PUT", "DELETE", "PATCH", "OPTIONS", "QUERY", "PURGE"];

/// Serves the cases that a file lists, and prints its port.
const PROGRAM: &str = include_str!("../../fastapi/application.py");

/// A running uvicorn; it ends with this value.
#[derive(Debug)]
pub(super) struct Server {
    _running: Running,
    port: u16,
    _folder: TempDir,
}

impl Server {
    pub(super) fn start(python: &Path, cases: &[Case]) -> Result<Self, Error> {
        let folder = tempfile::Builder::new().prefix("corsac-fastapi-").tempdir()?;
        let each = cases.iter().map(|case| json!({ "policy": case.policy.options(), "status": case.status }));
        let listed = json!({ "methods": METHODS, "fields": APPLICATION_FIELDS, "cases": each.collect::<Vec<_>>() });
        let file = folder.path().join("cases.json");
        fs::write(&file, listed.to_string())?;
        // It runs in a folder of its own.
        let mut command = Command::new(std::path::absolute(python)?);
        // The package is the one that is installed, not one that lies about.
        command.args(["-I", "-B", "-c", PROGRAM]).arg(&file).current_dir(folder.path());
        command.stdout(Stdio::piped()).stderr(fs::File::create(folder.path().join("stderr"))?);
        let mut running = started(&mut command)?;
        let (tell, told) = mpsc::channel();
        if let Some(output) = running.0.stdout.take() {
            // It says nothing more, so nobody has to listen.
            thread::spawn(move || {
                let mut line = String::new();
                let _ = BufReader::new(output).read_line(&mut line);
                let _ = tell.send(line);
            });
        }
        let line = told.recv_timeout(PATIENCE).unwrap_or_default();
        let port = line.trim().parse().map_err(|_| {
            let said = fs::read_to_string(folder.path().join("stderr")).unwrap_or_default();
            let last = said.trim().lines().next_back().unwrap_or_default();
            Error::Server(format!("uvicorn does not come up: {last}"))
        })?;
        Ok(Self { _running: running, port, _folder: folder })
    }

    pub(super) fn origin(&self) -> String {
        format!("http://127.0.0.1:{}", self.port)
    }
}
