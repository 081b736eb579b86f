//! Attacks on access tokens (RFC 8725): every one must be answered as if nobody were signed in.

use super::Place;
use super::forge::{ANNA, Forge, drop_field, part, set, sign_with};
use crate::secret::sha256;
use aws_lc_rs::hmac;
use aws_lc_rs::signature::KeyPair as _;
use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE, URL_SAFE_NO_PAD as B64};
use serde_json::{Value, json};
use uuid::Uuid;

fn algorithms(forge: &Forge) -> Vec<(String, String)> {
    let public = forge.key.public_key().as_ref().to_vec();
    let as_text = STANDARD.encode(&public);
    let mut all: Vec<(String, String)> = ["none", "None", "NONE", "nOnE", ""]
        .map(|alg| (format!("alg {alg:?}, unsigned"), forge.by(alg, |_| vec![])))
        .into();
    all.extend([
        (
            "alg none, rightly signed".into(),
            forge.header(set("alg", json!("none"))),
        ),
        (
            "HS256 with the public key".into(),
            forge.hmac("HS256", hmac::HMAC_SHA256, &public),
        ),
        (
            "HS256 with the public key as text".into(),
            forge.hmac("HS256", hmac::HMAC_SHA256, as_text.as_bytes()),
        ),
        (
            "HS384 with the public key".into(),
            forge.hmac("HS384", hmac::HMAC_SHA384, &public),
        ),
        (
            "HS512 with the public key".into(),
            forge.hmac("HS512", hmac::HMAC_SHA512, &public),
        ),
        ("HS256 with no key".into(), forge.hmac("HS256", hmac::HMAC_SHA256, b"")),
        (
            "HS256, called EdDSA".into(),
            forge.hmac("EdDSA", hmac::HMAC_SHA256, &public),
        ),
    ]);
    for alg in [
        "RS256", "PS256", "ES256", "ES384", "Ed25519", "eddsa", "EDDSA", "EdDSA ", "ES256K",
    ] {
        all.push((
            format!("alg {alg:?}, rightly signed"),
            forge.header(set("alg", json!(alg))),
        ));
    }
    for odd in [json!(null), json!(1), json!(["EdDSA"]), json!({})] {
        all.push((format!("alg {odd}"), forge.header(set("alg", odd))));
    }
    all
}

