//! The codes of all problems that the HTTP API answers with. Codes are API: never renamed, only added.

use serde::Serialize;

use crate::word::words;

macro_rules! codes {
    ($($(#[$doc:meta])* $name:ident = $code:literal, $status:literal, $title:literal;)*) => {
        /// The code of a problem. The list is pinned by tests/vectors/problems.v1.json.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize)]
        #[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
        #[cfg_attr(feature = "schema", schemars(rename = "ProblemCode", description = "What went wrong."))]
        #[non_exhaustive]
        pub enum ErrorCode {
            $($(#[$doc])* #[doc = concat!("`", $code, "`: ", $title)] #[serde(rename = $code)]
            #[cfg_attr(feature = "schema", schemars(description = $title))] $name,)*
        }

        impl ErrorCode {
            /// Every code.
            pub const ALL: &[Self] = &[$(Self::$name),*];

            /// The code as it is sent.
            #[must_use]
            pub fn as_str(self) -> &'static str {
                match self { $(Self::$name => $code),* }
            }

            /// The HTTP status that goes with it.
            #[must_use]
            pub fn status(self) -> u16 {
                match self { $(Self::$name => $status),* }
            }

            /// What it means, in one sentence for people.
            #[must_use]
            pub fn title(self) -> &'static str {
                match self { $(Self::$name => $title),* }
            }
        }
    };
}

codes! {
    AuthMalformed = "auth.malformed", 400, "The Authorization header must be `Bearer` and one credential.";
    AuthMissing = "auth.missing", 401, "This request needs a credential.";
    AuthInvalid = "auth.invalid", 401, "The credential is not accepted.";
    AuthForbidden = "auth.forbidden", 403, "The credential may not do this.";
    AuthForeignOrigin = "auth.foreign_origin", 403, "A session can only be used from its own origin.";
    AuthInsufficientScope = "auth.insufficient_scope", 403, "The key lacks a scope for this.";
    GrantExceedsOwn = "auth.grant_exceeds_own", 403, "A key cannot grant scopes that it does not hold.";
    GrantExceedsOwnEnd = "auth.grant_exceeds_own_end", 403, "A key cannot make a key that works for longer than itself.";
    GrantLooserThanOwn = "auth.grant_looser_than_own", 403, "A key cannot make a key that is verified less strictly than itself.";
    IdempotencyLost = "idempotency.lost", 409, "The first response to this idempotency key can no longer be given again.";
    IdempotencyMismatch = "idempotency.mismatch", 422, "This idempotency key was sent with another request.";
    InvitationExists = "invitation.exists", 409, "This person is invited already.";
    InvitationNotFound = "invitation.not_found", 404, "There is no such invitation.";
    KeyAlreadyRevoked = "key.already_revoked", 409, "The key is already revoked.";
    KeyAlreadyRolled = "key.already_rolled", 409, "The key already has a successor.";
    KeyNotActive = "key.not_active", 409, "The key is revoked or expired.";
    KeyNotFound = "key.not_found", 404, "There is no such key.";
    KeyNotRevoked = "key.not_revoked", 409, "Only a revoked key can be deleted.";
    KeyRevocationPutOff = "key.revocation_put_off", 409, "A revocation can be brought forward but not postponed.";
    LedgerFull = "ledger.full", 507, "The ledger is full; keys can still be revoked and deleted, and members removed.";
    MemberExists = "member.exists", 409, "This person is a member already.";
    MemberLastOwner = "member.last_owner", 409, "An organization must keep at least one owner.";
    MemberNeedsInvitation = "member.needs_invitation", 403, "People join by an invitation that they accept.";
    MemberNotFound = "member.not_found", 404, "There is no such member.";
    OrganizationExists = "organization.exists", 409, "This id is already taken.";
    OrganizationInvitationLimit = "organization.invitation_limit", 409, "The organization has as many pending invitations as it can have.";
    OrganizationMemberLimit = "organization.member_limit", 409, "The organization has as many members as it can have.";
    OwnerHasKeys = "owner.has_keys", 409, "It has keys that still work.";
    OwnerNotFound = "owner.not_found", 404, "There is no such organization or user.";
    RequestBadField = "request.bad_field", 400, "A field of the body is missing, unknown or invalid.";
    RequestBadId = "request.bad_id", 400, "An id in the path is invalid.";
    RequestBadIdempotencyKey = "request.bad_idempotency_key", 400, "The header Idempotency-Key must be 16 to 255 printable ASCII characters.";
    RequestBadJson = "request.bad_json", 400, "The body is not a JSON object.";
    RequestBadParameter = "request.bad_parameter", 400, "A query parameter is unknown or invalid.";
    RequestMediaType = "request.media_type", 415, "The body's content type must be application/json.";
    RequestTooLarge = "request.too_large", 413, "The body is larger than 64 KiB.";
    RouteMethodNotAllowed = "route.method_not_allowed", 405, "This path does not support the method.";
    RouteNotFound = "route.not_found", 404, "There is nothing at this path.";
    ServerInternal = "server.internal", 500, "Something went wrong on the server.";
    ServerMisconfigured = "server.misconfigured", 500, "The deployment's configuration is invalid.";
    ServerUnavailable = "server.unavailable", 503, "Storage cannot be reached; try again.";
    ServerNotReady = "server.not_ready", 503, "The deployment cannot serve as it is configured.";
    SessionNotFound = "session.not_found", 404, "There is no such session.";
    RequestInsecure = "request.insecure", 403, "The connection is not encrypted.";
    RequestKeyInUrl = "request.key_in_url", 400, "A key was sent in the URL.";
    UserOrganizationLimit = "user.organization_limit", 409, "This person has created as many organizations as they can.";
    AuthOtherCaller = "auth.other_caller", 409, "The credential is not that of the caller named in Keyward-Caller.";
    RequestNotForm = "request.not_form", 415, "The body's content type must be application/x-www-form-urlencoded.";
    RequestListTooLarge = "request.list_too_large", 413, "The body is larger than 1 MiB.";
    ServerBusy = "server.busy", 503, "Too many imported keys are being seen for the first time at once; try again.";
    RequestImportTooLarge = "request.import_too_large", 413, "The body is larger than 2 MiB.";
    RequestNotRows = "request.not_rows", 415, "The body's content type must be application/json or application/x-ndjson.";
    ImportAlike = "import.alike", 409, "Too many keys that were not used yet have this redacted form.";
    ImportDeleted = "import.deleted", 409, "This key was imported, and deleted.";
    ImportDiffers = "import.differs", 409, "This key is there already, and differs.";
    ImportTooManyForms = "import.too_many_forms", 409, "There are too many ways in which hashes were made, or forms in which keys are redacted.";
    GatewayNotAccepted = "gateway.not_accepted", 500, "The gateway's own key is not accepted.";
}

words!(ErrorCode);

impl From<crate::grant::Excess> for ErrorCode {
    fn from(excess: crate::grant::Excess) -> Self {
        use crate::grant::Excess;
        match excess {
            Excess::Scopes | Excess::StrongerKey => Self::GrantExceedsOwn,
            Excess::End(_) => Self::GrantExceedsOwnEnd,
            Excess::Consistency => Self::GrantLooserThanOwn,
            Excess::Revocation => Self::AuthForbidden,
        }
    }
}

impl From<crate::lifecycle::Refusal> for ErrorCode {
    fn from(refusal: crate::lifecycle::Refusal) -> Self {
        use crate::lifecycle::Refusal;
        match refusal {
            Refusal::AlreadyRevoked => Self::KeyAlreadyRevoked,
            Refusal::AlreadyRolled(_) => Self::KeyAlreadyRolled,
            Refusal::ExpiryNotAhead | Refusal::LinksOfSecret => Self::RequestBadField,
            Refusal::NotActive => Self::KeyNotActive,
            Refusal::NotRevoked => Self::KeyNotRevoked,
            Refusal::RevocationPutOff => Self::KeyRevocationPutOff,
        }
    }
}
