//! From a [`Config`] to a policy image, at run time or while a program is built.

use crate::answers::Answers;
use crate::bytes::{self, eq, narrow, next, put, put_u32};
use crate::config::Config;
use crate::error::{OptionName, PolicyError, PolicyErrorKind as Kind};
use crate::image::{Flags, HEAD_LEN, MAGIC, PolicyRef, checksum, head};
use crate::method;
use crate::pattern::{HostPattern, OriginPattern, PortPattern};
use crate::records::write_tables;
use crate::table::{SCAN_LIMIT, Span};
use crate::text::Text;

impl Config<'_> {
    /// Checks the configuration and tells how many bytes its image takes.
    ///
    /// # Errors
    ///
    /// The first of [`problems`](Self::problems), but for duplicates, which only compiling finds.
    ///
    /// # Complexity
    ///
    /// Linear in the text of the configuration.
    pub const fn image_len(&self) -> Result<usize, PolicyError> {
        match Layout::of(self) {
            Ok(layout) => Ok(layout.length),
            Err(error) => Err(error),
        }
    }

    /// Compiles into `buffer`, of which the first [`image_len`](Self::image_len) bytes are used.
    ///
    /// # Errors
    ///
    /// The first of [`problems`](Self::problems), or [`BufferTooSmall`](Kind::BufferTooSmall). On failure the buffer holds no
    /// policy.
    ///
    /// # Complexity
    ///
    /// Linear in the text of the configuration, but for `expose_headers`, whose entries are compared with each other. No
    /// allocation.
    ///
    /// # Examples
    ///
    /// ```
    /// use corsac::{Config, PolicyErrorKind};
    ///
    /// let config = Config { allow_origins: &["https://example.com", "https://example.com"], ..Config::CLOSED };
    /// let mut memory = vec![0; config.image_len()?];
    /// let error = config.compile_into(&mut memory).unwrap_err();
    /// assert_eq!((error.entry(), error.kind()), (Some(1), PolicyErrorKind::Duplicate));
    /// # Ok::<(), corsac::PolicyError>(())
    /// ```
    pub const fn compile_into<'b>(&self, buffer: &'b mut [u8]) -> Result<PolicyRef<'b>, PolicyError> {
        // Whatever was there before is no policy any more.
        zero(buffer, 0, MAGIC.len());
        let layout = match Layout::of(self) {
            Ok(layout) => layout,
            Err(error) => return Err(error),
        };
        let too_small = PolicyError::of_option(OptionName::AllowOrigins, Kind::BufferTooSmall);
        let Some((image, _)) = buffer.split_at_mut_checked(layout.length) else {
            return Err(too_small);
        };
        zero(image, 0, layout.length);
        if let Err(error) = write(self, &layout, image) {
            zero(image, 0, layout.length);
            return Err(error);
        }
        match PolicyRef::trusted(image) {
            Some(policy) => Ok(policy),
            None => Err(too_small),
        }
    }
}

/// The value of Access-Control-Allow-Credentials and -Private-Network.
const TRUE: &[u8] = b"true";

/// The first member of `Vary`, and on responses that are no preflight the only one.
const ORIGIN: &str = "Origin";

/// Where each part of an image goes.
pub(crate) struct Layout {
    pub(crate) flags: Flags,
    pub(crate) origins: Span,
    pub(crate) methods: Names,
    pub(crate) headers: Names,
    pub(crate) hosts: Names,
    pub(crate) content_types: Names,
    pub(crate) masks_at: usize,
    pub(crate) masks: usize,
    pub(crate) expose_text: (usize, usize),
    pub(crate) max_age: Text<5>,
    pub(crate) max_age_text: (usize, usize),
    pub(crate) vary: Text<160>,
    pub(crate) vary_text: (usize, usize),
    pub(crate) true_text: (usize, usize),
    pub(crate) origins_text: (usize, usize),
    pub(crate) length: usize,
}

