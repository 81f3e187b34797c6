//! The unkeyed checksum at a key's end: CRC-32 (IEEE 802.3), six base62 digits.
//!
//! Never change: every key in the world carries it. It catches every change within four neighbouring
//! characters, so every single wrong character and every swap of two neighbours. It is no MAC: anyone can
//! make one.
//!
//! The crate `crc` is what this is tested against. It goes byte by byte, or sixteen at a time with 16 KiB of
//! tables; four at a time with 4 KiB is three times as fast as the former, and the npm package counts kilobytes.

use crate::base62;

/// Digits of a checksum: the fewest that hold 32 bits.
pub(crate) const CHECKSUM_LEN: usize = 6;

/// The checksum of everything that stands before it in a key.
pub(crate) fn checksum(head: &[u8]) -> [u8; CHECKSUM_LEN] {
    base62::encode(u64::from(crc32(head)))
}

/// The polynomial of CRC-32, lowest bit first.
const POLYNOMIAL: u32 = 0xEDB8_8320;

/// `TABLES[n][byte]`: what a byte does to the remainder when `n` more bytes follow it.
static TABLES: [[u32; 256]; 4] = tables();

#[expect(clippy::indexing_slicing, reason = "runs when it is compiled; a wrong index does not compile")]
const fn tables() -> [[u32; 256]; 4] {
    let mut tables = [[0; 256]; 4];
    let mut byte = 0;
    while byte < 256 {
        #[expect(clippy::cast_possible_truncation, reason = "below 256")]
        let mut rest = byte as u32;
        let mut bits = 0;
        while bits < 32 {
            rest = if rest & 1 == 1 { (rest >> 1) ^ POLYNOMIAL } else { rest >> 1 };
            bits += 1;
            if bits % 8 == 0 {
                tables[bits / 8 - 1][byte] = rest;
            }
        }
        byte += 1;
    }
    tables
}

#[expect(clippy::indexing_slicing, reason = "a byte is below 256")]
fn crc32(bytes: &[u8]) -> u32 {
    let [last, third, second, first] = &TABLES;
    let (fours, rest) = bytes.as_chunks::<4>();
    let remainder = fours.iter().fold(u32::MAX, |remainder, four| {
        let [a, b, c, d] = (remainder ^ u32::from_le_bytes(*four)).to_le_bytes().map(usize::from);
        first[a] ^ second[b] ^ third[c] ^ last[d]
    });
    !rest.iter().fold(remainder, |remainder, byte| {
        let [a, ..] = (remainder ^ u32::from(*byte)).to_le_bytes().map(usize::from);
        last[a] ^ (remainder >> 8)
    })
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
