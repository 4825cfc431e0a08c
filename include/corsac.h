/*
 * corsac.h: CORS decisions for C programs. Made by cbindgen from ffi-c/src; do not edit.
 *
 *   corsac_config --compile--> image --open--> corsac_policy --decide(request)--> corsac_decision --> fields
 *
 * 1. Set up a corsac_config and compile it into an image, in your own memory; or take an image from a file or from
 *    flash. What could not work or would be dangerous is refused, with the option, the entry, the byte and the fix.
 * 2. Open the image as a corsac_policy.
 * 3. For each request, before authentication and routing, call corsac_decide or corsac_decide_fields. If the
 *    decision's status is not 0, answer with it, its fields and no body. Otherwise go on, and put its fields on
 *    whatever the application answers.
 *
 * Memory: nothing is allocated, nothing has to be freed, nothing is global. Inputs are borrowed for the call; what a
 * decision points to lies in the image, in the request, or is a constant. What a function writes to must not overlap
 * what it reads, nor another thing that it writes to.
 * Texts: pointer and length, never ended by NUL. NULL means absent, which is not the same as empty.
 * Structures that are passed in begin with their size, and are begun with their _INIT.
 * Threads: every function may be called by any thread at any time, as long as nobody writes to what it reads.
 * Functions of the program's (corsac_ask) must change nothing that the policy or the request is made of, and return:
 * neither throw nor longjmp.
 * Failures: every function answers every argument with a status and never reads past a length. What it puts out is
 * set on failure, too, and then stands for a refusal. What no function can tell is a pointer to memory that is not
 * there.
 * Versions: CORSAC_ABI changes with the size of anything that a function puts out, CORSAC_MAX_FIELDS among it, and
 * with what a function takes. New refusals, errors, options, fields and statuses may come without: a program has to
 * expect numbers that it does not know.
 * Interrupts and signal handlers may call every function; describing errors and explaining take some KiB of stack,
 * deciding less than one beside the caller's own.
 */


#ifndef CORSAC_H
#define CORSAC_H

#include <stddef.h>
#include <stdint.h>

/* The version of this header, such as "0.1.0". */
#define CORSAC_VERSION                       \
    CORSAC_STRING_(CORSAC_VERSION_MAJOR) "." \
    CORSAC_STRING_(CORSAC_VERSION_MINOR) "." \
    CORSAC_STRING_(CORSAC_VERSION_PATCH)
#define CORSAC_STRING_(number) CORSAC_QUOTED_(number)
#define CORSAC_QUOTED_(number) #number

/* A text of a string literal, to initialize with. */
#define CORSAC_TEXT(literal) {"" literal, sizeof(literal) - 1}
/* A list of the texts in an array. */
#define CORSAC_LIST(array) {array, sizeof(array) / sizeof((array)[0])}
/* No text. */
#define CORSAC_ABSENT {CORSAC_NULL_, 0}
#if defined(__cplusplus) && __cplusplus >= 201103L
#define CORSAC_NULL_ nullptr
#else
#define CORSAC_NULL_ 0
#endif
/* The beginning of each structure that is passed in: all else absent, empty or off, and the preflight's status 204. */
#define CORSAC_CONFIG_INIT                                                                                         \
    {sizeof(corsac_config), CORSAC_ABSENT, CORSAC_ABSENT, CORSAC_ABSENT, CORSAC_ABSENT, CORSAC_ABSENT,             \
     CORSAC_ABSENT, 0, 204, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0}
#define CORSAC_REQUEST_INIT                                                                                        \
    {sizeof(corsac_request), CORSAC_ABSENT, CORSAC_ABSENT, CORSAC_ABSENT, CORSAC_ABSENT, CORSAC_ABSENT, 0,         \
     CORSAC_NULL_, CORSAC_NULL_}
#define CORSAC_FIELDS_INIT                                                                                         \
    {sizeof(corsac_fields), CORSAC_ABSENT, CORSAC_NULL_, 0, 0, 0, 0, 0, 0, CORSAC_ABSENT, CORSAC_NULL_,            \
     CORSAC_NULL_}


// Part of the version of this header.
#define CORSAC_VERSION_MAJOR 0

// Part of the version of this header.
#define CORSAC_VERSION_MINOR 1

// Part of the version of this header.
#define CORSAC_VERSION_PATCH 0

// The number of the binary interface; see corsac_abi.
#define CORSAC_ABI 0

// allow_origins
#define CORSAC_OPTION_ALLOW_ORIGINS 1

// allow_methods
#define CORSAC_OPTION_ALLOW_METHODS 2

// allow_headers
#define CORSAC_OPTION_ALLOW_HEADERS 3

// expose_headers
#define CORSAC_OPTION_EXPOSE_HEADERS 4

// allow_credentials
#define CORSAC_OPTION_ALLOW_CREDENTIALS 5

// max_age
#define CORSAC_OPTION_MAX_AGE 6

// allow_null_origin
#define CORSAC_OPTION_ALLOW_NULL_ORIGIN 7

// allow_private_network
#define CORSAC_OPTION_ALLOW_PRIVATE_NETWORK 8

// static_origin
#define CORSAC_OPTION_STATIC_ORIGIN 9

// minimal_answers
#define CORSAC_OPTION_MINIMAL_ANSWERS 10

// preflight_status
#define CORSAC_OPTION_PREFLIGHT_STATUS 11

// timing_allow_origin
#define CORSAC_OPTION_TIMING_ALLOW_ORIGIN 12

// allow_hosts
#define CORSAC_OPTION_ALLOW_HOSTS 13

// allow_content_types
#define CORSAC_OPTION_ALLOW_CONTENT_TYPES 14

// dangerously_allow_insecure_origins
#define CORSAC_OPTION_DANGEROUSLY_ALLOW_INSECURE_ORIGINS 15

// dangerously_allow_public_suffixes
#define CORSAC_OPTION_DANGEROUSLY_ALLOW_PUBLIC_SUFFIXES 16

// dangerously_allow_any_port
#define CORSAC_OPTION_DANGEROUSLY_ALLOW_ANY_PORT 17

// The entry is empty; remove it.
#define CORSAC_POLICY_ERROR_EMPTY 101

