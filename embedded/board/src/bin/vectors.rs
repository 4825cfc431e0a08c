//! The image that runs the vectors: reads cases, answers them, and compares what it says with what the host said.
//!
//! Cases and answers are those that `plain-vectors` writes, or a part of them; the environment of the build names the two files.
//! The last lines tell how deep the stack got. The exit code is 0 only when all that the host said was said here too.

#![no_std]
#![no_main]

use core::fmt;

use answers::{Answers, Asked, CORS, IMAGE, NONE, SCREEN};
use corsac::{AbsentOrigin, Config, PolicyRef, Request, Scheme, ScreenRequest};
use corsac_board::{entry, measured, stack};
use semihosting::{print, println, process};

// One source for the host's answers and for these.
#[path = "../../../../vectors/src/answers.rs"]
mod answers;

static CASES: &[u8] = include_bytes!(env!("CORSAC_CASES"));
static ANSWERS: &[u8] = include_bytes!(env!("CORSAC_ANSWERS"));

/// The most entries of a list, fields of a request, and bytes of an image that the vectors have.
const ENTRIES: usize = 32;
const FIELDS: usize = 128;
const IMAGE_LEN: usize = 16 * 1024;

#[entry]
fn main() -> ! {
    let mut run =
        Run { reader: Reader { rest: CASES }, answers: Answers(Compared { rest: ANSWERS }), depths: [NO_DEPTH; 5] };
    let mut cases = 0_u32;
    while !run.reader.rest.is_empty() {
        let id = run.reader.string();
        if run.case(id).is_err() {
            let expected = run.answers.0.rest.split(|byte| *byte == b'\n').next().unwrap_or_default();
            println!("{id}: another answer; the host says from here on: {}", expected.escape_ascii());
            process::exit(1);
        }
        cases += 1;
    }
    if !run.answers.0.rest.is_empty() {
        println!("the host has more answers");
        process::exit(1);
    }
    for (name, (depth, id)) in ["open", "decide", "screen", "compile", "explain"].into_iter().zip(run.depths) {
        println!("stack {name} {depth} {id}");
    }
    println!("{cases} cases: all as on the host");
    process::exit(0);
}

/// The deepest stack of one function, and the case of it.
type Depth = (usize, &'static str);
const NO_DEPTH: Depth = (0, "-");

struct Run {
    reader: Reader,
    answers: Answers<Compared>,
    depths: [Depth; 5],
}

impl Run {
    fn case(&mut self, id: &'static str) -> fmt::Result {
        self.answers.id(id)?;
        let mut memory = [0; IMAGE_LEN];
        let question = self.reader.number();
        let policy = if question == IMAGE {
            let image = self.reader.text();
            self.deepest(0, id, || measured::open(image).is_ok());
            self.answers.opened(image)?
        } else {
            let lists = [(); 6].map(|()| self.reader.list());
            let config = self.reader.config(&lists);
            self.deepest(3, id, || measured::compile(&config, &mut memory).is_ok());
            self.answers.config(&config, &mut memory)?
        };
        if question == NONE {
            return Ok(());
        }
        let question = self.reader.number();
        let method = self.reader.text();
        let mut fields = [(&b""[..], &b""[..]); FIELDS];
        let count = self.reader.number();
        for field in &mut fields[..count] {
            *field = (self.reader.text(), self.reader.text());
        }
        let scheme = match self.reader.number() {
            0 => None,
            1 => Some(Scheme::Http),
            _ => Some(Scheme::Https),
        };
        let absent_origin = if self.reader.number() == 1 { AbsentOrigin::Refuse } else { AbsentOrigin::Pass };
        let own_names = self.reader.list();
        let own_names = own_names.as_slice();
        let asked = Asked { question, method, fields: &fields[..count], scheme, absent_origin, own_names };
        let Some(policy) = policy else { return Ok(()) };
        self.depths_of(id, &policy, &asked);
        self.answers.asked(&policy, &asked)
    }

    /// Asks what is asked once more, for the stack that it takes.
    fn depths_of(&mut self, id: &'static str, policy: &PolicyRef<'_>, asked: &Asked<'_>) {
        let fields = asked.fields.iter().copied();
        if asked.question == CORS {
            let request = Request::from_fields(asked.method, fields);
            let decision = self.deepest(1, id, || measured::decide(policy, &request));
            let _ = self.deepest(4, id, || measured::explain(&decision));
        } else if asked.question == SCREEN {
            let request = ScreenRequest::from_fields(asked.method, fields)
                .with_absent_origin(asked.absent_origin)
                .with_own_names(asked.own_names)
                .with_scheme(asked.scheme);
            let _ = self.deepest(2, id, || measured::screen(policy, &request));
        }
    }

    fn deepest<R>(&mut self, number: usize, id: &'static str, work: impl FnOnce() -> R) -> R {
        let (result, depth) = stack::depth_of(work);
        if depth > self.depths[number].0 {
            self.depths[number] = (depth, id);
        }
        result
    }
}

/// What is said, compared with what is expected.
struct Compared {
    rest: &'static [u8],
}

impl fmt::Write for Compared {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        match self.rest.strip_prefix(text.as_bytes()) {
            Some(rest) => {
                self.rest = rest;
                Ok(())
            }
            None => {
                print!("said: {} ", text.as_bytes().escape_ascii());
                Err(fmt::Error)
            }
        }
    }
}

