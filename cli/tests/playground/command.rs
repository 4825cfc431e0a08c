//! The command itself: what it prints, and how it ends.

use std::io::{BufRead as _, BufReader, Read as _};
use std::net::TcpListener;
use std::process::{Command, Stdio};

use tempfile::TempDir;

use crate::support::{Playground, corsac, port_of};

#[test]
fn it_prints_where_it_is() {
    let mut child = corsac(&["playground", "--no-open"]).stdout(Stdio::piped()).spawn().unwrap();
    let output = BufReader::new(child.stdout.take().unwrap());
    let lines: Vec<String> = output.lines().take(4).map(Result::unwrap).collect();
    child.kill().unwrap();
    child.wait().unwrap();
    let url = lines[0].strip_prefix("The playground is at ").unwrap();
    let api = lines[2].strip_prefix("  to the API  ").unwrap();
    let (page, api) = (port_of(url), port_of(api));
    let other = lines[1].trim_end_matches(", null").rsplit(':').next().unwrap();
    assert_eq!(
        lines,
        [
            format!("The playground is at http://localhost:{page}/"),
            format!(
                "  calls from  http://localhost:{page}, http://127.0.0.1:{page}, http://app.localhost:{page}, \
                 http://localhost:{other}, null"
            ),
            format!("  to the API  http://localhost:{api}"),
            "Only this machine reaches it; Ctrl-C ends it.".to_owned(),
        ]
    );
}

#[test]
fn the_port_of_the_page_can_be_said_and_may_be_taken() {
    let first = Playground::start(&[]);
    let port = first.ports()[0].to_string();
    let ran = corsac(&["playground", "--no-open", "--port", &port]).output().unwrap();
    let expected = format!("error: cannot listen on port {port}: Address already in use\n");
    assert_eq!((String::from_utf8(ran.stderr).unwrap(), ran.status.code()), (expected, Some(2)));
}

#[test]
fn the_page_is_on_the_port_that_is_asked_for() {
    // Another program may take a port between its being free and its being asked for.
    let served = (0..5).any(|_| {
        let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port().to_string();
        let mut child = corsac(&["playground", "--no-open", "--port", &port])
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let first = BufReader::new(child.stdout.take().unwrap()).lines().next();
        let _ = child.kill();
        child.wait().unwrap();
        first.is_some_and(|line| line.unwrap() == format!("The playground is at http://localhost:{port}/"))
    });
    assert!(served);
}

#[test]
fn ports_that_browsers_do_not_call_are_misuse() {
    let blocked = "browsers block it, see https://fetch.spec.whatwg.org/#port-blocking";
    for (port, why) in [
        ("0", "leave --port out for a free one"),
        ("80", "browsers leave the default port of http out of Host and Origin"),
        ("6000", blocked),
        ("6667", blocked),
        ("10080", blocked),
    ] {
        let ran = corsac(&["playground", "--no-open", "--port", port]).output().unwrap();
        let expected = format!("error: port {port} is none for the playground: {why}\n");
        assert_eq!((String::from_utf8(ran.stderr).unwrap(), ran.status.code()), (expected, Some(2)));
    }
}

#[test]
fn a_policy_that_is_too_long_is_misuse() {
    let folder = TempDir::new().unwrap();
    std::fs::write(folder.path().join("big.toml"), format!("#{}\n", "x".repeat(130_000))).unwrap();
    let ran = corsac(&["playground", "--no-open", "big.toml"]).current_dir(folder.path()).output().unwrap();
    let expected = "error: big.toml has 130,005 bytes as JSON, and the playground takes 122,880\n";
    assert_eq!((String::from_utf8(ran.stderr).unwrap().as_str(), ran.status.code()), (expected, Some(2)));
}

#[test]
fn a_policy_that_cannot_be_read_is_misuse() {
    let ran = corsac(&["playground", "--no-open", "no such.toml"]).output().unwrap();
    let expected = "error: cannot read no such.toml: No such file or directory\n";
    assert_eq!((String::from_utf8(ran.stderr).unwrap().as_str(), ran.status.code()), (expected, Some(2)));
}

#[cfg(unix)]
#[test]
fn an_interrupt_ends_it_well() {
    let mut playground = Playground::start(&[]);
    let id = playground.child.id().to_string();
    assert!(Command::new("kill").args(["-INT", &id]).status().unwrap().success());
    assert_eq!(playground.child.wait().unwrap().code(), Some(0));
    let mut rest = String::new();
    playground.output.read_to_string(&mut rest).unwrap();
    assert_eq!(rest.trim(), "");
}
