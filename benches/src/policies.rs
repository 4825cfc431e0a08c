//! The policies of the benches, compiled at run time and opaque to the compiler that builds the benches.

use std::hint::black_box;

use corsac::{Config, PolicyRef};

use crate::names;
use crate::requests::PAGE;

/// The methods of every policy that has any.
pub const METHODS: [&str; 3] = ["PUT", "PATCH", "DELETE"];

/// The request headers of every policy that has any.
pub const HEADERS: [&str; 4] = ["authorization", "content-type", "x-request-id", "x-csrf-token"];

/// The seconds of every policy that has any.
pub const MAX_AGE: u32 = 600;

/// The pattern that takes [`PAGE`].
pub const PATTERN: &str = "https://*.example.com";

/// An ordinary API for pages that log in: three methods, four headers, credentials, ten minutes.
pub fn api<'a>(allow_origins: &'a [&'a str]) -> Config<'a> {
    Config {
        allow_origins,
        allow_methods: &METHODS,
        allow_headers: &HEADERS,
        allow_credentials: true,
        max_age: Some(MAX_AGE),
        ..Config::CLOSED
    }
}

/// The same with a list for every verdict: one name and one type.
pub fn screened<'a>(allow_origins: &'a [&'a str]) -> Config<'a> {
    Config { allow_hosts: &["api.example.com"], allow_content_types: &["application/json"], ..api(allow_origins) }
}

/// The same with six of each, of which the last is asked for.
pub fn screened_last<'a>(allow_origins: &'a [&'a str]) -> Config<'a> {
    Config {
        allow_hosts: &["a.example.com", "b.example.com", "localhost:*", "127.0.0.1:*", "[::1]:*", "api.example.com"],
        allow_content_types: &[
            "application/ld+json",
            "application/xml",
            "application/cbor",
            "multipart/form-data",
            "image/png",
            "application/json",
        ],
        ..api(allow_origins)
    }
}

/// `count` origins, the last of which is [`PAGE`].
pub fn origins(count: usize) -> Vec<String> {
    let others = (0..count.saturating_sub(1)).map(names::exact);
    others.chain([PAGE.to_owned()]).collect()
}

/// Compiles into memory that is never freed.
///
/// # Panics
///
/// When the configuration is mistaken.
pub fn compile(config: &Config<'_>) -> PolicyRef<'static> {
    let length = match config.image_len() {
        Ok(length) => length,
        Err(error) => panic!("{}", config.describe(&error)),
    };
    let memory = Box::leak(vec![0; length].into_boxed_slice());
    match config.compile_into(memory) {
        Ok(policy) => black_box(policy),
        Err(error) => panic!("{}", config.describe(&error)),
    }
}

/// As [`compile`], for [`api`] with these origins.
///
/// # Panics
///
/// When an origin is mistaken.
pub fn api_for(origins: &[String]) -> PolicyRef<'static> {
    let borrowed: Vec<&str> = origins.iter().map(String::as_str).collect();
    compile(&api(&borrowed))
}