/// A list of texts.
struct List {
    texts: [&'static str; ENTRIES],
    count: usize,
}

impl List {
    fn as_slice(&self) -> &[&'static str] {
        &self.texts[..self.count]
    }
}

/// The cases, as `Cases` of `plain-vectors` writes them.
struct Reader {
    rest: &'static [u8],
}

impl Reader {
    fn number(&mut self) -> usize {
        self.number_until(b' ')
    }

    fn number_until(&mut self, mark: u8) -> usize {
        let end = self.rest.iter().position(|byte| *byte == mark).expect("a number is ended");
        let digits = core::str::from_utf8(&self.rest[..end]).expect("a number is text");
        self.rest = &self.rest[end + 1..];
        digits.parse().expect("a number is digits")
    }

    fn text(&mut self) -> &'static [u8] {
        let length = self.number_until(b':');
        let (text, rest) = self.rest.split_at(length);
        self.rest = rest;
        text
    }

    fn string(&mut self) -> &'static str {
        core::str::from_utf8(self.text()).expect("ids and entries are text")
    }

    fn list(&mut self) -> List {
        let mut list = List { texts: [""; ENTRIES], count: self.number() };
        for text in &mut list.texts[..list.count] {
            *text = self.string();
        }
        list
    }

    fn switch(&mut self) -> bool {
        self.number() == 1
    }

    fn config<'a>(&mut self, lists: &'a [List; 6]) -> Config<'a> {
        let [origins, methods, headers, exposed, hosts, content_types] = lists.each_ref().map(List::as_slice);
        let (has_max_age, max_age, status) = (self.switch(), self.number(), self.number());
        Config {
            allow_origins: origins,
            allow_methods: methods,
            allow_headers: headers,
            expose_headers: exposed,
            allow_hosts: hosts,
            allow_content_types: content_types,
            max_age: has_max_age.then(|| u32::try_from(max_age).expect("usize has 32 bits")),
            preflight_status: u16::try_from(status).expect("a status has 16 bits"),
            allow_credentials: self.switch(),
            allow_null_origin: self.switch(),
            allow_private_network: self.switch(),
            static_origin: self.switch(),
            minimal_answers: self.switch(),
            timing_allow_origin: self.switch(),
            dangerously_allow_insecure_origins: self.switch(),
            dangerously_allow_public_suffixes: self.switch(),
            dangerously_allow_any_port: self.switch(),
        }
    }
}
