//! Writes the vectors, and the answers of the core to them, as plain text for languages that have no JSON at hand.
//!
//! `cargo run -p corsac-vectors -- CASES ANSWERS` writes two files. Who reads the cases through another interface and prints the same
//! answers gives, byte for byte, those of Rust. The form of the cases is that of `Cases::number` and `Cases::text`, in the order
//! in which `Cases::case` writes them; `ffi-c/tests/vectors.c` reads them.
//!
//! Beside the vectors there are hostile images: those of the vectors with bytes changed, and the checksum set right again.

use std::fmt::Write as _;
use std::process::ExitCode;

use corsac::{
    AbsentOrigin, Apply, Config, Decision, GuardRequest, Kind, PolicyError, PolicyRef, Refusal, Request, ResponseField,
    Scheme, ScreenRequest, Verdict,
};
use corsac_vectors::{Case, Vector, cases};

/// The numbers of the questions.
const NONE: usize = 0;
const CORS: usize = 1;
const GUARD: usize = 2;
const WEBSOCKET: usize = 3;
const HOST: usize = 4;
const SCREEN: usize = 5;
const IMAGE: usize = 6;

/// How many hostile images are made of each image.
const HOSTILE: u64 = 4;

fn main() -> ExitCode {
    let arguments: Vec<_> = std::env::args_os().skip(1).collect();
    let [to_cases, to_answers] = &arguments[..] else {
        eprintln!("plain-vectors CASES ANSWERS");
        return ExitCode::from(2);
    };
    let mut plain = Plain::default();
    for Case { vector, .. } in cases() {
        plain.vector(&vector);
    }
    for (file, text) in [(to_cases, &plain.cases.0), (to_answers, &plain.answers.0.into_bytes())] {
        if let Err(error) = std::fs::write(file, text) {
            eprintln!("{}: {error}", file.display());
            return ExitCode::FAILURE;
        }
    }
    ExitCode::SUCCESS
}

/// What is asked of a policy.
struct Asked {
    question: usize,
    method: Vec<u8>,
    fields: Vec<(Vec<u8>, Vec<u8>)>,
    scheme: Option<Scheme>,
    absent_origin: AbsentOrigin,
    own_names: Vec<String>,
}

impl Asked {
    fn of(vector: &Vector) -> Option<Self> {
        if let Some(request) = &vector.request {
            let fields = request.fields.iter().map(|(name, value)| (name.bytes(), value.bytes())).collect();
            let method = request.method.bytes();
            let (scheme, absent_origin) = (None, AbsentOrigin::Pass);
            return Some(Self { question: CORS, method, fields, scheme, absent_origin, own_names: Vec::new() });
        }
        let questions =
            [(GUARD, &vector.guard), (WEBSOCKET, &vector.websocket), (HOST, &vector.host), (SCREEN, &vector.screen)];
        let (question, asked) = questions.into_iter().find_map(|(number, asked)| Some((number, asked.as_ref()?)))?;
        Some(Self {
            question,
            method: asked.method(),
            fields: asked.fields(),
            scheme: asked.scheme(),
            absent_origin: asked.absent_origin(),
            own_names: asked.own_names.clone(),
        })
    }
}

#[derive(Default)]
struct Plain {
    cases: Cases,
    answers: Answers,
}

impl Plain {
    fn vector(&mut self, vector: &Vector) {
        let asked = Asked::of(vector);
        self.cases.text(vector.id.as_bytes());
        self.answers.line(&vector.id);
        let image = vector.policy.with_config(|config| {
            self.cases.number(asked.as_ref().map_or(NONE, |asked| asked.question));
            self.cases.config(config);
            self.answers.config(config)
        });
        if let Some(asked) = &asked {
            self.cases.asked(asked);
        }
        let (Some(image), Some(asked)) = (image, asked) else { return };
        let policy = PolicyRef::open(&image).expect("an image that was just compiled");
        self.answers.asked(&policy, &asked);
        // One of a kind is enough of the large ones.
        if asked.question == CORS && image.len() < 4096 {
            for seed in 0..HOSTILE {
                self.hostile(&vector.id, &image, &asked, seed);
            }
        }
    }

