//! The whole decision: rows 1 to 28 of the design, without the image.

use corsac::{Apply, FieldFault, FieldName, Kind, Refusal, RequestField};

use super::headers::{check_list, is_token, trim};
use super::origin::{host_of, is_serialized_origin, takes};
use super::single::{Single, is_marked};
use crate::shared::options::Options;
use crate::shared::wire::{Answer, WireRequest};

/// What to answer to the request, `ask` being the host's function for origins that no entry takes.
pub(crate) fn decide(options: &Options, request: &WireRequest, mut ask: impl FnMut(&[u8]) -> bool) -> Answer {
    let twin = Twin { options, request };
    let kind = twin.kind();
    let mut answer = match kind {
        Kind::NotCors => twin.ordinary(kind, None, None),
        Kind::Preflight => twin.preflight(&mut ask),
        _ => match twin.check_origin(&mut ask) {
            Ok(origin) => twin.ordinary(kind, Some(origin), None),
            Err(refusal) => twin.ordinary(kind, None, Some(refusal)),
        },
    };
    answer.fields.sort_by_key(|(name, ..)| *name);
    answer
}

struct Twin<'t> {
    options: &'t Options,
    request: &'t WireRequest,
}

impl<'t> Twin<'t> {
    /// Row 1.
    fn kind(&self) -> Kind {
        if matches!(self.origin(), Single::Absent) {
            Kind::NotCors
        } else if self.request.method == b"OPTIONS" && !matches!(self.requested_method(), Single::Absent) {
            Kind::Preflight
        } else {
            Kind::Actual
        }
    }

