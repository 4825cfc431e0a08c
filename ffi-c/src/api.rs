//! Every function that C can call. Each reads what is passed to it by `foreign.rs`, asks the core, and passes the answer out.
//!
//! The doc comments become the header, the manual for people who write C; what they demand of the caller is what each `unsafe` here
//! relies on.

#![allow(unsafe_code, reason = "functions for C")]
#![allow(clippy::missing_safety_doc, reason = "the header has a manual of its own")]

use core::ffi::c_char;
use core::fmt::{Display, Write as _};

use corsac_core::{Config, FieldName, OptionName, PolicyError, PolicyErrorKind, PolicyRef, Refusal, Request};

use crate::answer::{self, NO_ERROR};
use crate::foreign;
use crate::marshal::{self, Failure};
use crate::numbers::CORSAC_ABI;
use crate::question;
use crate::types::*;
use crate::vary;
use crate::writer::Writer;

/// The number of the binary interface that the library was built with. It is CORSAC_ABI of the header that
/// belongs to it; a program that finds another number was built with another header and must not call anything
/// else.
#[unsafe(no_mangle)]
pub extern "C" fn corsac_abi() -> u32 {
    CORSAC_ABI
}

/// The version of the library, such as "0.1.0": CORSAC_VERSION of its header. A constant, not ended by NUL.
#[unsafe(no_mangle)]
pub extern "C" fn corsac_version() -> corsac_text {
    foreign::text(env!("CARGO_PKG_VERSION").as_bytes())
}

/// Compiles a configuration into a policy image, in memory of the caller's.
///
/// With memory == NULL and capacity == 0 nothing is written and *length says how many bytes the image takes.
/// The image may then be moved, stored, sent, mapped by other processes; it has no pointers in it and needs no
/// alignment. corsac_policy_open makes a policy of it.
///
/// memory must not overlap the configuration. *length and *error are set whatever happens; error may be NULL.
/// On failure the memory holds no image that would open, and *length is 0, or with
/// CORSAC_ERROR_BUFFER_TOO_SMALL the bytes that it takes.
///
/// CORSAC_ERROR_POLICY: the configuration is refused and *error says why; this is the first problem, and
/// corsac_policy_problem lists all. Some duplicates are found only when memory is given. An entry that is not
/// UTF-8 is told before any other problem, and alone; correct it to see the others.
/// Other failures: CORSAC_ERROR_NULL, _STRUCT_SIZE, _MISALIGNED, _LENGTH.
///
/// Takes time linear in the text of the configuration. No entry is kept.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn corsac_policy_compile(
    config: *const corsac_config,
    memory: *mut u8,
    capacity: usize,
    length: *mut usize,
    error: *mut corsac_policy_error,
) -> corsac_status {
    let compile = || -> Result<usize, Failure> {
        if length.is_null() {
            return Err(CORSAC_ERROR_NULL.into());
        }
        // SAFETY: the caller keeps what the manual asks for.
        let config = unsafe { marshal::config(config) }?;
        // SAFETY: as above; it does not overlap the configuration.
        let memory = unsafe { foreign::memory(memory.cast(), capacity) }?;
        let needed = config.image_len()?;
        match memory {
            None => {}
            Some(memory) => match memory.get_mut(..needed) {
                None => return Err(Failure::TooSmall(needed)),
                Some(image) => {
                    config.compile_into(foreign::zeroed(image))?;
                }
            },
        }
        Ok(needed)
    };
    let compiled = compile();
    // SAFETY: as above.
    if let (Err(_), Ok(Some(memory))) = (&compiled, unsafe { foreign::memory(memory.cast(), capacity) }) {
        // Whatever was there before is no image any more.
        let mark = memory.len().min(8);
        foreign::zeroed(memory.get_mut(..mark).unwrap_or_default());
    }
    let (status, problem, needed) = compiled.map_or_else(Failure::told, |needed| (CORSAC_OK, NO_ERROR, needed));
    // SAFETY: as above. Where there is nowhere to put an error, the status says enough.
    let _ = unsafe { foreign::put(error, problem) };
    // SAFETY: as above.
    let put = unsafe { foreign::put(length, needed) };
    marshal::first(status, put)
}