// A blank stands in the entry; remove it, and write several values as several entries.
#define CORSAC_POLICY_ERROR_BLANK 102

// A control byte stands in the entry; remove it.
#define CORSAC_POLICY_ERROR_CONTROL_BYTE 103

// The byte is not ASCII; an international domain name is written as Punycode (xn--...).
#define CORSAC_POLICY_ERROR_NON_ASCII 104

// The entry repeats an earlier one; remove it.
#define CORSAC_POLICY_ERROR_DUPLICATE 105

// "*" already covers every entry beside it; keep "*" alone, or the others without it.
#define CORSAC_POLICY_ERROR_ANY_NOT_ALONE 106

// A "*" inside a name is no wildcard to a browser; list the full names, or "*" alone.
#define CORSAC_POLICY_ERROR_WILDCARD_IN_NAME 107

// The byte cannot stand in a method or header name.
#define CORSAC_POLICY_ERROR_NOT_A_TOKEN 108

// The text is over its cap and could never match; shorten it.
#define CORSAC_POLICY_ERROR_TOO_LONG 109

// An origin begins with its scheme; write it, for instance https://.
#define CORSAC_POLICY_ERROR_MISSING_SCHEME 201

// The byte cannot stand in a scheme, which is a letter and then letters, digits, "+", "-" or ".".
#define CORSAC_POLICY_ERROR_INVALID_SCHEME 202

// Pages of this scheme have an opaque origin, which browsers send as "null"; see allow_null_origin.
#define CORSAC_POLICY_ERROR_OPAQUE_SCHEME 203

// An upper-case letter stands where browsers always send lower case; write it in lower case.
#define CORSAC_POLICY_ERROR_UPPER_CASE 204

// Nothing stands after the host or port; remove the slash.
#define CORSAC_POLICY_ERROR_TRAILING_SLASH 205

// A path stands after the host or port; remove it.
#define CORSAC_POLICY_ERROR_PATH 206

// A query stands after the host or port; remove it.
#define CORSAC_POLICY_ERROR_QUERY 207

// A fragment stands after the host or port; remove it.
#define CORSAC_POLICY_ERROR_FRAGMENT 208

// User information stands before the host; remove it with its "@".
#define CORSAC_POLICY_ERROR_USER_INFO 209

// The host is missing; write one, which in an origin stands after "://".
#define CORSAC_POLICY_ERROR_MISSING_HOST 210

// The byte cannot stand in a host, which is a-z, 0-9, "-", "_" and dots between labels.
#define CORSAC_POLICY_ERROR_INVALID_HOST_BYTE 211

// A label of the host is empty; remove the dot too many.
#define CORSAC_POLICY_ERROR_EMPTY_LABEL 212

// A label of the host is over 63 bytes; no domain name has one.
#define CORSAC_POLICY_ERROR_LABEL_TOO_LONG 213

// A label of the host begins or ends with a hyphen; no domain name does.
#define CORSAC_POLICY_ERROR_LABEL_HYPHEN 214

// The host ends with a dot, which makes it another host to a browser; remove it.
#define CORSAC_POLICY_ERROR_TRAILING_DOT 215

// The label begins with xn-- but is no Punycode; write what the browser shows as the page's origin.
#define CORSAC_POLICY_ERROR_INVALID_PUNYCODE 216

// A host that ends in a number is an IPv4 address, which browsers send as four decimal numbers.
#define CORSAC_POLICY_ERROR_IPV4_NOT_CANONICAL 217

// The host is no IPv6 address in brackets.
#define CORSAC_POLICY_ERROR_IPV6_INVALID 218

// Browsers send an IPv6 address compressed and in lower case.
#define CORSAC_POLICY_ERROR_IPV6_NOT_CANONICAL 219

// An IPv4-mapped IPv6 address has two spellings for one host; write the IPv4 address.
#define CORSAC_POLICY_ERROR_IPV4_MAPPED_IPV6 220

// The host is over 253 bytes; no domain name is.
#define CORSAC_POLICY_ERROR_HOST_TOO_LONG 221

// The port is missing after the colon; write it, or remove the colon.
#define CORSAC_POLICY_ERROR_PORT_EMPTY 222

// A port is a decimal number, or "*" alone.
#define CORSAC_POLICY_ERROR_PORT_INVALID 223

// No origin has port 0; write a port from 1 to 65535.
#define CORSAC_POLICY_ERROR_PORT_ZERO 224

// Browsers send a port without leading zeros; remove them.
#define CORSAC_POLICY_ERROR_PORT_LEADING_ZERO 225

// A port is at most 65535.
#define CORSAC_POLICY_ERROR_PORT_OUT_OF_RANGE 226

// Browsers leave out the scheme's default port, so the entry would never match; remove it.
#define CORSAC_POLICY_ERROR_DEFAULT_PORT 227

// "null" is the origin of any sandboxed page; if that is meant, set allow_null_origin.
#define CORSAC_POLICY_ERROR_NULL_ORIGIN 228

// A "*" stands for labels on the left of a host, within its leftmost label, or for a whole port.
#define CORSAC_POLICY_ERROR_WILDCARD_POSITION 231

// A host has at most one "*"; write several entries.
#define CORSAC_POLICY_ERROR_SEVERAL_WILDCARDS 232

// The "*" leaves no registrable domain; write the domain after it, or "*" alone as the entry for any origin.
#define CORSAC_POLICY_ERROR_WILDCARD_WHOLE_HOST 233

// An IP address has no subdomains; list the addresses.
#define CORSAC_POLICY_ERROR_WILDCARD_OVER_IP 234

// Anyone can register a name below this suffix; name your own domain, or set dangerously_allow_public_suffixes.
#define CORSAC_POLICY_ERROR_PUBLIC_SUFFIX 235

// Any program on that host could take a port; list the ports, or set dangerously_allow_any_port.
#define CORSAC_POLICY_ERROR_ANY_PORT_NOT_LOOPBACK 236

// The Host field has no scheme; write the name alone, with its port if that is not the default one.
#define CORSAC_POLICY_ERROR_HOST_WITH_SCHEME 241

// A host is taken by its exact name, as any other name may be pointed at the server; list each name.
#define CORSAC_POLICY_ERROR_WILDCARD_IN_HOST 242

