//! What each kind of answer of a policy can hold: settled when the policy is compiled, so that deciding only takes away.

use crate::bytes::index;
use crate::image::Flags;
use crate::response::FieldName;

/// The fields of an answer, one bit for each of [`FIELDS`].
///
/// As wide as a register, though 16 bits would do: a narrower one is written by itself and read together with its neighbours in
/// a decision, which stalls the processor for longer than all else that deciding does.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct FieldSet(u32);

/// The fields that a set can have: first those whose value is the request's, then those whose value is the policy's, in the
/// order of the image's values.
pub(crate) const FIELDS: [FieldName; 14] = [
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
pub(crate) const ECHOED: usize = 4;

// What has the policy's value stands in the order of `FieldName::ALL`, as the values do in the image.
const _: () = {
    let mut constant: &[FieldName] = FieldName::ALL;
    let (_, mut fields) = FIELDS.split_at(ECHOED);
    while let ([name, names @ ..], [field, rest @ ..]) = (constant, fields) {
        assert!(name.number() == field.number());
        (constant, fields) = (names, rest);
    }
    assert!(constant.is_empty());
};

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

    /// The number in [`FIELDS`] of the first field; past their end when there is none.
    #[inline]
    pub(crate) fn first(self) -> usize {
        index(self.0.trailing_zeros())
    }

    /// Takes the first field away.
    #[inline]
    pub(crate) const fn without_first(self) -> Self {
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
        self.actual.0 | self.preflight.0 << 16
    }

    #[inline]
    pub(crate) const fn from_bits(bits: u32) -> Self {
        Self { actual: FieldSet(bits & 0xffff), preflight: FieldSet(bits >> 16) }
    }
}