/// The problem of a configuration with this index, in the order in which compiling would meet them; 0 is the
/// one that it fails with.
///
/// CORSAC_OK: *error is that problem. CORSAC_ERROR_NUMBER: there are not so many, and *error is all zeros but
/// for its entry. Other failures as corsac_policy_compile.
///
/// Takes time linear in the text of the configuration for each problem, and more where entries repeat each
/// other: for the operator, while the server starts.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn corsac_policy_problem(
    config: *const corsac_config,
    index: usize,
    error: *mut corsac_policy_error,
) -> corsac_status {
    // SAFETY: the caller keeps what the manual asks for.
    let found = unsafe { marshal::config(config) }.map(|config| config.problems().nth(index));
    let (status, problem) = match found {
        Ok(Some(problem)) => (CORSAC_OK, answer::of_error(&problem)),
        // A list that is no text is the only problem of a configuration that cannot be read.
        Err(Failure::Problem(problem)) if index == 0 => (CORSAC_OK, answer::of_error(&problem)),
        Ok(None) | Err(Failure::Problem(_)) => (CORSAC_ERROR_NUMBER, NO_ERROR),
        Err(failure) => (failure.told().0, NO_ERROR),
    };
    // SAFETY: as above.
    let put = unsafe { foreign::put(error, problem) };
    marshal::first(status, put)
}

/// Checks one entry of a list by itself, as when a configuration file is read line by line.
///
/// option is CORSAC_OPTION_ALLOW_ORIGINS or another one that has a list. Of config, which may be NULL, the
/// switches dangerously_allow_* are read, as they change what an entry may be. What only shows beside other
/// options (duplicates, "*" beside others, credentials) is left to corsac_policy_compile.
///
/// CORSAC_OK: the entry is good by itself. CORSAC_ERROR_POLICY: *error says what is wrong, with entry 0. Other
/// failures: CORSAC_ERROR_NULL, _NUMBER (the option has no list), _STRUCT_SIZE, _LENGTH. *error is set whatever
/// happens; it may be NULL.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn corsac_check_entry(
    config: *const corsac_config,
    option: u8,
    entry: corsac_text,
    error: *mut corsac_policy_error,
) -> corsac_status {
    let check = || -> Result<(), Failure> {
        let switches = if config.is_null() {
            Config::CLOSED
        } else {
            // SAFETY: the caller keeps what the manual asks for.
            question::switches(unsafe { foreign::structure(config) }?)
        };
        let option = question::option(option)?;
        let list = corsac_list { texts: &raw const entry, count: 1 };
        // SAFETY: one text, and the caller keeps what the manual asks for.
        let entry = unsafe { foreign::strings(list) }.map_err(|fault| Failure::of_list(option, fault))?;
        let config = question::with_entry(&switches, option, entry).ok_or(CORSAC_ERROR_NUMBER)?;
        match config.problems().next() {
            Some(problem) => Err(Failure::Problem(problem)),
            None => Ok(()),
        }
    };
    let (status, problem, _) = check().map_or_else(Failure::told, |()| (CORSAC_OK, NO_ERROR, 0));
    // SAFETY: as above. Where there is nowhere to put an error, the status says enough.
    let _ = unsafe { foreign::put(error, problem) };
    status
}

