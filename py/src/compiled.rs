//! A policy image, and what is prepared once for all answers.

use corsac::{FieldName, Kind, PolicyRef, ResponseField};
use pyo3::prelude::*;
use pyo3::sync::PyOnceLock;
use pyo3::types::{PyBytes, PyTuple};
use smallvec::SmallVec;

use crate::fields::Arrived;

/// Response fields as ASGI has them: tuples of bytes, names in lower case.
pub(crate) type Tuples<'py> = SmallVec<[Bound<'py, PyTuple>; 8]>;

const NAMES: usize = FieldName::ALL.len();

/// A policy's image: an object of Python's that no code of Python sees, as its counter of references is cheaper than an atomic one.
/// It holds nothing of Python but bytes, so that a decision can outlive the policy and no cycle can form.
#[pyclass(frozen)]
pub(crate) struct Compiled {
    /// What the core compiled or has opened, and nothing else.
    image: Box<[u8]>,
    /// The fields whose value is the policy's, on preflights and on other responses: each is made when it is first sent.
    constants: [PyOnceLock<Py<PyTuple>>; NAMES * 2],
}

impl Compiled {
    /// Takes an image that the core has just compiled, or has opened.
    pub(crate) fn new(image: Vec<u8>) -> Self {
        Self { image: image.into_boxed_slice(), constants: [const { PyOnceLock::new() }; NAMES * 2] }
    }

    /// The policy, to decide with.
    ///
    /// `PolicyRef::open` checks every byte, and so takes time with the size of the policy; it must not run per request. These bytes
    /// were compiled by this process or opened once before they came here, and cannot change.
    #[inline]
    pub(crate) fn policy(&self) -> PolicyRef<'_> {
        PolicyRef::__built(&self.image)
    }

    pub(crate) fn image(&self) -> &[u8] {
        &self.image
    }

    /// The response fields of a decision about what `arrived`.
    pub(crate) fn tuples<'py, 'f>(
        &self,
        py: Python<'py>,
        arrived: &Arrived,
        kind: Kind,
        fields: impl Iterator<Item = ResponseField<'f>>,
    ) -> PyResult<Tuples<'py>> {
        fields.map(|field| self.tuple(py, arrived, kind, &field)).collect()
    }

    /// One response field. A value of the policy is made once; one of the request is the object that came with it.
    fn tuple<'py>(
        &self,
        py: Python<'py>,
        arrived: &Arrived,
        kind: Kind,
        field: &ResponseField<'_>,
    ) -> PyResult<Bound<'py, PyTuple>> {
        let make = |value: Bound<'py, PyBytes>| (name(py, field.name), value).into_pyobject(py);
        if self.image.as_ptr_range().contains(&field.value.as_ptr()) {
            // A value that lies in the image is the same on every response of its kind.
            let number = usize::from(field.name.number()) + if kind == Kind::Preflight { NAMES } else { 0 };
            let constant = &self.constants[number];
            let made = constant.get_or_try_init(py, || make(PyBytes::new(py, field.value)).map(Bound::unbind))?;
            return Ok(made.bind(py).clone());
        }
        match arrived.object_of(py, field.value) {
            Some(value) => make(value.bind(py).clone()),
            None => make(PyBytes::new(py, field.value)),
        }
    }
}

/// The names of all response fields in lower case.
pub(crate) fn names() -> Vec<&'static str> {
    FieldName::ALL.iter().map(|name| name.lower()).collect()
}

/// A field's name in lower case.
pub(crate) fn name(py: Python<'_>, name: FieldName) -> Bound<'_, PyBytes> {
    static LOWER: PyOnceLock<[Py<PyBytes>; NAMES]> = PyOnceLock::new();
    let names = LOWER.get_or_init(py, || {
        std::array::from_fn(|number| PyBytes::new(py, FieldName::ALL[number].lower().as_bytes()).unbind())
    });
    names[usize::from(name.number())].bind(py).clone()
}
