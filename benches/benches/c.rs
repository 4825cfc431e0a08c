//! The calls of C against those of Rust, with the library as `cargo xtask c` installs it.

#![allow(unsafe_code, reason = "functions of another library")]

use std::hint::black_box;
use std::mem::MaybeUninit;
use std::path::{Path, PathBuf};

use corsac::{PolicyRef, Request};
use corsac_benches::comparisons::{C, C_LIST, DECIDE, DECIDE_LIST};
use corsac_benches::policies;
use corsac_benches::requests::{PAGE, STRANGER, Sent, THREE_NAMES};
use corsac_benches::sink::{Kept, Opaque, Sink};
use libloading::{Library, Symbol};
use types::{corsac_decision, corsac_field, corsac_fields, corsac_policy, corsac_request, corsac_status, corsac_text};

use crate::row::{Contender, Rows};

#[allow(dead_code, non_camel_case_types, unreachable_pub, clippy::exhaustive_structs, reason = "C's own, used in part")]
#[path = "../../ffi-c/src/types.rs"]
mod types;

type Decide<T> = unsafe extern "C" fn(*const corsac_policy, *const T, *mut corsac_decision) -> corsac_status;

fn cases() -> [(&'static str, Sent); 5] {
    [
        ("no-origin", Sent::get(None)),
        ("actual-allowed", Sent::get(Some(PAGE))),
        ("actual-refused", Sent::get(Some(STRANGER))),
        ("preflight-allowed", Sent::preflight(PAGE, "PUT", THREE_NAMES)),
        ("preflight-refused", Sent::preflight(STRANGER, "PUT", THREE_NAMES)),
    ]
}

/// Where `cargo xtask c` puts the library.
fn library() -> PathBuf {
    let target = std::env::var_os("CARGO_TARGET_DIR").map_or_else(|| "target".into(), PathBuf::from);
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..").join(target).join("install/stage/lib/libcorsac.so")
}

pub(crate) fn measure(rows: &mut Rows) {
    let path = library();
    if !path.exists() {
        assert!(std::env::var_os("CI").is_none_or(|ci| ci != "true"), "needs libcorsac.so, by cargo xtask c");
        println!("skipped: needs libcorsac.so, by cargo xtask c");
        return;
    }
    // SAFETY: the library runs nothing when it is loaded or unloaded.
    let library = unsafe { Library::new(path) }.expect("libcorsac.so loads");
    // SAFETY: the functions have these types; the test programs in C see to that.
    let decide: Symbol<'_, Decide<corsac_request>> = unsafe { library.get(b"corsac_decide\0") }.expect("corsac_decide");
    // SAFETY: as above.
    let decide_fields: Symbol<'_, Decide<corsac_fields>> =
        unsafe { library.get(b"corsac_decide_fields\0") }.expect("corsac_decide_fields");
    let policy = policies::api_for(&policies::origins(1));
    let handle = corsac_policy { image: policy.image().as_ptr(), length: policy.image().len() };
    for (name, sent) in cases() {
        let request = picked(&sent);
        let list: Vec<corsac_field> =
            sent.fields.iter().map(|(name, value)| corsac_field { name: text(name), value: text(value) }).collect();
        let fields = listed(&sent, &list);
        // SAFETY: all that is passed is good, and lives longer than the call.
        let by_c =
            |to: &mut MaybeUninit<corsac_decision>| unsafe { decide(&handle, black_box(&request), to.as_mut_ptr()) };
        // SAFETY: as above.
        let by_c_list = |to: &mut MaybeUninit<corsac_decision>| unsafe {
            decide_fields(&handle, black_box(&fields), to.as_mut_ptr())
        };
        assert_same(policy, &sent, by_c);
        assert_same(policy, &sent, by_c_list);
        let values: Vec<(&'static str, &str)> =
            NAMES.iter().filter_map(|name| Some((*name, sent.value(name)?))).collect();
        rows.measure(
            &format!("c/{name}"),
            vec![
                Contender::whole(C, || {
                    let mut decision = MaybeUninit::uninit();
                    by_c(&mut decision);
                    black_box(&decision);
                }),
                Contender::whole(DECIDE, || decided(black_box(&policy), sent.method, black_box(&values))),
                Contender::whole(C_LIST, || {
                    let mut decision = MaybeUninit::uninit();
                    by_c_list(&mut decision);
                    black_box(&decision);
                }),
                Contender::whole(DECIDE_LIST, || decided_list(black_box(&policy), black_box(&sent))),
            ],
        );
    }
}

/// The fields that are picked out.
const NAMES: [&str; 4] = [
    "origin",
    "access-control-request-method",
    "access-control-request-headers",
    "access-control-request-private-network",
];

// Each is called, as a server calls one, and not melted into the loop that times it.

#[inline(never)]
fn decided(policy: &PolicyRef<'_>, method: &str, values: &[(&'static str, &str)]) {
    let mut request = Request::new(method);
    for (name, value) in values {
        request.push(name.as_bytes(), value.as_bytes());
    }
    Opaque.decision(&policy.decide(&request));
}

