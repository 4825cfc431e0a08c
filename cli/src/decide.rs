//! `corsac decide`: one request, one verdict.

use corsac::AbsentOrigin;

use crate::args;
use crate::ask::{Answer, Server, own_name_fault, uselessness};
use crate::field_arg;
use crate::loaded::Loaded;
use crate::output::{Exit, Misuse, Output};

/// Runs the command.
pub(crate) fn run(args: &args::Decide, json: bool) -> Result<Output, Misuse> {
    let method = args.method.as_ref().map_or(&b"GET"[..], |method| method.as_encoded_bytes());
    if !corsac_browser::is_token(method) {
        return Err(Misuse::new(format!("`{}` is no method; write one word such as OPTIONS", method.escape_ascii())));
    }
    let server = server(args)?;
    let fields = field_arg::parse_all_of_request(&args.headers)?;
    let loaded = Loaded::read(&args.policy)?;
    let answer = Answer::to(args.ask, &loaded.policy()?, method, &fields, &server);
    let exit = Exit::of(answer.is_yes());
    Ok(if json { Output::json(&answer, exit) } else { Output::text(answer.text(), exit) })
}

/// What the arguments say of the server. What the verdict has no use for is misuse.
fn server(args: &args::Decide) -> Result<Server, Misuse> {
    for (given, flag, key) in [
        (args.method.is_some(), "-X", "method"),
        (args.scheme.is_some(), "--scheme", "scheme"),
        (args.refuse_absent_origin, "--refuse-absent-origin", "absent_origin"),
        (!args.own_names.is_empty(), "--own-name", "own_names"),
    ] {
        if given && let Some(sentence) = uselessness(key, flag, args.ask) {
            return Err(Misuse::new(format!("{sentence}; see --ask")));
        }
    }
    for name in &args.own_names {
        if let Some(sentence) = own_name_fault(name) {
            return Err(Misuse::new(format!("--own-name: {sentence}")));
        }
    }
    let absent_origin = if args.refuse_absent_origin { AbsentOrigin::Refuse } else { AbsentOrigin::Pass };
    Ok(Server { scheme: args.scheme.map(Into::into), absent_origin, own_names: args.own_names.clone() })
}
