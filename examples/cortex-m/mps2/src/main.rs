//! A lamp on the mps2-an385: picoserve on embassy-net, with corsac as a layer.

#![no_std]
#![no_main]

mod board;
mod clock;
mod lan9118;

use corsac_device::{ADDRESS, Device, GATEWAY, OWN_NAMES, PAGE, POLICY, Text};
use corsac_picoserve::Cors;
use embassy_executor::raw::Executor;
use embassy_net::{Config, Ipv4Address, Ipv4Cidr, Runner, Stack, StackResources, StaticConfigV4};
use embassy_time::Duration;
use lan9118::Lan9118;
use picoserve::extract::FromRequest;
use picoserve::io::Read;
use picoserve::request::{RequestBody, RequestParts};
use picoserve::response::{IntoResponse, Response, StatusCode};
use picoserve::routing::{PathRouter, Router, get, post};
use picoserve::{Server, Timeouts};
use static_cell::StaticCell;

const PORT: u16 = 80;

/// A connection that finds no socket listening is reset. A browser opens six at once, and a connection that both sides close at the same
/// moment keeps its socket until a timer is done.
const SOCKETS: usize = 24;

/// The most bytes of a request's head; the fields of a preflight that is worth answering fit many times.
const MAX_HEAD: usize = 2048;

static DEVICE: Device = Device::new();

static CONFIG: picoserve::Config = picoserve::Config::new(Timeouts {
    start_read_request: Duration::from_secs(10),
    persistent_start_read_request: Duration::from_secs(2),
    read_request: Duration::from_secs(5),
    write: Duration::from_secs(5),
})
.keep_connection_alive();

#[cortex_m_rt::entry]
fn main() -> ! {
    static EXECUTOR: StaticCell<Executor> = StaticCell::new();
    static RESOURCES: StaticCell<StackResources<SOCKETS>> = StaticCell::new();
    board::start();
    let [a, b, c, d] = ADDRESS;
    let address = Ipv4Cidr::new(Ipv4Address::new(a, b, c, d), 24);
    let [a, b, c, d] = GATEWAY;
    let gateway = Some(Ipv4Address::new(a, b, c, d));
    let config = Config::ipv4_static(StaticConfigV4 { address, gateway, dns_servers: Default::default() });
    // The first numbers of TCP connections follow from the seed. The board has no source of randomness; a device that has one takes it.
    let seed = 0x5eed;
    let (stack, runner) = embassy_net::new(Lan9118::start(), config, RESOURCES.init(StackResources::new()), seed);
    let executor: &'static Executor = EXECUTOR.init(Executor::new(core::ptr::null_mut()));
    let spawner = executor.spawner();
    // Each task is spawned as often as its pool has places.
    if let Ok(token) = network(runner) {
        spawner.spawn(token);
    }
    for number in 0..SOCKETS {
        if let Ok(token) = web(number, stack) {
            spawner.spawn(token);
        }
    }
    board::run(executor)
}

#[embassy_executor::task]
async fn network(mut runner: Runner<'static, Lan9118>) -> ! {
    runner.run().await
}

#[embassy_executor::task(pool_size = SOCKETS)]
async fn web(number: usize, stack: Stack<'static>) {
    let app = app();
    let mut head = [0; MAX_HEAD];
    let (mut receive, mut send) = ([0; 2048], [0; 2048]);
    let server = Server::new(&app, &CONFIG, &mut head);
    server.listen_and_serve(number, stack, PORT, &mut receive, &mut send).await.into_never()
}

/// The routes, and the policy around them.
fn app() -> Router<impl PathRouter> {
    let json = |text: Text| Response::ok(text).with_content_type("application/json");
    Router::new()
        .route("/", get(async || Response::ok(PAGE).with_content_type("text/html; charset=utf-8")))
        .route(
            "/api/lamp",
            get(async move || json(DEVICE.lamp())).put(async move |Switched: Switched| json(DEVICE.lamp())),
        )
        .route(
            "/api/lamp/toggle",
            post(async move || {
                DEVICE.toggle();
                json(DEVICE.lamp())
            }),
        )
        .route(
            "/api/sensor",
            get(async move || {
                let (text, readings) = DEVICE.sensor();
                json(text).with_header("X-Readings", readings)
            }),
        )
        // The last layer is the first that a request meets.
        .layer(Cors::new(POLICY, &OWN_NAMES))
}

/// The lamp was switched as the body says.
struct Switched;

impl<'r, State> FromRequest<'r, State> for Switched {
    type Rejection = NotSwitched;

    async fn from_request<R: Read>(
        _: &'r State,
        _: RequestParts<'r>,
        body: RequestBody<'r, R>,
    ) -> Result<Self, NotSwitched> {
        match body.read_all().await {
            Ok(body) if DEVICE.switch(body) => Ok(Self),
            _ => Err(NotSwitched),
        }
    }
}

/// The body says neither on nor off.
struct NotSwitched;

impl IntoResponse for NotSwitched {
    async fn write_to<R: Read, W: picoserve::response::ResponseWriter<Error = R::Error>>(
        self,
        connection: picoserve::response::Connection<'_, R>,
        response_writer: W,
    ) -> Result<picoserve::ResponseSent, W::Error> {
        let response = Response::new(StatusCode::new(422), "the body is neither on nor off\n");
        response_writer.write_response(connection, response).await
    }
}

/// Nothing is worth a device that hangs until somebody pulls its plug.
#[panic_handler]
fn panic(_: &core::panic::PanicInfo<'_>) -> ! {
    cortex_m::peripheral::SCB::sys_reset()
}
