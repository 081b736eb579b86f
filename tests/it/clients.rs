//! The document as those meet it who write clients: a validator finds no fault in it, and of two generators (Python,
//! TypeScript) each makes a client of it that compiles and does the main job. Some ten seconds each: mypy and tsc read
//! all that was made.

use crate::kit::{Place, Running, node_modules, python_tool, samples};
use serde_json::{Map, Value};
use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::process::Command;

const PYTHON_JOB: &str = include_str!("../tools/main_job.py");
const TYPESCRIPT_JOB: &str = include_str!("../tools/main_job.ts");

fn document() -> Value {
    serde_json::to_value(famn::server::openapi()).expect("a document")
}

/// A new folder with the document and a picture in it.
fn workshop(place: &Place) -> PathBuf {
    let folder = place.folder.join("client");
    std::fs::create_dir(&folder).expect("a folder");
    std::fs::write(folder.join("openapi.json"), document().to_string()).expect("a file");
    std::fs::write(folder.join("kvitto.png"), samples::png()).expect("a file");
    folder
}

/// Runs a program in a folder; gives what it said, once it has ended well.
fn run(program: &Path, arguments: &[&str], folder: &Path) -> String {
    let mut command = Command::new(program);
    let done = command.args(arguments).current_dir(folder).output().expect("it starts");
    let told = [done.stdout, done.stderr].map(|bytes| String::from_utf8_lossy(&bytes).into_owned());
    assert!(
        done.status.success(),
        "{} {arguments:?}\n{}",
        program.display(),
        told.join("\n")
    );
    told.concat()
}

