//! `decide` against what tower-http's `CorsLayer` and `actix-cors` add to a service that does nothing.

use std::convert::Infallible;
use std::future::ready;
use std::hint::black_box;
use std::task::{Context, Waker};
use std::time::{Duration, Instant};

use actix_web::HttpResponse;
use actix_web::body::MessageBody;
use actix_web::dev::{Service as ActixService, ServiceRequest, ServiceResponse, Transform};
use actix_web::test::TestRequest;
use corsac::PolicyRef;
use corsac_benches::comparisons::{
    ACTIX_BARE, ACTIX_CORS, DECIDE, DECIDE_LOOKED_UP, DECIDE_MAP, TOWER_BARE, TOWER_CORS, TOWER_CORSAC,
};
use corsac_benches::policies::{self, HEADERS, MAX_AGE, METHODS};
use corsac_benches::requests::{self, PAGE, STRANGER, Sent, THREE_NAMES};
use corsac_benches::services::{self, Origins, at_once, call, cors_layer, is_subdomain};
use corsac_benches::sink::{Opaque, Sink};
use http::{Method, Request, Response};
use tower::{Layer, Service, service_fn};

use crate::answer::Answer;
use crate::row::{Contender, Rows};

/// Requests that are made before the clock starts, and that corsac takes in turn.
const BATCH: usize = 32;

const ORIGINS: [(&str, Origins); 4] = [
    ("one", Origins::List(1)),
    ("list-10", Origins::List(10)),
    ("list-100", Origins::List(100)),
    ("pattern", Origins::Pattern),
];

/// The kinds of requests, and whether the page gets through.
fn kinds() -> [(&'static str, Sent, Option<bool>); 7] {
    [
        ("no-origin", Sent::get(None), None),
        ("actual-allowed", Sent::get(Some(PAGE)), Some(true)),
        ("actual-refused", Sent::get(Some(STRANGER)), Some(false)),
        ("preflight-allowed", Sent::preflight(PAGE, "PUT", THREE_NAMES), Some(true)),
        ("preflight-refused-origin", Sent::preflight(STRANGER, "PUT", THREE_NAMES), Some(false)),
        ("preflight-refused-method", Sent::preflight(PAGE, "PURGE", THREE_NAMES), Some(false)),
        ("preflight-refused-header", Sent::preflight(PAGE, "PUT", "authorization,content-type,x-unknown"), Some(false)),
    ]
}

pub(crate) fn measure(rows: &mut Rows) {
    for (kind, sent, allowed) in kinds() {
        for (name, origins) in ORIGINS {
            let policy = policies::api_for(&origins.entries());
            assert_eq!(policy.decide(&sent.picked()).allowed(), allowed, "{kind} {name}");
            let answer = Answer::of(policy, &sent);
            assert_eq!(answer.lets_through(&sent), allowed.unwrap_or(true), "{kind} {name}");

            let request = requests::to_http(&sent);
            let tower_bare = service_fn(services::bare);
            let tower_cors = cors_layer(origins, &sent).layer(tower_bare);
            answer.assert_same(&tower_answer(tower_cors.clone(), &request), &sent, TOWER_CORS);
            let tower_corsac = corsac_tower::CorsLayer::new(policy).layer(tower_bare);
            answer.assert_same(&tower_answer(tower_corsac.clone(), &request), &sent, TOWER_CORSAC);
            let actix_cors = at_once(actix_cors(origins).new_transform(actix_service()));
            let actix_cors = actix_cors.expect("a middleware is made without an error");
            answer.assert_same(&actix_answer(&actix_cors, &sent), &sent, ACTIX_CORS);

            rows.measure(
                &format!("peers/{kind}, {name}"),
                vec![
                    decide_alone(policy, &sent),
                    whole(DECIDE_MAP, policy, &request, requests::from_header_map),
                    whole(DECIDE_LOOKED_UP, policy, &request, requests::looked_up),
                    tower(TOWER_BARE, tower_bare, &request),
                    tower(TOWER_CORS, tower_cors, &request),
                    tower(TOWER_CORSAC, tower_corsac, &request),
                    actix(ACTIX_BARE, actix_service(), &sent),
                    actix(ACTIX_CORS, actix_cors, &sent),
                ],
            );
        }
    }
}

/// corsac from a header map to the last field.
fn whole(
    name: &'static str,
    policy: PolicyRef<'static>,
    request: &Request<()>,
    pick: impl for<'r> Fn(&'r Method, &'r http::HeaderMap) -> corsac::Request<'r> + 'static,
) -> Contender<'static> {
    let batch = vec![request.clone(); BATCH];
    let mut next = 0;
    Contender::whole(name, move || {
        let request = black_box(&batch[next]);
        next = (next + 1) % BATCH;
        let request = pick(request.method(), request.headers());
        Opaque.decision(&black_box(&policy).decide(&request));
    })
}

