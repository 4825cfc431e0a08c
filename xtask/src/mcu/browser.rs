//! A real browser and a booted firmware: pages of three origins, and what each gets to do.

use std::io::{self, Read as _, Write as _};
use std::net::{Ipv4Addr, TcpListener};
use std::path::Path;
use std::process::Command;
use std::thread;

use crate::report::{Outcome, Stop, Tally};
use crate::run::{capture, emptied, show};

/// Nothing but this machine can be reached.
const HOSTS: &str = "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE localhost, EXCLUDE 127.0.0.1, EXCLUDE ::1";

/// Asks for four things, and writes what came of each. `DEVICE` is the firmware's address.
const PAGE: &str = "\
<!doctype html><meta charset=utf-8><title>t</title><body><script>
const attempts = {
  read: async () => (await (await fetch('DEVICE/api/lamp')).json()).on,
  put: async () =>
    (await (await fetch('DEVICE/api/lamp', { method: 'PUT', body: 'on', headers: { 'X-Request-Id': '7' } })).json()).on,
  readings: async () => Number((await fetch('DEVICE/api/sensor')).headers.get('x-readings')) > 0,
  remove: async () => (await fetch('DEVICE/api/lamp', { method: 'DELETE' })).status,
};
(async () => {
  let told = '';
  for (const [name, attempt] of Object.entries(attempts)) {
    told += name + '=' + (await attempt().catch(() => 'refused')) + ';';
  }
  document.body.textContent = told;
})();
</script>";

/// Opens the pages. `port` is the firmware's, whose lamp is off.
pub(crate) fn browse(port: u16, scratch: &Path) -> Outcome {
    let Some(browser) = crate::browser::program() else {
        return Err(Stop::needs("chromium (Debian's chromium)"));
    };
    let device = format!("http://127.0.0.1:{port}");
    let page = PAGE.replace("DEVICE", &device);
    let other = serve(page).map_err(|error| Stop::failed(error.to_string()))?;
    let mut tally = Tally::default();
    for (what, url, expected) in [
        // The policy has `http://localhost:*`, and not the same page by its address.
        (
            "another origin",
            format!("http://127.0.0.1:{other}/"),
            "read=refused;put=refused;readings=refused;remove=refused;",
        ),
        ("the device's own page, still off", format!("{device}/"), "<b id=\"lamp\">off</b>"),
        ("a listed origin", format!("http://localhost:{other}/"), "read=false;put=true;readings=true;remove=refused;"),
        ("the device's own page, now on", format!("{device}/"), "<b id=\"lamp\">on</b>"),
    ] {
        let mut open = Command::new(&browser);
        let profile = emptied(&scratch.join("browser"))?;
        open.args(["--headless", "--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-sync"]);
        open.args(["--disable-background-networking", "--disable-component-update", "--disable-quic"]);
        open.args(["--disable-dev-shm-usage", "--no-proxy-server", HOSTS]);
        open.arg(format!("--user-data-dir={}", profile.display()));
        // Until nothing is asked for any more.
        open.args(["--virtual-time-budget=20000", "--dump-dom", &url]);
        show(&open);
        let document = capture(&mut open)?.stdout;
        if !document.contains(expected) {
            return Err(Stop::failed(format!("{what}: no {expected} in {document:?}")));
        }
        println!("{what}: {expected}");
        tally += Tally::PASSED;
    }
    Ok(tally)
}

/// Serves a page on a free port until the process ends.
fn serve(page: String) -> io::Result<u16> {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?;
    let port = listener.local_addr()?.port();
    thread::spawn(move || {
        for mut connection in listener.incoming().flatten() {
            let head = format!("HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: {}\r\n", page.len());
            // A browser also opens connections on which it says nothing: those wait for their end in a thread of their own.
            let answer = format!("{head}Connection: close\r\n\r\n{page}");
            thread::spawn(move || {
                let mut request = [0; 4096];
                let _ = connection.read(&mut request).and_then(|_| connection.write_all(answer.as_bytes()));
            });
        }
    });
    Ok(port)
}
