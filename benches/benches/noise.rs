//! The same thing as two contenders: what differs where nothing differs.

use std::hint::black_box;

use corsac_benches::comparisons::{DECIDE, DECIDE_AGAIN};
use corsac_benches::policies;
use corsac_benches::requests::{PAGE, Sent, THREE_NAMES};
use corsac_benches::sink::{Opaque, Sink};

use crate::row::{Contender, Rows};

pub(crate) fn measure(rows: &mut Rows) {
    let policy = policies::api_for(&policies::origins(1));
    for (name, sent) in
        [("actual-allowed", Sent::get(Some(PAGE))), ("preflight-allowed", Sent::preflight(PAGE, "PUT", THREE_NAMES))]
    {
        let request = sent.picked();
        assert_eq!(policy.decide(&request).allowed(), Some(true), "{name}");
        let twice = [DECIDE, DECIDE_AGAIN].map(|contender| {
            Contender::whole(contender, || Opaque.decision(&black_box(&policy).decide(black_box(&request))))
        });
        rows.measure(&format!("noise/{name}"), twice.into());
    }
}
