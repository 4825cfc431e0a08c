//! A call that a page makes, as an operator writes it.

use corsac_browser::{Credentials, FetchCall};
use url::{Position, Url};

use crate::field_arg::Field;

/// The call for the model of a browser, and what a person should know of it.
#[derive(Clone, Debug)]
pub(crate) struct PageCall {
    pub(crate) call: FetchCall,
    /// What stands in the request line: path and query.
    pub(crate) target: String,
    pub(crate) notes: Vec<String>,
}

impl PageCall {
    /// Reads a page's origin and `METHOD URL`.
    ///
    /// # Errors
    ///
    /// A sentence.
    pub(crate) fn new(from: &str, request: &str, headers: Vec<Field>, credentials: bool) -> Result<Self, String> {
        let mut notes = Vec::new();
        let words: Vec<&str> = request.split_whitespace().collect();
        let (method, url) = match words[..] {
            [url] => ("GET", url),
            [method, url] => (method, url),
            _ => {
                return Err(format!(
                    "`{request}` is not a method and a URL, such as `PUT https://api.example.com/users`"
                ));
            }
        };
        let mut url = Url::parse(url).map_err(|error| {
            format!("`{url}` is no URL ({error}); write it whole, such as https://api.example.com/users")
        })?;
        if !url.username().is_empty() || url.password().is_some() {
            return Err("browsers refuse fetch() with a URL that has a user name or password".to_owned());
        }
        url.set_fragment(None);
        let page_origin = page_origin(from, &mut notes)?;
        let url_origin = origin_of(&url);
        if page_origin.starts_with("https://") && url.scheme() == "http" && !is_loopback(&url) {
            notes.push("an https page may not ask an http URL at all: browsers block it as mixed content".to_owned());
        }
        let credentials = if credentials { Credentials::Include } else { Credentials::SameOrigin };
        let call = FetchCall {
            page_origin,
            url_origin,
            url: url.to_string(),
            method: method.to_owned(),
            headers,
            credentials,
        };
        let target = url[Position::BeforePath..Position::AfterQuery].to_owned();
        Ok(Self { call, target, notes })
    }
}

/// The origin that a browser sends for a page, which may be given by its URL.
fn page_origin(from: &str, notes: &mut Vec<String>) -> Result<String, String> {
    if from == "null" {
        return Ok(from.to_owned());
    }
    let url = Url::parse(from)
        .map_err(|error| format!("`{from}` is no origin of a page ({error}); write it as https://app.example.com"))?;
    let origin = match url.scheme() {
        "about" | "blob" | "data" | "file" | "filesystem" | "javascript" => {
            notes.push(format!(
                "pages of the scheme {} have no origin of their own; browsers send `null`",
                url.scheme()
            ));
            return Ok("null".to_owned());
        }
        _ if !url.has_host() => {
            return Err(format!("`{from}` has no host; write an origin as https://app.example.com"));
        }
        _ => origin_of(&url),
    };
    if origin != from {
        notes.push(format!("browsers send the origin of {from} as {origin}"));
    }
    Ok(origin)
}

/// The serialized origin of a URL. Where the URL standard has an opaque one, as for app schemes, what web views send.
fn origin_of(url: &Url) -> String {
    let origin = url.origin();
    if origin.is_tuple() {
        return origin.ascii_serialization();
    }
    let port = url.port().map(|port| format!(":{port}")).unwrap_or_default();
    format!("{}://{}{port}", url.scheme(), url.host_str().unwrap_or_default())
}

fn is_loopback(url: &Url) -> bool {
    match url.host() {
        Some(url::Host::Domain(name)) => name == "localhost" || name.ends_with(".localhost"),
        Some(url::Host::Ipv4(address)) => address.is_loopback(),
        Some(url::Host::Ipv6(address)) => address.is_loopback(),
        None => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn call(from: &str, request: &str) -> Result<PageCall, String> {
        PageCall::new(from, request, Vec::new(), false)
    }

    #[test]
    fn a_call_is_read_as_browsers_read_it() {
        let read = call("https://App.Example:443/x?y", "put HTTPS://API.example:8443/a?b#c").unwrap();
        assert_eq!(read.call.page_origin, "https://app.example");
        assert_eq!(
            (read.call.url_origin.as_str(), read.call.url.as_str()),
            ("https://api.example:8443", "https://api.example:8443/a?b")
        );
        assert_eq!((read.call.method.as_str(), read.target.as_str()), ("put", "/a?b"));
        assert_eq!(read.notes.len(), 1);
        assert_eq!(call("https://a.example", "https://b.example").unwrap().call.method, "GET");
        assert_eq!(call("file:///index.html", "https://b.example").unwrap().call.page_origin, "null");
        assert_eq!(
            call("capacitor://localhost", "https://b.example").unwrap().call.page_origin,
            "capacitor://localhost"
        );
        assert_eq!(call("https://a.example", "http://b.example").unwrap().notes.len(), 1);
        assert_eq!(call("https://a.example", "http://127.0.0.1:8080").unwrap().notes.len(), 0);
    }

    #[test]
    fn what_is_none_gets_a_sentence() {
        for (from, request) in [
            ("app.example.com", "https://b.example"),
            ("", "https://b.example"),
            ("https://a.example", ""),
            ("https://a.example", "PUT"),
            ("https://a.example", "PUT https://b.example x"),
            ("https://a.example", "PUT /users"),
            ("https://a.example", "https://user:pass@b.example"),
            ("mailto:a@b.example", "https://b.example"),
        ] {
            assert!(call(from, request).is_err(), "{from} {request}");
        }
    }
}
