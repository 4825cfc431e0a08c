//! The layer, and what can be said of it.

use std::fmt;
use std::sync::Arc;

use corsac::Scheme;
use tower_layer::Layer;

use crate::policy::{Policy, SharedPolicy};
use crate::service::{Cors, Refused};

/// Makes a [`Cors`] of a service.
///
/// Cloning it, and cloning its services, is cheap; they share one policy.
#[must_use]
#[derive(Clone)]
pub struct CorsLayer {
    pub(crate) source: Source,
    pub(crate) options: Options,
    pub(crate) ask: Option<Ask>,
    pub(crate) on_refusal: Option<OnRefusal>,
}

/// Where the policy is.
#[derive(Clone, Debug)]
pub(crate) enum Source {
    Fixed(Policy),
    Shared(SharedPolicy),
}

/// Whom to ask about an origin that no entry takes.
pub(crate) type Ask = Arc<dyn Fn(&[u8]) -> bool + Send + Sync>;

/// Who hears of refusals.
pub(crate) type OnRefusal = Arc<dyn Fn(&Refused<'_>) + Send + Sync>;

/// What is asked beside CORS.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Options {
    pub(crate) guard: bool,
    pub(crate) check_host: bool,
    pub(crate) scheme: Option<Scheme>,
}

impl CorsLayer {
    /// A layer with this policy.
    pub fn new(policy: impl Into<Policy>) -> Self {
        Self::of(Source::Fixed(policy.into()))
    }

    /// A layer with the policy that is in this place when a request comes.
    pub fn shared(policy: &SharedPolicy) -> Self {
        Self::of(Source::Shared(policy.clone()))
    }

    fn of(source: Source) -> Self {
        Self { source, options: Options::default(), ask: None, on_refusal: None }
    }

    /// Asks this function about an origin that no entry of the policy takes, as [`decide_with`](corsac::PolicyRef::decide_with) does:
    /// only about well-formed origins, at most once a request.
    pub fn allow_origin_fn(mut self, ask: impl Fn(&[u8]) -> bool + Send + Sync + 'static) -> Self {
        self.ask = Some(Arc::new(ask));
        self
    }

    /// Also refuses requests that a page of another site has made and that may change something, and WebSocket handshakes from other
    /// origins: the [guard](corsac::PolicyRef::guard) against cross-site request forgery, which CORS is not.
    pub fn guard(mut self) -> Self {
        self.options.guard = true;
        self
    }

    /// Also refuses requests whose host is not in `allow_hosts`: the [check](corsac::PolicyRef::check_host) against DNS rebinding. A policy
    /// without such a list then refuses every request. An address in the request line counts as the host beside `Host`, so that two
    /// that differ are refused.
    pub fn check_host(mut self) -> Self {
        self.options.check_host = true;
        self
    }

    /// Says by which scheme browsers reach the server, which only the server knows: a page that came by `http` on the same host is then not
    /// taken for the server's own. Matters to [`guard`](Self::guard) alone.
    pub fn scheme(mut self, scheme: Scheme) -> Self {
        self.options.scheme = Some(scheme);
        self
    }

    /// Calls this function with each refusal: for logs. A page of the server's own, which need not be in the policy, is told from others
    /// by the guard, and without it a request of such a page that says its origin is heard of too.
    ///
    /// ```
    /// # use corsac_tower::{Config, CorsLayer, Policy};
    /// # let policy = Policy::compile(&Config::CLOSED).unwrap();
    /// let layer = CorsLayer::new(policy).on_refusal(|refused| eprintln!("{}: {}", refused.refusal(), refused));
    /// # drop(layer);
    /// ```
    pub fn on_refusal(mut self, hear: impl Fn(&Refused<'_>) + Send + Sync + 'static) -> Self {
        self.on_refusal = Some(Arc::new(hear));
        self
    }
}

impl<S> Layer<S> for CorsLayer {
    type Service = Cors<S>;

    fn layer(&self, inner: S) -> Cors<S> {
        Cors::new(inner, self.clone())
    }
}

impl fmt::Debug for CorsLayer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("CorsLayer")
            .field("policy", &self.source)
            .field("options", &self.options)
            .field("allow_origin_fn", &self.ask.is_some())
            .finish_non_exhaustive()
    }
}
