//! The value of `Origin`: what arrived, and the only way for it to become a value of `Access-Control-Allow-Origin`.
//!
//! What a matcher has to get right, each also a vector:
//!
//! | policy | `Origin` | | why |
//! |---|---|---|---|
//! | `https://example.com` | `https://example.com.evil.example` | no | a prefix is another host |
//! | `https://example.com` | `https://EXAMPLE.com` | no | browsers send lower case; a request is never canonicalised |
//! | `https://example.com` | `https://example.com:443` | no | browsers never send a default port |
//! | `https://example.com` | `https://example.com.` | no | the trailing dot makes it another host |
//! | `https://example.com` | `https://example.com/` | no | an origin has no path |
//! | `https://*.example.com` | `https://evilexample.com` | no | a suffix without the dot is another domain |
//! | `https://*.example.com` | `https://example.com` | no | the base is no subdomain |
//! | `https://*.example.com` | `https://a@b.example.com` | no | `@` is no host byte |
//! | `https://*.example.com` | `https://a..example.com` | no | a label is not empty |
//! | `http://localhost:*` | `http://localhost:80` | no | the default port is not written |
//! | `http://[::1]:*` | `http://[::1]:8080` | yes | an address in brackets has a port after the bracket |
//! | any list | `null` | no | only `allow_null_origin` takes it |

use crate::ascii::{is_host_byte, is_scheme_byte};
use crate::bytes::{index, position};
use crate::hash::Hash;
use crate::host::{MAX_HOST_LEN, is_serialized};
use crate::image::{Flags, PolicyRef, head};
use crate::pattern::{MAX_SCHEME_LEN, OPAQUE_SCHEMES, is_serialized_port};
use crate::records::chain_hash;
use crate::table::{RecordKind, Table};

/// Longest `Origin` in bytes: a scheme of 64, `://`, a host of 253, `:` and five digits. A longer one can match no entry.
pub const MAX_ORIGIN_LEN: usize = MAX_SCHEME_LEN + 3 + MAX_HOST_LEN + 6;

/// The proof that a request's origin is allowed, without which it is not sent in `Access-Control-Allow-Origin`. Only this module
/// makes one.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct AllowedOrigin {
    /// The index of the entry that allowed it, if one did.
    entry: Option<u32>,
}

impl AllowedOrigin {
    pub(crate) fn entry(self) -> Option<u32> {
        self.entry
    }
}

/// The proof that an origin is in the policy: an entry takes it, or the host's own function. Neither `*` nor
/// `allow_null_origin` makes one, as they open reading and trust nobody. Only this module makes one.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct TrustedOrigin {
    /// The index of the entry that takes it, if one does.
    entry: Option<u32>,
}

impl AllowedOrigin {
    /// The proof of more, where there is more: `origin` was allowed by `policy`.
    pub(crate) fn trusted(self, policy: &PolicyRef<'_>, origin: &[u8]) -> Option<TrustedOrigin> {
        let by_switch = policy.flags().has(Flags::ANY_ORIGIN) || origin == b"null";
        if by_switch { None } else { Some(TrustedOrigin { entry: self.entry }) }
    }
}

impl TrustedOrigin {
    pub(crate) fn entry(self) -> Option<u32> {
        self.entry
    }
}

impl<'p> PolicyRef<'p> {
    /// Whether `origin`, which is within the cap, is allowed. `ask` is the host's own list.
    ///
    /// # Complexity
    ///
    /// Linear in the length of `origin`, whatever the number of entries. Up to eight records are held against it one after another.
    /// Beyond, one look-up for the whole, and where the policy has patterns, for each label at most one; for patterns within the
    /// leftmost label, of which the `*` takes at least one of 63 bytes, one for the domain, one for each length of prefix in use over
    /// it (63 at most), and one for each length of suffix in use with a prefix that fits (2,015 at most). Where there are patterns for
    /// any port, all of this once more for those.
    #[inline(always)]
    pub(crate) fn match_origin(&self, origin: &[u8], ask: Option<impl FnOnce(&[u8]) -> bool>) -> Option<AllowedOrigin> {
        let flags = self.flags();
        let allowed = |entry| Some(AllowedOrigin { entry });
        if flags.has(Flags::ANY_ORIGIN) {
            return allowed(Some(0));
        }
        if origin == b"null" {
            return if flags.has(Flags::NULL_ORIGIN) { allowed(None) } else { None };
        }
        if let Some(entry) = self.find_entry(origin) {
            return allowed(Some(entry));
        }
        if self.asks_for(origin, ask) { allowed(None) } else { None }
    }

