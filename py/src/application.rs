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
    let py = list.py();
    let vary = fields.iter().find(|field| name_of(field) == Some(FieldName::Vary));
    let vary = vary.as_ref().and_then(value_of).as_ref().and_then(text_of).unwrap_or_default();
    let new = PyList::empty(py);
    let mut own_vary = Vec::new();
    for pair in list.iter() {
        match name_of(&pair) {
            None => new.append(pair)?,
            Some(FieldName::Vary) => {
                own_vary.push(value_of(&pair).as_ref().and_then(text_of).unwrap_or_default());
                new.append(pair)?;
            }
            Some(_) => {}
        }
    }
    for field in fields.iter().filter(|field| own_vary.is_empty() || name_of(field) != Some(FieldName::Vary)) {
        new.append(field)?;
    }
    if !own_vary.is_empty() {
        let missing = missing_members(&own_vary, &vary);
        if !missing.is_empty() {
            extend_first_vary(&new, &missing)?;
        }
    }
    Ok(new)
}

/// The members of the policy's `Vary` that the application's lines lack. `*` stands for all.
fn missing_members(lines: &[Vec<u8>], vary: &[u8]) -> Vec<u8> {
    let own: Vec<&[u8]> = lines.iter().flat_map(|line| members(line)).collect();
    if own.contains(&b"*".as_slice()) {
        return Vec::new();
    }
    let is_new = |member: &&[u8]| !own.iter().any(|own| own.eq_ignore_ascii_case(member));
    members(vary).filter(is_new).collect::<Vec<_>>().join(b", ".as_slice())
}

fn members(line: &[u8]) -> impl Iterator<Item = &[u8]> {
    line.split(|byte| *byte == b',').map(<[u8]>::trim_ascii).filter(|member| !member.is_empty())
}

/// Adds members to the first `Vary` line of a list of our own, and keeps the types that it has.
fn extend_first_vary(list: &Bound<'_, PyList>, missing: &[u8]) -> PyResult<()> {
    let py = list.py();
    for (index, pair) in list.iter().enumerate() {
        let (Some(FieldName::Vary), Ok(name), Some(value)) = (name_of(&pair), pair.get_item(0), value_of(&pair)) else {
            continue;
        };
        let mut line = text_of(&value).unwrap_or_default();
        let end = line.iter().rposition(|byte| !matches!(byte, b',' | b' ' | b'\t')).map_or(0, |last| last + 1);
        line.truncate(end);
        if !line.is_empty() {
            line.extend_from_slice(b", ");
        }
        line.extend_from_slice(missing);
        return if value.is_instance_of::<PyString>() {
            list.set_item(index, (name, latin1(&line)))
        } else {
            list.set_item(index, (name, PyBytes::new(py, &line)))
        };
    }
    Ok(())
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

fn value_of<'py>(pair: &Bound<'py, PyAny>) -> Option<Bound<'py, PyAny>> {
    pair.get_item(1).ok()
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