    fn origin(&self) -> Single<'t> {
        self.single("Origin", RequestField::Origin)
    }

    fn requested_method(&self) -> Single<'t> {
        self.single("Access-Control-Request-Method", RequestField::Method)
    }

    fn single(&self, name: &'t str, field: RequestField) -> Single<'t> {
        Single::of(self.request, name, field)
    }

    fn any_origin(&self) -> bool {
        self.options.allow_origins == ["*"]
    }

    /// Row 4a: the origin that is sent on every response that is no preflight.
    fn constant_origin(&self) -> Option<&'t [u8]> {
        let is_constant = self.any_origin() || self.options.static_origin;
        if is_constant { Some(self.options.allow_origins[0].as_bytes()) } else { None }
    }

    /// Rows 2 to 10 and 26; the caps.
    fn check_origin(&self, ask: &mut dyn FnMut(&[u8]) -> bool) -> Result<&'t [u8], Refusal> {
        let origin = match self.origin() {
            Single::Value(origin) => origin,
            Single::Truncated => return Err(Refusal::OriginTruncated),
            _ => return Err(Refusal::OriginRepeated),
        };
        if origin.len() > 326 {
            return Err(Refusal::OriginTooLong);
        }
        if self.any_origin() {
            return Ok(b"*");
        }
        if origin == b"null" {
            return if self.options.allow_null_origin { Ok(origin) } else { Err(Refusal::NullOriginNotAllowed) };
        }
        let is_listed = self.options.allow_origins.iter().any(|entry| takes(entry, origin));
        if is_listed || (!self.options.static_origin && is_serialized_origin(origin) && ask(origin)) {
            return Ok(origin);
        }
        // Under a pattern the host has a cap of its own.
        let has_pattern = self.options.allow_origins.iter().any(|entry| entry.contains('*'));
        let is_too_long = has_pattern && host_of(origin).is_some_and(|host| host.len() > 253);
        Err(if is_too_long { Refusal::OriginTooLong } else { Refusal::OriginNotAllowed })
    }

    /// Row 13; the cap. Whether the list has the method, which a safelisted one need not be in.
    fn check_method(&self) -> Result<(&'t [u8], bool), Refusal> {
        let method = match self.requested_method() {
            Single::Value(method) => method,
            Single::Truncated => return Err(Refusal::MethodTruncated),
            _ => return Err(Refusal::MethodRepeated),
        };
        if method.len() > 64 {
            return Err(Refusal::MethodTooLong);
        }
        if !is_token(method) {
            return Err(Refusal::MethodMalformed);
        }
        if ["CONNECT", "TRACE", "TRACK"].iter().any(|forbidden| method.eq_ignore_ascii_case(forbidden.as_bytes())) {
            return Err(Refusal::MethodForbidden);
        }
        let is_listed = self.methods().iter().any(|listed| listed == "*" || listed.as_bytes() == method);
        if is_listed || [&b"GET"[..], b"HEAD", b"POST"].contains(&method) {
            Ok((method, is_listed))
        } else {
            Err(Refusal::MethodNotAllowed)
        }
    }

    /// The policy's methods after the normalization of row 13.
    fn methods(&self) -> Vec<String> {
        let normalize = |method: &String| {
            let upper = method.to_ascii_uppercase();
            let is_normalized = ["DELETE", "GET", "HEAD", "OPTIONS", "POST", "PUT"].contains(&upper.as_str());
            if is_normalized { upper } else { method.clone() }
        };
        self.options.allow_methods.iter().map(normalize).collect()
    }

    fn header_lines(&self) -> Vec<&'t [u8]> {
        self.request.values("Access-Control-Request-Headers").collect()
    }

    /// Rows 14 and 15.
    fn check_headers(&self) -> Result<(), Refusal> {
        if is_marked(self.request, RequestField::Headers, FieldFault::Truncated) {
            return Err(Refusal::HeadersTruncated);
        }
        let has = |name: &[u8]| self.options.allow_headers.iter().any(|l| l.as_bytes().eq_ignore_ascii_case(name));
        let is_authorization = |name: &[u8]| name.eq_ignore_ascii_case(b"authorization");
        check_list(&self.header_lines(), |name| {
            // `*` is a name like any other when it is not in the list.
            has(name) || (has(b"*") && !is_authorization(name))
        })
    }

    /// A response that the application makes: rows 4a, 17, 19, 22, 24, 25 and 28.
    fn ordinary(&self, kind: Kind, origin: Option<&[u8]>, refusal: Option<Refusal>) -> Answer {
        let mut fields = Vec::new();
        let mut put = |name, value: &[u8]| fields.push((name, value.to_vec(), Apply::Replace));
        if let Some(origin) = self.constant_origin().or(origin) {
            put(FieldName::AllowOrigin, origin);
            if self.options.allow_credentials {
                put(FieldName::AllowCredentials, b"true");
            }
            let expose = lower_case(&self.options.expose_headers);
            if !expose.is_empty() {
                put(FieldName::ExposeHeaders, expose.as_bytes());
            }
            if self.options.timing_allow_origin {
                put(FieldName::TimingAllowOrigin, origin);
            }
        }
        if self.constant_origin().is_none() {
            fields.push((FieldName::Vary, b"Origin".to_vec(), Apply::Merge));
        }
        Answer { kind, refusal, status: None, fields }
    }

    /// Rows 13 to 16, 18 to 21 and 23 to 25.
    fn preflight(&self, ask: &mut dyn FnMut(&[u8]) -> bool) -> Answer {
        let granted = self.check_origin(ask).and_then(|origin| {
            let (method, is_listed) = self.check_method()?;
            self.check_headers()?;
            Ok((origin, method, is_listed))
        });
        let mut answer = Answer { kind: Kind::Preflight, refusal: None, status: Some(403), fields: Vec::new() };
        match granted {
            Err(refusal) => answer.refusal = Some(refusal),
            Ok((origin, method, is_listed)) => {
                answer.status = Some(self.options.preflight_status);
                self.put_grant(&mut answer, origin, method, is_listed);
            }
        }
        let vary = self.preflight_vary().join(", ");
        if !vary.is_empty() {
            answer.fields.push((FieldName::Vary, vary.into(), Apply::Merge));
        }
        answer
    }

    fn put_grant(&self, answer: &mut Answer, origin: &[u8], method: &[u8], is_listed: bool) {
        let mut put = |name, value: &[u8], apply| answer.fields.push((name, value.to_vec(), apply));
        let options = self.options;
        put(FieldName::AllowOrigin, origin, Apply::Replace);
        if options.allow_credentials {
            put(FieldName::AllowCredentials, b"true", Apply::Replace);
        }

        let methods = self.methods();
        let star = methods.iter().any(|listed| listed == "*");
        if if star { options.allow_credentials } else { options.minimal_answers } {
            if is_listed {
                put(FieldName::AllowMethods, method, Apply::Replace);
            }
        } else if !methods.is_empty() {
            put(FieldName::AllowMethods, methods.join(",").as_bytes(), Apply::Replace);
        }

        let headers = lower_case(&options.allow_headers);
        let star = options.allow_headers.iter().any(|listed| listed == "*");
        if if star { options.allow_credentials } else { options.minimal_answers } {
            let has_member =
                |line: &&[u8]| line.split(|&byte| byte == b',').any(|element| !element.trim_ascii().is_empty());
            for (i, line) in self.header_lines().into_iter().filter(has_member).enumerate() {
                put(FieldName::AllowHeaders, trim(line), if i == 0 { Apply::Replace } else { Apply::Append });
            }
        } else if !headers.is_empty() {
            put(FieldName::AllowHeaders, headers.as_bytes(), Apply::Replace);
        }

        if let Some(seconds) = options.max_age {
            put(FieldName::MaxAge, seconds.to_string().as_bytes(), Apply::Replace);
        }
        let asked = self.single("Access-Control-Request-Private-Network", RequestField::PrivateNetwork);
        if options.allow_private_network && matches!(asked, Single::Value(b"true")) {
            put(FieldName::AllowPrivateNetwork, b"true", Apply::Replace);
        }
    }

    /// Row 24.
    fn preflight_vary(&self) -> Vec<&'static str> {
        let options = self.options;
        let any_method = options.allow_methods == ["*"];
        let has = |name: &str| options.allow_headers.iter().any(|listed| listed.eq_ignore_ascii_case(name));
        let any_header = has("*") && has("authorization");
        let mut vary = Vec::new();
        if !self.any_origin() {
            vary.push("Origin");
        }
        if !any_method || options.allow_credentials {
            vary.push("Access-Control-Request-Method");
        }
        if !any_header || options.allow_credentials {
            vary.push("Access-Control-Request-Headers");
        }
        if options.allow_private_network {
            vary.push("Access-Control-Request-Private-Network");
        }
        vary
    }
}

/// A list of header names as it is sent.
fn lower_case(names: &[String]) -> String {
    names.join(",").to_ascii_lowercase()
}
