//! [`Policy`], which owns its image, and [`policy!`](crate::policy), which has the compiler make one.

use core::fmt;

use heapless::Vec;

use crate::config::Config;
use crate::error::{OptionName, PolicyError, PolicyErrorKind};
use crate::image::PolicyRef;

/// A compiled policy in a buffer of its own of `N` bytes.
///
/// # Examples
///
/// ```
/// use corsac::{Config, Policy, PolicyErrorKind, Request};
///
/// let config = Config { allow_origins: &["https://app.example.com"], ..Config::CLOSED };
/// let policy = Policy::<512>::compile(&config)?;
/// let request = Request::from_fields("GET", [("Origin", "https://evil.example")]);
/// assert_eq!(policy.as_ref().decide(&request).allowed(), Some(false));
///
/// let too_small = Policy::<64>::compile(&config).unwrap_err();
/// assert_eq!(too_small.kind(), PolicyErrorKind::BufferTooSmall);
/// # Ok::<(), corsac::PolicyError>(())
/// ```
#[derive(Clone, PartialEq, Eq)]
pub struct Policy<const N: usize> {
    /// What `compile_into` wrote, and nothing else.
    image: Vec<u8, N>,
}

impl<const N: usize> Policy<N> {
    /// Compiles a configuration.
    ///
    /// # Errors
    ///
    /// As [`Config::compile_into`]. [`Config::image_len`] tells what `N` has to be at least.
    pub fn compile(config: &Config<'_>) -> Result<Self, PolicyError> {
        let too_small = PolicyError::of_option(OptionName::AllowOrigins, PolicyErrorKind::BufferTooSmall);
        let mut image = Vec::new();
        image.resize(config.image_len()?, 0).map_err(|_| too_small)?;
        config.compile_into(&mut image)?;
        Ok(Self { image })
    }

    /// The policy, to decide with.
    #[allow(clippy::should_implement_trait, reason = "`AsRef` can only return a reference")]
    pub fn as_ref(&self) -> PolicyRef<'_> {
        PolicyRef::__built(&self.image)
    }
}

impl<const N: usize> fmt::Debug for Policy<N> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.as_ref().fmt(f)
    }
}

/// A policy that is checked and compiled while the program is built: a [`PolicyRef<'static>`](PolicyRef) whose bytes lie in
/// read-only memory, exactly as many as it needs.
///
/// Takes the fields of [`Config`], each a constant expression; what is not named is as in [`Config::CLOSED`]. A mistake stops
/// the build with the message that [`Config::describe`] gives.
///
/// A hundred entries take the compiler some seconds; a list of thousands is better compiled by the `corsac` command, or when
/// the program starts.
///
/// # Examples
///
/// ```
/// use corsac::{PolicyRef, policy};
///
/// static POLICY: PolicyRef<'static> = policy! {
///     allow_origins: &["https://app.example.com", "https://*.staging.example.com"],
///     allow_methods: &["PUT", "DELETE"],
///     allow_headers: &["content-type"],
///     max_age: Some(600),
/// };
/// ```
///
/// An origin without its scheme does not build:
///
/// ```compile_fail
/// corsac::policy! { allow_origins: &["app.example.com"] };
/// ```
#[macro_export]
macro_rules! policy {
    ($($field:ident : $value:expr),* $(,)?) => {{
        // Long lists take the compiler seconds, which is no mistake; and the names must not be those of a user's constants.
        #[allow(long_running_const_eval)]
        const __CORSAC_LENGTH: usize = $crate::__image_len(
            &$crate::Config { $($field: $value,)* ..$crate::Config::CLOSED }
        );
        #[allow(long_running_const_eval)]
        static __CORSAC_IMAGE: [u8; __CORSAC_LENGTH] = $crate::__image::<__CORSAC_LENGTH>(
            &$crate::Config { $($field: $value,)* ..$crate::Config::CLOSED }
        );
        $crate::PolicyRef::__built(&__CORSAC_IMAGE)
    }};
}

/// The length of a configuration's image, or the message as a panic while the program is built.
#[doc(hidden)]
#[allow(clippy::panic, reason = "runs while a program is built, where a panic is the compiler's error")]
pub const fn __image_len(config: &Config<'_>) -> usize {
    match config.image_len() {
        Ok(length) => length,
        Err(error) => panic!("{}", config.describe(&error).as_str()),
    }
}

/// A configuration's image, or the message as a panic while the program is built.
#[doc(hidden)]
#[allow(clippy::panic, reason = "runs while a program is built, where a panic is the compiler's error")]
pub const fn __image<const N: usize>(config: &Config<'_>) -> [u8; N] {
    let mut image = [0; N];
    match config.compile_into(&mut image) {
        Ok(_) => image,
        Err(error) => panic!("{}", config.describe(&error).as_str()),
    }
}
