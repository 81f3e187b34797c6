//! The platform's randomness.

use keyward_core::{Entropy, EntropyError};

/// Randomness from the platform's `crypto.getRandomValues`.
#[derive(Debug, Clone, Copy)]
pub(crate) struct PlatformEntropy;

impl Entropy for PlatformEntropy {
    #[expect(clippy::disallowed_methods, reason = "this is the port's adapter")]
    fn fill(&mut self, bytes: &mut [u8]) -> Result<(), EntropyError> {
        getrandom::fill(bytes).map_err(|_| EntropyError)
    }
}
