//! Every preset, and calls from every origin: what was predicted is what the browser does.

use corsac_chromium::json;

use crate::browser::visit;

const READS: &str = "The page reads the response";
const NOTHING: &str = "The page reads nothing";

#[test]
fn the_browser_does_as_predicted() {
    visit(async |page| {
        let presets = page.value("setup.presets").await;
        let presets = presets.as_array().unwrap();
        assert!(presets.len() > 8);
        for preset in presets {
            let id = preset["id"].as_str().unwrap();
            page.try_out(id).await;
            let wanted = match preset["expect"].as_str().unwrap() {
                "reads" => [READS, READS],
                "stops" => [NOTHING, NOTHING],
                _ => ["The policy is invalid", "Cannot be asked"],
            };
            assert_eq!(page.verdicts().await, wanted, "{id}");
            let agreement = page.text("#agreement").await;
            let is_asked = wanted[1] != "Cannot be asked";
            assert!(
                if is_asked { agreement.starts_with("They agree, on ") } else { agreement.is_empty() },
                "{id}: {agreement}"
            );
            let stops = page.value("document.querySelectorAll('.checks .failed').length").await;
            assert_eq!(stops, json!(u8::from(wanted[0] == NOTHING)), "{id}");
            assert_eq!(page.value("document.activeElement.id").await, "outcome", "{id}");
        }
    });
}

#[test]
fn a_call_can_come_from_every_origin() {
    visit(async |page| {
        page.edit("allow_origins = [\"http://*.localhost:*\", \"http://localhost:*\"]\nexpose_headers = [\"etag\"]\n")
            .await;
        page.value("void (form.method.value = 'POST', form.headers.value = '', form.credentials.checked = false)")
            .await;
        for (at, origin) in page.playground.pages().into_iter().enumerate() {
            page.value(&format!("void (form.from.selectedIndex = {at}, form.from.dispatchEvent(new Event('input')))"))
                .await;
            page.settle().await;
            page.run().await;
            let is_listed = origin.contains("localhost");
            assert_eq!(page.verdicts().await, [if is_listed { READS } else { NOTHING }; 2], "{origin}");
            assert_eq!(page.text("#agreement").await, "They agree, on one request.", "{origin}");
            let sent = page.text(".arrived .message dl").await;
            assert!(sent.contains(&format!("origin{origin}")), "{origin}: {sent}");
        }
    });
}

#[test]
fn an_origin_of_another_machine_is_only_predicted() {
    visit(async |page| {
        page.edit("allow_origins = [\"https://app.example.com\"]\nallow_credentials = true\n").await;
        page.value("void (form.from.selectedIndex = setup.pages.length, form.from.dispatchEvent(new Event('input')))")
            .await;
        page.value("void (form.method.value = 'GET', form.headers.value = '')").await;
        page.chromium.fill("#other", "https://app.example.com").await.unwrap();
        page.settle().await;
        assert_eq!(page.verdicts().await, [READS, "Cannot be asked"]);
        assert_eq!(page.value("$('run').ariaDisabled").await, "true");
        let why = "Predicted only: no page on this machine has that origin.";
        assert_eq!(page.text("#run-note").await, why);
        page.chromium.fill("#other", "no origin").await.unwrap();
        page.settle().await;
        assert_eq!(page.verdicts().await, ["This is no call", "Cannot be asked"]);
    });
}

#[test]
fn two_runs_leave_one_answer() {
    visit(async |page| {
        page.try_out("all-in-order").await;
        let count = "document.querySelectorAll('.arrived, #arrived-title').length";
        for _ in 0..2 {
            page.run().await;
            assert_eq!(page.value(count).await, json!(2));
        }
        // At once.
        page.value("void (run(), run(), run())").await;
        page.until("'made' in $('real').dataset").await;
        page.settle().await;
        assert_eq!(page.value(count).await, json!(2));
        assert_eq!(page.text("#agreement").await, "They agree, on both requests.");
        // One that cannot be made takes the answer of the last away.
        page.value("void (form.response.value = 'Content-Length: 7', form.response.dispatchEvent(new Event('input')))")
            .await;
        page.settle().await;
        page.run().await;
        assert_eq!(page.text("#real .word").await, "Could not be asked");
        assert_eq!((page.text("#agreement").await, page.value(count).await), (String::new(), json!(0)));
    });
}