/// Writes a sentence about a problem of a configuration: the option, the entry's text, the byte, what is wrong
/// and what to write instead. Without config, which may be NULL, the entry's text and its corrected spelling
/// are left out.
///
/// The sentence is printable ASCII of at most 1024 bytes, not ended by NUL. With buffer == NULL and capacity ==
/// 0 it is only measured. *length is set whatever happens: to the bytes that the sentence takes, or to 0 where
/// there is none. Where it does not fit, nothing is written.
///
/// Failures: CORSAC_ERROR_BUFFER_TOO_SMALL; _NUMBER where *error is no problem, as where it says that there is
/// none; _NULL, _STRUCT_SIZE, _MISALIGNED, _LENGTH.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn corsac_describe_error(
    config: *const corsac_config,
    error: *const corsac_policy_error,
    buffer: *mut c_char,
    capacity: usize,
    length: *mut usize,
) -> corsac_status {
    let describe = || -> Result<corsac_core::Message, corsac_status> {
        if error.is_null() {
            return Err(CORSAC_ERROR_NULL);
        }
        // SAFETY: the caller keeps what the manual asks for.
        let error = unsafe { error.read_unaligned() };
        let (field, kind) = (question::option(error.option)?, question::error_kind(error.kind)?);
        let entry = (error.entry != usize::MAX).then_some(error.entry);
        let error = PolicyError::from_parts(field, entry, error.offset, kind);
        // Where the configuration cannot be read, its problem says why, and the entry's text is no text.
        let config = if config.is_null() {
            Config::CLOSED
        } else {
            // SAFETY: as above.
            match unsafe { marshal::config(config) } {
                Ok(config) => config,
                Err(Failure::Problem(_)) => Config::CLOSED,
                Err(failure) => return Err(failure.told().0),
            }
        };
        Ok(config.describe(&error))
    };
    let described = describe().map(|message| move |to: &mut Writer<'_>| to.put(message.as_bytes()));
    // SAFETY: as above.
    unsafe { marshal::tell(buffer, capacity, length, described) }
}

/// Makes a policy of an image, after checking every byte of it: one that corsac_policy_compile or the corsac
/// command made, from flash, a file or shared memory.
///
/// The checksum finds accidents, not attackers: who can write the image decides the policy. Even so, deciding
/// on any image that was accepted reads nothing but the image. The image is borrowed: it has to stay where it
/// is, as it is, for as long as the policy or a copy of it is used. Nothing has to be closed.
///
/// *policy is set whatever happens, on failure to one that every function refuses. An image that is changed
/// afterwards decides anything, a permission among it.
///
/// Failures: CORSAC_ERROR_NOT_AN_IMAGE, _IMAGE_VERSION, _IMAGE_LENGTH, _IMAGE_CHECKSUM, _IMAGE_STRUCTURE,
/// _NULL, _LENGTH. Takes time linear in length.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn corsac_policy_open(
    image: *const u8,
    length: usize,
    policy: *mut corsac_policy,
) -> corsac_status {
    // SAFETY: the caller keeps what the manual asks for.
    let opened = unsafe { foreign::image(image, length) }
        .and_then(|bytes| PolicyRef::open(bytes).map_err(answer::of_image_error));
    let handle = match opened {
        Ok(_) => corsac_policy { image, length },
        Err(_) => corsac_policy { image: core::ptr::null(), length: 0 },
    };
    // SAFETY: as above.
    let put = unsafe { foreign::put(policy, handle) };
    marshal::status_of(opened.map(drop).and(put))
}

/// Decides on a request whose fields of CORS are picked out already. The request is only read; the decision
/// borrows from the policy's image and from the request's bytes.
///
/// A refusal is no failure: the function gives CORSAC_OK and decision->refusal says why. *decision is set
/// whatever happens, on failure to status 500 without fields.
///
/// Failures: CORSAC_ERROR_NULL, also where the policy was not opened or the method is absent; _STRUCT_SIZE,
/// _NUMBER (faults), _MISALIGNED, _LENGTH.
///
/// Takes time linear in the bytes of the request up to the caps, whatever the size of the policy.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn corsac_decide(
    policy: *const corsac_policy,
    request: *const corsac_request,
    decision: *mut corsac_decision,
) -> corsac_status {
    let decide = || {
        // SAFETY: the caller keeps what the manual asks for.
        let policy = unsafe { foreign::policy(policy) }?;
        // SAFETY: as above.
        let parts = unsafe { foreign::structure(request) }?;
        // SAFETY: as above.
        let mut request = Request::new(unsafe { marshal::method(parts.method) }?);
        // SAFETY: as above.
        unsafe { marshal::push_picked(&mut request, parts) }?;
        // SAFETY: as above.
        unsafe { marshal::decide(&policy, &request, parts.ask, parts.ask_context, decision) }
    };
    // SAFETY: as above.
    unsafe { marshal::decided(decision, decide()) }
}

/// Decides on a request by its whole list of fields, as corsac_decide. Which of them matter is found in one
/// pass, without case, and a field that came twice is refused rather than guessed.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn corsac_decide_fields(
    policy: *const corsac_policy,
    fields: *const corsac_fields,
    decision: *mut corsac_decision,
) -> corsac_status {
    let decide = || {
        // SAFETY: the caller keeps what the manual asks for.
        let (policy, parts) = unsafe { marshal::given(policy, fields) }?;
        // SAFETY: as above.
        let mut request = Request::new(unsafe { marshal::method(parts.method) }?);
        // SAFETY: as above.
        unsafe { marshal::push_all(&mut request, parts) }?;
        // SAFETY: as above.
        unsafe { marshal::decide(&policy, &request, parts.ask, parts.ask_context, decision) }
    };
    // SAFETY: as above.
    unsafe { marshal::decided(decision, decide()) }
}

