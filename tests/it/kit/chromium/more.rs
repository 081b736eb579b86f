//! Less usual things that a person does in a browser, or a test with it.

use super::Chromium;

impl Chromium {
    /// Waits until there is something at an XPath.
    #[track_caller]
    pub fn meets(&self, path: &str) -> impl Future<Output = ()> {
        let found = self.at(path.to_owned());
        async move { drop(found.await) }
    }
    /// Waits until there is nothing at an XPath.
    #[track_caller]
    pub fn gone(&self, path: &str) -> impl Future<Output = ()> {
        let gone = self.at(format!("/html[not({path})]"));
        async move { drop(gone.await) }
    }
    /// How far down the page has been scrolled, in pixels.
    pub async fn scrolled(&self) -> u64 {
        let found = self.client().execute("return Math.round(scrollY)", Vec::new()).await;
        found.expect("a script runs").as_u64().expect("a number")
    }
    /// Runs a script of the test's in the page.
    pub async fn runs(&self, script: &str) {
        self.client()
            .execute(script, Vec::new())
            .await
            .expect("the script runs");
    }
}