#[test]
fn an_edit_during_a_call_drops_it() {
    visit(async |page| {
        page.try_out("all-in-order").await;
        // Before the prediction is back, and after.
        for first in ["void 0", "edited()"] {
            page.value(&format!("void ({first}, run(), form.policy.value = '', edited())")).await;
            page.settle().await;
            assert_eq!(page.verdicts().await, ["The page reads nothing", "Not asked yet"]);
            // Longer than a call takes.
            tokio::time::sleep(std::time::Duration::from_millis(500)).await;
            assert_eq!(page.verdicts().await, ["The page reads nothing", "Not asked yet"]);
            page.try_out("all-in-order").await;
        }
    });
}

#[test]
fn a_fix_does_not_overwrite_what_is_newer() {
    visit(async |page| {
        page.try_out("header").await;
        page.value("void (apply(), form.policy.value = '# newer', edited())").await;
        assert_eq!(page.value("$('apply').disabled").await, json!(true));
        page.settle().await;
        tokio::time::sleep(std::time::Duration::from_millis(300)).await;
        assert_eq!(page.value("form.policy.value").await, "# newer");
    });
}

#[test]
fn what_the_library_adds_is_named() {
    visit(async |page| {
        page.try_out("expose-any").await;
        let why = page.text("#real .why").await;
        let added = ", content-type, etag, vary; and content-length and date, which the server's HTTP library adds.";
        assert!(why.ends_with(added), "{why}");
        assert_eq!(page.text("#agreement").await, "They agree, on one request.");
        // Of the application's own it is no addition.
        page.value("void (form.response.value = 'Date: then', form.response.dispatchEvent(new Event('input')))").await;
        page.settle().await;
        page.run().await;
        let why = page.text("#real .why").await;
        assert!(why.contains(", date, vary; ") && why.contains("and content-length, which"), "{why}");
        assert_eq!(page.text("#agreement").await, "They agree, on one request.");
    });
}

#[test]
fn a_difference_is_told() {
    visit(async |page| {
        page.try_out("expose").await;
        // As if the prediction had been another.
        page.value("void (shown.story.readable.fields = [['Content-Type', 'text/plain'], ['ETag', '7']], shown.story.readable.status = 201, run())")
            .await;
        page.until("'made' in $('real').dataset").await;
        page.settle().await;
        let agreement = page.text("#agreement").await;
        assert_eq!(
            agreement,
            "They differ: the status that the page sees is 200 in place of 201; the page does not see etag; \
             content-type is application/json in place of text/plain."
        );
    });
}

#[test]
fn values_beyond_ascii_are_one_byte_each() {
    visit(async |page| {
        let origin = page.playground.pages()[0];
        page.edit(&format!("allow_origins = [\"{origin}\"]\nallow_headers = [\"x-a\"]\nexpose_headers = [\"x-b\"]\n"))
            .await;
        page.value("void (form.method.value = 'GET', form.credentials.checked = false)").await;
        page.value("void (form.headers.value = 'X-A: ä', form.response.value = 'X-B: ü', edited())").await;
        page.settle().await;
        page.run().await;
        assert_eq!(page.verdicts().await, [READS; 2]);
        assert_eq!(page.text("#agreement").await, "They agree, on both requests.");
        let arrived = page.text(".arrived").await;
        assert!(arrived.contains("x-aä"), "{arrived}");
    });
}

#[test]
fn a_frame_that_fails_is_given_up() {
    visit(async |page| {
        page.try_out("expose").await;
        page.value("void (frames.clear(), setup.pages[0].frame = '/nothing')").await;
        page.run().await;
        let why = page.text("#real .why").await;
        assert!(why.starts_with("This browser shows no page of http://localhost:"), "{why}");
        assert_eq!(page.value("frames.size").await, json!(0));
        page.chromium.console().await.unwrap();
        page.value("void (setup.pages[0].frame = '/caller')").await;
        page.run().await;
        assert_eq!(page.text("#agreement").await, "They agree, on one request.");
    });
}

#[test]
fn a_fix_is_applied_and_works_for_real() {
    visit(async |page| {
        page.try_out("header").await;
        page.chromium.click("#apply").await.unwrap();
        page.until("form.policy.value.includes('allow_headers')").await;
        page.settle().await;
        let policy = page.value("form.policy.value").await;
        assert!(
            policy.as_str().unwrap().ends_with("allow_methods = [\"PUT\"]\nallow_headers = [\"content-type\"]\n"),
            "{policy}"
        );
        page.run().await;
        assert_eq!(page.verdicts().await, [READS; 2]);
        assert_eq!(page.text("#agreement").await, "They agree, on both requests.");
    });
}