/// Asks every verdict about a request, and stops at the first refusal: corsac_check_host, without which nothing
/// may believe Host; for the handshake of a WebSocket corsac_check_websocket, else corsac_guard; and last CORS,
/// whose refusals are the browser's to enforce.
///
/// decision->status says what to do, and decision->stopped_by which verdict stopped the request; the fields are
/// sent with a request that was stopped too. Without allow_hosts and own_names every host is refused; a server
/// that checks Host by itself sets host_is_checked.
///
/// Failures as corsac_decide_fields; also CORSAC_ERROR_NUMBER for the scheme, and CORSAC_ERROR_TEXT for own_names.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn corsac_screen(
    policy: *const corsac_policy,
    fields: *const corsac_fields,
    decision: *mut corsac_decision,
) -> corsac_status {
    let screen = || {
        // SAFETY: the caller keeps what the manual asks for.
        let (policy, parts) = unsafe { marshal::given(policy, fields) }?;
        // SAFETY: as above.
        let request = unsafe { marshal::screen_request(parts) }?;
        // SAFETY: as above.
        let screening = policy.screen_with(&request, unsafe { foreign::asking(parts.ask, parts.ask_context) });
        let fields = screening.fields();
        // SAFETY: as above.
        unsafe { foreign::put_decision(decision, answer::of_screening(&screening), fields) }
    };
    // SAFETY: as above.
    unsafe { marshal::decided(decision, screen()) }
}

/// Whether a request may change something: the guard against cross-site request forgery, which CORS is not.
/// Safe methods pass; so do the server's own pages, programs, and the origins of allow_origins; "*" trusts
/// nobody here.
///
/// *verdict is set whatever happens, on failure to one that does not pass. Failures as corsac_screen.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn corsac_guard(
    policy: *const corsac_policy,
    fields: *const corsac_fields,
    verdict: *mut corsac_verdict,
) -> corsac_status {
    // SAFETY: the caller keeps what the manual asks for, and the function may be called meanwhile.
    unsafe {
        marshal::judge(policy, fields, verdict, |policy, request, parts| {
            Ok(policy.guard_with(request, foreign::asking(parts.ask, parts.ask_context)))
        })
    }
}

/// Whether a page may open a WebSocket, where CORS does not apply and nothing else checks. As corsac_guard; the
/// method does not matter.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn corsac_check_websocket(
    policy: *const corsac_policy,
    fields: *const corsac_fields,
    verdict: *mut corsac_verdict,
) -> corsac_status {
    // SAFETY: the caller keeps what the manual asks for, and the function may be called meanwhile.
    unsafe {
        marshal::judge(policy, fields, verdict, |policy, request, parts| {
            Ok(policy.check_websocket_with(request, foreign::asking(parts.ask, parts.ask_context)))
        })
    }
}

/// Whether the host that a request names is one of the server's, by allow_hosts and own_names: against DNS
/// rebinding. As corsac_guard.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn corsac_check_host(
    policy: *const corsac_policy,
    fields: *const corsac_fields,
    verdict: *mut corsac_verdict,
) -> corsac_status {
    // SAFETY: the caller keeps what the manual asks for, and the function may be called meanwhile.
    unsafe {
        marshal::judge(policy, fields, verdict, |policy, request, parts| {
            Ok(policy.check_host_with(request.host(), marshal::own_names(parts)?))
        })
    }
}

