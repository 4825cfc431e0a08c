//! The only yes or no.
//!
//! A reader finds the whole decision in `decide_or_ask` and the functions that it calls, in the order in which Fetch asks: the origin, then the method, then the header names.

use crate::answers::FieldSet;
use crate::ascii::is_token;
use crate::config::MAX_METHOD_LEN;
use crate::field_value::FieldValue;
use crate::header_name::{Refused, check_requested};
use crate::image::{Flags, PolicyRef, head};
use crate::leading::Leading;
use crate::method;
use crate::origin::{AllowedOrigin, MAX_ORIGIN_LEN, TrustedOrigin, has_too_long_host};
use crate::record::RecordKind;
use crate::refusal::Refusal;
use crate::request::{Kind, Request};
use crate::response::ResponseField;
use crate::table::Table;

/// What the server does next.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
#[allow(clippy::exhaustive_enums, reason = "a server has to do each")]
pub enum Action {
    /// Lets the request go on to the application, and puts the fields on whatever it answers.
    Continue,
    /// Answers with this status, the fields and an empty body, without asking the application.
    Respond(u16),
}

/// The answer to one request. It borrows from the policy and from the request.
///
/// # Examples
///
/// ```
/// use corsac::{Action, Refusal, Request, policy};
///
/// let policy = policy! { allow_origins: &["https://app.example.com"], allow_methods: &["PUT"] };
/// let preflight = |method| [("Origin", "https://app.example.com"), ("Access-Control-Request-Method", method)];
///
/// let request = Request::from_fields("OPTIONS", preflight("PUT"));
/// let decision = policy.decide(&request);
/// assert_eq!((decision.allowed(), decision.action()), (Some(true), Action::Respond(204)));
/// assert!(decision.fields().any(|field| field.name.as_str() == "Access-Control-Allow-Methods" && field.value == b"PUT"));
///
/// let request = Request::from_fields("OPTIONS", preflight("DELETE"));
/// let decision = policy.decide(&request);
/// assert_eq!((decision.refusal(), decision.action()), (Some(Refusal::MethodNotAllowed), Action::Respond(403)));
/// assert_eq!(decision.subject(), Some(b"DELETE".as_slice()));
/// assert_eq!(decision.fields().count(), 1); // Vary
/// ```
#[derive(Clone, Debug)]
pub struct Decision<'p, 'r> {
    pub(crate) policy: PolicyRef<'p>,
    pub(crate) request: &'r Request<'r>,
    kind: Kind,
    finding: Finding,
    /// The element of the header list that is refused; empty where it is something else.
    element: &'r [u8],
    pub(crate) fields: FieldSet,
}

/// What was found about the request.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Finding {
    /// There is no `Origin`, and so nothing to find.
    Nothing,
    /// The origin is allowed, and on a preflight all that was asked for.
    Allowed(AllowedOrigin),
    /// Something is not.
    Refused(Refusal),
}

impl Finding {
    /// The proof that the origin, which this was found about, is in the policy, if it is.
    pub(crate) fn trusted(self, policy: &PolicyRef<'_>, origin: &[u8]) -> Option<TrustedOrigin> {
        match self {
            Self::Allowed(allowed) => allowed.trusted(policy, origin),
            Self::Refused(_) | Self::Nothing => None,
        }
    }
}

impl<'p> PolicyRef<'p> {
    /// Decides on a request.
    ///
    /// # Complexity
    ///
    /// Linear in the bytes of the request up to the caps, whatever the size of the policy. No allocation, no panic.
    #[inline]
    #[must_use]
    pub fn decide<'r>(&self, request: &'r Request<'r>) -> Decision<'p, 'r>
    where
        'p: 'r,
    {
        self.decide_or_ask(request, None::<fn(&[u8]) -> bool>)
    }

