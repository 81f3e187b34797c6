/** What the HTTP API answers, as openapi.json tells it and as far as it is shown, and what the parts of the page hand each other. */
import type { TemplateResult } from "lit-html";

export type Role = "owner" | "admin" | "member";
export type KeyType = "secret" | "publishable";
export type Status = "active" | "retiring" | "expired" | "revoked";

export interface Owner {
  type: "organization" | "user";
  id: string;
}

export type Actor = { type: "root"; id: null } | { type: "user" | "key"; id: string };

/** What every description of a key holds. */
export interface KeyFacts {
  id: string;
  type: KeyType;
  owner: Owner;
  title: string;
  redacted: string;
  scopes: string[];
  metadata: Record<string, unknown>;
  consistency: "fast" | "strong";
  status: Status;
  created_at: string;
  created_by: Actor;
  updated_at: string;
  expires_at: string | null;
  revoked_at: string | null;
  revoked_by: Actor | null;
  revocation_reason: string | null;
}

export interface Key extends KeyFacts {
  token: string | null;
  last_used_at: string | null;
}

/** A key in the one answer that holds a secret's text. */
export interface IssuedKey extends Key {
  token: string;
}

export interface Membership {
  id: string;
  name: string | null;
  role: Role | null;
}

export interface Whoami {
  type: "root" | "user" | "key";
  id: string | null;
  scopes: string[];
  organizations: Membership[];
  key: Key | null;
}

export interface Member {
  user: string;
  role: Role;
  created_at: string;
}

export interface Event {
  id: string;
  at: string;
  action: string;
  actor: Actor;
  key: { id: string; title: string; redacted: string } | null;
  details: Record<string, unknown>;
}

export interface Page {
  count: number;
  limit: number;
  offset: number;
}

export interface SessionOptions {
  identity_provider: { issuer: string; sign_in_url: string | null } | null;
  brand: string;
  environment: "live" | "test";
}

export interface Verdict {
  valid: boolean;
  code: string;
  key?: KeyFacts;
  /** Said of a valid key; otherwise as it was asked for. */
  consistency?: "fast" | "strong";
  max_staleness_seconds?: number;
}

/** What somebody may do with one owner, by the names of the core's actions. */
export interface Rights {
  writeKeys: boolean;
  readEvents: boolean;
  readMembers: boolean;
  changeMembers: boolean;
  changeOwners: boolean;
  renameOrganization: boolean;
  leave: boolean;
}

export interface Route {
  view: "home" | "keys" | "key" | "members" | "activity" | "check" | "lost";
  owner: Owner | null;
  key: string | null;
  query: URLSearchParams;
}

/** One page of the dashboard. */
export interface View {
  title(): string;
  render(): TemplateResult;
  /** Takes another address of the same view over; where it is missing, the view is made anew. */
  follow?(route: Route): void;
  /** Something may have changed elsewhere. */
  refresh?(): void;
  dispose?(): void;
}

/** What the frame gives every view. */
export interface Context {
  me: Whoami;
  options: SessionOptions;
  update(): void;
  go(url: string, how?: { replace?: boolean }): void;
  notify(text: string): void;
  /** Reads again who is signed in, as after a change of memberships. */
  reloadMe(): Promise<void>;
}
