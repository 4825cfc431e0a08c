//! Emulated machines.

use std::fs::File;
use std::io;
use std::net::{Ipv4Addr, TcpListener};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::thread::sleep;
use std::time::{Duration, Instant};

use crate::report::Stop;
use crate::run::show;
use crate::toolchain::in_path;

/// How long an image may run that ends by itself. The longest takes a second on an idle machine.
const LIMIT: Duration = Duration::from_secs(300);

/// A machine and its emulator.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Machine {
    program: &'static str,
    package: &'static str,
    pub(crate) name: &'static str,
}

impl Machine {
    /// A machine with a core of ARM's.
    pub(crate) const fn arm(name: &'static str) -> Self {
        Self { program: "qemu-system-arm", package: "qemu-system-arm", name }
    }

    /// A machine with a core of RISC-V.
    pub(crate) const fn riscv(name: &'static str) -> Self {
        Self { program: "qemu-system-riscv32", package: "qemu-system-misc", name }
    }

    /// Whether the emulator is there. Asked before anything is built for it.
    pub(crate) fn present(&self) -> Result<(), Stop> {
        match in_path(self.program) {
            Some(_) => Ok(()),
            None => Err(Stop::needs(format!("{} (Debian's {})", self.program, self.package))),
        }
    }

    fn command(&self, image: &Path) -> Result<Command, Stop> {
        self.present()?;
        let mut command = Command::new(self.program);
        command.args(["-M", self.name, "-display", "none", "-monitor", "none", "-serial", "none", "-no-reboot"]);
        command.stdin(Stdio::null()).arg("-kernel").arg(image);
        Ok(command)
    }

    /// Runs an image to its end, which it tells by semihosting.
    pub(crate) fn run(&self, image: &Path, options: &[&str]) -> Result<Ran, Stop> {
        let mut command = self.command(image)?;
        command.args(["-semihosting-config", "enable=on,target=native"]).args(options);
        show(&command);
        // Into one file, so that what is said is in order and no pipe can fill up.
        let output = image.with_extension("log");
        let broken = |error: io::Error| Stop::failed(format!("{}: {error}", self.program));
        let file = File::create(&output).map_err(broken)?;
        command.stderr(file.try_clone().map_err(broken)?).stdout(file);
        let mut child = Running(command.spawn().map_err(broken)?);
        let start = Instant::now();
        let status = loop {
            match child.0.try_wait().map_err(broken)? {
                Some(status) => break status,
                None if start.elapsed() > LIMIT => return Err(Stop::failed("the image does not end")),
                None => sleep(Duration::from_millis(20)),
            }
        };
        let output = std::fs::read(&output).map_err(broken)?;
        Ok(Ran { success: status.success(), output: String::from_utf8_lossy(&output).into_owned() })
    }

    /// Boots a firmware; its port 80 is reached by a free port of this machine.
    pub(crate) fn serve(&self, image: &Path) -> Result<Served, Stop> {
        let broken = |error: io::Error| Stop::failed(format!("{}: {error}", self.program));
        // Free until a moment ago; who takes it in between makes QEMU fail, and the step with it.
        let port =
            TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).and_then(|free| free.local_addr()).map_err(broken)?.port();
        let mut command = self.command(image)?;
        command.args(["-nic", &format!("user,hostfwd=tcp:127.0.0.1:{port}-10.0.2.15:80")]);
        show(&command);
        command.stdout(Stdio::null()).stderr(Stdio::null());
        Ok(Served { child: Running(command.spawn().map_err(broken)?), port })
    }
}

/// How an image came to its end.
#[derive(Debug)]
pub(crate) struct Ran {
    /// Whether it said that all is well.
    pub(crate) success: bool,
    /// What it said.
    pub(crate) output: String,
}

/// A booted firmware, until it is dropped.
#[derive(Debug)]
pub(crate) struct Served {
    child: Running,
    pub(crate) port: u16,
}

impl Served {
    /// Whether the emulator runs: a firmware that resets ends it.
    pub(crate) fn is_up(&mut self) -> bool {
        matches!(self.child.0.try_wait(), Ok(None))
    }
}

/// A child that does not outlive its owner.
#[derive(Debug)]
struct Running(Child);

impl Drop for Running {
    fn drop(&mut self) {
        // One that has ended by itself is waited for already.
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}
