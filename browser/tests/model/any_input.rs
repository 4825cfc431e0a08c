use corsac_browser::{Browser, Credentials, FetchCall, Header, WireRequest, WireResponse};

/// A small generator of numbers (xorshift), so that a failure can be had again.
struct Numbers(u64);

impl Numbers {
    fn below(&mut self, limit: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from(self.0 % u64::try_from(limit).unwrap()).unwrap()
    }

    fn pick<'a>(&mut self, list: &[&'a str]) -> &'a str {
        list[self.below(list.len())]
    }

    /// A few pieces of what matters, and now and then any bytes.
    fn value(&mut self) -> Vec<u8> {
        let mut value = Vec::new();
        for _ in 0..self.below(5) {
            match self.below(4) {
                0 => value.push(u8::try_from(self.below(256)).unwrap()),
                _ => value.extend(self.pick(PIECES).as_bytes()),
            }
        }
        value
    }

    fn headers(&mut self, names: &[&str]) -> Vec<Header> {
        let count = self.below(6);
        (0..count).map(|_| (self.pick(names).to_owned(), self.value())).collect()
    }
}

const PIECES: &[&str] = &[
    "*",
    "PUT",
    "x-a",
    "authorization",
    "true",
    "null",
    "https://a.example",
    ",",
    ", ",
    " ",
    "\t",
    "\"",
    "\\",
    "/",
    "text/plain",
    ";",
    "bytes=",
    "-",
    "=",
    "600",
    "TRACE",
];
const REQUEST_NAMES: &[&str] = &[
    "x-a",
    "X-A",
    "*",
    "Authorization",
    "accept",
    "content-type",
    "range",
    "cookie",
    "X-HTTP-Method",
    "sec-x",
    "a b",
    "",
];
const RESPONSE_NAMES: &[&str] = &[
    "Access-Control-Allow-Origin",
    "Access-Control-Allow-Credentials",
    "Access-Control-Allow-Methods",
    "Access-Control-Allow-Headers",
    "Access-Control-Expose-Headers",
    "Access-Control-Max-Age",
    "Timing-Allow-Origin",
    "Set-Cookie",
    "x-a",
    "",
];

#[test]
fn no_input_makes_the_browser_panic_or_break_its_word() {
    let mut numbers = Numbers(0x5eed);
    let mut browser = Browser::new();
    for round in 0..20_000 {
        let page = numbers.pick(&["https://a.example", "null", "", "*"]);
        let call = FetchCall {
            page_origin: page.to_owned(),
            url_origin: numbers.pick(&["https://a.example", "http://b.example", "null", ""]).to_owned(),
            url: numbers.pick(&["https://a.example/", "", "é"]).to_owned(),
            method: numbers.pick(&["GET", "put", "PATCH", "*", "TRACE", "", "é"]).to_owned(),
            headers: numbers.headers(REQUEST_NAMES),
            credentials: [Credentials::Omit, Credentials::SameOrigin, Credentials::Include][numbers.below(3)],
        };
        let mut server = |_: &WireRequest| WireResponse {
            status: [200, 204, 301, 404, 0, u16::MAX][numbers.below(6)],
            fields: numbers.headers(RESPONSE_NAMES),
        };
        let outcome = browser.fetch(&call, round / 10, &mut server);

        let preflights = outcome.exchanges.iter().filter(|exchange| exchange.request.is_preflight);
        assert!(preflights.clone().count() <= 1 && outcome.exchanges.len() <= 2);
        assert!(preflights.clone().all(|exchange| !exchange.request.includes_credentials));
        for step in &outcome.steps {
            assert!(!step.to_string().is_empty());
        }
        match outcome.result {
            Err(failure) => {
                assert!(!failure.to_string().is_empty() && !failure.console(&call).is_empty());
                assert!(!failure.is_misuse() || outcome.exchanges.is_empty());
            }
            Ok(readable) => {
                assert!(outcome.exchanges.last().is_some_and(|last| !last.request.is_preflight));
                assert!(readable.readable_fields.iter().all(|(name, _)| name != "set-cookie"));
            }
        }
    }
}
