//! The twin: what corsac has to answer, found the slow and obvious way. Written from the design's tables, not from the
//! code: lists are searched one by one and text is cut and compared.

mod decision;
mod headers;
mod origin;
mod single;
mod verdicts;

pub(crate) use decision::decide;
pub(crate) use headers::is_token;
pub(crate) use origin::{is_serialized_origin, takes};
pub(crate) use verdicts::{
    Judged, check_host, check_websocket, guard, host_takes, is_media_type_listed, is_websocket_handshake,
    own_name_takes,
};
