//! Which verdict a server asks for, what it says of itself, and the answer.

use clap::ValueEnum;
use corsac::{AbsentOrigin, Config, GuardRequest, PolicyRef, Scheme, ScreenRequest};
use serde::Serialize;

use crate::decided::Decided;
use crate::field_arg::Field;
use crate::judged::{Judged, Screened};
use crate::output::short;

/// The verdicts by the names that they have on the command line and in test files.
#[derive(ValueEnum, Clone, Copy, PartialEq, Eq, Default, Debug)]
pub(crate) enum Ask {
    /// May the page read the response
    #[default]
    Cors,
    /// May the request change something: against cross-site request forgery
    Guard,
    /// Is the server reached under a name of its own: against DNS rebinding
    Host,
    /// May the page open the WebSocket
    Websocket,
    /// All of them, in the order in which a server asks
    Screen,
}

impl Ask {
    pub(crate) const ALL: [Self; 5] = [Self::Cors, Self::Guard, Self::Host, Self::Websocket, Self::Screen];

    /// The verdict's name.
    pub(crate) const fn as_str(self) -> &'static str {
        match self {
            Self::Cors => "cors",
            Self::Guard => "guard",
            Self::Host => "host",
            Self::Websocket => "websocket",
            Self::Screen => "screen",
        }
    }
}

/// What a server says of itself, beside the request.
#[derive(Clone, Default, Debug)]
pub(crate) struct Server {
    pub(crate) scheme: Option<Scheme>,
    pub(crate) absent_origin: AbsentOrigin,
    pub(crate) own_names: Vec<String>,
}

/// What only some verdicts look at, by its keys in a test file, and the verdicts that do.
pub(crate) const KEYS_OF_SOME: [(&str, &[Ask]); 4] = [
    ("method", &[Ask::Cors, Ask::Guard, Ask::Screen]),
    ("scheme", &[Ask::Guard, Ask::Websocket, Ask::Screen]),
    ("absent_origin", &[Ask::Guard, Ask::Websocket, Ask::Screen]),
    ("own_names", &[Ask::Host, Ask::Screen]),
];

/// Why a verdict has no use for what a key says, which the reader knows as `name`; `None` where it has.
pub(crate) fn uselessness(key: &str, name: &str, ask: Ask) -> Option<String> {
    let (_, asks) = KEYS_OF_SOME.iter().find(|(known, _)| *known == key)?;
    let names: Vec<&str> = asks.iter().map(|ask| ask.as_str()).collect();
    let (last, others) = names.split_last()?;
    let (ask_name, others) = (ask.as_str(), others.join(", "));
    let sentence = format!("the verdict {ask_name} does not look at `{name}`, but {others} and {last} do");
    (!asks.contains(&ask)).then_some(sentence)
}

/// What is wrong with a name of the server's own, which is spelled as an entry of `allow_hosts` is.
pub(crate) fn own_name_fault(name: &str) -> Option<String> {
    let entries = [name];
    let config = Config { allow_hosts: &entries, ..Config::CLOSED };
    let error = config.image_len().err()?;
    let suggestion = config.suggestion(&error).map(|text| format!(": `{}`", text.as_str())).unwrap_or_default();
    Some(format!("`{}` takes no host: {}{suggestion}", short(name.as_bytes()), error.kind().sentence()))
}

/// The answer of a verdict, in the form of the conformance vectors with `explain`.
#[derive(Clone, Debug, Serialize)]
#[serde(untagged)]
pub(crate) enum Answer {
    Decided(Decided),
    Judged(Judged),
    Screened(Screened),
}

impl Answer {
    /// Asks the policy.
    pub(crate) fn to(ask: Ask, policy: &PolicyRef<'_>, method: &[u8], fields: &[Field], server: &Server) -> Self {
        let own_names: Vec<&str> = server.own_names.iter().map(String::as_str).collect();
        let pairs = || fields.iter().map(|(name, value)| (name, value));
        let guarded = || {
            let request = GuardRequest::from_fields(method, pairs());
            request.with_absent_origin(server.absent_origin).with_scheme(server.scheme)
        };
        match ask {
            Ask::Cors => Self::Decided(Decided::by(policy, method, fields)),
            Ask::Guard => Self::Judged(Judged::of(&policy.guard(&guarded()))),
            Ask::Host => Self::Judged(Judged::of(&policy.check_host_with(guarded().host(), &own_names))),
            Ask::Websocket => Self::Judged(Judged::of(&policy.check_websocket(&guarded()))),
            Ask::Screen => {
                let request = ScreenRequest::from_fields(method, pairs())
                    .with_absent_origin(server.absent_origin)
                    .with_own_names(&own_names)
                    .with_scheme(server.scheme);
                Self::Screened(Screened::of(&policy.screen(&request)))
            }
        }
    }

    /// Whether it is a yes; what is not decided is none that stops anyone.
    pub(crate) fn is_yes(&self) -> bool {
        match self {
            Self::Decided(decided) => decided.allowed != Some(false),
            Self::Judged(judged) => judged.passes,
            Self::Screened(screened) => screened.passes,
        }
    }

    /// For people.
    pub(crate) fn text(&self) -> String {
        match self {
            Self::Decided(decided) => decided.text(),
            Self::Judged(judged) => judged.text(),
            Self::Screened(screened) => screened.text(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_those_of_the_command_line() {
        let of_clap: Vec<String> =
            Ask::value_variants().iter().map(|ask| ask.to_possible_value().unwrap().get_name().to_owned()).collect();
        assert_eq!(of_clap, Ask::ALL.map(Ask::as_str));
    }

    #[test]
    fn own_names_are_spelled_as_entries() {
        for name in ["printer", "printer.local:8080", "192.168.1.7:*", "[fd00::7]"] {
            assert_eq!(own_name_fault(name), None);
        }
        assert_eq!(
            own_name_fault("Printer").unwrap(),
            "`Printer` takes no host: an upper-case letter stands where browsers always send lower case; write it in lower case: `printer`"
        );
        assert!(own_name_fault("").is_some() && own_name_fault("*").is_some());
    }
}
