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

use crate::bytes::{find, index};
use crate::host::{MAX_HOST_LEN, is_domain, is_serialized};
use crate::image::{Flags, PolicyRef, head};
use crate::pattern::{MAX_SCHEME_LEN, OPAQUE_SCHEMES, is_serialized_port};
use crate::table::{Hash, RecordKind, Table};
use crate::tables::chain_hash;

/// Longest `Origin` in bytes: a scheme of 64, `://`, a host of 253, `:` and five digits. A longer one can match no entry.
pub const MAX_ORIGIN_LEN: usize = MAX_SCHEME_LEN + 3 + MAX_HOST_LEN + 6;

/// A value that may be sent in `Access-Control-Allow-Origin`. Only this module makes one.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct AllowedOrigin<'a> {
    value: &'a [u8],
    /// The index of the entry that allowed it, if one did.
    entry: Option<u32>,
}

impl<'a> AllowedOrigin<'a> {
    pub(crate) fn value(&self) -> &'a [u8] {
        self.value
    }

    pub(crate) fn entry(&self) -> Option<u32> {
        self.entry
    }
}

impl<'p> PolicyRef<'p> {
    /// The origin to send on every response that is no preflight, for policies that have one.
    #[inline]
    pub(crate) fn constant_origin(&self) -> Option<AllowedOrigin<'p>> {
        let flags = self.flags();
        if flags.has(Flags::ANY_ORIGIN) {
            Some(AllowedOrigin { value: b"*", entry: Some(0) })
        } else if flags.has(Flags::STATIC_ORIGIN) {
            Some(AllowedOrigin { value: self.static_origin(), entry: Some(0) })
        } else {
            None
        }
    }

    /// Whether `origin`, which is within the cap, is allowed, and the value that says so. `ask` is the host's own list.
    ///
    /// # Complexity
    ///
    /// Linear in the length of `origin`, whatever the number of entries: one look-up for the whole, and where the policy has
    /// patterns, one for each label and one for each length of prefix or suffix that patterns over its very domain have.
    #[inline]
    pub(crate) fn match_origin<'a>(
        &self,
        origin: &'a [u8],
        ask: impl FnOnce(&[u8]) -> bool,
    ) -> Option<AllowedOrigin<'a>>
    where
        'p: 'a,
    {
        let flags = self.flags();
        if flags.has(Flags::ANY_ORIGIN) {
            return self.constant_origin();
        }
        let echoed = |entry| Some(AllowedOrigin { value: origin, entry });
        if origin == b"null" {
            return if flags.has(Flags::NULL_ORIGIN) { echoed(None) } else { None };
        }
        if let Some(entry) = self.find_entry(origin) {
            return echoed(Some(entry));
        }
        let may_ask =
            !flags.has(Flags::STATIC_ORIGIN) && SplitOrigin::new(origin).is_some_and(|split| split.is_serialized());
        if may_ask && ask(origin) { echoed(None) } else { None }
    }

    /// The index of an entry that takes `origin`.
    #[inline]
    fn find_entry(&self, origin: &[u8]) -> Option<u32> {
        let table = self.table(head::ORIGINS);
        let hash = self.hash(RecordKind::ORIGIN).feed(origin);
        let whole = table.find(hash, RecordKind::ORIGIN, |record| table.left(record) == origin);
        if let Some(record) = whole {
            return Some(record.extra);
        }
        if self.flags().has(Flags::PATTERNS) { self.find_pattern(&table, origin) } else { None }
    }

    fn find_pattern(&self, table: &Table<'p>, origin: &[u8]) -> Option<u32> {
        let split = SplitOrigin::new(origin)?;
        if let Some(entry) = self.find_host_pattern(table, &split, false) {
            return Some(entry);
        }
        if self.flags().has(Flags::ANY_PORT) && is_serialized_port(split.port, split.scheme) {
            let without_port = SplitOrigin { port: b"", ..split };
            return self.find_host_pattern(table, &without_port, true);
        }
        None
    }

    /// Looks for a pattern that takes the origin with its port, or, with `any_port`, one for any port that takes it without.
    fn find_host_pattern(&self, table: &Table<'p>, split: &SplitOrigin<'_>, any_port: bool) -> Option<u32> {
        if any_port {
            let kind = RecordKind::ORIGIN.with_any_port(true);
            let key = split.text();
            let whole = table.find(self.hash(kind).feed(key), kind, |record| table.left(record) == key);
            if let Some(record) = whole {
                return Some(record.extra);
            }
        }
        if !is_domain(split.host) {
            return None;
        }
        let kind = RecordKind::SUBDOMAINS.with_any_port(any_port);
        let mut hash = chain_hash(self.hash(kind), split.scheme, split.port);
        let mut end = split.host.len();
        // From the right end, label by label, never the leftmost one, which the `*` stands for.
        while let Some(dot) = split.host.get(..end)?.iter().rposition(|&byte| byte == b'.') {
            hash = hash.feed(split.host.get(dot..end)?);
            end = dot;
            let (left, right) = (split.left(0)?, split.right(dot)?);
            let found = table.find(hash.tagged(RecordKind::SUBDOMAINS), kind, |record| {
                table.left(record) == left && table.right(record) == right
            });
            if let Some(record) = found {
                return Some(record.extra);
            }
        }
        if self.flags().has(Flags::IN_LABEL) { self.find_in_label(table, split, end, hash, any_port) } else { None }
    }

    /// Looks for a pattern with a `*` inside the leftmost label, which ends at `label_end`; `labels` is the hash of what
    /// follows.
    fn find_in_label(
        &self,
        table: &Table<'p>,
        split: &SplitOrigin<'_>,
        label_end: usize,
        labels: Hash,
        any_port: bool,
    ) -> Option<u32> {
        let find = |hash, kind: RecordKind, left: &[u8], right: &[u8]| {
            table.find(hash, kind.with_any_port(any_port), |record| {
                table.left(record) == left && table.right(record) == right
            })
        };
        let label = split.host.get(..label_end)?;
        let base = split.right(label_end)?;
        let base_record = find(labels.tagged(RecordKind::BASE), RecordKind::BASE, split.left(0)?, base)?;
        for prefix_len in lengths(self.mask(base_record.extra)) {
            let Some(prefix) = label.get(..prefix_len) else {
                break;
            };
            let (left, prefix_hash) = (split.left(prefix_len)?, labels.tagged(RecordKind::PREFIX).feed(prefix));
            let Some(prefix_record) = find(prefix_hash, RecordKind::PREFIX, left, base) else {
                continue;
            };
            for suffix_len in lengths(self.mask(prefix_record.extra)) {
                // At least one byte for the `*`.
                let Some(suffix_at) = label_end.checked_sub(suffix_len).filter(|&at| at > prefix_len) else {
                    break;
                };
                let suffix = label.get(suffix_at..)?;
                let hash = prefix_hash.tagged(RecordKind::IN_LABEL).feed(suffix);
                if let Some(record) = find(hash, RecordKind::IN_LABEL, left, split.right(suffix_at)?) {
                    return Some(record.extra);
                }
            }
        }
        None
    }
}