    fn hostile(&mut self, id: &str, image: &[u8], asked: &Asked, seed: u64) {
        let image = changed(image, id, seed);
        let id = format!("{id} changed {seed}");
        self.cases.text(id.as_bytes());
        self.cases.number(IMAGE);
        self.cases.text(&image);
        self.cases.asked(asked);
        self.answers.line(&id);
        match PolicyRef::open(&image) {
            Err(error) => self.answers.line(&format!("closed {}", error.number())),
            Ok(policy) => {
                self.answers.line("closed 0");
                self.answers.asked(&policy, asked);
            }
        }
    }
}

/// The image with a few bytes changed, by a generator that anyone can repeat (xorshift), and but for one in four a right checksum.
fn changed(image: &[u8], id: &str, seed: u64) -> Vec<u8> {
    let mut state =
        id.bytes().fold(0x9e37_79b9_7f4a_7c15 ^ seed, |state, byte| (state ^ u64::from(byte)).rotate_left(9) | 1);
    let mut next = |below: usize| {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        usize::try_from(state >> 16).unwrap_or(0) % below
    };
    let mut image = image.to_vec();
    for _ in 0..=next(3) {
        let at = 16 + next(image.len() - 16);
        image[at] ^= u8::try_from(1 << next(8)).unwrap_or(1);
    }
    if next(8) == 0 {
        image.truncate(next(image.len()));
    }
    if !seed.is_multiple_of(4) && image.len() >= 16 {
        let sum = corsac::__checksum(&image);
        image[12..16].copy_from_slice(&sum.to_le_bytes());
    }
    image
}

/// The cases: numbers in decimal, each ended by a blank, and texts as their length, a colon and their bytes.
#[derive(Default)]
struct Cases(Vec<u8>);

impl Cases {
    fn number(&mut self, number: usize) {
        self.0.extend_from_slice(format!("{number} ").as_bytes());
    }

    fn text(&mut self, text: &[u8]) {
        self.0.extend_from_slice(format!("{}:", text.len()).as_bytes());
        self.0.extend_from_slice(text);
    }

    fn config(&mut self, config: &Config<'_>) {
        let lists = [
            config.allow_origins,
            config.allow_methods,
            config.allow_headers,
            config.expose_headers,
            config.allow_hosts,
            config.allow_content_types,
        ];
        for list in lists {
            self.number(list.len());
            for entry in list {
                self.text(entry.as_bytes());
            }
        }
        self.number(usize::from(config.max_age.is_some()));
        self.number(usize::try_from(config.max_age.unwrap_or(0)).unwrap_or(0));
        self.number(usize::from(config.preflight_status));
        let switches = [
            config.allow_credentials,
            config.allow_null_origin,
            config.allow_private_network,
            config.static_origin,
            config.minimal_answers,
            config.timing_allow_origin,
            config.dangerously_allow_insecure_origins,
            config.dangerously_allow_public_suffixes,
            config.dangerously_allow_any_port,
        ];
        for switch in switches {
            self.number(usize::from(switch));
        }
    }

    fn asked(&mut self, asked: &Asked) {
        self.number(asked.question);
        self.text(&asked.method);
        self.number(asked.fields.len());
        for (name, value) in &asked.fields {
            self.text(name);
            self.text(value);
        }
        self.number(match asked.scheme {
            None => 0,
            Some(Scheme::Http) => 1,
            Some(Scheme::Https) => 2,
        });
        self.number(usize::from(asked.absent_origin == AbsentOrigin::Refuse));
        self.number(asked.own_names.len());
        for name in &asked.own_names {
            self.text(name.as_bytes());
        }
    }
}

/// The answers, a line each.
#[derive(Default)]
struct Answers(String);

/// What the host's function of the test says: something that is neither always yes nor always no.
fn is_even(origin: &[u8]) -> bool {
    origin.len().is_multiple_of(2)
}

impl Answers {
    fn line(&mut self, text: &str) {
        self.0.push_str(text);
        self.0.push('\n');
    }

