//! From the core's answers to C's.

use corsac_core::{
    Apply, Decision, ImageError, Kind, PolicyError, Question, Refusal, ResponseField, Screening, Verdict,
};

use crate::foreign::{DecisionHead, text};
use crate::types::{
    CORSAC_APPLY_APPEND, CORSAC_APPLY_MERGE, CORSAC_APPLY_REPLACE, CORSAC_ERROR_IMAGE_CHECKSUM,
    CORSAC_ERROR_IMAGE_LENGTH, CORSAC_ERROR_IMAGE_STRUCTURE, CORSAC_ERROR_IMAGE_VERSION, CORSAC_ERROR_NOT_AN_IMAGE,
    CORSAC_KIND_ACTUAL, CORSAC_KIND_NOT_CORS, CORSAC_KIND_PREFLIGHT, CORSAC_QUESTION_GUARD, CORSAC_QUESTION_HOST,
    CORSAC_QUESTION_WEBSOCKET, corsac_policy_error, corsac_response_field, corsac_status, corsac_verdict,
};

/// What a server answers if it goes by an answer that there is none of.
const INTERNAL_SERVER_ERROR: u16 = 500;

/// A decision that could not be made.
pub(crate) const UNDECIDED: DecisionHead = DecisionHead {
    kind: CORSAC_KIND_NOT_CORS,
    allowed: false,
    refusal: 0,
    stopped_by: 0,
    status: INTERNAL_SERVER_ERROR,
};

/// A verdict that could not be given.
pub(crate) const NO_VERDICT: corsac_verdict = corsac_verdict { passes: 0, refusal: 0, status: INTERNAL_SERVER_ERROR };

/// Nothing is wrong.
pub(crate) const NO_ERROR: corsac_policy_error =
    corsac_policy_error { entry: usize::MAX, offset: 0, kind: 0, option: 0 };

#[inline]
pub(crate) fn of_decision(decision: &Decision<'_, '_>) -> DecisionHead {
    DecisionHead {
        kind: kind(decision.kind()),
        allowed: decision.allowed() == Some(true),
        refusal: decision.refusal().map_or(0, Refusal::number),
        stopped_by: 0,
        status: decision.status().unwrap_or(0),
    }
}

pub(crate) fn of_screening(screening: &Screening<'_, '_>) -> DecisionHead {
    DecisionHead {
        kind: kind(screening.kind()),
        allowed: screening.decision().is_some_and(|decision| decision.allowed() == Some(true)),
        refusal: screening.refusal().map_or(0, Refusal::number),
        stopped_by: screening.stopped_by().map_or(0, |verdict| question(verdict.question())),
        status: screening.status().unwrap_or(0),
    }
}

pub(crate) fn of_verdict(verdict: &Verdict<'_, '_>) -> corsac_verdict {
    corsac_verdict {
        passes: verdict.passes().into(),
        refusal: verdict.refusal().map_or(0, Refusal::number),
        status: verdict.status().unwrap_or(0),
    }
}

pub(crate) fn of_error(error: &PolicyError) -> corsac_policy_error {
    corsac_policy_error {
        entry: error.entry().unwrap_or(usize::MAX),
        offset: error.offset(),
        kind: error.kind().number(),
        option: error.field().number(),
    }
}

#[inline]
pub(crate) const fn of_field(field: ResponseField<'_>) -> corsac_response_field {
    corsac_response_field {
        name: text(field.name.as_str().as_bytes()),
        value: text(field.value),
        number: field.name.number(),
        apply: match field.apply {
            Apply::Replace => CORSAC_APPLY_REPLACE,
            Apply::Append => CORSAC_APPLY_APPEND,
            Apply::Merge => CORSAC_APPLY_MERGE,
        },
    }
}

pub(crate) fn of_image_error(error: ImageError) -> corsac_status {
    match error {
        ImageError::NotAnImage => CORSAC_ERROR_NOT_AN_IMAGE,
        ImageError::Version => CORSAC_ERROR_IMAGE_VERSION,
        ImageError::Length => CORSAC_ERROR_IMAGE_LENGTH,
        ImageError::Checksum => CORSAC_ERROR_IMAGE_CHECKSUM,
        // Whatever else a later core may find.
        _ => CORSAC_ERROR_IMAGE_STRUCTURE,
    }
}

const fn kind(kind: Kind) -> u8 {
    match kind {
        Kind::NotCors => CORSAC_KIND_NOT_CORS,
        Kind::Preflight => CORSAC_KIND_PREFLIGHT,
        Kind::Actual => CORSAC_KIND_ACTUAL,
    }
}

const fn question(question: Question) -> u8 {
    match question {
        Question::WebSocket => CORSAC_QUESTION_WEBSOCKET,
        Question::Host => CORSAC_QUESTION_HOST,
        // The enumeration may grow; the numbers here are of this version.
        _ => CORSAC_QUESTION_GUARD,
    }
}
