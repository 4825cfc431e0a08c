//! `corsac decide`: one request, one decision.

use crate::args;
use crate::decided::Decided;
use crate::field_arg;
use crate::loaded::Loaded;
use crate::output::{Exit, Misuse, Output};

/// Runs the command.
pub(crate) fn run(args: &args::Decide, json: bool) -> Result<Output, Misuse> {
    let method = args.method.as_encoded_bytes();
    if !corsac_browser::is_token(method) {
        return Err(Misuse::new(format!("`{}` is no method; write one word such as OPTIONS", method.escape_ascii())));
    }
    let fields = field_arg::parse_all(&args.headers)?;
    let loaded = Loaded::read(&args.policy)?;
    let decided = Decided::by(&loaded.policy()?, method, &fields);
    let exit = Exit::of(decided.allowed != Some(false));
    Ok(if json { Output::json(&decided, exit) } else { Output::text(decided.text(), exit) })
}