#[inline(never)]
fn decided_list(policy: &PolicyRef<'_>, sent: &Sent) {
    Opaque.decision(&policy.decide(&sent.picked()));
}

fn text(text: &str) -> corsac_text {
    corsac_text { bytes: text.as_ptr().cast(), length: text.len() }
}

const ABSENT: corsac_text = corsac_text { bytes: std::ptr::null(), length: 0 };

fn picked(sent: &Sent) -> corsac_request {
    let [origin, method, headers, private_network] = NAMES.map(|name| sent.value(name).map_or(ABSENT, text));
    corsac_request {
        struct_size: size_of::<corsac_request>(),
        method: text(sent.method),
        origin,
        access_control_request_method: method,
        access_control_request_headers: headers,
        access_control_request_private_network: private_network,
        faults: 0,
        ask: None,
        ask_context: std::ptr::null_mut(),
    }
}

fn listed(sent: &Sent, list: &[corsac_field]) -> corsac_fields {
    corsac_fields {
        struct_size: size_of::<corsac_fields>(),
        method: text(sent.method),
        fields: list.as_ptr(),
        field_count: list.len(),
        faults: 0,
        scheme: 0,
        refuse_absent_origin: 0,
        host_is_checked: 0,
        is_handshake: 0,
        own_names: types::corsac_list { texts: std::ptr::null(), count: 0 },
        ask: None,
        ask_context: std::ptr::null_mut(),
    }
}

/// C's answer is Rust's.
fn assert_same(
    policy: PolicyRef<'_>,
    sent: &Sent,
    decide: impl Fn(&mut MaybeUninit<corsac_decision>) -> corsac_status,
) {
    let mut decision = MaybeUninit::uninit();
    assert_eq!(decide(&mut decision), types::CORSAC_OK);
    let decision = decision.as_ptr();
    let mut kept = Kept::default();
    kept.decision(&policy.decide(&sent.picked()));
    // SAFETY: the function has set all members, and as many fields as it says; their texts lie in the policy, in the request and in
    // the library.
    let fields: Vec<(String, Vec<u8>)> = unsafe {
        let count = usize::from((*decision).field_count);
        (0..count)
            .map(|number| {
                let field = (&raw const (*decision).fields).cast::<types::corsac_response_field>().add(number).read();
                let bytes =
                    |text: corsac_text| std::slice::from_raw_parts(text.bytes.cast::<u8>(), text.length).to_vec();
                (String::from_utf8_lossy(&bytes(field.name)).into_owned(), bytes(field.value))
            })
            .collect()
    };
    let ours: Vec<(String, Vec<u8>)> = kept.fields().map(|(name, value)| (name.to_owned(), value.to_vec())).collect();
    assert_eq!(fields, ours);
}
