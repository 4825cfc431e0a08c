//! That the judge can fail: each mistake is made, and found where it was made and nowhere else. Needs a browser.

use corsac_judge::{Adapter, Error, Judge, Plant, Reach, Summary, cases};

/// What a mistake is found by.
fn telling(plant: Plant) -> &'static str {
    match plant {
        Plant::Echo => "the core says Refused",
        Plant::MissingExpose => "the fields that the page reads",
        // Remembered for five seconds, and not for none.
        Plant::MissingMaxAge => "whether a preflight is sent",
        // What is foretold has the same mistake.
        Plant::ForgottenExpose => "the policy says otherwise of reading",
        Plant::ServerError | Plant::Withheld | Plant::OtherStatus => "the server's status is",
        Plant::Forwarded => "the preflight reaches the application",
        Plant::LostField => "the application's etag is not what it was",
        Plant::MissingVary => "the server's Vary lacks",
        _ => "the core says Allowed",
    }
}

/// Whether a mistake was made, and found where it was made and nowhere else, by what tells it.
fn assert_found(name: &str, plant: Plant, summary: &Summary) {
    assert!(summary.faults.is_empty(), "{name}: {summary}");
    assert!(!summary.disagreements.is_empty(), "{name} is not found: {summary}");
    for disagreement in &summary.disagreements {
        assert!(summary.spoiled.contains(&disagreement.id), "{name} is found where it is not: {disagreement}");
    }
    let found = summary.disagreements.iter().filter(|found| found.difference.contains(telling(plant))).count();
    assert!(found > 0, "{name} is found by something else: {summary}");
    println!("{name}: made in {} cases, found in {}", summary.spoiled.len(), summary.disagreements.len());
}

#[tokio::test]
async fn each_mistake_is_found() {
    let mut judge = match Judge::start().await {
        Err(Error::Chromium(corsac_chromium::Error::Needs(what))) => return corsac_chromium::skip(what),
        judge => judge.unwrap(),
    };
    let setting = judge.setting(Reach::Any);
    let right = judge.core(cases(&setting, 3, 200), None).await.unwrap();
    assert_eq!((right.agreed, right.failed()), (200, 0), "{right}");
    assert!(right.spoiled.is_empty());
    for (name, plant) in Plant::ALL {
        // Few cases call twice, and fewer are told not to remember.
        let count = if plant == Plant::MissingMaxAge { 700 } else { 200 };
        let summary = judge.core(cases(&setting, 3, count), Some(plant)).await.unwrap();
        assert_found(name, plant, &summary);
    }
    let tower = Adapter::Tower.judge(&mut judge, 3, 50, None).await.unwrap();
    assert_eq!((tower.agreed, tower.failed()), (50, 0), "{tower}");
    for (name, plant) in [("server-error", Plant::ServerError), ("echo", Plant::Echo)] {
        assert_found(name, plant, &Adapter::Tower.judge(&mut judge, 3, 50, Some(plant)).await.unwrap());
    }
    judge.quit().await.unwrap();
}
