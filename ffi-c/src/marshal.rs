//! From the arguments of a function to what the core takes, and its answers back to where the caller wants them: what several
//! functions of `api.rs` do alike.

#![allow(unsafe_code, reason = "carries on what the caller of a function promises")]

use core::ffi::{c_char, c_void};

use corsac_core::{
    Config, GuardRequest, OptionName, PolicyError, PolicyErrorKind, PolicyRef, Request, ScreenRequest, Verdict,
};

use crate::answer::{self, NO_ERROR, NO_VERDICT, UNDECIDED};
use crate::foreign::{self, ListFault};
use crate::question::{self, Pushed};
use crate::types::*;
use crate::writer;

/// Why a configuration does not become what it should.
pub(crate) enum Failure {
    /// An argument is wrong.
    Status(corsac_status),
    /// The configuration is refused.
    Problem(PolicyError),
    /// The memory does not take it; it takes so many bytes.
    TooSmall(usize),
}

impl Failure {
    /// As a status, what is wrong with the configuration, and a length.
    pub(crate) fn told(self) -> (corsac_status, corsac_policy_error, usize) {
        match self {
            Self::Status(status) => (status, NO_ERROR, 0),
            Self::Problem(error) => (CORSAC_ERROR_POLICY, answer::of_error(&error), 0),
            Self::TooSmall(needed) => (CORSAC_ERROR_BUFFER_TOO_SMALL, NO_ERROR, needed),
        }
    }

    /// Bytes that are no text are no ASCII either.
    pub(crate) fn of_list(option: OptionName, fault: ListFault) -> Self {
        match fault {
            ListFault::Status(status) => Self::Status(status),
            ListFault::NotText { entry, offset } => {
                Self::Problem(PolicyError::from_parts(option, Some(entry), offset, PolicyErrorKind::NonAscii))
            }
        }
    }
}

impl From<corsac_status> for Failure {
    fn from(status: corsac_status) -> Self {
        Self::Status(status)
    }
}

impl From<PolicyError> for Failure {
    fn from(error: PolicyError) -> Self {
        Self::Problem(error)
    }
}

/// A result as C has it.
pub(crate) fn status_of(done: Result<(), corsac_status>) -> corsac_status {
    done.err().unwrap_or(CORSAC_OK)
}

/// What failed first: what was asked, or passing the answer out.
pub(crate) fn first(status: corsac_status, put: Result<(), corsac_status>) -> corsac_status {
    if status == CORSAC_OK { status_of(put) } else { status }
}

/// The configuration that the caller passes, with lists that borrow from it.
///
/// # Safety
///
/// If `config` is not NULL, it and all that it points to is good for `'a`.
pub(crate) unsafe fn config<'a>(config: *const corsac_config) -> Result<Config<'a>, Failure> {
    // SAFETY: the same promise.
    let parts = unsafe { foreign::structure(config) }?;
    let list = |option, list| {
        // SAFETY: the same promise.
        unsafe { foreign::strings(list) }.map_err(|fault| Failure::of_list(option, fault))
    };
    Ok(Config {
        allow_origins: list(OptionName::AllowOrigins, parts.allow_origins)?,
        allow_methods: list(OptionName::AllowMethods, parts.allow_methods)?,
        allow_headers: list(OptionName::AllowHeaders, parts.allow_headers)?,
        expose_headers: list(OptionName::ExposeHeaders, parts.expose_headers)?,
        allow_hosts: list(OptionName::AllowHosts, parts.allow_hosts)?,
        allow_content_types: list(OptionName::AllowContentTypes, parts.allow_content_types)?,
        ..question::switches(parts)
    })
}

/// The policy and the fields of a question.
///
/// # Safety
///
/// As the functions that call it ask.
#[inline]
pub(crate) unsafe fn given<'a>(
    policy: *const corsac_policy,
    fields: *const corsac_fields,
) -> Result<(PolicyRef<'a>, &'a corsac_fields), corsac_status> {
    // SAFETY: the same promise.
    let policy = unsafe { foreign::policy(policy) }?;
    // SAFETY: the same promise.
    Ok((policy, unsafe { foreign::structure(fields) }?))
}

/// The method of a request.
///
/// # Safety
///
/// If it is not NULL, it is good for `'a`.
#[inline]
pub(crate) unsafe fn method<'a>(method: corsac_text) -> Result<&'a [u8], corsac_status> {
    // SAFETY: the same promise.
    unsafe { foreign::bytes(method) }?.ok_or(CORSAC_ERROR_NULL)
}

/// Adds the fields that the caller has picked out.
///
/// # Safety
///
/// All that `parts` points to is good for `'a`.
#[inline]
pub(crate) unsafe fn push_picked<'a>(request: &mut Request<'a>, parts: &corsac_request) -> Result<(), corsac_status> {
    let fields: [(&[u8], corsac_text); 4] = [
        (b"origin", parts.origin),
        (b"access-control-request-method", parts.access_control_request_method),
        (b"access-control-request-headers", parts.access_control_request_headers),
        (b"access-control-request-private-network", parts.access_control_request_private_network),
    ];
    for (name, value) in fields {
        // SAFETY: the same promise.
        if let Some(value) = unsafe { foreign::bytes(value) }? {
            request.push(name, value);
        }
    }
    question::mark(parts.faults, |field, fault| request.mark(field, fault))
}

/// Adds all fields of a list.
///
/// # Safety
///
/// All that `parts` points to is good for `'a`.
#[inline]
pub(crate) unsafe fn push_all<'a>(request: &mut impl Pushed<'a>, parts: &corsac_fields) -> Result<(), corsac_status> {
    // SAFETY: the same promise.
    unsafe { foreign::each_field(parts, |name, value| request.push(name, value)) }?;
    question::mark(parts.faults, |field, fault| request.mark(field, fault))
}

