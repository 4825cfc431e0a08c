//! The layer for tower, around the handlers of an axum application.

use axum::Router;
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode};
use axum::routing::any;
use corsac_tower::{CorsLayer, Policy};

use crate::backend::BODY;
use crate::case::{APPLICATION_FIELDS, Case, path};
use crate::error::Error;

/// Serves each case under its path, until the process ends.
pub(super) async fn serve(cases: &[Case]) -> Result<String, Error> {
    let mut fields = HeaderMap::new();
    for (name, value) in APPLICATION_FIELDS {
        fields.insert(HeaderName::from_static(name), HeaderValue::from_static(value));
    }
    let mut router = Router::new();
    for (id, case) in cases.iter().enumerate() {
        let policy = case.policy.options().with_config(Policy::compile);
        let policy = policy.map_err(|error| Error::Server(format!("case {id}: {error}")))?;
        let status = StatusCode::from_u16(case.status).unwrap_or_default();
        let answer = (status, fields.clone(), BODY);
        let handler = any(move || async move { answer });
        router = router.route(&path(id), handler.layer(CorsLayer::new(policy)));
    }
    let port = crate::tap::serve(router).await?;
    Ok(format!("http://127.0.0.1:{port}"))
}
