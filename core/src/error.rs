//! What can be wrong with a policy, and the sentences that say so.

use core::fmt;

use crate::bytes::{index, narrow};
use crate::config::Config;
use crate::text::Message;

/// Declares an enum whose variants have a stable number, a stable name and a sentence.
macro_rules! numbered {
    (
        $(#[$meta:meta])*
        pub enum $name:ident: $repr:ident { $($(#[$variant_meta:meta])* $variant:ident = $number:literal, $slug:literal, $sentence:literal;)* }
    ) => {
        $(#[$meta])*
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
        #[repr($repr)]
        #[non_exhaustive]
        pub enum $name { $(#[doc = $sentence] $(#[$variant_meta])* $variant = $number,)* }

        impl $name {
            /// Every variant, in the order of their numbers.
            pub const ALL: &'static [Self] = &[$(Self::$variant),*];

            /// The stable number, the same in every language.
            pub const fn number(self) -> $repr {
                match self { $(Self::$variant => $number,)* }
            }

            /// The stable name in lower case with hyphens, the same in every language.
            pub const fn slug(self) -> &'static str {
                match self { $(Self::$variant => $slug,)* }
            }

            /// What is wrong and what to do about it, in general.
            pub const fn sentence(self) -> &'static str {
                match self { $(Self::$variant => $sentence,)* }
            }
        }

        impl core::fmt::Display for $name {
            fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
                f.pad(self.sentence())
            }
        }
    };
}
pub(crate) use numbered;

numbered! {
    /// Why a policy does not compile.
    ///
    /// Numbers are grouped with gaps and never used twice: 100 any list, 200 origins and hosts, 300 combinations, 400 methods,
    /// 500 header names, 600 numbers, 700 memory, 800 content types.
    pub enum PolicyErrorKind: u16 {
        Empty = 101, "empty", "the entry is empty; remove it";
        Blank = 102, "blank", "a blank stands in the entry; remove it, and write several values as several entries";
        ControlByte = 103, "control-byte", "a control byte stands in the entry; remove it";
        NonAscii = 104, "non-ascii", "the byte is not ASCII; an international domain name is written as Punycode (xn--...)";
        Duplicate = 105, "duplicate", "the entry repeats an earlier one; remove it";
        AnyNotAlone = 106, "any-not-alone", "`*` already covers every entry beside it; keep `*` alone, or the others without it";
        WildcardInName = 107, "wildcard-in-name", "a `*` inside a name is no wildcard to a browser; list the full names, or `*` alone";
        NotToken = 108, "not-a-token", "the byte cannot stand in a method or header name";
        TooLong = 109, "too-long", "the text is over its cap and could never match; shorten it";

        MissingScheme = 201, "missing-scheme", "an origin begins with its scheme; write it, for instance https://";
        InvalidScheme = 202, "invalid-scheme", "the byte cannot stand in a scheme, which is a letter and then letters, digits, `+`, `-` or `.`";
        OpaqueScheme = 203, "opaque-scheme", "pages of this scheme have an opaque origin, which browsers send as `null`; see allow_null_origin";
        UpperCase = 204, "upper-case", "an upper-case letter stands where browsers always send lower case; write it in lower case";
        TrailingSlash = 205, "trailing-slash", "nothing stands after the host or port; remove the slash";
        Path = 206, "path", "a path stands after the host or port; remove it";
        Query = 207, "query", "a query stands after the host or port; remove it";
        Fragment = 208, "fragment", "a fragment stands after the host or port; remove it";
        UserInfo = 209, "user-info", "user information stands before the host; remove it with its `@`";
        MissingHost = 210, "missing-host", "the host is missing; write one, which in an origin stands after `://`";
        InvalidHostByte = 211, "invalid-host-byte", "the byte cannot stand in a host, which is a-z, 0-9, `-`, `_` and dots between labels";
        EmptyLabel = 212, "empty-label", "a label of the host is empty; remove the dot too many";
        LabelTooLong = 213, "label-too-long", "a label of the host is over 63 bytes; no domain name has one";
        LabelHyphen = 214, "label-hyphen", "a label of the host begins or ends with a hyphen; no domain name does";
        TrailingDot = 215, "trailing-dot", "the host ends with a dot, which makes it another host to a browser; remove it";
        InvalidPunycode = 216, "invalid-punycode", "the label begins with xn-- but is no Punycode; write what the browser shows as the page's origin";
        Ipv4NotCanonical = 217, "ipv4-not-canonical", "a host that ends in a number is an IPv4 address, which browsers send as four decimal numbers";
        Ipv6Invalid = 218, "ipv6-invalid", "the host is no IPv6 address in brackets";
        Ipv6NotCanonical = 219, "ipv6-not-canonical", "browsers send an IPv6 address compressed and in lower case";
        Ipv4MappedIpv6 = 220, "ipv4-mapped-ipv6", "an IPv4-mapped IPv6 address has two spellings for one host; write the IPv4 address";
        HostTooLong = 221, "host-too-long", "the host is over 253 bytes; no domain name is";
        PortEmpty = 222, "port-empty", "the port is missing after the colon; write it, or remove the colon";
        PortInvalid = 223, "port-invalid", "a port is a decimal number, or `*` alone";
        PortZero = 224, "port-zero", "no origin has port 0; write a port from 1 to 65535";
        PortLeadingZero = 225, "port-leading-zero", "browsers send a port without leading zeros; remove them";
        PortOutOfRange = 226, "port-out-of-range", "a port is at most 65535";
        DefaultPort = 227, "default-port", "browsers leave out the scheme's default port, so the entry would never match; remove it";
        NullOrigin = 228, "null-origin", "`null` is the origin of any sandboxed page; if that is meant, set allow_null_origin";
        WildcardPosition = 231, "wildcard-position", "a `*` stands for labels on the left of a host, within its leftmost label, or for a whole port";
        SeveralWildcards = 232, "several-wildcards", "a host has at most one `*`; write several entries";
        WildcardWholeHost = 233, "wildcard-whole-host", "the `*` leaves no registrable domain; write the domain after it, or `*` alone as the entry for any origin";
        WildcardOverIp = 234, "wildcard-over-ip", "an IP address has no subdomains; list the addresses";
        PublicSuffix = 235, "public-suffix", "anyone can register a name below this suffix; name your own domain, or set dangerously_allow_public_suffixes";
        AnyPortNotLoopback = 236, "any-port-not-loopback", "any program on that host could take a port; list the ports, or set dangerously_allow_any_port";

        HostWithScheme = 241, "host-with-scheme", "the Host field has no scheme; write the name alone, with its port if that is not the default one";
        WildcardInHost = 242, "wildcard-in-host", "a host is taken by its exact name, as any other name may be pointed at the server; list each name";

        AnyOriginWithCredentials = 301, "any-origin-with-credentials", "browsers refuse `*` with credentials; list the trusted origins, or write a pattern such as https://*.example.com, or drop allow_credentials";
        InsecureOriginWithCredentials = 302, "insecure-origin-with-credentials", "anyone on the network path can speak as an http origin; use https, or set dangerously_allow_insecure_origins";
        NullOriginWithCredentials = 303, "null-origin-with-credentials", "any page can make itself `null` in a sandboxed frame; drop allow_null_origin or allow_credentials";
        NullOriginWithAnyOrigin = 304, "null-origin-with-any-origin", "`*` already covers `null`; drop allow_null_origin";
        NullOriginWithPrivateNetwork = 305, "null-origin-with-private-network", "any page can make itself `null` and would reach the private network; drop allow_null_origin";
        PrivateNetworkWithAnyOrigin = 306, "private-network-with-any-origin", "`*` would let every page of the internet into the private network; list the trusted origins";
        AnyExposedWithCredentials = 307, "any-exposed-with-credentials", "with credentials browsers take `*` for a header's name; list the names";
        StaticOriginNotOne = 311, "static-origin-not-one", "static_origin sends one fixed origin; write exactly one entry in allow_origins";
        StaticOriginNotExact = 312, "static-origin-not-exact", "static_origin sends its entry as it is, which cannot be a pattern; write one origin in full";
        StaticOriginWithNull = 313, "static-origin-with-null", "static_origin sends one fixed origin and cannot also send `null`; drop one of the two switches";

        ForbiddenMethod = 401, "forbidden-method", "browsers never send this method for a page; remove it";
        MethodCase = 402, "method-case", "methods are case-sensitive and this one is not normalized by browsers; write PATCH";

        ForbiddenRequestHeader = 501, "forbidden-request-header", "pages cannot set this header, so no preflight asks for it; remove it";
        ResponseOnlyHeader = 502, "response-only-header", "this is a response header; no request carries it; remove it";
        SafelistedResponseHeader = 511, "safelisted-response-header", "pages can read this header without permission; remove it";
        ForbiddenResponseHeader = 512, "forbidden-response-header", "browsers never show this header to a page; remove it";

        MaxAgeTooLarge = 601, "max-age-too-large", "no browser keeps a preflight for more than 86400 seconds; write at most that";
        PreflightStatusNotOk = 602, "preflight-status-not-ok", "browsers take a preflight's answer only with a status from 200 to 299";

        ImageTooLarge = 701, "image-too-large", "the policy's image would be over 4 GiB";
        BufferTooSmall = 702, "buffer-too-small", "the policy's image does not fit the memory given; measure it first, and give that much";
        TableTooClustered = 703, "table-too-clustered", "no hash seed spreads these entries; they were made to collide";

        NotMediaType = 801, "not-a-media-type", "a content type is a type, a slash and a subtype; write it so, for instance application/json";
        MediaTypeParameter = 802, "media-type-parameter", "parameters of a content type do not count; write it without them";
        MediaTypeWildcard = 803, "media-type-wildcard", "a content type is taken by its full name; list each one";
    }
}

impl PolicyErrorKind {
    /// Whether no option is at fault.
    const fn is_about_memory(self) -> bool {
        matches!(self, Self::ImageTooLarge | Self::BufferTooSmall | Self::TableTooClustered)
    }
}

/// Declares the options once: their names are the same in every language and in policy files.
macro_rules! options {
    ($($variant:ident = $number:literal, $name:literal;)*) => {
        /// An option of a policy, by the name that it has in every language and in policy files.
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
        #[repr(u8)]
        #[non_exhaustive]
        pub enum OptionName { $(#[doc = concat!("`", $name, "`")] $variant = $number,)* }

        impl OptionName {
            /// Every option; problems are reported in this order, and duplicates after them.
            pub const ALL: &'static [Self] = &[$(Self::$variant),*];

            /// The option's name, such as `allow_origins`.
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $name,)* }
            }

            /// The stable number, the same in every language; options that come later have higher ones.
            pub const fn number(self) -> u8 {
                match self { $(Self::$variant => $number,)* }
            }
        }
    };
}

options! {
    AllowOrigins = 1, "allow_origins";
    AllowMethods = 2, "allow_methods";
    AllowHeaders = 3, "allow_headers";
    ExposeHeaders = 4, "expose_headers";
    AllowCredentials = 5, "allow_credentials";
    MaxAge = 6, "max_age";
    AllowNullOrigin = 7, "allow_null_origin";
    AllowPrivateNetwork = 8, "allow_private_network";
    StaticOrigin = 9, "static_origin";
    MinimalAnswers = 10, "minimal_answers";
    PreflightStatus = 11, "preflight_status";
    TimingAllowOrigin = 12, "timing_allow_origin";
    AllowHosts = 13, "allow_hosts";
    AllowContentTypes = 14, "allow_content_types";
    DangerouslyAllowInsecureOrigins = 15, "dangerously_allow_insecure_origins";
    DangerouslyAllowPublicSuffixes = 16, "dangerously_allow_public_suffixes";
    DangerouslyAllowAnyPort = 17, "dangerously_allow_any_port";
}

impl OptionName {
    /// The options that are lists, in the order of [`ALL`](Self::ALL).
    pub const LISTS: [Self; 6] = [
        Self::AllowOrigins,
        Self::AllowMethods,
        Self::AllowHeaders,
        Self::ExposeHeaders,
        Self::AllowHosts,
        Self::AllowContentTypes,
    ];
}

impl fmt::Display for OptionName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

/// An operator's mistake: which option, which entry, which byte, and what is wrong.
///
/// Its [`Display`](fmt::Display) is one sentence without the entry's text, which the error does not hold;
/// [`Config::describe`] adds the text and, where there is one, the corrected spelling.
///
/// ```
/// use corsac::{Config, PolicyErrorKind};
///
/// let config = Config { allow_origins: &["https://app.example.com", "https://Example.com/"], ..Config::CLOSED };
/// let error = config.image_len().unwrap_err();
/// assert_eq!((error.field().as_str(), error.entry(), error.offset()), ("allow_origins", Some(1), 8));
/// assert_eq!(error.kind(), PolicyErrorKind::UpperCase);
/// assert_eq!(
///     config.describe(&error).as_str(),
///     "allow_origins[1] \"https://Example.com/\", byte 8: an upper-case letter stands where browsers always send lower case; \
///      write it in lower case: \"https://example.com\""
/// );
/// ```
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct PolicyError {
    field: OptionName,
    entry: Option<u32>,
    offset: u32,
    kind: PolicyErrorKind,
}

impl PolicyError {
    pub(crate) const fn of_option(field: OptionName, kind: PolicyErrorKind) -> Self {
        Self { field, entry: None, offset: 0, kind }
    }

    pub(crate) const fn of_entry(field: OptionName, entry: usize, offset: usize, kind: PolicyErrorKind) -> Self {
        Self { field, entry: Some(narrow(entry)), offset: narrow(offset), kind }
    }

    /// An error that went over a boundary of languages as numbers, to be [described](Config::describe) on the other side.
    ///
    /// Any numbers will do; those of no error give a sentence that fits none.
    pub const fn from_parts(field: OptionName, entry: Option<usize>, offset: usize, kind: PolicyErrorKind) -> Self {
        match entry {
            Some(entry) => Self::of_entry(field, entry, offset, kind),
            None => Self::of_option(field, kind),
        }
    }

    /// The option that has to change; `allow_origins` where none is at fault but the memory.
    pub const fn field(&self) -> OptionName {
        self.field
    }

    /// The index of the entry in that option's list; `None` where the option as a whole is at fault.
    pub const fn entry(&self) -> Option<usize> {
        match self.entry {
            Some(entry) => Some(index(entry)),
            None => None,
        }
    }

    /// The byte in the entry where the fault is; 0 where there is no such place.
    pub const fn offset(&self) -> usize {
        index(self.offset)
    }

    /// What is wrong.
    pub const fn kind(&self) -> PolicyErrorKind {
        self.kind
    }

    /// The sentence, with the entry's text and its corrected spelling when `config` is at hand.
    pub(crate) const fn message(&self, config: Option<&Config<'_>>) -> Message {
        let mut message = Message::new();
        if self.kind.is_about_memory() {
            message.push_str(self.kind.sentence());
            return message;
        }
        message.push_str(self.field.as_str());
        if let Some(entry) = self.entry {
            message.push(b'[');
            message.push_decimal(index(entry));
            message.push(b']');
            if let Some(config) = config
                && let Some(text) = config.entry_text(self.field, index(entry))
            {
                message.push(b' ');
                message.push_quoted(text);
            }
            if self.offset > 0 {
                message.push_str(", byte ");
                message.push_decimal(index(self.offset));
            }
        }
        message.push_str(": ");
        message.push_str(self.kind.sentence());
        if let Some(config) = config
            && let Some(suggestion) = config.suggestion(self)
        {
            message.push_str(": ");
            message.push_quoted(suggestion.as_bytes());
        }
        message
    }
}

impl fmt::Display for PolicyError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.message(None).as_str())
    }
}

