//! Who may change something here: the guard against cross-site request forgery, and the origin of WebSocket handshakes.
//!
//! CORS says which pages may read an answer, and lets every request run that needs no preflight. These two say which pages may act.
//! Both come to the origin, which one function judges:
//!
//! | `Origin` | `Host` | policy | | why |
//! |---|---|---|---|---|
//! | `https://a.example` | `a.example` | any | yes | the server's own page |
//! | `https://a.example` | `a.example:443` | any | yes | proxies write the default port |
//! | `http://a.example:8080` | `a.example` | any | no | a proxy has dropped the port, or it is another server |
//! | `http://a.example` | `a.example`, by https | any | no | whoever is on the network path can speak as it |
//! | `https://b.example` | `a.example` | `https://b.example` | yes | an entry |
//! | `http://b.example` | `a.example` | `https://b.example` | no | an entry has a scheme |
//! | `https://b.example` | `a.example` | `*` | no | `*` lets every page read and trusts none |
//! | `null` | any | `allow_null_origin` | no | any page can make itself `null` |
//! | `capacitor://localhost` | `localhost` | any list without it | no | an app's page is not the server's |

use crate::bytes::position;
use crate::field_value::FieldValue;
use crate::guard_request::{AbsentOrigin, GuardRequest, Scheme};
use crate::image::{PolicyRef, head};
use crate::media_type::{MAX_CONTENT_TYPE_LEN, before_parameters, is_media_type, is_simple};
use crate::method;
use crate::origin::{MAX_ORIGIN_LEN, TrustedOrigin};
use crate::record::RecordKind;
use crate::refusal::Refusal;
use crate::verdict::{Asked, Pass, Verdict};

