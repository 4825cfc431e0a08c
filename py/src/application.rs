//! The application's response: its own CORS fields go, the policy's come, and `Vary` is merged.
//!
//! What the application has set may be a constant that it uses again, so nothing of it is changed in place.

use corsac::FieldName;
use pyo3::prelude::*;
use pyo3::types::{PyByteArray, PyBytes, PyList, PyString, PyTuple};

/// A new list of the application's headers with the policy's `fields`, which are in the form that the server takes: pairs of bytes, or
/// of text.
#[inline]
pub(crate) fn with_fields<'py>(
    headers: &Bound<'py, PyAny>,
    fields: &Bound<'py, PyList>,
) -> PyResult<Bound<'py, PyList>> {
    let py = headers.py();
    let list = match headers.cast_exact::<PyList>() {
        Ok(list) => list.clone(),
        Err(_) if headers.is_none() => PyList::empty(py),
        Err(_) => py.get_type::<PyList>().call1((headers,))?.cast_into()?,
    };
    // A tuple's elements can be borrowed, which saves more than it costs to make one.
    if list.to_tuple().iter_borrowed().any(|pair| name_of(&pair).is_some()) {
        return replaced(&list, fields);
    }
    Ok(list.as_sequence().concat(fields.as_sequence())?.cast_into()?)
}

/// The same where the application has set one of these fields.
#[cold]
fn replaced<'py>(list: &Bound<'py, PyList>, fields: &Bound<'py, PyList>) -> PyResult<Bound<'py, PyList>> {
    let new = PyList::empty(list.py());
    // The application's lines of `Vary`, and the first of them, which the policy's members join. What cannot be read is left as it is.
    let mut lines = Vec::new();
    let mut first = None;
    for pair in list.iter() {
        match name_of(&pair) {
            None => {}
            Some(FieldName::Vary) => {
                if let Some(line) = line_of(&pair) {
                    lines.push(line);
                    first.get_or_insert((new.len(), pair.clone()));
                }
            }
            Some(_) => continue,
        }
        new.append(pair)?;
    }
    for field in fields.iter() {
        let (Some(FieldName::Vary), Some((index, pair))) = (name_of(&field), &first) else {
            new.append(field)?;
            continue;
        };
        let vary = line_of(&field).unwrap_or_default();
        let missing: Vec<_> = corsac::missing_vary(lines.iter().map(Vec::as_slice), &vary).collect();
        let missing = missing.join(b", ".as_slice());
        if let (Some(line), false) = (lines.first(), missing.is_empty()) {
            new.set_item(*index, extended(pair, line, &missing)?)?;
        }
    }
    Ok(new)
}

/// A pair whose value, the `line`, has more members; of the types that it has.
fn extended<'py>(pair: &Bound<'py, PyAny>, line: &[u8], missing: &[u8]) -> PyResult<Bound<'py, PyTuple>> {
    let py = pair.py();
    let end = line.iter().rposition(|byte| !matches!(byte, b',' | b' ' | b'\t')).map_or(0, |last| last + 1);
    let mut line = line.get(..end).unwrap_or_default().to_vec();
    if !line.is_empty() {
        line.extend_from_slice(b", ");
    }
    line.extend_from_slice(missing);
    let name = pair.get_item(0)?;
    if pair.get_item(1)?.is_instance_of::<PyString>() {
        (name, latin1(&line)).into_pyobject(py)
    } else {
        (name, PyBytes::new(py, &line)).into_pyobject(py)
    }
}

/// Bytes as text, as WSGI has them.
pub(crate) fn latin1(bytes: &[u8]) -> String {
    bytes.iter().copied().map(char::from).collect()
}

/// Which of the fields of a decision a pair of the application's is, if any. What is no pair of bytes or text is none of them, and is left
/// for the server to judge.
fn name_of(pair: &Bound<'_, PyAny>) -> Option<FieldName> {
    if let Ok(pair) = pair.cast_exact::<PyTuple>()
        && let Ok(name) = pair.get_borrowed_item(0)
        && let Ok(name) = name.cast_exact::<PyBytes>()
    {
        return field_name(name.as_bytes());
    }
    odd_name_of(pair)
}

#[cold]
fn odd_name_of(pair: &Bound<'_, PyAny>) -> Option<FieldName> {
    if pair.is_instance_of::<PyString>() || pair.is_instance_of::<PyBytes>() {
        return None;
    }
    field_name(text_of(&pair.get_item(0).ok()?)?.trim_ascii())
}

/// The bytes of a pair's value.
fn line_of(pair: &Bound<'_, PyAny>) -> Option<Vec<u8>> {
    text_of(&pair.get_item(1).ok()?)
}

fn text_of(value: &Bound<'_, PyAny>) -> Option<Vec<u8>> {
    if let Ok(bytes) = value.cast::<PyByteArray>() {
        return Some(bytes.to_vec());
    }
    crate::fields::bytes_of(value).map(|bytes| bytes.as_bytes().to_vec())
}

/// Lengths are compared first: few other fields have one of these.
fn field_name(name: &[u8]) -> Option<FieldName> {
    if !matches!(name.len(), 4 | 19 | 22 | 27 | 28 | 29 | 32 | 36) {
        return None;
    }
    FieldName::ALL.iter().copied().find(|field| name.eq_ignore_ascii_case(field.lower().as_bytes()))
}

/// No name may be longer or shorter than those that are looked for.
const _: () = {
    let mut names = FieldName::ALL;
    while let [name, rest @ ..] = names {
        assert!(matches!(name.as_str().len(), 4 | 19 | 22 | 27 | 28 | 29 | 32 | 36));
        names = rest;
    }
};
