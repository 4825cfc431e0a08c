//! The server that pages call: it passes requests on to whoever decides, answers with what comes back, and writes both down.

use std::collections::{BTreeMap, BTreeSet};
use std::io;
use std::net::{Ipv4Addr, Ipv6Addr};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, RwLock};

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::extract::State;
use axum::http::{HeaderMap, HeaderName, HeaderValue, Request, Response, StatusCode, header};
use corsac_browser::{Header, WireResponse};
use tokio::net::TcpListener;

use crate::backend::Backend;
use crate::case::in_run;
use crate::page::{FRAMING, PAGE, PLAIN, SANDBOXED};
use crate::plant::{Place, Plant};

/// What went by: requests and responses as they were, and the borders between the calls of one case.
#[derive(Clone, Debug)]
pub(crate) enum Passed {
    Exchange(Recorded),
    Border,
}

impl Passed {
    pub(crate) const fn exchange(&self) -> Option<&Recorded> {
        match self {
            Self::Exchange(recorded) => Some(recorded),
            Self::Border => None,
        }
    }
}

/// A request and the server's answer to it, which is what was sent unless a mistake was made on the way.
#[derive(Clone, Debug)]
pub(crate) struct Recorded {
    pub(crate) is_preflight: bool,
    pub(crate) method: String,
    pub(crate) request: Vec<Header>,
    pub(crate) answered: WireResponse,
}

/// One run: who answers, which mistake is made, and what went by, by case.
#[derive(Debug)]
pub(crate) struct Run {
    pub(crate) backend: Backend,
    pub(crate) plant: Option<Plant>,
    /// By which its URLs are told from those of other runs.
    pub(crate) number: usize,
    log: Mutex<Log>,
}

#[derive(Debug, Default)]
pub(crate) struct Log {
    pub(crate) passed: BTreeMap<usize, Vec<Passed>>,
    /// The cases in which the mistake was made.
    pub(crate) spoiled: BTreeSet<usize>,
    pub(crate) faults: Vec<String>,
}

impl Run {
    pub(crate) fn new(number: usize, backend: Backend, plant: Option<Plant>) -> Arc<Self> {
        Arc::new(Self { backend, plant, number, log: Mutex::default() })
    }

    pub(crate) fn log(&self) -> MutexGuard<'_, Log> {
        self.log.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The tap, and the pages on another port.
#[derive(Debug)]
pub(crate) struct Tap {
    pub(crate) port: u16,
    pub(crate) page_port: u16,
    run: Arc<RwLock<Option<Arc<Run>>>>,
}

impl Tap {
    /// Serves both on free ports, until the process ends.
    pub(crate) async fn start() -> io::Result<Self> {
        let run = Arc::new(RwLock::new(None));
        let port = serve(Router::new().fallback(pass).with_state(Arc::clone(&run))).await?;
        let html = |page| {
            let answer = ([(header::CONTENT_TYPE, "text/html")], page);
            axum::routing::get(move || async move { answer })
        };
        let page_port = serve(Router::new().route(PLAIN, html(PAGE)).route(SANDBOXED, html(FRAMING))).await?;
        Ok(Self { port, page_port, run })
    }

