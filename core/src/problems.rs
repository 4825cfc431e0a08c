//! Everything that can be wrong with a configuration, in the order in which it is reported.

use crate::ascii;
use crate::bytes::{eq, eq_ignore_case, find, next};
use crate::config::{Config, MAX_MAX_AGE, MAX_METHOD_LEN};
use crate::duplicates::Block;
use crate::error::{OptionName, PolicyError, PolicyErrorKind as Kind};
use crate::header_name;
use crate::host::Fault;
use crate::host_entry;
use crate::media_type;
use crate::method;
use crate::pattern::{self, OriginPattern, PortPattern};

impl Config<'_> {
    /// The first problem but for duplicates.
    pub(crate) const fn first_fault(&self) -> Option<PolicyError> {
        let mut place = Some(Place::START);
        while let Some(here) = place {
            let problem = self.fault_at(here);
            if problem.is_some() {
                return problem;
            }
            place = here.next(self);
        }
        None
    }

    /// What is wrong at one place, but for duplicates.
    const fn fault_at(&self, place: Place) -> Option<PolicyError> {
        match place {
            Place::Entry(field, entry) => match self.entry_fault(field, entry) {
                Some(Fault { kind, offset }) => Some(PolicyError::of_entry(field, entry, offset, kind)),
                None => None,
            },
            Place::Option(field) => self.option_fault(field),
            Place::Duplicate(..) => None,
        }
    }

    const fn entry_fault(&self, field: OptionName, entry: usize) -> Option<Fault> {
        match self.entry_text(field, entry) {
            Some(text) => self.text_fault(field, text),
            None => None, // Past the end of an empty list.
        }
    }

    /// What would be wrong with `text` as an entry.
    pub(crate) const fn text_fault(&self, field: OptionName, text: &[u8]) -> Option<Fault> {
        match field {
            OptionName::AllowOrigins => self.origin_fault(text),
            OptionName::AllowMethods => self.method_fault(text),
            OptionName::AllowHeaders => self.request_header_fault(text),
            OptionName::ExposeHeaders => self.exposed_header_fault(text),
            OptionName::AllowHosts => host_entry::fault(text),
            OptionName::AllowContentTypes => media_type::entry_fault(text),
            _ => None, // No list.
        }
    }

    const fn origin_fault(&self, entry: &[u8]) -> Option<Fault> {
        if eq(entry, b"*") {
            return if self.allow_credentials {
                Some(Fault::new(Kind::AnyOriginWithCredentials, 0))
            } else if self.allow_origins.len() > 1 {
                Some(Fault::new(Kind::AnyNotAlone, 0))
            } else {
                None
            };
        }
        let pattern = match OriginPattern::parse(entry) {
            Ok(pattern) => pattern,
            Err(fault) => return Some(fault),
        };
        if !self.dangerously_allow_public_suffixes
            && let Some(suffix) = pattern.public_suffix()
        {
            // The suffix stands before the port.
            let port = match pattern.port {
                PortPattern::Exact(port) => port.len(),
                PortPattern::Any => 2,
            };
            let offset = entry.len().wrapping_sub(port).wrapping_sub(suffix.len());
            return Some(Fault::new(Kind::PublicSuffix, offset));
        }
        if !self.dangerously_allow_any_port && matches!(pattern.port, PortPattern::Any) && !pattern.is_loopback() {
            return Some(Fault::new(Kind::AnyPortNotLoopback, entry.len().wrapping_sub(1)));
        }
        if self.allow_credentials
            && !self.dangerously_allow_insecure_origins
            && eq(pattern.scheme, b"http")
            && !pattern.is_loopback()
        {
            return Some(Fault::new(Kind::InsecureOriginWithCredentials, 0));
        }
        None
    }

    const fn method_fault(&self, entry: &[u8]) -> Option<Fault> {
        if eq(entry, b"*") {
            return if self.allow_methods.len() > 1 { Some(Fault::new(Kind::AnyNotAlone, 0)) } else { None };
        }
        if let Some(fault) = name_fault(entry, MAX_METHOD_LEN) {
            return Some(fault);
        }
        if method::is_forbidden(entry) {
            return Some(Fault::new(Kind::ForbiddenMethod, 0));
        }
        if eq_ignore_case(entry, b"PATCH") && !eq(entry, b"PATCH") {
            return Some(Fault::new(Kind::MethodCase, 0));
        }
        None
    }

    const fn request_header_fault(&self, entry: &[u8]) -> Option<Fault> {
        if eq(entry, b"*") {
            return if self.any_header_stands_alone() { None } else { Some(Fault::new(Kind::AnyNotAlone, 0)) };
        }
        if let Some(fault) = name_fault(entry, header_name::MAX_REQUEST_HEADERS_LEN) {
            return Some(fault);
        }
        if header_name::is_forbidden_request(entry) {
            return Some(Fault::new(Kind::ForbiddenRequestHeader, 0));
        }
        if header_name::is_response_only(entry) {
            return Some(Fault::new(Kind::ResponseOnlyHeader, 0));
        }
        None
    }

    /// Whether nothing stands beside the `*` of `allow_headers` but `authorization`.
    const fn any_header_stands_alone(&self) -> bool {
        let mut stars: usize = 0;
        let mut i = 0;
        while i < self.allow_headers.len() {
            let text = self.entry(OptionName::AllowHeaders, i);
            if eq(text, b"*") {
                stars = next(stars);
                if stars > 1 {
                    return false;
                }
            } else if !eq_ignore_case(text, b"authorization") {
                return false;
            }
            i = next(i);
        }
        stars == 1
    }

    const fn exposed_header_fault(&self, entry: &[u8]) -> Option<Fault> {
        if eq(entry, b"*") {
            return if self.allow_credentials {
                Some(Fault::new(Kind::AnyExposedWithCredentials, 0))
            } else if self.expose_headers.len() > 1 {
                Some(Fault::new(Kind::AnyNotAlone, 0))
            } else {
                None
            };
        }
        if let Some(fault) = name_fault(entry, header_name::MAX_REQUEST_HEADERS_LEN) {
            return Some(fault);
        }
        if header_name::is_forbidden_response(entry) {
            return Some(Fault::new(Kind::ForbiddenResponseHeader, 0));
        }
        if header_name::is_safelisted_response(entry) {
            return Some(Fault::new(Kind::SafelistedResponseHeader, 0));
        }
        None
    }

    const fn option_fault(&self, field: OptionName) -> Option<PolicyError> {
        let any_origin = self.allows_any_origin();
        let kind = match field {
            OptionName::MaxAge => match self.max_age {
                Some(seconds) if seconds > MAX_MAX_AGE => Kind::MaxAgeTooLarge,
                _ => return None,
            },
            OptionName::AllowNullOrigin if !self.allow_null_origin => return None,
            OptionName::AllowNullOrigin if self.allow_credentials => Kind::NullOriginWithCredentials,
            OptionName::AllowNullOrigin if any_origin => Kind::NullOriginWithAnyOrigin,
            OptionName::AllowNullOrigin if self.allow_private_network => Kind::NullOriginWithPrivateNetwork,
            OptionName::AllowPrivateNetwork if self.allow_private_network && any_origin => {
                Kind::PrivateNetworkWithAnyOrigin
            }
            OptionName::StaticOrigin if !self.static_origin => return None,
            OptionName::StaticOrigin if self.allow_origins.len() != 1 => Kind::StaticOriginNotOne,
            OptionName::StaticOrigin if !self.first_origin_is_exact() => Kind::StaticOriginNotExact,
            OptionName::StaticOrigin if self.allow_null_origin => Kind::StaticOriginWithNull,
            OptionName::PreflightStatus if self.preflight_status < 200 || self.preflight_status > 299 => {
                Kind::PreflightStatusNotOk
            }
            _ => return None,
        };
        Some(PolicyError::of_option(field, kind))
    }

    const fn first_origin_is_exact(&self) -> bool {
        match OriginPattern::parse(self.entry(OptionName::AllowOrigins, 0)) {
            Ok(pattern) => pattern.is_exact(),
            Err(_) => false,
        }
    }

    /// Whether `*` stands in `allow_origins`.
    pub(crate) const fn allows_any_origin(&self) -> bool {
        let mut i = 0;
        while i < self.allow_origins.len() {
            if eq(self.entry(OptionName::AllowOrigins, i), b"*") {
                return true;
            }
            i = next(i);
        }
        false
    }

    /// The first entry of a list that repeats an earlier one.
    pub(crate) const fn first_duplicate(&self, field: OptionName) -> Option<PolicyError> {
        let mut i = 0;
        while i < self.list(field).len() {
            let mut earlier = 0;
            while earlier < i {
                if self.is_repeated(field, earlier, i) {
                    return Some(PolicyError::of_entry(field, i, 0, Kind::Duplicate));
                }
                earlier = next(earlier);
            }
            i = next(i);
        }
        None
    }

    /// Whether two entries of a list mean the same.
    pub(crate) const fn is_repeated(&self, field: OptionName, earlier: usize, later: usize) -> bool {
        let (earlier, later) = (self.entry(field, earlier), self.entry(field, later));
        match field {
            OptionName::AllowOrigins => eq(earlier, later),
            OptionName::AllowMethods => eq(method::normalize(earlier), method::normalize(later)),
            _ => eq_ignore_case(earlier, later),
        }
    }
}

