//! From a decision to response fields. Nothing is decided here, and nothing is formatted or copied: every value is a slice of
//! the policy, of the request, or a constant.

use core::fmt;

use crate::answers::{ECHOED, FIELDS, FieldSet};
use crate::bytes::trim_blanks;
use crate::decision::Decision;
use crate::header_name::has_member;

/// A response field to send.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[non_exhaustive]
pub struct ResponseField<'a> {
    /// Its name.
    pub name: FieldName,
    /// Its value: visible ASCII, and blanks that are neither its first nor its last byte.
    pub value: &'a [u8],
    /// How it is put beside the application's own fields.
    pub apply: Apply,
}

/// How a field is put beside those that the application has set.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
#[allow(clippy::exhaustive_enums, reason = "a server has to do each")]
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

/// The members of a decision's `Vary` that the application's own lines of it lack: all that a server has to add. None where these
/// name `*`, which stands for everything.
///
/// Members are compared without case; blanks around them and empty ones do not count
/// ([RFC 9110, section 5.6.1](https://www.rfc-editor.org/rfc/rfc9110#section-5.6.1)).
///
/// # Complexity
///
/// Each member of `vary` is compared with each of the application's.
///
/// # Examples
///
/// ```
/// let lines = ["Accept-Encoding,", "origin"].map(str::as_bytes);
/// let missing: Vec<_> = corsac::missing_vary(lines, b"Origin, Access-Control-Request-Method").collect();
/// assert_eq!(missing, [b"Access-Control-Request-Method"]);
/// assert_eq!(corsac::missing_vary([b"Accept, *".as_slice()], b"Origin").count(), 0);
/// ```
pub fn missing_vary<'a, 'o, I>(application: I, vary: &'a [u8]) -> impl Iterator<Item = &'a [u8]> + use<'a, 'o, I>
where
    I: IntoIterator<Item = &'o [u8], IntoIter: Clone>,
{
    let lines = application.into_iter();
    members(vary).filter(move |member| {
        !lines.clone().flat_map(members).any(|own| own == b"*" || own.eq_ignore_ascii_case(member))
    })
}

/// The members of a list, without the blanks around them and without empty ones.
fn members(line: &[u8]) -> impl Iterator<Item = &[u8]> {
    line.split(|byte| *byte == b',').map(trim_blanks).filter(|member| !member.is_empty())
}

impl FieldName {
    /// Every name. An adapter drops these from the application's
    /// response, but for `Vary`.
    pub const ALL: &'static [Self] = &[
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

    /// The stable number, the same in every language.
    pub const fn number(self) -> u8 {
        match self {
            Self::AllowOrigin => 0,
            Self::AllowCredentials => 1,
            Self::AllowMethods => 2,
            Self::AllowHeaders => 3,
            Self::MaxAge => 4,
            Self::AllowPrivateNetwork => 5,
            Self::ExposeHeaders => 6,
            Self::TimingAllowOrigin => 7,
            Self::Vary => 8,
        }
    }

    /// The name as the standard spells it.
    #[inline]
    pub const fn as_str(self) -> &'static str {
        self.names().0
    }

    /// The name in lower case, as HTTP/2 and ASGI write it.
    #[inline]
    pub const fn lower(self) -> &'static str {
        self.names().1
    }

    /// A table that is looked into, and not a `match` that may become a jump, which processors do not foresee.
    #[inline]
    const fn names(self) -> (&'static str, &'static str) {
        static NAMES: [(&str, &str); FieldName::ALL.len()] = [
            ("Access-Control-Allow-Origin", "access-control-allow-origin"),
            ("Access-Control-Allow-Credentials", "access-control-allow-credentials"),
            ("Access-Control-Allow-Methods", "access-control-allow-methods"),
            ("Access-Control-Allow-Headers", "access-control-allow-headers"),
            ("Access-Control-Max-Age", "access-control-max-age"),
            ("Access-Control-Allow-Private-Network", "access-control-allow-private-network"),
            ("Access-Control-Expose-Headers", "access-control-expose-headers"),
            ("Timing-Allow-Origin", "timing-allow-origin"),
            ("Vary", "vary"),
        ];
        #[allow(clippy::indexing_slicing, reason = "there is an entry for each")]
        NAMES[crate::bytes::index_u8(self.number())]
    }
}

impl fmt::Display for FieldName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

/// The fields of a decision.
///
/// Nothing of it is lent to a function that is not inlined, so that it and the decision stay in registers.
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
}

/// The first of the lines from `start` on that has a member, as it is sent, and the number of the line after it.
#[cold]
fn next_line<'r>(lines: &[&'r [u8]], start: usize) -> Option<(&'r [u8], usize)> {
    let mut number = start;
    loop {
        let line = lines.get(number)?;
        number = number.saturating_add(1);
        if has_member(line) {
            // No field value begins or ends with a blank.
            return Some((trim_blanks(line), number));
        }
    }
}

impl<'p: 'r, 'r> Iterator for Fields<'_, 'p, 'r> {
    type Item = ResponseField<'r>;

    #[cfg_attr(target_pointer_width = "64", inline(always))]
    #[cfg_attr(not(target_pointer_width = "64"), inline)]
    fn next(&mut self) -> Option<ResponseField<'r>> {
        loop {
            let number = self.rest.first();
            let name = *FIELDS.get(number)?;
            let value = match (number.checked_sub(ECHOED), name) {
                (Some(number), _) => self.decision.policy.value(number),
                (None, FieldName::AllowHeaders) => {
                    let Some((value, line)) = next_line(&self.decision.request.requested_headers.lines, self.line)
                    else {
                        self.rest = self.rest.without_first();
                        continue;
                    };
                    let apply = if self.begun { Apply::Append } else { Apply::Replace };
                    (self.line, self.begun) = (line, true);
                    return Some(ResponseField { name, value, apply });
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
