//! The unkeyed checksum at a key's end: CRC-32 (IEEE 802.3), six base62 digits.
//!
//! Never change: every key in the world carries it. It catches every change within four neighbouring
//! characters, so every single wrong character and every swap of two neighbours. It is not a MAC: anyone can
//! make one.
//!
//! The crate `crc` is what this is tested against. It goes byte by byte, or sixteen bytes at a time with 16 KiB
//! of tables in the binary. Eight at a time is four times as fast as the former, and the tables are made at the
//! first use (some ten microseconds), because the npm package counts kilobytes.

use std::sync::LazyLock;

use crate::base62;

/// Digits of a checksum: the fewest that hold 32 bits.
pub(crate) const CHECKSUM_LEN: usize = 6;

/// The checksum of everything before it in a key.
pub(crate) fn checksum(head: &[u8]) -> [u8; CHECKSUM_LEN] {
    base62::encode(u64::from(crc32(head)))
}

/// The polynomial of CRC-32, lowest bit first.
const POLYNOMIAL: u32 = 0xEDB8_8320;

/// `TABLES[n][byte]`: what a byte does to the remainder when `n` more bytes follow it.
static TABLES: LazyLock<[[u32; 256]; 8]> = LazyLock::new(|| {
    let mut table = [0; 256];
    for (byte, rest) in (0_u32..).zip(&mut table) {
        *rest = (0..8).fold(byte, |rest, _| (rest >> 1) ^ if rest & 1 == 1 { POLYNOMIAL } else { 0 });
    }
    let mut following = table;
    core::array::from_fn(|_| {
        let these = following;
        following = following.map(|rest| step(&table, rest, 0));
        these
    })
});

/// The remainder after one more byte.
#[expect(clippy::indexing_slicing, reason = "a byte is below 256")]
fn step(table: &[u32; 256], remainder: u32, byte: u8) -> u32 {
    let [lowest, ..] = remainder.to_le_bytes();
    table[usize::from(lowest ^ byte)] ^ (remainder >> 8)
}

#[expect(clippy::indexing_slicing, reason = "a byte is below 256")]
fn crc32(bytes: &[u8]) -> u32 {
    let tables = &*TABLES;
    let (eights, rest) = bytes.as_chunks::<8>();
    let remainder = eights.iter().fold(u32::MAX, |remainder, eight| {
        let mixed = (u64::from(remainder) ^ u64::from_le_bytes(*eight)).to_le_bytes();
        tables.iter().rev().zip(mixed).fold(0, |sum, (table, byte)| sum ^ table[usize::from(byte)])
    });
    let [table, ..] = tables;
    !rest.iter().fold(remainder, |remainder, byte| step(table, remainder, *byte))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn checksum_is_the_crc_of_zlib_and_png() {
        assert_eq!(crc32(b""), 0);
        assert_eq!(crc32(b"123456789"), 0xCBF4_3926);
    }

    proptest! {
        #[test]
        fn checksum_agrees_with_the_crate_crc(bytes in any::<Vec<u8>>()) {
            let peer = crc::Crc::<u32>::new(&crc::CRC_32_ISO_HDLC);
            prop_assert_eq!(crc32(&bytes), peer.checksum(&bytes));
        }
    }
}
