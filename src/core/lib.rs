//! Keyward's core.
