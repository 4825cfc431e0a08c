//! The numbers of the core's enumerations, for C. Made by `cargo xtask header`; do not edit.

/// Part of the version of this header.
pub const CORSAC_VERSION_MAJOR: u32 = 0;
/// Part of the version of this header.
pub const CORSAC_VERSION_MINOR: u32 = 1;
/// Part of the version of this header.
pub const CORSAC_VERSION_PATCH: u32 = 0;
/// The number of the binary interface; see corsac_abi.
pub const CORSAC_ABI: u32 = 0;
/// allow_origins
pub const CORSAC_OPTION_ALLOW_ORIGINS: u8 = 1;
/// allow_methods
pub const CORSAC_OPTION_ALLOW_METHODS: u8 = 2;
/// allow_headers
pub const CORSAC_OPTION_ALLOW_HEADERS: u8 = 3;
/// expose_headers
pub const CORSAC_OPTION_EXPOSE_HEADERS: u8 = 4;
/// allow_credentials
pub const CORSAC_OPTION_ALLOW_CREDENTIALS: u8 = 5;
/// max_age
pub const CORSAC_OPTION_MAX_AGE: u8 = 6;
/// allow_null_origin
pub const CORSAC_OPTION_ALLOW_NULL_ORIGIN: u8 = 7;
/// allow_private_network
pub const CORSAC_OPTION_ALLOW_PRIVATE_NETWORK: u8 = 8;
/// static_origin
pub const CORSAC_OPTION_STATIC_ORIGIN: u8 = 9;
/// minimal_answers
pub const CORSAC_OPTION_MINIMAL_ANSWERS: u8 = 10;
/// preflight_status
pub const CORSAC_OPTION_PREFLIGHT_STATUS: u8 = 11;
/// timing_allow_origin
pub const CORSAC_OPTION_TIMING_ALLOW_ORIGIN: u8 = 12;
/// allow_hosts
pub const CORSAC_OPTION_ALLOW_HOSTS: u8 = 13;
/// allow_content_types
pub const CORSAC_OPTION_ALLOW_CONTENT_TYPES: u8 = 14;
/// dangerously_allow_insecure_origins
pub const CORSAC_OPTION_DANGEROUSLY_ALLOW_INSECURE_ORIGINS: u8 = 15;
/// dangerously_allow_public_suffixes
pub const CORSAC_OPTION_DANGEROUSLY_ALLOW_PUBLIC_SUFFIXES: u8 = 16;
/// dangerously_allow_any_port
pub const CORSAC_OPTION_DANGEROUSLY_ALLOW_ANY_PORT: u8 = 17;
/// The entry is empty; remove it.
pub const CORSAC_POLICY_ERROR_EMPTY: u16 = 101;
/// A blank stands in the entry; remove it, and write several values as several entries.
pub const CORSAC_POLICY_ERROR_BLANK: u16 = 102;
/// A control byte stands in the entry; remove it.
pub const CORSAC_POLICY_ERROR_CONTROL_BYTE: u16 = 103;
/// The byte is not ASCII; an international domain name is written as Punycode (xn--...).
pub const CORSAC_POLICY_ERROR_NON_ASCII: u16 = 104;
/// The entry repeats an earlier one; remove it.
pub const CORSAC_POLICY_ERROR_DUPLICATE: u16 = 105;
/// "*" already covers every entry beside it; keep "*" alone, or the others without it.
pub const CORSAC_POLICY_ERROR_ANY_NOT_ALONE: u16 = 106;
/// A "*" inside a name is no wildcard to a browser; list the full names, or "*" alone.
pub const CORSAC_POLICY_ERROR_WILDCARD_IN_NAME: u16 = 107;
/// The byte cannot stand in a method or header name.
pub const CORSAC_POLICY_ERROR_NOT_A_TOKEN: u16 = 108;
/// The text is over its cap and could never match; shorten it.
pub const CORSAC_POLICY_ERROR_TOO_LONG: u16 = 109;
/// An origin begins with its scheme; write it, for instance https://.
pub const CORSAC_POLICY_ERROR_MISSING_SCHEME: u16 = 201;
/// The byte cannot stand in a scheme, which is a letter and then letters, digits, "+", "-" or ".".
pub const CORSAC_POLICY_ERROR_INVALID_SCHEME: u16 = 202;
/// Pages of this scheme have an opaque origin, which browsers send as "null"; see allow_null_origin.
pub const CORSAC_POLICY_ERROR_OPAQUE_SCHEME: u16 = 203;
/// An upper-case letter stands where browsers always send lower case; write it in lower case.
pub const CORSAC_POLICY_ERROR_UPPER_CASE: u16 = 204;
/// Nothing stands after the host or port; remove the slash.
pub const CORSAC_POLICY_ERROR_TRAILING_SLASH: u16 = 205;
/// A path stands after the host or port; remove it.
pub const CORSAC_POLICY_ERROR_PATH: u16 = 206;
/// A query stands after the host or port; remove it.
pub const CORSAC_POLICY_ERROR_QUERY: u16 = 207;
/// A fragment stands after the host or port; remove it.
pub const CORSAC_POLICY_ERROR_FRAGMENT: u16 = 208;
/// User information stands before the host; remove it with its "@".
pub const CORSAC_POLICY_ERROR_USER_INFO: u16 = 209;
/// The host is missing; write one, which in an origin stands after "://".
pub const CORSAC_POLICY_ERROR_MISSING_HOST: u16 = 210;
/// The byte cannot stand in a host, which is a-z, 0-9, "-", "_" and dots between labels.
pub const CORSAC_POLICY_ERROR_INVALID_HOST_BYTE: u16 = 211;
/// A label of the host is empty; remove the dot too many.
pub const CORSAC_POLICY_ERROR_EMPTY_LABEL: u16 = 212;
/// A label of the host is over 63 bytes; no domain name has one.
pub const CORSAC_POLICY_ERROR_LABEL_TOO_LONG: u16 = 213;
/// A label of the host begins or ends with a hyphen; no domain name does.
pub const CORSAC_POLICY_ERROR_LABEL_HYPHEN: u16 = 214;
/// The host ends with a dot, which makes it another host to a browser; remove it.
pub const CORSAC_POLICY_ERROR_TRAILING_DOT: u16 = 215;
/// The label begins with xn-- but is no Punycode; write what the browser shows as the page's origin.
pub const CORSAC_POLICY_ERROR_INVALID_PUNYCODE: u16 = 216;
/// A host that ends in a number is an IPv4 address, which browsers send as four decimal numbers.
pub const CORSAC_POLICY_ERROR_IPV4_NOT_CANONICAL: u16 = 217;
/// The host is no IPv6 address in brackets.
pub const CORSAC_POLICY_ERROR_IPV6_INVALID: u16 = 218;
/// Browsers send an IPv6 address compressed and in lower case.
pub const CORSAC_POLICY_ERROR_IPV6_NOT_CANONICAL: u16 = 219;
/// An IPv4-mapped IPv6 address has two spellings for one host; write the IPv4 address.
pub const CORSAC_POLICY_ERROR_IPV4_MAPPED_IPV6: u16 = 220;
/// The host is over 253 bytes; no domain name is.
pub const CORSAC_POLICY_ERROR_HOST_TOO_LONG: u16 = 221;
/// The port is missing after the colon; write it, or remove the colon.
pub const CORSAC_POLICY_ERROR_PORT_EMPTY: u16 = 222;
/// A port is a decimal number, or "*" alone.
pub const CORSAC_POLICY_ERROR_PORT_INVALID: u16 = 223;
/// No origin has port 0; write a port from 1 to 65535.
pub const CORSAC_POLICY_ERROR_PORT_ZERO: u16 = 224;
/// Browsers send a port without leading zeros; remove them.
pub const CORSAC_POLICY_ERROR_PORT_LEADING_ZERO: u16 = 225;
/// A port is at most 65535.
pub const CORSAC_POLICY_ERROR_PORT_OUT_OF_RANGE: u16 = 226;
/// Browsers leave out the scheme's default port, so the entry would never match; remove it.
pub const CORSAC_POLICY_ERROR_DEFAULT_PORT: u16 = 227;
/// "null" is the origin of any sandboxed page; if that is meant, set allow_null_origin.
pub const CORSAC_POLICY_ERROR_NULL_ORIGIN: u16 = 228;
/// A "*" stands for labels on the left of a host, within its leftmost label, or for a whole port.
pub const CORSAC_POLICY_ERROR_WILDCARD_POSITION: u16 = 231;
/// A host has at most one "*"; write several entries.
pub const CORSAC_POLICY_ERROR_SEVERAL_WILDCARDS: u16 = 232;
/// The "*" leaves no registrable domain; write the domain after it, or "*" alone as the entry for any origin.
pub const CORSAC_POLICY_ERROR_WILDCARD_WHOLE_HOST: u16 = 233;
/// An IP address has no subdomains; list the addresses.
pub const CORSAC_POLICY_ERROR_WILDCARD_OVER_IP: u16 = 234;
/// Anyone can register a name below this suffix; name your own domain, or set dangerously_allow_public_suffixes.
pub const CORSAC_POLICY_ERROR_PUBLIC_SUFFIX: u16 = 235;
/// Any program on that host could take a port; list the ports, or set dangerously_allow_any_port.
pub const CORSAC_POLICY_ERROR_ANY_PORT_NOT_LOOPBACK: u16 = 236;
/// The Host field has no scheme; write the name alone, with its port if that is not the default one.
pub const CORSAC_POLICY_ERROR_HOST_WITH_SCHEME: u16 = 241;
/// A host is taken by its exact name, as any other name may be pointed at the server; list each name.
pub const CORSAC_POLICY_ERROR_WILDCARD_IN_HOST: u16 = 242;
/// Browsers refuse "*" with credentials; list the trusted origins, or write a pattern such as https://*.example.com, or drop allow_credentials.
pub const CORSAC_POLICY_ERROR_ANY_ORIGIN_WITH_CREDENTIALS: u16 = 301;
/// Anyone on the network path can speak as an http origin; use https, or set dangerously_allow_insecure_origins.
pub const CORSAC_POLICY_ERROR_INSECURE_ORIGIN_WITH_CREDENTIALS: u16 = 302;
/// Any page can make itself "null" in a sandboxed frame; drop allow_null_origin or allow_credentials.
pub const CORSAC_POLICY_ERROR_NULL_ORIGIN_WITH_CREDENTIALS: u16 = 303;
/// "*" already covers "null"; drop allow_null_origin.
pub const CORSAC_POLICY_ERROR_NULL_ORIGIN_WITH_ANY_ORIGIN: u16 = 304;
/// Any page can make itself "null" and would reach the private network; drop allow_null_origin.
pub const CORSAC_POLICY_ERROR_NULL_ORIGIN_WITH_PRIVATE_NETWORK: u16 = 305;
/// "*" would let every page of the internet into the private network; list the trusted origins.
pub const CORSAC_POLICY_ERROR_PRIVATE_NETWORK_WITH_ANY_ORIGIN: u16 = 306;
/// With credentials browsers take "*" for a header's name; list the names.
pub const CORSAC_POLICY_ERROR_ANY_EXPOSED_WITH_CREDENTIALS: u16 = 307;
/// static_origin sends one fixed origin; write exactly one entry in allow_origins.
pub const CORSAC_POLICY_ERROR_STATIC_ORIGIN_NOT_ONE: u16 = 311;
/// static_origin sends its entry as it is, which cannot be a pattern; write one origin in full.
pub const CORSAC_POLICY_ERROR_STATIC_ORIGIN_NOT_EXACT: u16 = 312;
/// static_origin sends one fixed origin and cannot also send "null"; drop one of the two switches.
pub const CORSAC_POLICY_ERROR_STATIC_ORIGIN_WITH_NULL: u16 = 313;
/// Browsers never send this method for a page; remove it.
pub const CORSAC_POLICY_ERROR_FORBIDDEN_METHOD: u16 = 401;
/// Methods are case-sensitive and this one is not normalized by browsers; write PATCH.
pub const CORSAC_POLICY_ERROR_METHOD_CASE: u16 = 402;
/// Pages cannot set this header, so no preflight asks for it; remove it.
pub const CORSAC_POLICY_ERROR_FORBIDDEN_REQUEST_HEADER: u16 = 501;
/// This is a response header; no request carries it; remove it.
pub const CORSAC_POLICY_ERROR_RESPONSE_ONLY_HEADER: u16 = 502;
/// Pages can read this header without permission; remove it.
pub const CORSAC_POLICY_ERROR_SAFELISTED_RESPONSE_HEADER: u16 = 511;
/// Browsers never show this header to a page; remove it.
pub const CORSAC_POLICY_ERROR_FORBIDDEN_RESPONSE_HEADER: u16 = 512;
/// No browser keeps a preflight for more than 86400 seconds; write at most that.
pub const CORSAC_POLICY_ERROR_MAX_AGE_TOO_LARGE: u16 = 601;
/// Browsers take a preflight's answer only with a status from 200 to 299.
pub const CORSAC_POLICY_ERROR_PREFLIGHT_STATUS_NOT_OK: u16 = 602;
/// The policy's image would be over 4 GiB.
pub const CORSAC_POLICY_ERROR_IMAGE_TOO_LARGE: u16 = 701;
/// The policy's image does not fit the memory given; measure it first, and give that much.
pub const CORSAC_POLICY_ERROR_BUFFER_TOO_SMALL: u16 = 702;
/// No hash seed spreads these entries; they were made to collide.
pub const CORSAC_POLICY_ERROR_TABLE_TOO_CLUSTERED: u16 = 703;
/// A content type is a type, a slash and a subtype; write it so, for instance application/json.
pub const CORSAC_POLICY_ERROR_NOT_A_MEDIA_TYPE: u16 = 801;
/// Parameters of a content type do not count; write it without them.
pub const CORSAC_POLICY_ERROR_MEDIA_TYPE_PARAMETER: u16 = 802;
/// A content type is taken by its full name; list each one.
pub const CORSAC_POLICY_ERROR_MEDIA_TYPE_WILDCARD: u16 = 803;
/// The origin is not in allow_origins; add it if its pages are trusted.
pub const CORSAC_REFUSAL_ORIGIN_NOT_ALLOWED: u8 = 1;
/// The origin is "null", as for sandboxed frames and local files, and allow_null_origin is off; serve the page from an origin of its own.
pub const CORSAC_REFUSAL_NULL_ORIGIN_NOT_ALLOWED: u8 = 2;
/// Origin came more than once, and browsers send it once; look for a proxy that adds one.
pub const CORSAC_REFUSAL_ORIGIN_REPEATED: u8 = 3;
/// Origin is longer than 326 bytes, or its host than 253, and so longer than any that an entry takes; serve the page under a shorter name.
pub const CORSAC_REFUSAL_ORIGIN_TOO_LONG: u8 = 4;
/// The server had no room for the whole of Origin; give it at least 326 bytes.
pub const CORSAC_REFUSAL_ORIGIN_TRUNCATED: u8 = 5;
/// The method is not in allow_methods, which is case-sensitive; add it if pages may use it.
pub const CORSAC_REFUSAL_METHOD_NOT_ALLOWED: u8 = 21;
/// CONNECT, TRACE and TRACK are never allowed to a page; no browser asks for them.
pub const CORSAC_REFUSAL_METHOD_FORBIDDEN: u8 = 22;
/// Access-Control-Request-Method is not one method name; no browser sends that, so look at what did.
pub const CORSAC_REFUSAL_METHOD_MALFORMED: u8 = 23;
/// Access-Control-Request-Method came more than once, and browsers send it once; look for a proxy that adds one.
pub const CORSAC_REFUSAL_METHOD_REPEATED: u8 = 24;
/// Access-Control-Request-Method is longer than 64 bytes; use a shorter method.
pub const CORSAC_REFUSAL_METHOD_TOO_LONG: u8 = 25;
/// The server had no room for the whole of Access-Control-Request-Method; give it at least 64 bytes.
pub const CORSAC_REFUSAL_METHOD_TRUNCATED: u8 = 26;
/// A requested header is not in allow_headers, where "*" does not cover authorization; add it if pages may set it.
pub const CORSAC_REFUSAL_HEADER_NOT_ALLOWED: u8 = 41;
/// An element of Access-Control-Request-Headers is no header name; no browser sends that, so look at what did.
pub const CORSAC_REFUSAL_HEADERS_MALFORMED: u8 = 42;
/// Access-Control-Request-Headers is longer than 8192 bytes; have the page set fewer headers.
pub const CORSAC_REFUSAL_HEADERS_TOO_LONG: u8 = 43;
/// Access-Control-Request-Headers came in more than 16 lines; look for a gateway that splits it, and have it join them.
pub const CORSAC_REFUSAL_HEADERS_TOO_MANY_LINES: u8 = 44;
/// Access-Control-Request-Headers has more than 128 names; have the page set fewer headers.
pub const CORSAC_REFUSAL_HEADERS_TOO_MANY_NAMES: u8 = 45;
/// Access-Control-Request-Headers has more than 32 empty elements; no browser sends any, so look at what did.
pub const CORSAC_REFUSAL_HEADERS_TOO_MANY_EMPTY: u8 = 46;
/// Access-Control-Request-Headers has more than 16 blanks around an element; no browser sends any, so look at what did.
pub const CORSAC_REFUSAL_HEADERS_TOO_MANY_BLANKS: u8 = 47;
/// The server had no room for the whole of Access-Control-Request-Headers; give it at least 8192 bytes.
pub const CORSAC_REFUSAL_HEADERS_TRUNCATED: u8 = 48;
/// A page of another site made the request, and its origin is no entry of allow_origins; add it if its pages may change things here.
pub const CORSAC_REFUSAL_CROSS_SITE: u8 = 61;
/// A page of another origin of the same site made the request, and its origin is no entry of allow_origins; add it if its pages may change things here.
pub const CORSAC_REFUSAL_SAME_SITE: u8 = 62;
/// Sec-Fetch-Site has a value that no standard has, and the origin is no entry of allow_origins; look at what sent it.
pub const CORSAC_REFUSAL_FETCH_SITE_UNKNOWN: u8 = 63;
/// Sec-Fetch-Site came more than once, and browsers send it once; look for a proxy that adds one.
pub const CORSAC_REFUSAL_FETCH_SITE_REPEATED: u8 = 64;
/// The server had no room for the whole of Sec-Fetch-Site; give it at least 11 bytes.
pub const CORSAC_REFUSAL_FETCH_SITE_TRUNCATED: u8 = 65;
/// The origin is neither the server's own by Host nor an entry of allow_origins; add it if its pages may act here, or have the proxy pass Host on as it came.
pub const CORSAC_REFUSAL_ORIGIN_NOT_TRUSTED: u8 = 66;
/// The origin is "null", which any page can make itself; if it is a page of the server's, give that a Referrer-Policy other than no-referrer.
pub const CORSAC_REFUSAL_NULL_ORIGIN_NOT_TRUSTED: u8 = 67;
/// There is no Origin, nor a Sec-Fetch-Site to go by, and the server refuses what no current browser sends.
pub const CORSAC_REFUSAL_ORIGIN_MISSING: u8 = 68;
/// The origin is the server's own but for its scheme; have the page loaded by the server's scheme, or tell the server the scheme that browsers use.
pub const CORSAC_REFUSAL_SCHEME_DIFFERS: u8 = 69;
/// The content type is not in allow_content_types; add it if pages of other origins may send it.
pub const CORSAC_REFUSAL_CONTENT_TYPE_NOT_ALLOWED: u8 = 71;
/// The content type is one that any page can send without a preflight, and is not in allow_content_types; have the page send one that is.
pub const CORSAC_REFUSAL_CONTENT_TYPE_SIMPLE: u8 = 72;
/// There is no Content-Type, which any page can leave out without a preflight; have the page send one that is in allow_content_types, with a DELETE too.
pub const CORSAC_REFUSAL_CONTENT_TYPE_MISSING: u8 = 73;
/// Content-Type is no media type; have the page send one that is in allow_content_types.
pub const CORSAC_REFUSAL_CONTENT_TYPE_MALFORMED: u8 = 74;
/// Content-Type came more than once, and two readers may take it for two types; look for a proxy that adds one.
pub const CORSAC_REFUSAL_CONTENT_TYPE_REPEATED: u8 = 75;
/// The server had no room for the whole of Content-Type; give it more, as parameters may be long.
pub const CORSAC_REFUSAL_CONTENT_TYPE_TRUNCATED: u8 = 76;
/// Content-Type is longer than 8192 bytes; no browser sends that, so look at what did.
pub const CORSAC_REFUSAL_CONTENT_TYPE_TOO_LONG: u8 = 77;
/// The host is not in allow_hosts; add it if the server is reached under that name.
pub const CORSAC_REFUSAL_HOST_NOT_ALLOWED: u8 = 81;
/// There is no Host, which every HTTP/1.1 client sends; look for a proxy that drops it.
pub const CORSAC_REFUSAL_HOST_MISSING: u8 = 82;
/// Host came more than once, or is not what :authority says, and clients name one host; look for a proxy that adds one.
pub const CORSAC_REFUSAL_HOST_REPEATED: u8 = 83;
/// The server had no room for the whole of Host; give it at least 259 bytes.
pub const CORSAC_REFUSAL_HOST_TRUNCATED: u8 = 84;
/// Host is longer than 259 bytes, and so longer than any name; no browser sends that, so look at what did.
pub const CORSAC_REFUSAL_HOST_TOO_LONG: u8 = 85;
/// Host is no name or address with or without a port; no browser sends that, so look at what did.
pub const CORSAC_REFUSAL_HOST_MALFORMED: u8 = 86;
/// Access-Control-Allow-Origin
pub const CORSAC_FIELD_ALLOW_ORIGIN: u8 = 0;
/// Access-Control-Allow-Credentials
pub const CORSAC_FIELD_ALLOW_CREDENTIALS: u8 = 1;
/// Access-Control-Allow-Methods
pub const CORSAC_FIELD_ALLOW_METHODS: u8 = 2;
/// Access-Control-Allow-Headers
pub const CORSAC_FIELD_ALLOW_HEADERS: u8 = 3;
/// Access-Control-Max-Age
pub const CORSAC_FIELD_MAX_AGE: u8 = 4;
/// Access-Control-Allow-Private-Network
pub const CORSAC_FIELD_ALLOW_PRIVATE_NETWORK: u8 = 5;
/// Access-Control-Expose-Headers
pub const CORSAC_FIELD_EXPOSE_HEADERS: u8 = 6;
/// Timing-Allow-Origin
pub const CORSAC_FIELD_TIMING_ALLOW_ORIGIN: u8 = 7;
/// Vary
pub const CORSAC_FIELD_VARY: u8 = 8;
