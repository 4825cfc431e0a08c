//! The layout of a policy image, and [`PolicyRef`], which reads one.
//!
//! All numbers are little-endian; nothing is aligned; every offset is from the start of the image.
//!
//! ```text
//!   0  magic          "corsac"
//!   6  version        u8 (1), then a zero byte
//!   8  length         u32    of the whole image
//!  12  checksum       u32    of all bytes from 16 on
//!  16  flags          u32    see `Flags`
//!  20  status         u32    of a successful preflight
//!  24  seed           u32    of the tables' hashes
//!  28  masks          u32 offset, u32 count; each is 8 bytes
//!  36  origins        table: u32 offset, u32 slots, u32 records (see the module `table`)
//!  48  methods        table
//!  60  headers        table
//!  72  answers        u32    the fields of preflights (upper half) and of other responses, see `FieldSet`
//!  76  values         ten texts, each u32 offset, u32 length: the values as sent, in the order of `FieldName::ALL`
//!                     (Allow-Origin and Timing-Allow-Origin only where every response has the same), then that of `Vary`
//!                     on responses that are no preflight
//! 156  origins_text   u32 offset, u32 length: the entries of allow_origins, each ended by a line feed
//! 164  tables, masks and texts, in the order of their offsets
//! ```

use core::fmt;

use crate::bytes::{from, index, low, narrow, next, part, to, u32_at};
use crate::error::ImageError;
use crate::response::Answers;
use crate::table::{Hash, RecordKind, Span, Table, mask_at};

pub(crate) const MAGIC: [u8; 8] = *b"corsac\x01\0";
pub(crate) const HEAD_LEN: usize = 164;

/// Offsets in the head.
pub(crate) mod head {
    pub(crate) const LENGTH: usize = 8;
    pub(crate) const CHECKSUM: usize = 12;
    pub(crate) const FLAGS: usize = 16;
    pub(crate) const STATUS: usize = 20;
    pub(crate) const SEED: usize = 24;
    pub(crate) const MASKS: usize = 28;
    pub(crate) const ORIGINS: usize = 36;
    pub(crate) const METHODS: usize = 48;
    pub(crate) const HEADERS: usize = 60;
    pub(crate) const ANSWERS: usize = 72;
    pub(crate) const VALUES: usize = 76;
    pub(crate) const ORIGINS_TEXT: usize = value(10);

    /// Where the place of a value stands: the field's number in `FieldName::ALL`, or `VARY_OTHERWISE`.
    pub(crate) const fn value(number: usize) -> usize {
        VALUES.wrapping_add(number.wrapping_mul(8))
    }

    pub(crate) const CONSTANT_ORIGIN: usize = value(0);
    pub(crate) const METHODS_TEXT: usize = value(2);
    pub(crate) const HEADERS_TEXT: usize = value(3);
    pub(crate) const MAX_AGE_TEXT: usize = value(4);
    pub(crate) const EXPOSE_TEXT: usize = value(6);
    pub(crate) const VARY_TEXT: usize = value(8);
    pub(crate) const VARY_OTHERWISE: usize = value(9);
}

/// The switches of a policy, and what its lists hold.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct Flags(pub(crate) u32);

impl Flags {
    pub(crate) const ANY_ORIGIN: Self = Self(1);
    pub(crate) const CREDENTIALS: Self = Self(1 << 1);
    pub(crate) const NULL_ORIGIN: Self = Self(1 << 2);
    pub(crate) const PRIVATE_NETWORK: Self = Self(1 << 3);
    pub(crate) const STATIC_ORIGIN: Self = Self(1 << 4);
    pub(crate) const MINIMAL_ANSWERS: Self = Self(1 << 5);
    pub(crate) const TIMING: Self = Self(1 << 6);
    pub(crate) const ANY_METHOD: Self = Self(1 << 7);
    pub(crate) const ANY_HEADER: Self = Self(1 << 8);
    /// There are patterns with a `*` in the host, or with any port.
    pub(crate) const PATTERNS: Self = Self(1 << 9);
    /// There are in-label patterns.
    pub(crate) const IN_LABEL: Self = Self(1 << 10);
    /// There are patterns for any port.
    pub(crate) const ANY_PORT: Self = Self(1 << 11);

