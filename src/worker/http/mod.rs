//! HTTP: what the platform's requests and responses mean to the operations.

mod cookie;
pub(crate) mod request;
pub(crate) mod response;

use keyward_core::Entropy;

use crate::platform::entropy::PlatformEntropy;

/// Sixteen random bytes; all zeros if there are none, since a response without an id is still a response.
pub(crate) fn request_id() -> String {
    let mut bytes = [0; 16];
    let _ = PlatformEntropy.fill(&mut bytes);
    format!("req_{:032x}", u128::from_be_bytes(bytes))
}