/// The names of the server's own.
///
/// # Safety
///
/// All that `parts` points to is good for `'a`.
pub(crate) unsafe fn own_names<'a>(parts: &corsac_fields) -> Result<&'a [&'a str], corsac_status> {
    // SAFETY: the same promise.
    unsafe { foreign::strings(parts.own_names) }.map_err(|fault| match fault {
        ListFault::Status(status) => status,
        ListFault::NotText { .. } => CORSAC_ERROR_TEXT,
    })
}

/// A request for CORS, of the caller's fields.
///
/// # Safety
///
/// All that `parts` points to is good for `'a`.
#[inline]
pub(crate) unsafe fn cors_request<'a>(parts: &corsac_fields) -> Result<Request<'a>, corsac_status> {
    // SAFETY: the same promise.
    let mut request = Request::new(unsafe { method(parts.method) }?);
    // SAFETY: the same promise.
    unsafe { push_all(&mut request, parts) }?;
    Ok(request)
}

/// A request for the questions about a page, of the caller's fields.
///
/// # Safety
///
/// All that `parts` points to is good for `'a`.
pub(crate) unsafe fn guard_request<'a>(parts: &corsac_fields) -> Result<GuardRequest<'a>, corsac_status> {
    // SAFETY: the same promise.
    let mut request = GuardRequest::new(unsafe { method(parts.method) }?);
    // SAFETY: the same promise.
    unsafe { push_all(&mut request, parts) }?;
    question::of_guard(request, parts)
}

/// A request for every verdict, of the caller's fields.
///
/// # Safety
///
/// All that `parts` points to is good for `'a`.
pub(crate) unsafe fn screen_request<'a>(parts: &corsac_fields) -> Result<ScreenRequest<'a>, corsac_status> {
    // SAFETY: the same promise.
    let mut request = ScreenRequest::new(unsafe { method(parts.method) }?);
    // SAFETY: the same promise.
    unsafe { push_all(&mut request, parts) }?;
    // SAFETY: the same promise.
    let own_names = unsafe { own_names(parts) }?;
    question::of_screen(request, parts, own_names)
}

/// Decides, and passes the decision out.
///
/// # Safety
///
/// As the functions that call it ask.
#[inline(always)]
pub(crate) unsafe fn decide(
    policy: &PolicyRef<'_>,
    request: &Request<'_>,
    ask: corsac_ask,
    context: *mut c_void,
    to: *mut corsac_decision,
) -> Result<(), corsac_status> {
    let decision = if ask.is_none() {
        policy.decide(request)
    } else {
        // SAFETY: the same promise.
        policy.decide_with(request, unsafe { foreign::asking(ask, context) })
    };
    let fields = decision.fields();
    // SAFETY: the same promise.
    unsafe { foreign::put_decision(to, answer::of_decision(&decision), fields) }
}

/// The status of what was decided; where nothing was, that is passed out.
///
/// # Safety
///
/// If `to` is not NULL, it is good for a decision.
#[inline(always)]
pub(crate) unsafe fn decided(to: *mut corsac_decision, decided: Result<(), corsac_status>) -> corsac_status {
    if let Err(status) = decided {
        // SAFETY: the same promise. Where there is nowhere to put it, the status says enough.
        let _ = unsafe { foreign::put_decision(to, UNDECIDED, core::iter::empty()) };
        return status;
    }
    CORSAC_OK
}

/// Asks one of the questions about a page, and passes the verdict out, or that there is none.
///
/// # Safety
///
/// As the functions that call it ask.
pub(crate) unsafe fn judge(
    policy: *const corsac_policy,
    fields: *const corsac_fields,
    to: *mut corsac_verdict,
    judge: impl for<'r> FnOnce(
        &PolicyRef<'r>,
        &'r GuardRequest<'r>,
        &'r corsac_fields,
    ) -> Result<Verdict<'r, 'r>, corsac_status>,
) -> corsac_status {
    let judged = || {
        // SAFETY: the same promise.
        let (policy, parts) = unsafe { given(policy, fields) }?;
        // SAFETY: the same promise.
        let request = unsafe { guard_request(parts) }?;
        judge(&policy, &request, parts).map(|verdict| answer::of_verdict(&verdict))
    };
    let (verdict, status) = match judged() {
        Ok(verdict) => (verdict, CORSAC_OK),
        Err(status) => (NO_VERDICT, status),
    };
    // SAFETY: the same promise.
    first(status, unsafe { foreign::put(to, verdict) })
}

/// Writes text to the caller's memory and tells its length; or tells that there is none.
///
/// # Safety
///
/// As the functions that call it ask of `buffer` and `length`.
pub(crate) unsafe fn tell(
    buffer: *mut c_char,
    capacity: usize,
    length: *mut usize,
    text: Result<impl Fn(&mut writer::Writer<'_>), corsac_status>,
) -> corsac_status {
    // SAFETY: the same promise.
    let written = text.and_then(|text| Ok((text, unsafe { foreign::memory(buffer, capacity) }?)));
    let (needed, written) = match written {
        Ok((text, memory)) => writer::write(memory, text),
        Err(status) => (0, Err(status)),
    };
    // SAFETY: the same promise.
    first(status_of(written), unsafe { foreign::put(length, needed) })
}

/// Tells that there is no text.
///
/// # Safety
///
/// As the functions that call it ask of `length`.
pub(crate) unsafe fn untold(length: *mut usize, status: corsac_status) -> corsac_status {
    // SAFETY: the same promise.
    first(status, unsafe { foreign::put(length, 0) })
}
