//! The image that counts instructions on the Cortex-M3, and bytes.
//!
//! It has to run under QEMU's `-icount shift=10`: an instruction then takes 1,024 ns of the board's time, which is 25.6 ticks of its
//! timer at 25 MHz. Instructions are no cycles: what a load or a branch costs is the part's own. Each line is `KIND NAME NUMBERS`.

#![no_std]
#![no_main]

use core::hint::black_box;

use corsac::{Decision, PolicyRef, Refusal, Request, ScreenRequest, Screening, policy};
use corsac_board::{entry, measured};
use semihosting::{println, process};

static ONE: PolicyRef<'static> = policy! {
    allow_origins: &["https://app.example.com"],
    allow_methods: &["PUT", "DELETE"],
    allow_headers: &["authorization", "content-type", "x-request-id"],
    max_age: Some(600),
};
static FOUR: PolicyRef<'static> = policy! {
    allow_origins: &[
        "https://app.example.com", "https://admin.example.com", "https://*.preview.example.com", "http://localhost:*",
    ],
    allow_methods: &["PUT", "DELETE"],
    allow_headers: &["authorization", "content-type", "x-request-id"],
    max_age: Some(600),
};
static IN_LABEL: PolicyRef<'static> = policy! { allow_origins: &["https://app-*.example.com"] };
/// Of each origin below the last all have to be looked at to their ends.
static NESTED: PolicyRef<'static> = policy! {
    allow_origins: &[
        "https://*.a.example.com:*", "https://*.a.a.example.com:*", "https://*.a.a.a.example.com:*",
        "https://*.a.a.a.a.example.com:*", "https://*.a.a.example.com", "https://*.a.a.a.example.com",
        "https://*.a.a.a.a.example.com", "https://*.a.a.a.a.a.example.com",
    ],
    dangerously_allow_any_port: true,
};
static SIXTEEN: PolicyRef<'static> = policy! {
    allow_origins: &[
        "https://a01.example.com", "https://a02.example.com", "https://a03.example.com", "https://a04.example.com",
        "https://a05.example.com", "https://a06.example.com", "https://a07.example.com", "https://a08.example.com",
        "https://a09.example.com", "https://a10.example.com", "https://a11.example.com", "https://a12.example.com",
        "https://a13.example.com", "https://a14.example.com", "https://a15.example.com", "https://app.example.com",
    ],
    allow_methods: &["PUT", "DELETE"],
    allow_headers: &["authorization", "content-type", "x-request-id"],
    max_age: Some(600),
};

const PAGE: &[u8] = b"https://app.example.com";
const STRANGER: &[u8] = b"https://app.example.org";

type Field<'a> = (&'a [u8], &'a [u8]);

/// What a browser sends beside the fields of CORS.
const USUAL: [Field<'static>; 7] = [
    (b"Host", b"192.168.1.20"),
    (b"Connection", b"keep-alive"),
    (b"User-Agent", b"Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0"),
    (b"Accept", b"*/*"),
    (b"Accept-Language", b"en-US,en;q=0.5"),
    (b"Accept-Encoding", b"gzip, deflate"),
    (b"Referer", b"https://app.example.com/"),
];

/// Names of 63 bytes and commas up to the cap on all names, and texts beyond and at other caps.
static AT_CAP: [u8; 8191] = repeated(b"xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx,");
static LISTED: [u8; 8191] = repeated(b"content-type,  ,content-type,authorization,content-type,content,");
static OVER_CAP: [u8; 65_536] = repeated(b"authorization,, ");

/// Below every domain of `NESTED`, in a host of 253 bytes, but for a byte at its very beginning.
static NESTED_ORIGIN: [u8; 261] = {
    let mut text = [b'x'; 261];
    let (scheme, domain) = (b"https://A", b".a.a.a.a.a.example.com");
    let mut at = 0;
    while at < scheme.len() {
        text[at] = scheme[at];
        at += 1;
    }
    at = 0;
    while at < domain.len() {
        text[text.len() - domain.len() + at] = domain[at];
        at += 1;
    }
    text
};

const fn repeated<const N: usize>(unit: &[u8]) -> [u8; N] {
    let mut text = [0; N];
    let mut at = 0;
    while at < N {
        text[at] = unit[at % unit.len()];
        at += 1;
    }
    text
}

/// Serves all of `AT_CAP`: the dearest list of names that is not cut short.
static LONG: PolicyRef<'static> = policy! {
    allow_origins: &["https://app.example.com"],
    allow_methods: &["PUT"],
    allow_headers: &["xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"],
};

/// A request, and whether it is allowed.
struct Row<'a> {
    name: &'static str,
    policy: &'a PolicyRef<'static>,
    method: &'static [u8],
    fields: &'a [Field<'a>],
    allowed: Option<bool>,
    refusal: Option<Refusal>,
}

