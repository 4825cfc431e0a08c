//! The questions to a policy with its hooks, as the classes and the wrappers ask them.

use corsac::{GuardRequest, Request, ScreenRequest};
use pyo3::prelude::*;

use crate::hooks::Answer;
use crate::policy::Policy;

impl Policy {
    /// Decides, asking the hooks where there are some.
    #[inline]
    pub(crate) fn decide_asking<'r>(
        &'r self,
        py: Python<'_>,
        request: &'r Request<'r>,
    ) -> (corsac::Decision<'r, 'r>, Answer) {
        let mut answer = Answer::default();
        let decision = if self.hooks().is_empty() {
            self.policy().decide(request)
        } else {
            self.policy().decide_with(request, |origin| self.hooks().ask(py, origin, &mut answer))
        };
        (decision, answer)
    }

    /// As [`decide_asking`](Self::decide_asking), for `guard`.
    pub(crate) fn guard_asking<'r>(
        &'r self,
        py: Python<'_>,
        request: &'r GuardRequest<'r>,
    ) -> (corsac::Verdict<'r, 'r>, Answer) {
        let mut answer = Answer::default();
        let verdict = if self.hooks().is_empty() {
            self.policy().guard(request)
        } else {
            self.policy().guard_with(request, |origin| self.hooks().ask(py, origin, &mut answer))
        };
        (verdict, answer)
    }

    /// As [`decide_asking`](Self::decide_asking), for `check_websocket`.
    pub(crate) fn check_websocket_asking<'r>(
        &'r self,
        py: Python<'_>,
        request: &'r GuardRequest<'r>,
    ) -> (corsac::Verdict<'r, 'r>, Answer) {
        let mut answer = Answer::default();
        let verdict = if self.hooks().is_empty() {
            self.policy().check_websocket(request)
        } else {
            self.policy().check_websocket_with(request, |origin| self.hooks().ask(py, origin, &mut answer))
        };
        (verdict, answer)
    }

    /// As [`decide_asking`](Self::decide_asking), for `screen`.
    pub(crate) fn screen_asking<'r>(
        &'r self,
        py: Python<'_>,
        request: &'r ScreenRequest<'r>,
    ) -> (corsac::Screening<'r, 'r>, Answer) {
        let mut answer = Answer::default();
        let screening = if self.hooks().is_empty() {
            self.policy().screen(request)
        } else {
            self.policy().screen_with(request, |origin| self.hooks().ask(py, origin, &mut answer))
        };
        (screening, answer)
    }
}
