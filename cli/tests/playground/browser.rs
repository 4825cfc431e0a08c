//! The page in a real browser, and what holds after every visit: nothing left this machine, and nobody complained.

use std::time::Duration;

use corsac_chromium::{Chromium, Error, Network, Value, json};

use crate::support::{Playground, port_of};

/// How long anything on the page may take.
const PATIENCE: Duration = Duration::from_secs(20);

/// The page, shown.
pub(crate) struct Page {
    pub(crate) chromium: Chromium,
    pub(crate) playground: Playground,
}

/// Shows the page of a playground to `visit`, and looks at the logs afterwards. Without a browser it only says so.
pub(crate) fn visit(visit: impl AsyncFnOnce(&Page)) {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(async {
        let chromium = match Chromium::start_with(Network::Logged).await {
            Ok(chromium) => chromium,
            Err(Error::Needs(what)) => return corsac_chromium::skip(what),
            Err(error) => panic!("{error}"),
        };
        let playground = Playground::start(&[]);
        let page = Page { chromium, playground };
        page.chromium.resize(1280, 900).await.unwrap();
        page.chromium.open(page.playground.url()).await.unwrap();
        page.settle().await;
        visit(&page).await;
        page.assert_clean().await;
        page.chromium.quit().await.unwrap();
    });
}

impl Page {
    /// The value of an expression in the page.
    pub(crate) async fn value(&self, expression: &str) -> Value {
        self.chromium.evaluate(&format!("return {expression};"), &[]).await.unwrap()
    }

    /// What stands in the element that the selector finds first, blanks taken together.
    pub(crate) async fn text(&self, selector: &str) -> String {
        let script = "return document.querySelector(arguments[0]).textContent.replace(/\\s+/g, ' ').trim();";
        let text = self.chromium.evaluate(script, &[json!(selector)]).await.unwrap();
        text.as_str().unwrap().to_owned()
    }

    /// Waits until the expression holds.
    pub(crate) async fn until(&self, expression: &str) {
        let limit = std::time::Instant::now() + PATIENCE;
        while self.value(expression).await != json!(true) {
            assert!(std::time::Instant::now() < limit, "in vain: {expression}");
            tokio::time::sleep(Duration::from_millis(30)).await;
        }
    }

    /// Waits until the page has an answer to all that it asked.
    pub(crate) async fn settle(&self) {
        self.until("!!setup && $('presets').childElementCount > 0 && !document.querySelector('[aria-busy]')").await;
    }

    /// Puts a policy into the editor as if it were typed.
    pub(crate) async fn edit(&self, policy: &str) {
        let script = "const field = document.getElementById('policy'); field.value = arguments[0]; \
                      field.dispatchEvent(new Event('input'));";
        self.chromium.evaluate(script, &[json!(policy)]).await.unwrap();
        self.settle().await;
    }

    /// Makes the call and waits for what the browser says.
    pub(crate) async fn run(&self) {
        self.chromium.click("#run").await.unwrap();
        self.until("'made' in $('real').dataset").await;
        self.settle().await;
    }

    /// Tries a preset out.
    pub(crate) async fn try_out(&self, id: &str) {
        self.value(&format!("$('try-{id}').click()")).await;
        self.settle().await;
    }

    /// The predicted verdict and the real one.
    pub(crate) async fn verdicts(&self) -> [String; 2] {
        [self.text("#predicted .word").await, self.text("#real .word").await]
    }

    /// Every request stayed on the playground's own ports, and the console holds nothing but reports on calls that CORS stopped.
    async fn assert_clean(&self) {
        let ports = self.playground.ports();
        let mut requests = 0;
        for event in self.chromium.network_log().await.unwrap() {
            // The new tab that the browser begins with is its own affair.
            let is_own = event["params"]["documentURL"].as_str().is_some_and(|url| url.starts_with("chrome://"));
            if event["method"] != "Network.requestWillBeSent" || is_own {
                continue;
            }
            let url = event["params"]["request"]["url"].as_str().unwrap();
            let rest = url.strip_prefix("http://").unwrap_or_else(|| panic!("{url}"));
            let host = rest.split('/').next().unwrap();
            let (name, port) = host.split_once(':').unwrap();
            assert!(["localhost", "127.0.0.1", "app.localhost"].contains(&name), "{url}");
            assert!(ports.contains(&port_of(&format!(":{port}"))), "{url}");
            requests += 1;
        }
        assert!(requests > 3, "{requests} requests were logged");
        let api = self.playground.api();
        for message in self.chromium.console().await.unwrap() {
            let is_stopped = message.contains("has been blocked by CORS policy") && message.contains(api);
            let is_its_report = message.starts_with(api) && message.ends_with("net::ERR_FAILED");
            assert!(is_stopped || is_its_report, "{message}");
        }
    }
}