// Browsers refuse "*" with credentials; list the trusted origins, or write a pattern such as https://*.example.com, or drop allow_credentials.
#define CORSAC_POLICY_ERROR_ANY_ORIGIN_WITH_CREDENTIALS 301

// Anyone on the network path can speak as an http origin; use https, or set dangerously_allow_insecure_origins.
#define CORSAC_POLICY_ERROR_INSECURE_ORIGIN_WITH_CREDENTIALS 302

// Any page can make itself "null" in a sandboxed frame; drop allow_null_origin or allow_credentials.
#define CORSAC_POLICY_ERROR_NULL_ORIGIN_WITH_CREDENTIALS 303

// "*" already covers "null"; drop allow_null_origin.
#define CORSAC_POLICY_ERROR_NULL_ORIGIN_WITH_ANY_ORIGIN 304

// Any page can make itself "null" and would reach the private network; drop allow_null_origin.
#define CORSAC_POLICY_ERROR_NULL_ORIGIN_WITH_PRIVATE_NETWORK 305

// "*" would let every page of the internet into the private network; list the trusted origins.
#define CORSAC_POLICY_ERROR_PRIVATE_NETWORK_WITH_ANY_ORIGIN 306

// With credentials browsers take "*" for a header's name; list the names.
#define CORSAC_POLICY_ERROR_ANY_EXPOSED_WITH_CREDENTIALS 307

// static_origin sends one fixed origin; write exactly one entry in allow_origins.
#define CORSAC_POLICY_ERROR_STATIC_ORIGIN_NOT_ONE 311

// static_origin sends its entry as it is, which cannot be a pattern; write one origin in full.
#define CORSAC_POLICY_ERROR_STATIC_ORIGIN_NOT_EXACT 312

// static_origin sends one fixed origin and cannot also send "null"; drop one of the two switches.
#define CORSAC_POLICY_ERROR_STATIC_ORIGIN_WITH_NULL 313

// Browsers never send this method for a page; remove it.
#define CORSAC_POLICY_ERROR_FORBIDDEN_METHOD 401

// Methods are case-sensitive and this one is not normalized by browsers; write PATCH.
#define CORSAC_POLICY_ERROR_METHOD_CASE 402

// Pages cannot set this header, so no preflight asks for it; remove it.
#define CORSAC_POLICY_ERROR_FORBIDDEN_REQUEST_HEADER 501

// This is a response header; no request carries it; remove it.
#define CORSAC_POLICY_ERROR_RESPONSE_ONLY_HEADER 502

// Pages can read this header without permission; remove it.
#define CORSAC_POLICY_ERROR_SAFELISTED_RESPONSE_HEADER 511

// Browsers never show this header to a page; remove it.
#define CORSAC_POLICY_ERROR_FORBIDDEN_RESPONSE_HEADER 512

// No browser keeps a preflight for more than 86400 seconds; write at most that.
#define CORSAC_POLICY_ERROR_MAX_AGE_TOO_LARGE 601

// Browsers take a preflight's answer only with a status from 200 to 299.
#define CORSAC_POLICY_ERROR_PREFLIGHT_STATUS_NOT_OK 602

// The policy's image would be over 4 GiB.
#define CORSAC_POLICY_ERROR_IMAGE_TOO_LARGE 701

// The policy's image does not fit the memory given; measure it first, and give that much.
#define CORSAC_POLICY_ERROR_BUFFER_TOO_SMALL 702

// No hash seed spreads these entries; they were made to collide.
#define CORSAC_POLICY_ERROR_TABLE_TOO_CLUSTERED 703

// A content type is a type, a slash and a subtype; write it so, for instance application/json.
#define CORSAC_POLICY_ERROR_NOT_A_MEDIA_TYPE 801

// Parameters of a content type do not count; write it without them.
#define CORSAC_POLICY_ERROR_MEDIA_TYPE_PARAMETER 802

// A content type is taken by its full name; list each one.
#define CORSAC_POLICY_ERROR_MEDIA_TYPE_WILDCARD 803

// The origin is not in allow_origins; add it if its pages are trusted.
#define CORSAC_REFUSAL_ORIGIN_NOT_ALLOWED 1

// The origin is "null", as for sandboxed frames and local files, and allow_null_origin is off; serve the page from an origin of its own.
#define CORSAC_REFUSAL_NULL_ORIGIN_NOT_ALLOWED 2

// Origin came more than once, and browsers send it once; look for a proxy that adds one.
#define CORSAC_REFUSAL_ORIGIN_REPEATED 3

// Origin is longer than 326 bytes, or its host than 253, and so longer than any that an entry takes; serve the page under a shorter name.
#define CORSAC_REFUSAL_ORIGIN_TOO_LONG 4

// The server had no room for the whole of Origin; give it at least 326 bytes.
#define CORSAC_REFUSAL_ORIGIN_TRUNCATED 5

// The method is not in allow_methods, which is case-sensitive; add it if pages may use it.
#define CORSAC_REFUSAL_METHOD_NOT_ALLOWED 21

// CONNECT, TRACE and TRACK are never allowed to a page; no browser asks for them.
#define CORSAC_REFUSAL_METHOD_FORBIDDEN 22

// Access-Control-Request-Method is not one method name; no browser sends that, so look at what did.
#define CORSAC_REFUSAL_METHOD_MALFORMED 23

// Access-Control-Request-Method came more than once, and browsers send it once; look for a proxy that adds one.
#define CORSAC_REFUSAL_METHOD_REPEATED 24

// Access-Control-Request-Method is longer than 64 bytes; use a shorter method.
#define CORSAC_REFUSAL_METHOD_TOO_LONG 25

// The server had no room for the whole of Access-Control-Request-Method; give it at least 64 bytes.
#define CORSAC_REFUSAL_METHOD_TRUNCATED 26

// A requested header is not in allow_headers, where "*" does not cover authorization; add it if pages may set it.
#define CORSAC_REFUSAL_HEADER_NOT_ALLOWED 41

// An element of Access-Control-Request-Headers is no header name; no browser sends that, so look at what did.
#define CORSAC_REFUSAL_HEADERS_MALFORMED 42