fn decide_alone(policy: PolicyRef<'static>, sent: &Sent) -> Contender<'static> {
    let request = Box::leak(Box::new(sent.clone())).picked();
    Contender::whole(DECIDE, move || Opaque.decision(&black_box(&policy).decide(black_box(&request))))
}

fn actix_cors(origins: Origins) -> actix_cors::Cors {
    let cors = actix_cors::Cors::default()
        .allowed_methods(METHODS)
        .allowed_headers(HEADERS)
        .supports_credentials()
        .max_age(usize::try_from(MAX_AGE).ok());
    match origins {
        Origins::List(count) => policies::origins(count).iter().fold(cors, |cors, origin| cors.allowed_origin(origin)),
        Origins::Pattern => cors.allowed_origin_fn(|origin, _| is_subdomain(origin.as_bytes())),
    }
}

/// Calls a service with requests that are made, by cloning, while the clock stands. Dropping requests and responses counts,
/// with the layer and without it.
fn tower<S>(name: &'static str, mut service: S, request: &Request<()>) -> Contender<'static>
where
    S: Service<Request<()>, Response = Response<()>, Error = Infallible> + 'static,
{
    let request = request.clone();
    let mut batch = Vec::with_capacity(BATCH);
    Contender::new(name, move |times| {
        let mut elapsed = Duration::ZERO;
        let mut left = usize::try_from(times).unwrap_or(usize::MAX);
        while left > 0 {
            batch.extend((0..left.min(BATCH)).map(|_| request.clone()));
            left -= batch.len();
            let start = Instant::now();
            for request in batch.drain(..) {
                black_box(call(&mut service, request));
            }
            elapsed += start.elapsed();
        }
        elapsed
    })
}

fn tower_answer<S>(mut service: S, request: &Request<()>) -> Answer
where
    S: Service<Request<()>, Response = Response<()>, Error = Infallible>,
{
    let response = call(&mut service, request.clone());
    let fields = response.headers().iter().map(|(name, value)| (name.as_str(), value.as_bytes()));
    Answer::new((request.method() == Method::OPTIONS).then(|| response.status().as_u16()), fields)
}

type ActixError = actix_web::Error;

fn actix_service() -> impl ActixService<ServiceRequest, Response = ServiceResponse, Error = ActixError> {
    actix_web::dev::fn_service(|request: ServiceRequest| {
        black_box(&request);
        ready(Ok(request.into_response(HttpResponse::Ok().finish())))
    })
}

fn actix_request(sent: &Sent) -> ServiceRequest {
    let method = actix_web::http::Method::from_bytes(sent.method.as_bytes()).expect("a method");
    let request = TestRequest::default().method(method);
    sent.fields
        .iter()
        .fold(request, |request, (name, value)| request.append_header((*name, value.as_str())))
        .to_srv_request()
}

/// As [`tower`], but a response of actix gives its request back, which is used again.
fn actix<S, B>(name: &'static str, service: S, sent: &Sent) -> Contender<'static>
where
    S: ActixService<ServiceRequest, Response = ServiceResponse<B>, Error = ActixError> + 'static,
    B: MessageBody,
{
    let mut requests: Vec<_> = (0..BATCH).map(|_| actix_request(sent)).collect();
    let mut spent = Vec::with_capacity(BATCH);
    Contender::new(name, move |times| {
        let mut elapsed = Duration::ZERO;
        let mut left = usize::try_from(times).unwrap_or(usize::MAX);
        while left > 0 {
            let count = left.min(BATCH);
            left -= count;
            let start = Instant::now();
            for request in requests.drain(..count) {
                let (request, response) = black_box(actix_call(&service, request)).into_parts();
                drop(response);
                spent.push(request);
            }
            elapsed += start.elapsed();
            requests.extend(spent.drain(..).map(ServiceRequest::from_request));
        }
        elapsed
    })
}

fn actix_call<S, B>(service: &S, request: ServiceRequest) -> ServiceResponse<B>
where
    S: ActixService<ServiceRequest, Response = ServiceResponse<B>, Error = ActixError>,
{
    let ready = service.poll_ready(&mut Context::from_waker(Waker::noop()));
    assert!(ready.is_ready());
    at_once(service.call(request)).expect("neither the service nor the middleware fails")
}

fn actix_answer<S, B>(service: &S, sent: &Sent) -> Answer
where
    S: ActixService<ServiceRequest, Response = ServiceResponse<B>, Error = ActixError>,
{
    let response = actix_call(service, actix_request(sent));
    let fields = response.headers().iter().map(|(name, value)| (name.as_str(), value.as_bytes()));
    Answer::new((sent.method == "OPTIONS").then(|| response.status().as_u16()), fields)
}
