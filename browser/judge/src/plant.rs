//! Mistakes that a server could make, to see that each is found.

use corsac_browser::{Header, WireResponse, get};

/// A mistake: the core's, a server's in which it answers, or one on the way to the browser.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum Plant {
    /// Every origin is echoed, and what it asks for allowed.
    Echo,
    /// The last name is left out of `Access-Control-Allow-Headers`.
    MissingHeader,
    /// The methods are left out.
    MissingMethods,
    /// `*` stands beside `Access-Control-Allow-Credentials`.
    StarWithCredentials,
    /// `Access-Control-Allow-Credentials` is left out.
    MissingCredentials,
    /// `Access-Control-Allow-Origin` comes twice.
    DoubledOrigin,
    /// `Access-Control-Expose-Headers` is left out.
    MissingExpose,
    /// A preflight that is allowed is answered by a redirect's status, as where a slash is missing.
    Redirected,
    /// `Access-Control-Allow-Headers` has a member that is no token.
    BrokenList,
    /// `Access-Control-Max-Age` is left out.
    MissingMaxAge,
    /// The core itself forgets `Access-Control-Expose-Headers`, and so does what is foretold.
    ForgottenExpose,
    /// A request that is allowed is answered by an error, with the fields.
    ServerError,
    /// A request that is refused is kept from the application.
    Withheld,
    /// A refused preflight is passed on to the application.
    Forwarded,
    /// A preflight that is allowed has another status than the policy's.
    OtherStatus,
    /// `ETag` is lost.
    LostField,
    /// `Vary` is left out.
    MissingVary,
}

/// Where a mistake is made.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Place {
    /// In the server: its answer is not what the core decides.
    Server,
    /// After it: only the browser can tell.
    Way,
}

impl Plant {
    /// All of them, by the names that the command line knows.
    pub const ALL: [(&'static str, Self); 17] = [
        ("echo", Self::Echo),
        ("missing-header", Self::MissingHeader),
        ("missing-methods", Self::MissingMethods),
        ("star-with-credentials", Self::StarWithCredentials),
        ("missing-credentials", Self::MissingCredentials),
        ("doubled-origin", Self::DoubledOrigin),
        ("missing-expose", Self::MissingExpose),
        ("redirected", Self::Redirected),
        ("broken-list", Self::BrokenList),
        ("missing-max-age", Self::MissingMaxAge),
        ("forgotten-expose", Self::ForgottenExpose),
        ("server-error", Self::ServerError),
        ("withheld", Self::Withheld),
        ("forwarded", Self::Forwarded),
        ("other-status", Self::OtherStatus),
        ("lost-field", Self::LostField),
        ("missing-vary", Self::MissingVary),
    ];

    /// The mistake of that name.
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.iter().find(|(known, _)| *known == name).map(|(_, plant)| *plant)
    }

    /// Where it is made.
    pub(crate) const fn place(self) -> Place {
        match self {
            Self::Echo
            | Self::MissingHeader
            | Self::MissingMethods
            | Self::StarWithCredentials
            | Self::MissingCredentials
            | Self::DoubledOrigin
            | Self::MissingExpose
            | Self::Redirected
            | Self::BrokenList
            | Self::MissingMaxAge => Place::Way,
            Self::ForgottenExpose
            | Self::ServerError
            | Self::Withheld
            | Self::Forwarded
            | Self::OtherStatus
            | Self::LostField
            | Self::MissingVary => Place::Server,
        }
    }

