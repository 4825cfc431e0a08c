//! The image of everything: an entry point for each public function of the core, so that none of them has a panic path. A test of the
//! project's automation looks whether one is missing here.

#![no_std]
#![no_main]

use core::fmt::Write;

use corsac::{
    AbsentOrigin, Action, Config, Decision, FieldFault, FieldName, FieldValue, GuardRequest, ImageError, Kind, Message,
    OptionName, Pass, Policy, PolicyError, PolicyErrorKind, PolicyRef, Question, Refusal, Request, RequestField,
    ResponseField, Scheme, ScreenRequest, Screening, Suggestion, Text, Verdict,
};
use corsac_embedded as _;

/// Places the address of a function where the linker script keeps it, so that nobody knows who calls it and with what.
macro_rules! entries {
    ($($(#[$meta:meta])* fn $name:ident $arguments:tt $(-> $result:ty)? $body:block)*) => {$(
        const _: () = {
            #[used]
            #[expect(unsafe_code, reason = "places the table where the linker script keeps it")]
            #[unsafe(link_section = ".entries")]
            static ENTRY: entries!(@type $arguments $(-> $result)?) = $name;
        };
        $(#[$meta])*
        fn $name $arguments $(-> $result)? $body
    )*};
    (@type ($($argument:ident: $type:ty),* $(,)?) $(-> $result:ty)?) => { fn($($type),*) $(-> $result)? };
}

type Ask = fn(&[u8]) -> bool;
type Pair = (&'static [u8], &'static [u8]);
type Pairs = &'static [Pair];
type Static = PolicyRef<'static>;
type Decided = Decision<'static, 'static>;
type Judged = Verdict<'static, 'static>;
type Screened = Screening<'static, 'static>;
type Out<'a> = &'a mut dyn Write;

entries! {
    fn image_len(config: &Config<'static>) -> Result<usize, PolicyError> {
        config.image_len()
    }

    fn compile_into(config: &Config<'static>, memory: &'static mut [u8]) -> Result<Static, PolicyError> {
        config.compile_into(memory)
    }

    fn compile(config: &Config<'static>) -> Result<Policy<1024>, PolicyError> {
        Policy::compile(config)
    }

    fn as_ref(policy: &'static Policy<1024>) -> Static {
        policy.as_ref()
    }

    fn problems(config: &Config<'static>, each: fn(PolicyError)) {
        config.problems().for_each(each);
    }

    fn describe(config: &Config<'static>, error: &PolicyError) -> Message {
        config.describe(error)
    }

    fn suggestion(config: &Config<'static>, error: &PolicyError) -> Option<Suggestion> {
        config.suggestion(error)
    }

    fn from_parts(field: OptionName, entry: Option<usize>, offset: usize, kind: PolicyErrorKind) -> PolicyError {
        PolicyError::from_parts(field, entry, offset, kind)
    }

    fn error_parts(error: &PolicyError) -> (OptionName, Option<usize>, usize, PolicyErrorKind) {
        (error.field(), error.entry(), error.offset(), error.kind())
    }

    fn error_text(error: &PolicyError, out: Out<'_>) {
        // A full buffer loses words; so below.
        let _ = write!(out, "{error} {}", error.field());
    }

    fn option_name(name: OptionName) -> (&'static str, u8) {
        (name.as_str(), name.number())
    }

    fn error_kind(kind: PolicyErrorKind, out: Out<'_>) -> (u16, &'static str, &'static str) {
        let _ = write!(out, "{kind}");
        (kind.number(), kind.slug(), kind.sentence())
    }

    fn image_error(error: ImageError, out: Out<'_>) -> (u8, &'static str, &'static str) {
        let _ = write!(out, "{error}");
        (error.number(), error.slug(), error.sentence())
    }

    fn refusal(refusal: Refusal, out: Out<'_>) -> (u8, &'static str, &'static str, u16) {
        let _ = write!(out, "{refusal}");
        (refusal.number(), refusal.slug(), refusal.sentence(), refusal.status())
    }

    fn text(text: &'static Text<64>, out: Out<'_>) -> (&'static str, &'static [u8]) {
        let _ = write!(out, "{text}");
        (text.as_str(), text.as_bytes())
    }

    fn open(image: &'static [u8]) -> Result<Static, ImageError> {
        PolicyRef::open(image)
    }

    fn image(policy: &Static) -> (&'static [u8], bool) {
        (policy.image(), policy.lists_hosts())
    }

    fn value(value: FieldValue<'static>) -> &'static [u8] {
        value.value()
    }

    fn request(method: &'static [u8], fields: Pairs) -> Request<'static> {
        Request::from_fields(method, fields.iter().copied())
    }

    fn request_by_field(
        method: &'static [u8],
        pair: Pair,
        field: RequestField,
        fault: FieldFault,
    ) -> Request<'static> {
        let mut request = Request::new(method);
        request.push(pair.0, pair.1);
        request.mark(field, fault);
        request
    }

    fn kind(request: &Request<'static>, out: Out<'_>) -> (Kind, &'static str) {
        let kind = request.kind();
        let _ = write!(out, "{kind}");
        (kind, kind.slug())
    }

    fn decide(policy: &Static, request: &'static Request<'static>) -> Decided {
        policy.decide(request)
    }

    fn decide_with(policy: &Static, request: &'static Request<'static>, ask: Ask) -> Decided {
        policy.decide_with(request, ask)
    }

    fn decision(decision: &Decided) -> (Kind, Option<bool>, Option<Refusal>, Action, Option<u16>) {
        (decision.kind(), decision.allowed(), decision.refusal(), decision.action(), decision.status())
    }

    fn decision_more(decision: &Decided) -> (Option<&'static [u8]>, Option<usize>, Option<&'static str>) {
        (decision.subject(), decision.matched_entry(), decision.console())
    }

    fn decision_fields(decision: &Decided, send: fn(ResponseField<'static>)) {
        decision.fields().for_each(send);
    }

    fn decision_text(decision: &Decided, out: Out<'_>) {
        let _ = write!(out, "{}", decision.explain());
    }

    fn field_name(name: FieldName, out: Out<'_>) -> (u8, &'static str, &'static str) {
        let _ = write!(out, "{name}");
        (name.number(), name.as_str(), name.lower())
    }

    fn missing_vary(lines: &'static [&'static [u8]], vary: &'static [u8], each: fn(&'static [u8])) {
        corsac::missing_vary(lines.iter().copied(), vary).for_each(each);
    }

    fn guard_request(method: &'static [u8], fields: Pairs) -> GuardRequest<'static> {
        GuardRequest::from_fields(method, fields.iter().copied())
    }

    fn guard_request_by_field(
        method: &'static [u8],
        pair: Pair,
        field: RequestField,
        fault: FieldFault,
    ) -> GuardRequest<'static> {
        let mut request = GuardRequest::new(method);
        request.push(pair.0, pair.1);
        request.mark(field, fault);
        request
    }

    fn guard_request_with(request: GuardRequest<'static>, scheme: Scheme, absent: AbsentOrigin) -> GuardRequest<'static> {
        request.with_scheme(scheme).with_absent_origin(absent)
    }

    fn host(request: &GuardRequest<'static>) -> FieldValue<'static> {
        request.host()
    }

    fn guard(policy: &Static, request: &'static GuardRequest<'static>) -> Judged {
        policy.guard(request)
    }

    fn guard_with(policy: &Static, request: &'static GuardRequest<'static>, ask: Ask) -> Judged {
        policy.guard_with(request, ask)
    }

    fn check_websocket(policy: &Static, request: &'static GuardRequest<'static>) -> Judged {
        policy.check_websocket(request)
    }

    fn check_websocket_with(policy: &Static, request: &'static GuardRequest<'static>, ask: Ask) -> Judged {
        policy.check_websocket_with(request, ask)
    }

    fn check_host(policy: &Static, host: Option<&'static [u8]>) -> Judged {
        policy.check_host(host)
    }

    fn check_host_with(policy: &Static, host: FieldValue<'static>, own_names: &'static [&'static str]) -> Judged {
        policy.check_host_with(host, own_names)
    }

    fn verdict(verdict: &Judged) -> (Question, bool, Option<Pass>, Option<Refusal>, Option<u16>) {
        (verdict.question(), verdict.passes(), verdict.pass(), verdict.refusal(), verdict.status())
    }

    fn verdict_text(verdict: &Judged, out: Out<'_>) -> Option<&'static [u8]> {
        let _ = write!(out, "{} {}", verdict.explain(), verdict.question());
        verdict.subject()
    }

    fn slugs(question: Question, pass: Pass, out: Out<'_>) -> (&'static str, &'static str) {
        let _ = write!(out, "{pass}");
        (question.slug(), pass.slug())
    }

    fn screen_request(method: &'static [u8], fields: Pairs) -> ScreenRequest<'static> {
        ScreenRequest::from_fields(method, fields.iter().copied())
    }

    fn screen_request_by_field(
        method: &'static [u8],
        pair: Pair,
        field: RequestField,
        fault: FieldFault,
    ) -> ScreenRequest<'static> {
        let mut request = ScreenRequest::new(method);
        request.push(pair.0, pair.1);
        request.mark(field, fault);
        request
    }

    fn screen_request_with(
        request: ScreenRequest<'static>,
        own_names: &'static [&'static str],
        scheme: Option<Scheme>,
    ) -> ScreenRequest<'static> {
        request.with_own_names(own_names).with_scheme(scheme).with_absent_origin(AbsentOrigin::Refuse)
    }

    fn screen_request_as(request: ScreenRequest<'static>, is_handshake: bool) -> ScreenRequest<'static> {
        if is_handshake { request.as_websocket_handshake() } else { request.with_checked_host().without_guard() }
    }

    fn screen_request_parts(
        request: &'static ScreenRequest<'static>,
    ) -> (&'static Request<'static>, &'static GuardRequest<'static>, bool) {
        (request.cors(), request.guard(), request.is_websocket_handshake())
    }

    fn screen(policy: &Static, request: &'static ScreenRequest<'static>) -> Screened {
        policy.screen(request)
    }

    fn screen_with(policy: &Static, request: &'static ScreenRequest<'static>, ask: Ask) -> Screened {
        policy.screen_with(request, ask)
    }

    fn screening(screening: &'static Screened) -> (Kind, Option<Judged>, Option<&'static Decided>, Option<Refusal>) {
        (screening.kind(), screening.stopped_by(), screening.decision(), screening.refusal())
    }

    fn screening_text(screening: &Screened, out: Out<'_>) -> (Action, Option<u16>) {
        let _ = write!(out, "{}", screening.explain());
        (screening.action(), screening.status())
    }

    fn screening_fields(screening: &Screened, send: fn(ResponseField<'static>)) {
        screening.fields().for_each(send);
    }
}
