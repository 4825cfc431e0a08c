//! From what C passes to the core's requests and configurations.

use corsac_core::{
    AbsentOrigin, Config, FieldFault, GuardRequest, OptionName, PolicyErrorKind, Request, RequestField, Scheme,
    ScreenRequest,
};

use crate::types::{
    CORSAC_ERROR_NUMBER, CORSAC_REPEATED_CONTENT_TYPE, CORSAC_REPEATED_FETCH_SITE, CORSAC_REPEATED_HOST,
    CORSAC_REPEATED_METHOD, CORSAC_REPEATED_ORIGIN, CORSAC_REPEATED_PRIVATE_NETWORK, CORSAC_SCHEME_HTTP,
    CORSAC_SCHEME_HTTPS, CORSAC_SCHEME_UNKNOWN, CORSAC_TRUNCATED_CONTENT_TYPE, CORSAC_TRUNCATED_FETCH_SITE,
    CORSAC_TRUNCATED_HEADERS, CORSAC_TRUNCATED_HOST, CORSAC_TRUNCATED_METHOD, CORSAC_TRUNCATED_ORIGIN,
    CORSAC_TRUNCATED_PRIVATE_NETWORK, CORSAC_TRUNCATED_UPGRADE, corsac_config, corsac_fields, corsac_status,
};

/// What each bit of `faults` says.
const FAULTS: [(u32, RequestField, FieldFault); 14] = [
    (CORSAC_REPEATED_ORIGIN, RequestField::Origin, FieldFault::Repeated),
    (CORSAC_REPEATED_METHOD, RequestField::Method, FieldFault::Repeated),
    (CORSAC_REPEATED_PRIVATE_NETWORK, RequestField::PrivateNetwork, FieldFault::Repeated),
    (CORSAC_REPEATED_HOST, RequestField::Host, FieldFault::Repeated),
    (CORSAC_REPEATED_FETCH_SITE, RequestField::FetchSite, FieldFault::Repeated),
    (CORSAC_REPEATED_CONTENT_TYPE, RequestField::ContentType, FieldFault::Repeated),
    (CORSAC_TRUNCATED_ORIGIN, RequestField::Origin, FieldFault::Truncated),
    (CORSAC_TRUNCATED_METHOD, RequestField::Method, FieldFault::Truncated),
    (CORSAC_TRUNCATED_PRIVATE_NETWORK, RequestField::PrivateNetwork, FieldFault::Truncated),
    (CORSAC_TRUNCATED_HOST, RequestField::Host, FieldFault::Truncated),
    (CORSAC_TRUNCATED_FETCH_SITE, RequestField::FetchSite, FieldFault::Truncated),
    (CORSAC_TRUNCATED_CONTENT_TYPE, RequestField::ContentType, FieldFault::Truncated),
    (CORSAC_TRUNCATED_HEADERS, RequestField::Headers, FieldFault::Truncated),
    (CORSAC_TRUNCATED_UPGRADE, RequestField::Upgrade, FieldFault::Truncated),
];

/// Tells of each fault.
#[inline]
pub(crate) fn mark(faults: u32, mut mark: impl FnMut(RequestField, FieldFault)) -> Result<(), corsac_status> {
    if faults == 0 {
        return Ok(());
    }
    let mut unknown = faults;
    for (bit, field, fault) in FAULTS {
        if faults & bit != 0 {
            mark(field, fault);
            unknown &= !bit;
        }
    }
    if unknown == 0 { Ok(()) } else { Err(CORSAC_ERROR_NUMBER) }
}

/// A request that a list of fields can be pushed to.
pub(crate) trait Pushed<'r> {
    fn push(&mut self, name: &[u8], value: &'r [u8]);
    fn mark(&mut self, field: RequestField, fault: FieldFault);
}

macro_rules! pushed {
    ($($request:ident)*) => {
        $(impl<'r> Pushed<'r> for $request<'r> {
            #[inline]
            fn push(&mut self, name: &[u8], value: &'r [u8]) {
                self.push(name, value);
            }

            #[inline]
            fn mark(&mut self, field: RequestField, fault: FieldFault) {
                self.mark(field, fault);
            }
        })*
    };
}
pushed! { Request GuardRequest ScreenRequest }

