//! The service: one decision a request, and its fields on whatever is answered.

use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use corsac::Refusal;
use http::{HeaderMap, Request, Response, StatusCode};
use pin_project_lite::pin_project;
use tower_service::Service;

use crate::fields::{self, Fields, KeptAnswer};
use crate::layer::{CorsLayer, Source};
use crate::policy::Compiled;
use crate::request::{self, Origin};

/// A service with CORS around it; made by [`CorsLayer`].
#[must_use]
#[derive(Clone, Debug)]
pub struct Cors<S> {
    inner: S,
    layer: CorsLayer,
}

/// A refusal, and why; its [`Display`](fmt::Display) is the whole explanation, which is only made when it is asked for.
pub struct Refused<'a> {
    refusal: Refusal,
    explanation: &'a dyn fmt::Display,
}

impl Refused<'_> {
    /// The reason, as a number, a name and a general sentence.
    pub fn refusal(&self) -> Refusal {
        self.refusal
    }
}

impl fmt::Display for Refused<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.explanation.fmt(f)
    }
}

impl fmt::Debug for Refused<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Refused").field("refusal", &self.refusal).finish_non_exhaustive()
    }
}

/// What becomes of a request.
enum Next {
    Respond(StatusCode, HeaderMap),
    Continue(Fields),
}

impl<S> Cors<S> {
    pub(crate) fn new(inner: S, layer: CorsLayer) -> Self {
        Self { inner, layer }
    }

    /// The service inside.
    pub fn get_ref(&self) -> &S {
        &self.inner
    }

    /// The service inside, to be changed.
    pub fn get_mut(&mut self) -> &mut S {
        &mut self.inner
    }

    /// The service inside, without CORS.
    pub fn into_inner(self) -> S {
        self.inner
    }

    fn next<B>(&self, request: &Request<B>) -> Next {
        match &self.layer.source {
            Source::Fixed(policy) => self.next_by(policy.compiled(), request),
            Source::Shared(shared) => self.next_by(&shared.compiled(), request),
        }
    }

    fn next_by<B>(&self, compiled: &Compiled, request: &Request<B>) -> Next {
        let options = &self.layer.options;
        if options.guard || options.check_host {
            return self.screened(compiled, request);
        }
        let (cors, origin) = request::cors(request.method(), request.headers());
        let decision = match &self.layer.ask {
            None => compiled.policy().decide(&cors),
            Some(ask) => compiled.policy().decide_with(&cors, |origin| ask(origin)),
        };
        if let (Some(refusal), Some(hear)) = (decision.refusal(), &self.layer.on_refusal) {
            hear(&Refused { refusal, explanation: &decision.explain() });
        }
        match decision.status() {
            None => Next::Continue(Fields::of(compiled, origin, decision.fields())),
            Some(status) => {
                let make = || KeptAnswer::new(compiled, status, decision.fields());
                let kept = compiled.kept_answer(decision.refusal().is_none(), make);
                let headers = kept.and_then(|kept| kept.with(origin, decision.fields()));
                let anew = || fields::answer(compiled, request.headers(), status, decision.fields());
                respond(status, headers.unwrap_or_else(anew))
            }
        }
    }

    /// With the verdicts beside CORS.
    fn screened<B>(&self, compiled: &Compiled, request: &Request<B>) -> Next {
        let options = &self.layer.options;
        let mut whole = request::whole(request, options.scheme);
        if !options.check_host {
            whole = whole.with_checked_host();
        }
        if !options.guard {
            whole = whole.without_guard();
        }
        let ask = self.layer.ask.as_ref();
        let screening = compiled.policy().screen_with(&whole, |origin| ask.is_some_and(|ask| ask(origin)));
        if let (Some(refusal), Some(hear)) = (screening.refusal(), &self.layer.on_refusal) {
            hear(&Refused { refusal, explanation: &screening.explain() });
        }
        match screening.status() {
            None => Next::Continue(Fields::of(compiled, Origin::of(request.headers()), screening.fields())),
            Some(status) => respond(status, fields::answer(compiled, request.headers(), status, screening.fields())),
        }
    }
}

fn respond(status: u16, headers: HeaderMap) -> Next {
    // A policy has no status that `http` does not.
    Next::Respond(StatusCode::from_u16(status).unwrap_or(StatusCode::FORBIDDEN), headers)
}

impl<S, B, R> Service<Request<B>> for Cors<S>
where
    S: Service<Request<B>, Response = Response<R>>,
    R: Default,
{
    type Response = Response<R>;
    type Error = S::Error;
    type Future = ResponseFuture<S::Future>;

    #[inline]
    fn poll_ready(&mut self, context: &mut Context<'_>) -> Poll<Result<(), S::Error>> {
        self.inner.poll_ready(context)
    }

    fn call(&mut self, request: Request<B>) -> Self::Future {
        match self.next(&request) {
            Next::Continue(fields) => {
                ResponseFuture { state: State::Inner { future: self.inner.call(request), fields } }
            }
            Next::Respond(status, headers) => {
                ResponseFuture { state: State::Answered { answer: Some((status, headers)) } }
            }
        }
    }
}

pin_project! {
    /// The response of [`Cors`].
    pub struct ResponseFuture<F> {
        #[pin]
        state: State<F>,
    }
}

pin_project! {
    #[project = StateProjected]
    enum State<F> {
        Inner {
            #[pin]
            future: F,
            fields: Fields,
        },
        Answered {
            answer: Option<(StatusCode, HeaderMap)>,
        },
    }
}

impl<F, R, E> Future for ResponseFuture<F>
where
    F: Future<Output = Result<Response<R>, E>>,
    R: Default,
{
    type Output = Result<Response<R>, E>;

    fn poll(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        match self.project().state.project() {
            StateProjected::Inner { future, fields } => {
                let mut response = ready!(future.poll(context))?;
                fields.put_into(response.headers_mut());
                Poll::Ready(Ok(response))
            }
            StateProjected::Answered { answer } => {
                let (status, headers) = answer.take().expect("a future that has answered is not polled again");
                let mut response = Response::new(R::default());
                *response.status_mut() = status;
                *response.headers_mut() = headers;
                Poll::Ready(Ok(response))
            }
        }
    }
}

impl<F> fmt::Debug for ResponseFuture<F> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ResponseFuture").finish_non_exhaustive()
    }
}