/// Writes a sentence or two that say why a question comes out as it does, with the nearest entry of the policy
/// and what to change: for a log or a developer, not for the peer.
///
/// question is CORSAC_QUESTION_CORS or another one. The text is printable ASCII, not ended by NUL. With buffer
/// == NULL and capacity == 0 it is only measured. *length is set whatever happens: to the bytes that the text
/// takes, or to 0 where there is none. Where it does not fit, nothing is written. ask is called once at most, and
/// so twice where the text is measured first.
///
/// Failures: CORSAC_ERROR_BUFFER_TOO_SMALL, _NUMBER (the question), and those of the question itself. Takes time
/// linear in the size of the policy.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn corsac_explain(
    policy: *const corsac_policy,
    question: u8,
    fields: *const corsac_fields,
    buffer: *mut c_char,
    capacity: usize,
    length: *mut usize,
) -> corsac_status {
    let explain = || {
        // SAFETY: the caller keeps what the manual asks for.
        let (policy, parts) = unsafe { marshal::given(policy, fields) }?;
        // SAFETY: as above, and the function may be called meanwhile.
        let ask = unsafe { foreign::asking(parts.ask, parts.ask_context) };
        let tell = |text: &dyn Display| {
            let text = |to: &mut Writer<'_>| {
                // Writing to memory does not fail; what does not fit is counted.
                let _ = write!(to, "{text}");
            };
            // SAFETY: as above.
            unsafe { marshal::tell(buffer, capacity, length, Ok(text)) }
        };
        // Each question reads what it is about and no more.
        // SAFETY: as above.
        let cors = || unsafe { marshal::cors_request(parts) };
        // SAFETY: as above.
        let guard = || unsafe { marshal::guard_request(parts) };
        // SAFETY: as above.
        let screen = || unsafe { marshal::screen_request(parts) };
        Ok(match question {
            CORSAC_QUESTION_CORS => tell(&policy.decide_with(&cors()?, ask).explain()),
            CORSAC_QUESTION_GUARD => tell(&policy.guard_with(&guard()?, ask).explain()),
            CORSAC_QUESTION_WEBSOCKET => tell(&policy.check_websocket_with(&guard()?, ask).explain()),
            CORSAC_QUESTION_HOST => {
                // SAFETY: as above.
                let own_names = unsafe { marshal::own_names(parts) }?;
                tell(&policy.check_host_with(guard()?.host(), own_names).explain())
            }
            CORSAC_QUESTION_SCREEN => tell(&policy.screen_with(&screen()?, ask).explain()),
            _ => return Err(CORSAC_ERROR_NUMBER),
        })
    };
    // SAFETY: as above.
    explain().unwrap_or_else(|status| unsafe { marshal::untold(length, status) })
}

/// Writes the fields of a decision as lines of HTTP/1.1, each "Name: value" and CR LF, ready to be put into a
/// response that has none of these fields: where the application has set some, it takes them one by one from
/// decision->fields.
///
/// With buffer == NULL and capacity == 0 the lines are only measured. *length is set whatever happens: to the
/// bytes that they take, or to 0 on other failures. Where they do not fit, nothing is written. No NUL is added.
/// What the decision borrows from has to be there still.
///
/// Failures: CORSAC_ERROR_BUFFER_TOO_SMALL, _NULL, _MISALIGNED, _LENGTH; _NUMBER where the decision has more
/// fields than any.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn corsac_write_fields(
    decision: *const corsac_decision,
    buffer: *mut c_char,
    capacity: usize,
    length: *mut usize,
) -> corsac_status {
    // SAFETY: the caller keeps what the manual asks for.
    let read = |text: corsac_text| unsafe { foreign::bytes(text) }.map(Option::unwrap_or_default);
    // SAFETY: as above.
    let fields = unsafe { foreign::decided(decision) }.and_then(|fields| {
        // Every text is readable, or nothing is written.
        for field in fields {
            read(field.name).and(read(field.value))?;
        }
        Ok(fields)
    });
    let lines = fields.map(|fields| {
        move |to: &mut Writer<'_>| {
            for field in fields {
                to.put(read(field.name).unwrap_or_default());
                to.put(b": ");
                to.put(read(field.value).unwrap_or_default());
                to.put(b"\r\n");
            }
        }
    });
    // SAFETY: as above.
    unsafe { marshal::tell(buffer, capacity, length, lines) }
}

