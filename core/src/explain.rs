//! Why a decision came out as it did, in a sentence for a person. Nothing here is asked while deciding.

use core::fmt;

use crate::decision::Decision;
use crate::explain_verdict::explain_verdict;
use crate::header_name::has_member;
use crate::image::{Flags, PolicyRef, head};
use crate::origin::SplitOrigin;
use crate::refusal::Refusal;
use crate::request::Kind;
use crate::verdict::Verdict;

/// A reason: what was found, what the policy has, and what to change; see [`Decision::explain`] and
/// [`Verdict::explain`](crate::Verdict::explain).
#[derive(Clone, Debug)]
pub struct Explanation<'d, 'p, 'r> {
    pub(crate) of: Explained<'d, 'p, 'r>,
}

/// What is explained.
#[derive(Clone, Debug)]
pub(crate) enum Explained<'d, 'p, 'r> {
    Decision(&'d Decision<'p, 'r>),
    Verdict(Verdict<'p, 'r>),
}

impl<'p, 'r> Decision<'p, 'r> {
    /// The reason in a sentence, with the nearest entry of the policy. Written without a heap.
    ///
    /// # Complexity
    ///
    /// Linear in the size of the policy: for a log or a developer, not for every request.
    ///
    /// # Examples
    ///
    /// ```
    /// use corsac::{Request, policy};
    ///
    /// let policy = policy! { allow_origins: &["https://app.example.com"] };
    /// let request = Request::from_fields("GET", [("Origin", "http://app.example.com")]);
    /// assert_eq!(
    ///     policy.decide(&request).explain().to_string(),
    ///     "origin \"http://app.example.com\" is not in allow_origins; nearest is allow_origins[0] \"https://app.example.com\": \
    ///      the scheme differs; if its pages are trusted as well, add it as an entry of its own; a browser's console is likely to say: blocked by CORS \
    ///      policy: No 'Access-Control-Allow-Origin' header is present on the requested resource."
    /// );
    /// let request = Request::from_fields("GET", [("Origin", "https://app.example.com")]);
    /// assert_eq!(
    ///     policy.decide(&request).explain().to_string(),
    ///     "origin \"https://app.example.com\" is allowed by allow_origins[0] \"https://app.example.com\""
    /// );
    /// ```
    pub fn explain(&self) -> Explanation<'_, 'p, 'r> {
        Explanation { of: Explained::Decision(self) }
    }

    /// The sentence that a browser's console is likely to show; `None` where the page gets what it asked for.
    ///
    /// A refused answer has no CORS fields, or the same as all others, so browsers say the same of every refusal: this is why
    /// the server has to know the reason.
    pub fn console(&self) -> Option<&'static str> {
        match (self.kind(), self.refusal()?) {
            (Kind::Preflight, _) => Some(
                "blocked by CORS policy: Response to preflight request doesn't pass access control check: No \
                 'Access-Control-Allow-Origin' header is present on the requested resource.",
            ),
            _ if self.policy.flags().has(Flags::ANY_ORIGIN) => None,
            _ if self.policy.flags().has(Flags::STATIC_ORIGIN) => Some(
                "blocked by CORS policy: The 'Access-Control-Allow-Origin' header has a value that is not equal to the \
                 supplied origin.",
            ),
            _ => Some(
                "blocked by CORS policy: No 'Access-Control-Allow-Origin' header is present on the requested resource.",
            ),
        }
    }
}

impl fmt::Display for Explanation<'_, '_, '_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.of {
            Explained::Decision(decision) => explain_decision(decision, f),
            Explained::Verdict(verdict) => explain_verdict(verdict, f),
        }
    }
}

fn explain_decision(decision: &Decision<'_, '_>, f: &mut fmt::Formatter<'_>) -> fmt::Result {
    let Some(refusal) = decision.refusal() else {
        return explain_allowed(decision, f);
    };
    explain_refused(decision, refusal, f)?;
    match decision.console() {
        Some(console) => write!(f, "; a browser's console is likely to say: {console}"),
        None => Ok(()),
    }
}

