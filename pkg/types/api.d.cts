// Written by `npm run contract` from www/openapi.json.
import type { CallOptions, CreationOptions, Pages, Rows } from "./calls.cjs";

/** Every operation of the API, under its id. */
export interface Operations {
  /** Describe what there is for programs that speak OAuth (RFC 8414). */
  discovery(options?: CallOptions): Promise<Discovery>;
  /** Check that the worker can serve. */
  health(options?: CallOptions): Promise<Health>;
  /** Get the counters of an isolate. */
  getMetrics(options?: CallOptions): Promise<string>;
  /** Authorize a visitor's request for a gateway. */
  authorizeRequest(query?: AuthorizeRequestQuery, options?: CallOptions): Promise<void>;
  /** List the events of the audit trail (deployment). */
  listDeploymentEvents(query?: ListDeploymentEventsQuery, options?: CallOptions): Pages<EventList, EventList["events"][number]>;
  /** List keys (deployment). */
  listDeploymentKeys(query?: ListDeploymentKeysQuery, options?: CallOptions): Pages<KeyList, KeyList["keys"][number]>;
  /** Create a key (deployment). */
  createDeploymentKey(body: CreateKeyRequest, options?: CreationOptions): Promise<IssuedKey>;
  /** Revoke all keys that somebody has made (deployment). */
  revokeOperatorKeys(body: RevokeKeysRequest, options?: CallOptions): Promise<RevokedKeys>;
  /** Delete a revoked key (deployment). */
  deleteDeploymentKey(key: string, query?: DeleteDeploymentKeyQuery, options?: CallOptions): Promise<Removed>;
  /** Get a key (deployment). */
  getDeploymentKey(key: string, options?: CallOptions): Promise<Key>;
  /** Change a key's settings (deployment). */
  updateDeploymentKey(key: string, body: UpdateKeyRequest, options?: CallOptions): Promise<ChangedKey>;
  /** Revoke a key, now or later (deployment). */
  revokeDeploymentKey(key: string, body?: RevokeKeyRequest, options?: CallOptions): Promise<RevokedKey>;
  /** Replace a key by a new one (deployment). */
  rollDeploymentKey(key: string, body?: RollKeyRequest, options?: CreationOptions): Promise<RolledKey>;
  /** Sign somebody out everywhere (deployment). */
  deleteDeploymentSessions(query?: DeleteDeploymentSessionsQuery, options?: CallOptions): Promise<EndedSessions>;
  /** List who is signed in (deployment). */
  listDeploymentSessions(query?: ListDeploymentSessionsQuery, options?: CallOptions): Pages<SessionList, SessionList["sessions"][number]>;
  /** Sign somebody out (deployment). */
  deleteDeploymentSession(session: string, options?: CallOptions): Promise<void>;
  /** Introspect a key (RFC 7662). */
  introspectKey(body: IntrospectKeyRequest, options?: CallOptions): Promise<Introspection>;
  /** Look a key up by its text. */
  lookupKey(body: LookupKeyRequest, options?: CallOptions): Promise<Key>;
  /** List the organizations of the deployment. */
  listOrganizations(query?: ListOrganizationsQuery, options?: CallOptions): Pages<OrganizationList, OrganizationList["organizations"][number]>;
  /** Create an organization. */
  createOrganization(body: CreateOrganizationRequest, options?: CallOptions): Promise<Organization>;
  /** Delete an organization. */
  deleteOrganization(organization: string, query?: DeleteOrganizationQuery, options?: CallOptions): Promise<Removed>;
  /** Get an organization. */
  getOrganization(organization: string, options?: CallOptions): Promise<Organization>;
  /** Rename an organization, or change its settings. */
  updateOrganization(organization: string, body: UpdateOrganizationRequest, options?: CallOptions): Promise<Organization>;
  /** List the events of the audit trail (organization). */
  listEvents(organization: string, query?: ListEventsQuery, options?: CallOptions): Pages<EventList, EventList["events"][number]>;
  /** Export everything that there is of an organization. */
  exportOrganization(organization: string, query?: ExportOrganizationQuery, options?: CallOptions): Pages<Rows, object>;
  /** Import keys that another system has issued. */
  importKeys(organization: string, body: ImportKeysBody, query?: ImportKeysQuery, options?: CallOptions): Promise<Imported>;
  /** List the pending invitations of an organization. */
  listInvitations(organization: string, query?: ListInvitationsQuery, options?: CallOptions): Pages<InvitationList, InvitationList["invitations"][number]>;
  /** Invite somebody to an organization. */
  createInvitation(organization: string, body: CreateInvitationRequest, options?: CallOptions): Promise<Invitation>;
  /** Withdraw or decline an invitation. */
  deleteInvitation(organization: string, user: string, options?: CallOptions): Promise<void>;
  /** Accept an invitation. */
  acceptInvitation(organization: string, user: string, options?: CallOptions): Promise<Member>;
  /** List keys (organization). */
  listKeys(organization: string, query?: ListKeysQuery, options?: CallOptions): Pages<KeyList, KeyList["keys"][number]>;
  /** Create a key (organization). */
  createKey(organization: string, body: CreateKeyRequest, options?: CreationOptions): Promise<IssuedKey>;
  /** Revoke all keys that somebody has made (organization). */
  revokeKeys(organization: string, body: RevokeKeysRequest, options?: CallOptions): Promise<RevokedKeys>;
  /** Delete a revoked key (organization). */
  deleteKey(organization: string, key: string, query?: DeleteKeyQuery, options?: CallOptions): Promise<Removed>;
  /** Get a key (organization). */
  getKey(organization: string, key: string, options?: CallOptions): Promise<Key>;
  /** Change a key's settings (organization). */
  updateKey(organization: string, key: string, body: UpdateKeyRequest, options?: CallOptions): Promise<ChangedKey>;
  /** Revoke a key, now or later (organization). */
  revokeKey(organization: string, key: string, body?: RevokeKeyRequest, options?: CallOptions): Promise<RevokedKey>;
  /** Replace a key by a new one (organization). */
  rollKey(organization: string, key: string, body?: RollKeyRequest, options?: CreationOptions): Promise<RolledKey>;
  /** List the members of an organization. */
  listMembers(organization: string, query?: ListMembersQuery, options?: CallOptions): Pages<MemberList, MemberList["members"][number]>;
  /** Remove a member, or leave. */
  removeMember(organization: string, user: string, options?: CallOptions): Promise<Removed>;
  /** Get a member of an organization. */
  getMember(organization: string, user: string, options?: CallOptions): Promise<Member>;
  /** Change a member's role, or add a member. */
  putMember(organization: string, user: string, body: PutMemberRequest, options?: CallOptions): Promise<ChangedMember>;
  /** Revoke a key that one holds (RFC 7009). */
  revokePresentedKey(body: RevokePresentedKeyRequest, options?: CallOptions): Promise<RevokedPresentedKey>;
  /** Revoke keys that were found. */
  revokeFoundKeys(body: RevokeFoundKeysRequest, options?: CallOptions): Promise<RevokedFoundKeys>;
  /** End the dashboard session. */
  endSession(options?: CallOptions): Promise<void>;
  /** Start a dashboard session. */
  startSession(options?: CallOptions): Promise<Whoami>;
  /** Describe how people sign in, and what keys look like. */
  sessionOptions(options?: CallOptions): Promise<SessionOptions>;
  /** Delete a user. */
  deleteUser(user: string, query?: DeleteUserQuery, options?: CallOptions): Promise<Removed>;
  /** List the events of the audit trail (user). */
  listUserEvents(user: string, query?: ListUserEventsQuery, options?: CallOptions): Pages<EventList, EventList["events"][number]>;
  /** List the invitations of a user. */
  listUserInvitations(user: string, query?: ListUserInvitationsQuery, options?: CallOptions): Pages<InvitationList, InvitationList["invitations"][number]>;
  /** List keys (user). */
  listUserKeys(user: string, query?: ListUserKeysQuery, options?: CallOptions): Pages<KeyList, KeyList["keys"][number]>;
  /** Create a key (user). */
  createUserKey(user: string, body: CreateKeyRequest, options?: CreationOptions): Promise<IssuedKey>;
  /** Revoke all keys that somebody has made (user). */
  revokeUserKeys(user: string, body: RevokeKeysRequest, options?: CallOptions): Promise<RevokedKeys>;
  /** Delete a revoked key (user). */
  deleteUserKey(user: string, key: string, query?: DeleteUserKeyQuery, options?: CallOptions): Promise<Removed>;
  /** Get a key (user). */
  getUserKey(user: string, key: string, options?: CallOptions): Promise<Key>;
  /** Change a key's settings (user). */
  updateUserKey(user: string, key: string, body: UpdateKeyRequest, options?: CallOptions): Promise<ChangedKey>;
  /** Revoke a key, now or later (user). */
  revokeUserKey(user: string, key: string, body?: RevokeKeyRequest, options?: CallOptions): Promise<RevokedKey>;
  /** Replace a key by a new one (user). */
  rollUserKey(user: string, key: string, body?: RollKeyRequest, options?: CreationOptions): Promise<RolledKey>;
  /** List the organizations that a user belongs to. */
  listUserOrganizations(user: string, query?: ListUserOrganizationsQuery, options?: CallOptions): Pages<UserOrganizationList, UserOrganizationList["organizations"][number]>;
  /** Sign somebody out everywhere (user). */
  deleteSessions(user: string, query?: DeleteSessionsQuery, options?: CallOptions): Promise<EndedSessions>;
  /** List who is signed in (user). */
  listSessions(user: string, query?: ListSessionsQuery, options?: CallOptions): Pages<SessionList, SessionList["sessions"][number]>;
  /** Sign somebody out (user). */
  deleteSession(user: string, session: string, options?: CallOptions): Promise<void>;
  /** Verify a key. */
  verifyKey(body: VerifyKeyRequest, options?: CallOptions): Promise<Verdict>;
  /** Describe the presented credential. */
  whoami(options?: CallOptions): Promise<Whoami>;
}

