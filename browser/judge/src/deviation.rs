//! Where Chromium is known to leave the standard, by name: each is shown on calls of its own in every run against the core, and excuses
//! only what it explains.

use corsac_browser::{Browser, FetchCall, Settings, WireResponse};

use crate::backend::BODY;
use crate::case::{in_run, path};
use crate::predict::{fetch, written};
use crate::rewrite;
use crate::seen::{Read, Seen, Sent};

/// A deviation of Chromium's.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub struct Deviation {
    /// Its name, in reports.
    pub name: &'static str,
    /// What the standard says, and what Chromium does.
    pub reason: &'static str,
    /// The call that a conforming browser would have to be given to do what Chromium does with this one; `None` where the call
    /// has nothing to do with it, or where it is answers that Chromium reads otherwise, which corsac never gives.
    pub(crate) rewrite: fn(&FetchCall) -> Option<FetchCall>,
    /// Calls that show it.
    shown: fn() -> Vec<Show>,
}

/// Calls to a server with fixed answers, in which Chromium leaves the standard.
#[derive(Clone, Debug)]
pub(crate) struct Show {
    /// Each with the seconds before it, from a page and to an origin that are put in later.
    pub(crate) calls: Vec<(u64, FetchCall)>,
    /// Who makes them.
    page: Page,
    /// What preflights are answered, and everything else.
    pub(crate) answers: [WireResponse; 2],
    /// What Chromium does.
    chromium: Vec<Brief>,
}

/// Which page shows something.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Page {
    Ordinary,
    /// One whose origin is `null`.
    Opaque,
}

/// What is seen of a call, in brief.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Brief {
    preflight: bool,
    sent: bool,
    reads: bool,
    /// Whether the headers arrive that the page wrote, as it wrote them.
    as_written: bool,
}

impl Brief {
    fn of(call: &FetchCall, seen: &Seen) -> Self {
        let written = Sent::of("", &call.headers, &written(call));
        let arrived = |sent: &Sent| written.fields.iter().all(|(name, value)| sent.fields.get(name) == Some(value));
        Self {
            preflight: seen.preflight.is_some(),
            sent: seen.actual.is_some(),
            reads: seen.read.is_some(),
            as_written: seen.actual.as_ref().is_some_and(arrived),
        }
    }
}

