//! The image of the operator's side: compile a policy on the device, and say what is wrong with one.

#![no_std]
#![no_main]

use core::fmt::Write;

use corsac::{Config, PolicyError, PolicyRef};
use corsac_embedded as _;

type Compile = for<'b> fn(&Config<'_>, &'b mut [u8]) -> Result<PolicyRef<'b>, PolicyError>;
type Problems = fn(&Config<'_>, &mut dyn Write);

#[used]
#[expect(unsafe_code, reason = "places the table where the linker script keeps it")]
#[unsafe(link_section = ".entries")]
static ENTRIES: (Compile, Problems) = (compile, problems);

fn compile<'b>(config: &Config<'_>, memory: &'b mut [u8]) -> Result<PolicyRef<'b>, PolicyError> {
    config.compile_into(memory)
}

fn problems(config: &Config<'_>, out: &mut dyn Write) {
    for problem in config.problems() {
        // A full buffer loses words, not the check.
        let _ = writeln!(out, "{}", config.describe(&problem));
    }
}
