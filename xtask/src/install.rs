//! `cargo xtask install`: libcorsac where C programs look for it.
//!
//! Header, archive, shared library, a file for pkg-config and a package for CMake. The archive that cargo makes has
//! megabytes of the compiler's library beside what is used; it is linked once more into one object that shows
//! `corsac_*` and nothing else. All is made and checked below the target folder before anything is put in its place.

use std::fs;
use std::path::{Component, Path, PathBuf};
use std::process::Command;

use lexopt::prelude::{Long, Short, ValueExt as _};

use crate::report::{Outcome, Stop, Tally};
use crate::run::{Captured, capture, cargo, emptied, pass, target_dir};

/// The version of all that is installed.
const VERSION: &str = env!("CARGO_PKG_VERSION");

/// The headers, from the folder `include`: for C, and for C++.
const HEADERS: [&str; 2] = ["corsac.h", "corsac.hpp"];

/// What the library may ask of a C library: nothing with a state, and `abort` for what cannot happen.
const IMPORTS: [&str; 6] = ["abort", "bcmp", "memcmp", "memcpy", "memmove", "memset"];

/// Where to install.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Options {
    prefix: PathBuf,
    /// Before the prefix while a package is made of it; nothing that is installed names it.
    destdir: Option<PathBuf>,
    /// The folder of libraries, below the prefix.
    libdir: PathBuf,
}

impl Options {
    /// Reads `--prefix DIR [--destdir DIR] [--libdir NAME]`; `None` where help is asked for.
    pub(crate) fn parse(arguments: &mut lexopt::Parser) -> Result<Option<Self>, lexopt::Error> {
        let (mut prefix, mut destdir, mut libdir) = (None, None, PathBuf::from("lib"));
        while let Some(argument) = arguments.next()? {
            match argument {
                Short('h') | Long("help") => return Ok(None),
                Long("prefix") => prefix = Some(PathBuf::from(arguments.value()?)),
                Long("destdir") => destdir = Some(PathBuf::from(arguments.value()?)),
                Long("libdir") => libdir = arguments.value()?.parse()?,
                other => return Err(other.unexpected()),
            }
        }
        let prefix = prefix.filter(|prefix| !prefix.as_os_str().is_empty()).ok_or("install needs --prefix DIR")?;
        if destdir.is_some() && !(prefix.is_absolute() && components_are(&prefix, is_plain_or_root)) {
            return Err("with --destdir the prefix is an absolute path without \"..\"".into());
        }
        // The way back to the prefix is counted in its components.
        if libdir.as_os_str().is_empty() || !components_are(&libdir, |part| matches!(part, Component::Normal(_))) {
            return Err("--libdir is a folder below the prefix, such as lib64".into());
        }
        Ok(Some(Self { prefix, destdir, libdir }))
    }

    /// The folder that files are put into.
    fn destination(&self) -> PathBuf {
        match &self.destdir {
            None => self.prefix.clone(),
            Some(destdir) => {
                let below = |part: &Component<'_>| matches!(part, Component::Normal(_));
                destdir.join(self.prefix.components().filter(below).collect::<PathBuf>())
            }
        }
    }

    /// The way from a folder in the folder of libraries back to the prefix: `../..` from `lib/pkgconfig`.
    fn way_back(&self, depth: usize) -> String {
        vec![".."; self.libdir.components().count() + depth].join("/")
    }
}