/// The first fault that any method or header name can have.
pub(crate) const fn name_fault(entry: &[u8], cap: usize) -> Option<Fault> {
    if let Some(fault) = pattern::check_text(entry) {
        return Some(fault);
    }
    if let Some(star) = find(entry, b'*') {
        return Some(Fault::new(Kind::WildcardInName, star));
    }
    if let Some(offset) = ascii::first_non_token(entry) {
        return Some(Fault::new(Kind::NotToken, offset));
    }
    if entry.len() > cap { Some(Fault::new(Kind::TooLong, cap)) } else { None }
}

/// A place where something can be wrong. Places follow one another in the order in which problems are reported: the options in
/// their order, each list entry by entry, then the duplicates of each list.
#[derive(Clone, Copy, Debug)]
enum Place {
    Entry(OptionName, usize),
    Option(OptionName),
    Duplicate(OptionName, usize),
}

impl Place {
    const START: Self = Self::Entry(OptionName::AllowOrigins, 0);

    const fn next(self, config: &Config<'_>) -> Option<Self> {
        Some(match self {
            Self::Entry(list, entry) if next(entry) < config.list(list).len() => Self::Entry(list, next(entry)),
            Self::Entry(OptionName::ExposeHeaders, _) => Self::Option(OptionName::MaxAge),
            Self::Entry(list, _) => match Self::list_after(list) {
                Some(list) => Self::Entry(list, 0),
                None => Self::Duplicate(OptionName::AllowOrigins, 0),
            },
            Self::Option(OptionName::MaxAge) => Self::Option(OptionName::AllowNullOrigin),
            Self::Option(OptionName::AllowNullOrigin) => Self::Option(OptionName::AllowPrivateNetwork),
            Self::Option(OptionName::AllowPrivateNetwork) => Self::Option(OptionName::StaticOrigin),
            Self::Option(OptionName::StaticOrigin) => Self::Option(OptionName::PreflightStatus),
            Self::Option(_) => Self::Entry(OptionName::AllowHosts, 0),
            Self::Duplicate(list, entry) if next(entry) < config.list(list).len() => Self::Duplicate(list, next(entry)),
            Self::Duplicate(list, _) => match Self::list_after(list) {
                Some(list) => Self::Duplicate(list, 0),
                None => return None,
            },
        })
    }