// Access-Control-Request-Headers is longer than 8192 bytes; have the page set fewer headers.
#define CORSAC_REFUSAL_HEADERS_TOO_LONG 43

// Access-Control-Request-Headers came in more than 16 lines; look for a gateway that splits it, and have it join them.
#define CORSAC_REFUSAL_HEADERS_TOO_MANY_LINES 44

// Access-Control-Request-Headers has more than 128 names; have the page set fewer headers.
#define CORSAC_REFUSAL_HEADERS_TOO_MANY_NAMES 45

// Access-Control-Request-Headers has more than 32 empty elements; no browser sends any, so look at what did.
#define CORSAC_REFUSAL_HEADERS_TOO_MANY_EMPTY 46

// Access-Control-Request-Headers has more than 16 blanks around an element; no browser sends any, so look at what did.
#define CORSAC_REFUSAL_HEADERS_TOO_MANY_BLANKS 47

// The server had no room for the whole of Access-Control-Request-Headers; give it at least 8192 bytes.
#define CORSAC_REFUSAL_HEADERS_TRUNCATED 48

// A page of another site made the request, and its origin is no entry of allow_origins; add it if its pages may change things here.
#define CORSAC_REFUSAL_CROSS_SITE 61

// A page of another origin of the same site made the request, and its origin is no entry of allow_origins; add it if its pages may change things here.
#define CORSAC_REFUSAL_SAME_SITE 62

// Sec-Fetch-Site has a value that no standard has, and the origin is no entry of allow_origins; look at what sent it.
#define CORSAC_REFUSAL_FETCH_SITE_UNKNOWN 63

// Sec-Fetch-Site came more than once, and browsers send it once; look for a proxy that adds one.
#define CORSAC_REFUSAL_FETCH_SITE_REPEATED 64

// The server had no room for the whole of Sec-Fetch-Site; give it at least 11 bytes.
#define CORSAC_REFUSAL_FETCH_SITE_TRUNCATED 65

// The origin is neither the server's own by Host nor an entry of allow_origins; add it if its pages may act here, or have the proxy pass Host on as it came.
#define CORSAC_REFUSAL_ORIGIN_NOT_TRUSTED 66

// The origin is "null", which any page can make itself; if it is a page of the server's, give that a Referrer-Policy other than no-referrer.
#define CORSAC_REFUSAL_NULL_ORIGIN_NOT_TRUSTED 67

// There is no Origin, nor a Sec-Fetch-Site to go by, and the server refuses what no current browser sends.
#define CORSAC_REFUSAL_ORIGIN_MISSING 68

// The origin is the server's own but for its scheme; have the page loaded by the server's scheme, or tell the server the scheme that browsers use.
#define CORSAC_REFUSAL_SCHEME_DIFFERS 69

// The content type is not in allow_content_types; add it if pages of other origins may send it.
#define CORSAC_REFUSAL_CONTENT_TYPE_NOT_ALLOWED 71

// The content type is one that any page can send without a preflight, and is not in allow_content_types; have the page send one that is.
#define CORSAC_REFUSAL_CONTENT_TYPE_SIMPLE 72

// There is no Content-Type, which any page can leave out without a preflight; have the page send one that is in allow_content_types, with a DELETE too.
#define CORSAC_REFUSAL_CONTENT_TYPE_MISSING 73

// Content-Type is no media type; have the page send one that is in allow_content_types.
#define CORSAC_REFUSAL_CONTENT_TYPE_MALFORMED 74

// Content-Type came more than once, and two readers may take it for two types; look for a proxy that adds one.
#define CORSAC_REFUSAL_CONTENT_TYPE_REPEATED 75

// The server had no room for the whole of Content-Type; give it more, as parameters may be long.
#define CORSAC_REFUSAL_CONTENT_TYPE_TRUNCATED 76

// Content-Type is longer than 8192 bytes; no browser sends that, so look at what did.
#define CORSAC_REFUSAL_CONTENT_TYPE_TOO_LONG 77

// The host is not in allow_hosts; add it if the server is reached under that name.
#define CORSAC_REFUSAL_HOST_NOT_ALLOWED 81

// There is no Host, which every HTTP/1.1 client sends; look for a proxy that drops it.
#define CORSAC_REFUSAL_HOST_MISSING 82

// Host came more than once, or is not what :authority says, and clients name one host; look for a proxy that adds one.
#define CORSAC_REFUSAL_HOST_REPEATED 83

// The server had no room for the whole of Host; give it at least 259 bytes.
#define CORSAC_REFUSAL_HOST_TRUNCATED 84

// Host is longer than 259 bytes, and so longer than any name; no browser sends that, so look at what did.
#define CORSAC_REFUSAL_HOST_TOO_LONG 85

// Host is no name or address with or without a port; no browser sends that, so look at what did.
#define CORSAC_REFUSAL_HOST_MALFORMED 86

// Access-Control-Allow-Origin
#define CORSAC_FIELD_ALLOW_ORIGIN 0

// Access-Control-Allow-Credentials
#define CORSAC_FIELD_ALLOW_CREDENTIALS 1

// Access-Control-Allow-Methods
#define CORSAC_FIELD_ALLOW_METHODS 2

// Access-Control-Allow-Headers
#define CORSAC_FIELD_ALLOW_HEADERS 3

// Access-Control-Max-Age
#define CORSAC_FIELD_MAX_AGE 4

// Access-Control-Allow-Private-Network
#define CORSAC_FIELD_ALLOW_PRIVATE_NETWORK 5

// Access-Control-Expose-Headers
#define CORSAC_FIELD_EXPOSE_HEADERS 6

// Timing-Allow-Origin
#define CORSAC_FIELD_TIMING_ALLOW_ORIGIN 7

// Vary
#define CORSAC_FIELD_VARY 8

// The scheme is not known.
#define CORSAC_SCHEME_UNKNOWN 0

// http, or ws
#define CORSAC_SCHEME_HTTP 1

// https, or wss
#define CORSAC_SCHEME_HTTPS 2

// Origin came more than once.
#define CORSAC_REPEATED_ORIGIN 1

// Access-Control-Request-Method came more than once.
#define CORSAC_REPEATED_METHOD 2