export type paths = Record<string, never>;
export type webhooks = Record<string, never>;
export interface components {
    schemas: {
        /** @description A key that works. */
        ActiveKey: {
            /**
             * @description Always true.
             * @constant
             */
            active: true;
            /** @description The key's id. */
            client_id: components["schemas"]["KeyId"];
            /**
             * Format: int64
             * @description When the key ends, because it expires or its revocation is scheduled, in seconds since 1970. Left out if it does neither.
             */
            exp?: number;
            /**
             * Format: int64
             * @description When the key was created, in seconds since 1970.
             */
            iat: number;
            /** @description The deployment, as `/.well-known/oauth-authorization-server` names it. */
            iss: string;
            /** @description The verdict, as `verify_key` gives it. */
            keyward: components["schemas"]["ValidVerdict"];
            /** @description The organization whose key it is; of a user's key, the one that it had to reach. Left out if there is none. */
            organization?: components["schemas"]["OrganizationId"];
            /** @description What the key may do: its scopes, with spaces between. */
            scope: string;
            /** @description Whose key it is: a user's id; or `organization:` and the id of an organization, which no user's id looks like. Left out for a key of the deployment. */
            sub?: string;
            /**
             * @description Always `Bearer`: it is sent as `Authorization: Bearer`.
             * @constant
             */
            token_type: "Bearer";
        };
        /** @description Who did something: the operator with a root key (`root`) or an operator key, a user, or an organization's key. */
        Actor: {
            /** @description The root key's, the user's or the key's id. */
            id: string;
            /** @description The personal key that a user did it with; null or absent otherwise. */
            key?: string | null;
            type: components["schemas"]["ActorType"];
        };
        /** @description A person (`user:ada`, whichever of their keys they use), a key (`key:apk_…`) or a root key (`root:root_…`). */
        ActorName: string;
        /** @enum {string} */
        ActorType: "root" | "operator_key" | "user" | "key";
        /**
         * @description Whether the caller is the operator, a user or a key.
         * @enum {string}
         */
        CallerType: "root" | "user" | "key";
        /** @description A key with its new settings, and when what it may no longer do has ended. */
        ChangedKey: {
            /** @description The least consistency that the key is verified with. */
            consistency: components["schemas"]["Consistency"];
            /** @description When it was created. */
            created_at: components["schemas"]["Timestamp"];
            /** @description Who created it; of a foreign key, who imported it. */
            created_by: components["schemas"]["Actor"];
            /** @description When the change takes effect, if it takes something away; null if it does not. */
            effective: components["schemas"]["Effective"] | null;
            /** @description From when on the key is refused because it has expired; null for never. A new one has to be in the future. */
            expires_at: components["schemas"]["Timestamp"] | null;
            /** @description Whether another system has issued it, and it was imported: a foreign key. */
            foreign: boolean;
            /** @description Who has created it, in the words of the system that a foreign key comes from. */
            foreign_creator: components["schemas"]["Title"] | null;
            /** @description The key's id. */
            id: components["schemas"]["KeyId"];
            /** @description When it was last verified as valid, to about five minutes. */
            last_used_at: components["schemas"]["Timestamp"] | null;
            /** @description The sales channels that a publishable key is linked to; secret keys have none. */
            links: components["schemas"]["Links"];
            /** @description What the application keeps with the key. */
            metadata: components["schemas"]["Metadata"];
            /** @description Whose key it is. */
            owner: components["schemas"]["Owner"];
            /** @description The operations that the caller may carry out on it, as far as policy goes; its status may rule some of them out. */
            permissions: components["schemas"]["Operation"][];
            /** @description The redacted form, which people may see. */
            redacted: components["schemas"]["Redacted"];
            /** @description Why it was revoked. */
            revocation_reason: components["schemas"]["Reason"] | null;
            /** @description From when on it is refused as revoked; in the future if that is scheduled. */
            revoked_at: components["schemas"]["Timestamp"] | null;
            /** @description Who revoked it. */
            revoked_by: components["schemas"]["Actor"] | null;
            /** @description The key that it has replaced. */
            rolled_from: components["schemas"]["KeyId"] | null;
            /** @description The key that has replaced it. */
            rolled_to: components["schemas"]["KeyId"] | null;
            /** @description What the key may do. */
            scopes: components["schemas"]["Scopes"];
            /** @description Its status at the time of the response. */
            status: components["schemas"]["Status"];
            /** @description What people call the key; need not be unique. */
            title: components["schemas"]["Title"];
            /** @description A publishable key's text. A secret key's is never shown again. */
            token: components["schemas"]["Token"] | null;
            /** @description Secret or publishable. */
            type: components["schemas"]["KeyType"];
            /** @description When it was last changed. */
            updated_at: components["schemas"]["Timestamp"];
        };
        /** @description A member as it is now. */
        ChangedMember: {
            /** @description When the user became a member. */
            created_at: components["schemas"]["Timestamp"];
            /** @description When a lower role has taken effect; null where the role is not lower than before. */
            effective: components["schemas"]["Effective"] | null;
            /** @description The operations that the caller may carry out on this member. */
            permissions: components["schemas"]["Operation"][];
            /** @description The role in the organization. */
            role: components["schemas"]["Role"];
            /** @description When the role was last changed. */
            updated_at: components["schemas"]["Timestamp"];
            /** @description The user's id. */
            user: components["schemas"]["UserId"];
        };
        /** @description A sales channel's id: `sc_` and a ULID. */
        ChannelId: string;
        /**
         * @description How fresh a verification has to be; the later, the stricter.
         *
         *     - `fast`: Copies, if they prove that they are not older than the answer may be; or else the ledger.
         *     - `strong`: The ledger, as things are now.
         * @enum {string}
         */
        Consistency: "fast" | "strong";
        /**
         * @description Whether a count is that of all entries.
         *
         *     - `exact`: There are as many.
         *     - `at_least`: There may be more: counting ended here.
         * @enum {string}
         */
        CountIs: "exact" | "at_least";
        /** @description Invites somebody to an organization. */
        CreateInvitationRequest: {
            /** @description The role that they will have. */
            role: components["schemas"]["Role"];
            /** @description Who is invited. */
            user: components["schemas"]["UserId"];
        };
        /** @description What people give to create a key. */
        CreateKeyRequest: {
            /** @description The least consistency that the key is verified with. */
            consistency?: components["schemas"]["Consistency"];
            /** @description From when on the key is refused because it has expired; null for never. A new one has to be in the future. */
            expires_at?: components["schemas"]["Timestamp"] | null;
            /** @description The sales channels that a publishable key is linked to; secret keys have none. */
            links?: components["schemas"]["Links"];
            /** @description What the application keeps with the key. */
            metadata?: components["schemas"]["Metadata"];
            /** @description What the key may do. */
            scopes?: components["schemas"]["Scopes"];
            /** @description What people call the key; need not be unique. */
            title: components["schemas"]["Title"];
            /** @description Secret or publishable. */
            type?: components["schemas"]["KeyType"];
        };
        /** @description An organization that is to be created. */
        CreateOrganizationRequest: {
            /** @description The application's own id, which never changes. Ids that differ in case alone are the same. */
            id: components["schemas"]["OrganizationId"];
            /** @description What people call it. */
            name: components["schemas"]["Title"];
            /** @description The first owner, which only the operator can name; anybody else becomes the owner. */
            owner?: components["schemas"]["UserId"] | null;
        };
        /** @description The session that a request comes from. */
        CurrentSession: {
            /** @description When it ends if it is not used again. */
            ends_at: components["schemas"]["Timestamp"];
            /** @description Its id. */
            id: components["schemas"]["SessionId"];
        };
        /** @description What the deployment offers to programs that speak OAuth. It issues no tokens. */
        Discovery: {
            /** @description Always empty: there is no token endpoint. */
            grant_types_supported: string[];
            /**
             * Format: uri
             * @description Where keys are introspected.
             */
            introspection_endpoint: string;
            /** @description How clients authenticate there. */
            introspection_endpoint_auth_methods_supported: string[];
            /**
             * Format: uri
             * @description The deployment: scheme, host and port that the request was sent to.
             */
            issuer: string;
            /** @description Always empty: there is no authorization endpoint. */
            response_types_supported: string[];
            /**
             * Format: uri
             * @description Where whoever holds a key revokes it.
             */
            revocation_endpoint: string;
            /** @description Always `none`: holding the key is enough. */
            revocation_endpoint_auth_methods_supported: string[];
        };
        /** @description When a restriction has taken effect. */
        Effective: {
            /** @description When the last answer has been given that may still tell how things were before, to callers that ask for no more than the organization's ceiling. Callers that ask for 0 seconds are told at once. */
            by: components["schemas"]["Timestamp"];
        };
        /**
         * @description How bytes are written.
         *
         *     - `text`: As UTF-8.
         *     - `hex`: In hexadecimal.
         *     - `base64`: In Base64, with padding or without.
         *     - `base64url`: In Base64 for URLs, with padding or without.
         * @enum {string}
         */
        Encoding: "text" | "hex" | "base64" | "base64url";
        /** @description How many sessions were ended. */
        EndedSessions: {
            /**
             * Format: uint32
             * @description How many.
             */
            count: number;
        };
        /**
         * @description The third part of every key.
         * @enum {string}
         */
        Environment: "live" | "test";
        /** @description An event of the audit trail. */
        Event: {
            /** @description What was done. */
            action: components["schemas"]["EventAction"];
            /** @description Who did it. */
            actor: components["schemas"]["Actor"];
            /** @description The address that the request came from, where the operator has that recorded. */
            address: string | null;
            /** @description When it happened. */
            at: components["schemas"]["Timestamp"];
            /** @description The particulars, if the action has any. */
            details: components["schemas"]["EventDetails"];
            /** @description The event's id. */
            id: components["schemas"]["EventId"];
            /** @description The key as it was then, if it is about one. */
            key: components["schemas"]["EventKey"] | null;
            /** @description The request that did it; its response and the log have the same id. Null for what no single request did. */
            request_id: string | null;
            /** @description The program that has sent it, where the operator has that recorded. */
            user_agent: string | null;
        };
        /** @enum {string} */
        EventAction: "key.created" | "key.imported" | "key.updated" | "key.revoked" | "key.rolled" | "key.refused" | "key.deleted" | "organization.created" | "organization.renamed" | "organization.updated" | "organization.deleted" | "user.deleted" | "invitation.created" | "invitation.accepted" | "invitation.deleted" | "member.added" | "member.changed" | "member.removed" | "session.started" | "session.ended";
        /** @description The particulars of an event. Which of them there are depends on the action. */
        EventDetails: {
            /** @description The settings that were changed, with their values before and after. */
            changes?: components["schemas"]["FieldChange"][];
            /**
             * Format: uint32
             * @description How often a revoked key was refused; how many sessions were ended.
             */
            count?: number;
            /** @description When an imported key was created. */
            created_at?: components["schemas"]["Timestamp"];
            /** @description Whose keys were all revoked at once. */
            created_by?: components["schemas"]["ActorName"];
            /** @description When the key expires. */
            expires_at?: components["schemas"]["Timestamp"];
            /** @description The organization's name. */
            name?: components["schemas"]["Title"];
            /** @description The organization's name before. */
            old_name?: components["schemas"]["Title"];
            /** @description The reason before. */
            old_reason?: components["schemas"]["Reason"];
            /** @description From when on it would have been refused, as it was scheduled before. */
            old_revoked_at?: components["schemas"]["Timestamp"];
            /** @description The member's role before. */
            old_role?: components["schemas"]["Role"];
            /** @description Which organization. */
            organization?: components["schemas"]["UserId"];
            /** @description Why the key was revoked. */
            reason?: components["schemas"]["Reason"];
            /** @description From when on the key is refused as revoked. */
            revoked_at?: components["schemas"]["Timestamp"];
            /** @description The user's role. */
            role?: components["schemas"]["Role"];
            /** @description The key that it replaces. */
            rolled_from?: components["schemas"]["KeyId"];
            /** @description The key that replaces it. */
            rolled_to?: components["schemas"]["KeyId"];
            /** @description What the key may do. */
            scopes?: components["schemas"]["Scopes"];
            /** @description The session that was started or ended; absent if several were ended together. */
            session?: components["schemas"]["SessionId"];
            /** @description Since when that was counted. */
            since?: components["schemas"]["Timestamp"];
            /** @description Where the key was found, in the words of whoever has revoked it by possession. */
            source?: components["schemas"]["Source"];
            /** @description Secret or publishable. */
            type?: components["schemas"]["KeyType"];
            /** @description Which user. */
            user?: components["schemas"]["UserId"];
            /** @description How the key was revoked, if it was not by what a caller may do. */
            via?: components["schemas"]["Via"];
        };
        /** @description An event's id: `evt_` and a ULID. */
        EventId: string;
        /** @description The key that an event is about, as it was then: the trail outlives the key. */
        EventKey: {
            /** @description The key's id. */
            id: components["schemas"]["KeyId"];
            /** @description The form that people may see. */
            redacted: components["schemas"]["Redacted"];
            /** @description Its title at that time. */
            title: components["schemas"]["Title"];
        };
        /** @description A page of the audit trail. */
        EventList: {
            /** @description What leads to the next page, as its `after`; null on the last one. It stays good however much is added, changed and deleted meanwhile. */
            after: string | null;
            /**
             * Format: uint32
             * @description How many match, on all pages.
             */
            count: number;
            /** @description Whether that is all. Of a long list with filters, only so many are counted. */
            count_is: components["schemas"]["CountIs"];
            /** @description The events on this page, newest first. */
            events: components["schemas"]["Event"][];
            /**
             * Format: uint32
             * @description How many entries a page holds at most. One with filters may hold fewer and not be the last.
             */
            limit: number;
            /**
             * Format: uint32
             * @description How many were skipped: where fewer than were to be, `after` skips the others.
             */
            offset: number;
            /**
             * Format: uint32
             * @description How many entries on this page cannot be read; they are not shown.
             */
            unreadable: number;
        };
        /**
         * @description A session that goes on.
         * @enum {string}
         */
        ExceptSession: "current";
        ExportCursor: string;
        /** @description A row that is not imported. */
        FailedRow: {
            /** @description What is wrong with it. */
            code: components["schemas"]["ProblemCode"];
            /** @description The same for people. */
            detail: string;
            /**
             * Format: uint32
             * @description Which one, from 1.
             */
            row: number;
        };
        /** @description A setting that was changed, with its values before and after. */
        FieldChange: {
            /** @description The setting's name. */
            field: string;
            /** @description What it is from now on. */
            new: unknown;
            /** @description What it was. */
            old: unknown;
        };
        /** @description One field or parameter that is missing, unknown or invalid. Holds nothing of the input but the plain name of an unknown field. */
        FieldProblem: {
            /** @description What it should be. */
            detail: string;
            /** @description A JSON pointer (RFC 6901) into the body, or `?name` for a query parameter. For a field whose name is not repeated it is that of the whole body, which is empty, or `?`. */
            pointer: string;
        };
        /** @description A text that was found. */
        FoundKey: {
            /** @description Where it was found, for whoever reads the key's events: an address, a file and a line. */
            source?: string | null;
            /** @description The text, whatever it is. */
            token: string;
        };
        /**
         * @description How a hash was made.
         *
         *     - `sha256`: SHA-256, with a salt or without.
         *     - `sha512`: SHA-512, with a salt or without.
         *     - `hmac-sha256`: HMAC-SHA-256, with the pepper as its key.
         *     - `scrypt`: scrypt with N = 16384, r = 8 and p = 1.
         * @enum {string}
         */
        HashAlgorithm: "sha256" | "sha512" | "hmac-sha256" | "scrypt";
        /**
         * @description What of a key was hashed.
         *
         *     - `whole`: All of it.
         *     - `after_last_underscore`: What follows its last underscore.
         * @enum {string}
         */
        HashedPart: "whole" | "after_last_underscore";
        /** @description That the worker can serve. */
        Health: {
            /**
             * @description Always `ok`.
             * @constant
             */
            status: "ok";
            /** @description Keyward's version. */
            version: string;
        };
        /** @description An identity provider whose tokens are accepted. */
        IdentityProvider: {
            /** @description Its issuer. */
            issuer: string;
            /** @description Where people sign in; null if it is not configured. */
            sign_in_url: string | null;
        };
        /** @description What has become of the rows. */
        Imported: {
            /** @description Whether nothing was done. */
            dry_run: boolean;
            /** @description Those that are wrong, in their order. */
            failed: components["schemas"]["FailedRow"][];
            /**
             * Format: uint32
             * @description How many are new.
             */
            imported: number;
            /**
             * Format: uint32
             * @description How many were imported before.
             */
            unchanged: number;
        };
        /** @description A hash as another system has stored it. */
        ImportedHash: {
            /** @description How it was made. */
            algorithm: components["schemas"]["HashAlgorithm"];
            /** @description How `value` is written: `hex`, `base64` or `base64url`. */
            encoding: components["schemas"]["Encoding"];
            /** @description What of the key was hashed. */
            part?: components["schemas"]["HashedPart"];
            /** @description The key of HMAC. It is kept with the hash, and shown by an export alone. */
            pepper?: string | null;
            /** @description How `pepper` is written. */
            pepper_encoding?: components["schemas"]["Encoding"];
            /** @description The salt, as it was used. */
            salt?: string | null;
            /** @description How `salt` is written. Most systems use the text itself, whatever it looks like. */
            salt_encoding?: components["schemas"]["Encoding"];
            /** @description Where the salt was put. */
            salt_position?: components["schemas"]["SaltPosition"];
            /** @description The hash. */
            value: string;
        };
        /** @description A key that another system has issued. */
        ImportedKey: {
            /** @description The least consistency that it is verified with. */
            consistency?: components["schemas"]["Consistency"];
            /** @description When it was created; now, if that is not known. */
            created_at?: components["schemas"]["Timestamp"] | null;
            /** @description Who has created it, in that system's words. */
            created_by?: components["schemas"]["Title"] | null;
            /** @description From when on it is refused because it has expired; null for never. */
            expires_at?: components["schemas"]["Timestamp"] | null;
            /** @description Its hash, as that system has stored it. */
            hash: components["schemas"]["ImportedHash"];
            /** @description The sales channels that a publishable key is linked to; secret keys have none. */
            links?: components["schemas"]["Links"];
            /** @description What the application keeps with it. */
            metadata?: components["schemas"]["Metadata"];
            /** @description Its redacted form: how it begins, `***`, and how it ends. Needed for scrypt, and where each key has a salt of its own. */
            redacted?: components["schemas"]["Redacted"] | null;
            /** @description From when on it is refused because it was revoked there; null if it was not. */
            revoked_at?: components["schemas"]["Timestamp"] | null;
            /** @description What it may do. */
            scopes?: components["schemas"]["Scopes"];
            /** @description What people call it. */
            title: components["schemas"]["Title"];
            /** @description Secret or publishable. */
            type?: components["schemas"]["KeyType"];
        };
        /** @description A text that is no key that works, whatever the reason. */
        Inactive: {
            /**
             * @description Always false.
             * @constant
             */
            active: false;
        };
        /** @description The parameters of the form. */
        IntrospectKeyRequest: {
            /** @description How old the answer may be, in seconds: 30 if nothing is said, 0 for how things are now. The organization's ceiling holds if it is lower. */
            max_staleness_seconds?: number;
            /** @description What is preferred while a ledger that has to be asked cannot be reached: a 503, or an older answer, as far as the organization allows it. */
            on_outage?: components["schemas"]["OnOutage"];
            /** @description Which organization the key has to reach. If an organization's key asks, that organization is the default. */
            organization?: components["schemas"]["OrganizationId"];
            /** @description Which scopes the key has to hold, all of them, with spaces between. */
            scope?: string;
            /** @description The presented text, whatever it is. */
            token: string;
            /** @description What kind of token it may be. Ignored, like every other parameter: a key says so itself. */
            token_type_hint?: string;
        } & {
            [key: string]: unknown;
        };
        /** @description Whether a key works. */
        Introspection: components["schemas"]["ActiveKey"] | components["schemas"]["Inactive"];
        /** @description An invitation to an organization. */
        Invitation: {
            /** @description When they were invited. */
            created_at: components["schemas"]["Timestamp"];
            /** @description Who invited them. */
            created_by: components["schemas"]["Actor"];
            /** @description From when on it can no longer be accepted. */
            expires_at: components["schemas"]["Timestamp"];
            /** @description The organization's id. */
            organization: components["schemas"]["UserId"];
            /** @description The organization's name, if it is known. */
            organization_name: components["schemas"]["Title"] | null;
            /** @description The operations that the caller may carry out on it. */
            permissions: components["schemas"]["Operation"][];
            /** @description The role that they will have. */
            role: components["schemas"]["Role"];
            /** @description Who is invited. */
            user: components["schemas"]["UserId"];
        };
        /** @description A page of pending invitations. */
        InvitationList: {
            /** @description What leads to the next page, as its `after`; null on the last one. It stays good however much is added, changed and deleted meanwhile. */
            after: string | null;
            /**
             * Format: uint32
             * @description How many match, on all pages.
             */
            count: number;
            /** @description Whether that is all. Of a long list with filters, only so many are counted. */
            count_is: components["schemas"]["CountIs"];
            /** @description The invitations on this page: of an organization by user, of a user by organization. */
            invitations: components["schemas"]["Invitation"][];
            /**
             * Format: uint32
             * @description How many entries a page holds at most. One with filters may hold fewer and not be the last.
             */
            limit: number;
            /**
             * Format: uint32
             * @description How many were skipped: where fewer than were to be, `after` skips the others.
             */
            offset: number;
            /** @description The operations that the caller may carry out on the organization, or on the user's account. */
            permissions: components["schemas"]["Operation"][];
            /**
             * Format: uint32
             * @description How many entries on this page cannot be read; they are not shown.
             */
            unreadable: number;
        };
        /** @description A new key, with its text. */
        IssuedKey: {
            /** @description The least consistency that the key is verified with. */
            consistency: components["schemas"]["Consistency"];
            /** @description When it was created. */
            created_at: components["schemas"]["Timestamp"];
            /** @description Who created it; of a foreign key, who imported it. */
            created_by: components["schemas"]["Actor"];
            /** @description From when on the key is refused because it has expired; null for never. A new one has to be in the future. */
            expires_at: components["schemas"]["Timestamp"] | null;
            /** @description Whether another system has issued it, and it was imported: a foreign key. */
            foreign: boolean;
            /** @description Always null: the key is one of this deployment. */
            foreign_creator: components["schemas"]["Title"] | null;
            /** @description The key's id. */
            id: components["schemas"]["KeyId"];
            /** @description Always null: the key is new. */
            last_used_at: components["schemas"]["Timestamp"] | null;
            /** @description The sales channels that a publishable key is linked to; secret keys have none. */
            links: components["schemas"]["Links"];
            /** @description What the application keeps with the key. */
            metadata: components["schemas"]["Metadata"];
            /** @description Whose key it is. */
            owner: components["schemas"]["Owner"];
            /** @description The operations that the caller may carry out on it. */
            permissions: components["schemas"]["Operation"][];
            /** @description The redacted form, which people may see. */
            redacted: components["schemas"]["Redacted"];
            /** @description Why it was revoked. */
            revocation_reason: components["schemas"]["Reason"] | null;
            /** @description From when on it is refused as revoked; in the future if that is scheduled. */
            revoked_at: components["schemas"]["Timestamp"] | null;
            /** @description Who revoked it. */
            revoked_by: components["schemas"]["Actor"] | null;
            /** @description The key that it has replaced. */
            rolled_from: components["schemas"]["KeyId"] | null;
            /** @description The key that has replaced it. */
            rolled_to: components["schemas"]["KeyId"] | null;
            /** @description What the key may do. */
            scopes: components["schemas"]["Scopes"];
            /** @description Its status at the time of the response. */
            status: components["schemas"]["Status"];
            /** @description What people call the key; need not be unique. */
            title: components["schemas"]["Title"];
            /** @description The key's text. That of a secret key is shown this once. */
            token: components["schemas"]["Token"];
            /** @description Secret or publishable. */
            type: components["schemas"]["KeyType"];
            /** @description When it was last changed. */
            updated_at: components["schemas"]["Timestamp"];
        };
        /** @description A key. */
        Key: {
            /** @description The least consistency that the key is verified with. */
            consistency: components["schemas"]["Consistency"];
            /** @description When it was created. */
            created_at: components["schemas"]["Timestamp"];
            /** @description Who created it; of a foreign key, who imported it. */
            created_by: components["schemas"]["Actor"];
            /** @description From when on the key is refused because it has expired; null for never. A new one has to be in the future. */
            expires_at: components["schemas"]["Timestamp"] | null;
            /** @description Whether another system has issued it, and it was imported: a foreign key. */
            foreign: boolean;
            /** @description Who has created it, in the words of the system that a foreign key comes from. */
            foreign_creator: components["schemas"]["Title"] | null;
            /** @description The key's id. */
            id: components["schemas"]["KeyId"];
            /** @description When it was last verified as valid, to about five minutes. */
            last_used_at: components["schemas"]["Timestamp"] | null;
            /** @description The sales channels that a publishable key is linked to; secret keys have none. */
            links: components["schemas"]["Links"];
            /** @description What the application keeps with the key. */
            metadata: components["schemas"]["Metadata"];
            /** @description Whose key it is. */
            owner: components["schemas"]["Owner"];
            /** @description The operations that the caller may carry out on it, as far as policy goes; its status may rule some of them out. */
            permissions: components["schemas"]["Operation"][];
            /** @description The redacted form, which people may see. */
            redacted: components["schemas"]["Redacted"];
            /** @description Why it was revoked. */
            revocation_reason: components["schemas"]["Reason"] | null;
            /** @description From when on it is refused as revoked; in the future if that is scheduled. */
            revoked_at: components["schemas"]["Timestamp"] | null;
            /** @description Who revoked it. */
            revoked_by: components["schemas"]["Actor"] | null;
            /** @description The key that it has replaced. */
            rolled_from: components["schemas"]["KeyId"] | null;
            /** @description The key that has replaced it. */
            rolled_to: components["schemas"]["KeyId"] | null;
            /** @description What the key may do. */
            scopes: components["schemas"]["Scopes"];
            /** @description Its status at the time of the response. */
            status: components["schemas"]["Status"];
            /** @description What people call the key; need not be unique. */
            title: components["schemas"]["Title"];
            /** @description A publishable key's text. A secret key's is never shown again. */
            token: components["schemas"]["Token"] | null;
            /** @description Secret or publishable. */
            type: components["schemas"]["KeyType"];
            /** @description When it was last changed. */
            updated_at: components["schemas"]["Timestamp"];
        };
        /** @description A key's id: `apk_` and a ULID. */
        KeyId: string;
        /** @description A page of keys. */
        KeyList: {
            /** @description What leads to the next page, as its `after`; null on the last one. It stays good however much is added, changed and deleted meanwhile. */
            after: string | null;
            /**
             * Format: uint32
             * @description How many match, on all pages.
             */
            count: number;
            /** @description Whether that is all. Of a long list with filters, only so many are counted. */
            count_is: components["schemas"]["CountIs"];
            /** @description The keys on this page. */
            keys: components["schemas"]["Key"][];
            /**
             * Format: uint32
             * @description How many entries a page holds at most. One with filters may hold fewer and not be the last.
             */
            limit: number;
            /**
             * Format: uint32
             * @description How many were skipped: where fewer than were to be, `after` skips the others.
             */
            offset: number;
            /** @description The operations that the caller may carry out on the owner of these keys. */
            permissions: components["schemas"]["Operation"][];
            /**
             * Format: uint32
             * @description How many entries on this page cannot be read; they are not shown.
             */
            unreadable: number;
        };
        /** @enum {string} */
        KeyOrder: "created_at" | "-created_at" | "updated_at" | "-updated_at" | "last_used_at" | "-last_used_at" | "expires_at" | "-expires_at" | "revoked_at" | "-revoked_at" | "title" | "-title";
        /**
         * @description Whether a key is to be kept secret.
         *
         *     - `secret`: Stored as a digest, shown once.
         *     - `publishable`: Public by design: stored and shown in clear, grants nothing here.
         * @enum {string}
         */
        KeyType: "secret" | "publishable";
        /** @description A set; responses have it sorted and without duplicates. */
        Links: components["schemas"]["ChannelId"][];
        /** @description An organization as the operator lists it. */
        ListedOrganization: {
            /** @description When it was created. */
            created_at: components["schemas"]["Timestamp"];
            /** @description Who created it. */
            created_by: components["schemas"]["Actor"];
            /** @description Its id. */
            id: components["schemas"]["UserId"];
            /** @description Its name. */
            name: components["schemas"]["Title"];
        };
        /** @description Which key to look up. */
        LookupKeyRequest: {
            /** @description The key's text, whatever its state. */
            token: string;
        };
        /** @description A key that is revoked, or would be, because of who made it. */
        MadeKey: {
            /** @description When it was created. */
            created_at: components["schemas"]["Timestamp"];
            /** @description Who created it. */
            created_by: components["schemas"]["Actor"];
            /** @description The key's id. */
            id: components["schemas"]["KeyId"];
            /** @description The redacted form, which people may see. */
            redacted: components["schemas"]["Redacted"];
            /** @description The key that it has replaced. */
            rolled_from: components["schemas"]["KeyId"] | null;
            /** @description What people call it. */
            title: components["schemas"]["Title"];
            /** @description Secret or publishable. */
            type: components["schemas"]["KeyType"];
        };
        /** @description A member of an organization. */
        Member: {
            /** @description When the user became a member. */
            created_at: components["schemas"]["Timestamp"];
            /** @description The operations that the caller may carry out on this member. */
            permissions: components["schemas"]["Operation"][];
            /** @description The role in the organization. */
            role: components["schemas"]["Role"];
            /** @description When the role was last changed. */
            updated_at: components["schemas"]["Timestamp"];
            /** @description The user's id. */
            user: components["schemas"]["UserId"];
        };
        /** @description A page of the members of an organization. */
        MemberList: {
            /** @description What leads to the next page, as its `after`; null on the last one. It stays good however much is added, changed and deleted meanwhile. */
            after: string | null;
            /** @description The roles that the caller may give. */
            assignable_roles: components["schemas"]["Role"][];
            /**
             * Format: uint32
             * @description How many match, on all pages.
             */
            count: number;
            /** @description Whether that is all. Of a long list with filters, only so many are counted. */
            count_is: components["schemas"]["CountIs"];
            /**
             * Format: uint32
             * @description How many entries a page holds at most. One with filters may hold fewer and not be the last.
             */
            limit: number;
            /** @description The members on this page, by id. */
            members: components["schemas"]["Member"][];
            /**
             * Format: uint32
             * @description How many were skipped: where fewer than were to be, `after` skips the others.
             */
            offset: number;
            /** @description The operations that the caller may carry out on the organization. */
            permissions: components["schemas"]["Operation"][];
            /**
             * Format: uint32
             * @description How many entries on this page cannot be read; they are not shown.
             */
            unreadable: number;
        };
        /** @description An organization that somebody belongs to. */
        Membership: {
            /** @description The organization's id. */
            id: components["schemas"]["OrganizationId"];
            /** @description The organization's name, if it is known. */
            name: components["schemas"]["Title"] | null;
            /** @description The role in it; null if an organization's key describes itself. */
            role: components["schemas"]["Role"] | null;
        };
        /** @description What the application keeps with the key: at most 4096 bytes of JSON, with at most 32 levels of objects and arrays. Numbers are integers of 64 bits, or the nearest doubles. */
        Metadata: {
            [key: string]: unknown;
        };
        /**
         * @description What a caller prefers while a ledger cannot be reached that would have to be asked.
         *
         *     - `refuse`: No answer.
         *     - `stale`: The best copy, which says how old it is, as far as the organization allows it.
         * @enum {string}
         */
        OnOutage: "refuse" | "stale";
        /**
         * @description An operation of the API.
         * @enum {string}
         */
        Operation: "health" | "verify_key" | "introspect_key" | "authorize_request" | "discovery" | "lookup_key" | "revoke_presented_key" | "revoke_found_keys" | "whoami" | "start_session" | "end_session" | "session_options" | "create_organization" | "get_metrics" | "list_organizations" | "get_organization" | "update_organization" | "delete_organization" | "list_members" | "get_member" | "put_member" | "remove_member" | "list_invitations" | "create_invitation" | "delete_invitation" | "accept_invitation" | "list_user_organizations" | "list_user_invitations" | "delete_user" | "list_keys" | "create_key" | "get_key" | "update_key" | "delete_key" | "revoke_key" | "revoke_keys" | "roll_key" | "import_keys" | "export_organization" | "list_events" | "list_sessions" | "delete_session" | "delete_sessions";
        /** @description An organization. */
        Organization: {
            /** @description When it was created. */
            created_at: components["schemas"]["Timestamp"];
            /** @description Who created it. */
            created_by: components["schemas"]["Actor"];
            /** @description Its id. */
            id: components["schemas"]["OrganizationId"];
            /** @description The organization's ceiling: no answer about its keys and members is older, in seconds. */
            max_staleness_seconds: number;
            /** @description Its name. */
            name: components["schemas"]["Title"];
            /** @description How old an answer may be while the ledger cannot be reached, in seconds, for callers that prefer it to none; 0 for not at all. */
            on_outage_max_seconds: number;
            /** @description The operations that the caller may carry out on it. */
            permissions: components["schemas"]["Operation"][];
            /** @description When it was last changed. */
            updated_at: components["schemas"]["Timestamp"];
        };
        /** @description The application's own id of an organization. */
        OrganizationId: string;
        /** @description A page of the organizations of the deployment. */
        OrganizationList: {
            /** @description What leads to the next page, as its `after`; null on the last one. It stays good however much is added, changed and deleted meanwhile. */
            after: string | null;
            /**
             * Format: uint32
             * @description How many match, on all pages.
             */
            count: number;
            /** @description Whether that is all. Of a long list with filters, only so many are counted. */
            count_is: components["schemas"]["CountIs"];
            /**
             * Format: uint32
             * @description How many entries a page holds at most. One with filters may hold fewer and not be the last.
             */
            limit: number;
            /**
             * Format: uint32
             * @description How many were skipped: where fewer than were to be, `after` skips the others.
             */
            offset: number;
            /** @description The organizations on this page, by id. */
            organizations: components["schemas"]["ListedOrganization"][];
            /** @description The operations that the caller may carry out on the deployment. */
            permissions: components["schemas"]["Operation"][];
            /**
             * Format: uint32
             * @description How many entries on this page cannot be read; they are not shown.
             */
            unreadable: number;
        };
        /** @description An organization, a user, or the deployment itself, which has no id and holds the operator's keys. */
        Owner: {
            /** @description The organization's or the user's id; null for the deployment. */
            id: string | null;
            type: components["schemas"]["OwnerType"];
        };
        /** @enum {string} */
        OwnerType: "deployment" | "organization" | "user";
        /** @description A problem (RFC 9457). It repeats nothing that was sent but plain names of unknown fields. */
        Problem: {
            code: components["schemas"]["ProblemCode"];
            /** @description What went wrong this time, for people. */
            detail: string;
            /** @description Which fields or parameters are missing or invalid. */
            errors?: components["schemas"]["FieldProblem"][];
            /** @description The request's id, which is in the log too. */
            request_id: string;
            /** @description The HTTP status. */
            status: number;
            /** @description The same for every problem with this code. */
            title: string;
            /**
             * Format: uri
             * @description Ends with the code.
             */
            type: string;
        };
        /**
         * @description What went wrong.
         *
         *     - `auth.malformed`: The Authorization header must be `Bearer` and one credential.
         *     - `auth.missing`: This request needs a credential.
         *     - `auth.invalid`: The credential is not accepted.
         *     - `auth.forbidden`: The credential may not do this.
         *     - `auth.foreign_origin`: A session can only be used from its own origin.
         *     - `auth.insufficient_scope`: The key lacks a scope for this.
         *     - `auth.grant_exceeds_own`: A key cannot grant scopes that it does not hold.
         *     - `auth.grant_exceeds_own_end`: A key cannot make a key that works for longer than itself.
         *     - `auth.grant_looser_than_own`: A key cannot make a key that is verified less strictly than itself.
         *     - `idempotency.lost`: The first response to this idempotency key can no longer be given again.
         *     - `idempotency.mismatch`: This idempotency key was sent with another request.
         *     - `invitation.exists`: This person is invited already.
         *     - `invitation.not_found`: There is no such invitation.
         *     - `key.already_revoked`: The key is already revoked.
         *     - `key.already_rolled`: The key already has a successor.
         *     - `key.not_active`: The key is revoked or expired.
         *     - `key.not_found`: There is no such key.
         *     - `key.not_revoked`: Only a revoked key can be deleted.
         *     - `key.revocation_put_off`: A revocation can be brought forward but not postponed.
         *     - `ledger.full`: The ledger is full; keys can still be revoked and deleted, and members removed.
         *     - `member.exists`: This person is a member already.
         *     - `member.last_owner`: An organization must keep at least one owner.
         *     - `member.needs_invitation`: People join by an invitation that they accept.
         *     - `member.not_found`: There is no such member.
         *     - `organization.exists`: This id is already taken.
         *     - `organization.invitation_limit`: The organization has as many pending invitations as it can have.
         *     - `organization.member_limit`: The organization has as many members as it can have.
         *     - `owner.has_keys`: It has keys that still work.
         *     - `owner.not_found`: There is no such organization or user.
         *     - `request.bad_field`: A field of the body is missing, unknown or invalid.
         *     - `request.bad_id`: An id in the path is invalid.
         *     - `request.bad_idempotency_key`: The header Idempotency-Key must be 16 to 255 printable ASCII characters.
         *     - `request.bad_json`: The body is not a JSON object.
         *     - `request.bad_parameter`: A query parameter is unknown or invalid.
         *     - `request.media_type`: The body's content type must be application/json.
         *     - `request.too_large`: The body is larger than 64 KiB.
         *     - `route.method_not_allowed`: This path does not support the method.
         *     - `route.not_found`: There is nothing at this path.
         *     - `server.internal`: Something went wrong on the server.
         *     - `server.misconfigured`: The deployment's configuration is invalid.
         *     - `server.unavailable`: Storage cannot be reached; try again.
         *     - `server.not_ready`: The deployment cannot serve as it is configured.
         *     - `session.not_found`: There is no such session.
         *     - `request.insecure`: The connection is not encrypted.
         *     - `request.key_in_url`: A key was sent in the URL.
         *     - `user.organization_limit`: This person has created as many organizations as they can.
         *     - `auth.other_caller`: The credential is not that of the caller named in Keyward-Caller.
         *     - `request.not_form`: The body's content type must be application/x-www-form-urlencoded.
         *     - `request.list_too_large`: The body is larger than 1 MiB.
         *     - `server.busy`: Too many imported keys are being seen for the first time at once; try again.
         *     - `request.import_too_large`: The body is larger than 2 MiB.
         *     - `request.not_rows`: The body's content type must be application/json or application/x-ndjson.
         *     - `import.alike`: Too many keys that were not used yet have this redacted form.
         *     - `import.deleted`: This key was imported, and deleted.
         *     - `import.differs`: This key is there already, and differs.
         *     - `import.too_many_forms`: There are too many ways in which hashes were made, or forms in which keys are redacted.
         *     - `gateway.not_accepted`: The gateway's own key is not accepted.
         * @enum {string}
         */
        ProblemCode: "auth.malformed" | "auth.missing" | "auth.invalid" | "auth.forbidden" | "auth.foreign_origin" | "auth.insufficient_scope" | "auth.grant_exceeds_own" | "auth.grant_exceeds_own_end" | "auth.grant_looser_than_own" | "idempotency.lost" | "idempotency.mismatch" | "invitation.exists" | "invitation.not_found" | "key.already_revoked" | "key.already_rolled" | "key.not_active" | "key.not_found" | "key.not_revoked" | "key.revocation_put_off" | "ledger.full" | "member.exists" | "member.last_owner" | "member.needs_invitation" | "member.not_found" | "organization.exists" | "organization.invitation_limit" | "organization.member_limit" | "owner.has_keys" | "owner.not_found" | "request.bad_field" | "request.bad_id" | "request.bad_idempotency_key" | "request.bad_json" | "request.bad_parameter" | "request.media_type" | "request.too_large" | "route.method_not_allowed" | "route.not_found" | "server.internal" | "server.misconfigured" | "server.unavailable" | "server.not_ready" | "session.not_found" | "request.insecure" | "request.key_in_url" | "user.organization_limit" | "auth.other_caller" | "request.not_form" | "request.list_too_large" | "server.busy" | "request.import_too_large" | "request.not_rows" | "import.alike" | "import.deleted" | "import.differs" | "import.too_many_forms" | "gateway.not_accepted";
        /** @description A publishable key as everybody may know it, since everybody may have it: what it is and whether it works, but nothing that people wrote or did. */
        PublicKey: {
            /** @description From when on the key is refused because it has expired; null for never. */
            expires_at: components["schemas"]["Timestamp"] | null;
            /** @description The key's id. */
            id: components["schemas"]["KeyId"];
            /** @description The sales channels that it is linked to. */
            links: components["schemas"]["Links"];
            /** @description Whose key it is. */
            owner: components["schemas"]["Owner"];
            /** @description The redacted form. */
            redacted: components["schemas"]["Redacted"];
            /** @description What the key may do. */
            scopes: components["schemas"]["Scopes"];
            /** @description Its status at the time of the response. */
            status: components["schemas"]["Status"];
            /** @description The key's text. */
            token: components["schemas"]["Token"] | null;
            /** @description Always `publishable`. */
            type: components["schemas"]["KeyType"];
        };
        /** @description A member's role. */
        PutMemberRequest: {
            /** @description The member's role from now on. */
            role: components["schemas"]["Role"];
        };
        /** @description White space around it is removed, and its length is counted in characters after that. Read as a title is. */
        Reason: string;
        /** @description The form of a key that people may see: its prefix, `***` and its last four characters; of a foreign key, as the other system shows it. */
        Redacted: string;
        /** @enum {string} */
        RefusalCode: "malformed" | "wrong_environment" | "forged" | "unknown" | "revoked" | "expired" | "not_a_member" | "insufficient_scope";
        /** @description A key that is not valid. */
        RefusedKey: {
            /** @description The key's id. */
            id: components["schemas"]["KeyId"];
            /** @description Whose key it is. */
            owner: components["schemas"]["Owner"];
        };
        /** @description The verdict on a key that is not valid. */
        RefusedVerdict: {
            /** @description When the key was in this state, by the clock of its ledger; where no storage was needed, now. */
            as_of: components["schemas"]["Timestamp"];
            /** @description The first reason to refuse it. */
            code: components["schemas"]["RefusalCode"];
            /** @description Which key it is, so that its owner can be told; null where there is none that the caller may see: if it is `malformed`, of the `wrong_environment`, `forged` or `unknown`. */
            key: components["schemas"]["RefusedKey"] | null;
            /**
             * Format: uint32
             * @description The bound that held: `as_of` is not further back.
             */
            max_staleness_seconds: number;
            /**
             * @description Always false.
             * @constant
             */
            valid: false;
        };
        /** @description Something was taken away. */
        Removed: {
            /** @description When that takes effect. */
            effective: components["schemas"]["Effective"];
        };
        /**
         * @description What has become of a key.
         *
         *     - `revoked`: It is revoked from now on.
         *     - `already_revoked`: It was revoked before.
         *     - `unknown`: It is no secret key that this deployment has issued and not deleted.
         * @enum {string}
         */
        RevocationOutcome: "revoked" | "already_revoked" | "unknown";
        /** @description Which texts were found. */
        RevokeFoundKeysRequest: {
            /** @description The texts. One may be there more than once. */
            found: components["schemas"]["FoundKey"][];
        };
        /** @description How a key is revoked. */
        RevokeKeyRequest: {
            /** @description Why. */
            reason?: components["schemas"]["Reason"] | null;
            /** @description In how many seconds the key is to be revoked; 0 for now. */
            revoke_in?: number;
        };
        /** @description Which keys are revoked, and why. */
        RevokeKeysRequest: {
            /** @description Whose keys: those that this person, key or root key has created, whatever was created with or rolled from one of those, and so on. */
            created_by: components["schemas"]["ActorName"];
            /** @description Only say which keys these are. */
            dry_run?: boolean;
            /** @description Why. */
            reason?: components["schemas"]["Reason"] | null;
        };
        /** @description The parameters of the form. */
        RevokePresentedKeyRequest: {
            /** @description The presented text, whatever it is. */
            token: string;
            /** @description What kind of token it may be. Ignored, like every other parameter: a key says so itself. */
            token_type_hint?: string;
        } & {
            [key: string]: unknown;
        };
        /** @description What has become of a key. */
        RevokedFoundKey: {
            /** @description What has become of it. */
            outcome: components["schemas"]["RevocationOutcome"];
        };
        /** @description What has become of the keys. */
        RevokedFoundKeys: {
            /** @description What has become of each, in the order in which they were sent. */
            results: components["schemas"]["RevokedFoundKey"][];
        };
        /** @description A key with its revocation, and when that takes effect. */
        RevokedKey: {
            /** @description The least consistency that the key is verified with. */
            consistency: components["schemas"]["Consistency"];
            /** @description When it was created. */
            created_at: components["schemas"]["Timestamp"];
            /** @description Who created it; of a foreign key, who imported it. */
            created_by: components["schemas"]["Actor"];
            /** @description When the revocation takes effect. */
            effective: components["schemas"]["Effective"];
            /** @description From when on the key is refused because it has expired; null for never. A new one has to be in the future. */
            expires_at: components["schemas"]["Timestamp"] | null;
            /** @description Whether another system has issued it, and it was imported: a foreign key. */
            foreign: boolean;
            /** @description Who has created it, in the words of the system that a foreign key comes from. */
            foreign_creator: components["schemas"]["Title"] | null;
            /** @description The key's id. */
            id: components["schemas"]["KeyId"];
            /** @description When it was last verified as valid, to about five minutes. */
            last_used_at: components["schemas"]["Timestamp"] | null;
            /** @description The sales channels that a publishable key is linked to; secret keys have none. */
            links: components["schemas"]["Links"];
            /** @description What the application keeps with the key. */
            metadata: components["schemas"]["Metadata"];
            /** @description Whose key it is. */
            owner: components["schemas"]["Owner"];
            /** @description The operations that the caller may carry out on it, as far as policy goes; its status may rule some of them out. */
            permissions: components["schemas"]["Operation"][];
            /** @description The redacted form, which people may see. */
            redacted: components["schemas"]["Redacted"];
            /** @description Why it was revoked. */
            revocation_reason: components["schemas"]["Reason"] | null;
            /** @description From when on it is refused as revoked; in the future if that is scheduled. */
            revoked_at: components["schemas"]["Timestamp"] | null;
            /** @description Who revoked it. */
            revoked_by: components["schemas"]["Actor"] | null;
            /** @description The key that it has replaced. */
            rolled_from: components["schemas"]["KeyId"] | null;
            /** @description The key that has replaced it. */
            rolled_to: components["schemas"]["KeyId"] | null;
            /** @description What the key may do. */
            scopes: components["schemas"]["Scopes"];
            /** @description Its status at the time of the response. */
            status: components["schemas"]["Status"];
            /** @description What people call the key; need not be unique. */
            title: components["schemas"]["Title"];
            /** @description A publishable key's text. A secret key's is never shown again. */
            token: components["schemas"]["Token"] | null;
            /** @description Secret or publishable. */
            type: components["schemas"]["KeyType"];
            /** @description When it was last changed. */
            updated_at: components["schemas"]["Timestamp"];
        };
        /** @description Keys that were revoked because of who made them. */
        RevokedKeys: {
            /**
             * Format: uint32
             * @description How many these are.
             */
            count: number;
            /** @description Whether nothing was done. */
            dry_run: boolean;
            /** @description When the revocations take effect; null if no key was revoked. */
            effective: components["schemas"]["Effective"] | null;
            /** @description Whether there are more: repeat the request. */
            has_more: boolean;
            /** @description The keys, as they were before, by id. */
            keys: components["schemas"]["MadeKey"][];
            /**
             * Format: uint32
             * @description How many cannot be read, and were left as they are.
             */
            unreadable: number;
        };
        /** @description That the text is no key that works. */
        RevokedPresentedKey: Record<string, never>;
        /**
         * @description What a member may do to an organization. A later role may do all that an earlier one may.
         *
         *     - `member`: Manages the organization's keys.
         *     - `admin`: Also renames the organization and manages members and admins.
         *     - `owner`: Also makes and unmakes owners.
         * @enum {string}
         */
        Role: "member" | "admin" | "owner";
        /** @description How a key is rolled. */
        RollKeyRequest: {
            /** @description For how many seconds the old key still works. */
            grace?: number;
            /** @description Whether the new key is to be revoked when the old one was to be, if that was scheduled. Only a person says no. */
            keep_revocation?: boolean;
        };
        /** @description A new key, with its text, and the key that it replaces. */
        RolledKey: {
            /** @description The least consistency that the key is verified with. */
            consistency: components["schemas"]["Consistency"];
            /** @description When it was created. */
            created_at: components["schemas"]["Timestamp"];
            /** @description Who created it; of a foreign key, who imported it. */
            created_by: components["schemas"]["Actor"];
            /** @description When the revocation of that takes effect. */
            effective: components["schemas"]["Effective"];
            /** @description From when on the key is refused because it has expired; null for never. A new one has to be in the future. */
            expires_at: components["schemas"]["Timestamp"] | null;
            /** @description Whether another system has issued it, and it was imported: a foreign key. */
            foreign: boolean;
            /** @description Always null: the key is one of this deployment. */
            foreign_creator: components["schemas"]["Title"] | null;
            /** @description The key's id. */
            id: components["schemas"]["KeyId"];
            /** @description Always null: the key is new. */
            last_used_at: components["schemas"]["Timestamp"] | null;
            /** @description The sales channels that a publishable key is linked to; secret keys have none. */
            links: components["schemas"]["Links"];
            /** @description What the application keeps with the key. */
            metadata: components["schemas"]["Metadata"];
            /** @description Whose key it is. */
            owner: components["schemas"]["Owner"];
            /** @description The operations that the caller may carry out on it. */
            permissions: components["schemas"]["Operation"][];
            /** @description The redacted form, which people may see. */
            redacted: components["schemas"]["Redacted"];
            /** @description Why it was revoked. */
            revocation_reason: components["schemas"]["Reason"] | null;
            /** @description From when on it is refused as revoked; in the future if that is scheduled. */
            revoked_at: components["schemas"]["Timestamp"] | null;
            /** @description Who revoked it. */
            revoked_by: components["schemas"]["Actor"] | null;
            /** @description The key that it replaces. */
            rolled: components["schemas"]["Key"];
            /** @description The key that it has replaced. */
            rolled_from: components["schemas"]["KeyId"] | null;
            /** @description The key that has replaced it. */
            rolled_to: components["schemas"]["KeyId"] | null;
            /** @description What the key may do. */
            scopes: components["schemas"]["Scopes"];
            /** @description Its status at the time of the response. */
            status: components["schemas"]["Status"];
            /** @description What people call the key; need not be unique. */
            title: components["schemas"]["Title"];
            /** @description The key's text. That of a secret key is shown this once. */
            token: components["schemas"]["Token"];
            /** @description Secret or publishable. */
            type: components["schemas"]["KeyType"];
            /** @description When it was last changed. */
            updated_at: components["schemas"]["Timestamp"];
        };
        /**
         * @description Where a salt was put.
         *
         *     - `before`: Before the key.
         *     - `after`: After the key.
         * @enum {string}
         */
        SaltPosition: "before" | "after";
        /** @description A word of the application's own. `*` alone holds every scope. Keyward itself requires `keys:read`, `keys:write`, `keys:verify`, `members:read` and `events:read`; of operator keys also `organizations:read` and `organizations:write`. */
        Scope: string;
        /** @description A set; responses have it sorted and without duplicates. */
        Scopes: components["schemas"]["Scope"][];
        /** @description A session of somebody who is signed in to the dashboard. */
        Session: {
            /** @description The network address from which it was started; null where addresses are not recorded. */
            address: string | null;
            /** @description When it ends if it is not used again. */
            ends_at: components["schemas"]["Timestamp"];
            /** @description Its id. */
            id: components["schemas"]["SessionId"];
            /** @description Whether the request comes from this session. */
            is_current: boolean;
            /** @description When it was last used, give or take a minute. */
            seen_at: components["schemas"]["Timestamp"];
            /** @description When it was started. */
            started_at: components["schemas"]["Timestamp"];
            /** @description With what it was started. */
            started_with: components["schemas"]["SignIn"];
            /** @description The program with which it was started; null where programs are not recorded. */
            user_agent: string | null;
        };
        /** @description A session's id: `ses_` and a ULID. */
        SessionId: string;
        /** @description A page of the sessions of a user or of the operator. */
        SessionList: {
            /** @description What leads to the next page, as its `after`; null on the last one. It stays good however much is added, changed and deleted meanwhile. */
            after: string | null;
            /**
             * Format: uint32
             * @description How many match, on all pages.
             */
            count: number;
            /** @description Whether that is all. Of a long list with filters, only so many are counted. */
            count_is: components["schemas"]["CountIs"];
            /**
             * Format: uint32
             * @description How many entries a page holds at most. One with filters may hold fewer and not be the last.
             */
            limit: number;
            /**
             * Format: uint32
             * @description How many were skipped: where fewer than were to be, `after` skips the others.
             */
            offset: number;
            /** @description The operations that the caller may carry out on the user's account or the deployment. */
            permissions: components["schemas"]["Operation"][];
            /** @description The sessions on this page, the one that was started last first. */
            sessions: components["schemas"]["Session"][];
            /**
             * Format: uint32
             * @description How many entries on this page cannot be read; they are not shown.
             */
            unreadable: number;
        };
        /** @description What a sign-in page needs to know. */
        SessionOptions: {
            /** @description The first part of every key. */
            brand: string;
            /** @description The third part of every key. */
            environment: components["schemas"]["Environment"];
            /** @description The identity provider, the first if there are several; null if none is configured. */
            identity_provider: components["schemas"]["IdentityProvider"] | null;
        };
        /** @description With what somebody has signed in. */
        SignIn: {
            /** @description The root key's or the personal key's id; null for a token. */
            id: string | null;
            /** @description Who issued the token; null for a key. */
            issuer: string | null;
            /** @description With a root key, a token of an identity provider, or a personal key. */
            type: components["schemas"]["SignInType"];
        };
        /**
         * @description With what kind of credential somebody has signed in.
         *
         *     - `root`: A root key.
         *     - `token`: A token of an identity provider.
         *     - `key`: A personal key.
         * @enum {string}
         */
        SignInType: "root" | "token" | "key";
        /** @description Where a key was found. Whoever has found it wrote so; keys in it are redacted, and what is not legible is U+FFFD. */
        Source: string;
        /**
         * @description What a key is at a given instant.
         *
         *     - `active`: It works.
         *     - `retiring`: It works until its revocation, which is scheduled.
         *     - `expired`: It has expired.
         *     - `revoked`: It was revoked, for good.
         * @enum {string}
         */
        Status: "active" | "retiring" | "expired" | "revoked";
        /**
         * Format: date-time
         * @description RFC 3339, from the year 1970 to 9999. Responses have UTC with milliseconds; requests may have any offset, and what is finer than a millisecond is cut off.
         */
        Timestamp: string;
        /** @description White space around it is removed, and its length is counted in characters after that. It is stored composed (NFC). Invisible characters, and those that change the direction of text, are refused; joiners are allowed within emoji and in scripts that need them. */
        Title: string;
        /** @description A key's text. */
        Token: string;
        /** @description What to change of a key's settings. */
        UpdateKeyRequest: {
            /** @description The least consistency that the key is verified with. */
            consistency?: components["schemas"]["Consistency"];
            /** @description From when on the key is refused because it has expired; null for never. A new one has to be in the future. */
            expires_at?: components["schemas"]["Timestamp"] | null;
            /** @description The sales channels that a publishable key is linked to; secret keys have none. */
            links?: components["schemas"]["Links"];
            /** @description What the application keeps with the key. */
            metadata?: components["schemas"]["Metadata"];
            /** @description What the key may do. */
            scopes?: components["schemas"]["Scopes"];
            /** @description What people call the key; need not be unique. */
            title?: components["schemas"]["Title"];
        };
        /** @description What to change of an organization; a field that is left out stays as it is. */
        UpdateOrganizationRequest: {
            /** @description The organization's ceiling: no answer about its keys and members is older, in seconds. Every verify that asks for more gets this. */
            max_staleness_seconds?: number;
            /** @description What people call it. */
            name?: components["schemas"]["Title"];
            /** @description How old an answer may be while the ledger cannot be reached, in seconds, for callers that prefer it to none; 0 for not at all. */
            on_outage_max_seconds?: number;
        };
        /** @description The application's own id of a user. Other characters than A-Z, a-z, 0-9, _ and - are written as `~` and two upper-case hexadecimal digits for each byte of their UTF-8: `auth0|123` is `auth0~7C123`. */
        UserId: string;
        /** @description A page of the organizations that a user belongs to. */
        UserOrganizationList: {
            /** @description What leads to the next page, as its `after`; null on the last one. It stays good however much is added, changed and deleted meanwhile. */
            after: string | null;
            /**
             * Format: uint32
             * @description How many match, on all pages.
             */
            count: number;
            /** @description Whether that is all. Of a long list with filters, only so many are counted. */
            count_is: components["schemas"]["CountIs"];
            /**
             * Format: uint32
             * @description How many entries a page holds at most. One with filters may hold fewer and not be the last.
             */
            limit: number;
            /**
             * Format: uint32
             * @description How many were skipped: where fewer than were to be, `after` skips the others.
             */
            offset: number;
            /** @description The organizations on this page, by id. */
            organizations: components["schemas"]["Membership"][];
            /** @description The operations that the caller may carry out on the user's account. */
            permissions: components["schemas"]["Operation"][];
            /**
             * Format: uint32
             * @description How many entries on this page cannot be read; they are not shown.
             */
            unreadable: number;
        };
        /** @description The verdict on a key that is valid. */
        ValidVerdict: {
            /** @description When the key was in this state, by the clock of its ledger. */
            as_of: components["schemas"]["Timestamp"];
            /**
             * @description Always `valid`.
             * @constant
             */
            code: "valid";
            /** @description How the key was looked up: in copies, or in ledgers. */
            consistency: components["schemas"]["Consistency"];
            /** @description The key. A publishable key that verifies itself gets what is for everybody. */
            key: components["schemas"]["VerifiedKey"] | components["schemas"]["PublicKey"];
            /**
             * Format: uint32
             * @description The bound that held: `as_of` is not further back.
             */
            max_staleness_seconds: number;
            /**
             * @description Always true.
             * @constant
             */
            valid: true;
        };
        /** @description Whether a key is valid. */
        Verdict: components["schemas"]["ValidVerdict"] | components["schemas"]["RefusedVerdict"];
        /** @description A key as a verdict shows it. */
        VerifiedKey: {
            /** @description The least consistency that the key is verified with. */
            consistency: components["schemas"]["Consistency"];
            /** @description When it was created. */
            created_at: components["schemas"]["Timestamp"];
            /** @description Who created it; of a foreign key, who imported it. */
            created_by: components["schemas"]["Actor"];
            /** @description From when on the key is refused because it has expired; null for never. A new one has to be in the future. */
            expires_at: components["schemas"]["Timestamp"] | null;
            /** @description Whether another system has issued it, and it was imported: a foreign key. */
            foreign: boolean;
            /** @description The key's id. */
            id: components["schemas"]["KeyId"];
            /** @description The sales channels that a publishable key is linked to; secret keys have none. */
            links: components["schemas"]["Links"];
            /** @description What the application keeps with the key. */
            metadata: components["schemas"]["Metadata"];
            /** @description Whose key it is. */
            owner: components["schemas"]["Owner"];
            /** @description The redacted form, which people may see. */
            redacted: components["schemas"]["Redacted"];
            /** @description Why it was revoked. */
            revocation_reason: components["schemas"]["Reason"] | null;
            /** @description From when on it is refused as revoked; in the future if that is scheduled. */
            revoked_at: components["schemas"]["Timestamp"] | null;
            /** @description Who revoked it. */
            revoked_by: components["schemas"]["Actor"] | null;
            /** @description The key that it has replaced. */
            rolled_from: components["schemas"]["KeyId"] | null;
            /** @description The key that has replaced it. */
            rolled_to: components["schemas"]["KeyId"] | null;
            /** @description What the key may do. */
            scopes: components["schemas"]["Scopes"];
            /** @description Its status at the time of the response. */
            status: components["schemas"]["Status"];
            /** @description What people call the key; need not be unique. */
            title: components["schemas"]["Title"];
            /** @description Secret or publishable. */
            type: components["schemas"]["KeyType"];
            /** @description When it was last changed. */
            updated_at: components["schemas"]["Timestamp"];
        };
        /** @description Which key to verify, and what is required of it. */
        VerifyKeyRequest: {
            /** @description Another word for how old the answer may be: `strong` is 0, `fast` leaves it to `max_staleness_seconds`. */
            consistency?: components["schemas"]["Consistency"];
            /** @description The presented text, whatever it is. */
            key: string;
            /** @description How old the answer may be, in seconds. The organization's ceiling holds if it is lower, and a key whose own `consistency` is `strong` is always verified as things are now. */
            max_staleness_seconds?: number;
            /** @description What is preferred while a ledger that has to be asked cannot be reached: a 503, or an older answer, as far as the organization allows it. */
            on_outage?: components["schemas"]["OnOutage"];
            /** @description Which organization the key has to reach. If an organization's key calls, that organization is the default; a person names one that they belong to. */
            organization?: components["schemas"]["OrganizationId"] | null;
            /** @description Which scopes the key has to hold, all of them. */
            scopes?: components["schemas"]["Scopes"];
        };
        /**
         * @description In which way something was done, where it was not by what a caller may do.
         *
         *     - `possession`: By whoever held the key's whole text, without another credential. The actor is the key itself.
         * @enum {string}
         */
        Via: "possession";
        /** @description Who is calling. */
        Whoami: {
            /** @description The root key's, the user's or the key's id. */
            id: string;
            /** @description The key, if it is one. A publishable key is told what is for everybody. */
            key: (components["schemas"]["Key"] | components["schemas"]["PublicKey"]) | null;
            /** @description The organizations that it reaches; empty for the operator, who reaches all of them. */
            organizations: components["schemas"]["Membership"][];
            /** @description What it may do, apart from operations on one owner. A person verifies for the organizations that they belong to. */
            permissions: components["schemas"]["Operation"][];
            /** @description What the credential may do; `*` is everything. */
            scopes: components["schemas"]["Scopes"];
            /** @description The session, if the request comes from one or has started one. */
            session: components["schemas"]["CurrentSession"] | null;
            /** @description Whether it is the operator, a user or a key. */
            type: components["schemas"]["CallerType"];
        };
        AuthorizeRequestQuery: {
            /** @description How old the answer may be, in seconds: 30 if nothing is said, 0 for how things are now. The organization's ceiling holds if it is lower. */
            max_staleness_seconds?: number;
            /** @description What is preferred while a ledger that has to be asked cannot be reached: a 503, or an older answer, as far as the organization allows it. */
            on_outage?: components["schemas"]["OnOutage"];
            /** @description Which organization the key has to reach. If an organization's key asks, that organization is the default. */
            organization?: components["schemas"]["OrganizationId"];
            /** @description Which scopes the key has to hold, all of them, with spaces between. */
            scope?: string;
        };
        ListDeploymentEventsQuery: {
            /** @description Only this action. */
            action?: components["schemas"]["EventAction"];
            /** @description Only what this person, key or root key has done: `user:ada`, whichever of their keys they used; `key:apk_…`, whoever used it; `root:root_…`. */
            actor?: components["schemas"]["ActorName"];
            /** @description Begin after the page that had this as its `after`. */
            after?: string;
            /** @description Only events about this key, which may be deleted by now. */
            key?: components["schemas"]["KeyId"];
            /** @description At most this many. */
            limit?: number;
            /** @description Skip this many first: for small jumps. */
            offset?: number;
            /** @description A part of the key's title or redacted form, of a person's id (in either form) or of an organization's, of a name or of a reason, as they were then, in any case. Read as `q` of keys is. */
            q?: string;
        };
        ListDeploymentKeysQuery: {
            /** @description Begin after the page that had this as its `after`. */
            after?: string;
            /** @description Only keys created later than this. */
            created_after?: components["schemas"]["Timestamp"];
            /** @description Only keys created earlier than this. */
            created_before?: components["schemas"]["Timestamp"];
            /** @description Only keys that this person, key or root key has created: `user:ada`, whichever of their keys they used; `key:apk_…`, whoever used it; `root:root_…`. */
            created_by?: components["schemas"]["ActorName"];
            /** @description Only keys that expire earlier than this, or have expired. */
            expires_before?: components["schemas"]["Timestamp"];
            /** @description `true`: only foreign keys, which another system has issued; `false`: only those of this deployment. */
            foreign?: boolean;
            /** @description At most this many. */
            limit?: number;
            /** @description `true`: only keys that never expire; `false`: only keys that do. */
            never_expires?: boolean;
            /** @description Skip this many first: for small jumps. */
            offset?: number;
            /** @description What to sort by, with a leading `-` for the other way round. A key that was never used counts as used before all others; one that never expires or is not revoked, as expiring or revoked after all others. Ties are broken by id. */
            order?: components["schemas"]["KeyOrder"];
            /** @description A part of the title or the redacted form, in any case and in composed or decomposed letters. `%` and `_` are ordinary characters; white space around it is ignored, and an empty text matches everything. */
            q?: string;
            /** @description Only keys whose own scopes have this word among them; `*` finds those that hold everything, and nothing else finds those. */
            scope?: components["schemas"]["Scope"];
            /** @description Only keys that have this status now, or one of several: `active,retiring` finds those that work. */
            status?: string;
            /** @description Only keys of this type. */
            type?: components["schemas"]["KeyType"];
            /** @description Only keys that were last used earlier than this, or never, and that were created earlier than this. */
            unused_since?: components["schemas"]["Timestamp"];
        };
        DeleteDeploymentKeyQuery: {
            /** @description Revoke the key first, if it is not revoked. */
            revoke?: boolean;
        };
        DeleteDeploymentSessionsQuery: {
            /** @description With `current`, the session from which the request comes goes on, if it comes from one. */
            except?: components["schemas"]["ExceptSession"];
        };
        ListDeploymentSessionsQuery: {
            /** @description Begin after the page that had this as its `after`. */
            after?: string;
            /** @description At most this many. */
            limit?: number;
            /** @description Skip this many first: for small jumps. */
            offset?: number;
        };
        ListOrganizationsQuery: {
            /** @description Begin after the page that had this as its `after`. */
            after?: string;
            /** @description At most this many. */
            limit?: number;
            /** @description Skip this many first: for small jumps. */
            offset?: number;
            /** @description A part of the id or the name, in any case. `%` and `_` are ordinary characters; white space around it is ignored, and an empty text matches everything. */
            q?: string;
        };
        DeleteOrganizationQuery: {
            /** @description Revoke the keys that still work first. */
            revoke?: boolean;
        };
        ListEventsQuery: {
            /** @description Only this action. */
            action?: components["schemas"]["EventAction"];
            /** @description Only what this person, key or root key has done: `user:ada`, whichever of their keys they used; `key:apk_…`, whoever used it; `root:root_…`. */
            actor?: components["schemas"]["ActorName"];
            /** @description Begin after the page that had this as its `after`. */
            after?: string;
            /** @description Only events about this key, which may be deleted by now. */
            key?: components["schemas"]["KeyId"];
            /** @description At most this many. */
            limit?: number;
            /** @description Skip this many first: for small jumps. */
            offset?: number;
            /** @description A part of the key's title or redacted form, of a person's id (in either form) or of an organization's, of a name or of a reason, as they were then, in any case. Read as `q` of keys is. */
            q?: string;
        };
        ExportOrganizationQuery: {
            /** @description Begin after the page whose `Link` had this. */
            after?: components["schemas"]["ExportCursor"];
        };
        ImportKeysBody: components["schemas"]["ImportedKey"][];
        ImportKeysQuery: {
            /** @description `true`: only say what would be done. */
            dry_run?: boolean;
        };
        ListInvitationsQuery: {
            /** @description Begin after the page that had this as its `after`. */
            after?: string;
            /** @description At most this many. */
            limit?: number;
            /** @description Skip this many first: for small jumps. */
            offset?: number;
        };
        ListKeysQuery: {
            /** @description Begin after the page that had this as its `after`. */
            after?: string;
            /** @description Only keys created later than this. */
            created_after?: components["schemas"]["Timestamp"];
            /** @description Only keys created earlier than this. */
            created_before?: components["schemas"]["Timestamp"];
            /** @description Only keys that this person, key or root key has created: `user:ada`, whichever of their keys they used; `key:apk_…`, whoever used it; `root:root_…`. */
            created_by?: components["schemas"]["ActorName"];
            /** @description Only keys that expire earlier than this, or have expired. */
            expires_before?: components["schemas"]["Timestamp"];
            /** @description `true`: only foreign keys, which another system has issued; `false`: only those of this deployment. */
            foreign?: boolean;
            /** @description At most this many. */
            limit?: number;
            /** @description `true`: only keys that never expire; `false`: only keys that do. */
            never_expires?: boolean;
            /** @description Skip this many first: for small jumps. */
            offset?: number;
            /** @description What to sort by, with a leading `-` for the other way round. A key that was never used counts as used before all others; one that never expires or is not revoked, as expiring or revoked after all others. Ties are broken by id. */
            order?: components["schemas"]["KeyOrder"];
            /** @description A part of the title or the redacted form, in any case and in composed or decomposed letters. `%` and `_` are ordinary characters; white space around it is ignored, and an empty text matches everything. */
            q?: string;
            /** @description Only keys whose own scopes have this word among them; `*` finds those that hold everything, and nothing else finds those. */
            scope?: components["schemas"]["Scope"];
            /** @description Only keys that have this status now, or one of several: `active,retiring` finds those that work. */
            status?: string;
            /** @description Only keys of this type. */
            type?: components["schemas"]["KeyType"];
            /** @description Only keys that were last used earlier than this, or never, and that were created earlier than this. */
            unused_since?: components["schemas"]["Timestamp"];
        };
        DeleteKeyQuery: {
            /** @description Revoke the key first, if it is not revoked. */
            revoke?: boolean;
        };
        ListMembersQuery: {
            /** @description Begin after the page that had this as its `after`. */
            after?: string;
            /** @description At most this many. */
            limit?: number;
            /** @description Skip this many first: for small jumps. */
            offset?: number;
        };
        DeleteUserQuery: {
            /** @description Revoke the keys that still work first. */
            revoke?: boolean;
        };
        ListUserEventsQuery: {
            /** @description Only this action. */
            action?: components["schemas"]["EventAction"];
            /** @description Only what this person, key or root key has done: `user:ada`, whichever of their keys they used; `key:apk_…`, whoever used it; `root:root_…`. */
            actor?: components["schemas"]["ActorName"];
            /** @description Begin after the page that had this as its `after`. */
            after?: string;
            /** @description Only events about this key, which may be deleted by now. */
            key?: components["schemas"]["KeyId"];
            /** @description At most this many. */
            limit?: number;
            /** @description Skip this many first: for small jumps. */
            offset?: number;
            /** @description A part of the key's title or redacted form, of a person's id (in either form) or of an organization's, of a name or of a reason, as they were then, in any case. Read as `q` of keys is. */
            q?: string;
        };
        ListUserInvitationsQuery: {
            /** @description Begin after the page that had this as its `after`. */
            after?: string;
            /** @description At most this many. */
            limit?: number;
            /** @description Skip this many first: for small jumps. */
            offset?: number;
        };
        ListUserKeysQuery: {
            /** @description Begin after the page that had this as its `after`. */
            after?: string;
            /** @description Only keys created later than this. */
            created_after?: components["schemas"]["Timestamp"];
            /** @description Only keys created earlier than this. */
            created_before?: components["schemas"]["Timestamp"];
            /** @description Only keys that this person, key or root key has created: `user:ada`, whichever of their keys they used; `key:apk_…`, whoever used it; `root:root_…`. */
            created_by?: components["schemas"]["ActorName"];
            /** @description Only keys that expire earlier than this, or have expired. */
            expires_before?: components["schemas"]["Timestamp"];
            /** @description `true`: only foreign keys, which another system has issued; `false`: only those of this deployment. */
            foreign?: boolean;
            /** @description At most this many. */
            limit?: number;
            /** @description `true`: only keys that never expire; `false`: only keys that do. */
            never_expires?: boolean;
            /** @description Skip this many first: for small jumps. */
            offset?: number;
            /** @description What to sort by, with a leading `-` for the other way round. A key that was never used counts as used before all others; one that never expires or is not revoked, as expiring or revoked after all others. Ties are broken by id. */
            order?: components["schemas"]["KeyOrder"];
            /** @description A part of the title or the redacted form, in any case and in composed or decomposed letters. `%` and `_` are ordinary characters; white space around it is ignored, and an empty text matches everything. */
            q?: string;
            /** @description Only keys whose own scopes have this word among them; `*` finds those that hold everything, and nothing else finds those. */
            scope?: components["schemas"]["Scope"];
            /** @description Only keys that have this status now, or one of several: `active,retiring` finds those that work. */
            status?: string;
            /** @description Only keys of this type. */
            type?: components["schemas"]["KeyType"];
            /** @description Only keys that were last used earlier than this, or never, and that were created earlier than this. */
            unused_since?: components["schemas"]["Timestamp"];
        };
        DeleteUserKeyQuery: {
            /** @description Revoke the key first, if it is not revoked. */
            revoke?: boolean;
        };
        ListUserOrganizationsQuery: {
            /** @description Begin after the page that had this as its `after`. */
            after?: string;
            /** @description At most this many. */
            limit?: number;
            /** @description Skip this many first: for small jumps. */
            offset?: number;
        };
        DeleteSessionsQuery: {
            /** @description With `current`, the session from which the request comes goes on, if it comes from one. */
            except?: components["schemas"]["ExceptSession"];
        };
        ListSessionsQuery: {
            /** @description Begin after the page that had this as its `after`. */
            after?: string;
            /** @description At most this many. */
            limit?: number;
            /** @description Skip this many first: for small jumps. */
            offset?: number;
        };
    };
    responses: never;
    parameters: never;
    requestBodies: never;
    headers: never;
    pathItems: never;
}
export type ActiveKey = components['schemas']['ActiveKey'];
export type Actor = components['schemas']['Actor'];
export type ActorName = components['schemas']['ActorName'];
export type ActorType = components['schemas']['ActorType'];
export type CallerType = components['schemas']['CallerType'];
export type ChangedKey = components['schemas']['ChangedKey'];
export type ChangedMember = components['schemas']['ChangedMember'];
export type ChannelId = components['schemas']['ChannelId'];
export type Consistency = components['schemas']['Consistency'];
export type CountIs = components['schemas']['CountIs'];
export type CreateInvitationRequest = components['schemas']['CreateInvitationRequest'];
export type CreateKeyRequest = components['schemas']['CreateKeyRequest'];
export type CreateOrganizationRequest = components['schemas']['CreateOrganizationRequest'];
export type CurrentSession = components['schemas']['CurrentSession'];
export type Discovery = components['schemas']['Discovery'];
export type Effective = components['schemas']['Effective'];
export type Encoding = components['schemas']['Encoding'];
export type EndedSessions = components['schemas']['EndedSessions'];
export type Environment = components['schemas']['Environment'];
export type Event = components['schemas']['Event'];
export type EventAction = components['schemas']['EventAction'];
export type EventDetails = components['schemas']['EventDetails'];
export type EventId = components['schemas']['EventId'];
export type EventKey = components['schemas']['EventKey'];
export type EventList = components['schemas']['EventList'];
export type ExceptSession = components['schemas']['ExceptSession'];
export type ExportCursor = components['schemas']['ExportCursor'];
export type FailedRow = components['schemas']['FailedRow'];
export type FieldChange = components['schemas']['FieldChange'];
export type FieldProblem = components['schemas']['FieldProblem'];
export type FoundKey = components['schemas']['FoundKey'];
export type HashAlgorithm = components['schemas']['HashAlgorithm'];
export type HashedPart = components['schemas']['HashedPart'];
export type Health = components['schemas']['Health'];
export type IdentityProvider = components['schemas']['IdentityProvider'];
export type Imported = components['schemas']['Imported'];
export type ImportedHash = components['schemas']['ImportedHash'];
export type ImportedKey = components['schemas']['ImportedKey'];
export type Inactive = components['schemas']['Inactive'];
export type IntrospectKeyRequest = components['schemas']['IntrospectKeyRequest'];
export type Introspection = components['schemas']['Introspection'];
export type Invitation = components['schemas']['Invitation'];
export type InvitationList = components['schemas']['InvitationList'];
export type IssuedKey = components['schemas']['IssuedKey'];
export type Key = components['schemas']['Key'];
export type KeyId = components['schemas']['KeyId'];
export type KeyList = components['schemas']['KeyList'];
export type KeyOrder = components['schemas']['KeyOrder'];
export type KeyType = components['schemas']['KeyType'];
export type Links = components['schemas']['Links'];
export type ListedOrganization = components['schemas']['ListedOrganization'];
export type LookupKeyRequest = components['schemas']['LookupKeyRequest'];
export type MadeKey = components['schemas']['MadeKey'];
export type Member = components['schemas']['Member'];
export type MemberList = components['schemas']['MemberList'];
export type Membership = components['schemas']['Membership'];
export type Metadata = components['schemas']['Metadata'];
export type OnOutage = components['schemas']['OnOutage'];
export type Operation = components['schemas']['Operation'];
export type Organization = components['schemas']['Organization'];
export type OrganizationId = components['schemas']['OrganizationId'];
export type OrganizationList = components['schemas']['OrganizationList'];
export type Owner = components['schemas']['Owner'];
export type OwnerType = components['schemas']['OwnerType'];
export type Problem = components['schemas']['Problem'];
export type ProblemCode = components['schemas']['ProblemCode'];
export type PublicKey = components['schemas']['PublicKey'];
export type PutMemberRequest = components['schemas']['PutMemberRequest'];
export type Reason = components['schemas']['Reason'];
export type Redacted = components['schemas']['Redacted'];
export type RefusalCode = components['schemas']['RefusalCode'];
export type RefusedKey = components['schemas']['RefusedKey'];
export type RefusedVerdict = components['schemas']['RefusedVerdict'];
export type Removed = components['schemas']['Removed'];
export type RevocationOutcome = components['schemas']['RevocationOutcome'];
export type RevokeFoundKeysRequest = components['schemas']['RevokeFoundKeysRequest'];
export type RevokeKeyRequest = components['schemas']['RevokeKeyRequest'];
export type RevokeKeysRequest = components['schemas']['RevokeKeysRequest'];
export type RevokePresentedKeyRequest = components['schemas']['RevokePresentedKeyRequest'];
export type RevokedFoundKey = components['schemas']['RevokedFoundKey'];
export type RevokedFoundKeys = components['schemas']['RevokedFoundKeys'];
export type RevokedKey = components['schemas']['RevokedKey'];
export type RevokedKeys = components['schemas']['RevokedKeys'];
export type RevokedPresentedKey = components['schemas']['RevokedPresentedKey'];
export type Role = components['schemas']['Role'];
export type RollKeyRequest = components['schemas']['RollKeyRequest'];
export type RolledKey = components['schemas']['RolledKey'];
export type SaltPosition = components['schemas']['SaltPosition'];
export type Scope = components['schemas']['Scope'];
export type Scopes = components['schemas']['Scopes'];
export type Session = components['schemas']['Session'];
export type SessionId = components['schemas']['SessionId'];
export type SessionList = components['schemas']['SessionList'];
export type SessionOptions = components['schemas']['SessionOptions'];
export type SignIn = components['schemas']['SignIn'];
export type SignInType = components['schemas']['SignInType'];
export type Source = components['schemas']['Source'];
export type Status = components['schemas']['Status'];
export type Timestamp = components['schemas']['Timestamp'];
export type Title = components['schemas']['Title'];
export type Token = components['schemas']['Token'];
export type UpdateKeyRequest = components['schemas']['UpdateKeyRequest'];
export type UpdateOrganizationRequest = components['schemas']['UpdateOrganizationRequest'];
export type UserId = components['schemas']['UserId'];
export type UserOrganizationList = components['schemas']['UserOrganizationList'];
export type ValidVerdict = components['schemas']['ValidVerdict'];
export type Verdict = components['schemas']['Verdict'];
export type VerifiedKey = components['schemas']['VerifiedKey'];
export type VerifyKeyRequest = components['schemas']['VerifyKeyRequest'];
export type Via = components['schemas']['Via'];
export type Whoami = components['schemas']['Whoami'];
export type AuthorizeRequestQuery = components['schemas']['AuthorizeRequestQuery'];
export type ListDeploymentEventsQuery = components['schemas']['ListDeploymentEventsQuery'];
export type ListDeploymentKeysQuery = components['schemas']['ListDeploymentKeysQuery'];
export type DeleteDeploymentKeyQuery = components['schemas']['DeleteDeploymentKeyQuery'];
export type DeleteDeploymentSessionsQuery = components['schemas']['DeleteDeploymentSessionsQuery'];
export type ListDeploymentSessionsQuery = components['schemas']['ListDeploymentSessionsQuery'];
export type ListOrganizationsQuery = components['schemas']['ListOrganizationsQuery'];
export type DeleteOrganizationQuery = components['schemas']['DeleteOrganizationQuery'];
export type ListEventsQuery = components['schemas']['ListEventsQuery'];
export type ExportOrganizationQuery = components['schemas']['ExportOrganizationQuery'];
export type ImportKeysBody = components['schemas']['ImportKeysBody'];
export type ImportKeysQuery = components['schemas']['ImportKeysQuery'];
export type ListInvitationsQuery = components['schemas']['ListInvitationsQuery'];
export type ListKeysQuery = components['schemas']['ListKeysQuery'];
export type DeleteKeyQuery = components['schemas']['DeleteKeyQuery'];
export type ListMembersQuery = components['schemas']['ListMembersQuery'];
export type DeleteUserQuery = components['schemas']['DeleteUserQuery'];
export type ListUserEventsQuery = components['schemas']['ListUserEventsQuery'];
export type ListUserInvitationsQuery = components['schemas']['ListUserInvitationsQuery'];
export type ListUserKeysQuery = components['schemas']['ListUserKeysQuery'];
export type DeleteUserKeyQuery = components['schemas']['DeleteUserKeyQuery'];
export type ListUserOrganizationsQuery = components['schemas']['ListUserOrganizationsQuery'];
export type DeleteSessionsQuery = components['schemas']['DeleteSessionsQuery'];
export type ListSessionsQuery = components['schemas']['ListSessionsQuery'];
export type $defs = Record<string, never>;
export type operations = Record<string, never>;
