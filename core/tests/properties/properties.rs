//! The properties: each makes a case out of a source of choices and checks it.

use corsac::Scheme;

use crate::shared::checks::image::HEAD_LEN;
use crate::shared::checks::{
    Visit, blanks_do_not_matter, calls_match_the_browser, config_is_judged_soundly, decision_matches_the_twin,
    image_is_safe, lists_of_the_verdicts_do_not_matter, matcher_matches_the_twin, own_host_passes,
    pages_act_as_they_may, screen_is_its_parts, spelling_does_not_matter, spelling_does_not_matter_to_verdicts,
    unlooked_fields_do_not_matter, unnamed_fields_do_not_matter, url_crate_agrees, vary_is_justified,
    verdicts_match_the_twin, with_checksum,
};
use crate::shared::fault::{Checked, ensure};
use crate::shared::options::Valid;
use crate::shared::source::Source;
use crate::shared::verdict_request::VerdictRequest;
use crate::shared::wire::WireRequest;
use crate::shared::{generate, options};

pub(crate) fn browser(source: &mut Source<'_>) -> Checked {
    let valid = generate::policy(source);
    let visit = visit(source, &valid);
    calls_match_the_browser(&valid, &visit)
}

/// One to four calls by one or two pages.
pub(crate) fn visit(source: &mut Source<'_>, valid: &Valid) -> Visit {
    let pages = [generate::page_origin(source, &valid.options), generate::page_origin(source, &valid.options)];
    let paired = source.one_in(8).then(|| pages[0].clone());
    let calls = if source.percent(40) { 1 } else { source.between(2, 4) };
    let calls = (0..calls).map(|_| {
        let page = &pages[usize::from(source.one_in(6))];
        let later = if source.percent(70) { 0 } else { source.between(1, 700) as u64 };
        (later, generate::call(source, &valid.options, page))
    });
    Visit { calls: calls.collect(), paired }
}

pub(crate) fn decision(source: &mut Source<'_>) -> Checked {
    let valid = generate::policy(source);
    let request = generate::request(source, &valid.options);
    let origin = request.values("Origin").next();
    let paired = if source.one_in(4) { origin } else { None };
    decision_matches_the_twin(&valid, &request, paired)
}

pub(crate) fn matcher(source: &mut Source<'_>) -> Checked {
    let valid = generate::many_origins(source, 300);
    for _ in 0..8 {
        let origin = generate::origin(source, &valid.options.allow_origins);
        matcher_matches_the_twin(&valid, &origin)?;
    }
    Ok(())
}

/// A list too long to be made of choices: 30,000 entries of every kind, of which choices pick what is asked about.
pub(crate) fn long_list(source: &mut Source<'_>) -> Checked {
    let entry = |n: u32| match n % 5 {
        0 => format!("https://h{n}.example.com"),
        1 => format!("https://*.s{n}.example.com"),
        2 => format!("https://p{n}-*.example.com"),
        3 => format!("https://p*-{n}.example.com"),
        _ => format!("https://example.com:{}", 1_000 + n),
    };
    let valid = options::Options { allow_origins: (0..30_000).map(entry).collect(), ..Default::default() }.repair();
    ensure!(valid.options.allow_origins.len() == 30_000, "an entry of the long list is refused");
    for _ in 0..300 {
        let origin = generate::origin(source, &valid.options.allow_origins);
        matcher_matches_the_twin(&valid, &origin)?;
    }
    Ok(())
}

pub(crate) fn well_formed(source: &mut Source<'_>) -> Checked {
    let entry = generate::entry(source);
    let origin = generate::origin(source, &[entry]);
    url_crate_agrees(&origin)?;
    let closed = options::Options::default().repair();
    matcher_matches_the_twin(&closed, &origin)
}

