//! Why a verdict beside CORS came out as it did, in a sentence for a person.

use core::fmt;

use crate::explain::{Explained, Explanation, Quoted};
use crate::field_value::FieldValue;
use crate::guard_request::{GuardRequest, Scheme};
use crate::host_entry::SplitHost;
use crate::image::{Flags, PolicyRef, head};
use crate::origin::SplitOrigin;
use crate::refusal::Refusal;
use crate::screen::Screening;
use crate::verdict::{Asked, Pass, Verdict};

impl<'p, 'r> Verdict<'p, 'r> {
    /// The reason in a sentence, with the nearest entry of the policy. Written without a heap.
    ///
    /// # Complexity
    ///
    /// Linear in the size of the policy: for a log or a developer, not for every request.
    ///
    /// # Examples
    ///
    /// ```
    /// use corsac::{GuardRequest, policy};
    ///
    /// let policy = policy! { allow_origins: &["https://app.example.com"] };
    /// let fields = [("Host", "localhost"), ("Origin", "http://localhost:3000")];
    /// assert_eq!(
    ///     policy.guard(&GuardRequest::from_fields("POST", fields)).explain().to_string(),
    ///     "origin \"http://localhost:3000\" is no entry of allow_origins, and it is not the server's own, as Host is \
    ///      \"localhost\": the port is missing; a proxy in front may have dropped it: have it pass Host on as it came"
    /// );
    /// ```
    pub fn explain(&self) -> Explanation<'_, 'p, 'r> {
        Explanation { of: Explained::Verdict(self.clone()) }
    }
}

impl<'p, 'r> Screening<'p, 'r> {
    /// The reason in a sentence: of the verdict that stopped the request, or by which a page of the server's own may act; else of the
    /// CORS decision. See [`Verdict::explain`] and
    /// [`Decision::explain`](crate::Decision::explain).
    pub fn explain(&self) -> Explanation<'_, 'p, 'r> {
        let of = match self.stopped_by().or_else(|| self.passed_as_own()) {
            Some(verdict) => Explained::Verdict(verdict),
            None => Explained::Decision(&self.decision),
        };
        Explanation { of }
    }
}

pub(crate) fn explain_verdict(verdict: &Verdict<'_, '_>, f: &mut fmt::Formatter<'_>) -> fmt::Result {
    match (verdict.outcome, verdict.asked) {
        (Ok(pass), Asked::Host(host, own_names)) => explain_host_pass(verdict, pass, host.value(), own_names, f),
        (Ok(pass), Asked::Guard(request) | Asked::WebSocket(request)) => explain_pass(verdict, pass, request, f),
        (Err(refusal), Asked::Host(_, own_names)) => explain_host_refusal(verdict, refusal, own_names, f),
        (Err(refusal), Asked::Guard(request) | Asked::WebSocket(request)) => {
            explain_refusal(verdict, refusal, request, f)
        }
    }
}

fn explain_pass(
    verdict: &Verdict<'_, '_>,
    pass: Pass,
    request: &GuardRequest<'_>,
    f: &mut fmt::Formatter<'_>,
) -> fmt::Result {
    let origin = Quoted(request.origin.value());
    match pass {
        Pass::SafeMethod => write!(f, "{} is a safe method, which is to change nothing", Quoted(request.method)),
        Pass::SameOrigin => {
            f.write_str("the browser says that a page of the same origin made the request (Sec-Fetch-Site)")
        }
        Pass::UserInitiated => f.write_str("the browser says that the user made the request (Sec-Fetch-Site)"),
        Pass::NoOrigin => f.write_str("there is no Origin, which the browser of another origin's page would send"),
        Pass::OwnHost => {
            write!(f, "origin {origin} is the server's own by Host {}", Quoted(request.host().value()))
        }
        Pass::Entry(entry) => {
            let text = verdict.policy.origin_entries().nth(entry).unwrap_or_default();
            write!(f, "origin {origin} is trusted by allow_origins[{entry}] {}", Quoted(text))
        }
        Pass::HostFunction | Pass::ListedHost(_) | Pass::OwnName(_) => {
            write!(f, "origin {origin} is trusted by the server's own function")
        }
    }
}

