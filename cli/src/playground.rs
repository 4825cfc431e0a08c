//! `corsac playground`: a page to try policies on, beside what the browser that shows it really does.
//!
//! | file | holds |
//! |---|---|
//! | `addresses.rs` | the ports, and the origins that they give |
//! | `page_server.rs`, `questions.rs` | the page, and what it asks: the documents of `check --json` and `explain --json` |
//! | `api_server.rs`, `cases.rs` | the API that pages call: answers as the posted policy says, and keeps what arrived |
//! | `gate.rs` | which requests the two servers take: corsac's own verdicts |
//! | `presets.rs`, `presets.json` | the classic mistakes |
//! | `index.html`, `playground.css`, `playground.js` | the page |
//! | `exchange.js`, `real.js` | its drawing of an exchange, and its calls for real |
//! | `caller.html`, `caller.js` | the frame that makes a call from an origin of its own |
//!
//! No file is written, and nothing is reachable from another machine. The page has no CORS logic: all that it says was decided here.

mod addresses;
mod api_server;
mod cases;
mod gate;
mod page_server;
mod presets;
mod questions;

use std::io;
use std::sync::Arc;

use axum::Router;

use crate::args;
use crate::output::{Exit, Misuse, NOTE, Output, STRONG, reason};
use crate::playground::addresses::{Addresses, Listeners, unfitness};
use crate::playground::cases::Cases;
use crate::playground::presets::Start;
use crate::source::Source;

/// Runs the command until Ctrl-C.
pub(crate) fn run(args: &args::Playground, json: bool) -> Result<Output, Misuse> {
    if let Some((port, why)) = args.port.and_then(|port| Some((port, unfitness(port)?))) {
        return Err(Misuse::new(format!("port {port} is none for the playground: {why}")));
    }
    let source = args.policy.as_deref().map(Source::read).transpose()?;
    let runtime = tokio::runtime::Builder::new_current_thread().enable_io().build();
    let runtime = runtime.map_err(|error| cannot("start", &error))?;
    runtime.block_on(serve(args, source, json))?;
    Ok(Output::text(String::new(), Exit::Yes))
}

async fn serve(args: &args::Playground, source: Option<Source>, json: bool) -> Result<(), Misuse> {
    let page = Listeners::bind(args.port).map_err(|error| match args.port {
        Some(port) => cannot(&format!("listen on port {port}"), &error),
        None => cannot("listen", &error),
    })?;
    let other = Listeners::bind(None).map_err(|error| cannot("listen", &error))?;
    let api = Listeners::bind(None).map_err(|error| cannot("listen", &error))?;
    let addresses = Addresses { page: page.port, other: other.port, api: api.port };
    let cases = Arc::new(Cases::default());
    let pages = page_server::router(&addresses, &Start::of(source)?, Arc::clone(&cases))?;
    let answers = api_server::router(&addresses, cases)?;
    for (listeners, router) in [(page, &pages), (other, &pages), (api, &answers)] {
        start(listeners, router).map_err(|error| cannot("listen", &error))?;
    }
    // Listened for before anybody is told that the command runs.
    let interrupt = tokio::spawn(tokio::signal::ctrl_c());
    tokio::task::yield_now().await;
    announce(&addresses, json);
    if !args.no_open && open::that_detached(addresses.page_url()).is_err() {
        let text = format!("{NOTE}note{NOTE:#}: no browser could be opened; open the address above in one\n");
        Output::text(String::new(), Exit::Yes).and_stderr(text).print();
    }
    let interrupted = interrupt.await.unwrap_or_else(|error| Err(io::Error::other(error)));
    interrupted.map_err(|error| cannot("wait for Ctrl-C", &error))
}

/// Serves from now on, each connection in its turn: it is one person's browser that calls.
fn start(listeners: Listeners, router: &Router) -> io::Result<()> {
    for listener in listeners.sockets {
        let listener = tokio::net::TcpListener::from_std(listener)?;
        let served = axum::serve(listener, router.clone());
        tokio::spawn(async move { served.await });
    }
    Ok(())
}

fn announce(addresses: &Addresses, json: bool) {
    let (url, api) = (addresses.page_url(), addresses.api_origin());
    let origins: Vec<String> = addresses.page_origins().into_iter().map(|page| page.origin).collect();
    let output = if json {
        let document = serde_json::json!({ "url": url, "page_origins": origins, "api_origin": api });
        Output::json(&document, Exit::Yes)
    } else {
        let text = format!(
            "The playground is at {STRONG}{url}{STRONG:#}\n\
             \x20 calls from  {}\n\
             \x20 to the API  {api}\n\
             Only this machine reaches it; Ctrl-C ends it.\n",
            origins.join(", ")
        );
        Output::text(text, Exit::Yes)
    };
    // A pipe that nobody reads is no reason to end.
    output.print();
}

fn cannot(what: &str, error: &io::Error) -> Misuse {
    Misuse::new(format!("cannot {what}: {}", reason(error)))
}
