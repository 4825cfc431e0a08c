//! The conformance vectors, through the layer.

use std::collections::{BTreeMap, HashMap};
use std::convert::Infallible;

use corsac::{Config, PolicyRef, ResponseField, ScreenRequest};
use corsac_tower::{CorsLayer, Policy};
use corsac_vectors::{Case, cases};
use http::{HeaderName, HeaderValue, Method, Request, Response};
use tower::{Layer as _, ServiceExt as _, service_fn};

/// What the vectors promise in number, of those that a server with the `http` crate can be sent at all.
const AT_LEAST: usize = 1_450;

async fn handle(_: Request<()>) -> Result<Response<()>, Infallible> {
    Ok(Response::new(()))
}

/// A request as `http` has it; `None` where it cannot hold the bytes.
fn to_http(method: &[u8], fields: &[(Vec<u8>, Vec<u8>)]) -> Option<Request<()>> {
    let mut request = Request::new(());
    *request.method_mut() = Method::from_bytes(method).ok()?;
    for (name, value) in fields {
        // Pseudo fields of HTTP/2 stand elsewhere.
        let (name, value) = (HeaderName::from_bytes(name).ok()?, HeaderValue::from_bytes(value).ok()?);
        request.headers_mut().append(name, value);
    }
    Some(request)
}

type Lines = BTreeMap<String, Vec<Vec<u8>>>;

fn sent<'a>(fields: impl Iterator<Item = ResponseField<'a>>) -> Lines {
    let mut lines = Lines::new();
    for field in fields {
        lines.entry(field.name.lower().to_owned()).or_default().push(field.value.to_vec());
    }
    lines
}

fn got(response: &Response<()>) -> Lines {
    let mut lines = Lines::new();
    for (name, value) in response.headers() {
        if name != "content-length" {
            lines.entry(name.as_str().to_owned()).or_default().push(value.as_bytes().to_vec());
        }
    }
    lines
}

fn image(config: &Config<'_>) -> Option<Vec<u8>> {
    let mut image = vec![0; config.image_len().ok()?];
    config.compile_into(&mut image).ok()?;
    Some(image)
}

#[tokio::test]
async fn every_vector_is_answered_as_the_core_answers_it() {
    let mut ran = 0;
    // Vectors with the same policy share it, so that what it keeps of one answer meets the next.
    let mut policies: HashMap<Vec<u8>, Policy> = HashMap::new();
    for Case { vector, .. } in cases() {
        let Some(image) = vector.policy.with_config(image) else { continue };
        let policy = policies.entry(image.clone()).or_insert_with(|| Policy::open(image.clone()).unwrap()).clone();
        let core = PolicyRef::open(&image).unwrap();
        if let Some(asked) = &vector.request {
            let fields: Vec<_> = asked.fields.iter().map(|(name, value)| (name.bytes(), value.bytes())).collect();
            let method = asked.method.bytes();
            let Some(request) = to_http(&method, &fields) else { continue };
            let cors = corsac::Request::from_fields(&method, fields.iter().map(|(name, value)| (name, value)));
            let decision = core.decide(&cors);
            let response = CorsLayer::new(policy).layer(service_fn(handle)).oneshot(request).await.unwrap();
            let status = decision.status().unwrap_or(200);
            assert_eq!(
                (response.status().as_u16(), got(&response)),
                (status, sent(decision.fields())),
                "{}",
                vector.id
            );
            ran += 1;
        } else if let Some(asked) = &vector.screen {
            let (method, fields) = (asked.method(), asked.fields());
            // The layer has no way to say these two.
            if !asked.own_names.is_empty() || asked.absent_origin() != corsac::AbsentOrigin::Pass {
                continue;
            }
            let Some(request) = to_http(&method, &fields) else { continue };
            let mut whole = ScreenRequest::from_fields(&method, fields.iter().map(|(name, value)| (name, value)));
            let mut layer = CorsLayer::new(policy).guard().check_host();
            if let Some(scheme) = asked.scheme() {
                whole = whole.with_scheme(scheme);
                layer = layer.scheme(scheme);
            }
            let screening = core.screen(&whole);
            let response = layer.layer(service_fn(handle)).oneshot(request).await.unwrap();
            let status = screening.status().unwrap_or(200);
            let wanted = (status, sent(screening.fields()));
            assert_eq!((response.status().as_u16(), got(&response)), wanted, "{}", vector.id);
            ran += 1;
        }
    }
    assert!(ran >= AT_LEAST, "{ran} vectors");
}
