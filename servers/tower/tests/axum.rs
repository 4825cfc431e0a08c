//! The layer around an axum application, over a real socket.

use axum::Router;
use axum::http::StatusCode;
use axum::routing::{get, put};
use corsac::policy;
use corsac_tower::CorsLayer;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};

fn application() -> Router {
    Router::new()
        .route("/items", get(async || "[]"))
        .route("/items/{id}", put(async || StatusCode::NO_CONTENT))
        .route("/private", get(async || StatusCode::UNAUTHORIZED))
        .layer(CorsLayer::new(policy! {
            allow_origins: &["https://app.example.com"],
            allow_methods: &["PUT"],
            allow_headers: &["content-type"],
        }))
}

/// Sends requests over one connection, and gives the heads of the responses, in lower case.
async fn exchange(requests: &[&str]) -> Vec<String> {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let server = tokio::spawn(async { axum::serve(listener, application()).await });
    let mut socket = TcpStream::connect(address).await.unwrap();
    let mut heads = Vec::new();
    for request in requests {
        socket.write_all(request.replace('\n', "\r\n").as_bytes()).await.unwrap();
        let mut read = Vec::new();
        while !read.windows(4).any(|end| end == b"\r\n\r\n") {
            read.push(socket.read_u8().await.unwrap());
        }
        let head = String::from_utf8(read).unwrap().to_ascii_lowercase();
        let length =
            head.split("content-length: ").nth(1).map_or(0, |rest| rest.split('\r').next().unwrap().parse().unwrap());
        socket.read_exact(&mut vec![0; length]).await.unwrap();
        heads.push(head);
    }
    server.abort();
    heads
}

#[tokio::test]
async fn a_page_is_served_over_one_connection() {
    let page = "Host: api.example\nOrigin: https://app.example.com\n";
    let preflight = |method: &str| {
        format!(
            "OPTIONS /items/7 HTTP/1.1\n{page}Access-Control-Request-Method: {method}\nAccess-Control-Request-Headers: content-type\n\n"
        )
    };
    let requests = [
        preflight("PUT"),
        format!("PUT /items/7 HTTP/1.1\n{page}Content-Type: application/json\nContent-Length: 2\n\n{{}}"),
        format!("GET /items HTTP/1.1\n{page}\n"),
        format!("GET /private HTTP/1.1\n{page}\n"),
        format!("GET /nothing HTTP/1.1\n{page}\n"),
        preflight("DELETE"),
        "GET /items HTTP/1.1\nHost: api.example\nOrigin: https://evil.example\n\n".to_owned(),
    ];
    let heads = exchange(&requests.each_ref().map(String::as_str)).await;
    let statuses: Vec<_> = heads.iter().map(|head| head.split(' ').nth(1).unwrap()).collect();
    assert_eq!(statuses, ["204", "204", "200", "401", "404", "403", "200"]);
    for (head, allowed) in heads.iter().zip([true, true, true, true, true, false, false]) {
        assert_eq!(head.contains("access-control-allow-origin: https://app.example.com\r\n"), allowed, "{head}");
        assert_eq!(head.matches("access-control-allow-origin").count(), usize::from(allowed), "{head}");
        assert!(head.contains("vary: origin"), "{head}");
    }
    assert!(heads[0].contains("access-control-allow-methods: put\r\n"), "{}", heads[0]);
}