impl<'p> PolicyRef<'p> {
    /// Whether a request may change something: the guard against cross-site request forgery.
    ///
    /// Safe methods pass, the handshake of a WebSocket with them: that is for [`check_websocket`](Self::check_websocket). Of the others pass those that the browser says come from a page of the same origin or from the user
    /// (`Sec-Fetch-Site`), those of an origin that an entry of the policy takes, and, where there is no `Sec-Fetch-Site`, as from
    /// older browsers and to servers reached by plain http, those whose `Origin` is the server's own by `Host` and those without
    /// `Origin`. `*` opens reading and trusts nobody here. What passes because of an entry must also have a content type of
    /// `allow_content_types`, if that has any.
    ///
    /// An entry is trusted to act whether or not `allow_credentials` is set: forms carry cookies all the same. It believes `Host`: a server that an attacker's name can be pointed at asks [`check_host`](Self::check_host) first.
    ///
    /// # Specification
    ///
    /// [Fetch Metadata: Sec-Fetch-Site](https://w3c.github.io/webappsec-fetch-metadata/#sec-fetch-site-header),
    /// [Fetch: Origin](https://fetch.spec.whatwg.org/#origin-header)
    ///
    /// # Complexity
    ///
    /// As [`decide`](Self::decide).
    ///
    /// # Examples
    ///
    /// ```
    /// use corsac::{GuardRequest, Refusal, policy};
    ///
    /// let policy = policy! { allow_origins: &["https://app.example.com"] };
    /// // A device on the local network, reached by plain http: browsers send no Sec-Fetch-Site.
    /// let own = [("Host", "192.168.1.7:8080"), ("Origin", "http://192.168.1.7:8080")];
    /// assert!(policy.guard(&GuardRequest::from_fields("POST", own)).passes());
    /// let forged = [("Host", "192.168.1.7:8080"), ("Origin", "https://evil.example")];
    /// let request = GuardRequest::from_fields("POST", forged);
    /// assert_eq!(policy.guard(&request).refusal(), Some(Refusal::OriginNotTrusted));
    /// ```
    pub fn guard<'r>(&self, request: &'r GuardRequest<'r>) -> Verdict<'p, 'r> {
        self.guard_or_ask(request, None::<fn(&[u8]) -> bool>)
    }

    /// [`guard`](Self::guard), with the host's own list of trusted origins.
    ///
    /// `ask` is called at most once, and only about a well-formed serialized origin within the cap that no entry takes; never about
    /// `null`, and never under `static_origin`. Under `*`, which trusts nobody, it is the only way to be trusted.
    pub fn guard_with<'r>(&self, request: &'r GuardRequest<'r>, ask: impl FnOnce(&[u8]) -> bool) -> Verdict<'p, 'r> {
        self.guard_or_ask(request, Some(ask))
    }

    fn guard_or_ask<'r>(
        &self,
        request: &'r GuardRequest<'r>,
        ask: Option<impl FnOnce(&[u8]) -> bool>,
    ) -> Verdict<'p, 'r> {
        let outcome = self.judge_request(request, |origin| self.trust_origin(origin, ask));
        Verdict { policy: *self, asked: Asked::Guard(request), outcome }
    }

    /// Whether the page that opens a WebSocket may: CORS does not apply to the handshake, and cookies go along with it.
    ///
    /// The origin has to be the server's own by `Host`, unless `Sec-Fetch-Site` says that it is another, or one that an entry of the
    /// policy takes, whether or not `allow_credentials` is set. A handshake without `Origin` is no browser's and passes, unless
    /// `Sec-Fetch-Site` or the request's [`AbsentOrigin`] says otherwise.
    ///
    /// # Specification
    ///
    /// [RFC 6455, section 10.2](https://www.rfc-editor.org/rfc/rfc6455#section-10.2); a refused handshake is answered with 403
    /// ([section 4.2.2](https://www.rfc-editor.org/rfc/rfc6455#section-4.2.2)).
    ///
    /// # Complexity
    ///
    /// As [`decide`](Self::decide).
    ///
    /// # Examples
    ///
    /// ```
    /// use corsac::{GuardRequest, policy};
    ///
    /// let policy = policy! { allow_origins: &["*"] };
    /// let handshake = |origin| GuardRequest::from_fields("GET", [("Host", "chat.example.com"), ("Origin", origin)]);
    /// assert!(policy.check_websocket(&handshake("https://chat.example.com")).passes());
    /// assert!(!policy.check_websocket(&handshake("https://evil.example")).passes()); // `*` trusts nobody
    /// ```
    pub fn check_websocket<'r>(&self, request: &'r GuardRequest<'r>) -> Verdict<'p, 'r> {
        self.check_websocket_or_ask(request, None::<fn(&[u8]) -> bool>)
    }

    /// [`check_websocket`](Self::check_websocket), with the host's own list of trusted origins, which is asked as in
    /// [`guard_with`](Self::guard_with).
    pub fn check_websocket_with<'r>(
        &self,
        request: &'r GuardRequest<'r>,
        ask: impl FnOnce(&[u8]) -> bool,
    ) -> Verdict<'p, 'r> {
        self.check_websocket_or_ask(request, Some(ask))
    }

    fn check_websocket_or_ask<'r>(
        &self,
        request: &'r GuardRequest<'r>,
        ask: Option<impl FnOnce(&[u8]) -> bool>,
    ) -> Verdict<'p, 'r> {
        let outcome = judge_handshake(request, |origin| self.trust_origin(origin, ask));
        Verdict { policy: *self, asked: Asked::WebSocket(request), outcome }
    }

    /// The guard's judgement; `trust` says whether an origin is in the policy.
    #[inline]
    pub(crate) fn judge_request(
        &self,
        request: &GuardRequest<'_>,
        trust: impl FnOnce(&[u8]) -> Option<TrustedOrigin>,
    ) -> Result<Pass, Refusal> {
        if method::is_safe(request.method) {
            return Ok(Pass::SafeMethod);
        }
        let pass = judge_sender(request, trust)?;
        if matches!(pass, Pass::Entry(_) | Pass::HostFunction) {
            self.check_content_type(request)?;
        }
        Ok(pass)
    }

    /// Checks the content type of a request that comes from another origin. A simple type is not trusted for being so: it passes
    /// where it is listed, and nowhere else; a missing one cannot be listed.
    fn check_content_type(&self, request: &GuardRequest<'_>) -> Result<(), Refusal> {
        let table = self.table(head::CONTENT_TYPES);
        if table.span.records == 0 {
            return Ok(());
        }
        let value = match request.content_type {
            FieldValue::Once(value) if value.len() > MAX_CONTENT_TYPE_LEN => return Err(Refusal::ContentTypeTooLong),
            FieldValue::Once(value) => value,
            FieldValue::Absent => return Err(Refusal::ContentTypeMissing),
            FieldValue::Repeated => return Err(Refusal::ContentTypeRepeated),
            FieldValue::Truncated => return Err(Refusal::ContentTypeTruncated),
        };
        // What is listed is a media type, so that only what is not has to be looked at again; and most values have no parameters.
        if table.begins_with(RecordKind::NAME, value) {
            return Ok(());
        }
        let essence = before_parameters(value);
        if self.has_name(&table, RecordKind::NAME, essence) {
            Ok(())
        } else if !is_media_type(essence) {
            Err(Refusal::ContentTypeMalformed)
        } else if is_simple(essence) {
            Err(Refusal::ContentTypeSimple)
        } else {
            Err(Refusal::ContentTypeNotAllowed)
        }
    }
}

/// What the browser itself says of who makes a request.
enum Site {
    /// Nothing: it is an older one, or the server is reached by plain http.
    Unsaid,
    /// The server's own page, or the user.
    Own(Pass),
    /// Another page, for which this is the reason unless its origin is trusted.
    Other(Refusal),
}

