//! Who answers: the core itself, or a server that an adapter of it stands in.

use std::sync::Arc;

use axum::body::Bytes;
use corsac_browser::{Header, WireResponse};

use crate::case::Case;
use crate::predict::{Application, answer};
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
    /// A server, which gets every request with its path, or with what of it comes after the case.
    Server { origin: String, path: Path, client: reqwest::Client },
}

/// Which path a server gets.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Path {
    Whole,
    BehindTheCase,
}

impl Backend {
    /// A server at that origin.
    pub(crate) fn server(origin: String, path: Path) -> Result<Self, reqwest::Error> {
        let client = reqwest::Client::builder().no_proxy().redirect(reqwest::redirect::Policy::none()).build()?;
        Ok(Self::Server { origin, path, client })
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
                let (response, _) = answer(&case.policy, method, fields, &Application::of(case));
                Ok((response, Bytes::from_static(BODY)))
            }
            Self::Fixed(answers) => {
                let [preflight, actual] = answers.get(id).ok_or("no such case")?;
                let response = if method == "OPTIONS" { preflight } else { actual };
                Ok((response.clone(), Bytes::from_static(BODY)))
            }
            Self::Server { origin, path: kind, client } => {
                let path = match kind {
                    Path::Whole => path,
                    Path::BehindTheCase => {
                        path.get(1..).and_then(|path| path.splitn(3, '/').nth(2)).ok_or("no path behind the case")?
                    }
                };
                let slash = if path.starts_with('/') { "" } else { "/" };
                let method = reqwest::Method::from_bytes(method.as_bytes()).map_err(|error| error.to_string())?;
                let mut request = client.request(method, format!("{origin}{slash}{path}"));
                // A device that is asked by its own address knows no other name.
                let is_dropped = |name: &str| name == "connection" || *kind == Path::BehindTheCase && name == "host";
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
