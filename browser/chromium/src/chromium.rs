//! The browser and what it can be told.

use core::time::Duration;
use std::path::Path;

use serde_json::{Value, json};
use tempfile::TempDir;
use thirtyfour::common::log::LoggingPrefsLogLevel;
use thirtyfour::{By, ChromiumLikeCapabilities as _, DesiredCapabilities, TimeoutConfiguration, WebDriver};

use crate::error::Error;
use crate::service::{Service, browser};

/// No sandbox, since checks run as root in containers; and nothing that the browser does for itself.
const FLAGS: [&str; 12] = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    // Where memory for sharing is short, as in containers, pages would end in the middle.
    "--disable-dev-shm-usage",
    "--no-proxy-server",
    // Pages that wait for their fetches are not slowed down for being out of sight.
    "--disable-background-timer-throttling",
    HOSTS,
];

/// `*.example` is this machine, and nothing else can be reached.
const HOSTS: &str = "--host-resolver-rules=MAP *.example 127.0.0.1, MAP * ~NOTFOUND, EXCLUDE localhost, \
                     EXCLUDE *.localhost, EXCLUDE 127.0.0.1, EXCLUDE ::1";

/// How long a script may run, and how long chromedriver may take to answer: a little more.
const SCRIPT_LIMIT: Duration = Duration::from_secs(600);
const ANSWER_LIMIT: Duration = Duration::from_secs(630);

/// A running browser with one window. It ends with this value; [`quit`](Self::quit) ends it and tells of failure.
#[derive(Debug)]
pub struct Chromium {
    // In the order of their ends: chromedriver, which ends the browser, before the profile.
    driver: WebDriver,
    _service: Service,
    _profile: TempDir,
}

/// Whether what the browser sends and receives is kept for [`Chromium::network_log`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[allow(clippy::exhaustive_enums, reason = "there is no third")]
pub enum Network {
    /// It is kept. Thousands of requests take memory and time.
    Logged,
    /// It is not.
    Unlogged,
}

/// What `prefers-color-scheme` says to pages.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[allow(clippy::exhaustive_enums, reason = "CSS has these two")]
pub enum ColorScheme {
    /// `light`.
    Light,
    /// `dark`.
    Dark,
}

impl Chromium {
    /// Starts a browser that keeps no log of the network.
    ///
    /// # Errors
    ///
    /// [`Error::Needs`] where it is not installed, and whatever else keeps it from running.
    pub async fn start() -> Result<Self, Error> {
        Self::start_with(Network::Unlogged).await
    }

    /// Starts a browser.
    ///
    /// # Errors
    ///
    /// As those of [`start`](Self::start).
    pub async fn start_with(network: Network) -> Result<Self, Error> {
        let binary = browser()?;
        let service = Service::start()?;
        let profile = tempfile::Builder::new().prefix("corsac-chromium-").tempdir()?;
        let mut capabilities = DesiredCapabilities::chrome();
        capabilities.set_binary(&binary.to_string_lossy())?;
        for flag in FLAGS {
            capabilities.add_arg(flag)?;
        }
        capabilities.add_arg(&format!("--user-data-dir={}", profile.path().display()))?;
        capabilities.set_logging_prefs("browser", LoggingPrefsLogLevel::All)?;
        if network == Network::Logged {
            capabilities.set_logging_prefs("performance", LoggingPrefsLogLevel::All)?;
        }
        // What the environment says of proxies does not concern a port of this machine.
        let client = reqwest::Client::builder().no_proxy().timeout(ANSWER_LIMIT).build();
        let client = client.map_err(thirtyfour::error::WebDriverError::from)?;
        let driver = WebDriver::builder(service.url(), capabilities).client(client).connect().await?;
        // From here on, whatever fails, the session is left as `Drop` leaves it.
        let chromium = Self { driver, _service: service, _profile: profile };
        let limits = TimeoutConfiguration::new(Some(SCRIPT_LIMIT), Some(Duration::from_secs(60)), None);
        chromium.driver.update_timeouts(limits).await?;
        Ok(chromium)
    }

    /// Opens a page and waits until it is loaded.
    ///
    /// # Errors
    ///
    /// Where it cannot be loaded within a minute.
    pub async fn open(&self, url: &str) -> Result<(), Error> {
        Ok(self.driver.goto(url).await?)
    }

