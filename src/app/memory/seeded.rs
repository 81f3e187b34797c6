//! Randomness that is the same on every run.

use keyward_core::{Entropy, EntropyError};

/// A small generator (xorshift), so that every run is the same.
#[derive(Debug)]
pub(super) struct Seeded {
    pub(super) state: u64,
    pub(super) fails: bool,
}

impl Entropy for Seeded {
    fn fill(&mut self, bytes: &mut [u8]) -> Result<(), EntropyError> {
        if self.fails {
            return Err(EntropyError);
        }
        for slot in bytes {
            self.state ^= self.state << 13;
            self.state ^= self.state >> 7;
            self.state ^= self.state << 17;
            *slot = self.state.to_le_bytes()[3];
        }
        Ok(())
    }
}
