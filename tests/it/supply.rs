//! What the program is built from, as it is told to whoever asks: the CycloneDX document.

use crate::house::source;
use crate::kit::setting;
use serde_json::Value;
use std::collections::BTreeSet;
use std::process::Command;

fn document(python: &str) -> String {
    let told = Command::new(python)
        .arg(source::root().join("tests/tools/sbom.py"))
        .output()
        .expect("it runs");
    assert!(told.status.success(), "{}", String::from_utf8_lossy(&told.stderr));
    String::from_utf8(told.stdout).expect("readable")
}

#[test]
fn what_is_shipped_is_named_with_hash_and_licence() {
    let Some(python) = setting("FAMN_TEST_PYTHON") else {
        assert!(setting("FAMN_REQUIRE").is_none(), "tests/run names a python");
        eprintln!("skipped: FAMN_TEST_PYTHON names no program");
        return;
    };
    let text = document(&python);
    assert_eq!(text, document(&python), "the same from the same sources");
    let document: Value = serde_json::from_str(&text).expect("JSON");
    assert_eq!(
        (&document["bomFormat"], &document["specVersion"]),
        (&"CycloneDX".into(), &"1.5".into())
    );
    assert_eq!(document["metadata"]["component"]["name"], "famn");
    let parts = document["components"].as_array().expect("parts");
    for part in parts {
        let hash = part["hashes"][0]["content"].as_str().unwrap_or_default();
        let licence = part["licenses"][0]["expression"].as_str().unwrap_or_default();
        assert!(hash.len() == 64 && !licence.is_empty(), "{part}");
    }
    let names: BTreeSet<&str> = parts.iter().filter_map(|part| part["name"].as_str()).collect();
    let manifest = source::text("Cargo.toml");
    let section = |name: &str| -> BTreeSet<String> {
        let rest = manifest.split(&format!("\n[{name}]\n")).nth(1).expect("a section");
        let lines = rest.lines().take_while(|line| !line.starts_with('['));
        let named = lines.filter_map(|line| line.split_once(" = ").map(|(name, _)| name.to_owned()));
        named.filter(|name| !name.starts_with('#')).collect()
    };
    for needed in section("dependencies") {
        assert!(names.contains(needed.as_str()), "{needed} is shipped");
    }
    for tested in ["insta", "proptest", "fantoccini"] {
        assert!(
            section("dev-dependencies").contains(tested) && !names.contains(tested),
            "{tested} is for tests"
        );
    }
}