/// Where a list of names goes: the table that they are looked up in, and the list as it is sent.
#[derive(Clone, Copy)]
pub(crate) struct Names {
    pub(crate) span: Span,
    pub(crate) text: (usize, usize),
}

impl Layout {
    const fn of(config: &Config<'_>) -> Result<Self, PolicyError> {
        if let Some(error) = config.first_fault() {
            return Err(error);
        }
        let origins = Origins::of(config);
        let any_method = has_star(config, OptionName::AllowMethods);
        let any_header = has_star(config, OptionName::AllowHeaders);
        let flags = origins
            .flags
            .with_if(config.allow_credentials, Flags::CREDENTIALS)
            .with_if(config.allow_null_origin, Flags::NULL_ORIGIN)
            .with_if(config.allow_private_network, Flags::PRIVATE_NETWORK)
            .with_if(config.static_origin, Flags::STATIC_ORIGIN)
            .with_if(config.minimal_answers, Flags::MINIMAL_ANSWERS)
            .with_if(config.timing_allow_origin, Flags::TIMING)
            .with_if(any_method, Flags::ANY_METHOD)
            .with_if(any_header, Flags::ANY_HEADER)
            .with_if(!config.allow_methods.is_empty(), Flags::METHODS)
            .with_if(!config.allow_headers.is_empty(), Flags::HEADERS)
            .with_if(!config.expose_headers.is_empty(), Flags::EXPOSED)
            .with_if(config.max_age.is_some(), Flags::MAX_AGE);
        let vary = preflight_vary(flags, any_header && config.allow_headers.len() > 1);
        let flags = flags.with_if(!vary.as_bytes().is_empty(), Flags::VARY);

        let mut max_age = Text::new();
        if let Some(seconds) = config.max_age {
            max_age.push_decimal(bytes::index(seconds));
        }

        let origins_span = Span::for_records(HEAD_LEN, origins.records);
        let methods = Span::for_records(origins_span.end(), if any_method { 0 } else { config.allow_methods.len() });
        let names = config.allow_headers.len();
        let headers = Span::for_records(methods.end(), if any_header { names.saturating_sub(1) } else { names });
        let hosts = Span::for_records(headers.end(), config.allow_hosts.len());
        let content_types = Span::for_records(hosts.end(), config.allow_content_types.len());
        let masks_at = content_types.end();
        let masks = origins.masks;
        let methods_text = after((masks_at, masks.saturating_mul(8)), joined_len(config, OptionName::AllowMethods));
        let headers_text = after(methods_text, joined_len(config, OptionName::AllowHeaders));
        let hosts_text = after(headers_text, joined_len(config, OptionName::AllowHosts));
        let types_text = after(hosts_text, joined_len(config, OptionName::AllowContentTypes));
        let expose_text = after(types_text, joined_len(config, OptionName::ExposeHeaders));
        let max_age_text = after(expose_text, max_age.as_bytes().len());
        let vary_text = after(max_age_text, vary.as_bytes().len());
        let true_text = after(vary_text, TRUE.len());
        let origins_text = after(true_text, origins.text);
        let length = after(origins_text, 0).0;
        if length >= bytes::index(u32::MAX) {
            return Err(PolicyError::of_option(OptionName::AllowOrigins, Kind::ImageTooLarge));
        }
        Ok(Self {
            flags,
            origins: origins_span,
            methods: Names { span: methods, text: methods_text },
            headers: Names { span: headers, text: headers_text },
            hosts: Names { span: hosts, text: hosts_text },
            content_types: Names { span: content_types, text: types_text },
            masks_at,
            masks,
            expose_text,
            max_age,
            max_age_text,
            vary,
            vary_text,
            true_text,
            origins_text,
            length,
        })
    }
}

const fn after(previous: (usize, usize), length: usize) -> (usize, usize) {
    (previous.0.saturating_add(previous.1), length)
}

/// What `allow_origins` takes in an image.
struct Origins {
    flags: Flags,
    records: usize,
    masks: usize,
    text: usize,
}

