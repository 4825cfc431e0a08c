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

use crate::ascii::is_scheme_byte;
use crate::bytes::{index, position};
use crate::hash::{Ends, Hash};
use crate::host::{MAX_HOST_LEN, is_serialized};
use crate::image::{Flags, PolicyRef, head};
use crate::pattern::{MAX_SCHEME_LEN, OPAQUE_SCHEMES, is_serialized_port};
use crate::record::RecordKind;
use crate::records::{origin_hash, scheme_hash};
use crate::scan::Star;
use crate::table::Table;

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
        let flags = self.flags();
        let whole = if table.is_scanned() {
            table.scan(RecordKind::ORIGIN, origin)
        } else if cfg!(target_pointer_width = "64") && flags.has_only_whole() && origin.len() <= MAX_HOST_LEN {
            // What `find_pattern` comes to, at once, where instructions count more than bytes.
            let hash = origin_hash(self.seed(), false).feed_from_right(origin);
            return table.look_up(hash, RecordKind::ORIGIN, origin, b"");
        } else {
            return self.find_pattern(&table, origin);
        };
        if whole.is_none() && flags.has(Flags::PATTERNS) { self.find_pattern(&table, origin) } else { whole }
    }

    /// The index of a pattern that takes `origin`, or of any of many entries: with its own port, then, without it, for any.
    #[inline(never)]
    fn find_pattern(&self, table: &Table<'p>, origin: &[u8]) -> Option<u32> {
        if has_too_long_host(origin) {
            return None;
        }
        let (mut origin, mut any_port) = (origin, false);
        loop {
            let found = if table.is_scanned() {
                table.scan_for_pattern(origin, any_port)
            } else {
                // One after the other, as stack is dear.
                let found = self.look_up_ends(table, origin, any_port);
                let looks = found.is_none() && self.flags().has(Flags::IN_LABEL);
                if looks { self.look_up_in_label(table, origin, any_port) } else { found }
            };
            if found.is_some() || any_port || !self.flags().has(Flags::ANY_PORT) {
                return found;
            }
            origin = SplitOrigin::new(origin)?.without_port()?.whole;
            any_port = true;
        }
    }

    /// Looks an origin up as it is, and by its ends from each dot on. With `any_port` it is without its port.
    #[cfg_attr(target_pointer_width = "32", inline(never))]
    fn look_up_ends(&self, table: &Table<'p>, origin: &[u8], any_port: bool) -> Option<u32> {
        let flags = self.flags();
        let mut found = None;
        let mut ends = Ends::new(origin_hash(self.seed(), any_port), origin);
        if flags.has(Flags::PATTERNS) {
            let host_at = position(origin, b':')?.checked_add(3)?;
            let scheme = origin.get(..host_at)?;
            let scheme_hash = scheme_hash(self.seed(), any_port, scheme);
            let kind = RecordKind::SUBDOMAINS.with_any_port(any_port);
            while let Some((dot, hash)) = ends.next(host_at) {
                let end = origin.get(dot..)?;
                if !self.has_pattern_end(end.len()) {
                    continue;
                }
                let entry = table.look_up(hash.joined(scheme_hash), kind, scheme, end);
                if entry.is_some() {
                    found = entry.filter(|_| origin.get(host_at..dot).is_some_and(|labels| Star::Labels.takes(labels)));
                    // What is amiss here either is so before each dot further left, or is in what would follow it.
                    break;
                }
            }
        }
        if flags.has(Flags::WHOLE) {
            let whole = table.look_up(ends.whole(), RecordKind::ORIGIN.with_any_port(any_port), origin, b"");
            found = whole.or(found);
        }
        found
    }

    /// Looks for a pattern with a `*` inside the leftmost label.
    #[cfg_attr(target_pointer_width = "32", inline(never))]
    fn look_up_in_label(&self, table: &Table<'p>, origin: &[u8], any_port: bool) -> Option<u32> {
        let find = |hash: Hash, kind: RecordKind, left: &[u8], right: &[u8]| {
            table.look_up(hash, kind.with_any_port(any_port), left, right)
        };
        let host_at = position(origin, b':')?.checked_add(3)?;
        let left = |prefix_len: usize| origin.get(..host_at.checked_add(prefix_len)?);
        let host = origin.get(host_at..)?;
        let (label, base) = host.split_at_checked(position(host, b'.')?)?;
        let label_end = origin.len().checked_sub(base.len())?;
        let behind = origin_hash(self.seed(), any_port).feed_from_right(base.get(1..)?);
        let hash = behind.joined(scheme_hash(self.seed(), any_port, left(0)?));
        let prefixes = find(hash.tagged(RecordKind::BASE), RecordKind::BASE, left(0)?, base)?;
        if !Star::InLabel.takes(label) {
            return None;
        }
        for prefix_len in lengths(self.mask(prefixes)) {
            let Some((prefix, rest)) = label.split_at_checked(prefix_len) else {
                break;
            };
            let (left, prefix_hash) = (left(prefix_len)?, hash.tagged(RecordKind::PREFIX).feed(prefix));
            let Some(suffixes) = find(prefix_hash, RecordKind::PREFIX, left, base) else {
                continue;
            };
            for suffix_len in lengths(self.mask(suffixes)) {
                // At least one byte for the `*`.
                let Some(star_len) = rest.len().checked_sub(suffix_len).filter(|&len| len > 0) else {
                    break;
                };
                let suffix = rest.get(star_len..)?;
                let hash = prefix_hash.tagged(RecordKind::IN_LABEL).feed(suffix);
                let right = origin.get(label_end.checked_sub(suffix_len)?..)?;
                let found = find(hash, RecordKind::IN_LABEL, left, right);
                if found.is_some() {
                    return found;
                }
            }
        }
        None
    }
}

/// Whether the host is longer than any that an entry could take.
#[cfg_attr(target_pointer_width = "64", inline)]
#[cfg_attr(target_pointer_width = "32", inline(never))]
pub(crate) fn has_too_long_host(origin: &[u8]) -> bool {
    // Most origins are too short for that as a whole.
    origin.len() > MAX_HOST_LEN && long_host_len(origin) > MAX_HOST_LEN
}

/// The length of the host of a long origin.
#[cfg_attr(target_pointer_width = "64", cold)]
fn long_host_len(origin: &[u8]) -> usize {
    SplitOrigin::new(origin).map_or(0, |split| split.host().len())
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