fn headers(forge: &Forge) -> Vec<(String, String)> {
    let mut all = Vec::new();
    for name in ["alg", "typ", "kid"] {
        all.push((format!("no {name}"), forge.header(drop_field(name))));
    }
    for typ in [
        "JWT",
        "jwt",
        "AT+JWT",
        "application/at+jwt",
        "logout+jwt",
        "refresh",
        "",
    ] {
        all.push((format!("typ {typ:?}"), forge.header(set("typ", json!(typ)))));
    }
    let injected = "x' UNION SELECT 1; --";
    for kid in [
        "",
        "0",
        "../../../../dev/null",
        injected,
        &Uuid::from_u128(8).to_string(),
        "00000000-0000-0000-0000-00000000000",
    ] {
        all.push((format!("kid {kid:?}"), forge.header(set("kid", json!(kid)))));
    }
    let own_key = json!({ "kty": "OKP", "crv": "Ed25519", "x": part(forge.foreign.public_key()) });
    let more = [
        ("jwk", own_key.clone()),
        ("jku", json!("https://attacker.example/keys")),
        ("x5u", json!("https://attacker.example/chain")),
        ("x5c", json!(["MII="])),
        ("x5t", json!("AAAA")),
        ("crit", json!(["exp"])),
        ("crit", json!([])),
        ("b64", json!(false)),
        ("zip", json!("DEF")),
        ("cty", json!("JWT")),
        ("enc", json!("A256GCM")),
        ("nonce", json!("x")),
    ];
    for (name, value) in more {
        all.push((format!("{name} beside ours"), forge.header(set(name, value))));
    }
    let mut with_key = forge.header.clone();
    with_key["jwk"] = own_key;
    let claims = forge.claims.to_string();
    all.push((
        "its own key in the header".into(),
        sign_with(&forge.foreign, &with_key.to_string(), &claims),
    ));
    let kid = forge.header["kid"].as_str().expect("a kid");
    let twice = format!(r#"{{"alg":"EdDSA","alg":"EdDSA","typ":"at+jwt","kid":"{kid}"}}"#);
    for (name, header) in [
        ("a field twice", twice.as_str()),
        ("no object", "[]"),
        ("no JSON", "{"),
        ("nothing", ""),
    ] {
        all.push((format!("header: {name}"), sign_with(&forge.key, header, &claims)));
    }
    all
}

fn claims(forge: &Forge) -> Vec<(String, String)> {
    let mut all = Vec::new();
    let names = [
        "iss",
        "aud",
        "sub",
        "sid",
        "iat",
        "nbf",
        "exp",
        "jti",
        "tenant",
        "amr",
        "acr",
        "auth_time",
    ];
    for name in names {
        all.push((format!("no {name}"), forge.claims(drop_field(name))));
        all.push((format!("{name} null"), forge.claims(set(name, Value::Null))));
    }
    let iss = forge.claims["iss"].as_str().expect("an issuer").to_owned();
    let now = forge.claims["iat"].as_i64().expect("a time");
    let other = json!(Uuid::from_u128(9));
    let more = [
        ("iss", json!("https://attacker.example")),
        ("iss", json!(format!("{iss}/"))),
        ("iss", json!([iss])),
        ("iss", json!("")),
        ("aud", json!("other-api")),
        ("aud", json!(["famn-api", "other-api"])),
        ("aud", json!("famn-api2")),
        ("aud", json!("")),
        ("exp", json!(now - 6)),
        ("exp", json!(0)),
        ("exp", json!(-1)),
        ("exp", json!((now + 300).to_string())),
        ("exp", json!(1e30)),
        ("nbf", json!(now + 60)),
        ("nbf", json!(i64::MAX)),
        ("sub", json!("anna")),
        ("sid", other.clone()),
        ("sid", json!("' OR 1=1 --")),
        ("jti", other),
        ("jti", json!("1")),
        ("amr", json!("pwd")),
        ("role", json!("auditor")),
        ("cnf", json!({})),
    ];
    for (name, value) in more {
        all.push((format!("{name} {value}"), forge.claims(set(name, value))));
    }
    let text = forge.claims.to_string();
    let twice = text.replacen('{', &format!(r#"{{"sid":"{}","#, Uuid::from_u128(9)), 1);
    for (name, claims) in [
        ("a claim twice", twice.as_str()),
        ("no object", "[]"),
        ("no JSON", "{"),
        ("nothing", ""),
    ] {
        all.push((
            format!("claims: {name}"),
            sign_with(&forge.key, &forge.header.to_string(), claims),
        ));
    }
    all
}

fn shapes(forge: &Forge) -> Vec<(String, String)> {
    let parts: Vec<&str> = forge.genuine.split('.').collect();
    let [header, claims, signature] = parts[..] else {
        panic!("three parts")
    };
    let bytes = B64.decode(signature).expect("base64");
    let changed = |at: usize| {
        let mut bytes = bytes.clone();
        bytes[at] ^= 1;
        format!("{header}.{claims}.{}", part(bytes))
    };
    let other_claims = part(forge.claims.to_string().replace("at", "ta"));
    let foreign = sign_with(&forge.foreign, &forge.header.to_string(), &forge.claims.to_string());
    let padded = format!(
        "{}.{}.{}",
        URL_SAFE.encode(forge.header.to_string()),
        claims,
        URL_SAFE.encode(&bytes)
    );
    let named = |name: &str, token: String| (name.to_owned(), token);
    vec![
        named("nothing", String::new()),
        named("dots", "..".into()),
        named("no signature", format!("{header}.{claims}.")),
        named("two parts", format!("{header}.{claims}")),
        named("four parts", format!("{}.x", forge.genuine)),
        named("five parts", format!("{header}.x.x.{claims}.{signature}")),
        named("first bit of the signature", changed(0)),
        named("last bit of the signature", changed(63)),
        named(
            "half the signature",
            format!("{header}.{claims}.{}", part(&bytes[..32])),
        ),
        named(
            "the signature twice",
            format!("{header}.{claims}.{}", part([&bytes[..], &bytes[..]].concat())),
        ),
        named("zeros for a signature", format!("{header}.{claims}.{}", part([0; 64]))),
        named("another payload", format!("{header}.{other_claims}.{signature}")),
        named("another key", foreign),
        named("padded", padded),
        named("trailing newline escaped", format!("{}%0A", forge.genuine)),
        named("upper case", forge.genuine.to_uppercase()),
        named("a space within", format!("{header}. {claims}.{signature}")),
        named("the word twice", format!("Bearer {}", forge.genuine)),
        named("a hash of it", hex::encode(sha256(forge.genuine.as_bytes()))),
        named("a megabyte", "A".repeat(1 << 20)),
    ]
}

#[actix_web::test]
async fn no_forged_token_is_taken() {
    let mut place = Place::new().await;
    let forge = Forge::at(&mut place).await;
    assert_eq!(place.me(&forge.genuine).await.status, 200);
    assert_eq!(
        place.me(&forge.claims(|_| {})).await.status,
        200,
        "the forge itself works"
    );
    let attacks = [algorithms(&forge), headers(&forge), claims(&forge), shapes(&forge)].concat();
    assert!(attacks.len() > 60, "{}", attacks.len());
    for (name, token) in attacks {
        let answer = place.me(&token).await;
        assert_eq!(answer.status, 401, "{name}: {token}");
        assert!(answer.bytes.is_empty(), "{name}: nothing is said of why");
    }
    assert_eq!(place.me(&forge.genuine).await.status, 200);
}

#[actix_web::test]
async fn a_token_works_five_minutes_and_a_clocks_error() {
    let mut place = Place::new().await;
    let forge = Forge::at(&mut place).await;
    place.forward(304);
    assert_eq!(place.me(&forge.genuine).await.status, 200);
    place.forward(1);
    assert_eq!(place.me(&forge.genuine).await.status, 401);
    let now = place.clock.now().micros() / 1_000_000;
    for (nbf, status) in [(now + 5, 200), (now + 6, 401)] {
        let token = forge.claims(|claims| {
            claims["nbf"] = json!(nbf);
            claims["exp"] = json!(now + 300);
        });
        assert_eq!(place.me(&token).await.status, status, "{nbf}");
    }
}

#[actix_web::test]
async fn a_token_belongs_to_its_session() {
    let mut place = Place::new().await;
    let forge = Forge::at(&mut place).await;
    let other = place.sign_in(ANNA).await.text("access_token");
    let other: Value =
        serde_json::from_slice(&B64.decode(other.split('.').nth(1).expect("claims")).expect("base64")).expect("JSON");
    for name in ["sid", "jti"] {
        let crossed = forge.claims(set(name, other[name].clone()));
        assert_eq!(place.me(&crossed).await.status, 401, "{name} of another session");
    }
}
