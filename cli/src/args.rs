//! What the command line takes.

use std::ffi::OsString;
use std::path::PathBuf;

use clap::{CommandFactory as _, FromArgMatches as _, Parser, Subcommand, ValueEnum};

use crate::ask::Ask;

const EXIT_CODES: &str = "\
Exit codes:
  0  yes: the policy is valid, the request is allowed, every expectation is met, the file is written
  1  no: the policy has problems (check), the request is refused (decide, explain), an expectation fails (test)
  2  misuse: bad arguments, a file that cannot be read or written, TOML syntax, an invalid policy given to any
     command but check and playground

A POLICY is a TOML file; `-` reads it from standard input. Colour is used on a terminal unless NO_COLOR is set.";

/// Checks, explains, tests and compiles CORS policies.
#[derive(Parser, Debug)]
#[command(name = "corsac", version, no_binary_name = true, after_help = EXIT_CODES, arg_required_else_help = true)]
pub(crate) struct Args {
    /// Writes one JSON document to standard output instead of text for people.
    #[arg(long, global = true)]
    pub(crate) json: bool,
    #[command(subcommand)]
    pub(crate) command: Command,
}

impl Args {
    /// Reads the arguments behind the program's name.
    pub(crate) fn read(program: &str, arguments: impl IntoIterator<Item = OsString>) -> Result<Self, clap::Error> {
        let matches = named(Self::command(), program).try_get_matches_from(arguments)?;
        Self::from_arg_matches(&matches)
    }
}

/// The command as it is called here: usage lines, and the examples in the help of its subcommands.
fn named(command: clap::Command, program: &str) -> clap::Command {
    let own = command.get_name().to_owned();
    let subcommands: Vec<String> = command.get_subcommands().map(|one| one.get_name().to_owned()).collect();
    command.bin_name(program).mut_subcommands(|subcommand| {
        let Some(help) = subcommand.get_after_help() else { return subcommand };
        let mut help = help.to_string();
        for name in &subcommands {
            help = help.replace(&format!("{own} {name} "), &format!("{program} {name} "));
        }
        subcommand.after_help(help)
    })
}

/// What to do.
#[derive(Subcommand, Debug)]
pub(crate) enum Command {
    Check(Check),
    Decide(Decide),
    Explain(Explain),
    Test(Test),
    Compile(Compile),
    Playground(Playground),
}

/// Tells all that is wrong with a policy, what is doubtful, and what each pattern, host and content type takes.
#[derive(clap::Args, Debug)]
#[command(
    after_help = "Exit codes: 0 the policy is valid, warnings or not; 1 it has problems; 2 it cannot be read or is no TOML."
)]
pub(crate) struct Check {
    /// The policy file, or `-`.
    #[arg(value_name = "POLICY.toml")]
    pub(crate) policy: PathBuf,
    /// How many patterns, hosts and content types are shown with what they take, of each.
    #[arg(long, value_name = "COUNT", default_value_t = 10)]
    pub(crate) examples: usize,
}

/// Decides on one request as a server would: by CORS, or by one of the verdicts beside it.
#[derive(clap::Args, Debug)]
#[command(after_help = "\
Example:
  corsac decide app.toml -X OPTIONS -H 'Origin: https://app.example.com' -H 'Access-Control-Request-Method: PUT'
  corsac decide app.toml --ask guard -X POST -H 'Origin: https://evil.example' -H 'Sec-Fetch-Site: cross-site'
  corsac decide device.toml --ask host -H 'Host: 192.168.1.23' --own-name 192.168.1.23

CORS says which pages may read a response; guard, host and websocket say which requests may act, and each counts
only where the server asks it. screen asks them all: it passes what goes on to the application, a response that
CORS hides from a page included, and preflights that are allowed.

