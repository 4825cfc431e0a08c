//! Requests as bytes, and answers in a form that the twin can make as well.

use corsac::{Apply, Decision, FieldFault, FieldName, Kind, PolicyRef, Refusal, Request, RequestField};

use super::fault::{list, quoted_bytes};

/// A field of a request: any bytes as name and value.
pub(crate) type Field = (Vec<u8>, Vec<u8>);

/// A request with bytes of its own.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) struct WireRequest {
    pub(crate) method: Vec<u8>,
    pub(crate) fields: Vec<Field>,
    /// What the host knows beyond the fields; told after them.
    pub(crate) marks: Vec<(RequestField, FieldFault)>,
}

impl WireRequest {
    pub(crate) fn new(method: &[u8]) -> Self {
        Self { method: method.to_vec(), fields: Vec::new(), marks: Vec::new() }
    }

    #[must_use]
    pub(crate) fn with(mut self, name: &str, value: &[u8]) -> Self {
        self.fields.push((name.into(), value.to_vec()));
        self
    }

    pub(crate) fn request(&self) -> Request<'_> {
        let mut request =
            Request::from_fields(&self.method, self.fields.iter().map(|(name, value)| (name, value.as_slice())));
        for &(field, fault) in &self.marks {
            request.mark(field, fault);
        }
        request
    }

    pub(crate) fn decide(&self, policy: &PolicyRef<'_>) -> Answer {
        Answer::of(&policy.decide(&self.request()))
    }

    /// The values of all fields of that name.
    pub(crate) fn values<'s>(&'s self, name: &'s str) -> impl Iterator<Item = &'s [u8]> {
        let of_name = move |(listed, _): &&Field| listed.eq_ignore_ascii_case(name.as_bytes());
        self.fields.iter().filter(of_name).map(|(_, value)| value.as_slice())
    }

    pub(crate) fn remove(&mut self, name: &str) {
        self.fields.retain(|(listed, _)| !listed.eq_ignore_ascii_case(name.as_bytes()));
    }

    pub(crate) fn json(&self) -> String {
        let fields =
            self.fields.iter().map(|(name, value)| format!("[{}, {}]", quoted_bytes(name), quoted_bytes(value)));
        let marks = if self.marks.is_empty() { String::new() } else { format!(", \"marks\": \"{:?}\"", self.marks) };
        format!("{{\"method\": {}, \"fields\": {}{marks}}}", quoted_bytes(&self.method), list(fields))
    }
}

/// A field of a response, owned.
pub(crate) type ResponseField = (FieldName, Vec<u8>, Apply);

/// All that a decision says, as plain data.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) struct Answer {
    pub(crate) kind: Kind,
    pub(crate) refusal: Option<Refusal>,
    pub(crate) status: Option<u16>,
    /// By name: their order is nobody's promise, but that among lines of one name is.
    pub(crate) fields: Vec<ResponseField>,
}

impl Answer {
    pub(crate) fn of(decision: &Decision<'_, '_>) -> Self {
        let fields = decision.fields().map(|field| (field.name, field.value.to_vec(), field.apply));
        let mut fields: Vec<ResponseField> = fields.collect();
        fields.sort_by_key(|(name, ..)| *name);
        Self { kind: decision.kind(), refusal: decision.refusal(), status: decision.status(), fields }
    }

    pub(crate) fn is_refused(&self) -> bool {
        self.refusal.is_some()
    }

    /// The values of one field, line by line.
    pub(crate) fn values(&self, name: FieldName) -> impl Iterator<Item = &[u8]> {
        self.fields.iter().filter(move |(listed, ..)| *listed == name).map(|(_, value, _)| value.as_slice())
    }

    /// Whether `Vary` names the request field.
    pub(crate) fn varies_by(&self, request_field: &str) -> bool {
        self.values(FieldName::Vary).any(|value| {
            let mut members = value.split(|&byte| byte == b',');
            members.any(|member| member.trim_ascii().eq_ignore_ascii_case(request_field.as_bytes()))
        })
    }

    pub(crate) fn json(&self) -> String {
        let text = |value: Option<&str>| value.map_or_else(|| "null".to_owned(), |text| format!("\"{text}\""));
        let allowed = match self.kind {
            Kind::NotCors => "null",
            _ if self.is_refused() => "false",
            _ => "true",
        };
        let fields =
            self.fields.iter().map(|(name, value, _)| format!("[\"{}\", {}]", name.as_str(), quoted_bytes(value)));
        format!(
            "{{\"kind\": \"{}\", \"allowed\": {allowed}, \"refusal\": {}, \"status\": {},\n    \"fields\": {}}}",
            self.kind.slug(),
            text(self.refusal.map(Refusal::slug)),
            self.status.map_or_else(|| "null".to_owned(), |status| status.to_string()),
            list(fields)
        )
    }
}