// Access-Control-Request-Private-Network came more than once.
#define CORSAC_REPEATED_PRIVATE_NETWORK 4

// Host came more than once.
#define CORSAC_REPEATED_HOST 8

// Sec-Fetch-Site came more than once.
#define CORSAC_REPEATED_FETCH_SITE 16

// Content-Type came more than once.
#define CORSAC_REPEATED_CONTENT_TYPE 32

// The buffer of the server was too small for Origin.
#define CORSAC_TRUNCATED_ORIGIN 256

// The same for Access-Control-Request-Method.
#define CORSAC_TRUNCATED_METHOD 512

// The same for Access-Control-Request-Private-Network.
#define CORSAC_TRUNCATED_PRIVATE_NETWORK 1024

// The same for Host.
#define CORSAC_TRUNCATED_HOST 2048

// The same for Sec-Fetch-Site.
#define CORSAC_TRUNCATED_FETCH_SITE 4096

// The same for Content-Type.
#define CORSAC_TRUNCATED_CONTENT_TYPE 8192

// The same for Access-Control-Request-Headers, or not all its lines were kept.
#define CORSAC_TRUNCATED_HEADERS 16384

// The same for Upgrade.
#define CORSAC_TRUNCATED_UPGRADE 32768

// There is no Origin; CORS has no say.
#define CORSAC_KIND_NOT_CORS 0

// A CORS-preflight request: method OPTIONS, with Origin and Access-Control-Request-Method.
#define CORSAC_KIND_PREFLIGHT 1

// Any other request with an Origin.
#define CORSAC_KIND_ACTUAL 2

// In place of all fields of that name that the application set.
#define CORSAC_APPLY_REPLACE 0

// As a further line, after one to replace.
#define CORSAC_APPLY_APPEND 1

// Members that the application's own field lacks are added; see corsac_merge_vary.
#define CORSAC_APPLY_MERGE 2

// The most fields that a decision can have: each name once, and Access-Control-Allow-Headers on as many lines
// as it was asked on.
#define CORSAC_MAX_FIELDS 24

// corsac_decide_fields: what CORS answers.
#define CORSAC_QUESTION_CORS 1

// corsac_guard: may this request change something?
#define CORSAC_QUESTION_GUARD 2

// corsac_check_websocket: may this page open a WebSocket?
#define CORSAC_QUESTION_WEBSOCKET 3

// corsac_check_host: is this a name of the server's?
#define CORSAC_QUESTION_HOST 4

// corsac_screen: all of them
#define CORSAC_QUESTION_SCREEN 5

// Bytes with a length, never ended by NUL. As an argument, bytes == NULL means absent, whatever the length; a
// text that is there and empty has length 0 and any other pointer. The library never reads past the length.
typedef struct corsac_text {
    // The first byte, or NULL.
    const char *bytes;
    // How many bytes.
    size_t length;
} corsac_text;

// What a function comes to: CORSAC_OK, or one of the numbers CORSAC_ERROR_*.
typedef int32_t corsac_status;

// A list of texts. The array is the caller's and is only read.
typedef struct corsac_list {
    // The first text; may be NULL where count is 0.
    const struct corsac_text *texts;
    // How many texts.
    size_t count;
} corsac_list;

// What the operator wrote: the options under the names that they have in every language. Begin with
// CORSAC_CONFIG_INIT, which allows nothing, and set what is wanted. A switch is on where it is not 0.
typedef struct corsac_config {
    // sizeof(corsac_config) of the caller's header.
    size_t struct_size;
    // The origins whose pages may read responses: "*" alone, or serialized origins such as
    // "https://app.example.com" and patterns such as "https://*.example.com". Empty: none.
    struct corsac_list allow_origins;
    // The methods that a page may use beyond GET, HEAD and POST: names, or "*" alone.
    struct corsac_list allow_methods;
    // The request headers that a page may set beyond the safelisted ones: names, or "*", beside which only
    // "authorization" may stand.
    struct corsac_list allow_headers;
    // The response headers that a page may read beyond the safelisted ones: names, or "*" alone.
    struct corsac_list expose_headers;
    // The names under which the server is reached, for corsac_check_host. Empty: none.
    struct corsac_list allow_hosts;
    // The content types that a page of another origin may send with an unsafe method, for corsac_guard. Empty:
    // any.
    struct corsac_list allow_content_types;
    // How many seconds a browser may keep a preflight's answer, at most 86400. Read where has_max_age is set;
    // otherwise nothing is sent and browsers take 5.
    uint32_t max_age;
    // The status of a successful preflight, from 200 to 299; 204 by CORSAC_CONFIG_INIT.
    uint16_t preflight_status;
    // Whether max_age holds.
    uint8_t has_max_age;
    // Whether pages may read responses to requests with cookies, client certificates or HTTP authentication.
    uint8_t allow_credentials;
    // Whether the origin "null" is allowed. Any page can become "null" in a sandboxed frame.
    uint8_t allow_null_origin;
    // Whether preflights that ask for private network access are granted it. Browsers have retired it.
    uint8_t allow_private_network;
    // Whether the only entry of allow_origins is sent on every response that is no preflight, without Vary.
    uint8_t static_origin;
    // Whether a preflight is answered with only the part of each list that it asked for.
    uint8_t minimal_answers;
    // Whether allowed pages may also read detailed resource timing.
    uint8_t timing_allow_origin;
    // Takes http origins with credentials: whoever is on the network path of one of its pages gains the user's
    // session.
    uint8_t dangerously_allow_insecure_origins;
    // Takes patterns over public suffixes: whoever registers a name there gains what the policy allows.
    uint8_t dangerously_allow_public_suffixes;
    // Takes ":*" on hosts that are not loopback: whoever can open a port there gains what the policy allows.
    uint8_t dangerously_allow_any_port;
} corsac_config;

// What is wrong with a configuration, in numbers. corsac_describe_error makes a sentence of it.
typedef struct corsac_policy_error {
    // The index of the entry in its option's list; SIZE_MAX where the option as a whole is at fault.
    size_t entry;
    // The byte in the entry where the fault is; 0 where there is no such place.
    size_t offset;
    // What is wrong: CORSAC_POLICY_ERROR_*; 0 where nothing is.
    uint16_t kind;
    // The option that has to change: CORSAC_OPTION_*; 0 where nothing is wrong.
    uint8_t option;
} corsac_policy_error;

