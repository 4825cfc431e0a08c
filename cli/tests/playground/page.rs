//! The page as people use it: errors at their line, by keyboard, on phones, in both colour schemes.

use corsac_chromium::{ColorScheme, Key, json};

use crate::browser::{Page, visit};

const POLICY: &str = "allow_origins = [\"https://a.example\"]\n";

#[test]
fn it_loads_with_a_story() {
    visit(async |page| {
        assert_eq!(page.verdicts().await, ["The page reads the response", "Not asked yet"]);
        let story = page.text("#story").await;
        for part in [
            "Is a preflight needed?",
            "The preflight",
            "OPTIONS /items/7",
            "one of 200 to 299",
            "The request",
            "PUT /items/7",
        ] {
            assert!(story.contains(part), "{part}: {story}");
        }
        let anchors = "[...document.querySelectorAll('.checks a')].every((a) => a.href.startsWith('https://fetch.spec.whatwg.org/#'))";
        assert_eq!(page.value(anchors).await, json!(true));
        page.run().await;
        assert_eq!(page.verdicts().await, ["The page reads the response"; 2]);
    });
}

#[test]
fn an_error_is_shown_at_its_line() {
    visit(async |page| {
        let bad = "# mine\nallow_origins = [\n  \"https://a.example\",\n  \"https://b.example/\",\n]\n";
        page.chromium.fill("#policy", bad).await.unwrap();
        page.settle().await;
        assert_eq!(page.text("#gutter .error").await, "4");
        assert_eq!(page.text("#policy-state").await, "1 error");
        let finding = page.text("#problems .error").await;
        assert!(
            finding.starts_with("Line 4: ") && finding.contains("remove the slash: \"https://b.example\""),
            "{finding}"
        );
        assert_eq!(page.value("form.policy.getAttribute('aria-describedby')").await, "problems");
        assert_eq!(page.value("form.policy.getAttribute('aria-invalid')").await, "true");
        assert_eq!(page.value("$('run').ariaDisabled").await, "true");
        assert_eq!(page.text("#run-note").await, "There is nothing to call before the errors are gone.");
        assert!(page.text("#predicted .why").await.contains("Line 4: "));
        page.chromium.click("#problems button").await.unwrap();
        let before_caret = page.value("form.policy.value.slice(0, form.policy.selectionStart)").await;
        assert!(before_caret.as_str().unwrap().ends_with("\"https://b.example"), "{before_caret}");

        page.edit(&bad.replace("e/\"", "e\"")).await;
        assert_eq!(page.text("#policy-state").await, "valid");
        assert_eq!(
            page.value("$('run').ariaDisabled === 'true' || $('problems').childElementCount > 0").await,
            json!(false)
        );

        page.edit("allow_origins = [\n").await;
        assert_eq!(page.text("#gutter .error").await, "1");
        assert!(page.text("#problems .error").await.starts_with("Line 1: "));
        page.edit("allow_origins = []\n").await;
        assert_eq!(
            (page.text("#policy-state").await, page.text("#gutter .warning").await),
            ("valid, 1 remark".into(), "1".into())
        );
    });
}

#[test]
fn an_error_far_below_is_scrolled_to() {
    visit(async |page| {
        let good: String = (0..80).map(|at| format!("  \"https://a{at}.example\",\n")).collect();
        page.edit(&format!("allow_origins = [\n{good}  \"https://b.example/\",\n]\n")).await;
        assert_eq!(page.value("form.policy.scrollTop").await, json!(0));
        page.chromium.click("#problems .error button").await.unwrap();
        let is_in_view = "(() => { const top = 81 * parseFloat(getComputedStyle(form.policy).lineHeight); \
                          return top > form.policy.scrollTop && top < form.policy.scrollTop + form.policy.clientHeight; })()";
        page.until(is_in_view).await;
    });
}

#[test]
fn findings_that_stay_are_not_told_again() {
    visit(async |page| {
        page.edit("allow_origins = [\"https://a.example/\"]\n").await;
        page.value("void (globalThis.finding = $('problems').firstChild)").await;
        page.edit("allow_origins = [\"https://a.example/\"]\n\n").await;
        assert_eq!(page.value("$('problems').firstChild === finding").await, json!(true));
        page.edit("\nallow_origins = [\"https://a.example/\"]\n").await;
        assert_eq!(page.value("$('problems').firstChild === finding").await, json!(false));
    });
}

