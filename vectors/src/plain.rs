//! Writes the vectors, and the answers of the core to them, as plain text for languages that have no JSON at hand.
//!
//! `cargo run -p corsac-vectors -- CASES ANSWERS` writes two files. Who reads the cases through another interface and prints the same
//! answers gives, byte for byte, those of Rust. The form of the cases is that of `Cases::number` and `Cases::text`, in the order
//! in which `Cases::case` writes them; `ffi-c/tests/vectors.c` reads them. With BYTES as a third argument both are written in parts of
//! at most so many bytes together, `CASES.0` and `ANSWERS.0` being the first, for images that have to hold them.
//!
//! Beside the vectors there are hostile images: those of the vectors with bytes changed, and the checksum set right again.

mod answers;

use std::ffi::{OsStr, OsString};
use std::process::ExitCode;

use answers::{Answers, Asked, CORS, GUARD, HOST, IMAGE, NONE, SCREEN, WEBSOCKET};
use corsac::{AbsentOrigin, Config, Scheme};
use corsac_vectors::{Case, Vector, cases};

/// How many hostile images are made of each image.
const HOSTILE: u64 = 4;

fn main() -> ExitCode {
    let arguments: Vec<_> = std::env::args_os().skip(1).collect();
    let (to_cases, to_answers, limit) = match &arguments[..] {
        [cases, answers] => (cases, answers, None),
        [cases, answers, limit] => match limit.to_str().and_then(|limit| limit.parse().ok()) {
            Some(limit) => (cases, answers, Some(limit)),
            None => return misuse(),
        },
        _ => return misuse(),
    };
    for (number, part) in parts(limit.unwrap_or(usize::MAX)).iter().enumerate() {
        for (name, text) in [(to_cases, &part.cases.0[..]), (to_answers, part.answers.0.as_bytes())] {
            let file = if limit.is_some() { numbered(name, number) } else { name.clone() };
            if let Err(error) = std::fs::write(&file, text) {
                eprintln!("{}: {error}", file.display());
                return ExitCode::FAILURE;
            }
        }
    }
    ExitCode::SUCCESS
}

fn misuse() -> ExitCode {
    eprintln!("plain-vectors CASES ANSWERS [BYTES]");
    ExitCode::from(2)
}

fn numbered(name: &OsStr, number: usize) -> OsString {
    let mut name = name.to_owned();
    name.push(format!(".{number}"));
    name
}

/// All cases with their answers, in as few parts of at most `limit` bytes as their order allows. One that is larger stands alone.
fn parts(limit: usize) -> Vec<Plain> {
    let mut parts = vec![Plain::default()];
    for Case { vector, .. } in cases() {
        let mut next = Plain::default();
        next.vector(&vector).expect("a text takes all that is written");
        match parts.last_mut() {
            Some(last) if last.len() + next.len() <= limit => last.append(&next),
            _ => parts.push(next),
        }
    }
    parts
}

/// A vector's question, with its texts.
struct Question {
    number: usize,
    method: Vec<u8>,
    fields: Vec<(Vec<u8>, Vec<u8>)>,
    scheme: Option<Scheme>,
    absent_origin: AbsentOrigin,
    own_names: Vec<String>,
}

impl Question {
    fn of(vector: &Vector) -> Option<Self> {
        if let Some(request) = &vector.request {
            let fields = request.fields.iter().map(|(name, value)| (name.bytes(), value.bytes())).collect();
            let method = request.method.bytes();
            let (scheme, absent_origin) = (None, AbsentOrigin::Pass);
            return Some(Self { number: CORS, method, fields, scheme, absent_origin, own_names: Vec::new() });
        }
        let questions =
            [(GUARD, &vector.guard), (WEBSOCKET, &vector.websocket), (HOST, &vector.host), (SCREEN, &vector.screen)];
        let (number, asked) = questions.into_iter().find_map(|(number, asked)| Some((number, asked.as_ref()?)))?;
        Some(Self {
            number,
            method: asked.method(),
            fields: asked.fields(),
            scheme: asked.scheme(),
            absent_origin: asked.absent_origin(),
            own_names: asked.own_names.clone(),
        })
    }

    /// Hands the question to `ask` as the core takes it.
    fn with_asked<T>(&self, ask: impl FnOnce(&Asked<'_>) -> T) -> T {
        let fields: Vec<_> = self.fields.iter().map(|(name, value)| (&name[..], &value[..])).collect();
        let own_names: Vec<_> = self.own_names.iter().map(String::as_str).collect();
        ask(&Asked {
            question: self.number,
            method: &self.method,
            fields: &fields,
            scheme: self.scheme,
            absent_origin: self.absent_origin,
            own_names: &own_names,
        })
    }
}

#[derive(Default)]
struct Plain {
    cases: Cases,
    answers: Answers<String>,
}

impl Plain {
    fn len(&self) -> usize {
        self.cases.0.len() + self.answers.0.len()
    }

    fn append(&mut self, next: &Self) {
        self.cases.0.extend_from_slice(&next.cases.0);
        self.answers.0.push_str(&next.answers.0);
    }

    fn vector(&mut self, vector: &Vector) -> std::fmt::Result {
        match Question::of(vector) {
            None => self.asked(vector, None),
            Some(question) => question.with_asked(|asked| self.asked(vector, Some(asked))),
        }
    }

    fn asked(&mut self, vector: &Vector, asked: Option<&Asked<'_>>) -> std::fmt::Result {
        self.cases.text(vector.id.as_bytes());
        self.answers.id(&vector.id)?;
        vector.policy.with_config(|config| {
            self.cases.number(asked.map_or(NONE, |asked| asked.question));
            self.cases.config(config);
            if let Some(asked) = asked {
                self.cases.asked(asked);
            }
            let mut memory = vec![0; config.image_len().unwrap_or(0)];
            let policy = self.answers.config(config, &mut memory)?;
            let (Some(policy), Some(asked)) = (policy, asked) else { return Ok(()) };
            self.answers.asked(&policy, asked)?;
            let image = policy.image();
            // One of a kind is enough of the large ones.
            if asked.question == CORS && image.len() < 4096 {
                for seed in 0..HOSTILE {
                    self.hostile(&vector.id, image, asked, seed)?;
                }
            }
            Ok(())
        })
    }

    fn hostile(&mut self, id: &str, image: &[u8], asked: &Asked<'_>, seed: u64) -> std::fmt::Result {
        let image = changed(image, id, seed);
        let id = format!("{id} changed {seed}");
        self.cases.text(id.as_bytes());
        self.cases.number(IMAGE);
        self.cases.text(&image);
        self.cases.asked(asked);
        self.answers.id(&id)?;
        match self.answers.opened(&image)? {
            None => Ok(()),
            Some(policy) => self.answers.asked(&policy, asked),
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

    fn asked(&mut self, asked: &Asked<'_>) {
        self.number(asked.question);
        self.text(asked.method);
        self.number(asked.fields.len());
        for (name, value) in asked.fields {
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
        for name in asked.own_names {
            self.text(name.as_bytes());
        }
    }
}
