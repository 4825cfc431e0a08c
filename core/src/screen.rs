//! All verdicts in one call, in the order in which each may believe what those before it have checked.

use crate::decision::{Action, Decision, Finding};
use crate::guard::{judge_handshake, judge_sender};
use crate::image::{Flags, PolicyRef, head};
use crate::refusal::Refusal;
use crate::request::Kind;
use crate::response::ResponseField;
use crate::screen_request::ScreenRequest;
use crate::verdict::{Asked, Pass, Question, Verdict};

/// The answer to a request from every verdict. It borrows from the policy and from the request.
///
/// # Examples
///
/// ```
/// use corsac::{Action, Question, ScreenRequest, policy};
///
/// let policy = policy! { allow_origins: &["https://app.example.com"], allow_hosts: &["api.example.com"] };
/// let post = |host, origin| ScreenRequest::from_fields("POST", [("Host", host), ("Origin", origin)]);
///
/// let request = post("api.example.com", "https://app.example.com");
/// let screening = policy.screen(&request);
/// assert_eq!(screening.action(), Action::Continue);
/// assert!(screening.fields().any(|field| field.name.as_str() == "Access-Control-Allow-Origin"));
///
/// let forged = post("api.example.com", "https://evil.example");
/// let screening = policy.screen(&forged);
/// assert_eq!(screening.action(), Action::Respond(403));
/// assert_eq!(screening.stopped_by().map(|verdict| verdict.question()), Some(Question::Guard));
///
/// let rebound = post("rebound.evil.example", "http://rebound.evil.example");
/// assert_eq!(policy.screen(&rebound).action(), Action::Respond(421));
/// ```
#[derive(Clone, Debug)]
#[must_use = "a stopped request goes on unless the action is looked at"]
pub struct Screening<'p, 'r> {
    pub(crate) decision: Decision<'p, 'r>,
    request: &'r ScreenRequest<'r>,
    stop: Option<(Question, Refusal)>,
}

impl<'p> PolicyRef<'p> {
    /// Asks every verdict about a request, and stops at the first refusal: [`check_host`](Self::check_host), without which nothing
    /// may believe `Host`; for the handshake of a WebSocket [`check_websocket`](Self::check_websocket), else
    /// [`guard`](Self::guard); and last [`decide`](Self::decide), whose refusals are the browser's to enforce.
    ///
    /// Without `allow_hosts` and names of the server's own every host is refused; a server that checks `Host` by itself says
    /// [`with_checked_host`](ScreenRequest::with_checked_host). Under `*` a preflight may be granted whose request is then refused:
    /// `*` lets every page read and trusts none to act.
    ///
    /// CORS has nothing to say to a handshake and to the server's own pages, whatever their method: neither is
    /// [refused](Screening::refusal) by it.
    ///
    /// # Complexity
    ///
    /// As [`decide`](Self::decide); the origin is looked up once for all.
    pub fn screen<'r>(&self, request: &'r ScreenRequest<'r>) -> Screening<'p, 'r>
    where
        'p: 'r,
    {
        self.screen_or_ask(request, None::<fn(&[u8]) -> bool>)
    }

    /// [`screen`](Self::screen), with the host's own list of origins.
    ///
    /// `ask` is called at most once, as by [`decide_with`](Self::decide_with), and under `*` as by
    /// [`guard_with`](Self::guard_with). A request of a host that is not the server's own asks nobody.
    pub fn screen_with<'r>(&self, request: &'r ScreenRequest<'r>, ask: impl FnOnce(&[u8]) -> bool) -> Screening<'p, 'r>
    where
        'p: 'r,
    {
        self.screen_or_ask(request, Some(ask))
    }

