//! A policy that owns its image, and a place for one that can be replaced while requests are served.

use std::fmt;
use std::ops::Deref;
use std::sync::{Arc, OnceLock};

use arc_swap::ArcSwap;
use bytes::Bytes;
use corsac::{Config, FieldName, ImageError, PolicyError, PolicyRef, ResponseField};
use http::HeaderValue;

use crate::fields::KeptAnswer;

/// A compiled policy. Cloning it is cheap: clones share the image.
#[derive(Clone)]
pub struct Policy {
    shared: Arc<Compiled>,
}

/// An image, and what is made of it once.
pub(crate) struct Compiled {
    /// What `compile_into` wrote, or `open` took.
    image: Bytes,
    /// The constant values, made when each is first sent.
    values: [OnceLock<HeaderValue>; FieldName::ALL.len()],
    /// The answer to every refused preflight and the answer to every other one, where that is the same for all of them.
    answers: [OnceLock<Option<KeptAnswer>>; 2],
}

impl Policy {
    /// Compiles a configuration.
    ///
    /// # Errors
    ///
    /// What could not work or would be dangerous; [`Config::describe`] makes a sentence of it.
    pub fn compile(config: &Config<'_>) -> Result<Self, PolicyError> {
        let mut image = vec![0; config.image_len()?];
        config.compile_into(&mut image)?;
        Ok(Self::of(image.into()))
    }

    /// Takes an image that `corsac compile` has written.
    ///
    /// # Errors
    ///
    /// The image is none, or not whole.
    pub fn open(image: impl Into<Bytes>) -> Result<Self, ImageError> {
        let image = image.into();
        PolicyRef::open(&image)?;
        Ok(Self::of(image))
    }

    fn of(image: Bytes) -> Self {
        Self { shared: Arc::new(Compiled { image, values: Default::default(), answers: Default::default() }) }
    }

    /// The policy, to ask it by oneself.
    pub fn as_ref(&self) -> PolicyRef<'_> {
        self.compiled().policy()
    }

    /// What decides.
    #[inline]
    pub(crate) fn compiled(&self) -> &Compiled {
        &self.shared
    }
}

impl Compiled {
    #[inline]
    pub(crate) fn policy(&self) -> PolicyRef<'_> {
        PolicyRef::__built(&self.image)
    }

    /// The answer to preflights, made by `make` when the first is answered; `None` where each gets another.
    #[inline]
    pub(crate) fn kept_answer(
        &self,
        is_allowed: bool,
        make: impl FnOnce() -> Option<KeptAnswer>,
    ) -> Option<&KeptAnswer> {
        let [refused, allowed] = &self.answers;
        let place = if is_allowed { allowed } else { refused };
        place.get_or_init(make).as_ref()
    }

    /// The value of a field that does not come from the request: a constant, or a part of the image, which is not copied.
    #[inline]
    pub(crate) fn value(&self, field: &ResponseField<'_>) -> Option<HeaderValue> {
        match field.value {
            b"Origin" => Some(HeaderValue::from_static("Origin")),
            b"true" => Some(HeaderValue::from_static("true")),
            b"*" => Some(HeaderValue::from_static("*")),
            _ if self.image.as_ptr_range().contains(&field.value.as_ptr()) => self.kept(field),
            _ => None,
        }
    }

    /// A part of the image, made when it is first sent.
    fn kept(&self, field: &ResponseField<'_>) -> Option<HeaderValue> {
        let slot = self.values.get(usize::from(field.name.number()))?;
        if slot.get().is_none() {
            // Another thread may be first.
            let _ = slot.set(HeaderValue::from_maybe_shared(self.image.slice_ref(field.value)).ok()?);
        }
        slot.get().cloned()
    }
}

/// A policy in memory that stays, such as one by [`corsac::policy!`].
impl From<PolicyRef<'static>> for Policy {
    fn from(policy: PolicyRef<'static>) -> Self {
        Self::of(Bytes::from_static(policy.image()))
    }
}

impl fmt::Debug for Policy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.as_ref().fmt(f)
    }
}

impl PartialEq for Policy {
    fn eq(&self, other: &Self) -> bool {
        self.shared.image == other.shared.image
    }
}

impl Eq for Policy {}

/// A place for a policy that several services share, and that another policy can be put into while they serve requests.
///
/// ```
/// use corsac_tower::{Config, CorsLayer, Policy, SharedPolicy};
///
/// # fn main() -> Result<(), corsac::PolicyError> {
/// let shared = SharedPolicy::new(Policy::compile(&Config::CLOSED)?);
/// let layer = CorsLayer::shared(&shared);
/// // Later, when the operator has changed the configuration; requests that are under way end with the policy that they began with.
/// shared.replace(Policy::compile(&Config { allow_origins: &["https://app.example.com"], ..Config::CLOSED })?);
/// # drop(layer);
/// # Ok(())
/// # }
/// ```
///
/// Reading takes no lock, and neither does replacing.
#[derive(Clone)]
pub struct SharedPolicy {
    place: Arc<ArcSwap<Compiled>>,
}

impl fmt::Debug for SharedPolicy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("SharedPolicy").field(&self.load()).finish()
    }
}

impl SharedPolicy {
    /// A place with this policy in it.
    pub fn new(policy: impl Into<Policy>) -> Self {
        Self { place: Arc::new(ArcSwap::new(policy.into().shared)) }
    }

    /// Puts another policy into it, for all requests from now on.
    pub fn replace(&self, policy: impl Into<Policy>) {
        self.place.store(policy.into().shared);
    }

    /// What decides now. As a rule the count that all threads share is left alone, which [`load`](Self::load) goes up and down.
    #[inline]
    pub(crate) fn compiled(&self) -> impl Deref<Target = Arc<Compiled>> {
        self.place.load()
    }

    /// The policy that is in it now.
    pub fn load(&self) -> Policy {
        Policy { shared: self.place.load_full() }
    }
}