fn explain_refused(decision: &Decision<'_, '_>, refusal: Refusal, f: &mut fmt::Formatter<'_>) -> fmt::Result {
    let policy = &decision.policy;
    let subject = decision.subject().unwrap_or_default();
    match refusal {
        Refusal::OriginNotAllowed => {
            write!(f, "origin {} is not in allow_origins", Quoted(subject))?;
            match policy.nearest(subject) {
                Some(nearest) => write!(f, "{nearest}"),
                None if policy.origin_entries().next().is_none() => {
                    f.write_str(", which is empty and so allows nothing; list the origin of the page")
                }
                None => f.write_str(", and no entry is near it; if pages of this origin are trusted, add it"),
            }
        }
        Refusal::MethodNotAllowed => {
            let listed = policy.text(head::METHODS_TEXT);
            write!(f, "method {} is not in allow_methods ({})", Quoted(subject), List(listed))?;
            let in_other_case = listed.split(|&byte| byte == b',').find(|name| name.eq_ignore_ascii_case(subject));
            match in_other_case {
                Some(name) => {
                    write!(f, "; methods are case-sensitive, so the page has to write {}", Quoted(name))
                }
                None => f.write_str("; add it if pages may use it"),
            }
        }
        Refusal::HeaderNotAllowed => {
            let listed = policy.text(head::HEADERS_TEXT);
            write!(f, "header {} is not in allow_headers ({})", Quoted(subject), List(listed))?;
            if policy.flags().has(Flags::ANY_HEADER) {
                f.write_str("; `*` does not cover it: list it by name beside the `*`")
            } else {
                f.write_str("; add it if pages may set it")
            }
        }
        _ if subject.is_empty() => write!(f, "{refusal}"),
        _ => write!(f, "{refusal}: {}", Quoted(subject)),
    }
}

fn explain_allowed(decision: &Decision<'_, '_>, f: &mut fmt::Formatter<'_>) -> fmt::Result {
    let origin = decision.request.origin.value();
    if decision.kind() == Kind::NotCors {
        return f.write_str("there is no Origin, so this is no CORS request and nothing is decided");
    }
    write!(f, "origin {} is allowed by ", Quoted(origin))?;
    match decision.matched_entry() {
        Some(entry) => {
            let text = decision.policy.origin_entries().nth(entry).unwrap_or_default();
            write!(f, "allow_origins[{entry}] {}", Quoted(text))?;
        }
        None if origin == b"null" => f.write_str("allow_null_origin")?,
        None => f.write_str("the server's own function")?,
    }
    if decision.kind() == Kind::Preflight {
        let method = decision.request.requested_method.value();
        let safelisted = crate::method::is_cors_safelisted(method);
        let why = if safelisted { "which needs no permission" } else { "which allow_methods has" };
        write!(f, ", method {}, {why}", Quoted(method))?;
        if decision.request.requested_headers.lines.iter().any(|line| has_member(line)) {
            f.write_str(", and every requested header, which allow_headers has")?;
        }
    }
    Ok(())
}

/// How an origin differs from the entry nearest to it, from near to far.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
enum Difference {
    Case,
    Scheme,
    Port,
    SchemeAndPort,
    PatternBase,
    Subdomain,
    Parent,
    Prefix,
}

impl Difference {
    const fn sentence(self) -> &'static str {
        match self {
            Self::Case => "only the case differs, and no browser sends upper case",
            Self::Scheme => "the scheme differs",
            Self::Port => "the port differs",
            Self::SchemeAndPort => "the scheme and the port differ",
            Self::PatternBase => "the pattern takes subdomains of this host, not the host itself",
            Self::Subdomain => "this is a subdomain of a listed host",
            Self::Parent => "a subdomain of this host is listed",
            Self::Prefix => "this only begins like a listed origin",
        }
    }

    const fn fix(self) -> &'static str {
        match self {
            Self::Case => "the request was not made by a page",
            Self::Scheme | Self::Port | Self::SchemeAndPort => {
                "if its pages are trusted as well, add it as an entry of its own"
            }
            Self::PatternBase | Self::Parent => "if it is trusted as well, add it as an entry of its own",
            Self::Subdomain => "if it is trusted as well, add it or a `*.` pattern",
            Self::Prefix => "it belongs to somebody else",
        }
    }
}

