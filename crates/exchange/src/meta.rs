//! What a token file says of itself.

use mizuhiki_schema::LinkageSchema;

use crate::{CustodianId, KeyId};

/// Version of the token file format (`protocols/08-file-formats.md`).
pub const FORMAT_VERSION: u32 = 1;

/// What a token file says of itself. The record count stands with the rows and is checked on reading.
#[derive(Debug, Clone, PartialEq)]
pub struct TokenMeta {
    /// The linkage schema, whole: it names thresholds and views that the linkage unit needs.
    pub schema: LinkageSchema,
    /// Fingerprint of the linkage key.
    pub key_id: KeyId,
    /// Who encoded the records.
    pub custodian: CustodianId,
}