/// Those that a call of `fetch` can meet.
pub const DEVIATIONS: [Deviation; 12] = [
    Deviation {
        name: "wildcard-covers-authorization",
        reason: "`Access-Control-Allow-Headers: *` does not cover Authorization; in Chromium it does, without credentials",
        rewrite: |_| None,
        shown: || {
            let call = call("GET").header("Authorization", "x");
            vec![Show {
                page: Page::Ordinary,
                calls: vec![(0, call)],
                answers: answers(&[("Access-Control-Allow-Headers", "*")]),
                chromium: vec![PREFLIGHTED],
            }]
        },
    },
    Deviation {
        name: "client-hints-need-no-preflight",
        reason: "DPR, Device-Memory and the like are no CORS-safelisted request-headers; in Chromium they are, with fit values",
        rewrite: rewrite::without_client_hints,
        shown: || {
            let names = rewrite::CLIENT_HINTS.iter();
            let calls = names.map(|(name, value)| call("GET").header(name, *value));
            calls
                .map(|call| Show {
                    page: Page::Ordinary,
                    calls: vec![(0, call)],
                    answers: answers(&[]),
                    chromium: vec![SIMPLE],
                })
                .collect()
        },
    },
    Deviation {
        name: "duplicates-are-joined-first",
        reason: "each of several headers of a name has to be safelisted; Chromium joins them and looks at the whole",
        rewrite: rewrite::with_duplicates_joined,
        shown: || {
            let call = call("POST").header("Content-Type", "text/plain;a").header("Content-Type", "application/json");
            vec![Show { page: Page::Ordinary, calls: vec![(0, call)], answers: answers(&[]), chromium: vec![SIMPLE] }]
        },
    },
    Deviation {
        name: "far-ranges-are-unsafe",
        reason: "a range may begin and end anywhere; in Chromium it needs a preflight from position 2^63-1 on",
        rewrite: rewrite::with_far_range_unsafe,
        shown: || {
            let shown = |range| {
                let answers = answers(&[("Access-Control-Allow-Headers", "range")]);
                Show {
                    page: Page::Ordinary,
                    calls: vec![(0, call("GET").header("Range", range))],
                    answers,
                    chromium: vec![PREFLIGHTED],
                }
            };
            ["bytes=9223372036854775807-", "bytes=0-9223372036854775807"].map(shown).into()
        },
    },
    Deviation {
        name: "ranges-are-respelled",
        reason: "a header arrives as the page wrote it; Chromium writes a range that it understands in its own way",
        rewrite: rewrite::with_respelled_range_apart,
        shown: || {
            let shown = |range| {
                let answers = answers(&[("Access-Control-Allow-Headers", "range")]);
                let chromium = vec![Brief { as_written: false, ..PREFLIGHTED }];
                Show { page: Page::Ordinary, calls: vec![(0, call("GET").header("Range", range))], answers, chromium }
            };
            ["Bytes=0-1", "bytes = 0-1"].map(shown).into()
        },
    },
    Deviation {
        name: "user-agent-is-dropped",
        reason: "a page may set User-Agent, which needs a preflight; Chromium leaves it out",
        rewrite: rewrite::without_user_agent,
        shown: || {
            let call = call("GET").header("User-Agent", "x");
            let chromium = vec![Brief { as_written: false, ..SIMPLE }];
            vec![Show { page: Page::Ordinary, calls: vec![(0, call)], answers: answers(&[]), chromium }]
        },
    },
    Deviation {
        name: "available-dictionary-fails",
        reason: "a page may set Available-Dictionary, which needs a preflight; in Chromium the call fails and nothing is sent",
        rewrite: rewrite::with_available_dictionary_failing,
        shown: || {
            let answers = answers(&[("Access-Control-Allow-Headers", "available-dictionary")]);
            let call = call("GET").header("Available-Dictionary", ":AAAA:");
            vec![Show { page: Page::Ordinary, calls: vec![(0, call)], answers, chromium: vec![UNSENT] }]
        },
    },
    Deviation {
        name: "failed-request-keeps-the-preflight",
        reason: "when a response fails the CORS check, what the preflight said is forgotten; Chromium remembers it",
        rewrite: |_| None,
        shown: || {
            let [preflight, _] = answers(&[("Access-Control-Allow-Methods", "PUT"), ("Access-Control-Max-Age", "600")]);
            let answers = [preflight, WireResponse::new(200, &[])];
            let preflighted = Brief { reads: false, ..PREFLIGHTED };
            let simple = Brief { reads: false, ..SIMPLE };
            vec![Show {
                page: Page::Ordinary,
                calls: vec![(0, call("PUT")), (0, call("PUT"))],
                answers,
                chromium: vec![preflighted, simple],
            }]
        },
    },
    Deviation {
        name: "opaque-origins-remember-nothing",
        reason: "a preflight by a page whose origin is `null` may be remembered as any; Chromium does not remember it",
        rewrite: |call| (call.page_origin == "null").then(|| rewrite::with_memory_unread(call)),
        shown: || vec![Show { page: Page::Opaque, ..max_age("600", 0, PREFLIGHTED) }],
    },
    Deviation {
        name: "conditional-requests-are-always-preflighted",
        reason: "a remembered preflight serves requests with If-Match and the like too; Chromium makes another one",
        rewrite: |call| rewrite::is_conditional(call).then(|| rewrite::with_memory_unread(call)),
        shown: || {
            let shown = |name: &&str| {
                let put = call("PUT").header(name, "\"7\"");
                let lists = [
                    ("Access-Control-Allow-Methods", "PUT"),
                    ("Access-Control-Allow-Headers", name),
                    ("Access-Control-Max-Age", "600"),
                ];
                Show {
                    page: Page::Ordinary,
                    calls: vec![(0, put.clone()), (0, put)],
                    answers: answers(&lists),
                    chromium: vec![PREFLIGHTED, PREFLIGHTED],
                }
            };
            rewrite::CONDITIONS.iter().map(shown).collect()
        },
    },
    Deviation {
        name: "max-age-may-have-a-plus",
        reason: "`Access-Control-Max-Age: +600` is no number, and 5 seconds are taken; in Chromium it is 600",
        rewrite: |_| None,
        shown: || vec![max_age("+600", 7, SIMPLE)],
    },
    Deviation {
        name: "negative-max-age-is-zero",
        reason: "`Access-Control-Max-Age: -1` is no number, and 5 seconds are taken; in Chromium nothing is remembered",
        rewrite: |_| None,
        shown: || vec![max_age("-1", 0, PREFLIGHTED)],
    },
];

