//! Checkpoints that an auditor kept elsewhere: what shows that an old copy of the database was put back, or that the
//! log was written anew with a stolen key.

use super::report::Report;
use crate::audit::finding::FindingKind;
use std::collections::BTreeSet;

/// The notes kept, each with the name of the log it is of.
pub(super) struct Kept {
    notes: Vec<(String, String)>,
    /// Boards whose logs were looked at: all but the epoch of their names.
    boards: BTreeSet<String>,
}

impl Kept {
    /// Takes notes apart that stand one after another. A note is text, an empty line and signature lines, so a new one
    /// begins with the first line that is none of a signature.
    pub(super) fn read(text: &str) -> Kept {
        let mut notes: Vec<(String, String)> = Vec::new();
        let mut at_end = true;
        for line in text.lines() {
            let signs = line.starts_with("\u{2014} ");
            if at_end && (signs || line.trim().is_empty()) {
                if let (Some((_, note)), true) = (notes.last_mut(), signs) {
                    *note += &format!("{line}\n");
                }
                continue;
            }
            match notes.last_mut() {
                Some((_, note)) if !at_end => *note += &format!("{line}\n"),
                _ => notes.push((line.to_owned(), format!("{line}\n"))),
            }
            at_end = signs;
        }
        Kept {
            notes,
            boards: BTreeSet::new(),
        }
    }

    /// Gives those of the log of this name.
    pub(super) fn of_log(&mut self, origin: &str) -> Vec<String> {
        if let Some((board, _)) = origin.rsplit_once('/') {
            self.boards.insert(board.to_owned());
        }
        let (of_log, others): (Vec<_>, Vec<_>) = std::mem::take(&mut self.notes)
            .into_iter()
            .partition(|(name, _)| name == origin);
        self.notes = others;
        of_log.into_iter().map(|(_, note)| note).collect()
    }

    /// Tells what became of those of no log that is there: the log of a board that is here is missing, of another
    /// board nothing can be said.
    pub(super) fn rest(self, report: &mut Report) {
        for (origin, _) in self.notes {
            let of_ours = origin
                .rsplit_once('/')
                .is_some_and(|(board, _)| self.boards.contains(board));
            if of_ours {
                report.find("", None, None, FindingKind::LogLost(origin));
            } else {
                report
                    .unchecked
                    .push(format!("the checkpoint kept of {origin}: there is no such log here"));
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Kept;

    #[test]
    fn notes_one_after_another_are_told_apart() {
        let note = |origin: &str| format!("{origin}\n3\nroot\n\n\u{2014} {origin} sig\n\u{2014} witness sig\n");
        let text = format!("\n{}{}\n\n{}", note("a/1"), note("b/1"), note("a/1").trim_end());
        let mut kept = Kept::read(&text);
        assert_eq!(kept.of_log("a/1"), [note("a/1"), note("a/1")]);
        assert_eq!(kept.of_log("b/1"), [note("b/1")]);
        assert!(kept.notes.is_empty());
        assert!(Kept::read("").notes.is_empty());
    }
}