    /// Decides on a request, and asks the host about an origin that no entry takes: a database, a list of paired devices.
    ///
    /// `ask` is called at most once, and only with a well-formed serialized origin within the cap: never with `null`, a
    /// repeated or a truncated value, and never where `*` or `static_origin` has decided.
    ///
    /// # Examples
    ///
    /// ```
    /// use corsac::{Request, policy};
    ///
    /// let policy = policy! { allow_origins: &["https://app.example.com"] };
    /// let paired = |origin: &[u8]| origin == b"https://tablet.example";
    /// let request = Request::from_fields("GET", [("Origin", "https://tablet.example")]);
    /// assert_eq!(policy.decide_with(&request, paired).allowed(), Some(true));
    /// let request = Request::from_fields("GET", [("Origin", "null")]);
    /// assert_eq!(policy.decide_with(&request, |_| true).allowed(), Some(false));
    /// ```
    #[must_use]
    pub fn decide_with<'r>(&self, request: &'r Request<'r>, ask: impl FnOnce(&[u8]) -> bool) -> Decision<'p, 'r>
    where
        'p: 'r,
    {
        self.decide_or_ask(request, Some(ask))
    }

    // What follows is inlined, but for patterns and the header list, where instructions count and not where bytes do: the decision then
    // stays in registers, and of a policy that the compiler knows, as by `policy!`, little is read at run time.
    #[cfg_attr(target_pointer_width = "64", inline(always))]
    fn decide_or_ask<'r>(&self, request: &'r Request<'r>, ask: Option<impl FnOnce(&[u8]) -> bool>) -> Decision<'p, 'r>
    where
        'p: 'r,
    {
        // Most requests have no `Origin`; what they take stays in registers.
        if request.origin.is_present() {
            self.decide_cors(request, ask)
        } else {
            self.actual(request, Finding::Nothing)
        }
    }

    /// Decides on a request that has an `Origin`. Taken by value, the policy has no place in memory.
    #[cfg_attr(target_pointer_width = "64", inline(always))]
    #[cfg_attr(not(target_pointer_width = "64"), inline)]
    fn decide_cors<'r>(self, request: &'r Request<'r>, ask: Option<impl FnOnce(&[u8]) -> bool>) -> Decision<'p, 'r>
    where
        'p: 'r,
    {
        match request.kind() {
            Kind::Preflight => self.preflight(request, ask),
            _ => self.actual(request, self.find_origin(request, ask)),
        }
    }

    /// What there is to find about a request that is no preflight, but has an origin.
    #[inline]
    pub(crate) fn find_origin(&self, request: &Request<'_>, ask: Option<impl FnOnce(&[u8]) -> bool>) -> Finding {
        match self.check_origin(request, ask) {
            Ok(origin) => Finding::Allowed(origin),
            Err(refusal) => Finding::Refused(refusal),
        }
    }

    /// A response that the application makes. Refused or not, it goes on: CORS is enforced by the browser, which hides a
    /// response without the fields.
    #[inline]
    pub(crate) fn actual<'r>(&self, request: &'r Request<'r>, finding: Finding) -> Decision<'p, 'r>
    where
        'p: 'r,
    {
        let kind = if matches!(finding, Finding::Nothing) { Kind::NotCors } else { Kind::Actual };
        // A constant policy answers alike whatever `Origin` holds, or a shared cache could be made to keep a response without
        // the fields and give it to pages that need them.
        let whole = matches!(finding, Finding::Allowed(_)) || self.flags().is_constant();
        let answer = self.answers().actual;
        let fields = if whole { answer } else { answer.vary_only() };
        Decision { policy: *self, request, kind, finding, element: &[], fields }
    }

