//! The types that cross the boundary. All are plain data; a number of each enumeration is a plain integer, as C may put any there.

use core::ffi::{c_char, c_void};

/// What a function comes to: CORSAC_OK, or one of the numbers CORSAC_ERROR_*.
pub type corsac_status = i32;

/// Done.
pub const CORSAC_OK: corsac_status = 0;
/// A pointer that must not be NULL is, or one is NULL whose count or length is not 0.
pub const CORSAC_ERROR_NULL: corsac_status = 1;
/// A struct_size is no size of such a structure, or the structure is longer than this library knows and says
/// something there that it cannot follow.
pub const CORSAC_ERROR_STRUCT_SIZE: corsac_status = 2;
/// A pointer to structures is not aligned for them. A decision that is not is left as it is.
pub const CORSAC_ERROR_MISALIGNED: corsac_status = 3;
/// A length or count is larger than any memory.
pub const CORSAC_ERROR_LENGTH: corsac_status = 4;
/// The memory given is too small; the length that was passed out says how many bytes it takes.
pub const CORSAC_ERROR_BUFFER_TOO_SMALL: corsac_status = 5;
/// The configuration is refused; the corsac_policy_error says where and why.
pub const CORSAC_ERROR_POLICY: corsac_status = 6;
/// A number is none of its enumeration.
pub const CORSAC_ERROR_NUMBER: corsac_status = 7;
/// A name of own_names is no UTF-8, and so no name.
pub const CORSAC_ERROR_TEXT: corsac_status = 8;
/// The bytes do not begin with a policy image's mark.
pub const CORSAC_ERROR_NOT_AN_IMAGE: corsac_status = 11;
/// The image has another format version; compile the policy anew.
pub const CORSAC_ERROR_IMAGE_VERSION: corsac_status = 12;
/// The image is cut short or has bytes after its end.
pub const CORSAC_ERROR_IMAGE_LENGTH: corsac_status = 13;
/// The image has been altered since it was compiled.
pub const CORSAC_ERROR_IMAGE_CHECKSUM: corsac_status = 14;
/// An offset or a value in the image is out of its bounds.
pub const CORSAC_ERROR_IMAGE_STRUCTURE: corsac_status = 15;

/// Bytes with a length, never ended by NUL. As an argument, bytes == NULL means absent, whatever the length; a
/// text that is there and empty has length 0 and any other pointer. The library never reads past the length.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct corsac_text {
    /// The first byte, or NULL.
    pub bytes: *const c_char,
    /// How many bytes.
    pub length: usize,
}

/// A list of texts. The array is the caller's and is only read.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct corsac_list {
    /// The first text; may be NULL where count is 0.
    pub texts: *const corsac_text,
    /// How many texts.
    pub count: usize,
}

/// A field of a request, as it arrived. Names are compared without case; values are taken as they are.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct corsac_field {
    /// Its name, such as Origin, or a pseudo field's, such as :authority.
    pub name: corsac_text,
    /// Its value; NULL counts as empty.
    pub value: corsac_text,
}

/// What the operator wrote: the options under the names that they have in every language. Begin with
/// CORSAC_CONFIG_INIT, which allows nothing, and set what is wanted. A switch is on where it is not 0.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct corsac_config {
    /// sizeof(corsac_config) of the caller's header.
    pub struct_size: usize,
    /// The origins whose pages may read responses: "*" alone, or serialized origins such as
    /// "https://app.example.com" and patterns such as "https://*.example.com". Empty: none.
    pub allow_origins: corsac_list,
    /// The methods that a page may use beyond GET, HEAD and POST: names, or "*" alone.
    pub allow_methods: corsac_list,
    /// The request headers that a page may set beyond the safelisted ones: names, or "*", beside which only
    /// "authorization" may stand.
    pub allow_headers: corsac_list,
    /// The response headers that a page may read beyond the safelisted ones: names, or "*" alone.
    pub expose_headers: corsac_list,
    /// The names under which the server is reached, for corsac_check_host. Empty: none.
    pub allow_hosts: corsac_list,
    /// The content types that a page of another origin may send with an unsafe method, for corsac_guard. Empty:
    /// any.
    pub allow_content_types: corsac_list,
    /// How many seconds a browser may keep a preflight's answer, at most 86400. Read where has_max_age is set;
    /// otherwise nothing is sent and browsers take 5.
    pub max_age: u32,
    /// The status of a successful preflight, from 200 to 299; 204 by CORSAC_CONFIG_INIT.
    pub preflight_status: u16,
    /// Whether max_age holds.
    pub has_max_age: u8,
    /// Whether pages may read responses to requests with cookies, client certificates or HTTP authentication.
    pub allow_credentials: u8,
    /// Whether the origin "null" is allowed. Any page can become "null" in a sandboxed frame.
    pub allow_null_origin: u8,
    /// Whether preflights that ask for private network access are granted it. Browsers have retired it.
    pub allow_private_network: u8,
    /// Whether the only entry of allow_origins is sent on every response that is no preflight, without Vary.
    pub static_origin: u8,
    /// Whether a preflight is answered with only the part of each list that it asked for.
    pub minimal_answers: u8,
    /// Whether allowed pages may also read detailed resource timing.
    pub timing_allow_origin: u8,
    /// Takes http origins with credentials: whoever is on the network path of one of its pages gains the user's
    /// session.
    pub dangerously_allow_insecure_origins: u8,
    /// Takes patterns over public suffixes: whoever registers a name there gains what the policy allows.
    pub dangerously_allow_public_suffixes: u8,
    /// Takes ":*" on hosts that are not loopback: whoever can open a port there gains what the policy allows.
    pub dangerously_allow_any_port: u8,
}

