//! A lamp on the LM3S6965: smoltcp, and HTTP with nothing but a parser.

#![no_std]
#![no_main]

mod board;
mod ethernet;

use corsac_device::http::{self, MAX_REQUEST, MAX_RESPONSE, Response, Step};
use corsac_device::{ADDRESS, Device, GATEWAY, Gate, MAC, OWN_NAMES, POLICY};
use ethernet::Ethernet;
use smoltcp::iface::{Config, Interface, SocketHandle, SocketSet, SocketStorage};
use smoltcp::socket::tcp::{Socket, SocketBuffer, State};
use smoltcp::time::{Duration, Instant};
use smoltcp::wire::{EthernetAddress, IpCidr, Ipv4Address};
use static_cell::ConstStaticCell;

const PORT: u16 = 80;

/// smoltcp resets a connection that finds no socket listening, and a browser opens six at once.
const SOCKETS: usize = 12;

/// A connection on which nothing happens is closed, so that twelve idle ones do not lock the device up.
const IDLE: Duration = Duration::from_secs(10);

type Receive = [u8; MAX_REQUEST];
type Send = [u8; MAX_RESPONSE];

static RECEIVE: ConstStaticCell<[Receive; SOCKETS]> = ConstStaticCell::new([[0; MAX_REQUEST]; SOCKETS]);
static SEND: ConstStaticCell<[Send; SOCKETS]> = ConstStaticCell::new([[0; MAX_RESPONSE]; SOCKETS]);
static STORAGE: ConstStaticCell<[SocketStorage<'static>; SOCKETS]> =
    ConstStaticCell::new([SocketStorage::EMPTY; SOCKETS]);
static INPUT: ConstStaticCell<Receive> = ConstStaticCell::new([0; MAX_REQUEST]);
static OUTPUT: ConstStaticCell<Response> = ConstStaticCell::new(Response::new());
static ETHERNET: ConstStaticCell<Ethernet> = ConstStaticCell::new(Ethernet::new());
static DEVICE: Device = Device::new();

#[cortex_m_rt::entry]
fn main() -> ! {
    board::start();
    let ethernet = ETHERNET.take();
    Ethernet::start();
    let mut config = Config::new(EthernetAddress(MAC).into());
    // The first numbers of TCP connections follow from it. The part has no source of randomness; a device that has one takes it.
    config.random_seed = 0x5eed;
    let mut interface = Interface::new(config, ethernet, now());
    interface.update_ip_addrs(|addresses| {
        let [a, b, c, d] = ADDRESS;
        // The list is new and has room for one.
        let _ = addresses.push(IpCidr::new(Ipv4Address::new(a, b, c, d).into(), 24));
    });
    let [a, b, c, d] = GATEWAY;
    let _ = interface.routes_mut().add_default_ipv4_route(Ipv4Address::new(a, b, c, d));

    let mut sockets = SocketSet::new(&mut STORAGE.take()[..]);
    let (mut receive, mut send) = (RECEIVE.take().iter_mut(), SEND.take().iter_mut());
    let mut connections = [(); SOCKETS].map(|()| {
        let receive = receive.next().map_or(&mut [][..], |buffer| &mut buffer[..]);
        let send = send.next().map_or(&mut [][..], |buffer| &mut buffer[..]);
        let mut socket = Socket::new(SocketBuffer::new(receive), SocketBuffer::new(send));
        socket.set_timeout(Some(IDLE));
        socket.set_ack_delay(None);
        Connection { handle: sockets.add(socket), last: now(), closing: false }
    });
    let mut server = Server { gate: Gate::new(POLICY, &OWN_NAMES), input: INPUT.take(), output: OUTPUT.take() };

    loop {
        Ethernet::acknowledge();
        interface.poll(now(), ethernet, &mut sockets);
        let mut busy = false;
        for connection in &mut connections {
            busy |= server.advance(connection, sockets.get_mut(connection.handle));
        }
        if busy {
            interface.poll(now(), ethernet, &mut sockets);
        } else {
            board::sleep_unless(Ethernet::has_frame);
        }
    }
}

fn now() -> Instant {
    Instant::from_millis(board::milliseconds())
}

/// A place for a connection.
struct Connection {
    handle: SocketHandle,
    /// When something happened on it.
    last: Instant,
    /// Whether the last response is on its way.
    closing: bool,
}

/// What all connections share: one request is answered at a time.
struct Server {
    gate: Gate<'static>,
    input: &'static mut Receive,
    output: &'static mut Response,
}

impl Server {
    /// Does the next thing on a connection; whether there was one.
    fn advance(&mut self, connection: &mut Connection, socket: &mut Socket<'_>) -> bool {
        // The other side has our last byte: there is no need to keep the place until its timer is done.
        if !socket.is_open() || socket.state() == State::TimeWait {
            socket.abort();
            connection.closing = false;
            // It is closed, and the port is not 0.
            let _ = socket.listen(PORT);
            return true;
        }
        if !socket.is_active() {
            connection.last = now();
            return false;
        }
        if now() > connection.last + IDLE {
            socket.abort();
            return true;
        }
        // One response at a time, so that it has the whole buffer.
        if connection.closing || socket.send_queue() > 0 {
            return false;
        }
        // The received bytes may go round the end of the ring; a parser wants them in a row.
        let length = socket.peek_slice(self.input).unwrap_or(0);
        let step = match length {
            0 => Step::Wait,
            length => http::serve(&DEVICE, &self.gate, &self.input[..length], self.output),
        };
        match step {
            Step::Wait => {
                // Whoever has sent all it will and still no request gets no answer.
                let over = matches!(socket.state(), State::CloseWait);
                if over {
                    connection.closing = true;
                    socket.close();
                }
                over
            }
            Step::Sent { taken, keeps_alive } => {
                connection.last = now();
                let _ = socket.recv_slice(&mut self.input[..taken]);
                // The buffer is empty and as large as the largest response.
                let _ = socket.send_slice(self.output.as_bytes());
                if !keeps_alive {
                    connection.closing = true;
                    socket.close();
                }
                true
            }
        }
    }
}

/// Nothing is worth a device that hangs until somebody pulls its plug.
#[panic_handler]
fn panic(_: &core::panic::PanicInfo<'_>) -> ! {
    cortex_m::peripheral::SCB::sys_reset()
}