    /// The image, or everything that is wrong.
    fn config(&mut self, config: &Config<'_>) -> Option<Vec<u8>> {
        let problem = |error: &PolicyError| {
            let entry = error.entry().map_or("-".into(), |entry| entry.to_string());
            let (field, offset, kind) = (error.field(), error.offset(), error.kind().slug());
            format!("problem {field} {entry} {offset} {kind} {}", config.describe(error).as_str())
        };
        let mut image = vec![0; config.image_len().unwrap_or(1 << 20)];
        let compiled = config.compile_into(&mut image);
        match compiled {
            Err(error) => {
                self.line(&problem(&error));
                for error in config.problems() {
                    self.line(&problem(&error));
                }
                None
            }
            Ok(_) => {
                let mut line = String::from("image ");
                for byte in &image {
                    let _ = write!(line, "{byte:02x}");
                }
                self.line(&line);
                Some(image)
            }
        }
    }

    /// Every answer, without and with the host's function.
    fn asked(&mut self, policy: &PolicyRef<'_>, asked: &Asked) {
        let pairs = || asked.fields.iter().map(|(name, value)| (name, value));
        let own_names: Vec<&str> = asked.own_names.iter().map(String::as_str).collect();
        match asked.question {
            CORS => {
                let request = Request::from_fields(&asked.method, pairs());
                self.decision(&policy.decide(&request));
                self.decision(&policy.decide_with(&request, is_even));
            }
            SCREEN => {
                let request = ScreenRequest::from_fields(&asked.method, pairs())
                    .with_absent_origin(asked.absent_origin)
                    .with_own_names(&own_names)
                    .with_scheme(asked.scheme);
                for screening in [policy.screen(&request), policy.screen_with(&request, is_even)] {
                    let stopped = screening.stopped_by().map_or("-", |verdict| verdict.question().slug());
                    let allowed = screening.decision().and_then(Decision::allowed);
                    self.answered(screening.kind(), allowed, screening.refusal(), screening.status(), stopped);
                    self.fields(screening.fields());
                    self.line(&format!("because {}", screening.explain()));
                }
            }
            question => {
                let request = GuardRequest::from_fields(&asked.method, pairs())
                    .with_absent_origin(asked.absent_origin)
                    .with_scheme(asked.scheme);
                let verdicts = match question {
                    GUARD => [policy.guard(&request), policy.guard_with(&request, is_even)],
                    WEBSOCKET => [policy.check_websocket(&request), policy.check_websocket_with(&request, is_even)],
                    _ => [0, 1].map(|_| policy.check_host_with(request.host(), &own_names)),
                };
                for verdict in &verdicts {
                    self.verdict(verdict);
                }
            }
        }
    }

    fn decision(&mut self, decision: &Decision<'_, '_>) {
        self.answered(decision.kind(), decision.allowed(), decision.refusal(), decision.status(), "-");
        self.fields(decision.fields());
        self.line(&format!("because {}", decision.explain()));
    }

    fn answered(
        &mut self,
        kind: Kind,
        allowed: Option<bool>,
        refusal: Option<Refusal>,
        status: Option<u16>,
        stopped: &str,
    ) {
        let allowed = u8::from(allowed == Some(true));
        let (refusal, status) = (refusal.map_or("-", Refusal::slug), status.unwrap_or(0));
        self.line(&format!("decision {kind} {allowed} {refusal} {status} {stopped}"));
    }

    fn fields<'a>(&mut self, fields: impl Iterator<Item = ResponseField<'a>>) {
        for field in fields {
            let value: String = field.value.iter().copied().map(char::from).collect();
            let apply = match field.apply {
                Apply::Replace => "replace",
                Apply::Append => "append",
                Apply::Merge => "merge",
            };
            self.line(&format!("{apply} {}: {value}", field.name.as_str()));
        }
    }

    fn verdict(&mut self, verdict: &Verdict<'_, '_>) {
        let refusal = verdict.refusal().map_or("-", Refusal::slug);
        self.line(&format!("verdict {} {refusal} {}", u8::from(verdict.passes()), verdict.status().unwrap_or(0)));
        self.line(&format!("because {}", verdict.explain()));
    }
}
