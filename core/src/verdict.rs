//! What the questions beside CORS come to.

use crate::field_value::FieldValue;
use crate::guard_request::GuardRequest;
use crate::image::PolicyRef;
use crate::origin::TrustedOrigin;
use crate::refusal::Refusal;

/// The answer to one of the questions beside CORS. It borrows from the policy and from the request.
///
/// # Examples
///
/// ```
/// use corsac::{GuardRequest, Pass, Refusal, policy};
///
/// let policy = policy! { allow_origins: &["https://app.example.com"] };
/// let request = GuardRequest::from_fields("POST", [("Sec-Fetch-Site", "same-origin")]);
/// assert_eq!(policy.guard(&request).pass(), Some(Pass::SameOrigin));
///
/// let request = GuardRequest::from_fields("POST", [("Host", "api.example.com"), ("Origin", "https://evil.example")]);
/// let verdict = policy.guard(&request);
/// assert_eq!((verdict.refusal(), verdict.status()), (Some(Refusal::OriginNotTrusted), Some(403)));
/// ```
#[derive(Clone, Debug)]
#[must_use = "a refused request goes on unless the verdict is looked at"]
pub struct Verdict<'p, 'r> {
    pub(crate) policy: PolicyRef<'p>,
    pub(crate) asked: Asked<'r>,
    pub(crate) outcome: Result<Pass, Refusal>,
}

/// What was asked, and about what.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Asked<'r> {
    Guard(&'r GuardRequest<'r>),
    WebSocket(&'r GuardRequest<'r>),
    Host(FieldValue<'r>, &'r [&'r str]),
}

/// Which question a verdict answers.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
#[non_exhaustive]
pub enum Question {
    /// [`guard`](PolicyRef::guard)
    Guard,
    /// [`check_websocket`](PolicyRef::check_websocket)
    WebSocket,
    /// [`check_host`](PolicyRef::check_host)
    Host,
}

impl Question {
    /// The stable name: `guard`, `websocket` or `host`.
    pub const fn slug(self) -> &'static str {
        match self {
            Self::Guard => "guard",
            Self::WebSocket => "websocket",
            Self::Host => "host",
        }
    }
}

impl core::fmt::Display for Question {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.pad(self.slug())
    }
}

/// Why something passes.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
#[non_exhaustive]
pub enum Pass {
    /// The method is a safe one.
    SafeMethod,
    /// The browser says that a page of the same origin made the request.
    SameOrigin,
    /// The browser says that the user made the request: an address typed, a bookmark.
    UserInitiated,
    /// The origin is the server's own by `Host`.
    OwnHost,
    /// There is no `Origin`, which a browser would send.
    NoOrigin,
    /// The entry of `allow_origins` with this index takes the origin.
    Entry(usize),
    /// The host's own function takes the origin.
    HostFunction,
    /// The entry of `allow_hosts` with this index takes the host.
    ListedHost(usize),
    /// The name with this index that the device got at run time takes the host.
    OwnName(usize),
}

impl Pass {
    /// The stable name in lower case with hyphens, the same in every language.
    pub const fn slug(self) -> &'static str {
        match self {
            Self::SafeMethod => "safe-method",
            Self::SameOrigin => "same-origin",
            Self::UserInitiated => "user-initiated",
            Self::OwnHost => "own-host",
            Self::NoOrigin => "no-origin",
            Self::Entry(_) => "entry",
            Self::HostFunction => "host-function",
            Self::ListedHost(_) => "listed-host",
            Self::OwnName(_) => "own-name",
        }
    }
}

impl core::fmt::Display for Pass {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.pad(self.slug())
    }
}

impl From<TrustedOrigin> for Pass {
    fn from(trusted: TrustedOrigin) -> Self {
        trusted.entry().map_or(Self::HostFunction, |entry| Self::Entry(crate::bytes::index(entry)))
    }
}

impl<'r> Verdict<'_, 'r> {
    /// Which question this answers.
    pub fn question(&self) -> Question {
        match self.asked {
            Asked::Guard(_) => Question::Guard,
            Asked::WebSocket(_) => Question::WebSocket,
            Asked::Host(..) => Question::Host,
        }
    }

    /// Whether the request may go on.
    pub fn passes(&self) -> bool {
        self.outcome.is_ok()
    }

    /// Why it may go on.
    pub fn pass(&self) -> Option<Pass> {
        self.outcome.ok()
    }

    /// Why it may not.
    pub fn refusal(&self) -> Option<Refusal> {
        self.outcome.err()
    }

    /// The status to respond with, or `None` to continue.
    pub fn status(&self) -> Option<u16> {
        self.refusal().map(Refusal::status)
    }

    /// What the refusal is about, where that is one thing: the origin, the host, the content type or the value of
    /// `Sec-Fetch-Site`.
    pub fn subject(&self) -> Option<&'r [u8]> {
        let field = match (self.asked, self.refusal()?) {
            (Asked::Host(host, _), _) => host,
            (Asked::Guard(request) | Asked::WebSocket(request), Refusal::FetchSiteUnknown) => request.fetch_site,
            (
                Asked::Guard(request),
                Refusal::ContentTypeNotAllowed | Refusal::ContentTypeSimple | Refusal::ContentTypeMalformed,
            ) => request.content_type,
            (
                Asked::Guard(request) | Asked::WebSocket(request),
                Refusal::CrossSite
                | Refusal::SameSite
                | Refusal::OriginNotTrusted
                | Refusal::NullOriginNotTrusted
                | Refusal::SchemeDiffers
                | Refusal::OriginTooLong,
            ) => request.origin,
            _ => FieldValue::Absent,
        };
        Some(field.value()).filter(|subject| !subject.is_empty())
    }
}