// A compiled policy: where its image is. It holds nothing else, may be copied, and is good for as long as the
// image stays where it is and as it is. Any number of threads and processes may use one image at once. Only
// corsac_policy_open makes one.
typedef struct corsac_policy {
    // The first byte of the image.
    const uint8_t *image;
    // How many bytes it has.
    size_t length;
} corsac_policy;

// Asks the program about an origin that no entry took (a database, a list of paired devices): not 0 allows it.
// It is called at most once a decision, while that is made, on the same thread; only about a well-formed
// serialized origin, never about "null", and never under "*" or static_origin, but by corsac_guard and
// corsac_check_websocket. The text is good during the call. It must return.
typedef uint8_t (*corsac_ask)(void *context, struct corsac_text origin);

// The part of a request that CORS is about, already picked out. Begin with CORSAC_REQUEST_INIT; a field that
// did not come stays NULL.
//
// Who has the whole list of fields takes a corsac_fields instead, which finds repeated fields by itself.
typedef struct corsac_request {
    // sizeof(corsac_request) of the caller's header.
    size_t struct_size;
    // The method, case-sensitive.
    struct corsac_text method;
    // Origin
    struct corsac_text origin;
    // Access-Control-Request-Method
    struct corsac_text access_control_request_method;
    // Access-Control-Request-Headers, of which several lines may be joined by commas
    struct corsac_text access_control_request_headers;
    // Access-Control-Request-Private-Network
    struct corsac_text access_control_request_private_network;
    // What the program knows of fields that their values do not show: CORSAC_REPEATED_* and
    // CORSAC_TRUNCATED_*, joined by |. Such a field counts as present, and is refused rather than guessed.
    uint32_t faults;
    // Asked about an origin that no entry took; NULL: nobody is asked.
    corsac_ask ask;
    // Passed to ask.
    void *ask_context;
} corsac_request;

// A field of the response.
typedef struct corsac_response_field {
    // Its name as the standard spells it, a constant of the library; corsac_field_name gives it in lower case
    // as well.
    struct corsac_text name;
    // Its value, in the policy's image, in the request, or a constant: visible ASCII, and blanks that are
    // neither first nor last.
    struct corsac_text value;
    // The name's number: CORSAC_FIELD_*.
    uint8_t number;
    // How it is put beside the application's own: CORSAC_APPLY_*.
    uint8_t apply;
} corsac_response_field;

// What CORS says to a request, or what all verdicts say. It is good for as long as the policy's image and the
// request's bytes stay as they are, since its texts lie there. Whatever a function comes to, every member is
// set; of fields, only the first field_count are.
typedef struct corsac_decision {
    // What the request is to CORS: CORSAC_KIND_*.
    uint8_t kind;
    // Not 0: a conforming browser lets the page through. 0 where it does not, and where CORS has no say.
    uint8_t allowed;
    // Why not: CORSAC_REFUSAL_*; 0 where nothing is refused.
    uint8_t refusal;
    // By corsac_screen: the verdict that stopped the request, CORSAC_QUESTION_*; 0 where none did.
    uint8_t stopped_by;
    // The status to respond with, with the fields and an empty body; 0: continue to the application, and put
    // the fields on whatever it answers, errors and redirects included.
    uint16_t status;
    // How many fields there are.
    uint16_t field_count;
    // The fields of the response, on every status.
    struct corsac_response_field fields[CORSAC_MAX_FIELDS];
} corsac_decision;

// A field of a request, as it arrived. Names are compared without case; values are taken as they are.
typedef struct corsac_field {
    // Its name, such as Origin, or a pseudo field's, such as :authority.
    struct corsac_text name;
    // Its value; NULL counts as empty.
    struct corsac_text value;
} corsac_field;

// A request by its whole list of fields, and what the server says of it beside. Begin with CORSAC_FIELDS_INIT.
// corsac_decide_fields looks at the method, the fields, faults and ask alone.
typedef struct corsac_fields {
    // sizeof(corsac_fields) of the caller's header.
    size_t struct_size;
    // The method, case-sensitive.
    struct corsac_text method;
    // The fields in the order of arrival, repeated ones repeated; may be NULL where field_count is 0.
    const struct corsac_field *fields;
    // How many fields.
    size_t field_count;
    // As in corsac_request.
    uint32_t faults;
    // The scheme by which browsers reach the server, CORSAC_SCHEME_*. Say it wherever it is known: a page that
    // came by http on the same host is then not taken for the server's own.
    uint8_t scheme;
    // Not 0: a request with neither Sec-Fetch-Site nor Origin is refused by corsac_guard and
    // corsac_check_websocket, and so are programs that send neither.
    uint8_t refuse_absent_origin;
    // Not 0: corsac_screen does not check the host, as the server did.
    uint8_t host_is_checked;
    // Not 0: the request opens a WebSocket for certain, whatever its fields say.
    uint8_t is_handshake;
    // Names of the server's own beside allow_hosts, which it got at run time. Each is a name, name:port or
    // name:*.
    struct corsac_list own_names;
    // Asked about an origin that no entry took; NULL: nobody is asked.
    corsac_ask ask;
    // Passed to ask.
    void *ask_context;
} corsac_fields;

// The answer to one of the questions beside CORS.
typedef struct corsac_verdict {
    // Not 0: the request may go on. 0 on failure.
    uint8_t passes;
    // Why it may not: CORSAC_REFUSAL_*; 0 where it may.
    uint8_t refusal;
    // The status to refuse with; 0 where it may go on.
    uint16_t status;
} corsac_verdict;

// Done.
#define CORSAC_OK 0

// A pointer that must not be NULL is, or one is NULL whose count or length is not 0.
#define CORSAC_ERROR_NULL 1

// A struct_size is no size of such a structure, or the structure is longer than this library knows and says
// something there that it cannot follow.
#define CORSAC_ERROR_STRUCT_SIZE 2

// A pointer to structures is not aligned for them. A decision that is not is left as it is.
#define CORSAC_ERROR_MISALIGNED 3

