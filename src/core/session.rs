//! A person's session in the dashboard: a token that a browser keeps in a cookie, and how long it is valid.

use core::fmt;

use serde::{Deserialize, Serialize};

use crate::actor::Actor;
use crate::digest::KeyDigest;
use crate::entropy::{Entropy, EntropyError};
use crate::id::{KeyId, RootKeyId, SessionId};
use crate::issue::secret;
use crate::key::SECRET_LEN;
use crate::owner::{LedgerLocator, Owner, OwnerId};
use crate::principal::{AssertedMembership, Principal};
use crate::record::KeyRecord;
use crate::seal::{KeyRing, SEAL_LEN};
use crate::timestamp::Timestamp;

/// A session ends when it has not been used for this long, in seconds.
pub const IDLE_SECONDS: u32 = 30 * 60;
/// A session ends this long after it was started, in seconds, however much it is used.
pub const LIFETIME_SECONDS: u32 = 12 * 60 * 60;
/// A use within this time of the recorded one is not recorded again, in seconds.
pub const SEEN_RESOLUTION_SECONDS: u32 = 60;

/// Most sessions that a person, or the operator, has at a time.
pub const SESSIONS_MAX: usize = 20;

/// Characters of a token: which ledger holds the session, a secret, and a seal.
const TOKEN_LEN: usize = LedgerLocator::LEN + SECRET_LEN + SEAL_LEN;

/// What a session's cookie holds. Like a key it names its ledger and carries a seal, so a forged one costs no read.
#[derive(Clone, PartialEq, Eq)]
pub struct SessionToken {
    text: String,
    ledger: LedgerLocator,
}

/// What is sealed. The prefix keeps a session's seal from fitting a key, and the other way round.
fn sealed(body: &str) -> Vec<u8> {
    format!("session:{body}").into_bytes()
}

impl SessionToken {
    /// Makes a token for a session in `ledger`.
    ///
    /// # Errors
    /// [`EntropyError`] when there is no randomness.
    pub fn make(
        ledger: LedgerLocator,
        ring: &KeyRing,
        entropy: &mut impl Entropy,
    ) -> Result<Self, EntropyError> {
        let mut text = ledger.as_str().to_owned();
        text.extend(secret(entropy)?.map(char::from));
        let seal = ring.seal(&sealed(&text));
        text.extend(seal.map(char::from));
        Ok(Self { text, ledger })
    }

    /// Reads a token that this deployment has made.
    #[must_use]
    pub fn parse(text: &str, ring: &KeyRing) -> Option<Self> {
        if text.len() != TOKEN_LEN || !text.bytes().all(|byte| byte.is_ascii_alphanumeric()) {
            return None;
        }
        let (body, seal) = text.split_at_checked(TOKEN_LEN - SEAL_LEN)?;
        let ledger = LedgerLocator(*body.as_bytes().first_chunk()?);
        let seal = seal.as_bytes().first_chunk()?;
        ring.accepts(&sealed(body), seal).then(|| Self { text: text.to_owned(), ledger })
    }

    /// The token as text, for the cookie.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// Which ledger holds the session.
    #[must_use]
    pub fn ledger(&self) -> LedgerLocator {
        self.ledger
    }

    /// The form that is stored.
    #[must_use]
    pub fn digest(&self) -> KeyDigest {
        KeyDigest::of(&self.text)
    }
}

/// Shows nothing of the token.
impl fmt::Debug for SessionToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SessionToken(***)")
    }
}

/// Whose session it is, and what it depends on.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SessionSubject {
    /// The operator; the session ends when the root key of this digest is no longer configured.
    Root {
        /// SHA-256 of the root key.
        digest: KeyDigest,
    },
    /// A person whom an identity provider has identified.
    User {
        /// Which person.
        id: OwnerId,
        /// Memberships that the provider asserted.
        asserted: Vec<AssertedMembership>,
    },
    /// A personal key; the session ends when the key does.
    Key {
        /// Whose key.
        owner: Owner,
        /// Which key.
        id: KeyId,
    },
}

