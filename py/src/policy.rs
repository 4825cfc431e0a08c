//! The class `Policy`, and the ways of asking that the wrappers share.

use std::hash::{DefaultHasher, Hash, Hasher};

use corsac::{PolicyRef, Question};
use pyo3::exceptions::PyTypeError;
use pyo3::prelude::*;
use pyo3::pyclass::{CompareOp, PyTraverseError, PyVisit};
use pyo3::types::{PyBytes, PyDict, PyTuple, PyType};

use crate::compiled::Compiled;
use crate::decision::{Decision, Screening};
use crate::error::{image_error, policy_error};
use crate::fields::{Arrived, Odd, Wanted, bytes_of};
use crate::hooks::{ALLOW_ORIGIN_REGEX, Hooks, Reach};
use crate::options::Options;
use crate::value::kind_of;
use crate::verdict::{Asked, Circumstances, Verdict};

/// A CORS policy: checked and compiled when it is made, then only asked.
///
/// All options are keywords, every list is empty and every switch off unless it is given::
///
///     policy = corsac.Policy(
///         allow_origins=["https://app.example.com", "https://*.preview.example.com"],
///         allow_methods=["PUT", "DELETE"],
///         allow_headers=["authorization", "content-type"],
///         allow_credentials=True,
///         max_age=600,
///     )
///
/// What may be read:
///
/// - ``allow_origins``: whose pages may read responses. Serialized origins, with a pattern where the names below a domain
///   (``https://*.example.com``), a part of a label (``https://app-*.example.com``) or the port (``http://localhost:*``) may be
///   any; or ``"*"`` alone. Empty: nobody's.
/// - ``allow_methods``: what a page may use beyond GET, HEAD and POST, which need no permission; or ``"*"`` alone.
/// - ``allow_headers``: what a page may set beyond the safelisted request headers; or ``"*"``, which does not cover
///   ``authorization``: that may stand beside it.
/// - ``expose_headers``: what a page may read beyond the safelisted response headers; or ``"*"`` alone.
/// - ``allow_credentials``: whether pages may read what is answered to requests with cookies or HTTP authentication.
/// - ``max_age``: seconds for which a browser may keep a preflight's answer. None sends nothing, and browsers take 5; 0 keeps
///   nothing; at most 86400.
/// - ``allow_null_origin``: whether ``null`` is allowed, which any page can make itself in a sandboxed frame.
/// - ``allow_private_network``: whether preflights for private network access are granted it. Browsers have retired it.
/// - ``timing_allow_origin``: whether allowed pages may read detailed resource timing as well.
/// - ``allow_origin_regex``: a pattern of ``re``, or its text, that has to match an origin as a whole (``fullmatch``). One that takes
///   every origin excludes ``allow_credentials``.
/// - ``allow_origin_func``: a function from an origin to True or False; anything else that it returns is a TypeError.
///
/// The last two are asked, in this order, about a well-formed origin that no entry takes: never about ``null`` or a repeated
/// origin. Under ``"*"``, which lets everybody read and trusts nobody, only ``guard``, ``check_websocket`` and ``screen`` ask them;
/// ``static_origin`` excludes them.
///
/// How it is answered:
///
/// - ``static_origin``: sends the only entry of ``allow_origins`` on every response that is no preflight, without Vary.
/// - ``minimal_answers``: answers a preflight with only what it asked for.
/// - ``preflight_status``: the status of a successful preflight, from 200 to 299.
///
/// For the questions beside CORS:
///
/// - ``allow_hosts``: the names of the server, for ``check_host``: ``name``, ``name:port`` or ``name:*``. Empty: none.
/// - ``allow_content_types``: what a page of another origin may send with an unsafe method, for ``guard``. Empty: anything.
///
/// What is safe only if you know better than this library:
///
/// - ``dangerously_allow_insecure_origins``: takes ``http`` origins with credentials. Whoever is on the network path of one of
///   its pages gains the user's session.
/// - ``dangerously_allow_public_suffixes``: takes patterns such as ``https://*.github.io``. Whoever registers a name there gains
///   what the policy allows.
/// - ``dangerously_allow_any_port``: takes ``:*`` on hosts that are not loopback. Whoever can open a port there gains what the
///   policy allows.
/// - ``check_public_suffixes``: refuses patterns over any entry of the Public Suffix List, not only over the best known ones.
///
/// A list is any iterable of str, but not one str; a set is taken in alphabetical order.
///
/// Raises PolicyError with all that is wrong, and TypeError where a value is of another type than an option takes.
///
/// A policy never changes and holds no lock: any number of threads may ask it at once. Asking takes time with the bytes of the
/// request, up to fixed caps, and not with the size of the policy. Policies are equal when they decide alike by the same
/// entries in the same order; they can be hashed, and pickled with an ``allow_origin_func`` that can be. A copy is the policy
/// itself. ``repr`` gives what makes an equal one, with ``re`` imported where a pattern has flags; but an ``allow_origin_func`` is shown
/// by its own ``repr``, which is no code.
#[pyclass(frozen, weakref, module = "corsac")]
pub(crate) struct Policy {
    compiled: Py<Compiled>,
    hooks: Hooks,
    /// What the policy was made from; `None` where that was an image.
    options: Option<Options>,
}