    /// There is a value to send in Access-Control-Allow-Methods.
    pub(crate) const METHODS: Self = Self(1 << 12);
    /// There is a value to send in Access-Control-Allow-Headers.
    pub(crate) const HEADERS: Self = Self(1 << 13);
    /// There is a value to send in Access-Control-Max-Age.
    pub(crate) const MAX_AGE: Self = Self(1 << 14);
    /// There is a value to send in Access-Control-Expose-Headers.
    pub(crate) const EXPOSED: Self = Self(1 << 15);
    /// There is a value to send in `Vary` on preflights.
    pub(crate) const VARY: Self = Self(1 << 16);

    const ALL: u32 = (1 << 17) - 1;

    #[inline]
    pub(crate) const fn has(self, other: Self) -> bool {
        self.0 & other.0 != 0
    }

    #[must_use]
    pub(crate) const fn with_if(self, condition: bool, other: Self) -> Self {
        if condition { Self(self.0 | other.0) } else { self }
    }

    /// Whether every response that is no preflight carries the same fields, whatever `Origin` holds.
    #[inline]
    pub(crate) const fn is_constant(self) -> bool {
        self.has(Self(Self::ANY_ORIGIN.0 | Self::STATIC_ORIGIN.0))
    }

    /// Whether a valid configuration can have these flags: what `open` promises about a policy's safety.
    const fn is_possible(self) -> bool {
        let any = self.has(Self::ANY_ORIGIN);
        let null = self.has(Self::NULL_ORIGIN);
        let fixed = self.has(Self::STATIC_ORIGIN);
        let credentials = self.has(Self::CREDENTIALS);
        let private = self.has(Self::PRIVATE_NETWORK);
        self.0 & !Self::ALL == 0
            && !(any && (credentials || null || fixed || private))
            && !(null && (credentials || fixed || private))
    }
}

/// A compiled policy, borrowed: one contiguous run of bytes in flash, on a heap, in a file or in shared memory.
///
/// It is made by [`policy!`](crate::policy) while a program is built, by [`Config::compile_into`](crate::Config::compile_into)
/// or [`Policy`](crate::Policy) while it runs, or by [`open`](Self::open) from bytes that any of these made elsewhere. It is
/// `Copy`, holds no lock and changes nothing: any number of threads may decide on one policy.
///
/// # Examples
///
/// ```
/// use corsac::{Config, PolicyRef, Request};
///
/// let config = Config { allow_origins: &["https://app.example.com"], ..Config::CLOSED };
/// let mut memory = [0; 512];
/// let policy = config.compile_into(&mut memory)?;
/// let allowed = Request::from_fields("GET", [("Origin", "https://app.example.com")]);
/// assert_eq!(policy.decide(&allowed).allowed(), Some(true));
/// let refused = Request::from_fields("GET", [("Origin", "https://app.example.com.evil.example")]);
/// assert_eq!(policy.decide(&refused).allowed(), Some(false));
///
/// // The image travels as bytes, and is checked where it arrives.
/// let mut bytes = policy.image().to_vec();
/// assert_eq!(PolicyRef::open(&bytes).unwrap(), policy);
/// bytes[40] ^= 1;
/// assert!(PolicyRef::open(&bytes).is_err());
/// # Ok::<(), corsac::PolicyError>(())
/// ```
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct PolicyRef<'p> {
    head: &'p [u8; HEAD_LEN],
    image: &'p [u8],
}

impl<'p> PolicyRef<'p> {
    /// Takes a policy image from outside, after checking its mark, its length, its checksum, every offset, and every byte that
    /// could be sent in a response.
    ///
    /// The checksum finds accidents, not attackers: who can write the image decides the policy. Deciding on any accepted bytes
    /// cannot panic, loop, send a control byte, or send `*` together with credentials.
    ///
    /// # Errors
    ///
    /// An [`ImageError`] that says which check failed.
    ///
    /// # Complexity
    ///
    /// Linear in the length of the image.
    pub const fn open(image: &'p [u8]) -> Result<Self, ImageError> {
        let policy = match Self::trusted(image) {
            Some(policy) if find_magic(image) => policy,
            _ => return Err(ImageError::NotAnImage),
        };
        if crate::bytes::at(image, 6) != crate::bytes::at(&MAGIC, 6) || crate::bytes::at(image, 7) != 0 {
            return Err(ImageError::Version);
        }
        if policy.u32(head::LENGTH) != narrow(image.len()) {
            return Err(ImageError::Length);
        }
        if policy.u32(head::CHECKSUM) != checksum(image) {
            return Err(ImageError::Checksum);
        }
        if policy.is_sound() { Ok(policy) } else { Err(ImageError::Structure) }
    }

    /// The policy in an image that this crate has just written.
    pub(crate) const fn trusted(image: &'p [u8]) -> Option<Self> {
        match image.first_chunk::<HEAD_LEN>() {
            Some(head) => Some(Self { head, image }),
            None => None,
        }
    }