Exit codes: 0 allowed or passed, or no CORS request at all; 1 refused; 2 misuse, or an invalid policy.")]
pub(crate) struct Decide {
    /// The policy file, or `-`.
    #[arg(value_name = "POLICY.toml")]
    pub(crate) policy: PathBuf,
    /// The method of the request, case-sensitive; GET where it is not given. For cors, guard and screen.
    #[arg(short = 'X', long, value_name = "METHOD")]
    pub(crate) method: Option<OsString>,
    /// A field of the request, or `:authority` or `:protocol` of HTTP/2; may be repeated. Blanks around the value do not
    /// count, as in HTTP.
    #[arg(short = 'H', long = "header", value_name = "NAME: VALUE", allow_hyphen_values = true)]
    pub(crate) headers: Vec<OsString>,
    /// The verdict that is asked for.
    #[arg(long, value_name = "VERDICT", value_enum, default_value_t)]
    pub(crate) ask: Ask,
    /// The scheme by which the server is reached; not known if it is not given. For guard, websocket and screen.
    #[arg(long, value_enum)]
    pub(crate) scheme: Option<Scheme>,
    /// Refuses a request that has neither Sec-Fetch-Site nor Origin. For guard, websocket and screen.
    #[arg(long)]
    pub(crate) refuse_absent_origin: bool,
    /// A name that the server got at run time, spelled as in allow_hosts; may be repeated. For host and screen.
    #[arg(long = "own-name", value_name = "NAME")]
    pub(crate) own_names: Vec<String>,
}

/// The scheme by which a server is reached.
#[derive(ValueEnum, Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Scheme {
    Http,
    Https,
}

impl From<Scheme> for corsac::Scheme {
    fn from(scheme: Scheme) -> Self {
        match scheme {
            Scheme::Http => Self::Http,
            Scheme::Https => Self::Https,
        }
    }
}

/// Tells the story of one call that a page makes: what the browser sends, what corsac answers, what the page gets.
#[derive(clap::Args, Debug)]
#[command(after_help = "\
Example:
  corsac explain app.toml --from https://app.example.com 'PUT https://api.example.com/users/7' \\
      -H 'Content-Type: application/json' --credentials

The browser is a model of the Fetch standard; behind corsac stands an application that answers 200 with the
fields of --response. Of a call that may change something the story also has what the request guard would say, a
verdict apart from CORS that only counts where the server asks it.

Exit codes: 0 the page reads the response; 1 it does not; 2 misuse, or an invalid policy.")]
pub(crate) struct Explain {
    /// The policy file of the server, or `-`.
    #[arg(value_name = "POLICY.toml")]
    pub(crate) policy: PathBuf,
    /// The call: a method and a URL; GET where there is only a URL.
    #[arg(value_name = "METHOD URL", num_args = 1..=2, required = true)]
    pub(crate) request: Vec<String>,
    /// The origin of the page that makes the call, or `null`.
    #[arg(long, value_name = "ORIGIN")]
    pub(crate) from: String,
    /// A header that the page sets; may be repeated.
    #[arg(short = 'H', long = "header", value_name = "NAME: VALUE", allow_hyphen_values = true)]
    pub(crate) headers: Vec<OsString>,
    /// The page asks for cookies and other credentials to be sent: `credentials: "include"`.
    #[arg(long)]
    pub(crate) credentials: bool,
    /// A field of the application's own response; may be repeated.
    #[arg(
        long,
        value_name = "NAME: VALUE",
        default_value = "Content-Type: application/json",
        allow_hyphen_values = true
    )]
    pub(crate) response: Vec<OsString>,
}

