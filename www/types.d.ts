/** What the parts of the page hand each other. What the API takes and answers is in openapi.d.ts, made from openapi.json. */
import type {
  CountIs,
  Invitation,
  InvitationList,
  Operation,
  Owner,
  SessionOptions,
  Whoami,
} from "./openapi.d.ts";

/** How many entries a list has. */
export interface Amount {
  count: number;
  count_is: CountIs;
}

/** A sales channel, as Medusa’s clients see it. */
export interface Channel {
  id: string;
  name: string;
  is_disabled: boolean;
}

/** What every list says about itself. */
export interface Page extends Amount {
  limit: number;
  offset: number;
  after: string | null;
}

export interface Route {
  view: "home" | "keys" | "key" | "members" | "activity" | "sessions" | "settings" | "check" | "lost";
  owner: Owner | null;
  key: string | null;
  query: URLSearchParams;
}

/** What every view is given: see session.js. */
export interface Context {
  me: Whoami;
  options: SessionOptions;
  /** The owner last looked at. */
  owner: Owner | null;
  go(url: string, how?: { replace?: boolean }): void;
  signOut(): void;
  notify(text: string): void;
  /** Asks again who is signed in, as memberships have changed. */
  reloadMe(): Promise<void>;
  /** Notes that an owner was deleted, or that the person has left it. */
  forget(owner: Owner): void;
  /** What the person is invited to and hasn’t answered. */
  invitations: Invitation[];
  /** Asks again what the person is invited to; null for whoever is no person. */
  reloadInvitations(): Promise<InvitationList | null>;
  /** Accepts or declines an invitation. */
  answer(invitation: Invitation, accepts: boolean): Promise<void>;
  /** The owner in an address doesn’t exist, or may not be seen, which looks the same. */
  miss(route: Route): void;
  /** Notes what the server has said may be done with an owner. */
  learn(owner: Owner, permissions: Operation[]): void;
  /** Whether an operation on an owner is worth offering: the server's word, and yes until there is one. */
  may(owner: Owner, operation: Operation): boolean;
}