    /// Makes the mistake in a response, if it has room for it.
    pub(crate) fn spoil(self, request: &[Header], is_preflight: bool, response: &mut WireResponse) {
        let fields = &mut response.fields;
        match self {
            Self::Echo => {
                let Some(origin) = get(request, "Origin") else { return };
                if has(fields, ALLOW_ORIGIN) {
                    return;
                }
                fields.push(field(ALLOW_ORIGIN, &origin));
                if is_preflight {
                    response.status = 204;
                    for (asked, answered) in [
                        ("Access-Control-Request-Method", ALLOW_METHODS),
                        ("Access-Control-Request-Headers", ALLOW_HEADERS),
                    ] {
                        fields.extend(get(request, asked).map(|value| field(answered, &value)));
                    }
                }
            }
            Self::MissingHeader => {
                for (_, value) in fields.iter_mut().filter(|(name, _)| is(name, ALLOW_HEADERS)) {
                    let comma = value.iter().rposition(|byte| *byte == b',').unwrap_or(0);
                    value.truncate(comma);
                }
            }
            Self::MissingMethods => remove(fields, ALLOW_METHODS),
            Self::StarWithCredentials => {
                if has(fields, ALLOW_CREDENTIALS) {
                    remove(fields, ALLOW_ORIGIN);
                    fields.push(field(ALLOW_ORIGIN, b"*"));
                }
            }
            Self::MissingCredentials => remove(fields, ALLOW_CREDENTIALS),
            Self::DoubledOrigin => {
                let again = fields.iter().find(|(name, _)| is(name, ALLOW_ORIGIN)).cloned();
                fields.extend(again);
            }
            Self::MissingExpose | Self::ForgottenExpose => remove(fields, "Access-Control-Expose-Headers"),
            Self::Redirected => {
                if is_preflight && response.status < 300 {
                    response.status = 307;
                    fields.push(field("Location", b"/elsewhere"));
                }
            }
            Self::BrokenList => {
                if is_preflight && has(fields, ALLOW_ORIGIN) {
                    fields.push(field(ALLOW_HEADERS, b"x y"));
                }
            }
            Self::MissingMaxAge => remove(fields, "Access-Control-Max-Age"),
            Self::ServerError => {
                if !is_preflight && has(fields, ALLOW_ORIGIN) {
                    response.status = 503;
                }
            }
            Self::Withheld => {
                if !is_preflight && has(request, "Origin") && !has(fields, ALLOW_ORIGIN) {
                    *response = WireResponse::new(403, &[("Vary", "Origin")]);
                }
            }
            Self::Forwarded => {
                if is_preflight && !has(fields, ALLOW_ORIGIN) {
                    fields.push(field("X-Request-Id", b"abc"));
                }
            }
            Self::OtherStatus => {
                if is_preflight && has(fields, ALLOW_ORIGIN) {
                    response.status = if response.status == 204 { 200 } else { 204 };
                }
            }
            Self::LostField => remove(fields, "ETag"),
            Self::MissingVary => remove(fields, "Vary"),
        }
    }
}

const ALLOW_ORIGIN: &str = "Access-Control-Allow-Origin";
const ALLOW_CREDENTIALS: &str = "Access-Control-Allow-Credentials";
const ALLOW_METHODS: &str = "Access-Control-Allow-Methods";
const ALLOW_HEADERS: &str = "Access-Control-Allow-Headers";

fn is(name: &str, other: &str) -> bool {
    name.eq_ignore_ascii_case(other)
}

fn has(fields: &[Header], name: &str) -> bool {
    fields.iter().any(|(known, _)| is(known, name))
}

fn remove(fields: &mut Vec<Header>, name: &str) {
    fields.retain(|(known, _)| !is(known, name));
}

fn field(name: &str, value: &[u8]) -> Header {
    (name.to_owned(), value.to_vec())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mistake_is_made_where_there_is_room_for_it() {
        let request = [field("Origin", b"http://evil.example")];
        let refused = WireResponse::new(204, &[("Vary", "Origin")]);
        let allowed = WireResponse::new(
            204,
            &[
                (ALLOW_ORIGIN, "http://a.example"),
                (ALLOW_CREDENTIALS, "true"),
                (ALLOW_METHODS, "PUT"),
                (ALLOW_HEADERS, "x-a, x-b"),
                ("Access-Control-Expose-Headers", "etag"),
                ("Access-Control-Max-Age", "600"),
                ("ETag", "\"7\""),
                ("Vary", "Origin"),
            ],
        );
        for (name, plant) in Plant::ALL {
            assert_eq!(Plant::named(name), Some(plant));
            let is_of_refusals = matches!(plant, Plant::Echo | Plant::Withheld | Plant::Forwarded);
            let before = if is_of_refusals { &refused } else { &allowed };
            let mut after = before.clone();
            plant.spoil(&request, !matches!(plant, Plant::Withheld | Plant::ServerError), &mut after);
            assert_ne!(*before, after, "{name}");
        }
        assert_eq!(Plant::named("none"), None);
    }
}