    /// Whether `origin`, which is within the cap and not `null`, is in the policy.
    ///
    /// # Complexity
    ///
    /// As [`match_origin`](Self::match_origin).
    pub(crate) fn trust_origin(&self, origin: &[u8], ask: Option<impl FnOnce(&[u8]) -> bool>) -> Option<TrustedOrigin> {
        let entry = self.find_entry(origin);
        (entry.is_some() || self.asks_for(origin, ask)).then_some(TrustedOrigin { entry })
    }

    /// Asks the host about an origin that no entry takes: not under `static_origin`, which is a list of one, and only about what a
    /// browser can have sent.
    #[inline]
    fn asks_for(&self, origin: &[u8], ask: Option<impl FnOnce(&[u8]) -> bool>) -> bool {
        let Some(ask) = ask.filter(|_| !self.flags().has(Flags::STATIC_ORIGIN)) else {
            return false;
        };
        SplitOrigin::new(origin).is_some_and(|split| split.is_serialized()) && ask(origin)
    }

    /// The index of an entry that takes `origin`.
    #[inline(always)]
    fn find_entry(&self, origin: &[u8]) -> Option<u32> {
        let table = self.table(head::ORIGINS);
        let whole = self.find(&table, RecordKind::ORIGIN, origin);
        if whole.is_none() && self.flags().has(Flags::PATTERNS) { self.find_pattern(&table, origin) } else { whole }
    }

    /// The index of a pattern that takes `origin`.
    #[inline(never)]
    fn find_pattern(&self, table: &Table<'p>, origin: &[u8]) -> Option<u32> {
        if table.is_scanned() { self.find_among_few(table, origin) } else { self.find_among_many(table, origin) }
    }

    /// Holds each of a few patterns against the origin: those with their own port, then, without its port, those for any.
    #[cfg_attr(target_pointer_width = "64", inline)]
    #[cfg_attr(target_pointer_width = "32", inline(never))]
    fn find_among_few(&self, table: &Table<'p>, origin: &[u8]) -> Option<u32> {
        // Most origins are too short for that as a whole.
        if origin.len() > MAX_HOST_LEN && has_too_long_host(origin) {
            return None;
        }
        let found = table.scan_for_pattern(origin, false);
        if found.is_some() || !self.flags().has(Flags::ANY_PORT) {
            return found;
        }
        table.scan_for_pattern(SplitOrigin::new(origin)?.without_port()?.whole, true)
    }

    /// Looks a pattern up: one with its own port, then one for any.
    #[inline(never)]
    fn find_among_many(&self, table: &Table<'p>, origin: &[u8]) -> Option<u32> {
        // The one place for both, as stack is dear.
        let mut split = SplitOrigin::new(origin)?;
        let found = self.look_up_host_pattern(table, &split, false);
        if found.is_some() || !self.flags().has(Flags::ANY_PORT) {
            return found;
        }
        split = split.without_port()?;
        let whole = self.find(table, RecordKind::ORIGIN.with_any_port(true), split.whole);
        if whole.is_some() { whole } else { self.look_up_host_pattern(table, &split, true) }
    }