#[test]
fn a_field_that_cannot_be_read_is_marked() {
    visit(async |page| {
        page.edit(POLICY).await;
        let chosen = "void (form.from.selectedIndex = setup.pages.length, form.from.dispatchEvent(new Event('input')))";
        page.value(chosen).await;
        for (field, bad, good, told) in [
            ("other", "nowhere", "https://a.example", "is no origin of a page"),
            ("method", "PUT IT", "PUT", "is not a method and a URL"),
            ("headers", "X-A", "X-A: 1", "the header `X-A` has no colon"),
            ("headers", "X-A: €", "X-A: ä", "browsers send nothing over U+00FF"),
            ("response", "X A: 1", "", "is no header name"),
        ] {
            let type_in = async |text: &str| {
                let script = "const field = $(arguments[0]); field.value = arguments[1]; field.dispatchEvent(new Event('input'));";
                page.chromium.evaluate(script, &[json!(field), json!(text)]).await.unwrap();
                page.settle().await;
                let invalid = "[...document.querySelectorAll('[aria-invalid=true]')].map((field) => field.id)";
                page.value(invalid).await
            };
            assert_eq!(type_in(bad).await, json!([field]), "{bad}");
            let described = page.value(&format!("$($('{field}').getAttribute('aria-describedby')).textContent")).await;
            assert!(described.as_str().unwrap().contains(told), "{described}");
            assert_eq!(page.value(&format!("$('{field}').checkVisibility()")).await, json!(true));
            assert_eq!(page.text("#predicted .word").await, "This is no call");
            assert_eq!(type_in(good).await, json!([]), "{good}");
        }
    });
}

#[test]
fn what_the_server_does_not_take_is_told_as_that() {
    visit(async |page| {
        page.try_out("header").await;
        page.edit(&format!("#{}\n", "x".repeat(130 << 10))).await;
        let [predicted, real] = page.verdicts().await;
        assert_eq!([predicted.as_str(), real.as_str()], ["No answer", "Cannot be asked"]);
        let why = page.text("#predicted .why").await;
        assert!(why.starts_with("The policy and the call are too long for the playground: "), "{why}");
        assert!(page.text("#run-note").await.starts_with("The policy and the call are too long"));
        let stale = "$('fix').checkVisibility() || $('story').childElementCount + $('problems').childElementCount > 0";
        assert_eq!(page.value(stale).await, json!(false));
        assert_eq!(page.text("#policy-state").await, "not checked");
        page.edit(POLICY).await;
        assert_eq!(page.text("#predicted .word").await, "The page reads nothing");
    });
}

#[test]
fn a_refusal_of_the_server_is_told() {
    visit(async |page| {
        page.value("void (setup.most_bytes = Infinity)").await;
        page.edit(&format!("#{}\n", "x".repeat(130 << 10))).await;
        let why = page.text("#predicted .why").await;
        assert!(why.starts_with("The playground's server "), "{why}");
        // The refusal, which the test provoked.
        page.chromium.console().await.unwrap();
    });
}

#[test]
fn what_is_typed_is_never_markup() {
    visit(async |page| {
        let markup = "<img src=x onerror=alert(1)>";
        page.edit(&format!("allow_origins = [\"{markup}\"]\n{markup}\n")).await;
        page.edit(&format!("allow_origins = [\"{markup}\"]\n")).await;
        assert!(page.text("#problems").await.contains(markup));
        page.edit(POLICY).await;
        page.value(&format!(
            "void (form.headers.value = 'X-A: {markup}', form.headers.dispatchEvent(new Event('input')))"
        ))
        .await;
        page.settle().await;
        assert!(page.text("#story").await.contains(markup));
        page.run().await;
        assert_eq!(page.value("document.querySelectorAll('main img').length").await, json!(0));
    });
}

/// Asks for a text and a picture of a server, and says which directives of the Content-Security-Policy kept it from doing so.
const STRAY: &str = "const [url, done] = arguments; const kept = [];
  addEventListener('securitypolicyviolation', (event) => {
    kept.push(event.effectiveDirective);
    if (kept.length === 2) done(kept.sort());
  });
  fetch(url).catch(() => {});
  const picture = document.createElement('img');
  picture.src = url;";

#[test]
fn it_cannot_load_from_elsewhere() {
    visit(async |page| {
        // Even where it is this machine.
        let elsewhere = format!("{}/icon.svg", page.playground.pages()[3]);
        let kept = page.chromium.run(STRAY, &[json!(elsewhere)]).await.unwrap();
        assert_eq!(kept, json!(["connect-src", "img-src"]));
        let complaints = page.chromium.console().await.unwrap();
        assert!(
            complaints.len() >= 2 && complaints.iter().all(|said| said.contains("Content Security Policy")),
            "{complaints:?}"
        );
    });
}

/// What has the focus, by its id or text.
async fn focused(page: &Page) -> String {
    let name = "document.activeElement.id || document.activeElement.textContent.trim()";
    page.value(name).await.as_str().unwrap().to_owned()
}

/// Presses a key while Ctrl is held, and has the browser do what it does then in a text.
async fn with_control(page: &Page, key: &str, command: &str) {
    for (kind, commands) in [("rawKeyDown", [command].as_slice()), ("keyUp", &[])] {
        let event = json!({ "type": kind, "modifiers": 2, "key": key, "commands": commands });
        page.chromium.devtools("Input.dispatchKeyEvent", event).await.unwrap();
    }
}

