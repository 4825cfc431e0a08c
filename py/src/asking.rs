//! The questions to a policy with its hooks, as the classes and the wrappers ask them.

use corsac::{Request, ScreenRequest};
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
        // Most policies have no hooks, and to them no origin has to be prepared.
        let decision = if self.hooks().is_empty() {
            self.policy().decide(request)
        } else {
            self.policy().decide_with(request, |origin| self.hooks().ask(py, origin, &mut answer))
        };
        (decision, answer)
    }

    /// Screens, asking the hooks.
    pub(crate) fn screen_asking<'r>(
        &'r self,
        py: Python<'_>,
        request: &'r ScreenRequest<'r>,
    ) -> (corsac::Screening<'r, 'r>, Answer) {
        let mut answer = Answer::default();
        let screening = self.policy().screen_with(request, |origin| self.hooks().ask(py, origin, &mut answer));
        (screening, answer)
    }
}