    /// Looks for a pattern that has its `*` in the host; with `any_port`, for one for any port, and the origin is without its own.
    #[inline]
    fn look_up_host_pattern(&self, table: &Table<'p>, split: &SplitOrigin<'_>, any_port: bool) -> Option<u32> {
        let labels = self.look_up_labels(table, split, any_port)?;
        if labels.found.is_none() && self.flags().has(Flags::IN_LABEL) {
            return self.look_up_in_label(table, split, &labels, any_port);
        }
        labels.found
    }

    /// Looks for a pattern that begins with a `*`, by the host's labels from the right; nothing comes of a host that none can take.
    #[cfg_attr(target_pointer_width = "32", inline(never))]
    fn look_up_labels(&self, table: &Table<'p>, split: &SplitOrigin<'_>, any_port: bool) -> Option<Labels> {
        let host = split.host();
        if host.len() > MAX_HOST_LEN {
            return None;
        }
        let kind = RecordKind::SUBDOMAINS.with_any_port(any_port);
        let mut hash = chain_hash(self.hash(kind), split.scheme(), split.port());
        let mut found = None;
        // One pass from the right end: each label is fed as its dot is met, and all bytes have to be host bytes, those of the
        // leftmost label too, for which the `*` stands.
        let mut label_end = host.len();
        for (at, &byte) in host.iter().enumerate().rev() {
            if byte != b'.' {
                if !is_host_byte(byte) {
                    return None;
                }
                continue;
            }
            let label = host.get(at..label_end)?;
            if label.len() == 1 {
                return None;
            }
            label_end = at;
            hash = hash.feed(label);
            let right = split.right(at)?;
            if found.is_none() && self.has_pattern_end(right.len()) {
                found = table.look_up(hash.tagged(RecordKind::SUBDOMAINS), kind, split.left(0)?, right);
            }
        }
        if label_end == 0 { None } else { Some(Labels { found, leftmost_end: label_end, hash }) }
    }

    /// Looks for a pattern with a `*` inside the leftmost label.
    #[cfg_attr(target_pointer_width = "32", inline(never))]
    fn look_up_in_label(
        &self,
        table: &Table<'p>,
        split: &SplitOrigin<'_>,
        labels: &Labels,
        any_port: bool,
    ) -> Option<u32> {
        let find = |hash: Hash, kind: RecordKind, left: &[u8], right: &[u8]| {
            table.look_up(hash, kind.with_any_port(any_port), left, right)
        };
        let label_end = labels.leftmost_end;
        let host = split.host();
        if label_end == host.len() {
            return None; // No such pattern has a host of one label.
        }
        let label = host.get(..label_end)?;
        let base = split.right(label_end)?;
        let prefixes = find(labels.hash.tagged(RecordKind::BASE), RecordKind::BASE, split.left(0)?, base)?;
        for prefix_len in lengths(self.mask(prefixes)) {
            let Some(prefix) = label.get(..prefix_len) else {
                break;
            };
            let (left, prefix_hash) = (split.left(prefix_len)?, labels.hash.tagged(RecordKind::PREFIX).feed(prefix));
            let Some(suffixes) = find(prefix_hash, RecordKind::PREFIX, left, base) else {
                continue;
            };
            for suffix_len in lengths(self.mask(suffixes)) {
                // At least one byte for the `*`.
                let Some(suffix_at) = label_end.checked_sub(suffix_len).filter(|&at| at > prefix_len) else {
                    break;
                };
                let suffix = label.get(suffix_at..)?;
                let hash = prefix_hash.tagged(RecordKind::IN_LABEL).feed(suffix);
                let found = find(hash, RecordKind::IN_LABEL, left, split.right(suffix_at)?);
                if found.is_some() {
                    return found;
                }
            }
        }
        None
    }
}

/// What comes of a host's labels.
struct Labels {
    /// The entry of a pattern that begins with a `*`.
    found: Option<u32>,
    /// Where the leftmost label ends in the host.
    leftmost_end: usize,
    /// The hash of what follows it, and of the scheme and the port.
    hash: Hash,
}

