//! The double that is nearest to a decimal number: by exact division, since every shortcut that is right for all
//! numbers takes tables of ten kilobytes.

use core::cmp::Ordering;

/// Digits that can decide. Half-way points between doubles have at most 767; of what follows only whether it is zero.
const DIGITS_MAX: usize = 800;
/// Beyond these powers of ten there are only infinity and zero.
const POWERS: core::ops::RangeInclusive<i64> = -330..=310;
/// Powers of ten up to this one, and whole numbers up to [`EXACT_MAX`], are doubles themselves.
const EXACT_POWER: u64 = 22;
const EXACT_MAX: u64 = 1 << 53;
/// Decimal digits that a word holds.
const NINE: usize = 9;

/// The double that is nearest to a number of JSON's grammar, of two the even one; infinite if it is too large.
pub(crate) fn nearest(text: &str) -> f64 {
    let (is_negative, text) = text.strip_prefix('-').map_or((false, text), |rest| (true, rest));
    let (digits, exponent) = text.split_once(['e', 'E']).unwrap_or((text, "0"));
    let far = if exponent.starts_with('-') { i64::MIN / 2 } else { i64::MAX / 2 };
    let size = size(digits, exponent.parse().unwrap_or(far).clamp(i64::MIN / 2, i64::MAX / 2));
    if is_negative { -size } else { size }
}

fn size(text: &str, exponent: i64) -> f64 {
    let fraction = text.split_once('.').map_or(0, |(_, fraction)| fraction.len());
    let mut digits: Vec<u32> =
        text.bytes().filter(|byte| *byte != b'.').map(|byte| u32::from(byte - b'0')).collect();
    let zeros = digits.iter().take_while(|digit| **digit == 0).count();
    digits.drain(..zeros);
    let mut power = exponent.saturating_sub_unsigned(fraction as u64);
    if digits.len() > DIGITS_MAX {
        let rest = digits.split_off(DIGITS_MAX);
        power = power.saturating_add_unsigned(rest.len() as u64 - 1);
        digits.push(u32::from(rest.iter().any(|digit| *digit != 0)));
    }
    let magnitude = power.saturating_add_unsigned(digits.len() as u64);
    if digits.is_empty() || magnitude < *POWERS.start() {
        return 0.0;
    }
    if magnitude > *POWERS.end() {
        return f64::INFINITY;
    }
    let mut number = Natural::default();
    for few in digits.chunks(NINE) {
        number.scale(few.len() as u64);
        number.multiply_and_add(1, few.iter().fold(0, |value, digit| value * 10 + digit));
    }
    let tens = power.unsigned_abs();
    if tens <= EXACT_POWER
        && let Some(whole) = number.small()
    {
        let scale = (0..tens).fold(1.0, |scale, _| scale * 10.0);
        return if power < 0 { whole / scale } else { whole * scale };
    }
    let mut divisor = Natural::default();
    divisor.multiply_and_add(1, 1);
    let scaled = if power < 0 { &mut divisor } else { &mut number };
    scaled.scale(tens);
    quotient(number, divisor)
}

/// The double that is nearest to `number / divisor`.
fn quotient(mut number: Natural, mut divisor: Natural) -> f64 {
    // So that the quotient is 2^exponent times something from 1 to below 2.
    let mut exponent = number.bits() - divisor.bits();
    let shift = exponent.unsigned_abs();
    if exponent < 0 {
        number.shift(shift);
    } else {
        divisor.shift(shift);
    }
    if number.compare(&divisor) == Ordering::Less {
        number.shift(1);
        exponent -= 1;
    }
    if exponent > 1023 {
        return f64::INFINITY;
    }
    // The smaller doubles have fewer bits.
    let precision = (exponent + 1075).min(53);
    if precision < 0 {
        return 0.0;
    }
    let mut mantissa: u64 = 0;
    for _ in 0..precision {
        mantissa *= 2;
        if number.compare(&divisor) != Ordering::Less {
            number.subtract(&divisor);
            mantissa += 1;
        }
        number.shift(1);
    }
    // What is left, doubled, against a whole: rounds to the nearer one, or to the even one.
    mantissa += match number.compare(&divisor) {
        Ordering::Less => 0,
        Ordering::Equal => mantissa % 2,
        Ordering::Greater => 1,
    };
    // The highest bit of a mantissa of 53, and one that rounding has carried beyond, count up the exponent.
    let biased = if precision == 53 { u64::try_from(exponent + 1022).unwrap_or(0) } else { 0 };
    f64::from_bits((biased << 52) + mantissa)
}

/// A natural number, in words of 32 bits from the lowest on, the last of them not zero.
#[derive(Default)]
struct Natural(Vec<u32>);

impl Natural {
    fn multiply_and_add(&mut self, factor: u32, addend: u32) {
        let mut carry = u64::from(addend);
        for word in &mut self.0 {
            carry += u64::from(*word) * u64::from(factor);
            *word = low(carry);
            carry >>= 32;
        }
        if carry > 0 {
            self.0.push(low(carry));
        }
    }

    /// Multiplies by a power of ten.
    fn scale(&mut self, mut power: u64) {
        while power > 0 {
            let some = power.min(NINE as u64);
            self.multiply_and_add((0..some).fold(1, |factor, _| factor * 10), 0);
            power -= some;
        }
    }

    /// The number as a double, if that is exact.
    fn small(&self) -> Option<f64> {
        let whole = match *self.0.as_slice() {
            [] => 0,
            [low] => u64::from(low),
            [low, high] => u64::from(high) << 32 | u64::from(low),
            _ => return None,
        };
        #[expect(clippy::cast_precision_loss, reason = "up to 2^53 it is exact")]
        (whole <= EXACT_MAX).then_some(whole as f64)
    }

    fn bits(&self) -> i64 {
        let highest = self.0.last().map_or(0, |word| word.leading_zeros());
        i64::try_from(self.0.len()).unwrap_or(0) * 32 - i64::from(highest)
    }

    /// Multiplies by 2 to the power of `bits`.
    fn shift(&mut self, bits: u64) {
        self.multiply_and_add(1 << (bits % 32), 0);
        self.0.splice(..0, (0..bits / 32).map(|_| 0));
    }

    fn compare(&self, other: &Self) -> Ordering {
        self.0.len().cmp(&other.0.len()).then_with(|| self.0.iter().rev().cmp(other.0.iter().rev()))
    }

    /// Subtracts a number that is not larger.
    fn subtract(&mut self, other: &Self) {
        let mut borrow = 0;
        for (place, word) in self.0.iter_mut().enumerate() {
            let less = i64::from(*word) - i64::from(other.0.get(place).copied().unwrap_or(0)) - borrow;
            borrow = i64::from(less < 0);
            *word = low(less.cast_unsigned());
        }
        while self.0.last() == Some(&0) {
            self.0.pop();
        }
    }
}

#[expect(clippy::cast_possible_truncation, reason = "that is what it is for")]
fn low(word: u64) -> u32 {
    word as u32
}