    #[inline]
    fn screen_or_ask<'r>(
        &self,
        request: &'r ScreenRequest<'r>,
        ask: Option<impl FnOnce(&[u8]) -> bool>,
    ) -> Screening<'p, 'r>
    where
        'p: 'r,
    {
        let (cors, guard) = (&request.cors, &request.guard);
        let host =
            if request.host_is_checked { Ok(()) } else { self.judge_host(guard.host(), request.own_names).map(drop) };
        let ask = ask.filter(|_| host.is_ok());
        let kind = cors.kind();
        if kind == Kind::Preflight {
            // Only its host can stop it: `OPTIONS` is a safe method and opens no WebSocket.
            let stop = host.err().map(|refusal| (Question::Host, refusal));
            let mut decision = self.preflight(cors, ask);
            if stop.is_some() {
                decision.drop_grants();
            }
            return Screening { decision, request, stop };
        }
        // `*` decides without the host's function, which the guard may then ask.
        let is_any = self.flags().has(Flags::ANY_ORIGIN);
        let (ask, ask_later) = if is_any { (None, ask) } else { (ask, None) };
        let finding = if kind == Kind::Actual { self.find_origin(cors, ask) } else { Finding::Nothing };
        let trust = |origin: &[u8]| match ask_later {
            Some(ask) => self.trust_origin(origin, Some(ask)),
            None => finding.trusted(self, origin),
        };
        let (question, outcome) = match host {
            Err(refusal) => (Question::Host, Err(refusal)),
            Ok(()) if !request.asks_guard => (Question::Host, Ok(())),
            Ok(()) if request.is_websocket_handshake() => {
                (Question::WebSocket, judge_handshake(guard, trust).map(drop))
            }
            Ok(()) => (Question::Guard, self.judge_request(guard, trust).map(drop)),
        };
        let stop = outcome.err().map(|refusal| (question, refusal));
        Screening { decision: self.actual(cors, finding), request, stop }
    }

    /// Whether `allow_hosts` has an entry. Without one, and without names of its own, a server that asks
    /// [`check_host`](Self::check_host) refuses every request.
    ///
    /// ```
    /// assert!(!corsac::policy! { allow_origins: &["*"] }.lists_hosts());
    /// assert!(corsac::policy! { allow_hosts: &["api.example.com"] }.lists_hosts());
    /// ```
    pub fn lists_hosts(&self) -> bool {
        self.table(head::HOSTS).span.records != 0
    }
}

impl<'p, 'r> Screening<'p, 'r> {
    /// What kind of request it is to CORS.
    pub fn kind(&self) -> Kind {
        self.decision.kind()
    }

    /// The verdict that stopped the request; `None` where it goes the way of the CORS decision.
    pub fn stopped_by(&self) -> Option<Verdict<'p, 'r>> {
        let (question, refusal) = self.stop?;
        Some(self.verdict(question, Err(refusal)))
    }

    /// The verdict by which a page of the server's own may act, where no verdict stopped it. Only a refusal and its explanation need
    /// it, so that it is asked there and not about every request.
    pub(crate) fn passed_as_own(&self) -> Option<Verdict<'p, 'r>> {
        // The browser sends no preflight for such a page.
        if self.stop.is_some() || self.kind() == Kind::Preflight {
            return None;
        }
        let guard = &self.request.guard;
        let (question, outcome) = if self.request.is_websocket_handshake() {
            (Question::WebSocket, judge_handshake(guard, |_| None))
        } else {
            (Question::Guard, judge_sender(guard, |_| None))
        };
        matches!(outcome, Ok(Pass::SameOrigin | Pass::OwnHost)).then(|| self.verdict(question, outcome))
    }

    fn verdict(&self, question: Question, outcome: Result<Pass, Refusal>) -> Verdict<'p, 'r> {
        let guard = &self.request.guard;
        let asked = match question {
            Question::Guard => Asked::Guard(guard),
            Question::WebSocket => Asked::WebSocket(guard),
            Question::Host => Asked::Host(guard.host(), self.request.own_names),
        };
        Verdict { policy: self.decision.policy, asked, outcome }
    }

    /// The CORS decision where no verdict stopped the request; `None` where one did, and nothing was decided that counts.
    pub fn decision(&self) -> Option<&Decision<'p, 'r>> {
        if self.stop.is_some() { None } else { Some(&self.decision) }
    }

    /// The first refusal: that of the verdict that stopped the request, else that of the CORS decision. To a request of a page of the
    /// server's own, which need not be in the policy, and to a handshake CORS has nothing to say.
    pub fn refusal(&self) -> Option<Refusal> {
        if let Some((_, refusal)) = self.stop {
            return Some(refusal);
        }
        let refusal = self.decision.refusal()?;
        let is_handshake = || self.kind() != Kind::Preflight && self.request.is_websocket_handshake();
        if is_handshake() || self.passed_as_own().is_some() { None } else { Some(refusal) }
    }

    /// What the server does next.
    pub fn action(&self) -> Action {
        match self.stop {
            Some((_, refusal)) => Action::Respond(refusal.status()),
            None => self.decision.action(),
        }
    }

    /// The status to respond with, or `None` to continue to the application.
    pub fn status(&self) -> Option<u16> {
        match self.action() {
            Action::Respond(status) => Some(status),
            Action::Continue => None,
        }
    }

    /// The response fields that the server has to send, as [`Decision::fields`] says: with a request that was stopped too, so that a
    /// page that may read answers can read this one; but a preflight that was stopped allows nothing.
    pub fn fields(&self) -> impl Iterator<Item = ResponseField<'r>> + use<'_, 'p, 'r>
    where
        'p: 'r,
    {
        self.decision.fields()
    }
}
