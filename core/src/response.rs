//! From a decision to response fields. Nothing is decided here, and nothing is formatted or copied: every value is a slice of
//! the policy, of the request, or a constant.

use crate::bytes::{index, low_half, widen_half};
use crate::decision::Decision;
use crate::header_name::has_member;
use crate::image::Flags;

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
    /// Every name. An adapter drops these from the application's
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

/// The fields of an answer, one bit for each of [`FIELDS`].
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct FieldSet(u16);

/// The fields that a set can have: first those whose value is the request's, then those whose value is the policy's, in the
/// order of the image's values.
const FIELDS: [FieldName; 14] = [
    FieldName::AllowOrigin,
    FieldName::TimingAllowOrigin,
    FieldName::AllowMethods,
    FieldName::AllowHeaders,
    FieldName::AllowOrigin,
    FieldName::AllowCredentials,
    FieldName::AllowMethods,
    FieldName::AllowHeaders,
    FieldName::MaxAge,
    FieldName::AllowPrivateNetwork,
    FieldName::ExposeHeaders,
    FieldName::TimingAllowOrigin,
    FieldName::Vary, // on preflights
    FieldName::Vary, // on other responses
];

/// How many of [`FIELDS`] have the request's value.
const ECHOED: usize = 4;

impl FieldSet {
    const ECHOED_ORIGIN: Self = Self(1);
    const ECHOED_TIMING: Self = Self(1 << 1);
    pub(crate) const ECHOED_METHOD: Self = Self(1 << 2);
    const ECHOED_HEADERS: Self = Self(1 << 3);
    const ORIGIN: Self = Self(1 << 4);
    const CREDENTIALS: Self = Self(1 << 5);
    const METHODS: Self = Self(1 << 6);
    const HEADERS: Self = Self(1 << 7);
    const MAX_AGE: Self = Self(1 << 8);
    pub(crate) const PRIVATE_NETWORK: Self = Self(1 << 9);
    const EXPOSED: Self = Self(1 << 10);
    const TIMING: Self = Self(1 << 11);
    const VARY_OF_PREFLIGHTS: Self = Self(1 << 12);
    const VARY: Self = Self(1 << 13);

    const fn with_if(self, condition: bool, other: Self) -> Self {
        if condition { Self(self.0 | other.0) } else { self }
    }

    #[inline]
    pub(crate) const fn without_if(self, condition: bool, other: Self) -> Self {
        if condition { Self(self.0 & !other.0) } else { self }
    }

    /// What is left when the request is refused.
    #[inline]
    pub(crate) const fn vary_only(self) -> Self {
        Self(self.0 & (Self::VARY_OF_PREFLIGHTS.0 | Self::VARY.0))
    }

    /// Takes the lowest bit away.
    #[inline]
    const fn without_first(self) -> Self {
        Self(self.0 & self.0.wrapping_sub(1))
    }
}

/// The most that a policy's answers can hold. Worked out when it is compiled; deciding only takes away.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct Answers {
    /// A successful preflight.
    pub(crate) preflight: FieldSet,
    /// Any other response whose origin is allowed.
    pub(crate) actual: FieldSet,
}

impl Answers {
    /// The answers of a policy with these flags.
    pub(crate) const fn of(flags: Flags) -> Self {
        let credentials = flags.has(Flags::CREDENTIALS);
        let minimal = flags.has(Flags::MINIMAL_ANSWERS);
        let constant = flags.is_constant();
        let timing = flags.has(Flags::TIMING);
        // Under `*` a list is sent as it is, but with credentials `*` would be taken for a name, so what was asked for and
        // checked is sent.
        let echo_method = if flags.has(Flags::ANY_METHOD) { credentials } else { minimal };
        let echo_headers = if flags.has(Flags::ANY_HEADER) { credentials } else { minimal };
        let both = if constant { FieldSet::ORIGIN } else { FieldSet::ECHOED_ORIGIN };
        let both = both.with_if(credentials, FieldSet::CREDENTIALS);
        Self {
            preflight: both
                .with_if(echo_method, FieldSet::ECHOED_METHOD)
                .with_if(!echo_method && flags.has(Flags::METHODS), FieldSet::METHODS)
                .with_if(echo_headers, FieldSet::ECHOED_HEADERS)
                .with_if(!echo_headers && flags.has(Flags::HEADERS), FieldSet::HEADERS)
                .with_if(flags.has(Flags::MAX_AGE), FieldSet::MAX_AGE)
                .with_if(flags.has(Flags::PRIVATE_NETWORK), FieldSet::PRIVATE_NETWORK)
                .with_if(flags.has(Flags::VARY), FieldSet::VARY_OF_PREFLIGHTS),
            actual: both
                .with_if(timing, if constant { FieldSet::TIMING } else { FieldSet::ECHOED_TIMING })
                .with_if(flags.has(Flags::EXPOSED), FieldSet::EXPOSED)
                .with_if(!constant, FieldSet::VARY),
        }
    }

    pub(crate) const fn to_bits(self) -> u32 {
        widen_half(self.actual.0) | widen_half(self.preflight.0) << 16
    }

    #[inline]
    pub(crate) const fn from_bits(bits: u32) -> Self {
        Self { actual: FieldSet(low_half(bits)), preflight: FieldSet(low_half(bits >> 16)) }
    }
}

/// The fields of a decision.
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

    /// The next line of the request's header list that has a member; `None` after the last one.
    #[cold]
    fn next_line(&mut self) -> Option<ResponseField<'d>> {
        loop {
            let line = self.decision.request.requested_headers.lines.get(self.line)?;
            self.line = self.line.saturating_add(1);
            if has_member(line) {
                let apply = if self.begun { Apply::Append } else { Apply::Replace };
                self.begun = true;
                return Some(ResponseField { name: FieldName::AllowHeaders, value: line, apply });
            }
        }
    }
}

impl<'d> Iterator for Fields<'d, '_, '_> {
    type Item = ResponseField<'d>;

    #[inline]
    fn next(&mut self) -> Option<ResponseField<'d>> {
        loop {
            let number = index(self.rest.0.trailing_zeros());
            let name = *FIELDS.get(number)?;
            let value = match (number.checked_sub(ECHOED), name) {
                (Some(number), _) => self.decision.policy.value(number),
                (None, FieldName::AllowHeaders) => {
                    let line = self.next_line();
                    if line.is_some() {
                        return line;
                    }
                    self.rest = self.rest.without_first();
                    continue;
                }
                (None, FieldName::AllowMethods) => self.decision.request.requested_method.value(),
                (None, _) => self.decision.allowed_origin(),
            };
            self.rest = self.rest.without_first();
            let apply = if name == FieldName::Vary { Apply::Merge } else { Apply::Replace };
            return Some(ResponseField { name, value, apply });
        }
    }
}
