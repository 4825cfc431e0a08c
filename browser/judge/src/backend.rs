//! Who answers: the core itself, or a server that an adapter of it stands in.

use core::time::Duration;
use std::sync::Arc;

use axum::body::Bytes;
use corsac_browser::{Header, WireResponse};

use crate::case::Case;
use crate::predict::{Application, Decided, answer, lines};
use crate::tap::fields_of;

/// What every application answers with.
pub(crate) const BODY: &[u8] = b"body";

/// Who answers the requests.
#[derive(Clone, Debug)]
pub(crate) enum Backend {
    /// The core, by the policies of the cases.
    Core(Arc<Vec<Case>>),
    /// Fixed answers, whoever asks: the one to preflights, and the one to everything else.
    Fixed(Arc<Vec<[WireResponse; 2]>>),
    /// A server, which gets every request.
    Server { origin: String, behind: Behind, client: reqwest::Client },
}

/// What is known of the application behind a server.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Behind {
    /// It is the case's, whatever the method.
    Case,
    /// It is the case's for these methods, and 405 for all others.
    CaseFor(&'static [&'static str]),
    /// It is the case's, but its fields are those of the place and so on preflights too: nginx has no applications.
    Place,
    /// One of its own, which gets what of the path comes after the case.
    Device,
}

impl Behind {
    /// Who answers a request that is no preflight, where an application would with that status.
    pub(crate) fn answerer(self, status: u16, method: &str, fields: &[Header]) -> Answerer {
        match self {
            Self::CaseFor(methods) if !methods.contains(&method) => Answerer::Server(405),
            // It asks for `ETag`, and no value that is made is that.
            Self::Place if status == 200 && lines(fields, "if-match").next().is_some() => Answerer::Server(412),
            Self::Case | Self::CaseFor(_) | Self::Place => Answerer::Application,
            Self::Device => Answerer::Unknown,
        }
    }
}

/// Who answers a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Answerer {
    /// The case's application.
    Application,
    /// The server by itself, with that status and whatever fields.
    Server(u16),
    /// An application of which nothing is known.
    Unknown,
}

/// How long a server may take to answer.
const PATIENCE: Duration = Duration::from_secs(60);

impl Backend {
    /// A server at that origin.
    pub(crate) fn server(origin: String, behind: Behind) -> Result<Self, reqwest::Error> {
        let client = reqwest::Client::builder().no_proxy().redirect(reqwest::redirect::Policy::none());
        // No connection is used twice, as the server may be closing it. Names were lower-cased on the way here: `X-A` goes on so, and
        // not as `x-a`, as HTTP/1.1 has Chromium's own names too.
        let client = client.timeout(PATIENCE).pool_max_idle_per_host(0).http1_title_case_headers().build()?;
        Ok(Self::Server { origin, behind, client })
    }

    /// What is known of the application.
    pub(crate) const fn behind(&self) -> Behind {
        match self {
            Self::Core(_) | Self::Fixed(_) => Behind::Case,
            Self::Server { behind, .. } => *behind,
        }
    }

    /// The answer to one request, and its body.
    pub(crate) async fn answer(
        &self,
        id: usize,
        path: &str,
        method: &str,
        fields: &[Header],
        body: Bytes,
    ) -> Result<(WireResponse, Bytes), String> {
        match self {
            Self::Core(cases) => {
                let case = cases.get(id).ok_or("no such case")?;
                let decided = Decided::of(&case.policy, method, fields, None);
                let body = if decided.status.is_none() { BODY } else { &[] };
                Ok((answer(decided, &Application::of(case)), Bytes::from_static(body)))
            }
            Self::Fixed(answers) => {
                let [preflight, actual] = answers.get(id).ok_or("no such case")?;
                let response = if method == "OPTIONS" { preflight } else { actual };
                Ok((response.clone(), Bytes::from_static(BODY)))
            }
            Self::Server { origin, behind, client } => {
                let path = match behind {
                    Behind::Case | Behind::CaseFor(_) | Behind::Place => path,
                    Behind::Device => {
                        path.get(1..).and_then(|path| path.splitn(3, '/').nth(2)).ok_or("no path behind the case")?
                    }
                };
                let slash = if path.starts_with('/') { "" } else { "/" };
                let method = reqwest::Method::from_bytes(method.as_bytes()).map_err(|error| error.to_string())?;
                let mut request = client.request(method, format!("{origin}{slash}{path}"));
                // A device that is asked by its own address knows no other name.
                let is_dropped = |name: &str| name == "connection" || *behind == Behind::Device && name == "host";
                for (name, value) in fields.iter().filter(|(name, _)| !is_dropped(name)) {
                    request = request.header(name, value.as_slice());
                }
                let response = request.body(body).send().await.map_err(|error| format!("{error:?}"))?;
                let (status, fields) = (response.status().as_u16(), fields_of(response.headers()));
                let body = response.bytes().await.map_err(|error| error.to_string())?;
                Ok((WireResponse { status, fields }, body))
            }
        }
    }
}
