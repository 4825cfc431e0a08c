//! What the property tests and the fuzz targets share: cases made from bytes, slow twins that read the design's tables the
//! obvious way, and the checks that compare the two.

pub(crate) mod source;

pub(crate) mod fault;
pub(crate) mod options;
pub(crate) mod verdict_request;
pub(crate) mod wire;

pub(crate) mod generate;
pub(crate) mod naive;

pub(crate) mod checks;