impl Origins {
    const fn of(config: &Config<'_>) -> Self {
        let mut origins = Self { flags: Flags(0), records: 0, masks: 0, text: 0 };
        let mut i = 0;
        while i < config.allow_origins.len() {
            let entry = config.entry(OptionName::AllowOrigins, i);
            i = next(i);
            origins.text = origins.text.saturating_add(next(entry.len()));
            let Ok(pattern) = OriginPattern::parse(entry) else {
                // Only `*` is valid and no pattern.
                origins.flags = origins.flags.with_if(true, Flags::ANY_ORIGIN);
                continue;
            };
            let in_label = matches!(pattern.host, HostPattern::InLabel { .. });
            if in_label {
                origins.masks = origins.masks.saturating_add(2);
            }
            origins.records = next(origins.records);
            origins.flags = origins
                .flags
                .with_if(!pattern.is_exact(), Flags::PATTERNS)
                .with_if(in_label, Flags::IN_LABEL)
                .with_if(matches!(pattern.host, HostPattern::Exact(_)), Flags::WHOLE)
                .with_if(matches!(pattern.port, PortPattern::Any), Flags::ANY_PORT);
        }
        // Few are held against the origin as they are; of many, those within a label are looked up by parts.
        if origins.records > SCAN_LIMIT {
            origins.records = origins.records.saturating_add(origins.masks);
        } else {
            origins.masks = 0;
        }
        origins
    }
}

/// The value of `Vary` on preflights: a field is named when two requests that a browser can send, equal but for that field, get
/// different answers.
const fn preflight_vary(flags: Flags, authorization_beside_any: bool) -> Text<160> {
    let credentials = flags.has(Flags::CREDENTIALS);
    let mut vary = Text::new();
    if !flags.has(Flags::ANY_ORIGIN) {
        push_member(&mut vary, ORIGIN);
    }
    if !flags.has(Flags::ANY_METHOD) || credentials {
        push_member(&mut vary, "Access-Control-Request-Method");
    }
    if !authorization_beside_any || credentials {
        push_member(&mut vary, "Access-Control-Request-Headers");
    }
    if flags.has(Flags::PRIVATE_NETWORK) {
        push_member(&mut vary, "Access-Control-Request-Private-Network");
    }
    vary
}

const fn push_member(list: &mut Text<160>, member: &str) {
    if !list.as_bytes().is_empty() {
        list.push_str(", ");
    }
    list.push_str(member);
}

const fn has_star(config: &Config<'_>, field: OptionName) -> bool {
    let mut i = 0;
    while i < config.list(field).len() {
        if eq(config.entry(field, i), b"*") {
            return true;
        }
        i = next(i);
    }
    false
}

/// The length of a list joined by commas. Normalizing a method does not change its length.
const fn joined_len(config: &Config<'_>, field: OptionName) -> usize {
    let mut length: usize = 0;
    let mut i = 0;
    while i < config.list(field).len() {
        length = length.saturating_add(config.entry(field, i).len()).saturating_add(if i == 0 { 0 } else { 1 });
        i = next(i);
    }
    length
}

pub(crate) const fn zero(image: &mut [u8], start: usize, end: usize) {
    let mut i = start;
    while i < end {
        bytes::set(image, i, 0);
        i = next(i);
    }
}

