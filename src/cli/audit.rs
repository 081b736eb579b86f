//! `famn audit verify` and `famn audit export`.
use super::Done;
#[derive(clap::Subcommand)]
pub(super) enum AuditCommand {
    /// v
    Verify,
}
pub(super) async fn audit(_c: AuditCommand, _f: Option<&std::path::Path>) -> Done {
    Ok(std::process::ExitCode::SUCCESS)
}