impl Policy {
    /// The image, and the answers made of it.
    #[inline]
    pub(crate) fn compiled(&self) -> &Compiled {
        self.compiled.get()
    }

    /// The same, to be kept.
    pub(crate) fn share(&self, py: Python<'_>) -> Py<Compiled> {
        self.compiled.clone_ref(py)
    }

    pub(crate) const fn hooks(&self) -> &Hooks {
        &self.hooks
    }

    /// The policy that allows nothing.
    pub(crate) fn closed(py: Python<'_>) -> PyResult<Self> {
        Self::new(py, None)
    }

    /// The policy, to decide with; costs nothing.
    pub(crate) fn policy(&self) -> PolicyRef<'_> {
        self.compiled().policy()
    }
}

#[pymethods]
impl Policy {
    #[new]
    #[pyo3(
        signature = (**options),
        text_signature = "(*, allow_origins=(), allow_methods=(), allow_headers=(), expose_headers=(), \
            allow_credentials=False, max_age=None, allow_null_origin=False, allow_private_network=False, \
            static_origin=False, minimal_answers=False, preflight_status=204, timing_allow_origin=False, allow_hosts=(), \
            allow_content_types=(), dangerously_allow_insecure_origins=False, dangerously_allow_public_suffixes=False, \
            dangerously_allow_any_port=False, allow_origin_regex=None, allow_origin_func=None, \
            check_public_suffixes=False)"
    )]
    fn new(py: Python<'_>, options: Option<&Bound<'_, PyDict>>) -> PyResult<Self> {
        let (options, [regex, func]) = Options::read(options)?;
        let hook = |hook: Option<Py<PyAny>>| hook.map(|hook| hook.into_bound(py));
        let (hooks, faults) = Hooks::new(py, hook(regex), hook(func), options.reach())?;
        // A long list takes a while, in which other threads may run.
        let (options, image) = py.detach(|| {
            let image = options.compile();
            (options, image)
        });
        let (image, mut problems) = image.map_or_else(|problems| (Vec::new(), problems), |image| (image, Vec::new()));
        problems.extend(faults);
        if !problems.is_empty() {
            return Err(policy_error(py, &problems));
        }
        Ok(Self { compiled: Py::new(py, Compiled::new(image))?, hooks, options: Some(options) })
    }

    /// Takes a policy that was compiled elsewhere: ``policy.image``, or a file of ``python -m corsac compile``.
    ///
    /// Every byte is checked, which takes time with the length of the image, once. Bytes that are no image of this version, or
    /// that were altered, raise ImageError. The check finds accidents, not attackers: who can write the image decides the policy.
    #[staticmethod]
    #[pyo3(signature = (image, *, allow_origin_regex=None, allow_origin_func=None))]
    fn from_image(
        image: &Bound<'_, PyAny>,
        allow_origin_regex: Option<Bound<'_, PyAny>>,
        allow_origin_func: Option<Bound<'_, PyAny>>,
    ) -> PyResult<Self> {
        let py = image.py();
        let bytes = match image.cast::<PyBytes>() {
            Ok(bytes) => bytes.as_bytes().to_vec(),
            // A mapped file, or memory that processes share: copied, as it must not change under a policy.
            Err(_) => match py.import("builtins")?.getattr("memoryview")?.call1((image,)) {
                Ok(view) => view.call_method0("tobytes")?.cast::<PyBytes>()?.as_bytes().to_vec(),
                Err(_) => {
                    return Err(PyTypeError::new_err(format!("image takes bytes, not {}", kind_of(image))));
                }
            },
        };
        let opened = PolicyRef::open(&bytes).map_err(|error| image_error(py, error))?;
        let (hooks, problems) = Hooks::new(py, allow_origin_regex, allow_origin_func, Reach::of(py, opened)?)?;
        if !problems.is_empty() {
            return Err(policy_error(py, &problems));
        }
        Ok(Self { compiled: Py::new(py, Compiled::new(bytes))?, hooks, options: None })
    }

    /// Whether ``allow_hosts`` has an entry. The wrappers ask for ``check_host``.
    #[getter]
    fn _lists_hosts(&self) -> bool {
        self.policy().lists_hosts()
    }

    /// Makes a policy from TOML with the options as keys, but for the two hooks and ``check_public_suffixes``::
    ///
    ///     allow_origins = ["https://app.example.com"]
    ///     max_age = 600
    ///
    /// Raises PolicyError with all that is wrong, keys that no option has among it, and ``tomllib.TOMLDecodeError`` where the text
    /// is no TOML.
    #[classmethod]
    #[pyo3(signature = (text, /))]
    fn from_toml<'py>(class: &Bound<'py, PyType>, text: &Bound<'py, PyAny>) -> PyResult<Bound<'py, PyAny>> {
        class.py().import("corsac._toml")?.call_method1("policy", (class, text))
    }

    /// The compiled policy, without the two hooks, to be stored or sent; ``from_image`` takes it back, in C and Rust too.
    #[getter]
    fn image<'py>(&self, py: Python<'py>) -> Bound<'py, PyBytes> {
        PyBytes::new(py, self.compiled().image())
    }

    /// Decides on a request.
    ///
    /// ``headers`` is a mapping, an iterable of pairs, which may repeat a name, or None. Names and values are bytes, or str as
    /// HTTP libraries decode it, in Latin-1; names are compared without case. Other text matches nothing. What is no pair
    /// of these raises TypeError, and what a hook raises goes to the caller; no other request does.
    ///
    ///     >>> policy = corsac.Policy(allow_origins=["https://app.example.com"], allow_methods=["PUT"])
    ///     >>> preflight = {"Origin": "https://app.example.com", "Access-Control-Request-Method": "PUT"}
    ///     >>> policy.decide("OPTIONS", preflight).headers[0]
    ///     (b'access-control-allow-origin', b'https://app.example.com')
    ///     >>> refused = policy.decide("OPTIONS", {**preflight, "Access-Control-Request-Method": "DELETE"})
    ///     >>> refused.allowed, refused.status, str(refused.refusal)
    ///     (False, 403, 'method-not-allowed')
    fn decide(&self, py: Python<'_>, method: &Bound<'_, PyAny>, headers: &Bound<'_, PyAny>) -> PyResult<Decision> {
        let arrived = Arrived::read(method, headers, Wanted::Cors, Odd::Raise)?;
        Decision::new(py, self, arrived)
    }

    /// Says in a sentence or two what is decided and why, with the nearest entry and what a browser's console is likely to say.
    ///
    /// It takes time with the size of the policy: for people, not for every request.
    fn explain(&self, py: Python<'_>, method: &Bound<'_, PyAny>, headers: &Bound<'_, PyAny>) -> PyResult<String> {
        Ok(self.decide(py, method, headers)?.explain(py))
    }

    /// Asks whether a request may change something: against requests that pages of other sites forge.
    ///
    /// Safe methods pass, and so does what the server's own pages and the pages of ``allow_origins`` send; ``"*"`` trusts nobody.
    /// ``scheme`` is the one by which the server is reached, where it is known; it then has to be the origin's as well.
    /// ``absent_origin="refuse"`` refuses requests with neither Sec-Fetch-Site nor Origin, as programs send them.
    ///
    ///     >>> policy = corsac.Policy(allow_origins=["https://app.example.com"])
    ///     >>> forged = {"Host": "api.example.com", "Origin": "https://evil.example"}
    ///     >>> policy.guard("POST", forged)
    ///     <corsac.Verdict guard refused: origin-not-trusted>
    #[pyo3(signature = (method, headers, *, scheme=None, absent_origin="pass"))]
    fn guard(
        &self,
        py: Python<'_>,
        method: &Bound<'_, PyAny>,
        headers: &Bound<'_, PyAny>,
        scheme: Option<&str>,
        absent_origin: &str,
    ) -> PyResult<Verdict> {
        let circumstances = Circumstances::read(scheme, absent_origin, None)?;
        let arrived = Arrived::read(method, headers, Wanted::All, Odd::Raise)?;
        Verdict::new(py, self, Asked::Page(Question::Guard, arrived), circumstances)
    }

    /// Asks whether a Host is a name of the server's: against DNS rebinding.
    ///
    /// ``own_names`` are those that the server got at run time, by the rules of ``allow_hosts``; what is no such name takes nothing.
    #[pyo3(signature = (host, *, own_names=None), text_signature = "($self, host, *, own_names=())")]
    fn check_host(
        &self,
        py: Python<'_>,
        host: &Bound<'_, PyAny>,
        own_names: Option<&Bound<'_, PyAny>>,
    ) -> PyResult<Verdict> {
        let circumstances = Circumstances::read(None, "pass", own_names)?;
        let bytes = bytes_of(host).map(Bound::unbind);
        if bytes.is_none() && !host.is_none() {
            return Err(PyTypeError::new_err(format!("host takes a str, bytes or None, not {}", kind_of(host))));
        }
        Verdict::new(py, self, Asked::Host(bytes), circumstances)
    }

    /// Asks whether a page may open a WebSocket, where CORS does not apply and nothing else checks. Arguments as ``guard``.
    #[pyo3(signature = (headers, *, scheme=None, absent_origin="pass"))]
    fn check_websocket(
        &self,
        py: Python<'_>,
        headers: &Bound<'_, PyAny>,
        scheme: Option<&str>,
        absent_origin: &str,
    ) -> PyResult<Verdict> {
        let circumstances = Circumstances::read(scheme, absent_origin, None)?;
        let arrived = Arrived::without_method(headers, Wanted::All, Odd::Raise)?;
        Verdict::new(py, self, Asked::Page(Question::WebSocket, arrived), circumstances)
    }

    /// Asks all: the host, then the handshake of a WebSocket or the guard, and CORS last; the first refusal ends it.
    #[pyo3(
        signature = (method, headers, *, scheme=None, absent_origin="pass", own_names=None),
        text_signature = "($self, method, headers, *, scheme=None, absent_origin='pass', own_names=())"
    )]
    fn screen(
        &self,
        py: Python<'_>,
        method: &Bound<'_, PyAny>,
        headers: &Bound<'_, PyAny>,
        scheme: Option<&str>,
        absent_origin: &str,
        own_names: Option<&Bound<'_, PyAny>>,
    ) -> PyResult<Screening> {
        let circumstances = Circumstances::read(scheme, absent_origin, own_names)?;
        let arrived = Arrived::read(method, headers, Wanted::All, Odd::Raise)?;
        Screening::new(py, self, arrived, circumstances)
    }

    fn __richcmp__(&self, py: Python<'_>, other: &Bound<'_, PyAny>, operation: CompareOp) -> PyResult<Py<PyAny>> {
        let Ok(other) = other.cast::<Self>() else { return Ok(py.NotImplemented()) };
        let other = other.get();
        let is_equal = || {
            Ok::<_, PyErr>(
                self.compiled().image() == other.compiled().image() && self.hooks.is_equal(py, &other.hooks)?,
            )
        };
        Ok(match operation {
            CompareOp::Eq => is_equal()?.into_pyobject(py)?.to_owned().into_any().unbind(),
            CompareOp::Ne => (!is_equal()?).into_pyobject(py)?.to_owned().into_any().unbind(),
            _ => py.NotImplemented(),
        })
    }

    /// The hooks do not take part: some callables cannot be hashed, and policies that differ in them alone are rare.
    fn __hash__(&self) -> u64 {
        let mut hasher = DefaultHasher::new();
        self.compiled().image().hash(&mut hasher);
        hasher.finish()
    }

    fn __repr__(&self, py: Python<'_>) -> PyResult<String> {
        let (call, arguments) = self.call(py)?;
        let mut parts: Vec<String> = match call {
            Call::Options => Vec::new(),
            Call::Image => vec![self.image(py).repr()?.to_string_lossy().into_owned()],
        };
        for (key, value) in &arguments {
            let value = if key.eq(ALLOW_ORIGIN_REGEX)? {
                repr_of_regex(&value)?
            } else {
                value.repr()?.to_string_lossy().into_owned()
            };
            parts.push(format!("{key}={value}"));
        }
        let name = match call {
            Call::Options => "corsac.Policy",
            Call::Image => "corsac.Policy.from_image",
        };
        Ok(format!("{name}({})", parts.join(", ")))
    }

    /// Itself: it never changes, and what its function refers to stays what it was.
    fn __copy__<'py>(this: Bound<'py, Self>) -> Bound<'py, Self> {
        this
    }

    fn __deepcopy__<'py>(this: Bound<'py, Self>, memo: &Bound<'py, PyAny>) -> Bound<'py, Self> {
        let _ = memo;
        this
    }

    fn __reduce__<'py>(&self, py: Python<'py>) -> PyResult<(Bound<'py, PyAny>, Bound<'py, PyTuple>)> {
        let (call, arguments) = self.call(py)?;
        let image = match call {
            Call::Options => None,
            Call::Image => Some(self.image(py)),
        };
        let rebuild = py.import("corsac._pickle")?.getattr("rebuild")?;
        Ok((rebuild, (image, arguments).into_pyobject(py)?))
    }

    fn __traverse__(&self, visit: PyVisit<'_>) -> Result<(), PyTraverseError> {
        self.hooks.traverse(&visit)
    }
}

/// What makes an equal policy.
enum Call {
    Options,
    Image,
}

impl Policy {
    fn call<'py>(&self, py: Python<'py>) -> PyResult<(Call, Bound<'py, PyDict>)> {
        if let Some(options) = &self.options {
            return Ok((Call::Options, options.arguments(py, &self.hooks)?));
        }
        let arguments = PyDict::new(py);
        self.hooks.write(&arguments)?;
        Ok((Call::Image, arguments))
    }
}

/// What gives a compiled expression again. Its own `repr` is cut after 200 characters.
fn repr_of_regex(regex: &Bound<'_, PyAny>) -> PyResult<String> {
    let text = regex.getattr("pattern")?.repr()?.to_string_lossy().into_owned();
    let flags = regex.getattr("flags")?;
    let re = regex.py().import("re")?;
    // Without flags of its own its text does, which needs no import to evaluate.
    if flags.eq(re.getattr("UNICODE")?)? {
        return Ok(text);
    }
    let flags = re.getattr("RegexFlag")?.call1((flags,))?.repr()?.to_string_lossy().into_owned();
    Ok(format!("re.compile({text}, {flags})"))
}
