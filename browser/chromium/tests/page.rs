//! A page is opened, looked at and worked with, where there is a browser.

use corsac_chromium::{Chromium, ColorScheme, Error, Key, Network, json, skip};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpListener;

const PAGE: &str = "<!doctype html><title>page</title><input id=text><button id=go \
                    onclick=\"document.title = document.getElementById('text').value\">go</button>";

/// Answers every request with the page.
async fn serve() -> u16 {
    let listener = TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
    let port = listener.local_addr().unwrap().port();
    tokio::spawn(async move {
        while let Ok((mut connection, _)) = listener.accept().await {
            tokio::spawn(async move {
                let mut request = [0; 4096];
                let _ = connection.read(&mut request).await;
                let head = format!("HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: {}\r\n", PAGE.len());
                let _ = connection.write_all(format!("{head}Connection: close\r\n\r\n{PAGE}").as_bytes()).await;
            });
        }
    });
    port
}

#[tokio::test]
async fn a_page_is_worked_with() {
    let chromium = match Chromium::start_with(Network::Logged).await {
        Err(Error::Needs(what)) => return skip(what),
        chromium => chromium.unwrap(),
    };
    let page = format!("http://app.example:{}/", serve().await);
    chromium.open(&page).await.unwrap();
    assert_eq!(chromium.evaluate("return location.href", &[]).await.unwrap(), json!(page));

    chromium.fill("#text", "typed").await.unwrap();
    chromium.type_keys("!" + Key::Tab + Key::Enter).await.unwrap();
    assert_eq!(chromium.evaluate("return document.title", &[]).await.unwrap(), json!("typed!"));
    chromium.fill("#text", "clicked").await.unwrap();
    chromium.click("#go").await.unwrap();
    assert_eq!(chromium.evaluate("return document.title", &[]).await.unwrap(), json!("clicked"));

    chromium.resize(390, 844).await.unwrap();
    assert_eq!(chromium.evaluate("return [innerWidth, innerHeight]", &[]).await.unwrap(), json!([390, 844]));
    for (scheme, query) in [(ColorScheme::Dark, "dark"), (ColorScheme::Light, "light")] {
        chromium.prefer(scheme).await.unwrap();
        let matches = format!("return matchMedia('(prefers-color-scheme: {query})').matches");
        assert_eq!(chromium.evaluate(&matches, &[]).await.unwrap(), json!(true), "{query}");
    }

    // The world outside does not resolve.
    let fetched = "const [url, done] = arguments; fetch(url).then(() => done('yes'), () => done('no'));";
    assert_eq!(chromium.run(fetched, &[json!("http://corsac.test/")]).await.unwrap(), json!("no"));
    assert!(chromium.console().await.unwrap().iter().any(|line| line.contains("ERR_NAME_NOT_RESOLVED")));
    let sent = chromium.network_log().await.unwrap();
    assert!(sent.iter().any(|event| event["method"] == "Network.requestWillBeSent"));

    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("page.png");
    chromium.screenshot(&file).await.unwrap();
    assert!(std::fs::read(&file).unwrap().starts_with(b"\x89PNG"));
    chromium.quit().await.unwrap();
}

#[tokio::test]
async fn a_browser_ends_with_its_owner() {
    match Chromium::start().await {
        Err(Error::Needs(what)) => skip(what),
        chromium => drop(chromium.unwrap()),
    }
}
