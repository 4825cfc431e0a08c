//! What comes in and goes out through a pointer: all that is done with one.
//!
//! What can be checked is checked: NULL, alignment, lengths over any memory, sizes of structures. What cannot is the caller's word,
//! which `api.rs` passes on: a pointer that is not NULL is good for as many bytes or items as its length or count says, for as long
//! as the function's own text says, and nobody writes there meanwhile.

#![allow(unsafe_code, reason = "this is the boundary")]

use core::ffi::{c_char, c_void};
use core::mem::{MaybeUninit, transmute};
use core::slice;

use corsac_core::{FieldName, PolicyRef, ResponseField};

use crate::answer;
use crate::types::{
    CORSAC_ERROR_LENGTH, CORSAC_ERROR_MISALIGNED, CORSAC_ERROR_NOT_AN_IMAGE, CORSAC_ERROR_NULL, CORSAC_ERROR_NUMBER,
    CORSAC_ERROR_STRUCT_SIZE, CORSAC_MAX_FIELDS, corsac_ask, corsac_config, corsac_decision, corsac_field,
    corsac_fields, corsac_list, corsac_policy, corsac_request, corsac_response_field, corsac_status, corsac_text,
};

/// A structure that begins with its own size.
///
/// # Safety
///
/// It is `repr(C)`, its first member is `struct_size`, and any bytes are a valid value of it.
pub(crate) unsafe trait Versioned {}

// SAFETY: plain integers, raw pointers and nullable function pointers behind a `usize`.
unsafe impl Versioned for corsac_config {}
// SAFETY: as above.
unsafe impl Versioned for corsac_request {}
// SAFETY: as above.
unsafe impl Versioned for corsac_fields {}

/// A decision has each name once, and one of them on as many lines as the request had.
const _: () = assert!(CORSAC_MAX_FIELDS >= FieldName::ALL.len() - 1 + corsac_core::MAX_REQUEST_HEADER_LINES);

/// No version of this library will ever have a structure as long as this.
const MAX_STRUCT_SIZE: usize = 4096;

/// A structure of the caller's. One of a later version may be longer, if it says nothing there.
///
/// # Safety
///
/// If `pointer` is not NULL, it is good for as many bytes as the `struct_size` there says, for the whole of `'a`.
#[inline]
pub(crate) unsafe fn structure<'a, T: Versioned>(pointer: *const T) -> Result<&'a T, corsac_status> {
    if pointer.is_null() {
        return Err(CORSAC_ERROR_NULL);
    }
    if !pointer.is_aligned() {
        return Err(CORSAC_ERROR_MISALIGNED);
    }
    // SAFETY: every such structure begins with its size, and is good for at least that.
    let size = unsafe { pointer.cast::<usize>().read() };
    // SAFETY: the same promise.
    if size != size_of::<T>() && !unsafe { is_longer_in_vain(pointer, size) } {
        return Err(CORSAC_ERROR_STRUCT_SIZE);
    }
    // SAFETY: the size says that the whole of it is there, and any bytes are a valid value.
    Ok(unsafe { &*pointer })
}

/// Whether a structure is longer than this library knows it, and zero in all that it does not know.
///
/// # Safety
///
/// `pointer` is good for `size` bytes.
#[cold]
unsafe fn is_longer_in_vain<T>(pointer: *const T, size: usize) -> bool {
    size > size_of::<T>()
        && size <= MAX_STRUCT_SIZE
        // SAFETY: each `at` is below the size for which the pointer is good.
        && (size_of::<T>()..size).all(|at| unsafe { pointer.cast::<u8>().add(at).read() } == 0)
}

/// The items of the caller's array.
///
/// # Safety
///
/// If `first` is not NULL, it is good for `count` items for the whole of `'a`.
unsafe fn items<'a, T>(first: *const T, count: usize) -> Result<&'a [T], corsac_status> {
    if count == 0 {
        return Ok(&[]);
    }
    if first.is_null() {
        return Err(CORSAC_ERROR_NULL);
    }
    if !first.is_aligned() {
        return Err(CORSAC_ERROR_MISALIGNED);
    }
    match count.checked_mul(size_of::<T>()) {
        // SAFETY: neither NULL nor misaligned, not over any memory, and good for `count` items.
        Some(length) if isize::try_from(length).is_ok() => Ok(unsafe { slice::from_raw_parts(first, count) }),
        _ => Err(CORSAC_ERROR_LENGTH),
    }
}

/// The bytes of a text; `None` where it is absent.
///
/// # Safety
///
/// If `text.bytes` is not NULL, it is good for `text.length` bytes for the whole of `'a`.
#[inline]
pub(crate) unsafe fn bytes<'a>(text: corsac_text) -> Result<Option<&'a [u8]>, corsac_status> {
    if text.bytes.is_null() {
        return Ok(None);
    }
    if isize::try_from(text.length).is_err() {
        return Err(CORSAC_ERROR_LENGTH);
    }
    // SAFETY: not NULL, not over any memory, and good for its length; bytes need no alignment.
    Ok(Some(unsafe { slice::from_raw_parts(text.bytes.cast(), text.length) }))
}