fn components_are(path: &Path, right: impl Fn(Component<'_>) -> bool) -> bool {
    path.components().all(right)
}

fn is_plain_or_root(part: Component<'_>) -> bool {
    matches!(part, Component::Normal(_) | Component::RootDir)
}

/// Builds the library and installs it. Who asks for that is not served by a skipped step.
pub(crate) fn install(root: &Path, options: &Options) -> Outcome {
    put_in_place(root, options).map_err(|stop| match stop {
        Stop::Needs(what) => Stop::failed(format!("needs {what}")),
        failed @ Stop::Failed(_) => failed,
    })
}

fn put_in_place(root: &Path, options: &Options) -> Outcome {
    let library = Library::build(root)?;
    let pieces = library.pieces(root, options)?;
    let destination = options.destination();
    place(&destination, &pieces)?;
    println!("installed in {}:", destination.display());
    for Piece { path, content } in &pieces {
        match content {
            Content::File(bytes, _) => println!("{:9} {}", bytes.len(), path.display()),
            Content::Link(target) => println!("{:>9} {} -> {target}", "", path.display()),
        }
    }
    println!("imports of {}: {}", library.soname, library.shared_imports.join(", "));
    println!("imports of libcorsac.a: {}", library.archive_imports.join(", "));
    Ok(Tally::PASSED)
}

/// Installs in a fresh folder below the target folder, for tests, and gives that prefix.
pub(crate) fn stage(root: &Path) -> Result<PathBuf, Stop> {
    let prefix = target_dir(root).join("install").join("stage");
    emptied(&prefix)?;
    put_in_place(root, &Options { prefix: prefix.clone(), destdir: None, libdir: "lib".into() })?;
    Ok(prefix)
}

/// The library in both forms, as it is installed.
struct Library {
    archive: Vec<u8>,
    shared: Vec<u8>,
    /// `libcorsac.so.N`, with the number of the binary interface.
    soname: String,
    archive_imports: Vec<String>,
    shared_imports: Vec<String>,
}

impl Library {
    /// Builds both forms and looks into them.
    fn build(root: &Path) -> Result<Self, Stop> {
        if !cfg!(all(target_os = "linux", target_env = "gnu")) {
            return Err(Stop::needs("GNU/Linux, so far; elsewhere `cargo cinstall` of cargo-c, in the folder ffi-c"));
        }
        for tool in ["ld", "objcopy", "objdump", "ar", "nm"] {
            if !capture(tool_named(tool).arg("--version")).is_ok_and(|ran| ran.success) {
                return Err(Stop::needs(format!("{tool} (Debian's binutils)")));
            }
        }
        let output = target_dir(root).join("ffi-c");
        let mut build = cargo(&root.join("ffi-c"));
        pass(build.args(["build", "--release", "--quiet", "--locked", "--target-dir"]).arg(&output))?;
        let built = output.join("release");
        let folder = emptied(&target_dir(root).join("install").join("made"))?;

        let shared = folder.join("libcorsac.so");
        run(tool_named("objcopy").arg("--strip-unneeded").arg(built.join("libcorsac.so")).arg(&shared))?;
        let exports = exports(&shared)?;
        if let Some(foreign) = exports.iter().find(|name| !name.starts_with("corsac_")) {
            return Err(Stop::failed(format!("libcorsac.so exports {foreign}")));
        }
        if exports.is_empty() {
            return Err(Stop::failed("libcorsac.so exports nothing"));
        }

        let archive = prelinked(&built.join("libcorsac.a"), &exports, &folder)?;
        let shown = symbols(&archive, &["--extern-only", "--defined-only"])?;
        if shown != exports {
            return Err(Stop::failed(format!("libcorsac.a shows {shown:?} and libcorsac.so {exports:?}")));
        }
        Ok(Self {
            soname: soname(&shared)?,
            archive_imports: imports(&archive, &["--undefined-only"])?,
            shared_imports: imports(&shared, &["--dynamic", "--undefined-only"])?,
            archive: read(&archive)?,
            shared: read(&shared)?,
        })
    }

    /// All that is installed, in an order in which what is found first comes last.
    fn pieces(&self, root: &Path, options: &Options) -> Result<Vec<Piece>, Stop> {
        let Some(abi) = self.soname.strip_prefix("libcorsac.so.") else {
            return Err(Stop::failed(format!("the soname {} has no number", self.soname)));
        };
        let mut pieces = Vec::new();
        for header in HEADERS {
            let bytes = read(&root.join("include").join(header))?;
            pieces.push(Piece::file(Path::new("include").join(header), bytes, 0o644));
        }
        let says = format!("#define CORSAC_ABI {abi}");
        if !fs::read_to_string(root.join("include/corsac.h")).is_ok_and(|text| text.lines().any(|line| line == says)) {
            return Err(Stop::failed(format!("include/corsac.h does not say {says:?}, as {} does", self.soname)));
        }
        let lib = &options.libdir;
        let file_name = format!("libcorsac.so.{VERSION}");
        pieces.push(Piece::file(lib.join("libcorsac.a"), self.archive.clone(), 0o644));
        pieces.push(Piece::file(lib.join(&file_name), self.shared.clone(), 0o755));
        pieces.push(Piece::link(lib.join(&self.soname), &file_name));
        pieces.push(Piece::link(lib.join("libcorsac.so"), &self.soname));

        let (major, rest) = VERSION.split_once('.').unwrap_or((VERSION, ""));
        let (minor, _) = rest.split_once('.').unwrap_or((rest, ""));
        let series = format!("{major}.{minor}");
        let libdir = lib.to_string_lossy();
        let pointer_size = size_of::<usize>().to_string();
        for (path, depth) in [
            ("pkgconfig/corsac.pc", 1),
            ("cmake/corsac/corsac-config.cmake", 2),
            ("cmake/corsac/corsac-config-version.cmake", 2),
        ] {
            let name = Path::new(path).file_name().unwrap_or_default().to_string_lossy();
            let template = root.join("ffi-c/install").join(format!("{name}.in"));
            let text = filled(
                &String::from_utf8_lossy(&read(&template)?),
                &[
                    ("VERSION", VERSION),
                    ("SERIES", &series),
                    ("MAJOR", major),
                    ("ABI", abi),
                    ("LIBDIR", &libdir),
                    ("PREFIX", &options.way_back(depth)),
                    ("POINTER_SIZE", &pointer_size),
                ],
            );
            let text =
                text.map_err(|left| Stop::failed(format!("{}: {left} stands for nothing", template.display())))?;
            pieces.push(Piece::file(lib.join(path), text.into_bytes(), 0o644));
        }
        Ok(pieces)
    }
}

/// What a shared library exports.
pub(crate) fn exports(shared: &Path) -> Result<Vec<String>, Stop> {
    symbols(shared, &["--dynamic", "--defined-only"])
}

/// Links what the exports need into one object, hides all else, and puts it into an archive of its own.
fn prelinked(archive: &Path, exports: &[String], folder: &Path) -> Result<PathBuf, Stop> {
    let object = folder.join("corsac.o");
    let mut link = tool_named("ld");
    link.args(["-r", "--gc-sections"]);
    for export in exports {
        link.args(["-u", export]);
    }
    run(link.arg("-o").arg(&object).arg(archive))?;
    run(tool_named("objcopy").args(["--wildcard", "--keep-global-symbol=corsac_*", "--strip-debug"]).arg(&object))?;
    let made = folder.join("libcorsac.a");
    // D: without times and owners, so that the same sources give the same bytes.
    run(tool_named("ar").arg("rcsD").arg(&made).arg(&object))?;
    Ok(made)
}

/// The names that `nm` lists, sorted, without the weak ones that the linker takes or leaves.
fn symbols(file: &Path, filter: &[&str]) -> Result<Vec<String>, Stop> {
    let listed = run(tool_named("nm").arg("--format=posix").args(filter).arg(file))?;
    Ok(names(&listed.stdout))
}

/// Reads lines such as `memcpy U` and `corsac_abi T 1f0 b`.
fn names(listing: &str) -> Vec<String> {
    let mut names: Vec<String> = listing
        .lines()
        .filter_map(|line| {
            let mut words = line.split(' ');
            let name = words.next()?;
            matches!(words.next()?, "U" | "T" | "D" | "B" | "R").then(|| name.to_owned())
        })
        .collect();
    names.sort();
    names
}

/// What the file leaves to others, which has to be a part of any C library.
fn imports(file: &Path, filter: &[&str]) -> Result<Vec<String>, Stop> {
    let names = symbols(file, filter)?;
    match names.iter().find(|name| !IMPORTS.contains(&name.as_str())) {
        Some(foreign) => Err(Stop::failed(format!("{} imports {foreign}", file.display()))),
        None => Ok(names),
    }
}

/// The name by which programs look for the shared library.
fn soname(file: &Path) -> Result<String, Stop> {
    let headers = run(tool_named("objdump").arg("-p").arg(file))?.stdout;
    let mut lines = headers.lines().map(str::split_whitespace);
    let name = lines.find_map(|mut words| if words.next() == Some("SONAME") { words.next() } else { None });
    name.map(str::to_owned).ok_or_else(|| Stop::failed("libcorsac.so has no SONAME"))
}

/// Puts each value in the place of its `@NAME@`; fails with a name that none was given for.
fn filled(template: &str, values: &[(&str, &str)]) -> Result<String, String> {
    let mut text = template.to_owned();
    for (name, value) in values {
        text = text.replace(&format!("@{name}@"), value);
    }
    match text.split('@').nth(1) {
        Some(left) => Err(format!("@{left}@")),
        None => Ok(text),
    }
}

/// A file or a link, by its path below the prefix.
#[derive(Debug)]
struct Piece {
    path: PathBuf,
    content: Content,
}

#[derive(Debug)]
enum Content {
    /// Bytes, and the mode.
    File(Vec<u8>, u32),
    /// Where the link leads.
    Link(String),
}

impl Piece {
    fn file(path: PathBuf, bytes: Vec<u8>, mode: u32) -> Self {
        Self { path, content: Content::File(bytes, mode) }
    }

    fn link(path: PathBuf, target: &str) -> Self {
        Self { path, content: Content::Link(target.to_owned()) }
    }
}

/// Puts all pieces below the prefix. Each is first written beside its place, and only when all are, each takes it: a
/// full disk or a folder that may not be written to leaves what was there as it was.
fn place(prefix: &Path, pieces: &[Piece]) -> Result<(), Stop> {
    let mut written = Vec::new();
    let mut put = || {
        for piece in pieces {
            let path = prefix.join(&piece.path);
            let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
            let beside = path.with_file_name(format!(".{name}.{}", std::process::id()));
            // A folder there would only show at the renaming.
            if path.is_dir() {
                return Err(Stop::failed(format!("{} is a folder", path.display())));
            }
            written.push((beside.clone(), path));
            piece
                .write(&beside)
                .map_err(|error| Stop::failed(format!("cannot write {}: {error}", beside.display())))?;
        }
        for (beside, path) in &written {
            fs::rename(beside, path)
                .map_err(|error| Stop::failed(format!("cannot put {} in its place: {error}", path.display())))?;
        }
        Ok(())
    };
    let outcome = put();
    if outcome.is_err() {
        for (beside, _) in &written {
            let _ = fs::remove_file(beside);
        }
    }
    outcome
}

impl Piece {
    fn write(&self, path: &Path) -> std::io::Result<()> {
        if let Some(folder) = path.parent() {
            fs::create_dir_all(folder)?;
        }
        match &self.content {
            Content::File(bytes, mode) => {
                fs::write(path, bytes)?;
                set_mode(path, *mode)
            }
            Content::Link(target) => link(target, path),
        }
    }
}

#[cfg(unix)]
fn set_mode(path: &Path, mode: u32) -> std::io::Result<()> {
    use std::os::unix::fs::PermissionsExt as _;
    fs::set_permissions(path, fs::Permissions::from_mode(mode))
}

#[cfg(unix)]
fn link(target: &str, path: &Path) -> std::io::Result<()> {
    std::os::unix::fs::symlink(target, path)
}

#[cfg(not(unix))]
fn set_mode(_path: &Path, _mode: u32) -> std::io::Result<()> {
    Ok(())
}

#[cfg(not(unix))]
fn link(_target: &str, _path: &Path) -> std::io::Result<()> {
    Err(std::io::ErrorKind::Unsupported.into())
}

/// A tool of binutils, which is to speak English.
fn tool_named(name: &str) -> Command {
    let mut command = Command::new(name);
    command.env("LC_ALL", "C");
    command
}

/// Runs a tool in silence; what it says is shown when it fails.
fn run(command: &mut Command) -> Result<Captured, Stop> {
    let ran = capture(command)?;
    if ran.success {
        return Ok(ran);
    }
    crate::run::show(command);
    Err(Stop::failed(ran.stderr.trim().to_owned()))
}

fn read(file: &Path) -> Result<Vec<u8>, Stop> {
    fs::read(file).map_err(|error| Stop::failed(format!("cannot read {}: {error}", file.display())))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(arguments: &[&str]) -> Result<Option<Options>, String> {
        let words = std::iter::once("xtask").chain(arguments.iter().copied());
        Options::parse(&mut lexopt::Parser::from_iter(words)).map_err(|error| error.to_string())
    }

    fn options(arguments: &[&str]) -> Options {
        parse(arguments).expect("good arguments").expect("no help")
    }

    #[test]
    fn the_destination_is_the_prefix_or_below_destdir() {
        assert_eq!(options(&["--prefix", "/usr"]).destination(), Path::new("/usr"));
        let packaged = options(&["--prefix=/usr/local", "--destdir=pkg", "--libdir", "lib/x86_64-linux-gnu"]);
        assert_eq!(packaged.destination(), Path::new("pkg/usr/local"));
        assert_eq!(packaged.way_back(1), "../../..");
        assert_eq!(parse(&["--prefix", "/usr", "--help"]), Ok(None));
    }

    #[test]
    fn mistakes_are_named() {
        let destdir = "with --destdir the prefix is an absolute path without \"..\"";
        let libdir = "--libdir is a folder below the prefix, such as lib64";
        for (arguments, mistake) in [
            (&[][..], "install needs --prefix DIR"),
            (&["--prefix", ""], "install needs --prefix DIR"),
            (&["--prefix", "usr", "--destdir", "pkg"], destdir),
            (&["--prefix", "/usr/../etc", "--destdir", "pkg"], destdir),
            (&["--prefix", "/usr", "--libdir", "/usr/lib"], libdir),
            (&["--prefix", "/usr", "--libdir", "../lib"], libdir),
            (&["--prefix", "/usr", "--libdir", ""], libdir),
            (&["--prefix", "/usr", "--bindir", "bin"], "invalid option '--bindir'"),
        ] {
            assert_eq!(parse(arguments), Err(mistake.into()), "{arguments:?}");
        }
    }

    #[test]
    fn a_template_is_filled_or_blamed() {
        assert_eq!(filled("a @X@ b @X@ @Y@", &[("X", "1"), ("Y", "2")]), Ok("a 1 b 1 2".into()));
        assert_eq!(filled("a @X@ b @Z@", &[("X", "1")]), Err("@Z@".into()));
    }

    #[test]
    fn weak_symbols_are_not_listed() {
        assert_eq!(names("memcpy U         \n__gmon_start__ w         \nbcmp U\n"), ["bcmp", "memcpy"]);
        assert_eq!(names("libcorsac.a[corsac.o]:\ncorsac_abi T 0 b\n"), ["corsac_abi"]);
    }

    #[cfg(unix)]
    #[test]
    fn nothing_is_half_installed() {
        let prefix = std::env::temp_dir().join(format!("corsac-install-{}", std::process::id()));
        emptied(&prefix).expect("a folder");
        let pieces = |text: &str| {
            vec![
                Piece::file("lib/a".into(), text.as_bytes().to_vec(), 0o644),
                Piece::link("lib/b".into(), "a"),
                Piece::file("lib/in/the/way".into(), Vec::new(), 0o644),
            ]
        };
        assert_eq!(place(&prefix, &pieces("one")), Ok(()));
        assert_eq!(place(&prefix, &pieces("two")), Ok(()), "over what is there");
        assert_eq!(fs::read_to_string(prefix.join("lib/b")).ok().as_deref(), Some("two"));

        // Where the last folder should be is now a file.
        fs::remove_dir_all(prefix.join("lib/in")).expect("the folder");
        fs::write(prefix.join("lib/in"), "a file").expect("a file");
        assert!(matches!(place(&prefix, &pieces("three")), Err(Stop::Failed(_))));
        assert_eq!(fs::read_to_string(prefix.join("lib/a")).ok().as_deref(), Some("two"));
        assert_eq!(prefix.join("lib").read_dir().expect("a folder").count(), 3, "no temporary file is left");
        let _ = fs::remove_dir_all(&prefix);
    }
}
