//! The questions to a policy with its hooks, as the classes and the wrappers ask them.

use corsac::{GuardRequest, Request, ScreenRequest};
use pyo3::prelude::*;

use crate::hooks::Answer;
use crate::policy::Policy;

impl Policy {
    /// Asks without the hooks where there are none, else with them.
    #[inline]
    fn asking<T>(&self, plain: impl FnOnce() -> T, with_hooks: impl FnOnce(&mut Answer) -> T) -> (T, Answer) {
        let mut answer = Answer::default();
        let said = if self.hooks().is_empty() { plain() } else { with_hooks(&mut answer) };
        (said, answer)
    }

    /// Decides, asking the hooks where there are some.
    #[inline]
    pub(crate) fn decide_asking<'r>(
        &'r self,
        py: Python<'_>,
        request: &'r Request<'r>,
    ) -> (corsac::Decision<'r, 'r>, Answer) {
        self.asking(
            || self.policy().decide(request),
            |answer| self.policy().decide_with(request, |origin| self.hooks().ask(py, origin, answer)),
        )
    }

    /// As [`decide_asking`](Self::decide_asking), for `guard`.
    pub(crate) fn guard_asking<'r>(
        &'r self,
        py: Python<'_>,
        request: &'r GuardRequest<'r>,
    ) -> (corsac::Verdict<'r, 'r>, Answer) {
        self.asking(
            || self.policy().guard(request),
            |answer| self.policy().guard_with(request, |origin| self.hooks().ask(py, origin, answer)),
        )
    }

    /// As [`decide_asking`](Self::decide_asking), for `check_websocket`.
    pub(crate) fn check_websocket_asking<'r>(
        &'r self,
        py: Python<'_>,
        request: &'r GuardRequest<'r>,
    ) -> (corsac::Verdict<'r, 'r>, Answer) {
        self.asking(
            || self.policy().check_websocket(request),
            |answer| self.policy().check_websocket_with(request, |origin| self.hooks().ask(py, origin, answer)),
        )
    }

    /// As [`decide_asking`](Self::decide_asking), for `screen`.
    pub(crate) fn screen_asking<'r>(
        &'r self,
        py: Python<'_>,
        request: &'r ScreenRequest<'r>,
    ) -> (corsac::Screening<'r, 'r>, Answer) {
        self.asking(
            || self.policy().screen(request),
            |answer| self.policy().screen_with(request, |origin| self.hooks().ask(py, origin, answer)),
        )
    }
}