fn explain_refusal(
    verdict: &Verdict<'_, '_>,
    refusal: Refusal,
    request: &GuardRequest<'_>,
    f: &mut fmt::Formatter<'_>,
) -> fmt::Result {
    let policy = &verdict.policy;
    let origin = request.origin.value();
    match refusal {
        Refusal::CrossSite | Refusal::SameSite | Refusal::FetchSiteUnknown => {
            match refusal {
                Refusal::CrossSite => f.write_str("a page of another site made the request")?,
                Refusal::SameSite => f.write_str("a page of another origin of the same site made the request")?,
                _ => write!(f, "Sec-Fetch-Site is {}, which no standard has", Quoted(request.fetch_site.value()))?,
            }
            if request.origin.is_present() {
                write!(f, ", and its origin {} is no entry of allow_origins", Quoted(origin))?;
                advise(policy, origin, f)
            } else {
                f.write_str(", and there is no Origin that allow_origins could take")
            }
        }
        Refusal::OriginNotTrusted => {
            write!(f, "origin {} is no entry of allow_origins, and it is not the server's own, as ", Quoted(origin))?;
            match request.host() {
                FieldValue::Once(host) => {
                    write!(f, "Host is {}", Quoted(host))?;
                    if lacks_port(origin, host) {
                        return f.write_str(
                            ": the port is missing; a proxy in front may have dropped it: have it pass Host on as it came",
                        );
                    }
                }
                FieldValue::Absent => f.write_str("there is no Host")?,
                FieldValue::Repeated => f.write_str("there are several hosts")?,
                FieldValue::Truncated => f.write_str("Host is cut")?,
            }
            advise(policy, origin, f)
        }
        Refusal::ContentTypeNotAllowed | Refusal::ContentTypeSimple => {
            let listed = Names(policy.names(head::CONTENT_TYPES_TEXT));
            write!(
                f,
                "content type {} is not in allow_content_types ({listed})",
                Quoted(request.content_type.value())
            )?;
            f.write_str(match refusal {
                Refusal::ContentTypeSimple => {
                    "; any page can send it without a preflight: have the page send one that is"
                }
                _ => "; add it if pages of other origins may send it",
            })
        }
        Refusal::SchemeDiffers => {
            write!(f, "origin {} is the server's own but for its scheme", Quoted(origin))?;
            f.write_str(match request.scheme {
                Some(Scheme::Http) => {
                    "; where a proxy in front ends TLS, tell the server that browsers reach it by https"
                }
                _ => ", so that anyone on the network path can speak as it; have the page loaded by https",
            })
        }
        // There is nothing to see in it.
        Refusal::NullOriginNotTrusted => write!(f, "{refusal}"),
        _ => explain_briefly(verdict, refusal, f),
    }
}

/// What to do about an origin that no entry takes.
fn advise(policy: &PolicyRef<'_>, origin: &[u8], f: &mut fmt::Formatter<'_>) -> fmt::Result {
    if policy.flags().has(Flags::ANY_ORIGIN) {
        return f.write_str("; `*` lets every page read and trusts none: list the origins whose pages may act here");
    }
    match policy.nearest(origin) {
        Some(nearest) => write!(f, "{nearest}"),
        None if SplitOrigin::new(origin).is_some_and(|split| split.is_serialized()) => {
            f.write_str("; add the origin if its pages may act here")
        }
        None => f.write_str("; no browser sends that, so look at what did"),
    }
}

/// Whether an origin is that of `Host` with a port that `Host` does not have.
fn lacks_port(origin: &[u8], host: &[u8]) -> bool {
    let without_port = |split: SplitOrigin<'_>| !split.port().is_empty() && split.host().eq_ignore_ascii_case(host);
    SplitOrigin::new(origin).is_some_and(without_port)
}

fn explain_host_pass(
    verdict: &Verdict<'_, '_>,
    pass: Pass,
    host: &[u8],
    own_names: &[&str],
    f: &mut fmt::Formatter<'_>,
) -> fmt::Result {
    write!(f, "host {} is ", Quoted(host))?;
    match pass {
        Pass::OwnName(name) => {
            let text = own_names.get(name).copied().unwrap_or_default();
            write!(f, "the server's own name {}", Quoted(text.as_bytes()))
        }
        Pass::ListedHost(entry) => {
            let name = verdict.policy.names(head::HOSTS_TEXT).nth(entry).unwrap_or_default();
            write!(f, "taken by allow_hosts[{entry}] \"{}\"", name.escape_ascii())
        }
        _ => f.write_str("taken"),
    }
}

fn explain_host_refusal(
    verdict: &Verdict<'_, '_>,
    refusal: Refusal,
    own_names: &[&str],
    f: &mut fmt::Formatter<'_>,
) -> fmt::Result {
    if refusal != Refusal::HostNotAllowed {
        return explain_briefly(verdict, refusal, f);
    }
    let names = || verdict.policy.names(head::HOSTS_TEXT);
    let host = verdict.subject().unwrap_or_default();
    write!(f, "host {} is not in allow_hosts ({})", Quoted(host), Names(names()))?;
    if !own_names.is_empty() {
        f.write_str(", nor is it a name of the server's own")?;
    }
    let name = SplitHost::new(host).name;
    let is_near = |text: &[u8]| SplitHost::new(text).name.eq_ignore_ascii_case(name);
    if names().any(is_near) || own_names.iter().any(|own| is_near(own.as_bytes())) {
        f.write_str("; the port differs: write the name with this port, or with `:*` for any")
    } else if names().next().is_none() && own_names.is_empty() {
        f.write_str(", which allows nothing; list the names under which the server is reached")
    } else {
        f.write_str("; add it if the server is reached under that name")
    }
}

fn explain_briefly(verdict: &Verdict<'_, '_>, refusal: Refusal, f: &mut fmt::Formatter<'_>) -> fmt::Result {
    match verdict.subject() {
        Some(subject) => write!(f, "{refusal}: {}", Quoted(subject)),
        None => write!(f, "{refusal}"),
    }
}

/// A list of the policy, cut after eight entries.
struct Names<I>(I);

impl<'p, I: Iterator<Item = &'p [u8]> + Clone> fmt::Display for Names<I> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.0.clone().next().is_none() {
            return f.write_str("empty");
        }
        for (i, name) in self.0.clone().enumerate() {
            match i {
                0 => write!(f, "{}", name.escape_ascii())?,
                8 => return f.write_str(", ..."),
                _ => write!(f, ", {}", name.escape_ascii())?,
            }
        }
        Ok(())
    }
}