/// The scheme by its number.
fn scheme(fields: &corsac_fields) -> Result<Option<Scheme>, corsac_status> {
    match fields.scheme {
        CORSAC_SCHEME_UNKNOWN => Ok(None),
        CORSAC_SCHEME_HTTP => Ok(Some(Scheme::Http)),
        CORSAC_SCHEME_HTTPS => Ok(Some(Scheme::Https)),
        _ => Err(CORSAC_ERROR_NUMBER),
    }
}

const fn absent_origin(fields: &corsac_fields) -> AbsentOrigin {
    if fields.refuse_absent_origin == 0 { AbsentOrigin::Pass } else { AbsentOrigin::Refuse }
}

/// Adds what the server says of itself.
pub(crate) fn of_guard<'r>(
    request: GuardRequest<'r>,
    fields: &corsac_fields,
) -> Result<GuardRequest<'r>, corsac_status> {
    Ok(request.with_absent_origin(absent_origin(fields)).with_scheme(scheme(fields)?))
}

/// Adds what the server says of itself, and its names.
pub(crate) fn of_screen<'r>(
    request: ScreenRequest<'r>,
    fields: &corsac_fields,
    own_names: &'r [&'r str],
) -> Result<ScreenRequest<'r>, corsac_status> {
    let request = request.with_absent_origin(absent_origin(fields)).with_scheme(scheme(fields)?);
    let mut request = request.with_own_names(own_names);
    if fields.host_is_checked != 0 {
        request = request.with_checked_host();
    }
    if fields.is_handshake != 0 {
        request = request.as_websocket_handshake();
    }
    Ok(request)
}

/// The switches and numbers of a configuration, with empty lists.
pub(crate) const fn switches(config: &corsac_config) -> Config<'static> {
    Config {
        allow_credentials: config.allow_credentials != 0,
        max_age: if config.has_max_age != 0 { Some(config.max_age) } else { None },
        allow_null_origin: config.allow_null_origin != 0,
        allow_private_network: config.allow_private_network != 0,
        static_origin: config.static_origin != 0,
        minimal_answers: config.minimal_answers != 0,
        preflight_status: config.preflight_status,
        timing_allow_origin: config.timing_allow_origin != 0,
        dangerously_allow_insecure_origins: config.dangerously_allow_insecure_origins != 0,
        dangerously_allow_public_suffixes: config.dangerously_allow_public_suffixes != 0,
        dangerously_allow_any_port: config.dangerously_allow_any_port != 0,
        ..Config::CLOSED
    }
}

/// A configuration that holds one entry, and of the switches those that change what an entry may be.
pub(crate) fn with_entry<'a>(switches: &Config<'a>, option: OptionName, entry: &'a [&'a str]) -> Option<Config<'a>> {
    let mut config = Config {
        dangerously_allow_insecure_origins: switches.dangerously_allow_insecure_origins,
        dangerously_allow_public_suffixes: switches.dangerously_allow_public_suffixes,
        dangerously_allow_any_port: switches.dangerously_allow_any_port,
        ..Config::CLOSED
    };
    let list = match option {
        OptionName::AllowOrigins => &mut config.allow_origins,
        OptionName::AllowMethods => &mut config.allow_methods,
        OptionName::AllowHeaders => &mut config.allow_headers,
        OptionName::ExposeHeaders => &mut config.expose_headers,
        OptionName::AllowHosts => &mut config.allow_hosts,
        OptionName::AllowContentTypes => &mut config.allow_content_types,
        _ => return None,
    };
    *list = entry;
    Some(config)
}

/// The option with this number.
pub(crate) fn option(number: u8) -> Result<OptionName, corsac_status> {
    OptionName::ALL.iter().copied().find(|option| option.number() == number).ok_or(CORSAC_ERROR_NUMBER)
}

/// The kind of error with this number.
pub(crate) fn error_kind(number: u16) -> Result<PolicyErrorKind, corsac_status> {
    PolicyErrorKind::ALL.iter().copied().find(|kind| kind.number() == number).ok_or(CORSAC_ERROR_NUMBER)
}