#[test]
fn everything_is_within_reach_of_the_keyboard() {
    visit(async |page| {
        let press = async |keys: &str| page.chromium.type_keys(keys).await.unwrap();
        let tab = Key::Tab.value().to_string();
        for wanted in ["Skip to the outcome", "Classic mistakes", "policy"] {
            press(&tab).await;
            assert_eq!(focused(page).await, wanted);
            let outline = page.value(
                "getComputedStyle(document.activeElement.closest('.editor') ?? document.activeElement).outlineStyle",
            );
            assert_ne!(outline.await, "none", "{wanted}");
        }
        with_control(page, "a", "selectAll").await;
        let page_origin = page.playground.pages()[0];
        press(&format!("allow_origins = [\"{page_origin}\"]")).await;
        for wanted in ["from", "method"] {
            press(&tab).await;
            assert_eq!(focused(page).await, wanted);
        }
        press("DELETE").await;
        for wanted in ["credentials", "headers", "The application's own response", "run"] {
            press(&tab).await;
            assert_eq!(focused(page).await, wanted);
            if wanted == "credentials" {
                press(" ").await;
            }
        }
        // In haste: before what was typed is predicted.
        press(&Key::Enter.value().to_string()).await;
        page.until("'made' in $('real').dataset").await;
        assert_eq!(page.verdicts().await, ["The page reads nothing"; 2]);
        assert_eq!(page.text("#agreement").await, "They agree, on one request.");
        press(&tab).await;
        assert_eq!(focused(page).await, "apply");
        press(&Key::Enter.value().to_string()).await;
        page.until("document.activeElement.id === 'outcome'").await;
        with_control(page, "Enter", "").await;
        page.until("'made' in $('real').dataset").await;
        page.settle().await;
        assert_eq!(page.verdicts().await, ["The page reads the response"; 2]);
        let policy = page.value("form.policy.value").await;
        assert!(policy.as_str().unwrap().contains("allow_methods = [\"DELETE\"]"), "{policy}");
    });
}

#[test]
fn a_phone_scrolls_one_way_only() {
    visit(async |page| {
        page.chromium.resize(375, 812).await.unwrap();
        for preset in ["all-in-order", "header", "star-credentials", "patch"] {
            page.try_out(preset).await;
            let wide = "[...document.querySelectorAll('body *')].filter((e) => e.getBoundingClientRect().right > innerWidth + 0.5 && \
                        !e.closest('.hidden')).map((e) => e.outerHTML.slice(0, 99))";
            assert_eq!(page.value(wide).await, json!([]), "{preset}");
            assert_eq!(page.value("document.documentElement.scrollWidth <= 375").await, json!(true), "{preset}");
        }
        let small = "[...document.querySelectorAll('button, select, input:not([type=checkbox])')].filter((e) => e.offsetHeight && \
                     e.offsetHeight < 36 && !e.closest('.problems')).map((e) => e.id)";
        assert_eq!(page.value(small).await, json!([]));
    });
}

/// The texts, and the edges of controls, of which the contrast to what is behind them is below that of WCAG 2.2, level AA.
const FAINT: &str = "(() => {
  const channels = (color) => color.match(/[\\d.]+/g).map(Number);
  const luminance = (color) => {
    const [r, g, b] = channels(color).map((c) => (c /= 255, c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4));
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const ground = (element) => {
    for (let at = element; at; at = at.parentElement) {
      const color = getComputedStyle(at).backgroundColor;
      if (channels(color)[3] !== 0) return color;
    }
    return 'rgb(255, 255, 255)';
  };
  const contrast = (one, other) => {
    const [a, b] = [luminance(one), luminance(other)].sort((x, y) => y - x);
    return (a + 0.05) / (b + 0.05);
  };
  const hasText = (element) => [...element.childNodes].some((node) => node.nodeType === 3 && node.data.trim());
  const texts = [...document.querySelectorAll('body *')]
    .filter((e) => hasText(e) && e.checkVisibility() && !e.matches('script, option, noscript, :disabled'))
    .map((e) => [4.5, contrast(getComputedStyle(e).color, ground(e)), e.outerHTML.slice(0, 99)]);
  const controls = [...document.querySelectorAll('input:not([type=checkbox]), select, textarea:not(#policy), .editor')]
    .filter((e) => e.checkVisibility())
    .flatMap((e) => [ground(e), ground(e.parentElement)].map((beside) =>
      [3, contrast(getComputedStyle(e).borderTopColor, beside), e.outerHTML.slice(0, 99)]));
  if (controls.length < 10) return ['too few controls are seen'];
  return [...texts, ...controls].filter(([wanted, found]) => found < wanted);
})()";

#[test]
fn it_is_legible_in_both_colour_schemes() {
    visit(async |page| {
        let mut grounds = Vec::new();
        for scheme in [ColorScheme::Light, ColorScheme::Dark] {
            page.chromium.prefer(scheme).await.unwrap();
            page.value("void (form.response.closest('details').open = true)").await;
            for preset in ["all-in-order", "header", "star-credentials", "null"] {
                page.try_out(preset).await;
                assert_eq!(page.value(FAINT).await, json!([]), "{scheme:?} {preset}");
            }
            page.edit("allow_origins = []\n").await;
            assert_eq!(page.value(FAINT).await, json!([]), "{scheme:?}");
            grounds.push(page.value("getComputedStyle(document.body).backgroundColor").await);
        }
        assert_ne!(grounds[0], grounds[1]);
    });
}