impl core::error::Error for PolicyError {}

numbered! {
    /// Why bytes from outside are no policy image.
    pub enum ImageError: u8 {
        NotAnImage = 1, "not-an-image", "the bytes do not begin with a policy image's mark";
        Version = 2, "version", "the image has another format version; compile the policy anew";
        Length = 3, "length", "the image is cut short or has bytes after its end";
        Checksum = 4, "checksum", "the image has been altered since it was compiled";
        Structure = 5, "structure", "an offset or a value in the image is out of its bounds";
    }
}

impl core::error::Error for ImageError {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_ascend_and_slugs_are_unique() {
        for (i, kind) in PolicyErrorKind::ALL.iter().enumerate() {
            assert!(i == 0 || PolicyErrorKind::ALL[i - 1].number() < kind.number(), "{kind:?}");
            assert_eq!(PolicyErrorKind::ALL.iter().position(|other| other.slug() == kind.slug()), Some(i));
            assert!(kind.slug().bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-'));
            assert!(!kind.sentence().ends_with('.') && kind.sentence().is_ascii(), "{kind:?}");
        }
    }

    #[test]
    fn so_they_do_for_refusals_and_images() {
        let refusals = crate::Refusal::ALL;
        assert!(
            refusals.windows(2).all(|pair| pair[0].number() < pair[1].number() && pair[0].slug() != pair[1].slug())
        );
        assert!(refusals.iter().all(|one| !one.sentence().ends_with('.') && one.sentence().is_ascii()));
        let images = ImageError::ALL;
        assert!(images.windows(2).all(|pair| pair[0].number() < pair[1].number() && pair[0].slug() != pair[1].slug()));
    }

    #[test]
    fn an_error_is_small() {
        assert!(size_of::<PolicyError>() <= 16);
    }
}
