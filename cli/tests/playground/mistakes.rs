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
fn a_fix_is_applied_and_works_for_real() {
    visit(async |page| {
        page.try_out("header").await;
        page.chromium.click("#apply").await.unwrap();
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
