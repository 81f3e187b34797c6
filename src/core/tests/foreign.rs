//! Foreign keys: which texts may be one, and which forms of hashes and of redacted texts are read.

use keyward_core::foreign::{ForeignHash, Hint, StatedHash, digest_of, may_be_foreign};
use keyward_core::{Brand, Environment, Issuer, KeyDigest, KeyRing};
use serde_json::{Value, json};

use crate::support::organization;

fn read(value: Value) -> Option<ForeignHash> {
    serde_json::from_value::<StatedHash>(value).ok().and_then(|stated| stated.try_into().ok())
}

#[test]
fn a_text_may_be_a_foreign_key_unless_it_begins_as_ours_do_or_cannot_be_one() {
    let issuer = Issuer {
        brand: Brand::parse("kw").expect("brand"),
        environment: Environment::Test,
        ring: KeyRing::parse(&"5e".repeat(32)).expect("ring"),
    };
    for (text, expected) in [
        ("sk_44de31ebcf085fa4", true),
        ("12345678", true),
        ("kw_8charsx", true),
        ("kw_sk_x_1", true),
        ("acme_sk_live_1", true),
        ("kw_sk_live_1", false),
        ("kw_pat_test_", false),
        ("1234567", false),
        ("a key with spaces", false),
        ("schlüssel", false),
        ("a\u{7f}bcdefgh", false),
    ] {
        assert_eq!(may_be_foreign(text, &issuer), expected, "{text}");
    }
    assert!(may_be_foreign(&"x".repeat(512), &issuer) && !may_be_foreign(&"x".repeat(513), &issuer));
}

#[test]
fn a_hash_is_the_same_however_it_is_written_and_is_written_in_one_way() {
    let stated = |encoding: &str, value: &str| {
        read(json!({ "algorithm": "sha256", "encoding": encoding, "value": value })).expect(encoding)
    };
    let hash = stated("hex", &KeyDigest::of("a").to_hex());
    for (encoding, value) in [
        ("hex", "CA978112CA1BBDCAFAC231B39A23DC4DA786EFF8147C4E72B9807785AFEE48BB"),
        ("base64", "ypeBEsobvcr6wjGzmiPcTaeG7/gUfE5yuYB3ha/uSLs="),
        ("base64", "ypeBEsobvcr6wjGzmiPcTaeG7/gUfE5yuYB3ha/uSLs"),
        ("base64url", "ypeBEsobvcr6wjGzmiPcTaeG7_gUfE5yuYB3ha_uSLs"),
    ] {
        assert_eq!(stated(encoding, value), hash, "{encoding}");
    }
    for (encoding, value) in [
        ("base64", "ypeBEsobvcr6wjGzmiPcTaeG7/gUfE5yuYB3ha/uSLs=="),
        ("base64url", "ypeBEsobvcr6wjGzmiPcTaeG7_gUfE5yuYB3ha_uSLs====="),
        ("base64", "ypeBEsobvcr6wjGzmiPcTaeG7_gUfE5yuYB3ha_uSLs="),
        ("base64", "ypeBEsobvcr6wjGzmiPcTaeG7/gUfE5yuYB3ha/uSLt="),
        ("base64", " ypeBEsobvcr6wjGzmiPcTaeG7/gUfE5yuYB3ha/uSLs="),
        ("base64", "="),
        ("hex", "ca978112ca1bbdcafac231b39a23dc4da786eff8147c4e72b9807785afee48b"),
        ("hex", "0xca978112ca1bbdcafac231b39a23dc4da786eff8147c4e72b9807785afee48"),
    ] {
        let hash = json!({ "algorithm": "sha256", "encoding": encoding, "value": value });
        assert!(read(hash).is_none(), "{encoding}: {value}");
    }
    let written = serde_json::to_value(&hash).expect("JSON");
    assert_eq!(serde_json::from_value::<ForeignHash>(written).expect("its own form"), hash);
    let acme = organization("acme");
    assert!(hash.digest(&acme).expect("plain").matches(&digest_of(&acme, "a")));
    assert!(!hash.digest(&acme).expect("plain").matches(&digest_of(&organization("globex"), "a")));
    assert_eq!(format!("{hash:?}"), "ForeignHash(Recipe(sha256))");
}

#[test]
fn a_hash_of_scrypt_may_be_the_beginning_of_a_longer_one() {
    let whole = "a89e00acdf3c63d0b960fcb903511adc1abca7dcbc83d1da3d0e490c6775e2feb04d001880d0a3d7c224ba73acaec971d98252a66c301c99edc796a99bc13786";
    let key = "sk_44de31ebcf085fa423fc584aa854067025e937a79edb565f472404345f0f23be";
    let of = |value: &str| {
        let salt = "44de31ebcf085fa423fc584aa8540670";
        read(json!({ "algorithm": "scrypt", "encoding": "hex", "value": value, "salt": salt }))
    };
    for length in [128, 64, 32] {
        let hash = of(&whole[..length]).expect("a hash");
        assert!(hash.is_of(key) && !hash.is_of("another-key"), "{length}");
        assert!(hash.digest(&organization("acme")).is_none());
    }
    assert!(of(&whole[..30]).is_none() && of("").is_none());
}

#[test]
fn a_redacted_form_says_how_a_key_begins_and_ends() {
    for text in ["sk_44d***3be", "***3be", "sk***"] {
        let hint = Hint::try_from(text.to_owned()).expect(text);
        assert_eq!(hint.shape().of("sk_44de31ebcf23be").as_deref(), Some(text));
        assert!(hint.is_telling());
    }
    assert!(!Hint::try_from("***".to_owned()).expect("says nothing").is_telling());
    let shape = Hint::try_from("sk_44d***3be".to_owned()).expect("a hint").shape();
    assert_eq!(shape.of("sk_"), None, "it is too short");
    assert_eq!(shape.of("sk_44ä-3be"), None, "it is cut within a letter");
    for bad in [
        "",
        "sk_44d",
        "sk_44d...3be",
        "a***b***c",
        "a****b",
        "ä***b",
        "a b***c",
        "x23456789012345678***",
        "***x23456789012345678",
    ] {
        assert!(Hint::try_from(bad.to_owned()).is_err(), "{bad}");
    }
}

#[test]
fn nothing_is_no_part_of_a_key() {
    let hash = json!({
        "algorithm": "sha256", "encoding": "hex", "value": KeyDigest::of("").to_hex(),
        "part": "after_last_underscore",
    });
    let hash = read(hash).expect("a hash");
    assert!(!hash.is_of("a-foreign-key_") && !hash.is_of("without one"));
    assert_eq!(hash.recipe().apply("a-foreign-key_"), None);
}