/// Why a list of texts cannot be read.
pub(crate) enum ListFault {
    /// A pointer or a length.
    Status(corsac_status),
    /// A byte of an entry that is no UTF-8.
    NotText {
        /// Which entry.
        entry: usize,
        /// Which byte.
        offset: usize,
    },
}

impl From<corsac_status> for ListFault {
    fn from(status: corsac_status) -> Self {
        Self::Status(status)
    }
}

/// A `&str` is a pointer and a length, in this order, with this compiler; otherwise this does not compile.
const _: () = {
    assert!(size_of::<&str>() == size_of::<corsac_text>() && align_of::<&str>() == align_of::<corsac_text>());
    // SAFETY: of the same size, and any reference is a valid pointer.
    let text: corsac_text = unsafe { transmute::<&str, corsac_text>("ab") };
    assert!(text.length == 2);
    // SAFETY: the pointer is that of the text above.
    assert!(unsafe { text.bytes.cast::<u8>().read() } == b'a');
};

/// The texts of a list, without copying it: `Config` borrows slices of `&str`, and where every text is there and is UTF-8 the caller's
/// array is one.
///
/// # Safety
///
/// If `list.texts` is not NULL, it is good for `list.count` texts, and each of them for its bytes, for the whole of `'a`.
pub(crate) unsafe fn strings<'a>(list: corsac_list) -> Result<&'a [&'a str], ListFault> {
    // SAFETY: the same promise.
    let texts: &'a [corsac_text] = unsafe { items(list.texts, list.count) }?;
    for (entry, text) in texts.iter().enumerate() {
        // SAFETY: the same promise.
        let text = unsafe { bytes(*text) }?.ok_or(CORSAC_ERROR_NULL)?;
        if let Err(error) = str::from_utf8(text) {
            return Err(ListFault::NotText { entry, offset: error.valid_up_to() });
        }
    }
    // SAFETY: `&str` has the layout of `corsac_text`, see above; each is not NULL, good for its length for `'a`, and UTF-8. A text of
    // length 0 has been found to have some pointer, and for no bytes any will do.
    Ok(unsafe { slice::from_raw_parts(texts.as_ptr().cast::<&'a str>(), texts.len()) })
}

/// Shows each field of a list.
///
/// # Safety
///
/// If `fields.fields` is not NULL, it is good for `fields.field_count` fields, and each of them for its bytes, for the whole of `'a`.
#[inline]
pub(crate) unsafe fn each_field<'a>(
    fields: &corsac_fields,
    mut take: impl FnMut(&'a [u8], &'a [u8]),
) -> Result<(), corsac_status> {
    // SAFETY: the same promise.
    let fields: &'a [corsac_field] = unsafe { items(fields.fields, fields.field_count) }?;
    for field in fields {
        // SAFETY: the same promise.
        let name = unsafe { bytes(field.name) }?.ok_or(CORSAC_ERROR_NULL)?;
        // SAFETY: the same promise.
        take(name, unsafe { bytes(field.value) }?.unwrap_or_default());
    }
    Ok(())
}

/// The policy of a handle.
///
/// # Safety
///
/// If `handle` is not NULL, it is good, and so is its image for the whole of `'a`.
#[inline]
pub(crate) unsafe fn policy<'a>(handle: *const corsac_policy) -> Result<PolicyRef<'a>, corsac_status> {
    if handle.is_null() {
        return Err(CORSAC_ERROR_NULL);
    }
    // SAFETY: not NULL, and so good.
    let handle = unsafe { handle.read_unaligned() };
    // SAFETY: the same promise. Deciding is total on any bytes; that these are a policy was checked when the handle was made.
    let policy = PolicyRef::__built(unsafe { image(handle.image, handle.length) }?);
    // So it is where the bytes are too few for any policy.
    if policy.image().is_empty() { Err(CORSAC_ERROR_NOT_AN_IMAGE) } else { Ok(policy) }
}

/// The bytes of an image.
///
/// # Safety
///
/// If `image` is not NULL, it is good for `length` bytes for the whole of `'a`.
#[inline]
pub(crate) unsafe fn image<'a>(image: *const u8, length: usize) -> Result<&'a [u8], corsac_status> {
    // SAFETY: the same promise.
    unsafe { bytes(corsac_text { bytes: image.cast(), length }) }?.ok_or(CORSAC_ERROR_NULL)
}

/// Memory to write to; `None` to measure only.
///
/// # Safety
///
/// If `first` is not NULL, it is good for `capacity` bytes, which need hold nothing, for the whole of `'a`, and for nobody else.
pub(crate) unsafe fn memory<'a>(
    first: *mut c_char,
    capacity: usize,
) -> Result<Option<&'a mut [MaybeUninit<u8>]>, corsac_status> {
    match (first.is_null(), isize::try_from(capacity)) {
        (true, _) if capacity == 0 => Ok(None),
        (true, _) => Err(CORSAC_ERROR_NULL),
        (false, Err(_)) => Err(CORSAC_ERROR_LENGTH),
        // SAFETY: not NULL, not over any memory, and good for it.
        (false, Ok(_)) => Ok(Some(unsafe { slice::from_raw_parts_mut(first.cast(), capacity) })),
    }
}