/// Writes the value of one Vary field that says what the application's says and what the decision's does: the
/// application's members in their order, and those of the decision that are not among them, compared without
/// case. "*" stands for all and stays alone.
///
/// application is the value of the application's field, several lines joined by commas; NULL: it has none.
/// decision is the value of the field with CORSAC_APPLY_MERGE; NULL: there is none. buffer must not overlap
/// them. With buffer == NULL and capacity == 0 the value is only measured. *length is set whatever happens;
/// where the value does not fit, nothing is written.
///
/// Failures: CORSAC_ERROR_BUFFER_TOO_SMALL, _NULL, _LENGTH. The members of the one are compared with those of
/// the other.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn corsac_merge_vary(
    application: corsac_text,
    decision: corsac_text,
    buffer: *mut c_char,
    capacity: usize,
    length: *mut usize,
) -> corsac_status {
    // SAFETY: the caller keeps what the manual asks for.
    let read = |text: corsac_text| unsafe { foreign::bytes(text) }.map(Option::unwrap_or_default);
    let merged = read(application).and_then(|application| Ok((application, read(decision)?)));
    let merged =
        merged.map(|(application, decision)| move |to: &mut Writer<'_>| vary::merge(application, decision, to));
    // SAFETY: as above.
    unsafe { marshal::tell(buffer, capacity, length, merged) }
}

/// What a status says, as a sentence. A constant, not ended by NUL; empty for a number that is none.
#[unsafe(no_mangle)]
pub extern "C" fn corsac_status_text(status: corsac_status) -> corsac_text {
    use corsac_core::ImageError as Image;
    #[cfg(feature = "planted-panic")]
    #[allow(clippy::arithmetic_side_effects, reason = "so that the test of the link test has something to find")]
    let status = 100 / status;
    foreign::text(
        match status {
            CORSAC_OK => "done",
            CORSAC_ERROR_NULL => "a pointer is NULL where it must not be",
            CORSAC_ERROR_STRUCT_SIZE => "struct_size is no size of the structure; begin with its _INIT",
            CORSAC_ERROR_MISALIGNED => "a pointer to structures is not aligned for them",
            CORSAC_ERROR_LENGTH => "a length or count is larger than any memory",
            CORSAC_ERROR_BUFFER_TOO_SMALL => "the memory given is too small; see the length",
            CORSAC_ERROR_POLICY => "the configuration is refused; see the error",
            CORSAC_ERROR_NUMBER => "a number is none of its enumeration",
            CORSAC_ERROR_TEXT => "a name of own_names is no UTF-8",
            CORSAC_ERROR_NOT_AN_IMAGE => Image::NotAnImage.sentence(),
            CORSAC_ERROR_IMAGE_VERSION => Image::Version.sentence(),
            CORSAC_ERROR_IMAGE_LENGTH => Image::Length.sentence(),
            CORSAC_ERROR_IMAGE_CHECKSUM => Image::Checksum.sentence(),
            CORSAC_ERROR_IMAGE_STRUCTURE => Image::Structure.sentence(),
            _ => "",
        }
        .as_bytes(),
    )
}

/// The name of a refusal, such as "origin-not-allowed": the same in every language, for logs. A constant; empty
/// for a number that is none.
#[unsafe(no_mangle)]
pub extern "C" fn corsac_refusal_name(refusal: u8) -> corsac_text {
    foreign::text(find_refusal(refusal).map_or("", Refusal::slug).as_bytes())
}

/// What a refusal says in general, as a sentence. A constant; empty for a number that is none.
#[unsafe(no_mangle)]
pub extern "C" fn corsac_refusal_text(refusal: u8) -> corsac_text {
    foreign::text(find_refusal(refusal).map_or("", Refusal::sentence).as_bytes())
}

/// The name of a kind of policy error, such as "trailing-slash". A constant; empty for a number that is none.
#[unsafe(no_mangle)]
pub extern "C" fn corsac_policy_error_name(kind: u16) -> corsac_text {
    foreign::text(question::error_kind(kind).map_or("", PolicyErrorKind::slug).as_bytes())
}

/// What a kind of policy error says in general, as a sentence. A constant; empty for a number that is none.
#[unsafe(no_mangle)]
pub extern "C" fn corsac_policy_error_text(kind: u16) -> corsac_text {
    foreign::text(question::error_kind(kind).map_or("", PolicyErrorKind::sentence).as_bytes())
}

/// The name of an option, such as "allow_origins". A constant; empty for a number that is none.
#[unsafe(no_mangle)]
pub extern "C" fn corsac_option_name(option: u8) -> corsac_text {
    foreign::text(question::option(option).map_or("", OptionName::as_str).as_bytes())
}

/// The name of a response field by its number, as the standard spells it or, if lower_case is not 0, as HTTP/2
/// does. The numbers go from 0 to CORSAC_FIELD_VARY without a gap: a server drops the application's own fields
/// of all these names but Vary. A constant; empty for a number that is none.
#[unsafe(no_mangle)]
pub extern "C" fn corsac_field_name(number: u8, lower_case: u8) -> corsac_text {
    let name = FieldName::ALL.iter().copied().find(|name| name.number() == number);
    let spelled = if lower_case != 0 { FieldName::lower } else { FieldName::as_str };
    foreign::text(name.map_or("", spelled).as_bytes())
}

fn find_refusal(number: u8) -> Option<Refusal> {
    Refusal::ALL.iter().copied().find(|refusal| refusal.number() == number)
}
