//! The pages: a script that makes many calls and says what came of each.

use serde::Deserialize;

use corsac_browser::Header;

use crate::case::from_latin_1;
use crate::seen::Read;

/// The path of the page with the script, and of one that has it in a sandboxed frame, whose origin is `null`.
pub(crate) const PLAIN: &str = "/page";
pub(crate) const SANDBOXED: &str = "/sandboxed";

/// Runs cases and gives `[[id, [outcome, ...]], ...]`, where an outcome is `null` for a `TypeError`, or a status and headers.
/// Between two calls of one case a request without CORS marks the border in the server's log.
pub(crate) const PAGE: &str = r#"<!doctype html><meta charset=utf-8><title>corsac-judge</title><script>
async function call(url, { method, headers, credentials }) {
  try {
    const response = await fetch(url, { method, headers, credentials });
    const outcome = { status: response.status, fields: [...response.headers] };
    await response.arrayBuffer();
    return outcome;
  } catch (error) {
    return error instanceof TypeError ? null : { fault: String(error) };
  }
}
async function judge(cases) {
  const results = [];
  const left = cases.values();
  const one = async () => {
    for (const { id, url, mark, calls } of left) {
      const outcomes = [];
      for (const [at, each] of calls.entries()) {
        if (at) await fetch(mark, { mode: 'no-cors', cache: 'no-store' });
        if (each.wait) await new Promise((done) => setTimeout(done, each.wait));
        outcomes.push(await call(url, each));
      }
      results.push([id, outcomes]);
    }
  };
  await Promise.all(Array.from({ length: 24 }, one));
  return results;
}
addEventListener('message', async ({ data, source }) => {
  source.postMessage(await judge(data).catch((error) => ({ fault: String(error) })), '*');
});
</script>"#;

/// The same page in a sandboxed frame, asked by messages.
pub(crate) const FRAMING: &str = r#"<!doctype html><meta charset=utf-8><title>corsac-judge</title>
<iframe sandbox=allow-scripts src=/page></iframe><script>
const frame = document.querySelector('iframe');
const judge = (cases) => new Promise((done) => {
  addEventListener('message', ({ data }) => done(data), { once: true });
  frame.contentWindow.postMessage(cases, '*');
});
</script>"#;

/// What is run in either page. What keeps the script from its end is told at once.
pub(crate) const RUN: &str =
    "const [cases, done] = arguments; judge(cases).then(done, (error) => done({ fault: String(error) }));";

/// What the script says.
#[derive(Debug, Deserialize)]
#[serde(untagged)]
pub(crate) enum Answer {
    Said(Vec<Said>),
    /// It has not come to its end.
    Fault {
        fault: String,
    },
}

/// What the script says of one case.
#[derive(Debug, Deserialize)]
pub(crate) struct Said(pub(crate) usize, pub(crate) Vec<Option<Told>>);

/// What it says of one call that did not end in a `TypeError`.
#[derive(Debug, Deserialize)]
#[serde(untagged)]
pub(crate) enum Told {
    Read {
        status: u16,
        fields: Vec<(String, String)>,
    },
    /// An exception that no `fetch` has.
    Fault {
        fault: String,
    },
}

impl Told {
    /// What the page read.
    pub(crate) fn read(self) -> Result<Read, String> {
        match self {
            Self::Fault { fault } => Err(fault),
            Self::Read { status, fields } => {
                let field = |(name, value): (String, String)| Some((name, from_latin_1(&value)?));
                let fields: Option<Vec<Header>> = fields.into_iter().map(field).collect();
                let fields = fields.ok_or("a header with a character that is no byte")?;
                Ok(Read { status, fields })
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_the_script_says_is_read() {
        let said =
            r#"[[3, [null, { "status": 200, "fields": [["etag", "\u00e9"]] }]], [4, [{ "fault": "RangeError" }]]]"#;
        let Answer::Said(said) = serde_json::from_str(said).unwrap() else { panic!("{said}") };
        let mut outcomes = said.into_iter().flat_map(|Said(_, outcomes)| outcomes);
        assert!(outcomes.next().unwrap().is_none());
        let read = outcomes.next().unwrap().unwrap().read().unwrap();
        assert_eq!(read, Read { status: 200, fields: vec![("etag".to_owned(), b"\xe9".to_vec())] });
        assert_eq!(outcomes.next().unwrap().unwrap().read(), Err("RangeError".to_owned()));
        let fault = serde_json::from_str(r#"{ "fault": "TypeError" }"#).unwrap();
        assert!(matches!(fault, Answer::Fault { fault } if fault == "TypeError"));
    }
}
