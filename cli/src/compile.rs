//! `corsac compile`: a policy as an image, a C header or a Rust constant.

use std::fs::{self, Permissions};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use serde::Serialize;

use crate::args::{self, Format};
use crate::loaded::Loaded;
use crate::output::{Exit, GOOD, Misuse, Output, grouped, reason, visible};
use crate::source_code;

/// Runs the command.
pub(crate) fn run(args: &args::Compile, json: bool) -> Result<Output, Misuse> {
    let to_stdout = args.output == Path::new("-");
    if to_stdout && json {
        return Err(Misuse::new("--json and the image cannot both go to standard output"));
    }
    let format = format(args)?;
    let name = name(args, format)?;
    if !to_stdout && target(&args.output) == target(&args.policy) {
        return Err(Misuse::new(format!("{} is the policy itself; write to another file", args.output.display())));
    }
    let loaded = Loaded::read(&args.policy)?;
    // What is written is what others will open.
    loaded.policy()?;
    let content = match format {
        Format::Bin => loaded.image.clone(),
        Format::C => source_code::c_header(&loaded, &name).into_bytes(),
        Format::Rust => source_code::rust_constant(&loaded, &name).into_bytes(),
    };
    if to_stdout {
        return Ok(Output::bytes(content, Exit::Yes));
    }
    write_whole(&args.output, &content)
        .map_err(|error| Misuse::new(format!("cannot write {}: {}", args.output.display(), reason(&error))))?;
    let path = args.output.display().to_string();
    let image_len = loaded.image.len();
    if json {
        let name = (format != Format::Bin).then_some(name);
        return Ok(Output::json(&CompileJson { path, format: format.as_str(), name, image_len }, Exit::Yes));
    }
    let what = match format {
        Format::Bin => String::new(),
        Format::C | Format::Rust => format!(" as {name}"),
    };
    let (path, bytes) = (visible(&path), grouped(image_len));
    Ok(Output::text(format!("{GOOD}wrote{GOOD:#} {path}: an image of {bytes} bytes{what}\n"), Exit::Yes))
}

#[derive(Serialize)]
struct CompileJson {
    path: String,
    format: &'static str,
    name: Option<String>,
    image_len: usize,
}

fn format(args: &args::Compile) -> Result<Format, Misuse> {
    if let Some(format) = args.format {
        return Ok(format);
    }
    match args.output.extension().and_then(|extension| extension.to_str()) {
        Some("bin") => Ok(Format::Bin),
        Some("h") => Ok(Format::C),
        Some("rs") => Ok(Format::Rust),
        _ => Err(Misuse::new(format!(
            "{} does not end in .bin, .h or .rs; name the format with --format",
            args.output.display()
        ))),
    }
}

/// The name of the constant: given, or made of the file's.
fn name(args: &args::Compile, format: Format) -> Result<String, Misuse> {
    if let Some(name) = &args.name {
        let is_identifier = name.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_')
            && name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_')
            && name != "_";
        if !is_identifier {
            return Err(Misuse::new(format!("--name {name}: no identifier of letters, digits and underscores")));
        }
        return Ok(name.clone());
    }
    let stem = args.output.file_stem().and_then(|stem| stem.to_str()).unwrap_or_default();
    let mut name: String = stem.chars().map(|c| if c.is_ascii_alphanumeric() { c } else { '_' }).collect();
    if !name.contains("policy") {
        // No word of either language has this in it.
        name.push_str("_policy");
    }
    if !name.starts_with(|c: char| c.is_ascii_alphabetic()) {
        name.insert_str(0, "corsac_");
    }
    Ok(if format == Format::Rust { name.to_ascii_uppercase() } else { name.to_ascii_lowercase() })
}

/// Writes a file so that it holds all of the content or what it held before; nothing else is left behind.
fn write_whole(path: &Path, content: &[u8]) -> io::Result<()> {
    let path = &target(path);
    if let Ok(metadata) = fs::metadata(path)
        && !metadata.is_file()
    {
        if metadata.is_dir() {
            return Err(io::Error::from(io::ErrorKind::IsADirectory));
        }
        // A device or a pipe is written to, not replaced.
        return fs::OpenOptions::new().write(true).open(path)?.write_all(content);
    }
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let mut builder = tempfile::Builder::new();
    builder.prefix(".corsac-");
    let permissions = fs::metadata(path).map(|metadata| metadata.permissions()).ok().or_else(new_file_permissions);
    if let Some(permissions) = permissions {
        builder.permissions(permissions);
    }
    let mut file = builder.tempfile_in(folder)?;
    file.write_all(content)?;
    file.as_file().sync_all()?;
    file.persist(path).map_err(|error| error.error)?;
    Ok(())
}

/// The file behind a symbolic link, which then stays one.
fn target(path: &Path) -> PathBuf {
    fs::canonicalize(path).unwrap_or_else(|_| path.to_owned())
}

/// What any new file gets, less the user's mask; a temporary file alone would be for its owner only.
#[cfg(unix)]
fn new_file_permissions() -> Option<Permissions> {
    use std::os::unix::fs::PermissionsExt;
    Some(Permissions::from_mode(0o666))
}

#[cfg(not(unix))]
fn new_file_permissions() -> Option<Permissions> {
    None
}
