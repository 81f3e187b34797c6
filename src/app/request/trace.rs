//! The header `traceparent` (W3C Trace Context).

/// A trace that a request belongs to, as its client says. It is logged and passed on, and nothing else depends on it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Trace(String);

impl Trace {
    /// Reads a header `traceparent` of version 00, the only one that there is. Whatever else was sent is no trace: what
    /// clients write is not repeated.
    #[must_use]
    pub fn read(header: &str) -> Option<Self> {
        let is_hex = |part: &str| part.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'));
        let is_id = |part: &str| is_hex(part) && part.bytes().any(|byte| byte != b'0');
        let mut parts = header.split('-');
        let [version, trace, parent, flags] = [(); 4].map(|()| parts.next().unwrap_or_default());
        let lengths = [version.len(), trace.len(), parent.len(), flags.len()];
        let is_one = parts.next().is_none()
            && lengths == [2, 32, 16, 2]
            && version == "00"
            && is_id(trace)
            && is_id(parent)
            && is_hex(flags);
        is_one.then(|| Self(header.to_owned()))
    }

    /// The header, as it is passed on.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The trace's id.
    #[must_use]
    pub fn id(&self) -> &str {
        self.0.split('-').nth(1).unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const TRACE: &str = "4bf92f3577b34da6a3ce929d0e0e4736";

    #[test]
    fn a_trace_is_read_as_the_w3c_writes_it() {
        for flags in ["00", "01", "ff"] {
            let header = format!("00-{TRACE}-00f067aa0ba902b7-{flags}");
            let trace = Trace::read(&header).expect("a trace");
            assert_eq!((trace.as_str(), trace.id()), (header.as_str(), TRACE));
        }
    }

    #[test]
    fn whatever_is_written_otherwise_is_no_trace() {
        let parent = "00f067aa0ba902b7";
        for header in [
            String::new(),
            "-".into(),
            "00".into(),
            format!("00-{TRACE}-{parent}"),
            format!("00-{TRACE}-{parent}-"),
            format!("00-{TRACE}-{parent}-1"),
            format!("00-{TRACE}-{parent}-001"),
            format!("00-{TRACE}-{parent}-01-"),
            format!("00-{TRACE}-{parent}-01-what-the-future-will-be-like"),
            format!("01-{TRACE}-{parent}-01"),
            format!("ff-{TRACE}-{parent}-01"),
            format!("0-{TRACE}-{parent}-01"),
            format!("00-{}-{parent}-01", TRACE.to_uppercase()),
            format!("00-{TRACE}-{}-01", parent.to_uppercase()),
            format!("00-{TRACE}-{parent}-0A"),
            format!("00-{}-{parent}-01", "0".repeat(32)),
            format!("00-{TRACE}-{}-01", "0".repeat(16)),
            format!("00-{}-{parent}-01", TRACE.replace('4', "g")),
            format!("00-{}-{parent}-01", TRACE.replacen("4b", "\u{e9}", 1)),
            format!("00-{TRACE}{parent}-01"),
            format!("00-{TRACE}-{parent}-01\n"),
            format!(" 00-{TRACE}-{parent}-01"),
            format!("00-{TRACE}-{parent}-01, 00-{TRACE}-{parent}-01"),
        ] {
            assert_eq!(Trace::read(&header), None, "{header:?}");
        }
    }
}
