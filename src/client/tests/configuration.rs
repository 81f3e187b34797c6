use keyward_client::{ConfigError, Keyward, Question, RequireKey};

use crate::told::{KEY, said, told, told_with, valid};

#[test]
fn an_address_that_no_deployment_has_is_refused_and_not_repeated() {
    let with_key = format!("https://keys.example.com/{KEY}");
    for (url, error) in [
        ("", ConfigError::Url),
        ("keys.example.com", ConfigError::Url),
        ("ftp://keys.example.com", ConfigError::Url),
        ("https://", ConfigError::Url),
        ("https:///v1", ConfigError::Url),
        ("https://me:secret@keys.example.com", ConfigError::Url),
        ("https://keys.example.com?secret", ConfigError::Url),
        ("https://keys.example.com#secret", ConfigError::Url),
        ("https://keys example.com", ConfigError::Url),
        ("http://keys.example.com", ConfigError::Insecure),
        ("http://127.0.0.1.example.com", ConfigError::Insecure),
        ("http://localhost.example.com", ConfigError::Insecure),
        ("HTTP://keys.example.com", ConfigError::Insecure),
        (&with_key, ConfigError::KeyInUrl),
    ] {
        let found = Keyward::connect(url, "key").map(|_| ()).unwrap_err();
        assert_eq!(found, error, "{url}");
        assert!(!format!("{found} {found:?}").contains("secret"));
    }
    for url in [
        "https://keys.example.com",
        "http://localhost:8787/",
        "http://127.0.0.1:1",
        "http://[::1]:8787",
        "HTTPS://k/p/",
    ] {
        Keyward::connect(url, "key").unwrap();
    }
}

#[test]
fn a_key_that_no_header_can_have_is_refused_and_not_repeated() {
    for key in ["", " ", "secret two", "secret\nX-Evil: 1", "secr\u{e9}t", "secret\0"] {
        let error = Keyward::connect("https://keys.example.com", key).map(|_| ()).unwrap_err();
        assert_eq!(error, ConfigError::Key);
        assert!(!format!("{error} {error:?}").contains("secr"));
    }
}

#[tokio::test]
async fn spaces_around_the_clients_own_key_and_slashes_behind_the_address_do_not_matter() {
    let (keyward, asked) = told_with(|builder| builder.key(" key\n"), |_| said(200, &valid()));
    keyward.verify(KEY, &Question::new()).await.unwrap();
    assert_eq!(asked.all()[0].headers["authorization"], "Bearer key");
    assert!(asked.all()[0].headers["authorization"].is_sensitive());
}

#[test]
fn nothing_that_can_be_printed_shows_a_key() {
    let builder = Keyward::builder("https://keys.example.com").key(KEY);
    let keyward = Keyward::connect("https://keys.example.com", KEY).unwrap();
    let layer = RequireKey::new(&keyward, Question::new()).unwrap();
    let shown = format!("{builder:?} {keyward:?} {layer:?}");
    assert!(shown.contains("https://keys.example.com") && !shown.contains(&KEY[11..]), "{shown}");
}

#[test]
fn a_layer_that_no_key_could_pass_is_an_error_at_the_start() {
    let (keyward, _) = told(|_| said(200, &valid()));
    for scope in ["", "a b", "a\"b", "Orders", "a\r\nb", &"a".repeat(65)] {
        let layer = RequireKey::new(&keyward, Question::new().scopes([scope]));
        assert_eq!(layer.map(|_| ()), Err(ConfigError::Scopes), "{scope}");
    }
    for realm in ["", "a\"b", "a\\b", "a\nb", "é"] {
        let layer = RequireKey::new(&keyward, Question::new()).unwrap().realm(realm);
        assert_eq!(layer.map(|_| ()), Err(ConfigError::Realm), "{realm}");
    }
}

#[test]
fn the_application_of_the_readme_is_the_one_that_is_tried() {
    let example = include_str!("../examples/orders.rs").split_once("\n\n").unwrap().1;
    assert!(include_str!("../README.md").contains(&format!("```rust,no_run\n{example}```\n")));
}
