//! From a decision to response fields. Nothing is decided here, and nothing is formatted or copied: every value is a slice of
//! the policy, of the request, or a constant.

use crate::bytes::index;
use crate::decision::{Decision, MethodGrant};
use crate::header_name::has_member;
use crate::image::{Flags, PolicyRef, head};
use crate::request::{FieldValue, Kind, Request};

/// A response field to send.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[non_exhaustive]
pub struct ResponseField<'a> {
    /// Its name.
    pub name: FieldName,
    /// Its value: visible ASCII and blanks, never a control byte.
    pub value: &'a [u8],
    /// How it is put beside the application's own fields.
    pub apply: Apply,
}

/// How a field is put beside those that the application has set.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
#[non_exhaustive]
pub enum Apply {
    /// In place of all fields of that name.
    Replace,
    /// As a further line, after one to replace.
    Append,
    /// Members that are not there yet are added (`Vary`, which may also be `*` and then stays so).
    Merge,
}

/// The name of a response field that a decision can have.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
#[repr(u8)]
#[non_exhaustive]
pub enum FieldName {
    /// `Access-Control-Allow-Origin`
    AllowOrigin = 0,
    /// `Access-Control-Allow-Credentials`
    AllowCredentials = 1,
    /// `Access-Control-Allow-Methods`
    AllowMethods = 2,
    /// `Access-Control-Allow-Headers`
    AllowHeaders = 3,
    /// `Access-Control-Max-Age`
    MaxAge = 4,
    /// `Access-Control-Allow-Private-Network`
    AllowPrivateNetwork = 5,
    /// `Access-Control-Expose-Headers`
    ExposeHeaders = 6,
    /// `Timing-Allow-Origin`
    TimingAllowOrigin = 7,
    /// `Vary`
    Vary = 8,
}

impl FieldName {
    /// Every name, in the order in which [`Decision::fields`] gives them. An adapter drops these from the application's
    /// response, but for `Vary`.
    pub const ALL: [Self; 9] = [
        Self::AllowOrigin,
        Self::AllowCredentials,
        Self::AllowMethods,
        Self::AllowHeaders,
        Self::MaxAge,
        Self::AllowPrivateNetwork,
        Self::ExposeHeaders,
        Self::TimingAllowOrigin,
        Self::Vary,
    ];

    /// The name as the standard spells it.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::AllowOrigin => "Access-Control-Allow-Origin",
            Self::AllowCredentials => "Access-Control-Allow-Credentials",
            Self::AllowMethods => "Access-Control-Allow-Methods",
            Self::AllowHeaders => "Access-Control-Allow-Headers",
            Self::MaxAge => "Access-Control-Max-Age",
            Self::AllowPrivateNetwork => "Access-Control-Allow-Private-Network",
            Self::ExposeHeaders => "Access-Control-Expose-Headers",
            Self::TimingAllowOrigin => "Timing-Allow-Origin",
            Self::Vary => "Vary",
        }
    }

    /// The name in lower case, as HTTP/2 and ASGI write it.
    pub const fn lower(self) -> &'static str {
        match self {
            Self::AllowOrigin => "access-control-allow-origin",
            Self::AllowCredentials => "access-control-allow-credentials",
            Self::AllowMethods => "access-control-allow-methods",
            Self::AllowHeaders => "access-control-allow-headers",
            Self::MaxAge => "access-control-max-age",
            Self::AllowPrivateNetwork => "access-control-allow-private-network",
            Self::ExposeHeaders => "access-control-expose-headers",
            Self::TimingAllowOrigin => "timing-allow-origin",
            Self::Vary => "vary",
        }
    }
}

/// The fields of an answer, one bit for each name.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct FieldSet(u16);

impl FieldSet {
    pub(crate) const NONE: Self = Self(0);
    pub(crate) const VARY: Self = Self::of(FieldName::Vary);
    /// The method of the request in place of the policy's list; no field of its own.
    const ECHO_METHOD: Self = Self(1 << 9);
    /// The header lines of the request in place of the policy's list; no field of its own.
    const ECHO_HEADERS: Self = Self(1 << 10);

    const fn of(name: FieldName) -> Self {
        Self(match name {
            FieldName::AllowOrigin => 1,
            FieldName::AllowCredentials => 1 << 1,
            FieldName::AllowMethods => 1 << 2,
            FieldName::AllowHeaders => 1 << 3,
            FieldName::MaxAge => 1 << 4,
            FieldName::AllowPrivateNetwork => 1 << 5,
            FieldName::ExposeHeaders => 1 << 6,
            FieldName::TimingAllowOrigin => 1 << 7,
            FieldName::Vary => 1 << 8,
        })
    }

