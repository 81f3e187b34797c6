//! The unkeyed checksum at a key's end: CRC-32 (IEEE 802.3), six base62 digits.
//!
//! Never change: every key in the world carries it. It catches every change within four neighbouring
//! characters, so every single wrong character and every swap of two neighbours. It is no MAC: anyone can
//! make one.

use crc::{CRC_32_ISO_HDLC, Crc, Table};

use crate::base62;

/// Digits of a checksum: the fewest that hold 32 bits.
pub(crate) const CHECKSUM_LEN: usize = 6;

// One 1 KiB table: keys are short, and the npm package counts kilobytes.
const CRC32: Crc<u32, Table<1>> = Crc::<u32, Table<1>>::new(&CRC_32_ISO_HDLC);

/// The checksum of everything that stands before it in a key.
pub(crate) fn checksum(head: &[u8]) -> [u8; CHECKSUM_LEN] {
    base62::encode(u64::from(CRC32.checksum(head)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn checksum_is_the_crc_of_zlib_and_png() {
        assert_eq!(CRC32.checksum(b"123456789"), 0xCBF4_3926);
    }
}