const fn write(config: &Config<'_>, layout: &Layout, image: &mut [u8]) -> Result<(), PolicyError> {
    put(image, 0, &MAGIC);
    put_u32(image, head::LENGTH, narrow(layout.length));
    put_u32(image, head::FLAGS, layout.flags.0);
    put_u32(image, head::STATUS, bytes::widen_half(config.preflight_status));
    put_u32(image, head::MASKS, narrow(layout.masks_at));
    put_u32(image, head::MASKS + 4, narrow(layout.masks));
    put_place(image, head::METHODS_TEXT, layout.methods.text);
    put_place(image, head::HEADERS_TEXT, layout.headers.text);
    put_place(image, head::EXPOSE_TEXT, layout.expose_text);
    put_place(image, head::MAX_AGE_TEXT, layout.max_age_text);
    put_place(image, head::VARY_TEXT, layout.vary_text);
    put_place(image, head::ORIGINS_TEXT, layout.origins_text);
    put_place(image, head::HOSTS_TEXT, layout.hosts.text);
    put_place(image, head::CONTENT_TYPES_TEXT, layout.content_types.text);
    put_place(image, head::CREDENTIALS, layout.true_text);
    put_place(image, head::PRIVATE_NETWORK, layout.true_text);
    if layout.flags.is_constant() {
        // The only entry.
        let origin = (layout.origins_text.0, layout.origins_text.1.saturating_sub(1));
        put_place(image, head::CONSTANT_ORIGIN, origin);
        put_place(image, head::CONSTANT_TIMING, origin);
    } else {
        // `Vary` begins with `Origin`.
        put_place(image, head::VARY_OTHERWISE, (layout.vary_text.0, ORIGIN.len()));
    }
    put_u32(image, head::ANSWERS, Answers::of(layout.flags).to_bits());

    put(image, layout.true_text.0, TRUE);

    put_joined(config, OptionName::AllowMethods, image, layout.methods.text.0);
    put_joined(config, OptionName::AllowHeaders, image, layout.headers.text.0);
    put_joined(config, OptionName::AllowHosts, image, layout.hosts.text.0);
    put_joined(config, OptionName::AllowContentTypes, image, layout.content_types.text.0);
    put_joined(config, OptionName::ExposeHeaders, image, layout.expose_text.0);
    put(image, layout.max_age_text.0, layout.max_age.as_bytes());
    put(image, layout.vary_text.0, layout.vary.as_bytes());
    put_lines(config, image, layout.origins_text.0);

    let tables = write_tables(config, layout, image);
    // No table refers to exposed names, so their duplicates are looked for in the list; two lists come after it.
    if let Err(error) = tables
        && !matches!(error.field(), OptionName::AllowHosts | OptionName::AllowContentTypes)
    {
        return Err(error);
    }
    if let Some(error) = config.first_duplicate(OptionName::ExposeHeaders) {
        return Err(error);
    }
    if let Err(error) = tables {
        return Err(error);
    }
    let sum = checksum(image);
    put_u32(image, head::CHECKSUM, sum);
    Ok(())
}

const fn put_place(image: &mut [u8], at: usize, place: (usize, usize)) {
    put_u32(image, at, narrow(place.0));
    put_u32(image, at.wrapping_add(4), narrow(place.1));
}

/// Writes a list joined by commas: methods normalized, other names in lower case.
const fn put_joined(config: &Config<'_>, field: OptionName, image: &mut [u8], at: usize) {
    let mut at = at;
    let mut i = 0;
    while i < config.list(field).len() {
        if i > 0 {
            bytes::set(image, at, b',');
            at = next(at);
        }
        let entry = config.entry(field, i);
        let is_method = matches!(field, OptionName::AllowMethods);
        let entry = if is_method { method::normalize(entry) } else { entry };
        let mut n = 0;
        while n < entry.len() {
            let byte = bytes::at(entry, n);
            bytes::set(image, at, if is_method { byte } else { byte.to_ascii_lowercase() });
            at = next(at);
            n = next(n);
        }
        i = next(i);
    }
}

/// Writes the entries of `allow_origins`, each ended by a blank.
const fn put_lines(config: &Config<'_>, image: &mut [u8], at: usize) {
    let mut at = at;
    let mut i = 0;
    while i < config.allow_origins.len() {
        let entry = config.entry(OptionName::AllowOrigins, i);
        put(image, at, entry);
        at = at.wrapping_add(entry.len());
        bytes::set(image, at, b' ');
        at = next(at);
        i = next(i);
    }
}
