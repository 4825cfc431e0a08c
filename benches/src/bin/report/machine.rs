//! What the figures were measured on.

use std::fs;
use std::process::Command;
use std::thread::available_parallelism;

/// A list in Markdown: processor, system, compiler, commit and day. Nothing that tells one machine of its kind from another.
pub(crate) fn description() -> String {
    let processor = field("/proc/cpuinfo", "model name").unwrap_or_else(|| "an unknown processor".to_owned());
    let cores = available_parallelism().map_or(0, usize::from);
    let memory = field("/proc/meminfo", "MemTotal").and_then(|text| text.split(' ').next()?.parse::<u64>().ok());
    let memory =
        memory.map_or_else(String::new, |kibibytes| format!(", {} GiB of memory", (kibibytes + (1 << 19)) >> 20));
    let is_virtual = fs::read_to_string("/proc/cpuinfo").is_ok_and(|text| text.contains(" hypervisor"));
    let kind = if is_virtual { "a virtual machine" } else { "no virtual machine" };
    let system = format!("{} on {}", std::env::consts::OS, std::env::consts::ARCH);
    let compiler = said("rustc", &["--version"]).unwrap_or_else(|| "an unknown compiler".to_owned());
    let commit = said("git", &["rev-parse", "--short", "HEAD"]).unwrap_or_else(|| "unknown".to_owned());
    let changes = match said("git", &["status", "--porcelain", "--untracked-files=no", "--", ".", ":!docs"]) {
        Some(files) if !files.is_empty() => ", with changes that were not committed",
        _ => "",
    };
    let day = said("date", &["-u", "+%Y-%m-%d"]).unwrap_or_else(|| "unknown".to_owned());
    format!(
        "- Processor: {processor}, {cores} cores{memory}; {kind}\n- System: {system}\n- Compiler: {compiler}, profile `bench`: fat \
         LTO, one codegen unit\n- Commit: {commit}{changes}\n- Day: {day}\n"
    )
}

/// The value behind a name in a file of the kernel.
fn field(file: &str, name: &str) -> Option<String> {
    let text = fs::read_to_string(file).ok()?;
    let line = text.lines().find(|line| line.starts_with(name))?;
    Some(line.split_once(':')?.1.trim().to_owned())
}

fn said(program: &str, arguments: &[&str]) -> Option<String> {
    let output = Command::new(program).args(arguments).output().ok()?;
    output.status.success().then(|| String::from_utf8_lossy(&output.stdout).trim().to_owned())
}
