use crate::access::Access; use crate::error::Result; use crate::id::PersonId; use crate::secret::Secret; use std::collections::HashMap;
impl Access<'_> { pub(crate) fn names_of(self, _ids: &[PersonId]) -> Result<HashMap<PersonId, Secret<String>>> { Ok(HashMap::new()) } }

pub async fn sweep(_app: &crate::app::App) -> Result<usize> { Ok(0) }