// A length or count is larger than any memory.
#define CORSAC_ERROR_LENGTH 4

// The memory given is too small; the length that was passed out says how many bytes it takes.
#define CORSAC_ERROR_BUFFER_TOO_SMALL 5

// The configuration is refused; the corsac_policy_error says where and why.
#define CORSAC_ERROR_POLICY 6

// A number is none of its enumeration.
#define CORSAC_ERROR_NUMBER 7

// A name of own_names is no UTF-8, and so no name.
#define CORSAC_ERROR_TEXT 8

// The bytes do not begin with a policy image's mark.
#define CORSAC_ERROR_NOT_AN_IMAGE 11

// The image has another format version; compile the policy anew.
#define CORSAC_ERROR_IMAGE_VERSION 12

// The image is cut short or has bytes after its end.
#define CORSAC_ERROR_IMAGE_LENGTH 13

// The image has been altered since it was compiled.
#define CORSAC_ERROR_IMAGE_CHECKSUM 14

// An offset or a value in the image is out of its bounds.
#define CORSAC_ERROR_IMAGE_STRUCTURE 15

#ifdef __cplusplus
extern "C" {
#endif // __cplusplus

// The number of the binary interface that the library was built with. It is CORSAC_ABI of the header that
// belongs to it; a program that finds another number was built with another header and must not call anything
// else.
uint32_t corsac_abi(void);

// The version of the library, such as "0.1.0": CORSAC_VERSION of its header. A constant, not ended by NUL.
struct corsac_text corsac_version(void);

// Compiles a configuration into a policy image, in memory of the caller's.
//
// With memory == NULL and capacity == 0 nothing is written and *length says how many bytes the image takes.
// The image may then be moved, stored, sent, mapped by other processes; it has no pointers in it and needs no
// alignment. corsac_policy_open makes a policy of it.
//
// memory must not overlap the configuration. *length and *error are set whatever happens; error may be NULL.
// On failure the memory holds no image that would open, and *length is 0, or with
// CORSAC_ERROR_BUFFER_TOO_SMALL the bytes that it takes.
//
// CORSAC_ERROR_POLICY: the configuration is refused and *error says why; this is the first problem, and
// corsac_policy_problem lists all. Some duplicates are found only when memory is given. An entry that is not
// UTF-8 is told before any other problem, and alone; correct it to see the others.
// Other failures: CORSAC_ERROR_NULL, _STRUCT_SIZE, _MISALIGNED, _LENGTH.
//
// Takes time linear in the text of the configuration. No entry is kept.
corsac_status corsac_policy_compile(const struct corsac_config *config,
                                    uint8_t *memory,
                                    size_t capacity,
                                    size_t *length,
                                    struct corsac_policy_error *error);

// The problem of a configuration with this index, in the order in which compiling would meet them; 0 is the
// one that it fails with.
//
// CORSAC_OK: *error is that problem. CORSAC_ERROR_NUMBER: there are not so many, and *error is all zeros but
// for its entry. Other failures as corsac_policy_compile.
//
// Takes time linear in the text of the configuration for each problem, and more where entries repeat each
// other: for the operator, while the server starts.
corsac_status corsac_policy_problem(const struct corsac_config *config,
                                    size_t index,
                                    struct corsac_policy_error *error);

// Checks one entry of a list by itself, as when a configuration file is read line by line.
//
// option is CORSAC_OPTION_ALLOW_ORIGINS or another one that has a list. Of config, which may be NULL, the
// switches dangerously_allow_* are read, as they change what an entry may be. What only shows beside other
// options (duplicates, "*" beside others, credentials) is left to corsac_policy_compile.
//
// CORSAC_OK: the entry is good by itself. CORSAC_ERROR_POLICY: *error says what is wrong, with entry 0. Other
// failures: CORSAC_ERROR_NULL, _NUMBER (the option has no list), _STRUCT_SIZE, _LENGTH. *error is set whatever
// happens; it may be NULL.
corsac_status corsac_check_entry(const struct corsac_config *config,
                                 uint8_t option,
                                 struct corsac_text entry,
                                 struct corsac_policy_error *error);

// Writes a sentence about a problem of a configuration: the option, the entry's text, the byte, what is wrong
// and what to write instead. Without config, which may be NULL, the entry's text and its corrected spelling
// are left out.
//
// The sentence is printable ASCII of at most 1024 bytes, not ended by NUL. With buffer == NULL and capacity ==
// 0 it is only measured. *length is set whatever happens: to the bytes that the sentence takes, or to 0 where
// there is none. Where it does not fit, nothing is written.
//
// Failures: CORSAC_ERROR_BUFFER_TOO_SMALL; _NUMBER where *error is no problem, as where it says that there is
// none; _NULL, _STRUCT_SIZE, _MISALIGNED, _LENGTH.
corsac_status corsac_describe_error(const struct corsac_config *config,
                                    const struct corsac_policy_error *error,
                                    char *buffer,
                                    size_t capacity,
                                    size_t *length);

// Makes a policy of an image, after checking every byte of it: one that corsac_policy_compile or the corsac
// command made, from flash, a file or shared memory.
//
// The checksum finds accidents, not attackers: who can write the image decides the policy. Even so, deciding
// on any image that was accepted reads nothing but the image. The image is borrowed: it has to stay where it
// is, as it is, for as long as the policy or a copy of it is used. Nothing has to be closed.
//
// *policy is set whatever happens, on failure to one that every function refuses. An image that is changed
// afterwards decides anything, a permission among it.
//
// Failures: CORSAC_ERROR_NOT_AN_IMAGE, _IMAGE_VERSION, _IMAGE_LENGTH, _IMAGE_CHECKSUM, _IMAGE_STRUCTURE,
// _NULL, _LENGTH. Takes time linear in length.
corsac_status corsac_policy_open(const uint8_t *image, size_t length, struct corsac_policy *policy);

// Decides on a request whose fields of CORS are picked out already. The request is only read; the decision
// borrows from the policy's image and from the request's bytes.
//
// A refusal is no failure: the function gives CORSAC_OK and decision->refusal says why. *decision is set
// whatever happens, on failure to status 500 without fields.
//
// Failures: CORSAC_ERROR_NULL, also where the policy was not opened or the method is absent; _STRUCT_SIZE,
// _NUMBER (faults), _MISALIGNED, _LENGTH.
//
// Takes time linear in the bytes of the request up to the caps, whatever the size of the policy.
corsac_status corsac_decide(const struct corsac_policy *policy,
                            const struct corsac_request *request,
                            struct corsac_decision *decision);

// Decides on a request by its whole list of fields, as corsac_decide. Which of them matter is found in one
// pass, without case, and a field that came twice is refused rather than guessed.
corsac_status corsac_decide_fields(const struct corsac_policy *policy,
                                   const struct corsac_fields *fields,
                                   struct corsac_decision *decision);

// Asks every verdict about a request, and stops at the first refusal: corsac_check_host, without which nothing
// may believe Host; for the handshake of a WebSocket corsac_check_websocket, else corsac_guard; and last CORS,
// whose refusals are the browser's to enforce.
//
// decision->status says what to do, and decision->stopped_by which verdict stopped the request; the fields are
// sent with a request that was stopped too. Without allow_hosts and own_names every host is refused; a server
// that checks Host by itself sets host_is_checked.
//
// Failures as corsac_decide_fields; also CORSAC_ERROR_NUMBER for the scheme, and CORSAC_ERROR_TEXT for own_names.
corsac_status corsac_screen(const struct corsac_policy *policy,
                            const struct corsac_fields *fields,
                            struct corsac_decision *decision);

// Whether a request may change something: the guard against cross-site request forgery, which CORS is not.
// Safe methods pass; so do the server's own pages, programs, and the origins of allow_origins; "*" trusts
// nobody here.
//
// *verdict is set whatever happens, on failure to one that does not pass. Failures as corsac_screen.
corsac_status corsac_guard(const struct corsac_policy *policy,
                           const struct corsac_fields *fields,
                           struct corsac_verdict *verdict);

// Whether a page may open a WebSocket, where CORS does not apply and nothing else checks. As corsac_guard; the
// method does not matter.
corsac_status corsac_check_websocket(const struct corsac_policy *policy,
                                     const struct corsac_fields *fields,
                                     struct corsac_verdict *verdict);

// Whether the host that a request names is one of the server's, by allow_hosts and own_names: against DNS
// rebinding. As corsac_guard.
corsac_status corsac_check_host(const struct corsac_policy *policy,
                                const struct corsac_fields *fields,
                                struct corsac_verdict *verdict);

// Writes a sentence or two that say why a question comes out as it does, with the nearest entry of the policy
// and what to change: for a log or a developer, not for the peer.
//
// question is CORSAC_QUESTION_CORS or another one. The text is printable ASCII, not ended by NUL. With buffer
// == NULL and capacity == 0 it is only measured. *length is set whatever happens: to the bytes that the text
// takes, or to 0 where there is none. Where it does not fit, nothing is written. ask is called once at most, and
// so twice where the text is measured first.
//
// Failures: CORSAC_ERROR_BUFFER_TOO_SMALL, _NUMBER (the question), and those of the question itself. Takes time
// linear in the size of the policy.
corsac_status corsac_explain(const struct corsac_policy *policy,
                             uint8_t question,
                             const struct corsac_fields *fields,
                             char *buffer,
                             size_t capacity,
                             size_t *length);

// Writes the fields of a decision as lines of HTTP/1.1, each "Name: value" and CR LF, ready to be put into a
// response that has none of these fields: where the application has set some, it takes them one by one from
// decision->fields.
//
// With buffer == NULL and capacity == 0 the lines are only measured. *length is set whatever happens: to the
// bytes that they take, or to 0 on other failures. Where they do not fit, nothing is written. No NUL is added.
// What the decision borrows from has to be there still.
//
// Failures: CORSAC_ERROR_BUFFER_TOO_SMALL, _NULL, _MISALIGNED, _LENGTH; _NUMBER where the decision has more
// fields than any.
corsac_status corsac_write_fields(const struct corsac_decision *decision,
                                  char *buffer,
                                  size_t capacity,
                                  size_t *length);

// Writes the value of one Vary field that says what the application's says and what the decision's does: the
// application's members in their order, and those of the decision that are not among them, compared without
// case. "*" stands for all and stays alone.
//
// application is the value of the application's field, several lines joined by commas; NULL: it has none.
// decision is the value of the field with CORSAC_APPLY_MERGE; NULL: there is none. buffer must not overlap
// them. With buffer == NULL and capacity == 0 the value is only measured. *length is set whatever happens;
// where the value does not fit, nothing is written.
//
// Failures: CORSAC_ERROR_BUFFER_TOO_SMALL, _NULL, _LENGTH. The members of the one are compared with those of
// the other.
corsac_status corsac_merge_vary(struct corsac_text application,
                                struct corsac_text decision,
                                char *buffer,
                                size_t capacity,
                                size_t *length);

// What a status says, as a sentence. A constant, not ended by NUL; empty for a number that is none.
struct corsac_text corsac_status_text(corsac_status status);

// The name of a refusal, such as "origin-not-allowed": the same in every language, for logs. A constant; empty
// for a number that is none.
struct corsac_text corsac_refusal_name(uint8_t refusal);

// What a refusal says in general, as a sentence. A constant; empty for a number that is none.
struct corsac_text corsac_refusal_text(uint8_t refusal);

// The name of a kind of policy error, such as "trailing-slash". A constant; empty for a number that is none.
struct corsac_text corsac_policy_error_name(uint16_t kind);

// What a kind of policy error says in general, as a sentence. A constant; empty for a number that is none.
struct corsac_text corsac_policy_error_text(uint16_t kind);

// The name of an option, such as "allow_origins". A constant; empty for a number that is none.
struct corsac_text corsac_option_name(uint8_t option);

// The name of a response field by its number, as the standard spells it or, if lower_case is not 0, as HTTP/2
// does. The numbers go from 0 to CORSAC_FIELD_VARY without a gap: a server drops the application's own fields
// of all these names but Vary. A constant; empty for a number that is none.
struct corsac_text corsac_field_name(uint8_t number, uint8_t lower_case);

#ifdef __cplusplus
}  // extern "C"
#endif  // __cplusplus

#endif  /* CORSAC_H */