    const fn list_after(list: OptionName) -> Option<OptionName> {
        match list {
            OptionName::AllowOrigins => Some(OptionName::AllowMethods),
            OptionName::AllowMethods => Some(OptionName::AllowHeaders),
            OptionName::AllowHeaders => Some(OptionName::ExposeHeaders),
            OptionName::ExposeHeaders => Some(OptionName::AllowHosts),
            OptionName::AllowHosts => Some(OptionName::AllowContentTypes),
            _ => None,
        }
    }
}

/// The problems of a configuration; see [`Config::problems`].
#[derive(Clone, Debug)]
pub struct Problems<'a> {
    config: Config<'a>,
    place: Option<Place>,
    block: Option<Block>,
}

impl<'a> Problems<'a> {
    pub(crate) const fn of(config: Config<'a>) -> Self {
        Self { config, place: Some(Place::START), block: None }
    }
}

impl Iterator for Problems<'_> {
    type Item = PolicyError;

    fn next(&mut self) -> Option<PolicyError> {
        while let Some(place) = self.place {
            self.place = place.next(&self.config);
            let problem = match place {
                Place::Duplicate(field, entry) => {
                    let block = Block::of(self.block, &self.config, field, entry);
                    self.block = Some(block);
                    block.repeats(entry).then(|| PolicyError::of_entry(field, entry, 0, Kind::Duplicate))
                }
                Place::Entry(..) | Place::Option(_) => self.config.fault_at(place),
            };
            if problem.is_some() {
                return problem;
            }
        }
        None
    }
}