impl SessionSubject {
    /// The subject of a session that `principal` starts with this credential. Keys of organizations and of the deployment,
    /// and users who are services, are programs: they get none.
    #[must_use]
    pub fn of(principal: &Principal, credential: &str) -> Option<Self> {
        if principal.user().is_some_and(OwnerId::is_service) {
            return None;
        }
        match principal {
            Principal::Root { .. } => Some(Self::Root { digest: KeyDigest::of(credential) }),
            Principal::User { id, asserted } => {
                Some(Self::User { id: id.clone(), asserted: asserted.clone() })
            }
            Principal::Key { id, owner: owner @ Owner::User(_), .. } => {
                Some(Self::Key { owner: owner.clone(), id: id.clone() })
            }
            Principal::Key { owner: Owner::Organization(_) | Owner::Deployment(()), .. } => None,
        }
    }

    /// Among whose sessions it is: the deployment's are the operator's.
    #[must_use]
    pub fn owner(&self) -> Owner {
        match self {
            Self::Root { .. } => Owner::DEPLOYMENT,
            Self::User { id, .. } => Owner::User(id.clone()),
            Self::Key { owner, .. } => owner.clone(),
        }
    }

    /// Who signed in, as the audit trail names them.
    #[must_use]
    pub fn actor(&self) -> Actor {
        match self {
            Self::Root { digest } => Actor::Root { id: RootKeyId::of(digest) },
            Self::User { id, .. } => Actor::User { id: id.clone(), key: None },
            Self::Key { owner: Owner::User(user), id } => {
                Actor::User { id: user.clone(), key: Some(id.clone()) }
            }
            // No session is started with a key of these: see `SessionSubject::of`.
            Self::Key { id, .. } => Actor::Key { id: id.clone() },
        }
    }
}

/// A session as its ledger knows it. Stored: changing this shape needs a migration.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Session {
    /// Its id.
    pub id: SessionId,
    /// SHA-256 of the token.
    pub digest: KeyDigest,
    /// Whose session it is.
    pub subject: SessionSubject,
    /// When it was started.
    pub started_at: Timestamp,
    /// When it was last used, give or take a minute.
    pub seen_at: Timestamp,
    /// Until when the token with which it was started vouches for the person; stored only for tokens, since a key may
    /// change. Has to be there, even if it is null.
    #[serde(deserialize_with = "Deserialize::deserialize")]
    pub vouched_until: Option<Timestamp>,
    /// Who issued that token.
    pub issuer: Option<String>,
    /// From which network address it was started, where that is recorded.
    pub address: Option<String>,
    /// With which program it was started, where that is recorded.
    pub user_agent: Option<String>,
}

impl Session {
    /// From when on the session is no longer valid, if it is not used again.
    #[must_use]
    pub fn ends_at(&self) -> Timestamp {
        let ends_at =
            self.seen_at.plus_seconds(IDLE_SECONDS).min(self.started_at.plus_seconds(LIFETIME_SECONDS));
        self.vouched_until.map_or(ends_at, |until| ends_at.min(until))
    }

    /// The session as it is while it depends on this key: it ends when the key does.
    #[must_use]
    pub fn with(self, key: &KeyRecord) -> Self {
        let vouched_until = self.vouched_until.into_iter().chain(key.ends_at()).min();
        Self { vouched_until, ..self }
    }

    /// Whether the session is valid at `now`.
    #[must_use]
    pub fn is_alive(&self, now: Timestamp) -> bool {
        now < self.ends_at()
    }

    /// The session after a use at `now`, if that has to be recorded.
    #[must_use]
    pub fn seen(&self, now: Timestamp) -> Option<Self> {
        (now >= self.seen_at.plus_seconds(SEEN_RESOLUTION_SECONDS))
            .then(|| Self { seen_at: now, ..self.clone() })
    }
}