async fn in_a_town(job: impl FnOnce(&Path, &str) + Send + 'static) {
    tokio::task::spawn_blocking(|| {
        let place = Place::filled();
        let folder = workshop(&place);
        let server = Running::serving(&place, &[]);
        job(&folder, &server.base);
    })
    .await
    .expect("it ends well");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_document_is_valid() {
    let Some(validator) = python_tool("openapi-spec-validator") else {
        return;
    };
    let folder = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("document");
    std::fs::create_dir_all(&folder).expect("a folder");
    std::fs::write(folder.join("openapi.json"), document().to_string()).expect("a file");
    run(&validator, &["--schema", "3.1", "openapi.json"], &folder);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_python_client_made_of_the_document_does_the_main_job() {
    let Some(generator) = python_tool("openapi-python-client") else {
        return;
    };
    in_a_town(move |folder, base| {
        let bin = generator.parent().expect("its folder");
        let arguments = [
            "generate",
            "--path",
            "openapi.json",
            "--meta",
            "none",
            "--output-path",
            "famn_client",
        ];
        run(&generator, &arguments, folder);
        std::fs::write(folder.join("main_job.py"), PYTHON_JOB).expect("a file");
        // What the generator writes beside what it makes of the document is its own.
        let made = ["main_job.py", "famn_client/api", "famn_client/models"];
        let typed = ["--follow-imports=silent", "--ignore-missing-imports"];
        run(&bin.join("mypy"), &[&typed[..], &made].concat(), folder);
        let job = ["main_job.py", base, famn::demo::PASSWORD, "kvitto.png"];
        assert_eq!(run(&bin.join("python"), &job, folder), "done\n");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_typescript_client_made_of_the_document_does_the_main_job() {
    let Some(modules) = node_modules() else { return };
    in_a_town(move |folder, base| {
        std::os::unix::fs::symlink(&modules, folder.join("node_modules")).expect("a link");
        std::fs::write(folder.join("main_job.ts"), TYPESCRIPT_JOB).expect("a file");
        let bin = modules.join(".bin");
        run(
            &bin.join("openapi-typescript"),
            &["openapi.json", "--output", "famn.d.ts"],
            folder,
        );
        let compile = "--strict --noUncheckedIndexedAccess --exactOptionalPropertyTypes --target es2022 --module \
                       commonjs --moduleResolution node10 --lib es2023,dom --types --esModuleInterop main_job.ts";
        let compile: Vec<&str> = compile.split_whitespace().collect();
        run(&bin.join("tsc"), &compile, folder);
        let job = ["main_job.js", base, famn::demo::PASSWORD, "kvitto.png"];
        assert_eq!(run(Path::new("node"), &job, folder), "done\n");
    })
    .await;
}

/// Each operation with its name.
fn operations(document: &Value) -> Vec<(String, &Value)> {
    let paths = document["paths"].as_object().expect("paths").iter();
    let each = paths.flat_map(|(path, item)| {
        let operations = item.as_object().expect("operations").iter();
        operations.map(move |(method, operation)| (format!("{method} {path}"), operation))
    });
    each.collect()
}

#[test]
fn every_operation_has_a_name_of_its_own_and_every_answer_its_words() {
    let document = document();
    let mut names = BTreeMap::new();
    for (what, operation) in operations(&document) {
        let name = operation["operationId"].as_str().expect("a name").to_owned();
        assert!(
            name.chars().all(|c| c.is_ascii_lowercase() || c == '_'),
            "{what}: {name}"
        );
        assert_eq!(names.insert(name, what.clone()), None, "{what}: another has its name");
        assert!(
            operation["summary"].as_str().is_some_and(|text| text.len() > 5),
            "{what}"
        );
        let responses = operation["responses"].as_object().expect("responses");
        for (status, response) in responses {
            assert!(status.parse::<u16>().is_ok(), "{what}: {status} is no status");
            let place = response["$ref"].as_str().map(|place| place.trim_start_matches('#'));
            let response = place.map_or(Some(response), |place| document.pointer(place));
            let words = response.and_then(|response| response["description"].as_str());
            assert!(words.is_some_and(|text| text.len() > 5), "{what} {status}");
        }
        assert!(responses.keys().any(|status| status.starts_with('2')), "{what}");
        for parameter in operation["parameters"].as_array().into_iter().flatten() {
            let schema = &parameter["schema"];
            let (name, kind) = (&parameter["name"], schema["type"].as_str());
            let limited = ["format", "pattern", "enum", "maxLength"]
                .iter()
                .any(|limit| !schema[limit].is_null());
            match kind {
                Some("string") => assert!(limited || is_free(name), "{what}: {name} has no limits"),
                Some("integer") => assert!(!schema["minimum"].is_null(), "{what}: {name} has no limits"),
                Some("boolean") => {}
                _ => assert!(schema["$ref"].is_string(), "{what}: {name} has no type: {schema}"),
            }
        }
    }
}

/// Parameters that are what someone types, and tags, of which one that is none of ours fits no version.
fn is_free(name: &Value) -> bool {
    ["q", "number", "errand", "Content-Disposition", "If-Match", "Range"].contains(&name.as_str().unwrap_or_default())
}

#[test]
fn no_object_is_without_its_fields_and_no_field_may_be_both_missing_and_null_in_an_answer() {
    let document = document();
    let schemas = document["components"]["schemas"].as_object().expect("schemas");
    let mut taken = BTreeSet::new();
    for (_, operation) in operations(&document) {
        named_in(&operation["requestBody"], schemas, &mut taken);
    }
    for (name, schema) in schemas {
        let mut open = vec![schema];
        while let Some(schema) = open.pop() {
            let bare = ["properties", "allOf", "oneOf", "additionalProperties"]
                .iter()
                .all(|key| schema[key].is_null());
            assert!(
                !(schema["type"] == "object" && bare),
                "{name}: an object of what? {schema}"
            );
            let required: Vec<&Value> = schema["required"].as_array().into_iter().flatten().collect();
            for (field, of) in schema["properties"].as_object().into_iter().flatten() {
                let may_be_null = of["type"]
                    .as_array()
                    .is_some_and(|types| types.contains(&"null".into()))
                    || of["oneOf"]
                        .as_array()
                        .is_some_and(|all| all.iter().any(|one| one["type"] == "null"));
                let may_be_missing = !required.iter().any(|name| *name == field);
                assert!(
                    taken.contains(name) || name == "TeamPart" || !(may_be_null && may_be_missing),
                    "{name}.{field}: {of}"
                );
                open.push(of);
            }
            for key in ["allOf", "oneOf", "anyOf"] {
                open.extend(schema[key].as_array().into_iter().flatten());
            }
            open.extend(schema.get("items"));
        }
    }
}

/// The names of the schemas that something is made of.
fn named_in(value: &Value, schemas: &Map<String, Value>, found: &mut BTreeSet<String>) {
    match value {
        Value::Object(fields) => {
            let named = fields.get("$ref").and_then(Value::as_str);
            if let Some(name) = named.and_then(|place| place.strip_prefix("#/components/schemas/"))
                && found.insert(name.to_owned())
            {
                named_in(&schemas[name], schemas, found);
            }
            fields.values().for_each(|field| named_in(field, schemas, found));
        }
        Value::Array(items) => items.iter().for_each(|item| named_in(item, schemas, found)),
        _ => {}
    }
}

#[test]
fn no_two_types_share_a_name_in_the_document() {
    let mut names: BTreeMap<String, String> = BTreeMap::new();
    let mut folders = vec![PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("src")];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).expect("a folder").flatten() {
            let path = entry.path();
            if path.is_dir() {
                folders.push(path);
                continue;
            }
            let text = std::fs::read_to_string(&path).unwrap_or_default();
            // Of a derived schema the name is the type's, unless it says another.
            for part in text.split("utoipa::ToSchema").skip(1) {
                let Some(at) = part.find("pub struct ").or_else(|| part.find("pub enum ")) else {
                    continue;
                };
                let (before, rest) = part.split_at(at);
                if before.len() > 600 || before.contains("schema(as = ") || before.contains("$name") {
                    continue;
                }
                let name = rest.split(' ').nth(2).unwrap_or_default();
                let name: String = name.chars().take_while(|c| c.is_alphanumeric()).collect();
                let here = path.display().to_string();
                if let Some(there) = names.insert(name.clone(), here.clone()) {
                    assert_eq!(there, here, "two types are called {name}");
                }
            }
        }
    }
    assert!(names.len() > 80, "{names:?}");
}