/// Whether the host is longer than any that an entry could take.
pub(crate) fn has_too_long_host(origin: &[u8]) -> bool {
    origin.len() > MAX_HOST_LEN && SplitOrigin::new(origin).is_some_and(|split| split.host().len() > MAX_HOST_LEN)
}

/// The numbers of the bits that are set, in ascending order.
fn lengths(mut mask: u64) -> impl Iterator<Item = usize> {
    core::iter::from_fn(move || {
        let length = mask.trailing_zeros();
        mask &= mask.checked_sub(1)?;
        Some(index(length))
    })
}

/// An origin cut at `://` and at the colon before the port; nothing more is known of its parts.
///
/// # Specification
///
/// [HTML: serialization of an origin](https://html.spec.whatwg.org/#ascii-serialisation-of-an-origin)
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct SplitOrigin<'r> {
    whole: &'r [u8],
    host_at: usize,
    host_end: usize,
}

impl<'r> SplitOrigin<'r> {
    #[cfg_attr(target_pointer_width = "64", inline)]
    #[cfg_attr(target_pointer_width = "32", inline(never))]
    pub(crate) fn new(origin: &'r [u8]) -> Option<Self> {
        let scheme_len = position(origin, b':')?;
        let authority = origin.get(scheme_len..)?.strip_prefix(b"://")?;
        let host_at = scheme_len.checked_add(3)?;
        let host_len = if authority.first() == Some(&b'[') {
            position(authority, b']')?.checked_add(1)?
        } else {
            position(authority, b':').unwrap_or(authority.len())
        };
        if !matches!(authority.get(host_len), None | Some(b':')) {
            return None;
        }
        Some(Self { whole: origin, host_at, host_end: host_at.checked_add(host_len)? })
    }

    pub(crate) fn scheme(&self) -> &'r [u8] {
        self.whole.get(..self.host_at.saturating_sub(3)).unwrap_or_default()
    }

    pub(crate) fn host(&self) -> &'r [u8] {
        self.whole.get(self.host_at..self.host_end).unwrap_or_default()
    }

    /// With its colon; empty where there is none.
    pub(crate) fn port(&self) -> &'r [u8] {
        self.whole.get(self.host_end..).unwrap_or_default()
    }

    /// The origin without its port, if a pattern for any port takes that: written out, or the default one, which is not.
    fn without_port(self) -> Option<Self> {
        if !is_serialized_port(self.port(), self.scheme()) {
            return None;
        }
        Some(Self { whole: self.whole.get(..self.host_end)?, ..self })
    }

    /// The text before the byte of the host at `host_index`.
    #[cfg_attr(target_pointer_width = "64", inline)]
    #[cfg_attr(target_pointer_width = "32", inline(never))]
    fn left(&self, host_index: usize) -> Option<&'r [u8]> {
        self.whole.get(..self.host_at.checked_add(host_index)?)
    }

    /// The text from the byte of the host at `host_index` on.
    #[cfg_attr(target_pointer_width = "64", inline)]
    #[cfg_attr(target_pointer_width = "32", inline(never))]
    fn right(&self, host_index: usize) -> Option<&'r [u8]> {
        self.whole.get(self.host_at.checked_add(host_index)?..)
    }

    /// Whether a browser can serialize a tuple origin so: a scheme whose origins are not opaque, a host in its one spelling, a
    /// port that is not the default one.
    pub(crate) fn is_serialized(&self) -> bool {
        let scheme = self.scheme();
        let scheme_is_valid = scheme.first().is_some_and(u8::is_ascii_lowercase)
            && scheme.len() <= MAX_SCHEME_LEN
            && scheme.iter().all(|&byte| is_scheme_byte(byte))
            && !OPAQUE_SCHEMES.iter().any(|opaque| opaque.as_bytes() == scheme);
        scheme_is_valid && is_serialized(self.host()) && is_serialized_port(self.port(), scheme)
    }
}

const _: () = assert!(MAX_ORIGIN_LEN == 326);
