//! One CSV file as rows of named fields: UTF-8 with or without a byte order mark, `;` or `,` between the fields (what
//! the head has), columns in any order, empty lines left out.

use super::ImportFault;
use crate::typed::in_one_line;
use std::collections::HashMap;
use std::path::Path;

/// The columns of a file: those it must have and those it may have.
pub(super) struct Columns {
    pub file: &'static str,
    pub needed: &'static [&'static str],
    pub optional: &'static [&'static str],
}

/// A line of a file.
pub(super) struct Line {
    pub file: &'static str,
    pub number: u64,
    fields: HashMap<&'static str, String>,
}

impl Line {
    /// A field without the space around it; nothing where the column is left out.
    pub(super) fn get(&self, column: &'static str) -> &str {
        self.fields.get(column).map_or("", String::as_str)
    }

    /// A field that may be empty.
    pub(super) fn optional(&self, column: &'static str) -> Option<&str> {
        Some(self.get(column)).filter(|text| !text.is_empty())
    }

    pub(super) fn fault(&self, column: impl Into<String>, what: impl Into<String>) -> ImportFault {
        ImportFault {
            file: self.file,
            line: self.number,
            column: column.into(),
            what: what.into(),
        }
    }
}

/// Reads a file; one that is not there has no lines.
pub(super) fn read(folder: &Path, columns: &Columns, faults: &mut Vec<ImportFault>) -> Vec<Line> {
    let of_file = |line: u64, what: String| ImportFault {
        file: columns.file,
        line,
        column: String::new(),
        what,
    };
    let bytes = match std::fs::read(folder.join(columns.file)) {
        Ok(bytes) => bytes,
        Err(cause) if cause.kind() == std::io::ErrorKind::NotFound => return Vec::new(),
        Err(cause) => {
            faults.push(of_file(0, cause.to_string()));
            return Vec::new();
        }
    };
    if let Err(cause) = std::str::from_utf8(&bytes) {
        let line = 1 + bytes[..cause.valid_up_to()]
            .iter()
            .filter(|byte| **byte == b'\n')
            .count() as u64;
        faults.push(of_file(line, "is not UTF-8: save the file as \"CSV UTF-8\"".into()));
        return Vec::new();
    }
    let bytes = bytes.strip_prefix("\u{feff}".as_bytes()).unwrap_or(&bytes);
    let head_line = bytes.split(|byte| *byte == b'\n').next().unwrap_or_default();
    let delimiter = if head_line.contains(&b';') { b';' } else { b',' };
    let mut reader = csv::ReaderBuilder::new()
        .delimiter(delimiter)
        .flexible(true)
        .trim(csv::Trim::All)
        .from_reader(bytes);
    let head = match reader.headers() {
        Ok(head) => head.clone(),
        Err(cause) => {
            faults.push(of_file(1, cause.to_string()));
            return Vec::new();
        }
    };
    let Some(named) = named(&head, columns, faults) else {
        return Vec::new();
    };
    let mut lines = Vec::new();
    let mut at = Place { byte: 0, line: 1 };
    for record in reader.records() {
        let Ok(record) = record else {
            // The bytes are UTF-8 and any number of fields is taken: there is nothing left to be wrong but the reading.
            faults.push(of_file(0, "cannot be read".into()));
            break;
        };
        if record.iter().all(str::is_empty) {
            continue;
        }
        let begins = record.position().map_or(0, csv::Position::byte);
        let number = at.line_of(bytes, usize::try_from(begins).unwrap_or(bytes.len()));
        if record.len() != named.len() {
            let what = format!("has {} fields, and the head has {}", record.len(), named.len());
            faults.push(of_file(number, what));
            continue;
        }
        let fields = named
            .iter()
            .copied()
            .zip(record.iter().map(|text| in_one_line(text).trim().to_owned()))
            .collect();
        lines.push(Line {
            file: columns.file,
            number,
            fields,
        });
    }
    lines
}

/// How far a file has been read. The reader's own count of lines is one behind where they end in CR LF.
struct Place {
    byte: usize,
    line: u64,
}

impl Place {
    /// The line of the first byte of text at or after `begins`.
    fn line_of(&mut self, bytes: &[u8], begins: usize) -> u64 {
        let rest = bytes.get(begins..).unwrap_or_default();
        let ends = rest.iter().take_while(|byte| matches!(byte, b'\r' | b'\n')).count();
        let upto = begins.min(bytes.len()) + ends;
        let passed = bytes.get(self.byte..upto).unwrap_or_default();
        self.line += passed.iter().filter(|byte| **byte == b'\n').count() as u64;
        self.byte = upto;
        self.line
    }
}

/// The head's columns in their order, if they are the file's.
fn named(head: &csv::StringRecord, columns: &Columns, faults: &mut Vec<ImportFault>) -> Option<Vec<&'static str>> {
    let before = faults.len();
    let mut fault = |column: &str, what: &str| {
        faults.push(ImportFault {
            file: columns.file,
            line: 1,
            column: column.to_owned(),
            what: what.to_owned(),
        });
    };
    let known = || columns.needed.iter().chain(columns.optional).copied();
    let mut named = Vec::new();
    for given in head {
        match known().find(|name| name.eq_ignore_ascii_case(given)) {
            Some(name) if named.contains(&name) => fault(name, "is there twice"),
            Some(name) => named.push(name),
            None => fault(given, "there is no such column"),
        }
    }
    for needed in columns.needed.iter().filter(|name| !named.contains(*name)) {
        fault(needed, "the column is missing");
    }
    (faults.len() == before).then_some(named)
}