/// The same memory, once it holds zeros.
pub(crate) fn zeroed(memory: &mut [MaybeUninit<u8>]) -> &mut [u8] {
    memory.fill(MaybeUninit::new(0));
    // SAFETY: every byte is set.
    unsafe { slice::from_raw_parts_mut(memory.as_mut_ptr().cast(), memory.len()) }
}

/// Passes a value out.
///
/// # Safety
///
/// If `to` is not NULL, it is good for a value, and for nobody else.
pub(crate) unsafe fn put<T>(to: *mut T, value: T) -> Result<(), corsac_status> {
    if to.is_null() {
        return Err(CORSAC_ERROR_NULL);
    }
    // SAFETY: not NULL, and so good.
    unsafe { to.write_unaligned(value) };
    Ok(())
}

/// Passes a decision out, with as many fields as it has; the others need hold nothing.
///
/// # Safety
///
/// If `to` is not NULL, it is good for a decision, and for nobody else.
#[inline(always)]
pub(crate) unsafe fn put_decision<'f>(
    to: *mut corsac_decision,
    head: DecisionHead,
    fields: impl Iterator<Item = ResponseField<'f>>,
) -> Result<(), corsac_status> {
    if to.is_null() {
        return Err(CORSAC_ERROR_NULL);
    }
    if !to.is_aligned() {
        return Err(CORSAC_ERROR_MISALIGNED);
    }
    // SAFETY: neither NULL nor misaligned, and good for a decision; no reference is made to what holds nothing yet. `next` moves on
    // only where it is not yet the end of the array.
    unsafe {
        let first = (&raw mut (*to).fields).cast::<corsac_response_field>();
        let end = first.add(CORSAC_MAX_FIELDS);
        let mut next = first;
        let mut count = 0;
        for field in fields {
            if next == end {
                break;
            }
            next.write(answer::of_field(field));
            next = next.add(1);
            count = u16::wrapping_add(count, 1);
        }
        (&raw mut (*to).kind).write(head.kind);
        (&raw mut (*to).allowed).write(head.allowed.into());
        (&raw mut (*to).refusal).write(head.refusal);
        (&raw mut (*to).stopped_by).write(head.stopped_by);
        (&raw mut (*to).status).write(head.status);
        (&raw mut (*to).field_count).write(count);
    }
    Ok(())
}

/// A decision but for its fields.
pub(crate) struct DecisionHead {
    pub(crate) kind: u8,
    pub(crate) allowed: bool,
    pub(crate) refusal: u8,
    pub(crate) stopped_by: u8,
    pub(crate) status: u16,
}

/// The fields of a decision that the caller passes back.
///
/// # Safety
///
/// If `decision` is not NULL, a function of this library has set it, and all that its fields point to is still good for `'a`.
pub(crate) unsafe fn decided<'a>(
    decision: *const corsac_decision,
) -> Result<&'a [corsac_response_field], corsac_status> {
    if decision.is_null() {
        return Err(CORSAC_ERROR_NULL);
    }
    if !decision.is_aligned() {
        return Err(CORSAC_ERROR_MISALIGNED);
    }
    // SAFETY: neither NULL nor misaligned, and set.
    let count = usize::from(unsafe { (&raw const (*decision).field_count).read() });
    if count > CORSAC_MAX_FIELDS {
        return Err(CORSAC_ERROR_NUMBER);
    }
    // SAFETY: that many fields are set, and the array has them.
    unsafe { items((&raw const (*decision).fields).cast::<corsac_response_field>(), count) }
}

/// The program's function, to be asked about an origin; where there is none, the answer is no.
///
/// # Safety
///
/// The function may be called with the context until the closure is gone.
pub(crate) unsafe fn asking(ask: corsac_ask, context: *mut c_void) -> impl Fn(&[u8]) -> bool {
    // SAFETY: the same promise; the text is good for the call.
    move |origin: &[u8]| ask.is_some_and(|ask| unsafe { ask(context, text(origin)) } != 0)
}

/// Bytes as C takes them.
#[inline]
pub(crate) const fn text(bytes: &[u8]) -> corsac_text {
    corsac_text { bytes: bytes.as_ptr().cast(), length: bytes.len() }
}