const PREFLIGHTED: Brief = Brief { preflight: true, sent: true, reads: true, as_written: true };
const SIMPLE: Brief = Brief { preflight: false, ..PREFLIGHTED };
const UNSENT: Brief = Brief { preflight: false, sent: false, reads: false, as_written: false };

fn max_age(value: &str, wait: u64, again: Brief) -> Show {
    Show {
        page: Page::Ordinary,
        calls: vec![(0, call("PUT")), (wait, call("PUT"))],
        answers: answers(&[("Access-Control-Allow-Methods", "PUT"), ("Access-Control-Max-Age", value)]),
        chromium: vec![PREFLIGHTED, again],
    }
}

fn call(method: &str) -> FetchCall {
    FetchCall::new("null", "", "").method(method)
}

/// A preflight's answer with those fields, and an ordinary one; every page may read both.
fn answers(preflight: &[(&str, &str)]) -> [WireResponse; 2] {
    let any = [("Access-Control-Allow-Origin", "*"), ("Cache-Control", "no-store")];
    let preflight = [&any[..], preflight].concat();
    [WireResponse::new(204, &preflight), WireResponse::new(200, &any)]
}

/// What a page reads of the ordinary answer.
fn readable() -> Read {
    let length = BODY.len().to_string().into_bytes();
    let fields = [("cache-control", b"no-store".to_vec()), ("content-length", length)];
    Read { status: 200, fields: fields.map(|(name, value)| (name.to_owned(), value)).into() }
}

impl Deviation {
    /// Whether it has to do with any of the calls.
    pub(crate) fn concerns(&self, calls: &[FetchCall]) -> bool {
        calls.iter().any(|call| (self.rewrite)(call).is_some())
    }

    /// The calls that show it, by a page to a server's origin in a run of that number; the first case has the number `first`.
    pub(crate) fn shown(&self, page: &str, url_origin: &str, first: usize, run: usize) -> Vec<Show> {
        let mut shown = (self.shown)();
        for (id, show) in (first..).zip(&mut shown) {
            let page = if show.page == Page::Opaque { "null" } else { page };
            for (_, call) in &mut show.calls {
                page.clone_into(&mut call.page_origin);
                url_origin.clone_into(&mut call.url_origin);
                call.url = in_run(&format!("{url_origin}{}", path(id)), run);
            }
        }
        shown
    }
}

impl Show {
    /// In what the deviation does not happen as listed; `None` where it does.
    pub(crate) fn differs(&self, deviation: &Deviation, seen: &[&Seen]) -> Option<String> {
        let calls: Vec<FetchCall> = self.calls.iter().map(|(_, call)| call.clone()).collect();
        let briefs: Vec<Brief> = calls.iter().zip(seen).map(|(call, seen)| Brief::of(call, seen)).collect();
        if briefs != self.chromium {
            let how = if briefs == self.standard() { "no longer happens" } else { "happens otherwise" };
            return Some(format!("{how}: {calls:?}\n  listed {:?}\n  seen   {briefs:?}", self.chromium));
        }
        let as_if =
            Self { calls: rewritten(&calls, &[deviation]).into_iter().map(|call| (0, call)).collect(), ..self.clone() };
        let model = as_if.conforming();
        // The calls of a show are alike, and so are their preflights and all that is read.
        let asked = model.iter().find_map(|seen| seen.preflight.as_ref());
        if seen.iter().any(|seen| seen.preflight.is_some() && seen.preflight.as_ref() != asked) {
            return Some(format!("happens with another preflight: {calls:?}"));
        }
        if seen.iter().any(|seen| seen.read.as_ref().is_some_and(|read| *read != readable())) {
            return Some(format!("happens, and the page reads something else: {calls:?}"));
        }
        let is_sent = |(model, seen): (&Sent, &Sent)| {
            model.method == seen.method && model.fields.iter().all(|(name, value)| seen.fields.get(name) == Some(value))
        };
        let mut sent =
            model.iter().zip(seen).filter_map(|(model, seen)| model.actual.as_ref().zip(seen.actual.as_ref()));
        (!sent.all(is_sent)).then(|| format!("happens with another request: {calls:?}"))
    }

    /// What a conforming browser does, in brief.
    fn standard(&self) -> Vec<Brief> {
        self.calls.iter().zip(self.conforming()).map(|((_, call), seen)| Brief::of(call, &seen)).collect()
    }

