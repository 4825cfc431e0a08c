//! The requests of `docs/verdicts.md`, put to the verdicts that it tells of.

use std::path::Path;

use corsac::Refusal;
use serde_json::Value;

use crate::support::Folder;

/// What the title of a section has, and the verdict that the section is about.
const SECTIONS: [(&str, &str); 7] = [
    ("`decide`", "cors"),
    ("`guard`", "guard"),
    ("`allow_content_types`", "guard"),
    ("`check_host`", "host"),
    ("`check_websocket`", "websocket"),
    ("`same-site`", "guard"),
    ("plain-http", "guard"),
];

/// A section that has requests.
struct Section {
    title: String,
    verdict: &'static str,
    policy: String,
    /// Each request head and the text between it and the next one.
    requests: Vec<(Head, String)>,
    text: String,
}

#[derive(Clone)]
struct Head {
    method: String,
    /// As they are written: `Name: value`.
    fields: Vec<String>,
}

impl Head {
    fn of(block: &str) -> Self {
        let mut lines = block.lines();
        let method = lines.next().unwrap().split(' ').next().unwrap().to_owned();
        Self { method, fields: lines.take_while(|line| !line.is_empty()).map(str::to_owned).collect() }
    }

    fn field(&self, name: &str) -> Option<&str> {
        self.fields.iter().find_map(|field| field.strip_prefix(name)?.strip_prefix(": "))
    }

    /// The same request with these fields in the place of others.
    fn with(mut self, fields: &[&str]) -> Self {
        for field in fields {
            let (name, _) = field.split_once(':').unwrap();
            self.fields.retain(|other| other.split_once(':').unwrap().0 != name);
            self.fields.push((*field).to_owned());
        }
        self
    }
}

fn sections() -> Vec<Section> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/verdicts.md");
    let document = std::fs::read_to_string(path).unwrap();
    // The first one is that of all sections without one of their own.
    let shared = blocks(&document, "toml").next().unwrap().0;
    let of_section = |section: &str| {
        let (title, text) = section.split_once('\n')?;
        let requests: Vec<_> = blocks(text, "http").map(|(block, rest)| (Head::of(block), rest.to_owned())).collect();
        let (_, verdict) = SECTIONS.iter().find(|(part, _)| title.contains(part)).filter(|_| !requests.is_empty())?;
        let policy = blocks(text, "toml").next().map_or(shared, |(block, _)| block);
        let (title, policy, text) = (title.to_owned(), policy.to_owned(), text.to_owned());
        Some(Section { title, verdict, policy, requests, text })
    };
    document.split("\n## ").skip(1).filter_map(of_section).collect()
}

/// The blocks of a language, each with what follows it up to the next one.
fn blocks<'t>(text: &'t str, language: &str) -> impl Iterator<Item = (&'t str, &'t str)> {
    let fence = format!("```{language}\n");
    let after_fences: Vec<&str> = text.split(fence.as_str()).skip(1).collect();
    after_fences.into_iter().map(|rest| rest.split_once("```").unwrap())
}

/// The paragraph's part that begins with these words, in one line.
fn told(text: &str, words: &str) -> Option<String> {
    let paragraph = &text[text.find(words)?..];
    let paragraph = paragraph.split("\n\n").next()?;
    // A paragraph may go on with the other side.
    let end = paragraph[2..].find("**The honest").map_or(paragraph.len(), |end| end + 2);
    Some(paragraph[..end].replace('\n', " "))
}

/// What stands between backquotes.
fn quoted(text: &str) -> impl Iterator<Item = &str> {
    text.split('`').skip(1).step_by(2)
}

fn slug(text: &str) -> Option<&str> {
    quoted(text).find(|word| Refusal::ALL.iter().any(|refusal| refusal.slug() == *word))
}

/// Whether it is a field, of the kind that a browser writes.
fn is_field(text: &str) -> bool {
    text.starts_with(|c: char| c.is_ascii_uppercase()) && text.contains(": ")
}

/// What the command says of a request.
#[track_caller]
fn ask(verdict: &str, policy: &str, head: &Head, own_name: Option<&str>) -> Value {
    let mut arguments = vec!["decide", "p.toml", "--json", "--ask", verdict];
    if !["host", "websocket"].contains(&verdict) {
        arguments.extend(["-X", &head.method]);
    }
    arguments.extend(own_name.into_iter().flat_map(|name| ["--own-name", name]));
    arguments.extend(head.fields.iter().flat_map(|field| ["-H", field]));
    let ran = Folder::with(&[("p.toml", policy)]).run(&arguments);
    assert_eq!(ran.stderr, "", "{verdict}");
    ran.json()
}

/// Puts a request to the section's verdict and to all, which are to come to the same.
#[track_caller]
fn assert_answer(section: &Section, head: &Head, refusal: Option<&str>) {
    let Section { title, verdict, policy, .. } = section;
    let alone = ask(verdict, policy, head, None);
    assert_eq!(alone["refusal"].as_str(), refusal, "{title}: {alone}");
    // The names of a server that the section is not about are its own.
    let own_name = head.field("Host").filter(|_| *verdict != "host");
    let all = ask("screen", policy, head, own_name);
    assert_eq!(all["refusal"].as_str(), refusal, "{title}: {all}");
    let stopped_by = refusal.map(|_| *verdict).filter(|verdict| *verdict != "cors");
    assert_eq!(all["stopped_by"].as_str(), stopped_by, "{title}: {all}");
}

#[test]
fn the_requests_are_answered_as_it_says() {
    let (mut refused, mut honest) = (0, 0);
    let sections = sections();
    assert_eq!(sections.len(), SECTIONS.len());
    for section in &sections {
        for (head, after) in &section.requests {
            let Some(corsac) = told(after, "**corsac:**") else {
                // The honest page's own request, in full.
                assert_answer(section, head, None);
                honest += 1;
                continue;
            };
            assert_answer(section, head, Some(slug(&corsac).unwrap()));
            refused += 1;
            let page = told(after, "**The honest page**").unwrap();
            let fields: Vec<&str> = quoted(&page).filter(|word| is_field(word)).collect();
            if !fields.is_empty() {
                assert_answer(section, &head.clone().with(&fields), None);
                honest += 1;
            }
        }
    }
    assert!(refused >= 7 && honest >= 6, "{refused} {honest}");
}

#[test]
fn the_content_types_are_answered_as_its_table_says() {
    let section = sections().into_iter().find(|section| section.title.contains("allow_content_types")).unwrap();
    let page = ["Origin: https://app.shop.example", "Sec-Fetch-Site: same-site"];
    let mut rows = 0;
    for line in section.text.lines().filter(|line| line.starts_with("| ") && line.contains("Content-Type")) {
        let (request, answer) = line.trim_matches([' ', '|']).split_once(" | ").unwrap();
        let fields: Vec<&str> = page.into_iter().chain(quoted(request).filter(|word| is_field(word))).collect();
        let head = section.requests[0].0.clone().with(&fields);
        assert_eq!(answer == "passes", slug(answer).is_none(), "{line}");
        assert_answer(&section, &head, slug(answer));
        rows += 1;
    }
    assert!(rows >= 4, "{rows}");
}
