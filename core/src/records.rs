//! The tables of a policy image: which records each entry becomes, and under which hash.

use crate::bytes::{self, eq, from, narrow, next, put_u32, to};
use crate::compile::{Layout, Names, zero};
use crate::config::Config;
use crate::error::{OptionName, PolicyError, PolicyErrorKind as Kind};
use crate::hash::Hash;
use crate::image::head;
use crate::method;
use crate::pattern::{HostPattern, OriginPattern, PortPattern};
use crate::record::{Record, RecordKind};
use crate::table::{Inserted, TableWriter, add_to_mask};

/// Seeds to try before giving up. One is nearly always enough, unless entries were made to collide.
const SEEDS: u32 = 64;

/// Writes the tables with the first seed that spreads their records.
pub(crate) const fn write_tables(config: &Config<'_>, layout: &Layout, image: &mut [u8]) -> Result<(), PolicyError> {
    let mut seed = 0;
    while seed < SEEDS {
        if seed > 0 {
            zero(image, bytes::index(layout.origins.at), layout.masks_at.wrapping_add(layout.masks.wrapping_mul(8)));
        }
        let mut build = Build { image: &mut *image, seed, clustered: false };
        if let Err(error) = build.origins(config, layout) {
            return Err(error);
        }
        let mut lists: &[(OptionName, Names, usize)] = &[
            (OptionName::AllowMethods, layout.methods, head::METHODS),
            (OptionName::AllowHeaders, layout.headers, head::HEADERS),
            (OptionName::AllowHosts, layout.hosts, head::HOSTS),
            (OptionName::AllowContentTypes, layout.content_types, head::CONTENT_TYPES),
        ];
        while let [(field, names, head_at), rest @ ..] = lists {
            if let Err(error) = build.names(config, *field, names, *head_at) {
                return Err(error);
            }
            lists = rest;
        }
        if !build.clustered {
            put_u32(image, head::SEED, seed);
            return Ok(());
        }
        seed = seed.wrapping_add(1);
    }
    Err(PolicyError::of_option(OptionName::AllowOrigins, Kind::TableTooClustered))
}

/// An image whose tables are being written.
struct Build<'i> {
    image: &'i mut [u8],
    seed: u32,
    clustered: bool,
}

impl Build<'_> {
    /// Inserts a record that must be new.
    const fn insert_entry(
        &mut self,
        table: &mut TableWriter,
        hash: Hash,
        record: Record,
        blame: (OptionName, usize),
    ) -> Result<(), PolicyError> {
        match table.insert(self.image, hash, record) {
            Inserted::New => Ok(()),
            Inserted::Found(_) => Err(PolicyError::of_entry(blame.0, blame.1, 0, Kind::Duplicate)),
            Inserted::Clustered => {
                self.clustered = true;
                Ok(())
            }
        }
    }

    /// Inserts a record that patterns share, and notes a length in its mask; the mask is that of `record` if it is new.
    const fn insert_shared(
        &mut self,
        table: &mut TableWriter,
        hash: Hash,
        record: Record,
        masks_at: usize,
        length: usize,
    ) {
        let mask = match table.insert(self.image, hash, record) {
            Inserted::New => record.extra,
            Inserted::Found(earlier) => earlier,
            Inserted::Clustered => {
                self.clustered = true;
                return;
            }
        };
        add_to_mask(self.image, narrow(masks_at), mask, length);
    }

    const fn origins(&mut self, config: &Config<'_>, layout: &Layout) -> Result<(), PolicyError> {
        let mut table = TableWriter::new(layout.origins);
        let mut masks: u32 = 0;
        let mut ends: u32 = 0;
        let mut text_at = layout.origins_text.0;
        let mut i = 0;
        while i < config.allow_origins.len() && !self.clustered {
            let entry = config.entry(OptionName::AllowOrigins, i);
            if let Ok(pattern) = OriginPattern::parse(entry) {
                let keys = OriginKeys::new(&pattern, entry, text_at, self.seed);
                if matches!(pattern.host, HostPattern::Subdomains { .. }) {
                    ends |= 1u32.wrapping_shl(keys.base_right.1);
                }
                if let HostPattern::InLabel { prefix, suffix, .. } = pattern.host
                    && !table.span.is_scanned()
                {
                    self.insert_shared(&mut table, keys.base_hash, keys.base(masks), layout.masks_at, prefix.len());
                    self.insert_shared(
                        &mut table,
                        keys.prefix_hash,
                        keys.prefix(masks.wrapping_add(1)),
                        layout.masks_at,
                        suffix.len(),
                    );
                    masks = masks.wrapping_add(2);
                }
                if let Err(error) =
                    self.insert_entry(&mut table, keys.entry_hash, keys.entry(i), (OptionName::AllowOrigins, i))
                {
                    return Err(error);
                }
            }
            text_at = text_at.wrapping_add(next(entry.len()));
            i = next(i);
        }
        put_u32(self.image, head::PATTERN_ENDS, ends);
        self.put_span(head::ORIGINS, &table);
        Ok(())
    }

    const fn names(
        &mut self,
        config: &Config<'_>,
        field: OptionName,
        names: &Names,
        head_at: usize,
    ) -> Result<(), PolicyError> {
        let mut table = TableWriter::new(names.span);
        let mut text_at = names.text.0;
        let mut i = 0;
        while i < config.list(field).len() && !self.clustered {
            let name = config.entry(field, i);
            if !eq(name, b"*") {
                let (kind, key) = name_key(field, name);
                let hash = key_hash(self.seed, kind, key);
                let record = Record {
                    left_at: narrow(text_at),
                    left_len: narrow(key.len()),
                    right_at: 0,
                    right_len: 0,
                    kind,
                    extra: narrow(i),
                };
                if let Err(error) = self.insert_entry(&mut table, hash, record, (field, i)) {
                    return Err(error);
                }
            }
            text_at = text_at.wrapping_add(next(name.len()));
            i = next(i);
        }
        self.put_span(head_at, &table);
        Ok(())
    }

    const fn put_span(&mut self, head_at: usize, table: &TableWriter) {
        put_u32(self.image, head_at, table.span.at);
        put_u32(self.image, head_at.wrapping_add(4), table.span.cells);
        put_u32(self.image, head_at.wrapping_add(8), table.used);
    }
}

