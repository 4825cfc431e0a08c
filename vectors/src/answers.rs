//! The answers of the core to a vector, a line each.
//!
//! The host writes them as text, and the test images of `embedded/board` compare theirs with that text: one source, so that
//! what differs is what the core answers there. It needs neither `std` nor a heap.

use core::fmt::{self, Write};

use corsac::{
    AbsentOrigin, Apply, Config, Decision, GuardRequest, Kind, PolicyError, PolicyRef, Refusal, Request, ResponseField,
    Scheme, ScreenRequest, Verdict,
};

/// The numbers of the questions: nothing but whether the policy compiles.
pub(crate) const NONE: usize = 0;
/// The decision.
pub(crate) const CORS: usize = 1;
/// The guard.
pub(crate) const GUARD: usize = 2;
/// The check of a handshake.
pub(crate) const WEBSOCKET: usize = 3;
/// The check of the host.
pub(crate) const HOST: usize = 4;
/// All of them.
pub(crate) const SCREEN: usize = 5;
/// Not a question: the policy comes as an image instead of a configuration.
pub(crate) const IMAGE: usize = 6;

/// What is asked of a policy.
#[derive(Clone, Copy)]
pub(crate) struct Asked<'a> {
    pub(crate) question: usize,
    pub(crate) method: &'a [u8],
    pub(crate) fields: &'a [(&'a [u8], &'a [u8])],
    pub(crate) scheme: Option<Scheme>,
    pub(crate) absent_origin: AbsentOrigin,
    pub(crate) own_names: &'a [&'a str],
}

/// What the host's function of the test says: something that is neither always yes nor always no.
pub(crate) fn is_even(origin: &[u8]) -> bool {
    origin.len().is_multiple_of(2)
}

/// The answers, and where they go.
#[derive(Default)]
pub(crate) struct Answers<W>(pub(crate) W);

impl<W: Write> Answers<W> {
    /// The name of the case.
    pub(crate) fn id(&mut self, id: &str) -> fmt::Result {
        writeln!(self.0, "{id}")
    }

    /// The image, compiled into `memory`, or everything that is wrong.
    pub(crate) fn config<'b>(
        &mut self,
        config: &Config<'_>,
        memory: &'b mut [u8],
    ) -> Result<Option<PolicyRef<'b>>, fmt::Error> {
        match config.compile_into(memory) {
            Err(error) => {
                self.problem(config, &error)?;
                for error in config.problems() {
                    self.problem(config, &error)?;
                }
                Ok(None)
            }
            Ok(policy) => {
                self.0.write_str("image ")?;
                for byte in policy.image() {
                    write!(self.0, "{byte:02x}")?;
                }
                self.0.write_str("\n")?;
                Ok(Some(policy))
            }
        }
    }

    fn problem(&mut self, config: &Config<'_>, error: &PolicyError) -> fmt::Result {
        write!(self.0, "problem {} ", error.field())?;
        match error.entry() {
            Some(entry) => write!(self.0, "{entry}")?,
            None => self.0.write_str("-")?,
        }
        writeln!(self.0, " {} {} {}", error.offset(), error.kind().slug(), config.describe(error).as_str())
    }

    /// The policy in an image that came from outside, or why there is none.
    pub(crate) fn opened<'p>(&mut self, image: &'p [u8]) -> Result<Option<PolicyRef<'p>>, fmt::Error> {
        let opened = PolicyRef::open(image);
        writeln!(self.0, "closed {}", opened.err().map_or(0, |error| error.number()))?;
        Ok(opened.ok())
    }

    /// Every answer, without and with the host's function.
    pub(crate) fn asked(&mut self, policy: &PolicyRef<'_>, asked: &Asked<'_>) -> fmt::Result {
        let fields = asked.fields.iter().copied();
        match asked.question {
            CORS => {
                let request = Request::from_fields(asked.method, fields);
                self.decision(&policy.decide(&request))?;
                self.decision(&policy.decide_with(&request, is_even))
            }
            SCREEN => {
                let request = ScreenRequest::from_fields(asked.method, fields)
                    .with_absent_origin(asked.absent_origin)
                    .with_own_names(asked.own_names)
                    .with_scheme(asked.scheme);
                for screening in [policy.screen(&request), policy.screen_with(&request, is_even)] {
                    let stopped = screening.stopped_by().map_or("-", |verdict| verdict.question().slug());
                    let allowed = screening.decision().and_then(Decision::allowed);
                    self.answered(screening.kind(), allowed, screening.refusal(), screening.status(), stopped)?;
                    self.fields(screening.fields())?;
                    writeln!(self.0, "because {}", screening.explain())?;
                }
                Ok(())
            }
            question => {
                let request = GuardRequest::from_fields(asked.method, fields)
                    .with_absent_origin(asked.absent_origin)
                    .with_scheme(asked.scheme);
                let verdicts = match question {
                    GUARD => [policy.guard(&request), policy.guard_with(&request, is_even)],
                    WEBSOCKET => [policy.check_websocket(&request), policy.check_websocket_with(&request, is_even)],
                    HOST => [0, 1].map(|_| policy.check_host_with(request.host(), asked.own_names)),
                    _ => return Err(fmt::Error),
                };
                verdicts.iter().try_for_each(|verdict| self.verdict(verdict))
            }
        }
    }

    fn decision(&mut self, decision: &Decision<'_, '_>) -> fmt::Result {
        self.answered(decision.kind(), decision.allowed(), decision.refusal(), decision.status(), "-")?;
        self.fields(decision.fields())?;
        writeln!(self.0, "because {}", decision.explain())
    }

    fn answered(
        &mut self,
        kind: Kind,
        allowed: Option<bool>,
        refusal: Option<Refusal>,
        status: Option<u16>,
        stopped: &str,
    ) -> fmt::Result {
        let allowed = u8::from(allowed == Some(true));
        let (refusal, status) = (refusal.map_or("-", Refusal::slug), status.unwrap_or(0));
        writeln!(self.0, "decision {kind} {allowed} {refusal} {status} {stopped}")
    }

    fn fields<'a>(&mut self, fields: impl Iterator<Item = ResponseField<'a>>) -> fmt::Result {
        for field in fields {
            let apply = match field.apply {
                Apply::Replace => "replace",
                Apply::Append => "append",
                Apply::Merge => "merge",
            };
            write!(self.0, "{apply} {}: ", field.name.as_str())?;
            field.value.iter().try_for_each(|byte| self.0.write_char(char::from(*byte)))?;
            self.0.write_str("\n")?;
        }
        Ok(())
    }

    fn verdict(&mut self, verdict: &Verdict<'_, '_>) -> fmt::Result {
        let refusal = verdict.refusal().map_or("-", Refusal::slug);
        writeln!(self.0, "verdict {} {refusal} {}", u8::from(verdict.passes()), verdict.status().unwrap_or(0))?;
        writeln!(self.0, "because {}", verdict.explain())
    }
}