    /// Answers a preflight in the application's place.
    #[inline(always)]
    pub(crate) fn preflight<'r>(
        &self,
        request: &'r Request<'r>,
        ask: Option<impl FnOnce(&[u8]) -> bool>,
    ) -> Decision<'p, 'r>
    where
        'p: 'r,
    {
        let answer = self.answers().preflight;
        let (finding, element, fields) = match self.check_preflight(request, ask, answer) {
            Ok((origin, fields)) => (Finding::Allowed(origin), [].as_slice(), fields),
            Err((refusal, element)) => (Finding::Refused(refusal), element, answer.vary_only()),
        };
        Decision { policy: *self, request, kind: Kind::Preflight, finding, element, fields }
    }

    /// Asks what Fetch has a browser check, in its order; `answer` is the most that can be sent.
    #[cfg_attr(target_pointer_width = "64", inline(always))]
    fn check_preflight<'r>(
        self,
        request: &'r Request<'r>,
        ask: Option<impl FnOnce(&[u8]) -> bool>,
        answer: FieldSet,
    ) -> Result<(AllowedOrigin, FieldSet), Refused<'r>> {
        let origin = self.check_origin(request, ask).map_err(|refusal| (refusal, [].as_slice()))?;
        let method = self.check_method(request).map_err(|refusal| (refusal, [].as_slice()))?;
        self.check_headers(request)?;
        // What is echoed is part of the policy's list, which lacks the method then.
        let unlisted = method == MethodGrant::Safelisted;
        let private_network = request.private_network == FieldValue::Once(b"true");
        let fields = answer
            .without_if(unlisted, FieldSet::ECHOED_METHOD)
            .without_if(!private_network, FieldSet::PRIVATE_NETWORK);
        Ok((origin, fields))
    }

    #[cfg_attr(target_pointer_width = "64", inline(always))]
    #[cfg_attr(target_pointer_width = "32", inline(never))]
    fn check_origin(
        &self,
        request: &Request<'_>,
        ask: Option<impl FnOnce(&[u8]) -> bool>,
    ) -> Result<AllowedOrigin, Refusal> {
        let origin = match request.origin {
            FieldValue::Once(origin) => origin,
            FieldValue::Truncated => return Err(Refusal::OriginTruncated),
            FieldValue::Repeated | FieldValue::Absent => return Err(Refusal::OriginRepeated),
        };
        if origin.len() > MAX_ORIGIN_LEN {
            return Err(Refusal::OriginTooLong);
        }
        self.match_origin(origin, ask).ok_or_else(|| match origin {
            b"null" => Refusal::NullOriginNotAllowed,
            _ if self.flags().has(Flags::PATTERNS) && has_too_long_host(origin) => Refusal::OriginTooLong,
            _ => Refusal::OriginNotAllowed,
        })
    }

    /// Checks `Access-Control-Request-Method`: a CORS-safelisted method passes whether it is listed or not.
    #[cfg_attr(target_pointer_width = "64", inline(always))]
    fn check_method(&self, request: &Request<'_>) -> Result<MethodGrant, Refusal> {
        let name = match request.requested_method {
            FieldValue::Once(name) => name,
            FieldValue::Truncated => return Err(Refusal::MethodTruncated),
            FieldValue::Repeated | FieldValue::Absent => return Err(Refusal::MethodRepeated),
        };
        if name.len() > MAX_METHOD_LEN {
            return Err(Refusal::MethodTooLong);
        }
        // What is listed is a method, and none that is forbidden: `compile` and `open` see to it.
        if self.has_name(&self.table(head::METHODS), RecordKind::METHOD, name) {
            return Ok(MethodGrant::Listed);
        }
        if !is_token(name) {
            return Err(Refusal::MethodMalformed);
        }
        if method::is_forbidden(name) {
            return Err(Refusal::MethodForbidden);
        }
        if self.flags().has(Flags::ANY_METHOD) {
            Ok(MethodGrant::Listed)
        } else if method::is_cors_safelisted(name) {
            Ok(MethodGrant::Safelisted)
        } else {
            Err(Refusal::MethodNotAllowed)
        }
    }

    /// Checks `Access-Control-Request-Headers`: every name has to be listed, or covered by `*`, which never covers
    /// `authorization` ([CORS non-wildcard request-header name](https://fetch.spec.whatwg.org/#cors-non-wildcard-request-header-name)).
    #[cfg_attr(target_pointer_width = "64", inline(never))]
    fn check_headers<'r>(self, request: &'r Request<'r>) -> Result<(), Refused<'r>> {
        let headers = &request.requested_headers;
        if headers.truncated {
            return Err((Refusal::HeadersTruncated, &[]));
        }
        if headers.too_many {
            return Err((Refusal::HeadersTooManyLines, &[]));
        }
        let any = self.flags().has(Flags::ANY_HEADER);
        let table = self.table(head::HEADERS);
        let mut leading = Leading::new(&table);
        check_requested(
            &headers.lines,
            |list| leading.length(list),
            |name| {
                any && is_token(name) && !name.eq_ignore_ascii_case(b"authorization")
                    || self.has_name(&table, RecordKind::NAME, name)
            },
        )
    }

    #[inline]
    pub(crate) fn has_name(&self, table: &Table<'p>, kind: RecordKind, name: &[u8]) -> bool {
        self.find(table, kind, name).is_some()
    }
}

