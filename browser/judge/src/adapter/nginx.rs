//! The module for nginx: one location for each case.

use std::fmt::Write as _;
use std::fs;
use std::net::{Ipv4Addr, TcpListener};
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Instant;

use tempfile::TempDir;
use tokio::net::TcpStream;

use super::{PATIENCE, Running, started};
use crate::case::{APPLICATION_FIELDS, Case, path};
use crate::error::Error;
use crate::options::Options;

/// Where Debian has it, which is not in everyone's `PATH`.
const PROGRAMS: [&str; 2] = ["/usr/sbin/nginx", "nginx"];

/// A running nginx; it ends with this value.
#[derive(Debug)]
pub(super) struct Nginx {
    _running: Running,
    port: u16,
    _folder: TempDir,
}

impl Nginx {
    /// Starts it, as one process that does not leave its parent.
    pub(super) async fn start(module: &Path, cases: &[Case]) -> Result<Self, Error> {
        let module = module.canonicalize()?;
        let folder = tempfile::Builder::new().prefix("corsac-nginx-").tempdir()?;
        // Free until a moment ago; who takes it in between makes nginx fail, and the run with it.
        let port = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?.local_addr()?.port();
        fs::write(folder.path().join("nginx.conf"), configuration(&module, folder.path(), port, cases))?;
        let program = PROGRAMS.into_iter().find(|program| Path::new(program).is_file()).unwrap_or(PROGRAMS[1]);
        let mut command = Command::new(program);
        command.arg("-p").arg(folder.path()).arg("-c").arg(folder.path().join("nginx.conf"));
        command.stdout(Stdio::null()).stderr(fs::File::create(folder.path().join("stderr"))?);
        let mut running = started(&mut command)?;
        let begun = Instant::now();
        while TcpStream::connect((Ipv4Addr::LOCALHOST, port)).await.is_err() {
            if running.0.try_wait()?.is_some() || begun.elapsed() > PATIENCE {
                let said = fs::read_to_string(folder.path().join("stderr")).unwrap_or_default();
                return Err(Error::Server(format!("nginx does not come up: {}", said.trim())));
            }
            tokio::time::sleep(core::time::Duration::from_millis(20)).await;
        }
        Ok(Self { _running: running, port, _folder: folder })
    }

    pub(super) fn origin(&self) -> String {
        format!("http://127.0.0.1:{}", self.port)
    }
}

/// All of `nginx.conf`. Without a master there is one process, which is ended by its own id.
fn configuration(module: &Path, folder: &Path, port: u16, cases: &[Case]) -> String {
    let mut locations = String::new();
    for (id, case) in cases.iter().enumerate() {
        let _ = writeln!(locations, "location = {} {{\n{}", path(id), directives(case.policy.options()));
        for (name, value) in APPLICATION_FIELDS {
            if name != "content-type" {
                let _ = writeln!(locations, "  add_header {name} {} always;", quoted(value));
            }
        }
        let _ = writeln!(locations, "  return {} body;\n}}", case.status);
    }
    let folder = folder.display();
    format!(
        "load_module {};\ndaemon off;\nmaster_process off;\nerror_log {folder}/error.log warn;\npid {folder}/nginx.pid;\n\
         events {{ worker_connections 512; }}\nhttp {{\naccess_log off;\ndefault_type text/plain;\n\
         client_body_temp_path {folder}/temp;\nproxy_temp_path {folder}/temp;\nfastcgi_temp_path {folder}/temp;\n\
         uwsgi_temp_path {folder}/temp;\nscgi_temp_path {folder}/temp;\n\
         server {{\nlisten 127.0.0.1:{port};\n{locations}}}\n}}\n",
        module.display()
    )
}

/// The policy as the module's directives.
fn directives(options: &Options) -> String {
    let mut text = String::from("  cors on;\n");
    for (name, list) in [
        ("cors_allow_origins", &options.allow_origins),
        ("cors_allow_methods", &options.allow_methods),
        ("cors_allow_headers", &options.allow_headers),
        ("cors_expose_headers", &options.expose_headers),
    ] {
        if !list.is_empty() {
            let entries: Vec<_> = list.iter().map(|entry| quoted(entry)).collect();
            let _ = writeln!(text, "  {name} {};", entries.join(" "));
        }
    }
    for (name, is_on) in [
        ("cors_allow_credentials", options.allow_credentials),
        ("cors_allow_null_origin", options.allow_null_origin),
        ("cors_static_origin", options.static_origin),
        ("cors_minimal_answers", options.minimal_answers),
        ("cors_timing_allow_origin", options.timing_allow_origin),
        ("cors_dangerously_allow_insecure_origins", options.dangerously_allow_insecure_origins),
        ("cors_dangerously_allow_public_suffixes", options.dangerously_allow_public_suffixes),
        ("cors_dangerously_allow_any_port", options.dangerously_allow_any_port),
    ] {
        if is_on {
            let _ = writeln!(text, "  {name} on;");
        }
    }
    if let Some(seconds) = options.max_age {
        let _ = writeln!(text, "  cors_max_age {seconds};");
    }
    let _ = write!(text, "  cors_preflight_status {};", options.preflight_status);
    text
}

fn quoted(text: &str) -> String {
    format!("\"{}\"", text.replace('\\', "\\\\").replace('"', "\\\""))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_policy_is_written_in_directives() {
        let options = Options {
            allow_origins: vec!["http://a.example".to_owned(), "http://*.b.example".to_owned()],
            allow_credentials: true,
            max_age: Some(600),
            ..Options::default()
        };
        let text = "  cors on;\n  cors_allow_origins \"http://a.example\" \"http://*.b.example\";\n  \
                    cors_allow_credentials on;\n  cors_max_age 600;\n  cors_preflight_status 204;";
        assert_eq!(directives(&options), text);
    }
}
