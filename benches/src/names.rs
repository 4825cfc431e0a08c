//! Made-up names of many lengths and shapes, each different for each number, and the same in every run.

const WORDS: [&str; 48] = [
    "acme",
    "alder",
    "amber",
    "anchor",
    "aspen",
    "atlas",
    "basil",
    "birch",
    "bluebird",
    "cedar",
    "clover",
    "cobalt",
    "copper",
    "coral",
    "crane",
    "delta",
    "ember",
    "falcon",
    "fern",
    "flint",
    "garnet",
    "granite",
    "harbor",
    "hazel",
    "heron",
    "indigo",
    "iris",
    "ivy",
    "juniper",
    "kestrel",
    "lantern",
    "larch",
    "linden",
    "maple",
    "marble",
    "meadow",
    "nimbus",
    "northwind",
    "oak",
    "opal",
    "orchard",
    "pine",
    "quartz",
    "raven",
    "saffron",
    "silverline",
    "tundra",
    "willow",
];

const ENDS: [&str; 8] = ["com", "org", "net", "io", "dev", "example", "travel", "shop"];

/// Spreads numbers; the finalizer of SplitMix64.
fn mixed(number: usize) -> usize {
    let mut bits = (number as u64).wrapping_add(0x9e37_79b9_7f4a_7c15);
    bits = (bits ^ (bits >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    bits = (bits ^ (bits >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    (bits ^ (bits >> 31)) as usize >> 8
}

fn pick<'a>(list: &[&'a str], number: usize, turn: usize) -> &'a str {
    list[mixed(number.wrapping_mul(7).wrapping_add(turn)) % list.len()]
}

/// A registrable domain, such as `cedar-heron7f.travel`.
pub fn domain(number: usize) -> String {
    let (first, second, end) = (pick(&WORDS, number, 1), pick(&WORDS, number, 2), pick(&ENDS, number, 3));
    format!("{first}-{second}{number:x}.{end}")
}

/// A label, such as `juniper3`.
pub fn label(number: usize) -> String {
    format!("{}{}", pick(&WORDS, number, 4), number % 10)
}

/// A whole origin, such as `https://juniper3.cedar-heron7f.travel`; every eighth has a port.
pub fn exact(number: usize) -> String {
    let port = if number.is_multiple_of(8) { format!(":{}", 1_024 + number % 50_000) } else { String::new() };
    format!("https://{}.{}{port}", label(number), domain(number))
}

/// A pattern for all subdomains of [`domain`].
pub fn subdomains(number: usize) -> String {
    format!("https://*.{}", domain(number))
}

/// An in-label pattern below [`domain`], such as `https://pine-*.cedar-heron7f.travel`.
pub fn in_label(number: usize) -> String {
    format!("https://{}-*.{}", pick(&WORDS, number, 5), domain(number))
}

/// An origin that [`subdomains`] of the same number takes; `turn` makes others.
pub fn below(number: usize, turn: usize) -> String {
    format!("https://{}.{}", label(turn), domain(number))
}

/// An origin that [`in_label`] of the same number takes; `turn` makes others.
pub fn within(number: usize, turn: usize) -> String {
    format!("https://{}-{}.{}", pick(&WORDS, number, 5), label(turn), domain(number))
}

/// `count` entries as a large installation might have them: of ten, six whole origins, three patterns for subdomains and
/// one in-label pattern.
pub fn mixture(count: usize) -> Vec<String> {
    let one = |number| match number % 10 {
        0..6 => exact(number),
        6..9 => subdomains(number),
        _ => in_label(number),
    };
    (0..count).map(one).collect()
}
