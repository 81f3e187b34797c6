//! Base62 digits: `0-9 A-Z a-z`, most significant first, padded on the left with `0`.

const DIGITS: &[u8; 62] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

/// The base62 digit for `value % 62`. Looked up: a branch for each range is guessed wrong every other time.
#[expect(clippy::indexing_slicing, reason = "the remainder is below 62, so it is its own lowest byte")]
pub(crate) fn digit(value: u64) -> u8 {
    let [rest, ..] = (value % 62).to_le_bytes();
    DIGITS[usize::from(rest)]
}

/// `value` modulo 62^`WIDTH`, in exactly `WIDTH` digits.
pub(crate) fn encode<const WIDTH: usize>(mut value: u64) -> [u8; WIDTH] {
    let mut digits = [b'0'; WIDTH];
    for slot in digits.iter_mut().rev() {
        *slot = digit(value);
        value /= 62;
    }
    digits
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn digits_come_in_the_stated_order() {
        let all: Vec<u8> = (0..62).map(digit).collect();
        assert_eq!(all, b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz");
    }

    #[test]
    fn numbers_are_padded_and_most_significant_first() {
        assert_eq!(&encode::<6>(0), b"000000");
        assert_eq!(&encode::<6>(62), b"000010");
        assert_eq!(&encode::<6>(u64::from(u32::MAX)), b"4gfFC3");
        assert_eq!(&encode::<11>(u64::MAX), b"LygHa16AHYF");
    }
}
