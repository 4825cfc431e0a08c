//! A mistake in `policy!` stops the build with the message that names the field, the entry, the byte and the fix.
//!
//! Each row becomes a program of its own in one scratch package, checked by one run of cargo. The first row is the control: a
//! valid policy builds, so that the others fail for the reason given and not because of the scratch package.

use std::fs;
use std::path::Path;
use std::process::Command;

/// What `policy!` is given, and what the compiler has to say; `None` where it builds.
const ROWS: &[(&str, &str, Option<&str>)] = &[
    ("control", r#"allow_origins: &["https://example.com", "https://*.example.com"], max_age: Some(600)"#, None),
    // A user's constants may have any name.
    ("own_constants", r#"allow_origins: CONFIG, max_age: Some(LENGTH)"#, None),
    (
        "missing_scheme",
        r#"allow_origins: &["https://a.example", "example.com"]"#,
        Some(
            r#"allow_origins[1] "example.com": an origin begins with its scheme; write it, for instance https://: "https://example.com""#,
        ),
    ),
    (
        "trailing_slash",
        r#"allow_origins: &["https://example.com/"]"#,
        Some(
            r#"allow_origins[0] "https://example.com/", byte 19: nothing stands after the host or port; remove the slash: "https://example.com""#,
        ),
    ),
    (
        "upper_case",
        r#"allow_origins: &["https://Example.com"]"#,
        Some(
            r#"byte 8: an upper-case letter stands where browsers always send lower case; write it in lower case: "https://example.com""#,
        ),
    ),
    (
        "default_port",
        r#"allow_origins: &["https://example.com:443"]"#,
        Some(
            r#"byte 19: browsers leave out the scheme's default port, so the entry would never match; remove it: "https://example.com""#,
        ),
    ),
    (
        "public_suffix",
        r#"allow_origins: &["https://*.github.io"]"#,
        Some(
            "byte 10: anyone can register a name below this suffix; name your own domain, or set dangerously_allow_public_suffixes",
        ),
    ),
    (
        "any_origin_with_credentials",
        r#"allow_origins: &["*"], allow_credentials: true"#,
        Some(
            r#"allow_origins[0] "*": browsers refuse `*` with credentials; list the trusted origins, or write a pattern such as https://*.example.com, or drop allow_credentials"#,
        ),
    ),
    (
        "any_not_alone",
        r#"allow_origins: &["https://a.example", "*"]"#,
        Some(r#"allow_origins[1] "*": `*` already covers every entry beside it"#),
    ),
    (
        "null_origin",
        r#"allow_origins: &["null"]"#,
        Some("`null` is the origin of any sandboxed page; if that is meant, set allow_null_origin"),
    ),
    (
        "insecure_origin_with_credentials",
        r#"allow_origins: &["http://example.com"], allow_credentials: true"#,
        Some("anyone on the network path can speak as an http origin"),
    ),
    (
        "duplicate",
        r#"allow_origins: &["https://a.example", "https://b.example", "https://a.example"]"#,
        Some(r#"allow_origins[2] "https://a.example": the entry repeats an earlier one; remove it"#),
    ),
    (
        "forbidden_method",
        r#"allow_methods: &["trace"]"#,
        Some(r#"allow_methods[0] "trace": browsers never send this method for a page; remove it"#),
    ),
    ("method_case", r#"allow_methods: &["patch"]"#, Some(r#"write PATCH: "PATCH""#)),
    (
        "wildcard_in_name",
        r#"allow_headers: &["x-*"]"#,
        Some(r#"allow_headers[0] "x-*", byte 2: a `*` inside a name is no wildcard to a browser"#),
    ),
    (
        "forbidden_request_header",
        r#"allow_headers: &["Cookie"]"#,
        Some(r#"allow_headers[0] "Cookie": pages cannot set this header"#),
    ),
    (
        "safelisted_response_header",
        r#"expose_headers: &["content-type"]"#,
        Some(r#"expose_headers[0] "content-type": pages can read this header without permission; remove it"#),
    ),
    (
        "host_with_scheme",
        r#"allow_hosts: &["http://printer.local/"]"#,
        Some(
            r#"allow_hosts[0] "http://printer.local/": the Host field has no scheme; write the name alone, with its port if that is not the default one: "printer.local""#,
        ),
    ),
    (
        "media_type_parameter",
        r#"allow_content_types: &["application/json; charset=utf-8"]"#,
        Some(
            r#"allow_content_types[0] "application/json; charset=utf-8", byte 16: parameters of a content type do not count; write it without them: "application/json""#,
        ),
    ),
    ("max_age", "max_age: Some(86_401)", Some("max_age: no browser keeps a preflight for more than 86400 seconds")),
    (
        "status",
        "preflight_status: 301",
        Some("preflight_status: browsers take a preflight's answer only with a status from 200 to 299"),
    ),
    (
        "static_origin",
        r#"allow_origins: &["https://*.example.com"], static_origin: true"#,
        Some("static_origin: static_origin sends its entry as it is, which cannot be a pattern"),
    ),
    ("unknown_option", r#"allow_origin: &["*"]"#, Some("no field named `allow_origin`")),
    ("bare_string", r#"allow_origins: "https://example.com""#, Some("mismatched types")),
];

#[test]
fn a_mistake_stops_the_build() {
    let package = Path::new(env!("CARGO_TARGET_TMPDIR")).join("compile_fail");
    let _ = fs::remove_dir_all(package.join("src"));
    fs::create_dir_all(package.join("src/bin")).unwrap();
    let core = env!("CARGO_MANIFEST_DIR");
    let manifest = format!(
        "[package]\nname = \"scratch\"\nedition = \"2024\"\n\n[dependencies]\ncorsac = {{ path = {core:?} }}\n\n[workspace]\n"
    );
    fs::write(package.join("Cargo.toml"), manifest).unwrap();
    // The same dependencies as here, so that nothing has to be fetched.
    let _ = fs::copy(Path::new(core).join("../Cargo.lock"), package.join("Cargo.lock"));
    for (name, fields, _) in ROWS {
        let program = format!(
            "const CONFIG: &[&str] = &[\"https://example.com\"];\nconst LENGTH: u32 = 600;\n#[allow(unused)]\nconst IMAGE: (&[&str], u32) = \
             (CONFIG, LENGTH);\nstatic POLICY: corsac::PolicyRef<'static> = corsac::policy! {{ {fields} }};\nfn main() {{ let _ = POLICY.image(); }}\n"
        );
        fs::write(package.join(format!("src/bin/{name}.rs")), program).unwrap();
    }

    // As many entries as a compiler would take for an endless loop, were it not told.
    let many: String = (0..200).map(|n| format!("\"https://shop-{n}.example.com\", ")).collect();
    let program = format!(
        "static POLICY: corsac::PolicyRef<'static> = corsac::policy! {{ allow_origins: &[{many}] }};\n\
         fn main() {{ let _ = POLICY.image(); }}\n"
    );
    fs::write(package.join("src/bin/many.rs"), program).unwrap();

    let output = Command::new(env!("CARGO"))
        .args(["check", "--bins", "--keep-going", "--color", "never", "--target-dir"])
        .arg(package.join("target"))
        .current_dir(&package)
        .env_remove("RUSTFLAGS")
        .output()
        .expect("cargo runs");
    let said = String::from_utf8_lossy(&output.stderr);
    let mut faults = Vec::new();
    if said.contains("could not compile `scratch` (bin \"many\")") {
        faults.push("two hundred origins do not build".to_owned());
    }
    for (name, _, message) in ROWS {
        let failed = said.contains(&format!("could not compile `scratch` (bin \"{name}\")"));
        // A message stands above the place, which names the program.
        let place = format!("src/bin/{name}.rs:");
        let explained =
            |message: &&str| said.split("error").any(|block| block.contains(&place) && block.contains(message));
        match message {
            None if failed => faults.push(format!("{name}: does not build")),
            Some(_) if !failed => faults.push(format!("{name}: builds")),
            Some(message) if !explained(message) => {
                faults.push(format!("{name}: the compiler does not say {message:?}"))
            }
            _ => {}
        }
    }
    assert!(faults.is_empty(), "{}\n{said}", faults.join("\n"));
}