    /// From now on, requests belong to that run.
    pub(crate) fn turn_to(&self, run: &Arc<Run>) {
        *self.run.write().unwrap_or_else(PoisonError::into_inner) = Some(Arc::clone(run));
    }
}

/// Serves on a free port of the loopback addresses.
pub(crate) async fn serve(router: Router) -> io::Result<u16> {
    const ATTEMPTS: usize = 20;
    let mut attempts = 0;
    loop {
        attempts += 1;
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?;
        let port = listener.local_addr()?.port();
        // Where there is IPv6, browsers try it first for `localhost`: the port has to be free there too.
        match TcpListener::bind((Ipv6Addr::LOCALHOST, port)).await {
            Ok(listener) => drop(tokio::spawn(axum::serve(listener, router.clone()).into_future())),
            Err(error) if is_without_ipv6(&error) => {}
            Err(error) if error.kind() == io::ErrorKind::AddrInUse && attempts < ATTEMPTS => continue,
            Err(error) => return Err(error),
        }
        tokio::spawn(axum::serve(listener, router).into_future());
        return Ok(port);
    }
}

/// Whether an address of IPv6 could not be had because the machine has none, or does not know them at all.
fn is_without_ipv6(error: &io::Error) -> bool {
    /// `EAFNOSUPPORT`, for which there is no kind.
    const FAMILY_NOT_SUPPORTED: i32 = 97;
    error.kind() == io::ErrorKind::AddrNotAvailable || error.raw_os_error() == Some(FAMILY_NOT_SUPPORTED)
}

/// Answers one request of a page.
async fn pass(State(run): State<Arc<RwLock<Option<Arc<Run>>>>>, request: Request<Body>) -> Response<Body> {
    let run = run.read().unwrap_or_else(PoisonError::into_inner).clone();
    let path = request.uri().path_and_query().map_or("", |path| path.as_str()).to_owned();
    let Some(run) = run else { return empty(StatusCode::SERVICE_UNAVAILABLE) };
    let mark = id_of(&path, "/mark/");
    if let Some(id) = mark.or_else(|| id_of(&path, "/case/"))
        && path != in_run(path.split('?').next().unwrap_or_default(), run.number)
    {
        run.log().faults.push(format!("case {id}: {path} in run {}", run.number));
        return empty(StatusCode::CONFLICT);
    }
    if let Some(id) = mark {
        run.log().passed.entry(id).or_default().push(Passed::Border);
        return empty(StatusCode::OK);
    }
    let Some(id) = id_of(&path, "/case/") else { return empty(StatusCode::NOT_FOUND) };
    let method = request.method().as_str().to_owned();
    let fields = fields_of(request.headers());
    let body = to_bytes(request.into_body(), 1 << 20).await.unwrap_or_default();
    let (mut response, body) = match run.backend.answer(id, &path, &method, &fields, body).await {
        Ok(answer) => answer,
        Err(fault) => {
            run.log().faults.push(format!("case {id}: {fault}"));
            return empty(StatusCode::BAD_GATEWAY);
        }
    };
    // All that a server adds to a response is written down too, as pages may read it.
    complete(&mut response.fields, body.len());
    let is_preflight = method == "OPTIONS"
        && fields.iter().any(|(name, _)| name == "access-control-request-method")
        && fields.iter().any(|(name, _)| name == "origin");
    let spoil = |place, response: &mut WireResponse| {
        if let Some(plant) = run.plant.filter(|plant| plant.place() == place) {
            let before = response.clone();
            plant.spoil(&fields, is_preflight, response);
            if before != *response {
                run.log().spoiled.insert(id);
            }
        }
    };
    spoil(Place::Server, &mut response);
    let answered = response.clone();
    spoil(Place::Way, &mut response);
    let sent = built(&response, body);
    let recorded = Recorded { is_preflight, method, request: fields, answered };
    let mut log = run.log();
    log.passed.entry(id).or_default().push(Passed::Exchange(recorded));
    sent.unwrap_or_else(|fault| {
        log.faults.push(format!("case {id}: {fault}"));
        empty(StatusCode::BAD_GATEWAY)
    })
}

/// The case that a path is about.
fn id_of(path: &str, prefix: &str) -> Option<usize> {
    path.strip_prefix(prefix)?.split(['/', '?']).next()?.parse().ok()
}

fn empty(status: StatusCode) -> Response<Body> {
    let mut response = Response::new(Body::empty());
    *response.status_mut() = status;
    response
}

/// The fields in their order, names in lower case.
pub(crate) fn fields_of(headers: &HeaderMap) -> Vec<Header> {
    headers.iter().map(|(name, value)| (name.as_str().to_owned(), value.as_bytes().to_vec())).collect()
}

/// Takes away what is about one connection, and puts in what the HTTP library would add unseen.
fn complete(fields: &mut Vec<Header>, length: usize) {
    const OF_THE_CONNECTION: [&str; 4] = ["connection", "keep-alive", "transfer-encoding", "content-length"];
    fields.retain(|(name, _)| !OF_THE_CONNECTION.iter().any(|other| name.eq_ignore_ascii_case(other)));
    fields.push(("content-length".to_owned(), length.to_string().into_bytes()));
    if !fields.iter().any(|(name, _)| name.eq_ignore_ascii_case("date")) {
        fields.push(("date".to_owned(), b"Thu, 01 Jan 2026 00:00:00 GMT".to_vec()));
    }
}

/// The response as it is sent, or what of it cannot be.
fn built(response: &WireResponse, body: axum::body::Bytes) -> Result<Response<Body>, String> {
    let status = StatusCode::from_u16(response.status).map_err(|_| format!("the status {}", response.status))?;
    let mut built = empty(status);
    for (name, value) in &response.fields {
        let unfit = || format!("the field {name}: {}", value.escape_ascii());
        let value = HeaderValue::from_bytes(value).map_err(|_| unfit())?;
        built.headers_mut().append(HeaderName::from_bytes(name.as_bytes()).map_err(|_| unfit())?, value);
    }
    *built.body_mut() = Body::from(body);
    Ok(built)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_names_its_case() {
        assert_eq!(id_of("/case/17", "/case/"), Some(17));
        assert_eq!(id_of("/case/17/api/lamp?x=1", "/case/"), Some(17));
        assert_eq!(id_of("/mark/17/1", "/mark/"), Some(17));
        assert_eq!(id_of("/favicon.ico", "/case/"), None);
    }

    #[test]
    fn what_cannot_be_sent_is_a_fault() {
        let fault = |status, fields: &[(&str, &str)]| {
            built(&WireResponse::new(status, fields), axum::body::Bytes::new()).map(drop)
        };
        assert_eq!(fault(299, &[("x-a", "1")]), Ok(()));
        assert_eq!(fault(99, &[]), Err("the status 99".to_owned()));
        assert_eq!(fault(200, &[("x a", "1")]), Err("the field x a: 1".to_owned()));
        assert_eq!(fault(200, &[("x-a", "1\n")]), Err("the field x-a: 1\\n".to_owned()));
    }

    #[test]
    fn what_is_about_the_connection_goes_and_what_would_be_added_comes() {
        let mut fields = vec![("Connection".to_owned(), b"close".to_vec()), ("X-A".to_owned(), b"1".to_vec())];
        complete(&mut fields, 3);
        let names: Vec<_> = fields.iter().map(|(name, _)| name.as_str()).collect();
        assert_eq!(names, ["X-A", "content-length", "date"]);
    }
}