/// What is wrong with a configuration, in numbers. corsac_describe_error makes a sentence of it.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct corsac_policy_error {
    /// The index of the entry in its option's list; SIZE_MAX where the option as a whole is at fault.
    pub entry: usize,
    /// The byte in the entry where the fault is; 0 where there is no such place.
    pub offset: usize,
    /// What is wrong: CORSAC_POLICY_ERROR_*; 0 where nothing is.
    pub kind: u16,
    /// The option that has to change: CORSAC_OPTION_*; 0 where nothing is wrong.
    pub option: u8,
}

/// A compiled policy: where its image is. It holds nothing else, may be copied, and is good for as long as the
/// image stays where it is and as it is. Any number of threads and processes may use one image at once. Only
/// corsac_policy_open makes one.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct corsac_policy {
    /// The first byte of the image.
    pub image: *const u8,
    /// How many bytes it has.
    pub length: usize,
}

/// Asks the program about an origin that no entry took (a database, a list of paired devices): not 0 allows it.
/// It is called at most once a decision, while that is made, on the same thread; only about a well-formed
/// serialized origin, never about "null", and never under "*" or static_origin, but by corsac_guard and
/// corsac_check_websocket. The text is good during the call. It must return.
pub type corsac_ask = Option<unsafe extern "C" fn(context: *mut c_void, origin: corsac_text) -> u8>;

/// The part of a request that CORS is about, already picked out. Begin with CORSAC_REQUEST_INIT; a field that
/// did not come stays NULL.
///
/// Who has the whole list of fields takes a corsac_fields instead, which finds repeated fields by itself.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct corsac_request {
    /// sizeof(corsac_request) of the caller's header.
    pub struct_size: usize,
    /// The method, case-sensitive.
    pub method: corsac_text,
    /// Origin
    pub origin: corsac_text,
    /// Access-Control-Request-Method
    pub access_control_request_method: corsac_text,
    /// Access-Control-Request-Headers, of which several lines may be joined by commas
    pub access_control_request_headers: corsac_text,
    /// Access-Control-Request-Private-Network
    pub access_control_request_private_network: corsac_text,
    /// What the program knows of fields that their values do not show: CORSAC_REPEATED_* and
    /// CORSAC_TRUNCATED_*, joined by |. Such a field counts as present, and is refused rather than guessed.
    pub faults: u32,
    /// Asked about an origin that no entry took; NULL: nobody is asked.
    pub ask: corsac_ask,
    /// Passed to ask.
    pub ask_context: *mut c_void,
}

/// A request by its whole list of fields, and what the server says of it beside. Begin with CORSAC_FIELDS_INIT.
/// corsac_decide_fields looks at the method, the fields, faults and ask alone.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct corsac_fields {
    /// sizeof(corsac_fields) of the caller's header.
    pub struct_size: usize,
    /// The method, case-sensitive.
    pub method: corsac_text,
    /// The fields in the order of arrival, repeated ones repeated; may be NULL where field_count is 0.
    pub fields: *const corsac_field,
    /// How many fields.
    pub field_count: usize,
    /// As in corsac_request.
    pub faults: u32,
    /// The scheme by which browsers reach the server, CORSAC_SCHEME_*. Say it wherever it is known: a page that
    /// came by http on the same host is then not taken for the server's own.
    pub scheme: u8,
    /// Not 0: a request with neither Sec-Fetch-Site nor Origin is refused by corsac_guard and
    /// corsac_check_websocket, and so are programs that send neither.
    pub refuse_absent_origin: u8,
    /// Not 0: corsac_screen does not check the host, as the server did.
    pub host_is_checked: u8,
    /// Not 0: the request opens a WebSocket for certain, whatever its fields say.
    pub is_handshake: u8,
    /// Names of the server's own beside allow_hosts, which it got at run time. Each is a name, name:port or
    /// name:*.
    pub own_names: corsac_list,
    /// Asked about an origin that no entry took; NULL: nobody is asked.
    pub ask: corsac_ask,
    /// Passed to ask.
    pub ask_context: *mut c_void,
}

/// The scheme is not known.
pub const CORSAC_SCHEME_UNKNOWN: u8 = 0;
/// http, or ws
pub const CORSAC_SCHEME_HTTP: u8 = 1;
/// https, or wss
pub const CORSAC_SCHEME_HTTPS: u8 = 2;