/// Whether the host is longer than any that an entry could take.
pub(crate) fn has_too_long_host(origin: &[u8]) -> bool {
    origin.len() > MAX_HOST_LEN && SplitOrigin::new(origin).is_some_and(|split| split.host.len() > MAX_HOST_LEN)
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
    pub(crate) scheme: &'r [u8],
    pub(crate) host: &'r [u8],
    /// With its colon; empty where there is none.
    pub(crate) port: &'r [u8],
}

impl<'r> SplitOrigin<'r> {
    #[inline]
    pub(crate) fn new(origin: &'r [u8]) -> Option<Self> {
        let (scheme, rest) = origin.split_at_checked(find(origin, b':')?)?;
        let authority = rest.strip_prefix(b"://")?;
        let host_len = if authority.first() == Some(&b'[') {
            authority.iter().position(|&byte| byte == b']')?.checked_add(1)?
        } else {
            authority.iter().position(|&byte| byte == b':').unwrap_or(authority.len())
        };
        let (host, port) = authority.split_at_checked(host_len)?;
        if !matches!(port.first(), None | Some(b':')) {
            return None;
        }
        Some(Self { whole: origin, scheme, host, port })
    }

    /// The text as far as the host and the port reach.
    fn text(&self) -> &'r [u8] {
        let end = self.host_at().saturating_add(self.host.len()).saturating_add(self.port.len());
        self.whole.get(..end).unwrap_or(self.whole)
    }

    fn host_at(&self) -> usize {
        self.scheme.len().saturating_add(3)
    }

    /// The text before the byte of the host at `host_index`.
    #[inline]
    fn left(&self, host_index: usize) -> Option<&'r [u8]> {
        self.whole.get(..self.host_at().checked_add(host_index)?)
    }

    /// The text from the byte of the host at `host_index` on.
    #[inline]
    fn right(&self, host_index: usize) -> Option<&'r [u8]> {
        self.text().get(self.host_at().checked_add(host_index)?..)
    }

    /// Whether a browser can serialize a tuple origin so: a scheme whose origins are not opaque, a host in its one spelling, a
    /// port that is not the default one.
    pub(crate) fn is_serialized(&self) -> bool {
        let scheme_is_valid = self.scheme.first().is_some_and(u8::is_ascii_lowercase)
            && self.scheme.len() <= MAX_SCHEME_LEN
            && self.scheme.iter().all(|&byte| crate::ascii::is_scheme_byte(byte))
            && !OPAQUE_SCHEMES.iter().any(|scheme| scheme.as_bytes() == self.scheme);
        scheme_is_valid && is_serialized(self.host) && is_serialized_port(self.port, self.scheme)
    }
}

const _: () = assert!(MAX_ORIGIN_LEN == 326);
