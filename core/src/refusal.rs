//! Every reason for which a peer is refused.

use crate::error::numbered;

numbered! {
    /// Why a request is refused: a normal outcome for a peer, not an error.
    ///
    /// Numbers are grouped with gaps and never used twice: 1 the origin, 21 the method, 41 the header names of CORS; 61 who makes
    /// an unsafe request or a WebSocket handshake, 71 its content type, 81 the host.
    pub enum Refusal: u8 {
        OriginNotAllowed = 1, "origin-not-allowed", "the origin is not in allow_origins; add it if its pages are trusted";
        NullOriginNotAllowed = 2, "null-origin-not-allowed", "the origin is `null`, as for sandboxed frames and local files, and allow_null_origin is off; serve the page from an origin of its own";
        OriginRepeated = 3, "origin-repeated", "Origin came more than once, and browsers send it once; look for a proxy that adds one";
        OriginTooLong = 4, "origin-too-long", "Origin is longer than 326 bytes, or its host than 253, and so longer than any that an entry takes; serve the page under a shorter name";
        OriginTruncated = 5, "origin-truncated", "the server had no room for the whole of Origin; give it at least 326 bytes";

        MethodNotAllowed = 21, "method-not-allowed", "the method is not in allow_methods, which is case-sensitive; add it if pages may use it";
        MethodForbidden = 22, "method-forbidden", "CONNECT, TRACE and TRACK are never allowed to a page; no browser asks for them";
        MethodMalformed = 23, "method-malformed", "Access-Control-Request-Method is not one method name; no browser sends that, so look at what did";
        MethodRepeated = 24, "method-repeated", "Access-Control-Request-Method came more than once, and browsers send it once; look for a proxy that adds one";
        MethodTooLong = 25, "method-too-long", "Access-Control-Request-Method is longer than 64 bytes; use a shorter method";
        MethodTruncated = 26, "method-truncated", "the server had no room for the whole of Access-Control-Request-Method; give it at least 64 bytes";

        HeaderNotAllowed = 41, "header-not-allowed", "a requested header is not in allow_headers, where `*` does not cover authorization; add it if pages may set it";
        HeadersMalformed = 42, "headers-malformed", "an element of Access-Control-Request-Headers is no header name; no browser sends that, so look at what did";
        HeadersTooLong = 43, "headers-too-long", "Access-Control-Request-Headers is longer than 8192 bytes; have the page set fewer headers";
        HeadersTooManyLines = 44, "headers-too-many-lines", "Access-Control-Request-Headers came in more than 16 lines; look for a gateway that splits it, and have it join them";
        HeadersTooManyNames = 45, "headers-too-many-names", "Access-Control-Request-Headers has more than 128 names; have the page set fewer headers";
        HeadersTooManyEmpty = 46, "headers-too-many-empty", "Access-Control-Request-Headers has more than 32 empty elements; no browser sends any, so look at what did";
        HeadersTooManyBlanks = 47, "headers-too-many-blanks", "Access-Control-Request-Headers has more than 16 blanks around an element; no browser sends any, so look at what did";
        HeadersTruncated = 48, "headers-truncated", "the server had no room for the whole of Access-Control-Request-Headers; give it at least 8192 bytes";

        CrossSite = 61, "cross-site", "a page of another site made the request, and its origin is no entry of allow_origins; add it if its pages may change things here";
        SameSite = 62, "same-site", "a page of another origin of the same site made the request, and its origin is no entry of allow_origins; add it if its pages may change things here";
        FetchSiteUnknown = 63, "fetch-site-unknown", "Sec-Fetch-Site has a value that no standard has, and the origin is no entry of allow_origins; look at what sent it";
        FetchSiteRepeated = 64, "fetch-site-repeated", "Sec-Fetch-Site came more than once, and browsers send it once; look for a proxy that adds one";
        FetchSiteTruncated = 65, "fetch-site-truncated", "the server had no room for the whole of Sec-Fetch-Site; give it at least 11 bytes";
        OriginNotTrusted = 66, "origin-not-trusted", "the origin is neither the server's own by Host nor an entry of allow_origins; add it if its pages may act here, or have the proxy pass Host on as it came";
        NullOriginNotTrusted = 67, "null-origin-not-trusted", "the origin is `null`, which any page can make itself; if it is a page of the server's, give that a Referrer-Policy other than no-referrer";
        OriginMissing = 68, "origin-missing", "there is no Origin, nor a Sec-Fetch-Site to go by, and the server refuses what no current browser sends";
        SchemeDiffers = 69, "scheme-differs", "the origin is the server's own but for its scheme; have the page loaded by the server's scheme, or tell the server the scheme that browsers use";

        ContentTypeNotAllowed = 71, "content-type-not-allowed", "the content type is not in allow_content_types; add it if pages of other origins may send it";
        ContentTypeSimple = 72, "content-type-simple", "the content type is one that any page can send without a preflight, and is not in allow_content_types; have the page send one that is";
        ContentTypeMissing = 73, "content-type-missing", "there is no Content-Type, which any page can leave out without a preflight; have the page send one that is in allow_content_types, with a DELETE too";
        ContentTypeMalformed = 74, "content-type-malformed", "Content-Type is no media type; have the page send one that is in allow_content_types";
        ContentTypeRepeated = 75, "content-type-repeated", "Content-Type came more than once, and two readers may take it for two types; look for a proxy that adds one";
        ContentTypeTruncated = 76, "content-type-truncated", "the server had no room for the whole of Content-Type; give it more, as parameters may be long";
        ContentTypeTooLong = 77, "content-type-too-long", "Content-Type is longer than 8192 bytes; no browser sends that, so look at what did";

        HostNotAllowed = 81, "host-not-allowed", "the host is not in allow_hosts; add it if the server is reached under that name";
        HostMissing = 82, "host-missing", "there is no Host, which every HTTP/1.1 client sends; look for a proxy that drops it";
        HostRepeated = 83, "host-repeated", "Host came more than once, or is not what :authority says, and clients name one host; look for a proxy that adds one";
        HostTruncated = 84, "host-truncated", "the server had no room for the whole of Host; give it at least 259 bytes";
        HostTooLong = 85, "host-too-long", "Host is longer than 259 bytes, and so longer than any name; no browser sends that, so look at what did";
        HostMalformed = 86, "host-malformed", "Host is no name or address with or without a port; no browser sends that, so look at what did";
    }
}

impl Refusal {
    /// The status of a response that is the refusal, where a server makes one: 403, but 400 for a `Host` that no client sends
    /// ([RFC 9112, section 3.2](https://www.rfc-editor.org/rfc/rfc9112#section-3.2)) and 421 for one that is not the server's
    /// ([RFC 9110, section 15.5.20](https://www.rfc-editor.org/rfc/rfc9110#section-15.5.20)).
    pub const fn status(self) -> u16 {
        match self {
            Self::HostNotAllowed => 421,
            Self::HostMissing | Self::HostRepeated | Self::HostTruncated | Self::HostTooLong | Self::HostMalformed => {
                400
            }
            _ => 403,
        }
    }
}