    /// The policy in an image that [`policy!`](crate::policy) has just made.
    #[doc(hidden)]
    pub const fn __built(image: &'p [u8]) -> Self {
        match Self::trusted(image) {
            Some(policy) => policy,
            None => Self { head: &[0; HEAD_LEN], image: &[] },
        }
    }

    /// The bytes of the policy, to be stored or sent; [`open`](Self::open) takes them back.
    pub const fn image(&self) -> &'p [u8] {
        self.image
    }

    /// The status of a successful preflight.
    pub(crate) const fn preflight_status(&self) -> u16 {
        crate::bytes::low_half(self.u32(head::STATUS))
    }

    #[inline]
    pub(crate) const fn flags(&self) -> Flags {
        Flags(self.u32(head::FLAGS))
    }

    /// A text by its place in the head.
    #[cfg_attr(target_pointer_width = "64", inline)]
    pub(crate) const fn text(&self, at: usize) -> &'p [u8] {
        let start = index(self.u32(at));
        part(self.image, start, start.wrapping_add(index(self.u32(at.wrapping_add(4)))))
    }

    /// The value of the field with this number.
    #[inline]
    pub(crate) fn value(&self, number: usize) -> &'p [u8] {
        self.text(head::value(number))
    }

    #[inline]
    pub(crate) const fn answers(&self) -> Answers {
        Answers::from_bits(self.u32(head::ANSWERS))
    }

    #[cfg_attr(target_pointer_width = "64", inline)]
    pub(crate) const fn table(&self, at: usize) -> Table<'p> {
        let span =
            Span { at: self.u32(at), slots: self.u32(at.wrapping_add(4)), records: self.u32(at.wrapping_add(8)) };
        Table { image: self.image, span }
    }

    #[inline]
    pub(crate) const fn hash(&self, kind: RecordKind) -> Hash {
        Hash::new(self.u32(head::SEED), kind)
    }

    #[inline]
    pub(crate) const fn mask(&self, number: u32) -> u64 {
        mask_at(self.image, self.u32(head::MASKS), number)
    }

    /// The entries of `allow_origins` as they were written.
    pub(crate) fn origin_entries(&self) -> impl Iterator<Item = &'p [u8]> {
        let text = self.text(head::ORIGINS_TEXT);
        text.strip_suffix(b"\n").into_iter().flat_map(|lines| lines.split(|&byte| byte == b'\n'))
    }

    #[inline]
    const fn u32(&self, at: usize) -> u32 {
        u32_at(self.head, at)
    }

    const fn is_sound(&self) -> bool {
        let masks_end = index(self.u32(head::MASKS)).saturating_add(index(self.u32(head::MASKS + 4)).saturating_mul(8));
        let masks = self.u32(head::MASKS + 4);
        let status = self.u32(head::STATUS);
        masks_end <= self.image.len()
            && status >= 200
            && status <= 299
            && self.flags().is_possible()
            && self.table(head::ORIGINS).is_sound(masks)
            && self.table(head::METHODS).is_sound(0)
            && self.table(head::HEADERS).is_sound(0)
            && self.has_texts()
            && self.u32(head::ANSWERS) == Answers::of(self.flags()).to_bits()
    }

    /// Whether every value, and the text of the entries after them, lies in the image and can be sent or shown.
    const fn has_texts(&self) -> bool {
        let mut number = 0;
        while number < 11 {
            let at = head::value(number);
            let text = self.text(at);
            if narrow(text.len()) != self.u32(at.wrapping_add(4)) {
                return false;
            }
            let mut i = 0;
            while i < text.len() {
                let byte = crate::bytes::at(text, i);
                let ends_entry = byte == b'\n' && at == head::ORIGINS_TEXT;
                if !matches!(byte, b' '..=b'~') && !ends_entry {
                    return false;
                }
                i = next(i);
            }
            number = next(number);
        }
        true
    }
}

impl fmt::Debug for PolicyRef<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PolicyRef")
            .field("image_len", &self.image.len())
            .field("origins", &self.origin_entries().count())
            .finish_non_exhaustive()
    }
}

const fn find_magic(image: &[u8]) -> bool {
    crate::bytes::eq(to(image, 6), to(&MAGIC, 6))
}

/// The checksum of an image.
pub(crate) const fn checksum(image: &[u8]) -> u32 {
    low(Hash::new(0, RecordKind::METHOD).feed(from(image, head::FLAGS)).value())
}