    /// What a conforming browser does.
    fn conforming(&self) -> Vec<Seen> {
        let mut browser = Browser::with_settings(Settings::CHROMIUM);
        let mut now = 0;
        let seen = self.calls.iter().map(|(wait, call)| {
            now += wait;
            let [preflight, actual] = &self.answers;
            let mut server = |request: &corsac_browser::WireRequest| {
                if request.is_preflight { preflight.clone() } else { actual.clone() }
            };
            let outcome = fetch(&mut browser, call, now, &mut server);
            Seen::of_model(&outcome, &written(call))
        });
        seen.collect()
    }
}

/// The calls as a conforming browser would have to be given them to do as Chromium does with those deviations.
pub(crate) fn rewritten(calls: &[FetchCall], deviations: &[&Deviation]) -> Vec<FetchCall> {
    let mut calls = calls.to_vec();
    for deviation in deviations {
        for call in &mut calls {
            if let Some(as_if) = (deviation.rewrite)(call) {
                *call = as_if;
            }
        }
    }
    calls
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::seen::Asked;

    #[test]
    fn each_is_shown_by_calls_in_which_the_standard_says_otherwise() {
        for deviation in &DEVIATIONS {
            let shown = deviation.shown("http://a.example", "http://b.example", 7, 1);
            assert!(!shown.is_empty(), "{}", deviation.name);
            for show in shown {
                assert_ne!(show.standard(), show.chromium, "{}: {:?}", deviation.name, show.calls);
                assert!(show.calls.iter().all(|(_, call)| call.url.starts_with("http://b.example/case/")));
            }
        }
    }

    #[test]
    fn what_a_call_is_rewritten_to_does_what_chromium_does() {
        for deviation in &DEVIATIONS {
            for mut show in deviation.shown("http://a.example", "http://b.example", 0, 1) {
                let calls: Vec<_> = show.calls.iter().map(|(_, call)| call.clone()).collect();
                if !deviation.concerns(&calls) {
                    continue;
                }
                let calls = rewritten(&calls, &[deviation]);
                show.calls = calls.into_iter().map(|call| (0, call)).collect();
                // The headers are not those that were written.
                let sides = [show.standard(), show.chromium].map(|mut briefs| {
                    briefs.iter_mut().for_each(|brief| brief.as_written = true);
                    briefs
                });
                assert_eq!(sides[0], sides[1], "{}", deviation.name);
            }
        }
    }

    #[test]
    fn one_that_happens_otherwise_is_told() {
        let deviation = DEVIATIONS.iter().find(|deviation| deviation.name == "ranges-are-respelled").unwrap();
        let show = &deviation.shown("http://a.example", "http://b.example", 0, 1)[0];
        let sent = |range: &[u8]| Seen {
            preflight: Some(Asked {
                origin: Some(b"http://a.example".into()),
                method: Some(b"GET".into()),
                headers: Some(b"range".into()),
            }),
            actual: Some(Sent {
                method: "GET".to_owned(),
                fields: [("origin", &b"http://a.example"[..]), ("range", range)]
                    .map(|(name, value)| (name.to_owned(), value.to_vec()))
                    .into(),
            }),
            read: Some(readable()),
        };
        let differs =
            |seen: &Seen| show.differs(deviation, &[seen]).map(|how| how.split(':').next().unwrap().to_owned());
        let right = sent(b"bytes=0-1");
        assert_eq!(differs(&right), None);
        assert_eq!(differs(&sent(b"Bytes=0-1")).unwrap(), "no longer happens");
        assert_eq!(differs(&sent(b"bytes=0-2")).unwrap(), "happens with another request");
        assert_eq!(differs(&Seen { read: None, ..right.clone() }).unwrap(), "happens otherwise");
        let read = Some(Read::default());
        assert_eq!(differs(&Seen { read, ..right.clone() }).unwrap(), "happens, and the page reads something else");
        let preflight = Some(Asked::default());
        assert_eq!(differs(&Seen { preflight, ..right }).unwrap(), "happens with another preflight");
    }

    #[test]
    fn names_are_unique_and_reasons_say_both() {
        for (i, deviation) in DEVIATIONS.iter().enumerate() {
            assert!(DEVIATIONS[..i].iter().all(|other| other.name != deviation.name));
            assert!(deviation.reason.contains("Chromium"), "{}", deviation.name);
        }
    }
}