    /// Runs a script in the page; its last argument is a function that takes what `run` is to return.
    ///
    /// # Errors
    ///
    /// Where the script throws, or does not call the function within ten minutes.
    pub async fn run(&self, script: &str, arguments: &[Value]) -> Result<Value, Error> {
        Ok(self.driver.execute_async(script, arguments.to_vec()).await?.json().clone())
    }

    /// Runs a script in the page and gives what it returns.
    ///
    /// # Errors
    ///
    /// Where the script throws.
    pub async fn evaluate(&self, script: &str, arguments: &[Value]) -> Result<Value, Error> {
        Ok(self.driver.execute(script, arguments.to_vec()).await?.json().clone())
    }

    /// Clicks on what the CSS selector finds first.
    ///
    /// # Errors
    ///
    /// Where it finds nothing that can be clicked.
    pub async fn click(&self, selector: &str) -> Result<(), Error> {
        Ok(self.driver.find(By::Css(selector)).await?.click().await?)
    }

    /// Takes the text out of a field and types another one.
    ///
    /// # Errors
    ///
    /// Where the CSS selector finds no field.
    pub async fn fill(&self, selector: &str, text: &str) -> Result<(), Error> {
        let field = self.driver.find(By::Css(selector)).await?;
        field.clear().await?;
        Ok(field.send_keys(text).await?)
    }

    /// Types into whatever has the focus: text, a [`Key`](crate::Key), or a key held while a text is typed
    /// (`Key::Shift + "a"`).
    ///
    /// # Errors
    ///
    /// Where the browser does not answer.
    pub async fn type_keys(&self, keys: impl Into<thirtyfour::TypingData>) -> Result<(), Error> {
        Ok(self.driver.action_chain().send_keys(keys).perform().await?)
    }

    /// Writes what is seen of the page into a PNG file.
    ///
    /// # Errors
    ///
    /// Where the file cannot be written.
    pub async fn screenshot(&self, file: &Path) -> Result<(), Error> {
        Ok(self.driver.screenshot(file).await?)
    }

    /// Gives the page that many CSS pixels, whatever is the least width of a window.
    ///
    /// # Errors
    ///
    /// Where the browser does not answer.
    pub async fn resize(&self, width: u32, height: u32) -> Result<(), Error> {
        let size = json!({ "width": width, "height": height, "deviceScaleFactor": 1, "mobile": false });
        self.devtools("Emulation.setDeviceMetricsOverride", size).await.map(drop)
    }

    /// Says to pages which colours the user prefers.
    ///
    /// # Errors
    ///
    /// Where the browser does not answer.
    pub async fn prefer(&self, scheme: ColorScheme) -> Result<(), Error> {
        let value = match scheme {
            ColorScheme::Light => "light",
            ColorScheme::Dark => "dark",
        };
        let media = json!({ "features": [{ "name": "prefers-color-scheme", "value": value }] });
        self.devtools("Emulation.setEmulatedMedia", media).await.map(drop)
    }

    /// Sends one command of the DevTools protocol to the page and gives its result.
    ///
    /// # Errors
    ///
    /// Where the browser does not know the command or refuses it.
    pub async fn devtools(&self, command: &str, parameters: Value) -> Result<Value, Error> {
        Ok(self.driver.cdp().send_raw(command, parameters).await?)
    }

    /// What the console said since this was last asked, errors of scripts and of the network among it.
    ///
    /// # Errors
    ///
    /// Where the browser does not answer.
    pub async fn console(&self) -> Result<Vec<String>, Error> {
        let entries = self.driver.get_log("browser").await?;
        Ok(entries.into_iter().map(|entry| entry.message).collect())
    }

    /// The events `Network.*` and `Page.*` of the DevTools protocol since this was last asked, as `{ method, params }`.
    ///
    /// # Errors
    ///
    /// Where the browser was not started with [`Network::Logged`].
    pub async fn network_log(&self) -> Result<Vec<Value>, Error> {
        let entries = self.driver.get_log("performance").await?;
        let events = entries.into_iter().filter_map(|entry| serde_json::from_str::<Value>(&entry.message).ok());
        Ok(events.map(|mut event| event["message"].take()).collect())
    }

    /// Ends the browser.
    ///
    /// # Errors
    ///
    /// Where it does not end by being told so; its end is then sought by that of chromedriver.
    pub async fn quit(self) -> Result<(), Error> {
        Ok(self.driver.clone().quit().await?)
    }
}

impl Drop for Chromium {
    fn drop(&mut self) {
        // Left to itself, the session would wait for an answer that its own runtime, which waits here, has to read. One that was
        // quit has nothing to leave.
        let _ = self.driver.clone().leak();
    }
}