/// The requested list, alone: more lists for the same time.
pub(crate) fn header_list(source: &mut Source<'_>) -> Checked {
    let mut valid = generate::policy(source);
    valid.options.allow_origins = vec!["https://a.example".to_owned()];
    valid.options.static_origin = false;
    let valid = valid.options.repair();
    for _ in 0..4 {
        let mut request = WireRequest::new(b"OPTIONS")
            .with("Origin", b"https://a.example")
            .with("Access-Control-Request-Method", b"GET");
        for line in generate::header_list(source, &valid.options) {
            request = request.with("Access-Control-Request-Headers", &line);
        }
        decision_matches_the_twin(&valid, &request, None)?;
        blanks_do_not_matter(&valid, &request)?;
    }
    Ok(())
}

pub(crate) fn vary(source: &mut Source<'_>) -> Checked {
    let valid = generate::policy(source);
    for _ in 0..4 {
        unnamed_fields_do_not_matter(source, &valid)?;
    }
    Ok(())
}

pub(crate) fn vary_justified(source: &mut Source<'_>) -> Checked {
    vary_is_justified(&generate::policy(source))
}

pub(crate) fn spelling(source: &mut Source<'_>) -> Checked {
    let valid = generate::policy(source);
    let request = generate::request(source, &valid.options);
    let respelled = generate::respelled(source, &request);
    spelling_does_not_matter(&valid, &request, &respelled)
}

pub(crate) fn verdicts(source: &mut Source<'_>) -> Checked {
    let valid = generate::policy(source);
    let (request, paired) = verdict_request(source, &valid);
    verdicts_match_the_twin(&valid, &request, paired.as_deref())
}

/// A request, and now and then its origin as one for which the host's function vouches.
pub(crate) fn verdict_request(source: &mut Source<'_>, valid: &Valid) -> (VerdictRequest, Option<Vec<u8>>) {
    let request = generate::verdict_request(source, &valid.options);
    let origin = request.wire.values("Origin").next().map(<[u8]>::to_vec);
    (request, origin.filter(|_| source.one_in(4)))
}

pub(crate) fn verdict_spelling(source: &mut Source<'_>) -> Checked {
    let valid = generate::policy(source);
    let request = generate::verdict_request(source, &valid.options);
    let respelled = generate::respelled_verdict(source, &request);
    spelling_does_not_matter_to_verdicts(&valid, &request, &respelled)?;
    unlooked_fields_do_not_matter(&valid, &request)
}

/// The own page of a server, as its `Host` tells, to which a browser sends no `Sec-Fetch-Site`.
pub(crate) fn own_host(source: &mut Source<'_>) -> Checked {
    let valid = generate::policy(source);
    let mut request = generate::verdict_request(source, &valid.options);
    let own = generate::own_origin(source, &valid.options);
    let host = generate::own_host(source, &own);
    request.wire.method = generate::unsafe_method(source).into_bytes();
    request.wire.marks.clear();
    ["Origin", "Host", ":authority", "Sec-Fetch-Site"].iter().for_each(|name| request.wire.remove(name));
    let name = if source.one_in(4) { ":authority" } else { "Host" };
    request.wire = request.wire.with("Origin", own.as_bytes()).with(name, &host);
    let scheme = if own.starts_with("https:") { Scheme::Https } else { Scheme::Http };
    request.scheme = source.one_in(2).then_some(scheme);
    request.own_names = vec![String::from_utf8_lossy(&host).to_ascii_lowercase()];
    own_host_passes(&valid, &request)
}

pub(crate) fn own_pages(source: &mut Source<'_>) -> Checked {
    let valid = generate::policy(source);
    let page = generate::own_page(source, &valid.options);
    pages_act_as_they_may(&valid, &page, source.one_in(2))
}

pub(crate) fn listed_pages(source: &mut Source<'_>) -> Checked {
    let valid = generate::policy(source);
    let page = generate::listed_page(source, &valid.options);
    pages_act_as_they_may(&valid, &page, source.one_in(2))
}