/// Why a method passed.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum MethodGrant {
    /// The policy's list has it, or is `*`.
    Listed,
    /// It needs no permission.
    Safelisted,
}

impl<'p, 'r> Decision<'p, 'r> {
    /// What kind of request it is.
    pub fn kind(&self) -> Kind {
        self.kind
    }

    /// Whether a conforming browser lets the page through; `None` where CORS has no say.
    ///
    /// For a preflight, whether the browser goes on to make the request; for an actual request, whether the page may read the
    /// response. Two things no server can see from here: a page that asks for credentials under a policy without them is
    /// stopped by the browser all the same; and under `*`, where every response is alike, the browser lets even that page read
    /// whose `Origin` is refused for its length or its repetition, which no browser sends.
    pub fn allowed(&self) -> Option<bool> {
        match self.kind {
            Kind::NotCors => None,
            Kind::Preflight | Kind::Actual => Some(self.refusal().is_none()),
        }
    }

    /// Why the request is refused.
    pub fn refusal(&self) -> Option<Refusal> {
        match self.finding {
            Finding::Refused(refusal) => Some(refusal),
            Finding::Allowed(_) | Finding::Nothing => None,
        }
    }

    /// What the refusal is about, where that is one thing: the origin, the method, or the element of the header list.
    pub fn subject(&self) -> Option<&'r [u8]> {
        let subject = match self.refusal()? {
            Refusal::OriginNotAllowed | Refusal::NullOriginNotAllowed | Refusal::OriginTooLong => {
                self.request.origin.value()
            }
            Refusal::MethodNotAllowed
            | Refusal::MethodForbidden
            | Refusal::MethodMalformed
            | Refusal::MethodTooLong => self.request.requested_method.value(),
            _ => self.element,
        };
        if subject.is_empty() { None } else { Some(subject) }
    }

    /// What the server does next.
    pub fn action(&self) -> Action {
        match (self.kind, self.refusal()) {
            (Kind::Preflight, None) => Action::Respond(self.policy.preflight_status()),
            (Kind::Preflight, Some(_)) => Action::Respond(403),
            (Kind::NotCors | Kind::Actual, _) => Action::Continue,
        }
    }

    /// The status to respond with, or `None` to continue to the application.
    pub fn status(&self) -> Option<u16> {
        match self.action() {
            Action::Respond(status) => Some(status),
            Action::Continue => None,
        }
    }

    /// The index in `allow_origins` of an entry that takes the origin, the entry of the origin itself if there is one; `None` for
    /// `null`, for an origin that the host's function took, and where nothing was taken.
    pub fn matched_entry(&self) -> Option<usize> {
        match self.finding {
            Finding::Allowed(origin) => origin.entry().map(crate::bytes::index),
            Finding::Refused(_) | Finding::Nothing => None,
        }
    }

    /// Leaves nothing to send that would allow anything.
    pub(crate) fn drop_grants(&mut self) {
        self.fields = self.fields.vary_only();
    }

    /// The request's origin, if it is allowed.
    #[inline]
    pub(crate) fn allowed_origin(&self) -> &'r [u8] {
        match &self.finding {
            Finding::Allowed(_) => self.request.origin.value(),
            Finding::Refused(_) | Finding::Nothing => &[],
        }
    }

    /// The response fields that the server has to send, in no order that matters, and how each is put beside the application's own.
    pub fn fields(&self) -> impl Iterator<Item = ResponseField<'r>> + use<'_, 'p, 'r>
    where
        'p: 'r,
    {
        crate::response::Fields::new(self)
    }
}
