//! What is said of a configuration.

use corsac::{Config, OptionName, Policy, PolicyError, PolicyErrorKind, PolicyRef};

use crate::shared::fault::{Checked, Fault, ensure};
use crate::shared::options::Options;
use crate::shared::wire::WireRequest;

/// Compiling fails just when there are problems, with the first of them; each names a place that exists and reads as a
/// sentence; a corrected spelling is correct. What compiles is the same by every way to compile, and opens.
pub(crate) fn config_is_judged_soundly(options: &Options) -> Checked {
    options.with_config(check).map_err(|fault| fault.with_options(options))
}

fn check(config: &Config<'_>) -> Checked {
    let problems: Vec<PolicyError> = config.problems().collect();
    for problem in &problems {
        check_problem(config, problem)?;
    }
    let mut memory = vec![0xa5; config.image_len().unwrap_or(4096) + 3];
    let compiled = config.compile_into(&mut memory).map(|policy| policy.image().to_vec());
    match (problems.first(), compiled) {
        (None, Ok(image)) => check_image(config, &image),
        (None, Err(error)) => Err(Fault::new(format!("compiling fails without a problem: {error}"))),
        (Some(problem), Ok(_)) => Err(Fault::new(format!("it compiles with a problem: {problem}"))),
        (Some(problem), Err(error)) => {
            ensure!(*problem == error, "the first problem is {problem} and compiling fails with {error}");
            let length = config.image_len();
            let is_told = length == Err(error) || (error.kind() == PolicyErrorKind::Duplicate && length.is_ok());
            ensure!(is_told, "measuring says {length:?} and compiling {error}");
            ensure!(Policy::<65_536>::compile(config).err() == Some(error), "Policy fails otherwise than compile_into");
            Ok(())
        }
    }
}

fn check_problem(config: &Config<'_>, problem: &PolicyError) -> Checked {
    let list = match problem.field() {
        OptionName::AllowOrigins => config.allow_origins,
        OptionName::AllowMethods => config.allow_methods,
        OptionName::AllowHeaders => config.allow_headers,
        OptionName::ExposeHeaders => config.expose_headers,
        OptionName::AllowHosts => config.allow_hosts,
        OptionName::AllowContentTypes => config.allow_content_types,
        _ => &[],
    };
    if let Some(entry) = problem.entry() {
        let text = list.get(entry).copied();
        ensure!(text.is_some_and(|text| problem.offset() <= text.len()), "the place does not exist: {problem:?}");
    }
    let message = config.describe(problem);
    for text in [message.as_str(), &problem.to_string()] {
        let is_printable = text.bytes().all(|byte| matches!(byte, b' '..=b'~'));
        ensure!(is_printable && !text.is_empty() && text.len() <= 1024, "not a printable sentence: {text:?}");
        let is_cut = text.ends_with("...");
        ensure!(text.starts_with(problem.field().as_str()), "the option is not named: {text}");
        ensure!(is_cut || text.contains(problem.kind().sentence()), "the sentence is missing: {text}");
    }
    match suggestion(message.as_str(), problem.kind().sentence()) {
        Some(corrected) => check_suggestion(problem.field(), corrected),
        None => Ok(()),
    }
}

/// The corrected spelling at the end of a message, which is a quotation after the sentence.
fn suggestion<'m>(message: &'m str, sentence: &str) -> Option<&'m str> {
    let (_, rest) = message.rsplit_once(sentence)?;
    rest.strip_prefix(": \"")?.strip_suffix('"')
}

/// A corrected entry is valid by itself; whether the policy also trusts such an origin is another question.
fn check_suggestion(field: OptionName, corrected: &str) -> Checked {
    let mut options = Options {
        dangerously_allow_insecure_origins: true,
        dangerously_allow_public_suffixes: true,
        dangerously_allow_any_port: true,
        ..Options::default()
    };
    match field {
        OptionName::AllowMethods => &mut options.allow_methods,
        OptionName::AllowHeaders => &mut options.allow_headers,
        OptionName::ExposeHeaders => &mut options.expose_headers,
        OptionName::AllowHosts => &mut options.allow_hosts,
        OptionName::AllowContentTypes => &mut options.allow_content_types,
        _ => &mut options.allow_origins,
    }
    .push(corrected.to_owned());
    let compiled = options.compile();
    ensure!(compiled.is_ok(), "the corrected spelling {corrected:?} does not compile: {compiled:?}");
    Ok(())
}

fn check_image(config: &Config<'_>, image: &[u8]) -> Checked {
    ensure!(Ok(image.len()) == config.image_len(), "the image has another length than was measured");
    let opened = PolicyRef::open(image).map_err(|error| Fault::new(format!("its own image does not open: {error}")))?;
    ensure!(opened.image() == image, "opening changes the image");
    if let Ok(owned) = Policy::<65_536>::compile(config) {
        ensure!(owned.as_ref().image() == image, "Policy makes another image than compile_into");
        for origin in config.allow_origins.iter().chain(&["null", "https://a.example"]).take(8) {
            let request = WireRequest::new(b"OPTIONS")
                .with("Origin", origin.as_bytes())
                .with("Access-Control-Request-Method", b"PUT");
            ensure!(request.decide(&opened) == request.decide(&owned.as_ref()), "an opened policy decides otherwise");
        }
    }
    let mut exact = vec![0; image.len()];
    ensure!(
        config.compile_into(&mut exact).is_ok() && exact == image,
        "a buffer of the exact size gives another image"
    );
    let short = exact.get_mut(1..).map(|short| config.compile_into(short).map_err(|error| error.kind()).err());
    ensure!(short == Some(Some(PolicyErrorKind::BufferTooSmall)), "a buffer that is too small is {short:?}");
    Ok(())
}