/// Origin came more than once.
pub const CORSAC_REPEATED_ORIGIN: u32 = 1;
/// Access-Control-Request-Method came more than once.
pub const CORSAC_REPEATED_METHOD: u32 = 2;
/// Access-Control-Request-Private-Network came more than once.
pub const CORSAC_REPEATED_PRIVATE_NETWORK: u32 = 4;
/// Host came more than once.
pub const CORSAC_REPEATED_HOST: u32 = 8;
/// Sec-Fetch-Site came more than once.
pub const CORSAC_REPEATED_FETCH_SITE: u32 = 16;
/// Content-Type came more than once.
pub const CORSAC_REPEATED_CONTENT_TYPE: u32 = 32;
/// The buffer of the server was too small for Origin.
pub const CORSAC_TRUNCATED_ORIGIN: u32 = 256;
/// The same for Access-Control-Request-Method.
pub const CORSAC_TRUNCATED_METHOD: u32 = 512;
/// The same for Access-Control-Request-Private-Network.
pub const CORSAC_TRUNCATED_PRIVATE_NETWORK: u32 = 1024;
/// The same for Host.
pub const CORSAC_TRUNCATED_HOST: u32 = 2048;
/// The same for Sec-Fetch-Site.
pub const CORSAC_TRUNCATED_FETCH_SITE: u32 = 4096;
/// The same for Content-Type.
pub const CORSAC_TRUNCATED_CONTENT_TYPE: u32 = 8192;
/// The same for Access-Control-Request-Headers, or not all its lines were kept.
pub const CORSAC_TRUNCATED_HEADERS: u32 = 16384;
/// The same for Upgrade.
pub const CORSAC_TRUNCATED_UPGRADE: u32 = 32768;

/// There is no Origin; CORS has no say.
pub const CORSAC_KIND_NOT_CORS: u8 = 0;
/// A CORS-preflight request: method OPTIONS, with Origin and Access-Control-Request-Method.
pub const CORSAC_KIND_PREFLIGHT: u8 = 1;
/// Any other request with an Origin.
pub const CORSAC_KIND_ACTUAL: u8 = 2;

/// In place of all fields of that name that the application set.
pub const CORSAC_APPLY_REPLACE: u8 = 0;
/// As a further line, after one to replace.
pub const CORSAC_APPLY_APPEND: u8 = 1;
/// Members that the application's own field lacks are added; see corsac_merge_vary.
pub const CORSAC_APPLY_MERGE: u8 = 2;

/// A field of the response.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct corsac_response_field {
    /// Its name as the standard spells it, a constant of the library; corsac_field_name gives it in lower case
    /// as well.
    pub name: corsac_text,
    /// Its value, in the policy's image, in the request, or a constant: visible ASCII, and blanks that are
    /// neither first nor last.
    pub value: corsac_text,
    /// The name's number: CORSAC_FIELD_*.
    pub number: u8,
    /// How it is put beside the application's own: CORSAC_APPLY_*.
    pub apply: u8,
}

/// The most fields that a decision can have: each name once, and Access-Control-Allow-Headers on as many lines
/// as it was asked on.
pub const CORSAC_MAX_FIELDS: usize = 24;

/// What CORS says to a request, or what all verdicts say. It is good for as long as the policy's image and the
/// request's bytes stay as they are, since its texts lie there. Whatever a function comes to, every member is
/// set; of fields, only the first field_count are.
#[repr(C)]
pub struct corsac_decision {
    /// What the request is to CORS: CORSAC_KIND_*.
    pub kind: u8,
    /// Not 0: a conforming browser lets the page through. 0 where it does not, and where CORS has no say.
    pub allowed: u8,
    /// Why not: CORSAC_REFUSAL_*; 0 where nothing is refused.
    pub refusal: u8,
    /// By corsac_screen: the verdict that stopped the request, CORSAC_QUESTION_*; 0 where none did.
    pub stopped_by: u8,
    /// The status to respond with, with the fields and an empty body; 0: continue to the application, and put
    /// the fields on whatever it answers, errors and redirects included.
    pub status: u16,
    /// How many fields there are.
    pub field_count: u16,
    /// The fields of the response, on every status.
    pub fields: [corsac_response_field; CORSAC_MAX_FIELDS],
}

/// The answer to one of the questions beside CORS.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct corsac_verdict {
    /// Not 0: the request may go on. 0 on failure.
    pub passes: u8,
    /// Why it may not: CORSAC_REFUSAL_*; 0 where it may.
    pub refusal: u8,
    /// The status to refuse with; 0 where it may go on.
    pub status: u16,
}

/// corsac_decide_fields: what CORS answers.
pub const CORSAC_QUESTION_CORS: u8 = 1;
/// corsac_guard: may this request change something?
pub const CORSAC_QUESTION_GUARD: u8 = 2;
/// corsac_check_websocket: may this page open a WebSocket?
pub const CORSAC_QUESTION_WEBSOCKET: u8 = 3;
/// corsac_check_host: is this a name of the server's?
pub const CORSAC_QUESTION_HOST: u8 = 4;
/// corsac_screen: all of them
pub const CORSAC_QUESTION_SCREEN: u8 = 5;