impl Site {
    #[inline]
    fn of(request: &GuardRequest<'_>) -> Result<Self, Refusal> {
        Ok(match request.fetch_site {
            FieldValue::Absent => Self::Unsaid,
            FieldValue::Once(b"same-origin") => Self::Own(Pass::SameOrigin),
            FieldValue::Once(b"none") => Self::Own(Pass::UserInitiated),
            FieldValue::Once(b"cross-site") => Self::Other(Refusal::CrossSite),
            FieldValue::Once(b"same-site") => Self::Other(Refusal::SameSite),
            FieldValue::Once(_) => Self::Other(Refusal::FetchSiteUnknown),
            FieldValue::Repeated => return Err(Refusal::FetchSiteRepeated),
            FieldValue::Truncated => return Err(Refusal::FetchSiteTruncated),
        })
    }
}

/// Judges who makes a request that is no handshake, whatever its method.
#[inline]
pub(crate) fn judge_sender(
    request: &GuardRequest<'_>,
    trust: impl FnOnce(&[u8]) -> Option<TrustedOrigin>,
) -> Result<Pass, Refusal> {
    let stranger = match Site::of(request)? {
        Site::Unsaid => None,
        Site::Own(pass) => return Ok(pass),
        Site::Other(refusal) => Some(refusal),
    };
    judge_origin(request, stranger, trust)
}

/// Judges the handshake of a WebSocket, which always has an origin to go by: the browser's own word can only speak against it.
#[inline]
pub(crate) fn judge_handshake(
    request: &GuardRequest<'_>,
    trust: impl FnOnce(&[u8]) -> Option<TrustedOrigin>,
) -> Result<Pass, Refusal> {
    let stranger = match Site::of(request)? {
        Site::Unsaid | Site::Own(_) => None,
        Site::Other(refusal) => Some(refusal),
    };
    judge_origin(request, stranger, trust)
}

/// Judges the origin of a request that acts. `said` is the reason that the browser's own word gives unless the origin is trusted;
/// without such a word `Host` says which origin is the server's own.
#[inline]
fn judge_origin(
    request: &GuardRequest<'_>,
    said: Option<Refusal>,
    trust: impl FnOnce(&[u8]) -> Option<TrustedOrigin>,
) -> Result<Pass, Refusal> {
    let origin = match request.origin {
        FieldValue::Once(origin) if origin.len() > MAX_ORIGIN_LEN => return Err(Refusal::OriginTooLong),
        FieldValue::Once(b"null") => return Err(Refusal::NullOriginNotTrusted),
        FieldValue::Once(origin) => origin,
        FieldValue::Repeated => return Err(Refusal::OriginRepeated),
        FieldValue::Truncated => return Err(Refusal::OriginTruncated),
        FieldValue::Absent => {
            return match (said, request.absent_origin) {
                (Some(refusal), _) => Err(refusal),
                (None, AbsentOrigin::Pass) => Ok(Pass::NoOrigin),
                (None, AbsentOrigin::Refuse) => Err(Refusal::OriginMissing),
            };
        }
    };
    let stranger = match said {
        Some(refusal) => refusal,
        None => match (scheme_of_own_host(origin, request.host()), request.scheme) {
            (None, _) => Refusal::OriginNotTrusted,
            (Some(of_origin), Some(of_server)) if of_origin != of_server => Refusal::SchemeDiffers,
            (Some(_), _) => return Ok(Pass::OwnHost),
        },
    };
    trust(origin).map(Pass::from).ok_or(stranger)
}

/// The scheme of an origin whose host and port are those of `Host`; `None` for every other origin.
///
/// # Specification
///
/// [RFC 9110, section 4.2.3](https://www.rfc-editor.org/rfc/rfc9110#section-4.2.3): hosts are compared without case, and a default
/// port may be written.
fn scheme_of_own_host(origin: &[u8], host: FieldValue<'_>) -> Option<Scheme> {
    let FieldValue::Once(host) = host else {
        return None;
    };
    let (scheme, authority, default_port) = if let Some(authority) = origin.strip_prefix(b"https://") {
        (Scheme::Https, authority, b":443".as_slice())
    } else {
        (Scheme::Http, origin.strip_prefix(b"http://")?, b":80".as_slice())
    };
    let (same, beyond) = host.split_at_checked(authority.len())?;
    if same != authority && !same.eq_ignore_ascii_case(authority) || matches!(authority, [] | [b':', ..]) {
        return None;
    }
    let has_port = || !authority.ends_with(b"]") && position(authority, b':').is_some();
    (beyond.is_empty() || beyond == default_port && !has_port()).then_some(scheme)
}
