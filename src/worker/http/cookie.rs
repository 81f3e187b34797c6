//! The cookie of a session. Only pages of this deployment send it, and no script can read it.

use keyward_core::session::LIFETIME_SECONDS;

/// Browsers accept a `__Host-` cookie only with `Secure`, and never over plain HTTP. That is used only on a developer's
/// own machine, where the cookie has neither.
fn name(is_secure: bool) -> &'static str {
    if is_secure { "__Host-keyward" } else { "keyward" }
}

/// The session's token in a `Cookie` header.
pub(super) fn token(header: &str, is_secure: bool) -> Option<&str> {
    let pairs = header.split(';').filter_map(|pair| pair.trim().split_once('='));
    let mut tokens = pairs.filter(|(found, _)| *found == name(is_secure)).map(|(_, token)| token);
    tokens.next().filter(|token| !token.is_empty())
}

/// `Set-Cookie` for a new session.
pub(super) fn set(token: &str, is_secure: bool) -> String {
    cookie(token, LIFETIME_SECONDS, is_secure)
}

/// `Set-Cookie` that makes the browser forget the session.
pub(super) fn clear(is_secure: bool) -> String {
    cookie("", 0, is_secure)
}

fn cookie(token: &str, max_age: u32, is_secure: bool) -> String {
    let secure = if is_secure { "; Secure" } else { "" };
    format!("{}={token}; Path=/; Max-Age={max_age}; HttpOnly; SameSite=Strict{secure}", name(is_secure))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_cookie_of_the_connection_counts() {
        let header = "a=b; keyward=plain; __Host-keyward=secure";
        assert_eq!(token(header, true), Some("secure"));
        assert_eq!(token(header, false), Some("plain"));
        assert_eq!(token("keyward=", false), None);
        assert_eq!(token("xkeyward=1; keyward", false), None);
    }

    #[test]
    fn cookies_are_locked_down() {
        let expected = "__Host-keyward=t; Path=/; Max-Age=43200; HttpOnly; SameSite=Strict; Secure";
        assert_eq!(set("t", true), expected);
        assert_eq!(clear(false), "keyward=; Path=/; Max-Age=0; HttpOnly; SameSite=Strict");
    }
}
