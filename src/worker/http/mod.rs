//! HTTP: from the platform's requests to those of the operations, and from their responses back.

mod cookie;
pub(crate) mod request;
pub(crate) mod response;

use keyward_core::Entropy;

use crate::platform::entropy::PlatformEntropy;

/// A request's id of sixteen random bytes; zeros if there is no randomness, since that must not prevent a response.
pub(crate) fn request_id() -> String {
    let mut bytes = [0; 16];
    let _ = PlatformEntropy.fill(&mut bytes);
    format!("req_{:032x}", u128::from_be_bytes(bytes))
}