/// Runs an operator's own expectations about a policy.
#[derive(clap::Args, Debug)]
#[command(after_help = "\
A test file names a policy and says what is expected of it:

  policy = \"app.toml\"                     # beside this file; or a [policy] table with its options

  [[expect]]                              # a call that a page makes, by a model of a browser
  name = \"the app saves a user\"           # optional
  from = \"https://app.example.com\"
  request = \"PUT https://api.example.com/users/7\"
  headers = { content-type = \"application/json\" }
  credentials = true
  allowed = true                          # whether the page reads the response
  preflight = true                        # optional: whether a preflight is made
  reads = [\"etag\"]                        # optional: response headers that the page reads, where they are sent
  response = { vary = \"Origin\", access-control-allow-headers = false }  # optional: a value, true: any, false: none
  preflight_response = { access-control-max-age = \"600\" }               # optional, likewise

  [[expect]]                              # a request as the server sees it
  method = \"OPTIONS\"
  fields = [\"Origin: https://evil.example\", \"Access-Control-Request-Method: PUT\"]
  allowed = false
  refusal = \"origin-not-allowed\"          # optional

  [[expect]]                              # a request, and a verdict beside CORS: see corsac decide --help
  ask = \"guard\"                           # or host, websocket, screen; without it cors
  method = \"POST\"
  fields = [\"Origin: https://evil.example\", \"Sec-Fetch-Site: cross-site\"]
  scheme = \"https\"                        # optional, as is absent_origin = \"refuse\": for guard, websocket, screen
  passes = false                          # whether the server lets it act; in place of allowed
  refusal = \"cross-site\"                  # optional; for screen also stopped_by = \"guard\", host or websocket

  [[expect]]
  ask = \"host\"
  fields = [\"Host: 192.168.1.23\"]
  own_names = [\"192.168.1.23\"]            # optional: names that the server got at run time; for host and screen
  passes = true

Exit codes: 0 every expectation is met; 1 one is not; 2 misuse, or an invalid policy.")]
pub(crate) struct Test {
    /// The test file, or `-`.
    #[arg(value_name = "FILE")]
    pub(crate) file: PathBuf,
}

/// Compiles a policy to its image: a file, a C header or a Rust constant.
#[derive(clap::Args, Debug)]
#[command(after_help = "\
Whoever loads the image gives it to corsac_policy_open, PolicyRef::open or Policy.from_image.
Exit codes: 0 written; 2 misuse, or an invalid policy; nothing is then written.")]
pub(crate) struct Compile {
    /// The policy file, or `-`.
    #[arg(value_name = "POLICY.toml")]
    pub(crate) policy: PathBuf,
    /// The file to write: .bin, .h or .rs; `-` writes to standard output.
    #[arg(short, long, value_name = "FILE")]
    pub(crate) output: PathBuf,
    /// The format, where the file's extension does not tell it.
    #[arg(long, value_enum)]
    pub(crate) format: Option<Format>,
    /// The name of the C array or Rust constant; from the file's name where it is not given.
    #[arg(long, value_name = "IDENTIFIER")]
    pub(crate) name: Option<String>,
}

/// Opens a page to try policies on: the exchange as predicted, and this browser's own answer beside it.
#[derive(clap::Args, Debug)]
#[command(after_help = "\
Starts two servers that only this machine reaches, one for the page and one for the API that it calls, and opens
the page in the browser. Nothing is loaded from elsewhere, and no file is written: the policy is edited in the page.
Ctrl-C ends it.

Exit codes: 0 ended by Ctrl-C; 2 misuse, a file that cannot be read, or a port that is taken.")]
pub(crate) struct Playground {
    /// The policy to begin with, valid or not, or `-`; an example where it is not given.
    #[arg(value_name = "POLICY.toml")]
    pub(crate) policy: Option<PathBuf>,
    /// The port of the page; a free one where it is not given.
    #[arg(long, value_name = "PORT")]
    pub(crate) port: Option<u16>,
    /// Prints the page's address and opens nothing.
    #[arg(long)]
    pub(crate) no_open: bool,
}

/// The form of a compiled policy.
#[derive(ValueEnum, Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Format {
    /// The image as it is
    Bin,
    /// A C header with a constant array
    #[value(alias = "h")]
    C,
    /// A Rust source file with a constant
    #[value(alias = "rs")]
    Rust,
}

impl Format {
    /// The format's name on the command line.
    pub(crate) const fn as_str(self) -> &'static str {
        match self {
            Self::Bin => "bin",
            Self::C => "c",
            Self::Rust => "rust",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn help(program: &str, arguments: &[&str]) -> String {
        Args::read(program, arguments.iter().map(OsString::from)).unwrap_err().to_string()
    }

    #[test]
    fn help_names_the_program_as_it_is_called() {
        let long = "python -m corsac";
        assert!(help(long, &["--help"]).contains("Usage: python -m corsac [OPTIONS] <COMMAND>"));
        for (command, call) in
            [("decide", "decide app.toml -X"), ("explain", "explain app.toml"), ("test", "decide --help")]
        {
            for program in ["corsac", long] {
                let help = help(program, &[command, "--help"]);
                assert!(help.contains(&format!("Usage: {program} {command} ")), "{help}");
                assert!(help.contains(&format!("{program} {call}")), "{help}");
                let is_short = help.contains("\n  corsac ") || help.contains("see corsac ");
                assert_eq!(is_short, program == "corsac", "{help}");
            }
        }
        assert!(help(long, &["decide"]).contains("Usage: python -m corsac decide <POLICY.toml>"));
        assert_eq!(help(long, &["--version"]), format!("corsac {}\n", env!("CARGO_PKG_VERSION")));
    }

    #[test]
    fn the_command_line_is_sound() {
        Args::command().debug_assert();
        named(Args::command(), "python -m corsac").debug_assert();
    }
}
