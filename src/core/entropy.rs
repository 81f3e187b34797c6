//! Where randomness comes in.

/// A source of bytes from a cryptographically secure generator.
///
/// The core has none of its own: a shell passes one in, a test passes scripted bytes.
pub trait Entropy {
    /// Fills `bytes` with random bytes.
    ///
    /// # Errors
    /// [`EntropyError`] when the generator cannot deliver; nothing may then be issued.
    fn fill(&mut self, bytes: &mut [u8]) -> Result<(), EntropyError>;
}

/// The generator could not deliver random bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("no randomness is available")]
pub struct EntropyError;
