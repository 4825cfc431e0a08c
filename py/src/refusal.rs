//! The enum `Refusal`, which Python makes from the table here.

use corsac::Refusal;
use pyo3::prelude::*;
use pyo3::sync::PyOnceLock;
use pyo3::types::PyTuple;

/// Slug, number and sentence of every reason.
pub(crate) fn table() -> Vec<(&'static str, u8, &'static str)> {
    Refusal::ALL.iter().map(|refusal| (refusal.slug(), refusal.number(), refusal.sentence())).collect()
}

/// The member of `corsac.Refusal` for a reason.
pub(crate) fn member<'py>(py: Python<'py>, refusal: Option<Refusal>) -> PyResult<Option<Bound<'py, PyAny>>> {
    // In the order of `Refusal::ALL`, as the enum is made from the same table.
    static MEMBERS: PyOnceLock<Py<PyTuple>> = PyOnceLock::new();
    let Some(refusal) = refusal else { return Ok(None) };
    let members = MEMBERS.get_or_try_init(py, || {
        let members = py.import("corsac.refusal")?.getattr("Refusal")?.try_iter()?.collect::<PyResult<Vec<_>>>()?;
        PyTuple::new(py, members).map(Bound::unbind)
    })?;
    match Refusal::ALL.iter().position(|one| *one == refusal) {
        Some(position) => members.bind(py).get_item(position).map(Some),
        None => Ok(None),
    }
}
