//! The firmwares of `examples/cortex-m`: one policy, which is in their flash, and the routes of a lamp.

use corsac_browser::{Credentials, FetchCall};
use fastrand::Rng;

use crate::case::{Case, path};
use crate::generate::Setting;
use crate::options::{Options, Policy};

/// The policy of both firmwares, as far as CORS goes.
fn policy() -> Policy {
    let list = |entries: &[&str]| entries.iter().map(|entry| (*entry).to_owned()).collect();
    let options = Options {
        allow_origins: list(&["https://panel.example.com", "https://*.preview.example.com", "http://localhost:*"]),
        allow_methods: list(&["PUT"]),
        allow_headers: list(&["content-type", "x-request-id"]),
        expose_headers: list(&["x-readings"]),
        max_age: Some(600),
        ..Options::default()
    };
    options.repaired()
}

/// Cases of a seed, most of them by the one page that is in the policy.
pub(super) fn cases(setting: &Setting, seed: u64, count: usize) -> Vec<Case> {
    let policy = policy();
    let origins = setting.page_origins();
    let mut rng = Rng::with_seed(seed);
    let case = |id: usize| {
        let page = if rng.bool() { &origins[0] } else { &origins[rng.usize(0..origins.len())] };
        let mut pick = |choices: &[&'static str]| choices[rng.usize(0..choices.len())];
        let route = pick(&["/api/lamp", "/api/sensor", "/api/lamp/toggle", "/nothing"]);
        let method = pick(&["GET", "GET", "HEAD", "POST", "PUT", "PUT", "put", "DELETE", "OPTIONS"]);
        // By the address, as a page of the user's calls a device; the tap is on the way.
        let url_origin = setting.url_origin.replace("api.example", "127.0.0.1");
        let mut call = FetchCall::new(page, &url_origin, &format!("{}{route}", path(id))).method(method);
        for _ in 0..rng.usize(0..=2) {
            let (name, value) = [
                ("X-Request-Id", "7"),
                ("Content-Type", "application/json"),
                ("content-type", "text/plain"),
                ("Accept", "application/json"),
                ("X-A", "1"),
            ][rng.usize(0..5)];
            if call.headers.iter().all(|(known, _)| !known.eq_ignore_ascii_case(name)) {
                call = call.header(name, value);
            }
        }
        call.credentials = [Credentials::Omit, Credentials::SameOrigin, Credentials::SameOrigin, Credentials::Include]
            [rng.usize(0..4)];
        let repeats = if rng.u32(0..8) == 0 { 2 } else { 1 };
        Case { policy: policy.clone(), status: 200, calls: vec![call; repeats] }
    };
    (0..count).map(case).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_policy_is_the_firmwares() {
        let source = include_str!("../../../../examples/cortex-m/device/src/lib.rs");
        let options = policy().options().clone();
        for (name, list) in [
            ("allow_origins", &options.allow_origins),
            ("allow_methods", &options.allow_methods),
            ("allow_headers", &options.allow_headers),
            ("expose_headers", &options.expose_headers),
        ] {
            let line = format!("    {name}: &{list:?},\n");
            assert!(source.contains(&line), "{line}");
        }
        assert!(source.contains("    max_age: Some(600),\n"));
    }
}
