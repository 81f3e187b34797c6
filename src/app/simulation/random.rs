//! Where every choice of a simulation comes from: its seed.

use std::cell::Cell;

use keyward_core::{Entropy, EntropyError};

/// A generator (`SplitMix64`) that gives the same numbers for the same seed.
#[derive(Debug)]
pub(crate) struct Random(Cell<u64>);

impl Random {
    pub(crate) fn new(seed: u64) -> Self {
        Self(Cell::new(seed))
    }

    pub(crate) fn next(&self) -> u64 {
        self.0.set(self.0.get().wrapping_add(0x9e37_79b9_7f4a_7c15));
        mix(self.0.get())
    }

    /// A number below `end`.
    pub(crate) fn below(&self, end: usize) -> usize {
        self.between(0, i64::try_from(end).expect("small") - 1).try_into().expect("not negative")
    }

    /// A number in this range, both ends included.
    pub(crate) fn between(&self, first: i64, last: i64) -> i64 {
        let span = u64::try_from(last - first + 1).expect("a range");
        first + i64::try_from(self.next() % span).expect("small")
    }

    /// Whether something happens that happens so often in a thousand times.
    pub(crate) fn chance(&self, of_thousand: u32) -> bool {
        self.next() % 1000 < u64::from(of_thousand)
    }

    pub(crate) fn pick<T: Copy>(&self, choices: &[T]) -> T {
        choices[self.below(choices.len())]
    }
}

/// What makes numbers out of numbers that are alike.
pub(crate) fn mix(number: u64) -> u64 {
    let mixed = (number ^ (number >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    mixed ^ (mixed >> 31)
}

/// Random bytes for keys and ids.
#[derive(Debug)]
pub(crate) struct Bytes<'a>(pub(crate) &'a Random);

impl Entropy for Bytes<'_> {
    fn fill(&mut self, bytes: &mut [u8]) -> Result<(), EntropyError> {
        for chunk in bytes.chunks_mut(8) {
            let random = self.0.next().to_le_bytes();
            chunk.iter_mut().zip(random).for_each(|(slot, byte)| *slot = byte);
        }
        Ok(())
    }
}