/// The entry nearest to a refused origin.
pub(crate) struct Nearest<'p> {
    entry: usize,
    text: &'p [u8],
    difference: Difference,
}

impl fmt::Display for Nearest<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { entry, text, difference } = self;
        let (sentence, fix) = (difference.sentence(), difference.fix());
        write!(f, "; nearest is allow_origins[{entry}] {}: {sentence}; {fix}", Quoted(text))
    }
}

impl<'p> PolicyRef<'p> {
    pub(crate) fn nearest(&self, origin: &[u8]) -> Option<Nearest<'p>> {
        let entries = self.origin_entries().enumerate();
        entries
            .filter_map(|(entry, text)| Some(Nearest { entry, text, difference: difference(text, origin)? }))
            .min_by_key(|nearest| nearest.difference)
    }
}

fn difference(entry: &[u8], origin: &[u8]) -> Option<Difference> {
    if entry.eq_ignore_ascii_case(origin) {
        return Some(Difference::Case);
    }
    let (listed, asked) = (SplitOrigin::new(entry)?, SplitOrigin::new(origin)?);
    if !asked.is_serialized() {
        return None;
    }
    let port = listed.port() == asked.port() || listed.port() == b":*";
    if takes_host(listed.host(), asked.host()) {
        return match (listed.scheme() == asked.scheme(), port) {
            (false, true) => Some(Difference::Scheme),
            (true, false) => Some(Difference::Port),
            (false, false) => Some(Difference::SchemeAndPort),
            (true, true) => None,
        };
    }
    if listed.host().strip_prefix(b"*.") == Some(asked.host()) {
        return Some(Difference::PatternBase);
    }
    if is_subdomain(asked.host(), listed.host()) {
        return Some(Difference::Subdomain);
    }
    if is_subdomain(listed.host(), asked.host()) && asked.host().contains(&b'.') {
        return Some(Difference::Parent);
    }
    origin.starts_with(entry).then_some(Difference::Prefix)
}

/// Whether the host of an entry, with or without `*`, takes `host`.
fn takes_host(listed: &[u8], host: &[u8]) -> bool {
    let mut parts = listed.splitn(2, |&byte| byte == b'*');
    let (Some(before), Some(after)) = (parts.next(), parts.next()) else {
        return listed == host;
    };
    host.strip_prefix(before).and_then(|rest| rest.strip_suffix(after)).is_some_and(|star| !star.is_empty())
}

fn is_subdomain(host: &[u8], of: &[u8]) -> bool {
    host.strip_suffix(of).is_some_and(|rest| rest.ends_with(b"."))
}

/// A peer's bytes in quotation marks: escaped, and cut after 120 bytes.
pub(crate) struct Quoted<'a>(pub(crate) &'a [u8]);

impl fmt::Display for Quoted<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0.get(..120) {
            Some(head) if self.0.len() > 120 => write!(f, "\"{}...\" ({} bytes)", head.escape_ascii(), self.0.len()),
            _ => write!(f, "\"{}\"", self.0.escape_ascii()),
        }
    }
}

/// A list of the policy, cut like a quotation.
struct List<'a>(&'a [u8]);

impl fmt::Display for List<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0.get(..120) {
            _ if self.0.is_empty() => f.write_str("empty"),
            Some(head) if self.0.len() > 120 => write!(f, "{}...", head.escape_ascii()),
            _ => write!(f, "{}", self.0.escape_ascii()),
        }
    }
}