    #[inline]
    pub(crate) const fn with(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    #[inline]
    const fn with_if(self, condition: bool, name: FieldName) -> Self {
        if condition { self.with(Self::of(name)) } else { self }
    }

    /// The first field, in the order of [`FieldName::ALL`].
    #[inline]
    fn first(self) -> Option<FieldName> {
        FieldName::ALL.get(index(self.0.trailing_zeros())).copied()
    }

    #[inline]
    const fn has(self, other: Self) -> bool {
        self.0 & other.0 != 0
    }
}

impl<'p> PolicyRef<'p> {
    /// The fields of an allowed response that is no preflight, but for `Vary`.
    #[inline]
    pub(crate) fn actual_fields(&self) -> FieldSet {
        let flags = self.flags();
        FieldSet::of(FieldName::AllowOrigin)
            .with_if(flags.has(Flags::CREDENTIALS), FieldName::AllowCredentials)
            .with_if(!self.text(head::EXPOSE_TEXT).is_empty(), FieldName::ExposeHeaders)
            .with_if(flags.has(Flags::TIMING), FieldName::TimingAllowOrigin)
    }

    /// The fields of a successful preflight, but for `Vary`.
    #[inline]
    pub(crate) fn preflight_fields(&self, request: &Request<'_>, method: MethodGrant) -> FieldSet {
        let flags = self.flags();
        let credentials = flags.has(Flags::CREDENTIALS);
        let minimal = flags.has(Flags::MINIMAL_ANSWERS);
        // Under `*` a list is sent as it is, but with credentials `*` would be taken for a name, so what was asked for and
        // checked is sent.
        let echo_method = if flags.has(Flags::ANY_METHOD) { credentials } else { minimal };
        let echo_headers = if flags.has(Flags::ANY_HEADER) { credentials } else { minimal };

        let mut fields = FieldSet::of(FieldName::AllowOrigin)
            .with_if(credentials, FieldName::AllowCredentials)
            .with_if(!self.text(head::MAX_AGE_TEXT).is_empty(), FieldName::MaxAge)
            .with_if(
                flags.has(Flags::PRIVATE_NETWORK) && request.private_network == FieldValue::Once(b"true"),
                FieldName::AllowPrivateNetwork,
            );
        if echo_method {
            fields = fields.with(FieldSet::ECHO_METHOD).with_if(method == MethodGrant::Listed, FieldName::AllowMethods);
        } else {
            fields = fields.with_if(!self.text(head::METHODS_TEXT).is_empty(), FieldName::AllowMethods);
        }
        if echo_headers {
            fields = fields.with(FieldSet::ECHO_HEADERS).with(FieldSet::of(FieldName::AllowHeaders));
        } else {
            fields = fields.with_if(!self.text(head::HEADERS_TEXT).is_empty(), FieldName::AllowHeaders);
        }
        fields
    }
}

/// The fields of a decision, in the order of [`FieldName::ALL`].
#[derive(Clone)]
pub(crate) struct Fields<'d, 'p, 'r> {
    decision: &'d Decision<'p, 'r>,
    rest: FieldSet,
    /// How many lines of the request's header list have been passed.
    line: usize,
    /// Whether one of them has been sent.
    begun: bool,
}

impl<'d, 'p, 'r> Fields<'d, 'p, 'r> {
    #[inline]
    pub(crate) fn new(decision: &'d Decision<'p, 'r>) -> Self {
        Self { decision, rest: decision.fields, line: 0, begun: false }
    }

    /// The next line of the request's header list that has a member.
    fn echoed_line(&mut self) -> Option<&'r [u8]> {
        loop {
            let line = *self.decision.request.requested_headers.lines.get(self.line)?;
            self.line = self.line.saturating_add(1);
            if has_member(line) {
                return Some(line);
            }
        }
    }
}

impl<'d> Iterator for Fields<'d, '_, '_> {
    type Item = ResponseField<'d>;

    #[inline]
    fn next(&mut self) -> Option<ResponseField<'d>> {
        let decision = self.decision;
        let policy = &decision.policy;
        let replace = |name, value| Some(ResponseField { name, value, apply: Apply::Replace });
        loop {
            let name = self.rest.first()?;
            let bit = FieldSet::of(name);
            if name == FieldName::AllowHeaders && self.rest.has(FieldSet::ECHO_HEADERS) {
                let Some(value) = self.echoed_line() else {
                    self.rest.0 &= !bit.0;
                    continue;
                };
                let apply = if self.begun { Apply::Append } else { Apply::Replace };
                self.begun = true;
                return Some(ResponseField { name, value, apply });
            }
            self.rest.0 &= !bit.0;
            return match name {
                FieldName::AllowOrigin | FieldName::TimingAllowOrigin => {
                    replace(name, decision.origin.as_ref().map_or(&[], |origin| origin.value()))
                }
                FieldName::AllowCredentials | FieldName::AllowPrivateNetwork => replace(name, b"true"),
                FieldName::AllowMethods if self.rest.has(FieldSet::ECHO_METHOD) => {
                    replace(name, decision.request.requested_method.value())
                }
                FieldName::AllowMethods => replace(name, policy.text(head::METHODS_TEXT)),
                FieldName::AllowHeaders => replace(name, policy.text(head::HEADERS_TEXT)),
                FieldName::MaxAge => replace(name, policy.text(head::MAX_AGE_TEXT)),
                FieldName::ExposeHeaders => replace(name, policy.text(head::EXPOSE_TEXT)),
                FieldName::Vary => {
                    let is_preflight = decision.kind() == Kind::Preflight;
                    let value = if is_preflight { policy.text(head::VARY_TEXT) } else { b"Origin" };
                    Some(ResponseField { name, value, apply: Apply::Merge })
                }
            };
        }
    }
}
