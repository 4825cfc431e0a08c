//! What a service relies on.

use std::convert::Infallible;
use std::future::{Pending, pending, poll_fn};
use std::sync::{Arc, Mutex};
use std::task::{Context, Poll};

use corsac::{PolicyErrorKind, Refusal, Scheme, policy};
use corsac_tower::{Config, CorsLayer, Policy, SharedPolicy};
use http::{HeaderMap, HeaderValue, Request, Response, StatusCode};
use tower::{Layer as _, Service, ServiceExt as _, service_fn};

const PAGE: &str = "https://app.example.com";

fn layer() -> CorsLayer {
    CorsLayer::new(policy! {
        allow_origins: &["https://app.example.com"],
        allow_methods: &["PUT"],
        allow_headers: &["content-type"],
        expose_headers: &["x-total"],
        allow_credentials: true,
        max_age: Some(600),
    })
}

fn request(method: &str, fields: &[(&'static str, &str)]) -> Request<()> {
    let mut request = Request::builder().method(method).uri("/items/7");
    for (name, value) in fields {
        request = request.header(*name, *value);
    }
    request.body(()).unwrap()
}

fn get(origin: &str) -> Request<()> {
    request("GET", &[("origin", origin)])
}

fn preflight(method: &str) -> Request<()> {
    request("OPTIONS", &[("origin", PAGE), ("access-control-request-method", method)])
}

/// Asks a layer around a service that answers with this status and these fields.
async fn ask(
    layer: &CorsLayer,
    request: Request<()>,
    status: u16,
    fields: &[(&'static str, &'static str)],
) -> Response<()> {
    let answer = move |_| {
        let mut response = Response::builder().status(status);
        for (name, value) in fields {
            response = response.header(*name, *value);
        }
        let response = response.body(()).unwrap();
        async { Ok::<_, Infallible>(response) }
    };
    layer.layer(service_fn(answer)).oneshot(request).await.unwrap()
}

fn values(headers: &HeaderMap, name: &str) -> Vec<String> {
    headers.get_all(name).iter().map(|value| value.to_str().unwrap().to_owned()).collect()
}

#[tokio::test]
async fn fields_are_on_every_status() {
    for status in [200, 204, 206, 301, 304, 401, 403, 404, 413, 500, 502] {
        let response = ask(&layer(), get(PAGE), status, &[]).await;
        assert_eq!(response.status(), status);
        assert_eq!(values(response.headers(), "access-control-allow-origin"), [PAGE]);
        assert_eq!(values(response.headers(), "access-control-allow-credentials"), ["true"]);
        assert_eq!(values(response.headers(), "access-control-expose-headers"), ["x-total"]);
        assert_eq!(values(response.headers(), "vary"), ["Origin"]);
    }
}

/// The bug that this would find: an answer kept for one page and given to another.
#[tokio::test]
async fn no_preflight_is_given_the_answer_to_another() {
    const HEADERS: &[&str] = &["authorization", "content-type"];
    let base = Config {
        allow_origins: &["https://app.example.com", "https://*.example.org"],
        allow_methods: &["PUT", "DELETE"],
        allow_headers: HEADERS,
        max_age: Some(600),
        ..Config::CLOSED
    };
    let policies = [
        base,
        Config { allow_credentials: true, preflight_status: 200, ..base },
        Config { minimal_answers: true, ..base },
        Config { allow_methods: &["*"], allow_headers: &["*", "authorization"], allow_credentials: true, ..base },
        Config { allow_private_network: true, ..base },
        Config { allow_origins: &["*"], ..base },
        Config { allow_origins: &["https://app.example.com"], static_origin: true, ..base },
    ];
    let mut requests = Vec::new();
    for origin in [PAGE, "https://a.example.org", "https://b.example.org", "https://evil.example", "null"] {
        for method in ["PUT", "DELETE", "GET", "PURGE"] {
            for more in [
                [].as_slice(),
                &[("access-control-request-headers", "content-type")],
                &[
                    ("access-control-request-headers", "authorization"),
                    ("access-control-request-headers", " content-type"),
                ],
                &[("access-control-request-private-network", "true")],
            ] {
                let fields = [("origin", origin), ("access-control-request-method", method)];
                requests.push(request("OPTIONS", &[&fields, more].concat()));
            }
        }
    }
    for config in policies {
        let policy = Policy::compile(&config).unwrap();
        for first in &requests {
            let used = CorsLayer::new(Policy::open(policy.as_ref().image().to_vec()).unwrap());
            ask(&used, first.clone(), 200, &[]).await;
            for second in &requests {
                let unused = CorsLayer::new(Policy::open(policy.as_ref().image().to_vec()).unwrap());
                let (got, wanted) =
                    (ask(&used, second.clone(), 200, &[]).await, ask(&unused, second.clone(), 200, &[]).await);
                assert_eq!(
                    (got.status(), got.headers()),
                    (wanted.status(), wanted.headers()),
                    "{second:?} after {first:?}"
                );
            }
        }
    }
}

#[tokio::test]
async fn a_refused_origin_and_no_origin_have_vary_alone() {
    for request in
        [get("https://evil.example"), request("GET", &[]), request("OPTIONS", &[("origin", "https://evil.example")])]
    {
        let response = ask(&layer(), request, 200, &[]).await;
        assert_eq!(response.headers().len(), 1);
        assert_eq!(values(response.headers(), "vary"), ["Origin"]);
    }
}

#[tokio::test]
async fn a_preflight_does_not_reach_the_service() {
    let unreachable = service_fn(|_: Request<()>| async { unreachable!() as Result<Response<()>, Infallible> });
    let response = layer().layer(unreachable).oneshot(preflight("PUT")).await.unwrap();
    assert_eq!(response.status(), StatusCode::NO_CONTENT);
    assert_eq!(values(response.headers(), "access-control-allow-methods"), ["PUT"]);
    assert_eq!(values(response.headers(), "access-control-max-age"), ["600"]);
    assert_eq!(values(response.headers(), "content-length"), [""; 0]);
    let response = layer().layer(unreachable).oneshot(preflight("DELETE")).await.unwrap();
    assert_eq!(response.status(), StatusCode::FORBIDDEN);
    assert_eq!(values(response.headers(), "content-length"), ["0"]);
    assert_eq!(values(response.headers(), "access-control-allow-origin"), [""; 0]);
}

#[tokio::test]
async fn the_applications_own_fields_give_way() {
    let own = [
        ("access-control-allow-origin", "*"),
        ("access-control-allow-origin", "https://other.example"),
        ("access-control-allow-methods", "DELETE"),
        ("timing-allow-origin", "*"),
        ("x-total", "7"),
    ];
    let response = ask(&layer(), get(PAGE), 200, &own).await;
    assert_eq!(values(response.headers(), "access-control-allow-origin"), [PAGE]);
    assert_eq!(values(response.headers(), "access-control-allow-methods"), [""; 0]);
    assert_eq!(values(response.headers(), "timing-allow-origin"), [""; 0]);
    assert_eq!(values(response.headers(), "x-total"), ["7"]);
    let response = ask(&layer(), get("https://evil.example"), 200, &own).await;
    assert_eq!(values(response.headers(), "access-control-allow-origin"), [""; 0]);
}

#[tokio::test]
async fn vary_is_merged() {
    for (own, merged) in [
        (&[][..], &["Origin"][..]),
        (&["accept-encoding"], &["accept-encoding", "Origin"]),
        (&["ORIGIN, accept"], &["ORIGIN, accept"]),
        (&["accept", "x-a,, origin"], &["accept", "x-a,, origin"]),
        (&["*"], &["*"]),
        (&["accept", "*"], &["accept", "*"]),
    ] {
        let fields: Vec<_> = own.iter().map(|value| ("vary", *value)).collect();
        let response = ask(&layer(), get(PAGE), 200, fields.leak()).await;
        assert_eq!(values(response.headers(), "vary"), merged);
    }
}

#[tokio::test]
async fn an_error_of_the_service_is_its_own() {
    let failing = service_fn(|_: Request<()>| async { Err::<Response<()>, _>("gone") });
    assert_eq!(layer().layer(failing).oneshot(get(PAGE)).await.unwrap_err(), "gone");
}

/// Is not ready before it is asked twice, and never answers.
struct Slow(u32);

impl Service<Request<()>> for Slow {
    type Response = Response<()>;
    type Error = Infallible;
    type Future = Pending<Result<Response<()>, Infallible>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        self.0 += 1;
        if self.0 > 1 { Poll::Ready(Ok(())) } else { Poll::Pending }
    }

    fn call(&mut self, _: Request<()>) -> Self::Future {
        pending()
    }
}

#[tokio::test]
async fn readiness_is_the_services_own() {
    let mut service = layer().layer(Slow(0));
    let polls = poll_fn(|context| Poll::Ready([service.poll_ready(context), service.poll_ready(context)])).await;
    assert!(polls[0].is_pending() && polls[1].is_ready());
    assert_eq!(service.get_ref().0, 2);
    service.get_mut().0 = 0;
    assert!(poll_fn(|context| Poll::Ready(service.poll_ready(context))).await.is_pending());
}

#[tokio::test]
async fn a_policy_is_replaced_while_requests_are_served() {
    let shared = SharedPolicy::new(policy! {});
    let layer = CorsLayer::shared(&shared);
    let allowed = async || ask(&layer, get(PAGE), 200, &[]).await.headers().contains_key("access-control-allow-origin");
    assert!(!allowed().await);
    shared.replace(Policy::compile(&Config { allow_origins: &[PAGE], ..Config::CLOSED }).unwrap());
    assert!(allowed().await);
    let first = ask(&layer, preflight("PUT"), 200, &[]).await;
    assert_eq!(values(first.headers(), "access-control-allow-origin"), [""; 0]);
    shared.replace(policy! { allow_origins: &["https://app.example.com"], allow_methods: &["PUT"] });
    let second = ask(&layer, preflight("PUT"), 200, &[]).await;
    assert_eq!(values(second.headers(), "access-control-allow-methods"), ["PUT"]);
    shared.replace(policy! {});
    assert!(!allowed().await);
}

#[tokio::test]
async fn a_request_ends_with_the_policy_that_it_began_with() {
    let shared = SharedPolicy::new(policy! { allow_origins: &["https://app.example.com"] });
    let replacing = shared.clone();
    let service = CorsLayer::shared(&shared).layer(service_fn(move |_: Request<()>| {
        replacing.replace(policy! {});
        async { Ok::<_, Infallible>(Response::new(())) }
    }));
    let response = service.clone().oneshot(get(PAGE)).await.unwrap();
    assert_eq!(values(response.headers(), "access-control-allow-origin"), [PAGE]);
    let response = service.oneshot(get(PAGE)).await.unwrap();
    assert_eq!(values(response.headers(), "access-control-allow-origin"), [""; 0]);
}

/// The policy is read while the functions of the caller run, who may replace it in them.
#[tokio::test]
async fn a_decision_ends_with_the_policy_that_it_began_with() {
    let shared = SharedPolicy::new(policy! { allow_origins: &["https://app.example.com"], max_age: Some(600) });
    let (asking, hearing) = (shared.clone(), shared.clone());
    let layer = CorsLayer::shared(&shared)
        .allow_origin_fn(move |origin| {
            asking.replace(policy! {});
            origin == b"https://paired.example"
        })
        .on_refusal(move |_| hearing.replace(policy! { max_age: Some(5) }));
    let preflight = |origin| request("OPTIONS", &[("origin", origin), ("access-control-request-method", "GET")]);
    let response = ask(&layer, preflight("https://paired.example"), 200, &[]).await;
    assert_eq!(values(response.headers(), "access-control-allow-origin"), ["https://paired.example"]);
    assert_eq!(values(response.headers(), "access-control-max-age"), ["600"]);
    assert_eq!(shared.load(), policy! {}.into());
    assert_eq!(ask(&layer, preflight("https://other.example"), 200, &[]).await.status(), 403);
    assert_eq!(shared.load(), policy! { max_age: Some(5) }.into());
}

#[tokio::test]
async fn the_functions_are_asked_and_told() {
    let told = Arc::new(Mutex::new(Vec::new()));
    let hears = Arc::clone(&told);
    let layer = CorsLayer::new(policy! { allow_origins: &["https://app.example.com"] })
        .allow_origin_fn(|origin| origin == b"https://paired.example")
        .on_refusal(move |refused| hears.lock().unwrap().push((refused.refusal(), refused.to_string())));
    let response = ask(&layer, get("https://paired.example"), 200, &[]).await;
    assert_eq!(values(response.headers(), "access-control-allow-origin"), ["https://paired.example"]);
    assert!(told.lock().unwrap().is_empty());
    // Beside the answer that was kept for the listed page, and after it.
    for origin in [PAGE, "https://paired.example", PAGE] {
        let fields = [("origin", origin), ("access-control-request-method", "GET")];
        let response = ask(&layer, request("OPTIONS", &fields), 200, &[]).await;
        assert_eq!(values(response.headers(), "access-control-allow-origin"), [origin]);
    }
    ask(&layer, get("https://evil.example"), 200, &[]).await;
    let told = told.lock().unwrap();
    assert_eq!(told.len(), 1);
    assert_eq!(told[0].0, Refusal::OriginNotAllowed);
    assert!(told[0].1.starts_with("origin \"https://evil.example\" is not in allow_origins"), "{}", told[0].1);
}

#[tokio::test]
async fn verdicts_stop_what_the_service_must_not_see() {
    let layer = CorsLayer::new(policy! { allow_origins: &["https://app.example.com"], allow_hosts: &["api.example"] });
    let post = |host, origin| request("POST", &[("host", host), ("origin", origin)]);
    for (layer, request, status) in [
        (layer.clone(), post("evil.example", "https://evil.example"), 200),
        (layer.clone().guard(), post("api.example", "https://evil.example"), 403),
        (layer.clone().guard(), post("api.example", PAGE), 200),
        (layer.clone().guard(), post("api.example", "http://api.example"), 200),
        (layer.clone().guard().scheme(Scheme::Https), post("api.example", "http://api.example"), 403),
        (layer.clone().check_host(), post("api.example", "https://evil.example"), 200),
        (layer.clone().check_host(), post("rebound.example", "http://rebound.example"), 421),
        (layer.clone().guard().check_host(), post("api.example", PAGE), 200),
    ] {
        let response = ask(&layer, request, 200, &[]).await;
        assert_eq!(response.status(), status);
        let lengths = values(response.headers(), "content-length");
        if status == 200 { assert!(lengths.is_empty()) } else { assert_eq!(lengths, ["0"]) }
    }
    // HTTP/2 has the host in the address.
    let mut request = request("POST", &[("origin", PAGE)]);
    *request.uri_mut() = "https://api.example/items".parse().unwrap();
    assert_eq!(ask(&layer.clone().check_host(), request, 200, &[]).await.status(), 200);
}

#[tokio::test]
async fn what_a_peer_sends_never_panics() {
    for origin in [&b""[..], b"null", b"\xff\xfe", b"https://app.example.com\t", &[b'a'; 70_000]] {
        let mut simple = request("GET", &[]);
        simple.headers_mut().append("origin", HeaderValue::from_bytes(origin).unwrap());
        let response = ask(&layer(), simple, 200, &[]).await;
        assert_eq!(values(response.headers(), "access-control-allow-origin"), [""; 0]);
        for (method, names) in [(&b"PUT"[..], origin), (origin, &b"content-type"[..])] {
            let mut asking = request("OPTIONS", &[("origin", PAGE)]);
            asking.headers_mut().append("access-control-request-method", HeaderValue::from_bytes(method).unwrap());
            asking.headers_mut().append("access-control-request-headers", HeaderValue::from_bytes(names).unwrap());
            // An empty list of names asks for nothing.
            let wanted = if names.is_empty() { 204 } else { 403 };
            assert_eq!(ask(&layer(), asking, 200, &[]).await.status(), wanted, "{method:?} {names:?}");
        }
    }
}

#[tokio::test]
async fn a_vary_that_is_no_text_stays() {
    let own = service_fn(|_: Request<()>| async {
        let mut response = Response::new(());
        for line in [&b"accept"[..], b"x-a", b"\xff", b"x-b", b"x-c", b"x-d"] {
            response.headers_mut().append("vary", HeaderValue::from_bytes(line).unwrap());
        }
        Ok::<_, Infallible>(response)
    });
    let response = layer().layer(own).oneshot(get(PAGE)).await.unwrap();
    let lines: Vec<_> = response.headers().get_all("vary").iter().map(HeaderValue::as_bytes).collect();
    assert_eq!(lines, [&b"accept"[..], b"x-a", b"\xff", b"x-b", b"x-c", b"x-d", b"Origin"]);
}

#[test]
fn a_wrong_policy_does_not_start() {
    let error =
        Policy::compile(&Config { allow_origins: &["*"], allow_credentials: true, ..Config::CLOSED }).unwrap_err();
    assert_eq!(error.kind(), PolicyErrorKind::AnyOriginWithCredentials);
    assert!(Policy::open(&b"no image"[..]).is_err());
}