pub(crate) fn strange_pages(source: &mut Source<'_>) -> Checked {
    let valid = generate::open_policy(source);
    let page = generate::strange_page(source, &valid.options);
    pages_act_as_they_may(&valid, &page, source.one_in(2))
}

pub(crate) fn screen(source: &mut Source<'_>) -> Checked {
    let valid = generate::policy(source);
    let (mut request, paired) = verdict_request(source, &valid);
    if source.percent(70) {
        let host = request.wire.values("Host").next().unwrap_or_default();
        request.own_names.push(String::from_utf8_lossy(host).to_ascii_lowercase());
    }
    screen_is_its_parts(&valid, &request, paired.as_deref())
}

pub(crate) fn lists_of_the_verdicts(source: &mut Source<'_>) -> Checked {
    let valid = generate::policy(source);
    let request: WireRequest = if source.one_in(2) {
        generate::request(source, &valid.options)
    } else {
        generate::verdict_request(source, &valid.options).wire
    };
    let origin = request.values("Origin").next().filter(|_| source.one_in(4));
    lists_of_the_verdicts_do_not_matter(&valid, &request, origin)
}

pub(crate) fn config(source: &mut Source<'_>) -> Checked {
    config_is_judged_soundly(&generate::any_options(source))
}

pub(crate) fn image(source: &mut Source<'_>) -> Checked {
    let untouched = generate::policy(source).image;
    ensure!(with_checksum(untouched.clone()) == untouched, "an image that is right as it is is put right");
    let image = changed_image(source);
    image_is_safe(&image)?;
    image_is_safe(&with_checksum(image)).map(|_| ())
}

/// A valid image with something changed, and now and then bytes that never were one.
pub(crate) fn changed_image(source: &mut Source<'_>) -> Vec<u8> {
    if source.one_in(16) {
        return generate::any_bytes(source, 400);
    }
    let mut image = generate::policy(source).image;
    let changes = source.below(4);
    for _ in 0..changes {
        change(source, &mut image);
    }
    image
}

fn change(source: &mut Source<'_>, image: &mut Vec<u8>) {
    let length = image.len();
    if length < HEAD_LEN {
        return;
    }
    match source.below(7) {
        0 => {
            let at = source.below(length);
            image[at] = if source.one_in(2) { source.byte() } else { b'!' + source.byte() % 94 };
        }
        // A number of the head.
        1 => {
            let at = 16 + 4 * source.below((HEAD_LEN - 16) / 4);
            put_number(source, image, at);
        }
        // A number of the tables, which come before the texts.
        2 | 3 => {
            let at = HEAD_LEN + 4 * source.below((length - HEAD_LEN) / 8 + 1);
            put_number(source, image, at);
        }
        4 => image.truncate(source.between(length / 2, length)),
        _ => {
            let (from, to) = (source.below(length), source.below(length));
            let count = source.below(24).min(length - from).min(length - to);
            image.copy_within(from..from + count, to);
        }
    }
}

/// Writes a number that is likely to be wrong, or a little off.
fn put_number(source: &mut Source<'_>, image: &mut [u8], at: usize) {
    let length = u32::try_from(image.len()).unwrap_or(u32::MAX);
    let Some(place) = image.get_mut(at..at + 4) else {
        return;
    };
    let old = u32::from_le_bytes([place[0], place[1], place[2], place[3]]);
    let number = match source.below(8) {
        0 => 0,
        1 => u32::MAX,
        2 => length,
        3 => length.wrapping_sub(old),
        4 => old.wrapping_add(1),
        5 => old.wrapping_sub(1),
        6 => old ^ (1 << source.below(32)),
        _ => u32::try_from(source.below(image_bound(length))).unwrap_or(0),
    };
    place.copy_from_slice(&number.to_le_bytes());
}

fn image_bound(length: u32) -> usize {
    usize::try_from(length).unwrap_or(1).max(1)
}