/// Which of these sessions have to end so that one more can begin: those used longest ago.
#[must_use]
pub fn displaced(mut sessions: Vec<Session>) -> Vec<Session> {
    sessions.sort_unstable_by(|one, other| (other.seen_at, &other.id).cmp(&(one.seen_at, &one.id)));
    sessions.split_off(sessions.len().min(SESSIONS_MAX - 1))
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Zeros;

    impl Entropy for Zeros {
        fn fill(&mut self, bytes: &mut [u8]) -> Result<(), EntropyError> {
            bytes.fill(0);
            Ok(())
        }
    }

    fn ring(word: &str) -> KeyRing {
        KeyRing::parse(&word.repeat(32)).expect("ring")
    }

    #[test]
    fn tokens_are_read_by_whoever_has_the_seal_key_and_by_nobody_else() {
        let ledger = Owner::DEPLOYMENT.ledger();
        let token = SessionToken::make(ledger, &ring("5e"), &mut Zeros).expect("entropy");
        let read = SessionToken::parse(token.as_str(), &ring("5e")).expect("authentic");
        assert_eq!(read.ledger(), ledger);
        assert!(SessionToken::parse(token.as_str(), &ring("5f")).is_none());
        for index in 0..token.as_str().len() {
            let mut bytes = token.as_str().as_bytes().to_vec();
            bytes[index] = if bytes[index] == b'x' { b'y' } else { b'x' };
            let changed = String::from_utf8(bytes).expect("ASCII");
            assert!(SessionToken::parse(&changed, &ring("5e")).is_none(), "{index}");
        }
        for bad in ["", "ä", &"é".repeat(30), token.as_str().get(1..).expect("ASCII")] {
            assert!(SessionToken::parse(bad, &ring("5e")).is_none());
        }
        assert!(!format!("{token:?}").contains(token.as_str().get(10..).expect("ASCII")));
    }

    fn session(number: u8, seen_at: Timestamp) -> Session {
        Session {
            id: SessionId::parse(&format!("ses_01KAHQ000000000000000000{number:02}")).expect("id"),
            digest: KeyDigest::of("token"),
            subject: SessionSubject::Root { digest: KeyDigest::of("root") },
            started_at: Timestamp::from_millis(0),
            seen_at,
            vouched_until: None,
            issuer: None,
            address: None,
            user_agent: None,
        }
    }

    #[test]
    fn programs_get_no_session_whichever_way_they_come() {
        let key_id = KeyId::parse("apk_01KAHQ0000000000000000000Z").expect("id");
        let subject = |text: &str| {
            let id = OwnerId::from_external(text).expect("id");
            let key = Principal::Key {
                id: key_id.clone(),
                key_type: crate::record::KeyType::Secret,
                owner: Owner::User(id.clone()),
                scopes: crate::settings::Scopes::all(),
                ends_at: None,
                consistency: crate::record::Consistency::Fast,
            };
            [Principal::User { id, asserted: Vec::new() }, key]
                .map(|principal| SessionSubject::of(&principal, "credential").is_some())
        };
        assert_eq!(subject("ada"), [true, true]);
        assert_eq!(subject("service:ci.access"), [false, false]);
    }

    #[test]
    fn sessions_slide_within_their_lifetime() {
        let start = Timestamp::from_millis(0);
        let mut session = session(0, start);
        assert!(session.is_alive(start.plus_seconds(IDLE_SECONDS - 1)));
        assert!(!session.is_alive(start.plus_seconds(IDLE_SECONDS)));
        assert!(session.seen(start.plus_seconds(SEEN_RESOLUTION_SECONDS - 1)).is_none());
        for minute in 1..(LIFETIME_SECONDS / 60) {
            let now = start.plus_seconds(minute * 60);
            assert!(session.is_alive(now));
            session = session.seen(now).expect("a minute later");
        }
        assert!(!session.is_alive(start.plus_seconds(LIFETIME_SECONDS)));
    }

    #[test]
    fn no_use_carries_a_session_beyond_what_its_token_has_vouched_for() {
        let start = Timestamp::from_millis(0);
        let until = start.plus_seconds(40 * 60);
        let mut session = Session { vouched_until: Some(until), ..session(0, start) };
        assert_eq!(session.ends_at(), start.plus_seconds(IDLE_SECONDS));
        session = session.seen(start.plus_seconds(20 * 60)).expect("twenty minutes later");
        assert_eq!(session.ends_at(), until);
        assert!(!session.is_alive(until));
    }

    #[test]
    fn of_too_many_sessions_those_used_longest_ago_make_room() {
        let at = |number: u8| Timestamp::from_millis(0).plus_seconds(number.into());
        let room = |seen: &[u8]| {
            let sessions = seen.iter().zip(0..).map(|(seen, number)| session(number, at(*seen))).collect();
            displaced(sessions).into_iter().map(|session| session.seen_at).collect::<Vec<_>>()
        };
        let up_to = |last: u8| (1..=last).collect::<Vec<_>>();
        assert_eq!(room(&up_to(19)), []);
        assert_eq!(room(&up_to(20)), [at(1)]);
        let mut unordered = up_to(20);
        unordered.rotate_left(7);
        assert_eq!(room(&unordered), [at(1)]);
        // Of those used at the same time, the one that was started first.
        let sessions = (0..20).rev().map(|number| session(number, at(0))).collect();
        assert_eq!(displaced(sessions).first().map(|session| &session.id), Some(&session(0, at(0)).id));
    }
}
