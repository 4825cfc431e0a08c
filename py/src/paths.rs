//! Which policy a path has.

use std::collections::HashMap;

/// What prefixes of paths are mapped to. A prefix has no slash at its end, so that the root is the empty one.
pub(crate) struct Prefixes<T> {
    values: HashMap<String, T>,
    longest: usize,
}

impl<T> Prefixes<T> {
    pub(crate) fn new(values: HashMap<String, T>) -> Self {
        let longest = values.keys().map(String::len).max().unwrap_or_default();
        Self { values, longest }
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.values.is_empty()
    }

    pub(crate) fn values(&self) -> impl Iterator<Item = &T> {
        self.values.values()
    }

    /// What the longest prefix is mapped to that is made of whole segments of a path.
    ///
    /// What is longer than every prefix is cut off first: the work is bounded by the prefixes, not by the path.
    pub(crate) fn find(&self, path: &str) -> Option<&T> {
        let slashes = path.match_indices('/').map(|(at, _)| at);
        let ends = slashes.chain([path.len()]).take_while(|end| *end <= self.longest);
        // From the shortest on; the last one that is there is the longest.
        ends.filter_map(|end| self.values.get(path.get(..end)?)).last()
    }
}

/// The part of a path below where the application is mounted, as Starlette has it.
pub(crate) fn below<'a>(path: &'a str, root: &str) -> &'a str {
    match path.strip_prefix(root) {
        Some(rest) if rest.is_empty() || rest.starts_with('/') => rest,
        _ => path,
    }
}

/// Whether every application reads a path alike: it begins with a slash, and no segment is one that some of them drop or resolve
/// (`//`, `/./`, `/../`, and what Windows takes for a slash). A slash at the end is read alike for what prefixes are about.
pub(crate) fn is_plain(path: &str) -> bool {
    let Some(segments) = path.strip_prefix('/') else {
        return path.is_empty();
    };
    let (inner, last) = segments.rsplit_once('/').map_or((None, segments), |(inner, last)| (Some(inner), last));
    let is_resolved = |segment: &str| matches!(segment, "." | "..") || segment.contains('\\');
    !is_resolved(last) && inner.is_none_or(|inner| !inner.split('/').any(|one| one.is_empty() || is_resolved(one)))
}

/// A path as those read it that merge slashes and resolve dots.
pub(crate) fn resolved(path: &str) -> String {
    let mut segments = Vec::new();
    for segment in path.split(['/', '\\']) {
        match segment {
            "" | "." => {}
            ".." => drop(segments.pop()),
            segment => segments.push(segment),
        }
    }
    segments.into_iter().flat_map(|segment| ["/", segment]).collect()
}