/// What an entry of a list of names is looked up by.
const fn name_key(field: OptionName, entry: &[u8]) -> (RecordKind, &[u8]) {
    match (field, entry) {
        (OptionName::AllowMethods, _) => (RecordKind::METHOD, method::normalize(entry)),
        (OptionName::AllowHosts, [host @ .., b':', b'*']) => (RecordKind::NAME.with_any_port(true), host),
        _ => (RecordKind::NAME, entry),
    }
}

/// The hash of a key that is all in one piece; the letters of a name count without case.
#[inline]
pub(crate) const fn key_hash(seed: u32, kind: RecordKind, key: &[u8]) -> Hash {
    Hash::new(seed, kind).feed_folded(key, kind.ignores_case())
}

/// What the hashes of an origin and of its ends begin with.
#[inline]
pub(crate) const fn origin_hash(seed: u32, any_port: bool) -> Hash {
    Hash::new(seed, RecordKind::ORIGIN.with_any_port(any_port))
}

/// The hash of a scheme with its `://`, which joins that of an end.
#[inline]
pub(crate) const fn scheme_hash(seed: u32, any_port: bool, scheme: &[u8]) -> Hash {
    Hash::new(seed, RecordKind::SUBDOMAINS.with_any_port(any_port)).feed(scheme)
}

/// The records of one pattern and their hashes.
struct OriginKeys {
    left: (u32, u32),
    right: (u32, u32),
    base_right: (u32, u32),
    scheme_len: u32,
    kind: RecordKind,
    any_port: bool,
    base_hash: Hash,
    prefix_hash: Hash,
    entry_hash: Hash,
}

impl OriginKeys {
    const fn new(pattern: &OriginPattern<'_>, entry: &[u8], text_at: usize, seed: u32) -> Self {
        let (port, any_port): (&[u8], bool) = match pattern.port {
            PortPattern::Exact(port) => (port, false),
            PortPattern::Any => (b"", true),
        };
        // The text without `:*`.
        let key = to(entry, entry.len().wrapping_sub(if any_port { 2 } else { 0 }));
        let host_at = pattern.scheme.len().wrapping_add(3);
        let (left_len, base_len, kind) = match pattern.host {
            HostPattern::Exact(_) => (key.len(), 0, RecordKind::ORIGIN),
            HostPattern::Subdomains { base } => (host_at, base.len(), RecordKind::SUBDOMAINS),
            HostPattern::InLabel { prefix, base, .. } => {
                (host_at.wrapping_add(prefix.len()), base.len(), RecordKind::IN_LABEL)
            }
        };
        let right_at = if base_len == 0 { key.len() } else { next(left_len) };
        let base_at = key.len().wrapping_sub(port.len()).wrapping_sub(base_len);
        let hash = origin_hash(seed, any_port);
        let hash = match pattern.host {
            HostPattern::Exact(_) => hash.feed_from_right(key),
            // What is behind the first dot of the base.
            _ => hash.feed_from_right(from(key, next(base_at))).joined(scheme_hash(seed, any_port, to(key, host_at))),
        };
        let base_hash = hash.tagged(RecordKind::BASE);
        let (prefix_hash, entry_hash) = match pattern.host {
            HostPattern::Exact(_) | HostPattern::Subdomains { .. } => (base_hash, hash),
            HostPattern::InLabel { prefix, suffix, .. } => {
                let prefix_hash = hash.tagged(RecordKind::PREFIX).feed(prefix);
                (prefix_hash, prefix_hash.tagged(RecordKind::IN_LABEL).feed(suffix))
            }
        };
        Self {
            left: (narrow(text_at), narrow(left_len)),
            right: (narrow(text_at.wrapping_add(right_at)), narrow(key.len().wrapping_sub(right_at))),
            base_right: (narrow(text_at.wrapping_add(base_at)), narrow(key.len().wrapping_sub(base_at))),
            scheme_len: narrow(host_at),
            kind,
            any_port,
            base_hash,
            prefix_hash,
            entry_hash,
        }
    }

    const fn base(&self, mask: u32) -> Record {
        self.record(RecordKind::BASE, self.scheme_len, self.base_right, mask)
    }

    const fn prefix(&self, mask: u32) -> Record {
        self.record(RecordKind::PREFIX, self.left.1, self.base_right, mask)
    }

    const fn entry(&self, index: usize) -> Record {
        self.record(self.kind, self.left.1, self.right, narrow(index))
    }

    const fn record(&self, kind: RecordKind, left_len: u32, right: (u32, u32), extra: u32) -> Record {
        let kind = kind.with_any_port(self.any_port);
        Record { left_at: self.left.0, left_len, right_at: right.0, right_len: right.1, kind, extra }
    }
}
