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

/// The fields of an answer: one bit for each of [`FieldName::ALL`], with `Vary` on responses that are no preflight, whose value
/// is another, as the tenth.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct FieldSet(u16);

impl FieldSet {
    const VARY: Self = Self(1 << 8 | 1 << 9);
    /// The request's origin in place of the policy's constant one; no field of its own.
    const ECHO_ORIGIN: Self = Self(1 << 12);
    /// The method of the request in place of the policy's list; no field of its own.
    const ECHO_METHOD: Self = Self(1 << 10);
    /// The header lines of the request in place of the policy's list; no field of its own.
    const ECHO_HEADERS: Self = Self(1 << 11);

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

    const fn with(self, condition: bool, other: Self) -> Self {
        if condition { Self(self.0 | other.0) } else { self }
    }

    #[inline]
    pub(crate) const fn without(self, condition: bool, name: FieldName) -> Self {
        if condition { Self(self.0 & !Self::of(name).0) } else { self }
    }

    /// What is left when the request is refused.
    #[inline]
    pub(crate) const fn vary_only(self) -> Self {
        Self(self.0 & Self::VARY.0)
    }

    #[inline]
    const fn has(self, other: Self) -> bool {
        self.0 & other.0 != 0
    }

    /// Whether no field before this one is left.
    #[inline]
    const fn comes_first(self, name: FieldName) -> bool {
        let bit = Self::of(name).0;
        self.0 & (bit | bit.wrapping_sub(1)) == bit
    }

    #[inline]
    pub(crate) const fn echoes_method(self) -> bool {
        self.has(Self::ECHO_METHOD)
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
    /// The answers of a policy with these flags; `is_empty` tells which values it has not.
    pub(crate) const fn of(flags: Flags, is_empty: &EmptyValues) -> Self {
        let credentials = flags.has(Flags::CREDENTIALS);
        let minimal = flags.has(Flags::MINIMAL_ANSWERS);
        // Under `*` a list is sent as it is, but with credentials `*` would be taken for a name, so what was asked for and
        // checked is sent.
        let echo_method = if flags.has(Flags::ANY_METHOD) { credentials } else { minimal };
        let echo_headers = if flags.has(Flags::ANY_HEADER) { credentials } else { minimal };
        let both = FieldSet::of(FieldName::AllowOrigin)
            .with(!flags.is_constant(), FieldSet::ECHO_ORIGIN)
            .with(credentials, FieldSet::of(FieldName::AllowCredentials));
        Self {
            preflight: both
                .with(echo_method, FieldSet::ECHO_METHOD)
                .with(echo_headers, FieldSet::ECHO_HEADERS)
                .with(!is_empty.methods, FieldSet::of(FieldName::AllowMethods))
                .with(!is_empty.headers, FieldSet::of(FieldName::AllowHeaders))
                .with(!is_empty.max_age, FieldSet::of(FieldName::MaxAge))
                .with(flags.has(Flags::PRIVATE_NETWORK), FieldSet::of(FieldName::AllowPrivateNetwork))
                .with(!is_empty.vary, FieldSet(1 << 8)),
            actual: both
                .with(!is_empty.exposed, FieldSet::of(FieldName::ExposeHeaders))
                .with(flags.has(Flags::TIMING), FieldSet::of(FieldName::TimingAllowOrigin))
                .with(!flags.is_constant(), FieldSet(1 << 9)),
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

/// Which of a policy's values are empty, and so not sent.
#[derive(Clone, Copy, Debug)]
pub(crate) struct EmptyValues {
    pub(crate) methods: bool,
    pub(crate) headers: bool,
    pub(crate) max_age: bool,
    pub(crate) exposed: bool,
    pub(crate) vary: bool,
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
        if self.rest.has(FieldSet::ECHO_HEADERS) && self.rest.comes_first(FieldName::AllowHeaders) {
            let line = self.next_line();
            if line.is_some() {
                return line;
            }
            self.rest = self.rest.without(true, FieldName::AllowHeaders);
        }
        let rest = self.rest;
        let number = index(rest.0.trailing_zeros());
        let name = *BY_NUMBER.get(number)?;
        let value = match name {
            FieldName::AllowOrigin | FieldName::TimingAllowOrigin if rest.has(FieldSet::ECHO_ORIGIN) => {
                self.decision.allowed_origin()
            }
            FieldName::AllowMethods if rest.echoes_method() => self.decision.request.requested_method.value(),
            _ => self.decision.policy.value(number),
        };
        // The lowest bit is the field's.
        self.rest.0 &= rest.0.wrapping_sub(1);
        let apply = if name == FieldName::Vary { Apply::Merge } else { Apply::Replace };
        Some(ResponseField { name, value, apply })
    }
}

/// The name of each bit of a [`FieldSet`] that is a field.
const BY_NUMBER: [FieldName; 10] = [
    FieldName::AllowOrigin,
    FieldName::AllowCredentials,
    FieldName::AllowMethods,
    FieldName::AllowHeaders,
    FieldName::MaxAge,
    FieldName::AllowPrivateNetwork,
    FieldName::ExposeHeaders,
    FieldName::TimingAllowOrigin,
    FieldName::Vary,
    FieldName::Vary,
];
