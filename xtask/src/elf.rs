//! The little of the ELF format that measuring an image takes: sections and symbol names of a 32-bit little-endian
//! file.
//!
//! Layout after the System V ABI, "Object Files".

use core::ops::Range;

/// What an image holds.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Image {
    /// Bytes of machine code.
    pub(crate) code: u32,
    /// Bytes of constants, tables included.
    pub(crate) constants: u32,
    /// Bytes of writable memory, initialized or not.
    pub(crate) memory: u32,
    /// Bytes of memory that flash holds the first values of.
    pub(crate) initialized: u32,
    /// Names as the compiler wrote them, mangled.
    pub(crate) symbols: Vec<String>,
}

impl Image {
    /// Reads a linked image; `None` when the bytes are no such file or its symbols were stripped.
    pub(crate) fn read(file: &[u8]) -> Option<Self> {
        if file.get(..6)? != b"\x7fELF\x01\x01" {
            return None;
        }
        let sections = Section::all(file)?;
        let mut image = Self { code: 0, constants: 0, memory: 0, initialized: 0, symbols: Vec::new() };
        for section in sections.iter().filter(|section| section.flags & Section::ALLOCATED != 0) {
            let kind = if section.flags & Section::WRITABLE != 0 {
                &mut image.memory
            } else if section.flags & Section::EXECUTABLE != 0 {
                &mut image.code
            } else {
                &mut image.constants
            };
            *kind = kind.checked_add(section.size)?;
            if section.flags & Section::WRITABLE != 0 && section.kind != Section::EMPTY {
                image.initialized = image.initialized.checked_add(section.size)?;
            }
        }
        let table = sections.iter().find(|section| section.kind == Section::SYMBOLS)?;
        let names = sections.get(usize::try_from(table.link).ok()?)?.bytes(file)?;
        for symbol in table.bytes(file)?.chunks_exact(16) {
            let name = names.get(usize::try_from(u32_at(symbol, 0)?).ok()?..)?;
            let name = name.split(|byte| *byte == 0).next()?;
            image.symbols.push(String::from_utf8_lossy(name).into_owned());
        }
        Some(image)
    }

    /// Bytes of flash: what is read and never written, and what memory begins with.
    pub(crate) fn flash(&self) -> u32 {
        self.code.saturating_add(self.constants).saturating_add(self.initialized)
    }
}

/// A section header.
#[derive(Debug)]
struct Section {
    kind: u32,
    flags: u32,
    offset: u32,
    size: u32,
    link: u32,
}

impl Section {
    const SYMBOLS: u32 = 2;
    const EMPTY: u32 = 8;
    const WRITABLE: u32 = 1;
    const ALLOCATED: u32 = 2;
    const EXECUTABLE: u32 = 4;

    fn all(file: &[u8]) -> Option<Vec<Self>> {
        let table = usize::try_from(u32_at(file, 32)?).ok()?;
        let size = usize::from(u16_at(file, 46)?);
        let count = usize::from(u16_at(file, 48)?);
        if size < 40 {
            return None;
        }
        file.get(table..)?.chunks_exact(size).take(count).map(Self::read).collect()
    }

    fn read(header: &[u8]) -> Option<Self> {
        Some(Self {
            kind: u32_at(header, 4)?,
            flags: u32_at(header, 8)?,
            offset: u32_at(header, 16)?,
            size: u32_at(header, 20)?,
            link: u32_at(header, 24)?,
        })
    }

    fn bytes<'f>(&self, file: &'f [u8]) -> Option<&'f [u8]> {
        let start = usize::try_from(self.offset).ok()?;
        file.get(start..)?.get(..usize::try_from(self.size).ok()?)
    }
}

fn u32_at(bytes: &[u8], at: usize) -> Option<u32> {
    array(bytes, at..at.checked_add(4)?).map(u32::from_le_bytes)
}

fn u16_at(bytes: &[u8], at: usize) -> Option<u16> {
    array(bytes, at..at.checked_add(2)?).map(u16::from_le_bytes)
}

fn array<const N: usize>(bytes: &[u8], range: Range<usize>) -> Option<[u8; N]> {
    bytes.get(range)?.try_into().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A file of the given sections, `(kind, flags, link, bytes)`, with the headers at its end.
    fn file(sections: &[(u32, u32, u32, &[u8])]) -> Vec<u8> {
        let mut file = b"\x7fELF\x01\x01".to_vec();
        file.resize(52, 0);
        let mut headers = Vec::new();
        for (kind, flags, link, bytes) in sections {
            let offset = u32::try_from(file.len()).unwrap();
            let size = u32::try_from(bytes.len()).unwrap();
            for word in [0, *kind, *flags, 0, offset, size, *link, 0, 0, 0] {
                headers.extend_from_slice(&u32::to_le_bytes(word));
            }
            file.extend_from_slice(bytes);
        }
        let table = u32::try_from(file.len()).unwrap();
        file[32..36].copy_from_slice(&table.to_le_bytes());
        file[46..48].copy_from_slice(&40_u16.to_le_bytes());
        file[48..50].copy_from_slice(&u16::try_from(sections.len()).unwrap().to_le_bytes());
        file.extend_from_slice(&headers);
        file
    }

    fn symbol(name: u8) -> [u8; 16] {
        let mut symbol = [0; 16];
        symbol[0] = name;
        symbol
    }

    #[test]
    fn sections_are_summed_by_what_they_hold() {
        let symbols = [symbol(0), symbol(1), symbol(6)].concat();
        let image = Image::read(&file(&[
            (0, 0, 0, b""),
            (1, 0b110, 0, &[0; 40]),
            (1, 0b010, 0, &[0; 12]),
            (1, 0b010, 0, &[0; 4]),
            (1, 0b011, 0, &[0; 8]),
            (8, 0b011, 0, &[0; 24]),
            (1, 0, 0, b"comment"),
            (2, 0, 8, &symbols),
            (3, 0, 0, b"\0open\0decide\0"),
        ]));
        let symbols = ["", "open", "decide"].map(String::from).to_vec();
        let image = image.expect("a well-formed file");
        assert_eq!(image, Image { code: 40, constants: 16, memory: 32, initialized: 8, symbols });
        assert_eq!(image.flash(), 64);
    }

    #[test]
    fn a_stripped_or_broken_file_is_none() {
        assert_eq!(Image::read(b""), None);
        assert_eq!(Image::read(b"\x7fELF\x02\x01 a 64-bit file"), None);
        assert_eq!(Image::read(&file(&[(1, 0b110, 0, &[0; 40])])), None, "stripped");
        let whole = file(&[(2, 0, 1, &symbol(1)), (3, 0, 0, b"\0open\0")]);
        assert!(Image::read(&whole).is_some());
        for end in 0..whole.len() {
            // No cut may panic; a cut in the header table loses the sections.
            assert_eq!(Image::read(&whole[..end]), None, "cut at {end}");
        }
    }
}