#[entry]
fn main() -> ! {
    timer::start();
    bytes();
    let origin = |origin| (&b"Origin"[..], origin);
    let with = |extra: Field<'static>| {
        let mut fields = [extra; 8];
        fields[1..].copy_from_slice(&USUAL);
        fields
    };
    let preflight = |origin, headers| {
        let mut fields = [(&b""[..], &b""[..]); 10];
        fields[..7].copy_from_slice(&USUAL);
        fields[7] = (b"Origin", origin);
        fields[8] = (b"Access-Control-Request-Method", b"PUT");
        fields[9] = (b"Access-Control-Request-Headers", headers);
        fields
    };
    let page = with(origin(PAGE));
    let stranger = with(origin(STRANGER));
    let preview = with(origin(b"https://branch-7.preview.example.com"));
    let labelled = with(origin(b"https://app-7.example.com"));
    let nested = with(origin(&NESTED_ORIGIN));
    let three = preflight(PAGE, b"authorization,content-type,x-request-id");
    let foreign = preflight(STRANGER, b"authorization,content-type,x-request-id");
    let (at_cap, listed, over_cap) = (preflight(PAGE, &AT_CAP), preflight(PAGE, &LISTED), preflight(PAGE, &OVER_CAP));
    let row = |name, policy, method, fields, allowed, refusal| Row { name, policy, method, fields, allowed, refusal };
    let (get, options): (&[u8], &[u8]) = (b"GET", b"OPTIONS");
    let (yes, no, miss) = (Some(true), Some(false), Some(Refusal::OriginNotAllowed));
    for row in [
        row("no-origin", &ONE, get, &USUAL, None, None),
        row("actual-allowed-1", &ONE, get, &page, yes, None),
        row("actual-refused-1", &ONE, get, &stranger, no, miss),
        row("actual-allowed-4", &FOUR, get, &page, yes, None),
        row("actual-refused-4", &FOUR, get, &stranger, no, miss),
        row("pattern-allowed-4", &FOUR, get, &preview, yes, None),
        row("in-label-allowed-1", &IN_LABEL, get, &labelled, yes, None),
        row("patterns-8-refused-253-bytes", &NESTED, get, &nested, no, miss),
        row("actual-allowed-16", &SIXTEEN, get, &page, yes, None),
        row("actual-refused-16", &SIXTEEN, get, &stranger, no, miss),
        row("preflight-3-names-1", &ONE, options, &three, yes, None),
        row("preflight-3-names-16", &SIXTEEN, options, &three, yes, None),
        row("preflight-refused-1", &ONE, options, &foreign, no, miss),
        row("hostile-names-8191-bytes", &LONG, options, &at_cap, yes, None),
        row("hostile-names-refused-late", &ONE, options, &listed, no, Some(Refusal::HeaderNotAllowed)),
        row("hostile-names-64-KiB", &ONE, options, &over_cap, no, Some(Refusal::HeadersTooLong)),
    ] {
        count(&row);
    }
    let (fields, floor) = timer::instructions(|| measured::floor(black_box(Some(PAGE))));
    let (length, whole) = timer::instructions(|| measured::floor_of_whole(black_box(&page)));
    if fields.len() != 2 || length == 0 {
        process::exit(1);
    }
    println!("instructions floor-of-actual-allowed-1 {floor} {whole}");
    process::exit(0);
}

/// Counts one row, after looking whether it is what it says.
fn count(row: &Row<'_>) {
    let request = Request::from_fields(row.method, row.fields.iter().copied());
    let policy = black_box(row.policy);
    let (decision, decided) = timer::instructions(|| measured::decide(policy, &request));
    if (decision.allowed(), decision.refusal()) != (row.allowed, row.refusal) {
        println!("{} is {:?}, {:?}", row.name, decision.allowed(), decision.refusal());
        process::exit(1);
    }
    let (_, whole) = timer::instructions(|| measured::whole(policy, row.method, row.fields));
    println!("instructions {} {decided} {whole}", row.name);
}

/// What a policy and an answer take.
fn bytes() {
    for (name, policy) in [("1-origin", &ONE), ("4-origins", &FOUR), ("16-origins", &SIXTEEN)] {
        println!("bytes image-{name} {}", policy.image().len());
    }
    println!("bytes PolicyRef {}", size_of::<PolicyRef<'_>>());
    println!("bytes Request {}", size_of::<Request<'_>>());
    println!("bytes Decision {}", size_of::<Decision<'_, '_>>());
    println!("bytes ScreenRequest {}", size_of::<ScreenRequest<'_>>());
    println!("bytes Screening {}", size_of::<Screening<'_, '_>>());
}

/// The board's first timer.
#[expect(unsafe_code, reason = "registers")]
mod timer {
    use core::ptr::with_exposed_provenance_mut;

    const BASE: usize = 0x4000_0000;
    const CTRL: usize = 0x0;
    const VALUE: usize = 0x4;
    const RELOAD: usize = 0x8;

    /// Lets it count down from its largest number.
    pub(crate) fn start() {
        // SAFETY: these are the timer's registers on this board, and nothing else uses it.
        unsafe {
            register(RELOAD).write_volatile(u32::MAX);
            register(VALUE).write_volatile(u32::MAX);
            register(CTRL).write_volatile(1);
        }
    }

    /// The instructions of `work`, less those of looking at the timer.
    pub(crate) fn instructions<R>(work: impl FnOnce() -> R) -> (R, u32) {
        let (_, nothing) = ticks(|| ());
        let (result, ticks) = ticks(work);
        // 25.6 ticks each, rounded.
        (result, ((ticks - nothing) * 5 + 64) / 128)
    }

    #[inline(never)]
    fn ticks<R>(work: impl FnOnce() -> R) -> (R, u32) {
        let before = now();
        let result = work();
        (result, before.wrapping_sub(now()))
    }

    #[inline(always)]
    fn now() -> u32 {
        // SAFETY: reading the counter changes nothing.
        unsafe { register(VALUE).read_volatile() }
    }

    fn register(offset: usize) -> *mut u32 {
        with_exposed_provenance_mut(BASE + offset)
    }
}
